/* SPDX-License-Identifier: Apache-2.0
 * server/cds: CDS Hooks 2.0: EHRs ask, while somebody works in them, what the rules say of a draft.
 *
 * The decision is that of `enthesis assess`, on the case that the EHR sends along (prefetch);
 * nothing is ever fetched from an EHR, so that nobody can make this server call others. Which EHRs
 * may ask, with their keys and the origins of their pages, stands in the file of --cds-clients. */
#pragma once

#include "server/route.h"

/* An EHR that may ask. Texts live as long as the server. */
struct en_cds_client {
    const char *name;           /* of ours, for log and audit trail */
    const char *issuer;         /* "iss" of its tokens */
    const char *keys;           /* JWK set */
    const char *const *origins; /* shape [origin_count]: pages that may ask from a browser */
    size_t origin_count;
};

struct en_cds {
    struct en_cds_client *clients; /* shape [count] */
    size_t count;
};

/* Read the clients from the text of their file; it is named in messages. EN_EINVAL. */
EN_MUST_USE enum en_status en_cds_clients_read(const char *text, size_t size, const char *file,
                                               struct en_arena *a, const struct en_cds **out,
                                               struct en_err *err);

/* Read the file of options.cds_clients; without one nobody is a client. */
EN_MUST_USE enum en_status en_cds_open(struct en_server *s, struct en_err *err);

/* The client with this issuer, NULL none; whether it (NULL: any of them) may ask from pages of an
 * origin. cds may be NULL. */
const struct en_cds_client *en_cds_client_of(const struct en_cds *cds, const char *issuer);
bool en_cds_is_origin(const struct en_cds *cds, const struct en_cds_client *client,
                      const char *origin);

/* At the door, before a body is read: is this a call that one of the clients signed, for this very
 * address, now and for the first time? Then the caller is "cds:NAME"; else *is_answered with a bare
 * 401. Headers for browsers are added either way. */
EN_MUST_USE enum en_status en_cds_authenticate(struct en_server *s, struct en_http_request *rq,
                                               struct en_http_response *rs, bool *is_answered,
                                               struct en_err *err);
