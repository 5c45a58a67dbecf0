/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fhir/writer.h"
#include "server/audit.h"
#include "server/cds_inside.h"
#include "store/feedback.h"

#include <stdarg.h>

/* Cards are remembered so long for their feedback [days]. */
enum { CARD_DAYS = 90 };

const struct en_cds_service EN_CDS_SERVICES[] = {
    {"enthesis-patient-view", "patient-view", "Prolotherapy: what speaks against it",
     "Sums up contraindications and open questions of a patient with an order or a plan for "
     "prolotherapy; silent otherwise.",
     "", NULL, NULL},
    {"enthesis-order-select", "order-select", "Prolotherapy: check of a selected order",
     "Checks selected orders for prolotherapy against the rules: one card for each that applies.",
     "selections; draftOrders", "draftOrders", "ServiceRequest"},
    {"enthesis-order-sign", "order-sign", "Prolotherapy: check of an order before it is signed",
     "Checks draft orders for prolotherapy against the rules: one card for each that applies.",
     "draftOrders", "draftOrders", "ServiceRequest"},
    {"enthesis-appointment-book", "appointment-book", "Prolotherapy: check of an appointment",
     "Sums up what speaks against a session of prolotherapy that is being booked.", "appointments",
     "appointments", "Appointment"},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

#define OF_PATIENT(type) type "?patient={{context.patientId}}"

/* The syntax is the part that every EHR must understand: reads, searches by reference. */
const struct en_cds_prefetch EN_CDS_PREFETCH[] = {
    {"patient", "Patient/{{context.patientId}}", "*"},
    {"user", "Practitioner/{{userPractitionerId}}", ""},
    {"roles", "PractitionerRole?practitioner={{userPractitionerId}}", ""},
    {"coverage", "Coverage?beneficiary={{context.patientId}}", ""},
    {"conditions", OF_PATIENT("Condition"), "*"},
    {"allergies", OF_PATIENT("AllergyIntolerance"), "*"},
    {"medications", OF_PATIENT("MedicationStatement"), ""},
    {"prescriptions", OF_PATIENT("MedicationRequest"), ""},
    {"procedures", OF_PATIENT("Procedure"), ""},
    {"reports", OF_PATIENT("DiagnosticReport"), ""},
    {"consents", OF_PATIENT("Consent"), ""},
    {"goals", OF_PATIENT("Goal"), ""},
    {"orders", OF_PATIENT("ServiceRequest"), "patient-view"},
    {"plans", OF_PATIENT("CarePlan"), ""},
    {"documents", OF_PATIENT("DocumentReference"), ""},
    {"devices", OF_PATIENT("Device"), ""},
    {"observations", OF_PATIENT("Observation") "&_sort=-date&_count=1000", "*"},
    {"answers", OF_PATIENT("QuestionnaireResponse"), ""},
    {NULL, NULL, NULL},
};

enum en_status en_cds_refuse(struct en_http_response *rs, int status, const char *format, ...)
{
    struct en_writer w = EN_WRITER(&rs->body);
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rs->status = status;
    rs->content_type = "application/json";
    en_write_open(&w, NULL, '{');
    en_write_integer(&w, "status", status);
    en_write_text(&w, "message", text);
    en_write_close(&w);
    return EN_OK;
}

static const struct en_cds_service *service_of(const struct en_http_request *rq)
{
    for (const struct en_cds_service *s = EN_CDS_SERVICES; s->id != NULL; s++) {
        if (en_text_equal(s->id, rq->args[0])) {
            return s;
        }
    }
    return NULL;
}

static void write_service(struct en_writer *w, const struct en_cds_service *s)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "hook", s->hook);
    en_write_text(w, "title", s->title);
    en_write_text(w, "description", s->description);
    en_write_text(w, "id", s->id);
    en_write_open(w, "prefetch", '{');
    for (const struct en_cds_prefetch *p = EN_CDS_PREFETCH; p->key != NULL; p++) {
        en_write_text(w, p->key, p->template);
    }
    en_write_close(w);
    en_write_text(w, "usageRequirements",
                  "All data come with the call: this service fetches nothing. Without patient, "
                  "conditions, allergies or observations it answers 412; what else is left out "
                  "counts as unknown. For clinicians; no medical device.");
    en_write_close(w);
}

static enum en_status discover(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct en_writer w = EN_WRITER(&rs->body);
    const struct en_audit audit = {.action = 'R', .subtype = "cds-services"};

    EN_TRY(en_server_audit(s, rq, audit, err));
    rs->content_type = "application/json";
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "services", '[');
    for (const struct en_cds_service *service = EN_CDS_SERVICES; service->id != NULL; service++) {
        write_service(&w, service);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the services", err);
}

static struct en_audit audit_of(const struct en_cds_call *c, int outcome)
{
    return (struct en_audit){
        .action = 'E',
        .subtype = c->service->hook,
        .outcome = outcome,
        .patient = c->patient,
        .detail = en_arena_print(c->rq->arena, "%s: %zu cards", c->service->id, c->card_count),
    };
}

/* The cards and who got them, in one transaction. */
static enum en_status keep_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct en_cds_call *c = context;
    const int64_t from_us = en_tx_now_us(tx) - CARD_DAYS * INT64_C(86400000000);
    struct en_audit audit = audit_of(c, 0);

    for (size_t i = 0; i < c->card_count; i++) {
        const struct en_issued_card card = {.uuid = c->cards[i].uuid,
                                            .client = c->rq->caller.login,
                                            .service = c->service->id,
                                            .rule = c->cards[i].rule};

        EN_TRY(en_tx_card_add(tx, &card, from_us, err));
    }
    en_audit_of(c->rq, &audit);
    return en_tx_audit(tx, &audit, err);
}

/* Judge when there is something to judge. *is_refused: rs is the answer. */
static enum en_status answer(struct en_cds_call *c, bool *is_refused)
{
    const bool is_summary =
        c->service->drafts == NULL || !en_text_equal(c->service->type, "ServiceRequest");

    *is_refused = !en_cds_read(c) || !en_cds_gather(c);
    if (*is_refused || !en_cds_is_relevant(c)) {
        return EN_OK;
    }
    *is_refused = !en_cds_has_all(c);
    if (*is_refused) {
        return EN_OK;
    }
    return en_cds_judge(c, is_summary, is_refused);
}

static enum en_status serve(struct en_cds_call *c)
{
    bool is_refused = false;

    c->cards = EN_NEW(c->rq->arena, struct en_cds_card, EN_CDS_CARDS_MAX + 1);
    if (c->cards == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for cards");
    }
    EN_TRY(answer(c, &is_refused));
    if (is_refused) {
        return en_server_audit(c->server, c->rq, audit_of(c, 4), c->err);
    }
    EN_TRY(en_store_write(c->server->store, keep_work, c, c->err));
    return en_cds_write_cards(c);
}

static enum en_status call(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, struct en_err *err)
{
    struct en_cds_call c = {.server = s, .rq = rq, .rs = rs, .err = err, .service = service_of(rq)};

    if (c.service == NULL) {
        return en_cds_refuse(rs, 404, "there is no such service: see /cds-services");
    }
    EN_TRY(en_cds_body(rq, rs, &c.root, err));
    if (c.root == NULL) {
        return en_server_audit(s, rq, audit_of(&c, 4), err);
    }
    const enum en_status st = serve(&c);

    (void)json_object_put(c.root);
    return st;
}

const struct en_route EN_ROUTES_CDS[] = {
    {EN_GET, "/cds-services", EN_RIGHT_CDS, discover, 0, "CDS Hooks: which services there are"},
    {EN_POST, "/cds-services/{}", EN_RIGHT_CDS, call, 0, "CDS Hooks: ask a service"},
    {EN_POST, "/cds-services/{}/feedback", EN_RIGHT_CDS, en_cds_feedback, 0,
     "CDS Hooks: what became of cards"},
    {EN_OPTIONS, "/cds-services", EN_RIGHT_PUBLIC, en_cds_preflight, EN_ROUTE_UNAUDITED,
     "CDS Hooks: may a page of this origin ask?"},
    {EN_OPTIONS, "/cds-services/{}", EN_RIGHT_PUBLIC, en_cds_preflight, EN_ROUTE_UNAUDITED,
     "CDS Hooks: may a page of this origin ask?"},
    {EN_OPTIONS, "/cds-services/{}/feedback", EN_RIGHT_PUBLIC, en_cds_preflight, EN_ROUTE_UNAUDITED,
     "CDS Hooks: may a page of this origin ask?"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
