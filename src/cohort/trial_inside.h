/* SPDX-License-Identifier: Apache-2.0
 * cohort/trial_inside: what the files of virtual trials share. Inside cohort only. */
#pragma once

#include "cohort/people.h"
#include "cohort/score.h"
#include "cohort/trial.h"
#include "num/exact.h"

enum {
    TRIAL_VISITS_MAX = EN_TRIAL_WEEKS_MAX + EN_TRIAL_SESSIONS_MAX,
    TRIAL_CHUNK = 512,      /* patients that are run together */
    TRIAL_GROUP_MAX = 64,   /* virtual trials of one unit */
    TRIAL_TRIALS_MIN = 200, /* of each hypothesis: enough for quantiles */
    TRIAL_BINS = 1000,
    TRIAL_OUTPUTS_MAX = EN_SCORE_OUTPUT_COUNT + 2
};

/* A day on which patients are seen. */
struct trial_visit {
    double day;
    double kept, fresh; /* of the fluctuation since the visit before: share, new SD [NRS] */
    size_t week;        /* index of the observation, or EN_TRIAL_WEEKS_MAX: none */
    bool decides;       /* an as-needed session of this day is given or not */
};

/* An arm made ready for running. */
struct trial_arm {
    struct trial_visit visits[TRIAL_VISITS_MAX];
    size_t visit_count;
    struct en_session sessions[EN_TRIAL_SESSIONS_MAX];
    size_t session_count; /* those before the last observation */
    struct en_change changes[EN_TRIAL_CHANGES_MAX];
    bool is_at_rest; /* nothing is done: the tissue stays at its baseline, a steady state */
};

struct trial_plan {
    const struct en_trial *trial;
    const struct en_posterior *posterior;
    int condition;
    struct people people;
    struct trial_arm arms[EN_TRIAL_ARMS_MAX];
    enum en_output outputs[TRIAL_OUTPUTS_MAX]; /* those of EN_SCORE_OUTPUTS come first */
    size_t output_count, stiffness, laxity;    /* places of the last two, if asked for */
    bool needs_function;
};

EN_MUST_USE enum en_status trial_plan(const struct en_trial *t, const struct en_posterior *p,
                                      struct trial_plan *out, struct en_err *err);

/* Virtual trials of one hypothesis, and of one unit. */
uint64_t trial_replicates(const struct en_trial *t);
size_t trial_group(const struct en_trial *t);

/* Sums: the head, then one cell for each hypothesis, arm, outcome and week. */
enum { TRIAL_DRAWN, TRIAL_REFUSED_ENTRY, TRIAL_REFUSED_CONSTRAINT, TRIAL_HEAD_COUNT };
struct trial_sums {
    struct en_exact patients;
    int64_t better;                                 /* trials with p < 0.05 in favour of the arm */
    int64_t mean[TRIAL_BINS], contrast[TRIAL_BINS]; /* trials by what they report */
};
enum { TRIAL_CELL_COUNT = sizeof(struct trial_sums) / sizeof(int64_t) };

/* Grids of what a trial reports. */
struct en_histogram trial_means(enum en_trial_measure m);
struct en_histogram trial_contrasts(enum en_trial_measure m);

bool trial_is_share(enum en_trial_measure m);

/* The reports of the virtual trials of one unit: what patients of one trial, arm, outcome and week
 * add up to, shape [trial][arm][outcome][week]. */
size_t trial_cell(const struct en_trial *t, size_t replicate, size_t arm, size_t outcome,
                  size_t week);

/* Add the reports of `count` trials of hypothesis h to the sums; several threads may do so at
 * once. */
void trial_report(const struct en_trial *t, size_t h, const struct en_exact *cells, size_t count,
                  int64_t *sums);

/* Patients of one arm in one unit, chunk by chunk (trial_arm.c). */
struct trial_room;
struct trial_room *trial_room(const struct trial_plan *plan, struct en_arena *a,
                              struct en_err *err);

struct trial_unit {
    size_t hypothesis;
    uint64_t first; /* virtual trial */
    size_t count;
};
EN_MUST_USE enum en_status trial_unit_run(const struct trial_plan *plan,
                                          const struct trial_unit *unit, struct trial_room *room,
                                          int64_t *sums, struct en_err *err);
