/* SPDX-License-Identifier: Apache-2.0 */
#include "app/asked.h"

#include "base/limits.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

const char *en_asked_text(const struct en_asked *asked, const char *name)
{
    return asked->text(asked->context, name);
}

enum en_status en_asked_number(const struct en_asked *asked, const char *name, double low,
                               double high, double *out, struct en_err *err)
{
    const char *text = en_asked_text(asked, name);
    double value = 0.0;

    if (text == NULL) {
        return EN_OK;
    }
    if (!en_text_number(text, &value) || !(value >= low && value <= high)) {
        return en_fail(err, EN_EINVAL, "%s%s needs a number from %g to %g", asked->prefix, name,
                       low, high);
    }
    *out = value;
    return EN_OK;
}

enum en_status en_asked_integer(const struct en_asked *asked, const char *name, long long low,
                                long long high, long long *out, struct en_err *err)
{
    const char *text = en_asked_text(asked, name);

    if (text == NULL || en_text_integer(text, low, high, out)) {
        return EN_OK;
    }
    return en_fail(err, EN_EINVAL, "%s%s needs a whole number from %lld to %lld", asked->prefix,
                   name, low, high);
}

enum en_status en_asked_day(const struct en_asked *asked, const char *name, en_day *out,
                            struct en_err *err)
{
    const char *text = en_asked_text(asked, name);
    enum en_date_precision precision = EN_DATE_YEAR;

    if (text == NULL) {
        return EN_OK;
    }
    if (!en_date_parse(text, out, &precision) || precision != EN_DATE_DAY) {
        return en_fail(err, EN_EINVAL, "%s%s needs a day such as 2026-03-02", asked->prefix, name);
    }
    return EN_OK;
}

/* Plan */

/* A misspelt stock is a slip of the keyboard, no finding about the patient. */
static enum en_status check_stocks(const struct en_app *app, const struct en_asked *asked,
                                   struct en_arena *a, struct en_err *err)
{
    const char *item = NULL, *list = en_asked_text(asked, "stocks");
    size_t size = 0;

    while (list != NULL && (list = en_list_next(list, &item, &size)) != NULL) {
        const char *id = en_arena_copy(a, item, size);

        if (id == NULL || en_row_find(app->knowledge, "stocks", id) == NULL) {
            return en_fail(err, EN_EINVAL, "%sstocks: \"%.*s\" is not a stock of stocks.tsv",
                           asked->prefix, (int)size, item);
        }
    }
    return EN_OK;
}

/* Numbers of the options. */
static enum en_status plan_numbers(const struct en_asked *asked, struct en_plan_request *rq,
                                   struct en_err *err)
{
    long long target = 1, sessions = 0, interval = 0, patients = 0, seed = 1, threads = 0;
    struct en_plan_options *o = &rq->options;

    EN_TRY(en_asked_integer(asked, "target", 1, 1000, &target, err));
    EN_TRY(en_asked_integer(asked, "sessions", 1, 24, &sessions, err));
    EN_TRY(en_asked_integer(asked, "interval", 7, EN_PLAN_INTERVAL_MAX, &interval, err));
    EN_TRY(en_asked_number(asked, "dextrose", 1.0, 50.0, &o->dextrose_percent, err));
    EN_TRY(en_asked_number(asked, "volume-scale", 0.1, 10.0, &o->volume_scale, err));
    EN_TRY(en_asked_integer(asked, "patients", 16, EN_APP_PATIENTS_MAX, &patients, err));
    EN_TRY(en_asked_integer(asked, "seed", 0, LLONG_MAX, &seed, err));
    EN_TRY(en_asked_integer(asked, "threads", 1, EN_THREADS_MAX, &threads, err));
    EN_TRY(en_asked_number(asked, "bleb-mg", 0.0, 10000.0, &o->bleb_mg, err));
    EN_TRY(en_asked_number(asked, "block-mg", 0.0, 10000.0, &o->block_mg, err));
    EN_TRY(en_asked_day(asked, "start", &o->start, err));
    o->target = (size_t)target - 1;
    o->sessions = (int)sessions;
    o->interval_days = (int)interval;
    rq->patients = (size_t)patients;
    rq->seed = (uint64_t)seed;
    rq->threads = (int)threads;
    return EN_OK;
}

enum en_status en_asked_plan(const struct en_app *app, const struct en_asked *asked,
                             const struct en_case *c, struct en_arena *a,
                             struct en_plan_request *out, struct en_err *err)
{
    struct en_plan_options *o = &out->options;

    *out = (struct en_plan_request){.options = {.start = EN_DAY_UNKNOWN}};
    EN_TRY(plan_numbers(asked, out, err));
    if (c->target_count > 1 && en_asked_text(asked, "target") == NULL) {
        return en_fail(err, EN_EINVAL,
                       "the case has %zu problems: choose one with %starget 1 .. %zu "
                       "(`enthesis case show` lists them)",
                       c->target_count, asked->prefix, c->target_count);
    }
    o->sites = en_asked_text(asked, "sites");
    o->dates = en_asked_text(asked, "dates");
    o->schedule = en_asked_text(asked, "schedule");
    o->guidance = en_asked_text(asked, "guidance");
    o->anaesthetic = en_asked_text(asked, "anaesthetic");
    o->stocks = en_asked_text(asked, "stocks");
    if (o->dates != NULL &&
        (o->sessions > 0 || o->interval_days > 0 || o->start != EN_DAY_UNKNOWN)) {
        return en_fail(err, EN_EINVAL,
                       "%sdates names every session: leave out sessions, interval and start",
                       asked->prefix);
    }
    return check_stocks(app, asked, a, err);
}

/* Goals */

/* "pain<=3", blanks anywhere. */
static bool read_goal(const char *text, size_t size, struct en_goal *out)
{
    static const struct {
        const char *name;
        enum en_outcome outcome;
        double most;
    } NAMES[] = {{"pain<=", EN_OUTCOME_PAIN, 10.0}, {"function<=", EN_OUTCOME_FUNCTION, 100.0}};
    char word[32];
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == ' ') {
            continue;
        }
        if (used + 1 == sizeof word) {
            return false;
        }
        word[used++] = text[i];
    }
    word[used] = '\0';
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        if (en_text_starts(word, NAMES[i].name)) {
            out->outcome = NAMES[i].outcome;
            return en_text_number(word + strlen(NAMES[i].name), &out->at_most) &&
                   out->at_most >= 0.0 && out->at_most <= NAMES[i].most;
        }
    }
    return false;
}

static enum en_status read_goals(const struct en_asked *asked, const char *list,
                                 struct en_outlook_request *rq, struct en_err *err)
{
    const char *item = NULL;
    size_t size = 0;

    if (en_list_next(list, &item, &size) == NULL) {
        return en_fail(err, EN_EINVAL, "%sgoal needs a goal such as \"pain<=3\"", asked->prefix);
    }
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (rq->goal_count == EN_GOALS_MAX) {
            return en_fail(err, EN_EINVAL, "%sgoal: at most %d goals", asked->prefix,
                           (int)EN_GOALS_MAX);
        }
        if (!read_goal(item, size, &rq->goals[rq->goal_count++])) {
            return en_fail(err, EN_EINVAL,
                           "%sgoal: \"%.*s\" is neither \"pain<=N\", N from 0 to 10, nor "
                           "\"function<=N\", N from 0 to 100",
                           asked->prefix, (int)size, item);
        }
    }
    return EN_OK;
}

enum en_status en_asked_goals(const struct en_asked *asked, struct en_outlook_request *out,
                              struct en_err *err)
{
    const char *list = NULL;

    for (size_t i = 0; (list = asked->nth(asked->context, "goal", i)) != NULL; i++) {
        EN_TRY(read_goals(asked, list, out, err));
    }
    return EN_OK;
}

enum en_status en_asked_limits(const struct en_asked *asked, struct en_candidate_limits *out,
                               struct en_err *err)
{
    long long sessions = 0;

    EN_TRY(en_asked_integer(asked, "max-sessions", 1, EN_PLAN_SESSIONS_MAX, &sessions, err));
    EN_TRY(en_asked_number(asked, "max-dextrose", 1.0, 50.0, &out->max_dextrose_percent, err));
    if (en_asked_text(asked, "dates") != NULL) {
        return en_fail(err, EN_EINVAL, "%sdates: plans that are compared have dates of their own",
                       asked->prefix);
    }
    out->max_sessions = (int)sessions;
    out->without_exercise = en_asked_text(asked, "no-exercise") != NULL;
    return EN_OK;
}
