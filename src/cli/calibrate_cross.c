/* SPDX-License-Identifier: Apache-2.0
 * cli/calibrate_cross: `enthesis calibrate cross`, leaving out one data set after the other. */
#include "app/clinic.h"
#include "app/selfcheck.h"
#include "app/validation.h"
#include "base/limits.h"
#include "cli/calibrate.h"

static const char TABLE[] = "docs/validation.tsv";

static const char *path_of(const struct en_arguments *args)
{
    return en_given(args, "out") == NULL ? TABLE : en_given(args, "out");
}

/* Predictions are kept beside the checkpoint of the calibration. */
static enum en_status save(const struct en_long *l, const struct en_cross *c, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_STATE_FILE_MAX);

    if (l->checkpoint == NULL) {
        return EN_OK;
    }
    en_cross_pack(c, &bytes, l->cli->arena);
    const enum en_status st = en_long_write(l, &bytes, err);

    en_buf_free(&bytes);
    return st;
}

static enum en_status resume(const struct en_long *l, struct en_cross *c, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_STATE_FILE_MAX);

    if (l->checkpoint == NULL) {
        return EN_OK;
    }
    enum en_status st = en_buf_read_file(&bytes, l->checkpoint, err);

    if (st == EN_OK) {
        st = en_cross_unpack(c, l->checkpoint, &bytes, err);
    } else if (st == EN_ENOTFOUND) {
        st = EN_OK;
        err->text[0] = '\0';
    }
    en_buf_free(&bytes);
    return st;
}

static enum en_status advance(const struct en_long *l, const char *what, struct en_calibration *c,
                              struct en_err *err)
{
    while (!en_calibration_done(c)) {
        en_long_show(l, what, c);
        EN_TRY(en_calibration_advance(c, err));
    }
    return EN_OK;
}

static enum en_status leave_out(const struct en_long *l, struct en_cross *c, size_t dataset,
                                struct en_err *err)
{
    size_t done = 0;
    const size_t count = en_cross_count(c, &done);
    char what[80];

    en_cross_leave(c, dataset);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        (void)snprintf(what, sizeof what, "%zu of %zu, without %.30s, %s", done + 1, count,
                       c->run->evidence.studies[dataset].id, en_heal_hypothesis(h).id);
        EN_TRY(advance(l, what, c->run->calibration[h], err));
    }
    EN_TRY(en_cross_predict(c, dataset, l->cli->arena, err));
    return save(l, c, err);
}

static enum en_status write_table(struct en_cli *cli, const struct en_cross *c, const char *path,
                                  struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_TABLE_FILE_MAX);
    struct en_validation_rows rows;

    EN_TRY(en_validation_rows_of_cross(c, cli->arena, &rows, err));
    en_validation_print(&rows, &text);
    return en_cli_write(cli, path, EN_OK, &text, err);
}

/* Sections of docs/validation.md, each from a table of its own, so that making one anew never loses
 * another. An empty table: not done yet. */

static enum en_status add_cross(struct en_cli *cli, const char *path, const struct en_buf *table,
                                struct en_buf *out, struct en_err *err)
{
    struct en_validation_rows rows = {0};

    if (table->size > 0) {
        EN_TRY(en_validation_read(path, en_buf_text(table), table->size, cli->arena, &rows, err));
    }
    en_validation_docs(&rows, out);
    return EN_OK;
}

static enum en_status add_self(struct en_cli *cli, const char *path, const struct en_buf *table,
                               struct en_buf *out, struct en_err *err)
{
    struct en_selfcheck_rows rows = {0};

    if (table->size > 0) {
        EN_TRY(
            en_selfcheck_rows_read(path, en_buf_text(table), table->size, cli->arena, &rows, err));
    }
    en_selfcheck_docs(&rows, out);
    return EN_OK;
}

static enum en_status add_clinic(struct en_cli *cli, const char *path, const struct en_buf *table,
                                 struct en_buf *out, struct en_err *err)
{
    struct en_clinic_rows rows = {0};

    if (table->size > 0) {
        EN_TRY(en_clinic_rows_read(path, en_buf_text(table), table->size, cli->arena, &rows, err));
    }
    en_clinic_docs(cli->app.knowledge, &rows, out);
    return EN_OK;
}

static const struct section {
    const char *table;
    enum en_status (*add)(struct en_cli *cli, const char *path, const struct en_buf *table,
                          struct en_buf *out, struct en_err *err);
} SECTIONS[] = {
    {TABLE, add_cross},
    {"docs/selfcheck.tsv", add_self},
    {"docs/clinic.tsv", add_clinic},
};

/* path: NULL, or a table that was asked for and has to be there. */
static enum en_status add_section(struct en_cli *cli, const struct section *s, const char *path,
                                  struct en_buf *out, struct en_err *err)
{
    const char *table = path == NULL ? s->table : path;
    struct en_buf bytes = EN_BUF(EN_TABLE_FILE_MAX);
    enum en_status st = en_buf_read_file(&bytes, table, err);

    if (st == EN_ENOTFOUND && path == NULL) {
        st = EN_OK;
        err->text[0] = '\0';
    }
    if (st == EN_OK) {
        st = s->add(cli, table, &bytes, out, err);
    }
    en_buf_free(&bytes);
    return st;
}

static enum en_status print_markdown(struct en_cli *cli, const struct en_arguments *args,
                                     struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = EN_OK;

    for (size_t i = 0; i < EN_COUNT(SECTIONS) && st == EN_OK; i++) {
        st = add_section(cli, &SECTIONS[i], i == 0 ? en_given(args, "out") : NULL, &out, err);
    }
    return en_cli_flush(cli, &out, st, err);
}

enum en_status en_calibrate_cross(struct en_cli *cli, const struct en_arguments *args,
                                  struct en_err *err)
{
    struct en_calibration_run run;
    struct en_cross cross;
    struct en_long l = {.cli = cli};
    size_t dataset;

    if (en_given(args, "markdown") != NULL) {
        return print_markdown(cli, args, err);
    }
    if (en_given(args, "hypothesis") != NULL) {
        return en_fail(err, EN_EINVAL, "cross needs all hypotheses: leave --hypothesis out");
    }
    EN_TRY(en_long_run(&l, args, &run, err));
    EN_TRY(en_cross_start(&run, cli->arena, &cross, err));
    if (l.checkpoint != NULL) {
        l.checkpoint = en_arena_print(cli->arena, "%s.cross", l.checkpoint);
        if (l.checkpoint == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for a path");
        }
    }
    EN_TRY(resume(&l, &cross, err));
    while ((dataset = en_cross_next(&cross)) != SIZE_MAX) {
        EN_TRY(leave_out(&l, &cross, dataset, err));
    }
    en_long_wipe(&l);
    return write_table(cli, &cross, path_of(args), err);
}
