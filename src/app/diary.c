/* SPDX-License-Identifier: Apache-2.0 */
#include "app/diary.h"

#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"

#include <math.h>
#include <string.h>

static const char *const LEVEL_CODES[] = {"E", "S", "U", "R"};

const char *en_diary_level_code(enum en_triage_level level)
{
    return LEVEL_CODES[level];
}

bool en_diary_level_of(const char *code, enum en_triage_level *out)
{
    for (size_t i = 0; i < EN_COUNT(LEVEL_CODES); i++) {
        if (en_text_equal(code, LEVEL_CODES[i])) {
            *out = (enum en_triage_level)i;
            return true;
        }
    }
    return false;
}

/* The form */

/* Rows of a table that a policy lists. */
static enum en_status rows_of(const struct en_knowledge *k, const char *policy, const char *table,
                              size_t max, const struct en_row **out, size_t *count,
                              struct en_err *err)
{
    const char *item = NULL, *list = en_policy(k, policy);
    size_t size = 0;

    for (*count = 0; (list = en_list_next(list, &item, &size)) != NULL; (*count)++) {
        char id[EN_DIARY_KEY_MAX] = "";

        if (size < sizeof id) {
            memcpy(id, item, size);
        }
        const struct en_row *row = en_row_find(k, table, id);

        if (row == NULL || *count == max) {
            return en_fail(err, EN_EINVAL, "policies.tsv: %s must be at most %zu ids of %s", policy,
                           max, table);
        }
        out[*count] = row;
    }
    return EN_OK;
}

enum en_status en_diary_form_of(const struct en_knowledge *k, struct en_diary_form *out,
                                struct en_err *err)
{
    *out = (struct en_diary_form){.score_count = 0};
    EN_TRY(rows_of(k, "diary_scores", "instruments", EN_DIARY_SCORES_MAX, out->scores,
                   &out->score_count, err));
    return rows_of(k, "diary_drugs", "drugs", EN_DIARY_DRUGS_MAX, out->drugs, &out->drug_count,
                   err);
}

bool en_diary_takes_nsaid(const struct en_diary_form *form, const struct en_diary_entry *e)
{
    for (size_t i = 0; i < form->drug_count; i++) {
        if (e->takes[i] && en_list_has(en_cell(form->drugs[i], "classes"), "med_nsaid")) {
            return true;
        }
    }
    return false;
}

/* Reading */

bool en_diary_is_entry(struct json_object *response)
{
    return en_text_equal(en_json_text(response, "resourceType"), "QuestionnaireResponse") &&
           en_text_equal(en_json_text(response, "questionnaire"), EN_DIARY_FORM) &&
           !en_text_equal(en_json_text(response, "status"), "entered-in-error");
}

static const char *copy_text(struct en_arena *a, const char *text)
{
    return text == NULL ? NULL : en_arena_copy(a, text, SIZE_MAX);
}

static void read_score(const struct en_diary_form *form, const char *id, struct json_object *answer,
                       struct en_diary_entry *out)
{
    struct json_object *value = en_json_get(answer, "valueInteger");

    for (size_t i = 0; value != NULL && i < form->score_count; i++) {
        if (en_text_equal(en_cell(form->scores[i], "id"), id)) {
            out->scores[i] = json_object_get_double(value);
        }
    }
}

static void read_drugs(const struct en_diary_form *form, struct json_object *answers,
                       struct en_diary_entry *out)
{
    for (size_t i = 0; i < en_json_count(answers); i++) {
        const char *code = en_json_text(en_json_get(en_json_at(answers, i), "valueCoding"), "code");

        out->knows_drugs = out->knows_drugs || code != NULL;
        for (size_t d = 0; d < form->drug_count; d++) {
            out->takes[d] |= en_text_equal(en_cell(form->drugs[d], "id"), code);
        }
    }
}

static void read_symptom(const struct en_knowledge *k, const char *link, struct json_object *answer,
                         struct en_arena *a, struct en_diary_entry *out)
{
    const size_t index = en_fact_index(k, link);
    struct json_object *truth = en_json_get(answer, "valueBoolean");
    struct json_object *number = en_json_get(en_json_get(answer, "valueQuantity"), "value");

    if (index == SIZE_MAX || !en_diary_is_symptom(&en_table_get(k, "facts")->rows[index]) ||
        out->answer_count == EN_DIARY_ANSWERS_MAX) {
        return;
    }
    out->answers[out->answer_count++] = (struct en_diary_answer){
        .fact = copy_text(a, link),
        .truth = truth == NULL                    ? EN_UNKNOWN
                 : json_object_get_boolean(truth) ? EN_TRUE
                                                  : EN_FALSE,
        .number = number == NULL ? NAN : json_object_get_double(number),
    };
}

static void read_item(const struct en_knowledge *k, const struct en_diary_form *form,
                      struct json_object *item, struct en_arena *a, struct en_diary_entry *out)
{
    const char *link = en_json_text(item, "linkId");
    struct json_object *answers = en_json_get(item, "answer"), *first = en_json_at(answers, 0);

    if (link == NULL || first == NULL) {
        return;
    }
    if (en_text_starts(link, "score.")) {
        read_score(form, link + strlen("score."), first, out);
    } else if (en_text_equal(link, "drugs")) {
        read_drugs(form, answers, out);
    } else if (en_text_equal(link, "other_drugs")) {
        out->other_drugs = copy_text(a, en_json_text(first, "valueString"));
    } else if (en_text_equal(link, "note")) {
        out->note = copy_text(a, en_json_text(first, "valueString"));
    } else {
        read_symptom(k, link, first, a, out);
    }
}

/* The level that was told; an entry without one counts as grave. */
static enum en_triage_level level_of(struct json_object *response)
{
    struct json_object *list = en_json_get(response, "extension");
    enum en_triage_level level = EN_TRIAGE_EMERGENCY;

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *e = en_json_at(list, i);

        if (en_text_equal(en_json_text(e, "url"), EN_DIARY_LEVEL)) {
            (void)en_diary_level_of(en_json_text(e, "valueCode"), &level);
        }
    }
    return level;
}

bool en_diary_read(const struct en_knowledge *k, const struct en_diary_form *form,
                   struct json_object *response, struct en_arena *a, struct en_diary_entry *out)
{
    const char *version = en_json_text(en_json_get(response, "meta"), "versionId");
    const char *authored = en_json_text(response, "authored");
    struct json_object *items = en_json_get(response, "item");
    long long number = 0;

    *out = (struct en_diary_entry){
        .key = copy_text(a, en_json_text(en_json_get(response, "identifier"), "value")),
        .id = copy_text(a, en_json_text(response, "id")),
        .answers = EN_NEW(a, struct en_diary_answer, EN_DIARY_ANSWERS_MAX),
        .level = level_of(response)};
    if (!en_diary_is_entry(response) || out->answers == NULL || authored == NULL ||
        !en_date_parse(authored, &out->day, NULL)) {
        return false;
    }
    (void)en_text_integer(version == NULL ? "" : version, 0, INT64_MAX, &number);
    out->version = number;
    for (size_t i = 0; i < EN_DIARY_SCORES_MAX; i++) {
        out->scores[i] = NAN;
    }
    for (size_t i = 0; i < en_json_count(items); i++) {
        read_item(k, form, en_json_at(items, i), a, out);
    }
    return true;
}
