/* SPDX-License-Identifier: Apache-2.0
 * care/after: after a session: triage of symptoms, review of the response, aftercare with dates.
 *
 * Results live in the arena handed in. Pure, thread-safe. */
#pragma once

#include "care/plan.h"
#include "care/rules.h"

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

/* The course of treatment of a target: the sessions in its region and on its side. A pause of more
 * than the window of the session cap (plan.cap_window) ends a course: what was given and scored
 * before it says nothing about this one. */
struct en_course {
    const char
        *region; /* of the condition, else of the plan's first site; NULL unknown: no course */
    enum en_side side;
    en_day start; /* of its first session; EN_DAY_UNKNOWN: no session yet */
    en_day today;
};

/* plan may be NULL. Pure. */
struct en_course en_course_of(const struct en_care *care, const struct en_case *c,
                              const struct en_target *target, const struct en_plan *plan);

/* Whether a session, given by today, is one of the course. */
bool en_course_has(const struct en_course *course, const struct en_past_session *s);

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
