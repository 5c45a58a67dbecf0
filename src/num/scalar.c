/* SPDX-License-Identifier: Apache-2.0 */
#include "num/scalar.h"

#include "num/lane_math.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

double en_exp(double x)
{
    return en_lane_exp(en_lane_all(x))[0];
}

double en_log(double x)
{
    return en_lane_log(en_lane_all(x))[0];
}

/* Numerator and denominator of one of the three ranges of AS 241, highest power first. */
struct rational {
    double top[8], bottom[8];
};

static const struct rational MIDDLE = {
    {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
     4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
     1.3314166789178437745e+2, 3.3871328727963666080e+0},
    {5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
     2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2,
     4.2313330701600911252e+1, 1.0}};
static const struct rational TAIL = {
    {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
     4.63033784615654529590e+0, 1.42343711074968357734e+0},
    {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0,
     2.05319162663775882187e+0, 1.0}};
static const struct rational FAR_TAIL = {
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
     5.46378491116411436990e+0, 6.65790464350110377720e+0},
    {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0}};

static double ratio(const struct rational *r, double x)
{
    double top = r->top[0], bottom = r->bottom[0];

    for (size_t i = 1; i < 8; i++) {
        top = top * x + r->top[i];
        bottom = bottom * x + r->bottom[i];
    }
    return top / bottom;
}

double en_normal_quantile(double p)
{
    const double q = p - 0.5;

    if (fabs(q) <= 0.425) {
        return q * ratio(&MIDDLE, 0.180625 - q * q);
    }
    const double r = sqrt(-en_log(q < 0.0 ? p : 1.0 - p));
    const double x = r <= 5.0 ? ratio(&TAIL, r - 1.6) : ratio(&FAR_TAIL, r - 5.0);

    return q < 0.0 ? -x : x;
}

double en_normal_density(double x)
{
    return 0.39894228040143267794 * en_exp(-0.5 * x * x);
}

double en_normal_cdf(double x)
{
    const double t = 1.0 / (1.0 + 0.2316419 * fabs(x));
    const double series =
        t * (0.319381530 +
             t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    const double tail = en_normal_density(x) * series;

    return x > 0.0 ? 1.0 - tail : tail;
}

double en_logistic(double x)
{
    return 1.0 / (1.0 + en_exp(-x));
}

double en_logit(double p)
{
    return en_log(p / (1.0 - p));
}

double en_student4_density(double x)
{
    return en_lane_student4_density(en_lane_all(x))[0];
}

double en_student4_cdf(double x)
{
    return en_lane_student4_cdf(en_lane_all(x))[0];
}

/* From five degrees of freedom on the expansion of Cornish and Fisher around the normal quantile
 * (Abramowitz and Stegun 26.7.5); below, between the exact values of whole degrees, where what
 * exceeds the normal quantile is nearly a power of df. */
double en_student_critical(double df)
{
    static const double EXACT[] = {12.706205, 4.302653, 3.182446, 2.776445, 2.570582};
    const double z = 1.959963984540054, z2 = z * z;

    if (!(df < 5.0)) {
        const double g1 = z * (z2 + 1.0) / 4.0;
        const double g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
        const double g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
        const double g4 =
            z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0;

        return z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df;
    }
    const double held = df > 1.0 ? df : 1.0;
    const size_t low = (size_t)held - 1;
    const double below = en_log(EXACT[low] - z), above = en_log(EXACT[low + 1] - z);
    const double part =
        en_log(held / (double)(low + 1)) / en_log((double)(low + 2) / (double)(low + 1));

    return z + en_exp(below + part * (above - below));
}

double en_chi_square_above(double x, int df)
{
    const bool is_odd = df % 2 == 1;
    double term, sum;

    if (!(x > 0.0)) {
        return 1.0;
    }
    if (is_odd) {
        term = 2.0 * en_normal_density(sqrt(x)) / sqrt(x); /* of x^(-1/2): the first is the next */
        sum = 2.0 * en_normal_cdf(-sqrt(x));
    } else {
        term = en_exp(-0.5 * x);
        sum = term;
    }
    for (int k = is_odd ? 1 : 2; k < df; k += 2) {
        term *= x / k;
        sum += term;
    }
    return sum;
}
