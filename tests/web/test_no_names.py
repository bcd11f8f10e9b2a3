"""Mending, figures and money need no name: whatever those functions open, print, post or mistype, no patient is in it."""

from __future__ import annotations

import html
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdf
import pytest

from appliance.access.staff import members
from appliance.core.actors import MACHINE, Role
from appliance.core.clock import FixedClock
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import FileKey, Store, Unit
from tests.conftest import TODAY
from tests.web.inside import House, Visitor

ROLES = (Role.TECHNICIAN, Role.DISTRICT_SUPERVISOR, Role.TREASURER, Role.PRESIDENT)
PAGES_MAX, ALIKE_MAX = 360, 4
"""Pages walked, and how many of one pattern."""
WITH_NAMES = ("/patients", "/patients/3", "/visites/3", "/patients?q=Traore")
PLACES = {
    "patient": "3", "visit": "3", "prescription": "3", "sale": "2", "code": "RMA", "period": "2026-10", "form_name": "visite",
    "subject": "3", "member": "2", "name": "1", "opened": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    where = Path(shutil.copytree(generated, tmp_path_factory.mktemp("names") / "centre"))
    opened = Store.open(where, FileKey(where / "store.key").key(), FixedClock(TODAY.replace(month=11)))
    opened.act_now("recall", MACHINE, recall_what_most_received)
    yield opened
    opened.close()


def recall_what_most_received(unit: Unit) -> dict[str, int]:
    """The lot that most patients have at home is recalled: its page lists them for those who may read names."""
    lot = unit.value("SELECT lot FROM movement WHERE dispense IS NOT NULL GROUP BY lot ORDER BY count(*) DESC LIMIT 1")
    set_lot_status(unit, lot, "recalled", "lettre de la DPM")
    return {"lot": lot}


def recalled(store: Store) -> int:
    with store.reading() as db:
        return int(db.value("SELECT id FROM lot WHERE status = 'recalled'"))


def identities(store: Store) -> re.Pattern[str]:
    """Every name, mother's name and telephone of the centre's patients, as one pattern."""
    with store.reading() as db:
        staff = {m.name for m in members(db, TODAY, active_only=False)}
        texts = {
            row[0] for row in db.all("SELECT text FROM patient_name UNION SELECT mother_name FROM patient_contact")
        }
        texts |= {row[0] for row in db.all("SELECT phone FROM patient_contact WHERE phone IS NOT NULL")}
    found = sorted(t for t in texts - staff - {None} if len(t) > 5)
    assert len(found) > 100
    return re.compile("|".join(re.escape(t) for t in found))


def text_of(answer: httpx.Response) -> str:
    """What a person reads of an answer: a page, or a paper."""
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return html.unescape(answer.text) + str(answer.headers)


def filled(path: str) -> str:
    return re.sub(r"{(\w+):\w+}", lambda m: PLACES.get(m[1], "1"), path)


def links(page: str) -> list[str]:
    return [html.unescape(x) for x in re.findall(r'(?:href|hx-get)="(/[^"#]*)"', page) if not x.startswith("/static/")]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_print_or_fragment_names_a_patient(store: Store, role: Role) -> None:
    house, known, found = House(store), identities(store), []
    seen: dict[str, int] = {}
    alike: dict[str, int] = {}

    async def walk(who: Visitor) -> None:
        who.becomes(99, role)
        lot = recalled(store)
        waiting = ["/", f"/depot/lots/{lot}", f"/depot/lots/{lot}/liste.csv", f"/depot/peremptions?lot={lot}"]
        waiting += ["/depot/produits/MLS069/personnes", *(filled(path) for path, _ in house.routes("GET"))]
        waiting += [f"{p}?q=a" for p in waiting] + [
            "/patients?q=Traore",
            "/rapports/CRGS/2026-10",
            "/rapports/RMA/2026-10?section=MORB",
        ]
        while waiting and len(seen) < PAGES_MAX:
            path = waiting.pop(0)
            pattern = re.sub(r"\d+", "N", path)
            alike[pattern] = alike.get(pattern, 0) + 1
            if alike[pattern] > ALIKE_MAX or path in seen or "/mise-en-service" in path:
                continue
            for headers in ({}, {"HX-Request": "true"})[: 1 if "/pdf" in path else 2]:
                answer = await who.get(path, headers=headers)
                text = text_of(answer)
                if hit := known.search(text):
                    found.append((path, answer.status_code, hit[0]))
            seen[path] = answer.status_code
            waiting += [link for link in links(answer.text) if link not in seen]

    house.walk(walk)
    assert found == []
    assert [path for path, status in seen.items() if status >= 500] == []
    assert sum(1 for status in seen.values() if status == 200) > 10, (
        "the walk must reach the pages that this function has"
    )


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_is_posted_answers_with_a_name(store: Store, role: Role) -> None:
    house, known, found = House(store), identities(store), []

    async def walk(who: Visitor) -> None:
        for path, opt in house.routes("POST"):
            if "mise-en-service" in path or "/verrou" in path or "/entrer" in path:
                continue
            who.becomes(99, role)
            for body in (
                {},
                {
                    "nom": "Traoré",
                    "raison": "x" * 5000,
                    "q": "a",
                    "autre": "3",
                    "fusion": "1",
                    "onglet": "consultation",
                },
            ):
                answer = await who.post(filled(path), request_key="zz", **body)
                if hit := known.search(text_of(answer)):
                    found.append((path, opt, hit[0]))

    house.walk(walk)
    assert found == []


def test_the_same_walk_finds_names_where_they_belong(store: Store) -> None:
    """The net has no hole: the head of the centre does meet names on the very pages that are walked."""
    house, known, met = House(store), identities(store), {}
    on_recall = (f"/depot/lots/{recalled(store)}", f"/depot/lots/{recalled(store)}/liste.csv")

    async def walk(who: Visitor) -> None:
        who.becomes(99, Role.HEAD)
        for path in (*WITH_NAMES, *on_recall):
            met[path] = known.search(text_of(await who.get(path))) is not None

    house.walk(walk)
    assert met == dict.fromkeys((*WITH_NAMES, *on_recall), True)
