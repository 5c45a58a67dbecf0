/* SPDX-License-Identifier: Apache-2.0
 * store/verify: whether a database is whole: its pages, heads and versions, every body, the index
 * of what resources are found by, and the audit chains. Changes nothing. */
#pragma once

#include "store/audit.h"

enum { EN_VERIFY_FAULTS_MAX = 20, EN_VERIFY_TEXT_MAX = 160 };

struct en_verify {
    uint64_t versions, resources; /* looked at */
    struct en_audit_check audit;
    /* What is wrong, with types and ids, without content; more are only counted. */
    char faults[EN_VERIFY_FAULTS_MAX][EN_VERIFY_TEXT_MAX];
    size_t fault_count;
};

/* params: the search parameters, to hold the index against the bodies. progress (may be NULL) is
 * told what is done of a round figure. A fault is an answer, not a failure. The store should be
 * opened with only_reads and a read_timeout_ms that lets it read everything. */
EN_MUST_USE enum en_status
en_store_verify(struct en_store *s, const struct en_search_params *params,
                void (*progress)(void *context, uint64_t done, uint64_t all), void *context,
                struct en_verify *out, struct en_err *err);
