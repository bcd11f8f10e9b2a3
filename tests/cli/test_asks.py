"""The command line answers the same whether the resident process holds the store or the command opens it itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.web.running import Resident

ASKED = (
    ("stock", "MLS001"),
    ("report", "RMA", "2026-09"),
    ("report", "CRGS", "2026-10"),
    ("prices", "list"),
    ("audit", "verify"),
    ("till", "show"),
)


def told(data: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "appliance", *words, "--data", str(data), "--json"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_what_goes_on(facts: Any) -> Any:
    """The resident process writes acts of its own, such as its start."""
    return (
        {k: v for k, v in facts.items() if k not in ("acts", "digest", "counts")} if isinstance(facts, dict) else facts
    )


def test_every_figure_is_told_while_the_resident_process_runs_as_when_it_does_not(centre_copy: Path) -> None:
    alone = [told(centre_copy, *words) for words in ASKED]
    running = Resident(centre_copy)
    try:
        beside = [told(centre_copy, *words) for words in ASKED]
        checked = told(centre_copy, "check")
    finally:
        running.stop()
    assert [without_what_goes_on(f) for f in beside] == [without_what_goes_on(f) for f in alone]
    assert checked["ok"]


def test_a_list_and_prices_are_taken_in_while_people_work(centre_copy: Path, tmp_path: Path) -> None:
    prices = tmp_path / "tarif.csv"
    prices.write_text("code,prix_unitaire_fcfa,a_partir_du\nMLS004,777,2026-12-01\n", "utf-8")
    running = Resident(centre_copy)
    try:
        products = Path(__file__).parents[2] / "appliance" / "stock" / "catalogue" / "data"
        listed = told(centre_copy, "stock", "import", str(next(products.glob("*.csv"))))
        shown = told(centre_copy, "prices", "import", str(prices))
        entered = told(centre_copy, "prices", "import", str(prices), "--yes")
        now = told(centre_copy, "prices", "list", "--on", "2026-12-02")
    finally:
        running.stop()
    assert (listed["new"], listed["changed"]) == ([], {})
    assert (shown["changes"], shown["entered"], entered["entered"]) == (1, False, True)
    assert [row["price_fcfa"] for row in now if row["code"] == "MLS004"] == [777]


def test_a_refusal_is_told_by_its_code_through_the_socket_too(centre_copy: Path) -> None:
    running = Resident(centre_copy)
    done = subprocess.run(
        [sys.executable, "-m", "appliance", "stock", "NIX", "--data", str(centre_copy), "--json"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    running.stop()
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"] == "no-such-product"


def test_the_courier_s_group_may_knock_at_its_own_door_and_not_ask_for_figures(centre_copy: Path) -> None:
    running = Resident(centre_copy)
    modes = {name: (centre_copy / name).stat().st_mode & 0o777 for name in ("door.sock", "ask.sock")}
    running.stop()
    assert modes == {"door.sock": 0o660, "ask.sock": 0o600}
