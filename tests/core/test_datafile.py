"""Data files: a fault is named with its file and line, and nothing of the file is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.datafile import line_of, load_json
from appliance.core.errors import DataFileError

GOOD = '{\n  "a": 1,\n  "rows": [\n    {"code": "X"},\n    {"code": 7}\n  ]\n}\n'


def write(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "f.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{\n"a": 1,\n"b" 2}', 3),
        ('{"a": 1,\n"b": 2,\n"a": 3}', 3),
        (b'{\n"a": "\xff"}', 2),
        ('{"a":\nNaN}', 2),
        ("[" * 100_000, 1),
    ],
)
def test_a_syntax_fault_names_its_line(tmp_path: Path, content: str | bytes, line: int) -> None:
    with pytest.raises(DataFileError) as fault:
        load_json(write(tmp_path, content))
    assert fault.value.line == line


def test_a_missing_file_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="can't be read"):
        load_json(tmp_path / "none.json")


def test_a_wrong_value_names_its_own_line(tmp_path: Path) -> None:
    held = load_json(write(tmp_path, GOOD))
    assert held.need(("rows", 0, "code"), str) == "X"
    with pytest.raises(DataFileError) as fault:
        held.need(("rows", 1, "code"), str)
    assert (fault.value.line, fault.value.fault) == (5, "rows[1].code must be str")


def test_a_missing_value_names_its_parent(tmp_path: Path) -> None:
    held = load_json(write(tmp_path, GOOD))
    with pytest.raises(DataFileError) as fault:
        held.need(("rows", 0, "name"), str)
    assert fault.value.line == 4


@given(st.text(), st.lists(st.one_of(st.text(max_size=3), st.integers(0, 3)), max_size=4))
def test_finding_a_line_never_fails_on_valid_json(text: str, path: list[str | int]) -> None:
    import json

    assert line_of(json.dumps({"k": [text, {"a": 1}]}), path) == 1
