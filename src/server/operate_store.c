/* SPDX-License-Identifier: Apache-2.0
 * server/operate_store: what an operation found out, kept with where it came from. */
#include "server/operate.h"
#include "server/plan_problem.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/links.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/digest.h"

#include <assert.h>
#include <string.h>

enum { ITEMS_MAX = 512 };

/* A resource to be kept. */
struct item {
    struct json_object *resource; /* NULL: the Patient, who is there already */
    const char *type, *id;        /* as stored */
    const char *from;             /* address in the Bundle of the operation; NULL none */
    const char *address;          /* "CarePlan/x" */
    struct en_put put;
    struct en_version stored;
};

struct keeping {
    struct en_digest what; /* of record, operation and parameters; copied, never ended */
    struct en_operate *o;
    struct en_arena *a;
    struct json_object *bundle;        /* of the operation */
    struct json_object *frozen, *note; /* the record as it was; the Provenance */
    struct item *items;                /* shape [count] */
    size_t count;
    char record_hash[EN_DIGEST_TEXT];
};

/* Ids */

static void start_ids(struct keeping *k)
{
    struct en_operate *o = k->o;
    char today[EN_DATE_TEXT_MAX];
    struct en_digest record;

    en_digest_start(&record);
    en_digest_add(&record, o->record.bundle, o->record.size);
    en_digest_end(&record, k->record_hash);
    en_digest_start(&k->what);
    en_digest_add_text(&k->what, o->patient);
    en_digest_add_text(&k->what, k->record_hash);
    en_digest_add_text(&k->what, o->operation->name);
    en_digest_add_text(&k->what, en_op_parameters_text(&o->p, k->a));
    en_digest_add_text(&k->what, en_date_text(o->app.today, today));
    en_digest_add_text(&k->what, en_knowledge_version(o->app.knowledge));
    en_digest_add_text(&k->what, EN_VERSION);
    en_digest_add_text(&k->what, o->rq->caller.login);
}

static const char *id_of(const struct keeping *k, const char *name)
{
    struct en_digest d = k->what;
    char id[EN_DIGEST_ID_TEXT];

    en_digest_add_text(&d, name);
    en_digest_end_id(&d, id);
    return en_arena_copy(k->a, id, SIZE_MAX);
}

/* The record as it was depends on nothing else, so that equal ones are kept once. */
static const char *record_id(const struct keeping *k)
{
    return en_arena_print(k->a, "%.32s", k->record_hash);
}

static enum en_status add_item(struct keeping *k, struct json_object *resource, const char *id,
                               const char *from)
{
    const char *type = en_json_text(resource, "resourceType");
    struct item *item = &k->items[k->count];

    assert(k->count < ITEMS_MAX);
    *item = (struct item){.resource = resource, .type = type, .id = id, .from = from};
    item->address = type == NULL || id == NULL ? NULL : en_arena_print(k->a, "%s/%s", type, id);
    if (item->address == NULL) {
        return en_fail(k->o->err, EN_ENOMEM, "no memory for a result");
    }
    k->count++;
    return EN_OK;
}

/* Addresses of the operation's Bundle to those of the store. */
static const char *find_address(void *context, const char *address)
{
    const struct keeping *k = context;

    for (size_t i = 0; i < k->count; i++) {
        if (en_text_equal(k->items[i].from, address)) {
            return k->items[i].address;
        }
    }
    return NULL;
}

static bool is_ours(void *context, const char *address)
{
    return find_address(context, address) != NULL;
}

static enum en_status rewrite(struct keeping *k, struct json_object *resource)
{
    struct en_link *links = NULL;
    size_t count = 0;

    EN_TRY(en_fhir_links(k->o->server->r4, resource, is_ours, k, k->a, &links, &count, k->o->err));
    for (size_t i = 0; i < count; i++) {
        EN_TRY(en_link_set(&links[i], find_address, k, k->o->err));
    }
    return EN_OK;
}

/* Tell it from what people and other programs wrote. */
static void tag(struct json_object *resource)
{
    struct json_object *meta = json_object_new_object(), *tags = json_object_new_array();
    struct json_object *coding = json_object_new_object();

    (void)json_object_object_add(coding, "system", json_object_new_string(EN_ORIGIN_SYSTEM));
    (void)json_object_object_add(coding, "code", json_object_new_string("operation"));
    (void)json_object_array_add(tags, coding);
    (void)json_object_object_add(meta, "tag", tags);
    (void)json_object_object_add(resource, "meta", meta);
}

/* SAFETY: numbers of problems change with the record; the plan says which Condition it is about. */
static enum en_status name_problem(struct keeping *k, struct json_object *resource)
{
    long long number = 1;

    if (!en_text_equal(k->o->operation->name, "$plan") ||
        !en_text_equal(en_json_text(resource, "resourceType"), "CarePlan")) {
        return EN_OK;
    }
    EN_TRY(en_asked_integer(&k->o->asked, "target", 1, 1000, &number, k->o->err));
    if ((size_t)number <= k->o->c.target_count) {
        en_plan_set_condition(resource, &k->o->record, k->o->c.targets[number - 1].path, k->a);
    }
    return EN_OK;
}

static enum en_status add_entry(struct keeping *k, struct json_object *entry)
{
    struct json_object *resource = en_json_get(entry, "resource");
    const char *from = en_json_text(entry, "fullUrl");
    const bool is_patient = en_text_equal(en_json_text(resource, "resourceType"), "Patient");

    EN_TRY(add_item(k, resource, is_patient ? k->o->patient : id_of(k, from), from));
    k->items[k->count - 1].resource = is_patient ? NULL : resource;
    return EN_OK;
}

static enum en_status read_results(struct keeping *k, const struct en_buf *json)
{
    struct en_issues issues = {0};

    EN_TRY(en_json_read(en_buf_text(json), json->size, k->a, &k->bundle, &issues, k->o->err));
    struct json_object *entries = en_json_get(k->bundle, "entry");

    if (en_json_count(entries) + 2 > ITEMS_MAX) {
        return en_fail(k->o->err, EN_ELIMIT, "the operation has more than %d results",
                       (int)ITEMS_MAX);
    }
    for (size_t i = 0; i < en_json_count(entries); i++) {
        EN_TRY(add_entry(k, en_json_at(entries, i)));
    }
    for (size_t i = 0; i < k->count; i++) {
        if (k->items[i].resource != NULL) {
            tag(k->items[i].resource);
        }
        EN_TRY(k->items[i].resource == NULL ? EN_OK : rewrite(k, k->items[i].resource));
        EN_TRY(k->items[i].resource == NULL ? EN_OK : name_problem(k, k->items[i].resource));
    }
    return EN_OK;
}

/* The record as it was */

static void write_tag(struct en_writer *w)
{
    en_write_open(w, "meta", '{');
    en_write_open(w, "tag", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", EN_ORIGIN_SYSTEM);
    en_write_text(w, "code", "operation");
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
}

static void write_reference(struct en_writer *w, const char *key, const char *address)
{
    en_write_open(w, key, '{');
    en_write_text(w, "reference", address);
    en_write_close(w);
}

/* text NULL or "": none. */
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

static const char *base64(struct en_arena *a, const char *bytes, size_t size)
{
    const size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = EN_NEW(a, char, room);

    return text == NULL ? NULL
                        : sodium_bin2base64(text, room, (const unsigned char *)bytes, size,
                                            sodium_base64_VARIANT_ORIGINAL);
}

/* A DocumentReference rather than a Binary: it is part of the patient's record and has the rights
 * of one. */
static void write_frozen(const struct keeping *k, const char *data, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "DocumentReference");
    write_tag(&w);
    en_write_open(&w, "masterIdentifier", '{');
    en_write_text(&w, "system", EN_HASH_SYSTEM);
    en_write_text(&w, "value", k->record_hash);
    en_write_close(&w);
    en_write_text(&w, "status", "current");
    write_concept(&w, "type", EN_OPERATION_SYSTEM, "input", NULL);
    write_reference(&w, "subject", en_arena_print(k->a, "Patient/%s", k->o->patient));
    en_write_open(&w, "content", '[');
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "attachment", '{');
    en_write_text(&w, "contentType", "application/fhir+json");
    en_write_text(&w, "data", data);
    en_write_integer(&w, "size", (long long)k->o->record.size);
    en_write_text(&w, "title", "The record that the operation was given");
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
}

/* Provenance */

static void write_agents(const struct keeping *k, struct en_writer *w)
{
    const struct en_caller *c = &k->o->rq->caller;

    en_write_open(w, "agent", '[');
    en_write_open(w, NULL, '{');
    write_concept(w, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                  "author", NULL);
    en_write_open(w, "who", '{');
    if (c->practitioner != NULL) {
        en_write_print(w, "reference", "Practitioner/%s", c->practitioner);
    }
    en_write_open(w, "identifier", '{');
    en_write_text(w, "system", EN_LOGIN_SYSTEM);
    en_write_text(w, "value", c->login);
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
    en_write_open(w, NULL, '{');
    write_concept(w, "type", "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                  "assembler", NULL);
    en_write_open(w, "who", '{');
    en_write_print(w, "display", "enthesis %s, knowledge %s", EN_VERSION,
                   en_knowledge_version(k->o->app.knowledge));
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
}

static void write_entity(struct en_writer *w, const char *role, const char *address,
                         const char *hash)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "role", role);
    en_write_open(w, "what", '{');
    en_write_text(w, "reference", address);
    if (hash != NULL) {
        en_write_open(w, "identifier", '{');
        en_write_text(w, "system", EN_HASH_SYSTEM);
        en_write_text(w, "value", hash);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

static void write_note(const struct keeping *k, const char *frozen, struct en_buf *out)
{
    const struct en_record *record = &k->o->record;
    char now[EN_INSTANT_TEXT_MAX], today[EN_DATE_TEXT_MAX];
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Provenance");
    write_tag(&w);
    en_write_open(&w, "target", '[');
    for (size_t i = 0; i < k->count; i++) {
        if (k->items[i].resource != NULL) {
            write_reference(&w, NULL, k->items[i].address);
        }
    }
    en_write_close(&w);
    en_write_text(&w, "occurredDateTime", en_date_text(k->o->app.today, today));
    en_write_text(&w, "recorded", en_instant_text(k->o->rq->now_us, now));
    /* What was asked: signing looks at it. */
    write_concept(&w, "activity", EN_OPERATION_SYSTEM, k->o->operation->name + 1,
                  en_op_parameters_text(&k->o->p, k->a));
    write_agents(k, &w);
    en_write_open(&w, "entity", '[');
    write_entity(&w, "source", frozen, k->record_hash);
    for (size_t i = 0; i < record->count; i++) {
        const struct en_record_part *p = &record->parts[i];

        write_entity(
            &w, "source",
            en_arena_print(k->a, "%s/%s/_history/%lld", p->type, p->id, (long long)p->version),
            NULL);
    }
    en_write_close(&w);
    en_write_close(&w);
}

/* A text that was just written, as one more item. */
static enum en_status add_written(struct keeping *k, const struct en_buf *text, const char *id,
                                  struct json_object **out)
{
    struct en_issues issues = {0};

    EN_TRY(en_buf_check(text, "the origin of the results", k->o->err));
    EN_TRY(en_json_read(en_buf_text(text), text->size, k->a, out, &issues, k->o->err));
    return add_item(k, *out, id, NULL);
}

static enum en_status add_origin(struct keeping *k)
{
    const char *data = base64(k->a, k->o->record.bundle, k->o->record.size);
    struct en_buf frozen = EN_BUF(EN_OUTPUT_MAX), note = EN_BUF(EN_OUTPUT_MAX);

    if (data == NULL) {
        return en_fail(k->o->err, EN_ENOMEM, "no memory to keep the record as it was");
    }
    write_note(k, en_arena_print(k->a, "DocumentReference/%s", record_id(k)), &note);
    write_frozen(k, data, &frozen);
    enum en_status st = add_written(k, &frozen, record_id(k), &k->frozen);

    if (st == EN_OK) {
        st = add_written(k, &note, id_of(k, "provenance"), &k->note);
    }
    en_buf_free(&frozen);
    en_buf_free(&note);
    return st;
}

/* Writing */

static enum en_status prepare(struct keeping *k)
{
    for (size_t i = 0; i < k->count; i++) {
        struct item *item = &k->items[i];
        struct en_index_value *index = NULL;

        if (item->resource == NULL) {
            continue;
        }
        item->put = (struct en_put){.type = item->type, .id = item->id, .expected = EN_VERSION_ANY};
        EN_TRY(en_stamp_make(item->resource, item->id, k->a, &item->put.stamp, k->o->err));
        EN_TRY(en_search_extract(k->o->server->params, item->resource, k->a, &index,
                                 &item->put.index_count, k->o->err));
        item->put.index = index;
    }
    return EN_OK;
}

/* What is there already stays as it is, also when somebody went on with it. */
static enum en_status keep_item(struct en_tx *tx, struct keeping *k, struct item *item,
                                struct en_err *err)
{
    struct en_err missing = {""};
    const enum en_status st = en_tx_get(tx, item->type, item->id, 0, k->a, &item->stored, &missing);

    if (st == EN_OK && !item->stored.is_deleted) {
        return EN_OK;
    }
    if (st != EN_OK && st != EN_ENOTFOUND) {
        return en_fail(err, st, "%s", missing.text);
    }
    EN_TRY(en_tx_put(tx, &item->put, NULL, err));
    return en_tx_get(tx, item->type, item->id, 0, k->a, &item->stored, err);
}

static enum en_status keep_all(struct en_tx *tx, void *context, struct en_err *err)
{
    struct keeping *k = context;
    const struct en_audit audit = en_operate_audit(k->o);

    for (size_t i = 0; i < k->count; i++) {
        EN_TRY(k->items[i].resource == NULL ? EN_OK : keep_item(tx, k, &k->items[i], err));
    }
    return en_tx_audit(tx, &audit, err);
}

/* Everything that is stored but the copy of the record, which the caller has. */
static void write_answer(const struct keeping *k, struct en_buf *out)
{
    bool is_first = true;

    en_buf_add(out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < k->count; i++) {
        const struct item *item = &k->items[i];

        if (item->resource == NULL || item->resource == k->frozen) {
            continue;
        }
        en_buf_print(out, "%s{\"fullUrl\":\"%s/%s\",\"resource\":", is_first ? "" : ",",
                     k->o->rq->base, item->address);
        en_buf_add_bytes(out, item->stored.body, item->stored.size);
        en_buf_add(out, "}");
        is_first = false;
    }
    en_buf_add(out, "]}");
}

static enum en_status keep(struct keeping *k, const struct en_buf *json, struct en_buf *answer)
{
    start_ids(k);
    EN_TRY(read_results(k, json));
    EN_TRY(add_origin(k));
    EN_TRY(prepare(k));
    EN_TRY(en_store_write(k->o->server->store, keep_all, k, k->o->err));
    write_answer(k, answer);
    return EN_OK;
}

/* On the stack: what a digest keeps wants a stricter alignment than an arena gives. */
enum en_status en_operate_store(struct en_operate *o, struct en_buf *json, struct en_buf *answer)
{
    struct keeping k = {.o = o, .a = o->rq->arena};

    k.items = EN_NEW(k.a, struct item, ITEMS_MAX);
    if (k.items == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory to keep the results");
    }
    const enum en_status st = keep(&k, json, answer);

    (void)json_object_put(k.bundle);
    (void)json_object_put(k.frozen);
    (void)json_object_put(k.note);
    return st;
}
