"""Who does not pay for what, and who bears it: rules as data, the first that fits counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, Path_, load_json

FILE = Path(__file__).parent / "data" / "free-care.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCareRule:
    """Every condition given must hold; `age_months_max` is the highest age in completed months.

    `programmes` and `regime` are of products, `acts` of acts of care: a rule without any of its sort frees none of that
    sort. `bearer` is who bears what the patient does not pay.
    """

    code: str
    label: str
    bearer: str
    programmes: frozenset[str] = frozenset()
    regime: str | None = None
    acts: frozenset[str] = frozenset()
    age_months_max: int | None = None
    pregnant: bool = False

    def fits(self, age_months: int | None, is_pregnant: bool) -> bool:
        """Whether the rule is of this person. An unknown age meets no age condition."""
        if self.age_months_max is not None and (age_months is None or age_months > self.age_months_max):
            return False
        return is_pregnant or not self.pregnant


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCare:
    """A file of rules: in their order, and who may bear an exemption, by code with its label."""

    rules: tuple[FreeCareRule, ...]
    bearers: dict[str, str]


def load_rules(file: Path = FILE) -> FreeCare:
    """Read and check a rules file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    bearers = {
        held.need(("bearers", i, "code"), str): held.need(("bearers", i, "label"), str)
        for i in range(len(held.need(("bearers",), list)))
    }
    rules: list[FreeCareRule] = []
    for index in range(len(held.need(("rules",), list))):
        rule = _rule(held, ("rules", index))
        if any(other.code == rule.code for other in rules):
            held.fault(("rules", index, "code"), f"{rule.code} stands twice")
        if rule.bearer not in bearers:
            held.fault(("rules", index, "bearer"), f"{rule.bearer!r} is no bearer")
        rules.append(rule)
    return FreeCare(rules=tuple(rules), bearers=bearers)


@cache
def default_rules() -> FreeCare:
    """The rules that ship with this release."""
    return load_rules()


def label_of(code: str) -> str:
    """What a rule is called on screen and receipt; the code itself when the rule is no longer in the file."""
    return next((rule.label for rule in default_rules().rules if rule.code == code), code)


def bearer_label_of(code: str) -> str:
    """Who bears what a rule frees; says nothing of what the person has, unlike the rule's own label."""
    bearer = bearer_of(code)
    return default_rules().bearers.get(bearer, bearer)


def bearer_of(code: str) -> str:
    """Who bears what a rule frees, as a code of `bearers`."""
    return next(rule.bearer for rule in default_rules().rules if rule.code == code)


def exemption(
    programmes: frozenset[str], regime: str, age_months: int | None, is_pregnant: bool,
    rules: Iterable[FreeCareRule] | None = None,
) -> str | None:  # fmt: skip
    """The code of the rule under which a product is free for a person; None when it is paid."""
    for rule in default_rules().rules if rules is None else rules:
        if not rule.programmes and not rule.regime:
            continue
        if rule.programmes and not rule.programmes & programmes:
            continue
        if rule.regime and not regime.startswith(rule.regime):
            continue
        if rule.fits(age_months, is_pregnant):
            return rule.code
    return None


def act_exemption(
    care_act: str, age_months: int | None, is_pregnant: bool, rules: Iterable[FreeCareRule] | None = None
) -> str | None:
    """The code of the rule under which an act of care is free for a person; None when it is paid."""
    for rule in default_rules().rules if rules is None else rules:
        if care_act in rule.acts and rule.fits(age_months, is_pregnant):
            return rule.code
    return None


def _rule(held: Located, path: Path_) -> FreeCareRule:
    row = held.need(path, dict)
    if not row.get("programmes") and not row.get("regime") and not row.get("acts"):
        held.fault(path, "must name programmes, a regime or acts")
    if row.get("age_months_max") is not None:
        held.need((*path, "age_months_max"), int)
    return FreeCareRule(
        code=held.need((*path, "code"), str), label=held.need((*path, "label"), str),
        bearer=held.need((*path, "bearer"), str), programmes=frozenset(row.get("programmes") or ()),
        regime=row.get("regime"), acts=frozenset(row.get("acts") or ()), age_months_max=row.get("age_months_max"),
        pregnant=bool(row.get("pregnant")),
    )  # fmt: skip
