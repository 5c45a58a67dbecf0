/* SPDX-License-Identifier: Apache-2.0
 * report/paper_session: sites, solutions, totals, dates, checklist of the clinician's document. */
#include "report/paper.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static const struct en_colour RED = {0.72, 0.16, 0.06};
static const struct en_colour GREEN = {0.0, 0.44, 0.33};

static const char *side_word(struct en_words *w, enum en_side side)
{
    return side == EN_SIDE_UNKNOWN ? "side?" : en_words_clean(w, en_side_text(side));
}

static void put_site(struct en_layout_table *t, const struct en_plan *plan,
                     const struct en_plan_site *s, const char *common)
{
    struct en_words *w = t->layout->w;
    const char *source = en_words_site_source(w, s), *reason = en_words_clean(w, s->reason);
    const bool is_common = strcmp(source, common) == 0;
    const char *danger = en_words_cell(w, s->site, "danger");
    const char *risks = en_words_risks(w, s->site);
    const char *ml = en_words_number(w, s->volume_per_point_ml, 2);
    const struct en_layout_cell cells[] = {
        {.text = en_words_cell(w, s->site, "id"), .sub = side_word(w, s->side), .is_bold = true},
        {.text = en_words_cell(w, s->site, "structure"),
         .sub = is_common ? reason : en_words_print(w, "%s · %s", reason, source)},
        {.text = en_words_print(w, "%d × %s", s->points, ml),
         .sub = en_words_print(w, "%s mL", en_words_fixed(w, s->volume_ml, 1))},
        {.text = en_words_print(w, "%s %%", en_words_number(w, s->dextrose_percent, 1)),
         .sub = s->mix < plan->mix_count
                    ? en_words_print(w, "mix %s", en_words_clean(w, plan->mixes[s->mix].label))
                    : "mix unknown"},
        {.text = en_words_cell(w, s->site, "needle")},
        {.text = en_words_guidance(s->guidance),
         .sub = s->guidance_required ? "required" : NULL,
         .is_bold = s->guidance_required},
        {.text = *danger == '\0' ? NULL : danger, .sub = risks, .is_bold = true, .colour = &RED},
    };

    en_layout_table_row(t, cells);
}

void en_paper_sites(struct en_layout *l, const struct en_plan *plan)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Site", 7.5, false},
                    {"Structure, why", 39.5, false},
                    {"Points", 8, true},
                    {"Dextrose", 8.5, true},
                    {"Needle", 13.5, false},
                    {"Guidance", 11, false},
                    {"At risk", 17, false}},
        .count = 7,
        .scale = 0.95,
    };

    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const char *common = en_words_sites_source(l->w, plan);

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Sites");
    en_layout_table_head(&t);
    for (size_t i = 0; i < plan->site_count; i++) {
        put_site(&t, plan, &plan->sites[i], common);
    }
    en_layout_space(l, 2.0);
    en_layout_text(l, &faint, 0.0,
                   en_words_print(l->w, "Source where no other is named: %s.", common));
}

static const char *steps_of(struct en_words *w, const struct en_mix *mix)
{
    const char *out = "";

    if (!mix->is_possible) {
        return en_words_print(
            w, "NOT POSSIBLE: %s%s%s", en_words_clean(w, mix->refusal),
            mix->nearest == NULL ? "" : " Nearest possible: ", en_words_clean(w, mix->nearest));
    }
    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_mix_part *p = &mix->parts[i];
        const bool is_rounded = fabs(p->exact_ml - p->ml) > 0.005;
        const char *exact =
            is_rounded ? en_words_print(w, " (exact %s)", en_words_number(w, p->exact_ml, 2)) : "";

        out =
            en_words_print(w, "%s%s%zu. %s mL%s %s", out, i == 0 ? "" : "\n", i + 1,
                           en_words_fixed(w, p->ml, 1), exact, en_words_cell(w, p->stock, "title"));
    }
    return out;
}

/* Warnings of this mix alone; those of all mixes stand below the table. */
static const char *notes_of(struct en_words *w, const struct en_plan *plan,
                            const struct en_plan_mix *m)
{
    const struct en_mix *mix = &m->mix;
    const char *batch = en_words_batch(w, m);
    const char *out = *batch == '\0' ? "" : en_words_print(w, "%s. ", batch);

    if (mix->has_preservative) {
        out = en_words_print(w, "%sContains a preservative. ", out);
    }

    for (size_t i = 0; i < mix->warning_count; i++) {
        if (!en_words_is_shared(plan, mix->warnings[i])) {
            out = en_words_print(w, "%s%s ", out,
                                 en_words_sentence(w, en_words_clean(w, mix->warnings[i])));
        }
    }
    for (size_t i = 0; i < mix->alternative_count; i++) {
        out = en_words_print(w, "%sOr: %s ", out, en_words_clean(w, mix->alternatives[i]));
    }
    return out;
}

static void put_shared(struct en_layout *l, const struct en_plan *plan)
{
    const struct en_mix *first = plan->mix_count > 1 ? &plan->mixes[0].mix : NULL;

    for (size_t i = 0; first != NULL && i < first->warning_count; i++) {
        if (en_words_is_shared(plan, first->warnings[i])) {
            en_layout_item(
                l, "!",
                en_words_print(l->w, "All mixes: %s", en_words_clean(l->w, first->warnings[i])));
        }
    }
}

void en_paper_mixes(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Mix", 6, false},
                    {"Volume", 9, true},
                    {"Steps", 48, false},
                    {"Dextrose", 10, true},
                    {"Anaesthetic", 12, true},
                    {"Osmolarity", 13, true}},
        .count = 6,
        .scale = 0.95,
    };

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Solutions for one session");
    en_layout_table_head(&t);
    for (size_t i = 0; i < plan->mix_count; i++) {
        const struct en_mix *m = &plan->mixes[i].mix;
        const bool ok = m->is_possible;
        const struct en_layout_cell cells[] = {
            {.text = en_words_clean(w, plan->mixes[i].label), .is_bold = true},
            {.text = ok ? en_words_print(w, "%s mL", en_words_fixed(w, m->volume_ml, 1)) : NULL},
            {.text = steps_of(w, m),
             .sub = notes_of(w, plan, &plan->mixes[i]),
             .colour = ok ? NULL : &RED},
            {.text = ok ? en_words_print(w, "%s %%", en_words_number(w, m->dextrose_percent, 2))
                        : NULL},
            {.text = ok ? en_words_print(w, "%s %%", en_words_number(w, m->anaesthetic_percent, 2))
                        : NULL},
            {.text =
                 ok ? en_words_print(w, "%s mOsm/L", en_words_fixed(w, m->osmolarity_mosm_per_l, 0))
                    : NULL},
        };

        en_layout_table_row(&t, cells);
    }
    en_layout_space(l, 2.0);
    put_shared(l, plan);
}

/* "volume 15.5 of 30 mL (52 %)", one total in a line; *is_over when it is not surely below. */
static const char *total_words(struct en_words *w, const char *before, const char *what,
                               double share, bool *is_over)
{
    *is_over = *is_over || !(share <= 1.0);
    /* The blank is one that does not break the line. */
    const char *part =
        isfinite(share) ? en_words_print(w, "%.0f\u00a0%%", 100.0 * share) : "unknown";

    return en_words_print(w, "%s%s%s (%s)", before, *before == '\0' ? "" : "\n", what, part);
}

static const char *dose_words(struct en_words *w, const struct en_dose_line *d)
{
    const char *factor = "";

    if (d->factor < 1.0) {
        factor = en_words_print(w, ", maximum reduced to %s: %s", en_words_share(w, d->factor),
                                en_words_clean(w, d->factor_reason));
    }
    return en_words_print(w, "%s %s of %s mg%s", en_words_sentence(w, en_words_clean(w, d->drug)),
                          en_words_number(w, d->mg, 1), en_words_number(w, d->max_mg, 0), factor);
}

static struct en_layout_note totals_note(struct en_words *w, const struct en_plan_totals *t)
{
    bool is_over = false;
    const char *out =
        total_words(w, "",
                    en_words_print(w, "Volume %s of %s mL", en_words_fixed(w, t->volume_ml, 1),
                                   en_words_number(w, t->volume_limit_ml, 1)),
                    t->volume_ml / t->volume_limit_ml, &is_over);

    out = total_words(w, out,
                      en_words_print(w, "Dextrose %s g, warning at %s g",
                                     en_words_number(w, t->dextrose_g, 2),
                                     en_words_number(w, t->dextrose_warn_g, 1)),
                      t->dextrose_g / t->dextrose_warn_g, &is_over);
    for (size_t i = 0; i < t->dose_count; i++) {
        out = total_words(w, out, dose_words(w, &t->doses[i]), t->doses[i].fraction, &is_over);
    }
    if (t->dose_count > 1) {
        out = total_words(w, out, "All anaesthetics together", t->load, &is_over);
    }
    out = en_words_print(w, "%s\n%d points\nWatch the patient for %d minutes", out, t->points,
                         t->observation_min);
    return (struct en_layout_note){is_over ? RED : GREEN, "Totals of one session", out};
}

static const char *session_words(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->session_count; i++) {
        const struct en_plan_session *s = &plan->sessions[i];

        out = en_words_print(w, "%s%s%d. %s%s", out, i == 0 ? "" : "\n", s->number,
                             en_words_day(w, s->day), s->is_optional ? " optional" : "");
    }
    return out;
}

/* One line for each; `end` is what all of them are about. */
static const char *followup_words(struct en_words *w, const struct en_plan *plan, const char *end)
{
    const char *out = "";

    for (size_t i = 0; i < plan->followup_count; i++) {
        const struct en_dated_row *d = &plan->followups[i];
        char from[EN_DATE_TEXT_MAX], to[EN_DATE_TEXT_MAX];
        const char *days = d->from == EN_DAY_UNKNOWN ? "date unknown" : en_date_text(d->from, from);

        if (d->from != EN_DAY_UNKNOWN && d->to != EN_DAY_UNKNOWN && d->to != d->from) {
            days = en_words_print(w, "%s to %s", from, en_date_text(d->to, to));
        }
        out = en_words_print(w, "%s%s%s: %s", out, i == 0 ? "" : "\n", days,
                             en_words_before(w, d->text, end));
    }
    return *out == '\0' ? "none planned" : out;
}

/* What holds for all sessions and follow-ups. */
static const char *dates_words(struct en_words *w, const struct en_plan *plan, const char *end)
{
    const bool has_optional =
        plan->session_count > 0 && plan->sessions[plan->session_count - 1].is_optional;

    return en_words_print(w, "%s, every %d days · %s.%s%s%s",
                          en_words_cell(w, plan->schedule, "title"), plan->interval_days,
                          en_words_source(w, plan->schedule),
                          has_optional ? " Optional: only if the review says so." : "",
                          *end == '\0' ? "" : " Follow-up: ", end);
}

void en_paper_dates(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const char *end = en_words_common_end(w, plan->followups, plan->followup_count);
    const struct en_layout_note notes[] = {
        totals_note(w, &plan->totals),
        {EN_COLOUR_BLUE, "Sessions", session_words(w, plan)},
        {EN_COLOUR_BLUE, "Follow-up", followup_words(w, plan, end)},
    };

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Totals and dates");
    en_layout_boxes(l, notes, EN_COUNT(notes));
    en_layout_text(l, &faint, 0.0, dates_words(w, plan, end));
}

void en_paper_checklist(struct en_layout *l, const struct en_plan *plan)
{
    const char *items[EN_LAYOUT_CHECKS_MAX];
    struct en_words *w = l->w;
    size_t count = 0;

    for (size_t i = 0; i < plan->checklist_count && count < EN_COUNT(items); i++) {
        const struct en_dated_row *d = &plan->checklist[i];
        const char *required = en_words_cell(w, d->row, "required");
        const bool is_always = *required == '\0' || strcmp(required, "yes") == 0;

        const char *when = is_always ? "" : en_words_print(w, " [%s]", en_words_code(w, required));

        items[count++] = en_words_print(w, "%s: %s%s", en_words_code(w, en_cell(d->row, "phase")),
                                        en_words_clean(w, d->text), when);
    }
    if (count > 0) {
        en_layout_need(l, en_layout_checks_height(l, items, count, 3) + 7.3 * l->sheet->font);
        en_layout_heading(l, "Checklist of the day");
        en_layout_checks(l, items, count, 3);
    }
}
