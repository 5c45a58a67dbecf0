/* SPDX-License-Identifier: Apache-2.0
 * app/trial_arms: what the arms of a trial receive, and the sequences of a crossover. */
#include "app/exposure.h"
#include "app/trial_spec.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

enum { INJECTIONS_MAX = 16, POINTS_MAX = 100 };

static const double WEEK_DAYS = 7.0, WEEKS_MAX = 520.0;

/* [% w/v] The engine's range; dextrose for injection is sold up to this strength. */
static const double DEXTROSE_MAX = 50.0;

static const char *const ARM_KEYS[] = {
    "name",    "n", "sessions_weeks", "as_needed_weeks", "injections", "rehabilitation",
    "context", NULL};
static const char *const INJECTION_KEYS[] = {"site_kind", "dextrose_percent", "volume_ml",
                                             "points",    "guidance",         NULL};

/* Words of the specification and codes of placement.tsv, in the same order. */
static const char *const GUIDANCE[] = {"landmark", "ultrasound", "fluoroscopy", "ct", NULL};
static const char *const GUIDANCE_CODES[] = {"LM", "US", "FL", "CT"};

bool en_trial_arm_find(struct en_spec *s, const struct en_trial *trial, const char *key,
                       const char *name, size_t *index)
{
    const char *names[EN_TRIAL_ARMS_MAX + 1] = {NULL};

    for (size_t i = 0; i < trial->arm_count; i++) {
        names[i] = trial->arms[i].name == NULL ? "" : trial->arms[i].name;
        if (en_text_equal(names[i], name)) {
            *index = i;
            return true;
        }
    }
    const char *nearest = en_spec_nearest(s, name, names);

    if (key == NULL) {
        en_spec_wrong(s, "there is no such arm%s", nearest);
    } else {
        en_spec_wrong_at(s, key, "there is no such arm%s", nearest);
    }
    return false;
}

bool en_trial_arm_read(struct en_spec *s, struct json_object *object, const char *key,
                       const struct en_trial *trial, size_t *index)
{
    const char *name = NULL;

    return en_spec_text(s, object, key, &name) && en_trial_arm_find(s, trial, key, name, index);
}

/* Kinds of the atlas, each once, ended by NULL. */
static void fill_kinds(const struct en_knowledge *k, const char **kinds, size_t max)
{
    const struct en_table *t = en_table_get(k, "atlas");
    size_t count = 0;

    for (size_t i = 0; i < t->row_count; i++) {
        const char *kind = en_cell(&t->rows[i], "kind");
        bool is_known = false;

        for (size_t j = 0; j < count; j++) {
            is_known = is_known || en_text_equal(kinds[j], kind);
        }
        if (!is_known && count + 1 < max) {
            kinds[count++] = kind;
        }
    }
    kinds[count] = NULL;
}

/* The largest volume that any site of the atlas takes at a point [mL]. */
static double point_limit(const struct en_knowledge *k)
{
    const struct en_table *t = en_table_get(k, "atlas");
    double limit = 0.0;

    for (size_t i = 0; i < t->row_count; i++) {
        const double volume = en_cell_number(&t->rows[i], "volume_max_ml");

        limit = volume > limit ? volume : limit;
    }
    return limit;
}

/* What the members of an injection say; false when one is missing or wrong. */
static bool read_injection(struct en_spec *s, struct json_object *object, const char *condition,
                           struct en_injection *out)
{
    const char *kinds[32];
    size_t kind = SIZE_MAX, guidance = 0;
    double point_ml = NAN;
    long long points = 1;
    struct en_usual_target usual = {0};

    fill_kinds(s->knowledge, kinds, EN_COUNT(kinds));
    bool is_right = en_spec_choice(s, object, "site_kind", kinds, &kind);

    is_right =
        en_spec_number(s, object, "dextrose_percent", 0.0, DEXTROSE_MAX, &out->dextrose_percent) &&
        is_right;
    is_right = en_spec_number(s, object, "volume_ml", 0.01, point_limit(s->knowledge), &point_ml) &&
               is_right;
    (void)en_spec_integer(s, object, "points", 1, POINTS_MAX, &points);
    (void)en_spec_choice(s, object, "guidance", GUIDANCE, &guidance);
    if (!is_right || !en_usual_target(s->knowledge, condition, kinds[kind], &usual)) {
        return false;
    }
    out->kind = kinds[kind];
    out->guidance = GUIDANCE_CODES[guidance];
    out->is_surface = usual.is_surface;
    out->volume_ml = point_ml * (double)points;
    out->usual_ml = usual.point_ml * fmax(usual.points, (double)points);
    if (isnan(en_exposure_hit(s->knowledge, out))) {
        en_spec_wrong_at(s, "guidance", "placement.tsv has no row for this kind of target");
        return false;
    }
    return true;
}

static void check_members(struct en_spec *s, struct json_object *object, const char *const *keys)
{
    for (size_t i = 0; keys[i] != NULL; i++) {
        if (json_object_is_type(object, json_type_object) &&
            !json_object_object_get_ex(object, keys[i], NULL)) {
            en_spec_wrong(s, "the key \"%s\" is missing", keys[i]);
        }
    }
}

/* All injections of one session. */
static void read_injections(struct en_spec *s, struct json_object *arm, const char *condition,
                            struct en_exposure *out)
{
    static const char *const NEEDED[] = {"site_kind", "dextrose_percent", "volume_ml", NULL};
    struct json_object *list = en_spec_array(s, arm, "injections", INJECTIONS_MAX);
    const double limit = en_limit(s->knowledge, "volume.session_max");
    const size_t before = en_spec_push(s, "injections");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *object = en_json_at(list, i);
        struct en_injection injection = {0};
        const size_t at = en_spec_push_index(s, i);

        if (en_spec_object(s, object, INJECTION_KEYS)) {
            check_members(s, object, NEEDED);
            if (read_injection(s, object, condition, &injection)) {
                en_exposure_add(out, s->knowledge, &injection);
            }
        }
        en_spec_pop(s, at);
    }
    if (out->volume_ml > limit) {
        en_spec_wrong(s, "the injections of a session hold %g mL, and at most %g mL may be given",
                      out->volume_ml, limit);
    }
    en_spec_pop(s, before);
}

static void add_session(struct en_trial_arm *arm, double week, bool is_as_needed,
                        const struct en_exposure *e)
{
    const double day = week * WEEK_DAYS;
    size_t at = arm->session_count++;

    for (; at > 0 && arm->sessions[at - 1].day > day; at--) {
        arm->sessions[at] = arm->sessions[at - 1];
    }
    arm->sessions[at] = (struct en_trial_session){
        .day = day,
        .dextrose_percent = en_exposure_dextrose(e),
        .coverage = en_exposure_coverage(e),
        .needle = 1.0,
        .is_as_needed = is_as_needed,
    };
}

static bool has_day(const struct en_trial_arm *arm, double week)
{
    for (size_t i = 0; i < arm->session_count; i++) {
        if (arm->sessions[i].day == week * WEEK_DAYS) {
            return true;
        }
    }
    return false;
}

static void read_sessions(struct en_spec *s, struct json_object *object, const char *condition,
                          struct en_trial_arm *arm)
{
    const struct en_spec_list list = {"weeks", 0.0, WEEKS_MAX, EN_TRIAL_SESSIONS_MAX};
    double planned[EN_TRIAL_SESSIONS_MAX], needed[EN_TRIAL_SESSIONS_MAX];
    size_t planned_count = 0, needed_count = 0;
    struct en_exposure exposure = {0};
    const bool has_injections = json_object_object_get_ex(object, "injections", NULL);

    read_injections(s, object, condition, &exposure);
    (void)en_spec_ascending(s, object, "sessions_weeks", &list, planned, &planned_count);
    (void)en_spec_ascending(s, object, "as_needed_weeks", &list, needed, &needed_count);
    const bool has_weeks = json_object_object_get_ex(object, "sessions_weeks", NULL) ||
                           json_object_object_get_ex(object, "as_needed_weeks", NULL);

    if (has_weeks && !has_injections) {
        en_spec_wrong(s, "sessions need \"injections\"");
    }
    if (has_injections && !has_weeks) {
        en_spec_wrong(s, "injections need \"sessions_weeks\"");
    }
    if (planned_count + needed_count > EN_TRIAL_SESSIONS_MAX) {
        en_spec_wrong(s, "an arm has at most %d sessions", EN_TRIAL_SESSIONS_MAX);
        return;
    }
    for (size_t i = 0; i < planned_count; i++) {
        add_session(arm, planned[i], false, &exposure);
    }
    for (size_t i = 0; i < needed_count; i++) {
        if (has_day(arm, needed[i])) {
            en_spec_wrong_at(s, "as_needed_weeks", "week %g is one of sessions_weeks", needed[i]);
        } else {
            add_session(arm, needed[i], true, &exposure);
        }
    }
}

_Static_assert((EN_CONTEXT_INJECTION | EN_CONTEXT_EXERCISE) == EN_CONTEXT_BOTH,
               "contexts are joined as bits");

static void read_arm(struct en_spec *s, struct json_object *object, const char *condition,
                     struct en_trial_arm *arm)
{
    static const char *const NEEDED[] = {"name", "n", NULL};
    static const char *const CONTEXTS[] = {"none", "injection", "exercise", "both", NULL};
    long long n = 0;
    double stimulus = 1.0;
    size_t context = SIZE_MAX;

    if (!en_spec_object(s, object, ARM_KEYS)) {
        return;
    }
    check_members(s, object, NEEDED);
    (void)en_spec_text(s, object, "name", &arm->name);
    (void)en_spec_integer(s, object, "n", 1, EN_TRIAL_N_MAX, &n);
    arm->n = (size_t)n;
    read_sessions(s, object, condition, arm);
    if (en_spec_number(s, object, "rehabilitation", 0.0, 10.0, &stimulus) && stimulus != 1.0) {
        arm->changes[arm->change_count++] = (struct en_change){0.0, stimulus, 1.0};
    }
    arm->context = (enum en_context)((arm->session_count > 0 ? EN_CONTEXT_INJECTION : 0) |
                                     (arm->change_count > 0 ? EN_CONTEXT_EXERCISE : 0));
    if (en_spec_choice(s, object, "context", CONTEXTS, &context)) {
        arm->context = (enum en_context)context;
    }
}

/* Index of an earlier arm of the same name, or `index` itself. */
static size_t same_name(const struct en_trial *trial, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (trial->arms[index].name != NULL &&
            en_text_equal(trial->arms[i].name, trial->arms[index].name)) {
            return i;
        }
    }
    return index;
}

/* The arm of a sequence: the first treatment until `day`, then the second, whose weeks count from
 * there. */
static void join(struct en_spec *s, const struct en_trial_arm *first,
                 const struct en_trial_arm *second, double day, struct en_trial_arm *out)
{
    *out = *first;
    out->name = en_arena_print(s->arena, "%s, then %s", first->name, second->name);
    /* The response to injections begins with the first one; that to exercise on day 0. */
    out->context =
        (enum en_context)(first->context | (second->context & (unsigned)EN_CONTEXT_INJECTION));
    out->session_count = 0;
    for (size_t i = 0; i < first->session_count && first->sessions[i].day < day; i++) {
        out->sessions[out->session_count++] = first->sessions[i];
    }
    for (size_t i = 0; i < second->session_count; i++) {
        if (out->session_count == EN_TRIAL_SESSIONS_MAX) {
            en_spec_wrong(s, "a sequence has at most %d sessions", EN_TRIAL_SESSIONS_MAX);
            break;
        }
        out->sessions[out->session_count] = second->sessions[i];
        out->sessions[out->session_count++].day += day;
    }
    /* Each arm has one change at most, on day 0. */
    if (first->change_count > 0 || second->change_count > 0) {
        const struct en_change usual = {0.0, 1.0, 1.0};

        out->changes[0] = first->change_count > 0 ? first->changes[0] : usual;
        out->changes[1] = second->change_count > 0 ? second->changes[0] : usual;
        out->changes[1].day = day;
        out->change_count = 2;
    }
    if (out->name == NULL) {
        en_spec_wrong(s, "no memory for a name");
    }
}

static bool read_sequence(struct en_spec *s, struct json_object *pair, const struct en_trial *trial,
                          double day, struct en_trial_arm *out)
{
    size_t index[2] = {0, 0};
    bool is_right = en_json_count(pair) == 2;

    if (!is_right) {
        en_spec_wrong(s, "a sequence is two names of arms: [\"first\", \"second\"]");
    }
    for (size_t i = 0; i < 2 && en_json_count(pair) == 2; i++) {
        const char *name = NULL;
        const size_t at = en_spec_push_index(s, i);

        is_right = en_spec_text_of(s, en_json_at(pair, i), &name) &&
                   en_trial_arm_find(s, trial, NULL, name, &index[i]) && is_right;
        en_spec_pop(s, at);
    }
    if (is_right) {
        join(s, &trial->arms[index[0]], &trial->arms[index[1]], day, out);
    }
    return is_right;
}

/* The sequences take the place of the arms. */
static void read_crossover(struct en_spec *s, struct json_object *object, struct en_trial_spec *out)
{
    static const char *const CROSSOVER_KEYS[] = {"week", "sequences", NULL};
    struct en_trial_arm *arms = EN_NEW(s->arena, struct en_trial_arm, EN_TRIAL_ARMS_MAX);

    if (!en_spec_object(s, object, CROSSOVER_KEYS)) {
        return;
    }
    check_members(s, object, CROSSOVER_KEYS);
    const bool has_week = en_spec_number(s, object, "week", 1.0, WEEKS_MAX, &out->crossover_week);
    struct json_object *list = en_spec_array(s, object, "sequences", EN_TRIAL_ARMS_MAX);
    bool is_right = has_week && list != NULL && arms != NULL;
    const size_t before = en_spec_push(s, "sequences");

    for (size_t i = 0; i < en_json_count(list) && arms != NULL; i++) {
        const size_t at = en_spec_push_index(s, i);

        is_right = read_sequence(s, en_json_at(list, i), &out->trial,
                                 has_week ? out->crossover_week * WEEK_DAYS : 0.0, &arms[i]) &&
                   is_right;
        en_spec_pop(s, at);
    }
    en_spec_pop(s, before);
    if (is_right) {
        out->trial.arm_count = en_json_count(list);
        memcpy(out->trial.arms, arms, out->trial.arm_count * sizeof *arms);
    }
}

void en_trial_arms_read(struct en_spec *s, struct json_object *root, const char *condition,
                        struct en_trial_spec *out)
{
    struct en_trial *trial = &out->trial;
    struct json_object *list = NULL, *crossover = NULL;

    if (!json_object_object_get_ex(root, "arms", NULL)) {
        en_spec_wrong(s, "the key \"arms\" is missing: a trial needs at least one arm");
    }
    list = en_spec_array(s, root, "arms", EN_TRIAL_ARMS_MAX);
    const size_t before = en_spec_push(s, "arms");

    trial->arm_count = en_json_count(list);
    for (size_t i = 0; i < trial->arm_count; i++) {
        const size_t at = en_spec_push_index(s, i);

        read_arm(s, en_json_at(list, i), condition, &trial->arms[i]);
        if (same_name(trial, i) < i) {
            en_spec_wrong_at(s, "name", "arm %zu has this name already", same_name(trial, i));
        }
        en_spec_pop(s, at);
    }
    en_spec_pop(s, before);
    if (json_object_object_get_ex(root, "crossover", &crossover)) {
        const size_t at = en_spec_push(s, "crossover");

        read_crossover(s, crossover, out);
        en_spec_pop(s, at);
    }
}
