/* SPDX-License-Identifier: Apache-2.0
 * Conditions: problems that might be treated, and other diseases as facts. */
#include "fhir/read.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <string.h>

enum { FACTS_MAX = 16 };

#define CLINICAL_SYSTEM     "http://terminology.hl7.org/CodeSystem/condition-clinical"
#define VERIFICATION_SYSTEM "http://terminology.hl7.org/CodeSystem/condition-ver-status"
#define CATEGORY_SYSTEM     "http://terminology.hl7.org/CodeSystem/condition-category"

/* Rows of conditions.tsv that a code or text fits. */
struct fits {
    const struct en_row *row; /* the first */
    size_t count;
};

static void fit(struct fits *f, const struct en_row *row)
{
    f->row = f->row == NULL ? row : f->row;
    f->count += f->row == row && f->count > 0 ? 0 : 1;
}

/* Conditions whose list in `column` holds the code. */
static void fit_code(const struct en_reader *r, const char *column, const char *code,
                     struct fits *f)
{
    const struct en_table *table = en_table_get(r->k, "conditions");

    for (size_t i = 0; code != NULL && i < table->row_count; i++) {
        if (en_list_has(en_cell(&table->rows[i], column), code)) {
            fit(f, &table->rows[i]);
        }
    }
}

/* Conditions whose id, title or synonym is the text. */
static void fit_text(const struct en_reader *r, const char *text, struct fits *f)
{
    const struct en_table *table = en_table_get(r->k, "conditions");

    for (size_t i = 0; text != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const char *item = NULL, *list = en_cell(row, "synonyms");
        size_t size = 0;

        if (en_text_equal_nocase(en_cell(row, "id"), text) ||
            en_text_equal_nocase(en_cell(row, "title"), text)) {
            fit(f, row);
        }
        while ((list = en_list_next(list, &item, &size)) != NULL) {
            if (strlen(text) == size && en_phrase_find(text, item, size) == text) {
                fit(f, row);
            }
        }
    }
}

/* The condition by our code, ICD-10-CM, SNOMED CT, or text: the first of these that fits any. */
static struct fits find_condition(struct en_reader *r, struct json_object *concept,
                                  const char *path)
{
    struct json_object *codings = en_json_get(concept, "coding");
    const char *own = en_concept_code(concept, EN_CONDITION_SYSTEM);
    struct fits f = {.count = 0};

    if (own != NULL) {
        const struct en_row *row = en_row_find(r->k, "conditions", own);

        if (row == NULL) {
            EN_READ_ERROR(r, "code-invalid", path, "is no condition of this program");
        } else {
            fit(&f, row);
        }
        return f;
    }
    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);
        const char *system = en_json_text(coding, "system"), *code = en_json_text(coding, "code");

        if (en_text_equal(system, EN_ICD10CM)) {
            fit_code(r, "icd10", code, &f);
        } else if (en_text_equal(system, EN_SNOMED)) {
            fit_code(r, "snomed", code, &f);
        }
    }
    if (f.count == 0) {
        fit_text(r, en_json_text(concept, "text"), &f);
    }
    for (size_t i = 0; f.count == 0 && i < en_json_count(codings); i++) {
        fit_text(r, en_json_text(en_json_at(codings, i), "display"), &f);
    }
    return f;
}

/* ICD-10-CM leaves tell the side in their display: "..., right knee". */
static enum en_side side_of_icd(struct en_reader *r, struct json_object *concept)
{
    static const struct {
        const char *word;
        enum en_side side;
    } WORDS[] = {{"right", EN_SIDE_RIGHT}, {"left", EN_SIDE_LEFT}, {"bilateral", EN_SIDE_BOTH}};
    const char *code = en_concept_code(concept, EN_ICD10CM);
    const struct en_table *table = en_table_get(r->k, "codes");

    for (size_t i = 0; code != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        if (!en_text_equal(en_cell(row, "system"), "icd10cm") ||
            !en_text_equal(en_cell(row, "code"), code)) {
            continue;
        }
        for (size_t j = 0; j < EN_COUNT(WORDS); j++) {
            if (en_text_has_word(en_cell(row, "display"), WORDS[j].word)) {
                return WORDS[j].side;
            }
        }
    }
    return EN_SIDE_UNKNOWN;
}

static enum en_side side_of(struct en_reader *r, const struct en_entry *e,
                            struct json_object *concept)
{
    const char *path = en_reader_path(r, e->path, "bodySite");
    const struct en_place place = en_reader_place(r, en_json_get(e->resource, "bodySite"), path);
    const enum en_side coded = side_of_icd(r, concept);

    if (coded != EN_SIDE_UNKNOWN && place.side != EN_SIDE_UNKNOWN && coded != place.side) {
        EN_READ_ERROR(r, "conflict", path, "tells another side than the diagnosis code");
        return EN_SIDE_UNKNOWN;
    }
    return place.side != EN_SIDE_UNKNOWN ? place.side : coded;
}

static en_day onset_of(struct en_reader *r, const struct en_entry *e)
{
    const char *path = en_reader_path(r, e->path, "onsetPeriod");

    return en_json_get(e->resource, "onsetPeriod") != NULL
               ? en_reader_day(r, en_json_get(e->resource, "onsetPeriod"), path, "start")
               : en_reader_when(r, e->resource, e->path, "onset");
}

static void add_target(struct en_reader *r, const struct en_entry *e, const struct en_row *row)
{
    struct json_object *concept = en_json_get(e->resource, "code");
    struct en_target *list = en_reader_grow(r, r->out->targets, r->out->target_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->out->targets = list;
    struct en_target *t = &list[r->out->target_count++];

    *t = (struct en_target){
        .condition = row == NULL ? NULL : en_cell(row, "id"),
        .text = en_reader_copy(r, en_concept_text(concept)),
        .side = side_of(r, e, concept),
        .onset = onset_of(r, e),
        .path = e->path,
    };
    if (t->text == NULL) {
        t->text = row == NULL ? "" : en_cell(row, "title");
    }
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path,
                         row == NULL ? "a problem to treat, not recognised"
                                     : "the problem to treat");
    if (r->out->target_count == 1) {
        en_reader_give_date(r, "pain_onset_date", t->onset, t->onset, e->path);
    }
}

enum certainty { SAID, REFUTED, UNSURE, IN_ERROR, OVER };

/* How sure the Condition is, and whether it is still there. */
static enum certainty certainty_of(const struct en_entry *e)
{
    static const struct {
        const char *member, *system, *code;
        enum certainty certainty;
    } RULES[] = {
        {"verificationStatus", VERIFICATION_SYSTEM, "entered-in-error", IN_ERROR},
        {"verificationStatus", VERIFICATION_SYSTEM, "refuted", REFUTED},
        {"clinicalStatus", CLINICAL_SYSTEM, "inactive", OVER},
        {"clinicalStatus", CLINICAL_SYSTEM, "remission", OVER},
        {"clinicalStatus", CLINICAL_SYSTEM, "resolved", OVER},
        {"verificationStatus", VERIFICATION_SYSTEM, "unconfirmed", UNSURE},
        {"verificationStatus", VERIFICATION_SYSTEM, "provisional", UNSURE},
        {"verificationStatus", VERIFICATION_SYSTEM, "differential", UNSURE},
    };

    for (size_t i = 0; i < EN_COUNT(RULES); i++) {
        if (en_concept_has(en_json_get(e->resource, RULES[i].member), RULES[i].system,
                           RULES[i].code)) {
            return RULES[i].certainty;
        }
    }
    return SAID;
}

/* A disease that is over or not sure leaves the fact unknown: it has to be asked. */
static void give_facts(struct en_reader *r, const struct en_entry *e, const size_t *facts,
                       size_t count, enum certainty certainty)
{
    en_day day = en_reader_day(r, e->resource, e->path, "recordedDate");

    day = day == EN_DAY_UNKNOWN ? onset_of(r, e) : day;
    for (size_t i = 0; i < count; i++) {
        if (certainty == SAID || certainty == REFUTED) {
            en_reader_give_bool(r, facts[i], certainty == SAID, day, e->path);
        } else {
            en_reader_give_unknown(r, facts[i], day, e->path);
        }
    }
}

/* A problem of this visit, or one with a body site, asks to be treated even when it is unknown. */
static bool is_wanted(struct json_object *resource)
{
    struct json_object *categories = en_json_get(resource, "category");

    for (size_t i = 0; i < en_json_count(categories); i++) {
        if (en_concept_has(en_json_at(categories, i), CATEGORY_SYSTEM, "encounter-diagnosis")) {
            return true;
        }
    }
    return en_json_get(resource, "bodySite") != NULL;
}

static void remember_open(struct en_reader *r, const struct en_entry *e)
{
    size_t *list = en_reader_grow(r, r->open_problems, r->open_problem_count, sizeof *list);

    if (list != NULL) {
        r->open_problems = list;
        list[r->open_problem_count++] = (size_t)(e - r->entries);
    }
}

static void read_target(struct en_reader *r, const struct en_entry *e, const struct fits *f,
                        enum certainty certainty)
{
    const char *path = en_reader_path(r, e->path, "code");

    if (certainty == REFUTED || certainty == OVER) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path,
                             certainty == REFUTED ? "the diagnosis was refuted"
                                                  : "the problem is not active");
        return;
    }
    if (certainty == UNSURE) {
        EN_READ_WARNING(r, "business-rule", en_reader_path(r, e->path, "verificationStatus"),
                        "the diagnosis is not confirmed");
    }
    if (f->count > 1) {
        EN_READ_WARNING(r, "multiple-matches", path, "fits several conditions: give the code of %s",
                        EN_CONDITION_SYSTEM);
    }
    add_target(r, e, f->count > 1 ? NULL : f->row);
}

void en_read_condition(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *concept = en_json_get(e->resource, "code");
    const enum certainty certainty = certainty_of(e);
    size_t facts[FACTS_MAX];

    if (certainty == IN_ERROR) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it was entered in error");
        return;
    }
    const size_t fact_count = en_reader_facts_of(r, concept, facts, FACTS_MAX);
    const size_t errors = r->issues->error_count;
    const struct fits f = find_condition(r, concept, en_reader_path(r, e->path, "code"));

    if (fact_count > 0) {
        give_facts(r, e, facts, fact_count, certainty);
    }
    if (f.count > 0) {
        read_target(r, e, &f, certainty);
    } else if (fact_count == 0 && r->issues->error_count == errors) {
        if (certainty == SAID || certainty == UNSURE) {
            remember_open(r, e);
        } else {
            (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "not recognised and not active");
        }
    }
}

void en_read_open_problems(struct en_reader *r)
{
    for (size_t i = 0; i < r->open_problem_count; i++) {
        const struct en_entry *e = &r->entries[r->open_problems[i]];

        if (is_wanted(e->resource) || r->out->target_count == 0) {
            add_target(r, e, NULL);
        } else {
            (void)en_reader_note(r, EN_NOTE_IGNORED, e->path,
                                 "no fact of this program has this code");
        }
    }
}
