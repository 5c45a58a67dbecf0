/* SPDX-License-Identifier: Apache-2.0
 * app/document_inside: what document*.c and console_review.c share. */
#pragma once

#include "app/document.h"
#include "fhir/writer.h"
#include "report/blocks.h"

/* The blocks as plain JSON; the words' chart texts are written as they stand. */
EN_MUST_USE enum en_status en_app_blocks_json(enum en_paper paper, const struct en_blocks *blocks,
                                              struct en_buf *json, struct en_err *err);

/* A chart's numbers as an object; when: "before", "now" or NULL. */
void en_app_chart_json(struct en_writer *w, const char *key, const struct en_chart *c,
                       const char *when);

/* "problems": those of the case, to choose from with the parameter target. */
void en_app_write_problems(struct en_writer *w, const struct en_app *app, const struct en_case *c);
