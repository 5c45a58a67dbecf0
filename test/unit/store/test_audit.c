/* SPDX-License-Identifier: Apache-2.0 */
#include "support/stores.h"

#include "store/chain.h"

#include "base/text.h"

static void append(struct en_store *s, int count)
{
    for (int i = 0; i < count; i++) {
        const struct en_audit e = {.action = 'R',
                                   .subtype = "read",
                                   .outcome = 0,
                                   .agent = i % 2 == 0 ? "even" : "odd",
                                   .role = "physician",
                                   .patient = i % 3 == 0 ? "p1" : "p2",
                                   .entity_type = "Observation",
                                   .entity_id = "o1",
                                   .entity_version = i,
                                   .detail = "code=x",
                                   .request = "r",
                                   .address = "127.0.0.1"};

        CHECK(en_store_audit(s, &e, NULL) == EN_OK);
    }
}

static const char *fault_of(struct en_store *s, struct en_audit_check *check)
{
    CHECK(en_audit_verify(s, NULL, NULL, check, NULL) == EN_OK);
    return check->fault;
}

/* A chain that nobody touched is whole, its head is told, and goes on after reopening. */
static void chain_is_whole(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_audit_check check;

    CHECK_TEXT(fault_of(s, &check), "");
    append(s, 5);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(check.entries == 5 && check.chains == 1);
    CHECK(en_text_starts(check.heads, "1:5:"));
    en_store_close(s);
    s = store_opened(url);
    append(s, 5);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(check.entries == 10);
    en_store_close(s);
}

/* What somebody with a shell may do to the trail, and what the check says then. */
static const struct {
    const char *sql, *fault;
} TAMPERED[] = {
    {"UPDATE audit SET agent = 'somebody else' WHERE sequence = 4",
     "chain 1, entry 4: it was chan"},
    {"UPDATE audit SET detail = '' WHERE sequence = 10", "chain 1, entry 10: it was changed"},
    {"UPDATE audit SET recorded_us = recorded_us - 1 WHERE sequence = 1",
     "chain 1, entry 1: it was"},
    {"UPDATE audit SET entity_version = 99 WHERE sequence = 2", "chain 1, entry 2: it was changed"},
    {"DELETE FROM audit WHERE sequence = 1", "chain 1, entry 1: it is missing"},
    {"DELETE FROM audit WHERE sequence = 7", "chain 1, entry 7: it is missing"},
    {"DELETE FROM audit WHERE sequence > 8", "chain 1, entry 9: it is missing, and all behind"},
    {"DELETE FROM audit", "chain 1, entry 1: it is missing, and all behind"},
    {"UPDATE audit SET sequence = 99 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE"
     " sequence = 4; UPDATE audit SET sequence = 4 WHERE sequence = 99",
     "chain 1, entry 3: it was changed, or stands in the wrong place"},
    {"UPDATE audit SET id = -3 WHERE sequence = 3", "chain 1, entry 3: it was moved"},
    {"UPDATE audit_chain SET sequence = 9", "the head of the chain is not this entry"},
    {"UPDATE audit_chain SET hash = (SELECT hash FROM audit WHERE sequence = 9)",
     "the head of the chain is not this entry"},
    {"DELETE FROM audit_chain", "10 entries belong to a chain that has no head"},
    {"INSERT INTO audit SELECT id + 100, 2, sequence, recorded_us, action, subtype, outcome, agent,"
     " role, patient, entity_type, entity_id, entity_version, detail, request, address, hash"
     " FROM audit WHERE sequence = 1",
     "1 entries belong to a chain that has no head"},
};

static void tampering_is_found(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_audit_check check;

    append(s, 10);
    store_sql(url, "CREATE TABLE kept AS SELECT * FROM audit;"
                   "CREATE TABLE kept_chain AS SELECT * FROM audit_chain");
    for (size_t i = 0; i < EN_COUNT(TAMPERED); i++) {
        store_sql(url, TAMPERED[i].sql);
        CHECK_CONTAINS(fault_of(s, &check), TAMPERED[i].fault);
        store_sql(url, "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;"
                       "DELETE FROM audit_chain; INSERT INTO audit_chain SELECT * FROM kept_chain");
        CHECK_TEXT(fault_of(s, &check), "");
    }
    en_store_close(s);
}

/* Who writes the database can cut the chain's tail and set its head back: then it looks whole, and
 * only a head that was noted elsewhere tells. */
static void a_noted_head_finds_a_cut_tail(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_audit_check check, after;
    char fault[256];
    struct en_err err = {""};

    append(s, 10);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(en_audit_find_heads(s, check.heads, fault, NULL) == EN_OK);
    CHECK_TEXT(fault, "");
    store_sql(url, "DELETE FROM audit WHERE sequence > 8; UPDATE audit_chain SET sequence = 8,"
                   " hash = (SELECT hash FROM audit WHERE sequence = 8)");
    CHECK_TEXT(fault_of(s, &after), "");
    CHECK(en_audit_find_heads(s, check.heads, fault, NULL) == EN_OK);
    CHECK_CONTAINS(fault, "chain 1, entry 10, which was noted, is missing");
    CHECK(en_audit_find_heads(s, "", fault, NULL) == EN_OK);
    CHECK(en_audit_find_heads(s, "1:2", fault, &err) == EN_EINVAL);
    CHECK(en_audit_find_heads(s, "1:2:zz", fault, &err) == EN_EINVAL);
    CHECK(en_audit_find_heads(s, after.heads, fault, NULL) == EN_OK);
    CHECK_TEXT(fault, "");
    en_store_close(s);
    /* A writer that knew the old end goes on from it and notices nothing; a new one as well. */
    s = store_opened(url);
    append(s, 2);
    CHECK(en_audit_find_heads(s, check.heads, fault, NULL) == EN_OK);
    CHECK_CONTAINS(fault, "is another one: the chain was written anew");
    en_store_close(s);
}

/* When somebody moved the chain's end under a running server, it does not write on: entries that
 * would not fit their chain fail, and all is well once the end is where it was. */
static void a_moved_end_stops_the_writer(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_audit_check check;
    struct en_err err = {""};

    append(s, 3);
    store_sql(url, "UPDATE audit_chain SET sequence = sequence + 1");
    CHECK(en_store_audit(s, &(struct en_audit){.action = 'R'}, &err) == EN_EIO);
    CHECK_CONTAINS(err.text, "chain 1 of the audit trail was written by another program");
    store_sql(url, "UPDATE audit_chain SET sequence = sequence - 1");
    append(s, 1);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(check.entries == 4);
    en_store_close(s);
}

struct search {
    struct en_audit_query query;
    struct en_arena *arena;
    struct en_audit_entry *items;
    size_t count;
};

static enum en_status search_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct search *c = context;

    return en_tx_audit_search(tx, &c->query, c->arena, &c->items, &c->count, err);
}

static size_t found(struct en_store *s, struct search *c)
{
    CHECK(en_store_read(s, search_work, c, NULL) == EN_OK);
    return c->count;
}

/* Every filter, alone and together, newest first, page behind page without loss or repeat. */
static void search_finds_what_is_asked(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(4 << 20);
    struct search all = {.query = {.from_us = INT64_MIN,
                                   .to_us = INT64_MAX,
                                   .outcome = -1,
                                   .count = 100},
                         .arena = &a},
                  c;
    int64_t last = 0;
    size_t pages = 0, total = 0;

    append(s, 12);
    CHECK(found(s, &all) == 12);
    for (size_t i = 1; i < all.count; i++) {
        CHECK(all.items[i].sequence == all.items[i - 1].sequence - 1);
        CHECK(all.items[i].id < all.items[i - 1].id);
    }
    CHECK(all.items[0].audit.action == 'R' && all.items[0].audit.entity_version == 11);
    CHECK_TEXT(all.items[0].audit.address, "127.0.0.1");
    CHECK_TEXT(all.items[0].audit.detail, "code=x");
    c = all;
    c.query.agent = "even";
    CHECK(found(s, &c) == 6);
    c.query.patient = "p1";
    CHECK(found(s, &c) == 2);
    c.query.entity_type = "Patient";
    CHECK(found(s, &c) == 0);
    c = all;
    c.query.action = 'R';
    c.query.subtype = "read";
    c.query.entity_id = "o1";
    c.query.outcome = 0;
    CHECK(found(s, &c) == 12);
    c.query.outcome = 4;
    CHECK(found(s, &c) == 0);
    c = all;
    c.query.from_us = all.items[5].recorded_us;
    c.query.to_us = all.items[5].recorded_us;
    CHECK(found(s, &c) >= 1);
    c.query.from_us = all.items[0].recorded_us + 1;
    c.query.to_us = INT64_MAX;
    CHECK(found(s, &c) == 0);
    for (c = all, c.query.count = 5; found(s, &c) > 0; c.query.before = last, pages++) {
        CHECK(c.items[0].id == all.items[total].id);
        total += c.count;
        last = c.items[c.count - 1].id;
    }
    CHECK(pages == 3 && total == 12);
    en_store_close(s);
    en_arena_free(&a);
}

/* What strangers send as a login name or a query is kept as far as it can be: bad UTF-8 is marked,
 * too much is cut with a mark; the entry is written in any case, and the chain is whole. */
static void hostile_texts_are_kept(const char *url)
{
    static char long_text[3 * EN_AUDIT_DETAIL_MAX];
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(4 << 20);
    struct search c = {
        .query = {.from_us = INT64_MIN, .to_us = INT64_MAX, .outcome = -1, .count = 9},
        .arena = &a};
    struct en_audit_check check;
    const char *agent;

    for (size_t i = 0; i + 2 < sizeof long_text; i += 2) {
        memcpy(long_text + i, "\xc3\xa9", 2);
    }
    CHECK(en_store_audit(s,
                         &(struct en_audit){.action = 'E',
                                            .agent = "a\xff\xc3z\xed\xa0\x80w'\"\\{}\n",
                                            .detail = long_text,
                                            .entity_id = long_text},
                         NULL) == EN_OK);
    CHECK(en_store_audit(s, &(struct en_audit){0}, NULL) == EN_OK);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(check.entries == 2 && found(s, &c) == 2);
    agent = c.items[1].audit.agent;
    CHECK_TEXT(agent, "a??z???w'\"\\{}\n");
    CHECK(strlen(c.items[1].audit.detail) <= EN_AUDIT_DETAIL_MAX);
    CHECK(strlen(c.items[1].audit.entity_id) <= EN_AUDIT_TEXT_MAX);
    CHECK_CONTAINS(c.items[1].audit.detail, "\xc3\xa9...");
    CHECK(en_utf8_valid(c.items[1].audit.detail, strlen(c.items[1].audit.detail), NULL));
    CHECK_TEXT(c.items[0].audit.agent, "");
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status many_entries(struct en_tx *tx, void *context, struct en_err *err)
{
    const int *count = context;

    for (int i = 0; i < *count; i++) {
        EN_TRY(en_tx_audit(tx, &(struct en_audit){.action = 'C', .entity_version = i}, err));
    }
    return *count % 2 == 0 ? EN_OK : en_fail(err, EN_EDENIED, "odd");
}

/* One work may append more than the memory for pending entries holds; they stand or fall with it,
 * also those that were written before its end. */
static void many_entries_of_one_work(const char *url)
{
    struct en_store *s = store_opened(url);
    int many = 3 * EN_AUDIT_PENDING_MAX, odd = many + 1;
    struct en_audit_check check;

    CHECK(en_store_write(s, many_entries, &odd, NULL) == EN_EDENIED);
    append(s, 1);
    CHECK(en_store_write(s, many_entries, &many, NULL) == EN_OK);
    CHECK(en_store_write(s, many_entries, &odd, NULL) == EN_EDENIED);
    append(s, 1);
    CHECK_TEXT(fault_of(s, &check), "");
    CHECK(check.entries == (uint64_t)many + 2);
    en_store_close(s);
}

static enum en_status audit_in_reader(struct en_tx *tx, void *context, struct en_err *err)
{
    (void)context;
    return en_tx_audit(tx, &(struct en_audit){.action = 'R'}, err);
}

/* A reader's transaction is not written: an entry in it would be lost, so it is refused. */
static void readers_cannot_append(const char *url)
{
    struct en_store *s = store_opened(url);

    CHECK(en_store_read(s, audit_in_reader, NULL, NULL) == EN_EBUG);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(chain_is_whole), ON_BOTH(tampering_is_found),
          ON_BOTH(a_noted_head_finds_a_cut_tail), ON_BOTH(a_moved_end_stops_the_writer),
          ON_BOTH(search_finds_what_is_asked), ON_BOTH(hostile_texts_are_kept),
          ON_BOTH(many_entries_of_one_work), ON_BOTH(readers_cannot_append));
