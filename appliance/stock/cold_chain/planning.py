"""Vials that sessions need (rule V): each session opens its own, so a vial is rounded up at every one of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Vials and doses for some sessions. `wastage`: the part of the doses that nobody will get, None with no vial."""

    sessions: int
    children: int
    vials: int
    doses: int
    wastage: Fraction | None


def need_of_sessions(expected: Iterable[int], doses_per_vial: int) -> Need:
    """Σ over sessions of ceil(expected children / doses per vial), and what that wastes (worked row T24)."""
    children = [max(count, 0) for count in expected]
    vials = sum(-(-count // doses_per_vial) for count in children)
    doses = vials * doses_per_vial
    return Need(
        sessions=len(children), children=sum(children), vials=vials, doses=doses,
        wastage=1 - Fraction(sum(children), doses) if doses else None,
    )  # fmt: skip


def shared(total: Fraction, weights: Sequence[Fraction]) -> list[int]:
    """Children of a month over its sessions by weight, whole, adding up to the total rounded half up."""
    whole, summed = int(total + Fraction(1, 2)), sum(weights)
    if not weights or not summed:
        return [0 for _ in weights]
    exact = [Fraction(whole) * weight / summed for weight in weights]
    given = [int(part) for part in exact]
    # What is left goes one by one to those who were cut the most; the first of equals first.
    order = sorted(range(len(exact)), key=lambda n: (given[n] - exact[n], n))
    for n in order[: whole - sum(given)]:
        given[n] += 1
    return given
