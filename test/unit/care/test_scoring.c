/* SPDX-License-Identifier: Apache-2.0
 * Scores from answers: direction, missing items, variants. Expected values by hand. */
#include "fixture.h"

enum { ITEMS_MAX = 48 };

struct row {
    const char *instrument, *scale;
    size_t count;    /* of answers */
    double answer;   /* given to all of them */
    size_t missing;  /* the first ones are not answered */
    double expected; /* NAN: too few */
};

static double score(const char *instrument, const char *scale, const double *items, size_t count)
{
    struct en_err err = {{0}};
    double out = 0.0;

    if (en_score_items(fx_knowledge(), instrument, scale, items, count, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

/* Best and worst answers give the ends of each scale, the right way round: KOOS is 100 when every
 * answer is "none", PRTEE, SPADI and ODI are 0 then. */
static const struct row ENDS[] = {
    {"nrs", NULL, 1, 7, 0, 7},          {"peg", NULL, 3, 0, 0, 0},
    {"peg", NULL, 3, 10, 0, 10},        {"psfs", NULL, 3, 0, 0, 0},
    {"psfs", NULL, 5, 10, 0, 10},       {"rmdq", NULL, 24, 0, 0, 0},
    {"rmdq", NULL, 24, 1, 0, 24},       {"lefs", NULL, 20, 4, 0, 80},
    {"ndi", NULL, 10, 5, 0, 50},        {"odi", NULL, 10, 0, 0, 0},
    {"odi", NULL, 10, 5, 0, 100},       {"quickdash", NULL, 11, 1, 0, 0},
    {"quickdash", NULL, 11, 5, 0, 100}, {"koos", NULL, 9, 0, 0, 100},
    {"koos", NULL, 9, 4, 0, 0},         {"hoos", NULL, 10, 1, 0, 75},
    {"faos", NULL, 7, 3, 0, 25},        {"faam", "adl", 21, 4, 0, 100},
    {"faam", "sport", 8, 0, 0, 0},      {"ffi", NULL, 23, 10, 0, 100},
    {"spadi", NULL, 13, 10, 0, 100},    {"spadi", "total", 13, 0, 0, 0},
    {"prtee", NULL, 15, 0, 0, 0},       {"prtee", NULL, 15, 10, 0, 100},
    {"bctq", "symptom", 11, 1, 0, 1},   {"bctq", "function", 8, 5, 0, 5},
    {"jfls", NULL, 8, 10, 0, 10},
};

/* The rules for missing answers, at the limit and beyond. */
static const struct row MISSING[] = {
    {"peg", NULL, 3, 6, 1, NAN}, /* all three */
    {"psfs", NULL, 5, 6, 2, 6},  /* three activities are enough */
    {"psfs", NULL, 5, 6, 3, NAN},
    {"psfs", NULL, 2, 6, 0, NAN},
    {"rmdq", NULL, 24, 1, 20, 4},   /* not ticked is no */
    {"rmdq", NULL, 24, 1, 24, NAN}, /* an empty form is no score */
    {"odi", NULL, 10, 5, 1, 100},   /* 45 of 45 */
    {"odi", NULL, 10, 5, 2, NAN},
    {"quickdash", NULL, 11, 3, 1, 50}, /* ten of eleven */
    {"quickdash", NULL, 11, 3, 2, NAN},
    {"koos", NULL, 10, 2, 5, 50}, /* half */
    {"koos", NULL, 10, 2, 6, NAN},
    {"faam", "adl", 21, 2, 2, 50}, /* 19 of 21 */
    {"faam", "adl", 21, 2, 3, NAN},
    {"faam", "sport", 8, 2, 1, 50}, /* 7 of 8 */
    {"faam", "sport", 8, 2, 2, NAN},
    {"spadi", NULL, 13, 5, 2, 50}, /* two of the five pain items */
    {"spadi", NULL, 13, 5, 3, NAN},
    {"prtee", NULL, 15, 5, 1, NAN},
    {"lefs", NULL, 20, 4, 1, NAN},
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *r = &rows[i];
        double items[ITEMS_MAX];

        CHECK(r->count <= ITEMS_MAX);
        for (size_t k = 0; k < r->count; k++) {
            items[k] = k < r->missing ? (double)NAN : r->answer;
        }
        const double found = score(r->instrument, r->scale, items, r->count);

        if (isnan(r->expected) ? !isnan(found) : !(fabs(found - r->expected) < 1e-9)) {
            print_error("%s, %zu missing: %g\n", r->instrument, r->missing, found);
            fail();
        }
    }
}

static void test_ends_and_direction(void **state)
{
    (void)state;
    check_rows(ENDS, EN_COUNT(ENDS));
}

static void test_missing_answers(void **state)
{
    (void)state;
    check_rows(MISSING, EN_COUNT(MISSING));
}

/* PEG is the plain mean; PSFS the mean of what was named. */
static void test_means(void **state)
{
    static const double PEG[] = {7.0, 5.0, 6.0}, PSFS[] = {3.0, 4.0, 8.0, 1.0};

    (void)state;
    CHECK_NEAR(score("peg", NULL, PEG, 3), 6.0, 1e-12);
    CHECK_NEAR(score("psfs", NULL, PSFS, 4), 4.0, 1e-12);
}

/* SPADI has two variants that differ: the mean of both percentages, or the total over 130. Pain all
 * 10, disability all 0: 50 against 38.5. */
static void test_spadi_variants_differ(void **state)
{
    static const double ITEMS[13] = {10, 10, 10, 10, 10};

    (void)state;
    CHECK_NEAR(score("spadi", NULL, ITEMS, 13), 50.0, 1e-9);
    CHECK_NEAR(score("spadi", "total", ITEMS, 13), 5000.0 / 130.0, 1e-9);
}

/* PRTEE: five pain items count in full, ten function items by half. */
static void test_prtee_weights(void **state)
{
    static const double PAIN[15] = {10, 10, 10, 10, 10};
    double function[15] = {0};

    (void)state;
    for (size_t i = 5; i < 15; i++) {
        function[i] = 10.0;
    }
    CHECK_NEAR(score("prtee", NULL, PAIN, 15), 50.0, 1e-12);
    CHECK_NEAR(score("prtee", NULL, function, 15), 50.0, 1e-12);
}

/* ODI is a percentage, not the sum: ten times 2 of 5 is 40, the band "moderate", not 20. */
static void test_odi_is_a_percentage(void **state)
{
    static const double ITEMS[10] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};

    (void)state;
    CHECK_NEAR(score("odi", NULL, ITEMS, 10), 40.0, 1e-12);
}

static void test_wrong_input_fails(void **state)
{
    static const double ITEMS[24] = {1}, HIGH[3] = {5, 11, 5}, LOW[11] = {0};
    static const struct {
        const char *instrument, *scale;
        const double *items;
        size_t count;
    } ROWS[] = {
        {"no_such", NULL, ITEMS, 3}, {"koos", "no_such", ITEMS, 9}, {"faam", NULL, ITEMS, 21},
        {"peg", NULL, ITEMS, 2},     {"peg", NULL, ITEMS, 0},       {"rmdq", NULL, ITEMS, 23},
        {"peg", NULL, HIGH, 3},      {"quickdash", NULL, LOW, 11},  {NULL, NULL, ITEMS, 3},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_err err = {{0}};
        double out = 1.0;

        CHECK(en_score_items(fx_knowledge(), ROWS[i].instrument == NULL ? "" : ROWS[i].instrument,
                             ROWS[i].scale, ROWS[i].items, ROWS[i].count, &out, &err) == EN_EINVAL);
        CHECK(isnan(out) && err.text[0] != '\0');
    }
}

TEST_MAIN(cmocka_unit_test(test_ends_and_direction), cmocka_unit_test(test_missing_answers),
          cmocka_unit_test(test_means), cmocka_unit_test(test_spadi_variants_differ),
          cmocka_unit_test(test_prtee_weights), cmocka_unit_test(test_odi_is_a_percentage),
          cmocka_unit_test(test_wrong_input_fails));
