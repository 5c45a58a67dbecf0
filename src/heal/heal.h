/* SPDX-License-Identifier: Apache-2.0
 * heal/heal: the healing model of docs/model.md. One primitive carries all simulation: run this
 * schedule for these patients and give me these outputs at these times (en_heal_run).
 *
 * Patients are a batch of arrays, one entry per patient. A batch belongs to its creator; running it
 * changes nothing in it, so several threads may run parts of the same batch. Pure functions of
 * their arguments: no clock, no chance. The bytes of a patient's results depend on that patient,
 * the schedule and the days asked for, not on its neighbours, the width of the lanes or threads. */
#pragma once

#include "base/arena.h"
#include "heal/states.h"

#include <stdbool.h>

/* The numbers of one patient (a double each), in the order of heal/parameters.def. */
struct en_parameters {
#define EN_PARAMETER(symbol, ...) double symbol;
#define EN_CONSTANT(...)
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

/* The numbers of the whole model. */
struct en_model {
#define EN_PARAMETER(...)
#define EN_CONSTANT(symbol, ...) double symbol;
#include "heal/parameters.def"
#undef EN_PARAMETER
#undef EN_CONSTANT
};

enum { EN_PARAMETER_COUNT = sizeof(struct en_parameters) / sizeof(double) };

/* Position of a parameter: EN_P(kHd) is the place of kHd in the arrays. */
#define EN_P(symbol) (offsetof(struct en_parameters, symbol) / sizeof(double))

/* One row of the table. */
struct en_parameter_row {
    const char *symbol;
    double nominal, low, high, cv;
    const char *unit, *meaning, *source, *provenance;
};

extern const struct en_parameter_row EN_PARAMETERS[EN_PARAMETER_COUNT];
extern const struct en_model EN_MODEL; /* the nominal numbers of the model */

/* Centre of each parameter's prior after the revision (heal/revision.def): nominal where it was not
 * revised. Nominal numbers stay the reference for verification. */
extern const double EN_REVISED[EN_PARAMETER_COUNT];

struct en_buf;
/* The whole table (parameters, then constants) as a Markdown table, for docs/model.md. */
void en_parameters_print(struct en_buf *out);

/* Share of the pain that each hypothesis of how the treatment works gives to the mechanical and to
 * the neural road, and whether laxity counts in the function score. docs/model.md, hypotheses. */
struct en_hypothesis {
    const char *id, *name;
    double wm, wh;
    bool has_laxity;
};

enum { EN_HYPOTHESES = 4 };
/* H0 no specific effect, H1 mechanical, H2 neural, H3 both. index 0 .. EN_HYPOTHESES - 1. */
struct en_hypothesis en_heal_hypothesis(size_t index);

/* What follows from the baseline (docs/model.md, balances). */
struct en_balance {
    double k3, k1, dm, b; /* rates that make the baseline a steady state [1/d], b [1] */
    double flux;          /* turnover flux phi* at baseline [1/d] */
    double K;             /* stiffness at baseline over healthy [1] */
};
enum { EN_BALANCE_COUNT = sizeof(struct en_balance) / sizeof(double) };

/* Patients. All arrays have `stride` entries, a multiple of the widest lanes; those beyond count
 * hold valid idle patients. Change `parameter`, then call en_heal_balance. */
struct en_batch {
    size_t count, stride;
    double *parameter[EN_PARAMETER_COUNT]; /* shape [stride] each; nominal at first */
    double *balance[EN_BALANCE_COUNT];     /* made by en_heal_balance */
    double *start[EN_STATE_COUNT];         /* state on day 0, made by en_heal_balance */
};

/* A batch of count >= 1 nominal patients, balanced. The arrays live in the arena. */
EN_MUST_USE enum en_status en_batch_init(struct en_batch *b, struct en_arena *a, size_t count,
                                         struct en_err *err);

/* Compute balances and start states of patients first .. first + count - 1 from their parameters;
 * negative k1 and b are held at 0. EN_EINVAL names a parameter that is negative or not finite. */
EN_MUST_USE enum en_status en_heal_balance(struct en_batch *b, size_t first, size_t count,
                                           struct en_err *err);

/* Put the revised numbers into all patients of the batch, balanced. */
void en_batch_revise(struct en_batch *b);

/* Patient i, balanced in health, tears the tissue completely on day 0: nothing of the old matrix is
 * left, and the scar aligns up to `ceiling` > 0 (EN_MODEL.rupture_ceiling) instead of up to the
 * baseline: b = 1 / ceiling - 1. With 1 alignment has no ceiling. Balancing again undoes it. */
void en_heal_rupture(struct en_batch *b, size_t i, double ceiling);

/* The first constraint of model.md 6.2 that a patient's parameters break ("loop gain", "k1", "b",
 * "q"), or NULL. Such draws are not used as virtual patients. */
const char *en_heal_broken(const struct en_batch *b, size_t i);

/* What the person brings. NAN or -1 is not allowed here: who does not know draws. */
struct en_covariates {
    double age_years;
    bool is_smoker, has_diabetes, takes_nsaid;
};
/* Set xsyn, xrec, x12, xV and nsaid of patient i. */
void en_heal_covariates(struct en_batch *b, size_t i, const struct en_covariates *c);

/* Strain on the tissue after a change of body mass, relative to before. A steady body-mass index
 * has no effect of its own: strain is counted relative to the patient's own baseline. */
double en_heal_load(double bmi_before, double bmi_after);

/* One session. With coverage or given arrays in the schedule these values may differ by patient. */
struct en_session {
    double day;               /* [d] >= 0, ascending */
    double dextrose_percent;  /* [% w/v] 0 .. 100 */
    double lidocaine_percent; /* [% w/v] 0 .. 10 */
    double coverage;          /* [1] 0 .. 1 share of the target cells reached */
    double needle;            /* [1] 0 .. 10 trauma of needle and volume, 1 a usual session */
};

/* Coverage of a session is the product of two shares, both 0 .. 1 (docs/model.md, placement).
 * Hits of a needle with a 2-D Gaussian error (standard deviation error_mm > 0) on a target with a
 * reach of reach_mm >= 0, depot included: 1 - exp(-R^2 / (2 s^2)). Errors are rows of EN_MODEL. */
double en_heal_hit(double error_mm, double reach_mm);

/* Share of the target tissue (target_ml > 0) that volume_ml >= 0 fills: 1 - exp(-gamma V / T). */
double en_heal_fill(double volume_ml, double target_ml);

/* From this day on: mechanical stimulus m (rehabilitation) and load, both relative to usual. */
struct en_change {
    double day;      /* [d] >= 0, ascending */
    double stimulus; /* [1] 0 .. 10, 1 usual, 1.3 best, 0.2 immobilised */
    double load;     /* [1] 0.1 .. 10 */
};

/* Single precision is about twice as fast, with errors below 1e-3 (docs/model.md 5). */
enum en_precision { EN_DOUBLE, EN_SINGLE };

enum en_isa { EN_ISA_BEST, EN_ISA_BASELINE, EN_ISA_AVX2, EN_ISA_AVX512, EN_ISA_COUNT };

struct en_schedule {
    const struct en_session *sessions;
    size_t session_count;
    const struct en_change *changes; /* before the first: stimulus 1, load 1 */
    size_t change_count;
    /* NULL, or shape [session][stride]: each patient's own day of each session, ascending, instead
     * of the session's. */
    const double *day;
    /* NULL, or shape [session][stride]: coverage of each patient, instead of the session's. */
    const double *coverage;
    /* NULL, or shape [session][stride]: 1 the session takes place, 0 it does not, as if it were not
     * in the schedule. */
    const double *given;
    double nsaid_from_d, nsaid_days; /* window after each session for those who take it; 0: none */
    double context; /* [1] 0 .. 1 share of the contextual effect (from day 0) that this arm has */
    /* Relative error that a step may have; 0: EN_TOLERANCE. A value counts as at least its state's
     * usual size after a session. 1e-9 (1e-5 in single precision) .. 0.1; what comes of it is in
     * docs/model.md 5. */
    double tolerance;
    enum en_precision precision;
    /* 0: from the start. Otherwise a run is resumed: `state` holds the patients' states on that
     * day; sessions before it are past (their drug window still counts where they were given),
     * changes before it are in force, a session or change of that very day is still to come. So a
     * caller runs up to a visit, looks at the scores, decides which sessions to come are given, and
     * goes on. The days asked for are not before it. */
    double from_day;
    /* NULL, or shape [EN_STATE_COUNT][stride]. In, when from_day > 0: where to go on. Out: the
     * states on the last day asked for, before a session or change of that day. */
    double *state;
    enum en_isa isa; /* for tests; EN_ISA_BEST otherwise */
    uint32_t *steps; /* NULL, or shape [stride], out: steps of each patient, rejected ones too */
};

/* Outputs at `days` (>= 0, ascending), recorded before a session of the same day. */
struct en_request {
    const double *days;
    size_t day_count;
    const enum en_output *outputs;
    size_t output_count;
};

/* Run patients first .. first + count - 1 (first a multiple of EN_BATCH_PART).
 *   values  out  shape [output][day][stride of the batch]; only these patients' entries (and the
 *                idle ones up to the next multiple of EN_BATCH_PART) are written
 * EN_EINVAL names the field (nothing computed, no days, no outputs, out of range, NAN); EN_ELIMIT:
 * more than 16 different solutions; EN_ENUMERIC names the first patient whose steps became too
 * small or too many, or whose result is not finite (the states of its tile are left as they were).
 * Allocates nothing; takes some 700 kB of the stack. */
EN_MUST_USE enum en_status en_heal_run(const struct en_schedule *schedule,
                                       const struct en_batch *patients, size_t first, size_t count,
                                       const struct en_request *request, double *values,
                                       struct en_err *err);

/* Parts begin at multiples of EN_BATCH_PART; from EN_BATCH_TILE patients on the lanes are busy. */
enum { EN_BATCH_PART = 8, EN_BATCH_TILE = 256 };
#define EN_TOLERANCE 5e-5

/* Whether this processor can run it. */
bool en_isa_works(enum en_isa isa);
int en_isa_lanes(enum en_isa isa);
