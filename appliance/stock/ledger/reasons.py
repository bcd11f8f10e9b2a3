"""Why stock moves: the reasons of the depot's papers as data, each with its kind, sign, column and evidence. Pure.

A letter of the ministry may change where the CRGS counts a reason and what proof it asks for; what a kind of movement
is (`EFFECTS`) it can't change, so the loader refuses a reason that contradicts its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json
from appliance.core.errors import Refused
from appliance.stock.ledger.model import EFFECTS, PAIRS, MovementKind

FILE = Path(__file__).parent / "data" / "reasons.json"
EVIDENCE = ("counterpart", "text", "document", "witness")
COLUMNS = ("SI", "QR", "QU", "QP", "QA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason. `kinds` is one kind, or the two of a pair written together (`PAIRS`).

    `sign` is +1, -1, or 0 for either. `evidence` names what must stand beside it: the other side (a neighbour, a partner,
    the supplier), a text that tells what happened, the number of a paper, the name of a second person.
    """

    code: str
    label: str
    kinds: tuple[MovementKind, ...]
    sign: int
    column: str
    evidence: frozenset[str]

    @property
    def kind(self) -> MovementKind:
        """Its kind; of a pair, the one that goes out."""
        return self.kinds[0]


def load_reasons(file: Path = FILE) -> dict[str, Reason]:
    """Read and check a file of reasons, by code; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    for name in ("id", "edition", "source", "status", "valid_from"):
        held.need((name,), str)
    found: dict[str, Reason] = {}
    for index in range(len(held.need(("reasons",), list))):
        reason = _reason(held, index)
        if reason.code in found:
            held.fault(("reasons", index, "code"), f"{reason.code} stands twice")
        found[reason.code] = reason
    unnamed = set(MovementKind) - {kind for reason in found.values() for kind in reason.kinds}
    if unnamed:
        held.fault(("reasons",), f"has no reason of kind {', '.join(sorted(unnamed))}")
    return found


@cache
def default_reasons() -> dict[str, Reason]:
    """The reasons that ship with this release, by code."""
    return load_reasons()


def reason_of(code: str, kind: MovementKind) -> Reason:
    """A reason of a kind; raises `Refused("reason-kind")` when it is none of that kind."""
    reason = default_reasons().get(code)
    if reason is None or kind not in reason.kinds:
        raise Refused("reason-kind", reason=code, kind=kind.value)
    return reason


def _reason(held: Located, index: int) -> Reason:
    at = ("reasons", index)
    code, label = held.need((*at, "code"), str), held.need((*at, "label"), str)
    if not code.replace("_", "").isalnum() or not label.strip():
        held.fault((*at, "code"), "needs letters, digits and _, and a label")
    kinds = _kinds(held, at)
    sign, column = held.need((*at, "sign"), int), held.need((*at, "column"), str)
    effect = EFFECTS[kinds[0]]
    if column not in COLUMNS or column not in (effect.column, effect.or_column):
        held.fault((*at, "column"), f"{column} is not a column of {kinds[0].value}")
    wanted = {0} if len(kinds) == 2 else {effect.sign} if effect.sign else {-1, 0, 1}
    if sign not in wanted:
        held.fault((*at, "sign"), f"must be {' or '.join(str(s) for s in sorted(wanted))} for {kinds[0].value}")
    evidence = held.need((*at, "evidence"), list)
    for number, name in enumerate(evidence):
        if name not in EVIDENCE:
            held.fault((*at, "evidence", number), f"must be one of {', '.join(EVIDENCE)}")
    return Reason(code=code, label=label, kinds=kinds, sign=sign, column=column, evidence=frozenset(evidence))


def _kinds(held: Located, at: tuple[str, int]) -> tuple[MovementKind, ...]:
    names = held.need((*at, "kinds"), list)
    known = {kind.value: kind for kind in MovementKind}
    for number, name in enumerate(names):
        if name not in known:
            held.fault((*at, "kinds", number), f"{name!r} is no kind of movement")
    kinds = tuple(known[name] for name in names)
    paired = {*PAIRS, *PAIRS.values()}
    if kinds not in [(kind,) for kind in MovementKind if kind not in paired] + list(PAIRS.items()):
        held.fault((*at, "kinds"), "must be one kind, or the two of a pair, out before in")
    return kinds
