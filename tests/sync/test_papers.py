"""Papers of MEDEXIS: taken alone when nothing is in doubt, else completed by a person, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import State
from appliance.stock.reception import repository as receptions
from appliance.storage import Store, settings
from appliance.sync import link as links
from appliance.sync.checks import CHECKS
from appliance.sync.inbox import services as inbox
from appliance.sync.medexis import desk
from appliance.sync.medexis.checking import findings
from appliance.sync.medexis.layouts import layouts
from appliance.sync.status import status
from tests.sync.medexis import LINES
from tests.sync.orders import Depot, depot


@pytest.fixture
def centre(store: Store, clock: FixedClock, tmp_path: Path) -> Iterator[Depot]:
    with depot(store, clock, tmp_path / "there") as made:
        made.there.control("medexis", is_on=True)
        made.work()
        yield made


def send(centre: Depot, **misbehaving: int) -> None:
    centre.there.control("medexis", **misbehaving)
    centre.there.control("medexis/form", lines=LINES)
    centre.collect()


def test_the_layouts_of_the_data_file_are_sound() -> None:
    assert {x["paper"] for x in layouts()[1]} == {"order_form", "delivery_note"}


def test_the_whole_loop_confirms_once_and_acknowledges_once(centre: Depot) -> None:
    send(centre)
    (order,) = centre.read(orders.orders)
    assert [(x.product_code, x.theirs) for x in centre.read(orders.lines, order.id)] == [
        ("MLS001", 300),
        ("MLS006", 30),
        ("MLS002", 1240),
    ]
    centre.confirm(order.id, MLS002=900)
    centre.work()
    centre.collect()
    (shipment,) = centre.read(receptions.to_count)
    assert centre.order(order.id).state is State.SHIPPED
    assert [x.announced for x in centre.read(receptions.shipment_lines, shipment.id)] == [300, 30, 900]
    centre.receive(order.id, shipment.number, shipment.id, MLS001=300, MLS006=30, MLS002=900)
    centre.work()
    (there,) = centre.there.read("medexis")
    assert there["confirmed"] == {"MLS001": 300, "MLS006": 30, "MLS002": 900}
    assert sorted(there["received"].values()) == [30, 300, 900]


def test_a_scanned_paper_waits_for_a_person_who_types_it(centre: Depot) -> None:
    send(centre, scanned=1)
    (paper,) = centre.documents()
    assert paper.reading is not None and paper.reading["faults"][0]["code"] == "no-text"
    assert centre.read(orders.orders) == []
    line = {
        "code": "MLS001",
        "name": "Coartem nourrisson",
        "pack": "",
        "quantity": 300,
        "product": centre.product("MLS001"),
    }
    centre.act(desk.take, paper.id, "order_form", {"reference": "BCM-2026-00001"}, [line], by_hand=True)
    (order,) = centre.read(orders.orders)
    assert order.document == paper.id
    assert centre.read(desk.guesses, desk.sender_of(paper), [line])[0].how == "alias"


def test_a_layout_that_changed_names_the_column_that_is_missing(centre: Depot) -> None:
    send(centre, changed_layout=1)
    (paper,) = centre.documents()
    assert paper.reading is not None
    assert {"code": "column-missing", "what": "quantité proposée"} in paper.reading["faults"]
    assert centre.read(orders.orders) == []


def test_a_wrong_code_is_not_believed_beside_another_name(centre: Depot) -> None:
    send(centre, wrong_code=1)
    (paper,) = centre.documents()
    assert paper.reading is not None and paper.outcome is None
    assert next(g.how for g in centre.read(desk.guesses, paper.sender, paper.reading["lines"])) == "differs"


def test_the_same_form_twice_is_one_order(centre: Depot) -> None:
    send(centre, duplicate=1)
    assert len(centre.documents()) == 2
    assert len(centre.read(orders.orders)) == 1


def test_a_paper_of_an_unknown_sender_is_read_and_never_obeyed(centre: Depot) -> None:
    centre.set(senders=("quelqu'un d'autre",))
    send(centre)
    (message,) = centre.messages()
    centre.act(inbox.ask_file, message.files[0].id)
    centre.work()
    assert len(centre.documents()) == 1
    assert centre.read(orders.orders) == []


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4\n" + b"\x00" * 3000, b"<html>", b"%PDF-1.7\n1 0 obj<</Length 99>>stream"]
)
def test_what_breaks_its_reader_is_kept_and_left_to_a_person(centre: Depot, content: bytes) -> None:
    document = centre.act(inbox.keep_by_hand, "papier.pdf", "application/pdf", content)
    import asyncio

    assert asyncio.run(desk.read_owed(centre.store)) == 1
    (paper,) = centre.documents()
    assert paper.id == document and paper.reading is not None and paper.reading["faults"]


def test_a_paper_is_taken_once_and_never_put_aside_after(centre: Depot) -> None:
    send(centre)
    (paper,) = centre.documents()
    line = {"code": "MLS001", "name": "", "pack": "", "quantity": 1, "product": centre.product("MLS001")}
    with pytest.raises(Refused, match="paper-taken"):
        centre.act(desk.take, paper.id, "delivery_note", {"reference": "BL"}, [line], by_hand=True)
    with pytest.raises(Refused, match="paper-taken"):
        centre.act(desk.put_aside, paper.id)


@pytest.mark.parametrize("code", ["ML0999", "ML04"])
def test_a_form_for_another_centre_says_so_and_waits(centre: Depot, code: str) -> None:
    centre.act(settings.put, "facility", {"code": code, "name": "CSCom Essai"})
    send(centre)
    (paper,) = centre.documents()
    assert centre.read(orders.orders) == []
    assert "ML0417" in centre.read(desk.other_centre, paper)


def test_the_checks_see_bytes_that_changed_an_order_untold_and_a_uid_lost(centre: Depot) -> None:
    centre.act(inbox.keep_by_hand, "papier.pdf", "application/pdf", b"%PDF-1.4 un papier")
    centre.confirm(centre.form(MLS001=300))
    centre.work()
    assert [name for name, check in CHECKS.items() if centre.read(check)] == []
    told = centre.read(status)
    assert {a["about"] for a in told["attempts"]} == {"BCM-7"}
    assert (told["inbox"]["papers"], told["inbox"]["undecided"]) == (1, 1)

    def harm(connection: Any) -> None:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("PRAGMA foreign_keys = 0")
        connection.execute("UPDATE inbox_document SET content = x'00'")
        connection.execute("DELETE FROM event_uid")
        connection.execute("UPDATE supply_order SET uuid = randomblob(16)")

    centre.store._writer.submit(harm).result()
    assert {name for name, check in CHECKS.items() if centre.read(check)} == {"papers", "event-uids", "orders-told"}


def test_a_try_with_the_server_finds_what_moved_there(centre: Depot) -> None:
    assert [f for f in centre.read(findings) if not f.ok] == []
    program = next(p for p in centre.there.app.metadata["programs"] if p["code"] == "CONFIRMATION_COMMANDE")
    program["programType"] = "WITH_REGISTRATION"
    parts = {
        p["dataElement"]["code"]: p["dataElement"] for p in program["programStages"][0]["programStageDataElements"]
    }
    parts["CC_DATE_COMMANDE"]["valueType"] = "BOOLEAN"
    parts["CC_LIGNES"]["code"] = "AUTRE"
    centre.act(links.ask_pull)
    centre.work()
    wrong = {f.code for f in centre.read(findings) if not f.ok}
    assert wrong == {"program-registers", "element-type", "element-missing"}
