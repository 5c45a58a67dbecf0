/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/limits.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { TODAY = 20458, WEEK = 7 }; /* 2026-01-05 */

/* fontconfig keeps its caches until the process ends; they do not grow with the documents (a loop
 * over 500 of them stays at the same size). Called by the leak sanitizer, nobody else. */
/* NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl*): given name */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
/* NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier,cert-dcl*) */
{
    return "leak:libfontconfig\nleak:libpango\n";
}

/* Once for all tests of a program; given back when it ends. */
const struct en_knowledge *fixture_knowledge(void)
{
    static struct en_arena arena = {.limit = EN_REQUEST_ARENA};
    static struct en_knowledge *knowledge;
    struct en_err err;

    if (knowledge == NULL && en_knowledge_load(NULL, &arena, &knowledge, &err) != EN_OK) {
        assert(false && "the embedded knowledge must load");
    }
    return knowledge;
}

const struct en_row *fixture_row(const char *table, const char *id)
{
    const struct en_row *row = en_row_find(fixture_knowledge(), table, id);

    assert(row != NULL);
    return row;
}

static void set_fact(struct fixture *f, const char *id, struct en_fact fact)
{
    const size_t i = en_fact_index(fixture_knowledge(), id);

    assert(i < FIXTURE_FACTS_MAX);
    f->facts[i] = fact;
}

static struct en_fact fact_of(const struct fixture *f, const char *id)
{
    return f->facts[en_fact_index(fixture_knowledge(), id)];
}

static void fill_case(struct fixture *f)
{
    set_fact(f, "sex",
             (struct en_fact){.kind = EN_FACT_CODE, .code = "female", .as_of = TODAY - 5});
    set_fact(f, "weight",
             (struct en_fact){.kind = EN_FACT_NUMBER, .number = 48.25, .as_of = TODAY - 5});
    set_fact(f, "conservative_care_tried",
             (struct en_fact){.kind = EN_FACT_BOOL, .truth = false, .as_of = TODAY - 30});
    f->target = (struct en_target){.condition = "oa_knee",
                                   .text = "Osteoarthritis of right knee",
                                   .side = EN_SIDE_RIGHT,
                                   .onset = TODAY - 900};
    f->c = (struct en_case){
        .person = {.name = "Synthetic Patient 01",
                   .id = "SYN-0001",
                   .birth = -1036, /* 1967-03-02 */
                   .birth_known = true},
        .facts = f->facts,
        .fact_count = en_table_get(fixture_knowledge(), "facts")->row_count,
        .targets = &f->target,
        .target_count = 1,
    };
}

static void fill_sites(struct fixture *f)
{
    static const struct {
        const char *id, *link, *guidance, *reason;
        int points;
        double ml, percent;
    } SITES[] = {
        {"KNE-01", "oa_knee.KNE-01", "US", "primary site of the condition", 1, 6.0, 25.0},
        {"KNE-02", "oa_knee.KNE-02", "LM", "primary site of the condition", 2, 0.5, 15.0},
        {"KNE-03", "oa_knee.KNE-03", "LM", "primary site of the condition", 2, 0.5, 15.0},
        {"KNE-04", "oa_knee.KNE-04", "LM", "tender (grade 2)", 3, 0.5, 15.0},
        {"KNE-05", "oa_knee.KNE-05", "LM", "primary site of the condition", 3, 0.5, 15.0},
        {"KNE-06", "oa_knee.KNE-06", "LM", "primary site of the condition", 1, 0.5, 15.0},
        {"KNE-07", "oa_knee.KNE-07", "US", "tender (grade 1)", 1, 0.5, 15.0},
        {"KNE-08", "oa_knee.KNE-08", "LM", "tender (grade 2)", 3, 0.5, 15.0},
        {"KNE-13", "oa_knee.KNE-13", "LM", "tender (grade 1)", 4, 0.5, 15.0},
    };

    for (size_t i = 0; i < EN_COUNT(SITES); i++) {
        f->sites[i] = (struct en_plan_site){
            .site = fixture_row("atlas", SITES[i].id),
            .link = en_row_find(fixture_knowledge(), "condition_sites", SITES[i].link),
            .reason = SITES[i].reason,
            .side = EN_SIDE_RIGHT,
            .points = SITES[i].points,
            .volume_per_point_ml = SITES[i].ml,
            .volume_ml = SITES[i].ml * SITES[i].points,
            .dextrose_percent = SITES[i].percent,
            .guidance = SITES[i].guidance,
            .guidance_required = i == 0 || i == 6,
            .mix = i == 0 ? 0 : 1,
        };
    }
    f->plan.sites = f->sites;
    f->plan.site_count = EN_COUNT(SITES);
}

static void fill_mixes(struct fixture *f)
{
    static const char *const WARNINGS[] = {"use within 60 minutes of mixing"};

    f->mixes[0] = (struct en_plan_mix){
        .label = "A",
        .needed_ml = 6.0,
        .mix = {.parts = {{fixture_row("stocks", "dextrose_50"), 3.0, 3.0},
                          {fixture_row("stocks", "lidocaine_1"), 1.2, 1.2},
                          {fixture_row("stocks", "saline_09"), 1.8, 1.8}},
                .part_count = 3,
                .volume_ml = 6.0,
                .dextrose_percent = 25.0,
                .anaesthetic_percent = 0.2,
                .osmolarity_mosm_per_l = 1417.0,
                .is_possible = true},
    };
    f->mixes[1] = (struct en_plan_mix){
        .label = "B",
        .needed_ml = 9.5,
        .mix = {.parts = {{fixture_row("stocks", "dextrose_50"), 2.85, 2.9},
                          {fixture_row("stocks", "lidocaine_1"), 1.9, 1.9},
                          {fixture_row("stocks", "saline_09"), 4.75, 4.7}},
                .part_count = 3,
                .volume_ml = 9.5,
                .dextrose_percent = 15.26,
                .anaesthetic_percent = 0.2,
                .osmolarity_mosm_per_l = 974.0,
                .is_possible = true,
                .warnings = WARNINGS,
                .warning_count = 1},
    };
    f->plan.mixes = f->mixes;
    f->plan.mix_count = 2;
}

static void fill_dates(struct fixture *f)
{
    static const int WEEKS[] = {5, 9, 12, 52};

    for (int i = 0; i < 5; i++) {
        f->sessions[i] = (struct en_plan_session){i + 1, TODAY + 4 * WEEK * i, i > 2};
    }
    for (size_t i = 0; i < 4; i++) {
        f->followups[i] = (struct en_dated_row){fixture_row("schedules", "knee_rabago2013"),
                                                TODAY + WEEK * WEEKS[i], EN_DAY_UNKNOWN,
                                                "Review: pain 0 to 10, function, harms"};
    }
    f->rehabilitation[0] = (struct en_dated_row){fixture_row("rehab", "RH-0"), TODAY, TODAY + 3,
                                                 "Settle: gentle active movement"};
    f->rehabilitation[1] = (struct en_dated_row){fixture_row("rehab", "RH-1"), TODAY + 3,
                                                 TODAY + 14, "Restore motion: cycling, stretching"};
    f->rehabilitation[2] = (struct en_dated_row){
        fixture_row("rehab", "RH-2"), TODAY + 14, TODAY + 42,
        "Load: progressive resistance two to three times a week; balance work"};
    f->plan.sessions = f->sessions;
    f->plan.session_count = 5;
    f->plan.followups = f->followups;
    f->plan.followup_count = 4;
    f->plan.rehabilitation = f->rehabilitation;
    f->plan.rehabilitation_count = 3;
    f->plan.interval_days = 4 * WEEK;
}

static void fill_plan(struct fixture *f)
{
    const struct en_table *list = en_table_get(f->report.knowledge, "checklist");

    f->plan = (struct en_plan){
        .condition = fixture_row("conditions", "oa_knee"),
        .schedule = fixture_row("schedules", "knee_rabago2013"),
        .target = f->target,
        .cover = fixture_row("coverage", "cov.medicare"),
    };
    fill_sites(f);
    fill_mixes(f);
    fill_dates(f);
    f->dose = (struct en_dose_line){
        .drug = "lidocaine", .mg = 49.0, .max_mg = 200.0, .fraction = 0.245, .factor = 1.0};
    f->plan.totals = (struct en_plan_totals){.points = 20,
                                             .volume_ml = 15.5,
                                             .volume_limit_ml = 30.0,
                                             .dextrose_g = 2.95,
                                             .dextrose_warn_g = 10.0,
                                             .doses = &f->dose,
                                             .dose_count = 1,
                                             .load = 0.245,
                                             .observation_min = 30};
    for (size_t i = 0; i < list->row_count; i++) {
        f->checklist[i] = (struct en_dated_row){&list->rows[i], EN_DAY_UNKNOWN, EN_DAY_UNKNOWN,
                                                en_cell(&list->rows[i], "item")};
    }
    f->plan.checklist = f->checklist;
    f->plan.checklist_count = list->row_count;
    f->costs[0] = fixture_row("costs", "session");
    f->costs[1] = fixture_row("costs", "guidance_us");
    f->plan.costs = f->costs;
    f->plan.cost_count = 2;
    f->alternatives[0] = fixture_row("alternatives", "exercise");
    f->alternatives[1] = fixture_row("alternatives", "weight_loss");
    f->alternatives[2] = fixture_row("alternatives", "watchful_waiting");
    f->plan.alternatives = f->alternatives;
    f->plan.alternative_count = 3;
    for (size_t i = 0; i < EN_COUNT(f->defaults); i++) {
        f->defaults[i] = (struct en_default){.what = "volume",
                                             .value = "0.5 mL",
                                             .source = "memory",
                                             .grade = "C",
                                             .is_approved = i < 2};
    }
    f->plan.defaults = f->defaults;
    f->plan.default_count = EN_COUNT(f->defaults);
}

static struct en_finding finding(const char *rule, const char *tier, enum en_severity severity)
{
    return (struct en_finding){.rule = fixture_row("rules", rule),
                               .tier = fixture_row("tiers", tier),
                               .severity = severity,
                               .has_override = true,
                               .sites = ""};
}

static void fill_assessment(struct fixture *f)
{
    f->inputs[0] = (struct en_input){"weight", fact_of(f, "weight"), false};
    f->inputs[1] =
        (struct en_input){"conservative_care_tried", fact_of(f, "conservative_care_tried"), false};
    f->findings[0] = finding("CI-39", "CI-39.weight", EN_CAUTION);
    f->findings[0].inputs = &f->inputs[0];
    f->findings[0].input_count = 1;
    f->findings[1] = finding("SU-3", "SU-3.caution", EN_CAUTION);
    f->findings[1].sites = "KNE-01; KNE-02";
    f->findings[1].inputs = &f->inputs[1];
    f->findings[1].input_count = 1;
    f->missing[0] = "inr";
    f->missing[1] = "med_vka";
    f->findings[2] = finding("CI-07", "CI-07.caution", EN_CAUTION);
    f->findings[2].is_unknown = true;
    f->findings[2].missing = f->missing;
    f->findings[2].missing_count = 2;
    f->questions[0] =
        (struct en_question){fixture_row("facts", "inr"), EN_CAUTION, true, TODAY - 60};
    f->questions[1] =
        (struct en_question){fixture_row("facts", "allergy_corn"), EN_INFO, false, EN_DAY_UNKNOWN};
    f->assessment = (struct en_assessment){.verdict = EN_VERDICT_CAUTION,
                                           .findings = f->findings,
                                           .questions = f->questions,
                                           .condition = fixture_row("conditions", "oa_knee"),
                                           .finding_count = 3,
                                           .fired_count = 2,
                                           .question_count = 2,
                                           .rule_count = 73};
}

/* A fall that levels off with a time constant of 15 weeks; spread grows with time. The formula has
 * no meaning beyond curves that look like curves. */
static struct en_band band(double baseline, double fall, double week, double scale)
{
    static const double Z[EN_QUANTILE_COUNT] = {-1.645, -0.674, 0.0, 0.674, 1.645};
    const double middle = baseline - fall * (1.0 - exp(-week / 15.0));
    const double spread = scale * (0.9 + 0.9 * (1.0 - exp(-week / 20.0)));
    struct en_band b = {.mean_change = baseline - middle};

    for (size_t i = 0; i < EN_QUANTILE_COUNT; i++) {
        b.q[i] = fmax(0.0, fmin(middle + Z[i] * spread, 10.0 * scale));
    }
    b.mic_probability = 0.5 * (1.0 + tanh((baseline - middle - 2.0 * scale) / (1.6 * spread)));
    return b;
}

static void fill_goals(struct en_forecast *forecast)
{
    struct en_forecast_request *q = &forecast->request;

    q->goals[0] = (struct en_goal){EN_OUTCOME_PAIN, 3.0};
    q->goals[1] = (struct en_goal){EN_OUTCOME_FUNCTION, 30.0};
    q->goal_count = 2;
    for (size_t arm = 0; arm < q->arm_count; arm++) {
        for (size_t week = 0; week < q->week_count; week++) {
            forecast->goal[arm][0][week] = 0.40 - 0.08 * (double)arm + 0.02 * (double)week;
            forecast->goal[arm][1][week] = 0.30 - 0.06 * (double)arm + 0.02 * (double)week;
        }
    }
}

/* What going on brings beyond the others: 0.9 points beyond stopping, less beyond the rest. */
static void fill_gains(struct en_forecast *forecast)
{
    static const double MEAN[] = {0.0, 0.3, 0.5, 0.9};
    static const double OFF[EN_QUANTILE_COUNT] = {-0.9, -0.4, 0.0, 0.4, 0.9};

    forecast->request.worthwhile_nrs = 1.0;
    for (size_t arm = 1; arm < forecast->request.arm_count; arm++) {
        for (size_t week = 0; week < forecast->request.week_count; week++) {
            struct en_gain *g = &forecast->gain[arm][week];

            g->mean = MEAN[arm];
            g->worthwhile = 0.15 * (double)arm;
            for (size_t q = 0; q < EN_QUANTILE_COUNT; q++) {
                g->q[q] = MEAN[arm] + OFF[q];
            }
        }
    }
}

static void fill_followup(struct en_followup *f)
{
    static const double SESSIONS[] = {0.0, 28.0, 57.0};
    static const struct en_observation SCORES[] = {
        {14.0, EN_MEASURE_PAIN, 6.0, 1.0, 1.0},      {28.0, EN_MEASURE_PAIN, 5.0, 1.0, 1.0},
        {28.0, EN_MEASURE_FUNCTION, 50.0, 1.0, 1.0}, {42.0, EN_MEASURE_PAIN, 5.5, 1.0, 1.0},
        {57.0, EN_MEASURE_PAIN, 4.0, 1.0, 1.0},      {63.0, EN_MEASURE_PAIN, 3.5, 1.0, 1.0},
        {63.0, EN_MEASURE_FUNCTION, 40.0, 1.0, 1.0},
    };

    *f = (struct en_followup){.today = 63.0, .rehabilitation = 1.0};
    for (size_t i = 0; i < EN_COUNT(SESSIONS); i++) {
        f->given[f->given_count++] = (struct en_dose){SESSIONS[i], 20.0, 0.7, 1.0};
    }
    for (size_t i = 0; i < EN_COUNT(SCORES); i++) {
        f->observations[f->observation_count++] = SCORES[i];
    }
}

/* From the last score on towards 6.2 less what the arm takes away, weeks 12 to 52. */
static void fill_now(struct en_forecast *now)
{
    static const double END[] = {2.9, 3.2, 3.4, 3.8}, WEEKS[] = {12, 26, 52};
    struct en_forecast_request *q = &now->request;

    q->week_count = EN_COUNT(WEEKS);
    for (size_t i = 0; i < q->week_count; i++) {
        q->weeks[i] = WEEKS[i];
    }
    for (size_t arm = 0; arm < q->arm_count; arm++) {
        for (size_t i = 0; i < q->week_count * (EN_MIXED + 1); i++) {
            const size_t h = i % (EN_MIXED + 1), week = i / (EN_MIXED + 1);
            const double since = WEEKS[week] - 9.0;

            now->band[arm][EN_OUTCOME_PAIN][h][week] = band(3.5, 3.5 - END[arm], since, 0.8);
            now->band[arm][EN_OUTCOME_FUNCTION][h][week] =
                band(40.0, 8.0 * (3.5 - END[arm]), since, 8.0);
        }
    }
}

static void fill_forecast(struct fixture *f)
{
    static const char *const ARMS[] = {"plan", "saline", "exercise", "none"};
    static const double FALL[] = {2.6, 1.7, 1.9, 0.6}, WEEKS[] = {5, 9, 12, 26, 52};
    static const double SHIFT[EN_HYPOTHESIS_COUNT + 1] = {-0.9, 0.3, 0.2, 0.5, 0.0};
    struct en_forecast_request *q = &f->forecast.request;

    *q = (struct en_forecast_request){.person = {.baseline_nrs = 6.2, .baseline_function = 58.0},
                                      .arm_count = 4,
                                      .week_count = 5,
                                      .mic_nrs = 2.0,
                                      .mic_function = 12.0,
                                      .patients = 2000,
                                      .seed = 1};
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        f->forecast.weight[h] = 0.25;
    }
    f->forecast.baseline[EN_OUTCOME_PAIN] = q->person.baseline_nrs;
    f->forecast.baseline[EN_OUTCOME_FUNCTION] = q->person.baseline_function;
    for (size_t week = 0; week < 5; week++) {
        q->weeks[week] = WEEKS[week];
    }
    for (size_t arm = 0; arm < 4; arm++) {
        q->arms[arm].id = ARMS[arm];
        for (size_t week = 0; week < 5; week++) {
            for (size_t h = 0; h <= EN_MIXED; h++) {
                const double fall = FALL[arm] + (arm == 0 ? SHIFT[h] : 0.0);

                f->forecast.band[arm][EN_OUTCOME_PAIN][h][week] = band(6.2, fall, WEEKS[week], 1.0);
                f->forecast.band[arm][EN_OUTCOME_FUNCTION][h][week] =
                    band(58.0, 8.0 * fall, WEEKS[week], 10.0);
            }
            f->forecast.better_by_mic[arm][week] = 0.05 * (double)(arm + week);
        }
    }
}

void fixture_init(struct fixture *f)
{
    *f = (struct fixture){0};
    f->report = (struct en_report){.knowledge = fixture_knowledge(),
                                   .c = &f->c,
                                   .plan = &f->plan,
                                   .assessment = &f->assessment,
                                   .forecast = &f->forecast,
                                   .note = &f->note,
                                   .today = TODAY};
    f->note = (struct en_session_note){.day = EN_DAY_UNKNOWN, .volume_ml = NAN};
    fill_case(f);
    fill_plan(f);
    fill_assessment(f);
    fill_forecast(f);
}

void fixture_course(struct fixture *f)
{
    static const double BEFORE[] = {0.25, 0.20, 0.30, 0.25}, NOW[] = {0.12, 0.25, 0.30, 0.33};
    struct en_forecast *now = &f->forecast;

    for (size_t i = 0; i < 5; i++) {
        now->request.arms[0].sessions[i] = (struct en_dose){28.0 * (double)i, 20.0, 0.7, 1.0};
    }
    now->request.arms[0].session_count = 5;
    f->before = *now;
    fill_now(now);
    fill_followup(&now->request.followup);
    for (size_t i = 0; i < 2; i++) {
        now->request.arms[0].sessions[i].day = 85.0 + 28.0 * (double)i;
    }
    now->request.arms[0].session_count = 2;
    fill_goals(&f->before);
    fill_goals(now);
    fill_gains(now);
    now->information[1] = 0.4;
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        f->before.weight[h] = BEFORE[h];
        now->learning.prior_weight[h] = BEFORE[h];
        now->weight[h] = NOW[h];
        now->learning.effective[h] = 640.0;
        now->learning.stages[h] = h == 0 ? 2 : 0;
    }
    f->notes[0] = (struct en_usage_note){EN_USAGE_USED, TODAY, "session", NULL};
    f->notes[1] = (struct en_usage_note){EN_USAGE_USED, TODAY + 14, "nrs", NULL};
    f->notes[2] = (struct en_usage_note){EN_USAGE_EXCLUDED, TODAY + 35, "nrs",
                                         "two different values for one day"};
    f->notes[3] = (struct en_usage_note){EN_USAGE_ASSUMED, TODAY + 57, "session",
                                         "no volume recorded, the plan's is taken"};
    f->outlook = (struct en_report_outlook){.before = &f->before,
                                            .start = TODAY,
                                            .notes = f->notes,
                                            .note_count = 4,
                                            .sessions_left = 2,
                                            .next_score_week = 26.0};
    f->report.outlook = &f->outlook;
    f->report.today = TODAY + 63;
}

void fixture_block(struct fixture *f)
{
    set_fact(f, "septic_arthritis_suspected",
             (struct en_fact){.kind = EN_FACT_BOOL, .truth = true, .as_of = TODAY});
    f->inputs[2] = (struct en_input){"septic_arthritis_suspected",
                                     fact_of(f, "septic_arthritis_suspected"), false};
    f->findings[0] = finding("CI-02", "CI-02.stop", EN_STOP);
    f->findings[0].has_override = false;
    f->findings[0].inputs = &f->inputs[2];
    f->findings[0].input_count = 1;
    f->assessment.verdict = EN_VERDICT_NOT_SUITABLE;
    f->assessment.has_stop_without_override = true;
}

void fixture_many_sites(struct fixture *f)
{
    for (size_t i = f->plan.site_count; i < FIXTURE_SITES_MAX; i++) {
        f->sites[i] = f->sites[i % 9];
        f->sites[i].reason =
            "chosen by the clinician, who wrote a long reason for this site so that "
            "the line has to be wrapped more than once in every kind of output";
    }
    f->plan.site_count = FIXTURE_SITES_MAX;
}

#define LONG_WORD                                                                                  \
    "Pneumonoultramicroscopicsilicovolcanoconiosis-Donaudampfschifffahrtsgesellschaftskapitaen-"   \
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"

void fixture_strain(struct fixture *f)
{
    static const char *const WARNINGS[] = {LONG_WORD, "王小明王小明王小明王小明王"};

    f->c.person = (struct en_person){0};
    f->c.targets = NULL;
    f->c.target_count = 0;
    f->plan.target.side = EN_SIDE_UNKNOWN;
    f->plan.cover = NULL;
    f->plan.totals.volume_limit_ml = NAN;
    f->plan.totals.load = NAN;
    f->plan.totals.dextrose_g = NAN;
    f->dose = (struct en_dose_line){.drug = "lidocaine",
                                    .mg = 49.0,
                                    .max_mg = NAN,
                                    .fraction = NAN,
                                    .factor = 0.5,
                                    .factor_reason = "liver disease"};
    f->mixes[0].mix = (struct en_mix){.refusal = "the stock is too weak", .nearest = LONG_WORD};
    f->mixes[1].mix.has_preservative = true;
    f->mixes[1].mix.osmolarity_mosm_per_l = NAN;
    f->mixes[1].mix.warnings = WARNINGS;
    f->mixes[1].mix.warning_count = 2;
    f->mixes[1].mix.alternatives = WARNINGS;
    f->mixes[1].mix.alternative_count = 1;
    f->sites[1].reason = LONG_WORD;
    f->sites[1].side = EN_SIDE_UNKNOWN;
    f->sites[2].mix = 99;
    f->sites[2].volume_ml = NAN;
    f->sites[3].guidance = NULL;
    f->sites[4].reason = NULL;
    f->followups[0].text = LONG_WORD;
    f->followups[1].from = EN_DAY_UNKNOWN;
    f->rehabilitation[0].to = EN_DAY_UNKNOWN;
    f->inputs[0].value.kind = EN_FACT_UNKNOWN;
    f->forecast.better_by_mic[1][4] = NAN;
    f->forecast.band[0][EN_OUTCOME_PAIN][EN_MIXED][4].mic_probability = NAN;
}

struct en_buf fixture_joined(const struct en_buf *page)
{
    struct en_buf out = EN_BUF(1 << 20);
    bool is_blank = false;

    for (size_t i = 0; i < page->size; i++) {
        const bool is_gap = page->bytes[i] == ' ' || page->bytes[i] == '\n';

        if (!is_gap || !is_blank) {
            en_buf_add_bytes(&out, is_gap ? " " : page->bytes + i, 1);
        }
        is_blank = is_gap;
    }
    return out;
}

/* The doubles of care/'s texts: every text for patients, placeholders left as they are. Weak, so
 * that a program may link the real ones. */
#define WEAK __attribute__((weak))

static bool is_printed(const struct en_row *row, enum en_document document)
{
    static const char *const SKIPPED[] = {"evidence_grade", "hypothesis", "footer"};

    for (size_t i = 0; i < EN_COUNT(SKIPPED); i++) {
        if (strcmp(en_cell(row, "section"), SKIPPED[i]) == 0) {
            return false;
        }
    }
    if ((strcmp(en_cell(row, "section"), "call") == 0) != (document == EN_DOCUMENT_CALL)) {
        return false;
    }
    return strcmp(en_cell(row, "audience"), "patient") == 0;
}

/* NOLINTNEXTLINE(readability-function-size): the signature is care/'s. */
WEAK enum en_status en_document_text(const struct en_care *care, const struct en_case *c,
                                     const struct en_plan *plan, enum en_document document,
                                     struct en_arena *a, struct en_paragraph **out, size_t *count,
                                     struct en_err *err)
{
    const struct en_table *texts = en_table_get(care->knowledge, "texts");

    (void)c, (void)plan, (void)err;
    *out = EN_NEW(a, struct en_paragraph, texts->row_count);
    *count = 0;
    assert(*out != NULL);
    for (size_t i = 0; i < texts->row_count; i++) {
        const struct en_row *row = &texts->rows[i];

        if (is_printed(row, document)) {
            (*out)[(*count)++] =
                (struct en_paragraph){en_cell(row, "section"), en_cell(row, "text"), row};
        }
    }
    return EN_OK;
}

/* NOLINTNEXTLINE(readability-function-size): the signature is care/'s. */
WEAK enum en_status en_aftercare(const struct en_care *care, const struct en_case *c,
                                 const struct en_plan *plan, en_day session, struct en_arena *a,
                                 struct en_dated_row **out, size_t *count, struct en_err *err)
{
    const struct en_table *list = en_table_get(care->knowledge, "aftercare");

    (void)c, (void)plan, (void)err;
    *out = EN_NEW(a, struct en_dated_row, list->row_count);
    *count = list->row_count;
    assert(*out != NULL);
    for (size_t i = 0; i < *count; i++) {
        const en_day to = i % 4 == 3 ? EN_DAY_UNKNOWN : session + (en_day)(i % 8);

        (*out)[i] = (struct en_dated_row){&list->rows[i], i % 5 == 4 ? EN_DAY_UNKNOWN : session, to,
                                          en_cell(&list->rows[i], "text")};
    }
    return EN_OK;
}
