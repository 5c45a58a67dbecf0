/* SPDX-License-Identifier: Apache-2.0
 * report/paper_letter: a letter that sends the patient on to a colleague, addressed blank. It says
 * what was found, what is not known, and what is asked; it states nothing that the record does not
 * hold. */
#include "report/paper.h"

#include "base/text.h"

#include <math.h>

static const struct en_colour RED = {0.72, 0.16, 0.06}, AMBER = {0.60, 0.39, 0.0};
static const struct en_colour GREEN = {0.0, 0.44, 0.33};

enum { LIST_MAX = 12 }; /* scores, sites and drugs in a letter; the record has the rest */

static void put_line(struct en_layout *l, const char *title, const char *text)
{
    en_layout_item(l, "•",
                   en_words_print(l->w, "%s: %s", title, *text == '\0' ? "not recorded" : text));
}

/* Why */

static void put_verdict(struct en_layout *l, const struct en_assessment *a)
{
    struct en_words *w = l->w;

    if (a == NULL) {
        return;
    }
    const bool is_fine = a->verdict == EN_VERDICT_SUITABLE;

    en_layout_box(l,
                  a->verdict == EN_VERDICT_NOT_SUITABLE ? RED
                  : is_fine                             ? GREEN
                                                        : AMBER,
                  en_words_print(w, "For injections: %s", en_verdict_text(a->verdict)),
                  en_words_print(w, "%s.", en_words_sentence(w, en_words_rules(w, a))));
}

static const char *advice_words(struct en_words *w, const struct en_review *v)
{
    return en_words_print(w, "%s: %s. %s", en_words_sentence(w, en_response_text(v->response)),
                          en_advice_text(v->advice), v->reason == NULL ? "" : v->reason);
}

static void put_review(struct en_layout *l, const struct en_report *r)
{
    if (r->review == NULL || r->review->sessions_given == 0) {
        return;
    }
    en_layout_box(l, r->review->advice == EN_ADVICE_CONTINUE ? GREEN : AMBER,
                  en_words_print(l->w, "After %d session%s", r->review->sessions_given,
                                 r->review->sessions_given == 1 ? "" : "s"),
                  advice_words(l->w, r->review));
}

static void put_reason(struct en_layout_table *t, const struct en_finding *f)
{
    struct en_words *w = t->layout->w;
    const struct en_layout_cell cells[] = {
        {.text = en_words_cell(w, f->rule, "title"),
         .sub = en_words_cell(w, f->rule, "id"),
         .is_bold = true,
         .colour = f->severity == EN_STOP ? &RED : &AMBER},
        {.text = en_words_inputs(w, f), .sub = en_words_cell(w, f->tier, "threshold")},
        {.text = en_words_cell(w, f->tier, "message"), .sub = en_words_source(w, f->tier)},
    };

    en_layout_table_row(t, cells);
}

static void put_reasons(struct en_layout *l, const struct en_report *r)
{
    const struct en_assessment *a = r->assessment;
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Rule", 24, false}, {"Finding", 34, false}, {"What it means", 42, false}},
        .count = 3,
        .scale = 0.95};
    size_t count = 0;

    en_layout_heading(l, "Why I refer");
    for (size_t i = 0; a != NULL && i < a->fired_count; i++) {
        count += a->findings[i].severity != EN_INFO ? 1 : 0;
    }
    if (count == 0) {
        en_layout_text(
            l, &plain, 0.0,
            "No rule speaks against the injections; the reason is mine and stands below.");
        return;
    }
    en_layout_table_head(&t);
    for (size_t i = 0; i < a->fired_count; i++) {
        if (a->findings[i].severity != EN_INFO) {
            put_reason(&t, &a->findings[i]);
        }
    }
}

/* Red flags */

enum flag { FLAG_PRESENT, FLAG_ABSENT, FLAG_UNKNOWN, FLAG_COUNT };

/* Facts that a red flag is asked by: those of two groups of the intake which say "yes" to it. */
static bool is_red_flag(const struct en_row *fact)
{
    return en_text_equal(en_cell(fact, "type"), "bool") &&
           en_list_has("red_flags; infection", en_cell(fact, "group")) &&
           !en_text_equal(en_cell(fact, "id"), "neuro_exam_done");
}

static enum flag flag_of(const struct en_fact_view *view, size_t i)
{
    const struct en_fact f = en_fact_seen(view, i, NULL);

    return f.kind != EN_FACT_BOOL ? FLAG_UNKNOWN : f.truth ? FLAG_PRESENT : FLAG_ABSENT;
}

static const char *flags_of(struct en_words *w, const struct en_report *r, enum flag wanted)
{
    const struct en_table *table = en_table_get(r->knowledge, "facts");
    const struct en_fact_view view = {r->knowledge, r->c->facts, r->today};
    const char *out = "";

    for (size_t i = 0; i < table->row_count && i < r->c->fact_count; i++) {
        if (is_red_flag(&table->rows[i]) && flag_of(&view, i) == wanted) {
            out = en_words_print(w, "%s%s%s", out, *out == '\0' ? "" : "; ",
                                 en_words_cell(w, &table->rows[i], "title"));
        }
    }
    return out;
}

static void put_flags(struct en_layout *l, const struct en_report *r)
{
    static const struct {
        const char *title;
        struct en_colour colour;
    } BOXES[FLAG_COUNT] = {
        [FLAG_PRESENT] = {"Present", {0.72, 0.16, 0.06}},
        [FLAG_ABSENT] = {"Looked for, not found", {0.0, 0.44, 0.33}},
        [FLAG_UNKNOWN] = {"Not asked, or too long ago", {0.60, 0.39, 0.0}},
    };
    struct en_layout_note notes[FLAG_COUNT];

    if (r->knowledge == NULL || r->c == NULL) {
        return;
    }
    for (int i = 0; i < FLAG_COUNT; i++) {
        const char *list = flags_of(l->w, r, (enum flag)i);

        notes[i] =
            (struct en_layout_note){BOXES[i].colour, BOXES[i].title, *list == '\0' ? "none" : list};
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Red flags");
    en_layout_boxes(l, notes, FLAG_COUNT);
}

/* What is known */

static const char *scores(struct en_words *w, const struct en_case *c)
{
    const char *out = "";
    size_t count = 0;

    for (size_t i = c->score_count; i-- > 0 && count < LIST_MAX;) {
        const struct en_score *s = &c->scores[i];
        const struct en_row *row = en_row_find(w->knowledge, "instruments", s->instrument);
        char date[EN_DATE_TEXT_MAX];

        out = en_words_print(w, "%s%s%s %s (%s)", out, count++ == 0 ? "" : "; ",
                             row == NULL ? s->instrument : en_words_cell(w, row, "title"),
                             en_words_number(w, s->value, 1), en_date_text(s->day, date));
    }
    return out;
}

static const char *examination(struct en_words *w, const struct en_case *c)
{
    static const char *const KINDS[] = {"tender", "lax", "motion"};
    const char *out = "";

    for (size_t i = 0; i < c->exam_count && i < LIST_MAX; i++) {
        const struct en_exam *e = &c->exams[i];
        const struct en_row *site = en_row_find(w->knowledge, "atlas", e->site);
        const char *where =
            site != NULL ? en_words_cell(w, site, "structure") : en_words_clean(w, e->structure);

        out = en_words_print(w, "%s%s%s, %s: %s %s%s", out, i == 0 ? "" : "; ", where,
                             en_side_text(e->side), KINDS[e->kind], en_words_number(w, e->value, 1),
                             e->kind == EN_EXAM_MOTION ? "°" : "");
    }
    return out;
}

static const char *treatments(struct en_words *w, const struct en_case *c)
{
    const char *out = "";
    char date[EN_DATE_TEXT_MAX];

    for (size_t i = 0; i < c->treatment_count && i < LIST_MAX; i++) {
        const struct en_past_treatment *t = &c->treatments[i];

        out =
            en_words_print(w, "%s%s%s (%s)", out, i == 0 ? "" : "; ", en_words_code(w, t->kind),
                           t->day == EN_DAY_UNKNOWN ? "date unknown" : en_date_text(t->day, date));
    }
    return out;
}

static const char *sessions(struct en_words *w, const struct en_case *c)
{
    const char *out = "";
    char date[EN_DATE_TEXT_MAX];

    for (size_t i = 0; i < c->session_count && i < LIST_MAX; i++) {
        out = en_words_print(w, "%s%s%s", out, i == 0 ? "" : ", ",
                             en_date_text(c->sessions[i].day, date));
    }
    return *out == '\0' ? "none" : out;
}

/* An empty list is "none" only when somebody said so: when a fact of the group is known as "no". */
static const char *none_of(const struct en_words *w, const struct en_case *c, const char *group)
{
    const struct en_table *table = en_table_get(w->knowledge, "facts");
    const struct en_fact_view view = {w->knowledge, c->facts, w->today};

    for (size_t i = 0; i < table->row_count && i < c->fact_count; i++) {
        const struct en_fact f = en_fact_seen(&view, i, NULL);

        if (en_text_equal(en_cell(&table->rows[i], "group"), group) && f.kind == EN_FACT_BOOL &&
            !f.truth) {
            return "none known";
        }
    }
    return "";
}

static const char *medicines(struct en_words *w, const struct en_case *c)
{
    const char *out = "";
    size_t count = 0;

    for (size_t i = 0; i < c->medication_count && count < LIST_MAX; i++) {
        if (c->medications[i].is_active && c->medications[i].text != NULL) {
            out = en_words_print(w, "%s%s%s", out, count++ == 0 ? "" : "; ",
                                 en_words_clean(w, c->medications[i].text));
        }
    }
    return *out == '\0' ? none_of(w, c, "medicines") : out;
}

static const char *allergies(struct en_words *w, const struct en_case *c)
{
    const char *out = "";

    for (size_t i = 0; i < c->allergy_count && i < LIST_MAX; i++) {
        out = en_words_print(w, "%s%s%s", out, i == 0 ? "" : "; ",
                             en_words_clean(w, c->allergies[i].text));
    }
    return *out == '\0' ? none_of(w, c, "allergy") : out;
}

static const char *problem(struct en_words *w, const struct en_report *r)
{
    const struct en_target *first = r->c->target_count > 0 ? &r->c->targets[0] : NULL;
    const struct en_target *t = r->plan != NULL ? &r->plan->target : first;
    const en_day since = t == NULL ? EN_DAY_UNKNOWN : t->onset;
    char date[EN_DATE_TEXT_MAX];
    const char *onset = since == EN_DAY_UNKNOWN
                            ? "onset unknown"
                            : en_words_print(w, "since %s", en_date_text(since, date));

    return en_words_print(w, "%s, %s, %s", en_words_condition(w, r), en_words_side(w, r), onset);
}

static void put_known(struct en_layout *l, const struct en_report *r)
{
    const struct en_case *c = r->c;
    struct en_words *w = l->w;

    en_layout_heading(l, "What is known");
    put_line(l, "Problem", problem(w, r));
    put_line(l, "Scores, latest first", scores(w, c));
    put_line(l, "Examination", examination(w, c));
    put_line(l, "Treatment before", treatments(w, c));
    put_line(l, "Injection sessions given here", sessions(w, c));
    put_line(l, "Medicines", medicines(w, c));
    put_line(l, "Allergies", allergies(w, c));
}

static void put_unknown(struct en_layout *l, const struct en_assessment *a)
{
    struct en_words *w = l->w;

    en_layout_heading(l, "What is not known");
    if (a == NULL || a->question_count == 0) {
        en_layout_item(l, "•", "No question of the assessment is open.");
        return;
    }
    for (size_t i = 0; i < a->question_count && i < LIST_MAX; i++) {
        const struct en_question *q = &a->questions[i];

        en_layout_item(l, "•",
                       en_words_print(w, "%s%s", en_words_cell(w, q->fact, "title"),
                                      q->is_stale ? " (the value on record is too old)" : ""));
    }
    if (a->question_count > LIST_MAX) {
        en_layout_item(l, "•", en_words_print(w, "and %zu more", a->question_count - LIST_MAX));
    }
}

/* What is asked: of each rule what it says is to be done, and the question of the letter. */
static void put_asked(struct en_layout *l, const struct en_report *r)
{
    const struct en_assessment *a = r->assessment;
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    struct en_words *w = l->w;
    size_t number = 0;

    en_layout_heading(l, "What I ask of you");
    for (size_t i = 0; a != NULL && i < a->fired_count; i++) {
        const struct en_finding *f = &a->findings[i];

        if (f->severity != EN_INFO && (i == 0 || f->rule != a->findings[i - 1].rule)) {
            en_layout_item(l, en_words_print(w, "%zu.", ++number),
                           en_words_print(w, "%s: %s", en_words_cell(w, f->rule, "title"),
                                          en_words_cell(w, f->rule, "action")));
        }
    }
    en_layout_item(l, en_words_print(w, "%zu.", ++number),
                   en_words_text(w, "letter.ask",
                                 "Please confirm or change the diagnosis, and tell me what you "
                                 "advise."));
    en_layout_text(l, &plain, 0.0, en_words_text(w, "letter.hold", ""));
}

static void put_ends(struct en_layout *l, const void *content)
{
    static const char *const OWN[] = {"In my own words"};
    static const char *const LABELS[] = {"Clinician, licence", "Signature", "Date"};
    static const double WHOLE[] = {1.0}, SHARES[] = {0.42, 0.38, 0.20};

    (void)content;
    en_layout_space(l, 0.5 * l->sheet->font);
    en_layout_lines(l, OWN, WHOLE, EN_COUNT(OWN));
    en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
}

void en_paper_letter_body(struct en_layout *l, const void *content)
{
    static const char *const TO[] = {"To: colleague, department, telephone"};
    static const double WHOLE[] = {1.0};
    const struct en_report *r = ((const struct en_paper_content *)content)->report;
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    en_paper_title(l, r, "Letter of referral for");
    en_layout_lines(l, TO, WHOLE, EN_COUNT(TO));
    en_layout_text(l, &plain, 0.0, en_words_text(l->w, "letter.intro", "Dear colleague,"));
    put_verdict(l, r->assessment);
    put_review(l, r);
    put_reasons(l, r);
    put_flags(l, r);
    put_known(l, r);
    put_unknown(l, r->assessment);
    put_asked(l, r);
    en_layout_keep(l, put_ends, content);
}
