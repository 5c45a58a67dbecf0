/* SPDX-License-Identifier: Apache-2.0
 * heal/tissue: the equations of docs/model.md for EN_LANES patients at once: right-hand side,
 * session jump and outputs. States, parameters and equations stand here and in the two lists
 * (states.h, parameters.def) and nowhere else.
 *
 * Letters are those of docs/model.md. No branches on data. Compiled once per instruction set. */
#pragma once

#include "heal/heal.h"
#include "num/lane_math.h"

/* Parameters and balances of the patients in the lanes. */
struct tissue {
#define EN_PARAMETER(symbol, ...) en_lane symbol;
#define EN_CONSTANT(...)
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
    en_lane k3, k1, dm, b, flux, K; /* struct en_balance */
    /* Made by tissue_prepare, so that the right-hand side divides as little as possible. */
    en_lane A_per_M2;        /* kA / dA */
    en_lane inverse_Fmax;    /* 1 / Fmax */
    en_lane inverse_healthy; /* 1 / stiffness of healthy tissue, where CN + Cm = 1 and Phi = 1 */
};

struct tissue_state {
#define X(symbol, meaning) en_lane symbol;
    EN_STATE_LIST(X)
#undef X
};

/* The two mediators: algebraic in the model, dynamic in the full system of the tests. */
struct tissue_fast {
    en_lane C, A;
};

/* What the schedule sets from outside; constant between two events. */
struct tissue_input {
    en_lane stimulus; /* Sm(m), 1 at usual load */
    en_lane load;
    en_lane shareC, shareG; /* 1 - 0.4 ns, 1 - 0.15 ns */
};

EN_LANE_INLINE void tissue_prepare(struct tissue *p)
{
    p->A_per_M2 = p->kA / p->dA;
    p->inverse_Fmax = 1.0 / p->Fmax;
    p->inverse_healthy = 1.0 / (1.0 + p->w1 * EN_MODEL.healthy_C1 + p->w3 * EN_MODEL.healthy_C3);
}

/* m / mo as a hump with its top at the optimum, 1 at m = 1. */
EN_LANE_INLINE en_lane tissue_stimulus(const struct tissue *p, double m)
{
    const en_lane r = m / p->mo, one = 1.0 / p->mo;

    return r / (1.0 + r * r) * ((1.0 + one * one) / one);
}

EN_LANE_INLINE struct tissue_input tissue_input(const struct tissue *p, double m, double load,
                                                en_lane ns)
{
    return (struct tissue_input){
        .stimulus = tissue_stimulus(p, m),
        .load = en_lane_all(load),
        .shareC = 1.0 - p->nsC * ns,
        .shareG = 1.0 - p->nsG * ns,
    };
}

/* x^y; square roots only when has_roots says that y is `root` (0.5 or 1.5) in every lane. */
EN_LANE_INLINE en_lane tissue_power(en_lane x, en_lane y, double root, int has_roots)
{
    const en_lane by_root = root < 1.0 ? en_lane_sqrt(x) : x * en_lane_sqrt(x);

    return has_roots ? by_root : en_lane_pick(y == root, by_root, en_lane_pow(x, y));
}

/* K: stiffness over that of healthy tissue. */
EN_LANE_INLINE en_lane tissue_stiffness(const struct tissue *p, const struct tissue_state *y,
                                        int has_roots)
{
    return ((p->CN + y->Cm) * tissue_power(y->Phi, p->p, 1.5, has_roots) + p->w1 * y->C1 * y->Phi +
            p->w3 * y->C3) *
           p->inverse_healthy;
}

/* What C is drawn to: (1 - 0.4 ns)(cD D + cN N + cM M1) / (1 + A / KA). */
EN_LANE_INLINE en_lane tissue_source(const struct tissue *p, const struct tissue_input *u,
                                     const struct tissue_state *y, en_lane A)
{
    const en_lane free = p->KA * (1.0 / (p->KA + A));

    return u->shareC * (p->cD * y->D + p->cN * y->N + p->cM * y->M1) * free;
}

EN_LANE_INLINE struct tissue_fast tissue_fast(const struct tissue *p, const struct tissue_input *u,
                                              const struct tissue_state *y)
{
    const en_lane A = p->A_per_M2 * y->M2;

    return (struct tissue_fast){.C = tissue_source(p, u, y, A), .A = A};
}

/* Inflammation and repair: D N M1 M2 G F V. */
EN_LANE_INLINE void tissue_slope_cells(const struct tissue *p, const struct tissue_input *u,
                                       const struct tissue_state *y, struct tissue_fast f,
                                       en_lane X, struct tissue_state *dy)
{
    const en_lane zero = en_lane_all(0.0);
    const en_lane k12 = p->k12 * p->x12 * (1.0 + p->chi * f.A * (1.0 / (p->KA + f.A)));
    const en_lane response = y->G / (p->KG + y->G);
    const en_lane E = en_lane_max(X - EN_MODEL.strain_free, zero);
    const en_lane room = en_lane_max(1.0 - y->F * p->inverse_Fmax, zero);

    dy->D = -(p->kd + p->ke * (y->M1 + y->M2)) * y->D;
    dy->N = p->xrec * p->rN * f.C - p->dN * y->N;
    dy->M1 = p->xrec * p->rM * f.C - (k12 + p->d1) * y->M1;
    dy->M2 = k12 * y->M1 - p->d2 * y->M2;
    dy->G = u->shareG * (p->kG1 * y->M1 + p->kG2 * y->M2) + p->kGX * y->F * E / (p->KX + E) -
            p->dG * y->G;
    dy->F = p->xrec * p->rhoF * response * y->F * room + p->muF * y->G + p->dF * (1.0 - y->F);
    dy->V = p->xV * p->aV * y->G + p->dV * (1.0 - y->V);
}

/* Matrix: C3 C1 Cm Phi S. */
EN_LANE_INLINE void tissue_slope_matrix(const struct tissue *p, const struct tissue_input *u,
                                        const struct tissue_state *y, en_lane C, en_lane X,
                                        int has_roots, struct tissue_state *dy)
{
    const en_lane response = y->G / (p->KG + y->G);
    const en_lane gain = p->xsyn * en_lane_pow(y->V, en_lane_all(EN_MODEL.exponent_V)) * response;
    const en_lane phi = p->kx * y->C1 / (p->CN + y->Cm);
    const en_lane wear = tissue_power(X, p->q, 0.5, has_roots);

    dy->C3 = p->k3 * y->F * (1.0 + p->s3 * gain) - (p->k31 + p->d3) * y->C3;
    dy->C1 =
        p->k1 * y->F * (1.0 + p->s1 * gain) + p->y31 * p->k31 * y->C3 - (p->kx + p->d1c) * y->C1;
    dy->Cm = p->kx * y->C1 - p->dm * wear * (1.0 + p->eM * C) * y->Cm;
    dy->Phi = p->kphi * u->stimulus + phi * p->Phin -
              (p->kphi * (u->stimulus + p->b) + phi + p->eD * C) * y->Phi;
    dy->S = p->ks * (p->flux * p->Sb * u->load - phi * y->S);
}

/* The 14 slopes for given mediators. */
EN_LANE_INLINE void tissue_slope(const struct tissue *p, const struct tissue_input *u,
                                 const struct tissue_state *y, struct tissue_fast f, int has_roots,
                                 struct tissue_state *dy)
{
    const en_lane X = u->load * p->K / tissue_stiffness(p, y, has_roots);

    tissue_slope_cells(p, u, y, f, X, dy);
    tissue_slope_matrix(p, u, y, f.C, X, has_roots, dy);
    dy->Z = -p->kZ * y->Z;
    dy->H = p->kHu * (1.0 + p->hm * (X - 1.0)) + p->hC * f.C -
            (p->kHu + p->kHd * y->Z / (p->KZ + y->Z)) * y->H;
}

/* Slopes of the mediators in the full system of 16 states. */
EN_LANE_INLINE struct tissue_fast tissue_slope_fast(const struct tissue *p,
                                                    const struct tissue_input *u,
                                                    const struct tissue_state *y,
                                                    struct tissue_fast f)
{
    return (struct tissue_fast){
        .C = p->dC * (tissue_source(p, u, y, f.A) - f.C),
        .A = p->kA * y->M2 - p->dA * f.A,
    };
}

/* Share of covered cells killed while c(t) = c0 exp(-kt) falls from dil * percent:
 * 1 - (1 + (c0 / c50)^n)^(-hmax / (n k)), k = ln 2 / thalf. */
EN_LANE_INLINE en_lane tissue_kill(en_lane c0, en_lane c50, en_lane n, en_lane hmax, en_lane thalf)
{
    const en_lane zero = en_lane_all(0.0);
    const en_lane power = en_lane_pick(c0 > zero, en_lane_pow(c0 / c50, n), zero);

    return 1.0 - en_lane_pow(1.0 + power, -hmax * thalf / (n * (EN_LN2_HIGH + EN_LN2_LOW)));
}

/* Time of sublethal exposure [h]: (2 / k) atan(c0 / cs). */
EN_LANE_INLINE en_lane tissue_sublethal(const struct tissue *p, double percent)
{
    return 2.0 * p->thalf / (EN_LN2_HIGH + EN_LN2_LOW) * en_lane_atan(p->dil * percent / p->cs);
}

/* A session: coverage f and share given (1 or 0) per lane. */
EN_LANE_INLINE void tissue_session(const struct tissue *p, const struct en_session *s, en_lane f,
                                   en_lane given, struct tissue_state *y)
{
    const en_lane c0 = p->dil * s->dextrose_percent, anaesthetic = p->dil * s->lidocaine_percent;
    const en_lane dextrose = tissue_kill(c0, p->c50, p->nk, p->hmax, p->thalf);
    const en_lane lidocaine = tissue_kill(anaesthetic, p->c50_l, p->nk, p->hmax_l, p->thalf_l);
    const en_lane kappa = 1.0 - (1.0 - dextrose) * (1.0 - lidocaine);
    const en_lane killed = given * f * kappa * y->F;
    const en_lane sigma =
        tissue_sublethal(p, s->dextrose_percent) / tissue_sublethal(p, EN_MODEL.percent_reference);

    y->D += killed + given * p->trauma * s->needle;
    y->F -= killed;
    y->G += given * p->gS * f * sigma;
    y->Z += given * (p->zmax * (f / EN_MODEL.coverage_reference) * (c0 / (p->cz + c0)) +
                     p->pas * s->needle);
}

/* All outputs on day t (context: share of the contextual effect), the states behind them. */
EN_LANE_INLINE void tissue_outputs(const struct tissue *p, const struct tissue_input *u,
                                   const struct tissue_state *y, struct tissue_fast f, double day,
                                   double context, en_lane out[EN_OUTPUT_COUNT])
{
    const struct en_model *m = &EN_MODEL;
    const en_lane zero = en_lane_all(0.0);
    const en_lane K = tissue_stiffness(p, y, 0), X = u->load * p->K / K;
    const en_lane felt = y->H * (1.0 - p->zA * y->Z / (p->KZ + y->Z));
    const en_lane waning = 1.0 - en_lane_exp(-(EN_LN2_HIGH + EN_LN2_LOW) * day / p->tctx);
    const en_lane pain = p->P0 * ((1.0 - p->wm - p->wh) + p->wm * X + p->wh * felt) + p->aC * f.C -
                         p->P0 * p->fctx * context * waning;
    const en_lane laxity = y->S + p->comp / K, laxity0 = p->Sb + p->comp / p->K;
    const en_lane area = p->CN + y->Cm + m->area_C1 * y->C1 + m->area_C3 * y->C3 +
                         m->area_V * (y->V - 1.0) + m->area_F * (y->F - 1.0);
    const en_lane area0 = p->CN + p->Cmb + m->area_C1 * p->C1b + m->area_C3 * p->C3b;

    out[EN_OUTPUT_NRS] = en_lane_min(en_lane_max(pain, zero), en_lane_all(10.0));
    out[EN_OUTPUT_FUNCTION] = p->aW1 * out[EN_OUTPUT_NRS] + p->aW2 * laxity / laxity0;
    out[EN_OUTPUT_STIFFNESS] = 100.0 * K;
    out[EN_OUTPUT_STRENGTH] =
        ((p->CN + y->Cm) * y->Phi * y->Phi + m->strength_w1 * y->C1 * y->Phi) / m->strength_healthy;
    out[EN_OUTPUT_LAXITY] = laxity;
    out[EN_OUTPUT_AREA] = area;
    out[EN_OUTPUT_ROM] = p->r1 * (p->P0 - out[EN_OUTPUT_NRS]) -
                         p->r2 * (en_lane_max(area - 1.0, zero) - en_lane_max(area0 - 1.0, zero));
    out[EN_OUTPUT_FLARE] = p->aC * f.C;
    out[EN_OUTPUT_STRAIN] = X;
    out[EN_OUTPUT_SENSITISATION] = felt;
    out[EN_OUTPUT_LAXITY_RATIO] = laxity / laxity0;
    out[EN_OUTPUT_C] = f.C;
    out[EN_OUTPUT_A] = f.A;
    memcpy(&out[EN_OUTPUT_STATE], y, sizeof *y);
}
