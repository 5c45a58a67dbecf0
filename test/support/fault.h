/* SPDX-License-Identifier: Apache-2.0
 * test/support/fault: memory that ends on demand. Link the test with
 * -Wl,--wrap=malloc,--wrap=realloc and with fault.c; then the program's own requests are counted,
 * and one of them, and all after it, fail. One thread only. */
#pragma once

#include <stddef.h>

/* Let the next `count` requests succeed and no further one; SIZE_MAX: all. Starts counting anew. */
void fault_after(size_t count);

/* Requests since fault_after. */
size_t fault_requests(void);

/* Whether one of them was refused. */
int fault_happened(void);
