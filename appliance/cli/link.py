"""`appliance link`: set, test and show the link to the national instance, and map cells by hand.

Through the resident process when it runs, else on the store itself. Exit codes: 0 all is well, 1 the test found
something missing, 2 refused or wrongly called, 4 the courier or the server did not answer.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from appliance.cli.faults import EXIT_CHECK_FAILED
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, DATA, open_store
from appliance.core.actors import MACHINE
from appliance.core.datafile import read_text
from appliance.core.errors import ApplianceError, Unreachable
from appliance.storage.door import SOCKET_NAME, DoorClient, is_answering

TEST_SECONDS = 180


@click.command()
@DATA
@AS_JSON
@click.option("--url", help="Base address with its context path, without /api.")
@click.option("--user", default="", help="Account; its password comes by --secret-file.")
@click.option("--password", default="", help="Seen by everyone on this machine: better --secret-file.")
@click.option(
    "--token", default="", help="A personal access token, instead of user and password; better --secret-file."
)
@click.option(
    "--secret-file", help="File that holds the password (with --user) or else the token; - reads it from stdin."
)
@click.option("--org-unit", help="Code or UID of the centre there; by default the centre's code.")
@click.option("--data-set", multiple=True, metavar="FORM=CODE", help="Code or UID of a form's data set there.")
@click.option("--attribute-combo", multiple=True, metavar="FORM=UID", help="For a data set that has attributes.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Take a hand-made mapping (CSV), whole or not at all.")
@click.option("--mapping-out", type=click.Path(path_type=Path), help="Write the mapping to be filled in.")
@click.option("--test", "is_test", is_flag=True, help="Test the link: version, rights, places, a dry-run POST.")
def link(
    data: Path, as_json: bool, url: str | None, user: str, password: str, token: str, secret_file: str | None,
    org_unit: str | None, data_set: tuple[str, ...], attribute_combo: tuple[str, ...], mapping: Path | None,
    mapping_out: Path | None, is_test: bool,
) -> None:  # fmt: skip
    """Set what is given of the link, take or write a mapping, test when asked, and show it without its secrets."""
    if secret_file:
        secret = _secret(secret_file)
        password, token = (secret, token) if user else (password, secret)
    given: dict[str, Any] = {
        "base_url": url, "username": user, "password": password, "token": token, "org_unit": org_unit,
        "data_sets": _pairs(data_set), "attribute_combos": _pairs(attribute_combo),
    }  # fmt: skip
    desk = _Resident(data) if is_answering(data / SOCKET_NAME) else _Alone(data)
    facts: dict[str, Any] = {}
    if any(v for k, v in given.items() if k != "org_unit") or org_unit is not None:
        desk.link(given)
    if mapping is not None:
        try:
            facts["mapping"] = desk.mapping(read_text(mapping), str(mapping))
        except ApplianceError as fault:
            if fault.code != "data-file":
                raise
            raise click.ClickException(f"{mapping}:{fault.params.get('line')}: {fault.params.get('fault')}") from None
    if mapping_out is not None:
        mapping_out.write_text(desk.names(), encoding="utf-8")
    if is_test:
        facts["test"] = desk.test()
    facts = desk.status() | facts
    _show_all(facts, as_json)
    if is_test and any(not c["ok"] for c in facts["test"]["checks"]):
        sys.exit(EXIT_CHECK_FAILED)
    if is_test and facts["test"]["code"] != "success":
        raise Unreachable("link-test", answer=facts["test"]["code"])


class _Resident:
    """The link through the resident process, which keeps serving; its courier does the test."""

    def __init__(self, data: Path) -> None:
        self._door = DoorClient(data / SOCKET_NAME)

    def link(self, given: dict[str, Any]) -> None:
        self._door.ask("sync.link", **given)

    def mapping(self, text: str, file: str) -> dict[str, int]:
        found: dict[str, int] = self._door.ask("sync.mapping", text=text, file=file)["cells"]
        return found

    def names(self) -> str:
        return str(self._door.ask("sync.names")["text"])

    def test(self) -> dict[str, Any]:
        self._door.ask("sync.test")
        until = time.monotonic() + TEST_SECONDS
        while time.monotonic() < until:
            state = self._door.ask("sync.test", read=True)
            if "done_at" in state:
                return state
            time.sleep(0.5)
        raise Unreachable("courier-not-answering", seconds=TEST_SECONDS)

    def status(self) -> dict[str, Any]:
        return self._door.ask("sync.status")


class _Alone:
    """The same while no resident process runs: the store is opened for each step, never while the network is waited for."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def link(self, given: dict[str, Any]) -> None:
        from appliance.sync import link as links
        from appliance.sync.setting_up import linked

        self._act("set-link", lambda unit: links.set_link(unit, linked(unit, given)))

    def mapping(self, text: str, file: str) -> dict[str, int]:
        from appliance.sync.cells import cells_of
        from appliance.sync.setting_up import take_mapping

        found: list[dict[str, int]] = []
        self._act("set-mapping", lambda unit: found.append(take_mapping(unit, text, file, cells_of)))
        return found[0]

    def names(self) -> str:
        from appliance.sync.cells import cells_of
        from appliance.sync.setting_up import mapping_text

        with open_store(self._data) as store, store.reading() as db:
            return mapping_text(db, cells_of)

    def test(self) -> dict[str, Any]:
        from appliance.sync.cells import cells_of
        from appliance.sync.dhis2.exchange import perform
        from appliance.sync.link import test_state
        from appliance.sync.setting_up import wanted_test
        from appliance.sync.verbs import SyncVerbs

        self._act("test-link", wanted_test)
        for kind in ("test", "metadata"):  # the names are read in the same visit, so that a mapping can be written
            with open_store(self._data) as store:
                job = SyncVerbs(store, cells_of).choose()
            if job is None or job["kind"] != kind:
                break
            told = {"kind": kind, "journal": perform(job)}
            with open_store(self._data) as store:
                verbs = SyncVerbs(store, cells_of)
                store.act_now(f"sync-{kind}", MACHINE, lambda unit, v=verbs, t=told: v.keep(unit, t))  # type: ignore[misc]
        with open_store(self._data) as store, store.reading() as db:
            return test_state(db)

    def status(self) -> dict[str, Any]:
        from appliance.sync.status import status

        with open_store(self._data) as store, store.reading() as db:
            return status(db)

    def _act(self, kind: str, service: Any) -> None:
        def use_case(unit: Any) -> dict[str, Any]:
            service(unit)
            return {}

        with open_store(self._data) as store:
            store.act_now(kind, MACHINE, use_case)


def _show_all(facts: dict[str, Any], as_json: bool) -> None:
    facts = {"url": facts["link"], **facts}
    if as_json:
        show(facts)
        return
    click.echo(f"link {facts['link'] or 'not set'} {facts['auth'] or ''}".rstrip())
    for form, cells in (facts.get("mapping") or {}).items():
        click.echo(f"  {form}: {cells} cells set by hand")
    for check in (facts.get("test") or {}).get("checks") or ():
        mark = "ok " if check["ok"] else "NO "
        click.echo(f"  {mark} {check['check']}: {check['what']} {check['code'] if not check['ok'] else ''}".rstrip())
    if facts["paused"]:
        click.echo(f"  sending is stopped: {facts['paused']['code']}")


def _secret(path: str) -> str:
    text = sys.stdin.read() if path == "-" else read_text(Path(path))
    secret = text.strip("\r\n")
    if not secret or "\n" in secret:
        raise click.BadParameter("must hold one line: the password or the token", param_hint="--secret-file")
    return secret


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        form, sign, name = text.partition("=")
        if not sign or not form or not name:
            raise click.BadParameter(f"{text!r} is not written FORM=CODE")
        found[form.strip().upper()] = name.strip()
    return found
