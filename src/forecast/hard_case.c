/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/hard_case.h"

#include <math.h>

/* Somebody of whom the usual is known, somebody of whom nothing is, and two at the ends. */
#define USUAL                                                                                      \
    {                                                                                              \
        55, 6, 40, 0, 0, false                                                                     \
    }
#define UNKNOWN                                                                                    \
    {                                                                                              \
        NAN, NAN, NAN, -1, -1, false                                                               \
    }
#define MILD                                                                                       \
    {                                                                                              \
        35, 2.5, 18, 0, 0, false                                                                   \
    }
#define SEVERE                                                                                     \
    {                                                                                              \
        72, 9, 75, 1, 1, true                                                                      \
    }

const struct hard_case HARD_CASE[HARD_CASES] = {
    {"usual response", 3, 3, 1, USUAL, {{14, 5.5, 36}, {42, 4.5, 30}, {84, 4, 26}}},
    {"two scores", 2, 3, 1, USUAL, {{42, 5, NAN}, {84, 4, NAN}}},
    {"no response",
     2,
     3,
     1,
     USUAL,
     {{14, 6, 40}, {28, 6, 41}, {42, 6, 40}, {56, 6, 39}, {84, 6, 40}, {112, 6, 41}}},
    {"no response, pain rises",
     3,
     4,
     1,
     USUAL,
     {{14, 6.5, 44}, {42, 7.5, 50}, {70, 8.5, 58}, {98, 9, 64}}},
    {"the same, precise scores",
     3,
     4,
     0.3,
     USUAL,
     {{14, 6.5, 44}, {42, 7.5, 50}, {70, 8.5, 58}, {98, 9, 64}}},
    {"one wild score", 3, 3, 1, USUAL, {{14, 5.5, 36}, {42, 10, 32}, {63, 4.5, 30}, {84, 4, 27}}},
    {"two wild scores", 1, 3, 1, USUAL, {{14, 0, 36}, {42, 10, 32}, {63, 4.5, 30}, {84, 4, 27}}},
    {"relapse",
     3,
     3,
     1,
     USUAL,
     {{14, 4.5, 32}, {42, 2, 14}, {70, 1, 10}, {98, 3, 20}, {126, 5.5, 36}, {154, 6.5, 42}}},
    {"full relief",
     3,
     3,
     1,
     USUAL,
     {{14, 3, 20}, {28, 0, 2}, {42, 0, 0}, {56, 0, 0}, {70, 0, 0}, {98, 0, 0}}},
    {"full relief, precise, no specific effect",
     0,
     3,
     0.3,
     USUAL,
     {{14, 3, 20}, {28, 0, 2}, {42, 0, 0}, {56, 0, 0}, {70, 0, 0}, {98, 0, 0}}},
    {"late response",
     1,
     4,
     1,
     USUAL,
     {{14, 6, 40}, {42, 6, 40}, {70, 5.5, 38}, {98, 4, 28}, {126, 2.5, 18}, {154, 2, 14}}},
    {"flare after each session",
     3,
     3,
     1,
     USUAL,
     {{2, 9, NAN}, {14, 5, NAN}, {30, 9, NAN}, {42, 4.5, NAN}, {58, 8.5, NAN}, {70, 4, NAN}}},
    {"function alone",
     2,
     3,
     1,
     USUAL,
     {{14, NAN, 36}, {28, NAN, 30}, {56, NAN, 22}, {84, NAN, 18}}},
    {"pain better, function worse",
     3,
     3,
     1,
     USUAL,
     {{14, 5, 45}, {42, 3, 55}, {63, 2.5, 60}, {84, 2, 62}}},
    {"sixteen scores",
     3,
     4,
     1,
     USUAL,
     {{7, 6, NAN},
      {14, 5, NAN},
      {21, 5.5, NAN},
      {28, 5, NAN},
      {35, 4, NAN},
      {42, 4.5, NAN},
      {49, 4, NAN},
      {56, 3.5, NAN},
      {63, 4, NAN},
      {70, 3, NAN},
      {77, 3.5, NAN},
      {84, 3, NAN},
      {91, 2.5, NAN},
      {98, 3, NAN},
      {105, 3, NAN},
      {112, 2.5, NAN}}},
    {"sixteen precise scores",
     2,
     4,
     0.3,
     USUAL,
     {{7, 6, 40},
      {14, 5, 36},
      {28, 5, 33},
      {42, 4.5, 29},
      {56, 3.5, 25},
      {70, 3, 22},
      {84, 3, 20},
      {112, 2.5, 17}}},
    {"nothing known of the person",
     3,
     3,
     1,
     UNKNOWN,
     {{14, 5, 36}, {42, 4, 30}, {84, 2, 18}, {126, 2, 15}}},
    {"mild, much better", 2, 2, 1, MILD, {{14, 2, 14}, {42, 0.5, 6}, {84, 0, 3}}},
    {"severe, never treated",
     3,
     0,
     1,
     SEVERE,
     {{14, 9, 75}, {42, 9.5, 80}, {70, 9, 78}, {98, 10, 82}}},
    {"severe, ups and downs",
     1,
     5,
     1,
     SEVERE,
     {{10, 9, 75}, {31, 4, 40}, {52, 8, 70}, {73, 3, 35}, {94, 8.5, 72}, {115, 4, 38}}},
};

static void add(struct en_followup *f, const struct hard_case *c, double day,
                enum en_measure measure, double value)
{
    if (!isnan(value)) {
        f->observations[f->observation_count++] =
            (struct en_observation){day, measure, value, 1.0, c->error};
    }
}

void hard_case_followup(const struct hard_case *c, struct en_followup *f,
                        struct quantity_plan *plan)
{
    static const struct en_dose DOSE = {0.0, 15.0, 0.5, 1.0};

    *f = (struct en_followup){.rehabilitation = 1.0};
    for (size_t k = 0; k < HARD_VISITS_MAX && c->visit[k].day > 0.0; k++) {
        f->today = c->visit[k].day;
        add(f, c, f->today, EN_MEASURE_PAIN, c->visit[k].pain);
        add(f, c, f->today, EN_MEASURE_FUNCTION, c->visit[k].function);
    }
    for (size_t k = 0; k < c->sessions && 28.0 * (double)k <= f->today; k++) {
        f->given[k] = DOSE;
        f->given[f->given_count++].day = 28.0 * (double)k;
    }
    *plan = (struct quantity_plan){
        .session_count = 3, .next_day = f->today + 21.0, .last_day = fmax(182.0, f->today + 60.0)};
    for (size_t k = 0; k < plan->session_count; k++) {
        plan->sessions[k] = DOSE;
        plan->sessions[k].day = f->today + 7.0 + 28.0 * (double)k;
    }
}
