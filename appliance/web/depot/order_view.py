"""An order as its page shows it: the lines compared, each gap in words, the timeline as steps done and to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from appliance.access import staff
from appliance.core.actors import Role
from appliance.core.french import number_fr
from appliance.stock.cards import card_of
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import repository, services
from appliance.stock.orders.choices import choice_of
from appliance.stock.orders.gaps import gaps, is_wide
from appliance.stock.orders.model import DELIVERABLE, NEXT, Model, Order, OrderLine, State, Step
from appliance.stock.orders.reasons import reasons
from appliance.stock.reception import repository as receptions
from appliance.storage import Database
from appliance.web.depot.product_choice import choices
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of, today_of
from appliance.web.words import _, orders

ENDED = frozenset({State.RECEIVED, State.CANCELLED, State.NEVER_DELIVERED, State.SUPERSEDED})
_PATHS = {
    Model.PUSH: (State.PROPOSED, State.CONFIRMED, State.COUNTERSIGNED, State.SENT, State.SHIPPED, State.RECEIVED),
    Model.PULL: (
        State.PROPOSED, State.CONFIRMED, State.COUNTERSIGNED, State.SENT, State.APPROVED, State.SHIPPED, State.RECEIVED,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the comparison. Quantities in packs; `units`: the base units of the one confirmed. FCFA whole or None."""

    line: OrderLine
    cmm: str
    held: str
    theirs: int | None
    ours: int | None
    chosen: int
    units: int
    approved: int | None
    received: int | None
    is_wide: bool
    why: tuple[str, ...]
    reason: str
    value_fcfa: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A step of the life cycle: `tone` is the tag's; `is_done` with its day and who signed."""

    text: str
    tone: str
    is_done: bool


def order_view(request: Ask, db: Database, key: int, form: Form | None = None) -> dict[str, Any]:
    """Everything that an order's page needs."""
    order, today = repository.order(db, key), today_of(request)
    lines = repository.lines(db, key)
    rows = [_row(db, order, line, form, today) for line in lines]
    steps = repository.timeline(db, key)
    cherche = form.raw("cherche") if form else ""
    standing = repository.corrected(db, order) if order.state is State.PROPOSED else None
    replaced = standing or (repository.order(db, order.supersedes) if order.supersedes else None)
    values = [row.value_fcfa for row in rows if row.value_fcfa is not None]
    return {
        "order": order, "rows": rows, "steps": steps, "marks": _marks(order, steps), "can": _can(request, db, order),
        "wide": orders.wide_gaps(sum(row.is_wide for row in rows)), "reason_options": reason_options(),
        "total": sum(values) if len(values) == len(rows) else None, "cherche": cherche,
        "found": choices(db, cherche, today) if cherche else [], "path": f"/depot/commandes/{key}/lignes",
        "replaced": replaced, "newer": repository.order(db, order.corrected_by) if order.corrected_by else None,
        "is_correction": standing is not None,
        "shipments": [s for s in receptions.shipments_of(db, key) if not s.is_superseded],
        "proofs": receptions.proofs_of(db, key), "signers": signers(db, order, today),
        "products": [(p.id, f"{p.label} ({p.pack_label})") for p in catalogue.listed(db, limit=400)]
        if any(row.line.product is None for row in rows) else [],
        "way": choice_of(db, order.programme).way, "words": orders,
    }  # fmt: skip


def chosen_of(line: OrderLine) -> int:
    """What stands in the box before anybody types, in packs: what was typed before, else ours, else theirs."""
    for quantity in (line.confirmed, line.edited, line.ours, line.theirs):
        if quantity is not None:
            return line.packs(quantity) or 0
    return 0


def reason_options() -> list[tuple[str, str]]:
    """The reasons for another quantity, as a list offers them."""
    return [(reason.code, reason.label) for reason in reasons().values()]


def signers(db: Database, order: Order, today: date) -> list[tuple[int, str]]:
    """Who may sign second: heads of the centre, and who stands in for one, but not who confirmed."""
    return [
        (m.id, m.name)
        for m in staff.members(db, today)
        if m.has_pin and m.id != order.confirmed_by and Role.HEAD in m.roles | m.acting
    ]


def _row(db: Database, order: Order, line: OrderLine, form: Form | None, today: date) -> Row:
    product = catalogue.by_id(db, line.product) if line.product is not None else None
    card = card_of(db, product, today) if product and order.state is State.PROPOSED else None
    working = line.working or {}
    cmm = working.get("cmm")
    found = gaps(line.working, line.ours, services.proposed(order, line) if order.model is Model.PUSH else None)
    chosen = chosen_of(line)
    if form is not None and (typed := Form(form.typed).integer(f"l-{line.rank}-boites", high=1_000_000)) is not None:
        chosen = typed
    wide = order.model is Model.PUSH and line.ours is not None and is_wide(line.ours, line.theirs)
    return Row(
        line=line, cmm=_number(cmm), held=_number(card.usable if card else working.get("held")), theirs=line.packs(line.theirs),
        ours=line.packs(line.ours), chosen=chosen, units=chosen * line.pack_units, approved=line.packs(line.approved),
        received=line.packs(line.received) if line.received else None, is_wide=wide,
        why=tuple(orders.gap_text(gap) for gap in found),
        reason=line.reason or next((gap.reason for gap in found if gap.reason), "") if chosen != line.packs(line.theirs) else "",
        value_fcfa=line.pack_price_fcfa * chosen if line.pack_price_fcfa is not None else None,
    )  # fmt: skip


def _number(value: object) -> str:
    return "—" if value is None else number_fr(Fraction(str(value)))


def _marks(order: Order, steps: list[Step]) -> list[Mark]:
    done = {step.state: step for step in steps}
    marks = [
        Mark(text=f"{orders.STEPS[step.state.value]} {step.occurred_on:%d/%m}", tone="ok", is_done=True)
        for state, step in done.items()
        if state is not order.state or state in (State.RECEIVED,)
    ]
    if order.state is not State.RECEIVED:
        tone = orders.STATE_TAGS[order.state.value]
        marks.append(Mark(text=orders.STATES[order.state.value], tone=tone, is_done=False))
    if order.state not in ENDED:
        path = _PATHS[order.model]
        here = max((i for i, state in enumerate(path) if state in done), default=0)
        marks += [Mark(text=orders.STEPS[state.value], tone="", is_done=False) for state in path[here + 1 :]]
    return marks


def _can(request: Ask, db: Database, order: Order) -> dict[str, bool]:
    """Which acts this order allows, and this person."""
    session = session_of(request)
    may = staff.rights(db).may("depot", "write", session.roles, session.staff)
    following = NEXT[order.state]
    signs_alone = session.staff in dict(signers(db, order, today_of(request)))
    return {
        "edit": may and order.state is State.PROPOSED, "reopen": may and order.state is State.CONFIRMED,
        "countersign": may and order.state is State.CONFIRMED, "signs_alone": signs_alone,
        "hand_over": may and State.SENT in following and order.model is Model.PULL,
        "approve": may and State.APPROVED in following and order.model is Model.PULL,
        "receive": may and order.state in DELIVERABLE and order.state not in (State.PROPOSED, State.RECEIVED),
        "never": may and order.state in (State.COUNTERSIGNED, State.SENT, State.APPROVED, State.SHIPPED, State.RECEIVED_PARTLY),
        "close": may and order.state is State.RECEIVED_PARTLY, "cancel": may and State.CANCELLED in following,
    }  # fmt: skip


def why_line(fault: str) -> str:
    """What is wrong with one line, short enough to stand under its box."""
    return {
        "reason-for-quantity": _("Dites pourquoi."), "reason-note": _("Précisez à côté."),
        "line-unmatched": _("Produit à dire, ou 0."),
    }.get(fault, "")  # fmt: skip
