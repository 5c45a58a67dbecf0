/* SPDX-License-Identifier: Apache-2.0
 * Any text is either refused with a place inside it, or it is an expression that
 * - reads the same from its own text,
 * - names a missing fact just when it is unknown,
 * - keeps its answer when more facts become known (without known(), which is about knowledge). */
#include "base/text.h"
#include "fuzz.h"
#include "support/small_tables.h"

enum { FACTS_MAX = 16, TODAY = 20000, ROUNDS = 4 };

static struct en_arena tables_arena = {.limit = 1 << 20};
static struct en_knowledge *knowledge;

/* The small tables, once per process. */
static void load(void)
{
    struct small s = small_make();
    struct en_problems problems;

    if (knowledge == NULL) {
        PROPERTY(en_tables_load(s.files, &tables_arena, &knowledge, &problems, NULL) == EN_OK);
        PROPERTY(en_table_get(knowledge, "facts")->row_count <= FACTS_MAX);
    }
}

/* A value for every fact, out of a hash. */
static void fill(struct en_fact *facts, size_t count, uint64_t hash)
{
    static const char *const CODES[] = {"P", "D", "N"};

    for (size_t i = 0; i < count; i++) {
        const unsigned draw = (unsigned)(hash >> (4 * i)) & 15U;

        facts[i] = (struct en_fact){.kind = knowledge->facts[i].kind,
                                    .truth = draw % 2 == 1,
                                    .number = draw,
                                    .code = CODES[draw % EN_COUNT(CODES)],
                                    .date = TODAY - (en_day)draw,
                                    .as_of = TODAY};
    }
}

static void check_round(const struct en_expr *e, const struct en_expr *again, uint64_t hash)
{
    const size_t count = en_table_get(knowledge, "facts")->row_count;
    struct en_fact facts[FACTS_MAX];
    size_t missing[FACTS_MAX];
    const struct en_fact_view view = {.knowledge = knowledge, .facts = facts, .today = TODAY};

    fill(facts, count, hash);
    const enum en_truth whole = en_expr_truth(e, &view);

    PROPERTY(en_expr_truth(again, &view) == whole);
    for (size_t i = 0; i < count; i++) {
        if ((hash >> (40 + i) & 1) != 0) {
            facts[i] = (struct en_fact){0};
        }
    }
    const enum en_truth part = en_expr_truth(e, &view);
    const size_t left = en_expr_missing(e, &view, missing, FACTS_MAX);

    /* With all facts, only a number without a value (a division by zero) is unknown. */
    PROPERTY(part == EN_UNKNOWN || left == 0);
    PROPERTY(part == EN_UNKNOWN || part == whole || strstr(en_expr_text(e), "known") != NULL);
    PROPERTY(part != EN_UNKNOWN || left > 0 || strchr(en_expr_text(e), '/') != NULL ||
             strchr(en_expr_text(e), '*') != NULL || strchr(en_expr_text(e), '+') != NULL ||
             strchr(en_expr_text(e), '-') != NULL);
}

/* "at character N, ..." with N inside the text or just behind it. */
static void check_refusal(const char *message, size_t size)
{
    static const char START[] = "at character ";
    char digits[24] = "";
    long long place = 0;

    PROPERTY(en_text_starts(message, START));
    const size_t length = strcspn(message + strlen(START), ",");

    PROPERTY(length < sizeof digits);
    memcpy(digits, message + strlen(START), length);
    PROPERTY(en_text_integer(digits, 1, (long long)size + 1, &place));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(4 << 20);
    struct en_expr *e = NULL, *again = NULL;
    struct en_err err = {""};

    load();
    const char *text = en_arena_copy(&a, (const char *)bytes, size < 4096 ? size : 4096);
    const enum en_status status = en_expr_parse(knowledge, &a, text, &e, &err);

    if (status == EN_OK) {
        PROPERTY(en_expr_parse(knowledge, &a, en_expr_text(e), &again, &err) == EN_OK);
        for (uint64_t i = 0; i < ROUNDS; i++) {
            check_round(e, again, en_hash(EN_HASH_START + i, bytes, size));
        }
    } else {
        PROPERTY(status == EN_EINVAL && e == NULL);
        check_refusal(err.text, strlen(text));
    }
    en_arena_free(&a);
    return 0;
}
