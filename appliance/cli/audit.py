"""`appliance audit verify`: read the chain of acts again."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.main import EXIT_CHECK_FAILED, show
from appliance.cli.opening import AS_JSON, DATA, open_store


@click.group()
def audit() -> None:
    """The chain of acts."""


@audit.command()
@DATA
@AS_JSON
@click.pass_context
def verify(ctx: click.Context, data: Path, as_json: bool) -> None:
    """Check every hash, and every insert-only row under the act that wrote it."""
    from appliance.storage import audit as chain

    with open_store(data) as store, store.reading() as db:
        acts, faults = chain.verify(db)
    if as_json:
        show({"ok": not faults, "acts": acts, "faults": [{"act": f.act, "fault": f.fault} for f in faults]})
    else:
        click.echo(f"{acts} acts, {len(faults)} faults")
        for fault in faults[:20]:
            click.echo(f"  act {fault.act}: {fault.fault}")
    if faults:
        ctx.exit(EXIT_CHECK_FAILED)
