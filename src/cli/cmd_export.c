/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_export: `enthesis export DIR`: every current resource as NDJSON, one file per type. */
#include "base/limits.h"
#include "base/text.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TYPES_MAX = 160, PAGE = 500 };

const struct en_option EN_OPTIONS_EXPORT[] = {
    EN_CLI_PLACE_OPTIONS,
    {"type", "TYPE", "of this type only; may be repeated"},
    {NULL, NULL, NULL},
};

struct part {
    const char *type, *path, *part;
    FILE *file;
    uint64_t count;
};

struct export_run {
    struct en_cli *cli;
    const struct en_arguments *args;
    const char *folder;
    struct part parts[TYPES_MAX];
    size_t part_count;
    uint64_t count, seen, all;
    struct en_progress progress;
};

static bool is_wanted(const struct export_run *x, const char *type)
{
    bool is_any = true;

    for (size_t i = 0; i < x->args->all_count; i++) {
        if (en_text_equal(x->args->options[x->args->all[i].option].name, "type")) {
            is_any = false;
            if (en_text_equal(x->args->all[i].value, type)) {
                return true;
            }
        }
    }
    return is_any;
}

static enum en_status part_of(struct export_run *x, const char *type, struct part **out,
                              struct en_err *err)
{
    struct en_arena *a = x->cli->arena;

    for (size_t i = 0; i < x->part_count; i++) {
        if (en_text_equal(x->parts[i].type, type)) {
            *out = &x->parts[i];
            return EN_OK;
        }
    }
    if (x->part_count == TYPES_MAX) {
        return en_fail(err, EN_ELIMIT, "more than %d types of resources", TYPES_MAX);
    }
    struct part *p = &x->parts[x->part_count];

    p->type = en_arena_copy(a, type, SIZE_MAX);
    p->path = en_arena_print(a, "%s/%s.ndjson", x->folder, type);
    p->part = en_arena_print(a, "%s/%s.ndjson.part", x->folder, type);
    if (p->type == NULL || p->path == NULL || p->part == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left");
    }
    p->file = fopen(p->part, "wxe");
    if (p->file == NULL) {
        return en_fail(err, EN_EIO, "%s cannot be made%s", p->part,
                       errno == EEXIST ? ": remove what an export left that was broken off" : "");
    }
    (void)fchmod(fileno(p->file), S_IRUSR | S_IWUSR);
    x->part_count++;
    *out = p;
    return EN_OK;
}

static enum en_status write_page(struct export_run *x, const struct en_page *page,
                                 struct en_err *err)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct en_version *v = &page->items[i];
        struct part *p = NULL;

        if (!is_wanted(x, v->type)) {
            continue;
        }
        EN_TRY(part_of(x, v->type, &p, err));
        assert(p != NULL);
        if (fwrite(v->body, 1, v->size, p->file) != v->size || fputc('\n', p->file) == EOF) {
            return en_fail(err, EN_EIO, "%s cannot be written; is the disk full?", p->part);
        }
        p->count++;
        x->count++;
    }
    x->seen += page->count;
    en_progress_show(&x->progress, x->seen, x->all, 1.0, "resources");
    return EN_OK;
}

/* In one snapshot. */
static enum en_status write_all(struct en_tx *tx, void *context, struct en_err *err)
{
    struct export_run *x = context;
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_page page = {.count = 1};
    int64_t last = 0;
    enum en_status st = en_tx_count(tx, &x->all, err);

    while (st == EN_OK && page.count > 0) {
        const struct en_arena_mark mark = en_arena_mark(&a);

        st = en_tx_walk(tx, &(struct en_walk){.after = last, .count = PAGE}, &a, &page, &last, err);
        if (st == EN_OK) {
            st = write_page(x, &page, err);
        }
        en_arena_rewind(&a, mark);
    }
    en_arena_free(&a);
    return st;
}

/* Flush and rename all, or remove all. */
static enum en_status finish(struct export_run *x, enum en_status st, struct en_err *err)
{
    for (size_t i = 0; i < x->part_count; i++) {
        struct part *p = &x->parts[i];
        const bool is_written =
            fflush(p->file) == 0 && fsync(fileno(p->file)) == 0 && fclose(p->file) == 0;

        if (st == EN_OK && (!is_written || rename(p->part, p->path) != 0)) {
            st = en_fail(err, EN_EIO, "%s cannot be written; is the disk full?", p->path);
        }
        if (st != EN_OK) {
            (void)unlink(p->part);
        }
    }
    return st;
}

enum en_status en_cmd_export(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_store_options options = {.only_reads = true, .read_timeout_ms = INT_MAX};
    struct en_store *store = NULL;
    static struct export_run x;

    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL, "name the folder to write to");
    }
    x = (struct export_run){.cli = cli, .args = args, .folder = args->words[0]};
    EN_TRY(en_cli_db(args, cli->arena, &options.url, err));
    EN_TRY(en_folder_make(x.folder, err));
    EN_TRY(en_store_open(&options, &store, err));
    x.progress = en_progress_start(cli->err_out, 0);
    enum en_status st = finish(&x, en_store_read(store, write_all, &x, err), err);

    en_progress_end(&x.progress);
    en_store_close(store);
    EN_TRY(st);
    for (size_t i = 0; i < x.part_count; i++) {
        (void)fprintf(cli->out, "%8" PRIu64 " %s\n", x.parts[i].count, x.parts[i].type);
    }
    (void)fprintf(cli->out, "%8" PRIu64 " resources in %s. They are patient data: keep them so.\n",
                  x.count, x.folder);
    return EN_OK;
}
