"""Sheets of care: one for each visit, person and payer, opened by the first sale that a payer shares."""

from __future__ import annotations

from datetime import date

from appliance.billing.payers.repository import Cover
from appliance.core.identifiers import new_uuid
from appliance.storage import Unit

ISSUED = "issued"


def sheet_for(unit: Unit, cover: Cover, patient: int, visit: int | None, on: date) -> int:
    """The sheet that a sale belongs to: that of the same visit (without one, of the same day) while it is not billed."""
    found = unit.value(
        "SELECT max(s.id) FROM care_sheet s WHERE s.payer = ? AND s.patient = ? AND s.occurred_on = ? AND s.visit IS ?"
        " AND NOT EXISTS (SELECT 1 FROM care_sheet_state t WHERE t.sheet = s.id AND t.state <> 'issued')",
        (cover.payer, patient, on.isoformat(), visit),
    )
    if found is not None:
        return int(found)
    number = (unit.value("SELECT max(number) FROM care_sheet") or 0) + 1
    sheet = unit.append(
        "care_sheet", uuid=new_uuid(), number=number, payer=cover.payer, patient=patient, visit=visit, cover=cover.id,
        occurred_on=on.isoformat(),
    )  # fmt: skip
    unit.append(
        "care_sheet_state", sheet=sheet, state=ISSUED, batch=None, paid_fcfa=0, cut_fcfa=0, reason=None,
        occurred_on=on.isoformat(),
    )  # fmt: skip
    return sheet
