/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/read.h"

#include "base/text.h"
#include "fhir/validate.h"
#include "knowledge/knowledge.h"

#include <string.h>

/* Helpers */

void *en_reader_grow(struct en_reader *r, void *items, size_t count, size_t size)
{
    /* Room is taken at 0, 8, 16, 32 ... items. */
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0)) {
        return items;
    }
    void *more = en_arena_take(r->arena, size, count == 0 ? 8 : 2 * count);

    if (more == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return NULL;
    }
    if (count > 0) {
        memcpy(more, items, count * size);
    }
    return more;
}

const char *en_reader_path(struct en_reader *r, const char *path, const char *below)
{
    const char *text = en_arena_print(r->arena, "%s.%s", path, below);

    if (text == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return path;
    }
    return text;
}

const char *en_reader_copy(struct en_reader *r, const char *text)
{
    const char *copy = text == NULL ? NULL : en_arena_copy(r->arena, text, SIZE_MAX);

    if (copy == NULL && text != NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
    }
    return copy;
}

size_t en_reader_note(struct en_reader *r, enum en_note_kind kind, const char *path,
                      const char *what)
{
    struct en_case_note *notes =
        en_reader_grow(r, r->out->notes, r->out->note_count, sizeof *notes);

    if (notes == NULL) {
        return 0;
    }
    r->out->notes = notes;
    notes[r->out->note_count] = (struct en_case_note){kind, path, en_reader_copy(r, what)};
    return r->out->note_count++;
}

struct json_object *en_reader_extension(struct json_object *element, const char *url)
{
    struct json_object *list = en_json_get(element, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), "url"), url)) {
            return en_json_at(list, i);
        }
    }
    return NULL;
}

/* References */

/* The place of an address in the hash table: of the entry that has it, or a free one. */
static size_t address_slot(const struct en_reader *r, const char *text, size_t size)
{
    size_t slot = (size_t)en_hash(EN_HASH_START, text, size) & (r->address_slots - 1);

    while (r->addresses[slot].text != NULL && (strlen(r->addresses[slot].text) != size ||
                                               memcmp(r->addresses[slot].text, text, size) != 0)) {
        slot = (slot + 1) & (r->address_slots - 1);
    }
    return slot;
}

/* By fullUrl or "Type/id", also with a version behind it. */
static const struct en_entry *find_entry(const struct en_reader *r, const char *text)
{
    const char *version = text == NULL ? NULL : strstr(text, "/_history/");

    if (text == NULL || r->address_slots == 0) {
        return NULL;
    }
    const size_t size = version == NULL ? strlen(text) : (size_t)(version - text);

    return r->addresses[address_slot(r, text, size)].entry;
}

struct json_object *en_reader_resolve(const struct en_reader *r, const struct en_entry *from,
                                      struct json_object *reference)
{
    const char *text = en_json_text(reference, "reference");
    struct json_object *contained = en_json_get(from->resource, "contained");

    if (text != NULL && text[0] == '#') {
        for (size_t i = 0; i < en_json_count(contained); i++) {
            if (en_text_equal(en_json_text(en_json_at(contained, i), "id"), text + 1)) {
                return en_json_at(contained, i);
            }
        }
        return NULL;
    }
    const struct en_entry *e = find_entry(r, text);

    return e == NULL ? NULL : e->resource;
}

/* An Identifier that the Patient also has. */
static bool is_patients_identifier(const struct en_reader *r, struct json_object *identifier)
{
    struct json_object *list = en_json_get(r->patient->resource, "identifier");
    const char *value = en_json_text(identifier, "value");

    for (size_t i = 0; value != NULL && i < en_json_count(list); i++) {
        struct json_object *own = en_json_at(list, i);

        if (en_text_equal(en_json_text(own, "value"), value) &&
            en_text_equal(en_json_text(own, "system"), en_json_text(identifier, "system"))) {
            return true;
        }
    }
    return false;
}

/* Which member of a resource says whom it is about. */
static const struct subject_member {
    const char *type, *member;
} SUBJECTS[] = {
    {"Observation", "subject"},
    {"Condition", "subject"},
    {"AllergyIntolerance", "patient"},
    {"MedicationStatement", "subject"},
    {"MedicationRequest", "subject"},
    {"Procedure", "subject"},
    {"DiagnosticReport", "subject"},
    {"QuestionnaireResponse", "subject"},
    {"Coverage", "beneficiary"},
    {"Consent", "patient"},
    {"Goal", "subject"},
    {"ServiceRequest", "subject"},
    {"DocumentReference", "subject"},
    {"Device", "patient"},
};

/* Whether the resource is about the Patient; otherwise it is an error: nothing of another person
 * may slip into a case. */
static bool is_about_patient(struct en_reader *r, const struct en_entry *e)
{
    const char *member = NULL;

    for (size_t i = 0; i < EN_COUNT(SUBJECTS); i++) {
        member = strcmp(SUBJECTS[i].type, e->type) == 0 ? SUBJECTS[i].member : member;
    }
    if (member == NULL) {
        return true;
    }
    struct json_object *subject = en_json_get(e->resource, member);
    const char *path = en_reader_path(r, e->path, member);

    if (subject == NULL && strcmp(e->type, "Device") == 0) {
        return true; /* equipment of the clinic */
    }
    if (subject == NULL) {
        EN_READ_ERROR(r, "required", path, "must refer to the Patient of this case");
        return false;
    }
    if (en_json_text(subject, "reference") == NULL
            ? is_patients_identifier(r, en_json_get(subject, "identifier"))
            : find_entry(r, en_json_text(subject, "reference")) == r->patient) {
        return true;
    }
    EN_READ_ERROR(r, "value", path,
                  "is not the Patient of this case: leave out what is about someone else");
    return false;
}

/* Dates */

static en_day past_day(struct en_reader *r, const char *text, const char *path)
{
    en_day day = EN_DAY_UNKNOWN;

    if (text == NULL || !en_date_parse(text, &day, NULL)) {
        return EN_DAY_UNKNOWN;
    }
    if (day > r->today) {
        EN_READ_ERROR(r, "value", path, "lies in the future: correct the date");
        return EN_DAY_UNKNOWN;
    }
    return day;
}

en_day en_reader_day(struct en_reader *r, struct json_object *object, const char *path,
                     const char *key)
{
    const char *text = en_json_text(object, key);

    return text == NULL ? EN_DAY_UNKNOWN : past_day(r, text, en_reader_path(r, path, key));
}

en_day en_reader_when(struct en_reader *r, struct json_object *resource, const char *path,
                      const char *name)
{
    static const char *const SUFFIXES[] = {"DateTime", "Instant", "Period"};
    char key[64];

    for (size_t i = 0; i < EN_COUNT(SUFFIXES); i++) {
        (void)snprintf(key, sizeof key, "%s%s", name, SUFFIXES[i]);
        struct json_object *value = en_json_get(resource, key);

        if (value == NULL) {
            continue;
        }
        if (!json_object_is_type(value, json_type_object)) {
            return en_reader_day(r, resource, path, key);
        }
        const char *period = en_reader_path(r, path, key);
        const char *end = en_json_text(value, "end") != NULL ? "end" : "start";

        return en_reader_day(r, value, period, end);
    }
    return EN_DAY_UNKNOWN;
}

/* Body site */

static const struct side_word {
    const char *word;
    enum en_side side;
} SIDE_WORDS[] = {
    {"left", EN_SIDE_LEFT},      {"right", EN_SIDE_RIGHT},     {"both", EN_SIDE_BOTH},
    {"bilateral", EN_SIDE_BOTH}, {"midline", EN_SIDE_MIDLINE},
};

/* A word of a text that tells a side; two different ones tell none. */
static enum en_side side_of_text(const char *text)
{
    enum en_side side = EN_SIDE_UNKNOWN;

    for (size_t i = 0; i < EN_COUNT(SIDE_WORDS); i++) {
        if (en_text_has_word(text, SIDE_WORDS[i].word)) {
            if (side != EN_SIDE_UNKNOWN && side != SIDE_WORDS[i].side) {
                return EN_SIDE_UNKNOWN;
            }
            side = SIDE_WORDS[i].side;
        }
    }
    return side;
}

static const char *regions(const struct en_reader *r)
{
    const struct en_row *row = en_row_find(r->k, "facts", "region");

    return row == NULL ? "" : en_cell(row, "values");
}

/* A region whose name stands in the text as a word. */
static const char *region_of_text(struct en_reader *r, const char *text)
{
    const char *item = NULL, *list = regions(r);
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (en_phrase_find(text, item, size) != NULL) {
            return en_arena_copy(r->arena, item, size);
        }
    }
    return NULL;
}

/* Codes of other systems, by their display in codes.tsv: "Right", "Knee region". */
static void place_of_snomed(struct en_reader *r, const char *code, struct en_place *place)
{
    const struct en_table *codes = en_table_get(r->k, "codes");

    for (size_t i = 0; i < codes->row_count; i++) {
        const struct en_row *row = &codes->rows[i];

        if (en_text_equal(en_cell(row, "system"), "snomed") &&
            en_text_equal(en_cell(row, "use"), "body_site") &&
            en_text_equal(en_cell(row, "code"), code)) {
            const enum en_side side = side_of_text(en_cell(row, "display"));
            const char *region = region_of_text(r, en_cell(row, "display"));

            place->side = side != EN_SIDE_UNKNOWN ? side : place->side;
            place->region = region != NULL ? region : place->region;
        }
    }
}

static void place_of_coding(struct en_reader *r, struct json_object *coding, const char *path,
                            struct en_place *place)
{
    const char *system = en_json_text(coding, "system"), *code = en_json_text(coding, "code");

    if (system == NULL || code == NULL) {
        return;
    }
    if (strcmp(system, EN_SITE_SYSTEM) == 0) {
        const struct en_row *site = en_row_find(r->k, "atlas", code);

        if (site == NULL) {
            EN_READ_ERROR(r, "code-invalid", path, "is no site of the atlas");
            return;
        }
        place->site = en_cell(site, "id");
        place->region = en_cell(site, "region");
    } else if (strcmp(system, EN_REGION_SYSTEM) == 0) {
        if (!en_list_has(regions(r), code)) {
            EN_READ_ERROR(r, "code-invalid", path, "is no region: one of %s", regions(r));
            return;
        }
        place->region = en_reader_copy(r, code);
    } else if (strcmp(system, EN_SIDE_SYSTEM) == 0) {
        place->side = side_of_text(code);
        if (place->side == EN_SIDE_UNKNOWN) {
            EN_READ_ERROR(r, "code-invalid", path, "is no side: left, right, both or midline");
        }
    } else if (strcmp(system, EN_SNOMED) == 0) {
        place_of_snomed(r, code, place);
    }
}

static void place_of_concept(struct en_reader *r, struct json_object *concept, const char *path,
                             struct en_place *place)
{
    struct json_object *codings = en_json_get(concept, "coding");
    const char *text = en_json_text(concept, "text");

    for (size_t i = 0; i < en_json_count(codings); i++) {
        place_of_coding(r, en_json_at(codings, i), path, place);
    }
    place->side = place->side == EN_SIDE_UNKNOWN ? side_of_text(text) : place->side;
    place->region = place->region == NULL ? region_of_text(r, text) : place->region;
}

struct en_place en_reader_place(struct en_reader *r, struct json_object *body_site,
                                const char *path)
{
    struct en_place place = {.is_given = body_site != NULL};

    if (json_object_is_type(body_site, json_type_array)) {
        for (size_t i = 0; i < en_json_count(body_site); i++) {
            place_of_concept(r, en_json_at(body_site, i), path, &place);
        }
    } else if (body_site != NULL) {
        place_of_concept(r, body_site, path, &place);
    }
    return place;
}

/* The Bundle */

/* In this order: what later ones need comes first. */
static const struct resource_reader {
    const char *type;
    void (*read)(struct en_reader *r, const struct en_entry *e);
} READERS[] = {
    {"Patient", en_read_patient},
    {"Practitioner", en_read_practitioner},
    {"PractitionerRole", en_read_role},
    {"Coverage", en_read_coverage},
    {"Condition", en_read_condition},
    {"AllergyIntolerance", en_read_allergy},
    {"MedicationStatement", en_read_medication},
    {"MedicationRequest", en_read_medication},
    {"Procedure", en_read_procedure},
    {"DiagnosticReport", en_read_finding},
    {"Consent", en_read_finding},
    {"Goal", en_read_finding},
    {"ServiceRequest", en_read_finding},
    {"DocumentReference", en_read_finding},
    {"Device", en_read_finding},
    {"Observation", en_read_observation},
    {"QuestionnaireResponse", en_read_answers},
};

const char *en_fhir_case_type(size_t index)
{
    return index < EN_COUNT(READERS) ? READERS[index].type : NULL;
}

static bool has_reader(const char *type)
{
    for (size_t i = 0; i < EN_COUNT(READERS); i++) {
        if (strcmp(READERS[i].type, type) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether an error stands at this path or below it. */
static bool has_error_below(const struct en_issues *issues, const char *path)
{
    const size_t length = strlen(path);

    for (size_t i = 0; i < issues->count; i++) {
        const struct en_issue *issue = &issues->items[i];

        if (issue->severity == EN_ISSUE_ERROR && strncmp(issue->path, path, length) == 0 &&
            (issue->path[length] == '\0' || issue->path[length] == '.')) {
            return true;
        }
    }
    return false;
}

static void add_entry(struct en_reader *r, struct json_object *entry, size_t index)
{
    struct json_object *resource = en_json_get(entry, "resource");
    const char *path = en_arena_print(r->arena, "Bundle.entry[%zu].resource", index);
    const char *type = en_json_text(resource, "resourceType");
    struct en_entry *entries = en_reader_grow(r, r->entries, r->entry_count, sizeof *entries);

    if (path == NULL || entries == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return;
    }
    r->entries = entries;
    if (resource == NULL) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path, "the entry has no resource");
        return;
    }
    entries[r->entry_count++] = (struct en_entry){
        .resource = resource,
        .type = type == NULL ? "" : type, /* told already when it is no text */
        .id = en_json_text(resource, "id"),
        .full_url = en_json_text(entry, "fullUrl"),
        .path = path,
        .is_malformed = has_error_below(r->issues, path),
    };
}

/* Whether every error so far is within the resource of an entry. Then the other resources can be
 * read too, so that all problems of a case are told at once. */
static bool are_errors_within_entries(const struct en_issues *issues)
{
    static const char RESOURCE[] = "].resource";

    for (size_t i = 0; i < issues->count; i++) {
        const char *path = issues->items[i].path;
        const char *found = en_text_starts(path, "Bundle.entry[") ? strstr(path, RESOURCE) : NULL;
        const int end = found == NULL ? '?' : found[sizeof RESOURCE - 1];

        if (issues->items[i].severity == EN_ISSUE_ERROR && end != '.' && end != '\0') {
            return false;
        }
    }
    return !issues->was_cut;
}

/* False when another entry has the address already. */
static bool add_address(struct en_reader *r, const char *text, const struct en_entry *e)
{
    struct en_address *a = &r->addresses[address_slot(r, text, strlen(text))];

    if (a->text != NULL) {
        return false;
    }
    *a = (struct en_address){text, e};
    return true;
}

/* Two entries with one address would make references ambiguous. */
static void check_addresses(struct en_reader *r)
{
    size_t slots = 1;

    while (slots < 4 * r->entry_count) {
        slots *= 2;
    }
    r->addresses = EN_NEW(r->arena, struct en_address, slots);
    if (r->addresses == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return;
    }
    r->address_slots = slots;
    for (size_t i = 0; i < r->entry_count; i++) {
        const struct en_entry *e = &r->entries[i];
        const char *relative =
            e->id == NULL ? NULL : en_arena_print(r->arena, "%s/%s", e->type, e->id);
        const bool has_url = e->full_url == NULL || add_address(r, e->full_url, e);
        const bool has_id = relative == NULL || add_address(r, relative, e);

        /* Equal ids under different addresses come from different servers. */
        if (!has_url || (!has_id && e->full_url == NULL)) {
            EN_READ_ERROR(r, "duplicate", e->path,
                          "has the same fullUrl or id as an entry before it");
        }
    }
}

static void find_patient(struct en_reader *r)
{
    for (size_t i = 0; i < r->entry_count; i++) {
        const struct en_entry *e = &r->entries[i];

        if (strcmp(e->type, "Patient") != 0) {
            continue;
        }
        if (r->patient != NULL) {
            EN_READ_ERROR(r, "duplicate", e->path, "is a second Patient: a case has exactly one");
            continue;
        }
        r->patient = e;
    }
    if (r->patient == NULL) {
        EN_READ_ERROR(r, "required", "Bundle.entry", "a case needs exactly one Patient");
    }
}

/* What the sender marks as changing the meaning must be understood or refused. */
static bool has_modifiers(struct en_reader *r, const struct en_entry *e)
{
    static const char *const MEMBERS[] = {"modifierExtension", "implicitRules"};
    bool found = false;

    for (size_t i = 0; i < EN_COUNT(MEMBERS); i++) {
        if (en_json_get(e->resource, MEMBERS[i]) != NULL) {
            EN_READ_ERROR(r, "not-supported", en_reader_path(r, e->path, MEMBERS[i]),
                          "changes the meaning in a way that this program does not know");
            found = true;
        }
    }
    return found;
}

const char *en_reader_address(struct en_reader *r)
{
    const struct en_entry *e = r->current;

    if (e == NULL || e->id == NULL) {
        return e == NULL ? NULL : en_reader_copy(r, e->full_url);
    }
    const char *address = en_arena_print(r->arena, "%s/%s", e->type, e->id);

    if (address == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
    }
    return address;
}

static void read_entries(struct en_reader *r)
{
    for (size_t i = 0; i < EN_COUNT(READERS); i++) {
        for (size_t j = 0; j < r->entry_count; j++) {
            const struct en_entry *e = &r->entries[j];

            if (strcmp(e->type, READERS[i].type) == 0 && !e->is_malformed && !has_modifiers(r, e) &&
                is_about_patient(r, e)) {
                r->current = e;
                READERS[i].read(r, e);
            }
        }
        if (strcmp(READERS[i].type, "Condition") == 0) {
            en_read_open_problems(r);
        }
    }
    for (size_t j = 0; j < r->entry_count; j++) {
        if (!has_reader(r->entries[j].type)) {
            (void)en_reader_note(r, EN_NOTE_IGNORED, r->entries[j].path,
                                 "this type of resource is not used");
        }
    }
}

static void read_bundle(struct en_reader *r, struct json_object *bundle)
{
    static const char *const TYPES[] = {"collection", "document", "searchset"};
    struct json_object *entries = en_json_get(bundle, "entry");
    const char *type = en_json_text(bundle, "type");
    bool is_known = false;

    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        is_known = is_known || en_text_equal(type, TYPES[i]);
    }
    if (!is_known) {
        EN_READ_ERROR(r, "not-supported", "Bundle.type",
                      "must be collection, document or searchset");
        return;
    }
    if (en_json_count(entries) > EN_BUNDLE_ENTRIES_MAX) {
        EN_READ_ERROR(r, "too-costly", "Bundle.entry", "more than %d entries",
                      (int)EN_BUNDLE_ENTRIES_MAX);
        return;
    }
    for (size_t i = 0; i < en_json_count(entries) && r->status == EN_OK; i++) {
        add_entry(r, en_json_at(entries, i), i);
    }
    check_addresses(r);
    if (r->status != EN_OK) {
        return;
    }
    find_patient(r);
    if (r->patient != NULL && r->status == EN_OK) {
        read_entries(r);
        en_read_lists(r);
        en_reader_settle(r);
    }
}

/* One code of a cell: "loinc:34714-6". */
static void load_code(struct en_reader *r, size_t fact, const char *item, size_t size)
{
    static const struct {
        const char *prefix, *system;
    } SYSTEMS[] = {{"loinc:", EN_LOINC}, {"snomed:", EN_SNOMED}, {"icd10cm:", EN_ICD10CM}};
    struct en_fact_code *codes = en_reader_grow(r, r->codes, r->code_count, sizeof *codes);
    size_t i = 0;

    while (i < EN_COUNT(SYSTEMS) && !en_text_starts(item, SYSTEMS[i].prefix)) {
        i++;
    }
    if (i == EN_COUNT(SYSTEMS) || codes == NULL || size <= strlen(SYSTEMS[i].prefix)) {
        return;
    }
    const size_t skip = strlen(SYSTEMS[i].prefix);
    const char *code = en_arena_copy(r->arena, item + skip, size - skip);

    if (code == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return;
    }
    r->codes = codes;
    codes[r->code_count++] = (struct en_fact_code){SYSTEMS[i].system, code, fact};
}

/* The codes cells of facts.tsv ("loinc:34714-6; snomed:77386006") as a list. */
static void load_codes(struct en_reader *r)
{
    for (size_t fact = 0; fact < r->facts->row_count; fact++) {
        const char *item = NULL, *list = en_cell(&r->facts->rows[fact], "codes");
        size_t size = 0;

        while ((list = en_list_next(list, &item, &size)) != NULL) {
            load_code(r, fact, item, size);
        }
    }
}

static enum en_status reader_start(struct en_reader *r)
{
    r->facts = en_table_get(r->k, "facts");
    r->no_drug_day = r->no_allergy_day = EN_DAY_UNKNOWN;
    r->out->person.birth = EN_DAY_UNKNOWN;
    r->out->fact_count = r->facts->row_count;
    r->out->facts = EN_NEW(r->arena, struct en_fact, r->out->fact_count);
    if (r->out->facts == NULL) {
        return en_fail(r->err, EN_ENOMEM, "no memory to read the case");
    }
    for (size_t i = 0; i < r->out->fact_count; i++) {
        r->out->facts[i].as_of = EN_DAY_UNKNOWN;
    }
    load_codes(r);
    return r->status;
}

static enum en_status read_tree(struct en_reader *r, const struct en_r4 *known,
                                struct json_object *root)
{
    struct en_r4 own;
    const char *type = en_json_text(root, "resourceType");

    EN_TRY(reader_start(r));
    if (!en_text_equal(type, "Bundle")) {
        EN_READ_ERROR(r, "structure", "$this",
                      "a case is a FHIR R4 Bundle: an object with resourceType Bundle");
        return EN_OK;
    }
    if (known == NULL) {
        EN_TRY(en_r4_load(r->arena, &own, r->err));
    }
    en_r4_validate(known != NULL ? known : &own, root, r->arena, r->issues);
    if (r->issues->lacks_memory) {
        return en_fail(r->err, EN_ENOMEM, "no memory to check the case");
    }
    if (are_errors_within_entries(r->issues)) {
        read_bundle(r, root);
    }
    return r->status;
}

enum en_status en_fhir_read_known(const struct en_fhir_known *known, const char *bytes, size_t size,
                                  struct en_arena *a, struct en_case *out, struct en_issues *issues,
                                  struct en_err *err)
{
    struct json_object *root = NULL;
    struct en_reader r = {.k = known->knowledge,
                          .arena = a,
                          .issues = issues,
                          .out = out,
                          .err = err,
                          .today = known->today};

    *out = (struct en_case){0};
    enum en_status st = en_json_read(bytes, size, a, &root, issues, err);

    if (st == EN_OK) {
        st = read_tree(&r, known->r4, root);
        json_object_put(root);
    }
    if (st == EN_OK && issues->error_count > 0) {
        st = en_fail(err, EN_EINVAL, "the case has %zu error(s): see the issues",
                     issues->error_count);
    }
    if (st != EN_OK) {
        *out = (struct en_case){0}; /* half a case must never be used */
    }
    return st;
}

/* NOLINTNEXTLINE(readability-function-size): inputs, scratch, two results and the error. */
enum en_status en_fhir_read_case(const struct en_knowledge *k, const char *bytes, size_t size,
                                 en_day today, struct en_arena *a, struct en_case *out,
                                 struct en_issues *issues, struct en_err *err)
{
    const struct en_fhir_known known = {.knowledge = k, .today = today};

    return en_fhir_read_known(&known, bytes, size, a, out, issues, err);
}
