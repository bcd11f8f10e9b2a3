"""A part of a sale that comes back: the sale is taken back and sold again without it, in one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from appliance.billing.sales.pricing import ChargedAct
from appliance.billing.sales.rounding import payable
from appliance.billing.sales.services import Sale, SaleForm, reverse_sale, sell
from appliance.billing.till.services import pay
from appliance.core.errors import Refused
from appliance.stock.dispensing.services import DispenseForm, DispenseLine
from appliance.storage import Unit

REASON = "lot déjà remis, retour d'une partie"


def return_part(unit: Unit, sale: int, returned: Mapping[int, int], reason: str) -> Sale | None:
    """Take back some base units of products (by sale line id) of a sale; the rest stays sold, from the lots it came from.

    What was paid too much is given back by its means. None when nothing of the sale is left. A sale with an exemption by
    hand is taken back whole. Raises `Refused`: "no-such-sale", "return-empty", "quantity", "exempted-by-hand", and
    those of `reverse_sale`.
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
    if unit.value("SELECT 1 FROM sale_share WHERE sale = ? AND rule IS NULL", (sale,)):
        raise Refused("exempted-by-hand")
    kept = {product: quantity - returned.get(key, 0) for key, product, quantity in lines}
    given = _kept_lines(unit, dispense, kept)
    acts = tuple(
        ChargedAct(code=code, quantity=quantity, lab_order=order)
        for code, quantity, order in unit.all(
            "SELECT care_act, quantity, lab_order FROM sale_act WHERE sale = ?", (sale,)
        )
    )
    paid = unit.all("SELECT means, amount_fcfa FROM payment WHERE sale = ?", (sale,))
    held = unit.one("SELECT place, prescription, patient FROM dispense WHERE id = ?", (dispense,))
    if held is None:
        raise Refused("return-empty")
    reverse_sale(unit, sale, reason)
    if not given and not acts:
        return None
    form = DispenseForm(place=held[0], prescription=held[1], patient=held[2], lines=given) if given else None
    means = paid[0][0] if paid else "cash"
    before = sum(amount for _, amount in paid)
    made = sell(
        unit,
        SaleForm(
            dispense=form,
            acts=acts,
            patient=held[2],
            visit=visit,
            care_day=date.fromisoformat(day),
            paid_fcfa=0,
            means=means,
        ),
    )
    settled = min(before, payable(unit, made.due_fcfa, means))
    if settled:
        pay(unit, made.sale, settled, means)
    return made


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
