/* SPDX-License-Identifier: Apache-2.0
 * server/rest_unit: changes that stand or fall together. Shared by the files rest_unit.c,
 * rest_prepare.c, rest_settle.c, rest_apply.c and rest_provenance.c.
 *
 * What a condition finds is looked up before the transaction, everything is made ready for that,
 * and inside the transaction it is looked up again under the criteria's lock. When it differs,
 * nothing is written and all is made ready anew: so the writer never builds JSON, and two who ask
 * for the same at once still make one resource. */
#pragma once

#include "server/rest.h"

enum { EN_UNIT_ROUNDS_MAX = 20 }; /* each one is another's success in between */

enum en_act {
    EN_ACT_PUT,
    EN_ACT_PATCH,
    EN_ACT_DELETE,
    EN_ACT_FOUND,  /* conditional create: it is there already */
    EN_ACT_NOTHING /* conditional delete of nothing */
};

/* One change, or a look between them. */
struct en_write {
    struct en_interact *in;
    struct en_done *done;
    const char *full_url; /* NULL none */
    const char *fresh_id; /* of a resource that is to be made */
    const char *own_id;   /* of the body, in the arena: it outlives the body; NULL none */
    bool is_look, is_conditional;
    struct en_criteria criteria;
    struct en_match match; /* what is settled for */
    struct en_match now;   /* what was found by the last look: a work must not change `match` */
    struct en_link *links;
    size_t link_count;
    struct en_issues told; /* warnings of the preparation: a work that runs again begins here */
    /* Settled for the present matches: */
    enum en_act act;
    const char *id;
    bool must_be_new;
    struct en_stamp stamp;
    struct en_index_value *index;
    size_t index_count;
};

/* "Patient?identifier=x" where a reference should be. */
struct en_pointer {
    const char *text;
    struct en_criteria criteria;
    struct en_match match, now;
    const struct en_write *write; /* an entry with the same condition: what it points to; NULL */
};

struct en_unit {
    const struct en_rest *rest;
    struct en_write *writes; /* shape [count] */
    size_t count;
    bool is_bundle;
    struct en_pointer *pointers; /* shape [pointer_count] */
    size_t pointer_count;
    const struct en_write **by_url; /* hash table of full_url, shape [slot_count], a power of two */
    size_t slot_count;
    struct json_object *provenance; /* of X-Provenance, owned; NULL none */
    const char *provenance_id;
    struct en_arena_mark mark; /* what the work takes from here on goes when it runs again */
    bool is_stale;             /* the matches changed: again */
};

/* What is to be done; full_urls NULL: no Bundle. All must outlive the unit. */
struct en_unit_parts {
    struct en_interact *ins;
    struct en_done *dones;
    const char *const *full_urls;
    size_t count;
};
EN_MUST_USE enum en_status en_unit_open(struct en_unit *u, const struct en_rest *rest,
                                        const struct en_unit_parts *parts, struct en_err *err);

/* The entry with this fullUrl; NULL. */
const struct en_write *en_unit_look_up(const struct en_unit *u, const char *address);

/* Read, check and validate; what the caller may not do or is wrong goes to the done of each. */
EN_MUST_USE enum en_status en_unit_prepare(struct en_unit *u, struct en_err *err);

/* Decide what to do given the matches; set references; make texts and index values. */
EN_MUST_USE enum en_status en_unit_settle(struct en_unit *u, struct en_err *err);

/* The work: struct en_unit is its context. */
EN_MUST_USE enum en_status en_unit_apply(struct en_tx *tx, void *context, struct en_err *err);

/* Look all conditions up; true in *is_same when it is as settled. */
EN_MUST_USE enum en_status en_unit_match(struct en_tx *tx, struct en_unit *u, bool is_writing,
                                         bool *is_same, struct en_err *err);

/* Index values, stamp. */
EN_MUST_USE enum en_status en_write_make(const struct en_rest *rest, struct json_object *body,
                                         const char *id, struct en_write *w, struct en_err *err);

/* rest_provenance.c: read the header; store it with the changes that were made. */
EN_MUST_USE enum en_status en_unit_provenance_read(struct en_unit *u, struct en_err *err);
EN_MUST_USE enum en_status en_unit_provenance_apply(struct en_tx *tx, struct en_unit *u,
                                                    struct en_err *err);

bool en_unit_refused(const struct en_unit *u);
