/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_knowledge: the clinical tables. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/place.h"
#include "server/tables.h"

const struct en_option EN_OPTIONS_KNOWLEDGE[] = {
    {"data", "DIR", "approvals: folder of the clinic; default ./" EN_CLI_DATA},
    {"db", "URL", "approvals: the database; default clinic.db in the folder"},
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

/* What the clinicians of a clinic approved. */
struct approvals {
    struct en_arena *arena;
    struct en_approval *items; /* shape [count] */
    size_t count;
};

static enum en_status approvals_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct approvals *a = context;

    return en_tx_approvals(tx, a->arena, &a->items, &a->count, err);
}

static const struct en_row *row_of(const struct en_knowledge *k, const struct en_approval *p)
{
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        if (en_text_equal(en_knowledge_table_at(k, i)->name, p->table)) {
            return en_row_find(k, p->table, p->row);
        }
    }
    return NULL;
}

static void print_approval(struct en_cli *cli, const struct en_knowledge *k,
                           const struct en_approval *p)
{
    const struct en_row *row = row_of(k, p);
    char hash[EN_ROW_HASH] = "", day[EN_INSTANT_TEXT_MAX];

    if (row != NULL) {
        en_row_hash(row, hash);
    }
    (void)fprintf(cli->out, "%-16s %-28s %.10s  %s, licence %s%s\n", p->table, p->row,
                  en_instant_text(p->recorded_us, day), p->name, p->licence,
                  row == NULL                    ? "  (these tables have no such row)"
                  : en_text_equal(hash, p->hash) ? ""
                                                 : "  (of a text that these tables do not have)");
}

static enum en_status approvals(struct en_cli *cli, const struct en_arguments *args,
                                struct en_err *err)
{
    struct en_store_options options = {.only_reads = true, .readers = 1};
    struct approvals a = {.arena = cli->arena};
    struct en_knowledge *k = NULL;
    struct en_store *store = NULL;

    EN_TRY(en_knowledge_load(cli->knowledge_folder, cli->arena, &k, err));
    EN_TRY(en_cli_db(args, cli->arena, &options.url, err));
    EN_TRY(en_store_open(&options, &store, err));
    const enum en_status st = en_store_read(store, approvals_work, &a, err);

    en_store_close(store);
    EN_TRY(st);
    for (size_t i = 0; i < a.count; i++) {
        print_approval(cli, k, &a.items[i]);
    }
    (void)fprintf(cli->out, "%zu row%s approved by this clinic\n", a.count,
                  a.count == 1 ? " is" : "s are");
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
    if (en_text_equal(what, "approvals") && args->word_count == 1) {
        return approvals(cli, args, err);
    }
    if (!(en_text_equal(what, "show") && args->word_count == 2) && !en_text_equal(what, "docs")) {
        return en_fail(err, EN_EINVAL,
                       "usage: enthesis knowledge check | show ID | docs | approvals");
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
