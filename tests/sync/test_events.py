"""Confirmations and acknowledgements stand at DHIS2 once each, whatever is lost on the way, on both eras of the tracker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.core.clock import FixedClock
from appliance.stock.orders import services
from appliance.stock.orders.model import Model, State, Way
from appliance.stock.reception import repository as receptions
from appliance.stock.reception.services import take_back
from appliance.storage import Store
from appliance.storage.uids import kept_uids, made_uid
from appliance.sync.dhis2.event_answers import of_legacy, of_tracker
from appliance.sync.medexis import events
from appliance.sync.outbox import services as outbox
from appliance.sync.status import status
from tests.sync.orders import ACKNOWLEDGEMENT, CONFIRMATION, Depot, depot

VERSIONS = ["2.38.4", "2.40.12", "2.42.5", "2.43.1"]
CC, AR = "CONFIRMATION_COMMANDE", "ACCUSE_RECEPTION"


@pytest.fixture(params=VERSIONS)
def there(store: Store, clock: FixedClock, tmp_path: Path, request: Any) -> Iterator[Depot]:
    with depot(store, clock, tmp_path / "there", request.param) as made:
        made.work()
        yield made


@pytest.fixture
def one(store: Store, clock: FixedClock, tmp_path: Path) -> Iterator[Depot]:
    with depot(store, clock, tmp_path / "there") as made:
        made.work()
        yield made


def test_a_confirmation_and_an_acknowledgement_stand_there_with_their_lines(there: Depot) -> None:
    order = there.form(MLS001=300, MLS006=30)
    there.confirm(order, MLS001=280)
    assert there.work() == ["success"]
    assert there.order(order).state is State.SENT
    (told,) = there.events(CC)
    assert told == {
        "CC_REFERENCE": "BCM-7", "CC_DECISION": "MODIFIE", "CC_DATE_COMMANDE": "2026-10-15", "CC_NOMBRE_LIGNES": "2",
        "CC_DATE_CONFIRMATION": "2026-10-15", "CC_LIGNES": "MLS001|280|outbreak; MLS006|30|outbreak",
    }  # fmt: skip
    there.receive(order, MLS001=280, MLS006=30)
    there.work()
    (got,) = there.events(AR)
    assert got["AR_LIGNES"] == "MLS001|LMLS001|0|280|0; MLS006|LMLS006|0|30|0"
    assert (there.row(CONFIRMATION).state, there.row(ACKNOWLEDGEMENT).state) == ("done", "done")
    assert {t["purpose"] for t in there.read(status)["traffic"]} >= {"events"}


def test_a_lost_answer_is_met_by_reading_back_and_the_event_stands_once(there: Depot) -> None:
    order = there.form(MLS001=300)
    there.confirm(order)
    there.there.faults(lose_answer=1)
    assert there.work() == ["cut"]
    assert len(there.events(CC)) == 1
    there.lift()
    assert there.work()[0] == "success"
    assert len(there.events(CC)) == 1
    assert [a["step"] for a in there.read(status)["attempts"]][:3] == ["compare", "read-back", "event"]


def test_the_uid_is_kept_by_who_signs_before_a_courier_asks_and_the_same_goes_out(one: Depot) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    assert one.row(CONFIRMATION).payload is None, "nothing was composed yet"
    signed = one.read(lambda db: db.value("SELECT act FROM supply_order_status WHERE state = 'countersigned'"))
    subject = one.row(CONFIRMATION).subject
    kept = one.read(kept_uids, CONFIRMATION, subject)
    assert list(kept) == ["", "1"]
    assert one.read(lambda db: {row[0] for row in db.all("SELECT act FROM event_uid")}) == {signed}
    one.work()
    sent = {e["event"] for e in one.there.read("events")}
    assert sent == {kept[""]}
    proof = one.receive(order, MLS001=300)
    (line,) = one.read(receptions.proof_lines, proof)
    kept = one.read(kept_uids, ACKNOWLEDGEMENT, one.row(ACKNOWLEDGEMENT).subject)
    assert (list(kept), one.row(ACKNOWLEDGEMENT).payload) == (["", str(line.id)], None)
    one.work()
    assert {e["event"] for e in one.there.read("events")} == sent | {kept[""]}


def test_one_signed_by_a_release_that_kept_no_uid_then_still_has_it_before_it_goes(one: Depot) -> None:
    one.confirm(one.form(MLS001=300))

    def harm(connection: Any) -> None:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE tbl_name = 'event_uid' AND type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("DELETE FROM event_uid")

    one.store._writer.submit(harm).result()
    assert one.take() is not None
    assert list(one.read(kept_uids, CONFIRMATION, one.row(CONFIRMATION).subject)) == ["", "1"]


def test_the_uid_is_kept_before_anything_is_sent_and_is_the_same_after_a_restore(one: Depot) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    job = one.take()
    assert job is not None and one.events(CC) == []
    subject = one.row(CONFIRMATION).subject
    (uid,) = one.read(events.uids_of, CONFIRMATION, subject)
    assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9]{10}", uid)
    assert uid.encode() in one.row(CONFIRMATION).payload
    key = bytes.fromhex(one.read(lambda db: db.value("SELECT value FROM setting WHERE name = 'site-key'")).strip('"'))
    assert made_uid(key, CONFIRMATION, subject, "") == uid
    assert made_uid(bytes(32), CONFIRMATION, subject, "") != uid


def test_a_correction_goes_over_the_same_event(there: Depot) -> None:
    order = there.form(MLS001=300)
    there.confirm(order)
    proof = there.receive(order, MLS001=290)
    there.work()
    (line,) = there.read(receptions.proof_lines, proof)
    there.act(take_back, line.id, "deux cartons de trop comptés")
    there.work()
    (told,) = there.events(AR)
    assert told["AR_NOMBRE_LIGNES"] == "0"
    assert there.row(ACKNOWLEDGEMENT).revision == 2


@pytest.mark.parametrize("fault", ["lose_answer", "cut_body", "html_502", "passing_409"])
def test_a_correction_whose_first_version_was_lost_on_the_way_still_ends_as_one_event(one: Depot, fault: str) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    one.work()
    one.there.faults(**{fault: 1})
    proof = one.receive(order, MLS001=290)
    one.work()
    (line,) = one.read(receptions.proof_lines, proof)
    one.act(take_back, line.id, "deux cartons de trop comptés")
    for _ in range(3):
        one.lift()
        one.work()
    (told,) = one.events(AR)
    assert told["AR_NOMBRE_LIGNES"] == "0"


def test_an_event_of_another_content_under_our_uid_stands_before_a_person(one: Depot) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    one.there.faults(lose_answer=1)
    one.work()
    one.there.app.store.run("UPDATE event SET body = replace(body, 'MLS001|300', 'MLS001|1')")
    one.lift()
    one.work()
    held = one.row(CONFIRMATION)
    assert (held.state, held.last_code) == ("held", "event-differs")
    assert "MLS001|1" in held.detail["conflicts"][0]["text"]
    one.act(outbox.decide_edited, held.id, overwrite=True)
    one.work()
    assert one.row(CONFIRMATION).state == "done"
    assert one.events(CC)[0]["CC_LIGNES"].startswith("MLS001|300")


def test_what_stands_there_may_be_left_as_it_is(one: Depot) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    one.there.faults(lose_answer=1)
    one.work()
    one.there.app.store.run("UPDATE event SET body = replace(body, 'MLS001|300', 'MLS001|1')")
    one.lift()
    one.work()
    one.act(outbox.decide_edited, one.row(CONFIRMATION).id, overwrite=False)
    one.work()
    assert one.row(CONFIRMATION).state == "done"
    assert one.events(CC)[0]["CC_LIGNES"].startswith("MLS001|1")


def test_a_deleted_event_is_a_person_s_to_ask_about(one: Depot) -> None:
    order = one.form(MLS001=300)
    one.confirm(order)
    one.there.faults(lose_answer=1)
    one.work()
    one.there.app.store.run(
        """UPDATE event SET deleted = 1, body = replace(body, '"deleted": false', '"deleted": true')"""
    )
    one.lift()
    one.work()
    assert (one.row(CONFIRMATION).state, one.row(CONFIRMATION).last_code) == ("held", "E1082")


@pytest.mark.parametrize("authorities", [["F_DATAVALUE_ADD", "F_UNCOMPLETE_EVENT"], ["F_DATAVALUE_ADD"]])
def test_a_stage_that_blocks_completed_events_is_opened_first_or_asks_for_the_right(
    store: Store, clock: FixedClock, tmp_path: Path, authorities: list[str]
) -> None:
    with depot(store, clock, tmp_path / "there", "2.43.1") as made:
        for program in made.there.app.metadata["programs"]:
            program["programStages"][0]["blockEntryForm"] = True
        made.there.control("settings", authorities=authorities)
        made.work()
        order = made.form(MLS001=300)
        made.confirm(order)
        proof = made.receive(order, MLS001=290)
        made.work()
        (line,) = made.read(receptions.proof_lines, proof)
        made.act(take_back, line.id, "deux cartons de trop comptés")
        made.work()
        row = made.row(ACKNOWLEDGEMENT)
        may = len(authorities) > 1
        assert (row.state, row.last_code) == (("done", "success") if may else ("held", "E1083"))
        (told,) = made.events(AR)
        assert told["AR_NOMBRE_LIGNES"] == ("0" if may else "1")
        assert {e["status"] for e in made.there.read("events")} == {"COMPLETED"}


@pytest.mark.parametrize(
    ("rule", "code"),
    [({"equals": "BCM-7"}, "E1300"), ({"equals": "BCM-7", "requires": "CC_LOIN"}, "E1301")],
)
def test_a_program_rule_s_refusal_is_kept_with_its_words(one: Depot, rule: dict[str, str], code: str) -> None:
    one.there.control("settings", rules=[{"program": CC, "element": "CC_REFERENCE", **rule}])
    one.confirm(one.form(MLS001=300))
    one.work()
    row = one.row(CONFIRMATION)
    assert (row.state, row.last_code) == ("refused", code)
    assert "program rule" in row.detail["conflicts"][0]["text"]
    one.there.control("settings", rules=[])
    one.act(outbox.send_again, row.id, recompose=True)
    one.work()
    assert one.row(CONFIRMATION).state == "done"


def test_names_that_moved_are_pulled_once_more_before_a_person_is_asked(one: Depot) -> None:
    program = next(p for p in one.there.app.metadata["programs"] if p["code"] == CC)
    for part in program["programStages"][0]["programStageDataElements"]:
        part["dataElement"]["id"] = part["dataElement"]["id"][::-1].replace("0", "a").lstrip("123456789").ljust(11, "x")
    one.confirm(one.form(MLS001=300))
    assert one.work() == ["E1305", "success", "success"] or one.row(CONFIRMATION).state == "done"
    assert len(one.events(CC)) == 1


def test_a_program_that_is_not_there_holds_only_its_own_rows(one: Depot) -> None:
    shapes = dict(one.exchange().events)
    one.set(events={**shapes, CONFIRMATION: replace(shapes[CONFIRMATION], program="AUTRE")})
    one.confirm(one.form(MLS001=300))
    one.work()
    assert one.row(CONFIRMATION).state == "waiting"
    assert next(q for q in one.read(status)["queue"])["waits_for"] == "program-missing"
    one.set(events=shapes)
    one.work()
    assert one.row(CONFIRMATION).state == "done"


def by_line(made: Depot) -> None:
    made.there.control("medexis/by-line")
    shapes = dict(made.exchange().events)
    confirmation = {
        "reference": "CC_REFERENCE",
        "line_count": "CC_NOMBRE_LIGNES",
        "product": "CC_PRODUIT",
        "confirmed": "CC_QUANTITE",
    }
    received = {
        "reference": "AR_REFERENCE",
        "note": "AR_BORDEREAU",
        "product": "AR_PRODUIT",
        "lot": "AR_LOT",
        "accepted": "AR_QUANTITE",
    }
    made.set(events={
        CONFIRMATION: replace(shapes[CONFIRMATION], per="line", fields=confirmation),
        ACKNOWLEDGEMENT: replace(shapes[ACKNOWLEDGEMENT], per="line", fields=received),
    })  # fmt: skip
    made.work()


@pytest.mark.parametrize("fault", ["lose_answer", "html_502", "cut_body"])
def test_one_event_a_line_stands_once_each_however_often_the_line_breaks(one: Depot, fault: str) -> None:
    by_line(one)
    order = one.form(MLS001=300, MLS006=30, MLS002=40)
    one.confirm(order, MLS006=0)
    for _ in range(4):
        one.there.faults(**{fault: 1})
        one.work()
        one.lift()
    one.work()
    told = {e["CC_PRODUIT"]: e["CC_QUANTITE"] for e in one.events(CC)}
    assert told == {"MLS001": "300", "MLS006": "0", "MLS002": "40"}
    assert len(one.events(CC)) == 3
    assert len(one.read(events.uids_of, CONFIRMATION, one.row(CONFIRMATION).subject)) == 3


def test_up_to_2_41_a_server_without_a_tracker_is_spoken_to_in_the_old_way(
    store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    with depot(store, clock, tmp_path / "there", "2.40.12") as made:
        made.work()
        answered = made.there.app._api._endpoint

        def old(request: Any) -> Any:
            if request.path == "/tracker":
                from appliance.standin.wire.answers import message

                return message(404, "No such path")
            return answered(request)

        made.there.app._api._endpoint = old  # type: ignore[method-assign]
        made.confirm(made.form(MLS001=300))
        made.there.faults(lose_answer=2)
        made.work()
        made.lift()
        made.work()
        made.lift()
        made.work()
        assert len(made.events(CC)) == 1
        assert made.row(CONFIRMATION).state == "done"


def test_an_order_of_our_own_goes_as_one_message_with_its_lines_as_a_table(one: Depot) -> None:
    medexis = next(u["id"] for u in one.there.app._here.users() if u["username"] == "medexis")
    order = one.form(model=Model.PULL, MLS001=0, MLS006=0)
    one.confirm(order, MLS001=300)
    one.act(services.hand_over, order, Way.MESSAGE)
    one.work()
    assert one.row("order-form").state == "waiting"  # nobody to write to yet
    one.set(recipients={"users": (medexis,), "userGroups": (), "organisationUnits": ()})
    for _ in range(3):
        one.there.faults(lose_answer=1)
        one.work()
        one.lift()
    one.work()
    sent = [c for c in one.there.read("messages") if "Bon de commande" in c["subject"]]
    assert len(sent) == 1
    (file,) = sent[0]["messages"][0]["attachments"]
    assert file["name"].endswith(".csv")
    assert one.row("order-form").state == "done"


def test_no_event_is_sent_while_the_exchange_is_off(one: Depot) -> None:
    one.set(is_on=False)
    one.confirm(one.form(MLS001=300))
    one.work()
    assert next(q for q in one.read(status)["queue"])["waits_for"] == "exchange-off"
    assert one.events(CC) == []


def report(status: str = "OK", *errors: tuple[str, str], **counts: int) -> bytes:
    import json

    told = [{"message": "…", "errorCode": c, "trackerType": "EVENT", "uid": u, "args": []} for c, u in errors]
    stats = {"created": 0, "updated": 0, "deleted": 0, "ignored": 0, "total": 1} | counts
    return json.dumps(
        {"status": status, "validationReport": {"errorReports": told, "warningReports": []}, "stats": stats}
    ).encode()


MINE = "kT4mZq09AbX"


@pytest.mark.parametrize(
    ("http", "body", "fate", "code"),
    [
        (200, report(created=1), "accepted", "success"),
        (200, report("WARNING", created=1), "accepted", "success"),
        (409, report("ERROR", ("E1030", MINE), ignored=1), "person", "E1030"),
        (409, report("ERROR", ("E1302", MINE), ("E1030", MINE)), "person", "E1030"),
        (409, report("ERROR", ("E1302", MINE), ("E1029", MINE)), "person", "E1029"),
        (409, report("ERROR", ("E1302", "oTHERevent1")), "retry-few", "import-failed"),
        (409, report("ERROR", ("E1043", MINE)), "person", "E1043"),
        (409, report("ERROR", ("E1125", MINE)), "permanent", "E1125"),
        (409, report("ERROR", ("E1123", MINE)), "permanent", "E1123"),
        (409, report("ERROR", ("E9999", MINE)), "person", "E9999"),
        (200, report(ignored=1), "retry-few", "nothing-counted"),
        (409, b'{"httpStatus":"Conflict","httpStatusCode":409,"status":"ERROR","message":"could not execute"}', "retry-few", "conflict-without-summary"),
        (400, b'{"httpStatusCode":400,"status":"ERROR","message":"bad UID"}', "permanent", "http-400"),
        (200, b'{"httpStatus":"OK","status":"OK","response":{"responseType":"TrackerJob","id":"x"}}', "retry-few", "no-summary"),
        (200, b"<html>Bienvenue</html>", "retry", "not-json"),
        (401, b"{}", "person", "unauthorized"),
        (302, b"", "retry", "not-json"),
        (504, b"", "retry", "http-504"),
    ],
)  # fmt: skip
def test_what_an_answer_to_an_event_means(http: int, body: bytes, fate: str, code: str) -> None:
    found = of_tracker(http, {}, body, MINE)
    assert (found.fate, found.code) == (fate, code)


def test_the_old_answer_of_an_event_that_stood_before_reads_as_such() -> None:
    summary = b'{"responseType":"ImportSummary","status":"ERROR","reference":"x","description":"Event x already exists or was deleted earlier","importCount":{"imported":0,"updated":0,"ignored":1,"deleted":0},"conflicts":[]}'
    body = (
        b'{"httpStatusCode":409,"status":"ERROR","response":{"responseType":"ImportSummaries","importSummaries":['
        + summary
        + b"]}}"
    )
    assert of_legacy(409, {}, body).code == "E1030"
