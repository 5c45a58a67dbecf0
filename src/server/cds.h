/* SPDX-License-Identifier: Apache-2.0
 * server/cds: CDS Hooks 2.0: what an EHR is told before prolotherapy is ordered, signed or booked.
 * Inside of cds*.c and the tests.
 *
 * Everything is decided on what the EHR sends (prefetch): this server fetches nothing from an
 * address that a request names, so that no request can make it call somewhere (412 tells what is
 * missing). Who may call stands in a file:
 *     {"clients": [{"iss": "https://ehr.example", "keys": {JWK set}, "origins": ["https://..."]}]}
 * keys may also be one JWK, or a PEM as text. origins are pages of browsers that may call (CORS).
 * */
#pragma once

#include "app/app.h"
#include "server/route.h"

enum {
    EN_CDS_CLIENTS_MAX = 64,
    EN_CDS_ORIGINS_MAX = 16,
    EN_CDS_CARDS_MAX = 32,
    EN_CDS_ORDERS_MAX = 12
};

struct en_cds_client {
    const char *issuer, *keys; /* keys: a JWK set as text */
    const char *origins[EN_CDS_ORIGINS_MAX];
    size_t origin_count;
};

struct en_cds {
    struct en_cds_client *clients; /* shape [count] */
    size_t count;
};

/* cds_clients.c: read the file (NULL: nobody may call). EN_EINVAL names what is wrong with it. */
EN_MUST_USE enum en_status en_cds_load(const char *path, struct en_arena *a, struct en_cds **out,
                                       struct en_err *err);
EN_MUST_USE enum en_status en_cds_read(const char *text, size_t size, struct en_arena *a,
                                       struct en_cds **out, struct en_err *err);

/* Whose page this origin is; NULL: nobody's. cds NULL: no EHR may call. */
const struct en_cds_client *en_cds_origin(const struct en_cds *cds, const char *origin);

/* Who signed the token of this request, once, for this very address. NULL: answer 401. */
EN_MUST_USE enum en_status en_cds_caller(struct en_server *s, const struct en_http_request *rq,
                                         const struct en_cds_client **out, struct en_err *err);

/* The same at the door, before a body is read: sets rq->ehr, or *is_answered with a bare 401. */
EN_MUST_USE enum en_status en_cds_door(struct en_server *s, struct en_http_request *rq,
                                       struct en_http_response *rs, bool *is_answered,
                                       struct en_err *err);

/* A service */

enum en_cds_hook { EN_CDS_VIEW, EN_CDS_SELECT, EN_CDS_SIGN, EN_CDS_BOOK };

struct en_cds_prefetch {
    const char *key, *query;
    bool is_needed; /* 412 without it */
};

struct en_cds_service {
    const char *id, *hook, *title, *description;
    enum en_cds_hook kind;
    const struct en_cds_prefetch *prefetch; /* ended by a NULL key */
};

/* Ended by a NULL id (cds_services.c). */
extern const struct en_cds_service EN_CDS_SERVICES[];

/* What a call is about (cds_request.c). */
struct en_cds_call {
    const struct en_cds_service *service;
    const char *instance; /* hookInstance */
    const char *patient;  /* id in the EHR */
    struct json_object *root;
    /* Orders or appointments of prolotherapy that the call is about; shape [order_count]. */
    struct json_object *orders[EN_CDS_ORDERS_MAX];
    size_t order_count;
    const char *bundle; /* the case from the prefetch, JSON; NULL: not needed */
    size_t bundle_size;
};

/* Read a call. A refusal goes to rs, and *is_refused is set. Put call->root back in any case. */
EN_MUST_USE enum en_status en_cds_call_read(struct en_server *s, const struct en_http_request *rq,
                                            struct en_cds_call *call, struct en_http_response *rs,
                                            bool *is_refused, struct en_err *err);

/* A card; texts live in the arena. */
struct en_cds_card {
    const char *uuid, *summary, *detail, *indicator, *rule;
    bool has_override;
};

struct en_cds_cards {
    struct en_cds_card items[EN_CDS_CARDS_MAX];
    size_t count;
};

/* cds_cards.c: what to say; nothing where the call is not about prolotherapy. */
EN_MUST_USE enum en_status en_cds_decide(const struct en_app *app, const struct en_cds_call *call,
                                         struct en_arena *a, struct en_cds_cards *out,
                                         struct en_err *err);

/* {"cards": [...]}. root: "https://host", of the source's address. */
EN_MUST_USE enum en_status en_cds_write(const struct en_cds_cards *cards, const char *root,
                                        struct en_buf *out, struct en_err *err);
