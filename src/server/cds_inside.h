/* SPDX-License-Identifier: Apache-2.0
 * server/cds_inside: one call of a service, from its body to its cards. Inside of cds*.c. */
#pragma once

#include "fhir/json.h"
#include "server/cds.h"

enum {
    EN_CDS_ORDERS_MAX = 8, /* drafts of one kind in one call: each is a plan of its own */
    EN_CDS_CARDS_MAX = 12, /* more than that is read by nobody; the rest is told in the last one */
    EN_CDS_SUMMARY_MAX = 139,
    EN_CDS_UUID = 37
};

struct en_cds_service {
    const char *id, *hook, *title, *description;
    const char *context; /* members that its context must have, beside userId and patientId */
    const char *drafts;  /* member of the context with the Bundle of drafts; NULL none */
    const char *type;    /* of resources of the Bundle that are looked at */
};
extern const struct en_cds_service EN_CDS_SERVICES[]; /* ended by a NULL id */

/* What a service asks to be sent along. */
struct en_cds_prefetch {
    const char *key, *template;
    const char *hooks; /* hooks that cannot do without it, "*" all; "" it may be left out */
};
extern const struct en_cds_prefetch EN_CDS_PREFETCH[]; /* ended by a NULL key */

/* A resource that was sent. Borrowed from the tree of the body. */
struct en_cds_part {
    const char *key; /* of the prefetch */
    const char *type, *id, *url;
    struct json_object *resource;
};

struct en_cds_card {
    char uuid[EN_CDS_UUID];
    const char *rule, *title; /* row of tiers.tsv, or which summary; title of the rule */
    const char *rule_code;    /* row of rules.tsv; NULL: a summary */
    const char *indicator, *summary, *detail;
    bool has_override;
};

/* Everything lives in the request's arena. */
struct en_cds_call {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_http_response *rs;
    struct en_err *err;
    const struct en_cds_service *service;
    struct json_object *root, *context, *prefetch;
    const char *patient;       /* id */
    const char *fhir_server;   /* NULL none */
    struct en_cds_part *parts; /* shape [part_count]: the case, without the drafts */
    size_t part_count;
    const char *cut; /* key of a part that is one page of several; NULL none */
    struct json_object *orders[EN_CDS_ORDERS_MAX]; /* drafts for prolotherapy */
    size_t order_count;
    struct en_cds_card *cards; /* shape [EN_CDS_CARDS_MAX + 1]: the last tells of the rest */
    size_t card_count, left_out;
    bool left_stop; /* among those left out */
};

/* Answer with one error as plain JSON; returns EN_OK. The text holds no patient data. */
enum en_status en_cds_refuse(struct en_http_response *rs, int status, const char *format, ...)
    EN_PRINTF(3, 4);

/* Read a body to its tree; NULL in *out: rs says why there is none. Put it back. */
EN_MUST_USE enum en_status en_cds_body(const struct en_http_request *rq,
                                       struct en_http_response *rs, struct json_object **out,
                                       struct en_err *err);

/* A UUID as text; a new random one. */
bool en_cds_is_uuid(const char *text);
void en_cds_make_uuid(char out[EN_CDS_UUID]);

/* Check hook, context and drafts of c->root, find the drafts for prolotherapy. False: c->rs says
 * what is wrong. */
bool en_cds_read(struct en_cds_call *c);

/* Whether a resource speaks of prolotherapy that is to come: an order, plan or appointment. */
bool en_cds_is_prolotherapy(const struct en_knowledge *k, struct json_object *resource);

/* Whether an order, a plan or an appointment for prolotherapy is among what was sent. */
bool en_cds_is_relevant(const struct en_cds_call *c);

/* Take the parts of the prefetch. False: c->rs says what is wrong, or what is missing (412) to see
 * whether the call is of any concern. */
bool en_cds_gather(struct en_cds_call *c);

/* Whether all is there that a decision cannot do without; else c->rs says what is missing (412). */
bool en_cds_has_all(struct en_cds_call *c);

/* The case as text, in c->rq->arena. */
EN_MUST_USE enum en_status en_cds_bundle(const struct en_cds_call *c, const char **text,
                                         size_t *size);

/* Judge and make the cards. is_summary: one card at most. *is_refused: c->rs is the answer. */
EN_MUST_USE enum en_status en_cds_judge(struct en_cds_call *c, bool is_summary, bool *is_refused);

/* The cards of one assessment. */
EN_MUST_USE enum en_status en_cds_add_cards(struct en_cds_call *c, const struct en_assessment *a,
                                            bool is_summary, const char *about);

/* When cards were left out, one that says so. */
EN_MUST_USE enum en_status en_cds_add_rest(struct en_cds_call *c);

/* A card that no rule made. */
EN_MUST_USE enum en_status en_cds_add_note(struct en_cds_call *c, const char *rule,
                                           const char *summary, const char *detail);
EN_MUST_USE enum en_status en_cds_write_cards(const struct en_cds_call *c);

/* OPTIONS; feedback. */
en_handler en_cds_preflight, en_cds_feedback;
