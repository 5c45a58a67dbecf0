/* SPDX-License-Identifier: Apache-2.0
 * Consent, leaflet and list of calls from the blocks of texts.tsv. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <string.h>

static const char *const CONSENT[] = {"what",          "why",          "how",        "off_label",
                                      "evidence",      "alternatives", "expected",   "risks",
                                      "harms_numbers", "cost",         "sessions",   "aftercare",
                                      "right_to_stop", "questions",    "signatures", "footer"};
static const char *const LEAFLET[] = {
    "what",        "how",      "evidence",       "alternatives", "expected", "leaflet_before",
    "leaflet_day", "sessions", "leaflet_course", "questions",    "footer"};
static const char *const CALL[] = {"call", "footer"};

/* An unknown never hides a risk; elsewhere a block needs its condition to be true. */
static const char SAFETY_SECTIONS[] = "risks; call";

static const struct {
    const char *region, *words;
} REGIONS[] = {
    {"wrist_hand", "wrist and hand"},     {"ankle_foot", "ankle and foot"},
    {"lumbar_si", "low back and pelvis"}, {"cervical", "neck"},
    {"thoracic", "chest and upper back"}, {"tmj", "jaw joint"},
};

enum { FILLS_MAX = 24, DAYS_PER_WEEK = 7 };

struct writing {
    struct care_pad *p;
    const struct en_plan *plan;
    struct care_scene scene;
    struct care_fill fills[FILLS_MAX];
    size_t fill_count;
    struct en_paragraph *out;
    size_t count;
};

/* Values of the placeholders */

static const char *region_words(const struct writing *w)
{
    const struct en_fact_view view = {
        .knowledge = w->p->k, .facts = w->scene.facts, .today = w->p->today};
    const char *region = care_code(&view, "region");

    for (size_t i = 0; region != NULL && i < EN_COUNT(REGIONS); i++) {
        if (en_text_equal(region, REGIONS[i].region)) {
            return REGIONS[i].words;
        }
    }
    return region;
}

static const char *solution_words(const struct writing *w)
{
    const char *list = "";

    for (size_t i = 0; i < w->plan->mix_count; i++) {
        const struct en_mix_request *r = &w->plan->mixes[i].request;
        const char *drug =
            r->anaesthetic == NULL || !(r->anaesthetic_percent > 0.0)
                ? ""
                : care_print(w->p, " with %g %% %s", r->anaesthetic_percent, r->anaesthetic);

        list = care_list_add(w->p, list,
                             care_print(w->p, "%g %% dextrose%s", r->dextrose_percent, drug));
    }
    return list;
}

static const char *session_words(const struct writing *w)
{
    size_t planned = 0;

    for (size_t i = 0; i < w->plan->session_count; i++) {
        planned += w->plan->sessions[i].is_optional ? 0 : 1;
    }
    if (planned == 0) {
        return NULL;
    }
    return planned == w->plan->session_count
               ? care_print(w->p, "%zu", planned)
               : care_print(w->p, "%zu, and up to %zu if the review says so", planned,
                            w->plan->session_count);
}

static const char *interval_words(const struct writing *w)
{
    const int days = w->plan->interval_days;

    if (days % DAYS_PER_WEEK == 0) {
        return care_print(w->p, "%d week%s", days / DAYS_PER_WEEK,
                          days == DAYS_PER_WEEK ? "" : "s");
    }
    return care_print(w->p, "%d days", days);
}

static const char *alternative_words(const struct writing *w)
{
    const char *list = "";

    for (size_t i = 0; i < w->plan->alternative_count; i++) {
        list = care_list_add(w->p, list, en_cell(w->plan->alternatives[i], "title"));
    }
    return list;
}

/* "event: sentence (164 of 342000, derived)": never a number without its denominator. */
static const char *rate_words(const struct writing *w)
{
    const struct en_table *table = en_table_get(w->p->k, "ae_rates");
    const char *list = "";

    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        if (care_scene_truth(w->p, &w->scene, en_cell_expr(row, "when")) != EN_TRUE) {
            continue;
        }
        const double n = en_cell_number(row, "numerator");
        const double of = en_cell_number(row, "denominator");
        const char *count = isnan(n) || isnan(of) ? ""
                                                  : care_print(w->p, " (%.10g of %.10g, %s)", n, of,
                                                               en_cell(row, "kind"));

        list = care_print(w->p, "%s%s%s: %s%s", list, list[0] == '\0' ? "" : " ",
                          en_cell(row, "event"), en_cell(row, "text"), count);
    }
    return list;
}

/* The sentence for the condition's grade: a block of section evidence_grade. */
static const char *grade_words(const struct writing *w)
{
    const struct en_table *table = en_table_get(w->p->k, "texts");

    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const struct en_expr *when = en_cell_expr(row, "when");

        if (en_text_equal(en_cell(row, "section"), "evidence_grade") &&
            en_text_equal(en_cell(row, "audience"), "patient") && when != NULL &&
            care_scene_truth(w->p, &w->scene, when) == EN_TRUE) {
            return en_cell(row, "text");
        }
    }
    return NULL;
}

static void fill(struct writing *w, const char *name, const char *value)
{
    if (w->fill_count < FILLS_MAX) {
        w->fills[w->fill_count++] = (struct care_fill){name, value};
    }
}

static void fill_all(struct writing *w, const struct en_case *c)
{
    const struct en_row *condition = w->plan->condition;
    const char *operator_name = c->practitioner_count > 0 ? c->practitioners[0].name : NULL;
    const char *version = en_knowledge_version(w->p->k);

    fill(w, "condition", condition == NULL ? w->plan->target.text : en_cell(condition, "title"));
    fill(w, "region", region_words(w));
    fill(w, "sessions", session_words(w));
    fill(w, "interval", interval_words(w));
    fill(w, "solution", solution_words(w));
    fill(w, "goals", NULL);
    fill(w, "evidence_for", condition == NULL ? NULL : en_cell(condition, "evidence_for"));
    fill(w, "evidence_against", condition == NULL ? NULL : en_cell(condition, "evidence_against"));
    fill(w, "evidence_grade", grade_words(w));
    fill(w, "alternatives", alternative_words(w));
    fill(w, "rates", rate_words(w));
    fill(w, "cost", NULL);
    fill(w, "clinic", care_policy(w->p->k, "clinic"));
    fill(w, "clinician", operator_name);
    fill(w, "clinic_phone", care_policy(w->p->k, "clinic_phone"));
    fill(w, "emergency_number", care_policy(w->p->k, "emergency_number"));
    fill(w, "out_of_hours", care_policy(w->p->k, "out_of_hours"));
    fill(w, "date", care_day_text(w->p, w->p->today));
    fill(w, "version", version);
    fill(w, "knowledge_version", version);
}

/* Paragraphs */

static bool is_printed(const struct writing *w, const struct en_row *row)
{
    if (!en_text_equal(en_cell(row, "audience"), "patient")) {
        return false;
    }
    const enum en_truth t = care_scene_truth(w->p, &w->scene, en_cell_expr(row, "when"));

    return t == EN_TRUE ||
           (t == EN_UNKNOWN && en_list_has(SAFETY_SECTIONS, en_cell(row, "section")));
}

static enum en_status add_paragraph(struct writing *w, const struct en_row *row, struct en_err *err)
{
    const char *unknown = NULL;
    const char *text = care_fill(w->p, en_cell(row, "text"), w->fills, w->fill_count, &unknown);

    if (text == NULL) {
        return en_fail(err, EN_EBUG, "text %s: placeholder {%s} is not known", en_cell(row, "id"),
                       unknown);
    }
    const struct en_row *banned = en_banned_phrase(w->p->k, text);

    if (banned != NULL) {
        return en_fail(err, EN_EBUG, "text %s holds the banned phrase \"%s\"", en_cell(row, "id"),
                       en_cell(banned, "pattern"));
    }
    w->out[w->count++] =
        (struct en_paragraph){.section = en_cell(row, "section"), .text = text, .row = row};
    return EN_OK;
}

static enum en_status add_section(struct writing *w, const char *section, struct en_err *err)
{
    const struct en_table *table = en_table_get(w->p->k, "texts");

    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        if (!en_text_equal(en_cell(row, "section"), section) || !is_printed(w, row)) {
            continue;
        }
        EN_TRY(add_paragraph(w, row, err));
    }
    return EN_OK;
}

static const char *const *sections_of(enum en_document document, size_t *count)
{
    switch (document) {
    case EN_DOCUMENT_LEAFLET:
        *count = EN_COUNT(LEAFLET);
        return LEAFLET;
    case EN_DOCUMENT_CALL:
        *count = EN_COUNT(CALL);
        return CALL;
    case EN_DOCUMENT_CONSENT:
        break;
    }
    *count = EN_COUNT(CONSENT);
    return CONSENT;
}

static enum en_status add_sections(struct writing *w, enum en_document document, struct en_err *err)
{
    size_t count = 0;
    const char *const *sections = sections_of(document, &count);

    for (size_t i = 0; i < count; i++) {
        EN_TRY(add_section(w, sections[i], err));
    }
    return EN_OK;
}

/* NOLINTNEXTLINE(readability-function-size): eight parameters, each a thing of its own */
enum en_status en_document_text(const struct en_care *care, const struct en_case *c,
                                const struct en_plan *plan, enum en_document document,
                                struct en_arena *a, struct en_paragraph **out, size_t *count,
                                struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct writing w = {.p = &p, .plan = plan};

    *out = NULL;
    *count = 0;
    EN_TRY(care_scene_make(care, c, &plan->target, plan, a, &w.scene, err));
    w.out = CARE_NEW(&p, struct en_paragraph, en_table_get(p.k, "texts")->row_count);
    fill_all(&w, c);
    EN_TRY(care_check(&p, "the document", err));
    EN_TRY(add_sections(&w, document, err));
    EN_TRY(care_check(&p, "the document", err));
    *out = w.out;
    *count = w.count;
    return EN_OK;
}
