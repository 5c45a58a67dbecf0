/* SPDX-License-Identifier: Apache-2.0
 * knowledge/open: the tables of the binary or of a folder, and what a folder must not lack. */
#include "base/buf.h"
#include "base/folder.h"
#include "knowledge/tables.h"

#include <string.h>

enum { FIRST_PROBLEMS = 3 };

/* One file of the folder. One that is too long is stood for by blank bytes of more than the limit,
 * so that the loader names it among the other problems. */
static enum en_status read_file(const char *folder, const char *name, struct en_arena *a,
                                struct en_embedded *out, struct en_err *err)
{
    const char *path = en_arena_print(a, "%s/%s", folder, name);
    struct en_buf b = EN_BUF(EN_TABLE_FILE_MAX + 1);

    if (path == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the knowledge tables");
    }
    enum en_status status = en_buf_read_file(&b, path, err);

    out->name = name;
    out->size = b.size;
    if (status == EN_ELIMIT) {
        out->size = EN_TABLE_FILE_MAX + 1;
        out->bytes = EN_NEW(a, char, out->size + 1);
        status = EN_OK;
    } else {
        out->bytes = en_arena_copy(a, en_buf_text(&b), b.size);
    }
    en_buf_free(&b);
    if (status == EN_OK && out->bytes == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the knowledge tables");
    }
    return status;
}

/* The .tsv files of a folder, in memory. */
static enum en_status read_folder(const char *folder, struct en_arena *a,
                                  const struct en_embedded **out, struct en_err *err)
{
    const char **names;
    size_t count;

    EN_TRY(en_folder_list(folder, ".tsv", EN_TABLES_MAX, a, &names, &count, err));
    struct en_embedded *files = EN_NEW(a, struct en_embedded, count + 1);

    if (files == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the knowledge tables");
    }
    for (size_t i = 0; i < count; i++) {
        EN_TRY(read_file(folder, names[i], a, &files[i], err));
    }
    *out = files;
    return EN_OK;
}

/* Rows that the program asks for by id; a folder must not lack them. */
static const char *const NEEDED[] = {"facts", "limits", "policies"};

static bool is_needed(const char *table)
{
    for (size_t i = 0; i < EN_COUNT(NEEDED); i++) {
        if (strcmp(NEEDED[i], table) == 0) {
            return true;
        }
    }
    return false;
}

static void check_needed_rows(struct en_loader *l, const struct en_table_data *needed,
                              const struct en_table_data *t)
{
    for (size_t i = 0; i < needed->table.row_count; i++) {
        const char *id = en_cell(&needed->table.rows[i], "id");

        if (en_index_find(t, id, strlen(id)) == NULL) {
            en_problem_add(l, t->file, 1, "the row \"%s\" is missing; the program asks for it", id);
        }
    }
}

static void check_needed_columns(struct en_loader *l, const struct en_table_data *needed,
                                 const struct en_table_data *t)
{
    for (size_t i = 0; i < needed->rule_count; i++) {
        const struct en_column *c = &needed->rules[i];
        size_t j = 0;

        while (j < t->rule_count &&
               (strcmp(t->rules[j].name, c->name) != 0 || t->rules[j].type != c->type)) {
            j++;
        }
        if (j == t->rule_count) {
            en_problem_add(l, t->file, 1,
                           "the column \"%s\" of type %s is missing; the program asks for it",
                           c->name, c->type_text);
        }
    }
}

/* A folder replaces the embedded tables, so it must have what the program was built with: every
 * table and column, and the rows that are asked for by id. */
static enum en_status check_contract(const struct en_knowledge *k, struct en_arena *a,
                                     struct en_problems *problems, struct en_err *err)
{
    struct en_knowledge *own = NULL;

    EN_TRY(en_tables_load(EN_KNOWLEDGE_FILES, a, &own, problems, err));
    struct en_loader l = {.a = a, .k = own};

    for (size_t i = 0; i < own->table_count; i++) {
        const struct en_table_data *needed = &own->tables[i];
        const char *name = needed->table.name;
        const struct en_table_data *t = en_table_find(k, name, strlen(name));

        if (t == NULL) {
            en_problem_add(&l, needed->file, 1, "the table is missing; the program asks for it");
            continue;
        }
        check_needed_columns(&l, needed, t);
        if (is_needed(name)) {
            check_needed_rows(&l, needed, t);
        }
    }
    en_problems_sort(&l, problems);
    if (l.status != EN_OK) {
        return en_fail(err, l.status, "no memory for the knowledge tables");
    }
    return problems->count == 0
               ? EN_OK
               : en_fail(err, EN_EINVAL, "%zu things that the program asks for are missing",
                         problems->count);
}

enum en_status en_knowledge_check(const char *folder, struct en_arena *a, struct en_knowledge **out,
                                  struct en_problems *problems, struct en_err *err)
{
    const struct en_embedded *files = EN_KNOWLEDGE_FILES;
    struct en_knowledge *k = NULL;

    *out = NULL;
    *problems = (struct en_problems){0};
    if (folder != NULL) {
        EN_TRY(read_folder(folder, a, &files, err));
    }
    EN_TRY(en_tables_load(files, a, &k, problems, err));
    if (folder != NULL) {
        EN_TRY(check_contract(k, a, problems, err));
    }
    *out = k;
    return EN_OK;
}

enum en_status en_knowledge_load(const char *folder, struct en_arena *a, struct en_knowledge **out,
                                 struct en_err *err)
{
    struct en_problems problems;
    const enum en_status status = en_knowledge_check(folder, a, out, &problems, err);

    if (problems.count == 0 || err == NULL) {
        return status;
    }
    struct en_buf b = EN_BUF(sizeof err->text);

    for (size_t i = 0; i < problems.count && i < FIRST_PROBLEMS; i++) {
        en_buf_print(&b, "%.150s\n", problems.lines[i]);
    }
    if (problems.count > FIRST_PROBLEMS) {
        en_buf_print(&b, "and %zu more", problems.count - FIRST_PROBLEMS);
    }
    (void)en_fail(err, status, "%s", en_buf_text(&b));
    en_buf_free(&b);
    return status;
}
