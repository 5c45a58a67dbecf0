/* SPDX-License-Identifier: Apache-2.0
 * app/console_inside: what the files of the console share. */
#pragma once

#include "app/console.h"
#include "fhir/writer.h"
#include "report/words.h"

struct console {
    struct en_writer w;
    struct en_words words;
    const struct en_app *app;
    const struct en_plan_answer *answer;
    const struct en_plan_request *request;
    struct en_arena *a;
};

/* "from": where a row comes from and whether somebody stands for it; NULL: nothing. */
void console_from(struct console *c, const struct en_row *row);

/* A list cell, or any list text, as an array of texts; "" : nothing. */
void console_list(struct console *c, const char *key, const char *list);

/* A rule that fired or is unknown, as an item. */
void console_finding(struct console *c, const struct en_finding *f);

/* console_plan.c: what a plan would be put together of (always), and the plan (issued alone). */
void console_choices(struct console *c);
void console_plan(struct console *c);

/* console_forecast.c: the bands. */
void console_forecast(struct console *c, const struct en_forecast *f);

/* End the outermost object; the status of buffer and words. */
EN_MUST_USE enum en_status console_end(struct console *c, const char *what, struct en_err *err);
