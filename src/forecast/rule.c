/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/rule.h"

#include <math.h>

enum en_rule_answer en_rule_decide(const struct en_rule *rule, const struct en_rule_state *s)
{
    const double fall = 100.0 * (s->baseline_nrs - s->now_nrs) / s->baseline_nrs;

    if (s->sessions_left <= 0) {
        return EN_RULE_GO_ON;
    }
    if (rule->success_percent > 0.0 && s->baseline_nrs > 0.0 && fall >= rule->success_percent) {
        return EN_RULE_STOP_SUCCESS;
    }
    if (rule->early_sessions > 0 && s->sessions_given >= rule->early_sessions &&
        s->baseline_nrs > 0.0 && fall < rule->early_percent) {
        return EN_RULE_STOP_EARLY;
    }
    if (rule->gain_per_session > 0.0 &&
        s->gain_nrs < rule->gain_per_session * (double)s->sessions_left) {
        return EN_RULE_STOP_FUTILE;
    }
    return EN_RULE_GO_ON;
}
