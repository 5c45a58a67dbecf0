/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include "support/stores.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

static const char PATIENT[] = "{\"resourceType\":\"Patient\",\"active\":true}";
static const char OTHER[] = "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":1.50}}";

static char folder[] = "/tmp/enthesis-backup-XXXXXX";
static char file[64], target[64];

static struct en_backup_options options(const char *db)
{
    return (struct en_backup_options){
        .db = db,
        .file = file,
        .passphrase = "correct horse battery",
        .operations = crypto_pwhash_OPSLIMIT_MIN,
        .memory = crypto_pwhash_MEMLIMIT_MIN,
    };
}

static void remove_target(void)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock"};
    char path[96];

    for (size_t i = 0; i < EN_COUNT(ENDS); i++) {
        (void)snprintf(path, sizeof path, "%s%s", target, ENDS[i]);
        (void)unlink(path);
    }
}

static void fill(struct en_store *s)
{
    char id[16];

    for (int i = 0; i < 50; i++) {
        (void)snprintf(id, sizeof id, "p%d", i);
        CHECK(store_put(s, PATIENT, id, EN_VERSION_NONE, NULL, NULL) == EN_OK);
        CHECK(store_put(s, OTHER, id, EN_VERSION_NONE, NULL, NULL) == EN_OK);
    }
    CHECK(store_put(s, PATIENT, "p1", 1, NULL, NULL) == EN_OK);
    CHECK(store_delete(s, "Patient", "p2", 1, NULL, NULL) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R', .agent = "owner"}, NULL) == EN_OK);
}

/* What was backed up is there again, to the byte, and work goes on: versions, deletions, the audit
 * chain, new numbers. The backup is taken while the store is open. */
static void test_restores_everything(const char *url)
{
    const struct en_backup_options o = options(url), back = options(target);
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_backup_result made, restored, checked;
    struct en_version before, after;
    struct en_audit_check check;
    struct en_err err = {""};

    fill(s);
    store_sql(url,
              "INSERT INTO session VALUES ('h', 'account', 'owner', NULL, NULL, 'c', 1, 1, 2)");
    CHECK(en_store_backup(&o, &made, &err) == EN_OK);
    CHECK(made.rows > 200 && made.bytes > 1000);
    CHECK(store_get(s, "Observation", "p7", 0, &a, &before, NULL) == EN_OK);
    en_store_close(s);
    CHECK(en_store_backup_check(&back, &checked, NULL) == EN_OK && checked.rows == made.rows);
    CHECK(en_store_restore(&back, &restored, &err) == EN_OK);
    CHECK(restored.rows == made.rows && restored.taken_us == made.taken_us);
    CHECK(store_number(target, "SELECT count(*) FROM session") == 0); /* all but who was in */
    s = store_opened(target);
    CHECK(store_get(s, "Observation", "p7", 0, &a, &after, NULL) == EN_OK);
    CHECK_TEXT(after.body, before.body);
    CHECK_CONTAINS(after.body, "1.50");
    CHECK(store_get(s, "Patient", "p1", 1, &a, &after, NULL) == EN_OK);
    CHECK(store_get(s, "Patient", "p2", 0, &a, &after, NULL) == EN_OK && after.is_deleted);
    CHECK(store_put(s, PATIENT, "new", EN_VERSION_NONE, NULL, NULL) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    CHECK(en_audit_verify(s, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.entries == 2);
    en_store_close(s);
    remove_target();
    en_arena_free(&a);
}

/* A practice that grows: the backup of a file goes into the other database, which then numbers new
 * rows behind the restored ones. */
static void test_moves_to_the_other_database(const char *url)
{
    const struct en_backup_options from = options(target), to = options(url);
    struct en_store *s = store_opened(target);
    struct en_backup_result made, restored;
    struct en_audit_check check;
    struct en_put_result put;
    struct en_err err = {""};

    fill(s);
    en_store_close(s);
    CHECK(en_store_backup(&from, &made, &err) == EN_OK);
    CHECK(en_store_restore(&to, &restored, &err) == EN_OK && restored.rows == made.rows);
    s = store_opened(url);
    CHECK(store_put(s, PATIENT, "p1", 2, &put, &err) == EN_OK && put.version == 3);
    CHECK(store_put(s, PATIENT, "new", EN_VERSION_NONE, &put, &err) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, NULL) == EN_OK);
    CHECK(en_audit_verify(s, NULL, NULL, &check, NULL) == EN_OK);
    CHECK_TEXT(check.fault, "");
    CHECK(check.entries == 2);
    en_store_close(s);
    remove_target();
}

/* Data that is there is never mixed with a backup; a wrong passphrase changes nothing. */
static void test_refuses_and_changes_nothing(const char *url)
{
    struct en_backup_options o = options(url), wrong = options(target);
    struct en_store *s = store_opened(url);
    struct en_backup_result result;
    struct en_err err = {""};

    fill(s);
    CHECK(en_store_backup(&o, &result, NULL) == EN_OK);
    en_store_close(s);
    CHECK(en_store_restore(&o, &result, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, "holds data already");
    wrong.passphrase = "correct horse batterz";
    CHECK(en_store_restore(&wrong, &result, &err) == EN_EDENIED);
    CHECK(access(target, F_OK) != 0);
}

/* A reader beside the server sees everything and writes nothing. */
static void test_readers_beside_a_server_only_read(const char *url)
{
    const struct en_store_options reading = {.url = url, .only_reads = true};
    struct en_store *s = store_opened(url), *beside = NULL;
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_version v;

    fill(s);
    CHECK(en_store_open(&reading, &beside, NULL) == EN_OK);
    CHECK(store_get(beside, "Patient", "p3", 0, &a, &v, NULL) == EN_OK);
    CHECK(store_put(beside, PATIENT, "p99", EN_VERSION_NONE, NULL, NULL) == EN_EDENIED);
    en_store_close(beside);
    en_store_close(s);
    en_arena_free(&a);
}

static int make_folder(void **state)
{
    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(file, sizeof file, "%s/backup", folder);
    (void)snprintf(target, sizeof target, "%s/clinic.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_target();
    (void)unlink(file);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_restores_everything),
        ON_POSTGRESQL(test_moves_to_the_other_database),
        ON_BOTH(test_refuses_and_changes_nothing),
        ON_BOTH(test_readers_beside_a_server_only_read),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
