/* SPDX-License-Identifier: Apache-2.0
 * The model as it is used: quasi-steady, in lanes. */
#include "reference.h"

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"
#include "num/random.h"

static const enum en_output ALL[] = {
    EN_OUTPUT_NRS,    EN_OUTPUT_FUNCTION,      EN_OUTPUT_STIFFNESS,    EN_OUTPUT_STRENGTH,
    EN_OUTPUT_LAXITY, EN_OUTPUT_AREA,          EN_OUTPUT_ROM,          EN_OUTPUT_FLARE,
    EN_OUTPUT_STRAIN, EN_OUTPUT_SENSITISATION, EN_OUTPUT_LAXITY_RATIO,
};
static const double DAYS[] = {7, 8, 10, 35, 63, 84, 182, 364};

static struct en_session SESSIONS[] = {
    {7, 15, 0, 0.55, 1}, {35, 15, 0, 0.55, 1}, {63, 15, 0, 0.55, 1}, {91, 15, 0, 0.55, 1}};

static struct en_schedule usual(void)
{
    return (struct en_schedule){.sessions = SESSIONS, .session_count = 4, .context = 1.0};
}

static const struct en_request REQUEST = {DAYS, EN_COUNT(DAYS), ALL, EN_COUNT(ALL)};

/* Values of one run of a whole batch, shape [output][day][stride]. */
static double *run(const struct en_schedule *s, const struct en_batch *b,
                   const struct en_request *q, struct en_arena *a)
{
    double *values = EN_NEW(a, double, q->output_count * q->day_count * b->stride);
    struct en_err err = {0};

    if (en_heal_run(s, b, 0, b->count, q, values, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return values;
}

static double lognormal(double mean, double cv, uint64_t member, uint32_t purpose)
{
    const double s = sqrt(log(1.0 + cv * cv));

    return mean *
           exp(s * en_random_normal((struct en_random){11, member, purpose, 0}) - 0.5 * s * s);
}

/* The 30 rates that the specification's stability check varies. */
static const size_t RATES[] = {
    EN_P(kd),  EN_P(ke), EN_P(cD),   EN_P(cN),  EN_P(cM),  EN_P(rN),  EN_P(dN),   EN_P(rM),
    EN_P(k12), EN_P(d1), EN_P(d2),   EN_P(kG1), EN_P(kG2), EN_P(dG),  EN_P(rhoF), EN_P(muF),
    EN_P(dF),  EN_P(aV), EN_P(dV),   EN_P(k31), EN_P(d3),  EN_P(kx),  EN_P(d1c),  EN_P(s3),
    EN_P(s1),  EN_P(eM), EN_P(kphi), EN_P(kZ),  EN_P(kHd), EN_P(kHu),
};

/* Patient i with all rates drawn at a given spread. */
static struct en_parameters random_patient(uint64_t i, double cv)
{
    struct en_parameters p = nominal();

    for (uint32_t k = 0; k < EN_COUNT(RATES); k++) {
        double *rate = (double *)&p + RATES[k];

        *rate = lognormal(*rate, cv, i, k);
    }
    return p;
}

/* Ten years without injection: nothing moves, to the last bits (the balances are analytic). */
static void test_nothing_happens_without_injection(void **state)
{
    static const double YEARS[] = {0, 365, 3650};
    static const enum en_output OUTPUTS[] = {EN_OUTPUT_NRS,
                                             EN_OUTPUT_STIFFNESS,
                                             EN_OUTPUT_STATE + EN_STATE_Cm,
                                             EN_OUTPUT_STATE + EN_STATE_Phi,
                                             EN_OUTPUT_STATE + EN_STATE_S,
                                             EN_OUTPUT_ROM};
    const struct en_request q = {YEARS, 3, OUTPUTS, EN_COUNT(OUTPUTS)};
    const struct en_schedule none = {.context = 0.0};
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;
    size_t tested = 0;

    (void)state;
    CHECK(en_batch_init(&b, &a, 64, NULL) == EN_OK);
    for (size_t i = 1; i < b.count; i++) {
        const struct en_parameters p = random_patient(i, 0.3);

        put(&b, i, &p);
    }
    const double *v = run(&none, &b, &q, &a);

    for (size_t i = 0; i < b.count; i++) {
        if (en_heal_broken(&b, i) != NULL) {
            continue;
        }
        tested++;
        for (size_t o = 0; o < q.output_count; o++) {
            const double *course = v + o * 3 * b.stride + i;

            CHECK_NEAR(course[b.stride], course[0], 1e-11 * (1.0 + fabs(course[0])));
            CHECK_NEAR(course[2 * b.stride], course[0], 1e-11 * (1.0 + fabs(course[0])));
        }
    }
    CHECK(tested > 30);
    CHECK_NEAR(v[0], 5.5, 1e-12);
    en_arena_free(&a);
}

/* 2,000 random sets (30 rates, CV 0.7), one severe session: no negative state, nothing unbounded,
 * and inflammation is over at 400 d, or falling at the rate of slow M2 (d2 down to 0.014), in every
 * set that satisfies the sampling constraints. The share
 * with a loop gain of 1 or more was 323 of 2,000 in the specification: 16 +- 2.5 %. */
static void test_states_never_turn_negative(void **state)
{
    enum { N = 2000, STATES = EN_STATE_COUNT };
    static const double TIMES[] = {0.2, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 150, 400};
    enum { TIME_COUNT = EN_COUNT(TIMES) };
    static const struct en_session SEVERE[] = {{0, 25, 0, 1, 3}};
    const struct en_schedule s = {.sessions = SEVERE, .session_count = 1};
    enum en_output outputs[STATES];
    const struct en_request q = {TIMES, TIME_COUNT, outputs, STATES};
    struct en_arena a = EN_ARENA(64 << 20);
    size_t self_sustained = 0, tested = 0;
    struct en_batch b;

    (void)state;
    for (size_t k = 0; k < STATES; k++) {
        outputs[k] = (enum en_output)(EN_OUTPUT_STATE + k);
    }
    for (size_t i = 0; i < N; i++) {
        const struct en_parameters p = random_patient(i, 0.7);
        const struct en_arena_mark mark = en_arena_mark(&a);

        self_sustained += p.cN * p.rN / p.dN + p.cM * p.rM / (p.k12 + p.d1) >= 1.0;
        CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
        put(&b, 0, &p);
        const char *broken = en_heal_broken(&b, 0);

        if (broken == NULL) {
            const double *v = run(&s, &b, &q, &a);

            tested++;
            for (size_t k = 0; k < (size_t)STATES * TIME_COUNT; k++) {
                CHECK(v[k * b.stride] >= -1e-12 && v[k * b.stride] < 1e6);
            }
            for (size_t k = EN_STATE_D; k <= EN_STATE_M2; k++) {
                const double *late = v + (k * TIME_COUNT + TIME_COUNT - 2) * b.stride;

                CHECK(late[b.stride] < 1e-3 || late[b.stride] < 0.1 * late[0]);
            }
        }
        en_arena_rewind(&a, mark);
    }
    CHECK_NEAR((double)self_sustained / N, 323.0 / 2000.0, 0.025);
    CHECK(tested > 500);
    en_arena_free(&a);
}

/* A hundredth of the tolerance leaves less than a tenth of the error: the step control does what is
 * asked of it. Half of the patients have rates at twice the usual spread. */
static void test_error_follows_the_tolerance(void **state)
{
    enum { N = 64, LEVELS = 4 };
    static const double TOLERANCES[LEVELS] = {1e-9, 1e-3, 1e-5, 1e-7};
    struct en_schedule s = usual();
    struct en_arena a = EN_ARENA(16 << 20);
    double worst[LEVELS] = {0};
    const double *truth = NULL;
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, N, NULL) == EN_OK);
    for (size_t i = 0; i < N; i++) {
        const struct en_parameters p = random_patient(i, i % 2 == 0 ? 0.3 : 0.6);

        put(&b, i, &p);
    }
    for (size_t k = 0; k < LEVELS; k++) {
        s.tolerance = TOLERANCES[k];
        const double *v = run(&s, &b, &REQUEST, &a);

        truth = k == 0 ? v : truth;
        for (size_t row = 0; row < EN_COUNT(ALL) * EN_COUNT(DAYS); row++) {
            for (size_t i = 0; i < N; i++) {
                const double x = truth[row * b.stride + i];

                worst[k] = fmax(worst[k], fabs(v[row * b.stride + i] - x) / (1.0 + fabs(x)));
            }
        }
    }
    CHECK(worst[1] < 1e-2 && worst[2] < worst[1] / 10.0 && worst[3] < worst[2] / 10.0);
    en_arena_free(&a);
}

/* The quasi-steady model is what is defined; the full system lags it by the two hours of the
 * mediators: 0.21 function points and 1.3 % of stiffness at week 52 (specification, section 9). */
static void test_quasi_steady_differs_from_full_as_documented(void **state)
{
    const struct full_course c = {.p = nominal(),
                                  .percent = 15,
                                  .coverage = 0.55,
                                  .needle = 1,
                                  .first_day = 7,
                                  .interval = 28,
                                  .sessions = 4,
                                  .m = 1,
                                  .context = 1};
    const struct en_schedule s = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;
    double full[EN_COUNT(DAYS)][EN_COUNT(ALL)];

    (void)state;
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    const double *v = run(&s, &b, &REQUEST, &a);

    full_run(&c, DAYS, EN_COUNT(DAYS), ALL, EN_COUNT(ALL), &full[0][0]);
    const size_t last = EN_COUNT(DAYS) - 1;
    const double function = v[(1 * EN_COUNT(DAYS) + last) * b.stride];
    const double stiffness = v[(2 * EN_COUNT(DAYS) + last) * b.stride];

    CHECK_NEAR(full[last][1] - function, -0.209, 2e-3);
    CHECK_NEAR(full[last][2] / stiffness - 1.0, 0.0131, 2e-4);
    en_arena_free(&a);
}

/* An NSAID in the first week costs about half of the gain of stiffness, in the second little
 * (Connizzo 2014: 47 %, not significant); for a session that did not take place nothing. */
static void test_nsaid_early_costs_more_than_late(void **state)
{
    static const double DAY[] = {364};
    static const enum en_output OUTPUT[] = {EN_OUTPUT_STIFFNESS};
    const struct en_request q = {DAY, 1, OUTPUT, 1};
    struct en_schedule early = usual(), late = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    early.nsaid_days = late.nsaid_days = 7.0;
    late.nsaid_from_d = 8.0;
    CHECK(en_batch_init(&b, &a, 2, NULL) == EN_OK); /* patient 0 takes it, 1 does not */
    b.parameter[EN_P(nsaid)][0] = 1.0;
    const double before = 100.0 * b.balance[5][0];
    const double *e = run(&early, &b, &q, &a), *l = run(&late, &b, &q, &a);

    CHECK_NEAR((e[0] - before) / (e[1] - before), 0.54, 0.02);
    CHECK_NEAR((l[0] - before) / (l[1] - before), 0.93, 0.01);
    double *given = EN_NEW(&a, double, 4 * b.stride);

    early.given = given;
    const double *masked = run(&early, &b, &q, &a);

    CHECK_NEAR(masked[0], before, 1e-9);
    en_arena_free(&a);
}

/* A masked session is the same as a schedule without it, to the last bit; coverage by patient
 * overrides that of the session. */
static void test_sessions_can_differ_by_patient(void **state)
{
    struct en_schedule s = usual(), first_two = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 3, NULL) == EN_OK);
    double *given = EN_NEW(&a, double, 4 * b.stride), *coverage = EN_NEW(&a, double, 4 * b.stride);

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < b.stride; i++) {
            given[k * b.stride + i] = i != 1 || k < 2 ? 1.0 : 0.0;
            coverage[k * b.stride + i] = i == 2 ? 0.9 : 0.55;
        }
    }
    first_two.session_count = 2;
    const double *both = run(&first_two, &b, &REQUEST, &a);

    s.given = given;
    s.coverage = coverage;
    const double *v = run(&s, &b, &REQUEST, &a);

    for (size_t row = 0; row < EN_COUNT(ALL) * EN_COUNT(DAYS); row++) {
        CHECK(v[row * b.stride + 1] == both[row * b.stride]);
    }
    s.given = NULL;
    s.coverage = NULL;
    const double *same = run(&s, &b, &REQUEST, &a);
    const size_t end = (2 * EN_COUNT(DAYS) + EN_COUNT(DAYS) - 1) * b.stride; /* stiffness, wk 52 */

    CHECK(v[end] == same[end] && v[end + 2] > v[end] && v[end + 1] < v[end]);
    en_arena_free(&a);
}

/* Run the usual year in pieces that end on the days `stops`, states handed on. */
static void run_pieces(struct en_schedule s, const struct en_batch *b, const double *stops,
                       size_t stop_count, double *last)
{
    struct en_arena a = EN_ARENA(8 << 20);

    s.state = EN_NEW(&a, double, EN_STATE_COUNT * b->stride);
    for (size_t k = 0; k < stop_count; k++) {
        const struct en_request q = {stops + k, 1, ALL, EN_COUNT(ALL)};

        s.from_day = k > 0 ? stops[k - 1] : 0.0;
        const double *v = run(&s, b, &q, &a);

        memcpy(last, v, EN_COUNT(ALL) * b->stride * sizeof *last);
    }
    en_arena_free(&a);
}

/* A run in three pieces is the run in one piece: sessions that one patient does not get, a drug
 * window and a change of load that reach over the borders, a border on the day of a session (still
 * to come) and one a day after. Only the steps differ. */
static void test_runs_can_be_resumed(void **state)
{
    static const double STOPS[] = {35, 64, 364}, INSIDE[] = {10, 38.5, 100.25, 364};
    static const struct en_change CHANGES[] = {{0, 1.2, 1.0}, {20, 1.3, 1.1}, {64, 1.0, 1.0}};
    static const struct en_request END = {STOPS + 2, 1, ALL, EN_COUNT(ALL)};
    struct en_schedule s = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    s.changes = CHANGES;
    s.change_count = EN_COUNT(CHANGES);
    s.nsaid_days = 5.0;
    s.nsaid_from_d = 0.5;
    CHECK(en_batch_init(&b, &a, 4, NULL) == EN_OK);
    double *given = EN_NEW(&a, double, 4 * b.stride), *last = EN_NEW(&a, double, 11 * b.stride);

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < b.stride; i++) {
            given[k * b.stride + i] = i == 1 && k == 1 ? 0.0 : 1.0;
            b.parameter[EN_P(nsaid)][i] = i == 3 ? 0.0 : 1.0;
        }
    }
    s.given = given;
    CHECK(EN_COUNT(ALL) == 11 && en_heal_balance(&b, 0, b.stride, NULL) == EN_OK);
    const double *whole = run(&s, &b, &END, &a);

    run_pieces(s, &b, STOPS, EN_COUNT(STOPS), last);
    for (size_t row = 0; row < 11 * b.stride; row++) {
        CHECK_NEAR(last[row], whole[row], 2e-5 * (1.0 + fabs(whole[row])));
    }
    run_pieces(s, &b, INSIDE, EN_COUNT(INSIDE), last);
    for (size_t row = 0; row < 11 * b.stride; row++) {
        CHECK_NEAR(last[row], whole[row], 2e-5 * (1.0 + fabs(whole[row])));
    }
    en_arena_free(&a);
}

/* What a mask decides at a visit is what it would have been from the start: sessions to come. */
static void test_sessions_to_come_are_decided_at_a_visit(void **state)
{
    static const double VISIT[] = {40}, END[] = {364};
    static const struct en_request AT_VISIT = {VISIT, 1, ALL, 1}, AT_END = {END, 1, ALL, 1};
    struct en_schedule s = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 2, NULL) == EN_OK);
    double *given = EN_NEW(&a, double, 4 * b.stride);

    for (size_t k = 0; k < 4 * b.stride; k++) {
        given[k] = 1.0;
    }
    s.given = given;
    s.state = EN_NEW(&a, double, EN_STATE_COUNT *b.stride);
    (void)run(&s, &b, &AT_VISIT, &a);
    given[2 * b.stride] = given[3 * b.stride] = 0.0; /* patient 0 stops */
    s.from_day = VISIT[0];
    const double *stopped = run(&s, &b, &AT_END, &a);

    s.state = NULL;
    s.from_day = 0.0;
    const double *whole = run(&s, &b, &AT_END, &a);

    CHECK_NEAR(stopped[0], whole[0], 1e-5);
    CHECK_NEAR(stopped[1], whole[1], 1e-5);
    CHECK(stopped[0] > stopped[1] + 0.1);
    en_arena_free(&a);
}

/* Each patient has its own days: as if the schedule had been made for it. The bytes of the others
 * are those of the common days. */
static void test_sessions_have_days_of_their_own(void **state)
{
    struct en_schedule s = usual(), own = usual();
    struct en_session moved[] = {SESSIONS[0], SESSIONS[1], SESSIONS[2], SESSIONS[3]};
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 2, NULL) == EN_OK);
    double *day = EN_NEW(&a, double, 4 * b.stride);

    for (size_t k = 0; k < 4; k++) {
        moved[k].day += 3.5;
        for (size_t i = 0; i < b.stride; i++) {
            day[k * b.stride + i] = i == 1 ? moved[k].day : SESSIONS[k].day;
        }
    }
    const double *usual_days = run(&s, &b, &REQUEST, &a);

    s.day = day;
    own.sessions = moved;
    const double *mixed = run(&s, &b, &REQUEST, &a), *all_moved = run(&own, &b, &REQUEST, &a);

    for (size_t row = 0; row < EN_COUNT(ALL) * EN_COUNT(DAYS); row++) {
        CHECK(mixed[row * b.stride] == usual_days[row * b.stride]);
        CHECK(mixed[row * b.stride + 1] == all_moved[row * b.stride + 1]);
    }
    en_arena_free(&a);
}

/* Load and stimulus act from their day on; the record of that day is still the old state. */
static void test_changes_of_load(void **state)
{
    static const double TIMES[] = {10, 10.5, 300};
    static const struct en_change CHANGES[] = {{10, 1.3, 1.2}, {11, 1.3, 1.0}};
    static const enum en_output OUTPUTS[] = {EN_OUTPUT_STRAIN, EN_OUTPUT_STATE + EN_STATE_Phi};
    const struct en_request q = {TIMES, 3, OUTPUTS, 2};
    const struct en_schedule s = {.changes = CHANGES, .change_count = 2};
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    const double *v = run(&s, &b, &q, &a);

    CHECK_NEAR(v[0], 1.0, 1e-12);
    CHECK_NEAR(v[b.stride], 1.2, 1e-2);
    CHECK_NEAR(v[2 * b.stride], 1.0, 1e-2);
    CHECK(v[(3 + 2) * b.stride] > v[3 * b.stride]); /* the best stimulus aligns */
    en_arena_free(&a);
}

struct parts {
    const struct en_schedule *s;
    const struct en_batch *b;
    const struct en_request *q;
    double *values;
};

static void run_part(void *context, size_t index, int worker)
{
    const struct parts *x = context;
    const size_t first = index * EN_BATCH_PART;
    const size_t left = x->b->count - first;

    (void)worker;
    CHECK(en_heal_run(x->s, x->b, first, left < EN_BATCH_PART ? left : EN_BATCH_PART, x->q,
                      x->values, NULL) == EN_OK);
}

/* Hash of a year in three pieces, on some threads: 0 runs the batch as a whole. */
static uint64_t hash_of(struct en_schedule s, const struct en_batch *b, int threads)
{
    static const size_t PIECES[] = {0, 4, 6, EN_COUNT(DAYS)};
    struct en_arena a = EN_ARENA(4 << 20);
    uint64_t hash = EN_HASH_START;

    s.state = EN_NEW(&a, double, EN_STATE_COUNT * b->stride);
    for (size_t k = 0; k + 1 < EN_COUNT(PIECES); k++) {
        const struct en_request q = {DAYS + PIECES[k], PIECES[k + 1] - PIECES[k], ALL,
                                     EN_COUNT(ALL)};
        double *values = EN_NEW(&a, double, q.output_count *q.day_count * b->stride);
        struct parts x = {&s, b, &q, values};

        s.from_day = k > 0 ? DAYS[PIECES[k] - 1] : 0.0;
        if (threads == 0) {
            CHECK(en_heal_run(&s, b, 0, b->count, &q, values, NULL) == EN_OK);
        } else {
            en_pool_run(threads, (b->count + EN_BATCH_PART - 1) / EN_BATCH_PART, run_part, &x);
        }
        for (size_t row = 0; row < q.output_count * q.day_count; row++) {
            hash = en_hash(hash, values + row * b->stride, b->count * sizeof *values);
        }
    }
    en_arena_free(&a);
    return hash;
}

/* 61 different patients with own days and masks of sessions and NSAID windows, the year in three
 * pieces: the same bytes on every instruction set this processor has (where it has no fused
 * multiply-add, the C library makes them), on 1, 2 and 8 threads and in any parts, in either
 * precision; and those of the golden hashes. When a change of the equations or of the steps makes
 * new ones, the commit says why. */
static void test_bytes_do_not_depend_on_width_or_threads(void **state)
{
    static const uint64_t GOLDEN[] = {UINT64_C(0x24ab21373a819659), UINT64_C(0x520da07ee8e347af)};
    struct en_schedule s = usual();
    struct en_arena a = EN_ARENA(32 << 20);
    struct en_batch b;

    (void)state;
    s.nsaid_days = 7.0;
    CHECK(en_batch_init(&b, &a, 61, NULL) == EN_OK);
    double *day = EN_NEW(&a, double, 4 * b.stride), *given = EN_NEW(&a, double, 4 * b.stride);

    /* Only exact arithmetic here: the patients themselves must not depend on the C library. */
    for (size_t i = 0; i < b.count; i++) {
        struct en_parameters p = nominal();

        for (uint32_t k = 0; i > 0 && k < EN_COUNT(RATES); k++) {
            ((double *)&p)[RATES[k]] *=
                0.75 + 0.5 * en_random_uniform((struct en_random){5, i, k, 0});
        }
        p.nsaid = i % 2 == 0 ? 1.0 : 0.0;
        put(&b, i, &p);
        for (size_t k = 0; k < 4; k++) {
            day[k * b.stride + i] = SESSIONS[k].day + 0.25 * (double)(i % 5);
            given[k * b.stride + i] = (i + k) % 7 == 0 ? 0.0 : 1.0;
        }
    }
    s.day = day;
    s.given = given;
    for (size_t single = 0; single < 2; single++) {
        s.precision = single ? EN_SINGLE : EN_DOUBLE;
        for (enum en_isa isa = EN_ISA_BEST; isa < EN_ISA_COUNT; isa++) {
            s.isa = isa;
            const uint64_t hash = en_isa_works(isa) ? hash_of(s, &b, 0) : GOLDEN[single];

            if (hash != GOLDEN[single]) {
                print_error("%d lanes: 0x%016llx\n", en_isa_lanes(isa), (unsigned long long)hash);
            }
            CHECK(hash == GOLDEN[single]);
        }
        s.isa = EN_ISA_BEST;
        CHECK(hash_of(s, &b, 1) == GOLDEN[single] && hash_of(s, &b, 2) == GOLDEN[single]);
        CHECK(hash_of(s, &b, 8) == GOLDEN[single]);
    }
    en_arena_free(&a);
}

/* Each refusal names its field; nothing to compute is refused, not answered with nothing. */
static void check_refused(const struct en_schedule *s, const struct en_batch *b, size_t count,
                          const struct en_request *q, const char *field)
{
    double values[EN_COUNT(ALL) * EN_COUNT(DAYS) * 8];
    struct en_err err = {0};

    CHECK(en_heal_run(s, b, 0, count, q, values, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, field);
}

static void test_invalid_sessions_are_refused(void **state)
{
    static const struct {
        struct en_session session;
        const char *field;
    } WRONG[] = {
        {{-1, 15, 0, 0.5, 1}, "day"},
        {{NAN, 15, 0, 0.5, 1}, "day"},
        {{7, 100.1, 0, 0.5, 1}, "dextrose_percent"},
        {{7, NAN, 0, 0.5, 1}, "dextrose_percent"},
        {{7, 15, -0.1, 0.5, 1}, "lidocaine_percent"},
        {{7, 15, 0, 1.01, 1}, "coverage"},
        {{7, 15, 0, 0.5, NAN}, "needle"},
    };
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        const struct en_schedule s = {.sessions = &WRONG[i].session, .session_count = 1};

        check_refused(&s, &b, 1, &REQUEST, WRONG[i].field);
    }
    const struct en_session backwards[] = {{7, 15, 0, 0.5, 1}, {6, 15, 0, 0.5, 1}};
    const struct en_schedule s = {.sessions = backwards, .session_count = 2};

    check_refused(&s, &b, 1, &REQUEST, "sessions[1].day");
    en_arena_free(&a);
}

static void test_invalid_requests_are_refused(void **state)
{
    static const double BACKWARDS[] = {5, 4}, UNKNOWN[] = {NAN};
    static const enum en_output WRONG[] = {EN_OUTPUT_COUNT};
    static double unknown[EN_STATE_COUNT * EN_BATCH_PART] = {NAN};
    static const double backwards[4 * EN_BATCH_PART] = {[0] = 7, [EN_BATCH_PART] = 6};
    static const struct en_change HEAVY[] = {{0, 1, 11}}, STILL[] = {{0, NAN, 1}};
    const struct en_schedule s = usual();
    struct en_schedule wrong = usual();
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 0, NULL) == EN_EINVAL);
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    check_refused(&s, &b, 0, &REQUEST, "patients");
    check_refused(&s, &b, 2, &REQUEST, "patients");
    check_refused(&s, &b, 1, &(struct en_request){DAYS, 0, ALL, 1}, "days");
    check_refused(&s, &b, 1, &(struct en_request){DAYS, 1, ALL, 0}, "outputs");
    check_refused(&s, &b, 1, &(struct en_request){BACKWARDS, 2, ALL, 1}, "days[1]");
    check_refused(&s, &b, 1, &(struct en_request){UNKNOWN, 1, ALL, 1}, "days[0]");
    check_refused(&s, &b, 1, &(struct en_request){DAYS, 1, WRONG, 1}, "outputs[0]");
    wrong.context = NAN;
    check_refused(&wrong, &b, 1, &REQUEST, "context");
    wrong = usual();
    wrong.nsaid_days = -1.0;
    check_refused(&wrong, &b, 1, &REQUEST, "nsaid");
    wrong = usual();
    wrong.tolerance = NAN;
    check_refused(&wrong, &b, 1, &REQUEST, "tolerance");
    wrong.tolerance = 0.2;
    check_refused(&wrong, &b, 1, &REQUEST, "tolerance");
    wrong.tolerance = 9e-6;
    wrong.precision = EN_SINGLE;
    check_refused(&wrong, &b, 1, &REQUEST, "tolerance");
    wrong = usual();
    wrong.precision = (enum en_precision)2;
    check_refused(&wrong, &b, 1, &REQUEST, "precision");
    wrong = usual();
    wrong.day = backwards;
    check_refused(&wrong, &b, 1, &REQUEST, "day");
    wrong = usual();
    wrong.from_day = NAN;
    check_refused(&wrong, &b, 1, &REQUEST, "from_day");
    wrong.from_day = 7.5;
    check_refused(&wrong, &b, 1, &REQUEST, "days[0]");
    wrong.from_day = 7.0;
    check_refused(&wrong, &b, 1, &REQUEST, "state");
    wrong.state = unknown;
    check_refused(&wrong, &b, 1, &REQUEST, "state");
    wrong = (struct en_schedule){.changes = HEAVY, .change_count = 1};
    check_refused(&wrong, &b, 1, &REQUEST, "load");
    wrong.changes = STILL;
    check_refused(&wrong, &b, 1, &REQUEST, "stimulus");
    en_arena_free(&a);
}

/* Parameters that are not finite, negative or zero where they divide are named. */
static void test_invalid_parameters_are_refused(void **state)
{
    const struct en_schedule usual_one = usual();
    struct en_arena a = EN_ARENA(8 << 20), small = EN_ARENA(1 << 10);
    struct en_err err = {0};
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &small, 1000, &err) == EN_ELIMIT);
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    b.parameter[EN_P(fctx)][0] = -0.1;
    CHECK(en_heal_balance(&b, 0, 1, &err) == EN_OK);
    b.parameter[EN_P(KG)][0] = 0.0;
    CHECK(en_heal_balance(&b, 0, 1, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "KG");
    b.parameter[EN_P(KG)][0] = NAN;
    CHECK(en_heal_balance(&b, 0, 1, &err) == EN_EINVAL);
    b.parameter[EN_P(KG)][0] = 1.0;
    b.parameter[EN_P(eM)][0] = -1.0;
    CHECK(en_heal_balance(&b, 0, 1, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "eM");
    b.parameter[EN_P(eM)][0] = 1.0;
    b.parameter[EN_P(q)][0] = 0.3; /* the powers are part of the equations */
    check_refused(&usual_one, &b, 1, &REQUEST, "parameter q");
    en_arena_free(&small);
    en_arena_free(&a);
}

/* Lidocaine kills a little at what is injected with dextrose, much at 2 %; survivals multiply. */
static void test_lidocaine_kills_by_its_own_form(void **state)
{
    const struct en_parameters p = nominal();
    const struct en_session mix = {.dextrose_percent = 15, .lidocaine_percent = 0.2};
    const struct en_session strong = {.lidocaine_percent = 2.0}, sugar = {.dextrose_percent = 15};
    const en_lane one = en_lane_all(1.0);
    struct full a = full_start(&p), b = full_start(&p), c = full_start(&p);

    (void)state;
    tissue_session(&a.p, &mix, one, one, &a.y);
    tissue_session(&b.p, &strong, one, one, &b.y);
    tissue_session(&c.p, &sugar, one, one, &c.y);
    CHECK(a.y.F[0] < c.y.F[0] && a.y.F[0] > 0.98 * c.y.F[0]);
    CHECK(b.y.F[0] < 0.9);
}

TEST_MAIN(cmocka_unit_test(test_nothing_happens_without_injection),
          cmocka_unit_test(test_states_never_turn_negative),
          cmocka_unit_test(test_error_follows_the_tolerance),
          cmocka_unit_test(test_quasi_steady_differs_from_full_as_documented),
          cmocka_unit_test(test_nsaid_early_costs_more_than_late),
          cmocka_unit_test(test_sessions_can_differ_by_patient),
          cmocka_unit_test(test_runs_can_be_resumed),
          cmocka_unit_test(test_sessions_to_come_are_decided_at_a_visit),
          cmocka_unit_test(test_sessions_have_days_of_their_own),
          cmocka_unit_test(test_changes_of_load),
          cmocka_unit_test(test_bytes_do_not_depend_on_width_or_threads),
          cmocka_unit_test(test_invalid_sessions_are_refused),
          cmocka_unit_test(test_invalid_requests_are_refused),
          cmocka_unit_test(test_invalid_parameters_are_refused),
          cmocka_unit_test(test_lidocaine_kills_by_its_own_form));
