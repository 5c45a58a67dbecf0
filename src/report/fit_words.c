/* SPDX-License-Identifier: Apache-2.0 */
#include "report/fit_words.h"

#include <math.h>

/* Hypotheses below this weight have no say. */
static const double WEIGHT_MIN = 0.01;

const char *en_fit_number(struct en_words *w, double value, int digits)
{
    if (isnan(value)) {
        return "–";
    }
    const double size = fabs(value);
    const int before = size > 0.0 ? (int)floor(log10(size)) + 1 : 1;
    const int behind = digits > before ? digits - before : 0;

    return en_words_print(w, "%.*f", behind < 6 ? behind : 6, value);
}

const char *en_fit_interval_words(struct en_words *w, const struct en_fit_interval *i, int digits)
{
    if (isnan(i->middle)) {
        return "–";
    }
    return en_words_print(w, "%s (%s to %s)", en_fit_number(w, i->middle, digits),
                          en_fit_number(w, i->low, digits), en_fit_number(w, i->high, digits));
}

const char *en_fit_method(struct en_words *w, const struct en_fit_report *r)
{
    if (!r->is_calibrated) {
        return "No calibration is stored: what follows is what the priors say.";
    }
    return en_words_print(
        w,
        "Sequential Monte Carlo, %zu particles of each hypothesis (%zu kept), %zu quasi-random "
        "patients of an arm, %zu rounds of moves after each step, seed %llu.",
        r->settings.particles, r->hypotheses[0].kept, r->settings.patients, r->settings.moves,
        (unsigned long long)r->settings.seed);
}

const char *en_fit_summary(struct en_words *w, const struct en_fit_report *r)
{
    return en_words_print(
        w,
        "%zu reported results took part. The 50 %% intervals of the predictions hold %s of them, "
        "the 90 %% intervals %s. CRPS %s of the baseline; the mean of the other trials alone %s. "
        "These results were used for fitting: docs/validation.md says how well results are "
        "predicted that were left out.",
        r->score.count, en_words_share(w, r->score.covered_50),
        en_words_share(w, r->score.covered_90), en_words_fixed(w, r->score.crps, 3),
        en_words_fixed(w, r->score.plain_crps, 3));
}

double en_fit_contraction(const struct en_fit_report *r, size_t quantity)
{
    double largest = -INFINITY;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (r->hypotheses[h].weight >= WEIGHT_MIN) {
            largest = fmax(largest, r->quantities[quantity].contraction[h]);
        }
    }
    return largest;
}

const char *en_fit_unidentified(struct en_words *w, const struct en_fit_report *r)
{
    const char *list = "";

    for (size_t i = 0; i < EN_LEARNED_COUNT; i++) {
        if (!(en_fit_contraction(r, i) >= EN_FIT_IDENTIFIED)) {
            list = en_words_print(w, "%s%s%s (%s)", list, *list == '\0' ? "" : "; ",
                                  r->quantities[i].meaning, r->quantities[i].symbol);
        }
    }
    return *list == '\0' ? "Every quantity is learned about under some hypothesis."
                         : en_words_print(w, "The trials say next to nothing about: %s.", list);
}

const char *en_fit_left_out(struct en_words *w, const struct en_fit_report *r)
{
    const char *text =
        en_words_print(w, "%zu results that nobody read in their source were not used.", r->unread);

    for (size_t i = 0; i < r->left_out_count; i++) {
        text = en_words_print(w, "%s%s %zu: %s", text,
                              i == 0 ? " Arms and results left out of simulation:" : ";",
                              r->left_out[i].count, r->left_out[i].reason);
    }
    return r->left_out_count == 0 ? text : en_words_print(w, "%s.", text);
}

const char *en_fit_steps(struct en_words *w, const struct en_fit_hypothesis *h)
{
    double ess = INFINITY, low[3] = {1.0, 1.0, 1.0}, high[3] = {0.0, 0.0, 0.0};

    if (h->step_count == 0) {
        return "no steps";
    }
    for (size_t i = 0; i < h->step_count; i++) {
        ess = fmin(ess, h->steps[i].ess);
        for (size_t k = 0; k < 3; k++) {
            low[k] = fmin(low[k], h->steps[i].accepted[k]);
            high[k] = fmax(high[k], h->steps[i].accepted[k]);
        }
    }
    return en_words_print(w,
                          "%zu steps, smallest effective sample size %.0f; moves taken: tissue "
                          "%.0f–%.0f %%, response "
                          "%.0f–%.0f %%, conditions %.0f–%.0f %%",
                          h->step_count, ess, 100.0 * low[0], 100.0 * high[0], 100.0 * low[1],
                          100.0 * high[1], 100.0 * low[2], 100.0 * high[2]);
}

/* Validation */

const char *en_validation_coverage(struct en_words *w, const struct en_fit_validation *v)
{
    return en_words_print(
        w, "Of %zu results, %s lie in the 50 %% interval of their prediction, %s in the 90 %% one.",
        v->arms.count, en_words_share(w, v->arms.covered_50),
        en_words_share(w, v->arms.covered_90));
}

const char *en_validation_scores(struct en_words *w, const struct en_fit_validation *v)
{
    return en_words_print(
        w,
        "CRPS %s of the baseline (lower is better), the plain meta-analytic mean %s: the model "
        "predicts %s. The plain mean's 90 %% intervals hold %s.",
        en_words_fixed(w, v->arms.crps, 3), en_words_fixed(w, v->arms.plain_crps, 3),
        v->arms.crps < v->arms.plain_crps ? "better" : "no better",
        en_words_share(w, v->arms.plain_covered_90));
}

const char *en_validation_contrasts(struct en_words *w, const struct en_fit_validation *v)
{
    const struct en_validation *c = &v->contrasts;

    if (c->count == 0) {
        return "";
    }
    return en_words_print(
        w,
        "Dextrose less control, %zu differences that the arms imply: %s in the 90 %% interval, "
        "CRPS "
        "%s, the plain mean %s.%s",
        c->count, en_words_share(w, c->covered_90), en_words_fixed(w, c->crps, 3),
        en_words_fixed(w, c->plain_crps, 3),
        c->null_count == 0
            ? ""
            : en_words_print(w,
                             " %zu of them found nothing; %zu of these predictions allow for "
                             "nothing.",
                             c->null_count, c->null_covered));
}

const char *en_validation_warning(struct en_words *w, const struct en_fit_validation *v)
{
    if (!v->is_calibrated) {
        return "No calibration is stored: the predictions are those of the priors.";
    }
    return v->known_count == 0
               ? ""
               : en_words_print(w,
                                "%zu studies of this file took part in the calibration: for them "
                                "this is a demonstration, not a validation.",
                                v->known_count);
}
