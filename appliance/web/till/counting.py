"""A drawer counted on a page: one field a denomination, read as one count."""

from __future__ import annotations

from appliance.billing.till.coins import PIECES_MAX, coins
from appliance.web.forms import Form


def counted(form: Form) -> dict[int, int]:
    """The pieces typed by denomination; faults stand beside their fields."""
    found = {coin: form.integer(f"piece-{coin}", high=PIECES_MAX) for coin in coins()}
    return {coin: pieces for coin, pieces in found.items() if pieces}
