/* SPDX-License-Identifier: Apache-2.0
 * Which kinds of operands go with which operator: the whole table, so that no pair is forgotten. */
#include "base/text.h"
#include "knowledge/expr.h"

#include "small.h"

static struct en_arena arena = {.limit = 16 << 20};
static struct en_knowledge *k;

static int load(void **state)
{
    (void)state;
    k = small_load(&arena);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static bool is_accepted(const char *text)
{
    struct en_expr *e = NULL;
    struct en_err err = {""};
    const enum en_status status = en_expr_parse(k, &arena, text, &e, &err);

    CHECK(status == EN_OK || (status == EN_EINVAL && e == NULL && err.text[0] != '\0'));
    return status == EN_OK;
}

/* One operand of each kind: truth, number without unit, number with one, another one, code, word,
 * date, days. */
enum kind { TRUTH, PLAIN, UNIT, OTHER, CODE, WORD, DATE, DAYS, KIND_COUNT };
static const char *const OPERANDS[KIND_COUNT] = {
    [TRUTH] = "a",         [PLAIN] = "inr",  [UNIT] = "glucose",     [OTHER] = "temperature",
    [CODE] = "site_class", [WORD] = "\"P\"", [DATE] = "steroid_day", [DAYS] = "age_days(inr)",
};

/* Print a table row by row: left operand, then one letter per right operand, y or n. */
static void check_table(const char *form, const char *const rows[KIND_COUNT])
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (size_t j = 0; j < KIND_COUNT; j++) {
            char text[128];

            (void)snprintf(text, sizeof text, "%s %s %s", OPERANDS[i], form, OPERANDS[j]);
            if (is_accepted(text) != (rows[i][j] == 'y')) {
                print_error("%s: should be %s\n", text, rows[i][j] == 'y' ? "accepted" : "refused");
                fail();
            }
        }
    }
}

/* Order is for numbers of one unit; days also go with numbers without unit. */
static void test_types_of_order(void **state)
{
    static const char *const ROWS[KIND_COUNT] = {
        [TRUTH] = "nnnnnnnn", [PLAIN] = "nynnnnny", [UNIT] = "nnynnnnn", [OTHER] = "nnnynnnn",
        [CODE] = "nnnnnnnn",  [WORD] = "nnnnnnnn",  [DATE] = "nnnnnnnn", [DAYS] = "nynnnnny",
    };

    (void)state;
    check_table("<", ROWS);
    check_table("<=", ROWS);
    check_table(">", ROWS);
    check_table(">=", ROWS);
}

/* Equality is also for truths, and for a code with a word. Two codes are two vocabularies. */
static void test_types_of_equality(void **state)
{
    static const char *const ROWS[KIND_COUNT] = {
        [TRUTH] = "ynnnnnnn", [PLAIN] = "nynnnnny", [UNIT] = "nnynnnnn", [OTHER] = "nnnynnnn",
        [CODE] = "nnnnnynn",  [WORD] = "nnnnynnn",  [DATE] = "nnnnnnnn", [DAYS] = "nynnnnny",
    };

    (void)state;
    check_table("==", ROWS);
    check_table("!=", ROWS);
}

/* Logic joins truths only. */
static void test_types_of_logic(void **state)
{
    static const char *const ROWS[KIND_COUNT] = {
        [TRUTH] = "ynnnnnnn", [PLAIN] = "nnnnnnnn", [UNIT] = "nnnnnnnn", [OTHER] = "nnnnnnnn",
        [CODE] = "nnnnnnnn",  [WORD] = "nnnnnnnn",  [DATE] = "nnnnnnnn", [DAYS] = "nnnnnnnn",
    };

    (void)state;
    check_table("and", ROWS);
    check_table("or", ROWS);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        char text[64];

        (void)snprintf(text, sizeof text, "not %s", OPERANDS[i]);
        CHECK(is_accepted(text) == (i == TRUTH));
        (void)snprintf(text, sizeof text, "%s", OPERANDS[i]);
        CHECK(is_accepted(text) == (i == TRUTH));
    }
}

/* A sum needs one unit, a product at most one, a quotient a number without unit below or the same
 * unit above and below. The result is compared with a number of the unit that it must have. */
static void test_types_of_arithmetic(void **state)
{
    static const struct {
        const char *text;
        bool is_right;
    } CASES[] = {
        {"inr + inr > 1", true},
        {"glucose + glucose > 1 'mmol/L'", true},
        {"glucose + glucose > 1", false},
        {"glucose + temperature > 1 'mmol/L'", false},
        {"glucose - 1 > 1 'mmol/L'", false},
        {"glucose - 1 'mmol/L' > 1 'mmol/L'", true},
        {"2 * glucose > 1 'mmol/L'", true},
        {"glucose * 2 > 1 'mmol/L'", true},
        {"glucose * inr > 1 'mmol/L'", true},
        {"glucose * temperature > 1", false},
        {"glucose * glucose > 1", false},
        {"glucose / 2 > 1 'mmol/L'", true},
        {"glucose / glucose > 1", true},
        {"glucose / glucose > 1 'mmol/L'", false},
        {"glucose / temperature > 1", false},
        {"2 / glucose > 1", false},
        {"age_days(inr) + 1 > 3", true},
        {"age_days(inr) - age_days(glucose) > 3 'd'", true},
        {"age_days(inr) > 1 'wk'", false},
        {"age_days(inr) / 7 > 2", true},
        {"a + 1 > 1", false},
        {"1 + a > 1", false},
        {"site_class + 1 > 1", false},
        {"\"P\" + \"P\" == \"PP\"", false},
        {"steroid_day - 1 > 1", false},
        {"(a or b) * 2 > 1", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        if (is_accepted(CASES[i].text) != CASES[i].is_right) {
            print_error("%s: should be %s\n", CASES[i].text,
                        CASES[i].is_right ? "accepted" : "refused");
            fail();
        }
    }
}

/* Functions take the name of a fact, whatever its kind, and nothing else. */
static void test_types_of_functions(void **state)
{
    static const char *const NAMES[] = {"a", "inr", "site_class", "steroid_day"};
    static const char *const OTHERS[] = {"1",        "\"P\"", "a or b", "(a)",
                                         "known(a)", "true",  "nobody", ""};
    char text[64];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        (void)snprintf(text, sizeof text, "known(%s)", NAMES[i]);
        CHECK(is_accepted(text));
        (void)snprintf(text, sizeof text, "age_days(%s) > 1", NAMES[i]);
        CHECK(is_accepted(text));
    }
    for (size_t i = 0; i < EN_COUNT(OTHERS); i++) {
        (void)snprintf(text, sizeof text, "known(%s)", OTHERS[i]);
        CHECK(!is_accepted(text));
        (void)snprintf(text, sizeof text, "age_days(%s) > 1", OTHERS[i]);
        CHECK(!is_accepted(text));
    }
}

/* Spaces do not matter between the pieces, but inside a name, a number or an operator they do. */
static void test_types_of_spacing(void **state)
{
    static const char *const SAME[] = {
        "inr>3.0 and not a",
        "  inr  >  3.0  and  not  a  ",
        "(inr>3.0)and(not(a))",
        "((inr > 3.0) and (not a))",
    };
    static const char *const WRONG[] = {
        "in r > 3", "inr > = 3", "inr > 3 .0",  "nota",      "inr\t> 3", "inr > 3\n",
        "inr > .5", "INR > 3",   "inr > 3 and", "and a",     "a,b",      "a;b",
        "()",       "a()",       "a b",         "inr > > 3",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(SAME); i++) {
        CHECK(is_accepted(SAME[i]));
    }
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        if (is_accepted(WRONG[i])) {
            print_error("accepted: %s\n", WRONG[i]);
            fail();
        }
    }
}

/* Which ids can be facts: the words of the language cannot. */
static void test_types_of_names(void **state)
{
    static const char *const GOOD[] = {"a", "A1", "_x", "android", "nota", "inr_2", "known_"};
    static const char *const BAD[] = {"",     "1a",    "a-b", "a.b",   "and",      "or", "not",
                                      "true", "false", "in",  "known", "age_days", "a b"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(GOOD); i++) {
        CHECK(en_expr_can_name(GOOD[i]));
    }
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        CHECK(!en_expr_can_name(BAD[i]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, load, unload)

TEST_MAIN(TEST(test_types_of_order), TEST(test_types_of_equality), TEST(test_types_of_logic),
          TEST(test_types_of_arithmetic), TEST(test_types_of_functions),
          TEST(test_types_of_spacing), TEST(test_types_of_names));
