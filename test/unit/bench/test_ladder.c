/* SPDX-License-Identifier: Apache-2.0
 * The arithmetic of the benchmark: what is compared must be the speed at equal error. */
#include "../../../bench/ladder.h"

#include "support/check.h"

/* Root of the mean square by hand: errors of 3 and 4 parts in 1.001 and 0.001; a result that is not
 * finite is an unbounded error, never a small one. */
static void test_error_of_a_patient(void **state)
{
    const double truth[] = {1.0, 0.0}, x[] = {1.0 + 3 * 1.001, 4 * 0.001}, lost[] = {1.0, NAN};

    (void)state;
    CHECK_NEAR(patient_error(x, truth, 2), sqrt(12.5), 1e-12);
    CHECK(patient_error(truth, truth, 2) == 0.0);
    CHECK(patient_error(lost, truth, 2) == INFINITY);
}

/* Of 200 patients with errors 1 .. 200 in any order, 198 do not exceed 198; with one patient it is
 * that one. */
static void test_p99_leaves_one_in_a_hundred(void **state)
{
    enum { COUNT = 200 };
    double x[COUNT], truth[COUNT], scratch[COUNT];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        truth[i] = 0.0;
        x[i] = 1e-3 * (double)((i * 77) % COUNT + 1);
    }
    CHECK_NEAR(error_p99(x, truth, COUNT, 1, scratch), 198.0, 1e-9);
    CHECK_NEAR(error_p99(x, truth, 1, 1, scratch), 1.0, 1e-9);
}

/* A solver of order 1 (half the error, half the speed) at 1e-4 between rungs at 1e-3 and 1e-5: the
 * middle of the logarithms, 1000 and 10 patients/s, is 100. */
static void test_ladder_interpolates_logarithms(void **state)
{
    const struct ladder l = {{{1e-2, 1e-3, 1000.0}, {1e-4, 1e-5, 10.0}}, 2};
    const struct rung r = ladder_at(&l, 1e-4);

    (void)state;
    CHECK_NEAR(r.speed, 100.0, 1e-9);
    CHECK(r.error == 1e-4);
    CHECK_NEAR(r.tolerance, 1e-3, 1e-15);
}

/* No speed is made up: a ladder whose first rung is accurate enough has that rung, with its own
 * error; one that never is has none. A rung that is slower, more accurate and after a failure is
 * itself, and the fastest way counts when the errors do not fall steadily. */
static void test_ladder_does_not_extrapolate(void **state)
{
    const struct ladder good = {{{1e-2, 1e-5, 500.0}, {1e-3, 1e-6, 100.0}}, 2};
    const struct ladder bad = {{{1e-2, 1e-2, 500.0}, {1e-3, 1e-3, 100.0}}, 2};
    const struct ladder broken = {{{1e-2, INFINITY, 500.0}, {1e-3, 1e-5, 100.0}}, 2};
    const struct ladder unsteady = {{{1e-2, 1e-5, 500.0}, {1e-3, 1e-3, 300.0}, {1e-4, 1e-6, 100.0}},
                                    3};
    const struct ladder empty = {.count = 0};

    (void)state;
    CHECK(ladder_at(&good, 1e-4).speed == 500.0);
    CHECK(ladder_at(&good, 1e-4).error == 1e-5);
    CHECK(isnan(ladder_at(&bad, 1e-4).speed));
    CHECK(ladder_at(&broken, 1e-4).speed == 100.0);
    CHECK(ladder_at(&unsteady, 1e-4).speed == 500.0);
    CHECK(isnan(ladder_at(&empty, 1e-4).speed));
}

TEST_MAIN(cmocka_unit_test(test_error_of_a_patient),
          cmocka_unit_test(test_p99_leaves_one_in_a_hundred),
          cmocka_unit_test(test_ladder_interpolates_logarithms),
          cmocka_unit_test(test_ladder_does_not_extrapolate));
