"""A stand-in of the national DHIS2, written from its wire contract and not from our client: a counterparty to test on.

It knows both import engines (up to 2.42, from 2.43 on), their quirks by flag, and can be told to misbehave. It
covers what the aggregate exchange meets: sign-in, system information, metadata, data values, completion, events.
"""
