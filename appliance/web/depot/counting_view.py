"""What the pages of a count show, and how they act: figures of the ledger only once both counts are done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.counting import due, repository, services, shelves
from appliance.stock.counting.model import CountHead, CountStatus, SheetLine
from appliance.stock.counting.rules import counting_rules
from appliance.stock.ledger import repository as ledger
from appliance.storage import Database, Unit
from appliance.web.forms import Form
from appliance.web.pages import Ask, refused, session_of, state_of, to, today_of
from appliance.web.security import request_key
from appliance.web.words import _, counting

PATH = "/depot/inventaire"


async def acted(
    request: Ask, kind: str, form: Form, write: Callable[[Unit], dict[str, Any]], where: Callable[[dict[str, Any]], str],
    view: Callable[[Ask, Database], dict[str, Any]], template: str, said: str = "enregistre",
) -> Response[bytes] | Redirect:  # fmt: skip
    """Act and go on; refused, the page again with what was typed and what to do."""
    state = state_of(request)
    try:
        done = await state.opened.act(kind, session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        if fault.code.startswith("no-such"):
            raise
        shown = None if fault.code == "form" else fault

        def again() -> Response[bytes]:
            with state.opened.reading() as db:
                return refused(request, f"depot/counting/{template}", db, form, shown, **view(request, db))

        return await asyncio.to_thread(again)
    return to(where(done.result), said)


def list_view(request: Ask, db: Database) -> dict[str, Any]:
    """The counts, what is owed, and what the form that opens one offers."""
    main = ledger.main_place(db)
    return {
        "counts": repository.recent(db), "owed": due.owed(db, today_of(request)), "words": counting,
        "places": [(key, name) for key, _code, name in repository.places(db)], "main": main,
        "scopes": list(counting.SCOPES.items()), "shelf_options": [(n, n) for n in shelves.names(db, main)],
        "product_options": _products(db),
    }  # fmt: skip


def shelves_view(_request: Ask, db: Database, q: str = "") -> dict[str, Any]:
    """The products that lie here, or fit what is searched for, with their shelf."""
    moved = ledger.moved(db)
    placed = shelves.shelves(db, ledger.main_place(db))
    shown = [p for p in catalogue.listed(db, q, limit=300) if q or p.id in moved]
    return {"products": shown, "placed": placed, "names": sorted(set(placed.values())), "q": q}


def view_of(count: int) -> Callable[[Ask, Database], dict[str, Any]]:
    """The view of a count, as a refusal shows it again."""
    return lambda request, db: count_view(request, db, count)


def compared_view(count: int) -> Callable[[Ask, Database], dict[str, Any]]:
    """The comparison of a count, as a refusal shows it again."""
    return lambda request, db: variances_view(request, db, count)


def count_view(_request: Ask, db: Database, count: int) -> dict[str, Any]:
    """How far a count is, shelf by shelf."""
    head = repository.head(db, count)
    lines = repository.sheet(db, head) if head.status is CountStatus.COUNTING else []
    along: dict[str, list[SheetLine]] = {}
    for line in lines:
        along.setdefault(line.shelf, []).append(line)
    return {
        "count": head, "words": counting, "done": sum(x.counted is not None for x in lines), "lines": lines,
        "left": repository.left(lines), "may_compare": may_compare(head),
        "along": [
            (name, sum(x.counted is not None for x in held), len(held), sorted({x.counter for x in held if x.counter}))
            for name, held in along.items()
        ],
    }  # fmt: skip


def typing_view(db: Database, count: int, lot: int, shelf: str) -> dict[str, Any]:
    """The lot to type, and those of its shelf."""
    head = repository.head(db, count)
    lines = on_shelf(repository.sheet(db, head), shelf) if head.status is CountStatus.COUNTING else []
    chosen = next((x for x in lines if x.lot == lot), None) or next((x for x in lines if x.counted is None), None)
    return {
        "count": head, "words": counting, "lines": lines, "line": chosen, "shelf": shelf,
        "done": sum(x.counted is not None for x in lines), "product_options": _products(db) if head.round == 1 else [],
    }  # fmt: skip


def variances_view(_request: Ask, db: Database, count: int) -> dict[str, Any]:
    """The lines compared; none of them before both counts are done."""
    head, rules = repository.head(db, count), counting_rules()
    if not may_compare(head):
        return {
            "count": head,
            "words": counting,
            "found": [],
            "left": [],
            "reasons": {},
            "rules": rules,
            "value": 0,
            "unknown": 0,
        }
    found = repository.comparisons(db, head)
    values = [c.value_fcfa for c in found if c.variance]
    fits = {
        c.sheet.lot: [(r.code, r.label) for r in rules.reasons.values() if r.sign * c.variance >= 0]
        for c in found
        if not c.is_within
    }
    return {
        "count": head, "words": counting, "found": sorted(found, key=lambda c: (c.is_within, -abs(c.value_fcfa or 0))),
        "left": repository.left_uncounted(db, head), "reasons": fits, "rules": rules,
        "value": sum(v for v in values if v is not None), "unknown": sum(v is None for v in values),
    }  # fmt: skip


def may_compare(head: CountHead) -> bool:
    """Whether both counts are done."""
    return head.status in (CountStatus.COMPARED, CountStatus.FINALISED)


def on_shelf(lines: list[SheetLine], shelf: str) -> list[SheetLine]:
    """The lines of one shelf; all of them when none is named."""
    return [x for x in lines if not shelf or x.shelf == shelf]


def quantity_in(form: Form, pack: int) -> int | None:
    """Packs and loose units as one count of base units; both empty is not zero."""
    packs = form.integer("boites", high=services.QUANTITY_MAX // pack)
    loose = form.integer("unites", high=services.QUANTITY_MAX)
    if packs is None and loose is None and not form.errors:
        form.errors["boites"] = _("Écrivez ce que vous comptez. Rien sur le rayon : écrivez 0.")
    return None if form.errors else (packs or 0) * pack + (loose or 0)


def typing_path(count: int, lot: int, shelf: str) -> str:
    """The page that types a lot of a shelf."""
    asked = {k: v for k, v in (("lot", lot), ("rayon", shelf)) if v}
    return f"{PATH}/{count}/saisie" + (f"?{urlencode(asked)}" if asked else "")


def _products(db: Database) -> list[tuple[str, str]]:
    return [(p.code, f"{p.label} ({p.base_unit})") for p in catalogue.listed(db, limit=400)]
