/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_search: plans side by side on a terminal: sentences, a table, a scatter of
 * benefit against burden in braille characters, what was refused and what is assumed. */
#include "report/terminal.h"
#include "report/words_search.h"

#include "base/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum {
    ROWS = 11,         /* of the scatter */
    LEFT = 6,          /* columns of its y axis */
    COLUMNS_MAX = 160, /* of its plot */
    WIDTH_MARK = 3,
    WIDTH_GAIN = 15,
    WIDTH_SHARE = 5,
    WIDTH_FLARE = 5,
    WIDTH_BURDEN = 6,
    WIDTH_NET = 5
};

/* --- table ------------------------------------------------------------------------------------ */

static const char *mark_of(struct en_words *w, const struct en_report_search *s, size_t row,
                           size_t option)
{
    const bool is_preferred = option == s->search->preferred;
    const bool is_as_good = s->search->results[option].is_as_good;

    return en_words_print(w, "%s%s", en_words_letter(w, row),
                          is_preferred ? " *"
                          : is_as_good ? " ="
                                       : "");
}

/* "1.49 0.9 to 2.2" */
static const char *gain_of(struct en_words *w, const struct en_search_result *r)
{
    return en_words_print(w, "%s (%s–%s)", en_words_fixed(w, r->pain, 1),
                          en_words_fixed(w, r->pain_q[0], 1), en_words_fixed(w, r->pain_q[2], 1));
}

static void print_table(struct en_page *p, const struct en_report_search *s,
                        const struct en_search_rows *rows)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"", WIDTH_MARK, false},
                    {"option", 0, false},
                    {"less pain (90 %)", WIDTH_GAIN + 1, false},
                    {"share", WIDTH_SHARE, true},
                    {"flare", WIDTH_FLARE, true},
                    {"burden", WIDTH_BURDEN, true},
                    {"net", WIDTH_NET, true}},
        .count = 7,
    };

    en_page_table_head(&t);
    for (size_t i = 0; i < rows->count; i++) {
        const size_t option = rows->option[i];
        const struct en_search_result *r = &s->search->results[option];
        const bool is_reference = option == s->question->reference;
        const char *cells[] = {
            mark_of(w, s, i, option),
            en_words_option(w, s, option),
            is_reference ? "0" : gain_of(w, r),
            en_words_share(w, r->share),
            r->flare_days > 0.0 ? en_words_print(w, "%s d", en_words_number(w, r->flare_days, 0))
                                : "",
            en_words_fixed(w, r->burden, 2),
            en_words_fixed(w, r->net, 2),
        };

        en_page_table_row(&t, cells);
    }
    en_page_text(p, 0, "", EN_INK_FAINT,
                 "* preferred, = not told from the largest net benefit. less pain: points beyond "
                 "nothing, mean of the goal dates, and middle 90 % of such patients. share: of the "
                 "largest benefit. burden and net benefit: in important changes of pain and "
                 "function.");
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(w, "usual plan: %s.", en_words_usual(w, s)));
    if (s->candidates->items[s->search->preferred].kind == EN_CANDIDATE_PLAN) {
        const struct en_candidate *c = &s->candidates->items[s->search->preferred];

        en_page_text(
            p, 0, "", EN_INK_FAINT,
            en_words_print(w, "To plan the preferred one: %s.", en_words_option_flags(w, c)));
    }
}

/* --- scatter ---------------------------------------------------------------------------------- */

struct scatter {
    const struct en_report_search *s;
    struct en_words *w;
    int columns;
    double x_max, y_min, y_max;
    bool dot[4 * ROWS][2 * COLUMNS_MAX];
    const char *over[ROWS][COLUMNS_MAX]; /* a letter in place of the dots, NULL none */
};

static int dot_x(const struct scatter *g, double burden)
{
    const int x = (int)lround(burden / g->x_max * (2 * g->columns - 1));

    return x < 0 ? 0 : x >= 2 * g->columns ? 2 * g->columns - 1 : x;
}

static int dot_y(const struct scatter *g, double benefit)
{
    const double share = (benefit - g->y_min) / (g->y_max - g->y_min);
    const int y = (int)lround((1.0 - share) * (4 * ROWS - 1));

    return y < 0 ? 0 : y >= 4 * ROWS ? 4 * ROWS - 1 : y;
}

static void fit(struct scatter *g)
{
    double x = 0.0, low = 0.0, high = 0.0;

    for (size_t i = 0; i < g->s->candidates->count; i++) {
        const struct en_search_result *r = &g->s->search->results[i];

        x = fmax(x, r->burden);
        low = fmin(low, r->benefit);
        high = fmax(high, r->benefit);
    }
    g->x_max = x > 0.0 ? x : 1.0;
    g->y_min = 0.2 * floor(low / 0.2 + 1e-9); /* five rows are a whole number of tenths */
    g->y_max = 0.2 * ceil(high / 0.2 - 1e-9);
    g->y_max = g->y_max > g->y_min ? g->y_max : g->y_min + 0.2;
}

/* Whether a dot of the cell is set: dot 0 .. 7, from the top, left before right. */
static bool has_dot(const struct scatter *g, int row, int column, int dot)
{
    const int y = 4 * row + dot / 2, x = 2 * column + dot % 2;

    return g->dot[y][x];
}

/* Whether the cell holds no option. */
static bool is_free(const struct scatter *g, int row, int column)
{
    bool is_free = g->over[row][column] == NULL;

    for (int dot = 0; dot < 8; dot++) {
        is_free = is_free && !has_dot(g, row, column, dot);
    }
    return is_free;
}

/* Where net benefit is `enough`: what is as good as the best lies above. */
static void draw_limit(struct scatter *g, double enough)
{
    for (int column = 0; column < g->columns; column += 2) {
        const double benefit = enough + column * g->x_max / (g->columns - 1);
        const int row = dot_y(g, benefit) / 4;

        if (benefit >= g->y_min && benefit <= g->y_max && is_free(g, row, column)) {
            g->over[row][column] = "·";
        }
    }
}

static void draw(struct scatter *g, const struct en_search_rows *rows)
{
    const struct en_search *search = g->s->search;

    for (size_t i = 0; i < g->s->candidates->count; i++) {
        const struct en_search_result *r = &search->results[i];

        g->dot[dot_y(g, r->benefit)][dot_x(g, r->burden)] = true;
    }
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_search_result *r = &search->results[rows->option[i]];
        const int row = dot_y(g, r->benefit) / 4;
        int column = dot_x(g, r->burden) / 2;

        while (column + 1 < g->columns && g->over[row][column] != NULL) {
            column++;
        }
        g->over[row][column] =
            rows->option[i] == search->preferred ? "*" : en_words_letter(g->w, i);
    }
    draw_limit(g, search->results[search->best].net - g->s->question->same);
}

/* The braille character of a cell: U+2800 and one bit per dot. */
static void add_cell(struct en_buf *out, const struct scatter *g, int row, int column)
{
    static const unsigned BITS[] = {0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80};
    unsigned bits = 0;
    char text[8] = {0};

    if (g->over[row][column] != NULL) {
        en_buf_add(out, g->over[row][column]);
        return;
    }
    for (int dot = 0; dot < 8; dot++) {
        bits |= has_dot(g, row, column, dot) ? BITS[dot] : 0;
    }
    if (bits == 0) {
        en_buf_add(out, " ");
        return;
    }
    (void)g_unichar_to_utf8(0x2800 + bits, text);
    en_buf_add(out, text);
}

static void add_axis(struct en_buf *out, const struct scatter *g)
{
    const char *end = en_words_fixed(g->w, g->x_max, 2);
    const char *title = "burden, in important changes";

    en_buf_print(out, "%*s└", LEFT - 1, "");
    for (int i = 0; i < g->columns; i++) {
        en_buf_add(out, "─");
    }
    en_buf_print(out, "\n%*s0 %s%*s\n", LEFT, "", title, g->columns - 2 - (int)strlen(title), end);
}

static enum en_status print_scatter(struct en_page *p, const struct en_report_search *s,
                                    const struct en_search_rows *rows, struct en_err *err)
{
    struct scatter *g = EN_NEW(p->w->arena, struct scatter, 1);
    const int room = p->width - LEFT;

    if (g == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the chart");
    }
    g->s = s;
    g->w = p->w;
    g->columns = room < COLUMNS_MAX ? room : COLUMNS_MAX;
    fit(g);
    draw(g, rows);
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 "Benefit beyond nothing, in important changes, against burden");
    for (int row = 0; row < ROWS; row++) {
        const double value = g->y_max - (g->y_max - g->y_min) * (double)row / (ROWS - 1);

        if (row % 5 == 0) {
            en_buf_print(p->out, "%*.1f ┤", LEFT - 2, value);
        } else {
            en_buf_print(p->out, "%*s│", LEFT - 1, "");
        }
        for (int column = 0; column < g->columns; column++) {
            add_cell(p->out, g, row, column);
        }
        en_buf_add(p->out, "\n");
    }
    add_axis(p->out, g);
    en_page_text(p, LEFT, "", EN_INK_FAINT,
                 "dots: all options; letters: those of the table. Above the dotted line: net "
                 "benefit as good as the largest.");
    return EN_OK;
}

/* --- what was refused, what is assumed -------------------------------------------------------- */

static void print_refusals(struct en_page *p, const struct en_report_search *s)
{
    const struct en_candidates *c = s->candidates;
    struct en_words *w = p->w;
    const char *refused = c->refused_count == 0
                              ? "No plan was refused."
                              : en_words_print(w, "%zu plan%s refused:", c->refused_count,
                                               c->refused_count == 1 ? " was" : "s were");

    en_page_heading(p, "WHAT WAS LOOKED AT");
    en_page_text(p, 0, "", EN_INK_PLAIN,
                 en_words_print(w,
                                "%zu options: plans that differ from the usual one in at most %d "
                                "respects, and those without a needle. %s",
                                c->count, (int)EN_CANDIDATE_DEPARTURES_MAX, refused));
    for (size_t i = 0; i < c->refusal_count; i++) {
        const struct en_refusal *r = &c->refusals[i];

        en_page_text(p, 1, en_words_print(w, "%3zu ×", r->count), EN_INK_PLAIN,
                     en_words_print(w, "%s%s%s", r->rule == NULL ? "" : r->rule,
                                    r->rule == NULL ? "" : ": ", en_words_clean(w, r->reason)));
    }
    if (c->left_count > 0) {
        en_page_text(
            p, 0, "", EN_INK_YELLOW,
            en_words_print(w, "%zu further plans were not looked at: too many.", c->left_count));
    }
}

static const char *basis(struct en_words *w, const struct en_report_search *s)
{
    const size_t *patients = s->search->patients;
    struct en_forecast f = {
        .is_calibrated = s->posterior->is_calibrated,
        .has_condition_data = true,
        .study_count = s->posterior->study_count,
        .row_count = s->posterior->row_count,
    };

    memcpy(f.weight, s->search->weight, sizeof f.weight);
    return en_words_print(w, "%s %zu virtual patients like this one, the same for every option.",
                          en_words_basis(w, &f),
                          patients[0] + patients[1] + patients[2] + patients[3]);
}

enum en_status en_terminal_search(struct en_page *p, const struct en_report *r, struct en_err *err)
{
    const struct en_report_search *s = r->search;
    const struct en_search_rows rows = en_search_rows(s);
    struct en_sayings said, assumed;

    EN_TRY(en_words_search(p->w, s, &said, err));
    EN_TRY(en_words_search_basis(p->w, s, &assumed, err));
    en_page_heading(p, s->posterior->is_calibrated ? "PLANS COMPARED"
                                                   : "PLANS COMPARED, before calibration");
    for (size_t i = 0; i < said.count; i++) {
        en_page_text(p, 0, "", i == 0 ? EN_INK_BOLD : EN_INK_PLAIN, said.text[i]);
    }
    en_page_blank(p);
    print_table(p, s, &rows);
    EN_TRY(print_scatter(p, s, &rows, err));
    print_refusals(p, s);
    en_page_heading(p, "WHAT IT RESTS ON");
    en_page_text(p, 0, "", s->posterior->is_calibrated ? EN_INK_PLAIN : EN_INK_YELLOW,
                 basis(p->w, s));
    for (size_t i = 0; i < assumed.count; i++) {
        en_page_text(p, 1, "·", EN_INK_PLAIN, assumed.text[i]);
    }
    return EN_OK;
}
