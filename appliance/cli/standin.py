"""`appliance standin`: a stand-in of the national DHIS2."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
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
    default="2.40.12",
    show_default=True,
    help="What it calls itself; sets every quirk as that version has it.",
)
@click.option("--quirk", "quirks", multiple=True, metavar="NAME=VALUE", help="Override one quirk, e.g. engine=new.")
@click.option("--fault", "faults", multiple=True, metavar="NAME=COUNT", help="A fault to come, e.g. lose_answer=1.")
@click.option(
    "--metadata", type=click.Path(path_type=Path), help="Metadata as DHIS2 exports it; by default made from our forms."
)
@click.option("--facility", default="ML0417", show_default=True, help="Code of the org unit in the default metadata.")
@click.option("--context-path", default="", help="The path it lives under, e.g. /dhis.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Fix the day of its clock.")
@click.option("--authority", "authorities", multiple=True, help="A right of the account, instead of F_DATAVALUE_ADD.")
@click.option("--strict", multiple=True, help="A pairing that the old engine checks, e.g. categoryOptionCombos.")
@click.option("--medexis", is_flag=True, help="Let MEDEXIS send forms for completed CRGS and react to events.")
@click.option("--lock-after", default=0, help="Lock the account after so many wrong passwords.")
def standin(
    data: Path, host: str, port: int, dhis2_version: str, quirks: tuple[str, ...], faults: tuple[str, ...],
    metadata: Path | None, facility: str, context_path: str, today: Any, authorities: tuple[str, ...],
    strict: tuple[str, ...], medexis: bool, lock_after: int,
) -> None:  # fmt: skip
    """Serve the contract of DHIS2 on this machine, for tests and the demonstration.

    What is set here can be changed while it runs, at /_standin/ on the same port, which is no part of DHIS2.
    """
    from appliance.standin.app import StandIn
    from appliance.standin.faults import Faults
    from appliance.standin.quirks import Quirks, Version
    from appliance.standin.serve import server
    from appliance.standin.settings import Settings
    from appliance.standin.store import Store

    try:
        Version.parse(dhis2_version)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--version") from fault
    settings = Settings(
        version=dhis2_version, lock_after=lock_after, context_path=context_path.rstrip("/"), strict=list(strict),
        quirks=_set(Quirks(), quirks, "--quirk"), faults=_set(Faults(), faults, "--fault"),
    )  # fmt: skip
    if authorities:
        settings.authorities = list(authorities)
    settings.medexis.is_on = medexis
    settings.medexis.products = donor_products() if medexis else []
    held = _read(metadata) if metadata else national_metadata(facility)
    day: date | None = today.date() if today else None
    app = StandIn(settings, Store(data), held, (lambda: day) if day else None)
    address = f"http://{host}:{port}{settings.context_path}"
    click.echo(f"stand-in DHIS2 {dhis2_version} on {address} as {settings.username} / {settings.password}")
    server(app, host, port).run()


def _set(target: Any, pairs: tuple[str, ...], option: str) -> Any:
    """Set `name=value` pairs; numbers and true/false are read as such."""
    known = {part.name for part in fields(target)}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if name not in known or not is_pair:
            raise click.BadParameter(f"{pair}: known are {', '.join(sorted(known))}", param_hint=option)
        plain = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
        setattr(target, name, plain)
    return target


def _read(path: Path) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise click.BadParameter(f"{path}: {fault}", param_hint="--metadata") from fault
    if not isinstance(held, dict) or not {"dataSets", "organisationUnits"} <= set(held):
        raise click.BadParameter(f"{path}: dataSets and organisationUnits are missing", param_hint="--metadata")
    return held


def national_metadata(facility: str, name: str = "CSCom") -> dict[str, Any]:
    """Metadata as the national instance might hold for our forms; some elements drop their zeros, as there."""
    from appliance.reports.form import form
    from appliance.standin.medexis.programs import add_medexis
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
    made = from_forms(described, facility, name)
    add_medexis(made)
    return made


def donor_products() -> list[str]:
    """Codes of the products that programmes pay for, which alone MEDEXIS deals with: those of no cost recovery."""
    from appliance.stock.catalogue.services import STARTER, read_whole

    return [p.code for p in read_whole(STARTER) if p.price_regime.startswith("gratuit")]
