/* SPDX-License-Identifier: Apache-2.0
 * Refinement of a posterior that the population covers thinly: the reports come in by degrees
 * (powers of the likelihood from 0 to 1), and after each resampling the patients move.
 *
 * A move takes the standard normal numbers z of a patient to sqrt(1 - s^2) z + s x, x fresh: that
 * leaves the normal prior as it is, so it is accepted by the likelihood alone; numbers that break
 * the constraints are refused. Every second move gives a patient another place instead (particle,
 * study size, unknown habits), its numbers kept: resampling alone would leave fewer and fewer of
 * them. Constraints refuse one in 20,000 of the population, so that every place is as likely as
 * any other. Why these: docs/notes/0006. */
#include "forecast/learn.h"

#include "base/pool.h"
#include "num/scalar.h"

#include <math.h>
#include <string.h>

enum {
    ENOUGH = 100,    /* effective patients: below, quantiles are too coarse */
    STAGES_MAX = 60, /* a stage keeps half of the effective patients: more is hopeless */
    SWEEPS = 4,      /* of moves after a stage: numbers, places, numbers, places */
    HALVINGS = 30,   /* of the search for a power */
    PART = 64
};

/* What a random number is for; its index is the sweep. Part of the golden results: append only. */
enum purpose { FOR_ACCEPTANCE = 5100, FOR_MOVE, FOR_PLACE };

/* Step of the first move, and how it follows the share of accepted ones. */
static const double STEP = 0.5, FEW = 0.15, MANY = 0.35, SHORTER = 0.7, LONGER = 1.4;

struct refine {
    struct learn *w;
    struct en_individual *out;
    struct en_cohort proposal;
    bool *valid;      /* shape [count] */
    double *proposed; /* log likelihoods, shape [count] */
    double power, step;
    uint32_t sweep;
    size_t moves, accepted;
};

double learn_enough(size_t count)
{
    return fmin(ENOUGH, 0.2 * (double)count);
}

/* The largest power that leaves half of the patients effective. */
static double next_power(const struct refine *r, double *log_mean)
{
    const struct learn *w = r->w;
    const size_t count = w->source->count;
    const double half = 0.5 * (double)count;
    double low = 0.0, high = 1.0 - r->power;

    if (learn_weights(w->log_likelihood, count, high, w->weight, log_mean) >= half) {
        return 1.0;
    }
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = 0.5 * (low + high);

        if (learn_weights(w->log_likelihood, count, middle, w->weight, log_mean) >= half) {
            low = middle;
        } else {
            high = middle;
        }
    }
    /* At least some progress; the weights are those of the power that is returned. */
    (void)learn_weights(w->log_likelihood, count, high, w->weight, log_mean);
    return r->power + high;
}

/* --- one sweep of moves ----------------------------------------------------------------------- */

static bool moves_places(const struct refine *r)
{
    return r->sweep % 2 == 1;
}

static struct en_cohort_place other_place(const struct refine *r, size_t i)
{
    const double u =
        en_random_uniform((struct en_random){r->w->source->seed, i, FOR_PLACE, r->sweep});

    return (struct en_cohort_place){(uint64_t)(u * 0x1p32), 0};
}

static void other_numbers(const struct refine *r, size_t i, const double *from, double *to)
{
    const double kept = sqrt(1.0 - r->step * r->step);
    struct en_random at = {r->w->source->seed, i, FOR_MOVE, r->sweep * EN_COHORT_NUMBERS / 2};

    for (size_t k = 0; k < EN_COHORT_NUMBERS; k += 2, at.index++) {
        double fresh[2];

        en_random_normals(at, fresh);
        to[k] = kept * from[k] + r->step * fresh[0];
        to[k + 1] = kept * from[k + 1] + r->step * fresh[1];
    }
}

static void propose_part(void *context, size_t index, int worker)
{
    const struct refine *r = context;
    const struct en_cohort *c = &r->out->cohort;
    const size_t count = c->patients.count;

    (void)worker;
    for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
        const double *from = c->numbers + i * EN_COHORT_NUMBERS;
        double *to = r->proposal.numbers + i * EN_COHORT_NUMBERS;

        if (moves_places(r)) {
            r->proposal.places[i] = other_place(r, i);
            memcpy(to, from, EN_COHORT_NUMBERS * sizeof *to);
        } else {
            r->proposal.places[i] = c->places[i];
            other_numbers(r, i, from, to);
        }
    }
}

/* Take the proposals that the likelihood favours. */
static size_t accept(const struct refine *r)
{
    const struct learn *w = r->w;
    size_t accepted = 0;

    for (size_t i = 0; i < w->source->count; i++) {
        const double u =
            en_random_uniform((struct en_random){w->source->seed, i, FOR_ACCEPTANCE, r->sweep});

        if (r->valid[i] && en_log(u) < r->power * (r->proposed[i] - w->log_likelihood[i])) {
            en_cohort_copy(&r->out->cohort, &r->proposal, i);
            w->log_likelihood[i] = r->proposed[i];
            accepted++;
        }
    }
    return accepted;
}

static enum en_status sweep(struct refine *r, struct en_err *err)
{
    const struct learn *w = r->w;
    const size_t count = w->source->count;

    en_pool_run(w->source->threads, count / PART + 1, propose_part, r);
    EN_TRY(en_cohort_remake(w->person, w->source, &r->proposal, r->valid, err));
    EN_TRY(learn_run(w, &r->proposal, NULL, err));
    learn_weigh(w, &r->proposal, r->proposed, NULL);
    const size_t accepted = accept(r);
    const double share = (double)accepted / (double)count;

    r->accepted += accepted;
    r->moves += count;
    if (!moves_places(r)) {
        r->step = share < FEW    ? SHORTER * r->step
                  : share > MANY ? fmin(LONGER * r->step, 1.0)
                                 : r->step;
    }
    r->sweep++;
    return EN_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

static void resample(const struct refine *r, uint32_t stage)
{
    const struct learn *w = r->w;
    const size_t count = w->source->count;

    learn_resample(w, w->weight, count, stage);
    en_cohort_pick(&r->out->cohort, w->from, w->room);
    for (size_t i = 0; i < count; i++) {
        w->room[i] = w->log_likelihood[w->from[i]];
    }
    memcpy(w->log_likelihood, w->room, count * sizeof *w->room);
}

/* One stage: more of the reports, and moves. */
static enum en_status stage(struct refine *r, struct en_err *err)
{
    double log_mean = 0.0;

    if (r->out->stages == STAGES_MAX) {
        return en_fail(err, EN_ENUMERIC, "the reports are too far from what the model can explain");
    }
    r->power = next_power(r, &log_mean);
    r->out->log_evidence += log_mean;
    resample(r, (uint32_t)++r->out->stages);
    for (int k = 0; k < SWEEPS; k++) {
        EN_TRY(sweep(r, err));
    }
    return EN_OK;
}

enum en_status learn_refine(struct learn *w, struct en_individual *out, struct en_err *err)
{
    struct refine r = {.w = w, .out = out, .step = STEP};

    EN_TRY(en_cohort_make(w->source, w->scratch, &r.proposal, err));
    r.valid = EN_NEW(w->scratch, bool, w->source->count);
    r.proposed = EN_NEW(w->scratch, double, w->source->count);
    if (r.valid == NULL || r.proposed == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", w->source->count);
    }
    out->log_evidence = 0.0;
    while (r.power < 1.0) {
        EN_TRY(stage(&r, err));
    }
    out->accepted = (double)r.accepted / (double)r.moves;
    return EN_OK;
}
