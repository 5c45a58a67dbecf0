/* SPDX-License-Identifier: Apache-2.0
 * knowledge/load: the order in which tables are read and checked, and the list of problems. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_TEXT_MAX = 400 };

/* Room for one more problem; false when there is none. */
static bool make_room(struct en_loader *l)
{
    if (l->problem_count < l->problem_capacity) {
        return true;
    }
    const size_t capacity = l->problem_capacity == 0 ? 16 : 2 * l->problem_capacity;
    struct en_problem *problems = EN_NEW(l->a, struct en_problem, capacity);

    if (problems == NULL) {
        l->status = EN_ENOMEM;
        return false;
    }
    if (l->problem_count > 0) {
        memcpy(problems, l->problems, l->problem_count * sizeof *problems);
    }
    l->problems = problems;
    l->problem_capacity = capacity;
    return true;
}

void en_problem_add(struct en_loader *l, const char *file, size_t line, const char *format, ...)
{
    char text[PROBLEM_TEXT_MAX];
    va_list args;

    if (l->status != EN_OK || l->problem_count == EN_TABLE_PROBLEMS_MAX || !make_room(l)) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);

    const char *copy = en_arena_print(l->a, "%s:%zu: %s", file, line, text);

    if (copy == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    l->problems[l->problem_count] =
        (struct en_problem){.file = file, .text = copy, .line = line, .serial = l->problem_count};
    l->problem_count++;
}

static int by_place(const void *a, const void *b)
{
    const struct en_problem *x = a, *y = b;
    const int order = strcmp(x->file, y->file);

    if (order != 0) {
        return order;
    }
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->serial < y->serial ? -1 : 1;
}

void en_problems_sort(struct en_loader *l, struct en_problems *out)
{
    if (l->problem_count == 0) {
        return;
    }
    qsort(l->problems, l->problem_count, sizeof *l->problems, by_place);
    const char **lines = EN_NEW(l->a, const char *, l->problem_count);

    if (lines == NULL) {
        l->status = EN_ENOMEM;
        return;
    }
    for (size_t i = 0; i < l->problem_count; i++) {
        lines[i] = l->problems[i].text;
    }
    *out = (struct en_problems){.lines = lines, .count = l->problem_count};
}

static const struct en_embedded *file_find(const struct en_embedded *files, const char *name)
{
    for (; files->name != NULL; files++) {
        if (strcmp(files->name, name) == 0) {
            return files;
        }
    }
    return NULL;
}

/* The version is a hash over names and bytes, in the order of the names, so that the embedded
 * tables and a folder with the same files have the same one. */
static void set_version(struct en_knowledge *k, const struct en_embedded *files)
{
    const struct en_embedded *last = NULL;
    uint64_t hash = EN_HASH_START;

    for (;;) {
        const struct en_embedded *next = NULL;

        for (const struct en_embedded *f = files; f->name != NULL; f++) {
            if ((last == NULL || strcmp(f->name, last->name) > 0) &&
                (next == NULL || strcmp(f->name, next->name) < 0)) {
                next = f;
            }
        }
        if (next == NULL) {
            break;
        }
        hash = en_hash(hash, next->name, strlen(next->name) + 1);
        hash = en_hash(hash, next->bytes, next->size);
        last = next;
    }
    (void)snprintf(k->version, sizeof k->version, "%016" PRIx64, hash);
}

/* Files that no table is described for. */
static void check_files(struct en_loader *l, const struct en_embedded *files)
{
    static const char SUFFIX[] = ".tsv";

    for (; files->name != NULL; files++) {
        const size_t size = strlen(files->name), end = strlen(SUFFIX);

        if (size <= end || strcmp(files->name + size - end, SUFFIX) != 0 ||
            en_table_find(l->k, files->name, size - end) == NULL) {
            en_problem_add(l, files->name, 1,
                           "unknown table; describe it in schema.tsv or remove the file");
        }
    }
}

static void read_tables(struct en_loader *l, const struct en_embedded *files)
{
    struct en_knowledge *k = l->k;

    for (size_t i = 1; i < k->table_count && l->status == EN_OK; i++) {
        struct en_table_data *t = &k->tables[i];
        const struct en_embedded *file = file_find(files, t->file);

        if (file == NULL) {
            en_problem_add(l, t->file, 1,
                           "the file is missing; add it, or remove its rows from schema.tsv");
            continue;
        }
        en_tsv_read(l, t, file);
        en_index_build(l, t);
    }
}

enum en_status en_tables_load(const struct en_embedded *files, struct en_arena *a,
                              struct en_knowledge **out, struct en_problems *problems,
                              struct en_err *err)
{
    struct en_loader l = {.a = a, .k = EN_NEW(a, struct en_knowledge, 1)};

    *out = NULL;
    *problems = (struct en_problems){0};
    if (l.k == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the knowledge tables");
    }
    set_version(l.k, files);
    en_schema_read(&l, files);
    check_files(&l, files);
    read_tables(&l, files);
    for (size_t i = 0; i < l.k->table_count && l.status == EN_OK; i++) {
        en_cells_check(&l, &l.k->tables[i]);
    }
    en_facts_read(&l);
    en_expressions_read(&l);
    en_crosscheck(&l);
    en_problems_sort(&l, problems);
    if (l.status != EN_OK) {
        *problems = (struct en_problems){0};
        return en_fail(err, l.status, "no memory for the knowledge tables");
    }
    if (problems->count > 0) {
        return en_fail(err, EN_EINVAL, "%zu problems in the knowledge tables", problems->count);
    }
    *out = l.k;
    return EN_OK;
}
