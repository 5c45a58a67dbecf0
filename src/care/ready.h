/* SPDX-License-Identifier: Apache-2.0
 * care/ready: whether a session that is booked can go ahead, and what is left to do for it.
 *
 * Each part is judged by itself, and what is not known is never ready. What can only be asked,
 * measured or checked on the day (facts with a maximum age of 0, the checklist) is told apart from
 * what has to be arranged before. Pure; results live in the arena. Thread-safe. */
#pragma once

#include "care/plan.h"
#include "care/rules.h"
#include "care/session.h"

/* Best first: a session is as ready as its worst part. */
enum en_ready {
    EN_READY_YES,        /* nothing is left */
    EN_READY_AT_ARRIVAL, /* only what is done on the day, with the patient there */
    EN_READY_NO,         /* something has to be arranged, or is not known */
    EN_READY_STOPPED     /* the verdict: not now */
};
const char *en_ready_code(enum en_ready state); /* "yes", "at_arrival", "no", "stopped" */

enum en_ready_kind {
    EN_READY_CONSENT,
    EN_READY_PLAN,
    EN_READY_VERDICT,
    EN_READY_ANSWERS, /* questions that could stop it, but for the laboratory's */
    EN_READY_LABS,
    EN_READY_STOCK,
    EN_READY_CHECKLIST,
    EN_READY_PERFORMER,
    EN_READY_KINDS
};
const char *en_ready_kind_code(enum en_ready_kind kind);

/* One thing behind the state of a part. */
struct en_ready_detail {
    const char *id;   /* rule, fact, stock, item of the checklist, region */
    const char *text; /* its title or question */
    const char *why;  /* a code: "unknown", "stale", "none", "stock-expired" ... */
    en_day as_of;     /* of what is stale, expired; EN_DAY_UNKNOWN */
    bool at_arrival;
};

struct en_ready_part {
    enum en_ready state;
    const char *reason; /* a code, docs/api.md */
    struct en_ready_detail *details;
    size_t count;
};

struct en_readiness {
    struct en_ready_part parts[EN_READY_KINDS];
    enum en_ready state;
};

enum en_ready_plan { EN_READY_PLAN_NONE, EN_READY_PLAN_DRAFT, EN_READY_PLAN_APPROVED };

struct en_ready_request {
    en_day day;                   /* of the session */
    enum en_truth consent;        /* active for that moment */
    enum en_ready_plan plan;      /* the clinic's, kept */
    const struct en_plan *recipe; /* what will be given; NULL unknown */
    /* On the day; NULL: the record cannot be judged. */
    const struct en_assessment *assessment;
    /* The same, had both lists been reviewed that day as they stand: what is open in it has to be
     * arranged before. NULL: as `assessment`. */
    const struct en_assessment *expected;
    const enum en_truth *checklist;          /* by row of checklist.tsv; NULL: not begun */
    const struct en_practitioner *performer; /* NULL: nobody is named */
};

/* All parts but the stock, which en_ready_stock judges: until then it is EN_READY_NO. */
EN_MUST_USE enum en_status en_ready_judge(const struct en_care *care,
                                          const struct en_ready_request *request,
                                          struct en_arena *a, struct en_readiness *out,
                                          struct en_err *err);

/* A vial of the clinic. */
struct en_shelf_vial {
    struct en_vial vial;
    en_day expiry;
    bool is_reserved; /* for a session before, of the same day */
};

struct en_shelf {
    struct en_shelf_vial *vials; /* shape [count] */
    size_t count;
};

/* Ids of the stocks that a recipe takes, each once; NULL: there is no recipe that can be mixed. */
EN_MUST_USE enum en_status en_ready_needs(const struct en_plan *recipe, struct en_arena *a,
                                          const char **out, struct en_err *err);

/* The stock that is needed (en_ready_needs), one vial of each, from the shelf; a single-dose vial
 * that is found is reserved. until_us: last microsecond in which it may be given. */
EN_MUST_USE enum en_status en_ready_stock(const struct en_care *care, const char *needs,
                                          struct en_shelf *shelf, int64_t until_us,
                                          struct en_arena *a, struct en_readiness *out,
                                          struct en_err *err);
