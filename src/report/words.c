/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"

#include "base/text.h"

#include <assert.h>
#include <glib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for text of a known size; NULL when the arena is full. */
static char *room(struct en_words *w, size_t size)
{
    char *text = EN_NEW(w->arena, char, size);

    if (text == NULL) {
        w->failed = true;
    }
    return text;
}

const char *en_words_print(struct en_words *w, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = en_arena_vprint(w->arena, format, args);

    va_end(args);
    w->failed |= text == NULL;
    return text == NULL ? "" : text;
}

/* Controls would move the cursor, direction marks would reorder what stands around the text. */
static bool is_printable(gunichar c)
{
    const bool is_direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);

    return !g_unichar_iscntrl(c) && !is_direction && c != 0x2028 && c != 0x2029 && c != 0xFEFF;
}

const char *en_words_clean(struct en_words *w, const char *text)
{
    const size_t size = text == NULL ? 0 : strlen(text);
    /* A byte that is no UTF-8 becomes U+FFFD, three bytes. */
    char *out = room(w, 3 * size + 1);
    size_t used = 0;

    if (out == NULL) {
        return "";
    }
    for (size_t i = 0; i < size;) {
        const gunichar c = g_utf8_get_char_validated(text + i, (gssize)(size - i));

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            used += (size_t)g_unichar_to_utf8(0xFFFD, out + used);
            i++;
            continue;
        }
        used += (size_t)g_unichar_to_utf8(is_printable(c) ? c : ' ', out + used);
        i += (size_t)g_unichar_to_utf8(c, NULL);
    }
    out[used] = '\0';
    return out;
}

const char *en_words_next(const char *text)
{
    do {
        text++;
    } while (((unsigned char)*text & 0xC0U) == 0x80U);
    return text;
}

const char *en_words_fixed(struct en_words *w, double value, int decimals)
{
    if (!isfinite(value)) {
        return "unknown";
    }
    const double unit = pow(10.0, -decimals);

    /* "-0.0" says nothing that "0.0" does not. */
    return en_words_print(w, "%.*f", decimals, fabs(value) < 0.5 * unit ? 0.0 : value);
}

const char *en_words_number(struct en_words *w, double value, int decimals)
{
    const char *text = en_words_fixed(w, value, decimals);
    size_t size = strlen(text);

    if (strchr(text, '.') == NULL) {
        return text;
    }
    while (text[size - 1] == '0') {
        size--;
    }
    size -= text[size - 1] == '.' ? 1 : 0;
    return en_words_print(w, "%.*s", (int)size, text);
}

const char *en_words_share(struct en_words *w, double fraction)
{
    if (!isfinite(fraction)) {
        return "unknown";
    }
    /* A share that is small is not none, nor one that is large all. */
    if (fraction > 0.0 && fraction < 0.005) {
        return "<1 %";
    }
    return fraction > 0.995 && fraction < 1.0 ? ">99 %"
                                              : en_words_print(w, "%.0f %%", 100.0 * fraction);
}

const char *en_words_day(struct en_words *w, en_day day)
{
    char date[EN_DATE_TEXT_MAX];

    if (day == EN_DAY_UNKNOWN) {
        return "unknown";
    }
    return en_words_print(w, "%.3s %s", en_weekday_name(day), en_date_text(day, date));
}

const char *en_words_long_day(struct en_words *w, en_day day)
{
    static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    char date[EN_DATE_TEXT_MAX];
    long long month = 0, number = 0;

    if (day == EN_DAY_UNKNOWN) {
        return "date unknown";
    }
    (void)en_date_text(day, date);
    date[7] = '\0';
    if (!en_text_integer(date + 5, 1, 12, &month) || !en_text_integer(date + 8, 1, 31, &number)) {
        return "date unknown";
    }
    return en_words_print(w, "%s %lld %s %.4s", en_weekday_name(day), number, MONTHS[month - 1],
                          date);
}

const char *en_words_initials(struct en_words *w, const char *name)
{
    const char *text = en_words_clean(w, name), *out = "";
    bool is_start = true;

    for (const char *p = text; *p != '\0'; p = en_words_next(p)) {
        const gunichar c = g_utf8_get_char(p);

        if (is_start && g_unichar_isalpha(c)) {
            out = en_words_print(w, "%s%s%.*s.", out, *out == '\0' ? "" : " ",
                                 (int)(en_words_next(p) - p), p);
        }
        is_start = g_unichar_isspace(c) || c == '-';
    }
    return *out == '\0' ? "name unknown" : out;
}

const char *en_words_age(struct en_words *w, const struct en_report *r)
{
    const struct en_person *p = r->c == NULL ? NULL : &r->c->person;
    const int years = p == NULL || !p->birth_known ? -1 : en_years_between(p->birth, r->today);

    return years < 0 ? "age unknown" : en_words_print(w, "%d y", years);
}

const char *en_words_sex(struct en_words *w, const struct en_report *r)
{
    const size_t i = r->knowledge == NULL ? SIZE_MAX : en_fact_index(r->knowledge, "sex");

    if (r->c == NULL || i >= r->c->fact_count || r->c->facts[i].kind != EN_FACT_CODE) {
        return "sex unknown";
    }
    return en_words_clean(w, r->c->facts[i].code);
}

static const struct en_target *target_of(const struct en_report *r)
{
    if (r->plan != NULL) {
        return &r->plan->target;
    }
    return r->c != NULL && r->c->target_count > 0 ? &r->c->targets[0] : NULL;
}

const char *en_words_side(struct en_words *w, const struct en_report *r)
{
    const struct en_target *t = target_of(r);

    if (t == NULL || t->side == EN_SIDE_UNKNOWN) {
        return "side unknown";
    }
    return en_words_clean(w, en_side_text(t->side));
}

const char *en_words_condition(struct en_words *w, const struct en_report *r)
{
    const struct en_row *row = r->plan != NULL ? r->plan->condition : NULL;
    const struct en_target *t = target_of(r);

    if (row == NULL && r->assessment != NULL) {
        row = r->assessment->condition;
    }
    if (row != NULL) {
        return en_words_cell(w, row, "title");
    }
    if (t != NULL && !en_text_is_empty(t->text)) {
        return en_words_print(w, "%s (not recognised)", en_words_clean(w, t->text));
    }
    return "no condition recognised";
}

/* Pairs of id and words, ended by NULL; the id itself when it is not listed. */
static const char *look_up(const char *const pairs[][2], const char *id)
{
    for (size_t i = 0; pairs[i][0] != NULL; i++) {
        if (en_text_equal(pairs[i][0], id)) {
            return pairs[i][1];
        }
    }
    return id == NULL ? "" : id;
}

const char *en_words_arm(const char *id)
{
    static const char *const ARMS[][2] = {{"plan", "Plan"},
                                          {"saline", "Saline injections"},
                                          {"exercise", "Exercise"},
                                          {"none", "No treatment"},
                                          {NULL, NULL}};

    return look_up(ARMS, id);
}

bool en_words_is_course(const struct en_forecast *f)
{
    return f != NULL && f->request.followup.today > 0.0;
}

bool en_words_is_complete(const struct en_forecast *f)
{
    return en_words_is_course(f) && f->request.arm_count > 0 &&
           f->request.arms[0].session_count == 0;
}

const char *en_words_arm_of(const struct en_forecast *f, size_t arm)
{
    static const char *const ARMS[][2] = {{"plan", "Go on"},
                                          {"saline", "Go on with saline"},
                                          {"exercise", "Stop and train"},
                                          {"none", "Stop"},
                                          {NULL, NULL}};
    static const char *const LAST[][2] = {{"plan", "No more sessions"},
                                          {"saline", "No more sessions"},
                                          {"exercise", "Train"},
                                          {"none", "No more sessions"},
                                          {NULL, NULL}};
    const char *id = f->request.arms[arm].id;

    return en_words_is_complete(f) ? look_up(LAST, id)
           : en_words_is_course(f) ? look_up(ARMS, id)
                                   : en_words_arm(id);
}

const char *en_words_arm_short(const struct en_forecast *f, size_t arm)
{
    static const char *const ARMS[][2] = {{"plan", "go on"},
                                          {"saline", "on, saline"},
                                          {"exercise", "stop, train"},
                                          {"none", "stop"},
                                          {NULL, NULL}};
    static const char *const LAST[][2] = {{"plan", "no more"},
                                          {"saline", "no more"},
                                          {"exercise", "train"},
                                          {"none", "no more"},
                                          {NULL, NULL}};
    const char *id = f->request.arms[arm].id;

    return en_words_is_complete(f) ? look_up(LAST, id)
           : en_words_is_course(f) ? look_up(ARMS, id)
                                   : id;
}

bool en_words_is_shown(const struct en_forecast *f, size_t arm)
{
    const char *id = f->request.arms[arm].id;

    return !en_words_is_complete(f) || !(en_text_equal(id, "saline") || en_text_equal(id, "none"));
}

const char *en_words_guidance(const char *code)
{
    static const char *const CODES[][2] = {{"LM", "landmarks"},
                                           {"US", "ultrasound"},
                                           {"FL", "fluoroscopy"},
                                           {"CT", "CT"},
                                           {NULL, NULL}};

    return look_up(CODES, code);
}

const char *en_words_hypothesis(size_t index)
{
    static const char *const NAMES[EN_HYPOTHESIS_COUNT + 1] = {
        "H0 no specific effect", "H1 mechanical", "H2 neural", "H3 both", "mixed"};

    assert(index <= EN_MIXED);
    return NAMES[index];
}

const char *en_words_outcome(enum en_outcome outcome)
{
    return outcome == EN_OUTCOME_PAIN ? "Pain" : "Function";
}

const char *en_words_cell(struct en_words *w, const struct en_row *row, const char *column)
{
    return row == NULL ? "" : en_words_clean(w, en_cell(row, column));
}

const char *en_words_risks(struct en_words *w, const struct en_row *site)
{
    const char *danger = en_words_cell(w, site, "danger");
    const char *risks = en_words_cell(w, site, "risks");

    if (*risks == '\0') {
        return *danger == '\0' ? "not listed" : "";
    }
    return strcmp(risks, danger) == 0 ? "" : risks;
}

const char *en_words_sentence(struct en_words *w, const char *text)
{
    return g_ascii_islower(*text) ? en_words_print(w, "%c%s", g_ascii_toupper(*text), text + 1)
                                  : text;
}

const char *en_words_code(struct en_words *w, const char *code)
{
    char *out = en_arena_copy(w->arena, en_words_clean(w, code), SIZE_MAX);

    if (out == NULL) {
        w->failed = true;
        return "";
    }
    for (char *p = out; *p != '\0'; p++) {
        if (*p == '_') {
            *p = ' ';
        }
    }
    out[0] = g_ascii_toupper(out[0]);
    return out;
}

const char *en_words_text(struct en_words *w, const char *id, const char *otherwise)
{
    const struct en_row *row = w->knowledge == NULL ? NULL : en_row_find(w->knowledge, "texts", id);

    return row == NULL ? otherwise : en_words_cell(w, row, "text");
}

const char *en_words_fact(struct en_words *w, const char *id)
{
    const struct en_row *row =
        w->knowledge == NULL || id == NULL ? NULL : en_row_find(w->knowledge, "facts", id);

    return row == NULL ? en_words_clean(w, id) : en_words_cell(w, row, "title");
}

const char *en_words_question(struct en_words *w, const struct en_row *fact)
{
    const char *question = en_words_cell(w, fact, "question");

    return *question == '\0' ? en_words_print(w, "%s?", en_words_cell(w, fact, "title")) : question;
}

const char *en_words_facts(struct en_words *w, const char *const *ids, size_t count)
{
    const char *out = "";

    for (size_t i = 0; i < count; i++) {
        out = en_words_print(w, "%s%s%s", out, i == 0 ? "" : "; ", en_words_fact(w, ids[i]));
    }
    return out;
}

static const char *fact_value(struct en_words *w, const char *id, const struct en_fact *f)
{
    const struct en_row *row =
        w->knowledge == NULL || id == NULL ? NULL : en_row_find(w->knowledge, "facts", id);
    const char *unit = en_words_cell(w, row, "unit");
    char date[EN_DATE_TEXT_MAX];

    switch (f->kind) {
    case EN_FACT_UNKNOWN:
        return "unknown";
    case EN_FACT_BOOL:
        return f->truth ? "yes" : "no";
    case EN_FACT_NUMBER:
        unit = strcmp(unit, "1") == 0 ? "" : unit;
        return en_words_print(w, "%s%s%s", en_words_number(w, f->number, 2),
                              *unit == '\0' ? "" : " ", unit);
    case EN_FACT_CODE:
        return en_words_clean(w, f->code);
    case EN_FACT_DATE:
        return en_words_print(w, "%s", en_date_text(f->date, date));
    }
    return "unknown";
}

const char *en_words_input(struct en_words *w, const struct en_input *input)
{
    const char *title = en_words_fact(w, input->fact);
    const char *value = fact_value(w, input->fact, &input->value);
    char date[EN_DATE_TEXT_MAX];

    const struct en_fact *f = &input->value;
    const en_day as_of = f->as_of;
    /* What was computed just now needs no date; a date that is its own day, such as an onset, is
     * not printed twice. */
    const bool is_derived = en_text_starts(f->origin, "derived");
    const bool is_known =
        (is_derived && as_of == w->today) || (f->kind == EN_FACT_DATE && f->date == as_of);

    if (f->kind == EN_FACT_UNKNOWN || (!input->is_stale && is_known)) {
        return en_words_print(w, "%s: %s", title, value);
    }
    if (as_of == EN_DAY_UNKNOWN) {
        return en_words_print(w, "%s: %s%s", title, value, input->is_stale ? " (too old)" : "");
    }
    return en_words_print(w, "%s: %s (%s%s)", title, value, en_date_text(as_of, date),
                          input->is_stale ? ", too old" : "");
}

const char *en_words_inputs(struct en_words *w, const struct en_finding *f)
{
    const char *out = "";

    for (size_t i = 0; i < f->input_count; i++) {
        out =
            en_words_print(w, "%s%s%s", out, i == 0 ? "" : "; ", en_words_input(w, &f->inputs[i]));
    }
    return out;
}

const char *en_words_source(struct en_words *w, const struct en_row *row)
{
    if (row == NULL) {
        return "";
    }
    const bool is_approved = *en_cell(row, "approved_by") != '\0';

    return en_words_print(w, "%s · grade %s%s", en_words_cell(w, row, "source"),
                          en_words_cell(w, row, "grade"), is_approved ? "" : "†");
}

/* Pain has one decimal, function on its scale of 100 has none. */
static int decimals_of(enum en_outcome o)
{
    return o == EN_OUTCOME_PAIN ? 1 : 0;
}

const char *en_words_middle(struct en_words *w, const struct en_band *band, enum en_outcome o)
{
    const int n = decimals_of(o);

    return en_words_print(w, "%s [%s–%s]", en_words_fixed(w, band->q[2], n),
                          en_words_fixed(w, band->q[1], n), en_words_fixed(w, band->q[3], n));
}

const char *en_words_wide(struct en_words *w, const struct en_band *band, enum en_outcome o)
{
    const int n = decimals_of(o);

    return en_words_print(w, "(%s–%s) %s", en_words_fixed(w, band->q[0], n),
                          en_words_fixed(w, band->q[4], n),
                          en_words_share(w, band->mic_probability));
}

const char *en_words_weights(struct en_words *w, const struct en_forecast *f)
{
    const double *p = f->weight;

    return en_words_print(w, "H0 %s, H1 %s, H2 %s, H3 %s", en_words_share(w, p[0]),
                          en_words_share(w, p[1]), en_words_share(w, p[2]),
                          en_words_share(w, p[3]));
}

const char *en_words_basis(struct en_words *w, const struct en_forecast *f)
{
    if (!f->is_calibrated) {
        return en_words_text(w, "forecast.before_calibration",
                             "Before calibration: the model has not been fitted to trials.");
    }
    const char *data = f->row_count > 0 ? en_words_print(w, "%zu results of %zu studies",
                                                         f->row_count, f->study_count)
                                        : "published trials";
    const char *weights = "";

    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        weights = en_words_print(w, "%s%s%s %s", weights, h == 0 ? "" : ", ",
                                 en_words_hypothesis(h), en_words_share(w, f->weight[h]));
    }
    return en_words_print(
        w, "Calibrated on %s. Posterior weights of the hypotheses: %s.%s", data, weights,
        f->has_condition_data ? ""
                              : " No controlled trial of this condition in the calibration: the "
                                "average over conditions stands for it.");
}

const char *en_words_phrase(const char *id)
{
    static const char *const PHRASES[][2] = {{"plan", "the plan"},
                                             {"saline", "saline injections"},
                                             {"exercise", "exercise"},
                                             {"none", "no treatment"},
                                             {NULL, NULL}};

    return look_up(PHRASES, id);
}

/* A sentence's first letter as a small one (A to Z only). */
static const char *lower(struct en_words *w, const char *text)
{
    return g_ascii_isupper(*text) ? en_words_print(w, "%c%s", g_ascii_tolower(*text), text + 1)
                                  : text;
}

/* Median of an arm at the last week, mixed over the hypotheses. */
static double last_median(const struct en_forecast *f, size_t arm, enum en_outcome outcome)
{
    return f->band[arm][outcome][EN_MIXED][f->request.week_count - 1].q[EN_QUANTILE_COUNT / 2];
}

const char *en_words_forecast(struct en_words *w, const struct en_forecast *f,
                              enum en_outcome outcome)
{
    const struct en_forecast_request *q = &f->request;
    const int decimals = decimals_of(outcome);
    const char *out = en_words_outcome(outcome);

    if (q->arm_count == 0 || q->week_count == 0) {
        return out;
    }
    out = en_words_print(w, "%s, median after %s weeks:", out,
                         en_words_number(w, q->weeks[q->week_count - 1], 1));
    for (size_t i = 0; i < q->arm_count; i++) {
        const char *median = en_words_fixed(w, last_median(f, i, outcome), decimals);
        const char *comma = i == 0 ? "" : ",";

        if (!en_words_is_shown(f, i)) {
            continue;
        }
        out = en_words_is_course(f) ? en_words_print(w, "%s%s %s %s", out, comma,
                                                     lower(w, en_words_arm_of(f, i)), median)
                                    : en_words_print(w, "%s%s %s with %s", out, comma, median,
                                                     en_words_phrase(q->arms[i].id));
    }
    return out;
}

bool en_words_is_first(const struct en_assessment *a, size_t i)
{
    for (size_t k = i < a->fired_count ? 0 : a->fired_count; k < i; k++) {
        if (a->findings[k].rule == a->findings[i].rule) {
            return false;
        }
    }
    return true;
}

/* Whether a finding before i of the same rule, or an earlier entry of i, names the fact. */
static bool is_named(const struct en_assessment *a, size_t first, size_t i, size_t entry)
{
    const char *fact = a->findings[i].missing[entry];

    for (size_t k = first; k <= i; k++) {
        const struct en_finding *f = &a->findings[k];
        const size_t count = k == i ? entry : f->missing_count;

        for (size_t m = 0; f->rule == a->findings[i].rule && m < count; m++) {
            if (en_text_equal(f->missing[m], fact)) {
                return true;
            }
        }
    }
    return false;
}

const char *en_words_missing(struct en_words *w, const struct en_assessment *a, size_t i)
{
    const char *out = "";

    for (size_t k = i; k < a->finding_count; k++) {
        const struct en_finding *f = &a->findings[k];

        for (size_t m = 0; f->rule == a->findings[i].rule && m < f->missing_count; m++) {
            if (!is_named(a, i, k, m)) {
                out = en_words_print(w, "%s%s%s", out, *out == '\0' ? "" : "; ",
                                     en_words_fact(w, f->missing[m]));
            }
        }
    }
    return *out == '\0' ? "not told" : out;
}

const char *en_words_rules(struct en_words *w, const struct en_assessment *a)
{
    size_t fired = 0, open = 0;

    for (size_t i = 0; i < a->finding_count; i++) {
        if (en_words_is_first(a, i)) {
            fired += i < a->fired_count ? 1 : 0;
            open += i < a->fired_count ? 0 : 1;
        }
    }
    return en_words_print(w, "%zu rules looked at: %zu fired, %zu cannot be decided yet",
                          a->rule_count, fired, open);
}
