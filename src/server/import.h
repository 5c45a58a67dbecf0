/* SPDX-License-Identifier: Apache-2.0
 * server/import: files of others into the store, by the same way as requests: validated, indexed,
 * one transaction each, in the audit trail. Needs no listener. */
#pragma once

#include "server/server.h"

struct en_import {
    uint64_t resources; /* written */
    bool is_refused;    /* then nothing of the text was written, and issues say why */
    struct en_issues issues;
};

/* A Bundle (transaction: as it says; batch, collection, searchset, document, history: each resource
 * under its id, or a new one), or a single resource. s needs r4, params, store and knowledge.
 * who is the agent in the audit trail. */
EN_MUST_USE enum en_status en_import_text(struct en_server *s, const char *who, const char *bytes,
                                          size_t size, struct en_arena *a, struct en_import *out,
                                          struct en_err *err);

/* Lines, each a resource, in transactions of some hundred; a refused line refuses those of its
 * transaction. */
enum { EN_IMPORT_LINES = 200 };
EN_MUST_USE enum en_status en_import_lines(struct en_server *s, const char *who, const char *bytes,
                                           size_t size, struct en_arena *a, struct en_import *out,
                                           struct en_err *err);
