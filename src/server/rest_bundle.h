/* SPDX-License-Identifier: Apache-2.0
 * server/rest_bundle: Bundles of requests, taken apart and answered. Inside of rest_bundle*.c; also
 * what the fuzz target of Bundles calls. */
#pragma once

#include "server/rest.h"

struct en_bundle {
    bool is_transaction;
    struct en_interact *ins; /* shape [count], as are the others */
    struct en_done *dones;
    const char **full_urls;       /* NULL none */
    struct json_object **patches; /* owned; NULL none */
    size_t count;
};

/* Take the Bundle apart; it must outlive the result. What is wrong with the Bundle goes to done,
 * what is wrong with an entry to the entry's. To be freed also after a failure. */
EN_MUST_USE enum en_status en_bundle_read(const struct en_rest *rest, struct json_object *bundle,
                                          struct en_bundle *out, struct en_done *done,
                                          struct en_err *err);
void en_bundle_free(struct en_bundle *b);

/* One entry. *patch is owned by the caller. */
void en_bundle_read_entry(const struct en_rest *rest, struct json_object *entry,
                          struct en_interact *in, struct en_done *done, struct json_object **patch);

/* rest_bundle_answer.c: the Bundle of answers, in the order of the entries. */
EN_MUST_USE enum en_status en_bundle_answer(const struct en_rest *rest, const struct en_bundle *b,
                                            struct en_http_response *rs, struct en_err *err);
