"""`appliance prices`: the price list as a file, in and out, and as it holds on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.core.actors import MACHINE
from appliance.core.periods import parse_date

DAY = click.option("--on", "on", default="", help="The day, as 2026-11-01; today when it is not given.")
ENTER = click.option("--yes", "is_sure", is_flag=True, help="Enter the change; without it, it is only shown.")


@click.group()
def prices() -> None:
    """Dated prices by product and payer. A change is a new row; none is ever edited."""


@prices.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@DATA
@ENTER
@AS_JSON
def import_prices(file: Path, data: Path, is_sure: bool, as_json: bool) -> None:
    """FILE is a CSV: code,prix_unitaire_fcfa,a_partir_du and, if need be, payeur. Every bad line is named; then nothing is entered."""
    from appliance.billing.tariffs import services

    lines = services.read_prices(file)
    with open_store(data) as store:
        with store.reading() as db:
            wanted = services.changes(db, lines)
        if is_sure:
            store.act_now(
                "load-prices", MACHINE, lambda unit: {"entered": services.load_prices(unit, lines, file.name)}
            )
        else:
            with store.reading() as db:
                services.known_products(db, lines)
    if as_json:
        show({"lines": len(lines), "changes": len(wanted), "entered": is_sure})
        return
    for line in wanted:
        price = "ended" if line.unit_price_fcfa is None else f"{line.unit_price_fcfa} FCFA"
        click.echo(f"{line.code} {line.payer} from {line.valid_from}: {price}")
    click.echo(f"{len(wanted)} of {len(lines)} lines change something" + ("" if is_sure else "; --yes enters them"))


@prices.command("export")
@DATA
def export_prices(data: Path) -> None:
    """Print every dated price as CSV, as `import` reads it."""
    from appliance.billing.tariffs import services
    from appliance.billing.tariffs.csv_file import PriceLine, write_prices

    with open_store(data) as store, store.reading() as db:
        rows = services.history(db)
    lines = [
        PriceLine(code=r.code, unit_price_fcfa=r.unit_price_fcfa, valid_from=r.valid_from, payer=r.payer) for r in rows
    ]
    click.echo(write_prices(lines), nl=False)


@prices.command("list")
@DATA
@DAY
@AS_JSON
def list_prices(data: Path, on: str, as_json: bool) -> None:
    """The prices that hold on a day, with the days from and to which they hold."""
    from appliance.billing.tariffs import services

    with open_store(data) as store, store.reading() as db:
        day = parse_date(on) if on else store.clock.today()
        rows = services.listed(db, day)
    if as_json:
        show([
            {
                "code": r.code, "product": r.label, "payer": r.payer, "price_fcfa": r.unit_price_fcfa,
                "from": r.valid_from.isoformat(), "to": _iso(r.valid_to), "source": r.source,
            }
            for r in rows
        ])  # fmt: skip
        return
    for r in rows:
        click.echo(
            f"{r.code:8} {r.payer:9} {'' if r.unit_price_fcfa is None else r.unit_price_fcfa:>8} {r.valid_from} {_iso(r.valid_to) or ''} {r.label}"
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
