/* SPDX-License-Identifier: Apache-2.0 */
#include "modelgen.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_SIZE = 2000 };

/* What is being read. */
struct reader {
    struct model *m;
    const char *at;
    int line;
};

void fail(const char *what, const char *detail)
{
    (void)fprintf(stderr, "modelgen: %s %s\n", what, detail);
    exit(1);
}

static void refuse(const struct reader *r, const char *what)
{
    (void)fprintf(stderr, "modelgen: line %d: %s before: %.40s\n", r->line, what, r->at);
    exit(1);
}

int model_name(struct model *m, const char *text)
{
    for (int i = 0; i < m->name_count; i++) {
        if (strcmp(m->names[i].text, text) == 0) {
            return i;
        }
    }
    return -1;
}

const struct name *name_of_value(const struct model *m, int node, int self)
{
    const enum op op = m->nodes[node].op;

    for (int i = 0; op != OP_NUMBER && op != OP_NAME && i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if (i != self && (n->kind == KIND_NAMED || n->kind == KIND_BALANCE) && n->value == node) {
            return n;
        }
    }
    return NULL;
}

static struct name *new_name(struct reader *r, const char *text, enum kind kind)
{
    static const enum level LEVELS[] = {
        [KIND_PARAMETER] = LEVEL_PATIENT, [KIND_CONSTANT] = LEVEL_PATIENT,
        [KIND_BALANCE] = LEVEL_PATIENT,   [KIND_INPUT] = LEVEL_EVENT,
        [KIND_STATE] = LEVEL_STATE,       [KIND_NAMED] = LEVEL_STATE};
    struct model *m = r->m;

    if (m->name_count == NAMES_MAX || model_name(m, text) >= 0) {
        refuse(r, "too many names, or one of them twice");
    }
    struct name *n = &m->names[m->name_count];

    *n = (struct name){
        .kind = kind, .index = m->counts[kind]++, .value = -1, .start = -1, .change = -1};
    (void)snprintf(n->text, sizeof n->text, "%s", text);
    n->node = n->inner = named(m, m->name_count++, LEVELS[kind]);
    return n;
}

static char peek(struct reader *r)
{
    while (isspace((unsigned char)*r->at)) {
        r->at++;
    }
    return *r->at;
}

static int accept(struct reader *r, char c)
{
    const int found = peek(r) == c;

    r->at += found;
    return found;
}

static void expect(struct reader *r, char c)
{
    if (!accept(r, c)) {
        refuse(r, "something is missing");
    }
}

/* A word: letters, digits and _; empty where there is none. */
static void word(struct reader *r, char out[NAME_MAX_SIZE])
{
    size_t size = 0;

    (void)peek(r);
    while (isalnum((unsigned char)*r->at) || *r->at == '_') {
        if (size == NAME_MAX_SIZE - 1) {
            refuse(r, "a name is too long");
        }
        out[size++] = *r->at++;
    }
    out[size] = 0;
}

static int sum(struct reader *r);

static double digits(struct reader *r)
{
    char *end;
    const double x = strtod(r->at, &end);

    if (end == r->at) {
        refuse(r, "a number is missing");
    }
    r->at = end;
    return x;
}

static int primary(struct reader *r)
{
    char text[NAME_MAX_SIZE];

    if (accept(r, '(')) {
        const int inside = sum(r);

        expect(r, ')');
        return inside;
    }
    if (isdigit((unsigned char)peek(r))) {
        return number(r->m, digits(r));
    }
    word(r, text);
    if (strcmp(text, "max") == 0) {
        expect(r, '(');
        expect(r, '0');
        expect(r, ',');
        const int inside = maximum(r->m, sum(r));

        expect(r, ')');
        return inside;
    }
    if (text[0] == 0) {
        refuse(r, "an expression is missing");
    }
    const int known = model_name(r->m, text);

    if (known < 0) {
        return new_name(r, text, KIND_PARAMETER)->node;
    }
    const struct name *n = &r->m->names[known];

    if (n->kind == KIND_NAMED && !n->is_unknown && n->value < 0) {
        refuse(r, "a name is used above its definition");
    }
    return n->kind == KIND_NAMED && !n->is_unknown ? n->value : n->node;
}

static int factor_of(struct reader *r)
{
    if (accept(r, '-')) {
        return negate(r->m, factor_of(r));
    }
    const int base = primary(r);

    return accept(r, '^') ? power(r->m, base, digits(r)) : base;
}

static int product(struct reader *r)
{
    int x = factor_of(r);

    for (;;) {
        if (accept(r, '*')) {
            x = multiply(r->m, x, factor_of(r));
        } else if (accept(r, '/')) {
            x = multiply(r->m, x, invert(r->m, factor_of(r)));
        } else {
            return x;
        }
    }
}

static int sum(struct reader *r)
{
    int x = product(r);

    for (;;) {
        if (accept(r, '+')) {
            x = add(r->m, x, product(r));
        } else if (accept(r, '-')) {
            x = subtract(r->m, x, product(r));
        } else {
            return x;
        }
    }
}

/* The names that stand in the rest of the line. */
static void each_name(struct reader *r, enum kind kind)
{
    char text[NAME_MAX_SIZE];

    for (word(r, text); text[0] != 0; word(r, text)) {
        (void)new_name(r, text, kind);
    }
}

static struct name *known_name(struct reader *r, const char *text, enum kind kind)
{
    const int i = model_name(r->m, text);

    if (i < 0 || r->m->names[i].kind != kind) {
        refuse(r, "no such name");
    }
    return &r->m->names[i];
}

static void read_marks(struct reader *r, int is_unknown)
{
    char text[NAME_MAX_SIZE];

    for (word(r, text); text[0] != 0; word(r, text)) {
        const int i = model_name(r->m, text);
        struct name *n = i < 0 ? new_name(r, text, KIND_NAMED) : &r->m->names[i];

        n->is_unknown |= is_unknown;
        n->is_observed |= !is_unknown;
    }
}

/* start F = EXPR */
static void read_start(struct reader *r)
{
    char text[NAME_MAX_SIZE];

    word(r, text);
    struct name *state = known_name(r, text, KIND_STATE);

    expect(r, '=');
    state->start = sum(r);
}

/* change V = v^10: the state in terms of a number named here. */
static void read_change(struct reader *r)
{
    char text[NAME_MAX_SIZE];

    word(r, text);
    struct name *state = known_name(r, text, KIND_STATE);

    expect(r, '=');
    word(r, text);
    const double exponent = accept(r, '^') ? digits(r) : 1.0;
    struct name *inner = new_name(r, text, KIND_NAMED);

    state->inner = inner->node;
    state->change = power(r->m, inner->node, exponent);
}

static void read_definition(struct reader *r, const char *text, enum kind kind)
{
    struct name *n;

    if (accept(r, '\'')) {
        n = known_name(r, text, KIND_STATE);
    } else {
        const int i = model_name(r->m, text);

        n = i >= 0 && kind == KIND_NAMED ? &r->m->names[i] : new_name(r, text, kind);
    }
    if (n->value >= 0) {
        refuse(r, "this is defined twice");
    }
    expect(r, '=');
    n->value = sum(r);
}

static void read_line(struct reader *r)
{
    char text[NAME_MAX_SIZE];

    word(r, text);
    if (strcmp(text, "state") == 0) {
        each_name(r, KIND_STATE);
    } else if (strcmp(text, "input") == 0) {
        each_name(r, KIND_INPUT);
    } else if (strcmp(text, "constant") == 0) {
        each_name(r, KIND_CONSTANT);
    } else if (strcmp(text, "unknown") == 0) {
        read_marks(r, 1);
    } else if (strcmp(text, "observe") == 0) {
        read_marks(r, 0);
    } else if (strcmp(text, "change") == 0) {
        read_change(r);
    } else if (strcmp(text, "start") == 0) {
        read_start(r);
    } else if (strcmp(text, "balance") == 0) {
        word(r, text);
        read_definition(r, text, KIND_BALANCE);
    } else if (text[0] != 0) {
        read_definition(r, text, KIND_NAMED);
    }
    if (peek(r) != 0) {
        refuse(r, "this was not understood");
    }
}

void model_read(struct model *m, FILE *in)
{
    char line[LINE_MAX_SIZE];
    size_t size = 0;
    struct reader r = {.m = m};

    while (fgets(line + size, (int)(sizeof line - size), in) != NULL) {
        r.line++;
        line[strcspn(line, "#\n")] = 0;
        size = strlen(line);
        if (size > 0 && line[size - 1] == '\\') {
            size--;
            continue;
        }
        if (size + 2 >= sizeof line) {
            refuse(&r, "the line is too long");
        }
        r.at = line;
        read_line(&r);
        size = 0;
    }
    for (int i = 0; i < m->name_count; i++) {
        const struct name *n = &m->names[i];

        if ((n->kind == KIND_STATE || n->is_unknown || n->is_observed) && n->value < 0) {
            fail("without a definition:", n->text);
        }
    }
}
