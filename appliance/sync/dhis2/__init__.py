"""DHIS2 as a counterparty: its wire contract from 2.38 to 2.44, both import engines. Nothing else knows it."""
