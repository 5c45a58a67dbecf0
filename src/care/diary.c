/* SPDX-License-Identifier: Apache-2.0 */
#include "care/diary.h"

#include "base/text.h"
#include "care/inside.h"

#include <math.h>

bool en_diary_is_symptom(const struct en_row *fact)
{
    return fact != NULL && en_text_equal(en_cell(fact, "origin"), "symptom") &&
           en_text_equal(en_cell(fact, "resource"), "QuestionnaireResponse");
}

/* The case without what it says of symptoms. NULL: the arena is full. */
static struct en_case *without_symptoms(struct care_pad *p, const struct en_case *c)
{
    const struct en_table *table = en_table_get(p->k, "facts");
    struct en_case *copy = CARE_NEW(p, struct en_case, 1);
    struct en_fact *facts = CARE_NEW(p, struct en_fact, table->row_count);

    if (copy == NULL || facts == NULL) {
        return NULL;
    }
    *copy = *c;
    for (size_t i = 0; i < table->row_count; i++) {
        if (i < c->fact_count && !en_diary_is_symptom(&table->rows[i])) {
            facts[i] = c->facts[i];
        }
    }
    copy->facts = facts;
    copy->fact_count = table->row_count;
    return copy;
}

/* Questions */

/* A number beside a yes-or-no question stands in no rule's way (known() is never unknown), and yet
 * it can decide: it is asked for with the rules that name it. */
static bool waits_for(const struct en_finding *f, const struct en_row *fact)
{
    const char *id = en_cell(fact, "id");

    if (!f->is_unknown) {
        return false;
    }
    for (size_t i = 0; i < f->missing_count; i++) {
        if (en_text_equal(f->missing[i], id)) {
            return true;
        }
    }
    for (size_t i = 0; i < f->input_count; i++) {
        if (en_text_equal(f->inputs[i].fact, id)) {
            return en_text_equal(en_cell(fact, "type"), "number");
        }
    }
    return false;
}

static bool is_asked(const struct en_triage *t, const struct en_row *fact)
{
    for (size_t i = 0; i < t->finding_count; i++) {
        if (waits_for(&t->findings[i], fact)) {
            return true;
        }
    }
    return false;
}

enum en_status en_diary_questions(const struct en_care *care, const struct en_case *c,
                                  struct en_arena *a, const struct en_row ***out, size_t *count,
                                  struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const struct en_table *table = en_table_get(p.k, "facts");
    const struct en_row **list = CARE_NEW(&p, const struct en_row *, table->row_count);
    struct en_case *unasked = without_symptoms(&p, c);
    struct en_triage triage;
    size_t filled = 0;

    *out = NULL;
    *count = 0;
    EN_TRY(care_check(&p, "the diary", err));
    EN_TRY(en_triage_run(care, unasked, a, &triage, err));
    for (size_t i = 0; list != NULL && i < table->row_count; i++) {
        const struct en_row *fact = &table->rows[i];

        if (en_diary_is_symptom(fact) && is_asked(&triage, fact)) {
            list[filled++] = fact;
        }
    }
    EN_TRY(care_check(&p, "the diary's questions", err));
    *out = list;
    *count = filled;
    return EN_OK;
}

/* Urgency */

static struct en_fact fact_of(const struct en_row *row, const struct en_diary_answer *answer,
                              en_day today)
{
    struct en_fact fact = {.as_of = today, .origin = "diary"};

    if (en_text_equal(en_cell(row, "type"), "number")) {
        fact.kind = isnan(answer->number) ? EN_FACT_UNKNOWN : EN_FACT_NUMBER;
        fact.number = answer->number;
    } else {
        fact.kind = answer->truth == EN_UNKNOWN ? EN_FACT_UNKNOWN : EN_FACT_BOOL;
        fact.truth = answer->truth == EN_TRUE;
    }
    return fact;
}

/* Nothing is said without its condition, and nothing that must not be said at all. */
static enum en_status find_acts(struct care_pad *p, const struct en_case *c,
                                struct en_diary_result *out, struct en_err *err)
{
    const struct en_care care = {p->k, p->today};
    const struct en_table *table = en_table_get(p->k, "texts");
    const struct en_target *target = c->target_count > 0 ? &c->targets[0] : NULL;
    const struct en_row **list = CARE_NEW(p, const struct en_row *, table->row_count);
    struct care_scene scene;
    size_t count = 0;

    EN_TRY(care_scene_make(&care, c, target, NULL, p->a, &scene, err));
    for (size_t i = 0; list != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        if (en_text_equal(en_cell(row, "section"), "act") &&
            care_scene_truth(p, &scene, en_cell_expr(row, "when")) == EN_TRUE) {
            if (en_banned_phrase(p->k, en_cell(row, "text")) != NULL) {
                return en_fail(err, EN_EBUG, "text %s holds a banned phrase", en_cell(row, "id"));
            }
            list[count++] = row;
        }
    }
    EN_TRY(care_check(p, "what to do", err));
    out->acts = list;
    out->act_count = count;
    return EN_OK;
}

enum en_status en_diary_judge(const struct en_care *care, const struct en_case *c,
                              const struct en_diary_answer *answers, size_t count,
                              struct en_arena *a, struct en_diary_result *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct en_case *today = without_symptoms(&p, c);

    *out = (struct en_diary_result){.triage.level = EN_TRIAGE_EMERGENCY};
    EN_TRY(care_check(&p, "the diary", err));
    for (size_t i = 0; i < count; i++) {
        const size_t index = en_fact_index(p.k, answers[i].fact);
        const struct en_row *row =
            index == SIZE_MAX ? NULL : &en_table_get(p.k, "facts")->rows[index];

        if (!en_diary_is_symptom(row)) {
            return en_fail(err, EN_EINVAL, "symptoms: one is no question of the diary");
        }
        today->facts[index] = fact_of(row, &answers[i], care->today);
    }
    EN_TRY(find_acts(&p, today, out, err));
    return en_triage_run(care, today, a, &out->triage, err);
}

/* The course */

struct en_diary_course en_diary_course_of(const struct en_care *care, const struct en_case *c)
{
    struct en_diary_course out = {.last = EN_DAY_UNKNOWN};
    const struct en_target *target = c->target_count > 0 ? &c->targets[0] : NULL;
    const struct en_row *condition =
        target == NULL ? NULL : care_condition(care->knowledge, target->condition);

    for (size_t i = 0; i < c->session_count; i++) {
        const struct en_past_session *s = &c->sessions[i];

        if (s->day <= care->today && s->day > out.last) {
            out = (struct en_diary_course){s->region, s->side, s->day};
        }
    }
    if (out.last == EN_DAY_UNKNOWN && target != NULL) {
        out.region = condition == NULL ? NULL : en_cell(condition, "region");
        out.side = target->side;
    }
    out.region = en_text_is_empty(out.region) ? NULL : out.region;
    return out;
}

enum en_status en_diary_aftercare(const struct en_care *care, const struct en_case *c, en_day next,
                                  struct en_arena *a, struct en_dated_row **out, size_t *count,
                                  struct en_err *err)
{
    const en_day last = en_diary_course_of(care, c).last;
    struct en_plan_session session = {.number = 1, .day = next};
    const struct en_plan plan = {
        .target = c->target_count > 0 ? c->targets[0] : (struct en_target){.onset = EN_DAY_UNKNOWN},
        .sessions = &session,
        .session_count = next == EN_DAY_UNKNOWN ? 0 : 1,
        .totals = {.load = NAN},
    };

    *out = NULL;
    *count = 0;
    return last == EN_DAY_UNKNOWN ? EN_OK : en_aftercare(care, c, &plan, last, a, out, count, err);
}

bool en_diary_is_current(const struct en_dated_row *row, en_day day)
{
    return (row->from == EN_DAY_UNKNOWN || row->from <= day) &&
           (row->to == EN_DAY_UNKNOWN || day <= row->to);
}
