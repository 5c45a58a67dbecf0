/* SPDX-License-Identifier: Apache-2.0
 * The audit trail as FHIR. */
#include "support/clinic.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/audit_event.h"
#include "support/stores.h"

#include <string.h>

static const struct en_audit KINDS[] = {
    {.action = 'R',
     .subtype = "read",
     .agent = "physician",
     .role = "physician",
     .patient = "p1",
     .entity_type = "Observation",
     .entity_id = "o1",
     .entity_version = 3,
     .request = "0123456789abcdef",
     .address = "192.0.2.7"},
    {.action = 'E',
     .subtype = "search-type",
     .agent = "client:ehr",
     .role = "service",
     .entity_type = "Patient",
     .detail = "gender=female",
     .address = "2001:db8::1"},
    {.action = 'R',
     .subtype = "vread",
     .agent = "x",
     .patient = "p1",
     .entity_type = "Patient",
     .entity_id = "p1"},
    {.action = 'E',
     .subtype = "login",
     .outcome = 8,
     .agent = "unknown",
     .role = "none",
     .detail = "no such account"},
    {.action = 'U',
     .subtype = "account",
     .agent = "owner",
     .role = "owner",
     .entity_type = "Account",
     .entity_id = "physician",
     .detail = "disabled"},
    {.action = 'E',
     .subtype = "$plan",
     .agent = "physician",
     .role = "physician",
     .patient = "p1",
     .outcome = 12},
    {.action = 'D', .subtype = "delete"},
};

/* Every kind of entry is a valid AuditEvent, and tells what it should. */
static void test_entries_are_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        const struct en_audit_entry entry = {
            .id = (int64_t)i + 1, .recorded_us = 1800000000000000, .audit = KINDS[i]};
        struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
        struct en_buf out = EN_BUF(1 << 16);
        struct en_writer w = EN_WRITER(&out);
        struct en_issues issues = {0};
        struct json_object *root = NULL;

        en_audit_event_write(&entry, &w, NULL);
        CHECK(en_json_read(out.bytes, out.size, &a, &root, &issues, NULL) == EN_OK);
        if (en_fhir_validate(root, &a, &issues, NULL) != EN_OK) {
            fail_msg("%s: %s: %s", KINDS[i].subtype, issues.items[0].path, issues.items[0].text);
        }
        CHECK_CONTAINS(out.bytes, KINDS[i].subtype);
        json_object_put(root);
        en_buf_free(&out);
        en_arena_free(&a);
    }
}

static void test_entries_tell_who_and_what(void **state)
{
    const struct en_audit_entry entry = {
        .id = 7, .recorded_us = 1800000000000000, .audit = KINDS[0]};
    struct en_buf out = EN_BUF(1 << 16);
    struct en_writer w = EN_WRITER(&out);

    (void)state;
    en_audit_event_write(&entry, &w, NULL);
    CHECK_CONTAINS(out.bytes, "\"id\": \"7\"");
    CHECK_CONTAINS(out.bytes, "\"reference\": \"Patient/p1\"");
    CHECK_CONTAINS(out.bytes, "\"reference\": \"Observation/o1/_history/3\"");
    CHECK_CONTAINS(out.bytes, "\"altId\": \"physician\"");
    CHECK_CONTAINS(out.bytes, "\"address\": \"192.0.2.7\"");
    CHECK_CONTAINS(out.bytes, "\"recorded\": \"2027-01-15T08:00:00.000Z\"");
    CHECK_CONTAINS(out.bytes, "\"valueString\": \"0123456789abcdef\"");
    en_buf_free(&out);
}

static void fill(struct clinic *c)
{
    for (int i = 0; i < 60; i++) {
        struct en_audit audit = KINDS[(size_t)i % EN_COUNT(KINDS)];

        audit.agent = i % 2 == 0 ? "even" : "odd";
        CHECK(en_store_audit(c->server.store, &audit, NULL) == EN_OK);
    }
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *p = text; (p = strstr(p, part)) != NULL; p += strlen(part)) {
        count++;
    }
    return count;
}

static size_t found(struct clinic *c, struct browser *b, const char *query)
{
    return count_of(
        clinic_expect(c, b, 200, "GET",
                      en_arena_print(&c->arena, "/fhir/AuditEvent?_count=200&%s", query), NULL)
            .body,
        "\"fullUrl\"");
}

/* Each parameter finds what it should, together they narrow, and what cannot be answered is
 * refused by name. */
static void searches_find(const char *url)
{
    static const char *const REFUSED[] = {
        "nonsense=1",       "agent-name=x",         "outcome=0,8",
        "action:not=R",     "_sort=date",           "date=ne2026",
        "_page=x",          "patient:missing=true", "_include=AuditEvent:patient",
        "_lastUpdated=2026"};
    struct clinic c;
    struct browser owner;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    fill(&c);
    CHECK(found(&c, &owner, "altid=even") == 30);
    CHECK(found(&c, &owner, "agent=odd") == 30);
    CHECK(found(&c, &owner, "patient=p1&agent=even") + found(&c, &owner, "patient=p1&agent=odd") ==
          26);
    CHECK(found(&c, &owner, "patient=Patient/p1&subtype=$plan") == 8);
    CHECK(found(&c, &owner, "entity=Observation/o1") == 9);
    CHECK(found(&c, &owner, "entity-type=Account&altid=even") == 4);
    CHECK(found(&c, &owner, "outcome=12") == 8);
    CHECK(found(&c, &owner, "action=D") == 8);
    CHECK(found(&c, &owner, "action=D&action=R") == 0);
    CHECK(found(&c, &owner, "altid=even&date=ge2020&date=le2099") == 30);
    CHECK(found(&c, &owner, "altid=even&date=lt2020") == 0);
    CHECK(found(&c, &owner, "agent=Practitioner/x") == 0);
    for (size_t i = 0; i < EN_COUNT(REFUSED); i++) {
        (void)clinic_expect(&c, &owner, 400, "GET",
                            en_arena_print(&c.arena, "/fhir/AuditEvent?%s", REFUSED[i]), NULL);
    }
    const struct clinic_answer posted =
        clinic_ask(&c, &owner, "POST", "/fhir/AuditEvent/_search",
                   "Content-Type: application/x-www-form-urlencoded\n", "altid=even&_count=100");

    CHECK(posted.status == 200 && count_of(posted.body, "\"fullUrl\"") == 30);
    CHECK(count_of(
              clinic_expect(&c, &owner, 200, "GET", "/fhir/Patient/p1/AuditEvent?altid=even", NULL)
                  .body,
              "\"fullUrl\"") == 14);
    clinic_close(&c);
}

/* Page by page every entry comes once, and none is left out. */
static void pages_are_whole(const char *url)
{
    struct clinic c;
    struct browser owner;
    const char *target = "/fhir/AuditEvent?_count=7&altid=odd";
    size_t all = 0, pages = 0;
    bool is_seen[500] = {false};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    fill(&c);
    while (target != NULL) {
        const struct clinic_answer page = clinic_expect(&c, &owner, 200, "GET", target, NULL);
        const char *next = strstr(page.body, "\"next\"");

        CHECK(pages++ < 10);
        for (const char *p = page.body; (p = strstr(p, "\"fullUrl\"")) != NULL; p++) {
            long long id = 0;
            const char *start = strstr(p, "AuditEvent/") + strlen("AuditEvent/");

            CHECK(en_text_integer(en_arena_copy(&c.arena, start, strspn(start, "0123456789")), 1,
                                  499, &id));
            CHECK(!is_seen[id]);
            is_seen[id] = true;
            all++;
        }
        target = NULL;
        if (next != NULL) {
            const char *path = strstr(next, "/fhir/AuditEvent");

            target = en_arena_copy(&c.arena, path, strcspn(path, "\""));
        }
    }
    CHECK(all == 30 && pages == 5);
    clinic_close(&c);
}

/* Owners and auditors read it, nobody writes it, and looking at it is an entry, too. */
static void only_auditors_look(const char *url)
{
    static const char *const BLIND[] = {"physician", "assistant", "reception", "researcher"};
    struct clinic c;
    struct browser owner, auditor, staff;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "auditor", &auditor);
    const struct clinic_answer all =
        clinic_expect(&c, &auditor, 200, "GET", "/fhir/AuditEvent?_count=1", NULL);
    const char *at = strstr(all.body, "AuditEvent/");
    const char *one = en_arena_print(&c.arena, "/fhir/%.*s", (int)strcspn(at, "\""), at);
    const size_t before = clinic_audited(&c, "read", 0);

    CHECK_CONTAINS(clinic_expect(&c, &auditor, 200, "GET", one, NULL).body, "AuditEvent");
    CHECK(clinic_audited(&c, "read", 0) == before + 1);
    (void)clinic_expect(&c, &auditor, 404, "GET", "/fhir/AuditEvent/999999999", NULL);
    (void)clinic_expect(&c, &auditor, 404, "GET", "/fhir/AuditEvent/x", NULL);
    (void)clinic_expect(&c, &auditor, 403, "GET", "/fhir/Patient", NULL);
    for (size_t i = 0; i < EN_COUNT(BLIND); i++) {
        clinic_staff(&c, &owner, BLIND[i], &staff);
        (void)clinic_expect(&c, &staff, 403, "GET", "/fhir/AuditEvent", NULL);
        (void)clinic_expect(&c, &staff, 403, "GET", one, NULL);
    }
    static const char *const METHODS[] = {"POST", "PUT", "PATCH", "DELETE"};

    for (size_t i = 0; i < EN_COUNT(METHODS); i++) {
        const int status = clinic_ask(&c, &owner, METHODS[i], i == 0 ? "/fhir/AuditEvent" : one,
                                      i == 2 ? "Content-Type: application/json-patch+json\n" : NULL,
                                      i == 2 ? "[]" : "{}")
                               .status;

        if (status != 403 && status != 405) {
            fail_msg("%s answers %d", METHODS[i], status);
        }
    }
    clinic_close(&c);
}

TEST_MAIN(cmocka_unit_test(test_entries_are_valid),
          cmocka_unit_test(test_entries_tell_who_and_what), ON_BOTH(searches_find),
          ON_BOTH(pages_are_whole), ON_SQLITE(only_auditors_look));
