/* SPDX-License-Identifier: Apache-2.0
 * Coming in, staying in and going out, from the cookie to the answer. */
#include "support/clinic.h"

#include "base/text.h"
#include "server/attempt.h"
#include "server/totp.h"
#include "support/stores.h"

#include <string.h>
#include <time.h>

static const int64_t SECOND_US = 1000000;

/* The first owner may do nothing but change the password; a changed one opens everything, and the
 * server may be seen from outside from then on. */
static void first_login_changes_the_password(const char *url)
{
    struct clinic c;
    struct browser b = {.bearer = NULL};
    bool is_default = false;

    clinic_open(&c, url);
    CHECK(strlen(c.first) == EN_PASSWORD_RANDOM - 1);
    CHECK(en_login_is_default(c.server.login, &is_default, NULL) == EN_OK && is_default);
    struct clinic_answer in = clinic_expect(
        &c, &b, 200, "POST", "/auth/login",
        en_arena_print(&c.arena, "{\"login\":\"Owner\",\"password\":\"%s\"}", c.first));

    CHECK_CONTAINS(in.body, "\"must_change_password\": true");
    CHECK(clinic_expect(&c, &b, 403, "GET", "/auth/accounts", NULL).status == 403);
    CHECK(clinic_expect(&c, &b, 403, "GET", "/fhir/Patient", NULL).status == 403);
    CHECK(clinic_expect(&c, &b, 403, "PUT", "/auth/draft/x", "{}").status == 403);
    (void)clinic_expect(
        &c, &b, 400, "POST", "/auth/password",
        en_arena_print(&c.arena, "{\"current\":\"%s\",\"new\":\"short\"}", c.first));
    (void)clinic_expect(
        &c, &b, 400, "POST", "/auth/password",
        en_arena_print(&c.arena, "{\"current\":\"%s\",\"new\":\"%s\"}", c.first, c.first));
    (void)clinic_expect(&c, &b, 403, "POST", "/auth/password",
                        "{\"current\":\"wrong password\",\"new\":\"" CLINIC_PASSWORD "\"}");
    CHECK(en_login_is_default(c.server.login, &is_default, NULL) == EN_OK && is_default);
    (void)clinic_expect(
        &c, &b, 200, "POST", "/auth/password",
        en_arena_print(&c.arena, "{\"current\":\"%s\",\"new\":\"" CLINIC_PASSWORD "\"}", c.first));
    (void)clinic_expect(&c, &b, 200, "GET", "/auth/accounts", NULL);
    CHECK(en_login_is_default(c.server.login, &is_default, NULL) == EN_OK && !is_default);
    CHECK(clinic_login(&c, &b, "owner", c.first, NULL) == 401);
    clinic_close(&c);
}

/* A second start makes no second owner, and keeps the clinic's secret. */
static void second_start_changes_nothing(const char *url)
{
    unsigned char before[EN_LOGIN_KEY], after[EN_LOGIN_KEY], other[EN_LOGIN_KEY];
    struct clinic c;

    clinic_open(&c, url);
    en_login_key(c.server.login, "pages", before);
    clinic_close(&c);
    clinic_open(&c, url);
    CHECK(c.first[0] == '\0');
    en_login_key(c.server.login, "pages", after);
    en_login_key(c.server.login, "pseudonyms", other);
    CHECK(memcmp(before, after, sizeof before) == 0 && memcmp(before, other, sizeof other) != 0);
    clinic_close(&c);
}

/* The cookie is out of reach of scripts and of other sites, and under TLS bound to this host. */
static void cookies_are_kept_close(const char *url)
{
    struct clinic c;
    struct browser owner, b = {.bearer = NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    struct clinic_answer in =
        clinic_ask(&c, &b, "POST", "/auth/login", NULL,
                   "{\"login\":\"owner\",\"password\":\"" CLINIC_PASSWORD "\"}");
    const char *set = clinic_header(&in, "Set-Cookie");

    CHECK(en_text_starts(set, "enthesis="));
    CHECK_CONTAINS(set, "; Path=/; HttpOnly; SameSite=Strict");
    CHECK(strstr(set, "Secure") == NULL && strstr(set, "Domain") == NULL);
    c.is_tls = true;
    in = clinic_ask(&c, &b, "POST", "/auth/login", NULL,
                    "{\"login\":\"owner\",\"password\":\"" CLINIC_PASSWORD "\"}");
    set = clinic_header(&in, "Set-Cookie");
    CHECK(en_text_starts(set, "__Host-enthesis="));
    CHECK_CONTAINS(set, "; Secure");
    /* The other name is no session here. */
    b.cookie[0] = '\0';
    (void)snprintf(b.cookie, sizeof b.cookie, "%s", owner.cookie);
    (void)clinic_expect(&c, &b, 401, "GET", "/auth/me", NULL);
    clinic_close(&c);
}

/* Session fixation: a token that somebody put into the browser is never the one that is logged in,
 * and every rise of rights gives a new one; the old one is worth nothing afterwards. */
static void tokens_change_with_rights(const char *url)
{
    struct clinic c;
    struct browser owner, attacker, victim, before;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "physician", &attacker);
    victim = attacker; /* the attacker's session stands in the victim's browser */
    CHECK(clinic_login(&c, &victim, "owner", CLINIC_PASSWORD, NULL) == 200);
    CHECK(strcmp(victim.cookie, attacker.cookie) != 0 && strcmp(victim.csrf, attacker.csrf) != 0);
    (void)clinic_expect(&c, &attacker, 401, "GET", "/auth/me", NULL);
    before = victim;
    (void)clinic_expect(&c, &victim, 200, "POST", "/auth/password",
                        "{\"current\":\"" CLINIC_PASSWORD "\",\"new\":\"another good one here\"}");
    CHECK(strcmp(victim.cookie, before.cookie) != 0);
    (void)clinic_expect(&c, &before, 401, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &owner, 401, "GET", "/auth/me", NULL); /* all others end, too */
    (void)clinic_expect(&c, &victim, 200, "GET", "/auth/me", NULL);
    clinic_close(&c);
}

/* Changes need the session's CSRF token and no foreign Origin; reading does not. */
static void forged_requests_are_refused(const char *url)
{
    static const char BODY[] = "{\"login\":\"physician\",\"role\":\"physician\"}";
    struct clinic c;
    struct browser owner, forged;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    forged = owner;
    forged.hides_csrf = true;
    (void)clinic_expect(&c, &forged, 403, "POST", "/auth/accounts", BODY);
    (void)clinic_expect(&c, &forged, 403, "POST", "/auth/logout", NULL);
    (void)clinic_expect(&c, &forged, 200, "GET", "/auth/accounts", NULL);
    forged.hides_csrf = false;
    forged.csrf[3] = forged.csrf[3] == 'A' ? 'B' : 'A';
    (void)clinic_expect(&c, &forged, 403, "POST", "/auth/accounts", BODY);
    CHECK(clinic_ask(&c, &owner, "POST", "/auth/accounts", "Origin: http://evil.example\n", BODY)
              .status == 403);
    CHECK(clinic_audited(&c, "denied", 8) == 4);
    CHECK(clinic_ask(&c, &owner, "POST", "/auth/accounts", "Origin: http://clinic.example\n", BODY)
              .status == 201);
    clinic_close(&c);
}

/* Out is out: at once, for the token itself. A logout of one session leaves others in. */
static void logout_ends_the_session(const char *url)
{
    struct clinic c;
    struct browser owner, other = {.bearer = NULL}, kept;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    CHECK(clinic_login(&c, &other, "owner", CLINIC_PASSWORD, NULL) == 200);
    kept = owner;
    (void)clinic_expect(&c, &owner, 204, "POST", "/auth/logout", NULL);
    CHECK(owner.cookie[0] == '\0');
    const struct clinic_answer late = clinic_expect(&c, &kept, 401, "GET", "/auth/me", NULL);

    CHECK_CONTAINS(clinic_header(&late, "Set-Cookie"), "Max-Age=0");
    (void)clinic_expect(&c, &other, 200, "GET", "/auth/me", NULL);
    CHECK(clinic_audited(&c, "logout", 0) == 1);
    clinic_close(&c);
}

/* Who lost a telephone logs out everywhere: every session of the account, and nobody else's. */
static void logout_everywhere_ends_all_sessions(const char *url)
{
    struct browser owner, other = {.bearer = NULL}, doctor;
    struct clinic c;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "physician", &doctor);
    CHECK(clinic_login(&c, &other, "owner", CLINIC_PASSWORD, NULL) == 200);
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/logout", "{\"everywhere\":1}");
    (void)clinic_expect(&c, &owner, 204, "POST", "/auth/logout", "{\"everywhere\":true}");
    (void)clinic_expect(&c, &owner, 401, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &other, 401, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &doctor, 200, "GET", "/auth/me", NULL);
    clinic_close(&c);
}

/* Unused for half an hour a session is over, used it goes on, and after twelve hours it is over in
 * any case; at the limit and just before. A draft outlives it. */
static void sessions_run_out(const char *url)
{
    enum { IDLE = 1800, LIFE = 43200 };
    struct clinic c;
    struct browser owner, again = {.bearer = NULL};
    const int64_t start = 1800000000 * SECOND_US;

    clinic_open(&c, url);
    c.now_us = start;
    clinic_owner(&c, &owner);
    (void)clinic_expect(&c, &owner, 204, "PUT", "/auth/draft/session-1", "{\"note\":\"kept\"}");
    for (int64_t s = IDLE - 1; s < LIFE; s += IDLE - 1) {
        c.now_us = start + s * SECOND_US;
        (void)clinic_expect(&c, &owner, 200, "GET", "/auth/me", NULL);
    }
    c.now_us = start + LIFE * SECOND_US - 1;
    (void)clinic_expect(&c, &owner, 200, "GET", "/auth/me", NULL);
    c.now_us = start + LIFE * SECOND_US;
    (void)clinic_expect(&c, &owner, 401, "GET", "/auth/me", NULL);
    CHECK(clinic_login(&c, &again, "owner", CLINIC_PASSWORD, NULL) == 200);
    c.now_us += IDLE * SECOND_US;
    (void)clinic_expect(&c, &again, 401, "GET", "/auth/me", NULL);
    CHECK(clinic_login(&c, &again, "owner", CLINIC_PASSWORD, NULL) == 200);
    CHECK_TEXT(clinic_expect(&c, &again, 200, "GET", "/auth/draft/session-1", NULL).body,
               "{\"note\":\"kept\"}");
    (void)clinic_expect(&c, &again, 204, "DELETE", "/auth/draft/session-1", NULL);
    (void)clinic_expect(&c, &again, 404, "GET", "/auth/draft/session-1", NULL);
    clinic_close(&c);
}

/* What is no token of ours is refused, in a cookie and in a header; a cookie's token is none in a
 * header, where no CSRF token would be asked for. */
static void other_tokens_are_refused(const char *url)
{
    static const char *const BAD[] = {"",
                                      "x",
                                      "Bearer",
                                      "Basic eA==",
                                      "Bearer ",
                                      "Bearer x",
                                      "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct clinic c;
    struct browser owner, b = {.bearer = NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    for (size_t i = 1; i < EN_COUNT(BAD); i++) {
        CHECK(clinic_ask(&c, NULL, "GET", "/auth/me",
                         en_arena_print(&c.arena, "Authorization: %s\n", BAD[i]), NULL)
                  .status == 401);
        (void)snprintf(b.cookie, sizeof b.cookie, "enthesis=%.100s", BAD[i]);
        (void)clinic_expect(&c, &b, 401, "GET", "/auth/me", NULL);
    }
    b = (struct browser){.bearer = strchr(owner.cookie, '=') + 1};
    (void)clinic_expect(&c, &b, 401, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, NULL, 401, "GET", "/auth/me", NULL);
    clinic_close(&c);
}

/* Four failures are free, the fifth makes the name wait, twice as long after each further one; the
 * right password does not help while it waits, and forgets the failures afterwards. */
static void lockout_grows(const char *url)
{
    struct clinic c;
    struct browser owner, b = {.bearer = NULL};
    int64_t wait_s = EN_ATTEMPT_WAIT_S;

    clinic_open(&c, url);
    c.now_us = 1800000000 * SECOND_US;
    clinic_owner(&c, &owner);
    for (int i = 1; i < EN_ATTEMPTS_LOGIN; i++) {
        CHECK(clinic_login(&c, &b, "owner", "not the password", NULL) == 401);
    }
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200); /* just before it */
    for (int i = 1; i <= EN_ATTEMPTS_LOGIN; i++) {
        CHECK(clinic_audited(&c, "lockout", -1) == 0);
        CHECK(clinic_login(&c, &b, "owner", "not the password", NULL) == 401);
    }
    CHECK(clinic_audited(&c, "lockout", 8) == 1);
    for (int round = 0; round < 4; round++) {
        const struct clinic_answer locked =
            clinic_ask(&c, &b, "POST", "/auth/login", NULL,
                       "{\"login\":\"owner\",\"password\":\"" CLINIC_PASSWORD "\"}");
        char after[24];

        (void)snprintf(after, sizeof after, "%lld", (long long)wait_s);
        CHECK(locked.status == 429);
        CHECK_TEXT(clinic_header(&locked, "Retry-After"), after);
        c.now_us += wait_s * SECOND_US - 1;
        CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 429);
        c.now_us += 1;
        CHECK(clinic_login(&c, &b, "owner", "not the password", NULL) == 401);
        wait_s *= 2;
    }
    c.now_us += EN_ATTEMPT_WAIT_MAX_S * SECOND_US;
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200);
    CHECK(clinic_login(&c, &b, "owner", "not the password", NULL) == 401);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200);
    clinic_close(&c);
}

/* An address waits after thirty failures of whatever names; another address does not, and neither
 * does the machine itself, where a proxy stands for everybody. An account of one's own does not
 * buy more tries. */
static void addresses_wait_as_well(const char *url)
{
    struct clinic c;
    struct browser owner, b = {.bearer = NULL};
    int right = 0;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    for (int i = 0; i < EN_ATTEMPTS_ADDRESS; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "guess%d", i);
        CHECK(clinic_login(&c, &b, name, "not the password", NULL) == 401);
        if (i % 5 == 0) {
            right += clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200;
        }
    }
    CHECK(right == EN_ATTEMPTS_ADDRESS / 5);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 429);
    c.address = "192.0.2.8";
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200);
    c.address = "127.0.0.1";
    for (int i = 0; i <= EN_ATTEMPTS_ADDRESS; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "local%d", i);
        CHECK(clinic_login(&c, &b, name, "not the password", NULL) == 401);
    }
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200);
    clinic_close(&c);
}

/* A name without an account answers, waits and costs the same as one with: the same hashes, the
 * same words. And which part was wrong stands in no answer. */
static void unknown_names_look_the_same(const char *url)
{
    static const char *const NAMES[] = {"owner", "nobody", "disabled"};
    struct clinic c;
    struct browser owner, staff;
    const char *first = NULL;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "physician", &staff);
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/accounts/physician",
                        "{\"disabled\":true}");
    for (int i = 0; i < EN_ATTEMPTS_LOGIN + 1; i++) {
        for (size_t k = 0; k < EN_COUNT(NAMES); k++) {
            const bool is_disabled = k == 2;
            const uint64_t before = en_login_hashes(c.server.login);
            const struct clinic_answer answer =
                clinic_ask(&c, NULL, "POST", "/auth/login", NULL,
                           en_arena_print(&c.arena, "{\"login\":\"%s\",\"password\":\"%s\"}",
                                          is_disabled ? "physician" : NAMES[k],
                                          is_disabled ? CLINIC_PASSWORD : "not the password"));

            CHECK(answer.status == (i < EN_ATTEMPTS_LOGIN ? 401 : 429));
            CHECK(en_login_hashes(c.server.login) - before == (i < EN_ATTEMPTS_LOGIN ? 1 : 0));
            first = k == 0 ? answer.body : first;
            CHECK_TEXT(answer.body, first);
        }
    }
    clinic_close(&c);
}

static const char *code_of(struct clinic *c, const char *secret, int64_t offset)
{
    unsigned char bytes[64];
    size_t size;
    char code[9];

    CHECK(en_base32_read(secret, bytes, sizeof bytes, &size));
    en_totp_code(bytes, size, c->now_us / SECOND_US / EN_TOTP_STEP_S + offset, EN_TOTP_DIGITS,
                 code);
    return en_arena_copy(&c->arena, code, SIZE_MAX);
}

/* On only after a code was shown to be right; then the password alone opens nothing, a code works
 * once, a recovery code works once, and both are needed to turn it off. */
static void second_factor(const char *url)
{
    struct clinic c;
    struct browser owner, b = {.bearer = NULL};
    const char *secret, *code, *at;
    char recovery[64];

    clinic_open(&c, url);
    c.now_us = 1800000000 * SECOND_US;
    clinic_owner(&c, &owner);
    (void)clinic_expect(&c, &owner, 409, "POST", "/auth/totp/confirm", "{\"code\":\"123456\"}");
    (void)clinic_expect(&c, &owner, 403, "POST", "/auth/totp/begin", "{\"password\":\"wrong\"}");
    struct clinic_answer begun = clinic_expect(&c, &owner, 200, "POST", "/auth/totp/begin",
                                               "{\"password\":\"" CLINIC_PASSWORD "\"}");

    secret = clinic_member(&c, &begun, "secret");
    CHECK_CONTAINS(clinic_member(&c, &begun, "uri"), "otpauth://totp/Enthesis:owner?secret=");
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200); /* not on yet */
    code = code_of(&c, secret, 0);
    struct clinic_answer on = clinic_expect(&c, &owner, 200, "POST", "/auth/totp/confirm",
                                            en_arena_print(&c.arena, "{\"code\":\"%s\"}", code));

    at = strstr(on.body, "recovery_codes");
    CHECK(at != NULL && (at = strstr(at, "-")) != NULL);
    (void)snprintf(recovery, sizeof recovery, "%.23s", at - 5);
    (void)clinic_expect(&c, &b, 401, "GET", "/auth/me", NULL); /* other sessions ended */
    (void)clinic_expect(&c, &owner, 200, "GET", "/auth/me", NULL);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 401);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, "000000") == 401);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, code) == 401); /* used to confirm */
    c.now_us += EN_TOTP_STEP_S * SECOND_US;
    code = code_of(&c, secret, 0);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, code) == 200);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, code) == 401); /* replay */
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, recovery) == 200);
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, recovery) == 401);
    (void)clinic_expect(&c, &b, 409, "POST", "/auth/totp/begin",
                        "{\"password\":\"" CLINIC_PASSWORD "\"}");
    /* Wrong codes count like wrong passwords: nobody can go through all of them. */
    for (int i = 0; i < EN_ATTEMPTS_LOGIN; i++) {
        const int status = clinic_ask(&c, &b, "POST", "/auth/totp/off", NULL,
                                      "{\"password\":\"" CLINIC_PASSWORD "\",\"code\":\"000000\"}")
                               .status;

        CHECK(status == 403 || (i > 0 && status == 429));
    }
    (void)clinic_expect(&c, &b, 429, "POST", "/auth/totp/off",
                        "{\"password\":\"" CLINIC_PASSWORD "\",\"code\":\"000000\"}");
    c.now_us += (EN_ATTEMPT_WAIT_S + EN_TOTP_STEP_S) * SECOND_US;
    (void)clinic_expect(&c, &b, 204, "POST", "/auth/totp/off",
                        en_arena_print(&c.arena,
                                       "{\"password\":\"" CLINIC_PASSWORD "\",\"code\":\"%s\"}",
                                       code_of(&c, secret, 0)));
    CHECK(clinic_login(&c, &b, "owner", CLINIC_PASSWORD, NULL) == 200);
    clinic_close(&c);
}

/* Owners make accounts, change and disable them; what they take away is gone at once; the last
 * owner stays. */
static void owners_manage_accounts(const char *url)
{
    struct clinic c;
    struct browser owner, staff, again = {.bearer = NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "physician", &staff);
    (void)clinic_expect(&c, &owner, 409, "POST", "/auth/accounts",
                        "{\"login\":\"physician\",\"role\":\"physician\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/accounts",
                        "{\"login\":\"x y\",\"role\":\"physician\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/accounts",
                        "{\"login\":\"service\",\"role\":\"service\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/accounts",
                        "{\"login\":\"patient\",\"role\":\"patient\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/accounts",
                        "{\"login\":\"abc\",\"role\":\"physician\",\"is_owner\":true}");
    (void)clinic_expect(&c, &staff, 200, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/accounts/physician",
                        "{\"role\":\"auditor\"}");
    (void)clinic_expect(&c, &staff, 401, "GET", "/auth/me", NULL);
    CHECK(clinic_login(&c, &again, "physician", CLINIC_PASSWORD, NULL) == 200);
    CHECK_TEXT(
        clinic_member(&c,
                      &(struct clinic_answer){
                          .body = clinic_expect(&c, &again, 200, "GET", "/auth/me", NULL).body},
                      "role"),
        "auditor");
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/accounts/physician",
                        "{\"disabled\":true}");
    (void)clinic_expect(&c, &again, 401, "GET", "/auth/me", NULL);
    CHECK(clinic_login(&c, &again, "physician", CLINIC_PASSWORD, NULL) == 401);
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/accounts/physician",
                        "{\"disabled\":false}");
    const struct clinic_answer reset =
        clinic_expect(&c, &owner, 200, "POST", "/auth/accounts/physician/reset", NULL);

    CHECK(clinic_login(&c, &again, "physician", CLINIC_PASSWORD, NULL) == 401);
    CHECK(clinic_login(&c, &again, "physician", clinic_member(&c, &reset, "password"), NULL) ==
          200);
    (void)clinic_expect(&c, &again, 403, "GET", "/fhir/AuditEvent", NULL); /* change it first */
    (void)clinic_expect(&c, &owner, 403, "PATCH", "/auth/accounts/owner", "{\"disabled\":true}");
    (void)clinic_expect(&c, &owner, 403, "PATCH", "/auth/accounts/owner",
                        "{\"role\":\"physician\"}");
    (void)clinic_expect(&c, &owner, 200, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &owner, 404, "PATCH", "/auth/accounts/nobody", "{\"disabled\":true}");
    clinic_close(&c);
}

/* What one server takes back is over on the others once their memory of it ends; one that never saw
 * the session does not let it in at all. Waiting is the point here: for a second. */
static void other_servers_follow(const char *url)
{
    const struct en_login_options options = {.passwords = {.passes = 1, .memory_bytes = 8192},
                                             .cache_s = 1};
    const struct timespec pause = {.tv_nsec = 50000000};
    struct clinic c, other;
    struct browser owner, here;
    int status = 200, tries = 0;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    other = c; /* the same database, a memory of its own */
    other.arena = EN_ARENA(64 << 20);
    CHECK(en_login_open(c.server.store, &options, NULL, &c.arena, &other.server.login, NULL) ==
          EN_OK);
    here = owner;
    (void)clinic_expect(&other, &here, 200, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &owner, 204, "POST", "/auth/logout", NULL);
    while (status == 200 && tries++ < 600) {
        struct browser copy = here;

        status = clinic_ask(&other, &copy, "GET", "/auth/me", NULL, NULL).status;
        (void)nanosleep(&pause, NULL);
    }
    CHECK(status == 401);
    en_login_close(other.server.login);
    en_arena_free(&other.arena);
    clinic_close(&c);
}

/* What comes in a body is checked to the letter: no unknown member, no wrong type, no text that C
 * would cut, nothing too long. */
static void bodies_are_strict(const char *url)
{
    static const char *const BAD[] = {
        "",
        "[]",
        "null",
        "{}",
        "{\"login\":\"owner\"}",
        "{\"login\":\"owner\",\"password\":1}",
        "{\"login\":\"owner\",\"password\":null}",
        "{\"login\":\"owner\",\"password\":\"x\",\"remember\":true}",
        "{\"login\":\"owner\",\"password\":\"x\",\"password\":\"x\"}",
        "{\"login\":\"owner\",\"password\":\"x\\u0000y\"}",
        "{\"login\":\"owner\",\"password\":\"x\"} ",
        "{\"login\":\"owner\",\"password\":\"x\",}",
    };
    char longest[EN_PASSWORD_MAX + 64];
    struct clinic c;

    clinic_open(&c, url);
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        const int expected = i == 10 ? 401 : 400; /* a space behind it is JSON */

        CHECK(clinic_ask(&c, NULL, "POST", "/auth/login", NULL, BAD[i]).status == expected);
    }
    (void)snprintf(longest, sizeof longest, "{\"login\":\"a\",\"password\":\"%0*d\"}",
                   EN_PASSWORD_MAX, 0);
    CHECK(clinic_ask(&c, NULL, "POST", "/auth/login", NULL, longest).status == 401);
    (void)snprintf(longest, sizeof longest, "{\"login\":\"a\",\"password\":\"%0*d\"}",
                   EN_PASSWORD_MAX + 1, 0);
    CHECK(clinic_ask(&c, NULL, "POST", "/auth/login", NULL, longest).status == 400);
    CHECK(clinic_ask(&c, NULL, "POST", "/auth/login", "Content-Type: text/plain\n",
                     "{\"login\":\"owner\",\"password\":\"x\"}")
              .status == 415);
    clinic_close(&c);
}

TEST_MAIN(ON_BOTH(first_login_changes_the_password), ON_SQLITE(second_start_changes_nothing),
          ON_SQLITE(cookies_are_kept_close), ON_BOTH(tokens_change_with_rights),
          ON_SQLITE(forged_requests_are_refused), ON_BOTH(logout_ends_the_session),
          ON_BOTH(logout_everywhere_ends_all_sessions), ON_SQLITE(sessions_run_out),
          ON_SQLITE(other_tokens_are_refused), ON_BOTH(lockout_grows),
          ON_SQLITE(addresses_wait_as_well), ON_SQLITE(unknown_names_look_the_same),
          ON_BOTH(second_factor), ON_BOTH(owners_manage_accounts), ON_SQLITE(other_servers_follow),
          ON_SQLITE(bodies_are_strict));
