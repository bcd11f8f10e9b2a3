"""`appliance sync`: what waits to be sent, what was tried last and how it was answered; try again at once.

Asked of the resident process when it runs, read from the store itself when it does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.core.clock import to_datetime
from appliance.core.errors import Unreachable
from appliance.storage.door import SOCKET_NAME, DoorClient, is_answering


@click.command()
@DATA
@AS_JSON
@click.option(
    "--now", is_flag=True, help="Try at once: a person has acted. Needs the resident process and the courier."
)
def sync(data: Path, as_json: bool, now: bool) -> None:
    """The state of the link, the queue, the last attempts and the bytes by month."""
    if is_answering(data / SOCKET_NAME):
        facts = DoorClient(data / SOCKET_NAME).ask("sync.now" if now else "sync.status")
    elif now:
        raise Unreachable("resident-not-running", socket=str(data / SOCKET_NAME))
    else:
        from appliance.sync.status import status

        with open_store(data) as store, store.reading() as db:
            facts = status(db)
    if as_json:
        show(facts)
    else:
        _print(facts)


def _print(facts: dict[str, Any]) -> None:
    version = facts["server"].get("version")
    click.echo(f"link {facts['link'] or 'not set'}{f', DHIS2 {version}' if version else ''}")
    if held := facts["paused"]:
        until = f", by itself again at {_at(held['until'])}" if held["until"] else ", until a person acts"
        click.echo(f"  stopped: {held['code']} since {_at(held['since'])}{until}")
    elif held := facts["resting"]:
        click.echo(f"  resting: {held['code']} until {_at(held['until'])} after {held['tries']} tries")
    click.echo(
        "  " + ", ".join(f"{n} {state}" for state, n in facts["outbox"].items() if n) or "  nothing was ever queued"
    )
    for row in facts["queue"]:
        said = row["waits_for"] or row["last_code"] or "not tried yet"
        click.echo(
            f"  {row['kind']} {row['about']} v{row['revision']}: {row['state']}, {said}, {row['attempts']} tries"
        )
    for step in facts["attempts"][:8]:
        click.echo(
            f"    {_at(step['at'])} {step['about']} {step['step']}: {step['code']}"
            f" ({step['bytes_out']} B out, {step['bytes_in']} B in)"
        )
    box = facts["inbox"]
    if box["is_on"] or box["papers"]:
        looked = f"looked {_at(box['last_at'])}: {box['last_code']}" if box["last_at"] else "not looked yet"
        files = ", ".join(f"{n} {state}" for state, n in box["files"].items() if n) or "none"
        click.echo(
            f"  inbox: {looked}; files: {files}; papers: {box['papers']} kept, {box['undecided']} before a person"
        )
    for month in facts["months"]:
        click.echo(f"  {month['month']}: {month['bytes'] / 1000:.1f} kB both ways")
        for part in month["purposes"]:
            click.echo(
                f"    {part['purpose']}: {part['bytes_out']} B out, {part['bytes_in']} B in, {part['requests']} requests"
            )


def _at(ms: int) -> str:
    return to_datetime(ms).strftime("%Y-%m-%d %H:%M")
