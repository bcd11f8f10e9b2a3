"""Selling: what leaves the shelf and what was done, what it costs, who bears it, what was paid. One act.

A sale belongs to its dispensing 1:1, or charges acts of care, or both; taking it back reverses all of it, and the payment
with it. When the visit confirmed malaria, the treatment facts of the month's report follow from what was handed over, not
from a tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from appliance.billing.claims.sheets import sheet_for
from appliance.billing.sales.pricing import (
    AMBULATORY,
    Buyer,
    ChargedAct,
    PricedAct,
    PricedLine,
    buyer,
    price_acts,
    price_lines,
)
from appliance.billing.sales.rounding import reverse_roundings, settle
from appliance.billing.sales.shares import COVER, HandExemption, Parts, parts_of
from appliance.billing.tariffs.acts import care_act
from appliance.billing.till.means import MEANS
from appliance.billing.till.taking import give_back, take
from appliance.core.datafile import load_json
from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes
from appliance.records.care import prescriptions as care
from appliance.stock.dispensing import services as dispensing
from appliance.stock.dispensing import unmet
from appliance.stock.dispensing.services import DispenseForm
from appliance.storage import ConstraintFailed, Unit

__all__ = ["HandExemption", "Sale", "SaleForm", "price_lines", "product_groups", "reverse_sale", "sell"]
GROUPS_FILE = Path(__file__).parent / "data" / "product-groups.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleForm:
    """A handing-over, acts of care, or both, and their payment.

    `paid_fcfa` None: what is due is paid in full; less leaves a debt. `operator` and `reference` are those of a payment by
    mobile money. `patient` and `visit` are of a sale without handing-over; `care_type` is that of the visit.
    `care_day` is the day whose prices and rates count, where it is not that of the sale.
    """

    dispense: DispenseForm | None = None
    acts: tuple[ChargedAct, ...] = ()
    patient: int | None = None
    visit: int | None = None
    care_type: str = AMBULATORY
    care_day: date | None = None
    exemption: HandExemption | None = None
    paid_fcfa: int | None = None
    means: str = "cash"
    operator: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What was written: dispense (None for acts alone) and sale ids, receipt number, and the sums in FCFA."""

    dispense: int | None
    sale: int
    number: int
    total_fcfa: int
    exempt_fcfa: int
    payer_fcfa: int
    due_fcfa: int
    paid_fcfa: int


def sell(unit: Unit, form: SaleForm, random_bytes: RandomBytes | None = None) -> Sale:
    """Hand over, charge and sell in one act.

    Raises `Refused`: those of dispensing, of `price_lines`, `price_acts` and `parts_of`, "sale-empty", "means",
    "paid-too-much", "prescription-not-open", "already-charged".
    """
    given = form.dispense
    on = (given.occurred_on if given else None) or unit.today
    if form.means not in MEANS:
        raise Refused("means", means=form.means)
    if given is None and not form.acts:
        raise Refused("sale-empty")
    if given is not None and given.prescription is not None:
        care.require_open(unit, given.prescription)
    document = dispensing.dispense(unit, given, random_bytes) if given is not None else None
    day = form.care_day or on
    who = buyer(unit, given.patient if given else form.patient, day)
    lines = price_lines(unit, given, day, who) if given is not None else []
    acts = price_acts(unit, form.acts, day, who, form.care_type)
    parts = parts_of(lines, acts, who, form.care_type, form.exemption)
    number = (unit.value("SELECT max(number) FROM sale") or 0) + 1
    sale = unit.append(
        "sale", number=number, dispense=document, occurred_on=on.isoformat(), total_fcfa=parts.total_fcfa,
        exempt_fcfa=parts.exempt_fcfa, payer_fcfa=parts.payer_fcfa or None, due_fcfa=parts.due_fcfa, reverses=None,
        visit=form.visit, patient=form.patient if given is None else None,
    )  # fmt: skip
    _write_lines(unit, sale, form.visit, lines, acts)
    if parts.shares:
        _write_shares(unit, sale, form, parts, who, day)
    paid = settle(unit, sale, parts.due_fcfa, form.paid_fcfa, form.means, on)
    if paid:
        take(unit, sale, paid, form.means, operator=form.operator, reference=form.reference)
    if given is not None and given.prescription is not None:
        _follow_prescription(unit, given.prescription)
    return Sale(
        dispense=document, sale=sale, number=number, total_fcfa=parts.total_fcfa, exempt_fcfa=parts.exempt_fcfa,
        payer_fcfa=parts.payer_fcfa, due_fcfa=parts.due_fcfa, paid_fcfa=paid,
    )  # fmt: skip


def reverse_sale(unit: Unit, sale: int, reason: str) -> int:
    """Take a sale back with its dispensing, its shares and its payment, once; returns the reversing sale's id.

    Raises `Refused`: "no-such-sale", "is-a-reversal", "already-reversed", "reason-needed".
    """
    row = unit.one(
        "SELECT dispense, total_fcfa, exempt_fcfa, payer_fcfa, due_fcfa, visit, patient, reverses FROM sale WHERE id = ?",
        (sale,),
    )
    if row is None:
        raise Refused("no-such-sale", sale=sale)
    dispense, total, exempt, payer, due, visit, patient, reverses = row
    if reverses is not None:
        raise Refused("is-a-reversal", sale=sale)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="reversal")
    if unit.value("SELECT 1 FROM sale WHERE reverses = ?", (sale,)):
        raise Refused("already-reversed", sale=sale)
    back = dispensing.reverse_dispense(unit, dispense, reason) if dispense is not None else None
    number = unit.value("SELECT max(number) FROM sale") + 1
    try:
        made = unit.append(
            "sale", number=number, dispense=back, occurred_on=unit.today.isoformat(), total_fcfa=-total, exempt_fcfa=-exempt,
            payer_fcfa=-payer if payer else None, due_fcfa=-due, reverses=sale, visit=visit, patient=patient,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-reversed", sale=sale) from fault
    _mirror(unit, sale, made)
    reverse_roundings(unit, sale, made, unit.today)
    for (payment,) in unit.all("SELECT id FROM payment WHERE sale = ?", (sale,)):
        give_back(unit, made, payment)
    prescription = unit.value("SELECT prescription FROM dispense WHERE id = ?", (dispense,))
    if prescription is not None:
        _follow_prescription(unit, prescription)
    return made


def _write_lines(
    unit: Unit, sale: int, visit: int | None, lines: Sequence[PricedLine], acts: Sequence[PricedAct]
) -> None:
    for line in lines:
        unit.append(
            "sale_line", sale=sale, product=line.product, quantity=line.quantity, unit_price_fcfa=line.unit_price_fcfa,
            amount_fcfa=line.amount_fcfa, exemption=line.exemption,
        )  # fmt: skip
    for one in acts:
        if _is_charged(unit, one, visit):
            raise Refused("already-charged", care_act=one.code)
        unit.append(
            "sale_act", sale=sale, care_act=one.code, quantity=one.quantity, unit_price_fcfa=one.unit_price_fcfa,
            amount_fcfa=one.amount_fcfa, exemption=one.exemption, visit=visit, lab_order=one.lab_order,
        )  # fmt: skip


def _is_charged(unit: Unit, one: PricedAct, visit: int | None) -> bool:
    """Whether what is charged once was: each test that was asked for, and the consultation of a visit."""
    if one.lab_order is not None:
        return bool(unit.value("SELECT sum(quantity) FROM sale_act WHERE lab_order = ?", (one.lab_order,)))
    if visit is None or care_act(one.code).charged_for != "consultation":
        return False
    return bool(unit.value("SELECT sum(quantity) FROM sale_act WHERE visit = ? AND care_act = ?", (visit, one.code)))


def _write_shares(unit: Unit, sale: int, form: SaleForm, parts: Parts, who: Buyer, day: date) -> None:
    sheet = None
    if who.cover is not None and who.patient is not None and any(share.kind == COVER for share in parts.shares):
        visit = form.visit
        if visit is None and form.dispense is not None and form.dispense.prescription is not None:
            visit = unit.value("SELECT visit FROM prescription WHERE id = ?", (form.dispense.prescription,))
        sheet = sheet_for(unit, who.cover, who.patient, visit, day)
    for share in parts.shares:
        unit.append(
            "sale_share", sale=sale, kind=share.kind, payer=share.payer, care_type=share.care, base_fcfa=share.base_fcfa,
            amount_fcfa=share.amount_fcfa, patient_fcfa=share.base_fcfa - share.amount_fcfa, rule=share.rule,
            reason=share.reason, authorised_by=share.authorised_by, sheet=sheet if share.kind == COVER else None,
            reverses=None,
        )  # fmt: skip


def _mirror(unit: Unit, sale: int, made: int) -> None:
    """Write the opposite of each line, act and share of a sale on the sale that takes it back."""
    for line in unit.all(
        "SELECT product, quantity, unit_price_fcfa, amount_fcfa, exemption FROM sale_line WHERE sale = ?", (sale,)
    ):
        unit.append(
            "sale_line", sale=made, product=line[0], quantity=-line[1], unit_price_fcfa=line[2], amount_fcfa=-line[3],
            exemption=line[4],
        )  # fmt: skip
    for one in unit.all(
        "SELECT care_act, quantity, unit_price_fcfa, amount_fcfa, exemption, visit, lab_order FROM sale_act WHERE sale = ?",
        (sale,),
    ):
        unit.append(
            "sale_act", sale=made, care_act=one[0], quantity=-one[1], unit_price_fcfa=one[2], amount_fcfa=-one[3],
            exemption=one[4], visit=one[5], lab_order=one[6],
        )  # fmt: skip
    for share in unit.all(
        "SELECT id, kind, payer, care_type, base_fcfa, amount_fcfa, patient_fcfa, rule, reason, authorised_by, sheet"
        " FROM sale_share WHERE sale = ?",
        (sale,),
    ):
        unit.append(
            "sale_share", sale=made, kind=share[1], payer=share[2], care_type=share[3], base_fcfa=-share[4],
            amount_fcfa=-share[5], patient_fcfa=-share[6], rule=share[7], reason=share[8], authorised_by=share[9],
            sheet=share[10], reverses=share[0],
        )  # fmt: skip


@cache
def product_groups() -> dict[str, str]:
    """By product code, the group that the malaria report counts: `act` or `injectable`."""
    held = load_json(GROUPS_FILE)
    groups: dict[str, str] = {}
    for name in ("act", "injectable"):
        for index, code in enumerate(held.need(("groups", name), list)):
            if not isinstance(code, str) or code in groups:
                held.fault(("groups", name, index), "must be a product code, once")
            groups[code] = name
    return groups


def _follow_prescription(unit: Unit, prescription: int) -> None:
    """Bring the prescription's state and the visit's treatment facts in line with what was handed over."""
    done = dispensing.given_by_line(unit, prescription)
    for line, quantity in unmet.settled_by_line(unit, prescription).items():
        done[line] = done.get(line, 0) + quantity
    care.set_served(unit, prescription, done)
    # A visit may have several prescriptions: what its malaria was treated with is read over all of them.
    # What was given in the place of a prescribed product belongs to no line, so the movements of the handing-over count.
    rows = unit.all(
        "SELECT t.code, -sum(m.quantity) FROM prescription q JOIN prescription p ON p.visit = q.visit"
        " JOIN dispense d ON d.prescription = p.id JOIN movement m ON m.dispense = d.id JOIN product t ON t.id = m.product"
        " WHERE q.id = ? GROUP BY t.code",
        (prescription,),
    )
    groups = {product_groups()[code] for code, given in rows if given > 0 and code in product_groups()}
    care.record_malaria_treatment(unit, prescription, frozenset(groups))
