"""A real resident process on a real port, and a person at a tablet."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from appliance.generator.world import world

PINS = {name: pin for name, _, pin in world()["staff"]}


class Resident:
    """`appliance serve` as a process of its own."""

    def __init__(self, data: Path, *, demo: bool = True, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "appliance", "serve", "--data", str(data), "--port", "0"]
        self.process = subprocess.Popen(
            [*command, *(["--demo"] if demo else [])], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self.setup_code = ""
        self.url = self._wait()

    def _wait(self) -> str:
        assert self.process.stdout is not None
        for _ in range(20):
            ready, _, _ = select.select([self.process.stdout], [], [], 30)
            line = self.process.stdout.readline() if ready else ""
            if line.startswith("setup code: "):
                self.setup_code = line.split(": ")[1].strip()
            if line.startswith("ready on "):
                return line.removeprefix("ready on ").strip().rstrip("/")
            if not line:
                break
        self.kill()
        raise RuntimeError("the resident process did not start")

    def kill(self) -> None:
        """As a power cut ends it: no warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> None:
        """As systemd ends it."""
        self.process.terminate()
        self.process.wait(30)


class Tablet:
    """One tablet: a client that signs in and posts forms as their pages give them."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=30)

    def sign_in(self, name: str, pin: str | None = None) -> httpx.Response:
        """Choose a name, type a PIN."""
        people = dict(re.findall(r'qui=(\d+)">([^<]+)', self.http.get("/entrer").text))
        who = next(i for i, n in people.items() if n == name)
        page = self.http.get(f"/entrer?qui={who}")
        return self.http.post("/entrer", data={"csrf": hidden(page, "csrf"), "qui": who, "code": pin or PINS[name]})

    def post(self, form_path: str, fields: dict[str, Any], to: str | None = None) -> httpx.Response:
        """Open a page and post its form with these fields."""
        page = self.http.get(form_path)
        given = {"csrf": hidden(page, "csrf"), "request_key": hidden(page, "request_key"), **fields}
        return self.http.post(to or form_path, data=given)


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found[1] if found else ""
