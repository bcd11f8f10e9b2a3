"""Data files that people edit: read whole or not at all, and a fault is named with file and line.

JSON gives no line for a value, so `Located` keeps the text and finds the line of a path again by walking
the tokens. Only the fault pays for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from appliance.core.errors import DataFileError

Path_ = Sequence[str | int]
BYTES_MAX = 16 << 20


@dataclass(frozen=True, slots=True)
class Located:
    """The content of a JSON file, and where it came from."""

    file: Path
    text: str
    content: Any

    def fault(self, path: Path_, what: str) -> NoReturn:
        """Raise the `DataFileError` of a value: `located.fault(("rows", 3, "code"), "is empty")`."""
        name = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        raise DataFileError(self.file, line_of(self.text, path), f"{name or 'the file'} {what}")

    def need(self, path: Path_, kind: type | tuple[type, ...]) -> Any:
        """The value at a path, of a type; faults when it is missing or another."""
        value: Any = self.content
        for depth, part in enumerate(path):
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                self.fault(path[:depth], f"has no {part!r}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            names = kind.__name__ if isinstance(kind, type) else " or ".join(k.__name__ for k in kind)
            self.fault(path, f"must be {names}")
        return value


def read_text(file: Path) -> str:
    """The text of a data file (UTF-8, a byte order mark allowed); faults name the line of the first wrong byte."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise DataFileError(file, 0, f"can't be read: {error.strerror}") from None
    if len(raw) > BYTES_MAX:
        raise DataFileError(file, 0, f"is larger than {BYTES_MAX >> 20} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFileError(file, raw[: error.start].count(b"\n") + 1, "is not UTF-8 text") from None


def load_json(file: Path) -> Located:
    """Read a JSON file; a syntax fault names its line, and so does a key given twice."""
    text = read_text(file)
    return Located(file, text, parse_json(file, text))


def parse_json(file: Path, text: str) -> Any:
    """Parse JSON strictly: no NaN, no key twice (the second would silently win)."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in found:
            if key in made:
                last = [m.start() for m in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)), text)]
                raise DataFileError(file, _line(text, last[-1] if last else 0), f"key {key!r} stands twice")
            made[key] = value
        return made

    def constant(name: str) -> NoReturn:
        raise DataFileError(file, _line(text, text.find(name)), f"{name} is not a number")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise DataFileError(file, error.lineno, f"is not JSON: {error.msg}") from None
    except RecursionError:
        raise DataFileError(file, 1, "is nested too deep") from None


def line_of(text: str, path: Path_) -> int:
    """The line (from 1) on which the value at a path begins; that of the nearest parent when it is not there."""
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    for part in path:
        found = _step(decoder, text, at, part)
        if found is None:
            break
        at = found
    return _line(text, at)


def _step(decoder: json.JSONDecoder, text: str, at: int, part: str | int) -> int | None:
    """Where the child `part` of the object or list that begins at `at` begins."""
    is_object = text[at : at + 1] == "{"
    if is_object != isinstance(part, str) or text[at : at + 1] not in ("{", "["):
        return None
    at, index = _skip(text, at + 1), 0
    while text[at : at + 1] not in ("}", "]", ""):
        if is_object:
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
            here = key == part
        else:
            here = index == part
        if here:
            return at
        _, at = decoder.raw_decode(text, at)
        at, index = _skip(text, at), index + 1
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    return None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, max(at, 0)) + 1
