"""The bench runs to its end and says what it promises. No figure is judged here: machines are noisy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.bench.figures import FIGURES, GROUPS, Measure, chosen
from appliance.bench.load import load
from appliance.cli.bench import bench
from appliance.storage import FileKey, Store
from appliance.upkeep.checks import run_checks

README = Path(__file__).resolve().parents[2] / "README.md"
TINY = ["--quick", "--patients", "40", "--lines", "300", "--json"]


def results(*arguments: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(bench, list(arguments))
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout)["results"]
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny bulk-loaded store."""
    directory = tmp_path_factory.mktemp("bench") / "centre"
    load(directory, patients=40, lines=300)
    return directory


@pytest.mark.timeout(900)  # nine servers start and stop; on a machine with other work that alone takes minutes
def test_the_whole_bench_gives_every_figure_beside_its_budget_and_floor() -> None:
    found = results(*TINY)
    assert [one["name"] for one in found if one["name"] not in FIGURES] == []
    assert {one["name"] for one in found} == set(FIGURES)
    for one in found:
        assert {"name", "value", "unit", "budget", "floor", "within"} <= set(one)
        assert (one["within"] is None) == (one["budget"] is None)
    held = {one["name"]: one for one in found}
    assert held["dispense_30_clients_p99_ms"]["budget"] == 100
    assert held["dispense_30_clients_p99_ms"]["floor"] is not None
    assert held["month_reports_agree"]["value"] == 1
    assert held["ledger_lines"]["value"] >= 300  # type: ignore[operator]


def test_one_figure_is_had_alone_and_on_a_store_that_stays_as_it_was(loaded: Path) -> None:
    before = (loaded / "store.db").read_bytes()
    found = results("--quick", "--data", str(loaded), "--only", "dispense_30_clients_p99_ms", "--json")
    assert {one["name"] for one in found} == {"dispense_30_clients_p99_ms", "fsync_ms"}
    assert (loaded / "store.db").read_bytes() == before


def test_a_store_in_use_is_not_copied(loaded: Path) -> None:
    store = Store.open(loaded, FileKey(loaded / "store.key").key())
    try:
        done = CliRunner().invoke(bench, ["--data", str(loaded), "--only", "fsync_ms"])
    finally:
        store.close()
    assert getattr(done.exception, "code", None) == "store-in-use"


def test_an_unknown_figure_is_told_and_every_name_listed() -> None:
    done = CliRunner().invoke(bench, ["--only", "dispnse"])
    assert done.exit_code == 2
    assert all(name in done.output.replace("\n", " ") for name in ("dispnse", *GROUPS, *FIGURES))


def test_a_group_gives_its_figures_and_a_figure_its_group() -> None:
    assert chosen("thirty")[1] == {"dispense_30_clients_p99_ms", "dispense_30_clients_per_second", "fsync_ms"}
    assert chosen("search_alone_p99_ms")[0] == {"search", "store"}
    with pytest.raises(KeyError):
        chosen("dispense_30")


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [
        ("dispense_30_clients_p99_ms", 100, True),
        ("dispense_30_clients_p99_ms", 100.1, False),
        ("dispense_30_clients_per_second", 349, False),
        ("dispense_30_clients_per_second", 350, True),
        ("month_reports_agree", 0, False),
        ("ledger_lines", 5, None),
    ],
)
def test_a_rate_must_reach_its_budget_and_all_else_stay_under_it(name: str, value: float, within: bool | None) -> None:
    assert Measure(name=name, value=value).within is within


def test_the_loaded_store_holds_every_invariant(loaded: Path) -> None:
    store = Store.open(loaded, FileKey(loaded / "store.key").key())
    try:
        held = run_checks(store)
    finally:
        store.close()
    assert {name: found for name, found in held["checks"].items() if found} == {}
    assert held["counts"]["movement"] >= 300
    assert held["counts"]["patient"] == 40


def test_what_the_readme_quotes_can_be_measured() -> None:
    section = README.read_text("utf-8").split("## Speed and size")[1].split("\n## ")[0]
    quoted = re.findall(r"^\| `(\w+)`", section, re.MULTILINE)
    assert quoted
    assert [name for name in quoted if name not in FIGURES] == []
