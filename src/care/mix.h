/* SPDX-License-Identifier: Apache-2.0
 * care/mix: from stocks to a syringe, and the anaesthetic dose against the patient's maximum.
 *
 * Volumes are rounded to the graduation of the syringe and everything is recomputed after that.
 * What cannot be mixed is a result with its reason and the nearest request that can.
 * Pure, thread-safe. */
#pragma once

#include "care/case.h"

enum { EN_MIX_PARTS_MAX = 8 };

struct en_mix_request {
    double dextrose_percent; /* 0 .. 50, final */
    const char *anaesthetic; /* component of stocks.tsv: "lidocaine"; NULL none */
    double anaesthetic_percent;
    double volume_ml;
    const char *diluent;      /* stock id; NULL: the policy's default */
    const char *stocks;       /* list of stock ids at hand; NULL: all of the default use */
    double bleb_mg, block_mg; /* same anaesthetic given beside the mix; 0 none */
    const char *technique;    /* NULL or "perineural", "joint_space" ...: limits of section 2.7 */
    const char *site_class;   /* NULL or P D N */
};

struct en_mix_part {
    const struct en_row *stock;
    double exact_ml, ml; /* before and after rounding to the syringe's graduation */
};

/* The patient as far as doses need it; NAN and UNKNOWN are honest answers and block. */
struct en_dose_patient {
    const struct en_fact *facts; /* the case's facts, for la_factors; NULL: none known */
    double weight_kg, height_cm;
    int age_years;            /* -1 unknown */
    const char *sex;          /* "female", "male", NULL */
    const char *jurisdiction; /* of la_limits; NULL: the strictest */
};

struct en_dose_line {
    const char *drug;            /* component */
    double mg, max_mg, fraction; /* NAN when the maximum cannot be known */
    const struct en_row *limit;
    double factor; /* reduction applied, 1 none */
    const char *factor_reason;
};

struct en_mix {
    struct en_mix_part parts[EN_MIX_PARTS_MAX];
    size_t part_count;
    double volume_ml;                             /* after rounding */
    double dextrose_percent, anaesthetic_percent; /* recomputed after rounding */
    double dextrose_deviation;                    /* relative, 0.03 = 3 % */
    double anaesthetic_deviation;
    double osmolarity_mosm_per_l;
    double dextrose_g;
    double anaesthetic_mg; /* mix alone */
    bool has_preservative;
    bool has_unknown_stock; /* a named stock is not in stocks.tsv, or disabled there */
    bool is_possible;
    const char *refusal;         /* why not, and what to do; NULL when possible */
    const char *nearest;         /* the nearest possible request, as text; NULL none */
    const char *const *warnings; /* shape [warning_count] */
    size_t warning_count;
    const char *const *alternatives; /* other stocks that would do */
    size_t alternative_count;
    struct en_dose_line dose; /* blebs, blocks and mix against the patient's maximum */
    double load;              /* sum of fractions; NAN unknown */
};

/* EN_EINVAL only for a malformed request (unknown drug, negative volume); an impossible mix is a
 * result with is_possible false. */
EN_MUST_USE enum en_status en_mix_compute(const struct en_care *care,
                                          const struct en_mix_request *request,
                                          const struct en_dose_patient *patient, struct en_arena *a,
                                          struct en_mix *out, struct en_err *err);
