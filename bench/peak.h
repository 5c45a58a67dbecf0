/* SPDX-License-Identifier: Apache-2.0
 * bench/peak: the largest rate of useful operations that this core reaches. */
#pragma once

/* Independent fused multiply-adds in the widest registers [operations/s], two per element. */
double peak_double(void);
double peak_single(void);
