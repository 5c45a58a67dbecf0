/* SPDX-License-Identifier: Apache-2.0
 * server/demo_session: all that is written down in a session of the demo clinic, from what its
 * Procedure says of sites, volumes and strengths: vials, syringes drawn up of them, what was given
 * at each site, and the checklist. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/demo_inside.h"

#include <math.h>
#include <string.h>

#define VIAL_SYSTEM EN_FHIR_BASE "demo/vial"

enum { SITES_MAX = 24, SYRINGES_MAX = 4, ID_MAX = 65 };

static const int64_t MINUTE_US = INT64_C(60000000), DAY_US = INT64_C(86400000000);

/* The vials that every session opens: dextrose, anaesthetic, diluent. The percent of anaesthetic in
 * a syringe is that of the plans. */
static const struct {
    const char *stock, *title, *lot, *short_name;
    int days; /* to its expiry */
} VIALS[] = {
    {"dextrose_50", "Dextrose 50 % (hydrous), 50 mL", "D50-2602", "d50", 210},
    {"lidocaine_1", "Lidocaine 1 %, 20 mL", "L1-0815", "l1", 330},
    {"saline_09", "Sodium chloride 0.9 %, 20 mL", "S9-1108", "s9", 480},
};

static const double DEXTROSE_PERCENT = 50.0, LIDOCAINE_SHARE = 0.2;

struct site {
    const char *code;
    double ml;
    size_t syringe;
};

struct session {
    struct en_writer w;
    const struct en_knowledge *k;
    const char *id, *patient, *side, *guidance;
    int64_t start_us, end_us;
    struct site sites[SITES_MAX];
    size_t site_count;
    double percents[SYRINGES_MAX]; /* dextrose of each syringe */
    size_t syringe_count;
};

/* Reading */

/* Value of the extension with this address; NAN: none. */
static double amount_of(struct json_object *place, const char *url)
{
    struct json_object *list = en_json_get(place, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *x = en_json_at(list, i);

        if (en_text_equal(en_json_text(x, "url"), url)) {
            return json_object_get_double(en_json_get(en_json_get(x, "valueQuantity"), "value"));
        }
    }
    return NAN;
}

static const char *guidance_of(struct json_object *procedure)
{
    struct json_object *list = en_json_get(procedure, "extension");
    const char *code = NULL;

    for (size_t i = 0; i < en_json_count(list) && code == NULL; i++) {
        struct json_object *x = en_json_at(list, i);

        if (en_text_equal(en_json_text(x, "url"), EN_EXTENSION_GUIDANCE)) {
            code = en_json_text(x, "valueCode");
        }
    }
    return code;
}

/* The syringe of this strength; one more when there is none yet. */
static size_t syringe_of(struct session *s, double percent)
{
    size_t i = 0;

    while (i < s->syringe_count && fabs(s->percents[i] - percent) > 0.01) {
        i++;
    }
    if (i == s->syringe_count && i < SYRINGES_MAX) {
        s->percents[s->syringe_count++] = percent;
    }
    return i;
}

static bool read_place(struct session *s, struct json_object *place)
{
    const char *code = en_concept_code(place, EN_SITE_SYSTEM);
    const double ml = amount_of(place, EN_EXTENSION_VOLUME);
    const double g = amount_of(place, EN_EXTENSION_DEXTROSE);

    if (code == NULL) {
        s->side = en_concept_code(place, EN_SIDE_SYSTEM);
        return s->side != NULL;
    }
    if (s->site_count == SITES_MAX || !(ml > 0.0) || !(g >= 0.0)) {
        return false;
    }
    const size_t syringe = syringe_of(s, 100.0 * g / ml);

    s->sites[s->site_count++] = (struct site){code, ml, syringe};
    return syringe < SYRINGES_MAX;
}

static bool read_session(struct session *s, struct json_object *procedure)
{
    struct json_object *period = en_json_get(procedure, "performedPeriod");
    struct json_object *places = en_json_get(procedure, "bodySite");
    int64_t other = 0;

    s->id = en_json_text(procedure, "id");
    s->patient = en_json_text(en_json_get(procedure, "subject"), "reference");
    s->guidance = guidance_of(procedure);
    if (!en_instant_span(en_json_text(period, "start"), &s->start_us, &other) ||
        !en_instant_span(en_json_text(period, "end"), &s->end_us, &other) || s->patient == NULL) {
        return false;
    }
    for (size_t i = 0; i < en_json_count(places); i++) {
        if (!read_place(s, en_json_at(places, i))) {
            return false;
        }
    }
    return s->site_count > 0 && s->side != NULL && s->guidance != NULL;
}

/* Writing */

static void open_entry(struct session *s, const char *type)
{
    en_write_open(&s->w, NULL, '{');
    en_write_open(&s->w, "resource", '{');
    en_write_text(&s->w, "resourceType", type);
}

static void close_entry(struct session *s)
{
    en_write_close(&s->w);
    en_write_close(&s->w);
}

static void write_reference(struct session *s, const char *key, const char *address)
{
    en_write_open(&s->w, key, '{');
    en_write_text(&s->w, "reference", address);
    en_write_close(&s->w);
}

static void write_coding(struct session *s, const char *system, const char *code)
{
    en_write_open(&s->w, NULL, '{');
    en_write_text(&s->w, "system", system);
    en_write_text(&s->w, "code", code);
    en_write_close(&s->w);
}

static void write_quantity(struct session *s, const char *key, double value)
{
    en_write_open(&s->w, key, '{');
    en_write_number(&s->w, "value", value, 4);
    en_write_text(&s->w, "unit", "mL");
    en_write_text(&s->w, "system", EN_UCUM);
    en_write_text(&s->w, "code", "mL");
    en_write_close(&s->w);
}

static void write_part_of(struct session *s)
{
    en_write_open(&s->w, "partOf", '[');
    en_write_open(&s->w, NULL, '{');
    en_write_print(&s->w, "reference", "Procedure/%s", s->id);
    en_write_close(&s->w);
    en_write_close(&s->w);
}

static void write_vial(struct session *s, size_t i)
{
    open_entry(s, "Medication");
    en_write_print(&s->w, "id", "%s-%s", s->id, VIALS[i].short_name);
    en_write_open(&s->w, "identifier", '[');
    en_write_open(&s->w, NULL, '{');
    en_write_text(&s->w, "system", VIAL_SYSTEM);
    en_write_print(&s->w, "value", "%s-%s", s->id, VIALS[i].short_name);
    en_write_close(&s->w);
    en_write_close(&s->w);
    en_write_open(&s->w, "code", '{');
    en_write_open(&s->w, "coding", '[');
    write_coding(s, EN_STOCK_SYSTEM, VIALS[i].stock);
    en_write_close(&s->w);
    en_write_text(&s->w, "text", VIALS[i].title);
    en_write_close(&s->w);
    en_write_text(&s->w, "status", "active");
    en_write_open(&s->w, "batch", '{');
    en_write_text(&s->w, "lotNumber", VIALS[i].lot);
    en_write_date(&s->w, "expirationDate", (en_day)(s->start_us / DAY_US) + VIALS[i].days);
    en_write_close(&s->w);
    close_entry(s);
}

/* mL of each vial in 1 mL of the syringe. */
static void write_syringe(struct session *s, size_t i)
{
    const double dextrose = s->percents[i] / DEXTROSE_PERCENT;
    const double shares[] = {dextrose, LIDOCAINE_SHARE, 1.0 - dextrose - LIDOCAINE_SHARE};
    char until[EN_INSTANT_TEXT_MAX], address[2 * ID_MAX];

    open_entry(s, "Medication");
    en_write_print(&s->w, "id", "%s-mix-%zu", s->id, i + 1);
    en_write_open(&s->w, "code", '{');
    en_write_print(&s->w, "text", "Dextrose %.3g %%, lidocaine 0.2 %%", s->percents[i]);
    en_write_close(&s->w);
    en_write_text(&s->w, "status", "active");
    en_write_open(&s->w, "ingredient", '[');
    for (size_t v = 0; v < EN_COUNT(VIALS); v++) {
        (void)snprintf(address, sizeof address, "Medication/%s-%s", s->id, VIALS[v].short_name);
        en_write_open(&s->w, NULL, '{');
        write_reference(s, "itemReference", address);
        en_write_open(&s->w, "strength", '{');
        write_quantity(s, "numerator", shares[v]);
        write_quantity(s, "denominator", 1.0);
        en_write_close(&s->w);
        en_write_close(&s->w);
    }
    en_write_close(&s->w);
    en_write_open(&s->w, "batch", '{');
    en_write_text(&s->w, "expirationDate", en_instant_text(s->end_us + 60 * MINUTE_US, until));
    en_write_close(&s->w);
    close_entry(s);
}

/* Needle and guidance, as the page records them. */
static void write_details(struct session *s, const struct en_row *row)
{
    en_write_open(&s->w, "extension", '[');
    if (row != NULL) {
        en_write_open(&s->w, NULL, '{');
        en_write_text(&s->w, "url", EN_EXTENSION_NEEDLE);
        en_write_text(&s->w, "valueString", en_cell(row, "needle"));
        en_write_close(&s->w);
    }
    en_write_open(&s->w, NULL, '{');
    en_write_text(&s->w, "url", EN_EXTENSION_GUIDANCE);
    en_write_text(&s->w, "valueCode", s->guidance);
    en_write_close(&s->w);
    en_write_close(&s->w);
}

static void write_dosage(struct session *s, const struct site *site, const struct en_row *row)
{
    en_write_open(&s->w, "dosage", '{');
    if (row != NULL) {
        en_write_text(&s->w, "text", "aspiration negative; no reaction");
    }
    en_write_open(&s->w, "site", '{');
    en_write_open(&s->w, "coding", '[');
    write_coding(s, EN_SITE_SYSTEM, site->code);
    write_coding(s, EN_SIDE_SYSTEM, s->side);
    en_write_close(&s->w);
    en_write_close(&s->w);
    write_quantity(s, "dose", site->ml);
    en_write_close(&s->w);
}

static void write_given(struct session *s, size_t i)
{
    const struct site *site = &s->sites[i];
    const struct en_row *row = en_row_find(s->k, "atlas", site->code);
    char when[EN_INSTANT_TEXT_MAX], address[2 * ID_MAX];

    open_entry(s, "MedicationAdministration");
    en_write_print(&s->w, "id", "%s-given-%zu", s->id, i + 1);
    write_details(s, row);
    write_part_of(s);
    en_write_text(&s->w, "status", "completed");
    (void)snprintf(address, sizeof address, "Medication/%s-mix-%zu", s->id, site->syringe + 1);
    write_reference(s, "medicationReference", address);
    write_reference(s, "subject", s->patient);
    en_write_text(&s->w, "effectiveDateTime",
                  en_instant_text(s->start_us + (12 + 2 * (int64_t)i) * MINUTE_US, when));
    write_dosage(s, site, row);
    close_entry(s);
}

static void write_checklist(struct session *s)
{
    const struct en_table *table = en_table_get(s->k, "checklist");
    char when[EN_INSTANT_TEXT_MAX];

    open_entry(s, "QuestionnaireResponse");
    en_write_print(&s->w, "id", "%s-checklist", s->id);
    write_part_of(s);
    en_write_text(&s->w, "status", "completed");
    write_reference(s, "subject", s->patient);
    en_write_text(&s->w, "authored", en_instant_text(s->end_us, when));
    en_write_open(&s->w, "item", '[');
    for (size_t i = 0; i < table->row_count; i++) {
        en_write_open(&s->w, NULL, '{');
        en_write_text(&s->w, "linkId", en_cell(&table->rows[i], "id"));
        en_write_open(&s->w, "answer", '[');
        en_write_open(&s->w, NULL, '{');
        en_write_bool(&s->w, "valueBoolean", true);
        en_write_close(&s->w);
        en_write_close(&s->w);
        en_write_close(&s->w);
    }
    en_write_close(&s->w);
    close_entry(s);
}

const char *en_demo_sites(struct json_object *procedure, struct en_arena *a)
{
    struct json_object *places = en_json_get(procedure, "bodySite");
    const char *list = "";

    for (size_t i = 0; i < en_json_count(places) && list != NULL; i++) {
        const char *code = en_concept_code(en_json_at(places, i), EN_SITE_SYSTEM);

        if (code != NULL) {
            list = en_arena_print(a, "%s%s%s", list, list[0] == '\0' ? "" : "%3B", code);
        }
    }
    return list;
}

enum en_status en_demo_session(const struct en_knowledge *k, struct json_object *procedure,
                               struct en_buf *out, struct en_err *err)
{
    struct session s = {.w = EN_WRITER(out), .k = k};

    if (!read_session(&s, procedure)) {
        return en_fail(err, EN_EBUG,
                       "the demo clinic: a session lacks side, sites, guidance or times");
    }
    en_write_open(&s.w, NULL, '{');
    en_write_open(&s.w, "entry", '[');
    for (size_t i = 0; i < EN_COUNT(VIALS); i++) {
        write_vial(&s, i);
    }
    for (size_t i = 0; i < s.syringe_count; i++) {
        write_syringe(&s, i);
    }
    for (size_t i = 0; i < s.site_count; i++) {
        write_given(&s, i);
    }
    write_checklist(&s);
    en_write_close(&s.w);
    en_write_close(&s.w);
    return en_write_end(&s.w, "a session of the demo clinic", err);
}
