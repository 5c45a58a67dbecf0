/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include "support/check.h"

static en_day day(const char *text)
{
    en_day d = EN_DAY_UNKNOWN;

    CHECK(en_date_parse(text, &d, NULL));
    return d;
}

/* Known day numbers: the Unix epoch, and 2000-03-01 behind a leap day of a century year. */
static void test_date_counts_days_from_1970(void **state)
{
    (void)state;
    CHECK(day("1970-01-01") == 0);
    CHECK(day("2000-03-01") == 11017);
    CHECK(day("1969-12-31") == -1);
    CHECK(day("2026-11-20") - day("2025-11-20") == 365);
}

/* Every day of 400 years reads back as itself: the calendar repeats after that. */
static void test_date_round_trips_over_four_centuries(void **state)
{
    char text[EN_DATE_TEXT_MAX];

    (void)state;
    for (en_day d = day("1800-01-01"); d <= day("2200-01-01"); d++) {
        CHECK(day(en_date_text(d, text)) == d);
    }
}

static void test_date_partial_gives_first_day_and_precision(void **state)
{
    en_day d = 0;
    enum en_date_precision p = EN_DATE_DAY;

    (void)state;
    CHECK(en_date_parse("2024", &d, &p) && p == EN_DATE_YEAR && d == day("2024-01-01"));
    CHECK(en_date_parse("2024-05", &d, &p) && p == EN_DATE_MONTH && d == day("2024-05-01"));
    CHECK(en_date_parse("2024-05-06T07:08:09.123+02:00", &d, &p) && p == EN_DATE_DAY);
}

/* FHIR's date and dateTime grammar; the next value beyond each limit is refused. */
static void test_date_refuses_what_is_no_date(void **state)
{
    static const char *const WRONG[] = {
        "",
        "20",
        "2024-13",
        "2024-00",
        "2024-02-30",
        "2023-02-29",
        "2024-1-01",
        "2024/01/01",
        "2024-01-01 10:00",
        "2024-01-01T10:00:00",
        "2024-01T00",
        "0000-01-01",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+15:00",
        "2024-01-011",
    };
    en_day d = 7;

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        CHECK(!en_date_parse(WRONG[i], &d, NULL));
    }
    CHECK(!en_date_parse(NULL, &d, NULL));
    CHECK(d == 7);
}

static void test_date_age_changes_on_the_birthday(void **state)
{
    (void)state;
    CHECK(en_years_between(day("1956-11-20"), day("2026-11-19")) == 69);
    CHECK(en_years_between(day("1956-11-20"), day("2026-11-20")) == 70);
    CHECK(en_years_between(EN_DAY_UNKNOWN, day("2026-11-20")) == -1);
    CHECK(en_years_between(day("2026-11-21"), day("2026-11-20")) == -1);
}

static void test_date_knows_the_weekday(void **state)
{
    (void)state;
    CHECK_TEXT(en_weekday_name(day("2026-11-20")), "Friday");
    CHECK_TEXT(en_weekday_name(day("1969-12-28")), "Sunday");
    CHECK_TEXT(en_weekday_name(EN_DAY_UNKNOWN), "unknown");
}

TEST_MAIN(cmocka_unit_test(test_date_counts_days_from_1970),
          cmocka_unit_test(test_date_round_trips_over_four_centuries),
          cmocka_unit_test(test_date_partial_gives_first_day_and_precision),
          cmocka_unit_test(test_date_refuses_what_is_no_date),
          cmocka_unit_test(test_date_age_changes_on_the_birthday),
          cmocka_unit_test(test_date_knows_the_weekday));
