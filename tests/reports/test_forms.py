"""Forms as data: what ships is sound, a wrong file is named by line, every affection has its row, late facts make a rectificatif."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.errors import DataFileError, Refused
from appliance.core.periods import Month
from appliance.records.care.diagnoses import default_diagnoses
from appliance.records.care.visits import current_consultation, record_consultation
from appliance.reports.aggregate import count
from appliance.reports.closing import repository
from appliance.reports.closing.services import close_month, correct_month, late_changes, type_cell
from appliance.reports.drawing import draw
from appliance.reports.form import FOLDER, form, load_form
from appliance.reports.paper import paper_of
from appliance.reports.preview import report
from appliance.storage import FileKey, Store
from tests.conftest import FixedClock

OCTOBER = Month(2026, 10)


def test_every_affection_of_the_diagnosis_list_has_a_row() -> None:
    rows = {c for e in form("RMA").elements if e.kind == "morbidity" for c in (e.codes or ())}
    assert {d.affection for d in default_diagnoses().values()} <= rows
    assert {"PALCS", "PALCG", "PALPS", "PALPG", "AUTRES"} <= rows


def test_the_sections_of_this_edition_are_whole() -> None:
    """4 rows of curative activity, 35 of malaria, 73 affections of which 35 ask for deaths too, 4 of money; rules V01 to V18."""
    held = form("RMA")
    rows = Counter(e.section for e in held.elements)
    assert rows == {"CUR": 4, "PALU": 35, "MORB": 108, "RES": 4}
    affections = {e.code[4:-2] for e in held.elements if e.section == "MORB" and e.code.endswith("_C")}
    deaths = {e.code[4:-2] for e in held.elements if e.section == "MORB" and e.code.endswith("_D")}
    assert (len(affections), len(deaths), deaths - affections) == (73, 35, set())
    assert {c.code for c in held.checks} == {f"V{n:02d}" for n in range(1, 19)}
    assert {c.code for c in held.checks if c.severity == "warning"} == {"V02", "V15", "V16", "V17"}
    assert [c.code for c in form("CRGS").checks] == ["V45", "V47", "V48"]
    assert [c for c, _, _ in form("CRGS").columns] == (
        ["SI", "QR", "QU", "QP", "QA", "ST", "SDU", "EC", "JR", "CMM", "MSD", "SMAX", "QC", "PEREM"]
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"combo": "AGE6", "value_type"', '"combo": "AGE7", "value_type"', "AGE7"),
        ('"section": "CUR"', '"section": "XYZ"', "is no section"),
        ('"op": "<="', '"op": "<"', "must be <= or =="),
        ('"code": "CUR_TOT"', '"code": "CUR_NC"', "stands twice"),
        ('"typed": true', '"typed": false', "exactly one of"),
    ],
)
def test_a_wrong_form_file_names_line_and_fault(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = (FOLDER / "rma.json").read_text("utf-8").replace(before, after, 1)
    (tmp_path / "rma.json").write_text(text, "utf-8")
    with pytest.raises(DataFileError, match=said) as fault:
        load_form(tmp_path / "rma.json")
    assert fault.value.line > 1


@pytest.mark.parametrize(
    ("months", "band"),
    [
        (0, "0_11M"),
        (11, "0_11M"),
        (12, "1_4A"),
        (59, "1_4A"),
        (60, "5_14A"),
        (179, "5_14A"),
        (180, "15_44A"),
        (539, "15_44A"),
        (540, "45_59A"),
        (719, "45_59A"),
        (720, "60P"),
        (1400, "60P"),
    ],
)
def test_age_bands_at_their_edges(months: int, band: str) -> None:
    counted = count(form("RMA"), [(1, "consultation", "NC", months, "F", 1)])
    assert counted.sums["CUR_NC", (band,)] == 1


def test_a_fact_without_age_or_sex_is_shown_and_never_dropped() -> None:
    counted = count(form("RMA"), [(1, "consultation", "NC", None, "F", 1), (2, "morbidity", "GALE", 30, None, 1)])
    assert set(counted.unplaced) == {1, 2}


@given(st.lists(st.tuples(st.sampled_from(["NC", "AC"]), st.integers(0, 1200), st.sampled_from("MF")), max_size=80))
def test_the_cells_of_a_row_add_up_to_its_facts(rows: list[tuple[str, int, str]]) -> None:
    facts = [(i, "consultation", code, months, sex, 1) for i, (code, months, sex) in enumerate(rows)]
    counted = count(form("RMA"), facts)
    total = sum(v for (code, _), v in counted.sums.items() if code == "CUR_TOT")
    assert total == len(rows)
    assert sum(len(v) for (code, _), v in counted.facts.items() if code == "CUR_TOT") == len(rows)


@pytest.fixture
def centre(centre_copy: Path) -> Store:
    return Store.open(centre_copy, FileKey(centre_copy / "store.key").key(), FixedClock(date(2026, 11, 2)))


def act(store: Store, service: object, *args: object, **kwargs: object) -> object:
    from appliance.core.actors import MACHINE

    kept: list[object] = []

    def run(unit: object) -> dict[str, object]:
        kept.append(service(unit, *args, **kwargs))  # type: ignore[operator]
        return {}

    store.act_now("test", MACHINE, run)
    return kept[0]


def test_a_closed_month_stays_closed_and_a_correction_makes_its_rectificatif(centre: Store) -> None:
    act(centre, close_month, "RMA", OCTOBER)
    with centre.reading() as db:
        closed = repository.latest(db, "RMA", "2026-10")
        visit = db.value(
            "SELECT visit FROM fact WHERE month = '2026-10' AND kind = 'morbidity' AND code = 'DIARRHEE' LIMIT 1"
        )
        standing = current_consultation(db, visit)
    assert closed is not None
    assert standing is not None
    from dataclasses import replace

    act(
        centre,
        record_consultation,
        visit,
        replace(standing[1], diagnosis="gale"),
        replaces=standing[0],
        reason="erreur",
    )
    with centre.reading() as db:
        again = repository.latest(db, "RMA", "2026-10")
        assert again is not None
        assert again.hash == closed.hash
        changed = late_changes(again, report(db, "RMA", OCTOBER, date(2026, 11, 2)))
    assert {c.code for c in changed} >= {"MOR_DIARRHEE_C", "MOR_GALE_C"}
    act(centre, correct_month, "RMA", OCTOBER, "diagnostic corrigé")
    with centre.reading() as db:
        second = repository.latest(db, "RMA", "2026-10")
        waiting = db.all("SELECT revision, state FROM outbox WHERE subject = 'RMA:2026-10' ORDER BY revision")
    assert second is not None
    assert (second.version, second.explanation) == (2, "diagnostic corrigé")
    assert waiting == [(1, "superseded"), (2, "waiting")]
    centre.close()


def test_months_are_closed_in_order_and_once_and_only_when_over(centre: Store) -> None:
    for month, code in ((Month(2026, 11), "month-not-over"), (Month(2026, 9), "month-closed")):
        with pytest.raises(Refused) as refusal:
            act(centre, close_month, "RMA", month)
        assert refusal.value.code == code
    centre.close()


def test_a_computed_cell_can_not_be_typed_over_and_an_empty_one_is_null(centre: Store) -> None:
    with pytest.raises(Refused) as refusal:
        act(centre, type_cell, "RMA", OCTOBER, "CUR_NC", {"AGE6": "1_4A"}, 3)
    assert refusal.value.code == "cell-not-typed"
    with centre.reading() as db:
        cell = next(c for c in report(db, "RMA", OCTOBER, date(2026, 11, 2)).cells if c.code == "PAL_FORMES")
    assert (cell.value, cell.source) == (None, "empty")
    act(centre, type_cell, "RMA", OCTOBER, "PAL_FORMES", {}, 4)
    with centre.reading() as db:
        cell = next(c for c in report(db, "RMA", OCTOBER, date(2026, 11, 2)).cells if c.code == "PAL_FORMES")
    assert (cell.value, cell.source) == (4, "typed")
    centre.close()


@pytest.mark.parametrize("code", ["RMA", "CRGS"])
def test_the_paper_is_a_pdf_that_says_draft_or_closed(centre: Store, code: str) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    with centre.reading() as db:
        draft = paper_of(db, code, OCTOBER, date(2026, 11, 2))
        closed = paper_of(db, code, Month(2026, 9), date(2026, 11, 2))
    assert json.dumps(draft)
    for description, word in ((draft, "BROUILLON"), (closed, "Clôturé")):
        text = "".join(p.extract_text() for p in PdfReader(BytesIO(draw(description))).pages)
        assert word in text
        assert "Dougabani" in text
    centre.close()
