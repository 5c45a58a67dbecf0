/* SPDX-License-Identifier: Apache-2.0
 * $everything: a patient's record, type by type, with what its resources refer to (staff, places,
 * products), page by page.
 *
 * A page goes on where the one before ended: at a step (a type of the table) and a place within it.
 * With start or end a type takes two steps: what happened between them, and what has no date, since
 * an unknown date may lie between them. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/writer.h"
#include "server/parameters.h"
#include "server/rest_operation.h"

#include <string.h>

enum { STEPS_PER_TYPE = 2 };

/* Which parameter tells when it happened; the first that a type has. */
static const char *const DATES[] = {"date",     "effective",  "effective-time", "occurrence",
                                    "authored", "onset-date", "started",        "recorded",
                                    "sent",     "created",    "issued",         "authored-on"};

struct everything {
    struct en_tx *tx;
    const struct en_rest *rest;
    struct en_done *done;
    struct en_access *access;
    const char *patient, *start, *end, *since, *types;
    int count;
    long long step;     /* where this page begins */
    const char *cursor; /* within the step; NULL its start */
    struct en_buf b;
    size_t shown;
    const char **seen; /* "Type/id" that were included on this page */
    size_t seen_count;
};

static const struct en_op_rule RULES[] = {
    {"start", EN_PARAMETER_VALUE, "nothing that happened before this day"},
    {"end", EN_PARAMETER_VALUE, "nothing that happened after this day"},
    {"_since", EN_PARAMETER_VALUE, "only what changed since this instant"},
    {"_type", EN_PARAMETER_VALUE, "types, parted by commas"},
    {"_count", EN_PARAMETER_VALUE, "resources on a page, without those that they refer to"},
    {"_cursor", EN_PARAMETER_VALUE, "of the link `next`"},
    {0}};

static void refuse_value(struct everything *e, const char *name, const char *what)
{
    en_rest_refuse(e->rest, e->done, 400, "value", "%s must be %s", name, what);
}

/* "Observation,Condition" to a list; each must be a type that is kept. */
static void read_types(struct everything *e, const char *text)
{
    struct en_buf list = EN_BUF(8192);

    while (text != NULL && *text != '\0') {
        const size_t size = strcspn(text, ",");
        const char *type = en_arena_copy(e->rest->arena, text, size);

        if (type == NULL || !en_rest_type_known(e->rest->server, type)) {
            refuse_value(e, "_type", "a list of types that are kept here");
        }
        en_buf_print(&list, "%s; ", type == NULL ? "" : type);
        text += size + (text[size] == ',' ? 1 : 0);
    }
    e->types = list.size == 0 ? NULL : en_arena_copy(e->rest->arena, en_buf_text(&list), SIZE_MAX);
    en_buf_free(&list);
}

/* "12:cursor" */
static void read_cursor(struct everything *e, const char *text)
{
    const char *colon = text == NULL ? NULL : strchr(text, ':');
    char step[8] = "";

    if (text == NULL) {
        return;
    }
    (void)snprintf(step, sizeof step, "%.*s",
                   colon == NULL || colon - text > 6 ? 0 : (int)(colon - text), text);
    if (colon == NULL || !en_text_integer(step, 0, 100000, &e->step)) {
        refuse_value(e, "_cursor", "one that this server gave");
        return;
    }
    e->cursor = colon[1] == '\0' ? NULL : colon + 1;
}

static void read_asked(struct everything *e, const struct en_op_parameters *p)
{
    const char *count = en_op_parameter(p, "_count");
    int64_t low, high;
    long long number = EN_SEARCH_COUNT_MAX;

    e->start = en_op_parameter(p, "start");
    e->end = en_op_parameter(p, "end");
    e->since = en_op_parameter(p, "_since");
    if ((e->start != NULL && !en_instant_span(e->start, &low, &high)) ||
        (e->end != NULL && !en_instant_span(e->end, &low, &high)) ||
        (e->since != NULL && !en_instant_span(e->since, &low, &high))) {
        refuse_value(e, "each of start, end and _since", "a date such as 2026-03-02");
    }
    if (count != NULL && !en_text_integer(count, 1, INT32_MAX, &number)) {
        refuse_value(e, "_count", "a number from 1 on");
    }
    e->count = number > EN_SEARCH_COUNT_MAX ? EN_SEARCH_COUNT_MAX : (int)number;
    read_types(e, en_op_parameter(p, "_type"));
    read_cursor(e, en_op_parameter(p, "_cursor"));
}

static const char *date_of(const struct everything *e, const char *type)
{
    for (size_t i = 0; i < EN_COUNT(DATES); i++) {
        const struct en_search_param *p =
            en_search_param_find(e->rest->server->params, type, DATES[i]);

        if (p != NULL && p->kind == EN_SEARCH_DATE) {
            return DATES[i];
        }
    }
    return NULL;
}

/* The type of a step; NULL when it has nothing to show. *is_undated: its second step. */
static const char *type_of(const struct everything *e, long long step, bool *is_undated)
{
    const struct en_server *s = e->rest->server;
    const char *type = s->params->types[step / STEPS_PER_TYPE];
    const bool is_filtered = e->start != NULL || e->end != NULL;

    *is_undated = step % STEPS_PER_TYPE == 1;
    const bool is_patient = en_text_equal(type, "Patient");

    if ((!is_patient && en_search_param_find(s->params, type, EN_SEARCH_COMPARTMENT) == NULL) ||
        (e->types != NULL && !en_list_has(e->types, type)) ||
        !en_may(&e->rest->rq->caller, EN_DO_READ, type) || en_text_equal(type, "AuditEvent")) {
        return NULL;
    }
    return *is_undated && (!is_filtered || is_patient || date_of(e, type) == NULL) ? NULL : type;
}

/* The query of a step, in the words of a search. */
static enum en_status step_query(struct everything *e, const char *type, bool is_undated,
                                 struct en_search_query *out, struct en_err *err)
{
    const struct en_rest *rest = e->rest;
    const char *date = en_text_equal(type, "Patient") ? NULL : date_of(e, type);
    struct en_issues issues = {0};
    struct en_buf text = EN_BUF(1024);

    if (e->since != NULL) {
        en_buf_print(&text, "&_lastUpdated=ge%s", e->since);
    }
    if (is_undated) {
        en_buf_print(&text, "&%s:missing=true", date);
    } else if (date != NULL) {
        if (e->start != NULL) {
            en_buf_print(&text, "&%s=ge%s", date, e->start);
        }
        if (e->end != NULL) {
            en_buf_print(&text, "&%s=le%s", date, e->end);
        }
    }
    enum en_status st = en_buf_check(&text, "a query", err);

    if (st == EN_OK) {
        st = en_search_parse(rest->server->params, type, en_buf_text(&text), false, rest->arena,
                             out, &issues, err);
    }
    en_buf_free(&text);
    out->compartment = e->patient;
    return st;
}

static enum en_status show(struct everything *e, const struct en_version *v, const char *mode,
                           struct en_err *err)
{
    en_buf_add(&e->b, e->shown++ == 0 ? ",\"entry\":[{\"fullUrl\":" : ",{\"fullUrl\":");
    en_write_quoted(&e->b,
                    en_arena_print(e->rest->arena, "%s/%s/%s", e->rest->rq->base, v->type, v->id));
    en_buf_add(&e->b, ",\"resource\":");
    en_buf_add_bytes(&e->b, v->body, v->size);
    en_buf_print(&e->b, ",\"search\":{\"mode\":\"%s\"}}", mode);
    return en_rest_patients(v->type, v->id, v->body, e->rest->arena, &e->access->patients,
                            &e->access->patient_count, err);
}

/* Whether this is the first time that "Type/id" is referred to on this page; then it is noted. */
static bool is_new(struct everything *e, const char *place)
{
    for (size_t i = 0; i < e->seen_count; i++) {
        if (strcmp(e->seen[i], place) == 0) {
            return false;
        }
    }
    if (e->seen_count == EN_SEARCH_INCLUDED_MAX) {
        return false;
    }
    e->seen[e->seen_count++] = place;
    return true;
}

/* A resource of nobody's record that another refers to. */
static enum en_status include(struct everything *e, const char *place, struct en_err *err)
{
    const struct en_server *s = e->rest->server;
    const char *slash = strchr(place, '/');
    const char *type = en_arena_copy(e->rest->arena, place, (size_t)(slash - place));
    struct en_version v;

    if (type == NULL || en_text_equal(type, "Patient") || !en_rest_type_known(s, type) ||
        en_search_param_find(s->params, type, EN_SEARCH_COMPARTMENT) != NULL ||
        !en_may(&e->rest->rq->caller, EN_DO_READ, type) || !en_rest_id_valid(slash + 1) ||
        !is_new(e, place)) {
        return EN_OK;
    }
    const enum en_status st = en_tx_get(e->tx, type, slash + 1, 0, e->rest->arena, &v, err);

    if (st == EN_ENOTFOUND || (st == EN_OK && v.is_deleted)) {
        return EN_OK;
    }
    EN_TRY(st);
    return show(e, &v, "include", err);
}

static enum en_status include_all(struct everything *e, const struct en_version *v,
                                  struct en_err *err)
{
    static const char MARK[] = "\"reference\":\"";
    const char *at = e->types != NULL ? "" : v->body;
    enum en_status st = EN_OK;

    while (st == EN_OK && (at = strstr(at, MARK)) != NULL) {
        at += sizeof MARK - 1;
        const size_t size = strcspn(at, "\"");
        const char *place = en_arena_copy(e->rest->arena, at, size);

        if (place != NULL && place[0] != '#' && strchr(place, ':') == NULL &&
            strchr(place, '/') != NULL) {
            st = include(e, place, err);
        }
    }
    return st;
}

/* One step, as far as the page has room. *next: where the page after begins; NULL: the step is
 * done. */
static enum en_status run_step(struct everything *e, const char *type, bool is_undated, int *room,
                               const char **next, struct en_err *err)
{
    struct en_search_query query;
    struct en_page page;

    EN_TRY(step_query(e, type, is_undated, &query, err));
    query.count = *room;
    query.cursor = e->cursor;
    EN_TRY(en_tx_search(e->tx, &query, e->rest->arena, &page, err));
    for (size_t i = 0; i < page.count; i++) {
        EN_TRY(show(e, &page.items[i], "match", err));
        EN_TRY(include_all(e, &page.items[i], err));
    }
    *room -= (int)page.count;
    *next = page.next_cursor;
    e->cursor = NULL;
    return EN_OK;
}

static const char *address(const struct everything *e, long long step, const char *cursor)
{
    struct en_buf b = EN_BUF(16384);
    const char *types = e->types, *item = NULL;
    size_t size = 0;

    en_buf_print(&b, "%s/Patient/%s/$everything?_count=%d", e->rest->rq->base, e->patient,
                 e->count);
    if (e->start != NULL) {
        en_buf_print(&b, "&start=%s", e->start);
    }
    if (e->end != NULL) {
        en_buf_print(&b, "&end=%s", e->end);
    }
    if (e->since != NULL) {
        en_buf_print(&b, "&_since=%s", e->since);
    }
    for (bool is_first = true; (types = en_list_next(types, &item, &size)) != NULL;
         is_first = false) {
        en_buf_print(&b, "%s%.*s", is_first ? "&_type=" : ",", (int)size, item);
    }
    if (step > 0 || cursor != NULL) {
        en_buf_print(&b, "&_cursor=%lld:%s", step, cursor == NULL ? "" : cursor);
    }
    /* A zone's "+" would read as a space. */
    const char *out = en_arena_copy(e->rest->arena, en_buf_text(&b), SIZE_MAX);

    for (const char *plus; out != NULL && (plus = strchr(out, '+')) != NULL;) {
        out = en_arena_print(e->rest->arena, "%.*s%%2B%s", (int)(plus - out), out, plus + 1);
    }
    en_buf_free(&b);
    return out;
}

static enum en_status run_steps(struct everything *e, struct en_err *err)
{
    const long long steps = (long long)e->rest->server->params->type_count * STEPS_PER_TYPE;
    const char *self = address(e, e->step, e->cursor), *next = NULL;
    long long step = e->step;
    int room = e->count;

    e->seen = EN_NEW(e->rest->arena, const char *, EN_SEARCH_INCLUDED_MAX);
    if (e->seen == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a patient's record");
    }
    enum en_status st = EN_OK;

    while (st == EN_OK && step < steps && room > 0 && next == NULL) {
        bool is_undated;
        const char *type = type_of(e, step, &is_undated);

        if (type != NULL) {
            st = run_step(e, type, is_undated, &room, &next, err);
        }
        step += next == NULL ? 1 : 0;
    }
    EN_TRY(st);
    en_buf_add(&e->b, e->shown > 0 ? "]" : "");
    en_buf_add(&e->b, ",\"link\":[{\"relation\":\"self\",\"url\":");
    en_write_quoted(&e->b, self);
    if (next != NULL || step < steps) {
        en_buf_add(&e->b, "},{\"relation\":\"next\",\"url\":");
        en_write_quoted(&e->b, address(e, step, next));
    }
    en_buf_add(&e->b, "}]}");
    return en_rest_keep(e->rest, &e->b, e->done, err);
}

/* Whether there is such a patient, for this caller. */
static enum en_status check_patient(struct everything *e, struct en_err *err)
{
    const char *own = en_compartment_of(&e->rest->rq->caller, "Patient");
    struct en_version v;
    const enum en_status st = en_tx_get(e->tx, "Patient", e->patient, 0, e->rest->arena, &v, err);

    if (st == EN_ENOTFOUND || (own != NULL && !en_text_equal(own, e->patient))) {
        en_rest_refuse(e->rest, e->done, 404, "not-found", "there is no Patient with this id");
        return EN_OK;
    }
    EN_TRY(st);
    if (v.is_deleted) {
        en_rest_refuse(e->rest, e->done, 410, "deleted", "this Patient was deleted");
    }
    return EN_OK;
}

static enum en_status work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct everything *e = context;

    e->tx = tx;
    EN_TRY(check_patient(e, err));
    return en_rest_refused(e->done) ? EN_OK : run_steps(e, err);
}

static enum en_status make_page(struct everything *e, struct en_err *err)
{
    e->b = EN_BUF(EN_OUTPUT_MAX);
    en_buf_add(&e->b, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
    const enum en_status st = en_store_read(e->rest->server->store, work, e, err);

    en_buf_free(&e->b);
    if (st == EN_EINVAL) {
        refuse_value(e, "_cursor", "one that this server gave");
    }
    return st == EN_EINVAL ? EN_OK : st;
}

/* The page, or why not; what was seen is in the audit trail before it is sent. */
static enum en_status run(struct everything *e, struct en_http_response *rs, struct en_err *err)
{
    const struct en_interact in = {.kind = EN_REST_SEARCH, .type = "Patient", .query = ""};
    struct en_interact shown = in;
    const struct en_interact read = {
        .kind = EN_REST_READ, .type = "Patient", .id = e->patient, .query = ""};

    if (en_rest_allowed(e->rest, &read, e->done)) {
        EN_TRY(make_page(e, err));
    }
    shown.id = e->patient;
    en_rest_access(e->rest, &shown, e->done, e->access);
    e->access->audit.subtype = "$everything";
    if (e->done->status != 400) {
        EN_TRY(en_rest_audit(e->rest, e->access, err));
    }
    return en_rest_answer(e->rest, &in, e->done, rs, err);
}

enum en_status en_operation_everything(struct en_server *s, const struct en_http_request *rq,
                                       struct en_http_response *rs, struct en_err *err)
{
    struct en_op_parameters parameters;
    struct en_access access = {0};
    struct en_done done = {0};
    struct en_rest rest;
    bool is_refused = false;

    EN_TRY(en_rest_open(s, rq, &rest, &done, err));
    struct everything e = {.rest = &rest, .done = &done, .access = &access, .patient = rq->args[0]};

    if (en_rest_refused(&done)) {
        return en_refuse_issues(rs, done.status, &done.issues, err);
    }
    if (!en_rest_id_valid(rq->args[0])) {
        return en_refuse(rs, 400, "value", "this is no id of a Patient");
    }
    EN_TRY(en_op_parameters_read(rq, RULES, NULL, &parameters, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    read_asked(&e, &parameters);
    return en_rest_refused(&done) ? en_refuse_issues(rs, done.status, &done.issues, err)
                                  : run(&e, rs, err);
}
