"""The denominations by which a drawer is counted, and the operators of mobile money: a data file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from appliance.core.datafile import load_json
from appliance.core.errors import Refused

FILE = Path(__file__).parent / "data" / "coins.json"
PIECES_MAX = 10_000


def load_coins(file: Path = FILE) -> tuple[dict[int, str], dict[str, str]]:
    """Denominations in FCFA with their French, the largest first; operators by code. Raises `DataFileError`."""
    held = load_json(file)
    coins: dict[int, str] = {}
    for index in range(len(held.need(("coins",), list))):
        fcfa = held.need(("coins", index, "fcfa"), int)
        if fcfa <= 0 or fcfa in coins:
            held.fault(("coins", index, "fcfa"), "must be above zero and stand once")
        coins[fcfa] = held.need(("coins", index, "label"), str)
    operators = {
        held.need(("operators", index, "code"), str): held.need(("operators", index, "label"), str)
        for index in range(len(held.need(("operators",), list)))
    }
    return dict(sorted(coins.items(), reverse=True)), operators


@cache
def coins() -> dict[int, str]:
    """The denominations that are counted."""
    return load_coins()[0]


@cache
def operators() -> dict[str, str]:
    """The operators of mobile money."""
    return load_coins()[1]


def total(pieces: Mapping[int, int]) -> int:
    """What a count makes in FCFA. Raises `Refused("coin")` for a denomination or a number of pieces that can't be."""
    for coin, number in pieces.items():
        if coin not in coins() or not 0 <= number <= PIECES_MAX:
            raise Refused("coin", coin=coin, pieces=number)
    return sum(coin * number for coin, number in pieces.items())


def pieces_of(amount_fcfa: int) -> dict[int, int]:
    """The fewest pieces that make an amount, what is below the smallest left out: how the invented centre counts."""
    found: dict[int, int] = {}
    for coin in coins():
        found[coin], amount_fcfa = divmod(amount_fcfa, coin)
    return {coin: number for coin, number in found.items() if number}
