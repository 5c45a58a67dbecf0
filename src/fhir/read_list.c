/* SPDX-License-Identifier: Apache-2.0
 * The lists of allergies and medicines. Their classes are false only when the list was reviewed
 * today, everything in it was recognised, and nothing in it belongs to the class. */
#include "fhir/read.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <string.h>

enum { MATCHES_MAX = 8 };

/* A name found in a text. */
struct match {
    const struct en_row *row;
    size_t start, size;
};

/* Keep a match unless a longer one covers it; drop those that it covers. Of one row the longest
 * counts: in "heparin calcium" the second word is no other medicine. */
static size_t keep_match(struct match *list, size_t count, struct match m)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct match *o = &list[i];

        if ((o->row == m.row && m.size <= o->size) ||
            (o->start <= m.start && m.start + m.size <= o->start + o->size && o->size > m.size)) {
            return count;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct match *o = &list[i];
        const bool is_covered =
            o->row == m.row ||
            (m.start <= o->start && o->start + o->size <= m.start + m.size && m.size > o->size);

        if (!is_covered) {
            list[kept++] = *o;
        }
    }
    if (kept < MATCHES_MAX) {
        list[kept++] = m;
    }
    return kept;
}

/* Rows of a table whose `names` stand in the text as whole words; "insulin aspart" is found, and
 * not "insulin" inside it. */
static size_t find_names(const struct en_reader *r, const char *table_name, const char *text,
                         struct match *out)
{
    const struct en_table *table = en_table_get(r->k, table_name);
    size_t count = 0;

    for (size_t i = 0; text != NULL && i < table->row_count; i++) {
        const char *item = NULL, *list = en_cell(&table->rows[i], "names");
        size_t size = 0;

        while ((list = en_list_next(list, &item, &size)) != NULL) {
            const char *at = en_phrase_find(text, item, size);

            if (at != NULL) {
                count = keep_match(out, count,
                                   (struct match){&table->rows[i], (size_t)(at - text), size});
            }
        }
    }
    return count;
}

static bool says(struct json_object *concept, const char *code, const char *const *texts)
{
    const char *text = en_concept_text(concept);

    if (en_concept_has(concept, EN_LIST_SYSTEM, code)) {
        return true;
    }
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (en_text_equal_nocase(text, texts[i])) {
            return true;
        }
    }
    return false;
}

/* Each fact of a list cell becomes true. */
static void give_classes(struct en_reader *r, const char *list, en_day day, const char *path)
{
    const char *item = NULL;
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *id = en_arena_copy(r->arena, item, size);
        const size_t fact = id == NULL ? SIZE_MAX : en_fact_index(r->k, id);

        if (fact != SIZE_MAX) {
            en_reader_give_bool(r, fact, true, day, path);
        }
    }
}

/* Allergies */

#define ALLERGY_VERIFICATION "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"

static void add_allergy(struct en_reader *r, const char *text, const struct en_row *row)
{
    struct en_allergy *list =
        en_reader_grow(r, r->out->allergies, r->out->allergy_count, sizeof *list);

    if (list != NULL) {
        r->out->allergies = list;
        list[r->out->allergy_count++] = (struct en_allergy){
            en_reader_copy(r, text == NULL ? "" : text), row == NULL ? NULL : en_cell(row, "id")};
    }
}

/* Facts of a refuted allergy: it was looked for and is not there. */
static void refute(struct en_reader *r, const struct match *matches, size_t count, en_day day,
                   const char *path)
{
    for (size_t i = 0; i < count; i++) {
        const char *item = NULL, *list = en_cell(matches[i].row, "facts");
        size_t size = 0;

        while ((list = en_list_next(list, &item, &size)) != NULL) {
            const char *id = en_arena_copy(r->arena, item, size);
            const size_t fact = id == NULL ? SIZE_MAX : en_fact_index(r->k, id);

            if (fact != SIZE_MAX) {
                en_reader_give_bool(r, fact, false, day, path);
            }
        }
    }
}

static void read_named_allergy(struct en_reader *r, const struct en_entry *e, const char *text,
                               en_day day)
{
    struct json_object *verification = en_json_get(e->resource, "verificationStatus");
    struct match matches[MATCHES_MAX];
    const size_t count = find_names(r, "allergens", text, matches);

    if (en_concept_has(verification, ALLERGY_VERIFICATION, "refuted")) {
        refute(r, matches, count, day, e->path);
        (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "a refuted allergy");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        add_allergy(r, text, matches[i].row);
        give_classes(r, en_cell(matches[i].row, "facts"), day, e->path);
    }
    if (count == 0) {
        add_allergy(r, text, NULL);
        r->has_unknown_allergy = true;
        EN_READ_WARNING(r, "not-found", en_reader_path(r, e->path, "code"),
                        "this allergen is not recognised: answer the allergy questions one by one");
    }
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path,
                         count == 0 ? "an allergy, not recognised" : "an allergy");
}

void en_read_allergy(struct en_reader *r, const struct en_entry *e)
{
    static const char *const NONE[] = {"no known allergy", "no known allergies", NULL};
    struct json_object *concept = en_json_get(e->resource, "code");
    struct json_object *verification = en_json_get(e->resource, "verificationStatus");
    const en_day day = en_reader_day(r, e->resource, e->path, "recordedDate");
    size_t facts[4];

    if (en_concept_has(verification, ALLERGY_VERIFICATION, "entered-in-error")) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it was entered in error");
        return;
    }
    if (says(concept, "no-known-allergy", NONE) ||
        en_concept_has(concept, EN_SNOMED, "716186003")) {
        const size_t reviewed = en_fact_index(r->k, "allergy_list_reviewed");

        r->has_no_allergy = true;
        r->no_allergy_day = day;
        if (reviewed != SIZE_MAX) {
            en_reader_give_bool(r, reviewed, true, day, e->path);
        }
        return;
    }
    const size_t count = en_reader_facts_of(r, concept, facts, EN_COUNT(facts));

    for (size_t i = 0; i < count; i++) {
        en_reader_give_bool(r, facts[i],
                            !en_concept_has(verification, ALLERGY_VERIFICATION, "refuted"), day,
                            e->path);
    }
    if (count == 0) {
        read_named_allergy(r, e, en_concept_text(concept), day);
    }
}

/* Medicines */

/* How a status is read. A planned, paused or unknown one counts as taken: the careful reading. */
static const struct status_rule {
    const char *status;
    bool is_listed, is_active;
} STATUSES[] = {
    {"active", true, true},      {"intended", true, true},
    {"unknown", true, true},     {"draft", true, true},
    {"on-hold", true, true},     {"completed", true, false},
    {"stopped", true, false},    {"entered-in-error", false, false},
    {"not-taken", false, false}, {"cancelled", false, false},
};

/* Classes with a fact for the last dose: a stopped medicine still counts, its date decides. */
static const struct last_dose {
    const char *class_fact, *date_fact;
} LAST_DOSES[] = {
    {"med_nsaid", "nsaid_last_dose"},
    {"med_fluoroquinolone", "fluoroquinolone_last_dose"},
    {"med_chemotherapy", "chemotherapy_last"},
};

static const char *last_dose_fact(const char *item, size_t size)
{
    for (size_t i = 0; i < EN_COUNT(LAST_DOSES); i++) {
        if (strlen(LAST_DOSES[i].class_fact) == size &&
            strncmp(LAST_DOSES[i].class_fact, item, size) == 0) {
            return LAST_DOSES[i].date_fact;
        }
    }
    return NULL;
}

static void add_medication(struct en_reader *r, const char *text, const struct en_row *row,
                           bool is_active, en_day last)
{
    struct en_medication *list =
        en_reader_grow(r, r->out->medications, r->out->medication_count, sizeof *list);

    if (list != NULL) {
        r->out->medications = list;
        list[r->out->medication_count++] =
            (struct en_medication){en_reader_copy(r, text == NULL ? "" : text),
                                   row == NULL ? NULL : en_cell(row, "id"), is_active, last};
    }
}

/* A stopped medicine may still act for a while: how long at the most is a limit of the tables. */
static bool may_still_act(const struct en_reader *r, en_day last)
{
    const double days = en_limit(r->k, "medicines.stopped_recently");

    return last == EN_DAY_UNKNOWN || !((double)r->today - (double)last > days);
}

/* Not known from the list; a later answer decides. */
static void leave_open(struct en_reader *r, const char *class_fact, en_day day, const char *path)
{
    const size_t fact = class_fact == NULL ? SIZE_MAX : en_fact_index(r->k, class_fact);

    if (fact != SIZE_MAX) {
        en_reader_give_unknown(r, fact, day, path);
    }
}

/* A medicine's classes. asserted: when it was said to be taken. */
static void give_drug(struct en_reader *r, const struct en_row *row, bool is_active, en_day last,
                      en_day asserted, const char *path)
{
    const char *item = NULL, *list = en_cell(row, "classes");
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *date_fact = last_dose_fact(item, size);

        if (is_active || date_fact != NULL) {
            const char *id = en_arena_copy(r->arena, item, size);

            give_classes(r, id, is_active ? asserted : last, path);
        } else if (may_still_act(r, last)) {
            leave_open(r, en_arena_copy(r->arena, item, size), last, path);
        }
        if (date_fact != NULL) {
            en_reader_give_date(r, date_fact, last, last, path);
        }
    }
}

/* The medicine as a concept: its own, or that of the Medication it refers to. */
static struct json_object *medicine_of(const struct en_reader *r, const struct en_entry *e)
{
    struct json_object *concept = en_json_get(e->resource, "medicationCodeableConcept");
    struct json_object *reference = en_json_get(e->resource, "medicationReference");

    return concept != NULL ? concept : en_json_get(en_reader_resolve(r, e, reference), "code");
}

static void read_named_drug(struct en_reader *r, const struct en_entry *e, const char *text,
                            bool is_active)
{
    struct match matches[MATCHES_MAX];
    const en_day asserted =
        en_reader_day(r, e->resource, e->path,
                      strcmp(e->type, "MedicationRequest") == 0 ? "authoredOn" : "dateAsserted");
    struct json_object *period = en_json_get(e->resource, "effectivePeriod");
    const char *path = en_reader_path(r, e->path, "effectivePeriod");
    const bool has_period_end = en_json_text(period, "end") != NULL;
    en_day last = EN_DAY_UNKNOWN;

    if (has_period_end) {
        /* An active medicine may have an end that is planned. */
        last = is_active ? EN_DAY_UNKNOWN : en_reader_day(r, period, path, "end");
    } else if (!is_active) {
        last = en_reader_day(r, e->resource, e->path, "effectiveDateTime");
    }
    const size_t count = find_names(r, "drugs", text, matches);

    for (size_t i = 0; i < count; i++) {
        add_medication(r, text, matches[i].row, is_active, last);
        give_drug(r, matches[i].row, is_active, last, asserted, e->path);
    }
    if (count == 0) {
        add_medication(r, text, NULL, is_active, last);
        r->has_unknown_drug = r->has_unknown_drug || is_active || may_still_act(r, last);
        EN_READ_WARNING(r, "not-found", e->path,
                        "this medicine is not recognised: write its generic name, or answer the "
                        "medicine questions one by one");
    }
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path,
                         count == 0 ? "a medicine, not recognised" : "a medicine");
}

void en_read_medication(struct en_reader *r, const struct en_entry *e)
{
    static const char *const NONE[] = {"no current medication", "no current medications",
                                       "no medication", NULL};
    struct json_object *concept = medicine_of(r, e);
    const char *status = en_json_text(e->resource, "status");

    for (size_t i = 0; i < EN_COUNT(STATUSES); i++) {
        if (!en_text_equal(status, STATUSES[i].status)) {
            continue;
        }
        if (!STATUSES[i].is_listed) {
            (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it is not taken");
        } else if (says(concept, "no-current-medication", NONE)) {
            const size_t reviewed = en_fact_index(r->k, "medication_list_reviewed");

            r->has_no_drug = true;
            r->no_drug_day = en_reader_day(r, e->resource, e->path, "dateAsserted");
            if (reviewed != SIZE_MAX) {
                en_reader_give_bool(r, reviewed, true, r->no_drug_day, e->path);
            }
        } else {
            read_named_drug(r, e, en_concept_text(concept), STATUSES[i].is_active);
        }
        return;
    }
    (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "its status is not known");
}

/* Whole lists */

/* Whether the list was reviewed today, by the newest word on it. */
static bool is_reviewed_today(const struct en_reader *r, const char *id)
{
    const size_t fact = en_fact_index(r->k, id);
    bool was_said = false, was_denied = false;

    for (size_t i = 0; i < r->candidate_count; i++) {
        const struct en_candidate *c = &r->candidates[i];

        if (c->fact == fact && c->value.as_of == r->today) {
            was_said = was_said || (c->value.kind == EN_FACT_BOOL && c->value.truth);
            was_denied = was_denied || c->value.kind != EN_FACT_BOOL || !c->value.truth;
        }
    }
    return was_said && !was_denied;
}

static bool has_candidate(const struct en_reader *r, size_t fact)
{
    for (size_t i = 0; i < r->candidate_count; i++) {
        if (r->candidates[i].fact == fact) {
            return true;
        }
    }
    return false;
}

/* What nobody mentioned in a complete list is not there. */
static void deny_rest(struct en_reader *r, const char *prefix, const char *why)
{
    const size_t length = strlen(prefix);

    for (size_t fact = 0; fact < r->facts->row_count; fact++) {
        const struct en_row *row = en_reader_fact_row(r, fact);

        if (strncmp(en_cell(row, "id"), prefix, length) == 0 &&
            en_text_equal(en_cell(row, "type"), "bool") &&
            !en_list_has("allergy_list_reviewed; medication_list_reviewed", en_cell(row, "id")) &&
            !has_candidate(r, fact)) {
            en_reader_give(
                r, fact,
                (struct en_fact){
                    .kind = EN_FACT_BOOL, .truth = false, .as_of = r->today, .origin = why},
                "Bundle.entry");
        }
    }
}

void en_read_lists(struct en_reader *r)
{
    if (r->has_no_allergy && r->out->allergy_count > 0) {
        EN_READ_ERROR(r, "conflict", "Bundle.entry",
                      "says that no allergy is known, and lists one: remove one of them");
    }
    if (r->has_no_drug && r->out->medication_count > 0) {
        EN_READ_ERROR(r, "conflict", "Bundle.entry",
                      "says that no medicine is taken, and lists one: remove one of them");
    }
    if (is_reviewed_today(r, "allergy_list_reviewed") && !r->has_unknown_allergy) {
        deny_rest(r, "allergy_", "derived: not in the allergy list, which was reviewed today");
    }
    if (is_reviewed_today(r, "medication_list_reviewed") && !r->has_unknown_drug) {
        deny_rest(r, "med_", "derived: not in the list of medicines, which was reviewed today");
    }
}
