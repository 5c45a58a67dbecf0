/* SPDX-License-Identifier: Apache-2.0 */
#include "care/session.h"
#include "server/cds.h"
#include "server/operate.h"

static void write_rules(const struct en_op_rule *rules, struct en_buf *out)
{
    static const char *const KINDS[] = {"once", "repeated", "true or false", "resource"};

    en_buf_add(out, "| parameter | how often | what |\n|---|---|---|\n");
    for (; rules->name != NULL; rules++) {
        en_buf_print(out, "| `%s` | %s | %s |\n", rules->name, KINDS[rules->kind], rules->help);
    }
    en_buf_add(out, "\n");
}

static void write_session(struct en_buf *out)
{
    en_buf_add(
        out,
        "## A session\n\n"
        "Written as resources: a Procedure (code `prolotherapy-session`, `in-progress`, bodySite, "
        "extension `session-guidance`), one MedicationAdministration per site (partOf the "
        "Procedure, medicationReference, dosage.site, dosage.dose in mL, the time), the stock as "
        "Medications (code of stocks.tsv, identifier, batch; a syringe names its vials as "
        "ingredients with strength per mL), the checklist as QuestionnaireResponse (partOf the "
        "Procedure). `POST Procedure/[id]/$sign` signs it: the Procedure becomes `completed`, and "
        "a Provenance holds BLAKE2b-256 of the canonical form of every part. Then all of it is "
        "locked; `$addendum` (parameter `text`) adds to it. In a browser's session `$sign` needs "
        "the parameter `password`, or `code` of a second factor.\n\n"
        "`GET /clinic/session/[patient]` answers what leads through it as plain JSON: the plan "
        "(parameter `plan`, else the approved or newest one) as it is today with its sites and "
        "mixes, the verdict, the checklist (`confirm`: each line by itself, lines together, or by "
        "finishing a stage), limits, emergency cards, and what the newest completed session gave "
        "at each site (`last`). `POST /clinic/session/[procedure]/totals` "
        "with `{\"given\": [MedicationAdministration, ...]}` answers the running totals with these "
        "(`fine`, `near`, `over`, `unknown`) and the rules that would refuse them; it stores "
        "nothing.\n\n"
        "These rules are asked inside of each transaction; a broken one is 422, a signed note "
        "409:\n\n| rule | what must hold |\n|---|---|\n");
    for (const struct en_session_rule *r = EN_SESSION_RULES; r->name != NULL; r++) {
        en_buf_print(out, "| `%s` | %s |\n", r->name, r->meaning);
    }
    en_buf_add(out, "\n");
}

static void write_approval(struct en_buf *out)
{
    en_buf_add(
        out,
        "## Approving a plan\n\n"
        "`POST CarePlan/[id]/$approve` with Parameters in the body: `version` (of the CarePlan "
        "that was shown) and `password`, or `code` of a second factor. The plan must be a draft "
        "that `$plan` stored and nobody changed since, on the record of today; the verdict is "
        "asked again with the same choices. Then the CarePlan becomes `active` (intent `plan`), "
        "its sessions' ServiceRequests `active` (intent `order`; optional ones stay drafts), each "
        "gets an Appointment of status `proposed` unless there is one, and a Provenance with a "
        "signature holds BLAKE2b-256 of every part. The answer is the Bundle of all that with an "
        "OperationOutcome that tells whether a consent is active. 409: it is no draft any more; "
        "412: another version than the one that was shown; 422: a rule `sign-privilege`, "
        "`approve-plan` or `approve-verdict` of the table above is broken; 403: password or code "
        "is wrong.\n\n");
}

static void write_hooks(struct en_buf *out)
{
    en_buf_add(
        out, "## CDS Hooks 2.0\n\n"
             "`--cds-clients FILE` names who may call: `{\"clients\": [{\"iss\": "
             "\"https://ehr.example\", \"keys\": {JWK set}, \"origins\": "
             "[\"https://...\"]}]}`. Each call carries a JWT of that client (ES384 or RS384; iss, "
             "aud: this very address, exp, iat, jti; once), else it is a bare 401. Nothing is "
             "fetched from the EHR: what is needed and missing in the prefetch is 412.\n\n"
             "| service | hook | what |\n|---|---|---|\n");
    for (const struct en_cds_service *s = EN_CDS_SERVICES; s->id != NULL; s++) {
        en_buf_print(out, "| `%s` | %s | %s |\n", s->id, s->hook, s->description);
    }
    en_buf_add(out, "\n");
}

void en_operate_docs(struct en_buf *out)
{
    en_buf_add(out, "## Operations\n\n"
                    "On a stored patient (`Patient/[id]/$name`) or on a case in the body "
                    "(`$name`, a Bundle or Parameters with `resource`). The answer is the Bundle "
                    "that `enthesis NAME --json` prints. By POST on a stored patient the results "
                    "are kept, with a Provenance over the versions they rest on and the record as "
                    "it was; asking the same twice makes nothing twice.\n\n");
    for (const struct en_operation *o = EN_OPERATIONS; o->name != NULL; o++) {
        en_buf_print(out, "### %s\n\n%s.\n\n", o->name, o->help);
        write_rules(o->rules, out);
    }
    write_session(out);
    write_approval(out);
    write_hooks(out);
}
