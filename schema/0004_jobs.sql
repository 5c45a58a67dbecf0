-- Long work: virtual trials, exports. Whoever asks looks here whether it is done; what is done goes
-- when it expires.

CREATE TABLE job (
    id @text NOT NULL PRIMARY KEY,
    kind @text NOT NULL,              -- trial, export
    state @text NOT NULL,             -- waiting, running, done, failed, cancelled
    owner @text NOT NULL,             -- who may ask for it: login, "client:ID"
    request @text NOT NULL,           -- what to do, JSON
    result @text,                     -- JSON; NULL: there is none yet
    problem @text NOT NULL,           -- why it failed; no patient data
    created_us @int NOT NULL,
    seen_us @int NOT NULL,            -- when the server that does it last said so
    expires_us @int NOT NULL
) @table;
CREATE INDEX job_by_end ON job (expires_us);
CREATE INDEX job_by_state ON job (state, seen_us);
CREATE INDEX job_of ON job (owner, state);
