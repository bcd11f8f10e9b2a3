"""Vial monitors (PCV): the stage of a lot. From the stage that the policy names on nothing of the lot is given."""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.stock.cold_chain.policy import policy
from appliance.stock.ledger.repository import VVM_RANKING
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import Unit, settings


def read_monitor(unit: Unit, lot: int, stage: int) -> int:
    """Write the stage (1 to 4) of a lot; an unusable one is frozen on every tablet in the same act.

    A monitor never goes back: a lower stage is taken only on the day of the slip it corrects.
    Raises `Refused`: "no-such-lot", "vvm-stage", "vvm-backward".
    """
    held = unit.one("SELECT status FROM lot WHERE id = ?", (lot,))
    if held is None:
        raise Refused("no-such-lot", lot=lot)
    if not 1 <= stage <= 4:
        raise Refused("vvm-stage", stage=stage)
    before = unit.one("SELECT stage, occurred_on FROM vvm_reading WHERE lot = ? ORDER BY id DESC LIMIT 1", (lot,))
    if before and stage < before[0] and before[1] != unit.today.isoformat():
        raise Refused("vvm-backward", stage=before[0], on=before[1])
    made = unit.append("vvm_reading", lot=lot, stage=stage, occurred_on=unit.today.isoformat())
    if stage >= policy().vvm_unusable_from and held[0] == "usable":
        set_lot_status(unit, lot, "quarantined", f"PCV stade {stage}")
    return made


def set_ranked(unit: Unit, ranked: bool) -> None:
    """Choose whether the stage ranks before the expiry."""
    settings.put(unit, VVM_RANKING, ranked)
