"""`appliance sync` and `appliance link`: what waits, and where it goes, asked of the resident process."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA
from appliance.storage.door import SOCKET_NAME, DoorClient


@click.command()
@DATA
@AS_JSON
@click.option("--now", is_flag=True, help="Try at once: a person has acted.")
def sync(data: Path, as_json: bool, now: bool) -> None:
    """The state of the link and of what waits."""
    facts = DoorClient(data / SOCKET_NAME).ask("sync.now" if now else "sync.status")
    if as_json:
        show(facts)
        return
    click.echo(f"link {facts['link'] or 'not set'}; paused: {facts['paused'] or 'no'}")
    for state, count in facts["outbox"].items():
        click.echo(f"  {state}: {count}")
