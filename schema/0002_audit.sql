-- The audit trail. Rows are only ever added.
CREATE TABLE audit_chain (
    chain @int NOT NULL PRIMARY KEY,
    sequence @int NOT NULL,
    hash @blob NOT NULL
) @table;

CREATE TABLE audit (
    id @key,
    chain @int NOT NULL,
    sequence @int NOT NULL,
    recorded_us @int NOT NULL,
    action @text NOT NULL,
    subtype @text NOT NULL,
    outcome @int NOT NULL,
    agent @text NOT NULL,
    role @text NOT NULL,
    patient @text NOT NULL,
    entity_type @text NOT NULL,
    entity_id @text NOT NULL,
    entity_version @int NOT NULL,
    detail @text NOT NULL,
    request @text NOT NULL,
    address @text NOT NULL,
    hash @blob NOT NULL
) @table;
CREATE UNIQUE INDEX audit_in_chain ON audit (chain, sequence);
-- Searched newest first: by time, then by id.
CREATE INDEX audit_by_time ON audit (recorded_us, id);
CREATE INDEX audit_of_patient ON audit (patient, recorded_us, id);
CREATE INDEX audit_of_agent ON audit (agent, recorded_us, id);
CREATE INDEX audit_of_entity ON audit (entity_id, recorded_us, id);
