/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/trial_inside.h"

static bool is_within(double x, double low, double high)
{
    return x >= low && x <= high;
}

static enum en_status outside(const char *what, size_t arm, const char *list, size_t index,
                              struct en_err *err)
{
    return en_fail(err, EN_EINVAL, "arms[%zu].%s[%zu].%s: outside its range, or not ascending", arm,
                   list, index, what);
}

static enum en_status check_session(const struct en_trial_arm *arm, size_t a, size_t i,
                                    struct en_err *err)
{
    const struct en_trial_session *s = &arm->sessions[i];

    /* An as-needed session is decided by the score of its day: it cannot be the first thing. */
    if (!is_within(s->day, 0.0, 1e4) || (s->is_as_needed && !(s->day > 0.0)) ||
        (i > 0 && !(s->day >= s[-1].day))) {
        return outside("day", a, "sessions", i, err);
    }
    if (!is_within(s->dextrose_percent, 0.0, 50.0)) {
        return outside("dextrose_percent", a, "sessions", i, err);
    }
    if (!is_within(s->coverage, 0.0, 1.0)) {
        return outside("coverage", a, "sessions", i, err);
    }
    return is_within(s->needle, 0.0, 10.0) ? EN_OK : outside("needle", a, "sessions", i, err);
}

static enum en_status check_change(const struct en_trial_arm *arm, size_t a, size_t i,
                                   struct en_err *err)
{
    const struct en_change *c = &arm->changes[i];

    if (!is_within(c->day, 0.0, 1e4) || (i > 0 && !(c->day >= c[-1].day))) {
        return outside("day", a, "changes", i, err);
    }
    if (!is_within(c->stimulus, 0.0, 10.0)) {
        return outside("stimulus", a, "changes", i, err);
    }
    return is_within(c->load, 0.1, 10.0) ? EN_OK : outside("load", a, "changes", i, err);
}

static enum en_status check_arm(const struct en_trial_arm *arm, size_t a, struct en_err *err)
{
    if (arm->name == NULL || arm->name[0] == '\0') {
        return en_fail(err, EN_EINVAL, "arms[%zu].name: missing", a);
    }
    if (!(arm->n >= 1 && arm->n <= EN_TRIAL_N_MAX)) {
        return en_fail(err, EN_EINVAL, "arms[%zu].n: outside 1 .. %d", a, EN_TRIAL_N_MAX);
    }
    if (arm->session_count > EN_TRIAL_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "arms[%zu].sessions: more than %d", a,
                       EN_TRIAL_SESSIONS_MAX);
    }
    if (arm->change_count > EN_TRIAL_CHANGES_MAX) {
        return en_fail(err, EN_EINVAL, "arms[%zu].changes: more than %d", a, EN_TRIAL_CHANGES_MAX);
    }
    if (arm->context >= EN_CONTEXT_COUNT) {
        return en_fail(err, EN_EINVAL, "arms[%zu].context: no such context", a);
    }
    for (size_t i = 0; i < arm->session_count; i++) {
        EN_TRY(check_session(arm, a, i, err));
    }
    for (size_t i = 0; i < arm->change_count; i++) {
        EN_TRY(check_change(arm, a, i, err));
    }
    return EN_OK;
}

static enum en_status check_outcome(const struct en_trial_outcome *o, size_t i, struct en_err *err)
{
    if (o->measure >= EN_TRIAL_MEASURE_COUNT) {
        return en_fail(err, EN_EINVAL, "outcomes[%zu]: no such outcome", i);
    }
    if (trial_is_share(o->measure) && !(o->threshold > 0.0 && o->threshold <= 100.0)) {
        return en_fail(err, EN_EINVAL, "outcomes[%zu].threshold: outside 0 .. 100", i);
    }
    return EN_OK;
}

static enum en_status check_count(size_t count, size_t max, const char *what, struct en_err *err)
{
    if (!(count >= 1 && count <= max)) {
        return en_fail(err, EN_EINVAL, "%s: 1 to %zu are needed", what, max);
    }
    return EN_OK;
}

enum en_status en_trial_check(const struct en_trial *t, struct en_err *err)
{
    EN_TRY(en_population_check(&t->population, err));
    if (t->condition == NULL) {
        return en_fail(err, EN_EINVAL, "condition: missing");
    }
    EN_TRY(check_count(t->arm_count, EN_TRIAL_ARMS_MAX, "arms", err));
    EN_TRY(check_count(t->week_count, EN_TRIAL_WEEKS_MAX, "weeks", err));
    EN_TRY(check_count(t->outcome_count, EN_TRIAL_OUTCOMES_MAX, "outcomes", err));
    for (size_t a = 0; a < t->arm_count; a++) {
        EN_TRY(check_arm(&t->arms[a], a, err));
    }
    for (size_t w = 0; w < t->week_count; w++) {
        if (!(t->weeks[w] > (w > 0 ? t->weeks[w - 1] : 0.0) && t->weeks[w] <= 520.0)) {
            return en_fail(err, EN_EINVAL, "weeks[%zu]: not ascending from above 0 to 520", w);
        }
    }
    for (size_t o = 0; o < t->outcome_count; o++) {
        EN_TRY(check_outcome(&t->outcomes[o], o, err));
    }
    if (!(t->patients >= 1 && t->patients <= EN_TRIAL_PATIENTS_MAX)) {
        return en_fail(err, EN_EINVAL, "patients: outside 1 .. %d", EN_TRIAL_PATIENTS_MAX);
    }
    return EN_OK;
}
