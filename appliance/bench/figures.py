"""Every figure that the bench can give: its group, its unit and its budget (DESIGN, budgets)."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is measured. A rate ("/s") and an agreement ("same") must reach the budget, all else stay under it."""

    group: str
    unit: str = ""
    budget: float | None = None


FIGURES: dict[str, Figure] = {
    "ledger_lines": Figure(group="store"),
    "patients": Figure(group="store"),
    "fsync_ms": Figure(group="store", unit="ms"),
    "disk_bytes_per_ledger_line": Figure(group="disk", unit="B", budget=300),
    "disk_bytes_of_the_rest_per_patient": Figure(group="disk", unit="B"),
    "month_reports_kept_ms": Figure(group="reports", unit="ms", budget=250),
    "month_reports_rebuilt_seconds": Figure(group="reports", unit="s", budget=3),
    "month_reports_agree": Figure(group="reports", unit="same", budget=1),
    "start_to_first_search_seconds": Figure(group="start", unit="s", budget=1.5),
    "start_growth_percent": Figure(group="growth", unit="%", budget=15),
    "dispense_growth_percent": Figure(group="growth", unit="%", budget=15),
    "open_record_growth_percent": Figure(group="growth", unit="%", budget=15),
    "home_page_growth_percent": Figure(group="growth", unit="%", budget=15),
    "memory_at_rest_mib": Figure(group="memory", unit="MiB", budget=90),
    "memory_after_pages_mib": Figure(group="memory", unit="MiB", budget=130),
    "memory_growth_after_mib": Figure(group="memory", unit="MiB", budget=4),
    "idle_percent_of_a_core": Figure(group="idle", unit="%", budget=0.1),
    "cold_page_kb": Figure(group="bytes", unit="kB", budget=45),
    "warm_page_kb": Figure(group="bytes", unit="kB", budget=12),
    "dispense_cpu_seconds_per_1000": Figure(group="dispense", unit="s", budget=2.5),
    "dispense_alone_p50_ms": Figure(group="dispense", unit="ms"),
    "search_cpu_seconds_per_1000": Figure(group="search", unit="s", budget=2),
    "search_alone_p99_ms": Figure(group="search", unit="ms", budget=8),
    "open_record_cpu_seconds_per_1000": Figure(group="pages", unit="s", budget=1.5),
    "whole_page_cpu_seconds_per_1000": Figure(group="pages", unit="s", budget=4),
    "consultation_cpu_seconds_per_1000": Figure(group="consultation", unit="s", budget=2.5),
    "dispense_30_clients_p99_ms": Figure(group="thirty", unit="ms", budget=100),
    "dispense_30_clients_per_second": Figure(group="thirty", unit="/s", budget=350),
    "dispense_poor_card_p99_ms": Figure(group="poor", unit="ms", budget=180),
    "exchange_month_kb": Figure(group="exchange", unit="kB", budget=100),
}
GROUPS = tuple(dict.fromkeys(figure.group for figure in FIGURES.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often each thing is done: large enough to be believed, small enough to wait for."""

    acts: int = 300
    tablets: int = 30
    each: int = 40
    pages: int = 10_000
    idle_seconds: int = 60
    starts: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure as found, and the floor's in the same run where there is one. `within` is None without a budget."""

    name: str
    value: float
    floor: float | None = None

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept."""
        figure = FIGURES[self.name]
        if figure.budget is None:
            return None
        return self.value >= figure.budget if figure.unit in ("/s", "same") else self.value <= figure.budget

    def as_dict(self) -> dict[str, object]:
        """As printed."""
        return {
            **asdict(self), "value": round(self.value, 3), "unit": FIGURES[self.name].unit,
            "budget": FIGURES[self.name].budget, "floor": None if self.floor is None else round(self.floor, 3),
            "within": self.within,
        }  # fmt: skip


def chosen(only: str | None) -> tuple[set[str], set[str]]:
    """The groups to run and the figures to show for a figure's or a group's name; all of them without.

    Raises `KeyError` with the name when nothing bears it.
    """
    if only is None:
        return set(GROUPS), set(FIGURES)
    if only in FIGURES:
        # The disk's own pace stands beside every latency.
        return {FIGURES[only].group, "store"}, {only, "fsync_ms"}
    names = {name for name, figure in FIGURES.items() if figure.group == only}
    if not names:
        raise KeyError(only)
    return {only, "store"}, names | {"fsync_ms"}
