"""A part of a sale that comes back: the sale is taken back and sold again without it, in one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.rounding import payable
from appliance.billing.sales.services import HandExemption, Sale, SaleForm, reverse_sale, sell
from appliance.billing.sales.visit_bill import care_type_of
from appliance.billing.till.services import pay
from appliance.core.errors import Refused
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.storage import Unit

REASON = "lot déjà remis, retour d'une partie"


def return_part(unit: Unit, sale: int, returned: Mapping[int, int], reason: str) -> Sale | None:
    """Take back some base units of products (by sale line id) of a sale; the rest stays sold, from the lots it came from.

    What was paid too much is given back, of cash before mobile money. What was exempted by hand stays exempted, up to what
    is left to the patient: nobody is handed money that was never paid. None when nothing of the sale is left. Raises
    `Refused`: "no-such-sale", "return-empty", "quantity", and those of `reverse_sale`.
    """
    row = unit.one("SELECT dispense, occurred_on, visit FROM sale WHERE id = ?", (sale,))
    if row is None:
        raise Refused("no-such-sale", sale=sale)
    dispense, day, visit = row
    lines = unit.all("SELECT id, product, quantity FROM sale_line WHERE sale = ?", (sale,))
    known = {key: quantity for key, _, quantity in lines}
    if not any(returned.values()):
        raise Refused("return-empty")
    if any(not 0 <= count <= known.get(key, 0) for key, count in returned.items()):
        raise Refused("quantity", sale=sale)
    kept = {product: quantity - returned.get(key, 0) for key, product, quantity in lines}
    given = _kept_lines(unit, dispense, kept)
    acts = tuple(
        ChargedAct(code=code, quantity=quantity, lab_order=order)
        for code, quantity, order in unit.all(
            "SELECT care_act, quantity, lab_order FROM sale_act WHERE sale = ?", (sale,)
        )
    )
    paid = unit.all(
        "SELECT means, amount_fcfa, operator, reference FROM payment WHERE sale = ? ORDER BY means = 'cash', id",
        (sale,),
    )
    held = unit.one("SELECT place, prescription, patient FROM dispense WHERE id = ?", (dispense,))
    if held is None:
        raise Refused("return-empty")
    place, prescription, patient = held
    of_care = visit or unit.value("SELECT visit FROM prescription WHERE id = ?", (prescription,))
    exemption = _exempted(unit, sale)
    reverse_sale(unit, sale, reason)
    if not given and not acts:
        return None
    made = sell(
        unit,
        SaleForm(
            dispense=DispenseForm(place=place, prescription=prescription, patient=patient, lines=given) if given else None,
            acts=acts, patient=patient, visit=visit, care_day=date.fromisoformat(day), exemption=exemption, paid_fcfa=0,
            **({"care_type": care_type_of(unit, of_care)} if of_care else {}),
        ),
    )  # fmt: skip
    left = made.due_fcfa
    for means, amount, operator, reference in paid:
        if settled := min(amount, payable(unit, left, means)):
            pay(unit, made.sale, settled, means, operator=operator, reference=reference)
        left = 0 if settled == payable(unit, left, means) else left - settled
    return made


def _exempted(unit: Unit, sale: int) -> HandExemption | None:
    """What a person exempted by hand of a sale, to be kept as far as there is something left to exempt."""
    row = unit.one(
        "SELECT payer, reason, authorised_by, amount_fcfa FROM sale_share WHERE sale = ? AND rule IS NULL", (sale,)
    )
    if row is None:
        return None
    return HandExemption(bearer=row[0], reason=row[1], authorised_by=row[2], amount_fcfa=row[3], is_at_most=True)


def _kept_lines(unit: Unit, dispense: int | None, kept: Mapping[int, int]) -> tuple[DispenseLine, ...]:
    """What stays with the patient, product by product, from the lots it was handed over from; and what stayed unmet."""
    left, lots, lines = dict(kept), dict[int, list[tuple[int, int]]](), dict[int, int | None]()
    for product, lot, quantity, line in unit.all(
        "SELECT product, lot, -quantity, prescription_line FROM movement WHERE dispense = ? ORDER BY id", (dispense,)
    ):
        stays = min(quantity, left.get(product, 0))
        lines.setdefault(product, line)
        if stays:
            lots.setdefault(product, []).append((lot, stays))
            left[product] -= stays
    unmet = {
        product: (quantity, cause, instead, line)
        for product, quantity, cause, instead, line in unit.all(
            "SELECT product, quantity, cause, substituted_by, prescription_line FROM unmet_demand u WHERE dispense = ?"
            " AND reverses IS NULL AND NOT EXISTS (SELECT 1 FROM unmet_demand r WHERE r.reverses = u.id)",
            (dispense,),
        )
    }
    found = []
    for product in dict.fromkeys((*lots, *unmet)):
        given = sum(quantity for _, quantity in lots.get(product, ()))
        missing, cause, instead, line = unmet.get(product, (0, None, None, None))
        found.append(
            DispenseLine(
                product=product, asked=given + missing, given=given, prescription_line=lines.get(product, line),
                unmet_cause=cause, substituted_by=instead, lots=tuple(lots.get(product, ())), lots_reason=REASON,
            )
        )  # fmt: skip
    return tuple(found)
