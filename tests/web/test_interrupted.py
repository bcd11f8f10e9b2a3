"""A form sent after the session had ended comes back behind the PIN, to the person who typed it, and is saved once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.running import Resident, Tablet, hidden

TYPED = {"nom": "Sira Interrompue", "sexe": "F", "age": "22", "age_unite": "year"}


@pytest.fixture(scope="module")
def resident(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resident]:
    running = Resident(Path(shutil.copytree(generated, tmp_path_factory.mktemp("interrupted") / "centre")))
    yield running
    running.stop()


def sent_after_the_lock(resident: Resident, name: str) -> tuple[Tablet, httpx.Response]:
    """A tablet with the registration open; someone locks it in another window; then the form goes out."""
    tablet = Tablet(resident.url)
    tablet.sign_in("Oumou Sangaré")
    page = tablet.http.get("/patients/nouveau")
    held = {n: hidden(page, n) for n in ("csrf", "request_key")}
    tablet.http.post("/verrou", data={"csrf": held["csrf"]})
    return tablet, tablet.http.post("/patients/nouveau", data={**held, **TYPED, "nom": name})


def found(tablet: Tablet, name: str) -> int:
    answer = tablet.http.get("/patients", params={"q": name}, headers={"HX-Request": "true"})
    return answer.text.count(f"<b>{name}</b>")


def test_what_was_typed_comes_back_after_the_pin_and_is_saved_once(resident: Resident) -> None:
    tablet, answer = sent_after_the_lock(resident, "Sira Interrompue")
    assert "/entrer" in str(answer.url)
    back = tablet.sign_in("Oumou Sangaré")
    assert "Sira Interrompue" in back.text
    assert "Rien n&#39;est perdu" in back.text
    fields = {n: hidden(back, n) for n in ("csrf", "request_key", *TYPED)}
    for _ in range(3):
        tablet.http.post("/patients/nouveau", data=fields)
    assert found(tablet, "Sira Interrompue") == 1
    assert tablet.http.get("/reprendre").url.path == "/"


def test_another_person_at_the_same_tablet_does_not_see_it(resident: Resident) -> None:
    tablet, _ = sent_after_the_lock(resident, "Sira Discrète")
    assert "Sira Discrète" not in tablet.sign_in("Adama Koné").text  # who may register people too
    assert "Sira Discrète" not in tablet.http.get("/reprendre").text


def test_another_tablet_does_not_get_it(resident: Resident) -> None:
    sent_after_the_lock(resident, "Sira Ailleurs")
    other = Tablet(resident.url)
    assert "Sira Ailleurs" not in other.sign_in("Oumou Sangaré").text


def test_after_a_restart_who_may_write_there_takes_it_up(generated: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(generated, tmp_path / "centre"))
    first = Resident(folder)
    tablet = Tablet(first.url)
    tablet.sign_in("Oumou Sangaré")
    page = tablet.http.get("/patients/nouveau")
    held = {n: hidden(page, n) for n in ("csrf", "request_key")}
    first.kill()
    second = Resident(folder)
    tablet.http.base_url = httpx.URL(second.url)
    tablet.http.post("/patients/nouveau", data={**held, **TYPED})
    back = tablet.sign_in("Oumou Sangaré")
    second.stop()
    assert "Sira Interrompue" in back.text
