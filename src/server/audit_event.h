/* SPDX-License-Identifier: Apache-2.0
 * server/audit_event: the audit trail as FHIR: an entry is an AuditEvent, which is read and found
 * and never written. Pure functions but for the handlers. */
#pragma once

#include "fhir/writer.h"
#include "server/route.h"
#include "store/audit.h"

/* Where words of ours come from: subtypes, roles, kinds of what is no resource. */
#define EN_AUDIT_SYSTEM "https://enthesis.org/fhir/CodeSystem/audit"

enum { EN_AUDIT_COUNT = 50, EN_AUDIT_COUNT_MAX = 500 };

/* The entry as an AuditEvent; key as in en_write_open. */
void en_audit_event_write(const struct en_audit_entry *entry, struct en_writer *w, const char *key);

/* The search parameters that there are, as a list "date; patient ...". */
extern const char EN_AUDIT_PARAMS[];

/* Read a query into out. *cannot_match: what is asked for cannot be found. EN_EINVAL with the
 * problems in issues. server/audit_search.c. */
EN_MUST_USE enum en_status en_audit_event_query(struct en_server *s,
                                                const struct en_http_request *rq, const char *query,
                                                struct en_audit_query *out, bool *cannot_match,
                                                struct en_issues *issues, struct en_err *err);

/* The query without "_page=...", which is not the parser's; NULL when the arena is full. */
const char *en_audit_without_page(const char *query, struct en_arena *a);

/* GET /fhir/AuditEvent?..., POST /fhir/AuditEvent/_search, GET /fhir/Patient/{}/AuditEvent. */
en_handler en_audit_event_search, en_audit_event_of_patient;

/* GET /fhir/AuditEvent/{}. */
en_handler en_audit_event_read;
