/* SPDX-License-Identifier: Apache-2.0
 * server/diary_keep: the day's answers and what is derived from them, in one transaction.
 *
 * A day has one entry; its resources have ids that follow from patient and day. So a double tap, or
 * a second try after an answer that was lost, finds what it wrote; other answers of the same day
 * must name the version that they correct. An alert is never lowered by a correction. */
#include "server/diary.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/audit.h"

#include <string.h>

/* Corrections of one day: each is a version of every resource of it. */
enum { VERSIONS_MAX = 48, PUTS_MAX = 2 + EN_DIARY_SCORES_MAX, ALERTS = 3 };

/* A resource ready to be written. */
struct part {
    struct json_object *tree; /* owned */
    struct en_put put;
    bool is_needed; /* false: only when it is there, to take it back */
};

enum outcome { KEPT, SAME, OTHER_KEY, STALE, TOO_MANY };

struct keeping {
    struct en_diary_call *c;
    const struct en_diary_submission *submission;
    struct en_diary_result result;
    struct en_diary_day day;
    struct part parts[PUTS_MAX]; /* the first is the response */
    struct part alerts[ALERTS];  /* by level: E, S, U */
    size_t count;
    enum outcome outcome;
    struct en_version stored;
    bool is_alerted;
};

/* Making */

static enum en_status add_part(struct keeping *k, struct part *out, const char *id,
                               const struct en_buf *text, struct en_err *err)
{
    struct en_issues issues = {0};
    struct en_index_value *index = NULL;

    EN_TRY(en_buf_check(text, "a day of the diary", err));
    EN_TRY(en_json_read(en_buf_text(text), text->size, k->c->a, &out->tree, &issues, err));
    out->put = (struct en_put){
        .type = en_json_text(out->tree, "resourceType"), .id = id, .expected = EN_VERSION_ANY};
    if (id == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    EN_TRY(en_stamp_make(out->tree, id, k->c->a, &out->put.stamp, err));
    EN_TRY(en_search_extract(k->c->server->params, out->tree, k->c->a, &index,
                             &out->put.index_count, err));
    out->put.index = index;
    return EN_OK;
}

static const char *id_of(const struct keeping *k, const char *part, const char *name)
{
    return en_diary_id(k->c, k->submission->entry.day,
                       en_arena_print(k->c->a, "%s.%s", part, name));
}

static enum en_status add_response(struct keeping *k, struct en_buf *text, struct en_err *err)
{
    struct part *p = &k->parts[k->count++];

    en_diary_write_response(&k->day, text);
    p->is_needed = true;
    EN_TRY(add_part(k, p, k->day.response, text, err));
    p->put.expected = k->submission->version; /* 0 is EN_VERSION_NONE */
    return EN_OK;
}

static enum en_status add_score(struct keeping *k, size_t i, struct en_buf *text,
                                struct en_err *err)
{
    struct part *p = &k->parts[k->count++];

    en_diary_write_score(&k->day, i, text);
    p->is_needed = true;
    return add_part(k, p, id_of(k, "score", en_cell(k->c->form.scores[i], "id")), text, err);
}

static enum en_status add_nsaid(struct keeping *k, size_t i, struct en_buf *text,
                                struct en_err *err)
{
    struct part *p = &k->parts[k->count++];

    (void)i;
    en_diary_write_nsaid(&k->day, text);
    p->is_needed = en_diary_takes_nsaid(&k->c->form, &k->submission->entry);
    return add_part(k, p, id_of(k, "fact", "nsaid_last_dose"), text, err);
}

static enum en_status add_alert(struct keeping *k, size_t level, struct en_buf *text,
                                struct en_err *err)
{
    en_diary_write_flag(&k->day, (enum en_triage_level)level, text);
    return add_part(k, &k->alerts[level], en_diary_id(k->c, k->submission->entry.day, "flag"), text,
                    err);
}

typedef enum en_status adder(struct keeping *k, size_t i, struct en_buf *text, struct en_err *err);

static enum en_status add_each(struct keeping *k, adder *add, size_t count, struct en_err *err)
{
    enum en_status st = EN_OK;

    for (size_t i = 0; st == EN_OK && i < count; i++) {
        struct en_buf text = EN_BUF(EN_OUTPUT_MAX);

        st = add(k, i, &text, err);
        en_buf_free(&text);
    }
    return st;
}

static enum en_status make(struct keeping *k, struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    const enum en_status st = add_response(k, &text, err);

    en_buf_free(&text);
    EN_TRY(st);
    EN_TRY(add_each(k, add_score, k->c->form.score_count, err));
    EN_TRY(add_each(k, add_nsaid, 1, err));
    return add_each(k, add_alert, ALERTS, err);
}

static void free_parts(struct keeping *k)
{
    for (size_t i = 0; i < PUTS_MAX; i++) {
        (void)json_object_put(k->parts[i].tree);
    }
    for (size_t i = 0; i < ALERTS; i++) {
        (void)json_object_put(k->alerts[i].tree);
    }
}

/* Writing */

/* What is there now; *is_there false: nothing, or it was deleted. */
static enum en_status look(struct en_tx *tx, const struct keeping *k, const struct en_put *put,
                           struct en_version *out, bool *is_there, struct en_err *err)
{
    struct en_err missing = {""};
    const enum en_status st = en_tx_get(tx, put->type, put->id, 0, k->c->a, out, &missing);

    *is_there = st == EN_OK && !out->is_deleted;
    return st == EN_OK || st == EN_ENOTFOUND ? EN_OK : en_fail(err, st, "%s", missing.text);
}

/* Whether it is the same submission, with the same answers. */
static bool is_same(const struct keeping *k, const struct en_version *there)
{
    struct json_object *root = json_tokener_parse(there->body);
    const bool is_equal =
        en_text_equal(en_json_text(en_json_get(root, "identifier"), "value"),
                      k->submission->entry.key) &&
        en_json_equal(en_json_get(root, "item"), en_json_get(k->parts[0].tree, "item"));

    (void)json_object_put(root);
    return is_equal;
}

static bool has_key(const struct keeping *k, const struct en_version *there)
{
    struct json_object *root = json_tokener_parse(there->body);
    const bool has = en_text_equal(en_json_text(en_json_get(root, "identifier"), "value"),
                                   k->submission->entry.key);

    (void)json_object_put(root);
    return has;
}

/* An entry that staff took back is none: the page shows none, and the patient tells it anew. */
static bool was_taken_back(const struct en_version *there)
{
    struct json_object *root = json_tokener_parse(there->body);
    const bool is_so = en_text_equal(en_json_text(root, "status"), "entered-in-error");

    (void)json_object_put(root);
    return is_so;
}

static enum en_status decide(struct en_tx *tx, struct keeping *k, struct en_err *err)
{
    struct en_version there = {0};
    bool is_there = false;

    EN_TRY(look(tx, k, &k->parts[0].put, &there, &is_there, err));
    k->outcome = KEPT;
    const bool is_taken_back = is_there && was_taken_back(&there);

    if (!is_there || is_taken_back) {
        k->outcome = k->submission->version == 0 ? KEPT : STALE;
        k->parts[0].put.expected =
            there.is_deleted || is_taken_back ? EN_VERSION_ANY : EN_VERSION_NONE;
    } else if (is_same(k, &there)) {
        k->outcome = SAME;
        k->stored = there;
    } else if (has_key(k, &there)) {
        k->outcome = OTHER_KEY;
    } else if (k->submission->version != there.version) {
        k->outcome = STALE;
    } else if (there.version >= VERSIONS_MAX) {
        k->outcome = TOO_MANY;
    }
    return EN_OK;
}

/* Level of the alert that stands, R when none does. */
static enum en_triage_level standing_level(const struct en_version *there, bool is_there)
{
    enum en_triage_level level = EN_TRIAGE_ROUTINE;
    struct json_object *root = is_there ? json_tokener_parse(there->body) : NULL;
    struct json_object *coding = en_json_at(en_json_get(en_json_get(root, "code"), "coding"), 0);

    if (en_text_equal(en_json_text(root, "status"), "active")) {
        (void)en_diary_level_of(en_json_text(coding, "code"), &level);
    }
    (void)json_object_put(root);
    return level;
}

static enum en_status put_alert(struct en_tx *tx, struct keeping *k, struct en_err *err)
{
    struct en_version there = {0};
    bool is_there = false;

    EN_TRY(look(tx, k, &k->alerts[0].put, &there, &is_there, err));
    const enum en_triage_level standing = standing_level(&there, is_there);
    const enum en_triage_level now = k->result.triage.level;
    const enum en_triage_level level = now < standing ? now : standing;

    k->is_alerted = level < EN_TRIAGE_ROUTINE;
    return k->is_alerted ? en_tx_put(tx, &k->alerts[level].put, NULL, err) : EN_OK;
}

static enum en_status put_part(struct en_tx *tx, struct keeping *k, const struct part *p,
                               struct en_err *err)
{
    struct en_version there = {0};
    bool is_there = true;

    if (!p->is_needed) {
        EN_TRY(look(tx, k, &p->put, &there, &is_there, err));
    }
    return is_there ? en_tx_put(tx, &p->put, NULL, err) : EN_OK;
}

static enum en_status put_all(struct en_tx *tx, struct keeping *k, struct en_err *err)
{
    const struct en_put *response = &k->parts[0].put;

    for (size_t i = 0; i < k->count; i++) {
        EN_TRY(put_part(tx, k, &k->parts[i], err));
    }
    EN_TRY(put_alert(tx, k, err));
    return en_tx_get(tx, response->type, response->id, 0, k->c->a, &k->stored, err);
}

static enum en_status keep_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct keeping *k = context;
    const char *id = k->parts[0].put.id;
    char action = 'R';

    k->stored = (struct en_version){0};
    EN_TRY(en_tx_lock(tx, id, err));
    EN_TRY(decide(tx, k, err));
    if (k->outcome == KEPT) {
        EN_TRY(put_all(tx, k, err));
        action = k->submission->version == 0 ? 'C' : 'U';
    } else {
        k->is_alerted = k->result.triage.level < EN_TRIAGE_ROUTINE;
    }
    struct en_audit audit = {.action = action,
                             .subtype = "diary",
                             .outcome = k->outcome == KEPT || k->outcome == SAME ? 0 : 4,
                             .patient = k->c->patient,
                             .entity_type = "QuestionnaireResponse",
                             .entity_id = id,
                             .entity_version = k->stored.version};

    en_audit_of(k->c->rq, &audit);
    return en_tx_audit(tx, &audit, err);
}

/* Answering */

static enum en_status answer(const struct keeping *k, struct en_http_response *rs,
                             struct en_err *err)
{
    struct en_writer w = EN_WRITER(&rs->body);
    struct en_diary_entry entry = k->submission->entry;

    entry.version = k->stored.version;
    entry.level = k->result.triage.level;
    rs->content_type = "application/json; charset=utf-8";
    rs->status = k->outcome == KEPT && k->submission->version == 0 ? 201 : 200;
    en_write_open(&w, NULL, '{');
    en_diary_write_entry(k->c, &w, "entry", &entry, &k->result);
    en_write_bool(&w, "alerted", k->is_alerted);
    en_write_close(&w);
    return en_write_end(&w, "the answer to a diary", err);
}

static enum en_status refuse(enum outcome outcome, struct en_http_response *rs)
{
    switch (outcome) {
    case OTHER_KEY:
        return en_refuse(rs, 409, "conflict",
                         "key: other answers were kept under it: send these under a new one");
    case TOO_MANY:
        return en_refuse(rs, 429, "throttled",
                         "today's answers were changed %d times: call the clinic instead",
                         (int)VERSIONS_MAX);
    case STALE:
    case KEPT:
    case SAME:
        break;
    }
    return en_refuse(rs, 412, "conflict",
                     "version: today's answers are there already, or were changed meanwhile: look "
                     "at them and send again");
}

/* An entry that came in by another way keeps its own. */
static const char *response_id(const struct en_diary_call *c, en_day day)
{
    const struct en_diary_entry *there = en_diary_entry_of(c, day);

    return there != NULL && there->id != NULL ? there->id : en_diary_id(c, day, "response");
}

enum en_status en_diary_keep(struct en_diary_call *c, const struct en_diary_submission *submission,
                             struct en_http_response *rs, struct en_err *err)
{
    const struct en_care care = {c->app.knowledge, c->app.today};
    struct keeping *k = EN_NEW(c->a, struct keeping, 1);

    if (k == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a diary");
    }
    k->c = c;
    k->submission = submission;
    EN_TRY(en_diary_judge(&care, &c->c, submission->entry.answers, submission->entry.answer_count,
                          c->a, &k->result, err));
    k->day = (struct en_diary_day){.knowledge = c->app.knowledge,
                                   .form = &c->form,
                                   .entry = &submission->entry,
                                   .triage = &k->result.triage,
                                   .course = c->course,
                                   .patient = c->patient,
                                   .response = response_id(c, submission->entry.day),
                                   .is_correction = submission->version > 0};
    enum en_status st = make(k, err);

    if (st == EN_OK) {
        st = en_store_write(c->server->store, keep_work, k, err);
    }
    if (st == EN_OK) {
        st = k->outcome == KEPT || k->outcome == SAME ? answer(k, rs, err) : refuse(k->outcome, rs);
    }
    free_parts(k);
    return st;
}
