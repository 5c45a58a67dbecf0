/* SPDX-License-Identifier: Apache-2.0
 * The answer of a search as resources. */
#include "app/optimise.h"

#include "fhir/result.h"
#include "report/words_search.h"

#include <math.h>

struct en_report_search en_app_optimise_view(const struct en_optimise *answer)
{
    return (struct en_report_search){
        .candidates = &answer->candidates,
        .question = &answer->question,
        .search = &answer->search,
        .saline = &answer->saline,
        .saline_of = answer->saline_of,
        .posterior = answer->question.base.posterior,
        .has_condition_data = answer->has_condition_data,
        .has_cost = answer->has_cost,
    };
}

static struct en_forecast_point point_of(struct en_words *w, const struct en_report_search *s,
                                         size_t option)
{
    const struct en_search_result *r = &s->search->results[option];
    const struct en_forecast_request *q = &s->question->base;

    return (struct en_forecast_point){
        .outcome = "pain 0-10, fall beyond doing nothing, mean of the goal dates",
        .arm = en_words_option(w, s, option),
        .hypothesis = "mixed",
        .week = q->weeks[q->week_count - 1],
        .median = r->pain_q[1],
        .q05 = r->pain_q[0],
        .q95 = r->pain_q[2],
        .q25 = NAN,
        .q75 = NAN,
        .probability = r->goal,
        .rationale = en_words_print(
            w,
            "Mean %.1f; nine of ten such patients %.1f to %.1f. In minimal important changes of "
            "pain and function: benefit %.2f, burden %.2f (a judgement, not yet approved), net "
            "%.2f%s%s. The probability is that of pain at least %.1f below the baseline then.",
            r->pain, r->pain_q[0], r->pain_q[2], r->benefit, r->burden, r->net,
            r->is_as_good ? "; not told from the largest net benefit" : "",
            option == s->search->preferred ? "; preferred" : "", q->mic_nrs),
    };
}

static enum en_status fill_points(struct en_words *w, const struct en_report_search *s,
                                  struct en_forecast_points *out, struct en_err *err)
{
    const struct en_search_rows rows = en_search_rows(s);
    const size_t *n = s->search->patients;
    struct en_forecast_point *items = EN_NEW(w->arena, struct en_forecast_point, rows.count);

    if (items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the options");
    }
    for (size_t i = 0; i < rows.count; i++) {
        items[i] = point_of(w, s, rows.option[i]);
    }
    *out = (struct en_forecast_points){
        .items = items,
        .count = rows.count,
        .method = en_words_print(w,
                                 "search over %zu options, healing model, %zu virtual patients, "
                                 "seed %llu, %s",
                                 s->candidates->count, n[0] + n[1] + n[2] + n[3],
                                 (unsigned long long)s->question->base.seed,
                                 s->posterior->is_calibrated ? "calibrated on trials"
                                                             : "before calibration"),
    };
    return w->failed ? en_fail(err, EN_ENOMEM, "no memory for the words of the options") : EN_OK;
}

enum en_status en_app_optimise_bundle(const struct en_app *app, const struct en_optimise *answer,
                                      struct en_arena *a, struct en_buf *json, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct en_words w = {.arena = a, .knowledge = app->knowledge, .today = app->today};
    struct en_forecast_points points;

    if (answer->search.results == NULL) {
        return en_fhir_write_assessment(&care, &answer->answer.c, &answer->answer.assessment, json,
                                        err);
    }
    const struct en_report_search view = en_app_optimise_view(answer);

    EN_TRY(fill_points(&w, &view, &points, err));
    return en_fhir_write_plan(&care, &answer->answer.c,
                              answer->answer.is_issued ? &answer->answer.plan : NULL,
                              &answer->answer.assessment, &points, json, err);
}
