"""What a month costs on the wire: both forms whole, over TLS, from a server that compresses nothing. Bytes, not time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.storage import Store
from appliance.sync import link as links
from appliance.sync.cells import cells_of
from appliance.sync.dhis2 import client as client_module
from appliance.sync.dhis2.exchange import Line, perform
from appliance.sync.dhis2.matching import Cell
from appliance.sync.dhis2.tls import ResumingContext
from appliance.sync.status import status
from tests.sync import box as box_module
from tests.sync.box import Box
from tests.sync.counterparty import Counterparty, counterparty, serving
from tests.sync.country import Country

BUDGET, COLD = 100_000, 200_000
COLUMNS = ("SDU", "QR", "QU", "PE", "JR")
READ = "GET /api/dataValueSets"


@pytest.fixture
def box(store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, authority: Path) -> Box:
    """A box with the real form of the RMA and a depot of 120 products, trusting the tests' certificate."""
    trusting = ResumingContext()
    trusting.load_verify_locations(authority / "good.pem")
    monkeypatch.setattr(client_module, "context", lambda: trusting)
    with store.reading() as db:
        rma = cells_of(db, "RMA")
    products = [
        Cell(code=f"MLS{n:03}", disaggregation={"column": c}, option_names=(c,), name=f"Produit {n:03} comprimé 500 mg")
        for n in range(120) for c in COLUMNS
    ]  # fmt: skip
    monkeypatch.setitem(box_module.CELLS, "RMA", rma)
    monkeypatch.setitem(box_module.CELLS, "CRGS", products)
    return Box(store, clock)


@contextmanager
def country(authority: Path, **how: Any) -> Iterator[tuple[Counterparty, Country]]:
    made = Country(box_module.CELLS, **how)
    with counterparty(ssl_context=serving(authority)) as there:
        made.serve(there)
        yield there, made


def figures(form: str, seed: int) -> dict[str, int]:
    """A month as it is: most cells of the RMA are zero, most of a stock report are not."""
    chance = random.Random(seed)
    zeros, most = (0.75, 90) if form == "RMA" else (0.2, 2_500)
    return {
        " ".join((c.code, *c.disaggregation.values())): 0 if chance.random() < zeros else chance.randint(1, most)
        for c in box_module.CELLS[form]
    }


def rounds(box: Box, weeks: int = 4) -> set[str]:
    """A month of a courier: one connection a round, a round a week."""
    ends = set()
    for _ in range(weeks):
        with Line() as line:
            while (job := box.take()) is not None:
                journal = perform(job, line)
                box.hand_back(job, journal)
                ends.add(str(journal["code"]))
        box.clock.advance(days=7)
    return ends


def spent(box: Box) -> int:
    """Bytes both ways so far, all purposes."""
    return sum(t["bytes_out"] + t["bytes_in"] for t in box.read(status)["traffic"])


def month(box: Box, period: str, version: int = 1, seed: int = 1) -> int:
    """Close both forms and let four weeks pass; the bytes that it took."""
    before = spent(box)
    for form in ("RMA", "CRGS"):
        box.close(figures(form, seed), form, period, version)
    assert rounds(box) <= {"success", "unchanged"}
    return spent(box) - before


@pytest.mark.parametrize("flat", [(), ("CRGS",), ("RMA", "CRGS")])
def test_a_month_is_within_its_budget_and_the_first_is_not_far_above(
    box: Box, authority: Path, flat: tuple[str, ...], record_property: Any
) -> None:
    with country(authority, flat=flat) as (there, _):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        cold = month(box, "2026-09", seed=1)
        following = month(box, "2026-10", seed=2)
        record_property("cold_bytes", cold)
        record_property("following_bytes", following)
        assert len(box.prepared(1).entries) == len(box_module.CELLS["RMA"])
        assert following <= BUDGET
        if not flat:
            assert cold <= COLD
        assert all(len(a.path) + sum(len(k) + len(v) for k, v in a.query.items()) < 1_500 for a in there.asked)


def test_a_rectificatif_reads_what_stands_there_compressed_and_stays_within_the_month(
    box: Box, authority: Path
) -> None:
    with country(authority) as (there, made):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        month(box, "2026-09")
        first = month(box, "2026-10", seed=2)
        again = month(box, "2026-10", version=2, seed=2)
        assert first + again <= BUDGET + 40_000
        assert again <= BUDGET
        assert made.plain_read > 100_000  # what the last read would have been as it is written
        assert all(a.query["compression"] == "gzip" for a in there.of(READ))


def test_a_figure_typed_at_the_district_is_seen_through_the_compressed_read(box: Box, authority: Path) -> None:
    with country(authority) as (there, made):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        month(box, "2026-09", seed=3)
        key = next(k for k in made.values if k[0] == "202609")
        made.values[key] = "4711"
        box.close(figures("RMA", 3), "RMA", "2026-09", 2)
        box.close(figures("CRGS", 3), "CRGS", "2026-09", 2)
        assert "edited-there" in rounds(box, 1)


def test_an_empty_place_is_read_for_a_few_hundred_bytes(box: Box, authority: Path) -> None:
    with country(authority) as (there, _):
        box.link(there.url, data_sets={"RMA": "RMA"})
        box.close(figures("RMA", 4), "RMA", "2026-09")
        rounds(box, 1)
        (read,) = [a for a in box.read(status)["attempts"] if a["step"] == "read-back"]
        assert read["bytes_out"] + read["bytes_in"] < 1_500


def test_each_combination_is_asked_for_once_and_every_cell_still_finds_its_place(box: Box, authority: Path) -> None:
    with country(authority) as (there, made):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        rounds(box, 1)
        asked = [i for a in there.of("GET /api/categoryCombos") for i in a.query["filter"][7:-1].split(",")]
        of_form = len(there.of("GET /api/categoryCombos"))
        assert len(asked) == len(set(asked)) == len(made.combos)
        assert of_form == 2
        for form in ("RMA", "CRGS"):
            number = box.close(figures(form, 5), form, "2026-09")
            assert not box.prepared(number).unmapped
            assert not box.prepared(number).misfits


@pytest.mark.parametrize("has_etags", [True, False])
def test_names_that_did_not_move_cost_little_each_week(box: Box, authority: Path, has_etags: bool) -> None:
    with country(authority, has_etags=has_etags) as (there, _):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        rounds(box, 1)
        before = spent(box)
        rounds(box, 3)
        assert spent(box) - before < 3 * 12_000
        rounds(box, 2)
        whole = len(there.of("GET /api/categoryCombos"))
        assert whole == 12 if has_etags else whole == 4  # a server without ETags tells all again once in four weeks


def test_a_new_option_is_seen_though_the_data_set_itself_did_not_move(box: Box, authority: Path) -> None:
    with country(authority) as (there, made):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        rounds(box, 1)
        shape = next(s for s in made.combos if len(s) > 1)
        gone = made.combos[shape]["categoryOptionCombos"].pop()
        rounds(box, 1)
        held = {c for form in ("RMA", "CRGS") for e in box.pulled(form).book.elements.values() for c in e.combos}
        assert gone["id"] not in held
        made.combos[shape]["categoryOptionCombos"].append(gone)
        rounds(box, 1)
        assert any(gone["id"] in e.combos for f in ("RMA", "CRGS") for e in box.pulled(f).book.elements.values())


def test_a_server_that_refuses_the_list_is_asked_for_the_nested_form_and_with_its_etag_the_next_time(
    box: Box, authority: Path
) -> None:
    with country(authority, lists=False) as (there, made):
        box.link(there.url, data_sets={"RMA": "RMA"})
        rounds(box, 2)
        number = box.close(figures("RMA", 6), "RMA", "2026-09")
        assert not box.prepared(number).unmapped
        asked = there.of(f"GET /api/dataSets/{made.sets['RMA']['id']}")
        assert ["categoryCombo[id]" in a.query["fields"] for a in asked] == [True, False, False]
        assert len(there.of("GET /api/categoryCombos")) == 1
        assert "if-none-match" in asked[-1].headers


def test_a_combination_hidden_in_the_list_is_read_nested_rather_than_taken_for_the_default(
    box: Box, authority: Path
) -> None:
    with country(authority) as (there, made):
        hidden = next(s for s in made.combos if len(s) > 1)
        kept = made.combos.pop(hidden)
        box.link(there.url, data_sets={"RMA": "RMA"})
        rounds(box, 1)
        held = {c for e in box.pulled().book.elements.values() for c in e.combos}
        assert {c["id"] for c in kept["categoryOptionCombos"]} <= held


@pytest.mark.parametrize("lists", [True, False])
def test_a_test_of_the_link_reads_one_combination_and_still_finds_a_place_to_write(
    box: Box, authority: Path, lists: bool
) -> None:
    with country(authority, lists=lists) as (there, _):
        box.link(there.url, data_sets={"RMA": "RMA", "CRGS": "CRGS"})
        box.act(links.ask_test)
        job = box.take()
        assert job is not None
        journal = perform(job)
        assert [c for c in journal["found"]["checks"] if not c["ok"]] == []
        assert {"write RMA", "write CRGS"} <= {c["check"] for c in journal["found"]["checks"]}
        if lists:
            assert sum(s["bytes_in"] for s in journal["steps"]) < 60_000
