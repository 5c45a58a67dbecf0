/* SPDX-License-Identifier: Apache-2.0
 * server/document_note: the sessions of a patient, and all that one of them consists of. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/session_note.h"
#include "server/document.h"
#include "server/sign.h"

#include <assert.h>
#include <string.h>

enum { MORE_MAX = 256 }; /* signatures, addenda, people and harms of one session */

struct gathering {
    struct en_operate *o;
    struct en_sign *sign;
    struct en_version *more; /* beside the parts of the signature; shape [more_count] */
    size_t more_count;
    const char *session; /* wanted, or NULL */
    struct en_document_sessions list;
};

/* The list */

static en_day day_of(struct json_object *procedure)
{
    const char *moment = en_json_text(procedure, "performedDateTime");
    const char *start = en_json_text(en_json_get(procedure, "performedPeriod"), "start");
    const char *text = moment != NULL ? moment : start;
    enum en_date_precision precision = EN_DATE_DAY;
    char date[EN_DATE_TEXT_MAX];
    en_day day = EN_DAY_UNKNOWN;

    (void)snprintf(date, sizeof date, "%.10s", text == NULL ? "" : text);
    return en_date_parse(date, &day, &precision) ? day : EN_DAY_UNKNOWN;
}

static bool is_session(const struct en_version *v, en_day *day)
{
    struct json_object *tree = json_tokener_parse(v->body);
    const bool is_one =
        en_session_is_one(tree) &&
        !en_list_has("entered-in-error; not-done; preparation", en_json_text(tree, "status"));

    *day = day_of(tree);
    (void)json_object_put(tree);
    return is_one;
}

/* Newest first. */
static void insert(struct gathering *g, struct en_document_session s)
{
    size_t at = g->list.count++;

    while (at > 0 && g->list.items[at - 1].day < s.day) {
        g->list.items[at] = g->list.items[at - 1];
        at--;
    }
    g->list.items[at] = s;
}

static enum en_status look_at(struct gathering *g, const struct en_version *v)
{
    struct en_document_session s = {.id = v->id};

    if (!is_session(v, &s.day)) {
        return EN_OK;
    }
    EN_TRY(en_session_is_signed(&g->sign->c, "Procedure", s.id, &s.is_signed));
    insert(g, s);
    return EN_OK;
}

static enum en_status list_sessions(struct gathering *g)
{
    const struct en_record_request rq = {.params = g->o->server->params, .patient = g->o->patient};
    struct en_ruling *c = &g->sign->c;
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(c->tx, &rq, "Procedure", c->a, &found, c->err));
    g->list.count = 0;
    g->list.items = EN_NEW(c->a, struct en_document_session, found.count);
    if (g->list.items == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for the sessions of a patient");
    }
    for (size_t i = 0; i < found.count; i++) {
        EN_TRY(look_at(g, &found.items[i]));
    }
    return EN_OK;
}

/* One session */

static enum en_status add(struct gathering *g, const struct en_version *v)
{
    for (size_t i = 0; i < g->more_count; i++) {
        if (en_text_equal(g->more[i].type, v->type) && en_text_equal(g->more[i].id, v->id)) {
            return EN_OK;
        }
    }
    if (g->more_count == MORE_MAX) {
        return en_fail(g->sign->c.err, EN_ELIMIT, "a session has more than %d records around it",
                       (int)MORE_MAX);
    }
    g->more[g->more_count++] = *v;
    return EN_OK;
}

/* All resources that point to this one by the parameter. */
static enum en_status add_pointing(struct gathering *g, const char *type, const char *parameter,
                                   const char *target_type, const char *target)
{
    struct en_ruling *c = &g->sign->c;
    const struct en_search_param *p = en_search_param_find(g->o->server->params, type, parameter);
    struct en_versions found = {0};

    assert(p != NULL);
    EN_TRY(en_tx_find(c->tx, p, target_type, target, c->a, &found, c->err));
    for (size_t i = 0; i < found.count; i++) {
        EN_TRY(add(g, &found.items[i]));
    }
    return EN_OK;
}

/* Signatures of the addenda. */
static enum en_status add_addenda(struct gathering *g)
{
    const size_t before = g->more_count;

    EN_TRY(add_pointing(g, "DocumentReference", "related", "Procedure", g->sign->session));
    for (size_t i = before, end = g->more_count; i < end; i++) {
        EN_TRY(add_pointing(g, "Provenance", "target", "DocumentReference", g->more[i].id));
    }
    return EN_OK;
}

static enum en_status add_harms(struct gathering *g)
{
    const struct en_record_request rq = {.params = g->o->server->params, .patient = g->o->patient};
    struct en_ruling *c = &g->sign->c;
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(c->tx, &rq, "AdverseEvent", c->a, &found, c->err));
    for (size_t i = 0; i < found.count; i++) {
        EN_TRY(add(g, &found.items[i]));
    }
    return EN_OK;
}

static enum en_status add_person(struct gathering *g, const char *id)
{
    struct en_ruling *c = &g->sign->c;
    struct en_err missing = {""};
    struct en_version v;

    if (id == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for the note of a session");
    }
    const enum en_status st = en_tx_get(c->tx, "Practitioner", id, 0, c->a, &v, &missing);

    if (st == EN_ENOTFOUND) {
        return EN_OK;
    }
    if (st != EN_OK) {
        return en_fail(c->err, st, "%s", missing.text);
    }
    return v.is_deleted ? EN_OK : add(g, &v);
}

/* Practitioners that the text of a resource names. */
static enum en_status add_people(struct gathering *g, const char *body)
{
    static const char MARK[] = "\"Practitioner/";

    for (const char *at = body; (at = strstr(at, MARK)) != NULL;) {
        at += sizeof MARK - 1;
        EN_TRY(add_person(g, en_arena_copy(g->sign->c.a, at, strcspn(at, "\"/"))));
    }
    return EN_OK;
}

static enum en_status add_all_people(struct gathering *g)
{
    for (size_t i = 0; i < g->sign->count; i++) {
        EN_TRY(add_people(g, g->sign->parts[i].body));
    }
    for (size_t i = 0, end = g->more_count; i < end; i++) {
        EN_TRY(add_people(g, g->more[i].body));
    }
    return EN_OK;
}

static enum en_status gather_session(struct gathering *g)
{
    struct en_sign *s = g->sign;

    s->session = g->session != NULL ? g->session : g->list.count > 0 ? g->list.items[0].id : NULL;
    if (s->session == NULL) {
        return EN_OK;
    }
    EN_TRY(en_sign_gather(s));
    if (!en_text_equal(s->patient, g->o->patient)) {
        return en_fail(s->c.err, EN_ENOTFOUND, "no such session of this patient");
    }
    EN_TRY(add_pointing(g, "Provenance", "target", "Procedure", s->session));
    EN_TRY(add_addenda(g));
    EN_TRY(add_harms(g));
    return add_all_people(g);
}

/* Reading */

static enum en_status begin(struct en_tx *tx, struct gathering *g, struct en_err *err)
{
    g->sign->c.tx = tx;
    g->sign->c.err = err;
    return list_sessions(g);
}

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    return begin(tx, context, err);
}

static enum en_status note_work(struct en_tx *tx, void *context, struct en_err *err)
{
    EN_TRY(begin(tx, context, err));
    return gather_session(context);
}

static enum en_status start(struct en_operate *o, struct gathering *g)
{
    *g = (struct gathering){.o = o,
                            .sign = EN_NEW(o->rq->arena, struct en_sign, 1),
                            .more = EN_NEW(o->rq->arena, struct en_version, MORE_MAX)};
    if (g->sign == NULL || g->more == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for the sessions of a patient");
    }
    g->sign->c =
        (struct en_ruling){.server = o->server, .rq = o->rq, .a = o->rq->arena, .err = o->err};
    return EN_OK;
}

enum en_status en_document_list(struct en_operate *o, struct en_document_sessions *out)
{
    struct gathering g;

    EN_TRY(start(o, &g));
    EN_TRY(en_store_read(o->server->store, list_work, &g, o->err));
    *out = g.list;
    return EN_OK;
}

static void write_entry(struct en_buf *out, const char *body, bool is_first)
{
    en_buf_print(out, "%s{\"resource\":", is_first ? "" : ",");
    en_buf_add(out, body);
    en_buf_add(out, "}");
}

/* Parts, and what stands around them, as a Bundle for the reader. */
static void write_bundle(const struct gathering *g, struct en_buf *out)
{
    const struct en_sign *s = g->sign;

    en_buf_add(out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < s->count; i++) {
        write_entry(out, s->parts[i].body, i == 0);
    }
    for (size_t i = 0; i < g->more_count; i++) {
        write_entry(out, g->more[i].body, false);
    }
    en_buf_add(out, "]}");
}

enum en_status en_document_note(struct en_operate *o, const char *session,
                                struct en_session_note **out)
{
    struct en_session_note *note = EN_NEW(o->rq->arena, struct en_session_note, 1);
    struct en_buf bundle = EN_BUF(EN_OUTPUT_MAX);
    struct gathering g;

    *out = NULL;
    EN_TRY(start(o, &g));
    g.session = session;
    EN_TRY(en_store_read(o->server->store, note_work, &g, o->err));
    if (note == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for the note of a session");
    }
    if (g.sign->session == NULL) {
        return EN_OK;
    }
    write_bundle(&g, &bundle);
    enum en_status st = en_buf_check(&bundle, "the session", o->err);

    if (st == EN_OK) {
        st = en_fhir_read_session_note(o->app.knowledge, en_buf_text(&bundle), bundle.size,
                                       g.sign->session, o->rq->arena, note, o->err);
    }
    en_buf_free(&bundle);
    *out = st == EN_OK ? note : NULL;
    return st;
}
