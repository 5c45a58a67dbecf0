/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/db.h"

#include "support/pg.h"

#include <ftw.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Also of a test that failed, which does not come back here. */
static void remove_folder(void)
{
    if (folder[0] != '\0') {
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        folder[0] = '\0';
    }
}

void on_sqlite(void **state)
{
    static bool is_registered;
    store_test *test = *(store_test **)*state;
    char path[96];

    remove_folder();
    if (!is_registered) {
        CHECK(atexit(remove_folder) == 0);
        is_registered = true;
    }
    (void)snprintf(folder, sizeof folder, "/tmp/enthesis-store-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/clinic.db", folder);
    test(path);
    remove_folder();
}

void on_postgresql(void **state)
{
    store_test *test = *(store_test **)*state;
    char url[PG_URL_MAX];

    pg_database(url);
    test(url);
}

struct en_store *store_opened(const char *url)
{
    struct en_store *s = NULL;
    struct en_err err = {""};
    const enum en_status st =
        en_store_open(&(struct en_store_options){.url = url, .may_create = true}, &s, &err);

    if (st != EN_OK) {
        print_error("%s\n", err.text);
    }
    CHECK(st == EN_OK);
    return s;
}

struct call {
    struct en_put put;
    struct en_put_result *out;
    struct en_arena *arena;
    struct en_version *version;
};

static enum en_status put_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct call *c = context;

    return en_tx_put(tx, &c->put, c->out, err);
}

enum en_status store_put(struct en_store *s, const char *text, const char *id, int64_t expected,
                         struct en_put_result *out, struct en_err *err)
{
    struct en_arena a = EN_ARENA(16 << 20);
    struct json_object *resource = json_tokener_parse(text);
    struct call c = {.put = {.id = id, .expected = expected}, .out = out};

    CHECK(resource != NULL);
    c.put.type = json_object_get_string(json_object_object_get(resource, "resourceType"));
    CHECK(en_stamp_make(resource, id, &a, &c.put.stamp, err) == EN_OK);
    const enum en_status st = en_store_write(s, put_work, &c, err);

    (void)json_object_put(resource);
    en_arena_free(&a);
    return st;
}

static enum en_status delete_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct call *c = context;

    return en_tx_delete(tx, c->put.type, c->put.id, c->put.expected, c->out, err);
}

enum en_status store_delete(struct en_store *s, const char *type, const char *id, int64_t expected,
                            struct en_put_result *out, struct en_err *err)
{
    struct call c = {.put = {.type = type, .id = id, .expected = expected}, .out = out};

    return en_store_write(s, delete_work, &c, err);
}

static enum en_status get_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct call *c = context;

    return en_tx_get(tx, c->put.type, c->put.id, c->put.expected, c->arena, c->version, err);
}

enum en_status store_get(struct en_store *s, const char *type, const char *id, int64_t version,
                         struct en_arena *a, struct en_version *out, struct en_err *err)
{
    struct call c = {
        .put = {.type = type, .id = id, .expected = version}, .arena = a, .version = out};

    return en_store_read(s, get_work, &c, err);
}

static struct en_db *beside(const char *url)
{
    struct en_db *db = NULL;

    CHECK(en_db_open(&(struct en_db_options){.url = url, .is_writer = true}, &db, NULL) == EN_OK);
    return db;
}

void store_sql(const char *url, const char *sql)
{
    struct en_db *db = beside(url);
    struct en_err err = {""};

    if (en_db_run(db, sql, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    en_db_close(db);
}

int64_t store_number(const char *url, const char *sql)
{
    struct en_db *db = beside(url);
    struct en_query *q;
    bool has_row = false;

    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(en_query_get(db, sql, &q, NULL) == EN_OK);
    CHECK(en_query_next(q, &has_row, NULL) == EN_OK && has_row);
    const int64_t number = en_query_integer(q, 0);

    en_query_done(q);
    en_db_rollback(db);
    en_db_close(db);
    return number;
}
