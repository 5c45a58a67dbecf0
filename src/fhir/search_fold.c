/* SPDX-License-Identifier: Apache-2.0
 * Folding of text for string search: what a reader would type for what is written. */
#include "base/text.h"
#include "fhir/search.h"

#include <string.h>

enum { PAGE = 32, GROWTH = 3 };

/* Letters of Latin, Greek and Cyrillic without case and accents, by pages of 32 code points; "-"
 * stands for itself. Made from Unicode's compatibility decompositions and lower case, with what
 * has none (o with stroke, ae, sharp s) as it is commonly typed. In order. */
static const struct page {
    uint32_t first;
    const char *letters;
} PAGES[] = {
    {0x00A0, "- - - - - - - - - - a - - - - - - - - - - - - - - - - - - - - -"},
    {0x00C0, "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th ss"},
    {0x00E0, "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th y"},
    {0x0100, "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g"},
    {0x0120, "g g g g h h h h i i i i i i i i i i ij ij j j k k k l l l l l l l"},
    {0x0140, "l l l n n n n n n n ŋ - o o o o o o oe oe r r r r r r s s s s s s"},
    {0x0160, "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s"},
    {0x0180, "b ɓ ƃ - ƅ - ɔ ƈ - ɖ ɗ ƌ - - ǝ ə ɛ ƒ - ɠ ɣ - ɩ i ƙ - l - ɯ ɲ - ɵ"},
    {0x01A0, "o o ƣ - ƥ - ʀ ƨ - ʃ - - ƭ - ʈ u u ʊ ʋ ƴ - z z ʒ ƹ - - - ƽ - - -"},
    {0x01C0, "- - - - dz dz dz lj lj lj nj nj nj a a i i o o u u u u u u u u u u - a a"},
    {0x01E0, "a a ae ae g g g g k k o o o o ʒ ʒ j dz dz dz g g ƕ ƿ n n a a ae ae o o"},
    {0x0200, "a a a a e e e e i i i i o o o o r r r r u u u u s s t t ȝ - h h"},
    {0x0220, "ƞ - ȣ - ȥ - a a e e o o o o o o o o y y - - - - - - a c c l t -"},
    {0x0240, "- ɂ - b ʉ ʌ e e j j ɋ - r r y y - - - - - - - - - - - - - - - -"},
    {0x0360, "- - - - - - - - - - - - - - - - ͱ - ͳ - ʹ - ͷ - - - - - - - - ϳ"},
    {0x0380, "- - - - - - α - ε η ι - ο - υ ω ι α β γ δ ε ζ η θ ι κ λ μ ν ξ ο"},
    {0x03A0, "π ρ - σ τ υ φ χ ψ ω ι υ α ε η ι υ - - - - - - - - - - - - - - -"},
    {0x03C0, "- - σ - - - - - - - ι υ ο υ ω ϗ β θ υ υ υ φ π - ϙ - ϛ - ϝ - ϟ -"},
    {0x03E0, "ϡ - ϣ - ϥ - ϧ - ϩ - ϫ - ϭ - ϯ - κ ρ σ - θ ε - ϸ - σ ϻ - - ͻ ͼ ͽ"},
    {0x0400, "е е ђ г є ѕ і і ј љ њ ћ к и у џ а б в г д е ж з и и к л м н о п"},
    {0x0420, "р с т у ф х ц ч ш щ ъ ы ь э ю я - - - - - - - - - и - - - - - -"},
    {0x0440, "- - - - - - - - - - - - - - - - е е - г - - - і - - - - к и у -"},
    {0x0460, "ѡ - ѣ - ѥ - ѧ - ѩ - ѫ - ѭ - ѯ - ѱ - ѳ - ѵ - ѵ ѵ ѹ - ѻ - ѽ - ѿ -"},
    {0x0480, "ҁ - - - - - - - - - ҋ - ҍ - ҏ - ґ - ғ - ҕ - җ - ҙ - қ - ҝ - ҟ -"},
    {0x04A0, "ҡ - ң - ҥ - ҧ - ҩ - ҫ - ҭ - ү - ұ - ҳ - ҵ - ҷ - ҹ - һ - ҽ - ҿ -"},
    {0x04C0, "ӏ ж ж ӄ - ӆ - ӈ - ӊ - ӌ - ӎ - - а а а а ӕ - е е ә - ә ә ж ж з з"},
    {0x04E0, "ӡ - и и и и о о ө - ө ө э э у у у у у у ч ч ӷ - ы ы ӻ - ӽ - ӿ -"},
    {0x0500, "ԁ - ԃ - ԅ - ԇ - ԉ - ԋ - ԍ - ԏ - ԑ - ԓ - ԕ - ԗ - ԙ - ԛ - ԝ - ԟ -"},
    {0x0520, "ԡ - ԣ - ԥ - ԧ - ԩ - ԫ - ԭ - ԯ - - - - - - - - - - - - - - - - -"},
    {0x1E00, "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f"},
    {0x1E20, "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m"},
    {0x1E40, "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r"},
    {0x1E60, "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v"},
    {0x1E80, "w w w w w w w w w w x x x x y y z z z z z z h t w y aʾ s - - ss -"},
    {0x1EA0, "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e"},
    {0x1EC0, "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o"},
    {0x1EE0, "o o o o u u u u u u u u u u u u u u y y y y y y y y ỻ - ỽ - ỿ -"},
    {0x1F00, "α α α α α α α α α α α α α α α α ε ε ε ε ε ε - - ε ε ε ε ε ε - -"},
    {0x1F20, "η η η η η η η η η η η η η η η η ι ι ι ι ι ι ι ι ι ι ι ι ι ι ι ι"},
    {0x1F40, "ο ο ο ο ο ο - - ο ο ο ο ο ο - - υ υ υ υ υ υ υ υ - υ - υ - υ - υ"},
    {0x1F60, "ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω α α ε ε η η ι ι ο ο υ υ ω ω - -"},
    {0x1F80, "α α α α α α α α α α α α α α α α η η η η η η η η η η η η η η η η"},
    {0x1FA0, "ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω α α α α α - α α α α α α α - ι -"},
    {0x1FC0, "- - η η η - η η ε ε η η η - - - ι ι ι ι - - ι ι ι ι ι ι - - - -"},
    {0x1FE0, "υ υ υ υ ρ ρ υ υ υ υ υ υ ρ - - - - - ω ω ω - ω ω ο ο ω ω ω - - -"},
};

/* Ranges of combining marks, which are dropped. */
static const uint32_t MARKS[][2] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x1AB0, 0x1AFF},
                                    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F}};

/* The letter that begins here and its bytes; a malformed byte is one that nothing replaces. */
static uint32_t letter_at(const char *text, size_t *size)
{
    const unsigned char *p = (const unsigned char *)text;
    const size_t length = p[0] < 0xC0 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t letter = p[0] & (0x7FU >> length);

    *size = 1;
    if (p[0] < 0x80) {
        return p[0];
    }
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0U) != 0x80U) {
            return 0xFFFD;
        }
        letter = letter << 6 | (p[i] & 0x3FU);
    }
    *size = length;
    return length == 1 ? 0xFFFD : letter;
}

static bool is_mark(uint32_t letter)
{
    for (size_t i = 0; i < EN_COUNT(MARKS); i++) {
        if (letter >= MARKS[i][0] && letter <= MARKS[i][1]) {
            return true;
        }
    }
    return false;
}

static bool is_space(uint32_t letter)
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r') || letter == 0xA0 ||
           (letter >= 0x2000 && letter <= 0x200A) || letter == 0x202F || letter == 0x205F ||
           letter == 0x3000;
}

/* What the letter becomes: *out and its bytes; NULL when it stays. Dashes and apostrophes come in
 * many shapes and are typed in one. */
static const char *replacement(uint32_t letter, size_t *size)
{
    size_t low = 0, high = EN_COUNT(PAGES);

    *size = 1;
    if ((letter >= 0x2010 && letter <= 0x2015) || letter == 0x2212) {
        return "-";
    }
    if (letter == 0x2018 || letter == 0x2019 || letter == 0x02BC) {
        return "'";
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (PAGES[middle].first + PAGE <= letter) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == EN_COUNT(PAGES) || letter < PAGES[low].first) {
        return NULL;
    }
    const char *p = PAGES[low].letters;

    for (uint32_t i = PAGES[low].first; i < letter; i++) {
        p = strchr(p, ' ') + 1;
    }
    *size = strcspn(p, " ");
    return p[0] == '-' ? NULL : p;
}

/* Append one letter, and before it the space that waits. Returns the new size. */
static size_t put(char *out, size_t size, bool has_space, const char *bytes, size_t count)
{
    if (has_space && size > 0) {
        out[size++] = ' ';
    }
    memcpy(out + size, bytes, count);
    return size + count;
}

const char *en_search_fold(const char *text, struct en_arena *a)
{
    /* No letter of two bytes becomes more than three. */
    char *out = EN_NEW(a, char, GROWTH *strlen(text) + 1);
    size_t size = 0, bytes, count;
    bool has_space = false;

    if (out == NULL) {
        return NULL;
    }
    for (const char *p = text; *p != '\0'; p += bytes) {
        const uint32_t letter = letter_at(p, &bytes);
        const char lower = (char)(letter - 'A' + 'a');

        if (is_space(letter)) {
            has_space = true;
            continue;
        }
        if (is_mark(letter)) {
            continue;
        }
        const char *other = letter < 0x80 ? NULL : replacement(letter, &count);

        if (letter >= 'A' && letter <= 'Z') {
            size = put(out, size, has_space, &lower, 1);
        } else if (other != NULL) {
            size = put(out, size, has_space, other, count);
        } else {
            size = put(out, size, has_space, p, bytes);
        }
        has_space = false;
    }
    return out;
}
