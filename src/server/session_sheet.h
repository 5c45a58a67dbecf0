/* SPDX-License-Identifier: Apache-2.0
 * server/session_sheet: what a session is led by, as plain JSON for the clinic's page: the plan of
 * today with sites and mixes, the checklist, limits, emergency cards. Inside of session_sheet*.c
 * and session_totals.c. Nothing is stored. */
#pragma once

#include "fhir/writer.h"
#include "server/operate.h"
#include "server/session_inside.h"

/* What the sheet tells; lives in the request's arena. */
struct en_session_sheet {
    struct en_operate *o;
    const char *plan;                   /* id of the CarePlan; NULL: none was made */
    const char *plan_status;            /* "draft", "active" */
    const char *condition;              /* id of the problem that the plan names; NULL none */
    const char *parameters;             /* what the plan was asked with: "target=1&sites=KNE-01" */
    const char *operator_id;            /* Practitioner who approved the plan; NULL nobody */
    const char *consent, *consent_date; /* the one that signing rests on; NULL: there is none */
    struct en_versions procedures, administrations; /* of the patient */
    struct en_plan_answer *answer;
    const struct en_fact *facts; /* shape [rows of facts.tsv] */
};

/* As one JSON object, ended. */
EN_MUST_USE enum en_status en_session_sheet_write(const struct en_session_sheet *s,
                                                  struct en_buf *out);

/* The parts that depend on the clinical tables alone: checklist, emergency cards, codes of harm,
 * stocks. Within the open object. */
void en_session_sheet_tables(const struct en_session_sheet *s, struct en_writer *w);

/* session_sheet_last.c: read what the session before this one is found in; then tell it, when there
 * is one, within the open object. */
EN_MUST_USE enum en_status en_session_sheet_read_last(struct en_session_sheet *s, struct en_tx *tx,
                                                      struct en_err *err);
void en_session_sheet_write_last(const struct en_session_sheet *s, struct en_writer *w);

/* POST /clinic/session/{}/totals */
enum en_status en_session_totals(struct en_server *server, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err);
