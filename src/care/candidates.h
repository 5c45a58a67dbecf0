/* SPDX-License-Identifier: Apache-2.0
 * care/candidates: plans to choose from. Around the usual plan of a case, everything that may be
 * varied: number of sessions, interval, dextrose, sites, volume, guidance, a programme of exercise
 * beside the injections; besides them doing nothing, and exercise alone.
 *
 * Each is a real plan that was judged like any other (en_assess): what the verdict does not allow
 * is left out and counted with its reason. Plans that differ from the usual one in few respects
 * come first. What is tried stands in the policies search_*. Pure, thread-safe. */
#pragma once

#include "care/plan.h"
#include "care/rules.h"

enum {
    EN_CANDIDATES_MAX = 300,         /* "nothing" and "exercise" included */
    EN_CANDIDATE_DEPARTURES_MAX = 2, /* respects in which a plan differs from the usual one */
    EN_REFUSALS_MAX = 32
};

enum en_candidate_kind { EN_CANDIDATE_NOTHING, EN_CANDIDATE_EXERCISE, EN_CANDIDATE_PLAN };

/* Respects in which plans differ, the number of sessions apart. */
enum en_respect {
    EN_RESPECT_INTERVAL,
    EN_RESPECT_DEXTROSE,
    EN_RESPECT_SITES,
    EN_RESPECT_VOLUME,
    EN_RESPECT_GUIDANCE,
    EN_RESPECT_EXERCISE,
    EN_RESPECT_COUNT
};

struct en_candidate {
    enum en_candidate_kind kind;
    int sessions;
    size_t choice[EN_RESPECT_COUNT]; /* 0: as usual, else which of what was tried */
    struct en_plan_options options;  /* that make the plan */
    const struct en_plan *plan;      /* NULL unless it is one; shared by candidates */
    enum en_verdict verdict;         /* suitable or with caution */
    double serious_harm;             /* [1] known chance in one session; NAN: no rate is known */
    bool has_unknown_harm;           /* a kind of serious harm applies whose rate is not known */
    bool has_exercise, is_primary_only;
};

/* Why plans were refused. */
struct en_refusal {
    const char *rule;   /* id of the tier; NULL: no rule */
    const char *reason; /* a sentence */
    size_t count;       /* plans */
};

/* What the clinician rules out. A zeroed one: nothing. */
struct en_candidate_limits {
    int max_sessions;            /* 0: what the schedule and the rules allow */
    double max_dextrose_percent; /* at any site; 0: what the rules allow */
    bool without_exercise;       /* neither alone nor beside injections */
    int sessions_given;          /* of this course, count against the schedule's number */
    int max_departures;          /* 0: EN_CANDIDATE_DEPARTURES_MAX */
};

struct en_candidates {
    struct en_candidate *items; /* 0 is "nothing"; then "exercise" unless ruled out */
    size_t count;
    struct en_refusal *refusals; /* shape [refusal_count], most frequent first */
    size_t refusal_count, refused_count;
    size_t left_count;           /* plans that were not looked at because there were too many */
    const struct en_plan *usual; /* whose sites are what the case asks for; NULL: no plan at all */
};

/* options: what is fixed. Sites, sessions, guidance or dextrose that stand there are not varied. A
 * case without a recognised problem, or in which nothing may be injected, has no plans among its
 * candidates. */
EN_MUST_USE enum en_status en_candidates_make(const struct en_care *care, const struct en_case *c,
                                              const struct en_plan_options *options,
                                              const struct en_candidate_limits *limits,
                                              struct en_arena *a, struct en_candidates *out,
                                              struct en_err *err);
