"""A process that signs receptions of an order and takes lines of them back, again and again, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from appliance.core.actors import Actor
from appliance.stock.reception import repository
from appliance.stock.reception.model import CountedLine, ReceptionForm
from appliance.stock.reception.services import sign, take_back
from appliance.storage import Store
from tests.conftest import KEY

KEEPER = Actor(staff_id=2, device="T")
QUANTITY = 7


def boxes(products: tuple[int, ...]) -> tuple[CountedLine, ...]:
    return tuple(
        CountedLine(
            product=product, counted=QUANTITY, accepted=QUANTITY, refused=0, lot_number="K1", expires_year=2031,
            expires_month=6,
        )
        for product in products
    )  # fmt: skip


def run(folder: Path) -> None:
    store = Store.open(folder, KEY)
    with store.reading() as db:
        order, products = db.value("SELECT max(id) FROM supply_order"), db.all("SELECT id FROM product ORDER BY id")
    lines = boxes(tuple(row[0] for row in products))
    print("ready", flush=True)
    while True:
        form = ReceptionForm(
            supplier="MEDEXIS", slip="BL-K", order=order, lines=lines, head_name="Mariam Essai",
            keeper_name="Moussa Essai", asaco_name="Bakary Essai",
        )  # fmt: skip
        proof = store.act_now("sign-reception", KEEPER, lambda u, f=form: {"p": sign(u, f)}).result["p"]
        print("signed", proof, flush=True)
        with store.reading() as db:
            line = repository.proof_lines(db, proof)[0]
        store.act_now("take-back", KEEPER, lambda u, n=line.id: take_back(u, n, "mal lu", lines[0]))
        print("corrected", proof, flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
