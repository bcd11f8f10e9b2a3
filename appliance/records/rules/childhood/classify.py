"""The sick child by the PCIME: findings into classes, topic by topic, by the pack beside. Pure.

In a topic the gravest class that is known to hold is given. A class that could still hold, since something was not asked, is
told apart with what is missing; nothing is called green while a graver class is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.records.rules import pack
from appliance.records.rules.childhood.logic import holds, missing, names, reasons

FILE = Path(__file__).parent / "data" / "pcime.json"
COLOURS = ("rouge", "jaune", "vert")
AGES = ("age_days", "age_months")
DAYS_A_MONTH = 30.4375
"""A month is complete on the day nearest to so many of these, as in the WHO's tables: 12 months are 365 days, 60 are 1,826."""
LEAST_DAYS_OF_ONE_MONTH = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A class, its colour (rouge: refer, jaune: treat, vert: advise), its French text and the findings that made it."""

    topic: str
    code: str
    colour: str
    text: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A class that is not excluded yet, and the findings to ask for."""

    topic: str
    code: str
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The classes given, those still open, and whether the child must be referred now."""

    classes: tuple[Given, ...]
    unsure: tuple[Open, ...]
    refer: bool


def classify(case: Mapping[str, Any], held: Located | None = None) -> Classification:
    """Classify a child of 0 to 59 months; an absent or null finding is unknown.

    `case` holds `age_days` or `age_months` and findings under the names of the pack. Raises `Refused`: "pcime-age",
    "pcime-finding" (a name the pack lacks, or a value that it does not allow).
    """
    rules = (held or default_rules()).content
    findings = _checked(rules, case)
    group = next((g for g in rules["groups"] if _is_of(g, findings)), None)
    if group is None:
        raise Refused("pcime-age", low=0, high=59)
    classes: dict[str, bool | None] = {}
    given: list[Given] = []
    unsure: list[Open] = []
    for topic in group["topics"]:
        _topic(topic, findings, classes, given, unsure)
    reds = [g for g in given if g.colour == "rouge"]
    return Classification(
        classes=tuple(given), unsure=tuple(unsure), refer=bool(reds) and not _stays(rules, reds, findings)
    )


def answer(case: Mapping[str, Any], held: Located | None = None) -> dict[str, Any]:
    """A case of the pack's vectors: the class of each topic, and whether to refer."""
    found = classify(case, held)
    return {g.topic: g.code for g in found.classes} | {"refer": found.refer}


def load_rules(file: Path = FILE) -> tuple[pack.Header, Located]:
    """Read and check the pack; raises `DataFileError` with file, line and fault."""
    header, held = pack.load(file)
    known = set(held.need(("findings",), dict)) | set(AGES)
    for name, finding in held.content["findings"].items():
        if finding.get("kind") not in ("yes_no", "number", "choice"):
            held.fault(("findings", name, "kind"), "must be yes_no, number or choice")
    for group in range(len(held.need(("groups",), list))):
        before: set[str] = set()
        for topic in range(len(held.need(("groups", group, "topics"), list))):
            at = ("groups", group, "topics", topic)
            held.need((*at, "topic"), str)
            if "enter" in held.content["groups"][group]["topics"][topic]:
                _check_rule(held, (*at, "enter"), known, before)
            for row in range(len(held.need((*at, "rows"), list))):
                code = held.need((*at, "rows", row, "code"), str)
                if held.need((*at, "rows", row, "colour"), str) not in COLOURS:
                    held.fault((*at, "rows", row, "colour"), f"must be one of {', '.join(COLOURS)}")
                if "when" in held.content["groups"][group]["topics"][topic]["rows"][row]:
                    _check_rule(held, (*at, "rows", row, "when"), known, before)
                before.add(code)
    if "treat_here" in held.content:
        for key, kind in (("danger", str), ("with", str), ("only_because", list), ("known_absent", list)):
            held.need(("treat_here", key), kind)
        if (
            unknown := {*held.content["treat_here"]["only_because"], *held.content["treat_here"]["known_absent"]}
            - known
        ):
            held.fault(("treat_here",), f"speaks of {', '.join(sorted(unknown))}, which is no finding")
    return header, held


def finding_names(held: Located | None = None) -> dict[str, dict[str, Any]]:
    """What a case may hold beside `age_days` and `age_months`: by name its kind, its allowed values and its French text."""
    return dict((held or default_rules()).content["findings"])


@cache
def default_rules() -> Located:
    """The pack that ships with this release."""
    return load_rules()[1]


def _check_rule(held: Located, at: tuple[str | int, ...], known: set[str], before: set[str]) -> None:
    for kind, name in names(held.need(at, dict)):
        if kind == "f" and name not in known:
            held.fault(at, f"speaks of {name}, which is no finding")
        if kind == "class" and name not in before:
            held.fault(at, f"speaks of {name}, which is decided later or never")


def _checked(rules: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """The findings that were given, each as the pack allows it, with both ages."""
    found: dict[str, Any] = {}
    for name, value in case.items():
        if value is None:
            continue
        if name in AGES:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise Refused("pcime-age", low=0, high=59)
        elif name not in rules["findings"]:
            raise Refused("pcime-finding", finding=str(name)[:40], value="")
        elif not _is_allowed(rules["findings"][name], value):
            raise Refused("pcime-finding", finding=name, value=str(value)[:40])
        found[name] = value
    if "age_days" in found:
        found.setdefault("age_months", int((found["age_days"] + 0.5) / DAYS_A_MONTH) if found["age_days"] > 59 else 0)
    elif found.get("age_months") == 1:
        found["age_days"] = LEAST_DAYS_OF_ONE_MONTH
    return found


def _is_allowed(finding: Mapping[str, Any], value: Any) -> bool:
    if finding["kind"] == "yes_no":
        return isinstance(value, bool)
    if finding["kind"] == "choice":
        return value in finding["of"]
    return not isinstance(value, bool) and isinstance(value, int | float) and finding["low"] <= value <= finding["high"]


def _is_of(group: Mapping[str, Any], findings: Mapping[str, Any]) -> bool:
    """Whether a group is for this age; days decide where they are known (59 days is no two months)."""
    if "age_days" in findings:
        if "age_days" in group:
            return bool(group["age_days"][0] <= findings["age_days"] <= group["age_days"][1])
        return bool(findings["age_days"] > 59 and findings["age_months"] <= group["age_months"][1])
    if "age_months" not in findings:
        return False
    if "age_days" in group:
        return bool(findings["age_months"] < 2)
    return bool(group["age_months"][0] <= findings["age_months"] <= group["age_months"][1])


def _topic(
    topic: Mapping[str, Any], findings: Mapping[str, Any], classes: dict[str, bool | None], given: list[Given],
    unsure: list[Open],
) -> None:  # fmt: skip
    enters = holds(topic["enter"], findings, classes) if "enter" in topic else True
    if enters is not True:
        classes |= {row["code"]: enters for row in topic["rows"]}
        return
    is_open = False
    for index, row in enumerate(topic["rows"]):
        rule = row.get("when", {"all": []})
        found = holds(rule, findings, classes)
        if found is True and not (is_open and row["colour"] == "vert"):
            given.append(
                Given(
                    topic=topic["topic"], code=row["code"], colour=row["colour"], text=row["text"],
                    because=tuple(reasons(rule, findings, classes)),
                )
            )  # fmt: skip
            classes |= {row["code"]: True} | {later["code"]: False for later in topic["rows"][index + 1 :]}
            return
        classes[row["code"]] = None if is_open and found else found
        if found is None:
            is_open = True
            unsure.append(
                Open(topic=topic["topic"], code=row["code"], ask=tuple(missing(rule, findings, classes)))
            )  # fmt: skip


def _stays(rules: Mapping[str, Any], reds: list[Given], findings: Mapping[str, Any]) -> bool:
    """Whether the only grave signs are those that the centre treats itself: the exception that the pack names.

    The other signs must be known to be absent: one that nobody asked for may be there.
    """
    exception = rules.get("treat_here")
    if not exception or {g.code for g in reds} != {exception["danger"], exception["with"]}:
        return False
    danger = next(g for g in reds if g.code == exception["danger"])
    is_alone = list(danger.because) == exception["only_because"]
    return is_alone and all(findings.get(sign) is False for sign in exception["known_absent"])
