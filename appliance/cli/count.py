"""`appliance stock count`: a count of the shelves from the command line, as the pages under /depot/inventaire do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from appliance.cli.asks import asked
from appliance.cli.main import show as show_json
from appliance.cli.opening import AS_JSON, DATA

NUMBER = click.argument("number", type=click.IntRange(1))


@click.group()
def count() -> None:
    """Count what lies on the shelves: open, line, close, show, again, finalise. Nothing of the ledger shows before both counts."""


@count.command("open")
@DATA
@click.option("--place", default="", help="The place's code; the depot when none is given.")
@click.option("--shelf", default="", help="Count one shelf of the place.")
@click.option("--product", "products", multiple=True, help="Count this product (may be given several times).")
@click.option("--seen", "is_seen", is_flag=True, help="Not blind: the ledger's figures may be seen while counting.")
@AS_JSON
def open_one(data: Path, place: str, shelf: str, products: tuple[str, ...], is_seen: bool, as_json: bool) -> None:
    """Open a count of the whole place, of one shelf, or of some products; prints its number and its lots."""
    found = asked(data, "count.open", place=place, shelf=shelf, products=list(products), is_blind=not is_seen)
    _say(found, as_json)


@count.command("line")
@NUMBER
@click.argument("product")
@click.argument("lot")
@click.argument("quantity", type=click.IntRange(0))
@DATA
@click.option("--by", required=True, help="Who counted: the name (or key) of a member of staff.")
@click.option(
    "--expires", default="", help="YYYY-MM or YYYY-MM-DD, where two lots bear one number, or for a lot found."
)
@click.option("--found", "is_found", is_flag=True, help="The lot is not on the list: found beside; needs --expires.")
@AS_JSON
def line(
    number: int, product: str, lot: str, quantity: int, data: Path, by: str, expires: str, is_found: bool, as_json: bool
) -> None:
    """QUANTITY base units were counted of LOT of PRODUCT in count NUMBER. Typed again, the last one counts."""
    found = asked(
        data, "count.line", number=number, product=product, lot=lot, quantity=quantity, by=by, expires=expires,
        is_found=is_found,
    )  # fmt: skip
    if as_json:
        show_json(found)
    else:
        click.echo(f"kept; {found['left']} left to count")


@count.command("close")
@NUMBER
@DATA
@click.option("--note", default="", help="Why lots are left uncounted.")
@AS_JSON
def close(number: int, data: Path, note: str, as_json: bool) -> None:
    """End the round under way: lines out of tolerance go to a second count by another person, else figures are compared."""
    _say(asked(data, "count.close", number=number, note=note), as_json)


@count.command("show")
@click.argument("number", type=click.IntRange(1), required=False)
@DATA
@AS_JSON
def show(number: int | None, data: Path, as_json: bool) -> None:
    """Where count NUMBER stands; without a number, the newest counts."""
    if number is not None:
        _say(asked(data, "count.show", number=number), as_json)
        return
    found = asked(data, "count.list")
    if as_json:
        show_json(found)
        return
    for row in found["counts"]:
        click.echo(f"{row['count']}: {row['place']}, {row['opened_on']}, {row['status']}")


@count.command("finalise")
@NUMBER
@DATA
@click.option("--decision", required=True, help="What the head of the centre decides.")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    help="PRODUCT/LOT=CODE or PRODUCT/LOT=CODE:text, for each line out of tolerance.",
)
@AS_JSON
def finalise(number: int, data: Path, decision: str, reasons: tuple[str, ...], as_json: bool) -> None:
    """Write the variances of count NUMBER as movements, once. The codes of reasons stand in stock/counting/data/counting.json."""
    told = {}
    for text in reasons:
        name, sign, why = text.partition("=")
        if not sign:
            raise click.BadParameter("PRODUCT/LOT=CODE", param_hint="--reason")
        told[name] = why
    _say(asked(data, "count.finalise", number=number, decision=decision, reasons=told), as_json)


@count.command("again")
@NUMBER
@click.argument("lots", nargs=-1, required=True)
@DATA
@click.option("--note", default="", help="Why.")
@AS_JSON
def again(number: int, lots: tuple[str, ...], data: Path, note: str, as_json: bool) -> None:
    """Have LOTS (each PRODUCT/LOT) of compared count NUMBER counted once more, by another person than the last."""
    _say(asked(data, "count.again", number=number, lots=list(lots), note=note), as_json)


@count.command("abandon")
@NUMBER
@DATA
@click.option("--reason", required=True, help="Why it is given up.")
@AS_JSON
def abandon(number: int, data: Path, reason: str, as_json: bool) -> None:
    """Give count NUMBER up: nothing of it is written."""
    _say(asked(data, "count.abandon", number=number, reason=reason), as_json)


def _say(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    click.echo(f"count {found['count']} of {found['place']}: {found['status']}, round {found['round']}")
    for one in found["lines"]:
        told = "-" if one["counted"] is None else one["counted"]
        click.echo(f"  {one['product']} {one['lot']} {one['expires_on']}: {told}")
    for one in found["variances"]:
        click.echo(
            f"  {one['product']} {one['lot']}: counted {one['counted']}, ledger {one['ledger']}, variance {one['variance']}"
        )
