"""The dated price list: entered, whole history, and as it holds on a day."""

from __future__ import annotations

from typing import Any

import msgspec

from appliance.core.actors import MACHINE
from appliance.core.periods import parse_date
from appliance.storage import Store


def import_facts(store: Store, lines: list[dict[str, Any]], source: str, is_sure: bool) -> dict[str, Any]:
    """What lines read before change of the list; entered, whole, when `is_sure`."""
    from appliance.billing.tariffs import services

    prices = msgspec.convert(lines, list[services.PriceLine], strict=False)
    with store.reading() as db:
        services.known_products(db, prices)
        wanted = services.changes(db, prices)
    if is_sure:
        store.act_now("load-prices", MACHINE, lambda unit: {"entered": services.load_prices(unit, prices, source)})
    return {"lines": len(prices), "changes": msgspec.to_builtins(wanted), "entered": is_sure}


def history_facts(store: Store) -> dict[str, Any]:
    """Every dated price ever entered."""
    from appliance.billing.tariffs import services

    with store.reading() as db:
        return {"prices": msgspec.to_builtins(services.history(db))}


def list_facts(store: Store, on: str) -> dict[str, Any]:
    """The prices that hold on a day; today when none is given."""
    from appliance.billing.tariffs import services

    with store.reading() as db:
        rows = services.listed(db, parse_date(on) if on else store.clock.today())
    return {"prices": msgspec.to_builtins(rows)}
