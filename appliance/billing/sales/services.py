"""Selling medicines: what leaves the shelf, what it costs, who does not pay, what was paid. One act.

The sale belongs to its dispensing 1:1; taking it back reverses both, and the payment with them. When the visit
confirmed malaria, the treatment facts of the month's report follow from what was handed over, not from a tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from appliance.billing.tariffs.free_care import exemption
from appliance.billing.tariffs.services import unit_price
from appliance.billing.till.means import MEANS
from appliance.billing.till.taking import give_back, take
from appliance.core.datafile import load_json
from appliance.core.errors import Refused
from appliance.core.identifiers import RandomBytes
from appliance.core.periods import completed_months
from appliance.records.care import prescriptions as care
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.dispensing import services as dispensing
from appliance.stock.dispensing import unmet
from appliance.stock.dispensing.services import DispenseForm
from appliance.storage import ConstraintFailed, Database, Unit

GROUPS_FILE = Path(__file__).parent / "data" / "product-groups.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleForm:
    """A handing-over and its payment. `paid_fcfa` None: what is due is paid in full; less leaves a debt.

    `operator` and `reference` are those of a payment by mobile money.
    """

    dispense: DispenseForm
    paid_fcfa: int | None = None
    means: str = "cash"
    operator: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One product as it will stand on the receipt."""

    product: int
    quantity: int
    unit_price_fcfa: int
    amount_fcfa: int
    exemption: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What was written: dispense and sale ids, receipt number, and the sums in FCFA."""

    dispense: int
    sale: int
    number: int
    total_fcfa: int
    exempt_fcfa: int
    due_fcfa: int
    paid_fcfa: int


def price_lines(db: Database, form: DispenseForm, on: date) -> list[PricedLine]:
    """What each line costs this person on a day; raises `Refused("no-price")` for a paid product without one."""
    age, pregnant = _person(db, form, on)
    given: dict[int, int] = {}
    for line in form.lines:
        given[line.product] = given.get(line.product, 0) + line.given
    priced = []
    for product_id, quantity in given.items():
        product = catalogue.by_id(db, product_id)
        if product is None:
            raise Refused("no-such-product", product=product_id)
        rule = exemption(product.programmes, product.price_regime, age, pregnant)
        price = unit_price(db, product_id, on)
        if price is None:
            if rule is None and quantity:
                raise Refused("no-price", product=product.code)
            price = 0
        priced.append(
            PricedLine(
                product=product_id,
                quantity=quantity,
                unit_price_fcfa=price,
                amount_fcfa=price * quantity,
                exemption=rule,
            )
        )
    return priced


def sell(unit: Unit, form: SaleForm, random_bytes: RandomBytes | None = None) -> Sale:
    """Hand over and sell in one act.

    Raises `Refused`: those of dispensing, "no-price", "means", "paid-too-much", "prescription-not-open".
    """
    on = form.dispense.occurred_on or unit.today
    if form.means not in MEANS:
        raise Refused("means", means=form.means)
    if form.dispense.prescription is not None:
        care.require_open(unit, form.dispense.prescription)
    document = dispensing.dispense(unit, form.dispense, random_bytes)
    lines = price_lines(unit, form.dispense, on)
    total = sum(line.amount_fcfa for line in lines)
    exempt = sum(line.amount_fcfa for line in lines if line.exemption)
    due = total - exempt
    paid = due if form.paid_fcfa is None else form.paid_fcfa
    if not 0 <= paid <= due:
        raise Refused("paid-too-much", due=due, paid=paid)
    number = (unit.value("SELECT max(number) FROM sale") or 0) + 1
    sale = unit.append(
        "sale", number=number, dispense=document, occurred_on=on.isoformat(), total_fcfa=total, exempt_fcfa=exempt,
        due_fcfa=due, reverses=None,
    )  # fmt: skip
    for line in lines:
        unit.append(
            "sale_line", sale=sale, product=line.product, quantity=line.quantity, unit_price_fcfa=line.unit_price_fcfa,
            amount_fcfa=line.amount_fcfa, exemption=line.exemption,
        )  # fmt: skip
    if paid:
        take(unit, sale, paid, form.means, operator=form.operator, reference=form.reference)
    if form.dispense.prescription is not None:
        _follow_prescription(unit, form.dispense.prescription)
    return Sale(
        dispense=document, sale=sale, number=number, total_fcfa=total, exempt_fcfa=exempt, due_fcfa=due, paid_fcfa=paid
    )


def reverse_sale(unit: Unit, sale: int, reason: str) -> int:
    """Take a sale back with its dispensing and its payment, once; returns the reversing sale's id.

    Raises `Refused`: "no-such-sale", "is-a-reversal", "already-reversed", "reason-needed".
    """
    row = unit.one("SELECT dispense, total_fcfa, exempt_fcfa, due_fcfa, reverses FROM sale WHERE id = ?", (sale,))
    if row is None:
        raise Refused("no-such-sale", sale=sale)
    if row[4] is not None:
        raise Refused("is-a-reversal", sale=sale)
    back = dispensing.reverse_dispense(unit, row[0], reason)
    day = unit.today.isoformat()
    number = unit.value("SELECT max(number) FROM sale") + 1
    try:
        made = unit.append(
            "sale", number=number, dispense=back, occurred_on=day, total_fcfa=-row[1], exempt_fcfa=-row[2],
            due_fcfa=-row[3], reverses=sale,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-reversed", sale=sale) from fault
    for line in unit.all(
        "SELECT product, quantity, unit_price_fcfa, amount_fcfa, exemption FROM sale_line WHERE sale = ?", (sale,)
    ):
        unit.append(
            "sale_line", sale=made, product=line[0], quantity=-line[1], unit_price_fcfa=line[2], amount_fcfa=-line[3],
            exemption=line[4],
        )  # fmt: skip
    for (payment,) in unit.all("SELECT id FROM payment WHERE sale = ?", (sale,)):
        give_back(unit, made, payment)
    prescription = unit.value("SELECT prescription FROM dispense WHERE id = ?", (row[0],))
    if prescription is not None:
        _follow_prescription(unit, prescription)
    return made


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


def _person(db: Database, form: DispenseForm, on: date) -> tuple[int | None, bool]:
    if form.patient is None:
        return None, False
    born = db.value("SELECT born_on FROM patient WHERE id = ?", (form.patient,))
    age = completed_months(date.fromisoformat(born), on) if born else None
    return age, care.is_pregnant(db, form.patient, on)
