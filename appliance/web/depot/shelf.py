"""The depot as a prescriber sees it: products found by what people call them, what is on the shelf, what it costs.

Nothing here proposes a dose: dose, times and days are only multiplied. What a table says stands beside (`web/care`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from appliance.billing.tariffs.free_care import exemption
from appliance.billing.tariffs.services import unit_price
from appliance.core.french import fcfa, fold
from appliance.core.periods import completed_months
from appliance.records.care import prescriptions
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.ledger import repository as ledger
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.words import _

PROPOSED = 6
TEXT_MAX = 200
COUNTED = ("comprime", "capsule", "gelule", "sachet", "ampoule", "suppositoire", "ovule")
"""Units that a dose counts. A bottle, a tube or a whole blister of treatment holds many doses: its number is typed."""
_CODE = re.compile(r"\(([^()]{1,40})\)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChoice:
    """A product for one person. `price_fcfa` of one base unit: 0 when free, None when the tariff has none."""

    code: str
    label: str
    unit: str
    stock: int
    price_fcfa: int | None
    is_free: bool

    @property
    def field(self) -> str:
        """What stands in the field once it is chosen."""
        return f"{self.label} ({self.code})"

    @property
    def price(self) -> str:
        """The price of one base unit as said."""
        return _("gratuit") if self.is_free else _("sans prix") if self.price_fcfa is None else fcfa(self.price_fcfa)


@dataclass(frozen=True, slots=True, kw_only=True)
class RxLine:
    """One line of a prescription under way, as it is shown while typing."""

    n: int
    typed: str
    choice: ProductChoice | None
    proposed: tuple[ProductChoice, ...]
    equivalents: tuple[ProductChoice, ...]
    quantity: int | None
    is_computed: bool
    is_counted: bool
    dosage: str
    days: int | None
    is_empty: bool

    @property
    def cost_fcfa(self) -> int | None:
        """What the line costs; None when it can't be said yet."""
        price = self.choice.price_fcfa if self.choice else None
        return None if price is None or self.quantity is None else price * self.quantity

    @property
    def missing(self) -> int:
        """How many base units the shelf lacks."""
        return max((self.quantity or 1) - self.choice.stock, 0) if self.choice else 0


class Shelf:
    """The catalogue with stock and prices for one person on a day; read once for a page."""

    def __init__(self, db: Database, patient: int | None, today: date) -> None:
        self._db = db
        self._today = today
        self._stock = ledger.usable_by_product(db, today)
        line = patients.get(db, patient) if patient else None
        self._age = completed_months(line.born_on, today) if line else None
        self._pregnant = prescriptions.is_pregnant(db, patient, today) if patient else False
        self._all = catalogue.listed(db, limit=1000)

    def everything(self) -> list[str]:
        """What may stand in a product's field, for a browser's own list."""
        return [f"{p.label} ({p.code})" for p in self._all]

    def found(self, text: str, limit: int = PROPOSED) -> list[ProductChoice]:
        """Products that hold every word typed, those on the shelf first."""
        held = catalogue.listed(self._db, text, limit=40)
        held.sort(key=lambda p: self._stock.get(p.id, 0) <= 0)
        return [self._choice(p) for p in held[:limit]]

    def resolve(self, text: str) -> Product | None:
        """The one product that a text names: by code, by the field's own wording, by its label, or the only one found."""
        text = text.strip()
        if not text:
            return None
        named = _CODE.search(text)
        code = (named[1] if named else text).strip().casefold()
        for product in self._all:
            if product.code.casefold() == code:
                return product
        folded = fold(text)
        same = [p for p in self._all if fold(p.label) == folded]
        if not same:
            same = catalogue.listed(self._db, text, limit=2)
        return same[0] if len(same) == 1 else None

    def line(self, form: Form, n: int) -> RxLine:
        """A line as typed so far; faults of its numbers go to the form."""
        typed = form.raw(f"ligne-{n}-produit")[:TEXT_MAX]
        product = self.resolve(typed)
        take = form.scaled(f"ligne-{n}-prise", 100, high=10_000)
        times = form.integer(f"ligne-{n}-fois", low=1, high=24)
        days = form.integer(f"ligne-{n}-jours", low=1, high=366)
        quantity = form.integer(f"ligne-{n}-quantite", low=1, high=100_000)
        is_counted = product is not None and fold(product.base_unit).startswith(COUNTED)
        is_computed = quantity is None and is_counted and bool(take and times and days)
        if take and times and days and is_computed:
            exact = Fraction(take, 100) * times * days
            quantity = -(-exact.numerator // exact.denominator)  # a tablet is not cut for the last dose: rounded up
        dosage = form.text(f"ligne-{n}-posologie", limit=200) or _dosage(take, times, days)
        choice = self._choice(product) if product else None
        lacks = choice is not None and choice.stock < (quantity or 1)
        return RxLine(
            n=n, typed=typed, choice=choice, quantity=quantity, is_computed=is_computed, dosage=dosage, days=days,
            is_counted=is_counted, proposed=() if product or len(typed) < 2 else tuple(self.found(typed)),
            equivalents=tuple(self._equivalents(product)) if product and lacks else (),
            is_empty=not typed and quantity is None and take is None,
        )  # fmt: skip

    def _equivalents(self, product: Product) -> list[ProductChoice]:
        """The same substance in another strength or form, where some is on the shelf."""
        same = [
            p
            for p in self._all
            if p.id != product.id and fold(p.name) == fold(product.name) and self._stock.get(p.id, 0)
        ]
        return [self._choice(p) for p in same[:PROPOSED]]

    def _choice(self, product: Product) -> ProductChoice:
        rule = exemption(product.programmes, product.price_regime, self._age, self._pregnant)
        price = 0 if rule else unit_price(self._db, product.id, self._today)
        return ProductChoice(
            code=product.code, label=product.label, unit=product.base_unit, stock=self._stock.get(product.id, 0),
            price_fcfa=price, is_free=bool(rule),
        )  # fmt: skip


def _dosage(take: int | None, times: int | None, days: int | None) -> str:
    """How to take it, as the three numbers say it."""
    if not take or not times:
        return ""
    dose = f"{take / 100:g}".replace(".", ",")
    if days:
        return _("%(dose)s x %(times)s par jour, %(days)s jours") % {"dose": dose, "times": times, "days": days}
    return _("%(dose)s x %(times)s par jour") % {"dose": dose, "times": times}
