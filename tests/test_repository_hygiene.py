"""What the project's own files may not hold: addresses to download from, paths of somebody's machine, secrets.

Everything the project needs lies in it or comes by name from the package lists, so that a clone works anywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "pyproject.toml",
    "appliance", "provisioning", "systemd", "tests", "docs",
}  # fmt: skip
TEXT_BYTES_MAX = 2 << 20
# Spelled in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a package index": r"files\.python" r"hosted|pypi\." r"org/simple|registry\.npm" r"js|deb\.debian\." r"org",
    "an index option": r"index" r"-url|trusted" r"-host|extra" r"-index",
    "a path of a machine": r"(?<![\w./-])/(wo" r"rk|ho" r"me|ro" r"ot|Us" r"ers|fa" r"rm)/\w",
    "a private key": r"BEGIN [A-Z ]*PRIVATE" r" KEY",
    "a merge left open": r"^(<{7} |={7}$|>{7} )",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control; every file of the folder where it is not a clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a clone: nothing says which files belong to the project")
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def texts() -> tuple[tuple[str, str], ...]:
    found = []
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000] and len(raw) <= TEXT_BYTES_MAX:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8")))
    return tuple(found)


def test_the_top_level_holds_only_what_it_is_meant_to() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    found = [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}"
        for name, text in texts()
        if (hit := pattern.search(text))
    ]
    assert found == []


def test_every_package_is_locked_with_hashes_and_the_tests_lock_holds_the_same_versions() -> None:
    locks = {name: _pins(ROOT / "provisioning" / f"{name}.lock") for name in ("requirements", "requirements-test")}
    for pins in locks.values():
        assert pins
        assert [name for name, (_, hashes) in pins.items() if not hashes] == []
    differing = {
        name: (version, locks["requirements-test"].get(name, ("none", 0))[0])
        for name, (version, _) in locks["requirements"].items()
        if locks["requirements-test"].get(name, ("none", 0))[0] != version
    }
    assert differing == {}


def _pins(path: Path) -> dict[str, tuple[str, int]]:
    """Package -> version and how many hashes it has."""
    pins: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([A-Za-z0-9_.-]+)==(\S+)", line):
            name = found[1].lower()
            pins[name] = (found[2], 0)
        elif "--hash=sha256:" in line and name:
            pins[name] = (pins[name][0], pins[name][1] + 1)
    return pins


def test_the_declared_dependencies_are_all_locked() -> None:
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=!~\[; ]", text, maxsplit=1)[0].lower() for text in wanted}
    assert names - set(_pins(ROOT / "provisioning" / "requirements-test.lock")) == set()


def test_every_vendored_file_has_its_licence_and_is_the_file_that_was_taken() -> None:
    folders = {path.parent for path in tracked() if "vendor" in path.relative_to(ROOT).parts}
    assert folders
    for folder in folders:
        listed = json.loads((folder / "vendor.json").read_text(encoding="utf-8"))["files"]
        papers = {"vendor.json", *(entry["licence_file"] for entry in listed)}
        held = {path.name for path in tracked() if path.parent == folder}
        assert held == papers | {entry["file"] for entry in listed}
        for entry in listed:
            assert entry["package"] and entry["version"] and entry["licence"]
            assert (folder / entry["licence_file"]).stat().st_size > 100
            assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]


def test_scripts_are_sound_shell() -> None:
    """bash itself reads each script; a script that does not parse fails on the day it is needed."""
    scripts = [path for path in tracked() if path.suffix == ".sh" or path.parent.name == ".ci"]
    assert scripts
    for path in scripts:
        read = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True)
        assert read.returncode == 0, read.stderr


def test_the_licence_is_the_whole_affero_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text
    assert "13. Remote Network Interaction" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.split()) > 5000
