/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_import: `enthesis import DIR|FILE`: Bundles, resources and NDJSON of others. */
#include "base/folder.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/text.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "server/import.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 100000, ISSUES_SHOWN = 3 };

const struct en_option EN_OPTIONS_IMPORT[] = {
    EN_CLI_PLACE_OPTIONS,
    {"threads", "N", "files read at the same time; default: one per processor"},
    {NULL, NULL, NULL},
};

/* One file and what became of it. */
struct item {
    const char *path;
    enum en_status status;
    struct en_err err;
    uint64_t resources;
    bool is_refused;
    char *issues; /* lines for people, NULL none; in the arena of the item */
    struct en_arena arena;
};

struct import_run {
    struct en_server *server;
    struct item *items;
    size_t count;
    struct en_progress progress;
    atomic_size_t done;
};

static bool ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text), end_size = strlen(end);

    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static char *issue_lines(const struct en_issues *issues, struct en_arena *a)
{
    struct en_buf b = EN_BUF(EN_TABLE_CELL_MAX);

    for (size_t i = 0; i < issues->count && i < ISSUES_SHOWN; i++) {
        en_buf_print(&b, "    %s: %s\n", issues->items[i].path, issues->items[i].text);
    }
    if (issues->error_count > ISSUES_SHOWN) {
        en_buf_print(&b, "    and %zu problems more\n", issues->error_count - ISSUES_SHOWN);
    }
    char *text = en_arena_copy(a, en_buf_text(&b), b.size);

    en_buf_free(&b);
    return text;
}

static void import_file(void *context, size_t index, int worker)
{
    struct import_run *r = context;
    struct item *it = &r->items[index];
    struct en_buf bytes = EN_BUF(EN_IMPORT_FILE_MAX);
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_import result = {0};

    it->arena = EN_ARENA((size_t)EN_TABLE_CELL_MAX * 2);
    it->status = en_buf_read_file(&bytes, it->path, &it->err);
    if (it->status == EN_OK) {
        it->status = (ends_with(it->path, ".ndjson") ? en_import_lines : en_import_text)(
            r->server, "import", en_buf_text(&bytes), bytes.size, &a, &result, &it->err);
    }
    it->resources = result.resources;
    it->is_refused = result.is_refused;
    it->issues = result.is_refused ? issue_lines(&result.issues, &it->arena) : NULL;
    en_buf_free(&bytes);
    en_arena_free(&a);
    const size_t done = atomic_fetch_add(&r->done, 1) + 1;

    if (worker == 0) {
        en_progress_show(&r->progress, done, r->count, 1.0, "files");
    }
}

/* The file, or all .json and .ndjson of the folder. */
static enum en_status list_files(struct en_cli *cli, const char *place, struct import_run *r,
                                 struct en_err *err)
{
    static const char *const ENDS[] = {".json", ".ndjson"};
    struct stat status;

    r->items = EN_NEW(cli->arena, struct item, FILES_MAX);
    if (r->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory left");
    }
    if (stat(place, &status) != 0) {
        return en_fail(err, EN_ENOTFOUND, "%s cannot be read", place);
    }
    if (!S_ISDIR(status.st_mode)) {
        r->items[r->count++].path = place;
        return EN_OK;
    }
    for (size_t k = 0; k < EN_COUNT(ENDS); k++) {
        const char **names = NULL;
        size_t count = 0;

        EN_TRY(
            en_folder_list(place, ENDS[k], FILES_MAX - r->count, cli->arena, &names, &count, err));
        for (size_t i = 0; i < count; i++) {
            const char *path = en_arena_print(cli->arena, "%s/%s", place, names[i]);

            if (path == NULL) {
                return en_fail(err, EN_ENOMEM, "no memory left");
            }
            r->items[r->count++].path = path;
        }
    }
    return r->count > 0 ? EN_OK
                        : en_fail(err, EN_EINVAL, "%s holds no .json and no .ndjson", place);
}

static enum en_status tell(struct en_cli *cli, const struct import_run *r, struct en_err *err)
{
    uint64_t resources = 0;
    size_t refused = 0;

    for (size_t i = 0; i < r->count; i++) {
        const struct item *it = &r->items[i];

        resources += it->resources;
        if (it->status != EN_OK || it->is_refused) {
            refused++;
            (void)fprintf(cli->err_out, "%s is not imported%s%s\n%s", it->path,
                          it->err.text[0] == '\0' ? ":" : ": ", it->err.text,
                          it->issues == NULL ? "" : it->issues);
        }
    }
    (void)fprintf(cli->out, "%" PRIu64 " resources of %zu file%s imported\n", resources,
                  r->count - refused, r->count - refused == 1 ? "" : "s");
    return refused == 0
               ? EN_OK
               : en_fail(err, EN_EINVAL,
                         "%zu of %zu files refused, each whole; mend and import them again",
                         refused, r->count);
}

static enum en_status run_import(struct en_cli *cli, const struct en_arguments *args,
                                 struct en_server *s, struct import_run *r, struct en_err *err)
{
    const struct en_store_options options = {.url = s->options.db, .may_create = true};
    long long threads = 0;

    EN_TRY(en_given_integer(args, "threads", 1, EN_THREADS_MAX, &threads, err));
    EN_TRY(list_files(cli, args->words[0], r, err));
    if (en_given(args, "db") == NULL) {
        EN_TRY(en_folder_make(en_cli_data(args), err));
    }
    EN_TRY(en_store_open(&options, &s->store, err));
    r->progress = en_progress_start(cli->err_out, 0);
    en_pool_run((int)threads, r->count, import_file, r);
    en_progress_end(&r->progress);
    en_store_close(s->store);
    const enum en_status st = tell(cli, r, err);

    for (size_t i = 0; i < r->count; i++) {
        en_arena_free(&r->items[i].arena);
    }
    return st;
}

enum en_status en_cmd_import(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    struct en_search_params params;
    struct en_r4 r4;
    struct en_server s = {.knowledge = cli->app.knowledge, .r4 = &r4, .params = &params};
    struct import_run r = {.server = &s};

    if (args->word_count != 1) {
        return en_fail(err, EN_EINVAL, "name one file or folder to import");
    }
    EN_TRY(en_cli_db(args, cli->arena, &s.options.db, err));
    EN_TRY(en_r4_load(cli->arena, &r4, err));
    EN_TRY(en_search_params_load(cli->arena, &params, err));
    return run_import(cli, args, &s, &r, err);
}
