/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/rule.h"

#include "support/check.h"

#include <math.h>

/* Three sessions given, two left, pain from 6 to `now`. */
static struct en_rule_state at(double now, double gain)
{
    return (struct en_rule_state){3, 2, 6.0, now, gain};
}

/* A rule without reasons never stops a course, whatever the scores say. */
static void test_without_reasons_it_goes_on(void **state)
{
    const struct en_rule none = {.id = "all"};
    const struct en_rule_state worse = at(10.0, -1.0);

    (void)state;
    CHECK(en_rule_decide(&none, &worse) == EN_RULE_GO_ON);
}

/* Each reason at its limit, just beyond it, and with its input unknown: an unknown is never a
 * reason to stop. */
static void test_each_reason_at_its_limit(void **state)
{
    const struct en_rule early = {.early_sessions = 3, .early_percent = 50.0};
    const struct en_rule success = {.success_percent = 50.0};
    const struct en_rule futile = {.gain_per_session = 0.125};
    struct en_rule_state s = at(3.0, 0.25);

    (void)state;
    CHECK(en_rule_decide(&early, &s) == EN_RULE_GO_ON);
    CHECK(en_rule_decide(&success, &s) == EN_RULE_STOP_SUCCESS);
    CHECK(en_rule_decide(&futile, &s) == EN_RULE_GO_ON);
    s = at(3.01, 0.2499);
    CHECK(en_rule_decide(&early, &s) == EN_RULE_STOP_EARLY);
    CHECK(en_rule_decide(&success, &s) == EN_RULE_GO_ON);
    CHECK(en_rule_decide(&futile, &s) == EN_RULE_STOP_FUTILE);
    s.sessions_given = 2;
    CHECK(en_rule_decide(&early, &s) == EN_RULE_GO_ON);
    s = at(NAN, NAN);
    CHECK(en_rule_decide(&early, &s) == EN_RULE_GO_ON);
    CHECK(en_rule_decide(&success, &s) == EN_RULE_GO_ON);
    CHECK(en_rule_decide(&futile, &s) == EN_RULE_GO_ON);
}

/* A course that is complete has nothing to stop; pain of 0 before it cannot fall. */
static void test_nothing_to_stop(void **state)
{
    const struct en_rule all = {"x", 1, 50.0, 50.0, 1.0};
    struct en_rule_state s = at(6.0, 0.0);

    (void)state;
    s.sessions_left = 0;
    CHECK(en_rule_decide(&all, &s) == EN_RULE_GO_ON);
    s = (struct en_rule_state){3, 2, 0.0, 0.0, 5.0};
    CHECK(en_rule_decide(&all, &s) == EN_RULE_GO_ON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_reasons_it_goes_on),
        cmocka_unit_test(test_each_reason_at_its_limit),
        cmocka_unit_test(test_nothing_to_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
