/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_token: the pieces of an expression's text, and refusals that point at them. */
#include "base/text.h"
#include "knowledge/expr_parser.h"

#include <string.h>

static const char DIGITS[] = "0123456789";
static const char NAME_START[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char NAME_LETTERS[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
static const char *const RESERVED[] = {"and",  "or",    "not",   "in",
                                       "true", "false", "known", "age_days"};

bool en_expr_can_name(const char *id)
{
    for (size_t i = 0; i < EN_COUNT(RESERVED); i++) {
        if (strcmp(RESERVED[i], id) == 0) {
            return false;
        }
    }
    return id[0] != '\0' && strchr(NAME_START, id[0]) != NULL &&
           strspn(id, NAME_LETTERS) == strlen(id);
}

/* The first refusal stays; returns NULL for the callers' convenience. */
struct en_node *en_parser_refuse(struct en_parser *p, size_t start, size_t end, const char *what)
{
    const size_t size = end - start;

    if (p->status != EN_OK) {
        return NULL;
    }
    p->status = EN_EINVAL;
    (void)en_fail(p->err, EN_EINVAL, "at character %zu, \"%.*s\": %s", start + 1,
                  size < 40 ? (int)size : 40, p->text + start, what);
    return NULL;
}

struct en_node *en_token_refuse(struct en_parser *p, const char *what)
{
    if (p->token.kind == EN_TOKEN_BAD && p->text[p->token.start] == '=') {
        what = "compare with ==";
    }
    return en_parser_refuse(p, p->token.start, p->token.end, what);
}

/* Size of a number at s: digits, a fraction, an exponent. */
static size_t number_size(const char *s)
{
    size_t size = strspn(s, DIGITS);

    if (s[size] == '.') {
        size += 1 + strspn(s + size + 1, DIGITS);
    }
    if (s[size] == 'e' || s[size] == 'E') {
        const size_t sign = s[size + 1] == '+' || s[size + 1] == '-';
        const size_t digits = strspn(s + size + 1 + sign, DIGITS);

        size += digits > 0 ? 1 + sign + digits : 0;
    }
    return size;
}

static size_t sign_size(const char *s)
{
    static const char *const SIGNS[] = {"==", "!=", "<=", ">=", "<", ">", "+",
                                        "-",  "*",  "/",  "(",  ")", ","};

    for (size_t i = 0; i < EN_COUNT(SIGNS); i++) {
        if (en_text_starts(s, SIGNS[i])) {
            return strlen(SIGNS[i]);
        }
    }
    return 0;
}

/* Read the token behind the present one. */
void en_token_next(struct en_parser *p)
{
    const size_t start = p->token.end + strspn(p->text + p->token.end, " ");
    const char *s = p->text + start;
    struct en_token t = {.kind = EN_TOKEN_BAD, .start = start, .text = s, .size = 1};

    if (*s == '\0') {
        t.kind = EN_TOKEN_END;
        t.size = 0;
    } else if (strchr(DIGITS, *s) != NULL) {
        t.kind = EN_TOKEN_NUMBER;
        t.size = number_size(s);
    } else if (strchr(NAME_START, *s) != NULL) {
        t.kind = EN_TOKEN_NAME;
        t.size = strspn(s, NAME_LETTERS);
    } else if (*s == '"' || *s == '\'') {
        const char *end = strchr(s + 1, *s);

        if (end != NULL) {
            t.kind = *s == '"' ? EN_TOKEN_WORD : EN_TOKEN_UNIT;
            t.text = s + 1;
            t.size = (size_t)(end - s) - 1;
        }
    } else if (sign_size(s) > 0) {
        t.kind = EN_TOKEN_SIGN;
        t.size = sign_size(s);
    }
    const bool is_quoted = t.kind == EN_TOKEN_WORD || t.kind == EN_TOKEN_UNIT;

    t.end = start + t.size + (is_quoted ? 2 : 0);
    p->token = t;
}

bool en_token_is(const struct en_parser *p, enum en_token_kind kind, const char *text)
{
    return p->token.kind == kind && strlen(text) == p->token.size &&
           memcmp(text, p->token.text, p->token.size) == 0;
}

bool en_token_accept(struct en_parser *p, enum en_token_kind kind, const char *text)
{
    const bool is_there = en_token_is(p, kind, text);

    if (is_there) {
        en_token_next(p);
    }
    return is_there;
}
