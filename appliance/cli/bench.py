"""`appliance bench`: speed and size beside their budgets and a floor of the same run."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from appliance.cli.main import show

MILLION = 1_000_000
SMALL = 30_000


@click.group(invoke_without_command=True)
@click.option(
    "--data", type=click.Path(path_type=Path), help="Measure a copy of this store instead of a bulk-loaded one."
)
@click.option("--only", help="One figure or one group, by its name; an unknown one lists them all.")
@click.option("--patients", default=20_000, show_default=True)
@click.option("--lines", default=100_000, show_default=True, help="Ledger lines of the bulk-loaded store.")
@click.option("--full", is_flag=True, help="A million ledger lines.")
@click.option("--quick", is_flag=True, help="Few acts: whether it runs, not how fast.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def bench(
    ctx: click.Context, data: Path | None, only: str | None, patients: int, lines: int, full: bool, quick: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Measure; nothing passes or fails by the clock."""
    if ctx.invoked_subcommand is None:
        _measure(data, only, patients, lines, full, quick, as_json)


@bench.command()
@click.option("--seeds", default="20", show_default=True, help="Which invented years: N for seeds 1 to N, or FROM:TO.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def replenishment(seeds: str, as_json: bool) -> None:
    """A year ordered by our proposal against one by the plain 3-month mean: same people, same lorry, same seeds.

    \b
    JSON: {"seeds": [1, ...], "rows": [{"product": label, "ours": FIGURES, "plain": FIGURES}, ...],
           "total": {"ours": FIGURES, "plain": FIGURES}, "better": {"stockout_days": true, "expired_fcfa": true}}
    FIGURES, a mean year: stockout_days (product-days), unmet (base units), expired_fcfa and ordered_fcfa (at cost).
    """
    from appliance.bench.replenishment import compare

    years = _seeds(seeds)
    found = compare(years)
    if as_json:
        show(found)
        return
    click.echo(
        f"| mean year of seeds {years[0]} to {years[-1]} | days out, ours | plain | expired F, ours | plain | ordered F, ours | plain |"
    )
    click.echo("|---|---|---|---|---|---|---|")
    for row in [*found["rows"], {"product": "**all**", **found["total"]}]:
        cells = [
            f"{row[who][name]:,.{1 if name == 'stockout_days' else 0}f}" for name in SHOWN for who in ("ours", "plain")
        ]
        click.echo(f"| {row['product']} | {' | '.join(cells)} |")


SEEDS_MAX = 500


def _seeds(text: str) -> range:
    """`20` or `21:40` as the seeds that it names."""
    first, _, last = (text if ":" in text else f"1:{text}").partition(":")
    if not (first.isascii() and first.isdecimal() and last.isascii() and last.isdecimal()):
        raise click.BadParameter("a number N, or FROM:TO", param_hint="--seeds")
    found = range(int(first), int(last) + 1)
    if not found or found[0] < 1 or len(found) > SEEDS_MAX:
        raise click.BadParameter(f"from 1 on, {SEEDS_MAX} at most", param_hint="--seeds")
    return found


SHOWN = ("stockout_days", "expired_fcfa", "ordered_fcfa")


def _measure(
    data: Path | None, only: str | None, patients: int, lines: int, full: bool, quick: bool, as_json: bool
) -> None:
    from appliance.bench.figures import FIGURES, GROUPS, Pace, chosen
    from appliance.bench.ground import Ground, copy_of, prepared
    from appliance.bench.load import load
    from appliance.bench.measures import Bench, measure

    try:
        chosen(only)
    except KeyError:
        raise click.BadParameter(
            f"{only} is no figure. Groups: {', '.join(GROUPS)}. Figures: {', '.join(FIGURES)}.", param_hint="--only"
        ) from None

    def loaded(directory: Path, count: int) -> Path:
        load(directory, patients=patients, lines=count, said=lambda what: click.echo(f"loading {what}", err=True))
        return directory

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        scratch = Path(folder)
        main = copy_of(data, scratch / "centre") if data else loaded(scratch / "centre", MILLION if full else lines)

        def small() -> Ground:
            return prepared(loaded(scratch / "small", min(SMALL, lines)))

        pace = Pace(acts=8, tablets=3, each=3, pages=40, idle_seconds=1, starts=1) if quick else Pace()
        run = Bench(ground=prepared(main), small=small, scratch=scratch, pace=pace)
        results = []
        for found in measure(run, only):
            results.append(found.as_dict())
            if not as_json:
                click.echo(_line(found.as_dict()))
    if as_json:
        show({"results": results})


def _line(figure: dict[str, object]) -> str:
    mark = {True: "within", False: "OVER", None: ""}[figure["within"]]  # type: ignore[index]
    shown = {name: "-" if figure[name] is None else figure[name] for name in ("budget", "floor")}
    return (
        f"{figure['name']:<36} {figure['value']:>12} {figure['unit']:<5} budget {shown['budget']:<6}"
        f" floor {shown['floor']:<8} {mark}"
    )
