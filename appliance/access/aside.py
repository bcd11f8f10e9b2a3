"""Taking in what was kept aside while the store only read: readings and emergency accesses."""

from __future__ import annotations

import hashlib

from appliance.access import glass, reads
from appliance.core.actors import MACHINE
from appliance.storage import Store


def take_in(store: Store) -> int:
    """Write every note into the sound store in one act, then drop the side file; returns how many there were."""
    if store.damage is not None or not store.aside.path.exists():
        return 0
    # Cut between the act and the removal it is done again at the next start: the key lets it act once.
    key = hashlib.sha256(store.aside.path.read_bytes()).digest()[:16]
    done = store.act_now(
        "take-in-aside",
        MACHINE,
        lambda unit: {"count": glass.take_in(unit, store.aside) + reads.take_in(unit, store.aside)},
        key=key,
    )
    store.aside.clear()
    return int(done.result["count"])
