"""`appliance link`: set or show the link to the national instance, while the resident process does not run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.core.actors import MACHINE


@click.command()
@DATA
@AS_JSON
@click.option("--url", help="Base address with its context path, without /api.")
@click.option("--user", default="")
@click.option("--password", default="")
@click.option("--token", default="", help="A personal access token, instead of user and password.")
@click.option("--org-unit", default="", help="Code or UID of the centre there; by default the centre's code.")
def link(data: Path, as_json: bool, url: str | None, user: str, password: str, token: str, org_unit: str) -> None:
    """Set the link when --url is given; show it (without its secrets) either way."""
    from appliance.sync import link as links

    with open_store(data) as store:
        if url is not None:
            wanted = links.Link(
                base_url=url, username=user, password=password, token=token, org_unit=org_unit,
                data_sets={"RMA": "RMA", "CRGS": "CRGS"},
            )  # fmt: skip

            def keep(unit: Any) -> dict[str, Any]:
                links.set_link(unit, wanted)
                return {}

            store.act_now("set-link", MACHINE, keep)
        with store.reading() as db:
            held = links.get(db)
            facts = {
                "url": held.base_url if held else None, "auth": ("token" if held.token else "basic") if held else None,
                "org_unit": held.org_unit if held else None, "server": links.server(db), "paused": links.paused(db),
            }  # fmt: skip
    if as_json:
        show(facts)
    else:
        click.echo(f"{facts['url'] or 'no link'} {facts['auth'] or ''}")
