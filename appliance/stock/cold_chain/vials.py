"""Open vials: opened against the ledger, given dose by dose, thrown away when their time is over (multi-dose policy)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from appliance.core.clock import to_ms
from appliance.core.errors import Refused
from appliance.stock.cold_chain import repository
from appliance.stock.cold_chain.policy import policy
from appliance.stock.cold_chain.repository import OpenVial
from appliance.stock.ledger import services as ledger
from appliance.stock.ledger.model import MovementKind
from appliance.stock.ledger.services import Movement
from appliance.storage import ConstraintFailed, Unit

HOUR_MS = 3_600_000
VIALS_MAX = 500


def open_vials(unit: Unit, lot: int, place: int, vials: int, session: int | None = None) -> int:
    """Open vials of a lot: their doses leave the ledger as used, and their clock starts. Returns the opening's id.

    Raises `Refused`: "no-such-lot", "not-a-vaccine", "vials-count", "lot-unusable" (expired, set aside, or its monitor
    turned), and those of the ledger.
    """
    row = unit.one(
        "SELECT l.product, l.status, l.expires_on, p.code, p.pack_units, coalesce((SELECT v.stage FROM vvm_reading v"
        " WHERE v.lot = l.id ORDER BY v.id DESC LIMIT 1), 0) FROM lot l JOIN product p ON p.id = l.product WHERE l.id = ?",
        (lot,),
    )
    if row is None:
        raise Refused("no-such-lot", lot=lot)
    product, status, expires, code, doses, stage = row
    vaccine = policy().vaccines.get(code)
    if vaccine is None:
        raise Refused("not-a-vaccine", product=code)
    if not 1 <= vials <= VIALS_MAX:
        raise Refused("vials-count", vials=vials)
    if status != "usable" or expires < unit.today.isoformat() or stage >= policy().vvm_unusable_from:
        raise Refused("lot-unusable", lot=lot)
    movement = ledger.write(
        unit,
        Movement(
            kind=MovementKind.SERVICE_USE, product=product, lot=lot, place=place, quantity=-vials * doses,
            occurred_on=unit.today, reason="flacons ouverts",
        ),
    )  # fmt: skip
    end_of_lot = datetime.combine(date.fromisoformat(expires) + timedelta(days=1), time(), UTC)
    return unit.append(
        "vial_opening", lot=lot, product=product, session=session, vials=vials, doses_per_vial=doses,
        occurred_on=unit.today.isoformat(), opened_at=unit.now.ms,
        use_until=max(min(unit.now.ms + vaccine.open_hours * HOUR_MS, to_ms(end_of_lot)), unit.now.ms), movement=movement,
    )  # fmt: skip


def undo_opening(unit: Unit, key: int, reason: str) -> None:
    """Undo an opening that was typed wrongly, before anything of it was given: the ledger takes its doses back.

    Raises `Refused`: "no-such-vial", "vial-used", and those of the ledger's reversal.
    """
    held = _standing(unit, key)
    if held.left != held.doses:
        raise Refused("vial-used", opening=key)
    ledger.reverse(unit, unit.value("SELECT movement FROM vial_opening WHERE id = ?", (key,)), reason)


def give_doses(unit: Unit, key: int, doses: int) -> None:
    """Write doses given to people. Raises `Refused`: "no-such-vial", "vial-doses" (more than is left), "vial-too-old"."""
    held = _standing(unit, key)
    if not 1 <= doses <= held.left:
        raise Refused("vial-doses", left=held.left)
    _outcome(unit, key, given=doses, wasted=0, reason=None)


def discard(unit: Unit, key: int, reason: str) -> int:
    """Throw away what is left of an opening; returns the doses wasted. Raises "no-such-vial", "discard-reason"."""
    held = _standing(unit, key)
    if reason not in policy().discard_reasons:
        raise Refused("discard-reason", reason=reason[:40])
    if held.left:
        _outcome(unit, key, given=0, wasted=held.left, reason=reason)
    return held.left


def end_session(unit: Unit, given: Mapping[int, int]) -> int:
    """The end of a session in one act: doses given of each open vial, then what may not be kept is thrown away.

    `given`: doses by opening, of every vial that was used. Returns the doses wasted. Raises as `give_doses`.
    """
    wasted = 0
    for key, doses in given.items():
        if doses:
            give_doses(unit, key, doses)
        held = _standing(unit, key)
        kept = held.vaccine.is_kept if held.vaccine else False
        if held.left and (not kept or held.use_until <= unit.now.ms):
            wasted += discard(unit, key, "session_end" if not kept else "time")
    unit.note(wasted=wasted)
    return wasted


def _standing(unit: Unit, key: int) -> OpenVial:
    held = repository.opening(unit, key)
    if held is None:
        raise Refused("no-such-vial", opening=key)
    return held


def _outcome(unit: Unit, key: int, *, given: int, wasted: int, reason: str | None) -> None:
    try:
        unit.append(
            "vial_outcome", opening=key, given=given, wasted=wasted, reason=reason, occurred_on=unit.today.isoformat()
        )
    except ConstraintFailed as fault:
        raise Refused("vial-doses", constraint=fault.code) from fault
