/* SPDX-License-Identifier: Apache-2.0 */
#include "heal/course.h"

#include <math.h>

/* A new session begins a new window, also when the last one has not ended. */
static void begin_window(struct course *c, double day)
{
    if (c->schedule->nsaid_days > 0.0) {
        c->nsaid_on = day + c->schedule->nsaid_from_d;
        c->nsaid_off = c->nsaid_on + c->schedule->nsaid_days;
    }
}

struct course course_start(const struct en_schedule *schedule, const struct en_request *request,
                           struct en_grid grid)
{
    struct course c = {
        .schedule = schedule,
        .request = request,
        .grid = grid,
        .day = schedule->from_day,
        .since = schedule->from_day,
        .nsaid_on = INFINITY,
        .nsaid_off = INFINITY,
    };

    while (c.session < schedule->session_count &&
           schedule->sessions[c.session].day < schedule->from_day) {
        begin_window(&c, schedule->sessions[c.session++].day);
    }
    while (c.change < schedule->change_count &&
           schedule->changes[c.change].day < schedule->from_day) {
        c.change++;
    }
    return c;
}

static double next_record(const struct course *c)
{
    return c->record < c->request->day_count ? c->request->days[c->record] : INFINITY;
}

static double next_change(const struct course *c)
{
    return c->change < c->schedule->change_count ? c->schedule->changes[c->change].day : INFINITY;
}

static double next_session(const struct course *c)
{
    return c->session < c->schedule->session_count ? c->schedule->sessions[c->session].day
                                                   : INFINITY;
}

static struct course_op step(struct course *c)
{
    const double next = fmin(fmin(fmin(next_record(c), next_change(c)), next_session(c)),
                             fmin(c->nsaid_on, c->nsaid_off));
    const double left = next - c->day;
    double h = fmin(c->grid.first_d + c->grid.growth * (c->day - c->since), c->grid.cap_d);

    if (left <= h) {
        c->day = next;
        h = left;
    } else {
        h = left < 2.0 * h ? 0.5 * left : h; /* no sliver at the end */
        c->day += h;
    }
    return (struct course_op){.kind = COURSE_STEP, .h = h, .day = c->day};
}

static struct course_op nsaid(struct course *c, bool is_on)
{
    c->since = c->day;
    *(is_on ? &c->nsaid_on : &c->nsaid_off) = INFINITY;
    return (struct course_op){.kind = COURSE_NSAID, .is_on = is_on, .day = c->day};
}

static struct course_op session(struct course *c)
{
    c->since = c->day;
    begin_window(c, c->day);
    return (struct course_op){.kind = COURSE_SESSION, .index = c->session++, .day = c->day};
}

struct course_op course_next(struct course *c)
{
    if (next_record(c) <= c->day) {
        return (struct course_op){.kind = COURSE_RECORD, .index = c->record++, .day = c->day};
    }
    if (c->record == c->request->day_count) {
        return (struct course_op){.kind = COURSE_END, .day = c->day};
    }
    if (next_change(c) <= c->day) {
        c->since = c->day;
        return (struct course_op){.kind = COURSE_CHANGE, .index = c->change++, .day = c->day};
    }
    if (c->nsaid_off <= c->day) {
        return nsaid(c, false);
    }
    if (next_session(c) <= c->day) {
        return session(c);
    }
    if (c->nsaid_on <= c->day) {
        return nsaid(c, true);
    }
    return step(c);
}
