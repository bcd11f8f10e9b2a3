"""Style, scripts and icons: names that carry a hash of the content, kept for ever by the tablet, gzipped once."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

ROOT = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is served."""

    content: bytes
    gzipped: bytes
    media_type: str


@cache
def files() -> dict[str, StaticFile]:
    """Every static file by its hashed name."""
    found = {}
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in TYPES:
            content = path.read_bytes()
            found[_hashed(path, content)] = StaticFile(content, gzip.compress(content, 9, mtime=0), TYPES[path.suffix])
    return found


@cache
def url_of(name: str) -> str:
    """The address of a static file: `url_of("app.css")`."""
    path = ROOT / name
    return f"/static/{_hashed(path, path.read_bytes())}"


@get("/static/{name:path}", opt={"public": True})
async def static_file(name: str, request: Request[Any, Any, Any]) -> Response[bytes]:
    """One file; its name changes whenever its content does."""
    found = files().get(name.lstrip("/"))
    if found is None:
        raise NotFoundException
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(found.gzipped if zipped else found.content, media_type=found.media_type, headers=headers)


def _hashed(path: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return f"{path.relative_to(ROOT).with_suffix('').as_posix()}.{digest}{path.suffix}"
