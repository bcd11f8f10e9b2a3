"""The nouns of a count. Pure. Quantities are base units, amounts FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Scope(StrEnum):
    """What a count is about: every lot of a place, one shelf of it, or products that were named."""

    FULL = "full"
    SHELF = "shelf"
    PRODUCTS = "products"


class CountStatus(StrEnum):
    """Where a count stands. Counting goes round by round; the ledger's figures show once it is compared."""

    COUNTING = "counting"
    COMPARED = "compared"
    FINALISED = "finalised"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountHead:
    """A count in a list. `round` is the one under way (1: first count), or the last one done."""

    id: int
    number: int
    place: int
    place_name: str
    scope: Scope
    shelf: str
    is_blind: bool
    opened_on: date
    at_movement: int
    status: CountStatus
    round: int
    note: str
    opened_by: str

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be finalised or abandoned."""
        return self.status in (CountStatus.COUNTING, CountStatus.COMPARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A lot to count, as a counter may see it: nothing of it comes from the ledger's quantities.

    `counted` is what was typed in this round, None while nothing was: uncounted is not zero.
    """

    lot: int
    product: int
    code: str
    label: str
    form: str
    unit: str
    pack_label: str
    pack_units: int
    shelf: str
    number: str
    expires_on: date
    lot_status: str
    is_late: bool  # came in after the count was opened: need not be counted
    counted: int | None = None
    counted_by: int = 0
    counter: str = ""
    counted_at: int = 0
    is_found: bool = False

    @property
    def packs(self) -> int | None:
        """The whole packs of what was counted."""
        return None if self.counted is None else self.counted // self.pack_units

    @property
    def loose(self) -> int | None:
        """The units beside the whole packs."""
        return None if self.counted is None else self.counted % self.pack_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One round's figure of a lot."""

    line: int
    round: int
    quantity: int
    at_movement: int
    counted_on: date
    counted_by: int
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Counted against written, each at the line's own count time. The last round decides.

    `room` is how far below the variance may go without the lot having been below zero on some later day; `value_fcfa`
    is None when nobody wrote what the lot cost. `reason` and `note` are there once it is finalised.
    """

    sheet: SheetLine
    ven: str
    rounds: tuple[Counted, ...]
    ledger: int
    variance: int
    room: int
    unit_cost_fcfa: int | None
    is_within: bool
    reason: str = ""
    note: str = ""

    @property
    def value_fcfa(self) -> int | None:
        """The variance at cost."""
        return None if self.unit_cost_fcfa is None else self.variance * self.unit_cost_fcfa

    @property
    def last(self) -> Counted:
        """The round that decides."""
        return self.rounds[-1]

    @property
    def is_contradicted(self) -> bool:
        """More went out since than was counted: the count itself is wrong, and is made again."""
        return self.variance < 0 and -self.variance > self.room


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Why a line out of tolerance differs: a code of the file of counting, and what there is to say."""

    reason: str
    note: str = ""
