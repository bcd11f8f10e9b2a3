"""The machine's own page: a start after a cut is told, the clock is set by a person, the check says what it found."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.web.running import Resident, Tablet, hidden

HEAD = "Mariam Sanogo"


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(generated, tmp_path / "centre"))


def signed_in(resident: Resident) -> Tablet:
    tablet = Tablet(resident.url)
    tablet.sign_in(HEAD)
    return tablet


def test_a_start_after_a_cut_is_told_and_a_proper_stop_is_not(folder: Path) -> None:
    for end in (Resident.stop, Resident.kill):
        end(Resident(folder))
    running = Resident(folder)
    page = signed_in(running).http.get("/entretien").text
    running.stop()
    assert "Démarrages en 30 jours" in page
    assert "dont 1 après une coupure" in page


def test_the_whole_store_is_checked_while_people_work(folder: Path) -> None:
    running = Resident(folder)
    tablet = signed_in(running)
    page = tablet.http.get("/entretien")
    done = tablet.http.post(
        "/entretien/verifier", data={n: hidden(page, n) for n in ("csrf", "request_key")}, timeout=120
    )
    running.stop()
    assert "tout est juste" in done.text


def test_an_hour_that_is_none_is_shown_again_with_what_was_typed_and_a_true_one_is_believed(folder: Path) -> None:
    running = Resident(folder)
    tablet = signed_in(running)
    wrong = tablet.post("/entretien/heure", {"jour": "31/02/2027", "heure": "25:10"})
    assert wrong.status_code == 422
    assert 'value="31/02/2027"' in wrong.text
    assert "Cette heure n&#39;existe pas" in wrong.text
    before = tablet.post("/entretien/heure", {"jour": "01/02/2026", "heure": "10:00"})
    assert before.status_code == 409
    assert "avant la dernière écriture sûre" in before.text
    told = (datetime.now(UTC) + timedelta(days=3)).replace(hour=7, minute=5)
    page = tablet.post("/entretien/heure", {"jour": f"{told:%d/%m/%Y}", "heure": "7 h 05"})
    running.stop()
    assert f"{told:%d/%m/%Y} à 07 h 05" in page.text


def test_no_patient_is_named_on_the_machine_s_page(folder: Path) -> None:
    from appliance.storage import FileKey, Store

    store = Store.open(folder, FileKey(folder / "store.key").key())
    with store.reading() as db:
        names = {row[0] for row in db.all("SELECT DISTINCT text FROM patient_name LIMIT 500")}
    store.close()
    running = Resident(folder)
    page = signed_in(running).http.get("/entretien").text.replace(HEAD, "")
    running.stop()
    assert names
    assert [n for n in names if n in page] == []


def test_a_store_found_damaged_is_still_read_after_a_restart_and_says_that_nothing_can_be_written(folder: Path) -> None:
    from appliance.storage import FileKey, Store

    key = FileKey(folder / "store.key").key()
    content = bytearray((folder / "store.db").read_bytes())
    content[-4096 + 77] ^= 1  # the last page of the file
    (folder / "store.db").write_bytes(content)
    store = Store.open(folder, key)
    assert store.verify_pages() > 0
    store.close()
    running = Resident(folder)
    tablet = signed_in(running)
    page = tablet.http.get("/patients/nouveau")
    refused = tablet.http.post("/patients/nouveau", data={n: hidden(page, n) for n in ("csrf", "request_key")})
    running.stop()
    assert page.status_code == 200
    assert "Lecture seule, appelez le technicien" in page.text
    assert refused.status_code == 503
    assert bytes(content) == (folder / "store.db").read_bytes()
