/* SPDX-License-Identifier: Apache-2.0
 * Patients of a cohort in other places: after a resampling, or an accepted move. */
#include "cohort/cohort.h"

#include <string.h>

static void pick(double *values, const uint32_t *from, size_t count, double *room)
{
    for (size_t i = 0; i < count; i++) {
        room[i] = values[from[i]];
    }
    memcpy(values, room, count * sizeof *values);
}

/* Ascending sources: a patient that moves down is read before its place is written, one that moves
 * up after; so pieces of any size can be moved in place, in two passes. */
static void pick_pieces(void *pieces, size_t size, const uint32_t *from, size_t count)
{
    char *at = pieces;

    for (size_t i = 0; i < count; i++) {
        if (from[i] > i) {
            memcpy(at + i * size, at + from[i] * size, size);
        }
    }
    for (size_t i = count; i-- > 0;) {
        if (from[i] < i) {
            memcpy(at + i * size, at + from[i] * size, size);
        }
    }
}

void en_cohort_pick(struct en_cohort *c, const uint32_t *from, double *room)
{
    struct en_batch *b = &c->patients;
    double *const own[] = {c->baseline_nrs, c->baseline_function, c->fluctuation, c->coverage_z};

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        pick(b->parameter[k], from, b->count, room);
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        pick(b->balance[k], from, b->count, room);
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        pick(b->start[k], from, b->count, room);
    }
    for (size_t k = 0; k < EN_COUNT(own); k++) {
        pick(own[k], from, b->count, room);
    }
    pick_pieces(c->responses, sizeof *c->responses, from, b->count);
    if (c->numbers != NULL) {
        pick_pieces(c->places, sizeof *c->places, from, b->count);
        pick_pieces(c->numbers, EN_COHORT_NUMBERS * sizeof *c->numbers, from, b->count);
    }
}

void en_cohort_copy(struct en_cohort *c, const struct en_cohort *from, size_t i)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        c->patients.parameter[k][i] = from->patients.parameter[k][i];
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        c->patients.balance[k][i] = from->patients.balance[k][i];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        c->patients.start[k][i] = from->patients.start[k][i];
    }
    c->baseline_nrs[i] = from->baseline_nrs[i];
    c->baseline_function[i] = from->baseline_function[i];
    c->fluctuation[i] = from->fluctuation[i];
    c->coverage_z[i] = from->coverage_z[i];
    c->responses[i] = from->responses[i];
    if (c->numbers != NULL) {
        c->places[i] = from->places[i];
        memcpy(c->numbers + i * EN_COHORT_NUMBERS, from->numbers + i * EN_COHORT_NUMBERS,
               EN_COHORT_NUMBERS * sizeof *c->numbers);
    }
}
