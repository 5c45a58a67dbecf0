-- CDS Hooks: the cards that were given to EHRs, without any patient, and what became of them. How
-- often a rule's card is overridden tells whether it only tires people.

CREATE TABLE cds_card (
    uuid @text NOT NULL PRIMARY KEY,
    client @text NOT NULL,            -- name in the file of clients
    service @text NOT NULL,
    rule @text NOT NULL,              -- row of tiers.tsv, or which summary it was
    issued_us @int NOT NULL
) @clustered;
CREATE INDEX cds_card_by_time ON cds_card (issued_us);

CREATE TABLE cds_feedback (
    card @text NOT NULL,              -- its uuid; the card itself may be gone
    outcome @text NOT NULL,           -- accepted, overridden
    outcome_us @int NOT NULL,
    client @text NOT NULL,
    service @text NOT NULL,
    rule @text NOT NULL,
    accepted @text,                   -- ids of the suggestions; NULL: none
    reason_system @text,
    reason_code @text,
    comment @text,                    -- as the user wrote it; may hold patient data
    received_us @int NOT NULL,
    PRIMARY KEY (card, outcome, outcome_us)
) @clustered;
CREATE INDEX cds_feedback_by_rule ON cds_feedback (rule, outcome);
