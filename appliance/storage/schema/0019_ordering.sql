-- What the ordering rules are set to, by scope; the last row of a scope, subject and name counts, a null value ends it.
CREATE TABLE order_setting (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL CONSTRAINT order_setting_scope CHECK (scope IN ('facility', 'programme', 'supplier', 'product')),
  subject TEXT NOT NULL CONSTRAINT order_setting_subject CHECK ((scope = 'facility') = (subject = '') AND length(subject) <= 40),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
  value TEXT CONSTRAINT order_setting_value CHECK (value IS NULL OR length(value) BETWEEN 1 AND 20),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX order_setting_subject ON order_setting (scope, subject, name);
--! insert-only order_setting id

-- A month that a person set aside from a product's consumption (rule A7), or took back; the last row counts.
CREATE TABLE month_exclusion (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  month TEXT NOT NULL CHECK (month GLOB '[12][0-9][0-9][0-9]-[01][0-9]'),
  is_excluded INTEGER NOT NULL CHECK (is_excluded IN (0, 1)),
  reason TEXT NOT NULL CONSTRAINT month_exclusion_reason CHECK (length(trim(reason)) >= 3),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX month_exclusion_product ON month_exclusion (product, month);
--! insert-only month_exclusion id
