/* SPDX-License-Identifier: Apache-2.0 */
#include "store/clinic.h"

#include "store/bind.h"

#define APPROVAL                                                                                   \
    "id, of_table, of_row, hash, is_withdrawn, login, practitioner, name, licence, recorded_us"
#define POLICY "id, policy, value, reason, login, recorded_us"

/* Approvals */

enum en_status en_tx_approval_add(struct en_tx *tx, const struct en_approval *p, struct en_err *err)
{
    return en_tx_change(
        tx,
        "INSERT INTO approval (of_table, of_row, hash, is_withdrawn, login, practitioner, name,"
        " licence, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        EN_BINDS(EN_BIND_TEXT(p->table), EN_BIND_TEXT(p->row), EN_BIND_TEXT(p->hash),
                 EN_BIND_INTEGER(p->is_withdrawn ? 1 : 0), EN_BIND_TEXT(p->login),
                 EN_BIND_TEXT(p->practitioner), EN_BIND_TEXT(p->name), EN_BIND_TEXT(p->licence),
                 EN_BIND_INTEGER(tx->now_us)),
        NULL, err);
}

static void read_approval(struct en_query *q, struct en_arena *a, void *item)
{
    *(struct en_approval *)item = (struct en_approval){
        .id = en_query_integer(q, 0),
        .table = en_query_text(q, 1, a),
        .row = en_query_text(q, 2, a),
        .hash = en_query_text(q, 3, a),
        .is_withdrawn = en_query_integer(q, 4) != 0,
        .login = en_query_text(q, 5, a),
        .practitioner = en_query_text(q, 6, a),
        .name = en_query_text(q, 7, a),
        .licence = en_query_text(q, 8, a),
        .recorded_us = en_query_integer(q, 9),
    };
}

enum en_status en_tx_approvals(struct en_tx *tx, struct en_arena *a, struct en_approval **out,
                               size_t *count, struct en_err *err)
{
    struct en_list list = {sizeof **out, EN_APPROVALS_MAX, read_approval, NULL, 0};

    EN_TRY(en_tx_ask_all(tx,
                         "SELECT " APPROVAL " FROM approval WHERE is_withdrawn = $1 AND id IN"
                         " (SELECT max(id) FROM approval GROUP BY of_table, of_row) ORDER BY id",
                         EN_BINDS(EN_BIND_INTEGER(0)), a, &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_approvals_of(struct en_tx *tx, const char *table, const char *row,
                                  struct en_arena *a, struct en_approval **out, size_t *count,
                                  struct en_err *err)
{
    struct en_list list = {sizeof **out, EN_HISTORY_SHOWN_MAX, read_approval, NULL, 0};

    EN_TRY(en_tx_ask_all(
        tx,
        "SELECT " APPROVAL " FROM approval WHERE of_table = $1 AND of_row = $2"
        " ORDER BY id DESC LIMIT $3",
        EN_BINDS(EN_BIND_TEXT(table), EN_BIND_TEXT(row), EN_BIND_INTEGER(EN_HISTORY_SHOWN_MAX)), a,
        &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

/* Policies */

enum en_status en_tx_policy_add(struct en_tx *tx, const struct en_policy_change *p,
                                struct en_err *err)
{
    return en_tx_change(tx,
                        "INSERT INTO policy (policy, value, reason, login, recorded_us)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        EN_BINDS(EN_BIND_TEXT(p->policy), EN_BIND_TEXT(p->value),
                                 EN_BIND_TEXT(p->reason), EN_BIND_TEXT(p->login),
                                 EN_BIND_INTEGER(tx->now_us)),
                        NULL, err);
}

static void read_policy(struct en_query *q, struct en_arena *a, void *item)
{
    *(struct en_policy_change *)item = (struct en_policy_change){
        .id = en_query_integer(q, 0),
        .policy = en_query_text(q, 1, a),
        .value = en_query_text(q, 2, a),
        .reason = en_query_text(q, 3, a),
        .login = en_query_text(q, 4, a),
        .recorded_us = en_query_integer(q, 5),
    };
}

enum en_status en_tx_policies(struct en_tx *tx, struct en_arena *a, struct en_policy_change **out,
                              size_t *count, struct en_err *err)
{
    struct en_list list = {sizeof **out, EN_POLICY_CHANGES_MAX, read_policy, NULL, 0};

    EN_TRY(en_tx_ask_all(tx,
                         "SELECT " POLICY " FROM policy WHERE id > $1 AND value IS NOT NULL AND id"
                         " IN (SELECT max(id) FROM policy GROUP BY policy) ORDER BY id",
                         EN_BINDS(EN_BIND_INTEGER(0)), a, &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_policies_of(struct en_tx *tx, const char *policy, struct en_arena *a,
                                 struct en_policy_change **out, size_t *count, struct en_err *err)
{
    struct en_list list = {sizeof **out, EN_HISTORY_SHOWN_MAX, read_policy, NULL, 0};

    EN_TRY(en_tx_ask_all(
        tx,
        "SELECT " POLICY " FROM policy WHERE"
        " (CAST($1 AS TEXT) = '' OR policy = $1) ORDER BY id DESC LIMIT $2",
        EN_BINDS(EN_BIND_TEXT(policy == NULL ? "" : policy), EN_BIND_INTEGER(EN_HISTORY_SHOWN_MAX)),
        a, &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

/* Both */

static void read_integer(struct en_query *q, struct en_arena *a, void *item)
{
    (void)a;
    *(int64_t *)item = en_query_integer(q, 0);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): out is written by read_integer. */
enum en_status en_tx_clinic_generation(struct en_tx *tx, int64_t *out, struct en_err *err)
{
    struct en_arena a = EN_ARENA(4096);
    const struct en_one one = {read_integer, out, "nothing to count"};
    const enum en_status st = en_tx_ask_one(
        tx, "SELECT (SELECT count(*) FROM approval) + (SELECT count(*) FROM policy) + $1",
        EN_BINDS(EN_BIND_INTEGER(0)), &one, &a, err);

    en_arena_free(&a);
    return st;
}

/* Backups */

enum en_status en_tx_backup_add(struct en_tx *tx, const struct en_backup_taken *b,
                                struct en_err *err)
{
    return en_tx_change(tx,
                        "INSERT INTO backup_taken (login, stored_rows, bytes, taken_us)"
                        " VALUES ($1, $2, $3, $4)",
                        EN_BINDS(EN_BIND_TEXT(b->login), EN_BIND_INTEGER(b->rows),
                                 EN_BIND_INTEGER(b->bytes), EN_BIND_INTEGER(tx->now_us)),
                        NULL, err);
}

static void read_backup(struct en_query *q, struct en_arena *a, void *item)
{
    *(struct en_backup_taken *)item = (struct en_backup_taken){.login = en_query_text(q, 0, a),
                                                               .rows = en_query_integer(q, 1),
                                                               .bytes = en_query_integer(q, 2),
                                                               .taken_us = en_query_integer(q, 3)};
}

enum en_status en_tx_backup_last(struct en_tx *tx, struct en_arena *a, struct en_backup_taken *out,
                                 struct en_err *err)
{
    const struct en_one one = {read_backup, out, "no backup was taken yet"};

    return en_tx_ask_one(tx,
                         "SELECT login, stored_rows, bytes, taken_us FROM backup_taken"
                         " WHERE id > $1 ORDER BY id DESC LIMIT 1",
                         EN_BINDS(EN_BIND_INTEGER(0)), &one, a, err);
}
