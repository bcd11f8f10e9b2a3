"""Handing medicines over: on a prescription or over the counter, all lots in one transaction."""
