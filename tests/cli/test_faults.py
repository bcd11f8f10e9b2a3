"""A command that can't do what is asked says so in one line, with what to do, and never with a trace of the program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from appliance.storage import FileKey
from appliance.storage.database import set_key
from tests.cli.test_init import EXAMPLE
from tests.cli.test_rules import appliance


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("faults") / "centre"
    assert appliance("init", "--data", str(data), "--file", str(EXAMPLE)).returncode == 0
    return data


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "RMA", "2026-13"), "write it like 2026-10"),
        (("report", "RMB", "2026-10"), "RMA and CRGS are known"),
        (("report", "RMA", "2026-10", "--pdf", "/proc/none/x.pdf"), "No such file"),
        (("stock", "MLS999"), "no product has the code 'MLS999'"),
        (("serve", "--port", "99999"), "choose another with --port"),
        (("generate", "--months", "0"), "1 to 120 months"),
        (("init", "--file", str(EXAMPLE)), "never written over"),
    ],
)
def test_a_wrong_call_is_answered_in_one_line(centre: Path, arguments: tuple[str, ...], said: str) -> None:
    done = appliance(*arguments, "--data", str(centre))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("command", [("check",), ("report", "RMA", "2026-10"), ("serve", "--port", "0"), ("sync",)])
def test_a_folder_that_is_missing_or_a_file_is_said(centre: Path, command: tuple[str, ...]) -> None:
    for data in (centre / "nowhere", centre / "store.check"):
        done = appliance(*command, "--data", str(data))
        assert done.returncode == 2
        assert "no centre lies in that folder" in done.stderr, done.stderr


def test_a_courier_is_not_left_waiting_at_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = appliance("courier", "--data", str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "no centre lies in" in done.stderr


def test_a_system_fault_is_said_as_json_where_json_was_asked(centre: Path) -> None:
    done = appliance("report", "RMA", "2026-10", "--json", "--pdf", "/proc/none/x.pdf", "--data", str(centre))
    assert json.loads(done.stderr.splitlines()[-1])["error"] == "system"


@pytest.mark.parametrize("command", [("check",), ("audit", "verify")])
def test_a_row_touched_with_the_key_in_hand_is_told_by_the_exit_code(
    centre: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    touched = tmp_path / "touched"
    shutil.copytree(centre, touched)
    assert appliance(*command, "--data", str(touched)).returncode == 0
    connection = sqlite.connect(str(touched / "store.db"))
    set_key(connection, FileKey(touched / "store.key").key())
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'movement'")
    found = guards.fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE movement SET unit_cost_fcfa = 7 WHERE id = 1")
    for _, sql in found:
        connection.execute(sql)
    connection.commit()
    connection.close()
    for json_asked in ((), ("--json",)):
        done = appliance(*command, "--data", str(touched), *json_asked)
        assert done.returncode == 1, done.stdout
        assert "act 1: rows" in done.stdout or '"act": 1' in done.stdout
