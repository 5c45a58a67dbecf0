/* SPDX-License-Identifier: Apache-2.0
 * server/session_doses: the anaesthetic that a patient was given, over all sites and sessions. */
#include "app/app.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/session_inside.h"

#include <assert.h>
#include <math.h>

enum { DOSES_MAX = 512 };

struct total {
    struct en_ruling *c;
    struct en_session_dose *doses; /* shape [count] of [DOSES_MAX] */
    size_t count;
};

/* mL that were given; with mg_per_ml 1 of a dose in mg. NAN unknown. */
static double amount_mg(struct json_object *administration, const struct en_contents *contents,
                        const struct en_content *content)
{
    struct json_object *dose = en_json_get(en_json_get(administration, "dosage"), "dose");
    struct json_object *value = en_json_get(dose, "value");
    const char *code = en_json_text(dose, "code");
    const char *unit = code != NULL ? code : en_json_text(dose, "unit");
    const double number = value == NULL ? NAN : json_object_get_double(value);

    if (!(number >= 0.0)) {
        return NAN;
    }
    if (en_text_equal(unit, "mL")) {
        return number * content->mg_per_ml;
    }
    /* Milligrams of what, where there are two? */
    return en_text_equal(unit, "mg") && contents->count == 1 ? number : NAN;
}

static enum en_status add_doses(struct total *t, struct json_object *administration)
{
    struct en_ruling *c = t->c;
    const char *medication =
        en_session_target(c, en_json_get(administration, "medicationReference"), "Medication");
    struct en_contents contents;
    int64_t low_us, high_us;

    if (medication == NULL || !en_session_was_given(administration)) {
        return EN_OK;
    }
    EN_TRY(en_session_contents(c, medication, &contents));
    en_session_when(c, administration, &low_us, &high_us);
    for (size_t i = 0; i < contents.count; i++) {
        if (t->count == DOSES_MAX) {
            return en_fail(c->err, EN_ELIMIT, "more than %d doses around one time", (int)DOSES_MAX);
        }
        t->doses[t->count++] = (struct en_session_dose){
            contents.items[i].drug, amount_mg(administration, &contents, &contents.items[i]),
            low_us, high_us};
    }
    return EN_OK;
}

/* Administrations of the patient that may lie within a window of this one. */
static enum en_status find_around(struct en_ruling *c, const char *patient, int64_t low_us,
                                  int64_t high_us, struct en_versions *out)
{
    const struct en_search_param *param =
        en_search_param_find(c->server->params, "MedicationAdministration", "effective-time");
    const double window_us =
        en_limit(en_server_knowledge(c->server, c->rq), "la.sum_window") * 3600e6;
    const int64_t from_us = low_us == INT64_MIN ? INT64_MIN : low_us - (int64_t)window_us;
    const int64_t to_us = high_us == INT64_MAX ? INT64_MAX : high_us + (int64_t)window_us;
    struct en_search_value from = {.prefix = EN_GE,
                                   .system = "",
                                   .code = "",
                                   .text = "",
                                   .low_us = from_us,
                                   .high_us = from_us};
    struct en_search_value to = {
        .prefix = EN_LE, .system = "", .code = "", .text = "", .low_us = to_us, .high_us = to_us};
    struct en_search_clause clauses[] = {{.param = param, .values = &from, .value_count = 1},
                                         {.param = param, .values = &to, .value_count = 1}};
    struct en_search_query query = {.type = "MedicationAdministration",
                                    .clauses = clauses,
                                    .clause_count = 2,
                                    .count = EN_SEARCH_COUNT_MAX,
                                    .compartment = patient,
                                    .text = ""};
    struct en_page page;

    assert(param != NULL);
    EN_TRY(en_tx_search(c->tx, &query, c->a, &page, c->err));
    if (page.next_cursor != NULL) {
        return en_fail(c->err, EN_ELIMIT, "more than %d administrations around one time",
                       (int)EN_SEARCH_COUNT_MAX);
    }
    *out = (struct en_versions){page.items, page.count};
    return EN_OK;
}

static enum en_status add_others(struct total *t, const char *id, const struct en_versions *others)
{
    for (size_t i = 0; i < others->count; i++) {
        struct json_object *tree = json_tokener_parse(others->items[i].body);
        const enum en_status st =
            en_text_equal(others->items[i].id, id) ? EN_OK : add_doses(t, tree);

        (void)json_object_put(tree);
        EN_TRY(st);
    }
    return EN_OK;
}

/* The patient as the doses need it. *c is empty when the record is no case. */
static enum en_status read_case(struct en_ruling *s, const char *patient, bool *is_known,
                                struct en_case *c)
{
    const struct en_record_request rq = {
        .params = s->server->params, .patient = patient, .today = s->rq->today};
    const struct en_app app = en_server_app(s->server, s->rq);
    struct en_issues issues = {0};
    struct en_record record;

    EN_TRY(en_tx_record(s->tx, &rq, s->a, &record, s->err));
    const enum en_status st =
        en_app_case(&app, record.bundle, record.size, s->a, c, &issues, s->err);

    *is_known = st == EN_OK;
    return st == EN_EINVAL ? EN_OK : st;
}

enum en_status en_session_check_total(struct en_ruling *c, const char *id,
                                      struct json_object *administration, const char *patient)
{
    const struct en_care care = {en_server_knowledge(c->server, c->rq), c->rq->today};
    struct total t = {.c = c, .doses = EN_NEW(c->a, struct en_session_dose, DOSES_MAX)};
    struct en_versions others = {0};
    struct en_case patient_case;
    int64_t low_us, high_us;
    bool is_known = false;

    if (t.doses == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for the doses of a session");
    }
    EN_TRY(add_doses(&t, administration));
    if (t.count == 0) {
        return EN_OK; /* no anaesthetic in it */
    }
    en_session_when(c, administration, &low_us, &high_us);
    EN_TRY(find_around(c, patient, low_us, high_us, &others));
    EN_TRY(add_others(&t, id, &others));
    EN_TRY(read_case(c, patient, &is_known, &patient_case));
    if (!is_known) {
        en_breach_add(&c->breaches, "anaesthetic-total", "MedicationAdministration.dosage", c->a,
                      "the patient's record cannot be read, so the maximum is not known: $assess "
                      "tells why");
        return EN_OK;
    }
    return en_session_check_doses(&care, &patient_case, t.doses, t.count, c->a, &c->breaches,
                                  c->err);
}
