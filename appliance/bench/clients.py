"""Clients of a real server process, and what that process used meanwhile."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from appliance.generator.world import world

STAFF, PIN = "Personne du banc", "518274"
"""Who signs in on the copy of a store: added to it, so that any centre can be measured."""


START_SECONDS_MAX = 300
"""A server that answers nothing for so long will not; much longer than any start, since a start on a busy machine is no fault."""


class Server:
    """`appliance serve` on a store, or the floor, as a process of its own."""

    def __init__(self, command: list[str], url: str, path: str) -> None:
        self.url = url
        started = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        while True:
            try:
                httpx.get(url + path, timeout=5)
                break
            except httpx.HTTPError:
                if self.process.poll() is not None or time.perf_counter() - started > START_SECONDS_MAX:
                    raise
                time.sleep(0.01)
        self.start_seconds = time.perf_counter() - started

    def cpu(self) -> float:
        """CPU seconds used so far."""
        return cpu_of(self.process.pid)

    def pss_mib(self) -> float:
        """Proportional memory in MiB."""
        return pss_mib(self.process.pid)

    def stop(self) -> None:
        """End it."""
        end(self.process)


def appliance(data: Path, *, poor_card: bool = False) -> Server:
    """The resident process over a store, on this disk or on a poor card."""
    port = free_port()
    module = "appliance.bench.poor_card" if poor_card else "appliance"
    command = [sys.executable, "-m", module, "serve", "--data", str(data), "--port", str(port), "--demo"]
    return Server(command, f"http://127.0.0.1:{port}", "/entrer")


def courier(data: Path) -> subprocess.Popen[bytes]:
    """The courier beside it."""
    command = [sys.executable, "-m", "appliance", "courier", "--data", str(data)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far, by its own clock: /proc counts in ticks of ten milliseconds."""
    return time.clock_gettime(~pid << 3 | 2)


def pss_mib(pid: int) -> float:
    """Proportional memory of a process in MiB."""
    return float(psutil.Process(pid).memory_full_info().pss) / 2**20


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and wait for it."""
    process.terminate()
    process.wait(30)


def floor(directory: Path) -> Server:
    """The floor."""
    port = free_port()
    command = [sys.executable, "-m", "appliance.bench.floor", str(directory), str(port)]
    return Server(command, f"http://127.0.0.1:{port}", "/search?q=nom1")


def signed_in(url: str, who: int = 0) -> tuple[httpx.Client, str]:
    """A client that signed in with a PIN, and its form token."""
    client = httpx.Client(base_url=url, follow_redirects=False, timeout=60)
    name, _, pin = (STAFF, (), PIN) if who == 0 else world()["staff"][who]
    people = dict(re.findall(r'qui=(\d+)">([^<]+)', client.get("/entrer").text))
    member = next(i for i, n in people.items() if n == name)
    page = client.get(f"/entrer?qui={member}")
    client.post("/entrer", data={"csrf": _csrf(page.text), "qui": member, "code": pin})
    return client, _csrf(client.get("/vente-directe").text)


def percentile(sorted_values: list[float], share: float) -> float:
    """A percentile of sorted values."""
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def timed(act: Callable[[], Any], times: int) -> list[float]:
    """Latencies of an act done so many times."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append(time.perf_counter() - started)
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def fsync_ms(directory: Path) -> float:
    """The median of fifty small synced writes, in milliseconds: what a commit can't beat on this disk."""
    path = directory / "fsync-probe"
    with path.open("wb") as file:

        def write() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        took = sorted(timed(write, 50))
    path.unlink()
    return took[25] * 1000


def _csrf(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]*)"', text)
    return found[1] if found else ""
