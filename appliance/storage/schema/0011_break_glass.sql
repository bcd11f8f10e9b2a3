-- A file opened in an emergency is closed again by the person (or by the hour), and seen by the head of the centre.
CREATE TABLE break_glass_end (
  id INTEGER PRIMARY KEY,
  glass INTEGER NOT NULL CONSTRAINT glass_end_once UNIQUE REFERENCES break_glass (id), act INTEGER NOT NULL
) STRICT;
--! insert-only break_glass_end id
CREATE TABLE break_glass_ack (
  id INTEGER PRIMARY KEY,
  glass INTEGER NOT NULL CONSTRAINT glass_ack_once UNIQUE REFERENCES break_glass (id), staff INTEGER NOT NULL,
  act INTEGER NOT NULL
) STRICT;
--! insert-only break_glass_ack id
