/* SPDX-License-Identifier: Apache-2.0
 * report/words: how values become words, the same on screen and on paper.
 *
 * Every function gives text that lives in the arena and is never NULL: an unknown value becomes
 * "unknown", never "nan". When the arena is full the text is "" and `failed` is set. */
#pragma once

#include "base/arena.h"
#include "report/report.h"

struct en_words {
    struct en_arena *arena;
    const struct en_knowledge *knowledge; /* NULL: ids stand in for titles */
    en_day today;                         /* a value of this day is printed without its date */
    bool failed;
};

const char *en_words_print(struct en_words *w, const char *format, ...) EN_PRINTF(2, 3);

/* Valid UTF-8 on one line without control or direction characters; "" for NULL. */
const char *en_words_clean(struct en_words *w, const char *text);

/* The next character of UTF-8 text; text must not be at its end. */
const char *en_words_next(const char *text);

/* At most `decimals` digits behind the point, without trailing zeros: "0.5", "6". */
const char *en_words_number(struct en_words *w, double value, int decimals);
/* Exactly `decimals` digits: "6.0". */
const char *en_words_fixed(struct en_words *w, double value, int decimals);
/* 0.62 becomes "62 %". */
const char *en_words_share(struct en_words *w, double fraction);

/* "Mon 2026-01-05" and "Monday 5 January 2026". */
const char *en_words_day(struct en_words *w, en_day day);
const char *en_words_long_day(struct en_words *w, en_day day);

/* "S. P." of the letters that start the words of a name. */
const char *en_words_initials(struct en_words *w, const char *name);

/* "58 y" or "age unknown"; "female" or "sex unknown". */
const char *en_words_age(struct en_words *w, const struct en_report *r);
const char *en_words_sex(struct en_words *w, const struct en_report *r);
const char *en_words_side(struct en_words *w, const struct en_report *r);
/* Title of the condition, else the text of the Condition, else "no condition recognised". */
const char *en_words_condition(struct en_words *w, const struct en_report *r);

const char *en_words_arm(const char *id);    /* "Saline injections" */
const char *en_words_phrase(const char *id); /* "saline injections", after "with" */
/* Whether the forecast is one in the course of treatment: something has happened before its day. */
bool en_words_is_course(const struct en_forecast *f);
/* Whether no session of its plan is left: going on is then the same as stopping. */
bool en_words_is_complete(const struct en_forecast *f);
/* The arms of such a forecast: "Go on with saline"; of another: as en_words_arm. Short: "go on" for
 * a label beside a curve. */
const char *en_words_arm_of(const struct en_forecast *f, size_t arm);
const char *en_words_arm_short(const struct en_forecast *f, size_t arm);
/* Whether an arm is shown: of a course that is complete those that are the plan again are not. */
bool en_words_is_shown(const struct en_forecast *f, size_t arm);
const char *en_words_hypothesis(size_t index); /* EN_MIXED: "mixed" */
const char *en_words_outcome(enum en_outcome outcome);
const char *en_words_guidance(const char *code); /* "US": "ultrasound" */

/* Title of a fact (the id when it has none), and a list of them. */
const char *en_words_fact(struct en_words *w, const char *id);
/* The question of a fact (its title when it has none). */
const char *en_words_question(struct en_words *w, const struct en_row *fact);
const char *en_words_facts(struct en_words *w, const char *const *ids, size_t count);
/* "INR: 3.4 (2026-01-02, too old)"; a value that was computed today has no date. */
const char *en_words_input(struct en_words *w, const struct en_input *input);
const char *en_words_inputs(struct en_words *w, const struct en_finding *f);

/* "S-KIM · grade B", and a dagger until somebody approves the row (EN_WORDS_DAGGER says so). */
#define EN_WORDS_DAGGER "† default not yet approved by a clinician"
const char *en_words_source(struct en_words *w, const struct en_row *row);

/* A cell, cleaned; "" when row is NULL. */
const char *en_words_cell(struct en_words *w, const struct en_row *row, const char *column);
/* Structures at risk of a site beside its danger; "not listed" when it has neither. */
const char *en_words_risks(struct en_words *w, const struct en_row *site);
/* A code as words: "not_covered" becomes "Not covered". */
const char *en_words_code(struct en_words *w, const char *code);
/* A sentence's first letter as a capital (a to z only). */
const char *en_words_sentence(struct en_words *w, const char *text);
/* The text of a row of texts.tsv, or the text given when there is none. */
const char *en_words_text(struct en_words *w, const char *id, const char *otherwise);

/* A band: "3.1 [2.0–4.2]", and "(0.6–6.1) 62 %" with the chance of an important change. */
const char *en_words_middle(struct en_words *w, const struct en_band *band, enum en_outcome o);
const char *en_words_wide(struct en_words *w, const struct en_band *band, enum en_outcome o);
/* "H0 25 %, H1 ..." */
const char *en_words_weights(struct en_words *w, const struct en_forecast *f);
/* What the forecast rests on, in sentences: "Calibrated on 143 results of 41 trials. ..."; that it
 * is not calibrated, otherwise. */
const char *en_words_basis(struct en_words *w, const struct en_forecast *f);
/* "Pain, median after 52 weeks: 3.2 with the plan, 3.9 with saline injections"; in the course of
 * treatment "... after 52 weeks: go on 3.2, go on with saline 3.9" */
const char *en_words_forecast(struct en_words *w, const struct en_forecast *f,
                              enum en_outcome outcome);
/* "12 of 14 values are unapproved defaults: edit and sign"; then what the clinic set itself. */
const char *en_words_defaults(struct en_words *w, const struct en_plan *p);
/* A rule with several undecided tiers is shown once: whether finding i is the first of its rule
 * among the undecided, and the titles of all facts that this rule waits for. */
bool en_words_is_first(const struct en_assessment *a, size_t i);
const char *en_words_missing(struct en_words *w, const struct en_assessment *a, size_t i);
/* Source of a site, and the one that most sites of the plan share, the first of equals: it is
 * printed once, and at a site only where that differs. */
const char *en_words_site_source(struct en_words *w, const struct en_plan_site *s);
const char *en_words_sites_source(struct en_words *w, const struct en_plan *plan);
/* "Session fee 120 EUR; 13 amounts to be filled in by the clinic". */
const char *en_words_costs(struct en_words *w, const struct en_plan *plan);
/* Titles of the alternatives: "Exercise; Losing weight". */
const char *en_words_choices(struct en_words *w, const struct en_plan *plan);
/* Above the alternatives when the plan is blocked: waiting is none for a septic joint. */
#define EN_WORDS_FIRST                                                                             \
    "First settle what stands above: none of these replaces it, and not all of them suit it."
/* A warning that every mix of the plan carries; never true for a single mix. */
bool en_words_is_shared(const struct en_plan *plan, const char *warning);
/* "Mon 2026-03-30 to Mon 2026-04-27", one day when both are the same or the end is open. */
const char *en_words_span(struct en_words *w, const struct en_dated_row *d);
/* How all rows of a list end, from a whole word on: "after the first session: scores of pain"; two
 * words of each are left ("6 weeks"). "" when they have nothing in common, or are all the same. */
const char *en_words_common_end(struct en_words *w, const struct en_dated_row *rows, size_t count);
/* The text without that end: "6 weeks". */
const char *en_words_before(struct en_words *w, const char *text, const char *end);
/* "2.0 mL prepared, the sites take 1.5 mL, discard the rest"; "" when both are the same. */
const char *en_words_batch(struct en_words *w, const struct en_plan_mix *m);
/* Rehabilitation: "After each session: Settle 0–3 d; Load 14–42 d." and what the region needs
 * all the time; "" when the plan has none. */
const char *en_words_phases(struct en_words *w, const struct en_plan *plan);
const char *en_words_exercises(struct en_words *w, const struct en_plan *plan);
/* "57 rules looked at: 3 apply, 2 cannot be decided" */
const char *en_words_rules(struct en_words *w, const struct en_assessment *a);

/* The verdict (unknown counts as bad) or a plan without sites leaves nothing to carry out. */
bool en_words_is_blocked(const struct en_report *r);
/* Whether the plan is printed: not blocked, and the verdict alone was not asked for. */
bool en_words_has_plan(const struct en_report *r);
/* Other treatments are offered: not beside a stop without override, where something graver comes
 * first (a septic joint is not for an exercise programme). */
bool en_words_has_choices(const struct en_report *r);
/* A sentence (after a blank) why none is printed; "" when it is, or was not asked for. */
const char *en_words_no_plan(const struct en_report *r);
