/* SPDX-License-Identifier: Apache-2.0 */
#include "report/paper.h"

#include "base/limits.h"
#include "base/text.h"

#include <assert.h>

/* What a document needs beside the report. */
typedef enum en_status paper_fill(struct en_paper_content *content, struct en_words *w,
                                  struct en_err *err);
static paper_fill fill_texts, fill_charts, fill_outlook, fill_nothing;

static const struct paper {
    const char *name, *title;
    double font; /* [pt]: patients read larger type */
    en_body *body;
    paper_fill *fill;
    bool is_patients;
    bool needs_plan; /* one that the verdict allows */
} PAPERS[EN_PAPER_COUNT] = {
    [EN_PAPER_PLAN] = {"plan", "Injection plan", 8.0, en_paper_plan_body, fill_charts, false,
                       false},
    [EN_PAPER_LEAFLET] = {"leaflet", "Information for you", 11.0, en_paper_leaflet_body, fill_texts,
                          true, true},
    [EN_PAPER_CONSENT] = {"consent", "Consent", 10.6, en_paper_consent_body, fill_texts, true,
                          true},
    [EN_PAPER_AFTERCARE] = {"aftercare", "After your injection", 10.8, en_paper_aftercare_body,
                            fill_texts, true, true},
    [EN_PAPER_FORECAST] = {"forecast", "Forecast", 8.0, en_paper_outlook_body, fill_outlook, false,
                           true},
    [EN_PAPER_NOTE] = {"note", "Note of a session", 8.6, en_paper_note_body, fill_nothing, false,
                       false},
    [EN_PAPER_LETTER] = {"letter", "Letter of referral", 9.4, en_paper_letter_body, fill_nothing,
                         false, false},
};

const char *en_paper_name(enum en_paper paper)
{
    assert(paper < EN_PAPER_COUNT);
    return PAPERS[paper].name;
}

const char *en_paper_title_of(enum en_paper paper)
{
    assert(paper < EN_PAPER_COUNT);
    return PAPERS[paper].title;
}

bool en_paper_is_patients(enum en_paper paper)
{
    assert(paper < EN_PAPER_COUNT);
    return PAPERS[paper].is_patients;
}

bool en_paper_needs_plan(enum en_paper paper)
{
    assert(paper < EN_PAPER_COUNT);
    return PAPERS[paper].needs_plan;
}

bool en_paper_find(const char *name, enum en_paper *out)
{
    for (int i = 0; i < EN_PAPER_COUNT; i++) {
        if (en_text_equal(PAPERS[i].name, name)) {
            *out = (enum en_paper)i;
            return true;
        }
    }
    return false;
}

bool en_report_is_blocked(const struct en_report *r)
{
    return en_words_is_blocked(r);
}

/* The texts that care/ writes for the patient. */
static enum en_status fill_texts(struct en_paper_content *content, struct en_words *w,
                                 struct en_err *err)
{
    const struct en_report *r = content->report;
    const struct en_care care = {.knowledge = r->knowledge, .today = r->today};
    static const enum en_document DOCUMENTS[] = {
        [EN_PAPER_LEAFLET] = EN_DOCUMENT_LEAFLET,
        [EN_PAPER_CONSENT] = EN_DOCUMENT_CONSENT,
        [EN_PAPER_AFTERCARE] = EN_DOCUMENT_CALL,
    };
    const enum en_document document = DOCUMENTS[content->paper];

    EN_TRY(en_document_text(&care, r->c, r->plan, document, w->arena, &content->paragraphs,
                            &content->paragraph_count, err));
    if (content->paper == EN_PAPER_AFTERCARE && r->plan->session_count > 0) {
        EN_TRY(en_aftercare(&care, r->c, r->plan, r->plan->sessions[0].day, w->arena,
                            &content->aftercare, &content->aftercare_count, err));
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

static enum en_status fill_nothing(struct en_paper_content *content, struct en_words *w,
                                   struct en_err *err)
{
    const struct en_report *r = content->report;

    (void)w;
    if (r->c == NULL || (content->paper == EN_PAPER_NOTE && r->note == NULL)) {
        return en_fail(err, EN_EINVAL, "no %s without a %s", en_paper_name(content->paper),
                       r->c == NULL ? "case" : "session");
    }
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

/* Whether a text of the paper is one that no clinician has approved. */
static bool has_unapproved(const struct en_paper_content *content)
{
    for (size_t i = 0; i < content->paragraph_count; i++) {
        const struct en_row *row = content->paragraphs[i].row;

        if (row != NULL && *en_cell(row, "approved_by") == '\0') {
            return true;
        }
    }
    return false;
}

static const char *foot_of(struct en_words *w, const struct en_paper_content *content)
{
    const char *more = "";

    if (!PAPERS[content->paper].is_patients) {
        more = ". " EN_WORDS_DAGGER ". Options, not orders.";
    } else if (has_unapproved(content)) {
        more = ". Its words are not yet approved by a clinician.";
    }
    return en_words_print(
        w, "Enthesis, knowledge %s%s%s", content->version,
        strchr(content->version, '+') == NULL ? "" : " (with settings of this clinic's own)", more);
}

static enum en_status fill(struct en_paper_content *content, struct en_words *w, struct en_err *err)
{
    const struct en_report *r = content->report;

    content->version = r->knowledge == NULL ? "unknown" : en_knowledge_version(r->knowledge);
    return PAPERS[content->paper].fill(content, w, err);
}

static const char *title_of(const struct en_paper_content *content)
{
    const struct en_report *r = content->report;

    if (content->paper != EN_PAPER_PLAN || en_words_has_plan(r)) {
        return PAPERS[content->paper].title;
    }
    return r->is_verdict_only ? "Assessment" : "Assessment without a plan";
}

/* What stands on every page, and the content; all of it in the arena of the words. */
static enum en_status start_paper(const struct en_report *r, enum en_paper paper,
                                  struct en_words *w, struct en_paper_content **out,
                                  struct en_sheet *sheet, struct en_err *err)
{
    struct en_paper_content *content = EN_NEW(w->arena, struct en_paper_content, 1);
    char date[EN_DATE_TEXT_MAX];

    assert(paper < EN_PAPER_COUNT);
    if (PAPERS[paper].needs_plan && !en_words_has_plan(r)) {
        return en_fail(err, EN_EINVAL, "no %s without a plan that the verdict allows",
                       en_paper_name(paper));
    }
    if (content == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a document");
    }
    content->report = r;
    content->paper = paper;
    EN_TRY(fill(content, w, err));
    const char *title = title_of(content);

    *sheet = (struct en_sheet){
        .title = title,
        .head_left = head_left(w, r),
        .head_right = en_words_print(w, "%s · %s", title, en_date_text(r->today, date)),
        .foot = foot_of(w, content),
        .today = r->today,
        .font = PAPERS[paper].font,
    };
    *out = content;
    return EN_OK;
}

enum en_status en_paper_write(const struct en_report *r, enum en_paper paper, struct en_buf *pdf,
                              struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_OUTPUT_MAX);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_paper_content *content = NULL;
    struct en_sheet sheet;
    enum en_status st = start_paper(r, paper, &w, &content, &sheet, err);

    if (st == EN_OK) {
        st = en_layout_write(&sheet, &w, PAPERS[paper].body, content, pdf, err);
    }
    en_arena_free(&arena);
    return st;
}

enum en_status en_paper_blocks(const struct en_report *r, enum en_paper paper, struct en_arena *a,
                               struct en_blocks *out, struct en_err *err)
{
    struct en_words w = {.arena = a, .knowledge = r->knowledge, .today = r->today};
    struct en_paper_content *content = NULL;
    struct en_sheet sheet;

    EN_TRY(start_paper(r, paper, &w, &content, &sheet, err));
    return en_layout_record(&sheet, &w, PAPERS[paper].body, content, out, err);
}
