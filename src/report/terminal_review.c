/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_review: what a review adds to the rules: the forecast of going on beside
 * stopping. */
#include "report/terminal.h"

#include "base/text.h"
#include "report/search.h"
#include "report/words_search.h"

#include <math.h>

enum { WIDTH_DAY = 14, WIDTH_MEAN = 10, WIDTH_BAND = 16, WIDTH_CHANCE = 16, WIDTH_GOAL = 11 };
enum { ARMS_MAX = 4 };

static const double WEEK_DAYS = 7.0;

static size_t arm_named(const struct en_forecast *f, const char *id)
{
    for (size_t i = 0; i < f->request.arm_count && i < ARMS_MAX; i++) {
        if (en_text_equal(f->request.arms[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void print_basis(struct en_page *p, const struct en_report *r)
{
    const struct en_followup *f = &r->forecast->request.followup;
    const int left = r->outlook->sessions_left;
    struct en_words *w = p->w;

    if (!en_words_is_course(r->forecast)) {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     "The first session was today: this is the forecast of people like this one.");
        return;
    }
    en_page_text(p, 0, "", EN_INK_PLAIN,
                 en_words_print(w,
                                "Forecast of this patient from %zu session%s and %zu score%s since "
                                "%s. Sessions of the plan left: %d.",
                                f->given_count, f->given_count == 1 ? "" : "s",
                                f->observation_count, f->observation_count == 1 ? "" : "s",
                                en_words_day(w, r->outlook->start), left));
}

static const char *day_of(struct en_words *w, const struct en_report *r, double week)
{
    return en_words_day(w, r->outlook->start + (en_day)lround(WEEK_DAYS * week));
}

/* What going on adds, week by week. */
static void print_gains(struct en_page *p, const struct en_report *r, size_t none)
{
    const struct en_forecast *f = r->forecast;
    struct en_words *w = p->w;
    const char *worthwhile = en_words_number(w, f->request.worthwhile_nrs, 1);
    struct en_page_table t = {
        .page = p,
        .columns = {{"week", 5, true},
                    {"day", WIDTH_DAY, false},
                    {"mean", WIDTH_MEAN, true},
                    {"9 of 10 people", WIDTH_BAND, false},
                    {en_words_print(w, "chance of %s", worthwhile), WIDTH_CHANCE, true}},
        .count = 5,
        .indent = 1,
    };

    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w,
                                "What going on adds to stopping now: fall of pain in points, and "
                                "how likely at least %s is",
                                worthwhile));
    en_page_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        const struct en_gain *g = &f->gain[none][week];
        const double at = f->request.weeks[week];
        const char *cells[] = {
            en_words_number(w, at, 1),
            day_of(w, r, at),
            en_words_fixed(w, g->mean, 1),
            en_words_print(w, "%s to %s", en_words_fixed(w, g->q[0], 1),
                           en_words_fixed(w, g->q[EN_QUANTILE_COUNT - 1], 1)),
            en_words_share(w, g->worthwhile),
        };

        en_page_table_row(&t, cells);
    }
}

/* How likely each goal is in the last week, whatever is done. */
static void print_goals(struct en_page *p, const struct en_report *r, bool goes_on)
{
    const struct en_forecast *f = r->forecast;
    const size_t last = f->request.week_count - 1;
    struct en_words *w = p->w;
    struct en_page_table t = {.page = p, .columns = {{"goal", 0, false}}, .count = 1, .indent = 1};
    size_t arms[ARMS_MAX], count = 0;

    for (size_t i = 0; i < f->request.arm_count && i < ARMS_MAX; i++) {
        const bool is_course = en_text_equal(f->request.arms[i].id, "plan") ||
                               en_text_equal(f->request.arms[i].id, "saline");

        if (goes_on || !is_course) { /* without a session left they are the same as stopping */
            arms[count++] = i;
            t.columns[t.count++] = (struct en_page_column){en_words_arm_of(f, i), WIDTH_GOAL, true};
        }
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w, "How likely each goal is in week %s (%s)",
                                en_words_number(w, f->request.weeks[last], 1),
                                day_of(w, r, f->request.weeks[last])));
    en_page_table_head(&t);
    for (size_t g = 0; g < f->request.goal_count && g < EN_GOALS_MAX; g++) {
        const char *cells[1 + ARMS_MAX] = {en_words_goal(w, &f->request.goals[g])};

        for (size_t i = 0; i < count; i++) {
            cells[1 + i] = en_words_share(w, f->goal[arms[i]][g][last]);
        }
        en_page_table_row(&t, cells);
    }
}

/* Other ways, where they were compared. */
static enum en_status print_ways(struct en_page *p, const struct en_report *r, struct en_err *err)
{
    struct en_sayings said;

    if (r->search == NULL) {
        return EN_OK;
    }
    EN_TRY(en_words_search(p->w, r->search, &said, err));
    en_page_heading(p, "WAYS FROM HERE");
    for (size_t i = 0; i < said.count; i++) {
        en_page_text(p, 0, "", i == 0 ? EN_INK_BOLD : EN_INK_PLAIN, said.text[i]);
    }
    en_page_text(
        p, 0, "", EN_INK_FAINT,
        en_words_print(p->w,
                       "%zu options, net benefit in important changes, by burdens that no "
                       "clinician approved yet†; `enthesis plan --optimise` shows them and "
                       "more.",
                       r->search->candidates->count));
    return EN_OK;
}

enum en_status en_terminal_review(struct en_page *p, const struct en_report *r,
                                  const struct en_report_advice *advice, struct en_err *err)
{
    struct en_words *w = p->w;

    en_page_heading(p, "GOING ON OR STOPPING");
    if (r->forecast == NULL || r->outlook == NULL || r->forecast->request.week_count == 0) {
        en_page_text(p, 0, "", EN_INK_YELLOW,
                     en_words_print(w, "No forecast: %s.", en_words_clean(w, advice->why_none)));
        return EN_OK;
    }
    const size_t none = arm_named(r->forecast, "none");
    const bool goes_on = r->outlook->sessions_left > 0;
    const double next = r->outlook->next_score_week;

    en_page_text(p, 0, "", EN_INK_BOLD, en_words_clean(w, advice->reason));
    print_basis(p, r);
    en_terminal_notes(p, r->outlook, false);
    if (goes_on && none != SIZE_MAX) {
        print_gains(p, r, none);
    }
    if (r->forecast->request.goal_count > 0) {
        print_goals(p, r, goes_on);
    }
    en_page_blank(p);
    if (next > 0.0) {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w,
                                    "A pain score in week %s (%s) would tell most about what is "
                                    "still to come.",
                                    en_words_number(w, next, 1), day_of(w, r, next)));
    }
    en_page_text(p, 0, "", EN_INK_FAINT, en_words_basis(w, r->forecast));
    return print_ways(p, r, err);
}
