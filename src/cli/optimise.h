/* SPDX-License-Identifier: Apache-2.0
 * cli/optimise: `plan CASE --optimise`. */
#pragma once

#include "cli/planning.h"

/* Rows of a table of options. */
#define EN_OPTIMISE_OPTIONS                                                                        \
    {"optimise", NULL, "compare plans, exercise and nothing: benefit against burden"},             \
        {"max-sessions", "N", "compare plans of at most so many sessions"},                        \
        {"max-dextrose", "PERCENT", "compare plans without stronger dextrose at any site"},        \
        {"no-exercise", NULL, "compare without exercise"},                                         \
    {                                                                                              \
        "as-planned", NULL, "sessions recorded without volume or dextrose were as planned"         \
    }

/* EN_EINVAL when one of them is given without --optimise. */
EN_MUST_USE enum en_status en_optimise_check(const struct en_arguments *args, struct en_err *err);

EN_MUST_USE enum en_status en_optimise(struct en_cli *cli, const struct en_arguments *args,
                                       struct en_err *err);
