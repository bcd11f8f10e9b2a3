"""What the findings of a pregnancy, a birth or the weeks after ask for: the advice of the pack beside, as it is typed. Pure.

A rule speaks where it stands in the `scopes` asked about and its condition is known to hold: an answer not given never makes
it speak. A rule named under `instead_of` of one that speaks is silent, so that the graver one is read alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.records.rules import pack
from appliance.records.rules.childhood.logic import holds, names

FILE = Path(__file__).parent / "data" / "advice.json"
LEVELS = ("danger", "warn", "ok", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice: `level` danger, warn, ok or info; `field` the finding that it stands beside ("" for none)."""

    rule: str
    level: str
    text: str
    source: str
    field: str
    is_confirmed: bool


def advise(scope: str, findings: Mapping[str, Any], held: Located | None = None) -> list[Advice]:
    """What is to be said, the gravest first; `scope` as the pack's `scopes` (`anc`, `delivery`, `postnatal`, `newborn`, `labour`)."""
    rules = [row for row in (held or default_rules()).content["rules"] if scope in row["scopes"]]
    speaking = [row for row in rules if holds(row["when"], findings, {})]
    silent = {name for row in speaking for name in row.get("instead_of", ())}
    said = [
        Advice(
            rule=row["id"], level=row["level"], text=row["text"], source=row["source"], field=row.get("field", ""),
            is_confirmed=row["status"] == pack.STATUSES[0],
        )
        for row in speaking if row["id"] not in silent
    ]  # fmt: skip
    return sorted(said, key=lambda advice: LEVELS.index(advice.level))


def tests_due(week: int, done: Mapping[str, Sequence[int]], held: Located | None = None) -> tuple[str, ...]:
    """The findings `@…_due` of the tests that a pregnant woman in `week` still owes; `done` holds the weeks of each answer.

    A test is owed once from each of its weeks on: the last one that began asks for a result not older than itself.
    """
    return tuple(
        row["finding"] for row in (held or default_rules()).content["tests"]
        if max(done.get(row["answer"], ()), default=-1) < max(start for start in row["from_weeks"] if start <= max(week, 0))
    )  # fmt: skip


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors: the ids of the rules that speak, the gravest first; or the tests that are due."""
    if "tests" in case:
        return {"due": list(tests_due(case["tests"]["week"], case["tests"]["done"], held))}
    return {"says": [said.rule for said in advise(case["scope"], case["findings"], held)]}


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`. A condition may only speak of the pack's own `findings`."""
    header, held = pack.load(file)
    known: Iterable[str] = held.need(("findings",), dict)
    scopes = held.need(("scopes",), list)
    for index in range(len(held.need(("tests",), list))):
        if held.need(("tests", index, "finding"), str) not in known:
            held.fault(("tests", index, "finding"), "is no finding of the pack")
        weeks = held.need(("tests", index, "from_weeks"), list)
        if weeks[:1] != [0] or weeks != sorted(weeks):
            held.fault(("tests", index, "from_weeks"), "must be weeks in order, from 0")
    ids = [held.need(("rules", index, "id"), str) for index in range(len(held.need(("rules",), list)))]
    for index, row in enumerate(held.content["rules"]):
        at = ("rules", index)
        if ids.index(row["id"]) != index:
            held.fault((*at, "id"), f"{row['id']} stands twice")
        if held.need((*at, "level"), str) not in LEVELS:
            held.fault((*at, "level"), f"must be one of {', '.join(LEVELS)}")
        if held.need((*at, "status"), str) not in pack.STATUSES:
            held.fault((*at, "status"), f"must be one of {', '.join(pack.STATUSES)}")
        for key in ("text", "source"):
            held.need((*at, key), str)
        for scope in held.need((*at, "scopes"), list):
            if scope not in scopes:
                held.fault((*at, "scopes"), f"{scope!r} is no scope of the pack")
        for other in row.get("instead_of", ()):
            if other not in ids:
                held.fault((*at, "instead_of"), f"{other!r} is no rule of the pack")
        for _, name in names(held.need((*at, "when"), dict)):
            if name not in known:
                held.fault((*at, "when"), f"speaks of {name!r}, which is no finding of the pack")
        if row.get("field") not in (None, *known):
            held.fault((*at, "field"), f"{row['field']!r} is no finding of the pack")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]
