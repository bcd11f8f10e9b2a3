"""What must hold of the tills: each franc in a session, drawers that carry on where the last closing left them."""

from __future__ import annotations

from appliance.storage import Database


def drawers_carry_on(db: Database) -> list[str]:
    """Each session begins with what the closing before it left in the same till."""
    return [
        f"session {session}: begins with {carried}, {left} was left"
        for session, carried, left in db.all(
            "SELECT s.id, s.carried_fcfa, coalesce((SELECT c.left_fcfa FROM till_session b JOIN till_closing c ON c.session = b.id"
            " WHERE b.till = s.till AND b.id < s.id ORDER BY b.id DESC LIMIT 1), 0) left_over FROM till_session s"
            " WHERE s.carried_fcfa <> left_over"
        )
    ]


def closings_are_their_rows(db: Database) -> list[str]:
    """What a closing says was expected, found and left follows from the rows of its session, read anew."""
    return [
        f"session {session}: {found} by its rows, {left} left at its closing"
        for session, found, left in db.all(
            "SELECT c.session, s.carried_fcfa + sum(x.amount), c.left_fcfa FROM till_closing c"
            " JOIN till_session s ON s.id = c.session JOIN ("
            " SELECT id session, 0 amount FROM till_session"
            " UNION ALL SELECT session, amount_fcfa FROM payment WHERE means = 'cash' AND session IS NOT NULL"
            " UNION ALL SELECT session, CASE debit WHEN 'till' THEN amount_fcfa ELSE -amount_fcfa END FROM account_entry"
            "  WHERE session IS NOT NULL"
            " UNION ALL SELECT session, -amount_fcfa FROM till_handover"
            " UNION ALL SELECT receiver_session, amount_fcfa FROM till_handover WHERE receiver_session IS NOT NULL"
            ") x ON x.session = c.session GROUP BY c.session HAVING s.carried_fcfa + sum(x.amount) <> c.left_fcfa"
        )
    ]


def counts_are_their_pieces(db: Database) -> list[str]:
    """A count is the sum of its pieces, and a closing says what its count says."""
    found = [
        f"count {count}: {counted} counted, pieces make {made}"
        for count, counted, made in db.all(
            "SELECT c.id, c.counted_fcfa, coalesce(sum(l.coin_fcfa * l.pieces), 0) FROM till_count c"
            " LEFT JOIN till_count_line l ON l.count = c.id GROUP BY c.id"
            " HAVING c.counted_fcfa <> coalesce(sum(l.coin_fcfa * l.pieces), 0)"
        )
    ]
    return found + [
        f"session {session}: closed with another count"
        for (session,) in db.all(
            "SELECT c.session FROM till_closing c JOIN till_count n ON n.id = c.count"
            " WHERE n.session <> c.session OR n.counted_fcfa <> c.counted_fcfa OR n.expected_fcfa <> c.expected_fcfa"
        )
    ]


def counts_knew_what_was_there(db: Database) -> list[str]:
    """What a count says was expected is what the rows of its session made until then, summed anew."""
    return [
        f"count {count}: {said} expected, rows made {made}"
        for count, said, made in db.all(
            "SELECT count, said, made FROM (SELECT count, said,"
            " sum(amount) OVER (PARTITION BY session ORDER BY act, count IS NULL) made FROM ("
            " SELECT id session, act, 0 count, NULL said, carried_fcfa amount FROM till_session"
            " UNION ALL SELECT session, act, NULL, NULL, amount_fcfa FROM payment WHERE means = 'cash'"
            " UNION ALL SELECT session, act, NULL, NULL, iif(debit = 'till', amount_fcfa, -amount_fcfa) FROM account_entry"
            " UNION ALL SELECT session, act, NULL, NULL, -amount_fcfa FROM till_handover"
            " UNION ALL SELECT receiver_session, act, NULL, NULL, amount_fcfa FROM till_handover"
            " UNION ALL SELECT session, act, id, expected_fcfa, 0 FROM till_count"
            ") WHERE session IN (SELECT session FROM till_count)) WHERE said <> made"
        )
    ]


def open_is_what_was_not_closed(db: Database) -> list[str]:
    """The kept list of open sessions is the sessions without a closing."""
    return [
        f"session {session}"
        for (session,) in db.all(
            "SELECT s.id FROM till_session s LEFT JOIN till_closing c ON c.session = s.id LEFT JOIN till_open o"
            " ON o.session = s.id AND o.till = s.till AND o.keeper = coalesce(s.staff, 0)"
            " WHERE (c.id IS NULL) <> (o.session IS NOT NULL)"
        )
    ]


def payments_are_in_sessions(db: Database) -> list[str]:
    """Since the first session was opened no payment stands outside of one."""
    return [
        f"payment {payment}"
        for (payment,) in db.all(
            "SELECT id FROM payment WHERE session IS NULL AND act >= (SELECT min(act) FROM till_session) LIMIT 20"
        )
    ]


CHECKS = {
    "till-carried": drawers_carry_on,
    "till-closings": closings_are_their_rows,
    "till-counts": counts_are_their_pieces,
    "till-expected": counts_knew_what_was_there,
    "till-open": open_is_what_was_not_closed,
    "till-payments": payments_are_in_sessions,
}
