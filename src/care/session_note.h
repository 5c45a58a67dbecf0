/* SPDX-License-Identifier: Apache-2.0
 * care/session_note: one session as it was recorded, for its note. Nothing is judged here: what is
 * not recorded stays unknown. Texts are as written, in the arena of whoever filled it. */
#pragma once

#include "care/case.h"

/* What was given at one site. */
struct en_note_dose {
    const struct en_row *site; /* of the atlas; NULL: place says where */
    const char *place;         /* as written; NULL unknown */
    enum en_side side;
    double volume_ml;                     /* NAN unknown */
    const char *product;                  /* label of the syringe or vial; NULL unknown */
    const char *guidance;                 /* LM, US, FL or CT; NULL unknown */
    const char *needle, *reaction, *when; /* NULL not recorded */
    bool was_given;                       /* false: planned and left out */
    const char *why_not;                  /* of one that was left out; NULL not recorded */
};

/* A vial or syringe that was given of, or that one was drawn up of. */
struct en_note_vial {
    const char *title, *lot, *expiry, *serial; /* NULL not recorded */
};

/* Sum over what was given. */
struct en_note_amount {
    const char *component; /* of stocks.tsv: "dextrose" */
    double mg;             /* NAN unknown */
};

/* An item of the checklist. */
struct en_note_check {
    const struct en_row *item; /* of checklist.tsv */
    enum en_truth answer;
};

/* Something measured or observed in the session; its title as written. */
struct en_note_value {
    const char *title, *value, *when;
    bool is_harm; /* an AdverseEvent */
};

struct en_note_addendum {
    const char *text, *who, *when;
};

struct en_session_note {
    const char *id, *status; /* of the Procedure */
    en_day day;
    const char *start, *end; /* as written; NULL unknown */
    const char *performers;  /* list; NULL unknown */
    const char *guidance;    /* of the whole session */
    const char *remarks;     /* NULL none */
    enum en_side side;       /* of the whole session */
    double volume_ml;        /* of all sites; NAN unknown */
    bool is_signed;
    const char *signer, *signed_at; /* NULL: not signed, or not named */
    size_t signed_count;            /* resources that the signature covers */
    struct en_note_dose *doses;
    struct en_note_vial *vials;
    struct en_note_amount *amounts;
    struct en_note_check *checks; /* as answered, in the order of checklist.tsv */
    struct en_note_value *values;
    struct en_note_addendum *addenda; /* oldest first */
    size_t dose_count, vial_count, amount_count, check_count, value_count, addendum_count;
};
