"""The tablets: a process of its own that signs in through the real door and sells without a pause.

Run as a module it reads what to do as JSON from its first argument and prints the latencies, so that what the
clients burn is not counted as the server's and their threads do not share an interpreter with the measuring.
"""

from __future__ import annotations

import http.client
import json
import secrets
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from appliance.bench.clients import signed_in

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Tablet:
    """One signed-in tablet on one connection."""

    def __init__(self, url: str, who: int | None = None) -> None:
        parts = urlsplit(url)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers: dict[str, str] = {}
        self.token = ""
        if who is not None:
            client, self.token = signed_in(url, who)
            self._headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())}
            client.close()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """A page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        """A form with its token and a request key of its own."""
        whole = {"csrf": self.token, "request_key": secrets.token_hex(16), **fields}
        return self._ask("POST", path, urlencode(whole).encode(), FORM)

    def post_to(self, path: str, fields: dict[str, str]) -> str:
        """As `post`; where the answer leads, empty when it leads nowhere."""
        whole = {"csrf": self.token, "request_key": secrets.token_hex(16), **fields}
        self._http.request("POST", path, urlencode(whole).encode(), {**self._headers, **FORM})
        answer = self._http.getresponse()
        answer.read()
        return answer.getheader("location") or ""

    def sell(self, products: list[int]) -> None:
        """A sale of three products over the counter; raises when it is not acknowledged."""
        fields: dict[str, str] = {}
        for index, product in enumerate(products[:3]):
            fields |= {f"ligne-{index}-produit": str(product), f"ligne-{index}-quantite": "2"}
        status, _ = self.post("/vente-directe", fields)
        if status != 303:
            raise RuntimeError(f"a sale was answered {status}")

    def sell_bare(self, products: list[int]) -> None:
        """The same at the floor."""
        body = json.dumps([[product, 2] for product in products[:3]]).encode()
        status, _ = self._ask("POST", "/dispense", body, {"Content-Type": "application/json"})
        if status != 201:
            raise RuntimeError(f"the floor answered {status}")

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        self._http.request(method, path, body, {**self._headers, **headers})
        answer = self._http.getresponse()
        return answer.status, answer.read()


def many(url: str, *, count: int, each: int, products: list[int], bare: bool = False) -> tuple[list[float], float]:
    """Sorted latencies in seconds of `count` tablets that each sell `each` times, and how long it took in all."""
    asked = {"url": url, "count": count, "each": each, "products": products, "bare": bare}
    command = [sys.executable, "-m", "appliance.bench.tablets", json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    told = json.loads(done.stdout)
    return told["took"], told["seconds"]


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    tablets = [Tablet(asked["url"], None if asked["bare"] else 0) for _ in range(asked["count"])]
    took: list[float] = []
    lost: list[BaseException] = []

    def sell(tablet: Tablet) -> None:
        mine = []
        try:
            for _ in range(asked["each"]):
                started = time.perf_counter()
                (tablet.sell_bare if asked["bare"] else tablet.sell)(asked["products"])
                mine.append(time.perf_counter() - started)
        except (RuntimeError, OSError, http.client.HTTPException, httpx.HTTPError) as fault:
            lost.append(fault)
        took.extend(mine)

    threads = [threading.Thread(target=sell, args=(tablet,)) for tablet in tablets]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if lost:
        raise lost[0]
    return {"took": sorted(took), "seconds": seconds}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(json.loads(sys.argv[1]))))
