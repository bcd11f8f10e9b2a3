"""`appliance generate`: fill a store with a living, invented centre."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, key_of, system_clock
from appliance.core.errors import Refused
from appliance.core.periods import parse_date


@click.command()
@DATA
@AS_JSON
@click.option("--seed", default=1, show_default=True)
@click.option("--population", default=12_000, show_default=True)
@click.option("--months", default=12, show_default=True)
@click.option(
    "--until", default=None, help="The last generated month is the last full one before this day; today by default."
)
def generate(data: Path, as_json: bool, seed: int, population: int, months: int, until: str | None) -> None:
    """The same seed and end give the same centre (an equal digest in `check --json`)."""
    from appliance.generator.centre import Plan
    from appliance.generator.centre import generate as live
    from appliance.storage import Store

    if not (1 <= months <= 120 and 100 <= population <= 200_000):
        raise Refused("plan-out-of-range", months=months, population=population)
    plan = Plan(seed=seed, population=population, months=months, until=_until(until))
    started = time.monotonic()
    data.mkdir(parents=True, exist_ok=True)
    key = key_of(data)
    if key.path.exists() and (data / "store.db").exists():
        raise Refused("store-exists", directory=str(data))
    store_key = key.key() if key.path.exists() else key.create()
    Store.create(data, store_key)
    store = Store.open(data, store_key, system_clock())
    try:
        live(store, plan, lambda month: None if as_json else click.echo(f"{month} done"))
    finally:
        store.close()
    facts = {"first": str(plan.first), "last": str(plan.last), "seconds": round(time.monotonic() - started, 1)}
    if as_json:
        show(facts)
    else:
        click.echo(f"{facts['first']} to {facts['last']} in {facts['seconds']} s")


def _until(text: str | None) -> date:
    return parse_date(text) if text else system_clock().today()
