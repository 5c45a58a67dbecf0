/* SPDX-License-Identifier: Apache-2.0
 * cli/validate: what `enthesis validate` can do besides a file of results. Inside cli only. */
#pragma once

#include "cli/cli.h"

/* `enthesis validate clinic`: stopping rules compared in a simulated clinic. */
EN_MUST_USE enum en_status en_validate_clinic(struct en_cli *cli, const struct en_arguments *args,
                                              struct en_err *err);

/* `enthesis validate self`: the posterior of one person put to the test. */
EN_MUST_USE enum en_status en_validate_self(struct en_cli *cli, const struct en_arguments *args,
                                            struct en_err *err);
