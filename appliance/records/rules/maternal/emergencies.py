"""What to give in a haemorrhage or an eclampsia: which dose now, which next and when, by the protocols beside. Pure.

A step is due once the steps before it were given and its wait is over; one that a finding forbids is refused with its reason,
and one whose safety is not known yet asks for what to look at first. Nothing is ever proposed beyond its most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.records.rules import pack
from appliance.records.rules.childhood.logic import holds, missing, names

FILE = Path(__file__).parent / "data" / "emergencies.json"
STATES = ("due", "waits", "check-first", "forbidden", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A step that was given, so many whole minutes ago."""

    step: str
    minutes_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a protocol as it stands now.

    `state`: `due`; `waits` with `in_minutes` (None until another step was given); `check-first` with the findings to look at;
    `forbidden` with the code of why; `done`. `dose` is the French text of quantity, route and preparation.
    """

    code: str
    label: str
    dose: str
    state: str
    in_minutes: int | None = None
    look_at: tuple[str, ...] = ()
    because: str = ""
    times_given: int = 0


def protocols(held: Located | None = None) -> Mapping[str, str]:
    """The label of each protocol by its code."""
    return {row["code"]: row["label"] for row in (held or default_rules()).content["protocols"]}


def protocol(code: str, held: Located | None = None) -> Mapping[str, Any]:
    """A protocol of the pack; raises `Refused("protocol-unknown")`."""
    for row in (held or default_rules()).content["protocols"]:
        if row["code"] == code:
            found: Mapping[str, Any] = row
            return found
    raise Refused("protocol-unknown", protocol=code[:40])


def steps(
    code: str, given: Sequence[Given], findings: Mapping[str, Any], held: Located | None = None
) -> list[Step]:  # fmt: skip
    """Every step of a protocol as it stands, in the order of the pack; raises `Refused("protocol-unknown")`."""
    return [_step(row, given, findings) for row in protocol(code, held)["steps"]]


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors: the codes of the steps in each state."""
    given = [Given(step=row["step"], minutes_ago=row["minutes_ago"]) for row in case.get("given", [])]
    found = steps(case["protocol"], given, case.get("findings", {}), held)
    by_state = {state: [step.code for step in found if step.state == state] for state in STATES}
    return {**by_state, "in_minutes": {step.code: step.in_minutes for step in found if step.in_minutes is not None}}


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError`."""
    header, held = pack.load(file)
    findings = held.need(("findings",), dict)
    for index in range(len(held.need(("protocols",), list))):
        at = ("protocols", index)
        for key in ("code", "label"):
            held.need((*at, key), str)
        codes: list[str] = []
        for rank in range(len(held.need((*at, "steps"), list))):
            here = (*at, "steps", rank)
            for key in ("code", "label", "dose"):
                held.need((*here, key), str)
            if held.need((*here, "most"), int) < 1:
                held.fault((*here, "most"), "must be at least 1")
            row = held.content["protocols"][index]["steps"][rank]
            if row["most"] > 1 and held.need((*here, "every_minutes"), int) < 1:
                held.fault((*here, "every_minutes"), "must be at least 1")
            if "after" in row and row["after"] not in codes:
                held.fault((*here, "after"), f"{row['after']!r} does not stand before it")
            codes.append(row["code"])
            for key in ("when", "forbidden"):
                for _, name in names(row[key]["when"] if key == "forbidden" else row[key]) if key in row else ():
                    if name not in findings:
                        held.fault((*here, key), f"speaks of {name!r}, which is no finding of the pack")
    return header, held


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _step(row: Mapping[str, Any], given: Sequence[Given], findings: Mapping[str, Any]) -> Step:
    mine = sorted(one.minutes_ago for one in given if one.step == row["code"])
    base = {"code": row["code"], "label": row["label"], "dose": row["dose"], "times_given": len(mine)}
    if len(mine) >= row["most"]:
        return Step(**base, state="done")
    if "forbidden" in row and holds(row["forbidden"]["when"], findings, {}):
        return Step(**base, state="forbidden", because=row["forbidden"]["text"])
    wait = _wait(row, mine, given)
    if wait is None or wait > 0:
        return Step(**base, state="waits", in_minutes=wait)
    unknown = [rule for rule in (row.get("when"), row.get("forbidden", {}).get("when")) if rule is not None]
    look_at = [name for rule in unknown for name in missing(rule, findings, {})]
    if look_at:
        return Step(**base, state="check-first", look_at=tuple(dict.fromkeys(look_at)))
    if "when" in row and not holds(row["when"], findings, {}):
        return Step(**base, state="waits")
    return Step(**base, state="due")


def _wait(row: Mapping[str, Any], mine: Sequence[int], given: Sequence[Given]) -> int | None:
    """Minutes until a step may be given; None while the one that it follows was not."""
    wait = row["every_minutes"] - mine[0] if mine else 0
    if not mine and "after" in row:
        before = [one.minutes_ago for one in given if one.step == row["after"]]
        if not before:
            return None
        wait = row.get("after_minutes", 0) - max(before)
    return max(wait, 0)
