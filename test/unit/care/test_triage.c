/* SPDX-License-Identifier: Apache-2.0
 * Triage after a session: every rule, the highest wins, an unknown answer raises. */
#include "fixture.h"

#include "base/text.h"

enum { E = EN_TRIAGE_EMERGENCY, S = EN_TRIAGE_SAME_DAY, U = EN_TRIAGE_SOON, R = EN_TRIAGE_ROUTINE };

/* All questions answered with "no", two days after the session. */
static struct en_case *answered(struct en_arena *a, const char *condition)
{
    struct en_case *c = fx_case(a, condition);
    const struct en_table *facts = en_table_get(fx_knowledge(), "facts");

    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *row = &facts->rows[i];

        if (en_text_equal(en_cell(row, "origin"), "symptom") &&
            en_text_equal(en_cell(row, "type"), "bool")) {
            fx_bool(c, en_cell(row, "id"), false);
        }
    }
    fx_apply(c, "days_since_session=2 hours_since_session=48 sx_temperature=36.8");
    return c;
}

static struct en_triage run(struct en_arena *a, const struct en_case *c)
{
    const struct en_care care = fx_care();
    struct en_triage out;

    CHECK(en_triage_run(&care, c, a, &out, NULL) == EN_OK);
    return out;
}

struct row {
    const char *tier, *condition, *changes;
    char expected;
    int level;
};

static const struct row RULES[] = {
    {"TR-01.e", "oa_knee", "sx_breathless_chest", '+', E},
    {"TR-01.e", "oa_knee", "sx_breathless_chest days_since_session=100", '+', E},
    {"TR-01.e", "oa_knee", "?sx_breathless_chest", '?', U},
    {"TR-02.e", "oa_knee", "sx_anaphylaxis", '+', E},
    {"TR-02.e", "oa_knee", "?sx_anaphylaxis", '?', U},
    {"TR-03.e", "chronic_neck_pain", "sx_stroke_signs", '+', E},
    {"TR-03.e", "oa_knee", "sx_stroke_signs", '+', E},
    {"TR-04.e", "ddd_lumbar", "sx_cauda_equina", '+', E},
    {"TR-05.e", "oa_knee", "sx_la_toxicity", '+', E},
    {"TR-06.e", "oa_knee", "sx_fever sx_hot_joint", '+', E},
    {"TR-06.e", "oa_knee", "sx_temperature=38.0 sx_hot_joint", '+', E},
    {"TR-06.e", "oa_knee", "sx_temperature=37.9 sx_hot_joint", '-', S},
    {"TR-06.no_fever", "oa_knee", "sx_hot_joint", '+', S},
    {"TR-06.e", "oa_knee", "?sx_fever ?sx_temperature sx_hot_joint", '?', E},
    {"TR-07.e", "ddd_lumbar", "sx_fever sx_back_neck_pain", '+', E},
    {"TR-07.e", "oa_knee", "sx_fever sx_back_neck_pain", '-', S},
    {"TR-07.e", "oa_knee", "sx_fever sx_meningism_rigors", '+', E},
    {"TR-07.no_fever", "oa_knee", "sx_meningism_rigors", '+', S},
    {"TR-07.back", "ddd_lumbar", "sx_back_neck_pain days_since_session=7", '+', R},
    {"TR-07.back", "ddd_lumbar", "sx_back_neck_pain days_since_session=8", '-', U},
    {"TR-07.back_late", "ddd_lumbar", "sx_back_neck_pain days_since_session=8", '+', U},
    {"TR-07.back_late", "ddd_lumbar", "sx_back_neck_pain days_since_session=7", '-', R},
    {"TR-07.back_late", "ddd_lumbar", "sx_back_neck_pain ?days_since_session", '+', U},
    {"TR-07.e", "ddd_lumbar", "sx_back_neck_pain", '-', R},
    {"TR-08.s", "oa_knee", "sx_fever days_since_session=14", '+', S},
    {"TR-08.s", "oa_knee", "sx_fever days_since_session=15", '-', U},
    {"TR-08.late", "oa_knee", "sx_fever days_since_session=15", '+', U},
    {"TR-08.s", "oa_knee", "sx_fever ?days_since_session", '+', S},
    {"TR-11.rising", "oa_knee", "sx_pain_rising ?days_since_session", '+', S},
    {"TR-12.u", "oa_knee", "sx_pain_above_baseline ?days_since_session", '+', U},
    {"TR-14.s", "oa_knee", "sx_numbness ?hours_since_session sx_numb_improving", '+', S},
    {"TR-17.late", "oa_knee", "sx_faint ?hours_since_session", '+', S},
    {"TR-19.late", "oa_knee", "sx_expected_only ?days_since_session", '+', U},
    {"TR-09.s", "oa_knee", "sx_spreading_redness", '+', S},
    {"TR-09.s", "oa_knee", "?sx_spreading_redness", '?', R},
    {"TR-10.e", "oa_knee", "sx_red_streak_ill", '+', E},
    {"TR-11.rising", "oa_knee", "sx_pain_rising days_since_session=3", '+', S},
    {"TR-11.rising", "oa_knee", "sx_pain_rising days_since_session=2", '-', R},
    {"TR-11.early", "oa_knee", "sx_pain_rising days_since_session=2", '+', R},
    {"TR-11.uncontrolled", "oa_knee", "sx_pain_uncontrolled", '+', S},
    {"TR-12.early", "oa_knee", "sx_pain_above_baseline days_since_session=6", '+', R},
    {"TR-12.u", "oa_knee", "sx_pain_above_baseline days_since_session=7", '+', U},
    {"TR-12.u", "oa_knee", "sx_pain_above_baseline days_since_session=6", '-', R},
    {"TR-13.s", "ddd_lumbar", "sx_postural_headache", '+', S},
    {"TR-13.s", "oa_knee", "sx_postural_headache", '-', U},
    {"TR-13.other", "oa_knee", "sx_postural_headache", '+', U},
    {"TR-13.e", "ddd_lumbar", "sx_postural_headache sx_headache_over_24h", '+', E},
    {"TR-13.e", "ddd_lumbar", "sx_postural_headache sx_fever", '+', E},
    {"TR-14.r", "oa_knee", "sx_numbness hours_since_session=12 sx_numb_improving", '+', R},
    {"TR-14.s", "oa_knee", "sx_numbness hours_since_session=13 sx_numb_improving", '+', S},
    {"TR-14.s", "oa_knee", "sx_numbness hours_since_session=2", '+', S},
    {"TR-14.block", "oa_knee", "sx_motor_loss hours_since_session=12 sx_numb_improving", '+', S},
    {"TR-14.e", "oa_knee", "sx_motor_loss hours_since_session=13 sx_numb_improving", '+', E},
    {"TR-14.e", "oa_knee", "sx_motor_loss ?hours_since_session sx_numb_improving", '+', E},
    {"TR-15.s", "oa_knee", "sx_bleed_swelling", '+', S},
    {"TR-15.e", "oa_knee", "sx_compartment", '+', E},
    {"TR-16.u", "oa_knee", "sx_local_rash", '+', U},
    {"TR-17.r", "oa_knee", "sx_faint hours_since_session=24", '+', R},
    {"TR-17.late", "oa_knee", "sx_faint hours_since_session=25", '+', S},
    {"TR-17.s", "oa_knee", "sx_faint hours_since_session=2 sx_faint_recurrent", '+', S},
    {"TR-18.s", "oa_knee", "diabetes sx_glucose_high", '+', S},
    {"TR-18.s", "oa_knee", "?sx_glucose_high", '-', R},
    {"TR-18.s", "oa_knee", "diabetes ?sx_glucose_high", '?', R},
    {"TR-19.r", "oa_knee", "sx_expected_only", '+', R},
    {"TR-19.r", "oa_knee", "sx_expected_only days_since_session=7", '+', R},
    {"TR-19.late", "oa_knee", "sx_expected_only days_since_session=8", '+', U},
    {"TR-20.s", "tendinopathy_achilles", "sx_tendon_pop", '+', S},
    {"TR-21.s", "oa_knee", "sx_procedure_concern", '+', S},
    {"TR-22.s", "oa_knee", "sx_very_worried", '+', S},
};

/* Each rule of the clinical text at its limit and beyond. */
static void test_every_rule(void **state)
{
    bool all = true;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(RULES); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = answered(&a, RULES[i].condition);

        fx_apply(c, RULES[i].changes);
        const struct en_triage out = run(&a, c);
        const char found = fx_tier(out.findings, out.finding_count, RULES[i].tier);

        if (found != RULES[i].expected || (int)out.level != RULES[i].level) {
            print_error("%s with \"%s\": '%c' %s\n", RULES[i].tier, RULES[i].changes, found,
                        en_triage_text(out.level));
            all = false;
        }
        en_arena_free(&a);
    }
    CHECK(all);
}

static void test_each_tier_is_seen_to_fire(void **state)
{
    const struct en_table *tiers = en_table_get(fx_knowledge(), "tiers");

    (void)state;
    for (size_t i = 0; i < tiers->row_count; i++) {
        const char *id = en_cell(&tiers->rows[i], "id");
        bool is_covered = !en_text_starts(id, "TR-");

        for (size_t k = 0; k < EN_COUNT(RULES) && !is_covered; k++) {
            is_covered = RULES[k].expected == '+' && en_text_equal(RULES[k].tier, id);
        }
        if (!is_covered) {
            print_error("no row makes %s fire\n", id);
        }
        CHECK(is_covered);
    }
}

/* The highest of all that fired counts, whatever else was answered. */
static void test_highest_wins(void **state)
{
    static const struct {
        const char *changes;
        int level;
    } ROWS[] = {
        {"", R},
        {"sx_expected_only sx_local_rash", U},
        {"sx_local_rash sx_spreading_redness", S},
        {"sx_spreading_redness sx_fever", S},
        {"sx_spreading_redness sx_fever sx_hot_joint", E},
        {"sx_very_worried sx_breathless_chest sx_expected_only", E},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = answered(&a, "oa_knee");

        fx_apply(c, ROWS[i].changes);
        const struct en_triage out = run(&a, c);

        CHECK((int)out.level == ROWS[i].level);
        CHECK(!out.was_raised);
        en_arena_free(&a);
    }
}

/* An unknown answer to an emergency question raises by one level: R to U, U to S, S to E. */
static void test_unknown_raises_one_level(void **state)
{
    static const struct {
        const char *changes;
        int level;
        bool was_raised;
    } ROWS[] = {
        {"?sx_breathless_chest", U, true},
        {"?sx_breathless_chest sx_local_rash", S, true},
        {"?sx_breathless_chest sx_very_worried", E, true},
        {"?sx_breathless_chest sx_anaphylaxis", E, false},
        {"?sx_breathless_chest ?sx_anaphylaxis ?sx_stroke_signs", U, true},
        {"?sx_local_rash", R, false}, /* no emergency question */
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = answered(&a, "oa_knee");

        fx_apply(c, ROWS[i].changes);
        const struct en_triage out = run(&a, c);

        CHECK((int)out.level == ROWS[i].level);
        CHECK(out.was_raised == ROWS[i].was_raised);
        en_arena_free(&a);
    }
}

/* Nothing answered at all is not reassuring. An empty case neither. */
static void test_nothing_answered(void **state)
{
    const struct en_care care = fx_care();
    struct en_arena a = fx_arena();
    const struct en_case *c = fx_case(&a, "oa_knee"), empty = {0};
    struct en_triage out = run(&a, c);

    (void)state;
    CHECK(out.level == EN_TRIAGE_SOON && out.was_raised);
    CHECK(out.fired_count == 0 && out.finding_count > 20);
    CHECK(en_triage_run(&care, &empty, &a, &out, NULL) == EN_OK);
    CHECK(out.level == EN_TRIAGE_SOON && out.was_raised);
    en_arena_free(&a);
}

/* The days since the session come from the sessions when nobody was asked. */
static void test_days_come_from_the_sessions(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = answered(&a, "oa_knee");

    (void)state;
    fx_apply(c, "?days_since_session ?hours_since_session sx_pain_rising");
    fx_session(c, "knee", -3);
    struct en_triage out = run(&a, c);

    CHECK(fx_tier(out.findings, out.finding_count, "TR-11.rising") == '+');
    c->sessions[0].day = fx_today() - 1; /* yesterday: the hours are not known */
    fx_apply(c, "!sx_pain_rising sx_faint");
    out = run(&a, c);
    CHECK(fx_tier(out.findings, out.finding_count, "TR-17.r") == '?');
    en_arena_free(&a);
}

/* Each level has its time limit, and no message says that all is well. */
static void test_time_limits_and_messages(void **state)
{
    static const struct {
        const char *changes, *limit, *level;
    } ROWS[] = {
        {"sx_anaphylaxis", "now", "emergency"},
        {"sx_very_worried", "today, within 4 hours", "same day"},
        {"sx_local_rash", "within 24 to 48 hours", "soon"},
        {"", "call again", "routine advice"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct en_arena a = fx_arena();
        struct en_case *c = answered(&a, "oa_knee");

        fx_apply(c, ROWS[i].changes);
        const struct en_triage out = run(&a, c);

        CHECK_CONTAINS(out.time_limit, ROWS[i].limit);
        CHECK_TEXT(en_triage_text(out.level), ROWS[i].level);
        for (size_t k = 0; k < out.finding_count; k++) {
            const char *message = en_cell(out.findings[k].tier, "message");

            CHECK(message[0] != '\0');
            CHECK(en_banned_phrase(fx_knowledge(), message) == NULL);
        }
        en_arena_free(&a);
    }
}

/* Findings are sorted by level, so that the reason for the level comes first. */
static void test_reason_comes_first(void **state)
{
    struct en_arena a = fx_arena();
    struct en_case *c = answered(&a, "oa_knee");

    (void)state;
    fx_apply(c, "sx_local_rash sx_very_worried sx_anaphylaxis");
    const struct en_triage out = run(&a, c);

    CHECK(out.fired_count == 3);
    CHECK_TEXT(en_cell(out.findings[0].tier, "id"), "TR-02.e");
    CHECK_TEXT(en_cell(out.findings[1].tier, "id"), "TR-22.s");
    CHECK_TEXT(en_cell(out.findings[2].tier, "id"), "TR-16.u");
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_every_rule), cmocka_unit_test(test_each_tier_is_seen_to_fire),
          cmocka_unit_test(test_highest_wins), cmocka_unit_test(test_unknown_raises_one_level),
          cmocka_unit_test(test_nothing_answered),
          cmocka_unit_test(test_days_come_from_the_sessions),
          cmocka_unit_test(test_time_limits_and_messages),
          cmocka_unit_test(test_reason_comes_first));
