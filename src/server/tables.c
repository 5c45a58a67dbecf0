/* SPDX-License-Identifier: Apache-2.0 */
#include "server/tables.h"

#include "base/clock.h"
#include "base/instant.h"
#include "base/limiter.h"
#include "base/log.h"
#include "base/shared.h"
#include "base/text.h"
#include "knowledge/describe.h"
#include "knowledge/overlay.h"
#include "server/digest.h"
#include "server/protocols.h"

#include <string.h>

/* Another server's approval is seen here after so long [s]. */
static const double LOOK_S = 10.0;

enum {
    /* All rows approved and all switches set take about 1 MiB. */
    STATE_ARENA = 64 << 20,
    POLICY_CELLS = 7,
    MARK_DIGITS = 8
};

struct en_tables {
    struct en_shared *shared;
    struct en_limiter *looks; /* one key: how often the store is asked */
};

void en_row_hash(const struct en_row *row, char out[EN_ROW_HASH])
{
    const size_t count = en_table_view_count(row->table);
    struct en_digest d;

    _Static_assert((int)EN_ROW_HASH == (int)EN_DIGEST_TEXT, "a row's hash is a digest");
    en_digest_start(&d);
    en_digest_add_text(&d, row->table->name);
    for (size_t i = 0; i < count; i++) {
        const struct en_column_view c = en_table_view_at(row->table, i);

        if (!en_text_equal(c.name, "approved_by")) {
            en_digest_add_text(&d, c.name);
            en_digest_add_text(&d, en_cell_or(row, c.name));
        }
    }
    en_digest_end(&d, out);
}

bool en_tables_text_fits(const char *text, size_t max)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return false;
        }
    }
    return strlen(text) <= max;
}

/* Making */

/* A state in the making. */
struct making {
    struct en_server *s;
    struct en_arena *a; /* of the state */
    struct en_arena scratch;
    int64_t generation;
    struct en_policy_change *policies;
    struct en_approval *approvals;
    size_t policy_count, approval_count;
};

static enum en_status read_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct making *m = context;

    EN_TRY(en_tx_clinic_generation(tx, &m->generation, err));
    EN_TRY(en_tx_policies(tx, &m->scratch, &m->policies, &m->policy_count, err));
    return en_tx_approvals(tx, &m->scratch, &m->approvals, &m->approval_count, err);
}

/* Texts go where the state lives. */
static void add_change(struct en_cell_change *list, size_t *count, const struct en_row *row,
                       const char *column, const char *text)
{
    list[(*count)++] = (struct en_cell_change){row->table->name, en_cell(row, "id"), column, text};
}

/* The cells of a switch that the clinic set: its documents say whose choice it is. */
static enum en_status policy_cells(const struct en_knowledge *k, const struct en_row *row,
                                   const struct en_policy_change *p, struct en_arena *a,
                                   struct en_cell_change *out, size_t *count, struct en_err *err)
{
    char day[EN_INSTANT_TEXT_MAX];
    const bool has_source = en_row_find(k, "sources", "clinic") != NULL;
    const char *old = en_cell(row, "value");
    const char *value = en_arena_copy(a, p->value, SIZE_MAX);
    const char *title = en_arena_print(a, "%s (this clinic's own)", en_cell(row, "title"));
    const char *note =
        en_arena_print(a, "Set by this clinic on %.10s in place of \"%s\": %s%s%s",
                       en_instant_text(p->recorded_us, day), old[0] == '\0' ? "nothing" : old,
                       p->reason, en_cell(row, "note")[0] == '\0' ? "" : " ", en_cell(row, "note"));

    if (value == NULL || title == NULL || note == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    add_change(out, count, row, "value", value);
    add_change(out, count, row, "title", title);
    add_change(out, count, row, "note", note);
    add_change(out, count, row, "source", has_source ? "clinic" : "policy");
    add_change(out, count, row, "grade", "D");
    add_change(out, count, row, "verified", "no");
    add_change(out, count, row, "approved_by", "");
    return EN_OK;
}

/* Whether a switch may be set so. */
static enum en_status try_policy(const struct en_knowledge *k, const struct en_policy_change *p,
                                 struct en_err *err)
{
    const struct en_row *row = en_row_find(k, "policies", p->policy);
    struct en_cell_change cells[POLICY_CELLS];
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_knowledge *with = NULL;
    size_t count = 0;

    if (row == NULL) {
        return en_fail(err, EN_ENOTFOUND, "there is no policy with this id");
    }
    enum en_status st = policy_cells(k, row, p, &a, cells, &count, err);

    if (st == EN_OK) {
        st = en_knowledge_with(k, cells, count, NULL, &a, &with, err);
    }
    en_arena_free(&a);
    return st;
}

enum en_status en_tables_try(const struct en_server *s, const char *policy, const char *value,
                             struct en_err *err)
{
    const struct en_policy_change p = {.policy = policy, .value = value, .reason = ""};

    return try_policy(s->knowledge, &p, err);
}

/* The tables with the clinic's switches. One that the tables no longer allow is passed over, and
 * the log says so: then the shipped value holds. */
static enum en_status with_policies(struct making *m, const struct en_knowledge **out,
                                    struct en_err *err)
{
    const struct en_knowledge *k = m->s->knowledge;
    struct en_cell_change *cells =
        EN_NEW(&m->scratch, struct en_cell_change, POLICY_CELLS * m->policy_count + 1);
    char mark[EN_DIGEST_TEXT];
    struct en_knowledge *with = NULL;
    struct en_digest d;
    size_t count = 0;
    bool is_marked = false;

    if (cells == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    en_digest_start(&d);
    for (size_t i = 0; i < m->policy_count; i++) {
        const struct en_policy_change *p = &m->policies[i];
        const struct en_row *row = en_row_find(k, "policies", p->policy);
        struct en_err why = {""};

        if (row != NULL && en_text_equal(en_cell(row, "value"), p->value)) {
            continue;
        }
        if (try_policy(k, p, &why) != EN_OK) {
            en_log_event(m->s->log, EN_LOG_WARNING, "policy-passed-over", NULL, why.text);
            continue;
        }
        EN_TRY(policy_cells(k, row, p, m->a, cells, &count, err));
        if (!en_text_equal(en_cell(row, "form"), "text")) { /* a name changes no plan */
            en_digest_add_text(&d, p->policy);
            en_digest_add_text(&d, p->value);
            is_marked = true;
        }
    }
    en_digest_end(&d, mark);
    mark[MARK_DIGITS] = '\0';
    if (count == 0) {
        *out = k;
        return EN_OK;
    }
    EN_TRY(en_knowledge_with(k, cells, count, is_marked ? mark : NULL, m->a, &with, err));
    *out = with;
    return EN_OK;
}

/* Who approved, as it stands on everything printed. */
static const char *approval_text(const struct en_approval *p, struct en_arena *a)
{
    char day[EN_INSTANT_TEXT_MAX];

    return en_arena_print(a, "%s, licence %s, %.10s", p->name, p->licence,
                          en_instant_text(p->recorded_us, day));
}

/* The row, when what was approved is what it says now, and the tables name nobody themselves. */
static const struct en_row *approved_row(const struct en_knowledge *k, const struct en_approval *p)
{
    char hash[EN_ROW_HASH];

    for (size_t t = 0; t < en_knowledge_table_count(k); t++) {
        const struct en_table *table = en_knowledge_table_at(k, t);

        if (en_text_equal(table->name, p->table) && en_table_is_signed(table)) {
            const struct en_row *row = en_row_find(k, p->table, p->row);

            if (row == NULL || en_cell(row, "approved_by")[0] != '\0') {
                return NULL;
            }
            en_row_hash(row, hash);
            return en_text_equal(hash, p->hash) ? row : NULL;
        }
    }
    return NULL;
}

static enum en_status with_approvals(struct making *m, const struct en_knowledge *k,
                                     const struct en_knowledge **out, struct en_err *err)
{
    struct en_cell_change *cells =
        EN_NEW(&m->scratch, struct en_cell_change, m->approval_count + 1);
    struct en_knowledge *with = NULL;
    size_t count = 0;

    if (cells == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    for (size_t i = 0; i < m->approval_count; i++) {
        const struct en_row *row = approved_row(k, &m->approvals[i]);

        if (row != NULL) {
            const char *text = approval_text(&m->approvals[i], m->a);

            if (text == NULL) {
                return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
            }
            add_change(cells, &count, row, "approved_by", text);
        }
    }
    *out = k;
    if (count > 0) {
        EN_TRY(en_knowledge_with(k, cells, count, NULL, m->a, &with, err));
        *out = with;
    }
    return EN_OK;
}

/* All that the clinic says, as one value. On failure it holds nothing. */
static enum en_status make(struct en_server *s, struct en_shared_value *out, struct en_err *err)
{
    struct making m = {.s = s, .a = &out->arena, .scratch = EN_ARENA(STATE_ARENA)};
    const struct en_knowledge *k = NULL;

    *out = (struct en_shared_value){.arena = EN_ARENA(STATE_ARENA)};
    enum en_status st = en_store_read(s->store, read_work, &m, err);

    if (st == EN_OK) {
        st = with_policies(&m, &k, err);
    }
    if (st == EN_OK) {
        st = with_approvals(&m, k, &k, err);
    }
    out->value = k;
    out->generation = m.generation;
    en_arena_free(&m.scratch);
    if (st != EN_OK) {
        en_arena_free(&out->arena);
    }
    return st;
}

/* The shared state */

enum en_status en_tables_open(struct en_server *s, struct en_err *err)
{
    const struct en_limiter_options looks = {.per_s = 1.0 / LOOK_S, .burst = 1.0, .keys_max = 1};
    struct en_tables *t = EN_NEW(&s->arena, struct en_tables, 1);
    struct en_shared_value first;

    if (t == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's tables");
    }
    EN_TRY(en_limiter_open(&looks, &t->looks, err));
    s->tables = t;
    enum en_status st = make(s, &first, err);

    if (st == EN_OK) {
        st = en_shared_open(first, &t->shared, err);
    }
    if (st != EN_OK) {
        en_tables_close(s);
    }
    return st;
}

void en_tables_close(struct en_server *s)
{
    if (s->tables != NULL) {
        en_shared_close(s->tables->shared);
        en_limiter_close(s->tables->looks);
        s->tables = NULL;
    }
}

static enum en_status generation_work(struct en_tx *tx, void *context, struct en_err *err)
{
    return en_tx_clinic_generation(tx, context, err);
}

/* What another server changed is read now and then. When that fails, the present state is the best
 * that is known; the next look tries again. */
static void look(struct en_server *s)
{
    struct en_shared_token *token = NULL;
    struct en_err err = {""};
    int64_t here = 0, there = 0;

    if (!en_limiter_take(s->tables->looks, "tables", 1.0, en_clock_s(), NULL)) {
        return;
    }
    (void)en_shared_take(s->tables->shared, &token, &here);
    en_shared_give(s->tables->shared, token);
    enum en_status st = en_store_read(s->store, generation_work, &there, &err);

    if (st == EN_OK && there != here) {
        st = en_tables_renew(s, &err);
    }
    if (st != EN_OK) {
        en_log_event(s->log, EN_LOG_WARNING, "tables", NULL, err.text);
    }
}

const struct en_knowledge *en_tables_take(struct en_server *s, struct en_shared_token **token)
{
    *token = NULL;
    if (s->tables == NULL) {
        return s->knowledge;
    }
    look(s);
    return en_shared_take(s->tables->shared, token, NULL);
}

void en_tables_give(struct en_server *s, struct en_shared_token *token)
{
    if (s->tables != NULL) {
        en_shared_give(s->tables->shared, token);
    }
}

enum en_status en_tables_renew(struct en_server *s, struct en_err *err)
{
    struct en_shared_value next;

    EN_TRY(make(s, &next, err));
    EN_TRY(en_shared_put(s->tables->shared, next, err));
    return en_protocols_load(s, err); /* they name versions and approvals */
}
