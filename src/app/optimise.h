/* SPDX-License-Identifier: Apache-2.0
 * app/optimise: which plan serves this patient best. Joins the plans to choose from
 * (care/candidates) with the search over them (forecast/search).
 *
 * In the course of treatment it is what to do from today on: nothing more, exercise, or further
 * sessions, on the posterior that the patient's own reports give. Thread-safe. */
#pragma once

#include "app/outlook.h"
#include "care/candidates.h"
#include "forecast/search.h"
#include "report/search.h"

enum { EN_APP_SEARCH_PATIENTS = 512 };

struct en_optimise_request {
    struct en_plan_request plan; /* what is fixed; patients of the heaviest hypothesis */
    struct en_candidate_limits limits;
    bool as_planned; /* of sessions without volume or dextrose: en_app_follow */
};

struct en_optimise {
    /* The preferred plan with its assessment, issued; where no plan is preferred, the usual plan,
     * not issued. Without a forecast. */
    struct en_plan_answer answer;
    struct en_candidates candidates;
    struct en_search_option *options;  /* of the candidates, in the same order */
    struct en_search_request question; /* its options are these */
    /* results NULL: no plan may be carried out. The goal is an important change of pain. */
    struct en_search search;
    /* The preferred plan with saline in place of dextrose, where none is preferred the usual one:
     * beside nothing, in the same patients. */
    struct en_search_result saline;
    size_t saline_of; /* candidate */
    struct en_follow follow;
    bool has_condition_data; /* else the average over conditions stands for it */
    bool has_cost;           /* the clinic filled in what a session costs */
};

/* A case in which no plan may be carried out is an answer, not a failure. */
EN_MUST_USE enum en_status en_app_optimise(const struct en_app *app, const struct en_case *c,
                                           const struct en_optimise_request *request,
                                           struct en_arena *a, struct en_optimise *out,
                                           struct en_err *err);

/* The answer as a Bundle: the preferred plan as a draft CarePlan where one is preferred, and for
 * each option of the table one RiskAssessment, the reasons in words. */
EN_MUST_USE enum en_status en_app_optimise_bundle(const struct en_app *app,
                                                  const struct en_optimise *answer,
                                                  struct en_arena *a, struct en_buf *json,
                                                  struct en_err *err);

/* What a report shows of it; the answer must hold results. */
struct en_report_search en_app_optimise_view(const struct en_optimise *answer);
