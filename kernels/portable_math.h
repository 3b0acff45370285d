#ifndef TIEOUT_PORTABLE_MATH_H
#define TIEOUT_PORTABLE_MATH_H

#include <stddef.h>

/* Elementary functions with the same bits on every x86-64 machine. */

/* 2^x[i] into power[i], to 1.2 ulp, for x in [-1000, 1000]. power may be x. */
void portable_exp2(const double *x, size_t n, double *power);

/* Natural logarithm of a finite x >= 1: the nearest double, or in about one case of a thousand
 * its neighbour. */
double portable_log(double x);

#endif
