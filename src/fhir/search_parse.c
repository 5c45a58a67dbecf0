/* SPDX-License-Identifier: Apache-2.0
 * The text of a query: pairs, percent codes, and what it says once it is understood. */
#include "base/text.h"
#include "fhir/search_inside.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { NAME_TOLD_MAX = 64, ROOM = 64 };

/* Whether a name may stand in a message: what is typed into a wrong place may be a patient's. */
static bool is_tellable(const char *name)
{
    const size_t size = strlen(name);

    return size > 0 && size <= NAME_TOLD_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:") == size;
}

bool en_search_refuse(struct en_search_reader *r, const char *code, const char *name,
                      const char *format, ...)
{
    struct en_err text;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    en_issue_add(r->issues, r->a, EN_ISSUE_ERROR, code, r->type, "the search parameter %s %s",
                 is_tellable(name) ? name : "(unnamed)", text.text);
    return false;
}

static int digit_of(char c)
{
    static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c == '\0' ? NULL : strchr(DIGITS, c);

    return at == NULL ? -1 : (int)(at - DIGITS) % 16;
}

/* Decode in place. False for a bad code, a NUL, or what is no UTF-8. */
static bool decode(char *text)
{
    char *to = text;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '%') {
            *to = *p;
            if (*p == '+') {
                *to = ' ';
            }
            to++;
            continue;
        }
        const int high = digit_of(p[1]), low = high < 0 ? -1 : digit_of(p[2]);

        if (low < 0 || high * 16 + low == 0) {
            return false;
        }
        *to++ = (char)(high * 16 + low);
        p += 2;
    }
    *to = '\0';
    return en_utf8_valid(text, (size_t)(to - text), NULL);
}

static char *encode(char *to, const char *text)
{
    static const char HEX[] = "0123456789ABCDEF";

    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (isalnum(c) || strchr("-._~:,/", c) != NULL) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = HEX[c >> 4];
            *to++ = HEX[c & 15U];
        }
    }
    return to;
}

/* One pair that was understood, for the self link. */
static char *say(char *to, const char *start, const char *name, const char *value)
{
    if (to != start) {
        *to++ = '&';
    }
    to = encode(to, name);
    *to++ = '=';
    return encode(to, value);
}

static bool is_said(const char *name)
{
    return strcmp(name, "_cursor") != 0 && strcmp(name, "_format") != 0 &&
           strcmp(name, "_pretty") != 0;
}

/* One decoded pair; *is_used false: a lenient search leaves it out. */
static bool read_pair(struct en_search_reader *r, const char *name, const char *value,
                      bool *is_used)
{
    bool is_good = false;

    *is_used = true;
    if (value[0] == '\0') {
        return en_search_refuse(r, "value", name, "has no value");
    }
    if (en_search_read_control(r, name, value, &is_good)) {
        return is_good;
    }
    return en_search_read_clause(r, name, value, is_used);
}

/* All pairs; to becomes the text that was understood. */
static void read_pairs(struct en_search_reader *r, char *pairs, char *text)
{
    char *to = text, count[16];

    for (char *pair; (pair = strsep(&pairs, "&")) != NULL && !r->is_full;) {
        if (pair[0] == '\0') {
            continue;
        }
        char *name = pair, *equals = strchr(pair, '=');
        char *value = equals == NULL ? pair + strlen(pair) : equals + 1;
        bool is_used;

        if (equals != NULL) {
            *equals = '\0';
        }
        if (!decode(name) || !decode(value)) {
            (void)en_search_refuse(r, "value", "", "is not percent-encoded UTF-8");
            continue;
        }
        if (!read_pair(r, name, value, &is_used) || !is_used || !is_said(name)) {
            continue;
        }
        const bool is_count = strcmp(name, "_count") == 0;

        (void)snprintf(count, sizeof count, "%d", r->out->count);
        to = say(to, text, name, is_count ? count : value);
    }
    r->out->text = text;
}

/* NOLINTNEXTLINE(readability-function-size): five inputs, and the three that every reader has. */
enum en_status en_search_parse(const struct en_search_params *params, const char *type,
                               const char *query, bool is_lenient, struct en_arena *a,
                               struct en_search_query *out, struct en_issues *issues,
                               struct en_err *err)
{
    assert(type != NULL);
    const size_t errors = issues->error_count;
    const size_t size = query == NULL ? 0 : strlen(query);
    struct en_search_reader r = {.params = params,
                                 .type = type,
                                 .a = a,
                                 .out = out,
                                 .issues = issues,
                                 .is_lenient = is_lenient};
    char *pairs = en_arena_copy(a, query == NULL ? "" : query, size);
    /* A percent code is three bytes for one; _count may become longer than it was. */
    char *text = EN_NEW(a, char, 3 * size + ROOM);

    *out = (struct en_search_query){.type = type, .count = -1};
    out->clauses = EN_NEW(a, struct en_search_clause, EN_SEARCH_CLAUSES_MAX);
    r.is_full = pairs == NULL || text == NULL || out->clauses == NULL;
    if (!r.is_full) {
        read_pairs(&r, pairs, text);
    }
    out->count = out->count < 0 ? EN_SEARCH_COUNT : out->count;
    if (issues->error_count == errors && !r.is_full) {
        return EN_OK;
    }
    *out = (struct en_search_query){0};
    if (r.is_full) {
        return en_fail(err, EN_ENOMEM, "no memory for a search");
    }
    return en_fail(err, EN_EINVAL, "the search was not understood: %s",
                   issues->count > 0 ? issues->items[issues->count - 1].text : "see its issues");
}
