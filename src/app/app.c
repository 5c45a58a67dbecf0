/* SPDX-License-Identifier: Apache-2.0 */
#include "app/app.h"

#include "app/posterior_file.h"

bool en_app_allows(enum en_verdict verdict)
{
    return verdict == EN_VERDICT_SUITABLE || verdict == EN_VERDICT_CAUTION;
}

enum en_status en_app_case(const struct en_app *app, const char *bytes, size_t size,
                           struct en_arena *a, struct en_case *out, struct en_issues *issues,
                           struct en_err *err)
{
    const struct en_fhir_known known = {app->knowledge, app->r4, app->today};

    return en_fhir_read_known(&known, bytes, size, a, out, issues, err);
}

/* The plan, when the case names a known problem; without one the case is judged alone. */
static enum en_status make_plan(const struct en_care *care, const struct en_case *c,
                                const struct en_plan_options *options, struct en_arena *a,
                                struct en_plan *out, bool *has_plan, struct en_err *err)
{
    *has_plan = false;
    if (c->target_count == 0) {
        return EN_OK;
    }
    if (options->target >= c->target_count) {
        return en_fail(err, EN_EINVAL, "the case has %zu problem(s), not %zu", c->target_count,
                       options->target + 1);
    }
    const char *id = c->targets[options->target].condition;

    if (id == NULL) {
        return EN_OK;
    }
    EN_TRY(en_plan_make(care, c, options, a, out, err));
    *has_plan = true;
    return EN_OK;
}

static enum en_status forecast(const struct en_app *app, const struct en_plan_request *request,
                               struct en_arena *a, struct en_plan_answer *out, struct en_err *err)
{
    struct en_forecast_request question;

    out->forecast = EN_NEW(a, struct en_forecast, 1);
    if (out->forecast == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the forecast");
    }
    EN_TRY(en_app_forecast_request(app, &out->c, &out->plan, request, a, &question, err));
    struct en_posterior *posterior = EN_NEW(a, struct en_posterior, 1);

    if (posterior == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the posterior");
    }
    EN_TRY(en_app_posterior(app, a, posterior, err));
    question.posterior = posterior;
    return en_forecast_run(&question, a, out->forecast, err);
}

static enum en_status decide(const struct en_app *app, const struct en_case *c,
                             const struct en_plan_request *request, struct en_arena *a,
                             struct en_plan_answer *out, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    bool has_plan = false;

    *out = (struct en_plan_answer){.c = *c};
    EN_TRY(make_plan(&care, c, &request->options, a, &out->plan, &has_plan, err));
    EN_TRY(en_assess(&care, c, has_plan ? &out->plan : NULL, a, &out->assessment, err));
    out->is_issued = has_plan && out->plan.site_count > 0 && en_app_allows(out->assessment.verdict);
    if (!out->is_issued || request->without_forecast) {
        return EN_OK;
    }
    return forecast(app, request, a, out, err);
}

enum en_status en_app_plan(const struct en_app *app, const struct en_case *c,
                           const struct en_plan_request *request, struct en_arena *a,
                           struct en_plan_answer *out, struct en_err *err)
{
    const enum en_status st = decide(app, c, request, a, out, err);

    if (st != EN_OK) { /* half an answer must never look like one that may be carried out */
        out->is_issued = false;
        out->forecast = NULL;
    }
    return st;
}
