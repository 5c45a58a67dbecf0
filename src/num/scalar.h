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

/* 1 / (1 + e^-x), and its inverse for 0 < p < 1. */
double en_logistic(double x);
double en_logit(double p);

/* Density and distribution function of Student's t with 4 degrees of freedom, variance 2; exact but
 * for rounding, far tails too. */
double en_student4_density(double x);
double en_student4_cdf(double x);

/* Two-sided 5 % point of Student's t with df >= 1 degrees of freedom (need not be whole): relative
 * error below 2e-4 for whole degrees and from 5 on, 2e-3 from 3, 1e-2 from 2, 6e-2 between 1 and
 * 2. */
double en_student_critical(double df);

/* How often a chi-square number with df >= 1 (whole) degrees of freedom is larger than x: finite
 * sums (Abramowitz and Stegun 26.4.4 and 26.4.5), absolute error below 2e-7. */
double en_chi_square_above(double x, int df);
