/* SPDX-License-Identifier: Apache-2.0
 * forecast/search: which of many plans serves this person best, net of its burden.
 *
 * Every option goes through the same patients (the population's, or the posterior after a
 * follow-up) with the same random numbers, so differences between options are not noise. The answer
 * is a front, not a winner: what more benefit costs in burden, and which options the model cannot
 * tell apart. Options that do nothing, or exercise alone, are options like the others and may win.
 *
 * Benefit is a difference of expected scores, held on their scales: the slow fluctuation and the
 * error of a report are the same under every option and left out (they count in `goal`). A
 * hypothesis has patients in proportion to its weight, EN_SEARCH_PATIENTS_MIN at least.
 * Same request and seed, same bytes on any thread count. Thread-safe. */
#pragma once

#include "forecast/forecast.h"

enum {
    EN_SEARCH_OPTIONS_MAX = 1024,
    EN_SEARCH_DOSES_MAX = 256, /* different (dextrose, coverage, needle) over all options */
    EN_SEARCH_PATIENTS_MIN = 32,
    EN_SEARCH_PATIENTS_MAX = 16384
};

/* One plan. Burdens are given by the caller, who knows regions, rates and prices. */
struct en_search_option {
    struct en_forecast_arm arm; /* from today on */
    double serious_harm;        /* [1] chance over the whole option; NAN: no rate is known */
    double cost;                /* in the clinic's currency over the whole option; NAN unknown */
    double other_burden; /* [important changes] besides sessions, flare, harm and cost: a programme
                            of exercise, guidance */
};

/* What one unit of burden weighs, in minimal important changes of the outcome. Judgement of the
 * clinic, from its table; shown with the result. An unknown harm or cost weighs nothing. */
struct en_burden {
    double per_session, per_flare_day, per_serious_harm, per_cost;
};

struct en_search_request {
    /* Person, posterior, follow-up, weeks (the goal dates, all of equal weight), goals, mic_*,
     * seed, threads; `patients` of the heaviest hypothesis (256 .. 1024 do). Not its arms. */
    struct en_forecast_request base;
    const struct en_search_option *options; /* shape [option_count] */
    size_t option_count;
    size_t reference; /* index of the option "nothing more": benefit is counted from it */
    struct en_burden burden;
    double same;  /* [important changes] options closer than this in net benefit count as equal */
    double doubt; /* [1] 0 < .. 1: see is_as_good */
};

struct en_search_result {
    /* Mean improvement beyond the reference over the goal dates, both outcomes alike, in minimal
     * important changes; and its SD over patients. */
    double benefit, benefit_sd;
    double pain, function; /* the same in NRS and points, mean over the goal dates */
    double pain_q[3];      /* 5, 50, 95 % over patients of the gain in pain */
    double goal;           /* share of patients at all goals at the last date; NAN without goals */
    /* Expected days on which mediators add 1 NRS or more to pain: those after one session in
     * resting tissue, in the EN_FLARE_DAYS that follow, times the sessions. */
    double flare_days;
    double burden;         /* in important changes */
    double net, net_error; /* benefit less burden; standard error of the comparison with the best */
    double share;          /* of the largest benefit of all options, 0 .. 1 */
    bool is_on_front;      /* no other option has as much benefit at as little burden */
    /* Cannot be told from the best net benefit: less than `same` or two standard errors behind it,
     * or hypotheses that weigh `doubt` together find this one at least as good. (Numerical noise is
     * small; what cannot be known is which explanation of the treatment holds.) */
    bool is_as_good;
};

#define EN_FLARE_NRS 1.0
enum { EN_FLARE_DAYS = 10 };

struct en_search {
    struct en_search_result *results; /* shape [option_count], in the arena */
    size_t best;                      /* largest net benefit */
    /* The simplest of those that cannot be told from it: least burden; then fewer sessions, weaker
     * dextrose, lower index. */
    size_t preferred;
    size_t patients[EN_HYPOTHESIS_COUNT];
    double weight[EN_HYPOTHESIS_COUNT];
};

/* EN_EINVAL names the field ("options[3].arm.sessions[0].day: ..."). Needs about 16 bytes of the
 * arena for each option and patient; of that the results stay. */
EN_MUST_USE enum en_status en_search_run(const struct en_search_request *request,
                                         struct en_arena *a, struct en_search *out,
                                         struct en_err *err);
