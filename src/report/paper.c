/* SPDX-License-Identifier: Apache-2.0 */
#include "report/paper.h"

#include "base/limits.h"

#include <assert.h>

static const struct paper {
    const char *name, *title;
    double font; /* [pt]: patients read larger type */
    en_body *body;
} PAPERS[EN_PAPER_COUNT] = {
    [EN_PAPER_PLAN] = {"plan", "Injection plan", 8.0, en_paper_plan_body},
    [EN_PAPER_LEAFLET] = {"leaflet", "Information for you", 11.0, en_paper_leaflet_body},
    [EN_PAPER_CONSENT] = {"consent", "Consent", 10.6, en_paper_consent_body},
    [EN_PAPER_AFTERCARE] = {"aftercare", "After your injection", 10.8, en_paper_aftercare_body},
    [EN_PAPER_FORECAST] = {"forecast", "Forecast", 8.0, en_paper_outlook_body},
};

const char *en_paper_name(enum en_paper paper)
{
    assert(paper < EN_PAPER_COUNT);
    return PAPERS[paper].name;
}

bool en_report_is_blocked(const struct en_report *r)
{
    return en_words_is_blocked(r);
}

/* The texts that care/ writes for the patient. */
static enum en_status fill_texts(struct en_paper_content *content, struct en_arena *a,
                                 struct en_err *err)
{
    const struct en_report *r = content->report;
    const struct en_care care = {.knowledge = r->knowledge, .today = r->today};
    static const enum en_document DOCUMENTS[EN_PAPER_COUNT] = {
        [EN_PAPER_LEAFLET] = EN_DOCUMENT_LEAFLET,
        [EN_PAPER_CONSENT] = EN_DOCUMENT_CONSENT,
        [EN_PAPER_AFTERCARE] = EN_DOCUMENT_CALL,
    };
    const enum en_document document = DOCUMENTS[content->paper];

    EN_TRY(en_document_text(&care, r->c, r->plan, document, a, &content->paragraphs,
                            &content->paragraph_count, err));
    if (content->paper == EN_PAPER_AFTERCARE && r->plan->session_count > 0) {
        EN_TRY(en_aftercare(&care, r->c, r->plan, r->plan->sessions[0].day, a, &content->aftercare,
                            &content->aftercare_count, err));
    }
    return EN_OK;
}

static enum en_status fill_charts(struct en_paper_content *content, struct en_words *w,
                                  struct en_err *err)
{
    if (content->report->forecast == NULL || !en_words_has_plan(content->report)) {
        return EN_OK;
    }
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        EN_TRY(en_chart_init(&content->charts[o], w, content->report, o, err));
    }
    content->has_charts = true;
    return EN_OK;
}

/* Charts and sentences of an outlook. */
static enum en_status fill_outlook(struct en_paper_content *content, struct en_words *w,
                                   struct en_err *err)
{
    const struct en_report *r = content->report;

    EN_TRY(fill_charts(content, w, err));
    EN_TRY(en_words_sayings(w, r, &content->sayings, err));
    if (!en_words_is_course(r->forecast)) {
        return EN_OK;
    }
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        EN_TRY(en_chart_init_before(&content->before[o], w, r, o, err));
    }
    content->has_before = true;
    return EN_OK;
}

static const char *head_left(struct en_words *w, const struct en_report *r)
{
    const struct en_person *p = r->c == NULL ? NULL : &r->c->person;
    const char *name = p == NULL || p->name == NULL ? "name unknown" : en_words_clean(w, p->name);
    const char *id = p == NULL || p->id == NULL ? "id unknown" : en_words_clean(w, p->id);

    /* Isolates keep a right-to-left name from reordering what stands behind it. */
    return en_words_print(w, "\u2068%s\u2069 · %s", name, id);
}

static enum en_status write_paper(struct en_paper_content *content, struct en_words *w,
                                  struct en_buf *pdf, struct en_err *err)
{
    const struct en_report *r = content->report;
    const struct paper *p = &PAPERS[content->paper];
    const bool is_clinicians =
        content->paper == EN_PAPER_PLAN || content->paper == EN_PAPER_FORECAST;
    char date[EN_DATE_TEXT_MAX];

    content->version = r->knowledge == NULL ? "unknown" : en_knowledge_version(r->knowledge);
    if (content->paper == EN_PAPER_PLAN) {
        EN_TRY(fill_charts(content, w, err));
    } else if (content->paper == EN_PAPER_FORECAST) {
        EN_TRY(fill_outlook(content, w, err));
    } else {
        EN_TRY(fill_texts(content, w->arena, err));
    }
    const char *title = en_words_has_plan(r) ? p->title
                        : r->is_verdict_only ? "Assessment"
                                             : "Assessment without a plan";
    const struct en_sheet sheet = {
        .title = title,
        .head_left = head_left(w, r),
        .head_right = en_words_print(w, "%s · %s", title, en_date_text(r->today, date)),
        .foot = en_words_print(w, "Enthesis, knowledge %s%s", content->version,
                               is_clinicians ? ". " EN_WORDS_DAGGER ". Options, "
                                               "not orders."
                                             : ""),
        .today = r->today,
        .font = p->font,
    };

    return en_layout_write(&sheet, w, p->body, content, pdf, err);
}

enum en_status en_paper_write(const struct en_report *r, enum en_paper paper, struct en_buf *pdf,
                              struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_OUTPUT_MAX);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};

    assert(paper < EN_PAPER_COUNT);
    if (paper != EN_PAPER_PLAN && !en_words_has_plan(r)) {
        return en_fail(err, EN_EINVAL, "no %s without a plan that the verdict allows",
                       en_paper_name(paper));
    }
    struct en_paper_content *content = EN_NEW(&arena, struct en_paper_content, 1);
    enum en_status st = EN_OK;

    if (content == NULL) {
        st = en_fail(err, EN_ENOMEM, "no memory for a document");
    } else {
        content->report = r;
        content->paper = paper;
        st = write_paper(content, &w, pdf, err);
    }
    en_arena_free(&arena);
    return st;
}
