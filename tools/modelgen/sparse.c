/* SPDX-License-Identifier: Apache-2.0
 * The order of elimination is searched for the fewest multiplications: at each step a pivot of the
 * least Markowitz product, ties broken by chance, many times over. Pivots stay on the diagonal:
 * shift I - J is dominated by its diagonal for the steps that the error control takes. */
#include "modelgen.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 20000 };

/* A product with one factor `outer` replaced by `inner`; -1 where it has none. */
static int swap_factor(struct model *m, int product, int outer, int inner)
{
    const struct node n = m->nodes[product];

    if (product == outer) {
        return inner;
    }
    if (n.op != OP_MUL) {
        return -1;
    }
    const int a = swap_factor(m, n.a, outer, inner);

    if (a >= 0) {
        return multiply(m, a, n.b);
    }
    const int b = swap_factor(m, n.b, outer, inner);

    return b < 0 ? -1 : multiply(m, n.a, b);
}

/* The slope of x where the state is x^n: slope / (n x^(n-1)), summand by summand, so that what is
 * proportional to the state becomes proportional to x without a division. */
static int inner_slope(struct model *m, int slope, int coefficient, const struct name *state)
{
    const struct node n = m->nodes[slope];

    if (n.op == OP_NEG) {
        return negate(m, inner_slope(m, n.a, coefficient, state));
    }
    if (n.op == OP_ADD) {
        const int right = inner_slope(m, n.b, coefficient, state);

        return add(m, inner_slope(m, n.a, coefficient, state), right);
    }
    if (n.op == OP_MUL && m->nodes[n.a].level < LEVEL_STATE) {
        return inner_slope(m, n.b, multiply(m, coefficient, n.a), state);
    }
    const double exponent = m->nodes[state->change].number;
    const int scaled = multiply(m, coefficient, number(m, 1.0 / exponent));
    const int without = swap_factor(m, slope, state->change, state->inner);

    if (without >= 0) {
        return multiply(m, scaled, without);
    }
    return multiply(m, scaled,
                    multiply(m, slope, invert(m, power(m, state->inner, exponent - 1.0))));
}

void inner_slopes(struct model *m, int *slope)
{
    int value[NAMES_MAX];

    for (int i = 0; i < m->name_count; i++) {
        value[i] = m->names[i].change;
    }
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (n->kind == KIND_STATE) {
            const int outer = replace(m, n->value, value);

            slope[n->index] = n->change < 0 ? outer : inner_slope(m, outer, number(m, 1.0), n);
        }
    }
}

/* Names of the unknowns: what is integrated, then the declared ones; returns their number. */
static int list_unknowns(const struct model *m, int *node, int *definition)
{
    int count = m->counts[KIND_STATE];

    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (n->kind == KIND_STATE) {
            node[n->index] = n->inner;
        } else if (n->is_unknown) {
            if (count == UNKNOWNS_MAX) {
                fail("too many unknowns", "");
            }
            node[count] = n->node;
            definition[count++] = n->value;
        }
    }
    return count;
}

/* Fill the rest of an order of elimination by chance among the cheapest; multiplications. */
static int try_order(int count, int has[UNKNOWNS_MAX][UNKNOWNS_MAX], int *order, unsigned *seed)
{
    int is_done[UNKNOWNS_MAX] = {0}, cost = 0;

    for (int k = 0; k < count; k++) {
        int best = -1, best_cost = 0, ties = 0;

        for (int p = 0; p < count; p++) {
            int rows = 0, columns = 0;

            for (int i = 0; i < count && !is_done[p]; i++) {
                rows += !is_done[i] && i != p && has[i][p];
                columns += !is_done[i] && i != p && has[p][i];
            }
            const int product = rows * columns;

            if (is_done[p] || (best >= 0 && product > best_cost)) {
                continue;
            }
            ties = best < 0 || product < best_cost ? 1 : ties + 1;
            *seed = *seed * 1664525U + 1013904223U;
            if (ties == 1 || (*seed >> 16) % (unsigned)ties == 0) {
                best = p;
                best_cost = product;
            }
        }
        order[k] = best;
        is_done[best] = 1;
        for (int i = 0; i < count; i++) {
            for (int j = 0; !is_done[i] && has[i][best] && j < count; j++) {
                if (!is_done[j] && has[best][j]) {
                    has[i][j] = 1;
                    cost++;
                }
            }
        }
    }
    /* Factorisation once, solutions eight times: each entry off the diagonal is one. */
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            cost += i != j && has[i][j] ? 9 : 0;
        }
    }
    return cost;
}

static void search_order(int count, int matrix[UNKNOWNS_MAX][UNKNOWNS_MAX], int *best)
{
    static int has[UNKNOWNS_MAX][UNKNOWNS_MAX];
    int order[UNKNOWNS_MAX], cost = 0;
    unsigned seed = 1;

    for (int i = 0; i < TRIES; i++) {
        for (int r = 0; r < count; r++) {
            for (int c = 0; c < count; c++) {
                has[r][c] = matrix[r][c] >= 0;
            }
        }
        const int found = try_order(count, has, order, &seed);

        if (i == 0 || found < cost) {
            cost = found;
            memcpy(best, order, sizeof order);
        }
    }
}

/* Gauss on expressions; matrix by place in the order. */
static void eliminate(struct model *m, int w[UNKNOWNS_MAX][UNKNOWNS_MAX], struct sparse *s)
{
    for (int k = 0; k < s->count; k++) {
        s->inverse[k] = invert(m, w[k][k]);
        for (int i = k + 1; i < s->count; i++) {
            if (w[i][k] < 0) {
                continue;
            }
            s->lower[i][k] = multiply(m, w[i][k], s->inverse[k]);
            for (int j = k + 1; j < s->count; j++) {
                if (w[k][j] >= 0) {
                    const int product = multiply(m, s->lower[i][k], w[k][j]);

                    w[i][j] = w[i][j] < 0 ? negate(m, product) : subtract(m, w[i][j], product);
                    s->multiplications++;
                }
            }
            s->multiplications++;
        }
        for (int j = k + 1; j < s->count; j++) {
            s->upper[k][j] = w[k][j] < 0 ? -1 : multiply(m, w[k][j], s->inverse[k]);
            s->multiplications += w[k][j] >= 0;
        }
    }
}

void factor(struct model *m, const int *slope, int shift, struct sparse *s)
{
    static int full[UNKNOWNS_MAX][UNKNOWNS_MAX], w[UNKNOWNS_MAX][UNKNOWNS_MAX];
    const int states = m->counts[KIND_STATE];
    int unknown[UNKNOWNS_MAX], row[UNKNOWNS_MAX], value[NAMES_MAX];

    for (int i = 0; i < m->name_count; i++) {
        value[i] = m->names[i].change;
    }
    memcpy(row, slope, (size_t)states * sizeof *row);
    memset(s, 0, sizeof *s);
    memset(s->lower, -1, sizeof s->lower);
    memset(s->upper, -1, sizeof s->upper);
    s->count = list_unknowns(m, unknown, row);
    for (int i = 0; i < s->count; i++) {
        row[i] = i < states ? row[i] : replace(m, row[i], value);
        for (int j = 0; j < s->count; j++) {
            const int d = negate(m, derive(m, row[i], unknown[j]));
            const int diagonal = i < states ? shift : number(m, 1.0);
            const int entry = i == j ? add(m, d, diagonal) : d;

            full[i][j] = is_number(m, entry, 0.0) ? -1 : entry;
        }
    }
    search_order(s->count, full, s->order);
    for (int i = 0; i < s->count; i++) {
        for (int j = 0; j < s->count; j++) {
            w[i][j] = full[s->order[i]][s->order[j]];
        }
    }
    eliminate(m, w, s);
}
