/* SPDX-License-Identifier: Apache-2.0
 * The words of a plan: whether it is printed, sources, batches, dates, costs. */
#include "fixture.h"
#include "report/words.h"

#include "support/check.h"

enum { TODAY = 20458 }; /* 2026-01-05, a Monday */

static struct en_arena arena = {.limit = 8 << 20};
static struct fixture f;

static struct en_words words(void)
{
    return (struct en_words){.arena = &arena, .knowledge = fixture_knowledge(), .today = TODAY};
}

/* Only two verdicts let a plan through, and only one with sites; without an assessment nothing
 * does. Asking for the verdict alone hides a plan, it does not forbid one. */
static void test_plan_is_printed_only_when_the_verdict_allows(void **state)
{
    static const struct {
        enum en_verdict verdict;
        bool allows;
    } VERDICTS[] = {{EN_VERDICT_SUITABLE, true},      {EN_VERDICT_CAUTION, true},
                    {EN_VERDICT_DEFER, false},        {EN_VERDICT_UNDECIDED, false},
                    {EN_VERDICT_NOT_SUITABLE, false}, {(enum en_verdict)99, false}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(VERDICTS); i++) {
        const bool allows = VERDICTS[i].allows;

        fixture_init(&f);
        f.assessment.verdict = VERDICTS[i].verdict;
        CHECK(en_words_is_blocked(&f.report) == !allows);
        CHECK(en_report_is_blocked(&f.report) == !allows);
        CHECK(en_words_has_plan(&f.report) == allows);
        f.report.is_verdict_only = true;
        CHECK(en_words_is_blocked(&f.report) == !allows);
        CHECK(!en_words_has_plan(&f.report));
        f.report.is_verdict_only = false;
        f.plan.site_count = 0;
        CHECK(en_words_is_blocked(&f.report) && !en_words_has_plan(&f.report));
        f.report.plan = NULL;
        CHECK(en_words_is_blocked(&f.report));
    }
    fixture_init(&f);
    f.report.assessment = NULL;
    CHECK(en_words_is_blocked(&f.report));
}

/* The sentence blames the verdict only when the verdict is the reason. */
static void test_reason_for_no_plan_is_the_right_one(void **state)
{
    (void)state;
    fixture_init(&f);
    CHECK_TEXT(en_words_no_plan(&f.report), "");
    f.report.is_verdict_only = true;
    CHECK_TEXT(en_words_no_plan(&f.report), "");
    f.report.plan = NULL;
    CHECK_TEXT(en_words_no_plan(&f.report), "");
    f.report.is_verdict_only = false;
    CHECK_CONTAINS(en_words_no_plan(&f.report), "no condition with sites");
    fixture_init(&f);
    f.plan.site_count = 0;
    CHECK_CONTAINS(en_words_no_plan(&f.report), "no condition with sites");
    fixture_init(&f);
    f.assessment.verdict = EN_VERDICT_DEFER;
    CHECK_CONTAINS(en_words_no_plan(&f.report), "the verdict does not allow one");
    f.report.is_verdict_only = true;
    CHECK_CONTAINS(en_words_no_plan(&f.report), "the verdict does not allow one");
}

/* A source that most sites share is printed once; a site chosen by the clinician has no row of its
 * condition and names its own. */
static void test_sources_of_sites(void **state)
{
    struct en_words w = words();
    struct en_plan none = {0};

    (void)state;
    fixture_init(&f);
    const char *common = en_words_sites_source(&w, &f.plan);
    size_t count = 0;

    for (size_t i = 0; i < f.plan.site_count; i++) {
        count += strcmp(en_words_site_source(&w, &f.sites[i]), common) == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < f.plan.site_count; i++) {
        size_t mine = 0;

        for (size_t k = 0; k < f.plan.site_count; k++) {
            mine += strcmp(en_words_site_source(&w, &f.sites[i]),
                           en_words_site_source(&w, &f.sites[k])) == 0
                        ? 1
                        : 0;
        }
        CHECK(mine <= count); /* no other source is more frequent */
    }
    CHECK_CONTAINS(common, "grade");
    f.sites[0].link = NULL;
    CHECK_TEXT(en_words_site_source(&w, &f.sites[0]), en_words_source(&w, f.sites[0].site));
    CHECK_TEXT(en_words_sites_source(&w, &none), "");
    f.plan.site_count = 1;
    CHECK_TEXT(en_words_sites_source(&w, &f.plan), en_words_source(&w, f.sites[0].site));
}

static void test_choices_are_titles_in_order(void **state)
{
    struct en_words w = words();
    struct en_plan none = {0};

    (void)state;
    fixture_init(&f);
    CHECK_TEXT(en_words_choices(&w, &f.plan), "Exercise; Losing weight; Waiting and watching");
    CHECK_TEXT(en_words_choices(&w, &none), "");
}

/* The number of values that still need a signature is never rounded away. */
static void test_defaults_count_what_nobody_approved(void **state)
{
    struct en_words w = words();

    (void)state;
    fixture_init(&f);
    CHECK_TEXT(en_words_defaults(&w, &f.plan),
               "12 of 14 values are unapproved defaults: edit and sign");
    for (size_t i = 0; i < 13; i++) {
        f.defaults[i].is_approved = true;
    }
    CHECK_TEXT(en_words_defaults(&w, &f.plan),
               "1 of 14 values are unapproved defaults: edit and sign");
    f.defaults[13].is_clinics = true; /* what the clinic set itself is named */
    CHECK_TEXT(en_words_defaults(&w, &f.plan),
               "1 of 14 values are unapproved defaults: edit and sign; volume: 0.5 mL");
    f.defaults[13].is_clinics = false;
    f.defaults[13].is_approved = true;
    CHECK_TEXT(en_words_defaults(&w, &f.plan), "all 14 default values are approved");
}

/* The phases of rehabilitation come once per session: they are named once, in days after it. */
static void test_phases_are_named_once_in_days_after_a_session(void **state)
{
    struct en_words w = words();
    const struct en_row *settle = fixture_row("rehab", "RH-0"), *end = fixture_row("rehab", "RH-4");
    struct en_dated_row rows[] = {
        {fixture_row("rehab_regions", "RR-knee"), EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, "Walk."},
        {settle, TODAY, TODAY + 3, "Settle"},
        {settle, TODAY + 28, TODAY + 31, "Settle"},
        {end, TODAY + 112, EN_DAY_UNKNOWN, "Return"},
        {NULL, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, "Sleep."}};
    struct en_plan plan = {.rehabilitation = rows, .rehabilitation_count = 5, .session_count = 1};

    (void)state;
    CHECK_TEXT(en_words_phases(&w, &plan),
               "After each session: Settle 0–3 d; Return and prevention from 84 d.");
    plan.session_count = 2;
    CHECK_CONTAINS(en_words_phases(&w, &plan), "84 d. The next session starts them anew.");
    CHECK_TEXT(en_words_exercises(&w, &plan), "Walk. Sleep.");
    plan.rehabilitation_count = 1;
    CHECK_TEXT(en_words_phases(&w, &plan), "");
    plan.rehabilitation_count = 0;
    CHECK_TEXT(en_words_exercises(&w, &plan), "");
}

static void test_spans_name_both_days_or_one(void **state)
{
    struct en_words w = words();
    const struct en_dated_row rows[] = {{NULL, TODAY, TODAY + 3, ""},
                                        {NULL, TODAY, TODAY, ""},
                                        {NULL, TODAY, EN_DAY_UNKNOWN, ""},
                                        {NULL, EN_DAY_UNKNOWN, EN_DAY_UNKNOWN, ""}};

    (void)state;
    CHECK_TEXT(en_words_span(&w, &rows[0]), "Mon 2026-01-05 to Thu 2026-01-08");
    CHECK_TEXT(en_words_span(&w, &rows[1]), "Mon 2026-01-05");
    CHECK_TEXT(en_words_span(&w, &rows[2]), "Mon 2026-01-05");
    CHECK_TEXT(en_words_span(&w, &rows[3]), "unknown");
}

/* What all lines of a list share is said once, from a whole word on; nothing is ever lost. */
static void test_common_end_of_a_list_is_said_once(void **state)
{
    static const struct {
        const char *texts[3], *end, *rest[3];
    } LISTS[] = {
        {{"6 weeks after it: pain", "3 months after it: pain", "1 year after it: pain"},
         "after it: pain",
         {"6 weeks", "3 months", "1 year"}},
        {{"6 months after it", "12 months after it", "9 months after it"},
         "after it",
         {"6 months", "12 months", "9 months"}}, /* not "6" and "12" */
        {{"6 weeks", "16 weeks", "2 weeks"}, "", {"6 weeks", "16 weeks", "2 weeks"}},
        {{"one", "two", "three"}, "", {"one", "two", "three"}},
        {{"same", "same", "same"}, "", {"same", "same", "same"}},
        {{"a 王明", "b 王明", "c 小明"}, "", {"a 王明", "b 王明", "c 小明"}},
        {{"a x é", "a y é", "a z é"}, "é", {"a x", "a y", "a z"}},
        {{"call now", "now", "go now"}, "", {"call now", "now", "go now"}},
        {{NULL, "b", "c"}, "", {"", "b", "c"}},
    };
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(LISTS); i++) {
        struct en_dated_row rows[3] = {{0}};

        for (size_t k = 0; k < 3; k++) {
            rows[k].text = LISTS[i].texts[k];
        }
        const char *end = en_words_common_end(&w, rows, 3);

        CHECK_TEXT(end, LISTS[i].end);
        for (size_t k = 0; k < 3; k++) {
            CHECK_TEXT(en_words_before(&w, rows[k].text, end), LISTS[i].rest[k]);
        }
        CHECK_TEXT(en_words_common_end(&w, rows, 1), "");
        CHECK_TEXT(en_words_common_end(&w, rows, 0), "");
    }
    CHECK_TEXT(en_words_before(&w, "no such end", "other"), "no such end");
}

/* What is left in the syringe is said, because it must be thrown away; 0.05 mL is nobody's rest,
 * and a batch that is too small must not pass. */
static void test_batch_names_what_is_discarded(void **state)
{
    static const struct {
        double prepared, needed;
        const char *text;
    } BATCHES[] = {
        {2.0, 1.5, "2.0 mL prepared, the sites take 1.5 mL, discard the rest"},
        {2.0, 2.0, ""},
        {2.05, 2.0, ""},
        {2.06, 2.0, "2.1 mL prepared, the sites take 2.0 mL, discard the rest"},
        {1.5, 2.0, "1.5 mL prepared, the sites take 2.0 mL: NOT ENOUGH"},
        {2.0, NAN, ""},
    };
    struct en_words w = words();

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BATCHES); i++) {
        struct en_plan_mix m = {.mix = {.volume_ml = BATCHES[i].prepared, .is_possible = true},
                                .needed_ml = BATCHES[i].needed};

        CHECK_TEXT(en_words_batch(&w, &m), BATCHES[i].text);
        m.mix.is_possible = false;
        CHECK_TEXT(en_words_batch(&w, &m), "");
    }
}

/* A warning moves below the table only when every mix carries it. */
static void test_only_warnings_of_all_mixes_are_shared(void **state)
{
    static const char *const BOTH[] = {"high alert", "use soon"}, *const ONE[] = {"high alert"};
    struct en_plan_mix mixes[] = {{.mix = {.warnings = BOTH, .warning_count = 2}},
                                  {.mix = {.warnings = ONE, .warning_count = 1}}};
    struct en_plan plan = {.mixes = mixes, .mix_count = 2};

    (void)state;
    CHECK(en_words_is_shared(&plan, "high alert"));
    CHECK(!en_words_is_shared(&plan, "use soon"));
    plan.mix_count = 1;
    CHECK(!en_words_is_shared(&plan, "high alert"));
}

static void test_costs_name_what_is_still_open(void **state)
{
    struct en_words w = words();
    const struct en_row *const rows[] = {fixture_row("costs", "session"),
                                         fixture_row("costs", "guidance_us")};
    const struct en_row **costs = (const struct en_row *[]){rows[0], rows[1]};
    struct en_plan plan = {.costs = costs, .cost_count = 2};

    (void)state;
    CHECK_TEXT(en_words_costs(&w, &plan), "2 amounts to be filled in by the clinic");
    plan.cost_count = 1;
    CHECK_TEXT(en_words_costs(&w, &plan), "1 amount to be filled in by the clinic");
    plan.cost_count = 0;
    CHECK_TEXT(en_words_costs(&w, &plan), "");
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

/* A septic joint is not for an exercise programme: beside a stop without override nothing else is
 * offered; beside any other stop it is. */
static void test_choices_stay_away_from_the_gravest_stops(void **state)
{
    (void)state;
    fixture_init(&f);
    f.assessment.has_stop_without_override = false;
    CHECK(en_words_has_choices(&f.report));
    f.assessment.has_stop_without_override = true;
    CHECK(!en_words_has_choices(&f.report));
    f.report.plan = NULL;
    f.assessment.has_stop_without_override = false;
    CHECK(!en_words_has_choices(&f.report));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_is_printed_only_when_the_verdict_allows),
        cmocka_unit_test(test_reason_for_no_plan_is_the_right_one),
        cmocka_unit_test(test_sources_of_sites),
        cmocka_unit_test(test_choices_are_titles_in_order),
        cmocka_unit_test(test_choices_stay_away_from_the_gravest_stops),
        cmocka_unit_test(test_defaults_count_what_nobody_approved),
        cmocka_unit_test(test_phases_are_named_once_in_days_after_a_session),
        cmocka_unit_test(test_spans_name_both_days_or_one),
        cmocka_unit_test(test_common_end_of_a_list_is_said_once),
        cmocka_unit_test(test_batch_names_what_is_discarded),
        cmocka_unit_test(test_only_warnings_of_all_mixes_are_shared),
        cmocka_unit_test(test_costs_name_what_is_still_open),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
