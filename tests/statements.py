"""The SQL that the house writes by hand, read from its source: each statement whole, with where it stands.

A statement is the first argument of `all`, `one`, `value`, `each` or `run`. Parts that the module names are put in
as they are; a part that is made while it runs (a row of question marks, an optional filter) is put in as what stands
for it in `PARTS`.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.mapped import HOUSE

VERBS = {"all", "one", "value", "each", "run"}
WRITERS = {"append", "insert"}
OUTSIDE = {"standin", "bench"}
"""Rooms with a store of their own, or none: the stand-in plays another machine, the bench fills a store in bulk."""
PARTS = {"marks": "?", "','.join('?' * len(ids))": "?", "where": "1", "order": "1", "limit": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; `sql` is None where it can't be read from the source."""

    file: str
    line: int
    sql: str | None

    @property
    def room(self) -> str:
        return self.file.split("/")[0]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One row written by `append` or `insert`: its table and the columns that are named."""

    file: str
    line: int
    table: str
    columns: frozenset[str]
    is_append: bool
    is_open: bool


@cache
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    files = [f for f in sorted(HOUSE.rglob("*.py")) if f.relative_to(HOUSE).parts[0] not in OUTSIDE]
    return tuple((f.relative_to(HOUSE).as_posix(), ast.parse(f.read_text("utf-8"))) for f in files)


def _names(file: str) -> dict[str, Any]:
    return vars(importlib.import_module(".".join(Path("appliance", file).with_suffix("").parts)))


def _calls(verbs: set[str]) -> Iterator[tuple[str, ast.Call, dict[str, ast.expr]]]:
    """Each call with the file it stands in and what its function sets once to a name."""
    for file, tree in _trees():
        for function in [tree, *(n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))]:
            inside = list(_own(function))
            local = {
                node.targets[0].id: node.value
                for node in inside
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for node in inside:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs:
                    yield file, node, {} if function is tree else local


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child
            yield from _own(child)


@cache
def statements() -> tuple[Statement, ...]:
    found = []
    for file, call, local in _calls(VERBS):
        if call.args and _is_sql(call.args[0]):
            names = _names(file) | _known(local, _names(file))
            found.append(Statement(file=file, line=call.lineno, sql=_text(call.args[0], names)))
    return tuple(found)


@cache
def written() -> tuple[Written, ...]:
    found = []
    for file, call, _ in _calls(WRITERS):
        if call.keywords and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            names = frozenset(k.arg for k in call.keywords if k.arg)
            found.append(
                Written(
                    file=file, line=call.lineno, table=call.args[0].value, columns=names,
                    is_append=call.func.attr == "append", is_open=any(k.arg is None for k in call.keywords),
                )
            )  # fmt: skip
    return tuple(found)


def _is_sql(node: ast.expr) -> bool:
    """Text, joined text, or a name for it; what `Database.one` gets from elsewhere is no statement of this file."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Name) and node.id.isupper())


def _known(local: dict[str, ast.expr], names: dict[str, Any]) -> dict[str, Any]:
    """The local names whose value needs nothing but the module; `PARTS` says what stands for the others."""
    found: dict[str, Any] = {}
    for name, node in local.items():
        with suppress(Exception):
            found[name] = eval(ast.unparse(node), {**names, **found})
    return found


def _text(node: ast.expr, names: dict[str, Any]) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return names.get(node.id)
    parts = [_part(part, names) for part in node.values]
    return None if None in parts else "".join(parts)


def _part(node: ast.expr, names: dict[str, Any]) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.FormattedValue):
        return None
    text = ast.unparse(node.value)
    try:
        return str(eval(text, dict(names)))
    except NameError:
        return PARTS.get(text)
