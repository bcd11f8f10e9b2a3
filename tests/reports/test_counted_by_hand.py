"""Every cell of a generated centre's months against a count by hand over the records, and what each cell opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.billing.sales.services import SaleForm, reverse_sale, sell
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.records.care.model import CaseType, Microscopy, Outcome, Rdt
from appliance.records.care.visits import current_consultation, record_consultation
from appliance.records.patients.services import correct_patient, merge, unmerge
from appliance.reports.preview import facts_behind, report
from appliance.reports.stock_lines import movements_behind
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.storage import FileKey, Store
from tests.conftest import FixedClock
from tests.records.people import person
from tests.reports import counted_by_hand
from tests.reports.test_forms import act

MONTHS = ["2026-09", "2026-10"]
TODAY = date(2026, 11, 2)


@pytest.fixture
def db(generated: Path) -> Iterator[Any]:
    store = Store.open(generated, FileKey(generated / "store.key").key(), FixedClock(TODAY))
    with store.reading() as reader:
        yield reader
    store.close()


@pytest.mark.parametrize("month", MONTHS)
def test_every_computed_cell_of_the_rma_equals_the_records_and_opens_exactly_those(db: Any, month: str) -> None:
    by_hand = counted_by_hand.rma(db, month)
    made = report(db, "RMA", Month.parse(month), TODAY)
    compared = 0
    for cell in made.cells:
        element = made.form.element(cell.code)
        assert element is not None
        if element.kind is None:
            assert (cell.code, tuple(cell.disaggregation.values())) not in by_hand
            continue
        wanted = by_hand.pop((cell.code, tuple(cell.disaggregation.values())), [])
        assert (cell.code, cell.value) == (cell.code, len(wanted))
        assert sorted(row[5] or 0 for row in facts_behind(db, cell.records)) == sorted(wanted)
        compared += len(wanted)
    assert by_hand == {}, "counted by hand and in no cell"
    assert compared > 1000
    assert made.unplaced == ()


@pytest.mark.parametrize("month", MONTHS)
def test_every_line_of_the_crgs_equals_the_ledger_walked_by_hand(db: Any, month: str) -> None:
    by_hand = counted_by_hand.crgs(db, month)
    lines: dict[str, dict[str, Any]] = {}
    for cell in report(db, "CRGS", Month.parse(month), TODAY).cells:
        lines.setdefault(cell.code, {})[cell.disaggregation["column"]] = cell
    assert {code for code, line in lines.items() if line["SI"].value is not None} == set(by_hand)
    known = 0
    for code, wanted in by_hand.items():
        found = lines[code]
        for column in ("SI", "QR", "QU", "QP", "QA", "SDU", "JR", "PEREM"):
            assert (code, column, found[column].value) == (code, column, wanted[column])
        for column, sign in (("QR", 1), ("QU", -1), ("QP", -1), ("QA", 1)):
            behind = movements_behind(db, found[column].records)
            assert sum(row[3] for row in behind) * sign == wanted[column]
            assert all(row[1].startswith(month) for row in behind)
        if not wanted["is_new"]:
            known += wanted["CMM"] is not None
            rounded = None if wanted["CMM"] is None else int(wanted["CMM"] + counted_by_hand.F(1, 2))
            assert (code, found["CMM"].value) == (code, rounded)
    assert known > 20


def test_no_correction_leaves_a_cell_behind(centre_copy: Path) -> None:
    """Diagnoses, tests, outcomes, sexes and births corrected, files merged and parted, sales taken back, and served late."""
    store = Store.open(centre_copy, FileKey(centre_copy / "store.key").key(), FixedClock(TODAY))
    chance = Random(4)
    with store.reading() as reader:
        visits = [
            v for (v,) in reader.all("SELECT DISTINCT visit FROM consultation c JOIN visit v ON v.id = c.visit"
            " WHERE v.occurred_on LIKE '2026-10-%' ORDER BY 1")
        ]  # fmt: skip
        sales = [s for (s,) in reader.all("SELECT id FROM sale WHERE reverses IS NULL ORDER BY id DESC LIMIT 400")]
        people = [p for (p,) in reader.all("SELECT DISTINCT patient FROM visit WHERE occurred_on LIKE '2026-10-%'")]
        waiting = reader.all(
            "SELECT p.id, l.id, r.id, l.quantity FROM prescription p JOIN prescription_line l ON l.prescription = p.id"
            " JOIN product r ON r.code = l.product WHERE p.state = 'issued' AND p.occurred_on LIKE '2026-10-%' LIMIT 20"
        )
    for visit in chance.sample(visits, 60):
        with store.reading() as reader:
            number, found = current_consultation(reader, visit) or (0, None)
        change = chance.choice(
            [
                {"diagnosis": "palu-simple", "rdt": Rdt.POSITIVE, "microscopy": Microscopy.NOT_DONE},
                {"diagnosis": "palu-grave", "rdt": Rdt.NOT_DONE, "microscopy": Microscopy.POSITIVE},
                {"diagnosis": "gale", "rdt": Rdt.NEGATIVE, "microscopy": Microscopy.NOT_DONE},
                {"case_type": CaseType.FOLLOW_UP},
                {"outcome": Outcome.OBSERVATION},
                {"outcome": Outcome.EVACUATED},
            ]
        )
        act(store, record_consultation, visit, replace(found, **change), replaces=number, reason="registre relu")  # type: ignore[type-var]
    for patient in chance.sample(people, 20):
        with store.reading() as reader:
            sex, born = reader.one("SELECT sex, born_on FROM patient WHERE id = ?", (patient,))
        other = person("Nom Corrigé", sex="F" if sex == "M" else "M", born=str(int(born[:4]) - 1) + "-01-01")
        with suppress(Refused):
            act(store, correct_patient, patient, other, "registre relu")
    for absorbed, survivor in zip(people[:10], people[10:20], strict=True):
        merged = act(store, merge, absorbed, survivor, "même personne")
        if chance.random() < 0.4:
            act(store, unmerge, merged, "deux personnes")
    for sale in chance.sample(sales, 30):
        act(store, reverse_sale, sale, "rapporté")
    for prescription, line, product, quantity in waiting:
        form = DispenseForm(
            place=1, prescription=prescription,
            lines=(DispenseLine(product=product, asked=quantity, given=quantity, prescription_line=line),),
        )  # fmt: skip
        with suppress(Refused):
            act(store, sell, SaleForm(dispense=form, means="cash"))
    with store.reading() as reader:
        for month in MONTHS:
            test_every_computed_cell_of_the_rma_equals_the_records_and_opens_exactly_those(reader, month)
        by_hand = counted_by_hand.crgs(reader, "2026-11")
        for cell in report(reader, "CRGS", Month(2026, 11), date(2026, 11, 30)).cells:
            if (column := cell.disaggregation["column"]) in ("QU", "SDU", "JR") and cell.code in by_hand:
                assert (cell.code, column, cell.value) == (cell.code, column, by_hand[cell.code][column])
    store.close()
