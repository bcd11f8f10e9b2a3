"""The inputs and the result of the consumption rules. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.core.periods import Month


class Estimator(StrEnum):
    """A1 corrects for days without stock; A2 adds what was asked for and not given. Never both."""

    WINDOW = "A1"
    DEMAND = "A2"


class Confidence(StrEnum):
    """How far the estimate may be trusted; a code, said in French beside it."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfUse:
    """What is known of one month of one product, in base units.

    `consumed` is net of reversals: negative where more was taken back than given out (rule T9). `stockout_days` are calendar days without usable stock. `unmet` was asked
    for and not given. `unmet_captured` (0 to 1) is the share of the stock-out days on which prescriptions were
    captured. A month copied from paper has unknown stock-outs, counted 0. An excluded month was set aside by a
    named person. Raises `Refused("month-of-use")` on impossible values.
    """

    month: Month
    consumed: int | Fraction
    stockout_days: int = 0
    unmet: int | Fraction = 0
    unmet_captured: Fraction = Fraction(0)
    from_paper: bool = False
    excluded: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.stockout_days <= self.month.days:
            raise Refused("month-of-use", month=str(self.month), field="stockout_days", limit=self.month.days)
        if self.unmet < 0:
            raise Refused("month-of-use", month=str(self.month), field="unmet", limit=0)
        if not 0 <= self.unmet_captured <= 1:
            raise Refused("month-of-use", month=str(self.month), field="unmet_captured", limit=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMonth:
    """One month as the rule took it: absent or excluded months count no use and no available day."""

    month: Month
    consumed: Fraction
    unmet: Fraction
    unavailable_days: int
    captured: Fraction
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """The CMM with its working. `cmm` is None when unknown, which is not zero.

    `rule` names the path: A1, A2, A3 (window extended), A3-season (same months last year), A4 (new product).
    `outliers` are months above three times the median of the others (A7): kept, and shown. `naive` is the plain
    mean of the same number of months, for comparison with a proposal that corrects nothing.
    """

    cmm: Fraction | None
    estimator: Estimator | None
    rule: str
    window: tuple[WindowMonth, ...]
    available_days: int
    confidence: Confidence
    naive: Fraction | None
    outliers: tuple[Month, ...] = ()
    open_months: tuple[Month, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether no estimate is possible: then a person types a quantity, with a reason."""
        return self.cmm is None

    @property
    def days(self) -> int:
        """Calendar days of the window."""
        return sum(m.month.days for m in self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the rule may look at. `first_receipt` is None when the product was there from the start."""

    as_of: date
    months: tuple[MonthOfUse, ...]
    first_receipt: date | None = None
    window_months: int = 3
