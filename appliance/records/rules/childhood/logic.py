"""Conditions on findings in three values: yes, no, not known. Pure.

An answer that was not given is not a no: `any` is known to be false only when each part is, `all` is known to be true only
when each part is, and so many of a list is open while the unknown ones could still bring it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def holds(rule: Mapping[str, Any], findings: Mapping[str, Any], classes: Mapping[str, bool | None]) -> bool | None:
    """Whether a condition holds: True, False, or None while what is known does not decide it.

    `classes` says of each class decided before whether it was given. A finding marked `optional` counts as no when it is
    not known (a pulse oximeter is not everywhere).
    """
    if "all" in rule:
        return _all([holds(part, findings, classes) for part in rule["all"]])
    if "any" in rule:
        parts = [holds(part, findings, classes) for part in rule["any"]]
        return True if True in parts else None if None in parts else False
    if "count" in rule:
        parts = [holds(part, findings, classes) for part in rule["of"]]
        if parts.count(True) >= rule["count"]:
            return True
        return None if parts.count(True) + parts.count(None) >= rule["count"] else False
    if "class" in rule:
        return classes.get(rule["class"])
    return _atom(rule, findings)


def reasons(rule: Mapping[str, Any], findings: Mapping[str, Any], classes: Mapping[str, bool | None]) -> list[str]:
    """The findings (and classes) that make a true condition true, in the order of the file."""
    if holds(rule, findings, classes) is not True:
        return []
    for key in ("all", "any", "of"):
        if key in rule:
            return list(dict.fromkeys(name for part in rule[key] for name in reasons(part, findings, classes)))
    return [rule["class"] if "class" in rule else rule["f"]]


def missing(rule: Mapping[str, Any], findings: Mapping[str, Any], classes: Mapping[str, bool | None]) -> list[str]:
    """The findings that an undecided condition still waits for."""
    if holds(rule, findings, classes) is not None:
        return []
    for key in ("all", "any", "of"):
        if key in rule:
            return list(dict.fromkeys(name for part in rule[key] for name in missing(part, findings, classes)))
    return [] if "class" in rule else [rule["f"]]


def names(rule: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every finding (`f`) and class (`class`) that a condition speaks of."""
    for key in ("all", "any", "of"):
        if key in rule:
            return [name for part in rule[key] for name in names(part)]
    return [("class", rule["class"])] if "class" in rule else [("f", rule["f"])]


def _all(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _atom(rule: Mapping[str, Any], findings: Mapping[str, Any]) -> bool | None:
    value = findings.get(rule["f"])
    if value is None:
        return False if rule.get("optional") else None
    if "is" in rule:
        return bool(type(value) is type(rule["is"]) and value == rule["is"])  # true is no 1
    if "in" in rule:
        return value in rule["in"]
    checks = {"ge": value >= rule.get("ge", value), "le": value <= rule.get("le", value)}
    checks |= {
        "gt": "gt" not in rule or value > rule["gt"],
        "lt": "lt" not in rule or value < rule["lt"],
    }  # fmt: skip
    return all(checks.values())
