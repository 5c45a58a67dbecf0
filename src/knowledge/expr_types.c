/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_types: which kinds and units go together. */
#include "base/text.h"
#include "knowledge/expr_parser.h"

#include <string.h>

struct en_node *en_node_make(struct en_parser *p, enum en_node_op op, enum en_node_kind kind,
                             size_t start)
{
    if (p->status != EN_OK) {
        return NULL;
    }
    if (p->node_count == EN_EXPR_NODES_MAX) {
        return en_parser_refuse(p, start, p->token.end,
                                "the expression is too long; split the rule");
    }
    struct en_node *n = EN_NEW(p->a, struct en_node, 1);

    if (n == NULL) {
        p->status = en_fail(p->err, EN_ENOMEM, "no memory for an expression");
        return NULL;
    }
    p->node_count++;
    *n = (struct en_node){.op = op, .kind = kind, .start = start};
    return n;
}

/* age_days counts days; a bare number of days is clear enough beside it. */
static bool same_unit(const struct en_node *a, const struct en_node *b)
{
    if (a->unit == NULL || b->unit == NULL) {
        const char *other = a->unit == NULL ? b->unit : a->unit;

        return other == NULL || strcmp(other, "d") == 0 || strcmp(other, "1") == 0;
    }
    return strcmp(a->unit, b->unit) == 0;
}

static bool is_plain(const struct en_node *n)
{
    return n->unit != NULL && strcmp(n->unit, "1") == 0;
}

/* Unit of a sum, product or quotient into *unit; false when the operands do not go together. */
static bool combine_units(enum en_node_op op, const struct en_node *a, const struct en_node *b,
                          const char **unit)
{
    *unit = a->unit;
    if (op == EN_NODE_ADD || op == EN_NODE_SUBTRACT) {
        return same_unit(a, b);
    }
    if (op == EN_NODE_DIVIDE && same_unit(a, b)) {
        *unit = "1";
        return true;
    }
    if (op == EN_NODE_MULTIPLY && is_plain(a)) {
        *unit = b->unit;
        return true;
    }
    return is_plain(b);
}

/* Two numbers joined by an arithmetic operator. */
struct en_node *en_node_arithmetic(struct en_parser *p, enum en_node_op op, struct en_node *left,
                                   struct en_node *right)
{
    const char *unit;

    if (left == NULL || right == NULL) {
        return NULL;
    }
    if (left->kind != EN_KIND_NUMBER || right->kind != EN_KIND_NUMBER) {
        return en_parser_refuse(p, left->start, p->token.start,
                                "only numbers can be calculated with");
    }
    if (!combine_units(op, left, right, &unit)) {
        return en_parser_refuse(
            p, left->start, p->token.start,
            "the units do not go together; add equal units, multiply and divide by"
            " numbers without unit");
    }
    struct en_node *n = en_node_make(p, op, EN_KIND_NUMBER, left->start);

    if (n != NULL) {
        n->left = left;
        n->right = right;
        n->unit = unit;
    }
    return n;
}

/* The word must be one that the code fact can have. */
bool en_word_check(struct en_parser *p, const struct en_node *code, const struct en_node *word)
{
    if (en_list_has(p->k->facts[code->fact].values, word->text)) {
        return true;
    }
    (void)en_parser_refuse(p, word->start, word->start + strlen(word->text) + 2,
                           "the fact never has this value; write one of its values in facts.tsv");
    return false;
}

/* NULL when the operands can be compared, or what is wrong. */
static const char *wrong_comparison(enum en_node_op op, const struct en_node *a,
                                    const struct en_node *b)
{
    const bool is_equality = op == EN_NODE_EQUAL || op == EN_NODE_UNEQUAL;

    if (a->kind == EN_KIND_DATE || b->kind == EN_KIND_DATE) {
        return "a date cannot be compared; use age_days()";
    }
    if (a->kind == EN_KIND_NUMBER && b->kind == EN_KIND_NUMBER) {
        return same_unit(a, b)
                   ? NULL
                   : "the units differ; write the number with the unit of the fact, like 5 'mm'";
    }
    if (!is_equality) {
        return "only numbers have an order";
    }
    if (a->kind == EN_KIND_TRUTH && b->kind == EN_KIND_TRUTH) {
        return NULL;
    }
    return (a->kind == EN_KIND_CODE && b->kind == EN_KIND_WORD) ||
                   (a->kind == EN_KIND_WORD && b->kind == EN_KIND_CODE)
               ? NULL
               : "these cannot be compared; compare a number with a number, a code with a word";
}

struct en_node *en_node_comparison(struct en_parser *p, enum en_node_op op, struct en_node *left,
                                   struct en_node *right)
{
    if (left == NULL || right == NULL) {
        return NULL;
    }
    const char *wrong = wrong_comparison(op, left, right);

    if (wrong != NULL) {
        return en_parser_refuse(p, left->start, p->token.start, wrong);
    }
    if ((left->kind == EN_KIND_CODE && !en_word_check(p, left, right)) ||
        (right->kind == EN_KIND_CODE && !en_word_check(p, right, left))) {
        return NULL;
    }
    struct en_node *n = en_node_make(p, op, EN_KIND_TRUTH, left->start);

    if (n != NULL) {
        n->left = left;
        n->right = right;
    }
    return n;
}

/* A truth from operands that must be truths; right is NULL for `not`. */
struct en_node *en_node_logic(struct en_parser *p, enum en_node_op op, struct en_node *left,
                              struct en_node *right)
{
    static const char WRONG[] = "neither true nor false; compare it with something";

    if (left == NULL || (right == NULL && op != EN_NODE_NOT)) {
        return NULL;
    }
    if (left->kind != EN_KIND_TRUTH) {
        return en_parser_refuse(p, left->start, p->token.start, WRONG);
    }
    if (right != NULL && right->kind != EN_KIND_TRUTH) {
        return en_parser_refuse(p, right->start, p->token.start, WRONG);
    }
    struct en_node *n = en_node_make(p, op, EN_KIND_TRUTH, left->start);

    if (n != NULL) {
        n->left = left;
        n->right = right;
    }
    return n;
}
