/* SPDX-License-Identifier: Apache-2.0
 * Procedures: sessions, earlier treatments and facts; and resources that state a fact by being
 * there (DiagnosticReport, Consent, Goal, ServiceRequest, DocumentReference, Device). */
#include "fhir/read.h"

#include "base/text.h"
#include "fhir/units.h"
#include "knowledge/knowledge.h"

#include <math.h>
#include <string.h>

enum { FACTS_MAX = 16 };

/* Sessions */

/* An amount as an extension of the session or of one of its body sites, with a Quantity in this
 * unit. NAN when there is none. */
static double amount(struct en_reader *r, struct json_object *element, const char *path,
                     const char *url, const char *unit)
{
    struct json_object *extension = en_reader_extension(element, url);
    struct json_object *quantity = en_json_get(extension, "valueQuantity");
    bool is_ucum = true;
    const char *given = en_quantity_unit(quantity, &is_ucum);

    if (extension == NULL) {
        return NAN;
    }
    const double value = json_object_get_double(en_json_get(quantity, "value"));

    if (quantity == NULL || !is_ucum || !en_text_equal(given, unit) || !(value >= 0.0)) {
        EN_READ_ERROR(r, "value", en_reader_path(r, path, "extension"),
                      "needs a valueQuantity in %s, 0 or more", unit);
        return NAN;
    }
    return value;
}

/* How the needle was guided; NULL when it is not recorded. */
static const char *session_guidance(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *extension = en_reader_extension(e->resource, EN_EXTENSION_GUIDANCE);
    const char *code = en_json_text(extension, "valueCode");

    if (extension == NULL) {
        return NULL;
    }
    if (code == NULL || !en_list_has("LM; US; FL; CT", code)) {
        EN_READ_ERROR(r, "value", en_reader_path(r, e->path, "extension"),
                      "needs a valueCode LM, US, FL or CT");
        return NULL;
    }
    return en_reader_copy(r, code);
}

/* The sites of the atlas among the body sites, each with what was given there. */
static void read_session_sites(struct en_reader *r, struct json_object *body_sites,
                               const char *path, struct en_past_session *s)
{
    const size_t count = en_json_count(body_sites);
    const char **sites = EN_NEW(r->arena, const char *, count);
    double *volume_ml = EN_NEW(r->arena, double, count);
    double *dextrose_g = EN_NEW(r->arena, double, count);

    if (sites == NULL || volume_ml == NULL || dextrose_g == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *site = en_json_at(body_sites, i);
        const char *code = en_concept_code(site, EN_SITE_SYSTEM);
        const struct en_row *row = code == NULL ? NULL : en_row_find(r->k, "atlas", code);
        const char *site_path = en_arena_print(r->arena, "%s[%zu]", path, i);

        if (row != NULL && site_path != NULL) {
            volume_ml[s->site_count] = amount(r, site, site_path, EN_EXTENSION_VOLUME, "mL");
            dextrose_g[s->site_count] = amount(r, site, site_path, EN_EXTENSION_DEXTROSE, "g");
            sites[s->site_count++] = en_cell(row, "id");
        }
    }
    s->sites = sites;
    s->site_volume_ml = volume_ml;
    s->site_dextrose_g = dextrose_g;
}

static void read_session(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *body_sites = en_json_get(e->resource, "bodySite");
    struct json_object *grade = en_reader_extension(e->resource, EN_EXTENSION_AE_GRADE);
    const char *path = en_reader_path(r, e->path, "bodySite");
    const struct en_place place = en_reader_place(r, body_sites, path);
    const en_day day = en_reader_when(r, e->resource, e->path, "performed");
    struct en_past_session *list =
        en_reader_grow(r, r->out->sessions, r->out->session_count, sizeof *list);

    if (place.region == NULL) {
        EN_READ_ERROR(r, "required", path, "a session needs the region or sites that were treated");
    }
    if (day == EN_DAY_UNKNOWN) {
        EN_READ_ERROR(r, "required", en_reader_path(r, e->path, "performed"),
                      "a session needs its date");
    }
    if (list == NULL) {
        return;
    }
    r->out->sessions = list;
    struct en_past_session *s = &list[r->out->session_count++];

    *s = (struct en_past_session){
        .region = place.region,
        .side = place.side,
        .day = day,
        .resource = en_reader_address(r),
        .dextrose_g = amount(r, e->resource, e->path, EN_EXTENSION_DEXTROSE, "g"),
        .lidocaine_mg = amount(r, e->resource, e->path, EN_EXTENSION_LIDOCAINE, "mg"),
        .volume_ml = amount(r, e->resource, e->path, EN_EXTENSION_VOLUME, "mL"),
        .guidance = session_guidance(r, e),
        .ae_grade = grade == NULL ? -1 : json_object_get_int(en_json_get(grade, "valueInteger")),
    };
    read_session_sites(r, body_sites, path, s);
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "a prolotherapy session");
}

/* Treatments */

static void read_treatment(struct en_reader *r, const struct en_entry *e, const char *code)
{
    struct json_object *concept = en_json_get(e->resource, "code");
    const char *kind = code != NULL ? code : en_concept_text(concept);
    const struct en_place place = en_reader_place(r, en_json_get(e->resource, "bodySite"),
                                                  en_reader_path(r, e->path, "bodySite"));
    const en_day day = en_reader_when(r, e->resource, e->path, "performed");
    struct en_past_treatment *list =
        en_reader_grow(r, r->out->treatments, r->out->treatment_count, sizeof *list);

    if (kind == NULL) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it does not say what was done");
        return;
    }
    if (list == NULL) {
        return;
    }
    r->out->treatments = list;
    list[r->out->treatment_count++] =
        (struct en_past_treatment){en_reader_copy(r, kind), place.region, day};
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "an earlier treatment");
}

/* Whether the place is that of a problem to treat: an unnamed place is not. */
static bool is_at_target(const struct en_reader *r, const struct en_place *place)
{
    for (size_t i = 0; i < r->out->target_count && place->region != NULL; i++) {
        const char *id = r->out->targets[i].condition;
        const struct en_row *row = id == NULL ? NULL : en_row_find(r->k, "conditions", id);
        const enum en_side side = r->out->targets[i].side;
        const bool is_same_side = side == place->side || side == EN_SIDE_UNKNOWN ||
                                  place->side == EN_SIDE_UNKNOWN || side == EN_SIDE_BOTH ||
                                  place->side == EN_SIDE_BOTH;

        if (row != NULL && is_same_side && en_text_equal(en_cell(row, "region"), place->region)) {
            return true;
        }
    }
    return false;
}

/* A steroid injection at the target has two facts of its own. */
static void give_steroid(struct en_reader *r, const struct en_entry *e)
{
    const struct en_place place = en_reader_place(r, en_json_get(e->resource, "bodySite"),
                                                  en_reader_path(r, e->path, "bodySite"));
    const en_day day = en_reader_when(r, e->resource, e->path, "performed");
    const size_t fact = en_fact_index(r->k, "steroid_injection_12w");

    if (!is_at_target(r, &place) || day == EN_DAY_UNKNOWN) {
        return;
    }
    if (fact != SIZE_MAX) {
        en_reader_give_bool(r, fact, true, day, e->path);
    }
    en_reader_give_date(r, "steroid_injection_date", day, day, e->path);
}

void en_read_procedure(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *concept = en_json_get(e->resource, "code");
    const char *code = en_concept_code(concept, EN_PROCEDURE_SYSTEM);
    const char *status = en_json_text(e->resource, "status");
    size_t facts[FACTS_MAX];

    if (!en_list_has("completed; in-progress; stopped; unknown", status)) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it was not done");
        return;
    }
    const size_t count = en_reader_facts_of(r, concept, facts, FACTS_MAX);
    const en_day day =
        count == 0 ? EN_DAY_UNKNOWN : en_reader_when(r, e->resource, e->path, "performed");

    for (size_t i = 0; i < count; i++) {
        const struct en_row *row = en_reader_fact_row(r, facts[i]);

        if (strcmp(en_cell(row, "type"), "date") == 0) {
            en_reader_give_date(r, en_cell(row, "id"), day, day, e->path);
        } else {
            en_reader_give_bool(r, facts[i], true, day, e->path);
        }
    }
    if (en_text_equal(code, "prolotherapy-session")) {
        read_session(r, e);
    } else if (count == 0 || code != NULL) {
        read_treatment(r, e, code);
    }
    if (en_text_equal(code, "steroid-injection")) {
        give_steroid(r, e);
    }
}

/* Stating resources */

/* Where such a resource carries its codes, its date, and which status counts. */
static const struct finding_rule {
    const char *type, *concepts, *date;
    const char *good, *bad; /* statuses: the fact is true, false; others are ignored */
    const char *status;     /* member */
} FINDINGS[] = {
    {"DiagnosticReport", "code; conclusionCode", "effective",
     "final; amended; corrected; appended; preliminary; partial", "", "status"},
    {"Consent", "category", "dateTime", "active", "rejected; inactive", "status"},
    {"Goal", "category; description", "startDate", "active; accepted; completed; on-hold; planned",
     "rejected; cancelled", "lifecycleStatus"},
    {"ServiceRequest", "code", "authoredOn", "active; on-hold; completed", "revoked", "status"},
    {"DocumentReference", "type; category", "date", "current", "", "status"},
    {"Device", "type", "", "active", "inactive", "status"},
};

static en_day finding_day(struct en_reader *r, const struct en_entry *e, const char *member)
{
    if (strcmp(member, "effective") == 0) {
        return en_reader_when(r, e->resource, e->path, member);
    }
    return member[0] == '\0' ? EN_DAY_UNKNOWN : en_reader_day(r, e->resource, e->path, member);
}

/* Facts of one concept; returns how many there were. */
static size_t give_finding(struct en_reader *r, const struct en_entry *e,
                           struct json_object *concept, bool truth, en_day day)
{
    size_t facts[FACTS_MAX];
    const size_t count = en_reader_facts_of(r, concept, facts, FACTS_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct en_row *row = en_reader_fact_row(r, facts[i]);

        if (strcmp(en_cell(row, "type"), "date") == 0) {
            en_reader_give_date(r, en_cell(row, "id"), day, day, e->path);
        } else {
            en_reader_give_bool(r, facts[i], truth, day, e->path);
        }
    }
    return count;
}

static void read_finding(struct en_reader *r, const struct en_entry *e,
                         const struct finding_rule *rule, bool truth)
{
    const en_day day = finding_day(r, e, rule->date);
    const char *item = NULL, *list = rule->concepts;
    size_t size = 0, count = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *member = en_arena_copy(r->arena, item, size);
        struct json_object *value = member == NULL ? NULL : en_json_get(e->resource, member);

        if (json_object_is_type(value, json_type_array)) {
            for (size_t i = 0; i < en_json_count(value); i++) {
                count += give_finding(r, e, en_json_at(value, i), truth, day);
            }
        } else if (value != NULL) {
            count += give_finding(r, e, value, truth, day);
        }
    }
    if (count == 0) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "no fact of this program has this code");
    }
}

void en_read_finding(struct en_reader *r, const struct en_entry *e)
{
    for (size_t i = 0; i < EN_COUNT(FINDINGS); i++) {
        const struct finding_rule *rule = &FINDINGS[i];
        const char *status = en_json_text(e->resource, rule->status);

        if (strcmp(rule->type, e->type) != 0) {
            continue;
        }
        if (status == NULL || en_list_has(rule->good, status) || en_list_has(rule->bad, status)) {
            read_finding(r, e, rule, status == NULL || en_list_has(rule->good, status));
        } else {
            (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "its status does not count");
        }
    }
}
