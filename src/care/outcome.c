/* SPDX-License-Identifier: Apache-2.0 */
#include "care/outcome.h"

#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <stdlib.h>

/* How a tier of the review rules calls a responder. */
static const char RESPONDER[] = "responder", TIMEPOINT[] = "timepoint.";

static int by_days(const void *left, const void *right)
{
    const struct en_timepoint *a = left, *b = right;

    return a->days - b->days;
}

void en_timepoints_of(const struct en_knowledge *k, struct en_timepoints *out)
{
    const struct en_table *limits = en_table_get(k, "limits");

    *out = (struct en_timepoints){.tolerance = (int)en_limit(k, "timepoint.tolerance")};
    for (size_t i = 0; i < limits->row_count && out->count < EN_TIMEPOINTS_MAX; i++) {
        const struct en_row *row = &limits->rows[i];
        const char *id = en_cell(row, "id");

        if (en_text_starts(id, TIMEPOINT) && !en_text_equal(id, "timepoint.tolerance")) {
            out->items[out->count++] =
                (struct en_timepoint){row, (int)en_cell_number(row, "value")};
        }
    }
    qsort(out->items, out->count, sizeof out->items[0], by_days);
}

double en_outcome_gain(const struct en_row *measure, double before, double after)
{
    return en_text_equal(en_cell(measure, "direction"), "higher_better") ? after - before
                                                                         : before - after;
}

struct looking {
    const struct en_care *care;
    const struct en_case *c;
    struct en_course course;
};

/* A score of this course's region and side, on a day that is known. */
static bool is_score(const struct looking *l, const struct en_score *s, const char *instrument)
{
    return en_text_equal(s->instrument, instrument) && isfinite(s->value) &&
           s->day != EN_DAY_UNKNOWN && s->day <= l->care->today &&
           en_side_fits(s->side, l->course.side) &&
           (s->region == NULL || en_text_equal(s->region, l->course.region));
}

/* The last one on or before the first session. */
static double score_before(const struct looking *l, const char *instrument)
{
    en_day day = EN_DAY_UNKNOWN;
    double value = NAN;

    for (size_t i = 0; i < l->c->score_count; i++) {
        const struct en_score *s = &l->c->scores[i];

        if (is_score(l, s, instrument) && s->day <= l->course.start && s->day >= day) {
            day = s->day;
            value = s->value;
        }
    }
    return value;
}

/* The one nearest to the day, within the tolerance; of two as near the later one. */
static double score_near(const struct looking *l, const char *instrument, en_day day, int tolerance,
                         en_day *found)
{
    int best = tolerance + 1;
    double value = NAN;

    for (size_t i = 0; i < l->c->score_count; i++) {
        const struct en_score *s = &l->c->scores[i];
        const int away = s->day == EN_DAY_UNKNOWN ? best : abs(s->day - day);

        if (is_score(l, s, instrument) && s->day > l->course.start &&
            (away < best || (away == best && away <= tolerance && s->day > day))) {
            best = away;
            value = s->value;
            *found = s->day;
        }
    }
    return value;
}

static enum en_truth responder_on(const struct looking *l, size_t target, en_day day,
                                  struct en_arena *a, struct en_err *err, enum en_status *st)
{
    const struct en_care then = {l->care->knowledge, day};
    struct en_review review;

    *st = en_review_run(&then, l->c, target, a, &review, err);
    for (size_t i = 0; *st == EN_OK && i < review.finding_count; i++) {
        if (en_text_equal(en_cell(review.findings[i].tier, "outcome"), RESPONDER)) {
            return review.findings[i].is_unknown ? EN_UNKNOWN : EN_TRUE;
        }
    }
    return *st == EN_OK ? EN_FALSE : EN_UNKNOWN;
}

static enum en_status fill_at(const struct looking *l, size_t target, int days, struct en_arena *a,
                              const struct en_course_outcome *o, struct en_outcome_at *out,
                              struct en_err *err)
{
    const int tolerance = (int)en_limit(l->care->knowledge, "timepoint.tolerance");
    const en_day day = o->start + days;
    const struct en_arena_mark mark = en_arena_mark(a);
    en_day function_day = EN_DAY_UNKNOWN;
    enum en_status st = EN_OK;

    *out = (struct en_outcome_at){.is_due = day + tolerance < l->care->today,
                                  .day = EN_DAY_UNKNOWN,
                                  .function = NAN,
                                  .is_responder = EN_UNKNOWN};
    out->pain = score_near(l, "nrs", day, tolerance, &out->day);
    if (o->measure != NULL) {
        out->function = score_near(l, en_cell(o->measure, "id"), day, tolerance, &function_day);
    }
    if (out->day != EN_DAY_UNKNOWN && isfinite(o->pain)) {
        out->is_responder =
            responder_on(l, target, function_day > out->day ? function_day : out->day, a, err, &st);
        en_arena_rewind(a, mark);
    }
    return st;
}

static void count_sessions(const struct looking *l, struct en_course_outcome *out)
{
    for (size_t i = 0; i < l->c->session_count; i++) {
        const struct en_past_session *s = &l->c->sessions[i];

        if (en_course_has(&l->course, s)) {
            out->sessions++;
            out->unrecorded += s->ae_grade < 0 ? 1 : 0;
            out->grade_max = s->ae_grade > out->grade_max ? s->ae_grade : out->grade_max;
        }
    }
}

/* Whether a problem before this one has the same course. */
static bool is_anothers(const struct looking *l, size_t target)
{
    for (size_t i = 0; i < target; i++) {
        const struct en_course other = en_course_of(l->care, l->c, &l->c->targets[i], NULL);

        if (other.start == l->course.start && en_text_equal(other.region, l->course.region) &&
            en_side_fits(other.side, l->course.side)) {
            return true;
        }
    }
    return false;
}

enum en_status en_outcome_of(const struct en_care *care, const struct en_case *c, size_t target,
                             struct en_arena *a, struct en_course_outcome *out, bool *is_treated,
                             struct en_err *err)
{
    const struct en_target *problem = &c->targets[target];
    const struct looking l = {care, c, en_course_of(care, c, problem, NULL)};
    struct en_timepoints points;

    *out =
        (struct en_course_outcome){.condition = care_condition(care->knowledge, problem->condition),
                                   .region = l.course.region,
                                   .side = problem->side,
                                   .start = l.course.start,
                                   .pain = NAN,
                                   .function = NAN};
    *is_treated = l.course.start != EN_DAY_UNKNOWN && !is_anothers(&l, target);
    if (!*is_treated) {
        return EN_OK;
    }
    if (out->condition != NULL) {
        out->measure = en_row_find(care->knowledge, "instruments",
                                   en_cell(out->condition, "function_instrument"));
    }
    count_sessions(&l, out);
    out->pain = score_before(&l, "nrs");
    if (out->measure != NULL) {
        out->function = score_before(&l, en_cell(out->measure, "id"));
    }
    en_timepoints_of(care->knowledge, &points);
    for (size_t i = 0; i < points.count; i++) {
        EN_TRY(fill_at(&l, target, points.items[i].days, a, out, &out->at[i], err));
    }
    return EN_OK;
}
