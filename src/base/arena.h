/* SPDX-License-Identifier: Apache-2.0
 * base/arena: memory that is given back all at once.
 *
 * Blocks are taken from the system as needed, up to a ceiling. One arena belongs to one thread.
 * Results of most functions live in the arena that the caller hands in. */
#pragma once

#include "base/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct en_arena_block;

struct en_arena {
    struct en_arena_block *first, *current;
    size_t used;  /* bytes handed out since the start */
    size_t peak;  /* largest value of used */
    size_t limit; /* ceiling of used; 0 is a closed arena: every request fails */
};

struct en_arena_mark {
    struct en_arena_block *block;
    size_t block_used, used;
};

#define EN_ARENA(limit_bytes) ((struct en_arena){.limit = (limit_bytes)})

/* count objects of a type, zeroed and aligned for any type; NULL when the ceiling or the system's
 * memory is reached. count 0 gives a valid pointer that must not be read. */
#define EN_NEW(arena, type, count) ((type *)en_arena_take((arena), sizeof(type), (count)))

void *en_arena_take(struct en_arena *a, size_t size, size_t count);

/* A copy of text (size bytes, or up to its end when size is SIZE_MAX), ended by NUL. NULL when the
 * arena is full. */
char *en_arena_copy(struct en_arena *a, const char *text, size_t size);

/* Formatted text in the arena; NULL when the arena is full. */
char *en_arena_print(struct en_arena *a, const char *format, ...) EN_PRINTF(2, 3);

/* The same with an argument list, which is used up. */
char *en_arena_vprint(struct en_arena *a, const char *format, va_list args) EN_PRINTF(2, 0);

struct en_arena_mark en_arena_mark(const struct en_arena *a);

/* Give back all that was taken since the mark; the blocks stay for reuse. */
void en_arena_rewind(struct en_arena *a, struct en_arena_mark mark);

/* Give everything back to the system. Accepts a zeroed arena. */
void en_arena_free(struct en_arena *a);
