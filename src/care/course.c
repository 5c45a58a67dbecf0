/* SPDX-License-Identifier: Apache-2.0
 * Derived facts of the course of treatment: sessions given, scores before and after, harm. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <stdlib.h>

enum { DAYS_PER_WEEK = 7 };

/* Scores of one instrument, oldest first. */
struct series {
    struct en_score *items;
    size_t count;
};

struct course {
    struct care_derive *d;
    struct en_course of;
};

static int by_day(const void *left, const void *right)
{
    const struct en_score *a = left, *b = right;

    return a->day < b->day ? -1 : a->day > b->day;
}

/* A score of another region belongs to another problem. */
static bool is_of_region(const struct course *c, const struct en_score *s)
{
    return s->region == NULL || c->of.region == NULL || en_text_equal(s->region, c->of.region);
}

/* The scores of the case and, when it is newer, today's answer (the fact of the same name). */
static struct series scores_of(const struct course *c, const char *instrument)
{
    const struct en_case *k = c->d->c;
    struct series s = {.items = CARE_NEW(c->d->p, struct en_score, k->score_count + 1)};
    const size_t index = en_fact_index(c->d->p->k, instrument);

    for (size_t i = 0; s.items != NULL && i < k->score_count; i++) {
        if (en_text_equal(k->scores[i].instrument, instrument) && isfinite(k->scores[i].value) &&
            en_side_fits(k->scores[i].side, c->of.side) && is_of_region(c, &k->scores[i]) &&
            k->scores[i].day <= c->d->p->today && k->scores[i].day != EN_DAY_UNKNOWN) {
            s.items[s.count++] = k->scores[i];
        }
    }
    if (s.items == NULL) {
        return s;
    }
    qsort(s.items, s.count, sizeof *s.items, by_day);
    if (index != SIZE_MAX && c->d->facts[index].kind == EN_FACT_NUMBER) {
        const struct en_fact *f = &c->d->facts[index];
        const bool is_newer = s.count == 0 || f->as_of > s.items[s.count - 1].day;

        if (f->as_of != EN_DAY_UNKNOWN && f->as_of <= c->d->p->today && is_newer) {
            s.items[s.count++] =
                (struct en_score){.instrument = instrument, .value = f->number, .day = f->as_of};
        }
    }
    return s;
}

/* Last score on or before the first session; NULL none. */
static const struct en_score *baseline(const struct course *c, const struct series *s)
{
    const struct en_score *found = NULL;

    for (size_t i = 0; c->of.start != EN_DAY_UNKNOWN && i < s->count; i++) {
        found = s->items[i].day <= c->of.start ? &s->items[i] : found;
    }
    return found;
}

/* Latest score after the first session; NULL none. */
static const struct en_score *latest(const struct course *c, const struct series *s)
{
    const struct en_score *last = s->count == 0 ? NULL : &s->items[s->count - 1];

    return last != NULL && c->of.start != EN_DAY_UNKNOWN && last->day > c->of.start ? last : NULL;
}

/* Sessions */

bool en_course_has(const struct en_course *course, const struct en_past_session *s)
{
    return course->region != NULL && s->day <= course->today && s->day != EN_DAY_UNKNOWN &&
           s->day >= course->start && care_session_counts(s, course->region, course->side);
}

/* Day of the last session of the course before `day`; EN_DAY_UNKNOWN none. */
static en_day session_before(const struct en_course *course, const struct en_case *k, en_day day)
{
    en_day last = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < k->session_count; i++) {
        if (en_course_has(course, &k->sessions[i]) && k->sessions[i].day < day) {
            last = k->sessions[i].day > last ? k->sessions[i].day : last;
        }
    }
    return last;
}

static struct en_course course_of(const struct care_derive *d)
{
    const double window = en_limit(d->p->k, "plan.cap_window");
    struct en_course course = {
        .region = care_region(d),
        .side = d->target == NULL ? EN_SIDE_UNKNOWN : d->target->side,
        .start = EN_DAY_UNKNOWN, /* so far every session is one of the course */
        .today = d->p->today,
    };
    en_day start = session_before(&course, d->c, d->p->today + 1), before = start;

    while (before != EN_DAY_UNKNOWN && (double)(start - before) <= window) {
        start = before;
        before = session_before(&course, d->c, start);
    }
    course.start = start;
    return course;
}

struct en_course en_course_of(const struct en_care *care, const struct en_case *c,
                              const struct en_target *target, const struct en_plan *plan)
{
    struct care_pad p = {.k = care->knowledge, .today = care->today};
    const struct care_derive d = {.p = &p, .c = c, .target = target, .plan = plan};

    return course_of(&d);
}

static void derive_given(struct course *c)
{
    const struct en_case *k = c->d->c;
    int count = 0;

    for (size_t i = 0; i < k->session_count; i++) {
        count += en_course_has(&c->of, &k->sessions[i]) ? 1 : 0;
    }
    if (c->of.region != NULL) {
        care_set_number(c->d, "sessions_given", count, "derived: sessions");
    }
    if (c->of.start != EN_DAY_UNKNOWN) {
        care_set_number(c->d, "days_since_first_session", c->d->p->today - c->of.start,
                        "derived: sessions");
    }
}

/* The highest recorded grade. A session without a record could hide a grave one, so the result is
 * known only when it is grave enough already, or nothing is missing. */
static void derive_harm(struct course *c)
{
    const struct en_case *k = c->d->c;
    const double grave = en_limit(c->d->p->k, "review.ae_grade_suspend");
    bool is_complete = true;
    int highest = 0;

    for (size_t i = 0; i < k->session_count; i++) {
        if (en_course_has(&c->of, &k->sessions[i])) {
            is_complete &= k->sessions[i].ae_grade >= 0;
            highest = k->sessions[i].ae_grade > highest ? k->sessions[i].ae_grade : highest;
        }
    }
    care_set_number(c->d, "ae_grade_max",
                    c->of.region != NULL && (is_complete || highest >= grave) ? (double)highest
                                                                              : NAN,
                    "derived: sessions");
}

/* A maintenance session is one that came after a gap in which a plan lapses. */
static void derive_maintenance(struct course *c)
{
    const struct en_case *k = c->d->c;
    const double gap = en_limit(c->d->p->k, "plan.lapse");
    const double window = en_limit(c->d->p->k, "plan.cap_window");
    int count = 0;

    for (size_t i = 0; c->of.region != NULL && i < k->session_count; i++) {
        const en_day day = k->sessions[i].day;

        if (!en_course_has(&c->of, &k->sessions[i]) || (double)(c->d->p->today - day) > window) {
            continue;
        }
        const en_day before = session_before(&c->of, k, day);

        count += before != EN_DAY_UNKNOWN && (double)(day - before) > gap ? 1 : 0;
    }
    care_set_number(c->d, "maintenance_last_year", c->of.region == NULL ? NAN : (double)count,
                    "derived: sessions");
}

/* Pain */

static void derive_change(struct course *c, double before, double now)
{
    care_set_number(c->d, "nrs_fall", before - now, "derived: scores");
    if (before > 0.0) {
        care_set_number(c->d, "nrs_change_percent", (before - now) / before * 100.0,
                        "derived: scores");
    }
}

/* Weeks for which the scores up to the last one hold a condition without a break. */
static double run_weeks(const struct series *s, en_day after,
                        bool (*holds)(double value, const double *with), const double *with)
{
    const en_day last = s->items[s->count - 1].day;
    en_day start = EN_DAY_UNKNOWN;

    for (size_t i = s->count; i > 0 && s->items[i - 1].day > after; i--) {
        if (!holds(s->items[i - 1].value, with)) {
            break;
        }
        start = s->items[i - 1].day;
    }
    return start == EN_DAY_UNKNOWN ? 0.0 : (double)(last - start) / (double)DAYS_PER_WEEK;
}

static bool is_raised(double value, const double *with)
{
    return value >= with[0];
}

/* with: best score so far, points that were gained, part of them that counts as lost. */
static bool is_lost(double value, const double *with)
{
    return with[1] > 0.0 && (value - with[0]) / with[1] >= with[2];
}

static void derive_loss(struct course *c, const struct series *s, double before, double now)
{
    double best = before;

    for (size_t i = 0; i < s->count; i++) {
        best = s->items[i].day > c->of.start ? fmin(best, s->items[i].value) : best;
    }
    const double gain = before - best;
    const double with[] = {best, gain, en_limit(c->d->p->k, "review.maintenance_loss")};

    care_set_number(c->d, "gain_lost_fraction",
                    gain > 0.0 ? fmin(fmax((now - best) / gain, 0.0), 1.0) : 0.0,
                    "derived: scores");
    care_set_number(c->d, "gain_lost_weeks", run_weeks(s, c->of.start, is_lost, with),
                    "derived: scores");
}

static void derive_pain(struct course *c)
{
    const struct series s = scores_of(c, "nrs");
    const struct en_score *before = baseline(c, &s), *now = latest(c, &s);

    if (s.count > 0) {
        care_set_number(c->d, "days_since_last_score", c->d->p->today - s.items[s.count - 1].day,
                        "derived: scores");
    }
    if (before != NULL) {
        care_set_number(c->d, "nrs_baseline", before->value, "derived: scores");
    }
    if (now != NULL) {
        care_set_number(c->d, "nrs_now", now->value, "derived: scores");
    }
    if (before == NULL || now == NULL) {
        return;
    }
    const double raised[] = {before->value + en_limit(c->d->p->k, "review.worsening_points")};

    derive_change(c, before->value, now->value);
    care_set_number(c->d, "nrs_rise_weeks", run_weeks(&s, c->of.start, is_raised, raised),
                    "derived: scores");
    derive_loss(c, &s, before->value, now->value);
}

/* Function */

/* Improvement from before the first session to the latest score; NAN unknown. */
static double gain_of(const struct course *c, const char *instrument)
{
    const struct series s = scores_of(c, instrument);
    const struct en_score *before = baseline(c, &s), *now = latest(c, &s);
    const struct en_row *row = en_row_find(c->d->p->k, "instruments", instrument);

    if (before == NULL || now == NULL || row == NULL) {
        return NAN;
    }
    const double change = now->value - before->value;

    return en_text_equal(en_cell(row, "direction"), "higher_better") ? change : -change;
}

static void derive_function(struct course *c)
{
    const struct en_row *condition =
        c->d->target == NULL ? NULL : care_condition(c->d->p->k, c->d->target->condition);
    const char *instrument = condition == NULL ? "" : en_cell(condition, "function_instrument");
    const struct en_row *row = en_row_find(c->d->p->k, "instruments", instrument);

    care_set_number(c->d, "psfs_gain", gain_of(c, "psfs"), "derived: scores");
    if (row != NULL && en_cell_number(row, "mcid") > 0.0) {
        care_set_number(c->d, "function_gain_mcid",
                        gain_of(c, instrument) / en_cell_number(row, "mcid"), "derived: scores");
    }
}

void care_derive_course(struct care_derive *d)
{
    struct course c = {.d = d, .of = course_of(d)};

    derive_given(&c);
    derive_harm(&c);
    derive_maintenance(&c);
    derive_pain(&c);
    derive_function(&c);
}
