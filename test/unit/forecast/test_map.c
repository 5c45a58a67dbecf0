/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/map.h"

#include "cohort/patient.h"
#include "unit/forecast/fixture.h"

#include <math.h>

enum { N = EN_MAP_COUNT };

static struct en_arena arena = {.limit = 16 << 20};

/* --- people ----------------------------------------------------------------------------------- */

struct someone {
    size_t hypothesis;
    struct en_cohort_person person;
    struct en_cohort_source source;
    struct en_followup followup;
};

static struct someone make(size_t hypothesis, double baseline_nrs, int sessions)
{
    static struct en_posterior known;
    struct someone x = {
        .hypothesis = hypothesis,
        .person = {55.0, baseline_nrs, 50.0, 0, -1, false},
        .source = {.hypothesis = hypothesis, .condition = -1, .population_nrs = NAN},
        .followup = {.today = 365.0, .rehabilitation = 1.0},
    };

    known = prior();
    x.source.posterior = &known;
    for (int i = 0; i < sessions; i++) {
        x.followup.given[x.followup.given_count++] = (struct en_dose){28.0 * i, 15.0, 0.55, 1.0};
    }
    return x;
}

static void report(struct someone *x, double day, enum en_measure measure, double value)
{
    x->followup.observations[x->followup.observation_count++] =
        (struct en_observation){day, measure, value, 1.0, 1.0};
}

/* Eight scores of pain over a year. */
static struct someone follow(size_t hypothesis, double baseline, int sessions, const double *pain)
{
    static const double DAYS[] = {14, 28, 56, 84, 112, 180, 270, 360};
    struct someone x = make(hypothesis, baseline, sessions);

    for (size_t i = 0; i < 8; i++) {
        report(&x, DAYS[i], EN_MEASURE_PAIN, pain[i]);
    }
    return x;
}

/* Those who get well, do not, flare, get well late, relapse; one with an absurd score; one with
 * function and laxity, and one who had no injection. */
static struct someone someone(size_t index)
{
    static const double PAIN[][8] = {
        {5, 4, 3, 3, 2, 2, 2, 1}, {6, 7, 6, 6, 7, 6, 6, 7}, {9, 8, 6, 4, 4, 5, 4, 4},
        {6, 6, 6, 5, 4, 2, 1, 0}, {4, 3, 2, 2, 3, 5, 6, 6}, {5, 5, 4, 0, 4, 10, 4, 4},
        {5, 5, 4, 4, 5, 4, 5, 5},
    };
    static const size_t HYPOTHESIS[] = {2, 0, 1, 2, 3, 3, 0};
    struct someone x;

    if (index < 6) {
        return follow(HYPOTHESIS[index], 6.0 + 0.3 * (double)index, 3 + (int)index % 2,
                      PAIN[index]);
    }
    if (index == 6) {
        return follow(0, 5.5, 0, PAIN[6]);
    }
    x = make(3, 6.5, 3);
    report(&x, 28.0, EN_MEASURE_PAIN, 5.0);
    report(&x, 28.0, EN_MEASURE_FUNCTION, 42.0);
    report(&x, 56.0, EN_MEASURE_PAIN, 4.0);
    report(&x, 84.0, EN_MEASURE_FUNCTION, 30.0);
    report(&x, 84.0, EN_MEASURE_LAXITY, 0.9);
    report(&x, 168.0, EN_MEASURE_PAIN, 3.0);
    report(&x, 336.0, EN_MEASURE_FUNCTION, 25.0);
    report(&x, 336.0, EN_MEASURE_LAXITY, 0.8);
    return x;
}
enum { PEOPLE = 8 };

static struct en_map find(const struct someone *x)
{
    struct en_map m;

    CHECK(en_map_find(&x->person, &x->source, &x->followup, &arena, &m, NULL) == EN_OK);
    return m;
}

static double objective(const struct someone *x, const double *z)
{
    double found;

    CHECK(en_map_objective(&x->person, &x->source, &x->followup, z, &arena, &found, NULL) == EN_OK);
    return found;
}

/* --- an independent optimiser: the simplex of Nelder and Mead --------------------------------- */

struct corner {
    double z[N], value;
};

/* best + along (centre - worst) from the centre of all but the worst */
static struct corner move(const struct someone *x, const struct corner *simplex, double along)
{
    struct corner moved = {0};

    for (size_t k = 0; k < N; k++) {
        double centre = 0.0;

        for (size_t i = 0; i < N; i++) {
            centre += simplex[i].z[k] / N;
        }
        moved.z[k] = centre + along * (centre - simplex[N].z[k]);
    }
    moved.value = objective(x, moved.z);
    return moved;
}

static void sort(struct corner *simplex)
{
    for (size_t i = 1; i <= N; i++) {
        for (size_t k = i; k > 0 && simplex[k].value < simplex[k - 1].value; k--) {
            const struct corner c = simplex[k];

            simplex[k] = simplex[k - 1];
            simplex[k - 1] = c;
        }
    }
}

static void shrink(const struct someone *x, struct corner *simplex)
{
    for (size_t i = 1; i <= N; i++) {
        for (size_t k = 0; k < N; k++) {
            simplex[i].z[k] = 0.5 * (simplex[i].z[k] + simplex[0].z[k]);
        }
        simplex[i].value = objective(x, simplex[i].z);
    }
}

static void improve(const struct someone *x, struct corner *simplex)
{
    struct corner far, moved = move(x, simplex, 1.0);

    if (moved.value < simplex[0].value) {
        far = move(x, simplex, 2.0);
        simplex[N] = far.value < moved.value ? far : moved;
    } else if (moved.value < simplex[N - 1].value) {
        simplex[N] = moved;
    } else {
        far = move(x, simplex, moved.value < simplex[N].value ? 0.5 : -0.5);
        if (far.value < fmin(moved.value, simplex[N].value)) {
            simplex[N] = far;
        } else {
            shrink(x, simplex);
        }
    }
}

/* Several times anew from where it stopped. */
static struct corner minimum(const struct someone *x)
{
    struct corner simplex[N + 1] = {0};

    for (int restart = 0; restart < 4; restart++) {
        const double size = restart % 2 == 0 ? 1.0 : -0.3;

        for (size_t i = 0; i <= N; i++) {
            simplex[i] = simplex[0];
            if (i > 0) {
                simplex[i].z[i - 1] += size;
            }
            simplex[i].value = objective(x, simplex[i].z);
        }
        sort(simplex);
        for (int i = 0; i < 1500 && simplex[N].value - simplex[0].value > 1e-6; i++) {
            improve(x, simplex);
            sort(simplex);
        }
    }
    return simplex[0];
}

/* --- tests ------------------------------------------------------------------------------------ */

/* The point is a minimum of the objective: an optimiser that knows nothing but the objective comes
 * to the same value, and never to a lower one. Reports of all kinds of courses. */
static void test_an_independent_optimiser_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct someone x = someone(i);
        const struct en_map m = find(&x);
        const struct corner other = minimum(&x);

        CHECK(m.is_converged);
        CHECK(objective(&x, m.z) == m.objective);
        CHECK_NEAR(other.value, m.objective, 1e-3);
        CHECK(m.objective < other.value + 1e-4);
    }
}

/* The standard deviation that a number has by the objective's own curvature: second differences of
 * the objective, inverted by elimination. */
static void spread(const struct someone *x, const double *at, double *sd)
{
    enum { WIDE = 2 * N };
    const double h = 0.05, middle = objective(x, at);
    double m[N][WIDE] = {0}, z[N], up[N];

    memcpy(z, at, sizeof z);
    for (size_t i = 0; i < N; i++) {
        z[i] = at[i] - h;
        const double down = objective(x, z);

        z[i] = at[i] + h;
        up[i] = objective(x, z);
        m[i][i] = (up[i] - 2.0 * middle + down) / (h * h);
        for (size_t j = 0; j < i; j++) {
            z[j] = at[j] + h;
            m[i][j] = m[j][i] = (objective(x, z) - up[i] - up[j] + middle) / (h * h);
            z[j] = at[j];
        }
        z[i] = at[i];
        m[i][N + i] = 1.0;
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t row = 0; row < N; row++) {
            const double times = row == i ? 0.0 : m[row][i] / m[i][i];

            for (size_t k = 0; k < WIDE; k++) {
                m[row][k] -= times * m[i][k];
            }
        }
    }
    for (size_t i = 0; i < N; i++) {
        sd[i] = sqrt(m[i][N + i] / m[i][i]);
    }
}

/* Reports narrow what they say something of, and nothing else; the standard deviations are those of
 * the objective's curvature, but for how the course bends. Under H0 the tissue has no part in pain,
 * so nothing is learned of its rates. */
static void test_spreads_are_those_of_the_curvature(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct someone x = someone(i);
        const struct en_map m = find(&x);
        double sd[N];

        spread(&x, m.z, sd);
        for (size_t k = 0; k < N; k++) {
            CHECK_NEAR(m.sd[k], sd[k], 0.15);
        }
        CHECK(m.sd[EN_MAP_USUAL] < 0.95 && m.sd[EN_MAP_RESPONSE] < 0.95);
        if (x.hypothesis == 0) {
            CHECK_NEAR(m.sd[EN_MAP_DESENSITISATION], 1.0, 1e-9);
            CHECK_NEAR(m.z[EN_MAP_DESENSITISATION], 0.0, 1e-9);
        } else if (x.hypothesis == 2) {
            CHECK(m.sd[EN_MAP_DESENSITISATION] < 0.97);
        }
    }
}

/* Without reports the most probable person is the average one, and all is as uncertain as before:
 * also when sessions were given, and before anything has happened. */
static void test_without_reports_nothing_is_learned(void **state)
{
    const struct someone given = make(2, 6.0, 3);
    struct someone nothing = make(2, 6.0, 0);
    const double mean = en_population_usual_mean(en_population_defaults().baseline_nrs.mean);

    (void)state;
    nothing.followup = (struct en_followup){0};
    for (int n = 0; n < 2; n++) {
        const struct someone *x = n == 0 ? &given : &nothing;
        const struct en_map m = find(x);

        for (size_t k = 0; k < N; k++) {
            CHECK(m.z[k] == 0.0 && m.sd[k] == 1.0);
        }
        CHECK(m.is_converged && m.runs == 0 && m.objective == 0.0);
        CHECK_NEAR(m.value[EN_MAP_USUAL], en_patient_expected(mean, 6.0), 1e-12);
        CHECK(m.value[EN_MAP_RESPONSE] == 0.0);
        CHECK(m.value[EN_MAP_TIME] > 1.0 && m.value[EN_MAP_TIME] < 365.0);
        CHECK(n == 1 || m.value[EN_MAP_COVERAGE] == en_cohort_coverage_of(0.55, 0.0));
        CHECK(n == 0 || isnan(m.value[EN_MAP_COVERAGE]));
    }
    const double z[N] = {1.0, -2.0, 0.0, 0.0, 0.0, 0.0, 3.0};

    CHECK(objective(&given, z) == 7.0);
}

/* More pain than expected is a higher usual pain or a weaker response; less is the opposite. The
 * same person without any posterior is the same question, with the centres of the priors. */
static void test_reports_pull_in_their_direction(void **state)
{
    static const double MUCH[] = {8, 8, 8, 8, 8, 8, 8, 8}, LITTLE[] = {2, 2, 2, 1, 1, 1, 1, 1};

    (void)state;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (int n = 0; n < 2; n++) {
            struct someone much = follow(h, 6.0, 3, MUCH), little = follow(h, 6.0, 3, LITTLE);

            much.source.posterior = n == 0 ? much.source.posterior : NULL;
            little.source.posterior = much.source.posterior;
            const struct en_map more = find(&much), less = find(&little);

            CHECK(more.z[EN_MAP_USUAL] > 0.2 && more.z[EN_MAP_RESPONSE] < -0.5);
            CHECK(less.z[EN_MAP_USUAL] < -0.1 && less.z[EN_MAP_RESPONSE] > 0.5);
            CHECK(more.value[EN_MAP_USUAL] > less.value[EN_MAP_USUAL] + 0.2);
        }
    }
}

/* What cannot be is refused by name, before anything is computed; nothing is kept of it, and the
 * arena is as before. */
static void test_bad_input_is_named(void **state)
{
    struct someone x = someone(0);
    const size_t used = arena.used;
    struct en_map m = {.iterations = 5};
    struct en_err err = {0};
    double found;
    const double z[N] = {0};

    (void)state;
    x.followup.observations[3].value = NAN;
    CHECK(en_map_find(&x.person, &x.source, &x.followup, &arena, &m, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "followup.observations[3].value");
    CHECK(m.iterations == 0 && m.sd[0] == 0.0);
    CHECK(en_map_objective(&x.person, &x.source, &x.followup, z, &arena, &found, &err) ==
          EN_EINVAL);
    x = someone(0);
    x.followup.given[1].day = 400.0;
    CHECK(en_map_find(&x.person, &x.source, &x.followup, &arena, &m, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "followup.given[1].day");
    x = someone(0);
    m = find(&x);
    CHECK(arena.used == used);
    struct en_arena small = {.limit = 4096};

    CHECK(en_map_find(&x.person, &x.source, &x.followup, &small, &m, &err) == EN_ELIMIT);
    CHECK(small.used == 0 && m.runs == 0);
    en_arena_free(&small);
}

/* Far from all people the objective is still a number to compare: INFINITY where there is none. */
static void test_far_points_are_numbers(void **state)
{
    const struct someone x = someone(0);

    (void)state;
    for (size_t k = 0; k < N; k++) {
        for (int far = -30; far <= 30; far += 15) {
            double z[N] = {0};

            z[k] = far;
            CHECK(objective(&x, z) >= objective(&x, find(&x).z));
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_an_independent_optimiser_agrees),
          cmocka_unit_test(test_spreads_are_those_of_the_curvature),
          cmocka_unit_test(test_without_reports_nothing_is_learned),
          cmocka_unit_test(test_reports_pull_in_their_direction),
          cmocka_unit_test(test_bad_input_is_named), cmocka_unit_test(test_far_points_are_numbers));
