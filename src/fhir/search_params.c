/* SPDX-License-Identifier: Apache-2.0
 * The table of parameters: rows of the type "Resource" belong to every type, a row "$type" names a
 * type that is kept. A type's rows stand together. */
#include "base/embedded.h"
#include "base/text.h"
#include "fhir/search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *type, *name, *kind, *paths, *targets;
};

struct table {
    struct row *rows;                       /* shape [count] */
    size_t count, common_count, type_count; /* the common ones stand first */
};

static const char *next_cell(char **line)
{
    const char *cell = strsep(line, "\t");

    return cell == NULL ? "" : cell;
}

/* A copy of the embedded table, to be cut into cells. */
static char *table_copy(struct en_arena *a)
{
    for (const struct en_embedded *f = EN_FHIR_FILES; f->name != NULL; f++) {
        if (strcmp(f->name, "search.tsv") == 0) {
            return en_arena_copy(a, f->bytes, f->size);
        }
    }
    return NULL;
}

static size_t lines_of(const char *text)
{
    size_t count = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++) {
        count++;
    }
    return count;
}

static enum en_status read_table(struct en_arena *a, struct table *out, struct en_err *err)
{
    char *text = table_copy(a);

    *out = (struct table){0};
    out->rows = text == NULL ? NULL : EN_NEW(a, struct row, lines_of(text));
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the search parameters");
    }
    (void)strsep(&text, "\n"); /* the header */
    for (char *line; (line = strsep(&text, "\n")) != NULL && line[0] != '\0';) {
        struct row *r = &out->rows[out->count++];

        r->type = next_cell(&line);
        r->name = next_cell(&line);
        r->kind = next_cell(&line);
        r->paths = next_cell(&line);
        r->targets = next_cell(&line);
        out->common_count += strcmp(r->type, "Resource") == 0 ? 1 : 0;
        out->type_count += strcmp(r->name, "$type") == 0 ? 1 : 0;
    }
    return EN_OK;
}

static enum en_status add_param(struct en_search_params *out, const struct row *r, const char *type,
                                struct en_err *err)
{
    static const char *const KINDS[] = {"token",    "string", "reference", "date",   "number",
                                        "quantity", "uri",    "id",        "updated"};
    size_t kind = 0;

    while (kind < EN_COUNT(KINDS) && strcmp(KINDS[kind], r->kind) != 0) {
        kind++;
    }
    if (kind == EN_COUNT(KINDS)) {
        return en_fail(err, EN_EBUG, "search.tsv: %s.%s is of no known kind", r->type, r->name);
    }
    out->items[out->count++] = (struct en_search_param){.type = type,
                                                        .name = r->name,
                                                        .paths = r->paths,
                                                        .targets = r->targets,
                                                        .kind = (enum en_search_kind)kind,
                                                        .key = en_search_key(type, r->name)};
    return EN_OK;
}

/* The types that a compartment tells of, and Patient. */
static void mark_patients(struct en_search_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        struct en_search_param *p = &params->items[i];

        p->is_of_patient = en_search_param_find(params, p->type, EN_SEARCH_COMPARTMENT) != NULL;
    }
}

static int by_type_and_name(const void *a, const void *b)
{
    const struct en_search_param *x = a, *y = b;
    const int order = strcmp(x->type, y->type);

    return order != 0 ? order : strcmp(x->name, y->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A kept type, with the parameters that all have. */
static enum en_status add_type(struct en_search_params *out, const struct table *t,
                               const char *type, struct en_err *err)
{
    out->types[out->type_count++] = type;
    for (size_t i = 0; i < t->common_count; i++) {
        EN_TRY(add_param(out, &t->rows[i], type, err));
    }
    return EN_OK;
}

enum en_status en_search_params_load(struct en_arena *a, struct en_search_params *out,
                                     struct en_err *err)
{
    struct table t;

    *out = (struct en_search_params){0};
    EN_TRY(read_table(a, &t, err));
    out->items = EN_NEW(a, struct en_search_param, t.count + t.type_count * t.common_count);
    out->types = EN_NEW(a, const char *, t.type_count);
    if (out->items == NULL || out->types == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the search parameters");
    }
    enum en_status st = EN_OK;

    for (size_t i = 0; i < t.count && st == EN_OK; i++) {
        const struct row *r = &t.rows[i];

        if (strcmp(r->name, "$type") == 0) {
            st = add_type(out, &t, r->type, err);
        } else if (strcmp(r->type, "Resource") != 0) {
            st = add_param(out, r, r->type, err);
        }
    }
    qsort(out->items, out->count, sizeof *out->items, by_type_and_name);
    mark_patients(out);
    qsort(out->types, out->type_count, sizeof *out->types, by_text);
    return st;
}

/* The first parameter that does not stand before (type, name). */
static size_t place_of(const struct en_search_params *params, const char *type, const char *name)
{
    const struct en_search_param wanted = {.type = type, .name = name};
    size_t low = 0, high = params->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (by_type_and_name(&params->items[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct en_search_param *en_search_params_of(const struct en_search_params *params,
                                                  const char *type, size_t *count)
{
    assert(type != NULL);
    const size_t first = place_of(params, type, "");
    size_t end = first;

    while (end < params->count && strcmp(params->items[end].type, type) == 0) {
        end++;
    }
    *count = end - first;
    return end == first ? NULL : &params->items[first];
}

const struct en_search_param *en_search_param_find(const struct en_search_params *params,
                                                   const char *type, const char *name)
{
    assert(type != NULL && name != NULL);
    const size_t at = place_of(params, type, name);
    const struct en_search_param *p = &params->items[at];

    return at < params->count && strcmp(p->type, type) == 0 && strcmp(p->name, name) == 0 ? p
                                                                                          : NULL;
}
