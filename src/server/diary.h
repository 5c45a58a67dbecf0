/* SPDX-License-Identifier: Apache-2.0
 * server/diary: a patient's own page: what it shows, and the day's answers. Inside of diary*.c.
 *
 * A patient comes in by a one-time link (auth_link.c) and sees and writes the own diary only. */
#pragma once

#include "app/diary.h"
#include "server/record.h"
#include "server/route.h"

/* Earlier days that the page is told: a course of treatment and the months after it. */
enum { EN_DIARY_DAYS_MAX = 400 };

/* Whom to call. NULL: the clinic has not said it. */
struct en_diary_clinic {
    const char *name, *phone, *out_of_hours, *emergency;
};

/* One request. All lives in the request's arena. */
struct en_diary_call {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_arena *a;
    struct en_app app;
    const char *patient; /* id */
    struct en_diary_form form;
    struct en_record record;
    struct en_versions appointments, orders, risks;
    struct en_version organization;
    bool has_organization;
    /* Understood from these: */
    struct en_case c; /* empty when is_case_broken */
    bool is_case_broken;
    const char *given;   /* name; NULL unknown */
    const char *clinics; /* id of the Organization that keeps the record; NULL none */
    struct en_diary_clinic clinic;
    struct en_diary_course course;
    en_day next;
    const char *next_start;         /* as the Appointment has it; NULL: planned, not booked */
    struct en_diary_entry *entries; /* shape [entry_count], newest first */
    size_t entry_count;
    struct en_diary_band band;
};

/* Whose diary: the caller's own, or for staff that of the path. *is_refused: rs says why none. */
EN_MUST_USE enum en_status en_diary_open(struct en_server *s, const struct en_http_request *rq,
                                         struct en_http_response *rs, struct en_diary_call *c,
                                         bool *is_refused, struct en_err *err);

/* The entry of this day; NULL. */
const struct en_diary_entry *en_diary_entry_of(const struct en_diary_call *c, en_day day);

/* Id of what a day's entry is made of: it follows from patient and day, so that nothing of a day is
 * there twice. part: "response", "flag", "score.nrs" ... NULL when the arena is full. */
const char *en_diary_id(const struct en_diary_call *c, en_day day, const char *part);

/* All that the page shows. */
EN_MUST_USE enum en_status en_diary_show(const struct en_diary_call *c, struct en_buf *out,
                                         struct en_err *err);

/* The answer to a day's answers: the entry as stored, and what to do. result NULL: an earlier day.
 */
struct en_writer;
void en_diary_write_entry(const struct en_diary_call *c, struct en_writer *w, const char *key,
                          const struct en_diary_entry *e, const struct en_diary_result *result);

/* Answers as they were sent: en_diary_submission_read fills entry and version. */
struct en_diary_submission {
    struct en_diary_entry entry;
    int64_t version; /* of the day's entry that it corrects; 0: the first of the day */
};
EN_MUST_USE enum en_status en_diary_submission_read(const struct en_diary_call *c,
                                                    struct en_http_response *rs,
                                                    struct en_diary_submission *out,
                                                    bool *is_refused, struct en_err *err);

/* Keep them and answer. */
EN_MUST_USE enum en_status en_diary_keep(struct en_diary_call *c,
                                         const struct en_diary_submission *submission,
                                         struct en_http_response *rs, struct en_err *err);
