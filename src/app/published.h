/* SPDX-License-Identifier: Apache-2.0
 * app/published: a file of published results (docs/validation.md), as evidence to be predicted. */
#pragma once

#include "app/evidence.h"
#include "app/sheet.h"

/* The columns, in the order of the documentation. */
extern const struct en_sheet_column EN_PUBLISHED_COLUMNS[];

struct en_published {
    struct en_evidence evidence;
    size_t known_count; /* studies that are in the tables of calibration: no validation */
};

/* Read a file; all in the arena. EN_EINVAL names line and column. */
EN_MUST_USE enum en_status en_published_read(const struct en_app *app, const char *file,
                                             const char *bytes, size_t size, struct en_arena *a,
                                             struct en_published *out, struct en_err *err);
