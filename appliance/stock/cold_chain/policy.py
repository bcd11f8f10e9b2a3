"""What the ministry and WHO say of vaccines, as data: the band, the times of reading, open vials, freezing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.core.datafile import Located, load_json

FILE = Path(__file__).parent / "data" / "cold-chain.json"
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time of day at which every fridge is read. `since` and `owed_after`: "HH:MM"; unread after that it is missed."""

    code: str
    label: str
    since: str
    owed_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccine:
    """What is known of a vaccine by its product code.

    `open_hours`: how long an open vial may be used (28 days: 672); one of less than a day also ends with its session.
    `target` and `doses`: whom it is for (a code of the centre's targets) and how many doses each; None where nobody said.
    """

    product: str
    antigen: str
    sensitivity: str
    has_shake_test: bool
    open_hours: int
    target: str | None
    doses: int | None

    @property
    def is_kept(self) -> bool:
        """Whether an open vial is kept for the next session (the multi-dose vial policy)."""
        return self.open_hours >= 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole file; temperatures in tenths of a degree."""

    low_tenths: int
    high_tenths: int
    moments: tuple[Moment, ...]
    instructions: dict[str, tuple[str, ...]]
    discard_reasons: dict[str, str]
    vvm_unusable_from: int
    is_vvm_ranked: bool
    vaccines: dict[str, Vaccine]
    is_confirmed: bool


def load_policy(file: Path = FILE) -> Policy:
    """Read and check a policy file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    vaccines: dict[str, Vaccine] = {}
    for index in range(len(held.need(("vaccines",), list))):
        one = _vaccine(held, index)
        if one.product in vaccines:
            held.fault(("vaccines", index, "product"), f"{one.product} stands twice")
        vaccines[one.product] = one
    low, high = held.need(("band", "low"), int), held.need(("band", "high"), int)
    if low >= high:
        held.fault(("band",), "must go upward")
    stage = held.need(("vvm", "unusable_from"), int)
    if not 2 <= stage <= 4:
        held.fault(("vvm", "unusable_from"), f"{stage} is no stage from 2 to 4")
    return Policy(
        low_tenths=low, high_tenths=high,
        moments=tuple(_moment(held, index) for index in range(len(held.need(("moments",), list)))),
        instructions={kind: tuple(held.need(("instructions", kind), list)) for kind in ("heat", "freeze")},
        discard_reasons={
            held.need(("discard_reasons", n, "code"), str): held.need(("discard_reasons", n, "label"), str)
            for n in range(len(held.need(("discard_reasons",), list)))
        },
        vvm_unusable_from=stage, is_vvm_ranked=held.need(("vvm", "rank_before_expiry"), bool), vaccines=vaccines,
        is_confirmed=held.need(("status",), str) != "à confirmer",
    )  # fmt: skip


@cache
def policy() -> Policy:
    """The policy that ships with this release."""
    return load_policy()


def _moment(held: Located, index: int) -> Moment:
    hours = {}
    for name in ("from", "owed_after"):
        hours[name] = held.need(("moments", index, name), str)
        if not _HOUR.fullmatch(hours[name]):
            held.fault(("moments", index, name), f"{hours[name]!r} is no hour like 08:00")
    code = held.need(("moments", index, "code"), str)
    if code not in ("morning", "evening"):
        held.fault(("moments", index, "code"), f"{code!r} is neither morning nor evening")
    label = held.need(("moments", index, "label"), str)
    return Moment(code=code, label=label, since=hours["from"], owed_after=hours["owed_after"])


def _vaccine(held: Located, index: int) -> Vaccine:
    where = ("vaccines", index)
    rule = held.need((*where, "open_vial"), dict)
    unit, count = next(iter(rule.items()), ("", 0))
    if unit not in ("hours", "days") or not isinstance(count, int) or count < 1:
        held.fault((*where, "open_vial"), 'must be like {"hours": 6} or {"days": 28}')
    sensitivity = held.need((*where, "sensitivity"), str)
    if sensitivity not in ("heat", "freeze"):
        held.fault((*where, "sensitivity"), f"{sensitivity!r} is neither heat nor freeze")
    return Vaccine(
        product=held.need((*where, "product"), str), antigen=held.need((*where, "antigen"), str), sensitivity=sensitivity,
        has_shake_test=held.need((*where, "shake_test"), bool), open_hours=count * (24 if unit == "days" else 1),
        target=held.need((*where, "target"), (str, type(None))), doses=held.need((*where, "doses"), (int, type(None))),
    )  # fmt: skip
