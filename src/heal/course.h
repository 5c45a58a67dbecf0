/* SPDX-License-Identifier: Apache-2.0
 * heal/course: a schedule as a sequence of operations, the same for all lanes: integrate a step,
 * record, change the load, begin or end the drug window, inject. Internal to heal. */
#pragma once

#include "heal/heal.h"

enum course_kind {
    COURSE_STEP,    /* integrate h days */
    COURSE_RECORD,  /* outputs of day `index` of the request */
    COURSE_CHANGE,  /* change `index` of the schedule takes effect */
    COURSE_SESSION, /* session `index` of the schedule */
    COURSE_NSAID,   /* drug window begins (is_on) or ends */
    COURSE_END
};

struct course_op {
    enum course_kind kind;
    size_t index;
    double h, day;
    bool is_on;
};

struct course {
    const struct en_schedule *schedule;
    const struct en_request *request;
    struct en_grid grid;
    double day, since;              /* since: last event, at which the grid starts anew */
    double nsaid_on, nsaid_off;     /* of the last session; INFINITY when there is none to come */
    size_t session, change, record; /* the next of each */
};

/* Stands on the day from which the schedule is run, past sessions and changes done. */
struct course course_start(const struct en_schedule *schedule, const struct en_request *request,
                           struct en_grid grid);

/* At one time: record, then changes, then the end of a drug window, sessions, its beginning. */
struct course_op course_next(struct course *c);
