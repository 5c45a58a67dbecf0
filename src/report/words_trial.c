/* SPDX-License-Identifier: Apache-2.0
 * report/words_trial: a trial in words, the same on screen and on paper. */
#include "report/trial.h"
#include "report/words.h"

#include <math.h>

struct en_trial_words en_trial_words(struct en_words *w, const struct en_trial_outcome *o)
{
    switch (o->measure) {
    case EN_TRIAL_NRS_CHANGE:
        return (struct en_trial_words){"Pain, change on 0–10", "negative is better", 1.0, 1, true};
    case EN_TRIAL_WOMAC_CHANGE:
        return (struct en_trial_words){"Function, change on 0–100", "negative is better", 1.0, 1,
                                       true};
    case EN_TRIAL_RESPONDER_NRS:
        return (struct en_trial_words){en_words_print(w,
                                                      "Share with %s %% less pain or better, in %%",
                                                      en_words_number(w, o->threshold, 1)),
                                       "positive is better", 100.0, 0, false};
    case EN_TRIAL_RESPONDER_WOMAC:
        return (struct en_trial_words){
            en_words_print(w, "Share with %s points better function or more, in %%",
                           en_words_number(w, o->threshold, 1)),
            "positive is better", 100.0, 0, false};
    case EN_TRIAL_STIFFNESS_CHANGE:
        return (struct en_trial_words){"Stiffness, change in % of healthy", "positive is better",
                                       1.0, 1, false};
    case EN_TRIAL_LAXITY_CHANGE:
        return (struct en_trial_words){"Laxity, change in mm", "negative is better", 1.0, 2, true};
    case EN_TRIAL_MEASURE_COUNT:
        break;
    }
    return (struct en_trial_words){"unknown", "", 1.0, 1, false};
}

/* The minimal important change of a measure, NAN when the tables have none. */
static double important_change(const struct en_trial_report *r, enum en_trial_measure measure)
{
    if (r->knowledge == NULL) {
        return NAN;
    }
    if (measure == EN_TRIAL_NRS_CHANGE) {
        return en_limit(r->knowledge, "review.responder_points");
    }
    return measure == EN_TRIAL_WOMAC_CHANGE ? en_limit(r->knowledge, "forecast.function_mic") : NAN;
}

/* What the chance of a significant result means for the reader. */
static const char *chance_words(double power)
{
    if (!(power >= 0.0)) {
        return "nobody can say how often a trial of this size would find a difference";
    }
    return power < 0.2 ? "a trial of this size would most likely find no significant difference"
           : power < 0.5
               ? "a trial of this size would rather find no significant difference than one"
           : power < 0.8
               ? "a trial of this size would find a significant difference more often than not"
               : "a trial of this size would most likely find a significant difference";
}

/* Behind the middle value; "" when it is large, or the tables know no important change. */
static const char *small_words(struct en_words *w, const struct en_trial_report *r,
                               enum en_trial_measure measure, double middle)
{
    const double important = important_change(r, measure);

    if (!(fabs(middle) < important)) {
        return "";
    }
    return en_words_print(w, " That middle is below the minimal important change of %s.",
                          en_words_number(w, important, 1));
}

const char *en_trial_conclusion(struct en_words *w, const struct en_trial_report *r, size_t arm)
{
    const struct en_trial *t = r->result->trial;
    const size_t week = t->week_count - 1, last = t->arm_count - 1;
    const size_t at = en_trial_at(t, EN_HYPOTHESES, arm, 0, week);
    const struct en_predictive *p = &r->result->contrasts[at].predictive;
    const struct en_trial_words words = en_trial_words(w, &t->outcomes[0]);
    const double power = r->result->power[at];
    const char *name = en_words_clean(w, t->arms[arm].name);

    return en_words_print(
        w,
        "%s against %s, week %s: %s in favour of %s (p < 0.05 in %s of such trials). %s, %s: the "
        "difference would be %s in the middle, and between %s and %s in 9 of 10 such trials.%s",
        en_words_sentence(w, name), en_words_clean(w, t->arms[last].name),
        en_words_number(w, t->weeks[week], 1), chance_words(power), name, en_words_share(w, power),
        words.title, words.better, en_words_fixed(w, words.factor * p->q50, words.decimals),
        en_words_fixed(w, words.factor * p->q05, words.decimals),
        en_words_fixed(w, words.factor * p->q95, words.decimals),
        small_words(w, r, t->outcomes[0].measure, p->q50));
}

const char *en_trial_size_words(struct en_words *w, const struct en_trial_report *r)
{
    const struct en_trial_size *s = r->size;
    const struct en_trial *t = r->result->trial;

    if (s == NULL) {
        return "";
    }
    const char *question = en_words_print(
        w,
        "%s against %s, %s, week %s: the trial as planned (%zu and %zu patients) has a chance "
        "of %s of p < 0.05 in favour of %s.",
        en_words_sentence(w, en_words_clean(w, t->arms[s->arm].name)),
        en_words_clean(w, t->arms[t->arm_count - 1].name), r->outcomes[s->outcome],
        en_words_number(w, t->weeks[s->week], 1), t->arms[s->arm].n, t->arms[t->arm_count - 1].n,
        en_words_share(w, s->power), en_words_clean(w, t->arms[s->arm].name));

    if (s->search.n > 0) {
        return en_words_print(w,
                              "%s A chance of %s needs about %zu patients in each of the two arms.",
                              question, en_words_share(w, s->wanted), s->search.n);
    }
    const size_t last = s->search.point_count - 1; /* one size at least is tried */

    return en_words_print(
        w,
        "%s A chance of %s is not reached: with %zu patients in each of the two arms it is %s. The "
        "treatment may have no specific effect, and no number of patients finds what is not there.",
        question, en_words_share(w, s->wanted), s->search.points[last].n,
        en_words_share(w, s->search.points[last].power));
}

const char *en_trial_method(struct en_words *w, const struct en_trial_report *r)
{
    const struct en_trial_result *res = r->result;
    const char *weights = "weights";

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        weights = en_words_print(w, "%s%s %s %s", weights, h == 0 ? "" : ",",
                                 en_heal_hypothesis(h).id, en_words_share(w, res->weight[h]));
    }
    return en_words_print(
        w,
        "%llu virtual trials under each hypothesis, %llu patients wanted of each arm; of %llu "
        "people drawn %llu did not reach the entry threshold and %llu were impossible. %s. Seed "
        "%llu, knowledge %s.",
        (unsigned long long)res->trials, (unsigned long long)res->trial->patients,
        (unsigned long long)res->drawn, (unsigned long long)res->refused_entry,
        (unsigned long long)res->refused_constraint, en_words_sentence(w, weights),
        (unsigned long long)res->trial->seed,
        r->knowledge == NULL ? "unknown" : en_knowledge_version(r->knowledge));
}
