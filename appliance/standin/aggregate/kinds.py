"""Value types: what a text must be to be stored."""

from __future__ import annotations

import re
from datetime import date

LENGTH_MAX = 50_000
COMMENT_MAX = 5_000
_INTEGER = re.compile(r"(0|-?[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d+)?")


def misfit(value: str, kind: str) -> str | None:
    """Why a value does not fit its type, in the words of DHIS2; None when it fits."""
    if len(value) > LENGTH_MAX:
        return "value_length_greater_than_max_length"
    if kind == "NUMBER":
        return None if value and _NUMBER.fullmatch(value) and any(c.isdigit() for c in value) else "value_not_numeric"
    if kind.startswith("INTEGER"):
        is_whole = _INTEGER.fullmatch(value) is not None
        if kind == "INTEGER_ZERO_OR_POSITIVE":
            return None if is_whole and int(value) >= 0 else "value_not_zero_or_positive_integer"
        if kind == "INTEGER_POSITIVE":
            return None if is_whole and int(value) > 0 else "value_not_positive_integer"
        return None if is_whole else "value_not_integer"
    if kind == "BOOLEAN":
        return None if value.lower() in ("true", "false", "1", "0", "t", "f") else "value_not_bool"
    if kind == "TRUE_ONLY":
        return None if value.lower() in ("true", "1", "t") else "value_not_true_only"
    if kind == "DATE":
        return None if _is_date(value) else "value_not_valid_date"
    return None


def is_numeric(kind: str) -> bool:
    """Whether a type is a number."""
    return kind == "NUMBER" or kind.startswith("INTEGER") or kind in ("PERCENTAGE", "UNIT_INTERVAL")


def is_zero(value: str) -> bool:
    """Whether a number is zero, however it is written."""
    try:
        return float(value) == 0
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
