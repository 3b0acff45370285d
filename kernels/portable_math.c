/* Elementary functions that do not depend on the machine.
 *
 * libm picks its variants by the processor (fused multiply-add or not), and they differ in the
 * last bit; here everything is additions, multiplications and divisions, which IEEE 754 fixes,
 * in an order the compiler may not change. exp2 is Taylor's series around the nearest integer,
 * without a table or a branch, so that it vectorises; log runs in long double, to be rounded
 * once at the end, and is not meant for inner loops. */
#include "portable_math.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { EXP2_TERMS = 14, LOG_TERMS = 14, FRACTION_BITS = 52 };

/* ln(2)^k / k!, each rounded to double. */
static const double EXP2_TERM[EXP2_TERMS] = {
    1.0,
    0.6931471805599453,
    0.24022650695910072,
    0.05550410866482158,
    0.009618129107628477,
    0.0013333558146428443,
    0.0001540353039338161,
    1.5252733804059841e-05,
    1.321548679014431e-06,
    1.01780860092397e-07,
    7.054911620801123e-09,
    4.4455382718708116e-10,
    2.5678435993488206e-11,
    1.3691488853904128e-12,
};

/* 1.5 * 2^52: added to a small number it leaves the nearest integer in the low bits. */
static const double ROUNDER = 6755399441055744.0;

static const long double LN_2 = 0.693147180559945309417232121458176568L;

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double exp2_of(double x)
{
    double shifted = x + ROUNDER;
    double fraction = x - (shifted - ROUNDER);
    double sum = EXP2_TERM[EXP2_TERMS - 1];

    for (int k = EXP2_TERMS - 2; k >= 0; k--)
        sum = EXP2_TERM[k] + fraction * sum;
    uint64_t scaled = bits_of(sum) + (bits_of(shifted) << FRACTION_BITS);
    double power;
    memcpy(&power, &scaled, sizeof power);
    return power;
}

void portable_exp2(const double *x, size_t n, double *power)
{
    for (size_t i = 0; i < n; i++)
        power[i] = exp2_of(x[i]);
}

/* x = m 2^e with m in [1/sqrt 2, sqrt 2); ln m = 2 (s + s^3 / 3 + s^5 / 5 ...) with
 * s = (m - 1) / (m + 1), |s| < 0.172: fourteen terms reach 2^-73. */
double portable_log(double x)
{
    assert(x >= 1 && isfinite(x));
    int exponent;
    double m = frexp(x, &exponent);

    if (m < 0.70710678118654752) {
        m *= 2;
        exponent--;
    }
    long double s = ((long double)m - 1) / ((long double)m + 1);
    long double square = s * s;
    long double sum = 0;
    for (int k = LOG_TERMS - 1; k >= 0; k--)
        sum = sum * square + 1.0L / (2 * k + 1);
    return (double)(exponent * LN_2 + 2 * s * sum);
}
