"""What must hold of the whole ledger; each check returns the entries that offend, none when it holds."""

from __future__ import annotations

from collections.abc import Callable

from appliance.stock.cold_chain.checks import turned_monitors_are_set_aside, vials_add_up
from appliance.stock.counting import checks as counting
from appliance.stock.expiry import checks as expiry
from appliance.storage import Database

Check = Callable[[Database], list[str]]


def balances_are_the_sum_of_movements(db: Database) -> list[str]:
    """The balance of every lot and place equals the sum of its movements, re-read from the first."""
    return [
        f"lot {lot} place {place}: balance {held}, movements {summed}"
        for lot, place, held, summed in db.all(
            "SELECT lot, place, max(held), max(summed) FROM (SELECT lot, place, quantity held, 0 summed FROM balance"
            " UNION ALL SELECT lot, place, 0, sum(quantity) FROM movement GROUP BY lot, place)"
            " GROUP BY lot, place HAVING sum(held) <> sum(summed)"
        )
    ]


def no_balance_was_ever_negative(db: Database) -> list[str]:
    """At the end of every day each lot at each place held nothing less than zero."""
    return [
        f"lot {lot} place {place}: {running} on {day}"
        for lot, place, day, running in db.all(
            "SELECT lot, place, occurred_on, running FROM (SELECT lot, place, occurred_on,"
            " sum(sum(quantity)) OVER (PARTITION BY lot, place ORDER BY occurred_on) running"
            " FROM movement GROUP BY lot, place, occurred_on) WHERE running < 0"
        )
    ]


def days_are_the_sum_of_movements(db: Database) -> list[str]:
    """The kept totals by day equal the movements summed anew."""
    # Lots first: neighbours in the ledger are of few products and days and of many lots, and sort six times slower by those.
    return [
        f"{row}"
        for row in db.all(
            "SELECT product, day, lot, report_column, is_campaign, sum(quantity), sum(rows) FROM ("
            " SELECT product, occurred_on day, lot, report_column, is_campaign, quantity, 1 rows FROM movement"
            " UNION ALL SELECT product, day, lot, report_column, is_campaign, -quantity, -rows FROM stock_day)"
            " GROUP BY lot, day, report_column, is_campaign, product HAVING sum(quantity) <> 0 OR sum(rows) <> 0"
        )
    ]


def reversals_mirror_what_they_undo(db: Database) -> list[str]:
    """Each reversal has the opposite quantity of one movement of the same lot, place and column, and undoes no reversal."""
    return [
        f"movement {reversal} against {undone}"
        for reversal, undone in db.all(
            "SELECT r.id, r.reverses FROM movement r LEFT JOIN movement o ON o.id = r.reverses WHERE r.reverses IS NOT NULL"
            " AND (o.id IS NULL OR o.reverses IS NOT NULL OR o.quantity <> -r.quantity OR o.lot <> r.lot"
            " OR o.place <> r.place OR o.report_column <> r.report_column)"
        )
    ]


def dispensed_lines_were_asked_for(db: Database) -> list[str]:
    """Net of what was taken back, no prescription line was served beyond what it prescribes."""
    return [
        f"prescription line {line}: {given} given of {asked}"
        for line, given, asked in db.all(
            "SELECT p.id, -sum(m.quantity), p.quantity FROM movement m JOIN prescription_line p ON p.id = m.prescription_line"
            " GROUP BY p.id HAVING -sum(m.quantity) > p.quantity"
        )
    ]


def transfers_arrive(db: Database) -> list[str]:
    """What was carried between two places of the centre left the one and reached the other, lot by lot."""
    return [
        f"event {event} lot {lot}: {rest} between two places"
        for event, lot, rest in db.all(
            "SELECT event, lot, sum(quantity) FROM movement WHERE kind IN ('transfer_out', 'transfer_in') AND kind <> 'dispense'"
            " GROUP BY event, lot HAVING sum(quantity) <> 0 OR event IS NULL"
        )
    ]


def loans_are_not_settled_beyond_what_went(db: Database) -> list[str]:
    """No more came back of a loan, by product, than it moved."""
    return [
        f"loan {loan} product {product}: {moved}"
        for loan, product, moved in db.all(
            "SELECT n.id, m.product, sum(m.quantity) FROM loan n JOIN (SELECT id AS loan, event FROM loan UNION ALL"
            " SELECT loan, event FROM loan_return) o ON o.loan = n.id JOIN movement m ON m.event = o.event"
            " GROUP BY n.id, m.product HAVING sum(m.quantity) * CASE n.direction WHEN 'lent' THEN -1 ELSE 1 END < 0"
        )
    ]


def receptions_are_in_the_ledger(db: Database) -> list[str]:
    """What a reception accepted is one movement of that quantity and product, and a line taken back is reversed there too."""
    return [
        f"reception line {line}: {accepted} accepted, movement {quantity}, reversal {undone}"
        for line, accepted, quantity, undone in db.all(
            "SELECT l.id, l.accepted, m.quantity, x.quantity FROM proof_of_delivery_line l LEFT JOIN movement m ON m.id = l.movement"
            " LEFT JOIN proof_of_delivery_reversal r ON r.line = l.id LEFT JOIN movement x ON x.reverses = l.movement"
            " WHERE coalesce(m.quantity, 0) <> l.accepted OR (m.id IS NOT NULL AND m.product <> l.product)"
            " OR (r.id IS NOT NULL AND l.accepted > 0 AND coalesce(x.quantity, 0) <> -l.accepted)"
        )
    ]


def orders_are_signed_by_two(db: Database) -> list[str]:
    """No order was countersigned by who confirmed it last."""
    return [
        f"order {order}: staff {staff} signed twice"
        for order, staff in db.all(
            "SELECT s.supply_order, s.staff FROM supply_order_status s WHERE s.state = 'countersigned' AND s.staff ="
            " (SELECT c.staff FROM supply_order_status c WHERE c.supply_order = s.supply_order AND c.state = 'confirmed'"
            " AND c.id < s.id ORDER BY c.id DESC LIMIT 1)"
        )
    ]


CHECKS: dict[str, Check] = {
    "receptions": receptions_are_in_the_ledger,
    "order-signatures": orders_are_signed_by_two,
    "balances": balances_are_the_sum_of_movements,
    "never-negative": no_balance_was_ever_negative,
    "stock-days": days_are_the_sum_of_movements,
    "reversals": reversals_mirror_what_they_undo,
    "prescribed": dispensed_lines_were_asked_for,
    "transfers": transfers_arrive,
    "loans": loans_are_not_settled_beyond_what_went,
    **counting.CHECKS,
    **expiry.CHECKS,
    "vials": vials_add_up,
    "vial-monitors": turned_monitors_are_set_aside,
}
