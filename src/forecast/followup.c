/* SPDX-License-Identifier: Apache-2.0
 * What a follow-up may hold. Every comparison fails for NAN. */
#include "forecast/individual.h"

static bool is_within(double x, double low, double high)
{
    return x >= low && x <= high;
}

static enum en_status check_given(const struct en_followup *f, size_t s, struct en_err *err)
{
    const struct en_dose *d = &f->given[s];
    const double before = s == 0 ? 0.0 : d[-1].day;

    if (!(is_within(d->day, before, f->today))) {
        return en_fail(err, EN_EINVAL, "followup.given[%zu].day: not ascending from 0 up to today",
                       s);
    }
    if (!is_within(d->dextrose_percent, 0.0, 50.0)) {
        return en_fail(err, EN_EINVAL, "followup.given[%zu].dextrose_percent: outside 0 .. 50", s);
    }
    if (!is_within(d->coverage, 0.0, 1.0)) {
        return en_fail(err, EN_EINVAL, "followup.given[%zu].coverage: outside 0 .. 1", s);
    }
    if (!is_within(d->needle, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "followup.given[%zu].needle: outside 0 .. 10", s);
    }
    return EN_OK;
}

/* Highest value of each measure; a laxity may be any multiple within reason. */
static const double HIGH[EN_MEASURE_COUNT] = {
    [EN_MEASURE_PAIN] = 10.0, [EN_MEASURE_FUNCTION] = 100.0, [EN_MEASURE_LAXITY] = 100.0};

static enum en_status check_observation(const struct en_followup *f, size_t k, struct en_err *err)
{
    const struct en_observation *o = &f->observations[k];
    const double before = k == 0 ? 0.0 : o[-1].day;

    if (!(o->day > 0.0 && is_within(o->day, before, f->today))) {
        return en_fail(err, EN_EINVAL,
                       "followup.observations[%zu].day: not ascending, after 0 and up to today", k);
    }
    if (!((int)o->measure >= 0 && o->measure < EN_MEASURE_COUNT)) {
        return en_fail(err, EN_EINVAL, "followup.observations[%zu].measure: not one of them", k);
    }
    if (!(is_within(o->value, 0.0, HIGH[o->measure]) &&
          (o->measure != EN_MEASURE_LAXITY || o->value > 0.0))) {
        return en_fail(err, EN_EINVAL, "followup.observations[%zu].value: outside its scale", k);
    }
    if (!(o->scale > 0.0 && o->scale <= 100.0)) {
        return en_fail(err, EN_EINVAL, "followup.observations[%zu].scale: outside 0 .. 100", k);
    }
    if (!(o->error > 0.0 && o->error <= 100.0)) {
        return en_fail(err, EN_EINVAL, "followup.observations[%zu].error: outside 0 .. 100", k);
    }
    return EN_OK;
}

bool en_followup_is_empty(const struct en_followup *f)
{
    return !(f->today > 0.0);
}

enum en_status en_followup_check(const struct en_followup *f, struct en_err *err)
{
    if (!is_within(f->today, 0.0, 1e4)) {
        return en_fail(err, EN_EINVAL, "followup.today: outside 0 .. 10000");
    }
    if (f->given_count > EN_FORECAST_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "followup.given_count: above %d",
                       (int)EN_FORECAST_SESSIONS_MAX);
    }
    if (f->observation_count > EN_OBSERVATIONS_MAX) {
        return en_fail(err, EN_EINVAL, "followup.observation_count: above %d",
                       (int)EN_OBSERVATIONS_MAX);
    }
    if (en_followup_is_empty(f)) {
        return f->given_count == 0 && f->observation_count == 0
                   ? EN_OK
                   : en_fail(err, EN_EINVAL, "followup.today: 0, but something has happened");
    }
    if (!is_within(f->rehabilitation, 0.0, 10.0)) {
        return en_fail(err, EN_EINVAL, "followup.rehabilitation: outside 0 .. 10");
    }
    for (size_t s = 0; s < f->given_count; s++) {
        EN_TRY(check_given(f, s, err));
    }
    for (size_t k = 0; k < f->observation_count; k++) {
        EN_TRY(check_observation(f, k, err));
    }
    return EN_OK;
}
