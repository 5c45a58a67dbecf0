/* SPDX-License-Identifier: Apache-2.0
 * app/review: is it working, and does it pay to go on? The rules of care first, then what the
 * patient's forecast says of going on beside stopping. Each may make the advice more careful than
 * the other, neither less. */
#pragma once

#include "app/optimise.h"
#include "forecast/rule.h"

struct en_review_answer {
    struct en_review care;      /* what the rules say, with their advice */
    struct en_outlook outlook;  /* now NULL: there is no forecast, and `why_none` says why */
    const char *why_none;       /* a clause; NULL: there is a forecast */
    struct en_rule rule;        /* reasons to stop, from limits.tsv */
    struct en_rule_state state; /* what they were asked about */
    enum en_rule_answer answer; /* EN_RULE_GO_ON without a forecast */
    const char *reason;         /* of the answer, a sentence */
    enum en_advice advice;      /* of both */
    /* Other ways from here: plans that differ from the usual one in one respect, exercise, nothing
     * more. It changes no advice. NULL: not compared, since the advice is not to go on, or there
     * is no forecast or no plan to choose. */
    struct en_optimise *ways;
};

/* The rule of limits.tsv. */
struct en_rule en_app_rule(const struct en_knowledge *k);

/* The care rules' advice, unless the forecast's is more careful. */
enum en_advice en_app_advice(enum en_advice care, enum en_rule_answer answer);

/* What the outlook asks for is as there; its target is the one that is reviewed. A case that no
 * forecast can be made of is reviewed all the same. */
EN_MUST_USE enum en_status en_app_review(const struct en_app *app, const struct en_case *c,
                                         const struct en_outlook_request *request,
                                         struct en_arena *a, struct en_review_answer *out,
                                         struct en_err *err);
