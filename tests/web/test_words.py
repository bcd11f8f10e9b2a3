"""Every refusal that a room may raise has its sentence in French."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.records.refusals import REFUSALS
from appliance.web.words.refusals import SENTENCES

ROOMS = Path(__file__).parents[2] / "appliance"
# Said to engineers on the command line only, never on a page.
FOR_ENGINEERS = {
    "case-not-an-object", "catalogue", "folder-missing", "key-malformed", "key-wrong", "store-exists", "store-in-use", "store-missing", "port-busy",
    "plan-out-of-range", "no-such-verb", "month-of-use", "month-twice", "bad-week", "bad-quarter", "price-not-whole-francs",
}  # fmt: skip


def test_each_code_raised_as_refused_is_said_in_french() -> None:
    raised = set(REFUSALS)
    for file in ROOMS.rglob("*.py"):
        raised |= set(re.findall(r'Refused\(\s*"([a-z-]+)"', file.read_text("utf-8")))
    assert sorted(raised - set(SENTENCES) - FOR_ENGINEERS) == []
