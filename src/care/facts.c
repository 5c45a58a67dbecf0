/* SPDX-License-Identifier: Apache-2.0
 * Derived facts of a case and of the plan as a whole. What cannot be computed stays unknown. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <string.h>

enum { DAYS_PER_WEEK = 7, DAYS_PER_YEAR = 365, HOURS_PER_DAY = 24 };

static struct en_fact *slot(struct care_derive *d, const char *id)
{
    const size_t index = en_fact_index(d->p->k, id);

    return index == SIZE_MAX ? NULL : &d->facts[index];
}

void care_set_number(struct care_derive *d, const char *id, double value, const char *how)
{
    struct en_fact *f = slot(d, id);

    if (f != NULL && isfinite(value)) {
        *f = (struct en_fact){
            .kind = EN_FACT_NUMBER, .number = value, .as_of = d->p->today, .origin = how};
    }
}

void care_set_truth(struct care_derive *d, const char *id, enum en_truth value, const char *how)
{
    struct en_fact *f = slot(d, id);

    if (f != NULL && value != EN_UNKNOWN) {
        *f = (struct en_fact){
            .kind = EN_FACT_BOOL, .truth = value == EN_TRUE, .as_of = d->p->today, .origin = how};
    }
}

void care_set_code(struct care_derive *d, const char *id, const char *value, const char *how)
{
    struct en_fact *f = slot(d, id);

    if (f != NULL && !en_text_is_empty(value)) {
        *f = (struct en_fact){
            .kind = EN_FACT_CODE, .code = value, .as_of = d->p->today, .origin = how};
    }
}

static enum en_truth truth_of(bool is_true)
{
    return is_true ? EN_TRUE : EN_FALSE;
}

/* The person */

static void derive_person(struct care_derive *d)
{
    const double weight = care_number(&d->view, "weight"), height = care_number(&d->view, "height");
    en_day birth = care_date(&d->view, "birth_date");

    if (birth == EN_DAY_UNKNOWN && d->c->person.birth_known) {
        birth = d->c->person.birth;
    }
    const int age = en_years_between(birth, d->p->today);

    care_set_number(d, "age_years", age < 0 ? NAN : (double)age, "derived: birth date");
    care_set_number(d, "bmi", care_bmi(weight, height), "derived: weight and height");
    care_set_number(d, "dose_weight",
                    care_dose_weight(d->p->k, weight, height, care_code(&d->view, "sex")),
                    "derived: weight, height, sex");
}

/* The condition */

static const struct en_row *condition_of(const struct care_derive *d)
{
    return d->target == NULL ? NULL : care_condition(d->p->k, d->target->condition);
}

const char *care_region(const struct care_derive *d)
{
    const struct en_row *condition = condition_of(d);

    if (condition != NULL && en_cell(condition, "region")[0] != '\0') {
        return en_cell(condition, "region");
    }
    if (d->plan != NULL && d->plan->site_count > 0) {
        return en_cell(d->plan->sites[0].site, "region");
    }
    return NULL;
}

static void derive_duration(struct care_derive *d)
{
    en_day onset = care_date(&d->view, "pain_onset_date");

    if (onset == EN_DAY_UNKNOWN && d->target != NULL) {
        onset = d->target->onset;
    }
    if (onset != EN_DAY_UNKNOWN && onset <= d->p->today) {
        care_set_number(d, "pain_duration_weeks",
                        (double)(d->p->today - onset) / (double)DAYS_PER_WEEK, "derived: onset");
    }
}

/* A midline is no side of a limb. */
static void derive_side(struct care_derive *d)
{
    const enum en_side side = d->target == NULL ? EN_SIDE_UNKNOWN : d->target->side;
    const bool is_named = side == EN_SIDE_LEFT || side == EN_SIDE_RIGHT || side == EN_SIDE_BOTH;

    care_set_truth(d, "side_known", is_named ? EN_TRUE : EN_UNKNOWN, "derived: target");
}

static void derive_condition(struct care_derive *d)
{
    const struct en_row *condition = condition_of(d);

    care_set_truth(d, "condition_known", truth_of(condition != NULL), "derived: target");
    care_set_code(d, "region", care_region(d), "derived: condition or site");
    /* Who may not treat the region needs no site to be told so. */
    care_set_truth(d, "site_privilege", care_privilege(d, care_region(d)), "derived: operator");
    derive_duration(d);
    derive_side(d);
    if (condition != NULL) {
        const char *id = en_cell(condition, "id");

        care_set_code(d, "condition", id, "derived: target");
        care_set_code(d, "condition_status", en_cell(condition, "status"), "derived: condition");
        care_set_code(d, "condition_evidence", en_cell(condition, "evidence_grade"),
                      "derived: condition");
        care_set_truth(d, "condition_acute_trauma", truth_of(en_text_equal(id, "sports_acute")),
                       "derived: condition");
    }
}

/* A finding at the site: planned, or of the region while nothing is planned. */
static bool is_finding(const struct care_derive *d, const struct en_exam *e)
{
    const struct en_row *site = e->site == NULL ? NULL : en_row_find(d->p->k, "atlas", e->site);

    if (site == NULL) {
        return false;
    }
    if (d->plan == NULL || d->plan->site_count == 0) {
        const enum en_side side = d->target == NULL ? EN_SIDE_UNKNOWN : d->target->side;

        return en_text_equal(en_cell(site, "region"), care_region(d)) &&
               care_exam_counts(d->p, e, side);
    }
    for (size_t i = 0; i < d->plan->site_count; i++) {
        const struct en_plan_site *s = &d->plan->sites[i];

        if (s->site == site && care_exam_counts(d->p, e, s->side)) {
            return true;
        }
    }
    return false;
}

static void derive_structure(struct care_derive *d)
{
    enum en_truth t = care_truth(&d->view, "structure_confirmed");

    for (size_t i = 0; i < d->c->exam_count && t != EN_TRUE; i++) {
        t = is_finding(d, &d->c->exams[i]) ? EN_TRUE : t;
    }
    care_set_truth(d, "structure_identified", t, "derived: examination");
}

static void derive_payer(struct care_derive *d)
{
    const char *place = d->c->cover_count > 0 ? d->c->covers[0].jurisdiction : NULL;

    if (place != NULL) {
        care_set_code(d, "payer_jurisdiction", en_list_has("us; uk", place) ? place : "other",
                      "derived: coverage");
    }
}

/* Medicines */

/* Days of wash-out that one listed NSAID still needs; NAN when its last dose is not known. */
static double washout_left(const struct care_derive *d, const struct en_medication *m,
                           const struct en_row *drug)
{
    const en_day said = care_date(&d->view, "nsaid_last_dose");
    const en_day last = m->last_taken != EN_DAY_UNKNOWN ? m->last_taken : said;
    const double days = en_cell_number(drug, "washout_days");

    if (last == EN_DAY_UNKNOWN || isnan(days)) {
        return NAN;
    }
    return fmax(days - (double)(d->p->today - last), 0.0);
}

static void derive_nsaid(struct care_derive *d)
{
    double most = 0.0;
    bool is_known = care_truth(&d->view, "med_nsaid") == EN_FALSE;

    for (size_t i = 0; i < d->c->medication_count; i++) {
        const struct en_medication *m = &d->c->medications[i];
        const struct en_row *drug = m->drug == NULL ? NULL : en_row_find(d->p->k, "drugs", m->drug);

        if (drug == NULL || !en_list_has(en_cell(drug, "classes"), "med_nsaid")) {
            continue;
        }
        const double left = washout_left(d, m, drug);

        if (isnan(left)) {
            return;
        }
        is_known = true;
        most = fmax(most, left);
    }
    care_set_number(d, "nsaid_washout_left", is_known ? most : NAN, "derived: last doses");
}

/* Sessions so far */

static void derive_sessions(struct care_derive *d)
{
    const enum en_side side = d->target == NULL ? EN_SIDE_UNKNOWN : d->target->side;
    const bool has_date = d->plan != NULL && d->plan->session_count > 0;
    const en_day reference = has_date ? d->plan->sessions[0].day : d->p->today;
    const double window = en_limit(d->p->k, "plan.cap_window");
    const char *region = care_region(d);
    en_day last = EN_DAY_UNKNOWN;
    int count = 0;

    if (region == NULL) {
        return;
    }
    for (size_t i = 0; i < d->c->session_count; i++) {
        const struct en_past_session *s = &d->c->sessions[i];

        if (!care_session_counts(s, region, side) || s->day > d->p->today) {
            continue;
        }
        last = s->day > last ? s->day : last;
        count += (double)(d->p->today - s->day) <= window ? 1 : 0;
    }
    care_set_number(d, "sessions_done", count, "derived: sessions");
    if (last != EN_DAY_UNKNOWN) {
        care_set_number(d, "days_since_last_session", reference - last, "derived: sessions");
    }
}

/* Sessions of the plan that will take place, within a year of its first. */
static void derive_planned(struct care_derive *d)
{
    const double window = en_limit(d->p->k, "plan.cap_window");
    double count = 0.0;

    if (d->plan == NULL) {
        return;
    }
    for (size_t i = 0; i < d->plan->session_count; i++) {
        const struct en_plan_session *s = &d->plan->sessions[i];

        count += !s->is_optional && (double)(s->day - d->plan->sessions[0].day) <= window ? 1 : 0;
    }
    care_set_number(d, "sessions_planned", count, "derived: plan");
}

static void derive_profile(struct care_derive *d)
{
    const struct en_row *condition = condition_of(d), *schedule = NULL;

    if (d->plan != NULL) {
        schedule = d->plan->schedule;
    } else if (condition != NULL && en_cell(condition, "schedule")[0] != '\0') {
        schedule = en_row_find(d->p->k, "schedules", en_cell(condition, "schedule"));
    }
    if (schedule == NULL) {
        return;
    }
    const double own = en_cell_number(schedule, "interval_min_days");

    care_set_number(d, "profile_min_interval",
                    isnan(own) ? en_limit(d->p->k, "interval.window_min") : own,
                    "derived: schedule");
}

/* Days and hours since the last session anywhere, when the answers do not say. */
static void derive_since_session(struct care_derive *d)
{
    en_day last = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < d->c->session_count; i++) {
        const en_day day = d->c->sessions[i].day;

        last = day <= d->p->today && day > last ? day : last;
    }
    if (last == EN_DAY_UNKNOWN) {
        return;
    }
    const double days = d->p->today - last;

    if (isnan(care_number(&d->view, "days_since_session"))) {
        care_set_number(d, "days_since_session", days, "derived: sessions");
    }
    /* The hour of the session is not known: from the second day on the day count is enough. */
    if (isnan(care_number(&d->view, "hours_since_session")) && days > 1.0) {
        care_set_number(d, "hours_since_session", days * HOURS_PER_DAY, "derived: sessions");
    }
}

/* The plan */

static bool is_amide(const char *drug)
{
    return en_list_has("lidocaine; bupivacaine; ropivacaine; mepivacaine; prilocaine", drug);
}

static void derive_doses(struct care_derive *d)
{
    const struct en_plan_totals *t = &d->plan->totals;
    bool has_amide = false, is_known = true;

    for (size_t i = 0; i < t->dose_count; i++) {
        has_amide |= is_amide(t->doses[i].drug);
    }
    for (size_t i = 0; i < d->plan->mix_count; i++) {
        const struct en_plan_mix *m = &d->plan->mixes[i];

        has_amide |= m->request.anaesthetic != NULL && is_amide(m->request.anaesthetic);
        is_known &= !m->mix.has_unknown_stock;
    }
    care_set_number(d, "la_load", t->load, "derived: plan");
    care_set_number(d, "la_drug_count", (double)t->dose_count, "derived: plan");
    care_set_truth(d, "la_amide", truth_of(has_amide), "derived: plan");
    care_set_truth(d, "stock_known", truth_of(is_known), "derived: plan");
    care_set_number(d, "dextrose_total", t->dextrose_g, "derived: plan");
    care_set_number(d, "volume_total", t->volume_ml, "derived: plan");
}

/* A needle here could reach the pleura: the thorax, and sites near the spine whose structures at
 * risk name it. */
static bool is_pleural(const struct en_row *site)
{
    return en_text_equal(en_cell(site, "region"), "thoracic") ||
           (en_text_equal(en_cell(site, "site_class"), "N") &&
            strstr(en_cell(site, "danger"), "pleura") != NULL);
}

static void derive_bilateral(struct care_derive *d)
{
    bool has_left = false, has_right = false;

    for (size_t i = 0; i < d->plan->site_count; i++) {
        const struct en_plan_site *s = &d->plan->sites[i];

        if (is_pleural(s->site)) {
            has_left |= s->side == EN_SIDE_LEFT || s->side == EN_SIDE_BOTH;
            has_right |= s->side == EN_SIDE_RIGHT || s->side == EN_SIDE_BOTH;
        }
    }
    care_set_truth(d, "thoracic_bilateral", truth_of(has_left && has_right), "derived: plan");
}

/* All */

enum en_status care_derive(const struct en_care *care, const struct en_case *c,
                           const struct en_target *target, const struct en_plan *plan,
                           struct en_arena *a, struct en_fact **out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const size_t count = en_table_get(p.k, "facts")->row_count;
    struct en_fact *facts = CARE_NEW(&p, struct en_fact, count);
    struct care_derive d = {.p = &p, .c = c, .target = target, .plan = plan, .facts = facts};

    *out = NULL;
    if (facts == NULL) {
        return care_check(&p, "the facts", err);
    }
    for (size_t i = 0; i < count && i < c->fact_count; i++) {
        facts[i] = c->facts[i];
    }
    d.view = (struct en_fact_view){.knowledge = p.k, .facts = facts, .today = p.today};
    derive_person(&d);
    derive_condition(&d);
    derive_structure(&d);
    derive_payer(&d);
    derive_nsaid(&d);
    derive_sessions(&d);
    derive_planned(&d);
    derive_profile(&d);
    derive_since_session(&d);
    care_derive_course(&d);
    if (plan != NULL) {
        care_set_truth(&d, "sites_planned", plan->site_count > 0 ? EN_TRUE : EN_UNKNOWN,
                       "derived: plan");
        derive_doses(&d);
        derive_bilateral(&d);
    }
    *out = facts;
    return care_check(&p, "the facts", err);
}

enum en_status care_scene_make(const struct en_care *care, const struct en_case *c,
                               const struct en_target *target, const struct en_plan *plan,
                               struct en_arena *a, struct care_scene *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const size_t fact_count = en_table_get(p.k, "facts")->row_count;
    const size_t site_count = plan == NULL ? 0 : plan->site_count;
    const struct en_fact **lists = CARE_NEW(&p, const struct en_fact *, site_count);
    const char **names = CARE_NEW(&p, const char *, site_count);
    struct en_fact *base = NULL;

    EN_TRY(care_derive(care, c, target, plan, a, &base, err));
    for (size_t i = 0; lists != NULL && names != NULL && i < site_count; i++) {
        struct en_fact *facts = CARE_NEW(&p, struct en_fact, fact_count);
        struct care_derive d = {.p = &p, .c = c, .target = target, .plan = plan, .facts = facts};

        if (facts == NULL) {
            break;
        }
        for (size_t f = 0; f < fact_count; f++) {
            facts[f] = base[f];
        }
        d.view = (struct en_fact_view){.knowledge = p.k, .facts = facts, .today = p.today};
        care_derive_site(&d, &plan->sites[i]);
        lists[i] = facts;
        names[i] = en_cell(plan->sites[i].site, "id");
    }
    *out = (struct care_scene){base, lists, names, site_count};
    return care_check(&p, "the facts of the sites", err);
}

enum en_status en_derive_facts(const struct en_care *care, const struct en_case *c,
                               const struct en_plan *plan, const struct en_plan_site *site,
                               struct en_arena *a, struct en_fact **out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const struct en_target *target = plan != NULL          ? &plan->target
                                     : c->target_count > 0 ? &c->targets[0]
                                                           : NULL;

    EN_TRY(care_derive(care, c, target, plan, a, out, err));
    if (site != NULL) {
        struct care_derive d = {.p = &p, .c = c, .target = target, .plan = plan, .facts = *out};

        d.view = (struct en_fact_view){.knowledge = p.k, .facts = *out, .today = p.today};
        care_derive_site(&d, site);
    }
    return care_check(&p, "the facts", err);
}
