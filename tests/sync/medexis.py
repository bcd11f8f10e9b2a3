"""A centre and the stand-in's MEDEXIS in one process: the box's courier speaks to a real port, time is set by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from appliance.core.clock import FixedClock
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.storage import Store
from appliance.sync import link as links
from appliance.sync.inbox import jobs as inbox
from appliance.sync.inbox import repository as mail
from appliance.sync.medexis import exchange as exchanges
from tests.sync.box import Box
from tests.sync_support import National, national

LINES = [
    {"code": "MLS001", "name": "Artéméther + luméfantrine 20 mg + 120 mg (plaquette de 6, 5-14 kg)", "unit": "plaquette",
     "cmm": 120, "max": 360, "stock": 60, "proposed": 300},
    {"code": "MLS006", "name": "Artésunate injectable 60 mg", "unit": "flacon", "cmm": 12, "max": 36, "stock": 6, "proposed": 30},
    {"code": "MLS002", "name": "Artéméther + luméfantrine 20 mg + 120 mg (plaquette de 12, 15-24 kg)", "unit": "plaquette",
     "cmm": 90, "max": 270, "stock": 30, "proposed": 1240},
]  # fmt: skip


class Centre(Box):
    """A box whose exchange is on, with the starter catalogue, beside a stand-in whose day follows its own."""

    def __init__(self, store: Store, clock: FixedClock, there: National) -> None:
        super().__init__(store, clock)
        self.there = there
        self.act(load_list, read_whole(STARTER))
        self.link(there.url, data_sets={"CRGS": "CRGS"})
        self.set(is_on=True)

    def set(self, **changed: Any) -> None:
        """Change the exchange's configuration."""
        self.act(lambda unit: exchanges.put(unit, replace(exchanges.get(unit), **changed)))

    def exchange(self) -> exchanges.Exchange:
        return self.read(exchanges.get)  # type: ignore[no-any-return]

    def collect(self, times: int = 40) -> list[str]:
        """Look for messages now, and do all that follows."""
        self.act(inbox.ask)
        return self.work(times)

    def documents(self) -> list[mail.Document]:
        return self.read(mail.documents)  # type: ignore[no-any-return]

    def messages(self) -> list[mail.Message]:
        return self.read(mail.messages)  # type: ignore[no-any-return]

    def lift(self, **more: Any) -> None:
        """Time passes and somebody asks again: nothing rests or is paused."""
        self.clock.advance(**(more or {"hours": 7}))
        self.act(links.resume)


def letter(there: National, subject: str, content: bytes, sender: str = "medexis", **more: Any) -> dict[str, Any]:
    """Somebody writes to the centre's account with a file."""
    file = {"name": "papier.pdf", "base64": base64.b64encode(content).decode(), **more.pop("file", {})}
    told: dict[str, Any] = there.control("messages", **{"from": sender, "subject": subject, "text": "Ci-joint.", "attachments": [file]} | more)  # fmt: skip
    return told


@contextmanager
def beside(
    store: Store, clock: FixedClock, directory: Path, version: str = "2.40.12", **settings: Any
) -> Iterator[Centre]:
    """A centre beside a fresh stand-in of a version."""
    with national(directory, version, date(2026, 10, 15), **settings) as there:
        there.follow(clock.today)
        there.control("medexis", is_on=True)
        yield Centre(store, clock, there)
