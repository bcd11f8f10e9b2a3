"""A paper brought by hand is kept, typed and becomes an order; the exchange is set on its page."""

from __future__ import annotations

import pytest

from appliance.core.actors import Role
from appliance.stock.orders import repository as orders
from appliance.storage import Store
from appliance.sync.inbox import services
from appliance.sync.medexis import exchange as exchanges
from tests.conftest import Act
from tests.web.counter import PARACETAMOL, Counter, Hand, stocked

PATH = "/depot/papiers"


@pytest.fixture
def keeper(store: Store, act: Act) -> Hand:
    act(stocked)
    return Counter(store).tablet(act, "Moussa Essai", Role.DEPOT_KEEPER)


def test_a_paper_is_typed_line_by_line_and_becomes_an_order(keeper: Hand, act: Act, store: Store) -> None:
    paper = act(services.keep_by_hand, "photo.jpg", "image/jpeg", b"\xff\xd8 une photo")
    assert "photo.jpg" in keeper.get(PATH).text
    assert keeper.get(f"{PATH}/{paper}/fichier").content == b"\xff\xd8 une photo"
    typed = {
        "sorte": "order_form",
        "reference": "",
        "l-1-nom": "Para 500",
        "l-1-produit": PARACETAMOL,
        "l-1-quantite": "x",
    }
    again = keeper.post(f"{PATH}/{paper}", typed)
    assert again.status_code == 422 and "Para 500" in again.text
    keeper.post(
        f"{PATH}/{paper}",
        typed | {"reference": "BCM-9", "l-1-quantite": "300", "l-2-nom": "Inconnu", "l-2-quantite": "4"},
    )
    with store.reading() as db:
        (order,) = orders.orders(db)
        lines = orders.lines(db, order.id)
    assert (order.reference, order.document) == ("BCM-9", paper)
    assert [(x.product_code, x.label_written, x.theirs) for x in lines] == [
        (PARACETAMOL, "Para 500", 300),
        ("", "Inconnu", 4),
    ]
    assert "pris" in keeper.get(f"{PATH}/{paper}").text


def test_the_exchange_is_set_on_its_page_and_a_slip_changes_nothing(store: Store, act: Act) -> None:
    act(stocked)
    head = Counter(store).tablet(act, "Mariam Essai", Role.HEAD)
    shown = head.get("/envois/medexis")
    assert shown.status_code == 200
    with store.reading() as db:
        held = exchanges.as_dict(exchanges.get(db))
    typed = {"is_on": "1", "senders": "medexis, xY345678901", "poll_hours": "12", "fetch_kb": "500"}
    typed |= {f"subject-{p}": t for p, t in held["subjects"].items()}
    for kind, event in held["events"].items():
        typed |= {f"{kind}-program": event["program"], f"{kind}-stage": "", f"{kind}-per": event["per"]}
        typed |= {f"{kind}-{f}": e for f, e in event["fields"].items()}
        typed |= {f"{kind}-{f}-{w}": c for f, words in event["options"].items() for w, c in words.items()}
    wrong = head.post("/envois/medexis", typed | {"poll_hours": "0"})
    assert wrong.status_code == 409
    head.post("/envois/medexis", typed)
    with store.reading() as db:
        found = exchanges.get(db)
    assert (found.is_on, found.senders, found.poll_hours) == (True, ("medexis", "xY345678901"), 12)
