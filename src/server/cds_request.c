/* SPDX-License-Identifier: Apache-2.0
 * server/cds_request: is the call what its hook says? */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/primitive.h"
#include "fhir/systems.h"
#include "server/cds_inside.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

bool en_cds_is_uuid(const char *text)
{
    if (text == NULL || strlen(text) != EN_CDS_UUID - 1) {
        return false;
    }
    for (size_t i = 0; i < EN_CDS_UUID - 1; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return true;
}

void en_cds_make_uuid(char out[EN_CDS_UUID])
{
    unsigned char b[16];

    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0fU) | 0x40U);
    b[8] = (unsigned char)((b[8] & 0x3fU) | 0x80U);
    (void)snprintf(out, EN_CDS_UUID,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
}

enum en_status en_cds_body(const struct en_http_request *rq, struct en_http_response *rs,
                           struct json_object **out, struct en_err *err)
{
    struct json_object *root = NULL;
    struct en_issues issues = {0};
    struct en_err why = {""};

    *out = NULL;
    const enum en_status st =
        en_json_read(rq->body, rq->body_size, rq->arena, &root, &issues, &why);

    if (st != EN_OK && issues.error_count == 0) {
        return en_fail(err, st, "%s", why.text);
    }
    if (st != EN_OK) {
        return en_cds_refuse(rs, 400, "the body is no proper JSON: %s", issues.items[0].text);
    }
    if (!json_object_is_type(root, json_type_object)) {
        (void)json_object_put(root);
        return en_cds_refuse(rs, 400, "the body must be a JSON object");
    }
    *out = root;
    return EN_OK;
}

/* Which resources are looked at */

static bool speaks_of_it(const char *text)
{
    return text != NULL && en_text_has_word(text, "prolotherapy");
}

static bool is_concept(const struct en_knowledge *k, struct json_object *concept)
{
    const struct en_row *billing = en_row_find(k, "codes", "hcpcs.M0076");
    struct json_object *codings = en_json_get(concept, "coding");

    if (speaks_of_it(en_json_text(concept, "text")) ||
        en_concept_has(concept, EN_PROCEDURE_SYSTEM, "prolotherapy-session")) {
        return true;
    }
    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);

        if (speaks_of_it(en_json_text(coding, "display")) ||
            (billing != NULL &&
             en_text_equal(en_json_text(coding, "code"), en_cell(billing, "code")))) {
            return true;
        }
    }
    return false;
}

static bool is_any_concept(const struct en_knowledge *k, struct json_object *list)
{
    for (size_t i = 0; i < en_json_count(list); i++) {
        if (is_concept(k, en_json_at(list, i))) {
            return true;
        }
    }
    return false;
}

static bool has_activity(const struct en_knowledge *k, struct json_object *list)
{
    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *detail = en_json_get(en_json_at(list, i), "detail");

        if (is_concept(k, en_json_get(detail, "code")) ||
            speaks_of_it(en_json_text(detail, "description"))) {
            return true;
        }
    }
    return false;
}

bool en_cds_is_prolotherapy(const struct en_knowledge *k, struct json_object *r)
{
    static const char OVER[] = "completed; revoked; entered-in-error; cancelled; noshow; fulfilled";
    const char *type = en_json_text(r, "resourceType"), *status = en_json_text(r, "status");

    if ((status != NULL && en_list_has(OVER, status)) ||
        json_object_get_boolean(en_json_get(r, "doNotPerform"))) {
        return false;
    }
    if (en_text_equal(type, "ServiceRequest")) {
        return is_concept(k, en_json_get(r, "code")) ||
               is_any_concept(k, en_json_get(r, "orderDetail"));
    }
    if (en_text_equal(type, "CarePlan")) {
        return speaks_of_it(en_json_text(r, "title")) ||
               speaks_of_it(en_json_text(r, "description")) ||
               is_any_concept(k, en_json_get(r, "category")) ||
               has_activity(k, en_json_get(r, "activity"));
    }
    return en_text_equal(type, "Appointment") &&
           (speaks_of_it(en_json_text(r, "description")) ||
            is_concept(k, en_json_get(r, "appointmentType")) ||
            is_any_concept(k, en_json_get(r, "serviceCategory")) ||
            is_any_concept(k, en_json_get(r, "serviceType")) ||
            is_any_concept(k, en_json_get(r, "reasonCode")));
}

/* The call */

static bool refuse(struct en_cds_call *c, const char *what)
{
    (void)en_cds_refuse(c->rs, 400, "%s", what);
    return false;
}

static bool read_head(struct en_cds_call *c)
{
    const char *hook = en_json_text(c->root, "hook");
    struct json_object *authorization = en_json_get(c->root, "fhirAuthorization");

    if (hook == NULL) {
        return refuse(c, "hook is missing");
    }
    if (!en_text_equal(hook, c->service->hook)) {
        (void)en_cds_refuse(c->rs, 400, "hook: this service is for the hook %s", c->service->hook);
        return false;
    }
    if (!en_cds_is_uuid(en_json_text(c->root, "hookInstance"))) {
        return refuse(c, "hookInstance must be a UUID");
    }
    c->fhir_server = en_json_text(c->root, "fhirServer");
    if (json_object_object_get_ex(c->root, "fhirServer", NULL) &&
        (c->fhir_server == NULL || (!en_text_starts(c->fhir_server, "https://") &&
                                    !en_text_starts(c->fhir_server, "http://")))) {
        return refuse(c, "fhirServer must be an address: https://...");
    }
    if (json_object_object_get_ex(c->root, "fhirAuthorization", NULL) &&
        !json_object_is_type(authorization, json_type_object)) {
        return refuse(c, "fhirAuthorization must be an object");
    }
    if (authorization != NULL && c->fhir_server == NULL) {
        return refuse(c, "fhirServer is required with fhirAuthorization");
    }
    return true;
}

static bool is_user(const char *text)
{
    static const char *const TYPES[] = {"Practitioner/", "PractitionerRole/", "Patient/",
                                        "RelatedPerson/"};

    for (size_t i = 0; text != NULL && i < EN_COUNT(TYPES); i++) {
        if (en_text_starts(text, TYPES[i]) && text[strlen(TYPES[i])] != '\0') {
            return true;
        }
    }
    return false;
}

static bool read_context(struct en_cds_call *c)
{
    const char *list = c->service->context, *item = NULL;
    size_t size = 0;

    c->context = en_json_get(c->root, "context");
    if (!json_object_is_type(c->context, json_type_object)) {
        return refuse(c, "context must be an object");
    }
    struct json_object *id = en_json_get(c->context, "patientId");

    if (!json_object_is_type(id, json_type_string) || en_primitive_problem("id", id) != NULL) {
        return refuse(c, "context.patientId must be the id of the Patient, without \"Patient/\"");
    }
    c->patient = json_object_get_string(id);
    if (!is_user(en_json_text(c->context, "userId"))) {
        return refuse(c, "context.userId must be \"Practitioner/ID\" (or PractitionerRole, "
                         "Patient, RelatedPerson)");
    }
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *name = en_arena_copy(c->rq->arena, item, size);

        if (name == NULL || en_json_get(c->context, name) == NULL) {
            (void)en_cds_refuse(c->rs, 400, "context.%.*s is missing", (int)size, item);
            return false;
        }
    }
    return true;
}

/* Whether a reference means the patient of the call. */
static bool is_patient(const struct en_cds_call *c, const char *reference)
{
    const char *at = reference == NULL ? NULL : strstr(reference, "Patient/");

    return at != NULL && (at == reference || at[-1] == '/') &&
           en_text_equal(at + strlen("Patient/"), c->patient);
}

static bool is_about_patient(const struct en_cds_call *c, struct json_object *draft)
{
    struct json_object *people = en_json_get(draft, "participant");

    if (!en_text_equal(c->service->type, "Appointment")) {
        return is_patient(c, en_json_text(en_json_get(draft, "subject"), "reference"));
    }
    for (size_t i = 0; i < en_json_count(people); i++) {
        struct json_object *actor = en_json_get(en_json_at(people, i), "actor");

        if (is_patient(c, en_json_text(actor, "reference"))) {
            return true;
        }
    }
    return false;
}

/* "ServiceRequest/id" in the selections; a hook without any looks at all drafts. */
static bool is_selected(const struct en_cds_call *c, struct json_object *draft)
{
    struct json_object *list = en_json_get(c->context, "selections");
    const char *type = en_json_text(draft, "resourceType"), *id = en_json_text(draft, "id");

    if (!en_text_equal(c->service->hook, "order-select")) {
        return true;
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *text = json_object_get_string(en_json_at(list, i));
        const size_t size = strlen(type);

        if (text != NULL && id != NULL && strncmp(text, type, size) == 0 && text[size] == '/' &&
            en_text_equal(text + size + 1, id)) {
            return true;
        }
    }
    return false;
}

/* Each selection names one of the drafts. */
static bool check_selections(struct en_cds_call *c, struct json_object *entries)
{
    struct json_object *list = en_json_get(c->context, "selections");

    if (list == NULL) {
        return true;
    }
    if (!json_object_is_type(list, json_type_array) || en_json_count(list) == 0) {
        return refuse(c, "context.selections must be a list of \"Type/ID\"");
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *item = en_json_at(list, i);
        const char *text =
            json_object_is_type(item, json_type_string) ? json_object_get_string(item) : NULL;
        const char *slash = text == NULL ? NULL : strchr(text, '/');
        bool is_there = false;

        for (size_t k = 0; slash != NULL && k < en_json_count(entries) && !is_there; k++) {
            struct json_object *draft = en_json_get(en_json_at(entries, k), "resource");
            const char *type = en_json_text(draft, "resourceType");

            is_there = type != NULL && strlen(type) == (size_t)(slash - text) &&
                       strncmp(type, text, strlen(type)) == 0 &&
                       en_text_equal(en_json_text(draft, "id"), slash + 1);
        }
        if (!is_there) {
            return refuse(c, "context.selections must name drafts of draftOrders: \"Type/ID\"");
        }
    }
    return true;
}

static bool take_draft(struct en_cds_call *c, struct json_object *draft)
{
    if (en_json_text(draft, "resourceType") == NULL) {
        return refuse(c, "each entry of the drafts must hold a resource");
    }
    if (!en_text_equal(en_json_text(draft, "resourceType"), c->service->type)) {
        return true;
    }
    if (!is_about_patient(c, draft)) {
        return refuse(c, "a draft is not about the patient of context.patientId");
    }
    const bool is_wanted = en_text_equal(c->service->type, "ServiceRequest") &&
                           is_selected(c, draft) &&
                           en_cds_is_prolotherapy(c->server->knowledge, draft);

    if (is_wanted && c->order_count == EN_CDS_ORDERS_MAX) {
        (void)en_cds_refuse(c->rs, 400, "at most %d drafts in one call", (int)EN_CDS_ORDERS_MAX);
        return false;
    }
    if (is_wanted) {
        c->orders[c->order_count++] = draft;
    }
    return true;
}

static bool read_drafts(struct en_cds_call *c)
{
    struct json_object *bundle = NULL, *entries = NULL;

    if (c->service->drafts == NULL) {
        return true;
    }
    bundle = en_json_get(c->context, c->service->drafts);
    entries = en_json_get(bundle, "entry");
    if (!en_text_equal(en_json_text(bundle, "resourceType"), "Bundle") ||
        !json_object_is_type(entries, json_type_array)) {
        (void)en_cds_refuse(c->rs, 400, "context.%s must be a Bundle with entries",
                            c->service->drafts);
        return false;
    }
    for (size_t i = 0; i < en_json_count(entries); i++) {
        if (!take_draft(c, en_json_get(en_json_at(entries, i), "resource"))) {
            return false;
        }
    }
    return check_selections(c, entries);
}

bool en_cds_read(struct en_cds_call *c)
{
    if (!read_head(c) || !read_context(c) || !read_drafts(c)) {
        return false;
    }
    c->prefetch = en_json_get(c->root, "prefetch");
    if (json_object_object_get_ex(c->root, "prefetch", NULL) &&
        !json_object_is_type(c->prefetch, json_type_object)) {
        return refuse(c, "prefetch must be an object");
    }
    return true;
}
