"""Out of the band: since when, how long, and readings that nobody took. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appliance.stock.cold_chain.policy import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """One reading that counts; `tenths` and the band of that day in tenths of a degree."""

    id: int
    occurred_on: date
    moment: str
    hour: str
    tenths: int
    low_tenths: int
    high_tenths: int
    is_alarm: bool
    measure: str | None
    by: str

    @property
    def at(self) -> datetime:
        """When it was read."""
        return datetime.combine(self.occurred_on, datetime.strptime(self.hour, "%H:%M").time())  # noqa: DTZ007 - Mali's own time

    @property
    def exposure(self) -> str:
        """Empty inside the band, "heat" above it, "freeze" below; the ends of the band are good."""
        return "heat" if self.tenths > self.high_tenths else "freeze" if self.tenths < self.low_tenths else ""

    @property
    def is_out(self) -> bool:
        """Whether it is an alarm: out of the band, or the recorder's own alarm was lit."""
        return bool(self.exposure) or self.is_alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """Readings out of the band one after another, on one side. `until` is the first good reading after, None: it lasts."""

    exposure: str
    since: datetime
    last: datetime
    until: datetime | None
    worst_tenths: int
    measures: tuple[str, ...]

    def hours(self, now: datetime) -> int:
        """Whole hours from the first bad reading to the first good one, or to now while it lasts."""
        return max(int(((self.until or now) - self.since).total_seconds()) // 3600, 0)


def excursions(readings: Iterable[Temperature]) -> list[Excursion]:
    """The excursions of one fridge, the oldest first. Too cold after too warm is another one."""
    found: list[Excursion] = []
    run: list[Temperature] = []
    for one in sorted(readings, key=lambda r: (r.at, r.id)):
        kind = one.exposure or ("heat" if one.is_alarm else "")
        if run and kind != (run[0].exposure or "heat"):
            found.append(_of(run, one.at))
            run = []
        if kind:
            run.append(one)
    return [*found, _of(run, None)] if run else found


def _of(run: list[Temperature], until: datetime | None) -> Excursion:
    exposure = run[0].exposure or "heat"
    worst = (max if exposure == "heat" else min)(one.tenths for one in run)
    return Excursion(
        exposure=exposure, since=run[0].at, last=run[-1].at, until=until, worst_tenths=worst,
        measures=tuple(one.measure for one in run if one.measure),
    )  # fmt: skip


def missed(
    readings: Iterable[Temperature], since: date, now: datetime, moments: Iterable[Moment]
) -> list[tuple[date, Moment]]:
    """Days and moments that are over and were not read, the oldest first, from a day on."""
    read = {(one.occurred_on, one.moment) for one in readings}
    asked, found, day = list(moments), [], since
    while day <= now.date():
        found += [
            (day, one)
            for one in asked
            if (day, one.code) not in read and (day < now.date() or f"{now:%H:%M}" >= one.owed_after)
        ]
        day += timedelta(days=1)
    return found
