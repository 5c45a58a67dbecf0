/* SPDX-License-Identifier: Apache-2.0
 * Banned phrases: whole words, without regard to case; `*` stands for any ending of a word. */
#include "base/text.h"
#include "care/inside.h"

#include <ctype.h>
#include <string.h>

/* Bytes beyond ASCII belong to letters of other scripts. */
static bool is_letter(char c)
{
    const unsigned char byte = (unsigned char)c;

    return byte >= 0x80 || isalnum(byte) != 0;
}

static const char *end_of_word(const char *text)
{
    while (is_letter(*text)) {
        text++;
    }
    return text;
}

static bool is_same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Whether the pattern fits at the start of text, up to the end of a word. */
static bool fits(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '*') {
            text = end_of_word(text);
            continue;
        }
        if (!is_same_letter(*text, *pattern)) {
            return false;
        }
        text++;
    }
    return !is_letter(*text);
}

static bool holds(const char *text, const char *pattern)
{
    for (const char *at = text; *at != '\0'; at++) {
        if ((at == text || !is_letter(at[-1])) && fits(at, pattern)) {
            return true;
        }
    }
    return false;
}

const struct en_row *en_banned_phrase(const struct en_knowledge *k, const char *text)
{
    const struct en_table *table = en_table_get(k, "banned_phrases");

    for (size_t i = 0; text != NULL && i < table->row_count; i++) {
        if (holds(text, en_cell(&table->rows[i], "pattern"))) {
            return &table->rows[i];
        }
    }
    return NULL;
}
