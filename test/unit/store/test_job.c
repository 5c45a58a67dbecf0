/* SPDX-License-Identifier: Apache-2.0
 * Long work as rows. */
#include "support/stores.h"

#include "store/job.h"

struct call {
    enum { ADD, GET, SET, SEEN, SILENT, EXPIRED, DELETE } what;
    struct en_job_row row;
    const char *from;
    int owner_max;
    int64_t us, running_us;
    struct en_arena *a;
    const char **ids;
    size_t count;
};

static enum en_status work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct call *c = context;

    switch (c->what) {
    case ADD:
        return en_tx_job_add(tx, &c->row, c->owner_max, err);
    case GET:
        return en_tx_job_get(tx, c->row.id, c->a, &c->row, err);
    case SET:
        return en_tx_job_set(tx, c->row.id, c->from, &c->row, err);
    case SEEN:
        return en_tx_job_seen(tx, c->row.id, err);
    case SILENT:
        return en_tx_job_fail_silent(tx, c->running_us, c->us, "the server stopped", err);
    case EXPIRED:
        return en_tx_job_expired(tx, c->us, 10, c->a, &c->ids, &c->count, err);
    case DELETE:
        return en_tx_job_delete(tx, c->row.id, err);
    }
    return EN_EBUG;
}

static enum en_status add(struct en_store *s, const char *id, int owner_max, int64_t expires_us)
{
    struct call c = {.what = ADD,
                     .row = {.id = id,
                             .kind = "trial",
                             .owner = "one",
                             .request = "{\"a\":1.00}",
                             .expires_us = expires_us},
                     .owner_max = owner_max};

    return en_store_write(s, work, &c, NULL);
}

static struct en_job_row get(struct en_store *s, const char *id, struct en_arena *a)
{
    struct call c = {.what = GET, .row = {.id = id}, .a = a};

    CHECK(en_store_read(s, work, &c, NULL) == EN_OK);
    return c.row;
}

static enum en_status set(struct en_store *s, const char *id, const char *from, const char *state,
                          const char *result)
{
    struct call c = {
        .what = SET, .row = {.id = id, .state = state, .result = result}, .from = from};

    return en_store_write(s, work, &c, NULL);
}

/* A task goes from waiting to done, keeps its texts, and does not go back. */
static void tasks_go_one_way(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);

    CHECK(add(s, "j1", 2, 5000) == EN_OK);
    struct en_job_row row = get(s, "j1", &a);

    CHECK_TEXT(row.state, "waiting");
    CHECK_TEXT(row.request, "{\"a\":1.00}");
    CHECK_TEXT(row.owner, "one");
    CHECK(row.result == NULL && row.expires_us == 5000 && row.created_us > 0);
    CHECK(set(s, "j1", "waiting", "running", NULL) == EN_OK);
    CHECK(set(s, "j1", "waiting", "running", NULL) == EN_ECONFLICT);
    CHECK(set(s, "j1", "running", "done", "{\"b\":2}") == EN_OK);
    CHECK(set(s, "j1", "waiting; running", "cancelled", NULL) == EN_ECONFLICT);
    row = get(s, "j1", &a);
    CHECK_TEXT(row.state, "done");
    CHECK_TEXT(row.result, "{\"b\":2}");
    CHECK(set(s, "j2", "waiting", "running", NULL) == EN_ENOTFOUND);
    en_store_close(s);
    en_arena_free(&a);
}

/* One owner has so many unfinished tasks at most; a finished one makes room. */
static void owners_have_a_limit(const char *url)
{
    struct en_store *s = store_opened(url);

    CHECK(add(s, "j1", 2, 1) == EN_OK);
    CHECK(add(s, "j2", 2, 1) == EN_OK);
    CHECK(add(s, "j3", 2, 1) == EN_ELIMIT);
    CHECK(set(s, "j1", "waiting", "cancelled", NULL) == EN_OK);
    CHECK(add(s, "j3", 2, 1) == EN_OK);
    en_store_close(s);
}

/* After a stop of the server its tasks have failed, not vanished; finished ones stay. What somebody
 * spoke of since then goes on. */
static void silent_tasks_fail(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);

    CHECK(add(s, "j1", 9, 1) == EN_OK);
    CHECK(add(s, "j2", 9, 1) == EN_OK);
    CHECK(set(s, "j2", "waiting", "done", "{}") == EN_OK);
    const int64_t seen_us = get(s, "j1", &a).seen_us;
    struct call silent = {.what = SILENT, .us = seen_us, .running_us = seen_us + 1};

    CHECK(en_store_write(s, work, &silent, NULL) == EN_OK);
    CHECK_TEXT(get(s, "j1", &a).state, "waiting");
    silent.us = seen_us + 1;
    CHECK(en_store_write(s, work, &silent, NULL) == EN_OK);
    CHECK_TEXT(get(s, "j1", &a).state, "failed");
    CHECK_TEXT(get(s, "j1", &a).problem, "the server stopped");
    CHECK(add(s, "j3", 9, 1) == EN_OK);
    CHECK(set(s, "j3", "waiting", "running", NULL) == EN_OK);
    silent.us = INT64_MAX;
    silent.running_us = 0;
    CHECK(en_store_write(s, work, &silent, NULL) == EN_OK);
    CHECK_TEXT(get(s, "j3", &a).state, "running");
    silent.running_us = INT64_MAX;
    CHECK(en_store_write(s, work, &silent, NULL) == EN_OK);
    CHECK_TEXT(get(s, "j3", &a).state, "failed");
    CHECK_TEXT(get(s, "j2", &a).state, "done");
    struct call seen = {.what = SEEN, .row = {.id = "j2"}};

    CHECK(en_store_write(s, work, &seen, NULL) == EN_OK);
    CHECK(get(s, "j2", &a).seen_us >= seen_us);
    en_store_close(s);
    en_arena_free(&a);
}

/* What expired is listed, oldest first, and can be taken away; twice does no harm. */
static void expired_tasks_go(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct call c = {.what = EXPIRED, .us = 20, .a = &a};
    struct call gone = {.what = DELETE, .row = {.id = "j2"}};
    struct call missing = {.what = GET, .row = {.id = "j2"}, .a = &a};

    CHECK(add(s, "j1", 9, 20) == EN_OK);
    CHECK(add(s, "j2", 9, 10) == EN_OK);
    CHECK(add(s, "j3", 9, 21) == EN_OK);
    CHECK(en_store_read(s, work, &c, NULL) == EN_OK);
    CHECK(c.count == 2);
    CHECK_TEXT(c.ids[0], "j2");
    CHECK_TEXT(c.ids[1], "j1");
    CHECK(en_store_write(s, work, &gone, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &gone, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &missing, NULL) == EN_ENOTFOUND);
    CHECK(en_store_is_alone(s) == (strncmp(url, "postgresql:", 11) != 0));
    en_store_close(s);
    en_arena_free(&a);
}

TEST_MAIN(ON_BOTH(tasks_go_one_way), ON_BOTH(owners_have_a_limit), ON_BOTH(silent_tasks_fail),
          ON_BOTH(expired_tasks_go));
