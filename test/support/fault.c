/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fault.h"

#include <stdint.h>

static size_t requests, allowed = SIZE_MAX;

void fault_after(size_t count)
{
    requests = 0;
    allowed = count;
}

size_t fault_requests(void)
{
    return requests;
}

int fault_happened(void)
{
    return requests > allowed;
}

/* The linker gives these names: what the program calls malloc, and what the C library does. */
void *__wrap_malloc(size_t size);               /* NOLINT(bugprone-reserved-identifier) */
void *__wrap_realloc(void *bytes, size_t size); /* NOLINT(bugprone-reserved-identifier) */
void *__real_malloc(size_t size);               /* NOLINT(bugprone-reserved-identifier) */
void *__real_realloc(void *bytes, size_t size); /* NOLINT(bugprone-reserved-identifier) */

void *__wrap_malloc(size_t size) /* NOLINT(bugprone-reserved-identifier) */
{
    return requests++ < allowed ? __real_malloc(size) : NULL;
}

void *__wrap_realloc(void *bytes, size_t size) /* NOLINT(bugprone-reserved-identifier) */
{
    return requests++ < allowed ? __real_realloc(bytes, size) : NULL;
}
