/* SPDX-License-Identifier: Apache-2.0 */
#include "store/job.h"

#include "base/text.h"
#include "store/inside.h"
#include "store/store_inside.h"

#include <string.h>

#define COLUMNS "id, kind, state, owner, request, result, problem, created_us, seen_us, expires_us"

bool en_store_is_alone(const struct en_store *s)
{
    return s->lock >= 0;
}

static enum en_status count_unfinished(struct en_tx *tx, const char *owner, int64_t *count,
                                       struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_query_get(tx->db,
                        "SELECT count(*) FROM job WHERE owner = $1"
                        " AND state IN ('waiting', 'running')",
                        &q, err));
    en_query_bind_text(q, 1, owner);
    const enum en_status st = en_query_next(q, &has_row, err);

    *count = has_row ? en_query_integer(q, 0) : 0;
    en_query_done(q);
    return st;
}

enum en_status en_tx_job_add(struct en_tx *tx, const struct en_job_row *job, int owner_max,
                             struct en_err *err)
{
    struct en_query *q;
    int64_t count = 0;

    EN_TRY(count_unfinished(tx, job->owner, &count, err));
    if (count >= owner_max) {
        return en_fail(err, EN_ELIMIT, "%d of your long tasks are not done yet: wait or cancel one",
                       owner_max);
    }
    EN_TRY(en_query_get(tx->db,
                        "INSERT INTO job (" COLUMNS ")"
                        " VALUES ($1, $2, 'waiting', $3, $4, NULL, '', $5, $5, $6)",
                        &q, err));
    en_query_bind_text(q, 1, job->id);
    en_query_bind_text(q, 2, job->kind);
    en_query_bind_text(q, 3, job->owner);
    en_query_bind_text(q, 4, job->request);
    en_query_bind_integer(q, 5, tx->now_us);
    en_query_bind_integer(q, 6, job->expires_us);
    return en_query_finish(q, err);
}

static enum en_status read_row(struct en_query *q, struct en_arena *a, struct en_job_row *out,
                               struct en_err *err)
{
    *out = (struct en_job_row){
        .id = en_query_text(q, 0, a),
        .kind = en_query_text(q, 1, a),
        .state = en_query_text(q, 2, a),
        .owner = en_query_text(q, 3, a),
        .request = en_query_text(q, 4, a),
        .result = en_query_is_null(q, 5) ? NULL : en_query_text(q, 5, a),
        .problem = en_query_text(q, 6, a),
        .created_us = en_query_integer(q, 7),
        .seen_us = en_query_integer(q, 8),
        .expires_us = en_query_integer(q, 9),
    };
    return out->id == NULL || out->kind == NULL || out->state == NULL || out->owner == NULL ||
                   out->request == NULL || out->problem == NULL
               ? en_fail(err, EN_ENOMEM, "no memory for a long task")
               : EN_OK;
}

enum en_status en_tx_job_get(struct en_tx *tx, const char *id, struct en_arena *a,
                             struct en_job_row *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;

    EN_TRY(en_query_get(tx->db, "SELECT " COLUMNS " FROM job WHERE id = $1", &q, err));
    en_query_bind_text(q, 1, id);
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && !has_row) {
        st = en_fail(err, EN_ENOTFOUND, "there is no such task, or no more");
    }
    if (st == EN_OK) {
        st = read_row(q, a, out, err);
    }
    en_query_done(q);
    return st;
}

static enum en_status read_rows(struct en_query *q, size_t max, struct en_arena *a,
                                struct en_job_row *out, size_t *count, struct en_err *err)
{
    bool has_row = false;

    for (*count = 0; *count < max; (*count)++) {
        EN_TRY(en_query_next(q, &has_row, err));
        if (!has_row) {
            return EN_OK;
        }
        EN_TRY(read_row(q, a, &out[*count], err));
    }
    return EN_OK;
}

enum en_status en_tx_job_list(struct en_tx *tx, const struct en_job_query *query,
                              struct en_arena *a, struct en_job_row **out, size_t *count,
                              struct en_err *err)
{
    struct en_query *q;

    *count = 0;
    *out = EN_NEW(a, struct en_job_row, query->max);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for long tasks");
    }
    EN_TRY(en_query_get(tx->db,
                        "SELECT id, kind, state, owner, request, NULL, problem, created_us,"
                        " seen_us, expires_us FROM job WHERE owner = $1 AND kind = $2"
                        " ORDER BY created_us DESC, id LIMIT $3",
                        &q, err));
    en_query_bind_text(q, 1, query->owner);
    en_query_bind_text(q, 2, query->kind);
    en_query_bind_integer(q, 3, (int64_t)query->max);
    const enum en_status st = read_rows(q, query->max, a, *out, count, err);

    en_query_done(q);
    return st;
}

enum en_status en_tx_job_set(struct en_tx *tx, const char *id, const char *from,
                             const struct en_job_row *to, struct en_err *err)
{
    struct en_arena a = EN_ARENA(256 << 20);
    struct en_job_row now;
    struct en_query *q;
    enum en_status st = en_tx_job_get(tx, id, &a, &now, err);

    if (st == EN_OK && !en_list_has(from, now.state)) {
        st = en_fail(err, EN_ECONFLICT, "the task is %s already", now.state);
    }
    en_arena_free(&a);
    EN_TRY(st);
    EN_TRY(en_query_get(tx->db,
                        "UPDATE job SET state = $2, result = $3, problem = $4, seen_us = $5"
                        " WHERE id = $1",
                        &q, err));
    en_query_bind_text(q, 1, id);
    en_query_bind_text(q, 2, to->state);
    en_query_bind_text(q, 3, to->result);
    en_query_bind_text(q, 4, to->problem == NULL ? "" : to->problem);
    en_query_bind_integer(q, 5, tx->now_us);
    return en_query_finish(q, err);
}

enum en_status en_tx_job_seen(struct en_tx *tx, const char *id, struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, "UPDATE job SET seen_us = $2 WHERE id = $1", &q, err));
    en_query_bind_text(q, 1, id);
    en_query_bind_integer(q, 2, tx->now_us);
    return en_query_finish(q, err);
}

enum en_status en_tx_job_fail_silent(struct en_tx *tx, int64_t running_us, int64_t waiting_us,
                                     const char *problem, struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db,
                        "UPDATE job SET state = 'failed', problem = $3"
                        " WHERE (state = 'running' AND seen_us < $1)"
                        " OR (state = 'waiting' AND seen_us < $2)",
                        &q, err));
    en_query_bind_integer(q, 1, running_us);
    en_query_bind_integer(q, 2, waiting_us);
    en_query_bind_text(q, 3, problem);
    return en_query_finish(q, err);
}

enum en_status en_tx_job_expired(struct en_tx *tx, int64_t now_us, size_t max, struct en_arena *a,
                                 const char ***ids, size_t *count, struct en_err *err)
{
    struct en_query *q;
    bool has_row = false;
    enum en_status st;

    *count = 0;
    *ids = EN_NEW(a, const char *, max);
    if (*ids == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a list of tasks");
    }
    EN_TRY(en_query_get(
        tx->db, "SELECT id FROM job WHERE expires_us <= $1 ORDER BY expires_us LIMIT $2", &q, err));
    en_query_bind_integer(q, 1, now_us);
    en_query_bind_integer(q, 2, (int64_t)max);
    while ((st = en_query_next(q, &has_row, err)) == EN_OK && has_row && *count < max) {
        (*ids)[*count] = en_query_text(q, 0, a);
        if ((*ids)[*count] == NULL) {
            st = en_fail(err, EN_ENOMEM, "no memory for a list of tasks");
            break;
        }
        (*count)++;
    }
    en_query_done(q);
    return st;
}

enum en_status en_tx_job_delete(struct en_tx *tx, const char *id, struct en_err *err)
{
    struct en_query *q;

    EN_TRY(en_query_get(tx->db, "DELETE FROM job WHERE id = $1", &q, err));
    en_query_bind_text(q, 1, id);
    return en_query_finish(q, err);
}
