"""Every form fed with nothing, with too much, with other letters, with yesterday's page; clocks that are wrong; damage."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from appliance.web.app import MODULES
from tests.web.running import Resident, Tablet, hidden

NONSENSE = (
    "", " ", "0", "-1", "1e9", "99999999999999999999", "NaN", "31/02/2026", "2026-13-40", "أمينة تراوري", "🙂🙂", "'; DROP TABLE movement;--",
    "<script>alert(1)</script>", "\u202e\u0000x", "é" * 3_000, "../../etc/passwd", "null", "{}", "NC",
)  # fmt: skip
FIELDS = (
    "nom", "sexe", "age", "age_unite", "naissance", "village", "mere", "telephone", "motif", "temperature", "poids", "diagnostic",
    "tdr", "ge", "issue", "cas", "ligne-0-produit", "ligne-0-quantite", "lot-0-produit", "lot-0-quantite", "lot-0-peremption",
    "lot-0-numero", "raison", "quantite", "lot", "nature", "etat", "produit", "autre", "fusion", "code", "combien", "paye", "moyen",
    "donne-1", "cause-1", "poste", "fonction", "actif", "absent", "remplacant", "du", "au", "adresse", "compte", "mot_de_passe",
    "case-PAL_ASC", "section", "qui", "encore", "oedemes", "tas", "tad", "deces_le", "le", "exception_personne", "exception_niveau",
)  # fmt: skip


NOT_HERE = ("/verrou", "/entrer", "/mon-code", "/mise-en-service")


def posts() -> list[str]:
    handlers = [h for module in MODULES for h in module.HANDLERS if "POST" in h.http_methods]
    return sorted(filled(path) for h in handlers for path in h.paths if path not in NOT_HERE)


def filled(path: str) -> str:
    """A path with something in each of its places."""
    for name, value in (
        (r"{code:str}", "RMA"),
        (r"{period:str}", "2026-10"),
        (r"{[a-z_]+:int}", "3"),
        (r"{[a-z_]+:str}", "visite"),
    ):
        path = re.sub(name, value, path)
    return path


@pytest.fixture(scope="module")
def head(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("nonsense") / "centre")))
    tablet = Tablet(running.url)
    tablet.sign_in("Mariam Sanogo")
    yield tablet
    running.stop()


@pytest.mark.parametrize("path", posts())
def test_nothing_that_is_posted_breaks_a_page(head: Tablet, path: str) -> None:
    page = head.http.get("/patients")
    csrf = hidden(page, "csrf")
    chance = random.Random(path)
    bodies = [{}, dict.fromkeys(FIELDS, ""), dict.fromkeys(FIELDS[:20], "x" * 50000)]
    bodies += [{f: chance.choice(NONSENSE) for f in FIELDS} for _ in range(6)]
    for body in bodies:
        answer = head.http.post(
            path, data={"csrf": csrf, "request_key": "00" * 16 if not body else "zz", **body}, follow_redirects=False
        )
        assert answer.status_code < 500, (path, answer.status_code, str(body)[:200])
        if answer.status_code == 303 and answer.headers["location"].startswith("/entrer"):
            head.sign_in("Mariam Sanogo")
            csrf = hidden(head.http.get("/patients"), "csrf")


def test_yesterday_s_page_is_refused_and_what_was_typed_is_not_lost_to_a_crash(head: Tablet) -> None:
    answer = head.http.post("/patients/nouveau", data={"csrf": "old", "nom": "Hier", "sexe": "F", "age": "3"})
    assert answer.status_code == 409
    assert "trop ancienne" in answer.text


def shift(moment: datetime) -> dict[str, str]:
    return {"APPLIANCE_CLOCK_OFFSET_MS": str(int((moment.timestamp() - time.time()) * 1000))}


@pytest.mark.parametrize(
    "moment",
    [datetime(1970, 1, 2, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC), datetime(2028, 11, 1, tzinfo=UTC)],
    ids=["1970", "a-year-back", "two-years-ahead"],
)
def test_care_goes_on_under_a_wrong_clock_and_says_so(centre_copy: Path, moment: datetime) -> None:
    running = Resident(centre_copy, env=shift(moment))
    try:
        tablet = Tablet(running.url)
        tablet.sign_in("Mariam Sanogo")
        fields = {"nom": "Sous Horloge", "sexe": "F", "age": "20", "age_unite": "year", "accueillir": "1", "motif": "x"}
        page = tablet.post("/patients/nouveau", fields)
        assert "/visites/" in str(page.url)
        saved = tablet.post(page.url.path, {"cas": "NC", "diagnostic": "gale", "issue": "home"})
        assert "Gale" in saved.text
        assert "Heure à vérifier" in saved.text
    finally:
        running.stop()


def test_a_damaged_store_is_served_as_damaged_and_left_as_it_is(centre_copy: Path) -> None:
    store = centre_copy / "store.db"
    with store.open("r+b") as file:
        file.seek(5 * 4096 + 100)
        byte = file.read(1)
        file.seek(5 * 4096 + 100)
        file.write(bytes([byte[0] ^ 4]))
    held = store.read_bytes()
    running = Resident(centre_copy)
    try:
        tablet = Tablet(running.url)
        seen = {tablet.http.get(path).status_code for path in ("/entrer", "/patients", "/depot")}
        assert seen <= {200, 503}
        assert running.process.poll() is None
        assert store.read_bytes()[5 * 4096 : 6 * 4096] == held[5 * 4096 : 6 * 4096]
    finally:
        running.stop()


def test_a_log_with_a_flipped_bit_is_not_opened_and_every_page_says_so(centre_copy: Path) -> None:
    running = Resident(centre_copy)
    tablet = Tablet(running.url)
    tablet.sign_in("Mariam Sanogo")
    running.kill()
    log = centre_copy / "store.db-wal"
    content = bytearray(log.read_bytes())
    assert len(content) > 5_000
    content[2_000] ^= 1
    log.write_bytes(content)
    again = Resident(centre_copy)
    try:
        page = Tablet(again.url).http.get("/entrer")
        assert page.status_code == 503
        assert "Rien n'est effacé" in unescape(page.text)
        assert log.read_bytes() == bytes(content)
    finally:
        again.stop()
