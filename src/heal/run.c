/* SPDX-License-Identifier: Apache-2.0 */
#include "heal/engine.h"
#include "heal/heal.h"
#include "num/scalar.h"

#include <math.h>

static bool is_within(double x, double low, double high)
{
    return x >= low && x <= high;
}

static enum en_status check_session(const struct en_schedule *s, size_t i, struct en_err *err)
{
    const struct en_session *x = &s->sessions[i];

    if (!(is_within(x->day, 0.0, 1e5) && (i == 0 || x->day >= x[-1].day))) {
        return en_fail(err, EN_EINVAL, "sessions[%zu].day: not ascending from 0", i);
    }
    if (!is_within(x->dextrose_percent, 0.0, 100.0)) {
        return en_fail(err, EN_EINVAL, "sessions[%zu].dextrose_percent: outside 0 .. 100", i);
    }
    if (!is_within(x->lidocaine_percent, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "sessions[%zu].lidocaine_percent: outside 0 .. 10", i);
    }
    if (!is_within(x->coverage, 0.0, 1.0)) {
        return en_fail(err, EN_EINVAL, "sessions[%zu].coverage: outside 0 .. 1", i);
    }
    if (!is_within(x->needle, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "sessions[%zu].needle: outside 0 .. 10", i);
    }
    return EN_OK;
}

static enum en_status check_change(const struct en_schedule *s, size_t i, struct en_err *err)
{
    const struct en_change *x = &s->changes[i];

    if (!(is_within(x->day, 0.0, 1e5) && (i == 0 || x->day >= x[-1].day))) {
        return en_fail(err, EN_EINVAL, "changes[%zu].day: not ascending from 0", i);
    }
    if (!is_within(x->stimulus, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "changes[%zu].stimulus: outside 0 .. 10", i);
    }
    if (!is_within(x->load, 0.1, 10.0)) {
        return en_fail(err, EN_EINVAL, "changes[%zu].load: outside 0.1 .. 10", i);
    }
    return EN_OK;
}

/* Values of the patients about to be run in an array [session][stride], or all is well if NULL. */
static enum en_status check_shares(const double *shares, const char *name, size_t sessions,
                                   const struct heal_job *job, struct en_err *err)
{
    for (size_t k = 0; shares != NULL && k < sessions; k++) {
        for (size_t i = job->first; i < job->end; i++) {
            if (!is_within(shares[k * job->patients->stride + i], 0.0, 1.0)) {
                return en_fail(err, EN_EINVAL, "%s: outside 0 .. 1 in session %zu", name, k);
            }
        }
    }
    return EN_OK;
}

/* Each patient's own days. */
static enum en_status check_days(const struct heal_job *job, struct en_err *err)
{
    const struct en_schedule *s = job->schedule;
    const size_t stride = job->patients->stride;

    for (size_t k = 0; s->day != NULL && k < s->session_count; k++) {
        for (size_t i = job->first; i < job->end; i++) {
            const double *day = &s->day[k * stride + i];

            if (!(is_within(*day, 0.0, 1e5) && (k == 0 || *day >= *(day - stride)))) {
                return en_fail(err, EN_EINVAL, "day: not ascending from 0 in session %zu", k);
            }
        }
    }
    return EN_OK;
}

/* The states to go on from. */
static enum en_status check_resume(const struct heal_job *job, struct en_err *err)
{
    const struct en_schedule *s = job->schedule;

    if (!is_within(s->from_day, 0.0, 1e5)) {
        return en_fail(err, EN_EINVAL, "from_day: outside 0 .. 1e5");
    }
    if (!(job->request->days[0] >= s->from_day)) {
        return en_fail(err, EN_EINVAL, "days[0]: before from_day");
    }
    if (s->from_day > 0.0 && s->state == NULL) {
        return en_fail(err, EN_EINVAL, "state: needed to go on from a day");
    }
    for (size_t k = 0; s->from_day > 0.0 && k < EN_STATE_COUNT; k++) {
        for (size_t i = job->first; i < job->end; i++) {
            if (!isfinite(s->state[k * job->patients->stride + i])) {
                return en_fail(err, EN_EINVAL, "state: not finite");
            }
        }
    }
    return EN_OK;
}

static enum en_status check_schedule(const struct heal_job *job, struct en_err *err)
{
    const struct en_schedule *s = job->schedule;

    for (size_t i = 0; i < s->session_count; i++) {
        EN_TRY(check_session(s, i, err));
    }
    for (size_t i = 0; i < s->change_count; i++) {
        EN_TRY(check_change(s, i, err));
    }
    EN_TRY(check_shares(s->coverage, "coverage", s->session_count, job, err));
    EN_TRY(check_shares(s->given, "given", s->session_count, job, err));
    if (!is_within(s->nsaid_from_d, 0.0, 1e5) || !is_within(s->nsaid_days, 0.0, 1e5)) {
        return en_fail(err, EN_EINVAL, "nsaid: a window of zero or more days is needed");
    }
    if (!is_within(s->context, 0.0, 1.0)) {
        return en_fail(err, EN_EINVAL, "context: outside 0 .. 1");
    }
    EN_TRY(check_days(job, err));
    EN_TRY(check_resume(job, err));
    if (s->precision != EN_DOUBLE && s->precision != EN_SINGLE) {
        return en_fail(err, EN_EINVAL, "precision: no such precision");
    }
    if (s->isa >= EN_ISA_COUNT || !en_isa_works(s->isa)) {
        return en_fail(err, EN_EINVAL, "isa: not of this processor");
    }
    return EN_OK;
}

static enum en_status check_request(const struct en_request *q, struct en_err *err)
{
    if (q->day_count == 0) {
        return en_fail(err, EN_EINVAL, "days: at least one is needed");
    }
    if (q->output_count == 0) {
        return en_fail(err, EN_EINVAL, "outputs: at least one is needed");
    }
    for (size_t i = 0; i < q->day_count; i++) {
        if (!(is_within(q->days[i], 0.0, 1e5) && (i == 0 || q->days[i] >= q->days[i - 1]))) {
            return en_fail(err, EN_EINVAL, "days[%zu]: not ascending from 0", i);
        }
    }
    for (size_t i = 0; i < q->output_count; i++) {
        if (q->outputs[i] >= EN_OUTPUT_COUNT) {
            return en_fail(err, EN_EINVAL, "outputs[%zu]: no such output", i);
        }
    }
    return EN_OK;
}

/* The different solutions, so that the effect of each is computed once per patient. */
static enum en_status list_solutions(struct heal_job *job, struct en_err *err)
{
    for (size_t i = 0; i < job->schedule->session_count; i++) {
        const struct en_session *x = &job->schedule->sessions[i];
        size_t k = 0;

        while (k < job->solution_count && (job->dextrose[k] != x->dextrose_percent ||
                                           job->lidocaine[k] != x->lidocaine_percent)) {
            k++;
        }
        if (k == SOLUTIONS_MAX) {
            return en_fail(err, EN_ELIMIT, "sessions: more than %d different solutions",
                           SOLUTIONS_MAX);
        }
        job->dextrose[k] = x->dextrose_percent;
        job->lidocaine[k] = x->lidocaine_percent;
        job->solution_count = k == job->solution_count ? k + 1 : job->solution_count;
    }
    return EN_OK;
}

/* p and q are part of the equations: their powers are roots. */
static enum en_status check_powers(const struct heal_job *job, struct en_err *err)
{
    static const size_t POWERS[] = {EN_P(p), EN_P(q)};

    for (size_t k = 0; k < EN_COUNT(POWERS); k++) {
        const struct en_parameter_row *row = &EN_PARAMETERS[POWERS[k]];

        for (size_t i = job->first; i < job->end; i++) {
            if (job->patients->parameter[POWERS[k]][i] != row->nominal) {
                return en_fail(err, EN_EINVAL, "parameter %s: must be %g", row->symbol,
                               row->nominal);
            }
        }
    }
    return EN_OK;
}

static enum en_status set_tolerance(struct heal_job *job, struct en_err *err)
{
    const double asked = job->schedule->tolerance;

    job->tolerance = asked == 0.0 ? EN_TOLERANCE : asked;
    if (!is_within(job->tolerance, 1e-9, 0.1)) {
        return en_fail(err, EN_EINVAL, "tolerance: outside 1e-9 .. 0.1");
    }
    if (job->schedule->precision == EN_SINGLE && job->tolerance < 1e-5) {
        return en_fail(err, EN_EINVAL, "tolerance: single precision reaches 1e-5");
    }
    /* The error of a step grows with its fifth power; 0.2 d suits 1e-4. */
    job->first_h = 0.2 * en_exp(0.2 * en_log(job->tolerance * 1e4));
    return EN_OK;
}

static enum en_status check_values(const struct heal_job *job, size_t count, struct en_err *err)
{
    const size_t rows = job->request->day_count * job->request->output_count;

    if (job->failed != SIZE_MAX) {
        return en_fail(err, EN_ENUMERIC, "patients[%zu]: the steps became too small or too many",
                       job->failed);
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = job->first; i < job->first + count; i++) {
            if (!isfinite(job->values[row * job->patients->stride + i])) {
                return en_fail(err, EN_ENUMERIC, "patients[%zu]: the course is not finite", i);
            }
        }
    }
    return EN_OK;
}

bool en_isa_works(enum en_isa isa)
{
#if defined(__x86_64__)
    if (isa == EN_ISA_AVX2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
    if (isa == EN_ISA_AVX512) {
        return __builtin_cpu_supports("avx512f");
    }
    return isa == EN_ISA_BASELINE || isa == EN_ISA_BEST;
#else
    return isa == EN_ISA_BASELINE || isa == EN_ISA_BEST;
#endif
}

static enum en_isa chosen(enum en_isa isa)
{
    if (isa != EN_ISA_BEST) {
        return isa;
    }
    if (en_isa_works(EN_ISA_AVX512)) {
        return EN_ISA_AVX512;
    }
    return en_isa_works(EN_ISA_AVX2) ? EN_ISA_AVX2 : EN_ISA_BASELINE;
}

int en_isa_lanes(enum en_isa isa)
{
    const enum en_isa used = chosen(isa);

    if (used == EN_ISA_AVX512) {
        return 8;
    }
    return used == EN_ISA_AVX2 ? 4 : 2;
}

static void dispatch(struct heal_job *job)
{
#if defined(__x86_64__)
    const enum en_isa isa = chosen(job->schedule->isa);

    if (isa == EN_ISA_AVX512) {
        heal_run_avx512(job);
        return;
    }
    if (isa == EN_ISA_AVX2) {
        heal_run_avx2(job);
        return;
    }
#endif
    heal_run_baseline(job);
}

enum en_status en_heal_run(const struct en_schedule *schedule, const struct en_batch *patients,
                           size_t first, size_t count, const struct en_request *request,
                           double *values, struct en_err *err)
{
    struct heal_job job = {
        .schedule = schedule,
        .patients = patients,
        .request = request,
        .first = first,
        .end = first + count,
        .failed = SIZE_MAX,
    };

    if (count == 0 || first > patients->count || count > patients->count - first ||
        first % EN_BATCH_PART != 0) {
        return en_fail(err, EN_EINVAL, "patients: not a part of the batch");
    }
    job.values = values;
    EN_TRY(check_request(request, err));
    EN_TRY(check_schedule(&job, err));
    EN_TRY(check_powers(&job, err));
    EN_TRY(list_solutions(&job, err));
    EN_TRY(set_tolerance(&job, err));
    dispatch(&job);
    return check_values(&job, count, err);
}
