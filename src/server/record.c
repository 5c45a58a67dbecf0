/* SPDX-License-Identifier: Apache-2.0 */
#include "server/record.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"

#include <assert.h>
#include <string.h>

/* Lists of versions that grow */

struct list {
    struct en_arena *a;
    struct en_version *items;
    size_t count, capacity;
};

static enum en_status list_add(struct list *l, const struct en_version *v, struct en_err *err)
{
    if (l->count >= EN_BUNDLE_ENTRIES_MAX) {
        return en_fail(err, EN_ELIMIT, "the record has more than %d resources of one kind",
                       (int)EN_BUNDLE_ENTRIES_MAX);
    }
    if (l->count == l->capacity) {
        const size_t capacity = l->capacity == 0 ? 64 : 2 * l->capacity;
        struct en_version *more = EN_NEW(l->a, struct en_version, capacity);

        if (more == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for a record");
        }
        if (l->count > 0) {
            memcpy(more, l->items, l->count * sizeof *more);
        }
        l->items = more;
        l->capacity = capacity;
    }
    l->items[l->count++] = *v;
    return EN_OK;
}

static enum en_status add_page(struct list *l, const struct en_page *page, struct en_err *err)
{
    for (size_t i = 0; i < page->count; i++) {
        EN_TRY(list_add(l, &page->items[i], err));
    }
    return EN_OK;
}

/* All pages of a query. */
static enum en_status all_pages(struct en_tx *tx, struct en_search_query *query, struct list *l,
                                struct en_err *err)
{
    struct en_page page;

    do {
        EN_TRY(en_tx_search(tx, query, l->a, &page, err));
        EN_TRY(add_page(l, &page, err));
        query->cursor = page.next_cursor;
    } while (page.next_cursor != NULL);
    return EN_OK;
}

enum en_status en_tx_find(struct en_tx *tx, const struct en_search_param *param, const char *system,
                          const char *code, struct en_arena *a, struct en_versions *out,
                          struct en_err *err)
{
    struct en_search_value value = {.system = system, .code = code, .text = ""};
    struct en_search_clause clause = {.param = param, .values = &value, .value_count = 1};
    struct en_search_query query = {.type = param->type,
                                    .clauses = &clause,
                                    .clause_count = 1,
                                    .count = EN_SEARCH_COUNT_MAX,
                                    .text = ""};
    struct list l = {.a = a};

    EN_TRY(all_pages(tx, &query, &l, err));
    *out = (struct en_versions){l.items, l.count};
    return EN_OK;
}

enum en_status en_tx_record_type(struct en_tx *tx, const struct en_record_request *rq,
                                 const char *type, struct en_arena *a, struct en_versions *out,
                                 struct en_err *err)
{
    const struct en_search_param *patient = en_search_param_find(rq->params, type, "patient");
    struct en_search_query query = {
        .type = type, .count = EN_SEARCH_COUNT_MAX, .compartment = rq->patient, .text = ""};
    struct list l = {.a = a};

    if (en_search_param_find(rq->params, type, EN_SEARCH_COMPARTMENT) == NULL) {
        assert(patient != NULL);
        return en_tx_find(tx, patient, "Patient", rq->patient, a, out, err);
    }
    EN_TRY(all_pages(tx, &query, &l, err));
    *out = (struct en_versions){l.items, l.count};
    return EN_OK;
}

/* The record */

struct gathering {
    struct en_tx *tx;
    const struct en_record_request *rq;
    struct en_arena *a;
    struct list parts;
    struct en_err *err;
};

/* Whether an operation made it, by its tag. */
static bool is_result(const struct en_version *v)
{
    if (strstr(v->body, EN_ORIGIN_SYSTEM) == NULL) {
        return false;
    }
    struct json_object *root = json_tokener_parse(v->body);
    struct json_object *tags = en_json_get(en_json_get(root, "meta"), "tag");
    bool is_tagged = false;

    for (size_t i = 0; i < en_json_count(tags); i++) {
        struct json_object *tag = en_json_at(tags, i);

        is_tagged = is_tagged || (en_text_equal(en_json_text(tag, "system"), EN_ORIGIN_SYSTEM) &&
                                  en_text_equal(en_json_text(tag, "code"), "operation"));
    }
    (void)json_object_put(root);
    return is_tagged;
}

/* A session of today that nobody ended yet. One that was left open on an earlier day counts. */
static bool is_under_way(const struct gathering *g, const struct en_version *v)
{
    if (g->rq->today == EN_DAY_UNKNOWN || !en_text_equal(v->type, "Procedure")) {
        return false;
    }
    struct json_object *root = json_tokener_parse(v->body);
    const char *moment = en_json_text(root, "performedDateTime");
    const char *start = en_json_text(en_json_get(root, "performedPeriod"), "start");
    en_day day = EN_DAY_UNKNOWN;

    (void)en_date_parse(moment != NULL ? moment : start, &day, NULL);
    const bool is_open =
        en_concept_has(en_json_get(root, "code"), EN_PROCEDURE_SYSTEM, "prolotherapy-session") &&
        en_text_equal(en_json_text(root, "status"), "in-progress") &&
        (day == EN_DAY_UNKNOWN || day >= g->rq->today);

    (void)json_object_put(root);
    return is_open;
}

static enum en_status add_all(struct gathering *g, const struct en_versions *v)
{
    for (size_t i = 0; i < v->count; i++) {
        const bool is_no_fact = is_result(&v->items[i]) || is_under_way(g, &v->items[i]);

        EN_TRY(is_no_fact ? EN_OK : list_add(&g->parts, &v->items[i], g->err));
    }
    return EN_OK;
}

static bool has_part(const struct gathering *g, const char *type, const char *id)
{
    for (size_t i = 0; i < g->parts.count; i++) {
        if (en_text_equal(g->parts.items[i].type, type) &&
            en_text_equal(g->parts.items[i].id, id)) {
            return true;
        }
    }
    return false;
}

/* One resource, when it is there. */
static enum en_status add_one(struct gathering *g, const char *type, const char *id)
{
    struct en_version v;
    struct en_err missing = {""};

    if (has_part(g, type, id)) {
        return EN_OK;
    }
    const enum en_status st = en_tx_get(g->tx, type, id, 0, g->a, &v, &missing);

    if (st == EN_ENOTFOUND || (st == EN_OK && v.is_deleted)) {
        return EN_OK;
    }
    return st == EN_OK ? list_add(&g->parts, &v, g->err) : en_fail(g->err, st, "%s", missing.text);
}

/* "Medication/x", also with a version: the part between. */
static enum en_status add_reference(struct gathering *g, struct json_object *reference)
{
    static const char *const TYPES[] = {"Medication", "Organization"};
    const char *text = en_json_text(reference, "reference");

    for (size_t i = 0; text != NULL && i < EN_COUNT(TYPES); i++) {
        const size_t size = strlen(TYPES[i]);

        if (en_text_starts(text, TYPES[i]) && text[size] == '/') {
            const char *id = en_arena_copy(g->a, text + size + 1, strcspn(text + size + 1, "/"));

            return id == NULL ? en_fail(g->err, EN_ENOMEM, "no memory for a record")
                              : add_one(g, TYPES[i], id);
        }
    }
    return EN_OK;
}

/* What medicines and payers refer to. */
static enum en_status add_referenced(struct gathering *g, const struct en_version *v)
{
    const bool is_cover = en_text_equal(v->type, "Coverage");

    if (!is_cover && !en_text_equal(v->type, "MedicationStatement") &&
        !en_text_equal(v->type, "MedicationRequest")) {
        return EN_OK;
    }
    struct json_object *root = json_tokener_parse(v->body);
    enum en_status st = add_reference(g, en_json_get(root, "medicationReference"));

    for (size_t i = 0; st == EN_OK && is_cover && i < en_json_count(en_json_get(root, "payor"));
         i++) {
        st = add_reference(g, en_json_at(en_json_get(root, "payor"), i));
    }
    (void)json_object_put(root);
    return st;
}

static enum en_status add_patient(struct gathering *g)
{
    struct en_version v;

    EN_TRY(en_tx_get(g->tx, "Patient", g->rq->patient, 0, g->a, &v, g->err));
    if (v.is_deleted) {
        return en_fail(g->err, EN_ENOTFOUND, "this patient's record was deleted");
    }
    return list_add(&g->parts, &v, g->err);
}

/* Who asks, with all roles. */
static enum en_status add_staff(struct gathering *g)
{
    const struct en_search_param *param =
        en_search_param_find(g->rq->params, "PractitionerRole", "practitioner");
    struct en_versions roles = {0};

    if (g->rq->practitioner == NULL) {
        return EN_OK;
    }
    assert(param != NULL);
    EN_TRY(add_one(g, "Practitioner", g->rq->practitioner));
    if (!has_part(g, "Practitioner", g->rq->practitioner)) {
        return EN_OK;
    }
    EN_TRY(en_tx_find(g->tx, param, "Practitioner", g->rq->practitioner, g->a, &roles, g->err));
    return add_all(g, &roles);
}

static enum en_status gather(struct gathering *g)
{
    const char *type;

    EN_TRY(add_patient(g));
    EN_TRY(add_staff(g));
    for (size_t i = 0; (type = en_fhir_case_type(i)) != NULL; i++) {
        struct en_versions found = {0};

        if (en_list_has("Patient; Practitioner; PractitionerRole", type)) {
            continue;
        }
        EN_TRY(en_tx_record_type(g->tx, g->rq, type, g->a, &found, g->err));
        EN_TRY(add_all(g, &found));
    }
    for (size_t i = 0, known = g->parts.count; i < known; i++) {
        EN_TRY(add_referenced(g, &g->parts.items[i]));
    }
    return EN_OK;
}

static bool is_redrafted(const struct en_record_request *rq, const struct en_version *stored)
{
    for (size_t i = 0; rq->draft != NULL && i < rq->draft->count; i++) {
        if (en_text_equal(rq->draft->items[i].type, stored->type) &&
            en_text_equal(rq->draft->items[i].id, stored->id)) {
            return true;
        }
    }
    return false;
}

/* Leave out what the draft has another version of. */
static void apply_draft(const struct en_record_request *rq, struct list *parts)
{
    size_t kept = 0;

    for (size_t i = 0; i < parts->count; i++) {
        if (!is_redrafted(rq, &parts->items[i])) {
            parts->items[kept++] = parts->items[i];
        }
    }
    parts->count = kept;
}

static void write_entries(struct en_buf *b, const struct en_version *items, size_t count,
                          bool *is_first)
{
    for (size_t i = 0; i < count; i++) {
        en_buf_add(b, *is_first ? "{\"resource\":" : ",{\"resource\":");
        en_buf_add_bytes(b, items[i].body, items[i].size);
        en_buf_add(b, "}");
        *is_first = false;
    }
}

/* The Bundle, from the texts as they are stored. */
static enum en_status write_bundle(const struct list *parts, const struct en_versions *draft,
                                   struct en_arena *a, struct en_record *out, struct en_err *err)
{
    static const char START[] = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[";
    struct en_buf b = EN_BUF(EN_CASE_FILE_MAX);
    bool is_first = true;

    en_buf_add(&b, START);
    if (draft != NULL) {
        write_entries(&b, draft->items, draft->count, &is_first);
    }
    write_entries(&b, parts->items, parts->count, &is_first);
    en_buf_add(&b, "]}");
    const enum en_status st = en_buf_check(&b, "the patient's record", err);

    if (st == EN_OK) {
        out->bundle = en_arena_copy(a, en_buf_text(&b), b.size);
        out->size = b.size;
    }
    en_buf_free(&b);
    return st != EN_OK || out->bundle != NULL ? st
                                              : en_fail(err, EN_ENOMEM, "no memory for a record");
}

enum en_status en_tx_record(struct en_tx *tx, const struct en_record_request *rq,
                            struct en_arena *a, struct en_record *out, struct en_err *err)
{
    struct gathering g = {.tx = tx, .rq = rq, .a = a, .parts = {.a = a}, .err = err};

    *out = (struct en_record){0};
    EN_TRY(gather(&g));
    apply_draft(rq, &g.parts);
    out->parts = EN_NEW(a, struct en_record_part, g.parts.count + 1);
    if (out->parts == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a record");
    }
    for (size_t i = 0; i < g.parts.count; i++) {
        const struct en_version *v = &g.parts.items[i];

        out->parts[out->count++] =
            (struct en_record_part){v->type, v->id, v->version, v->updated_us};
    }
    return write_bundle(&g.parts, rq->draft, a, out, err);
}
