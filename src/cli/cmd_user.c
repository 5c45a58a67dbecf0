/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_user: `enthesis user` and `enthesis client`: accounts of people and of services, directly
 * in the clinic's database. On SQLite the server must be stopped (its lock says so); on PostgreSQL
 * it may run beside. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/place.h"
#include "cli/secret.h"
#include "server/jwt.h"
#include "server/staff.h"
#include "store/account.h"

#include <sodium.h>
#include <string.h>

const struct en_option EN_OPTIONS_USER[] = {
    EN_CLI_PLACE_OPTIONS,
    {"role", "ROLE", "add: owner, physician, assistant, reception, researcher or auditor"},
    {"practitioner", "ID", "add: id of the Practitioner resource of this person"},
    {"random", NULL, "add, reset: make a password and print it, once"},
    {"own", NULL,
     "add, reset: whoever enters the password is its owner, so it need not be changed at the first "
     "login"},
    {"password-file", "FILE", "add, reset: take the password from the first line of a file"},
    {"totp", NULL, "reset: take away the second factor as well, because it was lost"},
    {NULL, NULL, NULL},
};

const struct en_option EN_OPTIONS_CLIENT[] = {
    EN_CLI_PLACE_OPTIONS,
    {"name", "TEXT", "add: what the service is"},
    {"scopes", "LIST", "add: \"system/Patient.rs system/Observation.cruds\", \"metrics\""},
    {"keys", "FILE", "add: its public keys, a JWK set or a PEM; without it a secret is printed"},
    {NULL, NULL, NULL},
};

/* An open clinic, and who works on it. */
struct desk {
    struct en_cli *cli;
    const struct en_arguments *args;
    struct en_staff staff;
};

static enum en_status open_desk(struct desk *d, bool may_create, struct en_err *err)
{
    struct en_store_options options = {.may_create = may_create, .readers = 1};

    EN_TRY(en_cli_db(d->args, d->cli->arena, &options.url, err));
    if (may_create && en_given(d->args, "db") == NULL) {
        EN_TRY(en_folder_make(en_cli_data(d->args), err));
    }
    d->staff.now_us = en_clock_us();
    d->staff.who = (struct en_audit){.agent = "command line", .role = "owner"};
    EN_TRY(en_store_open(&options, &d->staff.store, err));
    const enum en_status st = en_passwords_open(&(struct en_password_options){0}, d->cli->arena,
                                                &d->staff.passwords, err);

    if (st != EN_OK) {
        en_store_close(d->staff.store);
    }
    return st;
}

static void close_desk(struct desk *d)
{
    en_passwords_close(d->staff.passwords);
    en_store_close(d->staff.store);
}

/* The name behind the verb, as it is stored. */
static enum en_status name_of(struct desk *d, const char **out, struct en_err *err)
{
    if (d->args->word_count != 2) {
        return en_fail(err, EN_EINVAL, "%s needs one name", d->args->words[0]);
    }
    *out = en_staff_name(d->args->words[1], d->cli->arena);
    return *out == NULL ? en_fail(err, EN_ENOMEM, "no memory for a name") : EN_OK;
}

/* The password that is entered; NULL with --random. */
static enum en_status password_of(struct desk *d, char room[EN_SECRET_MAX], const char **out,
                                  struct en_err *err)
{
    *out = NULL;
    if (en_given(d->args, "random") != NULL) {
        if (en_given(d->args, "own") != NULL || en_given(d->args, "password-file") != NULL) {
            return en_fail(err, EN_EINVAL, "--random goes with neither --own nor --password-file");
        }
        return EN_OK;
    }
    EN_TRY(en_cli_secret(d->cli, "Password", en_given(d->args, "password-file"), true, room, err));
    *out = room;
    return EN_OK;
}

static void tell_password(const struct desk *d, const char *login, const char *made)
{
    if (made[0] != '\0') {
        (void)fprintf(d->cli->out,
                      "password of %s: %s\n"
                      "It is shown this once, and must be changed at the next login.\n",
                      login, made);
    }
}

static enum en_status user_add(struct desk *d, struct en_err *err)
{
    char room[EN_SECRET_MAX] = "", made[EN_PASSWORD_RANDOM] = "";
    struct en_staff_new n = {.role = en_given(d->args, "role"),
                             .practitioner = en_given(d->args, "practitioner"),
                             .is_own = en_given(d->args, "own") != NULL};

    EN_TRY(name_of(d, &n.login, err));
    EN_TRY(password_of(d, room, &n.password, err));
    const enum en_status st = en_staff_add(&d->staff, &n, made, err);

    if (st == EN_OK) {
        (void)fprintf(d->cli->out, "added %s, %s\n", n.login, n.role);
        tell_password(d, n.login, made);
    }
    en_secret_wipe(room);
    return st;
}

static enum en_status user_reset(struct desk *d, struct en_err *err)
{
    char room[EN_SECRET_MAX] = "", made[EN_PASSWORD_RANDOM] = "";
    struct en_staff_change n = {.reset_password = true,
                                .is_own = en_given(d->args, "own") != NULL,
                                .drop_totp = en_given(d->args, "totp") != NULL};

    EN_TRY(name_of(d, &n.login, err));
    EN_TRY(password_of(d, room, &n.password, err));
    const enum en_status st = en_staff_alter(&d->staff, &n, made, err);

    if (st == EN_OK) {
        (void)fprintf(d->cli->out, "reset %s; its sessions have ended\n", n.login);
        tell_password(d, n.login, made);
    }
    en_secret_wipe(room);
    return st;
}

static enum en_status user_enable(struct desk *d, bool is_disabled, struct en_err *err)
{
    struct en_staff_change n = {.set_disabled = true, .is_disabled = is_disabled};
    char made[EN_PASSWORD_RANDOM];

    EN_TRY(name_of(d, &n.login, err));
    EN_TRY(en_staff_alter(&d->staff, &n, made, err));
    (void)fprintf(d->cli->out, "%s is %s\n", n.login, is_disabled ? "disabled" : "enabled");
    return EN_OK;
}

struct list {
    struct en_arena *arena;
    struct en_account *accounts;
    struct en_client *clients;
    size_t count;
};

static enum en_status accounts_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct list *l = context;

    return en_tx_account_list(tx, l->arena, &l->accounts, &l->count, err);
}

static enum en_status user_list(struct desk *d, struct en_err *err)
{
    struct list l = {.arena = d->cli->arena};

    EN_TRY(en_store_read(d->staff.store, accounts_work, &l, err));
    for (size_t i = 0; i < l.count; i++) {
        const struct en_account *a = &l.accounts[i];

        (void)fprintf(
            d->cli->out, "%-20s %s%s%s%s\n", a->login, a->role, a->is_disabled ? " disabled" : "",
            a->must_change ? " must-change-password" : "", a->totp_is_on ? " second-factor" : "");
    }
    return EN_OK;
}

static enum en_status client_add(struct desk *d, struct en_err *err)
{
    struct en_service_new n = {.name = en_given(d->args, "name"),
                               .scopes = en_given(d->args, "scopes")};
    struct en_buf keys = EN_BUF(EN_JWT_KEYS_MAX);
    char secret[EN_TOKEN_TEXT] = "";
    enum en_status st = EN_OK;

    EN_TRY(name_of(d, &n.id, err));
    if (en_given(d->args, "keys") != NULL) {
        st = en_buf_read_file(&keys, en_given(d->args, "keys"), err);
        n.keys = en_buf_text(&keys);
    }
    if (st == EN_OK) {
        st = en_service_add(&d->staff, &n, secret, err);
    }
    if (st == EN_OK) {
        (void)fprintf(d->cli->out, "added %s: %s\n", n.id, n.scopes);
    }
    if (st == EN_OK && secret[0] != '\0') {
        (void)fprintf(d->cli->out, "secret of %s: %s\nIt is shown this once.\n", n.id, secret);
    }
    sodium_memzero(secret, sizeof secret);
    en_buf_free(&keys);
    return st;
}

static enum en_status client_enable(struct desk *d, bool is_disabled, struct en_err *err)
{
    struct en_service_change n = {.set_disabled = true, .is_disabled = is_disabled};

    EN_TRY(name_of(d, &n.id, err));
    EN_TRY(en_service_alter(&d->staff, &n, err));
    (void)fprintf(d->cli->out, "%s is %s\n", n.id, is_disabled ? "disabled" : "enabled");
    return EN_OK;
}

static enum en_status clients_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct list *l = context;

    return en_tx_client_list(tx, l->arena, &l->clients, &l->count, err);
}

static enum en_status client_list(struct desk *d, struct en_err *err)
{
    struct list l = {.arena = d->cli->arena};

    EN_TRY(en_store_read(d->staff.store, clients_work, &l, err));
    for (size_t i = 0; i < l.count; i++) {
        const struct en_client *c = &l.clients[i];

        (void)fprintf(d->cli->out, "%-20s %-7s %s%s\n", c->id, c->keys != NULL ? "keys" : "secret",
                      c->scopes, c->is_disabled ? " disabled" : "");
    }
    return EN_OK;
}

static enum en_status disable_user(struct desk *d, struct en_err *err)
{
    return user_enable(d, true, err);
}

static enum en_status enable_user(struct desk *d, struct en_err *err)
{
    return user_enable(d, false, err);
}

static enum en_status disable_client(struct desk *d, struct en_err *err)
{
    return client_enable(d, true, err);
}

static enum en_status enable_client(struct desk *d, struct en_err *err)
{
    return client_enable(d, false, err);
}

static const struct verb {
    const char *name;
    bool may_create; /* on a clinic that is not there yet, too */
    enum en_status (*run)(struct desk *d, struct en_err *err);
} USER_VERBS[] = {{"add", true, user_add},        {"list", false, user_list},
                  {"reset", false, user_reset},   {"disable", false, disable_user},
                  {"enable", false, enable_user}, {NULL, false, NULL}},
  CLIENT_VERBS[] = {{"add", true, client_add},
                    {"list", false, client_list},
                    {"disable", false, disable_client},
                    {"enable", false, enable_client},
                    {NULL, false, NULL}};

static enum en_status run_verb(struct en_cli *cli, const struct en_arguments *args,
                               const struct verb *verbs, const char *usage, struct en_err *err)
{
    const char *name = args->word_count > 0 ? args->words[0] : "";
    struct desk d = {.cli = cli, .args = args};

    while (verbs->name != NULL && strcmp(verbs->name, name) != 0) {
        verbs++;
    }
    if (verbs->name == NULL) {
        return en_fail(err, EN_EINVAL, "usage: enthesis %s", usage);
    }
    EN_TRY(open_desk(&d, verbs->may_create, err));
    const enum en_status st = verbs->run(&d, err);

    close_desk(&d);
    return st;
}

enum en_status en_cmd_user(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    return run_verb(
        cli, args, USER_VERBS,
        "user add LOGIN --role ROLE | list | reset LOGIN | disable LOGIN | enable LOGIN", err);
}

enum en_status en_cmd_client(struct en_cli *cli, const struct en_arguments *args,
                             struct en_err *err)
{
    return run_verb(
        cli, args, CLIENT_VERBS,
        "client add ID --name TEXT --scopes LIST [--keys FILE] | list | disable ID | enable ID",
        err);
}
