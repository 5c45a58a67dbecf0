/* SPDX-License-Identifier: Apache-2.0
 * modelgen: writes code and documents from one description of a model of differential equations.
 *
 *     modelgen BACK-END DESCRIPTION > OUT
 *
 * The description (src/heal/model.txt) is text, one statement a line; # begins a comment, a line
 * that ends in a backslash goes on:
 *
 *     state D N M1         the states, in the order of the program's arrays
 *     input m load         numbers from outside, constant between two events
 *     constant strain_free numbers of the whole model
 *     balance k3 = EXPR    numbers of a patient that follow from its parameters before the start
 *     A = EXPR             a named expression; used below it
 *     D' = EXPR            the slope of a state
 *     start F = EXPR       a state on day 0; 0 where there is none
 *     change V = v^10      the solver integrates v instead of V (v > 0), which spares a power
 *     unknown C X          named expressions that become unknowns of the linear systems: sparser
 *     observe K C          named expressions that the program wants to see
 *
 * Any other name is a parameter of the patient. EXPR knows + - * / ^ (with a number), ( ), numbers
 * and max(0, EXPR); bases of powers that are not whole are positive.
 *
 * parse.c reads it into a graph in which equal expressions are one node (graph.c); sparse.c
 * derives the linear systems; a back end is one function in a file of its own. Nothing is freed:
 * the tool runs for milliseconds. Any error ends it with a message. */
#pragma once

#include <stdio.h>

enum { NODES_MAX = 20000, NAMES_MAX = 300, UNKNOWNS_MAX = 40, NAME_MAX_SIZE = 32 };

enum op {
    OP_NUMBER, /* number */
    OP_NAME,   /* names[a] */
    OP_ADD,    /* a + b */
    OP_MUL,    /* a * b */
    OP_NEG,    /* -a */
    OP_INV,    /* 1 / a */
    OP_POW,    /* a ^ number */
    OP_MAX,    /* max(0, a) */
    OP_STEP,   /* a > 0 ? 1 : 0 */
};

/* How often a value changes: numbers, then once per patient, per event, per evaluation. */
enum level { LEVEL_NUMBER, LEVEL_PATIENT, LEVEL_EVENT, LEVEL_STATE };

struct node {
    enum op op;
    int a, b; /* operands: places in the graph */
    double number;
    enum level level;
};

enum kind {
    KIND_PARAMETER,
    KIND_CONSTANT,
    KIND_BALANCE,
    KIND_INPUT,
    KIND_STATE,
    KIND_NAMED,
    KIND_SYMBOL /* a back end's own */
};

struct name {
    char text[NAME_MAX_SIZE];
    enum kind kind;
    int index;       /* among those of its kind */
    int node;        /* OP_NAME that stands for it */
    int value;       /* balance, named expression: what it is; state: its slope; else -1 */
    int start;       /* state: on day 0; else -1 */
    int change;      /* state: what it is in terms of `inner`, the number that is integrated */
    int inner;       /* state: node of the number that is integrated; itself by default */
    int is_unknown;  /* named: unknown of the linear systems */
    int is_observed; /* named: the program wants to see it */
};

struct model {
    struct node nodes[NODES_MAX];
    int node_count;
    struct name names[NAMES_MAX];
    int name_count;
    int counts[KIND_SYMBOL + 1];
};

/* parse.c */
void model_read(struct model *m, FILE *in);
int model_name(struct model *m, const char *text); /* place in names, -1 where unknown */
void fail(const char *what, const char *detail) __attribute__((noreturn));

/* graph.c: each returns the place of a node; equal calls return equal places. The order of calls
 * decides what the code looks like, so no two of them may be arguments of one call: compilers
 * differ in which they make first. */
int number(struct model *m, double x);
int named(struct model *m, int name, enum level level);
int add(struct model *m, int a, int b);
int subtract(struct model *m, int a, int b);
int multiply(struct model *m, int a, int b);
int negate(struct model *m, int a);
int invert(struct model *m, int a);
int power(struct model *m, int a, double exponent);
int maximum(struct model *m, int a);
int step(struct model *m, int a);
/* The partial derivative by a name's node; unknowns are independent of the states. */
int derive(struct model *m, int node, int by);
/* Put `value` in the place of the name nodes for which it is >= 0; value: shape [name_count]. */
int replace(struct model *m, int node, const int *value);
/* Whether an expression is that number. */
int is_number(const struct model *m, int node, double x);

/* sparse.c: the matrix  shift I - J  in the order of elimination, factored as expressions. The
 * unknowns are the integrated states, then the named expressions that were declared. */
struct sparse {
    int count;                             /* unknowns */
    int order[UNKNOWNS_MAX];               /* unknown at each place of the elimination */
    int lower[UNKNOWNS_MAX][UNKNOWNS_MAX]; /* by place: row -= lower * pivot row; -1: none */
    int upper[UNKNOWNS_MAX][UNKNOWNS_MAX]; /* divided by the pivot; -1: none */
    int inverse[UNKNOWNS_MAX];             /* 1 / pivot */
    int multiplications;                   /* of the factorisation and one solution */
};
/* What the solver integrates, by state: slope of `inner`, with all states in terms of them. */
void inner_slopes(struct model *m, int *slope);
void factor(struct model *m, const int *slope, int shift, struct sparse *s);

/* Back ends. */
void write_c(struct model *m, FILE *out);
void write_markdown(struct model *m, FILE *out);
void write_sbml(struct model *m, FILE *out);

/* The named expression, other than `self` (place in names), whose value a node is; NULL: none. Lets
 * documents keep the names that the graph has dissolved. */
const struct name *name_of_value(const struct model *m, int node, int self);
