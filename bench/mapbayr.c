/* SPDX-License-Identifier: Apache-2.0 */
#include "mapbayr.h"

#include "cohort/patient.h"
#include "cohort/people.h"
#include "forecast/map.h"
#include "forecast/simulate.h"
#include "num/random.h"
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PEOPLE = 8, N = EN_MAP_COUNT, SEED = 4, FOR_NUMBERS = 1, FOR_REPORTS = 2, H3 = 3 };
#define PEERS EN_SOURCE_ROOT "/build/peers"

static const double DAYS[] = {14, 28, 56, 84, 112, 180, 270, 360};
enum { REPORTS = EN_COUNT(DAYS) };

struct someone {
    struct en_cohort_person person;
    struct en_cohort_source source;
    struct en_followup followup;
    struct en_cohort cohort; /* of this person alone */
    double truth[N];         /* standard deviations */
    double expected[REPORTS];
    struct en_map found;
    double seconds;
};

/* What a method of mapbayr made of the same people. */
struct peer_fits {
    const char *method, *target;
    int calls;
    double point_s[PEOPLE], full_s[PEOPLE]; /* the point alone; with its standard deviations */
    double numbers[PEOPLE][N];
};

/* --- people ----------------------------------------------------------------------------------- */

/* Place of an effect's number among those that make a patient. */
static size_t effect_place(size_t parameter)
{
    size_t k = 0;

    while (k < EN_COHORT_EFFECT_COUNT && EN_COHORT_EFFECTS[k].parameter != parameter) {
        k++;
    }
    return PEOPLE_Z_EFFECTS + k;
}

/* The patient with these numbers; all others as on average. */
static void set_numbers(struct someone *x, const double *z)
{
    const size_t places[N] = {
        [EN_MAP_USUAL] = PEOPLE_Z_USUAL,
        [EN_MAP_RESPONSE] = PEOPLE_Z_RESPONSE,
        [EN_MAP_TIME] = effect_place(EN_P(tctx)),
        [EN_MAP_DESENSITISATION] = effect_place(EN_P(kHd)),
        [EN_MAP_RESENSITISATION] = effect_place(EN_P(kHu)),
        [EN_MAP_FLARE] = effect_place(EN_P(cD)),
        [EN_MAP_COVERAGE] = PEOPLE_Z_EFFECTS + EN_COHORT_EFFECT_COUNT,
    };
    struct en_err err = {0};
    bool valid = false;

    memset(x->cohort.numbers, 0, EN_COHORT_NUMBERS * sizeof *x->cohort.numbers);
    for (size_t k = 0; k < N; k++) {
        x->cohort.numbers[places[k]] = z[k];
    }
    must(en_cohort_remake(&x->person, &x->source, &x->cohort, &valid, &err), &err);
    if (!valid) {
        must(EN_ENUMERIC, &(struct en_err){.text = "no such person"});
    }
}

/* Three or four sessions, eight whole scores of pain in a year. */
static void make_person(struct someone *x, uint64_t index, struct en_arena *a)
{
    struct en_err err = {0};
    struct en_simulation said;

    *x = (struct someone){
        .person = {55.0, 5.0 + 0.25 * (double)index, 50.0, 0, 0, false},
        .source = {.hypothesis = H3,
                   .condition = -1,
                   .population_nrs = NAN,
                   .count = 1,
                   .seed = SEED,
                   .threads = 1,
                   .keeps_numbers = true},
        .followup = {.given_count = 3 + index % 2, .today = 365.0, .rehabilitation = 1.0},
    };
    for (size_t i = 0; i < x->followup.given_count; i++) {
        x->followup.given[i] = (struct en_dose){28.0 * (double)i, 15.0, 0.55, 1.0};
    }
    for (size_t i = 0; i < REPORTS; i++) {
        x->followup.observations[i] =
            (struct en_observation){DAYS[i], EN_MEASURE_PAIN, 5.0, 1.0, 1.0};
    }
    x->followup.observation_count = REPORTS;
    for (uint32_t k = 0; k < N; k++) {
        x->truth[k] = en_random_normal((struct en_random){SEED, index, FOR_NUMBERS, k});
    }
    must(en_cohort_make(&x->source, a, &x->cohort, &err), &err);
    set_numbers(x, x->truth);
    must(en_simulate(&x->cohort, &x->followup, SEED + index, 1, a, &said, &err), &err);
    for (size_t i = 0; i < REPORTS; i++) {
        const size_t at = i * x->cohort.patients.stride;

        x->expected[i] = said.expected[at];
        x->followup.observations[i].value = floor(said.value[at] + 0.5);
    }
}

/* Ours: the shortest of the runs in a tenth of a second. */
static void fit(struct someone *x, struct en_arena *a)
{
    const double begin = cpu_s();
    struct en_err err = {0};

    x->seconds = INFINITY;
    while (cpu_s() - begin < 0.1) {
        const double start = cpu_s();

        must(en_map_find(&x->person, &x->source, &x->followup, a, &x->found, &err), &err);
        x->seconds = fmin(x->seconds, cpu_s() - start);
    }
}

/* --- mapbayr ---------------------------------------------------------------------------------- */

static void put(FILE *f, size_t i, const char *kind, const char *name, double value)
{
    (void)fprintf(f, "%zu %s %s %.17g\n", i, kind, name, value);
}

/* Numbers that are the same for all: rows of the model, and of the effects between patients. */
static void put_model(FILE *f, size_t i)
{
#define EN_PARAMETER(symbol, ...)
#define EN_CONSTANT(symbol, ...) put(f, i, "parameter", #symbol, EN_MODEL.symbol);
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
    for (size_t k = 0; k < EN_COHORT_EFFECT_COUNT; k++) {
        const struct en_effect *e = &EN_COHORT_EFFECTS[k];
        const struct en_parameter_row *row = &EN_PARAMETERS[e->parameter];
        char name[64];

        (void)snprintf(name, sizeof name, "centre_%s", row->symbol);
        put(f, i, "parameter", name, EN_REVISED[e->parameter]);
        (void)snprintf(name, sizeof name, "spread_%s", row->symbol);
        put(f, i, "parameter", name, en_effect_spread(e));
        (void)snprintf(name, sizeof name, "high_%s", row->symbol);
        put(f, i, "parameter", name, row->high);
    }
}

static void put_reports(FILE *f, size_t i, const struct someone *x)
{
    char name[32];

    for (size_t k = 0; k < x->followup.given_count; k++) {
        put(f, i, "session", "day", x->followup.given[k].day);
    }
    for (size_t k = 0; k < REPORTS; k++) {
        (void)snprintf(name, sizeof name, "%g", DAYS[k]);
        put(f, i, "report", name, x->followup.observations[k].value);
        put(f, i, "expected", name, x->expected[k]);
    }
    for (size_t k = 0; k < N; k++) {
        put(f, i, "truth", "z", x->truth[k]);
    }
}

/* The average patient like this person, and what the person reported. */
static void put_person(FILE *f, size_t i, struct someone *x)
{
    static const double AVERAGE[N];
    const struct en_effects *e = &x->cohort.responses[0].effects;

    set_numbers(x, AVERAGE);
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        put(f, i, "parameter", EN_PARAMETERS[k].symbol, x->cohort.patients.parameter[k][0]);
    }
    put_model(f, i);
    put(f, i, "parameter", "usual", x->cohort.patients.parameter[EN_P(P0)][0]);
    put(f, i, "parameter", "usual_mean", en_population_usual_mean(EN_REVISED[EN_P(P0)]));
    put(f, i, "parameter", "baseline", x->person.baseline_nrs);
    put(f, i, "parameter", "percent", x->followup.given[0].dextrose_percent);
    put(f, i, "parameter", "coverage", x->followup.given[0].coverage);
    put(f, i, "parameter", "mechanical", e->wm);
    put(f, i, "parameter", "neural", e->wh);
    put(f, i, "parameter", "injection", e->injection);
    put(f, i, "parameter", "injection_half_d", e->injection_half_d);
    put(f, i, "parameter", "patient_sd", e->patient_sd);
    put_reports(f, i, x);
}

static bool read_fit(FILE *f, struct peer_fits *peers, size_t count)
{
    char method[16];
    size_t who, m = 0;
    double point_s, full_s;
    int calls;

    if (fscanf(f, "%15s %zu %lf %lf %d", method, &who, &point_s, &full_s, &calls) != 5 ||
        who >= PEOPLE) {
        return false;
    }
    while (m < count && strcmp(peers[m].method, method) != 0) {
        m++;
    }
    if (m == count) {
        return false;
    }
    peers[m].point_s[who] = point_s;
    peers[m].full_s[who] = full_s;
    peers[m].calls += calls;
    for (size_t k = 0; k < N; k++) {
        if (fscanf(f, "%lf", &peers[m].numbers[who][k]) != 1) {
            return false;
        }
    }
    return true;
}

/* Largest difference of expected pain [NRS]; NAN: the peer could not be run. */
static double run_peer(struct someone *people, struct peer_fits *peers, size_t count)
{
    char word[64], package[32], version[32];
    FILE *f = fopen(PEERS "/people", "w");
    double off = NAN;

    if (f == NULL) {
        return NAN;
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        put_person(f, i, &people[i]);
    }
    if (fclose(f) != 0) {
        return NAN;
    }
    f = popen("R_LIBS='" PEERS "/R' Rscript '" EN_SOURCE_ROOT "/bench/mapbayr.R' '" PEERS
              "/people' '" EN_SOURCE_ROOT "/src/heal/model.txt' '" PEERS "' 2>>'" PEERS "/log_r'",
              "r");
    bool is_good = f != NULL;

    while (is_good && fscanf(f, "%63s", word) == 1) {
        if (strcmp(word, "version") == 0) {
            is_good = fscanf(f, "%31s %31s", package, version) == 2;
            (void)printf("%s %s, ", package, version);
        } else if (strcmp(word, "off") == 0) {
            is_good = fscanf(f, "%lf", &off) == 1;
        } else {
            is_good = strcmp(word, "fit") == 0 && read_fit(f, peers, count);
        }
    }
    return f != NULL && pclose(f) == 0 && is_good ? off : NAN;
}

/* --- table ------------------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median; sorts. */
static double middle(double *values)
{
    qsort(values, PEOPLE, sizeof *values, ascending);
    return 0.5 * (values[(PEOPLE - 1) / 2] + values[PEOPLE / 2]);
}

static double print_ours(const struct someone *people)
{
    double seconds[PEOPLE];
    int runs = 0;

    for (size_t i = 0; i < PEOPLE; i++) {
        seconds[i] = people[i].seconds;
        runs += people[i].found.runs;
    }
    const double median = middle(seconds);

    (void)printf("%-18s %9s %9.2f %6d  %17s  <= 2, aim 1; %.2f to %.2f\n", "ours", "", 1e3 * median,
                 runs / PEOPLE, "", 1e3 * seconds[0], 1e3 * seconds[PEOPLE - 1]);
    return median;
}

static void print_fits(const struct someone *people, struct peer_fits *p, double ours)
{
    double apart = 0.0;

    for (size_t i = 0; i < PEOPLE; i++) {
        for (size_t k = 0; k < N; k++) {
            const double d = p->numbers[i][k] - people[i].found.z[k];

            apart += d * d / (PEOPLE * N);
        }
    }
    const double point = middle(p->point_s), full = middle(p->full_s);

    (void)printf("mapbayr %-10s %9.0f %9.0f %6d  %7.0f, %8.0f  %s%.2f SD from ours\n", p->method,
                 1e3 * point, 1e3 * full, p->calls / PEOPLE, point / ours, full / ours, p->target,
                 sqrt(apart));
}

void mapbayr_print(void)
{
    static struct someone people[PEOPLE];
    struct peer_fits peers[] = {
        {.method = "newuoa", .target = ">= 300, aim 800; "},
        {.method = "L-BFGS-B", .target = ""},
    };
    struct en_arena own = {.limit = (size_t)64 << 20};

    (void)printf("\none person: %d numbers, %d scores of pain in a year; medians of %d people\n", N,
                 REPORTS, PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        make_person(&people[i], i, &own);
        fit(&people[i], &own);
    }
    (void)printf("%-18s %9s %9s %6s  %17s  %s\n", "CPU ms, 1 core", "point", "with SDs", "runs",
                 "times ours", "target");
    const double ours = print_ours(people);
    const bool has_mapbayr = access(PEERS "/R/mapbayr/DESCRIPTION", R_OK) == 0;
    const double off = has_mapbayr ? run_peer(people, peers, EN_COUNT(peers)) : NAN;

    if (isfinite(off)) {
        (void)printf("expected pain within %.0e of ours\n", off);
        for (size_t k = 0; k < EN_COUNT(peers); k++) {
            print_fits(people, &peers[k], ours);
        }
    } else if (has_mapbayr) {
        (void)printf("mapbayr failed (build/peers/log_r)\n");
    } else {
        (void)printf("mapbayr not to be had here (tools/peers_r.sh); see map\n");
    }
    (void)printf("posologyr not to be had here: it needs rxode2\n");
    en_arena_free(&own);
}
