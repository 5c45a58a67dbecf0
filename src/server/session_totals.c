/* SPDX-License-Identifier: Apache-2.0
 * server/session_totals: how far a session is from its limits with what is about to be given: the
 * rules of session_rules, asked before the needle and not after it. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/audit.h"
#include "server/session_sheet.h"

#include <math.h>

enum { GIVEN_MAX = 64 };

struct asking {
    struct en_ruling c;
    const char *session, *patient;
    struct json_object *given[GIVEN_MAX]; /* as MedicationAdministrations */
    const char *ids[GIVEN_MAX];
    size_t count;
    int64_t low_us, high_us; /* from the start of the session on, and all that is given */
    bool is_known;           /* the patient's case can be read */
    struct en_session_totals totals;
};

/* "given": what the page is about to record. */
static enum en_status read_given(struct asking *q, struct json_object *body,
                                 struct en_http_response *rs, bool *is_refused)
{
    struct json_object *list = en_json_get(body, "given");

    *is_refused = !json_object_is_type(list, json_type_array) || en_json_count(list) > GIVEN_MAX;
    for (size_t i = 0; !*is_refused && i < en_json_count(list); i++) {
        *is_refused = !json_object_is_type(en_json_at(list, i), json_type_object);
    }
    if (*is_refused) {
        return en_refuse(rs, 400, "value",
                         "member \"given\": must be an array of at most %d "
                         "MedicationAdministrations",
                         (int)GIVEN_MAX);
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *id = en_json_text(en_json_at(list, i), "id");

        q->given[q->count] = en_json_at(list, i);
        q->ids[q->count++] = id == NULL ? "" : en_arena_copy(q->c.a, id, SIZE_MAX);
    }
    return EN_OK;
}

/* The vials of one of them. */
static enum en_status check_stock(struct asking *q, struct json_object *administration)
{
    struct en_ruling *c = &q->c;
    const char *medication =
        en_session_target(c, en_json_get(administration, "medicationReference"), "Medication");
    int64_t low_us, high_us;

    if (!en_session_was_given(administration)) {
        return EN_OK;
    }
    if (medication == NULL) {
        en_breach_add(&c->breaches, "stock-unknown", "MedicationAdministration.medicationReference",
                      c->a, "must refer to a Medication of this server");
        return EN_OK;
    }
    en_session_when(c, administration, &low_us, &high_us);
    return en_session_check_stock(c, medication, q->patient, high_us);
}

static void widen(struct asking *q, int64_t low_us, int64_t high_us)
{
    q->low_us = low_us < q->low_us ? low_us : q->low_us;
    q->high_us = high_us > q->high_us ? high_us : q->high_us;
}

/* SAFETY: what is about to be given counts in this session, whatever it says or leaves out. */
static void put_into_session(const struct asking *q, struct json_object *administration)
{
    struct json_object *list = json_object_new_array(), *one = json_object_new_object();
    const char *address = en_arena_print(q->c.a, "Procedure/%s", q->session);

    (void)json_object_object_add(one, "reference",
                                 json_object_new_string(address == NULL ? "" : address));
    (void)json_object_array_add(list, one);
    (void)json_object_object_add(administration, "partOf", list);
}

/* One that is about to be given. */
static enum en_status add_given(struct asking *q, struct en_session_sums *sums,
                                struct json_object *administration)
{
    int64_t low_us, high_us;

    en_session_when(&q->c, administration, &low_us, &high_us);
    widen(q, low_us, high_us);
    put_into_session(q, administration);
    EN_TRY(en_session_sums_add(sums, administration));
    return check_stock(q, administration);
}

static enum en_status add_up(struct asking *q)
{
    struct en_ruling *c = &q->c;
    const struct en_care care = {en_server_knowledge(c->server, c->rq), c->rq->today};
    struct en_session_sums sums;
    struct en_case patient_case;

    EN_TRY(en_session_sums_open(c, q->session, &sums));
    for (size_t i = 0; i < q->count; i++) {
        EN_TRY(add_given(q, &sums, q->given[i]));
    }
    EN_TRY(en_session_sums_around(&sums, q->patient, q->low_us, q->high_us, q->ids, q->count));
    EN_TRY(en_session_check_sums(&sums, q->patient));
    EN_TRY(en_session_case(c, q->patient, &q->is_known, &patient_case));
    if (!q->is_known) {
        return EN_OK;
    }
    const struct en_session_given given = {
        .doses = sums.doses,
        .dose_count = sums.count,
        .volume_ml = sums.volume_ml,
        .dextrose_g = sums.dextrose_g,
    };

    return en_session_sum(&care, &patient_case, &given, c->a, &q->totals, c->err);
}

/* A session without a time began today, as far as is known. */
static void start_of(struct asking *q, struct json_object *procedure)
{
    const char *moment = en_json_text(procedure, "performedDateTime");
    const char *start = en_json_text(en_json_get(procedure, "performedPeriod"), "start");
    int64_t low_us = q->c.rq->now_us, other = 0;

    if (moment != NULL || start != NULL) {
        (void)en_instant_span(moment != NULL ? moment : start, &low_us, &other);
    }
    q->low_us = q->high_us = q->c.rq->now_us;
    widen(q, low_us, q->c.rq->now_us);
}

static enum en_status work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct asking *q = context;
    struct json_object *procedure = NULL;

    q->c.tx = tx;
    q->c.err = err;
    EN_TRY(en_session_get(&q->c, "Procedure", q->session, &procedure));
    const bool is_one = en_session_is_one(procedure);

    q->patient = en_session_target(&q->c, en_json_get(procedure, "subject"), "Patient");
    start_of(q, procedure);
    (void)json_object_put(procedure);
    if (!is_one || q->patient == NULL) {
        return en_fail(err, EN_ENOTFOUND, "there is no such session");
    }
    return add_up(q);
}

/* Answer */

/* A number that is not known is left out. */
static void number(struct en_writer *w, const char *key, double value, int digits)
{
    if (isfinite(value)) {
        en_write_number(w, key, value, digits);
    }
}

static void write_line(struct en_writer *w, const struct en_dose_line *line)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "drug", line->drug);
    number(w, "mg", line->mg, 2);
    number(w, "max_mg", line->max_mg, 2);
    number(w, "share", line->fraction, 3);
    if (line->limit != NULL) {
        en_write_text(w, "source", en_cell(line->limit, "source"));
        en_write_bool(w, "approved", en_cell(line->limit, "approved_by")[0] != '\0');
    }
    en_write_text(w, "factor_reason", line->factor_reason);
    en_write_close(w);
}

static void write_totals(const struct en_session_totals *t, struct en_writer *w)
{
    number(w, "volume_ml", t->volume_ml, 2);
    number(w, "volume_limit_ml", t->volume_limit_ml, 2);
    en_write_text(w, "volume", en_standing_text(t->volume));
    number(w, "dextrose_g", t->dextrose_g, 3);
    number(w, "dextrose_warn_g", t->dextrose_warn_g, 2);
    en_write_text(w, "dextrose", en_standing_text(t->dextrose));
    number(w, "load", t->load, 3);
    number(w, "load_limit", t->load_limit, 3);
    en_write_text(w, "anaesthetic", en_standing_text(t->anaesthetic));
    en_write_bool(w, "double_check", t->needs_double_check);
    en_write_open(w, "drugs", '[');
    for (size_t i = 0; i < t->line_count; i++) {
        write_line(w, &t->lines[i]);
    }
    en_write_close(w);
}

static enum en_status answer(const struct asking *q, struct en_http_response *rs)
{
    struct en_writer w = EN_WRITER(&rs->body);

    rs->content_type = "application/json; charset=utf-8";
    en_write_open(&w, NULL, '{');
    en_write_bool(&w, "known", q->is_known);
    if (q->is_known) {
        write_totals(&q->totals, &w);
    }
    en_write_open(&w, "refusals", '[');
    for (size_t i = 0; i < q->c.breaches.count && i < EN_BREACHES_MAX; i++) {
        en_write_open(&w, NULL, '{');
        en_write_text(&w, "rule", q->c.breaches.items[i].rule);
        en_write_text(&w, "text", q->c.breaches.items[i].text);
        en_write_close(&w);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the totals of a session", q->c.err);
}

static enum en_status ask(struct asking *q, struct en_http_response *rs)
{
    const struct en_http_request *rq = q->c.rq;
    struct en_err *err = q->c.err;

    EN_TRY(en_store_read(q->c.server->store, work, q, err));
    q->c.err = err;
    EN_TRY(en_server_audit(q->c.server, rq,
                           (struct en_audit){.action = 'R',
                                             .subtype = "totals",
                                             .patient = q->patient,
                                             .entity_type = "Procedure",
                                             .entity_id = q->session},
                           err));
    return answer(q, rs);
}

enum en_status en_session_totals(struct en_server *server, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    struct asking *q = EN_NEW(rq->arena, struct asking, 1);
    struct en_issues issues = {0};
    struct json_object *body = NULL;
    bool is_refused = false;

    if (q == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for totals");
    }
    q->c = (struct en_ruling){
        .server = server, .rq = rq, .a = rq->arena, .err = err, .is_question = true};
    q->session = rq->args[0];
    enum en_status st = en_json_read(rq->body, rq->body_size, rq->arena, &body, &issues, err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        return en_refuse_issues(rs, 400, &issues, err);
    }
    st = st == EN_OK ? read_given(q, body, rs, &is_refused) : st;
    if (st == EN_OK && !is_refused) {
        st = ask(q, rs);
    }
    (void)json_object_put(body);
    return st;
}
