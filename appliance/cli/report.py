"""`appliance report FORM MONTH`: a month's report as figures or paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from appliance.cli.asks import asked
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA


@click.command()
@click.argument("form")
@click.argument("month")
@DATA
@AS_JSON
@click.option("--pdf", type=click.Path(path_type=Path), help="Write the paper form to this file.")
def report(form: str, month: str, data: Path, as_json: bool, pdf: Path | None) -> None:
    """FORM is RMA or CRGS, MONTH like 2026-10. A closed month is shown as it was closed."""
    from appliance.core.printing.child import drawn_by_child
    from appliance.reports.paper import MODULE

    facts = asked(data, "report", form=form, month=month, with_paper=pdf is not None)
    paper = facts.pop("paper")
    if pdf is not None:
        pdf.write_bytes(asyncio.run(drawn_by_child(MODULE, paper)))
    if as_json:
        show(facts)
        return
    for cell in facts["cells"]:
        if cell["value"] not in (None, 0):
            split = " ".join(cell["disaggregation"].values())
            click.echo(f"{cell['code']} {split}: {cell['value']} ({cell['source']}, {cell['records']})")
