"""Every invariant of a store, and its chain of acts."""

from __future__ import annotations

from typing import Any

from appliance.storage import Store


def check_facts(store: Store) -> dict[str, Any]:
    """Each check with what offends, counts, and the logical digest."""
    from appliance.upkeep.checks import run_checks

    found = run_checks(store)
    return {"ok": not any(found["checks"].values()), **found}


def verify_facts(store: Store) -> dict[str, Any]:
    """How many acts there are, and each fault of the chain."""
    from appliance.storage import audit

    with store.reading() as db:
        acts, faults = audit.verify(db)
    return {"ok": not faults, "acts": acts, "faults": [{"act": f.act, "fault": f.fault} for f in faults]}
