/* SPDX-License-Identifier: Apache-2.0
 * server/approve_write: everything that an approval writes. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/approve.h"

#include <string.h>

/* What is written */

enum { PUTS_MAX = 2 * EN_APPROVE_SESSIONS_MAX + 2 };

struct writing {
    struct en_approve *x;
    struct json_object *trees[PUTS_MAX];
    struct en_put puts[PUTS_MAX];
    struct en_version stored[PUTS_MAX];
    size_t count;
    char before[EN_DIGEST_TEXT]; /* fingerprint that was judged */
};

/* The tree belongs to the writing from here on. */
static enum en_status prepare_take(struct writing *w, struct json_object *tree, const char *id,
                                   int64_t expected)
{
    struct en_ruling *c = &w->x->s.c;
    struct en_index_value *index = NULL;
    struct en_put *put = &w->puts[w->count];

    w->trees[w->count] = tree;
    *put =
        (struct en_put){.type = en_json_text(tree, "resourceType"), .id = id, .expected = expected};
    w->count++;
    if (id == NULL || put->type == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for an approval");
    }
    EN_TRY(en_stamp_make(tree, id, c->a, &put->stamp, c->err));
    EN_TRY(en_search_extract(c->server->params, tree, c->a, &index, &put->index_count, c->err));
    put->index = index;
    return EN_OK;
}

static void set_text(struct json_object *tree, const char *key, const char *value)
{
    (void)json_object_object_add(tree, key, json_object_new_string(value));
}

static void set_practitioner(const struct en_approve *x, struct json_object *tree, const char *key)
{
    struct json_object *reference = json_object_new_object();

    set_text(reference, "reference",
             en_arena_print(x->s.c.a, "Practitioner/%s", x->s.c.rq->caller.practitioner));
    (void)json_object_object_add(tree, key, reference);
}

/* One part becomes active; the signature is over what it becomes. */
static enum en_status activate(struct writing *w, size_t part, const char *intent, const char *who)
{
    struct en_sign *s = &w->x->s;
    struct en_sign_part *p = &s->parts[part];
    const int64_t version = p->version;
    struct json_object *tree = json_tokener_parse(p->body);

    if (tree == NULL) {
        return en_fail(s->c.err, EN_ENOMEM, "no memory for an approval");
    }
    set_text(tree, "status", "active");
    set_text(tree, "intent", intent);
    set_practitioner(w->x, tree, who);
    p->version = version + 1;
    p->body = en_arena_copy(s->c.a, json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN),
                            SIZE_MAX);
    EN_TRY(prepare_take(w, tree, p->id, version));
    return p->body == NULL ? en_fail(s->c.err, EN_ENOMEM, "no memory for an approval") : EN_OK;
}

/* A session that only a review adds. */
static bool is_option(const struct en_sign_part *p)
{
    struct json_object *tree = json_tokener_parse(p->body);
    const bool is_one = en_text_equal(en_json_text(tree, "intent"), "option");

    (void)json_object_put(tree);
    return is_one;
}

/* Waits to be booked: it has a day, and no hour yet. */
static void write_appointment(const struct en_approve *x, const struct en_sign_part *session,
                              const char *day, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Appointment");
    en_write_text(&w, "status", "proposed");
    en_write_text(&w, "description", "Prolotherapy session");
    en_write_open(&w, "basedOn", '[');
    en_write_open(&w, NULL, '{');
    en_write_print(&w, "reference", "ServiceRequest/%s", session->id);
    en_write_close(&w);
    en_write_close(&w);
    en_write_open(&w, "participant", '[');
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "actor", '{');
    en_write_print(&w, "reference", "Patient/%s", x->s.patient);
    en_write_close(&w);
    en_write_text(&w, "status", "needs-action");
    en_write_close(&w);
    en_write_close(&w);
    en_write_open(&w, "requestedPeriod", '[');
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "start", day);
    en_write_text(&w, "end", day);
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
}

static enum en_status add_appointment(struct writing *w, const struct en_sign_part *session)
{
    struct en_ruling *c = &w->x->s.c;
    struct json_object *source = json_tokener_parse(session->body), *tree = NULL;
    const char *day = en_json_text(source, "occurrenceDateTime");
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    enum en_status st = EN_OK;

    if (day != NULL) {
        write_appointment(w->x, session, day, &json);
        st = en_buf_check(&json, "the appointment", c->err);
        if (st == EN_OK) {
            st = en_json_read(en_buf_text(&json), json.size, c->a, &tree, &issues, c->err);
        }
        if (st == EN_OK) {
            st = prepare_take(w, tree, en_store_id(c->a), EN_VERSION_NONE);
        }
    }
    en_buf_free(&json);
    (void)json_object_put(source);
    return st;
}

/* The plan, its sessions, appointments where there are none, and the signature over it. */
static enum en_status prepare_all(struct writing *w)
{
    struct en_approve *x = w->x;
    struct json_object *note = NULL;

    EN_TRY(activate(w, 0, "plan", "author"));
    for (size_t i = 0; i < x->session_count; i++) {
        if (is_option(&x->s.parts[1 + i])) {
            continue;
        }
        EN_TRY(activate(w, 1 + i, "order", "requester"));
        EN_TRY(x->has_appointment[i] ? EN_OK : add_appointment(w, &x->s.parts[1 + i]));
    }
    EN_TRY(en_sign_provenance(&x->s, EN_APPROVE_CODE, &note));
    return prepare_take(w, note, en_store_id(x->s.c.a), EN_VERSION_NONE);
}

static struct en_audit audit_of(const struct en_approve *x)
{
    const struct en_http_request *rq = x->s.c.rq;

    return (struct en_audit){.action = 'E',
                             .subtype = "$approve",
                             .agent = rq->caller.login,
                             .role = en_role_name(rq->caller.role),
                             .patient = x->s.patient,
                             .entity_type = "CarePlan",
                             .entity_id = x->s.session,
                             .entity_version = x->s.parts[0].version,
                             .request = rq->id,
                             .address = rq->address};
}

static enum en_status write_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct writing *w = context;
    struct en_arena *a = w->x->s.c.a;
    const struct en_audit audit = audit_of(w->x);

    EN_TRY(en_approve_gather(tx, w->x, err));
    if (!en_text_equal(w->x->s.fingerprint, w->before)) {
        return en_fail(err, EN_ECONFLICT,
                       "the plan or the record changed meanwhile: look at it and try again");
    }
    for (size_t i = 0; i < w->count; i++) {
        EN_TRY(en_tx_put(tx, &w->puts[i], NULL, err));
        EN_TRY(en_tx_get(tx, w->puts[i].type, w->puts[i].id, 0, a, &w->stored[i], err));
    }
    return en_tx_audit(tx, &audit, err);
}

/* The answer */

/* SAFETY: an approved plan is no consent; that one is missing is told with the answer. */
static void write_outcome(const struct en_approve *x, struct en_buf *out)
{
    en_buf_print(out,
                 ",{\"resource\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
                 "\"%s\",\"code\":\"%s\",\"diagnostics\":\"%s\"}]}}",
                 x->s.has_consent ? "information" : "warning",
                 x->s.has_consent ? "informational" : "business-rule",
                 x->s.has_consent ? "consent: active"
                                  : "consent: none is active; no session can be signed without");
}

static void write_answer(const struct writing *w, struct en_buf *out)
{
    en_buf_add(out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < w->count; i++) {
        en_buf_print(out, "%s{\"fullUrl\":\"%s/%s/%s\",\"resource\":", i == 0 ? "" : ",",
                     w->x->s.c.rq->base, w->puts[i].type, w->puts[i].id);
        en_buf_add_bytes(out, w->stored[i].body, w->stored[i].size);
        en_buf_add(out, "}");
    }
    write_outcome(w->x, out);
    en_buf_add(out, "]}");
}

enum en_status en_approve_write(struct en_approve *x, struct en_http_response *rs,
                                struct en_err *err)
{
    struct writing *w = EN_NEW(x->s.c.a, struct writing, 1);

    if (w == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an approval");
    }
    if (x->session_count > EN_APPROVE_SESSIONS_MAX) {
        return en_fail(err, EN_ELIMIT, "a plan has at most %d sessions",
                       (int)EN_APPROVE_SESSIONS_MAX);
    }
    w->x = x;
    memcpy(w->before, x->s.fingerprint, sizeof w->before);
    enum en_status st = prepare_all(w);

    if (st == EN_OK) {
        st = en_store_write(x->s.c.server->store, write_work, w, err);
    }
    if (st == EN_OK) {
        write_answer(w, &rs->body);
    }
    for (size_t i = 0; i < w->count; i++) {
        (void)json_object_put(w->trees[i]);
    }
    return st;
}
