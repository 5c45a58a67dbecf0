/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/session_note.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "knowledge/knowledge.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

/* Levels of groups in a checklist. */
enum { DEPTH_MAX = 8 };

struct reading {
    const struct en_knowledge *k;
    struct en_arena *a;
    struct json_object *entries, *session;
    const char *id;
    struct en_session_note *out;
    bool lacks_memory;
};

/* Helpers */

static const char *copy(struct reading *r, const char *text)
{
    const char *out = text == NULL ? NULL : en_arena_copy(r->a, text, SIZE_MAX);

    r->lacks_memory = r->lacks_memory || (text != NULL && out == NULL);
    return out;
}

/* Room for as many as there are entries: no list of a session is longer. */
#define ROOM(r, type) room((r), sizeof(type))
static void *room(struct reading *r, size_t size)
{
    void *out = en_arena_take(r->a, size, en_json_count(r->entries) + 1);

    r->lacks_memory = r->lacks_memory || out == NULL;
    return out;
}

static struct json_object *resource_at(const struct reading *r, size_t i)
{
    return en_json_get(en_json_at(r->entries, i), "resource");
}

static bool is_type(struct json_object *resource, const char *type)
{
    return en_text_equal(en_json_text(resource, "resourceType"), type);
}

/* Whether the reference names this entry: by its fullUrl or as "Type/id", also with a version. */
static bool names(const char *reference, struct json_object *entry)
{
    struct json_object *resource = en_json_get(entry, "resource");
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");
    const char *full = en_json_text(entry, "fullUrl");
    const char *version = strstr(reference, "/_history/");
    const size_t size = version == NULL ? strlen(reference) : (size_t)(version - reference);

    if (full != NULL && strlen(full) == size && strncmp(full, reference, size) == 0) {
        return true;
    }
    return type != NULL && id != NULL && size == strlen(type) + 1 + strlen(id) &&
           en_text_starts(reference, type) && reference[strlen(type)] == '/' &&
           strncmp(reference + strlen(type) + 1, id, strlen(id)) == 0;
}

static struct json_object *find(const struct reading *r, struct json_object *reference)
{
    const char *text = en_json_text(reference, "reference");

    for (size_t i = 0; text != NULL && i < en_json_count(r->entries); i++) {
        if (names(text, en_json_at(r->entries, i))) {
            return resource_at(r, i);
        }
    }
    return NULL;
}

static bool is_part_of(const struct reading *r, struct json_object *resource)
{
    struct json_object *list = en_json_get(resource, "partOf");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (find(r, en_json_at(list, i)) == r->session) {
            return true;
        }
    }
    return false;
}

static struct json_object *extension(struct json_object *element, const char *url)
{
    struct json_object *list = en_json_get(element, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), "url"), url)) {
            return en_json_at(list, i);
        }
    }
    return NULL;
}

/* Texts of Annotations, one after the other; NULL none. */
static const char *notes_of(struct reading *r, struct json_object *resource)
{
    struct json_object *list = en_json_get(resource, "note");
    const char *out = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *text = en_json_text(en_json_at(list, i), "text");

        if (text != NULL) {
            out = out == NULL ? copy(r, text) : en_arena_print(r->a, "%s; %s", out, text);
        }
    }
    return out;
}

/* Name of a person as it is written. */
static const char *name_of(struct reading *r, struct json_object *person)
{
    struct json_object *name = en_json_at(en_json_get(person, "name"), 0);
    struct json_object *given = en_json_at(en_json_get(name, "given"), 0);
    const char *text = en_json_text(name, "text"), *family = en_json_text(name, "family");

    if (text != NULL || family == NULL) {
        return copy(r, text);
    }
    return given == NULL ? copy(r, family)
                         : en_arena_print(r->a, "%s %s", json_object_get_string(given), family);
}

/* Who a Reference is: the name, else what it is displayed as, else the account. */
static const char *who_of(struct reading *r, struct json_object *reference)
{
    const char *name = name_of(r, find(r, reference));
    const char *display = en_json_text(reference, "display");
    const char *login = en_json_text(en_json_get(reference, "identifier"), "value");

    return name != NULL ? name : copy(r, display != NULL ? display : login);
}

static double number_of(struct json_object *quantity)
{
    struct json_object *value = en_json_get(quantity, "value");

    return value == NULL ? NAN : json_object_get_double(value);
}

static const char *unit_of(struct json_object *quantity)
{
    const char *code = en_json_text(quantity, "code");

    return code != NULL ? code : en_json_text(quantity, "unit");
}

/* Place */

static enum en_side side_of(struct json_object *concept)
{
    const char *code = en_concept_code(concept, EN_SIDE_SYSTEM);
    const char *text = en_json_text(concept, "text");

    for (int s = EN_SIDE_LEFT; s <= EN_SIDE_MIDLINE; s++) {
        const char *word = en_side_text((enum en_side)s);

        if (en_text_equal(code, word) || (code == NULL && en_text_has_word(text, word))) {
            return (enum en_side)s;
        }
    }
    return EN_SIDE_UNKNOWN;
}

static enum en_side session_side(const struct reading *r)
{
    struct json_object *list = en_json_get(r->session, "bodySite");

    for (size_t i = 0; i < en_json_count(list); i++) {
        const enum en_side side = side_of(en_json_at(list, i));

        if (side != EN_SIDE_UNKNOWN) {
            return side;
        }
    }
    return EN_SIDE_UNKNOWN;
}

/* Stock */

static const struct en_row *stock_of(const struct reading *r, struct json_object *medication)
{
    return en_row_find(r->k, "stocks",
                       en_concept_code(en_json_get(medication, "code"), EN_STOCK_SYSTEM));
}

static const char *product_of(struct reading *r, struct json_object *medication)
{
    const struct en_row *stock = stock_of(r, medication);
    const char *text = en_concept_text(en_json_get(medication, "code"));

    if (stock != NULL) {
        return en_cell(stock, "title");
    }
    if (text != NULL) {
        return copy(r, text);
    }
    return en_json_count(en_json_get(medication, "ingredient")) > 0 ? "syringe, drawn up" : NULL;
}

static bool is_vial_known(const struct en_session_note *n, const struct en_note_vial *v)
{
    for (size_t i = 0; i < n->vial_count; i++) {
        if (en_text_equal(n->vials[i].title, v->title) && en_text_equal(n->vials[i].lot, v->lot) &&
            en_text_equal(n->vials[i].expiry, v->expiry) &&
            en_text_equal(n->vials[i].serial, v->serial)) {
            return true;
        }
    }
    return false;
}

static void add_vial(struct reading *r, struct json_object *medication)
{
    struct en_session_note *n = r->out;
    struct json_object *batch = en_json_get(medication, "batch");
    const struct en_note_vial v = {
        .title = product_of(r, medication),
        .lot = copy(r, en_json_text(batch, "lotNumber")),
        .expiry = copy(r, en_json_text(batch, "expirationDate")),
        .serial =
            copy(r, en_json_text(en_json_at(en_json_get(medication, "identifier"), 0), "value")),
    };

    if (n->vials != NULL && !is_vial_known(n, &v) && n->vial_count < en_json_count(r->entries)) {
        n->vials[n->vial_count++] = v;
    }
}

static void add_amount(struct reading *r, const struct en_row *stock, double mg)
{
    struct en_session_note *n = r->out;
    const char *component = en_cell(stock, "component");
    size_t i = 0;

    while (i < n->amount_count && !en_text_equal(n->amounts[i].component, component)) {
        i++;
    }
    if (n->amounts == NULL || i > en_json_count(r->entries)) {
        return;
    }
    if (i == n->amount_count) {
        n->amounts[n->amount_count++] = (struct en_note_amount){.component = component};
    }
    n->amounts[i].mg += mg; /* an unknown part makes the sum unknown */
}

/* mg of the vial's component in 1 mL of what it is an ingredient of. */
static double strength_of(struct json_object *ingredient, const struct en_row *stock)
{
    struct json_object *ratio = en_json_get(ingredient, "strength");
    struct json_object *part = en_json_get(ratio, "numerator");
    const double share = number_of(part) / number_of(en_json_get(ratio, "denominator"));

    if (!en_text_equal(unit_of(en_json_get(ratio, "denominator")), "mL")) {
        return NAN;
    }
    if (en_text_equal(unit_of(part), "mL")) {
        return share * en_cell_number(stock, "strength_mg_per_ml");
    }
    return en_text_equal(unit_of(part), "mg") ? share : NAN;
}

/* What `volume_ml` of it holds, and of which vials. */
static void add_stock(struct reading *r, struct json_object *medication, double volume_ml)
{
    struct json_object *list = en_json_get(medication, "ingredient");
    const struct en_row *own = stock_of(r, medication);

    add_vial(r, medication);
    if (own != NULL) {
        add_amount(r, own, volume_ml * en_cell_number(own, "strength_mg_per_ml"));
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *item = en_json_at(list, i);
        struct json_object *vial = find(r, en_json_get(item, "itemReference"));
        const struct en_row *stock = stock_of(r, vial);

        if (vial != NULL) {
            add_vial(r, vial);
        }
        if (stock != NULL) {
            add_amount(r, stock, volume_ml * strength_of(item, stock));
        }
    }
}

/* Doses */

static const char *when_of(struct reading *r, struct json_object *resource, const char *name)
{
    static const char *const SUFFIXES[] = {"DateTime", "Instant", "Period"};
    char key[64];

    for (size_t i = 0; i < EN_COUNT(SUFFIXES); i++) {
        (void)snprintf(key, sizeof key, "%s%s", name, SUFFIXES[i]);
        struct json_object *value = en_json_get(resource, key);

        if (value != NULL) {
            return json_object_is_type(value, json_type_object)
                       ? copy(r, en_json_text(value, "start"))
                       : copy(r, en_json_text(resource, key));
        }
    }
    return NULL;
}

static const char *needle_of(struct reading *r, struct json_object *administration)
{
    struct json_object *own = extension(administration, EN_EXTENSION_NEEDLE);
    const char *text = en_json_text(own, "valueString");

    return copy(r, text != NULL ? text
                                : en_concept_text(en_json_get(en_json_get(administration, "dosage"),
                                                              "method")));
}

/* What happened at the site: as the page records it, and in words of anybody's. */
static const char *reaction_of(struct reading *r, struct json_object *administration)
{
    struct json_object *own = extension(administration, EN_EXTENSION_REACTION);
    const char *code = copy(r, en_json_text(own, "valueString"));
    const char *notes = notes_of(r, administration);

    return code == NULL || notes == NULL ? (code == NULL ? notes : code)
                                         : en_arena_print(r->a, "%s; %s", code, notes);
}

static void add_dose(struct reading *r, struct json_object *administration)
{
    struct json_object *dosage = en_json_get(administration, "dosage");
    struct json_object *place = en_json_get(dosage, "site"), *dose = en_json_get(dosage, "dose");
    struct json_object *medication = find(r, en_json_get(administration, "medicationReference"));
    const char *status = en_json_text(administration, "status");
    const char *guidance =
        en_json_text(extension(administration, EN_EXTENSION_GUIDANCE), "valueCode");
    struct en_session_note *n = r->out;
    const enum en_side side = side_of(place);
    const double amount = number_of(dose);

    struct en_note_dose d = {
        .site = en_row_find(r->k, "atlas", en_concept_code(place, EN_SITE_SYSTEM)),
        .place = copy(r, en_concept_text(place)),
        .side = side != EN_SIDE_UNKNOWN ? side : n->side,
        .volume_ml = en_text_equal(unit_of(dose), "mL") ? amount : NAN,
        .product = product_of(r, medication),
        .guidance = guidance != NULL ? copy(r, guidance) : n->guidance,
        .needle = needle_of(r, administration),
        .reaction = reaction_of(r, administration),
        .when = when_of(r, administration, "effective"),
        .was_given = status == NULL || !en_list_has("not-done; entered-in-error", status),
        .why_not =
            copy(r, en_concept_text(en_json_at(en_json_get(administration, "statusReason"), 0))),
    };
    n->doses[n->dose_count++] = d;
    if (d.was_given) {
        n->volume_ml += d.volume_ml;
        add_stock(r, medication, d.volume_ml);
    }
}

/* A session that was recorded as a whole: its body sites with what was given there. */

static double extension_amount(struct json_object *element, const char *url)
{
    return number_of(en_json_get(extension(element, url), "valueQuantity"));
}

static void add_whole(struct reading *r, const char *component, const char *url, double factor)
{
    const double amount = extension_amount(r->session, url);

    if (isfinite(amount)) {
        r->out->amounts[r->out->amount_count++] =
            (struct en_note_amount){component, factor * amount};
    }
}

static void read_whole(struct reading *r)
{
    struct json_object *list = en_json_get(r->session, "bodySite");
    struct en_session_note *n = r->out;

    n->doses = EN_NEW(r->a, struct en_note_dose, en_json_count(list));
    if (n->doses == NULL) {
        r->lacks_memory = true;
        return;
    }
    n->volume_ml = extension_amount(r->session, EN_EXTENSION_VOLUME);
    add_whole(r, "dextrose", EN_EXTENSION_DEXTROSE, 1000.0);
    add_whole(r, "lidocaine", EN_EXTENSION_LIDOCAINE, 1.0);
    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *place = en_json_at(list, i);
        const struct en_row *site =
            en_row_find(r->k, "atlas", en_concept_code(place, EN_SITE_SYSTEM));
        const enum en_side side = side_of(place);

        if (site != NULL) {
            n->doses[n->dose_count++] = (struct en_note_dose){
                .site = site,
                .side = side != EN_SIDE_UNKNOWN ? side : n->side,
                .volume_ml = extension_amount(place, EN_EXTENSION_VOLUME),
                .guidance = n->guidance,
                .was_given = true,
            };
        }
    }
}

/* Checklist */

static void read_items(struct reading *r, struct json_object *items, int depth)
{
    const struct en_table *table = en_table_get(r->k, "checklist");

    for (size_t i = 0; i < en_json_count(items) && depth > 0; i++) {
        struct json_object *item = en_json_at(items, i);
        const struct en_row *row = en_row_find(r->k, "checklist", en_json_text(item, "linkId"));
        struct json_object *answer = en_json_at(en_json_get(item, "answer"), 0);
        struct json_object *value = en_json_get(answer, "valueBoolean");

        if (row != NULL && json_object_is_type(value, json_type_boolean)) {
            r->out->checks[row - table->rows].answer =
                json_object_get_boolean(value) ? EN_TRUE : EN_FALSE;
        }
        read_items(r, en_json_get(item, "item"), depth - 1);
    }
}

static void start_checks(struct reading *r)
{
    const struct en_table *table = en_table_get(r->k, "checklist");
    struct en_note_check *checks = EN_NEW(r->a, struct en_note_check, table->row_count);

    if (checks == NULL) {
        r->lacks_memory = true;
        return;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        checks[i] = (struct en_note_check){&table->rows[i], EN_UNKNOWN};
    }
    r->out->checks = checks;
    r->out->check_count = table->row_count;
}

/* Observations and harms */

static const char *value_text(struct reading *r, struct json_object *observation)
{
    struct json_object *quantity = en_json_get(observation, "valueQuantity");
    struct json_object *truth = en_json_get(observation, "valueBoolean");
    struct json_object *integer = en_json_get(observation, "valueInteger");
    const char *unit = unit_of(quantity);

    if (quantity != NULL) {
        const bool is_plain = unit == NULL || unit[0] == '{' || en_text_equal(unit, "1");

        return en_arena_print(r->a, "%s%s%s",
                              json_object_to_json_string(en_json_get(quantity, "value")),
                              is_plain ? "" : " ", is_plain ? "" : unit);
    }
    if (integer != NULL) {
        return en_arena_print(r->a, "%d", json_object_get_int(integer));
    }
    if (truth != NULL) {
        return json_object_get_boolean(truth) ? "yes" : "no";
    }
    const char *text = en_concept_text(en_json_get(observation, "valueCodeableConcept"));

    return copy(r, text != NULL ? text : en_json_text(observation, "valueString"));
}

/* "Systolic 128 mm[Hg]; diastolic 80 mm[Hg]" */
static const char *components_text(struct reading *r, struct json_object *observation)
{
    struct json_object *list = en_json_get(observation, "component");
    const char *out = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *c = en_json_at(list, i);
        const char *title = en_concept_text(en_json_get(c, "code")), *value = value_text(r, c);

        if (title != NULL && value != NULL) {
            out = en_arena_print(r->a, "%s%s%s %s", out == NULL ? "" : out, out == NULL ? "" : "; ",
                                 title, value);
        }
    }
    return out;
}

/* Its text, else the title of the fact that has its LOINC code, else the code. */
static const char *title_of(struct reading *r, struct json_object *concept)
{
    const struct en_table *facts = en_table_get(r->k, "facts");
    const char *text = en_concept_text(concept), *code = en_concept_code(concept, EN_LOINC);
    const char *item = code == NULL ? NULL : en_arena_print(r->a, "loinc:%s", code);

    for (size_t i = 0; text == NULL && item != NULL && i < facts->row_count; i++) {
        if (en_list_has(en_cell(&facts->rows[i], "codes"), item)) {
            return en_cell(&facts->rows[i], "title");
        }
    }
    return copy(r, text != NULL ? text : code);
}

static void add_observation(struct reading *r, struct json_object *observation)
{
    const char *value = value_text(r, observation);

    r->out->values[r->out->value_count++] = (struct en_note_value){
        .title = title_of(r, en_json_get(observation, "code")),
        .value = value != NULL ? value : components_text(r, observation),
        .when = when_of(r, observation, "effective"),
    };
}

/* Whether a harm is put down to the session, or to something that was given in it. */
static bool is_of_session(const struct reading *r, struct json_object *event)
{
    struct json_object *list = en_json_get(event, "suspectEntity");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *cause = find(r, en_json_get(en_json_at(list, i), "instance"));

        if (cause != NULL && (cause == r->session || is_part_of(r, cause))) {
            return true;
        }
    }
    return false;
}

static void add_harm(struct reading *r, struct json_object *event)
{
    const char *severity = copy(r, en_concept_text(en_json_get(event, "severity")));
    struct json_object *grade =
        en_json_get(extension(event, EN_EXTENSION_AE_GRADE), "valueInteger");

    r->out->values[r->out->value_count++] = (struct en_note_value){
        .title = copy(r, en_concept_text(en_json_get(event, "event"))),
        .value =
            grade == NULL ? severity : en_arena_print(r->a, "grade %d", json_object_get_int(grade)),
        .when = copy(r, en_json_text(event, "date")),
        .is_harm = true,
    };
}

/* Signature and addenda */

/* Whether one of the targets is this resource. */
static bool has_target(const struct reading *r, struct json_object *provenance,
                       struct json_object *resource)
{
    struct json_object *list = en_json_get(provenance, "target");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (find(r, en_json_at(list, i)) == resource) {
            return true;
        }
    }
    return false;
}

/* A signature of ours over the resource: its Provenance; NULL none. */
static struct json_object *signature_of(const struct reading *r, struct json_object *resource,
                                        const char *activity)
{
    for (size_t i = 0; i < en_json_count(r->entries); i++) {
        struct json_object *p = resource_at(r, i);

        if (is_type(p, "Provenance") && en_json_count(en_json_get(p, "signature")) > 0 &&
            en_concept_has(en_json_get(p, "activity"), EN_OPERATION_SYSTEM, activity) &&
            has_target(r, p, resource)) {
            return p;
        }
    }
    return NULL;
}

static void read_signature(struct reading *r)
{
    struct json_object *p = signature_of(r, r->session, "sign");
    struct json_object *s = en_json_at(en_json_get(p, "signature"), 0);

    r->out->is_signed = p != NULL;
    r->out->signer = who_of(r, en_json_get(s, "who"));
    r->out->signed_at = copy(r, en_json_text(s, "when"));
    r->out->signed_count = en_json_count(en_json_get(p, "entity"));
}

static const char *decode(struct reading *r, const char *data)
{
    const size_t size = data == NULL ? 0 : strlen(data);
    char *out = EN_NEW(r->a, char, size + 1);
    size_t used = 0;

    if (out == NULL || data == NULL ||
        sodium_base642bin((unsigned char *)out, size, data, size, " \n\r\t", &used, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        r->lacks_memory = r->lacks_memory || out == NULL;
        return NULL;
    }
    return en_utf8_valid(out, used, NULL) ? out : NULL;
}

static void add_addendum(struct reading *r, struct json_object *document)
{
    struct json_object *related = en_json_get(en_json_get(document, "context"), "related");
    struct json_object *content = en_json_at(en_json_get(document, "content"), 0);
    bool is_ours = false;

    for (size_t i = 0; i < en_json_count(related); i++) {
        is_ours = is_ours || find(r, en_json_at(related, i)) == r->session;
    }
    if (!is_ours ||
        !en_concept_has(en_json_get(document, "type"), EN_OPERATION_SYSTEM, "addendum")) {
        return;
    }
    struct json_object *p = signature_of(r, document, "addendum");
    struct json_object *s = en_json_at(en_json_get(p, "signature"), 0);

    r->out->addenda[r->out->addendum_count++] = (struct en_note_addendum){
        .text = decode(r, en_json_text(en_json_get(content, "attachment"), "data")),
        .who = who_of(r, en_json_get(s, "who")),
        .when = copy(r, en_json_text(document, "date")),
    };
}

static void sort_addenda(struct en_session_note *n)
{
    for (size_t i = 1; i < n->addendum_count; i++) {
        for (size_t j = i; j > 0 && n->addenda[j].when != NULL && n->addenda[j - 1].when != NULL &&
                           strcmp(n->addenda[j].when, n->addenda[j - 1].when) < 0;
             j--) {
            const struct en_note_addendum later = n->addenda[j - 1];

            n->addenda[j - 1] = n->addenda[j];
            n->addenda[j] = later;
        }
    }
}

/* The session */

static bool is_session(struct json_object *resource)
{
    return is_type(resource, "Procedure") &&
           en_concept_has(en_json_get(resource, "code"), EN_PROCEDURE_SYSTEM,
                          "prolotherapy-session");
}

static en_day day_of(const char *when)
{
    char text[EN_DATE_TEXT_MAX];
    en_day day = EN_DAY_UNKNOWN;

    if (when == NULL || strlen(when) < 10) {
        return EN_DAY_UNKNOWN;
    }
    (void)snprintf(text, sizeof text, "%.10s", when);
    enum en_date_precision precision = EN_DATE_DAY;

    return en_date_parse(text, &day, &precision) ? day : EN_DAY_UNKNOWN;
}

/* The one that is named, else the newest. */
static struct json_object *find_session(struct reading *r, const char *id)
{
    struct json_object *found = NULL;
    en_day newest = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < en_json_count(r->entries); i++) {
        struct json_object *p = resource_at(r, i);

        if (!is_session(p)) {
            continue;
        }
        const en_day day = day_of(when_of(r, p, "performed"));

        if (id != NULL ? en_text_equal(en_json_text(p, "id"), id) : found == NULL || day > newest) {
            found = p;
            newest = day;
        }
    }
    return found;
}

static const char *performers_of(struct reading *r)
{
    struct json_object *list = en_json_get(r->session, "performer");
    const char *out = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *who = who_of(r, en_json_get(en_json_at(list, i), "actor"));

        if (who != NULL) {
            out = out == NULL ? who : en_arena_print(r->a, "%s; %s", out, who);
        }
    }
    return out;
}

static void read_session(struct reading *r)
{
    struct json_object *period = en_json_get(r->session, "performedPeriod");
    struct en_session_note *n = r->out;

    n->id = copy(r, en_json_text(r->session, "id"));
    n->status = copy(r, en_json_text(r->session, "status"));
    n->start = when_of(r, r->session, "performed");
    n->end = copy(r, en_json_text(period, "end"));
    n->day = day_of(n->start);
    n->performers = performers_of(r);
    n->guidance = copy(r, en_json_text(extension(r->session, EN_EXTENSION_GUIDANCE), "valueCode"));
    n->remarks = notes_of(r, r->session);
    n->side = session_side(r);
    n->doses = ROOM(r, struct en_note_dose);
    n->vials = ROOM(r, struct en_note_vial);
    n->amounts = ROOM(r, struct en_note_amount);
    n->values = ROOM(r, struct en_note_value);
    n->addenda = ROOM(r, struct en_note_addendum);
    start_checks(r);
}

static void read_part(struct reading *r, struct json_object *part)
{
    const char *status = en_json_text(part, "status");

    if (en_text_equal(status, "entered-in-error")) {
        return;
    }
    if (is_type(part, "AdverseEvent") && is_of_session(r, part)) {
        add_harm(r, part);
    } else if (is_type(part, "DocumentReference")) {
        add_addendum(r, part);
    } else if (!is_part_of(r, part)) {
        return;
    } else if (is_type(part, "MedicationAdministration")) {
        add_dose(r, part);
    } else if (is_type(part, "Observation")) {
        add_observation(r, part);
    } else if (is_type(part, "QuestionnaireResponse")) {
        read_items(r, en_json_get(part, "item"), DEPTH_MAX);
    }
}

static enum en_status read_all(struct reading *r, const char *session, struct en_err *err)
{
    r->session = find_session(r, session);
    if (r->session == NULL) {
        return en_fail(err, EN_ENOTFOUND, "there is no such session");
    }
    read_session(r);
    for (size_t i = 0; !r->lacks_memory && i < en_json_count(r->entries); i++) {
        read_part(r, resource_at(r, i));
    }
    if (r->out->dose_count == 0 && !r->lacks_memory) {
        read_whole(r);
    }
    read_signature(r);
    sort_addenda(r->out);
    return r->lacks_memory ? en_fail(err, EN_ENOMEM, "no memory for a session's note") : EN_OK;
}

enum en_status en_fhir_read_session_note(const struct en_knowledge *k, const char *bundle,
                                         size_t size, const char *session, struct en_arena *a,
                                         struct en_session_note *out, struct en_err *err)
{
    struct reading r = {.k = k, .a = a, .out = out};
    struct en_issues issues = {0};
    struct json_object *tree = NULL;

    *out = (struct en_session_note){.day = EN_DAY_UNKNOWN};
    EN_TRY(en_json_read(bundle, size, a, &tree, &issues, err));
    r.entries = en_json_get(tree, "entry");
    const enum en_status st = read_all(&r, session, err);

    (void)json_object_put(tree);
    return st;
}
