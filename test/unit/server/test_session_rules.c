/* SPDX-License-Identifier: Apache-2.0
 * A session from its vials to its signature, through the REST API: what must hold, holds inside of
 * the transaction, and a signed note stays as it is. */
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

#include <pthread.h>
#include <string.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM "https://enthesis.org/fhir/"

static struct rest_answer put(struct rest_test *t, int status, const char *target, const char *body)
{
    return rest_expect(t, status, "PUT", target, NULL, body);
}

/* A vial with a serial number of its own. */
static const char *vial(struct rest_test *t, const char *id, const char *stock, const char *serial,
                        const char *expiry)
{
    return en_arena_print(
        &t->arena,
        "{\"resourceType\":\"Medication\",\"id\":\"%s\",\"identifier\":[{\"system\":\"urn:serial\","
        "\"value\":\"%s\"}],\"code\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/stock\",\"code\":\"%s\"}]},\"batch\":{\"lotNumber\":\"L1\",\"expirationDate\":"
        "\"%s\"}}",
        id, serial, stock, expiry);
}

/* A syringe of 10 mL: 3 mL dextrose 50 % of vial d1, 2 mL lidocaine 1 % of vial l1. */
static const char SYRINGE[] =
    "{\"resourceType\":\"Medication\",\"id\":\"mix\",\"ingredient\":["
    "{\"itemReference\":{\"reference\":\"Medication/d1\"},\"strength\":{\"numerator\":{\"value\":"
    "0.3,\"unit\":\"mL\"},\"denominator\":{\"value\":1,\"unit\":\"mL\"}}},"
    "{\"itemReference\":{\"reference\":\"Medication/l1\"},\"strength\":{\"numerator\":{\"value\":"
    "0.2,\"unit\":\"mL\"},\"denominator\":{\"value\":1,\"unit\":\"mL\"}}}],"
    "\"batch\":{\"expirationDate\":\"2026-03-02T11:00:00Z\"}}";

static const char *given(struct rest_test *t, const char *id, const char *patient,
                         const char *medication, const char *ml, const char *session)
{
    return en_arena_print(
        &t->arena,
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"%s\",%s\"status\":\"completed\","
        "\"medicationReference\":{\"reference\":\"Medication/%s\"},\"subject\":{\"reference\":"
        "\"Patient/%s\"},\"effectiveDateTime\":\"2026-03-02T10:00:00Z\",\"dosage\":{\"site\":{"
        "\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/site\",\"code\":\"KNE-01\"}]},\"dose\":{\"value\":%s,\"unit\":\"mL\"}}}",
        id,
        session == NULL
            ? ""
            : en_arena_print(&t->arena, "\"partOf\":[{\"reference\":\"Procedure/%s\"}],", session),
        medication, patient, ml);
}

static const char *session(struct rest_test *t, const char *id, const char *status)
{
    return en_arena_print(
        &t->arena,
        "{\"resourceType\":\"Procedure\",\"id\":\"%s\",\"extension\":[{\"url\":\"" SYSTEM
        "StructureDefinition/session-guidance\",\"valueCode\":\"US\"}],\"status\":\"%s\",\"code\":"
        "{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},\"subject\":{\"reference\":"
        "\"Patient/patient\"},\"performedDateTime\":\"2026-03-02\",\"bodySite\":[{\"coding\":[{"
        "\"system\":\"" SYSTEM "CodeSystem/site\",\"code\":\"KNE-01\"}]}]}",
        id, status);
}

static const char CONSENT[] =
    "{\"resourceType\":\"Consent\",\"id\":\"consent\",\"status\":\"active\",\"scope\":{\"coding\":["
    "{"
    "\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"treatment\"}]},"
    "\"category\":[{\"text\":\"treatment\"}],\"patient\":{\"reference\":\"Patient/patient\"},"
    "\"dateTime\":\"2026-03-02\",\"policyRule\":{\"text\":\"the clinic's\"}}";

/* All items done, but for the one that is named (NULL: none). */
static const char *checklist(struct rest_test *t, const char *but)
{
    const struct en_table *table = en_table_get(t->server.knowledge, "checklist");
    const char *items = "";

    for (size_t i = 0; i < table->row_count; i++) {
        const char *id = en_cell(&table->rows[i], "id");

        items =
            en_arena_print(&t->arena, "%s%s{\"linkId\":\"%s\",\"answer\":[{\"valueBoolean\":%s}]}",
                           items, i == 0 ? "" : ",", id, en_text_equal(id, but) ? "false" : "true");
    }
    return en_arena_print(&t->arena,
                          "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"checklist\","
                          "\"partOf\":[{\"reference\":\"Procedure/s1\"}],\"status\":\"completed\","
                          "\"subject\":{\"reference\":\"Patient/patient\"},\"item\":[%s]}",
                          items);
}

static void open_stock(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    t->caller.practitioner = "practitioner";
    rest_import(t, "cases/knee-oa.json");
    put(t, 201, "/fhir/Patient/p2", "{\"resourceType\":\"Patient\",\"id\":\"p2\"}");
    put(t, 201, "/fhir/Medication/d1", vial(t, "d1", "dextrose_50", "SN-1", "2026-03"));
    put(t, 201, "/fhir/Medication/l1", vial(t, "l1", "lidocaine_1", "SN-2", "2026-03-02"));
    put(t, 201, "/fhir/Medication/mix", SYRINGE);
}

/* Up to a session that wants nothing but a signature. */
static void open_session(struct rest_test *t, const char *url)
{
    open_stock(t, url);
    put(t, 201, "/fhir/Consent/consent", CONSENT);
    (void)rest_expect(t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    put(t, 201, "/fhir/Procedure/s1", session(t, "s1", "in-progress"));
    put(t, 201, "/fhir/MedicationAdministration/a1", given(t, "a1", "patient", "mix", "8", "s1"));
    put(t, 201, "/fhir/QuestionnaireResponse/checklist", checklist(t, NULL));
}

static void sign_is_refused(struct rest_test *t, const char *rule)
{
    const struct rest_answer a =
        rest_expect(t, 422, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);

    CHECK_CONTAINS(a.body, rule);
    CHECK(rest_count(&a, "\"severity\"") == 1);
}

/* Stock: what is expired, unknown or of no use is refused, and the refusal names rule and field. */
static void test_stock_that_may_not_be_given(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_stock(&t, url);
    put(&t, 201, "/fhir/Procedure/s1", session(&t, "s1", "in-progress"));
    put(&t, 201, "/fhir/Medication/old", vial(&t, "old", "dextrose_50", "SN-3", "2026-03-01"));
    put(&t, 201, "/fhir/Medication/bad", vial(&t, "bad", "dextrose_51", "SN-4", "2026-04"));
    a = put(&t, 422, "/fhir/MedicationAdministration/a1", given(&t, "a1", "p2", "old", "2", NULL));
    CHECK_CONTAINS(a.body, "rule stock-expired");
    CHECK_CONTAINS(a.body, "MedicationAdministration.medicationReference");
    /* Not in a session, and no stock of ours: somebody else's business. */
    put(&t, 201, "/fhir/MedicationAdministration/b1", given(&t, "b1", "p2", "bad", "2", NULL));
    a = put(&t, 422, "/fhir/MedicationAdministration/a1",
            given(&t, "a1", "patient", "bad", "2", "s1"));
    CHECK_CONTAINS(a.body, "rule stock-unknown");
    a = put(&t, 422, "/fhir/MedicationAdministration/a1",
            given(&t, "a1", "patient", "nothing", "2", "s1"));
    CHECK_CONTAINS(a.body, "rule stock-unknown");
    /* The syringe is to be used by 11:00. */
    (void)rest_expect(&t, 422, "PUT", "/fhir/MedicationAdministration/a1", NULL,
                      "{\"resourceType\":\"MedicationAdministration\",\"id\":\"a1\",\"partOf\":[{"
                      "\"reference\":\"Procedure/s1\"}],\"status\":\"completed\","
                      "\"medicationReference\":{\"reference\":\"Medication/mix\"},\"subject\":{"
                      "\"reference\":\"Patient/patient\"},\"effectiveDateTime\":"
                      "\"2026-03-02T11:00:01Z\",\"dosage\":{\"dose\":{\"value\":1,\"unit\":\"mL\"}}"
                      "}");
    /* Another patient than that of the session. */
    a = put(&t, 422, "/fhir/MedicationAdministration/a1", given(&t, "a1", "p2", "d1", "1", "s1"));
    CHECK_CONTAINS(a.body, "rule one-patient");
    rest_close_clinic(&t);
}

/* One single-dose vial, one patient: also through a syringe that was drawn up of it, and under a
 * second record of the same vial. A multi-dose vial may be shared. What was entered in error does
 * not count. */
static void test_one_vial_one_patient(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_stock(&t, url);
    put(&t, 201, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "mix", "5", NULL));
    put(&t, 201, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "d1", "1", NULL));
    a = put(&t, 422, "/fhir/MedicationAdministration/a3", given(&t, "a3", "p2", "d1", "1", NULL));
    CHECK_CONTAINS(a.body, "rule one-vial-one-patient");
    a = put(&t, 422, "/fhir/Medication/d2", vial(&t, "d2", "dextrose_50", "SN-1", "2026-03"));
    CHECK_CONTAINS(a.body, "another vial has this identifier");
    put(&t, 201, "/fhir/Medication/w1", vial(&t, "w1", "dextrose_50", "SN-9", "2026-03"));
    put(&t, 201, "/fhir/MedicationAdministration/a4", given(&t, "a4", "p2", "w1", "1", NULL));
    put(&t, 422, "/fhir/MedicationAdministration/a5", given(&t, "a5", "patient", "w1", "1", NULL));
    /* An error is corrected, and the vial is free again. */
    const char *wrong = given(&t, "a4", "p2", "w1", "1", NULL);
    const char *at = strstr(wrong, "\"completed\"");

    put(&t, 200, "/fhir/MedicationAdministration/a4",
        en_arena_print(&t.arena, "%.*s\"entered-in-error\"%s", (int)(at - wrong), wrong,
                       at + strlen("\"completed\"")));
    put(&t, 201, "/fhir/MedicationAdministration/a5", given(&t, "a5", "patient", "w1", "1", NULL));
    rest_close_clinic(&t);
}

/* A vial that was given of stays what it was; its status may change. */
static void test_used_vial_stays_what_it_was(const char *url)
{
    struct rest_test t;

    open_stock(&t, url);
    put(&t, 201, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "mix", "5", NULL));
    const struct rest_answer a =
        put(&t, 422, "/fhir/Medication/d1", vial(&t, "d1", "dextrose_50", "SN-1", "2026-04"));

    CHECK_CONTAINS(a.body, "rule stock-changed");
    (void)rest_expect(&t, 422, "DELETE", "/fhir/Medication/l1", NULL, NULL);
    (void)rest_expect(&t, 422, "DELETE", "/fhir/Medication/mix", NULL, NULL);
    (void)rest_expect(&t, 200, "PATCH", "/fhir/Medication/d1", NULL,
                      "[{\"op\":\"add\",\"path\":\"/status\",\"value\":\"inactive\"}]");
    put(&t, 201, "/fhir/Medication/n1", vial(&t, "n1", "dextrose_50", "SN-8", "2026-03"));
    put(&t, 200, "/fhir/Medication/n1", vial(&t, "n1", "dextrose_50", "SN-8", "2026-05"));
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Medication/n1", NULL, NULL);
    rest_close_clinic(&t);
}

/* Sites add up until the maximum, whatever drug, entry or order; a patient without weight is
 * blocked. 1 mL of the vial is 10 mg; the patient of the example may have 300 mg at most. */
static void test_anaesthetic_adds_up_over_sites(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_stock(&t, url);
    put(&t, 201, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "l1", "15", NULL));
    a = put(&t, 422, "/fhir/MedicationAdministration/a2",
            given(&t, "a2", "patient", "l1", "16", NULL));
    CHECK_CONTAINS(a.body, "rule anaesthetic-total");
    CHECK_CONTAINS(a.body, "lidocaine");
    put(&t, 201, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "l1", "5", NULL));
    /* The same entry again replaces itself and counts once. */
    put(&t, 200, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "l1", "5", NULL));
    /* A changed one counts with its new amount. */
    put(&t, 422, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "l1", "16", NULL));
    put(&t, 201, "/fhir/Medication/l2", vial(&t, "l2", "lidocaine_1", "SN-7", "2026-03-02"));
    a = put(&t, 422, "/fhir/MedicationAdministration/a3", given(&t, "a3", "p2", "l2", "1", NULL));
    CHECK_CONTAINS(a.body, "weight");
    rest_close_clinic(&t);
}

/* The sites of one session stay within its volume (60 mL), those of another do not count. */
static void test_volume_adds_up_over_the_session(const char *url)
{
    struct rest_test t;

    open_stock(&t, url);
    put(&t, 201, "/fhir/Procedure/s1", session(&t, "s1", "in-progress"));
    put(&t, 201, "/fhir/Procedure/s2", session(&t, "s2", "in-progress"));
    put(&t, 201, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "d1", "40", "s1"));
    put(&t, 201, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "d1", "40", "s2"));
    put(&t, 201, "/fhir/MedicationAdministration/a3", given(&t, "a3", "patient", "d1", "20", "s1"));
    const struct rest_answer a = put(&t, 422, "/fhir/MedicationAdministration/a4",
                                     given(&t, "a4", "patient", "d1", "0.1", "s1"));

    CHECK_CONTAINS(a.body, "rule volume-total");
    rest_close_clinic(&t);
}

/* In a browser's session a signature asks for the password again: who sits there need not be who
 * logged in. */
static void test_signing_in_a_browser_needs_the_password(const char *url)
{
    struct rest_test t;

    open_session(&t, url);
    t.caller.csrf = "token";
    const struct rest_answer a =
        rest_expect(&t, 422, "POST", "/fhir/Procedure/s1/$sign", "X-CSRF-Token: token\n", NULL);

    CHECK_CONTAINS(a.body, "rule sign-password");
    t.caller.csrf = NULL;
    (void)rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
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

static void sign_by_code(struct rest_test *t, int status, const char *session, const char *code)
{
    const char *address = en_arena_print(&t->arena, "/fhir/Procedure/%s/$sign", session);

    (void)rest_expect(
        t, status, "POST", address, "X-CSRF-Token: token\n",
        en_arena_print(&t->arena,
                       "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"code\","
                       "\"valueString\":\"%s\"}]}",
                       code));
}

/* A code of the second factor signs as well, once; without a second factor, none does. */
static void test_signing_by_a_code(const char *url)
{
    struct rest_test t;
    char code[9];

    open_session(&t, url);
    const struct en_staff staff = {.store = t.server.store,
                                   .passwords = t.server.login->passwords,
                                   .now_us = 1,
                                   .who = {.agent = "owner", .role = "owner"}};
    const struct en_staff_new account = {.login = "physician",
                                         .role = "physician",
                                         .practitioner = "practitioner",
                                         .password = "seven plain words for tests",
                                         .is_own = true};
    char made[EN_PASSWORD_RANDOM];

    CHECK(en_staff_add(&staff, &account, made, NULL) == EN_OK);
    t.caller.role = EN_ROLE_PHYSICIAN;
    t.caller.login = "physician";
    t.caller.csrf = "token";
    en_totp_code((const unsigned char *)"12345678901234567890", 20,
                 en_clock_us() / 1000000 / EN_TOTP_STEP_S, EN_TOTP_DIGITS, code);
    sign_by_code(&t, 422, "s1", "");
    sign_by_code(&t, 403, "s1", code);
    CHECK(en_store_write(t.server.store, factor_work, &t, NULL) == EN_OK);
    sign_by_code(&t, 403, "s1", "000000");
    sign_by_code(&t, 200, "s1", code);
    put(&t, 201, "/fhir/Procedure/s2", session(&t, "s2", "in-progress"));
    sign_by_code(&t, 403, "s2", code);
    rest_close_clinic(&t);
}

/* A session is signed when everything is there; then it, and what hangs on it, stays as it is. */
static void test_signed_session_stays(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_session(&t, url);
    a = put(&t, 422, "/fhir/Procedure/s1", session(&t, "s1", "completed"));
    CHECK_CONTAINS(a.body, "rule sign-only");
    /* What was being written goes with the signature, and nothing else. */
    store_sql(url, "INSERT INTO draft VALUES ('owner', 'Procedure-s1', '{}', 1),"
                   " ('owner', 'Procedure-s2', '{}', 1), ('other', 'Procedure-s1', '{}', 1)");
    const struct rest_answer signed_note =
        rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);

    CHECK_CONTAINS(signed_note.body, "\"status\":\"completed\"");
    CHECK(store_number(url, "SELECT count(*) FROM draft") == 2);
    CHECK(store_number(url, "SELECT count(*) FROM draft WHERE login = 'owner' AND key ="
                            " 'Procedure-s1'") == 0);
    CHECK_CONTAINS(signed_note.body, "\"versionId\":\"2\"");
    CHECK_CONTAINS(signed_note.body, "\"MedicationAdministration/a1/_history/1\"");
    CHECK_CONTAINS(signed_note.body, "\"Medication/d1/_history/1\"");
    CHECK_CONTAINS(signed_note.body, "\"Consent/consent/_history/1\"");
    CHECK_CONTAINS(signed_note.body, "\"QuestionnaireResponse/checklist/_history/1\"");
    CHECK(rest_audited(&t, "$sign", "patient", 0) == 1);
    (void)rest_expect(&t, 409, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    a = put(&t, 409, "/fhir/Procedure/s1", session(&t, "s1", "completed"));
    CHECK_CONTAINS(a.body, "rule signed");
    (void)rest_expect(&t, 409, "DELETE", "/fhir/Procedure/s1", NULL, NULL);
    put(&t, 409, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "mix", "7", "s1"));
    put(&t, 409, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "mix", "7", NULL));
    (void)rest_expect(&t, 409, "DELETE", "/fhir/MedicationAdministration/a1", NULL, NULL);
    put(&t, 409, "/fhir/MedicationAdministration/a9", given(&t, "a9", "patient", "mix", "1", "s1"));
    put(&t, 409, "/fhir/QuestionnaireResponse/checklist", checklist(&t, "CL-09"));
    a = rest_expect(&t, 409, "PATCH", "/fhir/Procedure/s1", NULL,
                    "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"in-progress\"}]");
    CHECK_CONTAINS(a.body, "rule signed");
    rest_close_clinic(&t);
}

/* "As last time" is what was given in the last signed session: volume, needle and guidance of each
 * site. What is still under way is no pattern. */
static void test_last_session_is_the_signed_one(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    open_session(&t, url);
    put(&t, 200, "/fhir/MedicationAdministration/a1",
        "{\"resourceType\":\"MedicationAdministration\",\"id\":\"a1\",\"extension\":[{\"url\":"
        "\"" SYSTEM "StructureDefinition/injection-needle\",\"valueString\":\"25 G 1.5 in\"},{"
        "\"url\":\"" SYSTEM "StructureDefinition/session-guidance\",\"valueCode\":\"CT\"}],"
        "\"partOf\":[{\"reference\":\"Procedure/s1\"}],\"status\":\"completed\","
        "\"medicationReference\":{\"reference\":\"Medication/mix\"},\"subject\":{\"reference\":"
        "\"Patient/patient\"},\"effectiveDateTime\":\"2026-03-02T10:00:00Z\",\"dosage\":{"
        "\"site\":{\"coding\":[{\"system\":\"" SYSTEM "CodeSystem/site\",\"code\":\"KNE-01\"},{"
        "\"system\":\"" SYSTEM "CodeSystem/side\",\"code\":\"right\"}]},\"dose\":{\"value\":8,"
        "\"unit\":\"mL\"}}}");
    put(&t, 201, "/fhir/MedicationAdministration/a2", given(&t, "a2", "patient", "mix", "1", NULL));
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    CHECK(rest_count(&a, "\"last\":") == 0);
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    (void)rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    put(&t, 201, "/fhir/Procedure/s2", session(&t, "s2", "in-progress"));
    a = rest_expect(&t, 200, "GET", "/clinic/session/patient", NULL, NULL);
    const char *last = strstr(a.body, "\"last\":");

    CHECK(last != NULL);
    CHECK(rest_count(&a, "\"needle\": \"25 G 1.5 in\"") == 1);
    CHECK_CONTAINS(last, "\"day\": \"2026-03-02\"");
    CHECK_CONTAINS(last, "\"site\": \"KNE-01\"");
    CHECK_CONTAINS(last, "\"ml\": 8,");
    CHECK_CONTAINS(last, "\"needle\": \"25 G 1.5 in\"");
    CHECK_CONTAINS(last, "\"guidance\": \"CT\"");
    rest_close_clinic(&t);
}

/* Whoever has the signed resource can compute the hash that the signature holds. */
static void test_signature_holds_the_hash(const char *url)
{
    struct rest_test t;
    char hash[EN_DIGEST_TEXT];

    open_session(&t, url);
    const struct rest_answer a =
        rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    const struct rest_answer now = rest_expect(&t, 200, "GET", "/fhir/Procedure/s1", NULL, NULL);
    struct json_object *tree = json_tokener_parse(now.body);

    CHECK(en_canonical_hash(tree, hash, NULL) == EN_OK);
    CHECK_CONTAINS(a.body, hash);
    CHECK_CONTAINS(a.body, "\"Procedure/s1/_history/2\"");
    (void)json_object_put(tree);
    rest_close_clinic(&t);
}

/* A signature cannot be forged through the REST API. */
static void test_signature_is_made_by_signing_alone(const char *url)
{
    static const char FORGED[] =
        "{\"resourceType\":\"Provenance\",\"target\":[{\"reference\":\"Procedure/s1\"}],"
        "\"recorded\":\"2026-03-02T10:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}],"
        "\"signature\":[{\"type\":[{\"system\":\"" SYSTEM
        "CodeSystem/operation\",\"code\":\"sign\"}],\"when\":\"2026-03-02T10:00:00Z\",\"who\":{"
        "\"display\":\"x\"}}]}";
    struct rest_test t;

    open_session(&t, url);
    const struct rest_answer a = rest_expect(&t, 422, "POST", "/fhir/Provenance", NULL, FORGED);

    CHECK_CONTAINS(a.body, "rule sign-only");
    put(&t, 200, "/fhir/Procedure/s1", session(&t, "s1", "in-progress")); /* not locked by it */
    t.caller.role = EN_ROLE_ASSISTANT;
    (void)rest_expect(&t, 403, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    rest_close_clinic(&t);
}

/* Each thing that is missing is named by its rule, and nothing is signed. */
static void test_signing_needs_everything(const char *url)
{
    struct rest_test t;

    open_session(&t, url);
    t.caller.practitioner = NULL;
    sign_is_refused(&t, "rule sign-privilege");
    t.caller.practitioner = "practitioner";
    put(&t, 200, "/fhir/QuestionnaireResponse/checklist", checklist(&t, "CL-09"));
    sign_is_refused(&t, "CL-09 was not done");
    put(&t, 200, "/fhir/QuestionnaireResponse/checklist", checklist(&t, NULL));
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Consent/consent", NULL, NULL);
    const struct rest_answer a =
        rest_expect(&t, 422, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);

    CHECK_CONTAINS(a.body, "rule sign-consent");
    CHECK_CONTAINS(a.body, "changed after the last assessment"); /* a consent is a fact, too */
    put(&t, 201, "/fhir/Consent/consent", CONSENT);
    sign_is_refused(&t, "changed after the last assessment");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    (void)rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    rest_close_clinic(&t);
}

/* A fact that changed, went or came after the assessment asks for a new one. */
static void test_signing_needs_a_fresh_assessment(const char *url)
{
    struct rest_test t;

    open_session(&t, url);
    const struct rest_answer fact = rest_expect(&t, 200, "GET", "/fhir/Observation/r1", NULL, NULL);

    put(&t, 200, "/fhir/Observation/r1", fact.body);
    sign_is_refused(&t, "rule sign-assessment");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess?store=false", NULL, NULL);
    sign_is_refused(&t, "rule sign-assessment"); /* it was not kept */
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Observation/r2", NULL, NULL);
    sign_is_refused(&t, "rule sign-assessment");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    (void)rest_expect(&t, 201, "POST", "/fhir/Observation", NULL,
                      "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{"
                      "\"text\":\"something new\"},\"subject\":{\"reference\":"
                      "\"Patient/patient\"},\"valueBoolean\":true}");
    sign_is_refused(&t, "rule sign-assessment");
    rest_close_clinic(&t);
}

/* A verdict on one problem or some sites says nothing of others. */
static void test_signing_needs_an_assessment_of_these_sites(const char *url)
{
    struct rest_test t;

    open_session(&t, url);
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess?sites=KNE-02", NULL, NULL);
    sign_is_refused(&t, "other sites or another problem");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess?sites=KNE-02;KNE-01", NULL,
                      NULL);
    (void)rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    rest_close_clinic(&t);
}

/* What is not a session in progress here is not signed here; one that was completed elsewhere can
 * be recorded. */
static void test_what_cannot_be_signed(const char *url)
{
    struct rest_test t;

    open_stock(&t, url);
    (void)rest_expect(&t, 404, "POST", "/fhir/Procedure/none/$sign", NULL, NULL);
    put(&t, 201, "/fhir/Procedure/s1", session(&t, "s1", "completed"));
    const struct rest_answer a =
        rest_expect(&t, 422, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);

    CHECK_CONTAINS(a.body, "must be in-progress");
    CHECK_CONTAINS(a.body, "nothing is recorded as given");
    put(&t, 201, "/fhir/Procedure/other",
        "{\"resourceType\":\"Procedure\",\"id\":\"other\",\"status\":\"in-progress\",\"subject\":{"
        "\"reference\":\"Patient/patient\"}}");
    (void)rest_expect(&t, 422, "POST", "/fhir/Procedure/other/$sign", NULL, NULL);
    put(&t, 200, "/fhir/Procedure/s1", session(&t, "s1", "entered-in-error"));
    rest_close_clinic(&t);
}

/* Something is added to a signed note as a document of its own, signed as well. */
static void test_addenda(const char *url)
{
    static const char TEXT[] = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"text\","
                               "\"valueString\":\"bruise seen the next day\"}]}";
    struct rest_test t;

    open_session(&t, url);
    (void)rest_expect(&t, 409, "POST", "/fhir/Procedure/s1/$addendum", NULL, TEXT);
    (void)rest_expect(&t, 200, "POST", "/fhir/Procedure/s1/$sign", NULL, NULL);
    (void)rest_expect(&t, 400, "POST", "/fhir/Procedure/s1/$addendum", NULL, NULL);
    const struct rest_answer a =
        rest_expect(&t, 201, "POST", "/fhir/Procedure/s1/$addendum", NULL, TEXT);
    const struct rest_answer found =
        rest_expect(&t, 200, "GET", "/fhir/DocumentReference?related=Procedure/s1", NULL, NULL);

    CHECK(rest_count(&found, "\"code\":\"addendum\"") == 1);
    CHECK_CONTAINS(a.body, "\"Procedure/s1/_history/2\"");
    const char *id = rest_member(&t, &a, "id");

    (void)rest_expect(&t, 409, "DELETE", en_arena_print(&t.arena, "/fhir/DocumentReference/%s", id),
                      NULL, NULL);
    (void)rest_expect(&t, 201, "POST", "/fhir/Procedure/s1/$addendum", NULL, TEXT);
    rest_close_clinic(&t);
}

struct racer {
    struct rest_test *t;
    const char *target, *body;
    int status;
};

static void *race(void *argument)
{
    struct racer *r = argument;

    r->status = rest_ask(r->t, "PUT", r->target, NULL, r->body).status;
    return NULL;
}

/* Two who draw up of one vial for two patients at the same time: one of them is told. */
static void test_two_at_one_vial(const char *url)
{
    struct rest_test t, other;
    pthread_t threads[2];

    open_stock(&t, url);
    other = t; /* the same server, with an arena of its own for the answers */
    other.arena = EN_ARENA(1 << 30);
    struct racer racers[] = {
        {&t, "/fhir/MedicationAdministration/a1", given(&t, "a1", "patient", "d1", "1", NULL), 0},
        {&other, "/fhir/MedicationAdministration/a2", given(&t, "a2", "p2", "d1", "1", NULL), 0}};

    for (size_t i = 0; i < EN_COUNT(racers); i++) {
        CHECK(pthread_create(&threads[i], NULL, race, &racers[i]) == 0);
    }
    for (size_t i = 0; i < EN_COUNT(racers); i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(racers[0].status + racers[1].status == 201 + 422);
    en_arena_free(&other.arena);
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_stock_that_may_not_be_given), ON_BOTH(test_one_vial_one_patient),
          ON_BOTH(test_used_vial_stays_what_it_was), ON_BOTH(test_anaesthetic_adds_up_over_sites),
          ON_BOTH(test_volume_adds_up_over_the_session),
          ON_BOTH(test_signing_in_a_browser_needs_the_password), ON_BOTH(test_signing_by_a_code),
          ON_BOTH(test_signed_session_stays), ON_BOTH(test_last_session_is_the_signed_one),
          ON_BOTH(test_signature_holds_the_hash), ON_BOTH(test_signature_is_made_by_signing_alone),
          ON_BOTH(test_signing_needs_everything), ON_BOTH(test_signing_needs_a_fresh_assessment),
          ON_BOTH(test_signing_needs_an_assessment_of_these_sites),
          ON_BOTH(test_what_cannot_be_signed), ON_BOTH(test_addenda),
          ON_BOTH(test_two_at_one_vial));
