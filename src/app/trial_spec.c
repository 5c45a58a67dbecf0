/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial_spec.h"

#include "base/limits.h"
#include "base/text.h"

#include <limits.h>
#include <math.h>
#include <string.h>

static const char *const KEYS[] = {"name",          "condition", "population", "arms",
                                   "observe_weeks", "outcomes",  "patients",   "seed",
                                   "power",         "crossover", NULL};

/* Ten years: beyond what any trial of the table saw. */
static const double WEEKS_MAX = 520.0;

/* What an outcome is called; responders carry their threshold behind the name. */
static const struct name {
    const char *text;
    enum en_trial_measure measure;
    double high; /* of the threshold, 0: it has none */
} NAMES[] = {
    {"nrs_change", EN_TRIAL_NRS_CHANGE, 0.0},
    {"womac_change", EN_TRIAL_WOMAC_CHANGE, 0.0},
    {"stiffness_change", EN_TRIAL_STIFFNESS_CHANGE, 0.0},
    {"laxity_change_mm", EN_TRIAL_LAXITY_CHANGE, 0.0},
    {"responder_nrs_", EN_TRIAL_RESPONDER_NRS, 100.0},
    {"responder_womac_", EN_TRIAL_RESPONDER_WOMAC, 100.0},
};

/* All names as they may be written, for "did you mean". */
static const char *const EXAMPLES[] = {"nrs_change",
                                       "womac_change",
                                       "stiffness_change",
                                       "laxity_change_mm",
                                       "responder_nrs_50",
                                       "responder_womac_12",
                                       NULL};

static bool read_outcome(const char *text, struct en_trial_outcome *out)
{
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        const struct name *name = &NAMES[i];
        double threshold = 0.0;

        if (name->high == 0.0 ? !en_text_equal(text, name->text)
                              : !en_text_starts(text, name->text)) {
            continue;
        }
        if (name->high > 0.0 && !(en_text_number(text + strlen(name->text), &threshold) &&
                                  threshold > 0.0 && threshold <= name->high)) {
            return false;
        }
        *out = (struct en_trial_outcome){name->measure, threshold};
        return true;
    }
    return false;
}

static void read_outcomes(struct en_spec *s, struct json_object *root, struct en_trial_spec *out)
{
    static const char *const DEFAULTS[] = {"nrs_change", "womac_change"};
    struct json_object *list = en_spec_array(s, root, "outcomes", EN_TRIAL_OUTCOMES_MAX);
    const size_t count = list == NULL ? EN_COUNT(DEFAULTS) : en_json_count(list);
    const size_t before = en_spec_push(s, "outcomes");

    for (size_t i = 0; i < count; i++) {
        const char *text = list == NULL ? DEFAULTS[i] : NULL;
        const size_t at = en_spec_push_index(s, i);

        if (text == NULL && !en_spec_text_of(s, en_json_at(list, i), &text)) {
            text = "";
        } else if (!read_outcome(text, &out->trial.outcomes[i])) {
            const char *nearest = en_spec_nearest(s, text, EXAMPLES);

            en_spec_wrong(s, "there is no such outcome%s%s", nearest,
                          *nearest != '\0' ? ""
                                           : "; there are nrs_change, womac_change, "
                                             "stiffness_change, laxity_change_mm, "
                                             "responder_nrs_PERCENT, responder_womac_POINTS");
        }
        out->outcomes[i] = text;
        en_spec_pop(s, at);
    }
    en_spec_pop(s, before);
    out->trial.outcome_count = count;
}

/* The weeks of the clinic's forecast where the specification names none. */
static void read_weeks(struct en_spec *s, struct json_object *root, struct en_trial *trial)
{
    const struct en_spec_list list = {"weeks", 0.1, WEEKS_MAX, EN_TRIAL_WEEKS_MAX};
    const char *item = NULL, *rest = en_policy(s->knowledge, "forecast_weeks");
    size_t size = 0;

    if (json_object_object_get_ex(root, "observe_weeks", NULL)) {
        (void)en_spec_ascending(s, root, "observe_weeks", &list, trial->weeks, &trial->week_count);
        return;
    }
    while ((rest = en_list_next(rest, &item, &size)) != NULL &&
           trial->week_count < EN_TRIAL_WEEKS_MAX) {
        const char *text = en_arena_copy(s->arena, item, size);

        if (en_text_number(text, &trial->weeks[trial->week_count])) {
            trial->week_count++;
        }
    }
}

/* The condition's row, NULL (and a problem) when there is none. */
static const struct en_row *read_condition(struct en_spec *s, struct json_object *root)
{
    const struct en_table *t = en_table_get(s->knowledge, "conditions");
    const char **ids = EN_NEW(s->arena, const char *, t->row_count + 1);
    const char *id = NULL;

    if (!json_object_object_get_ex(root, "condition", NULL)) {
        en_spec_wrong(s, "the key \"condition\" is missing");
        return NULL;
    }
    if (!en_spec_text(s, root, "condition", &id) || ids == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < t->row_count; i++) {
        ids[i] = en_cell(&t->rows[i], "id");
    }
    const struct en_row *row = en_row_find(s->knowledge, "conditions", id);

    if (row == NULL) {
        const char *nearest = en_spec_nearest(s, id, ids);

        en_spec_wrong_at(s, "condition", "conditions.tsv has no such condition%s", nearest);
    }
    return row;
}

/* "outcome" and "week" of the question must be asked for by the trial. */
static void read_place(struct en_spec *s, struct json_object *object,
                       const struct en_trial_spec *spec, struct en_trial_question *q)
{
    const struct en_trial *trial = &spec->trial;
    const char *outcomes[EN_TRIAL_OUTCOMES_MAX + 1] = {NULL};
    double week = NAN;

    memcpy(outcomes, spec->outcomes, trial->outcome_count * sizeof *outcomes);
    (void)en_spec_choice(s, object, "outcome", outcomes, &q->outcome);
    q->week = trial->week_count > 0 ? trial->week_count - 1 : 0;
    if (en_spec_number(s, object, "week", 0.0, WEEKS_MAX, &week)) {
        size_t i = 0;

        while (i < trial->week_count && trial->weeks[i] != week) {
            i++;
        }
        if (i == trial->week_count) {
            en_spec_wrong_at(s, "week", "must be one of observe_weeks");
        } else {
            q->week = i;
        }
    }
}

/* The only error of the test that is counted. */
static const double ALPHA = 0.05;

/* Largest sizes to try: trials of injections have had up to 200 patients, and a simulation of 2000
 * takes minutes. */
enum { PATIENTS_USUAL = 200, PATIENTS_LOW = 16, PATIENTS_HIGH = 2000 };

static void read_question(struct en_spec *s, struct json_object *object, struct en_trial_spec *out)
{
    static const char *const QUESTION_KEYS[] = {"arm",   "control", "outcome", "week",
                                                "power", "alpha",   "n_max",   NULL};
    struct en_trial_question *q = &out->question;
    double alpha = ALPHA;
    long long n_max = PATIENTS_USUAL;
    size_t control = 0;

    *q = (struct en_trial_question){.power = 0.8};
    if (!en_spec_object(s, object, QUESTION_KEYS)) {
        return;
    }
    (void)en_trial_arm_read(s, object, "arm", &out->trial, &q->arm);
    if (en_trial_arm_read(s, object, "control", &out->trial, &control) &&
        control + 1 != out->trial.arm_count) {
        en_spec_wrong_at(s, "control", "the control is the last arm: put it there");
    }
    if (out->trial.arm_count > 0 && q->arm + 1 == out->trial.arm_count) {
        en_spec_wrong(s, "an arm before the last, which is the control, is needed");
    }
    read_place(s, object, out, q);
    (void)en_spec_number(s, object, "power", 0.5, 0.99, &q->power);
    if (en_spec_number(s, object, "alpha", 0.0, 1.0, &alpha) && alpha != ALPHA) {
        en_spec_wrong_at(s, "alpha", "only a two-sided error of %g is computed", ALPHA);
    }
    (void)en_spec_integer(s, object, "n_max", PATIENTS_LOW, PATIENTS_HIGH, &n_max);
    q->n_max = (size_t)n_max;
    out->has_question = true;
}

static void read_root(struct en_spec *s, struct json_object *root, struct en_trial_spec *out)
{
    long long patients = EN_TRIAL_PATIENTS, seed = 1;
    struct json_object *question = NULL;

    if (!en_spec_object(s, root, KEYS)) {
        return;
    }
    out->name = "virtual trial";
    (void)en_spec_text(s, root, "name", &out->name);
    const struct en_row *row = read_condition(s, root);

    out->trial.condition = row == NULL ? NULL : en_cell(row, "id");
    out->title = row == NULL ? "" : en_cell(row, "title");
    en_trial_people_read(s, root, out->trial.condition, &out->trial.population);
    en_trial_arms_read(s, root, out->trial.condition, out);
    read_weeks(s, root, &out->trial);
    read_outcomes(s, root, out);
    (void)en_spec_integer(s, root, "patients", EN_TRIAL_PATIENTS_MIN, EN_TRIAL_PATIENTS_MAX,
                          &patients);
    (void)en_spec_integer(s, root, "seed", 0, LLONG_MAX, &seed);
    out->trial.patients = (uint64_t)patients;
    out->trial.seed = (uint64_t)seed;
    if (json_object_object_get_ex(root, "power", &question)) {
        const size_t before = en_spec_push(s, "power");

        read_question(s, question, out);
        en_spec_pop(s, before);
    }
}

enum en_status en_trial_spec_read(const struct en_knowledge *k, const char *bytes, size_t size,
                                  struct en_arena *a, struct en_trial_spec *out,
                                  struct en_issues *issues, struct en_err *err)
{
    struct en_spec s = {.knowledge = k, .arena = a, .issues = issues};
    struct json_object *root = NULL;
    struct en_err reason = {""};

    *out = (struct en_trial_spec){.crossover_week = NAN};
    EN_TRY(en_json_read(bytes, size, a, &root, issues, err));
    read_root(&s, root, out);
    json_object_put(root);
    /* What is left for the science wing to refuse may come from a default. */
    if (issues->error_count == 0 && en_trial_check(&out->trial, &reason) != EN_OK) {
        if (en_text_starts(reason.text, "population.")) {
            en_spec_wrong_at(&s, "population", "%s", reason.text + strlen("population."));
        } else {
            en_spec_wrong(&s, "%s", reason.text);
        }
    }
    if (issues->error_count > 0) {
        return en_fail(err, EN_EINVAL, "the specification has errors: see the issues");
    }
    return EN_OK;
}
