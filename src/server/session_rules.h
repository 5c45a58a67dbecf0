/* SPDX-License-Identifier: Apache-2.0
 * server/session_rules: what must hold of a session, asked inside of the transaction that changes
 * something. The rules themselves are care/session's; here is where the facts come from.
 *
 * How a session is written:
 *   Procedure           code EN_PROCEDURE_SYSTEM|prolotherapy-session, in-progress until signed,
 *                       bodySite (EN_SITE_SYSTEM), extension session-guidance
 *   Medication          a vial: code EN_STOCK_SYSTEM|id of stocks.tsv, batch with lotNumber and
 *                       expirationDate, an identifier of its own; or a syringe drawn up of vials:
 *                       ingredient.itemReference -> Medication, ingredient.strength in mL or mg per
 *                       mL of it, batch.expirationDate: use by
 *   MedicationAdministration  one per site: partOf -> Procedure, medicationReference, dosage.dose
 * in mL (or mg), effective with its time QuestionnaireResponse  the checklist: partOf -> Procedure,
 * items by id of checklist.tsv Provenance          the signature, made by Procedure/[id]/$sign
 * alone A MedicationAdministration that is part of no session and of no stock is none of these
 * rules' business, and neither is a session that was completed elsewhere. */
#pragma once

#include "server/server.h"

/* A change that is about to be written. */
struct en_session_change {
    const char *type, *id;
    const struct en_version *old; /* what is current; NULL, version 0 or deleted: nothing */
    struct json_object *now;      /* what it becomes; NULL: it is deleted */
};

/* Call within the work, once the change is otherwise allowed and before it is written. A broken
 * rule is an answer: *status becomes 409 (signed: it may not be changed any more) or 422, and
 * issues name rule and field; then nothing of the work may stay. *status stays 0 when all is well.
 * Memory comes from the request's arena. */
EN_MUST_USE enum en_status en_session_check(struct en_tx *tx, struct en_server *s,
                                            const struct en_http_request *rq,
                                            const struct en_session_change *change, int *status,
                                            struct en_issues *issues, struct en_err *err);
