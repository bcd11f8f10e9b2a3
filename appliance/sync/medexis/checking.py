"""The exchange held against what the server said of its programs: each finding with what is wrong and what might be meant."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.storage import Database
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.payloads import Misfit, written
from appliance.sync.dhis2.programs import Program
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.events import PRODUCT

NUMBERS = ("line_count", "proposed", "confirmed", "ordered", "announced", "counted", "accepted", "refused", "surplus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: of which kind of event, what (`program`, `stage`, `element`, `option`, …), whether it is good, the code of
    what is wrong, and the name it is about."""

    kind: str
    check: str
    ok: bool
    code: str = ""
    what: str = ""


def findings(db: Database) -> list[Finding]:
    """Every finding; empty while the exchange is off or the programs were not read yet from this server."""
    exchange = exchanges.get(db)
    if not exchange.is_on or not links.names_are_of_this_server(db):
        return []
    found = []
    for kind, shape in exchange.events.items():
        found += _of_program(db, kind, shape)
    return found


def _of_program(db: Database, kind: str, shape: exchanges.EventShape) -> list[Finding]:
    body = mapping.program(db, kind)
    if body is None:
        return [Finding(kind=kind, check="program", ok=False, code="program-missing", what=shape.program)]
    program = Program(body, shape.stage)
    found = [Finding(kind=kind, check="program", ok=program.is_single, code="program-registers", what=program.name)]
    unit = mapping.org_unit(db) or {}
    assigned = unit.get("programs")
    if isinstance(assigned, list):
        is_ours = program.uid in {p.get("id") for p in assigned if isinstance(p, dict)}
        found.append(
            Finding(
                kind=kind, check="assigned", ok=is_ours, code="program-not-assigned", what=str(unit.get("name") or "")
            )
        )
    if program.access.get("write") is False:
        found.append(Finding(kind=kind, check="events-write", ok=False, code="program-no-write", what=program.name))
    if program.stage is None:
        return [
            *found,
            Finding(kind=kind, check="stage", ok=False, code="stage-missing", what=", ".join(program.stages)),
        ]
    used = set()
    for field, name in shape.fields.items():
        if PRODUCT in name:
            continue
        element = program.element(name)
        used.add((element or {}).get("id"))
        near = "" if element else _near(program)
        found.append(
            Finding(kind=kind, check="element", ok=element is not None, code="element-missing", what=f"{name}{near}")
        )
        options = program.options(element) if element else None
        if element and options is None:
            kind_of_value = str(element.get("valueType") or "TEXT")
            found.append(
                Finding(
                    kind=kind,
                    check="element",
                    ok=_takes(kind_of_value, field),
                    code="element-type",
                    what=f"{name} : {kind_of_value}",
                )
            )
        wanted = shape.options.get(field, {}).values() if options is not None else ()
        known = f" ({', '.join((options or [])[:8])})"
        found += [
            Finding(
                kind=kind, check="option", ok=c in (options or ()), code="option-missing", what=f"{name} : {c}{known}"
            )
            for c in wanted
        ]
    found += [
        Finding(kind=kind, check="compulsory", ok=False, code="element-compulsory", what=str(e.get("name") or e["id"]))
        for e in program.elements
        if e["id"] in program.compulsory and e["id"] not in used
    ]
    return found


def _takes(value_type: str, field: str) -> bool:
    """Whether an element of a value type takes what a field tells."""
    sample = "2026-10-15" if field.endswith("_on") else "12" if field in NUMBERS else "BC-2026-0001"
    try:
        written(sample, value_type)
    except Misfit:
        return False
    return True


def _near(program: Program) -> str:
    """The codes of the program's elements, from which one is chosen."""
    codes = [str(e.get("code") or e["id"]) for e in program.elements]
    return f" → {', '.join(codes[:12])}" if codes else ""
