/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_parse: text to tree by recursive descent; types are checked as nodes are made.
 *
 *     expr := and {"or" and}          and := not {"and" not}       not := "not" not | cmp
 *     cmp  := sum [("=="|"!="|"<"|"<="|">"|">=") sum] | name "in" "(" word {"," word} ")"
 *     sum  := term {("+"|"-") term}   term := prim {("*"|"/") prim}
 *     prim := ["-"] number ["'" unit "'"] | word | "true" | "false" | name
 *           | ("known"|"age_days") "(" name ")" | "(" expr ")" */
#include "base/text.h"
#include "knowledge/expr_parser.h"

#include <string.h>

static struct en_node *parse_or(struct en_parser *p);

/* One level deeper, for a parenthesis or `not`. */
static bool go_deeper(struct en_parser *p, size_t start)
{
    if (p->depth == EN_EXPR_DEPTH_MAX) {
        (void)en_parser_refuse(p, start, p->token.end, "nested too deep; split the rule");
        return false;
    }
    p->depth++;
    return true;
}

static void note_input(struct en_parser *p, size_t fact)
{
    for (size_t i = 0; i < p->input_count; i++) {
        if (p->inputs[i] == fact) {
            return;
        }
    }
    p->inputs[p->input_count++] = fact; /* fewer than nodes, so there is room */
}

/* A name as the node of its fact. */
static struct en_node *parse_fact(struct en_parser *p)
{
    static const enum en_node_op OPS[] = {
        [EN_FACT_BOOL] = EN_NODE_BOOL,
        [EN_FACT_NUMBER] = EN_NODE_VALUE,
        [EN_FACT_CODE] = EN_NODE_CODE,
        [EN_FACT_DATE] = EN_NODE_DATE,
    };
    static const enum en_node_kind KINDS[] = {
        [EN_FACT_BOOL] = EN_KIND_TRUTH,
        [EN_FACT_NUMBER] = EN_KIND_NUMBER,
        [EN_FACT_CODE] = EN_KIND_CODE,
        [EN_FACT_DATE] = EN_KIND_DATE,
    };
    const struct en_row *row = p->facts == NULL || p->token.kind != EN_TOKEN_NAME
                                   ? NULL
                                   : en_index_find(p->facts, p->token.text, p->token.size);

    if (p->token.kind != EN_TOKEN_NAME) {
        return en_token_refuse(p, "a fact is expected here");
    }
    if (row == NULL) {
        return en_token_refuse(p, "unknown fact; name one of facts.tsv");
    }
    const size_t fact = (size_t)(row - p->facts->table.rows);
    const struct en_fact_rule *rule = &p->k->facts[fact];

    if (rule->kind == EN_FACT_UNKNOWN) {
        return en_token_refuse(p, "this fact has no kind; correct its row in facts.tsv");
    }
    struct en_node *n = en_node_make(p, OPS[rule->kind], KINDS[rule->kind], p->token.start);

    if (n != NULL) {
        n->fact = fact;
        n->unit = rule->unit;
        note_input(p, fact);
        en_token_next(p);
    }
    return n;
}

/* known(fact) or age_days(fact). */
static struct en_node *parse_function(struct en_parser *p, enum en_node_op op)
{
    const size_t start = p->token.start;

    en_token_next(p);
    if (!en_token_accept(p, EN_TOKEN_SIGN, "(")) {
        return en_token_refuse(p, "an opening parenthesis is expected here");
    }
    struct en_node *n = parse_fact(p);

    if (n == NULL) {
        return NULL;
    }
    if (!en_token_accept(p, EN_TOKEN_SIGN, ")")) {
        return en_token_refuse(p, "a closing parenthesis is expected here");
    }
    n->op = op;
    n->kind = op == EN_NODE_KNOWN ? EN_KIND_TRUTH : EN_KIND_NUMBER;
    n->unit = NULL;
    n->start = start;
    return n;
}

/* A number with its unit. */
static struct en_node *parse_number(struct en_parser *p, double sign)
{
    const struct en_token t = p->token;
    char *digits = en_arena_copy(p->a, t.text, t.size);
    struct en_node *n = en_node_make(p, EN_NODE_NUMBER, EN_KIND_NUMBER, t.start);

    if (n == NULL || digits == NULL) {
        p->status = p->status == EN_OK ? EN_ENOMEM : p->status;
        return NULL;
    }
    if (!en_text_number(digits, &n->number)) {
        return en_token_refuse(p, "no number; write it like 12.5");
    }
    n->number *= sign;
    n->unit = "1";
    en_token_next(p);
    if (p->token.kind == EN_TOKEN_UNIT) {
        n->unit = en_arena_copy(p->a, p->token.text, p->token.size);
        if (n->unit == NULL) {
            p->status = EN_ENOMEM;
            return NULL;
        }
        en_token_next(p);
    }
    return n;
}

static struct en_node *parse_word(struct en_parser *p)
{
    struct en_node *n = en_node_make(p, EN_NODE_STRING, EN_KIND_WORD, p->token.start);

    if (n == NULL) {
        return NULL;
    }
    n->text = en_arena_copy(p->a, p->token.text, p->token.size);
    if (n->text == NULL) {
        p->status = EN_ENOMEM;
        return NULL;
    }
    en_token_next(p);
    return n;
}

static struct en_node *parse_group(struct en_parser *p)
{
    const size_t start = p->token.start;

    if (!go_deeper(p, start)) {
        return NULL;
    }
    en_token_next(p);
    struct en_node *n = parse_or(p);

    p->depth--;
    if (n != NULL && !en_token_accept(p, EN_TOKEN_SIGN, ")")) {
        return en_token_refuse(p, "a closing parenthesis is expected here");
    }
    return n;
}

static struct en_node *parse_constant(struct en_parser *p, bool is_true)
{
    struct en_node *n = en_node_make(p, EN_NODE_CONSTANT, EN_KIND_TRUTH, p->token.start);

    if (n != NULL) {
        n->number = is_true ? 1.0 : 0.0;
        en_token_next(p);
    }
    return n;
}

static struct en_node *parse_prim(struct en_parser *p)
{
    if (en_token_is(p, EN_TOKEN_SIGN, "(")) {
        return parse_group(p);
    }
    if (en_token_accept(p, EN_TOKEN_SIGN, "-")) {
        return p->token.kind == EN_TOKEN_NUMBER
                   ? parse_number(p, -1.0)
                   : en_token_refuse(p, "a number is expected behind the minus sign");
    }
    if (p->token.kind == EN_TOKEN_NUMBER) {
        return parse_number(p, 1.0);
    }
    if (p->token.kind == EN_TOKEN_WORD) {
        return parse_word(p);
    }
    if (en_token_is(p, EN_TOKEN_NAME, "true") || en_token_is(p, EN_TOKEN_NAME, "false")) {
        return parse_constant(p, en_token_is(p, EN_TOKEN_NAME, "true"));
    }
    if (en_token_is(p, EN_TOKEN_NAME, "known")) {
        return parse_function(p, EN_NODE_KNOWN);
    }
    if (en_token_is(p, EN_TOKEN_NAME, "age_days")) {
        return parse_function(p, EN_NODE_AGE);
    }
    return parse_fact(p);
}

static struct en_node *parse_term(struct en_parser *p)
{
    struct en_node *n = parse_prim(p);

    while (n != NULL &&
           (en_token_is(p, EN_TOKEN_SIGN, "*") || en_token_is(p, EN_TOKEN_SIGN, "/"))) {
        const enum en_node_op op =
            en_token_is(p, EN_TOKEN_SIGN, "*") ? EN_NODE_MULTIPLY : EN_NODE_DIVIDE;

        en_token_next(p);
        n = en_node_arithmetic(p, op, n, parse_prim(p));
    }
    return n;
}

static struct en_node *parse_sum(struct en_parser *p)
{
    struct en_node *n = parse_term(p);

    while (n != NULL &&
           (en_token_is(p, EN_TOKEN_SIGN, "+") || en_token_is(p, EN_TOKEN_SIGN, "-"))) {
        const enum en_node_op op =
            en_token_is(p, EN_TOKEN_SIGN, "+") ? EN_NODE_ADD : EN_NODE_SUBTRACT;

        en_token_next(p);
        n = en_node_arithmetic(p, op, n, parse_term(p));
    }
    return n;
}

/* The words behind `in`; they form a list that starts at the node's right. */
static struct en_node *parse_in(struct en_parser *p, const struct en_node *code)
{
    struct en_node *n = en_node_make(p, EN_NODE_IN, EN_KIND_TRUTH, code->start);
    struct en_node *first = NULL, *last = NULL;

    if (n == NULL) {
        return NULL;
    }
    if (code->kind != EN_KIND_CODE) {
        return en_parser_refuse(p, code->start, p->token.start, "`in` needs a code fact before it");
    }
    if (!en_token_accept(p, EN_TOKEN_SIGN, "(")) {
        return en_token_refuse(p, "an opening parenthesis is expected here");
    }
    do {
        struct en_node *word = p->token.kind == EN_TOKEN_WORD
                                   ? parse_word(p)
                                   : en_token_refuse(p, "a word in double quotes is expected here");

        if (word == NULL || !en_word_check(p, code, word)) {
            return NULL;
        }
        if (last == NULL) {
            first = word;
        } else {
            last->next = word;
        }
        last = word;
    } while (en_token_accept(p, EN_TOKEN_SIGN, ","));
    if (!en_token_accept(p, EN_TOKEN_SIGN, ")")) {
        return en_token_refuse(p, "a comma or a closing parenthesis is expected here");
    }
    n->left = code;
    n->right = first;
    return n;
}

static struct en_node *parse_cmp(struct en_parser *p)
{
    static const struct {
        const char *sign;
        enum en_node_op op;
    } SIGNS[] = {
        {"==", EN_NODE_EQUAL},   {"!=", EN_NODE_UNEQUAL}, {"<", EN_NODE_LESS},
        {"<=", EN_NODE_AT_MOST}, {">", EN_NODE_MORE},     {">=", EN_NODE_AT_LEAST},
    };
    struct en_node *n = parse_sum(p);

    if (n == NULL) {
        return NULL;
    }
    if (en_token_accept(p, EN_TOKEN_NAME, "in")) {
        return parse_in(p, n);
    }
    for (size_t i = 0; i < EN_COUNT(SIGNS); i++) {
        if (en_token_accept(p, EN_TOKEN_SIGN, SIGNS[i].sign)) {
            return en_node_comparison(p, SIGNS[i].op, n, parse_sum(p));
        }
    }
    return n;
}

static struct en_node *parse_not(struct en_parser *p)
{
    const size_t start = p->token.start;

    if (!en_token_accept(p, EN_TOKEN_NAME, "not")) {
        return parse_cmp(p);
    }
    if (!go_deeper(p, start)) {
        return NULL;
    }
    struct en_node *n = en_node_logic(p, EN_NODE_NOT, parse_not(p), NULL);

    p->depth--;
    if (n != NULL) {
        n->start = start;
    }
    return n;
}

static struct en_node *parse_and(struct en_parser *p)
{
    struct en_node *n = parse_not(p);

    while (n != NULL && en_token_accept(p, EN_TOKEN_NAME, "and")) {
        n = en_node_logic(p, EN_NODE_AND, n, parse_not(p));
    }
    return n;
}

static struct en_node *parse_or(struct en_parser *p)
{
    struct en_node *n = parse_and(p);

    while (n != NULL && en_token_accept(p, EN_TOKEN_NAME, "or")) {
        n = en_node_logic(p, EN_NODE_OR, n, parse_and(p));
    }
    return n;
}

/* The whole text as one truth. */
static struct en_node *parse_all(struct en_parser *p)
{
    en_token_next(p);
    struct en_node *n = parse_or(p);

    if (n == NULL) {
        return NULL;
    }
    if (p->token.kind != EN_TOKEN_END) {
        return en_token_refuse(p, "the expression should end here, or go on with and, or");
    }
    return n->kind == EN_KIND_TRUTH
               ? n
               : en_parser_refuse(p, n->start, p->token.start,
                                  "neither true nor false; compare it with something");
}

enum en_status en_expr_parse(const struct en_knowledge *k, struct en_arena *a, const char *text,
                             struct en_expr **out, struct en_err *err)
{
    struct en_parser p = {.k = k,
                          .facts = en_table_find(k, "facts", strlen("facts")),
                          .a = a,
                          .err = err,
                          .text = en_arena_copy(a, text, SIZE_MAX)};
    struct en_expr *e = EN_NEW(a, struct en_expr, 1);

    *out = NULL;
    if (p.text == NULL || e == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an expression");
    }
    const struct en_node *root = parse_all(&p);
    size_t *inputs = EN_NEW(a, size_t, p.input_count);

    if (p.status == EN_ENOMEM || inputs == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an expression");
    }
    if (p.status != EN_OK) {
        return p.status;
    }
    memcpy(inputs, p.inputs, p.input_count * sizeof *inputs);
    *e = (struct en_expr){
        .text = p.text, .root = root, .inputs = inputs, .input_count = p.input_count};
    *out = e;
    return EN_OK;
}
