/* SPDX-License-Identifier: Apache-2.0
 * app/selfcheck: the posterior of one person put to the test with the stored calibration: simulated
 * persons (forecast/selfcheck) and long chains on hard cases (forecast/reference). Bytes in, bytes
 * out: who runs it writes the files. */
#pragma once

#include "app/app.h"
#include "forecast/reference.h"
#include "report/selfcheck.h"

struct en_selfcheck_options {
    size_t persons; /* simulated */
    size_t draws;   /* of each hypothesis for each of them */
    size_t cases;   /* the first so many of EN_REFERENCE_CASES beside long chains */
    uint64_t seed;
    int threads; /* 0: one per processor */
};

enum {
    EN_SELFCHECK_PERSONS = 1000,
    EN_SELFCHECK_PERSONS_MAX = 100000,
    EN_SELFCHECK_DRAWS = 1000,
    EN_SELFCHECK_DRAWS_MAX = 10000
};

/* A check under way: to be advanced until done == all. Lives in the arena. */
struct en_selfcheck_answer {
    struct en_selfcheck_options options;
    struct en_posterior posterior;
    struct en_reference_settings chains;
    struct en_selfcheck_person *persons; /* shape [options.persons] */
    struct en_reference *cases;          /* shape [options.cases] */
    size_t persons_done, cases_done;
    size_t done, all;        /* units of work */
    struct en_selfcheck sum; /* when all is done */
};
EN_MUST_USE enum en_status
en_app_selfcheck_open(const struct en_app *app, const struct en_selfcheck_options *options,
                      struct en_arena *a, struct en_selfcheck_answer *out, struct en_err *err);
/* Some more persons, or one more case. */
EN_MUST_USE enum en_status en_app_selfcheck_advance(struct en_selfcheck_answer *answer,
                                                    struct en_arena *scratch, struct en_err *err);

/* What report/selfcheck draws of it. */
struct en_selfcheck_report en_app_selfcheck_report(const struct en_app *app,
                                                   const struct en_selfcheck_answer *answer);

/* The numbers as a table, one value a row: docs/selfcheck.tsv. */
struct en_selfcheck_row {
    const char *kind; /* "setting", "rank", "weight", "case" */
    const char *id, *title, *quantity;
    double value;
};
struct en_selfcheck_rows {
    struct en_selfcheck_row *rows; /* shape [count], in the arena */
    size_t count;
};
EN_MUST_USE enum en_status en_selfcheck_rows_of(const struct en_selfcheck_answer *answer,
                                                struct en_arena *a, struct en_selfcheck_rows *out,
                                                struct en_err *err);
void en_selfcheck_rows_print(const struct en_selfcheck_rows *rows, struct en_buf *out);
EN_MUST_USE enum en_status en_selfcheck_rows_read(const char *file, const char *bytes, size_t size,
                                                  struct en_arena *a, struct en_selfcheck_rows *out,
                                                  struct en_err *err);

/* All of it as JSON. */
EN_MUST_USE enum en_status en_selfcheck_json(const struct en_selfcheck_rows *rows,
                                             struct en_buf *out, struct en_err *err);

/* The section of docs/validation.md; without rows: not done yet. */
void en_selfcheck_docs(const struct en_selfcheck_rows *rows, struct en_buf *out);
