/* SPDX-License-Identifier: Apache-2.0
 * app/document: a document about a patient, as a PDF or as blocks of JSON that a browser makes a
 * page of. One body writes both (report/blocks). Results live in the arena. Thread-safe. */
#pragma once

#include "app/outlook.h"
#include "care/session_note.h"
#include "report/report.h"

/* What a report shows of an answer, and beside a forecast in the course of treatment. */
struct en_report en_app_report(const struct en_app *app, const struct en_plan_answer *answer);
struct en_report_outlook en_app_beside(const struct en_outlook *outlook);

struct en_document_request {
    enum en_paper paper;
    struct en_outlook_request outlook;  /* its plan is the plan of the document */
    const struct en_session_note *note; /* of EN_PAPER_NOTE */
};

struct en_app_document {
    enum en_paper paper;
    struct en_report report; /* borrows from what stands below */
    struct en_report_outlook beside;
    struct en_outlook outlook; /* its answer has case, assessment and plan of any document */
    struct en_review review;
    const char *why_none; /* why it cannot be made now, a clause; NULL: it can */
};

/* Judge, plan and, where the document shows it, forecast. That a document cannot be made now is an
 * answer. */
EN_MUST_USE enum en_status en_app_document(const struct en_app *app, const struct en_case *c,
                                           const struct en_document_request *request,
                                           struct en_arena *a, struct en_app_document *out,
                                           struct en_err *err);

/* EN_EINVAL with why_none when it cannot be made. */
EN_MUST_USE enum en_status en_app_document_pdf(const struct en_app_document *d, struct en_buf *pdf,
                                               struct en_err *err);
EN_MUST_USE enum en_status en_app_document_json(const struct en_app_document *d, struct en_arena *a,
                                                struct en_buf *json, struct en_err *err);

/* A session of the record, for the list. */
struct en_document_session {
    const char *id; /* of the Procedure */
    en_day day;
    bool is_signed;
};

struct en_document_sessions {
    struct en_document_session *items; /* shape [count], newest first */
    size_t count;
};

/* The problems alone: of a case with several, one has to be chosen first. */
EN_MUST_USE enum en_status en_app_problems(const struct en_app *app, const struct en_case *c,
                                           struct en_buf *json, struct en_err *err);

/* All documents of a patient, with those that cannot be made now and why: plain JSON. */
EN_MUST_USE enum en_status en_app_documents(const struct en_app *app, const struct en_case *c,
                                            const struct en_outlook_request *request,
                                            const struct en_document_sessions *sessions,
                                            struct en_arena *a, struct en_buf *json,
                                            struct en_err *err);
