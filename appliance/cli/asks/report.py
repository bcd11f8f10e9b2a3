"""A month's report as figures, and the description of its paper."""

from __future__ import annotations

from typing import Any

from appliance.core.periods import Month
from appliance.storage import Store


def report_facts(store: Store, form: str, month: str, with_paper: bool) -> dict[str, Any]:
    """The cells as they were closed, or as they stand; `paper` is what a child draws the PDF from."""
    from appliance.reports import preview
    from appliance.reports.closing import repository
    from appliance.reports.paper import paper_of

    period = Month.parse(month)
    with store.reading() as db:
        today = store.clock.today()
        made = preview.report(db, form, period, today)
        closing = repository.latest(db, form, str(period))
        paper = paper_of(db, form, period, today) if with_paper else None
    return {
        "form": form, "edition": made.form.edition, "period": str(period),
        "version": closing.version if closing else 0, "hash": closing.hash.hex() if closing else None,
        "cells": [c.as_json() for c in (closing.cells if closing else made.cells)],
        "findings": [
            {
                "check": f.check.code, "severity": f.check.severity, "left": f.left, "right": f.right,
                "where": f.where, "label": f.check.message, "records": len(f.records),
            }
            for f in made.findings
        ],
        "unplaced": len(made.unplaced), "paper": paper,
    }  # fmt: skip
