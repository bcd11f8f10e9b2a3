"""Asking the laboratory, answering, and correcting an answer.

A malaria test that the laboratory did belongs to the consultation: the month counts tests and cases there. So an
answer that comes after the consultation writes a new version of it with the result; one that comes before is taken
up when the consultation is written. Either way a case that two tests confirm is counted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.core.errors import Refused
from appliance.records.care import visits
from appliance.records.care.model import Consultation, Microscopy, Rdt, Station
from appliance.records.laboratory import repository
from appliance.records.laboratory.repository import NOT_DONE, LabLine
from appliance.records.laboratory.tests_list import LabTest, lab_test
from appliance.storage import ConstraintFailed, Database, Unit

TESTS_MAX = 14
NOTE_MAX = 400
REASON_OF_RESULT = "résultat du laboratoire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found: a choice's code or a number in thousandths of the unit; `not_done` needs its reason."""

    outcome: str
    value_milli: int | None = None
    note: str | None = None
    reason: str | None = None


def ask(unit: Unit, visit: int, tests: Sequence[str]) -> list[int]:
    """Ask tests of the laboratory and send the person there; returns the orders' ids.

    A test that still waits for its answer is not asked twice. Raises `Refused`: "no-such-visit", "lab-empty",
    "lab-test-unknown".
    """
    if visits.get(unit, visit) is None:
        raise Refused("no-such-visit", visit=visit)
    wanted = list(dict.fromkeys(lab_test(code).code for code in tests[:TESTS_MAX]))
    if not wanted:
        raise Refused("lab-empty")
    waits = {line.test.code for line in repository.of_visit(unit, visit) if not line.is_done}
    made = [unit.append("lab_order", visit=visit, test=code) for code in wanted if code not in waits]
    visits.move_visit(unit, visit, Station.LABORATORY)
    unit.note(visit=visit, tests=wanted)
    return made


def answer(unit: Unit, order: int, found: Answer) -> int:
    """Write a result; when nothing more is asked the person goes back to the prescriber. Returns the result's id.

    Raises `Refused`: "no-such-lab-order", "lab-outcome", "lab-value" with the bounds in thousandths, "reason-needed",
    "lab-answered" (correct it instead), "text-too-long".
    """
    line = _require(unit, order)
    if line.is_done:
        raise Refused("lab-answered", order=order)
    made = _write(unit, line, found, None)
    _take_up(unit, line, found, before=None)
    held = visits.get(unit, line.visit)
    if held and held.station is Station.LABORATORY and all(x.is_done for x in repository.of_visit(unit, line.visit)):
        visits.move_visit(unit, line.visit, Station.CONSULTATION)
    return made


def correct(unit: Unit, order: int, found: Answer, *, replaces: int) -> int:
    """Replace a result, for a reason; the one before stays readable. Returns the new result's id.

    Raises `Refused` as `answer` does, and "already-replaced" when `replaces` is not the result that stands.
    """
    line = _require(unit, order)
    if line.result != replaces:
        raise Refused("already-replaced", order=order)
    if len((found.reason or "").strip()) < 3:
        raise Refused("reason-needed", kind="correction")
    made = _write(unit, line, found, replaces)
    _take_up(unit, line, found, before=line.outcome)
    return made


def with_results(db: Database, visit: int, found: Consultation) -> Consultation:
    """A consultation with the malaria tests that the laboratory did, where the prescriber noted none."""
    for line in repository.of_visit(db, visit):
        if line.test.feeds and line.outcome and line.outcome != NOT_DONE:
            found = _fed(found, line.test.feeds, line.outcome, before=None)
    return found


def _require(db: Database, order: int) -> LabLine:
    line = repository.get(db, order)
    if line is None:
        raise Refused("no-such-lab-order", order=order)
    return line


def _write(unit: Unit, line: LabLine, found: Answer, replaces: int | None) -> int:
    _check(line.test, found)
    try:
        made = unit.append(
            "lab_result", lab_order=line.order, replaces=replaces, reason=(found.reason or "").strip() or None,
            outcome=found.outcome, value_milli=found.value_milli, unit=line.test.unit or None, note=found.note,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-replaced" if replaces else "lab-answered", order=line.order) from fault
    unit.note(visit=line.visit, lab_order=line.order, lab_result=made)
    return made


def _check(test: LabTest, found: Answer) -> None:
    if max(len(found.note or ""), len(found.reason or "")) > NOTE_MAX:
        raise Refused("text-too-long", limit=NOTE_MAX)
    if found.outcome == NOT_DONE:
        if len((found.reason or "").strip()) < 3:
            raise Refused("reason-needed", kind="not-done")
        if found.value_milli is not None:
            raise Refused("lab-outcome", test=test.code)
    elif test.is_number:
        if found.outcome != "value":
            raise Refused("lab-outcome", test=test.code)
        if found.value_milli is None or not test.low_milli <= found.value_milli <= test.high_milli:
            raise Refused("lab-value", test=test.code, low=test.low_milli, high=test.high_milli)
    elif found.value_milli is not None or found.outcome not in dict(test.choices):
        raise Refused("lab-outcome", test=test.code)


def _take_up(unit: Unit, line: LabLine, found: Answer, before: str | None) -> None:
    """Bring a consultation that stands in line with a malaria test; what the prescriber noted himself is left."""
    current = visits.current_consultation(unit, line.visit)
    if line.test.feeds is None or current is None:
        return
    wanted = _fed(current[1], line.test.feeds, found.outcome, before)
    if wanted != current[1]:
        visits.note_result(unit, line.visit, wanted, replaces=current[0], reason=REASON_OF_RESULT)


def _fed(found: Consultation, field: str, outcome: str, before: str | None) -> Consultation:
    """The consultation with a result in its field, unless the prescriber noted another one there."""
    held = found.rdt if field == "rdt" else found.microscopy
    if held.value not in ("not_done", before):
        return found
    return replace(found, rdt=Rdt(outcome)) if field == "rdt" else replace(found, microscopy=Microscopy(outcome))
