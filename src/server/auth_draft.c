/* SPDX-License-Identifier: Apache-2.0
 * server/auth_draft: what somebody is writing, kept by account, so that nothing is lost when the
 * session ends: the next login finds it. The server does not look into it; it goes when what was
 * written is signed (en_tx_draft_delete). */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/auth.h"

#include <string.h>

struct draft_call {
    const struct en_http_request *rq;
    struct en_draft draft;
    struct en_draft *list;
    size_t count;
};

static bool is_key(const char *key)
{
    static const char LETTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const size_t size = strlen(key);

    return size > 0 && size <= EN_DRAFT_KEY_MAX && strspn(key, LETTERS) == size;
}

/* Drafts are of people who write; others have none. A telephone may put a page to sleep in the
 * middle of a diary: a patient has that one. A researcher composes trials: nobody's data. */
static bool may_draft(const struct en_http_request *rq, struct en_http_response *rs,
                      const char *key)
{
    const enum en_role role = rq->caller.role;

    if ((role == EN_ROLE_PATIENT && en_text_equal(key, EN_DRAFT_OF_DIARY)) ||
        (role == EN_ROLE_RESEARCHER && !rq->caller.must_change_password &&
         en_text_equal(key, EN_DRAFT_OF_TRIAL))) {
        return true;
    }
    if (rq->caller.must_change_password) {
        (void)en_refuse(rs, 403, "expired", "change your password first");
        return false;
    }
    if (role != EN_ROLE_OWNER && role != EN_ROLE_PHYSICIAN && role != EN_ROLE_ASSISTANT &&
        role != EN_ROLE_RECEPTION) {
        (void)en_refuse(rs, 403, "forbidden", "a %s has no drafts", en_role_name(role));
        return false;
    }
    if (key != NULL && !is_key(key)) {
        (void)en_refuse(rs, 400, "value",
                        "the key of a draft has 1 to %d letters, digits, '.', '_' or '-'",
                        EN_DRAFT_KEY_MAX);
        return false;
    }
    return true;
}

static enum en_status audit(struct en_tx *tx, const struct draft_call *c, char action,
                            struct en_err *err)
{
    struct en_audit entry = {
        .action = action, .subtype = "draft", .entity_type = "Draft", .entity_id = c->rq->args[0]};

    en_audit_of(c->rq, &entry);
    return en_tx_audit(tx, &entry, err);
}

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct draft_call *c = context;

    return en_tx_draft_list(tx, c->rq->caller.login, c->rq->arena, &c->list, &c->count, err);
}

enum en_status en_auth_drafts(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    struct draft_call c = {.rq = rq};
    char text[EN_INSTANT_TEXT_MAX];

    if (!may_draft(rq, rs, NULL)) {
        return EN_OK;
    }
    EN_TRY(en_store_read(s->store, list_work, &c, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_open(&w, "drafts", '[');
    for (size_t i = 0; i < c.count; i++) {
        en_write_open(&w, NULL, '{');
        en_write_text(&w, "key", c.list[i].key);
        en_write_text(&w, "updated", en_instant_text(c.list[i].updated_us, text));
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

static enum en_status get_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct draft_call *c = context;

    return en_tx_draft_get(tx, c->rq->caller.login, c->rq->args[0], c->rq->arena, &c->draft, err);
}

enum en_status en_auth_draft_get(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct draft_call c = {.rq = rq};

    if (!may_draft(rq, rs, rq->args[0])) {
        return EN_OK;
    }
    EN_TRY(en_store_read(s->store, get_work, &c, err));
    EN_TRY(en_server_audit(
        s, rq,
        (struct en_audit){
            .action = 'R', .subtype = "draft", .entity_type = "Draft", .entity_id = rq->args[0]},
        err));
    rs->content_type = "application/json; charset=utf-8";
    en_buf_add(&rs->body, c.draft.body);
    return EN_OK;
}

static enum en_status put_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct draft_call *c = context;

    EN_TRY(en_tx_draft_put(tx, c->rq->caller.login, &c->draft, err));
    return audit(tx, c, 'U', err);
}

/* Any JSON: it is the page's own. */
enum en_status en_auth_draft_put(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct draft_call c = {.rq = rq, .draft = {.key = rq->args[0], .updated_us = rq->now_us}};
    struct en_issues issues = {0};

    if (!may_draft(rq, rs, rq->args[0])) {
        return EN_OK;
    }
    if (rq->body_size > EN_DRAFT_MAX) {
        return en_refuse(rs, 413, "too-long", "a draft has at most %d bytes", EN_DRAFT_MAX);
    }
    const enum en_status st = en_json_check(rq->body, rq->body_size, rq->arena, &issues, err);

    if (st == EN_EINVAL) {
        return en_refuse_issues(rs, 400, &issues, err);
    }
    EN_TRY(st);
    c.draft.body = rq->body;
    EN_TRY(en_store_write(s->store, put_work, &c, err));
    rs->status = 204;
    return EN_OK;
}

static enum en_status delete_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct draft_call *c = context;

    EN_TRY(en_tx_draft_delete(tx, c->rq->caller.login, c->rq->args[0], err));
    return audit(tx, c, 'D', err);
}

enum en_status en_auth_draft_delete(struct en_server *s, const struct en_http_request *rq,
                                    struct en_http_response *rs, struct en_err *err)
{
    struct draft_call c = {.rq = rq};

    if (!may_draft(rq, rs, rq->args[0])) {
        return EN_OK;
    }
    EN_TRY(en_store_write(s->store, delete_work, &c, err));
    rs->status = 204;
    return EN_OK;
}
