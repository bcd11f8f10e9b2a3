"""What a product or an act of care costs on a day: dated rows, only ever added. A price holds until the day before the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.billing.tariffs import tables
from appliance.billing.tariffs.acts import act_label, care_acts
from appliance.billing.tariffs.csv_file import PAYERS, PRICE_MAX, PriceLine, read_prices
from appliance.core.errors import Refused
from appliance.stock.catalogue.tables import ProductRow
from appliance.storage import Database, Unit

__all__ = [
    "PAYERS", "PRICE_MAX", "PriceLine", "PriceRow", "act_price", "changes", "history", "known_products", "listed", "load_prices",
    "read_prices", "unit_price",
]  # fmt: skip
PATIENT = "patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A price as it stands in the list: `valid_to` None while no later row ends it, `unit_price_fcfa` None when ended.

    `is_act`: of an act of care, else of a base unit of a product.
    """

    code: str
    label: str
    unit: str
    payer: str
    unit_price_fcfa: int | None
    valid_from: date
    valid_to: date | None
    source: str
    is_act: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether this is the row that counts on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load_prices(unit: Unit, lines: Sequence[PriceLine], source: str) -> int:
    """Enter dated prices; those that change nothing are passed over. Returns how many were entered.

    Raises `Refused("price-unknown-product", codes=[…])` and enters none.
    """
    known = known_products(unit, lines)
    wanted = changes(unit, lines)
    for line in wanted:
        payer = None if line.payer == PATIENT else line.payer
        if line.code in known:
            unit.append(
                "price", product=known[line.code], valid_from=line.valid_from.isoformat(),
                unit_price_fcfa=line.unit_price_fcfa or 0, source=source, payer=payer,
                is_withdrawn=1 if line.unit_price_fcfa is None else None,
            )  # fmt: skip
        else:
            unit.append(
                "act_price", care_act=line.code, payer=payer, valid_from=line.valid_from.isoformat(),
                unit_price_fcfa=line.unit_price_fcfa, source=source,
            )  # fmt: skip
    return len(wanted)


def known_products(db: Database, lines: Sequence[PriceLine]) -> dict[str, int]:
    """The products of the catalogue by code.

    Raises `Refused("price-unknown-product", codes=[…])` for a code that is neither a product nor an act of care.
    """
    known = {row["code"]: int(row["id"]) for row in db.rows(ProductRow.select(ProductRow.code, ProductRow.id))}
    unknown = sorted({line.code for line in lines} - set(known) - set(care_acts()))
    if unknown:
        raise Refused("price-unknown-product", codes=unknown)
    return known


def changes(db: Database, lines: Sequence[PriceLine]) -> list[PriceLine]:
    """The lines of a list that are not already the price from that very day on."""
    held = {(row.code, row.payer, row.valid_from): row.unit_price_fcfa for row in history(db)}
    return [
        line
        for line in lines
        if (line.code, line.payer, line.valid_from) not in held
        or held[line.code, line.payer, line.valid_from] != line.unit_price_fcfa
    ]


def unit_price(db: Database, product: int, on: date, payer: str = PATIENT) -> int | None:
    """The price of one base unit on a day, in FCFA; None when the product has none. A payer without own price pays
    the patient's."""
    found = _price(db, product, on, payer)
    return _price(db, product, on, PATIENT) if found is None and payer != PATIENT else found


def act_price(db: Database, care_act: str, on: date, payer: str = PATIENT) -> int | None:
    """The price of one act of care on a day, in FCFA; None when it has none. A payer without own price pays the patient's."""
    for whose in dict.fromkeys((payer, PATIENT)):
        found: int | None = db.value(
            "SELECT unit_price_fcfa FROM act_price WHERE care_act = ? AND valid_from <= ? AND payer IS ?"
            " ORDER BY valid_from DESC, id DESC LIMIT 1",
            (care_act, on.isoformat(), None if whose == PATIENT else whose),
        )
        if found is not None:
            return found
    return None


def listed(db: Database, on: date, text: str = "", payer: str = "") -> list[PriceRow]:
    """The prices that hold on a day, by product; the patient's before those of other payers."""
    words = text.casefold().split()
    return [
        row
        for row in history(db)
        if row.holds_on(on)
        and (not payer or row.payer == payer)
        and all(word in f"{row.code} {row.label}".casefold() for word in words)
    ]


def history(db: Database, code: str | None = None) -> list[PriceRow]:
    """Every dated price, of one product or act or of all, each with the day it ends; the last row of a day counts."""
    held = {} if code in care_acts() else _of_products(db, code)
    if code is None or code in care_acts():
        held |= _of_acts(db, code)
    keys = list(held)
    found = []
    for index, (what, payer, since) in enumerate(keys):
        after = keys[index + 1] if index + 1 < len(keys) else None
        label, unit, fcfa, source = held[what, payer, since]
        ends = date.fromisoformat(after[2]) - timedelta(days=1) if after and after[:2] == (what, payer) else None
        found.append(
            PriceRow(
                code=what, label=label, unit=unit, payer=payer, unit_price_fcfa=fcfa, valid_from=date.fromisoformat(since),
                valid_to=ends, source=source, is_act=not unit,
            )
        )  # fmt: skip
    return found


_Held = dict[tuple[str, str, str], tuple[str, str, int | None, str]]
"""By code, payer and first day: label, unit (empty for an act), price and source."""


def _of_products(db: Database, code: str | None) -> _Held:
    price = tables.PriceRow
    query = (
        price.select(
            ProductRow.code, price.payer, price.valid_from, ProductRow.name, ProductRow.strength, ProductRow.base_unit,
            price.is_withdrawn, price.unit_price_fcfa, price.source,
        )
        .join(ProductRow, on=(ProductRow.id == price.product))
        .order_by(ProductRow.folded, ProductRow.code, price.payer.is_null().desc(), price.payer, price.valid_from, price.id)
    )  # fmt: skip
    if code:
        query = query.where(ProductRow.code == code)
    last: _Held = {}
    for row in db.rows(query):
        amount = None if row["is_withdrawn"] else row["unit_price_fcfa"]
        label = f"{row['name']} {row['strength']}".strip()
        last[row["code"], row["payer"] or PATIENT, row["valid_from"]] = (label, row["base_unit"], amount, row["source"])
    return last


def _of_acts(db: Database, code: str | None) -> _Held:
    price = tables.ActPriceRow
    query = price.select().order_by(
        price.care_act, price.payer.is_null().desc(), price.payer, price.valid_from, price.id
    )
    if code:
        query = query.where(price.care_act == code)
    rows = db.rows(query)
    order = {known: rank for rank, known in enumerate(care_acts())}
    rows = sorted(rows, key=lambda row: order.get(row["care_act"], len(order)))
    return {
        (row["care_act"], row["payer"] or PATIENT, row["valid_from"]):
            (act_label(row["care_act"]), "", row["unit_price_fcfa"], row["source"])
        for row in rows
    }  # fmt: skip


def _price(db: Database, product: int, on: date, payer: str) -> int | None:
    found: int | None = db.value(
        "SELECT CASE WHEN is_withdrawn IS NULL THEN unit_price_fcfa END FROM price WHERE product = ? AND valid_from <= ?"
        " AND payer IS ? ORDER BY valid_from DESC, id DESC LIMIT 1",
        (product, on.isoformat(), None if payer == PATIENT else payer),
    )
    return found
