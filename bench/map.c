/* SPDX-License-Identifier: Apache-2.0 */
#include "map.h"

#include "forecast/map.h"
#include "forecast/simulate.h"
#include "task.h"

#include <math.h>
#include <stdio.h>

#ifdef EN_NLOPT
#include <nlopt.h>
#endif

enum { PEOPLE = 20, REPORTS = 8, PARTICLES = 512, SEED = 1, ROUNDS = 20 };

/* A person, with reports drawn from the model under one hypothesis. */
struct someone {
    struct en_cohort_person person;
    struct en_cohort_source source;
    struct en_followup followup;
};

/* What a fit took, over all people. */
struct fits {
    double seconds, least, most; /* CPU time: sum; of one */
    double rounds, runs;         /* iterations; runs of the engine: sums */
    double objective[PEOPLE];    /* reached */
};

/* --- people ----------------------------------------------------------------------------------- */

static const double DAYS[REPORTS] = {21, 42, 63, 91, 130, 182, 273, 364};

/* Three or four sessions; every fourth report is one of function. */
static struct en_followup followup_of(size_t i)
{
    struct en_followup f = {.today = 364.0, .rehabilitation = 1.0, .observation_count = REPORTS};

    f.given_count = 3 + i % 2;
    for (size_t s = 0; s < f.given_count; s++) {
        f.given[s] = (struct en_dose){21.0 * (double)s, 15.0, 0.55, 1.0};
    }
    for (size_t k = 0; k < REPORTS; k++) {
        f.observations[k] = (struct en_observation){
            DAYS[k], k % 4 == 3 ? EN_MEASURE_FUNCTION : EN_MEASURE_PAIN, 5.0, 1.0, 1.0};
    }
    return f;
}

/* Person i: drawn from the population, with reports in whole numbers. */
static struct someone draw(const struct en_posterior *posterior, size_t i, struct en_arena *a)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    struct someone x = {
        .person = {55.0, NAN, NAN, 0, 0, false},
        .source = {.posterior = posterior,
                   .hypothesis = i % EN_HYPOTHESES,
                   .condition = -1,
                   .population_nrs = NAN,
                   .count = PEOPLE,
                   .seed = SEED,
                   .threads = 1},
        .followup = followup_of(i),
    };
    struct en_cohort cohort;
    struct en_simulation said;
    struct en_err err = {0};

    must(en_cohort_from(&x.person, &x.source, a, &cohort, &err), &err);
    must(en_simulate(&cohort, &x.followup, SEED, 1, a, &said, &err), &err);
    x.person.baseline_nrs = cohort.baseline_nrs[i];
    x.person.baseline_function = cohort.baseline_function[i];
    for (size_t k = 0; k < REPORTS; k++) {
        x.followup.observations[k].value = round(said.value[k * cohort.patients.stride + i]);
    }
    en_arena_rewind(a, mark);
    return x;
}

static void count(struct fits *f, double seconds)
{
    f->seconds += seconds;
    f->least = f->least == 0.0 ? seconds : fmin(f->least, seconds);
    f->most = fmax(f->most, seconds);
}

static void print_fits(const char *name, const struct fits *f)
{
    (void)printf("%-12s %8.2f ms (%.2f .. %.2f), %5.1f iterations, %6.1f runs of the engine\n",
                 name, 1e3 * f->seconds / PEOPLE, 1e3 * f->least, 1e3 * f->most, f->rounds / PEOPLE,
                 f->runs / PEOPLE);
}

/* --- ours ------------------------------------------------------------------------------------- */

static struct fits fit(const struct someone *people, struct en_arena *a)
{
    struct fits f = {0};
    struct en_err err = {0};

    for (size_t i = 0; i < PEOPLE; i++) {
        const struct someone *x = &people[i];
        struct en_map map;
        double best = INFINITY;

        for (int round = 0; round < ROUNDS; round++) {
            const double start = cpu_s();

            must(en_map_find(&x->person, &x->source, &x->followup, a, &map, &err), &err);
            best = fmin(best, cpu_s() - start);
        }
        count(&f, best);
        f.rounds += map.iterations;
        f.runs += map.runs;
        f.objective[i] = map.objective;
        if (!map.is_converged) {
            (void)printf("person %zu: not converged\n", i);
        }
    }
    return f;
}

/* --- optimisers that see the objective alone -------------------------------------------------- */

#ifdef EN_NLOPT
struct question {
    const struct someone *person;
    struct en_arena *arena;
    double runs;
};

static double ask(unsigned count_unused, const double *z, double *gradient, void *context)
{
    struct question *q = context;
    const struct someone *x = q->person;
    struct en_err err = {0};
    double found;

    (void)count_unused;
    (void)gradient;
    must(en_map_objective(&x->person, &x->source, &x->followup, z, q->arena, &found, &err), &err);
    q->runs++;
    return fmin(found, 1e9);
}

/* From the average patient, a standard deviation as first step, as exact as ours. */
static double minimise(nlopt_algorithm algorithm, struct question *q)
{
    nlopt_opt o = nlopt_create(algorithm, EN_MAP_COUNT);
    double z[EN_MAP_COUNT] = {0}, found = NAN;

    nlopt_set_min_objective(o, ask, q);
    nlopt_set_lower_bounds1(o, -8.0);
    nlopt_set_upper_bounds1(o, 8.0);
    nlopt_set_initial_step1(o, 1.0);
    nlopt_set_xtol_abs1(o, 1e-3);
    nlopt_set_maxeval(o, 10000);
    (void)nlopt_optimize(o, z, &found);
    nlopt_destroy(o);
    return found;
}

static void print_other(const char *name, nlopt_algorithm algorithm, const struct someone *people,
                        const struct fits *ours, struct en_arena *a)
{
    struct fits f = {0};
    double worse = 0.0, better = 0.0;

    for (size_t i = 0; i < PEOPLE; i++) {
        struct question q = {.person = &people[i], .arena = a};
        const double start = cpu_s();

        f.objective[i] = minimise(algorithm, &q);
        count(&f, cpu_s() - start);
        f.runs += q.runs;
        f.rounds = f.runs;
        worse = fmax(worse, ours->objective[i] - f.objective[i]);
        better = fmax(better, f.objective[i] - ours->objective[i]);
    }
    print_fits(name, &f);
    (void)printf("%-12s ratio %.1f; objective: ours above by at most %.1e, below by %.1e\n", "",
                 f.seconds / ours->seconds, worse, better);
}

static void print_others(const struct someone *people, const struct fits *ours, struct en_arena *a)
{
    print_other("BOBYQA", NLOPT_LN_BOBYQA, people, ours, a);
    print_other("simplex", NLOPT_LN_NELDERMEAD, people, ours, a);
}
#else
static void print_others(const struct someone *people, const struct fits *ours, struct en_arena *a)
{
    (void)people;
    (void)ours;
    (void)a;
    (void)printf("no NLopt here: no other optimiser\n");
}
#endif

/* --- all of it -------------------------------------------------------------------------------- */

/* What was measured with other software, on one core of another machine and with another model (12
 * states, 6 numbers, 8 reports): no more than an order of magnitude. */
static const struct {
    const char *name;
    double least_s, most_s;
} ELSEWHERE[] = {{"mapbayr, newuoa", 0.42, 0.56}, {"mapbayr, L-BFGS-B", 1.5, 1.7}};

/* The mean particle of each hypothesis: what en_map_find makes of the posterior. */
static struct en_posterior mean_of(const struct en_posterior *p, struct en_arena *a)
{
    struct en_posterior out = *p;
    const size_t size = en_posterior_size(p->condition_count);

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        double *mean = EN_NEW(a, double, size);

        for (size_t i = 0; i < p->count[h] * size; i++) {
            mean[i % size] += p->particles[h][i];
        }
        for (size_t k = 0; k < size; k++) {
            mean[k] /= (double)p->count[h];
        }
        out.particles[h] = mean;
        out.count[h] = 1;
    }
    return out;
}

void map_print(struct en_arena *a)
{
    struct en_posterior posterior;
    struct en_err err = {0};
    struct someone people[PEOPLE];

    must(en_posterior_prior(PARTICLES, SEED, a, &posterior, &err), &err);
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = draw(&posterior, i, a);
    }
    (void)printf(
        "\nmost probable %d numbers, %d reports, a year, %d people (target <= 2 ms, aim 1; "
        "mapbayr >= 300, aim 800)\n",
        (int)EN_MAP_COUNT, REPORTS, PEOPLE);
    const struct fits ours = fit(people, a);
    /* The others need not average the particles each time. */
    const struct en_posterior mean = mean_of(&posterior, a);

    print_fits("ours", &ours);
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i].source.posterior = &mean;
    }
    print_others(people, &ours, a);
    for (size_t k = 0; k < EN_COUNT(ELSEWHERE); k++) {
        const double own = ours.seconds / PEOPLE;

        (void)printf("%-18s %.2f .. %.2f s, measured elsewhere (another machine and model): "
                     "ratio %.0f .. %.0f\n",
                     ELSEWHERE[k].name, ELSEWHERE[k].least_s, ELSEWHERE[k].most_s,
                     ELSEWHERE[k].least_s / own, ELSEWHERE[k].most_s / own);
    }
}
