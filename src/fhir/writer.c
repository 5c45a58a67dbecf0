/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/writer.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

void en_write_quoted(struct en_buf *out, const char *text)
{
    en_buf_add(out, "\"");
    for (const char *p = text; p != NULL && *p != '\0'; p++) {
        const unsigned char c = (unsigned char)*p;

        if (c == '"' || c == '\\') {
            en_buf_print(out, "\\%c", c);
        } else if (c == '\n') {
            en_buf_add(out, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            en_buf_print(out, "\\u%04x", c);
        } else {
            en_buf_add_bytes(out, p, 1);
        }
    }
    en_buf_add(out, "\"");
}

/* Comma, line break, indentation and the key. */
static void begin(struct en_writer *w, const char *key)
{
    if (w->depth > 0) {
        bool *has_items = &w->has_items[w->depth - 1];

        assert((key == NULL) == (w->close[w->depth - 1] == ']'));
        en_buf_add(w->out, *has_items ? ",\n" : "\n");
        *has_items = true;
        for (size_t i = 0; i < w->depth; i++) {
            en_buf_add(w->out, "  ");
        }
    }
    if (key != NULL) {
        en_write_quoted(w->out, key);
        en_buf_add(w->out, ": ");
    }
}

void en_write_open(struct en_writer *w, const char *key, char open)
{
    assert(w->depth < EN_WRITER_DEPTH_MAX);
    begin(w, key);
    en_buf_add(w->out, open == '{' ? "{" : "[");
    w->close[w->depth] = open == '{' ? '}' : ']';
    w->has_items[w->depth] = false;
    w->depth++;
}

void en_write_close(struct en_writer *w)
{
    assert(w->depth > 0);
    w->depth--;
    if (w->has_items[w->depth]) {
        en_buf_add(w->out, "\n");
        for (size_t i = 0; i < w->depth; i++) {
            en_buf_add(w->out, "  ");
        }
    }
    en_buf_add(w->out, w->close[w->depth] == '}' ? "}" : "]");
}

void en_write_text(struct en_writer *w, const char *key, const char *text)
{
    if (!en_text_is_empty(text)) {
        begin(w, key);
        en_write_quoted(w->out, text);
    }
}

void en_write_print(struct en_writer *w, const char *key, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    en_write_text(w, key, text);
}

void en_write_bool(struct en_writer *w, const char *key, bool value)
{
    begin(w, key);
    en_buf_add(w->out, value ? "true" : "false");
}

void en_write_null(struct en_writer *w, const char *key)
{
    begin(w, key);
    en_buf_add(w->out, "null");
}

void en_write_integer(struct en_writer *w, const char *key, long long value)
{
    begin(w, key);
    en_buf_print(w->out, "%lld", value);
}

void en_write_number(struct en_writer *w, const char *key, double value, int digits)
{
    char text[400];

    if (!isfinite(value)) {
        return;
    }
    (void)snprintf(text, sizeof text, "%.*f", digits, value);
    if (strchr(text, '.') != NULL) {
        size_t size = strlen(text);

        while (text[size - 1] == '0') {
            size--;
        }
        text[text[size - 1] == '.' ? size - 1 : size] = '\0';
    }
    begin(w, key);
    en_buf_add(w->out, strcmp(text, "-0") == 0 ? "0" : text);
}

void en_write_date(struct en_writer *w, const char *key, en_day day)
{
    char text[EN_DATE_TEXT_MAX];

    if (day != EN_DAY_UNKNOWN) {
        en_write_text(w, key, en_date_text(day, text));
    }
}

void en_write_decimal(struct en_writer *w, const char *key, const char *text)
{
    begin(w, key);
    en_buf_add(w->out, text);
}

enum en_status en_write_end(struct en_writer *w, const char *what, struct en_err *err)
{
    assert(w->depth == 0);
    en_buf_add(w->out, "\n");
    return en_buf_check(w->out, what, err);
}
