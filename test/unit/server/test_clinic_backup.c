/* SPDX-License-Identifier: Apache-2.0
 * A backup asked for over the network, and what must hold of it. */
#include "base/text.h"
#include "store/backup.h"
#include "support/server.h"

#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSPHRASE "correct horse battery"
#define PATIENT    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Synthetic\"}]}"

static void open_server(struct test_server *t, char owner[SERVER_HEADERS])
{
    const struct en_server_options cheap = {.backup_operations = crypto_pwhash_OPSLIMIT_MIN,
                                            .backup_memory = crypto_pwhash_MEMLIMIT_MIN};

    server_open(t, &cheap, NULL);
    server_owner(t, owner);
}

/* Ask for a backup: the path of its job. */
static void start(struct test_server *t, const char *owner, char place[128])
{
    struct http_answer a =
        server_expect(t, 202, "POST", "/clinic/backup", owner,
                      "{\"passphrase\":\"" PASSPHRASE "\",\"password\":\"" SERVER_PASSWORD "\"}");
    const char *url = strstr(http_value(&a, "Content-Location"), "/clinic/backup/");

    CHECK(url != NULL);
    (void)snprintf(place, 128, "%s", url);
    http_free(&a);
}

static struct http_answer wait_for(struct test_server *t, const char *owner, const char *place)
{
    struct http_answer a = {0};

    for (int i = 0; i < 20000; i++) {
        a = server_ask(t, "GET", place, owner, NULL);
        if (a.status != 202) {
            break;
        }
        http_free(&a);
        (void)usleep(2000);
    }
    CHECK(a.status == 200);
    return a;
}

/* Whether the bytes that came are a backup that the passphrase opens. */
static enum en_status open_with(const struct http_answer *file, const char *passphrase)
{
    char path[] = "/tmp/enthesis-fetched-XXXXXX";
    const int fd = mkstemp(path);
    const struct en_backup_options o = {.file = path, .passphrase = passphrase};
    struct en_backup_result result;

    CHECK(fd >= 0 && write(fd, file->body, file->body_size) == (ssize_t)file->body_size);
    (void)close(fd);
    const enum en_status st = en_store_backup_check(&o, &result, NULL);

    CHECK(st != EN_OK || result.rows > 0);
    (void)unlink(path);
    return st;
}

/* The owner takes a backup while the server works, fetches the file as an attachment, and what was
 * fetched opens with the passphrase and no other; afterwards the file is gone and the date of the
 * backup is remembered. */
static void test_backup_is_fetched_and_gone(void **state)
{
    char owner[SERVER_HEADERS], place[128], file[160], path[256];
    struct http_answer a;
    struct test_server t;
    struct stat st;

    (void)state;
    open_server(&t, owner);
    a = server_expect(&t, 200, "GET", "/clinic/backup", owner, NULL);
    CHECK(strstr(a.body, "\"last\"") == NULL);
    http_free(&a);
    a = server_expect(&t, 201, "POST", "/fhir/Patient", owner, PATIENT);
    http_free(&a);
    start(&t, owner, place);
    a = wait_for(&t, owner, place);
    CHECK_CONTAINS(a.body, "\"verified\": true");
    http_free(&a);
    (void)snprintf(file, sizeof file, "%s/file", place);
    a = server_expect(&t, 200, "GET", file, owner, NULL);
    CHECK_CONTAINS(http_value(&a, "Content-Disposition"), "attachment");
    CHECK_CONTAINS(http_value(&a, "Content-Type"), "octet-stream");
    CHECK(open_with(&a, PASSPHRASE) == EN_OK);
    CHECK(open_with(&a, "another passphrase") == EN_EDENIED);
    http_free(&a);
    a = server_expect(&t, 202, "DELETE", place, owner, NULL);
    http_free(&a);
    (void)snprintf(path, sizeof path, "%s/export/%s", t.folder, strrchr(place, '/') + 1);
    CHECK(stat(path, &st) != 0);
    a = server_expect(&t, 404, "GET", file, owner, NULL);
    http_free(&a);
    a = server_expect(&t, 200, "GET", "/clinic/backup", owner, NULL);
    CHECK_CONTAINS(a.body, "\"login\": \"owner\"");
    http_free(&a);
    server_close(&t);
}

/* SAFETY: an open session alone does not carry the clinic away, nor does a short passphrase protect
 * it; nobody else fetches what an owner asked for; the passphrase stands nowhere in the database.
 */
static void test_backup_is_guarded(void **state)
{
    static const char *const WRONG[] = {
        "{\"passphrase\":\"" PASSPHRASE "\",\"password\":\"not the password\"}",
        "{\"passphrase\":\"" PASSPHRASE "\"}", "{\"password\":\"" SERVER_PASSWORD "\"}",
        "{\"passphrase\":\"short\",\"password\":\"" SERVER_PASSWORD "\"}"};
    static const int STATUS[] = {403, 400, 400, 422};
    char owner[SERVER_HEADERS], doctor[SERVER_HEADERS], place[128], path[256];
    struct en_buf bytes = EN_BUF(64 << 20);
    struct http_answer a;
    struct test_server t;

    (void)state;
    open_server(&t, owner);
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        a = server_expect(&t, STATUS[i], "POST", "/clinic/backup", owner, WRONG[i]);
        http_free(&a);
    }
    start(&t, owner, place);
    a = wait_for(&t, owner, place);
    http_free(&a);
    server_staff(&t, owner, "physician", doctor);
    a = server_expect(&t, 403, "GET", place, doctor, NULL);
    http_free(&a);
    (void)snprintf(path, sizeof path, "%s/clinic.db", t.folder);
    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    CHECK(memmem(en_buf_text(&bytes), bytes.size, PASSPHRASE, strlen(PASSPHRASE)) == NULL);
    en_buf_free(&bytes);
    server_close(&t);
}

TEST_MAIN(cmocka_unit_test(test_backup_is_fetched_and_gone),
          cmocka_unit_test(test_backup_is_guarded));
