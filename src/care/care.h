/* SPDX-License-Identifier: Apache-2.0
 * care/care: the clinical decisions. Pure functions: no file, no clock, no randomness.
 *
 * Inputs are a case, the knowledge and the day; results live in the arena handed in. A decision
 * never turns an unknown into a "no": what is missing is listed, and blocks where it matters.
 * Every number comes from knowledge tables and is reported with its row. Thread-safe. */
#pragma once

#include "care/case.h"

/* What all decisions need. today is the day of the decision. */
struct en_care {
    const struct en_knowledge *knowledge;
    en_day today;
};

/* ------------------------------------------------------------------ rules ---------------------- */

/* Gravest first. */
enum en_severity { EN_STOP, EN_DEFER, EN_CAUTION, EN_INFO, EN_SEVERITY_COUNT };
const char *en_severity_text(enum en_severity s);

/* One input that a rule used. */
struct en_input {
    const char *fact; /* id */
    struct en_fact value;
    bool is_stale; /* known, but older than its maximum age */
};

/* A tier that is true (fired) or unknown. */
struct en_finding {
    const struct en_row *rule, *tier; /* rows of rules.tsv and tiers.tsv */
    enum en_severity severity;
    bool is_unknown;
    bool has_override;       /* false: one of the nine without override */
    const char *sites;       /* list of atlas ids it concerns, "" for the whole case */
    struct en_input *inputs; /* facts named by the tier, shape [input_count] */
    size_t input_count;
    const char *const *missing; /* fact ids in the way, shape [missing_count] */
    size_t missing_count;
};

/* What to ask or measure next: unknown facts, those that decide the gravest rules first. */
struct en_question {
    const struct en_row *fact; /* row of facts.tsv: its `question` */
    enum en_severity severity; /* gravest tier that waits for it */
    bool is_stale;
    en_day as_of; /* of the stale value */
};

/* ------------------------------------------------------------------ solutions ------------------ */

enum { EN_MIX_PARTS_MAX = 8 };

struct en_mix_request {
    double dextrose_percent; /* 0 .. 50, final */
    const char *anaesthetic; /* component of stocks.tsv: "lidocaine"; NULL none */
    double anaesthetic_percent;
    double volume_ml;
    const char *diluent;      /* stock id; NULL: the policy's default */
    const char *stocks;       /* list of stock ids at hand; NULL: all of the default use */
    double bleb_mg, block_mg; /* same anaesthetic given beside the mix; 0 none */
    const char *technique;    /* NULL or "perineural", "joint_space" ...: limits of section 2.7 */
    const char *site_class;   /* NULL or P D N */
};

struct en_mix_part {
    const struct en_row *stock;
    double exact_ml, ml; /* before and after rounding to the syringe's graduation */
};

/* The patient as far as doses need it; NAN and UNKNOWN are honest answers and block. */
struct en_dose_patient {
    const struct en_fact *facts; /* the case's facts, for la_factors; NULL: none known */
    double weight_kg, height_cm;
    int age_years;            /* -1 unknown */
    const char *sex;          /* "female", "male", NULL */
    const char *jurisdiction; /* of la_limits; NULL: the strictest */
};

struct en_dose_line {
    const char *drug;            /* component */
    double mg, max_mg, fraction; /* NAN when the maximum cannot be known */
    const struct en_row *limit;
    double factor; /* reduction applied, 1 none */
    const char *factor_reason;
};

struct en_mix {
    struct en_mix_part parts[EN_MIX_PARTS_MAX];
    size_t part_count;
    double volume_ml;                             /* after rounding */
    double dextrose_percent, anaesthetic_percent; /* recomputed after rounding */
    double dextrose_deviation;                    /* relative, 0.03 = 3 % */
    double anaesthetic_deviation;
    double osmolarity_mosm_per_l;
    double dextrose_g;
    double anaesthetic_mg; /* mix alone */
    bool has_preservative;
    bool is_possible;
    const char *refusal;         /* why not, and what to do; NULL when possible */
    const char *nearest;         /* the nearest possible request, as text; NULL none */
    const char *const *warnings; /* shape [warning_count] */
    size_t warning_count;
    const char *const *alternatives; /* other stocks that would do */
    size_t alternative_count;
    struct en_dose_line dose; /* blebs, blocks and mix against the patient's maximum */
    double load;              /* sum of fractions; NAN unknown */
};

/* EN_EINVAL only for a malformed request (unknown drug, negative volume); an impossible mix is a
 * result with is_possible false. */
EN_MUST_USE enum en_status en_mix_compute(const struct en_care *care,
                                          const struct en_mix_request *request,
                                          const struct en_dose_patient *patient, struct en_arena *a,
                                          struct en_mix *out, struct en_err *err);

/* ------------------------------------------------------------------ plan ----------------------- */

struct en_plan_options {
    size_t target;            /* index of the case's target */
    const char *sites;        /* list of atlas ids the clinician chose; NULL: from the condition */
    const char *schedule;     /* profile id; NULL: the condition's */
    int sessions;             /* 0: the profile's */
    en_day start;             /* EN_DAY_UNKNOWN: today */
    const char *guidance;     /* modality to use where allowed; NULL: the site's default */
    double bleb_mg, block_mg; /* anaesthetic beside the mix, per session */
    const char *anaesthetic;  /* NULL: the policy's; "none" */
    const char *stocks;       /* at hand; NULL all */
};

struct en_plan_site {
    const struct en_row *site; /* atlas row */
    const struct en_row *link; /* row of condition_sites.tsv, NULL when chosen by the clinician */
    const char *reason;        /* "primary site of the condition", "tender (grade 2)" ... */
    enum en_side side;
    int points;
    double volume_per_point_ml, volume_ml; /* volume_ml = all points */
    double dextrose_percent;
    const char *guidance; /* LM US FL CT planned */
    bool guidance_required;
    size_t mix; /* index into the plan's mixes */
};

struct en_plan_mix {
    struct en_mix_request request;
    struct en_mix mix;
    const char *label; /* "A", "B" ... */
};

struct en_plan_session {
    int number; /* 1 .. */
    en_day day;
    bool is_optional; /* only when the review after the one before says so */
};

struct en_plan_totals {
    int points;
    double volume_ml, volume_limit_ml;
    double dextrose_g, dextrose_warn_g;
    struct en_dose_line *doses; /* one per drug, shape [dose_count] */
    size_t dose_count;
    double load; /* sum of fractions; NAN unknown */
    int observation_min;
};

struct en_dated_row {
    const struct en_row *row;
    en_day from, to;  /* EN_DAY_UNKNOWN: not dated */
    const char *text; /* with placeholders filled */
};

struct en_default {
    const char *what, *value, *source, *grade;
    bool is_approved;
};

struct en_plan {
    const struct en_row *condition, *schedule;
    struct en_target target;
    struct en_plan_site *sites;
    struct en_plan_mix *mixes;
    struct en_plan_session *sessions;
    struct en_plan_totals totals; /* of one session */
    struct en_dated_row *checklist, *rehabilitation, *followups;
    const struct en_row **costs, **alternatives;
    const struct en_row *cover;  /* row of coverage.tsv; NULL unknown */
    struct en_default *defaults; /* every default with its source and approval */
    size_t site_count, mix_count, session_count, checklist_count, rehabilitation_count;
    size_t followup_count, cost_count, alternative_count, default_count;
    int interval_days;
};

/* Sites, mixes, dates. Fails with EN_EINVAL when an option names what does not exist. It makes no
 * judgement: en_assess does, on this plan. */
EN_MUST_USE enum en_status en_plan_make(const struct en_care *care, const struct en_case *c,
                                        const struct en_plan_options *options, struct en_arena *a,
                                        struct en_plan *out, struct en_err *err);

/* ------------------------------------------------------------------ assess --------------------- */

enum en_verdict {
    EN_VERDICT_SUITABLE,
    EN_VERDICT_CAUTION,
    EN_VERDICT_DEFER,
    EN_VERDICT_UNDECIDED,
    EN_VERDICT_NOT_SUITABLE
};
const char *en_verdict_text(enum en_verdict v);

struct en_assessment {
    enum en_verdict verdict;
    struct en_finding *findings; /* fired, then unknown; gravest first */
    struct en_question *questions;
    const struct en_row *condition; /* evidence for and against stand in it; NULL unknown */
    size_t finding_count, fired_count, question_count;
    size_t rule_count; /* rules looked at */
    bool has_stop_without_override;
};

/* Judge the case for this plan (its sites and doses); plan NULL judges the case alone, and rules
 * about sites are unknown. Never fails on missing facts: those are the result. */
EN_MUST_USE enum en_status en_assess(const struct en_care *care, const struct en_case *c,
                                     const struct en_plan *plan, struct en_arena *a,
                                     struct en_assessment *out, struct en_err *err);

/* All facts with the derived ones filled in (docs/case.md): shape [rows of facts.tsv]. plan and
 * site may be NULL; then facts about them are unknown. Used by assess, review and the forecast. */
EN_MUST_USE enum en_status en_derive_facts(const struct en_care *care, const struct en_case *c,
                                           const struct en_plan *plan,
                                           const struct en_plan_site *site, struct en_arena *a,
                                           struct en_fact **out, struct en_err *err);

/* ------------------------------------------------------------------ after a session ------------ */

enum en_triage_level { EN_TRIAGE_EMERGENCY, EN_TRIAGE_SAME_DAY, EN_TRIAGE_SOON, EN_TRIAGE_ROUTINE };
const char *en_triage_text(enum en_triage_level level);

struct en_triage {
    enum en_triage_level level;  /* the highest of all that fired, raised by unknowns */
    const char *time_limit;      /* "now", "within 4 hours" ... */
    struct en_finding *findings; /* fired and unknown triage tiers */
    size_t finding_count, fired_count;
    bool was_raised; /* an unknown answer to an emergency question raised it */
};

EN_MUST_USE enum en_status en_triage_run(const struct en_care *care, const struct en_case *c,
                                         struct en_arena *a, struct en_triage *out,
                                         struct en_err *err);

enum en_response { EN_RESPONSE_UNKNOWN, EN_RESPONSE_TOO_EARLY, EN_RESPONDER, EN_PARTIAL, EN_NONE };
enum en_advice {
    EN_ADVICE_CONTINUE,
    EN_ADVICE_ADJUST,
    EN_ADVICE_REDIAGNOSE,
    EN_ADVICE_STOP,
    EN_ADVICE_MAINTAIN,
    EN_ADVICE_ASK
};
const char *en_response_text(enum en_response r);
const char *en_advice_text(enum en_advice a);

struct en_review {
    enum en_response response;
    enum en_advice advice;
    const char *reason;                                       /* one sentence with the numbers */
    double nrs_baseline, nrs_now, nrs_fall, nrs_fall_percent; /* NAN unknown */
    int sessions_given, days_since_first;
    struct en_finding *findings;
    struct en_question *questions;
    struct en_dated_row *followups; /* those still to come, and overdue ones */
    size_t finding_count, fired_count, question_count, followup_count;
};

EN_MUST_USE enum en_status en_review_run(const struct en_care *care, const struct en_case *c,
                                         size_t target, struct en_arena *a, struct en_review *out,
                                         struct en_err *err);

/* Aftercare with dates for a session on this day; the thermal item follows the one policy. */
EN_MUST_USE enum en_status en_aftercare(const struct en_care *care, const struct en_case *c,
                                        const struct en_plan *plan, en_day session,
                                        struct en_arena *a, struct en_dated_row **out,
                                        size_t *count, struct en_err *err);

/* ------------------------------------------------------------------ texts ---------------------- */

enum en_document { EN_DOCUMENT_CONSENT, EN_DOCUMENT_LEAFLET };

struct en_paragraph {
    const char *section; /* "risks" */
    const char *text;    /* placeholders filled */
    const struct en_row *row;
};

/* Consent form or patient leaflet for this plan. Refuses (EN_EBUG, naming row and phrase) when a
 * text holds a banned phrase, so that such a text is never printed. */
EN_MUST_USE enum en_status en_document_text(const struct en_care *care, const struct en_case *c,
                                            const struct en_plan *plan, enum en_document document,
                                            struct en_arena *a, struct en_paragraph **out,
                                            size_t *count, struct en_err *err);

/* First banned phrase in the text (row of banned_phrases.tsv), NULL when there is none. */
const struct en_row *en_banned_phrase(const struct en_knowledge *k, const char *text);
