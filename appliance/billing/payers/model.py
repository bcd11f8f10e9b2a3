"""Who pays instead of the patient, and both shares of an amount. Pure; whole francs, exact arithmetic.

The payer's share is rounded half up to a whole franc, the patient's is the rest, so both add up to the amount. What cash
can't pay to the franc is a rounding of its own, never a part of a share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused

BASIS = 10_000
"""A rate is held in hundredths of a percent: 7 000 is 70 %."""
AMOUNT_MAX = 10**9
DIRECTIONS = ("nearest", "down", "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a payer bears of one type of care, for whom the conditions fit; the first rate that fits counts.

    `age_months_max` is the highest age in completed months; `pregnant` True asks for a pregnancy. Both unset: everybody.
    """

    care: str
    basis_points: int
    age_months_max: int | None = None
    pregnant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """What a number on the card must be: `rule` is "none" or "modulo" with its `root`; lengths None: any."""

    required: bool = False
    rule: str = "none"
    root: int = 0
    length_min: int | None = None
    length_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """A third party on a day. `kind` says which sort it is, `tariff` whose prices it is charged.

    `products` and `acts` are the codes it covers, None for all. `edition` and `is_confirmed` say where its rates come from.
    """

    code: str
    label: str
    kind: str
    tariff: str
    rates: tuple[Rate, ...]
    number: NumberRule
    edition: str
    products: frozenset[str] | None = None
    acts: frozenset[str] | None = None
    pays_within_days: int = 30
    is_confirmed: bool = False

    def basis_points(self, care: str, age_months: int | None = None, is_pregnant: bool = False) -> int:
        """The rate for a type of care and a person; raises `Refused("care-type-unknown")` when it has none."""
        for rate in self.rates:
            if rate.care != care or (rate.pregnant and not is_pregnant):
                continue
            if rate.age_months_max is not None and (age_months is None or age_months > rate.age_months_max):
                continue
            return rate.basis_points
        raise Refused("care-type-unknown", care=care, payer=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Both shares of an amount, in FCFA; they add up to it."""

    payer: int
    patient: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashRounding:
    """How cash is rounded: to a multiple of `step_fcfa`, to the nearest (half up), always down, or always up."""

    step_fcfa: int = 5
    direction: str = "nearest"

    @property
    def rule(self) -> str:
        """The rule as it is kept beside each rounding, such as `nearest-5`."""
        return f"{self.direction}-{self.step_fcfa}"

    def payable(self, amount_fcfa: int) -> int:
        """What is paid in cash of an amount that is owed, both in FCFA and never negative."""
        added = {"nearest": self.step_fcfa // 2, "down": 0, "up": self.step_fcfa - 1}[self.direction]
        return (amount_fcfa + added) // self.step_fcfa * self.step_fcfa


def split(amount_fcfa: int, basis_points: int) -> Share:
    """Both shares of an amount of whole FCFA, 0 to 1 000 000 000; the payer's is rounded half up.

    Raises `Refused("amount-out-of-range")`.
    """
    if not 0 <= amount_fcfa <= AMOUNT_MAX:
        raise Refused("amount-out-of-range", amount=amount_fcfa, high=AMOUNT_MAX)
    payer = (2 * amount_fcfa * basis_points + BASIS) // (2 * BASIS)
    return Share(payer=payer, patient=amount_fcfa - payer)


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Whether a day lies between two dates, both included; no end is for ever."""
    return valid_from <= day and (valid_to is None or day <= valid_to)
