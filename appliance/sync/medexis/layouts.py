"""Layouts of papers as data: how one is recognised, its header by patterns, its table by the headings of its columns.

Pure: pieces of text with their places in, a reading out. What a layout needs and the paper lacks is named.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located, load_json
from appliance.core.french import fold

FILE = Path(__file__).parent / "data" / "layouts.json"
LINES_MAX = 400
_ROW, _WRAP = 3.0, 14.0
"""Points within which pieces stand on one line, and within which a wrapped name still belongs to its line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text on a page: left edge, right edge and height above the page's foot, in points."""

    page: int
    x: float
    end: float
    y: float
    text: str


@cache
def layouts() -> tuple[str, tuple[dict[str, Any], ...]]:
    """The edition of the file and its layouts. Raises `DataFileError` naming line and fault."""
    located = load_json(FILE)
    for at, _ in enumerate(located.need(("layouts",), list)):
        for name in ("id", "label", "paper", "unit"):
            located.need(("layouts", at, name), str)
        for n, _pattern in enumerate(located.need(("layouts", at, "recognise"), list)):
            _check(located, ("layouts", at, "recognise", n))
        for field in located.need(("layouts", at, "header"), dict):
            _check(located, ("layouts", at, "header", field, "pattern"))
        for field in located.need(("layouts", at, "columns"), dict):
            located.need(("layouts", at, "columns", field, "headings"), list)
    return located.need(("edition",), str), tuple(located.content["layouts"])


def _check(located: Located, path: tuple[str | int, ...]) -> None:
    try:
        re.compile(located.need(path, str))
    except re.error as fault:
        located.fault(path, f"is no pattern: {fault}")


def read(pieces: Sequence[Piece], known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A paper read by the first layout that recognises it: `{"layout", "paper", "header", "lines", "faults", "text"}`.

    Faults are `{"code", "what"}`: "no-text" (a picture), "not-recognised", "column-missing", "field-missing",
    "value-unreadable", "no-lines". Without any fault the reading is whole.
    """
    rows = _rows(pieces)
    text = "\n".join(" ".join(p.text for p in row) for row in rows)
    found: dict[str, Any] = {
        "layout": None,
        "paper": None,
        "header": {},
        "lines": [],
        "faults": [],
        "text": text[:20_000],
    }
    if not text.strip():
        return found | {"faults": [{"code": "no-text", "what": ""}]}
    layout = next((x for x in known if all(re.search(p, text) for p in x["recognise"])), None)
    if layout is None:
        return found | {"faults": [{"code": "not-recognised", "what": ""}]}
    found |= {"layout": layout["id"], "paper": layout["paper"], "unit": layout["unit"]}
    faults: list[dict[str, str]] = found["faults"]
    for field, rule in layout["header"].items():
        hit = re.search(rule["pattern"], text)
        value = hit[1].strip() if hit else ""
        if value and rule.get("kind") == "date":
            value = _day(value, rule["format"])
        if value:
            found["header"][field] = value
        elif rule.get("required"):
            faults.append({"code": "field-missing", "what": field})
    found["lines"] = _table(rows, layout, faults)
    if not found["lines"] and not faults:
        faults.append({"code": "no-lines", "what": ""})
    return found


def _table(
    rows: Sequence[list[Piece]], layout: Mapping[str, Any], faults: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """The lines of the table: each piece goes to the column it overlaps most, a wrapped name to the nearest line."""
    head = max(range(len(rows)), key=lambda at: sum(not f.startswith("?") for f in _headings(rows, at, layout)))
    columns = _headings(rows, head, layout)
    for field, rule in layout["columns"].items():
        if rule.get("required") and field not in columns:
            faults.append({"code": "column-missing", "what": str(rule["headings"][0])})
    if len(columns) < 2:
        return []
    bounds = _bounds(columns)
    lines: list[tuple[int, float, dict[str, list[str]]]] = []
    loose: list[tuple[int, float, dict[str, list[str]]]] = []
    titles = {fold(h) for rule in layout["columns"].values() for h in rule["headings"]}
    words = {word for title in titles for word in title.split()}
    for row in rows[head + 1 :]:
        joined = " ".join(p.text for p in row)
        if any(re.search(end, joined) for end in layout["ends"]):
            break
        if set(fold(joined).split()) <= words:
            continue  # the headings again, on a further page or wrapped
        cells: dict[str, list[str]] = {}
        for piece in row:
            cells.setdefault(_column(piece, bounds), []).append(piece.text)
        has_figure = any(
            re.search(r"\d", " ".join(cells.get(f, ()))) for f, r in layout["columns"].items() if r.get("kind")
        )
        (lines if has_figure else loose).append((row[0].page, row[0].y, cells))
    for page, y, cells in loose:
        near = [line for line in lines if line[0] == page and abs(line[1] - y) <= _WRAP]
        if near:
            into = min(near, key=lambda line: abs(line[1] - y))
            for field, texts in cells.items():
                into[2][field] = [*texts, *into[2].get(field, [])] if y > into[1] else [*into[2].get(field, []), *texts]
    return [_line(cells, layout, faults) for _, _, cells in lines[:LINES_MAX]]


def _line(cells: Mapping[str, list[str]], layout: Mapping[str, Any], faults: list[dict[str, str]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field, rule in layout["columns"].items():
        text = " ".join(cells.get(field, ())).strip()
        if rule.get("kind") == "integer":
            digits = re.sub(r"[\s\u202f\u00a0.]", "", text)
            made[field] = int(digits) if re.fullmatch(r"\d{1,9}", digits) else None
            if made[field] is None and rule.get("required"):
                faults.append({"code": "value-unreadable", "what": f"{rule['headings'][0]} : {text[:40]}"})
        else:
            made[field] = text[:200]
    return made


def _headings(rows: Sequence[list[Piece]], at: int, layout: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The columns whose heading stands at a row, with the words of a heading wrapped over the row before or after."""
    near = [
        p
        for row in rows[max(at - 1, 0) : at + 2]
        if abs(row[0].y - rows[at][0].y) <= _WRAP and row[0].page == rows[at][0].page
        for p in row
    ]
    found: dict[str, tuple[float, float]] = {}
    groups: list[list[Piece]] = []
    for piece in sorted(near, key=lambda p: p.x):
        into = next((g for g in groups if min(p.x for p in g) < piece.end and piece.x < max(p.end for p in g)), None)
        if into is None:
            groups.append([piece])
        else:
            into.append(piece)
    for group in groups:
        said = fold(" ".join(p.text for p in sorted(group, key=lambda p: (-p.y, p.x))))
        for field, rule in layout["columns"].items():
            if field not in found and said in {fold(h) for h in rule["headings"]}:
                found[field] = (min(p.x for p in group), max(p.end for p in group))
                break
        else:
            found.setdefault(f"?{said[:40]}", (min(p.x for p in group), max(p.end for p in group)))
    return found if sum(not f.startswith("?") for f in found) >= 2 else {}


def _bounds(columns: Mapping[str, tuple[float, float]]) -> list[tuple[float, float, str]]:
    """From where to where each column goes: half way between two headings."""
    ordered = sorted(columns.items(), key=lambda c: c[1][0])
    cuts = [(a[1][1] + b[1][0]) / 2 for a, b in itertools.pairwise(ordered)]
    return [(lo, hi, name) for (name, _), lo, hi in zip(ordered, [-1e4, *cuts], [*cuts, 1e4], strict=True)]


def _column(piece: Piece, bounds: Sequence[tuple[float, float, str]]) -> str:
    return max(bounds, key=lambda b: min(piece.end, b[1]) - max(piece.x, b[0]))[2]


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted((p for p in pieces if p.text.strip()), key=lambda p: (p.page, -p.y, p.x)):
        if rows and rows[-1][0].page == piece.page and abs(rows[-1][0].y - piece.y) <= _ROW:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.x) for row in rows]


def _day(text: str, form: str) -> str:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day on paper has no zone
    except ValueError:
        return ""
