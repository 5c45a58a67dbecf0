/* SPDX-License-Identifier: Apache-2.0
 * report/report: charts and documents: terminal, SVG, PNG, PDF. One drawing code (cairo, pango).
 *
 * Draws results, decides nothing. Same input, same bytes: dates come in, fonts come from the
 * system. Thread-safe apart from pango's own font cache. */
#pragma once

#include "base/buf.h"
#include "care/after.h"
#include "care/documents.h"
#include "care/usage.h"
#include "forecast/forecast.h"

/* Beside the forecast of a patient in the course of treatment. */
struct en_report_outlook {
    /* Of the population, from the first session with the sessions as planned. The report's forecast
     * itself when nothing has happened yet. */
    const struct en_forecast *before;
    en_day start;                      /* day 0, of the first session */
    const struct en_usage_note *notes; /* shape [note_count]: what became of the record */
    size_t note_count;
    int sessions_left;      /* of the plan, from today on */
    double next_score_week; /* [wk] when the next score would teach most; NAN or 0 unknown */
};

struct en_report_search; /* report/search.h */
struct en_blocks;        /* report/blocks.h */
struct en_session_note;  /* care/session_note.h */

/* All that a document may show. NULL parts are left out. */
struct en_report {
    const struct en_knowledge *knowledge;
    const struct en_case *c;
    const struct en_plan *plan;
    const struct en_assessment *assessment;
    const struct en_forecast *forecast;
    const struct en_report_outlook *outlook; /* the forecast is one in the course of treatment */
    const struct en_report_search *search;   /* plans are compared, none is printed whole */
    const struct en_session_note *note;      /* of EN_PAPER_NOTE */
    const struct en_review *review;          /* of EN_PAPER_LETTER, in the course of treatment */
    en_day today;
    bool is_verdict_only; /* the plan is not asked for: verdict, rules, questions, alternatives */
};

enum en_chart_format { EN_CHART_SVG, EN_CHART_PNG };

/* The fan chart of one outcome: bands 50 % and 90 % and median of the plan, medians of the other
 * arms, minimal important change, "before calibration" mark. */
EN_MUST_USE enum en_status en_chart_write(const struct en_report *r, enum en_outcome outcome,
                                          enum en_chart_format format, struct en_buf *out,
                                          struct en_err *err);

/* The same chart in braille characters, width columns wide: 48 to 185, 80 when 0. */
EN_MUST_USE enum en_status en_chart_terminal(const struct en_report *r, enum en_outcome outcome,
                                             int width, struct en_buf *out, struct en_err *err);

/* One page of text for a terminal, width columns: 72 to 160, 80 when 0. use_colour adds ANSI
 * colours. */
EN_MUST_USE enum en_status en_report_terminal(const struct en_report *r, int width, bool use_colour,
                                              struct en_buf *out, struct en_err *err);

/* What was understood of a case, what was ignored and what a rule still wants to know. Width here
 * and below as above. */
EN_MUST_USE enum en_status en_report_case(const struct en_care *care, const struct en_case *c,
                                          const struct en_assessment *assessment, int width,
                                          bool use_colour, struct en_buf *out, struct en_err *err);

/* What a review advises when the forecast has been asked, too. */
struct en_report_advice {
    enum en_advice advice; /* of rules and forecast together */
    const char *reason;    /* of the forecast's part, a sentence; NULL: there is none */
    const char *why_none;  /* why there is no forecast, a clause; NULL: there is one */
};

/* Triage and review, as a page of text. A review with the report's forecast and outlook; advice
 * NULL: by its rules alone. */
EN_MUST_USE enum en_status en_report_triage(const struct en_report *r,
                                            const struct en_triage *triage, int width,
                                            bool use_colour, struct en_buf *out,
                                            struct en_err *err);
EN_MUST_USE enum en_status en_report_review(const struct en_report *r,
                                            const struct en_review *review,
                                            const struct en_report_advice *advice, int width,
                                            bool use_colour, struct en_buf *out,
                                            struct en_err *err);

enum en_paper {
    EN_PAPER_PLAN,      /* clinician: the plan, its forecast, the checklist of the day */
    EN_PAPER_LEAFLET,   /* patient: what will happen, what to expect */
    EN_PAPER_CONSENT,   /* patient: consent with lines to sign */
    EN_PAPER_AFTERCARE, /* patient: dated aftercare of the first session, when to call */
    EN_PAPER_FORECAST,  /* clinician: the forecast in the course of treatment, with an outlook */
    EN_PAPER_NOTE,      /* clinician: a session as it was recorded, with its signature */
    EN_PAPER_LETTER,    /* clinician: the patient is sent on to a colleague, and why */
    EN_PAPER_COUNT
};

/* "plan", "leaflet", "consent", "aftercare", "forecast", "note", "letter": also the file name
 * without .pdf. */
const char *en_paper_name(enum en_paper paper);
bool en_paper_find(const char *name, enum en_paper *out);
/* "Information for you"; who reads it; whether it needs a plan that the verdict allows. */
const char *en_paper_title_of(enum en_paper paper);
bool en_paper_is_patients(enum en_paper paper);
bool en_paper_needs_plan(enum en_paper paper);

/* The verdict (or a missing assessment, or a plan without sites) leaves nothing to carry out:
 * terminal and plan print why, without sites, solutions, dates and forecast. */
bool en_report_is_blocked(const struct en_report *r);

/* A report that is blocked or holds the verdict only gives EN_PAPER_PLAN, EN_PAPER_NOTE and
 * EN_PAPER_LETTER; the others fail with EN_EINVAL, EN_PAPER_FORECAST also without an outlook,
 * EN_PAPER_NOTE without a note. */
EN_MUST_USE enum en_status en_paper_write(const struct en_report *r, enum en_paper paper,
                                          struct en_buf *pdf, struct en_err *err);

/* The same document as blocks (report/blocks.h), in the arena; texts of the report are borrowed. */
EN_MUST_USE enum en_status en_paper_blocks(const struct en_report *r, enum en_paper paper,
                                           struct en_arena *a, struct en_blocks *out,
                                           struct en_err *err);
