"""`appliance check`: every invariant over the whole store."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.asks import asked
from appliance.cli.faults import EXIT_CHECK_FAILED
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA


@click.command()
@DATA
@AS_JSON
@click.pass_context
def check(ctx: click.Context, data: Path, as_json: bool) -> None:
    """Pages, foreign keys, guards, chain of acts, ledger, sales, reports. Exit 0 only when all hold."""
    results = asked(data, "check")
    bad = {name: found for name, found in results["checks"].items() if found}
    if as_json:
        show(results)
    else:
        for name, found in results["checks"].items():
            click.echo(f"{'FAIL' if found else 'ok  '} {name}")
            for line in found[:10]:
                click.echo(f"       {line}")
        click.echo(f"digest {results['digest']}")
    if bad:
        ctx.exit(EXIT_CHECK_FAILED)
