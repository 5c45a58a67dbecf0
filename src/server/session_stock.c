/* SPDX-License-Identifier: Apache-2.0
 * server/session_stock: vials and what is drawn up of them. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/session_inside.h"

#include <assert.h>
#include <math.h>

#define FIELD "MedicationAdministration.medicationReference"

static const struct en_row *stock_of(const struct en_ruling *c, struct json_object *medication)
{
    return en_row_find(en_server_knowledge(c->server, c->rq), "stocks",
                       en_concept_code(en_json_get(medication, "code"), EN_STOCK_SYSTEM));
}

/* Its vials, by id; 0 for one that is drawn up of none. */
static size_t ingredients_of(struct en_ruling *c, struct json_object *medication, const char **ids,
                             struct json_object **items)
{
    struct json_object *list = en_json_get(medication, "ingredient");
    size_t count = 0;

    for (size_t i = 0; i < en_json_count(list) && count < EN_VIALS_MAX; i++) {
        struct json_object *item = en_json_at(list, i);
        const char *id = en_session_target(c, en_json_get(item, "itemReference"), "Medication");

        if (id != NULL) {
            ids[count] = id;
            items[count++] = item;
        }
    }
    return count;
}

/* Contents */

static const char *unit_of(struct json_object *quantity)
{
    const char *code = en_json_text(quantity, "code");

    return code != NULL ? code : en_json_text(quantity, "unit");
}

static double value_of(struct json_object *quantity)
{
    struct json_object *value = en_json_get(quantity, "value");

    return value == NULL ? NAN : json_object_get_double(value);
}

/* mg of the stock's drug in 1 mL of what the ingredient is part of; NAN unknown. */
static double strength_of(struct json_object *ingredient, const struct en_row *stock)
{
    struct json_object *ratio = en_json_get(ingredient, "strength");
    struct json_object *part = en_json_get(ratio, "numerator");
    struct json_object *whole = en_json_get(ratio, "denominator");
    const double share = value_of(part) / value_of(whole);

    if (!en_text_equal(unit_of(whole), "mL") || !(share >= 0.0)) {
        return NAN;
    }
    if (en_text_equal(unit_of(part), "mg")) {
        return share;
    }
    return en_text_equal(unit_of(part), "mL") ? share * en_cell_number(stock, "strength_mg_per_ml")
                                              : NAN;
}

static void add_content(struct en_contents *out, const struct en_row *stock, double mg_per_ml)
{
    out->is_stock = out->is_stock || stock != NULL;
    if (stock == NULL) {
        out->dextrose_mg_per_ml = NAN; /* nobody knows what is in it */
    } else if (en_text_equal(en_cell(stock, "component"), "dextrose")) {
        out->dextrose_mg_per_ml += mg_per_ml;
    }
    if (stock == NULL || !en_text_equal(en_cell(stock, "role"), "anaesthetic")) {
        return;
    }
    if (out->count < EN_CONTENTS_MAX) {
        out->items[out->count++] = (struct en_content){en_cell(stock, "component"), mg_per_ml};
    } else {
        out->items[EN_CONTENTS_MAX - 1].mg_per_ml = NAN; /* too many to count: not known */
    }
}

static enum en_status add_ingredients(struct en_ruling *c, struct json_object *medication,
                                      struct en_contents *out)
{
    const char *ids[EN_VIALS_MAX];
    struct json_object *items[EN_VIALS_MAX];
    const size_t count = ingredients_of(c, medication, ids, items);

    for (size_t i = 0; i < count; i++) {
        struct json_object *vial = NULL;

        EN_TRY(en_session_get(c, "Medication", ids[i], &vial));
        const struct en_row *stock = stock_of(c, vial);

        add_content(out, stock, stock == NULL ? NAN : strength_of(items[i], stock));
        (void)json_object_put(vial);
    }
    return EN_OK;
}

enum en_status en_session_contents(struct en_ruling *c, const char *medication,
                                   struct en_contents *out)
{
    struct json_object *tree = NULL;

    *out = (struct en_contents){.count = 0};
    EN_TRY(en_session_get(c, "Medication", medication, &tree));
    const struct en_row *stock = stock_of(c, tree);

    if (stock != NULL || en_json_count(en_json_get(tree, "ingredient")) == 0) {
        add_content(out, stock, stock == NULL ? NAN : en_cell_number(stock, "strength_mg_per_ml"));
    }
    const enum en_status st = add_ingredients(c, tree, out);

    (void)json_object_put(tree);
    return st;
}

/* Patients */

/* Whoever was given of this Medication, besides the patient. Each counts once. */
static enum en_status add_patients(struct en_ruling *c, const char *medication, const char *patient,
                                   const char **others, size_t *count)
{
    const struct en_search_param *param =
        en_search_param_find(c->server->params, "MedicationAdministration", "medication");
    struct en_versions found = {0};

    assert(param != NULL);
    EN_TRY(en_tx_find(c->tx, param, "Medication", medication, c->a, &found, c->err));
    for (size_t i = 0; i < found.count; i++) {
        struct json_object *tree = json_tokener_parse(found.items[i].body);
        const char *whose = en_session_target(c, en_json_get(tree, "subject"), "Patient");
        const char *other = whose == NULL ? "" : whose; /* somebody that we cannot name */
        bool is_new = en_session_was_given(tree) && !en_text_equal(other, patient);

        for (size_t j = 0; j < *count; j++) {
            is_new = is_new && !en_text_equal(others[j], other);
        }
        if (is_new && *count < EN_VIALS_MAX) {
            others[(*count)++] = other;
        }
        (void)json_object_put(tree);
    }
    return EN_OK;
}

/* A vial and every syringe that was drawn up of it. */
static enum en_status add_patients_of_vial(struct en_ruling *c, const char *vial,
                                           const char *patient, const char **others, size_t *count)
{
    const struct en_search_param *param =
        en_search_param_find(c->server->params, "Medication", "ingredient");
    struct en_versions mixes = {0};

    assert(param != NULL);
    EN_TRY(add_patients(c, vial, patient, others, count));
    EN_TRY(en_tx_find(c->tx, param, "Medication", vial, c->a, &mixes, c->err));
    for (size_t i = 0; i < mixes.count; i++) {
        EN_TRY(add_patients(c, mixes.items[i].id, patient, others, count));
    }
    return EN_OK;
}

/* Everything that carries one of the vial's identifiers is that vial. */
static enum en_status same_vials(struct en_ruling *c, struct json_object *vial,
                                 struct en_versions *out)
{
    const struct en_search_param *param =
        en_search_param_find(c->server->params, "Medication", "identifier");
    struct json_object *identifier = en_json_at(en_json_get(vial, "identifier"), 0);
    const char *system = en_json_text(identifier, "system");
    const char *value = en_json_text(identifier, "value");

    assert(param != NULL);
    *out = (struct en_versions){0};
    return value == NULL
               ? EN_OK
               : en_tx_find(c->tx, param, system == NULL ? "" : system, value, c->a, out, c->err);
}

static enum en_status other_patients(struct en_ruling *c, const char *id, struct json_object *vial,
                                     const char *patient, size_t *count)
{
    const char *others[EN_VIALS_MAX];
    struct en_versions same;

    *count = 0;
    EN_TRY(add_patients_of_vial(c, id, patient, others, count));
    EN_TRY(same_vials(c, vial, &same));
    for (size_t i = 0; i < same.count; i++) {
        EN_TRY(en_text_equal(same.items[i].id, id)
                   ? EN_OK
                   : add_patients_of_vial(c, same.items[i].id, patient, others, count));
    }
    return EN_OK;
}

/* Stock */

static int64_t expiry_of(struct json_object *medication)
{
    const char *text = en_json_text(en_json_get(medication, "batch"), "expirationDate");
    int64_t low_us = 0, high_us = INT64_MIN;

    return text != NULL && en_instant_span(text, &low_us, &high_us) ? high_us : INT64_MIN;
}

static bool is_usable(struct json_object *medication)
{
    const char *status = en_json_text(medication, "status");

    return medication != NULL && (status == NULL || en_text_equal(status, "active"));
}

static bool has_serial(struct json_object *medication)
{
    struct json_object *identifier = en_json_at(en_json_get(medication, "identifier"), 0);

    return !en_text_is_empty(en_json_text(identifier, "value"));
}

enum en_status en_session_vial(struct en_ruling *c, const char *id, struct json_object *m,
                               const char *patient, bool counts_patients, struct en_vial *out)
{
    *out = (struct en_vial){
        .field = FIELD,
        .stock = en_concept_code(en_json_get(m, "code"), EN_STOCK_SYSTEM),
        .is_usable = is_usable(m),
        .has_lot = !en_text_is_empty(en_json_text(en_json_get(m, "batch"), "lotNumber")),
        .has_serial = has_serial(m),
        .expiry_us = expiry_of(m),
    };
    return counts_patients ? other_patients(c, id, m, patient, &out->other_patients) : EN_OK;
}

static enum en_status check_one(struct en_ruling *c, const char *id, struct json_object *m,
                                const char *patient, int64_t given_us, bool is_prepared)
{
    struct en_vial vial;

    EN_TRY(en_session_vial(c, id, m, patient, !is_prepared, &vial));
    vial.is_prepared = is_prepared;
    en_session_check_vial(en_server_knowledge(c->server, c->rq), &vial, given_us, c->a,
                          &c->breaches);
    return EN_OK;
}

static enum en_status check_ingredients(struct en_ruling *c, const char *const *ids, size_t count,
                                        const char *patient, int64_t given_us)
{
    for (size_t i = 0; i < count; i++) {
        struct json_object *vial = NULL;

        EN_TRY(en_session_get(c, "Medication", ids[i], &vial));
        const enum en_status st = check_one(c, ids[i], vial, patient, given_us, false);

        (void)json_object_put(vial);
        EN_TRY(st);
    }
    return EN_OK;
}

enum en_status en_session_check_stock(struct en_ruling *c, const char *medication,
                                      const char *patient, int64_t given_us)
{
    struct json_object *m = NULL, *items[EN_VIALS_MAX];
    const char *ids[EN_VIALS_MAX];

    /* Two who draw up of one vial at once meet here. */
    EN_TRY(c->is_question ? EN_OK : en_tx_lock(c->tx, "stock", c->err));
    EN_TRY(en_session_get(c, "Medication", medication, &m));
    const size_t count = ingredients_of(c, m, ids, items);
    enum en_status st = check_one(c, medication, m, patient, given_us, count > 0);

    if (st == EN_OK) {
        st = check_ingredients(c, ids, count, patient, given_us);
    }
    (void)json_object_put(m);
    return st;
}

/* Changes of stock */

static bool is_same_member(struct json_object *a, struct json_object *b, const char *name)
{
    return json_object_equal(en_json_get(a, name), en_json_get(b, name)) != 0;
}

static bool is_same_vial(struct json_object *a, struct json_object *b)
{
    return is_same_member(a, b, "code") && is_same_member(a, b, "batch") &&
           is_same_member(a, b, "identifier") && is_same_member(a, b, "ingredient");
}

/* No two vials of the clinic have one identifier. */
static enum en_status check_identifier(struct en_ruling *c, const char *id, struct json_object *now)
{
    struct en_versions same;

    EN_TRY(en_tx_lock(c->tx, "stock", c->err));
    EN_TRY(same_vials(c, now, &same));
    for (size_t i = 0; i < same.count; i++) {
        if (!en_text_equal(same.items[i].id, id)) {
            en_breach_add(&c->breaches, "one-vial-one-patient", "Medication.identifier", c->a,
                          "another vial has this identifier already: each has its own");
            return EN_OK;
        }
    }
    return EN_OK;
}

enum en_status en_session_check_medication(struct en_ruling *c,
                                           const struct en_session_change *change,
                                           struct json_object *old)
{
    const char *others[EN_VIALS_MAX];
    size_t count = 0;

    if (change->now != NULL && stock_of(c, change->now) != NULL) {
        EN_TRY(check_identifier(c, change->id, change->now));
    }
    if (old == NULL || (change->now != NULL && is_same_vial(old, change->now))) {
        return EN_OK;
    }
    EN_TRY(add_patients_of_vial(c, change->id, NULL, others, &count));
    if (count > 0) {
        en_breach_add(&c->breaches, "stock-changed", "Medication", c->a,
                      "it was given of: code, batch, identifier and ingredients stay as they were");
    }
    return EN_OK;
}
