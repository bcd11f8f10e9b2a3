"""What an order is made of, and which state may follow which. Pure.

Quantities are base units unless a name says packs. FCFA are whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Model(StrEnum):
    """Who proposes the quantities."""

    PUSH = "push"  # the supplier (MEDEXIS) sends an order form, the centre confirms
    PULL = "pull"  # the centre writes its own bon de commande


class OrderKind(StrEnum):
    """Within the calendar of orders or outside of it."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


class Way(StrEnum):
    """How an order was handed to its supplier."""

    MESSAGE = "message"
    STICK = "stick"
    PAPER = "paper"


class State(StrEnum):
    """Where an order stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    COUNTERSIGNED = "countersigned"
    SENT = "sent"
    APPROVED = "approved"
    SHIPPED = "shipped"
    RECEIVED_PARTLY = "received_partly"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    NEVER_DELIVERED = "never_delivered"
    SUPERSEDED = "superseded"


AWAITED = frozenset(
    {State.CONFIRMED, State.COUNTERSIGNED, State.SENT, State.APPROVED, State.SHIPPED, State.RECEIVED_PARTLY}
)
"""States in which what was confirmed and has not come is on order (rule Q)."""

DELIVERABLE = frozenset(State) - {State.CANCELLED, State.SUPERSEDED}
"""States in which a delivery may be entered against an order. Boxes come late, twice, and before anybody answered."""

_GIVEN_UP = {State.CANCELLED, State.SUPERSEDED}
_COMING = {State.SHIPPED, State.RECEIVED_PARTLY, State.RECEIVED, State.NEVER_DELIVERED}
NEXT: Mapping[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.CONFIRMED, *_COMING, *_GIVEN_UP}),
    State.CONFIRMED: frozenset({State.PROPOSED, State.COUNTERSIGNED, *_COMING, *_GIVEN_UP}),
    State.COUNTERSIGNED: frozenset({State.SENT, State.APPROVED, *_COMING, *_GIVEN_UP}),
    State.SENT: frozenset({State.APPROVED, *_COMING, *_GIVEN_UP}),
    State.APPROVED: frozenset({State.APPROVED, *_COMING, *_GIVEN_UP}),
    State.SHIPPED: frozenset({*_COMING}),
    State.RECEIVED_PARTLY: frozenset({*_COMING}),
    State.RECEIVED: frozenset({State.RECEIVED, State.RECEIVED_PARTLY, State.SHIPPED}),
    State.NEVER_DELIVERED: frozenset({State.SHIPPED, State.RECEIVED_PARTLY, State.RECEIVED}),
    State.CANCELLED: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""What may follow. An order that was given up is not taken up again: another one is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """A line of an order form as it was read, or of an order of our own.

    `product`: ours, None while nobody knows which. `quantity`: proposed by the supplier, in what `written_in` says
    ("unit" or "pack"); None when it proposes nothing. `pack_units`: base units in a pack by the form, None: by our
    catalogue. `pack_price_fcfa`: the price of a pack, if printed.
    """

    product: int | None = None
    label: str | None = None
    code: str | None = None
    quantity: int | None = None
    written_in: str = "unit"
    pack_units: int | None = None
    pack_price_fcfa: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForm:
    """An order as it comes in (push) or is begun here (pull).

    `reference` is the supplier's name for it. `document`: the key of what was kept when it came by message. `answer_by`:
    last day to answer, if the form tells. `number` is made here when None.
    """

    supplier: str
    lines: tuple[FormLine, ...]
    model: Model = Model.PUSH
    kind: OrderKind = OrderKind.NORMAL
    programme: str | None = None
    reference: str | None = None
    ordered_on: date | None = None
    answer_by: date | None = None
    expected_on: date | None = None
    document: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is confirmed (or approved) of a line, in base units, with a reason code where it differs from the proposal."""

    line: int
    quantity: int
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line with its last quantities of each step (None: nobody said) and what has come of it, net of reversals.

    `pack_units` is 1 while the product is unknown. `working` is the snapshot that `ours` was computed from.
    """

    id: int
    rank: int
    product: int | None
    product_code: str
    label: str
    label_written: str
    code_written: str
    base_unit: str
    pack_label: str
    pack_units: int
    pack_price_fcfa: int | None
    theirs: int | None
    ours: int | None
    working: Mapping[str, Any] | None
    edited: int | None
    confirmed: int | None
    approved: int | None
    reason: str | None
    note: str | None
    received: int

    @property
    def asked(self) -> int | None:
        """What is on order: approved where the supplier answered, else confirmed."""
        return self.confirmed if self.approved is None else self.approved

    @property
    def missing(self) -> int:
        """What has not come of it."""
        return max((self.asked or 0) - self.received, 0)

    def packs(self, quantity: int | None) -> int | None:
        """Whole packs that hold a quantity."""
        return None if quantity is None else -(-quantity // self.pack_units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A row of an order's timeline. `by`: the person's name; `at`: milliseconds UTC."""

    state: State
    by: str
    staff: int | None
    occurred_on: date
    at: int
    way: str | None
    recipient: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and where it stands. `corrected_by`: a later form for the same reference; None when there is none."""

    id: int
    uuid: bytes
    number: str
    reference: str | None
    supplier: str
    programme: str | None
    kind: OrderKind
    model: Model
    ordered_on: date
    answer_by: date | None
    expected_on: date | None
    document: int | None
    supersedes: int | None
    corrected_by: int | None
    state: State
    state_on: date
    confirmed_on: date | None
    confirmed_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFill:
    """An order that ended, with what was asked and what came of it in base units, and how many lines came whole."""

    order: Order
    asked: int
    came: int
    lines: int
    whole_lines: int

    @property
    def rate(self) -> Fraction:
        """What came over what was asked; what came too much does not count."""
        return Fraction(self.came, self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedLine:
    """A lot announced by a delivery note. `announced` in base units; `product` None while nobody knows which."""

    announced: int
    product: int | None = None
    label: str | None = None
    code: str | None = None
    lot_number: str | None = None
    expires_on: date | None = None
    expiry_precision: str = "month"
    unit_cost_fcfa: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A delivery note. `order` is our key, or None; then `order_reference` is looked for among the supplier's orders."""

    number: str
    supplier: str
    lines: tuple[AnnouncedLine, ...]
    order: int | None = None
    order_reference: str | None = None
    carrier: str | None = None
    shipped_on: date | None = None
    expected_on: date | None = None
    origin: str = "message"
    document: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOrder:
    """A line that was confirmed and has not wholly come: rule Q's on-order, with what its age is told from."""

    order: int
    number: str
    product: int
    quantity: int
    ordered_on: date
    expected_on: date | None
    supplier: str
