/* SPDX-License-Identifier: Apache-2.0
 * report/paper: the bodies of the documents, and what they need beside the report. */
#pragma once

#include "report/layout.h"
#include "report/words_outlook.h"

struct en_paper_content {
    const struct en_report *report;
    enum en_paper paper;
    const char *version;             /* of the knowledge */
    struct en_paragraph *paragraphs; /* of leaflet, consent and the calls of the aftercare */
    size_t paragraph_count;
    struct en_dated_row *aftercare; /* of the first session */
    size_t aftercare_count;
    struct en_chart charts[EN_OUTCOME_COUNT]; /* valid when has_charts */
    struct en_chart before[EN_OUTCOME_COUNT]; /* of an outlook, valid when has_before */
    struct en_sayings sayings;                /* of an outlook */
    bool has_charts, has_before;
};

en_body en_paper_plan_body;      /* content: struct en_paper_content */
en_body en_paper_leaflet_body;   /* the same */
en_body en_paper_consent_body;   /* the same */
en_body en_paper_aftercare_body; /* the same */
en_body en_paper_outlook_body;   /* the same */
en_body en_paper_note_body;      /* the same */
en_body en_paper_letter_body;    /* the same */

/* Room for a heading with the head and first row of its table, or with its boxes [pt]. */
#define EN_PAPER_NEED 100.0

/* Whose document it is, below "what" ("Injection plan for"), and the verdict. */
void en_paper_title(struct en_layout *l, const struct en_report *r, const char *what);
void en_paper_verdict(struct en_layout *l, const struct en_report *r);

/* Parts of the plan, top to bottom. */
void en_paper_sites(struct en_layout *l, const struct en_plan *plan);
void en_paper_mixes(struct en_layout *l, const struct en_plan *plan);
void en_paper_dates(struct en_layout *l, const struct en_plan *plan);
void en_paper_forecast(struct en_layout *l, const struct en_paper_content *content);
void en_paper_rest(struct en_layout *l, const struct en_plan *plan);
void en_paper_checklist(struct en_layout *l, const struct en_plan *plan);
