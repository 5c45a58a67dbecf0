/* SPDX-License-Identifier: Apache-2.0
 * app/validation: reported results beside what was predicted of them, as rows that a table holds:
 * from a file of published results, or from leaving out one data set after the other. */
#pragma once

#include "app/calibration.h"
#include "app/published.h"

/* One result. Texts are never NULL. */
struct en_validation_row {
    const char *id, *study, *dataset, *condition, *arm, *versus, *outcome;
    bool is_dextrose; /* the arm has dextrose, and versus (if there is one) has none */
    double week, n, value, se;
    struct en_prediction p;
};

struct en_validation_rows {
    struct en_validation_row *rows; /* shape [count] */
    size_t count;
};

/* Rows of evidence with their predictions [row_count]. */
EN_MUST_USE enum en_status en_validation_rows_of(const struct en_evidence *e,
                                                 const struct en_prediction *predictions,
                                                 struct en_arena *a, struct en_validation_rows *out,
                                                 struct en_err *err);

/* Results of a cross-validation: the reported rows, then the contrasts they imply. */
EN_MUST_USE enum en_status en_validation_rows_of_cross(const struct en_cross *c, struct en_arena *a,
                                                       struct en_validation_rows *out,
                                                       struct en_err *err);

/* What is predicted of a file of published results with the stored posterior. */
struct en_validate_request {
    const char *file; /* name, for messages */
    const char *bytes;
    size_t size, draws; /* of the posterior for each row */
    uint64_t seed;
    int threads; /* 0: one per processor */
};
struct en_validate_answer {
    struct en_published published;
    struct en_posterior posterior;
    struct en_validation_rows rows, contrasts; /* contrasts: implied by the arms */
};
EN_MUST_USE enum en_status en_app_validate(const struct en_app *app,
                                           const struct en_validate_request *request,
                                           struct en_arena *a, struct en_validate_answer *out,
                                           struct en_err *err);

/* Scores of the rows that are wanted; NULL: of all. Shares are NAN without rows. */
typedef bool en_validation_choice(const struct en_validation_row *row, const void *context);
void en_validation_score(const struct en_validation_rows *rows, en_validation_choice *is_wanted,
                         const void *context, struct en_validation *out);

/* Whether the reported value lies in the central interval of that level, 0 .. 1. */
bool en_validation_covers(const struct en_validation_row *row, double level);

/* The table docs/validation.tsv, and back. */
void en_validation_print(const struct en_validation_rows *rows, struct en_buf *out);
EN_MUST_USE enum en_status en_validation_read(const char *file, const char *bytes, size_t size,
                                              struct en_arena *a, struct en_validation_rows *out,
                                              struct en_err *err);

/* The answer as JSON. */
EN_MUST_USE enum en_status en_validation_json(const struct en_validate_answer *answer,
                                              struct en_buf *out, struct en_err *err);

/* docs/validation.md: how to validate, and how the calibration did; rows NULL: not done yet. */
void en_validation_docs(const struct en_validation_rows *rows, struct en_buf *out);
