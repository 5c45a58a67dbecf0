/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static const char *side_letter(enum en_side side)
{
    static const char *const LETTERS[] = {"?", "L", "R", "L+R", "mid"};

    return (size_t)side < EN_COUNT(LETTERS) ? LETTERS[side] : "?";
}

/* Risks and reason in one paragraph; the source only where it is not that of the other sites. */
static void print_reasons(struct en_page *p, const struct en_plan_site *s, const char *common)
{
    struct en_words *w = p->w;
    const char *danger = en_words_cell(w, s->site, "danger");
    const char *risks = en_words_risks(w, s->site);
    const char *reason = en_words_clean(w, s->reason);
    const char *source = en_words_site_source(w, s);
    const char *why = en_words_print(w, "why: %s%s%s", *reason == '\0' ? "not told" : reason,
                                     strcmp(source, common) == 0 ? "" : " · ",
                                     strcmp(source, common) == 0 ? "" : source);

    if (*danger != '\0') {
        en_page_text(p, 8, "DANGER:", EN_INK_RED, danger);
    }
    if (*risks == '\0') {
        en_page_text(p, 8, "", EN_INK_FAINT, why);
    } else {
        en_page_text(p, 8, "", EN_INK_FAINT, en_words_print(w, "at risk: %s · %s", risks, why));
    }
}

static void print_site(struct en_page_table *t, const struct en_plan *plan,
                       const struct en_plan_site *s)
{
    struct en_words *w = t->page->w;
    const char *cells[] = {
        en_words_cell(w, s->site, "id"),
        en_words_cell(w, s->site, "structure"),
        side_letter(s->side),
        en_words_print(w, "%d×%s", s->points, en_words_number(w, s->volume_per_point_ml, 2)),
        en_words_fixed(w, s->volume_ml, 1),
        en_words_number(w, s->dextrose_percent, 1),
        en_words_cell(w, s->site, "needle"),
        en_words_print(w, "%s%s", en_words_clean(w, s->guidance), s->guidance_required ? "!" : ""),
        s->mix < plan->mix_count ? en_words_clean(w, plan->mixes[s->mix].label) : "?",
    };

    en_page_table_row(t, cells);
}

void en_terminal_sites(struct en_page *p, const struct en_plan *plan)
{
    struct en_page_table t = {
        .page = p,
        .columns = {{"site", 7, false},
                    {"structure", 0, false},
                    {"side", 4, false},
                    {"pts×mL", 7, true},
                    {"mL", 4, true},
                    {"%", 4, true},
                    {"needle", 16, false},
                    {"guide", 5, false},
                    {"mix", 3, false}},
        .count = 9,
    };

    const char *common = en_words_sites_source(p->w, plan);

    en_page_heading(p, "SITES");
    en_page_table_head(&t);
    for (size_t i = 0; i < plan->site_count; i++) {
        print_site(&t, plan, &plan->sites[i]);
        print_reasons(p, &plan->sites[i], common);
    }
    en_page_text(p, 0, "", EN_INK_FAINT,
                 "%: dextrose. guide: LM landmarks, US ultrasound, FL fluoroscopy, CT; ! required");
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(p->w, "source of the sites where no other is named: %s", common));
}

static void print_parts(struct en_page *p, const struct en_mix *mix)
{
    struct en_words *w = p->w;

    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_mix_part *part = &mix->parts[i];
        const bool is_rounded = fabs(part->exact_ml - part->ml) > 0.005;
        const char *exact =
            is_rounded ? en_words_print(w, " (exact %s mL)", en_words_number(w, part->exact_ml, 2))
                       : "";

        en_page_text(p, 4, en_words_print(w, "%zu.", i + 1), EN_INK_PLAIN,
                     en_words_print(w, "draw %s mL of %s%s", en_words_fixed(w, part->ml, 1),
                                    en_words_cell(w, part->stock, "title"), exact));
    }
}

static void print_mix(struct en_page *p, const struct en_plan *plan, const struct en_plan_mix *m)
{
    struct en_words *w = p->w;
    const struct en_mix *mix = &m->mix;
    const char *label = en_words_clean(w, m->label), *batch = en_words_batch(w, m);

    if (!mix->is_possible) {
        en_page_text(p, 1, label, EN_INK_RED,
                     en_words_print(w, "NOT POSSIBLE: %s", en_words_clean(w, mix->refusal)));
        if (mix->nearest != NULL) {
            en_page_text(p, 4, "nearest possible:", EN_INK_PLAIN, en_words_clean(w, mix->nearest));
        }
        return;
    }
    en_page_text(p, 1, label, EN_INK_PLAIN,
                 en_words_print(w, "%s mL: dextrose %s %%, anaesthetic %s %%, %s mOsm/L",
                                en_words_fixed(w, mix->volume_ml, 1),
                                en_words_number(w, mix->dextrose_percent, 2),
                                en_words_number(w, mix->anaesthetic_percent, 2),
                                en_words_fixed(w, mix->osmolarity_mosm_per_l, 0)));
    print_parts(p, mix);
    if (*batch != '\0') {
        en_page_text(p, 4, "!", EN_INK_YELLOW, batch);
    }
    if (mix->has_preservative) {
        en_page_text(p, 4, "!", EN_INK_YELLOW, "contains a preservative");
    }
    for (size_t i = 0; i < mix->warning_count; i++) {
        if (!en_words_is_shared(plan, mix->warnings[i])) {
            en_page_text(p, 4, "!", EN_INK_YELLOW, en_words_clean(w, mix->warnings[i]));
        }
    }
    for (size_t i = 0; i < mix->alternative_count; i++) {
        en_page_text(p, 4, "or", EN_INK_PLAIN, en_words_clean(w, mix->alternatives[i]));
    }
}

void en_terminal_mixes(struct en_page *p, const struct en_plan *plan)
{
    en_page_heading(p, "SOLUTIONS, for one session");
    for (size_t i = 0; i < plan->mix_count; i++) {
        print_mix(p, plan, &plan->mixes[i]);
    }
    const struct en_mix *first = plan->mix_count > 1 ? &plan->mixes[0].mix : NULL;

    for (size_t i = 0; first != NULL && i < first->warning_count; i++) {
        if (en_words_is_shared(plan, first->warnings[i])) {
            en_page_text(p, 1, "! all mixes:", EN_INK_YELLOW,
                         en_words_clean(p->w, first->warnings[i]));
        }
    }
}

/* Ten blocks for the share of a limit; dots when it is unknown. */
static const char *bar(struct en_words *w, double share)
{
    enum { BLOCKS = 10 };
    const char *out = "";
    const int filled = share >= 0.0 ? (int)fmin(ceil(share * BLOCKS - 1e-9), BLOCKS) : 0;

    for (int i = 0; i < BLOCKS; i++) {
        out = en_words_print(w, "%s%s", out, !(share >= 0.0) ? "?" : i < filled ? "█" : "░");
    }
    return out;
}

static void print_total(struct en_page *p, const char *what, double share, const char *amount)
{
    struct en_words *w = p->w;
    const char *mark =
        en_words_print(w, "%s%*s%s", what, 13 - en_page_columns(what), "", bar(w, share));

    en_page_text(p, 1, mark, share <= 1.0 ? EN_INK_PLAIN : EN_INK_RED, amount);
}

static void print_dose(struct en_page *p, const struct en_dose_line *d)
{
    struct en_words *w = p->w;
    const char *factor =
        d->factor < 1.0 ? en_words_print(w, ", reduced to %s: %s", en_words_share(w, d->factor),
                                         en_words_clean(w, d->factor_reason))
                        : "";

    print_total(p, en_words_clean(w, d->drug), d->fraction,
                en_words_print(w, "%s of %s mg (%s)%s", en_words_number(w, d->mg, 1),
                               en_words_number(w, d->max_mg, 0), en_words_share(w, d->fraction),
                               factor));
}

void en_terminal_totals(struct en_page *p, const struct en_plan *plan)
{
    struct en_words *w = p->w;
    const struct en_plan_totals *t = &plan->totals;

    en_page_heading(p, "TOTALS OF ONE SESSION, against limits");
    print_total(p, "volume", t->volume_ml / t->volume_limit_ml,
                en_words_print(w, "%s of %s mL in %d points", en_words_fixed(w, t->volume_ml, 1),
                               en_words_number(w, t->volume_limit_ml, 1), t->points));
    print_total(p, "dextrose", t->dextrose_g / t->dextrose_warn_g,
                en_words_print(w, "%s g, warning from %s g", en_words_number(w, t->dextrose_g, 2),
                               en_words_number(w, t->dextrose_warn_g, 1)));
    for (size_t i = 0; i < t->dose_count; i++) {
        print_dose(p, &t->doses[i]);
    }
    if (t->dose_count > 0) {
        print_total(
            p, "anaesthetic", t->load,
            en_words_print(w, "all drugs together: %s of the maximum", en_words_share(w, t->load)));
    }
    en_page_text(p, 1, "", EN_INK_PLAIN,
                 en_words_print(w, "Watch the patient for %d minutes.", t->observation_min));
}

void en_terminal_dates(struct en_page *p, const struct en_plan *plan)
{
    struct en_words *w = p->w;
    const char *schedule = en_words_cell(w, plan->schedule, "title");

    en_page_heading(p, "SESSIONS");
    if (*schedule != '\0') {
        en_page_text(p, 1, "", EN_INK_FAINT,
                     en_words_print(w, "%s · every %d days · %s", schedule, plan->interval_days,
                                    en_words_source(w, plan->schedule)));
    }
    for (size_t i = 0; i < plan->session_count; i++) {
        const struct en_plan_session *s = &plan->sessions[i];

        en_page_text(
            p, 1, en_words_print(w, "%2d.", s->number), EN_INK_PLAIN,
            en_words_print(w, "%s%s", en_words_day(w, s->day),
                           s->is_optional ? "  optional: only if the review says so" : ""));
    }
    en_terminal_followups(p, "follow-up", plan->followups, plan->followup_count);
}

void en_terminal_followups(struct en_page *p, const char *title, const struct en_dated_row *rows,
                           size_t count)
{
    struct en_words *w = p->w;
    const char *end = en_words_common_end(w, rows, count);

    if (count > 0) {
        en_page_text(p, 1, "", EN_INK_FAINT,
                     *end == '\0' ? title : en_words_print(w, "%s %s", title, end));
    }
    for (size_t i = 0; i < count; i++) {
        const en_day last = rows[i].to == EN_DAY_UNKNOWN ? rows[i].from : rows[i].to;
        const bool is_overdue = last != EN_DAY_UNKNOWN && last < w->today;

        en_page_text(p, 1, is_overdue ? "!" : "·", is_overdue ? EN_INK_YELLOW : EN_INK_PLAIN,
                     en_words_print(w, "%s: %s%s", en_words_span(w, &rows[i]),
                                    en_words_before(w, rows[i].text, end),
                                    is_overdue ? " (overdue)" : ""));
    }
}

void en_terminal_rehabilitation(struct en_page *p, const struct en_plan *plan)
{
    if (plan->rehabilitation_count > 0) {
        en_page_heading(p, "REHABILITATION");
        en_page_text(p, 1, "", EN_INK_PLAIN, en_words_phases(p->w, plan));
        en_page_text(p, 1, "", EN_INK_PLAIN, en_words_exercises(p->w, plan));
    }
}

void en_terminal_checklist(struct en_page *p, const struct en_plan *plan)
{
    size_t required = 0;

    if (plan->checklist_count == 0) {
        return;
    }
    for (size_t i = 0; i < plan->checklist_count; i++) {
        const struct en_row *row = plan->checklist[i].row;

        required += row != NULL && strcmp(en_cell(row, "required"), "yes") == 0 ? 1 : 0;
    }
    en_page_heading(p, "CHECKLIST");
    en_page_text(p, 1, "", EN_INK_PLAIN,
                 en_words_print(p->w, "%zu items, %zu always required: to tick on the plan sheet.",
                                plan->checklist_count, required));
}

void en_terminal_choices(struct en_page *p, const struct en_plan *plan)
{
    if (plan->alternative_count > 0) {
        en_page_heading(p, "ALTERNATIVES TO THE INJECTIONS");
        en_page_text(p, 1, "", EN_INK_PLAIN,
                     en_words_print(p->w, "%s.", en_words_choices(p->w, plan)));
    }
}

void en_terminal_alternatives(struct en_page *p, const struct en_plan *plan, bool is_blocked)
{
    struct en_words *w = p->w;

    if (plan->alternative_count == 0) {
        return;
    }
    en_page_heading(p, "ALTERNATIVES TO THE INJECTIONS");
    if (is_blocked) {
        en_page_text(p, 1, "", EN_INK_YELLOW, EN_WORDS_FIRST);
    }
    for (size_t i = 0; i < plan->alternative_count; i++) {
        const struct en_row *row = plan->alternatives[i];

        en_page_text(p, 1, "·", EN_INK_PLAIN,
                     en_words_print(w, "%s: %s", en_words_cell(w, row, "title"),
                                    en_words_cell(w, row, "text")));
    }
}

void en_terminal_costs(struct en_page *p, const struct en_plan *plan)
{
    struct en_words *w = p->w;

    if (plan->cost_count == 0 && plan->cover == NULL) {
        return;
    }
    en_page_heading(p, "COST AND PAYER");
    if (plan->cost_count > 0) {
        en_page_text(p, 1, "cost:", EN_INK_PLAIN, en_words_costs(w, plan));
    }
    if (plan->cover == NULL) {
        en_page_text(p, 1, "payer:", EN_INK_PLAIN,
                     "position unknown: ask before the first session");
        return;
    }
    en_page_text(p, 1, en_words_print(w, "%s:", en_words_cell(w, plan->cover, "payer")),
                 EN_INK_PLAIN,
                 en_words_print(w, "%s. %s", en_words_code(w, en_cell(plan->cover, "status")),
                                en_words_cell(w, plan->cover, "text")));
}
