/* SPDX-License-Identifier: Apache-2.0
 * cli/ask: the fields of a case while it is being built, and the questions that fill it. */
#pragma once

#include "cli/cli.h"
#include "fhir/builder.h"

enum { EN_FIELDS_MAX = 512 };

/* The answers so far, in order; `back` takes the last one away. */
struct en_fields {
    struct en_case_item items[EN_FIELDS_MAX];
    size_t count;
};

/* Text is kept, not copied. */
EN_MUST_USE enum en_status en_field_add(struct en_fields *f, const char *field, const char *value,
                                        struct en_err *err);

/* Ask on the terminal until no rule wants to know more, the input ends or the answer is "done".
 * Each answer is checked at once; "back" undoes, an empty line leaves the question unknown. */
EN_MUST_USE enum en_status en_ask(struct en_cli *cli, struct en_fields *f, struct en_err *err);
