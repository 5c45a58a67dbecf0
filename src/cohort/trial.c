/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/trial.h"

#include "base/limits.h"
#include "base/pool.h"
#include "cohort/trial_inside.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>

/* Room for the sums of one cell must be whole words: files and ranks see int64_t alone. */
_Static_assert(sizeof(struct trial_sums) == TRIAL_CELL_COUNT * sizeof(int64_t), "no padding");

size_t en_trial_at(const struct en_trial *t, size_t h, size_t arm, size_t outcome, size_t week)
{
    assert(h <= EN_HYPOTHESES && arm < t->arm_count && outcome < t->outcome_count &&
           week < t->week_count);
    return ((h * t->arm_count + arm) * t->outcome_count + outcome) * t->week_count + week;
}

static size_t largest_arm(const struct en_trial *t)
{
    size_t largest = 1;

    for (size_t a = 0; a < t->arm_count; a++) {
        largest = t->arms[a].n > largest ? t->arms[a].n : largest;
    }
    return largest;
}

uint64_t trial_replicates(const struct en_trial *t)
{
    const uint64_t of_each = EN_HYPOTHESES * (uint64_t)largest_arm(t);
    const uint64_t wanted = (t->patients + of_each - 1) / of_each;

    return wanted > TRIAL_TRIALS_MIN ? wanted : TRIAL_TRIALS_MIN;
}

size_t trial_group(const struct en_trial *t)
{
    const size_t fit = TRIAL_CHUNK / largest_arm(t);

    if (fit < 1) {
        return 1;
    }
    return fit < TRIAL_GROUP_MAX ? fit : TRIAL_GROUP_MAX;
}

static uint64_t units_of_hypothesis(const struct en_trial *t)
{
    const uint64_t group = trial_group(t);

    return (trial_replicates(t) + group - 1) / group;
}

uint64_t en_trial_units(const struct en_trial *t)
{
    return EN_HYPOTHESES * units_of_hypothesis(t);
}

size_t en_trial_sums_count(const struct en_trial *t)
{
    return TRIAL_HEAD_COUNT +
           EN_HYPOTHESES * t->arm_count * t->outcome_count * t->week_count * TRIAL_CELL_COUNT;
}

/* --- making ready ----------------------------------------------------------------------------- */

static struct trial_visit *visit(struct trial_arm *arm, double day)
{
    size_t at = arm->visit_count;

    while (at > 0 && arm->visits[at - 1].day >= day) {
        at--;
    }
    if (at < arm->visit_count && arm->visits[at].day == day) {
        return &arm->visits[at];
    }
    assert(arm->visit_count < TRIAL_VISITS_MAX);
    for (size_t k = arm->visit_count++; k > at; k--) {
        arm->visits[k] = arm->visits[k - 1];
    }
    arm->visits[at] = (struct trial_visit){.day = day, .week = EN_TRIAL_WEEKS_MAX};
    return &arm->visits[at];
}

static void plan_fluctuation(struct trial_arm *arm)
{
    const struct en_model *m = &EN_MODEL;
    double before = 0.0;

    for (size_t v = 0; v < arm->visit_count; v++) {
        struct trial_visit *x = &arm->visits[v];

        x->kept = en_exp(-(x->day - before) / m->ou_tau);
        x->fresh = m->ou_sd * sqrt(1.0 - x->kept * x->kept);
        before = x->day;
    }
}

static void plan_arm(const struct en_trial *t, size_t index, struct trial_arm *out)
{
    const struct en_trial_arm *arm = &t->arms[index];
    const double last = 7.0 * t->weeks[t->week_count - 1];

    for (size_t w = 0; w < t->week_count; w++) {
        visit(out, 7.0 * t->weeks[w])->week = w;
    }
    for (size_t s = 0; s < arm->session_count && arm->sessions[s].day < last; s++) {
        const struct en_trial_session *x = &arm->sessions[s];

        if (x->is_as_needed) {
            visit(out, x->day)->decides = true;
        }
        out->sessions[out->session_count++] =
            (struct en_session){x->day, x->dextrose_percent, 0.0, x->coverage, x->needle};
    }
    out->is_at_rest = out->session_count == 0;
    for (size_t c = 0; c < arm->change_count; c++) {
        struct en_change *change = &out->changes[c];

        *change = arm->changes[c];
        change->stimulus = 1.0 + t->population.adherence_rehabilitation * (change->stimulus - 1.0);
        out->is_at_rest = out->is_at_rest && change->stimulus == 1.0 && change->load == 1.0;
    }
    plan_fluctuation(out);
}

static void plan_outputs(struct trial_plan *plan)
{
    const struct en_trial *t = plan->trial;
    bool is_asked[EN_TRIAL_MEASURE_COUNT] = {false};

    for (size_t o = 0; o < t->outcome_count; o++) {
        is_asked[t->outcomes[o].measure] = true;
    }
    plan->needs_function = is_asked[EN_TRIAL_WOMAC_CHANGE] || is_asked[EN_TRIAL_RESPONDER_WOMAC];
    for (size_t k = 0; k < EN_SCORE_OUTPUT_COUNT; k++) {
        plan->outputs[plan->output_count++] = EN_SCORE_OUTPUTS[k];
    }
    if (is_asked[EN_TRIAL_STIFFNESS_CHANGE]) {
        plan->stiffness = plan->output_count;
        plan->outputs[plan->output_count++] = EN_OUTPUT_STIFFNESS;
    }
    if (is_asked[EN_TRIAL_LAXITY_CHANGE]) {
        plan->laxity = plan->output_count;
        plan->outputs[plan->output_count++] = EN_OUTPUT_LAXITY;
    }
}

enum en_status trial_plan(const struct en_trial *t, const struct en_posterior *p,
                          struct trial_plan *out, struct en_err *err)
{
    EN_TRY(en_trial_check(t, err));
    *out = (struct trial_plan){
        .trial = t,
        .posterior = p,
        .condition = en_posterior_condition(p, t->condition),
    };
    plan_outputs(out);
    for (size_t a = 0; a < t->arm_count; a++) {
        plan_arm(t, a, &out->arms[a]);
    }
    return people_make(&t->population, NULL, out->needs_function, t->seed, &out->people, err);
}

/* --- running ---------------------------------------------------------------------------------- */

struct job {
    const struct trial_plan *plan;
    struct trial_room **rooms; /* of each worker */
    uint64_t first;
    int64_t *sums;
    atomic_bool failed;
};

static enum en_status run_unit(const struct job *job, uint64_t index, int worker, int64_t *sums,
                               struct en_err *err)
{
    const struct en_trial *t = job->plan->trial;
    const uint64_t units = units_of_hypothesis(t), group = trial_group(t);
    const uint64_t first = index % units * group, left = trial_replicates(t) - first;
    const struct trial_unit unit = {
        .hypothesis = (size_t)(index / units),
        .first = first,
        .count = (size_t)(left < group ? left : group),
    };

    return trial_unit_run(job->plan, &unit, job->rooms[worker], sums, err);
}

static void work(void *context, size_t index, int worker)
{
    struct job *job = context;

    if (!atomic_load(&job->failed) &&
        run_unit(job, job->first + index, worker, job->sums, NULL) != EN_OK) {
        atomic_store(&job->failed, true);
    }
}

static enum en_status run(const struct trial_plan *plan, struct job *job, uint64_t count,
                          int threads, struct en_arena *scratch, struct en_err *err)
{
    job->plan = plan;
    job->rooms = EN_NEW(scratch, struct trial_room *, (size_t)threads);
    if (job->rooms == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %d threads", threads);
    }
    for (int w = 0; w < threads; w++) {
        job->rooms[w] = trial_room(plan, scratch, err);
        if (job->rooms[w] == NULL) {
            return EN_ELIMIT;
        }
    }
    en_pool_run(threads, (size_t)count, work, job);
    /* What failed is run again to have its text: that of the first unit, whatever the order was. */
    for (uint64_t i = 0; atomic_load(&job->failed) && i < count; i++) {
        EN_TRY(run_unit(job, job->first + i, 0, job->sums, err));
    }
    return EN_OK;
}

/* Threads that can be of use: a room is made for each. */
static int workers(int threads, uint64_t count)
{
    const int wanted = threads > 0 ? threads : en_pool_processors();
    const int most = wanted < EN_THREADS_MAX ? wanted : EN_THREADS_MAX;

    if (count < 1) {
        return 1;
    }
    return count < (uint64_t)most ? (int)count : most;
}

/* NOLINTNEXTLINE(readability-function-size): a trial, its part of the work and where it goes */
enum en_status en_trial_run(const struct en_trial *t, const struct en_posterior *p, uint64_t first,
                            uint64_t count, int threads,
                            int64_t *sums, /* NOLINT(readability-non-const-parameter): written */
                            struct en_arena *scratch, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    struct trial_plan *plan = EN_NEW(scratch, struct trial_plan, 1);
    struct job job = {.first = first, .sums = sums};

    if (plan == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a trial");
    }
    enum en_status st = trial_plan(t, p, plan, err);

    if (st == EN_OK && !(first <= en_trial_units(t) && count <= en_trial_units(t) - first)) {
        st = en_fail(err, EN_EINVAL, "units: outside of the trial's");
    }
    if (st == EN_OK) {
        st = run(plan, &job, count, workers(threads, count), scratch, err);
    }
    en_arena_rewind(scratch, mark);
    return st;
}
