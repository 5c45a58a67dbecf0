/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clock.h"
#include "base/instant.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct en_log {
    FILE *out;
    enum en_log_level least;
    pthread_mutex_t lock;
};

enum en_status en_log_open(FILE *out, enum en_log_level least, struct en_log **log,
                           struct en_err *err)
{
    struct en_log *l = calloc(1, sizeof *l);

    if (l == NULL || pthread_mutex_init(&l->lock, NULL) != 0) {
        free(l);
        return en_fail(err, EN_ENOMEM, "no memory for the log");
    }
    l->out = out;
    l->least = least;
    *log = l;
    return EN_OK;
}

void en_log_close(struct en_log *log)
{
    if (log != NULL) {
        (void)pthread_mutex_destroy(&log->lock);
        free(log);
    }
}

/* Room for the line feed and the NUL stays free. */
static size_t room(const struct en_log_line *l)
{
    return sizeof l->text - 2 - l->size;
}

static bool is_plain(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("\"=\\", *c) != NULL) {
            return false;
        }
    }
    return value[0] != '\0';
}

/* One character as it may stand in quotes: returns its size in out. Bytes of UTF-8 stay. */
static size_t escaped(char c, char out[5])
{
    static const char DIGITS[] = "0123456789abcdef";
    const unsigned char u = (unsigned char)c;

    if (c == '"' || c == '\\') {
        out[0] = '\\';
        out[1] = c;
        return 2;
    }
    if (u >= ' ' && u != 0x7f) {
        out[0] = c;
        return 1;
    }
    out[0] = '\\';
    out[1] = 'x';
    out[2] = DIGITS[u >> 4];
    out[3] = DIGITS[u & 15];
    return 4;
}

/* Append; false, and nothing appended, when it does not fit. */
static bool add(struct en_log_line *l, const char *text, size_t size)
{
    if (size > room(l)) {
        return false;
    }
    memcpy(l->text + l->size, text, size);
    l->size += size;
    return true;
}

static bool add_quoted(struct en_log_line *l, const char *value)
{
    bool fits = add(l, "\"", 1);

    for (const char *c = value; fits && *c != '\0'; c++) {
        char out[5] = "";
        const size_t size = escaped(*c, out);

        fits = add(l, out, size);
    }
    return fits && add(l, "\"", 1);
}

void en_log_text(struct en_log_line *l, const char *key, const char *value)
{
    const size_t before = l->size;

    if (value == NULL) {
        return;
    }
    bool fits = before == 0 || add(l, " ", 1);

    fits = fits && add(l, key, strlen(key)) && add(l, "=", 1);
    fits = fits && (is_plain(value) ? add(l, value, strlen(value)) : add_quoted(l, value));
    if (!fits) {
        l->size = before;
    }
}

void en_log_integer(struct en_log_line *l, const char *key, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    en_log_text(l, key, text);
}

void en_log_number(struct en_log_line *l, const char *key, double value)
{
    char text[340];

    (void)snprintf(text, sizeof text, "%.3f", value);
    en_log_text(l, key, text);
}

void en_log_start(struct en_log_line *l, enum en_log_level level, const char *event,
                  const char *request)
{
    static const char *const LEVELS[] = {"info", "warning", "error"};
    char time[EN_INSTANT_TEXT_MAX];

    l->size = 0;
    l->level = level;
    en_log_text(l, "time", en_instant_text(en_clock_us(), time));
    en_log_text(l, "level", LEVELS[level]);
    en_log_text(l, "event", event);
    en_log_text(l, "request", request);
}

bool en_log_takes(const struct en_log *log, enum en_log_level level)
{
    return log != NULL && log->out != NULL && level >= log->least;
}

void en_log_write(struct en_log *log, struct en_log_line *l)
{
    if (!en_log_takes(log, l->level)) {
        return;
    }
    l->text[l->size] = '\n';
    l->text[l->size + 1] = '\0';
    (void)pthread_mutex_lock(&log->lock);
    /* A log that cannot be written must not stop the clinic. */
    (void)fwrite(l->text, 1, l->size + 1, log->out);
    (void)fflush(log->out);
    (void)pthread_mutex_unlock(&log->lock);
}

void en_log_event(struct en_log *log, enum en_log_level level, const char *event,
                  const char *request, const char *text)
{
    struct en_log_line l;

    en_log_start(&l, level, event, request);
    en_log_text(&l, "text", text);
    en_log_write(log, &l);
}
