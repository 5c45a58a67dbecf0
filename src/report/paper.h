/* SPDX-License-Identifier: Apache-2.0
 * report/paper: the bodies of the four documents, and what they need beside the report. */
#pragma once

#include "report/layout.h"

struct en_paper_content {
    const struct en_report *report;
    enum en_paper paper;
    const char *version;                /* of the knowledge */
    struct en_paragraph *paragraphs;    /* of leaflet, consent and the calls of the aftercare */
    size_t paragraph_count;
    struct en_dated_row *aftercare;     /* of the first session */
    size_t aftercare_count;
    struct en_chart charts[EN_OUTCOME_COUNT]; /* valid when has_charts */
    bool has_charts;
};

en_body en_paper_plan_body;      /* content: struct en_paper_content */
en_body en_paper_leaflet_body;   /* the same */
en_body en_paper_consent_body;   /* the same */
en_body en_paper_aftercare_body; /* the same */
