"""What payers owe: sheets of care, the invoices they are billed in, what was paid, cut and rejected."""
