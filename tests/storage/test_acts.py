"""Acts: acknowledged means durable, repeated requests act once, nothing is edited, the chain tells of tampering."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.storage import ConstraintFailed, Store, Unit, audit, facts
from appliance.storage.facts import Fact

KEY = b"k" * 16


def note_fact(unit: Unit) -> dict[str, Any]:
    identity = unit.append(
        "fact", month="2026-10", kind="consultation", code="NC", occurred_on="2026-10-15", quantity=1
    )
    return {"fact": identity}


def count(store: Store, table: str = "fact") -> int:
    with store.reading() as db:
        return int(db.value(f"SELECT count(*) FROM {table}"))


def test_same_request_ten_times_acts_once_and_gives_the_first_answer(store: Store) -> None:
    answers = [store.act_now("visit", MACHINE, note_fact, key=KEY, body={"n": 1}) for _ in range(10)]
    assert count(store) == 1
    assert {a.act for a in answers} == {1}
    assert [a.repeated for a in answers] == [False] + [True] * 9
    assert all(a.result == answers[0].result for a in answers)


def test_ten_tablets_sending_the_same_request_at_once_act_once(store: Store) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(store.act("visit", MACHINE, note_fact, key=KEY, body=1) for _ in range(10)))

    asyncio.run(all_at_once())
    assert count(store) == 1


def test_same_key_with_other_content_is_told_what_was_saved(store: Store) -> None:
    first = store.act_now("visit", MACHINE, note_fact, key=KEY, body={"n": 1})
    with pytest.raises(Refused) as refusal:
        store.act_now("visit", MACHINE, note_fact, key=KEY, body={"n": 2})
    assert refusal.value.code == "already-saved"
    assert refusal.value.params["act"] == first.act


def test_the_same_key_for_another_kind_of_act_is_not_answered_with_the_first(store: Store) -> None:
    store.act_now("visit", MACHINE, note_fact, key=KEY, body={})
    with pytest.raises(Refused) as refusal:
        store.act_now("sale", MACHINE, note_fact, key=KEY, body={})
    assert refusal.value.code == "already-saved"


def test_a_refused_form_does_not_burn_its_key(store: Store) -> None:
    def refuse(unit: Unit) -> dict[str, Any]:
        note_fact(unit)
        raise Refused("not-today")

    with pytest.raises(Refused):
        store.act_now("visit", MACHINE, refuse, key=KEY, body=1)
    assert count(store) == 0
    assert store.act_now("visit", MACHINE, note_fact, key=KEY, body=2).repeated is False
    assert count(store) == 1


def test_one_refused_act_leaves_its_neighbours_in_the_same_commit(store: Store) -> None:
    gate = threading.Event()

    def wait(unit: Unit) -> dict[str, Any]:
        gate.wait(5)
        return note_fact(unit)

    def refuse(unit: Unit) -> dict[str, Any]:
        note_fact(unit)
        raise Refused("no")

    # While the first waits, the others gather and share one commit.
    futures = [store._submit("t", MACHINE, case, None, None) for case in [wait, *[note_fact, refuse] * 10]]
    gate.set()
    refused = sum(1 for f in futures if f.exception(timeout=10))
    assert refused == 10
    assert count(store) == 11
    with store.reading() as db:
        assert audit.verify(db) == (11, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET quantity = 2",
        "DELETE FROM fact",
        "INSERT OR REPLACE INTO fact SELECT * FROM fact",
        "REPLACE INTO act SELECT * FROM act WHERE seq = 1",
        "UPDATE act SET at = 0",
    ],
)
def test_what_is_written_can_not_be_changed_even_by_sql(store: Store, statement: str) -> None:
    store.act_now("visit", MACHINE, note_fact)
    with pytest.raises(ConstraintFailed) as refusal:
        store.act_now("t", MACHINE, lambda unit: {"n": unit.run(statement)})
    assert refusal.value.code == "insert-only"


@pytest.mark.parametrize("bad", ["31/12/2026", "2026-02-30", "hier", "2026-13-01", ""])
def test_a_date_that_is_none_is_refused_by_the_store_itself(store: Store, bad: str) -> None:
    with pytest.raises(ConstraintFailed):
        store.act_now(
            "t",
            MACHINE,
            lambda u: {"f": u.append("fact", month="2026-10", kind="k", code="c", occurred_on=bad, quantity=1)},
        )


def test_withdrawn_facts_net_to_nothing_and_are_withdrawn_once(store: Store) -> None:
    from datetime import date

    def visit(unit: Unit) -> dict[str, Any]:
        unit.run(
            "INSERT INTO patient (id, uuid, number, sex, born_on, born_precision, allergies, allergies_asked,"
            " registered_on, act) VALUES (1, randomblob(16), 'n', 'F', '2020-01-01', 'day', '[]', 0, '2026-10-15', ?)",
            (unit.act,),
        )
        unit.run(
            "INSERT INTO visit (id, uuid, patient, occurred_on, opened_at, station, station_since, motive, strategy,"
            " priority, act) VALUES (1, randomblob(16), 1, '2026-10-15', 0, 'triage', 0, '', 'fixe', 0, ?)",
            (unit.act,),
        )
        for code in ("NC", "AC"):
            facts.write(unit, Fact(kind="consultation", code=code, occurred_on=date(2026, 10, 15)), visit=1)
        return {}

    store.act_now("visit", MACHINE, visit)
    for expected in (2, 0):
        done = store.act_now("t", MACHINE, lambda unit: {"n": facts.withdraw(unit, 1)})
        assert done.result["n"] == expected
    with store.reading() as db:
        assert db.value("SELECT sum(quantity) FROM fact") == 0
        assert audit.verify(db)[1] == []


def test_the_chain_names_the_act_whose_rows_were_tampered_with(store: Store) -> None:
    for _ in range(5):
        store.act_now("visit", MACHINE, note_fact)

    def tamper(connection: Any) -> None:
        connection.execute("DROP TRIGGER fact_no_update")
        connection.execute("UPDATE fact SET quantity = 99 WHERE id = 3")

    store._writer.submit(tamper).result()
    with store.reading() as db:
        assert [(f.act, f.fault) for f in audit.verify(db)[1]] == [(3, "rows")]


def test_the_chain_names_an_act_that_was_rewritten_or_removed(store: Store) -> None:
    for _ in range(5):
        store.act_now("visit", MACHINE, note_fact)

    def tamper(connection: Any) -> None:
        connection.execute("DROP TRIGGER act_no_update")
        connection.execute("UPDATE act SET device = 'other' WHERE seq = 2")

    store._writer.submit(tamper).result()
    with store.reading() as db:
        assert [(f.act, f.fault) for f in audit.verify(db)[1]] == [(2, "hash")]
