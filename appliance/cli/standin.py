"""`appliance standin`: a stand-in of the national DHIS2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The folder of its own small store.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
@click.option(
    "--version",
    "dhis2_version",
    default="2.40.3",
    show_default=True,
    help="What it calls itself; 2.43 and later is the new engine.",
)
@click.option(
    "--metadata", type=click.Path(path_type=Path), help="Metadata as DHIS2 exports it; by default made from our forms."
)
@click.option("--facility", default="ML0417", show_default=True)
@click.option("--lock-after", default=0, help="Lock the account after so many wrong passwords.")
def standin(
    data: Path, host: str, port: int, dhis2_version: str, metadata: Path | None, facility: str, lock_after: int
) -> None:
    """Serve the contract of DHIS2 on this machine, for tests and the demonstration."""
    from appliance.standin.app import StandIn
    from appliance.standin.serve import server
    from appliance.standin.settings import Settings
    from appliance.standin.store import Store

    settings = Settings(version=dhis2_version, lock_after=lock_after)
    held = json.loads(metadata.read_text("utf-8")) if metadata else national_metadata(facility)
    click.echo(f"stand-in DHIS2 {dhis2_version} on http://{host}:{port} as {settings.username} / {settings.password}")
    server(StandIn(settings, Store(data), held), host, port).run()


def national_metadata(facility: str, name: str = "CSCom") -> dict[str, Any]:
    """Metadata as the national instance might hold for our forms; some elements drop their zeros, as there."""
    from appliance.reports.form import form
    from appliance.standin.metadata import from_forms
    from appliance.stock.catalogue.services import STARTER, read_whole

    rma, crgs = form("RMA"), form("CRGS")
    categories = {c: [{"code": o.code, "name": o.name} for o in options] for c, options in rma.categories.items()}
    elements = [
        {
            "code": e.code, "name": e.name, "value_type": "BOOLEAN" if e.value_type == "BOOLEAN" else "INTEGER_ZERO_OR_POSITIVE",
            "zero_is_significant": e.section != "MORB", "categories": list(e.combo),
        }
        for e in rma.elements
    ]  # fmt: skip
    lines = [
        {
            "code": f"{p.code}_{code}", "name": f"{p.name} {p.strength} - {label}", "value_type": "NUMBER",
            "zero_is_significant": True, "categories": [],
        }
        for p in read_whole(STARTER)
        for code, label, _ in crgs.columns
    ]  # fmt: skip
    described = [
        {"code": "RMA", "name": rma.name, "elements": elements, "categories": categories},
        {"code": "CRGS", "name": crgs.name, "elements": lines, "categories": {}},
    ]
    return from_forms(described, facility, name)
