"""`appliance till`: which tills are open, opening one, closing one with its count."""

from __future__ import annotations

import re
from pathlib import Path

import click

from appliance.cli.asks import asked
from appliance.cli.main import show as show_json
from appliance.cli.opening import AS_JSON, DATA

TILL = click.option("--till", "till", required=True, help="The name of the till, or of whoever keeps it.")
COUNTED = click.option("--counted", type=click.IntRange(0, 10**9), help="What was counted, in FCFA, as one sum.")
PIECES = click.option("--pieces", default="", help="What was counted by denomination, as 10000x3,500x7.")
REASON = click.option("--reason", default="", help="Why it is not what it should be.")


@click.group()
def till() -> None:
    """Tills: every franc moves in an open session, which is counted to be closed."""


@till.command("show")
@DATA
@AS_JSON
def show_tills(data: Path, as_json: bool) -> None:
    """The open tills, and the closings, newest first."""
    found = asked(data, "till.show")
    if as_json:
        show_json(found)
        return
    for row in found["open"]:
        by_itself = ", by itself" if row["opened_by_itself"] else ""
        click.echo(f"open   {row['till']}: {row['keeper']}, since {row['opened_on']}{by_itself}")
    for row in found["closed"]:
        why = f" ({row['reason']})" if row["reason"] else ""
        click.echo(
            f"closed {row['till']}: {row['keeper']}, {row['closed_on']}, counted {row['counted_fcfa']},"
            f" difference {row['variance_fcfa']}{why}, left {row['left_fcfa']}"
        )


@till.command("open")
@DATA
@TILL
@click.option("--keeper", required=True, help="Who keeps it, by name.")
@COUNTED
@PIECES
@REASON
@AS_JSON
def open_one(data: Path, till: str, keeper: str, counted: int | None, pieces: str, reason: str, as_json: bool) -> None:
    """Open a till with its counted float."""
    found = asked(data, "till.open", till=till, keeper=keeper, pieces=_pieces(counted, pieces), reason=reason)
    if as_json:
        show_json(found)
    else:
        click.echo(f"{till} is open, kept by {keeper}")


@till.command("close")
@DATA
@TILL
@COUNTED
@PIECES
@REASON
@click.option("--hand-over", default=0, type=click.IntRange(0, 10**9), help="How much goes to the treasurer, in FCFA.")
@click.option("--receiver", default="", help="The treasurer who takes it, by name.")
@AS_JSON
def close(
    data: Path, till: str, counted: int | None, pieces: str, reason: str, hand_over: int, receiver: str, as_json: bool
) -> None:
    """Close a till with its count. A difference needs a reason; without one the count is saved and the till stays open."""
    found = asked(
        data, "till.close", till=till, pieces=_pieces(counted, pieces), reason=reason, hand_over=hand_over,
        receiver=receiver,
    )  # fmt: skip
    if as_json:
        show_json(found)
    else:
        click.echo(
            f"{till} is closed: expected {found['expected_fcfa']}, counted {found['counted_fcfa']},"
            f" difference {found['variance_fcfa']}, left {found['left_fcfa']}"
        )


def _pieces(counted: int | None, pieces: str) -> list[list[int]]:
    """A count by denomination; a sum is read as the fewest pieces that make it."""
    from appliance.billing.till.coins import pieces_of, total

    if (counted is None) == (not pieces):
        raise click.UsageError("give --counted or --pieces")
    if counted is not None:
        made = pieces_of(counted)
        if total(made) != counted:
            raise click.UsageError(f"{counted} can't be made of the coins that are counted")
        return [[coin, number] for coin, number in made.items()]
    found = []
    for part in pieces.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})\s*[x:]\s*(\d{1,5})\s*", part)
        if match is None:
            raise click.UsageError(f"{part!r} is no count: write it like 500x7")
        found.append([int(match[1]), int(match[2])])
    return found
