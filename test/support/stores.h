/* SPDX-License-Identifier: Apache-2.0
 * test/support/stores: the same test on every database, each time on an empty one of its own. */
#pragma once

#include "support/check.h"

#include "store/audit.h"
#include "store/store.h"

/* A test is handed the url of an empty database. */
typedef void store_test(const char *url);

/* Of cmocka's tests: initial_state points to the test. */
void on_sqlite(void **state);
void on_postgresql(void **state);

/* One test as two of cmocka's, for TEST_MAIN. */
#define ON_BOTH(test) ON_SQLITE(test), ON_POSTGRESQL(test)
#define ON_SQLITE(test)                                                                            \
    {                                                                                              \
        .name = #test " (SQLite)", .test_func = on_sqlite, .initial_state = &(store_test *)        \
        {                                                                                          \
            test                                                                                   \
        }                                                                                          \
    }
#define ON_POSTGRESQL(test)                                                                        \
    {                                                                                              \
        .name = #test " (PostgreSQL)", .test_func = on_postgresql,                                 \
        .initial_state = &(store_test *)                                                           \
        {                                                                                          \
            test                                                                                   \
        }                                                                                          \
    }

/* Open with the defaults; the test fails when it cannot. */
struct en_store *store_opened(const char *url);

/* One resource in a work of its own: text is JSON. Returns what en_store_write does. */
enum en_status store_put(struct en_store *s, const char *text, const char *id, int64_t expected,
                         struct en_put_result *out, struct en_err *err);
enum en_status store_delete(struct en_store *s, const char *type, const char *id, int64_t expected,
                            struct en_put_result *out, struct en_err *err);
enum en_status store_get(struct en_store *s, const char *type, const char *id, int64_t version,
                         struct en_arena *a, struct en_version *out, struct en_err *err);

/* Run SQL on the database beside the store, as somebody with a shell would. */
void store_sql(const char *url, const char *sql);

/* One number that SQL gives. */
int64_t store_number(const char *url, const char *sql);
