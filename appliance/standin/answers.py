"""Answers as DHIS2 shapes them, and bodies as it reads them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


def inflated(body: bytes) -> bytes:
    """The body as sent, unpacked by its magic bytes whatever the headers say."""
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            held: bytes = archive.read(archive.namelist()[0])
            return held
    return body


def json_answer(status: int, content: Any) -> Answer:
    """An answer of JSON."""
    return status, {"content-type": "application/json"}, json.dumps(content).encode()


def message(status: int, verdict: str, text: str) -> Answer:
    """A WebMessage envelope."""
    names = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        409: "Conflict",
        415: "Unsupported Media Type",
    }
    return json_answer(
        status, {"httpStatus": names.get(status, "OK"), "httpStatusCode": status, "status": verdict, "message": text}
    )
