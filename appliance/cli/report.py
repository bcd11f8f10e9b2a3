"""`appliance report FORM MONTH`: a month's report as figures or paper."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.core.periods import Month


@click.command()
@click.argument("form")
@click.argument("month")
@DATA
@AS_JSON
@click.option("--pdf", type=click.Path(path_type=Path), help="Write the paper form to this file.")
def report(form: str, month: str, data: Path, as_json: bool, pdf: Path | None) -> None:
    """FORM is RMA or CRGS, MONTH like 2026-10. A closed month is shown as it was closed."""
    from appliance.core.printing.child import drawn_by_child
    from appliance.reports import preview
    from appliance.reports.closing import repository
    from appliance.reports.paper import MODULE, paper_of

    period = Month.parse(month)
    with open_store(data) as store, store.reading() as db:
        today = store.clock.today()
        made = preview.report(db, form, period, today)
        closing = repository.latest(db, form, str(period))
        if pdf is not None:
            description = paper_of(db, form, period, today)
    if pdf is not None:
        pdf.write_bytes(asyncio.run(drawn_by_child(MODULE, description)))
    cells = closing.cells if closing else made.cells
    if as_json:
        show(
            {
                "form": form, "edition": made.form.edition, "period": str(period),
                "version": closing.version if closing else 0, "hash": closing.hash.hex() if closing else None,
                "cells": [c.as_json() for c in cells],
                "findings": [
                    {
                        "check": f.check.code, "severity": f.check.severity, "left": f.left, "right": f.right,
                        "where": f.where, "label": f.check.message, "records": len(f.records),
                    }
                    for f in made.findings
                ],
                "unplaced": len(made.unplaced),
            }
        )  # fmt: skip
        return
    for cell in cells:
        if cell.value not in (None, 0):
            split = " ".join(cell.disaggregation.values())
            click.echo(f"{cell.code} {split}: {cell.value} ({cell.source}, {len(cell.records)})")
