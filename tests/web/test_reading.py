"""Reader threads: every question is answered, faults reach who asked, and one thread serves while one is enough."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from appliance.core.errors import Refused
from appliance.web.pages import environment
from appliance.web.reading import READERS, in_reader


def test_more_questions_than_readers_are_all_answered_and_by_no_more_threads() -> None:
    used: set[str] = set()

    def double(number: int) -> int:
        used.add(threading.current_thread().name)
        time.sleep(0.01)
        return number * 2

    async def ask() -> list[int]:
        return list(await asyncio.gather(*(in_reader(double)(n) for n in range(READERS * 5))))

    assert asyncio.run(ask()) == [n * 2 for n in range(READERS * 5)]
    assert 1 < len(used) <= READERS


def test_one_after_another_is_read_by_one_thread() -> None:
    async def ask() -> set[int]:
        return {await in_reader(threading.get_ident)() for _ in range(20)}

    assert len(asyncio.run(ask())) == 1


def test_a_fault_reaches_who_asked_and_the_thread_goes_on() -> None:
    def refuse() -> None:
        raise Refused("no-such-patient")

    async def ask() -> int:
        for _ in range(READERS + 1):
            with pytest.raises(Refused, match="no-such-patient"):
                await in_reader(refuse)()
        return await in_reader(lambda: 7)()

    assert asyncio.run(ask()) == 7


def test_who_left_before_the_answer_does_not_keep_the_thread() -> None:
    async def ask() -> list[int]:
        slow = in_reader(lambda: time.sleep(0.05))
        left = [asyncio.ensure_future(slow()) for _ in range(READERS)]  # type: ignore[arg-type]
        await asyncio.sleep(0)
        for task in left:
            task.cancel()
        return [await in_reader(lambda n=n: n)() for n in range(READERS + 1)]  # type: ignore[misc]

    assert asyncio.run(ask()) == list(range(READERS + 1))


def test_a_sentence_is_put_into_its_template_once_and_not_looked_up_at_each_page() -> None:
    def looked_up(text: str) -> str:
        raise AssertionError(text)

    made = environment().from_string('{{ _("Dernière visite") }} <b>{{ _("%(n)s l\'an") % {"n": "<3"} }}</b>')
    assert made.render(_=looked_up) == "Dernière visite <b>&lt;3 l&#39;an</b>"
