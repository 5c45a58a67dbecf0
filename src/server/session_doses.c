/* SPDX-License-Identifier: Apache-2.0
 * server/session_doses: the anaesthetic that a patient was given, over all sites and sessions. */
#include "app/app.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/session_inside.h"

#include <assert.h>
#include <math.h>

/* The amount of the dose in its unit; NAN unknown, *unit NULL. */
static double dose_of(struct json_object *administration, const char **unit)
{
    struct json_object *dose = en_json_get(en_json_get(administration, "dosage"), "dose");
    struct json_object *value = en_json_get(dose, "value");
    const char *code = en_json_text(dose, "code");
    const double number = value == NULL ? NAN : json_object_get_double(value);

    *unit = code != NULL ? code : en_json_text(dose, "unit");
    return number >= 0.0 ? number : NAN;
}

/* mg that were given. */
static double amount_mg(struct json_object *administration, const struct en_contents *contents,
                        const struct en_content *content)
{
    const char *unit = NULL;
    const double number = dose_of(administration, &unit);

    if (en_text_equal(unit, "mL")) {
        return number * content->mg_per_ml;
    }
    /* Milligrams of what, where there are two? */
    return en_text_equal(unit, "mg") && contents->count == 1 ? number : NAN;
}

/* mL that were given. */
static double amount_ml(struct json_object *administration, const struct en_contents *contents)
{
    const char *unit = NULL;
    const double number = dose_of(administration, &unit);

    if (en_text_equal(unit, "mL")) {
        return number;
    }
    return en_text_equal(unit, "mg") && contents->count == 1 ? number / contents->items[0].mg_per_ml
                                                             : NAN;
}

enum en_status en_session_sums_open(struct en_ruling *c, const char *session,
                                    struct en_session_sums *out)
{
    *out = (struct en_session_sums){
        .c = c,
        .session = session,
        .doses = EN_NEW(c->a, struct en_session_dose, EN_SESSION_DOSES_MAX),
    };
    return out->doses != NULL ? EN_OK
                              : en_fail(c->err, EN_ENOMEM, "no memory for the doses of a session");
}

static enum en_status add_volume(struct en_session_sums *t, struct json_object *administration,
                                 const struct en_contents *contents)
{
    const char *session = NULL;

    EN_TRY(en_session_of(t->c, administration, &session));
    if (t->session != NULL && en_text_equal(session, t->session)) {
        const double ml = amount_ml(administration, contents);

        t->volume_ml += ml;
        t->dextrose_g += ml * contents->dextrose_mg_per_ml / 1000.0;
    }
    return EN_OK;
}

enum en_status en_session_sums_add(struct en_session_sums *t, struct json_object *administration)
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
    EN_TRY(add_volume(t, administration, &contents));
    en_session_when(c, administration, &low_us, &high_us);
    for (size_t i = 0; i < contents.count; i++) {
        if (t->count == EN_SESSION_DOSES_MAX) {
            return en_fail(c->err, EN_ELIMIT, "more than %d doses around one time",
                           (int)EN_SESSION_DOSES_MAX);
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

static bool is_named(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(ids[i], id)) {
            return true;
        }
    }
    return false;
}

enum en_status en_session_sums_around(struct en_session_sums *t, const char *patient,
                                      int64_t low_us, int64_t high_us, const char *const *but,
                                      size_t but_count)
{
    struct en_versions others = {0};

    EN_TRY(find_around(t->c, patient, low_us, high_us, &others));
    for (size_t i = 0; i < others.count; i++) {
        struct json_object *tree = json_tokener_parse(others.items[i].body);
        const enum en_status st =
            is_named(but, but_count, others.items[i].id) ? EN_OK : en_session_sums_add(t, tree);

        (void)json_object_put(tree);
        EN_TRY(st);
    }
    return EN_OK;
}

enum en_status en_session_case(struct en_ruling *c, const char *patient, bool *is_known,
                               struct en_case *out)
{
    const struct en_record_request rq = {
        .params = c->server->params, .patient = patient, .today = c->rq->today};
    const struct en_app app = en_server_app(c->server, c->rq);
    struct en_issues issues = {0};
    struct en_record record;

    EN_TRY(en_tx_record(c->tx, &rq, c->a, &record, c->err));
    const enum en_status st =
        en_app_case(&app, record.bundle, record.size, c->a, out, &issues, c->err);

    *is_known = st == EN_OK;
    return st == EN_EINVAL ? EN_OK : st;
}

enum en_status en_session_check_sums(struct en_session_sums *t, const char *patient)
{
    struct en_ruling *c = t->c;
    const struct en_care care = {en_server_knowledge(c->server, c->rq), c->rq->today};
    struct en_case patient_case;
    bool is_known = false;

    if (t->session != NULL) {
        en_session_check_volume(care.knowledge, t->volume_ml, c->a, &c->breaches);
    }
    if (t->count == 0) {
        return EN_OK; /* no anaesthetic in it */
    }
    EN_TRY(en_session_case(c, patient, &is_known, &patient_case));
    if (!is_known) {
        en_breach_add(&c->breaches, "anaesthetic-total", "MedicationAdministration.dosage", c->a,
                      "the patient's record cannot be read, so the maximum is not known: $assess "
                      "tells why");
        return EN_OK;
    }
    return en_session_check_doses(&care, &patient_case, t->doses, t->count, c->a, &c->breaches,
                                  c->err);
}

enum en_status en_session_check_total(struct en_ruling *c, const char *id,
                                      struct json_object *administration, const char *session,
                                      const char *patient)
{
    struct en_session_sums t;
    int64_t low_us, high_us;

    EN_TRY(en_session_sums_open(c, session, &t));
    EN_TRY(en_session_sums_add(&t, administration));
    if (t.count == 0 && session == NULL) {
        return EN_OK;
    }
    const bool has_anaesthetic = t.count > 0;

    en_session_when(c, administration, &low_us, &high_us);
    EN_TRY(en_session_sums_around(&t, patient, low_us, high_us, &id, 1));
    t.count = has_anaesthetic ? t.count : 0; /* the others were asked about when they came */
    return en_session_check_sums(&t, patient);
}
