/* SPDX-License-Identifier: Apache-2.0
 * app/trial_job: a virtual trial from its specification to its answer in one call, in pieces, so
 * that somebody can watch it and end it. Thread-safe. */
#pragma once

#include "app/app.h"

struct en_trial_request {
    const char *bytes; /* the specification, JSON (docs/trial.md) */
    size_t size;
    uint64_t patients; /* of each arm; 0: the specification's */
    bool has_seed;
    uint64_t seed; /* instead of the specification's */
    int threads;   /* 0: one per processor; changes no byte of the answer */
    /* Told the share that is done; false ends it. May be NULL. */
    bool (*tell)(void *context, double share);
    void *context;
};

enum {
    /* A trial in a request's background: some minutes on two processors. */
    EN_TRIAL_REQUEST_PATIENTS_MAX = 1000000
};

/* Whether the specification can be run: EN_EINVAL when issues has an error or there are too many
 * patients. */
EN_MUST_USE enum en_status en_app_trial_check(const struct en_app *app,
                                              const struct en_trial_request *request,
                                              struct en_arena *a, struct en_issues *issues,
                                              struct en_err *err);

/* The answer as `enthesis trial --json` prints it. EN_ELIMIT: `tell` ended it. */
EN_MUST_USE enum en_status en_app_trial(const struct en_app *app,
                                        const struct en_trial_request *request, struct en_arena *a,
                                        struct en_buf *json, struct en_err *err);
