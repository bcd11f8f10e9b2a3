"""The units as systemd itself reads them: no warning, little exposure, and the network only where it is meant."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

UNITS = Path(__file__).resolve().parents[2] / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
EXPOSURE_MAX = 20
"""In tenths: systemd's own scale runs from 0.0 (closed) to 10.0."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


def settings(name: str) -> dict[str, list[str]]:
    """Every setting of a unit's [Service] with its values in order."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def test_there_is_one_unit_for_the_resident_process_and_one_for_the_courier() -> None:
    assert SERVICES == ["appliance-courier.service", "appliance.service"]


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_nothing_to_say(name: str, tmp_path: Path) -> None:
    """The program is installed elsewhere on the machine that tests, so a program that exists stands in for it."""
    text = (UNITS / name).read_text(encoding="utf-8")
    copy = tmp_path / name
    copy.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    asked = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)]
    answer = subprocess.run(asked, capture_output=True, text=True)
    said = [line for line in (answer.stdout + answer.stderr).splitlines() if name in line or "appliance" in line]
    assert (answer.returncode, said) == (0, [])


@needs_systemd
def test_systemd_does_find_a_setting_that_is_none(tmp_path: Path) -> None:
    """The check above can fail: a mistyped setting is reported."""
    copy = tmp_path / "mistyped.service"
    copy.write_text("[Service]\nExecStart=/bin/true\nProtectSytem=strict\n", encoding="utf-8")
    answer = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
    assert "ProtectSytem" in answer.stdout + answer.stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_each_unit_is_little_exposed(name: str) -> None:
    asked = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager"]
    answer = subprocess.run([*asked, str(UNITS / name)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout[-300:]


def test_only_the_courier_reaches_beyond_the_centre_s_network() -> None:
    resident, courier = settings("appliance.service"), settings("appliance-courier.service")
    assert resident["IPAddressDeny"] == ["any"]
    allowed = " ".join(resident["IPAddressAllow"]).split()
    assert set(allowed) == {
        "localhost", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fe80::/10", "fc00::/7",
    }  # fmt: skip
    assert "IPAddressDeny" not in courier
    assert courier["SocketBindDeny"] == ["any"]


def test_only_the_resident_process_is_given_the_key() -> None:
    assert "LoadCredential" in settings("appliance.service")
    courier = settings("appliance-courier.service")
    assert "LoadCredential" not in courier
    assert not any("KEY" in text for text in courier["Environment"])
    assert any("appliance-unlock" in text for text in courier["InaccessiblePaths"])


@pytest.mark.parametrize("name", SERVICES)
def test_each_unit_reports_readiness_and_has_a_watchdog_and_a_limit(name: str) -> None:
    found = settings(name)
    assert found["Type"] == ["notify"]
    assert found["NotifyAccess"] == ["main"]
    assert int(found["WatchdogSec"][0]) <= 900
    assert "MemoryMax" in found


def test_the_units_run_as_two_users_that_are_made_for_them() -> None:
    users = {settings(name)["User"][0] for name in SERVICES}
    made = (UNITS / "sysusers.d" / "appliance.conf").read_text(encoding="utf-8")
    assert len(users) == 2
    assert users == set(re.findall(r"^u (\S+)", made, re.MULTILINE))


def test_the_courier_may_pass_to_the_door_and_read_nothing_beside_it() -> None:
    """The folder gives its group to the door; every file the resident process makes is its own alone."""
    folder = (UNITS / "tmpfiles.d" / "appliance.conf").read_text(encoding="utf-8")
    assert "d /var/lib/appliance 2710 appliance appliance-door -" in folder
    assert settings("appliance.service")["UMask"] == ["0077"]
    assert settings("appliance-courier.service")["SupplementaryGroups"] == ["appliance-door"]


def test_the_courier_asks_no_more_of_the_folder_than_to_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Under its unit it may not list the folder; asked to prove that it can read it, it would never start."""
    from appliance.cli.courier import courier

    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)
    folder = next(option for option in courier.params if option.name == "data")
    assert folder.type_cast_value(click.Context(courier), str(tmp_path)) == tmp_path


def test_what_a_command_writes_is_its_owner_s_alone(tmp_path: Path) -> None:
    """A store made by hand under a common umask must not lie open to the courier, who may pass through its folder."""
    asked = [sys.executable, "-m", "appliance", "init", "--data", str(tmp_path / "centre")]
    description = UNITS.parent / "provisioning" / "centre.example.json"
    made = subprocess.run([*asked, "--file", str(description)], capture_output=True, text=True, umask=0o022)
    assert made.returncode == 0, made.stderr
    written = sorted((tmp_path / "centre").iterdir())
    assert {path.name for path in written} >= {"store.db", "store.key", "store.check"}
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("name", SERVICES)
def test_the_units_call_commands_that_exist(name: str) -> None:
    from appliance.cli.main import COMMANDS

    called = settings(name)["ExecStart"][0].split()
    assert called[0].endswith("/bin/appliance")
    assert called[1] in COMMANDS
