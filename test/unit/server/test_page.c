/* SPDX-License-Identifier: Apache-2.0
 * The files of the clinic's page: there for everybody, under a strict policy, packed for who takes
 * it, not sent again to who has them. */
#include "support/check.h"
#include "support/server.h"

static const char *const FILES[][2] = {{"/", "text/html"},
                                       {"/app/app.js", "text/javascript"},
                                       {"/app/style.css", "text/css"},
                                       {"/icon.svg", "image/svg+xml"},
                                       {"/app/tr.json", "application/json"}};

/* No login is asked for, and nothing of another server or inline may run. */
static void test_page_is_there_under_its_policy(void **state)
{
    struct test_server t;

    (void)state;
    server_open(&t, NULL, NULL);
    for (size_t i = 0; i < EN_COUNT(FILES); i++) {
        struct http_answer answer = server_expect(&t, 200, "GET", FILES[i][0], "", NULL);

        CHECK_CONTAINS(http_value(&answer, "Content-Type"), FILES[i][1]);
        CHECK_CONTAINS(http_value(&answer, "Content-Security-Policy"), "default-src 'none'");
        CHECK_CONTAINS(http_value(&answer, "Content-Security-Policy"),
                       "require-trusted-types-for 'script'");
        CHECK_TEXT(http_value(&answer, "Cache-Control"), "no-cache");
        assert_true(answer.body_size > 0);
        http_free(&answer);
    }
    server_close(&t);
}

/* A browser that has the file is told so; plain and packed have different tags. */
static void test_page_is_sent_once(void **state)
{
    struct test_server t;
    char tag[80], head[120];

    (void)state;
    server_open(&t, NULL, NULL);
    struct http_answer answer =
        server_expect(&t, 200, "GET", "/app/app.js", "Accept-Encoding: gzip\r\n", NULL);

    CHECK_TEXT(http_value(&answer, "Content-Encoding"), "gzip");
    (void)snprintf(tag, sizeof tag, "%s", http_value(&answer, "ETag"));
    http_free(&answer);
    (void)snprintf(head, sizeof head, "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", tag);
    answer = server_expect(&t, 304, "GET", "/app/app.js", head, NULL);
    http_free(&answer);
    (void)snprintf(head, sizeof head, "If-None-Match: %s\r\n", tag);
    answer = server_expect(&t, 200, "GET", "/app/app.js", head, NULL);
    assert_null(http_value(&answer, "Content-Encoding"));
    http_free(&answer);
    server_close(&t);
}

/* Only the names that are there; nothing of the file system. */
static void test_page_has_no_other_files(void **state)
{
    static const char *const PATHS[] = {"/app/xx.json", "/app/index", "/app", "/app.js",
                                        "/web/app.js"};
    struct test_server t;

    (void)state;
    server_open(&t, NULL, NULL);
    for (size_t i = 0; i < EN_COUNT(PATHS); i++) {
        struct http_answer answer = server_expect(&t, 404, "GET", PATHS[i], "", NULL);

        http_free(&answer);
    }
    server_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_is_there_under_its_policy),
        cmocka_unit_test(test_page_is_sent_once),
        cmocka_unit_test(test_page_has_no_other_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
