/* SPDX-License-Identifier: Apache-2.0
 * server/audit: entries of the audit trail that a request leads to. */
#pragma once

#include "server/server.h"

/* Fill in who asks: agent, role, request, address. */
void en_audit_of(const struct en_http_request *rq, struct en_audit *audit);

/* Write one entry, durable on return. What stands in audit's agent and role already, stays. */
EN_MUST_USE enum en_status en_server_audit(struct en_server *s, const struct en_http_request *rq,
                                           struct en_audit audit, struct en_err *err);

/* A refusal ("denied"): of a right, of a forged request. It is refused also when the entry cannot
 * be written; then the log says so. */
void en_audit_denied(struct en_server *s, const struct en_http_request *rq, const char *detail);
