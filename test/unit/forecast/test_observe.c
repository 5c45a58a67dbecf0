/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/observe.h"

#include "support/check.h"

#include <math.h>

enum { MOST = 8 };

/* Reports and the course behind them, ready for the likelihood. */
struct story {
    struct en_observation reports[MOST];
    size_t count;
    double pain[MOST], laxity[MOST];
    struct observe_course course;
};

static struct story story(void)
{
    return (struct story){
        .course =
            {
                .start = 0.6,
                .start_sd = 0.62,
                .baseline_nrs = 6.0,
                .baseline_function = 50.0,
                .per_pain = 5.0,
                .per_laxity = 20.0,
                .ratio = 1.2,
                .has_laxity = true,
            },
    };
}

static void add(struct story *s, double day, enum en_measure measure, double value, double pain)
{
    s->reports[s->count] = (struct en_observation){day, measure, value, 1.0, 1.0};
    s->pain[s->count] = pain;
    s->laxity[s->count++] = 0.9;
}

/* Arena of the test program. */
static struct en_arena arena = {.limit = 1 << 20};

static double likelihood(struct story *s, double *last)
{
    const struct en_arena_mark mark = en_arena_mark(&arena);
    struct observe o;

    CHECK(observe_make(s->reports, s->count, &arena, &o, NULL) == EN_OK);
    s->course.pain = s->pain;
    s->course.laxity = s->laxity;
    const double found = observe_likelihood(&o, &s->course, last);

    en_arena_rewind(&arena, mark);
    return found;
}

/* --- the same by brute force, written from the description ------------------------------------ */

static double normal(double x, double mean, double sd)
{
    const double z = (x - mean) / sd;

    return exp(-0.5 * z * z) / (sd * sqrt(2.0 * 3.14159265358979323846));
}

/* Chance that Student's t with 4 degrees of freedom is below x: Simpson's rule over the angle,
 * t = 2 tan(a), density 3/4 cos(a)^3. */
static double student_below(double x)
{
    enum { N = 200 };
    const double most = atan(x / 2.0), h = most / N;
    double sum = 1.0 + pow(cos(most), 3.0);

    for (int i = 1; i < N; i++) {
        sum += (i % 2 == 1 ? 4.0 : 2.0) * pow(cos(i * h), 3.0);
    }
    return 0.5 + 0.75 * sum * h / 3.0;
}

static double student(double value, double mean, double sd, double high)
{
    const double scale = sd / sqrt(2.0), t = (value - mean) / scale;

    if (value <= 0.0) {
        return student_below(t);
    }
    if (value >= high) {
        return 1.0 - student_below(t);
    }
    return 0.375 * pow(1.0 + t * t / 4.0, -2.5) / scale;
}

/* Chance of report i at a fluctuation. */
static double chance(const struct story *s, size_t i, double fluctuation)
{
    const struct en_observation *r = &s->reports[i];
    const struct observe_course *c = &s->course;
    const double pain = s->pain[i] + fluctuation;

    if (r->measure == EN_MEASURE_LAXITY) {
        return student(r->value, s->laxity[i], 0.15 * r->error, INFINITY);
    }
    if (r->measure == EN_MEASURE_PAIN) {
        return student(r->value, pain, EN_MODEL.nrs_error_sd * r->error, 10.0);
    }
    const double now = c->baseline_nrs + c->ratio * (fmin(fmax(pain, 0.0), 10.0) - c->baseline_nrs);
    const double usual = c->per_pain * c->baseline_nrs + c->per_laxity;
    const double score = c->baseline_function / usual *
                         (c->per_pain * now + c->per_laxity * (c->has_laxity ? s->laxity[i] : 1.0));

    return student(r->value, r->scale * score, EN_MODEL.function_error_sd * r->error, 100.0);
}

/* Integral over the fluctuation on up to two days (reports first .. second - 1 belong to the first
 * day), trapezoid rule on a fine grid, far beyond the nodes. */
static double brute_force(const struct story *s, size_t second)
{
    enum { N = 1200 };
    const double h = 14.0 / N, sd = EN_MODEL.ou_sd, tau = EN_MODEL.ou_tau;
    const double first_kept = exp(-s->reports[0].day / tau);
    const double first_sd = sqrt(first_kept * first_kept * s->course.start_sd * s->course.start_sd +
                                 sd * sd * (1.0 - first_kept * first_kept));
    static double later[N + 1];
    double sum = 0.0;

    for (int j = 0; j <= N; j++) {
        later[j] = 1.0;
        for (size_t i = second; i < s->count; i++) {
            later[j] *= chance(s, i, -7.0 + j * h);
        }
    }
    for (int i = 0; i <= N; i++) {
        const double x = -7.0 + i * h;
        double here = normal(x, first_kept * s->course.start, first_sd) * h;

        for (size_t k = 0; k < second; k++) {
            here *= chance(s, k, x);
        }
        if (second < s->count && here > 1e-12) {
            const double kept = exp(-(s->reports[second].day - s->reports[0].day) / tau);
            double inner = 0.0;

            for (int j = 0; j <= N; j++) {
                inner += normal(-7.0 + j * h, kept * x, sd * sqrt(1.0 - kept * kept)) * later[j];
            }
            here *= inner * h;
        }
        sum += here;
    }
    return log(sum);
}

/* --- tests ------------------------------------------------------------------------------------ */

/* The chain over the nodes is the integral over the path of the fluctuation: one and two days, pain
 * within and at the ends of its scale, several reports of a day. Beyond
 * the last nodes lie some 1e-6 of the fluctuation; a kernel narrower than the grid (days) and the
 * kink of held pain in the function score cost more. */
static void test_likelihood_is_the_integral_over_the_fluctuation(void **state)
{
    static const struct {
        double day[2], value[2], pain[2], tolerance;
        enum en_measure measure[2];
    } AT[] = {
        {{14, 14}, {5, 5}, {5.2, 5.2}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{14, 42}, {5, 3}, {5.2, 3.4}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{1, 2}, {7, 4}, {5.5, 5.5}, 2e-4, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{7, 8}, {7, 4}, {5.5, 5.5}, 2e-4, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{7, 14}, {0, 1}, {0.8, 0.8}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{90, 300}, {10, 9}, {8.8, 9.9}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_PAIN}},
        {{30, 30}, {4, 35}, {4.5, 4.5}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_FUNCTION}},
        {{30, 60}, {4, 35}, {4.5, 3.5}, 1e-5, {EN_MEASURE_PAIN, EN_MEASURE_FUNCTION}},
        {{30, 60}, {0, 0}, {0.5, 3.5}, 3e-3, {EN_MEASURE_FUNCTION, EN_MEASURE_FUNCTION}},
        {{30, 60}, {8, 100}, {9.5, 9.9}, 3e-3, {EN_MEASURE_FUNCTION, EN_MEASURE_FUNCTION}},
        {{30, 60}, {12, 14}, {0.2, 0.1}, 3e-3, {EN_MEASURE_FUNCTION, EN_MEASURE_FUNCTION}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof AT / sizeof AT[0]; i++) {
        struct story s = story();

        for (size_t k = 0; k < 2; k++) {
            add(&s, AT[i].day[k], AT[i].measure[k], AT[i].value[k], AT[i].pain[k]);
        }
        s.reports[1].error = 1.5;
        s.reports[1].scale = AT[i].measure[1] == EN_MEASURE_FUNCTION ? 0.9 : 1.0;
        CHECK_NEAR(likelihood(&s, NULL), brute_force(&s, AT[i].day[0] == AT[i].day[1] ? 2 : 1),
                   AT[i].tolerance);
    }
}

/* Scores of one day share the fluctuation: two that are both above what is expected are more
 * probable together than a report of each day by itself says; a report of laxity stands alone. */
static void test_scores_of_one_day_share_the_fluctuation(void **state)
{
    struct story pain = story(), function = story(), both = story(), laxity = story();

    (void)state;
    add(&pain, 200.0, EN_MEASURE_PAIN, 7.0, 5.0);
    add(&function, 200.0, EN_MEASURE_FUNCTION, 60.0, 5.0);
    add(&both, 200.0, EN_MEASURE_PAIN, 7.0, 5.0);
    add(&both, 200.0, EN_MEASURE_FUNCTION, 60.0, 5.0);
    CHECK(likelihood(&both, NULL) > likelihood(&pain, NULL) + likelihood(&function, NULL) + 0.2);
    add(&laxity, 200.0, EN_MEASURE_LAXITY, 0.8, 5.0);
    CHECK_NEAR(likelihood(&laxity, NULL), log(student(0.8, 0.9, 0.15, INFINITY)), 1e-12);
    add(&both, 200.0, EN_MEASURE_LAXITY, 0.8, 5.0);
    const double three = likelihood(&both, NULL);

    both.count--;
    CHECK_NEAR(three - likelihood(&both, NULL), likelihood(&laxity, NULL), 1e-12);
}

/* A score at the end of its scale means "there or beyond": a course that goes further beyond makes
 * it ever more probable, up to certainty, while any other score becomes improbable. */
static void test_scores_at_the_ends_mean_there_or_beyond(void **state)
{
    static const double END[] = {0.0, 10.0}, OUTWARDS[] = {-1.0, 1.0};
    double before = -INFINITY;

    (void)state;
    for (size_t e = 0; e < 2; e++) {
        for (int beyond = -3; beyond < 30; beyond++) {
            struct story s = story();

            add(&s, 90.0, EN_MEASURE_PAIN, END[e], END[e] + OUTWARDS[e] * beyond);
            const double now = likelihood(&s, NULL);

            CHECK(now < 0.0 && (beyond == -3 || now > before));
            before = now;
        }
        CHECK(before > -1e-4);
        struct story s = story();

        add(&s, 90.0, EN_MEASURE_PAIN, 5.0, END[e] + OUTWARDS[e] * 30.0);
        CHECK(likelihood(&s, NULL) < -10.0);
    }
}

static double mean_of(const double *last)
{
    double sum = 0.0;

    for (int k = 0; k < OBSERVE_NODES; k++) {
        sum += last[k] * (k - (OBSERVE_NODES - 1) / 2.0) * OBSERVE_STEP * EN_MODEL.ou_sd;
    }
    return sum;
}

static double variance_of(const double *last)
{
    double sum = 0.0;

    for (int k = 0; k < OBSERVE_NODES; k++) {
        const double x = (k - (OBSERVE_NODES - 1) / 2.0) * OBSERVE_STEP * EN_MODEL.ou_sd;

        sum += last[k] * (x - mean_of(last)) * (x - mean_of(last));
    }
    return sum;
}

/* A wild score says next to nothing: the fluctuation after it is nearly that without it, while a
 * normal error would move it by the wildness times the gain of about 0.4. The answer stays
 * finite. */
static void test_a_wild_score_moves_little(void **state)
{
    double without[OBSERVE_NODES], with[OBSERVE_NODES];
    struct story s = story();

    (void)state;
    add(&s, 30.0, EN_MEASURE_PAIN, 5.0, 5.0);
    (void)likelihood(&s, without);
    add(&s, 30.0, EN_MEASURE_PAIN, 1e6, -1e6);
    s.reports[1].value = 9.9;
    CHECK(isfinite(likelihood(&s, with)));
    CHECK_NEAR(mean_of(with), mean_of(without), 1e-5);
    s.pain[1] = 0.0;
    CHECK(isfinite(likelihood(&s, with)));
    CHECK_NEAR(mean_of(with), mean_of(without), 0.35);
}

/* With errors too large to teach anything the fluctuation moves as its process does: after a day
 * nearly what it was, after a year nothing is left of the start. Closed form: mean k x, variance
 * k^2 v + s^2 (1 - k^2). */
static void test_the_start_fades_as_the_process_does(void **state)
{
    static const double DAYS[][3] = {{1, 1, 1},    {1, 2, 3},     {0.01, 0.02, 0.03}, {7, 14, 35},
                                     {30, 31, 32}, {3, 300, 310}, {360, 400, 500}};
    static const double START_SD[] = {0.0, 0.05, 0.3, 0.62};

    (void)state;
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        for (size_t k = 0; k < 4; k++) {
            struct story s = story();
            double last[OBSERVE_NODES], sum = 0.0;
            const double kept = exp(-DAYS[i][2] / EN_MODEL.ou_tau), sd = EN_MODEL.ou_sd;
            const double step = OBSERVE_STEP * sd;

            s.course.start_sd = START_SD[k];
            for (size_t n = 0; n < 3; n++) {
                add(&s, DAYS[i][n], EN_MEASURE_PAIN, 5.0, 5.0);
                s.reports[n].error = 1e6;
            }
            (void)likelihood(&s, last);
            for (int n = 0; n < OBSERVE_NODES; n++) {
                CHECK(last[n] >= 0.0);
                sum += last[n];
            }
            CHECK_NEAR(sum, 1.0, 1e-12);
            CHECK_NEAR(mean_of(last), kept * s.course.start, 1e-4);
            /* What is narrower than the grid is spread over two nodes: at most a quarter of a step
             * squared. */
            CHECK_NEAR(variance_of(last),
                       kept * kept * START_SD[k] * START_SD[k] + sd * sd * (1.0 - kept * kept),
                       DAYS[i][0] < 1.0 && START_SD[k] < 0.1 ? 0.25 * step * step : 2e-4);
        }
    }
}

/* The fluctuation at a share of the distribution: rises with the share, and its values over even
 * shares have the distribution's mean and variance (a node's mass is spread over a step). */
static void test_fluctuation_rises_with_its_share(void **state)
{
    enum { N = 20000 };
    const double step = OBSERVE_STEP * EN_MODEL.ou_sd;
    struct story s = story();
    double last[OBSERVE_NODES], sum = 0.0, squares = 0.0, before = -INFINITY;

    (void)state;
    add(&s, 10.0, EN_MEASURE_PAIN, 6.0, 5.0);
    add(&s, 17.0, EN_MEASURE_PAIN, 5.5, 5.0);
    (void)likelihood(&s, last);
    for (int i = 0; i < N; i++) {
        const double x = observe_fluctuation(last, (i + 0.5) / N);

        CHECK(x > before);
        before = x;
        sum += x / N;
        squares += x * x / N;
    }
    CHECK_NEAR(sum, mean_of(last), 1e-4);
    CHECK_NEAR(squares - sum * sum, variance_of(last) + step * step / 12.0, 1e-4);
    CHECK(observe_fluctuation(last, 0.0) <= observe_fluctuation(last, 1e-9));
    CHECK(observe_fluctuation(last, 1.0) >= observe_fluctuation(last, 1.0 - 1e-9));
    CHECK(fabs(observe_fluctuation(last, 1.0)) <= 16.0 * step);
}

/* Whatever the course is, the answer is a number that can be compared; and the distribution one
 * that can be drawn from. No reports: likelihood 1, the start. */
static void test_no_course_gives_nan(void **state)
{
    static const double WRONG[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 1e60};
    double last[OBSERVE_NODES];

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        for (int measure = 0; measure < EN_MEASURE_COUNT; measure++) {
            struct story s = story();
            double sum = 0.0;

            add(&s, 10.0, (enum en_measure)measure, 0.8, WRONG[i]);
            s.laxity[0] = WRONG[i];
            const double found = likelihood(&s, last);

            CHECK(!isnan(found) && found < 10.0);
            CHECK(isfinite(found) || found == -INFINITY);
            for (int n = 0; n < OBSERVE_NODES; n++) {
                sum += last[n];
            }
            CHECK_NEAR(sum, 1.0, 1e-12);
        }
    }
    struct story s = story();

    CHECK(likelihood(&s, last) == 0.0);
    CHECK_NEAR(mean_of(last), s.course.start, 1e-4);
    CHECK_NEAR(variance_of(last), s.course.start_sd * s.course.start_sd, 1e-3);
}

/* Sixty-four scores of a diary: no underflow, and what is expected each day is more probable than
 * what is not. */
static void test_a_long_diary(void **state)
{
    struct en_observation reports[EN_OBSERVATIONS_MAX];
    double pain[EN_OBSERVATIONS_MAX], laxity[EN_OBSERVATIONS_MAX], found[2];
    struct observe_course c = story().course;
    struct observe o;

    (void)state;
    for (size_t i = 0; i < EN_OBSERVATIONS_MAX; i++) {
        reports[i] = (struct en_observation){1.0 + (double)i, EN_MEASURE_PAIN, 4.0, 1.0, 1.0};
    }
    CHECK(observe_make(reports, EN_OBSERVATIONS_MAX, &arena, &o, NULL) == EN_OK);
    c.pain = pain;
    c.laxity = laxity;
    for (size_t n = 0; n < 2; n++) {
        for (size_t i = 0; i < EN_OBSERVATIONS_MAX; i++) {
            pain[i] = 4.0 - 5000.0 * (double)n;
            laxity[i] = 1.0;
        }
        found[n] = observe_likelihood(&o, &c, NULL);
    }
    CHECK(isfinite(found[0]) && isfinite(found[1]) && found[1] < found[0] - 1000.0);
}

/* Too little memory is said, and nothing is left to read. */
static void test_no_room(void **state)
{
    struct en_arena small = {.limit = 64};
    struct story s = story();
    struct observe o;
    struct en_err err = {0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        add(&s, 10.0 + i * i, EN_MEASURE_PAIN, 5.0, 5.0);
    }
    CHECK(observe_make(s.reports, s.count, &small, &o, &err) == EN_ELIMIT);
    CHECK_CONTAINS(err.text, "4 observations");
    CHECK(o.count == 0);
    en_arena_free(&small);
}

TEST_MAIN(cmocka_unit_test(test_likelihood_is_the_integral_over_the_fluctuation),
          cmocka_unit_test(test_scores_of_one_day_share_the_fluctuation),
          cmocka_unit_test(test_scores_at_the_ends_mean_there_or_beyond),
          cmocka_unit_test(test_a_wild_score_moves_little),
          cmocka_unit_test(test_the_start_fades_as_the_process_does),
          cmocka_unit_test(test_fluctuation_rises_with_its_share),
          cmocka_unit_test(test_no_course_gives_nan), cmocka_unit_test(test_a_long_diary),
          cmocka_unit_test(test_no_room));
