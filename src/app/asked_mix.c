/* SPDX-License-Identifier: Apache-2.0
 * app/asked_mix: a mix by name, and what is said of the patient. */
#include "app/asked.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static const char *const DRUGS[] = {"lidocaine", "bupivacaine", "ropivacaine", "mepivacaine",
                                    "procaine"};

static enum en_status read_anaesthetic(const struct en_asked *asked, struct en_mix_request *rq,
                                       struct en_err *err)
{
    for (size_t i = 0; i < EN_COUNT(DRUGS); i++) {
        if (en_asked_text(asked, DRUGS[i]) == NULL) {
            continue;
        }
        if (rq->anaesthetic != NULL) {
            return en_fail(err, EN_EINVAL,
                           "one anaesthetic in a syringe: labels advise against mixing them");
        }
        rq->anaesthetic = DRUGS[i];
        EN_TRY(en_asked_number(asked, DRUGS[i], 0.0, 10.0, &rq->anaesthetic_percent, err));
    }
    return EN_OK;
}

static enum en_status read_request(const struct en_asked *asked, struct en_mix_request *rq,
                                   struct en_dose_patient *patient, struct en_err *err)
{
    long long age = -1;

    *rq = (struct en_mix_request){.dextrose_percent = NAN, .volume_ml = NAN};
    *patient = (struct en_dose_patient){.weight_kg = NAN, .height_cm = NAN};
    EN_TRY(en_asked_number(asked, "dextrose", 0.0, 100.0, &rq->dextrose_percent, err));
    EN_TRY(en_asked_number(asked, "volume", 0.0, 1000.0, &rq->volume_ml, err));
    if (!(rq->dextrose_percent >= 0.0) || !(rq->volume_ml > 0.0)) {
        return en_fail(err, EN_EINVAL,
                       "say what to mix, for example: enthesis mix --dextrose 15 --lidocaine 0.2 "
                       "--volume 10");
    }
    EN_TRY(read_anaesthetic(asked, rq, err));
    EN_TRY(en_asked_number(asked, "bleb-mg", 0.0, 10000.0, &rq->bleb_mg, err));
    EN_TRY(en_asked_number(asked, "block-mg", 0.0, 10000.0, &rq->block_mg, err));
    EN_TRY(en_asked_number(asked, "weight", 1.0, 500.0, &patient->weight_kg, err));
    EN_TRY(en_asked_number(asked, "height", 30.0, 250.0, &patient->height_cm, err));
    EN_TRY(en_asked_integer(asked, "age", 0, 130, &age, err));
    patient->age_years = (int)age;
    patient->sex = en_asked_text(asked, "sex");
    patient->jurisdiction = en_asked_text(asked, "jurisdiction");
    rq->diluent = en_asked_text(asked, "diluent");
    rq->stocks = en_asked_text(asked, "stocks");
    rq->technique = en_asked_text(asked, "technique");
    rq->site_class = en_asked_text(asked, "site-class");
    return EN_OK;
}

/* SAFETY: an option that chooses limits is one of the words that limits exist for; a slip of the
 * keyboard must not leave the mix without its limit. */
static enum en_status check_word(const struct en_app *app, const struct en_asked *asked,
                                 const char *option, const char *fact, struct en_err *err)
{
    const struct en_row *row = en_row_find(app->knowledge, "facts", fact);
    const char *values = row == NULL ? "" : en_cell(row, "values");
    const char *value = en_asked_text(asked, option);

    return value == NULL || en_list_has(values, value)
               ? EN_OK
               : en_fail(err, EN_EINVAL, "%s%s needs one of: %s", asked->prefix, option, values);
}

/* Set a fact of the patient from text, by its type in facts.tsv. */
static enum en_status set_fact(const struct en_app *app, struct en_fact *facts, const char *id,
                               const char *value, struct en_err *err)
{
    const struct en_row *row = en_row_find(app->knowledge, "facts", id);
    const char *type = row == NULL ? "" : en_cell(row, "type");
    struct en_fact fact = {.as_of = app->today, .origin = "option"};

    if (en_text_equal(type, "bool") &&
        (en_text_equal(value, "yes") || en_text_equal(value, "no"))) {
        fact.kind = EN_FACT_BOOL;
        fact.truth = en_text_equal(value, "yes");
    } else if (en_text_equal(type, "code") && en_list_has(en_cell(row, "values"), value)) {
        fact.kind = EN_FACT_CODE;
        fact.code = value;
    } else if (en_text_equal(type, "number") && en_text_number(value, &fact.number)) {
        fact.kind = EN_FACT_NUMBER;
    } else {
        return en_fail(err, EN_EINVAL, "\"%s\" is no fact, or \"%s\" none of its values", id,
                       value);
    }
    facts[en_fact_index(app->knowledge, id)] = fact;
    return EN_OK;
}

/* "id=value" of a fact option. */
static enum en_status read_fact(const struct en_app *app, const struct en_asked *asked,
                                struct en_fact *facts, const char *text, struct en_arena *a,
                                struct en_err *err)
{
    const char *equals = strchr(text, '=');
    const char *id = equals == NULL ? NULL : en_arena_copy(a, text, (size_t)(equals - text));

    if (id == NULL) {
        return en_fail(err, EN_EINVAL, "%sfact needs ID=VALUE, for example liver_disease=none",
                       asked->prefix);
    }
    return set_fact(app, facts, id, equals + 1, err);
}

/* The facts, and what the other options say of the patient. */
static enum en_status read_facts(const struct en_app *app, const struct en_asked *asked,
                                 struct en_arena *a, struct en_dose_patient *patient,
                                 struct en_err *err)
{
    static const struct {
        const char *option, *fact;
    } SAME[] = {{"weight", "weight"}, {"height", "height"}, {"age", "age_years"}, {"sex", "sex"}};
    const size_t count = en_table_get(app->knowledge, "facts")->row_count;
    struct en_fact *facts = EN_NEW(a, struct en_fact, count);
    const char *text = NULL;

    if (facts == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the facts");
    }
    for (size_t i = 0; i < EN_COUNT(SAME); i++) {
        const char *value = en_asked_text(asked, SAME[i].option);

        EN_TRY(value == NULL ? EN_OK : set_fact(app, facts, SAME[i].fact, value, err));
    }
    for (size_t i = 0; (text = asked->nth(asked->context, "fact", i)) != NULL; i++) {
        EN_TRY(read_fact(app, asked, facts, text, a, err));
    }
    patient->facts = facts;
    return EN_OK;
}

enum en_status en_asked_mix(const struct en_app *app, const struct en_asked *asked,
                            struct en_arena *a, struct en_mix_request *out,
                            struct en_dose_patient *patient, struct en_err *err)
{
    EN_TRY(read_request(asked, out, patient, err));
    EN_TRY(check_word(app, asked, "technique", "site_kind", err));
    EN_TRY(check_word(app, asked, "site-class", "site_class", err));
    return read_facts(app, asked, a, patient, err);
}
