/* SPDX-License-Identifier: Apache-2.0
 * server/cds_card: what the rules found, as cards. Words come from the tables; nothing of the
 * patient stands on a card. */
#include "app/app.h"
#include "base/text.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/cds_inside.h"

#include <string.h>

enum { DETAIL_MAX = 64 << 10, QUESTIONS_MAX = 30 };

/* Why somebody may go on all the same; free words come beside it. */
static const struct {
    const char *code, *display;
} REASONS[] = {
    {"benefit-outweighs-risk", "The benefit outweighs the risk for this patient"},
    {"already-handled", "It is known and taken care of"},
    {"record-outdated", "The record is out of date or wrong"},
    {"second-signature", "A second clinician agreed"},
};

/* Text of the tables as GFM: what would be taken as markup is escaped. */
static void add_words(struct en_buf *b, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr("\\`*_[]<>|#~", *p) != NULL) {
            en_buf_add(b, "\\");
        }
        en_buf_add_bytes(b, p, 1);
    }
}

static void add_line(struct en_buf *b, const char *label, const char *text)
{
    if (!en_text_is_empty(text)) {
        en_buf_print(b, "\n\n**%s:** ", label);
        add_words(b, text);
    }
}

static void add_rule(struct en_buf *b, const struct en_finding *f)
{
    en_buf_print(b, "**%s** ", en_cell(f->rule, "id"));
    add_words(b, en_cell(f->rule, "title"));
    en_buf_print(b, " (%s): ", en_severity_text(f->severity));
    add_words(b, en_cell(f->tier, "message"));
}

static void add_grounds(struct en_buf *b, const struct en_row *row)
{
    const char *approved = en_cell(row, "approved_by");

    en_buf_add(b, "source ");
    add_words(b, en_cell(row, "source"));
    en_buf_print(b, "; grade %s; checked: %s; %s%s", en_cell(row, "grade"),
                 en_cell(row, "verified"), approved[0] == '\0' ? "" : "approved by ",
                 approved[0] == '\0' ? "not approved by a clinician" : approved);
}

static void add_about(struct en_buf *b, const struct en_cds_call *c, const char *about)
{
    en_buf_add(b, "\n\nChecked for: ");
    add_words(b, about == NULL ? "the case" : about);
    en_buf_print(
        b,
        ". Rules of Enthesis, knowledge %s, on the data that were sent; the tables are not "
        "approved by a clinician.",
        en_knowledge_version(c->server->knowledge));
}

/* At most so many bytes, cut between two letters. */
static const char *short_text(const struct en_cds_call *c, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text);

    if (size <= EN_CDS_SUMMARY_MAX) {
        return text;
    }
    size = EN_CDS_SUMMARY_MAX - 3;
    while (size > 0 && ((unsigned char)text[size] & 0xc0U) == 0x80U) {
        size--;
    }
    return en_arena_print(c->rq->arena, "%.*s...", (int)size, text);
}

/* The card; NULL when there is no more room: then it is counted. */
static struct en_cds_card *new_card(struct en_cds_call *c)
{
    if (c->card_count == EN_CDS_CARDS_MAX) {
        c->left_out++;
        return NULL;
    }
    struct en_cds_card *card = &c->cards[c->card_count++];

    en_cds_make_uuid(card->uuid);
    return card;
}

/* Take the text over; the buffer is free then. */
static enum en_status end_card(struct en_cds_call *c, struct en_cds_card *card, const char *summary,
                               struct en_buf *detail)
{
    enum en_status st = en_buf_check(detail, "a card", c->err);

    if (st == EN_OK) {
        card->summary = short_text(c, summary);
        card->detail = en_arena_copy(c->rq->arena, en_buf_text(detail), detail->size);
        if (card->summary == NULL || card->detail == NULL) {
            st = en_fail(c->err, EN_ENOMEM, "no memory for a card");
        }
    }
    en_buf_free(detail);
    return st;
}

enum en_status en_cds_add_note(struct en_cds_call *c, const char *rule, const char *summary,
                               const char *detail)
{
    struct en_cds_card *card = new_card(c);
    struct en_buf text = EN_BUF(DETAIL_MAX);

    if (card == NULL) {
        return EN_OK;
    }
    card->rule = rule;
    card->indicator = "warning";
    en_buf_add(&text, detail);
    return end_card(c, card, summary, &text);
}

enum en_status en_cds_add_rest(struct en_cds_call *c)
{
    struct en_cds_card *card = &c->cards[c->card_count];
    struct en_buf text = EN_BUF(DETAIL_MAX);

    if (c->left_out == 0) {
        return EN_OK;
    }
    en_cds_make_uuid(card->uuid);
    card->rule = "rest";
    card->indicator = c->left_stop ? "critical" : "warning";
    c->card_count++;
    en_buf_add(&text,
               "More rules apply than are shown here, the gravest of each order first. Assess "
               "the case in Enthesis itself to see all of them.");
    return end_card(c, card,
                    en_arena_print(c->rq->arena, "Prolotherapy: %zu more cards are not shown%s",
                                   c->left_out, c->left_stop ? ", with a stop among them" : ""),
                    &text);
}

static bool is_told(const struct en_cds_call *c, const char *tier)
{
    for (size_t i = 0; i < c->card_count; i++) {
        if (en_text_equal(c->cards[i].rule, tier)) {
            return true;
        }
    }
    return false;
}

/* What only informs would tire its readers. */
static bool is_shown(const struct en_finding *f)
{
    return !f->is_unknown && f->severity != EN_INFO;
}

/* One rule that applies. */
static enum en_status add_fired(struct en_cds_call *c, const struct en_finding *f,
                                const char *about)
{
    struct en_buf b = EN_BUF(DETAIL_MAX);
    struct en_cds_card *card = NULL;

    if (!is_shown(f) || is_told(c, en_cell(f->tier, "id"))) {
        return EN_OK;
    }
    card = new_card(c);
    if (card == NULL) {
        c->left_stop |= f->severity == EN_STOP;
        return EN_OK;
    }
    card->rule = en_cell(f->tier, "id");
    card->rule_code = en_cell(f->rule, "id");
    card->title = en_cell(f->rule, "title");
    card->indicator = f->severity == EN_STOP ? "critical" : "warning";
    card->has_override = f->has_override;
    add_rule(&b, f);
    add_line(&b, "What to do", en_cell(f->rule, "action"));
    add_line(&b, "Sites", f->sites);
    en_buf_add(&b, "\n\n**Grounds:** ");
    add_grounds(&b, f->tier);
    if (!f->has_override) {
        en_buf_add(&b, "\n\nThis rule has no override.");
    }
    add_about(&b, c, about);
    const char *summary =
        en_arena_print(c->rq->arena, "Prolotherapy, %s: %s (%s)", en_severity_text(f->severity),
                       card->title, card->rule_code);

    return end_card(c, card, summary, &b);
}

static bool is_blocking(const struct en_finding *f)
{
    return f->severity == EN_STOP || f->severity == EN_DEFER;
}

/* What must be known before anything can be decided. */
static size_t add_questions(struct en_buf *b, const struct en_assessment *a)
{
    size_t count = 0;

    for (size_t i = 0; i < a->question_count; i++) {
        const struct en_question *q = &a->questions[i];

        if (q->severity > EN_DEFER) {
            continue;
        }
        if (count++ < QUESTIONS_MAX) {
            en_buf_add(b, "\n- ");
            add_words(b, en_cell(q->fact, "question"));
            en_buf_add(b, q->is_stale ? " (what is known is too old)" : "");
        }
    }
    if (count > QUESTIONS_MAX) {
        en_buf_print(b, "\n- and %zu more", count - QUESTIONS_MAX);
    }
    return count;
}

static void add_waiting(struct en_buf *b, const struct en_assessment *a)
{
    const char *before = NULL;

    en_buf_add(b, "\n\n**Rules that wait:**");
    for (size_t i = 0; i < a->finding_count; i++) {
        const struct en_finding *f = &a->findings[i];
        const char *id = en_cell(f->rule, "id");

        if (f->is_unknown && is_blocking(f) && !en_text_equal(id, before)) {
            en_buf_print(b, "%s %s", before == NULL ? "" : ",", id);
            before = id;
        }
    }
    en_buf_add(b, before == NULL ? " those that nothing is decided without" : "");
}

/* Several orders may ask the same. */
static bool is_asked(const struct en_cds_call *c, const char *detail)
{
    for (size_t i = 0; i < c->card_count; i++) {
        if (en_text_equal(c->cards[i].detail, detail)) {
            return true;
        }
    }
    return false;
}

/* All that is unknown and blocks, as one card: forty cards of open questions are read by nobody. */
static enum en_status add_unknown(struct en_cds_call *c, const struct en_assessment *a,
                                  const char *about)
{
    struct en_buf b = EN_BUF(DETAIL_MAX);
    struct en_cds_card *card = NULL;
    bool is_open = a->verdict == EN_VERDICT_UNDECIDED;

    for (size_t i = 0; i < a->finding_count; i++) {
        is_open |= a->findings[i].is_unknown && is_blocking(&a->findings[i]);
    }
    if (!is_open) {
        return EN_OK;
    }
    en_buf_add(&b, "What is not known is not taken as harmless. To be asked or measured:\n");
    const size_t count = add_questions(&b, a);

    add_waiting(&b, a);
    add_about(&b, c, about);
    card = is_asked(c, en_buf_text(&b)) ? NULL : new_card(c);
    if (card == NULL) {
        en_buf_free(&b);
        return EN_OK;
    }
    card->rule = "unknown";
    card->indicator = "warning";
    card->has_override = true;
    return end_card(c, card,
                    en_arena_print(c->rq->arena,
                                   "Prolotherapy, cannot be decided: %zu facts are unknown", count),
                    &b);
}

/* What applies, in lines; each with its grounds. */
static enum en_status add_summary(struct en_cds_call *c, const struct en_assessment *a,
                                  const char *about)
{
    struct en_buf b = EN_BUF(DETAIL_MAX);
    struct en_cds_card *card = NULL;
    size_t counts[EN_SEVERITY_COUNT] = {0}, open = 0;

    for (size_t i = 0; i < a->finding_count; i++) {
        const struct en_finding *f = &a->findings[i];

        open += f->is_unknown && is_blocking(f) ? 1 : 0;
        counts[f->severity] += is_shown(f) ? 1 : 0;
    }
    if (counts[EN_STOP] + counts[EN_DEFER] + counts[EN_CAUTION] + open == 0 ||
        (card = new_card(c)) == NULL) {
        return EN_OK;
    }
    card->rule = "summary";
    card->indicator = counts[EN_STOP] > 0 ? "critical" : "warning";
    for (size_t i = 0; i < a->finding_count; i++) {
        if (is_shown(&a->findings[i])) {
            en_buf_add(&b, "- ");
            add_rule(&b, &a->findings[i]);
            en_buf_add(&b, " *(");
            add_grounds(&b, a->findings[i].tier);
            en_buf_add(&b, ")*\n");
        }
    }
    if (open > 0) {
        en_buf_add(&b, "\nNot known, to be asked or measured:\n");
        (void)add_questions(&b, a);
        add_waiting(&b, a);
    }
    add_about(&b, c, about);
    return end_card(c, card,
                    en_arena_print(c->rq->arena,
                                   "Prolotherapy, %s: %zu stop, %zu defer, %zu caution, %zu open",
                                   en_verdict_text(a->verdict), counts[EN_STOP], counts[EN_DEFER],
                                   counts[EN_CAUTION], open),
                    &b);
}

/* Those before which the open questions come: they block, cautions do not. */
static size_t blocking_end(const struct en_assessment *a)
{
    size_t i = 0;

    while (i < a->fired_count && a->findings[i].severity < EN_CAUTION) {
        i++;
    }
    return i;
}

static enum en_status add_fired_of(struct en_cds_call *c, const struct en_assessment *a,
                                   size_t from, size_t to, const char *about)
{
    for (size_t i = from; i < to; i++) {
        EN_TRY(add_fired(c, &a->findings[i], about));
    }
    return EN_OK;
}

enum en_status en_cds_add_cards(struct en_cds_call *c, const struct en_assessment *a,
                                bool is_summary, const char *about)
{
    const size_t end = blocking_end(a);

    if (is_summary) {
        return add_summary(c, a, about);
    }
    EN_TRY(add_fired_of(c, a, 0, end, about));
    EN_TRY(add_unknown(c, a, about));
    return add_fired_of(c, a, end, a->fired_count, about);
}

static void write_source(struct en_writer *w, const struct en_cds_card *card)
{
    en_write_open(w, "source", '{');
    en_write_text(w, "label", "Enthesis: rules for prolotherapy, not approved by a clinician");
    en_write_text(w, "url", EN_RULE_SYSTEM);
    if (card->rule_code != NULL) {
        en_write_open(w, "topic", '{');
        en_write_text(w, "code", card->rule_code);
        en_write_text(w, "system", EN_RULE_SYSTEM);
        en_write_text(w, "display", card->title);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_card(struct en_writer *w, const struct en_cds_card *card)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "uuid", card->uuid);
    en_write_text(w, "summary", card->summary);
    en_write_text(w, "detail", card->detail);
    en_write_text(w, "indicator", card->indicator);
    write_source(w, card);
    if (card->has_override) {
        en_write_open(w, "overrideReasons", '[');
        for (size_t i = 0; i < EN_COUNT(REASONS); i++) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "code", REASONS[i].code);
            en_write_text(w, "system", EN_FHIR_BASE "CodeSystem/override-reason");
            en_write_text(w, "display", REASONS[i].display);
            en_write_close(w);
        }
        en_write_close(w);
    }
    en_write_close(w);
}

enum en_status en_cds_write_cards(const struct en_cds_call *c)
{
    struct en_writer w = EN_WRITER(&c->rs->body);

    c->rs->status = 200;
    c->rs->content_type = "application/json";
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "cards", '[');
    for (size_t i = 0; i < c->card_count; i++) {
        write_card(&w, &c->cards[i]);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the cards", c->err);
}
