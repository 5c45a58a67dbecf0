/* SPDX-License-Identifier: Apache-2.0
 * app/result_bundle: the forecast as plain points, for the FHIR writer that knows no forecast. */
#include "app/points.h"

#include "base/text.h"
#include "fhir/result.h"
#include "heal/heal.h"

#include <math.h>

static const char *arm_title(const char *id)
{
    return en_text_equal(id, "none") ? "no treatment" : id;
}

static const char *outcome_title(enum en_outcome outcome)
{
    return outcome == EN_OUTCOME_PAIN ? "pain 0-10" : "function 0-100, high = worse";
}

/* "H2 neural", "mixed". */
static const char *hypothesis_title(size_t index, struct en_arena *a)
{
    if (index == EN_MIXED) {
        return "mixed";
    }
    const struct en_hypothesis h = en_heal_hypothesis(index);

    return en_arena_print(a, "%s %s", h.id, h.name);
}

static struct en_forecast_point point_of(const struct en_band *band)
{
    return (struct en_forecast_point){
        .q05 = band->q[0],
        .q25 = band->q[1],
        .median = band->q[2],
        .q75 = band->q[3],
        .q95 = band->q[4],
        .probability = band->mic_probability,
    };
}

/* All weeks of one arm, outcome and hypothesis. */
static void add_weeks(const struct en_forecast *f, size_t arm, enum en_outcome outcome, size_t h,
                      const char *hypothesis, struct en_forecast_points *out,
                      struct en_forecast_point *items)
{
    for (size_t w = 0; w < f->request.week_count; w++) {
        struct en_forecast_point p = point_of(&f->band[arm][outcome][h][w]);

        p.outcome = outcome_title(outcome);
        p.arm = arm_title(f->request.arms[arm].id);
        p.hypothesis = hypothesis;
        p.week = f->request.weeks[w];
        items[out->count++] = p;
    }
}

/* "calibrated on 143 results of 41 studies" */
static const char *calibration_of(const struct en_forecast *f, struct en_arena *a)
{
    const char *condition = f->has_condition_data ? "" : ", no controlled one of this condition";

    if (!f->is_calibrated) {
        return "before calibration";
    }
    return f->row_count == 0 ? en_arena_print(a, "calibrated on trials%s", condition)
                             : en_arena_print(a, "calibrated on %zu results of %zu studies%s",
                                              f->row_count, f->study_count, condition);
}

enum en_status en_app_points(const struct en_forecast *f, size_t more, struct en_arena *a,
                             struct en_forecast_points *out, struct en_forecast_point **room,
                             struct en_err *err)
{
    const size_t count =
        f->request.arm_count * EN_OUTCOME_COUNT * (EN_HYPOTHESIS_COUNT + 1) * f->request.week_count;
    struct en_forecast_point *items = EN_NEW(a, struct en_forecast_point, count + more);
    const char *calibration = calibration_of(f, a), *names[EN_HYPOTHESIS_COUNT + 1];

    *out = (struct en_forecast_points){
        .items = items,
        .method = en_arena_print(a, "healing model, %zu virtual patients, seed %llu, %s",
                                 f->request.patients, (unsigned long long)f->request.seed,
                                 calibration == NULL ? "" : calibration),
    };
    for (size_t h = 0; h <= EN_HYPOTHESIS_COUNT; h++) {
        names[h] = hypothesis_title(h, a);
    }
    if (items == NULL || calibration == NULL || out->method == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the points of the forecast");
    }
    if (room != NULL) {
        *room = items + count;
    }
    for (size_t arm = 0; arm < f->request.arm_count; arm++) {
        for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
            for (size_t h = 0; h <= EN_HYPOTHESIS_COUNT; h++) {
                add_weeks(f, arm, o, h, names[h], out, items);
            }
        }
    }
    return EN_OK;
}

enum en_status en_app_plan_bundle(const struct en_app *app, const struct en_plan_answer *answer,
                                  struct en_arena *a, struct en_buf *json, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct en_forecast_points points;

    if (!answer->is_issued) {
        return en_fhir_write_assessment(&care, &answer->c, &answer->assessment, json, err);
    }
    if (answer->forecast == NULL) {
        return en_fhir_write_plan(&care, &answer->c, &answer->plan, &answer->assessment, NULL, json,
                                  err);
    }
    EN_TRY(en_app_points(answer->forecast, 0, a, &points, NULL, err));
    return en_fhir_write_plan(&care, &answer->c, &answer->plan, &answer->assessment, &points, json,
                              err);
}
