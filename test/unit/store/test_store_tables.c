/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tables.h"

#include "base/embedded.h"
#include "base/text.h"
#include "support/check.h"

#include <limits.h>
#include <string.h>

static size_t count_of(const char *word)
{
    size_t count = 0;

    for (const struct en_embedded *f = EN_SCHEMA_FILES; f->name != NULL; f++) {
        for (const char *p = f->bytes; (p = strstr(p, word)) != NULL; p += strlen(word)) {
            count++;
        }
    }
    return count;
}

/* A table that the reader missed would be missing from every backup. */
static void test_tables_finds_every_table_of_the_schema(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_store_tables tables;
    size_t keys = 0;

    (void)state;
    CHECK(en_store_tables_read(INT_MAX, &a, &tables, NULL) == EN_OK);
    CHECK(tables.count > 5 && tables.count == count_of("CREATE TABLE "));
    for (size_t i = 0; i < tables.count; i++) {
        CHECK(tables.items[i].column_count > 1);
        keys += tables.items[i].key != NULL;
    }
    CHECK(keys == count_of(" @key"));
    en_arena_free(&a);
}

static void test_tables_statements_name_every_column(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_store_tables tables;

    (void)state;
    CHECK(en_store_tables_read(1, &a, &tables, NULL) == EN_OK);
    const struct en_store_table *t = &tables.items[0];

    CHECK(en_text_equal(t->name, "resource") && en_text_equal(t->key, "key"));
    CHECK(en_text_equal(en_store_table_select(t, &a),
                        "SELECT key, type, id, version, updated_us, is_deleted FROM resource"));
    CHECK(en_text_equal(en_store_table_insert(t, 2, &a),
                        "INSERT INTO resource (key, type, id, version, updated_us, is_deleted)"
                        " VALUES ($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)"));
    en_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_finds_every_table_of_the_schema),
        cmocka_unit_test(test_tables_statements_name_every_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
