"""`appliance init`: a centre from a file, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.storage import FileKey, Store
from tests.cli.test_rules import appliance

LOT = {"product": "MLS001", "lot": "cp2203", "expires": "2027-09", "quantity": 5}
EXAMPLE = Path(__file__).parents[2] / "provisioning" / "centre.example.json"


def test_the_example_makes_a_centre_whose_checks_hold(tmp_path: Path) -> None:
    made = appliance("init", "--data", str(tmp_path / "c"), "--file", str(EXAMPLE), "--json")
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["first_pins"]) == 3
    checked = appliance("check", "--data", str(tmp_path / "c"), "--json")
    assert json.loads(checked.stdout)["ok"] is True
    card = json.loads(appliance("stock", "MLS001", "--data", str(tmp_path / "c"), "--json").stdout)
    assert card["usable"] == 120
    assert {m["note"] for m in card["consumption"]["window"]} == {"paper"}
    assert card["consumption"]["confidence"] == "low"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("facility", "kind"), "hopital", "facility.kind must be one of"),
        (("staff", 0, "roles"), ["chef"], "is no role"),
        (("staff", 0, "roles"), ["infirmier"], "nobody with the role dtc"),
        (("opening_stock", 0, "product"), "MLS999", "is not in the product list"),
        (("opening_stock", 0, "expires"), "03/2027", "must be 2027-03"),
        (("paper_consumption", 0, "months"), {"août": 3}, "is no month"),
        (("opening_stok",), [], "opening_stok is no key of a description here"),
        (("opening_stock", 1), LOT, "stands above already"),
        (("opening_stock", 0, "quantity"), 10**30, "must be at most"),
        (("villages", 1, "name"), "VILLAGECENTRE", "stands above already"),
        (("villages", 0, "in_area"), "oui", "must be bool"),
        (("staff", 1, "name"), "cheffe exemple", "stands above already"),
        (("facility", "name"), "", "facility.name must be a text of 2 to 80"),
    ],
)
def test_a_fault_names_its_line_and_nothing_is_made(
    tmp_path: Path, path: tuple[Any, ...], value: object, said: str
) -> None:
    content = json.loads(EXAMPLE.read_text("utf-8"))
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    (tmp_path / "c.json").write_text(json.dumps(content, indent=1), "utf-8")
    done = appliance("init", "--data", str(tmp_path / "c"), "--file", str(tmp_path / "c.json"))
    assert done.returncode == 2
    assert said in done.stderr
    assert "c.json:" in done.stderr
    assert not (tmp_path / "c" / "store.db").exists()


def test_a_centre_is_never_made_over_another(tmp_path: Path) -> None:
    arguments = ("init", "--data", str(tmp_path / "c"), "--file", str(EXAMPLE))
    assert appliance(*arguments).returncode == 0
    again = appliance(*arguments)
    assert again.returncode == 2
    assert "store-exists" in again.stderr
    assert appliance("check", "--data", str(tmp_path / "c")).returncode == 0


def test_a_description_that_is_a_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("[]", "utf-8")
    done = appliance("init", "--data", str(tmp_path / "c"), "--file", str(tmp_path / "c.json"))
    assert (done.returncode, "c.json:1:" in done.stderr) == (2, True), done.stderr


def test_a_making_cut_short_before_its_first_act_is_taken_up(tmp_path: Path) -> None:
    key = FileKey(tmp_path / "store.key").create()
    Store.create(tmp_path, key)
    again = appliance("init", "--data", str(tmp_path), "--file", str(EXAMPLE), "--json")
    assert again.returncode == 0, again.stderr
    assert len(json.loads(again.stdout)["first_pins"]) == 3
