"""The invented years of `appliance bench replenishment`: nothing is lost, the same seed is the same year, and who is better."""

from __future__ import annotations

import json

from appliance.bench.demand import items, year
from appliance.bench.replenishment import compare, simulate
from tests.cli.test_rules import appliance


def test_no_unit_is_lost_or_made_in_either_year() -> None:
    for outcomes in simulate(3):
        assert [o.code for o in outcomes if not o.is_conserved] == []
        assert {o.code for o in outcomes} == {item.code for item in items()}


def test_a_seed_is_always_the_same_year_and_another_is_another() -> None:
    assert simulate(3) == simulate(3)
    assert year(3).asked != year(4).asked


def test_both_years_meet_the_same_people_and_the_same_lorry() -> None:
    ours, plain = simulate(3)
    asked = year(3).asked
    for a, b in zip(ours, plain, strict=True):
        assert a.given + a.unmet_ever == b.given + b.unmet_ever == sum(asked[a.code])


def test_the_command_prints_the_table_and_its_facts() -> None:
    done = appliance("bench", "replenishment", "--seeds", "1", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["total"] == compare([1])["total"]
    table = appliance("bench", "replenishment", "--seeds", "1").stdout.splitlines()
    assert len(table) == 2 + len(found["rows"]) + 1
    for wrong in ("0", "5:4", "0:3", "1:501", "3:", ":", "x", "²"):
        assert appliance("bench", "replenishment", "--seeds", wrong).returncode == 2, wrong


def test_years_that_the_rules_were_never_tried_on_are_named_by_their_first_and_last() -> None:
    done = appliance("bench", "replenishment", "--seeds", "21:22", "--json")
    found = json.loads(done.stdout)
    assert found["seeds"] == [21, 22]
    assert found["total"] == compare([21, 22])["total"]
