"""Drawing in a short-lived child: what is heavy and parses much never runs beside the key.

The child reads a description as JSON on its standard input and writes the PDF. It opens no store, and its
environment holds nothing but what Python needs: no path to a key, no token.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from appliance.core.errors import InvariantBroken

SECONDS_MAX = 60
ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LANG", "TMPDIR")


async def drawn_by_child(module: str, description: dict[str, Any]) -> bytes:
    """The PDF that `python -m module` draws of a description.

    Raises `InvariantBroken("paper-failed")` when the child does not give one in `SECONDS_MAX`.
    """
    content = await asked_of_child(module, description, SECONDS_MAX)
    if content is None or not content.startswith(b"%PDF"):
        raise InvariantBroken("paper-failed")
    return content


async def asked_of_child(module: str, description: dict[str, Any], seconds_max: float) -> bytes | None:
    """What `python -m module` writes for a description; None when it fails or takes longer than `seconds_max`."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
    )  # fmt: skip
    try:
        content, _ = await asyncio.wait_for(child.communicate(json.dumps(description).encode()), seconds_max)
    except TimeoutError:
        child.kill()
        await child.wait()
        return None
    return None if child.returncode else content


def answer(draw: Callable[[dict[str, Any]], bytes]) -> None:
    """The child's side: one description in, one PDF out."""
    sys.stdout.buffer.write(draw(json.loads(sys.stdin.buffer.read())))
