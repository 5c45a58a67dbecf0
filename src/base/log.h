/* SPDX-License-Identifier: Apache-2.0
 * base/log: what a long-running program does, one line per event:
 *
 *     time=2026-03-02T10:00:00.123Z level=info event=request request=0123456789abcdef status=200
 *
 * Values are escaped, so a line is a line whatever a client sent. Nothing of a patient belongs into
 * a log: no names, no values, no query; a route's pattern instead of its path. Thread-safe, but for
 * a line being made, which belongs to its maker. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct en_log;

enum en_log_level { EN_LOG_INFO, EN_LOG_WARNING, EN_LOG_ERROR };

enum { EN_LOG_LINE_MAX = 2048 };

/* A line being made; what does not fit is left out, whole pairs first. */
struct en_log_line {
    char text[EN_LOG_LINE_MAX];
    size_t size;
    enum en_log_level level;
};

/* out must outlive the log; it is not closed. NULL: nothing is written. Events below `least` are
 * left out. */
EN_MUST_USE enum en_status en_log_open(FILE *out, enum en_log_level least, struct en_log **log,
                                       struct en_err *err);
void en_log_close(struct en_log *log); /* NULL is fine */

/* request: id of the request it belongs to; NULL none. */
void en_log_start(struct en_log_line *l, enum en_log_level level, const char *event,
                  const char *request);
void en_log_text(struct en_log_line *l, const char *key, const char *value); /* NULL: left out */
void en_log_integer(struct en_log_line *l, const char *key, int64_t value);
void en_log_number(struct en_log_line *l, const char *key, double value); /* three decimals */

/* Whether an event of this level is written at all. */
bool en_log_takes(const struct en_log *log, enum en_log_level level);

/* Write the line. log NULL: nothing is done. */
void en_log_write(struct en_log *log, struct en_log_line *l);

/* A whole event with one text. */
void en_log_event(struct en_log *log, enum en_log_level level, const char *event,
                  const char *request, const char *text);
