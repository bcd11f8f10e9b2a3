"""Counts as facts: opened, typed, shown, decided. Nothing of the ledger is told of a blind count before it is compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from appliance.access import staff
from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.counting import repository, services
from appliance.stock.counting.model import Comparison, CountStatus, Scope, SheetLine, Told
from appliance.stock.ledger.model import LOT_UNKNOWN
from appliance.stock.ledger.repository import main_place
from appliance.stock.ledger.services import ReceivedLot
from appliance.storage import Database, Store, Unit


def open_facts(store: Store, place: str, shelf: str, products: list[str], is_blind: bool) -> dict[str, Any]:
    """Open a count: of the whole place, of one shelf of it, or of some products."""
    with store.reading() as db:
        where = _place(db, place)
        wanted = [_product(db, code) for code in products]
    scope = Scope.SHELF if shelf else Scope.PRODUCTS if wanted else Scope.FULL

    def write(unit: Unit) -> dict[str, Any]:
        return {"c": services.open_count(unit, where, scope, shelf=shelf, products=wanted, is_blind=is_blind)}

    count = store.act_now("count-open", MACHINE, write).result["c"]
    return _shown(store, count)


def line_facts(
    store: Store, number: int, product: str, lot: str, quantity: int, by: str, expires: str, is_found: bool
) -> dict[str, Any]:
    """Keep what somebody counted of a lot (base units); with `is_found` a lot that is not on the list."""
    with store.reading() as db:
        count, who = _count(db, number), _who(db, by, store.clock.today())
        key = _product(db, product)
        lines = [
            x for x in repository.sheet(db, repository.head(db, count)) if x.product == key and x.number == lot.upper()
        ]
    year, month, day = _expiry(expires) if expires else (0, 0, None)
    lines = [x for x in lines if not expires or (x.expires_on.year, x.expires_on.month) == (year, month)]

    def write(unit: Unit) -> dict[str, Any]:
        if is_found:
            item = ReceivedLot(
                product=key, lot_number=lot or LOT_UNKNOWN, expires_year=year, expires_month=month, expires_day=day,
                quantity=quantity,
            )  # fmt: skip
            return {"line": services.found_lot(unit, count, item, by=who)}
        if len(lines) != 1:
            raise Refused("count-lot", lot=lot)
        return {"line": services.type_line(unit, count, lines[0].lot, quantity, by=who)}

    done = store.act_now("count-line", MACHINE, write).result
    with store.reading() as db:
        held = repository.head(db, count)
        left = len(repository.left(repository.sheet(db, held)))
    return {"count": number, "line": done["line"], "round": held.round, "left": left}


def show_facts(store: Store, number: int) -> dict[str, Any]:
    """Where a count stands; its figures once it is compared."""
    with store.reading() as db:
        count = _count(db, number)
    return _shown(store, count)


def list_facts(store: Store) -> dict[str, Any]:
    """The newest counts, newest first."""
    with store.reading() as db:
        return {
            "counts": [
                {
                    "count": c.number,
                    "place": c.place_name,
                    "opened_on": c.opened_on.isoformat(),
                    "status": c.status.value,
                }
                for c in repository.recent(db)
            ]
        }


def close_facts(store: Store, number: int, note: str) -> dict[str, Any]:
    """End the round under way."""
    return _acted(store, number, "count-close", lambda unit, count: services.close_round(unit, count, note))


def finalise_facts(store: Store, number: int, decision: str, reasons: dict[str, str]) -> dict[str, Any]:
    """Write the variances; `reasons` by product and lot, as MLS001/LOT: code, or "code: what there is to say"."""

    def write(unit: Unit, count: int) -> None:
        named = _named(unit, count, list(reasons))
        split = {name: text.partition(":") for name, text in reasons.items()}
        told = {named[name]: Told(reason=code.strip(), note=note.strip()) for name, (code, _, note) in split.items()}
        services.finalise(unit, count, told, decision)

    return _acted(store, number, "count-finalise", write)


def again_facts(store: Store, number: int, lots: list[str], note: str) -> dict[str, Any]:
    """Have lots of a compared count counted once more, named as MLS001/LOT."""
    return _acted(
        store, number, "count-again",
        lambda unit, count: services.ask_again(unit, count, list(_named(unit, count, lots).values()), note),
    )  # fmt: skip


def abandon_facts(store: Store, number: int, reason: str) -> dict[str, Any]:
    """Give a count up."""
    return _acted(store, number, "count-abandon", lambda unit, count: services.abandon(unit, count, reason))


def _acted(store: Store, number: int, kind: str, write: Callable[[Unit, int], Any]) -> dict[str, Any]:
    with store.reading() as db:
        count = _count(db, number)

    def run(unit: Unit) -> dict[str, Any]:
        write(unit, count)
        return {}

    store.act_now(kind, MACHINE, run)
    return _shown(store, count)


def _shown(store: Store, count: int) -> dict[str, Any]:
    with store.reading() as db:
        head = repository.head(db, count)
        sheet = repository.sheet(db, head)
        is_told = head.status in (CountStatus.COMPARED, CountStatus.FINALISED)
        compared = repository.comparisons(db, head) if is_told or not head.is_blind else []
        left = repository.left_uncounted(db, head)
    values = [c.value_fcfa for c in compared if c.value_fcfa is not None]
    return {
        "count": head.number, "place": head.place_name, "scope": head.scope.value, "shelf": head.shelf or None,
        "blind": head.is_blind, "opened_on": head.opened_on.isoformat(), "status": head.status.value, "round": head.round,
        "lines": [_line(x) for x in sheet] if head.status is CountStatus.COUNTING else [],
        "variances": [_variance(c) for c in compared], "value_fcfa": sum(values) if compared else None,
        "uncounted": [{"product": x.code, "lot": x.number} for x in left] if head.status is not CountStatus.ABANDONED else [],
        "note": head.note,
    }  # fmt: skip


def _line(line: SheetLine) -> dict[str, Any]:
    return {
        "product": line.code, "label": line.label, "lot": line.number, "expires_on": line.expires_on.isoformat(),
        "shelf": line.shelf, "counted": line.counted, "counted_by": line.counter or None,
    }  # fmt: skip


def _variance(found: Comparison) -> dict[str, Any]:
    return {
        "product": found.sheet.code, "label": found.sheet.label, "lot": found.sheet.number,
        "expires_on": found.sheet.expires_on.isoformat(),
        "counts": [{"round": r.round, "quantity": r.quantity, "counted_by": r.counter, "at_movement": r.at_movement} for r in found.rounds],
        "ledger": found.ledger, "counted": found.last.quantity, "variance": found.variance, "value_fcfa": found.value_fcfa,
        "within_tolerance": found.is_within, "contradicted": found.is_contradicted, "reason": found.reason or None,
    }  # fmt: skip


def _named(db: Database, count: int, names: list[str]) -> dict[str, int]:
    """The lots of a count by their names, PRODUCT/LOT; raises `Refused("count-lot")`."""
    compared = repository.comparisons(db, repository.head(db, count))
    known = {f"{c.sheet.code}/{c.sheet.number}": c.sheet.lot for c in compared}
    for name in names:
        if name.upper() not in known:
            raise Refused("count-lot", lot=name)
    return {name: known[name.upper()] for name in names}


def _count(db: Database, number: int) -> int:
    found = repository.by_number(db, number)
    if found is None:
        raise Refused("no-such-count", count=number)
    return found


def _place(db: Database, code: str) -> int:
    if not code:
        return main_place(db)
    for place, known, _ in repository.places(db):
        if known == code:
            return place
    raise Refused("no-such-place", place=code)


def _product(db: Database, code: str) -> int:
    product = catalogue.by_code(db, code)
    if product is None:
        raise Refused("no-such-product", product=code)
    return product.id


def _who(db: Database, name: str, today: date) -> int:
    same = [m.id for m in staff.members(db, today) if fold(m.name) == fold(name) or str(m.id) == name]
    if len(same) != 1:
        raise Refused("count-who", name=name)
    return same[0]


def _expiry(text: str) -> tuple[int, int, int | None]:
    parts = text.split("-")
    if len(parts) not in (2, 3) or not all(p.isdecimal() for p in parts):
        raise Refused("bad-expiry", lot=text)
    return int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) == 3 else None
