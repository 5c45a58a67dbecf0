/* SPDX-License-Identifier: Apache-2.0 */
#include "server/protocols.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/digest.h"
#include "server/tables.h"

#include <math.h>
#include <string.h>

enum { PROTOCOLS_MAX = 256 };

const char *en_protocol_id(const char *schedule, struct en_arena *a)
{
    char *id = en_arena_copy(a, schedule, SIZE_MAX);

    for (size_t i = 0; id != NULL && id[i] != '\0'; i++) {
        if (id[i] == '_') {
            id[i] = '-';
        }
    }
    return id;
}

/* A row without a number of sessions is evidence alone. */
static bool is_plan(const struct en_row *schedule)
{
    return en_cell(schedule, "sessions")[0] != '\0' && en_cell(schedule, "session_days")[0] != '\0';
}

const struct en_row *en_protocol_find(const struct en_knowledge *k, const char *id,
                                      struct en_arena *a)
{
    const struct en_table *t = en_table_get(k, "schedules");

    for (size_t i = 0; i < t->row_count; i++) {
        const char *own = en_protocol_id(en_cell(&t->rows[i], "id"), a);

        if (is_plan(&t->rows[i]) && own != NULL && en_text_equal(own, id)) {
            return &t->rows[i];
        }
    }
    return NULL;
}

/* PlanDefinition */

static void write_concept(struct en_writer *w, const char *key, const char *system,
                          const char *code, const char *text)
{
    en_write_open(w, key, '{');
    en_write_open(w, "coding", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", system);
    en_write_text(w, "code", code);
    en_write_close(w);
    en_write_close(w);
    en_write_text(w, "text", text);
    en_write_close(w);
}

static void write_tag(struct en_writer *w)
{
    en_write_open(w, "meta", '{');
    en_write_open(w, "tag", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", EN_ORIGIN_SYSTEM);
    en_write_text(w, "code", "knowledge");
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
}

static void write_session(struct en_writer *w, int number, double day)
{
    en_write_open(w, NULL, '{');
    en_write_print(w, "id", "session-%d", number);
    en_write_print(w, "title", "Session %d", number);
    en_write_open(w, "code", '[');
    write_concept(w, NULL, EN_PROCEDURE_SYSTEM, "prolotherapy-session", "Prolotherapy session");
    en_write_close(w);
    en_write_open(w, "timingDuration", '{');
    en_write_number(w, "value", day, 0);
    en_write_text(w, "unit", "d");
    en_write_text(w, "system", EN_UCUM);
    en_write_text(w, "code", "d");
    en_write_close(w);
    write_concept(w, "type", "http://terminology.hl7.org/CodeSystem/action-type", "create", NULL);
    en_write_close(w);
}

static void write_sessions(struct en_writer *w, const struct en_row *schedule)
{
    const char *item = NULL, *list = en_cell(schedule, "session_days");
    size_t size = 0;
    int number = 0;

    en_write_open(w, "action", '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        char day[16];
        double value = 0.0;

        (void)snprintf(day, sizeof day, "%.*s", (int)size, item);
        if (en_text_number(day, &value)) {
            write_session(w, ++number, value);
        }
    }
    en_write_close(w);
}

static void write_condition(const struct en_knowledge *k, const struct en_row *schedule,
                            struct en_writer *w)
{
    const struct en_row *condition = en_row_find(k, "conditions", en_cell(schedule, "condition"));

    if (condition == NULL) {
        return;
    }
    en_write_open(w, "topic", '[');
    write_concept(w, NULL, EN_CONDITION_SYSTEM, en_cell(condition, "id"),
                  en_cell(condition, "title"));
    en_write_close(w);
}

static void write_source(const struct en_row *schedule, struct en_writer *w)
{
    en_write_open(w, "relatedArtifact", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "type", "citation");
    en_write_print(w, "label", "evidence grade %s", en_cell(schedule, "evidence_grade"));
    en_write_text(w, "citation", en_cell(schedule, "source"));
    en_write_close(w);
    en_write_close(w);
}

void en_protocol_write(const struct en_knowledge *k, const struct en_row *schedule,
                       struct en_arena *a, struct en_buf *out)
{
    const char *id = en_protocol_id(en_cell(schedule, "id"), a);
    const bool is_approved = en_cell(schedule, "approved_by")[0] != '\0';
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "PlanDefinition");
    write_tag(&w);
    en_write_print(&w, "url", EN_FHIR_BASE "PlanDefinition/%s", id == NULL ? "" : id);
    en_write_text(&w, "version", en_knowledge_version(k));
    en_write_text(&w, "title", en_cell(schedule, "title"));
    write_concept(&w, "type", "http://terminology.hl7.org/CodeSystem/plan-definition-type",
                  "clinical-protocol", NULL);
    en_write_text(&w, "status", is_approved ? "active" : "draft");
    write_concept(&w, "subjectCodeableConcept", "http://hl7.org/fhir/resource-types", "Patient",
                  NULL);
    en_write_text(&w, "description", en_cell(schedule, "result"));
    en_write_text(&w, "usage", en_cell(schedule, "note"));
    write_condition(k, schedule, &w);
    write_source(schedule, &w);
    write_sessions(&w, schedule);
    en_write_close(&w);
}

/* Questionnaire */

void en_checklist_write(const struct en_knowledge *k, struct en_buf *out)
{
    const struct en_table *t = en_table_get(k, "checklist");
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Questionnaire");
    write_tag(&w);
    en_write_text(&w, "url", EN_CHECKLIST_FORM);
    en_write_text(&w, "version", en_knowledge_version(k));
    en_write_text(&w, "title", "Checklist of a session");
    en_write_text(&w, "status", "active");
    en_write_open(&w, "subjectType", '[');
    en_write_text(&w, NULL, "Patient");
    en_write_close(&w);
    en_write_open(&w, "item", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        en_write_open(&w, NULL, '{');
        en_write_text(&w, "linkId", en_cell(row, "id"));
        en_write_open(&w, "code", '[');
        en_write_open(&w, NULL, '{');
        en_write_text(&w, "system", EN_CHECKLIST_SYSTEM);
        en_write_text(&w, "code", en_cell(row, "id"));
        en_write_close(&w);
        en_write_close(&w);
        en_write_text(&w, "text", en_cell(row, "item"));
        en_write_text(&w, "type", "boolean");
        en_write_bool(&w, "required", en_cell_bool(row, "before_signing"));
        en_write_close(&w);
    }
    en_write_close(&w);
    en_write_close(&w);
}

/* Loading */

struct definition {
    struct json_object *tree;
    const char *type, *id;
    struct en_put put;
    char hash[EN_DIGEST_TEXT];
};

struct loading {
    struct en_server *s;
    const struct en_knowledge *k;
    struct en_arena a;
    struct definition items[PROTOCOLS_MAX]; /* shape [count] */
    size_t count;
};

/* One that was just written; out is emptied. */
static enum en_status add(struct loading *l, const char *id, struct en_buf *text,
                          struct en_err *err)
{
    struct definition *d = &l->items[l->count];
    struct en_index_value *index = NULL;
    struct en_issues issues = {0};

    if (l->count == PROTOCOLS_MAX || id == NULL) {
        return en_fail(err, EN_ELIMIT, "more than %d definitions", (int)PROTOCOLS_MAX);
    }
    EN_TRY(en_buf_check(text, "a definition", err));
    EN_TRY(en_json_read(en_buf_text(text), text->size, &l->a, &d->tree, &issues, err));
    l->count++;
    en_buf_clear(text);
    d->type = en_json_text(d->tree, "resourceType");
    d->id = id;
    d->put = (struct en_put){.type = d->type, .id = id, .expected = EN_VERSION_ANY};
    EN_TRY(en_stamp_make(d->tree, id, &l->a, &d->put.stamp, err));
    EN_TRY(en_search_extract(l->s->params, d->tree, &l->a, &index, &d->put.index_count, err));
    d->put.index = index;
    /* The stored one has its id. */
    (void)json_object_object_add(d->tree, "id", json_object_new_string(id));
    return en_canonical_hash(d->tree, d->hash, err);
}

static enum en_status make_all(struct loading *l, struct en_err *err)
{
    const struct en_table *t = en_table_get(l->k, "schedules");
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st;

    en_checklist_write(l->k, &text);
    st = add(l, "session-checklist", &text, err);
    for (size_t i = 0; i < t->row_count && st == EN_OK; i++) {
        if (is_plan(&t->rows[i])) {
            en_protocol_write(l->k, &t->rows[i], &l->a, &text);
            st = add(l, en_protocol_id(en_cell(&t->rows[i], "id"), &l->a), &text, err);
        }
    }
    en_buf_free(&text);
    return st;
}

/* Put it, unless it is there with the same content. */
static enum en_status load_one(struct en_tx *tx, struct loading *l, struct definition *d,
                               struct en_err *err)
{
    struct en_err missing = {""};
    char hash[EN_DIGEST_TEXT] = "";
    struct en_version v;
    enum en_status st = en_tx_get(tx, d->type, d->id, 0, &l->a, &v, &missing);

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return en_fail(err, st, "%s", missing.text);
    }
    if (st == EN_OK && !v.is_deleted) {
        struct json_object *tree = json_tokener_parse(v.body);

        st = en_canonical_hash(tree, hash, err);
        (void)json_object_put(tree);
        EN_TRY(st);
    }
    return en_text_equal(hash, d->hash) ? EN_OK : en_tx_put(tx, &d->put, NULL, err);
}

static enum en_status load_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct loading *l = context;

    for (size_t i = 0; i < l->count; i++) {
        EN_TRY(load_one(tx, l, &l->items[i], err));
    }
    return EN_OK;
}

enum en_status en_protocols_load(struct en_server *s, struct en_err *err)
{
    struct en_arena own = EN_ARENA(1 << 20);
    struct loading *l = EN_NEW(&own, struct loading, 1);
    struct en_shared_token *token = NULL;

    if (l == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for definitions");
    }
    *l = (struct loading){.s = s, .k = en_tables_take(s, &token), .a = EN_ARENA(64 << 20)};
    enum en_status st = make_all(l, err);

    if (st == EN_OK) {
        st = en_store_write(s->store, load_work, l, err);
    }
    for (size_t i = 0; i < l->count; i++) {
        (void)json_object_put(l->items[i].tree);
    }
    en_tables_give(s, token);
    en_arena_free(&l->a);
    en_arena_free(&own);
    return st;
}
