#ifndef TIEOUT_SIMD_H
#define TIEOUT_SIMD_H

#include "status.h"
#include <stdbool.h>

/* Instruction sets that a kernel may be compiled for besides the plain one. They differ in speed
 * alone: no result depends on the choice. */
enum simd { SIMD_AUTO, SIMD_AVX512, SIMD_AVX2, SIMD_PORTABLE, N_SIMD };

/* "auto", "avx512", "avx2", "portable". */
const char *simd_name(enum simd simd);

/* Whether this processor and its operating system have it; auto and portable always. */
bool simd_supported(enum simd simd);

/* Makes auto the best set there is. STATUS_USAGE if the wanted one is not there, with a sentence
 * that names those that are. *chosen is written only on success, and is never SIMD_AUTO. */
enum status simd_choose(enum simd wanted, enum simd *chosen, struct error *err);

#endif
