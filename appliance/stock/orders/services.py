"""The verbs of an order's life: it comes in or is begun, is confirmed by two people, handed over, answered, ended.

Two signatures are of two people: the gérant's (or whoever keeps the depot that day) and the DTC's. With the second
one a pushed order goes into the outbox; one of our own is handed over by message, by stick or on paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from appliance.access import staff as people
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import repository
from appliance.stock.orders.model import Answer, FormLine, Model, Order, OrderForm, OrderKind, OrderLine, State, Way
from appliance.stock.orders.numbers import next_number
from appliance.stock.orders.ours import our_proposals
from appliance.stock.orders.reasons import reasons
from appliance.stock.orders.writing import enter, need_reason, write_answers, write_ours, write_state
from appliance.storage import Unit, outbox

PRIORITY_ORDER = 10
CONFIRMATION, ORDER_FORM = "order-confirmation", "order-form"


def form_received(unit: Unit, form: OrderForm) -> int:
    """Keep an order form that came in; returns the order's key.

    The same form twice (same document, or same reference with the same lines) is the same order, even when a correction
    has come between. A form of a known reference with other lines is a correction: an order that nobody confirmed is superseded at once, for one that was
    confirmed a person decides (`accept_correction`, `refuse_correction`). Raises `Refused("order-empty")`.
    """
    if not form.lines:
        raise Refused("order-empty")
    known = unit.value("SELECT id FROM supply_order WHERE document = ?", (form.document,)) if form.document else None
    if known is not None:
        return int(known)
    forms = repository.of_reference(unit, form.supplier, form.reference) if form.reference else []
    standing = [held for held in forms if held.state not in (State.CANCELLED, State.SUPERSEDED)]
    if standing:
        for held in (*standing, *forms):
            if _written(unit, held.id) == [_as_written(line) for line in form.lines]:
                return held.id
        made = _write_order(unit, form, supersedes=forms[0].id)
        if standing[0].state is State.PROPOSED:
            enter(unit, standing[0], State.SUPERSEDED)
        return made
    return _write_order(unit, form)


def begin_order(unit: Unit, form: OrderForm) -> int:
    """Begin an order of our own (pull): lines without a supplier's figure. Raises `Refused("order-empty")`."""
    if not form.lines:
        raise Refused("order-empty")
    return _write_order(unit, replace(form, model=Model.PULL))


def add_line(unit: Unit, order: int, product: int) -> int:
    """Add a product that the form does not name, while the order is proposed; returns the line (the one it has already)."""
    held = _proposed(unit, order)
    lines = repository.lines(unit, order)
    if found := next((line.id for line in lines if line.product == product), None):
        return found
    if catalogue.by_id(unit, product) is None:
        raise Refused("no-such-product", product=product)
    rank = max((line.rank for line in lines), default=0) + 1
    line = _write_line(unit, order, rank, FormLine(product=product))
    write_ours(unit, line, our_proposals(unit, [product], unit.today, _kind(unit, order))[product])
    unit.note(order=held.id)
    return line


def match_line(unit: Unit, line: int, product: int) -> None:
    """Say which product of ours a written line is; ours is computed for it. Raises `Refused`: "no-such-order-line",
    "no-such-product", "order-state" (only while it is proposed), "product-twice" (another line is that product)."""
    order = unit.value("SELECT supply_order FROM supply_order_line WHERE id = ?", (line,))
    if order is None:
        raise Refused("no-such-order-line", line=line)
    _proposed(unit, order)
    if catalogue.by_id(unit, product) is None:
        raise Refused("no-such-product", product=product)
    if any(other.product == product and other.id != line for other in repository.lines(unit, order)):
        raise Refused("product-twice", product=product)
    unit.append("supply_order_match", line=line, product=product)
    write_ours(unit, line, our_proposals(unit, [product], unit.today, _kind(unit, order))[product])


def recompute(unit: Unit, order: int) -> None:
    """Compute our proposal anew for every line of a proposed order: stock has moved since it came."""
    _proposed(unit, order)
    held = {line.product: line.id for line in repository.lines(unit, order) if line.product is not None}
    for product, ours in our_proposals(unit, held, unit.today, _kind(unit, order)).items():
        write_ours(unit, held[product], ours)


def edit(unit: Unit, order: int, answers: Iterable[Answer]) -> None:
    """Keep the quantities as far as they are typed, to be taken up later or on another tablet."""
    write_answers(unit, _proposed(unit, order), "edited", answers)


def confirm(unit: Unit, order: int, answers: Iterable[Answer]) -> None:
    """The gérant's signature: a quantity for each line that has a product, a reason wherever it differs.

    Differs from what: the supplier's proposal in a pushed order (0 where it proposes nothing), ours in one of our own.
    Raises `Refused`: "order-state", "line-unmatched" (a line whose product nobody told can only be 0), "answer-missing",
    "order-nothing" (all zero: cancel it instead), "reason-for-quantity", "reason-note",
    "correction-to-decide" (it corrects an order that stands).
    """
    held = _proposed(unit, order)
    if repository.corrected(unit, held) is not None:
        raise Refused("correction-to-decide", order=held.number)
    given = {answer.line: answer for answer in answers}
    lines = repository.lines(unit, order)
    for line in lines:
        if line.id not in given:
            raise Refused("answer-missing", product=line.label)
        if line.product is None and given[line.id].quantity:
            raise Refused("line-unmatched", line=line.label)
        check_reason(held, line, given[line.id])
    if not any(answer.quantity for answer in given.values()):
        raise Refused("order-nothing")
    write_answers(unit, held, "confirmed", given.values())
    enter(unit, held, State.CONFIRMED)


def check_reason(order: Order, line: OrderLine, answer: Answer) -> None:
    """Raises `Refused` "reason-for-quantity" or "reason-note" when a quantity differs and nobody says why."""
    wanted = proposed(order, line)
    if wanted is not None and line.packs(answer.quantity) == line.packs(wanted):
        return  # the same packs: a form that counts in units rounds to them
    reason = reasons().get(answer.reason or "")
    if reason is None:
        raise Refused("reason-for-quantity", product=line.label, line=line.id)
    if reason.needs_note and len((answer.note or "").strip()) < 3:
        raise Refused("reason-note", product=line.label, line=line.id)


def proposed(order: Order, line: OrderLine) -> int | None:
    """What a confirmed quantity is compared with; None when nobody proposes anything (our CMM is unknown)."""
    return (line.theirs or 0) if order.model is Model.PUSH else line.ours


def reopen(unit: Unit, order: int, reason: str) -> None:
    """Take the gérant's signature back before the second one, to change a quantity."""
    held = repository.order(unit, order)
    if held.state is not State.CONFIRMED:
        raise Refused("order-state", order=held.number, state=held.state.value, wanted=State.PROPOSED.value)
    write_state(unit, order, State.PROPOSED, reason=need_reason(reason))


def countersign(unit: Unit, order: int, *, signer: int | None = None) -> None:
    """The DTC's signature; a pushed order is queued for its supplier, under identifiers that are kept from now on.

    `signer`: who signs on the tablet of another, after their PIN was checked; by default who acts. Raises `Refused`:
    "order-state", "countersign-role" (neither head of the centre nor standing in for one), "countersign-same" (who
    confirmed may not sign twice).
    """
    held = repository.order(unit, order)
    who = signer or unit.actor.staff_id
    member = people.member(unit, who, unit.today) if who is not None else None
    if member is None or Role.HEAD not in member.roles | member.acting:
        raise Refused("countersign-role")
    if held.confirmed_by == member.id:
        raise Refused("countersign-same")
    enter(unit, held, State.COUNTERSIGNED, staff=member.id)
    if held.model is Model.PUSH:
        outbox.enqueue(
            unit, CONFIRMATION, held.uuid.hex(), 1, priority=PRIORITY_ORDER, identity=held.uuid,
            parts=["", *(str(line.rank) for line in repository.lines(unit, order))],
        )  # fmt: skip


def hand_over(
    unit: Unit, order: int, way: Way, *, recipient: str = "", on: date | None = None, reason: str | None = None
) -> None:
    """Tell how an order reached its supplier. By message, the order form is queued as an attachment.

    Raises `Refused`: "order-state", "date-ahead".
    """
    held = repository.order(unit, order)
    enter(unit, held, State.SENT, occurred_on=on, way=way.value, recipient=recipient, reason=reason)
    if way is Way.MESSAGE and held.model is Model.PULL:
        outbox.enqueue(unit, ORDER_FORM, held.uuid.hex(), 1, priority=PRIORITY_ORDER, identity=held.uuid)


def acknowledged(unit: Unit, order: int) -> None:
    """The supplier's server took the confirmation of a pushed order; said twice, or after boxes came, it changes nothing."""
    held = repository.order(unit, order)
    if held.state is State.COUNTERSIGNED:
        enter(unit, held, State.SENT, way=Way.MESSAGE.value)


def approve(unit: Unit, order: int, answers: Iterable[Answer], *, on: date | None = None) -> None:
    """The supplier's answer to an order of our own: what it grants of each line it speaks of."""
    held = repository.order(unit, order)
    enter(unit, held, State.APPROVED, occurred_on=on)
    write_answers(unit, held, "approved", answers)


def cancel(unit: Unit, order: int, reason: str) -> None:
    """Give an order up before anything of it was shipped."""
    enter(unit, repository.order(unit, order), State.CANCELLED, reason=need_reason(reason))


def never_delivered(unit: Unit, order: int, reason: str) -> None:
    """Nothing (more) of it will come: it stops counting as on order. Boxes that come after all may still be received."""
    enter(unit, repository.order(unit, order), State.NEVER_DELIVERED, reason=need_reason(reason))


def close_short(unit: Unit, order: int, reason: str) -> None:
    """Take an order that came in part for done: the rest is not awaited any more."""
    held = repository.order(unit, order)
    if held.state is not State.RECEIVED_PARTLY:
        raise Refused("order-state", order=held.number, state=held.state.value, wanted=State.RECEIVED.value)
    enter(unit, held, State.RECEIVED, reason=need_reason(reason))


def accept_correction(unit: Unit, order: int) -> None:
    """Let a corrected form take the place of the order that was confirmed by the first one.

    Raises `Refused`: "no-correction", "order-state" when something of the first was shipped already.
    """
    _, old = _correction(unit, order)
    enter(unit, old, State.SUPERSEDED)


def refuse_correction(unit: Unit, order: int, reason: str) -> None:
    """Keep the order as confirmed; the corrected form is set aside, readable."""
    new, _ = _correction(unit, order)
    enter(unit, new, State.CANCELLED, reason=need_reason(reason))


def _correction(unit: Unit, order: int) -> tuple[Order, Order]:
    new = _proposed(unit, order)
    old = repository.corrected(unit, new)
    if old is None:
        raise Refused("no-correction", order=new.number)
    return new, old


def _kind(unit: Unit, order: int) -> OrderKind:
    return repository.order(unit, order).kind


def _proposed(unit: Unit, order: int) -> Order:
    held = repository.order(unit, order)
    if held.state is not State.PROPOSED:
        raise Refused("order-state", order=held.number, state=held.state.value, wanted=State.PROPOSED.value)
    return held


def _write_order(unit: Unit, form: OrderForm, supersedes: int | None = None) -> int:
    on = form.ordered_on or unit.today
    order = unit.append(
        "supply_order", uuid=new_uuid(), number=next_number(unit, "BC", unit.today.year), reference=form.reference,
        supplier=form.supplier.strip(), programme=form.programme, kind=form.kind.value, model=form.model.value,
        ordered_on=on.isoformat(), answer_by=_iso(form.answer_by), expected_on=_iso(form.expected_on),
        document=form.document, supersedes=supersedes,
    )  # fmt: skip
    ours = our_proposals(unit, [line.product for line in form.lines if line.product is not None], unit.today, form.kind)
    for rank, line in enumerate(form.lines, start=1):
        key = _write_line(unit, order, rank, line)
        if line.product in ours:
            write_ours(unit, key, ours[line.product])
    write_state(unit, order, State.PROPOSED)
    return order


def _write_line(unit: Unit, order: int, rank: int, line: FormLine) -> int:
    key = unit.append(
        "supply_order_line", supply_order=order, rank=rank, label_written=line.label, code_written=line.code,
        quantity_written=line.quantity, written_in=line.written_in, pack_units=line.pack_units,
        pack_price_fcfa=line.pack_price_fcfa,
    )  # fmt: skip
    if line.product is not None:
        unit.append("supply_order_match", line=key, product=line.product)
    return key


def _as_written(line: FormLine) -> tuple[object, ...]:
    return (line.label, line.code, line.quantity, line.written_in)


def _written(unit: Unit, order: int) -> list[tuple[object, ...]]:
    return unit.all(
        "SELECT label_written, code_written, quantity_written, written_in FROM supply_order_line WHERE supply_order = ?"
        " AND (label_written IS NOT NULL OR code_written IS NOT NULL OR quantity_written IS NOT NULL) ORDER BY rank",
        (order,),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
