/* SPDX-License-Identifier: Apache-2.0 */
#include "app/published.h"

#include "app/evidence_arm.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static const double WEEKS_MAX = 520.0, WIDTH_OF_95 = 2.0 * 1.959963984540054;

const struct en_sheet_column EN_PUBLISHED_COLUMNS[] = {
    {"study", "name of the study; its arms and results share it", true},
    {"condition", "id of knowledge/conditions.tsv, for example oa_knee; empty: none of them",
     false},
    {"design",
     "rct, crossover or meta (arms compared at random), controlled or uncontrolled; empty: rct "
     "when "
     "the study has several arms, else uncontrolled",
     false},
    {"pooled", "trials behind the numbers of a meta-analysis; empty: 1", false},
    {"arm", "name of the arm", true},
    {"kind",
     "dextrose, injection (without dextrose), exercise or none; with the next five columns needed "
     "in "
     "the first row of an arm, later rows may leave them empty",
     true},
    {"sessions_weeks", "weeks of the sessions, parted by ;", false},
    {"as_needed_weeks", "weeks at which a further session is given when needed", false},
    {"injections",
     "what one session injects, items parted by ;: KIND PERCENT ML POINTS GUIDANCE, for example "
     "joint_space 25 6 1 landmark; KIND as in knowledge/atlas.tsv, ML of a point, GUIDANCE "
     "landmark, "
     "ultrasound, fluoroscopy or ct",
     false},
    {"rehabilitation", "mechanical stimulus: 1 usual (also when empty), 1.3 an exercise programme",
     false},
    {"n", "patients of the arm at that time", true},
    {"outcome",
     "pain, function, responder_pain or responder_function; empty: the row only describes an arm",
     true},
    {"scale",
     "best and worst value of the scale that baseline, change and spreads are printed on, for "
     "example "
     "0..96 or 100..0; empty: 0..10 for pain, 0..100 for function",
     false},
    {"week", "time of the result in weeks from the baseline", true},
    {"from_week", "week from which the change counts; empty: 0, before the first session", false},
    {"baseline", "mean before the first session", true},
    {"baseline_sd", "its standard deviation over patients", false},
    {"after", "mean at that week, in place of change", false},
    {"change", "later less earlier, as the scale counts it", false},
    {"change_sd", "standard deviation of the change over patients", false},
    {"change_se", "standard error of the change", false},
    {"change_low", "lower end of its 95 % interval", false},
    {"change_high", "upper end", false},
    {"versus", "arm of the same study; change is then this arm's less that one's", false},
    {"share", "share of responders, 0..1", false},
    {"threshold", "smallest improvement of a responder", false},
    {"threshold_unit", "% of the baseline, or points of the scale; empty: % for pain, points else",
     false},
    {"note", "remark", false},
    {NULL, NULL, false},
};

/* A file in reading. */
struct published {
    const struct en_app *app;
    struct en_sheet sheet;
    struct en_arena *a;
    struct en_err *err;
    const char **conditions;
    struct en_evidence_study *studies;
    const char **designs; /* as written, shape [studies] */
    struct en_evidence_arm *arms;
    struct en_evidence_row *rows;
    size_t condition_count, study_count, arm_count, row_count;
};

#define WRONG(p, row, column, ...) en_sheet_wrong(&(p)->sheet, row, column, (p)->err, __VA_ARGS__)

static const char *cell(const struct published *p, size_t row, const char *column)
{
    return en_sheet_cell(&p->sheet, row, column);
}

static enum en_status number(const struct published *p, size_t row, const char *column, double low,
                             double high, double *out)
{
    return en_sheet_number(&p->sheet, row, column, low, high, out, p->err);
}

/* Studies */

static size_t find_study(const struct published *p, const char *id)
{
    for (size_t i = 0; i < p->study_count; i++) {
        if (en_text_equal(p->studies[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum en_status read_condition(struct published *p, size_t row, int *out)
{
    const char *id = cell(p, row, "condition");

    *out = -1;
    if (*id == '\0') {
        return EN_OK;
    }
    if (en_row_find(p->app->knowledge, "conditions", id) == NULL) {
        return WRONG(p, row, "condition", "no id of conditions.tsv");
    }
    for (size_t i = 0; i < p->condition_count; i++) {
        if (en_text_equal(p->conditions[i], id)) {
            *out = (int)i;
            return EN_OK;
        }
    }
    if (p->condition_count == EN_POSTERIOR_CONDITIONS_MAX) {
        return WRONG(p, row, "condition", "more than %d conditions in one file",
                     (int)EN_POSTERIOR_CONDITIONS_MAX);
    }
    p->conditions[p->condition_count] = id;
    *out = (int)p->condition_count++;
    return EN_OK;
}

static enum en_status read_design(struct published *p, size_t row, size_t study)
{
    static const char *const DESIGNS[] = {"",     "rct",        "crossover",
                                          "meta", "controlled", "uncontrolled"};
    const char *design = cell(p, row, "design");
    bool is_known = false;

    for (size_t i = 0; i < EN_COUNT(DESIGNS); i++) {
        is_known |= en_text_equal(design, DESIGNS[i]);
    }
    if (!is_known) {
        return WRONG(p, row, "design", "must be rct, crossover, meta, controlled or uncontrolled");
    }
    if (*p->designs[study] != '\0' && *design != '\0' &&
        !en_text_equal(p->designs[study], design)) {
        return WRONG(p, row, "design", "differs from that of an earlier row of the study");
    }
    p->designs[study] = *design == '\0' ? p->designs[study] : design;
    return EN_OK;
}

/* Trials behind a study, given in one of its rows or in all. */
static enum en_status read_pooled(struct published *p, size_t row, size_t study)
{
    double pooled = NAN;

    EN_TRY(number(p, row, "pooled", 1.0, 10000.0, &pooled));
    if (!isnan(pooled)) {
        p->studies[study].pooled = pooled;
    }
    return EN_OK;
}

static enum en_status read_study(struct published *p, size_t row, size_t *out)
{
    const char *id = cell(p, row, "study");
    int condition = -1;

    if (*id == '\0') {
        return WRONG(p, row, "study", "is empty");
    }
    *out = find_study(p, id);
    EN_TRY(read_condition(p, row, &condition));
    if (*out == SIZE_MAX) {
        if (p->study_count == EN_EVIDENCE_STUDIES_MAX) {
            return WRONG(p, row, "study", "more than %d studies", (int)EN_EVIDENCE_STUDIES_MAX);
        }
        *out = p->study_count++;
        p->designs[*out] = "";
        p->studies[*out] = (struct en_evidence_study){
            .id = id, .dataset = *out, .condition = condition, .pooled = 1.0};
    } else if (condition >= 0 && p->studies[*out].condition != condition) {
        return WRONG(p, row, "condition", "differs from that of an earlier row of the study");
    }
    EN_TRY(read_pooled(p, row, *out));
    return read_design(p, row, *out);
}

/* Arms */

static size_t find_arm(const struct published *p, size_t study, const char *id)
{
    for (size_t i = 0; i < p->arm_count; i++) {
        if (p->arms[i].study == study && en_text_equal(p->arms[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static enum en_status make_arm(struct published *p, size_t row, size_t study,
                               struct en_evidence_arm *out)
{
    const int condition = p->studies[study].condition;
    struct en_arm_problem problem = {0};
    struct en_arm_text text = {
        .condition = condition < 0 ? "" : p->conditions[condition],
        .kind = cell(p, row, "kind"),
        .sessions_weeks = cell(p, row, "sessions_weeks"),
        .as_needed_weeks = cell(p, row, "as_needed_weeks"),
        .injections = cell(p, row, "injections"),
    };

    EN_TRY(number(p, row, "rehabilitation", 0.0, 10.0, &text.rehabilitation));
    *out = (struct en_evidence_arm){.id = cell(p, row, "arm"), .study = study};
    if (!en_arm_read(p->app->knowledge, &text, out, &problem)) {
        return WRONG(p, row, problem.column, "%s", problem.what);
    }
    return EN_OK;
}

/* Whether a row says anything about what its arm got. */
static bool describes_arm(const struct published *p, size_t row)
{
    static const char *const COLUMNS[] = {"kind", "sessions_weeks", "as_needed_weeks", "injections",
                                          "rehabilitation"};

    for (size_t i = 0; i < EN_COUNT(COLUMNS); i++) {
        if (*cell(p, row, COLUMNS[i]) != '\0') {
            return true;
        }
    }
    return false;
}

static bool is_same_arm(const struct en_evidence_arm *a, const struct en_evidence_arm *b)
{
    bool is_same = a->context == b->context && a->session_count == b->session_count &&
                   a->rehabilitation == b->rehabilitation;

    for (size_t i = 0; is_same && i < a->session_count; i++) {
        const struct en_trial_session *x = &a->sessions[i], *y = &b->sessions[i];

        is_same = x->day == y->day && x->dextrose_percent == y->dextrose_percent &&
                  x->coverage == y->coverage && x->is_as_needed == y->is_as_needed;
    }
    return is_same;
}

static enum en_status read_arm(struct published *p, size_t row, size_t study, size_t *out)
{
    const char *id = cell(p, row, "arm");
    struct en_evidence_arm arm;

    if (*id == '\0') {
        return WRONG(p, row, "arm", "is empty");
    }
    *out = find_arm(p, study, id);
    if (*out != SIZE_MAX && !describes_arm(p, row)) {
        return EN_OK;
    }
    EN_TRY(make_arm(p, row, study, &arm));
    if (*out != SIZE_MAX) {
        return is_same_arm(&p->arms[*out], &arm)
                   ? EN_OK
                   : WRONG(p, row, "arm", "was described differently in an earlier row");
    }
    if (p->arm_count == EN_EVIDENCE_ARMS_MAX) {
        return WRONG(p, row, "arm", "more than %d arms", (int)EN_EVIDENCE_ARMS_MAX);
    }
    *out = p->arm_count++;
    p->arms[*out] = arm;
    return EN_OK;
}

/* Results */

/* From a printed scale to ours. */
struct scale {
    double best, worst, target; /* target: 10 for pain, 100 for function */
};

static double to_change(const struct scale *s, double x)
{
    return x / (s->worst - s->best) * s->target;
}

static double to_spread(const struct scale *s, double x)
{
    return fabs(to_change(s, x));
}

static enum en_status read_scale(const struct published *p, size_t row, struct scale *out)
{
    const char *text = cell(p, row, "scale"), *dots = strstr(text, "..");
    char best[32];

    *out = (struct scale){0.0, out->target, out->target};
    if (*text == '\0') {
        return EN_OK;
    }
    if (dots == NULL || (size_t)(dots - text) >= sizeof best ||
        snprintf(best, sizeof best, "%.*s", (int)(dots - text), text) < 0 ||
        !en_text_number(best, &out->best) || !en_text_number(dots + 2, &out->worst) ||
        !(fabs(out->worst - out->best) >= 1e-3 && fabs(out->worst - out->best) <= 1e6)) {
        return WRONG(p, row, "scale", "write BEST..WORST, for example 0..96 or 100..0");
    }
    return EN_OK;
}

/* The printed numbers of a row, still on their scale. */
struct printed {
    double baseline, baseline_sd, after, change, change_sd, change_se, change_low, change_high;
};

static enum en_status read_printed(const struct published *p, size_t row, const struct scale *s,
                                   struct printed *out)
{
    const double low = fmin(s->best, s->worst), high = fmax(s->best, s->worst), width = high - low;

    EN_TRY(number(p, row, "baseline", low, high, &out->baseline));
    EN_TRY(number(p, row, "baseline_sd", 0.0, width, &out->baseline_sd));
    EN_TRY(number(p, row, "after", low, high, &out->after));
    EN_TRY(number(p, row, "change", -width, width, &out->change));
    EN_TRY(number(p, row, "change_sd", 1e-6 * width, width, &out->change_sd));
    EN_TRY(number(p, row, "change_se", 1e-6 * width, width, &out->change_se));
    EN_TRY(number(p, row, "change_low", -2.0 * width, 2.0 * width, &out->change_low));
    EN_TRY(number(p, row, "change_high", -2.0 * width, 2.0 * width, &out->change_high));
    if (isnan(out->change_low) != isnan(out->change_high) || out->change_low >= out->change_high) {
        return WRONG(p, row, "change_low", "an interval needs change_low below change_high");
    }
    return EN_OK;
}

/* A change with its spread; contrasts have no mean at a week. */
static enum en_status fill_change(const struct published *p, size_t row, const struct scale *s,
                                  const struct printed *x, struct en_evidence_row *out)
{
    double change = x->change, se = x->change_se;

    if (!isnan(x->after) && (!isnan(x->change) || out->versus != SIZE_MAX)) {
        return WRONG(p, row, "after", "give after or change, and change for a difference of arms");
    }
    change = isnan(change) ? x->after - x->baseline : change;
    if (isnan(change)) {
        return WRONG(p, row, "change", "is empty, and so is after");
    }
    se = isnan(se) ? (x->change_high - x->change_low) / WIDTH_OF_95 : se;
    out->value = to_change(s, change);
    out->se = to_spread(s, se);
    out->sd = to_spread(s, x->change_sd);
    return EN_OK;
}

static enum en_status fill_share(const struct published *p, size_t row, const struct scale *s,
                                 struct en_evidence_row *out)
{
    const bool is_pain = out->outcome == EN_EVIDENCE_RESPONDER_PAIN;
    const char *unit = cell(p, row, "threshold_unit");
    const bool is_percent = *unit == '\0' ? is_pain : *unit == '%';
    double threshold = NAN;

    if (out->versus != SIZE_MAX) {
        return WRONG(p, row, "versus", "shares are given for each arm, not as a difference");
    }
    if (*unit != '\0' && !is_percent && !en_text_equal(unit, "points")) {
        return WRONG(p, row, "threshold_unit", "must be %% or points");
    }
    EN_TRY(number(p, row, "share", 0.0, 1.0, &out->value));
    EN_TRY(number(p, row, "threshold", 0.0, is_percent ? 100.0 : fabs(s->worst - s->best),
                  &threshold));
    if (isnan(out->value)) {
        return WRONG(p, row, "share", "is empty");
    }
    if (isnan(out->threshold) && !(threshold > 0.0)) {
        return WRONG(p, row, "threshold", "a share of responders needs one");
    }
    if (isnan(out->threshold)) {
        out->threshold =
            en_evidence_threshold(out->outcome, is_percent ? threshold : to_spread(s, threshold),
                                  is_percent, out->baseline);
    }
    return EN_OK;
}

static enum en_status read_result(struct published *p, size_t row, size_t arm)
{
    struct en_evidence_row r = {.arm = arm, .versus = SIZE_MAX, .se = NAN, .sd = NAN};
    const char *versus = cell(p, row, "versus");
    struct printed x;

    if (*cell(p, row, "outcome") == '\0') {
        return EN_OK; /* the row only describes an arm */
    }
    if (!en_evidence_outcome(cell(p, row, "outcome"), &r.outcome, &r.threshold)) {
        return WRONG(p, row, "outcome",
                     "must be pain, function, responder_pain or responder_function");
    }
    const bool is_pain = r.outcome == EN_EVIDENCE_PAIN || r.outcome == EN_EVIDENCE_RESPONDER_PAIN;
    struct scale scale = {.target = is_pain ? 10.0 : 100.0};

    EN_TRY(read_scale(p, row, &scale));
    EN_TRY(read_printed(p, row, &scale, &x));
    EN_TRY(number(p, row, "n", 1.0, 1e6, &r.n));
    EN_TRY(number(p, row, "week", 0.0, WEEKS_MAX, &r.week));
    EN_TRY(number(p, row, "from_week", 0.0, WEEKS_MAX, &r.from_week));
    r.from_week = isnan(r.from_week) ? 0.0 : r.from_week;
    if (!(r.week > r.from_week)) {
        return WRONG(p, row, "week", "must be after from_week");
    }
    if (isnan(r.n)) {
        return WRONG(p, row, "n", "is empty");
    }
    r.baseline = to_change(&scale, x.baseline - scale.best);
    r.baseline_sd = to_spread(&scale, x.baseline_sd);
    if (!(r.baseline >= 0.02 * scale.target)) {
        return WRONG(p, row, "baseline", "is empty, or without symptoms");
    }
    if (*versus != '\0') {
        r.versus = find_arm(p, p->arms[arm].study, versus);
    }
    if (*versus != '\0' && (r.versus == SIZE_MAX || r.versus == arm)) {
        return WRONG(p, row, "versus", "no other arm of this study has this name");
    }
    EN_TRY(r.outcome >= EN_EVIDENCE_RESPONDER_PAIN ? fill_share(p, row, &scale, &r)
                                                   : fill_change(p, row, &scale, &x, &r));
    r.id = en_arena_print(p->a, "line %zu", p->sheet.lines[row]);
    if (r.id == NULL) {
        return en_fail(p->err, EN_ENOMEM, "no memory for the results");
    }
    p->rows[p->row_count++] = r;
    return EN_OK;
}

/* The whole file: first all arms, so that a row may name one that stands below it. */

static enum en_status read_all(struct published *p)
{
    const size_t rows = p->sheet.row_count;
    size_t *arms = EN_NEW(p->a, size_t, rows);

    if (arms == NULL) {
        return en_fail(p->err, EN_ENOMEM, "no memory for the results");
    }
    for (size_t i = 0; i < rows; i++) {
        size_t study = SIZE_MAX;

        EN_TRY(read_study(p, i, &study));
        EN_TRY(read_arm(p, i, study, &arms[i]));
    }
    for (size_t i = 0; i < rows; i++) {
        EN_TRY(read_result(p, i, arms[i]));
    }
    return p->row_count > 0
               ? EN_OK
               : en_fail(p->err, EN_EINVAL, "%s: no row has an outcome", p->sheet.file);
}

static void fill_designs(struct published *p)
{
    for (size_t s = 0; s < p->study_count; s++) {
        const char *design = p->designs[s];
        size_t arms = 0;

        for (size_t i = 0; i < p->arm_count; i++) {
            arms += p->arms[i].study == s;
        }
        p->studies[s].is_controlled =
            en_text_equal(design, "rct") || en_text_equal(design, "crossover") ||
            en_text_equal(design, "meta") || (*design == '\0' && arms > 1);
    }
}

/* Studies of the file that calibration has seen. */
static size_t count_known(const struct published *p)
{
    size_t count = 0;

    for (size_t s = 0; s < p->study_count; s++) {
        const struct en_row *row = en_row_find(p->app->knowledge, "trials", p->studies[s].id);

        count += row != NULL && en_text_equal(en_cell(row, "use"), "fit");
    }
    return count;
}

enum en_status en_published_read(const struct en_app *app, const char *file, const char *bytes,
                                 size_t size, struct en_arena *a, struct en_published *out,
                                 struct en_err *err)
{
    struct published p = {.app = app, .a = a, .err = err};

    *out = (struct en_published){0};
    EN_TRY(en_sheet_read(file, bytes, size, EN_PUBLISHED_COLUMNS, a, &p.sheet, err));
    const size_t rows = p.sheet.row_count;

    p.conditions = EN_NEW(a, const char *, EN_POSTERIOR_CONDITIONS_MAX);
    p.studies = EN_NEW(a, struct en_evidence_study, EN_EVIDENCE_STUDIES_MAX);
    p.designs = EN_NEW(a, const char *, EN_EVIDENCE_STUDIES_MAX);
    p.arms = EN_NEW(a, struct en_evidence_arm, EN_EVIDENCE_ARMS_MAX);
    p.rows = EN_NEW(a, struct en_evidence_row, rows);
    if (p.conditions == NULL || p.studies == NULL || p.designs == NULL || p.arms == NULL ||
        p.rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the results");
    }
    EN_TRY(read_all(&p));
    fill_designs(&p);
    *out = (struct en_published){
        .evidence =
            {
                .conditions = p.conditions,
                .condition_count = p.condition_count,
                .studies = p.studies,
                .study_count = p.study_count,
                .arms = p.arms,
                .arm_count = p.arm_count,
                .rows = p.rows,
                .row_count = p.row_count,
            },
        .known_count = count_known(&p),
    };
    return en_evidence_check(&out->evidence, err);
}
