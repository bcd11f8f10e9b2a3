"""Opening, counting, closing and handing over a till.

Every payment, refund, expense and hand-over moves inside an open session of a till, and whoever keeps the session
answers for the drawer. Care never stops because nobody opened a till: a payment taken by someone who has none open
opens one by itself, the till that this person kept last if it is free, else a drawer of their own. What the closing
before left in it is carried over without a count, and the session says so. A nurse's night takings stand in such a
drawer until the cashier has counted them with her in the morning.

Closing is two acts. The count is saved first, while the figure expected is on no page; then the session is closed
with that count: an unexplained difference needs a reason and is a row of its own (rule T33). When money moved after
the count it is stale, and the drawer is counted again; every count stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.billing.till import drawers
from appliance.billing.till.coins import total
from appliance.core.errors import Refused
from appliance.core.french import one_line
from appliance.storage import Unit

NAME_MAX = 40
REASON_MIN = 3
MACHINE_TILL = "Appareil"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How a session ended, in FCFA: by its rows, as counted, the difference, and what stayed in the drawer."""

    session: int
    expected_fcfa: int
    counted_fcfa: int
    variance_fcfa: int
    left_fcfa: int


def add_till(unit: Unit, name: str) -> int:
    """Add a drawer of the centre. Raises `Refused`: "till-name", "till-known"."""
    text = one_line(name)
    if not 1 <= len(text) <= NAME_MAX:
        raise Refused("till-name")
    if unit.value("SELECT 1 FROM till WHERE name = ? AND staff IS NULL", (text,)):
        raise Refused("till-known", name=text)
    return unit.append("till", name=text, staff=None)


def session_for(unit: Unit) -> int:
    """The open session of whoever acts; one that opens by itself where there is none. One indexed read when there is."""
    found = unit.value("SELECT session FROM till_open WHERE keeper = ?", (unit.actor.staff_id or 0,))
    return int(found) if found is not None else _open(unit, _till_of(unit), unit.actor.staff_id, is_by_itself=True)


def open_till(unit: Unit, till: int, pieces: Mapping[int, int], reason: str = "", staff: int | None = None) -> int:
    """Open a till with its counted float, kept by whoever acts (or by `staff`); returns the session.

    A first float is the centre's own money, entered once; later one that is not what the last closing left needs a
    reason. Raises `Refused`: "no-such-till", "till-is-open", "till-yours-open", "coin", "opening-variance" (with what
    was left and what is there).
    """
    keeper = unit.actor.staff_id if staff is None else staff
    own = unit.one("SELECT staff FROM till WHERE id = ?", (till,))
    if own is None or own[0] not in (None, keeper or 0):
        raise Refused("no-such-till", till=till)
    if unit.value("SELECT 1 FROM till_open WHERE till = ?", (till,)):
        raise Refused("till-is-open", till=till)
    if unit.value("SELECT 1 FROM till_open WHERE keeper = ?", (keeper or 0,)):
        raise Refused("till-yours-open")
    left, counted = drawers.carried(unit, till), total(pieces)
    variance = counted - (left or 0)
    if left is not None and variance and len(reason.strip()) < REASON_MIN:
        raise Refused("opening-variance", left=left, counted=counted)
    session = _open(unit, till, keeper, is_by_itself=False)
    _count(unit, session, "opening", pieces)
    if variance:
        kind = "opening_balance" if left is None else "till_variance"
        _difference(unit, session, kind, "opening" if left is None else "cash_variance", variance, reason)
    return session


def count_till(unit: Unit, session: int, pieces: Mapping[int, int]) -> drawers.Count:
    """Save what was counted before a closing: only then may the figure expected be seen.

    Raises `Refused`: "till-not-open", "coin".
    """
    if not _is_open(unit, session):
        raise Refused("till-not-open", session=session)
    _count(unit, session, "closing", pieces)
    found = drawers.last_count(unit, session)
    assert found is not None  # noqa: S101 - it was written a line above
    unit.note(session=session, variance=found.variance_fcfa)
    return found


def close_till(
    unit: Unit, session: int, reason: str = "", *, hand_over_fcfa: int = 0, receiver: int | None = None,
    receiver_session: int | None = None,
) -> Closed:  # fmt: skip
    """Close a session with its last count, in one act; part or all of the money may be handed over with it.

    Raises `Refused`: "till-not-open", "till-not-counted", "count-stale" (money moved since), "variance-reason" (with
    the difference), and those of `hand_over`.
    """
    if not _is_open(unit, session):
        raise Refused("till-not-open", session=session)
    count = drawers.last_count(unit, session)
    if count is None:
        raise Refused("till-not-counted", session=session)
    if drawers.expected(unit, session) != count.expected_fcfa:
        raise Refused("count-stale", session=session)
    variance, why = count.variance_fcfa, reason.strip()
    if variance and len(why) < REASON_MIN:
        raise Refused("variance-reason", variance=variance)
    if variance:
        _difference(unit, session, "till_variance", "cash_variance", variance, why)
    if hand_over_fcfa:
        hand_over(unit, session, hand_over_fcfa, receiver=receiver, receiver_session=receiver_session)
    left = count.counted_fcfa - hand_over_fcfa
    unit.append(
        "till_closing", session=session, count=count.id, closed_on=unit.today.isoformat(), expected_fcfa=count.expected_fcfa,
        counted_fcfa=count.counted_fcfa, variance_fcfa=variance, reason=why or None, left_fcfa=left,
    )  # fmt: skip
    unit.note(session=session)
    return Closed(
        session=session, expected_fcfa=count.expected_fcfa, counted_fcfa=count.counted_fcfa, variance_fcfa=variance,
        left_fcfa=left,
    )  # fmt: skip


def hand_over(
    unit: Unit, session: int, amount_fcfa: int, *, receiver: int | None, receiver_session: int | None = None
) -> int:
    """Hand money of a drawer over, to the treasurer's box or into the till of who takes over; returns the hand-over.

    That both signed is for the caller to make sure of: each has given the own PIN. Raises `Refused`: "till-not-open",
    "handover-empty", "handover-self", "no-such-staff", "till-too-low" (with what is there).
    """
    keeper = unit.one(
        "SELECT s.staff FROM till_session s JOIN till_open o ON o.session = s.id WHERE s.id = ?", (session,)
    )
    if keeper is None or (receiver_session is not None and not _is_open(unit, receiver_session)):
        raise Refused("till-not-open", session=session)
    if amount_fcfa <= 0:
        raise Refused("handover-empty")
    if receiver is None or not unit.value("SELECT 1 FROM staff WHERE id = ? AND is_active = 1", (receiver,)):
        raise Refused("no-such-staff", staff=receiver)
    if receiver == keeper[0] or session == receiver_session:
        raise Refused("handover-self")
    held = drawers.expected(unit, session)
    if amount_fcfa > held:
        raise Refused("till-too-low", left=held)
    number = (unit.value("SELECT max(number) FROM till_handover") or 0) + 1
    unit.note(session=session, handover=number)
    return unit.append(
        "till_handover", number=number, session=session, receiver=receiver, receiver_session=receiver_session,
        amount_fcfa=amount_fcfa, occurred_on=unit.today.isoformat(),
    )  # fmt: skip


def _is_open(unit: Unit, session: int) -> bool:
    return bool(unit.value("SELECT 1 FROM till_open WHERE session = ?", (session,)))


def _open(unit: Unit, till: int, staff: int | None, *, is_by_itself: bool) -> int:
    unit.note(till=till)
    return unit.append(
        "till_session", till=till, staff=staff, opened_on=unit.today.isoformat(),
        carried_fcfa=drawers.carried(unit, till) or 0, is_by_itself=int(is_by_itself),
    )  # fmt: skip


def _till_of(unit: Unit) -> int:
    """The till that a person kept last, if it is free; else the own drawer, made when there is none."""
    staff = unit.actor.staff_id
    last = unit.value(
        "SELECT s.till FROM till_session s WHERE s.staff IS ? AND NOT EXISTS (SELECT 1 FROM till_open o WHERE o.till = s.till)"
        " ORDER BY s.id DESC LIMIT 1",
        (staff,),
    )
    if last is None:
        last = unit.value("SELECT id FROM till WHERE staff = ?", (staff or 0,))
    if last is not None:
        return int(last)
    name = unit.value("SELECT name FROM staff WHERE id = ?", (staff,)) or MACHINE_TILL
    return unit.append("till", name=name[:NAME_MAX], staff=staff or 0)


def _count(unit: Unit, session: int, kind: str, pieces: Mapping[int, int]) -> None:
    count = unit.append(
        "till_count",
        session=session,
        kind=kind,
        expected_fcfa=drawers.expected(unit, session),
        counted_fcfa=total(pieces),
    )
    for coin, number in sorted(pieces.items(), reverse=True):
        if number:
            unit.append("till_count_line", count=count, coin_fcfa=coin, pieces=number)


def _difference(unit: Unit, session: int, kind: str, account: str, variance: int, reason: str) -> None:
    """The row that brings a drawer from what was expected to what lies in it."""
    debit, credit = ("till", account) if variance > 0 else (account, "till")
    unit.append(
        "account_entry", kind=kind, occurred_on=unit.today.isoformat(), debit=debit, credit=credit, amount_fcfa=abs(variance),
        session=session, expense=None, document=None, note=reason.strip() or None, reverses=None,
    )  # fmt: skip
