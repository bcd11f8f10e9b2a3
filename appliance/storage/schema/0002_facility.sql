-- The centre itself: settings by name, villages of its area with their population by year and relais.
CREATE TABLE setting (
  name TEXT PRIMARY KEY, value TEXT NOT NULL CHECK (json_valid(value)),
  act INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE village (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT village_name UNIQUE CHECK (length(name) BETWEEN 1 AND 80),
  folded TEXT NOT NULL, in_area INTEGER NOT NULL CHECK (in_area IN (0, 1)),  -- 0: hors aire
  distance_km INTEGER, relais TEXT, relais_phone TEXT, is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;

CREATE TABLE village_population (
  village INTEGER NOT NULL REFERENCES village (id), year INTEGER NOT NULL CHECK (year BETWEEN 1990 AND 2100),
  population INTEGER NOT NULL CHECK (population >= 0),
  act INTEGER NOT NULL,
  PRIMARY KEY (village, year)
) STRICT, WITHOUT ROWID;
