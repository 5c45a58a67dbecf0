/* SPDX-License-Identifier: Apache-2.0
 * The model as SBML Level 3 Version 2 Core: states are parameters with rate rules, named
 * expressions have assignment rules, balances and starts initial assignments; parameters carry the
 * nominal numbers of heal/parameters.def. Time is in days. Sessions, which are jumps between two
 * such courses, and the two changes of variable of the solver are not part of it. */
#include "modelgen.h"

#include <string.h>

static const struct {
    const char *symbol;
    double nominal;
    const char *meaning;
} ROWS[] = {
#define EN_PARAMETER(symbol, nominal, low, high, cv, unit, meaning, ...)                           \
    {#symbol, nominal, meaning ", in " unit},
#define EN_CONSTANT EN_PARAMETER
#include "../../src/heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

/* One expression being printed. */
struct printer {
    const struct model *m;
    FILE *out;
    int self; /* the name that is defined */
};

static void print(const struct printer *p, int node);

static void apply(const struct printer *p, const char *operation, int a, int b)
{
    (void)fprintf(p->out, "<apply><%s/>", operation);
    print(p, a);
    if (b >= 0) {
        print(p, b);
    }
    (void)fputs("</apply>", p->out);
}

static void print_number(FILE *out, double x)
{
    char text[40];
    const char *exponent = NULL;

    (void)snprintf(text, sizeof text, "%.17g", x);
    exponent = strchr(text, 'e');
    if (exponent == NULL) {
        (void)fprintf(out, "<cn>%s</cn>", text);
    } else {
        (void)fprintf(out, "<cn type=\"e-notation\">%.*s<sep/>%s</cn>", (int)(exponent - text),
                      text, exponent + 1);
    }
}

/* a > 0 ? (is_step ? 1 : a) : 0 */
static void print_piecewise(const struct printer *p, int a, int is_step)
{
    (void)fputs("<piecewise><piece>", p->out);
    if (is_step) {
        (void)fputs("<cn>1</cn>", p->out);
    } else {
        print(p, a);
    }
    (void)fputs("<apply><gt/>", p->out);
    print(p, a);
    (void)fputs("<cn>0</cn></apply></piece><otherwise><cn>0</cn></otherwise></piecewise>", p->out);
}

static void print_operation(const struct printer *p, int node)
{
    const struct node *n = &p->m->nodes[node];

    switch (n->op) {
    case OP_NUMBER:
        print_number(p->out, n->number);
        break;
    case OP_NAME:
        (void)fprintf(p->out, "<ci> %s </ci>", p->m->names[n->a].text);
        break;
    case OP_ADD:
        apply(p, "plus", n->a, n->b);
        break;
    case OP_MUL:
        apply(p, "times", n->a, n->b);
        break;
    case OP_NEG:
        apply(p, "minus", n->a, -1);
        break;
    case OP_INV:
        (void)fputs("<apply><divide/><cn>1</cn>", p->out);
        print(p, n->a);
        (void)fputs("</apply>", p->out);
        break;
    case OP_POW:
        (void)fputs("<apply><power/>", p->out);
        print(p, n->a);
        print_number(p->out, n->number);
        (void)fputs("</apply>", p->out);
        break;
    case OP_MAX:
    case OP_STEP:
        print_piecewise(p, n->a, n->op == OP_STEP);
        break;
    }
}

static void print(const struct printer *p, int node)
{
    const struct name *known = name_of_value(p->m, node, p->self);

    if (known != NULL) {
        (void)fprintf(p->out, "<ci> %s </ci>", known->text);
    } else {
        print_operation(p, node);
    }
}

static void math(const struct model *m, FILE *out, int node, int self)
{
    (void)fputs("<math xmlns=\"http://www.w3.org/1998/Math/MathML\">", out);
    print(&(struct printer){m, out, self}, node);
    (void)fputs("</math>", out);
}

/* Nominal number of a parameter or constant, with its meaning; inputs are 1 but for the drug. */
static void write_value(const struct name *n, FILE *out)
{
    if (n->kind == KIND_INPUT) {
        (void)fprintf(out, " value=\"%d\"", strcmp(n->text, "ns") != 0);
        return;
    }
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (strcmp(ROWS[i].symbol, n->text) == 0) {
            (void)fprintf(out, " name=\"%s\" value=\"%.17g\"", ROWS[i].meaning, ROWS[i].nominal);
            return;
        }
    }
    fail("no row in parameters.def:", n->text);
}

static int is_constant(const struct name *n)
{
    return n->kind == KIND_PARAMETER || n->kind == KIND_CONSTANT || n->kind == KIND_INPUT ||
           n->kind == KIND_BALANCE;
}

static void write_parameters(const struct model *m, FILE *out)
{
    (void)fputs("    <listOfParameters>\n", out);
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (n->kind == KIND_SYMBOL || (n->kind == KIND_NAMED && n->value < 0)) {
            continue; /* what the solver integrates instead of a state */
        }
        (void)fprintf(out, "      <parameter id=\"%s\"", n->text);
        if (is_constant(n) && n->kind != KIND_BALANCE) {
            write_value(n, out);
        } else if (n->kind == KIND_STATE && n->start < 0) {
            (void)fputs(" value=\"0\"", out);
        }
        (void)fprintf(out, " constant=\"%s\"/>\n", is_constant(n) ? "true" : "false");
    }
    (void)fputs("    </listOfParameters>\n", out);
}

static void write_starts(const struct model *m, FILE *out)
{
    (void)fputs("    <listOfInitialAssignments>\n", out);
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];
        const int value = n->kind == KIND_BALANCE ? n->value
                          : n->kind == KIND_STATE ? n->start
                                                  : -1;

        if (value >= 0) {
            (void)fprintf(out, "      <initialAssignment symbol=\"%s\">", n->text);
            math(m, out, value, i);
            (void)fputs("</initialAssignment>\n", out);
        }
    }
    (void)fputs("    </listOfInitialAssignments>\n", out);
}

static void write_rules(const struct model *m, FILE *out)
{
    (void)fputs("    <listOfRules>\n", out);
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (n->value >= 0 && (n->kind == KIND_NAMED || n->kind == KIND_STATE)) {
            const char *rule = n->kind == KIND_STATE ? "rateRule" : "assignmentRule";

            (void)fprintf(out, "      <%s variable=\"%s\">", rule, n->text);
            math(m, out, n->value, i);
            (void)fprintf(out, "</%s>\n", rule);
        }
    }
    (void)fputs("    </listOfRules>\n", out);
}

void write_sbml(struct model *m, FILE *out)
{
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" "
                "version=\"2\">\n"
                "  <model id=\"enthesis_healing\" name=\"Healing of ligament and tendon after "
                "prolotherapy, between two sessions\" timeUnits=\"day\">\n"
                "    <listOfUnitDefinitions>\n"
                "      <unitDefinition id=\"day\"><listOfUnits><unit kind=\"second\" "
                "exponent=\"1\" scale=\"0\" multiplier=\"86400\"/></listOfUnits></unitDefinition>\n"
                "    </listOfUnitDefinitions>\n",
                out);
    write_parameters(m, out);
    write_starts(m, out);
    write_rules(m, out);
    (void)fputs("  </model>\n</sbml>\n", out);
}
