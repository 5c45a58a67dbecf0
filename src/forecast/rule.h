/* SPDX-License-Identifier: Apache-2.0
 * forecast/rule: whether a course goes on after a session. The same rules advise in a review and
 * are compared in the simulated clinic (forecast/clinic), so that the default is chosen by numbers.
 * Pure functions. */
#pragma once

#include "base/status.h"

/* A rule is the reasons to stop that it knows; NAN or 0: it does not know this one. */
struct en_rule {
    const char *id;
    int early_sessions;      /* 0: no such reason. From this many sessions on ... */
    double early_percent;    /* ... stop where observed pain has fallen by less than this [%] */
    double success_percent;  /* stop where it has fallen by at least this [%] */
    double gain_per_session; /* [NRS] stop where the forecast expects less from each session left */
};

/* What is known at a visit. NAN: unknown, the reason that needs it does not fire. */
struct en_rule_state {
    int sessions_given, sessions_left;
    double baseline_nrs, now_nrs; /* observed */
    double gain_nrs; /* mean fall of pain that going on brings beyond stopping, goal dates */
};

enum en_rule_answer {
    EN_RULE_GO_ON,
    EN_RULE_STOP_EARLY,
    EN_RULE_STOP_SUCCESS,
    EN_RULE_STOP_FUTILE
};

/* The first reason that holds: success, early, futile. Without sessions left: go on (there is
 * nothing to stop). */
enum en_rule_answer en_rule_decide(const struct en_rule *rule, const struct en_rule_state *state);
