/* SPDX-License-Identifier: Apache-2.0
 * The C back end: straight-line functions on a lane type V (v_add, v_fma, ... of heal/engine.h).
 *
 *     model_fix      what depends on the patient alone, once per patient
 *     model_set      what depends on the inputs as well, at each event
 *     model_slope    slopes of the integrated numbers, plus what is given
 *     model_begin    the slopes, and shift I - J factored, sharing their common expressions
 *     model_solve    one solution with these factors
 *     model_inner    from the states to what is integrated, where MODEL_ROOT(x, n) is defined
 *     model_outer    back
 *     model_observe  the observed expressions, in terms of the states themselves
 *
 * Products that are added become fused multiply-adds; reciprocals that do not wait for each other
 * share one division (a division costs as much as some thirty products on full vectors). */
#include "modelgen.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 6, GROUP_SPREAD = 1, TEXT_MAX = 64, SUMMANDS_MAX = 32 };

/* One function being written. */
struct writer {
    struct model *m;
    FILE *out;
    enum level level;             /* what changes less often than this is already in c[] */
    const char *place[NAMES_MAX]; /* C text of each name at this level */
    int slot[NODES_MAX];          /* place in c[]; -1: none */
    int uses[NODES_MAX];
    int depth[NODES_MAX];     /* divisions one after the other up to here */
    int height[NODES_MAX];    /* operations one after the other up to here */
    int temporary[NODES_MAX]; /* number of the local constant; -1: not written yet */
    int inverse[NODES_MAX];   /* the inverses of this function, in the order found */
    int inverse_count, temporary_count;
};

/* Whole powers become products, halves square roots. */
static int lower(struct model *m, int node)
{
    const struct node n = m->nodes[node];
    int right;

    switch (n.op) {
    case OP_ADD:
        right = lower(m, n.b);
        return add(m, lower(m, n.a), right);
    case OP_MUL:
        right = lower(m, n.b);
        return multiply(m, lower(m, n.a), right);
    case OP_NEG:
        return negate(m, lower(m, n.a));
    case OP_INV:
        return invert(m, lower(m, n.a));
    case OP_MAX:
        return maximum(m, lower(m, n.a));
    case OP_STEP:
        return step(m, lower(m, n.a));
    case OP_POW: {
        const int a = lower(m, n.a), whole = (int)n.number;

        if (n.number == 0.5) {
            return power(m, a, 0.5);
        }
        if (n.number == whole + 0.5) {
            const int root = power(m, a, 0.5);

            return multiply(m, lower(m, power(m, a, whole)), root);
        }
        if (n.number != whole) {
            fail("a power that is neither whole nor a half must be changed away", "");
        }
        if (whole % 3 == 0) {
            const int third = lower(m, power(m, a, whole / 3));

            return multiply(m, multiply(m, third, third), third);
        }
        return multiply(m, lower(m, power(m, a, whole - 1)), a);
    }
    case OP_NUMBER:
    case OP_NAME:
        break;
    }
    return node;
}

static int arity(enum op op)
{
    if (op == OP_NUMBER || op == OP_NAME) {
        return 0;
    }
    return op == OP_ADD || op == OP_MUL ? 2 : 1;
}

/* Count uses and depths of what this function computes. */
static void survey(struct writer *w, int node)
{
    const struct node *n = &w->m->nodes[node];

    if (n->level < w->level || w->uses[node]++ > 0) {
        return;
    }
    const int count = arity(n->op);
    const int operands[] = {n->a, n->b};

    for (int i = 0; i < count; i++) {
        survey(w, operands[i]);
        if (w->height[operands[i]] > w->height[node]) {
            w->height[node] = w->height[operands[i]];
        }
        if (w->m->nodes[operands[i]].level == w->level && w->depth[operands[i]] > w->depth[node]) {
            w->depth[node] = w->depth[operands[i]];
        }
    }
    w->height[node] += n->op == OP_INV || n->op == OP_POW ? 8 : 1;
    if (n->op == OP_INV) {
        w->depth[node]++;
        w->inverse[w->inverse_count++] = node;
    }
}

/* Places in c[] for what is used here but computed less often. */
static void reserve(struct writer *w, int node, int *count)
{
    const struct node *n = &w->m->nodes[node];

    if (n->level == LEVEL_NUMBER) {
        return;
    }
    if (n->level < w->level) {
        w->slot[node] = w->slot[node] < 0 ? (*count)++ : w->slot[node];
        return;
    }
    if (arity(n->op) > 0) {
        reserve(w, n->a, count);
    }
    if (arity(n->op) > 1) {
        reserve(w, n->b, count);
    }
}

static const char *text_of(const struct writer *w, int node, char text[TEXT_MAX])
{
    const struct node *n = &w->m->nodes[node];

    if (n->op == OP_NUMBER) {
        (void)snprintf(text, TEXT_MAX, "v_num(%.17g)", n->number);
    } else if (n->level < w->level) {
        (void)snprintf(text, TEXT_MAX, "c[%d]", w->slot[node]);
    } else {
        (void)snprintf(text, TEXT_MAX, "t%d", w->temporary[node]);
    }
    return text;
}

static void line(struct writer *w, int node, const char *function, int a, int b, int c)
{
    char ta[TEXT_MAX], tb[TEXT_MAX], tc[TEXT_MAX];

    w->temporary[node] = w->temporary_count++;
    (void)fprintf(w->out, "    const V t%d = %s(%s", w->temporary[node], function,
                  text_of(w, a, ta));
    if (b >= 0) {
        (void)fprintf(w->out, ", %s", text_of(w, b, tb));
    }
    if (c >= 0) {
        (void)fprintf(w->out, ", %s", text_of(w, c, tc));
    }
    (void)fprintf(w->out, ");\n");
}

static void write_node(struct writer *w, int node);

static const char *tree_text(const struct writer *w, int entry, char text[TEXT_MAX])
{
    if (entry < 0) {
        return text_of(w, -1 - entry, text);
    }
    (void)snprintf(text, TEXT_MAX, "t%d", entry);
    return text;
}

/* Products of halves of a group as a tree: its own product at tree[0], then the left half's, then
 * the right half's. A negative entry is -1 - (a node), where the half is one divisor. */
static void group_products(struct writer *w, const int *inverse, int count, int *tree)
{
    char a[TEXT_MAX], b[TEXT_MAX];
    const int half = count / 2;

    if (count == 1) {
        tree[0] = -1 - w->m->nodes[inverse[0]].a;
        return;
    }
    group_products(w, inverse, half, tree + 1);
    group_products(w, inverse + half, count - half, tree + 2 * half);
    tree[0] = w->temporary_count++;
    (void)fprintf(w->out, "    const V t%d = v_mul(%s, %s);\n", tree[0], tree_text(w, tree[1], a),
                  tree_text(w, tree[2 * half], b));
}

/* whole: temporary that holds 1 / tree[0]. A half's inverse is that times the other half. */
static void group_inverses(struct writer *w, const int *inverse, int count, const int *tree,
                           int whole)
{
    char text[TEXT_MAX];
    const int half = count / 2;

    if (count == 1) {
        w->temporary[inverse[0]] = whole;
        return;
    }
    const int left = w->temporary_count++, right = w->temporary_count++;

    (void)fprintf(w->out, "    const V t%d = v_mul(t%d, %s);\n", left, whole,
                  tree_text(w, tree[2 * half], text));
    (void)fprintf(w->out, "    const V t%d = v_mul(t%d, %s);\n", right, whole,
                  tree_text(w, tree[1], text));
    group_inverses(w, inverse, half, tree + 1, left);
    group_inverses(w, inverse + half, count - half, tree + 2 * half, right);
}

/* Whether two divisions may be one: neither waits for the other, and both divisors are there at
 * about the same time (one division for all eight of a stage was 8 % slower than three). */
static int go_together(const struct writer *w, int one, int other)
{
    const int rank = w->height[w->m->nodes[one].a] - w->height[w->m->nodes[other].a];

    return w->depth[one] == w->depth[other] && abs(rank) <= GROUP_SPREAD;
}

/* This inverse and those that go with it by one division. No more than GROUP_MAX: pivots are large
 * where steps are small, and their product must not overflow. */
static void write_inverse(struct writer *w, int node)
{
    int group[GROUP_MAX] = {node}, tree[2 * GROUP_MAX], count = 1;
    char text[TEXT_MAX];

    for (int i = 0; i < w->inverse_count && count < GROUP_MAX; i++) {
        const int other = w->inverse[i];

        if (other != node && w->temporary[other] < 0 && go_together(w, node, other)) {
            group[count++] = other;
        }
    }
    for (int i = 0; i < count; i++) {
        write_node(w, w->m->nodes[group[i]].a);
    }
    group_products(w, group, count, tree);
    const int whole = w->temporary_count++;

    (void)fprintf(w->out, "    const V t%d = v_inv(%s);\n", whole, tree_text(w, tree[0], text));
    group_inverses(w, group, count, tree, whole);
}

/* One part of a sum. */
struct summand {
    int node, is_negative, is_product;
};

static int is_own(const struct writer *w, int node)
{
    return w->m->nodes[node].level == w->level && w->uses[node] == 1 && w->temporary[node] < 0;
}

/* The parts of a sum; sums within it that nobody else uses are taken apart as well. */
static void list_summands(const struct writer *w, int node, int is_negative, struct summand *list,
                          int *count)
{
    const struct node *n = &w->m->nodes[node];

    if (n->op == OP_NEG && n->level == w->level && w->uses[node] == 1) {
        list_summands(w, n->a, !is_negative, list, count);
    } else if (n->op == OP_ADD && is_own(w, node)) {
        list_summands(w, n->a, is_negative, list, count);
        list_summands(w, n->b, is_negative, list, count);
    } else if (*count == SUMMANDS_MAX) {
        fail("a sum is too long", "");
    } else {
        list[(*count)++] = (struct summand){node, is_negative, n->op == OP_MUL && is_own(w, node)};
    }
}

/* Those that are there first come first, one that is no product at the very first. */
static void sort_summands(const struct writer *w, struct summand *list, int count)
{
    for (int i = 1; i < count; i++) {
        for (int k = i; k > 0; k--) {
            const struct summand s = list[k], before = list[k - 1];
            const int is_sooner = w->height[s.node] < w->height[before.node];

            if (k == 1 && s.is_product != before.is_product ? s.is_product : !is_sooner) {
                break;
            }
            list[k] = before;
            list[k - 1] = s;
        }
    }
}

/* One more summand onto `sum`, which stands for its negative where is_less says so. */
static void add_summand(struct writer *w, const struct summand *s, char sum[TEXT_MAX], int *is_less)
{
    static const char *const ONTO[2][2] = {{"v_fma", "v_fnma"}, {"v_fms", "v_fma"}};
    const struct node *n = &w->m->nodes[s->node];
    char a[TEXT_MAX], b[TEXT_MAX];
    const int t = w->temporary_count++;

    (void)text_of(w, s->is_product ? n->a : s->node, a);
    if (s->is_product) {
        (void)fprintf(w->out, "    const V t%d = %s(%s, %s, %s);\n", t,
                      ONTO[*is_less][s->is_negative], a, text_of(w, n->b, b), sum);
    } else if (*is_less == s->is_negative) {
        (void)fprintf(w->out, "    const V t%d = v_add(%s, %s);\n", t, sum, a);
    } else {
        (void)fprintf(w->out, "    const V t%d = v_sub(%s, %s);\n", t, *is_less ? a : sum,
                      *is_less ? sum : a);
    }
    *is_less = *is_less && s->is_negative;
    (void)snprintf(sum, TEXT_MAX, "t%d", t);
}

static void write_sum(struct writer *w, int node)
{
    struct summand list[SUMMANDS_MAX];
    char sum[TEXT_MAX], a[TEXT_MAX], b[TEXT_MAX];
    int count = 0;

    list_summands(w, w->m->nodes[node].a, 0, list, &count);
    list_summands(w, w->m->nodes[node].b, 0, list, &count);
    sort_summands(w, list, count);
    for (int i = 0; i < count; i++) {
        const struct node *n = &w->m->nodes[list[i].node];

        write_node(w, list[i].is_product ? n->a : list[i].node);
        if (list[i].is_product) {
            write_node(w, n->b);
        }
    }
    const struct node *first = &w->m->nodes[list[0].node];
    int is_less = list[0].is_negative;

    if (list[0].is_product) {
        (void)fprintf(w->out, "    const V t%d = v_mul(%s, %s);\n", w->temporary_count,
                      text_of(w, first->a, a), text_of(w, first->b, b));
        (void)snprintf(sum, sizeof sum, "t%d", w->temporary_count++);
    } else {
        (void)text_of(w, list[0].node, sum);
    }
    for (int i = 1; i < count; i++) {
        add_summand(w, &list[i], sum, &is_less);
    }
    if (is_less) {
        (void)fprintf(w->out, "    const V t%d = v_neg(%s);\n", w->temporary_count++, sum);
    }
    w->temporary[node] = w->temporary_count - 1;
}

static void write_node(struct writer *w, int node)
{
    const struct node *n = &w->m->nodes[node];

    if (n->level < w->level || w->temporary[node] >= 0) {
        return;
    }
    switch (n->op) {
    case OP_NAME:
        if (w->place[n->a] == NULL) {
            fail("not known here:", w->m->names[n->a].text);
        }
        w->temporary[node] = w->temporary_count++;
        (void)fprintf(w->out, "    const V t%d = %s; /* %s */\n", w->temporary[node],
                      w->place[n->a], w->m->names[n->a].text);
        return;
    case OP_ADD:
        write_sum(w, node);
        return;
    case OP_INV:
        write_inverse(w, node);
        return;
    case OP_MUL:
        write_node(w, n->a);
        write_node(w, n->b);
        line(w, node, "v_mul", n->a, n->b, -1);
        return;
    case OP_NEG:
        write_node(w, n->a);
        line(w, node, "v_neg", n->a, -1, -1);
        return;
    case OP_POW:
        write_node(w, n->a);
        line(w, node, "v_sqrt", n->a, -1, -1);
        return;
    case OP_MAX:
    case OP_STEP:
        write_node(w, n->a);
        line(w, node, n->op == OP_MAX ? "v_max0" : "v_step", n->a, -1, -1);
        return;
    case OP_NUMBER:
        return;
    }
}

/* Begin a function that computes what changes at this level. */
static void begin(struct writer *w, enum level level, const char *head)
{
    w->level = level;
    w->inverse_count = w->temporary_count = 0;
    memset(w->uses, 0, sizeof w->uses);
    memset(w->depth, 0, sizeof w->depth);
    memset(w->height, 0, sizeof w->height);
    memset(w->temporary, -1, sizeof w->temporary);
    (void)fprintf(w->out, "\nMODEL_INLINE void %s\n{\n", head);
}

/* Write target[i] = nodes[i] for the nodes computed at this level. */
static void finish(struct writer *w, const char *target, const int *nodes, int count)
{
    char text[TEXT_MAX];

    for (int i = 0; i < count; i++) {
        if (nodes[i] >= 0) {
            write_node(w, nodes[i]);
            (void)fprintf(w->out, "    %s[%d] = %s;\n", target, i, text_of(w, nodes[i], text));
        }
    }
}

static void survey_all(struct writer *w, const int *nodes, int count)
{
    for (int i = 0; i < count; i++) {
        if (nodes[i] >= 0) {
            survey(w, nodes[i]);
        }
    }
}

static void set_places(struct writer *w)
{
    static char text[NAMES_MAX][TEXT_MAX];

    for (int i = 0; i < w->m->name_count; i++) {
        const struct name *n = &w->m->names[i];

        switch (n->kind) {
        case KIND_PARAMETER:
            (void)snprintf(text[i], TEXT_MAX, "p[EN_P(%s)]", n->text);
            break;
        case KIND_CONSTANT:
            (void)snprintf(text[i], TEXT_MAX, "v_num(EN_MODEL.%s)", n->text);
            break;
        case KIND_BALANCE:
            (void)snprintf(text[i], TEXT_MAX, "b[%d]", n->index);
            break;
        case KIND_INPUT:
            (void)snprintf(text[i], TEXT_MAX, "u[%d]", n->index);
            break;
        case KIND_STATE:
            (void)snprintf(text[i], TEXT_MAX, "y[%d]", n->index);
            break;
        case KIND_SYMBOL:
            (void)snprintf(text[i], TEXT_MAX, "%s", n->text);
            break;
        case KIND_NAMED:
            break;
        }
        w->place[i] = text[i][0] != 0 ? text[i] : NULL;
    }
    for (int i = 0; i < w->m->name_count; i++) {
        const struct name *n = &w->m->names[i];

        if (n->kind == KIND_STATE && n->inner != n->node) {
            w->place[w->m->nodes[n->inner].a] = w->place[i];
        }
    }
}

/* Everything that changes with the state, in terms of what is integrated. */
struct system {
    struct sparse factors;
    int slope[UNKNOWNS_MAX], slope_plus[UNKNOWNS_MAX];
    int list[2 * UNKNOWNS_MAX * UNKNOWNS_MAX]; /* entries of the factors in lu[] */
    int list_count;
    int seen[NAMES_MAX], seen_count;
    int all[2 * UNKNOWNS_MAX * UNKNOWNS_MAX]; /* all entries, also those in c[] */
    int all_count;
};

/* Entries are kept without their sign, which costs nothing where they are used. */
static int unsigned_of(const struct model *m, int node)
{
    return node >= 0 && m->nodes[node].op == OP_NEG ? m->nodes[node].a : node;
}

/* The entries of the factors that change with the state, in one list. */
static int list_factors(const struct model *m, const struct sparse *s, int *list)
{
    int count = 0;

    for (int i = 0; i < s->count; i++) {
        const int *rows[] = {s->lower[i], s->upper[i]};

        for (int half = 0; half < 2; half++) {
            for (int j = 0; j < s->count; j++) {
                const int node = unsigned_of(m, rows[half][j]);

                if (node >= 0 && m->nodes[node].level == LEVEL_STATE) {
                    list[count++] = node;
                }
            }
        }
        if (m->nodes[s->inverse[i]].level == LEVEL_STATE) {
            list[count++] = s->inverse[i];
        }
    }
    return count;
}

static const char *factor_text(struct writer *w, const struct system *y, int node,
                               char text[TEXT_MAX])
{
    for (int i = 0; i < y->list_count; i++) {
        if (y->list[i] == node) {
            (void)snprintf(text, TEXT_MAX, "lu[%d]", i);
            return text;
        }
    }
    return text_of(w, node, text);
}

/* x -= entry * other; the unknowns beyond the states begin at 0, which is not written. */
static void write_elimination(struct writer *w, const struct system *y, int entry, const int *rows,
                              int *is_zero)
{
    char text[TEXT_MAX];
    const int row = rows[0], other = rows[1], core = unsigned_of(w->m, entry);

    if (is_zero[other]) {
        return;
    }
    (void)factor_text(w, y, core, text);
    if (is_zero[row]) {
        (void)fprintf(w->out, "    V x%d = v_mul(%s, x%d);\n", row, text, other);
        if (core == entry) {
            (void)fprintf(w->out, "    x%d = v_neg(x%d);\n", row, row);
        }
        is_zero[row] = 0;
        return;
    }
    (void)fprintf(w->out, "    x%d = %s(%s, x%d, x%d);\n", row, core == entry ? "v_fnma" : "v_fma",
                  text, other, row);
}

static void write_solve(struct writer *w, const struct system *y)
{
    const struct sparse *s = &y->factors;
    int is_zero[UNKNOWNS_MAX] = {0};
    char text[TEXT_MAX];
    const int states = w->m->counts[KIND_STATE];

    begin(w, LEVEL_STATE, "model_solve(const V *c, const V *lu, V *x)");
    (void)fprintf(w->out, "    (void)c;\n");
    for (int i = 0; i < s->count; i++) {
        is_zero[i] = i >= states;
        if (i < states) {
            (void)fprintf(w->out, "    V x%d = x[%d];\n", i, i);
        }
    }
    for (int i = 0; i < s->count; i++) {
        for (int k = 0; k < i; k++) {
            if (s->lower[i][k] >= 0) {
                write_elimination(w, y, s->lower[i][k], (int[]){s->order[i], s->order[k]}, is_zero);
            }
        }
        if (!is_zero[s->order[i]] && !is_number(w->m, s->inverse[i], 1.0)) {
            (void)fprintf(w->out, "    const V z%d = v_mul(x%d, %s);\n", s->order[i], s->order[i],
                          factor_text(w, y, s->inverse[i], text));
        }
    }
    for (int i = s->count - 1; i >= 0; i--) {
        const int row = s->order[i];

        if (!is_zero[row] && !is_number(w->m, s->inverse[i], 1.0)) {
            (void)fprintf(w->out, "    x%d = z%d;\n", row, row);
        }
        for (int j = s->count - 1; j > i; j--) {
            if (s->upper[i][j] >= 0) {
                write_elimination(w, y, s->upper[i][j], (int[]){row, s->order[j]}, is_zero);
            }
        }
    }
    for (int i = 0; i < states; i++) {
        (void)fprintf(w->out, "    x[%d] = x%d;\n", i, i);
    }
    (void)fprintf(w->out, "}\n");
}

/* Level by level downwards, so that each knows what the ones above it need. */
static void write_constants(struct writer *w, int slots)
{
    static const char *const HEADS[] = {[LEVEL_PATIENT] = "model_fix(const V *p, const V *b, V *c)",
                                        [LEVEL_EVENT] = "model_set(const V *u, V *c)"};
    static int node[NODES_MAX];

    for (enum level level = LEVEL_EVENT; level >= LEVEL_PATIENT; level--) {
        begin(w, level, HEADS[level]);
        memset(node, -1, sizeof node);
        for (int i = 0; i < w->m->node_count; i++) {
            if (w->slot[i] >= 0 && w->m->nodes[i].level == level) {
                node[w->slot[i]] = i;
            }
        }
        survey_all(w, node, slots);
        finish(w, "c", node, slots);
        (void)fprintf(w->out, "}\n");
    }
}

/* What the stages' functions need of lower levels, and what the inputs' function needs in turn. */
static int reserve_all(struct writer *w, const int *const *lists, const int *counts, int list_count)
{
    int slots = 0;

    memset(w->slot, -1, sizeof w->slot);
    w->level = LEVEL_STATE;
    for (int l = 0; l < list_count; l++) {
        for (int i = 0; i < counts[l]; i++) {
            if (lists[l][i] >= 0) {
                reserve(w, lists[l][i], &slots);
            }
        }
    }
    w->level = LEVEL_EVENT;
    for (int i = 0; i < w->m->node_count; i++) {
        if (w->slot[i] >= 0 && w->m->nodes[i].level == LEVEL_EVENT) {
            reserve(w, i, &slots);
        }
    }
    return slots;
}

/* Unknowns of the linear systems are expressions again, powers are products. */
static void settle(struct model *m, int *node, const int *value)
{
    *node = *node < 0 ? -1 : lower(m, replace(m, *node, value));
}

static void settle_factors(struct model *m, struct system *y, const int *value)
{
    struct sparse *s = &y->factors;

    for (int i = 0; i < s->count; i++) {
        settle(m, &s->inverse[i], value);
        for (int j = 0; j < s->count; j++) {
            settle(m, &s->lower[i][j], value);
            settle(m, &s->upper[i][j], value);
            y->all[y->all_count++] = s->lower[i][j];
            y->all[y->all_count++] = s->upper[i][j];
        }
    }
    y->list_count = list_factors(m, s, y->list);
}

/* A name of this back end's own, which stands for itself in C. */
static int new_symbol(struct model *m, const char *text)
{
    struct name *n = &m->names[m->name_count];

    if (m->name_count == NAMES_MAX) {
        fail("too many names", "");
    }
    *n = (struct name){.kind = KIND_SYMBOL, .change = -1, .value = -1};
    (void)snprintf(n->text, sizeof n->text, "%s", text);
    n->node = n->inner = named(m, m->name_count++, LEVEL_STATE);
    return n->node;
}

static void make_system(struct model *m, struct system *y)
{
    int inner[NAMES_MAX], outer[NAMES_MAX];
    const int shift = new_symbol(m, "shift");

    inner_slopes(m, y->slope);
    factor(m, y->slope, shift, &y->factors);
    for (int i = 0; i < m->name_count; i++) {
        inner[i] = m->names[i].change;
        outer[i] = m->names[i].is_unknown ? m->names[i].value : -1;
    }
    for (int i = 0; i < m->name_count; i++) {
        if (m->names[i].is_unknown) {
            inner[i] = replace(m, m->names[i].value, inner);
        }
    }
    settle_factors(m, y, inner);
    for (int i = 0; i < m->counts[KIND_STATE]; i++) {
        char text[NAME_MAX_SIZE];

        settle(m, &y->slope[i], inner);
        (void)snprintf(text, sizeof text, "plus[%d]", i);
        y->slope_plus[i] = add(m, y->slope[i], new_symbol(m, text));
    }
    for (int i = 0; i < m->name_count; i++) {
        if (m->names[i].is_observed) {
            y->seen[y->seen_count] = m->names[i].value;
            settle(m, &y->seen[y->seen_count++], outer);
        }
    }
}

static void write_head(const struct writer *w, const struct system *y, int slots)
{
    const struct model *m = w->m;

    (void)fprintf(w->out,
                  "/* Written by tools/modelgen; the elimination has %d multiplications. */\n"
                  "/* NOLINTBEGIN(readability-function-size): straight-line code */\n"
                  "enum { MODEL_STATES = %d, MODEL_FIXED = %d, MODEL_FACTORS = %d };\nenum {",
                  y->factors.multiplications, m->counts[KIND_STATE], slots, y->list_count);
    for (int i = 0; i < m->name_count; i++) {
        if (m->names[i].is_observed) {
            (void)fprintf(w->out, " MODEL_%s,", m->names[i].text);
        }
    }
    (void)fprintf(w->out, " MODEL_SEEN };\n");
}

/* From the states to what is integrated and back. */
static void write_changes(struct writer *w)
{
    struct model *m = w->m;
    int outer[UNKNOWNS_MAX] = {0};
    const int states = m->counts[KIND_STATE];

    (void)fprintf(w->out,
                  "\n#ifdef MODEL_ROOT\nMODEL_INLINE void model_inner(const V *state, V *y)\n{\n");
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (n->kind != KIND_STATE) {
            continue;
        }
        outer[n->index] = n->change < 0 ? n->node : lower(m, n->change);
        if (n->change < 0) {
            (void)fprintf(w->out, "    y[%d] = state[%d];\n", n->index, n->index);
        } else {
            (void)fprintf(w->out, "    y[%d] = MODEL_ROOT(state[%d], %g);\n", n->index, n->index,
                          m->nodes[n->change].number);
        }
    }
    (void)fprintf(w->out, "}\n#endif\n");
    begin(w, LEVEL_STATE, "model_outer(const V *y, V *state)");
    survey_all(w, outer, states);
    finish(w, "state", outer, states);
    (void)fprintf(w->out, "}\n");
}

void write_c(struct model *m, FILE *out)
{
    static struct writer w;
    static struct system y;

    w.m = m;
    w.out = out;
    make_system(m, &y);
    const int states = m->counts[KIND_STATE];
    const int *const lists[] = {y.slope_plus, y.list, y.all, y.seen};
    const int counts[] = {states, y.list_count, y.all_count, y.seen_count};
    const int slots = reserve_all(&w, lists, counts, 4);

    set_places(&w);
    write_head(&w, &y, slots);
    write_constants(&w, slots);
    begin(&w, LEVEL_STATE, "model_slope(const V *c, const V *y, const V *plus, V *slope)");
    survey_all(&w, y.slope_plus, states);
    finish(&w, "slope", y.slope_plus, states);
    (void)fprintf(out, "}\n");
    begin(&w, LEVEL_STATE, "model_begin(const V *c, const V *y, V shift, V *slope, V *lu)");
    survey_all(&w, y.slope, states);
    survey_all(&w, y.list, y.list_count);
    finish(&w, "slope", y.slope, states);
    finish(&w, "lu", y.list, y.list_count);
    (void)fprintf(out, "}\n");
    write_solve(&w, &y);
    begin(&w, LEVEL_STATE, "model_observe(const V *c, const V *y, V *seen)");
    survey_all(&w, y.seen, y.seen_count);
    finish(&w, "seen", y.seen, y.seen_count);
    (void)fprintf(out, "}\n");
    write_changes(&w);
    (void)fprintf(out, "/* NOLINTEND(readability-function-size) */\n");
}
