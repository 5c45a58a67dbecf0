-- What decision support told an EHR, and what became of it: how many cards are overridden, by rule.
-- Nothing of a patient stands here.

CREATE TABLE cds_card (
    uuid @text NOT NULL PRIMARY KEY,
    service @text NOT NULL,
    client @text NOT NULL,            -- who asked: iss of its token
    rule @text NOT NULL,              -- id of rules.tsv; "" of a summary
    indicator @text NOT NULL,         -- critical, warning, info
    shown_us @int NOT NULL
) @table;
CREATE INDEX cds_card_by_time ON cds_card (shown_us);

CREATE TABLE cds_feedback (
    uuid @text NOT NULL,              -- of the card
    client @text NOT NULL,
    outcome @text NOT NULL,           -- accepted, overridden
    reason @text NOT NULL,            -- code of the override reason; "" none
    decided_us @int NOT NULL,
    PRIMARY KEY (uuid, client, decided_us)
) @table;
