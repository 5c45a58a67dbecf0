/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit_event.h"

#include "base/instant.h"
#include "base/text.h"
#include "server/audit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char DCM[] = "http://dicom.nema.org/resources/ontology/DCM";
static const char REST_TYPE[] = "http://terminology.hl7.org/CodeSystem/audit-event-type";
static const char REST_SUBTYPE[] = "http://hl7.org/fhir/restful-interaction";

/* Interactions of FHIR, by the name that stands in the trail. */
static const char INTERACTIONS[] =
    "read; vread; update; patch; delete; history; history-instance; history-type; history-system; "
    "create; search; search-type; search-system; capabilities; transaction; batch; operation";

static void write_coding(struct en_writer *w, const char *key, const char *system, const char *code)
{
    en_write_open(w, key, '{');
    en_write_text(w, "system", system);
    en_write_text(w, "code", code);
    en_write_close(w);
}

/* What kind of event it was: an interaction of FHIR, a login, or something of ours. */
static void write_kind(struct en_writer *w, const struct en_audit *audit)
{
    const bool is_rest = en_list_has(INTERACTIONS, audit->subtype);
    const bool is_login = en_list_has("login; logout; link-login; token; lockout", audit->subtype);

    if (is_rest) {
        write_coding(w, "type", REST_TYPE, "rest");
    } else if (is_login) {
        write_coding(w, "type", DCM, "110114"); /* user authentication */
    } else {
        write_coding(w, "type", EN_AUDIT_SYSTEM, audit->subtype[0] == '$' ? "operation" : "server");
    }
    en_write_open(w, "subtype", '[');
    write_coding(w, NULL, is_rest ? REST_SUBTYPE : EN_AUDIT_SYSTEM, audit->subtype);
    en_write_close(w);
}

static void write_agent(struct en_writer *w, const struct en_audit *audit)
{
    en_write_open(w, "agent", '[');
    en_write_open(w, NULL, '{');
    if (!en_text_is_empty(audit->role)) {
        en_write_open(w, "role", '[');
        en_write_open(w, NULL, '{');
        en_write_open(w, "coding", '[');
        write_coding(w, NULL, EN_AUDIT_SYSTEM, audit->role);
        en_write_close(w);
        en_write_close(w);
        en_write_close(w);
    }
    en_write_text(w, "altId", en_text_is_empty(audit->agent) ? "unknown" : audit->agent);
    en_write_bool(w, "requestor", true);
    if (!en_text_is_empty(audit->address)) {
        en_write_open(w, "network", '{');
        en_write_text(w, "address", audit->address);
        en_write_text(w, "type", "2"); /* an IP address */
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

/* Accounts, drafts and the like are no resources: they have a name instead of a reference. */
static bool is_resource(const char *type)
{
    return !en_text_is_empty(type) &&
           !en_list_has("Account; Service; Draft; Link; Knowledge; Policy; Backup", type);
}

static void write_reference(struct en_writer *w, const char *type, const char *id, int64_t version)
{
    en_write_open(w, "what", '{');
    if (version > 0) {
        en_write_print(w, "reference", "%s/%s/_history/%lld", type, id, (long long)version);
    } else {
        en_write_print(w, "reference", "%s/%s", type, id);
    }
    en_write_close(w);
}

static void write_patient(struct en_writer *w, const char *id)
{
    en_write_open(w, NULL, '{');
    write_reference(w, "Patient", id, 0);
    write_coding(w, "type", "http://terminology.hl7.org/CodeSystem/audit-entity-type", "1");
    write_coding(w, "role", "http://terminology.hl7.org/CodeSystem/object-role", "1");
    en_write_close(w);
}

/* The query of a search, as bytes: it may hold what no text of FHIR may. */
static void write_query(struct en_writer *w, const char *query)
{
    char text[8192];

    if (sodium_base64_encoded_len(strlen(query), sodium_base64_VARIANT_ORIGINAL) <= sizeof text) {
        en_write_text(w, "query",
                      sodium_bin2base64(text, sizeof text, (const unsigned char *)query,
                                        strlen(query), sodium_base64_VARIANT_ORIGINAL));
    }
}

static void write_object(struct en_writer *w, const struct en_audit *audit)
{
    const bool is_search = en_text_starts(audit->subtype, "search");
    const char *type = audit->entity_type;

    en_write_open(w, NULL, '{');
    if (is_resource(type) && !en_text_is_empty(audit->entity_id)) {
        write_reference(w, type, audit->entity_id, audit->entity_version);
    }
    if (!en_text_is_empty(type)) {
        write_coding(w, "type",
                     is_resource(type) ? "http://hl7.org/fhir/resource-types" : EN_AUDIT_SYSTEM,
                     type);
    }
    /* sev-1: a name or a query, not both. */
    if (is_search && !en_text_is_empty(audit->detail)) {
        write_query(w, audit->detail);
    } else if (!is_resource(type)) {
        en_write_text(w, "name", audit->entity_id);
    }
    if (!en_text_is_empty(audit->request)) {
        en_write_open(w, "detail", '[');
        en_write_open(w, NULL, '{');
        en_write_text(w, "type", "request");
        en_write_text(w, "valueString", audit->request);
        en_write_close(w);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_entities(struct en_writer *w, const struct en_audit *audit)
{
    const bool is_the_patient = en_text_equal(audit->entity_type, "Patient") &&
                                en_text_equal(audit->entity_id, audit->patient);
    const bool has_query =
        en_text_starts(audit->subtype, "search") && !en_text_is_empty(audit->detail);
    const bool has_object =
        !en_text_is_empty(audit->entity_type) || !en_text_is_empty(audit->request) || has_query;

    if (en_text_is_empty(audit->patient) && !has_object) {
        return;
    }
    en_write_open(w, "entity", '[');
    if (!en_text_is_empty(audit->patient) && !is_the_patient) {
        write_patient(w, audit->patient);
    }
    if (has_object) {
        write_object(w, audit);
    }
    en_write_close(w);
}

void en_audit_event_write(const struct en_audit_entry *entry, struct en_writer *w, const char *key)
{
    const struct en_audit *audit = &entry->audit;
    const char action[2] = {audit->action, '\0'};
    char recorded[EN_INSTANT_TEXT_MAX];

    (void)en_instant_text(entry->recorded_us, recorded);
    en_write_open(w, key, '{');
    en_write_text(w, "resourceType", "AuditEvent");
    en_write_print(w, "id", "%lld", (long long)entry->id);
    en_write_open(w, "meta", '{');
    en_write_text(w, "versionId", "1");
    en_write_text(w, "lastUpdated", recorded);
    en_write_close(w);
    write_kind(w, audit);
    en_write_text(w, "action", action);
    en_write_text(w, "recorded", recorded);
    en_write_print(w, "outcome", "%d", audit->outcome);
    if (!en_text_starts(audit->subtype, "search")) {
        en_write_text(w, "outcomeDesc", audit->detail);
    }
    write_agent(w, audit);
    en_write_open(w, "source", '{');
    en_write_open(w, "observer", '{');
    en_write_text(w, "display", "Enthesis");
    en_write_close(w);
    en_write_close(w);
    write_entities(w, audit);
    en_write_close(w);
}

/* Looking at the trail is an access, too. */
static enum en_status note(struct en_server *s, const struct en_http_request *rq,
                           const char *subtype, const char *id, const char *patient,
                           const char *detail, struct en_err *err)
{
    return en_server_audit(s, rq,
                           (struct en_audit){.action = subtype[0] == 'r' ? 'R' : 'E',
                                             .subtype = subtype,
                                             .patient = patient,
                                             .entity_type = "AuditEvent",
                                             .entity_id = id,
                                             .detail = detail},
                           err);
}

struct find {
    struct en_audit_query query;
    struct en_arena *arena;
    int64_t id;
    struct en_audit_entry *entries, one;
    size_t count;
};

static enum en_status search_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct find *f = context;

    return en_tx_audit_search(tx, &f->query, f->arena, &f->entries, &f->count, err);
}

static void write_link(const struct en_http_request *rq, struct en_writer *w, const char *relation,
                       const char *query, int64_t before)
{
    const char *join = query[0] == '\0' ? "" : "&";
    const char *url = before == 0 ? en_arena_print(rq->arena, "%s/AuditEvent?%s", rq->base, query)
                                  : en_arena_print(rq->arena, "%s/AuditEvent?%s%s_page=%lld",
                                                   rq->base, query, join, (long long)before);

    en_write_open(w, NULL, '{');
    en_write_text(w, "relation", relation);
    en_write_text(w, "url", url);
    en_write_close(w);
}

static enum en_status write_bundle(const struct en_http_request *rq, const struct find *f,
                                   const char *query, bool has_more, struct en_http_response *rs,
                                   struct en_err *err)
{
    struct en_writer w = EN_WRITER(&rs->body);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Bundle");
    en_write_text(&w, "type", "searchset");
    en_write_open(&w, "link", '[');
    write_link(rq, &w, "self", query, 0);
    if (has_more) {
        write_link(rq, &w, "next", query, f->entries[f->count - 1].id);
    }
    en_write_close(&w);
    if (f->count > 0) {
        en_write_open(&w, "entry", '[');
        for (size_t i = 0; i < f->count; i++) {
            en_write_open(&w, NULL, '{');
            en_write_print(&w, "fullUrl", "%s/AuditEvent/%lld", rq->base,
                           (long long)f->entries[i].id);
            en_audit_event_write(&f->entries[i], &w, "resource");
            en_write_open(&w, "search", '{');
            en_write_text(&w, "mode", "match");
            en_write_close(&w);
            en_write_close(&w);
        }
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_write_end(&w, "the audit trail", err);
}

static enum en_status search(struct en_server *s, const struct en_http_request *rq,
                             const char *query, const char *patient, struct en_http_response *rs,
                             struct en_err *err)
{
    struct find f = {.arena = rq->arena};
    struct en_issues issues = {0};
    bool cannot_match = false, has_more = false;
    const enum en_status st =
        en_audit_event_query(s, rq, query, &f.query, &cannot_match, &issues, err);
    const char *plain = en_audit_without_page(query, rq->arena);

    if (st == EN_EINVAL) {
        return en_refuse_issues(rs, 400, &issues, err);
    }
    EN_TRY(st);
    if (patient != NULL) {
        cannot_match |= f.query.patient != NULL && strcmp(f.query.patient, patient) != 0;
        f.query.patient = patient;
        plain = plain == NULL ? NULL
                              : en_arena_print(rq->arena, "%s%spatient=%s", plain,
                                               plain[0] == '\0' ? "" : "&", patient);
    }
    if (plain == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a query");
    }
    if (!cannot_match) {
        f.query.count++; /* whether there is one more */
        EN_TRY(en_store_read(s->store, search_work, &f, err));
        has_more = f.count == (size_t)f.query.count;
        f.count -= has_more ? 1 : 0;
    }
    EN_TRY(note(s, rq, "search-type", NULL, f.query.patient, plain, err));
    return write_bundle(rq, &f, plain, has_more, rs, err);
}

enum en_status en_audit_event_search(struct en_server *s, const struct en_http_request *rq,
                                     struct en_http_response *rs, struct en_err *err)
{
    static const char FORM[] = "application/x-www-form-urlencoded";
    const char *type = en_http_header(rq, "Content-Type");
    const char *query = rq->query;

    if (rq->method == EN_POST && rq->body_size > 0) {
        if (!en_text_starts(type, FORM)) {
            return en_refuse(rs, 415, "not-supported", "the body of a search is a form: %s", FORM);
        }
        query = en_arena_print(rq->arena, "%s%s%s", rq->query, rq->query[0] == '\0' ? "" : "&",
                               rq->body);
    }
    return query == NULL ? en_fail(err, EN_ENOMEM, "no memory for a query")
                         : search(s, rq, query, NULL, rs, err);
}

enum en_status en_audit_event_of_patient(struct en_server *s, const struct en_http_request *rq,
                                         struct en_http_response *rs, struct en_err *err)
{
    return search(s, rq, rq->query, rq->args[0], rs, err);
}

static enum en_status read_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct find *f = context;

    return en_tx_audit_get(tx, f->id, f->arena, &f->one, err);
}

enum en_status en_audit_event_read(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    struct find f = {.arena = rq->arena};
    struct en_writer w = EN_WRITER(&rs->body);
    long long id = 0;

    if (strspn(rq->args[0], "0123456789") != strlen(rq->args[0]) ||
        !en_text_integer(rq->args[0], 1, INT64_MAX, &id)) {
        return en_refuse(rs, 404, "not-found", "there is no AuditEvent with this id");
    }
    f.id = id;
    EN_TRY(en_store_read(s->store, read_work, &f, err));
    EN_TRY(note(s, rq, "read", rq->args[0], f.one.audit.patient, NULL, err));
    en_http_add_header(rs, "ETag", "W/\"1\"");
    en_audit_event_write(&f.one, &w, NULL);
    return en_write_end(&w, "the audit trail", err);
}

const struct en_route EN_ROUTES_AUDIT[] = {
    {EN_GET, "/fhir/AuditEvent", EN_RIGHT_AUDIT, en_audit_event_search, 0,
     "search the audit trail, newest first"},
    {EN_POST, "/fhir/AuditEvent/_search", EN_RIGHT_AUDIT, en_audit_event_search, EN_ROUTE_ANY_BODY,
     "the same with the parameters as a form"},
    {EN_GET, "/fhir/AuditEvent/{}", EN_RIGHT_AUDIT, en_audit_event_read, 0,
     "one entry of the audit trail"},
    {EN_GET, "/fhir/Patient/{}/AuditEvent", EN_RIGHT_AUDIT, en_audit_event_of_patient, 0,
     "who did and saw what of one patient"},
    {0},
};
