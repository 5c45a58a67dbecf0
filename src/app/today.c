/* SPDX-License-Identifier: Apache-2.0 */
#include "app/today.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

/* EN_EINVAL of a reading: the record has errors. Anything else is passed on. */
static enum en_status read_case(const struct en_app *app, const char *bundle, size_t size,
                                struct en_arena *a, struct en_case *out, bool *is_readable,
                                struct en_err *err)
{
    struct en_issues issues = {0};
    const enum en_status st = en_app_case(app, bundle, size, a, out, &issues, err);

    *is_readable = st == EN_OK;
    return st == EN_EINVAL && issues.error_count > 0 ? EN_OK : st;
}

/* The record as it would read, had both lists been gone through on that day as they stand: what a
 * rule still waits for then has to be arranged before. NULL: no memory, or no Bundle of ours. */
static const char *with_reviewed_lists(const struct en_app *app, const struct en_ready_case *rq,
                                       struct en_arena *a)
{
    static const char *const LISTS[] = {"allergy_list_reviewed", "medication_list_reviewed"};
    const size_t size = rq->size;
    char day[EN_DATE_TEXT_MAX];
    const char *text = "";

    if (size < 2 || memcmp(rq->bundle + size - 2, "]}", 2) != 0) {
        return NULL;
    }
    for (size_t i = 0; text != NULL && i < EN_COUNT(LISTS); i++) {
        text = en_arena_print(
            a,
            "%s,{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{"
            "\"coding\":[{\"system\":\"" EN_FACT_SYSTEM "\",\"code\":\"%s\"}]},\"subject\":{"
            "\"reference\":\"Patient/%s\"},\"effectiveDateTime\":\"%s\",\"valueBoolean\":true}}",
            text, LISTS[i], rq->patient, en_date_text(app->today, day));
    }
    return text == NULL ? NULL : en_arena_print(a, "%.*s%s]}", (int)(size - 2), rq->bundle, text);
}

/* The problem at this path, or the only one; SIZE_MAX: which of several is not known. */
static size_t target_of(const struct en_case *c, const char *path)
{
    for (size_t i = 0; path != NULL && i < c->target_count; i++) {
        if (en_text_equal(c->targets[i].path, path)) {
            return i;
        }
    }
    return c->target_count == 1 && path == NULL ? 0 : SIZE_MAX;
}

/* Which problem, and what of the plan was asked; what cannot be read is as if nothing was asked. */
static enum en_status options_of(const struct en_app *app, const struct en_ready_case *rq,
                                 const struct en_case *c, struct en_arena *a,
                                 struct en_plan_request *out, bool *is_known, struct en_err *err)
{
    struct en_err own = {""};
    enum en_status st = EN_EINVAL;

    if (rq->asked != NULL) {
        st = en_asked_plan(app, rq->asked, c, a, out, &own);
    }
    if (st != EN_OK && st != EN_EINVAL) {
        return en_fail(err, st, "%s", own.text);
    }
    const bool is_usable =
        st == EN_OK && (rq->target_path != NULL || out->options.target < c->target_count);

    if (!is_usable) {
        *out = (struct en_plan_request){.patients = 0};
    }
    /* A problem that is named goes before a number, which may be another's by now. */
    if (!is_usable || rq->target_path != NULL) {
        out->options.target = target_of(c, rq->target_path);
    }
    *is_known = out->options.target < c->target_count;
    out->without_forecast = true;
    out->options.start = rq->is_any_day ? EN_DAY_UNKNOWN : app->today;
    return EN_OK;
}

/* Plan and verdict on that day. A plan that cannot be made any more is no failure of the list. */
static enum en_status judge(const struct en_app *app, const struct en_case *c,
                            const struct en_plan_request *request, struct en_arena *a,
                            struct en_plan_answer **out, struct en_err *err)
{
    struct en_err own = {""};
    enum en_status st;

    *out = EN_NEW(a, struct en_plan_answer, 1);
    if (*out == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an assessment");
    }
    st = en_app_plan(app, c, request, a, *out, &own);
    if (st == EN_EINVAL) {
        *out = NULL;
        return EN_OK;
    }
    return st == EN_OK ? EN_OK : en_fail(err, st, "%s", own.text);
}

/* The verdict that could be expected at the best, while the one of now is open. */
static enum en_status expect(const struct en_app *app, const struct en_ready_case *rq,
                             const struct en_plan_request *request, struct en_arena *a,
                             const struct en_assessment **out, struct en_err *err)
{
    const char *text = with_reviewed_lists(app, rq, a);
    struct en_case *c = EN_NEW(a, struct en_case, 1);
    struct en_plan_answer *answer = NULL;
    bool is_readable = false;

    *out = NULL;
    if (text == NULL || c == NULL) {
        return EN_OK; /* then nothing is expected */
    }
    EN_TRY(read_case(app, text, strlen(text), a, c, &is_readable, err));
    if (is_readable) {
        EN_TRY(judge(app, c, request, a, &answer, err));
    }
    *out = answer == NULL ? NULL : &answer->assessment;
    return EN_OK;
}

static enum en_status look(const struct en_app *app, const struct en_ready_case *rq,
                           struct en_arena *a, struct en_ready_answer *out, struct en_err *err)
{
    struct en_plan_request request = {.patients = 0};
    struct en_plan_answer *answer = NULL;
    bool is_known = false;

    EN_TRY(options_of(app, rq, &out->c, a, &request, &is_known, err));
    if (!is_known && out->c.target_count > 0) {
        return EN_OK; /* of several problems: which? */
    }
    if (!is_known) {
        request.options.target = 0;
    }
    EN_TRY(judge(app, &out->c, &request, a, &answer, err));
    if (answer == NULL) {
        return EN_OK;
    }
    out->target = is_known ? &out->c.targets[request.options.target] : NULL;
    out->plan = answer->plan.site_count > 0 ? &answer->plan : NULL;
    out->assessment = &answer->assessment;
    return answer->assessment.verdict == EN_VERDICT_UNDECIDED
               ? expect(app, rq, &request, a, &out->expected, err)
               : EN_OK;
}

enum en_status en_app_ready(const struct en_app *app, const struct en_ready_case *rq,
                            struct en_arena *a, struct en_ready_answer *out, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};

    *out = (struct en_ready_answer){.is_readable = false};
    EN_TRY(read_case(app, rq->bundle, rq->size, a, &out->c, &out->is_readable, err));
    if (out->is_readable) {
        EN_TRY(look(app, rq, a, out, err));
    }
    const struct en_ready_request request = {
        .day = app->today,
        .consent = rq->consent,
        .plan = rq->plan,
        .recipe = out->plan,
        .assessment = out->assessment,
        .expected = out->expected,
        .checklist = rq->checklist,
        .performer =
            out->is_readable && out->c.practitioner_count > 0 ? &out->c.practitioners[0] : NULL,
    };

    return en_ready_judge(&care, &request, a, &out->readiness, err);
}

enum en_status en_app_due(const struct en_app *app, const char *bundle, size_t size,
                          en_day last_review, struct en_arena *a, struct en_due_answer *out,
                          struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct en_due *due;
    bool is_readable = false;

    out->due = NULL;
    EN_TRY(read_case(app, bundle, size, a, &out->c, &is_readable, err));
    if (!is_readable) {
        return EN_OK;
    }
    due = EN_NEW(a, struct en_due, out->c.target_count + 1);
    if (due == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for what is due");
    }
    for (size_t i = 0; i < out->c.target_count; i++) {
        EN_TRY(en_due_find(&care, &out->c, i, last_review, a, &due[i], err));
    }
    out->due = due;
    return EN_OK;
}
