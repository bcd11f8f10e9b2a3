"""Orders from the command line: listed, confirmed in a person's name, a delivery received from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.access.staff import add_member
from appliance.cli.asks.orders import confirm_facts, list_facts, receive_facts, show_facts
from appliance.core.actors import Role
from appliance.core.errors import Refused
from appliance.stock.orders.model import FormLine, OrderForm
from appliance.stock.orders.services import form_received
from appliance.storage import Store
from tests.conftest import Act
from tests.web.counter import METRONIDAZOLE, PARACETAMOL, stocked

SIGNED = {"dtc": "Mariam Essai", "gerant": "Moussa Essai", "asaco": "Bakary Essai"}


@pytest.fixture
def number(act: Act) -> str:
    keys = act(stocked)
    act(add_member, "Moussa Essai", [Role.DEPOT_KEEPER])
    lines = (FormLine(product=keys[PARACETAMOL], quantity=300), FormLine(product=keys[METRONIDAZOLE], quantity=50))
    act(form_received, OrderForm(supplier="MEDEXIS", reference="MDX-11", lines=lines))
    return "BC-2026-0001"


def test_an_order_is_listed_shown_confirmed_and_received(store: Store, number: str) -> None:
    listed = list_facts(store, "proposed")
    assert [(o["number"], o["reference"]) for o in listed["orders"]] == [(number, "MDX-11")]
    assert [t["do"] for t in listed["tasks"]] == ["confirm"]
    with pytest.raises(Refused, match="reason-for-quantity"):
        confirm_facts(store, "MDX-11", [{"product": PARACETAMOL, "quantity": 5_000}], "Moussa Essai")
    told = confirm_facts(
        store, "MDX-11", [{"product": PARACETAMOL, "quantity": 5_000, "reason": "season"}], "Moussa Essai"
    )
    assert [(x["product"], x["confirmed"]) for x in told["lines"]] == [(PARACETAMOL, 5_000), (METRONIDAZOLE, 50)]
    lot = {
        "product": PARACETAMOL,
        "lot": "A1",
        "expires": "2028-06",
        "counted": 4_000,
        "refused": 100,
        "refusal": "damaged",
    }
    given = {"order": number, "slip": "BL-7", "signed_by": SIGNED, "lines": [lot]}
    with pytest.raises(Refused, match="counted-differs"):
        receive_facts(store, {**given, "lines": [{**lot, "accepted": 4_000}]}, "Moussa Essai")
    done = receive_facts(store, given, "Moussa Essai")
    assert (done["proof"], done["lines"][0]["accepted"], done["lines"][0]["expires_on"]) == (
        "PVR-2026-0001",
        3_900,
        "2028-06-30",
    )
    held = show_facts(store, number)
    assert (held["state"], held["proofs"], held["lines"][0]["missing"]) == ("received_partly", ["PVR-2026-0001"], 1_100)


def test_a_stranger_signs_nothing(store: Store, number: str) -> None:
    with pytest.raises(Refused, match="no-such-staff"):
        confirm_facts(store, number, [], "Personne")


def test_the_file_of_a_reception_names_its_fault(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from appliance.cli.orders import orders
    from appliance.core.errors import DataFileError

    file = tmp_path / "reception.json"
    file.write_text(json.dumps({"lines": [{"product": "MLS069", "counted": "dix"}]}, indent=1))
    found = CliRunner().invoke(orders, ["receive", str(file), "--by", "X", "--data", str(tmp_path)])
    assert isinstance(found.exception, DataFileError)
    assert found.exception.line == 5
