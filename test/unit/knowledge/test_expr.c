/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/expr.h"

#include "base/buf.h"

#include "small.h"

enum { FACTS_MAX = 16, TODAY = 20000 };

/* Facts by name over the small tables; all unknown at first. */
struct world {
    struct en_arena arena;
    struct en_knowledge *k;
    struct en_fact facts[FACTS_MAX];
    struct en_fact_view view;
};

static int world_open(void **state)
{
    static struct world w;

    w = (struct world){.arena = EN_ARENA(4 << 20)};
    w.k = small_load(&w.arena);
    CHECK(en_table_get(w.k, "facts")->row_count <= FACTS_MAX);
    w.view = (struct en_fact_view){.knowledge = w.k, .facts = w.facts, .today = TODAY};
    *state = &w;
    return 0;
}

static int world_close(void **state)
{
    struct world *w = *state;

    en_arena_free(&w->arena);
    return 0;
}

static void forget(struct world *w)
{
    memset(w->facts, 0, sizeof w->facts);
}

static void set_bool(struct world *w, const char *id, enum en_truth truth)
{
    w->facts[en_fact_index(w->k, id)] =
        truth == EN_UNKNOWN
            ? (struct en_fact){0}
            : (struct en_fact){.kind = EN_FACT_BOOL, .truth = truth == EN_TRUE, .as_of = TODAY};
}

static void set_number(struct world *w, const char *id, double number, en_day as_of)
{
    w->facts[en_fact_index(w->k, id)] =
        (struct en_fact){.kind = EN_FACT_NUMBER, .number = number, .as_of = as_of};
}

static void set_code(struct world *w, const char *id, const char *code)
{
    w->facts[en_fact_index(w->k, id)] =
        (struct en_fact){.kind = EN_FACT_CODE, .code = code, .as_of = TODAY};
}

static struct en_expr *parse(struct world *w, const char *text)
{
    struct en_expr *e = NULL;
    struct en_err err = {""};

    if (en_expr_parse(w->k, &w->arena, text, &e, &err) != EN_OK) {
        print_error("%s: %s\n", text, err.text);
        fail();
    }
    return e;
}

static enum en_truth truth(struct world *w, const char *text)
{
    return en_expr_truth(parse(w, text), &w->view);
}

/* Kleene's tables: unknown spreads only where the other side does not decide. */
static void test_expr_truth_tables_are_kleenes(void **state)
{
    static const enum en_truth F = EN_FALSE, T = EN_TRUE, U = EN_UNKNOWN;
    const enum en_truth values[] = {F, T, U};
    const enum en_truth and_table[3][3] = {{F, F, F}, {F, T, U}, {F, U, U}};
    const enum en_truth or_table[3][3] = {{F, T, U}, {T, T, T}, {U, T, U}};
    const enum en_truth equal_table[3][3] = {{T, F, U}, {F, T, U}, {U, U, U}};
    const enum en_truth not_table[3] = {T, F, U};
    struct world *w = *state;

    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            set_bool(w, "a", values[i]);
            set_bool(w, "b", values[j]);
            CHECK(truth(w, "a and b") == and_table[i][j]);
            CHECK(truth(w, "a or b") == or_table[i][j]);
            CHECK(truth(w, "a == b") == equal_table[i][j]);
        }
        CHECK(truth(w, "not a") == not_table[i]);
        CHECK(truth(w, "a") == values[i]);
    }
}

/* A limit is a limit: at it, a hair beyond it, and unknown are three different answers. */
static void test_expr_comparisons_at_the_limit(void **state)
{
    static const struct {
        const char *text;
        enum en_truth below, at, above;
    } CASES[] = {
        {"inr > 3.0", EN_FALSE, EN_FALSE, EN_TRUE}, {"inr >= 3.0", EN_FALSE, EN_TRUE, EN_TRUE},
        {"inr < 3.0", EN_TRUE, EN_FALSE, EN_FALSE}, {"inr <= 3.0", EN_TRUE, EN_TRUE, EN_FALSE},
        {"inr == 3", EN_FALSE, EN_TRUE, EN_FALSE},  {"inr != 3", EN_TRUE, EN_FALSE, EN_TRUE},
    };
    struct world *w = *state;

    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const double values[] = {nextafter(3.0, 0.0), 3.0, nextafter(3.0, 4.0)};
        const enum en_truth expected[] = {CASES[i].below, CASES[i].at, CASES[i].above};

        for (size_t j = 0; j < EN_COUNT(values); j++) {
            set_number(w, "inr", values[j], TODAY);
            CHECK(truth(w, CASES[i].text) == expected[j]);
        }
        set_number(w, "inr", NAN, TODAY);
        CHECK(truth(w, CASES[i].text) == EN_UNKNOWN);
        forget(w);
        CHECK(truth(w, CASES[i].text) == EN_UNKNOWN);
    }
}

/* inr may be 7 days old: 7 days is used, 8 is stale; without a day its age cannot be shown, and a
 * day after today is no measurement. */
static void test_expr_stale_by_one_day_is_unknown(void **state)
{
    struct world *w = *state;
    bool is_stale = false;
    const size_t inr = en_fact_index(w->k, "inr");

    set_number(w, "inr", 3.4, TODAY - 7);
    CHECK(truth(w, "inr > 3") == EN_TRUE);
    CHECK(en_fact_seen(&w->view, inr, &is_stale).number == 3.4 && !is_stale);
    set_number(w, "inr", 3.4, TODAY - 8);
    CHECK(truth(w, "inr > 3") == EN_UNKNOWN);
    CHECK(truth(w, "known(inr)") == EN_FALSE);
    CHECK(en_fact_seen(&w->view, inr, &is_stale).kind == EN_FACT_UNKNOWN && is_stale);
    set_number(w, "inr", 3.4, EN_DAY_UNKNOWN);
    CHECK(truth(w, "inr > 3") == EN_UNKNOWN);
    set_number(w, "inr", 3.4, TODAY + 1);
    CHECK(truth(w, "inr > 3") == EN_UNKNOWN);
    forget(w);
    (void)en_fact_seen(&w->view, inr, &is_stale);
    CHECK(!is_stale);
}

/* A maximum age of 0 means "from today"; without one even an undated value is used. */
static void test_expr_age_zero_is_today_and_empty_is_forever(void **state)
{
    struct world *w = *state;

    set_number(w, "temperature", 38.5, TODAY);
    CHECK(truth(w, "temperature > 38 'Cel'") == EN_TRUE);
    set_number(w, "temperature", 38.5, TODAY - 1);
    CHECK(truth(w, "temperature > 38 'Cel'") == EN_UNKNOWN);
    set_number(w, "glucose", 14.0, EN_DAY_UNKNOWN);
    CHECK(truth(w, "glucose > 13.9 'mmol/L'") == EN_TRUE);
    set_number(w, "glucose", 14.0, TODAY - 9000);
    CHECK(truth(w, "glucose > 13.9 'mmol/L'") == EN_TRUE);
}

static void test_expr_known_is_never_unknown(void **state)
{
    struct world *w = *state;

    CHECK(truth(w, "known(a)") == EN_FALSE && truth(w, "not known(inr)") == EN_TRUE);
    set_bool(w, "a", EN_FALSE);
    CHECK(truth(w, "known(a)") == EN_TRUE);
    /* A fact of another kind than facts.tsv says is not used. */
    set_number(w, "a", 1.0, TODAY);
    CHECK(truth(w, "known(a)") == EN_FALSE && truth(w, "a") == EN_UNKNOWN);
    set_code(w, "site_class", "");
    CHECK(truth(w, "known(site_class)") == EN_FALSE);
}

/* Days since the day that a date fact names; since another fact was measured. */
static void test_expr_age_days(void **state)
{
    struct world *w = *state;
    struct en_fact *day = &w->facts[en_fact_index(w->k, "steroid_day")];

    CHECK(truth(w, "age_days(steroid_day) < 28") == EN_UNKNOWN);
    *day = (struct en_fact){.kind = EN_FACT_DATE, .date = TODAY - 27, .as_of = TODAY};
    CHECK(truth(w, "age_days(steroid_day) < 28 'd'") == EN_TRUE);
    day->date = TODAY - 28;
    CHECK(truth(w, "age_days(steroid_day) < 28") == EN_FALSE);
    CHECK(truth(w, "28 == age_days(steroid_day)") == EN_TRUE);
    day->date = EN_DAY_UNKNOWN;
    CHECK(truth(w, "age_days(steroid_day) < 28") == EN_UNKNOWN);
    set_number(w, "glucose", 5.0, TODAY - 3);
    CHECK(truth(w, "age_days(glucose) == 3") == EN_TRUE);
    set_number(w, "glucose", 5.0, EN_DAY_UNKNOWN);
    CHECK(truth(w, "age_days(glucose) == 3") == EN_UNKNOWN);
}

static void test_expr_codes(void **state)
{
    struct world *w = *state;

    CHECK(truth(w, "site_class == \"P\"") == EN_UNKNOWN);
    CHECK(truth(w, "site_class in (\"D\", \"N\")") == EN_UNKNOWN);
    set_code(w, "site_class", "P");
    CHECK(truth(w, "site_class == \"P\"") == EN_TRUE && truth(w, "\"P\" == site_class") == EN_TRUE);
    CHECK(truth(w, "site_class != \"P\"") == EN_FALSE);
    CHECK(truth(w, "site_class in (\"D\", \"N\")") == EN_FALSE);
    CHECK(truth(w, "site_class in (\"P\")") == EN_TRUE);
    CHECK(truth(w, "not site_class in (\"D\", \"N\")") == EN_TRUE);
}

/* `or` binds weakest, then `and`, `not`, comparison, sum, product; equal ones from the left. */
static void test_expr_precedence(void **state)
{
    struct world *w = *state;

    set_bool(w, "a", EN_TRUE);
    set_bool(w, "b", EN_FALSE);
    set_bool(w, "c", EN_FALSE);
    CHECK(truth(w, "a or b and c") == EN_TRUE && truth(w, "(a or b) and c") == EN_FALSE);
    CHECK(truth(w, "not b and c") == EN_FALSE && truth(w, "not (b and c)") == EN_TRUE);
    CHECK(truth(w, "not not a") == EN_TRUE);
    CHECK(truth(w, "2 + 3 * 4 == 14") == EN_TRUE && truth(w, "(2 + 3) * 4 == 20") == EN_TRUE);
    CHECK(truth(w, "10 - 4 - 3 == 3") == EN_TRUE && truth(w, "12 / 3 / 2 == 2") == EN_TRUE);
    CHECK(truth(w, "not 1 == 2") == EN_TRUE && truth(w, "-2 + 1 < 0") == EN_TRUE);
    CHECK(truth(w, "true or false and false") == EN_TRUE);
    CHECK(truth(w, "1e-2 == 0.01") == EN_TRUE);
}

/* Arithmetic keeps units: a difference has the unit of its sides, a ratio has none. What is
 * unknown or infinite stays unknown. */
static void test_expr_arithmetic(void **state)
{
    struct world *w = *state;

    set_number(w, "glucose", 9.0, TODAY);
    CHECK(truth(w, "glucose - fasting_glucose > 3 'mmol/L'") == EN_UNKNOWN);
    set_number(w, "fasting_glucose", 6.0, TODAY);
    CHECK(truth(w, "glucose - fasting_glucose >= 3 'mmol/L'") == EN_TRUE);
    CHECK(truth(w, "glucose / fasting_glucose == 1.5") == EN_TRUE);
    CHECK(truth(w, "2 * glucose == 18 'mmol/L'") == EN_TRUE);
    CHECK(truth(w, "glucose / 3 == 3 'mmol/L'") == EN_TRUE);
    set_number(w, "fasting_glucose", 0.0, TODAY);
    CHECK(truth(w, "glucose / fasting_glucose > 1") == EN_UNKNOWN);
}

/* Every refusal says where, and what to do instead. */
static void test_expr_refusals_point_at_the_place(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } CASES[] = {
        {"", "at character 1,", "a fact is expected"},
        {"a and", "at character 6,", "a fact is expected"},
        {"a or inx > 3", "at character 6, \"inx\"", "unknown fact"},
        {"inr", "at character 1, \"inr\"", "neither true nor false"},
        {"a and inr", "at character 7, \"inr\"", "neither true nor false"},
        {"inr = 3", "at character 5, \"=\"", "compare with =="},
        {"glucose > 13.9", "at character 1,", "the units differ"},
        {"inr > 3 'mmol/L'", "at character 1,", "the units differ"},
        {"a > 1", "at character 1,", "only numbers have an order"},
        {"a == 1", "at character 1,", "cannot be compared"},
        {"site_class == \"X\"", "at character 15, \"\"X\"\"", "never has this value"},
        {"site_class in (\"P\", \"X\")", "at character 21,", "never has this value"},
        {"site_class < \"P\"", "at character 1,", "only numbers have an order"},
        {"site_class in ()", "at character 16, \")\"", "a word in double quotes"},
        {"site_class in (\"P\"", "at character 19,", "a comma or a closing"},
        {"inr in (\"P\")", "at character 1,", "needs a code fact"},
        {"steroid_day == 3", "at character 1,", "use age_days()"},
        {"steroid_day", "at character 1,", "neither true nor false"},
        {"age_days(inr) > 3 'mo'", "at character 1,", "the units differ"},
        {"known inr", "at character 7, \"inr\"", "an opening parenthesis"},
        {"known(3)", "at character 7, \"3\"", "a fact is expected"},
        {"known(inr", "at character 10,", "a closing parenthesis"},
        {"(a or b", "at character 8,", "a closing parenthesis"},
        {"a b", "at character 3, \"b\"", "should end here"},
        {"inr < 2 < 3", "at character 9, \"<\"", "should end here"},
        {"a + b == 2", "at character 1,", "only numbers can be calculated"},
        {"inr + glucose > 1", "at character 1,", "the units do not go together"},
        {"glucose * glucose > 1", "at character 1,", "the units do not go together"},
        {"- a", "at character 3, \"a\"", "a number is expected"},
        {"inr > 1.2.3", "at character 10, \".\"", "should end here"},
        {"inr > 1e999", "at character 7,", "no number"},
        {"a and \"unclosed", "at character 7,", "a fact is expected"},
        {"a & b", "at character 3, \"&\"", "should end here"},
        {"not", "at character 4,", "a fact is expected"},
    };
    struct world *w = *state;

    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_err err = {""};
        struct en_expr *e = NULL;

        if (en_expr_parse(w->k, &w->arena, CASES[i].text, &e, &err) != EN_EINVAL || e != NULL) {
            print_error("accepted: %s\n", CASES[i].text);
            fail();
        }
        CHECK_CONTAINS(err.text, CASES[i].place);
        CHECK_CONTAINS(err.text, CASES[i].what);
    }
}

/* count copies of a piece, and an end. */
static const char *repeat(struct world *w, const char *piece, size_t count, const char *end)
{
    struct en_buf b = EN_BUF(1 << 20);

    for (size_t i = 0; i < count; i++) {
        en_buf_add(&b, piece);
    }
    en_buf_add(&b, end);
    const char *text = en_arena_copy(&w->arena, en_buf_text(&b), b.size);

    CHECK(text != NULL && b.status == EN_OK);
    en_buf_free(&b);
    return text;
}

/* Depth and size are limited, at the limit it works; hostile text cannot use up the stack. */
static void test_expr_depth_and_size_are_limited(void **state)
{
    struct world *w = *state;
    struct en_expr *e;
    struct en_err err = {""};

    CHECK(parse(w, repeat(w, "not ", EN_EXPR_DEPTH_MAX, "a")) != NULL);
    CHECK(en_expr_parse(w->k, &w->arena, repeat(w, "not ", EN_EXPR_DEPTH_MAX + 1, "a"), &e, &err) ==
          EN_EINVAL);
    CHECK_CONTAINS(err.text, "nested too deep");
    CHECK(en_expr_parse(w->k, &w->arena, repeat(w, "(", 100000, "a"), &e, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "nested too deep");
    /* n facts and n - 1 operators make 2 n - 1 nodes. */
    CHECK(parse(w, repeat(w, "a or ", EN_EXPR_NODES_MAX / 2 - 1, "a")) != NULL);
    CHECK(en_expr_parse(w->k, &w->arena, repeat(w, "a or ", EN_EXPR_NODES_MAX / 2, "a"), &e,
                        &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "too long");
}

/* Only facts that can still change the answer are asked for, and each once. */
static void test_expr_missing_leaves_out_what_is_decided(void **state)
{
    struct world *w = *state;
    size_t out[FACTS_MAX];
    const size_t a = en_fact_index(w->k, "a"), b = en_fact_index(w->k, "b");
    const size_t inr = en_fact_index(w->k, "inr");
    const struct en_expr *e = parse(w, "(a and inr > 3) or (b and inr > 2)");

    CHECK(en_expr_missing(e, &w->view, out, FACTS_MAX) == 3);
    CHECK(out[0] == a && out[1] == inr && out[2] == b);
    CHECK(en_expr_missing(e, &w->view, out, 2) == 2);
    CHECK(en_expr_missing(e, &w->view, out, 0) == 0);
    set_bool(w, "a", EN_FALSE);
    set_bool(w, "b", EN_TRUE);
    CHECK(en_expr_truth(e, &w->view) == EN_UNKNOWN);
    CHECK(en_expr_missing(e, &w->view, out, FACTS_MAX) == 1 && out[0] == inr);
    set_bool(w, "b", EN_FALSE);
    CHECK(en_expr_truth(e, &w->view) == EN_FALSE);
    CHECK(en_expr_missing(e, &w->view, out, FACTS_MAX) == 0);
    /* Stale counts as missing; inside one comparison every unknown fact counts. */
    set_number(w, "inr", 2.0, TODAY - 8);
    CHECK(en_expr_missing(parse(w, "inr > 3"), &w->view, out, FACTS_MAX) == 1);
    CHECK(en_expr_missing(parse(w, "glucose > fasting_glucose"), &w->view, out, FACTS_MAX) == 2);
    CHECK(en_expr_missing(parse(w, "site_class in (\"P\")"), &w->view, out, FACTS_MAX) == 1);
    CHECK(en_expr_missing(parse(w, "age_days(steroid_day) > 3"), &w->view, out, FACTS_MAX) == 1);
    CHECK(en_expr_missing(parse(w, "known(glucose) or a"), &w->view, out, FACTS_MAX) == 0);
}

static void test_expr_inputs_are_listed_once(void **state)
{
    struct world *w = *state;
    const size_t *inputs = NULL;
    const struct en_expr *e = parse(w, "b and known(inr) and (a or b) and inr > 3");

    CHECK(en_expr_inputs(e, &inputs) == 3);
    CHECK(inputs[0] == en_fact_index(w->k, "b") && inputs[1] == en_fact_index(w->k, "inr") &&
          inputs[2] == en_fact_index(w->k, "a"));
    CHECK_TEXT(en_expr_text(e), "b and known(inr) and (a or b) and inr > 3");
    CHECK(en_expr_inputs(parse(w, "true"), &inputs) == 0);
}

/* Numbers 0 .. below from a seed (splitmix64). */
static unsigned draw(uint64_t *seed, unsigned below)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % below);
}

/* A random expression without known(), which tells about knowledge itself and so may change. */
static char *random_text(struct world *w, uint64_t *seed, int depth)
{
    static const char *const LEAVES[] = {
        "a",
        "b",
        "c",
        "inr > 2",
        "inr <= 1",
        "glucose < fasting_glucose",
        "glucose - fasting_glucose == 1 'mmol/L'",
        "site_class == \"P\"",
        "site_class in (\"D\", \"N\")",
        "age_days(steroid_day) > 1",
        "true",
        "a != b",
    };
    const unsigned pick = depth == 0 ? 3 : draw(seed, 5);

    if (pick >= 3) {
        return en_arena_copy(&w->arena, LEAVES[draw(seed, EN_COUNT(LEAVES))], SIZE_MAX);
    }
    const char *left = random_text(w, seed, depth - 1);

    if (pick == 2) {
        return en_arena_print(&w->arena, "not (%s)", left);
    }
    return en_arena_print(&w->arena, "(%s) %s (%s)", left, pick == 0 ? "and" : "or",
                          random_text(w, seed, depth - 1));
}

/* A full set of random facts. */
static void random_facts(struct world *w, uint64_t *seed)
{
    static const char *const CODES[] = {"P", "D", "N"};

    set_bool(w, "a", draw(seed, 2) == 0 ? EN_FALSE : EN_TRUE);
    set_bool(w, "b", draw(seed, 2) == 0 ? EN_FALSE : EN_TRUE);
    set_bool(w, "c", draw(seed, 2) == 0 ? EN_FALSE : EN_TRUE);
    set_number(w, "inr", draw(seed, 4), TODAY);
    set_number(w, "glucose", draw(seed, 4), TODAY);
    set_number(w, "fasting_glucose", draw(seed, 4), TODAY);
    set_code(w, "site_class", CODES[draw(seed, 3)]);
    w->facts[en_fact_index(w->k, "steroid_day")] = (struct en_fact){
        .kind = EN_FACT_DATE, .date = TODAY - (en_day)draw(seed, 4), .as_of = TODAY};
}

/* Kleene's logic is monotone: what is decided with some facts stays so when more become known, and
 * an undecided answer names at least one fact that is missing. */
static void test_expr_more_facts_never_change_a_decision(void **state)
{
    enum { EXPRESSIONS = 2000, SEED = 20250131 };
    struct world *w = *state;
    uint64_t seed = SEED;
    size_t missing[FACTS_MAX];
    const size_t count = en_table_get(w->k, "facts")->row_count;

    print_message("seed %d\n", SEED);
    for (int i = 0; i < EXPRESSIONS; i++) {
        const struct en_arena_mark mark = en_arena_mark(&w->arena);
        const char *text = random_text(w, &seed, 4);
        const struct en_expr *e = parse(w, text);

        random_facts(w, &seed);
        const enum en_truth whole = en_expr_truth(e, &w->view);

        for (size_t f = 0; f < count; f++) {
            w->facts[f] = draw(&seed, 2) == 0 ? (struct en_fact){0} : w->facts[f];
        }
        const enum en_truth part = en_expr_truth(e, &w->view);
        const size_t left = en_expr_missing(e, &w->view, missing, FACTS_MAX);

        if ((part != EN_UNKNOWN && part != whole) || (part == EN_UNKNOWN) != (left > 0)) {
            print_error("%s: whole %d, part %d, missing %zu\n", text, (int)whole, (int)part, left);
            fail();
        }
        en_arena_rewind(&w->arena, mark);
    }
}

/* A full arena is an error of its own, at any point of the parse. */
static void test_expr_memory_may_end_anywhere(void **state)
{
    struct world *w = *state;

    for (size_t room = 0;; room += 16) {
        struct en_arena small = EN_ARENA(room);
        struct en_expr *e = NULL;
        const enum en_status status =
            en_expr_parse(w->k, &small, "inr > 3 'x' or site_class in (\"P\")", &e, NULL);

        en_arena_free(&small);
        if (status == EN_EINVAL) {
            CHECK(room > 0);
            break;
        }
        CHECK(status == EN_ENOMEM && e == NULL);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

TEST_MAIN(TEST(test_expr_truth_tables_are_kleenes), TEST(test_expr_comparisons_at_the_limit),
          TEST(test_expr_stale_by_one_day_is_unknown),
          TEST(test_expr_age_zero_is_today_and_empty_is_forever),
          TEST(test_expr_known_is_never_unknown), TEST(test_expr_age_days), TEST(test_expr_codes),
          TEST(test_expr_precedence), TEST(test_expr_arithmetic),
          TEST(test_expr_refusals_point_at_the_place), TEST(test_expr_depth_and_size_are_limited),
          TEST(test_expr_missing_leaves_out_what_is_decided),
          TEST(test_expr_inputs_are_listed_once),
          TEST(test_expr_more_facts_never_change_a_decision),
          TEST(test_expr_memory_may_end_anywhere));
