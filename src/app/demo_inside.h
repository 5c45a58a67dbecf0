/* SPDX-License-Identifier: Apache-2.0
 * app/demo_inside: what the two files of the demo's courses share. Not for others. */
#pragma once

#include "app/demo_courses.h"

enum { EN_DEMO_SITES = 12, EN_DEMO_VISITS = 6, EN_DEMO_HARMS = 6, EN_DEMO_SESSIONS = 6 };

/* One row of the table: courses that are drawn alike. */
struct en_demo_group {
    const char *condition, *title, *family;
    const char *region;     /* of its sites */
    const char *guidance;   /* LM, US ... */
    const char *instrument; /* of function */
    struct {
        const char *code;
        double ml, percent;
    } sites[EN_DEMO_SITES];
    size_t site_count;
    int visits[EN_DEMO_VISITS]; /* days behind the first session */
    size_t visit_count;
    struct {
        const char *code;
        int grade;
        double chance; /* of one session */
    } harms[EN_DEMO_HARMS];
    size_t harm_count;
    int count, first_day, last_day; /* of the first sessions, days before `until` */
    int sessions, interval;
    double pain, pain_sd;         /* before the first session, 0 to 10 */
    double fall, fall_sd;         /* of pain in the end */
    double function, function_sd; /* of the instrument, before */
    double per_point;             /* its change for a point less pain */
    double kept;                  /* chance of each visit after the one before */
};

/* What happened on one day of a course. */
struct en_demo_visit {
    en_day day;
    double pain, function, psfs; /* NAN: not asked */
    double pgic;
};

struct en_demo_course {
    const struct en_demo_group *group;
    int number; /* 1 .. of all courses */
    const char *side, *gender;
    en_day born, onset;
    en_day sessions[EN_DEMO_SESSIONS];
    const char *harm[EN_DEMO_SESSIONS]; /* code; NULL none */
    int grade[EN_DEMO_SESSIONS];
    size_t session_count;
    struct en_demo_visit visits[EN_DEMO_SESSIONS + EN_DEMO_VISITS];
    size_t visit_count;
};

/* demo_course_bundle.c: its entries into the array that is open. */
struct en_writer;
void en_demo_write_course(struct en_writer *w, const struct en_demo_course *c);
