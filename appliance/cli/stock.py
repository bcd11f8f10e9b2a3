"""`appliance stock CODE`: one product's balance, consumption and months of stock; `stock import FILE`: the product list."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.cli.rules import consumption_facts, order_facts, rounded


class CodeOrVerb(click.Group):
    """`stock MLS001` asks for a product, as `stock show MLS001` does; `import` is the other verb."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=CodeOrVerb)
def stock() -> None:
    """CODE for one product, or `import FILE` for the product list."""


@stock.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@DATA
@click.option("--yes", "is_sure", is_flag=True, help="Load the list; without it, what would change is only shown.")
@AS_JSON
def import_list(file: Path, data: Path, is_sure: bool, as_json: bool) -> None:
    """FILE is a CSV with the columns of the starter list. Every bad line is named with its number; then nothing is loaded."""
    from appliance.core.actors import MACHINE
    from appliance.stock.catalogue.services import changes, load_list, read_whole

    products = read_whole(file)
    with open_store(data) as store:
        with store.reading() as db:
            wanted = changes(db, products)
        if is_sure and wanted:
            store.act_now("load-products", MACHINE, lambda unit: {"products": load_list(unit, products)})
    new = [c for c in wanted if c.is_new]
    if as_json:
        show({
            "products": len(products), "new": [c.code for c in new], "loaded": is_sure,
            "changed": {c.code: {n: [a, b] for n, a, b in c.fields} for c in wanted if not c.is_new},
        })  # fmt: skip
        return
    for change in wanted:
        told = "new" if change.is_new else "; ".join(f"{n}: {a!r} -> {b!r}" for n, a, b in change.fields)
        click.echo(f"{change.code} {change.label}: {told}")
    click.echo(
        f"{len(new)} new, {len(wanted) - len(new)} changed of {len(products)}"
        + ("" if is_sure else "; --yes loads them")
    )


@stock.command("show", hidden=True)
@click.argument("code")
@DATA
@AS_JSON
def show_product(code: str, data: Path, as_json: bool) -> None:
    """CODE is the catalogue's code, e.g. MLS001."""
    from appliance.stock.cards import stock_card

    with open_store(data) as store, store.reading() as db:
        card = stock_card(db, code, store.clock.today())
    facts = {
        "code": card.product.code, "product": card.product.label, "unit": card.product.base_unit,
        "as_of": card.as_of.isoformat(), "usable": card.usable,
        "lots": [
            {
                "lot": lot.number, "expires_on": lot.expires_on.isoformat(), "quantity": lot.quantity,
                "usable": lot.is_usable and lot.expires_on >= card.as_of,
            }
            for lot in card.lots
        ],
        "cmm": rounded(card.consumption.cmm), "consumption": consumption_facts(card.consumption),
        "months_of_stock": rounded(card.months), "band": card.band.value, "order": order_facts(card.proposal),
    }  # fmt: skip
    if as_json:
        show(facts)
        return
    click.echo(f"{card.product.label}: {card.usable} {card.product.base_unit}, CMM {facts['cmm']}, {card.band.value}")
    for lot in card.lots:
        click.echo(f"  {lot.number} {lot.expires_on}: {lot.quantity}")
