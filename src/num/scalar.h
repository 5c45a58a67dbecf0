/* SPDX-License-Identifier: Apache-2.0
 * num/scalar: the functions of num/lane_math for one number, and the normal distribution: same
 * bytes on every processor, unlike those of the C library. Pure functions. */
#pragma once

double en_exp(double x); /* x held within -708 .. 709 */
double en_log(double x); /* normal x > 0 */

/* Quantile of the standard normal distribution, 0 < p < 1: Wichura's rational functions (algorithm
 * AS 241, Applied Statistics 37:477, 1988), relative error below 1e-15. Monotone. */
double en_normal_quantile(double p);

/* Density of the standard normal distribution. */
double en_normal_density(double x);

/* Its distribution function, absolute error below 7.5e-8: Hastings' polynomial (Abramowitz and
 * Stegun 26.2.17). Cheap: one exp. */
double en_normal_cdf(double x);
