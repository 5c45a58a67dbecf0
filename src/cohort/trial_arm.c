/* SPDX-License-Identifier: Apache-2.0
 * Patients of one arm go from visit to visit: the tissue runs up to a visit at which a session is
 * given or not, the scores of that visit decide, and the run goes on. */
#include "cohort/cohort.h"
#include "cohort/trial_inside.h"
#include "num/random.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* What a random number is for; part of the golden results: append only. */
enum purpose {
    FOR_ARM = 3000, /* deviation of an arm; index: arm */
    FOR_VISIT,      /* fluctuation, errors of pain and function, dropout; index: visit */
    FOR_ADHERENCE   /* index: session */
};

/* What a patient is besides a person. */
struct course {
    struct person person;
    uint64_t member;
    size_t replicate;              /* within the unit */
    struct en_unspecific response; /* what is not specific */
    double fluctuation;            /* [NRS] at the last visit */
    double pain;                   /* observed at the last visit [NRS] */
    double stiffness, laxity;      /* at baseline */
    bool is_present;
};

/* What one worker needs. */
struct trial_room {
    struct en_batch batch;
    struct course courses[TRIAL_CHUNK];
    struct en_effects effects[TRIAL_GROUP_MAX];
    double *coverage, *given; /* shape [session][stride] */
    double *state;            /* shape [EN_STATE_COUNT][stride] */
    double *values;           /* shape [visit of a piece][output]..., see value() */
    struct en_exact *cells;   /* shape [trial_cell] of the unit */
    size_t cell_count;        /* of one virtual trial */
    struct people_counts counts;
};

struct trial_room *trial_room(const struct trial_plan *plan, struct en_arena *a, struct en_err *err)
{
    const struct en_trial *t = plan->trial;
    struct trial_room *r = EN_NEW(a, struct trial_room, 1);
    size_t visits = 0, sessions = 0;

    for (size_t k = 0; k < t->arm_count; k++) {
        const struct trial_arm *arm = &plan->arms[k];

        visits = arm->visit_count > visits ? arm->visit_count : visits;
        sessions = arm->session_count > sessions ? arm->session_count : sessions;
    }
    if (r == NULL || en_batch_init(&r->batch, a, TRIAL_CHUNK, NULL) != EN_OK) {
        (void)en_fail(err, EN_ELIMIT, "no room for %d patients", TRIAL_CHUNK);
        return NULL;
    }
    en_batch_revise(&r->batch);
    r->coverage = EN_NEW(a, double, sessions *TRIAL_CHUNK);
    r->given = EN_NEW(a, double, sessions *TRIAL_CHUNK);
    r->state = EN_NEW(a, double, (size_t)EN_STATE_COUNT *TRIAL_CHUNK);
    r->values = EN_NEW(a, double, visits * plan->output_count * TRIAL_CHUNK);
    r->cell_count = t->arm_count * t->outcome_count * t->week_count;
    r->cells = EN_NEW(a, struct en_exact, trial_group(t) * r->cell_count);
    if (r->coverage == NULL || r->given == NULL || r->state == NULL || r->values == NULL ||
        r->cells == NULL) {
        (void)en_fail(err, EN_ELIMIT, "no room for %d patients", TRIAL_CHUNK);
        return NULL;
    }
    return r;
}

/* A chunk of patients of one arm. */
struct chunk {
    const struct trial_plan *plan;
    const struct trial_unit *unit;
    struct trial_room *room;
    size_t arm_index, count;
    const struct trial_arm *arm;
    size_t piece, piece_size; /* visits that are run together: first, number */
};

/* --- before the first visit ------------------------------------------------------------------- */

/* Patients of different trials and arms are different people, the same under every hypothesis. */
static uint64_t member(const struct chunk *c, uint64_t trial, size_t patient)
{
    assert(patient < 1U << 17 && EN_TRIAL_N_MAX <= 1U << 17);
    return ((trial * EN_TRIAL_ARMS_MAX + c->arm_index) << 17) + patient;
}

/* What a report says beyond what patients get: a trial in favour of the arm that it tests, a series
 * without a control of its only one. */
static double report_excess(const struct en_trial *t, size_t arm, const struct en_effects *e)
{
    bool has_dextrose = false;

    for (size_t s = 0; s < t->arms[arm].session_count; s++) {
        has_dextrose |= t->arms[arm].sessions[s].dextrose_percent > 0.0;
    }
    if (t->arm_count == 1) {
        return e->uncontrolled;
    }
    return has_dextrose ? e->trial_bias : 0.0;
}

static void start_course(const struct chunk *c, size_t i)
{
    const struct en_trial *t = c->plan->trial;
    const struct en_trial_arm *arm = &t->arms[c->arm_index];
    struct course *x = &c->room->courses[i];
    const struct en_effects *e = &c->room->effects[x->replicate];
    const struct en_batch *b = &c->room->batch;
    const double arm_z = en_random_normal((struct en_random){t->seed, c->unit->first + x->replicate,
                                                             FOR_ARM, (uint32_t)c->arm_index});
    const double K = b->balance[offsetof(struct en_balance, K) / sizeof(double)][i];

    x->response = (struct en_unspecific){
        .kind = arm->context,
        .first_day = arm->session_count > 0 ? arm->sessions[0].day : 0.0,
        .own = report_excess(t, c->arm_index, e) + e->arm_sd * arm_z +
               e->patient_sd * x->person.response_z,
        .time_ratio = x->person.time_ratio,
    };
    x->fluctuation = x->person.fluctuation;
    x->pain = x->person.baseline_nrs;
    x->stiffness = 100.0 * K;
    x->laxity = b->parameter[EN_P(Sb)][i] + b->parameter[EN_P(comp)][i] / K;
    x->is_present = true;
}

/* Patient `first + i` of the unit's arm. */
static enum en_status draw(const struct chunk *c, size_t first, struct en_err *err)
{
    const size_t n = c->plan->trial->arms[c->arm_index].n;

    for (size_t i = 0; i < c->count; i++) {
        struct course *x = &c->room->courses[i];

        x->replicate = (first + i) / n;
        x->member = member(c, c->unit->first + x->replicate, (first + i) % n);
        if (!people_draw(&c->plan->people, x->member, &c->room->effects[x->replicate],
                         &c->room->batch, i, &x->person, &c->room->counts)) {
            return en_fail(err, EN_ENUMERIC,
                           "population: no virtual patient satisfies entry and constraints");
        }
        start_course(c, i);
    }
    return EN_OK;
}

/* Whether a patient who is offered a session comes. */
static double comes(const struct chunk *c, size_t i, size_t session)
{
    const double share = c->plan->trial->population.adherence_sessions;

    if (share >= 1.0) {
        return 1.0;
    }
    const struct en_random at = {c->plan->trial->seed, c->room->courses[i].member, FOR_ADHERENCE,
                                 (uint32_t)session};

    return en_random_uniform(at) < share ? 1.0 : 0.0;
}

static void plan_sessions(const struct chunk *c)
{
    const struct en_trial_session *sessions = c->plan->trial->arms[c->arm_index].sessions;

    for (size_t s = 0; s < c->arm->session_count; s++) {
        const double expected = sessions[s].coverage;
        const bool is_as_before = s > 0 && expected == sessions[s - 1].coverage;

        for (size_t i = 0; i < c->count; i++) {
            const size_t at = s * TRIAL_CHUNK + i;

            c->room->coverage[at] =
                is_as_before
                    ? c->room->coverage[at - TRIAL_CHUNK]
                    : en_cohort_coverage_of(expected, c->room->courses[i].person.coverage_z);
            c->room->given[at] = sessions[s].is_as_needed ? 0.0 : comes(c, i, s);
        }
    }
}

/* --- at a visit ------------------------------------------------------------------------------- */

/* An output of tissue that nothing was done to. */
static double value_at_rest(const struct chunk *c, size_t output, size_t i)
{
    const enum en_output which = c->plan->outputs[output];

    if (which == EN_OUTPUT_STIFFNESS) {
        return c->room->courses[i].stiffness;
    }
    if (which == EN_OUTPUT_LAXITY) {
        return c->room->courses[i].laxity;
    }
    return which == EN_OUTPUT_C ? 0.0 : 1.0; /* the others are relative to the baseline */
}

/* An output of patient i at a visit of the piece that was run last. */
static double value(const struct chunk *c, size_t output, size_t visit, size_t i)
{
    if (c->arm->is_at_rest) {
        return value_at_rest(c, output, i);
    }
    return c->room->values[(output * c->piece_size + visit - c->piece) * TRIAL_CHUNK + i];
}

static struct en_random place(const struct chunk *c, size_t i, uint32_t purpose, size_t index)
{
    return (struct en_random){c->plan->trial->seed, c->room->courses[i].member, purpose,
                              (uint32_t)index};
}

/* Whether the patient is still there: the hazard since the last visit is that of its score. u is
 * uniform. */
static bool stays(const struct chunk *c, size_t visit, size_t i, double u)
{
    const struct en_population *p = &c->plan->trial->population;
    const struct course *x = &c->room->courses[i];
    const double before = visit > 0 ? c->arm->visits[visit - 1].day : 0.0;
    const double days = c->arm->visits[visit].day - before;

    if (!(p->dropout_per_day > 0.0)) {
        return true;
    }
    const double hazard =
        p->dropout_per_day * en_exp(p->dropout_per_nrs * (x->pain - x->person.baseline_nrs));

    return u < en_exp(-hazard * days);
}

/* Observed function score; pain is the true one, u uniform. */
static double function_score(const struct chunk *c, size_t visit, size_t i, double pain, double u)
{
    const struct course *x = &c->room->courses[i];
    const struct en_effects *e = &c->room->effects[x->replicate];
    const struct en_function f = {
        .baseline_nrs = x->person.baseline_nrs,
        .baseline_function = x->person.baseline_function,
        .per_pain = c->room->batch.parameter[EN_P(aW1)][i],
        .per_laxity = c->room->batch.parameter[EN_P(aW2)][i],
        .has_laxity = e->has_laxity,
        .ratio = e->function_ratio,
    };
    const double error = EN_MODEL.function_error_sd * en_normal_quantile(u);

    return en_score_held(
        en_score_function(&f, en_score_held(pain, 10.0), value(c, 3, visit, i)) + error, 100.0);
}

/* What an outcome reads for one patient; function is NAN when nobody asks for it. */
static double outcome(const struct chunk *c, const struct en_trial_outcome *o, size_t visit,
                      size_t i, double function)
{
    const struct course *x = &c->room->courses[i];
    const struct person *p = &x->person;

    switch (o->measure) {
    case EN_TRIAL_NRS_CHANGE:
        return x->pain - p->baseline_nrs;
    case EN_TRIAL_WOMAC_CHANGE:
        return function - p->baseline_function;
    case EN_TRIAL_RESPONDER_NRS: /* who had no pain cannot respond */
        return p->baseline_nrs > 0.0 &&
               p->baseline_nrs - x->pain >= o->threshold / 100.0 * p->baseline_nrs;
    case EN_TRIAL_RESPONDER_WOMAC:
        return p->baseline_function - function >= o->threshold;
    case EN_TRIAL_STIFFNESS_CHANGE:
        return value(c, c->plan->stiffness, visit, i) - x->stiffness;
    case EN_TRIAL_LAXITY_CHANGE:
        return value(c, c->plan->laxity, visit, i) - x->laxity;
    case EN_TRIAL_MEASURE_COUNT:
        break;
    }
    assert(false);
    return NAN;
}

static void observe(const struct chunk *c, size_t visit, size_t i, double pain, double u)
{
    const struct en_trial *t = c->plan->trial;
    const struct course *x = &c->room->courses[i];
    const size_t week = c->arm->visits[visit].week;
    const double function =
        c->plan->needs_function ? function_score(c, visit, i, pain, u) : (double)NAN;

    for (size_t o = 0; o < t->outcome_count; o++) {
        en_exact_add(&c->room->cells[trial_cell(t, x->replicate, c->arm_index, o, week)],
                     outcome(c, &t->outcomes[o], visit, i, function));
    }
}

/* As-needed sessions of this day: given to those whose pain has improved too little. */
static void decide(const struct chunk *c, size_t visit, size_t i)
{
    const struct en_trial *t = c->plan->trial;
    const struct en_trial_session *sessions = t->arms[c->arm_index].sessions;
    const struct course *x = &c->room->courses[i];
    const double before = x->person.baseline_nrs;
    const bool needs = !(before - x->pain >= t->population.as_needed_improvement * before);

    for (size_t s = 0; s < c->arm->session_count; s++) {
        if (sessions[s].is_as_needed && sessions[s].day == c->arm->visits[visit].day) {
            c->room->given[s * TRIAL_CHUNK + i] = needs ? comes(c, i, s) : 0.0;
        }
    }
}

static void see(const struct chunk *c, size_t visit, size_t i)
{
    const struct trial_visit *v = &c->arm->visits[visit];
    struct course *x = &c->room->courses[i];
    const struct en_effects *e = &c->room->effects[x->replicate];
    double u[4]; /* fluctuation, error of pain, error of function, dropout */

    if (!x->is_present) {
        return;
    }
    en_random_uniforms_of_4(place(c, i, FOR_VISIT, visit), u);
    x->is_present = stays(c, visit, i, u[3]);
    if (!x->is_present) {
        return;
    }
    const struct en_tissue tissue = {value(c, 0, visit, i), value(c, 1, visit, i),
                                     value(c, 2, visit, i), value(c, 3, visit, i)};
    const struct en_pain p = {
        .usual = x->person.usual,
        .wm = e->wm,
        .wh = e->wh,
        .flare = c->room->batch.parameter[EN_P(aC)][i],
        .context = en_effects_share(e, &x->response, v->day, NULL),
    };

    x->fluctuation = v->kept * x->fluctuation + v->fresh * en_normal_quantile(u[0]);
    const double pain = en_score_pain(&p, &tissue) + x->fluctuation;

    x->pain = en_score_held(pain + EN_MODEL.nrs_error_sd * en_normal_quantile(u[1]), 10.0);
    if (v->week < EN_TRIAL_WEEKS_MAX) {
        observe(c, visit, i, pain, u[2]);
    }
    if (v->decides) {
        decide(c, visit, i);
    }
}

/* --- from visit to visit ---------------------------------------------------------------------- */

/* The last visit up to which the tissue can be run from `visit`: those that follow depend on it. */
static size_t piece_end(const struct trial_arm *arm, size_t visit)
{
    while (visit + 1 < arm->visit_count && !arm->visits[visit].decides) {
        visit++;
    }
    return visit;
}

/* Run the tissue over the visits of the piece; at rest there is nothing to run. */
static enum en_status run_piece(const struct chunk *c, const struct en_schedule *schedule,
                                struct en_err *err)
{
    double days[TRIAL_VISITS_MAX];
    const struct en_request request = {days, c->piece_size, c->plan->outputs,
                                       c->plan->output_count};

    for (size_t v = 0; v < c->piece_size; v++) {
        days[v] = c->arm->visits[c->piece + v].day;
    }
    return c->arm->is_at_rest ? EN_OK
                              : en_heal_run(schedule, &c->room->batch, 0, c->count, &request,
                                            c->room->values, err);
}

static enum en_status run(struct chunk *c, struct en_err *err)
{
    const struct trial_arm *arm = c->arm;
    struct en_schedule schedule = {
        .sessions = arm->sessions,
        .session_count = arm->session_count,
        .changes = arm->changes,
        .change_count = c->plan->trial->arms[c->arm_index].change_count,
        .coverage = c->room->coverage,
        .given = c->room->given,
        .nsaid_days = EN_MODEL.nsaid_days,
        .state = c->room->state,
    };

    for (c->piece = 0; c->piece < arm->visit_count; c->piece += c->piece_size) {
        const size_t end = piece_end(arm, c->piece) + 1;

        c->piece_size = end - c->piece;
        EN_TRY(run_piece(c, &schedule, err));
        schedule.from_day = arm->visits[end - 1].day;
        for (size_t k = 0; k < c->piece_size * c->count; k++) {
            see(c, c->piece + k / c->count, k % c->count);
        }
    }
    return EN_OK;
}

static enum en_status run_arm(const struct trial_plan *plan, const struct trial_unit *unit,
                              size_t arm, struct trial_room *room, struct en_err *err)
{
    const size_t all = unit->count * plan->trial->arms[arm].n;
    struct chunk c = {
        .plan = plan, .unit = unit, .room = room, .arm_index = arm, .arm = &plan->arms[arm]};

    for (size_t first = 0; first < all; first += TRIAL_CHUNK) {
        c.count = all - first < TRIAL_CHUNK ? all - first : TRIAL_CHUNK;
        room->batch.count = c.count;
        EN_TRY(draw(&c, first, err));
        plan_sessions(&c);
        EN_TRY(run(&c, err));
    }
    return EN_OK;
}

static void add_counts(const struct people_counts *counts, int64_t *sums)
{
    en_exact_share(&sums[TRIAL_DRAWN], counts->drawn);
    en_exact_share(&sums[TRIAL_REFUSED_ENTRY], counts->refused_entry);
    en_exact_share(&sums[TRIAL_REFUSED_CONSTRAINT], counts->refused_constraint);
}

enum en_status trial_unit_run(const struct trial_plan *plan, const struct trial_unit *unit,
                              struct trial_room *room, int64_t *sums, struct en_err *err)
{
    const struct en_trial *t = plan->trial;

    memset(room->cells, 0, unit->count * room->cell_count * sizeof *room->cells);
    room->counts = (struct people_counts){0};
    for (size_t r = 0; r < unit->count; r++) {
        const uint64_t trial = unit->first + r;

        en_posterior_effects(
            plan->posterior, unit->hypothesis,
            en_posterior_particle(plan->posterior, unit->hypothesis, trial), plan->condition, false,
            (struct en_random){.seed = t->seed, .member = trial}, &room->effects[r]);
    }
    for (size_t a = 0; a < t->arm_count; a++) {
        EN_TRY(run_arm(plan, unit, a, room, err));
    }
    trial_report(t, unit->hypothesis, room->cells, unit->count, sums);
    add_counts(&room->counts, sums);
    return EN_OK;
}
