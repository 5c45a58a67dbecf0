/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words_outlook.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>

static const double WEEK_DAYS = 7.0;

/* The sentences speak of half a year after the first session where the forecast has that week. */
static const double WEEK_SPOKEN = 26.0, WEEKS_YEAR = 52.0;

const char *en_words_of_ten(struct en_words *w, double share)
{
    if (!(share >= 0.0 && share <= 1.0)) {
        return "an unknown number";
    }
    const double people = floor(10.0 * share + 0.5);

    return people < 1.0   ? "fewer than 1"
           : people > 9.0 ? "more than 9"
                          : en_words_print(w, "about %.0f", people);
}

/* Less than a quarter of a point: nothing, to half points. */
static bool is_nothing(double points)
{
    return fabs(points) < 0.25;
}

/* To half points: "1.5 points", "1 point", "half a point". */
static const char *half_points(struct en_words *w, double points)
{
    const double halves = floor(2.0 * fabs(points) + 0.5);

    if (halves < 2.0) {
        return halves < 1.0 ? "less than half a point" : "half a point";
    }
    return halves < 3.0 ? "1 point"
                        : en_words_print(w, "%s points", en_words_number(w, 0.5 * halves, 1));
}

const char *en_words_after(struct en_words *w, double week)
{
    return fabs(week - WEEK_SPOKEN) < 0.5 ? "half a year"
           : fabs(week - WEEKS_YEAR) < 0.5
               ? "a year"
               : en_words_print(w, "%s weeks", en_words_number(w, week, 0));
}

const char *en_words_goal(struct en_words *w, const struct en_goal *goal)
{
    return en_words_print(w, "%s of %s or less",
                          goal->outcome == EN_OUTCOME_PAIN ? "pain" : "function",
                          en_words_number(w, goal->at_most, 1));
}

static bool is_same_usage(const struct en_usage_note *a, const struct en_usage_note *b)
{
    const char *reason = a->why == NULL ? "" : a->why, *other = b->why == NULL ? "" : b->why;

    return a->usage == b->usage && en_text_equal(a->what, b->what) && en_text_equal(reason, other);
}

const char *en_words_usage(struct en_words *w, const struct en_usage_note *notes, size_t count,
                           size_t index)
{
    const char *why = en_words_clean(w, notes[index].why), *days = "";
    char date[EN_DATE_TEXT_MAX];

    for (size_t i = 0; i < count; i++) {
        if (!is_same_usage(&notes[i], &notes[index])) {
            continue;
        }
        if (i < index) {
            return "";
        }
        days = en_words_print(w, "%s%s%s", days, i == index ? "" : ", ",
                              notes[i].day == EN_DAY_UNKNOWN ? "no date"
                                                             : en_date_text(notes[i].day, date));
    }
    return en_words_print(w, "%s %s%s%s", days, en_words_clean(w, notes[index].what),
                          *why == '\0' ? "" : ": ", why);
}

size_t en_words_week(const struct en_forecast *f, double week)
{
    for (size_t i = 0; i < f->request.week_count; i++) {
        if (fabs(f->request.weeks[i] - week) < 0.05) {
            return i;
        }
    }
    return SIZE_MAX;
}

const char *en_words_record(struct en_words *w, const struct en_report *r)
{
    const struct en_followup *f = &r->forecast->request.followup;

    if (!en_words_is_course(r->forecast)) {
        return "No scores since the first session yet: the forecast is that of patients like this "
               "one.";
    }
    return en_words_print(
        w, "First session %s, week %s today. %zu session%s given, %d to come, %zu score%s used.%s",
        en_words_day(w, r->outlook->start), en_words_number(w, f->today / WEEK_DAYS, 1),
        f->given_count, f->given_count == 1 ? "" : "s", r->outlook->sessions_left,
        f->observation_count, f->observation_count == 1 ? "" : "s",
        en_words_is_complete(r->forecast) ? " The planned course is complete." : "");
}

/* "H0 640, H1 700" */
static const char *per_hypothesis(struct en_words *w, const double *number)
{
    return en_words_print(w, "H0 %s, H1 %s, H2 %s, H3 %s", en_words_number(w, number[0], 0),
                          en_words_number(w, number[1], 0), en_words_number(w, number[2], 0),
                          en_words_number(w, number[3], 0));
}

const char *en_words_learning(struct en_words *w, const struct en_forecast *f)
{
    const struct en_learning *l = &f->learning;
    const char *scores = "";
    const char *people = en_words_print(w, "%zu virtual patients like this one, seed %llu.",
                                        f->request.patients, (unsigned long long)f->request.seed);

    if (!en_words_is_course(f)) {
        return people;
    }
    for (size_t i = 0; i < f->request.week_count; i++) {
        scores = en_words_print(w, "%s%s%s in week %s", scores, i == 0 ? "" : ", ",
                                en_words_fixed(w, f->information[i], 2),
                                en_words_number(w, f->request.weeks[i], 1));
    }
    return en_words_print(w,
                          "%s Effective number before refinement: %s; stages of it: H0 %d, H1 %d, "
                          "H2 %d, H3 %d. What a score would teach [bit]: %s.",
                          people, per_hypothesis(w, l->effective), l->stages[0], l->stages[1],
                          l->stages[2], l->stages[3], scores);
}

const char *en_words_week_day(struct en_words *w, const struct en_report *r, double week)
{
    return en_words_print(w, "week %s, %s", en_words_number(w, week, 1),
                          en_words_day(w, r->outlook->start + (en_day)lround(WEEK_DAYS * week)));
}

const char *en_words_gain_middle(struct en_words *w, const struct en_gain *gain)
{
    return en_words_print(w, "%s [%s to %s]", en_words_fixed(w, gain->q[2], 1),
                          en_words_fixed(w, gain->q[1], 1), en_words_fixed(w, gain->q[3], 1));
}

const char *en_words_gain_wide(struct en_words *w, const struct en_gain *gain)
{
    return en_words_print(w, "(%s to %s) %s", en_words_fixed(w, gain->q[0], 1),
                          en_words_fixed(w, gain->q[4], 1), en_words_share(w, gain->worthwhile));
}

double en_words_worthwhile(const struct en_forecast *f)
{
    return f->request.worthwhile_nrs > 0.0 ? f->request.worthwhile_nrs : f->request.mic_nrs;
}

size_t en_words_spoken_week(const struct en_forecast *f)
{
    const size_t week = en_words_week(f, WEEK_SPOKEN);

    return week == SIZE_MAX ? f->request.week_count - 1 : week;
}

struct en_shown en_words_arms_shown(const struct en_forecast *f)
{
    struct en_shown shown = {.count = 0};

    for (size_t arm = 0; arm < f->request.arm_count && shown.count < EN_COUNT(shown.index); arm++) {
        if (en_words_is_shown(f, arm)) {
            shown.index[shown.count++] = arm;
        }
    }
    return shown;
}

/* What all sentences speak of. */
struct speech {
    struct en_words *w;
    const struct en_report *r;
    const struct en_forecast *f;
    size_t week;       /* index of the week that is spoken of */
    const char *after; /* "half a year" */
    bool is_course;    /* something has happened since the first session */
    bool has_scores;   /* of pain, since then */
    bool is_complete;  /* no session is left */
    size_t plan, none; /* indices of arms, SIZE_MAX: there is none */
    size_t saline, exercise;
    struct en_sayings *out;
};

static void say(struct speech *s, const char *text)
{
    assert(s->out->count < EN_SAYINGS_MAX);
    s->out->text[s->out->count++] = text;
}

static size_t arm_of(const struct en_forecast *f, const char *id)
{
    for (size_t i = 0; i < f->request.arm_count; i++) {
        if (en_text_equal(f->request.arms[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* How the arm is said behind a number of people. */
static const char *condition_of(const struct speech *s, size_t arm)
{
    if (arm == s->plan) {
        return s->is_course ? "if they go on" : "with the injections";
    }
    if (arm == s->exercise) {
        return s->is_complete ? "if they train" : "if they stop and train";
    }
    return s->is_complete ? "if nothing more is done"
           : s->is_course ? "if they stop now"
                          : "without any treatment";
}

static double important(const struct speech *s, size_t arm)
{
    return s->f->band[arm][EN_OUTCOME_PAIN][EN_MIXED][s->week].mic_probability;
}

/* "about 4 if they stop now" */
static const char *count_with(const struct speech *s, size_t arm, double share)
{
    return en_words_print(s->w, "%s %s", en_words_of_ten(s->w, share), condition_of(s, arm));
}

/* The arm that the sentences begin with: the plan, or stopping when nothing of it is left. */
static size_t first_arm(const struct speech *s)
{
    return s->is_complete ? s->none : s->plan;
}

/* The choice beside it. */
static size_t second_arm(const struct speech *s)
{
    return s->is_complete ? s->exercise : s->none;
}

static void say_state(struct speech *s)
{
    if (!s->has_scores) {
        say(s, "There are no scores since the first session yet: this is what we expect of people "
               "like you, before your own course has told us anything.");
    }
    if (s->is_complete) {
        say(s, "The planned course is complete: no session is left.");
    }
}

/* How many improve by what matters, and how many with the other choices. */
static void say_change(struct speech *s)
{
    const size_t first = first_arm(s), second = second_arm(s);
    struct en_words *w = s->w;

    say(s, en_words_print(w,
                          "%s after the first session, of 10 people like you%s, we expect %s to "
                          "have at least %s less pain than at the start %s, and %s.",
                          en_words_sentence(w, s->after), s->has_scores ? " with these scores" : "",
                          en_words_of_ten(w, important(s, first)),
                          half_points(w, s->f->request.mic_nrs), condition_of(s, first),
                          count_with(s, second, important(s, second))));
    if (!s->is_complete) {
        say(s,
            en_words_print(w, "With salt water in place of dextrose it would be %s; %s, %s.",
                           en_words_of_ten(w, important(s, s->saline)),
                           s->is_course ? "for those who stop and train" : "with exercise instead",
                           en_words_of_ten(w, important(s, s->exercise))));
    }
}

static const char *half_score(struct en_words *w, double score)
{
    return en_words_number(w, 0.5 * floor(2.0 * score + 0.5), 1);
}

static void say_band(struct speech *s)
{
    const size_t first = first_arm(s);
    const double *q = s->f->band[first][EN_OUTCOME_PAIN][EN_MIXED][s->week].q;
    struct en_words *w = s->w;

    say(s, en_words_print(
               w,
               "Half of the people %s will then have pain between %s and %s; for 1 in 10 "
               "it will lie outside %s to %s.",
               s->is_complete ? "who do nothing more"
               : s->is_course ? "who go on"
                              : "who have the injections",
               half_score(w, q[1]), half_score(w, q[3]), half_score(w, q[0]), half_score(w, q[4])));
}

/* "half a point more pain", "1.5 points less pain", "no difference". */
static const char *gained(struct en_words *w, double gain)
{
    if (is_nothing(gain)) {
        return "no difference";
    }
    return en_words_print(w, "%s %s", half_points(w, gain), gain < 0.0 ? "more pain" : "less pain");
}

/* What the gain over stopping is worth, judged by its band of 90 %. */
static const char *verdict_of(const struct speech *s, const struct en_gain *g, double worth)
{
    const char *words = half_points(s->w, worth);

    if (g->q[0] >= worth) {
        return en_words_print(s->w,
                              "For nearly all of them that is at least the %s that we count as "
                              "worth the burden.",
                              words);
    }
    if (g->q[EN_QUANTILE_COUNT - 1] < worth) {
        return en_words_print(s->w,
                              "For nearly all of them that is less than the %s that we count "
                              "as worth the burden.",
                              words);
    }
    return en_words_print(s->w,
                          "We cannot tell whether you would gain the %s that we count as worth the "
                          "burden: %s of 10 such people do.",
                          words, en_words_of_ten(s->w, g->worthwhile));
}

static void say_gain(struct speech *s)
{
    const struct en_gain *g = &s->f->gain[s->none][s->week];
    const double worth = en_words_worthwhile(s->f);
    const char *what = s->is_course ? "going on" : "the plan";
    const char *beside = s->is_course ? "stopping" : "no treatment";
    struct en_words *w = s->w;

    if (s->is_complete) {
        return;
    }
    if (!(isfinite(g->mean) && isfinite(g->q[0]) && isfinite(g->q[EN_QUANTILE_COUNT - 1]))) {
        say(s, en_words_print(w, "We cannot tell what %s brings beyond %s.", what, beside));
        return;
    }
    const double low = g->q[0], high = g->q[EN_QUANTILE_COUNT - 1];
    const char *range = is_nothing(low) && is_nothing(high)
                            ? "so for 9 of 10 people"
                            : en_words_print(w, "for 9 of 10 people it lies between %s and %s",
                                             gained(w, low), gained(w, high));

    say(s, en_words_print(w, "On average %s means %s %s %s; %s.", what, gained(w, g->mean),
                          is_nothing(g->mean) ? "from" : "than", beside, range));
    say(s, verdict_of(s, g, worth));
}

static void say_goals(struct speech *s)
{
    const size_t first = first_arm(s), second = second_arm(s);

    for (size_t i = 0; i < s->f->request.goal_count && i < EN_GOALS_MAX; i++) {
        const struct en_goal *goal = &s->f->request.goals[i];

        say(s, en_words_print(s->w, "Then %s of 10 will have %s %s, and %s.",
                              en_words_of_ten(s->w, s->f->goal[first][i][s->week]),
                              en_words_goal(s->w, goal), condition_of(s, first),
                              count_with(s, second, s->f->goal[second][i][s->week])));
    }
}

/* The explanation that the solution itself does nothing. What rounds to the same has hardly
 * changed. */
static void say_hypothesis(struct speech *s)
{
    const double now = s->f->weight[0];
    const double before = s->r->outlook->before->weight[0];
    const char *count = en_words_of_ten(s->w, now);
    const char *change = "";

    if (s->has_scores) {
        change =
            en_text_equal(count, en_words_of_ten(s->w, before))
                ? " Your scores have hardly changed that."
            : now > before
                ? en_words_print(s->w, " Before your scores it was %s in 10: they speak for it.",
                                 en_words_of_ten(s->w, before))
                : en_words_print(s->w,
                                 " Before your scores it was %s in 10: they speak against it.",
                                 en_words_of_ten(s->w, before));
    }
    say(s, en_words_print(s->w,
                          "That dextrose does no more than salt water has a chance of %s in 10, by "
                          "the trials so far and this model.%s",
                          count, change));
}

static void say_next(struct speech *s)
{
    const double week = s->r->outlook->next_score_week;

    if (week > 0.0) {
        say(s, en_words_print(s->w,
                              "The next score of pain teaches most in week %s after the first "
                              "session, about %s.",
                              en_words_number(s->w, week, 1),
                              en_words_long_day(s->w, s->r->outlook->start +
                                                          (en_day)lround(WEEK_DAYS * week))));
    }
}

static bool has_score(const struct en_followup *f)
{
    bool found = false;

    for (size_t i = 0; i < f->observation_count && i < EN_OBSERVATIONS_MAX; i++) {
        found |= f->observations[i].measure != EN_MEASURE_LAXITY;
    }
    return found;
}

static struct speech speech_of(struct en_words *w, const struct en_report *r,
                               struct en_sayings *out)
{
    const struct en_forecast *f = r->forecast;
    const size_t week = en_words_spoken_week(f);

    return (struct speech){
        .w = w,
        .r = r,
        .f = f,
        .week = week,
        .after = en_words_after(w, f->request.weeks[week]),
        .is_course = en_words_is_course(f),
        .has_scores = has_score(&f->request.followup),
        .is_complete = en_words_is_complete(f),
        .plan = arm_of(f, "plan"),
        .none = arm_of(f, "none"),
        .saline = arm_of(f, "saline"),
        .exercise = arm_of(f, "exercise"),
        .out = out,
    };
}

enum en_status en_sayings_check(const struct en_words *w, const struct en_sayings *s,
                                struct en_err *err)
{
    for (size_t i = 0; w->knowledge != NULL && i < s->count; i++) {
        const struct en_row *banned = en_banned_phrase(w->knowledge, s->text[i]);

        if (banned != NULL) {
            return en_fail(err, EN_EBUG, "a sentence holds the banned phrase \"%s\"",
                           en_cell(banned, "pattern"));
        }
    }
    return EN_OK;
}

enum en_status en_words_sayings(struct en_words *w, const struct en_report *r,
                                struct en_sayings *out, struct en_err *err)
{
    *out = (struct en_sayings){.count = 0};
    if (r->forecast == NULL || r->outlook == NULL || r->forecast->request.week_count == 0) {
        return en_fail(err, EN_EINVAL, "there is no forecast to put into words");
    }
    struct speech s = speech_of(w, r, out);

    if (s.plan == SIZE_MAX || s.none == SIZE_MAX || s.saline == SIZE_MAX ||
        s.exercise == SIZE_MAX) {
        return en_fail(err, EN_EINVAL, "the forecast lacks an arm to put into words");
    }
    say_state(&s);
    if (!s.f->is_calibrated) {
        say(&s,
            "The model has not been fitted to trials: nothing of it is to be told to a patient.");
        return en_sayings_check(w, out, err);
    }
    say_change(&s);
    say_band(&s);
    say_gain(&s);
    say_goals(&s);
    say_hypothesis(&s);
    say_next(&s);
    return en_sayings_check(w, out, err);
}
