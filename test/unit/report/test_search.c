/* SPDX-License-Identifier: Apache-2.0
 * Plans side by side: which are shown, what is said of them, page and picture. */
#include "report/words_search.h"

#include "base/limits.h"
#include "fixture.h"
#include "report/page.h"
#include "support/check.h"

enum { NOTHING, EXERCISE, ONE, TWO, THREE, THREE_LM, OPTIONS };

static struct fixture f;
static struct en_arena arena = {.limit = 64 << 20};

/* A search with numbers made by hand. */
static struct {
    struct en_candidate items[OPTIONS];
    struct en_search_result results[OPTIONS], saline;
    struct en_search_option options[OPTIONS];
    struct en_candidates candidates;
    struct en_search_request question;
    struct en_search search;
    struct en_posterior posterior;
    struct en_report_search view;
} g;

static struct en_search_result result(double benefit, double burden, bool is_on_front)
{
    return (struct en_search_result){
        .benefit = benefit,
        .pain = 2.0 * benefit,
        .pain_q = {benefit, 2.0 * benefit, 3.0 * benefit},
        .goal = NAN,
        .burden = burden,
        .net = benefit - burden,
        .share = fmax(benefit, 0.0),
        .is_on_front = is_on_front,
    };
}

static void fill_items(void)
{
    for (int i = ONE; i < OPTIONS; i++) {
        g.items[i] = (struct en_candidate){
            .kind = EN_CANDIDATE_PLAN,
            .sessions = i == THREE_LM ? 3 : i - ONE + 1,
            .plan = &f.plan,
            .serious_harm = 0.00065,
            .has_unknown_harm = true,
        };
    }
    g.items[NOTHING] = (struct en_candidate){.kind = EN_CANDIDATE_NOTHING};
    g.items[EXERCISE] = (struct en_candidate){.kind = EN_CANDIDATE_EXERCISE, .has_exercise = true};
    g.items[THREE_LM].choice[EN_RESPECT_GUIDANCE] = 1;
    g.items[THREE_LM].options.guidance = "LM";
}

/* Three sessions are best, two are as good and simpler. */
static void init(void)
{
    fixture_init(&f);
    memset(&g, 0, sizeof g);
    fill_items();
    g.results[NOTHING] = result(0.0, 0.0, true);
    g.results[EXERCISE] = result(0.2, 0.1, true);
    g.results[ONE] = result(0.5, 0.15, true);
    g.results[TWO] = result(0.92, 0.25, true);
    g.results[THREE] = result(1.0, 0.31, true);
    g.results[THREE_LM] = result(0.97, 0.30, true);
    g.results[TWO].is_as_good = g.results[THREE].is_as_good = true;
    g.results[THREE_LM].is_as_good = true;
    g.saline = result(0.46, 0.2, false);
    g.candidates = (struct en_candidates){.items = g.items, .count = OPTIONS, .usual = &f.plan};
    g.question = (struct en_search_request){
        .base = {.mic_nrs = 2.0, .mic_function = 12.0},
        .options = g.options,
        .option_count = OPTIONS,
        .burden = {.per_session = 0.05, .per_flare_day = 0.01, .per_serious_harm = 10.0},
        .same = 0.1,
        .doubt = 0.33,
    };
    g.search = (struct en_search){.results = g.results,
                                  .best = THREE,
                                  .preferred = TWO,
                                  .patients = {32, 32, 320, 512},
                                  .weight = {0.0, 0.0, 0.4, 0.6}};
    g.posterior.is_calibrated = true;
    g.view = (struct en_report_search){
        .candidates = &g.candidates,
        .question = &g.question,
        .search = &g.search,
        .saline = &g.saline,
        .saline_of = TWO,
        .posterior = &g.posterior,
        .has_condition_data = true,
    };
    f.report.search = &g.view;
}

static struct en_words words(void)
{
    return (struct en_words){.arena = &arena, .knowledge = fixture_knowledge()};
}

static const char *all_said(void)
{
    struct en_words w = words();
    struct en_sayings said;
    const char *text = "";

    CHECK(en_words_search(&w, &g.view, &said, NULL) == EN_OK);
    for (size_t i = 0; i < said.count; i++) {
        text = en_words_print(&w, "%s%s ", text, said.text[i]);
    }
    CHECK(!w.failed);
    return text;
}

/* The preferred plan and why; how little fewer sessions lose; how much is not the dextrose. */
static void test_preferred_plan_is_explained(void **state)
{
    (void)state;
    init();
    CHECK_CONTAINS(all_said(), "Preferred: 2 sessions of the usual plan.");
    CHECK_CONTAINS(all_said(), "Largest net benefit, 0.69: 3 sessions of the usual plan.");
    CHECK_CONTAINS(all_said(), "cannot tell 2 other options from it");
    CHECK_CONTAINS(all_said(), "1 session gives 50 % of what 3 give, 2 give 92 %.");
    CHECK_CONTAINS(all_said(), "would give 50 % of its benefit");
    CHECK_CONTAINS(all_said(), "brings 0.4 points less pain than that, net 0.10.");
}

/* Where nothing or exercise wins, that is the first thing that is said. */
static void test_nothing_and_exercise_may_win(void **state)
{
    (void)state;
    init();
    g.search.preferred = NOTHING;
    g.view.saline_of = ONE;
    CHECK_CONTAINS(all_said(), "Doing nothing is preferred: the model cannot tell");
    g.search.best = NOTHING;
    CHECK_CONTAINS(all_said(), "Doing nothing is preferred: no option is worth its burden.");
    CHECK(strstr(all_said(), "Preferred: ") == NULL);
    g.search.best = g.search.preferred = EXERCISE;
    CHECK_CONTAINS(all_said(), "Exercise without injections is preferred: it has the largest net");
    g.search.best = THREE;
    CHECK_CONTAINS(all_said(), "Exercise without injections is preferred: the model cannot tell");
    g.candidates.count = 1; /* nothing alone is there */
    g.view.saline_of = NOTHING;
    g.search.best = g.search.preferred = NOTHING;
    CHECK_CONTAINS(all_said(), "Doing nothing is what benefit is counted from.");
}

/* Options by burden, each once: nothing, exercise, best and preferred always; of those that are the
 * same but for little the one nearest to the usual plan. */
static void test_rows_are_the_front_in_steps(void **state)
{
    static const size_t EXPECTED[] = {NOTHING, EXERCISE, ONE, TWO, THREE};

    (void)state;
    init();
    const struct en_search_rows rows = en_search_rows(&g.view);

    assert_int_equal(rows.count, EN_COUNT(EXPECTED));
    for (size_t i = 0; i < rows.count; i++) {
        assert_int_equal(rows.option[i], EXPECTED[i]);
    }
    g.search.preferred = THREE_LM;
    assert_int_equal(en_search_rows(&g.view).count, EN_COUNT(EXPECTED));
    assert_int_equal(en_search_rows(&g.view).option[3], THREE_LM);
}

/* Options in words, and as options of the command. */
static void test_options_in_words(void **state)
{
    struct en_words w = words();

    (void)state;
    init();
    CHECK_TEXT(en_words_option(&w, &g.view, NOTHING), "nothing");
    CHECK_TEXT(en_words_option(&w, &g.view, EXERCISE), "exercise alone");
    CHECK_TEXT(en_words_option(&w, &g.view, THREE_LM), "3 sessions, by landmarks");
    g.items[ONE].has_exercise = true;
    CHECK_TEXT(en_words_option(&w, &g.view, ONE), "1 session of the usual plan, and exercise");
    CHECK_TEXT(en_words_option_flags(&w, &g.items[THREE_LM]), "--sessions 3 --guidance LM");
    g.question.base.followup.today = 30.0;
    CHECK_TEXT(en_words_option(&w, &g.view, NOTHING), "nothing more");
    CHECK_TEXT(en_words_option(&w, &g.view, TWO), "2 more sessions of the usual plan");
}

/* What is not known is said: no rate of harm is no 0, no amount is no 0. */
static void test_unknowns_are_said(void **state)
{
    struct en_words w = words();
    struct en_sayings said;
    const char *text = "";

    (void)state;
    init();
    g.items[TWO].serious_harm = NAN;
    g.view.has_condition_data = false;
    CHECK(en_words_search_basis(&w, &g.view, &said, NULL) == EN_OK);
    for (size_t i = 0; i < said.count; i++) {
        text = en_words_print(&w, "%s%s ", text, said.text[i]);
    }
    CHECK_CONTAINS(text,
                   "no rate is known, and none is counted. No harm in 100 people still allows "
                   "3 in 100");
    CHECK_CONTAINS(text, "filled in no amounts; it is left out");
    CHECK_CONTAINS(text, "not yet approved");
    CHECK_CONTAINS(text, "no evidence for a dose");
    CHECK_CONTAINS(text, "No controlled trial of this condition");
}

/* No line is longer than the page, at any width, whatever wins; refusals have reasons. */
static void test_page_fits_its_width(void **state)
{
    static const int WIDTHS[] = {72, 80, 160};
    static struct en_refusal refusals[] = {{"DL-10.session", "More than 60 mL in one session.", 7},
                                           {NULL, "The solution cannot be mixed.", 1}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        struct en_buf page = EN_BUF(EN_OUTPUT_MAX);

        init();
        g.search.preferred = i == 0 ? NOTHING : i == 1 ? TWO : EXERCISE;
        g.candidates.refusals = refusals;
        g.candidates.refusal_count = EN_COUNT(refusals);
        g.candidates.refused_count = 8;
        g.candidates.left_count = i == 1 ? 40 : 0;
        CHECK(en_report_terminal(&f.report, WIDTHS[i], false, &page, NULL) == EN_OK);
        for (const char *line = en_buf_text(&page); *line != '\0';) {
            const char *end = strchr(line, '\n');
            const char *text = en_arena_copy(&arena, line, (size_t)(end - line));

            CHECK(en_page_columns(text) <= WIDTHS[i]);
            line = end + 1;
        }
        struct en_buf joined = fixture_joined(&page);

        CHECK_CONTAINS(en_buf_text(&joined), "8 plans were refused:");
        CHECK_CONTAINS(en_buf_text(&joined), "7 × DL-10.session: More than 60 mL");
        CHECK_CONTAINS(en_buf_text(&joined), "ENTHESIS · plans compared");
        CHECK((strstr(en_buf_text(&joined), "40 further plans") != NULL) == (i == 1));
        CHECK((strstr(en_buf_text(&joined), "To plan the preferred one:") != NULL) == (i == 1));
        en_buf_free(&joined);
        en_buf_free(&page);
    }
}

/* The picture names its options and says when the model is not calibrated; twice the same bytes. */
static void test_chart_names_its_options(void **state)
{
    struct en_buf svg = EN_BUF(EN_OUTPUT_MAX), again = EN_BUF(EN_OUTPUT_MAX);
    struct en_buf png = EN_BUF(EN_OUTPUT_MAX);

    (void)state;
    init();
    g.posterior.is_calibrated = false;
    CHECK(en_search_chart_write(&f.report, EN_CHART_SVG, &svg, NULL) == EN_OK);
    CHECK(en_search_chart_write(&f.report, EN_CHART_SVG, &again, NULL) == EN_OK);
    CHECK_TEXT(en_buf_text(&svg), en_buf_text(&again));
    CHECK_CONTAINS(en_buf_text(&svg), "role=\"img\"");
    CHECK_CONTAINS(en_buf_text(&svg), "6 options, what more benefit costs in burden, before "
                                      "calibration</title>");
    CHECK(en_search_chart_write(&f.report, EN_CHART_PNG, &png, NULL) == EN_OK);
    CHECK(png.size > 1000 && memcmp(en_buf_text(&png), "\x89PNG", 4) == 0);
    en_buf_free(&svg);
    en_buf_free(&again);
    en_buf_free(&png);
}

TEST_MAIN(cmocka_unit_test(test_preferred_plan_is_explained),
          cmocka_unit_test(test_nothing_and_exercise_may_win),
          cmocka_unit_test(test_rows_are_the_front_in_steps),
          cmocka_unit_test(test_options_in_words), cmocka_unit_test(test_unknowns_are_said),
          cmocka_unit_test(test_page_fits_its_width),
          cmocka_unit_test(test_chart_names_its_options));
