/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_knowledge: the clinical tables. */
#include "cli/cli.h"

#include "base/limits.h"
#include "base/text.h"

const struct en_option EN_OPTIONS_KNOWLEDGE[] = {
    {NULL, NULL, NULL},
};

static enum en_status check(struct en_cli *cli, struct en_err *err)
{
    struct en_knowledge *k = NULL;
    struct en_problems problems = {0};
    const enum en_status st =
        en_knowledge_check(cli->knowledge_folder, cli->arena, &k, &problems, err);

    for (size_t i = 0; i < problems.count; i++) {
        (void)fprintf(cli->out, "%s\n", problems.lines[i]);
    }
    if (st != EN_OK) {
        return st;
    }
    size_t rows = 0, unapproved = 0;

    for (size_t t = 0; t < en_knowledge_table_count(k); t++) {
        const struct en_table *table = en_knowledge_table_at(k, t);

        rows += table->row_count;
        /* Nobody signs what was computed. */
        if (en_text_equal(table->name, "schema") || en_text_equal(table->name, "sources") ||
            en_text_starts(table->name, "posterior")) {
            continue;
        }
        for (size_t i = 0; i < table->row_count; i++) {
            unapproved += en_text_is_empty(en_cell(&table->rows[i], "approved_by")) ? 1 : 0;
        }
    }
    (void)fprintf(cli->out,
                  "%zu tables, %zu rows, no problem; version %s\n"
                  "%zu rows are approved by nobody yet\n",
                  en_knowledge_table_count(k), rows, en_knowledge_version(k), unapproved);
    return EN_OK;
}

enum en_status en_cmd_knowledge(struct en_cli *cli, const struct en_arguments *args,
                                struct en_err *err)
{
    const char *what = args->word_count > 0 ? args->words[0] : "";
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_knowledge *k = NULL;

    if (en_text_equal(what, "check")) {
        return check(cli, err);
    }
    if (!(en_text_equal(what, "show") && args->word_count == 2) && !en_text_equal(what, "docs")) {
        return en_fail(err, EN_EINVAL, "usage: enthesis knowledge check | show ID | docs");
    }
    EN_TRY(en_knowledge_load(cli->knowledge_folder, cli->arena, &k, err));
    enum en_status st = EN_OK;

    if (en_text_equal(what, "docs")) {
        en_knowledge_docs(k, &out);
    } else {
        st = en_knowledge_show(k, args->words[1], &out, err);
    }
    return en_cli_flush(cli, &out, st, err);
}
