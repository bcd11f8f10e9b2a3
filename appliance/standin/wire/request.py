"""One request as an endpoint sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from appliance.standin.wire.answers import Refusal, inflated, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: the path below `/api`, every query parameter in order, headers in lower case, the body."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    plain: bool = False
    """Asked through a version path below 38: no envelope, and always 200 (2.38 to 2.41)."""

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        found = [value for key, value in self.pairs if key == name]
        return found[-1] if found else default

    def every(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str, default: bool = False) -> bool:
        """A parameter that is true or false."""
        given = self.one(name)
        return given.lower() == "true" if given else default

    def needs_type(self, *kinds: str) -> None:
        """Raise `Refusal` (415) when the content type is none of these."""
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in kinds:
            raise Refusal(message(415, f"Content-Type '{kind}' is not supported"))

    def json(self, *, sniffed: bool, charset: str = "utf-8") -> Any:
        """The body as JSON; raises `Refusal` (400) when it is none, `sniffed` unpacks gzip and zip first."""
        body = inflated(self.body) if sniffed else self.body
        try:
            return json.loads(body.decode(charset))
        except ValueError as fault:
            raise Refusal(message(400, "The body could not be read as JSON")) from fault

    def json_object(self, *, sniffed: bool) -> dict[str, Any]:
        """The body as a JSON object."""
        held = self.json(sniffed=sniffed)
        if not isinstance(held, dict):
            raise Refusal(message(400, "A JSON object is expected"))
        return held
