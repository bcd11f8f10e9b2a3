"""A centre small enough to be made in each test: a real store, closings laid by hand, and the courier's work in process."""

from __future__ import annotations

import asyncio
from typing import Any

from appliance.core.actors import MACHINE
from appliance.core.clock import FixedClock
from appliance.core.identifiers import new_uuid
from appliance.reports.closing.model import ReportCell, Source, frozen, seal
from appliance.storage import Store, outbox
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.exchange import perform
from appliance.sync.dhis2.matching import Cell
from appliance.sync.outbox import repository
from appliance.sync.outbox.repository import Item
from appliance.sync.reports import Prepared, of_item, prepare
from appliance.sync.verbs import SyncVerbs
from tests.sync.counterparty import INFO, NOTHING_THERE, Counterparty, Reply, summary

CELLS = {
    "RMA": [
        Cell(code="CUR_NC", disaggregation={"AGE6": "0_11M"}, option_names=("0-11 mois",), name="NC"),
        Cell(code="CUR_NC", disaggregation={"AGE6": "1_4A"}, option_names=("1-4 ans",), name="NC"),
        Cell(code="PAL_T_TDR", disaggregation={"PALU2": "0_4A"}, option_names=("0-4 ans",), name="TDR"),
    ],
    "CRGS": [Cell(code="PARA500", disaggregation={"column": c}, option_names=(c,)) for c in ("QU", "SDU")],
}
DEFAULT = "defaultCOC1"
UNIT = {"id": "DiszpKrYNg8", "code": "ML0417", "name": "Farabani"}


def place(uid: str, code: str, *combos: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "dataElement": {
            "id": uid, "code": code, "name": code, "valueType": "INTEGER", "zeroIsSignificant": True, **more,
            "categoryCombo": {"categoryOptionCombos": [
                {"id": c, "name": o, "categoryOptions": [{"code": o, "name": o}]} for c, o in combos
            ] or [{"id": DEFAULT, "name": "default"}]},
        }
    }  # fmt: skip


def rma(*more: dict[str, Any], without: str = "") -> dict[str, Any]:
    elements = [
        place("deCURNC0001", "CUR_NC", ("cocNOURRI01", "0_11M"), ("cocPETIT001", "1_4A")),
        place("dePALTDR001", "PAL_T_TDR_0_4A"),
    ]
    kept = [e for e in elements if e["dataElement"]["code"] != without]
    return {
        "id": "dsRMA000001",
        "code": "RMA",
        "name": "RMA",
        "periodType": "Monthly",
        "dataSetElements": [*kept, *more],
    }


def crgs() -> dict[str, Any]:
    elements = [place("dePARAQU001", "PARA500_QU"), place("dePARASDU01", "PARA500_SDU")]
    return {"id": "dsCRGS00001", "code": "CRGS", "name": "CRGS", "periodType": "Monthly", "dataSetElements": elements}


def lay_names(there: Counterparty, *sets: dict[str, Any]) -> None:
    """The server answers contact, org unit, default combination and these data sets."""
    there.lay("GET /api/system/info", INFO)
    there.lay("GET /api/organisationUnits", Reply(body={"organisationUnits": [UNIT]}))
    there.lay(
        "GET /api/categoryOptionCombos", Reply(body={"categoryOptionCombos": [{"id": DEFAULT, "name": "default"}]})
    )
    for body in sets:
        there.lay(f"GET /api/dataSets/{body['id']}", Reply(body=body, headers={"ETag": f'W/"{body["id"]}"'}))
    known = {body["code"]: body for body in sets}
    before = there.answer

    def answer(asked: Any) -> Reply:
        if asked.method == "GET" and asked.path == "/api/dataSets":
            there.asked.append(asked)
            code = asked.query["filter"].removeprefix("code:eq:")
            found = [{"id": known[code]["id"], "code": code, "name": code}] if code in known else []
            return Reply(body={"dataSets": found})
        return before(asked)

    there.answer = answer  # type: ignore[method-assign]
    there.lay("GET /api/dataValueSets", NOTHING_THERE)
    there.lay("POST /api/dataValueSets", Reply(body=summary(updated=9)))
    there.lay("POST /api/completeDataSetRegistrations", Reply(body=summary(imported=1)))


class Box:
    """One box. `turn` does one thing as the courier would; `work` until nothing is due."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.verbs = SyncVerbs(store, lambda _db, form: CELLS[form])

    def act(self, service: Any, *args: Any, **kwargs: Any) -> Any:
        kept: list[Any] = []

        def run(unit: Any) -> dict[str, Any]:
            kept.append(service(unit, *args, **kwargs))
            return {}

        self.store.act_now("test", MACHINE, run)
        return kept[-1]

    def read(self, query: Any, *args: Any) -> Any:
        with self.store.reading() as db:
            return query(db, *args)

    def link(self, url: str, **more: Any) -> None:
        given = {"username": "cscom", "password": "District1", "org_unit": "ML0417", "data_sets": {"RMA": "RMA"}} | more
        self.act(links.set_link, links.Link(base_url=url, **given))

    def close(self, figures: dict[str, Any], form: str = "RMA", period: str = "2026-09", version: int = 1) -> int:
        """Lay a closing of these figures (`"CUR_NC 1_4A": 5`) and put it into the outbox."""
        cells = []
        for cell in CELLS[form]:
            name = " ".join((cell.code, *cell.disaggregation.values()))
            value = figures.get(name)
            source = Source.EMPTY if value is None else Source.COMPUTED
            cells.append(ReportCell(code=cell.code, disaggregation=cell.disaggregation, value=value, source=source))

        def lay(unit: Any) -> int:
            identity, text = new_uuid(), frozen(cells)
            unit.append(
                "closing", uuid=identity, form=form, form_edition="2026-11", period=period, version=version, cells=text,
                hash=seal(form, "2026-11", period, version, text), explanation=None if version == 1 else "retard", staff=None,
            )  # fmt: skip
            return outbox.enqueue(unit, "report", f"{form}:{period}", version, identity=identity)

        return int(self.act(lay))

    def take(self) -> dict[str, Any] | None:
        """The next job, as a courier is given it."""
        return asyncio.run(self.verbs._job())

    def hand_back(self, job: dict[str, Any], journal: dict[str, Any]) -> None:
        asyncio.run(self.verbs.done({"kind": job["kind"], "item": job.get("item"), "journal": journal}))

    def turn(self) -> str | None:
        job = self.take()
        if job is None:
            return None
        journal = perform(job)
        self.hand_back(job, journal)
        return str(journal["code"])

    def work(self, times: int = 12) -> list[str]:
        ends = []
        while len(ends) < times and (code := self.turn()) is not None:
            ends.append(code)
        return ends

    def item(self, number: int) -> Item:
        found = self.read(repository.get, number)
        assert found is not None
        return found  # type: ignore[no-any-return]

    def prepared(self, number: int) -> Prepared:
        item = self.item(number)
        found: Prepared = self.read(lambda db: prepare(db, of_item(db, item), item.detail.get("theirs") or ()))
        return found

    def pulled(self, form: str = "RMA") -> Any:
        return self.read(mapping.pulled, form)
