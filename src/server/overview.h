/* SPDX-License-Identifier: Apache-2.0
 * server/overview: one patient at a glance: who, which problem and side, what to mind, what is not
 * known, the next step and why, and what happened so far on one axis of time. For overview*.c. */
#pragma once

#include "care/next.h"
#include "fhir/writer.h"
#include "server/clinic_case.h"
#include "server/today.h"

enum {
    EN_OVERVIEW_EVENTS_MAX = 500, /* of years: what is older is behind the history of the record */
    EN_OVERVIEW_ALERTS_MAX = 50
};

/* Something that was decided, agreed upon, booked or went wrong. */
struct en_overview_event {
    const char *kind; /* "assess", "plan", "review", "triage", "consent", "harm", "visit", "flag" */
    const char *day;  /* FHIR date or dateTime; NULL unknown */
    const char *code, *text; /* verdict, status, level; NULL none */
    const char *type, *id;   /* the resource */
};

struct en_overview {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_arena *a;
    bool is_clinical;
    struct en_today_person person;
    const char *gender;
    int64_t version; /* of the Patient */
    struct en_clinic_case of;
    struct en_ready_answer answer;
    struct en_due_answer due;
    size_t target; /* whose course is told: index in due; SIZE_MAX none */
    struct en_next next;
    en_day last_review, next_visit;
    const char *next_appointment;     /* id; NULL none */
    const char *next_performer;       /* who gives it; NULL: nobody is named */
    const char *open_session;         /* id of the Procedure that is in progress; NULL none */
    const char *plan_status;          /* of the plan that counts; NULL none */
    struct en_overview_event *events; /* shape [event_count] */
    size_t event_count;
    struct en_today_alert *alerts; /* of diaries, shape [alert_count] */
    size_t alert_count;
};

/* overview_events.c: what else of the record is on the axis of time, within the transaction. */
EN_MUST_USE enum en_status en_overview_events(struct en_overview *o, struct en_tx *tx,
                                              struct en_err *err);

/* overview_write.c */
EN_MUST_USE enum en_status en_overview_write(const struct en_overview *o, struct en_buf *out,
                                             struct en_err *err);

/* overview_time.c: members "sessions", "scores", "drugs", "events" of an object. */
void en_overview_write_time(const struct en_overview *o, struct en_writer *w);
