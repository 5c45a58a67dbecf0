/* SPDX-License-Identifier: Apache-2.0 */
#include "server/demo.h"

#include "base/clock.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/demo_inside.h"
#include "store/account.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

static const int64_t DAY_US = INT64_C(86400000000);

enum {
    CHECK_ARENA = 8 << 20,
    ANSWER_ARENA = 1 << 20,
    BEFORE_DAYS = 1000,
    DEMO_HASH_BYTES = 1 << 20
};

/* Names of the two marks in the database. */
#define MARK   "demo"
#define FILLED "demo-filled"

/* Minutes that this machine's clock is ahead of UTC. */
static int zone_minutes(void)
{
    const time_t now = (time_t)(en_clock_us() / 1000000);
    struct tm here;

    return localtime_r(&now, &here) == NULL ? 0 : (int)(here.tm_gmtoff / 60);
}

int64_t en_demo_now(void *context)
{
    const struct en_demo *d = context;
    const int64_t replay_us = atomic_load(&d->replay_us);

    return replay_us != INT64_MAX ? replay_us : en_clock_us() + d->shift_us;
}

bool en_demo_is_filling(const struct en_demo *d)
{
    return atomic_load(&d->replay_us) != INT64_MAX;
}

int64_t en_demo_shift_us(const struct en_demo *d)
{
    return d->shift_us;
}

/* What follows from the day that it is filled for. */
static void set_day(struct en_demo *d, en_day fixed)
{
    const bool is_fixed = fixed != EN_DAY_UNKNOWN;
    en_day anchor = 0;

    (void)en_date_parse(EN_DEMO_ANCHOR, &anchor, NULL);
    d->day = is_fixed ? fixed : en_clock_today();
    /* In the fixed clinic it is always the same day in every zone, so that its pictures are equal
     * everywhere. */
    d->shift_us = is_fixed ? (fixed - en_clock_us() / DAY_US) * DAY_US : 0;
    d->shift = (struct en_shift){.days = d->day - anchor,
                                 .minutes = is_fixed ? 0 : -zone_minutes(),
                                 .now_us = is_fixed ? INT64_MAX : en_clock_us()};
}

enum en_status en_demo_open(struct en_server *s, struct en_err *err)
{
    struct en_demo *d = EN_NEW(&s->arena, struct en_demo, 1);

    if (d == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the demo clinic");
    }
    if (s->options.db != NULL) {
        return en_fail(err, EN_EINVAL,
                       "--db: the demo clinic keeps a database of its own in its folder: --data");
    }
    set_day(d, s->options.today);
    if (s->options.login.passwords.memory_bytes == 0) {
        /* Its passwords are 96 random bits that stand on the screen: nobody guesses them, and
         * whoever may read the database may read the screen. */
        s->options.login.passwords.passes = 1;
        s->options.login.passwords.memory_bytes = DEMO_HASH_BYTES;
    }
    /* The database, its first account and its mark were there before everything that is replayed:
     * what is written later never has an earlier time. */
    atomic_init(&d->replay_us, (d->day - BEFORE_DAYS) * DAY_US);
    s->demo = d;
    return EN_OK;
}

/* Marks */

struct marks {
    struct en_arena arena;
    const char *mark, *filled; /* NULL: not there */
    bool has_accounts;
    const char *write; /* name of the mark to write */
    char text[EN_DATE_TEXT_MAX + 16];
};

static enum en_status read_marks(struct en_tx *tx, void *context, struct en_err *err)
{
    struct marks *m = context;
    struct en_account *all = NULL;
    size_t count = 0;

    EN_TRY(en_tx_secret_find(tx, MARK, &m->arena, &m->mark, err));
    EN_TRY(en_tx_secret_find(tx, FILLED, &m->arena, &m->filled, err));
    EN_TRY(en_tx_account_list(tx, &m->arena, &all, &count, err));
    m->has_accounts = count > 0;
    return EN_OK;
}

static enum en_status write_mark(struct en_tx *tx, void *context, struct en_err *err)
{
    struct marks *m = context;
    const char *now = NULL;

    return en_tx_secret(tx, m->write, m->text, &m->arena, &now, err);
}

/* "2026-03-02 fixed", or "2026-11-30 clock". */
static enum en_status keep_day(struct en_server *s, const char *mark, struct en_err *err)
{
    const bool is_fixed = strstr(mark, " fixed") != NULL;
    char date[EN_DATE_TEXT_MAX];
    en_day day = EN_DAY_UNKNOWN;

    (void)snprintf(date, sizeof date, "%.10s", mark);
    if (!en_date_parse(date, &day, NULL)) {
        return en_fail(err, EN_EBUG, "the mark of the demo clinic is damaged");
    }
    if (s->options.today != EN_DAY_UNKNOWN && (!is_fixed || day != s->options.today)) {
        return en_fail(err, EN_ECONFLICT,
                       "--today: the demo clinic in %s was filled %s %s: delete the folder, or "
                       "give another one with --data",
                       s->options.data, is_fixed ? "for the fixed day" : "as of", date);
    }
    if (is_fixed) {
        s->options.today = day;
        set_day(s->demo, day);
    }
    s->demo->day = day;
    return EN_OK;
}

static enum en_status check_marks(struct en_server *s, struct marks *m, struct en_err *err)
{
    char date[EN_DATE_TEXT_MAX];

    if (s->demo == NULL) {
        return m->mark == NULL
                   ? EN_OK
                   : en_fail(err, EN_ECONFLICT,
                             "%s holds the demo clinic: start it with --demo, or give a real "
                             "clinic's folder with --data",
                             s->options.data);
    }
    if (m->mark == NULL && m->has_accounts) {
        return en_fail(err, EN_ECONFLICT,
                       "%s holds a clinic that is no demo: give the demo another folder with "
                       "--data",
                       s->options.data);
    }
    if (m->mark != NULL && m->filled == NULL) {
        return en_fail(err, EN_ECONFLICT,
                       "the demo clinic in %s was not filled to its end: delete the folder and "
                       "start again",
                       s->options.data);
    }
    s->demo->is_new = m->mark == NULL;
    if (!s->demo->is_new) {
        atomic_store(&s->demo->replay_us, INT64_MAX);
        return keep_day(s, m->mark, err);
    }
    m->write = MARK;
    (void)snprintf(m->text, sizeof m->text, "%s %s", en_date_text(s->demo->day, date),
                   s->options.today == EN_DAY_UNKNOWN ? "clock" : "fixed");
    return en_store_write(s->store, write_mark, m, err);
}

enum en_status en_demo_check(struct en_server *s, struct en_err *err)
{
    struct marks m = {.arena = EN_ARENA(CHECK_ARENA)};
    enum en_status st = en_store_read(s->store, read_marks, &m, err);

    if (st == EN_OK) {
        st = check_marks(s, &m, err);
    }
    en_arena_free(&m.arena);
    return st;
}

enum en_status en_demo_start(struct en_server *s, struct en_err *err)
{
    struct marks m = {.arena = EN_ARENA(CHECK_ARENA), .write = FILLED, .text = "yes"};
    enum en_status st = EN_OK;

    /* Before it is filled: plans are approved with a password. */
    EN_TRY(en_demo_accounts(s, err));
    if (s->demo->is_new) {
        EN_TRY(en_demo_switches(s, err));
        st = en_demo_fill(s, err);
        atomic_store(&s->demo->replay_us, INT64_MAX);
        st = st != EN_OK ? st : en_store_write(s->store, write_mark, &m, err);
    }
    en_arena_free(&m.arena);
    return st;
}

/* Telling */

/* The token of a new link; "" when there is none. */
static enum en_status make_link(struct en_server *s, char token[EN_TOKEN_TEXT], struct en_err *err)
{
    const struct en_demo_request ask = {.role = "owner",
                                        .method = EN_POST,
                                        .target = "/auth/links",
                                        .body = "{\"patient\":\"" EN_DEMO_LINK_PATIENT "\"}",
                                        .at_us = en_demo_now(s->demo)};
    struct en_arena a = EN_ARENA(ANSWER_ARENA);
    struct en_buf answer = EN_BUF(ANSWER_ARENA);
    struct en_issues issues = {0};
    struct json_object *tree = NULL;
    enum en_status st = en_demo_ask(s, &ask, &answer, err);

    token[0] = '\0';
    if (st == EN_OK) {
        st = en_json_read(en_buf_text(&answer), answer.size, &a, &tree, &issues, err);
    }
    if (st == EN_OK && en_json_text(tree, "token") != NULL) {
        (void)snprintf(token, EN_TOKEN_TEXT, "%s", en_json_text(tree, "token"));
    }
    json_object_put(tree);
    en_buf_free(&answer);
    en_arena_free(&a);
    return st;
}

enum en_status en_demo_tell(struct en_server *s, FILE *out, struct en_err *err)
{
    char token[EN_TOKEN_TEXT], date[EN_DATE_TEXT_MAX];

    EN_TRY(make_link(s, token, err));
    (void)fprintf(out,
                  "\n  Demo clinic: synthetic patients, as of %s\n\n"
                  "  Page      %s/\n"
                  "  Data      %s%s\n"
                  "  Password  %s   of each login, until the next start\n\n",
                  en_date_text(s->demo->day, date), s->url, s->options.data,
                  s->demo->is_new ? "" : ", as it was left; delete the folder for a new one",
                  s->demo->password);
    for (const struct en_demo_account *x = EN_DEMO_ACCOUNTS; x->role != NULL; x++) {
        (void)fprintf(out, "  %-10s  %s\n", x->role, x->may);
    }
    (void)fprintf(out,
                  "\n  A patient's diary on a phone, by a link that opens once:\n"
                  "  %s/#link=%s\n\n",
                  s->url, token);
    (void)fflush(out);
    sodium_memzero(s->demo->password, sizeof s->demo->password);
    return EN_OK;
}
