-- Resources, their versions, and what they are found by. Append-only: a change is a new file.
-- Words with @ differ between the databases (src/store/schema.c).

-- The head of each resource: what is current.
CREATE TABLE resource (
    key @key,
    type @text NOT NULL,
    id @text NOT NULL,
    version @int NOT NULL,
    updated_us @int NOT NULL,
    is_deleted @int NOT NULL
) @table;
CREATE UNIQUE INDEX resource_by_id ON resource (type, id);
CREATE INDEX resource_by_time ON resource (type, updated_us, key);
CREATE INDEX resource_in_order ON resource (type, key);

-- Every version that ever was; body is NULL where it is a deletion.
CREATE TABLE version (
    resource @int NOT NULL,
    version @int NOT NULL,
    updated_us @int NOT NULL,
    method @text NOT NULL,
    body @text,
    PRIMARY KEY (resource, version)
) @table;
CREATE INDEX version_by_time ON version (updated_us, resource, version);

-- Index values of current versions; param is en_search_param.key. Only those of resources that are
-- not deleted stand here.
CREATE TABLE index_token (
    param @int NOT NULL,
    code @text NOT NULL,
    system @text NOT NULL,
    resource @int NOT NULL,
    PRIMARY KEY (param, code, system, resource)
) @clustered;
CREATE INDEX index_token_of ON index_token (resource, param);

CREATE TABLE index_string (
    param @int NOT NULL,
    folded @text NOT NULL,
    written @text NOT NULL,
    resource @int NOT NULL,
    PRIMARY KEY (param, folded, written, resource)
) @clustered;
CREATE INDEX index_string_of ON index_string (resource, param);

-- type is "" for absolute URLs; uris stand here as well.
CREATE TABLE index_reference (
    param @int NOT NULL,
    target @text NOT NULL,
    type @text NOT NULL,
    resource @int NOT NULL,
    PRIMARY KEY (param, target, type, resource)
) @clustered;
CREATE INDEX index_reference_of ON index_reference (resource, param);

CREATE TABLE index_date (
    param @int NOT NULL,
    low_us @int NOT NULL,
    high_us @int NOT NULL,
    resource @int NOT NULL,
    PRIMARY KEY (param, low_us, high_us, resource)
) @clustered;
CREATE INDEX index_date_of ON index_date (resource, param);

-- Numbers and quantities.
CREATE TABLE index_quantity (
    param @int NOT NULL,
    low @real NOT NULL,
    high @real NOT NULL,
    unit @text NOT NULL,
    system @text NOT NULL,
    resource @int NOT NULL,
    PRIMARY KEY (param, low, high, unit, system, resource)
) @clustered;
CREATE INDEX index_quantity_of ON index_quantity (resource, param);

-- Criteria that somebody decides upon (en_tx_lock): the row is what two servers meet at.
CREATE TABLE decision (
    key @text NOT NULL PRIMARY KEY,
    uses @int NOT NULL
) @table;
