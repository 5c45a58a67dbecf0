/* SPDX-License-Identifier: Apache-2.0 */
#include "heal/heal.h"

#include "base/buf.h"
#include "num/lane.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>

#define ROW(symbol, nominal, low, high, cv, unit, meaning, source, provenance)                     \
    {#symbol, nominal, low, high, cv, unit, meaning, source, provenance},

const struct en_parameter_row EN_PARAMETERS[EN_PARAMETER_COUNT] = {
#define EN_PARAMETER ROW
#define EN_CONSTANT(...)
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

static const struct en_parameter_row CONSTANTS[] = {
#define EN_PARAMETER(...)
#define EN_CONSTANT ROW
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

const struct en_model EN_MODEL = {
#define EN_PARAMETER(...)
#define EN_CONSTANT(symbol, nominal, ...) .symbol = (nominal),
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

/* A revised value replaces the nominal one. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
const double EN_REVISED[EN_PARAMETER_COUNT] = {
#define EN_PARAMETER(symbol, nominal, ...) [EN_P(symbol)] = (nominal),
#define EN_CONSTANT(...)
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
#define EN_REVISION(symbol, value, ...) [EN_P(symbol)] = (value),
#include "heal/revision.def"
#undef EN_REVISION
};
#pragma GCC diagnostic pop

static void print_rows(struct en_buf *out, const struct en_parameter_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct en_parameter_row *r = &rows[i];

        en_buf_print(out, "| %s | %g | %g .. %g |", r->symbol, r->nominal, r->low, r->high);
        if (r->cv > 0.0) {
            en_buf_print(out, " %g |", r->cv);
        } else {
            en_buf_add(out, " |");
        }
        en_buf_print(out, " %s | %s | %s | %s |\n", r->unit, r->meaning, r->source, r->provenance);
    }
}

void en_parameters_print(struct en_buf *out)
{
    en_buf_add(out, "| symbol | nominal | range | spread | unit | meaning | source | provenance |\n"
                    "|---|---|---|---|---|---|---|---|\n");
    print_rows(out, EN_PARAMETERS, EN_COUNT(EN_PARAMETERS));
    print_rows(out, CONSTANTS, EN_COUNT(CONSTANTS));
}

struct en_hypothesis en_heal_hypothesis(size_t index)
{
    const struct en_model *m = &EN_MODEL;
    const struct en_hypothesis all[EN_HYPOTHESES] = {
        {"H0", "no specific effect", 0.0, 0.0, false},
        {"H1", "mechanical", m->h1_wm, 0.0, true},
        {"H2", "neural", 0.0, m->h2_wh, true},
        {"H3", "mechanical and neural", m->h3_wm, m->h3_wh, true},
    };

    assert(index < EN_HYPOTHESES);
    return all[index];
}

/* One array of the batch, filled; false when the arena is full. */
static bool new_array(struct en_arena *a, size_t stride, double fill, double **out)
{
    *out = EN_NEW(a, double, stride);
    for (size_t i = 0; *out != NULL && i < stride; i++) {
        (*out)[i] = fill;
    }
    return *out != NULL;
}

enum en_status en_batch_init(struct en_batch *b, struct en_arena *a, size_t count,
                             struct en_err *err)
{
    bool has_room = true;

    *b = (struct en_batch){0};
    if (count == 0 || count > SIZE_MAX - EN_LANES_MAX) {
        return en_fail(err, EN_EINVAL, "patients: at least one is needed");
    }
    b->count = count;
    b->stride = (count + EN_LANES_MAX - 1) / EN_LANES_MAX * EN_LANES_MAX;
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        has_room = has_room && new_array(a, b->stride, EN_PARAMETERS[k].nominal, &b->parameter[k]);
    }
    for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
        has_room = has_room && new_array(a, b->stride, 0.0, &b->balance[k]);
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        has_room = has_room && new_array(a, b->stride, 0.0, &b->start[k]);
    }
    if (!has_room) {
        *b = (struct en_batch){0};
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", count);
    }
    return en_heal_balance(b, 0, b->stride, err);
}

static struct en_parameters gather(const struct en_batch *b, size_t i)
{
    struct en_parameters p = {0};

    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        ((double *)&p)[k] = b->parameter[k][i];
    }
    return p;
}

/* docs/model.md, balances; k1 and b may come out negative, which no virtual patient may have. */
static struct en_balance balance(const struct en_parameters *p)
{
    const double flux = p->kx * p->C1b / (p->CN + p->Cmb);
    const double inverse_healthy =
        1.0 / (1.0 + p->w1 * EN_MODEL.healthy_C1 + p->w3 * EN_MODEL.healthy_C3);
    /* As in the lanes, so that the strain ratio at baseline is 1 to the last bit. */
    const double power = p->p == 1.5 ? p->Phib * sqrt(p->Phib) : en_exp(p->p * en_log(p->Phib));

    return (struct en_balance){
        .k3 = (p->k31 + p->d3) * p->C3b,
        .k1 = (p->kx + p->d1c) * p->C1b - p->y31 * p->k31 * p->C3b,
        .dm = p->kx * p->C1b / p->Cmb,
        .b = ((1.0 - p->Phib) - flux / p->kphi * (p->Phib - p->Phin)) / p->Phib,
        .flux = flux,
        .K = ((p->CN + p->Cmb) * power + p->w1 * p->C1b * p->Phib + p->w3 * p->C3b) *
             inverse_healthy,
    };
}

static enum en_status check_parameters(const struct en_batch *b, size_t i, struct en_err *err)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        const double x = b->parameter[k][i];

        /* The contextual share may be negative: a nocebo response. */
        if (!(isfinite(x) && (x >= 0.0 || k == EN_P(fctx)))) {
            return en_fail(err, EN_EINVAL, "parameter %s: not a finite number >= 0",
                           EN_PARAMETERS[k].symbol);
        }
        /* Divisors and logarithms: those whose range excludes zero. */
        if (!(x > 0.0) && EN_PARAMETERS[k].low > 0.0) {
            return en_fail(err, EN_EINVAL, "parameter %s: must be above 0",
                           EN_PARAMETERS[k].symbol);
        }
    }
    return EN_OK;
}

enum en_status en_heal_balance(struct en_batch *b, size_t first, size_t count, struct en_err *err)
{
    assert(first <= b->stride && count <= b->stride - first);
    for (size_t i = first; i < first + count; i++) {
        EN_TRY(check_parameters(b, i, err));
        const struct en_parameters p = gather(b, i);
        struct en_balance balanced = balance(&p);

        balanced.k1 = fmax(balanced.k1, 0.0);
        balanced.b = fmax(balanced.b, 0.0);
        for (size_t k = 0; k < EN_BALANCE_COUNT; k++) {
            b->balance[k][i] = ((const double *)&balanced)[k];
        }
        for (size_t k = 0; k < EN_STATE_COUNT; k++) {
            b->start[k][i] = 0.0;
        }
        b->start[EN_STATE_F][i] = b->start[EN_STATE_V][i] = b->start[EN_STATE_H][i] = 1.0;
        b->start[EN_STATE_C3][i] = p.C3b;
        b->start[EN_STATE_C1][i] = p.C1b;
        b->start[EN_STATE_Cm][i] = p.Cmb;
        b->start[EN_STATE_Phi][i] = p.Phib;
        b->start[EN_STATE_S][i] = p.Sb;
    }
    return EN_OK;
}

void en_batch_revise(struct en_batch *b)
{
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        for (size_t i = 0; i < b->stride; i++) {
            b->parameter[k][i] = EN_REVISED[k];
        }
    }
    const enum en_status st = en_heal_balance(b, 0, b->stride, NULL);

    assert(st == EN_OK); /* test_revision_is_sound */
    (void)st;
}

void en_heal_rupture(struct en_batch *b, size_t i, double ceiling)
{
    /* A trace of matrix: without any, the turnover flux kx C1 / (CN + Cm) is infinite at first. */
    static const double TRACE = 1e-8;

    assert(i < b->stride && ceiling > 0.0 && ceiling <= 1.0);
    b->balance[offsetof(struct en_balance, b) / sizeof(double)][i] = 1.0 / ceiling - 1.0;
    b->parameter[EN_P(CN)][i] = 0.0;
    b->start[EN_STATE_Cm][i] = TRACE;
    b->start[EN_STATE_Phi][i] = EN_MODEL.rupture_alignment;
    b->start[EN_STATE_D][i] = EN_MODEL.rupture_damage;
}

const char *en_heal_broken(const struct en_batch *b, size_t i)
{
    assert(i < b->stride);
    const struct en_parameters p = gather(b, i);
    const struct en_balance balanced = balance(&p);
    const double gain = p.xrec * (p.cN * p.rN / p.dN + p.cM * p.rM / (p.k12 * p.x12 + p.d1));

    if (!(gain < EN_MODEL.loop_gain_max)) {
        return "loop gain";
    }
    if (!(balanced.k1 >= 0.0)) {
        return "k1";
    }
    if (!(balanced.b >= 0.0)) {
        return "b";
    }
    return p.q < 1.0 ? NULL : "q";
}

void en_heal_covariates(struct en_batch *b, size_t i, const struct en_covariates *c)
{
    const struct en_model *m = &EN_MODEL;
    const double years = c->age_years - m->age_reference;
    double synthesis = en_exp(-m->age_xsyn * years), recruitment = en_exp(-m->age_xrec * years);
    double transition = en_exp(-m->age_x12 * years), vessels = en_exp(-m->age_xV * years);

    assert(i < b->stride && isfinite(c->age_years));
    if (c->is_smoker) {
        synthesis *= m->smoker_xsyn;
        recruitment *= m->smoker_xrec;
        transition *= m->smoker_x12;
        vessels *= m->smoker_xV;
    }
    if (c->has_diabetes) {
        synthesis *= m->diabetes_xsyn;
        recruitment *= m->diabetes_xrec;
        transition *= m->diabetes_x12;
        vessels *= m->diabetes_xV;
    }
    b->parameter[EN_P(xsyn)][i] = synthesis;
    b->parameter[EN_P(xrec)][i] = recruitment;
    b->parameter[EN_P(x12)][i] = transition;
    b->parameter[EN_P(xV)][i] = vessels;
    b->parameter[EN_P(nsaid)][i] = c->takes_nsaid ? 1.0 : 0.0;
}

double en_heal_load(double bmi_before, double bmi_after)
{
    assert(bmi_before > 0.0 && bmi_after > 0.0);
    return en_exp(EN_MODEL.bmi_exponent * en_log(bmi_after / bmi_before));
}

double en_heal_hit(double error_mm, double reach_mm)
{
    assert(error_mm > 0.0 && reach_mm >= 0.0);
    const double ratio = reach_mm / error_mm;

    return 1.0 - en_exp(-0.5 * ratio * ratio);
}

double en_heal_fill(double volume_ml, double target_ml)
{
    assert(volume_ml >= 0.0 && target_ml > 0.0);
    return 1.0 - en_exp(-EN_MODEL.fill_rate * volume_ml / target_ml);
}
