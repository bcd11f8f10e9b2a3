"""The shape of the house, read from the source itself: arrows point down, files stay small, traps stay shut.

Each rule was paid for once (README, "The rooms"): a room that imports upward can't be understood alone, a query
in a page hides work, `replace` writes past the guards of insert-only tables, and a clock that was not handed in
can't be doubted.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1] / "appliance"
FLOORS = ["core", "storage", "access", "records", "stock", "billing", "reports", "sync", "upkeep", "web", "cli"]
BESIDE = {"standin": {"core"}, "generator": set(FLOORS[:8]), "bench": set(FLOORS[:-1]) | {"generator", "standin"}}
"""Rooms that stand beside the floors, and what each may import; only the command line imports them."""

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 70
PEEWEE_FILES = {"tables.py", "repository.py"}
LEDGER_ROOMS = {
    "stock/ledger", "stock/dispensing", "stock/places", "stock/transfers", "stock/loans", "stock/kits", "stock/recalls",
    "stock/counting", "stock/expiry", "billing",
}  # fmt: skip
SQL = re.compile(r"^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|REPLACE\s+INTO)", re.I)
REPLACING_SQL = re.compile(r"\b(INSERT\s+OR\s+REPLACE|REPLACE\s+INTO)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of the house."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        return self.path.relative_to(HOUSE).as_posix()

    @property
    def room(self) -> str:
        return self.name.split("/")[0] if "/" in self.name else ""

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names if node.module)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Line and text of every string that is not a docstring; the fixed parts of formatted ones as well."""
        told = {id(body[0].value) for node in ast.walk(self.tree) if (body := _docstring_body(node))}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield node.lineno, node.value


def _docstring_body(node: ast.AST) -> list[ast.Expr]:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return [body[0]]
    return []


@cache
def sources() -> tuple[Source, ...]:
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path=path, tree=ast.parse(text), lines=text.count("\n")))
    return tuple(found)


def may_import(room: str, other: str) -> bool:
    """Whether a room may import another one."""
    if room == other:
        return True
    if other in BESIDE:
        return room == "cli" or other in BESIDE.get(room, set())
    if room in BESIDE:
        return other in BESIDE[room]
    return FLOORS.index(other) < FLOORS.index(room)


def test_the_house_is_there_and_every_room_is_known() -> None:
    rooms = {source.room for source in sources()} - {""}
    assert {"core", "storage", "records", "stock", "web", "cli"} <= rooms
    assert rooms <= set(FLOORS) | set(BESIDE)


@pytest.mark.parametrize(
    ("room", "other", "allowed"),
    [
        ("stock", "core", True),
        ("core", "storage", False),
        ("records", "stock", False),
        ("web", "cli", False),
        ("standin", "core", True),
        ("standin", "sync", False),
        ("web", "standin", False),
        ("generator", "sync", True),
        ("generator", "web", False),
        ("sync", "generator", False),
        ("cli", "bench", True),
    ],
)
def test_the_rule_itself(room: str, other: str, allowed: bool) -> None:
    assert may_import(room, other) is allowed


def test_rooms_import_downward_only() -> None:
    upward = [
        f"{source.name}:{line}: {source.room} imports {name}"
        for source in sources()
        for line, name in source.imports()
        if source.room
        and name.startswith("appliance.")
        and (other := name.split(".")[1]) in set(FLOORS) | set(BESIDE)
        and not may_import(source.room, other)
    ]
    assert upward == []


def test_pure_nouns_know_no_database_no_clock_and_no_network() -> None:
    """A rule that touches nothing can be checked by a pharmacist's table; `model.py` is such a file everywhere."""
    forbidden = ("appliance.storage", "peewee", "sqlcipher3", "sqlite_utils", "httpx", "socket", "litestar")
    found = [
        f"{source.name}:{line}: {name}"
        for source in sources()
        if source.path.name == "model.py"
        for line, name in source.imports()
        if name.startswith(forbidden)
    ]
    assert found == []


def test_files_and_functions_stay_small_enough_to_read_at_once() -> None:
    fat = [f"{source.name}: {source.lines} lines" for source in sources() if source.lines > FILE_LINES_MAX]
    fat += [
        f"{source.name}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert fat == []


def test_peewee_stays_in_tables_and_repositories() -> None:
    found = [
        f"{source.name}:{line}: {name}"
        for source in sources()
        if source.room != "storage" and source.path.name not in PEEWEE_FILES
        for line, name in source.imports()
        if name.split(".")[0] in {"peewee", "playhouse"}
    ]
    assert found == []


def test_only_the_store_s_migrations_know_sqlite_utils() -> None:
    """It costs memory at start and can rewrite tables; the resident process touches it through migrations alone."""
    found = [
        f"{source.name}:{line}"
        for source in sources()
        if source.room != "storage"
        for line, name in source.imports()
        if name.split(".")[0] == "sqlite_utils"
    ]
    assert found == []


def test_only_sync_and_the_courier_s_tools_speak_http_outward() -> None:
    found = [
        f"{source.name}:{line}"
        for source in sources()
        if source.room not in {"sync", "bench"}
        for line, name in source.imports()
        if name.split(".")[0] in {"httpx", "requests", "aiohttp"} or name.startswith("urllib.request")
    ]
    assert found == []


def test_nothing_replaces_rows() -> None:
    """`INSERT OR REPLACE` slips past a DELETE trigger, so nobody writes it at all."""
    found = [f"{s.name}:{line}" for s in sources() for line, text in s.texts() if REPLACING_SQL.search(text)]
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg == "replace" and _is_true(node.value):
                found.append(f"{source.name}:{node.value.lineno}: replace=True")
            if _is_peewee_replace(node):
                found.append(f"{source.name}:{node.lineno}: peewee replace")
    schema = sorted(HOUSE.rglob("*.sql"))
    found += [path.name for path in schema if REPLACING_SQL.search(path.read_text(encoding="utf-8"))]
    assert found == []


def _is_true(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_peewee_replace(node: ast.AST) -> bool:
    """`Model.replace(…)` or `.replace_many(…)`: a call on a name that looks like a class, or the many-form."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr in {"replace_many", "on_conflict_replace"}:
        return True
    return node.func.attr == "replace" and isinstance(node.func.value, ast.Name) and node.func.value.id[:1].isupper()


def test_pages_hold_no_sql() -> None:
    """A page asks a room; what a table is called, and whose rows are shown, is that room's to know."""
    found = [
        f"{source.name}:{line}: {text[:60]}"
        for source in sources()
        if source.room == "web"
        for line, text in source.texts()
        if SQL.search(text)
    ]
    assert found == []


def test_the_wall_clock_is_read_in_one_place() -> None:
    """Time is handed in, so that a dead battery can be tested; `time.monotonic` measures and is free.

    The stand-in plays another machine, with a clock of its own; the bench measures.
    """
    calls = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today"), ("time", "time")}
    calls |= {("time", "time_ns")}
    allowed = {"core/clock.py", "cli/opening.py"}
    found = [
        f"{source.name}:{node.lineno}: {node.value.id}.{node.attr}"
        for source in sources()
        if source.name not in allowed and source.room not in {"bench", "standin"}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in calls
    ]
    assert found == []


def test_no_float_comes_near_the_ledger() -> None:
    """Quantities are base units and money is FCFA, both whole; a true division would make them neither."""
    found = []
    for source in sources():
        if not source.name.startswith(tuple(f"{room}/" for room in LEDGER_ROOMS)):
            continue
        for node in ast.walk(source.tree):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            names_float = isinstance(node, ast.Name) and node.id == "float"
            if is_float or names_float or _divides(node):
                found.append(f"{source.name}:{node.lineno}")
    assert found == []


def _divides(node: ast.AST) -> bool:
    """A true division; `folder / "name"` is none."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    return not any(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in (node.left, node.right))


def test_every_module_says_what_it_is_for() -> None:
    silent = [s.name for s in sources() if s.tree.body and not ast.get_docstring(s.tree)]
    assert silent == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    silent = [
        f"{source.name}:{node.lineno}: {node.name}"
        for source in sources()
        for node in source.tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_two_files_import_each_other() -> None:
    """Files that need each other can't be read one after the other; what both need is a third one."""
    files = {_module(source): source for source in sources() if source.path.name != "__init__.py"}
    arrows = {
        (name, found)
        for name, source in files.items()
        for _, told in source.imports()
        if (found := told if told in files else told.rpartition(".")[0]) in files and found != name
    }
    while ends := {a for a, _ in arrows} ^ {b for _, b in arrows}:  # files where an arrow only begins or only ends
        arrows = {(a, b) for a, b in arrows if a not in ends and b not in ends}
    assert sorted(arrows) == []


def _module(source: Source) -> str:
    return "appliance." + source.name.removesuffix(".py").replace("/", ".")


NOT_YET_CALLED = {
    "erase_identity": "a person's right, asked of the technician; the page comes with the machine's own",
    "register_newborn": "a delivery's act of care",
    "made_token": "tests sign in to the stand-in with it",
}
"""Functions that only their tests call so far, and who will."""


def test_every_function_is_used_somewhere_in_the_house() -> None:
    words = Counter(
        re.findall(
            r"\w+", " ".join(path.read_text("utf-8") for path in HOUSE.rglob("*") if path.suffix in {".py", ".html"})
        )
    )
    unused = [
        f"{source.name}:{node.lineno}: {node.name}"
        for source in sources()
        for node in source.tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list
        if words[node.name] == 1 and node.name not in NOT_YET_CALLED and not source.name.startswith("cli/asks/")
    ]
    assert unused == []
    # A name that stays in the list once it is called would hide its own death later.
    assert [name for name in NOT_YET_CALLED if words[name] != 1] == []
