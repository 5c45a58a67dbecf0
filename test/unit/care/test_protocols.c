/* SPDX-License-Identifier: Apache-2.0
 * Plans against the protocols that they come from: sites, volume, strength and dates per condition,
 * as the clinical text (sections 3 and 4.1) gives them. */
#include "fixture.h"

#include "base/text.h"

struct row {
    const char *condition, *schedule, *sites;
    double volume_ml;                   /* of all sites of one side */
    double dextrose_low, dextrose_high; /* weakest and strongest mix [%] */
    int sessions, optional, interval;   /* planned, more if wanted, days */
    int last_day;                       /* of the last planned session */
};

static const struct row ROWS[] = {
    {"oa_knee", "knee_rabago2013", "KNE-01; KNE-02; KNE-03; KNE-05; KNE-06", 10.0, 15, 25, 3, 2, 28,
     56},
    {"oa_hip", "hip_gul2020", "HIP-01; HIP-02; HIP-03; HIP-04; HIP-05", 18.0, 13.5, 15, 6, 0, 21,
     105},
    {"oa_hand", "hand_reeves2000", "WRH-02", 1.0, 10, 10, 3, 0, 61, 122},
    {"oa_cmc1", "cmc1_jahangiri2014", "WRH-01", 1.0, 10, 10, 3, 0, 28, 56},
    {"oa_ankle", "default_3x4wk", "ANK-06", 3.0, 15, 15, 3, 3, 28, 56},
    {"oa_shoulder", "default_3x4wk", "SHO-01", 6.0, 25, 25, 3, 3, 28, 56},
    {"tendinopathy_rotator_cuff", "cuff_bertrand2016", "SHO-02; SHO-03; SHO-04", 4.0, 15, 25, 3, 0,
     28, 56},
    {"lateral_epicondylalgia", "le_rabago2013", "ELB-01; ELB-02; ELB-03", 3.0, 15, 20, 3, 0, 28,
     49},
    {"medial_epicondylalgia", "default_3x4wk", "ELB-05", 1.5, 15, 15, 3, 3, 28, 56},
    {"tendinopathy_achilles", "achilles_yelland2011", "ANK-08", 1.5, 20, 20, 4, 8, 7, 21},
    {"tendinopathy_patellar", "default_3x4wk", "KNE-11", 1.0, 12.5, 12.5, 3, 3, 28, 56},
    {"joint_instability_ankle", "cai_sit", "ANK-01; ANK-02", 2.0, 15, 15, 3, 2, 28, 56},
    {"cts", "cts_d5w", "WRH-07", 5.0, 5, 5, 1, 2, 28, 0},
    {"osgood_schlatter", "osd_topol", "KNE-12", 1.0, 12.5, 12.5, 3, 0, 28, 56},
    {"sij_pain", "sij_hoffman", "LSI-01", 5.0, 15, 15, 3, 0, 28, 56},
    {"tmj_disorder", "tmj_refai2011", "TMJ-02", 1.0, 10, 10, 4, 0, 42, 126},
    {"tfcc_lesion", "default_3x4wk", "WRH-04", 0.5, 12.5, 12.5, 3, 3, 28, 56},
    {"ac_joint_sprain", "default_3x4wk", "SHO-06", 1.0, 15, 15, 3, 3, 28, 56},
    {"tendinopathy_gluteal", "default_3x4wk", "HIP-04", 4.0, 15, 15, 3, 3, 28, 56},
    {"tendinopathy_hamstring", "default_3x4wk", "HIP-06", 3.0, 15, 15, 3, 3, 28, 56},
};

static void check_sites(const struct en_plan *plan, const char *sites)
{
    const char *item = NULL;
    size_t size = 0, count = 0;

    while ((sites = en_list_next(sites, &item, &size)) != NULL) {
        bool was_found = false;

        for (size_t i = 0; i < plan->site_count; i++) {
            const char *id = en_cell(plan->sites[i].site, "id");

            was_found |= strlen(id) == size && strncmp(id, item, size) == 0;
        }
        if (!was_found) {
            print_error("no site %.*s\n", (int)size, item);
        }
        CHECK(was_found);
        count++;
    }
    CHECK(plan->site_count == count);
}

static void check_strengths(const struct en_plan *plan, const struct row *row)
{
    double low = 100.0, high = 0.0;

    for (size_t i = 0; i < plan->mix_count; i++) {
        low = fmin(low, plan->mixes[i].request.dextrose_percent);
        high = fmax(high, plan->mixes[i].request.dextrose_percent);
        CHECK(plan->mixes[i].mix.is_possible);
        CHECK(fabs(plan->mixes[i].mix.dextrose_deviation) <= 0.05);
    }
    CHECK_NEAR(low, row->dextrose_low, 1e-9);
    CHECK_NEAR(high, row->dextrose_high, 1e-9);
}

static void check_sessions(const struct en_plan *plan, const struct row *row)
{
    int planned = 0, optional = 0;
    en_day last = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < plan->session_count; i++) {
        planned += plan->sessions[i].is_optional ? 0 : 1;
        optional += plan->sessions[i].is_optional ? 1 : 0;
        last = plan->sessions[i].is_optional ? last : plan->sessions[i].day;
    }
    CHECK(planned == row->sessions && optional == row->optional);
    CHECK(plan->interval_days == row->interval);
    CHECK(last == fx_today() + row->last_day);
}

static void test_plans_follow_their_protocol(void **state)
{
    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, ROWS[i].condition);
        const struct en_plan plan = fx_plan(&a, c, NULL);

        CHECK_TEXT(en_cell(plan.schedule, "id"), ROWS[i].schedule);
        check_sites(&plan, ROWS[i].sites);
        CHECK_NEAR(plan.totals.volume_ml, ROWS[i].volume_ml, 1e-9);
        check_strengths(&plan, &ROWS[i]);
        check_sessions(&plan, &ROWS[i]);
        en_arena_free(&a);
    }
}

/* No default plan of any condition comes near a limit: 10 g dextrose, 60 mL, half of the
 * anaesthetic maximum of a 50 kg woman at the strictest jurisdiction. */
static void test_default_plans_are_far_from_the_limits(void **state)
{
    const struct en_table *conditions = en_table_get(fx_knowledge(), "conditions");

    (void)state;
    for (size_t i = 0; i < conditions->row_count; i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, en_cell(&conditions->rows[i], "id"));

        fx_apply(c, "weight=50 height=160 sex=female");
        const struct en_plan plan = fx_plan(&a, c, NULL);

        CHECK(plan.totals.dextrose_g < plan.totals.dextrose_warn_g);
        CHECK(plan.totals.volume_ml < plan.totals.volume_limit_ml);
        CHECK(plan.totals.load >= 0.0 && plan.totals.load < 0.5);
        en_arena_free(&a);
    }
}

/* Every atlas site that is enabled can be chosen, mixed and judged at its defaults without a limit
 * of technique or volume being broken: the atlas and the limits agree. */
static void test_atlas_agrees_with_the_limits(void **state)
{
    static const char *const TIERS[] = {"DL-03.stop", "DL-04.stop", "DL-05.stop", "DL-06.stop",
                                        "DL-07.high", "DL-10.site", "CI-53.stop"};
    const struct en_table *atlas = en_table_get(fx_knowledge(), "atlas");
    bool all = true;

    (void)state;
    for (size_t i = 0; i < atlas->row_count; i++) {
        if (!en_cell_bool(&atlas->rows[i], "enabled")) {
            continue;
        }
        struct en_arena a = fx_arena();
        struct en_case *c = fx_case(&a, "oa_knee");
        struct en_plan_options options = fx_options();

        options.sites = en_cell(&atlas->rows[i], "id");
        const struct en_plan plan = fx_plan(&a, c, &options);
        const struct en_assessment out = fx_assess(&a, c, &plan);

        for (size_t k = 0; k < EN_COUNT(TIERS); k++) {
            const char found = fx_tier(out.findings, out.finding_count, TIERS[k]);

            if (found != '-') {
                print_error("%s: %s '%c'\n", options.sites, TIERS[k], found);
                all = false;
            }
        }
        en_arena_free(&a);
    }
    CHECK(all);
}

TEST_MAIN(cmocka_unit_test(test_plans_follow_their_protocol),
          cmocka_unit_test(test_default_plans_are_far_from_the_limits),
          cmocka_unit_test(test_atlas_agrees_with_the_limits));
