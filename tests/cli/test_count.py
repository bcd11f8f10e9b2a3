"""`appliance stock count`: blind until compared, the second count another person's, written once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from appliance.cli.main import appliance
from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.storage import FileKey, Store
from tests.conftest import TODAY
from tests.stock.counted import PRODUCTS, depot

FIRST, SECOND = PRODUCTS[0].code, PRODUCTS[1].code
Told = Callable[..., Any]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """A centre on disk with 100 of one product and 50 of another, and the command asked of it."""
    directory = tmp_path / "centre"
    directory.mkdir()
    Store.create(directory, FileKey(directory / "store.key").create())
    monkeypatch.setattr("appliance.cli.opening.system_clock", lambda: FixedClock(TODAY))
    with_store = Store.open(directory, FileKey(directory / "store.key").key(), FixedClock(TODAY))
    with_store.act_now("set-up", MACHINE, lambda unit: depot(unit, 4321, 8765) or {})
    with_store.close()

    def run(*words: str, refused: str = "") -> Any:
        done = CliRunner().invoke(appliance, ["stock", *words, "--data", str(directory), "--json"])
        assert getattr(done.exception, "code", "") == refused, done.exception or done.output
        return None if refused else json.loads(done.stdout)

    return run


def test_a_count_is_lived_from_the_command_line(told: Told) -> None:
    shown = told("count", "open")
    assert (shown["count"], shown["status"], shown["blind"]) == (1, "counting", True)
    assert {line["lot"]: line["counted"] for line in shown["lines"]} == {"L1": None, "L2": None}
    told("count", "line", "1", FIRST, "L1", "4300", "--by", "Moussa Keita")
    told("count", "line", "1", SECOND, "l2", "8765", "--by", "moussa keita")
    blind = json.dumps(told("count", "show", "1"))
    assert "4321" not in blind and '"variances": []' in blind
    again = told("count", "close", "1")
    assert (again["round"], [line["lot"] for line in again["lines"]]) == (2, ["L1"])
    assert "4300" not in json.dumps(again)
    told("count", "line", "1", FIRST, "L1", "4310", "--by", "Moussa Keita", refused="count-same-person")
    told("count", "line", "1", FIRST, "L1", "4310", "--by", "Awa Traoré")
    compared = told("count", "close", "1")
    assert sorted((v["lot"], v["variance"], v["value_fcfa"]) for v in compared["variances"]) == [
        ("L1", -11, -275),
        ("L2", 0, 0),
    ]
    assert told("count", "again", "1", f"{SECOND}/L2")["round"] == 3
    told("count", "line", "1", SECOND, "L2", "8765", "--by", "3")
    told("count", "close", "1")
    told("count", "finalise", "1", "--decision", "à voir", refused="count-reason-missing")
    done = told("count", "finalise", "1", "--decision", "onze manquent", "--reason", f"{FIRST}/L1=missing:rien trouvé")
    assert (done["status"], done["value_fcfa"]) == ("finalised", -275)
    assert [lot["quantity"] for lot in told(FIRST)["lots"]] == [4310]
    assert told("count", "show")["counts"][0]["status"] == "finalised"


def test_what_is_found_is_typed_with_its_expiry_and_a_count_is_given_up(told: Told) -> None:
    told("count", "open", "--product", FIRST)
    told("count", "line", "1", FIRST, "Z9", "5", "--by", "2", "--found", refused="bad-expiry")
    told("count", "line", "1", FIRST, "Z9", "5", "--by", "2", "--found", "--expires", "2027-02")
    assert {line["lot"] for line in told("count", "show", "1")["lines"]} == {"Z9", "L1"}
    told("count", "line", "1", SECOND, "L2", "5", "--by", "2", refused="count-lot")
    assert told("count", "abandon", "1", "--reason", "interrompu")["variances"] == []
    assert [lot["quantity"] for lot in told(FIRST)["lots"]] == [4321]
