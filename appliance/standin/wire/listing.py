"""Lists: `filter`, `order`, paging and the pager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from appliance.standin.wire.answers import Answer, Refusal, json_answer, message
from appliance.standin.wire.request import Request
from appliance.standin.wire.selection import parsed, selected

PAGE_SIZE = 50
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda held, given: held == given,
    "ieq": lambda held, given: held.lower() == given.lower(),
    "ne": lambda held, given: held != given,
    "!eq": lambda held, given: held != given,
    "in": lambda held, given: held in given.strip("[]").split(","),
    "!in": lambda held, given: held not in given.strip("[]").split(","),
    "like": lambda held, given: given in held,
    "ilike": lambda held, given: given.lower() in held.lower(),
    "$like": lambda held, given: held.startswith(given),
    "like$": lambda held, given: held.endswith(given),
    "gt": lambda held, given: _ordered(held, given) > 0,
    "ge": lambda held, given: _ordered(held, given) >= 0,
    "lt": lambda held, given: _ordered(held, given) < 0,
    "le": lambda held, given: _ordered(held, given) <= 0,
    "null": lambda held, _: held == "",
    "!null": lambda held, _: held != "",
}


def listed(request: Request, name: str, objects: list[dict[str, Any]], address: str) -> Answer:
    """The list answer: filtered, ordered, cut to its page; `fields` is `id,displayName` unless asked."""
    junction = any if request.one("rootJunction").upper() == "OR" else all
    tests = [_test(text) for text in request.every("filter")]
    found = [o for o in objects if not tests or junction(test(o) for test in tests)]
    for text in reversed(request.one("order").split(",") if request.one("order") else []):
        prop, _, way = text.partition(":")
        found.sort(key=lambda o, prop=prop: _sortable(_value(o, prop)), reverse=way.lower() in ("desc", "idesc"))  # type: ignore[misc]
    page, pager = _page(request, found, address)
    wanted = parsed(request.one("fields") or "id,displayName")
    return json_answer(200, {**pager, name: [selected(o, wanted) for o in page]})


def _test(text: str) -> Callable[[dict[str, Any]], bool]:
    prop, _, rest = text.partition(":")
    operator, _, given = rest.partition(":")
    if operator not in _TESTS:
        raise Refusal(message(400, f"Filter operator `{operator}` is not known: {text}"))
    return lambda held: _TESTS[operator](_text(_value(held, prop)), given)


def _value(held: Any, path: str) -> Any:
    for name in path.split("."):
        held = held.get(name) if isinstance(held, dict) else None
    return held


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _ordered(held: str, given: str) -> int:
    try:
        left, right = float(held), float(given)
    except ValueError:
        return (held > given) - (held < given)
    return (left > right) - (left < right)


def _sortable(value: Any) -> tuple[bool, float, str]:
    if isinstance(value, (int, float)):
        return False, float(value), ""
    return value is None, 0, _text(value)


def _page(request: Request, found: list[dict[str, Any]], address: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if not request.flag("paging", default=True) or request.flag("skipPaging"):
        return found, {}
    try:
        size, page = int(request.one("pageSize", str(PAGE_SIZE))), int(request.one("page", "1"))
    except ValueError as fault:
        raise Refusal(message(400, "page and pageSize are numbers")) from fault
    size, page = max(size, 1), max(page, 1)
    count = max(-(-len(found) // size), 1)
    pager: dict[str, Any] = {"page": page, "total": len(found), "pageSize": size, "pageCount": count}
    if page < count:
        pager["nextPage"] = f"{address}?page={page + 1}&pageSize={size}"
    if page > 1:
        pager["prevPage"] = f"{address}?page={page - 1}&pageSize={size}"
    return found[(page - 1) * size : page * size], {"pager": pager}
