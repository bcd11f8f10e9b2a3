"""The counter as it stands while somebody serves: what each line asks, what the shelf gives, what it costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.billing.sales.pricing import buyer, price_lines
from appliance.billing.sales.shares import parts_of
from appliance.billing.sales.visit_bill import care_type_of
from appliance.billing.tariffs.free_care import label_of
from appliance.core.errors import Refused
from appliance.records.care import prescriptions, visits
from appliance.records.care.model import Station
from appliance.records.care.prescriptions import Prescription
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.repository import Product
from appliance.stock.dispensing.services import (
    CAUSES,
    DispenseForm,
    DispenseLine,
    equivalents,
    given_by_line,
)
from appliance.stock.dispensing.unmet import settled_by_line
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import LotOnShelf, Take, allocate, usable
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.words import _

QUANTITY_MAX = 100_000
_STEP = re.compile(r"([A-Za-z0-9_-]{1,60})([+=-])([0-9]{1,6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """Another product of the same DCI on the shelf. `field` is where the quantity given instead is typed."""

    field: str
    code: str
    label: str
    unit: str
    held: int
    is_same_strength: bool
    given: int
    product: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToServe:
    """One product at the counter. `can_give` is what the shelf gives of `asked`; `given` what is typed; the price is of
    `given`, None when the product has none; `unusable` lies there and may not be given (expired, frozen)."""

    line: int
    product: int
    code: str
    label: str
    unit: str
    dosage: str
    asked: int
    can_give: int
    given: int
    takes: tuple[Take, ...]
    lots: tuple[LotOnShelf, ...]
    unusable: int
    amount: int | None
    free: str
    cause: str
    equivalents: tuple[Equivalent, ...]
    is_lot_chosen: bool

    @property
    def missing(self) -> int:
        """What is asked and not given."""
        return self.asked - self.given

    @property
    def over(self) -> int:
        """How much of what is typed the shelf can't give: somebody else took it in between."""
        return max(0, self.given - self.can_give)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody at the depot's counter; `minutes` None when the wait is not from today."""

    prescription: int
    name: str
    minutes: int | None
    occurred_on: date
    lines: int
    is_rest: bool


def step(form: Form) -> None:
    """Carry out a − / + button (`pas`: `donne-12+1`, `donne-12-1`, `donne-12=9`), which works without script."""
    match = _STEP.fullmatch(form.raw("pas"))
    if not match:
        return
    name, sign, number = match[1], match[2], int(match[3])
    held = form.raw(name)
    now = int(held) if held.isdecimal() and len(held) < 8 else 0
    value = number if sign == "=" else now + number if sign == "+" else now - number
    form.typed[name] = [str(max(0, value))]


def waiting(db: Database, today: date, now_ms: int) -> list[Waiting]:
    """Who waits, oldest first."""
    held = prescriptions.waiting(db, today)
    people = {p.id: p for p in patients.lines(db, list({w.patient for w in held}))}
    since = {v.id: v.station_since for v in visits.queue(db, Station.PHARMACY)}
    return [
        Waiting(
            prescription=one.id, name=people[one.patient].name if one.patient in people else "",
            minutes=max(0, (now_ms - since[one.visit]) // 60_000)
            if one.occurred_on == today and one.visit in since else None,
            occurred_on=one.occurred_on, lines=len(one.lines), is_rest=one.state == "part_served",
        )
        for one in held
    ]  # fmt: skip


def lines_to_serve(db: Database, held: Prescription, place: int, today: date, form: Form | None) -> list[LineToServe]:
    """The lines of a prescription that still wait, with what is typed in place of what is proposed."""
    done = given_by_line(db, held.id)
    for line, quantity in settled_by_line(db, held.id).items():
        done[line] = done.get(line, 0) + quantity
    found = []
    for line, code, quantity, dosage, _days in held.lines:
        product, left = catalogue.by_code(db, code), quantity - done.get(line, 0)
        if product is not None and left > 0:
            found.append(_line(db, held, place, today, form, (line, product, left, dosage)))
    return found


def _line(
    db: Database, held: Prescription, place: int, today: date, form: Form | None, asked: tuple[int, Product, int, str]
) -> LineToServe:
    line, product, left, dosage = asked
    shelf = ledger.on_shelf(db, product.id, place)
    can_give = left - allocate(shelf, left, today).missing
    given = _typed(form, f"donne-{line}", can_give)
    lots = tuple(sorted(usable(shelf, today), key=lambda lot: (lot.expires_on, lot.lot)))
    price = _price(db, held, place, today, product.id, given)
    cause = form.raw(f"cause-{line}") if form else ""
    others = _equivalents(db, line, product, place, today, form) if given < left else ()
    if any(other.given for other in others):
        cause = "substituted"
    elif not cause and can_give < left and given >= can_give:
        cause = "stockout"
    return LineToServe(
        line=line, product=product.id, code=product.code, label=product.label, unit=product.base_unit, dosage=dosage,
        asked=left, can_give=can_give, given=given, takes=allocate(shelf, given, today).takes, lots=lots,
        unusable=sum(lot.quantity for lot in shelf) - sum(lot.quantity for lot in lots),
        amount=price[0], free=price[1], cause=cause, equivalents=others,
        is_lot_chosen=bool(form and any(form.raw(f"lot-{line}-{lot.lot}") for lot in lots)),
    )  # fmt: skip


def asked_lines(lines: list[LineToServe], form: Form) -> list[DispenseLine]:
    """What the form asks the depot to write: each line, and what is given in the place of another."""
    asked: list[DispenseLine] = []
    for line in lines:
        given = form.integer(f"donne-{line.line}", required=True, high=line.asked)
        if given is None:
            continue
        instead = [other for other in line.equivalents if other.given]
        cause = "substituted" if instead else form.choice(f"cause-{line.line}", CAUSES, default=line.cause or None)
        if given < line.asked and cause is None:
            form.errors[f"cause-{line.line}"] = _("Dites pourquoi tout n'est pas servi.")
            continue
        asked.append(
            DispenseLine(
                product=line.product, asked=line.asked, given=given, prescription_line=line.line,
                unmet_cause=cause if given < line.asked else None,
                substituted_by=instead[0].product if instead else None, lots=_lots(line, form),
                lots_reason=form.raw(f"lot-{line.line}-raison") or None,
            )
        )  # fmt: skip
        asked += [DispenseLine(product=o.product, asked=o.given, given=o.given) for o in instead]
    return asked


def totals(db: Database, held: Prescription, place: int, today: date, lines: list[LineToServe]) -> dict[str, Any]:
    """Total, free part, the payer's share and what is left to the patient, for what is typed; `unpriced` names products without a price."""
    who = buyer(db, held.patient, today)
    given = [
        DispenseLine(product=line.product, asked=max(line.given, 1), given=line.given)
        for line in lines
        if line.amount is not None
    ]
    given += [
        DispenseLine(product=other.product, asked=other.given, given=other.given)
        for line in lines
        for other in line.equivalents
        if other.given
    ]
    try:
        priced = price_lines(db, DispenseForm(place=place, patient=held.patient, lines=tuple(given)), today, who)
    except Refused:
        priced = []
    parts = parts_of(priced, [], who, care_type_of(db, held.visit))
    return {
        "total": parts.total_fcfa, "exempt": parts.exempt_fcfa, "covered": parts.payer_fcfa, "due": parts.due_fcfa, "payer": who.payer,
        "unpriced": [line for line in lines if line.amount is None],
    }  # fmt: skip


def _equivalents(
    db: Database, line: int, product: Product, place: int, today: date, form: Form | None
) -> tuple[Equivalent, ...]:
    return tuple(
        Equivalent(
            field=f"remplace-{line}-{other.id}", code=other.code, label=f"{other.label}, {other.form}",
            unit=other.base_unit, held=held, is_same_strength=other.strength == product.strength,
            given=_typed(form, f"remplace-{line}-{other.id}", 0), product=other.id,
        )
        for other, held in equivalents(db, product, place, today)[:3]
    )  # fmt: skip


def _lots(line: LineToServe, form: Form) -> tuple[tuple[int, int], ...]:
    wanted = []
    for lot in line.lots:
        quantity = form.integer(f"lot-{line.line}-{lot.lot}", high=lot.quantity)
        if quantity:
            wanted.append((lot.lot, quantity))
    return tuple(wanted)


def _price(
    db: Database, held: Prescription, place: int, today: date, product: int, given: int
) -> tuple[int | None, str]:
    """The amount for a quantity (None: no price) and, when nobody pays it, why."""
    line = DispenseLine(product=product, asked=max(given, 1), given=given)
    try:
        priced = price_lines(db, DispenseForm(place=place, patient=held.patient, lines=(line,)), today)[0]
    except Refused:
        return None, ""
    return priced.amount_fcfa, label_of(priced.exemption) if priced.exemption else ""


def _typed(form: Form | None, name: str, default: int) -> int:
    text = re.sub(r"\s", "", form.raw(name)) if form and name in form.typed else ""
    return min(int(text), QUANTITY_MAX) if re.fullmatch(r"[0-9]{1,7}", text) else default
