/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo_courses.h"

#include "app/demo_inside.h"
#include "base/text.h"
#include "fhir/writer.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a random number is for. */
enum purpose { START = 900, PERSON, SIDE, BASE, FALL, NOISE, KEPT, HARM };

enum { COLUMNS = 20, CELL_MAX = 64, YEAR = 365, DAYS_MAX = 3 * YEAR };

/* Days in which most of the fall has come, and what one score differs from the course. */
static const double FALL_DAYS = 45.0, PAIN_NOISE = 0.7, PSFS_PER_POINT = 0.9;

/* Reading the table */

static bool read_parts(const char *item, size_t size, int count, char parts[3][CELL_MAX])
{
    char copy[3 * CELL_MAX], *at = copy;

    if (size >= sizeof copy) {
        return false;
    }
    memcpy(copy, item, size);
    copy[size] = '\0';
    for (int i = 0; i < count; i++) {
        const char *word = strsep(&at, " ");

        if (word == NULL || strlen(word) >= CELL_MAX) {
            return false;
        }
        memcpy(parts[i], word, strlen(word) + 1);
    }
    return at == NULL;
}

/* "KNE-01 6 25": site, mL, percent of dextrose. */
static bool read_sites(const struct en_knowledge *k, const char *list, struct en_demo_group *g)
{
    char parts[3][CELL_MAX];
    const char *item = NULL;
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const size_t i = g->site_count++;

        if (i == EN_DEMO_SITES || !read_parts(item, size, 3, parts) ||
            !en_text_number(parts[1], &g->sites[i].ml) ||
            !en_text_number(parts[2], &g->sites[i].percent)) {
            return false;
        }
        const struct en_row *row = en_row_find(k, "atlas", parts[0]);

        if (row == NULL) {
            return false;
        }
        g->sites[i].code = en_cell(row, "id");
        g->region = en_cell(row, "region");
    }
    return g->site_count > 0;
}

/* "AE-PAIN 1 0.1": code, grade, chance of one session. */
static bool read_harms(const struct en_knowledge *k, const char *list, struct en_demo_group *g)
{
    char parts[3][CELL_MAX];
    const char *item = NULL;
    size_t size = 0;
    long long grade = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const size_t i = g->harm_count++;

        if (i == EN_DEMO_HARMS || !read_parts(item, size, 3, parts) ||
            !en_text_integer(parts[1], 1, 5, &grade) ||
            !en_text_number(parts[2], &g->harms[i].chance)) {
            return false;
        }
        const struct en_row *row = en_row_find(k, "ae_codes", parts[0]);

        if (row == NULL) {
            return false;
        }
        g->harms[i].code = en_cell(row, "id");
        g->harms[i].grade = (int)grade;
    }
    return true;
}

static bool read_visits(const char *list, struct en_demo_group *g)
{
    char parts[3][CELL_MAX];
    const char *item = NULL;
    size_t size = 0;
    long long days = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (g->visit_count == EN_DEMO_VISITS || !read_parts(item, size, 1, parts) ||
            !en_text_integer(parts[0], 1, DAYS_MAX, &days)) {
            return false;
        }
        g->visits[g->visit_count++] = (int)days;
    }
    return true;
}

static bool read_integer(const char *cell, long long low, long long high, int *out)
{
    long long value = 0;
    const bool is_read = en_text_integer(cell, low, high, &value);

    *out = (int)value;
    return is_read;
}

static bool read_numbers(char *const *cells, struct en_demo_group *g)
{
    double *const numbers[] = {&g->pain,     &g->pain_sd,     &g->fall,      &g->fall_sd,
                               &g->function, &g->function_sd, &g->per_point, &g->kept};

    for (size_t i = 0; i < EN_COUNT(numbers); i++) {
        if (!en_text_number(cells[i], numbers[i])) {
            return false;
        }
    }
    return true;
}

/* condition title family sites guidance count first_day last_day sessions interval instrument pain
 * pain_sd fall fall_sd function function_sd per_point kept, and "visits | harms":
 * "42; 91 | AE-PAIN 1 0.1". */
static bool read_group(const struct en_knowledge *k, char **cells, struct en_demo_group *g)
{
    char *harms = strchr(cells[COLUMNS - 1], '|');

    *g = (struct en_demo_group){.condition = cells[0],
                                .title = cells[1],
                                .family = cells[2],
                                .guidance = cells[4],
                                .instrument = cells[10]};
    if (harms == NULL || en_row_find(k, "conditions", g->condition) == NULL ||
        en_row_find(k, "instruments", g->instrument) == NULL) {
        return false;
    }
    *harms++ = '\0';
    return read_sites(k, cells[3], g) && read_integer(cells[5], 1, 1000, &g->count) &&
           read_integer(cells[6], 1, DAYS_MAX, &g->first_day) &&
           read_integer(cells[7], 0, g->first_day, &g->last_day) &&
           read_integer(cells[8], 1, EN_DEMO_SESSIONS, &g->sessions) &&
           read_integer(cells[9], 1, YEAR, &g->interval) && read_numbers(cells + 11, g) &&
           read_visits(cells[COLUMNS - 1], g) && read_harms(k, harms, g);
}

/* Drawing */

struct drawing {
    const struct en_knowledge *k;
    uint64_t seed;
    en_day until;
    struct en_writer w;
    int count;
};

static struct en_random place(const struct drawing *d, int course, enum purpose purpose,
                              uint32_t index)
{
    return (struct en_random){
        .seed = d->seed, .member = (uint64_t)course, .purpose = purpose, .index = index};
}

static double clip(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* To half a point: people answer so. */
static double half(double value)
{
    return round(2.0 * value) / 2.0;
}

/* State of one course, from which its scores follow. */
struct course_state {
    double pain, fall, function, low, high;
};

static struct course_state draw_state(const struct drawing *d, const struct en_demo_course *c)
{
    const struct en_demo_group *g = c->group;
    const struct en_row *row = en_row_find(d->k, "instruments", g->instrument);
    double pair[2];

    en_random_normals(place(d, c->number, BASE, 0), pair);
    return (struct course_state){
        .pain = clip(g->pain + g->pain_sd * pair[0], 3.0, 10.0),
        .fall = g->fall + g->fall_sd * en_random_normal(place(d, c->number, FALL, 0)),
        .function = g->function + g->function_sd * pair[1],
        .low = en_cell_number(row, "low"),
        .high = en_cell_number(row, "high"),
    };
}

static struct en_demo_visit draw_visit(const struct drawing *d, const struct en_demo_course *c,
                                       const struct course_state *s, en_day day)
{
    const double days = day - c->sessions[0];
    const double noise = en_random_normal(place(d, c->number, NOISE, (uint32_t)days));
    const double fall = s->fall * (1.0 - exp(-days / FALL_DAYS));
    const double pain = clip(half(s->pain - fall + (days > 0.0 ? PAIN_NOISE * noise : 0.0)), 0, 10);
    const double gain = s->pain - pain;
    const double change = c->group->per_point * gain;

    return (struct en_demo_visit){
        .day = day,
        .pain = pain,
        .function = round(clip(s->function + change, s->low, s->high)),
        .psfs = clip(half(3.5 + PSFS_PER_POINT * gain), 0.0, 10.0),
        .pgic = days > 0.0 ? clip(round(4.0 + gain / 1.5), 1.0, 7.0) : NAN,
    };
}

static void draw_person(const struct drawing *d, struct en_demo_course *c)
{
    double four[4];

    en_random_uniforms_of_4(place(d, c->number, PERSON, 0), four);
    c->gender = four[0] < 0.6 ? "female" : "male";
    c->born = d->until - (en_day)((32.0 + 44.0 * four[1]) * 365.25);
    c->side = en_random_uniform(place(d, c->number, SIDE, 0)) < 0.5 ? "left" : "right";
    c->onset = d->until - c->group->first_day - 120 - (en_day)(900.0 * four[2]);
}

static void draw_harms(const struct drawing *d, struct en_demo_course *c, size_t session)
{
    double at = en_random_uniform(place(d, c->number, HARM, (uint32_t)session));

    for (size_t i = 0; i < c->group->harm_count && c->harm[session] == NULL; i++) {
        if (at < c->group->harms[i].chance) {
            c->harm[session] = c->group->harms[i].code;
            c->grade[session] = c->group->harms[i].grade;
        }
        at -= c->group->harms[i].chance;
    }
}

/* Every session has its score of pain; function is asked before the first one and at visits. */
static void draw_sessions(const struct drawing *d, struct en_demo_course *c,
                          const struct course_state *s)
{
    const struct en_demo_group *g = c->group;
    const int span = g->first_day - g->last_day;
    const en_day first =
        d->until - g->first_day + (en_day)(span * en_random_uniform(place(d, c->number, START, 0)));

    for (int i = 0; i < g->sessions; i++) {
        const en_day day = first + i * g->interval;

        c->sessions[i] = day;
        c->session_count++;
        draw_harms(d, c, (size_t)i);
        struct en_demo_visit v = draw_visit(d, c, s, day);

        if (i > 0) {
            v.function = v.psfs = v.pgic = NAN;
        }
        c->visits[c->visit_count++] = v;
    }
}

/* The visit of this day, a new one when there is none: a session may be a visit, too. */
static struct en_demo_visit *visit_on(struct en_demo_course *c, en_day day)
{
    size_t i = 0;

    while (i < c->visit_count && c->visits[i].day != day) {
        i++;
    }
    c->visit_count += i == c->visit_count;
    return &c->visits[i];
}

/* Who stays away once does not come again. */
static void draw_visits(const struct drawing *d, struct en_demo_course *c,
                        const struct course_state *s)
{
    bool comes = true;

    for (size_t i = 0; i < c->group->visit_count && comes; i++) {
        const en_day day = c->sessions[0] + c->group->visits[i];

        comes = en_random_uniform(place(d, c->number, KEPT, (uint32_t)i)) < c->group->kept;
        if (comes && day <= d->until) {
            *visit_on(c, day) = draw_visit(d, c, s, day);
        }
    }
}

static void draw_group(struct drawing *d, const struct en_demo_group *g)
{
    for (int i = 0; i < g->count; i++) {
        struct en_demo_course c = {.group = g, .number = ++d->count};
        const struct course_state s = draw_state(d, &c);

        draw_person(d, &c);
        draw_sessions(d, &c, &s);
        draw_visits(d, &c, &s);
        en_demo_write_course(&d->w, &c);
    }
}

static enum en_status draw_line(struct drawing *d, char *line, int number, struct en_err *err)
{
    struct en_demo_group g;
    char *cells[COLUMNS] = {NULL}, *at = line;
    int count = 0;

    while (at != NULL && count < COLUMNS) {
        cells[count++] = strsep(&at, "\t");
    }
    if (at != NULL || count < COLUMNS || !read_group(d->k, cells, &g)) {
        return en_fail(err, EN_EINVAL, "courses of the demo clinic: line %d cannot be read",
                       number);
    }
    draw_group(d, &g);
    return EN_OK;
}

enum en_status en_demo_courses(const struct en_knowledge *k, const char *tsv, uint64_t seed,
                               en_day until, struct en_arena *a, struct en_buf *json,
                               struct en_err *err)
{
    struct drawing d = {.k = k, .seed = seed, .until = until, .w = EN_WRITER(json)};
    char *text = en_arena_copy(a, tsv, SIZE_MAX), *line;

    if (text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the courses of the demo clinic");
    }
    en_write_open(&d.w, NULL, '{');
    en_write_text(&d.w, "resourceType", "Bundle");
    en_write_text(&d.w, "type", "collection");
    en_write_open(&d.w, "entry", '[');
    for (int number = 1; (line = strsep(&text, "\n")) != NULL; number++) {
        EN_TRY(line[0] == '\0' || line[0] == '#' ? EN_OK : draw_line(&d, line, number, err));
    }
    en_write_close(&d.w);
    en_write_close(&d.w);
    return en_write_end(&d.w, "the courses of the demo clinic", err);
}
