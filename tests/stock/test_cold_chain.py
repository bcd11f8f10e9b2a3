"""The cold chain by its worked rows: out of the band, missed readings, monitors, open vials, doses wasted, sessions."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.clock import FixedClock
from appliance.core.errors import DataFileError, Refused
from appliance.records.facility.services import Facility, add_village, set_facility
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.catalogue.services import STARTER, load_list, read_whole
from appliance.stock.checks import CHECKS
from appliance.stock.cold_chain import incidents, monitors, repository, sessions, temperatures, vials
from appliance.stock.cold_chain.excursions import Temperature, excursions, missed
from appliance.stock.cold_chain.incidents import Touched
from appliance.stock.cold_chain.planning import need_of_sessions, shared
from appliance.stock.cold_chain.policy import FILE, load_policy, policy
from appliance.stock.cold_chain.wastage import MonthOfDoses, wastage
from appliance.stock.ledger import repository as ledger
from appliance.stock.ledger.fefo import allocate
from appliance.stock.ledger.services import ReceivedLot, receive, reverse
from appliance.stock.recalls.services import set_lot_status
from appliance.storage import Store, Unit
from tests.conftest import TODAY, Act
from tests.web.counter import stocked

BCG, PENTA = "MLS050", "MLS053"


@pytest.fixture
def lots(act: Act) -> dict[str, int]:
    """Three lots: 60 doses of BCG that expire in March, 60 in June, and 50 of Penta."""
    act(stocked)

    def put(unit: Unit) -> dict[str, int]:
        keys = {code: unit.value("SELECT id FROM product WHERE code = ?", (code,)) for code in (BCG, PENTA)}
        rows = [("B1", BCG, 60, 3), ("B2", BCG, 60, 6), ("P1", PENTA, 50, 6)]
        received = [
            ReceivedLot(product=keys[code], lot_number=number, expires_year=2027, expires_month=month, quantity=doses)
            for number, code, doses, month in rows
        ]
        receive(unit, 1, "BL-9", "DRC", received, unit.today)
        return {number: unit.value("SELECT id FROM lot WHERE number = ?", (number,)) for number, *_ in rows} | keys

    found: dict[str, int] = act(put)
    return found


def reading(day: int, hour: str, tenths: int, moment: str = "morning", *, alarm: bool = False) -> Temperature:
    return Temperature(
        id=day * 100 + int(hour[:2]), occurred_on=date(2026, 10, day), moment=moment, hour=hour, tenths=tenths, low_tenths=20,
        high_tenths=80, is_alarm=alarm, measure=None, by="",
    )  # fmt: skip


def test_the_ends_of_the_band_are_good_and_an_excursion_lasts_until_the_first_good_reading() -> None:
    read = [reading(1, "08:00", 20), reading(1, "17:00", 80, "evening"), reading(2, "08:00", 81),
            reading(2, "17:00", 104, "evening"), reading(3, "08:00", 60)]  # fmt: skip
    found = excursions(read)
    assert [(x.exposure, x.worst_tenths, x.hours(datetime(2026, 10, 9))) for x in found] == [("heat", 104, 24)]


def test_frost_after_heat_is_another_excursion_and_the_last_one_lasts() -> None:
    found = excursions([reading(1, "08:00", 95), reading(1, "17:00", 5, "evening"), reading(2, "08:00", -4)])
    assert [(x.exposure, x.until is None, x.worst_tenths) for x in found] == [("heat", False, 95), ("freeze", True, -4)]
    assert found[-1].hours(datetime(2026, 10, 2, 9)) == 16


def test_a_lit_alarm_is_an_excursion_though_the_number_is_good() -> None:
    assert [x.exposure for x in excursions([reading(1, "08:00", 50, alarm=True)])] == ["heat"]


@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["08:00", "17:00"]), st.integers(-50, 150)),
        unique_by=lambda r: r[:2],
    )
)
def test_every_reading_out_of_the_band_lies_in_one_excursion(rows: list[tuple[int, str, int]]) -> None:
    read = [reading(day, hour, tenths) for day, hour, tenths in rows]
    found = excursions(read)
    for one in read:
        inside = [x for x in found if x.since <= one.at <= x.last]
        assert len(inside) == bool(one.exposure)
        assert not inside or inside[0].exposure == one.exposure


def test_a_reading_is_missed_once_its_hour_is_over() -> None:
    read = [reading(14, "08:00", 40), reading(15, "08:10", 40)]
    gone = missed(read, date(2026, 10, 14), datetime(2026, 10, 15, 17, 59), policy().moments)
    assert [(day.day, m.code) for day, m in gone] == [(14, "evening")]
    late = missed(read, date(2026, 10, 14), datetime(2026, 10, 15, 18, 0), policy().moments)
    assert [(day.day, m.code) for day, m in late] == [(14, "evening"), (15, "evening")]


def test_a_reading_is_corrected_by_a_new_one_and_keeps_its_band(store: Store, act: Act) -> None:
    fridge = act(temperatures.add_equipment, "Frigo PEV", "refrigerator")
    act(temperatures.note_temperature, fridge, "morning", 410, hour="07:30")
    act(temperatures.note_temperature, fridge, "morning", 41, hour="07:30")
    act(temperatures.change_equipment, fridge, "Frigo PEV", "refrigerator", 0, 50, is_active=True)
    with store.reading() as db:
        (one,) = repository.readings(db, fridge, TODAY, TODAY)
        assert (one.tenths, one.high_tenths) == (41, 80)
        assert db.value("SELECT count(*) FROM temperature_reading") == 2
    act(temperatures.note_measure, one.id, "porte refermée")
    with store.reading() as db:
        assert [r.measure for r in repository.readings(db, fridge, TODAY, TODAY)] == ["porte refermée"]


@pytest.mark.parametrize(
    ("moment", "tenths", "more", "code"),
    [
        ("noon", 40, {}, "temperature-moment"), ("morning", 9_000, {}, "temperature-value"),
        ("morning", 40, {"hour": "09:30"}, "hour-ahead"), ("morning", 40, {"on": date(2026, 10, 16)}, "date-ahead"),
        ("morning", 40, {"on": date(2026, 9, 1)}, "date-too-old"),
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_refused(act: Act, moment: str, tenths: int, more: dict[str, object], code: str) -> None:
    fridge = act(temperatures.add_equipment, "F", "cooler")
    with pytest.raises(Refused, match=code):
        act(temperatures.note_temperature, fridge, moment, tenths, **more)


def test_the_state_of_a_fridge_tells_alarm_and_what_was_missed(store: Store, act: Act) -> None:
    fridge = act(temperatures.add_equipment, "F", "refrigerator")
    act(temperatures.note_temperature, fridge, "morning", 40, on=date(2026, 10, 13))
    act(temperatures.note_temperature, fridge, "morning", 92, hour="07:00")
    with store.reading() as db:
        (state,) = temperatures.state_of_fridges(db, datetime(2026, 10, 15, 12, 0))
    assert state.alarm is not None
    assert state.alarm.hours(datetime(2026, 10, 15, 12, 0)) == 5
    assert [(d.day, m.code) for d, m in state.missed] == [(13, "evening"), (14, "morning"), (14, "evening")]


def test_a_spoiled_monitor_sets_its_lot_aside_for_good(store: Store, act: Act, lots: dict[str, int]) -> None:
    act(monitors.read_monitor, lots["B1"], 2)
    act(monitors.read_monitor, lots["B1"], 3)
    with store.reading() as db:
        assert db.value("SELECT status FROM lot WHERE id = ?", (lots["B1"],)) == "quarantined"
        assert ledger.usable(db, lots[BCG], TODAY) == 60
        assert not CHECKS["vial-monitors"](db)
    with pytest.raises(Refused, match="vvm-turned"):
        act(set_lot_status, lots["B1"], "usable", "relecture")


def test_a_monitor_never_goes_back_but_on_the_day_of_a_slip(act: Act, clock: FixedClock, lots: dict[str, int]) -> None:
    act(monitors.read_monitor, lots["B1"], 2)
    act(monitors.read_monitor, lots["B1"], 1)
    act(monitors.read_monitor, lots["B1"], 2)
    clock.advance(days=1)
    with pytest.raises(Refused, match="vvm-backward"):
        act(monitors.read_monitor, lots["B1"], 1)


def test_the_monitor_that_went_further_is_given_first_where_the_centre_ranks_it_so(
    store: Store, act: Act, lots: dict[str, int]
) -> None:
    def order() -> list[str]:
        with store.reading() as db:
            return [t.number for t in allocate(ledger.on_shelf(db, lots[BCG]), 120, TODAY).takes]

    assert order() == ["B1", "B2"]
    act(monitors.read_monitor, lots["B2"], 2)
    assert order() == ["B2", "B1"]
    act(monitors.set_ranked, False)
    assert order() == ["B1", "B2"]


def test_an_open_vial_leaves_the_ledger_and_its_clock_is_the_policy_s(
    store: Store, act: Act, lots: dict[str, int]
) -> None:
    bcg, penta = act(vials.open_vials, lots["B1"], 1, 2), act(vials.open_vials, lots["P1"], 1, 1)
    with store.reading() as db:
        assert [ledger.usable(db, lots[code], TODAY) for code in (BCG, PENTA)] == [80, 40]
        held = {v.id: v for v in repository.open_vials(db)}
    assert [(held[k].use_until - held[k].opened_at) // 3_600_000 for k in (bcg, penta)] == [6, 28 * 24]
    assert act(vials.end_session, {bcg: 31, penta: 4}) == 9  # 40 - 31 of BCG; the Penta is kept
    with store.reading() as db:
        assert [(v.id, v.left) for v in repository.open_vials(db)] == [(penta, 6)]
        assert repository.administered_doses(db, lots[BCG], 2026) == {10: 31}
        assert not CHECKS["vials"](db)


def test_a_kept_vial_is_thrown_away_when_its_days_are_over(act: Act, clock: FixedClock, lots: dict[str, int]) -> None:
    penta = act(vials.open_vials, lots["P1"], 1, 1)
    clock.advance(days=28, hours=1)
    assert act(vials.end_session, {penta: 0}) == 10


def test_a_vial_ends_with_its_lot(store: Store, act: Act, clock: FixedClock, lots: dict[str, int]) -> None:
    clock.set(datetime(2027, 3, 30, 8))
    act(vials.open_vials, lots["B1"], 1, 1)
    clock.set(datetime(2027, 6, 25, 8))
    act(vials.open_vials, lots["P1"], 1, 1)
    with store.reading() as db:
        ends = [datetime.fromtimestamp(v.use_until / 1000).date() for v in repository.open_vials(db)]
    assert ends[-1] == date(2027, 7, 1)


def test_more_than_was_opened_is_never_given(act: Act, lots: dict[str, int]) -> None:
    bcg = act(vials.open_vials, lots["B1"], 1, 1)
    act(vials.give_doses, bcg, 15)
    with pytest.raises(Refused, match="vial-doses"):
        act(vials.give_doses, bcg, 6)
    with pytest.raises(Refused, match="vial-used"):
        act(vials.undo_opening, bcg, "erreur")


def test_an_opening_by_mistake_is_undone_and_one_that_was_used_stays(
    store: Store, act: Act, lots: dict[str, int]
) -> None:
    bcg = act(vials.open_vials, lots["B1"], 1, 1)
    act(vials.undo_opening, bcg, "erreur de lot")
    used = act(vials.open_vials, lots["B2"], 1, 1)
    act(vials.give_doses, used, 3)
    with store.reading() as db:
        assert ledger.usable(db, lots[BCG], TODAY) == 100
        assert [v.id for v in repository.open_vials(db)] == [used]
        assert repository.opened_doses(db, lots[BCG], 2026) == {10: 20}
        movement = db.value("SELECT movement FROM vial_opening WHERE id = ?", (used,))
    with pytest.raises(Refused):
        act(reverse, movement, "par la fiche de stock")


@pytest.mark.parametrize(("lot", "count", "code"), [("B1", 4, "stock-too-low"), ("B1", 0, "vials-count")])
def test_a_vial_that_is_not_there_is_not_opened(
    act: Act, lots: dict[str, int], lot: str, count: int, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        act(vials.open_vials, lots[lot], 1, count)


def test_nothing_of_a_turned_lot_is_opened(act: Act, lots: dict[str, int]) -> None:
    act(monitors.read_monitor, lots["B1"], 4)
    with pytest.raises(Refused, match="lot-unusable"):
        act(vials.open_vials, lots["B1"], 1, 1)


def test_wastage_is_cumulative_from_january() -> None:
    """T23: 12 x 20 then 9 x 20 doses; 200 then 195 children."""
    january, february = wastage([MonthOfDoses(month=2, opened=180, administered=195), MonthOfDoses(month=1, opened=240, administered=200)])  # fmt: skip
    rates = [january.rate, february.rate, february.cumulative]
    assert [round(float(r) * 100, 1) for r in rates if r is not None] == [16.7, -8.3, 6.0]
    assert january.cumulative == january.rate


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12))
def test_the_last_cumulative_rate_is_that_of_the_sums(rows: list[tuple[int, int]]) -> None:
    found = wastage(MonthOfDoses(month=n + 1, opened=o, administered=a) for n, (o, a) in enumerate(rows))
    opened, given_ = sum(o for o, _ in rows), sum(a for _, a in rows)
    assert found[-1].cumulative == (1 - Fraction(given_, opened) if opened else None)


def test_each_session_opens_its_own_vials() -> None:
    """T24: BCG of 20 doses, 4 sessions of 6."""
    found = need_of_sessions([6, 6, 6, 6], 20)
    assert (found.vials, found.doses, found.wastage) == (4, 80, Fraction(7, 10))
    assert need_of_sessions([], 20).wastage is None
    assert need_of_sessions([20, 21, 0], 20).vials == 3


@given(st.lists(st.integers(0, 300), max_size=20), st.integers(1, 20))
def test_every_session_has_enough_and_none_a_whole_vial_too_many(children: list[int], size: int) -> None:
    found = need_of_sessions(children, size)
    assert found.children <= found.doses < found.children + size * max(len(children), 1)


@given(st.fractions(0, 2_000), st.lists(st.fractions(0, 50), max_size=9))
def test_shared_children_add_up(total: Fraction, weights: list[Fraction]) -> None:
    given_ = shared(total, weights)
    assert all(n >= 0 for n in given_)
    assert sum(given_) == (int(total + Fraction(1, 2)) if sum(weights) else 0)


def test_the_sessions_of_a_month_share_its_target_and_what_was_typed_replaces_a_share(store: Store, act: Act) -> None:
    act(load_list, read_whole(STARTER))
    act(set_facility, Facility(name="Essai", code="ML0001", district="D"))
    act(add_village, "Bourg", population={2026: 9_000})
    far = act(add_village, "Loin", population={2026: 3_000})
    days = [date(2026, 10, d) for d in (6, 13, 20)]
    planned = [act(sessions.plan, day, "fixed") for day in days]
    away = act(sessions.plan, date(2026, 10, 15), "outreach", far)
    dropped = act(sessions.plan, date(2026, 10, 27), "fixed")
    act(sessions.set_status, dropped, "cancelled")

    def bcg() -> sessions.VaccineNeed:
        with store.reading() as db:
            needs = sessions.session_need(db, date(2026, 10, 1), date(2026, 10, 31))
        return next(n for n in needs if n.code == BCG)

    # 12,000 people x 450 births per 10,000 = 540 a year, 45 a month: a quarter for the far village
    assert {s.session.id: s.children for s in bcg().shares} == {
        planned[0]: 12,
        planned[1]: 11,
        planned[2]: 11,
        away: 11,
    }
    assert (bcg().need.vials, bcg().need.doses) == (4, 80)
    act(sessions.expect, planned[0], bcg().product, 25)
    assert bcg().need.vials == 5
    assert [s.is_typed for s in bcg().shares] == [True, False, False, False]


def test_an_incident_writes_its_losses_and_sets_lots_aside_in_one_act(
    store: Store, act: Act, lots: dict[str, int]
) -> None:
    lost = [Touched(lot=lots["P1"], place=1, lost=50), Touched(lot=lots["B1"], place=1, lost=0, is_set_aside=True)]
    made = act(incidents.declare, "freeze", "porte du frigo, -3 °C la nuit", lost, committee="DTC, gérant")
    with store.reading() as db:
        held = incidents.incident(db, made)
        assert [(line.lot_number, line.quantity) for line in held.lines] == [("P1", 50)]
        assert db.one("SELECT kind, report_column FROM movement ORDER BY id DESC LIMIT 1") == ("loss_cold_chain", "QP")
        assert db.value("SELECT status FROM lot WHERE id = ?", (lots["B1"],)) == "quarantined"
    with pytest.raises(Refused, match="incident-empty"):
        act(incidents.declare, "heat", "rien de perdu", [])
    with pytest.raises(Refused, match="stock-too-low"):
        act(incidents.declare, "heat", "trop", [Touched(lot=lots["B2"], place=1, lost=61)])


def test_every_vaccine_of_the_starter_list_has_its_policy(store: Store, act: Act) -> None:
    act(stocked)
    with store.reading() as db:
        for code in policy().vaccines:
            product = catalogue.by_code(db, code)
            assert product is not None
            assert "Vaccin" in product.name


def test_a_wrong_policy_names_file_line_and_fault(tmp_path: object) -> None:
    from pathlib import Path

    wrong = Path(str(tmp_path)) / "cold.json"
    wrong.write_text(FILE.read_text("utf-8").replace('{"hours": 6}', '{"weeks": 6}', 1), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"cold.json:\d+: vaccines\[0\].open_vial"):
        load_policy(wrong)
