"""Stock carried from one place of the centre to another: one act, two rows a lot, a slip signed by both."""
