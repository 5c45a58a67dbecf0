/* SPDX-License-Identifier: Apache-2.0
 * Scores and graded laxity of a course: which count, what they were before it, what they say. */
#include "app/follow.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRADE_MAX = 3 };

/* Range of en_observation's scale. */
#define SCALE_MAX 100.0

/* All entries of one instrument, or of one site, by day. */
struct series {
    struct follow_entry *items;
    size_t count;
    struct follow_entry *baseline; /* NULL: none before the course */
};

struct scoring {
    struct following *g;
    struct series *series;
    size_t series_count;
    struct series *reference; /* the function score that stands for the person's; NULL: none */
};

/* Reading */

static bool is_score_in_range(const struct en_row *instrument, double value)
{
    const double low = en_cell_number(instrument, "low"), high = en_cell_number(instrument, "high");

    return isfinite(value) && (isnan(low) || value >= low) && (isnan(high) || value <= high);
}

/* The first thing that is wrong; NULL: nothing. */
static const char *fault_of(const struct following *g, en_day day, enum en_side side, bool is_ok)
{
    const char *fault = follow_day_fault(g, day);

    if (!is_ok) {
        return "outside its scale";
    }
    if (fault != NULL) {
        return fault;
    }
    return en_side_fits(side, g->plan->target.side) ? NULL : "of the other side";
}

static bool is_of(const struct follow_entry *e, const char *measure)
{
    return en_text_equal(en_cell(e->instrument, "measure"), measure);
}

static void read_score(struct following *g, size_t i)
{
    const struct en_score *s = &g->c->scores[i];
    const struct en_row *row = en_row_find(g->app->knowledge, "instruments", s->instrument);

    if (row == NULL || (s->region != NULL && g->course.region != NULL &&
                        !en_text_equal(s->region, g->course.region))) {
        return; /* another problem's */
    }
    struct follow_entry *e = follow_add(g, en_cell(row, "id"), s->day);
    const char *fault = fault_of(g, s->day, s->side, is_score_in_range(row, s->value));

    e->instrument = row;
    e->key = e->what;
    e->value = s->value;
    e->index = i;
    if (fault != NULL) {
        follow_exclude(e, fault);
    } else if (is_of(e, "none")) {
        follow_exclude(e, "no model of it");
        e->is_silent = s->day <= g->out->start;
    }
}

static void read_exam(struct following *g, size_t i)
{
    const struct en_exam *x = &g->c->exams[i];
    const struct en_row *site =
        x->site == NULL ? NULL : en_row_find(g->app->knowledge, "atlas", x->site);
    const bool is_ok = x->value >= 0.0 && x->value <= (double)GRADE_MAX;

    if (x->kind != EN_EXAM_LAXITY || site == NULL || g->course.region == NULL ||
        !en_text_equal(en_cell(site, "region"), g->course.region)) {
        return;
    }
    struct follow_entry *e = follow_add(g, "laxity", x->day);
    const char *fault = fault_of(g, x->day, x->side, is_ok);

    e->key = en_cell(site, "id");
    e->side = x->side;
    e->value = x->value;
    e->index = i;
    if (fault != NULL) {
        follow_exclude(e, fault);
    }
}

/* Series */

static int compare(double a, double b)
{
    return a < b ? -1 : a > b;
}

/* What is left out goes last; then by kind, series, day, value. */
static int by_series(const void *left, const void *right)
{
    const struct follow_entry *a = left, *b = right;
    const bool a_out = a->usage == EN_USAGE_EXCLUDED, b_out = b->usage == EN_USAGE_EXCLUDED;
    int order = (int)a_out - (int)b_out;

    order = order != 0 ? order : (a->instrument == NULL) - (b->instrument == NULL);
    order = order != 0 ? order : strcmp(a->key, b->key);
    order = order != 0 ? order : (int)a->side - (int)b->side;
    order = order != 0 ? order : compare(a->day, b->day);
    order = order != 0 || a_out ? order : compare(a->value, b->value);
    order = order != 0 ? order : compare((double)a->index, (double)b->index);
    return order;
}

static bool is_same_series(const struct follow_entry *a, const struct follow_entry *b)
{
    return (a->instrument == NULL) == (b->instrument == NULL) && a->side == b->side &&
           en_text_equal(a->key, b->key);
}

/* Several values of one day: one counts when they are equal, none when they are not. */
static void settle_day(struct follow_entry *items, size_t count)
{
    const bool is_conflict = items[0].value < items[count - 1].value;

    for (size_t i = is_conflict ? 0 : 1; i < count; i++) {
        follow_exclude(&items[i], "two different values for one day");
        items[i].is_silent = !is_conflict || i > 0;
    }
}

static void settle_days(struct series *s)
{
    for (size_t begin = 0, end; begin < s->count; begin = end) {
        end = begin + 1;
        while (end < s->count && s->items[end].day == s->items[begin].day) {
            end++;
        }
        if (end - begin > 1) {
            settle_day(&s->items[begin], end - begin);
        }
    }
}

/* The last value on or before day 0 that still counts as of that day. */
static void find_baseline(const struct following *g, struct series *s)
{
    const struct follow_entry *first = &s->items[0];
    const double age_max = first->instrument == NULL
                               ? HUGE_VAL /* a ligament does not tighten in a month by itself */
                               : en_app_score_age_max(g->app->knowledge, first->what);

    for (size_t i = s->count; i > 0; i--) {
        struct follow_entry *e = &s->items[i - 1];
        const double age = (double)g->out->start - (double)e->day;

        if (e->usage == EN_USAGE_EXCLUDED || age < 0.0) {
            continue;
        }
        if (s->baseline == NULL && age <= age_max) {
            s->baseline = e;
            continue;
        }
        follow_exclude(e, s->baseline != NULL ? "before the one that counts as the baseline"
                                              : "too old for a baseline");
        e->is_silent = g->course.start == EN_DAY_UNKNOWN; /* there is no course to forecast */
    }
}

static enum en_status make_series(struct scoring *k, struct follow_entry *items, size_t count,
                                  struct en_err *err)
{
    k->series = EN_NEW(k->g->a, struct series, count);
    if (k->series == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the scores");
    }
    for (size_t i = 0; i < count && items[i].usage != EN_USAGE_EXCLUDED; i++) {
        if (i == 0 || !is_same_series(&items[i], &items[i - 1])) {
            k->series[k->series_count++] = (struct series){.items = &items[i]};
        }
        k->series[k->series_count - 1].count++;
    }
    for (size_t i = 0; i < k->series_count; i++) {
        settle_days(&k->series[i]);
        find_baseline(k->g, &k->series[i]);
    }
    return EN_OK;
}

/* Baselines */

/* Function is that of the condition's own instrument; where that has none before the course, the
 * first other one stands for it. */
static void find_reference(struct scoring *k)
{
    const char *own = en_cell(k->g->plan->condition, "function_instrument");

    for (size_t i = 0; i < k->series_count; i++) {
        struct series *s = &k->series[i];

        if (s->items[0].instrument == NULL || s->baseline == NULL ||
            !is_of(&s->items[0], "function")) {
            continue;
        }
        if (k->reference == NULL || en_text_equal(s->items[0].what, own)) {
            k->reference = s;
        }
    }
    if (k->reference != NULL) {
        struct follow_entry *e = k->reference->baseline;

        k->g->out->baseline_function = en_app_normalised(e->instrument, e->value);
        if (!en_text_equal(e->what, own)) {
            e->usage = EN_USAGE_ASSUMED;
            e->why = "stands for the function that the condition is measured by";
        }
    }
}

static void find_pain(struct scoring *k)
{
    for (size_t i = 0; i < k->series_count; i++) {
        const struct series *s = &k->series[i];

        if (en_text_equal(s->items[0].what, "nrs") && s->baseline != NULL) {
            k->g->out->baseline_nrs = s->baseline->value;
        }
    }
}

/* Observations */

/* In flux: soon after an injection. */
static double flux_of(const struct following *g, double day)
{
    const struct en_followup *f = &g->out->followup;
    const double days = en_limit(g->app->knowledge, "forecast.flare_days");

    for (size_t i = 0; i < f->given_count; i++) {
        if (day > f->given[i].day && day <= f->given[i].day + days) {
            return en_limit(g->app->knowledge, "forecast.flare_error");
        }
    }
    return 1.0;
}

static void observe_pain(const struct following *g, struct follow_entry *e)
{
    e->observation.measure = EN_MEASURE_PAIN;
    e->observation.value = e->value;
    if (!en_text_equal(e->what, "nrs")) {
        e->observation.error *= en_limit(g->app->knowledge, "forecast.peg_error");
        e->usage = EN_USAGE_ASSUMED;
        e->why = "taken as a pain score with a larger error";
    }
}

static void observe_function(struct scoring *k, const struct series *s, struct follow_entry *e)
{
    const char *own = en_cell(k->g->plan->condition, "function_instrument");
    const bool is_own = k->reference == s || (k->reference == NULL && en_text_equal(e->what, own));
    const double before =
        s->baseline == NULL ? NAN : en_app_normalised(e->instrument, s->baseline->value);
    const double scale = is_own ? 1.0 : before / k->g->out->baseline_function;

    if (!is_own && s->baseline == NULL) {
        follow_exclude(e, "no baseline of its own");
    } else if (!(scale > 0.0 && scale <= SCALE_MAX)) {
        follow_exclude(e, "its baseline is at the end of its scale");
    } else {
        e->observation.measure = EN_MEASURE_FUNCTION;
        e->observation.value = en_app_normalised(e->instrument, e->value);
        e->observation.scale = scale;
    }
}

static void observe_laxity(const struct following *g, const struct series *s,
                           struct follow_entry *e)
{
    if (s->baseline == NULL || !(s->baseline->value >= 1.0)) {
        follow_exclude(e, "no grade of 1 or more before the first session");
        return;
    }
    const double zero = en_limit(g->app->knowledge, "forecast.laxity_zero");

    e->observation.measure = EN_MEASURE_LAXITY;
    e->observation.value = (e->value > zero ? e->value : zero) / s->baseline->value;
    e->observation.error *= en_limit(g->app->knowledge, "forecast.laxity_error");
    e->usage = EN_USAGE_ASSUMED;
    e->why = "a grade, taken as a share of the grade before";
}

static void observe(struct scoring *k, const struct series *s, struct follow_entry *e)
{
    const double day = (double)(e->day - k->g->out->start);

    e->observation = (struct en_observation){
        .day = day,
        .scale = 1.0,
        .error = e->instrument == NULL ? 1.0 : flux_of(k->g, day),
    };
    e->is_observation = true;
    if (e->instrument == NULL) {
        observe_laxity(k->g, s, e);
    } else if (is_of(e, "pain")) {
        observe_pain(k->g, e);
    } else {
        observe_function(k, s, e);
    }
}

/* Whether the value before the course went into the follow-up. */
static bool uses_baseline(const struct scoring *k, const struct series *s, bool has_observation)
{
    const struct follow_entry *e = s->baseline;

    if (e->instrument != NULL && is_of(e, "pain")) {
        return en_text_equal(e->what, "nrs");
    }
    return s == k->reference || has_observation;
}

static void observe_all(struct scoring *k)
{
    for (size_t i = 0; i < k->series_count; i++) {
        struct series *s = &k->series[i];
        bool has_observation = false;

        for (size_t j = 0; j < s->count; j++) {
            struct follow_entry *e = &s->items[j];

            if (e->usage != EN_USAGE_EXCLUDED && e->day > k->g->out->start) {
                observe(k, s, e);
                has_observation |= e->is_observation;
            }
        }
        if (s->baseline != NULL) {
            s->baseline->is_silent = !uses_baseline(k, s, has_observation);
        }
    }
}

/* The list */

/* Newest last. */
static int by_day(const void *left, const void *right)
{
    const struct follow_entry *a = left, *b = right;
    int order = compare(a->day, b->day);

    order = order != 0 ? order : strcmp(a->what, b->what);
    order = order != 0 ? order : (int)a->side - (int)b->side;
    order = order != 0 ? order : compare((double)a->index, (double)b->index);
    return order;
}

/* How many of each measure fit: the largest group gives first. */
static void share_room(const struct follow_entry *items, size_t count,
                       size_t quota[EN_MEASURE_COUNT])
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++) {
        if (items[i].is_observation) {
            quota[items[i].observation.measure]++;
            total++;
        }
    }
    for (; total > EN_OBSERVATIONS_MAX; total--) {
        size_t largest = 0;

        for (size_t m = 1; m < EN_MEASURE_COUNT; m++) {
            largest = quota[m] > quota[largest] ? m : largest;
        }
        quota[largest]--;
    }
}

/* Observations in the order of days; the newest of each measure where there are too many. */
static void write_observations(struct following *g, struct follow_entry *items, size_t count)
{
    struct en_followup *f = &g->out->followup;
    size_t quota[EN_MEASURE_COUNT] = {0};

    qsort(items, count, sizeof *items, by_day);
    share_room(items, count, quota);
    for (size_t i = count; i > 0; i--) {
        struct follow_entry *e = &items[i - 1];

        if (e->is_observation && quota[e->observation.measure]-- == 0) {
            quota[e->observation.measure] = 0;
            follow_exclude(e, "more scores than a forecast takes: the newest count");
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (items[i].is_observation) {
            f->observations[f->observation_count++] = items[i].observation;
        }
    }
}

enum en_status follow_scores(struct following *g, struct en_err *err)
{
    const size_t begin = g->entry_count;
    struct scoring k = {.g = g};

    for (size_t i = 0; i < g->c->score_count; i++) {
        read_score(g, i);
    }
    for (size_t i = 0; i < g->c->exam_count; i++) {
        read_exam(g, i);
    }
    struct follow_entry *items = &g->entries[begin];
    const size_t count = g->entry_count - begin;

    qsort(items, count, sizeof *items, by_series);
    EN_TRY(make_series(&k, items, count, err));
    find_pain(&k);
    find_reference(&k);
    observe_all(&k);
    write_observations(g, items, count);
    return EN_OK;
}
