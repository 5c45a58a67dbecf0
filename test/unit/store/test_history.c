/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/inside.h"

static const char PATIENT[] = "{\"resourceType\":\"Patient\"}";

/* A resource that belongs to a patient's record, as the index says. */
struct own {
    const char *type, *id, *patient;
};

static enum en_status put_own(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct own *o = context;
    const struct en_search_param param = {.kind = EN_SEARCH_REFERENCE,
                                          .key = en_search_key(o->type, EN_SEARCH_COMPARTMENT)};
    const struct en_index_value value = {
        .param = &param, .system = "Patient", .code = o->patient, .text = ""};

    return en_tx_put(tx,
                     &(struct en_put){.type = o->type,
                                      .id = o->id,
                                      .stamp = {"{\"meta\":{", "}}"},
                                      .index = &value,
                                      .index_count = o->patient == NULL ? 0 : 1,
                                      .expected = EN_VERSION_ANY},
                     NULL, err);
}

static void add(struct en_store *s, const char *type, const char *id, const char *patient)
{
    struct own own = {type, id, patient};

    CHECK(en_store_write(s, put_own, &own, NULL) == EN_OK);
}

struct call {
    struct en_history_query query;
    struct en_walk walk;
    struct en_arena *arena;
    struct en_page page;
    int64_t last;
};

static enum en_status history_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct call *c = context;

    return en_tx_history(tx, &c->query, c->arena, &c->page, err);
}

static enum en_status walk_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct call *c = context;

    return en_tx_walk(tx, &c->walk, c->arena, &c->page, &c->last, err);
}

/* "id/version id/version" of all pages, each of at most count. */
static const char *history_of(struct en_store *s, struct call *c)
{
    const char *all = "";

    for (c->query.cursor = NULL;; c->query.cursor = c->page.next_cursor) {
        CHECK(en_store_read(s, history_work, c, NULL) == EN_OK);
        CHECK(c->page.total == -1 && c->page.count <= (size_t)c->query.count);
        for (size_t i = 0; i < c->page.count; i++) {
            const struct en_version *v = &c->page.items[i];

            CHECK((v->body == NULL) == v->is_deleted);
            all = en_arena_print(c->arena, "%s%s%s/%lld", all, all[0] == '\0' ? "" : " ", v->id,
                                 (long long)v->version);
        }
        if (c->page.next_cursor == NULL) {
            return all;
        }
    }
}

/* Newest first, deletions among them, the same whatever the size of a page. */
static void history_is_newest_first(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(16 << 20);
    struct call c = {.query = {.since_us = INT64_MIN}, .arena = &a};

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(store_put(s, PATIENT, "p2", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    add(s, "Observation", "o1", "p1");
    CHECK(store_delete(s, "Patient", "p1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    for (c.query.count = 1; c.query.count <= 7; c.query.count++) {
        c.query.type = NULL;
        c.query.id = NULL;
        CHECK_TEXT(history_of(s, &c), "p1/4 p1/3 o1/1 p1/2 p2/1 p1/1");
        c.query.type = "Patient";
        CHECK_TEXT(history_of(s, &c), "p1/4 p1/3 p1/2 p2/1 p1/1");
        c.query.id = "p1";
        CHECK_TEXT(history_of(s, &c), "p1/4 p1/3 p1/2 p1/1");
        c.query.id = "none";
        CHECK_TEXT(history_of(s, &c), "");
    }
    en_store_close(s);
    en_arena_free(&a);
}

/* since is a bound that itself belongs to the answer. */
static void since_is_a_bound(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(16 << 20);
    struct call c = {.query = {.since_us = INT64_MIN, .count = 10}, .arena = &a};
    struct en_put_result second;

    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(store_put(s, PATIENT, "p1", EN_VERSION_ANY, &second, NULL) == EN_OK);
    store_sql(url, "UPDATE version SET updated_us = 1000 WHERE version = 1;"
                   "UPDATE version SET updated_us = 2000 WHERE version = 2");
    c.query.since_us = 2000;
    CHECK_TEXT(history_of(s, &c), "p1/2");
    c.query.since_us = 2001;
    CHECK_TEXT(history_of(s, &c), "");
    c.query.since_us = 1000;
    CHECK_TEXT(history_of(s, &c), "p1/2 p1/1");
    en_store_close(s);
    en_arena_free(&a);
}

/* A cursor that this server did not write is refused, not misread. */
static void foreign_cursors_are_refused(const char *url)
{
    static const char *const CURSORS[] = {"",
                                          "h1",
                                          "h1-1-2",
                                          "h1-1-2-3-4",
                                          "h1-1-2-x",
                                          "h1--1-2-3",
                                          "h1-1-2-3 ",
                                          "s1-1-2-3",
                                          "h1-1-2-",
                                          "H1-1-2-3",
                                          "h1-1-2-99999999999999999999",
                                          "h1-1-2-3'; DROP TABLE x"};
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct call c = {.query = {.since_us = INT64_MIN, .count = 10}, .arena = &a};

    for (size_t i = 0; i < EN_COUNT(CURSORS); i++) {
        c.query.cursor = CURSORS[i];
        CHECK(en_store_read(s, history_work, &c, NULL) == EN_EINVAL);
    }
    c.query.cursor = "h1-1-2-3";
    CHECK(en_store_read(s, history_work, &c, NULL) == EN_OK);
    en_store_close(s);
    en_arena_free(&a);
}

/* With a compartment nothing of another patient shows, whatever is asked for. */
static void history_keeps_to_the_compartment(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(16 << 20);
    struct call c = {.query = {.since_us = INT64_MIN, .count = 2, .compartment = "p1"},
                     .arena = &a};

    CHECK_TEXT(history_of(s, &c), "");
    add(s, "Patient", "p1", NULL);
    add(s, "Patient", "p2", NULL);
    add(s, "Observation", "o1", "p1");
    add(s, "Observation", "o2", "p2");
    add(s, "Condition", "c1", "p1");
    add(s, "Practitioner", "p1", NULL);
    add(s, "Observation", "o1", "p1");
    CHECK_TEXT(history_of(s, &c), "o1/2 c1/1 o1/1 p1/1");
    c.query.type = "Observation";
    CHECK_TEXT(history_of(s, &c), "o1/2 o1/1");
    c.query.id = "o2";
    CHECK_TEXT(history_of(s, &c), "");
    c.query.type = "Patient";
    c.query.id = "p2";
    CHECK_TEXT(history_of(s, &c), "");
    c.query.id = NULL;
    CHECK_TEXT(history_of(s, &c), "p1/1");
    c.query.type = "Practitioner";
    CHECK_TEXT(history_of(s, &c), "");
    en_store_close(s);
    en_arena_free(&a);
}

struct belongs {
    const char *type, *id, *patient;
    bool is_in;
};

static enum en_status belongs_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct belongs *b = context;

    return en_tx_in_compartment(tx, b->type, b->id, b->patient, &b->is_in, err);
}

static bool belongs(struct en_store *s, const char *type, const char *id, const char *patient)
{
    struct belongs b = {type, id, patient, false};

    CHECK(en_store_read(s, belongs_work, &b, NULL) == EN_OK);
    return b.is_in;
}

/* A patient's record: the Patient and what refers to it through its compartment; a deleted resource
 * and another patient's are not part of it. */
static void compartments_hold_their_own(const char *url)
{
    struct en_store *s = store_opened(url);

    add(s, "Observation", "o1", "p1");
    add(s, "Condition", "o1", "p2");
    CHECK(belongs(s, "Patient", "p1", "p1") && !belongs(s, "Patient", "p2", "p1"));
    CHECK(belongs(s, "Observation", "o1", "p1") && !belongs(s, "Observation", "o1", "p2"));
    CHECK(belongs(s, "Condition", "o1", "p2") && !belongs(s, "Condition", "o1", "p1"));
    CHECK(!belongs(s, "Observation", "o2", "p1") && !belongs(s, "Practitioner", "p1", "p1"));
    CHECK(store_delete(s, "Observation", "o1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    CHECK(!belongs(s, "Observation", "o1", "p1"));
    add(s, "Condition", "o1", "p1"); /* moved to another patient */
    CHECK(belongs(s, "Condition", "o1", "p1") && !belongs(s, "Condition", "o1", "p2"));
    en_store_close(s);
}

/* Everything that is current, once each, in the order of creation, page behind page. */
static void walks_meet_each_resource_once(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(16 << 20);
    struct call c = {.arena = &a};
    char id[16];

    for (int i = 0; i < 9; i++) {
        (void)snprintf(id, sizeof id, "%d", i);
        add(s, i % 3 == 0 ? "Condition" : "Patient", id, NULL);
    }
    add(s, "Patient", "1", NULL);
    CHECK(store_delete(s, "Patient", "4", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    for (c.walk.count = 1; c.walk.count <= 10; c.walk.count++) {
        for (int typed = 0; typed < 2; typed++) {
            const char *all = "";

            c.walk.type = typed == 0 ? NULL : "Patient";
            for (c.walk.after = 0;; c.walk.after = c.last) {
                CHECK(en_store_read(s, walk_work, &c, NULL) == EN_OK);
                if (c.page.count == 0) {
                    break;
                }
                for (size_t i = 0; i < c.page.count; i++) {
                    all = en_arena_print(&a, "%s%s", all, c.page.items[i].id);
                }
            }
            CHECK_TEXT(all, typed == 0 ? "01235678" : "12578");
        }
    }
    en_store_close(s);
    en_arena_free(&a);
}

TEST_MAIN(ON_BOTH(history_is_newest_first), ON_BOTH(since_is_a_bound),
          ON_BOTH(foreign_cursors_are_refused), ON_BOTH(history_keeps_to_the_compartment),
          ON_BOTH(compartments_hold_their_own), ON_BOTH(walks_meet_each_resource_once));
