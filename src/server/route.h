/* SPDX-License-Identifier: Apache-2.0
 * server/route: the route table and the way of a request through it.
 *
 * guard (server/guard) -> route or 404, 405 -> en_authenticate -> too many strangers? -> password
 * change due? -> CSRF -> en_may_route -> body -> handler -> failure to OperationOutcome -> headers,
 * metrics, log. Everything before the body is judged before it is read: a stranger cannot make the
 * server hold large bodies. Each file of handlers offers a table; EN_ROUTE_TABLES lists them. */
#pragma once

#include "server/server.h"

typedef enum en_status en_handler(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err);

enum en_route_flags {
    EN_ROUTE_ANY_BODY = 1, /* body may be no JSON; of others Content-Type is checked (415) */
    EN_ROUTE_LARGE = 2,    /* body up to EN_BODY_LARGE_MAX (Bundles) */
    EN_ROUTE_UNAUDITED = 4 /* touches no patient data; every other handler writes its audit entry */
};

/* pattern: "/fhir/{}/{}/_history/{}": {} is one segment that does not begin with '$' or '_'; other
 * segments match as they stand. The first fitting row of all tables wins, tables in their order. */
/* A row reads as it is spoken. NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct en_route {
    enum en_method method;
    const char *pattern;
    enum en_right right;
    en_handler *handler;
    unsigned flags;
    const char *help; /* a clause, for docs/api.md */
};

/* Tables, each ended by a NULL pattern. */
extern const struct en_route EN_ROUTES_PLAIN[];     /* /health, /metrics, /robots.txt: plain.c */
extern const struct en_route EN_ROUTES_PAGE[];      /* /, /app.js ...: page.c */
extern const struct en_route EN_ROUTES_LOGIN[];     /* /auth/...: auth.c */
extern const struct en_route EN_ROUTES_CDS[];       /* /cds-services...: cds.c */
extern const struct en_route EN_ROUTES_AUDIT[];     /* /fhir/AuditEvent...: audit_event.c */
extern const struct en_route EN_ROUTES_DIARY[];     /* /diary...: diary.c */
extern const struct en_route EN_ROUTES_OPERATE[];   /* /fhir/.../$plan ...: operate.c */
extern const struct en_route EN_ROUTES_INTAKE[];    /* /clinic/questions, intake: intake.c */
extern const struct en_route EN_ROUTES_CONSOLE[];   /* /clinic/plan/...: console.c */
extern const struct en_route EN_ROUTES_SESSION[];   /* /clinic/session...: session_sheet.c */
extern const struct en_route EN_ROUTES_EXPORT[];    /* /fhir/$export, /export/...: bulk.c */
extern const struct en_route EN_ROUTES_KNOWLEDGE[]; /* /knowledge..., /clinic/policies */
extern const struct en_route EN_ROUTES_CLINIC[];    /* /clinic/...: clinic.c */
extern const struct en_route EN_ROUTES_OVERVIEW[];  /* /clinic/patient/{}: overview.c */
extern const struct en_route EN_ROUTES_TODAY[];     /* /clinic/today: today.c */
extern const struct en_route EN_ROUTES_OUTCOMES[];  /* /clinic/outcomes...: outcomes.c */
extern const struct en_route EN_ROUTES_REST[];      /* /fhir/...: rest.c */
extern const struct en_route *const EN_ROUTE_TABLES[];

/* Who asks, from cookie or Authorization. EN_OK with EN_ROLE_NONE when nothing was offered; a wrong
 * or stale token answers 401 by itself (*is_answered). Not asked for EN_RIGHT_PUBLIC (a stale
 * cookie must not keep anybody from logging in) and EN_RIGHT_CDS (the token is the EHR's): there
 * the caller is nobody. server/login.c. */
EN_MUST_USE enum en_status en_authenticate(struct en_server *s, struct en_http_request *rq,
                                           struct en_http_response *rs, bool *is_answered,
                                           struct en_err *err);

/* What stands for a client's address where tries are counted: a whole network of IPv6 addresses
 * belongs to one client, so its first half is the key. Returns key. */
enum { EN_CLIENT_KEY = 64 };
const char *en_client_key(const char *address, char key[EN_CLIENT_KEY]);

/* What a request leads to. */
struct en_route_match {
    const struct en_route *route; /* NULL: none */
    size_t index;                 /* of the route, counted through all tables */
    unsigned allowed;             /* bit 1 << method: methods that this path has */
    const char *args[EN_PATH_ARGS_MAX];
};

/* Find the row. HEAD is answered by GET's. EN_ENOMEM only: no row is no failure. */
EN_MUST_USE enum en_status en_route_find(const struct en_route *const *tables,
                                         enum en_method method, const char *path,
                                         struct en_arena *a, struct en_route_match *out,
                                         struct en_err *err);

/* Rows of all tables; the row by its index. */
size_t en_route_count(const struct en_route *const *tables);
const struct en_route *en_route_at(const struct en_route *const *tables, size_t index);

/* The first part, when the head is there: all up to the body. True: rs is the answer already. */
bool en_serve_head(struct en_server *s, struct en_http_request *rq, struct en_http_response *rs,
                   struct en_route_match *match);

/* The second part: the handler. HEAD comes to it as GET. */
void en_serve_body(struct en_server *s, const struct en_route_match *match,
                   struct en_http_request *rq, struct en_http_response *rs);

/* Answer one request, both parts; never fails: whatever goes wrong is an answer. */
void en_serve(struct en_server *s, struct en_http_request *rq, struct en_http_response *rs);
