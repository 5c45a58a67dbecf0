/* SPDX-License-Identifier: Apache-2.0
 * app/console_forecast: bands of every arm, outcome, hypothesis and week, and how much of what the
 * plan brings comes with salt water, training or time alone. */
#include "app/console_inside.h"

#include "base/text.h"
#include "heal/heal.h"
#include "report/words_outlook.h"

static const char *const OUTCOMES[EN_OUTCOME_COUNT] = {"pain", "function"};

static void write_hypotheses(struct console *c, const struct en_forecast *f)
{
    en_write_open(&c->w, "hypotheses", '[');
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        const struct en_hypothesis x = en_heal_hypothesis(h);

        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "id", x.id);
        en_write_text(&c->w, "name", x.name);
        en_write_text(&c->w, "title", en_words_hypothesis(h));
        en_write_number(&c->w, "weight", f->weight[h], 4);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

/* [q05, q25, q50, q75, q95, chance of an important change] */
static void write_band(struct console *c, const struct en_band *b)
{
    en_write_open(&c->w, NULL, '[');
    for (size_t i = 0; i < EN_QUANTILE_COUNT; i++) {
        en_write_number(&c->w, NULL, b->q[i], 3);
    }
    en_write_number(&c->w, NULL, b->mic_probability, 3);
    en_write_close(&c->w);
}

static void write_outcome(struct console *c, const struct en_forecast *f, size_t arm,
                          enum en_outcome o)
{
    en_write_open(&c->w, OUTCOMES[o], '{');
    for (size_t h = 0; h <= EN_HYPOTHESIS_COUNT; h++) {
        en_write_open(&c->w, h == EN_MIXED ? "mixed" : en_heal_hypothesis(h).id, '[');
        for (size_t week = 0; week < f->request.week_count; week++) {
            write_band(c, &f->band[arm][o][h][week]);
        }
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_arms(struct console *c, const struct en_forecast *f)
{
    en_write_open(&c->w, "arms", '[');
    for (size_t arm = 0; arm < f->request.arm_count; arm++) {
        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "id", f->request.arms[arm].id);
        for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
            write_outcome(c, f, arm, o);
        }
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

/* The plan beside each other arm in the same patients, at the last week. */
static void write_beyond(struct console *c, const struct en_forecast *f)
{
    const size_t week = f->request.week_count - 1;

    en_write_open(&c->w, "beyond", '[');
    for (size_t arm = 1; arm < f->request.arm_count; arm++) {
        const struct en_gain *g = &f->gain[arm][week];

        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "arm", f->request.arms[arm].id);
        en_write_number(&c->w, "week", f->request.weeks[week], 1);
        en_write_number(&c->w, "mean", g->mean, 2);
        en_write_number(&c->w, "q05", g->q[0], 2);
        en_write_number(&c->w, "q95", g->q[EN_QUANTILE_COUNT - 1], 2);
        en_write_number(&c->w, "worthwhile_share", g->worthwhile, 3);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

/* Mean improvement of pain since the start, arm by arm, and as a share of the plan's. */
static void write_improvement(struct console *c, const struct en_forecast *f)
{
    const size_t week = f->request.week_count - 1;
    const double whole = f->band[0][EN_OUTCOME_PAIN][EN_MIXED][week].mean_change;

    en_write_open(&c->w, "improvement", '[');
    for (size_t arm = 0; arm < f->request.arm_count; arm++) {
        const double part = f->band[arm][EN_OUTCOME_PAIN][EN_MIXED][week].mean_change;

        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "arm", f->request.arms[arm].id);
        en_write_number(&c->w, "week", f->request.weeks[week], 1);
        en_write_number(&c->w, "mean", part, 2);
        if (whole > 0.0) {
            en_write_number(&c->w, "share_of_plan", part / whole, 3);
        }
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_basis(struct console *c, const struct en_forecast *f)
{
    en_write_integer(&c->w, "patients", (long long)f->request.patients);
    en_write_integer(&c->w, "seed", (long long)f->request.seed);
    en_write_bool(&c->w, "is_calibrated", f->is_calibrated);
    en_write_bool(&c->w, "has_condition_data", f->has_condition_data);
    en_write_integer(&c->w, "studies", (long long)f->study_count);
    en_write_integer(&c->w, "results", (long long)f->row_count);
    en_write_text(&c->w, "basis", en_words_basis(&c->words, f));
    en_write_text(&c->w, "no_effect", EN_WORDS_NO_EFFECT);
    en_write_number(&c->w, "mic_pain", f->request.mic_nrs, 2);
    en_write_number(&c->w, "mic_function", f->request.mic_function, 1);
    en_write_number(&c->w, "worthwhile_pain", en_words_worthwhile(f), 2);
    en_write_open(&c->w, "baseline", '{');
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        en_write_number(&c->w, OUTCOMES[o], f->baseline[o], 2);
    }
    en_write_close(&c->w);
}

void console_forecast(struct console *c, const struct en_forecast *f)
{
    en_write_open(&c->w, "forecast", '{');
    write_basis(c, f);
    en_write_open(&c->w, "weeks", '[');
    for (size_t i = 0; i < f->request.week_count; i++) {
        en_write_number(&c->w, NULL, f->request.weeks[i], 1);
    }
    en_write_close(&c->w);
    write_hypotheses(c, f);
    write_arms(c, f);
    write_improvement(c, f);
    write_beyond(c, f);
    en_write_close(&c->w);
}
