/* SPDX-License-Identifier: Apache-2.0
 * server/audit_search: from a query on AuditEvent to one on the trail. The trail holds one value of
 * each kind per entry and finds by one of each: what it cannot answer is refused, not left out. */
#include "base/text.h"
#include "fhir/issue.h"
#include "server/audit_event.h"
#include "store/account.h"

#include <string.h>

const char EN_AUDIT_PARAMS[] =
    "date; patient; agent; altid; entity; entity-type; action; outcome; subtype";

enum { ACCOUNTS_ARENA = 8 << 20 };

/* The work on one query. */
struct reading {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_audit_query *out;
    struct en_issues *issues;
    bool *cannot_match;
    struct en_err *err;
};

static void refuse(struct reading *r, const char *name, const char *what)
{
    en_issue_add(r->issues, r->rq->arena, EN_ISSUE_ERROR, "not-supported", name, "%s", what);
}

/* A second value for what is asked already can only fit when it is the same. */
static void take_text(struct reading *r, const char **out, const char *text)
{
    if (*out != NULL && strcmp(*out, text) != 0) {
        *r->cannot_match = true;
    }
    *out = text;
}

/* Both ends of the value belong to it; what is asked narrows what was asked before. */
static void take_date(struct reading *r, const struct en_search_value *v)
{
    int64_t from = INT64_MIN, to = INT64_MAX;

    switch (v->prefix) {
    case EN_EQ:
        from = v->low_us;
        to = v->high_us;
        break;
    case EN_GE:
        from = v->low_us;
        break;
    case EN_GT:
    case EN_SA:
        from = v->high_us == INT64_MAX ? INT64_MAX : v->high_us + 1;
        break;
    case EN_LE:
        to = v->high_us;
        break;
    case EN_LT:
    case EN_EB:
        to = v->low_us == INT64_MIN ? INT64_MIN : v->low_us - 1;
        break;
    case EN_NE:
    case EN_AP:
        refuse(r, "date", "ne and ap are not possible here: write ge and le");
        return;
    }
    r->out->from_us = from > r->out->from_us ? from : r->out->from_us;
    r->out->to_us = to < r->out->to_us ? to : r->out->to_us;
}

struct logins {
    struct en_arena *arena;
    const char *practitioner, *login;
    size_t count;
};

static enum en_status logins_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct logins *l = context;
    struct en_account *all = NULL;
    size_t count = 0;

    l->count = 0;
    EN_TRY(en_tx_account_list(tx, l->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(all[i].practitioner, l->practitioner)) {
            l->login = all[i].login;
            l->count++;
        }
    }
    return EN_OK;
}

/* agent=physician: a login; agent=Practitioner/1: the login of the account of that Practitioner. */
static enum en_status take_agent(struct reading *r, const struct en_search_value *v)
{
    struct logins l = {.arena = r->rq->arena, .practitioner = v->code};

    if (v->system[0] == '\0') {
        take_text(r, &r->out->agent, v->code);
        return EN_OK;
    }
    if (strcmp(v->system, "Practitioner") != 0) {
        *r->cannot_match = true;
        return EN_OK;
    }
    EN_TRY(en_store_read(r->server->store, logins_work, &l, r->err));
    if (l.count > 1) {
        refuse(r, "agent", "this Practitioner has several accounts: search by agent=LOGIN");
    } else if (l.count == 0) {
        *r->cannot_match = true;
    } else {
        take_text(r, &r->out->agent, l.login);
    }
    return EN_OK;
}

static void take_entity(struct reading *r, const struct en_search_value *v)
{
    take_text(r, &r->out->entity_id, v->code);
    if (v->system[0] != '\0') {
        take_text(r, &r->out->entity_type, v->system);
    }
}

static void take_outcome(struct reading *r, const struct en_search_value *v)
{
    long long outcome = 0;

    if (!en_text_integer(v->code, 0, 12, &outcome) ||
        (r->out->outcome >= 0 && r->out->outcome != outcome)) {
        *r->cannot_match = true;
        return;
    }
    r->out->outcome = (int)outcome;
}

static void take_action(struct reading *r, const struct en_search_value *v)
{
    if (strlen(v->code) != 1 || (r->out->action != '\0' && r->out->action != v->code[0])) {
        *r->cannot_match = true;
        return;
    }
    r->out->action = v->code[0];
}

static enum en_status take_value(struct reading *r, const char *name,
                                 const struct en_search_value *v)
{
    if (strcmp(name, "date") == 0) {
        take_date(r, v);
    } else if (strcmp(name, "patient") == 0) {
        *r->cannot_match |= v->system[0] != '\0' && strcmp(v->system, "Patient") != 0;
        take_text(r, &r->out->patient, v->code);
    } else if (strcmp(name, "agent") == 0) {
        return take_agent(r, v);
    } else if (strcmp(name, "altid") == 0) {
        take_text(r, &r->out->agent, v->code);
    } else if (strcmp(name, "entity") == 0) {
        take_entity(r, v);
    } else if (strcmp(name, "entity-type") == 0) {
        take_text(r, &r->out->entity_type, v->code);
    } else if (strcmp(name, "action") == 0) {
        take_action(r, v);
    } else if (strcmp(name, "outcome") == 0) {
        take_outcome(r, v);
    } else if (strcmp(name, "subtype") == 0) {
        take_text(r, &r->out->subtype, v->code);
    }
    return EN_OK;
}

static enum en_status take_clause(struct reading *r, const struct en_search_clause *c)
{
    const char *name = c->param->name;

    if (!en_list_has(EN_AUDIT_PARAMS, name)) {
        refuse(r, name, "the audit trail is not searched by this; see the CapabilityStatement");
        return EN_OK;
    }
    if (c->value_count != 1 || c->chain != NULL || c->modifier == EN_MODIFIER_NOT ||
        c->modifier == EN_MODIFIER_MISSING) {
        refuse(r, name, "the audit trail is searched by one value of each, without modifier");
        return EN_OK;
    }
    if (c->param->kind == EN_SEARCH_TOKEN && c->values[0].code[0] == '\0') {
        refuse(r, name, "a code is needed, a system alone is not enough");
        return EN_OK;
    }
    return take_value(r, name, &c->values[0]);
}

/* The trail is told newest first and in no other order; nothing is included. */
static void check_controls(struct reading *r, const struct en_search_query *q)
{
    const bool is_by_date =
        q->sort_count == 0 || (q->sort_count == 1 && q->sorts[0].is_descending &&
                               strcmp(q->sorts[0].param->name, "date") == 0);

    if (!is_by_date) {
        refuse(r, "_sort", "the audit trail is told newest first: _sort=-date");
    }
    if (q->include_count > 0 || q->elements != NULL || q->summary != EN_SUMMARY_FALSE ||
        q->total != EN_TOTAL_NONE || q->cursor != NULL) {
        refuse(r, "AuditEvent",
               "the audit trail is searched without _include, _elements, _summary and _total");
    }
}

const char *en_audit_without_page(const char *query, struct en_arena *a)
{
    const char *out = "";

    while (out != NULL && *query != '\0') {
        const size_t size = strcspn(query, "&");

        if (size > 0 && !en_text_starts(query, "_page=")) {
            out = en_arena_print(a, "%s%s%.*s", out, out[0] == '\0' ? "" : "&", (int)size, query);
        }
        query += size + (query[size] == '&' ? 1 : 0);
    }
    return out;
}

/* The id of the last entry of the page before. */
static int64_t page_of(struct reading *r, const char *query)
{
    const char *page = NULL;
    long long id = 0;

    if (en_http_form_value(query, "_page", r->rq->arena, &page, NULL) != EN_OK ||
        (page != NULL && !en_text_integer(page, 1, INT64_MAX, &id))) {
        refuse(r, "_page", "follow the link `next` of a page");
    }
    return id;
}

enum en_status en_audit_event_query(struct en_server *s, const struct en_http_request *rq,
                                    const char *query, struct en_audit_query *out,
                                    bool *cannot_match, struct en_issues *issues,
                                    struct en_err *err)
{
    struct reading r = {s, rq, out, issues, cannot_match, err};
    struct en_search_query q;

    *out = (struct en_audit_query){.from_us = INT64_MIN, .to_us = INT64_MAX, .outcome = -1};
    *cannot_match = false;
    out->before = page_of(&r, query);
    const char *rest = en_audit_without_page(query, rq->arena);

    if (rest == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a query");
    }
    EN_TRY(en_search_parse(s->params, "AuditEvent", rest, false, rq->arena, &q, issues, err));
    for (size_t i = 0; i < q.clause_count; i++) {
        EN_TRY(take_clause(&r, &q.clauses[i]));
    }
    check_controls(&r, &q);
    out->count = q.count < 1                    ? EN_AUDIT_COUNT
                 : q.count > EN_AUDIT_COUNT_MAX ? EN_AUDIT_COUNT_MAX
                                                : q.count;
    *cannot_match |= out->from_us > out->to_us;
    return issues->error_count > 0 ? en_fail(err, EN_EINVAL, "the query cannot be answered")
                                   : EN_OK;
}
