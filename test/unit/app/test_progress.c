/* SPDX-License-Identifier: Apache-2.0
 * The bar of a long run: it fits any terminal, and there is none where there is no terminal. */
#include "cli/progress.h"

#include "base/text.h"

#include "support/check.h"

/* As wide as the terminal at any width and share, also where words do not fit. */
static void test_line_fits_the_width(void **state)
{
    (void)state;
    for (int width = 20; width <= 100; width++) {
        for (int i = 0; i <= 20; i++) {
            char line[512];

            en_progress_line(line, sizeof line, width, i / 20.0, 1.5e6, 3725.0, "patients");
            CHECK(en_utf8_width(line, strlen(line)) == (size_t)width);
        }
    }
}

static void test_line_says_rate_and_time(void **state)
{
    char line[512];

    (void)state;
    en_progress_line(line, sizeof line, 79, 0.5, 1.25e6, 65.0, "patients");
    CHECK_CONTAINS(line, " 50 % · 1.2 million patients/s · 1:05 left");
    en_progress_line(line, sizeof line, 79, 0.999, 12345.0, 3725.0, "patients");
    CHECK_CONTAINS(line, " 99 % · 12 thousand patients/s · 1:02:05 left");
    en_progress_line(line, sizeof line, 79, 0.0, 0.0, NAN, "patients");
    CHECK_CONTAINS(line, "░   0 %");
}

/* A file is no terminal: nothing is written. */
static void test_nothing_without_a_terminal(void **state)
{
    FILE *file = tmpfile();

    (void)state;
    CHECK(file != NULL);
    struct en_progress p = en_progress_start(file, 0);

    en_progress_show(&p, 5, 10, 1.0, "patients");
    en_progress_show(&p, 10, 10, 1.0, "patients");
    en_progress_end(&p);
    CHECK(!p.is_on && ftell(file) == 0);
    (void)fclose(file);
}

TEST_MAIN(cmocka_unit_test(test_line_fits_the_width),
          cmocka_unit_test(test_line_says_rate_and_time),
          cmocka_unit_test(test_nothing_without_a_terminal));
