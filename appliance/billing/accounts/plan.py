"""The accounts of the ASACO's plan: a data file. Rows keep an account's key; its number and name follow the file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json

FILE = Path(__file__).parent / "data" / "accounts.json"
CLASSES = ("cash", "debt", "opening", "variance", "income", "expense", "solidarity")
NEEDED = ("till", "treasury", "bank", "mobile_money", "drc", "opening", "cash_variance", "solidarity", "solidarity_loans", "solidarity_fund")  # fmt: skip
BOXES = ("treasury", "bank", "mobile_money")
"""Where the ASACO's money lies apart from the tills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: the key that rows keep, its number in the plan, its French name and what it counts as."""

    key: str
    number: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPlan:
    """The accounts by key; above `approval_above_fcfa` an expense needs the treasurer and the president."""

    edition: str
    source: str
    accounts: dict[str, Account]
    approval_above_fcfa: int

    def of(self, *kinds: str) -> list[Account]:
        """The accounts of some classes, in the order of the file."""
        return [a for a in self.accounts.values() if a.kind in kinds]


def load_plan(file: Path = FILE) -> AccountPlan:
    """Read and check the plan; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: dict[str, Account] = {}
    for index in range(len(held.need(("accounts",), list))):
        key, kind = held.need(("accounts", index, "key"), str), held.need(("accounts", index, "class"), str)
        if key in found:
            held.fault(("accounts", index, "key"), f"{key} stands twice")
        if kind not in CLASSES:
            held.fault(("accounts", index, "class"), f"must be one of {CLASSES}")
        found[key] = Account(
            key=key, number=held.need(("accounts", index, "number"), str),
            label=held.need(("accounts", index, "label"), str), kind=kind,
        )  # fmt: skip
    for key in NEEDED:
        if key not in found:
            held.fault(("accounts",), f"lacks the account {key!r}")
    threshold = held.need(("approval_above_fcfa",), int)
    if threshold < 0:
        held.fault(("approval_above_fcfa",), "must not be below zero")
    return AccountPlan(
        edition=held.need(("edition",), str), source=held.need(("source",), str), accounts=found,
        approval_above_fcfa=threshold,
    )  # fmt: skip


@cache
def plan() -> AccountPlan:
    """The plan that ships with this release."""
    return load_plan()


def label_of(key: str) -> str:
    """An account's name; its key when the file has it no more."""
    found = plan().accounts.get(key)
    return found.label if found else key
