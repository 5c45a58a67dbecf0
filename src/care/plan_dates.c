/* SPDX-License-Identifier: Apache-2.0
 * Dates of a plan: sessions from the schedule, rehabilitation after each, follow-up time points. */
#include "base/text.h"
#include "care/planning.h"

#include <math.h>
#include <stdlib.h>

/* Schedule */

/* Some rows are evidence only: they name no number of sessions or no days. */
static bool is_usable(const struct en_row *schedule)
{
    return schedule != NULL && en_cell_number(schedule, "sessions") > 0.0 &&
           (en_cell(schedule, "session_days")[0] != '\0' ||
            en_cell_number(schedule, "interval_days") > 0.0);
}

static const struct en_row *find_schedule(const struct planning *g)
{
    const struct en_row *row = NULL;

    if (g->options->schedule != NULL) {
        return en_row_find(g->p->k, "schedules", g->options->schedule);
    }
    if (g->out->condition != NULL && en_cell(g->out->condition, "schedule")[0] != '\0') {
        row = en_row_find(g->p->k, "schedules", en_cell(g->out->condition, "schedule"));
    }
    return is_usable(row)
               ? row
               : en_row_find(g->p->k, "schedules", care_policy(g->p->k, "default_schedule"));
}

static int interval_of(const struct planning *g)
{
    const double own =
        g->out->schedule == NULL ? NAN : en_cell_number(g->out->schedule, "interval_days");

    if (g->options->interval_days > 0) {
        return g->options->interval_days;
    }
    return (int)(own > 0.0 ? own : en_limit(g->p->k, "interval.default"));
}

/* The last session in the region and on the side; EN_DAY_UNKNOWN none. */
static en_day last_session(const struct planning *g)
{
    const char *region = plan_region(g);
    en_day last = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < g->c->session_count; i++) {
        const struct en_past_session *s = &g->c->sessions[i];

        if (s->day <= g->p->today && s->day > last &&
            care_session_counts(s, region, g->out->target.side)) {
            last = s->day;
        }
    }
    return last;
}

/* A start that was asked for stands (the rules judge it); else today, or when the schedule allows
 * the next session. */
static en_day first_day(const struct planning *g)
{
    const en_day last = last_session(g);
    double wait =
        g->out->schedule == NULL ? NAN : en_cell_number(g->out->schedule, "interval_min_days");

    if (g->options->start != EN_DAY_UNKNOWN) {
        return g->options->start;
    }
    if (last == EN_DAY_UNKNOWN) {
        return g->p->today;
    }
    if (!(wait > 0.0)) {
        wait = en_limit(g->p->k, "interval.default");
    }
    return last + (en_day)wait > g->p->today ? last + (en_day)wait : g->p->today;
}

/* Day of a session after the first, from the list of the schedule; -1 beyond the list. */
static int listed_day(struct planning *g, int index)
{
    const bool has_list = g->out->schedule != NULL && g->options->interval_days == 0;
    const char *list = has_list ? en_cell(g->out->schedule, "session_days") : "";
    const char *item;
    double value;

    while ((item = care_next(g->p, &list)) != NULL) {
        if (index-- == 0) {
            return en_text_number(item, &value) ? (int)value : -1;
        }
    }
    return -1;
}

static int whole(const struct en_row *row, const char *column)
{
    const double value = row == NULL ? NAN : en_cell_number(row, column);

    return value > 0.0 ? (int)value : 0;
}

static void plan_sessions(struct planning *g)
{
    const int planned =
        g->options->sessions > 0 ? g->options->sessions : whole(g->out->schedule, "sessions");
    const int optional =
        g->options->sessions > 0 ? 0 : whole(g->out->schedule, "optional_sessions");
    const int floor_days = (int)en_limit(g->p->k, "interval.hard_min");
    const int count = planned + optional;
    const en_day first = first_day(g);
    struct en_plan_session *list =
        CARE_NEW(g->p, struct en_plan_session, count > 0 ? (size_t)count : 0);

    g->out->sessions = list;
    if (list == NULL) {
        return;
    }
    for (int i = 0; i < count; i++) {
        const int listed = listed_day(g, i);
        en_day day = i == 0        ? first
                     : listed >= 0 ? first + listed
                                   : list[i - 1].day + g->out->interval_days;

        if (i > 0 && day < list[i - 1].day + floor_days) {
            day = list[i - 1].day + floor_days;
        }
        list[i] =
            (struct en_plan_session){.number = i + 1, .day = day, .is_optional = i >= planned};
    }
    g->out->session_count = (size_t)count;
}

/* The next day of the list that was asked for; its place is told, not the day: a day of a patient's
 * session is patient data. */
static enum en_status asked_day(const struct planning *g, const char *item, size_t count,
                                en_day *out, struct en_err *err)
{
    const int floor_days = (int)en_limit(g->p->k, "interval.hard_min");
    const struct en_plan_session *before = count == 0 ? NULL : &g->out->sessions[count - 1];
    enum en_date_precision precision = EN_DATE_YEAR;

    if (!en_date_parse(item, out, &precision) || precision != EN_DATE_DAY) {
        return en_fail(err, EN_EINVAL, "dates: number %zu is no day such as 2026-03-02", count + 1);
    }
    if (count == EN_PLAN_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "dates: at most %d sessions", (int)EN_PLAN_SESSIONS_MAX);
    }
    if (before == NULL && *out < g->p->today) {
        return en_fail(err, EN_EINVAL, "the first session cannot lie before the decision");
    }
    if (before != NULL && *out < before->day + floor_days) {
        return en_fail(err, EN_EINVAL,
                       "dates: session %zu must lie at least %d days after the one before "
                       "(limit interval.hard_min)",
                       count + 1, floor_days);
    }
    if (before != NULL && *out > before->day + EN_PLAN_INTERVAL_MAX) {
        return en_fail(err, EN_EINVAL,
                       "dates: session %zu lies more than %d days after the one before: that is "
                       "another course",
                       count + 1, (int)EN_PLAN_INTERVAL_MAX);
    }
    return EN_OK;
}

/* The sessions as the clinician dated them: all are planned, none is optional. */
static enum en_status asked_sessions(struct planning *g, struct en_err *err)
{
    const char *list = g->options->dates, *item;
    en_day day = EN_DAY_UNKNOWN;

    g->out->sessions = CARE_NEW(g->p, struct en_plan_session, EN_PLAN_SESSIONS_MAX);
    while (g->out->sessions != NULL && (item = care_next(g->p, &list)) != NULL) {
        EN_TRY(asked_day(g, item, g->out->session_count, &day, err));
        g->out->sessions[g->out->session_count] =
            (struct en_plan_session){.number = (int)g->out->session_count + 1, .day = day};
        g->out->session_count++;
    }
    if (g->out->sessions != NULL && g->out->session_count == 0) {
        return en_fail(err, EN_EINVAL, "dates: needs one day at least");
    }
    return EN_OK;
}

/* Rehabilitation */

static bool is_last_planned(const struct planning *g, size_t session)
{
    return session + 1 == g->out->session_count || g->out->sessions[session + 1].is_optional;
}

/* " Avoid: impact." or nothing. */
static const char *phase_part(const struct planning *g, const struct en_row *phase,
                              const char *title, const char *column)
{
    const char *text = en_cell(phase, column);

    return text[0] == '\0' ? "" : care_print(g->p, " %s: %s.", title, text);
}

static void add_phase(struct planning *g, size_t session, const struct en_row *phase)
{
    const en_day start = g->out->sessions[session].day;
    const double from = en_cell_number(phase, "from_d"), to = en_cell_number(phase, "to_d");
    struct en_dated_row row = {
        .row = phase,
        .from = start + (en_day)from,
        .to = isnan(to) ? EN_DAY_UNKNOWN : start + (en_day)to,
        .text = care_print(
            g->p, "%s.%s%s%s", en_cell(phase, "title"), phase_part(g, phase, "Allowed", "allowed"),
            phase_part(g, phase, "Avoid", "avoid"), phase_part(g, phase, "Go on when", "progress")),
    };

    if (!is_last_planned(g, session)) {
        const en_day next = g->out->sessions[session + 1].day;

        if (row.from >= next) {
            return; /* the next session starts the phases anew */
        }
        row.to = row.to == EN_DAY_UNKNOWN || row.to > next - 1 ? next - 1 : row.to;
    }
    g->out->rehabilitation[g->out->rehabilitation_count++] = row;
}

static bool is_for_plan(const struct planning *g, const struct en_row *row)
{
    const char *region = en_cell(row, "region"), *condition = en_cell(row, "condition");
    const char *id = g->out->condition == NULL ? NULL : en_cell(g->out->condition, "id");
    const char *own_region = plan_region(g);

    return (region[0] == '\0' || (own_region != NULL && en_list_has(region, own_region))) &&
           (condition[0] == '\0' || (id != NULL && en_list_has(condition, id)));
}

static void plan_rehabilitation(struct planning *g)
{
    const struct en_table *phases = en_table_get(g->p->k, "rehab");
    const struct en_table *regions = en_table_get(g->p->k, "rehab_regions");
    const size_t capacity = phases->row_count * g->out->session_count + regions->row_count;

    g->out->rehabilitation = CARE_NEW(g->p, struct en_dated_row, capacity);
    if (g->out->rehabilitation == NULL) {
        return;
    }
    for (size_t i = 0; i < regions->row_count; i++) {
        if (is_for_plan(g, &regions->rows[i])) {
            g->out->rehabilitation[g->out->rehabilitation_count++] =
                (struct en_dated_row){.row = &regions->rows[i],
                                      .from = EN_DAY_UNKNOWN,
                                      .to = EN_DAY_UNKNOWN,
                                      .text = en_cell(&regions->rows[i], "text")};
        }
    }
    for (size_t s = 0; s < g->out->session_count && !g->out->sessions[s].is_optional; s++) {
        for (size_t i = 0; i < phases->row_count; i++) {
            add_phase(g, s, &phases->rows[i]);
        }
    }
}

/* Follow-up */

void care_followups(struct care_pad *p, en_day first, struct en_dated_row **out, size_t *count)
{
    const struct en_table *limits = en_table_get(p->k, "limits");
    const en_day tolerance = (en_day)en_limit(p->k, "timepoint.tolerance");

    *count = 0;
    *out = CARE_NEW(p, struct en_dated_row, limits->row_count);
    for (size_t i = 0; *out != NULL && i < limits->row_count; i++) {
        const struct en_row *row = &limits->rows[i];

        if (!en_text_starts(en_cell(row, "id"), "timepoint.") ||
            en_text_equal(en_cell(row, "id"), "timepoint.tolerance")) {
            continue;
        }
        const en_day day = first + (en_day)en_cell_number(row, "value");

        (*out)[(*count)++] = (struct en_dated_row){
            .row = row,
            .from = day - tolerance,
            .to = day + tolerance,
            .text = care_print(p,
                               "%s after the first session: scores of pain, function and change, "
                               "and any harm.",
                               en_cell(row, "note"))};
    }
}

enum en_status plan_dates(struct planning *g, struct en_err *err)
{
    g->out->schedule = find_schedule(g);
    g->out->interval_days = interval_of(g);
    if (g->options->dates != NULL) {
        EN_TRY(asked_sessions(g, err));
    } else {
        plan_sessions(g);
    }
    if (g->options->schedule != NULL && g->out->session_count == 0) {
        return en_fail(err, EN_EINVAL,
                       "schedule %s is evidence only: it names no number of sessions",
                       g->options->schedule);
    }
    plan_rehabilitation(g);
    if (g->out->session_count > 0) {
        care_followups(g->p, g->out->sessions[0].day, &g->out->followups, &g->out->followup_count);
    }
    return care_check(g->p, "the dates of the plan", err);
}
