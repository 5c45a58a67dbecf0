/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/schema.h"

enum { FILES_MAX = 32 };

static struct en_db *opened(const char *url)
{
    struct en_db *db = NULL;

    CHECK(en_db_open(&(struct en_db_options){.url = url, .is_writer = true, .may_create = true},
                     &db, NULL) == EN_OK);
    return db;
}

/* Everything that the catalogue says about our tables and indexes, as text. */
static const char *catalogue(struct en_db *db, struct en_arena *a)
{
    static const char *const SQL[] = {
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
        "SELECT * FROM (SELECT table_name || '.' || column_name || ' ' || data_type || ' ' ||"
        " is_nullable || ' ' || coalesce(collation_name, '') || ' ' || is_identity || ' ' ||"
        " ordinal_position AS line FROM information_schema.columns WHERE table_schema = 'public'"
        " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace) AS lines ORDER BY line"};
    struct en_query *q;
    bool has_row = true;
    const char *all = "";

    CHECK(en_db_begin(db, NULL) == EN_OK);
    CHECK(en_query_get(db, SQL[en_db_kind(db)], &q, NULL) == EN_OK);
    while (en_query_next(q, &has_row, NULL) == EN_OK && has_row) {
        all = en_arena_print(a, "%s%s\n", all, en_query_text(q, 0, a));
        CHECK(all != NULL);
    }
    en_query_done(q);
    en_db_rollback(db);
    return all;
}

static size_t count_files(void)
{
    size_t count = 0;

    while (EN_SCHEMA_FILES[count].name != NULL) {
        count++;
    }
    CHECK(count > 0 && count < FILES_MAX);
    return count;
}

/* The program as it was when it knew only the first files. */
static void migrate_to(struct en_db *db, size_t files)
{
    struct en_embedded known[FILES_MAX] = {{0}};
    struct en_err err = {""};

    memcpy(known, EN_SCHEMA_FILES, files * sizeof *known);
    if (en_schema_migrate(db, known, true, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

/* A database that went through every version of the program, with data in it, has the same tables,
 * columns and indexes as a fresh one, and the data. */
static void migrated_equals_fresh(const char *url)
{
    struct en_arena a = EN_ARENA(16 << 20);
    struct en_db *db = opened(url);

    migrate_to(db, count_files());
    const char *fresh = catalogue(db, &a);

    CHECK_CONTAINS(fresh, "resource_by_id");
    en_db_close(db);
    if (url[0] == '/') {
        char path[128];

        CHECK(remove(url) == 0);
        (void)snprintf(path, sizeof path, "%s-wal", url);
        (void)remove(path);
    } else {
        store_sql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
    for (size_t i = 1; i <= count_files(); i++) {
        db = opened(url);
        migrate_to(db, i);
        migrate_to(db, i); /* once more changes nothing */
        if (i == 1) {
            CHECK(en_db_run(db,
                            "INSERT INTO resource (key, type, id, version, updated_us, is_deleted)"
                            " VALUES (1, 'Patient', 'p1', 1, 5, 0);"
                            "INSERT INTO version VALUES (1, 1, 5, 'POST', '{}')",
                            NULL) == EN_OK);
        }
        en_db_close(db);
    }
    db = opened(url);
    CHECK_TEXT(catalogue(db, &a), fresh);
    en_db_close(db);
    CHECK(store_number(url, "SELECT count(*) FROM resource JOIN version ON resource = key") == 1);
    en_arena_free(&a);
}

/* A database that a newer program wrote is refused, before anything is done to it. */
static void newer_schemas_are_refused(const char *url)
{
    struct en_db *db = opened(url);
    struct en_store *s = NULL;
    struct en_err err = {""};

    migrate_to(db, count_files());
    en_db_close(db);
    store_sql(url, "INSERT INTO schema_version VALUES (9000, '9000_later.sql', 'x')");
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, "a newer program wrote the database (schema 9000");
    CHECK(s == NULL);
}

/* A file that was run must stay as it was: another text is a fault of the program, named. */
static void changed_files_are_refused(const char *url)
{
    struct en_embedded files[FILES_MAX] = {{0}};
    struct en_db *db = opened(url);
    struct en_err err = {""};

    migrate_to(db, count_files());
    memcpy(files, EN_SCHEMA_FILES, count_files() * sizeof *files);
    files[1].bytes = "-- another text";
    files[1].size = strlen(files[1].bytes);
    CHECK(en_schema_migrate(db, files, true, &err) == EN_EBUG);
    CHECK_CONTAINS(err.text, files[1].name);
    en_db_close(db);
}

/* A file that fails leaves nothing of itself, and is run whole once it is mended. */
static void a_failing_file_leaves_nothing(const char *url)
{
    struct en_embedded files[] = {
        {"0001_a.sql", "CREATE TABLE a (key @key) @table;", 33},
        {"0002_b.sql", "CREATE TABLE b (key @key) @table; CREATE TABLE a (x @int);", 58},
        {0}};
    struct en_db *db = opened(url);

    CHECK(en_schema_migrate(db, files, true, NULL) != EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM schema_version") == 1);
    files[1].bytes = "CREATE TABLE b (key @key, t @text, r @real, o @blob) @table;";
    files[1].size = strlen(files[1].bytes);
    CHECK(en_schema_migrate(db, files, true, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM b") == 0);
    files[1].name = "0003_b.sql";
    CHECK(en_schema_migrate(db, files, true, NULL) == EN_EBUG); /* number 2 is missing */
    en_db_close(db);
}

/* Somebody else's database is not touched, an empty one only when it may be made. */
static void foreign_databases_are_refused(const char *url)
{
    struct en_store *s = NULL;
    struct en_db *db = opened(url);
    struct en_err err = {""};

    en_db_close(db);
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_ENOTFOUND);
    CHECK_CONTAINS(err.text, "the database is empty");
    store_sql(url, "CREATE TABLE theirs (x int)");
    CHECK(en_store_open(&(struct en_store_options){.url = url, .may_create = true}, &s, &err) ==
          EN_EINVAL);
    CHECK_CONTAINS(err.text, "give it one of its own");
    CHECK(s == NULL);
}

/* Files that are no databases, or are not there, are refused with what to do. */
static void bad_files_are_refused(const char *url)
{
    struct en_store *s = NULL;
    struct en_err err = {""};
    FILE *f;

    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_ENOTFOUND);
    CHECK_CONTAINS(err.text, url);
    CHECK(en_store_open(&(struct en_store_options){.url = ""}, &s, &err) == EN_EINVAL);
    CHECK(
        en_store_open(&(struct en_store_options){.url = "/no/such/folder/x.db", .may_create = true},
                      &s, &err) == EN_EIO);
    f = fopen(url, "wb");
    CHECK(f != NULL &&
          fputs("this is a letter and no database, and long enough to be read", f) > 0);
    CHECK(fclose(f) == 0);
    CHECK(en_store_open(&(struct en_store_options){.url = url}, &s, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "no database");
}

TEST_MAIN(ON_BOTH(migrated_equals_fresh), ON_BOTH(newer_schemas_are_refused),
          ON_BOTH(changed_files_are_refused), ON_BOTH(a_failing_file_leaves_nothing),
          ON_BOTH(foreign_databases_are_refused), ON_SQLITE(bad_files_are_refused));
