/* SPDX-License-Identifier: Apache-2.0
 * care/planning: shared by the files that make a plan. Not for other files. */
#pragma once

#include "care/inside.h"

struct planning {
    const struct en_care *care;
    struct care_pad *p;
    const struct en_case *c;
    const struct en_plan_options *options;
    struct en_plan *out;
    struct en_fact *facts; /* of the case, before there is a plan */
    struct en_fact_view view;
};

/* The sites: the clinician's, else those of the condition and the examination. */
EN_MUST_USE enum en_status plan_sites(struct planning *g, struct en_err *err);

/* One mix per strength, technique and need for preservative-free products; then the totals. */
EN_MUST_USE enum en_status plan_mixes(struct planning *g, struct en_err *err);

/* Sessions with dates, rehabilitation per session, follow-up dates. */
EN_MUST_USE enum en_status plan_dates(struct planning *g, struct en_err *err);

/* Checklist, costs, alternatives, payer, and where every default comes from. */
EN_MUST_USE enum en_status plan_papers(struct planning *g, struct en_err *err);

/* Region of the plan: of the condition, else of its first site; NULL unknown. */
const char *plan_region(const struct planning *g);
