/* SPDX-License-Identifier: Apache-2.0
 * Readiness of a session: each part at its limit, just beyond, and unknown; what is not known is
 * never ready. */
#include "care/ready.h"

#include "base/text.h"
#include "fixture.h"

#include <string.h>

/* 2026-03-02T10:00Z [us]. */
static const int64_t NOON = INT64_C(1772445600000000);

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan plan;
    struct en_assessment assessment, expected;
    struct en_practitioner performer;
    enum en_truth *checklist;
    struct en_ready_request rq;
    struct en_readiness out;
};

/* A session that lacks nothing but the judgement of its stock. */
static void open_scene(struct scene *s)
{
    const struct en_plan_options options = fx_options();
    const size_t items = en_table_get(fx_knowledge(), "checklist")->row_count;

    *s = (struct scene){.a = fx_arena()};
    s->c = fx_case(&s->a, "oa_knee");
    s->plan = fx_plan(&s->a, s->c, &options);
    s->assessment = fx_assess(&s->a, s->c, &s->plan);
    s->performer = s->c->practitioners[0];
    s->performer.licence = "L-1";
    s->performer.licence_expiry = fx_today();
    s->checklist = EN_NEW(&s->a, enum en_truth, items);
    for (size_t i = 0; i < items; i++) {
        s->checklist[i] = EN_TRUE;
    }
    s->rq = (struct en_ready_request){.day = fx_today(),
                                      .consent = EN_TRUE,
                                      .plan = EN_READY_PLAN_APPROVED,
                                      .recipe = &s->plan,
                                      .assessment = &s->assessment,
                                      .checklist = s->checklist,
                                      .performer = &s->performer};
}

static const struct en_ready_part *judge(struct scene *s, enum en_ready_kind kind)
{
    const struct en_care care = fx_care();

    CHECK(en_ready_judge(&care, &s->rq, &s->a, &s->out, NULL) == EN_OK);
    return &s->out.parts[kind];
}

static void check_part(struct scene *s, enum en_ready_kind kind, enum en_ready state,
                       const char *reason)
{
    const struct en_ready_part *part = judge(s, kind);

    CHECK_TEXT(part->reason, reason);
    CHECK(part->state == state);
    CHECK(s->out.state >= state);
}

/* Everything there: only the stock, which nobody looked at, is in the way. Then a vial of each
 * stock is found, and the session is ready. */
static void test_ready_when_nothing_is_missing(void **state)
{
    const struct en_care care = fx_care();
    struct en_shelf_vial shelf[8];
    const char *needs = NULL, *item = NULL;
    size_t count = 0, size = 0;
    struct scene s;

    (void)state;
    open_scene(&s);
    for (int i = 0; i < EN_READY_KINDS; i++) {
        const enum en_ready expected = i == EN_READY_STOCK ? EN_READY_NO : EN_READY_YES;

        CHECK(judge(&s, (enum en_ready_kind)i)->state == expected);
    }
    CHECK(s.out.state == EN_READY_NO);
    CHECK(en_ready_needs(&s.plan, &s.a, &needs, NULL) == EN_OK && needs != NULL);
    for (const char *at = needs; (at = en_list_next(at, &item, &size)) != NULL;) {
        shelf[count++] = (struct en_shelf_vial){.vial = {.field = "x",
                                                         .stock = en_arena_copy(&s.a, item, size),
                                                         .is_usable = true,
                                                         .has_lot = true,
                                                         .has_serial = true,
                                                         .expiry_us = NOON}};
    }
    CHECK(count >= 2);
    CHECK(en_ready_stock(&care, needs, &(struct en_shelf){shelf, count}, NOON, &s.a, &s.out,
                         NULL) == EN_OK);
    CHECK(s.out.state == EN_READY_YES);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].reason, "at_hand");
    en_arena_free(&s.a);
}

/* Consent and plan: only an active one and an approved one will do. */
static void test_ready_needs_consent_and_plan(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    check_part(&s, EN_READY_CONSENT, EN_READY_YES, "active");
    s.rq.consent = EN_FALSE;
    check_part(&s, EN_READY_CONSENT, EN_READY_NO, "missing");
    s.rq.consent = EN_UNKNOWN;
    check_part(&s, EN_READY_CONSENT, EN_READY_NO, "unknown");
    s.rq.plan = EN_READY_PLAN_DRAFT;
    check_part(&s, EN_READY_PLAN, EN_READY_NO, "draft");
    s.rq.plan = EN_READY_PLAN_NONE;
    check_part(&s, EN_READY_PLAN, EN_READY_NO, "none");
    en_arena_free(&s.a);
}

static void assess_again(struct scene *s, const char *changes)
{
    fx_apply(s->c, changes);
    s->assessment = fx_assess(&s->a, s->c, &s->plan);
}

/* A stop or a deferral stops, whatever else is open; no judgement at all is not ready. */
static void test_ready_verdict(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    CHECK(judge(&s, EN_READY_VERDICT)->state == EN_READY_YES);
    assess_again(&s, "allergy_dextrose");
    check_part(&s, EN_READY_VERDICT, EN_READY_STOPPED, "not_suitable");
    CHECK(s.out.state == EN_READY_STOPPED);
    CHECK_TEXT(s.out.parts[EN_READY_VERDICT].details[0].id, "CI-15");
    assess_again(&s, "!allergy_dextrose systolic=200");
    check_part(&s, EN_READY_VERDICT, EN_READY_STOPPED, "deferred");
    assess_again(&s, "?spine_red_flags ?temperature");
    check_part(&s, EN_READY_VERDICT, EN_READY_STOPPED, "deferred");
    s.rq.assessment = NULL;
    check_part(&s, EN_READY_VERDICT, EN_READY_NO, "unknown");
    CHECK(judge(&s, EN_READY_LABS)->state == EN_READY_NO);
    CHECK(judge(&s, EN_READY_ANSWERS)->state == EN_READY_NO);
    en_arena_free(&s.a);
}

/* A value of the laboratory that a rule waits for: current on the last day of its age (7 days, the
 * INR of somebody who takes a VKA), due one day later, and due when nobody measured it. */
static void test_ready_labs_at_the_limit_beyond_and_unknown(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    assess_again(&s, "med_vka inr=2.0");
    check_part(&s, EN_READY_LABS, EN_READY_YES, "current");
    fx_age(s.c, "inr", 7);
    assess_again(&s, "");
    check_part(&s, EN_READY_LABS, EN_READY_YES, "current");
    fx_age(s.c, "inr", 8);
    assess_again(&s, "");
    check_part(&s, EN_READY_LABS, EN_READY_NO, "due");
    CHECK(s.out.parts[EN_READY_LABS].count == 1);
    CHECK_TEXT(s.out.parts[EN_READY_LABS].details[0].id, "inr");
    CHECK_TEXT(s.out.parts[EN_READY_LABS].details[0].why, "stale");
    CHECK(s.out.parts[EN_READY_LABS].details[0].as_of == fx_today() - 8);
    assess_again(&s, "?inr");
    check_part(&s, EN_READY_LABS, EN_READY_NO, "due");
    CHECK_TEXT(s.out.parts[EN_READY_LABS].details[0].why, "unknown");
    en_arena_free(&s.a);
}

/* What is asked on the day alone waits for the arrival; what could have been known before does not.
 */
static void test_ready_tells_arrival_from_arranging(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    assess_again(&s, "?temperature");
    check_part(&s, EN_READY_ANSWERS, EN_READY_AT_ARRIVAL, "open");
    check_part(&s, EN_READY_VERDICT, EN_READY_AT_ARRIVAL, "open");
    CHECK(s.out.parts[EN_READY_ANSWERS].details[0].at_arrival);
    assess_again(&s, "?malignancy_at_target");
    check_part(&s, EN_READY_ANSWERS, EN_READY_NO, "open");
    check_part(&s, EN_READY_VERDICT, EN_READY_NO, "open");
    en_arena_free(&s.a);
}

/* Before the lists were gone through today, an INR of unknown need is no laboratory value to
 * arrange: what is expected says so, and the reviews themselves wait for the arrival. */
static void test_ready_expects_the_lists_to_be_reviewed(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    s.expected = s.assessment;
    fx_apply(s.c, "?medication_list_reviewed ?med_vka ?inr");
    s.assessment = fx_assess(&s.a, s.c, &s.plan);
    check_part(&s, EN_READY_LABS, EN_READY_NO, "due");
    s.rq.expected = &s.expected;
    check_part(&s, EN_READY_LABS, EN_READY_YES, "current");
    check_part(&s, EN_READY_ANSWERS, EN_READY_AT_ARRIVAL, "open");
    check_part(&s, EN_READY_VERDICT, EN_READY_AT_ARRIVAL, "open");
    en_arena_free(&s.a);
}

/* Nobody is named to give it: that is the performer's part, no question to the patient; the verdict
 * waits for it alone. */
static void test_ready_waits_for_a_performer(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    s.c->practitioner_count = 0;
    assess_again(&s, "");
    s.rq.performer = NULL;
    check_part(&s, EN_READY_ANSWERS, EN_READY_YES, "answered");
    check_part(&s, EN_READY_VERDICT, EN_READY_NO, "performer");
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "not_named");
    en_arena_free(&s.a);
}

static size_t item_of(const char *id)
{
    const struct en_table *table = en_table_get(fx_knowledge(), "checklist");

    return (size_t)(en_row_find(fx_knowledge(), "checklist", id) - table->rows);
}

/* The checklist is gone through with the patient there; what was refused is not. */
static void test_ready_checklist(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    check_part(&s, EN_READY_CHECKLIST, EN_READY_YES, "complete");
    s.checklist[item_of("CL-06")] = EN_FALSE; /* not applicable is an answer */
    check_part(&s, EN_READY_CHECKLIST, EN_READY_YES, "complete");
    s.checklist[item_of("CL-09")] = EN_UNKNOWN;
    check_part(&s, EN_READY_CHECKLIST, EN_READY_AT_ARRIVAL, "begun");
    s.checklist[item_of("CL-09")] = EN_FALSE;
    check_part(&s, EN_READY_CHECKLIST, EN_READY_NO, "begun");
    s.rq.checklist = NULL;
    check_part(&s, EN_READY_CHECKLIST, EN_READY_AT_ARRIVAL, "not_begun");
    en_arena_free(&s.a);
}

/* The licence holds through its last day; privileges are those that the plan's sites need. */
static void test_ready_performer(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    check_part(&s, EN_READY_PERFORMER, EN_READY_YES, "privileged");
    s.performer.licence_expiry = fx_today() - 1;
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "licence_expired");
    s.performer.licence_expiry = EN_DAY_UNKNOWN;
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "licence_unknown");
    s.performer.licence_expiry = fx_today();
    s.performer.regions = "elbow";
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "not_privileged");
    CHECK_TEXT(s.out.parts[EN_READY_PERFORMER].details[0].id, "knee");
    CHECK_TEXT(s.out.parts[EN_READY_PERFORMER].details[0].why, "not_held");
    s.performer.regions = NULL;
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "not_privileged");
    CHECK_TEXT(s.out.parts[EN_READY_PERFORMER].details[0].why, "unknown");
    s.performer.regions = "knee";
    s.rq.recipe = NULL;
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "unknown");
    s.rq.performer = NULL;
    check_part(&s, EN_READY_PERFORMER, EN_READY_NO, "not_named");
    en_arena_free(&s.a);
}

static struct en_shelf_vial vial_of(const char *stock, int64_t expiry_us)
{
    return (struct en_shelf_vial){.vial = {.field = "x",
                                           .stock = stock,
                                           .is_usable = true,
                                           .has_lot = true,
                                           .has_serial = true,
                                           .expiry_us = expiry_us},
                                  .expiry = fx_today()};
}

static const struct en_ready_part *stock(struct scene *s, const char *needs,
                                         struct en_shelf_vial *shelf, size_t count)
{
    const struct en_care care = fx_care();

    CHECK(en_ready_stock(&care, needs, &(struct en_shelf){shelf, count}, NOON, &s->a, &s->out,
                         NULL) == EN_OK);
    return &s->out.parts[EN_READY_STOCK];
}

/* A vial in date until the session's end will do, one that ends a microsecond before or at an
 * unknown time will not; neither does one without a lot, one of another patient, or none. A stock
 * that is not known because there is no recipe is not ready. */
static void test_ready_stock_at_the_limit_beyond_and_unknown(void **state)
{
    struct en_shelf_vial v = vial_of("dextrose_50", NOON);
    struct scene s;

    (void)state;
    open_scene(&s);
    CHECK(stock(&s, "dextrose_50", &v, 1)->state == EN_READY_YES);
    v = vial_of("dextrose_50", NOON - 1);
    CHECK(stock(&s, "dextrose_50", &v, 1)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].details[0].why, "stock-expired");
    v = vial_of("dextrose_50", INT64_MIN);
    CHECK(stock(&s, "dextrose_50", &v, 1)->state == EN_READY_NO);
    v = vial_of("dextrose_50", NOON);
    v.vial.has_lot = false;
    CHECK(stock(&s, "dextrose_50", &v, 1)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].details[0].why, "stock-unknown");
    v = vial_of("dextrose_50", NOON);
    v.vial.other_patients = 1;
    CHECK(stock(&s, "dextrose_50", &v, 1)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].details[0].why, "one-vial-one-patient");
    CHECK(stock(&s, "dextrose_50", &v, 0)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].details[0].why, "none");
    CHECK(stock(&s, NULL, &v, 1)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].reason, "unknown");
    en_arena_free(&s.a);
}

/* One single-dose vial is for one session: the second of the day finds it reserved. A multi-dose
 * vial serves both. */
static void test_ready_stock_is_shared_out_over_the_day(void **state)
{
    struct en_shelf_vial one = vial_of("dextrose_50", NOON);
    struct en_shelf_vial many = vial_of("lidocaine_1_mdv", NOON);
    struct scene s;

    (void)state;
    open_scene(&s);
    CHECK(stock(&s, "dextrose_50", &one, 1)->state == EN_READY_YES);
    CHECK(stock(&s, "dextrose_50", &one, 1)->state == EN_READY_NO);
    CHECK_TEXT(s.out.parts[EN_READY_STOCK].details[0].why, "reserved");
    CHECK(stock(&s, "lidocaine_1_mdv", &many, 1)->state == EN_READY_YES);
    CHECK(stock(&s, "lidocaine_1_mdv", &many, 1)->state == EN_READY_YES);
    en_arena_free(&s.a);
}

TEST_MAIN(cmocka_unit_test(test_ready_when_nothing_is_missing),
          cmocka_unit_test(test_ready_needs_consent_and_plan), cmocka_unit_test(test_ready_verdict),
          cmocka_unit_test(test_ready_labs_at_the_limit_beyond_and_unknown),
          cmocka_unit_test(test_ready_tells_arrival_from_arranging),
          cmocka_unit_test(test_ready_expects_the_lists_to_be_reviewed),
          cmocka_unit_test(test_ready_waits_for_a_performer),
          cmocka_unit_test(test_ready_checklist), cmocka_unit_test(test_ready_performer),
          cmocka_unit_test(test_ready_stock_at_the_limit_beyond_and_unknown),
          cmocka_unit_test(test_ready_stock_is_shared_out_over_the_day));
