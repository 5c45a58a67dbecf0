/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 64 << 10 };

struct en_arena_block {
    struct en_arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

static size_t aligned(size_t size)
{
    const size_t step = alignof(max_align_t);

    return (size + step - 1) / step * step;
}

/* The next block with room for size bytes: an emptied one of before a rewind, or a new one. */
static struct en_arena_block *block_with_room(struct en_arena *a, size_t size)
{
    struct en_arena_block *b = a->current;

    if (b != NULL && b->size - b->used >= size) {
        return b;
    }
    for (b = b == NULL ? a->first : b->next; b != NULL; b = b->next) {
        b->used = 0;
        if (b->size >= size) {
            return b;
        }
    }
    const size_t room = size > BLOCK_MIN ? size : BLOCK_MIN;

    b = room > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + room);
    if (b == NULL) {
        return NULL;
    }
    b->size = room;
    b->used = 0;
    /* Insert behind the current block, so that blocks before it are never reused early. */
    if (a->current == NULL) {
        b->next = a->first;
        a->first = b;
    } else {
        b->next = a->current->next;
        a->current->next = b;
    }
    return b;
}

void *en_arena_take(struct en_arena *a, size_t size, size_t count)
{
    assert(a != NULL);
    if (count != 0 && size > (a->limit - a->used) / count) {
        return NULL;
    }
    const size_t need = aligned(size * count);

    if (need < size * count || need > a->limit - a->used) { /* rounding up may wrap */
        return NULL;
    }
    struct en_arena_block *b = block_with_room(a, need);

    if (b == NULL) {
        return NULL;
    }
    void *result = b->bytes + b->used;

    memset(result, 0, need);
    b->used += need;
    a->current = b;
    a->used += need;
    a->peak = a->used > a->peak ? a->used : a->peak;
    return result;
}

char *en_arena_copy(struct en_arena *a, const char *text, size_t size)
{
    const size_t length = size == SIZE_MAX ? strlen(text) : size;
    char *copy = EN_NEW(a, char, length + 1);

    if (copy != NULL && length > 0) {
        /* The arena's memory is zeroed, so the end is there. */
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
        memcpy(copy, text, length);
    }
    return copy;
}

char *en_arena_vprint(struct en_arena *a, const char *format, va_list args)
{
    va_list measured;

    va_copy(measured, args);
    const int length = vsnprintf(NULL, 0, format, measured);
    char *text = length < 0 ? NULL : EN_NEW(a, char, (size_t)length + 1);

    va_end(measured);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)length + 1, format, args);
    }
    return text;
}

char *en_arena_print(struct en_arena *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = en_arena_vprint(a, format, args);

    va_end(args);
    return text;
}

struct en_arena_mark en_arena_mark(const struct en_arena *a)
{
    return (struct en_arena_mark){
        .block = a->current,
        .block_used = a->current == NULL ? 0 : a->current->used,
        .used = a->used,
    };
}

void en_arena_rewind(struct en_arena *a, struct en_arena_mark mark)
{
    assert(mark.used <= a->used);
    a->current = mark.block;
    if (mark.block != NULL) {
        mark.block->used = mark.block_used;
    }
    a->used = mark.used;
}

void en_arena_free(struct en_arena *a)
{
    struct en_arena_block *b = a->first;

    while (b != NULL) {
        struct en_arena_block *next = b->next;

        free(b);
        b = next;
    }
    *a = (struct en_arena){.limit = a->limit};
}
