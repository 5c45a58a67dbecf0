/* SPDX-License-Identifier: Apache-2.0
 * server/cds_request: what an EHR asks, and the case that it sends with it. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/validate.h"
#include "server/cds.h"

#include <ctype.h>
#include <string.h>

struct reading {
    struct en_server *s;
    const struct en_http_request *rq;
    struct en_cds_call *call;
    struct en_http_response *rs;
    struct en_err *err;
    bool is_refused;
};

static enum en_status refuse(struct reading *r, int status, const char *code, const char *what)
{
    r->is_refused = true;
    return en_refuse(r->rs, status, code, "%s", what);
}

/* The envelope */

static bool is_uuid(const char *text)
{
    size_t i = 0;

    for (; text != NULL && text[i] != '\0'; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : isxdigit((unsigned char)text[i]) == 0) {
            return false;
        }
    }
    return i == 36;
}

static bool is_id(const char *text)
{
    size_t size = 0;

    for (; text != NULL && text[size] != '\0'; size++) {
        if (isalnum((unsigned char)text[size]) == 0 && text[size] != '-' && text[size] != '.') {
            return false;
        }
    }
    return size >= 1 && size <= 64;
}

static enum en_status read_envelope(struct reading *r)
{
    struct json_object *root = r->call->root, *context = en_json_get(root, "context");
    const char *encounter = en_json_text(context, "encounterId");

    r->call->instance = en_json_text(root, "hookInstance");
    r->call->patient = en_json_text(context, "patientId");
    if (!en_text_equal(en_json_text(root, "hook"), r->call->service->hook)) {
        return refuse(r, 400, "value", "hook: is not the hook of this service");
    }
    if (!is_uuid(r->call->instance)) {
        return refuse(r, 400, "value", "hookInstance: must be a UUID");
    }
    if (!json_object_is_type(context, json_type_object)) {
        return refuse(r, 400, "required", "context: is missing");
    }
    if (!is_id(r->call->patient) || (encounter != NULL && !is_id(encounter))) {
        return refuse(r, 400, "value",
                      "context.patientId: must be an id, without \"Patient/\" before it; the same "
                      "for encounterId");
    }
    if (en_text_is_empty(en_json_text(context, "userId"))) {
        return refuse(r, 400, "required", "context.userId: is missing");
    }
    if (en_json_get(root, "fhirAuthorization") != NULL &&
        en_text_is_empty(en_json_text(root, "fhirServer"))) {
        return refuse(r, 400, "required", "fhirServer: belongs to fhirAuthorization");
    }
    return EN_OK;
}

/* Prolotherapy */

static bool has_alias(const struct en_knowledge *k, const char *text)
{
    const struct en_table *t = en_table_get(k, "aliases");

    for (size_t i = 0; i < t->row_count && text != NULL; i++) {
        const char *alias = en_cell(&t->rows[i], "alias");

        /* A short one ("rit") means something else in most texts. */
        if (en_text_equal(en_cell(&t->rows[i], "canonical"), "prolotherapy") && strlen(alias) > 4 &&
            en_text_has_word(text, alias)) {
            return true;
        }
    }
    return false;
}

static bool is_billed(const struct en_knowledge *k, const char *code)
{
    const struct en_table *t = en_table_get(k, "codes");

    for (size_t i = 0; i < t->row_count && code != NULL; i++) {
        if (en_text_equal(en_cell(&t->rows[i], "system"), "hcpcs") &&
            en_text_equal(en_cell(&t->rows[i], "code"), code)) {
            return true;
        }
    }
    return false;
}

/* By our own code, that of billing, or in words. */
static bool is_prolotherapy(const struct en_knowledge *k, struct json_object *concept)
{
    struct json_object *codings = en_json_get(concept, "coding");
    bool is_one = has_alias(k, en_concept_text(concept));

    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);
        const char *code = en_json_text(coding, "code");

        is_one = is_one || is_billed(k, code) || has_alias(k, en_json_text(coding, "display")) ||
                 (en_text_equal(en_json_text(coding, "system"), EN_PROCEDURE_SYSTEM) &&
                  en_text_equal(code, "prolotherapy-session"));
    }
    return is_one;
}

static bool any_is(const struct en_knowledge *k, struct json_object *list)
{
    for (size_t i = 0; i < en_json_count(list); i++) {
        if (is_prolotherapy(k, en_json_at(list, i))) {
            return true;
        }
    }
    return false;
}

/* An order, an appointment or a plan of prolotherapy. */
static bool concerns(const struct en_knowledge *k, struct json_object *resource)
{
    const char *type = en_json_text(resource, "resourceType");

    if (en_text_equal(type, "ServiceRequest")) {
        return is_prolotherapy(k, en_json_get(resource, "code"));
    }
    if (en_text_equal(type, "Appointment")) {
        return any_is(k, en_json_get(resource, "serviceType")) ||
               any_is(k, en_json_get(resource, "reasonCode")) ||
               has_alias(k, en_json_text(resource, "description"));
    }
    if (en_text_equal(type, "CarePlan")) {
        return any_is(k, en_json_get(resource, "category")) ||
               has_alias(k, en_json_text(resource, "title")) ||
               has_alias(k, en_json_text(resource, "description"));
    }
    return false;
}

/* Orders */

/* Whether the user selected it: "ServiceRequest/x" or its id. */
static bool is_selected(struct json_object *selections, struct json_object *order)
{
    const char *id = en_json_text(order, "id"), *type = en_json_text(order, "resourceType");

    for (size_t i = 0; i < en_json_count(selections); i++) {
        const char *one = json_object_get_string(en_json_at(selections, i));
        const char *slash = one == NULL ? NULL : strrchr(one, '/');

        if (id != NULL && one != NULL &&
            (slash == NULL ? en_text_equal(one, id)
                           : en_text_starts(one, type) && en_text_equal(slash + 1, id))) {
            return true;
        }
    }
    return false;
}

static void keep_order(struct reading *r, struct json_object *order)
{
    if (r->call->order_count < EN_CDS_ORDERS_MAX &&
        concerns(en_server_knowledge(r->s, r->rq), order)) {
        r->call->orders[r->call->order_count++] = order;
    }
}

/* A Bundle of the context, checked as strictly as anything that is stored. */
static enum en_status read_orders(struct reading *r, const char *member)
{
    struct json_object *context = en_json_get(r->call->root, "context");
    struct json_object *bundle = en_json_get(context, member);
    struct json_object *selections = en_json_get(context, "selections");
    struct json_object *entries = en_json_get(bundle, "entry");
    struct en_issues issues = {0};

    if (!en_text_equal(en_json_text(bundle, "resourceType"), "Bundle")) {
        r->is_refused = true;
        return en_refuse(r->rs, 400, "required", "context.%s: must be a Bundle", member);
    }
    en_r4_validate(r->s->r4, bundle, r->rq->arena, &issues);
    if (issues.error_count > 0) {
        r->is_refused = true;
        return en_refuse_issues(r->rs, 400, &issues, r->err);
    }
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *order = en_json_get(en_json_at(entries, i), "resource");

        if (r->call->service->kind != EN_CDS_SELECT || is_selected(selections, order)) {
            keep_order(r, order);
        }
    }
    return EN_OK;
}

/* Of patient-view: what is active already. */
static void keep_active(struct reading *r, struct json_object *item)
{
    struct json_object *entries = en_json_get(item, "entry");

    keep_order(r, item);
    for (size_t i = 0; i < en_json_count(entries); i++) {
        keep_order(r, en_json_get(en_json_at(entries, i), "resource"));
    }
}

static enum en_status find_orders(struct reading *r)
{
    struct json_object *prefetch = en_json_get(r->call->root, "prefetch");

    switch (r->call->service->kind) {
    case EN_CDS_VIEW:
        keep_active(r, en_json_get(prefetch, "orders"));
        keep_active(r, en_json_get(prefetch, "plans"));
        return EN_OK;
    case EN_CDS_SELECT:
    case EN_CDS_SIGN:
        return read_orders(r, "draftOrders");
    case EN_CDS_BOOK:
        return read_orders(r, "appointments");
    }
    return EN_OK;
}

/* The case */

static bool is_case_type(const char *type)
{
    const char *one;

    for (size_t i = 0; (one = en_fhir_case_type(i)) != NULL; i++) {
        if (en_text_equal(one, type)) {
            return true;
        }
    }
    return en_text_equal(type, "Medication") || en_text_equal(type, "Organization");
}

static void add_entry(struct en_buf *out, struct json_object *resource, size_t *count)
{
    if (resource == NULL || !is_case_type(en_json_text(resource, "resourceType"))) {
        return;
    }
    en_buf_print(out, "%s{\"resource\":", (*count)++ == 0 ? "" : ",");
    en_buf_add(out, json_object_to_json_string_ext(resource, JSON_C_TO_STRING_PLAIN |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
    en_buf_add(out, "}");
}

/* A resource, or a Bundle of them. */
static void add_item(struct en_buf *out, struct json_object *item, size_t *count)
{
    struct json_object *entries = en_json_get(item, "entry");

    if (!en_text_equal(en_json_text(item, "resourceType"), "Bundle")) {
        add_entry(out, item, count);
        return;
    }
    for (size_t i = 0; i < en_json_count(entries); i++) {
        add_entry(out, en_json_get(en_json_at(entries, i), "resource"), count);
    }
}

/* What is needed must have been sent; null means that there is none, which is an answer but for the
 * patient. */
static enum en_status check_prefetch(struct reading *r)
{
    struct json_object *prefetch = en_json_get(r->call->root, "prefetch");
    struct json_object *patient = en_json_get(prefetch, "patient");

    for (const struct en_cds_prefetch *p = r->call->service->prefetch; p->key != NULL; p++) {
        if (p->is_needed &&
            (prefetch == NULL || !json_object_object_get_ex(prefetch, p->key, NULL))) {
            r->is_refused = true;
            return en_refuse(r->rs, 412, "required",
                             "prefetch.%s: is missing; this service fetches nothing itself: send "
                             "the prefetch that it declares",
                             p->key);
        }
    }
    if (!en_text_equal(en_json_text(patient, "resourceType"), "Patient")) {
        return refuse(r, 412, "required", "prefetch.patient: must be the Patient");
    }
    return en_text_equal(en_json_text(patient, "id"), r->call->patient)
               ? EN_OK
               : refuse(r, 400, "value", "prefetch.patient: is another than context.patientId");
}

static enum en_status make_case(struct reading *r)
{
    struct json_object *prefetch = en_json_get(r->call->root, "prefetch");
    struct en_buf out = EN_BUF(EN_CASE_FILE_MAX);
    size_t count = 0;

    en_buf_add(&out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (const struct en_cds_prefetch *p = r->call->service->prefetch; p->key != NULL; p++) {
        add_item(&out, en_json_get(prefetch, p->key), &count);
    }
    en_buf_add(&out, "]}");
    const enum en_status st = en_buf_check(&out, "the record in the prefetch", r->err);

    if (st == EN_OK) {
        r->call->bundle = en_arena_copy(r->rq->arena, en_buf_text(&out), out.size);
        r->call->bundle_size = out.size;
    }
    en_buf_free(&out);
    return st != EN_OK || r->call->bundle != NULL
               ? st
               : en_fail(r->err, EN_ENOMEM, "no memory for the record");
}

static enum en_status read_all(struct reading *r)
{
    struct en_issues issues = {0};
    const enum en_status st =
        en_json_read(r->rq->body, r->rq->body_size, r->rq->arena, &r->call->root, &issues, r->err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        r->is_refused = true;
        return en_refuse_issues(r->rs, 400, &issues, r->err);
    }
    EN_TRY(st);
    EN_TRY(read_envelope(r));
    if (!r->is_refused) {
        EN_TRY(check_prefetch(r));
    }
    if (!r->is_refused) {
        EN_TRY(find_orders(r));
    }
    return r->is_refused || r->call->order_count == 0 ? EN_OK : make_case(r);
}

enum en_status en_cds_call_read(struct en_server *s, const struct en_http_request *rq,
                                struct en_cds_call *call, struct en_http_response *rs,
                                bool *is_refused, struct en_err *err)
{
    struct reading r = {.s = s, .rq = rq, .call = call, .rs = rs, .err = err};
    const enum en_status st = read_all(&r);

    *is_refused = r.is_refused;
    return st;
}
