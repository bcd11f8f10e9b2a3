"""How MEDEXIS behaves, and how it misbehaves on request."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """Set through `POST /_standin/medexis`. A count falls by one each time it strikes, as a fault's does."""

    is_on: bool = False  # sends a form for each completed CRGS, and reacts to events
    max_months: int = 3
    products: list[str] = field(default_factory=list)  # codes that it deals with; none named: all that were reported
    username: str = "medexis"
    late_days: int = 0  # days between a confirmation and its delivery note; does not fall
    scanned: int = 0  # a paper that is only a picture
    changed_layout: int = 0  # a paper with other headings, and one column less
    duplicate: int = 0  # a paper sent twice
    wrong_code: int = 0  # the first product stands under another's code
    other_quantities: int = 0  # a delivery note for four fifths of what was confirmed
    in_two: int = 0  # a delivery in two parts, with two notes
    never_delivers: int = 0
