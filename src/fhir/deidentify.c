/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/deidentify.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* What is kept of each type: its elements by name (of a choice: without its type), with all that
 * is in them, as far as the types below allow. subject: where the patient stands. */
static const struct shown {
    const char *type, *subject, *keep;
} SHOWN[] = {
    {"AdverseEvent", "subject",
     "actuality; category; event; subject; encounter; date; detected; recordedDate; "
     "resultingCondition; seriousness; severity; outcome; suspectEntity"},
    {"AllergyIntolerance", "patient",
     "clinicalStatus; verificationStatus; type; category; criticality; code; patient; encounter; "
     "onset; recordedDate; lastOccurrence; reaction"},
    {"CarePlan", "subject",
     "status; intent; category; subject; encounter; period; created; addresses; goal; activity"},
    {"Condition", "subject",
     "clinicalStatus; verificationStatus; category; severity; code; bodySite; subject; encounter; "
     "onset; abatement; recordedDate; stage"},
    {"DetectedIssue", "patient",
     "status; code; severity; patient; identified; implicated; mitigation"},
    {"Encounter", "subject",
     "status; class; type; serviceType; priority; subject; period; length; reasonCode; diagnosis"},
    {"Goal", "subject",
     "lifecycleStatus; achievementStatus; category; priority; description; subject; start; target; "
     "statusDate; addresses; outcomeCode; outcomeReference"},
    {"GuidanceResponse", "subject",
     "status; subject; encounter; occurrenceDateTime; reasonCode; reasonReference; result"},
    {"Immunization", "patient",
     "status; statusReason; vaccineCode; patient; encounter; occurrence; site; route; "
     "doseQuantity"},
    {"Medication", "", "code; status; form; amount; ingredient"},
    {"MedicationAdministration", "subject",
     "status; statusReason; category; medication; subject; context; effective; performer; "
     "reasonCode; reasonReference; request; dosage"},
    {"MedicationRequest", "subject",
     "status; intent; category; medication; subject; encounter; authoredOn; reasonCode; "
     "reasonReference; dosageInstruction"},
    {"MedicationStatement", "subject",
     "status; statusReason; category; medication; subject; context; effective; dateAsserted; "
     "reasonCode; reasonReference; dosage"},
    {"Observation", "subject",
     "basedOn; partOf; status; category; code; subject; focus; encounter; effective; issued; "
     "value; dataAbsentReason; interpretation; bodySite; method; referenceRange; hasMember; "
     "derivedFrom; component"},
    {"Patient", "", "active; gender; birthDate; deceased; address"},
    {"Procedure", "subject",
     "basedOn; partOf; status; statusReason; category; code; subject; encounter; performed; "
     "performer; reasonCode; reasonReference; bodySite; outcome; complication; followUp; "
     "usedReference; usedCode"},
    {"Questionnaire", "", "url; version; status; subjectType; code; item"},
    {"QuestionnaireResponse", "subject",
     "questionnaire; status; subject; encounter; authored; item"},
    {"ResearchStudy", "", "status; primaryPurposeType; phase; category; focus; condition"},
    {"ResearchSubject", "individual", "status; period; study; individual; assignedArm; actualArm"},
    {"RiskAssessment", "subject",
     "status; method; code; subject; encounter; occurrence; condition; reasonCode; basis; "
     "prediction"},
    {"ServiceRequest", "subject",
     "status; intent; category; priority; code; subject; encounter; occurrence; authoredOn; "
     "reasonCode; reasonReference; bodySite"},
};

/* Texts that are kept though they are text: what links answers to questions, and where codes and
 * questions come from. Questions are the clinic's, not a patient's. */
static const char KEPT_TEXTS[] =
    "Coding.system; Quantity.system; Questionnaire.item.linkId; QuestionnaireResponse.item.linkId; "
    "Questionnaire.item.text; Questionnaire.url; Questionnaire.version; "
    "QuestionnaireResponse.questionnaire; Questionnaire.item.enableWhen.question";

/* Elements that are dropped inside of what is kept. */
static const char DROPPED[] = "Questionnaire.item.initial; Timing.code";

enum treatment { DROP, SAME, SHIFT, INSIDE, QUANTITY, REFERENCE, COUNTRY };

/* By type; what does not stand here is dropped, unless it is in KEPT_TEXTS. */
static const struct {
    const char *types;
    enum treatment treatment;
} TREATMENTS[] = {
    {"boolean; code; decimal; integer; positiveInt; unsignedInt", SAME},
    {"date; dateTime; instant", SHIFT},
    {"BackboneElement; CodeableConcept; Coding; Dosage; Element; Period; Range; Ratio; Timing",
     INSIDE},
    {"Age; Count; Distance; Duration; Quantity", QUANTITY},
    {"Reference", REFERENCE},
    {"Address", COUNTRY},
};

/* The work on one resource. */
struct work {
    const struct en_deidentify *d;
    bool has_shift; /* without a patient nothing tells by how much dates move: they go */
    int shift;
    bool has_failed; /* no memory */
};

static struct json_object *clean_object(struct work *w, struct json_object *object,
                                        const struct en_r4_element *type, const char *keep);

static const struct shown *find_shown(const char *type)
{
    for (size_t i = 0; type != NULL && i < EN_COUNT(SHOWN); i++) {
        if (strcmp(SHOWN[i].type, type) == 0) {
            return &SHOWN[i];
        }
    }
    return NULL;
}

bool en_deidentify_shows(const char *type)
{
    return find_shown(type) != NULL;
}

const char *en_deidentify_types(struct en_arena *a)
{
    const char *list = "";

    for (size_t i = 0; list != NULL && i < EN_COUNT(SHOWN); i++) {
        list = en_arena_print(a, "%s%s%s", list, i == 0 ? "" : "; ", SHOWN[i].type);
    }
    return list;
}

/* Keyed hash of "purpose:type/id". */
static void keyed_hash(const struct en_deidentify *d, const char *purpose, const char *type,
                       const char *id, unsigned char out[16])
{
    const char *const parts[] = {purpose, ":", type, "/", id};
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, d->key, sizeof d->key, 16);
    for (size_t i = 0; i < EN_COUNT(parts); i++) {
        (void)crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]));
    }
    (void)crypto_generichash_final(&state, out, 16);
}

void en_deidentify_id(const struct en_deidentify *d, const char *type, const char *id,
                      char out[EN_PSEUDONYM_TEXT])
{
    unsigned char hash[16];

    keyed_hash(d, "id", type, id, hash);
    (void)sodium_bin2hex(out, EN_PSEUDONYM_TEXT, hash, sizeof hash);
}

int en_deidentify_shift(const struct en_deidentify *d, const char *patient)
{
    unsigned char hash[16];
    uint64_t number = 0;

    keyed_hash(d, "days", "Patient", patient, hash);
    memcpy(&number, hash, sizeof number);
    return -1 - (int)(number % EN_DEIDENTIFY_DAYS);
}

/* A new node; a failure is remembered, so that nothing half-cleaned is given away. */
static struct json_object *made(struct work *w, struct json_object *node)
{
    w->has_failed |= node == NULL;
    return node;
}

/* Add a member; a value of NULL is left out. */
static void put(struct work *w, struct json_object *object, const char *key,
                struct json_object *value)
{
    if (value == NULL || object == NULL) {
        json_object_put(value);
    } else if (json_object_object_add(object, key, value) != 0) {
        w->has_failed = true;
        json_object_put(value);
    }
}

static struct json_object *text_node(struct work *w, const char *text)
{
    return made(w, json_object_new_string(text));
}

/* A date of the same precision, moved; the time of day goes. */
static struct json_object *moved_date(struct work *w, const char *text, bool is_instant)
{
    char moved[EN_DATE_TEXT_MAX + 16];
    enum en_date_precision precision;
    en_day day;

    if (!w->has_shift || text == NULL || !en_date_parse(text, &day, &precision)) {
        return NULL;
    }
    (void)en_date_text(day + w->shift, moved);
    if (is_instant) {
        (void)snprintf(moved + strlen(moved), 16, "T00:00:00Z");
    } else {
        static const size_t LENGTHS[] = {
            [EN_DATE_YEAR] = 4, [EN_DATE_MONTH] = 7, [EN_DATE_DAY] = 10};

        moved[LENGTHS[precision]] = '\0';
    }
    return text_node(w, moved);
}

/* The year of birth; of who is older than the limit the last year of the group. */
static struct json_object *birth_year(struct work *w, const char *text)
{
    char now[EN_DATE_TEXT_MAX], year[EN_DATE_TEXT_MAX + 8];
    enum en_date_precision precision;
    long long born_year = 0, this_year = 0;
    en_day born;

    if (text == NULL || !en_date_parse(text, &born, &precision)) {
        return NULL;
    }
    (void)en_date_text(w->d->today, now);
    (void)en_date_text(born, year);
    now[4] = '\0';
    year[4] = '\0';
    (void)en_text_integer(now, 1, 9999, &this_year);
    (void)en_text_integer(year, 1, 9999, &born_year);
    /* By the year alone an age may be one less: whoever turns 90 this year is in the group. */
    if (this_year - born_year > EN_DEIDENTIFY_AGE_MAX) {
        (void)snprintf(year, sizeof year, "%04lld", this_year - EN_DEIDENTIFY_AGE_MAX - 1);
    }
    return text_node(w, year);
}

/* "Type/id", "Type/id/_history/2" or "#id"; anything else could name somebody. */
static struct json_object *moved_reference(struct work *w, struct json_object *reference)
{
    const char *text = en_json_text(reference, "reference");
    const char *slash = text == NULL ? NULL : strchr(text, '/');
    char type[64], id[65], pseudonym[EN_PSEUDONYM_TEXT], out[128];

    if (text == NULL) {
        return NULL;
    }
    if (text[0] == '#') {
        en_deidentify_id(w->d, "#", text + 1, pseudonym);
        (void)snprintf(out, sizeof out, "#%s", pseudonym);
    } else {
        const size_t type_size = slash == NULL ? 0 : (size_t)(slash - text);
        const size_t id_size = slash == NULL ? 0 : strcspn(slash + 1, "/");

        if (type_size == 0 || type_size >= sizeof type || id_size == 0 || id_size >= sizeof id ||
            (slash[1 + id_size] != '\0' && !en_text_starts(slash + 1 + id_size, "/_history/"))) {
            return NULL;
        }
        memcpy(type, text, type_size);
        type[type_size] = '\0';
        memcpy(id, slash + 1, id_size);
        id[id_size] = '\0';
        if (en_r4_find(w->d->r4, type, SIZE_MAX) == NULL) {
            return NULL;
        }
        en_deidentify_id(w->d, type, id, pseudonym);
        (void)snprintf(out, sizeof out, "%s/%s", type, pseudonym);
    }
    struct json_object *copy = made(w, json_object_new_object());

    put(w, copy, "reference", text_node(w, out));
    return copy;
}

/* Years that a quantity of time is; -1 when it is none. */
static double years_of(struct json_object *quantity)
{
    static const struct {
        const char *code;
        double per_year;
    } UNITS[] = {{"a", 1}, {"mo", 12}, {"wk", 52.18}, {"d", 365.25}};
    const char *code = en_json_text(quantity, "code");
    struct json_object *value = en_json_get(quantity, "value");

    for (size_t i = 0; value != NULL && i < EN_COUNT(UNITS); i++) {
        if (en_text_equal(code, UNITS[i].code)) {
            return json_object_get_double(value) / UNITS[i].per_year;
        }
    }
    return -1.0;
}

/* Ages beyond the limit become "90 years or more", whatever the unit was. */
static struct json_object *clean_quantity(struct work *w, struct json_object *quantity,
                                          const struct en_r4_element *type)
{
    const bool is_old = years_of(quantity) > EN_DEIDENTIFY_AGE_MAX;
    const bool is_age_unread = strcmp(type->path, "Age") == 0 && years_of(quantity) < 0.0;

    /* A unit that is only written out goes, and a number without its unit says nothing right. */
    if (is_age_unread ||
        (en_json_get(quantity, "unit") != NULL && en_json_text(quantity, "code") == NULL)) {
        return NULL;
    }
    if (!is_old) {
        return clean_object(w, quantity, en_r4_find(w->d->r4, "Quantity", SIZE_MAX), NULL);
    }
    struct json_object *copy = made(w, json_object_new_object());

    put(w, copy, "value", made(w, json_object_new_int(EN_DEIDENTIFY_AGE_MAX + 1)));
    put(w, copy, "comparator", text_node(w, ">="));
    put(w, copy, "system", text_node(w, "http://unitsofmeasure.org"));
    put(w, copy, "code", text_node(w, "a"));
    return copy;
}

static enum treatment treatment_of(const struct en_r4_element *element, const char *type)
{
    if (en_list_has(DROPPED, element->path)) {
        return DROP;
    }
    for (size_t i = 0; i < EN_COUNT(TREATMENTS); i++) {
        if (en_list_has(TREATMENTS[i].types, type)) {
            return TREATMENTS[i].treatment;
        }
    }
    return en_list_has(KEPT_TEXTS, element->path) ? SAME : DROP;
}

/* One value of an element. type is where its own elements are found. */
static struct json_object *clean_value(struct work *w, struct json_object *value,
                                       const struct en_r4_element *element,
                                       const struct en_r4_element *type)
{
    const bool is_object = json_object_is_type(value, json_type_object);
    const bool is_part = strchr(type->path, '.') != NULL; /* of a resource or of a type */
    const enum treatment treatment = is_part && !en_list_has(DROPPED, element->path)
                                         ? INSIDE
                                         : treatment_of(element, type->path);

    if (treatment == DROP || value == NULL ||
        is_object != (treatment == INSIDE || treatment == QUANTITY || treatment == REFERENCE ||
                      treatment == COUNTRY)) {
        return NULL;
    }
    if (strcmp(element->path, "Patient.birthDate") == 0) {
        return birth_year(w, json_object_get_string(value));
    }
    switch (treatment) {
    case SAME:
        return json_object_is_type(value, json_type_array) ? NULL : json_object_get(value);
    case SHIFT:
        return moved_date(w, json_object_get_string(value), strcmp(type->path, "instant") == 0);
    case INSIDE:
        return clean_object(w, value, type, NULL);
    case QUANTITY:
        return clean_quantity(w, value, type);
    case REFERENCE:
        return moved_reference(w, value);
    case COUNTRY:
        return clean_object(w, value, type, "country");
    case DROP:
        break;
    }
    return NULL;
}

/* Where the elements of a value are found: the type a choice or the first type tells; a part of a
 * resource is its own type, and "#Questionnaire.item" names one. */
static const struct en_r4_element *type_of(const struct work *w,
                                           const struct en_r4_element *element, const char *choice)
{
    const char *name = NULL, *targets = NULL;
    size_t size = 0;

    if (choice != NULL) {
        return en_r4_find(w->d->r4, choice, SIZE_MAX);
    }
    if (element->first_child != NULL) {
        return element;
    }
    if (en_r4_next_type(element->types, &name, &size, &targets) == NULL) {
        return NULL;
    }
    return name[0] == '#' ? en_r4_find(w->d->r4, name + 1, size - 1)
                          : en_r4_find(w->d->r4, name, size);
}

static struct json_object *clean_array(struct work *w, struct json_object *array,
                                       const struct en_r4_element *element,
                                       const struct en_r4_element *type)
{
    struct json_object *copy = made(w, json_object_new_array());

    for (size_t i = 0; copy != NULL && i < en_json_count(array); i++) {
        struct json_object *item = clean_value(w, en_json_at(array, i), element, type);

        if (item != NULL && json_object_array_add(copy, item) != 0) {
            w->has_failed = true;
            json_object_put(item);
        }
    }
    if (en_json_count(copy) == 0) {
        json_object_put(copy);
        return NULL;
    }
    return copy;
}

static struct json_object *clean_member(struct work *w, const char *key, struct json_object *value,
                                        const struct en_r4_element *parent, const char *keep)
{
    const char *choice = NULL;
    const struct en_r4_element *element =
        key[0] == '_' ? NULL : en_r4_child(w->d->r4, parent, key, &choice);

    /* ids of elements, extensions and what lies in contained are no element that is kept. */
    if (element == NULL || (keep != NULL && !en_list_has(keep, element->name))) {
        return NULL;
    }
    const struct en_r4_element *type = type_of(w, element, choice);

    if (type == NULL) {
        return NULL;
    }
    return json_object_is_type(value, json_type_array) ? clean_array(w, value, element, type)
                                                       : clean_value(w, value, element, type);
}

/* All members that are kept; NULL when none is. keep NULL: by their types alone. */
static struct json_object *clean_object(struct work *w, struct json_object *object,
                                        const struct en_r4_element *type, const char *keep)
{
    struct json_object *copy = made(w, json_object_new_object());

    json_object_object_foreach(object, key, value)
    {
        put(w, copy, key, clean_member(w, key, value, type, keep));
    }
    if (copy != NULL && json_object_object_length(copy) == 0) {
        json_object_put(copy);
        return NULL;
    }
    return copy;
}

/* "PSEUDED": pseudonyms stand for ids; "SUBSETTED": elements are missing, do not write it back. */
static struct json_object *meta_node(struct work *w)
{
    static const struct {
        const char *key, *code;
    } LABELS[] = {{"security", "PSEUDED"}, {"tag", "SUBSETTED"}};
    struct json_object *meta = made(w, json_object_new_object());

    for (size_t i = 0; i < EN_COUNT(LABELS); i++) {
        struct json_object *coding = made(w, json_object_new_object());
        struct json_object *list = made(w, json_object_new_array());

        put(w, coding, "system",
            text_node(w, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"));
        put(w, coding, "code", text_node(w, LABELS[i].code));
        if (list != NULL && coding != NULL && json_object_array_add(list, coding) != 0) {
            w->has_failed = true;
        }
        put(w, meta, LABELS[i].key, list);
    }
    return meta;
}

static struct json_object *clean_resource(struct work *w, struct json_object *resource,
                                          bool is_contained);

static struct json_object *clean_contained(struct work *w, struct json_object *contained)
{
    struct json_object *list = NULL;

    for (size_t i = 0; i < en_json_count(contained); i++) {
        struct json_object *item = clean_resource(w, en_json_at(contained, i), true);

        if (item != NULL && list == NULL) {
            list = made(w, json_object_new_array());
        }
        if (item != NULL && (list == NULL || json_object_array_add(list, item) != 0)) {
            w->has_failed = true;
            json_object_put(item);
        }
    }
    return list;
}

/* NULL for a type that is not shown. */
static struct json_object *clean_resource(struct work *w, struct json_object *resource,
                                          bool is_contained)
{
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");
    const struct shown *shown = find_shown(type);
    const struct en_r4_element *element =
        shown == NULL ? NULL : en_r4_find(w->d->r4, shown->type, SIZE_MAX);
    char pseudonym[EN_PSEUDONYM_TEXT];

    if (element == NULL || (is_contained && strcmp(type, "Patient") == 0)) {
        return NULL;
    }
    struct json_object *copy = made(w, json_object_new_object());

    put(w, copy, "resourceType", text_node(w, type));
    if (id != NULL) {
        en_deidentify_id(w->d, is_contained ? "#" : type, id, pseudonym);
        put(w, copy, "id", text_node(w, pseudonym));
    }
    if (!is_contained) {
        put(w, copy, "meta", meta_node(w));
        put(w, copy, "contained", clean_contained(w, en_json_get(resource, "contained")));
    }
    json_object_object_foreach(resource, key, value)
    {
        put(w, copy, key, clean_member(w, key, value, element, shown->keep));
    }
    return copy;
}

/* Id of the patient that the resource is about; NULL none is known. */
static const char *patient_of(struct json_object *resource, const struct shown *shown,
                              struct en_arena *a)
{
    static const char START[] = "Patient/";

    if (strcmp(shown->type, "Patient") == 0) {
        return en_json_text(resource, "id");
    }
    const char *reference = en_json_text(en_json_get(resource, shown->subject), "reference");

    if (shown->subject[0] == '\0' || !en_text_starts(reference, START)) {
        return NULL;
    }
    const char *id = reference + strlen(START);

    return en_arena_copy(a, id, strcspn(id, "/"));
}

enum en_status en_deidentify(const struct en_deidentify *d, struct json_object *resource,
                             struct en_arena *a, struct json_object **out, struct en_err *err)
{
    const struct shown *shown = find_shown(en_json_text(resource, "resourceType"));
    struct work w = {.d = d};

    *out = NULL;
    if (shown == NULL) {
        return en_fail(err, EN_EDENIED, "resources of this type are not shown to researchers");
    }
    const char *patient = patient_of(resource, shown, a);

    w.has_shift = patient != NULL;
    w.shift = patient == NULL ? 0 : en_deidentify_shift(d, patient);
    struct json_object *copy = clean_resource(&w, resource, false);

    if (w.has_failed || copy == NULL) {
        json_object_put(copy);
        return en_fail(err, EN_ENOMEM, "no memory for a de-identified copy");
    }
    *out = copy;
    return EN_OK;
}

bool en_deidentify_may_search(const struct en_search_param *param)
{
    static const char IDENTIFYING[] =
        "identifier; email; phone; telecom; address-use; group-identifier; language; context-type; "
        "_security; _tag";

    switch (param->kind) {
    case EN_SEARCH_TOKEN:
        return !en_list_has(IDENTIFYING, param->name);
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return true;
    case EN_SEARCH_STRING:
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_DATE:
    case EN_SEARCH_URI:
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        return false;
    }
    return false;
}

const char *en_deidentify_refused(const struct en_search_query *query)
{
    for (size_t i = 0; i < query->clause_count; i++) {
        if (!en_deidentify_may_search(query->clauses[i].param)) {
            return query->clauses[i].param->name;
        }
    }
    for (size_t i = 0; i < query->sort_count; i++) {
        if (!en_deidentify_may_search(query->sorts[i].param)) {
            return query->sorts[i].param->name;
        }
    }
    return NULL;
}
