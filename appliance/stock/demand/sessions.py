"""Vaccination sessions as a source of demand: whole vials at each, whoever comes (rule V)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.stock.cold_chain.sessions import session_need
from appliance.stock.demand.model import DemandRule, Due
from appliance.stock.demand.sources import Reading
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSessions:
    """Vaccination sessions: whole vials at each, whoever comes (rule V)."""

    def read(self, db: Database, rule: DemandRule, since: date, until: date) -> Reading:
        """As `DemandSource`; units are the doses of the vials that a session opens."""
        return Reading(
            dues=tuple(
                Due(
                    rule=rule.code, product=need.code, due_on=share.session.occurred_on,
                    units=-(-share.children // need.doses_per_vial) * need.doses_per_vial,
                )
                for need in session_need(db, since, until)
                for share in need.shares
                if share.children
            )
        )  # fmt: skip
