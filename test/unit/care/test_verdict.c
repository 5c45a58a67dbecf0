/* SPDX-License-Identifier: Apache-2.0
 * The verdict: what blocks, what outweighs what, and what is asked next. */
#include "fixture.h"

#include "base/text.h"

static struct en_assessment judge(struct en_arena *a, const char *condition, const char *changes)
{
    struct en_case *c = fx_case(a, condition);

    fx_apply(c, changes);
    const struct en_plan plan = fx_plan(a, c, NULL);

    return fx_assess(a, c, &plan);
}

static void print_findings(const struct en_assessment *out)
{
    for (size_t i = 0; i < out->finding_count; i++) {
        if (out->findings[i].severity != EN_INFO) {
            print_error("  %s%s %s\n", out->findings[i].is_unknown ? "unknown " : "",
                        en_severity_text(out->findings[i].severity),
                        en_cell(out->findings[i].tier, "id"));
        }
    }
}

/* A healthy adult with everything answered is suitable: a rule that fires here fires for all. */
static void test_benign_case_is_suitable(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_assessment out = judge(&a, "oa_knee", "");

    (void)state;
    if (out.verdict != EN_VERDICT_SUITABLE) {
        print_findings(&out);
    }
    CHECK(out.verdict == EN_VERDICT_SUITABLE);
    CHECK(!out.has_stop_without_override);
    CHECK(out.rule_count == 57 + 6 + 15);
    CHECK(out.question_count == 0);
    CHECK_TEXT(en_cell(out.condition, "id"), "oa_knee");
    CHECK(en_cell(out.condition, "evidence_against")[0] != '\0');
    en_arena_free(&a);
}

/* No plan and no consent without the side: wrong-side surgery is a never event. */
static void test_the_side_is_asked(void **state)
{
    static const struct {
        enum en_side side;
        enum en_verdict verdict;
    } ROWS[] = {{EN_SIDE_UNKNOWN, EN_VERDICT_UNDECIDED},
                {EN_SIDE_LEFT, EN_VERDICT_SUITABLE},
                {EN_SIDE_BOTH, EN_VERDICT_SUITABLE},
                {EN_SIDE_MIDLINE, EN_VERDICT_UNDECIDED}}; /* a knee has no midline */

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, "oa_knee");
        struct en_plan_options options = fx_options();

        c->targets[0].side = ROWS[i].side;
        const struct en_plan plan = fx_plan(&a, c, &options);
        const struct en_assessment out = fx_assess(&a, c, &plan);

        CHECK(out.verdict == ROWS[i].verdict);
        CHECK(fx_tier(out.findings, out.finding_count, "CI-43.side") ==
              (ROWS[i].verdict == EN_VERDICT_UNDECIDED ? '?' : '-'));
        en_arena_free(&a);
    }
}

/* All conditions with an adult, benign case and the sites of the examination: nothing worse than a
 * caution, except where the condition itself is refused. */
static void test_benign_case_of_every_condition(void **state)
{
    const struct en_table *conditions = en_table_get(fx_knowledge(), "conditions");
    const struct en_table *links = en_table_get(fx_knowledge(), "condition_sites");

    (void)state;
    for (size_t i = 0; i < conditions->row_count; i++) {
        const struct en_row *row = &conditions->rows[i];
        const char *status = en_cell(row, "status"), *id = en_cell(row, "id");
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, id);
        struct en_plan_options options = fx_options();

        for (size_t k = 0; k < links->row_count && options.sites == NULL; k++) {
            const struct en_row *site =
                en_row_find(fx_knowledge(), "atlas", en_cell(&links->rows[k], "site"));

            if (en_text_equal(en_cell(&links->rows[k], "condition"), id) &&
                en_cell_bool(site, "enabled")) {
                options.sites = en_cell(site, "id");
            }
        }
        const struct en_plan plan = fx_plan(&a, c, &options);
        const struct en_assessment out = fx_assess(&a, c, &plan);
        const bool is_treatable =
            !en_text_equal(status, "rejected") && !en_text_equal(status, "needs_diagnosis");

        if (is_treatable != (out.verdict <= EN_VERDICT_CAUTION) && options.sites != NULL) {
            print_error("%s is %s\n", id, en_verdict_text(out.verdict));
            print_findings(&out);
            fail();
        }
        CHECK(is_treatable || out.verdict == EN_VERDICT_NOT_SUITABLE);
        en_arena_free(&a);
    }
}

/* The ladder: gravest wins, and an unknown that could be grave outweighs a known lesser one. */
static void test_gravest_wins(void **state)
{
    static const struct {
        const char *changes;
        enum en_verdict verdict;
    } ROWS[] = {
        {"", EN_VERDICT_SUITABLE},
        {"med_aspirin", EN_VERDICT_SUITABLE},                        /* information only */
        {"allergy_latex", EN_VERDICT_CAUTION},                       /* caution */
        {"?vasovagal_history", EN_VERDICT_CAUTION},                  /* may be a caution */
        {"!goals_agreed", EN_VERDICT_DEFER},                         /* defer */
        {"!goals_agreed allergy_latex", EN_VERDICT_DEFER},           /* defer over caution */
        {"?goals_agreed", EN_VERDICT_UNDECIDED},                     /* unknown defer */
        {"!goals_agreed ?temperature", EN_VERDICT_UNDECIDED},        /* unknown over defer */
        {"?skin_infection_at_site", EN_VERDICT_UNDECIDED},           /* unknown stop */
        {"skin_infection_at_site", EN_VERDICT_NOT_SUITABLE},         /* stop */
        {"skin_infection_at_site ?weight", EN_VERDICT_NOT_SUITABLE}, /* stop over unknown */
        {"?weight", EN_VERDICT_UNDECIDED},
        {"?height", EN_VERDICT_UNDECIDED},
        {"?allergy_list_reviewed", EN_VERDICT_UNDECIDED},
        {"!allergy_list_reviewed", EN_VERDICT_UNDECIDED},
        {"?medication_list_reviewed", EN_VERDICT_UNDECIDED},
        {"!medication_list_reviewed", EN_VERDICT_UNDECIDED},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        const struct en_assessment out = judge(&a, "oa_knee", ROWS[i].changes);

        if (out.verdict != ROWS[i].verdict) {
            print_error("\"%s\": %s\n", ROWS[i].changes, en_verdict_text(out.verdict));
            print_findings(&out);
        }
        CHECK(out.verdict == ROWS[i].verdict);
        en_arena_free(&a);
    }
}

/* No diagnosis blocks; a rejected or too general one is refused with its reason. */
static void test_diagnosis(void **state)
{
    static const struct {
        const char *condition;
        enum en_verdict verdict;
    } ROWS[] = {
        {NULL, EN_VERDICT_UNDECIDED},
        {"no_such", EN_VERDICT_UNDECIDED},
        {"all_pains_unresponsive_to_drugs", EN_VERDICT_NOT_SUITABLE},
        {"herpes_after_surgery", EN_VERDICT_NOT_SUITABLE},
        {"chronic_joint_pain", EN_VERDICT_NOT_SUITABLE},
        {"arthritis_unspecified", EN_VERDICT_NOT_SUITABLE},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        const struct en_assessment out = judge(&a, ROWS[i].condition, "");

        CHECK(out.verdict == ROWS[i].verdict);
        en_arena_free(&a);
    }
}

/* The nine without override (clinical text, key decision 3); other stops can be overridden. */
static void test_stops_without_override(void **state)
{
    static const struct {
        const char *condition, *changes;
        bool has_none;
    } ROWS[] = {
        {"oa_knee", "septic_arthritis_suspected", true},
        {"oa_knee", "malignancy_at_target", true},
        {"oa_knee", "prosthesis=target_joint", true},
        {"ddd_lumbar", "spine_red_flags", true},
        {"oa_knee", "!consent_possible", true},
        {"oa_knee", "!vial_ok", true},
        {"oa_knee", "skin_infection_at_site", false},
        {"oa_knee", "allergy_dextrose", false},
        {"oa_knee", "!emergency_kit_ok", false},
        {"oa_knee", "?septic_arthritis_suspected", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        const struct en_assessment out = judge(&a, ROWS[i].condition, ROWS[i].changes);

        if (out.has_stop_without_override != ROWS[i].has_none) {
            print_error("%s\n", ROWS[i].changes);
        }
        CHECK(out.has_stop_without_override == ROWS[i].has_none);
        en_arena_free(&a);
    }
}

/* Findings: fired before unknown, gravest first; each with inputs and, when unknown, what is in the
 * way. A lesser tier of a rule is left out when a graver one fired. */
static void test_findings_are_sorted_and_explained(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_assessment out =
        judge(&a, "oa_knee", "med_vka inr=3.4 hba1c=9 ?temperature allergy_latex med_doac");

    (void)state;
    CHECK(out.fired_count > 0 && out.finding_count > out.fired_count);
    for (size_t i = 1; i < out.finding_count; i++) {
        const struct en_finding *before = &out.findings[i - 1], *f = &out.findings[i];

        CHECK(before->is_unknown <= f->is_unknown);
        CHECK(before->is_unknown != f->is_unknown || before->severity <= f->severity);
    }
    for (size_t i = 0; i < out.finding_count; i++) {
        const struct en_finding *f = &out.findings[i];

        CHECK(f->is_unknown == (i >= out.fired_count));
        CHECK(f->rule != NULL && f->tier != NULL && f->sites != NULL);
        CHECK(f->is_unknown ? f->missing_count > 0 : f->missing_count == 0);
        CHECK(f->input_count > 0 || en_text_equal(en_cell(f->tier, "when"), "true"));
    }
    CHECK(fx_tier(out.findings, out.finding_count, "CI-21.defer") == '+');
    CHECK(fx_tier(out.findings, out.finding_count, "CI-21.caution") == '-');
    en_arena_free(&a);
}

/* The inputs of a finding carry value and date; a stale value is shown as what it is. */
static void test_inputs_carry_dates(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");
    bool was_seen = false;

    (void)state;
    fx_apply(c, "med_vka inr=3.4");
    fx_age(c, "inr", 8);
    const struct en_plan plan = fx_plan(&a, c, NULL);
    const struct en_assessment out = fx_assess(&a, c, &plan);

    for (size_t i = 0; i < out.finding_count; i++) {
        const struct en_finding *f = &out.findings[i];

        for (size_t k = 0; k < f->input_count; k++) {
            if (en_text_equal(en_cell(f->tier, "id"), "CI-07.defer") &&
                en_text_equal(f->inputs[k].fact, "inr")) {
                was_seen = true;
                CHECK(f->inputs[k].is_stale);
                CHECK_NEAR(f->inputs[k].value.number, 3.4, 1e-12);
                CHECK(f->inputs[k].value.as_of == fx_today() - 8);
                CHECK(f->missing_count == 1);
                CHECK_TEXT(f->missing[0], "inr");
            }
        }
    }
    CHECK(was_seen);
    CHECK(out.question_count == 1);
    CHECK_TEXT(en_cell(out.questions[0].fact, "id"), "inr");
    CHECK(out.questions[0].is_stale && out.questions[0].as_of == fx_today() - 8);
    en_arena_free(&a);
}

/* Questions: the ones that decide the gravest rules first, each once, and always something that can
 * be answered: a derived fact is asked by its parts. */
static void test_questions_are_sorted_and_unique(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_assessment out =
        judge(&a, "oa_knee",
              "?weight ?birth_date ?smoker ?goals_agreed ?vasovagal_history ?consent_possible");

    (void)state;
    CHECK(out.question_count == 6);
    for (size_t i = 0; i < out.question_count; i++) {
        CHECK(i == 0 || out.questions[i - 1].severity <= out.questions[i].severity);
        CHECK(en_cell(out.questions[i].fact, "question")[0] != '\0');
        for (size_t k = 0; k < i; k++) {
            CHECK(out.questions[k].fact != out.questions[i].fact);
        }
    }
    CHECK_TEXT(en_cell(out.questions[5].fact, "id"), "smoker");
    CHECK(out.questions[5].severity == EN_INFO);
    en_arena_free(&a);
}

/* An empty case: nothing is known, so nothing is decided, and every needed fact is asked. */
static void test_empty_case_asks_for_everything(void **state)
{
    const struct en_care care = fx_care();
    struct en_arena a = fx_arena();
    const struct en_case empty = {0};
    struct en_assessment out;
    bool asks_weight = false;

    (void)state;
    CHECK(en_assess(&care, &empty, NULL, &a, &out, NULL) == EN_OK);
    CHECK(out.verdict == EN_VERDICT_UNDECIDED);
    CHECK(out.condition == NULL);
    CHECK(out.question_count > 30);
    for (size_t i = 0; i < out.question_count; i++) {
        asks_weight |= en_text_equal(en_cell(out.questions[i].fact, "id"), "weight");
    }
    CHECK(asks_weight);
    en_arena_free(&a);
}

/* Without a site the facts about sites are one question: which sites. */
static void test_no_site_is_one_question(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_assessment out = judge(&a, "ligament_sprain_knee", "");

    (void)state;
    CHECK(out.verdict == EN_VERDICT_UNDECIDED);
    for (size_t i = 0; i < out.question_count; i++) {
        if (i > 0) {
            print_error("also asks %s\n", en_cell(out.questions[i].fact, "id"));
        }
    }
    CHECK(out.question_count == 1);
    CHECK_TEXT(en_cell(out.questions[0].fact, "id"), "sites_planned");
    CHECK(en_cell(out.questions[0].fact, "question")[0] != '\0');
    en_arena_free(&a);
}

/* The case alone, without a plan: rules about sites that are already decided do not ask. */
static void test_case_without_plan(void **state)
{
    const struct en_care care = fx_care();
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");
    struct en_assessment out;

    (void)state;
    CHECK(en_assess(&care, c, NULL, &a, &out, NULL) == EN_OK);
    CHECK(out.verdict == EN_VERDICT_UNDECIDED);
    CHECK(fx_tier(out.findings, out.finding_count, "CI-07.defer") == '-');
    CHECK(fx_tier(out.findings, out.finding_count, "CI-53.stop") == '?');
    en_arena_free(&a);
}

/* Derived facts */

static const struct en_fact *derived(struct en_arena *a, const struct en_case *c,
                                     const struct en_plan *plan, const struct en_plan_site *site,
                                     const char *id)
{
    const struct en_care care = fx_care();
    const size_t index = en_fact_index(fx_knowledge(), id);
    struct en_fact *facts = NULL;

    CHECK(index != SIZE_MAX);
    CHECK(en_derive_facts(&care, c, plan, site, a, &facts, NULL) == EN_OK);
    return &facts[index];
}

static void test_derived_person(void **state)
{
    static const struct {
        const char *changes, *fact;
        double value;
    } ROWS[] = {
        {"", "age_years", 50.0},
        {"birth_date=-25567", "age_years", 70.0},
        {"birth_date=-25566", "age_years", 69.0},
        {"?birth_date", "age_years", NAN},
        {"", "bmi", 80.0 / 3.24},
        {"?height", "bmi", NAN},
        {"", "dose_weight", 80.0},
        {"weight=140", "dose_weight", 50.0 + 0.9055 * 27.6},
        {"weight=140 sex=female", "dose_weight", 45.5 + 0.9055 * 27.6},
        {"?weight", "dose_weight", NAN},
        {"", "pain_duration_weeks", 365.0 / 7.0},
        {"pain_onset_date=-42", "pain_duration_weeks", 6.0},
        {"", "nsaid_washout_left", 0.0},
        {"med_nsaid", "nsaid_washout_left", NAN},
        {"", "sessions_done", 0.0},
        {"", "profile_min_interval", 21.0},
        {"", "la_load", NAN},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, "oa_knee");

        fx_apply(c, ROWS[i].changes);
        const struct en_fact *f = derived(&a, c, NULL, NULL, ROWS[i].fact);

        CHECK((f->kind == EN_FACT_UNKNOWN) == (isnan(ROWS[i].value) != 0));
        if (f->kind == EN_FACT_NUMBER) {
            CHECK_NEAR(f->number, ROWS[i].value, 1e-9);
            CHECK_CONTAINS(f->origin, "derived");
            CHECK(f->as_of == fx_today());
        }
        en_arena_free(&a);
    }
}

/* The onset written in the Condition counts when the question was not answered. */
static void test_onset_of_the_condition(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");

    (void)state;
    fx_forget(c, "pain_onset_date");
    CHECK_NEAR(derived(&a, c, NULL, NULL, "pain_duration_weeks")->number, 365.0 / 7.0, 1e-9);
    c->targets[0].onset = EN_DAY_UNKNOWN;
    CHECK(derived(&a, c, NULL, NULL, "pain_duration_weeks")->kind == EN_FACT_UNKNOWN);
    c->targets[0].onset = fx_today() + 1; /* not yet begun: a mistake, not a duration */
    CHECK(derived(&a, c, NULL, NULL, "pain_duration_weeks")->kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

/* Tenderness at a planned site identifies the structure even when nobody ticked the question. */
static void test_examination_identifies_the_structure(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");

    (void)state;
    fx_forget(c, "structure_confirmed");
    CHECK(derived(&a, c, NULL, NULL, "structure_identified")->kind == EN_FACT_UNKNOWN);
    c->exams[0] = (struct en_exam){.kind = EN_EXAM_TENDERNESS,
                                   .site = "KNE-02",
                                   .side = EN_SIDE_RIGHT,
                                   .value = 1.0,
                                   .day = fx_today()};
    c->exam_count = 1;
    CHECK(derived(&a, c, NULL, NULL, "structure_identified")->truth);
    c->exams[0].side = EN_SIDE_LEFT; /* the target is on the right */
    CHECK(derived(&a, c, NULL, NULL, "structure_identified")->kind == EN_FACT_UNKNOWN);
    c->exams[0].side = EN_SIDE_RIGHT;
    c->exams[0].day = fx_today() - 93; /* older than an answer may be */
    CHECK(derived(&a, c, NULL, NULL, "structure_identified")->kind == EN_FACT_UNKNOWN);
    c->exams[0].day = fx_today();
    c->exams[0].site = "ANK-01"; /* another region */
    CHECK(derived(&a, c, NULL, NULL, "structure_identified")->kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

static void test_derived_site(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");
    const struct en_plan plan = fx_plan(&a, c, NULL);
    const struct en_plan_site *site = &plan.sites[0];

    (void)state;
    CHECK_TEXT(derived(&a, c, &plan, site, "site_class")->code, "P");
    CHECK_TEXT(derived(&a, c, &plan, site, "site_kind")->code, "joint_space");
    CHECK_TEXT(derived(&a, c, &plan, site, "region")->code, "knee");
    CHECK(derived(&a, c, &plan, site, "site_enabled")->truth);
    CHECK(derived(&a, c, &plan, site, "site_privilege")->truth);
    CHECK(derived(&a, c, &plan, site, "site_guidance_ok")->truth);
    CHECK(!derived(&a, c, &plan, site, "site_guidance_required")->truth);
    CHECK(!derived(&a, c, &plan, site, "site_preservative")->truth);
    CHECK(!derived(&a, c, &plan, site, "site_volume_over_limit")->truth);
    CHECK_NEAR(derived(&a, c, &plan, site, "site_dextrose")->number, 25.0, 0.5);
    CHECK_NEAR(derived(&a, c, &plan, site, "site_la_percent")->number, 0.2, 0.01);
    CHECK_NEAR(derived(&a, c, &plan, NULL, "volume_total")->number, 10.0, 1e-9);
    CHECK(derived(&a, c, &plan, NULL, "site_class")->kind == EN_FACT_UNKNOWN);
    CHECK(derived(&a, c, &plan, NULL, "stock_known")->truth);
    CHECK(derived(&a, c, &plan, NULL, "la_amide")->truth);
    en_arena_free(&a);
}

/* The country of the payer chooses what the cost section says. */
static void test_derived_payer(void **state)
{
    static const struct {
        const char *jurisdiction, *code;
    } ROWS[] = {{"us", "us"}, {"uk", "uk"}, {"tr", "other"}};
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");

    (void)state;
    CHECK(derived(&a, c, NULL, NULL, "payer_jurisdiction")->kind == EN_FACT_UNKNOWN);
    c->cover_count = 1;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        c->covers[0] = (struct en_cover){.payer = "Payer", .jurisdiction = ROWS[i].jurisdiction};
        CHECK_TEXT(derived(&a, c, NULL, NULL, "payer_jurisdiction")->code, ROWS[i].code);
    }
    en_arena_free(&a);
}

/* Names and memory */

/* No text of the decision holds the patient's name: it goes to documents only. */
static void test_no_name_in_findings(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_assessment out = judge(&a, "oa_knee", "?weight med_vka inr=3.4");

    (void)state;
    for (size_t i = 0; i < out.finding_count; i++) {
        CHECK(strstr(out.findings[i].sites, "Synthetic") == NULL);
        for (size_t k = 0; k < out.findings[i].input_count; k++) {
            const char *origin = out.findings[i].inputs[k].value.origin;

            CHECK(origin == NULL || strstr(origin, "Synthetic") == NULL);
        }
    }
    en_arena_free(&a);
}

static void test_words(void **state)
{
    (void)state;
    CHECK_TEXT(en_verdict_text(EN_VERDICT_SUITABLE), "suitable");
    CHECK_TEXT(en_verdict_text(EN_VERDICT_CAUTION), "suitable with caution");
    CHECK_TEXT(en_verdict_text(EN_VERDICT_DEFER), "defer");
    CHECK_TEXT(en_verdict_text(EN_VERDICT_UNDECIDED), "cannot be decided");
    CHECK_TEXT(en_verdict_text(EN_VERDICT_NOT_SUITABLE), "not suitable");
    CHECK_TEXT(en_severity_text(EN_STOP), "STOP");
    CHECK_TEXT(en_severity_text(EN_DEFER), "DEFER");
    CHECK_TEXT(en_severity_text(EN_CAUTION), "CAUTION");
    CHECK_TEXT(en_severity_text(EN_INFO), "INFO");
    CHECK_TEXT(en_side_text(EN_SIDE_LEFT), "left");
    CHECK_TEXT(en_side_text(EN_SIDE_RIGHT), "right");
    CHECK_TEXT(en_side_text(EN_SIDE_BOTH), "both");
    CHECK_TEXT(en_side_text(EN_SIDE_MIDLINE), "midline");
    CHECK_TEXT(en_side_text(EN_SIDE_UNKNOWN), "unknown");
}

TEST_MAIN(cmocka_unit_test(test_benign_case_is_suitable),
          cmocka_unit_test(test_benign_case_of_every_condition),
          cmocka_unit_test(test_gravest_wins), cmocka_unit_test(test_diagnosis),
          cmocka_unit_test(test_stops_without_override),
          cmocka_unit_test(test_findings_are_sorted_and_explained),
          cmocka_unit_test(test_inputs_carry_dates),
          cmocka_unit_test(test_questions_are_sorted_and_unique),
          cmocka_unit_test(test_empty_case_asks_for_everything),
          cmocka_unit_test(test_no_site_is_one_question), cmocka_unit_test(test_case_without_plan),
          cmocka_unit_test(test_derived_person), cmocka_unit_test(test_onset_of_the_condition),
          cmocka_unit_test(test_examination_identifies_the_structure),
          cmocka_unit_test(test_the_side_is_asked), cmocka_unit_test(test_derived_site),
          cmocka_unit_test(test_derived_payer), cmocka_unit_test(test_no_name_in_findings),
          cmocka_unit_test(test_words));
