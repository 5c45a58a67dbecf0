/* SPDX-License-Identifier: Apache-2.0
 * report/words_plan: the words of a plan: whether it is shown, costs, volumes, dates. */
#include "report/words.h"

#include <math.h>
#include <string.h>

static bool is_allowed(const struct en_assessment *a)
{
    return a != NULL && (a->verdict == EN_VERDICT_SUITABLE || a->verdict == EN_VERDICT_CAUTION);
}

bool en_words_is_blocked(const struct en_report *r)
{
    return !is_allowed(r->assessment) || r->plan == NULL || r->plan->site_count == 0;
}

bool en_words_has_plan(const struct en_report *r)
{
    return !en_words_is_blocked(r) && !r->is_verdict_only;
}

bool en_words_has_choices(const struct en_report *r)
{
    return r->plan != NULL && !(r->assessment != NULL && r->assessment->has_stop_without_override);
}

const char *en_words_no_plan(const struct en_report *r)
{
    if (r->assessment != NULL && !is_allowed(r->assessment)) {
        return " No injection plan is printed: the verdict does not allow one. Below: why, and "
               "what to ask or measure next.";
    }
    if (!en_words_is_blocked(r) || r->is_verdict_only) {
        return "";
    }
    return " No injection plan is printed: the case names no condition with sites to inject.";
}

/* "; Warmth or cold after the session (this clinic's own): cold" */
static const char *own_defaults(struct en_words *w, const struct en_plan *p)
{
    const char *list = "";

    for (size_t i = 0; i < p->default_count; i++) {
        const struct en_default *d = &p->defaults[i];

        if (d->is_clinics) {
            list = en_words_print(w, "%s; %s: %s", list, d->what, d->value);
        }
    }
    return list;
}

const char *en_words_defaults(struct en_words *w, const struct en_plan *p)
{
    size_t open = 0;

    for (size_t i = 0; i < p->default_count; i++) {
        open += p->defaults[i].is_approved ? 0 : 1;
    }
    if (open == 0) {
        return en_words_print(w, "all %zu default values are approved%s", p->default_count,
                              own_defaults(w, p));
    }
    return en_words_print(w, "%zu of %zu values are unapproved defaults: edit and sign%s", open,
                          p->default_count, own_defaults(w, p));
}

const char *en_words_site_source(struct en_words *w, const struct en_plan_site *s)
{
    return en_words_source(w, s->link == NULL ? s->site : s->link);
}

const char *en_words_sites_source(struct en_words *w, const struct en_plan *plan)
{
    const char *best = "";
    size_t most = 0;

    for (size_t i = 0; i < plan->site_count; i++) {
        const char *source = en_words_site_source(w, &plan->sites[i]);
        size_t count = 0;

        for (size_t k = i; k < plan->site_count; k++) {
            count += strcmp(en_words_site_source(w, &plan->sites[k]), source) == 0 ? 1 : 0;
        }
        if (count > most) {
            best = source;
            most = count;
        }
    }
    return best;
}

const char *en_words_costs(struct en_words *w, const struct en_plan *plan)
{
    const char *known = "";
    size_t open = 0;

    for (size_t i = 0; i < plan->cost_count; i++) {
        const char *amount = en_words_cell(w, plan->costs[i], "amount");

        if (*amount == '\0') {
            open++;
        } else {
            known =
                en_words_print(w, "%s%s %s %s; ", known, en_words_cell(w, plan->costs[i], "title"),
                               amount, en_words_cell(w, plan->costs[i], "currency"));
        }
    }
    if (open == 0) {
        return known;
    }
    return en_words_print(w, "%s%zu %s to be filled in by the clinic", known, open,
                          open == 1 ? "amount" : "amounts");
}

const char *en_words_choices(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->alternative_count; i++) {
        out = en_words_print(w, "%s%s%s", out, i == 0 ? "" : "; ",
                             en_words_cell(w, plan->alternatives[i], "title"));
    }
    return out;
}

bool en_words_is_shared(const struct en_plan *plan, const char *warning)
{
    for (size_t i = 0; i < plan->mix_count; i++) {
        const struct en_mix *mix = &plan->mixes[i].mix;
        bool is_here = false;

        for (size_t k = 0; k < mix->warning_count; k++) {
            is_here = is_here || strcmp(mix->warnings[k], warning) == 0;
        }
        if (!is_here) {
            return false;
        }
    }
    return plan->mix_count > 1;
}

const char *en_words_span(struct en_words *w, const struct en_dated_row *d)
{
    if (d->to == EN_DAY_UNKNOWN || d->to == d->from) {
        return en_words_day(w, d->from);
    }
    return en_words_print(w, "%s to %s", en_words_day(w, d->from), en_words_day(w, d->to));
}

/* Half a tenth: what prints as the same tenth of a millilitre is no difference. */
static const double VOLUME_NOTICED_ML = 0.05;

const char *en_words_batch(struct en_words *w, const struct en_plan_mix *m)
{
    const double rest_ml = m->mix.volume_ml - m->needed_ml;

    if (!m->mix.is_possible || !(fabs(rest_ml) > VOLUME_NOTICED_ML + 1e-9)) {
        return "";
    }
    return en_words_print(
        w, "%s mL prepared, the sites take %s mL%s", en_words_fixed(w, m->mix.volume_ml, 1),
        en_words_fixed(w, m->needed_ml, 1), rest_ml > 0.0 ? ", discard the rest" : ": NOT ENOUGH");
}

/* Bytes that two texts have in common at their ends. */
static size_t common_bytes(const char *a, const char *b)
{
    const size_t size_a = strlen(a), size_b = strlen(b);
    size_t n = 0;

    while (n < size_a && n < size_b && a[size_a - n - 1] == b[size_b - n - 1]) {
        n++;
    }
    return n;
}

/* Whether every text keeps two words ("6 weeks") without its last `end` bytes. */
static bool all_keep_words(struct en_words *w, const struct en_dated_row *rows, size_t count,
                           size_t end)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = en_words_clean(w, rows[i].text);
        const size_t rest = strlen(text) - end;

        if (memchr(text, ' ', rest) == NULL) {
            return false;
        }
    }
    return true;
}

const char *en_words_common_end(struct en_words *w, const struct en_dated_row *rows, size_t count)
{
    const char *first = en_words_clean(w, count > 1 ? rows[0].text : NULL);
    size_t common = strlen(first);
    bool is_same = true;

    for (size_t i = 1; i < count; i++) {
        const char *text = en_words_clean(w, rows[i].text);
        const size_t n = common_bytes(first, text);

        is_same = is_same && strcmp(text, first) == 0;
        common = n < common ? n : common;
    }
    const char *end = first + strlen(first) - common;

    /* From a whole word on. */
    while ((end = strchr(end, ' ')) != NULL && !all_keep_words(w, rows, count, strlen(end))) {
        end++;
    }
    return is_same || end == NULL ? "" : en_words_clean(w, end + 1);
}

const char *en_words_before(struct en_words *w, const char *text, const char *end)
{
    const char *clean = en_words_clean(w, text);
    const size_t size = strlen(clean), cut = strlen(end) + 1;

    if (*end == '\0' || size <= cut || strcmp(clean + size - cut + 1, end) != 0) {
        return clean;
    }
    return en_words_print(w, "%.*s", (int)(size - cut), clean);
}

static bool is_phase(const struct en_dated_row *d)
{
    return d->row != NULL && d->from != EN_DAY_UNKNOWN;
}

static bool is_first_of_row(const struct en_dated_row *rows, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (rows[k].row == rows[i].row) {
            return false;
        }
    }
    return true;
}

const char *en_words_phases(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->rehabilitation_count; i++) {
        const struct en_dated_row *d = &plan->rehabilitation[i];

        if (!is_phase(d) || !is_first_of_row(plan->rehabilitation, i)) {
            continue;
        }
        const double to = en_cell_number(d->row, "to_d");
        const char *from = en_words_cell(w, d->row, "from_d");
        const char *days = isfinite(to)
                               ? en_words_print(w, "%s–%s", from, en_words_number(w, to, 0))
                               : en_words_print(w, "from %s", from);

        out = en_words_print(w, "%s%s%s %s d", out, *out == '\0' ? "" : "; ",
                             en_words_cell(w, d->row, "title"), days);
    }
    return *out == '\0' ? ""
                        : en_words_print(
                              w, "After each session: %s.%s", out,
                              plan->session_count > 1 ? " The next session starts them anew." : "");
}

const char *en_words_exercises(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->rehabilitation_count; i++) {
        const struct en_dated_row *d = &plan->rehabilitation[i];

        if (!is_phase(d)) {
            out = en_words_print(w, "%s%s%s", out, *out == '\0' ? "" : " ",
                                 en_words_clean(w, d->text));
        }
    }
    return out;
}
