/* SPDX-License-Identifier: Apache-2.0
 * server/diary_submit: the day's answers as they were sent:
 *   {"key": "...", "day": "2026-03-02", "version": 1, "scores": {"nrs": 4}, "drugs": ["ibuprofen"],
 *    "other_drugs": "...", "symptoms": {"sx_fever": false, "sx_temperature": 37.2}, "note": "..."}
 * What is null or not there is unknown. All problems are told at once. */
#include "server/diary.h"

#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"

#include <math.h>
#include <string.h>

/* A page of a diary is some kilobytes. */
enum { BODY_MAX = 64 << 10, VERSION_MAX = 1000000 };

struct reading {
    const struct en_diary_call *c;
    struct en_diary_entry *entry;
    int64_t *version;
    struct en_issues issues;
};

#define REFUSE(r, path, ...)                                                                       \
    en_issue_add(&(r)->issues, (r)->c->a, EN_ISSUE_ERROR, "value", path, __VA_ARGS__)

static bool is_null(struct json_object *value)
{
    return json_object_is_type(value, json_type_null);
}

/* A text without a byte that no text has; NULL refused. */
static const char *take_text(struct reading *r, const char *path, struct json_object *value,
                             size_t max)
{
    const char *text =
        json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
    const size_t size = text == NULL ? 0 : (size_t)json_object_get_string_len(value);

    if (text == NULL || strlen(text) != size || size > max) {
        REFUSE(r, path, "must be a text of at most %zu bytes", max);
        return NULL;
    }
    return en_arena_copy(r->c->a, text, size);
}

static void take_key(struct reading *r, struct json_object *value)
{
    static const char LETTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    const char *key = take_text(r, "key", value, EN_DIARY_KEY_MAX);

    if (key != NULL && (strlen(key) < EN_DIARY_KEY_MIN || strspn(key, LETTERS) != strlen(key))) {
        REFUSE(r, "key", "must be %d to %d letters, digits, '.', '_' or '-'", (int)EN_DIARY_KEY_MIN,
               (int)EN_DIARY_KEY_MAX);
    }
    r->entry->key = key;
}

/* Answers are about today: urgency is that of now. */
static void take_day(struct reading *r, struct json_object *value)
{
    const char *text = take_text(r, "day", value, EN_DATE_TEXT_MAX);
    en_day day = EN_DAY_UNKNOWN;

    if (text == NULL) {
        return;
    }
    if (!en_date_parse(text, &day, NULL) || day != r->c->app.today) {
        REFUSE(r, "day",
               "these answers are for another day: look at them again and send them as "
               "today's");
    }
}

static void take_version(struct reading *r, struct json_object *value)
{
    const int64_t version = json_object_get_int64(value);

    if (!json_object_is_type(value, json_type_int) || version < 1 || version > VERSION_MAX) {
        REFUSE(r, "version", "must be the version of the entry that is corrected");
        return;
    }
    *r->version = version;
}

/* Whole points within the instrument's scale. */
static void take_score(struct reading *r, const char *id, struct json_object *value)
{
    const struct en_diary_form *form = &r->c->form;

    for (size_t i = 0; i < form->score_count; i++) {
        const struct en_row *row = form->scores[i];
        const double low = en_cell_number(row, "low"), high = en_cell_number(row, "high");
        const double number = json_object_get_double(value);

        if (!en_text_equal(en_cell(row, "id"), id)) {
            continue;
        }
        if (is_null(value)) {
            return;
        }
        if (!json_object_is_type(value, json_type_int) || number < low || number > high) {
            REFUSE(r, en_arena_print(r->c->a, "scores.%s", en_cell(row, "id")),
                   "must be a whole number from %s to %s, or null when it is not known",
                   en_cell(row, "low"), en_cell(row, "high"));
            return;
        }
        r->entry->scores[i] = number;
        return;
    }
    REFUSE(r, "scores", "one is none that this diary asks for");
}

static void take_scores(struct reading *r, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_object)) {
        REFUSE(r, "scores", "must be an object: the id of a score and its value");
        return;
    }
    json_object_object_foreach(value, id, score)
    {
        take_score(r, id, score);
    }
}

static void take_drug(struct reading *r, struct json_object *value)
{
    const char *id =
        json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

    for (size_t i = 0; i < r->c->form.drug_count; i++) {
        if (en_text_equal(en_cell(r->c->form.drugs[i], "id"), id)) {
            r->entry->takes[i] = true;
            return;
        }
    }
    REFUSE(r, "drugs", "one is none that this diary offers: write it into other_drugs");
}

/* An empty list: none was taken. */
static void take_drugs(struct reading *r, struct json_object *value)
{
    if (is_null(value)) {
        return;
    }
    if (!json_object_is_type(value, json_type_array) || en_json_count(value) > EN_DIARY_DRUGS_MAX) {
        REFUSE(r, "drugs", "must be a list of at most %d ids", (int)EN_DIARY_DRUGS_MAX);
        return;
    }
    r->entry->knows_drugs = true;
    for (size_t i = 0; i < en_json_count(value); i++) {
        take_drug(r, en_json_at(value, i));
    }
}

static void take_number(struct reading *r, const struct en_row *fact, struct json_object *value,
                        struct en_diary_answer *out)
{
    const bool is_number =
        json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
    const double number = json_object_get_double(value);

    if (is_null(value)) {
        return;
    }
    if (!is_number || !isfinite(number) || number < en_cell_number(fact, "low") ||
        number > en_cell_number(fact, "high")) {
        REFUSE(r, en_arena_print(r->c->a, "symptoms.%s", en_cell(fact, "id")),
               "must be a number from %s to %s %s, or null when it is not known",
               en_cell(fact, "low"), en_cell(fact, "high"), en_cell(fact, "unit"));
        return;
    }
    out->number = number;
}

static void take_symptom(struct reading *r, const char *id, struct json_object *value)
{
    const struct en_row *fact = en_row_find(r->c->app.knowledge, "facts", id);
    struct en_diary_entry *e = r->entry;

    if (!en_diary_is_symptom(fact) || e->answer_count == EN_DIARY_ANSWERS_MAX) {
        REFUSE(r, "symptoms", "one is no question of the diary");
        return;
    }
    struct en_diary_answer *out = &e->answers[e->answer_count++];

    *out =
        (struct en_diary_answer){.fact = en_cell(fact, "id"), .truth = EN_UNKNOWN, .number = NAN};
    if (en_text_equal(en_cell(fact, "type"), "number")) {
        take_number(r, fact, value, out);
    } else if (json_object_is_type(value, json_type_boolean)) {
        out->truth = json_object_get_boolean(value) ? EN_TRUE : EN_FALSE;
    } else if (!is_null(value)) {
        REFUSE(r, en_arena_print(r->c->a, "symptoms.%s", out->fact),
               "must be true, false, or null when it is not known");
    }
}

static void take_symptoms(struct reading *r, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_object)) {
        REFUSE(r, "symptoms", "must be an object: the id of a question and its answer");
        return;
    }
    json_object_object_foreach(value, id, answer)
    {
        take_symptom(r, id, answer);
    }
}

static void take_other_drugs(struct reading *r, struct json_object *value)
{
    r->entry->other_drugs =
        is_null(value) ? NULL : take_text(r, "other_drugs", value, EN_DIARY_TEXT_MAX);
}

static void take_note(struct reading *r, struct json_object *value)
{
    r->entry->note = is_null(value) ? NULL : take_text(r, "note", value, EN_DIARY_TEXT_MAX);
}

static const struct {
    const char *name;
    void (*take)(struct reading *r, struct json_object *value);
} MEMBERS[] = {
    {"key", take_key},           {"day", take_day},     {"version", take_version},
    {"scores", take_scores},     {"drugs", take_drugs}, {"other_drugs", take_other_drugs},
    {"symptoms", take_symptoms}, {"note", take_note},
};

static void take_members(struct reading *r, struct json_object *root)
{
    json_object_object_foreach(root, key, value)
    {
        size_t i = 0;

        while (i < EN_COUNT(MEMBERS) && strcmp(MEMBERS[i].name, key) != 0) {
            i++;
        }
        if (i == EN_COUNT(MEMBERS)) {
            REFUSE(r, "$this", "the body has a member that is not known here");
        } else {
            MEMBERS[i].take(r, value);
        }
    }
    for (size_t i = 0; i < 2; i++) {
        if (!json_object_object_get_ex(root, MEMBERS[i].name, NULL)) {
            en_issue_add(&r->issues, r->c->a, EN_ISSUE_ERROR, "required", MEMBERS[i].name,
                         "must be given");
        }
    }
}

static bool start(struct reading *r, struct en_diary_entry *e)
{
    *e = (struct en_diary_entry){.day = r->c->app.today,
                                 .answers =
                                     EN_NEW(r->c->a, struct en_diary_answer, EN_DIARY_ANSWERS_MAX)};
    for (size_t i = 0; i < EN_DIARY_SCORES_MAX; i++) {
        e->scores[i] = NAN;
    }
    return e->answers != NULL;
}

enum en_status en_diary_submission_read(const struct en_diary_call *c, struct en_http_response *rs,
                                        struct en_diary_submission *out, bool *is_refused,
                                        struct en_err *err)
{
    struct reading r = {.c = c, .entry = &out->entry, .version = &out->version};
    struct json_object *root = NULL;

    *is_refused = true;
    out->version = 0;
    if (c->rq->body_size > BODY_MAX) {
        return en_refuse(rs, 413, "too-long", "a day's answers have at most %d bytes",
                         (int)BODY_MAX);
    }
    if (!start(&r, &out->entry)) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    const enum en_status st =
        en_json_read(c->rq->body, c->rq->body_size, c->a, &root, &r.issues, err);

    if (st != EN_OK) {
        return st == EN_EINVAL ? en_refuse_issues(rs, 400, &r.issues, err) : st;
    }
    if (json_object_is_type(root, json_type_object)) {
        take_members(&r, root);
    } else {
        REFUSE(&r, "$this", "the body must be a JSON object");
    }
    (void)json_object_put(root);
    *is_refused = r.issues.error_count > 0;
    return *is_refused ? en_refuse_issues(rs, 422, &r.issues, err) : EN_OK;
}
