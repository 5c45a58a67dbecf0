/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/posterior.h"

#include "base/text.h"
#include "cohort/score.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const struct en_learned_row EN_LEARNED_ROWS[EN_LEARNED_COUNT] = {
#define EN_LEARNED(symbol, ...) {#symbol, __VA_ARGS__},
#include "cohort/learned.def"
#undef EN_LEARNED
};

/* Purposes of random numbers; part of the golden results: append only. */
enum purpose { FOR_PRIOR, FOR_CONDITION, FOR_STUDY, FOR_STUDY_SIZE };

/* Prior weights of the hypotheses: judgement of the revision of the parameters. */
static const double PRIOR_WEIGHT[EN_HYPOTHESES] = {0.25, 0.10, 0.40, 0.25};

double en_learned_value(enum en_learned row, double z)
{
    const struct en_learned_row *r = &EN_LEARNED_ROWS[row];

    assert(row < EN_LEARNED_COUNT);
    return r->scale == EN_LOG ? r->centre * en_exp(r->spread * z) : r->centre + r->spread * z;
}

size_t en_posterior_size(size_t condition_count)
{
    return EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT * condition_count;
}

void en_posterior_no_data(struct en_posterior *out)
{
    *out = (struct en_posterior){0};
    memcpy(out->weight, PRIOR_WEIGHT, sizeof PRIOR_WEIGHT);
    memcpy(out->prior_weight, PRIOR_WEIGHT, sizeof PRIOR_WEIGHT);
}

enum en_status en_posterior_prior(size_t count, uint64_t seed, struct en_arena *a,
                                  struct en_posterior *out, struct en_err *err)
{
    double *z = EN_NEW(a, double, count *EN_LEARNED_COUNT);

    en_posterior_no_data(out);
    if (count == 0) {
        return en_fail(err, EN_EINVAL, "particles: at least one is needed");
    }
    if (z == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu particles", count);
    }
    for (size_t i = 0; i < count * EN_LEARNED_COUNT; i++) {
        z[i] = en_random_normal((struct en_random){seed, i / EN_LEARNED_COUNT, FOR_PRIOR,
                                                   (uint32_t)(i % EN_LEARNED_COUNT)});
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->count[h] = count;
        out->particles[h] = z;
    }
    return EN_OK;
}

int en_posterior_condition(const struct en_posterior *p, const char *id)
{
    for (size_t i = 0; i < p->condition_count; i++) {
        if (en_text_equal(p->conditions[i], id)) {
            return (int)i;
        }
    }
    return -1;
}

size_t en_posterior_particle(const struct en_posterior *p, size_t hypothesis, uint64_t member)
{
    const uint64_t part = member * 0x9E3779B97F4A7C15U >> 32; /* of 2^32 */

    return (size_t)(part * p->count[hypothesis] >> 32);
}

void en_effects_of(size_t hypothesis, const double *learned, const double *condition, double study,
                   struct en_effects *out)
{
    const struct en_hypothesis h = en_heal_hypothesis(hypothesis);
#define VALUE(symbol) en_learned_value(EN_LEARNED_##symbol, learned[EN_LEARNED_##symbol])
    const double natural = VALUE(condition_context_sd) * condition[EN_CONDITION_CONTEXT] +
                           VALUE(study_context_sd) * study;
    const double slower = en_exp(VALUE(condition_time_sd) * condition[EN_CONDITION_TIME]);

    *out = (struct en_effects){
        .zmax = VALUE(zmax),
        .kHd = VALUE(kHd),
        .kHu = VALUE(kHu),
        .gS = VALUE(gS),
        .kG2 = VALUE(kG2),
        .has_laxity = h.has_laxity,
        .specific = 1.0 + VALUE(condition_specific_sd) * condition[EN_CONDITION_SPECIFIC],
        .natural = natural,
        .injection = VALUE(context_injection),
        .exercise = VALUE(context_exercise),
        .injection_half_d = VALUE(context_half) * slower,
        .exercise_half_d = VALUE(exercise_half) * slower,
        .function_ratio = VALUE(function_ratio),
        .trial_bias = VALUE(trial_bias),
        .uncontrolled = VALUE(uncontrolled),
        .patient_sd = VALUE(patient_sd),
        .study_sd = VALUE(study_context_sd),
        .arm_sd = VALUE(arm_sd),
    };
    /* Of both roads together the revision takes the mechanical share lower. */
    const double wm = h.wm > 0.0 && h.wh > 0.0 ? EN_REVISED[EN_P(wm)] : h.wm;

    out->wm = wm * VALUE(mechanical) * out->specific;
    out->wh = h.wh * VALUE(neural) * out->specific;
#undef VALUE
}

/* How much more than usual a study deviates: sqrt(nu / chi-square(nu)), so that deviations are
 * Student t as in the likelihood. */
static double study_size(struct en_random at)
{
    double chi_square = 0.0;

    at.purpose = FOR_STUDY_SIZE;
    for (at.index = 0; at.index < EN_STUDY_DEGREES_OF_FREEDOM / 2; at.index++) {
        chi_square -= 2.0 * en_log(en_random_uniform(at));
    }
    return sqrt(EN_STUDY_DEGREES_OF_FREEDOM / chi_square);
}

void en_effect_numbers(bool is_average, struct en_random at, struct en_effect_numbers *out)
{
    at.purpose = FOR_CONDITION;
    for (at.index = 0; at.index < EN_CONDITION_EFFECT_COUNT; at.index++) {
        out->condition[at.index] = en_random_normal(at);
    }
    at.purpose = FOR_STUDY;
    at.index = 0;
    out->study = is_average ? 0.0 : en_random_normal(at);
    out->size = is_average ? 1.0 : study_size(at);
}

void en_posterior_effects_at(const struct en_posterior *p, size_t hypothesis, size_t index,
                             int condition, const struct en_effect_numbers *numbers,
                             struct en_effects *out)
{
    assert(hypothesis < EN_HYPOTHESES && p->count[hypothesis] > 0);
    assert(condition < (int)p->condition_count);
    const double *particle = p->particles[hypothesis] +
                             index % p->count[hypothesis] * en_posterior_size(p->condition_count);
    const double *known = particle + EN_LEARNED_COUNT +
                          EN_CONDITION_EFFECT_COUNT * (size_t)(condition < 0 ? 0 : condition);

    en_effects_of(hypothesis, particle, condition < 0 ? numbers->condition : known,
                  numbers->size * numbers->study, out);
    out->study_sd *= numbers->size;
    out->arm_sd *= numbers->size;
}

void en_posterior_effects(const struct en_posterior *p, size_t hypothesis, size_t index,
                          int condition, bool is_average, struct en_random at,
                          struct en_effects *out)
{
    struct en_effect_numbers numbers;

    en_effect_numbers(is_average, at, &numbers);
    en_posterior_effects_at(p, hypothesis, index, condition, &numbers, out);
}

double en_effects_share(const struct en_effects *e, const struct en_unspecific *r, double day,
                        double *own_come)
{
    const bool has_injections = r->kind == EN_CONTEXT_INJECTION || r->kind == EN_CONTEXT_BOTH;
    const bool has_exercise = r->kind == EN_CONTEXT_EXERCISE || r->kind == EN_CONTEXT_BOTH;
    const double half = e->injection_half_d * r->time_ratio;
    const double exercised =
        en_score_waned(fmax(day - r->exercise_day, 0.0), e->exercise_half_d * r->time_ratio);
    const double natural = en_score_waned(day, half);
    const double injected = en_score_waned(fmax(day - r->first_day, 0.0), half);
    const double come = has_injections ? injected : has_exercise ? exercised : natural;

    if (own_come != NULL) {
        *own_come = come;
    }
    return e->natural * natural + (has_injections ? e->injection * injected : 0.0) +
           (has_exercise ? e->exercise * exercised : 0.0) + r->own * come;
}
