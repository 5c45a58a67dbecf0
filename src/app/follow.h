/* SPDX-License-Identifier: Apache-2.0
 * app/follow: what the files that read the record of a course share. Not for other files.
 *
 * Every entry of the record (a session, a score, a graded laxity) is looked at once; what is wrong
 * with it is a clause, and one with a clause that excludes it goes nowhere but into the notes. */
#pragma once

#include "app/outlook.h"
#include "app/request.h"

struct follow_entry {
    const char *what; /* "session", "laxity", id of an instrument */
    en_day day;
    enum en_usage usage;
    const char *why;
    bool is_silent; /* no note: told by another entry, or of no concern */

    /* Scores */
    const struct en_row *instrument; /* NULL: a laxity */
    const char *key;                 /* what makes a series: instrument, site */
    enum en_side side;               /* of a laxity */
    double value;
    size_t index; /* in the case, for a fixed order */
    bool is_observation;
    struct en_observation observation;
};

struct following {
    const struct en_app *app;
    const struct en_case *c;
    const struct en_plan *plan;
    struct en_course course;
    bool as_planned;
    struct en_arena *a;
    struct en_follow *out;
    struct follow_entry *entries; /* shape [entry_count], room for the whole record */
    size_t entry_count;
};

/* A new entry, used unless something is found to be wrong with it. */
struct follow_entry *follow_add(struct following *g, const char *what, en_day day);

/* Leave an entry out. */
void follow_exclude(struct follow_entry *e, const char *why);

/* What is wrong with a day: unknown, after today, before the problem began. NULL: nothing. */
const char *follow_day_fault(const struct following *g, en_day day);

/* Fills out->followup.given. EN_EINVAL: a session that cannot be used. */
EN_MUST_USE enum en_status follow_sessions(struct following *g, struct en_err *err);

/* Fills the baselines and out->followup.observations; the sessions stand already. */
EN_MUST_USE enum en_status follow_scores(struct following *g, struct en_err *err);
