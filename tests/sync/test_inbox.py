"""Messages come: kept whole before they are read, looked for cheaply, and never lost to a broken line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.core.clock import FixedClock
from appliance.core.errors import Refused
from appliance.storage import Store
from appliance.sync.inbox import repository as mail
from appliance.sync.inbox import services
from appliance.sync.inbox.model import SIZE_MAX
from appliance.sync.status import status
from tests.sync.medexis import Centre, beside, letter

PAPER = b"%PDF-1.4 \x00\xff un papier" * 400


@pytest.fixture
def centre(store: Store, clock: FixedClock, tmp_path: Path) -> Iterator[Centre]:
    with beside(store, clock, tmp_path / "there") as made:
        made.work()
        yield made


def kept(centre: Centre) -> list[bytes]:
    return [centre.read(mail.bytes_of, d.id) for d in reversed(centre.documents())]


def reads(centre: Centre) -> list[bool]:
    me = next(u["id"] for u in centre.there.app._here.users() if u["username"] == "cscom")
    found = centre.there.read("messages")
    return [u["read"] for c in found for u in c["userMessages"] if u["user"]["id"] == me]


def test_a_paper_is_kept_whole_with_its_hash_and_only_then_marked_read(centre: Centre) -> None:
    letter(centre.there, "Bon de commande 12", PAPER)
    assert centre.collect(2) == ["success", "success"]
    (document,) = centre.documents()
    assert kept(centre) == [PAPER]
    assert document.sha256 == hashlib.sha256(PAPER).digest()
    assert (document.sender_name, document.subject) == ("medexis", "Bon de commande 12")
    assert reads(centre) == [False]
    assert centre.work() == ["success"]
    assert reads(centre) == [True]
    purposes = {t["purpose"] for t in centre.read(status)["traffic"]}
    assert purposes == {"inbox", "metadata"}


def test_a_reply_in_an_old_conversation_is_seen_and_nothing_is_kept_twice(centre: Centre) -> None:
    first = letter(centre.there, "Bon de commande 12", PAPER)
    centre.collect()
    letter(centre.there, "", PAPER + b"2", conversation=first["conversation"])
    centre.collect()
    assert kept(centre) == [PAPER, PAPER + b"2"]
    assert len(centre.messages()) == 2


def test_an_unknown_sender_is_shown_and_nothing_of_it_is_fetched_or_marked(centre: Centre) -> None:
    letter(centre.there, "Bon de commande 99", PAPER, sender="inconnu")
    centre.collect()
    (message,) = centre.messages()
    assert (message.sender_name, message.files[0].state, message.files[0].size) == ("inconnu", "shown", len(PAPER))
    assert centre.documents() == []
    assert reads(centre) == [False]
    centre.act(services.ask_file, message.files[0].id)  # a person wants to see it all the same
    centre.work()
    assert kept(centre) == [PAPER]


def test_a_large_file_waits_for_a_person_who_sees_its_size(centre: Centre) -> None:
    centre.set(fetch_kb=5)
    letter(centre.there, "Bon de commande 12", PAPER)
    centre.collect()
    (message,) = centre.messages()
    assert message.files[0].state == "shown"
    centre.act(services.ask_file, message.files[0].id)
    centre.work()
    assert kept(centre) == [PAPER]


def test_a_file_larger_than_the_box_takes_is_named_and_given_up(centre: Centre) -> None:
    letter(centre.there, "Bon de commande 12", b"x" * (SIZE_MAX + 1))
    centre.collect()
    (message,) = centre.messages()
    assert message.files[0].state == "given_up"
    with pytest.raises(Refused, match="file-too-large"):
        centre.act(services.ask_file, message.files[0].id)


def test_half_a_file_is_never_kept_and_tries_are_counted_by_day(centre: Centre) -> None:
    centre.there.faults(truncated_pdf=5)
    letter(centre.there, "Bon de commande 12", PAPER)
    centre.collect()
    for _ in range(3):
        centre.clock.advance(hours=1)
        centre.work()
    (message,) = centre.messages()
    assert (message.files[0].tries, message.files[0].last_code) == (4, "damaged-file")
    centre.clock.advance(hours=3)
    assert (
        centre.work() == ["unchanged"] or centre.messages()[0].files[0].tries == 4
    )  # all tries of the day are used up
    centre.clock.set(centre.clock.today() + timedelta(days=1))
    centre.clock.advance(hours=8)
    assert "damaged-file" in centre.work()
    centre.clock.advance(hours=1)
    centre.work()
    assert kept(centre) == [PAPER]


@pytest.mark.parametrize("fault", ["cut_body", "html_502", "portal_200", "busy_503"])
def test_a_line_broken_anywhere_loses_no_message(centre: Centre, fault: str) -> None:
    for number in range(3):
        letter(centre.there, f"Bon de commande {number}", PAPER + bytes([number]))
    for _ in range(5):
        centre.there.faults(**{fault: 1})
        centre.collect()
        centre.lift()
    centre.collect()
    assert sorted(kept(centre)) == [PAPER + bytes([n]) for n in range(3)]
    assert len(centre.messages()) == 3


def test_a_courier_that_dies_before_it_hands_back_changes_nothing(centre: Centre) -> None:
    letter(centre.there, "Bon de commande 12", PAPER)
    centre.collect(1)
    dead = centre.take()
    assert dead is not None and dead["kind"] == "file"
    assert centre.turn() == "success"
    assert kept(centre) == [PAPER]


def test_a_file_still_on_its_way_to_the_store_is_asked_for_later(centre: Centre) -> None:
    letter(centre.there, "Bon de commande 12", PAPER, file={"storageStatus": "PENDING"})
    assert "still-pending" in centre.collect()
    centre.there.app.store.run("UPDATE file SET status = 'STORED'")
    centre.lift()
    centre.work()
    assert kept(centre) == [PAPER]


@pytest.mark.parametrize("version", ["2.38.4", "2.40.12", "2.43.1"])
def test_a_conversation_that_vanished_is_passed_over(
    store: Store, clock: FixedClock, tmp_path: Path, version: str
) -> None:
    with beside(store, clock, tmp_path / "there", version) as centre:
        gone = letter(centre.there, "Bon de commande 11", PAPER)
        letter(centre.there, "Bon de commande 12", PAPER)
        centre.collect(2)
        centre.there.app.store.run("DELETE FROM message WHERE conversation = ?", gone["conversation"])
        centre.there.app.store.run("DELETE FROM participant WHERE conversation = ?", gone["conversation"])
        centre.work()
        assert next(m.subject for m in centre.messages()) == "Bon de commande 12"


def test_more_conversations_than_one_round_takes_all_come(centre: Centre) -> None:
    for number in range(55):
        letter(centre.there, f"Lettre {number}", b"", attachments=[])
    centre.collect()
    assert len(centre.messages()) == 55
    assert centre.collect() == ["success"]  # and then its head is enough
    assert len([r for r in centre.there.read("requests")[-3:] if r["path"].endswith("messageConversations")]) == 1


def test_a_look_that_finds_nothing_is_small_and_seldom(centre: Centre) -> None:
    for number in range(12):
        letter(centre.there, f"Bon de commande {number}", PAPER)
    centre.collect(60)
    before = {t["purpose"]: t for t in centre.read(status)["traffic"]}["inbox"]
    for _ in range(24 * 7):
        centre.clock.advance(hours=1)
        centre.work()
    after = {t["purpose"]: t for t in centre.read(status)["traffic"]}["inbox"]
    looks = after["requests"] - before["requests"]
    spent = sum(after[k] - before[k] for k in ("bytes_out", "bytes_in"))
    assert 28 <= looks <= 36  # four looks a day, and once a day who it is that answers
    assert spent / looks < 800
