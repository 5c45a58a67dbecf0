/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify.h"

#include "support/stores.h"

#include <json-c/json.h>
#include <limits.h>

static const char PATIENT[] =
    "{\"resourceType\":\"Patient\",\"gender\":\"female\",\"name\":[{\"family\":\"Synthetic\"}]}";

struct put {
    struct en_put put;
};

static enum en_status work(struct en_tx *tx, void *context, struct en_err *err)
{
    return en_tx_put(tx, &((struct put *)context)->put, NULL, err);
}

/* A Patient with its index values, as the REST API writes it. */
static void write_patient(struct en_store *s, const struct en_search_params *params, const char *id)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct json_object *resource = json_tokener_parse(PATIENT);
    struct put p = {.put = {.type = "Patient", .id = id, .expected = EN_VERSION_ANY}};
    struct en_index_value *values;

    CHECK(en_stamp_make(resource, id, &a, &p.put.stamp, NULL) == EN_OK);
    CHECK(en_search_extract(params, resource, &a, &values, &p.put.index_count, NULL) == EN_OK);
    CHECK(p.put.index_count >= 3);
    p.put.index = values;
    CHECK(en_store_write(s, work, &p, NULL) == EN_OK);
    json_object_put(resource);
    en_arena_free(&a);
}

/* What somebody with a shell on the database could break, each followed by what verify must say. */
static const struct {
    const char *sql, *said;
} DAMAGES[] = {
    {"UPDATE version SET body = replace(body, 'female', 'femal') WHERE version = 2",
     "is not found by what it holds"},
    {"UPDATE version SET body = '{}' WHERE version = 1",
     "Patient/p1/_history/1 holds another text"},
    {"UPDATE version SET body = 'x' WHERE version = 2", "Patient/p1/_history/2 holds another text"},
    {"DELETE FROM version WHERE version = 1", "lack a version"},
    {"DELETE FROM version WHERE version = 2", "have no current version"},
    {"DELETE FROM resource", "belong to no resource"},
    {"UPDATE resource SET is_deleted = 1", "belong to no current resource"},
    {"DELETE FROM index_token", "is not found by what it holds"},
    {"INSERT INTO index_string (param, folded, written, resource) SELECT param, 'x', 'x', resource"
     " FROM index_string LIMIT 1",
     "is not found by what it holds"},
};

static void test_finds_every_damage(const char *url)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_search_params params;
    struct en_verify *v = EN_NEW(&a, struct en_verify, 1);
    char undo[64];

    CHECK(en_search_params_load(&a, &params, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(DAMAGES); i++) {
        struct en_store *s = store_opened(url);
        bool is_said = false;

        write_patient(s, &params, "p1");
        write_patient(s, &params, "p1");
        CHECK(en_store_verify(s, &params, NULL, NULL, v, NULL) == EN_OK);
        CHECK(v->fault_count == 0 && v->versions == 2 && v->resources == 1);
        store_sql(url, DAMAGES[i].sql);
        CHECK(en_store_verify(s, &params, NULL, NULL, v, NULL) == EN_OK);
        for (size_t k = 0; k < v->fault_count && k < EN_VERIFY_FAULTS_MAX; k++) {
            is_said |= strstr(v->faults[k], DAMAGES[i].said) != NULL;
            CHECK(strstr(v->faults[k], "Synthetic") == NULL);
        }
        if (!is_said) {
            print_error("not found: %s\n", DAMAGES[i].sql);
        }
        CHECK(is_said);
        en_store_close(s);
        for (const char *const *t = (const char *const[]){"resource", "version", "index_token",
                                                          "index_string", "index_reference", NULL};
             *t != NULL; t++) {
            (void)snprintf(undo, sizeof undo, "DELETE FROM %s", *t);
            store_sql(url, undo);
        }
    }
    en_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(test_finds_every_damage)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
