/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/r4.h"

#include "base/embedded.h"
#include "base/text.h"
#include "fhir/fhirpath.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { CELLS_MAX = 5, PATH_MAX_BYTES = 256 };

/* A copy of an embedded table and the place of reading in it. */
struct table_text {
    char *at;
    size_t line_count;
};

static enum en_status table_open(const char *name, struct en_arena *a, struct table_text *out,
                                 struct en_err *err)
{
    for (const struct en_embedded *f = EN_FHIR_FILES; f->name != NULL; f++) {
        if (strcmp(f->name, name) != 0) {
            continue;
        }
        out->at = en_arena_copy(a, f->bytes, f->size);
        if (out->at == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
        }
        out->line_count = 0;
        for (const char *p = out->at; (p = strchr(p, '\n')) != NULL; p++) {
            out->line_count++;
        }
        return EN_OK;
    }
    return en_fail(err, EN_EBUG, "the program was built without %s", name);
}

/* Cut the next line into cells; false at the end. Missing cells are "". */
static bool table_line(struct table_text *t, char *cells[CELLS_MAX])
{
    assert(t->at != NULL);
    char *end = strchr(t->at, '\n');
    char *line = t->at;

    if (end == NULL) {
        return false;
    }
    *end = '\0';
    t->at = end + 1;
    for (int i = 0; i < CELLS_MAX; i++) {
        char *tab = strchr(line, '\t');

        cells[i] = line;
        line = tab == NULL ? end : tab + 1;
        if (tab != NULL) {
            *tab = '\0';
        }
    }
    return true;
}

static size_t slot_of(const struct en_r4 *r4, const char *path, size_t size)
{
    size_t slot = (size_t)en_hash(EN_HASH_START, path, size) & (r4->slot_count - 1);

    while (r4->by_path[slot] != NULL && (strncmp(r4->by_path[slot]->path, path, size) != 0 ||
                                         r4->by_path[slot]->path[size] != '\0')) {
        slot = (slot + 1) & (r4->slot_count - 1);
    }
    return slot;
}

const struct en_r4_element *en_r4_find(const struct en_r4 *r4, const char *path, size_t size)
{
    return r4->by_path[slot_of(r4, path, size == SIZE_MAX ? strlen(path) : size)];
}

/* One row of elements.tsv. A parent stands before its children in the table. */
static enum en_status add_element(struct en_r4 *r4, struct en_arena *a, char *cells[CELLS_MAX],
                                  struct en_err *err)
{
    struct en_r4_element *e = &r4->elements[r4->element_count++];
    const char *dot = strrchr(cells[0], '.');
    const char *name = dot == NULL ? cells[0] : dot + 1;
    const size_t length = strlen(name);
    long long min = 0, max = INT_MAX;

    (void)en_text_integer(cells[1], 0, INT_MAX, &min);
    (void)en_text_integer(cells[2], 0, INT_MAX, &max);
    *e = (struct en_r4_element){.path = cells[0],
                                .types = cells[3],
                                .binding = cells[4],
                                .min = (int)min,
                                .max = (int)max,
                                .is_choice = length > 3 && strcmp(name + length - 3, "[x]") == 0};
    e->name = e->is_choice ? en_arena_copy(a, name, length - 3) : name;
    if (e->name == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
    }
    r4->by_path[slot_of(r4, e->path, strlen(e->path))] = e;
    if (dot == NULL) {
        return EN_OK;
    }
    const struct en_r4_element *found = en_r4_find(r4, cells[0], (size_t)(dot - cells[0]));

    if (found == NULL) {
        return en_fail(err, EN_EBUG, "elements.tsv: %s has no parent", cells[0]);
    }
    struct en_r4_element *parent = &r4->elements[found - r4->elements];

    if (parent->first_child == NULL) {
        parent->first_child = e;
    } else {
        r4->elements[parent->last_child - r4->elements].next = e;
    }
    parent->last_child = e;
    return EN_OK;
}

static enum en_status load_elements(struct en_arena *a, struct en_r4 *r4, struct en_err *err)
{
    struct table_text t = {0};
    char *cells[CELLS_MAX];

    EN_TRY(table_open("elements.tsv", a, &t, err));
    r4->slot_count = 1;
    while (r4->slot_count < 2 * t.line_count) {
        r4->slot_count *= 2;
    }
    r4->elements = EN_NEW(a, struct en_r4_element, t.line_count);
    r4->by_path = EN_NEW(a, const struct en_r4_element *, r4->slot_count);
    if (r4->elements == NULL || r4->by_path == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
    }
    enum en_status st = table_line(&t, cells) ? EN_OK : EN_EBUG; /* the header */

    while (st == EN_OK && table_line(&t, cells)) {
        st = add_element(r4, a, cells, err);
    }
    return st;
}

/* One row of summary.tsv: a type and its marked elements. */
static enum en_status mark_summary(struct en_r4 *r4, char *cells[CELLS_MAX], struct en_err *err)
{
    const char *at = cells[1];

    while (*at != '\0') {
        char path[PATH_MAX_BYTES];
        const int size = (int)strcspn(at, " ");
        const int length = snprintf(path, sizeof path, "%s.%.*s", cells[0], size, at);
        const struct en_r4_element *found =
            length < (int)sizeof path ? en_r4_find(r4, path, SIZE_MAX) : NULL;

        if (found == NULL) {
            return en_fail(err, EN_EBUG, "summary.tsv: %s has an unknown element", cells[0]);
        }
        r4->elements[found - r4->elements].is_summary = true;
        at += size;
        at += strspn(at, " ");
    }
    return EN_OK;
}

static enum en_status load_summaries(struct en_arena *a, struct en_r4 *r4, struct en_err *err)
{
    struct table_text t = {0};
    char *cells[CELLS_MAX];

    EN_TRY(table_open("summary.tsv", a, &t, err));
    enum en_status st = table_line(&t, cells) ? EN_OK : EN_EBUG; /* the header */

    while (st == EN_OK && table_line(&t, cells)) {
        st = mark_summary(r4, cells, err);
    }
    return st;
}

/* One row of constraints.tsv. */
static enum en_status add_constraint(struct en_r4 *r4, struct en_arena *a, char *cells[CELLS_MAX],
                                     struct en_err *err)
{
    const struct en_r4_element *found = en_r4_find(r4, cells[0], SIZE_MAX);
    struct en_r4_constraint *c = EN_NEW(a, struct en_r4_constraint, 1);

    if (c == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
    }
    if (found == NULL) {
        return en_fail(err, EN_EBUG, "constraints.tsv: no element %s", cells[0]);
    }
    struct en_r4_element *e = &r4->elements[found - r4->elements];

    *c = (struct en_r4_constraint){.key = cells[1],
                                   .text = cells[4],
                                   .is_warning = strcmp(cells[2], "warning") == 0,
                                   .next = e->constraints};
    e->constraints = c;
    return en_fhirpath_parse(cells[3], a, &c->program, err);
}

static enum en_status load_constraints(struct en_arena *a, struct en_r4 *r4, struct en_err *err)
{
    struct table_text t = {0};
    char *cells[CELLS_MAX];

    EN_TRY(table_open("constraints.tsv", a, &t, err));
    enum en_status st = table_line(&t, cells) ? EN_OK : EN_EBUG; /* the header */

    while (st == EN_OK && table_line(&t, cells)) {
        st = add_constraint(r4, a, cells, err);
    }
    return st;
}

static enum en_status load_extensions(struct en_arena *a, struct en_r4 *r4, struct en_err *err)
{
    struct table_text t = {0};
    char *cells[CELLS_MAX];

    EN_TRY(table_open("extensions.tsv", a, &t, err));
    r4->extensions = EN_NEW(a, struct en_r4_extension, t.line_count);
    if (r4->extensions == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
    }
    for (bool is_header = true; table_line(&t, cells); is_header = false) {
        if (!is_header) {
            r4->extensions[r4->extension_count++] =
                (struct en_r4_extension){.url = cells[0],
                                         .is_modifier = cells[1][0] != '\0',
                                         .types = cells[2],
                                         .places = cells[3]};
        }
    }
    return EN_OK;
}

static enum en_status load_codes(struct en_arena *a, struct en_r4 *r4, struct en_err *err)
{
    struct table_text t = {0};
    char *cells[CELLS_MAX];

    EN_TRY(table_open("codes.tsv", a, &t, err));
    r4->codes = EN_NEW(a, struct en_r4_codes, t.line_count);
    if (r4->codes == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the R4 definitions");
    }
    for (bool is_header = true; table_line(&t, cells); is_header = false) {
        if (!is_header) {
            r4->codes[r4->code_count++] = (struct en_r4_codes){cells[0], cells[1], cells[2]};
        }
    }
    return EN_OK;
}

/* What rows name by text becomes pointers, so that a walk needs no look-up. */
static void link_rows(struct en_r4 *r4)
{
    for (size_t i = 0; i < r4->element_count; i++) {
        struct en_r4_element *e = &r4->elements[i];
        const char *name = e->types, *targets = NULL;
        size_t size = 0;

        e->base = e->types[0] == '\0' ? NULL : en_r4_find(r4, e->types, SIZE_MAX);
        if (strchr(e->path, '.') == NULL) {
            continue;
        }
        e->codes = e->binding[0] == '\0' ? NULL : en_r4_codes_find(r4, e->binding);
        if (e->types[0] == '#') {
            e->type = en_r4_find(r4, e->types + 1, SIZE_MAX);
        } else if (!e->is_choice && en_r4_next_type(e->types, &name, &size, &targets) != NULL) {
            e->type = en_r4_find(r4, name, size);
        }
    }
}

enum en_status en_r4_load(struct en_arena *a, struct en_r4 *out, struct en_err *err)
{
    *out = (struct en_r4){0};
    EN_TRY(load_elements(a, out, err));
    EN_TRY(load_summaries(a, out, err));
    EN_TRY(load_codes(a, out, err));
    EN_TRY(load_extensions(a, out, err));
    link_rows(out);
    return load_constraints(a, out, err);
}

const struct en_r4_element *en_r4_base(const struct en_r4 *r4, const struct en_r4_element *type)
{
    (void)r4;
    return type->base;
}

const char *en_r4_next_type(const char *types, const char **name, size_t *size,
                            const char **targets)
{
    while (*types == ' ') {
        types++;
    }
    if (*types == '\0') {
        return NULL;
    }
    *name = types;
    *size = strcspn(types, " (");
    *targets = types[*size] == '(' ? types + *size : NULL;
    return types + strcspn(types, " ");
}

/* Types begin with an ASCII letter. */
static char upper(char c)
{
    static const char LOWER[] = "abcdefghijklmnopqrstuvwxyz",
                      UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = c == '\0' ? NULL : strchr(LOWER, c);

    if (at == NULL) {
        return c;
    }
    return UPPER[at - LOWER];
}

/* Whether key is the choice's name with the name of one of its types behind it. */
static bool is_choice_of(const struct en_r4 *r4, const struct en_r4_element *e, const char *key,
                         const char **type)
{
    const char *name, *targets, *types = e->types;
    const size_t length = strlen(e->name);
    size_t size;

    if (!en_text_starts(key, e->name)) {
        return false;
    }
    const char *suffix = key + length;

    while ((types = en_r4_next_type(types, &name, &size, &targets)) != NULL) {
        if (upper(name[0]) == suffix[0] && strncmp(name + 1, suffix + 1, size - 1) == 0 &&
            suffix[size] == '\0') {
            break;
        }
    }
    if (types == NULL) {
        return false;
    }
    *type = en_r4_find(r4, name, size)->path;
    return true;
}

const struct en_r4_element *en_r4_child(const struct en_r4 *r4, const struct en_r4_element *parent,
                                        const char *key, const char **type)
{
    for (const struct en_r4_element *p = parent; p != NULL;) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (e->is_choice ? is_choice_of(r4, e, key, type) : strcmp(e->name, key) == 0) {
                return e;
            }
        }
        p = en_r4_base(r4, p);
    }
    return NULL;
}

bool en_r4_member(const struct en_r4 *r4, const struct en_r4_element *parent, const char *key,
                  struct en_r4_member *out)
{
    const char *name = NULL, *choice = NULL;
    size_t size = 0;

    *out = (struct en_r4_member){0};
    out->element = en_r4_child(r4, parent, key, &choice);
    if (out->element == NULL) {
        return false;
    }
    const struct en_r4_element *e = out->element;
    const char *types = e->types;

    if (types[0] == '#') {
        out->shape = e->type;
        out->type = "BackboneElement";
        return true;
    }
    out->type = choice;
    if (choice == NULL) {
        (void)en_r4_next_type(types, &name, &size, &out->targets);
        out->type = e->type->path;
        out->shape = e->first_child != NULL ? e : e->type;
        return true;
    }
    while ((types = en_r4_next_type(types, &name, &size, &out->targets)) != NULL) {
        if (strncmp(choice, name, size) == 0 && choice[size] == '\0') {
            break;
        }
    }
    out->shape = en_r4_find(r4, choice, SIZE_MAX);
    return true;
}

const struct en_r4_codes *en_r4_codes_find(const struct en_r4 *r4, const char *set)
{
    size_t low = 0, high = r4->code_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(r4->codes[middle].set, set) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r4->code_count && strcmp(r4->codes[low].set, set) == 0 ? &r4->codes[low] : NULL;
}

static bool has_word(const char *words, const char *word, size_t length)
{
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += length) {
        if ((p == words || p[-1] == ' ') && (p[length] == ' ' || p[length] == '\0')) {
            return true;
        }
    }
    return false;
}

bool en_r4_codes_have(const struct en_r4 *r4, const struct en_r4_codes *first, const char *system,
                      const char *code)
{
    const size_t length = strlen(code);

    /* The table parts codes by spaces: "male female" is none of them. */
    if (length == 0 || strchr(code, ' ') != NULL) {
        return false;
    }
    for (const struct en_r4_codes *c = first;
         c < r4->codes + r4->code_count && strcmp(c->set, first->set) == 0; c++) {
        if ((system == NULL || strcmp(c->system, system) == 0) &&
            has_word(c->codes, code, length)) {
            return true;
        }
    }
    return false;
}

bool en_r4_has_code(const struct en_r4 *r4, const char *set, const char *system, const char *code)
{
    const struct en_r4_codes *first = en_r4_codes_find(r4, set);

    return first != NULL && en_r4_codes_have(r4, first, system, code);
}

const struct en_r4_extension *en_r4_extension_find(const struct en_r4 *r4, const char *url)
{
    size_t low = 0, high = r4->extension_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(r4->extensions[middle].url, url);

        if (order == 0) {
            return &r4->extensions[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
