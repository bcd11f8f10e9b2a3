"""`appliance audit verify`: read the chain of acts again."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.asks import asked
from appliance.cli.faults import EXIT_CHECK_FAILED
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA


@click.group()
def audit() -> None:
    """The chain of acts."""


@audit.command()
@DATA
@AS_JSON
@click.pass_context
def verify(ctx: click.Context, data: Path, as_json: bool) -> None:
    """Check every hash, and every insert-only row under the act that wrote it."""
    found = asked(data, "audit.verify")
    if as_json:
        show(found)
    else:
        click.echo(f"{found['acts']} acts, {len(found['faults'])} faults")
        for fault in found["faults"][:20]:
            click.echo(f"  act {fault['act']}: {fault['fault']}")
    if found["faults"]:
        ctx.exit(EXIT_CHECK_FAILED)
