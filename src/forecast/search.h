/* SPDX-License-Identifier: Apache-2.0
 * forecast/search: which of many plans serves this person best, net of its burden.
 *
 * Every option goes through the same patients (the population's, or the posterior after a
 * follow-up) with the same random numbers, so differences between options are not noise. The answer
 * is a front, not a winner: what more benefit costs in burden, and which options the model cannot
 * tell apart. Options that do nothing, or exercise alone, are options like the others and may win.
 * Same request and seed, same bytes on any thread count. Thread-safe. */
#pragma once

#include "forecast/forecast.h"

enum { EN_OPTIONS_MAX = 1024 };

/* One plan. Burdens are given by the caller, who knows regions, rates and prices. */
struct en_option {
    struct en_forecast_arm arm; /* from today on */
    double serious_harm;        /* [1] chance over the whole option; NAN: no rate is known */
    double cost;                /* in the clinic's currency over the whole option; NAN unknown */
    double other_burden;        /* [important changes] besides sessions, flare and harm: guidance */
};

/* What one unit of burden weighs, in minimal important changes of the outcome. Judgement of the
 * clinic, from its table; shown with the result. */
struct en_burden {
    double per_session, per_flare_day, per_serious_harm, per_cost;
};

struct en_search_request {
    /* Person, posterior, follow-up, weeks (the goal dates, all of equal weight), mic_*, seed,
     * threads; `patients` of each hypothesis (256 .. 1024 do). Its arms are not used. */
    struct en_forecast_request base;
    const struct en_option *options; /* shape [option_count] */
    size_t option_count;
    size_t reference; /* index of the option "nothing more": benefit is counted from it */
    struct en_burden burden;
    double same; /* [important changes] options closer than this in net benefit count as equal */
};

struct en_option_result {
    /* Mean improvement beyond the reference over the goal dates, both outcomes alike, in minimal
     * important changes; and its SD over patients. */
    double benefit, benefit_sd;
    double pain, function; /* the same in NRS and points, mean over the goal dates */
    double pain_q[3];      /* 5, 50, 95 % over patients of the gain in pain */
    double goal;           /* share of patients at all goals at the last date; NAN without goals */
    double flare_days;     /* expected days with at least 1 NRS of flare */
    double burden;         /* in important changes */
    double net, net_error; /* benefit less burden; standard error of the comparison with the best */
    double share;          /* of the largest benefit of all options, 0 .. 1 */
    bool is_on_front;      /* no option has more benefit at no more burden */
    bool is_as_good;       /* cannot be told from the best net benefit */
};

struct en_search {
    struct en_option_result *results; /* shape [option_count], in the arena */
    size_t best;                      /* largest net benefit */
    size_t preferred; /* the simplest of those that cannot be told from it: least burden */
    size_t patients;  /* of all hypotheses */
    double weight[EN_HYPOTHESIS_COUNT];
};

EN_MUST_USE enum en_status en_search_run(const struct en_search_request *request,
                                         struct en_arena *a, struct en_search *out,
                                         struct en_err *err);
