"""What is counted at a reception, and what the procès-verbal says of it. Pure; quantities are base units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LINES_MAX = 120
TEMPERATURE_LOW, TEMPERATURE_HIGH = -400, 600
"""Tenths of a degree: what a thermometer of a cold box can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """A lot as counted. `counted` = `accepted` + `refused`.

    `expires_day` None: only the month is printed; year and month None: no date at all, which is only refused. `refusal`
    and `state` are codes of `data/reception-reasons.json`; `temperature_tenths` of a degree Celsius; `vvm` stage 1 to 4.
    """

    product: int
    counted: int
    accepted: int
    refused: int
    lot_number: str = ""
    expires_year: int | None = None
    expires_month: int | None = None
    expires_day: int | None = None
    refusal: str | None = None
    state: str = "good"
    vvm: int | None = None
    temperature_tenths: int | None = None
    unit_cost_fcfa: int | None = None
    remark: str | None = None
    order_line: int | None = None
    shipment_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionForm:
    """A delivery counted whole, with the names of the three who sign its procès-verbal."""

    supplier: str
    slip: str
    lines: tuple[CountedLine, ...]
    head_name: str
    keeper_name: str
    asaco_name: str
    received_on: date | None = None
    order: int | None = None
    shipment: int | None = None
    carrier: str | None = None
    reserves: str | None = None
    funder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLine:
    """A line of a proof. `is_reversed`: taken back since; then it counts for nothing."""

    id: int
    order_line: int | None
    shipment_line: int | None
    product: int
    product_code: str
    label: str
    base_unit: str
    pack_units: int
    lot_number: str
    expires_on: date | None
    expiry_precision: str | None
    ordered: int | None
    announced: int | None
    counted: int
    accepted: int
    refused: int
    surplus: int
    refusal: str | None
    state: str
    vvm: int | None
    temperature_tenths: int | None
    unit_cost_fcfa: int | None
    remark: str | None
    is_reversed: bool
    reversal_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A signed reception. `revision` grows by one with each correction; an acknowledgement names it."""

    id: int
    uuid: bytes
    number: str
    order: int | None
    shipment: int | None
    supplier: str
    slip: str
    carrier: str | None
    received_on: date
    head_name: str
    keeper_name: str
    asaco_name: str
    reserves: str | None
    revision: int
    signed_at: int
    signed_by: str


def surpluses(counted: Iterable[int], expected: int | None) -> list[int]:
    """What of each counted lot is beyond what was expected of them together; all of it when nothing was."""
    left = expected or 0
    found = []
    for quantity in counted:
        found.append(max(quantity - left, 0))
        left = max(left - quantity, 0)
    return found
