-- Who pays in the place of the patient, and what each bears of a sale. Whole francs, signed: a reversal is the opposite.
-- The columns that are added are null in the rows written before: no third party, no visit of their own.
ALTER TABLE sale ADD COLUMN payer_fcfa INTEGER;                        -- shares of third-party payers, null for none
ALTER TABLE sale ADD COLUMN visit INTEGER REFERENCES visit (id);       -- whose acts of care it charges
ALTER TABLE sale ADD COLUMN patient INTEGER REFERENCES patient (id);   -- of a sale that hands nothing over
ALTER TABLE sale DROP CONSTRAINT sale_adds_up;
ALTER TABLE sale ADD CONSTRAINT sale_adds_up CHECK (total_fcfa = exempt_fcfa + coalesce(payer_fcfa, 0) + due_fcfa);
CREATE INDEX sale_visit ON sale (visit) WHERE visit IS NOT NULL;
CREATE INDEX sale_patient ON sale (patient) WHERE patient IS NOT NULL;

-- The price of an act of care (consultation, delivery, test…), a code of the list of acts, by day and payer.
CREATE TABLE act_price (
  id INTEGER PRIMARY KEY, care_act TEXT NOT NULL, payer TEXT CHECK (payer IN ('amo', 'ramed', 'mutuelle', 'projet')),
  valid_from TEXT NOT NULL CHECK (date(valid_from) IS valid_from),
  unit_price_fcfa INTEGER CHECK (unit_price_fcfa >= 0),                -- null ends the price
  source TEXT NOT NULL, act INTEGER NOT NULL
) STRICT;
CREATE INDEX act_price_act ON act_price (care_act, valid_from);
--! insert-only act_price id
CREATE TABLE sale_act (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id), care_act TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity <> 0), unit_price_fcfa INTEGER NOT NULL, amount_fcfa INTEGER NOT NULL,
  exemption TEXT,                                                      -- code of the free-care rule, null when it is paid
  visit INTEGER REFERENCES visit (id), lab_order INTEGER REFERENCES lab_order (id),
  act INTEGER NOT NULL,
  CONSTRAINT sale_act_adds_up CHECK (amount_fcfa = quantity * unit_price_fcfa)
) STRICT;
CREATE INDEX sale_act_sale ON sale_act (sale);
CREATE INDEX sale_act_visit ON sale_act (visit) WHERE visit IS NOT NULL;
CREATE INDEX sale_act_lab_order ON sale_act (lab_order) WHERE lab_order IS NOT NULL;
--! insert-only sale_act id

-- A mutuelle or a project of the centre's own: the last row of a code counts, its rates and rule as in the payers' file.
CREATE TABLE own_payer (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL CHECK (length(code) BETWEEN 2 AND 30), label TEXT NOT NULL CHECK (length(label) BETWEEN 2 AND 80),
  kind TEXT NOT NULL CHECK (kind IN ('mutuelle', 'projet')), rates TEXT NOT NULL CHECK (json_valid(rates)),
  number_rule TEXT NOT NULL CHECK (json_valid(number_rule)),
  valid_from TEXT NOT NULL CHECK (date(valid_from) IS valid_from), valid_to TEXT CHECK (date(valid_to) IS valid_to),
  act INTEGER NOT NULL,
  CONSTRAINT own_payer_days CHECK (valid_to IS NULL OR valid_from <= valid_to)
) STRICT;
--! insert-only own_payer id

-- Which payer covers a person, as the card or the list said. Corrected and verified by a row that replaces the one before.
CREATE TABLE patient_cover (
  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patient (id), payer TEXT NOT NULL,
  replaces INTEGER CONSTRAINT cover_replaced_once UNIQUE REFERENCES patient_cover (id),
  valid_from TEXT NOT NULL CHECK (date(valid_from) IS valid_from), valid_to TEXT CHECK (date(valid_to) IS valid_to),
  verified_on TEXT CHECK (date(verified_on) IS verified_on), verified_how TEXT,   -- null: rights not verified
  reason TEXT,                                                         -- why it replaces the one before
  act INTEGER NOT NULL,
  CONSTRAINT cover_days CHECK (valid_to IS NULL OR valid_from <= valid_to)
) STRICT;
CREATE INDEX patient_cover_patient ON patient_cover (patient);
--! insert-only patient_cover id
-- The number on the card says who a person is: it stands apart, and goes with the name when an identity is destroyed.
CREATE TABLE patient_cover_number (
  cover INTEGER PRIMARY KEY REFERENCES patient_cover (id), patient INTEGER NOT NULL REFERENCES patient (id),
  number TEXT NOT NULL CHECK (length(number) BETWEEN 1 AND 50), act INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_cover_number_patient ON patient_cover_number (patient);

-- A sheet of care (feuille de soins): what one payer owes for one visit of one person. Its state is the last row's.
CREATE TABLE care_sheet (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16), number INTEGER NOT NULL CONSTRAINT care_sheet_number UNIQUE,
  payer TEXT NOT NULL, patient INTEGER NOT NULL REFERENCES patient (id), visit INTEGER REFERENCES visit (id),
  cover INTEGER NOT NULL REFERENCES patient_cover (id),
  occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on), act INTEGER NOT NULL
) STRICT;
CREATE INDEX care_sheet_payer ON care_sheet (payer, occurred_on);
CREATE INDEX care_sheet_patient ON care_sheet (patient, occurred_on);
CREATE INDEX care_sheet_visit ON care_sheet (visit) WHERE visit IS NOT NULL;
CREATE INDEX care_sheet_cover ON care_sheet (cover);
--! insert-only care_sheet id
-- What was mended on a sheet before it is billed; the last row counts.
CREATE TABLE care_sheet_detail (
  id INTEGER PRIMARY KEY, sheet INTEGER NOT NULL REFERENCES care_sheet (id), reference TEXT, prescriber TEXT, posology TEXT,
  act INTEGER NOT NULL
) STRICT;
CREATE INDEX care_sheet_detail_sheet ON care_sheet_detail (sheet);
--! insert-only care_sheet_detail id

CREATE TABLE claim_batch (
  id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16), number INTEGER NOT NULL CONSTRAINT claim_batch_number UNIQUE,
  payer TEXT NOT NULL, first_day TEXT NOT NULL CHECK (date(first_day) IS first_day), last_day TEXT NOT NULL CHECK (date(last_day) IS last_day),
  billed_on TEXT NOT NULL CHECK (date(billed_on) IS billed_on), act INTEGER NOT NULL,
  CONSTRAINT claim_batch_days CHECK (first_day <= last_day)
) STRICT;
--! insert-only claim_batch id
CREATE TABLE claim_batch_sheet (
  id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES claim_batch (id), sheet INTEGER NOT NULL REFERENCES care_sheet (id),
  total_fcfa INTEGER NOT NULL, payer_fcfa INTEGER NOT NULL, patient_fcfa INTEGER NOT NULL, act INTEGER NOT NULL,
  CONSTRAINT claim_once UNIQUE (batch, sheet), CONSTRAINT claim_adds_up CHECK (total_fcfa = payer_fcfa + patient_fcfa)
) STRICT;
CREATE INDEX claim_batch_sheet_sheet ON claim_batch_sheet (sheet);
--! insert-only claim_batch_sheet id
CREATE TABLE care_sheet_state (
  id INTEGER PRIMARY KEY, sheet INTEGER NOT NULL REFERENCES care_sheet (id),
  state TEXT NOT NULL CHECK (state IN ('issued', 'billed', 'paid', 'cut', 'rejected', 'rebilled')),
  batch INTEGER REFERENCES claim_batch (id), paid_fcfa INTEGER NOT NULL CHECK (paid_fcfa >= 0), cut_fcfa INTEGER NOT NULL CHECK (cut_fcfa >= 0),
  reason TEXT, occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on), act INTEGER NOT NULL,
  CONSTRAINT sheet_reason CHECK (state NOT IN ('cut', 'rejected') OR length(trim(reason)) >= 3)
) STRICT;
CREATE INDEX care_sheet_state_sheet ON care_sheet_state (sheet, id);
CREATE INDEX care_sheet_state_batch ON care_sheet_state (batch) WHERE batch IS NOT NULL;
--! insert-only care_sheet_state id
-- Money that a payer sent for a batch, on the day it came in; the till and the bank read it.
CREATE TABLE claim_receipt (
  id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES claim_batch (id), amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa > 0),
  means TEXT NOT NULL CHECK (means IN ('transfer', 'cheque', 'cash')), reference TEXT,
  received_on TEXT NOT NULL CHECK (date(received_on) IS received_on), act INTEGER NOT NULL
) STRICT;
CREATE INDEX claim_receipt_batch ON claim_receipt (batch);
CREATE INDEX claim_receipt_day ON claim_receipt (received_on);
--! insert-only claim_receipt id

-- What somebody else than the patient bears of a sale: an exemption (State, programme, ASACO, project) or a payer's share.
CREATE TABLE sale_share (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id),
  kind TEXT NOT NULL CHECK (kind IN ('exemption', 'cover')), payer TEXT NOT NULL,
  care_type TEXT NOT NULL,
  base_fcfa INTEGER NOT NULL, amount_fcfa INTEGER NOT NULL, patient_fcfa INTEGER NOT NULL,
  rule TEXT,                            -- code of the free-care rule, or edition of the payers' file; null when typed by hand
  reason TEXT, authorised_by INTEGER REFERENCES staff (id), sheet INTEGER REFERENCES care_sheet (id),
  reverses INTEGER REFERENCES sale_share (id), act INTEGER NOT NULL,
  CONSTRAINT share_adds_up CHECK (base_fcfa = amount_fcfa + patient_fcfa),
  CONSTRAINT share_by_hand CHECK (rule IS NOT NULL OR (kind = 'exemption' AND length(trim(reason)) >= 3 AND authorised_by IS NOT NULL)),
  CONSTRAINT share_on_sheet CHECK (kind = 'exemption' OR sheet IS NOT NULL)
) STRICT;
CREATE INDEX sale_share_sale ON sale_share (sale);
CREATE INDEX sale_share_sheet ON sale_share (sheet) WHERE sheet IS NOT NULL;
CREATE INDEX sale_share_authorised ON sale_share (authorised_by) WHERE authorised_by IS NOT NULL;
CREATE UNIQUE INDEX sale_share_reversed_once ON sale_share (reverses) WHERE reverses IS NOT NULL;
--! insert-only sale_share id
-- What cash can't pay to the franc, written when the last of a sale is paid in cash: left = due + roundings - paid.
CREATE TABLE sale_rounding (
  id INTEGER PRIMARY KEY, sale INTEGER NOT NULL REFERENCES sale (id), amount_fcfa INTEGER NOT NULL CHECK (amount_fcfa <> 0),
  rule TEXT NOT NULL, occurred_on TEXT NOT NULL CHECK (date(occurred_on) IS occurred_on),
  reverses INTEGER REFERENCES sale_rounding (id), act INTEGER NOT NULL
) STRICT;
CREATE INDEX sale_rounding_sale ON sale_rounding (sale);
CREATE INDEX sale_rounding_day ON sale_rounding (occurred_on);
CREATE UNIQUE INDEX sale_rounding_reversed_once ON sale_rounding (reverses) WHERE reverses IS NOT NULL;
--! insert-only sale_rounding id
