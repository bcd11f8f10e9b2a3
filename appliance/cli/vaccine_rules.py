"""`appliance rules wastage` and `appliance rules sessions`: rule V on numbers that somebody types."""

from __future__ import annotations

from fractions import Fraction

import click

from appliance.cli.main import show
from appliance.cli.opening import AS_JSON
from appliance.cli.rule_cases import number_at, read_case
from appliance.core.datafile import Located, Path_
from appliance.core.french import number_fr
from appliance.stock.cold_chain.planning import need_of_sessions
from appliance.stock.cold_chain.wastage import MonthOfDoses
from appliance.stock.cold_chain.wastage import wastage as wastage_of

DOSES_MAX, ROWS_MAX = 1_000, 1_000
MONTHS = 12


@click.command()
@click.argument("case")
@AS_JSON
def wastage(case: str, as_json: bool) -> None:
    """Doses wasted of a vaccine by rule V: 1 - administered / opened, cumulative from January.

    \b
    CASE: {"doses_per_vial": 20, "months": [{"month": 1, "vials": 12, "administered": 200}, ...]}
    `month` is 1 to 12, all of one year, each once. `opened` (doses) may stand instead of `vials`, `children` instead
    of `administered`, and a month may name its own `doses_per_vial`.

    \b
    Answer: months, each with month, opened, administered, rate_percent (below 0 when doses of an earlier vial were
    given), cumulative_percent, opened_since_january, administered_since_january; and for the last month opened,
    administered (since January), cumulative_percent, label. Per cent to one decimal; null while nothing was opened.
    """
    found = wastage_of(_months(read_case(case)))
    last = found[-1]
    label = f"Perte cumulée depuis janvier : {_said(last.cumulative)}"
    if as_json:
        show({
            "months": [
                {
                    "month": m.month, "opened": m.opened, "administered": m.administered, "rate_percent": percent(m.rate),
                    "cumulative_percent": percent(m.cumulative), "opened_since_january": m.opened_since_january,
                    "administered_since_january": m.administered_since_january,
                }
                for m in found
            ],
            "opened": last.opened_since_january, "administered": last.administered_since_january,
            "cumulative_percent": percent(last.cumulative), "label": label,
        })  # fmt: skip
        return
    for month in found:
        click.echo(f"  mois {month.month} : {_said(month.rate)}, cumul {_said(month.cumulative)}")
    click.echo(label)


@click.command()
@click.argument("case")
@AS_JSON
def sessions(case: str, as_json: bool) -> None:
    """Vials that vaccination sessions need by rule V: each session opens its own, rounded up.

    \b
    CASE: {"doses_per_vial": 20, "sessions": [6, 6, 6, 6]}, the children expected at each; or
     {"doses_per_vial": 20, "sessions": 4, "children_per_session": 6}

    \b
    Answer: sessions, children, vials, doses, wastage_percent (one decimal; null with no vial), label.
    """
    held = read_case(case)
    need = need_of_sessions(_children(held), _doses_per_vial(held, ("doses_per_vial",)))
    label = f"{need.vials} flacons pour {need.sessions} séances, {need.children} enfants ; perte {_said(need.wastage)}"
    if as_json:
        show({
            "sessions": need.sessions, "children": need.children, "vials": need.vials, "doses": need.doses,
            "wastage_percent": percent(need.wastage), "label": label,
        })  # fmt: skip
        return
    click.echo(label)


def percent(rate: Fraction | None) -> float | None:
    """A rate in per cent to one decimal, half away from zero."""
    if rate is None:
        return None
    tenths = int(abs(rate) * 1_000 + Fraction(1, 2))
    return (tenths if rate >= 0 else -tenths) / 10


def _said(rate: Fraction | None) -> str:
    return "inconnue" if rate is None else f"{number_fr(rate * 100, 1)} %"


def _months(held: Located) -> list[MonthOfDoses]:
    rows = held.need(("months",), list)
    if not 1 <= len(rows) <= MONTHS:
        held.fault(("months",), "must be 1 to 12 months of one year")
    found: list[MonthOfDoses] = []
    for index in range(len(rows)):
        path: Path_ = ("months", index)
        row = held.need(path, dict)
        month = _whole(held, (*path, "month"), low=1, high=MONTHS)
        if month in {m.month for m in found}:
            held.fault((*path, "month"), f"{month} stands twice")
        given = "administered" if "administered" in row else "children"
        if "opened" in row:
            opened = _whole(held, (*path, "opened"))
        else:
            own = (*path, "doses_per_vial") if "doses_per_vial" in row else ("doses_per_vial",)
            opened = _whole(held, (*path, "vials")) * _doses_per_vial(held, own)
        found.append(MonthOfDoses(month=month, opened=opened, administered=_whole(held, (*path, given))))
    return found


def _children(held: Located) -> list[int]:
    rows = held.need(("sessions",), (list, int))
    if isinstance(rows, list):
        if len(rows) > ROWS_MAX:
            held.fault(("sessions",), f"has more than {ROWS_MAX} sessions")
        return [_whole(held, ("sessions", index)) for index in range(len(rows))]
    return [_whole(held, ("children_per_session",))] * _whole(held, ("sessions",), high=ROWS_MAX)


def _doses_per_vial(held: Located, path: Path_) -> int:
    return _whole(held, path, low=1, high=DOSES_MAX)


def _whole(held: Located, path: Path_, *, low: int = 0, high: int = 1_000_000) -> int:
    return int(number_at(held, path, low=low, high=high, whole=True))
