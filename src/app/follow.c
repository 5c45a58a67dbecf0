/* SPDX-License-Identifier: Apache-2.0
 * app/follow: from the record of a course to a follow-up for the science wing. */
#include "app/follow.h"

#include "base/text.h"

#include <math.h>

struct follow_entry *follow_add(struct following *g, const char *what, en_day day)
{
    struct follow_entry *e = &g->entries[g->entry_count++];

    *e = (struct follow_entry){.what = what, .day = day, .usage = EN_USAGE_USED};
    return e;
}

void follow_exclude(struct follow_entry *e, const char *why)
{
    e->usage = EN_USAGE_EXCLUDED;
    e->why = why;
    e->is_observation = false;
}

const char *follow_day_fault(const struct following *g, en_day day)
{
    const en_day onset = g->plan->target.onset;

    if (day == EN_DAY_UNKNOWN) {
        return "without a date";
    }
    if (day > g->app->today) {
        return "dated in the future";
    }
    return onset != EN_DAY_UNKNOWN && day < onset ? "before the onset of the problem" : NULL;
}

/* Notes in the order of the entries. Where there are more than fit, those of what was used stay,
 * and the last one says that some are left out. */
static enum en_status write_notes(struct following *g, struct en_err *err)
{
    struct en_usage_note *notes = EN_NEW(g->a, struct en_usage_note, EN_USAGE_NOTES_MAX);
    size_t kept = 0, room;

    if (notes == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the notes of the follow-up");
    }
    for (size_t i = 0; i < g->entry_count; i++) {
        kept += !g->entries[i].is_silent && g->entries[i].usage != EN_USAGE_EXCLUDED ? 1 : 0;
    }
    room = kept < EN_USAGE_NOTES_MAX - 1 ? EN_USAGE_NOTES_MAX - 1 - kept : 0;
    g->out->notes = notes;
    for (size_t i = 0; i < g->entry_count; i++) {
        const struct follow_entry *e = &g->entries[i];
        const bool is_excluded = e->usage == EN_USAGE_EXCLUDED;

        if (e->is_silent || g->out->note_count == EN_USAGE_NOTES_MAX) {
            continue;
        }
        if (is_excluded && room == 0) {
            notes[EN_USAGE_NOTES_MAX - 1] =
                (struct en_usage_note){EN_USAGE_EXCLUDED, EN_DAY_UNKNOWN, "further entries",
                                       "not listed one by one: there are too many"};
            continue;
        }
        room -= is_excluded ? 1 : 0;
        notes[g->out->note_count++] = (struct en_usage_note){e->usage, e->day, e->what, e->why};
    }
    if (notes[EN_USAGE_NOTES_MAX - 1].what != NULL) {
        g->out->note_count += g->out->note_count < EN_USAGE_NOTES_MAX ? 1 : 0;
        notes[g->out->note_count - 1] = notes[EN_USAGE_NOTES_MAX - 1];
    }
    return EN_OK;
}

static enum en_status follow(struct following *g, struct en_err *err)
{
    const struct en_case *c = g->c;
    struct en_followup *f = &g->out->followup;

    g->entries =
        EN_NEW(g->a, struct follow_entry, c->session_count + c->score_count + c->exam_count);
    if (g->entries == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the follow-up");
    }
    EN_TRY(follow_sessions(g, err));
    EN_TRY(follow_scores(g, err));
    if (g->course.start == EN_DAY_UNKNOWN || g->course.start == g->app->today) {
        *f = (struct en_followup){.given_count = 0}; /* no day has passed since day 0 */
    } else {
        f->today = (double)(g->app->today - g->course.start);
        f->rehabilitation = 1.0;
    }
    return write_notes(g, err);
}

enum en_status en_app_follow(const struct en_app *app, const struct en_case *c,
                             const struct en_plan *plan, bool as_planned, struct en_arena *a,
                             struct en_follow *out, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct following g = {
        .app = app,
        .c = c,
        .plan = plan,
        .course = en_course_of(&care, c, &plan->target, plan),
        .as_planned = as_planned,
        .a = a,
        .out = out,
    };

    *out = (struct en_follow){
        .start = g.course.start == EN_DAY_UNKNOWN ? app->today : g.course.start,
        .baseline_nrs = NAN,
        .baseline_function = NAN,
    };
    const enum en_status st = follow(&g, err);

    if (st != EN_OK) {
        *out = (struct en_follow){.start = EN_DAY_UNKNOWN};
    }
    return st;
}
