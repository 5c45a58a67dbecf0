/* SPDX-License-Identifier: Apache-2.0
 * server/demo_switches: what the demo clinic has decided: its name and whom to call, so that no
 * paper and no triage ends in an empty line. */
#include "server/demo_inside.h"
#include "server/tables.h"

static const struct {
    const char *policy, *value;
} SWITCHES[] = {
    {"clinic", "Synthetic Joint and Tendon Clinic (demo)"},
    {"clinic_phone", "+00 555 0100"},
    {"out_of_hours", "+00 555 0199"},
    {"emergency_number", "112"},
};

static enum en_status set_one(struct en_server *s, const char *policy, const char *value,
                              int64_t at_us, struct en_err *err)
{
    const struct en_row *row = en_row_find(s->knowledge, "policies", policy);
    char hash[EN_ROW_HASH], target[128], body[512];

    if (row == NULL) {
        return en_fail(err, EN_EBUG, "the demo clinic: there is no policy %s", policy);
    }
    en_row_hash(row, hash);
    (void)snprintf(target, sizeof target, "/clinic/policies/%s", policy);
    (void)snprintf(body, sizeof body,
                   "{\"hash\":\"%s\",\"value\":\"%s\",\"reason\":\"a synthetic clinic\"}", hash,
                   value);
    return en_demo_ask(
        s,
        &(struct en_demo_request){
            .role = "owner", .method = EN_PUT, .target = target, .body = body, .at_us = at_us},
        NULL, err);
}

enum en_status en_demo_switches(struct en_server *s, struct en_err *err)
{
    const int64_t at_us = en_demo_now(s->demo);

    for (size_t i = 0; i < EN_COUNT(SWITCHES); i++) {
        EN_TRY(set_one(s, SWITCHES[i].policy, SWITCHES[i].value, at_us, err));
    }
    return EN_OK;
}
