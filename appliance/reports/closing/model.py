"""A report's cells, and the hash that freezes them. Pure.

The hash covers form, edition, period, version and every cell in the form's order, so that a figure changed
afterwards, on paper or in the store, can be told from the figure that was signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from appliance.core.clock import to_datetime

LEDGER = "ledger"
"""The basis of a stock that no count of the month stands behind."""


class Source(StrEnum):
    """Where a figure came from. An empty cell has no figure: null, which is not zero."""

    COMPUTED = "computed"
    TYPED = "typed"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCell:
    """One cell: `disaggregation` is option code by category; `records` are the ids of the rows it was computed from
    (facts, or movements for stock lines); `typed_by` is the staff id behind a typed figure; `basis` is what a stock
    that could be counted rests on: `LEDGER`, or the day of the count (ISO date); None for every other cell."""

    code: str
    disaggregation: Mapping[str, str]
    value: int | str | None
    source: Source
    records: tuple[int, ...] = ()
    typed_by: int | None = None
    basis: str | None = None

    @property
    def counted_on(self) -> date | None:
        """Since which day a count stands behind the figure; None when none does."""
        return None if self.basis in (None, LEDGER) else date.fromisoformat(str(self.basis))

    def as_json(self) -> dict[str, Any]:
        """As the command line shows it: `records` is how many rows stand behind the figure."""
        return {
            "code": self.code, "disaggregation": dict(self.disaggregation), "value": _number(self.value),
            "source": self.source.value, "records": len(self.records),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A signed report. `version` 1 is the first; each rectificatif is one more, and says why."""

    id: int
    uuid: bytes
    form: str
    form_edition: str
    period: str
    version: int
    cells: tuple[ReportCell, ...]
    hash: bytes
    explanation: str | None
    staff: int | None
    closed_at: int

    @property
    def closed_at_date(self) -> date:
        """The day on which it was closed."""
        return to_datetime(self.closed_at).date()


def frozen(cells: Sequence[ReportCell]) -> str:
    """The cells as the JSON that is kept: nothing of it changes between two runs over the same cells."""
    return msgspec.json.encode(
        [
            {
                "code": c.code, "disaggregation": dict(sorted(c.disaggregation.items())), "value": c.value,
                "source": c.source.value, "records": list(c.records), "typed_by": c.typed_by,
                **({"basis": c.basis} if c.basis else {}),
            }
            for c in cells
        ]
    ).decode()  # fmt: skip


def thawed(text: str) -> tuple[ReportCell, ...]:
    """The cells of a kept JSON."""
    return tuple(
        ReportCell(
            code=c["code"], disaggregation=c["disaggregation"], value=c["value"], source=Source(c["source"]),
            records=tuple(c["records"]), typed_by=c["typed_by"], basis=c.get("basis"),
        )
        for c in msgspec.json.decode(text)
    )  # fmt: skip


def seal(form: str, edition: str, period: str, version: int, cells: str) -> bytes:
    """The hash of a closing over its kept JSON."""
    head = msgspec.json.encode([form, edition, period, version])
    return hashlib.sha256(head + b"\n" + cells.encode()).digest()


def changed(before: Sequence[ReportCell], after: Sequence[ReportCell]) -> tuple[ReportCell, ...]:
    """The cells of `after` whose figure differs from the same cell of `before` (a cell that was not there was null)."""
    known = {(c.code, tuple(sorted(c.disaggregation.items()))): c.value for c in before}
    return tuple(c for c in after if known.get((c.code, tuple(sorted(c.disaggregation.items())))) != c.value)


def _number(value: int | str | None) -> int | float | str | None:
    """A kept decimal ("1.5") as a JSON number; words such as "true" stay words."""
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return float(value)
    return value
