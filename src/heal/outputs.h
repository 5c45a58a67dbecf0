/* SPDX-License-Identifier: Apache-2.0
 * heal/outputs: what a solution does (docs/model.md 1) and the outputs (3), for EN_LANES patients
 * at once. Compiled once per instruction set. No branches on data. Internal to heal. */
#pragma once

#include "heal/heal.h"
#include "heal/vector.h"
#include "num/lane_math.h"

#define OUTPUTS_LN2 (EN_LN2_HIGH + EN_LN2_LOW)

/* The patients of a batch that are in the lanes. */
struct patients {
    const struct en_batch *batch;
    size_t at;
};

#define P(symbol) en_lane_load(who->batch->parameter[EN_P(symbol)] + who->at)

/* Share of covered cells killed while c(t) = c0 exp(-kt) falls from c0:
 * 1 - (1 + (c0 / c50)^n)^(-hmax / (n k)), k = ln 2 / thalf. */
EN_LANE_INLINE en_lane kill_of(en_lane c0, en_lane c50, en_lane n, en_lane hmax, en_lane thalf)
{
    const en_lane zero = en_lane_all(0.0);
    const en_lane power = en_lane_pick(c0 > zero, en_lane_pow(c0 / c50, n), zero);

    return 1.0 - en_lane_pow(1.0 + power, -hmax * thalf / (n * OUTPUTS_LN2));
}

/* Share of covered cells killed; the survivals of both multiply. */
EN_LANE_INLINE en_lane solution_kill(const struct patients *who, double dextrose, double lidocaine)
{
    const en_lane n = P(nk), dil = P(dil);
    const en_lane sugar = kill_of(dil * dextrose, P(c50), n, P(hmax), P(thalf));

    if (lidocaine == 0.0) {
        return sugar;
    }
    return 1.0 -
           (1.0 - sugar) * (1.0 - kill_of(dil * lidocaine, P(c50_l), n, P(hmax_l), P(thalf_l)));
}

/* G released: time of sublethal exposure (2 / k) atan(c0 / cs) over that of the reference. */
EN_LANE_INLINE en_lane solution_sublethal(const struct patients *who, double dextrose)
{
    const en_lane unit = P(dil) / P(cs);

    return P(gS) *
           (en_lane_atan(unit * dextrose) / en_lane_atan(unit * EN_MODEL.percent_reference));
}

/* Z by dextrose at full coverage. */
EN_LANE_INLINE en_lane solution_neural(const struct patients *who, double dextrose)
{
    const en_lane c0 = P(dil) * dextrose;

    return P(zmax) / EN_MODEL.coverage_reference * (c0 / (P(cz) + c0));
}

/* All outputs on day t (context: share of the contextual effect), from the states and the observed
 * expressions, the states behind them. */
EN_LANE_INLINE void outputs(const struct patients *who, const en_lane y[EN_STATE_COUNT],
                            const en_lane seen[MODEL_SEEN], double day, double context,
                            en_lane out[EN_OUTPUT_COUNT])
{
    const struct en_model *m = &EN_MODEL;
    const en_lane zero = en_lane_all(0.0), K0 = en_lane_load(who->batch->balance[5] + who->at);
    const en_lane K = seen[MODEL_K], X = seen[MODEL_X], C = seen[MODEL_C];
    const en_lane P0 = P(P0), wm = P(wm), wh = P(wh), CN = P(CN), comp = P(comp);
    const en_lane Z = y[EN_STATE_Z], mature = y[EN_STATE_Cm], aligned = y[EN_STATE_Phi];
    const en_lane C1 = y[EN_STATE_C1], C3 = y[EN_STATE_C3];
    const en_lane felt = y[EN_STATE_H] * (1.0 - P(zA) * Z / (P(KZ) + Z));
    const en_lane waning = 1.0 - en_lane_exp(-OUTPUTS_LN2 * day / P(tctx));
    const en_lane pain =
        P0 * ((1.0 - wm - wh) + wm * X + wh * felt) + P(aC) * C - P0 * P(fctx) * context * waning;
    const en_lane laxity = y[EN_STATE_S] + comp / K, laxity0 = P(Sb) + comp / K0;
    const en_lane area = CN + mature + m->area_C1 * C1 + m->area_C3 * C3 +
                         m->area_V * (y[EN_STATE_V] - 1.0) + m->area_F * (y[EN_STATE_F] - 1.0);
    const en_lane area0 = CN + P(Cmb) + m->area_C1 * P(C1b) + m->area_C3 * P(C3b);

    out[EN_OUTPUT_NRS] = en_lane_min(en_lane_max(pain, zero), en_lane_all(10.0));
    out[EN_OUTPUT_FUNCTION] = P(aW1) * out[EN_OUTPUT_NRS] + P(aW2) * laxity / laxity0;
    out[EN_OUTPUT_STIFFNESS] = 100.0 * K;
    out[EN_OUTPUT_STRENGTH] =
        ((CN + mature) * aligned * aligned + m->strength_w1 * C1 * aligned) / m->strength_healthy;
    out[EN_OUTPUT_LAXITY] = laxity;
    out[EN_OUTPUT_AREA] = area;
    out[EN_OUTPUT_ROM] = P(r1) * (P0 - out[EN_OUTPUT_NRS]) -
                         P(r2) * (en_lane_max(area - 1.0, zero) - en_lane_max(area0 - 1.0, zero));
    out[EN_OUTPUT_FLARE] = P(aC) * C;
    out[EN_OUTPUT_STRAIN] = X;
    out[EN_OUTPUT_SENSITISATION] = felt;
    out[EN_OUTPUT_LAXITY_RATIO] = laxity / laxity0;
    out[EN_OUTPUT_C] = C;
    out[EN_OUTPUT_A] = seen[MODEL_A];
    memcpy(&out[EN_OUTPUT_STATE], y, EN_STATE_COUNT * sizeof *y);
}

#undef P
