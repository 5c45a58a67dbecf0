/* SPDX-License-Identifier: Apache-2.0
 * The stored posterior: what was found must come back as it was, nothing else may pass for it. */
#include "app/posterior_file.h"

#include "app/evidence.h"
#include "base/limits.h"
#include "trials_tables.h"

enum { PARTICLES = 3 };

static struct en_arena arena = {.limit = 512 << 20};
static const char *const CONDITIONS[] = {"oa_knee", "sij_pain"};
static const struct en_calibration_step STEPS[] = {{0.25, 700.5, -12.5, {0.25, 0.3, 0.125}},
                                                   {1.0, 650.0, -3.75, {0.2, 0.25, 0.5}}};

/* A posterior with numbers that tell whether places were mixed up. */
static void make(struct en_posterior_record *out)
{
    const size_t size = en_posterior_size(EN_COUNT(CONDITIONS));

    *out = (struct en_posterior_record){
        .posterior = {.conditions = CONDITIONS,
                      .condition_count = EN_COUNT(CONDITIONS),
                      .weight = {0.0, 0.125, 0.5, 0.375},
                      .prior_weight = {0.25, 0.1, 0.4, 0.25},
                      .log_evidence = {-20.125, -11.0625, -10.1, -10.3},
                      .is_calibrated = true},
        .settings = {.particles = 1000, .patients = 32, .moves = 3, .prior_width = 1.0, .seed = 7},
        .learned = en_learned_hash(),
    };
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        double *z = EN_NEW(&arena, double, (PARTICLES + h) * size);

        for (size_t i = 0; i < (PARTICLES + h) * size; i++) {
            z[i] = (double)((i * 7919 + h * 104729) % 400001) / 1e5 - 2.0;
        }
        out->posterior.particles[h] = z;
        out->posterior.count[h] = PARTICLES + h;
        out->steps[h] = STEPS;
        out->step_count[h] = h % 2 + 1;
    }
}

/* The tables with this posterior in them; text of one file may be replaced: from NULL leaves it. */
static struct en_knowledge *load_with(struct en_posterior_record *r, const char *file,
                                      const char *from, const char *to, struct en_arena *a)
{
    static const char *const FILES[] = {"posterior.tsv", "posterior_info.tsv",
                                        "posterior_steps.tsv"};
    struct en_buf text[3] = {EN_BUF(1 << 20), EN_BUF(1 << 20), EN_BUF(1 << 20)};
    struct change changes[4] = {{0}};

    r->evidence = en_evidence_hash(load_changed(NULL, a));
    en_posterior_print(&r->posterior, &text[0]);
    en_posterior_print_info(r, &text[1]);
    en_posterior_print_steps(r, &text[2]);
    for (size_t i = 0; i < 3; i++) {
        const char *whole = en_arena_copy(a, en_buf_text(&text[i]), text[i].size);
        const struct en_embedded original = {FILES[i], whole, text[i].size};
        const struct change change = {FILES[i], from, to};

        changes[i] = (struct change){FILES[i], NULL,
                                     from != NULL && en_text_equal(file, FILES[i])
                                         ? changed_text(&original, &change, a)
                                         : whole};
        en_buf_free(&text[i]);
    }
    return load_changed(changes, a);
}

/* Written and read back: the same numbers to the fifth decimal of z (their prior's spread is 1),
 * and what is written from there is the same file. */
static void test_posterior_comes_back_as_it_was(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_posterior_record before, after;
    struct en_buf first = EN_BUF(1 << 20), second = EN_BUF(1 << 20);
    const size_t size = en_posterior_size(EN_COUNT(CONDITIONS));

    (void)state;
    make(&before);
    const struct en_knowledge *k = load_with(&before, NULL, NULL, NULL, &a);

    CHECK(en_posterior_read(k, &a, &after, NULL) == EN_OK);
    CHECK(after.posterior.is_calibrated && after.posterior.condition_count == 2);
    CHECK_TEXT(after.posterior.conditions[1], "sij_pain");
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        CHECK(after.posterior.count[h] == PARTICLES + h);
        CHECK_NEAR(after.posterior.weight[h], before.posterior.weight[h], 0.0);
        CHECK_NEAR(after.posterior.prior_weight[h], before.posterior.prior_weight[h], 0.0);
        CHECK_NEAR(after.posterior.log_evidence[h], before.posterior.log_evidence[h], 0.0);
        CHECK(after.step_count[h] == h % 2 + 1);
        CHECK_NEAR(after.steps[h][0].ess, 700.5, 0.0);
        CHECK_NEAR(after.steps[h][0].accepted[2], 0.125, 1e-4);
        for (size_t i = 0; i < after.posterior.count[h] * size; i++) {
            CHECK_NEAR(after.posterior.particles[h][i], before.posterior.particles[h][i], 5e-6);
        }
    }
    CHECK(after.settings.seed == 7 && after.settings.particles == 1000);
    en_posterior_print(&before.posterior, &first);
    en_posterior_print(&after.posterior, &second);
    CHECK_TEXT(en_buf_text(&second), en_buf_text(&first));
    en_buf_free(&first);
    en_buf_free(&second);
    en_arena_free(&a);
}

/* Without a calibration everybody gets the prior, and is told that it is none. */
static void test_posterior_is_the_prior_when_none_is_stored(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    const struct change none[] = {
        {"posterior.tsv", NULL, "id\thypothesis\tvalues\tsource\tgrade\tverified\tapproved_by\n"},
        {0}};
    const struct en_app app = {.knowledge = load_changed(none, &a)};
    struct en_posterior p;

    (void)state;
    CHECK(en_app_posterior(&app, &a, &p, NULL) == EN_OK);
    CHECK(!p.is_calibrated && p.condition_count == 0);
    CHECK(p.count[0] == EN_POSTERIOR_PRIOR_PARTICLES);
    CHECK_NEAR(p.weight[2], 0.4, 1e-12);
    en_arena_free(&a);
}

static const char *refusal(const char *file, const char *from, const char *to)
{
    static struct en_err err;
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_posterior_record before, after;

    make(&before);
    err.text[0] = '\0';
    const struct en_knowledge *k = load_with(&before, file, from, to, &a);

    CHECK(en_posterior_read(k, &a, &after, &err) == EN_EINVAL);
    en_arena_free(&a);
    return err.text;
}

/* A forecast from numbers that were made for something else looks right and is not: whatever does
 * not fit is refused, with what to do. */
static void test_posterior_refuses_what_does_not_fit(void **state)
{
    char hash[40];

    (void)state;
    (void)snprintf(hash, sizeof hash, "%016llx", (unsigned long long)en_learned_hash());
    CHECK_CONTAINS(refusal("posterior_info.tsv", hash, "0123456789abcdef"), "make calibrate");
    CHECK_CONTAINS(refusal("posterior_info.tsv", "posterior.evidence\t", "posterior.evidence\t0"),
                   "posterior.evidence");
    CHECK_CONTAINS(refusal("posterior_info.tsv", "posterior.seed\t7", "posterior.seed\tseven"),
                   "posterior.seed");
    CHECK_CONTAINS(
        refusal("posterior_info.tsv", "posterior.H2.weight\t0.5", "posterior.H2.weight\t0.6"),
        "do not sum to 1");
    CHECK_CONTAINS(refusal("posterior_info.tsv", "oa_knee;sij_pain", "oa_knee"),
                   "posterior.tsv:2: values: ");
    CHECK_CONTAINS(refusal("posterior.tsv", "H0.0\tH0\t-2.00000;", "H0.0\tH0\t-2.00000;x;"),
                   "posterior.tsv:2: values: ");
    CHECK_CONTAINS(refusal("posterior.tsv", "H0.0\tH0\t-2.00000;", "H0.0\tH0\t"),
                   "numbers are wanted, not ");
}

/* The posterior in this repository was made from the tables of trials that stand beside it and with
 * the priors of this program; when this fails, run `make calibrate`. */
static void test_stored_posterior_fits_the_tables(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_posterior_record record;
    struct en_err err = {""};
    const struct en_knowledge *k = load_changed(NULL, &a);

    (void)state;
    if (en_posterior_read(k, &a, &record, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    for (size_t i = 0; i < record.posterior.condition_count; i++) {
        CHECK(en_row_find(k, "conditions", record.posterior.conditions[i]) != NULL);
    }
    en_arena_free(&a);
}

/* What wider priors gave is found by kind and name; what is unknown stays unknown. */
static void test_wide_values_come_back(void **state)
{
    struct en_arena a = EN_ARENA(512 << 20);
    struct en_buf text = EN_BUF(1 << 16);
    const struct en_wide_value values[] = {{"setting", "prior_width", 1.5, NAN, NAN},
                                           {"learned", "zmax", 1.25, 0.5, 2.5}};
    struct en_wide_value found;

    (void)state;
    en_wide_print(values, EN_COUNT(values), &text);
    const struct change change[] = {{"posterior_wide.tsv", NULL, en_buf_text(&text)}, {0}};
    const struct en_knowledge *k = load_changed(change, &a);

    CHECK(en_wide_find(k, "learned", "zmax", &found));
    CHECK_NEAR(found.value, 1.25, 0.0);
    CHECK_NEAR(found.high, 2.5, 0.0);
    CHECK(en_wide_find(k, "setting", "prior_width", &found) && isnan(found.low));
    CHECK(!en_wide_find(k, "learned", "kHd", &found));
    en_buf_free(&text);
    en_arena_free(&a);
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_posterior_comes_back_as_it_was),
        cmocka_unit_test(test_posterior_is_the_prior_when_none_is_stored),
        cmocka_unit_test(test_posterior_refuses_what_does_not_fit),
        cmocka_unit_test(test_stored_posterior_fits_the_tables),
        cmocka_unit_test(test_wide_values_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
