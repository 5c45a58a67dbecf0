/* SPDX-License-Identifier: Apache-2.0
 * care/inside: what the files of this module share. Not for other modules. */
#pragma once

#include "care/care.h"

struct en_breaches;

/* Arena with a sticky failure: take and print freely, look at the status once at the end. */
struct care_pad {
    const struct en_knowledge *k;
    struct en_arena *a;
    en_day today;
    bool is_full;
};

struct care_pad care_pad(const struct en_care *care, struct en_arena *a);

/* Zeroed room for count objects; NULL (and is_full) when the arena is full. */
#define CARE_NEW(pad, type, count) ((type *)care_take((pad), sizeof(type), (count)))
void *care_take(struct care_pad *p, size_t size, size_t count);

/* Formatted text; "" when the arena is full. */
const char *care_print(struct care_pad *p, const char *format, ...) EN_PRINTF(2, 3);

/* The list with the item added, unless it is in it. */
const char *care_list_add(struct care_pad *p, const char *list, const char *item);

/* EN_OK, or EN_ELIMIT when something did not fit. */
EN_MUST_USE enum en_status care_check(const struct care_pad *p, const char *what,
                                      struct en_err *err);

/* Walk a list cell with items as text of their own: NULL at the end. */
const char *care_next(struct care_pad *p, const char **list);

/* Facts by id, as a rule sees them (stale is unknown) */

struct en_fact care_fact(const struct en_fact_view *view, const char *id);
double care_number(const struct en_fact_view *view, const char *id); /* NAN unknown */
enum en_truth care_truth(const struct en_fact_view *view, const char *id);
const char *care_code(const struct en_fact_view *view, const char *id); /* NULL unknown */
en_day care_date(const struct en_fact_view *view, const char *id);      /* EN_DAY_UNKNOWN */

/* Row of `conditions` of a target, NULL when not recognised. */
const struct en_row *care_condition(const struct en_knowledge *k, const char *id);

/* A policy's value, NULL when there is no such row or it is empty. */
const char *care_policy(const struct en_knowledge *k, const char *id);

/* SAFETY: what no row of stocks.tsv knows may be single-dose. */
bool care_is_single_dose(const struct en_row *stock);

/* Sessions in a region and on a side that can be the same: newest day not after `today`. */
bool care_session_counts(const struct en_past_session *s, const char *region, enum en_side side);

/* A tenderness or laxity on this side (or one that may be it), as recent as the answer that the
 * structure is confirmed has to be. */
bool care_exam_counts(const struct care_pad *p, const struct en_exam *e, enum en_side side);

/* Rules over facts */

/* Facts of the case, and once more per site of the plan with the site's facts filled in. */
struct care_scene {
    const struct en_fact *facts;
    const struct en_fact *const *site_facts; /* shape [site_count] */
    const char *const *sites;                /* atlas ids, shape [site_count] */
    size_t site_count;
};

struct care_findings {
    struct en_finding *items;
    size_t count, fired_count, rule_count;
};

/* Every fired or unknown tier of the families (list), fired first, gravest first. */
void care_rules_run(struct care_pad *p, const char *families, const struct care_scene *scene,
                    struct care_findings *out);

/* Whether an expression holds for the case or for any site of the scene. */
enum en_truth care_scene_truth(const struct care_pad *p, const struct care_scene *scene,
                               const struct en_expr *e);

/* The questions behind unknown findings, gravest first, each fact once. */
void care_questions(struct care_pad *p, const struct care_findings *f, const struct en_fact *facts,
                    struct en_question **out, size_t *count);

/* Derived facts */

/* target may be NULL (nothing recognised). */
EN_MUST_USE enum en_status care_derive(const struct en_care *care, const struct en_case *c,
                                       const struct en_target *target, const struct en_plan *plan,
                                       struct en_arena *a, struct en_fact **out,
                                       struct en_err *err);

/* The scene of a plan: facts derived for each of its sites. */
EN_MUST_USE enum en_status care_scene_make(const struct en_care *care, const struct en_case *c,
                                           const struct en_target *target,
                                           const struct en_plan *plan, struct en_arena *a,
                                           struct care_scene *out, struct en_err *err);

/* A fact being derived: facts is the array of all, in the order of facts.tsv. */
struct care_derive {
    struct care_pad *p;
    const struct en_case *c;
    const struct en_target *target; /* NULL: none */
    const struct en_plan *plan;     /* NULL: none */
    struct en_fact *facts;
    struct en_fact_view view;
};

/* NAN, NULL and EN_UNKNOWN leave the fact unknown. how is shown as the fact's origin. */
void care_set_number(struct care_derive *d, const char *id, double value, const char *how);
void care_set_truth(struct care_derive *d, const char *id, enum en_truth value, const char *how);
void care_set_code(struct care_derive *d, const char *id, const char *value, const char *how);

void care_derive_site(struct care_derive *d, const struct en_plan_site *site);

/* Whether the operator may treat this region (NULL: unknown). */
enum en_truth care_privilege(const struct care_derive *d, const char *region);
void care_derive_course(struct care_derive *d); /* sessions, scores: what a review needs */

/* Region of the target: of its condition, else of the first planned site; NULL unknown. */
const char *care_region(const struct care_derive *d);

/* Doses */

/* The weight that doses go by: the actual one, or the ideal one when that is less and the BMI is at
 * or above the limit. NAN when weight or height is unknown. */
double care_dose_weight(const struct en_knowledge *k, double weight_kg, double height_cm,
                        const char *sex);
double care_bmi(double weight_kg, double height_cm);

/* Patient for doses from the facts of a case. */
struct en_dose_patient care_patient(const struct en_knowledge *k, const struct en_fact *facts,
                                    en_day today);

/* mg of a drug against the patient's maximum. */
void care_dose(struct care_pad *p, const char *drug, double mg,
               const struct en_dose_patient *patient, struct en_dose_line *out);

/* Who signs */

/* Licence known and not expired; o NULL: the account has no Practitioner. */
void care_check_licence(const struct en_care *care, const struct en_practitioner *o,
                        struct en_arena *a, struct en_breaches *out);

/* Every item of `wanted` must be in `held`; NULL is not known. */
void care_check_held(const char *wanted, const char *held, const char *what, struct en_arena *a,
                     struct en_breaches *out);

/* The list without landmarks, which need no privilege of their own. */
const char *care_needing_privilege(const char *guidance, struct en_arena *a);

/* Dates */

/* The time points of follow-up (limits `timepoint.*`) after a first session. */
void care_followups(struct care_pad *p, en_day first, struct en_dated_row **out, size_t *count);

/* Texts */

struct care_fill {
    const char *name, *value; /* value NULL or "": a line to fill in by hand */
};

/* Text with {name} replaced. NULL and a name in *unknown when a placeholder is not in the table. */
const char *care_fill(struct care_pad *p, const char *text, const struct care_fill *fills,
                      size_t fill_count, const char **unknown);

/* "Monday 2026-11-23", or "unknown". */
const char *care_day_text(struct care_pad *p, en_day day);
