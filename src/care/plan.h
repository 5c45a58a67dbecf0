/* SPDX-License-Identifier: Apache-2.0
 * care/plan: where, what, how much, when. It makes no judgement: en_assess does, on the plan.
 *
 * Every default names its row, source, grade and whether a clinician approved it.
 * Results live in the arena handed in. Pure, thread-safe. */
#pragma once

#include "care/mix.h"

/* More is a slip of the keyboard: no published schedule has more than 12. */
enum { EN_PLAN_SESSIONS_MAX = 52, EN_PLAN_INTERVAL_MAX = 365 };

struct en_plan_options {
    size_t target;            /* index of the case's target */
    const char *sites;        /* list of atlas ids the clinician chose; NULL: from the condition */
    const char *schedule;     /* profile id; NULL: the condition's */
    int sessions;             /* 0: the profile's */
    int interval_days;        /* 0: the profile's days; else all intervals are this long */
    double dextrose_percent;  /* 0: the atlas'; else this, at each site within the atlas' range */
    double volume_scale;      /* 0: the atlas' volume; else times this, within the atlas' range */
    en_day start;             /* EN_DAY_UNKNOWN: today */
    const char *dates;        /* list of the days of all sessions, in place of start, interval and
                                 sessions; NULL: those make them */
    const char *guidance;     /* modality to use where allowed; NULL: the site's default */
    double bleb_mg, block_mg; /* anaesthetic beside the mix, per session */
    const char *anaesthetic;  /* NULL: the policy's; "none" */
    const char *stocks;       /* at hand; NULL all */
};

struct en_plan_site {
    const struct en_row *site; /* atlas row */
    const struct en_row *link; /* row of condition_sites.tsv, NULL when chosen by the clinician */
    const char *reason;        /* "primary site of the condition", "tender (grade 2)" ... */
    enum en_side side;
    int points;
    double volume_per_point_ml, volume_ml; /* volume_ml = all points */
    double dextrose_percent;
    const char *guidance; /* LM US FL CT planned */
    bool guidance_required;
    size_t mix; /* index into the plan's mixes */
};

struct en_plan_mix {
    struct en_mix_request request; /* volume_ml is what is prepared */
    struct en_mix mix;
    double needed_ml;  /* what the sites take; the rest of the batch is discarded */
    const char *label; /* "A", "B" ... */
};

struct en_plan_session {
    int number; /* 1 .. */
    en_day day;
    bool is_optional; /* only when the review after the one before says so */
};

struct en_plan_totals {
    int points;
    double volume_ml, volume_limit_ml;
    double dextrose_g, dextrose_warn_g;
    struct en_dose_line *doses; /* one per drug, shape [dose_count] */
    size_t dose_count;
    double load; /* sum of fractions; NAN unknown */
    int observation_min;
};

struct en_dated_row {
    const struct en_row *row;
    en_day from, to;  /* EN_DAY_UNKNOWN: not dated */
    const char *text; /* with placeholders filled */
};

struct en_default {
    const char *what, *value, *source, *grade;
    bool is_approved;
    bool is_clinics; /* set by the clinic itself, in place of what the tables ship */
};

struct en_plan {
    const struct en_row *condition, *schedule;
    struct en_target target;
    struct en_plan_site *sites;
    struct en_plan_mix *mixes;
    struct en_plan_session *sessions;
    struct en_plan_totals totals; /* of one session */
    struct en_dated_row *checklist, *rehabilitation, *followups;
    const struct en_row **costs, **alternatives;
    const struct en_row *cover;  /* row of coverage.tsv; NULL unknown */
    struct en_default *defaults; /* every default with its source and approval */
    size_t site_count, mix_count, session_count, checklist_count, rehabilitation_count;
    size_t followup_count, cost_count, alternative_count, default_count;
    int interval_days;
};

/* Sites, mixes, dates. Fails with EN_EINVAL when an option names what does not exist. It makes no
 * judgement: en_assess does, on this plan. */
EN_MUST_USE enum en_status en_plan_make(const struct en_care *care, const struct en_case *c,
                                        const struct en_plan_options *options, struct en_arena *a,
                                        struct en_plan *out, struct en_err *err);
