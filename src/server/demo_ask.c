/* SPDX-License-Identifier: Apache-2.0
 * server/demo_ask: what the staff of the demo clinic did, as requests. */
#include "base/text.h"
#include "server/demo_inside.h"
#include "server/route.h"

#include <string.h>

en_day en_demo_day(const struct en_demo *d, int64_t at_us)
{
    return (en_day)((at_us - d->shift.minutes * INT64_C(60000000)) / INT64_C(86400000000));
}

static const struct en_demo_account *account_of(const char *role)
{
    const struct en_demo_account *x = EN_DEMO_ACCOUNTS;

    while (x->role != NULL && !en_text_equal(x->role, role)) {
        x++;
    }
    return x;
}

static enum en_status answer_of(const struct en_demo_request *r, struct en_http_response *rs,
                                struct en_buf *answer, struct en_err *err)
{
    if (rs->status >= 400) {
        return en_fail(err, EN_EBUG, "the demo clinic: %s is refused (%d): %.900s", r->target,
                       rs->status, en_buf_text(&rs->body));
    }
    if (answer != NULL) {
        en_buf_add_bytes(answer, en_buf_text(&rs->body), rs->body.size);
        return en_buf_check(answer, "an answer", err);
    }
    return EN_OK;
}

enum en_status en_demo_ask(struct en_server *s, const struct en_demo_request *r,
                           struct en_buf *answer, struct en_err *err)
{
    static const struct en_header HEADERS[] = {{"Content-Type", "application/json"}};
    const struct en_demo_account *account = account_of(r->role);
    const size_t path_size = strcspn(r->target, "?");
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_http_response rs = EN_HTTP_RESPONSE;
    struct en_route_match match;
    struct en_http_request rq = {
        .id = "demo",
        .method = r->method,
        .path = en_arena_copy(&a, r->target, path_size),
        .query = r->target[path_size] == '?' ? r->target + path_size + 1 : "",
        .headers = HEADERS,
        .header_count = EN_COUNT(HEADERS),
        .body = r->body == NULL ? "" : r->body,
        .body_size = r->body == NULL ? 0 : strlen(r->body),
        .address = "",
        .base = "http://localhost/fhir",
        .caller = {.login = account->role, .practitioner = account->practitioner},
        .now_us = r->at_us,
        .today = en_demo_day(s->demo, r->at_us),
        .arena = &a,
    };
    enum en_status st = en_role_of(account->role, &rq.caller.role) && rq.path != NULL
                            ? EN_OK
                            : en_fail(err, EN_EBUG, "the demo clinic: no such role");

    if (st == EN_OK) {
        st = en_route_find(EN_ROUTE_TABLES, rq.method, rq.path, &a, &match, err);
    }
    if (st == EN_OK && match.route == NULL) {
        st = en_fail(err, EN_EBUG, "the demo clinic: there is nothing at %s", r->target);
    }
    if (st == EN_OK) {
        memcpy(rq.args, match.args, sizeof rq.args);
        en_serve_body(s, &match, &rq, &rs);
        st = answer_of(r, &rs, answer, err);
    }
    en_buf_free(&rs.body);
    en_arena_free(&a);
    return st;
}
