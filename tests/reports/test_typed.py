"""Typed figures: a field for each cell, who gave it, last month's offered until somebody keeps it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from appliance.core.periods import Month
from appliance.reports.closing.services import type_cell
from appliance.reports.form import form
from appliance.reports.preview import report
from appliance.reports.typed import typed_fields
from appliance.storage import FileKey, Store
from tests.conftest import FixedClock
from tests.reports.test_forms import act

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)


def test_every_typed_cell_has_its_own_field_and_a_split_one_has_several() -> None:
    held = form("RMA")
    wanted = [(e.code, d) for e in held.elements if e.is_typed for d in held.cells(e)]
    assert ("PAL_DEC_GH", {"PALU2": "0_4A"}) in wanted


def test_last_months_figure_is_offered_to_confirm_and_counts_only_once_kept(centre_copy: Path) -> None:
    store = Store.open(centre_copy, FileKey(centre_copy / "store.key").key(), FixedClock(date(2026, 11, 2)))
    act(store, type_cell, "RMA", SEPTEMBER, "PAL_FORMES", {}, 4)
    act(store, type_cell, "RMA", SEPTEMBER, "PAL_DEC_GH", {"PALU2": "5P"}, 0)

    def fields() -> dict[str, tuple[str | None, str | None, str]]:
        with store.reading() as db:
            return {f.name: (f.value, f.carried, f.offered) for f in typed_fields(db, form("RMA"), OCTOBER, "PALU")}

    assert fields()["case-PAL_FORMES"] == (None, "4", "4")
    assert fields()["case-PAL_DEC_GH-5P"] == (None, "0", "0")
    assert fields()["case-PAL_DEC_GH-0_4A"] == (None, None, "")
    with store.reading() as db:
        cells = {c.code: c.value for c in report(db, "RMA", OCTOBER, date(2026, 11, 2)).cells}
    assert cells["PAL_FORMES"] is None
    act(store, type_cell, "RMA", OCTOBER, "PAL_FORMES", {}, None)  # "no longer known" is an answer
    assert fields()["case-PAL_FORMES"] == (None, None, "")
    act(store, type_cell, "RMA", OCTOBER, "PAL_FORMES", {}, 5)
    assert fields()["case-PAL_FORMES"] == ("5", None, "5")
    store.close()
