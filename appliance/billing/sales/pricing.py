"""What each product and each act of care costs a person on a day, and who does not pay it. Whole FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.billing.payers.model import Payer
from appliance.billing.payers.repository import Cover, cover_on, payer_on
from appliance.billing.tariffs.acts import care_act
from appliance.billing.tariffs.free_care import act_exemption, exemption
from appliance.billing.tariffs.services import PATIENT, act_price, unit_price
from appliance.core.errors import Refused
from appliance.core.periods import completed_months
from appliance.records.care import prescriptions as care
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.dispensing.services import DispenseForm
from appliance.storage import Database

AMBULATORY = "ambulatoire"
ACT_QUANTITY_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedAct:
    """An act of care to charge, by its code; `lab_order` names the test that it was."""

    code: str
    quantity: int = 1
    lab_order: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One product as it will stand on the receipt. `is_covered`: the person's payer bears its share of it."""

    product: int
    quantity: int
    unit_price_fcfa: int
    amount_fcfa: int
    exemption: str | None
    is_covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedAct:
    """One act of care as it will stand on the receipt; `care` is the type of care by which a payer bears it."""

    code: str
    quantity: int
    unit_price_fcfa: int
    amount_fcfa: int
    exemption: str | None
    care: str
    lab_order: int | None = None
    is_covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Whom a sale is for, on the day of care: an unknown age meets no age condition."""

    patient: int | None = None
    age_months: int | None = None
    is_pregnant: bool = False
    cover: Cover | None = None
    payer: Payer | None = None

    @property
    def tariff(self) -> str:
        """Whose prices are charged."""
        return self.payer.tariff if self.payer else PATIENT


def buyer(db: Database, patient: int | None, on: date) -> Buyer:
    """Who buys, and what covers him on a day."""
    if patient is None:
        return Buyer()
    born = db.value("SELECT born_on FROM patient WHERE id = ?", (patient,))
    cover = cover_on(db, patient, on)
    return Buyer(
        patient=patient, age_months=completed_months(date.fromisoformat(born), on) if born else None,
        is_pregnant=care.is_pregnant(db, patient, on), cover=cover,
        payer=payer_on(db, cover.payer, on) if cover else None,
    )  # fmt: skip


def price_lines(db: Database, form: DispenseForm, on: date, whose: Buyer | None = None) -> list[PricedLine]:
    """What each line costs this person on a day; raises `Refused("no-price")` for a paid product without one."""
    who = whose or buyer(db, form.patient, on)
    given: dict[int, int] = {}
    for line in form.lines:
        given[line.product] = given.get(line.product, 0) + line.given
    priced = []
    for product_id, quantity in given.items():
        product = catalogue.by_id(db, product_id)
        if product is None:
            raise Refused("no-such-product", product=product_id)
        rule = exemption(product.programmes, product.price_regime, who.age_months, who.is_pregnant)
        price = unit_price(db, product_id, on, who.tariff)
        if price is None:
            if rule is None and quantity:
                raise Refused("no-price", product=product.code)
            price = 0
        priced.append(
            PricedLine(
                product=product_id, quantity=quantity, unit_price_fcfa=price, amount_fcfa=price * quantity, exemption=rule,
                is_covered=who.payer is not None and (who.payer.products is None or product.code in who.payer.products),
            )
        )  # fmt: skip
    return priced


def price_acts(db: Database, acts: tuple[ChargedAct, ...], on: date, who: Buyer, care_type: str) -> list[PricedAct]:
    """What each act costs this person on a day. `care_type` is that of the visit, where the act has none of its own.

    Raises `Refused`: "care-act-unknown", "quantity", "no-act-price" for a paid act without one.
    """
    priced = []
    for wanted in acts:
        found = care_act(wanted.code)
        if not 1 <= wanted.quantity <= ACT_QUANTITY_MAX:
            raise Refused("quantity", care_act=wanted.code)
        rule = act_exemption(found.code, who.age_months, who.is_pregnant)
        price = act_price(db, found.code, on, who.tariff)
        if price is None:
            if rule is None:
                raise Refused("no-act-price", care_act=found.code)
            price = 0
        priced.append(
            PricedAct(
                code=found.code, quantity=wanted.quantity, unit_price_fcfa=price, amount_fcfa=price * wanted.quantity,
                exemption=rule, care=care_type if found.care == AMBULATORY else found.care, lab_order=wanted.lab_order,
                is_covered=who.payer is not None and (who.payer.acts is None or found.code in who.payer.acts),
            )
        )  # fmt: skip
    return priced
