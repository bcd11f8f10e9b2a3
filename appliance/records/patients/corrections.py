"""What is corrected beside the particulars: a death noted or taken back."""

from __future__ import annotations

from datetime import date

import msgspec

from appliance.core.errors import Refused
from appliance.storage import Database, Unit


def deceased_on(db: Database, patient: int) -> date | None:
    """The day of death, where it is noted."""
    found = db.value("SELECT deceased_on FROM patient WHERE id = ?", (patient,))
    return date.fromisoformat(found) if found else None


def set_deceased(unit: Unit, patient: int, died_on: date | None, reason: str) -> None:
    """Note the day of death, or take back one noted by mistake; what stood before is kept with the reason.

    Raises `Refused("died-on")` for a day before the birth, before the last visit or in the future.
    """
    born, before, last = unit.one("SELECT born_on, deceased_on, last_visit_on FROM patient WHERE id = ?", (patient,)) or (
        "", None, None,
    )  # fmt: skip
    after = died_on.isoformat() if died_on else None
    if after == before:
        return
    if after and (died_on is None or died_on > unit.today or after < born or (last and after < last)):
        raise Refused("died-on")
    kept = msgspec.json.encode({"deceased_on": before}).decode()
    unit.append("patient_change", patient=patient, before=kept, reason=reason.strip())
    unit.run("UPDATE patient SET deceased_on = ?, act = ? WHERE id = ?", (after, unit.act, patient))
