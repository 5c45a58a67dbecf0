/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"

#include "base/status.h"

#include "support/check.h"

#include <string.h>

enum { SECOND = 1000000 };

static int64_t low(const char *text)
{
    int64_t low_us = 0, high_us = 0;

    CHECK(en_instant_span(text, &low_us, &high_us));
    CHECK(low_us <= high_us);
    return low_us;
}

static int64_t size(const char *text)
{
    int64_t low_us = 0, high_us = 0;

    CHECK(en_instant_span(text, &low_us, &high_us));
    return high_us - low_us + 1;
}

/* A search for "2026-02" must find what happened in any moment of it, and no other. */
static void test_instant_span_is_as_long_as_the_text_is_vague(void **state)
{
    (void)state;
    CHECK(low("1970-01-01") == 0);
    CHECK(size("2026-02") == 28LL * 86400 * SECOND);
    CHECK(size("2024") == 366LL * 86400 * SECOND);
    CHECK(size("2024-12") == 31LL * 86400 * SECOND);
    CHECK(size("2026-03-02") == 86400LL * SECOND);
    CHECK(size("2026-03-02T10:00Z") == 60LL * SECOND);
    CHECK(size("2026-03-02T10:00:00Z") == SECOND);
    CHECK(size("2026-03-02T10:00:00.5Z") == SECOND / 10);
    CHECK(size("2026-03-02T10:00:00.123456789Z") == 1);
}

/* The same moment in three zones. */
static void test_instant_zones_name_the_same_moment(void **state)
{
    (void)state;
    CHECK(low("2026-03-02T10:00:00+01:00") == low("2026-03-02T09:00:00Z"));
    CHECK(low("2026-03-01T23:30:00-05:00") == low("2026-03-02T04:30:00Z"));
    CHECK(low("2026-03-02T10:00:00") == low("2026-03-02T10:00:00Z"));
}

static void test_instant_text_reads_back(void **state)
{
    static const int64_t MOMENTS[] = {0, -1000, 1, 1772445600123000, -62135596800000000};
    char text[EN_INSTANT_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(MOMENTS); i++) {
        const int64_t us = MOMENTS[i], ms = us - ((us % 1000) + 1000) % 1000;

        CHECK(low(en_instant_text(us, text)) == ms);
    }
    CHECK(strcmp(en_instant_text(1772445600123456, text), "2026-03-02T10:00:00.123Z") == 0);
}

static void test_instant_refuses_what_is_no_moment(void **state)
{
    static const char *const WRONG[] = {
        "",
        "2026-13",
        "2026-02-30",
        "2026-03T10:00:00Z",
        "2026-03-02T",
        "2026-03-02T24:00:00Z",
        "2026-03-02T10",
        "2026-03-02T10:00:00.Z",
        "2026-03-02T10:00:00+1:00",
        "2026-03-02T10:00:00Zx",
        "2026-03-02T10:00:00+15:00",
        "26-03-02",
    };
    int64_t low_us = 7, high_us = 7;

    (void)state;
    CHECK(!en_instant_span(NULL, &low_us, &high_us));
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        CHECK(!en_instant_span(WRONG[i], &low_us, &high_us));
    }
    CHECK(low_us == 7 && high_us == 7);
}

/* Clients send back the Last-Modified that they were given: it must name the same second. */
static void test_instant_http_reads_back(void **state)
{
    static const char *const WRONG[] = {"",
                                        "2026-03-02T10:00:00Z",
                                        "Mon, 02 Foo 2026 10:00:00 GMT",
                                        "Mon, 31 Feb 2026 10:00:00 GMT",
                                        "Mon, 02 Mar 2026 10:00:00 CET",
                                        "Mon, 02 Mar 2026 25:00:00 GMT"};
    char text[EN_INSTANT_TEXT_MAX];
    int64_t us = 7;

    (void)state;
    CHECK_TEXT(en_instant_http_text(1772445600123456, text), "Mon, 02 Mar 2026 10:00:00 GMT");
    CHECK(en_instant_http(text, &us) && us == 1772445600000000);
    CHECK_TEXT(en_instant_http_text(0, text), "Thu, 01 Jan 1970 00:00:00 GMT");
    us = 7;
    CHECK(!en_instant_http(NULL, &us));
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        CHECK(!en_instant_http(WRONG[i], &us));
    }
    CHECK(us == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instant_span_is_as_long_as_the_text_is_vague),
        cmocka_unit_test(test_instant_zones_name_the_same_moment),
        cmocka_unit_test(test_instant_text_reads_back),
        cmocka_unit_test(test_instant_refuses_what_is_no_moment),
        cmocka_unit_test(test_instant_http_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
