/* SPDX-License-Identifier: Apache-2.0
 * Any bytes are either refused with at least one error and no case, or they are a case in which
 * - every known fact has a value of its type, within its plausible range, and an origin,
 * - no date lies after today,
 * - every id names a row of its table;
 * and the answer about the problems is JSON that our own gate lets through. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fuzz.h"
#include "knowledge/knowledge.h"

#include <math.h>

enum { TODAY = 20500 };

static struct en_arena knowledge_arena = {.limit = EN_REQUEST_ARENA};
static struct en_knowledge *knowledge;

static void check_fact(const struct en_row *row, const struct en_fact *f)
{
    static const char *const TYPES[] = {"", "bool", "number", "code", "date"};

    if (f->kind == EN_FACT_UNKNOWN) {
        return;
    }
    PROPERTY(en_text_equal(TYPES[f->kind], en_cell(row, "type")));
    PROPERTY(f->origin != NULL && f->as_of <= TODAY);
    PROPERTY(!en_text_equal(en_cell(row, "origin"), "derived"));
    if (f->kind == EN_FACT_NUMBER) {
        PROPERTY(isfinite(f->number));
        PROPERTY(!(f->number < en_cell_number(row, "low")));
        PROPERTY(!(f->number > en_cell_number(row, "high")));
    } else if (f->kind == EN_FACT_CODE) {
        PROPERTY(en_list_has(en_cell(row, "values"), f->code));
    } else if (f->kind == EN_FACT_DATE) {
        PROPERTY(f->date <= TODAY);
    }
}

static void check_id(const char *table, const char *id)
{
    PROPERTY(id == NULL || en_row_find(knowledge, table, id) != NULL);
}

static void check_case(const struct en_case *c)
{
    const struct en_table *facts = en_table_get(knowledge, "facts");

    PROPERTY(c->fact_count == facts->row_count);
    for (size_t i = 0; i < c->fact_count; i++) {
        check_fact(&facts->rows[i], &c->facts[i]);
    }
    for (size_t i = 0; i < c->target_count; i++) {
        check_id("conditions", c->targets[i].condition);
    }
    for (size_t i = 0; i < c->exam_count; i++) {
        check_id("atlas", c->exams[i].site);
        PROPERTY(isfinite(c->exams[i].value) && c->exams[i].day <= TODAY);
    }
    for (size_t i = 0; i < c->score_count; i++) {
        check_id("instruments", c->scores[i].instrument);
        PROPERTY(isfinite(c->scores[i].value) && c->scores[i].day <= TODAY);
    }
    for (size_t i = 0; i < c->medication_count; i++) {
        check_id("drugs", c->medications[i].drug);
    }
    for (size_t i = 0; i < c->allergy_count; i++) {
        check_id("allergens", c->allergies[i].allergen);
    }
}

static void check_outcome(const struct en_issues *issues, struct en_arena *a)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues none = {0};
    struct json_object *root = NULL;

    PROPERTY(en_fhir_outcome(issues, &json, NULL) == EN_OK);
    PROPERTY(en_json_read(json.bytes, json.size, a, &root, &none, NULL) == EN_OK);
    PROPERTY(en_fhir_validate(root, a, &none, NULL) == EN_OK);
    json_object_put(root);
    en_buf_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues = {0};
    struct en_case c;

    if (knowledge == NULL) {
        PROPERTY(en_knowledge_load(NULL, &knowledge_arena, &knowledge, NULL) == EN_OK);
    }
    const enum en_status st =
        en_fhir_read_case(knowledge, (const char *)bytes, size, TODAY, &a, &c, &issues, NULL);

    PROPERTY((st == EN_OK) == (issues.error_count == 0));
    PROPERTY(st == EN_OK || (c.facts == NULL && c.note_count == 0));
    if (st == EN_OK) {
        check_case(&c);
    }
    check_outcome(&issues, &a);
    en_arena_free(&a);
    return 0;
}
