"""The measures: each group asks a served store for its figures, and the floor for the same act where it has one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from appliance.bench import clients, offline
from appliance.bench.clients import Server, fsync_ms, percentile, timed
from appliance.bench.exchange import month_of_exchange
from appliance.bench.figures import Measure, Pace, chosen
from appliance.bench.ground import Ground, bytes_without_ledger, copy_of
from appliance.bench.tablets import Tablet, many

NAMES = ("Coulibaly Awa", "Traore Moussa", "fatou keita", "Diara Amadou", "kone", "Sidibe Mariam Farabani")


@dataclass(slots=True, kw_only=True)
class Bench:
    """One run: the store, a smaller one to compare with, and the servers while they run."""

    ground: Ground
    small: Callable[[], Ground]
    scratch: Path
    pace: Pace
    servers: dict[str, Server] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        """The resident process over the store."""
        if "main" not in self.servers:
            self.servers["main"] = clients.appliance(self.ground.data)
        return self.servers["main"]

    @property
    def floor(self) -> Server:
        """The floor."""
        if "floor" not in self.servers:
            self.servers["floor"] = clients.floor(Path(tempfile.mkdtemp(dir=self.scratch)))
        return self.servers["floor"]

    def rest(self) -> None:
        """Stop every server, so that the store is free and the next one starts afresh."""
        for server in self.servers.values():
            server.stop()
        self.servers.clear()


def measure(bench: Bench, only: str | None = None) -> Iterator[Measure]:
    """Run what `only` needs (a figure's or a group's name; all of it without) and yield the figures asked for."""
    groups, names = chosen(only)
    try:
        for group, work in _WORK.items():
            if group in groups:
                yield from (found for found in work(bench) if found.name in names)
    finally:
        bench.rest()


def _store(bench: Bench) -> list[Measure]:
    return [
        Measure(name="ledger_lines", value=bench.ground.lines),
        Measure(name="patients", value=bench.ground.patients),
        Measure(name="fsync_ms", value=fsync_ms(bench.ground.data)),
    ]


def _disk(bench: Bench) -> list[Measure]:
    whole = (bench.ground.data / "store.db").stat().st_size
    rest = bytes_without_ledger(bench.ground.data, bench.scratch / "apart")
    return [
        Measure(name="disk_bytes_per_ledger_line", value=(whole - rest) / max(bench.ground.lines, 1)),
        Measure(name="disk_bytes_of_the_rest_per_patient", value=rest / max(bench.ground.patients, 1)),
    ]


def _reports(bench: Bench) -> list[Measure]:
    kept, rebuilt, agree = offline.month_reports(bench.ground.data)
    return [
        Measure(name="month_reports_kept_ms", value=kept * 1000),
        Measure(name="month_reports_rebuilt_seconds", value=rebuilt),
        Measure(name="month_reports_agree", value=float(agree)),
    ]


def _start(bench: Bench) -> list[Measure]:
    bench.rest()
    floor = bench.floor.start_seconds
    return [Measure(name="start_to_first_search_seconds", value=_started(bench.ground, bench.pace.starts), floor=floor)]


def _started(ground: Ground, starts: int) -> float:
    """Seconds from nothing to a search answered to a person who signed in; the best of a few starts."""
    found = []
    for _ in range(starts):
        began = time.perf_counter()
        server = clients.appliance(ground.data)
        try:
            _expect(Tablet(server.url, 0).get("/patients?q=Awa"))
            found.append(time.perf_counter() - began)
        finally:
            server.stop()
    return min(found)


def _growth(bench: Bench) -> list[Measure]:
    """The same acts against a store with few ledger lines, turn by turn so that the machine's noise falls on both."""
    bench.rest()
    small = bench.small()
    starts = [_started(ground, bench.pace.starts) for ground in (small, bench.ground)]
    found = [Measure(name="start_growth_percent", value=(starts[1] / starts[0] - 1) * 100)]
    acts: dict[str, Callable[[Tablet, Ground], None]] = {
        "dispense_growth_percent": lambda tablet, ground: tablet.sell(ground.products),
        "open_record_growth_percent": lambda tablet, _: _expect(tablet.get("/patients/5")),
        "home_page_growth_percent": lambda tablet, _: _expect(tablet.get("/")),
    }
    with _served(small) as few, _served(bench.ground) as much:
        tablets = {server.url: Tablet(server.url, 0) for server in (few, much)}
        for name, act in acts.items():
            used = {few.url: 0.0, much.url: 0.0}
            for turn in range(9):
                for server, ground in ((few, small), (much, bench.ground)):
                    tablet, before = tablets[server.url], server.cpu()
                    for _ in range(max(bench.pace.acts // 8, 1)):
                        act(tablet, ground)
                    used[server.url] += server.cpu() - before if turn else 0
            found.append(Measure(name=name, value=(used[much.url] / used[few.url] - 1) * 100))
    return found


def _memory(bench: Bench) -> list[Measure]:
    bench.rest()
    floor = bench.floor.pss_mib()
    courier = clients.courier(bench.ground.data)
    try:
        tablet = Tablet(bench.server.url, 0)
        time.sleep(2)
        found = [Measure(name="memory_at_rest_mib", value=_pss(bench, courier.pid), floor=floor)]
        paths = ("/patients", "/", "/patients/5", "/depot", "/vente-directe", "/patients?q=Awa+Traore", "/envois")

        def turn(count: int) -> float:
            for index in range(count):
                _expect(tablet.get(paths[index % len(paths)]))
            return _pss(bench, courier.pid)

        after = turn(bench.pace.pages)
        found.append(Measure(name="memory_after_pages_mib", value=after))
        found.append(Measure(name="memory_growth_after_mib", value=turn(bench.pace.pages // 4) - after))
    finally:
        clients.end(courier)
    return found


def _pss(bench: Bench, courier: int) -> float:
    return bench.server.pss_mib() + clients.pss_mib(courier)


def _idle(bench: Bench) -> list[Measure]:
    bench.rest()
    courier = clients.courier(bench.ground.data)
    try:
        server = bench.server
        time.sleep(8)
        before = server.cpu() + clients.cpu_of(courier.pid)
        time.sleep(bench.pace.idle_seconds)
        used = server.cpu() + clients.cpu_of(courier.pid) - before
    finally:
        clients.end(courier)
    return [Measure(name="idle_percent_of_a_core", value=used / bench.pace.idle_seconds * 100)]


def _bytes(bench: Bench) -> list[Measure]:
    client, _ = clients.signed_in(bench.server.url)
    client.headers["accept-encoding"] = "gzip"
    page = client.get("/")
    cold = int(page.headers.get("content-length", "0"))
    for part in {p.split('"')[0] for p in page.text.split('"/static/')[1:]}:
        cold += int(client.get("/static/" + part).headers.get("content-length", "0"))
    warm = int(client.get("/patients").headers.get("content-length", "0"))
    return [Measure(name="cold_page_kb", value=cold / 1000), Measure(name="warm_page_kb", value=warm / 1000)]


def _dispense(bench: Bench) -> list[Measure]:
    tablet, base = Tablet(bench.server.url, 0), Tablet(bench.floor.url)
    used, took = _spent(bench.server, lambda: tablet.sell(bench.ground.products), bench.pace.acts)
    floor, _ = _spent(bench.floor, lambda: base.sell_bare([1, 2, 3]), bench.pace.acts)
    return [
        Measure(name="dispense_cpu_seconds_per_1000", value=used, floor=floor),
        Measure(name="dispense_alone_p50_ms", value=percentile(took, 0.5) * 1000),
    ]


def _search(bench: Bench) -> list[Measure]:
    tablet, base = Tablet(bench.server.url, 0), Tablet(bench.floor.url)
    names = iter([name.replace(" ", "+") for name in NAMES] * (bench.pace.acts // len(NAMES) + 2))
    used, took = _spent(
        bench.server,
        lambda: _expect(tablet.get(f"/patients?q={next(names)}", **{"HX-Request": "true"})),
        bench.pace.acts,
    )
    floor, _ = _spent(bench.floor, lambda: _expect(base.get("/search?q=nom12")), bench.pace.acts)
    return [
        Measure(name="search_cpu_seconds_per_1000", value=used, floor=floor),
        Measure(name="search_alone_p99_ms", value=percentile(took, 0.99) * 1000),
    ]


def _pages(bench: Bench) -> list[Measure]:
    tablet, base = Tablet(bench.server.url, 0), Tablet(bench.floor.url)
    zipped = {"Accept-Encoding": "gzip"}
    floor, _ = _spent(bench.floor, lambda: _expect(base.get("/person?id=5")), bench.pace.acts)
    found = []
    for name, path in (("open_record", "/patients/5"), ("whole_page", "/patients")):
        used, _ = _spent(bench.server, lambda path=path: _expect(tablet.get(path, **zipped)), bench.pace.acts)  # type: ignore[misc]
        found.append(Measure(name=f"{name}_cpu_seconds_per_1000", value=used, floor=floor))
    return found


def _consultation(bench: Bench) -> list[Measure]:
    """A person is welcomed (not counted), then measures, findings and a prescription are written in one form."""
    tablet, base = Tablet(bench.server.url, 0), Tablet(bench.floor.url)
    acts = min(bench.pace.acts, bench.ground.patients)
    visits = offline.waiting_visits(tablet, acts)
    form = {"diagnostic": "ira-haute", "temperature": "37,4", "motif_consultation": "Toux", "issue": "home"}
    prescribed = {"ligne-0-produit": "MLS069", "ligne-0-quantite": "15", "ligne-0-posologie": "3 fois par jour"}
    left = iter(visits)
    used, _ = _spent(
        bench.server, lambda: _expect(tablet.post(f"/visites/{next(left)}", form | prescribed), 303), len(visits)
    )
    floor, _ = _spent(bench.floor, lambda: base.sell_bare([1, 2, 3]), bench.pace.acts)
    return [Measure(name="consultation_cpu_seconds_per_1000", value=used, floor=floor)]


def _thirty(bench: Bench) -> list[Measure]:
    count, each = bench.pace.tablets, bench.pace.each
    took, seconds = many(bench.server.url, count=count, each=each, products=bench.ground.products)
    bare, _ = many(bench.floor.url, count=count, each=each, products=[1, 2, 3], bare=True)
    return [
        Measure(
            name="dispense_30_clients_p99_ms",
            value=percentile(took, 0.99) * 1000,
            floor=percentile(bare, 0.99) * 1000,
        ),
        Measure(name="dispense_30_clients_per_second", value=count * each / seconds),
    ]


def _poor(bench: Bench) -> list[Measure]:
    bench.rest()
    with _served(bench.ground, poor_card=True) as server:
        took, _ = many(server.url, count=bench.pace.tablets, each=bench.pace.each, products=bench.ground.products)
    return [Measure(name="dispense_poor_card_p99_ms", value=percentile(took, 0.99) * 1000)]


def _exchange(bench: Bench) -> list[Measure]:
    bench.rest()
    data = copy_of(bench.ground.data, bench.scratch / "exchange")
    return [Measure(name="exchange_month_kb", value=month_of_exchange(data, bench.scratch) / 1000)]


@contextmanager
def _served(ground: Ground, *, poor_card: bool = False) -> Iterator[Server]:
    server = clients.appliance(ground.data, poor_card=poor_card)
    try:
        yield server
    finally:
        server.stop()


def _spent(server: Server, act: Callable[[], None], times: int) -> tuple[float, list[float]]:
    """CPU seconds of the server per 1,000 acts after a few to warm up, and the sorted latencies."""
    timed(act, 1)
    before = server.cpu()
    took = sorted(timed(act, times - 1))
    return (server.cpu() - before) / max(times - 1, 1) * 1000, took


def _expect(answer: tuple[int, bytes], status: int = 200) -> None:
    if answer[0] != status:
        raise RuntimeError(f"answered {answer[0]}")


# Growth comes before the acts that fill one queue and not the other's.
_WORK: dict[str, Callable[[Bench], list[Measure]]] = {
    "store": _store, "disk": _disk, "reports": _reports, "bytes": _bytes, "growth": _growth, "dispense": _dispense, "search": _search,
    "pages": _pages, "consultation": _consultation, "thirty": _thirty, "poor": _poor, "start": _start,
    "memory": _memory, "idle": _idle, "exchange": _exchange,
}  # fmt: skip
