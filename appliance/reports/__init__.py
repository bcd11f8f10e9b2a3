"""The statutory reports: forms as data, facts into cells, closing a month, paper."""
