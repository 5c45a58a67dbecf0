/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "base/instant.h"

#include <json-c/json.h>

static const char PATIENT[] = "{\"resourceType\":\"Patient\",\"active\":true}";

/* Every put is a version more, earlier ones stay readable, and a body carries its own version and
 * time, whatever came with it. */
static void versions_stay(const char *url)
{
    static const char LATER[] =
        "{\"resourceType\":\"Patient\",\"id\":\"x\",\"meta\":{\"versionId\":"
        "\"99\",\"lastUpdated\":\"1999-01-01T00:00:00Z\",\"tag\":[]},"
        "\"active\":false}";
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_put_result first, second;
    struct en_version v;
    char expected[256], instant[EN_INSTANT_TEXT_MAX];

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, &first, NULL) == EN_OK);
    CHECK(first.version == 1 && first.is_created);
    CHECK(store_put(s, LATER, "p1", EN_VERSION_ANY, &second, NULL) == EN_OK);
    CHECK(second.version == 2 && !second.is_created && second.updated_us >= first.updated_us);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK);
    (void)snprintf(expected, sizeof expected,
                   "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"meta\":{\"versionId\":\"2\","
                   "\"lastUpdated\":\"%s\",\"tag\":[]},\"active\":false}",
                   en_instant_text(second.updated_us, instant));
    CHECK_TEXT(v.body, expected);
    CHECK(v.version == 2 && v.size == strlen(expected) && !v.is_deleted);
    CHECK_TEXT(v.method, "PUT");
    CHECK(store_get(s, "Patient", "p1", 1, &a, &v, NULL) == EN_OK);
    CHECK(v.version == 1 && v.updated_us == first.updated_us);
    CHECK_TEXT(v.method, "POST");
    CHECK_CONTAINS(v.body, "\"versionId\":\"1\"");
    CHECK(store_get(s, "Patient", "p1", 3, &a, &v, NULL) == EN_ENOTFOUND);
    CHECK(store_get(s, "Patient", "p2", 0, &a, &v, NULL) == EN_ENOTFOUND);
    CHECK(store_get(s, "Observation", "p1", 0, &a, &v, NULL) == EN_ENOTFOUND);
    en_store_close(s);
    en_arena_free(&a);
}

/* A deletion is a version without a body; the resource can come back, and nothing is lost. */
static void deletions_are_versions(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_put_result r;
    struct en_version v;

    CHECK(store_delete(s, "Patient", "p1", EN_VERSION_ANY, &r, NULL) == EN_ENOTFOUND);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(store_delete(s, "Patient", "p1", 2, &r, NULL) == EN_ECONFLICT);
    CHECK(store_delete(s, "Patient", "p1", 1, &r, NULL) == EN_OK && r.version == 2);
    CHECK(store_delete(s, "Patient", "p1", EN_VERSION_ANY, &r, NULL) == EN_ENOTFOUND);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK);
    CHECK(v.is_deleted && v.body == NULL && v.size == 0 && v.version == 2);
    CHECK_TEXT(v.method, "DELETE");
    CHECK(store_get(s, "Patient", "p1", 1, &a, &v, NULL) == EN_OK && v.body != NULL);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, &r, NULL) == EN_OK);
    CHECK(r.version == 3 && r.is_created);
    en_store_close(s);
    en_arena_free(&a);
}

/* Who expects a version gets a conflict when another is current; nothing is written then. */
static void expected_versions_hold(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_put_result r;
    struct en_version v;
    struct en_err err = {""};

    CHECK(store_put(s, PATIENT, "p1", 1, &r, &err) == EN_ECONFLICT);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, &r, &err) == EN_OK);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, &r, &err) == EN_ECONFLICT);
    CHECK(store_put(s, PATIENT, "p1", 2, &r, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, "version 1 is current");
    CHECK(store_put(s, PATIENT, "p1", 1, &r, &err) == EN_OK && r.version == 2);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK && v.version == 2);
    CHECK(store_number(url, "SELECT count(*) FROM version") == 2);
    en_store_close(s);
    en_arena_free(&a);
}

/* The store changes nothing but id and meta: decimals keep their digits, unknown elements, order,
 * escapes and members of later standards stay, byte for byte, through both databases. */
static void content_stays_byte_for_byte(const char *url)
{
    static const char BODY[] =
        "\"zz\":{\"b\":1.00,\"a\":0.10,\"c\":1e2,\"d\":[null,{\"e\":-0.0},1.50E-3]},"
        "\"text\":\"tab\\t quote\\\" back\\\\ slash/ \xc3\xa9 \xf0\x9f\xa6\xb4 \\u0001\","
        "\"_id\":{\"extension\":[{\"url\":\"u\"}]},\"value\":12345678901234.12345678901234567890,"
        "\"empty\":\"\",\"aa\":[]}";
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;
    char text[1024];

    (void)snprintf(text, sizeof text, "{\"resourceType\":\"Observation\",%s", BODY);
    CHECK(store_put(s, text, "o1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(store_get(s, "Observation", "o1", 0, &a, &v, NULL) == EN_OK);
    CHECK_TEXT(strstr(v.body, "\"zz\""), BODY);
    en_store_close(s);
    en_arena_free(&a);
}

/* What was written is there after closing and opening, and versions go on counting. */
static void all_is_there_after_reopening(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_put_result before, after;
    struct en_version v;

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, &before, NULL) == EN_OK);
    en_store_close(s);
    s = store_opened(url);
    CHECK(store_get(s, "Patient", "p1", 0, &a, &v, NULL) == EN_OK && v.version == 1);
    CHECK(store_put(s, PATIENT, "p1", 1, &after, NULL) == EN_OK && after.version == 2);
    CHECK(after.updated_us >= before.updated_us);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status put_then_fail(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct en_put put = {
        .type = "Patient",
        .id = "gone",
        .stamp = {"{\"resourceType\":\"Patient\",\"id\":\"gone\",\"meta\":{", "}}"},
        .expected = EN_VERSION_NONE};

    (void)context;
    EN_TRY(en_tx_put(tx, &put, NULL, err));
    EN_TRY(en_tx_audit(tx, &(struct en_audit){.action = 'C', .entity_id = "gone"}, err));
    return en_fail(err, EN_EDENIED, "no");
}

/* A work that fails leaves nothing, not even its audit entry, and its status is the caller's. */
static void a_failed_work_leaves_nothing(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_audit_check check;
    struct en_version v;
    struct en_err err = {""};

    CHECK(en_store_write(s, put_then_fail, NULL, &err) == EN_EDENIED);
    CHECK_TEXT(err.text, "no");
    CHECK(store_get(s, "Patient", "gone", 0, &a, &v, NULL) == EN_ENOTFOUND);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    CHECK(en_audit_verify(s, NULL, NULL, &check, &err) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.entries == 1);
    en_store_close(s);
    en_arena_free(&a);
}

/* A clock that went back, or that of another server, does not make a later version look older. */
static void time_never_goes_back(const char *url)
{
    const int64_t later = INT64_C(4102444800000000); /* 2100-01-01 */
    struct en_store *s = store_opened(url);
    struct en_put_result r;

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    store_sql(url, "UPDATE resource SET updated_us = 4102444800000000;"
                   "UPDATE version SET updated_us = 4102444800000000");
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, &r, NULL) == EN_OK && r.updated_us == later);
    CHECK(store_delete(s, "Patient", "p1", EN_VERSION_ANY, &r, NULL) == EN_OK);
    CHECK(r.updated_us == later);
    en_store_close(s);
    s = store_opened(url);
    CHECK(store_put(s, PATIENT, "p2", EN_VERSION_NONE, &r, NULL) == EN_OK && r.updated_us == later);
    en_store_close(s);
}

/* A photograph in a Binary, or a long document, is kept like anything else. */
static void large_resources_are_kept(const char *url)
{
    enum { SIZE = 6 << 20 };
    struct en_arena a = EN_ARENA(64 << 20);
    char *text = EN_NEW(&a, char, SIZE + 1);
    struct en_store *s = store_opened(url);
    struct en_version v;

    memset(text, 'x', SIZE);
    memcpy(text, "{\"resourceType\":\"Binary\",\"data\":\"", 33);
    memcpy(text + SIZE - 2, "\"}", 3);
    CHECK(store_put(s, text, "b1", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(store_get(s, "Binary", "b1", 0, &a, &v, NULL) == EN_OK && v.size > SIZE);
    CHECK_TEXT(strstr(v.body, "\"data\""), strstr(text, "\"data\""));
    en_store_close(s);
    en_arena_free(&a);
}

/* What is no resource cannot be stamped; a full arena is told. */
static void bad_stamps_are_refused(const char *url)
{
    static const char *const TEXTS[] = {"{}", "{\"resourceType\":7}", "[]",
                                        "{\"resourceType\":\"Patient\",\"meta\":\"x\"}"};
    struct en_arena a = EN_ARENA(1 << 20), closed = EN_ARENA(0);
    struct json_object *o;
    struct en_stamp stamp;

    (void)url;
    for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
        o = json_tokener_parse(TEXTS[i]);
        CHECK(o != NULL && en_stamp_make(o, "x", &a, &stamp, NULL) == EN_EINVAL);
        (void)json_object_put(o);
    }
    o = json_tokener_parse(PATIENT);
    CHECK(en_stamp_make(o, "x", &closed, &stamp, NULL) == EN_ENOMEM);
    CHECK(en_stamp_make(o, "x", &a, &stamp, NULL) == EN_OK);
    CHECK_TEXT(stamp.before, "{\"resourceType\":\"Patient\",\"id\":\"x\",\"meta\":{");
    CHECK_TEXT(stamp.after, "},\"active\":true}");
    (void)json_object_put(o);
    const char *one = en_store_id(&a), *two = en_store_id(&a);

    CHECK(strlen(one) == 32 && strspn(one, "0123456789abcdef") == 32 && strcmp(one, two) != 0);
    CHECK(en_store_id(&closed) == NULL);
    en_arena_free(&a);
}

TEST_MAIN(ON_BOTH(time_never_goes_back), ON_BOTH(large_resources_are_kept),
          ON_SQLITE(bad_stamps_are_refused), ON_BOTH(versions_stay),
          ON_BOTH(deletions_are_versions), ON_BOTH(expected_versions_hold),
          ON_BOTH(content_stays_byte_for_byte), ON_BOTH(all_is_there_after_reopening),
          ON_BOTH(a_failed_work_leaves_nothing));
