/* SPDX-License-Identifier: Apache-2.0
 * app/outcomes: the clinic's own results: courses of many patients added up per condition, with how
 * complete they are, and each course as a row without a name.
 *
 * It counts, it does not compare: without a control group nothing here is evidence of an effect.
 * Numbers of benefit are given away only with enough courses and follow-up (limits report.min_n,
 * followup.completeness_min; policy own_outcomes); harms always, with their denominators. A patient
 * is read alone, in any order on any thread; adding is one thread's, in a fixed order, so that the
 * same records give the same bytes. Room is fixed, whatever the number of patients. */
#pragma once

#include "app/app.h"
#include "care/outcome.h"

enum {
    EN_TREATED_MAX = 8,    /* courses of one patient */
    EN_HARMS_MAX = 64,     /* harms of one patient */
    EN_HARM_KINDS = 40,    /* kinds in a group: all of ae_codes.tsv and what is none of them */
    EN_OUTCOME_GROUPS = 96 /* conditions */
};

/* A harm that was recorded as an AdverseEvent. */
struct en_harm {
    const struct en_row *code; /* of ae_codes.tsv; NULL: another */
    size_t course;             /* of the patient; SIZE_MAX: of none */
    size_t session; /* number that tells sessions of the patient apart; SIZE_MAX unknown */
};

/* What one patient's record says. */
struct en_treated {
    struct en_course_outcome courses[EN_TREATED_MAX];
    struct en_harm harms[EN_HARMS_MAX];
    size_t course_count, harm_count;
    const char *sex; /* of the knowledge's words; NULL unknown */
    en_day birth;
    bool is_unreadable; /* the record has errors: nothing is known of it */
};

/* A patient's record, and the AdverseEvents, which are no part of it. */
struct en_treated_record {
    const char *bundle;
    size_t size;
    const char *const *events; /* JSON, shape [event_count] */
    size_t event_count;
};

EN_MUST_USE enum en_status en_app_treated(const struct en_app *app,
                                          const struct en_treated_record *record,
                                          struct en_arena *a, struct en_treated *out,
                                          struct en_err *err);

/* Which courses count. */
struct en_outcome_filter {
    const char *condition; /* id; NULL all */
    enum en_side side;     /* EN_SIDE_UNKNOWN: all */
    en_day from, to;       /* of the first session; EN_DAY_UNKNOWN: no limit */
};

/* Numbers that are added up one after the other: mean and spread. */
struct en_tally {
    size_t n;
    double mean, squares; /* sum of squared distances from the mean */
};

/* An interval; NAN where there is none. */
struct en_span {
    double low, high;
};

void en_tally_add(struct en_tally *t, double value);
/* Student's t interval of the mean, 95 %; NAN below two values. */
struct en_span en_tally_span(const struct en_tally *t);
/* Wilson's interval of a share, 95 %; NAN of nothing. */
struct en_span en_wilson_span(size_t count, size_t size);
/* Highest share that is still plausible (95 %) where none was seen in n: 3 / n, at most 1. */
double en_rule_of_three(size_t n);

struct en_outcome_point {
    size_t due;                     /* courses whose time-point is over */
    size_t followed;                /* of these: with pain scored before and then */
    struct en_tally pain, function; /* improvement: above 0 is better */
    size_t judged, responders;      /* of those followed: could be told; are */
};

struct en_harm_count {
    const struct en_row *code;
    size_t events, sessions, patients;
};

struct en_outcome_group {
    const struct en_row *condition; /* NULL: conditions that were not recognised */
    const char *region;
    const struct en_row *measure;
    size_t patients, courses, sessions;
    size_t unrecorded; /* sessions without a record of harm or its absence */
    struct en_outcome_point points[EN_TIMEPOINTS_MAX];
    struct en_harm_count harms[EN_HARM_KINDS];
    size_t harm_count;
    size_t serious_sessions; /* with a serious harm */
};

struct en_outcomes {
    const struct en_knowledge *knowledge;
    en_day today;
    struct en_outcome_filter filter;
    struct en_timepoints timepoints;
    struct en_outcome_group groups[EN_OUTCOME_GROUPS];
    size_t group_count, unreadable;
};

void en_outcomes_start(const struct en_app *app, const struct en_outcome_filter *filter,
                       struct en_outcomes *out);
void en_outcomes_add(struct en_outcomes *o, const struct en_treated *t);
bool en_outcome_counts(const struct en_outcome_filter *filter,
                       const struct en_course_outcome *course);

/* Why a number of benefit is not given away; EN_SHOWN: it is. */
enum en_hidden {
    EN_SHOWN,
    EN_HIDDEN_FEW,
    EN_HIDDEN_INCOMPLETE,
    EN_HIDDEN_POLICY,
    EN_HIDDEN_NOT_YET
};
enum en_hidden en_outcome_hidden(const struct en_knowledge *k, const struct en_outcome_point *p);

/* outcomes_json.c: all groups, by number of courses, as plain JSON. */
EN_MUST_USE enum en_status en_outcomes_json(const struct en_outcomes *o, struct en_buf *out,
                                            struct en_err *err);

/* outcomes_rows.c: courses as rows. Whoever writes them hands in what stands for the patient and
 * the day of the first session, moved (fhir/deidentify). */
struct en_outcome_row {
    const struct en_course_outcome *course;
    const struct en_treated *patient;
    size_t number;         /* of the patient's courses, from 1 */
    const char *pseudonym; /* of the patient */
    en_day start;          /* moved */
    int age;               /* at the first session [years]; -1 unknown */
};
void en_outcomes_csv_head(const struct en_timepoints *t, struct en_buf *out);
void en_outcomes_csv(const struct en_timepoints *t, const struct en_outcome_row *row,
                     struct en_buf *out);
void en_outcomes_ndjson(const struct en_timepoints *t, const struct en_outcome_row *row,
                        struct en_buf *out);
