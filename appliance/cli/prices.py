"""`appliance prices`: the price list as a file, in and out, and as it holds on a day."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from appliance.cli.asks import asked
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA

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
    from appliance.billing.tariffs.csv_file import read_prices

    lines = msgspec.to_builtins(read_prices(file))
    found = asked(data, "prices.import", lines=lines, source=file.name, is_sure=is_sure)
    if as_json:
        show({**found, "changes": len(found["changes"])})
        return
    for line in found["changes"]:
        price = "ended" if line["unit_price_fcfa"] is None else f"{line['unit_price_fcfa']} FCFA"
        click.echo(f"{line['code']} {line['payer']} from {line['valid_from']}: {price}")
    click.echo(
        f"{len(found['changes'])} of {found['lines']} lines change something"
        + ("" if is_sure else "; --yes enters them")
    )


@prices.command("export")
@DATA
def export_prices(data: Path) -> None:
    """Print every dated price as CSV, as `import` reads it."""
    from appliance.billing.tariffs.csv_file import PriceLine, write_prices

    rows = asked(data, "prices.history")["prices"]
    kept = [{name: row[name] for name in ("code", "unit_price_fcfa", "valid_from", "payer")} for row in rows]
    click.echo(write_prices(msgspec.convert(kept, list[PriceLine], strict=False)), nl=False)


@prices.command("list")
@DATA
@DAY
@AS_JSON
def list_prices(data: Path, on: str, as_json: bool) -> None:
    """The prices that hold on a day, with the days from and to which they hold."""
    rows = asked(data, "prices.list", on=on)["prices"]
    if as_json:
        show([
            {
                "code": r["code"], "product": r["label"], "payer": r["payer"], "price_fcfa": r["unit_price_fcfa"],
                "from": r["valid_from"], "to": r["valid_to"], "source": r["source"],
            }
            for r in rows
        ])  # fmt: skip
        return
    for r in rows:
        price = "" if r["unit_price_fcfa"] is None else r["unit_price_fcfa"]
        click.echo(f"{r['code']:8} {r['payer']:9} {price:>8} {r['valid_from']} {r['valid_to'] or ''} {r['label']}")
