/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_case: what was understood of a case, what was ignored, what is still unknown. */
#include "report/terminal.h"

#include "base/text.h"

enum { INDENT = 3 };

static void print_targets(struct en_page *p, const struct en_case *c)
{
    struct en_words *w = p->w;

    en_page_heading(p, "PROBLEMS");
    if (c->target_count == 0) {
        en_page_text(p, INDENT, "", EN_INK_YELLOW,
                     "None recognised: a Condition with a side and an onset is needed.");
    }
    for (size_t i = 0; i < c->target_count; i++) {
        const struct en_target *t = &c->targets[i];
        const struct en_row *row =
            t->condition == NULL ? NULL : en_row_find(w->knowledge, "conditions", t->condition);

        en_page_text(p, INDENT, en_words_print(w, "%zu.", i + 1),
                     row == NULL ? EN_INK_YELLOW : EN_INK_PLAIN,
                     en_words_print(w, "%s, %s, since %s",
                                    row == NULL ? en_words_print(w, "not recognised: %s",
                                                                 en_words_clean(w, t->text))
                                                : en_words_cell(w, row, "title"),
                                    en_side_text(t->side), en_words_day(w, t->onset)));
    }
}

/* Every fact that has a value, with its date and where it stands in the Bundle. */
static void print_facts(struct en_page *p, const struct en_case *c)
{
    const struct en_table *facts = en_table_get(p->w->knowledge, "facts");
    struct en_words *w = p->w;

    en_page_heading(p, "UNDERSTOOD");
    for (size_t i = 0; i < c->fact_count; i++) {
        const struct en_fact *f = &c->facts[i];

        if (f->kind != EN_FACT_UNKNOWN) {
            const struct en_input input = {.fact = en_cell(&facts->rows[i], "id"), .value = *f};

            en_page_text(p, INDENT, "", EN_INK_PLAIN, en_words_input(w, &input));
            en_page_text(p, INDENT + 3, "", EN_INK_FAINT, en_words_clean(w, f->origin));
        }
    }
}

static void print_ignored(struct en_page *p, const struct en_case *c)
{
    size_t count = 0;

    for (size_t i = 0; i < c->note_count; i++) {
        if (c->notes[i].kind == EN_NOTE_IGNORED) {
            if (count++ == 0) {
                en_page_heading(p, "IGNORED");
            }
            en_page_text(p, INDENT, "", EN_INK_PLAIN,
                         en_words_print(p->w, "%s: %s", en_words_clean(p->w, c->notes[i].path),
                                        en_words_clean(p->w, c->notes[i].what)));
        }
    }
    if (count == 0) {
        en_page_heading(p, "IGNORED");
        en_page_text(p, INDENT, "", EN_INK_PLAIN, "Nothing.");
    }
}

static void print_unknown(struct en_page *p, const struct en_assessment *a)
{
    en_page_heading(p, "STILL UNKNOWN, AND WANTED BY A RULE");
    if (a->question_count == 0) {
        en_page_text(p, INDENT, "", EN_INK_GREEN, "Nothing.");
    }
    for (size_t i = 0; i < a->question_count; i++) {
        const struct en_question *q = &a->questions[i];

        en_page_text(p, INDENT, en_words_print(p->w, "%s:", en_words_cell(p->w, q->fact, "id")),
                     EN_INK_PLAIN,
                     en_words_print(p->w, "%s%s", en_words_question(p->w, q->fact),
                                    q->is_stale ? " (the known value is too old)" : ""));
    }
}

enum en_status en_report_case(const struct en_care *care, const struct en_case *c,
                              const struct en_assessment *assessment, int width, bool use_colour,
                              struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(32 << 20);
    struct en_words w = {.arena = &arena, .knowledge = care->knowledge, .today = care->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};

    print_targets(&page, c);
    print_facts(&page, c);
    print_ignored(&page, c);
    print_unknown(&page, assessment);
    return en_page_end(&page, EN_OK, err);
}
