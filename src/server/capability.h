/* SPDX-License-Identifier: Apache-2.0
 * server/capability: what this server can do, told from the tables that make it so. */
#pragma once

#include "server/route.h"

/* GET /metadata. */
en_handler en_capability;

/* Once, when the server starts: s->capability. */
EN_MUST_USE enum en_status en_capability_prepare(struct en_server *s, int64_t date_us,
                                                 struct en_err *err);

/* The CapabilityStatement. date_us: when it was made. */
EN_MUST_USE enum en_status en_capability_write(const struct en_server *s, const char *base,
                                               int64_t date_us, struct en_buf *json,
                                               struct en_err *err);
