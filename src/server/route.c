/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

#include "base/clock.h"
#include "base/limiter.h"
#include "base/log.h"
#include "base/text.h"
#include "server/audit.h"
#include "server/cds.h"
#include "server/metrics.h"
#include "server/tables.h"

#include <assert.h>
#include <math.h>
#include <sodium.h>
#include <string.h>

const struct en_route *const EN_ROUTE_TABLES[] = {
    EN_ROUTES_PLAIN,
    EN_ROUTES_PAGE,
    EN_ROUTES_LOGIN,
    EN_ROUTES_CDS,
    EN_ROUTES_AUDIT,
    EN_ROUTES_DIARY,
    EN_ROUTES_OPERATE,
    EN_ROUTES_INTAKE,
    EN_ROUTES_CONSOLE,
    EN_ROUTES_SESSION,
    EN_ROUTES_EXPORT,
    EN_ROUTES_KNOWLEDGE,
    EN_ROUTES_CLINIC,
    EN_ROUTES_OVERVIEW,
    EN_ROUTES_TODAY,
    EN_ROUTES_OUTCOMES,
    EN_ROUTES_REST, /* last: its patterns fit every type */
    NULL,
};

/* "GET, HEAD, OPTIONS" */
static const char *methods_text(unsigned allowed, struct en_arena *a)
{
    const char *text = "OPTIONS";

    for (int m = EN_METHODS - 1; m >= 0; m--) {
        if ((allowed & 1U << m) != 0 && m != EN_OPTIONS && text != NULL) {
            text = en_arena_print(a, "%s, %s", en_method_name((enum en_method)m), text);
        }
    }
    return text == NULL ? "OPTIONS" : text;
}

static void refuse_route(const struct en_http_request *rq, const struct en_route_match *match,
                         struct en_http_response *rs)
{
    if (match->allowed == 0) {
        (void)en_refuse(rs, 404, "not-found", "there is nothing at this address");
        return;
    }
    en_http_add_header(rs, "Allow", methods_text(match->allowed, rq->arena));
    if (rq->method == EN_OPTIONS) {
        rs->status = 204;
        return;
    }
    (void)en_refuse(rs, 405, "not-supported", "%s is not possible at this address; see Allow",
                    en_method_name(rq->method));
}

/* May this address ask once more without a login? Who is logged in is not asked: strangers behind
 * the same address must not lock a clinic out. */
static bool within_limit(struct en_server *s, const struct en_http_request *rq,
                         struct en_http_response *rs)
{
    const bool is_local = en_text_starts(rq->address, "127.") || en_text_equal(rq->address, "::1");
    char key[EN_CLIENT_KEY];
    double wait_s = 0.0;

    if (s->clients == NULL || (is_local && !(s->options.anonymous_per_s > 0.0)) ||
        en_limiter_take(s->clients, en_client_key(rq->address, key), 1.0, en_clock_s(), &wait_s)) {
        return true;
    }
    const char *after = en_arena_print(rq->arena, "%.0f", fmin(ceil(wait_s), 3600.0));

    en_metrics_add(s->metrics, EN_METRIC_LIMITED, 1);
    if (after != NULL) {
        en_http_add_header(rs, "Retry-After", after);
    }
    (void)en_refuse(rs, 429, "throttled",
                    "too many requests without a login from this address; wait a moment");
    return false;
}

static bool changes_something(enum en_method method)
{
    return method == EN_POST || method == EN_PUT || method == EN_PATCH || method == EN_DELETE;
}

static bool is_same_secret(const char *a, const char *b)
{
    const size_t size = strlen(a);

    return size == strlen(b) && sodium_memcmp(a, b, size) == 0;
}

/* SAFETY: a page of another site can make a browser send our cookie. Such a request has another
 * Origin and cannot know the token. */
static bool is_forged(const struct en_http_request *rq, const struct en_route *route)
{
    const char *origin = en_http_header(rq, "Origin"), *token = NULL;
    const size_t size = strlen(rq->base);

    if (!changes_something(rq->method) || route->right == EN_RIGHT_CDS) {
        return false;
    }
    if (origin != NULL) {
        const size_t path = en_text_starts(rq->base + size - 5, "/fhir") ? 5 : 0;

        if (strlen(origin) != size - path || memcmp(origin, rq->base, size - path) != 0) {
            return true;
        }
    }
    if (rq->caller.csrf == NULL) {
        return false;
    }
    token = en_http_header(rq, "X-CSRF-Token");
    return token == NULL || !is_same_secret(token, rq->caller.csrf);
}

static bool is_json(const char *type)
{
    static const char *const KINDS[] = {"application/fhir+json", "application/json",
                                        "application/json-patch+json"};
    const size_t size = type == NULL ? 0 : strcspn(type, "; \t");

    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        if (size == strlen(KINDS[i]) && strncasecmp(type, KINDS[i], size) == 0) {
            const char *charset = strcasestr(type + size, "charset=");

            /* Other parameters (fhirVersion) mean nothing here. */
            return charset == NULL || strncasecmp(charset + 8, "utf-8", 5) == 0 ||
                   strncasecmp(charset + 8, "\"utf-8\"", 7) == 0;
        }
    }
    return false;
}

/* Whether the caller may use the route; else rs says why not. */
static bool may_pass(struct en_server *s, struct en_http_request *rq, const struct en_route *route,
                     struct en_http_response *rs)
{
    if (route->right == EN_RIGHT_PUBLIC || route->right == EN_RIGHT_CDS) {
        return within_limit(s, rq, rs);
    }
    if (rq->caller.role == EN_ROLE_NONE) {
        if (within_limit(s, rq, rs)) {
            en_http_add_header(rs, "WWW-Authenticate", "Bearer realm=\"enthesis\"");
            (void)en_refuse(rs, 401, "login", "log in first");
        }
        return false;
    }
    if (rq->caller.must_change_password && route->right != EN_RIGHT_LOGIN) {
        en_audit_denied(s, rq, "password not changed yet");
        (void)en_refuse(rs, 403, "expired", "change your password first");
        return false;
    }
    if (!en_may_route(&rq->caller, route->right)) {
        en_audit_denied(s, rq, en_right_name(route->right));
        (void)en_refuse(rs, 403, "forbidden", "a %s may not do this",
                        en_role_name(rq->caller.role));
        return false;
    }
    return true;
}

/* A failure of ours: told to the client in general words, to the log in its own. */
static void answer_failure(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, enum en_status status,
                           const struct en_err *err)
{
    en_answer_failure(rs, status, err);
    if (rs->status >= 500) {
        en_log_event(s->log, EN_LOG_ERROR, "failure", rq->id,
                     err->text[0] == '\0' ? en_status_meaning(status) : err->text);
    }
}

/* Who is at the door: by session or token, an EHR by the signature of its call. */
static enum en_status meet(struct en_server *s, struct en_http_request *rq,
                           const struct en_route *route, struct en_http_response *rs,
                           bool *is_answered, struct en_err *err)
{
    if (route->right == EN_RIGHT_PUBLIC) {
        return EN_OK;
    }
    if (route->right == EN_RIGHT_CDS) {
        return rq->method == EN_POST ? en_cds_door(s, rq, rs, is_answered, err) : EN_OK;
    }
    return en_authenticate(s, rq, rs, is_answered, err);
}

bool en_serve_head(struct en_server *s, struct en_http_request *rq, struct en_http_response *rs,
                   struct en_route_match *match)
{
    struct en_err err = {""};
    bool is_answered = false;
    const enum en_status st =
        en_route_find(EN_ROUTE_TABLES, rq->method, rq->path, rq->arena, match, &err);

    if (st != EN_OK) {
        answer_failure(s, rq, rs, st, &err);
        return true;
    }
    const struct en_route *route = match->route;

    if (route == NULL) {
        if (within_limit(s, rq, rs)) {
            refuse_route(rq, match, rs);
        }
        return true;
    }
    memcpy(rq->args, match->args, sizeof rq->args);
    const enum en_status known = meet(s, rq, route, rs, &is_answered, &err);

    if (known != EN_OK) {
        answer_failure(s, rq, rs, known, &err);
        return true;
    }
    if (is_answered) {
        (void)within_limit(s, rq, rs); /* a wrong token counts as a stranger's request */
        return true;
    }
    if (!may_pass(s, rq, route, rs)) {
        return true;
    }
    if (is_forged(rq, route)) {
        if (rq->caller.role != EN_ROLE_NONE) {
            en_audit_denied(s, rq, "forged request");
        }
        (void)en_refuse(rs, 403, "security",
                        "the request must carry the session's X-CSRF-Token and come from a page of "
                        "this server");
        return true;
    }
    return false;
}

void en_serve_body(struct en_server *s, const struct en_route_match *match,
                   struct en_http_request *rq, struct en_http_response *rs)
{
    const struct en_route *route = match->route;
    struct en_err err = {""};

    assert(route != NULL);
    if (rq->body_size > 0 && (route->flags & EN_ROUTE_ANY_BODY) == 0 &&
        !is_json(en_http_header(rq, "Content-Type"))) {
        (void)en_refuse(rs, 415, "not-supported",
                        "the body must be JSON in UTF-8: Content-Type: application/fhir+json");
        return;
    }
    if (rq->method == EN_HEAD) {
        rq->method = EN_GET;
    }
    struct en_shared_token *token = NULL;

    rq->knowledge = en_tables_take(s, &token);
    const enum en_status st = route->handler(s, rq, rs, &err);

    rq->knowledge = NULL;
    en_tables_give(s, token);
    if (st == EN_OK && rs->body.status != EN_OK) {
        answer_failure(s, rq, rs, rs->body.status, &(struct en_err){"the answer is too large"});
    } else if (st != EN_OK) {
        answer_failure(s, rq, rs, st, &err);
    }
    if (rs->status == 0) {
        rs->status = rs->body.size > 0 || rs->file_path != NULL ? 200 : 204;
    }
}

void en_serve(struct en_server *s, struct en_http_request *rq, struct en_http_response *rs)
{
    struct en_route_match match;

    if (!en_serve_head(s, rq, rs, &match)) {
        en_serve_body(s, &match, rq, rs);
    }
}
