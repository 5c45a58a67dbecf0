/* SPDX-License-Identifier: Apache-2.0
 * Words for the enumerations of this module. */
#include "base/text.h"
#include "care/inside.h"

const char *en_side_text(enum en_side side)
{
    switch (side) {
    case EN_SIDE_LEFT:
        return "left";
    case EN_SIDE_RIGHT:
        return "right";
    case EN_SIDE_BOTH:
        return "both";
    case EN_SIDE_MIDLINE:
        return "midline";
    case EN_SIDE_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *en_severity_text(enum en_severity s)
{
    switch (s) {
    case EN_STOP:
        return "STOP";
    case EN_DEFER:
        return "DEFER";
    case EN_CAUTION:
        return "CAUTION";
    case EN_INFO:
    case EN_SEVERITY_COUNT:
        break;
    }
    return "INFO";
}

const char *en_verdict_text(enum en_verdict v)
{
    switch (v) {
    case EN_VERDICT_SUITABLE:
        return "suitable";
    case EN_VERDICT_CAUTION:
        return "suitable with caution";
    case EN_VERDICT_DEFER:
        return "defer";
    case EN_VERDICT_NOT_SUITABLE:
        return "not suitable";
    case EN_VERDICT_UNDECIDED:
        break;
    }
    return "cannot be decided";
}

const char *en_triage_text(enum en_triage_level level)
{
    switch (level) {
    case EN_TRIAGE_SAME_DAY:
        return "same day";
    case EN_TRIAGE_SOON:
        return "soon";
    case EN_TRIAGE_ROUTINE:
        return "routine advice";
    case EN_TRIAGE_EMERGENCY:
        break;
    }
    return "emergency";
}

const char *en_response_text(enum en_response r)
{
    switch (r) {
    case EN_RESPONSE_TOO_EARLY:
        return "too early to judge";
    case EN_RESPONDER:
        return "responder";
    case EN_PARTIAL:
        return "partial responder";
    case EN_NONE:
        return "no response";
    case EN_RESPONSE_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *en_advice_text(enum en_advice a)
{
    switch (a) {
    case EN_ADVICE_CONTINUE:
        return "continue";
    case EN_ADVICE_ADJUST:
        return "adjust";
    case EN_ADVICE_REDIAGNOSE:
        return "question the diagnosis";
    case EN_ADVICE_STOP:
        return "stop";
    case EN_ADVICE_MAINTAIN:
        return "maintenance session";
    case EN_ADVICE_ASK:
        break;
    }
    return "ask first";
}

bool en_side_fits(enum en_side a, enum en_side b)
{
    return a == b || a == EN_SIDE_UNKNOWN || b == EN_SIDE_UNKNOWN || a == EN_SIDE_BOTH ||
           b == EN_SIDE_BOTH;
}

bool care_session_counts(const struct en_past_session *s, const char *region, enum en_side side)
{
    return en_text_equal(s->region, region) && en_side_fits(s->side, side);
}

bool care_exam_counts(const struct care_pad *p, const struct en_exam *e, enum en_side side)
{
    const struct en_row *row = en_row_find(p->k, "facts", "structure_confirmed");
    const double age_days = (double)p->today - (double)e->day;

    return e->kind != EN_EXAM_MOTION && e->value > 0.0 && en_side_fits(e->side, side) &&
           row != NULL && age_days >= 0.0 && age_days <= en_cell_number(row, "max_age_days");
}
