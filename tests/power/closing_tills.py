"""A process that opens, counts and closes a till with a difference and a hand-over, again and again, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from appliance.billing.till import drawers
from appliance.billing.till.coins import pieces_of
from appliance.billing.till.sessions import close_till, count_till, open_till
from appliance.core.actors import Actor
from appliance.storage import Store, Unit
from tests.conftest import KEY

CASHIER = Actor(staff_id=1, device="T")


def close_one(unit: Unit, session: int) -> dict[str, Any]:
    close_till(unit, session, "compté court", hand_over_fcfa=1_000, receiver=2)
    return {}


def run(folder: Path) -> None:
    store = Store.open(folder, KEY)
    print("ready", flush=True)
    while True:
        with store.reading() as db:
            mine = drawers.open_of(db, 1)
            left = drawers.carried(db, 1)
        if mine is None:
            pieces = pieces_of((left or 0) + 2_000)
            store.act_now("open-till", CASHIER, lambda u, p=pieces: {"s": open_till(u, 1, p, "fond ajouté")})
            continue
        with store.reading() as db:
            short = pieces_of(drawers.expected(db, mine.session) - 500)
        store.act_now("count-till", CASHIER, lambda u, s=mine.session, p=short: {"c": count_till(u, s, p).id})
        store.act_now("close-till", CASHIER, lambda u, s=mine.session: close_one(u, s))
        print("closed", mine.session, flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
