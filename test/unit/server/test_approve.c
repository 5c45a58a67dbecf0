/* SPDX-License-Identifier: Apache-2.0
 * From a draft that $plan stored to an approved plan: what must hold, and what each refusal says.
 * The console's answer comes from the same record. */
#include "base/clock.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/digest.h"
#include "server/login_inside.h"
#include "server/staff.h"
#include "server/totp.h"
#include "store/session.h"

#include "support/rest.h"
#include "support/stores.h"

#include <json-c/json.h>
#include <string.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define PASSWORD "seven plain words for tests"
#define PLAN     "/fhir/Patient/patient/$plan"

static const char CONSENT[] =
    "{\"resourceType\":\"Consent\",\"id\":\"consent\",\"status\":\"active\",\"scope\":{\"coding\":["
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"treatment\"}]},"
    "\"category\":[{\"text\":\"treatment\"}],\"patient\":{\"reference\":\"Patient/patient\"},"
    "\"dateTime\":\"2026-03-02\",\"policyRule\":{\"text\":\"the clinic's\"}}";

/* A clinic with one case, and a physician's account with a password. */
static void open_case(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    t->caller.practitioner = "practitioner";
    rest_import(t, "cases/knee-oa.json");
    const struct en_staff staff = {.store = t->server.store,
                                   .passwords = t->server.login->passwords,
                                   .now_us = 1,
                                   .who = {.agent = "owner", .role = "owner"}};
    const struct en_staff_new account = {.login = "physician",
                                         .role = "physician",
                                         .practitioner = "practitioner",
                                         .password = PASSWORD,
                                         .is_own = true};
    char made[EN_PASSWORD_RANDOM];

    CHECK(en_staff_add(&staff, &account, made, NULL) == EN_OK);
    t->caller.role = EN_ROLE_PHYSICIAN;
    t->caller.login = "physician";
}

/* Id of the CarePlan in a Bundle. */
static const char *plan_of(struct rest_test *t, const struct rest_answer *answer)
{
    struct json_object *bundle = json_tokener_parse(answer->body);
    struct json_object *list = en_json_get(bundle, "entry");
    const char *id = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *resource = en_json_get(en_json_at(list, i), "resource");

        if (en_text_equal(en_json_text(resource, "resourceType"), "CarePlan")) {
            id = en_arena_copy(&t->arena, en_json_text(resource, "id"), SIZE_MAX);
        }
    }
    (void)json_object_put(bundle);
    CHECK(id != NULL);
    return id;
}

/* Plan with these choices; the address of $approve. */
static const char *planned(struct rest_test *t, const char *choices, const char **id)
{
    const char *target = en_arena_print(&t->arena, PLAN "?patients=16&seed=1%s", choices);
    const struct rest_answer a = rest_expect(t, 200, "POST", target, NULL, NULL);
    const char *plan = plan_of(t, &a);

    if (id != NULL) {
        *id = plan;
    }
    return en_arena_print(&t->arena, "/fhir/CarePlan/%s/$approve", plan);
}

static const char *signing(struct rest_test *t, const char *version, const char *name,
                           const char *value)
{
    return en_arena_print(&t->arena,
                          "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"version\","
                          "\"valueString\":\"%s\"},{\"name\":\"%s\",\"valueString\":\"%s\"}]}",
                          version, name, value);
}

static struct rest_answer approve(struct rest_test *t, int status, const char *address)
{
    return rest_expect(t, status, "POST", address, NULL, signing(t, "1", "password", PASSWORD));
}

/* Refused by exactly this rule. */
static void is_refused(struct rest_test *t, const char *address, const char *told)
{
    const struct rest_answer a = approve(t, 422, address);

    CHECK_CONTAINS(a.body, told);
    CHECK(rest_count(&a, "\"severity\"") == 1);
}

/* The plan and its planned sessions become active; each gets an appointment that waits to be booked
 * on its day; the optional ones stay drafts; all of it is signed, told and audited. */
static void test_approved_plan_is_active(const char *url)
{
    struct rest_test t;
    const char *id = NULL;

    open_case(&t, url);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Consent/consent", NULL, CONSENT);
    const char *address = planned(&t, "", &id);
    const struct rest_answer a = approve(&t, 200, address);

    /* Rabago's schedule: three planned sessions, two optional. */
    CHECK(rest_count(&a, "\"resourceType\":\"Appointment\"") == 3);
    CHECK(rest_count(&a, "\"intent\":\"order\"") == 3);
    CHECK(rest_count(&a, "\"signature\"") == 1);
    CHECK_CONTAINS(a.body, "consent: active");
    const struct rest_answer plan =
        rest_expect(&t, 200, "GET", en_arena_print(&t.arena, "/fhir/CarePlan/%s", id), NULL, NULL);

    CHECK_TEXT(rest_member(&t, &plan, "status"), "active");
    CHECK_TEXT(rest_member(&t, &plan, "versionId"), "2");
    const struct rest_answer found =
        rest_expect(&t, 200, "GET", "/fhir/ServiceRequest?status=draft", NULL, NULL);

    CHECK(rest_count(&found, "\"intent\":\"option\"") == 2);
    CHECK(rest_audited(&t, "$approve", "patient", 0) == 1);
    CHECK_CONTAINS(approve(&t, 409, address).body, "no draft any more");
    rest_close_clinic(&t);
}

/* What is signed is what is stored: each hash of the Provenance is that of the version it names. */
static void test_approval_holds_the_hash(const char *url)
{
    struct rest_test t;
    const char *id = NULL;

    open_case(&t, url);
    const struct rest_answer a = approve(&t, 200, planned(&t, "", &id));
    struct json_object *bundle = json_tokener_parse(a.body);
    struct json_object *list = en_json_get(bundle, "entry");
    struct json_object *note = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *resource = en_json_get(en_json_at(list, i), "resource");

        if (en_text_equal(en_json_text(resource, "resourceType"), "Provenance")) {
            note = resource;
        }
    }
    struct json_object *entities = en_json_get(note, "entity");

    CHECK(en_json_count(entities) > 4);
    for (size_t i = 0; i < en_json_count(entities); i++) {
        struct json_object *what = en_json_get(en_json_at(entities, i), "what");
        const char *place = en_arena_print(&t.arena, "/fhir/%s", en_json_text(what, "reference"));
        const struct rest_answer v = rest_expect(&t, 200, "GET", place, NULL, NULL);
        struct json_object *stored = json_tokener_parse(v.body);
        char hash[EN_DIGEST_TEXT];

        CHECK(en_canonical_hash(stored, hash, NULL) == EN_OK);
        CHECK_TEXT(en_json_text(en_json_get(what, "identifier"), "value"), hash);
        (void)json_object_put(stored);
    }
    (void)json_object_put(bundle);
    rest_close_clinic(&t);
}

/* Without a consent the plan may be approved, and the answer says that no session may be signed. */
static void test_approval_tells_of_a_missing_consent(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    CHECK_CONTAINS(approve(&t, 200, planned(&t, "", NULL)).body, "consent: none is active");
    rest_close_clinic(&t);
}

/* Who signs shows who it is: nothing, something wrong, a code without a second factor, a role that
 * does not sign; and never in an address. */
static void test_approval_needs_the_password(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    const char *address = planned(&t, "", NULL);
    const char *in_address = en_arena_print(&t.arena, "%s?version=1&password=x", address);

    (void)rest_expect(&t, 400, "POST", in_address, NULL, NULL);
    (void)rest_expect(&t, 400, "POST", address, NULL, signing(&t, "1", "password", ""));
    (void)rest_expect(&t, 403, "POST", address, NULL, signing(&t, "1", "password", "wrong words"));
    CHECK(rest_audited(&t, "password", NULL, 8) == 1);
    CHECK_CONTAINS(
        rest_expect(&t, 403, "POST", address, NULL, signing(&t, "1", "code", "123456")).body,
        "no second factor");
    t.caller.role = EN_ROLE_ASSISTANT;
    (void)approve(&t, 403, address);
    t.caller.role = EN_ROLE_PHYSICIAN;
    (void)approve(&t, 200, address);
    rest_close_clinic(&t);
}

static enum en_status factor_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct rest_test *t = context;
    struct en_account account;

    EN_TRY(en_tx_account_get(tx, "physician", &t->arena, &account, err));
    account.totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    account.totp_is_on = true;
    account.totp_step = 0;
    return en_tx_account_put(tx, &account, err);
}

/* A code of the second factor signs as well; the same code does not sign twice. */
static void test_approval_by_a_code(const char *url)
{
    struct rest_test t;
    char code[9];

    open_case(&t, url);
    CHECK(en_store_write(t.server.store, factor_work, &t, NULL) == EN_OK);
    const char *first = planned(&t, "", NULL), *second = planned(&t, "&sessions=2", NULL);

    (void)rest_expect(&t, 403, "POST", first, NULL, signing(&t, "1", "code", "000000"));
    en_totp_code((const unsigned char *)"12345678901234567890", 20,
                 en_clock_us() / 1000000 / EN_TOTP_STEP_S, EN_TOTP_DIGITS, code);
    (void)rest_expect(&t, 200, "POST", first, NULL, signing(&t, "1", "code", code));
    (void)rest_expect(&t, 403, "POST", second, NULL, signing(&t, "1", "code", code));
    rest_close_clinic(&t);
}

/* The version that was shown is asked for, and it must be the present one. */
static void test_approval_names_the_version_that_was_shown(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    const char *address = planned(&t, "", NULL);

    (void)rest_expect(&t, 412, "POST", address, NULL, signing(&t, "2", "password", PASSWORD));
    (void)rest_expect(&t, 412, "POST", address, NULL, signing(&t, "", "password", PASSWORD));
    (void)rest_expect(&t, 400, "POST", address, NULL, "{\"resourceType\":\"Parameters\"}");
    (void)rest_expect(&t, 404, "POST", "/fhir/CarePlan/none/$approve", NULL,
                      signing(&t, "1", "password", PASSWORD));
    rest_close_clinic(&t);
}

/* A plan that somebody wrote into, one of a search whose choices are not its own, and one that
 * would have begun before today: none is what the verdict was about. */
static void test_altered_plan_is_not_approved(const char *url)
{
    struct rest_test t;
    const char *id = NULL;

    open_case(&t, url);
    const char *address = planned(&t, "", &id);
    const char *place = en_arena_print(&t.arena, "/fhir/CarePlan/%s", id);
    const struct rest_answer plan = rest_expect(&t, 200, "GET", place, NULL, NULL);

    (void)rest_expect(&t, 200, "PUT", place, NULL, plan.body);
    const struct rest_answer a =
        rest_expect(&t, 422, "POST", address, NULL, signing(&t, "2", "password", PASSWORD));

    CHECK_CONTAINS(a.body, "rule approve-plan");
    const struct rest_answer searched =
        rest_expect(&t, 200, "POST", PLAN "?patients=32&optimise=true&max-sessions=2", NULL, NULL);

    CHECK(rest_count(&searched, "\"resourceType\":\"CarePlan\"") == 1);
    is_refused(&t, en_arena_print(&t.arena, "/fhir/CarePlan/%s/$approve", plan_of(&t, &searched)),
               "rule approve-plan");
    address = planned(&t, "&sessions=2", NULL);
    t.today = DAY + 1;
    CHECK_CONTAINS(approve(&t, 422, address).body, "before today");
    rest_close_clinic(&t);
}

/* SAFETY: a plan of the tables with a switch of the clinic's is none of the tables as shipped,
 * whose name the other's begins with. */
static void test_approval_needs_the_tables_of_the_plan(const char *url)
{
    static const char ROW[] = "/knowledge/policies/nsaid", SWITCH[] = "/clinic/policies/nsaid";
    struct rest_test t;

    open_case(&t, url);
    t.caller.role = EN_ROLE_OWNER;
    struct rest_answer a = rest_expect(&t, 200, "GET", ROW, NULL, NULL);

    (void)rest_expect(&t, 204, "PUT", SWITCH, NULL,
                      en_arena_print(&t.arena,
                                     "{\"hash\":\"%s\",\"value\":\"no_rule\",\"reason\":\"x\"}",
                                     rest_member(&t, &a, "hash")));
    const char *address = planned(&t, "", NULL);

    a = rest_expect(&t, 200, "GET", ROW, NULL, NULL);
    (void)rest_expect(&t, 204, "PUT", SWITCH, NULL,
                      en_arena_print(&t.arena, "{\"hash\":\"%s\",\"reset\":true,\"reason\":\"x\"}",
                                     rest_member(&t, &a, "hash")));
    t.caller.role = EN_ROLE_PHYSICIAN;
    is_refused(&t, address, "rule approve-plan");
    rest_close_clinic(&t);
}

/* A fact that came after the plan was made asks for a new plan. */
static void test_approval_needs_the_record_of_the_plan(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    const char *address = planned(&t, "", NULL);

    (void)rest_expect(&t, 201, "POST", "/fhir/Observation", NULL,
                      "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{"
                      "\"text\":\"something new\"},\"subject\":{\"reference\":"
                      "\"Patient/patient\"},\"valueBoolean\":true}");
    is_refused(&t, address, "the record changed after the plan was made");
    rest_close_clinic(&t);
}

/* Who approves holds a licence that is known and has not expired, and the region's privilege. */
static void test_approval_needs_licence_and_privileges(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    const char *address = planned(&t, "", NULL);

    t.caller.practitioner = NULL;
    CHECK_CONTAINS(approve(&t, 422, address).body, "has no Practitioner");
    t.caller.practitioner = "other";
    t.caller.role = EN_ROLE_OWNER;
    (void)rest_expect(&t, 201, "PUT", "/fhir/Practitioner/other", NULL,
                      "{\"resourceType\":\"Practitioner\",\"id\":\"other\",\"qualification\":[{"
                      "\"identifier\":[{\"value\":\"SYN-2\"}],\"code\":{\"text\":\"Licence\"},"
                      "\"period\":{\"end\":\"2026-03-01\"}}]}");
    t.caller.role = EN_ROLE_PHYSICIAN;
    const struct rest_answer a = approve(&t, 422, address);

    CHECK_CONTAINS(a.body, "the licence of who signs has expired");
    CHECK_CONTAINS(a.body, "the privilege for the region knee");
    rest_close_clinic(&t);
}

/* There is no other way: neither by writing the status nor by writing the signature. */
static void test_plan_becomes_active_by_approval_alone(const char *url)
{
    struct rest_test t;
    const char *id = NULL;

    open_case(&t, url);
    (void)planned(&t, "", &id);
    const struct rest_answer a =
        rest_expect(&t, 422, "PATCH", en_arena_print(&t.arena, "/fhir/CarePlan/%s", id), NULL,
                    "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"active\"}]");

    CHECK_CONTAINS(a.body, "rule approve-only");
    CHECK_CONTAINS(
        rest_expect(&t, 422, "POST", "/fhir/Provenance", NULL,
                    en_arena_print(&t.arena,
                                   "{\"resourceType\":\"Provenance\",\"target\":[{\"reference\":"
                                   "\"CarePlan/%s\"}],\"recorded\":\"2026-03-02T10:00:00Z\","
                                   "\"agent\":[{\"who\":{\"display\":\"x\"}}],\"signature\":[{"
                                   "\"type\":[{\"system\":\"https://enthesis.org/fhir/CodeSystem/"
                                   "operation\",\"code\":\"approve\"}],\"when\":"
                                   "\"2026-03-02T10:00:00Z\",\"who\":{\"display\":\"x\"}}]}",
                                   id))
            .body,
        "rule approve-only");
    rest_close_clinic(&t);
}

/* The console answers plain JSON of the stored record, is audited, and stores nothing; what it does
 * not know is refused. */
static void test_console_of_a_stored_patient(const char *url)
{
    struct rest_test t;

    open_case(&t, url);
    const struct rest_answer a = rest_expect(
        &t, 200, "POST", "/clinic/plan/patient", NULL,
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"without-forecast\","
        "\"valueBoolean\":true},{\"name\":\"dates\",\"valueString\":\"2026-03-02; 2026-04-06\"}]}");

    CHECK_TEXT(rest_header(&a, "Content-Type"), "application/json; charset=utf-8");
    CHECK_CONTAINS(a.body, "2026-04-06");
    CHECK(rest_audited(&t, "plan-console", "patient", 0) == 1);
    const struct rest_answer options = rest_expect(
        &t, 200, "POST", "/clinic/plan/patient/options", NULL,
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patients\",\"valueString\":"
        "\"32\"},{\"name\":\"max-sessions\",\"valueString\":\"2\"}]}");

    CHECK_CONTAINS(options.body, "\"is_on_front\"");
    CHECK_CONTAINS(rest_expect(&t, 200, "GET", "/fhir/CarePlan?_summary=count", NULL, NULL).body,
                   "\"total\":0");
    (void)rest_expect(&t, 400, "POST", "/clinic/plan/patient?nonsense=1", NULL, NULL);
    (void)rest_expect(&t, 404, "POST", "/clinic/plan/nobody", NULL, NULL);
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_approved_plan_is_active), ON_BOTH(test_approval_holds_the_hash),
          ON_BOTH(test_approval_tells_of_a_missing_consent),
          ON_BOTH(test_approval_needs_the_password), ON_BOTH(test_approval_by_a_code),
          ON_BOTH(test_approval_names_the_version_that_was_shown),
          ON_BOTH(test_altered_plan_is_not_approved),
          ON_BOTH(test_approval_needs_the_record_of_the_plan),
          ON_SQLITE(test_approval_needs_the_tables_of_the_plan),
          ON_BOTH(test_approval_needs_licence_and_privileges),
          ON_BOTH(test_plan_becomes_active_by_approval_alone),
          ON_BOTH(test_console_of_a_stored_patient));
