/* SPDX-License-Identifier: Apache-2.0 */
#include "store/account.h"
#include "store/session.h"

#include "support/stores.h"

/* What one test's work does and gives back. */
struct call {
    struct en_arena *arena;
    enum en_status (*run)(struct en_tx *tx, struct call *c, struct en_err *err);
    const void *in;
    const char *text, *other;
    void *out;
    size_t count;
    int64_t number;
    bool is_taken;
};

static enum en_status work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct call *c = context;

    return c->run(tx, c, err);
}

static enum en_status add_account(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_account_add(tx, c->in, err);
}

static enum en_status put_account(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_account_put(tx, c->in, err);
}

static enum en_status get_account(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_account_get(tx, c->text, c->arena, c->out, err);
}

static enum en_status list_accounts(struct en_tx *tx, struct call *c, struct en_err *err)
{
    struct en_account **out = c->out;

    return en_tx_account_list(tx, c->arena, out, &c->count, err);
}

static enum en_status take_recovery(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_recovery_take(tx, c->text, c->other, &c->is_taken, err);
}

static enum en_status set_recovery(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_recovery_set(tx, c->text, c->in, c->count, err);
}

/* An account comes back as it went, is there once, and changes only as told. */
static void accounts_come_back(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_account account = {.login = "physician",
                                 .role = "physician",
                                 .practitioner = "pr1",
                                 .password = "hash",
                                 .totp_secret = "",
                                 .must_change = true,
                                 .totp_step = 55000000,
                                 .created_us = 1,
                                 .changed_us = 2};
    struct en_account out, *all = NULL;
    struct call add = {.run = add_account, .in = &account};
    struct call get = {.run = get_account, .arena = &a, .text = "physician", .out = &out};
    struct call put = {.run = put_account, .in = &account};
    struct call list = {.run = list_accounts, .arena = &a, .out = &all};

    CHECK(en_store_read(s, work, &get, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &put, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &add, NULL) == EN_ECONFLICT);
    CHECK(en_store_read(s, work, &get, NULL) == EN_OK);
    CHECK_TEXT(out.role, "physician");
    CHECK_TEXT(out.practitioner, "pr1");
    CHECK(out.must_change && !out.is_disabled && !out.totp_is_on && out.totp_step == 55000000);
    CHECK(out.created_us == 1 && out.changed_us == 2);
    account.practitioner = NULL;
    account.must_change = false;
    account.is_disabled = account.totp_is_on = true;
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    account.login = "another";
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &list, NULL) == EN_OK && list.count == 2);
    CHECK_TEXT(all[0].login, "another");
    CHECK(all[1].practitioner == NULL && all[1].is_disabled && all[1].totp_is_on);
    en_store_close(s);
    en_arena_free(&a);
}

/* A recovery code works once, for its account alone, and new ones replace the old. */
static void recovery_codes_work_once(const char *url)
{
    static const char *const OLD[] = {"h1", "h2"}, *const NEW[] = {"h3"};
    struct en_store *s = store_opened(url);
    struct call set = {.run = set_recovery, .text = "a", .in = OLD, .count = 2};
    struct call take = {.run = take_recovery, .text = "b", .other = "h1"};

    CHECK(en_store_write(s, work, &set, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &take, NULL) == EN_OK && !take.is_taken);
    take.text = "a";
    CHECK(en_store_write(s, work, &take, NULL) == EN_OK && take.is_taken);
    CHECK(en_store_write(s, work, &take, NULL) == EN_OK && !take.is_taken);
    set.in = NEW;
    set.count = 1;
    CHECK(en_store_write(s, work, &set, NULL) == EN_OK);
    take.other = "h2";
    CHECK(en_store_write(s, work, &take, NULL) == EN_OK && !take.is_taken);
    en_store_close(s);
}

static enum en_status put_attempt(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_attempt_put(tx, c->text, c->in, err);
}

static enum en_status get_attempt(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_attempt_get(tx, c->text, c->out, err);
}

static enum en_status ask_secret(struct en_tx *tx, struct call *c, struct en_err *err)
{
    const char **out = c->out;

    return en_tx_secret(tx, "key", c->text, c->arena, out, err);
}

/* Tries are counted whether there is such an account or not; a secret is made once. */
static void attempts_and_secrets(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_attempt in = {.failed = 3, .last_us = 4, .locked_until_us = 5}, out;
    const char *secret = NULL;
    struct call put = {.run = put_attempt, .text = "k", .in = &in};
    struct call get = {.run = get_attempt, .text = "k", .out = &out};
    struct call ask = {.run = ask_secret, .text = "first", .arena = &a, .out = &secret};

    CHECK(en_store_read(s, work, &get, NULL) == EN_OK && out.failed == 0 && out.last_us == 0);
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    in.failed = 4;
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &get, NULL) == EN_OK);
    CHECK(out.failed == 4 && out.last_us == 4 && out.locked_until_us == 5);
    in.failed = 0;
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM attempt") == 0);
    CHECK(en_store_write(s, work, &ask, NULL) == EN_OK);
    CHECK_TEXT(secret, "first");
    ask.text = "second";
    CHECK(en_store_write(s, work, &ask, NULL) == EN_OK);
    CHECK_TEXT(secret, "first");
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status add_session(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_session_add(tx, c->in, err);
}

static enum en_status get_session(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_session_get(tx, c->text, c->arena, c->out, err);
}

static enum en_status see_session(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_session_seen(tx, c->text, c->number, err);
}

static enum en_status end_session(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_session_end(tx, c->text, err);
}

static enum en_status end_sessions(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_session_end_all(tx, c->text, c->other, err);
}

static enum en_status tidy(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_tidy(tx, c->number, err);
}

/* Sessions come, are seen, and end: one, all of an account, those whose time is over. */
static void sessions_end(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_login_session in = {.hash = "s1",
                                  .kind = "account",
                                  .subject = "physician",
                                  .csrf = "c",
                                  .created_us = 1,
                                  .seen_us = 10,
                                  .expires_us = 100};
    struct en_login_session out;
    struct call add = {.run = add_session, .in = &in};
    struct call get = {.run = get_session, .text = "s1", .arena = &a, .out = &out};
    struct call see = {.run = see_session, .text = "s1", .number = 20};
    struct call end = {.run = end_session, .text = "s1"};
    struct call end_all = {.run = end_sessions, .text = "account", .other = "physician"};
    struct call clean = {.run = tidy, .number = 100};

    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &see, NULL) == EN_OK);
    see.number = 15; /* an older server's news comes late */
    CHECK(en_store_write(s, work, &see, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &get, NULL) == EN_OK && out.seen_us == 20);
    CHECK(out.patient == NULL && out.scopes == NULL && out.expires_us == 100);
    CHECK(en_store_write(s, work, &end, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &end, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &get, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &see, NULL) == EN_OK); /* stays ended */
    CHECK(en_store_read(s, work, &get, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    in.hash = "s2";
    in.subject = "another";
    in.expires_us = 101;
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &end_all, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM session") == 1);
    CHECK(en_store_write(s, work, &clean, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM session") == 1);
    clean.number = 102;
    CHECK(en_store_write(s, work, &clean, NULL) == EN_OK);
    CHECK(store_number(url, "SELECT count(*) FROM session") == 0);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status add_client(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_client_add(tx, c->in, err);
}

static enum en_status put_client(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_client_put(tx, c->in, err);
}

static enum en_status get_client(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_client_get(tx, c->text, c->arena, c->out, err);
}

static enum en_status use_token(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_use_token(tx, c->text, c->other, c->number, err);
}

/* Services come back as they went; a signed token is taken once per issuer. */
static void services_and_their_tokens(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_client in = {.id = "ehr", .name = "EHR", .scopes = "system/*.rs", .keys = "{}"};
    struct en_client out;
    struct call add = {.run = add_client, .in = &in};
    struct call put = {.run = put_client, .in = &in};
    struct call get = {.run = get_client, .text = "ehr", .arena = &a, .out = &out};
    struct call use = {.run = use_token, .text = "ehr", .other = "j1", .number = 10};
    struct en_err err = {""};

    CHECK(en_store_write(s, work, &put, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &add, NULL) == EN_ECONFLICT);
    in.is_disabled = true;
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &get, NULL) == EN_OK);
    CHECK(out.is_disabled && out.secret_hash == NULL);
    CHECK_TEXT(out.keys, "{}");
    CHECK(en_store_write(s, work, &use, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &use, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, "used before");
    use.text = "other";
    CHECK(en_store_write(s, work, &use, NULL) == EN_OK);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status add_link(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_link_add(tx, c->in, err);
}

static enum en_status use_link(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_link_use(tx, c->text, c->number, c->arena, c->out, err);
}

static enum en_status end_links(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_link_end_all(tx, c->text, err);
}

/* As often as allowed, up to its end, and not at all once the patient's links are ended. */
static void links_are_used_up(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_patient_link in = {.hash = "l1",
                                 .patient = "p1",
                                 .purpose = "diary",
                                 .created_by = "physician",
                                 .expires_us = 100,
                                 .uses_left = 2};
    struct en_patient_link out;
    struct call add = {.run = add_link, .in = &in};
    struct call use = {.run = use_link, .text = "l1", .number = 99, .arena = &a, .out = &out};
    struct call end = {.run = end_links, .text = "p1"};

    CHECK(en_store_write(s, work, &use, NULL) == EN_ENOTFOUND);
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &use, NULL) == EN_OK && out.uses_left == 1);
    CHECK_TEXT(out.patient, "p1");
    use.number = 100;
    CHECK(en_store_write(s, work, &use, NULL) == EN_ENOTFOUND && out.patient == NULL);
    use.number = 99;
    CHECK(en_store_write(s, work, &use, NULL) == EN_OK && out.uses_left == 0);
    CHECK(en_store_write(s, work, &use, NULL) == EN_ENOTFOUND);
    in.hash = use.text = "l2";
    CHECK(en_store_write(s, work, &add, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &end, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &use, NULL) == EN_ENOTFOUND);
    en_store_close(s);
    en_arena_free(&a);
}

static enum en_status put_draft(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_draft_put(tx, c->text, c->in, err);
}

static enum en_status get_draft(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_draft_get(tx, c->text, c->other, c->arena, c->out, err);
}

static enum en_status delete_draft(struct en_tx *tx, struct call *c, struct en_err *err)
{
    return en_tx_draft_delete(tx, c->text, c->other, err);
}

/* A draft is its account's own, the last text counts, and there are not endlessly many. */
static void drafts_are_kept(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_draft in = {.key = "k", .body = "{\"a\":1}", .updated_us = 1}, out;
    struct call put = {.run = put_draft, .text = "physician", .in = &in};
    struct call get = {
        .run = get_draft, .text = "physician", .other = "k", .arena = &a, .out = &out};
    struct call delete = {.run = delete_draft, .text = "physician", .other = "k"};
    char key[16];

    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    in.body = "{\"a\":2}";
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    CHECK(en_store_read(s, work, &get, NULL) == EN_OK);
    CHECK_TEXT(out.body, "{\"a\":2}");
    get.text = "another";
    CHECK(en_store_read(s, work, &get, NULL) == EN_ENOTFOUND);
    in.key = key;
    for (int i = 1; i < EN_DRAFTS_MAX; i++) {
        (void)snprintf(key, sizeof key, "k%d", i);
        CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    }
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK); /* the last once more */
    (void)snprintf(key, sizeof key, "one more");
    CHECK(en_store_write(s, work, &put, NULL) == EN_ELIMIT);
    CHECK(en_store_write(s, work, &delete, NULL) == EN_OK);
    CHECK(en_store_write(s, work, &put, NULL) == EN_OK);
    en_store_close(s);
    en_arena_free(&a);
}

TEST_MAIN(ON_BOTH(accounts_come_back), ON_BOTH(recovery_codes_work_once),
          ON_BOTH(attempts_and_secrets), ON_BOTH(sessions_end), ON_BOTH(services_and_their_tokens),
          ON_BOTH(links_are_used_up), ON_BOTH(drafts_are_kept));
