"""The cold chain of an invented centre: one fridge, read morning and evening, seldom out of its band or forgotten."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from typing import Any

from appliance.core.actors import Actor, Role
from appliance.core.errors import Refused
from appliance.stock.cold_chain import repository, sessions, temperatures
from appliance.storage import Unit
from appliance.storage.store import ActRunner

VACCINATOR = Actor(staff_id=5, roles=frozenset({Role.VACCINATOR}), device="T-00d")
FRIDGE = "Réfrigérateur PEV"
SESSION_WEEKDAY = 1
WARM_SHARE, FORGOTTEN_SHARE = 0.01, 0.03


def evening(runner: ActRunner, seed: int, day: date) -> None:
    """A day's two readings in one act; on a Tuesday the session of that day is written as held."""
    chance = random.Random(f"{seed}/{day}/cold")

    def write(unit: Unit) -> dict[str, Any]:
        held = repository.equipment(unit)
        fridge = held[0].id if held else temperatures.add_equipment(unit, FRIDGE, "refrigerator")
        for moment, hour in (("morning", "07:45"), ("evening", "15:50")):
            warm, forgotten = chance.random() < WARM_SHARE, chance.random() < FORGOTTEN_SHARE
            tenths = chance.randint(85, 115) if warm else chance.randint(28, 68)
            if not forgotten:
                temperatures.note_temperature(
                    unit,
                    fridge,
                    moment,
                    tenths,
                    on=day,
                    hour=hour,
                    measure="glacière, porte refermée" if warm else None,
                )
        if day.weekday() == SESSION_WEEKDAY:
            sessions.set_status(unit, sessions.plan(unit, day, "fixed"), "held")
        return {}

    with suppress(Refused):
        runner.act("note-temperature", VACCINATOR, write)
