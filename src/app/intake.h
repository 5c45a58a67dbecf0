/* SPDX-License-Identifier: Apache-2.0
 * app/intake: what a form needs in order to take in a patient: the questions, from the tables of
 * the knowledge, and what the record answers already. Plain JSON. Thread-safe: no state. */
#pragma once

#include "app/app.h"

/* Questions with their kinds of answers, units, limits and how long an answer counts; conditions,
 * sites, movements, names of drugs and allergens, instruments. No patient's data; the same for the
 * same knowledge. */
EN_MUST_USE enum en_status en_app_questions(const struct en_knowledge *k, struct en_buf *json,
                                            struct en_err *err);

/* A resource that a case was read from. */
struct en_intake_part {
    const char *type, *id;
    int64_t version;
};

/* What a case says, by fact: value and its day, whether it is too old, an explicit "not known",
 * and the resource it stands in, alone or as a part; problems, findings of the examination, scores,
 * earlier treatments. parts: the resources in the order of the Bundle that the case was read from,
 * shape [count]. */
EN_MUST_USE enum en_status en_app_intake(const struct en_app *app, const struct en_case *c,
                                         const struct en_intake_part *parts, size_t count,
                                         struct en_arena *a, struct en_buf *json,
                                         struct en_err *err);
