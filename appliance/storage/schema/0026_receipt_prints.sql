-- Each printing of a receipt. The first since its last payment is the original, any other a copy: nobody types that away.
CREATE TABLE receipt_print (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id),
  paper TEXT NOT NULL CHECK (paper IN ('page', 'a5', '80', '58')),
  is_copy INTEGER NOT NULL CHECK (is_copy IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_print_sale ON receipt_print (sale);
--! insert-only receipt_print id
