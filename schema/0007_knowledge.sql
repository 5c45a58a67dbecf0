-- What a clinic says of the tables of knowledge: rows that a clinician approved, switches that the
-- owner set. Rows are only ever added; the last one of a row of knowledge counts.

CREATE TABLE approval (
    id @key,
    of_table @text NOT NULL,
    of_row @text NOT NULL,
    hash @text NOT NULL,              -- of the text that was approved (server/tables)
    is_withdrawn @int NOT NULL,
    login @text NOT NULL,
    practitioner @text NOT NULL,      -- id; with name and licence as they were then
    name @text NOT NULL,
    licence @text NOT NULL,
    recorded_us @int NOT NULL
) @table;
CREATE INDEX approval_of_row ON approval (of_table, of_row, id);

CREATE TABLE policy (
    id @key,
    policy @text NOT NULL,            -- id of policies.tsv
    value @text,                      -- NULL: as shipped again
    reason @text NOT NULL,
    login @text NOT NULL,
    recorded_us @int NOT NULL
) @table;
CREATE INDEX policy_of ON policy (policy, id);

-- When the clinic was backed up from the page.
CREATE TABLE backup_taken (
    id @key,
    login @text NOT NULL,
    stored_rows @int NOT NULL,
    bytes @int NOT NULL,
    taken_us @int NOT NULL
) @table;
