/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial_answer.h"

#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>

enum { DIGITS = 6 };

static const char SIGN[] =
    "Changes are later minus baseline; scores are high when worse, so an improvement of pain, "
    "function and laxity is negative. Responders are shares 0 to 1. A contrast is the arm less the "
    "last arm.";

static void write_predictive(struct en_writer *w, const struct en_predictive *p)
{
    en_write_open(w, "predictive", '{');
    en_write_number(w, "q05", p->q05, DIGITS);
    en_write_number(w, "q25", p->q25, DIGITS);
    en_write_number(w, "q50", p->q50, DIGITS);
    en_write_number(w, "q75", p->q75, DIGITS);
    en_write_number(w, "q95", p->q95, DIGITS);
    en_write_close(w);
}

static void write_arms(struct en_writer *w, const struct en_trial_answer *answer, size_t h)
{
    const struct en_trial *t = &answer->spec->trial;

    en_write_open(w, "arms", '[');
    for (size_t arm = 0; arm < t->arm_count; arm++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "name", t->arms[arm].name);
        en_write_integer(w, "n", (long long)t->arms[arm].n);
        en_write_open(w, "results", '[');
        for (size_t i = 0; i < t->outcome_count * t->week_count; i++) {
            const size_t outcome = i / t->week_count, week = i % t->week_count;
            const struct en_trial_cell *cell =
                &answer->result->arms[en_trial_at(t, h, arm, outcome, week)];

            en_write_open(w, NULL, '{');
            en_write_number(w, "week", t->weeks[week], DIGITS);
            en_write_text(w, "outcome", answer->spec->outcomes[outcome]);
            en_write_integer(w, "count", (long long)cell->count);
            en_write_number(w, "mean", cell->mean, DIGITS);
            en_write_number(w, "sd", cell->sd, DIGITS);
            write_predictive(w, &cell->predictive);
            en_write_close(w);
        }
        en_write_close(w);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_contrasts(struct en_writer *w, const struct en_trial_answer *answer, size_t h)
{
    const struct en_trial *t = &answer->spec->trial;

    en_write_open(w, "contrasts", '[');
    for (size_t i = 0; i < (t->arm_count - 1) * t->outcome_count * t->week_count; i++) {
        const size_t week = i % t->week_count, outcome = i / t->week_count % t->outcome_count;
        const size_t arm = i / t->week_count / t->outcome_count;
        const size_t at = en_trial_at(t, h, arm, outcome, week);

        en_write_open(w, NULL, '{');
        en_write_text(w, "arm", t->arms[arm].name);
        en_write_text(w, "control", t->arms[t->arm_count - 1].name);
        en_write_number(w, "week", t->weeks[week], DIGITS);
        en_write_text(w, "outcome", answer->spec->outcomes[outcome]);
        write_predictive(w, &answer->result->contrasts[at].predictive);
        en_write_number(w, "power", answer->result->power[at], DIGITS);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_hypotheses(struct en_writer *w, const struct en_trial_answer *answer)
{
    en_write_open(w, "hypotheses", '{');
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        en_write_open(w, en_heal_hypothesis(h).id, '{');
        write_arms(w, answer, h);
        write_contrasts(w, answer, h);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_size(struct en_writer *w, const struct en_trial_answer *answer)
{
    const struct en_trial_size *s = answer->size;
    const struct en_trial *t = &answer->spec->trial;

    if (s == NULL) {
        return;
    }
    en_write_open(w, "size", '{');
    en_write_text(w, "arm", t->arms[s->arm].name);
    en_write_text(w, "control", t->arms[t->arm_count - 1].name);
    en_write_text(w, "outcome", answer->spec->outcomes[s->outcome]);
    en_write_number(w, "week", t->weeks[s->week], DIGITS);
    en_write_number(w, "wanted_power", s->wanted, DIGITS);
    en_write_number(w, "power", s->power, DIGITS);
    if (s->search.n > 0) {
        en_write_integer(w, "n_per_arm", (long long)s->search.n);
    }
    en_write_open(w, "tried", '[');
    for (size_t i = 0; i < s->search.point_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_integer(w, "n_per_arm", (long long)s->search.points[i].n);
        en_write_number(w, "power", s->search.points[i].power, DIGITS);
        en_write_number(w, "standard_error", s->search.points[i].error, DIGITS);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

enum en_status en_trial_json(const struct en_trial_answer *answer, struct en_buf *out,
                             struct en_err *err)
{
    const struct en_trial_result *r = answer->result;
    const struct en_trial *t = &answer->spec->trial;
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "name", answer->spec->name);
    en_write_text(&w, "condition", t->condition);
    en_write_integer(&w, "seed", (long long)t->seed);
    en_write_integer(&w, "patients", (long long)t->patients);
    en_write_integer(&w, "trials", (long long)r->trials);
    en_write_text(&w, "program", EN_VERSION);
    en_write_text(&w, "knowledge", en_knowledge_version(answer->knowledge));
    en_write_bool(&w, "is_calibrated", answer->posterior->is_calibrated);
    en_write_bool(&w, "has_condition_data",
                  en_posterior_condition(answer->posterior, t->condition) >= 0);
    en_write_text(&w, "sign", SIGN);
    en_write_open(&w, "weights", '{');
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        en_write_number(&w, en_heal_hypothesis(h).id, r->weight[h], DIGITS);
    }
    en_write_close(&w);
    en_write_open(&w, "population", '{');
    en_write_integer(&w, "drawn", (long long)r->drawn);
    en_write_integer(&w, "refused_entry", (long long)r->refused_entry);
    en_write_integer(&w, "refused_constraint", (long long)r->refused_constraint);
    en_write_close(&w);
    write_size(&w, answer);
    write_arms(&w, answer, EN_HYPOTHESES);
    write_contrasts(&w, answer, EN_HYPOTHESES);
    write_hypotheses(&w, answer);
    en_write_close(&w);
    return en_write_end(&w, "the trial", err);
}

/* A text cell: quotes are doubled. */
static void csv_text(struct en_buf *out, const char *text)
{
    en_buf_add(out, "\"");
    for (const char *c = text; *c != '\0'; c++) {
        const char one[2] = {*c, '\0'};

        en_buf_add(out, *c == '"' ? "\"\"" : one);
    }
    en_buf_add(out, "\",");
}

/* A number, empty when unknown. */
static void csv_number(struct en_buf *out, double value, const char *end)
{
    if (isfinite(value)) {
        en_buf_print(out, "%.6f", value == 0.0 ? 0.0 : value);
    }
    en_buf_add(out, end);
}

static void csv_row(struct en_buf *out, const struct en_trial_answer *answer, const size_t at[4],
                    bool is_contrast)
{
    const struct en_trial *t = &answer->spec->trial;
    const size_t h = at[0], arm = at[1], outcome = at[2], week = at[3];
    const size_t i = en_trial_at(t, h, arm, outcome, week);
    const struct en_trial_cell *cell =
        is_contrast ? &answer->result->contrasts[i] : &answer->result->arms[i];
    const struct en_predictive *p = &cell->predictive;

    en_buf_print(out, "%s,", h == EN_HYPOTHESES ? "mixed" : en_heal_hypothesis(h).id);
    csv_text(out, t->arms[arm].name);
    csv_text(out, is_contrast ? t->arms[t->arm_count - 1].name : "");
    en_buf_print(out, "%s,%g,", answer->spec->outcomes[outcome], t->weeks[week]);
    csv_number(out, is_contrast ? NAN : cell->mean, ",");
    csv_number(out, is_contrast ? NAN : cell->sd, ",");
    csv_number(out, p->q05, ",");
    csv_number(out, p->q25, ",");
    csv_number(out, p->q50, ",");
    csv_number(out, p->q75, ",");
    csv_number(out, p->q95, ",");
    csv_number(out, is_contrast ? answer->result->power[i] : NAN, "\n");
}

enum en_status en_trial_csv(const struct en_trial_answer *answer, struct en_buf *out,
                            struct en_err *err)
{
    const struct en_trial *t = &answer->spec->trial;
    const size_t cells = t->arm_count * t->outcome_count * t->week_count;

    en_buf_add(out, "hypothesis,arm,control,outcome,week,mean,sd,q05,q25,q50,q75,q95,power\n");
    for (size_t i = 0; i < cells * 2 * (EN_HYPOTHESES + 1); i++) {
        const bool is_contrast = i / cells % 2 == 1;
        const size_t arm = i / t->week_count / t->outcome_count % t->arm_count;
        /* The mixture first. */
        const size_t h = (i / cells / 2 + EN_HYPOTHESES) % (EN_HYPOTHESES + 1);
        const size_t at[4] = {h, arm, i / t->week_count % t->outcome_count, i % t->week_count};

        if (!is_contrast || arm + 1 < t->arm_count) {
            csv_row(out, answer, at, is_contrast);
        }
    }
    return en_buf_check(out, "the table", err);
}
