/* SPDX-License-Identifier: Apache-2.0
 * What handlers ask of a request. Everything here is sent by strangers. */
#include "base/text.h"
#include "server/http.h"

#include "support/check.h"

static struct en_http_request request_with(struct en_arena *a, const struct en_header *headers,
                                           size_t count)
{
    return (struct en_http_request){.arena = a, .headers = headers, .header_count = count};
}

/* Names of headers have no case; a header that is not there is NULL and not "". */
static void test_header_has_no_case(void **state)
{
    static const struct en_header HEADERS[] = {{"If-Match", "W/\"2\""}, {"accept", ""}};
    const struct en_http_request rq = request_with(NULL, HEADERS, EN_COUNT(HEADERS));

    (void)state;
    CHECK_TEXT(en_http_header(&rq, "if-match"), "W/\"2\"");
    CHECK_TEXT(en_http_header(&rq, "Accept"), "");
    CHECK(en_http_header(&rq, "If-None-Match") == NULL);
}

static const char *cookie(struct en_arena *a, const char *header, const char *name)
{
    const struct en_header headers[] = {{"Cookie", header}};
    const struct en_http_request rq = request_with(a, headers, 1);

    return en_http_cookie(&rq, name);
}

/* A cookie is found by its whole name. One that is there twice is none: the second was put beside
 * ours by somebody else (a page of a neighbouring host), and which is ours nobody can tell. */
static void test_cookie_is_found_once(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    CHECK_TEXT(cookie(&a, "session=abc", "session"), "abc");
    CHECK_TEXT(cookie(&a, "x=1; session=abc; y=2", "session"), "abc");
    CHECK_TEXT(cookie(&a, "session=", "session"), "");
    CHECK_TEXT(cookie(&a, "session=a=b", "session"), "a=b");
    CHECK(cookie(&a, "xsession=abc; session2=d; Session=e; session", "session") == NULL);
    CHECK(cookie(&a, "session=abc; session=def", "session") == NULL);
    CHECK(cookie(&a, "", "session") == NULL);
    CHECK(cookie(&a, "; ;;", "session") == NULL);
    en_arena_free(&a);
}

static enum en_status value_of(struct en_arena *a, const char *form, const char *name,
                               const char **out)
{
    *out = "unchanged";
    return en_http_form_value(form, name, a, out, NULL);
}

/* Values are decoded as browsers encode them; what does not occur is NULL, what is there without a
 * value is "". */
static void test_form_values_are_decoded(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    const char *out;

    (void)state;
    CHECK(value_of(&a, "a=1&b=2", "b", &out) == EN_OK);
    CHECK_TEXT(out, "2");
    CHECK(value_of(&a, "a=x+y%20z%2B%c3%A4", "a", &out) == EN_OK);
    CHECK_TEXT(out, "x y z+\xc3\xa4");
    CHECK(value_of(&a, "%61=1", "a", &out) == EN_OK);
    CHECK_TEXT(out, "1");
    CHECK(value_of(&a, "&&a&", "a", &out) == EN_OK);
    CHECK_TEXT(out, "");
    CHECK(value_of(&a, "a=b=c", "a", &out) == EN_OK);
    CHECK_TEXT(out, "b=c");
    CHECK(value_of(&a, "aa=1", "a", &out) == EN_OK && out == NULL);
    CHECK(value_of(&a, "", "a", &out) == EN_OK && out == NULL);
    CHECK(value_of(&a, NULL, "a", &out) == EN_OK && out == NULL);
    en_arena_free(&a);
}

/* Twice is refused: a proxy may have judged the one and we the other. So is whatever cannot be read
 * exactly, also in a pair that was not asked for. */
static void test_form_refuses_what_is_unclear(void **state)
{
    static const char *const BAD[] = {"a=1&a=2", "a=1&%61=2", "a=%",     "a=%4",      "a=%zz",
                                      "a=%00",   "a=%ff",     "b=%&a=1", "a=1&%c3=2", "a=%c0%80"};
    struct en_arena a = EN_ARENA(1 << 20);
    const char *out;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        CHECK(value_of(&a, BAD[i], "a", &out) == EN_EINVAL);
    }
    en_arena_free(&a);
}

/* A closed arena is an answer, not a crash. */
static void test_form_without_memory(void **state)
{
    struct en_arena a = EN_ARENA(0);
    const char *out;

    (void)state;
    CHECK(value_of(&a, "a=1", "a", &out) == EN_ENOMEM);
    CHECK(cookie(&a, "session=abc", "session") == NULL);
}

TEST_MAIN(cmocka_unit_test(test_header_has_no_case), cmocka_unit_test(test_cookie_is_found_once),
          cmocka_unit_test(test_form_values_are_decoded),
          cmocka_unit_test(test_form_refuses_what_is_unclear),
          cmocka_unit_test(test_form_without_memory));
