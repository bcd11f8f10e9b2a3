"""Freezing a lot on every tablet at once, letting it go again, and noting who was reached of those who received it."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.stock.cold_chain.policy import policy
from appliance.stock.ledger.repository import vvm_stage
from appliance.stock.recalls.repository import OUTCOMES
from appliance.storage import Unit

STATUSES = ("usable", "quarantined", "recalled")
TEXT_MAX = 300


def set_lot_status(unit: Unit, lot: int, status: str, reason: str) -> None:
    """Quarantine, recall or release a lot: serving reads the lot again inside its act, so an open form is refused too.

    Raises `Refused`: "lot-status", "reason-needed" (3 to 300 letters), "no-such-lot", "vvm-turned" (a spoiled
    vial monitor makes no lot usable again).
    """
    if status not in STATUSES:
        raise Refused("lot-status", status=status)
    if not 3 <= len(reason.strip()) <= TEXT_MAX:
        raise Refused("reason-needed", kind=status)
    if status == "usable" and (vvm_stage(unit, lot) or 0) >= policy().vvm_unusable_from:
        raise Refused("vvm-turned", lot=lot)
    if not unit.run("UPDATE lot SET status = ?, act = ? WHERE id = ?", (status, unit.act, lot)):
        raise Refused("no-such-lot", lot=lot)
    unit.append("lot_status", lot=lot, status=status, reason=reason.strip(), occurred_on=unit.today.isoformat())


def note_contact(unit: Unit, lot: int, patient: int, outcome: str, note: str = "") -> None:
    """Note what came of looking for somebody who received a lot.

    Raises `Refused`: "contact-outcome", "text-too-long", "not-a-recipient".
    """
    if outcome not in OUTCOMES:
        raise Refused("contact-outcome", outcome=outcome[:40])
    if len(note.strip()) > TEXT_MAX:
        raise Refused("text-too-long", field="note", limit=TEXT_MAX)
    if not unit.value(
        "SELECT 1 FROM movement m JOIN dispense d ON d.id = m.dispense JOIN patient p ON p.id = d.patient"
        " WHERE m.lot = ? AND (p.id = ? OR p.merged_into = ?) LIMIT 1",
        (lot, patient, patient),
    ):
        raise Refused("not-a-recipient", patient=patient)
    unit.append("lot_contact", lot=lot, patient=patient, outcome=outcome, note=note.strip() or None)
