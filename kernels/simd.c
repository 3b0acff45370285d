/* Which instruction sets the processor has: asked by cpuid, which __builtin_cpu_supports wraps,
 * including whether the operating system saves the wide registers. avx512 stands for what
 * compares bytes, sixty-four at a time (BW), not for the foundation alone. */
#include "simd.h"

const char *simd_name(enum simd simd)
{
    static const char *const name[N_SIMD] = {"auto", "avx512", "avx2", "portable"};

    return name[simd];
}

bool simd_supported(enum simd simd)
{
    if (simd == SIMD_AVX512)
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    return simd != SIMD_AVX2 || __builtin_cpu_supports("avx2");
}

/* From best to plainest. */
static enum simd find_best(void)
{
    enum simd simd = SIMD_AVX512;

    while (!simd_supported(simd))
        simd++;
    return simd;
}

enum status simd_choose(enum simd wanted, enum simd *chosen, struct error *err)
{
    if (!simd_supported(wanted))
        return error_set(err, STATUS_USAGE,
                         "--simd %s: this processor has no %s; it has %s%s: take one of these, "
                         "or auto",
                         simd_name(wanted), simd_name(wanted),
                         simd_supported(SIMD_AVX2) ? "avx2 and " : "",
                         simd_name(SIMD_PORTABLE));
    *chosen = wanted == SIMD_AUTO ? find_best() : wanted;
    return STATUS_OK;
}
