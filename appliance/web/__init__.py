"""Pages: handlers that read a form, call a service, and show plain values. They never touch a table.

A handler module lists its handlers in `HANDLERS`. Each handler names its tab and level (`tab="depot",
level="read"`), or says `public=True`; the app refuses to start with one that says neither. Reading handlers are
plain functions run in a small pool; writing ones are `async` and await the store.
"""
