/* SPDX-License-Identifier: Apache-2.0
 * fhir/links: where a resource points to others, and setting those places anew. Thread-safe. */
#pragma once

#include "fhir/fhir.h"
#include "fhir/r4.h"

enum en_link_kind {
    EN_LINK_REFERENCE, /* Reference.reference */
    EN_LINK_URI,       /* an element of type uri, url, oid or uuid; never a canonical */
    EN_LINK_NARRATIVE  /* href="..." or src="..." of a narrative: `original` is the whole text */
};

struct en_link {
    enum en_link_kind kind;
    struct json_object *place; /* the string in the tree, which must outlive the link */
    const char *original;      /* its text as it was, in the arena */
};

/* Whether this address is one that the caller wants to set anew. */
typedef bool en_link_is_wanted(void *context, const char *address);

/* All references of a resource (not those to "#contained"), and the addresses of other kinds that
 * are wanted. */
EN_MUST_USE enum en_status en_fhir_links(const struct en_r4 *r4, struct json_object *resource,
                                         en_link_is_wanted *is_wanted, void *context,
                                         struct en_arena *a, struct en_link **out, size_t *count,
                                         struct en_err *err);

/* The address that shall stand there instead; NULL: the original stays. */
typedef const char *en_link_find(void *context, const char *address);

/* Set one place, in a narrative each address of it. Can be repeated: `find` is always asked about
 * the original. EN_ENOMEM. */
EN_MUST_USE enum en_status en_link_set(const struct en_link *link, en_link_find *find,
                                       void *context, struct en_err *err);
