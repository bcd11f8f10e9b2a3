"""The measures, each beside its budget (DESIGN budgets) and the floor of the same run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import httpx

from appliance.bench.clients import (
    Server,
    appliance,
    concurrently,
    floor,
    fsync_ms,
    percentile,
    sale,
    signed_in,
    timed,
)
from appliance.core.periods import Month
from appliance.reports.preview import report
from appliance.storage import FileKey, Store

NAMES = ("Coulibaly Awa", "Traore Moussa", "fatou keita", "Diara Amadou", "kone", "Sidibe Mariam Farabani")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. `within` is None where no budget applies."""

    name: str
    value: float
    budget: float | None
    floor: float | None = None
    unit: str = ""

    @property
    def within(self) -> bool | None:
        """Whether the budget is kept (a rate must reach it, all else stay under it)."""
        if self.budget is None:
            return None
        return self.value >= self.budget if self.unit == "/s" else self.value <= self.budget

    def as_dict(self) -> dict[str, object]:
        """As printed."""
        return {
            **asdict(self),
            "value": round(self.value, 3),
            "floor": None if self.floor is None else round(self.floor, 3),
            "within": self.within,
        }


@dataclass(slots=True, kw_only=True)
class Bench:
    """A store served for measuring, and the floor beside it."""

    data: Path
    server: Server
    floor: Server
    products: list[int]


def measure(data: Path, only: str | None = None) -> list[Measure]:
    """Run the measures whose name begins with `only` (all of them without)."""
    products, lines = _facts(data)
    found = [
        Measure(name="ledger_lines", value=lines, budget=None),
        Measure(name="fsync_ms", value=fsync_ms(data), budget=None, unit="ms"),
    ]
    found += _reports(data)
    found.append(
        Measure(
            name="disk_bytes_per_ledger_line",
            value=(data / "store.db").stat().st_size / max(lines, 1),
            budget=300,
            unit="B",
        )
    )
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(data=data, server=appliance(data), floor=floor(Path(scratch)), products=products)
        try:
            groups: list[Callable[[Bench], list[Measure]]] = [
                _start,
                _memory_at_rest,
                _idle,
                _bytes,
                _alone,
                _search,
                _pages,
                _thirty,
                _memory_after,
            ]
            for group in groups:
                if only is None or group.__name__.lstrip("_").startswith(only.split("_")[0]):
                    found += group(bench)
        finally:
            bench.server.stop()
            bench.floor.stop()
    return found


def _facts(data: Path) -> tuple[list[int], int]:
    store = Store.open(data, FileKey(data / "store.key").key())
    with store.reading() as db:
        products = [r[0] for r in db.all("SELECT product FROM balance GROUP BY product HAVING sum(quantity) > 100000")]
        products = products or [
            r[0] for r in db.all("SELECT product FROM balance GROUP BY product ORDER BY sum(quantity) DESC LIMIT 6")
        ]
        lines = int(db.value("SELECT count(*) FROM movement"))
    store.close()
    return products, lines


def _reports(data: Path) -> list[Measure]:
    store = Store.open(data, FileKey(data / "store.key").key())
    with store.reading() as db:
        today = store.clock.today()
        month = Month.of(today).plus(-1)
        took = timed(lambda: [report(db, form, month, today) for form in ("RMA", "CRGS")], 3)
    store.close()
    return [Measure(name="month_reports_seconds", value=sorted(took)[1], budget=3, unit="s")]


def _start(bench: Bench) -> list[Measure]:
    return [
        Measure(
            name="start_to_first_page_seconds",
            value=bench.server.start_seconds,
            budget=1.5,
            floor=bench.floor.start_seconds,
            unit="s",
        )
    ]


def _memory_at_rest(bench: Bench) -> list[Measure]:
    return [
        Measure(
            name="memory_at_rest_mib", value=bench.server.pss_mib(), budget=90, floor=bench.floor.pss_mib(), unit="MiB"
        )
    ]


def _idle(bench: Bench) -> list[Measure]:
    time.sleep(2)
    before = bench.server.cpu()
    time.sleep(15)
    return [
        Measure(name="idle_percent_of_a_core", value=(bench.server.cpu() - before) / 15 * 100, budget=0.1, unit="%")
    ]


def _bytes(bench: Bench) -> list[Measure]:
    client, _ = signed_in(bench.server.url)
    client.headers["accept-encoding"] = "gzip"
    page = client.get("/")
    cold = int(page.headers.get("content-length", "0"))
    for part in {p.split('"')[0] for p in page.text.split('"/static/')[1:]}:
        cold += int(client.get("/static/" + part).headers.get("content-length", "0"))
    warm = int(client.get("/patients").headers.get("content-length", "0"))
    return [
        Measure(name="cold_page_kb", value=cold / 1000, budget=45, unit="kB"),
        Measure(name="warm_page_kb", value=warm / 1000, budget=12, unit="kB"),
    ]


def _alone(bench: Bench) -> list[Measure]:
    client, token = signed_in(bench.server.url)
    acts = 300
    before = bench.server.cpu()
    took = sorted(timed(lambda: _sell(client, token, bench.products), acts))
    used = (bench.server.cpu() - before) / acts * 1000
    base = httpx.Client(base_url=bench.floor.url)
    body = [[p, 2] for p in (1, 2, 3)]
    floor_before = bench.floor.cpu()
    timed(lambda: base.post("/dispense", json=body), acts)
    floor_used = (bench.floor.cpu() - floor_before) / acts * 1000
    return [
        Measure(name="dispense_cpu_seconds_per_1000", value=used, budget=2.5, floor=floor_used, unit="s"),
        Measure(name="dispense_alone_p50_ms", value=percentile(took, 0.5) * 1000, budget=None, unit="ms"),
    ]


def _search(bench: Bench) -> list[Measure]:
    client, _ = signed_in(bench.server.url)
    client.headers["hx-request"] = "true"
    acts = 300
    names = iter(NAMES * (acts // len(NAMES) + 1))
    before = bench.server.cpu()
    took = sorted(timed(lambda: client.get("/patients", params={"q": next(names)}), acts))
    used = (bench.server.cpu() - before) / acts * 1000
    base = httpx.Client(base_url=bench.floor.url)
    floor_before = bench.floor.cpu()
    timed(lambda: base.get("/search", params={"q": "nom12"}), acts)
    floor_used = (bench.floor.cpu() - floor_before) / acts * 1000
    return [
        Measure(name="search_cpu_seconds_per_1000", value=used, budget=2, floor=floor_used, unit="s"),
        Measure(name="search_alone_p99_ms", value=percentile(took, 0.99) * 1000, budget=8, unit="ms"),
    ]


def _pages(bench: Bench) -> list[Measure]:
    client, _ = signed_in(bench.server.url)
    acts, found = 200, []
    for name, path, budget in (("open_record", "/patients/5", 1.5), ("whole_page", "/patients", 4)):
        before = bench.server.cpu()
        timed(partial(client.get, path), acts)
        found.append(
            Measure(
                name=f"{name}_cpu_seconds_per_1000",
                value=(bench.server.cpu() - before) / acts * 1000,
                budget=budget,
                unit="s",
            )
        )
    return found


def _thirty(bench: Bench) -> list[Measure]:
    people = [signed_in(bench.server.url, i % 2 * 3) for i in range(30)]
    each = 40
    started = time.perf_counter()
    took = concurrently(30, lambda i: timed(lambda: _sell(*people[i], bench.products), each))
    seconds = time.perf_counter() - started
    bases = [httpx.Client(base_url=bench.floor.url, timeout=60) for _ in range(30)]
    body = [[p, 2] for p in (1, 2, 3)]
    floor_took = concurrently(30, lambda i: timed(lambda: bases[i].post("/dispense", json=body), each))
    return [
        Measure(
            name="dispense_30_clients_p99_ms",
            value=percentile(took, 0.99) * 1000,
            budget=100,
            floor=percentile(floor_took, 0.99) * 1000,
            unit="ms",
        ),
        Measure(name="dispense_30_clients_per_second", value=30 * each / seconds, budget=350, unit="/s"),
    ]


def _memory_after(bench: Bench) -> list[Measure]:
    client, _ = signed_in(bench.server.url)
    for _ in range(500):
        client.get("/patients")
    return [Measure(name="memory_after_pages_mib", value=bench.server.pss_mib(), budget=130, unit="MiB")]


def _sell(client: httpx.Client, token: str, products: list[int]) -> None:
    answer = client.post("/vente-directe", data=sale(token, products[:3]))
    if answer.status_code != 303:
        raise RuntimeError(f"a sale was answered {answer.status_code}")
