/* SPDX-License-Identifier: Apache-2.0
 * Files of published results: read as they were meant, or refused with line and column. */
#include "app/published.h"

#include "base/buf.h"
#include "trials_tables.h"

static struct en_arena arena = {.limit = 256 << 20};
static struct en_app app;

static int setup(void **state)
{
    (void)state;
    app.knowledge = load_changed(NULL, &arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static enum en_status read_text(const char *text, struct en_published *out, struct en_err *err)
{
    return en_published_read(&app, "FILE", text, strlen(text), &arena, out, err);
}

#define HEAD "study\tcondition\tarm\tkind\tsessions_weeks\tinjections\tn\toutcome\tweek\tbaseline"
#define ARM  "A\toa_knee\tdex\tdextrose\t0; 4\tjoint_space 25 6 1 landmark\t30\t"

/* Printed scales become ours: 100..0 (high is better) turns the sign, 0..96 stretches; an interval
 * gives the standard error, a mean at that week the change. */
static void test_published_brings_numbers_to_the_scale(void **state)
{
    static const char TEXT[] =
        HEAD "\tscale\tchange\tchange_se\tchange_low\tchange_high\tafter\n" ARM
             "function\t12\t63.1\t100..0\t13.31\t3.32\t\t\t\n"
             "A\t\tdex\t\t\t\t28\tfunction\t24\t48\t0..96\t-9.6\t\t-13.52\t-5.68\t\n"
             "A\t\tdex\t\t\t\t27\tpain\t24\t60\t0..100\t\t\t\t\t35\n";
    struct en_published p;

    (void)state;
    CHECK(read_text(TEXT, &p, NULL) == EN_OK);
    const struct en_evidence_row *r = p.evidence.rows;

    CHECK(p.evidence.row_count == 3 && p.evidence.arm_count == 1 && p.evidence.study_count == 1);
    CHECK_NEAR(r[0].baseline, 36.9, 1e-9);
    CHECK_NEAR(r[0].value, -13.31, 1e-9);
    CHECK_NEAR(r[0].se, 3.32, 1e-9);
    CHECK_NEAR(r[1].baseline, 50.0, 1e-9);
    CHECK_NEAR(r[1].value, -10.0, 1e-9);
    CHECK_NEAR(r[1].se, (13.52 - 5.68) / 0.96 / 3.919928, 1e-5);
    CHECK(r[2].outcome == EN_EVIDENCE_PAIN);
    CHECK_NEAR(r[2].baseline, 6.0, 1e-9);
    CHECK_NEAR(r[2].value, -2.5, 1e-9);
    CHECK(isnan(r[2].se) && isnan(r[2].sd));
}

/* Arms are described once, wherever the file does so; a difference may name one that stands below;
 * a row without an outcome only describes an arm. Several arms make a randomised trial unless the
 * design says otherwise. */
static void test_published_joins_arms(void **state)
{
    static const char TEXT[] =
        HEAD "\tversus\tchange\r\n" ARM "pain\t12\t6\tsal\t-0.8\r\n"
             "# a remark\r\n\r\n"
             "A\t\tsal\tinjection\t0; 4\tjoint_space 0 6 1 landmark\t29\t\t\t\t\t\r\n"
             "B\toa_knee\talone\texercise\t\t\t20\tpain\t12\t5\t\t-1\r\n";
    struct en_published p;

    (void)state;
    CHECK(read_text(TEXT, &p, NULL) == EN_OK);
    CHECK(p.evidence.row_count == 2 && p.evidence.arm_count == 3);
    CHECK_TEXT(p.evidence.arms[p.evidence.rows[0].versus].id, "sal");
    CHECK(p.evidence.studies[0].is_controlled && !p.evidence.studies[1].is_controlled);
    CHECK(p.evidence.arms[2].context == EN_CONTEXT_EXERCISE);
    CHECK(p.known_count == 0);
}

/* Thresholds of responders in either form; the reported share is taken as it is. */
static void test_published_reads_responders(void **state)
{
    static const char TEXT[] = HEAD "\tshare\tthreshold\tthreshold_unit\n" ARM
                                    "responder_pain\t12\t6\t0.6\t3\tpoints\n" ARM
                                    "responder_function\t12\t40\t0.5\t12\t\n";
    struct en_published p;

    (void)state;
    CHECK(read_text(TEXT, &p, NULL) == EN_OK);
    CHECK_NEAR(p.evidence.rows[0].threshold, 50.0, 1e-9);
    CHECK_NEAR(p.evidence.rows[0].value, 0.6, 0.0);
    CHECK_NEAR(p.evidence.rows[1].threshold, 12.0, 0.0);
}

static const char *refusal(const char *text)
{
    static struct en_err err;
    struct en_published p;

    err.text[0] = '\0';
    CHECK(read_text(text, &p, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "FILE");
    return err.text;
}

/* Whatever is wrong is told with the line and the column, in words that say what would be right. */
static void test_published_names_line_and_column(void **state)
{
    static const struct {
        const char *text, *part;
    } CASES[] = {
        {"", "no line with the names"},
        {"# only a remark\n", "no line with the names"},
        {"study\tarm\n", "line 1: the column kind is missing"},
        {HEAD "\tsmell\n", "line 1: \"smell\" is no column"},
        {HEAD "\tweek\n", "line 1: the column week stands twice"},
        {HEAD "\n", "no row has an outcome"},
        {HEAD "\nA\tb\n", "line 2: 2 cells, the first line has 10"},
        {HEAD "\tchange\n" ARM "pain\tsoon\t6\t-1\n", "line 2, column week: needs a number"},
        {HEAD "\tchange\n" ARM "pain\t0\t6\t-1\n", "line 2, column week: must be after from_week"},
        {HEAD "\tchange\n" ARM "pain\t12\t60\t-1\n",
         "column baseline: needs a number from 0 to 10"},
        {HEAD "\tchange\n" ARM "pain\t12\t\t-1\n", "column baseline: is empty"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t\n", "column change: is empty"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t-11\n",
         "column change: needs a number from -10 to 10"},
        {HEAD "\tchange\n" ARM "mood\t12\t6\t-1\n", "column outcome: must be pain, function"},
        {HEAD "\tchange\tafter\n" ARM "pain\t12\t6\t-1\t5\n", "column after: give after or change"},
        {HEAD "\tchange\tversus\n" ARM "pain\t12\t6\t-1\tplacebo\n", "column versus: no other arm"},
        {HEAD "\tchange\tscale\n" ARM "pain\t12\t6\t-1\t0-10\n", "column scale: write BEST..WORST"},
        {HEAD "\tchange\tchange_low\n" ARM "pain\t12\t6\t-1\t-2\n",
         "column change_low: an interval"},
        {HEAD "\tchange\tdesign\n" ARM "pain\t12\t6\t-1\tlottery\n", "column design: must be rct"},
        {HEAD "\tshare\n" ARM "responder_pain\t12\t6\t0.5\n", "column threshold: a share"},
        {HEAD "\tshare\n" ARM "responder_pain_50\t12\t6\t50\n", "column share: needs a number"},
        {HEAD "\tchange\nA\tno_such\tdex\texercise\t\t\t30\tpain\t12\t6\t-1\n",
         "line 2, column condition: no id of conditions.tsv"},
        {HEAD "\tchange\nA\t\tdex\tpotion\t\t\t30\tpain\t12\t6\t-1\n", "column kind: must be"},
        {HEAD "\tchange\nA\t\tdex\tdextrose\t0\t\t30\tpain\t12\t6\t-1\n",
         "column injections: sessions or injections are not known"},
        {HEAD "\tchange\nA\t\tdex\tdextrose\t0\tjoint_space 25 6 1 by_eye\t30\tpain\t12\t6\t-1\n",
         "column injections: guidance must be"},
        {HEAD "\tchange\nA\t\tdex\tdextrose\t0\tjoint_space 25 6 landmark\t30\tpain\t12\t6\t-1\n",
         "column injections: write KIND PERCENT ML POINTS GUIDANCE"},
        {HEAD
         "\tchange\nA\t\tdex\tdextrose\t0; 0\tjoint_space 25 6 1 landmark\t30\tpain\t12\t6\t-1\n",
         "column sessions_weeks: two sessions"},
        {HEAD "\tchange\nA\t\tdex\tdextrose\t0\tjoint_space 60 6 1 landmark\t30\tpain\t12\t6\t-1\n",
         "dextrose must be a number from 0 to 50"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t-1\nA\t\tdex\texercise\t\t\t30\tpain\t24\t6\t-1\n",
         "line 3, column arm: was described differently"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t-1\nA\tsij_pain\tdex\t\t\t\t30\tpain\t24\t6\t-1\n",
         "line 3, column condition: differs"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t-1\x01\n", "line 2: the control character 1"},
        {HEAD "\tchange\n" ARM "pain\t12\t6\t-1\xff\n", "line 2: not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        CHECK_CONTAINS(refusal(CASES[i].text), CASES[i].part);
    }
}

/* The example is read whole; it holds calibrated studies, which is said. */
static void test_published_example_is_read(void **state)
{
    struct en_buf bytes = EN_BUF(1 << 20);
    struct en_published p;

    (void)state;
    CHECK(en_buf_read_file(&bytes, EN_SOURCE_ROOT "/examples/trials/published.tsv", NULL) == EN_OK);
    CHECK(read_text(en_buf_text(&bytes), &p, NULL) == EN_OK);
    CHECK(p.evidence.row_count == 19 && p.known_count == 3);
    en_buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_brings_numbers_to_the_scale),
        cmocka_unit_test(test_published_joins_arms),
        cmocka_unit_test(test_published_reads_responders),
        cmocka_unit_test(test_published_names_line_and_column),
        cmocka_unit_test(test_published_example_is_read),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
