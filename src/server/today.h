/* SPDX-License-Identifier: Apache-2.0
 * server/today: the day of the clinic: sessions with what is missing for them, alerts, reviews and
 * scores that are due. Inside of today*.c.
 *
 * A session is an Appointment with the patient, who gives it (a Practitioner) and the service type
 * prolotherapy-session; one with another service type is a visit and needs nothing. The patients
 * are judged side by side: each piece has a snapshot and an arena of its own. */
#pragma once

#include "app/today.h"
#include "server/record.h"
#include "server/server.h"

/* A day has some tens of appointments in a clinic, some hundred in a large one. */
enum {
    EN_TODAY_SESSIONS_MAX = 300,
    /* Of one page: each takes about 3 ms of a processor. */
    EN_TODAY_COURSES = 100,
    EN_TODAY_ALERTS_MAX = 100,
    EN_TODAY_THREADS = 4
};

struct en_today_person {
    const char *id, *name, *birth, *identifier; /* NULL unknown */
};

enum en_today_state { EN_TODAY_BOOKED, EN_TODAY_ARRIVED, EN_TODAY_RUNNING, EN_TODAY_DONE };

struct en_today_session {
    const char *appointment, *start, *end, *status, *text,
        *condition; /* text, condition: or NULL */
    int64_t start_us, end_us;
    bool is_visit;
    struct en_today_person patient, performer; /* id NULL: none is named */
    enum en_today_state state;
    const char *procedure; /* id of the session's Procedure; NULL none yet */
    /* What follows only where the session is still to come and no visit. */
    bool is_judged, is_readable;
    const char *problem, *region; /* NULL unknown */
    enum en_side side;
    int sessions_given;
    const char *needs; /* of stock, as en_ready_needs */
    struct en_readiness readiness;
};

struct en_today_alert {
    const char *flag, *level, *since, *text; /* level: "E", "S", "U", "R" */
    struct en_today_person patient;
};

/* What one course of a patient waits for. */
struct en_today_course {
    struct en_today_person patient;
    const char *problem, *region;
    enum en_side side;
    bool is_readable;
    struct en_due due;
};

struct en_today {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_err *err;
    en_day day;
    int64_t from_us, to_us; /* of the day, where the clinic is */
    bool is_past, is_clinical;
    bool with_sessions, with_alerts, with_courses;
    size_t page; /* of the courses */
    struct en_today_session *sessions;
    size_t session_count;
    struct en_today_alert *alerts;
    size_t alert_count;
    struct en_today_course *courses;
    size_t course_count;
    bool sessions_cut, alerts_cut, has_more_courses;
};

/* Memory of the pieces: what they need while they work, and what they leave. */
struct en_today_room {
    struct en_arena scratch, keep;
};

/* Run count pieces side by side; the first failure of any is the result. piece i leaves its results
 * in its own place and in keep, which lives as long as the answer (the rooms of t's request). */
typedef enum en_status en_today_piece(struct en_today *t, size_t index, struct en_today_room *room,
                                      struct en_err *err);
EN_MUST_USE enum en_status en_today_run(struct en_today *t, size_t count, en_today_piece *piece,
                                        struct en_today_room rooms[EN_TODAY_THREADS]);

/* Read a query as a client would write it. */
EN_MUST_USE enum en_status en_today_find(struct en_today *t, struct en_tx *tx, const char *type,
                                         const char *query, struct en_arena *a, struct en_page *out,
                                         struct en_err *err);

/* Name, birth date, identifier; a person that is not there has an id alone. */
EN_MUST_USE enum en_status en_today_person(struct en_tx *tx, const char *type, const char *id,
                                           struct en_arena *a, struct en_today_person *out,
                                           struct en_err *err);

/* "Patient/x" of this type: x, in the arena; NULL. */
const char *en_today_target(struct json_object *reference, const char *type, struct en_arena *a);

/* The four parts. */
EN_MUST_USE enum en_status en_today_appointments(struct en_today *t);
EN_MUST_USE enum en_status en_today_sessions(struct en_today *t, struct en_today_room *rooms);
EN_MUST_USE enum en_status en_today_stock(struct en_today *t);
EN_MUST_USE enum en_status en_today_alerts(struct en_today *t);
EN_MUST_USE enum en_status en_today_courses(struct en_today *t, struct en_today_room *rooms);

/* The answer as JSON. */
EN_MUST_USE enum en_status en_today_write(const struct en_today *t, struct en_buf *out,
                                          struct en_err *err);

/* What the answer holds, as Markdown for docs/api.md. */
void en_today_docs(struct en_buf *out);
