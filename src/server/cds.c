/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cds.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/jobs.h"
#include "store/cds.h"

#include <string.h>

enum { FEEDBACK_MAX = 64 };

static const struct en_cds_service *service_of(const char *id)
{
    for (const struct en_cds_service *x = EN_CDS_SERVICES; x->id != NULL; x++) {
        if (en_text_equal(x->id, id)) {
            return x;
        }
    }
    return NULL;
}

/* Pages of other hosts */

/* Tell a browser that the page may read the answer, when the page is one that may call. */
static bool allow_origin(const struct en_server *s, const struct en_http_request *rq,
                         struct en_http_response *rs)
{
    const char *origin = en_http_header(rq, "Origin");

    en_http_add_header(rs, "Vary", "Origin");
    if (en_cds_origin(s->cds, origin) == NULL) {
        return false;
    }
    en_http_add_header(rs, "Access-Control-Allow-Origin", origin);
    return true;
}

static enum en_status on_preflight(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    (void)err;
    rs->status = 204;
    if (allow_origin(s, rq, rs)) {
        en_http_add_header(rs, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
        en_http_add_header(rs, "Access-Control-Allow-Headers",
                           "Authorization, Content-Type, Accept");
        en_http_add_header(rs, "Access-Control-Max-Age", "600");
    }
    return EN_OK;
}

/* Discovery */

static void write_service(const struct en_cds_service *x, struct en_writer *w)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "hook", x->hook);
    en_write_text(w, "title", x->title);
    en_write_text(w, "description", x->description);
    en_write_text(w, "id", x->id);
    en_write_open(w, "prefetch", '{');
    for (const struct en_cds_prefetch *p = x->prefetch; p->key != NULL; p++) {
        en_write_text(w, p->key, p->query);
    }
    en_write_close(w);
    en_write_text(w, "usageRequirements",
                  "Send the prefetch: this service fetches nothing from the EHR.");
    en_write_close(w);
}

static enum en_status on_discovery(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    struct en_writer w = EN_WRITER(&rs->body);

    (void)allow_origin(s, rq, rs);
    rs->content_type = "application/json";
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "services", '[');
    for (const struct en_cds_service *x = EN_CDS_SERVICES; x->id != NULL; x++) {
        write_service(x, &w);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the services", err);
}

/* Who calls; NULL: rs is a bare 401. */
static enum en_status start(struct en_server *s, const struct en_http_request *rq,
                            struct en_http_response *rs, const struct en_cds_client **client,
                            struct en_err *err)
{
    *client = rq->ehr;
    if (rq->ehr != NULL) {
        return EN_OK; /* known since the door */
    }
    (void)allow_origin(s, rq, rs);
    EN_TRY(en_cds_caller(s, rq, client, err));
    if (*client == NULL) {
        rs->status = 401;
        en_http_add_header(rs, "WWW-Authenticate", "Bearer");
    }
    return EN_OK;
}

enum en_status en_cds_door(struct en_server *s, struct en_http_request *rq,
                           struct en_http_response *rs, bool *is_answered, struct en_err *err)
{
    EN_TRY(start(s, rq, rs, &rq->ehr, err));
    *is_answered = rq->ehr == NULL;
    return EN_OK;
}

/* Calls */

struct showing {
    const struct en_cds_call *call;
    const struct en_cds_client *client;
    const struct en_cds_cards *cards;
    struct en_audit audit;
};

static enum en_status show_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct showing *x = context;

    for (size_t i = 0; i < x->cards->count; i++) {
        const struct en_cds_card *c = &x->cards->items[i];
        const struct en_cds_card_row row = {.uuid = c->uuid,
                                            .service = x->call->service->id,
                                            .client = x->client->issuer,
                                            .rule = c->rule,
                                            .indicator = c->indicator};

        EN_TRY(en_tx_cds_card(tx, &row, err));
    }
    return en_tx_audit(tx, &x->audit, err);
}

/* The cards that are shown, to know what becomes of them, and that somebody asked. */
static enum en_status show(struct en_server *s, const struct en_http_request *rq,
                           const struct en_cds_call *call, const struct en_cds_client *client,
                           const struct en_cds_cards *cards, struct en_err *err)
{
    struct showing x = {
        .call = call,
        .client = client,
        .cards = cards,
        .audit = {.action = 'E',
                  .subtype = call->service->hook,
                  .agent = en_arena_print(rq->arena, "ehr:%s", client->issuer),
                  .role = "ehr",
                  .patient = call->patient,
                  .detail = en_arena_print(rq->arena, "hookInstance %s, %zu cards", call->instance,
                                           cards->count),
                  .request = rq->id,
                  .address = rq->address},
    };

    return en_store_write(s->store, show_work, &x, err);
}

static enum en_status answer_call(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, const struct en_cds_client *client,
                                  struct en_cds_call *call, struct en_err *err)
{
    const struct en_app app = en_server_app(s, rq);
    struct en_cds_cards *cards = EN_NEW(rq->arena, struct en_cds_cards, 1);
    bool is_refused = false;

    if (cards == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the cards");
    }
    EN_TRY(en_cds_call_read(s, rq, call, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    EN_TRY(en_cds_decide(&app, call, rq->arena, cards, err));
    EN_TRY(show(s, rq, call, client, cards, err));
    rs->content_type = "application/json";
    return en_cds_write(cards, en_http_root(rq), &rs->body, err);
}

static enum en_status on_call(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    struct en_cds_call *call = EN_NEW(rq->arena, struct en_cds_call, 1);
    const struct en_cds_client *client = NULL;

    if (call == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a call");
    }
    EN_TRY(start(s, rq, rs, &client, err));
    if (client == NULL) {
        return EN_OK;
    }
    call->service = service_of(rq->args[0]);
    if (call->service == NULL) {
        return en_refuse(rs, 404, "not-found", "there is no such service; see /cds-services");
    }
    const enum en_status st = answer_call(s, rq, rs, client, call, err);

    (void)json_object_put(call->root);
    return st;
}

/* Feedback */

struct feedback {
    struct en_cds_feedback_row rows[FEEDBACK_MAX];
    size_t count;
    struct en_audit audit;
};

/* One item; false: it is wrong. The words of the user are not kept: they may tell of a patient. */
static bool read_item(struct json_object *item, const char *client, struct en_cds_feedback_row *out)
{
    struct json_object *reason = en_json_get(en_json_get(item, "overrideReason"), "reason");
    const char *time = en_json_text(item, "outcomeTimestamp");
    const char *code = en_json_text(reason, "code");
    int64_t high_us = 0;

    *out = (struct en_cds_feedback_row){.uuid = en_json_text(item, "card"),
                                        .client = client,
                                        .outcome = en_json_text(item, "outcome"),
                                        .reason = code == NULL ? "" : code};
    return !en_text_is_empty(out->uuid) && out->outcome != NULL &&
           en_list_has("accepted; overridden", out->outcome) && strlen(out->reason) <= 64 &&
           time != NULL && en_instant_span(time, &out->decided_us, &high_us);
}

static enum en_status feedback_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct feedback *f = context;

    for (size_t i = 0; i < f->count; i++) {
        EN_TRY(en_tx_cds_feedback(tx, &f->rows[i], err));
    }
    return en_tx_audit(tx, &f->audit, err);
}

static enum en_status keep_feedback(struct en_server *s, const struct en_http_request *rq,
                                    struct json_object *root, const char *client,
                                    struct en_http_response *rs, struct en_err *err)
{
    struct json_object *list = en_json_get(root, "feedback");
    struct feedback *f = EN_NEW(rq->arena, struct feedback, 1);

    if (f == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for feedback");
    }
    if (en_json_count(list) == 0 || en_json_count(list) > FEEDBACK_MAX) {
        return en_refuse(rs, 400, "required", "feedback: needs 1 to %d items", (int)FEEDBACK_MAX);
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        if (!read_item(en_json_at(list, i), client, &f->rows[f->count++])) {
            return en_refuse(rs, 400, "value",
                             "feedback[%zu]: needs card, outcome (accepted or overridden) and "
                             "outcomeTimestamp",
                             i);
        }
    }
    f->audit = (struct en_audit){.action = 'C',
                                 .subtype = "feedback",
                                 .agent = en_arena_print(rq->arena, "ehr:%s", client),
                                 .role = "ehr",
                                 .detail = en_arena_print(rq->arena, "%zu cards", f->count),
                                 .request = rq->id,
                                 .address = rq->address};
    EN_TRY(en_store_write(s->store, feedback_work, f, err));
    rs->status = 200;
    return EN_OK;
}

static enum en_status on_feedback(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    const struct en_cds_client *client = NULL;
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    EN_TRY(start(s, rq, rs, &client, err));
    if (client == NULL) {
        return EN_OK;
    }
    if (service_of(rq->args[0]) == NULL) {
        return en_refuse(rs, 404, "not-found", "there is no such service; see /cds-services");
    }
    enum en_status st = en_json_read(rq->body, rq->body_size, rq->arena, &root, &issues, err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        return en_refuse_issues(rs, 400, &issues, err);
    }
    if (st == EN_OK) {
        st = keep_feedback(s, rq, root, client->issuer, rs, err);
    }
    (void)json_object_put(root);
    return st;
}

const struct en_route EN_ROUTES_CDS[] = {
    {EN_GET, "/cds-services", EN_RIGHT_CDS, on_discovery, EN_ROUTE_UNAUDITED,
     "services of CDS Hooks; needs no token"},
    {EN_OPTIONS, "/cds-services", EN_RIGHT_CDS, on_preflight, EN_ROUTE_UNAUDITED,
     "which pages may call"},
    {EN_POST, "/cds-services/{}", EN_RIGHT_CDS, on_call, EN_ROUTE_LARGE, "a hook: cards"},
    {EN_OPTIONS, "/cds-services/{}", EN_RIGHT_CDS, on_preflight, EN_ROUTE_UNAUDITED,
     "which pages may call"},
    {EN_POST, "/cds-services/{}/feedback", EN_RIGHT_CDS, on_feedback, EN_ROUTE_UNAUDITED,
     "what became of cards"},
    {EN_OPTIONS, "/cds-services/{}/feedback", EN_RIGHT_CDS, on_preflight, EN_ROUTE_UNAUDITED,
     "which pages may call"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
