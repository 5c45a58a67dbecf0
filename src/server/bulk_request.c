/* SPDX-License-Identifier: Apache-2.0
 * server/bulk_request: what a client of the Bulk Data API asks for. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/deidentify.h"
#include "fhir/writer.h"
#include "server/bulk.h"
#include "server/parameters.h"
#include "server/rest.h"

#include <string.h>

enum { TYPES_MAX = 200 };

static const struct en_op_rule RULES[] = {
    {"_outputFormat", EN_PARAMETER_VALUE, "application/fhir+ndjson"},
    {"_since", EN_PARAMETER_VALUE, "what changed at or after this instant"},
    {"_type", EN_PARAMETER_REPEATED, "types of resources, separated by commas"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

struct asking {
    struct en_server *s;
    const struct en_http_request *rq;
    struct en_http_response *rs;
    enum en_bulk_level level;
    const char *group;
    struct en_op_parameters p;
    const char *types[TYPES_MAX];
    size_t type_count;
    int64_t since_us;
    bool is_refused;
};

static enum en_status refuse(struct asking *k, int status, const char *code, const char *text)
{
    k->is_refused = true;
    return en_refuse(k->rs, status, code, "%s", text);
}

/* Headers */

/* Whether a list "a, b;c=d" holds the word. */
static bool has_word(const char *list, const char *word)
{
    while (list != NULL && *list != '\0') {
        const size_t blank = strspn(list, " \t,;"), size = strcspn(list + blank, ",; \t");

        if (size == strlen(word) && strncasecmp(list + blank, word, size) == 0) {
            return true;
        }
        list += blank + size;
    }
    return false;
}

static enum en_status check_headers(struct asking *k)
{
    static const char *const FORMATS[] = {"application/fhir+json", "application/json", "*/*",
                                          "application/*"};
    const char *accept = en_http_header(k->rq, "Accept");
    bool is_fine = accept == NULL;

    for (size_t i = 0; i < EN_COUNT(FORMATS); i++) {
        is_fine = is_fine || has_word(accept, FORMATS[i]);
    }
    if (!has_word(en_http_header(k->rq, "Prefer"), "respond-async")) {
        return refuse(k, 400, "required", "an export is made later: send Prefer: respond-async");
    }
    return is_fine ? EN_OK : refuse(k, 406, "not-supported", "send Accept: application/fhir+json");
}

/* Parameters */

static enum en_status check_format(struct asking *k)
{
    const char *format = en_op_parameter(&k->p, "_outputFormat");

    if (format == NULL || en_text_equal(format, "application/fhir+ndjson") ||
        en_text_equal(format, "application/ndjson") || en_text_equal(format, "ndjson") ||
        en_text_equal(format, "application/fhir ndjson")) { /* a '+' that was not encoded */
        return EN_OK;
    }
    return refuse(k, 400, "value", "_outputFormat must be application/fhir+ndjson");
}

static enum en_status check_since(struct asking *k)
{
    const char *since = en_op_parameter(&k->p, "_since");
    int64_t high_us = 0;

    k->since_us = INT64_MIN;
    if (since == NULL || en_instant_span(since, &k->since_us, &high_us)) {
        return EN_OK;
    }
    return refuse(k, 400, "value", "_since must be an instant: 2026-03-02T10:00:00Z");
}

/* Whether the level has the type at all. */
static bool is_of_level(const struct asking *k, const char *type)
{
    return en_rest_type_known(k->s, type) &&
           (k->level == EN_BULK_SYSTEM || en_text_equal(type, "Patient") ||
            en_search_param_find(k->s->params, type, EN_SEARCH_COMPARTMENT) != NULL);
}

static bool is_permitted(const struct asking *k, const char *type)
{
    return en_may(&k->rq->caller, EN_DO_READ, type) &&
           (!en_must_deidentify(&k->rq->caller) || en_deidentify_shows(type));
}

static bool has_type(const struct asking *k, const char *type)
{
    for (size_t i = 0; i < k->type_count; i++) {
        if (en_text_equal(k->types[i], type)) {
            return true;
        }
    }
    return false;
}

static enum en_status add_type(struct asking *k, const char *type)
{
    if (!is_of_level(k, type)) {
        return refuse(k, 400, "not-supported", "_type names a type that this export does not have");
    }
    if (!is_permitted(k, type)) {
        return refuse(k, 403, "forbidden", "_type names a type that you may not read");
    }
    if (!has_type(k, type) && k->type_count < TYPES_MAX) {
        k->types[k->type_count++] = type;
    }
    return EN_OK;
}

/* One text of _type: "Patient,Observation". */
static enum en_status add_list(struct asking *k, const char *list)
{
    for (const char *at = list; !k->is_refused;) {
        const size_t size = strcspn(at, ",");
        const char *type = en_arena_copy(k->rq->arena, at, size);

        if (type == NULL) {
            return EN_ENOMEM;
        }
        EN_TRY(add_type(k, type));
        if (at[size] == '\0') {
            return EN_OK;
        }
        at += size + 1;
    }
    return EN_OK;
}

/* All that the level has and the caller may read. */
static enum en_status add_every_type(struct asking *k)
{
    for (size_t i = 0; i < k->s->params->count; i++) {
        const char *type = k->s->params->items[i].type;

        const bool is_wanted = !has_type(k, type) && is_of_level(k, type) && is_permitted(k, type);

        EN_TRY(is_wanted ? add_type(k, type) : EN_OK);
    }
    return EN_OK;
}

static enum en_status choose_types(struct asking *k)
{
    const struct en_asked asked = en_op_parameters_asked(&k->p);
    const char *list = NULL;

    for (size_t i = 0; (list = asked.nth(asked.context, "_type", i)) != NULL; i++) {
        EN_TRY(k->is_refused ? EN_OK : add_list(k, list));
    }
    return en_op_parameter(&k->p, "_type") != NULL ? EN_OK : add_every_type(k);
}

static enum en_status read_all(struct asking *k, struct en_err *err)
{
    EN_TRY(check_headers(k));
    if (!k->is_refused) {
        EN_TRY(en_op_parameters_read(k->rq, RULES, NULL, &k->p, k->rs, &k->is_refused, err));
    }
    if (!k->is_refused) {
        EN_TRY(check_format(k));
    }
    if (!k->is_refused) {
        EN_TRY(check_since(k));
    }
    return k->is_refused ? EN_OK : choose_types(k);
}

/* What is kept */

static void write_request(const struct asking *k, struct en_buf *out)
{
    static const char *const LEVELS[] = {"system", "patient", "group"};
    const struct en_http_request *rq = k->rq;
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "level", LEVELS[k->level]);
    en_write_text(&w, "group", k->group);
    en_write_open(&w, "types", '[');
    for (size_t i = 0; i < k->type_count; i++) {
        en_write_text(&w, NULL, k->types[i]);
    }
    en_write_close(&w);
    if (k->since_us != INT64_MIN) {
        en_write_integer(&w, "since", k->since_us);
    }
    en_write_bool(&w, "deidentified", en_must_deidentify(&rq->caller));
    en_write_integer(&w, "today", rq->today);
    en_write_text(&w, "root", en_http_root(rq));
    en_write_print(&w, "url", "%s%s%s%s", en_http_root(rq), rq->path,
                   rq->query[0] == '\0' ? "" : "?", rq->query);
    en_write_text(&w, "role", en_role_name(rq->caller.role));
    en_write_text(&w, "request", rq->id);
    en_write_text(&w, "address", rq->address);
    en_write_close(&w);
}

enum en_status en_bulk_request(struct en_server *s, const struct en_http_request *rq,
                               enum en_bulk_level level, const char *group, const char **out,
                               struct en_http_response *rs, struct en_err *err)
{
    struct asking *k = EN_NEW(rq->arena, struct asking, 1);
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);

    *out = NULL;
    if (k == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an export");
    }
    *k = (struct asking){.s = s, .rq = rq, .rs = rs, .level = level, .group = group};
    EN_TRY(read_all(k, err));
    if (k->is_refused) {
        return EN_OK;
    }
    write_request(k, &text);
    const enum en_status st = en_buf_check(&text, "the request", err);

    *out = st == EN_OK ? en_arena_copy(rq->arena, en_buf_text(&text), text.size) : NULL;
    en_buf_free(&text);
    return st != EN_OK || *out != NULL ? st : en_fail(err, EN_ENOMEM, "no memory for an export");
}
