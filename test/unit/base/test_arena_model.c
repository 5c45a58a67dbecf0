/* SPDX-License-Identifier: Apache-2.0
 * The arena against a model of it: thousands of random takes, marks and rewinds, with every byte
 * that is held checked against what was written there. */
#include "base/arena.h"

#include "support/check.h"
#include "unit/base/dice.h"

enum { PIECES_MAX = 400, MARKS_MAX = 20, STEPS = 20000, LIMIT = 3 << 20 };

/* What the arena should hold: pieces in order, each filled with its own byte. */
struct model {
    struct en_arena arena;
    struct {
        unsigned char *bytes;
        size_t size;
        unsigned char fill;
    } pieces[PIECES_MAX];
    struct {
        struct en_arena_mark mark;
        size_t piece_count, used;
    } marks[MARKS_MAX];
    size_t piece_count, mark_count, used, peak;
};

static size_t rounded(size_t size)
{
    const size_t step = _Alignof(max_align_t);

    return (size + step - 1) / step * step;
}

/* Mostly small, sometimes larger than a block, now and then more than there is. */
static size_t any_size(struct dice *d)
{
    switch (dice_below(d, 10)) {
    case 0:
        return 0;
    case 1:
        return (64 << 10) - 8 + dice_below(d, 16);
    case 2:
        return dice_below(d, 300 << 10);
    default:
        return dice_below(d, 500);
    }
}

static void take(struct model *m, struct dice *d)
{
    const size_t size = any_size(d);
    unsigned char *bytes = EN_NEW(&m->arena, unsigned char, size);
    const bool should_fit = rounded(size) <= LIMIT - m->used;

    CHECK((bytes != NULL) == should_fit);
    if (bytes == NULL) {
        return;
    }
    CHECK((uintptr_t)bytes % _Alignof(max_align_t) == 0);
    for (size_t i = 0; i < size; i++) {
        CHECK(bytes[i] == 0); /* also where something was before a rewind */
    }
    m->used += rounded(size);
    m->peak = m->used > m->peak ? m->used : m->peak;
    memset(bytes, 1 + (int)dice_below(d, 255), size);
    m->pieces[m->piece_count].bytes = bytes;
    m->pieces[m->piece_count].size = size;
    m->pieces[m->piece_count++].fill = size == 0 ? 0 : bytes[0];
}

static void set_mark(struct model *m)
{
    if (m->mark_count < MARKS_MAX) {
        m->marks[m->mark_count].mark = en_arena_mark(&m->arena);
        m->marks[m->mark_count].piece_count = m->piece_count;
        m->marks[m->mark_count++].used = m->used;
    }
}

static void rewind_to_any(struct model *m, struct dice *d)
{
    if (m->mark_count > 0) {
        m->mark_count = dice_below(d, m->mark_count);
        en_arena_rewind(&m->arena, m->marks[m->mark_count].mark);
        m->piece_count = m->marks[m->mark_count].piece_count;
        m->used = m->marks[m->mark_count].used;
    }
}

static void check_pieces(const struct model *m)
{
    CHECK(m->arena.used == m->used && m->arena.peak == m->peak);
    for (size_t i = 0; i < m->piece_count; i++) {
        for (size_t j = 0; j < m->pieces[i].size; j += 1 + m->pieces[i].size / 8) {
            CHECK(m->pieces[i].bytes[j] == m->pieces[i].fill);
        }
        CHECK(m->pieces[i].size == 0 ||
              m->pieces[i].bytes[m->pieces[i].size - 1] == m->pieces[i].fill);
    }
}

/* Nothing that is held is ever changed by what is taken later, whatever the marks in between; the
 * ceiling is kept to the byte. */
static void test_arena_behaves_like_its_model(void **state)
{
    static struct model m;
    struct dice d = {2026};

    (void)state;
    m = (struct model){.arena = {.limit = LIMIT}};
    for (size_t step = 0; step < STEPS; step++) {
        const size_t choice = dice_below(&d, 20);

        if (choice == 0 || m.piece_count == PIECES_MAX) {
            rewind_to_any(&m, &d);
            if (m.piece_count == PIECES_MAX) { /* no mark was set */
                en_arena_free(&m.arena);
                m = (struct model){.arena = {.limit = LIMIT}};
            }
        } else if (choice < 4) {
            set_mark(&m);
        } else {
            take(&m, &d);
        }
        if (step % 16 == 0) {
            check_pieces(&m);
        }
    }
    check_pieces(&m);
    en_arena_free(&m.arena);
    CHECK(m.arena.used == 0 && m.arena.first == NULL && m.arena.limit == LIMIT);
}

/* A rewound arena needs no new memory for the same work: blocks are found again. */
static void test_arena_reuses_its_blocks(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_arena_mark start = en_arena_mark(&a);
    char *first[50] = {NULL};

    (void)state;
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < EN_COUNT(first); i++) {
            char *p = EN_NEW(&a, char, 1000 * (i + 1));

            CHECK(p != NULL && (round == 0 || p == first[i]));
            first[i] = p;
        }
        en_arena_rewind(&a, start);
        CHECK(a.used == 0);
    }
    en_arena_free(&a);
}

/* Sizes whose sum or product wraps around are refused, also without any ceiling. */
static void test_arena_refuses_sizes_that_wrap(void **state)
{
    struct en_arena a = EN_ARENA(SIZE_MAX);

    (void)state;
    CHECK(EN_NEW(&a, char, SIZE_MAX) == NULL);
    CHECK(EN_NEW(&a, char, SIZE_MAX - 7) == NULL);
    CHECK(EN_NEW(&a, char, SIZE_MAX - 15) == NULL);
    CHECK(EN_NEW(&a, double, SIZE_MAX / sizeof(double)) == NULL);
    CHECK(EN_NEW(&a, double, SIZE_MAX / 2) == NULL);
    CHECK(a.used == 0);
    CHECK(EN_NEW(&a, char, 10) != NULL);
    en_arena_free(&a);
}

/* Printing and copying stop at the ceiling like everything else, and never write half a text. */
static void test_arena_text_at_the_ceiling(void **state)
{
    (void)state;
    for (size_t limit = 0; limit <= 64; limit++) {
        struct en_arena a = EN_ARENA(limit), b = EN_ARENA(limit);
        const char *printed = en_arena_print(&a, "%s %d", "0123456789abcdef", 42);
        const char *copied = en_arena_copy(&b, "0123456789abcdef 42", SIZE_MAX);

        CHECK((printed != NULL) == (limit >= rounded(20)));
        CHECK((copied != NULL) == (limit >= rounded(20)));
        if (printed != NULL) {
            CHECK_TEXT(printed, "0123456789abcdef 42");
            CHECK_TEXT(copied, printed);
        }
        en_arena_free(&a);
        en_arena_free(&b);
    }
}

TEST_MAIN(cmocka_unit_test(test_arena_behaves_like_its_model),
          cmocka_unit_test(test_arena_reuses_its_blocks),
          cmocka_unit_test(test_arena_refuses_sizes_that_wrap),
          cmocka_unit_test(test_arena_text_at_the_ceiling));
