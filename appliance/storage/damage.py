"""Damage that was met is remembered beside the store, so that a restart does not forget it.

A page that no longer fits its checksum is found when it is read; a store opened again would take rows once more until
someone happened on that page. With the mark there, the opener checks every page first: a store that is whole again
(the card was replaced, the fault was of the bus) drops the mark; one that is not is opened for reading only.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from appliance.core.errors import ApplianceError
from appliance.storage.keys import sync_directory
from appliance.storage.pages import PAGE_BYTES, bad_pages

MARK = "store.damaged"


def mark(directory: Path, fault: ApplianceError) -> None:
    """Remember a fault; silent where even this can't be written, since the store is read-only anyway."""
    made = directory / f"{MARK}.new"
    with contextlib.suppress(OSError):
        with made.open("w", encoding="utf-8") as file:
            json.dump({"code": fault.code, **{k: str(v)[:200] for k, v in fault.params.items()}}, file)
            file.flush()
            os.fsync(file.fileno())
        made.replace(directory / MARK)
        sync_directory(directory)


def is_marked(directory: Path) -> bool:
    """Whether damage was met and not found gone since."""
    return (directory / MARK).exists()


def unmark(directory: Path) -> None:
    """Every page was found sound again."""
    (directory / MARK).unlink(missing_ok=True)
    sync_directory(directory)


def bad_pages_of(path: Path, key: bytes) -> list[int]:
    """Every page of the file whose keyed checksum does not fit; reads the whole file once."""
    return bad_pages(path, key, range(1, -(-path.stat().st_size // PAGE_BYTES) + 1))
