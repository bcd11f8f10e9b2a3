"""The acts of care that a centre charges, as data (`data/acts.json`), with the tests of its laboratory. Pure.

A test of the laboratory is the act `LAB-` and its code. What an act costs is the centre's: dated prices, like a product's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.core.errors import Refused
from appliance.records.laboratory.tests_list import default_tests

FILE = Path(__file__).parent / "data" / "acts.json"
GROUPS = ("consultation", "laboratoire", "maternite", "soins", "hospitalisation", "autre")
LABORATORY = "LAB-"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareAct:
    """An act of care: its group, the type of care by which a payer bears it, what the care itself charges it for.

    `charged_for` is "consultation" or "test" when the record shows that it was done; "" when somebody says so.
    `printed` is its name on a receipt: that of a test which would tell of an illness is the list's discreet one.
    """

    code: str
    label: str
    group: str
    care: str
    charged_for: str = ""
    printed: str = ""


def load_acts(file: Path = FILE) -> dict[str, CareAct]:
    """Read and check the list; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: dict[str, CareAct] = {}
    for index in range(len(held.need(("acts",), list))):
        row = held.need(("acts", index), dict)
        code, group = held.need(("acts", index, "code"), str), held.need(("acts", index, "group"), str)
        if code in found or code.startswith(LABORATORY):
            held.fault(("acts", index, "code"), f"{code} stands twice, or is a test's")
        if group not in GROUPS:
            held.fault(("acts", index, "group"), f"must be one of {GROUPS}")
        if row.get("charged_for", "") not in ("", "consultation"):
            held.fault(("acts", index, "charged_for"), "must be consultation, or left out")
        found[code] = CareAct(
            code=code, label=held.need(("acts", index, "label"), str), group=group,
            care=held.need(("acts", index, "care"), str), charged_for=row.get("charged_for", ""), printed=row["label"],
        )  # fmt: skip
    return found


@cache
def care_acts() -> dict[str, CareAct]:
    """Every act by its code: those of the list, then the tests of the laboratory."""
    discreet = load_json(FILE).need(("discreet_label",), str)
    tests = {
        f"{LABORATORY}{test.code}": CareAct(
            code=f"{LABORATORY}{test.code}", label=test.label, group="laboratoire", care="ambulatoire",
            charged_for="test", printed=discreet if test.is_sensitive else test.label,
        )
        for test in default_tests().values()
    }  # fmt: skip
    return load_acts() | tests


def care_act(code: str) -> CareAct:
    """One act; raises `Refused("care-act-unknown")`."""
    found = care_acts().get(code)
    if found is None:
        raise Refused("care-act-unknown", care_act=code[:40])
    return found


def act_label(code: str) -> str:
    """What an act is called on the screens of those who may know; the code itself when it left the list."""
    found = care_acts().get(code)
    return found.label if found else code
