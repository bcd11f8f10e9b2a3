"""The tests that the laboratory of a CSCom does, as data (`data/tests.json`, à confirmer until the district said).

A test answers with one of its choices or with a number in its unit. `feeds` names the field of the consultation
that a result fills: the month counts a malaria test there, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json
from appliance.core.errors import Refused

FILE = Path(__file__).parent / "data" / "tests.json"
FED = ("rdt", "microscopy")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTest:
    """One test. Bounds in thousandths of the unit; a number outside them is a slip of the finger.

    `alarming` holds the choices, and `alarming_below` the number, that the prescriber must see at once.
    """

    code: str
    label: str
    is_number: bool
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    low_milli: int = 0
    high_milli: int = 0
    feeds: str | None = None
    alarming: frozenset[str] = frozenset()
    alarming_below_milli: int | None = None
    is_sensitive: bool = False


def load_tests(file: Path = FILE) -> dict[str, LabTest]:
    """Read and check the list; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: dict[str, LabTest] = {}
    for index in range(len(held.need(("tests",), list))):
        test = _test(held, index)
        if test.code in found:
            held.fault(("tests", index, "code"), f"{test.code} stands twice")
        found[test.code] = test
    return found


@cache
def default_tests() -> dict[str, LabTest]:
    """The list that ships with this release, by code."""
    return load_tests()


def lab_test(code: str) -> LabTest:
    """One test; raises `Refused("lab-test-unknown")`."""
    found = default_tests().get(code)
    if found is None:
        raise Refused("lab-test-unknown", test=code[:40])
    return found


def _test(held: Located, index: int) -> LabTest:
    at = ("tests", index)
    row = held.need(at, dict)
    for name in ("code", "label", "kind"):
        held.need((*at, name), str)
    if row.get("feeds") not in (None, *FED):
        held.fault((*at, "feeds"), f"must be one of {', '.join(FED)}")
    shared = {
        "code": row["code"],
        "label": row["label"],
        "feeds": row.get("feeds"),
        "is_sensitive": bool(row.get("sensitive")),
    }
    if row["kind"] == "number":
        for name in ("low", "high"):
            held.need((*at, name), (int, float))
        if not row["low"] < row["high"]:
            held.fault((*at, "high"), "must be above low")
        below = row.get("alarming_below")
        return LabTest(
            **shared, is_number=True, unit=held.need((*at, "unit"), str), low_milli=_milli(row["low"]),
            high_milli=_milli(row["high"]), alarming_below_milli=None if below is None else _milli(below),
        )  # fmt: skip
    if row["kind"] != "choice":
        held.fault((*at, "kind"), "must be choice or number")
    codes, labels = held.need((*at, "codes"), list), held.need((*at, "choices"), list)
    if len(codes) != len(labels) or len(set(codes)) < len(codes) or not codes:
        held.fault((*at, "codes"), "must be as many as choices, each once")
    alarming = frozenset(row.get("alarming") or ())
    if not alarming <= set(codes):
        held.fault((*at, "alarming"), "names a choice that is not there")
    return LabTest(**shared, is_number=False, choices=tuple(zip(codes, labels, strict=True)), alarming=alarming)


def _milli(value: float) -> int:
    return int(Fraction(str(value)) * 1000)
