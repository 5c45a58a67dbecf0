/* SPDX-License-Identifier: Apache-2.0
 * The head of a request as FHIR understands it: formats, preferences, parameters of reads. */
#include "base/instant.h"
#include "base/text.h"
#include "server/rest.h"

#include <string.h>

#define JSON_FORMATS "json; application/json; application/fhir+json; text/json"

/* "type/sub; charset=utf-8": size of the media type, and whether its parameters are fine. */
static size_t media_type(const char *text, bool *is_fine)
{
    const size_t size = strcspn(text, "; \t,");
    const char *at = text + size;

    *is_fine = true;
    while (*at == ' ' || *at == '\t' || *at == ';') {
        const size_t blank = strspn(at, " \t;"), length = strcspn(at + blank, ";,");
        char value[64];

        at += blank;
        (void)snprintf(value, sizeof value, "%.*s", (int)(length < 63 ? length : 0), at);
        if (strncasecmp(value, "charset=", 8) == 0) {
            const char *charset = value + 8 + (value[8] == '"');

            *is_fine = *is_fine && (strncasecmp(charset, "utf-8", 5) == 0 ||
                                    strncasecmp(charset, "utf8", 4) == 0);
        } else if (strncasecmp(value, "fhirVersion=", 12) == 0) {
            *is_fine = *is_fine && strncmp(value + 12, "4.0", 3) == 0;
        } else if (strncasecmp(value, "q=0", 3) == 0 &&
                   strspn(value + 3, ".0") == strlen(value + 3)) {
            *is_fine = false;
        }
        at += length;
    }
    return size;
}

static bool is_media(const char *text, size_t size, const char *list)
{
    const char *item = NULL;
    size_t length = 0;

    while ((list = en_list_next(list, &item, &length)) != NULL) {
        if (length == size && strncasecmp(item, text, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool accepts_json(const char *accept)
{
    const char *at = accept + strspn(accept, " \t,");
    bool is_fine;

    while (*at != '\0') {
        const size_t size = media_type(at, &is_fine);

        if (is_fine && is_media(at, size, "*/*; application/*; " JSON_FORMATS)) {
            return true;
        }
        at += strcspn(at, ",");
        at += strspn(at, " \t,");
    }
    return accept[strspn(accept, " \t,")] == '\0';
}

/* Prefer: return=minimal, handling=lenient; parted by commas or semicolons. */
static void read_preferences(struct en_rest *rest, const char *prefer)
{
    while (prefer != NULL && *prefer != '\0') {
        const size_t blank = strspn(prefer, " \t,;"), size = strcspn(prefer + blank, ",; \t");
        const char *word = prefer + blank;

        if (size == 14 && strncasecmp(word, "return=minimal", size) == 0) {
            rest->prefer = EN_PREFER_MINIMAL;
        } else if (size == 21 && strncasecmp(word, "return=representation", size) == 0) {
            rest->prefer = EN_PREFER_REPRESENTATION;
        } else if (size == 23 && strncasecmp(word, "return=OperationOutcome", size) == 0) {
            rest->prefer = EN_PREFER_OUTCOME;
        } else if (size == 16 && strncasecmp(word, "handling=lenient", size) == 0) {
            rest->is_lenient = true;
        }
        prefer = word + size;
    }
}

static void check_body_type(const struct en_rest *rest, struct en_done *done)
{
    const struct en_http_request *rq = rest->rq;
    const char *type = en_http_header(rq, "Content-Type");
    const bool is_patch = rq->method == EN_PATCH;
    const char *path_end = strrchr(rq->path, '/');
    const bool is_form = path_end != NULL && strcmp(path_end, "/_search") == 0;
    const char *wanted = is_patch  ? "application/json-patch+json"
                         : is_form ? "application/x-www-form-urlencoded"
                                   : "application/fhir+json; application/json; text/json";
    bool is_fine = true;

    if (rq->body_size == 0 || rq->method == EN_GET || rq->method == EN_HEAD ||
        rq->method == EN_DELETE) {
        return;
    }
    const size_t size = type == NULL ? 0 : media_type(type, &is_fine);

    if (!is_fine || !is_media(type == NULL ? "" : type, size, wanted)) {
        const char *first = NULL;
        size_t first_size = 0;

        (void)en_list_next(wanted, &first, &first_size);
        en_rest_refuse(rest, done, 415, "not-supported",
                       "send the body as UTF-8 with Content-Type: %.*s", (int)first_size, first);
    }
}

enum en_status en_rest_open(struct en_server *s, const struct en_http_request *rq,
                            struct en_rest *out, struct en_done *done, struct en_err *err)
{
    const char *accept = en_http_header(rq, "Accept"), *given = NULL, *pretty = NULL;

    *out = (struct en_rest){.server = s, .rq = rq, .arena = rq->arena};
    read_preferences(out, en_http_header(rq, "Prefer"));
    EN_TRY(en_http_form_value(rq->query, "_format", rq->arena, &given, err));
    char *format = given == NULL ? NULL : en_arena_copy(rq->arena, given, SIZE_MAX);

    EN_TRY(en_http_form_value(rq->query, "_pretty", rq->arena, &pretty, err));
    out->is_pretty = en_text_equal(pretty, "true");
    bool is_fine = true;

    if (format != NULL) {
        char *plus = strchr(format, ' ');

        if (plus != NULL) { /* a "+" that was not encoded reads as a space */
            *plus = '+';
        }
        is_fine = is_media(format, media_type(format, &is_fine), JSON_FORMATS);
    } else if (accept != NULL) {
        is_fine = accepts_json(accept);
    }
    if (!is_fine) {
        en_rest_refuse(out, done, 406, "not-supported",
                       "only JSON is spoken here: ask for application/fhir+json");
        return EN_OK;
    }
    check_body_type(out, done);
    return EN_OK;
}

enum en_status en_rest_parameter(const char **query, struct en_arena *a, const char **name,
                                 const char **value, struct en_err *err)
{
    const char *at = *query + strspn(*query, "&");
    const size_t size = strcspn(at, "&");
    const char *equals = memchr(at, '=', size);
    const size_t name_size = equals == NULL ? size : (size_t)(equals - at);
    const char *start = equals == NULL ? at + size : equals + 1;

    *name = NULL;
    if (size == 0) {
        return EN_OK;
    }
    *query = at + size;
    EN_TRY(en_http_decode(at, name_size, true, a, name, err));
    return en_http_decode(start, (size_t)(at + size - start), true, a, value, err);
}

/* "name,birthDate" to "name; birthDate". */
static const char *element_list(struct en_arena *a, const char *text)
{
    struct en_buf list = EN_BUF(4096);

    for (const char *at = text; *at != '\0'; at += *at == ',' ? 1 : 0) {
        const size_t size = strcspn(at, ",");

        en_buf_add(&list, list.size > 0 ? "; " : "");
        en_buf_add_bytes(&list, at, size);
        at += size;
    }
    const char *out = list.status == EN_OK ? en_arena_copy(a, en_buf_text(&list), SIZE_MAX) : NULL;

    en_buf_free(&list);
    return out;
}

static bool read_summary(const char *value, struct en_view *view)
{
    static const struct {
        const char *word;
        enum en_subset_kind kind;
    } WORDS[] = {{"true", EN_SUBSET_SUMMARY},
                 {"text", EN_SUBSET_TEXT},
                 {"data", EN_SUBSET_DATA},
                 {"false", EN_SUBSET_NONE}};

    for (size_t i = 0; i < EN_COUNT(WORDS); i++) {
        if (strcmp(value, WORDS[i].word) == 0) {
            view->subset.kind = WORDS[i].kind;
            return true;
        }
    }
    return false;
}

/* One parameter; false: there is no such here. *is_fine: its value can be read. */
static bool view_parameter(const struct en_rest *rest, bool is_history, const char *name,
                           const char *value, struct en_view *view, bool *is_fine)
{
    int64_t high_us;
    long long count;

    *is_fine = true;
    if (strcmp(name, "_format") == 0 || strcmp(name, "_pretty") == 0) {
        return true;
    }
    if (!is_history && strcmp(name, "_summary") == 0) {
        *is_fine = read_summary(value, view);
        return true;
    }
    if (!is_history && strcmp(name, "_elements") == 0) {
        view->subset = (struct en_subset){EN_SUBSET_ELEMENTS, element_list(rest->arena, value)};
        *is_fine = view->subset.elements != NULL;
        return true;
    }
    if (!is_history) {
        return false;
    }
    if (strcmp(name, "_count") == 0) {
        *is_fine = en_text_integer(value, 1, INT32_MAX, &count);
        view->count =
            *is_fine ? (int)(count < EN_SEARCH_COUNT_MAX ? count : EN_SEARCH_COUNT_MAX) : 0;
        return true;
    }
    if (strcmp(name, "_since") == 0) {
        *is_fine = en_instant_span(value, &view->since_us, &high_us);
        return true;
    }
    if (strcmp(name, "_cursor") == 0) {
        view->cursor = value;
        return true;
    }
    return false;
}

void en_rest_view(const struct en_rest *rest, const struct en_interact *in, struct en_view *out,
                  struct en_done *done)
{
    const bool is_history = in->kind == EN_REST_HISTORY;
    const char *query = in->query, *name = NULL, *value = NULL;
    struct en_err err = {""};
    bool is_fine;

    *out = (struct en_view){.since_us = INT64_MIN};
    for (;;) {
        if (en_rest_parameter(&query, rest->arena, &name, &value, &err) != EN_OK) {
            en_rest_refuse(rest, done, 400, "invalid", "%s", err.text);
            return;
        }
        if (name == NULL) {
            return;
        }
        if (!view_parameter(rest, is_history, name, value, out, &is_fine) && !rest->is_lenient) {
            en_rest_refuse(rest, done, 400, "not-supported",
                           "a parameter of this %s is not known; these are: %s",
                           is_history ? "history" : "read",
                           is_history ? "_count, _since, _format, _pretty"
                                      : "_summary, _elements, _format, _pretty");
        } else if (!is_fine) {
            en_rest_refuse(rest, done, 400, "value", "the value of %s cannot be read", name);
        }
    }
}
