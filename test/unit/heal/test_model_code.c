/* SPDX-License-Identifier: Apache-2.0
 * What tools/modelgen wrote, against the equations as they were written by hand for the oracle. */
#include "reference.h"

#include "heal/vector.h"

#include "heal/model_code.h"

#include "num/random.h"

enum { INPUTS = 3 };

/* One patient at random: rates 0.7 to 1.7 times the nominal ones, states away from rest. */
struct sample {
    struct full oracle;
    V c[MODEL_FIXED];
    V y[MODEL_STATES]; /* what is integrated */
};

static double drawn(uint64_t member, uint32_t purpose)
{
    return en_random_uniform((struct en_random){23, member, purpose, 0});
}

static struct sample sample(uint64_t i)
{
    static const size_t FIXED[] = {EN_P(p),    EN_P(q),   EN_P(Phib), EN_P(Phin),
                                   EN_P(xsyn), EN_P(nsC), EN_P(nsG)};
    struct en_parameters p = nominal();
    struct sample s;

    for (uint32_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        int is_fixed = 0;

        for (size_t f = 0; f < EN_COUNT(FIXED); f++) {
            is_fixed |= FIXED[f] == k;
        }
        ((double *)&p)[k] *= is_fixed ? 1.0 : 0.7 + drawn(i, k);
    }
    p.nsaid = 1.0;
    s.oracle = full_start(&p);
    s.oracle.m = 0.3 + drawn(i, 1000);
    s.oracle.load = 0.8 + drawn(i, 1001);
    s.oracle.ns = i % 2 == 0 ? 1.0 : 0.0;
    full_input(&s.oracle);
    for (uint32_t k = 0; k < MODEL_STATES; k++) {
        double *y = (double *)&s.oracle.y + k;

        *y = *y * (0.6 + 0.8 * drawn(i, 2000 + k)) + 0.3 * drawn(i, 3000 + k);
        s.y[k] = (V){*y};
    }
    s.y[EN_STATE_V] = (V){pow(s.oracle.y.V[0], 0.1)};
    s.y[EN_STATE_Phi] = (V){sqrt(s.oracle.y.Phi[0])};
    const V input[INPUTS] = {{s.oracle.m}, {s.oracle.load}, {s.oracle.ns}};

    model_fix((const V *)&s.oracle.p, (const V *)&s.oracle.p.k3, s.c);
    model_set(input, s.c);
    return s;
}

/* The slopes of both agree to rounding: those of V = v^10 and Phi = w^2 by the chain rule. */
static void test_slopes_are_those_of_the_oracle(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        const struct sample s = sample(i);
        const struct full *x = &s.oracle;
        const V zero[MODEL_STATES] = {0};
        V got[MODEL_STATES];
        struct tissue_state want;

        model_slope(s.c, s.y, zero, got);
        tissue_slope(&x->p, &x->u, &x->y, tissue_fast(&x->p, &x->u, &x->y), 0, &want);
        got[EN_STATE_V] *= 10.0 * pow(s.y[EN_STATE_V][0], 9.0);
        got[EN_STATE_Phi] *= 2.0 * s.y[EN_STATE_Phi];
        for (size_t k = 0; k < MODEL_STATES; k++) {
            const double slope = ((const double *)&want)[k];

            CHECK_NEAR(got[k][0], slope, 1e-13 * (10.0 + fabs(slope)));
        }
    }
}

/* The factored matrix is that of the derivatives: a solution x of (shift I - J) x = r gives r back
 * with J x as a difference of slopes along x. */
static void test_solution_fits_the_derivatives(void **state)
{
    const double shift = 3.0, step = 1e-6;

    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        const struct sample s = sample(i);
        const V zero[MODEL_STATES] = {0};
        V x[MODEL_STATES], lu[MODEL_FACTORS], slope[MODEL_STATES], same[MODEL_STATES];
        V up[MODEL_STATES], down[MODEL_STATES], plus[MODEL_STATES], minus[MODEL_STATES];

        for (uint32_t k = 0; k < MODEL_STATES; k++) {
            x[k] = (V){drawn(i, 4000 + k) - 0.5};
        }
        V r[MODEL_STATES];

        memcpy(r, x, sizeof r);
        model_begin(s.c, s.y, v_num(shift), slope, lu);
        model_slope(s.c, s.y, zero, same);
        model_solve(s.c, lu, x);
        for (size_t k = 0; k < MODEL_STATES; k++) {
            CHECK_NEAR(slope[k][0], same[k][0], 1e-13 * (10.0 + fabs(same[k][0])));
            up[k] = s.y[k] + step * x[k];
            down[k] = s.y[k] - step * x[k];
        }
        model_slope(s.c, up, zero, plus);
        model_slope(s.c, down, zero, minus);
        for (size_t k = 0; k < MODEL_STATES; k++) {
            const double jx = (plus[k][0] - minus[k][0]) / (2.0 * step);

            CHECK_NEAR(shift * x[k][0] - jx, r[k][0], 2e-8);
        }
    }
}

TEST_MAIN(cmocka_unit_test(test_slopes_are_those_of_the_oracle),
          cmocka_unit_test(test_solution_fits_the_derivatives));
