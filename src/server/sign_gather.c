/* SPDX-License-Identifier: Apache-2.0
 * server/sign_gather: all that a signature rests on, as it is in one transaction. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/sign.h"

#include <assert.h>
#include <string.h>

#define CONSENT_SCOPE "http://terminology.hl7.org/CodeSystem/consentscope"

enum en_status en_sign_add(struct en_sign *s, const struct en_version *v, bool is_target)
{
    if (s->count == EN_SIGN_PARTS_MAX) {
        return en_fail(s->c.err, EN_ELIMIT, "a session has more than %d parts",
                       (int)EN_SIGN_PARTS_MAX);
    }
    s->parts[s->count++] = (struct en_sign_part){.type = v->type,
                                                 .id = v->id,
                                                 .version = v->version,
                                                 .body = v->body,
                                                 .is_target = is_target};
    return EN_OK;
}

static bool has_part(const struct en_sign *s, const char *type, const char *id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (en_text_equal(s->parts[i].type, type) && en_text_equal(s->parts[i].id, id)) {
            return true;
        }
    }
    return false;
}

static bool is_part_of(struct en_sign *s, struct json_object *resource)
{
    struct json_object *list = en_json_get(resource, "partOf");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_session_target(&s->c, en_json_at(list, i), "Procedure"), s->session)) {
            return true;
        }
    }
    return false;
}

/* The resources of a type in the patient's record that are part of the session. */
static enum en_status add_parts(struct en_sign *s, const char *type)
{
    const struct en_record_request rq = {.params = s->c.server->params, .patient = s->patient};
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(s->c.tx, &rq, type, s->c.a, &found, s->c.err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const bool is_ours = is_part_of(s, tree);

        (void)json_object_put(tree);
        EN_TRY(is_ours ? en_sign_add(s, &found.items[i], true) : EN_OK);
    }
    return EN_OK;
}

static enum en_status add_medication(struct en_sign *s, const char *id, struct json_object **tree)
{
    struct en_version v;

    *tree = NULL;
    if (id == NULL || has_part(s, "Medication", id)) {
        return EN_OK;
    }
    EN_TRY(en_tx_get(s->c.tx, "Medication", id, 0, s->c.a, &v, s->c.err));
    *tree = v.is_deleted ? NULL : json_tokener_parse(v.body);
    return v.is_deleted ? EN_OK : en_sign_add(s, &v, false);
}

static enum en_status add_vials(struct en_sign *s, struct json_object *medication)
{
    struct json_object *list = en_json_get(medication, "ingredient");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *reference = en_json_get(en_json_at(list, i), "itemReference");
        struct json_object *tree = NULL;

        EN_TRY(add_medication(s, en_session_target(&s->c, reference, "Medication"), &tree));
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* What was given, and what that was drawn up of. */
static enum en_status add_stock(struct en_sign *s)
{
    for (size_t i = 0, known = s->count; i < known; i++) {
        struct json_object *tree = NULL, *medication = NULL;

        if (!en_text_equal(s->parts[i].type, "MedicationAdministration")) {
            continue;
        }
        tree = json_tokener_parse(s->parts[i].body);
        enum en_status st = add_medication(
            s, en_session_target(&s->c, en_json_get(tree, "medicationReference"), "Medication"),
            &medication);

        if (st == EN_OK) {
            st = add_vials(s, medication);
        }
        (void)json_object_put(medication);
        (void)json_object_put(tree);
        EN_TRY(st);
    }
    return EN_OK;
}

/* Whether a period (NULL: for ever) covers the moment; one that cannot be read does not. */
static bool covers(struct json_object *period, int64_t now_us)
{
    const char *start = en_json_text(period, "start"), *end = en_json_text(period, "end");
    int64_t start_us = INT64_MIN, end_us = INT64_MAX, other = 0;

    if ((start != NULL && !en_instant_span(start, &start_us, &other)) ||
        (end != NULL && !en_instant_span(end, &other, &end_us))) {
        return false;
    }
    return start_us <= now_us && now_us <= end_us;
}

bool en_session_is_consent(struct json_object *consent, int64_t at_us)
{
    struct json_object *provision = en_json_get(consent, "provision");

    return en_text_equal(en_json_text(consent, "status"), "active") &&
           en_concept_has(en_json_get(consent, "scope"), CONSENT_SCOPE, "treatment") &&
           !en_text_equal(en_json_text(provision, "type"), "deny") &&
           covers(en_json_get(provision, "period"), at_us);
}

enum en_status en_sign_add_consent(struct en_sign *s)
{
    const struct en_record_request rq = {.params = s->c.server->params, .patient = s->patient};
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(s->c.tx, &rq, "Consent", s->c.a, &found, s->c.err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const bool counts = en_session_is_consent(tree, s->c.rq->now_us);

        (void)json_object_put(tree);
        s->has_consent = s->has_consent || counts;
        EN_TRY(counts ? en_sign_add(s, &found.items[i], false) : EN_OK);
    }
    return EN_OK;
}

/* An assessment of ours: a verdict on the case or on a plan. */
static bool is_assessment(const struct en_version *v)
{
    struct json_object *tree = json_tokener_parse(v->body);
    const char *module = en_json_text(tree, "moduleUri");
    const bool is_one =
        en_text_equal(module, EN_FHIR_BASE "assess") || en_text_equal(module, EN_FHIR_BASE "plan");

    (void)json_object_put(tree);
    return is_one;
}

static enum en_status find_origin(struct en_sign *s)
{
    const struct en_search_param *target =
        en_search_param_find(s->c.server->params, "Provenance", "target");
    struct en_versions found = {0};

    assert(target != NULL);
    EN_TRY(
        en_tx_find(s->c.tx, target, "GuidanceResponse", s->guidance->id, s->c.a, &found, s->c.err));
    const struct en_version *items = found.items;

    for (size_t i = 0; i < found.count; i++) {
        if (s->origin == NULL || items[i].updated_us > s->origin->updated_us) {
            s->origin = &items[i];
        }
    }
    return EN_OK;
}

static enum en_status find_assessment(struct en_sign *s)
{
    const struct en_record_request rq = {.params = s->c.server->params, .patient = s->patient};
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(s->c.tx, &rq, "GuidanceResponse", s->c.a, &found, s->c.err));
    const struct en_version *items = found.items;

    for (size_t i = 0; i < found.count; i++) {
        if ((s->guidance == NULL || items[i].updated_us > s->guidance->updated_us) &&
            is_assessment(&items[i])) {
            s->guidance = &items[i];
        }
    }
    if (s->guidance == NULL) {
        return EN_OK;
    }
    EN_TRY(en_sign_add(s, s->guidance, false));
    return find_origin(s);
}

static void take_fingerprint(struct en_sign *s)
{
    struct en_digest d;

    en_digest_start(&d);
    for (size_t i = 0; i < s->count; i++) {
        en_digest_add_text(&d, s->parts[i].type);
        en_digest_add_text(&d, s->parts[i].id);
        en_digest_add(&d, &s->parts[i].version, sizeof s->parts[i].version);
    }
    en_digest_add(&d, s->record.bundle, s->record.size);
    en_digest_add_text(&d, s->origin == NULL ? NULL : s->origin->id);
    en_digest_end(&d, s->fingerprint);
}

enum en_status en_sign_add_record(struct en_sign *s)
{
    const struct en_record_request rq = {.params = s->c.server->params,
                                         .patient = s->patient,
                                         .practitioner = s->c.rq->caller.practitioner,
                                         .today = s->c.rq->today};

    EN_TRY(en_tx_record(s->c.tx, &rq, s->c.a, &s->record, s->c.err));
    take_fingerprint(s);
    return EN_OK;
}

static enum en_status add_session(struct en_sign *s)
{
    struct en_version v;

    EN_TRY(en_tx_get(s->c.tx, "Procedure", s->session, 0, s->c.a, &v, s->c.err));
    if (v.is_deleted) {
        return en_fail(s->c.err, EN_ENOTFOUND, "this Procedure was deleted");
    }
    EN_TRY(en_sign_add(s, &v, true));
    struct json_object *tree = json_tokener_parse(v.body);

    s->patient = en_session_target(&s->c, en_json_get(tree, "subject"), "Patient");
    (void)json_object_put(tree);
    return en_session_is_signed(&s->c, "Procedure", s->session, &s->is_signed);
}

enum en_status en_sign_gather(struct en_sign *s)
{
    static const char *const PARTS[] = {"MedicationAdministration", "QuestionnaireResponse",
                                        "Observation", "Procedure"};

    s->count = 0;
    s->patient = NULL;
    s->guidance = s->origin = NULL;
    s->has_consent = s->is_signed = false;
    EN_TRY(add_session(s));
    if (s->patient == NULL) {
        return EN_OK; /* the check tells */
    }
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        EN_TRY(add_parts(s, PARTS[i]));
    }
    EN_TRY(add_stock(s));
    EN_TRY(en_sign_add_consent(s));
    EN_TRY(find_assessment(s));
    return en_sign_add_record(s);
}
