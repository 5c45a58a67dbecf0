/* SPDX-License-Identifier: Apache-2.0
 * Every decision with ever more memory: it fails cleanly with its status until it succeeds, and
 * never gives half a result. Then: the same input gives the same result. */
#include "fixture.h"

#include "base/text.h"

static struct en_arena case_arena;
static struct en_case *the_case;

/* Each step is one decision; EN_OK only with a whole result. */
static enum en_status step_plan(struct en_arena *a)
{
    const struct en_care care = fx_care();
    const struct en_plan_options options = fx_options();
    struct en_plan plan;
    const enum en_status st = en_plan_make(&care, the_case, &options, a, &plan, NULL);

    CHECK(st != EN_OK || (plan.site_count == 5 && plan.mix_count == 2));
    CHECK(st == EN_OK || plan.sites == NULL);
    return st;
}

static enum en_status step_assess(struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_assessment out;
    const enum en_status st = en_assess(&care, the_case, NULL, a, &out, NULL);

    CHECK(out.verdict == EN_VERDICT_UNDECIDED); /* never better by accident */
    CHECK(st == EN_OK || out.findings == NULL);
    return st;
}

static enum en_status step_triage(struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_triage out;
    const enum en_status st = en_triage_run(&care, the_case, a, &out, NULL);

    CHECK(st == EN_OK || out.level == EN_TRIAGE_EMERGENCY);
    return st;
}

static enum en_status step_review(struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_review out;
    const enum en_status st = en_review_run(&care, the_case, 0, a, &out, NULL);

    CHECK(out.advice == EN_ADVICE_ASK);
    return st;
}

static enum en_status step_aftercare(struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_dated_row *items;
    size_t count;
    const enum en_status st =
        en_aftercare(&care, the_case, NULL, fx_today(), a, &items, &count, NULL);

    CHECK((st == EN_OK) == (count > 0));
    return st;
}

static enum en_status step_document(struct en_arena *a)
{
    const struct en_care care = fx_care();
    const struct en_plan empty = {.target = {.onset = EN_DAY_UNKNOWN}};
    struct en_paragraph *paragraphs;
    size_t count;
    const enum en_status st = en_document_text(&care, the_case, &empty, EN_DOCUMENT_CONSENT, a,
                                               &paragraphs, &count, NULL);

    CHECK((st == EN_OK) == (count > 0));
    return st;
}

static enum en_status step_mix(struct en_arena *a)
{
    const struct en_care care = fx_care();
    const struct en_mix_request request = {.dextrose_percent = 25.0,
                                           .anaesthetic = "lidocaine",
                                           .anaesthetic_percent = 0.6,
                                           .volume_ml = 10.0};
    const struct en_dose_patient who = {.weight_kg = 80.0, .height_cm = 180.0, .age_years = 50};
    struct en_mix mix;
    const enum en_status st = en_mix_compute(&care, &request, &who, a, &mix, NULL);

    CHECK(!mix.is_possible);
    return st;
}

static enum en_status step_facts(struct en_arena *a)
{
    const struct en_care care = fx_care();
    struct en_fact *facts;

    return en_derive_facts(&care, the_case, NULL, NULL, a, &facts, NULL);
}

static const struct {
    const char *name;
    enum en_status (*run)(struct en_arena *a);
} STEPS[] = {
    {"plan", step_plan},     {"assess", step_assess},       {"triage", step_triage},
    {"review", step_review}, {"aftercare", step_aftercare}, {"document", step_document},
    {"mix", step_mix},       {"facts", step_facts},
};

static void test_memory_runs_out_cleanly(void **state)
{
    (void)state;
    case_arena = fx_arena();
    the_case = fx_case(&case_arena, "oa_knee");
    for (size_t i = 0; i < EN_COUNT(STEPS); i++) {
        struct en_arena full = fx_arena();
        size_t failures = 0;

        CHECK(STEPS[i].run(&full) == EN_OK);
        /* About 200 ceilings below the need, and the need itself. */
        for (size_t limit = 0; limit <= full.peak; limit += full.peak / 200 + 1) {
            struct en_arena a = EN_ARENA(limit);
            const enum en_status st = STEPS[i].run(&a);

            CHECK(st == EN_OK || st == EN_ELIMIT);
            failures += st == EN_OK ? 0 : 1;
            en_arena_free(&a);
        }
        struct en_arena enough = EN_ARENA(full.peak);

        CHECK(STEPS[i].run(&enough) == EN_OK);
        CHECK(failures > 100);
        en_arena_free(&enough);
        en_arena_free(&full);
    }
    en_arena_free(&case_arena);
}

/* Repeatability */

static uint64_t add_text(uint64_t hash, const char *text)
{
    return text == NULL ? hash : en_hash(hash, text, strlen(text) + 1);
}

/* Everything that a clinician reads of a plan and its assessment. */
static uint64_t hash_of(struct en_arena *a)
{
    struct en_case *c = fx_case(a, "oa_knee");

    fx_apply(c, "med_vka inr=2.5 ?temperature allergy_latex");
    const struct en_plan plan = fx_plan(a, c, NULL);
    const struct en_assessment out = fx_assess(a, c, &plan);
    uint64_t hash = EN_HASH_START;

    for (size_t i = 0; i < out.finding_count; i++) {
        hash = add_text(hash, en_cell(out.findings[i].tier, "id"));
        hash = add_text(hash, out.findings[i].sites);
    }
    for (size_t i = 0; i < plan.checklist_count; i++) {
        hash = add_text(hash, plan.checklist[i].text);
    }
    for (size_t i = 0; i < plan.mix_count; i++) {
        for (size_t k = 0; k < plan.mixes[i].mix.part_count; k++) {
            const double ml = plan.mixes[i].mix.parts[k].ml;

            hash = en_hash(hash, &ml, sizeof ml);
        }
    }
    return hash;
}

static void test_same_input_same_result(void **state)
{
    struct en_arena a = fx_arena(), b = fx_arena();

    (void)state;
    CHECK(hash_of(&a) == hash_of(&b));
    CHECK(hash_of(&a) == hash_of(&b)); /* also in an arena that is in use */
    en_arena_free(&a);
    en_arena_free(&b);
}

TEST_MAIN(cmocka_unit_test(test_memory_runs_out_cleanly),
          cmocka_unit_test(test_same_input_same_result));
