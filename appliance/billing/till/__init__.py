"""The cashier's post: what waits to be paid, payments, and the day's takings."""
