"""`appliance stock CODE`: one product's balance, consumption and months of stock; `stock import FILE`: the product list."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from appliance.cli.asks import asked
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA


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
    from appliance.stock.catalogue.services import read_whole

    found = asked(data, "stock.import", products=msgspec.to_builtins(read_whole(file)), is_sure=is_sure)
    if as_json:
        show({name: value for name, value in found.items() if name != "labels"})
        return
    for code, label in found["labels"].items():
        fields = found["changed"].get(code)
        told = "; ".join(f"{n}: {a!r} -> {b!r}" for n, (a, b) in fields.items()) if fields else "new"
        click.echo(f"{code} {label}: {told}")
    click.echo(
        f"{len(found['new'])} new, {len(found['changed'])} changed of {found['products']}"
        + ("" if is_sure else "; --yes loads them")
    )


@stock.command("show", hidden=True)
@click.argument("code")
@DATA
@AS_JSON
def show_product(code: str, data: Path, as_json: bool) -> None:
    """CODE is the catalogue's code, e.g. MLS001."""
    facts = asked(data, "stock.show", code=code)
    if as_json:
        show(facts)
        return
    click.echo(f"{facts['product']}: {facts['usable']} {facts['unit']}, CMM {facts['cmm']}, {facts['band']}")
    for lot in facts["lots"]:
        click.echo(f"  {lot['lot']} {lot['expires_on']}: {lot['quantity']}")
