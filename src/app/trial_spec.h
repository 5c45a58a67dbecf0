/* SPDX-License-Identifier: Apache-2.0
 * app/trial_spec: the specification of a virtual trial (docs/trial.md), from JSON to what the
 * science wing runs. All problems are collected, each with its JSON pointer. Thread-safe. */
#pragma once

#include "app/spec.h"
#include "cohort/trial.h"

/* A planned trial: what chance has it, and how many patients would it need? */
struct en_trial_question {
    size_t arm, outcome, week; /* against the last arm */
    double power;              /* wanted chance of a two-sided p < 0.05 */
    size_t n_max;              /* largest size to try */
};

struct en_trial_spec {
    const char *name, *title;                    /* title of the condition */
    const char *outcomes[EN_TRIAL_OUTCOMES_MAX]; /* as they were asked for: "womac_change" */
    struct en_trial trial;
    bool has_question;
    struct en_trial_question question;
    double crossover_week; /* NAN: no crossover; else the arms are its sequences */
};

enum {
    EN_TRIAL_PATIENTS = 20000, /* of each arm, when the specification does not say */
    EN_TRIAL_PATIENTS_MIN = 100
};

/* Read a specification. EN_EINVAL when issues has an error. */
EN_MUST_USE enum en_status en_trial_spec_read(const struct en_knowledge *k, const char *bytes,
                                              size_t size, struct en_arena *a,
                                              struct en_trial_spec *out, struct en_issues *issues,
                                              struct en_err *err);

/* Who takes part in trials of a condition: population.tsv, its rows of any condition where this one
 * has none (condition may be NULL), the model's own numbers where the table has none at all. */
struct en_population en_population_of(const struct en_knowledge *k, const char *condition);

/* Parts of the reader, one file each. `condition` may be NULL when it is not known. */

/* The member "population" of the specification; absent: the condition's defaults. */
void en_trial_people_read(struct en_spec *s, struct json_object *root, const char *condition,
                          struct en_population *out);

/* The members "arms" and "crossover". */
void en_trial_arms_read(struct en_spec *s, struct json_object *root, const char *condition,
                        struct en_trial_spec *out);

/* Index of the arm; false, and a problem at `key`, when there is none. */
bool en_trial_arm_find(struct en_spec *s, const struct en_trial *trial, const char *key,
                       const char *name, size_t *index);

/* A member with the name of an arm. */
bool en_trial_arm_read(struct en_spec *s, struct json_object *object, const char *key,
                       const struct en_trial *trial, size_t *index);
