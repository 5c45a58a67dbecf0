/* SPDX-License-Identifier: Apache-2.0 */
#include "modelgen.h"

#include <math.h>
#include <stdlib.h>

static int find_or_add(struct model *m, struct node n)
{
    for (int i = 0; i < m->node_count; i++) {
        const struct node *x = &m->nodes[i];

        if (x->op == n.op && x->a == n.a && x->b == n.b && x->number == n.number) {
            return i;
        }
    }
    if (m->node_count == NODES_MAX) {
        fail("too many expressions", "");
    }
    m->nodes[m->node_count] = n;
    return m->node_count++;
}

static int make(struct model *m, enum op op, int a, int b, double x)
{
    const enum level la = m->nodes[a].level, lb = b >= 0 ? m->nodes[b].level : LEVEL_NUMBER;

    return find_or_add(m, (struct node){op, a, b, x, la > lb ? la : lb});
}

int number(struct model *m, double x)
{
    return find_or_add(m, (struct node){OP_NUMBER, -1, -1, x, LEVEL_NUMBER});
}

int named(struct model *m, int name, enum level level)
{
    return find_or_add(m, (struct node){OP_NAME, name, -1, 0.0, level});
}

int is_number(const struct model *m, int node, double x)
{
    return m->nodes[node].op == OP_NUMBER && m->nodes[node].number == x;
}

static int are_numbers(const struct model *m, int a, int b)
{
    return m->nodes[a].op == OP_NUMBER && m->nodes[b].op == OP_NUMBER;
}

/* Sums and products keep the part that changes less often on the left, so that it is computed less
 * often: c1 s1 * c2 s2 = (c1 c2)(s1 s2). Splits a node of this kind into both parts. */
static void split(const struct model *m, enum op op, int node, enum level level, int *fixed,
                  int *rest)
{
    const struct node *n = &m->nodes[node];

    *fixed = *rest = -1;
    if (n->level < level) {
        *fixed = node;
    } else if (n->op == op && m->nodes[n->a].level < level) {
        *fixed = n->a;
        *rest = n->b;
    } else {
        *rest = node;
    }
}

static int ordered(struct model *m, enum op op, int a, int b)
{
    return a < b ? make(m, op, a, b, 0.0) : make(m, op, b, a, 0.0);
}

/* a op b where either may be missing. */
static int both(struct model *m, enum op op, int a, int b)
{
    if (a < 0 || b < 0) {
        return a < 0 ? b : a;
    }
    return op == OP_ADD ? add(m, a, b) : multiply(m, a, b);
}

static int combine(struct model *m, enum op op, int a, int b)
{
    const enum level la = m->nodes[a].level, lb = m->nodes[b].level;
    const enum level level = la > lb ? la : lb;
    int fixed_a, rest_a, fixed_b, rest_b;

    split(m, op, a, level, &fixed_a, &rest_a);
    split(m, op, b, level, &fixed_b, &rest_b);
    if (fixed_a < 0 && fixed_b < 0) {
        return ordered(m, op, a, b);
    }
    const int fixed = both(m, op, fixed_a, fixed_b);
    const int rest =
        rest_a < 0 || rest_b < 0 ? (rest_a < 0 ? rest_b : rest_a) : ordered(m, op, rest_a, rest_b);

    if (op == OP_MUL && (is_number(m, fixed, 1.0) || is_number(m, fixed, -1.0))) {
        return is_number(m, fixed, 1.0) ? rest : negate(m, rest);
    }
    return make(m, op, fixed, rest, 0.0);
}

int add(struct model *m, int a, int b)
{
    if (are_numbers(m, a, b)) {
        return number(m, m->nodes[a].number + m->nodes[b].number);
    }
    if (is_number(m, a, 0.0) || is_number(m, b, 0.0)) {
        return is_number(m, a, 0.0) ? b : a;
    }
    if (m->nodes[a].op == OP_NEG && m->nodes[b].op == OP_NEG) {
        return negate(m, add(m, m->nodes[a].a, m->nodes[b].a));
    }
    if (negate(m, a) == b) {
        return number(m, 0.0);
    }
    return combine(m, OP_ADD, a, b);
}

int subtract(struct model *m, int a, int b)
{
    return add(m, a, negate(m, b));
}

int multiply(struct model *m, int a, int b)
{
    if (are_numbers(m, a, b)) {
        return number(m, m->nodes[a].number * m->nodes[b].number);
    }
    if (is_number(m, a, 0.0) || is_number(m, b, 0.0)) {
        return number(m, 0.0);
    }
    if (is_number(m, a, 1.0) || is_number(m, b, 1.0)) {
        return is_number(m, a, 1.0) ? b : a;
    }
    if (m->nodes[a].op == OP_NEG || m->nodes[b].op == OP_NEG) {
        const int x = m->nodes[a].op == OP_NEG ? m->nodes[a].a : a;
        const int y = m->nodes[b].op == OP_NEG ? m->nodes[b].a : b;

        return x == a || y == b ? negate(m, multiply(m, x, y)) : multiply(m, x, y);
    }
    if (m->nodes[a].op == OP_INV && m->nodes[a].a == b) {
        return number(m, 1.0);
    }
    if (m->nodes[b].op == OP_INV && m->nodes[b].a == a) {
        return number(m, 1.0);
    }
    return combine(m, OP_MUL, a, b);
}

int negate(struct model *m, int a)
{
    const struct node *n = &m->nodes[a];

    if (n->op == OP_NUMBER) {
        return number(m, -n->number);
    }
    return n->op == OP_NEG ? n->a : make(m, OP_NEG, a, -1, 0.0);
}

int invert(struct model *m, int a)
{
    const struct node n = m->nodes[a];
    int right;

    switch (n.op) {
    case OP_NUMBER:
        return number(m, 1.0 / n.number);
    case OP_INV:
        return n.a;
    case OP_NEG:
        return negate(m, invert(m, n.a));
    case OP_MUL: /* so that factors that are constant leave the division */
        if (m->nodes[n.a].level == n.level) {
            return make(m, OP_INV, a, -1, 0.0);
        }
        right = invert(m, n.b);
        return multiply(m, invert(m, n.a), right);
    case OP_NAME:
    case OP_ADD:
    case OP_POW:
    case OP_MAX:
    case OP_STEP:
        break;
    }
    return make(m, OP_INV, a, -1, 0.0);
}

/* a > 0 unless the exponent is whole. */
int power(struct model *m, int a, double exponent)
{
    const struct node n = m->nodes[a];

    if (exponent == 0.0) {
        return number(m, 1.0);
    }
    if (exponent == 1.0) {
        return a;
    }
    if (exponent < 0.0) {
        return invert(m, power(m, a, -exponent));
    }
    if (n.op == OP_POW) { /* rounded: 10 * 0.3 is meant to be 3 */
        return power(m, n.a, round(n.number * exponent * 1e9) / 1e9);
    }
    /* (c / x)^0.5 = (c x)^0.5 / x: the root need not wait for the division. */
    if (exponent == 0.5 && n.op == OP_MUL && m->nodes[n.b].op == OP_INV) {
        const int x = m->nodes[n.b].a;

        return multiply(m, make(m, OP_POW, multiply(m, n.a, x), -1, 0.5), n.b);
    }
    return make(m, OP_POW, a, -1, exponent);
}

int maximum(struct model *m, int a)
{
    return make(m, OP_MAX, a, -1, 0.0);
}

int step(struct model *m, int a)
{
    return make(m, OP_STEP, a, -1, 0.0);
}

int derive(struct model *m, int node, int by)
{
    const struct node n = m->nodes[node];

    if (n.level < LEVEL_STATE || n.op == OP_NAME) {
        return number(m, node == by ? 1.0 : 0.0);
    }
    const int da = derive(m, n.a, by);
    int right;

    switch (n.op) {
    case OP_ADD:
        return add(m, da, derive(m, n.b, by));
    case OP_MUL:
        right = multiply(m, n.a, derive(m, n.b, by));
        return add(m, multiply(m, da, n.b), right);
    case OP_NEG:
        return negate(m, da);
    case OP_INV:
        return negate(m, multiply(m, da, multiply(m, node, node)));
    case OP_POW:
        right = multiply(m,
                         n.number == floor(n.number) ? power(m, n.a, n.number - 1.0)
                                                     : multiply(m, node, invert(m, n.a)),
                         da);
        return multiply(m, number(m, n.number), right);
    case OP_MAX:
        return multiply(m, step(m, n.a), da);
    case OP_NUMBER:
    case OP_NAME:
    case OP_STEP:
        break;
    }
    return number(m, 0.0);
}

int replace(struct model *m, int node, const int *value)
{
    const struct node n = m->nodes[node];
    int right;

    switch (n.op) {
    case OP_NUMBER:
        return node;
    case OP_NAME:
        return value[n.a] >= 0 ? value[n.a] : node;
    case OP_ADD:
        right = replace(m, n.b, value);
        return add(m, replace(m, n.a, value), right);
    case OP_MUL:
        right = replace(m, n.b, value);
        return multiply(m, replace(m, n.a, value), right);
    case OP_NEG:
        return negate(m, replace(m, n.a, value));
    case OP_INV:
        return invert(m, replace(m, n.a, value));
    case OP_POW:
        return power(m, replace(m, n.a, value), n.number);
    case OP_MAX:
        return maximum(m, replace(m, n.a, value));
    case OP_STEP:
        return step(m, replace(m, n.a, value));
    }
    return node;
}
