/* SPDX-License-Identifier: Apache-2.0
 * Compiled for this processor, with fused multiply-adds. */
#include "peak.h"

#include "task.h"

#include <math.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif

/* Chains: more than latency (4 cycles) times units (2), as few as 16 registers hold. */
enum { CHAINS = 12, ROUNDS = 4000000, REPEATS = 5 };

typedef double double_vector __attribute__((vector_size(BYTES)));
typedef float single_vector __attribute__((vector_size(BYTES)));

static volatile double sink;

#define PEAK(name, vector, element)                                                                \
    static double name(void)                                                                       \
    {                                                                                              \
        vector x[CHAINS], a = (vector){0} + (element)0.999, b = (vector){0} + (element)0.001;      \
        double sum = 0.0;                                                                          \
                                                                                                   \
        for (int k = 0; k < CHAINS; k++) {                                                         \
            x[k] = a + (element)k;                                                                 \
        }                                                                                          \
        const double start = cpu_s();                                                              \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            _Pragma("GCC unroll 12") for (int k = 0; k < CHAINS; k++)                              \
            {                                                                                      \
                x[k] = x[k] * a + b;                                                               \
            }                                                                                      \
        }                                                                                          \
        const double seconds = cpu_s() - start;                                                    \
        for (int k = 0; k < CHAINS; k++) {                                                         \
            sum += (double)x[k][0];                                                                \
        }                                                                                          \
        sink = sum;                                                                                \
        return 2.0 * CHAINS * (BYTES / sizeof(element)) * (double)ROUNDS / seconds;                \
    }

PEAK(run_double, double_vector, double)
PEAK(run_single, single_vector, float)

double peak_double(void)
{
    double best = 0.0;

    for (int i = 0; i < REPEATS; i++) {
        best = fmax(best, run_double());
    }
    return best;
}

double peak_single(void)
{
    double best = 0.0;

    for (int i = 0; i < REPEATS; i++) {
        best = fmax(best, run_single());
    }
    return best;
}
