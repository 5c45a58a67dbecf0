/* SPDX-License-Identifier: Apache-2.0
 * server/route: the route table and the way of a request through it.
 *
 * guard (server/guard) -> route or 404, 405 -> en_authenticate -> password change due? -> CSRF ->
 * en_may_route -> handler -> failure to OperationOutcome -> headers, metrics, log. Each file of
 * handlers offers a table; EN_ROUTE_TABLES lists the tables. */
#pragma once

#include "server/server.h"

typedef enum en_status en_handler(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err);

enum en_route_flags {
    EN_ROUTE_ANY_BODY = 1, /* body may be no JSON */
    EN_ROUTE_LARGE = 2,    /* body up to EN_BODY_LARGE_MAX (Bundles) */
    EN_ROUTE_UNAUDITED = 4 /* touches no patient data; every other handler writes its audit entry */
};

/* pattern: "/fhir/{}/{}/_history/{}": {} is one segment that does not begin with '$' or '_'; other
 * segments match as they stand. The first fitting row of all tables wins, tables in their order. */
struct en_route {
    enum en_method method;
    const char *pattern;
    enum en_right right;
    en_handler *handler;
    unsigned flags;
    const char *help; /* a clause, for docs/api.md */
};

/* Tables, each ended by a NULL pattern. */
extern const struct en_route EN_ROUTES_PLAIN[];   /* /health, /metrics, /robots.txt: plain.c */
extern const struct en_route EN_ROUTES_LOGIN[];   /* /auth/...: auth.c */
extern const struct en_route EN_ROUTES_CDS[];     /* /cds-services...: cds.c */
extern const struct en_route EN_ROUTES_OPERATE[]; /* /fhir/.../$plan ...: operate.c */
extern const struct en_route EN_ROUTES_EXPORT[];  /* /fhir/$export, /export/...: bulk.c */
extern const struct en_route EN_ROUTES_REST[];    /* /fhir/...: rest.c */
extern const struct en_route *const EN_ROUTE_TABLES[];

/* Who asks, from cookie or Authorization. EN_OK with EN_ROLE_NONE when nothing was offered; a wrong
 * or stale token answers 401 by itself (*is_answered). server/login.c. */
EN_MUST_USE enum en_status en_authenticate(struct en_server *s, struct en_http_request *rq,
                                           struct en_http_response *rs, bool *is_answered,
                                           struct en_err *err);

/* Answer one request; never fails: whatever goes wrong is an answer. */
void en_serve(struct en_server *s, struct en_http_request *rq, struct en_http_response *rs);
