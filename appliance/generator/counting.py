"""The count of an invented centre: on the last evening of each month, blind, again by another person where it differs."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from typing import Any

from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.core.periods import Month
from appliance.generator.crowd import NURSE
from appliance.generator.depot import KEEPER
from appliance.stock.counting import repository, services
from appliance.stock.counting.model import CountStatus, Scope, Told
from appliance.stock.ledger import repository as ledger
from appliance.storage import Unit
from appliance.storage.store import ActRunner

HEAD = Actor(staff_id=1, roles=frozenset({Role.HEAD}), device="T-00c")
PLACE = 1
WRONG_SHARE = 0.04
"""Of the lots on the shelf, so many do not hold what the ledger says."""
MOST_MISSING = 0.03


def evening(runner: ActRunner, seed: int, day: date) -> None:
    """Count the depot on the last day of a month. What people count at the same time leaves no room for ours."""
    if day != Month.of(day).last:
        return
    chance = random.Random(f"{seed}/{day}/count")
    with suppress(Refused):
        opened = runner.act("open-count", KEEPER, lambda unit: {"count": services.open_count(unit, PLACE, Scope.FULL)})
        number: int = opened.result["count"]
        runner.act("count", KEEPER, lambda unit: _first(unit, number, chance))
        runner.act("close-round", KEEPER, lambda unit: _close(unit, number))
        runner.act("count-again", NURSE, lambda unit: _second(unit, number))
        runner.act("close-round", NURSE, lambda unit: _close(unit, number))
        runner.act("finalise-count", HEAD, lambda unit: _decide(unit, number))


def _first(unit: Unit, count: int, chance: random.Random) -> dict[str, Any]:
    for lot, quantity in _shelf(unit, count).items():
        missing = chance.random() < WRONG_SHARE and quantity > 1
        gone = max(int(quantity * MOST_MISSING * chance.random()), 1) if missing else 0
        services.type_line(unit, count, lot, quantity - gone)
    return {"count": count}


def _close(unit: Unit, count: int) -> dict[str, Any]:
    """End a round; a count of which nothing differed has no second one."""
    if repository.head(unit, count).status is CountStatus.COUNTING:
        services.close_round(unit, count)
    return {"count": count}


def _second(unit: Unit, count: int) -> dict[str, Any]:
    """The other person finds what the first one found."""
    head = repository.head(unit, count)
    if head.status is CountStatus.COMPARED:
        return {"count": count}
    found = {c.sheet.lot: c.last.quantity for c in repository.comparisons(unit, head)}
    for line in repository.sheet(unit, head):
        services.type_line(unit, count, line.lot, found[line.lot])
    return {"count": count}


def _decide(unit: Unit, count: int) -> dict[str, Any]:
    out = [c for c in repository.comparisons(unit, repository.head(unit, count)) if not c.is_within]
    told = {c.sheet.lot: Told(reason="missing" if c.variance < 0 else "found") for c in out}
    return {"movements": len(services.finalise(unit, count, told, "Écarts acceptés, à suivre le mois prochain."))}


def _shelf(unit: Unit, count: int) -> dict[int, int]:
    """What the ledger says of each lot of the sheet: the invented keeper counts right, but for a few."""
    sheet = repository.sheet(unit, repository.head(unit, count))
    held = {
        lot.lot: lot.quantity
        for product in {line.product for line in sheet}
        for lot in ledger.on_shelf(unit, product, PLACE)
    }
    return {line.lot: held.get(line.lot, 0) for line in sheet}
