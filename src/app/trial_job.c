/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial_job.h"

#include "app/posterior_file.h"
#include "app/trial_answer.h"
#include "base/clock.h"

/* [s] that a piece should take: short enough to be ended soon. */
static const double PIECE_S = 0.5;

struct running {
    const struct en_app *app;
    const struct en_trial_request *request;
    struct en_arena *a;
    struct en_trial_spec *spec;
    struct en_posterior *posterior;
    struct en_trial_result *result;
    struct en_trial_size *size;
    int64_t *sums;
    struct en_err *err;
};

static enum en_status read_spec(const struct en_app *app, const struct en_trial_request *rq,
                                struct en_arena *a, struct en_trial_spec *out,
                                struct en_issues *issues, struct en_err *err)
{
    EN_TRY(en_trial_spec_read(app->knowledge, rq->bytes, rq->size, a, out, issues, err));
    out->trial.patients = rq->patients > 0 ? rq->patients : out->trial.patients;
    out->trial.seed = rq->has_seed ? rq->seed : out->trial.seed;
    if (out->trial.patients < EN_TRIAL_PATIENTS_MIN ||
        out->trial.patients > EN_TRIAL_REQUEST_PATIENTS_MAX) {
        return en_fail(err, EN_EINVAL, "patients: %d to %d of each arm", (int)EN_TRIAL_PATIENTS_MIN,
                       (int)EN_TRIAL_REQUEST_PATIENTS_MAX);
    }
    return EN_OK;
}

enum en_status en_app_trial_check(const struct en_app *app, const struct en_trial_request *request,
                                  struct en_arena *a, struct en_issues *issues, struct en_err *err)
{
    struct en_trial_spec *spec = EN_NEW(a, struct en_trial_spec, 1);

    return spec == NULL ? en_fail(err, EN_ENOMEM, "no memory for the trial")
                        : read_spec(app, request, a, spec, issues, err);
}

static enum en_status tell(const struct running *r, uint64_t done, uint64_t all)
{
    const struct en_trial_request *rq = r->request;

    return rq->tell == NULL || rq->tell(rq->context, (double)done / (double)all)
               ? EN_OK
               : en_fail(r->err, EN_ELIMIT, "the trial was ended before it was done");
}

static enum en_status run_pieces(struct running *r)
{
    const struct en_trial *t = &r->spec->trial;
    const uint64_t all = en_trial_units(t);
    uint64_t piece = 1;

    for (uint64_t done = 0; done < all;) {
        const uint64_t left = all - done, count = piece < left ? piece : left;
        const double started_s = en_clock_s();

        EN_TRY(
            en_trial_run(t, r->posterior, done, count, r->request->threads, r->sums, r->a, r->err));
        done += count;
        const double took_s = en_clock_s() - started_s;

        piece = took_s < 0.5 * PIECE_S ? piece * 2 : piece;
        piece = took_s > 2.0 * PIECE_S && piece > 1 ? piece / 2 : piece;
        EN_TRY(tell(r, done, all));
    }
    return EN_OK;
}

static enum en_status take_memory(struct running *r)
{
    r->spec = EN_NEW(r->a, struct en_trial_spec, 1);
    r->posterior = EN_NEW(r->a, struct en_posterior, 1);
    r->result = EN_NEW(r->a, struct en_trial_result, 1);
    r->size = EN_NEW(r->a, struct en_trial_size, 1);
    return r->spec == NULL || r->posterior == NULL || r->result == NULL || r->size == NULL
               ? en_fail(r->err, EN_ENOMEM, "no memory for the trial")
               : EN_OK;
}

enum en_status en_app_trial(const struct en_app *app, const struct en_trial_request *request,
                            struct en_arena *a, struct en_buf *json, struct en_err *err)
{
    struct running r = {.app = app, .request = request, .a = a, .err = err};
    struct en_issues issues = {0};

    EN_TRY(take_memory(&r));
    EN_TRY(read_spec(app, request, a, r.spec, &issues, err));
    EN_TRY(en_app_posterior(app, a, r.posterior, err));
    r.sums = EN_NEW(a, int64_t, en_trial_sums_count(&r.spec->trial));
    if (r.sums == NULL) {
        return en_fail(err, EN_ELIMIT,
                       "the trial is too large for the memory: fewer arms, outcomes or weeks");
    }
    EN_TRY(run_pieces(&r));
    EN_TRY(en_trial_summarise(&r.spec->trial, r.posterior, r.sums, a, r.result, err));
    struct en_trial_answer answer = {app->knowledge, r.spec, r.posterior, r.result, NULL};

    if (r.spec->has_question) {
        EN_TRY(en_trial_size_of(&answer, request->threads, a, r.size, err));
        answer.size = r.size;
    }
    return en_trial_json(&answer, json, err);
}
