/* SPDX-License-Identifier: Apache-2.0
 * server/demo_staff: the accounts of the demo clinic. */
#include "base/text.h"
#include "server/demo_inside.h"
#include "server/login_inside.h"
#include "server/staff.h"
#include "store/account.h"

const struct en_demo_account EN_DEMO_ACCOUNTS[] = {
    {"owner", NULL, "everything, and staff, policies, audit trail, export"},
    {"physician", "demo-physician", "assess, plan, approve, inject, sign"},
    {"assistant", "demo-assistant", "prepare sessions, checklists, vital signs, stock"},
    {"reception", NULL, "patients' names and appointments, nothing clinical"},
    {"researcher", NULL, "de-identified records and the registry"},
    {"auditor", NULL, "the audit trail and nothing else"},
    {NULL, NULL, NULL},
};

static enum en_status set_account(const struct en_staff *staff, const struct en_demo_account *x,
                                  const char *password, const char *hash, struct en_err *err)
{
    const struct en_staff_new made = {.login = x->role,
                                      .role = x->role,
                                      .practitioner = x->practitioner,
                                      .password = password,
                                      .is_own = true,
                                      .hash = hash};
    const struct en_staff_change change = {.login = x->role,
                                           .role = x->role,
                                           .practitioner = x->practitioner,
                                           .set_disabled = true,
                                           .reset_password = true,
                                           .password = password,
                                           .is_own = true,
                                           .hash = hash,
                                           .drop_totp = true};
    char unused[EN_PASSWORD_RANDOM];
    struct en_err missing = {""};
    const enum en_status st = en_staff_alter(staff, &change, unused, &missing);

    if (st == EN_ENOTFOUND) {
        return en_staff_add(staff, &made, unused, err);
    }
    return st == EN_OK ? EN_OK : en_fail(err, st, "%s", missing.text);
}

enum en_status en_demo_accounts(struct en_server *s, struct en_err *err)
{
    const struct en_staff staff = {.store = s->store,
                                   .passwords = s->login->passwords,
                                   .now_us = en_demo_now(s->demo),
                                   .who = {.agent = "enthesis"}};

    char hash[EN_PASSWORD_HASH];

    en_password_random(s->demo->password);
    EN_TRY(en_password_hash(s->login->passwords, s->demo->password, hash, err));
    for (const struct en_demo_account *x = EN_DEMO_ACCOUNTS; x->role != NULL; x++) {
        EN_TRY(set_account(&staff, x, s->demo->password, hash, err));
    }
    return EN_OK;
}
