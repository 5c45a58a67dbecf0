/* SPDX-License-Identifier: Apache-2.0
 * The clinical tables over HTTP: reading them, a clinician's approval, the clinic's own switches;
 * on both databases. */
#include "base/text.h"
#include "fhir/json.h"
#include "server/jobs.h"
#include "server/tables.h"

#include "support/rest.h"
#include "support/stores.h"

#include <string.h>
#include <unistd.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define DOCTOR(end)                                                                                \
    "{\"resourceType\":\"Practitioner\",\"id\":\"doctor\",\"name\":[{\"text\":\"Synthetic "        \
    "Doctor\"}],\"qualification\":[{\"identifier\":[{\"value\":\"L-123\"}],\"code\":{\"text\":"    \
    "\"Licence\"},\"period\":{\"end\":\"" end "\"}}]}"

/* A clinic with a licensed physician who asks. */
static void open_clinic(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    (void)rest_expect(t, 201, "PUT", "/fhir/Practitioner/doctor", NULL, DOCTOR("2027-01-31"));
    t->caller = (struct en_caller){
        .role = EN_ROLE_PHYSICIAN, .login = "physician", .practitioner = "doctor"};
}

static const char *hash_of(struct rest_test *t, const char *target)
{
    const struct rest_answer a = rest_expect(t, 200, "GET", target, NULL, NULL);

    return rest_member(t, &a, "hash");
}

/* Approve the row as it is now. */
static void approve(struct rest_test *t, int status, const char *row)
{
    const char *target = en_arena_print(&t->arena, "/knowledge/%s", row);
    const char *body = en_arena_print(&t->arena, "{\"hash\":\"%s\"}", hash_of(t, target));

    (void)rest_expect(t, status, "POST", en_arena_print(&t->arena, "%s/approval", target), NULL,
                      body);
}

/* How a row's approval reads for everything that is printed from now on. */
static const char *approved_by(struct rest_test *t, const char *table, const char *id)
{
    struct en_shared_token *token = NULL;
    const struct en_knowledge *k = en_tables_take(&t->server, &token);
    const char *text =
        en_arena_copy(&t->arena, en_cell(en_row_find(k, table, id), "approved_by"), SIZE_MAX);

    en_tables_give(&t->server, token);
    return text;
}

/* Whoever works in the clinic can read each table, its rows and each row. */
static void tables_are_read(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/knowledge", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"name\": \"rules\"");
    CHECK_CONTAINS(a.body, "\"licence\": \"L-123\"");
    CHECK_CONTAINS(a.body, "\"licence_until\": \"2027-01-31\"");
    a = rest_expect(&t, 200, "GET", "/knowledge/rules?text=inr&_count=1", NULL, NULL);
    CHECK(rest_count(&a, "\"verified\"") == 1);
    CHECK_CONTAINS(a.body, "\"next_offset\": 1");
    a = rest_expect(&t, 200, "GET", "/knowledge/rules?approved=yes", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"total\": 0");
    a = rest_expect(&t, 200, "GET", "/knowledge/limits?grade=L&source=S-D50", NULL, NULL);
    a = rest_expect(&t, 200, "GET", "/knowledge/all?_count=5000", NULL, NULL);
    CHECK(rest_count(&a, "\"verified\"") > 3000);
    a = rest_expect(&t, 200, "GET", "/knowledge/all?text=ci-07", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"table\": \"rules\"");
    CHECK_CONTAINS(a.body, "\"table\": \"tiers\"");
    (void)rest_expect(&t, 400, "GET", "/knowledge/rules?approved=maybe", NULL, NULL);
    (void)rest_expect(&t, 400, "GET", "/knowledge/rules?_count=1000000", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/knowledge/nothing", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/knowledge/schema", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/knowledge/rules/CI-99", NULL, NULL);
    rest_close_clinic(&t);
}

/* A row tells its meaning, its sources with addresses, its tiers and where it is used. */
static void a_row_tells_all(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/knowledge/rules/CI-07", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"id\": \"CI-07.defer\"");
    CHECK_CONTAINS(a.body, "\"url\": \"http");
    CHECK_CONTAINS(a.body, "\"grade_meaning\"");
    CHECK_CONTAINS(a.body, "\"verified_meaning\"");
    CHECK_CONTAINS(a.body, "\"approval\": \"none\"");
    CHECK_CONTAINS(a.body, "\"used_by\"");
    a = rest_expect(&t, 200, "GET", "/knowledge/tiers/CI-07.caution", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"table\": \"facts\"");
    CHECK_CONTAINS(a.body, "\"id\": \"med_vka\"");
    a = rest_expect(&t, 200, "GET", "/knowledge/limits/observation.min", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"unit\": \"min\"");
    rest_close_clinic(&t);
}

/* The approval reaches whoever asks the tables, stands in the audit trail and in the history, and
 * can be withdrawn; nothing of it is lost. */
static void an_approval_reaches_everything(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    CHECK_TEXT(approved_by(&t, "rules", "CI-07"), "");
    approve(&t, 204, "rules/CI-07");
    CHECK_CONTAINS(approved_by(&t, "rules", "CI-07"), "Synthetic Doctor, licence L-123, 20");
    CHECK_TEXT(approved_by(&t, "rules", "CI-01"), "");
    approve(&t, 409, "rules/CI-07");
    struct rest_answer a = rest_expect(&t, 200, "GET", "/knowledge/rules?approved=yes", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"total\": 1");
    a = rest_expect(&t, 200, "GET", "/knowledge/rules/CI-07", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"approval\": \"clinic\"");
    (void)rest_expect(&t, 204, "DELETE", "/knowledge/rules/CI-07/approval", NULL, NULL);
    CHECK_TEXT(approved_by(&t, "rules", "CI-07"), "");
    (void)rest_expect(&t, 404, "DELETE", "/knowledge/rules/CI-07/approval", NULL, NULL);
    a = rest_expect(&t, 200, "GET", "/knowledge/rules/CI-07", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"approval\": \"none\"");
    CHECK(rest_count(&a, "\"what\": \"approved\"") == 1);
    CHECK(rest_count(&a, "\"what\": \"withdrawn\"") == 1);
    CHECK(rest_audited(&t, "approval", NULL, 0) == 2);
    rest_close_clinic(&t);
}

/* A rule and its tiers are one statement: approved together, or not at all. */
static void a_rule_with_its_tiers(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    const char *rule = hash_of(&t, "/knowledge/rules/CI-07");
    const char *tier = hash_of(&t, "/knowledge/tiers/CI-07.defer");
    const char *good = en_arena_print(
        &t.arena, "{\"hash\":\"%s\",\"tiers\":{\"CI-07.defer\":\"%s\"}}", rule, tier);
    const char *stale = en_arena_print(
        &t.arena, "{\"hash\":\"%s\",\"tiers\":{\"CI-07.defer\":\"%s\"}}", rule, rule);
    const char *other =
        en_arena_print(&t.arena, "{\"hash\":\"%s\",\"tiers\":{\"CI-01.stop\":\"%s\"}}", rule, tier);

    (void)rest_expect(&t, 412, "POST", "/knowledge/rules/CI-07/approval", NULL, stale);
    (void)rest_expect(&t, 400, "POST", "/knowledge/rules/CI-07/approval", NULL, other);
    CHECK_TEXT(approved_by(&t, "rules", "CI-07"), "");
    (void)rest_expect(&t, 204, "POST", "/knowledge/rules/CI-07/approval", NULL, good);
    CHECK(approved_by(&t, "rules", "CI-07")[0] != '\0');
    CHECK(approved_by(&t, "tiers", "CI-07.defer")[0] != '\0');
    CHECK_TEXT(approved_by(&t, "tiers", "CI-07.caution"), "");
    rest_close_clinic(&t);
}

/* SAFETY: nobody approves without a name and a licence that is valid today, nor what was not seen.
 * The refusal says what is missing. */
static void who_may_not_approve(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    struct rest_answer a = rest_expect(&t, 412, "POST", "/knowledge/rules/CI-07/approval", NULL,
                                       "{\"hash\":\"0123\"}");

    CHECK_CONTAINS(a.body, "look at it again");
    (void)rest_expect(&t, 400, "POST", "/knowledge/rules/CI-07/approval", NULL, "{}");
    (void)rest_expect(&t, 400, "POST", "/knowledge/sources/seed000/approval", NULL,
                      "{\"hash\":\"0123\"}");
    approve(&t, 204, "rules/CI-01");
    t.today = DAY + 400; /* the licence ended */
    approve(&t, 403, "rules/CI-07");
    a = rest_expect(&t, 200, "GET", "/knowledge", NULL, NULL);
    CHECK_CONTAINS(a.body, "expired");
    t.today = DAY;
    t.caller.practitioner = "nobody";
    approve(&t, 403, "rules/CI-07");
    t.caller.practitioner = NULL;
    approve(&t, 403, "rules/CI-07");
    a = rest_expect(&t, 200, "GET", "/knowledge", NULL, NULL);
    CHECK_CONTAINS(a.body, "no Practitioner with a licence");
    CHECK_TEXT(approved_by(&t, "rules", "CI-07"), "");
    rest_close_clinic(&t);
}

/* SAFETY: an approval is of a text. When the row reads differently it is gone, and the row says
 * that there was one. */
static void an_approval_is_of_a_text(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    approve(&t, 204, "policies/thermal");
    t.caller.role = EN_ROLE_OWNER;
    const char *body =
        en_arena_print(&t.arena, "{\"hash\":\"%s\",\"value\":\"cold\",\"reason\":\"local rule\"}",
                       hash_of(&t, "/knowledge/policies/thermal"));

    (void)rest_expect(&t, 204, "PUT", "/clinic/policies/thermal", NULL, body);
    CHECK_TEXT(approved_by(&t, "policies", "thermal"), "");
    struct rest_answer a = rest_expect(&t, 200, "GET", "/knowledge/policies/thermal", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"approval\": \"lost\"");
    approve(&t, 204, "policies/thermal");
    CHECK(approved_by(&t, "policies", "thermal")[0] != '\0');
    rest_close_clinic(&t);
}

static void set_policy(struct rest_test *t, int status, const char *id, const char *members)
{
    const char *row = en_arena_print(&t->arena, "/knowledge/policies/%s", id);
    const char *body = en_arena_print(&t->arena, "{\"hash\":\"%s\",%s}", hash_of(t, row), members);

    (void)rest_expect(t, status, "PUT", en_arena_print(&t->arena, "/clinic/policies/%s", id), NULL,
                      body);
}

/* The owner sets a switch within what the tables permit, with a reason; it changes the version that
 * is printed, says that it is the clinic's own, and can be as shipped again. */
static void the_owner_sets_policies(const char *url)
{
    struct rest_test t;
    struct en_shared_token *token = NULL;

    open_clinic(&t, url);
    t.caller.role = EN_ROLE_OWNER;
    set_policy(&t, 422, "thermal", "\"value\":\"lukewarm\",\"reason\":\"x\"");
    set_policy(&t, 422, "thermal", "\"value\":\"cold\",\"reason\":\" \"");
    set_policy(&t, 422, "forecast_weeks", "\"value\":\"12; 6\",\"reason\":\"x\"");
    set_policy(&t, 422, "clinic", "\"value\":\"two\\nlines\",\"reason\":\"x\"");
    set_policy(&t, 422, "other_proliferants", "\"value\":\"yes\",\"reason\":\"x\"");
    set_policy(&t, 400, "thermal", "\"reason\":\"x\"");
    set_policy(&t, 400, "thermal", "\"value\":\"cold\",\"reset\":true,\"reason\":\"x\"");
    (void)rest_expect(&t, 412, "PUT", "/clinic/policies/thermal", NULL,
                      "{\"hash\":\"01\",\"value\":\"cold\",\"reason\":\"x\"}");
    set_policy(&t, 204, "thermal", "\"value\":\"cold\",\"reason\":\"local rule\"");
    set_policy(&t, 204, "clinic", "\"value\":\"Synthetic Clinic\",\"reason\":\"our name\"");
    const struct en_knowledge *k = en_tables_take(&t.server, &token);

    CHECK_TEXT(en_policy(k, "thermal"), "cold");
    CHECK_TEXT(en_policy(k, "clinic"), "Synthetic Clinic");
    CHECK_CONTAINS(en_cell(en_row_find(k, "policies", "thermal"), "title"), "this clinic's own");
    CHECK_TEXT(en_cell(en_row_find(k, "policies", "thermal"), "source"), "clinic");
    CHECK(strlen(en_knowledge_version(k)) == 16 + 1 + 8);
    en_tables_give(&t.server, token);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/clinic/policies", NULL, NULL);

    CHECK(rest_count(&a, "\"is_own\": true") == 2);
    CHECK_CONTAINS(a.body, "local rule");
    set_policy(&t, 204, "thermal", "\"reset\":true,\"reason\":\"back\"");
    set_policy(&t, 204, "clinic", "\"value\":\"\",\"reason\":\"back\"");
    k = en_tables_take(&t.server, &token);
    CHECK_TEXT(en_knowledge_version(k), en_knowledge_version(t.server.knowledge));
    en_tables_give(&t.server, token);
    a = rest_expect(&t, 200, "GET", "/clinic/policies/thermal", NULL, NULL);
    CHECK(rest_count(&a, "\"reason\"") == 2);
    CHECK(rest_audited(&t, "policy", NULL, 0) == 4);
    (void)rest_expect(&t, 404, "GET", "/clinic/policies/nothing", NULL, NULL);
    rest_close_clinic(&t);
}

/* Two set the same switch: the second, who has not seen what the first set, is told so, also by a
 * server that has not looked since. */
static void a_policy_is_not_set_unseen(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    t.caller.role = EN_ROLE_OWNER;
    const char *seen = hash_of(&t, "/knowledge/policies/thermal");
    struct en_tables *behind = t.server.tables;

    t.server.tables = NULL;
    CHECK(en_tables_open(&t.server, NULL) == EN_OK);
    set_policy(&t, 204, "thermal", "\"value\":\"cold\",\"reason\":\"one\"");
    en_tables_close(&t.server);
    t.server.tables = behind;
    const struct rest_answer a = rest_ask(
        &t, "PUT", "/clinic/policies/thermal", NULL,
        en_arena_print(&t.arena, "{\"hash\":\"%s\",\"value\":\"heat\",\"reason\":\"two\"}", seen));

    CHECK(a.status == 409 || a.status == 412);
    const struct rest_answer history =
        rest_expect(&t, 200, "GET", "/clinic/policies/thermal", NULL, NULL);

    CHECK(rest_count(&history, "\"reason\"") == 1);
    rest_close_clinic(&t);
}

/* SAFETY: a name that fits no cell of a table approves nothing, and keeps no server from
 * starting. */
static void a_name_that_is_no_line_approves_nothing(const char *url)
{
    struct rest_test t;
    char name[20001];

    open_clinic(&t, url);
    t.caller.role = EN_ROLE_OWNER;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)rest_expect(&t, 200, "PUT", "/fhir/Practitioner/doctor", NULL,
                      en_arena_print(&t.arena,
                                     "{\"resourceType\":\"Practitioner\",\"id\":\"doctor\","
                                     "\"name\":[{\"text\":\"%s\"}],\"qualification\":[{"
                                     "\"identifier\":[{\"value\":\"L-123\"}],\"code\":{\"text\":"
                                     "\"Licence\"},\"period\":{\"end\":\"2027-01-31\"}}]}",
                                     name));
    approve(&t, 403, "rules/CI-07");
    en_tables_close(&t.server);
    CHECK(en_tables_open(&t.server, NULL) == EN_OK);
    rest_close_clinic(&t);
}

/* What the clinic said is there after a restart; a definition that names an approval is written
 * anew. */
static void it_outlives_the_server(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    approve(&t, 204, "schedules/default_3x4wk");
    struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/PlanDefinition/default-3x4wk", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"active\"");
    en_tables_close(&t.server);
    CHECK_TEXT(approved_by(&t, "schedules", "default_3x4wk"), "");
    CHECK(en_tables_open(&t.server, NULL) == EN_OK);
    CHECK(approved_by(&t, "schedules", "default_3x4wk")[0] != '\0');
    (void)rest_expect(&t, 204, "DELETE", "/knowledge/schedules/default_3x4wk/approval", NULL, NULL);
    a = rest_expect(&t, 200, "GET", "/fhir/PlanDefinition/default-3x4wk", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"draft\"");
    rest_close_clinic(&t);
}

/* Several servers on one database: what one of them approves, the others see. */
static void another_server_follows(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    struct en_server other = t.server;

    other.tables = NULL;
    other.arena = EN_ARENA(1 << 20);
    CHECK(en_tables_open(&other, NULL) == EN_OK);
    approve(&t, 204, "rules/CI-07");
    struct en_shared_token *token = NULL;
    const struct en_knowledge *k = en_tables_take(&other, &token);

    CHECK(en_cell(en_row_find(k, "rules", "CI-07"), "approved_by")[0] != '\0');
    en_tables_give(&other, token);
    en_tables_close(&other);
    en_arena_free(&other.arena);
    rest_close_clinic(&t);
}

/* What is printed for a patient: the clinic's name, its own setting as its own, the mark of a row
 * gone once it is approved. */
static void papers_say_so(const char *url)
{
    static const char TARGET[] = "/fhir/Patient/patient/$document?type=plan";
    struct rest_test t;

    open_clinic(&t, url);
    t.caller.role = EN_ROLE_OWNER;
    t.caller.practitioner = "practitioner";
    rest_import(&t, "cases/knee-oa.json");
    struct rest_answer before = rest_expect(&t, 200, "GET", TARGET, NULL, NULL);

    CHECK(strstr(before.body, "this clinic's own") == NULL);
    CHECK(strstr(before.body, "Synthetic Clinic") == NULL);
    set_policy(&t, 204, "thermal", "\"value\":\"cold\",\"reason\":\"local rule\"");
    set_policy(&t, 204, "clinic", "\"value\":\"Synthetic Clinic\",\"reason\":\"our name\"");
    const struct rest_answer after = rest_expect(&t, 200, "GET", TARGET, NULL, NULL);

    CHECK_CONTAINS(after.body, "with settings of this clinic's own");
    CHECK_CONTAINS(after.body, "Warmth or cold after the session (this clinic's own): cold");
    const struct rest_answer leaflet =
        rest_expect(&t, 200, "GET", "/fhir/Patient/patient/$document?type=consent", NULL, NULL);

    CHECK_CONTAINS(leaflet.body, "Synthetic Clinic");
    rest_close_clinic(&t);
}

/* Ask until it is done. */
static struct rest_answer wait_for(struct rest_test *t, const struct rest_answer *started)
{
    const char *url = rest_header(started, "Content-Location");
    struct rest_answer a = {0};

    CHECK(url != NULL && strncmp(url, "http://127.0.0.1:8080/clinic/", 29) == 0);
    for (int i = 0; i < 20000; i++) {
        a = rest_ask(t, "GET", url + 21, NULL, NULL);
        if (a.status != 202) {
            return a;
        }
        (void)usleep(2000);
    }
    fail_msg("%s is never done", url);
    return a;
}

/* The chain is whole, its heads are told and found again; a head that is not in it is a fault. */
static void the_trail_is_checked(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    struct rest_answer a = rest_expect(&t, 202, "POST", "/clinic/audit-check", NULL, NULL);

    a = wait_for(&t, &a);
    CHECK_CONTAINS(a.body, "\"whole\": true");
    const char *heads = rest_member(&t, &a, "heads");

    a = rest_expect(&t, 202, "POST", "/clinic/audit-check", NULL,
                    en_arena_print(&t.arena, "{\"heads\":\"%s\"}", heads));
    a = wait_for(&t, &a);
    CHECK_CONTAINS(a.body, "\"noted_heads_found\": true");
    store_sql(url, "UPDATE audit SET detail = 'x' WHERE sequence = 1");
    a = rest_expect(&t, 202, "POST", "/clinic/audit-check", NULL, NULL);
    a = wait_for(&t, &a);
    CHECK_CONTAINS(a.body, "\"whole\": false");
    CHECK_CONTAINS(a.body, "\"fault\"");
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(tables_are_read), ON_SQLITE(a_row_tells_all),
          ON_BOTH(an_approval_reaches_everything), ON_SQLITE(a_rule_with_its_tiers),
          ON_SQLITE(who_may_not_approve), ON_BOTH(an_approval_is_of_a_text),
          ON_BOTH(the_owner_sets_policies), ON_BOTH(a_policy_is_not_set_unseen),
          ON_SQLITE(a_name_that_is_no_line_approves_nothing), ON_BOTH(it_outlives_the_server),
          ON_BOTH(another_server_follows), ON_SQLITE(papers_say_so), ON_BOTH(the_trail_is_checked));
