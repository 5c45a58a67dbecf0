/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "support/check.h"

#include <stdlib.h>

static const struct en_option TABLE[] = {
    {"json", NULL, "a switch"},
    {"pdf", "DIR", "a value"},
    {"set", "FIELD=VALUE", "may be repeated"},
    {NULL, NULL, NULL},
};

/* What was wrong, in words that name the argument. */
static const char *refusal(int count, const char *const *words)
{
    static struct en_err err;
    struct en_arguments args;
    char *argv[8];

    for (int i = 0; i < count; i++) {
        argv[i] = strdup(words[i]);
    }
    err.text[0] = '\0';
    const enum en_status st = en_arguments_read(TABLE, count, argv, &args, &err);

    for (int i = 0; i < count; i++) {
        free(argv[i]);
    }
    CHECK(st == EN_EINVAL);
    return err.text;
}

static void test_options_take_values_switches_and_repeats(void **state)
{
    char pdf[] = "--pdf", dir[] = "papers", json[] = "--json", one[] = "--set=a=1",
         word[] = "x.json";
    char set[] = "--set", two[] = "b=2";
    char *argv[] = {word, pdf, dir, json, one, set, two};
    struct en_arguments args;

    (void)state;
    CHECK(en_arguments_read(TABLE, 7, argv, &args, NULL) == EN_OK);
    CHECK(args.word_count == 1);
    CHECK_TEXT(args.words[0], "x.json");
    CHECK_TEXT(en_given(&args, "pdf"), "papers");
    CHECK_TEXT(en_given(&args, "json"), "");
    CHECK_TEXT(en_given(&args, "set"), "b=2");
    CHECK(args.all_count == 4);
    CHECK_TEXT(args.all[2].value, "a=1");
}

static void test_options_name_what_is_wrong(void **state)
{
    (void)state;
    CHECK_CONTAINS(refusal(1, (const char *const[]){"--nonsense"}), "--nonsense");
    CHECK_CONTAINS(refusal(1, (const char *const[]){"--pdf"}), "--pdf needs a value");
    CHECK_CONTAINS(refusal(1, (const char *const[]){"--json=yes"}), "--json takes no value");
    CHECK_CONTAINS(refusal(5, (const char *const[]){"a", "b", "c", "d", "e"}), "\"e\"");
}

/* Numbers and days at their limits, just beyond, and absent. */
static void test_options_keep_ranges(void **state)
{
    static const struct en_option NUMBERS[] = {
        {"mg", "MG", ""}, {"n", "N", ""}, {"today", "DAY", ""}, {NULL, NULL, NULL}};
    char a[] = "--mg=10", b[] = "--n=24", c[] = "--today=2026-03-02";
    char *argv[] = {a, b, c};
    struct en_arguments args;
    struct en_err err = {""};
    double mg = 1.0;
    long long n = 1;
    en_day day = 0;

    (void)state;
    CHECK(en_arguments_read(NUMBERS, 3, argv, &args, NULL) == EN_OK);
    CHECK(en_given_number(&args, "mg", 0.0, 10.0, &mg, &err) == EN_OK && mg == 10.0);
    CHECK(en_given_number(&args, "mg", 0.0, 9.9, &mg, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "--mg needs a number from 0 to 9.9");
    CHECK(en_given_integer(&args, "n", 1, 24, &n, &err) == EN_OK && n == 24);
    CHECK(en_given_integer(&args, "n", 1, 23, &n, &err) == EN_EINVAL);
    CHECK(en_given_day(&args, "today", &day, &err) == EN_OK && day != 0);
    CHECK(en_arguments_read(NUMBERS, 0, argv, &args, NULL) == EN_OK);
    CHECK(en_given_number(&args, "mg", 0.0, 1.0, &mg, &err) == EN_OK && mg == 10.0);
}

TEST_MAIN(cmocka_unit_test(test_options_take_values_switches_and_repeats),
          cmocka_unit_test(test_options_name_what_is_wrong),
          cmocka_unit_test(test_options_keep_ranges));
