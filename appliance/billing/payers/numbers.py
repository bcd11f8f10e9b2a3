"""Whether a number on a payer's card can be right. Pure.

The rule is the payer's and is data. "modulo" with a root other than 10: the last digit is the number without it, modulo
the root. Root 10 is copied from openIMIS, exactly: every second digit counted from the left is doubled, from the first
on, which is Luhn only where the number has an even count of digits.
"""

from __future__ import annotations

import re

from appliance.billing.payers.model import NumberRule
from appliance.core.errors import Refused

NUMBER_MAX = 50
CHECK_DIGIT_ROOT = 10


def clean_number(text: str, rule: NumberRule) -> str | None:
    """A number as it is kept, without spaces; None when none is given and none is needed.

    Raises `Refused`: "cover-number-needed", "cover-number-length", "cover-number-digits", "cover-number-wrong".
    """
    number = re.sub(r"[\s\u202f\u00a0]", "", text).upper()
    if not number:
        if rule.required:
            raise Refused("cover-number-needed")
        return None
    if len(number) > NUMBER_MAX or not number.isprintable():
        raise Refused("cover-number-length", high=NUMBER_MAX)
    low, high = rule.length_min or 1, rule.length_max or NUMBER_MAX
    if not low <= len(number) <= high:
        raise Refused("cover-number-length", low=low, high=high)
    if rule.rule == "modulo":
        if not re.fullmatch(r"[0-9]{2,}", number):
            raise Refused("cover-number-digits")
        if not _is_right(number, rule.root):
            raise Refused("cover-number-wrong")
    return number


def _is_right(number: str, root: int) -> bool:
    if root != CHECK_DIGIT_ROOT:
        return int(number[:-1]) % root == int(number[-1])
    total = int(number[-1])
    for index, digit in enumerate(map(int, number[:-1])):
        doubled = digit if index % 2 else digit * 2
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
