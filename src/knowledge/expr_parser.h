/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_parser: the state of one parse, shared by its tokenizer, its type rules and its
 * grammar. A refusal is written once; every function returns NULL or does nothing after it. */
#pragma once

#include "knowledge/expr_tree.h"
#include "knowledge/tables.h"

enum en_token_kind {
    EN_TOKEN_END,
    EN_TOKEN_NUMBER,
    EN_TOKEN_WORD,
    EN_TOKEN_UNIT,
    EN_TOKEN_NAME,
    EN_TOKEN_SIGN,
    EN_TOKEN_BAD
};

/* A piece of the text; of words and units without their quotes. */
struct en_token {
    enum en_token_kind kind;
    size_t start, end; /* with quotes, for messages */
    const char *text;
    size_t size;
};

struct en_parser {
    const struct en_knowledge *k;
    const struct en_table_data *facts; /* NULL without facts.tsv */
    struct en_arena *a;
    struct en_err *err;
    const char *text;
    struct en_token token; /* the next one */
    enum en_status status;
    size_t depth, node_count, input_count;
    size_t inputs[EN_EXPR_NODES_MAX];
};

/* expr_token.c: read the token behind the present one. */
void en_token_next(struct en_parser *p);

/* Whether the present token is this one; en_token_accept then also goes on to the next. */
bool en_token_is(const struct en_parser *p, enum en_token_kind kind, const char *text);
bool en_token_accept(struct en_parser *p, enum en_token_kind kind, const char *text);

/* Say what is wrong with the text start .. end, or with the present token. The first refusal stays;
 * returns NULL for the callers' convenience. */
struct en_node *en_parser_refuse(struct en_parser *p, size_t start, size_t end, const char *what);
struct en_node *en_token_refuse(struct en_parser *p, const char *what);

/* expr_types.c: a node that begins at start; NULL beyond the limit of nodes or memory. */
struct en_node *en_node_make(struct en_parser *p, enum en_node_op op, enum en_node_kind kind,
                             size_t start);

/* Nodes from operands whose kinds and units must go together; an operand NULL gives NULL. */
struct en_node *en_node_arithmetic(struct en_parser *p, enum en_node_op op, struct en_node *left,
                                   struct en_node *right);
struct en_node *en_node_comparison(struct en_parser *p, enum en_node_op op, struct en_node *left,
                                   struct en_node *right);

/* right is NULL for `not`. */
struct en_node *en_node_logic(struct en_parser *p, enum en_node_op op, struct en_node *left,
                              struct en_node *right);

/* Whether the code fact can have the value of the word; false is a refusal. */
bool en_word_check(struct en_parser *p, const struct en_node *code, const struct en_node *word);
