/* SPDX-License-Identifier: Apache-2.0
 * app/trial_people: who takes part in a trial. */
#include "app/trial_spec.h"

#include "base/limits.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static const char *const KEYS[] = {"age",
                                   "bmi",
                                   "female",
                                   "smoker",
                                   "diabetes",
                                   "baseline_nrs",
                                   "baseline_womac",
                                   "chronicity_years",
                                   "entry",
                                   "dropout_per_year",
                                   "adherence",
                                   "adherence_rehabilitation",
                                   "as_needed_improvement",
                                   "nsaid",
                                   NULL};

/* Days of a year. */
static const double YEAR_DAYS = 365.25;

/* Highest scores. */
static const double NRS_MAX = 10.0, WOMAC_MAX = 100.0;

/* Quantities of population.tsv and their places. */
static const struct quantity {
    const char *name;
    size_t offset;
} QUANTITIES[] = {
#define PLACE(name, field)                                                                         \
    {                                                                                              \
        name, offsetof(struct en_population, field)                                                \
    }
    PLACE("age_mean", age_years.mean),
    PLACE("age_sd", age_years.sd),
    PLACE("bmi_mean", bmi.mean),
    PLACE("bmi_sd", bmi.sd),
    PLACE("baseline_nrs_mean", baseline_nrs.mean),
    PLACE("baseline_nrs_sd", baseline_nrs.sd),
    PLACE("baseline_function_mean", baseline_function.mean),
    PLACE("baseline_function_sd", baseline_function.sd),
    PLACE("female", female),
    PLACE("smoker", smoker),
    PLACE("diabetes", diabetes),
    PLACE("chronicity_median_years", chronicity_median_years),
    PLACE("chronicity_log_sd", chronicity_log_sd),
    PLACE("severity_age_correlation", severity_age),
    PLACE("severity_bmi_correlation", severity_bmi),
    PLACE("severity_chronicity_correlation", severity_chronicity),
    PLACE("age_bmi_correlation", age_bmi),
    PLACE("age_diabetes_correlation", age_diabetes),
    PLACE("bmi_diabetes_correlation", bmi_diabetes),
    PLACE("pain_function_correlation", pain_function),
    PLACE("entry_nrs", entry_nrs),
    PLACE("entry_function", entry_function),
    PLACE("dropout_per_day", dropout_per_day),
    PLACE("dropout_per_nrs", dropout_per_nrs),
    PLACE("adherence_sessions", adherence_sessions),
    PLACE("adherence_rehabilitation", adherence_rehabilitation),
    PLACE("as_needed_improvement", as_needed_improvement),
    PLACE("nsaid", nsaid),
#undef PLACE
};

/* The value of a condition, else of any; NAN when the table has neither. */
static double value_of(const struct en_knowledge *k, const char *condition, const char *quantity)
{
    const char *const owners[] = {condition == NULL ? "any" : condition, "any"};
    const struct en_row *row = NULL;
    char id[2 * EN_TABLE_ID_MAX];

    for (size_t i = 0; i < EN_COUNT(owners) && row == NULL; i++) {
        (void)snprintf(id, sizeof id, "%s.%s", owners[i], quantity);
        row = en_row_find(k, "population", id);
    }
    return row == NULL ? NAN : en_cell_number(row, "value");
}

struct en_population en_population_of(const struct en_knowledge *k, const char *condition)
{
    struct en_population out = en_population_defaults();

    for (size_t i = 0; i < EN_COUNT(QUANTITIES); i++) {
        const double value = value_of(k, condition, QUANTITIES[i].name);

        if (!isnan(value)) {
            memcpy((char *)&out + QUANTITIES[i].offset, &value, sizeof value);
        }
    }
    return out;
}

/* [mean, SD] with the mean in low .. high and the SD in 0 .. sd_max. */
struct limits {
    double low, high, sd_max;
};

static void read_spread(struct en_spec *s, struct json_object *people, const char *key,
                        struct limits limits, struct en_spread *out)
{
    struct json_object *value = NULL;
    struct en_spread spread = *out;

    if (!json_object_object_get_ex(people, key, &value)) {
        return;
    }
    const size_t before = en_spec_push(s, key);

    if (en_json_count(value) != 2) {
        en_spec_wrong(s, "two numbers are expected: [mean, standard deviation]");
    } else {
        const size_t mean = en_spec_push_index(s, 0);
        bool is_right =
            en_spec_number_of(s, en_json_at(value, 0), limits.low, limits.high, &spread.mean);

        en_spec_pop(s, mean);
        const size_t sd = en_spec_push_index(s, 1);

        is_right =
            en_spec_number_of(s, en_json_at(value, 1), 0.0, limits.sd_max, &spread.sd) && is_right;
        en_spec_pop(s, sd);
        *out = is_right ? spread : *out;
    }
    en_spec_pop(s, before);
}

/* One term "nrs >= 4"; false when it is none. */
static bool read_term(struct en_spec *s, const char *term, struct en_population *out)
{
    static const struct {
        const char *start;
        bool is_nrs;
    } SCORES[] = {{"nrs >= ", true}, {"womac >= ", false}, {"nrs>=", true}, {"womac>=", false}};

    for (size_t i = 0; i < EN_COUNT(SCORES); i++) {
        const double high = SCORES[i].is_nrs ? NRS_MAX : WOMAC_MAX;
        double value = NAN;

        if (!en_text_starts(term, SCORES[i].start)) {
            continue;
        }
        if (!en_text_number(term + strlen(SCORES[i].start), &value)) {
            return false;
        }
        if (!(value >= 0.0 && value <= high)) {
            en_spec_wrong_at(s, "entry", "the score must be 0 to %g", high);
            return true;
        }
        *(SCORES[i].is_nrs ? &out->entry_nrs : &out->entry_function) = value;
        return true;
    }
    return false;
}

/* "nrs >= 4", "womac >= 30" or both, joined by "and". */
static void read_entry(struct en_spec *s, struct json_object *people, struct en_population *out)
{
    static const char AND[] = " and ";
    const char *text = NULL;

    if (!en_spec_text(s, people, "entry", &text)) {
        return;
    }
    out->entry_nrs = out->entry_function = 0.0;
    while (text != NULL) {
        const char *next = strstr(text, AND);
        const size_t size = next == NULL ? strlen(text) : (size_t)(next - text);
        const char *term = en_arena_copy(s->arena, text, size);

        if (term == NULL || !read_term(s, term, out)) {
            en_spec_wrong_at(s, "entry",
                             "a threshold is expected: \"nrs >= 4\", \"womac >= 30\", or both "
                             "joined by \" and \"");
            return;
        }
        text = next == NULL ? NULL : next + sizeof AND - 1;
    }
}

static void read_people(struct en_spec *s, struct json_object *people, struct en_population *out)
{
    double dropout = NAN;

    read_spread(s, people, "age", (struct limits){18.0, 100.0, 30.0}, &out->age_years);
    read_spread(s, people, "bmi", (struct limits){15.0, 60.0, 15.0}, &out->bmi);
    read_spread(s, people, "baseline_nrs", (struct limits){0.5, NRS_MAX, 5.0}, &out->baseline_nrs);
    read_spread(s, people, "baseline_womac", (struct limits){1.0, WOMAC_MAX, 50.0},
                &out->baseline_function);
    (void)en_spec_number(s, people, "female", 0.0, 1.0, &out->female);
    (void)en_spec_number(s, people, "smoker", 0.0, 1.0, &out->smoker);
    (void)en_spec_number(s, people, "diabetes", 0.0, 1.0, &out->diabetes);
    (void)en_spec_number(s, people, "chronicity_years", 0.0, 60.0, &out->chronicity_median_years);
    (void)en_spec_number(s, people, "adherence", 0.0, 1.0, &out->adherence_sessions);
    (void)en_spec_number(s, people, "adherence_rehabilitation", 0.0, 1.0,
                         &out->adherence_rehabilitation);
    (void)en_spec_number(s, people, "as_needed_improvement", 0.0, 1.0, &out->as_needed_improvement);
    (void)en_spec_number(s, people, "nsaid", 0.0, 1.0, &out->nsaid);
    if (en_spec_number(s, people, "dropout_per_year", 0.0, 0.95, &dropout)) {
        out->dropout_per_day = -log1p(-dropout) / YEAR_DAYS;
    }
    read_entry(s, people, out);
}

void en_trial_people_read(struct en_spec *s, struct json_object *root, const char *condition,
                          struct en_population *out)
{
    struct json_object *people = NULL;

    *out = en_population_of(s->knowledge, condition);
    if (!json_object_object_get_ex(root, "population", &people)) {
        return;
    }
    const size_t before = en_spec_push(s, "population");

    if (en_spec_object(s, people, KEYS)) {
        read_people(s, people, out);
    }
    en_spec_pop(s, before);
}
