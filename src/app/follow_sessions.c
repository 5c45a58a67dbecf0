/* SPDX-License-Identifier: Apache-2.0
 * Sessions of a course as they were really given. */
#include "app/follow.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

/* What the plan gives a site; NULL: the site is not in the plan. */
static const struct en_plan_site *planned_site(const struct following *g, const char *id)
{
    for (size_t i = 0; i < g->plan->site_count; i++) {
        if (en_text_equal(en_cell(g->plan->sites[i].site, "id"), id)) {
            return &g->plan->sites[i];
        }
    }
    return NULL;
}

/* A session being turned into a dose. */
struct giving {
    const struct en_past_session *s;
    const char *const *sites; /* recorded, else those of the plan; shape [site_count] */
    size_t site_count;
    double volume_ml, dextrose_percent; /* NAN: not recorded */
    bool is_volume_planned, is_dextrose_planned, is_guidance_planned, is_site_planned;
};

static double usual_of(const struct following *g, const char *id)
{
    return en_app_usual_ml(en_row_find(g->app->knowledge, "atlas", id));
}

/* Sum over the sites; NAN when one of them is not recorded. */
static double sum_of(const double *values, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += values == NULL ? NAN : values[i];
    }
    return count == 0 ? NAN : sum;
}

/* Volume of one site: recorded, planned, or its share of the session's by what the atlas gives. */
static double site_ml(const struct following *g, const struct giving *v, size_t i)
{
    const double recorded_ml = sum_of(v->s->site_volume_ml, v->s->site_count);
    double usual_ml = 0.0;

    if (v->is_volume_planned) {
        const struct en_plan_site *planned = planned_site(g, v->sites[i]);

        return planned != NULL ? planned->volume_ml : usual_of(g, v->sites[i]);
    }
    if (!v->is_site_planned && recorded_ml > 0.0) {
        return v->volume_ml * v->s->site_volume_ml[i] / recorded_ml;
    }
    for (size_t j = 0; j < v->site_count; j++) {
        usual_ml += usual_of(g, v->sites[j]);
    }
    return v->volume_ml * usual_of(g, v->sites[i]) / usual_ml;
}

/* Concentration of the plan, weighted by volume. */
static double planned_dextrose(const struct en_plan *plan)
{
    double volume_ml = 0.0, dextrose = 0.0;

    for (size_t i = 0; i < plan->site_count; i++) {
        volume_ml += plan->sites[i].volume_ml;
        dextrose += plan->sites[i].volume_ml * plan->sites[i].dextrose_percent;
    }
    return dextrose / volume_ml;
}

/* What the record says; what it does not say is taken from the plan, or left NAN. */
static void read_giving(const struct following *g, const char *const *planned_sites,
                        struct giving *v)
{
    const struct en_past_session *s = v->s;
    const double sites_ml = sum_of(s->site_volume_ml, s->site_count);
    const double sites_g = sum_of(s->site_dextrose_g, s->site_count);
    const double volume_ml = s->volume_ml > 0.0 ? s->volume_ml : sites_ml;
    const double dextrose_g = s->dextrose_g >= 0.0 ? s->dextrose_g : sites_g;

    v->is_site_planned = s->site_count == 0;
    v->sites = v->is_site_planned ? planned_sites : s->sites;
    v->site_count = v->is_site_planned ? g->plan->site_count : s->site_count;
    v->is_guidance_planned = s->guidance == NULL;
    v->volume_ml = volume_ml > 0.0 ? volume_ml : NAN;
    v->dextrose_percent = 100.0 * dextrose_g / v->volume_ml;
    v->is_volume_planned = g->as_planned && isnan(v->volume_ml);
    if (g->as_planned && (v->is_volume_planned || isnan(dextrose_g))) {
        v->is_dextrose_planned = true;
        v->dextrose_percent = planned_dextrose(g->plan);
    }
}

/* Refuses what no forecast can be made from. */
static enum en_status check_giving(const struct following *g, const struct giving *v,
                                   struct en_err *err)
{
    char day[EN_DATE_TEXT_MAX];
    const bool has_volume = v->is_volume_planned || v->volume_ml > 0.0;

    (void)en_date_text(v->s->day, day);
    if (g->plan->target.onset != EN_DAY_UNKNOWN && v->s->day < g->plan->target.onset) {
        return en_fail(err, EN_EINVAL,
                       "the session of %s is before the onset of the problem: correct one of the "
                       "dates",
                       day);
    }
    if (!has_volume || !(v->dextrose_percent >= 0.0)) {
        return en_fail(
            err, EN_EINVAL,
            "the session of %s has no %s: enter session-volume (mL) and session-dextrose "
            "(g), or let it count as planned (as-planned)",
            day,
            has_volume                ? "dextrose"
            : isnan(v->s->dextrose_g) ? "volume and no dextrose"
                                      : "volume");
    }
    if (!(v->dextrose_percent <= 50.0)) {
        return en_fail(err, EN_EINVAL,
                       "the session of %s has more than 50 %% of dextrose: correct its volume (mL) "
                       "or its dextrose (g)",
                       day);
    }
    return EN_OK;
}

static const char *guidance_of(const struct following *g, const struct giving *v, size_t i)
{
    const struct en_plan_site *planned = planned_site(g, v->sites[i]);

    if (v->s->guidance != NULL) {
        return v->s->guidance;
    }
    return planned != NULL && planned->guidance != NULL
               ? planned->guidance
               : en_cell(en_row_find(g->app->knowledge, "atlas", v->sites[i]), "guidance_default");
}

static enum en_status dose_of(const struct following *g, const struct giving *v,
                              struct en_dose *out, struct en_err *err)
{
    struct en_exposure e = {0};
    char day[EN_DATE_TEXT_MAX];

    EN_TRY(check_giving(g, v, err));
    for (size_t i = 0; i < v->site_count; i++) {
        const struct en_injection injection =
            en_app_injection(en_row_find(g->app->knowledge, "atlas", v->sites[i]),
                             guidance_of(g, v, i), site_ml(g, v, i), v->dextrose_percent);

        en_exposure_add(&e, g->app->knowledge, &injection);
    }
    *out = (struct en_dose){
        .day = (double)(v->s->day - g->course.start),
        .dextrose_percent = v->dextrose_percent,
        .coverage = en_exposure_coverage(&e),
        .needle = 1.0,
    };
    if (!(out->coverage >= 0.0 && out->coverage <= 1.0)) {
        return en_fail(err, EN_EINVAL,
                       "the session of %s: placement.tsv and atlas.tsv do not say what such a "
                       "needle reaches: correct its sites or guidance",
                       en_date_text(v->s->day, day));
    }
    return EN_OK;
}

/* "sites and guidance as planned": NULL when all is recorded. */
static const char *assumed_of(struct following *g, const struct giving *v)
{
    const struct {
        bool is_assumed;
        const char *what;
    } PARTS[] = {
        {v->is_volume_planned, "volume"},
        {v->is_dextrose_planned, "dextrose"},
        {v->is_site_planned, "sites"},
        {v->is_guidance_planned, "guidance"},
    };
    const char *text = NULL;

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        if (PARTS[i].is_assumed) {
            text =
                text == NULL ? PARTS[i].what : en_arena_print(g->a, "%s, %s", text, PARTS[i].what);
        }
    }
    return text == NULL ? NULL : en_arena_print(g->a, "not recorded, taken as planned: %s", text);
}

/* Which of them are the course's */

struct chosen {
    const struct en_past_session *s;
};

static int by_day(const void *left, const void *right)
{
    const struct chosen *a = left, *b = right;

    if (a->s->day != b->s->day) {
        return a->s->day < b->s->day ? -1 : 1;
    }
    return a->s < b->s ? -1 : a->s > b->s; /* as in the case */
}

/* Sessions of the course by day; the others get a note, or are of another problem. */
static size_t choose(struct following *g, struct chosen *out)
{
    const struct en_target *target = &g->plan->target;
    size_t count = 0;

    for (size_t i = 0; i < g->c->session_count; i++) {
        const struct en_past_session *s = &g->c->sessions[i];

        if (g->course.region == NULL || !en_text_equal(s->region, g->course.region) ||
            !en_side_fits(s->side, target->side)) {
            continue;
        }
        if (en_course_has(&g->course, s)) {
            out[count++].s = s;
            continue;
        }
        struct follow_entry *e = follow_add(g, "session", s->day);
        const bool has_good_day = s->day != EN_DAY_UNKNOWN && s->day <= g->app->today;

        follow_exclude(e, has_good_day ? "of an earlier course, which a long pause ended"
                                       : follow_day_fault(g, s->day));
    }
    qsort(out, count, sizeof *out, by_day);
    return count;
}

static bool is_same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b)); /* recorded twice, not computed */
}

/* Recorded twice. */
static bool is_same(const struct en_past_session *a, const struct en_past_session *b)
{
    bool is_equal = is_same_number(a->volume_ml, b->volume_ml) &&
                    is_same_number(a->dextrose_g, b->dextrose_g) &&
                    en_text_equal(a->guidance, b->guidance) && a->side == b->side &&
                    a->site_count == b->site_count;

    for (size_t i = 0; is_equal && i < a->site_count; i++) {
        is_equal = en_text_equal(a->sites[i], b->sites[i]);
    }
    return is_equal;
}

static enum en_status add_session(struct following *g, const struct en_past_session *s,
                                  const char *const *planned_sites, struct en_err *err)
{
    struct en_followup *f = &g->out->followup;
    struct giving v = {.s = s};
    struct en_dose dose;

    if (f->given_count == EN_FORECAST_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "the course has more than %d sessions: no forecast of it",
                       (int)EN_FORECAST_SESSIONS_MAX);
    }
    read_giving(g, planned_sites, &v);
    EN_TRY(dose_of(g, &v, &dose, err));
    f->given[f->given_count++] = dose;

    struct follow_entry *e = follow_add(g, "session", s->day);

    e->why = assumed_of(g, &v);
    e->usage = e->why == NULL ? EN_USAGE_USED : EN_USAGE_ASSUMED;
    return EN_OK;
}

enum en_status follow_sessions(struct following *g, struct en_err *err)
{
    struct chosen *list = EN_NEW(g->a, struct chosen, g->c->session_count);
    const char **planned_sites = EN_NEW(g->a, const char *, g->plan->site_count);
    char day[EN_DATE_TEXT_MAX];

    if (list == NULL || planned_sites == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the sessions");
    }
    for (size_t i = 0; i < g->plan->site_count; i++) {
        planned_sites[i] = en_cell(g->plan->sites[i].site, "id");
    }
    const size_t count = choose(g, list);

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && list[i].s->day == list[i - 1].s->day) {
            if (!is_same(list[i].s, list[i - 1].s)) {
                return en_fail(err, EN_EINVAL,
                               "two different sessions on %s: enter one with all that was given",
                               en_date_text(list[i].s->day, day));
            }
            continue;
        }
        EN_TRY(add_session(g, list[i].s, planned_sites, err));
    }
    return EN_OK;
}
