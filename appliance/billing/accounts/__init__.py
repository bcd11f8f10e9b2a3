"""The books of the ASACO: every franc that moves outside of a sale, the bank, the budget, the month's statement."""
