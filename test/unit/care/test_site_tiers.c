/* SPDX-License-Identifier: Apache-2.0
 * Tiers that look at the plan: its sites, mixes and totals, the operator, earlier sessions. A row
 * changes the plan of a benign case in one place and says how a tier must stand. */
#include "fixture.h"

#include "base/text.h"

/* What may be changed before and after the plan is made. */
struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan_options options;
    struct en_plan plan;
};

struct row {
    const char *tier, *condition, *sites, *changes;
    void (*before)(struct scene *s, double value);
    void (*after)(struct scene *s, double value);
    double value;
    char expected;
};

/* Changes before the plan */

static void no_practitioner(struct scene *s, double value)
{
    (void)value;
    s->c->practitioner_count = 0;
}

static void no_privilege(struct scene *s, double value)
{
    (void)value;
    s->c->practitioners[0].regions = "shoulder";
}

static void no_guidance(struct scene *s, double value)
{
    (void)value;
    s->c->practitioners[0].guidance = "";
}

static void unknown_guidance(struct scene *s, double value)
{
    (void)value;
    s->c->practitioners[0].guidance = NULL;
}

static void licence_expiry(struct scene *s, double value)
{
    s->c->practitioners[0].licence_expiry = fx_today() + (en_day)value;
}

static void licence_open(struct scene *s, double value)
{
    (void)value;
    s->c->practitioners[0].licence_expiry = EN_DAY_UNKNOWN;
}

static void side(struct scene *s, double value)
{
    s->c->targets[0].side = (enum en_side)value;
}

static void landmark(struct scene *s, double value)
{
    (void)value;
    s->options.guidance = "LM";
}

static void fluoroscopy(struct scene *s, double value)
{
    (void)value;
    s->options.guidance = "FL";
}

static void both_sides(struct scene *s, double value)
{
    (void)value;
    s->c->targets[0].side = EN_SIDE_BOTH;
}

static void one_session(struct scene *s, double days_ago)
{
    fx_session(s->c, "knee", -(int)days_ago);
    s->options.start = fx_today();
}

static void sessions(struct scene *s, double count)
{
    for (int i = 0; i < (int)count; i++) {
        fx_session(s->c, "knee", -28 * (i + 1));
    }
}

static void no_region(struct scene *s, double value)
{
    (void)value;
    s->c->targets[0].condition = NULL;
}

static void blebs(struct scene *s, double mg)
{
    s->options.bleb_mg = mg;
}

static void unknown_stock(struct scene *s, double value)
{
    (void)value;
    s->options.stocks = "dextrose_50; bupivacaine_1; saline_09";
}

static void preserved_stock(struct scene *s, double value)
{
    (void)value;
    s->options.stocks = "dextrose_50; lidocaine_1_mdv; saline_09";
}

static void procaine(struct scene *s, double value)
{
    (void)value;
    s->options.anaesthetic = "procaine";
    s->options.stocks = "dextrose_50; procaine_1; saline_09";
}

static void last_nsaid(struct scene *s, double days_ago)
{
    s->c->medications[0] = (struct en_medication){.text = "naproxen",
                                                  .drug = "naproxen",
                                                  .is_active = true,
                                                  .last_taken = fx_today() - (en_day)days_ago};
    s->c->medication_count = 1;
}

/* Changes of the finished plan */

static void dextrose(struct scene *s, double percent)
{
    s->plan.mixes[0].mix.dextrose_percent = percent;
}

static void anaesthetic(struct scene *s, double percent)
{
    s->plan.mixes[0].mix.anaesthetic_percent = percent;
}

static void bupivacaine(struct scene *s, double percent)
{
    s->plan.mixes[0].request.anaesthetic = "bupivacaine";
    anaesthetic(s, percent);
}

static void ropivacaine(struct scene *s, double percent)
{
    s->plan.mixes[0].request.anaesthetic = "ropivacaine";
    anaesthetic(s, percent);
}

static void mepivacaine(struct scene *s, double percent)
{
    s->plan.mixes[0].request.anaesthetic = "mepivacaine";
    anaesthetic(s, percent);
}

static void preservative(struct scene *s, double value)
{
    s->plan.mixes[0].mix.has_preservative = value > 0.0;
}

static void guidance(struct scene *s, double value)
{
    s->plan.sites[0].guidance = value > 0.0 ? "US" : "LM";
}

static void load(struct scene *s, double value)
{
    s->plan.totals.load = value;
}

static void drugs(struct scene *s, double count)
{
    s->plan.totals.dose_count = (size_t)count;
    s->plan.totals.doses = EN_NEW(&s->a, struct en_dose_line, (size_t)count);
    for (size_t i = 0; i < (size_t)count; i++) {
        s->plan.totals.doses[i].drug = "lidocaine";
    }
}

static void dextrose_total(struct scene *s, double grams)
{
    s->plan.totals.dextrose_g = grams;
}

static void volume_total(struct scene *s, double ml)
{
    s->plan.totals.volume_ml = ml;
}

static void site_volume(struct scene *s, double ml)
{
    s->plan.sites[0].volume_per_point_ml = ml;
    s->plan.sites[0].volume_ml = ml * s->plan.sites[0].points;
}

/* Rows */

static const struct row OPERATOR[] = {
    {"CI-43.side", "oa_knee", NULL, "", side, NULL, EN_SIDE_LEFT, '-'},
    {"CI-43.side", "oa_knee", NULL, "", side, NULL, EN_SIDE_BOTH, '-'},
    {"CI-43.side", "oa_knee", NULL, "", side, NULL, EN_SIDE_UNKNOWN, '?'},
    {"CI-43.side", "oa_knee", NULL, "", side, NULL, EN_SIDE_MIDLINE, '?'},
    {"CI-43.side", "ddd_lumbar", "LSI-01", "", side, NULL, EN_SIDE_UNKNOWN, '-'},
    {"CI-53.stop", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
    {"CI-53.stop", "oa_knee", NULL, "", no_practitioner, NULL, 0, '?'},
    {"CI-53.stop", "oa_knee", NULL, "", no_privilege, NULL, 0, '+'},
    {"CI-53.stop", "oa_knee", NULL, "", no_guidance, NULL, 0, '-'},
    {"CI-53.stop", "oa_hip", "HIP-01", "", no_guidance, NULL, 0, '+'},
    {"CI-53.stop", "oa_hip", "HIP-01", "", unknown_guidance, NULL, 0, '?'},
    {"CI-53.stop", "oa_knee", NULL, "", licence_expiry, NULL, 0, '-'},
    {"CI-53.stop", "oa_knee", NULL, "", licence_expiry, NULL, -1, '+'},
    {"CI-53.stop", "oa_knee", NULL, "", licence_open, NULL, 0, '?'},
    {"CI-53.stop", "oa_hip", "HIP-01", "", NULL, guidance, 0, '+'},
    {"CI-53.disabled", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
    {"CI-19.radiation", "oa_hip", "HIP-01", "sex=female pregnant", fluoroscopy, NULL, 0, '+'},
    {"CI-19.radiation", "oa_hip", "HIP-01", "sex=female pregnant", NULL, guidance, 1, '-'},
    {"CI-19.radiation", "oa_hip", "HIP-01", "sex=female ?pregnant", fluoroscopy, NULL, 0, '?'},
    {"CI-45.landmark", "tendinopathy_gluteal", "HIP-05", "weight=129.61", landmark, NULL, 0, '+'},
    {"CI-45.landmark", "tendinopathy_gluteal", "HIP-05", "weight=129.59", landmark, NULL, 0, '-'},
    {"CI-45.landmark", "tendinopathy_gluteal", "HIP-05", "?height", landmark, NULL, 0, '?'},
    {"CI-48.stop", "thoracic_spine_pain", "THO-01", "thoracic_lung_risk", NULL, guidance, 0, '+'},
    {"CI-48.stop", "thoracic_spine_pain", "THO-01", "?thoracic_lung_risk", NULL, guidance, 0, '?'},
    {"CI-48.bilateral", "thoracic_spine_pain", "THO-01", "", both_sides, NULL, 0, '+'},
    {"CI-48.bilateral", "oa_knee", NULL, "", both_sides, NULL, 0, '-'},
    {"CI-48.bilateral", "scapular_enthesopathy", "SHO-10", "", both_sides, NULL, 0, '+'},
};

static const struct row COURSE[] = {
    {"CI-54.floor", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
    {"CI-54.floor", "oa_knee", NULL, "", one_session, NULL, 6, '+'},
    {"CI-54.floor", "oa_knee", NULL, "", one_session, NULL, 7, '-'},
    {"CI-54.floor", "no_such", "KNE-02", "", one_session, NULL, 6, '+'},
    {"CI-54.profile", "oa_knee", NULL, "", one_session, NULL, 7, '+'},
    {"CI-54.profile", "oa_knee", NULL, "", one_session, NULL, 20, '+'},
    {"CI-54.profile", "oa_knee", NULL, "", one_session, NULL, 21, '-'},
    {"DL-15.cap", "oa_knee", NULL, "", sessions, NULL, 5, '-'},
    {"DL-15.cap", "oa_knee", NULL, "", sessions, NULL, 6, '+'},
    {"CI-36.washout", "oa_knee", NULL, "med_nsaid", last_nsaid, NULL, 3, '+'},
    {"CI-36.washout", "oa_knee", NULL, "med_nsaid", last_nsaid, NULL, 4, '-'},
    {"DL-15.cap", "oa_knee", NULL, "", no_region, NULL, 0, '?'},
    {"DL-15.planned", "oa_knee", NULL, "", sessions, NULL, 3, '-'}, /* and 3 of the plan: 6 */
    {"DL-15.planned", "oa_knee", NULL, "", sessions, NULL, 4, '+'},
    {"DL-15.planned", "oa_knee", NULL, "", no_region, NULL, 0, '?'},
};

static const struct row MIX[] = {
    {"DL-03.stop", "oa_knee", "KNE-01", "", NULL, dextrose, 25, '-'},
    {"DL-03.stop", "oa_knee", "KNE-01", "", NULL, dextrose, 25.1, '+'},
    {"DL-03.stop", "oa_knee", "KNE-02", "", NULL, dextrose, 25.1, '-'},
    {"DL-03.stop", "oa_knee", "KNE-01", "", NULL, dextrose, NAN, '?'},
    {"DL-04.stop", "ddd_lumbar", "LSI-06", "", NULL, dextrose, 15, '-'},
    {"DL-04.stop", "ddd_lumbar", "LSI-06", "", NULL, dextrose, 15.1, '+'},
    {"DL-04.stop", "ddd_lumbar", "LSI-06", "", NULL, dextrose, NAN, '?'},
    {"DL-05.stop", "ddd_lumbar", "LSI-06", "", NULL, preservative, 1, '+'},
    {"DL-05.stop", "ddd_lumbar", "LSI-06", "", NULL, preservative, 0, '-'},
    {"DL-05.stop", "oa_knee", "KNE-01", "", NULL, preservative, 1, '-'},
    {"CI-16.preservative", "oa_knee", NULL, "allergy_preservative", NULL, preservative, 1, '+'},
    {"CI-16.preservative", "oa_knee", NULL, "?allergy_preservative", NULL, preservative, 1, '?'},
    {"CI-16.preservative", "oa_knee", NULL, "allergy_preservative", preserved_stock, NULL, 0, '+'},
    {"CI-16.ester_planned", "oa_knee", NULL, "allergy_ester_la", procaine, NULL, 0, '+'},
    {"CI-16.ester_planned", "oa_knee", NULL, "allergy_ester_la", NULL, NULL, 0, '-'},
    {"CI-16.ester_planned", "oa_knee", NULL, "?allergy_ester_la", procaine, NULL, 0, '?'},
    {"CI-16.ester", "oa_knee", NULL, "allergy_ester_la", procaine, NULL, 0, '-'},
    {"CI-16.sulphite_planned", "oa_knee", NULL, "allergy_sulphite", procaine, NULL, 0, '+'},
    {"CI-16.sulphite_planned", "oa_knee", NULL, "allergy_sulphite", NULL, NULL, 0, '-'},
    {"DL-06.caution", "cts", NULL, "", NULL, dextrose, 5, '-'},
    {"DL-06.caution", "cts", NULL, "", NULL, dextrose, 5.1, '+'},
    {"DL-06.caution", "cts", NULL, "", NULL, dextrose, 10, '+'},
    {"DL-06.stop", "cts", NULL, "", NULL, dextrose, 10, '-'},
    {"DL-06.stop", "cts", NULL, "", NULL, dextrose, 10.1, '+'},
    {"DL-06.stop", "cts", NULL, "", NULL, dextrose, NAN, '?'},
    {"DL-07.above_default", "oa_knee", "KNE-01", "", NULL, anaesthetic, 0.5, '-'},
    {"DL-07.above_default", "oa_knee", "KNE-01", "", NULL, anaesthetic, 0.51, '+'},
    {"DL-07.above_default", "oa_knee", "KNE-01", "", NULL, anaesthetic, 1.0, '-'},
    {"DL-07.high", "oa_knee", "KNE-01", "", NULL, anaesthetic, 0.99, '-'},
    {"DL-07.high", "oa_knee", "KNE-01", "", NULL, anaesthetic, 1.0, '+'},
    {"DL-07.high", "oa_knee", "KNE-02", "", NULL, anaesthetic, 1.0, '-'},
    {"DL-07.high", "oa_knee", "KNE-01", "", NULL, anaesthetic, NAN, '?'},
    /* Mepivacaine counts by the ratio of the maxima per kg: 4.5 / 4.4. */
    {"DL-07.high", "oa_knee", "KNE-01", "", NULL, mepivacaine, 0.98, '+'},
    {"DL-08.bupivacaine", "oa_knee", "KNE-01", "", NULL, bupivacaine, 0.49, '-'},
    {"DL-08.bupivacaine", "oa_knee", "KNE-01", "", NULL, bupivacaine, 0.5, '+'},
    {"DL-07.high", "oa_knee", "KNE-01", "", NULL, bupivacaine, 1.0, '-'},
    {"DL-08.bupivacaine", "oa_knee", "KNE-01", "", NULL, bupivacaine, NAN, '?'},
    {"DL-08.ropivacaine", "oa_knee", "KNE-01", "", NULL, ropivacaine, 0.5, '-'},
    {"DL-08.ropivacaine", "oa_knee", "KNE-01", "", NULL, ropivacaine, 0.51, '+'},
    {"DL-08.ropivacaine", "oa_knee", "KNE-01", "", NULL, ropivacaine, NAN, '?'},
    {"DL-13.kind", "cts", NULL, "", NULL, NULL, 0, '-'},
    {"DL-13.kind", "cts", "WRH-01", "", NULL, NULL, 0, '+'},
    {"DL-13.dextrose", "cts", NULL, "", NULL, dextrose, 5, '-'},
    {"DL-13.dextrose", "cts", NULL, "", NULL, dextrose, 5.1, '+'},
    {"DL-13.dextrose", "cts", NULL, "", NULL, dextrose, NAN, '?'},
    {"DL-13.guidance", "cts", NULL, "", NULL, guidance, 0, '+'},
    {"DL-13.guidance", "cts", NULL, "", NULL, guidance, 1, '-'},
    {"DL-14.stop", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
    {"CI-18.stop", "oa_knee", NULL, "allergy_fish", NULL, NULL, 0, '-'},
};

static const struct row TOTALS[] = {
    {"DL-01.info", "oa_knee", NULL, "", NULL, load, 0.0, '-'},
    {"DL-01.info", "oa_knee", NULL, "", NULL, load, 0.5, '+'},
    {"DL-01.info", "oa_knee", NULL, "", NULL, load, 0.51, '-'},
    {"DL-01.observe", "oa_knee", NULL, "", NULL, load, 0.5, '-'},
    {"DL-01.observe", "oa_knee", NULL, "", NULL, load, 0.51, '+'},
    {"DL-01.observe", "oa_knee", NULL, "", NULL, load, 0.8, '+'},
    {"DL-01.second_check", "oa_knee", NULL, "", NULL, load, 0.8, '-'},
    {"DL-01.second_check", "oa_knee", NULL, "", NULL, load, 0.81, '+'},
    {"DL-01.second_check", "oa_knee", NULL, "", NULL, load, 1.0, '+'},
    {"DL-01.stop", "oa_knee", NULL, "", NULL, load, 1.0, '-'},
    {"DL-01.stop", "oa_knee", NULL, "", NULL, load, 1.01, '+'},
    {"DL-01.stop", "oa_knee", NULL, "", NULL, load, NAN, '?'},
    {"DL-01.stop", "oa_knee", NULL, "", blebs, NULL, 200, '+'},
    {"DL-01.stop", "oa_knee", NULL, "", blebs, NULL, 100, '-'},
    {"DL-01.stop", "oa_knee", NULL, "?height", NULL, NULL, 0, '?'},
    {"DL-02.caution", "oa_knee", NULL, "", NULL, drugs, 1, '-'},
    {"DL-02.caution", "oa_knee", NULL, "", NULL, drugs, 2, '+'},
    {"DL-09.caution", "oa_knee", NULL, "", NULL, dextrose_total, 10, '-'},
    {"DL-09.caution", "oa_knee", NULL, "", NULL, dextrose_total, 10.1, '+'},
    {"DL-09.caution", "oa_knee", NULL, "", NULL, dextrose_total, NAN, '?'},
    {"DL-10.region", "oa_knee", NULL, "", NULL, volume_total, 30, '-'},
    {"DL-10.region", "oa_knee", NULL, "", NULL, volume_total, 30.5, '+'},
    {"DL-10.session", "oa_knee", NULL, "", NULL, volume_total, 60, '-'},
    {"DL-10.session", "oa_knee", NULL, "", NULL, volume_total, 60.5, '+'},
    {"DL-10.session", "oa_knee", NULL, "", NULL, volume_total, NAN, '?'},
    {"DL-10.site", "oa_knee", "KNE-01", "", NULL, site_volume, 10, '-'},
    {"DL-10.site", "oa_knee", "KNE-01", "", NULL, site_volume, 10.5, '+'},
    {"DL-10.site", "oa_knee", "KNE-02", "", NULL, site_volume, 1.0, '-'},
    {"DL-10.site", "oa_knee", "KNE-02", "", NULL, site_volume, 1.1, '+'},
    {"DL-10.site", "oa_knee", "KNE-01", "", NULL, site_volume, NAN, '?'},
    /* The jaw joint: 2 mL by the list of joints, although the atlas allows 3. */
    {"DL-10.site", "tmj_disorder", "TMJ-02", "", NULL, site_volume, 2.0, '-'},
    {"DL-10.site", "tmj_disorder", "TMJ-02", "", NULL, site_volume, 2.1, '+'},
    {"DL-11.stop", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
    {"DL-11.stop", "oa_knee", NULL, "", unknown_stock, NULL, 0, '+'},
    {"DL-12.stop", "oa_knee", NULL, "", NULL, NULL, 0, '-'},
};

static bool check_row(const struct row *row)
{
    struct scene s = {.a = fx_arena(), .options = fx_options()};

    s.c = fx_case(&s.a, row->condition);
    s.options.sites = row->sites;
    fx_apply(s.c, row->changes);
    if (row->before != NULL) {
        row->before(&s, row->value);
    }
    s.plan = fx_plan(&s.a, s.c, &s.options);
    if (row->after != NULL) {
        row->after(&s, row->value);
    }
    const struct en_assessment out = fx_assess(&s.a, s.c, &s.plan);
    const char state = fx_tier(out.findings, out.finding_count, row->tier);

    en_arena_free(&s.a);
    if (state != row->expected) {
        print_error("%s at %g (\"%s\") is '%c', expected '%c'\n", row->tier, row->value,
                    row->changes, state, row->expected);
    }
    return state == row->expected;
}

static void check_rows(const struct row *rows, size_t count)
{
    bool all = true;

    for (size_t i = 0; i < count; i++) {
        all = check_row(&rows[i]) && all;
    }
    CHECK(all);
}

static void test_operator_and_guidance(void **state)
{
    (void)state;
    check_rows(OPERATOR, EN_COUNT(OPERATOR));
}

static void test_earlier_sessions(void **state)
{
    (void)state;
    check_rows(COURSE, EN_COUNT(COURSE));
}

static void test_what_is_in_the_syringe(void **state)
{
    (void)state;
    check_rows(MIX, EN_COUNT(MIX));
}

static void test_totals_of_the_session(void **state)
{
    (void)state;
    check_rows(TOTALS, EN_COUNT(TOTALS));
}

/* An expired or shared vial is known at mixing only: recorded as bad it stops without override,
 * not recorded it must not block the plan. */
static void test_bad_vial_has_no_override(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");

    (void)state;
    fx_apply(c, "!vial_ok");
    const struct en_plan plan = fx_plan(&a, c, NULL);
    const struct en_assessment out = fx_assess(&a, c, &plan);

    CHECK(fx_tier(out.findings, out.finding_count, "DL-12.stop") == '+');
    CHECK(out.verdict == EN_VERDICT_NOT_SUITABLE);
    CHECK(out.has_stop_without_override);
    en_arena_free(&a);
}

/* A finding about several sites is one finding that names them; the other sites are not in it. */
static void test_sites_are_merged(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = fx_case(&a, "oa_knee");

    (void)state;
    fx_apply(c, "prosthesis=target_joint");
    const struct en_plan plan = fx_plan(&a, c, NULL);
    const struct en_assessment out = fx_assess(&a, c, &plan);
    bool was_seen = false;

    for (size_t i = 0; i < out.fired_count; i++) {
        const struct en_finding *f = &out.findings[i];

        if (en_text_equal(en_cell(f->tier, "id"), "CI-27.ia")) {
            CHECK_TEXT(f->sites, "KNE-01");
            CHECK(!f->has_override);
        }
        if (en_text_equal(en_cell(f->tier, "id"), "CI-27.near")) {
            was_seen = true;
            CHECK_CONTAINS(f->sites, "KNE-02; KNE-03");
            CHECK(!en_list_has(f->sites, "KNE-01"));
            CHECK(f->has_override);
        }
    }
    CHECK(was_seen);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_operator_and_guidance), cmocka_unit_test(test_earlier_sessions),
          cmocka_unit_test(test_what_is_in_the_syringe),
          cmocka_unit_test(test_totals_of_the_session),
          cmocka_unit_test(test_bad_vial_has_no_override), cmocka_unit_test(test_sites_are_merged));
