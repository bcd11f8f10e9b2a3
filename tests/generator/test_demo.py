"""`appliance demo` as a newcomer runs it: pages after three months, the rest behind them, cut and taken up again."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from appliance import generator
from appliance.cli import demo
from appliance.cli.opening import OFFSET, system_clock
from appliance.generator.plan import kept
from appliance.storage import FileKey, Store, doubt
from appliance.upkeep.checks import run_checks

TEAM = json.loads((Path(generator.__file__).parent / "data" / "centre.json").read_text("utf-8"))["staff"]

PATIENCE_SECONDS = 180
T = TypeVar("T")
FILLING = "Le centre d&#39;exemple se remplit"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def started(data: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "appliance", "demo", "--data", str(data), "--port", str(port)]
    return subprocess.Popen(
        [*command, "--months", "6", "--population", "2000"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def until(what: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (found := what()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def sign_in_page(port: int) -> str | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/entrer", trust_env=False).text
    except httpx.TransportError:
        return None


def stopped(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    return said


def place(data: Path) -> tuple[str, int]:
    store = Store.open(data, FileKey(data / "store.key").key())
    with store.reading() as db:
        begun = kept(db)
    store.close()
    assert begun is not None
    return begun[1].day.isoformat(), begun[1].step


def test_pages_come_first_and_the_year_behind_them_through_a_stop(tmp_path: Path) -> None:
    data, port = tmp_path / "centre", free_port()
    first = started(data, port)
    page = until(lambda: sign_in_page(port))
    assert FILLING in page
    second = started(data, port)
    answer, _ = second.communicate(timeout=60)
    assert (second.returncode, f"http://127.0.0.1:{port}/" in answer) == (0, True)
    said = stopped(first)
    assert len(re.findall(r"\b\d{6}\b", said)) == len(TEAM)  # each person's PIN, once
    reached = place(data)
    again = started(data, port)
    until(lambda: True if (held := sign_in_page(port)) and FILLING not in held else None)
    stopped(again)
    assert place(data) > reached
    store = Store.open(data, FileKey(data / "store.key").key())
    checks = run_checks(store)["checks"]
    with store.reading() as db:
        months = db.value("SELECT count(DISTINCT substr(occurred_on, 1, 7)) FROM visit WHERE station = 'done'")
        waiting = db.value("SELECT count(*) FROM visit WHERE station NOT IN ('done', 'left')")
    store.close()
    assert {name: faults for name, faults in checks.items() if faults} == {}
    assert months >= 6
    assert waiting == 6


def test_a_busy_port_is_said_in_both_languages_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = started(tmp_path / "centre", taken.getsockname()[1])
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "est pris" in said
    assert "is busy" in said
    assert not (tmp_path / "centre" / "store.db").exists()


def test_a_beginning_that_was_cut_is_taken_up(tmp_path: Path) -> None:
    data, port = tmp_path / "centre", free_port()
    first = started(data, port)
    until(lambda: True if (data / "store.db").exists() else None)
    time.sleep(0.5)
    said = stopped(first)
    assert first.returncode in (130, 0), said
    assert "Relancez la même commande" in said or "tout est gardé" in said
    again = started(data, port)
    until(lambda: sign_in_page(port))
    stopped(again)
    assert place(data)[1] >= 0


def test_the_day_is_believed_though_the_months_lived_so_far_ended_long_ago(
    centre_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OFFSET, str(400 * 86_400_000))
    key = FileKey(centre_copy / "store.key").key()
    before = Store.open(centre_copy, key, system_clock())
    assert not before.clock.now().trusted
    before.close()
    demo._morning(centre_copy, "http://127.0.0.1:9")
    after = Store.open(centre_copy, key, system_clock())
    assert after.clock.now().trusted
    with after.reading() as db:
        assert doubt.doubtful(db) is None
    after.close()
