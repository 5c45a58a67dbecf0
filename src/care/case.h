/* SPDX-License-Identifier: Apache-2.0
 * care/case: one patient's case as plain structs, as read from FHIR (fhir/) or built by a test.
 *
 * Everything here is borrowed text in the caller's arena. A zeroed case is an empty case: every
 * fact unknown. Names of people stand in `person` only and go to documents only, never to messages
 * or logs. */
#pragma once

#include "knowledge/expr.h"

enum en_side { EN_SIDE_UNKNOWN, EN_SIDE_LEFT, EN_SIDE_RIGHT, EN_SIDE_BOTH, EN_SIDE_MIDLINE };

/* "unknown", "left", "right", "both", "midline". */
const char *en_side_text(enum en_side side);

/* Whether two sides can be the same: unknown and both are open. */
bool en_side_fits(enum en_side a, enum en_side b);

struct en_person {
    const char *name; /* as printed on documents; NULL unknown */
    const char *id;   /* identifier value; NULL unknown */
    en_day birth;     /* EN_DAY_UNKNOWN */
    bool birth_known;
};

/* A problem that might be treated. condition is an id of conditions.tsv, NULL: not recognised. */
struct en_target {
    const char *condition;
    const char *text; /* as written in the Condition */
    enum en_side side;
    en_day onset;     /* EN_DAY_UNKNOWN */
    const char *path; /* "Bundle.entry[3].resource" */
};

enum en_exam_kind { EN_EXAM_TENDERNESS, EN_EXAM_LAXITY, EN_EXAM_MOTION };

/* One finding of the examination, tied to a site of the atlas where the code says so. */
struct en_exam {
    enum en_exam_kind kind;
    const char *site;      /* id of atlas.tsv; NULL for a motion */
    const char *structure; /* text; a motion: "flexion" ... */
    enum en_side side;
    double value; /* tenderness 0..3, laxity grade 0..3, motion in deg */
    en_day day;
    const char *resource; /* where it was read, "Observation/e1"; NULL: it has no address */
};

/* A score at a time; baseline and follow-up. instrument is an id of instruments.tsv. */
struct en_score {
    const char *instrument;
    double value; /* on the instrument's own scale */
    enum en_side side;
    en_day day;
    const char *region;   /* as in facts.tsv `region`; NULL: no body site was given */
    const char *resource; /* where it was read, "Observation/s1"; NULL: it has no address */
};

/* A session that was given. */
struct en_past_session {
    const char *region; /* as in facts.tsv `region` */
    enum en_side side;
    en_day day;
    const char *resource; /* where it was read, "Procedure/p1"; NULL: it has no address */
    double dextrose_g, lidocaine_mg, volume_ml; /* of the whole session, NAN unknown */
    const char *guidance;                       /* LM, US, FL or CT; NULL unknown */
    const char *const *sites;                   /* atlas ids, shape [site_count] */
    const double *site_volume_ml;  /* shape [site_count], NAN unknown; NULL: none is known */
    const double *site_dextrose_g; /* the same */
    size_t site_count;
    int ae_grade; /* highest grade of harm after it, 0 none, -1 not recorded */
};

struct en_past_treatment {
    const char *kind; /* "exercise", "steroid_injection", "surgery" ..., or the text as written */
    const char *region;
    en_day day;
};

struct en_medication {
    const char *text; /* as written */
    const char *drug; /* id of drugs.tsv; NULL not recognised */
    bool is_active;
    en_day last_taken;
};

struct en_allergy {
    const char *text;
    const char *allergen; /* id of allergens.tsv; NULL not recognised */
};

struct en_practitioner {
    const char *name, *licence;
    en_day licence_expiry;
    double training_hours; /* NAN unknown */
    const char *regions;   /* list "knee; elbow", "" none, NULL unknown */
    const char *guidance;  /* list "US; FL", "" none, NULL unknown */
};

struct en_cover {
    const char *payer;
    const char *jurisdiction; /* "us", "uk"...; NULL unknown */
};

enum en_note_kind { EN_NOTE_UNDERSTOOD, EN_NOTE_IGNORED };

/* What became of each element of the input, for `case show`. */
struct en_case_note {
    enum en_note_kind kind;
    const char *path; /* FHIRPath */
    const char *what; /* fact id, or why it is ignored */
};

struct en_case {
    struct en_person person;
    struct en_fact *facts; /* shape [fact_count] = rows of facts.tsv; derived ones are unknown */
    size_t fact_count;
    struct en_target *targets;
    struct en_exam *exams;
    struct en_score *scores;
    struct en_past_session *sessions;
    struct en_past_treatment *treatments;
    struct en_medication *medications;
    struct en_allergy *allergies;
    struct en_practitioner *practitioners;
    struct en_cover *covers;
    struct en_case_note *notes;
    size_t target_count, exam_count, score_count, session_count, treatment_count;
    size_t medication_count, allergy_count, practitioner_count, cover_count, note_count;
};

/* What all decisions need. today is the day of the decision. */
struct en_care {
    const struct en_knowledge *knowledge;
    en_day today;
};
