/* SPDX-License-Identifier: Apache-2.0
 * server/operate: the operations on a patient, a Bundle or plain numbers: the functions of app/,
 * with a request around them. Inside of operate*.c, apply.c, cds.c, sign.c. */
#pragma once

#include "app/review.h"
#include "server/parameters.h"
#include "server/record.h"
#include "server/route.h"

struct en_operation;

/* One request for an operation. Everything lives in the request's arena. */
struct en_operate {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_http_response *rs;
    struct en_err *err;
    const struct en_operation *operation;
    struct en_app app; /* with the day of the decision */
    struct en_op_parameters p;
    struct en_asked asked; /* reads p */
    const char *patient;   /* id of a stored Patient; NULL: the case came in the body */
    struct en_record record;
    struct en_versions draft; /* what is being written and not stored; counts for this answer */
    struct en_case c;
};

/* What an operation may be told, and its answer as JSON. A failure leaves nothing behind. */
typedef enum en_status en_operation_run(struct en_operate *o, struct en_buf *json);

struct en_operation {
    const char *name; /* "$plan" */
    const struct en_op_rule *rules;
    bool is_heavy; /* takes a processor for seconds: only so many at a time */
    en_operation_run *run;
    const char *help;
};

/* Rows of a table of rules: what a plan is made of. */
#define EN_PLAN_RULES                                                                              \
    {"target", EN_PARAMETER_VALUE, "which problem of the case, 1 is the first"},                   \
        {"sites", EN_PARAMETER_VALUE, "sites of the atlas, \"KNE-01; KNE-02\""},                   \
        {"schedule", EN_PARAMETER_VALUE, "schedule profile; default: the condition's"},            \
        {"sessions", EN_PARAMETER_VALUE, "number of sessions; default: the profile's"},            \
        {"interval", EN_PARAMETER_VALUE, "days between sessions; default: the profile's"},         \
        {"dextrose", EN_PARAMETER_VALUE, "percent at each site within its range"},                 \
        {"volume-scale", EN_PARAMETER_VALUE, "volume over the atlas', within its range"},          \
        {"start", EN_PARAMETER_VALUE, "day of the first session"},                                 \
        {"dates", EN_PARAMETER_VALUE, "days of all sessions, \"2026-03-02; 2026-03-30\""},         \
        {"guidance", EN_PARAMETER_VALUE, "LM, US, FL or CT where the site allows it"},             \
        {"anaesthetic", EN_PARAMETER_VALUE, "anaesthetic of the mix, or none"},                    \
        {"bleb-mg", EN_PARAMETER_VALUE, "anaesthetic in skin blebs, per session"},                 \
        {"block-mg", EN_PARAMETER_VALUE, "anaesthetic in nerve blocks, per session"},              \
        {"stocks", EN_PARAMETER_VALUE, "stocks at hand"},                                          \
        {"patients", EN_PARAMETER_VALUE, "virtual patients of the forecast"},                      \
    {                                                                                              \
        "seed", EN_PARAMETER_VALUE, "seed of the forecast"                                         \
    }

/* Ended by a NULL name: those on a case (operate_case.c). */
extern const struct en_operation EN_OPERATIONS[];

/* Read the record of o->patient and the case from it. *is_refused: rs says why there is no case. */
EN_MUST_USE enum en_status en_operate_record(struct en_operate *o, bool *is_refused);

/* What a plan is to be made of, from the parameters; refuses more virtual patients than a request
 * may ask for. */
EN_MUST_USE enum en_status en_operate_plan(const struct en_operate *o, struct en_plan_request *out);

/* The case from a text. */
EN_MUST_USE enum en_status en_operate_case(struct en_operate *o, const char *text, size_t size,
                                           bool *is_refused);

/* A place among those who may calculate. False: rs says to try again. */
bool en_operate_enter(struct en_operate *o);
void en_operate_leave(struct en_operate *o);

/* Whether what comes of it is stored: on a stored patient, by POST, unless store=false or the
 * caller may not create it. */
bool en_operate_stores(const struct en_operate *o);

/* Keep the results of a stored patient (operate_store.c): each resource of the Bundle with an id
 * that follows from the record, the operation and its parameters, so that asking twice makes
 * nothing twice; the record as it was; a Provenance over both. One transaction, with its audit
 * entry. The answer becomes the Bundle of what is stored. */
EN_MUST_USE enum en_status en_operate_store(struct en_operate *o, struct en_buf *json,
                                            struct en_buf *answer);

/* An entry of the audit trail for this request. */
struct en_audit en_operate_audit(const struct en_operate *o);

/* GET and POST /fhir/$mix */
enum en_status en_operate_mix(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err);

/* The operations with their parameters, the rules of a session and how one is signed, as Markdown
 * for docs/api.md. */
void en_operate_docs(struct en_buf *out);
