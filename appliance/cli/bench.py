"""`appliance bench`: speed and size beside their budgets and a floor of the same run."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from appliance.cli.main import show


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), help="Measure a copy of this store instead of a bulk-loaded one."
)
@click.option(
    "--only",
    help="Only the group that begins with this word: start, idle, bytes, alone, search, pages, thirty, memory.",
)
@click.option("--patients", default=20_000, show_default=True)
@click.option("--lines", default=100_000, show_default=True, help="Ledger lines of the bulk-loaded store.")
@click.option("--json", "as_json", is_flag=True)
def bench(data: Path | None, only: str | None, patients: int, lines: int, as_json: bool) -> None:
    """Measure; nothing passes or fails by the clock."""
    from appliance.bench.load import load
    from appliance.bench.measures import measure

    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        copy = Path(scratch) / "centre"
        if data is None:
            load(copy, patients=patients, lines=lines, said=lambda what: click.echo(f"loading {what}", err=True))
        else:
            copy.mkdir()
            for name in ("store.db", "store.db-wal", "store.check", "store.key"):
                if (data / name).exists():
                    shutil.copy(data / name, copy / name)
        results = measure(copy, only)
    if as_json:
        show({"results": [m.as_dict() for m in results]})
        return
    for m in results:
        mark = {True: "within", False: "OVER", None: ""}[m.within]
        click.echo(
            f"{m.name:<36} {m.value:>10.2f} {m.unit:<4} budget {m.budget or '-':<6} floor {'-' if m.floor is None else round(m.floor, 2):<8} {mark}"
        )
