/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words_search.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>

static const struct en_search_result *result_of(const struct en_report_search *s, size_t option)
{
    return &s->search->results[option];
}

static const struct en_candidate *candidate_of(const struct en_report_search *s, size_t option)
{
    return &s->candidates->items[option];
}

static bool is_course(const struct en_report_search *s)
{
    return !en_followup_is_empty(&s->question->base.followup);
}

/* --- which are shown -------------------------------------------------------------------------- */

static bool is_before(const struct en_report_search *s, size_t a, size_t b)
{
    const double burden_a = result_of(s, a)->burden, burden_b = result_of(s, b)->burden;

    return burden_a != burden_b ? burden_a < burden_b : a < b;
}

/* In its place by burden, once; not more than there is room for. */
static void insert(const struct en_report_search *s, struct en_search_rows *rows, size_t option)
{
    size_t at = rows->count;

    for (size_t i = 0; i < rows->count; i++) {
        if (rows->option[i] == option) {
            return;
        }
    }
    if (rows->count == EN_SEARCH_ROWS_MAX) {
        return;
    }
    for (; at > 0 && is_before(s, option, rows->option[at - 1]); at--) {
        rows->option[at] = rows->option[at - 1];
    }
    rows->option[at] = option;
    rows->count++;
}

static size_t departure_count(const struct en_candidate *c)
{
    size_t count = 0;

    for (size_t r = 0; r < EN_RESPECT_COUNT; r++) {
        count += c->choice[r] > 0 ? 1 : 0;
    }
    return count;
}

/* Largest net benefit on the front among benefits from `low` to below `high`; NAN none. */
static double front_net(const struct en_report_search *s, double low, double high)
{
    double net = NAN;

    for (size_t i = 0; i < s->candidates->count; i++) {
        const struct en_search_result *r = result_of(s, i);

        if (r->is_on_front && r->benefit >= low && r->benefit < high) {
            net = fmax(net, r->net); /* a number before NAN */
        }
    }
    return net;
}

/* What stands for the front there: of all that come within half of what counts as the same, the one
 * that differs least from the usual plan, then the largest net benefit. SIZE_MAX none. */
static size_t member_of(const struct en_report_search *s, double low, double high)
{
    const double enough = front_net(s, low, high) - 0.5 * s->question->same;
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < s->candidates->count; i++) {
        const struct en_search_result *r = result_of(s, i);

        if (!(r->benefit >= low && r->benefit < high && r->net >= enough)) {
            continue;
        }
        const size_t count = departure_count(candidate_of(s, i));
        const size_t least = found == SIZE_MAX ? SIZE_MAX : departure_count(candidate_of(s, found));

        if (count < least || (count == least && r->net > result_of(s, found)->net)) {
            found = i;
        }
    }
    return found;
}

/* Least benefit on the front that is at least `low`; INFINITY none. */
static double next_benefit(const struct en_report_search *s, double low)
{
    double next = INFINITY;

    for (size_t i = 0; i < s->candidates->count; i++) {
        const struct en_search_result *r = result_of(s, i);

        if (r->is_on_front && r->benefit >= low) {
            next = fmin(next, r->benefit);
        }
    }
    return next;
}

struct en_search_rows en_search_rows(const struct en_report_search *s)
{
    struct en_search_rows rows = {.count = 0};
    const double step = fmax(s->question->same, 0.01);

    for (size_t i = 0; i < s->candidates->count && i < 2; i++) {
        if (candidate_of(s, i)->kind != EN_CANDIDATE_PLAN) {
            insert(s, &rows, i);
        }
    }
    insert(s, &rows, s->search->best);
    insert(s, &rows, s->search->preferred);
    double low = next_benefit(s, -INFINITY);

    while (isfinite(low)) {
        const size_t member = member_of(s, low, low + step);

        if (member != SIZE_MAX) {
            insert(s, &rows, member);
        }
        low = next_benefit(s, low + step);
    }
    return rows;
}

const char *en_words_letter(struct en_words *w, size_t row)
{
    return en_words_print(w, "%c", (int)('a' + (int)(row % 26)));
}

/* --- options ---------------------------------------------------------------------------------- */

static void add(struct en_words *w, const char **list, const char *text)
{
    *list = en_words_print(w, "%s%s%s", *list, **list == '\0' ? "" : ", ", text);
}

/* "15 %" or "10–25 %" over the sites. */
static const char *strengths(struct en_words *w, const struct en_plan *plan)
{
    double low = INFINITY, high = 0.0;

    for (size_t i = 0; i < plan->site_count; i++) {
        low = fmin(low, plan->sites[i].dextrose_percent);
        high = fmax(high, plan->sites[i].dextrose_percent);
    }
    return low == high ? en_words_print(w, "%s %%", en_words_number(w, high, 1))
                       : en_words_print(w, "%s–%s %%", en_words_number(w, low, 1),
                                        en_words_number(w, high, 1));
}

static const char *departures(struct en_words *w, const struct en_candidate *c)
{
    const char *list = "";

    if (c->choice[EN_RESPECT_INTERVAL] > 0) {
        add(w, &list, en_words_print(w, "every %d d", c->plan->interval_days));
    }
    if (c->choice[EN_RESPECT_DEXTROSE] > 0) {
        add(w, &list, en_words_print(w, "dextrose %s", strengths(w, c->plan)));
    }
    if (c->choice[EN_RESPECT_SITES] > 0) {
        add(w, &list, "primary sites");
    }
    if (c->choice[EN_RESPECT_VOLUME] > 0) {
        add(w, &list, en_words_print(w, "%s mL", en_words_number(w, c->plan->totals.volume_ml, 1)));
    }
    if (c->choice[EN_RESPECT_GUIDANCE] > 0) {
        add(w, &list,
            en_text_equal(c->options.guidance, "LM")
                ? "by landmarks"
                : en_words_print(w, "all by %s", en_words_guidance(c->options.guidance)));
    }
    return list;
}

const char *en_words_option(struct en_words *w, const struct en_report_search *s, size_t option)
{
    const struct en_candidate *c = candidate_of(s, option);

    if (c->kind == EN_CANDIDATE_NOTHING) {
        return is_course(s) ? "nothing more" : "nothing";
    }
    if (c->kind == EN_CANDIDATE_EXERCISE) {
        return is_course(s) ? "exercise, no more injections" : "exercise alone";
    }
    const char *list = departures(w, c);

    return en_words_print(w, "%d %ssession%s%s%s%s", c->sessions, is_course(s) ? "more " : "",
                          c->sessions == 1 ? "" : "s", *list == '\0' ? " of the usual plan" : ", ",
                          list, c->has_exercise ? ", and exercise" : "");
}

const char *en_words_option_flags(struct en_words *w, const struct en_candidate *c)
{
    const char *flags = en_words_print(w, "--sessions %d", c->sessions);

    if (c->choice[EN_RESPECT_INTERVAL] > 0) {
        flags = en_words_print(w, "%s --interval %d", flags, c->options.interval_days);
    }
    if (c->choice[EN_RESPECT_DEXTROSE] > 0) {
        flags = en_words_print(w, "%s --dextrose %s", flags,
                               en_words_number(w, c->options.dextrose_percent, 1));
    }
    if (c->choice[EN_RESPECT_SITES] > 0) {
        flags = en_words_print(w, "%s --sites \"%s\"", flags, c->options.sites);
    }
    if (c->choice[EN_RESPECT_VOLUME] > 0) {
        flags = en_words_print(w, "%s --volume-scale %s", flags,
                               en_words_number(w, c->options.volume_scale, 2));
    }
    if (c->choice[EN_RESPECT_GUIDANCE] > 0) {
        flags = en_words_print(w, "%s --guidance %s", flags, c->options.guidance);
    }
    return flags;
}

/* "0, 28, 56": days of its sessions, without those that only a review adds. */
static const char *days_of(struct en_words *w, const struct en_plan *plan)
{
    const char *list = "";

    for (size_t i = 0; i < plan->session_count && !plan->sessions[i].is_optional; i++) {
        add(w, &list,
            en_words_print(w, "%d", (int)(plan->sessions[i].day - plan->sessions[0].day)));
    }
    return list;
}

const char *en_words_usual(struct en_words *w, const struct en_report_search *s)
{
    const struct en_plan *plan = s->candidates->usual;
    const char *schedule =
        plan->schedule == NULL ? "no schedule" : en_words_cell(w, plan->schedule, "title");

    return en_words_print(w, "%s, days %s; %zu site%s, %s mL, dextrose %s", schedule,
                          days_of(w, plan), plan->site_count, plan->site_count == 1 ? "" : "s",
                          en_words_number(w, plan->totals.volume_ml, 1), strengths(w, plan));
}

/* --- sentences -------------------------------------------------------------------------------- */

static void say(struct en_sayings *out, const char *text)
{
    assert(out->count < EN_SAYINGS_MAX);
    out->text[out->count++] = text;
}

static size_t count_as_good(const struct en_report_search *s)
{
    size_t count = 0;

    for (size_t i = 0; i < s->candidates->count; i++) {
        count += result_of(s, i)->is_as_good ? 1 : 0;
    }
    return count;
}

static const char *net_of(struct en_words *w, const struct en_report_search *s, size_t option)
{
    return en_words_fixed(w, result_of(s, option)->net, 2);
}

static void say_preferred(struct en_words *w, const struct en_report_search *s,
                          struct en_sayings *out)
{
    const size_t best = s->search->best, preferred = s->search->preferred;
    const size_t alike = count_as_good(s) - 1;
    const char *name = en_words_option(w, s, preferred);

    if (candidate_of(s, preferred)->kind == EN_CANDIDATE_NOTHING) {
        say(out, best == preferred
                     ? "Doing nothing is preferred: no option is worth its burden."
                     : "Doing nothing is preferred: the model cannot tell that any option is worth "
                       "its burden.");
    } else if (candidate_of(s, preferred)->kind == EN_CANDIDATE_EXERCISE) {
        say(out, best == preferred
                     ? "Exercise without injections is preferred: it has the largest net benefit."
                     : "Exercise without injections is preferred: the model cannot tell that "
                       "injections add what their burden costs.");
    } else {
        say(out, en_words_print(w, "Preferred: %s.", name));
    }
    if (best == preferred) {
        say(out, en_words_print(w, "It has the largest net benefit, %s.%s", net_of(w, s, best),
                                alike == 0 ? "" : " Others that are as good are not simpler."));
        return;
    }
    say(out, en_words_print(w,
                            "Largest net benefit, %s: %s. The model cannot tell %zu other option%s "
                            "from it; the preferred one, net %s, is the simplest of them.",
                            net_of(w, s, best), en_words_option(w, s, best), alike,
                            alike == 1 ? "" : "s", net_of(w, s, preferred)));
}

static bool is_same_but_sessions(const struct en_candidate *a, const struct en_candidate *b)
{
    bool is_same = a->kind == EN_CANDIDATE_PLAN && b->kind == EN_CANDIDATE_PLAN;

    for (size_t r = 0; is_same && r < EN_RESPECT_COUNT; r++) {
        is_same = a->choice[r] == b->choice[r];
    }
    return is_same;
}

/* "1 session gives 71 % of what 5 give, 2 give 83 %, 3 give 92 %." */
static void say_fewer(struct en_words *w, const struct en_report_search *s, size_t like,
                      struct en_sayings *out)
{
    enum { SAID_MAX = 6 };
    const struct en_candidate *c = candidate_of(s, like);
    size_t most = like, said = 0;
    const char *list = "";

    for (size_t i = 0; i < s->candidates->count; i++) {
        if (is_same_but_sessions(candidate_of(s, i), c) &&
            candidate_of(s, i)->sessions > candidate_of(s, most)->sessions) {
            most = i;
        }
    }
    const double all = result_of(s, most)->benefit;

    for (size_t i = 0; i < s->candidates->count && said < SAID_MAX && all > 0.0; i++) {
        const struct en_candidate *x = candidate_of(s, i);

        if (i == most || !is_same_but_sessions(x, c)) {
            continue;
        }
        const char *share = en_words_share(w, fmax(result_of(s, i)->benefit, 0.0) / all);

        list = said++ > 0 ? en_words_print(w, "%s, %d give %s", list, x->sessions, share)
                          : en_words_print(w, "%d session%s %s of what %d give", x->sessions,
                                           x->sessions == 1 ? " gives" : "s give", share,
                                           candidate_of(s, most)->sessions);
    }
    if (said > 0) {
        say(out, en_words_print(w, "%s: %s.",
                                candidate_of(s, s->search->preferred)->kind == EN_CANDIDATE_PLAN
                                    ? "Of plans like it with another number of sessions"
                                    : "Of the usual plan",
                                list));
    }
}

static void say_saline(struct en_words *w, const struct en_report_search *s, struct en_sayings *out)
{
    const struct en_search_result *plan = result_of(s, s->saline_of);
    const char *name = s->saline_of == s->search->preferred ? "the preferred plan"
                                                            : "one session of the usual plan";

    if (plan->benefit > 0.0) {
        say(out, en_words_print(
                     w,
                     "With saline in place of dextrose %s would give %s of its benefit: "
                     "that part comes with being injected%s, not with dextrose.",
                     name, en_words_share(w, fmax(s->saline->benefit, 0.0) / plan->benefit),
                     candidate_of(s, s->saline_of)->has_exercise ? " and with exercise" : ""));
    }
}

static void say_others(struct en_words *w, const struct en_report_search *s, struct en_sayings *out)
{
    const char *nothing = is_course(s) ? "Doing nothing more" : "Doing nothing";

    if (s->candidates->count > 1 && candidate_of(s, 1)->kind == EN_CANDIDATE_EXERCISE) {
        const struct en_search_result *r = result_of(s, 1);

        say(out, en_words_print(w,
                                "%s is what benefit is counted from. Exercise without injections "
                                "brings %s points less pain than that, net %s%s.",
                                nothing, en_words_fixed(w, r->pain, 1), net_of(w, s, 1),
                                r->is_as_good ? ": not told from the largest" : ""));
    } else {
        say(out, en_words_print(w, "%s is what benefit is counted from.", nothing));
    }
}

enum en_status en_words_search(struct en_words *w, const struct en_report_search *s,
                               struct en_sayings *out, struct en_err *err)
{
    *out = (struct en_sayings){.count = 0};
    say_preferred(w, s, out);
    say_fewer(w, s, s->saline_of, out);
    say_saline(w, s, out);
    say_others(w, s, out);
    return en_sayings_check(w, out, err);
}

/* --- what it rests on ------------------------------------------------------------------------- */

static void say_burden(struct en_words *w, const struct en_report_search *s, struct en_sayings *out)
{
    const struct en_burden *b = &s->question->burden;
    const struct en_forecast_request *q = &s->question->base;
    const struct en_knowledge *k = w->knowledge;

    say(out,
        en_words_print(
            w,
            "Burden is a judgement, not yet approved†, in important changes (%s points of "
            "pain or %s of function that last): a session %s, a day of flare %s, a guided "
            "session %s more, exercise %s, a serious harm %s. Net benefits closer than %s "
            "count as the same.",
            en_words_number(w, q->mic_nrs, 1), en_words_number(w, q->mic_function, 1),
            en_words_number(w, b->per_session, 3), en_words_number(w, b->per_flare_day, 3),
            en_words_number(w, en_limit(k, "forecast.burden_guidance"), 3),
            en_words_number(w, en_limit(k, "forecast.burden_exercise"), 3),
            en_words_number(w, b->per_serious_harm, 1), en_words_number(w, s->question->same, 2)));
    say(out, !s->has_cost         ? "Cost: the clinic has filled in no amounts; it is left out."
             : b->per_cost == 0.0 ? "Cost: shown by the plan, not weighed here (limit "
                                    "forecast.burden_cost is 0)."
                                  : "Cost is part of the burden.");
}

/* Of one plan: all plans of a case have the same sites, or fewer. */
static void say_harm(struct en_words *w, const struct en_report_search *s, struct en_sayings *out)
{
    const struct en_candidate *c = candidate_of(s, s->saline_of);
    const char *known =
        isnan(c->serious_harm)
            ? "Serious harm of a session: no rate is known, and none is counted."
            : en_words_print(w,
                             "Serious harm of a session: known rates add up to %s in 10 000, from "
                             "other injections or rough estimates.",
                             en_words_number(w, 1e4 * c->serious_harm, 1));

    say(out, en_words_print(w, "%s%s", known,
                            c->has_unknown_harm || isnan(c->serious_harm)
                                ? " No harm in 100 people still allows 3 in 100 (rule of three)."
                                : ""));
}

enum en_status en_words_search_basis(struct en_words *w, const struct en_report_search *s,
                                     struct en_sayings *out, struct en_err *err)
{
    *out = (struct en_sayings){.count = 0};
    say_burden(w, s, out);
    say_harm(w, s, out);
    say(out, "Strength, volume, guidance and interval: how much they change rests on the model's "
             "dose-response, which trials did not teach. It is no evidence for a dose.");
    say(out, "The model knows one target: a site that is left out is target that is not reached. "
             "Pain at other sites, skill and wishes are for the clinician to weigh.");
    if (!s->has_condition_data) {
        say(out, "No controlled trial of this condition in the calibration: the average over "
                 "conditions stands for it.");
    }
    return en_sayings_check(w, out, err);
}
