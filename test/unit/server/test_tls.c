/* SPDX-License-Identifier: Apache-2.0
 * The server's certificate. Days are handed in; the folders are the tests' own. */
#include "base/buf.h"
#include "base/text.h"
#include "server/tls.h"

#include "support/check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1772445600) /* 2026-03-02 */
#define DAY INT64_C(86400)

static const char *const NAMES[] = {"localhost", "127.0.0.1", "[::1]", "clinic.example"};

struct place {
    char folder[64], own[80], shown[80];
    struct en_arena a;
};

static struct place place_make(void)
{
    struct place p = {.folder = "/tmp/enthesis-tls-XXXXXX", .a = EN_ARENA(8 << 20)};

    CHECK(mkdtemp(p.folder) != NULL);
    (void)snprintf(p.own, sizeof p.own, "%s/server.pem", p.folder);
    (void)snprintf(p.shown, sizeof p.shown, "%s/certificate.pem", p.folder);
    return p;
}

static void place_end(struct place *p)
{
    (void)unlink(p->own);
    (void)unlink(p->shown);
    CHECK(rmdir(p->folder) == 0);
    en_arena_free(&p->a);
}

static struct en_tls own(struct place *p, size_t names, int64_t now_s)
{
    struct en_tls tls;
    struct en_err err = {""};

    if (en_tls_own(p->folder, NAMES, names, now_s, &p->a, &tls, &err) != EN_OK) {
        fail_msg("%s", err.text);
    }
    return tls;
}

/* The certificate made first is the one used later: clients know it by its fingerprint. It is good
 * for all names, and nobody else may read the key. */
static void test_own_certificate_stays(void **state)
{
    struct place p = place_make();
    const struct en_tls first = own(&p, 4, NOW), second = own(&p, 4, NOW + DAY);
    struct stat st;

    (void)state;
    CHECK(strlen(first.fingerprint) == 95);
    CHECK_TEXT(second.fingerprint, first.fingerprint);
    CHECK_TEXT(second.certificate, own(&p, 2, NOW).certificate); /* fewer names: still good */
    CHECK(first.expires_s == NOW + EN_TLS_DAYS * DAY);
    CHECK(first.name_count == 4);
    for (size_t i = 0; i < 4; i++) {
        CHECK_TEXT(first.names[i], NAMES[i]);
    }
    CHECK(stat(p.own, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(stat(p.shown, &st) == 0);
    place_end(&p);
}

/* A new one is made when it has a month left or less, when a name is missing, and when the file is
 * damaged: a server that does not start after a crash is of no use. */
static void test_own_certificate_is_renewed(void **state)
{
    struct place p = place_make();
    const struct en_tls first = own(&p, 3, NOW);
    const int64_t last_s = first.expires_s - EN_TLS_RENEW_DAYS * DAY;

    (void)state;
    CHECK_TEXT(own(&p, 3, last_s - 1).fingerprint, first.fingerprint);
    CHECK(strcmp(own(&p, 3, last_s).fingerprint, first.fingerprint) != 0);
    const struct en_tls third = own(&p, 4, NOW);

    CHECK(third.name_count == 4);
    CHECK(en_file_write(p.own, third.key, strlen(third.key), NULL) == EN_OK);
    CHECK(strcmp(own(&p, 4, NOW).fingerprint, third.fingerprint) != 0);
    CHECK(en_file_write(p.own, "nothing", 7, NULL) == EN_OK);
    CHECK(own(&p, 4, NOW).name_count == 4);
    place_end(&p);
}

/* Given files are checked before the server starts: each fault by name. */
static void test_given_files_are_checked(void **state)
{
    struct place p = place_make(), other = place_make();
    const struct en_tls tls = own(&p, 1, NOW), stranger = own(&other, 1, NOW);
    struct en_tls out;
    struct en_err err = {""};

    (void)state;
    CHECK(en_tls_load(p.shown, p.own, &p.a, &out, &err) == EN_OK);
    CHECK_TEXT(out.fingerprint, tls.fingerprint);
    CHECK(en_tls_load(p.shown, other.own, &p.a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "does not belong");
    CHECK(en_tls_load(p.shown, p.shown, &p.a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "everybody may read");
    CHECK(chmod(p.shown, 0600) == 0);
    CHECK(en_tls_load(p.shown, p.shown, &p.a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no private key");
    CHECK(en_file_write(p.shown, tls.key, strlen(tls.key), NULL) == EN_OK);
    CHECK(en_tls_load(p.shown, p.own, &p.a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no certificate");
    CHECK(en_tls_load("/nowhere", p.own, &p.a, &out, &err) == EN_ENOTFOUND);
    CHECK(stranger.name_count == 1);
    place_end(&p);
    place_end(&other);
}

/* Memory that ends is told, wherever it ends. */
static void test_no_memory(void **state)
{
    struct place p = place_make();
    const struct en_tls tls = own(&p, 1, NOW);
    enum en_status st = EN_ENOMEM;

    (void)state;
    CHECK(tls.name_count == 1);
    for (size_t limit = 0; st != EN_OK; limit += 64) {
        struct en_arena a = EN_ARENA(limit);
        struct en_tls out;

        st = en_tls_load(p.shown, p.own, &a, &out, NULL);
        CHECK(st == EN_OK || st == EN_ENOMEM);
        en_arena_free(&a);
    }
    place_end(&p);
}

TEST_MAIN(cmocka_unit_test(test_own_certificate_stays),
          cmocka_unit_test(test_own_certificate_is_renewed),
          cmocka_unit_test(test_given_files_are_checked), cmocka_unit_test(test_no_memory));
