/* SPDX-License-Identifier: Apache-2.0
 * cli/calibrate: what the parts of `enthesis calibrate` share: a long run with its checkpoint and
 * its line on the terminal. */
#pragma once

#include "app/calibration.h"
#include "cli/cli.h"

struct en_long {
    struct en_cli *cli;
    const char *checkpoint; /* NULL: none is kept */
    bool is_terminal;
    double started_s, saved_s;
};

/* The calibrations that the options ask for, from the checkpoint on. l->cli is set before. */
EN_MUST_USE enum en_status en_long_run(struct en_long *l, const struct en_arguments *args,
                                       struct en_calibration_run *run, struct en_err *err);

/* Keep the state when it is due, and otherwise when the last time is some seconds ago. */
EN_MUST_USE enum en_status en_long_save(struct en_long *l, const struct en_calibration_run *run,
                                        bool is_due, struct en_err *err);
EN_MUST_USE enum en_status en_long_write(const struct en_long *l, const struct en_buf *bytes,
                                         struct en_err *err);

/* The line on a terminal, and its end. */
void en_long_show(const struct en_long *l, const char *what, const struct en_calibration *c);
void en_long_wipe(const struct en_long *l);

/* `enthesis calibrate cross`. */
en_command_run en_calibrate_cross;
