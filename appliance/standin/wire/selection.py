"""`fields=`: which properties of an object are given, nested as deep as asked."""

from __future__ import annotations

from typing import Any

from appliance.standin.wire.answers import Refusal, message

Wanted = dict[str, Any]
"""Name -> what is wanted below it, None when nothing was said."""
_PRESETS = {
    ":identifiable": ("id", "code", "name", "displayName", "created", "lastUpdated"),
    ":nameable": ("id", "code", "name", "displayName", "shortName", "created", "lastUpdated"),
}
_ALL = ("*", ":all", ":owner", ":simple", ":persisted")


def parsed(text: str) -> Wanted:
    """Read `id,name,a[b,c[d]]`; raises `Refusal` (400) when the brackets do not match."""
    wanted, rest = _level(text.replace(" ", "").replace("\n", ""))
    if rest:
        raise Refusal(message(400, f"The fields could not be read: {text}"))
    return wanted


def _level(text: str) -> tuple[Wanted, str]:
    wanted: Wanted = {}
    name, at = "", 0
    while at < len(text):
        sign = text[at]
        if sign == "[":
            inner, rest = _level(text[at + 1 :])
            if not rest.startswith("]"):
                raise Refusal(message(400, f"The fields could not be read: {text}"))
            wanted[name], name = inner, ""
            text, at = rest, 1
            continue
        if sign in ",]":
            if name:
                wanted.setdefault(name, None)
            name = ""
            if sign == "]":
                return wanted, text[at:]
        else:
            name += sign
        at += 1
    if name:
        wanted.setdefault(name, None)
    return wanted, ""


def selected(held: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The properties asked for; what is absent or null is left out, as DHIS2 does."""
    if "name" in held and "displayName" not in held:
        held = {**held, "displayName": held["name"]}
    names: dict[str, Any] = {}
    for name, inner in wanted.items():
        if name in _ALL:
            names = {**dict.fromkeys(held), **names}
        elif name in _PRESETS:
            names = {**dict.fromkeys(_PRESETS[name]), **names}
        elif not name.startswith("!"):
            names[name] = inner
    for name in wanted:
        names.pop(name.removeprefix("!"), None) if name.startswith("!") else None
    return {name: _below(held[name], inner) for name, inner in names.items() if held.get(name) is not None}


def _below(value: Any, inner: Wanted | None) -> Any:
    if isinstance(value, list):
        return [_below(one, inner) for one in value]
    if not isinstance(value, dict):
        return value
    if inner is not None:
        return selected(value, inner)
    # Nothing was asked about it: an object with an id is only referred to.
    return {"id": value["id"]} if "id" in value else {name: _below(one, None) for name, one in value.items()}
