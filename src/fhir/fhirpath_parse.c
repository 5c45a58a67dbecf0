/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/fhirpath_inside.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum token { TOKEN_END, TOKEN_NAME, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SYMBOL };

struct parser {
    const char *start, *at; /* behind the present token */
    struct en_arena *arena;
    enum token token;
    const char *text; /* of the present token */
    int depth;
    enum en_status status; /* sticky */
    struct en_err *err;
};

static const struct en_fhirpath *expression(struct parser *p, int lowest);

static void wrong(struct parser *p, const char *what)
{
    if (p->status == EN_OK) {
        p->status = en_fail(p->err, EN_EBUG, "FHIRPath, column %zu: %s",
                            (size_t)(p->at - p->start) + 1, what);
    }
    p->token = TOKEN_END;
    p->text = "";
}

static void set_token(struct parser *p, enum token token, const char *text, size_t size)
{
    p->token = token;
    p->text = en_arena_copy(p->arena, text, size);
    if (p->text == NULL) {
        p->status = en_fail(p->err, EN_ENOMEM, "no memory for the R4 definitions");
        p->token = TOKEN_END;
        p->text = "";
    }
}

/* Between quotes or backticks; R4's constraints escape nothing in what is kept of them. */
static void quoted_token(struct parser *p)
{
    const char quote = *p->at, *from = p->at + 1, *end = strchr(from, quote);

    if (end == NULL) {
        wrong(p, "a quote has no end");
        return;
    }
    p->at = end + 1;
    set_token(p, quote == '`' ? TOKEN_NAME : TOKEN_STRING, from, (size_t)(end - from));
}

static void next(struct parser *p)
{
    static const char DIGITS[] = "0123456789";

    if (p->status != EN_OK) {
        return;
    }
    p->at += strspn(p->at, " ");
    const char *from = p->at;
    const unsigned char c = (unsigned char)*from;

    if (c == '\0') {
        p->token = TOKEN_END;
        p->text = "";
    } else if (c == '\'' || c == '`') {
        quoted_token(p);
    } else if (isalpha(c) || c == '$' || c == '%') {
        for (p->at++; isalnum((unsigned char)*p->at);) {
            p->at++;
        }
        set_token(p, TOKEN_NAME, from, (size_t)(p->at - from));
    } else if (isdigit(c)) {
        p->at += strspn(p->at, DIGITS);
        if (p->at[0] == '.' && isdigit((unsigned char)p->at[1])) {
            p->at += 1 + strspn(p->at + 1, DIGITS);
        }
        set_token(p, TOKEN_NUMBER, from, (size_t)(p->at - from));
    } else {
        const bool is_double = (c == '!' || c == '<' || c == '>') && from[1] == '=';

        p->at += is_double ? 2 : 1;
        set_token(p, TOKEN_SYMBOL, from, is_double ? 2 : 1);
    }
}

static bool is_at(const struct parser *p, const char *symbol)
{
    return p->token == TOKEN_SYMBOL && strcmp(p->text, symbol) == 0;
}

static void expect(struct parser *p, const char *symbol)
{
    if (!is_at(p, symbol)) {
        wrong(p, "a parenthesis is missing");
    }
    next(p);
}

static struct en_fhirpath *new_node(struct parser *p, enum en_fp_node node, const char *text)
{
    struct en_fhirpath *made = EN_NEW(p->arena, struct en_fhirpath, 1);
    static struct en_fhirpath none;

    if (made == NULL) {
        if (p->status == EN_OK) {
            p->status = en_fail(p->err, EN_ENOMEM, "no memory for the R4 definitions");
        }
        p->token = TOKEN_END;
        return &none; /* only read: the parser stops */
    }
    made->node = node;
    made->text = text;
    return made;
}

/* (a, b) behind a function's name. */
static void arguments(struct parser *p, struct en_fhirpath *call)
{
    next(p);
    while (p->status == EN_OK && !is_at(p, ")")) {
        if (call->argument_count == EN_FP_ARGUMENTS_MAX) {
            wrong(p, "too many arguments");
            return;
        }
        call->arguments[call->argument_count++] = expression(p, 1);
        if (!is_at(p, ")")) {
            expect(p, ",");
        }
    }
    expect(p, ")");
    call->function = en_fp_function_find(call->text, call->argument_count);
    if (call->function == NULL) {
        wrong(p, "no function with this name and so many arguments");
    }
}

/* name or name(...), on the input `left` (NULL: the focus). */
static const struct en_fhirpath *invocation(struct parser *p, const struct en_fhirpath *left)
{
    const char *name = p->text;

    if (p->token != TOKEN_NAME) {
        wrong(p, "a name is expected");
        return left;
    }
    next(p);
    const bool is_call = is_at(p, "(");
    struct en_fhirpath *made = new_node(p, is_call ? EN_FP_CALL : EN_FP_MEMBER, name);

    if (p->status == EN_OK) {
        made->left = left;
        if (is_call) {
            arguments(p, made);
        }
    }
    return made;
}

static const struct en_fhirpath *literal(struct parser *p, enum en_fp_node node, const char *text)
{
    const struct en_fhirpath *made = new_node(p, node, text);

    next(p);
    return made;
}

static const struct en_fhirpath *term(struct parser *p)
{
    const struct en_fhirpath *inner = NULL;

    if (is_at(p, "(")) {
        next(p);
        inner = expression(p, 1);
        expect(p, ")");
        return inner;
    }
    if (p->token == TOKEN_STRING) {
        return literal(p, EN_FP_LITERAL_STRING, p->text);
    }
    if (p->token == TOKEN_NUMBER) {
        return literal(p, EN_FP_LITERAL_NUMBER, p->text);
    }
    if (p->token == TOKEN_NAME && p->text[0] == '%') {
        return literal(p, EN_FP_VARIABLE, p->text + 1);
    }
    if (p->token == TOKEN_NAME && strcmp(p->text, "$this") == 0) {
        return literal(p, EN_FP_THIS, p->text);
    }
    if (p->token == TOKEN_NAME && (strcmp(p->text, "true") == 0 || strcmp(p->text, "false") == 0)) {
        return literal(p, EN_FP_LITERAL_BOOLEAN, p->text);
    }
    return invocation(p, NULL);
}

/* From the loosest to the tightest. */
static const struct precedence {
    const char *name;
    int level;
} PRECEDENCES[] = {
    {"implies", 1}, {"or", 2}, {"xor", 2}, {"and", 3}, {"in", 4}, {"contains", 4},
    {"=", 5},       {"!=", 5}, {"<", 6},   {">", 6},   {"<=", 6}, {">=", 6},
    {"|", 7},       {"is", 8}, {"as", 8},  {"+", 9},   {"&", 9},
};

/* 0 when the present token is no operator. */
static int level_of(const struct parser *p)
{
    if (p->token != TOKEN_NAME && p->token != TOKEN_SYMBOL) {
        return 0;
    }
    for (size_t i = 0; i < EN_COUNT(PRECEDENCES); i++) {
        if (strcmp(PRECEDENCES[i].name, p->text) == 0) {
            return PRECEDENCES[i].level;
        }
    }
    return 0;
}

static const struct en_fhirpath *operation(struct parser *p, const struct en_fhirpath *left,
                                           int level)
{
    const char *name = p->text;
    const bool is_type = strcmp(name, "is") == 0 || strcmp(name, "as") == 0;
    struct en_fhirpath *made = new_node(p, is_type ? EN_FP_TYPE : EN_FP_OPERATOR, name);

    next(p);
    const struct en_fhirpath *right = is_type ? invocation(p, NULL) : expression(p, level + 1);

    if (p->status == EN_OK) {
        made->left = left;
        made->right = right;
        made->operate = is_type ? NULL : en_fp_operator_find(name);
        assert(is_type || made->operate != NULL);
    }
    return made;
}

static const struct en_fhirpath *expression(struct parser *p, int lowest)
{
    if (++p->depth > EN_EXPR_DEPTH_MAX) {
        wrong(p, "is nested too deeply");
    }
    const struct en_fhirpath *left = term(p);

    while (p->status == EN_OK && is_at(p, ".")) {
        next(p);
        left = invocation(p, left);
    }
    for (int level = level_of(p); p->status == EN_OK && level >= lowest; level = level_of(p)) {
        left = operation(p, left, level);
    }
    p->depth--;
    return left;
}

enum en_status en_fhirpath_parse(const char *text, struct en_arena *a,
                                 const struct en_fhirpath **out, struct en_err *err)
{
    struct parser p = {.start = text, .at = text, .arena = a, .status = EN_OK, .err = err};

    next(&p);
    *out = expression(&p, 1);
    if (p.status == EN_OK && p.token != TOKEN_END) {
        wrong(&p, "something stands behind the end");
    }
    return p.status;
}
