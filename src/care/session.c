/* SPDX-License-Identifier: Apache-2.0 */
#include "care/session.h"

#include "base/text.h"
#include "care/inside.h"
#include "care/session_inside.h"

#include <math.h>
#include <stdarg.h>

const struct en_session_rule EN_SESSION_RULES[] = {
    {"stock-unknown", "what is given is stock of the clinic: a vial with stock, lot and expiry"},
    {"stock-expired", "nothing is given after its expiry, and an expiry that is not known is none"},
    {"one-vial-one-patient", "a single-dose vial is given to one patient only"},
    {"stock-changed", "a vial that was given of stays what it was"},
    {"one-patient", "all parts of a session are the same patient's"},
    {"anaesthetic-total", "all sites together stay below the patient's maximum of anaesthetic"},
    {"volume-total", "all sites together stay within the volume of one session"},
    {"signed", "a signed note and what hangs on it stay as they are; addenda are added"},
    {"sign-only", "a session becomes completed by signing it"},
    {"sign-session", "what is signed is a session in progress, with what was given"},
    {"sign-password", "who signs in a browser gives the password once more, or a code"},
    {"sign-privilege", "who signs holds the licence and the privileges for region and guidance"},
    {"sign-consent", "the patient's consent is active"},
    {"sign-checklist", "the checklist is complete"},
    {"sign-assessment", "the verdict allows it, is fresh, and rests on the present facts"},
    {"approve-only", "a plan of $plan becomes active by approving it"},
    {"approve-plan", "what is approved is a draft of $plan that nobody changed, and still to come"},
    {"approve-verdict", "the verdict on it is fresh, allows it, and rests on the present facts"},
    {NULL, NULL},
};

void en_breach_add(struct en_breaches *b, const char *rule, const char *field, struct en_arena *a,
                   const char *format, ...)
{
    va_list args;

    if (b->count < EN_BREACHES_MAX) {
        va_start(args, format);
        const char *text = en_arena_vprint(a, format, args);

        va_end(args);
        b->items[b->count] = (struct en_breach){rule, field, text == NULL ? "" : text};
    }
    b->count++;
}

/* Stock */

bool care_is_single_dose(const struct en_row *stock)
{
    return stock == NULL || en_cell_bool(stock, "single_dose");
}

static void check_expiry(const struct en_vial *v, int64_t given_us, struct en_arena *a,
                         struct en_breaches *out)
{
    if (v->expiry_us == INT64_MIN) {
        en_breach_add(out, "stock-expired", v->field, a,
                      "its expiry is not known: enter batch.expirationDate");
    } else if (!(given_us <= v->expiry_us)) {
        en_breach_add(out, "stock-expired", v->field, a,
                      "it is expired at the time of giving, or the time is not exact enough to say "
                      "that it is not: enter the time of giving, or take another one");
    }
}

void en_session_check_vial(const struct en_knowledge *k, const struct en_vial *v, int64_t given_us,
                           struct en_arena *a, struct en_breaches *out)
{
    const struct en_row *stock = en_row_find(k, "stocks", v->stock);
    const bool is_disabled = stock != NULL && en_text_equal(en_cell(stock, "use"), "disabled");

    if (!v->is_usable) {
        en_breach_add(out, "stock-unknown", v->field, a,
                      "must refer to an active Medication of the clinic's stock");
        return;
    }
    check_expiry(v, given_us, a, out);
    if (v->is_prepared) {
        return;
    }
    if (stock == NULL || is_disabled) {
        en_breach_add(out, "stock-unknown", v->field, a,
                      "its code must be a stock of stocks.tsv that is not disabled");
    }
    if (!v->has_lot) {
        en_breach_add(out, "stock-unknown", v->field, a, "its batch.lotNumber is not known");
    }
    if (care_is_single_dose(stock) && !v->has_serial) {
        en_breach_add(out, "one-vial-one-patient", v->field, a,
                      "a single-dose vial needs an identifier of its own");
    }
    if (care_is_single_dose(stock) &&
        !((double)(v->other_patients + 1) <= en_limit(k, "vial.patients_max"))) {
        en_breach_add(out, "one-vial-one-patient", v->field, a,
                      "this single-dose vial was given to another patient: take a new one");
    }
}

/* Anaesthetic */

bool care_dose_shares(const struct en_session_dose *earlier, const struct en_session_dose *end,
                      int64_t window_us)
{
    return earlier->low_us <= end->high_us && earlier->high_us > end->low_us - window_us;
}

double care_dose_total(const struct en_session_dose *doses, size_t count, size_t end,
                       const char *drug, int64_t window_us)
{
    double mg = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(doses[i].drug, drug) &&
            care_dose_shares(&doses[i], &doses[end], window_us)) {
            mg += doses[i].mg;
        }
    }
    return mg;
}

struct dose_check {
    struct care_pad *p;
    const struct en_dose_patient *patient;
    const struct en_session_dose *doses;
    size_t count;
    int64_t window_us;
    struct en_breaches *out;
};

static bool is_first(const struct dose_check *c, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (en_text_equal(c->doses[j].drug, c->doses[i].drug)) {
            return false;
        }
    }
    return true;
}

/* The load of one drug; false when it cannot be known or is too much by itself. */
static bool add_load(struct dose_check *c, size_t end, const char *drug, double *load)
{
    struct en_dose_line line;
    const double mg = care_dose_total(c->doses, c->count, end, drug, c->window_us);

    if (mg == 0.0) {
        return true;
    }
    care_dose(c->p, drug, mg, c->patient, &line);
    if (isnan(line.fraction)) {
        en_breach_add(c->out, "anaesthetic-total", "MedicationAdministration.dosage", c->p->a,
                      "the maximum of %s cannot be known: weight, height or the amount given is "
                      "missing, or this drug has no limit",
                      drug);
        return false;
    }
    if (!(line.fraction <= 1.0)) {
        en_breach_add(c->out, "anaesthetic-total", "MedicationAdministration.dosage", c->p->a,
                      "%s of all sites within %.0f h would exceed this patient's maximum", drug,
                      en_limit(c->p->k, "la.sum_window"));
        return false;
    }
    *load += line.fraction;
    return true;
}

/* The window that ends with this dose. False: a rule is broken, and later windows say no more. */
static bool check_window(struct dose_check *c, size_t end)
{
    double load = 0.0;

    for (size_t i = 0; i < c->count; i++) {
        if (is_first(c, i) && !add_load(c, end, c->doses[i].drug, &load)) {
            return false;
        }
    }
    if (!(load <= en_limit(c->p->k, "la.load_stop"))) {
        en_breach_add(c->out, "anaesthetic-total", "MedicationAdministration.dosage", c->p->a,
                      "all anaesthetics together within %.0f h would exceed this patient's maximum",
                      en_limit(c->p->k, "la.sum_window"));
        return false;
    }
    return true;
}

enum en_status en_session_check_doses(const struct en_care *care, const struct en_case *c,
                                      const struct en_session_dose *doses, size_t count,
                                      struct en_arena *a, struct en_breaches *out,
                                      struct en_err *err)
{
    const double window_h = en_limit(care->knowledge, "la.sum_window");
    struct care_pad p = care_pad(care, a);
    struct en_fact *facts = NULL;

    EN_TRY(en_derive_facts(care, c, NULL, NULL, a, &facts, err));
    const struct en_dose_patient patient = care_patient(care->knowledge, facts, care->today);
    struct dose_check check = {
        .p = &p,
        .patient = &patient,
        .doses = doses,
        .count = count,
        .window_us = (int64_t)(window_h * 3600e6),
        .out = out,
    };

    for (size_t i = 0; i < count && check_window(&check, i); i++) {
    }
    return care_check(&p, "the anaesthetic totals", err);
}

/* Signing */

const char *en_licence_fault(const struct en_practitioner *o, en_day today)
{
    if (o->licence == NULL || o->licence_expiry == EN_DAY_UNKNOWN) {
        return "number and end of the licence of who signs are not recorded";
    }
    return o->licence_expiry < today ? "the licence of who signs has expired" : NULL;
}

void care_check_licence(const struct en_care *care, const struct en_practitioner *o,
                        struct en_arena *a, struct en_breaches *out)
{
    if (o == NULL) {
        en_breach_add(out, "sign-privilege", "Practitioner", a,
                      "the account that signs has no Practitioner");
        return;
    }
    const char *fault = en_licence_fault(o, care->today);

    if (fault != NULL) {
        en_breach_add(out, "sign-privilege", "Practitioner.qualification", a, "%s", fault);
    }
}

void care_check_held(const char *wanted, const char *held, const char *what, struct en_arena *a,
                     struct en_breaches *out)
{
    const char *item = NULL;
    size_t size = 0;

    while ((wanted = en_list_next(wanted, &item, &size)) != NULL) {
        const char *word = en_arena_copy(a, item, size);

        if (held == NULL || word == NULL || !en_list_has(held, word)) {
            en_breach_add(out, "sign-privilege", "PractitionerRole.specialty", a,
                          "who signs does not hold the privilege for the %s %.*s", what, (int)size,
                          item);
        }
    }
}

const char *care_needing_privilege(const char *guidance, struct en_arena *a)
{
    const char *item = NULL, *list = guidance, *out = "";
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (!(size == 2 && item[0] == 'L' && item[1] == 'M')) {
            const char *more =
                en_arena_print(a, "%s%s%.*s", out, out[0] == '\0' ? "" : "; ", (int)size, item);

            out = more == NULL ? guidance : more;
        }
    }
    return out;
}

static void check_signer(const struct en_care *care, const struct en_signing *s, struct en_arena *a,
                         struct en_breaches *out)
{
    care_check_licence(care, s->signer, a, out);
    if (s->signer == NULL) {
        return;
    }
    if (en_text_is_empty(s->regions)) {
        en_breach_add(out, "sign-session", "Procedure.bodySite", a,
                      "the region that was treated is not recorded");
    } else {
        care_check_held(s->regions, s->signer->regions, "region", a, out);
    }
    if (s->guidance == NULL) {
        en_breach_add(out, "sign-session", "Procedure.extension", a,
                      "how the needle was guided is not recorded: session-guidance LM, US, FL or "
                      "CT");
    } else {
        care_check_held(care_needing_privilege(s->guidance, a), s->signer->guidance, "guidance", a,
                        out);
    }
}

static void check_checklist(const struct en_knowledge *k, const enum en_truth *answers,
                            struct en_arena *a, struct en_breaches *out)
{
    const struct en_table *table = en_table_get(k, "checklist");

    if (answers == NULL) {
        en_breach_add(out, "sign-checklist", "QuestionnaireResponse", a,
                      "there is no completed checklist of this session");
        return;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const bool may_be_no = !en_text_equal(en_cell(row, "required"), "yes");

        if (!en_cell_bool(row, "before_signing") || answers[i] == EN_TRUE ||
            (may_be_no && answers[i] == EN_FALSE)) {
            continue;
        }
        en_breach_add(out, "sign-checklist", "QuestionnaireResponse.item", a,
                      answers[i] == EN_UNKNOWN ? "%s is not answered" : "%s was not done",
                      en_cell(row, "id"));
    }
}

static void check_assessment(const struct en_knowledge *k, const struct en_signing *s,
                             struct en_arena *a, struct en_breaches *out)
{
    const double most_h = en_limit(k, "checklist.rules_max_age");

    if (!(s->assessment_age_h >= 0.0 && s->assessment_age_h <= most_h)) {
        en_breach_add(out, "sign-assessment", "GuidanceResponse.occurrenceDateTime", a,
                      "there is no assessment of the last %.0f h: run $assess", most_h);
        return;
    }
    if (!s->assessment_allows) {
        en_breach_add(out, "sign-assessment", "GuidanceResponse.extension", a,
                      "the verdict of the last assessment does not allow a session");
    }
    if (!s->assessment_fits) {
        en_breach_add(out, "sign-assessment", "Procedure.bodySite", a,
                      "the last assessment was made for other sites or another problem: run "
                      "$assess with the target, or the sites, of this session");
    }
    if (s->has_changed_since) {
        en_breach_add(out, "sign-assessment", "GuidanceResponse", a,
                      "the record changed after the last assessment: run $assess again");
    }
}

void en_session_check_signing(const struct en_care *care, const struct en_signing *s,
                              struct en_arena *a, struct en_breaches *out)
{
    if (s->administrations == 0) {
        en_breach_add(out, "sign-session", "MedicationAdministration.partOf", a,
                      "nothing is recorded as given in this session");
    }
    check_signer(care, s, a, out);
    if (!s->has_consent) {
        en_breach_add(out, "sign-consent", "Consent", a,
                      "there is no active consent of the patient for treatment, valid today");
    }
    check_checklist(care->knowledge, s->checklist, a, out);
    check_assessment(care->knowledge, s, a, out);
}
