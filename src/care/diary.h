/* SPDX-License-Identifier: Apache-2.0
 * care/diary: what a patient is asked on a day between sessions, and what the answers mean.
 *
 * The questions follow from the rules of triage: nothing is asked that no rule of this case waits
 * for. What was not answered is unknown and never lowers the urgency. Results live in the arena
 * handed in. Pure, thread-safe. */
#pragma once

#include "care/after.h"

/* An answer to one question about symptoms. */
struct en_diary_answer {
    const char *fact;    /* id, one that en_diary_is_symptom knows */
    enum en_truth truth; /* of a yes-or-no question */
    double number;       /* of the others, in the fact's unit; NAN not known */
};

/* Whether a patient is asked for this fact (row of facts.tsv): a symptom of the triage. */
bool en_diary_is_symptom(const struct en_row *fact);

/* The questions: rows of facts.tsv in their order. */
EN_MUST_USE enum en_status en_diary_questions(const struct en_care *care, const struct en_case *c,
                                              struct en_arena *a, const struct en_row ***out,
                                              size_t *count, struct en_err *err);

/* What the answers of a day come to. */
struct en_diary_result {
    struct en_triage triage;
    const struct en_row **acts; /* rows of texts.tsv: what to do meanwhile, shape [act_count] */
    size_t act_count;
};

/* How urgent these answers of today are. What the case says of symptoms is left aside: only the
 * answers count. An answer to what is no symptom is EN_EINVAL. On failure the level is that of an
 * emergency. */
EN_MUST_USE enum en_status en_diary_judge(const struct en_care *care, const struct en_case *c,
                                          const struct en_diary_answer *answers, size_t count,
                                          struct en_arena *a, struct en_diary_result *out,
                                          struct en_err *err);

/* What is being treated, and when. */
struct en_diary_course {
    const char *region; /* as in facts.tsv `region`; NULL unknown */
    enum en_side side;
    en_day last; /* session given, by today; EN_DAY_UNKNOWN none */
};

/* By the last session; before the first one, by the case's first problem. */
struct en_diary_course en_diary_course_of(const struct en_care *care, const struct en_case *c);

/* Aftercare of the last session. next: day of the next one, EN_DAY_UNKNOWN: not booked. Nothing
 * before the first session. */
EN_MUST_USE enum en_status en_diary_aftercare(const struct en_care *care, const struct en_case *c,
                                              en_day next, struct en_arena *a,
                                              struct en_dated_row **out, size_t *count,
                                              struct en_err *err);

/* Whether a line holds on this day: between its days; one without days always. */
bool en_diary_is_current(const struct en_dated_row *row, en_day day);
