/* SPDX-License-Identifier: Apache-2.0
 * app/diary: a day of a patient's diary as FHIR resources, and back.
 *
 * One QuestionnaireResponse holds a day. What others read stands beside it, derived from it: an
 * Observation per score, one of the last anti-inflammatory dose, and a Flag when somebody must
 * call. Medicines of a day are no list of medicines: that one stays the clinician's.
 * Results live in the arena handed in. Pure, thread-safe. */
#pragma once

#include "app/app.h"
#include "care/diary.h"

struct json_object;

#define EN_DIARY_FORM        "https://enthesis.org/fhir/Questionnaire/diary"
#define EN_DIARY_KEY_SYSTEM  "https://enthesis.org/fhir/NamingSystem/diary-submission"
#define EN_DIARY_LEVEL       "https://enthesis.org/fhir/StructureDefinition/diary-urgency"
#define EN_DIARY_FLAG_SYSTEM "https://enthesis.org/fhir/CodeSystem/diary-alert"

/* A diary asks for few scores; medicines to tick fit on a telephone; a text is some sentences. */
enum {
    EN_DIARY_SCORES_MAX = 4,
    EN_DIARY_DRUGS_MAX = 16,
    EN_DIARY_ANSWERS_MAX = 64,
    EN_DIARY_TEXT_MAX = 2000,
    EN_DIARY_KEY_MIN = 8,
    EN_DIARY_KEY_MAX = 64
};

/* What a diary asks for, by the policies diary_scores and diary_drugs. */
struct en_diary_form {
    const struct en_row *scores[EN_DIARY_SCORES_MAX]; /* rows of instruments.tsv */
    const struct en_row *drugs[EN_DIARY_DRUGS_MAX];   /* rows of drugs.tsv */
    size_t score_count, drug_count;
};

/* EN_EINVAL names the policy. */
EN_MUST_USE enum en_status en_diary_form_of(const struct en_knowledge *k, struct en_diary_form *out,
                                            struct en_err *err);

struct en_diary_entry {
    const char *key; /* of the submission */
    const char *id;  /* of the QuestionnaireResponse; NULL: not stored yet */
    en_day day;
    int64_t version;                    /* of the QuestionnaireResponse, 0: not stored yet */
    double scores[EN_DIARY_SCORES_MAX]; /* as in the form; NAN not answered */
    bool takes[EN_DIARY_DRUGS_MAX];     /* as in the form */
    bool knows_drugs;                   /* false: the question was not answered */
    const char *other_drugs, *note;     /* NULL none */
    struct en_diary_answer *answers;    /* shape [answer_count] */
    size_t answer_count;
    enum en_triage_level level; /* as it was told */
};

/* Whether an anti-inflammatory tablet was taken on the day. */
bool en_diary_takes_nsaid(const struct en_diary_form *form, const struct en_diary_entry *e);

/* Whether a resource is a day of a diary. */
bool en_diary_is_entry(struct json_object *response);

/* Read one back; what is no longer asked is left out. False: it is none that can be read. */
bool en_diary_read(const struct en_knowledge *k, const struct en_diary_form *form,
                   struct json_object *response, struct en_arena *a, struct en_diary_entry *out);

/* What the resources of a day are made of. */
struct en_diary_day {
    const struct en_knowledge *knowledge;
    const struct en_diary_form *form;
    const struct en_diary_entry *entry;
    const struct en_triage *triage;
    struct en_diary_course course;
    const char *patient;  /* id */
    const char *response; /* id of the QuestionnaireResponse */
    bool is_correction;   /* of an entry of the same day */
};

/* Each writes one resource's text. */
void en_diary_write_response(const struct en_diary_day *d, struct en_buf *out);
void en_diary_write_score(const struct en_diary_day *d, size_t score, struct en_buf *out);
void en_diary_write_nsaid(const struct en_diary_day *d, struct en_buf *out);

/* An alert of this level; it may be graver than the present answers, when earlier ones of the same
 * day were: an alert goes when somebody looked, not when the answers change. */
void en_diary_write_flag(const struct en_diary_day *d, enum en_triage_level level,
                         struct en_buf *out);

/* "E", "S", "U", "R", as in tiers.tsv; false: none of these. */
const char *en_diary_level_code(enum en_triage_level level);
bool en_diary_level_of(const char *code, enum en_triage_level *out);

/* What a stored forecast says of this patient's pain with the plan, all hypotheses mixed. */
struct en_diary_expected {
    double week; /* since the first session */
    double q05, q25, median, q75, q95;
};

enum { EN_DIARY_EXPECTED_MAX = 32 };

struct en_diary_band {
    struct en_diary_expected points[EN_DIARY_EXPECTED_MAX];
    size_t count; /* 0: the resource holds no such forecast */
    en_day made;  /* from which it looks ahead; EN_DAY_UNKNOWN */
};

/* Read it from a RiskAssessment of the operations. */
void en_diary_read_band(struct json_object *risk, struct en_diary_band *out);
