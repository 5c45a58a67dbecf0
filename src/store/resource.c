/* SPDX-License-Identifier: Apache-2.0
 * Versions of resources: written, read, deleted. */
#include "base/instant.h"
#include "base/text.h"
#include "store/rows.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    ID_BYTES = 16,
    BODY_MAX = 128 << 20, /* a resource is far smaller; the server's limit on bodies comes first */
    DECISIONS = 1 << 16   /* rows that servers meet at: few enough to stay, enough not to meet */
};

int64_t en_tx_now_us(const struct en_tx *tx)
{
    return tx->now_us;
}

const char *en_store_id(struct en_arena *a)
{
    unsigned char bytes[ID_BYTES];
    char *text = EN_NEW(a, char, 2 * ID_BYTES + 1);

    if (text != NULL) {
        randombytes_buf(bytes, sizeof bytes);
        (void)sodium_bin2hex(text, 2 * ID_BYTES + 1, bytes, sizeof bytes);
    }
    return text;
}

/* The head of a resource; version 0: there is none. */
struct head {
    int64_t key, version, updated_us;
    bool is_deleted;
};

static enum en_status head_read(struct en_tx *tx, const char *type, const char *id,
                                struct head *out, struct en_err *err)
{
    struct en_query *q;
    bool has_row;

    *out = (struct head){0};
    EN_TRY(en_query_get(tx->db,
                        "SELECT key, version, updated_us, is_deleted FROM resource"
                        " WHERE type = $1 AND id = $2",
                        &q, err));
    en_query_bind_text(q, 1, type);
    en_query_bind_text(q, 2, id);
    const enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK && has_row) {
        *out = (struct head){
            .key = en_query_integer(q, 0),
            .version = en_query_integer(q, 1),
            .updated_us = en_query_integer(q, 2),
            .is_deleted = en_query_integer(q, 3) != 0,
        };
    }
    en_query_done(q);
    return st;
}

static enum en_status check_expected(const struct head *head, int64_t expected, struct en_err *err)
{
    const bool exists = head->version != 0 && !head->is_deleted;

    if (expected == EN_VERSION_NONE && exists) {
        return en_fail(err, EN_ECONFLICT, "there is such a resource already, in version %lld",
                       (long long)head->version);
    }
    if (expected > 0 && head->version != expected) {
        return en_fail(err, EN_ECONFLICT, "version %lld is current, not %lld",
                       (long long)head->version, (long long)expected);
    }
    return EN_OK;
}

static enum en_status body_make(const struct en_stamp *stamp, const struct en_rows *rows,
                                struct en_arena *a, const char **out, struct en_err *err)
{
    char instant[EN_INSTANT_TEXT_MAX];

    *out = en_arena_print(a, "%s\"versionId\":\"%lld\",\"lastUpdated\":\"%s\"%s", stamp->before,
                          (long long)rows->version, en_instant_text(rows->updated_us, instant),
                          stamp->after);
    if (*out != NULL) {
        return EN_OK;
    }
    return strlen(stamp->before) + strlen(stamp->after) < BODY_MAX / 2
               ? en_fail(err, EN_ENOMEM, "no memory left for the resource")
               : en_fail(err, EN_ELIMIT, "the resource is larger than %d MiB", BODY_MAX >> 21);
}

static void tell(const struct en_rows *rows, bool is_created, struct en_put_result *out)
{
    if (out != NULL) {
        *out = (struct en_put_result){
            .version = rows->version, .updated_us = rows->updated_us, .is_created = is_created};
    }
}

/* The version behind the head. Time never goes back, whatever the clocks of two servers say. */
static void step_from(const struct en_tx *tx, const struct head *head, struct en_rows *rows)
{
    rows->key = head->key;
    rows->version = head->version + 1;
    rows->updated_us = tx->now_us > head->updated_us ? tx->now_us : head->updated_us;
}

static enum en_status create(struct en_tx *tx, const struct en_put *put, struct en_rows *rows,
                             struct en_arena *a, struct en_err *err)
{
    rows->version = 1;
    rows->updated_us = tx->now_us;
    rows->method = "POST";
    EN_TRY(body_make(&put->stamp, rows, a, &rows->body, err));
    return en_rows_create(tx, rows, &rows->key, err);
}

static enum en_status step(struct en_tx *tx, const struct en_put *put, const struct head *head,
                           struct en_rows *rows, struct en_arena *a, struct en_err *err)
{
    step_from(tx, head, rows);
    rows->method = "PUT";
    EN_TRY(body_make(&put->stamp, rows, a, &rows->body, err));
    return en_rows_step(tx, rows, err);
}

/* Most puts are of new resources and say so: they go without a look at what is there. */
static enum en_status put_rows(struct en_tx *tx, const struct en_put *put, struct en_rows *rows,
                               bool *is_created, struct en_arena *a, struct en_err *err)
{
    struct head head = {0};

    if (put->expected != EN_VERSION_NONE) {
        EN_TRY(head_read(tx, put->type, put->id, &head, err));
        EN_TRY(check_expected(&head, put->expected, err));
    }
    *is_created = true;
    if (head.version == 0) {
        EN_TRY(create(tx, put, rows, a, err));
        if (rows->key != 0) {
            return EN_OK;
        }
        EN_TRY(head_read(tx, put->type, put->id, &head, err));
        EN_TRY(check_expected(&head, put->expected, err));
    }
    *is_created = head.is_deleted;
    return step(tx, put, &head, rows, a, err);
}

enum en_status en_tx_put(struct en_tx *tx, const struct en_put *put, struct en_put_result *out,
                         struct en_err *err)
{
    struct en_arena a = EN_ARENA(BODY_MAX);
    struct en_rows rows = {
        .type = put->type, .id = put->id, .values = put->index, .count = put->index_count};
    bool is_created;
    const enum en_status st = put_rows(tx, put, &rows, &is_created, &a, err);

    en_arena_free(&a);
    if (st == EN_OK) {
        tx->resources_written++;
        tell(&rows, is_created, out);
    }
    return st;
}

enum en_status en_tx_delete(struct en_tx *tx, const char *type, const char *id, int64_t expected,
                            struct en_put_result *out, struct en_err *err)
{
    struct en_rows rows = {.type = type, .id = id, .is_deleted = true, .method = "DELETE"};
    struct head head;

    EN_TRY(head_read(tx, type, id, &head, err));
    if (head.version == 0 || head.is_deleted) {
        return en_fail(err, EN_ENOTFOUND, "there is no such %s", type);
    }
    EN_TRY(check_expected(&head, expected, err));
    step_from(tx, &head, &rows);
    EN_TRY(en_rows_step(tx, &rows, err));
    tx->resources_written++;
    tell(&rows, false, out);
    return EN_OK;
}

enum en_status en_version_read(struct en_query *q, struct en_arena *a, struct en_version *out,
                               struct en_err *err)
{
    *out = (struct en_version){
        .type = en_query_text(q, 0, a),
        .id = en_query_text(q, 1, a),
        .version = en_query_integer(q, 2),
        .updated_us = en_query_integer(q, 3),
        .method = en_query_text(q, 4, a),
        .is_deleted = en_query_is_null(q, 5),
    };
    out->body = out->is_deleted ? NULL : en_query_text(q, 5, a);
    out->size = out->body == NULL ? 0 : strlen(out->body);
    if (out->type == NULL || out->id == NULL || out->method == NULL ||
        (out->body == NULL && !out->is_deleted)) {
        return en_fail(err, EN_ENOMEM, "no memory left for the resource");
    }
    return EN_OK;
}

enum en_status en_tx_get(struct en_tx *tx, const char *type, const char *id, int64_t version,
                         struct en_arena *a, struct en_version *out, struct en_err *err)
{
    static const char CURRENT[] = "SELECT " EN_VERSION_COLUMNS " FROM resource r"
                                  " JOIN version v ON v.resource = r.key AND v.version = r.version"
                                  " WHERE r.type = $1 AND r.id = $2";
    static const char EARLIER[] = "SELECT " EN_VERSION_COLUMNS " FROM resource r"
                                  " JOIN version v ON v.resource = r.key AND v.version = $3"
                                  " WHERE r.type = $1 AND r.id = $2";
    struct en_query *q;
    bool has_row;

    *out = (struct en_version){0};
    EN_TRY(en_query_get(tx->db, version == 0 ? CURRENT : EARLIER, &q, err));
    en_query_bind_text(q, 1, type);
    en_query_bind_text(q, 2, id);
    if (version != 0) {
        en_query_bind_integer(q, 3, version);
    }
    enum en_status st = en_query_next(q, &has_row, err);

    if (st == EN_OK) {
        st = has_row ? en_version_read(q, a, out, err)
                     : en_fail(err, EN_ENOTFOUND, "there is no such %s", type);
    }
    en_query_done(q);
    return st;
}

enum en_status en_tx_lock(struct en_tx *tx, const char *key, struct en_err *err)
{
    struct en_query *q;
    char row[16];

    if (en_db_kind(tx->db) == EN_DB_SQLITE) {
        return EN_OK; /* one process, one writer: nobody else decides meanwhile */
    }
    (void)snprintf(row, sizeof row, "%04x",
                   (unsigned)(en_hash(EN_HASH_START, key, strlen(key)) % DECISIONS));
    EN_TRY(en_query_get(tx->db,
                        "INSERT INTO decision (key, uses) VALUES ($1, 1)"
                        " ON CONFLICT (key) DO UPDATE SET uses = decision.uses + 1",
                        &q, err));
    en_query_bind_text(q, 1, row);
    return en_query_finish(q, err);
}
