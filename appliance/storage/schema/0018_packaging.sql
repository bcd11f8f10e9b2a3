-- Packs of a product by the number printed on them (GTIN), each learned once from a person who held the box.
CREATE TABLE packaging (
  id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product (id),
  label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
  base_units INTEGER NOT NULL CONSTRAINT packaging_units CHECK (base_units BETWEEN 1 AND 1000000),
  gtin TEXT CONSTRAINT packaging_gtin CHECK (length(gtin) = 14 AND gtin NOT GLOB '*[^0-9]*'),
  order_multiple INTEGER NOT NULL CHECK (order_multiple BETWEEN 1 AND 10000),  -- packs that are ordered together
  is_withdrawn INTEGER NOT NULL CHECK (is_withdrawn IN (0, 1)),
  act INTEGER NOT NULL
) STRICT;
-- The last row of a GTIN counts: a pack learned wrongly is withdrawn by a new row, and none is edited.
CREATE INDEX packaging_of_gtin ON packaging (gtin) WHERE gtin IS NOT NULL;
CREATE INDEX packaging_product ON packaging (product);
--! insert-only packaging id
