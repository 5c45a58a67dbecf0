/* SPDX-License-Identifier: Apache-2.0
 * Scores of a validation, on rows whose scores can be counted by hand. */
#include "app/validation.h"

#include "base/text.h"

#include "support/check.h"

/* A prediction with quantiles -2 .. 2 and the plain mean 0 with spread 1. */
static struct en_validation_row row_of(double value, double pit, const char *versus)
{
    return (struct en_validation_row){
        .id = "r",
        .study = "s",
        .dataset = "s",
        .condition = "oa_knee",
        .arm = "dex",
        .versus = versus,
        .outcome = "pain",
        .is_dextrose = true,
        .week = 12.0,
        .n = 20.0,
        .value = value,
        .se = 0.5,
        .p = {.q = {-2.0, -1.0, 0.0, 1.0, 2.0},
              .crps = 0.1,
              .plain_sd = 1.0,
              .plain_crps = 0.2,
              .pit = pit},
    };
}

static bool is_contrast(const struct en_validation_row *row, const void *context)
{
    (void)context;
    return *row->versus != '\0';
}

/* Of -3, 0.5, 1.5 and a difference of 0.9 (error 0.5: it found nothing): two lie within -1 .. 1,
 * three within -2 .. 2, and three within 1.645 of the plain mean. */
static void test_validation_counts(void **state)
{
    struct en_validation_row rows[] = {row_of(-3.0, 0.0, ""), row_of(0.5, 0.6, ""),
                                       row_of(1.5, 0.9, ""), row_of(0.9, 0.7, "sal")};
    const struct en_validation_rows all = {rows, EN_COUNT(rows)};
    struct en_validation v;

    (void)state;
    en_validation_score(&all, NULL, NULL, &v);
    CHECK(v.count == 4 && v.null_count == 1 && v.null_covered == 1);
    CHECK_NEAR(v.covered_50, 0.5, 1e-12);
    CHECK_NEAR(v.covered_90, 0.75, 1e-12);
    CHECK_NEAR(v.plain_covered_90, 0.75, 1e-12);
    CHECK_NEAR(v.crps, 0.1, 1e-12);
    CHECK_NEAR(v.plain_crps, 0.2, 1e-12);
    en_validation_score(&all, is_contrast, NULL, &v);
    CHECK(v.count == 1);
    en_validation_score(&(struct en_validation_rows){rows, 0}, NULL, NULL, &v);
    CHECK(v.count == 0 && isnan(v.covered_90));
}

/* The document says it when the aim is missed, and when the plain mean is better. */
static void test_validation_document_is_honest(void **state)
{
    struct en_validation_row rows[] = {row_of(-3.0, 0.0, ""), row_of(0.5, 0.6, "")};
    struct en_buf good = EN_BUF(1 << 20), bad = EN_BUF(1 << 20), none = EN_BUF(1 << 20);

    (void)state;
    en_validation_docs(&(struct en_validation_rows){rows + 1, 1}, &good);
    CHECK_CONTAINS(en_buf_text(&good), "cover 100 % of 1 results of arms");
    CHECK_CONTAINS(en_buf_text(&good), "the model predicts better");
    rows[1].p.crps = 0.5;
    en_validation_docs(&(struct en_validation_rows){rows, 2}, &bad);
    CHECK_CONTAINS(en_buf_text(&bad), "**missed**");
    CHECK_CONTAINS(en_buf_text(&bad), "**no better**");
    CHECK_CONTAINS(en_buf_text(&bad), "| r | -3 | 0 (-2 to 2) | 0 |");
    en_validation_docs(&(struct en_validation_rows){rows, 0}, &none);
    CHECK_CONTAINS(en_buf_text(&none), "Not done yet");
    for (const struct en_sheet_column *c = EN_PUBLISHED_COLUMNS; c->name != NULL; c++) {
        CHECK_CONTAINS(en_buf_text(&none), c->name);
    }
    en_buf_free(&good);
    en_buf_free(&bad);
    en_buf_free(&none);
}

/* A damaged table is not summed up. */
static void test_validation_table_is_checked(void **state)
{
    struct en_validation_row row = row_of(0.5, 0.6, "");
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_validation_rows rows = {&row, 1}, out;
    struct en_buf text = EN_BUF(1 << 16);
    struct en_err err = {""};

    (void)state;
    en_validation_print(&rows, &text);
    char *cell = strstr(text.bytes, "\t0.6\n");

    CHECK(en_validation_read("FILE", text.bytes, text.size, &a, &out, NULL) == EN_OK);
    CHECK(cell != NULL);
    cell[1] = 'x';
    CHECK(en_validation_read("FILE", text.bytes, text.size, &a, &out, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "FILE, line 3, column pit");
    en_buf_free(&text);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_validation_counts),
          cmocka_unit_test(test_validation_document_is_honest),
          cmocka_unit_test(test_validation_table_is_checked));
