/* SPDX-License-Identifier: Apache-2.0
 * The first byte picks a type and whether the search is lenient, the rest is a query. It is either
 * refused, with an issue and nothing to run, or
 * - every clause has a parameter, and itself or at the end of its chain at least one value,
 * - sorts, includes and the page's size are within their limits, dates and numbers in order,
 * - its text for the self link is understood in the same way, to the same text. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/fhir.h"
#include "fhir/search.h"
#include "fuzz.h"

#include <math.h>
#include <string.h>

static const char *const TYPES[] = {"Patient",       "Observation", "RiskAssessment",
                                    "Questionnaire", "Provenance",  "Binary"};

static struct en_arena table_arena = {.limit = 4 << 20};
static struct en_search_params params;

static void check_value(const struct en_search_value *v)
{
    PROPERTY(v->system != NULL && v->code != NULL && v->text != NULL);
    PROPERTY(v->low_us <= v->high_us);
    PROPERTY(isfinite(v->number) && v->low <= v->number && v->number <= v->high);
    PROPERTY(strlen(v->system) <= EN_SEARCH_TEXT_MAX && strlen(v->text) <= EN_SEARCH_TEXT_MAX);
    PROPERTY(strlen(v->code) <= EN_SEARCH_TEXT_MAX);
}

static void check_clause(const struct en_search_clause *c)
{
    PROPERTY(c->param != NULL);
    PROPERTY((c->chain == NULL) == (c->value_count > 0));
    if (c->chain != NULL) {
        PROPERTY(c->param->kind == EN_SEARCH_REFERENCE && c->chain->chain == NULL);
        check_clause(c->chain);
        return;
    }
    PROPERTY(c->value_count <= EN_SEARCH_VALUES_MAX);
    for (size_t i = 0; i < c->value_count && c->modifier != EN_MODIFIER_MISSING; i++) {
        check_value(&c->values[i]);
    }
}

static void check_query(const struct en_search_query *q)
{
    PROPERTY(q->clause_count <= EN_SEARCH_CLAUSES_MAX && q->sort_count <= EN_SEARCH_SORTS_MAX);
    PROPERTY(q->include_count <= EN_SEARCH_INCLUDES_MAX);
    PROPERTY(q->count >= 0 && q->count <= EN_SEARCH_COUNT_MAX);
    PROPERTY(q->compartment == NULL && q->text != NULL);
    for (size_t i = 0; i < q->clause_count; i++) {
        check_clause(&q->clauses[i]);
    }
    for (size_t i = 0; i < q->sort_count; i++) {
        PROPERTY(q->sorts[i].param != NULL);
    }
    for (size_t i = 0; i < q->include_count; i++) {
        PROPERTY(q->includes[i].param->kind == EN_SEARCH_REFERENCE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_issues issues = {0};
    struct en_search_query q, again;
    struct en_err err = {""};

    if (params.count == 0) {
        PROPERTY(en_search_params_load(&table_arena, &params, NULL) == EN_OK);
    }
    const unsigned pick = size == 0 ? 0 : bytes[0];
    const char *type = TYPES[pick / 2 % EN_COUNT(TYPES)];
    const char *text =
        en_arena_copy(&a, size == 0 ? "" : (const char *)bytes + 1, size == 0 ? 0 : size - 1);
    const enum en_status st =
        en_search_parse(&params, type, text, pick % 2 == 1, &a, &q, &issues, &err);

    PROPERTY(st == EN_OK || st == EN_EINVAL);
    PROPERTY((st == EN_OK) == (issues.error_count == 0));
    if (st == EN_OK) {
        check_query(&q);
        PROPERTY(en_search_parse(&params, type, q.text, false, &a, &again, &issues, &err) == EN_OK);
        PROPERTY(strcmp(q.text, again.text) == 0 && q.clause_count == again.clause_count);
    } else {
        PROPERTY(q.clauses == NULL && err.text[0] != '\0');
    }
    en_arena_free(&a);
    return 0;
}
