/* SPDX-License-Identifier: Apache-2.0
 * GET /clinic/outcomes...: what leads from a row without a name back to its patient is not
 * given. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#include <string.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define SYSTEM "https://enthesis.org/fhir/"

/* A knee that was treated on 2026-01-05. */
static void open_clinic(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    rest_import(t, "cases/knee-oa.json");
    (void)rest_expect(
        t, 201, "PUT", "/fhir/Procedure/s1", NULL,
        "{\"resourceType\":\"Procedure\",\"id\":\"s1\",\"status\":\"completed\","
        "\"performedDateTime\":\"2026-01-05\",\"code\":{\"coding\":[{\"system\":\"" SYSTEM
        "CodeSystem/procedure\",\"code\":\"prolotherapy-session\"}]},"
        "\"subject\":{\"reference\":\"Patient/patient\"},\"bodySite\":[{\"coding\":["
        "{\"system\":\"" SYSTEM "CodeSystem/site\",\"code\":\"KNE-01\"},{\"system\":"
        "\"" SYSTEM "CodeSystem/side\",\"code\":\"right\"}]}]}");
}

static size_t rows_between(struct rest_test *t, const char *from, const char *to)
{
    const char *target =
        en_arena_print(&t->arena, "/clinic/outcomes.ndjson?from=%s&to=%s", from, to);
    const struct rest_answer a = rest_ask(t, "GET", target, NULL, NULL);

    CHECK(a.status == 200 || a.status == 204);
    return rest_count(&a, "\"patient\"");
}

/* SAFETY: the days of a row are moved by a secret number. Who sees such rows only cannot ask for
 * true days, and so not find the number by trying; the days that the rows show can be asked for.
 * Who treats the patients asks for true days. */
static void test_outcomes_true_days_cannot_be_tried(const char *url)
{
    struct rest_test t;

    open_clinic(&t, url);
    CHECK(rows_between(&t, "2026-01-05", "2026-01-05") == 1);
    t.caller = (struct en_caller){.role = EN_ROLE_RESEARCHER, .login = "researcher"};
    CHECK(rows_between(&t, "2026-01-05", "2026-01-05") == 0);
    struct rest_answer a = rest_expect(&t, 200, "GET", "/clinic/outcomes.ndjson", NULL, NULL);
    const char *shown = rest_member(&t, &a, "start");

    CHECK(strcmp(shown, "2026-01-05") < 0);
    CHECK(rows_between(&t, shown, shown) == 1);
    a = rest_expect(&t, 200, "GET", "/clinic/outcomes?from=2026-01-05", NULL, NULL);
    CHECK(rest_count(&a, "\"courses\"") == 0);
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_outcomes_true_days_cannot_be_tried));
