/* exp2 and log against the long double functions of libm, and values that must never change. */
#include "portable_math.h"
#include "suite.h"

#include <float.h>
#include <math.h>

static double ulps(double value, long double exact)
{
    int exponent;

    frexpl(exact, &exponent);
    return (double)fabsl((value - exact) / ldexpl(1, exponent - DBL_MANT_DIG));
}

static void exp2_is_near_the_exact(void)
{
    double worst = 0;

    for (int i = -40000; i <= 40000; i++) {
        double x = i / 40.0 + i * 1e-7;
        double power;
        if (fabs(x) > 1000)
            continue;
        portable_exp2(&x, 1, &power);
        double off = ulps(power, exp2l((long double)x));
        worst = off > worst ? off : worst;
    }
    CU_ASSERT(worst <= 1.2);
    CU_ASSERT(worst > 0);
}

static void exp2_of_integers_is_exact(void)
{
    for (int i = -1000; i <= 1000; i++) {
        double x = i;
        double power;
        portable_exp2(&x, 1, &power);
        CU_ASSERT_EQUAL(power, ldexp(1, i));
    }
}

static void exp2_rises_near_halves(void)
{
    for (int i = -20; i < 20; i++) {
        double x[3] = {nextafter(i + 0.5, -INFINITY), i + 0.5, nextafter(i + 0.5, INFINITY)};
        double power[3];
        portable_exp2(x, 3, power);
        for (int k = 0; k < 3; k++)
            CU_ASSERT(ulps(power[k], exp2l((long double)x[k])) <= 1.2);
    }
}

static void exp2_may_overwrite_its_input(void)
{
    double x[37];
    double apart[37];

    for (int i = 0; i < 37; i++)
        x[i] = -i / 17.0;
    portable_exp2(x, 37, apart);
    portable_exp2(x, 37, x);
    for (int i = 0; i < 37; i++)
        CU_ASSERT_EQUAL(x[i], apart[i]);
}

static void exp2_of_none_writes_nothing(void)
{
    double power = 5;

    portable_exp2(&power, 0, &power);
    CU_ASSERT_EQUAL(power, 5);
}

/* A value's place in an array must not change it: vector and remainder loops agree. */
static void exp2_does_not_depend_on_the_place(void)
{
    enum { N = 67 };
    double x[N];
    double together[N];

    for (int i = 0; i < N; i++)
        x[i] = -0.0123 * i * i;
    portable_exp2(x, N, together);
    for (int i = 0; i < N; i++) {
        double alone;
        portable_exp2(&x[i], 1, &alone);
        CU_ASSERT_EQUAL(alone, together[i]);
    }
}

static void log_is_the_rounded_long_double(void)
{
    int differ = 0;

    for (int i = 1; i <= 65536; i++) {
        long double exact = logl((long double)i);
        double ours = portable_log(i);
        if (i > 1)
            CU_ASSERT(ulps(ours, exact) <= 0.51);
        differ += ours != (double)exact;
    }
    CU_ASSERT(differ < 65);
    CU_ASSERT_EQUAL(portable_log(1), 0);
}

static void log_of_large_values(void)
{
    static const double LARGE[] = {1e6, 9007199254740993.0, 1e19, 1e300, DBL_MAX,
                                   1.5, 2.718281828459045};

    for (size_t i = 0; i < sizeof LARGE / sizeof LARGE[0]; i++)
        CU_ASSERT(ulps(portable_log(LARGE[i]), logl((long double)LARGE[i])) <= 0.51);
}

static void bits_are_fixed(void)
{
    double x[4] = {-0.5, -0.4, -1.0 / 3, -0.61803398874989};
    double power[4];

    portable_exp2(x, 4, power);
    CU_ASSERT_EQUAL(power[0], 0x1.6a09e667f3bccp-1);
    CU_ASSERT_EQUAL(power[1], 0x1.8406003b2ae5cp-1);
    CU_ASSERT_EQUAL(power[2], 0x1.965fea53d6e3dp-1);
    CU_ASSERT_EQUAL(power[3], 0x1.4d990a21abb68p-1);
    CU_ASSERT_EQUAL(portable_log(255), 0x1.62a40fda3e3ccp+2);
}

static const struct fact FACTS[] = {
    {"exp2 is within 1.2 ulp", exp2_is_near_the_exact},
    {"exp2 of an integer is exact", exp2_of_integers_is_exact},
    {"exp2 is as good where it changes its integer", exp2_rises_near_halves},
    {"exp2 may overwrite its input", exp2_may_overwrite_its_input},
    {"exp2 of no values writes nothing", exp2_of_none_writes_nothing},
    {"exp2 of a value does not depend on its place", exp2_does_not_depend_on_the_place},
    {"log of 1 to 65536 is the long double's, rounded", log_is_the_rounded_long_double},
    {"log of large values", log_of_large_values},
    {"bits are the same in every build", bits_are_fixed},
};

int main(void)
{
    return suite_run("portable_math", FACTS, sizeof FACTS / sizeof FACTS[0]);
}
