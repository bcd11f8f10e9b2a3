"""Cells against one another, as the form's rules say: by total, by age band, cell by cell, or line by line of the CRGS. Pure.

A rule that does not hold gives a finding for each place where it fails, with the rows behind the figures that are
too many: those on the left side whose visit is not on the right one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from appliance.reports.closing.model import ReportCell
from appliance.reports.form import Check, Form, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cross-check that does not hold, with both sums, where (option names or a product; empty for the whole), and the rows."""

    check: Check
    left: int
    right: int
    where: str = ""
    records: tuple[int, ...] = ()


def findings(
    form: Form, cells: Sequence[ReportCell], days: int, visits: Mapping[int, int] | None = None
) -> list[Finding]:
    """The cross-checks that do not hold. `days` are those of the month; `visits` says the visit of each fact."""
    if form.columns:
        return _by_line(form, cells, days)
    by_code: dict[str, list[ReportCell]] = defaultdict(list)
    for cell in cells:
        by_code[cell.code].append(cell)
    found = []
    for check in form.checks:
        left, right = _gathered(form, check, check.left, by_code), _gathered(form, check, check.right, by_code)
        for place in dict.fromkeys((*left, *right)):
            ours, theirs = left.get(place, []), right.get(place, [])
            a, b = _sum(ours), _sum(theirs) * check.right_times
            if not check.holds(a, b):
                found.append(
                    Finding(check=check, left=a, right=b, where=place, records=_beyond(ours, theirs, visits or {}))
                )
    return found


def _gathered(
    form: Form, check: Check, codes: Sequence[str], by_code: Mapping[str, list[ReportCell]]
) -> dict[str, list[ReportCell]]:
    """The cells of one side by the place where they are compared."""
    places: dict[str, list[ReportCell]] = defaultdict(list)
    for code in codes:
        for element in form.elements:
            if not (
                element.code == code
                or ("*" in code and fnmatchcase(element.code, code) and not element.is_out_of_totals)
            ):
                continue
            for cell in by_code.get(element.code, ()):
                options = [_option(form, cell, category) for category in check.by]
                places[" · ".join(o.name for o in options if o)].append(cell)
    return places


def _option(form: Form, cell: ReportCell, category: str) -> Option | None:
    """A cell's option of a category: its own, or the wider age band that holds its narrower one."""
    for name, code in cell.disaggregation.items():
        own = next(o for o in form.categories[name] if o.code == code)
        if name == category:
            return own
        for option in form.categories[category]:
            if own.min_months is not None and option.holds(own):
                return option
    return None


def _sum(cells: Iterable[ReportCell]) -> int:
    return sum(cell.value for cell in cells if isinstance(cell.value, int))


def _beyond(left: Iterable[ReportCell], right: Iterable[ReportCell], visits: Mapping[int, int]) -> tuple[int, ...]:
    seen = {visits.get(record) for cell in right for record in cell.records}
    return tuple(record for cell in left for record in cell.records if visits.get(record) not in seen)


def _by_line(form: Form, cells: Sequence[ReportCell], days: int) -> list[Finding]:
    lines: dict[str, dict[str, ReportCell]] = defaultdict(dict)
    for cell in cells:
        lines[cell.code][cell.disaggregation["column"]] = cell
    found = []
    for code, line in lines.items():
        if all(cell.value is None for cell in line.values()):
            continue
        for check in form.checks:
            left, right = (sum(_column(line, c, days) for c in side) for side in (check.left, check.right))
            if not check.holds(left, right):
                behind = tuple(r for c in check.left if c in line for r in line[c].records)
                found.append(Finding(check=check, left=left, right=right, where=code, records=behind))
    return found


def _column(line: Mapping[str, ReportCell], column: str, days: int) -> int:
    """A column's figure; `QA+` is QA where it is positive, `days` the days of the month."""
    if column == "days":
        return days
    value = line[column.removesuffix("+")].value
    number = value if isinstance(value, int) else 0
    return max(number, 0) if column.endswith("+") else number
