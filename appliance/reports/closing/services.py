"""Typing a figure, closing a month, correcting a closed one.

Closing freezes every cell with a hash and the form's edition, and puts the report into the outbox in the same
act. Closing the CRGS also closes the month's ledger. A late act of care changes nothing that was closed: it
makes the next version, the rectificatif, which says what changed and why.
"""

from __future__ import annotations

from appliance.billing.accounts.monthly import is_kept
from appliance.core.errors import Refused
from appliance.core.identifiers import new_uuid
from appliance.core.periods import Month
from appliance.reports.closing import repository
from appliance.reports.closing.model import Closing, ReportCell, changed, frozen, seal
from appliance.reports.form import form
from appliance.reports.preview import Report, report
from appliance.storage import Unit, outbox

KIND = "report"


def type_cell(
    unit: Unit, code: str, month: Month, element: str, disaggregation: dict[str, str], value: int | None
) -> None:
    """Type a figure that only a person can give; None withdraws it.

    Raises `Refused`: "typed-unknown-cell", "cell-not-typed" (computed figures can't be typed over), "cell-value".
    """
    held = form(code)
    row = held.element(element)
    if row is None or disaggregation not in list(held.cells(row)):
        raise Refused("typed-unknown-cell", cell=element[:40])
    if not (row.is_typed or (row.money and not is_kept(unit, month))):
        raise Refused("cell-not-typed", cell=element)
    if value is not None and not 0 <= value <= 10_000_000:
        raise Refused("cell-value", cell=element)
    unit.append(
        "typed_cell", form=code, period=str(month), code=element,
        disaggregation=repository.disaggregation_key(disaggregation), value=None if value is None else str(value),
        staff=unit.actor.staff_id,
    )  # fmt: skip


def close_month(unit: Unit, code: str, month: Month) -> Closing:
    """Close a month: freeze, seal, send.

    Raises `Refused`: "month-not-over", "month-closed", "month-before-open", "checks-block" with the checks' codes.
    """
    if month.last >= unit.today:
        raise Refused("month-not-over", month=str(month))
    if repository.latest(unit, code, str(month)):
        raise Refused("month-closed", month=str(month))
    earlier = unit.value("SELECT max(period) FROM closing WHERE form = ?", (code,))
    if earlier and Month.parse(earlier).plus(1) < month:
        raise Refused("month-before-open", month=str(Month.parse(earlier).plus(1)))
    made = report(unit, code, month, unit.today)
    blocking = [f.check.code for f in made.findings if f.check.severity == "blocking"]
    if blocking:
        raise Refused("checks-block", checks=blocking)
    closing = _freeze(unit, made, 1, None)
    if made.form.columns:
        unit.append("stock_period", month=str(month))
    return closing


def correct_month(unit: Unit, code: str, month: Month, explanation: str) -> Closing:
    """Make the rectificatif of a closed month: its next version, with what came late.

    Raises `Refused`: "month-not-closed", "reason-needed", "nothing-changed", "checks-block".
    """
    before = repository.latest(unit, code, str(month))
    if before is None:
        raise Refused("month-not-closed", month=str(month))
    if len(explanation.strip()) < 3:
        raise Refused("reason-needed", kind="rectificatif")
    made = report(unit, code, month, unit.today)
    if not changed(before.cells, made.cells):
        raise Refused("nothing-changed", month=str(month))
    blocking = [f.check.code for f in made.findings if f.check.severity == "blocking"]
    if blocking:
        raise Refused("checks-block", checks=blocking)
    return _freeze(unit, made, before.version + 1, explanation.strip())


def late_changes(before: Closing, now: Report) -> tuple[ReportCell, ...]:
    """The cells of a closed month that would read otherwise today."""
    return changed(before.cells, now.cells)


def _freeze(unit: Unit, made: Report, version: int, explanation: str | None) -> Closing:
    cells, identity = frozen(made.cells), new_uuid()
    digest = seal(made.form.code, made.form.edition, str(made.month), version, cells)
    row = unit.append(
        "closing", uuid=identity, form=made.form.code, form_edition=made.form.edition, period=str(made.month),
        version=version, cells=cells, hash=digest, explanation=explanation, staff=unit.actor.staff_id,
    )  # fmt: skip
    outbox.enqueue(unit, KIND, f"{made.form.code}:{made.month}", version, identity=identity)
    unit.note(form=made.form.code, period=str(made.month), version=version)
    return Closing(
        id=row, uuid=identity, form=made.form.code, form_edition=made.form.edition, period=str(made.month),
        version=version, cells=made.cells, hash=digest, explanation=explanation, staff=unit.actor.staff_id,
        closed_at=unit.now.ms,
    )  # fmt: skip
