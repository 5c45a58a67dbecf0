/* SPDX-License-Identifier: Apache-2.0
 * Who comes through which door: every route by every role, and every kind of resource by every
 * role and interaction. The tables are written by hand from what each role is there for
 * (docs/api.md), not from the program's own. */
#include "support/clinic.h"

#include "base/text.h"
#include "support/stores.h"

#include <string.h>

enum { ROLES = 9 };

static const char *const NAMES[ROLES] = {"none",      "owner",     "physician",
                                         "assistant", "reception", "researcher",
                                         "auditor",   "service",   "patient"};

/* What each role is answered at the door, in the order of NAMES: '+' let in, 'l' log in first
 * (401), 'f' forbidden (403). The service has all scopes there are. A new route needs its row here.
 */
#define EVERYBODY "+++++++++"
#define LOGGED_IN "l++++++++"
#define OWNERS    "l+fffffff"
#define LINKERS   "l++++ffff"
#define TRAIL     "l+ffff++f"
#define DECIDERS  "l+++fff+f"
#define RECORDERS "l+++fffff"
#define TRIALISTS "l++ff+f+f"
#define EXPORTERS "l+fff+f+f"
#define DIARISTS  "l+++ffff+"
#define READERS   "l++++++ff"
#define APPROVERS "l++ffffff"
#define ANALYSTS  "l++ff+fff"
#define EHRS      "lllllllll" /* by a signed call alone, which nobody here makes */

/* An operation on a patient's record or on a case in the body. */
#define OPERATION(name)                                                                            \
    {EN_GET, "/fhir/Patient/{}/" name, DECIDERS}, {EN_POST, "/fhir/Patient/{}/" name, DECIDERS},   \
    {                                                                                              \
        EN_POST, "/fhir/" name, DECIDERS                                                           \
    }

static const struct {
    enum en_method method;
    const char *pattern, *answers;
} DOORS[] = {
    {EN_GET, "/health", EVERYBODY},
    {EN_GET, "/metrics", "l+fffff+f"},
    {EN_GET, "/robots.txt", EVERYBODY},
    {EN_GET, "/", EVERYBODY},
    {EN_GET, "/icon.svg", EVERYBODY},
    {EN_GET, "/app/{}", EVERYBODY},
    {EN_POST, "/auth/login", EVERYBODY},
    {EN_POST, "/auth/logout", LOGGED_IN},
    {EN_GET, "/auth/me", LOGGED_IN},
    {EN_POST, "/auth/password", LOGGED_IN},
    {EN_POST, "/auth/totp/begin", LOGGED_IN},
    {EN_POST, "/auth/totp/confirm", LOGGED_IN},
    {EN_POST, "/auth/totp/off", LOGGED_IN},
    {EN_GET, "/auth/accounts", OWNERS},
    {EN_POST, "/auth/accounts", OWNERS},
    {EN_PATCH, "/auth/accounts/{}", OWNERS},
    {EN_POST, "/auth/accounts/{}/reset", OWNERS},
    {EN_GET, "/auth/clients", OWNERS},
    {EN_POST, "/auth/clients", OWNERS},
    {EN_PATCH, "/auth/clients/{}", OWNERS},
    {EN_POST, "/auth/links", LINKERS},
    {EN_GET, "/auth/links/{}", LINKERS},
    {EN_DELETE, "/auth/links/{}", LINKERS},
    {EN_POST, "/auth/link", EVERYBODY},
    {EN_GET, "/auth/draft", LOGGED_IN},
    {EN_GET, "/auth/draft/{}", LOGGED_IN},
    {EN_PUT, "/auth/draft/{}", LOGGED_IN},
    {EN_DELETE, "/auth/draft/{}", LOGGED_IN},
    {EN_POST, "/auth/token", EVERYBODY},
    {EN_GET, "/.well-known/smart-configuration", EVERYBODY},
    {EN_GET, "/fhir/.well-known/smart-configuration", EVERYBODY},
    {EN_GET, "/fhir/AuditEvent", TRAIL},
    {EN_POST, "/fhir/AuditEvent/_search", TRAIL},
    {EN_GET, "/fhir/AuditEvent/{}", TRAIL},
    {EN_GET, "/fhir/Patient/{}/AuditEvent", TRAIL},
    {EN_GET, "/fhir/Patient/{}/$document", DECIDERS},
    {EN_POST, "/fhir/Patient/{}/$document", DECIDERS},
    {EN_GET, "/clinic/questions", DECIDERS},
    {EN_GET, "/clinic/intake/{}", DECIDERS},
    {EN_GET, "/diary", DIARISTS},
    {EN_POST, "/diary", DIARISTS},
    {EN_GET, "/diary/{}", DIARISTS},
    OPERATION("$assess"),
    OPERATION("$plan"),
    OPERATION("$forecast"),
    OPERATION("$review"),
    OPERATION("$triage"),
    {EN_POST, "/clinic/plan/{}", DECIDERS},
    {EN_POST, "/clinic/plan/{}/options", DECIDERS},
    {EN_POST, "/clinic/review/{}", DECIDERS},
    {EN_GET, "/fhir/PlanDefinition/{}/$apply", DECIDERS},
    {EN_POST, "/fhir/PlanDefinition/{}/$apply", DECIDERS},
    {EN_GET, "/fhir/$mix", DECIDERS},
    {EN_POST, "/fhir/$mix", DECIDERS},
    {EN_POST, "/fhir/Procedure/{}/$sign", RECORDERS},
    {EN_POST, "/fhir/Procedure/{}/$addendum", RECORDERS},
    {EN_POST, "/fhir/CarePlan/{}/$approve", RECORDERS},
    {EN_GET, "/clinic/session/{}", RECORDERS},
    {EN_POST, "/clinic/session/{}/totals", RECORDERS},
    {EN_POST, "/fhir/$trial", TRIALISTS},
    {EN_GET, "/jobs", TRIALISTS},
    {EN_GET, "/jobs/{}", TRIALISTS},
    {EN_DELETE, "/jobs/{}", TRIALISTS},
    {EN_GET, "/cds-services", EVERYBODY},
    {EN_OPTIONS, "/cds-services", EVERYBODY},
    {EN_POST, "/cds-services/{}", EHRS},
    {EN_OPTIONS, "/cds-services/{}", EVERYBODY},
    {EN_POST, "/cds-services/{}/feedback", EHRS},
    {EN_OPTIONS, "/cds-services/{}/feedback", EVERYBODY},
    {EN_GET, "/fhir/$export", EXPORTERS},
    {EN_POST, "/fhir/$export", EXPORTERS},
    {EN_GET, "/fhir/Patient/$export", EXPORTERS},
    {EN_POST, "/fhir/Patient/$export", EXPORTERS},
    {EN_GET, "/fhir/Group/$export", EXPORTERS},
    {EN_GET, "/fhir/Group/{}/$export", EXPORTERS},
    {EN_POST, "/fhir/Group/{}/$export", EXPORTERS},
    {EN_GET, "/knowledge", READERS},
    {EN_GET, "/knowledge/{}", READERS},
    {EN_GET, "/knowledge/{}/{}", READERS},
    {EN_POST, "/knowledge/{}/{}/approval", APPROVERS},
    {EN_DELETE, "/knowledge/{}/{}/approval", APPROVERS},
    {EN_GET, "/clinic/policies", READERS},
    {EN_GET, "/clinic/policies/{}", READERS},
    {EN_PUT, "/clinic/policies/{}", OWNERS},
    {EN_POST, "/clinic/audit-check", TRAIL},
    {EN_GET, "/clinic/audit-check/{}", TRAIL},
    {EN_GET, "/clinic/backup", OWNERS},
    {EN_POST, "/clinic/backup", OWNERS},
    {EN_GET, "/clinic/backup/{}", OWNERS},
    {EN_DELETE, "/clinic/backup/{}", OWNERS},
    {EN_GET, "/clinic/backup/{}/file", OWNERS},
    {EN_GET, "/export/{}", EXPORTERS},
    {EN_DELETE, "/export/{}", EXPORTERS},
    {EN_GET, "/export/{}/{}", EXPORTERS},
    {EN_GET, "/clinic/patient/{}", LINKERS},
    {EN_GET, "/clinic/today", LINKERS},
    {EN_GET, "/clinic/outcomes", ANALYSTS},
    {EN_GET, "/clinic/outcomes.csv", ANALYSTS},
    {EN_GET, "/clinic/outcomes.ndjson", ANALYSTS},
    {EN_GET, "/fhir/metadata", EVERYBODY},
    {EN_POST, "/fhir", LOGGED_IN},
    {EN_POST, "/fhir/", LOGGED_IN},
    {EN_GET, "/fhir/_history", LOGGED_IN},
    {EN_GET, "/fhir/Patient/{}/$everything", LOGGED_IN},
    {EN_POST, "/fhir/Patient/{}/$everything", LOGGED_IN},
    {EN_POST, "/fhir/{}/$validate", LOGGED_IN},
    {EN_POST, "/fhir/{}/{}/$validate", LOGGED_IN},
    {EN_GET, "/fhir/{}/{}/$validate", LOGGED_IN},
    {EN_GET, "/fhir/{}/{}/_history/{}", LOGGED_IN},
    {EN_GET, "/fhir/{}/{}/_history", LOGGED_IN},
    {EN_GET, "/fhir/{}/_history", LOGGED_IN},
    {EN_POST, "/fhir/{}/_search", LOGGED_IN},
    {EN_GET, "/fhir/Patient/{}/{}", LOGGED_IN},
    {EN_POST, "/fhir/Patient/{}/{}/_search", LOGGED_IN},
    {EN_GET, "/fhir/{}", LOGGED_IN},
    {EN_POST, "/fhir/{}", LOGGED_IN},
    {EN_PUT, "/fhir/{}", LOGGED_IN},
    {EN_PATCH, "/fhir/{}", LOGGED_IN},
    {EN_DELETE, "/fhir/{}", LOGGED_IN},
    {EN_GET, "/fhir/{}/{}", LOGGED_IN},
    {EN_PUT, "/fhir/{}/{}", LOGGED_IN},
    {EN_PATCH, "/fhir/{}/{}", LOGGED_IN},
    {EN_DELETE, "/fhir/{}/{}", LOGGED_IN},
};

/* A clinic with somebody of each role in it. */
struct staff {
    struct clinic clinic;
    struct browser browsers[ROLES];
};

static void open_all(struct staff *s, const char *url)
{
    clinic_open(&s->clinic, url);
    s->browsers[0] = (struct browser){.bearer = NULL};
    clinic_owner(&s->clinic, &s->browsers[1]);
    clinic_patient(&s->clinic, "p1");
    for (int i = 2; i < 7; i++) {
        clinic_staff(&s->clinic, &s->browsers[1], NAMES[i], &s->browsers[i]);
    }
    clinic_service(&s->clinic, &s->browsers[1], "system/*.cruds metrics", &s->browsers[7]);
    clinic_link(&s->clinic, &s->browsers[1], "p1", &s->browsers[8]);
}

/* Index of the route's row; SIZE_MAX none. */
static size_t door_of(const struct en_route *route)
{
    for (size_t i = 0; i < EN_COUNT(DOORS); i++) {
        if (DOORS[i].method == route->method && strcmp(DOORS[i].pattern, route->pattern) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The pattern with an id at each {}. */
static const char *target_of(struct staff *s, const char *pattern)
{
    const char *target = "";

    for (const char *at = pattern; *at != '\0';) {
        const size_t size = strcspn(at, "{");

        target = en_arena_print(&s->clinic.arena, "%s%.*s%s", target, (int)size, at,
                                at[size] == '{' ? "x" : "");
        at += size + (at[size] == '{' ? 2 : 0);
    }
    return target;
}

static void try_door(struct staff *s, const struct en_route *route, const char *answers)
{
    const char *target = target_of(s, route->pattern);

    for (int role = 0; role < ROLES; role++) {
        const int status = clinic_ask(&s->clinic, &s->browsers[role], en_method_name(route->method),
                                      target, NULL, NULL)
                               .status;
        const int expected = answers[role] == '+' ? 0 : answers[role] == 'l' ? 401 : 403;

        if (status != expected) {
            fail_msg("%s %s for %s: %d instead of %d", en_method_name(route->method),
                     route->pattern, NAMES[role], status, expected);
        }
    }
}

/* No route without a row, no row without a route, and at each door the right answer. */
static void every_door_by_every_role(const char *url)
{
    bool is_met[EN_COUNT(DOORS)] = {false};
    struct staff s;

    open_all(&s, url);
    s.clinic.only_door = true;
    for (size_t t = 0; EN_ROUTE_TABLES[t] != NULL; t++) {
        for (const struct en_route *r = EN_ROUTE_TABLES[t]; r->pattern != NULL; r++) {
            const size_t door = door_of(r);

            if (door == SIZE_MAX) {
                fail_msg("%s %s has no row in DOORS of test_doors.c: who may come in?",
                         en_method_name(r->method), r->pattern);
            }
            is_met[door] = true;
            try_door(&s, r, DOORS[door].answers);
        }
    }
    for (size_t i = 0; i < EN_COUNT(DOORS); i++) {
        if (!is_met[i]) {
            fail_msg("there is no route %s %s", en_method_name(DOORS[i].method), DOORS[i].pattern);
        }
    }
    clinic_close(&s.clinic);
}

/* What each role may do with one type of each kind: c r u d s h as in docs/api.md. Who is not
 * logged in may nothing. A researcher finds by searching and does not read by ids. */
static const struct {
    const char *type, *may[ROLES];
} KINDS[] = {
    /*                    none owner    physician assistant reception researcher auditor service */
    {"Patient", {"", "crudsh", "crush", "crush", "crus", "s", "", "crudsh", "r"}},
    {"RelatedPerson", {"", "crudsh", "crush", "crush", "crus", "", "", "crudsh", "r"}},
    {"Appointment", {"", "crudsh", "crush", "crush", "crus", "", "", "crudsh", "rs"}},
    {"PractitionerRole", {"", "crudsh", "rsh", "rs", "rs", "", "", "crudsh", ""}},
    {"Organization", {"", "crudsh", "crush", "rs", "rs", "", "", "crudsh", ""}},
    {"Medication", {"", "crudsh", "crudsh", "crush", "", "s", "", "crudsh", ""}},
    {"Procedure", {"", "crudsh", "crudsh", "crush", "", "s", "", "crudsh", ""}},
    {"AdverseEvent", {"", "crudsh", "crudsh", "crsh", "", "s", "", "crudsh", ""}},
    {"Observation", {"", "crudsh", "crudsh", "crush", "", "s", "", "crudsh", "crs"}},
    {"Questionnaire", {"", "crudsh", "crudsh", "rs", "rs", "s", "", "crudsh", "rs"}},
    {"Condition", {"", "crudsh", "crudsh", "rsh", "", "s", "", "crudsh", ""}},
    {"CarePlan", {"", "crudsh", "crudsh", "rsh", "", "s", "", "crudsh", ""}},
    {"Consent", {"", "crudsh", "crudsh", "rsh", "", "", "", "crudsh", ""}},
    {"Coverage", {"", "crudsh", "rs", "crush", "crus", "", "", "crudsh", ""}},
    {"PlanDefinition", {"", "crudsh", "crudsh", "rs", "", "", "", "crudsh", ""}},
    {"Provenance", {"", "crsh", "crsh", "rs", "", "", "rs", "crsh", ""}},
};

static const struct {
    char letter;
    const char *method, *path; /* behind "/fhir/Type" */
    bool has_body;
} WAYS[] = {
    {'c', "POST", "", true},   {'r', "GET", "/p1", false},
    {'u', "PUT", "/p1", true}, {'d', "DELETE", "/gone", false},
    {'s', "GET", "", false},   {'h', "GET", "/p1/_history", false},
};

/* Forbidden (403; 401 without a login) just where the letter is missing; else whatever comes of a
 * request that is allowed. */
static void every_kind_by_every_role(const char *url)
{
    struct staff s;

    open_all(&s, url);
    for (size_t k = 0; k < EN_COUNT(KINDS); k++) {
        for (size_t w = 0; w < EN_COUNT(WAYS); w++) {
            const char *target =
                en_arena_print(&s.clinic.arena, "/fhir/%s%s", KINDS[k].type, WAYS[w].path);
            const char *body =
                !WAYS[w].has_body
                    ? NULL
                    : en_arena_print(&s.clinic.arena, "{\"resourceType\":\"%s\",\"id\":\"p1\"}",
                                     KINDS[k].type);

            for (int role = 0; role < ROLES; role++) {
                const int status =
                    clinic_ask(&s.clinic, &s.browsers[role], WAYS[w].method, target, NULL, body)
                        .status;
                const bool may = strchr(KINDS[k].may[role], WAYS[w].letter) != NULL;
                const bool is_refused = status == (role == 0 ? 401 : 403);

                if (is_refused == may || status >= 500) {
                    fail_msg("%s %s for %s: %d", WAYS[w].method, target, NAMES[role], status);
                }
            }
        }
    }
    clinic_close(&s.clinic);
}

TEST_MAIN(ON_SQLITE(every_door_by_every_role), ON_SQLITE(every_kind_by_every_role));
