/* SPDX-License-Identifier: Apache-2.0
 * The page on the terminal. */
#include "fixture.h"
#include "reader.h"
#include "report/words.h"

#include "support/check.h"

static struct fixture f;

static struct en_buf print(int width, bool use_colour)
{
    struct en_buf out = EN_BUF(1 << 20);
    struct en_err err = {0};

    if (en_report_terminal(&f.report, width, use_colour, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

static void test_page_holds_the_whole_plan(void **state)
{
    static const char *const PARTS[] = {
        "Knee osteoarthritis, right",
        "Patient S. P. · 58 y · female",
        "Mon 2026-01-05",
        "SUITABLE WITH CAUTION",
        "CI-39",
        "weight < 50 kg",
        "Body weight: 48.25 kg (2025-12-31)",
        "missing INR",
        "The value of 2025-11-06 is too old.",
        "22–25 G 1.5 in",
        "US!",
        "DANGER: common peroneal nerve",
        "draw 2.9 mL of Dextrose 50 %",
        "(exact 2.85 mL)",
        "15.5 of 30 mL in 20 points",
        "49 of 200 mg (24 %)",
        "Watch the patient for 30 minutes",
        "Mon 2026-04-27 optional",
        "20 items",
        "before calibration",
        "H0 no specific effect",
        "H3 both",
        "12 of 14 values are unapproved defaults: edit and sign",
        "Exercise; Losing weight; Waiting and watching.",
        "After each session: Settle 0–3 d; Restore motion 3–14 d; Load 14–42 d.",
        "Not covered",
        "2 amounts to be filled in by the clinic",
    };

    (void)state;
    fixture_init(&f);
    struct en_buf page = print(0, false), text = fixture_joined(&page);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    for (size_t i = 0; i < f.plan.site_count; i++) {
        CHECK_CONTAINS(en_buf_text(&page), en_cell(f.sites[i].site, "id"));
    }
    CHECK_CONTAINS(en_buf_text(&text), en_cell(f.plan.condition, "evidence_against"));
    CHECK_CONTAINS(en_buf_text(&text), en_cell(f.plan.condition, "evidence_for"));
    CHECK_CONTAINS(en_buf_text(&page), en_knowledge_version(f.report.knowledge));
    CHECK(strstr(en_buf_text(&page), "Synthetic") == NULL); /* initials, not the name */
    en_buf_free(&page);
    en_buf_free(&text);
}

/* The forecast is never one number: for each arm and week median, both bands and the chance of an
 * important change, and each hypothesis by itself. */
static void test_forecast_shows_every_arm_week_and_hypothesis(void **state)
{
    static const char *const WEEKS[] = {"     5 5.5 [", "     9 5.0 [", "    12 4.8 [",
                                        "    26 4.1 [", "    52 3.7 ["};

    (void)state;
    fixture_init(&f);
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    for (size_t i = 0; i < EN_COUNT(WEEKS); i++) {
        CHECK_CONTAINS(en_buf_text(&page), WEEKS[i]);
    }
    CHECK_CONTAINS(en_buf_text(&page), "Saline injections");
    CHECK_CONTAINS(en_buf_text(&page), "No treatment");
    CHECK_CONTAINS(en_buf_text(&page), "(0.8–6.5) 59 %");
    CHECK_CONTAINS(en_buf_text(&page), "Function, 0 to 100");
    CHECK(reader_count(en_buf_text(&page), "H1 mechanical") == 1);
    CHECK(reader_count(en_buf_text(&page), "Chance of at least 2 points") == 1);
    CHECK_CONTAINS(en_buf_text(&text), "saline injections 25 %, exercise 30 %, no treatment 35 %");
    en_buf_free(&page);
    en_buf_free(&text);
}

static void check_widths(void)
{
    static const int WIDTHS[] = {0, 72, 76, 80, 100, 160};

    for (size_t i = 0; i < EN_COUNT(WIDTHS); i++) {
        struct en_buf page = print(WIDTHS[i], false);

        CHECK(reader_columns(en_buf_text(&page)) <= (WIDTHS[i] == 0 ? 80 : WIDTHS[i]));
        CHECK(strchr(en_buf_text(&page), '\x1b') == NULL);
        CHECK(!reader_has_nan(en_buf_text(&page)));
        en_buf_free(&page);
    }
}

/* No line is longer than the terminal, whatever the names are. */
static void test_lines_fit_the_terminal(void **state)
{
    (void)state;
    fixture_init(&f);
    check_widths();
    fixture_many_sites(&f);
    check_widths();
    fixture_init(&f);
    fixture_block(&f);
    check_widths();
    fixture_init(&f);
    fixture_strain(&f);
    check_widths();
}

/* A verdict that blocks the plan leaves no site, solution, date or forecast to be carried out. */
static void test_blocked_page_says_why_and_prints_no_plan(void **state)
{
    static const enum en_verdict BLOCKING[] = {EN_VERDICT_DEFER, EN_VERDICT_UNDECIDED,
                                               EN_VERDICT_NOT_SUITABLE};
    static const char *const ABSENT[] = {"SITES",  "SOLUTIONS", "KNE-0",    "draw",
                                         "TOTALS", "SESSIONS",  "FORECAST", "2026-02-02"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BLOCKING); i++) {
        fixture_init(&f);
        fixture_block(&f);
        f.findings[1].sites = "";
        f.assessment.verdict = BLOCKING[i];
        f.assessment.has_stop_without_override = i % 2 == 0;
        struct en_buf page = print(80, false), text = fixture_joined(&page);

        CHECK(en_report_is_blocked(&f.report));
        CHECK_CONTAINS(en_buf_text(&text), "No injection plan is");
        CHECK_CONTAINS(en_buf_text(&text), "CI-02");
        CHECK_CONTAINS(en_buf_text(&text), "This rule has no override.");
        CHECK_CONTAINS(en_buf_text(&text), "ASK OR MEASURE NEXT");
        CHECK((strstr(en_buf_text(&text), "ALTERNATIVES") != NULL) == (i % 2 == 1));
        for (size_t k = 0; k < EN_COUNT(ABSENT); k++) {
            CHECK(strstr(en_buf_text(&page), ABSENT[k]) == NULL);
        }
        en_buf_free(&page);
        en_buf_free(&text);
    }
}

/* Asked for the verdict alone, a suitable case gets its reasons and alternatives, no plan, and no
 * word that the verdict forbids one. */
static void test_verdict_only_page_prints_no_plan_and_no_refusal(void **state)
{
    static const char *const ABSENT[] = {"SITES",     "SOLUTIONS",           "draw",
                                         "SESSIONS",  "REHABILITATION",      "FORECAST",
                                         "COST",      "No injection plan",   "First settle",
                                         "CHECKLIST", "unapproved defaults", "no plan"};
    static const char *const PARTS[] = {"ENTHESIS · assessment",
                                        "Knee osteoarthritis, right",
                                        "SUITABLE WITH CAUTION",
                                        "CI-39",
                                        "RULES THAT CANNOT BE DECIDED",
                                        "ASK OR MEASURE NEXT",
                                        "EVIDENCE, grade B",
                                        "Exercise: A planned programme"};

    (void)state;
    fixture_init(&f);
    f.report.is_verdict_only = true;
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    for (size_t i = 0; i < EN_COUNT(ABSENT); i++) {
        CHECK(strstr(en_buf_text(&text), ABSENT[i]) == NULL);
    }
    CHECK(!en_report_is_blocked(&f.report));
    en_buf_free(&page);
    en_buf_free(&text);
}

/* Asked for the verdict alone, a refusal is still said to be one; without a plan the case stands
 * in for what the plan names. */
static void test_verdict_only_page_still_refuses(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_block(&f);
    f.report.is_verdict_only = true;
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    CHECK_CONTAINS(en_buf_text(&text), "NOT SUITABLE");
    CHECK_CONTAINS(en_buf_text(&text), "No injection plan is printed");
    CHECK(strstr(en_buf_text(&text), "First settle") == NULL); /* nothing beside CI-02 */
    en_buf_free(&page);
    en_buf_free(&text);
    fixture_init(&f);
    f.report.is_verdict_only = true;
    f.report.plan = NULL;
    page = print(80, false);
    CHECK_CONTAINS(en_buf_text(&page), "Knee osteoarthritis, right");
    CHECK(strstr(en_buf_text(&page), "No injection plan") == NULL);
    CHECK(strstr(en_buf_text(&page), "ALTERNATIVES") == NULL);
    en_buf_free(&page);
}

/* A verdict that allows a plan, and none there: the page must not blame the verdict. */
static void test_plan_without_sites_is_no_plan(void **state)
{
    (void)state;
    fixture_init(&f);
    f.plan.site_count = 0;
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    CHECK(en_report_is_blocked(&f.report));
    CHECK_CONTAINS(en_buf_text(&text), "names no condition with sites to inject");
    CHECK(strstr(en_buf_text(&text), "the verdict does not allow") == NULL);
    CHECK(strstr(en_buf_text(&text), "SOLUTIONS") == NULL);
    en_buf_free(&page);
    en_buf_free(&text);
}

/* Danger, risks, needle, guidance and unapproved marks of each site are there whatever is said only
 * once for all. */
static void test_every_site_keeps_what_the_hand_needs(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf page = print(160, false), text = fixture_joined(&page);
    struct en_words w = {.arena = &(struct en_arena){.limit = 1 << 20},
                         .knowledge = fixture_knowledge()};
    const char *common = en_words_sites_source(&w, &f.plan);

    for (size_t i = 0; i < f.plan.site_count; i++) {
        const struct en_plan_site *s = &f.sites[i];
        const char *danger = en_cell(s->site, "danger"), *risks = en_words_risks(&w, s->site);
        const char *source = en_words_site_source(&w, s);

        CHECK_CONTAINS(en_buf_text(&text), en_cell(s->site, "id"));
        CHECK_CONTAINS(en_buf_text(&text), en_cell(s->site, "structure"));
        CHECK_CONTAINS(en_buf_text(&text), en_cell(s->site, "needle"));
        CHECK_CONTAINS(en_buf_text(&text), s->reason);
        CHECK_CONTAINS(en_buf_text(&text), source);
        CHECK(*danger == '\0' || strstr(en_buf_text(&text), danger) != NULL);
        CHECK(*risks == '\0' || strstr(en_buf_text(&text), risks) != NULL);
    }
    /* The shared source stands once, below the table. */
    assert_int_equal(reader_count(en_buf_text(&text), "where no other is named: "), 1);
    CHECK_CONTAINS(en_buf_text(&text), common);
    CHECK_CONTAINS(en_buf_text(&text), "US!");
    CHECK_CONTAINS(en_buf_text(&text), "†");
    en_arena_free(w.arena);
    en_buf_free(&page);
    en_buf_free(&text);
}

/* A site whose danger and risks are the same words, or empty, or whose reason is missing. */
static void test_site_without_reason_says_so(void **state)
{
    (void)state;
    fixture_init(&f);
    f.sites[0].reason = NULL;
    f.sites[1].reason = "";
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    CHECK(reader_count(en_buf_text(&text), "why: not told") == 2);
    CHECK(strstr(en_buf_text(&text), "(null)") == NULL);
    en_buf_free(&page);
    en_buf_free(&text);
}

static void test_rehabilitation_is_one_paragraph(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf page = print(80, false);

    assert_int_equal(reader_count(en_buf_text(&page), "REHABILITATION"), 1);
    assert_int_equal(reader_count(en_buf_text(&page), "Settle"), 1);
    en_buf_free(&page);
    f.plan.rehabilitation_count = 0;
    page = print(80, false);
    CHECK(strstr(en_buf_text(&page), "REHABILITATION") == NULL);
    CHECK(strstr(en_buf_text(&page), "Settle") == NULL);
    en_buf_free(&page);
}

/* What was prepared beyond what the sites take is said where it is drawn up. */
static void test_batch_and_rest_are_printed(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf page = print(80, false);

    CHECK(strstr(en_buf_text(&page), "discard") == NULL);
    en_buf_free(&page);
    f.mixes[0].needed_ml = 5.5;
    f.mixes[1].needed_ml = 12.0;
    page = print(80, false);
    CHECK_CONTAINS(en_buf_text(&page),
                   "! 6.0 mL prepared, the sites take 5.5 mL, discard the rest");
    CHECK_CONTAINS(en_buf_text(&page), "! 9.5 mL prepared, the sites take 12.0 mL: NOT ENOUGH");
    en_buf_free(&page);
}

/* Empty parts leave no heading behind. */
static void test_empty_parts_have_no_heading(void **state)
{
    static const char *const ABSENT[] = {"RULES THAT APPLY", "CANNOT BE DECIDED YET",
                                         "ASK OR",           "CHECKLIST",
                                         "ALTERNATIVES",     "COST",
                                         "follow-up",        "EVIDENCE"};

    (void)state;
    fixture_init(&f);
    f.assessment.finding_count = f.assessment.fired_count = f.assessment.question_count = 0;
    f.assessment.condition = NULL;
    f.plan.checklist_count = f.plan.alternative_count = f.plan.cost_count = 0;
    f.plan.followup_count = 0;
    f.plan.cover = NULL;
    struct en_buf page = print(80, false);

    for (size_t i = 0; i < EN_COUNT(ABSENT); i++) {
        CHECK(strstr(en_buf_text(&page), ABSENT[i]) == NULL);
    }
    CHECK_CONTAINS(en_buf_text(&page), "SITES");
    en_buf_free(&page);
    f.plan.cost_count = 2; /* a cost without a payer: the payer is asked for */
    page = print(80, false);
    CHECK_CONTAINS(en_buf_text(&page), "position unknown: ask before the first session");
    en_buf_free(&page);
}

/* Every verdict says its name in capitals and its colour: only "suitable" is green. */
static void test_every_verdict_has_its_name_and_colour(void **state)
{
    static const struct {
        enum en_verdict verdict;
        const char *text;
    } VERDICTS[] = {
        {EN_VERDICT_SUITABLE, "│ \x1b[1;32mSUITABLE\x1b[0m"},
        {EN_VERDICT_CAUTION, "│ \x1b[1;33mSUITABLE WITH CAUTION\x1b[0m"},
        {EN_VERDICT_DEFER, "│ \x1b[1;33mDEFER\x1b[0m"},
        {EN_VERDICT_UNDECIDED, "│ \x1b[1;33mCANNOT BE DECIDED\x1b[0m"},
        {EN_VERDICT_NOT_SUITABLE, "│ \x1b[1;31mNOT SUITABLE\x1b[0m"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(VERDICTS); i++) {
        fixture_init(&f);
        f.assessment.verdict = VERDICTS[i].verdict;
        struct en_buf page = print(80, true);

        CHECK_CONTAINS(en_buf_text(&page), VERDICTS[i].text);
        en_buf_free(&page);
    }
}

/* Each severity is named in capitals before its rule; a STOP without override says so, and only a
 * STOP can. */
static void test_every_severity_is_named(void **state)
{
    static const char *const NAMES[EN_SEVERITY_COUNT] = {"STOP     CI-39", "DEFER    CI-39",
                                                         "CAUTION  CI-39", "INFO     CI-39"};

    (void)state;
    for (int severity = EN_STOP; severity < EN_SEVERITY_COUNT; severity++) {
        fixture_init(&f);
        f.findings[0].severity = (enum en_severity)severity;
        f.findings[0].has_override = false;
        struct en_buf page = print(80, false);

        CHECK_CONTAINS(en_buf_text(&page), NAMES[severity]);
        CHECK((strstr(en_buf_text(&page), "This rule has no override.") != NULL) ==
              (severity == EN_STOP));
        en_buf_free(&page);
    }
}

/* Names of any script give initials, and the page keeps its width and direction. */
static void test_names_of_any_script_keep_the_page(void **state)
{
    static const char *const NAMES[][2] = {
        {"Synthetic محمد علي", "Patient S. م. ع. ·"},
        {"שרה Synthetic", "Patient ש. S. ·"},
        {"王小明 Synthetic", "Patient 王. S. ·"},
        {"\xe2\x80\xaeSynthetic", "Patient S. ·"},
        {"", "Patient name unknown ·"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        fixture_init(&f);
        f.c.person.name = NAMES[i][0];
        struct en_buf page = print(80, false);

        CHECK_CONTAINS(en_buf_text(&page), NAMES[i][1]);
        CHECK(reader_columns(en_buf_text(&page)) == 80);
        CHECK(strstr(en_buf_text(&page), "\xe2\x80\xae") == NULL);
        en_buf_free(&page);
    }
}

/* Without an assessment nothing says that the plan is safe: it is not printed either. */
static void test_missing_parts_are_left_out(void **state)
{
    (void)state;
    fixture_init(&f);
    f.report.assessment = NULL;
    struct en_buf page = print(80, false);

    CHECK_CONTAINS(en_buf_text(&page), "has not been assessed");
    CHECK(strstr(en_buf_text(&page), "KNE-01") == NULL);
    en_buf_free(&page);
    f.report = (struct en_report){.today = f.report.today};
    page = print(80, false);
    CHECK_CONTAINS(en_buf_text(&page), "name unknown");
    CHECK_CONTAINS(en_buf_text(&page), "age unknown");
    CHECK_CONTAINS(en_buf_text(&page), "no condition recognised");
    CHECK(en_report_is_blocked(&f.report));
    en_buf_free(&page);
    fixture_init(&f);
    f.report.forecast = NULL;
    page = print(80, false);
    CHECK_CONTAINS(en_buf_text(&page), "SITES");
    CHECK(strstr(en_buf_text(&page), "FORECAST") == NULL);
    en_buf_free(&page);
}

/* A dose whose maximum is unknown must not look like a small one. */
static void test_unknown_doses_are_named(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_strain(&f);
    struct en_buf page = print(80, false), text = fixture_joined(&page);

    CHECK_CONTAINS(en_buf_text(&text), "of unknown mg (unknown)");
    CHECK_CONTAINS(en_buf_text(&text), "??????????");
    CHECK_CONTAINS(en_buf_text(&text), "NOT POSSIBLE:");
    CHECK_CONTAINS(en_buf_text(&text), "nearest possible:");
    CHECK_CONTAINS(en_buf_text(&text), "contains a preservative");
    CHECK_CONTAINS(en_buf_text(&text), "reduced to 50 %: liver disease");
    en_buf_free(&page);
    en_buf_free(&text);
}

static void test_colour_and_repeat(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf a = print(80, false), b = print(80, false), colour = print(80, true);

    CHECK(a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0);
    CHECK_CONTAINS(en_buf_text(&colour), "\x1b[1;33m");
    en_buf_free(&a);
    en_buf_free(&b);
    en_buf_free(&colour);
}

/* An output limit that is reached is an error, not a page that ends in the middle. */
static void test_full_buffer_is_an_error(void **state)
{
    struct en_err err;

    (void)state;
    fixture_init(&f);
    for (size_t limit = 1; limit < 20000; limit = limit * 3 + 1) {
        struct en_buf out = EN_BUF(limit);

        CHECK(en_report_terminal(&f.report, 80, false, &out, &err) == EN_ELIMIT);
        CHECK(strstr(err.text, "Synthetic") == NULL);
        en_buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(test_page_holds_the_whole_plan),
          cmocka_unit_test(test_forecast_shows_every_arm_week_and_hypothesis),
          cmocka_unit_test(test_lines_fit_the_terminal),
          cmocka_unit_test(test_blocked_page_says_why_and_prints_no_plan),
          cmocka_unit_test(test_verdict_only_page_prints_no_plan_and_no_refusal),
          cmocka_unit_test(test_verdict_only_page_still_refuses),
          cmocka_unit_test(test_plan_without_sites_is_no_plan),
          cmocka_unit_test(test_every_site_keeps_what_the_hand_needs),
          cmocka_unit_test(test_site_without_reason_says_so),
          cmocka_unit_test(test_rehabilitation_is_one_paragraph),
          cmocka_unit_test(test_batch_and_rest_are_printed),
          cmocka_unit_test(test_empty_parts_have_no_heading),
          cmocka_unit_test(test_every_verdict_has_its_name_and_colour),
          cmocka_unit_test(test_every_severity_is_named),
          cmocka_unit_test(test_names_of_any_script_keep_the_page),
          cmocka_unit_test(test_missing_parts_are_left_out),
          cmocka_unit_test(test_unknown_doses_are_named), cmocka_unit_test(test_colour_and_repeat),
          cmocka_unit_test(test_full_buffer_is_an_error));
