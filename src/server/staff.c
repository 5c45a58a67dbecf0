/* SPDX-License-Identifier: Apache-2.0 */
#include "server/staff.h"

#include "base/text.h"
#include "server/jwt.h"
#include "server/rights.h"
#include "store/account.h"

#include <sodium.h>
#include <string.h>

enum { STAFF_ARENA = 16 << 20, NAME_MIN = 2, TITLE_MAX = 200, ID_MAX = 64 };

static const char SMALL[] = "abcdefghijklmnopqrstuvwxyz", CAPITAL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool en_staff_name_valid(const char *name)
{
    const size_t size = name == NULL ? 0 : strlen(name);

    return size >= NAME_MIN && size <= EN_LOGIN_MAX && strchr(SMALL, name[0]) != NULL &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == size;
}

const char *en_staff_name(const char *text, struct en_arena *a)
{
    char *copy = en_arena_copy(a, text, SIZE_MAX);

    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        const char *at = strchr(CAPITAL, *p);

        if (at != NULL) {
            *p = SMALL[at - CAPITAL];
        }
    }
    return copy;
}

static enum en_status check_name(const char *name, struct en_err *err)
{
    return en_staff_name_valid(name)
               ? EN_OK
               : en_fail(
                     err, EN_EINVAL,
                     "a name has 2 to %d small letters, digits, '.', '_' or '-', a letter first",
                     EN_LOGIN_MAX);
}

/* Roles of people; services and patients come in by other ways. */
static enum en_status check_role(const char *name, struct en_err *err)
{
    enum en_role role;

    if (!en_role_of(name, &role) || role >= EN_ROLE_SERVICE) {
        return en_fail(err, EN_EINVAL,
                       "role: owner, physician, assistant, reception, researcher or auditor");
    }
    return EN_OK;
}

static enum en_status check_practitioner(const char *id, struct en_err *err)
{
    static const char LETTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    const size_t size = id == NULL ? 0 : strlen(id);

    if (size > ID_MAX || (size > 0 && strspn(id, LETTERS) != size)) {
        return en_fail(err, EN_EINVAL, "practitioner: the id of a Practitioner resource");
    }
    return EN_OK;
}

/* An entry about an account or a service. */
static enum en_status audit(struct en_tx *tx, const struct en_staff *staff, char action,
                            const char *type, const char *id, const char *detail,
                            struct en_err *err)
{
    struct en_audit entry = staff->who;

    entry.action = action;
    entry.subtype = strcmp(type, "Account") == 0 ? "account" : "service";
    entry.entity_type = type;
    entry.entity_id = id;
    entry.detail = detail;
    return en_tx_audit(tx, &entry, err);
}

/* What is asked for: NULL a random password; hashed: the hash of the one that is given. */
struct wish {
    const char *login, *given, *hashed;
};

/* The given password when it may be used, else a random one; hashed. */
static enum en_status choose_password(const struct en_staff *staff, const struct wish *wish,
                                      char made[EN_PASSWORD_RANDOM], char hash[EN_PASSWORD_HASH],
                                      struct en_err *err)
{
    made[0] = '\0';
    if (wish->given == NULL) {
        en_password_random(made);
        return en_password_hash(staff->passwords, made, hash, err);
    }
    EN_TRY(en_password_check(wish->login, wish->given, err));
    if (wish->hashed == NULL) {
        return en_password_hash(staff->passwords, wish->given, hash, err);
    }
    (void)snprintf(hash, EN_PASSWORD_HASH, "%s", wish->hashed);
    return EN_OK;
}

struct add_call {
    const struct en_staff *staff;
    const struct en_account *account;
};

static enum en_status add_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct add_call *c = context;

    EN_TRY(en_tx_account_add(tx, c->account, err));
    return audit(tx, c->staff, 'C', "Account", c->account->login, c->account->role, err);
}

enum en_status en_staff_add(const struct en_staff *staff, const struct en_staff_new *n,
                            char made[EN_PASSWORD_RANDOM], struct en_err *err)
{
    char hash[EN_PASSWORD_HASH];

    made[0] = '\0';
    EN_TRY(check_name(n->login, err));
    EN_TRY(check_role(n->role, err));
    EN_TRY(check_practitioner(n->practitioner, err));
    EN_TRY(choose_password(staff, &(struct wish){n->login, n->password, n->hash}, made, hash, err));
    const struct en_account account = {
        .login = n->login,
        .role = n->role,
        .practitioner = en_text_is_empty(n->practitioner) ? NULL : n->practitioner,
        .password = hash,
        .totp_secret = "",
        .must_change = !(n->is_own && n->password != NULL),
        .created_us = staff->now_us,
        .changed_us = staff->now_us};
    struct add_call c = {staff, &account};
    const enum en_status st = en_store_write(staff->store, add_work, &c, err);

    if (st != EN_OK) {
        sodium_memzero(made, EN_PASSWORD_RANDOM);
    }
    return st;
}

struct alter_call {
    const struct en_staff *staff;
    const struct en_staff_change *change;
    const char *hash;
    struct en_arena arena;
};

/* Somebody must be left who can manage accounts. */
static enum en_status check_owners(struct en_tx *tx, struct alter_call *c, struct en_err *err)
{
    struct en_account *all = NULL;
    size_t count = 0, owners = 0;

    EN_TRY(en_tx_account_list(tx, &c->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        owners += strcmp(all[i].role, "owner") == 0 && !all[i].is_disabled;
    }
    return owners > 0 ? EN_OK
                      : en_fail(err, EN_EDENIED,
                                "this is the last owner: make another one first, or nobody could "
                                "manage the accounts");
}

/* "role physician; disabled; password reset" */
static const char *what_changes(struct alter_call *c)
{
    const struct en_staff_change *n = c->change;

    return en_arena_print(
        &c->arena, "%s%s%s%s%s%s", n->role == NULL ? "" : "role ", n->role == NULL ? "" : n->role,
        n->practitioner == NULL ? "" : " practitioner",
        !n->set_disabled ? ""
        : n->is_disabled ? " disabled"
                         : " enabled",
        n->reset_password ? " password reset" : "", n->drop_totp ? " second factor dropped" : "");
}

static enum en_status alter_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct alter_call *c = context;
    const struct en_staff_change *n = c->change;
    struct en_account account;

    EN_TRY(en_tx_account_get(tx, n->login, &c->arena, &account, err));
    account.role = n->role == NULL ? account.role : n->role;
    if (n->practitioner != NULL) {
        account.practitioner = n->practitioner[0] == '\0' ? NULL : n->practitioner;
    }
    account.is_disabled = n->set_disabled ? n->is_disabled : account.is_disabled;
    if (n->reset_password) {
        account.password = c->hash;
        account.must_change = !(n->is_own && n->password != NULL);
        account.changed_us = c->staff->now_us;
    }
    if (n->drop_totp) {
        account.totp_secret = "";
        account.totp_is_on = false;
        EN_TRY(en_tx_recovery_set(tx, n->login, NULL, 0, err));
    }
    EN_TRY(en_tx_account_put(tx, &account, err));
    EN_TRY(check_owners(tx, c, err));
    EN_TRY(en_tx_session_end_all(tx, "account", n->login, err));
    return audit(tx, c->staff, 'U', "Account", n->login, what_changes(c), err);
}

enum en_status en_staff_alter(const struct en_staff *staff, const struct en_staff_change *change,
                              char made[EN_PASSWORD_RANDOM], struct en_err *err)
{
    struct alter_call c = {.staff = staff, .change = change, .arena = EN_ARENA(STAFF_ARENA)};
    char hash[EN_PASSWORD_HASH];

    made[0] = '\0';
    if (change->role != NULL) {
        EN_TRY(check_role(change->role, err));
    }
    EN_TRY(check_practitioner(change->practitioner, err));
    if (change->reset_password) {
        const struct wish wish = {change->login, change->password, change->hash};

        EN_TRY(choose_password(staff, &wish, made, hash, err));
        c.hash = hash;
    }
    const enum en_status st = en_store_write(staff->store, alter_work, &c, err);

    if (st != EN_OK) {
        sodium_memzero(made, EN_PASSWORD_RANDOM);
    }
    en_arena_free(&c.arena);
    return st;
}

static enum en_status check_scopes(const char *scopes, struct en_err *err)
{
    const char *bad = NULL;

    if (!en_scopes_valid(scopes, &bad)) {
        return en_fail(err, EN_EINVAL,
                       "scopes: \"%.*s\" is none that can be given; write system/Patient.rs, "
                       "system/*.cruds, system/Observation.read or metrics, separated by spaces",
                       bad == NULL ? 0 : (int)strcspn(bad, " "), bad == NULL ? "" : bad);
    }
    return EN_OK;
}

static enum en_status check_title(const char *name, struct en_err *err)
{
    const size_t size = name == NULL ? 0 : strlen(name);

    return size > 0 && size <= TITLE_MAX
               ? EN_OK
               : en_fail(err, EN_EINVAL, "name: 1 to %d bytes that tell what the service is",
                         TITLE_MAX);
}

struct service_call {
    const struct en_staff *staff;
    const struct en_client *client;
    const struct en_service_change *change;
    const char *keys;
    struct en_arena arena;
};

static enum en_status service_add_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct service_call *c = context;

    EN_TRY(en_tx_client_add(tx, c->client, err));
    return audit(tx, c->staff, 'C', "Service", c->client->id, c->client->scopes, err);
}

enum en_status en_service_add(const struct en_staff *staff, const struct en_service_new *n,
                              char secret[EN_TOKEN_TEXT], struct en_err *err)
{
    struct service_call c = {.staff = staff, .arena = EN_ARENA(STAFF_ARENA)};
    char hash[EN_TOKEN_HASH];
    struct en_client client = {
        .id = n->id, .name = n->name, .scopes = n->scopes, .created_us = staff->now_us};

    secret[0] = '\0';
    EN_TRY(check_name(n->id, err));
    EN_TRY(check_title(n->name, err));
    EN_TRY(check_scopes(n->scopes, err));
    enum en_status st = EN_OK;

    if (n->keys != NULL) {
        st = en_jwt_keys(n->keys, &c.arena, &client.keys, err);
    } else {
        en_token_make(secret);
        en_token_hash("secret", secret, hash);
        client.secret_hash = hash;
    }
    c.client = &client;
    if (st == EN_OK) {
        st = en_store_write(staff->store, service_add_work, &c, err);
    }
    if (st != EN_OK) {
        sodium_memzero(secret, EN_TOKEN_TEXT);
    }
    en_arena_free(&c.arena);
    return st;
}

static enum en_status service_alter_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct service_call *c = context;
    const struct en_service_change *n = c->change;
    struct en_client client;

    EN_TRY(en_tx_client_get(tx, n->id, &c->arena, &client, err));
    client.name = n->name == NULL ? client.name : n->name;
    client.scopes = n->scopes == NULL ? client.scopes : n->scopes;
    client.is_disabled = n->set_disabled ? n->is_disabled : client.is_disabled;
    if (c->keys != NULL) {
        client.keys = c->keys;
        client.secret_hash = NULL;
    }
    EN_TRY(en_tx_client_put(tx, &client, err));
    EN_TRY(en_tx_session_end_all(tx, "client", n->id, err));
    return audit(tx, c->staff, 'U', "Service", n->id,
                 client.is_disabled ? "disabled" : client.scopes, err);
}

enum en_status en_service_alter(const struct en_staff *staff,
                                const struct en_service_change *change, struct en_err *err)
{
    struct service_call c = {.staff = staff, .change = change, .arena = EN_ARENA(STAFF_ARENA)};
    enum en_status st = EN_OK;

    if (change->name != NULL) {
        EN_TRY(check_title(change->name, err));
    }
    if (change->scopes != NULL) {
        EN_TRY(check_scopes(change->scopes, err));
    }
    if (change->keys != NULL) {
        st = en_jwt_keys(change->keys, &c.arena, &c.keys, err);
    }
    if (st == EN_OK) {
        st = en_store_write(staff->store, service_alter_work, &c, err);
    }
    en_arena_free(&c.arena);
    return st;
}
