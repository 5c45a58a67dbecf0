/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evidence_arm.h"

#include "app/exposure.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double WEEK_DAYS = 7.0, WEEKS_MAX = 520.0, PERCENT_MAX = 50.0, VOLUME_MAX_ML = 200.0;

enum { POINTS_MAX = 100, WORD_MAX = 32, WORDS = 5 };

static bool refuse(struct en_arm_problem *problem, const char *column, const char *what)
{
    *problem = (struct en_arm_problem){column, what, false};
    return false;
}

static bool unknown(struct en_arm_problem *problem, const char *column, const char *what)
{
    *problem = (struct en_arm_problem){column, what, true};
    return false;
}

/* The words of an item, parted by blanks; false when there are not exactly WORDS of them. */
static bool split(const char *item, size_t size, char words[WORDS][WORD_MAX])
{
    size_t count = 0, at = 0;

    while (at < size) {
        const size_t length = strcspn(item + at, " ;");

        if (count == WORDS || length == 0 || length >= WORD_MAX || at + length > size) {
            return false;
        }
        memcpy(words[count], item + at, length);
        words[count++][length] = '\0';
        at += length + 1;
    }
    return count == WORDS;
}

/* "landmark" becomes LM; NULL for another word. */
static const char *guidance_of(const char *word)
{
    static const char *const WORDS_CODES[][2] = {
        {"landmark", "LM"}, {"ultrasound", "US"}, {"fluoroscopy", "FL"}, {"ct", "CT"}};

    for (size_t i = 0; i < EN_COUNT(WORDS_CODES); i++) {
        if (en_text_equal(word, WORDS_CODES[i][0])) {
            return WORDS_CODES[i][1];
        }
    }
    return NULL;
}

static bool read_injection(const struct en_knowledge *k, const char *condition,
                           char words[WORDS][WORD_MAX], struct en_exposure *out,
                           struct en_arm_problem *problem)
{
    struct en_usual_target usual = {0};
    struct en_injection injection = {.kind = words[0], .guidance = guidance_of(words[4])};
    double point_ml = NAN;
    long long points = 0;

    if (!en_text_number(words[1], &injection.dextrose_percent) ||
        !(injection.dextrose_percent >= 0.0 && injection.dextrose_percent <= PERCENT_MAX)) {
        return refuse(problem, "injections", "dextrose must be a number from 0 to 50 [%]");
    }
    if (!en_text_number(words[2], &point_ml) || !(point_ml > 0.0 && point_ml <= VOLUME_MAX_ML)) {
        return refuse(problem, "injections", "the volume of a point must be above 0, up to 200 mL");
    }
    if (!en_text_integer(words[3], 1, POINTS_MAX, &points)) {
        return refuse(problem, "injections", "points must be a whole number from 1 to 100");
    }
    if (injection.guidance == NULL) {
        return refuse(problem, "injections",
                      "guidance must be landmark, ultrasound, fluoroscopy or ct");
    }
    if (!en_usual_target(k, condition, injection.kind, &usual)) {
        return unknown(problem, "injections", "no kind of target of the atlas");
    }
    injection.is_surface = usual.is_surface;
    injection.volume_ml = point_ml * (double)points;
    injection.usual_ml = usual.point_ml * fmax(usual.points, (double)points);
    if (isnan(en_exposure_hit(k, &injection))) {
        return unknown(problem, "injections", "placement is not known for this guidance");
    }
    en_exposure_add(out, k, &injection);
    return true;
}

static bool read_injections(const struct en_knowledge *k, const struct en_arm_text *text,
                            struct en_exposure *out, struct en_arm_problem *problem)
{
    const char *list = text->injections, *item = NULL;
    char words[WORDS][WORD_MAX];
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (!split(item, size, words)) {
            return refuse(problem, "injections",
                          "write KIND PERCENT ML POINTS GUIDANCE, for example \"joint_space 25 6 1 "
                          "landmark\"");
        }
        if (!read_injection(k, text->condition, words, out, problem)) {
            return false;
        }
    }
    return true;
}

/* Insert a session, by its day. */
static void put_session(struct en_evidence_arm *arm, const struct en_trial_session *session)
{
    size_t at = arm->session_count++;

    for (; at > 0 && arm->sessions[at - 1].day > session->day; at--) {
        arm->sessions[at] = arm->sessions[at - 1];
    }
    arm->sessions[at] = *session;
}

static bool has_day(const struct en_evidence_arm *arm, double day)
{
    for (size_t i = 0; i < arm->session_count; i++) {
        if (arm->sessions[i].day == day) {
            return true;
        }
    }
    return false;
}

/* Sessions at the weeks of a list, each like `session`. */
static bool read_weeks(const char *list, const char *column, const struct en_trial_session *session,
                       struct en_evidence_arm *out, struct en_arm_problem *problem)
{
    const char *item = NULL;
    size_t size = 0;
    char text[WORD_MAX];

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        struct en_trial_session next = *session;
        double week = NAN;

        if (size >= sizeof text || snprintf(text, sizeof text, "%.*s", (int)size, item) < 0 ||
            !en_text_number(text, &week) || !(week >= 0.0 && week <= WEEKS_MAX)) {
            return refuse(problem, column, "weeks must be numbers from 0 to 520, parted by ;");
        }
        next.day = week * WEEK_DAYS;
        if (out->session_count == EN_EVIDENCE_SESSIONS_MAX) {
            return refuse(problem, column, "an arm has at most 24 sessions");
        }
        if (has_day(out, next.day)) {
            return refuse(problem, column, "two sessions in the same week");
        }
        put_session(out, &next);
    }
    return true;
}

static bool read_sessions(const struct en_knowledge *k, const struct en_arm_text *text,
                          struct en_evidence_arm *out, struct en_arm_problem *problem)
{
    struct en_exposure exposure = {0};

    if (en_text_is_empty(text->injections) || en_text_is_empty(text->sessions_weeks)) {
        return unknown(problem, "injections", "sessions or injections are not known");
    }
    if (!read_injections(k, text, &exposure, problem)) {
        return false;
    }
    struct en_trial_session session = {
        .dextrose_percent = en_exposure_dextrose(&exposure),
        .coverage = en_exposure_coverage(&exposure),
        .needle = 1.0,
    };

    if (!read_weeks(text->sessions_weeks, "sessions_weeks", &session, out, problem)) {
        return false;
    }
    session.is_as_needed = true;
    out->has_dextrose = session.dextrose_percent > 0.0;
    return read_weeks(text->as_needed_weeks, "as_needed_weeks", &session, out, problem);
}

bool en_arm_read(const struct en_knowledge *k, const struct en_arm_text *text,
                 struct en_evidence_arm *out, struct en_arm_problem *problem)
{
    const bool has_sessions =
        en_text_equal(text->kind, "dextrose") || en_text_equal(text->kind, "injection");

    out->session_count = 0;
    out->has_dextrose = false;
    out->rehabilitation = isnan(text->rehabilitation) ? 1.0 : text->rehabilitation;
    if (!(out->rehabilitation >= 0.0 && out->rehabilitation <= 10.0)) {
        return refuse(problem, "rehabilitation", "must be a number from 0 to 10, 1 is usual");
    }
    if (has_sessions) {
        /* An exercise programme beside them has its own response. */
        out->context = out->rehabilitation != 1.0 ? EN_CONTEXT_BOTH : EN_CONTEXT_INJECTION;
        return read_sessions(k, text, out, problem);
    }
    if (en_text_equal(text->kind, "other")) {
        return unknown(problem, "kind", "a treatment that is not simulated");
    }
    if (!en_text_equal(text->kind, "exercise") && !en_text_equal(text->kind, "none")) {
        return refuse(problem, "kind", "must be dextrose, injection, exercise or none");
    }
    if (!en_text_is_empty(text->injections) || !en_text_is_empty(text->sessions_weeks)) {
        return refuse(problem, "kind", "an arm with injections is dextrose or injection");
    }
    out->context = en_text_equal(text->kind, "exercise") ? EN_CONTEXT_EXERCISE : EN_CONTEXT_NONE;
    return true;
}
