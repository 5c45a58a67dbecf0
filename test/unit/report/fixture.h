/* SPDX-License-Identifier: Apache-2.0
 * A report about a synthetic patient with a knee, filled by hand from rows of the knowledge. */
#pragma once

#include "care/session_note.h"
#include "report/report.h"

/* 30 characters, 60 columns, no blank. */
#define FIXTURE_WIDE                                                                               \
    "王小明王小明王小明王小明王小明"                                                \
    "王小明王小明王小明王小明王小明"

enum { FIXTURE_SITES_MAX = 40, FIXTURE_FACTS_MAX = 400 };

struct fixture {
    struct en_report report;
    struct en_case c;
    struct en_fact facts[FIXTURE_FACTS_MAX]; /* by index of facts.tsv */
    struct en_target target;
    struct en_plan plan;
    struct en_plan_site sites[FIXTURE_SITES_MAX];
    struct en_plan_mix mixes[2];
    struct en_plan_session sessions[5];
    struct en_dose_line dose;
    struct en_dated_row checklist[20], rehabilitation[3], followups[4];
    const struct en_row *costs[2], *alternatives[3];
    struct en_default defaults[14];
    struct en_assessment assessment;
    struct en_finding findings[4];
    struct en_input inputs[4];
    const char *missing[2];
    struct en_question questions[2];
    struct en_forecast forecast, before; /* before: of an outlook */
    struct en_report_outlook outlook;
    struct en_session_note note; /* of a session of which nothing is recorded */
    struct en_usage_note notes[8];
};

/* The embedded tables, and a row of them that must exist. */
const struct en_knowledge *fixture_knowledge(void);
const struct en_row *fixture_row(const char *table, const char *id);

/* Suitable with caution: 9 sites, 2 mixes, 3 + 2 sessions, forecast of 4 arms. */
void fixture_init(struct fixture *f);

/* The same patient nine weeks after the first of five sessions: three were given, two are to come,
 * five scores of pain and two of function. The report has an outlook; its numbers have no meaning
 * beyond curves that look like curves. */
void fixture_course(struct fixture *f);

/* The same patient with a hot joint and an unknown allergy: not suitable. */
void fixture_block(struct fixture *f);

/* 40 sites with long names, so that tables must break over pages. */
void fixture_many_sites(struct fixture *f);

/* Everything that may be missing or extreme: unknown person and doses, an impossible mix, words
 * without blanks, unknown indices, no dates. The verdict still lets the plan through. */
void fixture_strain(struct fixture *f);

/* A page with every gap as one blank, so that a sentence is found wherever it wraps. */
struct en_buf fixture_joined(const struct en_buf *page);
