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

static const double WEEK_DAYS = 7.0;

static size_t arms_of(const struct en_forecast *f)
{
    return f->request.arm_count < ARMS_MAX ? f->request.arm_count : ARMS_MAX;
}

/* "nrs 2026-01-19, 2026-02-02": the days of the used entries of one kind; "" but at its first. */
static const char *used_days(struct en_words *w, const struct en_report_outlook *o, size_t first)
{
    const char *what = o->notes[first].what, *out = "";
    char date[EN_DATE_TEXT_MAX];

    for (size_t i = 0; i < o->note_count; i++) {
        const struct en_usage_note *n = &o->notes[i];

        if (n->usage != EN_USAGE_USED || !en_text_equal(n->what, what)) {
            continue;
        }
        if (i < first) {
            return "";
        }
        out = en_words_print(w, "%s%s%s", out, *out == '\0' ? "" : ", ",
                             n->day == EN_DAY_UNKNOWN ? "no date" : en_date_text(n->day, date));
    }
    return en_words_print(w, "%s %s", en_words_clean(w, what), out);
}

/* What was left out comes first and in colour: the clinician decides whether that is right. */
static void print_notes(struct en_page *p, const struct en_report_outlook *o)
{
    static const struct {
        enum en_usage usage;
        const char *mark;
        enum en_ink ink;
    } KINDS[] = {{EN_USAGE_EXCLUDED, "! left out", EN_INK_RED},
                 {EN_USAGE_ASSUMED, "~ assumed ", EN_INK_YELLOW}};
    const char *used = "";

    for (size_t k = 0; k < EN_COUNT(KINDS); k++) {
        for (size_t i = 0; i < o->note_count; i++) {
            if (o->notes[i].usage == KINDS[k].usage) {
                en_page_text(p, 1, KINDS[k].mark, KINDS[k].ink, en_words_usage(p->w, &o->notes[i]));
            }
        }
    }
    for (size_t i = 0; i < o->note_count; i++) {
        const char *days = o->notes[i].usage == EN_USAGE_USED ? used_days(p->w, o, i) : "";

        used = *days == '\0'
                   ? used
                   : en_words_print(p->w, "%s%s%s", used, *used == '\0' ? "" : "; ", days);
    }
    if (*used != '\0') {
        en_page_text(p, 1, "  used    ", EN_INK_FAINT, used);
    }
}

static void print_record(struct en_page *p, const struct en_report *r)
{
    const struct en_followup *f = &r->forecast->request.followup;
    const struct en_report_outlook *o = r->outlook;
    struct en_words *w = p->w;

    en_page_heading(p, "THE RECORD");
    if (en_words_is_course(r->forecast)) {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w,
                                    "First session %s, week %s today. %zu session%s given, %d to "
                                    "come, %zu score%s used.",
                                    en_words_day(w, o->start),
                                    en_words_number(w, f->today / WEEK_DAYS, 1), f->given_count,
                                    f->given_count == 1 ? "" : "s", o->sessions_left,
                                    f->observation_count, f->observation_count == 1 ? "" : "s"));
    } else {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     "No scores since the first session yet: the forecast is that of patients like "
                     "this one.");
    }
    if (en_words_is_course(r->forecast) && o->sessions_left == 0) {
        en_page_text(p, 0, "", EN_INK_YELLOW,
                     "The planned course is complete: going on and stopping are the same.");
    }
    print_notes(p, o);
}

/* "3.1 [2.0–4.2]" and "(0.6–6.1) 62 %". */
struct cell {
    const char *middle, *wide;
};

static struct cell cell_of(struct en_words *w, const struct en_forecast *f, size_t arm,
                           enum en_outcome o, size_t week)
{
    const int n = o == EN_OUTCOME_PAIN ? 1 : 0;

    if (week == SIZE_MAX) {
        return (struct cell){"", ""};
    }
    const struct en_band *b = &f->band[arm][o][EN_MIXED][week];

    return (struct cell){
        en_words_print(w, "%s [%s–%s]", en_words_fixed(w, b->q[2], n),
                       en_words_fixed(w, b->q[1], n), en_words_fixed(w, b->q[3], n)),
        en_words_print(w, "(%s–%s) %s", en_words_fixed(w, b->q[0], n),
                       en_words_fixed(w, b->q[4], n), en_words_share(w, b->mic_probability))};
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

static const char *week_title(struct en_words *w, const struct en_report *r, double week)
{
    return en_words_print(w, "week %s, %s", en_words_number(w, week, 1),
                          en_words_day(w, r->outlook->start + (en_day)lround(WEEK_DAYS * week)));
}

static void print_week(struct en_page_table *t, const struct en_report *r, enum en_outcome o,
                       size_t week)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const size_t then = en_words_week(before, now->request.weeks[week]);
    struct en_words *w = t->page->w;

    en_page_text(t->page, 1, "", EN_INK_PLAIN, week_title(w, r, now->request.weeks[week]));
    for (size_t arm = 0; arm < arms_of(now) && arm < before->request.arm_count; arm++) {
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
    struct en_words *w = t->page->w;

    for (size_t week = 0; week < now->request.week_count; week++) {
        const double date = now->request.weeks[week];
        const size_t then = en_words_week(before, date);
        const bool is_course =
            en_words_is_course(now) && then != SIZE_MAX && goal < before->request.goal_count;
        const char *cells[2 + ARMS_MAX] = {week == 0 ? en_words_goal(w, &now->request.goals[goal])
                                                     : "",
                                           en_words_number(w, date, 1)};

        for (size_t arm = 0; arm < arms_of(now); arm++) {
            const char *share = en_words_share(w, now->goal[arm][goal][week]);

            cells[2 + arm] = is_course
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
    for (size_t arm = first; arm < arms_of(f); arm++) {
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

static double worthwhile_nrs(const struct en_forecast *f)
{
    return f->request.worthwhile_nrs > 0.0 ? f->request.worthwhile_nrs : f->request.mic_nrs;
}

/* What going on brings beyond each of the others, in the same patients. */
static void print_gains(struct en_page *p, const struct en_forecast *f)
{
    struct en_words *w = p->w;
    struct en_page_table t = {.page = p, .columns = {{"week", 4, true}}, .count = 1, .indent = 2};

    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w,
                                "%s instead of the others, less pain [NRS]: median [middle 50 %%] "
                                "(middle 90 %%) chance of %s or more",
                                en_words_arm_of(f, 0), en_words_number(w, worthwhile_nrs(f), 1)));
    add_arms(&t, f, 1, WIDTH_GAIN);
    en_page_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        const char *date = en_words_number(w, f->request.weeks[week], 1);
        const char *top[ARMS_MAX] = {date}, *below[ARMS_MAX] = {""};

        for (size_t arm = 1; arm < arms_of(f); arm++) {
            const struct en_gain *g = &f->gain[arm][week];

            top[arm] = en_words_print(w, "%s [%s to %s]", en_words_fixed(w, g->q[2], 1),
                                      en_words_fixed(w, g->q[1], 1), en_words_fixed(w, g->q[3], 1));
            below[arm] =
                en_words_print(w, "(%s to %s) %s", en_words_fixed(w, g->q[0], 1),
                               en_words_fixed(w, g->q[4], 1), en_words_share(w, g->worthwhile));
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
    t.columns[t.count++] =
        (struct en_page_column){en_words_arm_of(now, arms_of(now) - 1), WIDTH_GOAL, false};
    en_page_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const char *cells[] = {en_words_hypothesis(h), en_words_share(w, before->weight[h]),
                               en_words_share(w, now->weight[h]), last_of(w, now, 0, h),
                               last_of(w, now, arms_of(now) - 1, h)};

        en_page_table_row(&t, cells);
    }
    en_page_text(p, 2, "", EN_INK_FAINT,
                 "No specific effect: dextrose does no more than salt water, and what salt water "
                 "does comes with any injection.");
}

/* "H0 640, H1 700": how many patients carry the weight of the reports. */
static const char *per_hypothesis(struct en_words *w, const double *number)
{
    return en_words_print(w, "H0 %s, H1 %s, H2 %s, H3 %s", en_words_number(w, number[0], 0),
                          en_words_number(w, number[1], 0), en_words_number(w, number[2], 0),
                          en_words_number(w, number[3], 0));
}

static void print_quiet(struct en_page *p, const struct en_forecast *f)
{
    const struct en_learning *l = &f->learning;
    struct en_words *w = p->w;
    const char *learned = "", *scores = "";

    if (en_words_is_course(f)) {
        learned = en_words_print(
            w, " Effective number before refinement: %s; stages of it: H0 %d, H1 %d, H2 %d, H3 %d.",
            per_hypothesis(w, l->effective), l->stages[0], l->stages[1], l->stages[2],
            l->stages[3]);
        for (size_t i = 0; i < f->request.week_count; i++) {
            scores = en_words_print(w, "%s%s%s in week %s", scores, i == 0 ? "" : ", ",
                                    en_words_fixed(w, f->information[i], 2),
                                    en_words_number(w, f->request.weeks[i], 1));
        }
        scores = en_words_print(w, " What a score would teach [bit]: %s.", scores);
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(w, "%zu virtual patients like this one, seed %llu.%s%s",
                                f->request.patients, (unsigned long long)f->request.seed, learned,
                                scores));
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
    print_quiet(p, f);
    return EN_OK;
}
