/* SPDX-License-Identifier: Apache-2.0
 * Plans: sites, mixes, dates, totals and papers. */
#include "fixture.h"

#include "base/text.h"

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan_options options;
    struct en_plan plan;
};

static struct scene scene(const char *condition)
{
    struct scene s = {.a = fx_arena(), .options = fx_options()};

    s.c = fx_case(&s.a, condition);
    return s;
}

static void make(struct scene *s)
{
    s->plan = fx_plan(&s->a, s->c, &s->options);
}

static enum en_status try_make(struct scene *s, struct en_err *err)
{
    const struct en_care care = fx_care();

    return en_plan_make(&care, s->c, &s->options, &s->a, &s->plan, err);
}

static const struct en_plan_site *site_of(const struct en_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->site_count; i++) {
        if (en_text_equal(en_cell(plan->sites[i].site, "id"), id)) {
            return &plan->sites[i];
        }
    }
    return NULL;
}

static void add_exam(struct scene *s, enum en_exam_kind kind, const char *site, enum en_side side,
                     double value)
{
    s->c->exams[s->c->exam_count++] = (struct en_exam){
        .kind = kind, .site = site, .side = side, .value = value, .day = fx_today()};
}

static void check_days(const struct en_plan *plan, const int *days, size_t count, size_t planned)
{
    CHECK(plan->session_count == count);
    for (size_t i = 0; i < count; i++) {
        CHECK(plan->sessions[i].number == (int)i + 1);
        CHECK(plan->sessions[i].day - fx_today() == days[i]);
        CHECK(plan->sessions[i].is_optional == (i >= planned));
    }
}

/* Published protocols */

/* Rabago 2013: 6 mL of 25 % into the joint, 0.5 mL of 15 % at each insertion, weeks 1, 5, 9 and two
 * more if wanted (weeks 13 and 17). Two strengths are two mixes. */
static void test_knee_follows_rabago_2013(void **state)
{
    static const int DAYS[] = {0, 28, 56, 84, 112};
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    CHECK_TEXT(en_cell(s.plan.schedule, "id"), "knee_rabago2013");
    check_days(&s.plan, DAYS, EN_COUNT(DAYS), 3);
    CHECK(s.plan.site_count == 5);
    const struct en_plan_site *joint = site_of(&s.plan, "KNE-01");
    const struct en_plan_site *ligament = site_of(&s.plan, "KNE-02");

    CHECK(joint != NULL && ligament != NULL);
    CHECK_NEAR(joint->volume_ml, 6.0, 1e-9);
    CHECK_NEAR(joint->dextrose_percent, 25.0, 1e-9);
    CHECK(ligament->points == 2);
    CHECK_NEAR(ligament->volume_per_point_ml, 0.5, 1e-9);
    CHECK_NEAR(ligament->dextrose_percent, 15.0, 1e-9);
    CHECK_TEXT(joint->reason, "primary site of the condition");
    CHECK(joint->side == EN_SIDE_RIGHT);
    CHECK(s.plan.mix_count == 2);
    CHECK_TEXT(s.plan.mixes[joint->mix].label, "A");
    CHECK_TEXT(s.plan.mixes[ligament->mix].label, "B");
    CHECK(s.plan.mixes[0].mix.is_possible && s.plan.mixes[1].mix.is_possible);
    CHECK_NEAR(s.plan.mixes[0].request.volume_ml, 6.0, 1e-9);
    CHECK_NEAR(s.plan.mixes[1].request.volume_ml, 4.0, 1e-9);
    CHECK(s.plan.interval_days == 28);
    en_arena_free(&s.a);
}

/* Totals of that session: 10 mL, 6 x 0.25 + 4 x 0.15 = 2.1 g dextrose, 20 mg lidocaine of 200. */
static void test_knee_totals(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    const struct en_plan_totals *t = &s.plan.totals;

    CHECK(t->points == 9);
    CHECK_NEAR(t->volume_ml, 10.0, 1e-9);
    CHECK_NEAR(t->volume_limit_ml, 60.0, 1e-9);
    CHECK_NEAR(t->dextrose_g, 2.1, 1e-9);
    CHECK_NEAR(t->dextrose_warn_g, 10.0, 1e-9);
    CHECK(t->dose_count == 1);
    CHECK_TEXT(t->doses[0].drug, "lidocaine");
    CHECK_NEAR(t->doses[0].mg, 20.0, 1e-9);
    CHECK_NEAR(t->doses[0].max_mg, 200.0, 1e-9);
    CHECK_NEAR(t->load, 0.1, 1e-9);
    en_arena_free(&s.a);
}

/* Yelland 2011: weekly, at least 4 and up to 12; weekly is the floor, not closer. */
static void test_achilles_is_weekly(void **state)
{
    struct scene s = scene("tendinopathy_achilles");

    (void)state;
    make(&s);
    CHECK_TEXT(en_cell(s.plan.schedule, "id"), "achilles_yelland2011");
    CHECK(s.plan.session_count == 12);
    for (size_t i = 0; i < s.plan.session_count; i++) {
        CHECK(s.plan.sessions[i].day == fx_today() + 7 * (en_day)i);
        CHECK(s.plan.sessions[i].is_optional == (i >= 4));
    }
    en_arena_free(&s.a);
}

/* Carpal tunnel: plain 5 % dextrose under ultrasound, no anaesthetic, nothing to mix. */
static void test_carpal_tunnel_is_locked(void **state)
{
    struct scene s = scene("cts");

    (void)state;
    s.options.anaesthetic = "lidocaine";
    make(&s);
    CHECK(s.plan.site_count == 1 && s.plan.mix_count == 1);
    CHECK_TEXT(s.plan.sites[0].guidance, "US");
    CHECK(s.plan.sites[0].guidance_required);
    const struct en_mix *m = &s.plan.mixes[0].mix;

    CHECK(m->is_possible && m->part_count == 1);
    CHECK_TEXT(en_cell(m->parts[0].stock, "id"), "dextrose_5");
    CHECK_NEAR(m->osmolarity_mosm_per_l, 252.0, 1.0);
    CHECK(s.plan.totals.load == 0.0 && s.plan.totals.dose_count == 0);
    en_arena_free(&s.a);
}

/* Sites */

/* A site that is planned only when tender or lax: with the finding, on the side of the target. */
static void test_findings_add_sites(void **state)
{
    static const struct {
        enum en_exam_kind kind;
        const char *site;
        enum en_side side;
        double value;
        bool is_planned;
        const char *reason;
    } ROWS[] = {
        {EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_RIGHT, 2, true, "tender (grade 2)"},
        {EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_UNKNOWN, 1, true, "tender (grade 1)"},
        {EN_EXAM_LAXITY, "KNE-07", EN_SIDE_RIGHT, 1, true, "lax (grade 1)"},
        {EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_LEFT, 2, false, NULL},
        {EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_RIGHT, 0, false, NULL},
        {EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_RIGHT, NAN, false, NULL},
        {EN_EXAM_MOTION, "KNE-04", EN_SIDE_RIGHT, 90, false, NULL},
        {EN_EXAM_TENDERNESS, "KNE-15", EN_SIDE_RIGHT, 3, false, NULL},
        {EN_EXAM_TENDERNESS, "ANK-01", EN_SIDE_RIGHT, 3, false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_knee");

        add_exam(&s, ROWS[i].kind, ROWS[i].site, ROWS[i].side, ROWS[i].value);
        make(&s);
        const struct en_plan_site *found = site_of(&s.plan, ROWS[i].site);

        CHECK((found != NULL) == ROWS[i].is_planned);
        if (found != NULL) {
            CHECK_TEXT(found->reason, ROWS[i].reason);
            CHECK(found->link != NULL);
        }
        en_arena_free(&s.a);
    }
}

/* Sites near the spine are off by default even when tender; the clinician may choose them. */
static void test_spine_sites_are_off_by_default(void **state)
{
    struct scene s = scene("ddd_lumbar");

    (void)state;
    add_exam(&s, EN_EXAM_TENDERNESS, "LSI-06", EN_SIDE_RIGHT, 3);
    add_exam(&s, EN_EXAM_TENDERNESS, "LSI-04", EN_SIDE_RIGHT, 3);
    make(&s);
    CHECK(site_of(&s.plan, "LSI-06") == NULL);
    CHECK(site_of(&s.plan, "LSI-04") != NULL);
    s.options.sites = "LSI-06";
    make(&s);
    CHECK(s.plan.site_count == 1);
    CHECK_TEXT(s.plan.sites[0].reason, "chosen by the clinician");
    en_arena_free(&s.a);
}

/* Both sides are two sites, in one mix of twice the volume. */
static void test_both_sides_double(void **state)
{
    struct scene s = scene("oa_cmc1");

    (void)state;
    s.c->targets[0].side = EN_SIDE_BOTH;
    make(&s);
    CHECK(s.plan.site_count == 2);
    CHECK(s.plan.sites[0].side == EN_SIDE_LEFT && s.plan.sites[1].side == EN_SIDE_RIGHT);
    CHECK(s.plan.mix_count == 1);
    CHECK_NEAR(s.plan.mixes[0].request.volume_ml, 2.0, 1e-9);
    en_arena_free(&s.a);
}

/* Both knees with a tender spot on the right one: that spot is planned on the right alone. */
static void test_both_sides_have_their_own_findings(void **state)
{
    struct scene s = scene("oa_knee");
    size_t count = 0;

    (void)state;
    s.c->targets[0].side = EN_SIDE_BOTH;
    add_exam(&s, EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_RIGHT, 2);
    make(&s);
    for (size_t i = 0; i < s.plan.site_count; i++) {
        if (en_text_equal(en_cell(s.plan.sites[i].site, "id"), "KNE-04")) {
            CHECK(s.plan.sites[i].side == EN_SIDE_RIGHT);
            count++;
        }
    }
    CHECK(count == 1);
    en_arena_free(&s.a);
}

/* A finding counts for 92 days (the maximum age of structure_confirmed), and not without a date. */
static void test_old_findings_add_no_sites(void **state)
{
    static const struct {
        int age_days;
        bool is_planned;
    } ROWS[] = {{0, true}, {92, true}, {93, false}, {3000, false}, {-1, false}};

    (void)state;
    for (size_t i = 0; i <= EN_COUNT(ROWS); i++) {
        const bool is_dated = i < EN_COUNT(ROWS);
        struct scene s = scene("oa_knee");

        add_exam(&s, EN_EXAM_TENDERNESS, "KNE-04", EN_SIDE_RIGHT, 2);
        s.c->exams[s.c->exam_count - 1].day =
            is_dated ? fx_today() - ROWS[i].age_days : EN_DAY_UNKNOWN;
        make(&s);
        CHECK((site_of(&s.plan, "KNE-04") != NULL) == (is_dated && ROWS[i].is_planned));
        en_arena_free(&s.a);
    }
}

/* A total for all points of the heel is shared by them: 3 mL over 3 points. */
static void test_total_volume_is_shared(void **state)
{
    struct scene s = scene("heel_spur_plantar_fasciopathy");

    (void)state;
    make(&s);
    const struct en_plan_site *heel = site_of(&s.plan, "ANK-07");

    CHECK(heel != NULL && heel->points == 3);
    CHECK_NEAR(heel->volume_ml, 3.0, 1e-9);
    CHECK_NEAR(heel->volume_per_point_ml, 1.0, 1e-9);
    en_arena_free(&s.a);
}

/* What nobody recognised has no plan, and that is no failure: the verdict says what is missing. */
static void test_no_condition_no_sites(void **state)
{
    struct scene s = scene(NULL);

    (void)state;
    make(&s);
    CHECK(s.plan.condition == NULL && s.plan.site_count == 0 && s.plan.mix_count == 0);
    CHECK_TEXT(en_cell(s.plan.schedule, "id"), "default_3x4wk");
    s.c->target_count = 0;
    make(&s);
    CHECK(s.plan.condition == NULL);
    const struct en_assessment out = fx_assess(&s.a, s.c, &s.plan);

    CHECK(out.verdict == EN_VERDICT_UNDECIDED);
    en_arena_free(&s.a);
}

/* Guidance */

/* Required guidance: the wish if it is one of the required, else what the operator has. */
static void test_required_guidance(void **state)
{
    static const struct {
        const char *operator_has, *wish, *planned;
    } ROWS[] = {
        {"US; FL", NULL, "US"}, {"FL", NULL, "FL"}, {"US; FL", "FL", "FL"},
        {"US", "LM", "US"},     {"", NULL, "US"},   {NULL, NULL, "US"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_hip");

        s.options.sites = "HIP-01";
        s.options.guidance = ROWS[i].wish;
        s.c->practitioners[0].guidance = ROWS[i].operator_has;
        make(&s);
        CHECK_TEXT(s.plan.sites[0].guidance, ROWS[i].planned);
        CHECK(s.plan.sites[0].guidance_required);
        en_arena_free(&s.a);
    }
}

/* Advised guidance: used when the operator has it, landmarks otherwise; a wish is followed. */
static void test_advised_guidance(void **state)
{
    struct scene s = scene("tendinopathy_rotator_cuff");

    (void)state;
    make(&s);
    CHECK_TEXT(s.plan.sites[0].guidance, "US");
    s.c->practitioners[0].guidance = "";
    make(&s);
    CHECK_TEXT(s.plan.sites[0].guidance, "LM");
    s.c->practitioner_count = 0;
    make(&s);
    CHECK_TEXT(s.plan.sites[0].guidance, "US");
    s.options.guidance = "LM";
    make(&s);
    CHECK_TEXT(s.plan.sites[0].guidance, "LM");
    en_arena_free(&s.a);
}

/* Anaesthetic */

static void test_no_anaesthetic_on_wish(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.anaesthetic = "none";
    make(&s);
    CHECK(s.plan.totals.load == 0.0 && s.plan.totals.dose_count == 0);
    CHECK_NEAR(s.plan.mixes[0].mix.anaesthetic_percent, 0.0, 1e-12);
    s.options.bleb_mg = 20.0;
    make(&s);
    CHECK(s.plan.totals.dose_count == 1);
    CHECK_NEAR(s.plan.totals.load, 0.1, 1e-9);
    en_arena_free(&s.a);
}

/* 20 mg of mix and 190 mg of blebs are above 200 mg: no override. */
static void test_overload_from_blebs_has_no_override(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.bleb_mg = 190.0;
    make(&s);
    CHECK_NEAR(s.plan.totals.load, 1.05, 1e-9);
    const struct en_assessment out = fx_assess(&s.a, s.c, &s.plan);

    CHECK(out.verdict == EN_VERDICT_NOT_SUITABLE);
    CHECK(out.has_stop_without_override);
    CHECK(fx_tier(out.findings, out.finding_count, "DL-01.stop") == '+');
    en_arena_free(&s.a);
}

/* Dates */

static void test_sessions_on_wish(void **state)
{
    static const int FIVE[] = {0, 28, 56, 84, 112}, SIT[] = {0, 28, 56, 112}, ONE[] = {0};
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.sessions = 5;
    make(&s);
    check_days(&s.plan, FIVE, 5, 5);
    s.options.sessions = 1;
    make(&s);
    check_days(&s.plan, ONE, 1, 1);
    s.options.sessions = 0;
    s.options.schedule = "knee_sit2020";
    make(&s);
    check_days(&s.plan, SIT, 4, 4);
    en_arena_free(&s.a);
}

/* Whatever the schedule says, two sessions are never closer than the floor of 7 days. */
static void test_no_schedule_is_below_the_floor(void **state)
{
    const struct en_table *schedules = en_table_get(fx_knowledge(), "schedules");

    (void)state;
    for (size_t i = 0; i < schedules->row_count; i++) {
        struct scene s = scene("oa_knee");

        s.options.schedule = en_cell(&schedules->rows[i], "id");
        s.options.sessions = 12;
        make(&s);
        CHECK(s.plan.session_count == 12);
        for (size_t k = 1; k < s.plan.session_count; k++) {
            CHECK(s.plan.sessions[k].day - s.plan.sessions[k - 1].day >= 7);
        }
        en_arena_free(&s.a);
    }
}

/* Rows that are evidence only have no schedule to follow: the default is used. */
static void test_evidence_only_schedule_falls_back(void **state)
{
    static const int DAYS[] = {0, 28, 56, 84, 112, 140};
    struct scene s = scene("disc_herniation_lumbar");

    (void)state;
    make(&s);
    CHECK_TEXT(en_cell(s.plan.schedule, "id"), "default_3x4wk");
    check_days(&s.plan, DAYS, EN_COUNT(DAYS), 3);
    en_arena_free(&s.a);
}

/* After an earlier session the proposal waits for the schedule; an explicit date stands. */
static void test_start_waits_for_the_interval(void **state)
{
    static const struct {
        int last, start, expected;
    } ROWS[] = {
        {-10, 0, 11}, {-21, 0, 0}, {-20, 0, 1}, {-300, 0, 0}, {-10, 3, 3},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_knee");

        fx_session(s.c, "knee", ROWS[i].last);
        fx_session(s.c, "shoulder", -1); /* another region does not count */
        if (ROWS[i].start != 0) {
            s.options.start = fx_today() + ROWS[i].start;
        }
        make(&s);
        CHECK(s.plan.sessions[0].day - fx_today() == ROWS[i].expected);
        en_arena_free(&s.a);
    }
}

/* Dates that the clinician sets stand, each of them; none is optional. */
static void test_dates_that_are_asked_for_stand(void **state)
{
    static const int DAYS[] = {0, 21, 63};
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.dates = "2026-03-02; 2026-03-23;2026-05-04";
    make(&s);
    check_days(&s.plan, DAYS, EN_COUNT(DAYS), 3);
    en_arena_free(&s.a);
}

/* What the knowledge's shortest interval, the past or the calendar does not allow is refused with
 * the place in the list, never moved silently. The limit itself is fine, one day less is not. */
static void test_dates_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *dates, *told;
    } ROWS[] = {
        {"2026-03-01", "before the decision"},
        {"2026-03-02; 2026-03-08", "session 2 must lie at least 7 days"},
        {"2026-03-02; 2026-03-30; 2026-03-29", "session 3 must lie at least 7 days"},
        {"2026-03-02; 2027-03-03", "session 2 lies more than 365 days"},
        {"2026-03-02; 2026-02-30", "number 2 is no day"},
        {"2026-03", "number 1 is no day"},
        {"", "needs one day"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_knee");
        struct en_err err = {""};

        s.options.dates = ROWS[i].dates;
        CHECK(try_make(&s, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, ROWS[i].told);
        en_arena_free(&s.a);
    }
    struct scene s = scene("oa_knee");

    s.options.dates = "2026-03-02; 2026-03-09";
    CHECK(try_make(&s, NULL) == EN_OK);
    en_arena_free(&s.a);
}

/* Phases count from each session and end where the next begins; only after the last planned session
 * do the long ones run. */
static void test_rehabilitation_restarts_with_each_session(void **state)
{
    struct scene s = scene("oa_knee");
    size_t settle = 0, sport = 0, region = 0;

    (void)state;
    make(&s);
    for (size_t i = 0; i < s.plan.rehabilitation_count; i++) {
        const struct en_dated_row *r = &s.plan.rehabilitation[i];
        const char *id = en_cell(r->row, "id");

        settle += en_text_equal(id, "RH-0") ? 1 : 0;
        sport += en_text_equal(id, "RH-4") ? 1 : 0;
        region += en_text_equal(id, "RR-knee") ? 1 : 0;
        if (en_text_equal(id, "RH-2") && r->from < fx_today() + 28) {
            CHECK(r->from == fx_today() + 14);
            CHECK(r->to == fx_today() + 27); /* the day before the second session */
        }
        if (en_text_equal(id, "RH-4")) {
            CHECK(r->from == fx_today() + 56 + 84);
            CHECK(r->to == EN_DAY_UNKNOWN);
        }
        CHECK(r->text[0] != '\0');
    }
    CHECK(settle == 3 && sport == 1 && region == 1);
    en_arena_free(&s.a);
}

/* Time points: 6 weeks, 3, 6 and 12 months after the first session, within two weeks. */
static void test_followups(void **state)
{
    static const int DAYS[] = {42, 91, 182, 365};
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    CHECK(s.plan.followup_count == EN_COUNT(DAYS));
    for (size_t i = 0; i < EN_COUNT(DAYS); i++) {
        CHECK(s.plan.followups[i].from == fx_today() + DAYS[i] - 14);
        CHECK(s.plan.followups[i].to == fx_today() + DAYS[i] + 14);
    }
    CHECK_CONTAINS(s.plan.followups[0].text, "6 weeks");
    en_arena_free(&s.a);
}

/* Papers */

static void test_observation_time(void **state)
{
    static const struct {
        const char *condition, *sites, *changes;
        bool has_session;
        int minutes;
    } ROWS[] = {
        {"oa_knee", NULL, "", false, 30},
        {"oa_knee", NULL, "", true, 15},
        {"oa_knee", NULL, "vasovagal_history", true, 30},
        {"oa_knee", NULL, "?vasovagal_history", true, 30},
        {"oa_knee", NULL, "allergy_latex", true, 30},
        {"oa_knee", NULL, "?height", true, 30},
        {"ddd_lumbar", "LSI-06", "", true, 30},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene(ROWS[i].condition);

        s.options.sites = ROWS[i].sites;
        fx_apply(s.c, ROWS[i].changes);
        if (ROWS[i].has_session) {
            fx_session(s.c, "knee", -60);
        }
        make(&s);
        CHECK(s.plan.totals.observation_min == ROWS[i].minutes);
        en_arena_free(&s.a);
    }
}

static const struct en_dated_row *item_of(const struct en_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->checklist_count; i++) {
        if (en_text_equal(en_cell(plan->checklist[i].row, "id"), id)) {
            return &plan->checklist[i];
        }
    }
    return NULL;
}

/* The neurological baseline belongs to deep and spinal sites; a recorded allergy is in the item
 * that it changes. */
static void test_checklist_follows_the_plan(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    fx_apply(s.c, "allergy_chlorhexidine allergy_adhesive");
    make(&s);
    CHECK(item_of(&s.plan, "CL-06") == NULL);
    CHECK(item_of(&s.plan, "CL-01")->to == fx_today() - 1);
    CHECK(item_of(&s.plan, "CL-09")->from == fx_today());
    CHECK_CONTAINS(item_of(&s.plan, "CL-11")->text, "ALLERGY: no chlorhexidine");
    CHECK_CONTAINS(item_of(&s.plan, "CL-16")->text, "no adhesive dressing");
    CHECK(strstr(item_of(&s.plan, "CL-09")->text, "ALLERGY") == NULL);
    s.options.sites = "LSI-01";
    make(&s);
    CHECK(item_of(&s.plan, "CL-06") != NULL);
    en_arena_free(&s.a);
}

static void test_payer(void **state)
{
    static const struct {
        const char *payer, *jurisdiction, *condition, *expected;
    } ROWS[] = {
        {"Medicare", "us", "oa_knee", "cov.medicare"},
        {"AETNA", NULL, "oa_knee", "cov.aetna"},
        {"NHS England", "uk", "chronic_nonspecific_lbp", "cov.nhs_icb"},
        {"NHS England", "uk", "oa_knee", NULL},
        {"Medicare", "uk", "oa_knee", NULL},
        {"Somebody else", "us", "oa_knee", NULL},
        {NULL, NULL, "oa_knee", NULL},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene(ROWS[i].condition);

        s.c->covers[0] =
            (struct en_cover){.payer = ROWS[i].payer, .jurisdiction = ROWS[i].jurisdiction};
        s.c->cover_count = 1;
        make(&s);
        CHECK((s.plan.cover == NULL) == (ROWS[i].expected == NULL));
        if (s.plan.cover != NULL) {
            CHECK_TEXT(en_cell(s.plan.cover, "id"), ROWS[i].expected);
        }
        en_arena_free(&s.a);
    }
}

static bool has_cost(const struct en_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->cost_count; i++) {
        if (en_text_equal(en_cell(plan->costs[i], "id"), id)) {
            return true;
        }
    }
    return false;
}

static void test_costs_follow_guidance(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    CHECK(has_cost(&s.plan, "guidance_us") && !has_cost(&s.plan, "guidance_fl"));
    CHECK(has_cost(&s.plan, "session") && !has_cost(&s.plan, "region_extra"));
    s.options.guidance = "LM";
    make(&s);
    CHECK(!has_cost(&s.plan, "guidance_us"));
    CHECK(s.plan.alternative_count >= 3);
    CHECK_TEXT(en_cell(s.plan.alternatives[0], "id"), "exercise");
    en_arena_free(&s.a);
}

/* Every default names source and grade, and no clinician has approved one yet. */
static void test_defaults_name_their_source(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    make(&s);
    CHECK(s.plan.default_count >= s.plan.site_count + 5);
    for (size_t i = 0; i < s.plan.default_count; i++) {
        const struct en_default *d = &s.plan.defaults[i];

        CHECK(d->what[0] != '\0' && d->value[0] != '\0');
        CHECK(d->source[0] != '\0' && d->grade[0] != '\0');
        CHECK(!d->is_approved);
    }
    en_arena_free(&s.a);
}

/* Wrong options */

static void test_wrong_options_fail(void **state)
{
    static const struct en_plan_options WRONG[] = {
        {.start = EN_DAY_UNKNOWN, .target = 1},
        {.start = EN_DAY_UNKNOWN, .sites = "KNE-99"},
        {.start = EN_DAY_UNKNOWN, .sites = "CER-05"},
        {.start = EN_DAY_UNKNOWN, .schedule = "daily"},
        {.start = EN_DAY_UNKNOWN, .guidance = "MRI"},
        {.start = EN_DAY_UNKNOWN, .sessions = -1},
        {.start = EN_DAY_UNKNOWN, .sessions = EN_PLAN_SESSIONS_MAX + 1},
        {.start = EN_DAY_UNKNOWN, .bleb_mg = -1.0},
        {.start = EN_DAY_UNKNOWN, .block_mg = NAN},
        {.start = EN_DAY_UNKNOWN, .anaesthetic = "cocaine"},
        {.start = EN_DAY_UNKNOWN, .schedule = "lbp_cochrane2007"}, /* names no sessions */
    };

    (void)state;
    for (size_t i = 0; i <= EN_COUNT(WRONG); i++) {
        struct scene s = scene("oa_knee");
        struct en_err err = {{0}};

        if (i < EN_COUNT(WRONG)) {
            s.options = WRONG[i];
        } else {
            s.options.start = fx_today() - 1; /* a first session before the decision */
        }
        CHECK(try_make(&s, &err) == EN_EINVAL);
        CHECK(err.text[0] != '\0');
        CHECK(strstr(err.text, "Synthetic") == NULL);
        CHECK(s.plan.site_count == 0 && s.plan.sites == NULL);
        en_arena_free(&s.a);
    }
}

/* Every condition that is offered can be planned, with sites that can be mixed. */
static void test_every_condition_can_be_planned(void **state)
{
    const struct en_table *conditions = en_table_get(fx_knowledge(), "conditions");
    const struct en_table *links = en_table_get(fx_knowledge(), "condition_sites");

    (void)state;
    for (size_t i = 0; i < conditions->row_count; i++) {
        const char *id = en_cell(&conditions->rows[i], "id");
        struct scene s = scene(id);
        const char *sites = NULL;

        for (size_t k = 0; k < links->row_count; k++) {
            const struct en_row *site =
                en_row_find(fx_knowledge(), "atlas", en_cell(&links->rows[k], "site"));

            if (en_text_equal(en_cell(&links->rows[k], "condition"), id) &&
                en_cell_bool(site, "enabled")) {
                sites = sites == NULL ? en_cell(site, "id")
                                      : en_arena_print(&s.a, "%s; %s", sites, en_cell(site, "id"));
            }
        }
        s.options.sites = sites;
        make(&s);
        for (size_t k = 0; k < s.plan.mix_count; k++) {
            if (!s.plan.mixes[k].mix.is_possible) {
                print_error("%s: %s\n", id, s.plan.mixes[k].mix.refusal);
            }
            CHECK(s.plan.mixes[k].mix.is_possible);
        }
        for (size_t k = 0; k < s.plan.site_count; k++) {
            CHECK(s.plan.sites[k].mix < s.plan.mix_count);
            CHECK(s.plan.sites[k].points > 0 && s.plan.sites[k].volume_ml > 0.0);
        }
        en_arena_free(&s.a);
    }
}

TEST_MAIN(
    cmocka_unit_test(test_knee_follows_rabago_2013), cmocka_unit_test(test_knee_totals),
    cmocka_unit_test(test_achilles_is_weekly), cmocka_unit_test(test_carpal_tunnel_is_locked),
    cmocka_unit_test(test_findings_add_sites),
    cmocka_unit_test(test_spine_sites_are_off_by_default), cmocka_unit_test(test_both_sides_double),
    cmocka_unit_test(test_both_sides_have_their_own_findings),
    cmocka_unit_test(test_old_findings_add_no_sites), cmocka_unit_test(test_total_volume_is_shared),
    cmocka_unit_test(test_no_condition_no_sites), cmocka_unit_test(test_required_guidance),
    cmocka_unit_test(test_advised_guidance), cmocka_unit_test(test_no_anaesthetic_on_wish),
    cmocka_unit_test(test_overload_from_blebs_has_no_override),
    cmocka_unit_test(test_sessions_on_wish), cmocka_unit_test(test_no_schedule_is_below_the_floor),
    cmocka_unit_test(test_evidence_only_schedule_falls_back),
    cmocka_unit_test(test_start_waits_for_the_interval),
    cmocka_unit_test(test_dates_that_are_asked_for_stand),
    cmocka_unit_test(test_dates_that_cannot_be_are_refused),
    cmocka_unit_test(test_rehabilitation_restarts_with_each_session),
    cmocka_unit_test(test_followups), cmocka_unit_test(test_observation_time),
    cmocka_unit_test(test_checklist_follows_the_plan), cmocka_unit_test(test_payer),
    cmocka_unit_test(test_costs_follow_guidance), cmocka_unit_test(test_defaults_name_their_source),
    cmocka_unit_test(test_wrong_options_fail),
    cmocka_unit_test(test_every_condition_can_be_planned));
