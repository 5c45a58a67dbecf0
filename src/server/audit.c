/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit.h"

#include "base/log.h"
#include "base/text.h"

void en_audit_of(const struct en_http_request *rq, struct en_audit *audit)
{
    if (en_text_is_empty(audit->agent)) {
        audit->agent = rq->caller.login;
    }
    if (en_text_is_empty(audit->role)) {
        audit->role = en_role_name(rq->caller.role);
    }
    audit->request = rq->id;
    audit->address = rq->address;
}

enum en_status en_server_audit(struct en_server *s, const struct en_http_request *rq,
                               struct en_audit audit, struct en_err *err)
{
    en_audit_of(rq, &audit);
    return en_store_audit(s->store, &audit, err);
}

void en_audit_denied(struct en_server *s, const struct en_http_request *rq, const char *detail)
{
    const struct en_audit audit = {
        .action = 'E', .subtype = "denied", .outcome = 8, .detail = detail};
    struct en_err err = {""};

    if (en_server_audit(s, rq, audit, &err) != EN_OK) {
        en_log_event(s->log, EN_LOG_ERROR, "audit-failed", rq->id, err.text);
    }
}
