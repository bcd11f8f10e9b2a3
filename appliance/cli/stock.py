"""`appliance stock CODE`: one product's balance, consumption and months of stock; `stock import FILE`: the product list;
`stock recall LOT`: who received a lot."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from appliance.cli.asks import asked
from appliance.cli.count import count
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA


class CodeOrVerb(click.Group):
    """`stock MLS001` asks for a product, as `stock show MLS001` does; `import` and `recall` are the other verbs."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=CodeOrVerb)
def stock() -> None:
    """CODE for one product, `import FILE` for the product list, `count` for the shelves, `recall LOT` for who received a lot."""


stock.add_command(count)


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


@stock.command("recall")
@click.argument("lot")
@DATA
@AS_JSON
def recall(lot: str, data: Path, as_json: bool) -> None:
    """LOT is the number on the box. It names patients: that the list was read stands in the audit.

    With --json: `lot`, and in `lots` one entry a product that bears the number: `product` (code), `label`, `unit`,
    `expires_on`, `status` (usable, quarantined, recalled), `held` (base units still here), `reason`, `to_find` (people
    with whom some of it stayed), `people` (`number`, `name`, `village`, `phone`, `first_on`, `last_on`, `quantity` that
    stayed, `given` at first, `doses` as prescribed, `returned` when all came back, `outcome` of looking for them),
    `unnamed` (`handings_over`, `quantity`), `used_here`, `neighbours` (`on`, `name`, `quantity`).
    """
    facts = asked(data, "stock.recall", number=lot)
    if as_json:
        show(facts)
        return
    for one in facts["lots"]:
        click.echo(
            f"{one['label']} lot {facts['lot']} ({one['expires_on']}): {one['status']}, {one['held']} {one['unit']} here"
        )
        for person in one["people"]:
            told = "returned" if person["returned"] else f"{person['quantity']} {one['unit']}"
            where = ", ".join(part for part in (person["village"], person["phone"]) if part)
            click.echo(f"  {person['number']} {person['name']} ({where}): {told} on {person['last_on']}")
        if one["unnamed"]["handings_over"]:
            click.echo(
                f"  {one['unnamed']['handings_over']} without a name: {one['unnamed']['quantity']} {one['unit']}"
            )
        for place in one["neighbours"]:
            click.echo(f"  {place['name']}: {place['quantity']} {one['unit']} on {place['on']}")


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
