/* SPDX-License-Identifier: Apache-2.0
 * server/demo_inside: what the files of the demo clinic share. Inside of demo*.c. */
#pragma once

#include "base/embedded.h"
#include "fhir/shift.h"
#include "server/demo.h"
#include "server/password.h"
#include "server/token.h"

#include <stdatomic.h>

/* Whose diary the printed link opens. */
#define EN_DEMO_LINK_PATIENT "demo-mid-course"

struct json_object;

struct en_demo {
    atomic_int_least64_t replay_us; /* time of the step that is replayed; INT64_MAX: the clock's */
    int64_t shift_us;               /* added to the clock, for a fixed day */
    struct en_shift shift;          /* from the anchor to today */
    en_day day;                     /* that it is filled for */
    bool is_new;
    char password[EN_PASSWORD_RANDOM]; /* of all accounts; "" once it was told */
};

/* One account per role: its login is the role's name. */
struct en_demo_account {
    const char *role, *practitioner, *may; /* practitioner NULL: none; may: for people */
};
extern const struct en_demo_account EN_DEMO_ACCOUNTS[]; /* ended by a NULL role */

/* demo_staff.c: make the accounts, or give those that are there the new password. */
EN_MUST_USE enum en_status en_demo_accounts(struct en_server *s, struct en_err *err);

/* demo_switches.c: the clinic's own policies: name, telephone numbers. */
EN_MUST_USE enum en_status en_demo_switches(struct en_server *s, struct en_err *err);

/* demo_ask.c: a request as the role's account makes it, from its handler on, at that time. body
 * NULL: none. EN_EBUG, with what was answered, when it is refused: the demo must not be so. The
 * answer (may be NULL) is to be freed. */
struct en_demo_request {
    const char *role;
    enum en_method method;
    const char *target; /* "/fhir/Patient/1/$plan?target=1" */
    const char *body;
    int64_t at_us;
};
EN_MUST_USE enum en_status en_demo_ask(struct en_server *s, const struct en_demo_request *r,
                                       struct en_buf *answer, struct en_err *err);

/* The day that it is then in the clinic. */
en_day en_demo_day(const struct en_demo *d, int64_t at_us);

/* demo_session.c: a Bundle ("entry" alone) of all that is part of the session: vials, syringes,
 * what was given at each site, the checklist. EN_EBUG: the Procedure lacks side, sites with volume
 * and dextrose, or the times. */
EN_MUST_USE enum en_status en_demo_session(const struct en_knowledge *k,
                                           struct json_object *procedure, struct en_buf *out,
                                           struct en_err *err);

/* Its sites as the value of a query's parameter, "KNE-01%3BKNE-02"; NULL when the arena is full. */
const char *en_demo_sites(struct json_object *procedure, struct en_arena *a);

/* demo_fill.c: replay everything. */
EN_MUST_USE enum en_status en_demo_fill(struct en_server *s, struct en_err *err);
