-- What was lost to expiry over a year is read by the dashboard at each look: few rows of a long ledger.
CREATE INDEX movement_expiry_loss ON movement (occurred_on, product, lot) WHERE kind = 'loss_expiry';
