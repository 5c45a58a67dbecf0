/* SPDX-License-Identifier: Apache-2.0
 * report/chart_trial: the panels of a trial, drawn into a box of a canvas. */
#pragma once

#include "report/canvas.h"
#include "report/trial.h"
#include "report/words.h"

struct en_trial_panel {
    double x, y, width, height; /* [pt] */
    double font;                /* of the smallest text [pt] */
};

/* One outcome: at the left each arm over the weeks, at the right its difference from the last arm
 * (nothing when there is one arm). Lines are medians, bars and shades the middle 50 % and 90 % of
 * what trials report. */
void en_trial_row_draw(struct en_canvas *c, struct en_words *w, const struct en_trial_report *r,
                       size_t outcome, const struct en_trial_panel *box);

/* Names of the arms beside their lines, in as many lines as needed; gives the height. */
double en_trial_legend_draw(struct en_canvas *c, struct en_words *w,
                            const struct en_trial_report *r, const struct en_trial_panel *box);
