"""Who does not pay for what: rules as data, the first that fits counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "free-care.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCareRule:
    """Every condition given must hold; `age_months_max` is the highest age in completed months."""

    code: str
    label: str
    programmes: frozenset[str] = frozenset()
    regime: str | None = None
    age_months_max: int | None = None
    pregnant: bool = False


def load_rules(file: Path = FILE) -> tuple[FreeCareRule, ...]:
    """Read and check a rules file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    rules: list[FreeCareRule] = []
    for index in range(len(held.need(("rules",), list))):
        row = held.need(("rules", index), dict)
        code = held.need(("rules", index, "code"), str)
        held.need(("rules", index, "label"), str)
        if any(rule.code == code for rule in rules):
            held.fault(("rules", index, "code"), f"{code} stands twice")
        if not row.get("programmes") and not row.get("regime"):
            held.fault(("rules", index), "must name programmes or a regime")
        if row.get("age_months_max") is not None:
            held.need(("rules", index, "age_months_max"), int)
        rules.append(
            FreeCareRule(
                code=code, label=row["label"], programmes=frozenset(row.get("programmes") or ()),
                regime=row.get("regime"), age_months_max=row.get("age_months_max"), pregnant=bool(row.get("pregnant")),
            )
        )  # fmt: skip
    return tuple(rules)


@cache
def default_rules() -> tuple[FreeCareRule, ...]:
    """The rules that ship with this release."""
    return load_rules()


def label_of(code: str, rules: tuple[FreeCareRule, ...] | None = None) -> str:
    """What a rule is called on screen and receipt; the code itself when the rule is no longer in the file."""
    return next((rule.label for rule in rules or default_rules() if rule.code == code), code)


def exemption(
    programmes: frozenset[str], regime: str, age_months: int | None, is_pregnant: bool,
    rules: tuple[FreeCareRule, ...] | None = None,
) -> str | None:  # fmt: skip
    """The code of the rule under which a product is free for a person; None when it is paid.

    An unknown age meets no age condition: free care is granted on what is known, and can be corrected.
    """
    for rule in rules if rules is not None else default_rules():
        if rule.programmes and not rule.programmes & programmes:
            continue
        if rule.regime and not regime.startswith(rule.regime):
            continue
        if rule.age_months_max is not None and (age_months is None or age_months > rule.age_months_max):
            continue
        if rule.pregnant and not is_pregnant:
            continue
        return rule.code
    return None
