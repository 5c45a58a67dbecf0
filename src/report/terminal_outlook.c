/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_outlook: the forecast of a patient in the course of treatment: what the record
 * gave, the population before beside this patient now, and what can be said of it. */
#include "report/terminal.h"

#include "base/text.h"
#include "report/words_outlook.h"

#include <math.h>

/* Columns of the tables. */
enum {
    WIDTH_ARM = 17,
    WIDTH_BANDS = 29,
    WIDTH_GAIN = 19,
    WIDTH_GOAL = 11,
    WIDTH_WEIGHT = 7,
    WIDTH_HYPOTHESIS = 22
};
enum { ARMS_MAX = 4 }; /* of an outlook: going on, with saline, training, stopping */

void en_terminal_notes(struct en_page *p, const struct en_report_outlook *o, bool has_used)
{
    static const struct {
        enum en_usage usage;
        const char *mark;
        enum en_ink ink;
    } KINDS[] = {{EN_USAGE_EXCLUDED, "! left out", EN_INK_RED},
                 {EN_USAGE_ASSUMED, "~ assumed ", EN_INK_YELLOW},
                 {EN_USAGE_USED, "  used    ", EN_INK_FAINT}};
    const size_t count = has_used ? EN_COUNT(KINDS) : EN_COUNT(KINDS) - 1;

    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < o->note_count; i++) {
            const char *text = o->notes[i].usage == KINDS[k].usage
                                   ? en_words_usage(p->w, o->notes, o->note_count, i)
                                   : "";

            if (*text != '\0') {
                en_page_text(p, 1, KINDS[k].mark, KINDS[k].ink, text);
            }
        }
    }
}

static void print_record(struct en_page *p, const struct en_report *r)
{
    en_page_heading(p, "THE RECORD");
    en_page_text(p, 0, "", EN_INK_PLAIN, en_words_record(p->w, r));
    en_terminal_notes(p, r->outlook, true);
}

/* "3.1 [2.0–4.2]" and "(0.6–6.1) 62 %". */
struct cell {
    const char *middle, *wide;
};

static struct cell cell_of(struct en_words *w, const struct en_forecast *f, size_t arm,
                           enum en_outcome o, size_t week)
{
    if (week == SIZE_MAX) {
        return (struct cell){"", ""};
    }
    const struct en_band *b = &f->band[arm][o][EN_MIXED][week];

    return (struct cell){en_words_middle(w, b, o), en_words_wide(w, b, o)};
}

/* On one line where the page has room for both, else on two. */
static void print_arm(struct en_page_table *t, const char *title, struct cell before,
                      struct cell now)
{
    struct en_words *w = t->page->w;

    if (t->columns[1].width >= WIDTH_BANDS) {
        en_page_table_row(
            t, (const char *[]){title, en_words_print(w, "%s %s", before.middle, before.wide),
                                en_words_print(w, "%s %s", now.middle, now.wide)});
        return;
    }
    en_page_table_row(t, (const char *[]){title, before.middle, now.middle});
    en_page_table_row(t, (const char *[]){"", before.wide, now.wide});
}

static void print_week(struct en_page_table *t, const struct en_report *r, enum en_outcome o,
                       size_t week)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const size_t then = en_words_week(before, now->request.weeks[week]);
    const struct en_shown arms = en_words_arms_shown(now);
    struct en_words *w = t->page->w;

    en_page_text(t->page, 1, "", EN_INK_PLAIN, en_words_week_day(w, r, now->request.weeks[week]));
    for (size_t i = 0; i < arms.count && arms.index[i] < before->request.arm_count; i++) {
        const size_t arm = arms.index[i];

        print_arm(t, en_words_arm_of(now, arm), cell_of(w, before, arm, o, then),
                  cell_of(w, now, arm, o, week));
    }
}

/* Before and now side by side, the choices one below the other. */
static void print_outcome(struct en_page *p, const struct en_report *r, enum en_outcome o)
{
    const struct en_forecast *now = r->forecast;
    const bool is_pain = o == EN_OUTCOME_PAIN;
    const int width = (p->width - WIDTH_ARM - 4) / 2;
    struct en_page_table t = {
        .page = p,
        .columns = {{"", WIDTH_ARM, false}, {"before", width, false}, {"now", 0, false}},
        .count = 3,
        .indent = 2,
    };

    en_page_blank(p);
    en_page_text(
        p, 0, "", EN_INK_BOLD,
        en_words_print(
            p->w,
            "%s, 0 to %d (high is worse): median [middle 50 %%] (middle 90 %%) chance "
            "of a gain of %s or more",
            en_words_outcome(o), is_pain ? 10 : 100,
            en_words_number(p->w, is_pain ? now->request.mic_nrs : now->request.mic_function, 1)));
    en_page_table_head(&t);
    for (size_t week = 0; week < now->request.week_count; week++) {
        print_week(&t, r, o, week);
    }
}

static void print_goal(struct en_page_table *t, const struct en_report *r, size_t goal)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const struct en_shown arms = en_words_arms_shown(now);
    struct en_words *w = t->page->w;

    for (size_t week = 0; week < now->request.week_count; week++) {
        const double date = now->request.weeks[week];
        const size_t then = en_words_week(before, date);
        const bool is_course =
            en_words_is_course(now) && then != SIZE_MAX && goal < before->request.goal_count;
        const char *cells[2 + ARMS_MAX] = {week == 0 ? en_words_goal(w, &now->request.goals[goal])
                                                     : "",
                                           en_words_number(w, date, 1)};

        for (size_t i = 0; i < arms.count; i++) {
            const size_t arm = arms.index[i];
            const char *share = en_words_share(w, now->goal[arm][goal][week]);

            cells[2 + i] = is_course
                               ? en_words_print(w, "%s (%s)", share,
                                                en_words_share(w, before->goal[arm][goal][then]))
                               : share;
        }
        en_page_table_row(t, cells);
    }
}

/* Columns for the arms from `first` on, with their titles. */
static void add_arms(struct en_page_table *t, const struct en_forecast *f, size_t first, int width)
{
    const struct en_shown arms = en_words_arms_shown(f);

    for (size_t i = first; i < arms.count; i++) {
        const size_t arm = arms.index[i];

        t->columns[t->count++] = (struct en_page_column){en_words_arm_of(f, arm), width, false};
    }
}

static void print_goals(struct en_page *p, const struct en_report *r)
{
    const struct en_forecast *f = r->forecast;
    struct en_page_table t = {
        .page = p, .columns = {{"goal", 0, false}, {"week", 4, true}}, .count = 2, .indent = 2};

    if (f->request.goal_count == 0) {
        return;
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_is_course(f) ? "Chance to be at the goal: now (before)"
                                       : "Chance to be at the goal");
    add_arms(&t, f, 0, WIDTH_GOAL);
    en_page_table_head(&t);
    for (size_t goal = 0; goal < f->request.goal_count && goal < EN_GOALS_MAX; goal++) {
        print_goal(&t, r, goal);
    }
}

/* What going on brings beyond each of the others, in the same patients. */
static void print_gains(struct en_page *p, const struct en_forecast *f)
{
    struct en_words *w = p->w;
    const struct en_shown arms = en_words_arms_shown(f);
    struct en_page_table t = {.page = p, .columns = {{"week", 4, true}}, .count = 1, .indent = 2};

    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w,
                                "%s instead of the others, less pain [NRS]: median [middle 50 %%] "
                                "(middle 90 %%) chance of %s or more",
                                en_words_arm_of(f, 0),
                                en_words_number(w, en_words_worthwhile(f), 1)));
    add_arms(&t, f, 1, WIDTH_GAIN);
    en_page_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        const char *date = en_words_number(w, f->request.weeks[week], 1);
        const char *top[ARMS_MAX] = {date}, *below[ARMS_MAX] = {""};

        for (size_t i = 1; i < arms.count; i++) {
            const struct en_gain *g = &f->gain[arms.index[i]][week];

            top[i] = en_words_gain_middle(w, g);
            below[i] = en_words_gain_wide(w, g);
        }
        en_page_table_row(&t, top);
        en_page_table_row(&t, below);
    }
}

/* "2.9 · 62 %" of an arm at the last week, under one hypothesis. */
static const char *last_of(struct en_words *w, const struct en_forecast *f, size_t arm, size_t h)
{
    const struct en_band *b = &f->band[arm][EN_OUTCOME_PAIN][h][f->request.week_count - 1];

    return en_words_print(w, "%s · %s", en_words_fixed(w, b->q[2], 1),
                          en_words_share(w, b->mic_probability));
}

static void print_hypotheses(struct en_page *p, const struct en_report *r)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const struct en_shown arms = en_words_arms_shown(now);
    const size_t last = arms.index[arms.count - 1];
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"", WIDTH_HYPOTHESIS, false},
                    {"before", WIDTH_WEIGHT, true},
                    {"now", WIDTH_WEIGHT, true}},
        .count = 3,
        .indent = 2,
    };

    en_page_blank(p);
    en_page_text(
        p, 0, "", EN_INK_BOLD,
        en_words_print(w,
                       "How the treatment may work: weight before and now; pain in week "
                       "%s: median · chance of that gain",
                       en_words_number(w, now->request.weeks[now->request.week_count - 1], 1)));
    t.columns[t.count++] = (struct en_page_column){en_words_arm_of(now, 0), WIDTH_GOAL, false};
    t.columns[t.count++] = (struct en_page_column){en_words_arm_of(now, last), WIDTH_GOAL, false};
    en_page_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const char *cells[] = {en_words_hypothesis(h), en_words_share(w, before->weight[h]),
                               en_words_share(w, now->weight[h]), last_of(w, now, 0, h),
                               last_of(w, now, last, h)};

        en_page_table_row(&t, cells);
    }
    en_page_text(p, 2, "", EN_INK_FAINT, EN_WORDS_NO_EFFECT);
}

static enum en_status print_sayings(struct en_page *p, const struct en_report *r,
                                    struct en_err *err)
{
    struct en_sayings sayings;

    EN_TRY(en_words_sayings(p->w, r, &sayings, err));
    en_page_heading(p, "TO SAY ALOUD");
    for (size_t i = 0; i < sayings.count; i++) {
        en_page_text(p, 1, "·", EN_INK_PLAIN, sayings.text[i]);
    }
    return EN_OK;
}

static enum en_status print_charts(struct en_page *p, const struct en_report *r, bool has_function,
                                   struct en_err *err)
{
    const struct en_forecast *before = r->outlook->before;

    en_page_heading(p, before->is_calibrated ? "FORECAST" : "FORECAST, before calibration");
    en_page_text(p, 0, "", before->is_calibrated ? EN_INK_PLAIN : EN_INK_YELLOW,
                 en_words_basis(p->w, before));
    en_page_blank(p);
    EN_TRY(en_chart_terminal(r, EN_OUTCOME_PAIN, p->width, p->out, err));
    if (!has_function) {
        return EN_OK;
    }
    en_page_blank(p);
    return en_chart_terminal(r, EN_OUTCOME_FUNCTION, p->width, p->out, err);
}

enum en_status en_terminal_outlook(struct en_page *p, const struct en_report *r, struct en_err *err)
{
    const struct en_forecast *f = r->forecast;
    const bool has_function = f != NULL && isfinite(f->request.person.baseline_function);

    if (f == NULL || f->request.arm_count == 0 || f->request.week_count == 0) {
        return EN_OK;
    }
    print_record(p, r);
    EN_TRY(print_charts(p, r, has_function, err));
    EN_TRY(print_sayings(p, r, err));
    en_page_heading(p, "NUMBERS");
    if (en_words_is_course(f)) {
        en_page_text(p, 0, "", EN_INK_FAINT,
                     "Before: patients like this one, with the plan, saline, exercise and no "
                     "treatment from the first session on. Now: this patient from today on.");
        print_outcome(p, r, EN_OUTCOME_PAIN);
        if (has_function) {
            print_outcome(p, r, EN_OUTCOME_FUNCTION);
        }
    } else {
        en_terminal_bands(p, f, EN_OUTCOME_PAIN);
        if (has_function) {
            en_terminal_bands(p, f, EN_OUTCOME_FUNCTION);
        }
    }
    print_gains(p, f);
    print_goals(p, r);
    if (en_words_is_course(f)) {
        print_hypotheses(p, r);
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, en_words_learning(p->w, f));
    return EN_OK;
}
