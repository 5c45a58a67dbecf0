-- Who may come in: accounts, sessions, services, one-time links. Secrets that are random stand here
-- as hashes only (BLAKE2b-256, hexadecimal), passwords as argon2id texts.

CREATE TABLE account (
    login @text NOT NULL PRIMARY KEY, -- lower case
    role @text NOT NULL,
    practitioner @text,               -- id of the Practitioner; NULL none
    password @text NOT NULL,
    must_change @int NOT NULL,
    is_disabled @int NOT NULL,
    totp_secret @text NOT NULL,       -- base32; "" none
    totp_is_on @int NOT NULL,         -- 0: begun, not confirmed
    totp_step @int NOT NULL,          -- the last that was used: none is taken twice
    created_us @int NOT NULL,
    changed_us @int NOT NULL          -- of the password
) @table;

-- Codes that stand for a lost second factor, each for once.
CREATE TABLE recovery (
    login @text NOT NULL,
    hash @text NOT NULL,
    PRIMARY KEY (login, hash)
) @clustered;

-- Tries to log in, by account name (whether there is one or not) and by address.
CREATE TABLE attempt (
    key @text NOT NULL PRIMARY KEY,   -- hash of "login:..." or "address:..."
    failed @int NOT NULL,
    last_us @int NOT NULL,
    locked_until_us @int NOT NULL
) @table;
CREATE INDEX attempt_by_time ON attempt (last_us);

-- What a cookie or a service's token stands for.
CREATE TABLE session (
    hash @text NOT NULL PRIMARY KEY,
    kind @text NOT NULL,              -- account, client, link
    subject @text NOT NULL,           -- login, id of the client, hash of the link
    patient @text,                    -- of a link
    scopes @text,                     -- of a client
    csrf @text,                       -- NULL: no cookie
    created_us @int NOT NULL,
    seen_us @int NOT NULL,
    expires_us @int NOT NULL
) @table;
CREATE INDEX session_of ON session (kind, subject);
CREATE INDEX session_by_end ON session (expires_us);

-- Programs that may log in by themselves.
CREATE TABLE client (
    id @text NOT NULL PRIMARY KEY,
    name @text NOT NULL,
    scopes @text NOT NULL,
    keys @text,                       -- public keys, a JWK set; NULL: by secret
    secret_hash @text,                -- NULL: by keys
    is_disabled @int NOT NULL,
    created_us @int NOT NULL
) @table;

-- A patient's way to the own diary.
CREATE TABLE link (
    hash @text NOT NULL PRIMARY KEY,
    patient @text NOT NULL,
    purpose @text NOT NULL,
    created_by @text NOT NULL,
    created_us @int NOT NULL,
    expires_us @int NOT NULL,
    uses_left @int NOT NULL
) @table;
CREATE INDEX link_of_patient ON link (patient);
CREATE INDEX link_by_end ON link (expires_us);

-- Ids of signed tokens that were taken: none is taken twice.
CREATE TABLE used_token (
    issuer @text NOT NULL,
    jti @text NOT NULL,
    expires_us @int NOT NULL,
    PRIMARY KEY (issuer, jti)
) @clustered;
CREATE INDEX used_token_by_end ON used_token (expires_us);

-- What somebody was writing when the session ended.
CREATE TABLE draft (
    login @text NOT NULL,
    key @text NOT NULL,
    body @text NOT NULL,
    updated_us @int NOT NULL,
    PRIMARY KEY (login, key)
) @table;

-- Secrets of the clinic: the key of pseudonyms.
CREATE TABLE secret (
    name @text NOT NULL PRIMARY KEY,
    value @text NOT NULL
) @table;
