"""What systemd hears: one datagram for each state, on a named or an abstract socket, and silence outside systemd."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import pytest

from appliance.upkeep import notify


def listening(address: str) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(address)
    heard.settimeout(2)
    return heard


@pytest.mark.parametrize("abstract", [False, True])
def test_each_state_arrives_as_one_datagram(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@appliance-{secrets.token_hex(6)}" if abstract else str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with listening("\0" + name[1:] if abstract else name) as heard:
        assert all([notify.ready(), notify.watchdog(), notify.stopping()])
        assert [heard.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_outside_systemd_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify.ready() is False


def test_a_listener_that_went_away_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert notify.watchdog() is False
