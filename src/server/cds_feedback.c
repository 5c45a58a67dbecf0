/* SPDX-License-Identifier: Apache-2.0
 * server/cds_feedback: what became of cards. It is the measure of whether a rule only tires its
 * readers. What users wrote goes to the database, never to a log. */
#include "base/instant.h"
#include "base/text.h"
#include "server/audit.h"
#include "server/cds_inside.h"
#include "store/feedback.h"

#include <string.h>

enum { ITEMS_MAX = 100, SUGGESTIONS_MAX = 16, ID_MAX = 64, URL_MAX = 256, COMMENT_MAX = 2000 };

static const int64_t AHEAD_US = INT64_C(300000000); /* clocks differ */

struct item {
    const char *card;
    struct en_feedback feedback;
};

struct call {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_http_response *rs;
    const char *service;
    struct item *items; /* shape [count] */
    size_t count, unknown;
};

static bool refuse(const struct call *c, size_t number, const char *what)
{
    (void)en_cds_refuse(c->rs, 400, "feedback %zu: %s", number, what);
    return false;
}

/* A text of at most max bytes; NULL is fine. False: it is none. */
static bool read_text(struct json_object *of, const char *key, size_t max, const char **out)
{
    *out = en_json_text(of, key);
    if (!json_object_object_get_ex(of, key, NULL)) {
        return true;
    }
    return !en_text_is_empty(*out) && strlen(*out) <= max;
}

static bool read_suggestions(struct call *c, struct json_object *item, size_t number,
                             struct en_feedback *out)
{
    struct json_object *list = en_json_get(item, "acceptedSuggestions");
    const size_t count = en_json_count(list);
    const bool is_accepted = en_text_equal(out->outcome, "accepted");

    if (list == NULL && !is_accepted) {
        return true;
    }
    if (!is_accepted || count == 0 || count > SUGGESTIONS_MAX) {
        return refuse(c, number,
                      "acceptedSuggestions goes with the outcome accepted, with 1 to 16 of them");
    }
    for (size_t i = 0; i < count; i++) {
        const char *id = NULL;

        if (!read_text(en_json_at(list, i), "id", ID_MAX, &id) || id == NULL) {
            return refuse(c, number, "acceptedSuggestions: each needs the id of a suggestion");
        }
        out->accepted = en_arena_print(c->rq->arena, "%s%s%s", i == 0 ? "" : out->accepted,
                                       i == 0 ? "" : " ", id);
        if (out->accepted == NULL) {
            return refuse(c, number, "is too large");
        }
    }
    return true;
}

static bool read_reason(struct call *c, struct json_object *item, size_t number,
                        struct en_feedback *out)
{
    struct json_object *override = en_json_get(item, "overrideReason");
    struct json_object *reason = en_json_get(override, "reason");

    if (!json_object_object_get_ex(item, "overrideReason", NULL)) {
        return true;
    }
    if (!json_object_is_type(override, json_type_object) ||
        !en_text_equal(out->outcome, "overridden")) {
        return refuse(c, number,
                      "overrideReason is an object and goes with the outcome overridden");
    }
    if (json_object_object_get_ex(override, "reason", NULL) &&
        !json_object_is_type(reason, json_type_object)) {
        return refuse(c, number, "overrideReason.reason must be a Coding");
    }
    if (!read_text(reason, "code", ID_MAX, &out->reason_code) ||
        !read_text(reason, "system", URL_MAX, &out->reason_system) ||
        !read_text(override, "userComment", COMMENT_MAX, &out->comment)) {
        return refuse(c, number,
                      "overrideReason: code, system and userComment are texts of at most 64, 256 "
                      "and 2000 bytes");
    }
    return reason == NULL || out->reason_code != NULL ||
           refuse(c, number, "overrideReason.reason needs its code");
}

static bool read_item(struct call *c, struct json_object *item, size_t number, struct item *out)
{
    struct en_feedback *f = &out->feedback;
    const char *time = en_json_text(item, "outcomeTimestamp");
    int64_t high_us = 0;

    out->card = en_json_text(item, "card");
    if (!en_cds_is_uuid(out->card)) {
        return refuse(c, number, "card must be the uuid of a card");
    }
    f->outcome = en_json_text(item, "outcome");
    if (f->outcome == NULL || !en_list_has("accepted; overridden", f->outcome)) {
        return refuse(c, number, "outcome must be accepted or overridden");
    }
    if (time == NULL || strchr(time, 'T') == NULL ||
        !en_instant_span(time, &f->outcome_us, &high_us) ||
        f->outcome_us > c->rq->now_us + AHEAD_US) {
        return refuse(c, number,
                      "outcomeTimestamp must be a time that is over, \"2026-03-02T10:00:00Z\"");
    }
    return read_suggestions(c, item, number, f) && read_reason(c, item, number, f);
}

static bool read_all(struct call *c, struct json_object *root)
{
    struct json_object *list = en_json_get(root, "feedback");
    const size_t count = en_json_count(list);

    c->items = EN_NEW(c->rq->arena, struct item, count);
    if (count == 0 || count > ITEMS_MAX || c->items == NULL) {
        (void)en_cds_refuse(c->rs, 400, "feedback must be a list of 1 to %d", (int)ITEMS_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_item(c, en_json_at(list, i), i + 1, &c->items[i])) {
            return false;
        }
        c->count++;
    }
    return true;
}

/* All or nothing. EN_ENOTFOUND: one of the cards was not given to this client. */
static enum en_status keep_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct call *c = context;
    struct en_audit audit = {
        .action = 'C',
        .subtype = "cds-feedback",
        .detail = en_arena_print(c->rq->arena, "%s: %zu cards", c->service, c->count)};

    for (size_t i = 0; i < c->count; i++) {
        struct en_issued_card card;

        c->unknown = i + 1;
        EN_TRY(en_tx_card_get(tx, c->items[i].card, c->rq->caller.login, c->service, c->rq->arena,
                              &card, err));
        EN_TRY(en_tx_feedback_add(tx, &card, &c->items[i].feedback, err));
    }
    en_audit_of(c->rq, &audit);
    return en_tx_audit(tx, &audit, err);
}

static enum en_status keep(struct call *c, struct en_err *err)
{
    struct en_err why = {""};
    const enum en_status st = en_store_write(c->server->store, keep_work, c, &why);

    if (st == EN_ENOTFOUND) {
        (void)refuse(c, c->unknown, "this service gave you no such card, or it is long ago");
        return EN_OK;
    }
    if (st != EN_OK) {
        return en_fail(err, st, "%s", why.text);
    }
    c->rs->status = 200;
    c->rs->content_type = "application/json";
    return EN_OK;
}

enum en_status en_cds_feedback(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct call c = {.server = s, .rq = rq, .rs = rs};
    struct json_object *root = NULL;
    enum en_status st = EN_OK;

    for (const struct en_cds_service *x = EN_CDS_SERVICES; x->id != NULL; x++) {
        c.service = en_text_equal(x->id, rq->args[0]) ? x->id : c.service;
    }
    if (c.service == NULL) {
        return en_cds_refuse(rs, 404, "there is no such service: see /cds-services");
    }
    EN_TRY(en_cds_body(rq, rs, &root, err));
    if (root != NULL && read_all(&c, root)) {
        st = keep(&c, err);
    }
    (void)json_object_put(root);
    return st;
}
