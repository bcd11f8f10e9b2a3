"""Answers as DHIS2 shapes them, and bodies as it reads them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from http import HTTPStatus
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class Refusal(Exception):
    """Raised anywhere below an endpoint: the answer to give instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer[0])
        self.answer = answer


def inflated(body: bytes) -> bytes:
    """The body unpacked by its magic bytes, whatever the headers say; raises `Refusal` (400) when it is damaged."""
    try:
        if body[:2] == b"\x1f\x8b":
            return gzip.decompress(body)
        if body[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                return archive.read(archive.namelist()[0])
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, IndexError) as fault:
        raise Refusal(message(400, "The compressed body could not be read")) from fault
    return body


def json_answer(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer of JSON."""
    return (
        status,
        {"content-type": "application/json", **(headers or {})},
        json.dumps(content, separators=(",", ":")).encode(),
    )


def envelope(status: int, text: str, **more: Any) -> dict[str, Any]:
    """A WebMessage; `status` in it is OK below 400 and ERROR from there on, unless given. Null fields are left out."""
    held = {
        "httpStatus": HTTPStatus(status).phrase,
        "httpStatusCode": status,
        "status": "OK" if status < 400 else "ERROR",
        "message": text,
        **more,
    }
    return {name: value for name, value in held.items() if value is not None}


def message(status: int, text: str, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    """An answer that is a WebMessage."""
    return json_answer(status, envelope(status, text, **more), headers)


def html(status: int, text: str, headers: dict[str, str] | None = None) -> Answer:
    """A page, as proxies and log-in screens send it."""
    return (
        status,
        {"content-type": "text/html;charset=UTF-8", **(headers or {})},
        f"<html><h1>{text}</h1></html>".encode(),
    )
