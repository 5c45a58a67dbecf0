/* SPDX-License-Identifier: Apache-2.0
 * The equations as they are compiled, for docs/model.md: one line each, a product as letters side
 * by side. */
#include "modelgen.h"

/* How tightly an operation binds: what binds less than its surroundings needs brackets. */
enum { BIND_SUM, BIND_PRODUCT, BIND_SIGN, BIND_POWER };

/* One equation being printed. */
struct printer {
    const struct model *m;
    FILE *out;
    int self; /* the name that is defined */
};

static void print(const struct printer *p, int node, int bind);

static void bracket(const struct printer *p, int has, const char *text)
{
    if (has) {
        (void)fputs(text, p->out);
    }
}

/* Terms of a sum, each with its sign; returns how many have been printed. */
static int print_terms(const struct printer *p, int node, int printed)
{
    const struct node *n = &p->m->nodes[node];
    const int is_named = name_of_value(p->m, node, p->self) != NULL;

    if (n->op == OP_ADD && !is_named) {
        return print_terms(p, n->b, print_terms(p, n->a, printed));
    }
    const int is_minus = n->op == OP_NEG && !is_named;

    if (printed > 0) {
        (void)fputs(is_minus ? " - " : " + ", p->out);
    } else {
        bracket(p, is_minus, "-");
    }
    print(p, is_minus ? n->a : node, is_minus ? BIND_PRODUCT : BIND_SUM);
    return printed + 1;
}

/* Factors of a product that stand above, or below, the line; returns how many. */
static int print_factors(const struct printer *p, int node, int below, int printed)
{
    const struct node *n = &p->m->nodes[node];

    if (n->op == OP_MUL && name_of_value(p->m, node, p->self) == NULL) {
        printed = print_factors(p, n->a, below, printed);
        return print_factors(p, n->b, below, printed);
    }
    if ((n->op == OP_INV) != below) {
        return printed;
    }
    bracket(p, printed > 0, " ");
    print(p, below ? n->a : node, BIND_SIGN);
    return printed + 1;
}

static int count_below(const struct printer *p, int node)
{
    const struct node *n = &p->m->nodes[node];

    if (n->op == OP_MUL && name_of_value(p->m, node, p->self) == NULL) {
        return count_below(p, n->a) + count_below(p, n->b);
    }
    return n->op == OP_INV;
}

static void print_product(const struct printer *p, int node)
{
    const int below = count_below(p, node);

    if (print_factors(p, node, 0, 0) == 0) {
        (void)fputs("1", p->out);
    }
    if (below > 0) {
        (void)fputs(" / ", p->out);
        bracket(p, below > 1, "(");
        (void)print_factors(p, node, 1, 0);
        bracket(p, below > 1, ")");
    }
}

static void print_operation(const struct printer *p, int node, int bind)
{
    const struct node *n = &p->m->nodes[node];

    switch (n->op) {
    case OP_ADD:
        bracket(p, bind > BIND_SUM, "(");
        (void)print_terms(p, node, 0);
        bracket(p, bind > BIND_SUM, ")");
        break;
    case OP_MUL:
    case OP_INV:
        bracket(p, bind > BIND_PRODUCT, "(");
        print_product(p, node);
        bracket(p, bind > BIND_PRODUCT, ")");
        break;
    case OP_NEG:
        bracket(p, bind > BIND_SUM, "(");
        (void)fputs("-", p->out);
        print(p, n->a, BIND_SIGN);
        bracket(p, bind > BIND_SUM, ")");
        break;
    case OP_POW:
        print(p, n->a, BIND_POWER);
        (void)fprintf(p->out, "^%g", n->number);
        break;
    case OP_MAX:
    case OP_STEP:
        (void)fputs(n->op == OP_MAX ? "max(0, " : "step(", p->out);
        print(p, n->a, BIND_SUM);
        (void)fputs(")", p->out);
        break;
    case OP_NUMBER:
        (void)fprintf(p->out, "%g", n->number);
        break;
    case OP_NAME:
        (void)fputs(p->m->names[n->a].text, p->out);
        break;
    }
}

static void print(const struct printer *p, int node, int bind)
{
    const struct name *known = name_of_value(p->m, node, p->self);

    if (known != NULL) {
        (void)fputs(known->text, p->out);
    } else {
        print_operation(p, node, bind);
    }
}

static void write_kind(const struct model *m, FILE *out, enum kind kind)
{
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];
        char left[NAME_MAX_SIZE + 1];

        if (n->kind != kind || n->value < 0) {
            continue;
        }
        (void)snprintf(left, sizeof left, "%s%s", n->text, kind == KIND_STATE ? "'" : "");
        (void)fprintf(out, "    %-4s = ", left);
        print(&(struct printer){m, out, i}, n->value, BIND_SUM);
        (void)fputs("\n", out);
    }
}

void write_markdown(struct model *m, FILE *out)
{
    write_kind(m, out, KIND_BALANCE);
    (void)fputs("\n", out);
    write_kind(m, out, KIND_NAMED);
    (void)fputs("\n", out);
    write_kind(m, out, KIND_STATE);
}
