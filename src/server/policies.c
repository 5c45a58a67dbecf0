/* SPDX-License-Identifier: Apache-2.0
 * server/policies: the switches of the clinic (policies.tsv) that its owner sets within what the
 * tables permit. */
#include "base/text.h"
#include "fhir/writer.h"
#include "knowledge/describe.h"
#include "server/knowledge.h"

#include <string.h>

/* A name or a telephone number of a clinic, a list of weeks; why it was set. */
enum { VALUE_MAX = 200, REASON_MAX = 500 };

struct listing {
    const char *policy; /* NULL: the last of all */
    struct en_arena *arena;
    struct en_policy_change *changes;
    size_t count;
};

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct listing *l = context;

    return l->policy == NULL
               ? en_tx_policies(tx, l->arena, &l->changes, &l->count, err)
               : en_tx_policies_of(tx, l->policy, l->arena, &l->changes, &l->count, err);
}

static void write_change(struct en_writer *w, const struct en_policy_change *c)
{
    en_write_text(w, "value", c->value);
    en_write_bool(w, "reset", c->value == NULL);
    en_write_text(w, "reason", c->reason);
    en_write_text(w, "login", c->login);
    en_knowledge_time(w, "date", c->recorded_us);
}

static void write_choices(struct en_writer *w, const struct en_row *row)
{
    const char *list = en_cell(row, "values"), *item = NULL;
    size_t size = 0;

    en_write_text(w, "form", en_cell(row, "form"));
    if (list[0] != '\0') {
        en_write_open(w, "choices", '[');
        while ((list = en_list_next(list, &item, &size)) != NULL) {
            en_write_print(w, NULL, "%.*s", (int)size, item);
        }
        en_write_close(w);
    }
    en_write_number(w, "low", en_cell_number(row, "low"), 3);
    en_write_number(w, "high", en_cell_number(row, "high"), 3);
    en_write_number(w, "most", en_cell_number(row, "most"), 0);
    en_write_text(w, "of", en_cell(row, "of"));
}

/* shipped: the row as the tables have it; now: as the clinic has it. */
static void write_policy(struct en_writer *w, const struct en_row *shipped,
                         const struct en_row *now, const struct listing *l)
{
    char hash[EN_ROW_HASH];
    const char *id = en_cell(shipped, "id");

    en_row_hash(now, hash);
    en_write_open(w, NULL, '{');
    en_write_text(w, "id", id);
    en_write_text(w, "title", en_cell(shipped, "title"));
    en_write_text(w, "note", en_cell(shipped, "note"));
    en_write_print(w, "value", "%s", en_cell(now, "value"));
    en_write_print(w, "shipped", "%s", en_cell(shipped, "value"));
    en_write_bool(w, "is_own", !en_text_equal(en_cell(now, "value"), en_cell(shipped, "value")));
    write_choices(w, shipped);
    en_write_text(w, "source", en_cell(shipped, "source"));
    en_write_text(w, "grade", en_cell(shipped, "grade"));
    en_write_text(w, "approved_by", en_cell(now, "approved_by"));
    en_write_text(w, "hash", hash);
    for (size_t i = 0; i < l->count; i++) {
        if (en_text_equal(l->changes[i].policy, id)) {
            en_write_open(w, "set", '{');
            write_change(w, &l->changes[i]);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

enum en_status en_policies_list(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    const struct en_knowledge *k = en_server_knowledge(s, rq);
    const struct en_table *t = en_table_get(s->knowledge, "policies");
    struct listing l = {.arena = rq->arena};

    EN_TRY(en_store_read(s->store, list_work, &l, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_bool(&w, "may_change", en_may_route(&rq->caller, EN_RIGHT_KEEP));
    en_write_open(&w, "policies", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        write_policy(&w, &t->rows[i], en_row_find(k, "policies", en_cell(&t->rows[i], "id")), &l);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

enum en_status en_policies_history(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    struct listing l = {.policy = rq->args[0], .arena = rq->arena};

    if (en_row_find(s->knowledge, "policies", rq->args[0]) == NULL) {
        return en_refuse(rs, 404, "not-found", "there is no policy with this id");
    }
    EN_TRY(en_store_read(s->store, list_work, &l, err));
    struct en_writer w = en_auth_writer(rs);

    en_write_open(&w, "changes", '[');
    for (size_t i = 0; i < l.count; i++) {
        en_write_open(&w, NULL, '{');
        write_change(&w, &l.changes[i]);
        en_write_close(&w);
    }
    en_write_close(&w);
    return en_auth_end(&w, err);
}

/* Changing */

struct changing {
    const struct en_server *s;
    const struct en_http_request *rq;
    const struct en_row *shipped, *now; /* as who asks saw it */
    struct en_policy_change change;
};

/* Two may ask at once, or by another server whose tables are some seconds older: what counts is
 * what is stored. A stored value that the tables no longer allow holds for nobody. */
static enum en_status check_unchanged(struct en_tx *tx, const struct changing *c,
                                      struct en_err *err)
{
    struct en_policy_change *history = NULL;
    struct en_err why = {""};
    size_t count = 0;

    EN_TRY(en_tx_policies_of(tx, c->change.policy, c->rq->arena, &history, &count, err));
    const char *stored =
        count == 0 || history[0].value == NULL ? en_cell(c->shipped, "value") : history[0].value;

    if (en_text_equal(stored, en_cell(c->now, "value")) ||
        en_tables_try(c->s, c->change.policy, stored, &why) != EN_OK) {
        return EN_OK;
    }
    return en_fail(err, EN_ECONFLICT, "somebody set this policy meanwhile: look again");
}

static enum en_status change_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct changing *c = context;
    struct en_audit audit = {.action = 'U',
                             .subtype = "policy",
                             .entity_type = "Policy",
                             .entity_id = c->change.policy,
                             .detail = c->change.value == NULL ? "as shipped" : c->change.value};

    en_audit_of(c->rq, &audit);
    EN_TRY(check_unchanged(tx, c, err));
    EN_TRY(en_tx_policy_add(tx, &c->change, err));
    return en_tx_audit(tx, &audit, err);
}

/* The value that is asked for; NULL: as shipped. *is_answered: it may not be. */
static enum en_status wanted(const struct en_server *s, const struct en_row *shipped,
                             const struct en_auth_value *value, bool is_reset,
                             struct en_http_response *rs, const char **out, bool *is_answered)
{
    struct en_err why = {""};

    *out = is_reset || en_text_equal(value->text, en_cell(shipped, "value")) ? NULL : value->text;
    *is_answered = true;
    if (is_reset == value->is_given) {
        return en_refuse(rs, 400, "required", "value: give one, or reset true");
    }
    if (*out != NULL && !en_tables_text_fits(*out, VALUE_MAX)) {
        return en_refuse(rs, 422, "value", "value: one line of at most %d bytes", (int)VALUE_MAX);
    }
    if (*out != NULL && en_tables_try(s, en_cell(shipped, "id"), *out, &why) != EN_OK) {
        const char *what = strstr(why.text, "value: ");

        return en_refuse(rs, 422, "value", "%s", what == NULL ? why.text : what);
    }
    *is_answered = false;
    return EN_OK;
}

enum en_status en_policies_change(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"hash", EN_AUTH_TEXT, true, EN_ROW_HASH},
        {"reason", EN_AUTH_TEXT, true, REASON_MAX},
        {"value", EN_AUTH_TEXT, false, EN_TABLE_CELL_MAX},
        {"reset", EN_AUTH_FLAG, false, 0},
    };
    const struct en_row *shipped = en_row_find(s->knowledge, "policies", rq->args[0]);
    const struct en_row *now = en_row_find(en_server_knowledge(s, rq), "policies", rq->args[0]);
    struct changing c = {.s = s, .rq = rq, .shipped = shipped, .now = now};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    char hash[EN_ROW_HASH];
    bool is_answered = false;

    if (shipped == NULL || now == NULL) {
        return en_refuse(rs, 404, "not-found", "there is no policy with this id");
    }
    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    if (v[1].text[strspn(v[1].text, " ")] == '\0' || !en_tables_text_fits(v[1].text, REASON_MAX)) {
        return en_refuse(rs, 422, "value", "reason: one line that says why, of at most %d bytes",
                         (int)REASON_MAX);
    }
    en_row_hash(now, hash);
    if (!en_text_equal(hash, v[0].text)) {
        return en_refuse(rs, 412, "conflict", "somebody set this policy meanwhile: look again");
    }
    c.change = (struct en_policy_change){
        .policy = en_cell(shipped, "id"), .reason = v[1].text, .login = rq->caller.login};
    EN_TRY(wanted(s, shipped, &v[2], v[3].flag, rs, &c.change.value, &is_answered));
    if (is_answered) {
        return EN_OK;
    }
    EN_TRY(en_store_write(s->store, change_work, &c, err));
    EN_TRY(en_tables_renew(s, err));
    rs->status = 204;
    return EN_OK;
}
