-- The few acts of a doubtful clock, found without reading the whole chain.
CREATE INDEX act_doubtful ON act (seq) WHERE trusted = 0;
