/* SPDX-License-Identifier: Apache-2.0
 * test/support/check: the words of the tests, on top of cmocka. */
#pragma once

/* cmocka needs these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CHECK(condition)             assert_true(condition)
#define CHECK_TEXT(actual, expected) assert_string_equal((actual), (expected))

/* |actual - expected| <= tolerance; NAN never passes. */
#define CHECK_NEAR(actual, expected, tolerance)                                                    \
    do {                                                                                           \
        const double check_actual = (actual), check_expected = (expected);                         \
        if (!(fabs(check_actual - check_expected) <= (tolerance))) {                               \
            print_error("%s is %.17g, expected %.17g\n", #actual, check_actual, check_expected);   \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#define CHECK_CONTAINS(text, part)                                                                 \
    do {                                                                                           \
        const char *check_text = (text);                                                           \
        if (check_text == NULL || strstr(check_text, (part)) == NULL) {                            \
            print_error("\"%s\" does not contain \"%s\"\n",                                        \
                        check_text == NULL ? "(null)" : check_text, (part));                       \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

/* main of a test file: TEST_MAIN(cmocka_unit_test(test_a), cmocka_unit_test(test_b)) */
#define TEST_MAIN(...)                                                                             \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }                                                                                              \
    _Static_assert(1, "TEST_MAIN ends with a semicolon")
