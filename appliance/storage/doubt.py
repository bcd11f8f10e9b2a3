"""Acts written under a clock that could not be believed, and their settling.

Such an act is marked when it is written. Once a person has said what time it is, the marked acts are settled by one
insert-only row: which acts, and by how many milliseconds their clock was off. Nothing is dated anew in silence;
the row tells whoever reads one of these acts when it truly was.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.core.errors import Refused
from appliance.storage.database import Database
from appliance.storage.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """The acts that wait for a settling: the first, the last, how many, and between which instants (ms, UTC) they say they were."""

    first: int
    last: int
    count: int
    earliest: int
    latest: int


def floor(db: Database) -> int:
    """The newest instant (ms, UTC) that can be believed: of a trusted act, or of a settled one where it truly was."""
    trusted = db.value("SELECT at FROM act WHERE trusted = 1 ORDER BY seq DESC LIMIT 1") or 0
    settled = db.value("SELECT max(a.at + s.offset_ms) FROM clock_settlement s JOIN act a ON a.seq = s.last_act")
    return max(trusted, settled or 0)


def doubtful(db: Database) -> Doubtful | None:
    """What is not settled yet; None when every act was written under a clock that could be believed."""
    since = db.value("SELECT coalesce(max(last_act), 0) FROM clock_settlement")
    row = db.one(
        "SELECT min(seq), max(seq), count(*), min(at), max(at) FROM act WHERE seq > ? AND trusted = 0", (since,)
    )
    if row is None or not row[2]:
        return None
    return Doubtful(first=row[0], last=row[1], count=row[2], earliest=row[3], latest=row[4])


def settle(unit: Unit, true_ms: int) -> int:
    """A person says that it is `true_ms` (ms since 1970, UTC); the doubtful acts and this one are settled by the difference.

    Returns the difference in milliseconds. The caller tells the clock once this is durable. Raises
    `Refused("clock-below-floor")` for an instant before what the store has truly seen.
    """
    seen = floor(unit)
    if true_ms < seen:
        raise Refused("clock-below-floor", floor=seen)
    offset = true_ms - unit.now.ms
    held = doubtful(unit)
    if held is not None or not unit.now.trusted:
        unit.append("clock_settlement", first_act=held.first if held else unit.act, last_act=unit.act, offset_ms=offset)
    unit.note(offset_ms=offset)
    return offset
