/* SPDX-License-Identifier: Apache-2.0
 * fhir/writer: JSON text, written in order into a buffer.
 *
 * Members and items are separated and indented by the writer; empty objects, arrays and texts are
 * left out by the caller's choice of calls: en_write_text skips NULL and "", en_write_number skips
 * NAN, since FHIR allows neither empty values nor null. A key of NULL makes an item of an array. */
#pragma once

#include "base/buf.h"
#include "base/date.h"

enum { EN_WRITER_DEPTH_MAX = 32 };

struct en_writer {
    struct en_buf *out;
    char close[EN_WRITER_DEPTH_MAX]; /* '}' or ']' per level */
    bool has_items[EN_WRITER_DEPTH_MAX];
    size_t depth;
};

#define EN_WRITER(buf) ((struct en_writer){.out = (buf)})

/* A JSON string with its quotes, alone; NULL is "". */
void en_write_quoted(struct en_buf *out, const char *text);

/* open is '{' or '['. */
void en_write_open(struct en_writer *w, const char *key, char open);
void en_write_close(struct en_writer *w);
void en_write_text(struct en_writer *w, const char *key, const char *text);
void en_write_print(struct en_writer *w, const char *key, const char *format, ...) EN_PRINTF(3, 4);
void en_write_bool(struct en_writer *w, const char *key, bool value);

/* Plain JSON only: FHIR has no null. */
void en_write_null(struct en_writer *w, const char *key);
void en_write_integer(struct en_writer *w, const char *key, long long value);

/* With `digits` behind the point at most; zeros at the end are dropped. */
void en_write_number(struct en_writer *w, const char *key, double value, int digits);

/* "YYYY-MM-DD"; EN_DAY_UNKNOWN is skipped. */
void en_write_date(struct en_writer *w, const char *key, en_day day);

/* A number as it was written in a text that en_text_number accepts. */
void en_write_decimal(struct en_writer *w, const char *key, const char *text);

/* Ends the text with a newline; the buffer's status. */
EN_MUST_USE enum en_status en_write_end(struct en_writer *w, const char *what, struct en_err *err);
