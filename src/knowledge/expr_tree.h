/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_tree: the parsed form of an expression, between its parser and its evaluation. */
#pragma once

#include "knowledge/expr.h"

/* The order matters: TRUTH of expr_eval.c has one entry for each up to EN_NODE_IN, the arithmetic
 * ones follow. */
enum en_node_op {
    EN_NODE_CONSTANT, /* true, false */
    EN_NODE_BOOL,     /* a bool fact */
    EN_NODE_KNOWN,    /* known(fact) */
    EN_NODE_NOT,
    EN_NODE_AND,
    EN_NODE_OR,
    EN_NODE_EQUAL,
    EN_NODE_UNEQUAL,
    EN_NODE_LESS,
    EN_NODE_AT_MOST,
    EN_NODE_MORE,
    EN_NODE_AT_LEAST,
    EN_NODE_IN,     /* code fact in a list of words */
    EN_NODE_NUMBER, /* literal */
    EN_NODE_VALUE,  /* a number fact */
    EN_NODE_AGE,    /* age_days(fact) */
    EN_NODE_ADD,
    EN_NODE_SUBTRACT,
    EN_NODE_MULTIPLY,
    EN_NODE_DIVIDE,
    EN_NODE_CODE,   /* a code fact */
    EN_NODE_STRING, /* literal */
    EN_NODE_DATE,   /* a date fact; only inside known() and age_days() */
};

/* What a node is: a truth, a number, a code fact, a word, a date. */
enum en_node_kind { EN_KIND_TRUTH, EN_KIND_NUMBER, EN_KIND_CODE, EN_KIND_WORD, EN_KIND_DATE };

struct en_node {
    enum en_node_op op;
    enum en_node_kind kind;
    const struct en_node *left, *right; /* operands; left only for `not` and `in` */
    const struct en_node *next;         /* of the words of `in`, which start at right */
    double number;
    const char *text; /* word */
    const char *unit; /* of a number; NULL for age_days, which goes with 'd' and with no unit */
    size_t fact;      /* index in facts.tsv */
    size_t start;     /* offset in the text, for messages */
};

struct en_expr {
    const char *text;
    const struct en_node *root;
    const size_t *inputs; /* shape [input_count], fact indices in order of first appearance */
    size_t input_count;
};
