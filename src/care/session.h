/* SPDX-License-Identifier: Apache-2.0
 * care/session: what must hold of a session before it is written down as done: the stock that is
 * drawn up, the anaesthetic over all sites, and what the signature needs.
 *
 * A rule that cannot be decided is broken: unknown is not "fine". Pure functions; the results live
 * in the arena, their texts hold no value of the patient. Thread-safe. */
#pragma once

#include "care/mix.h"

enum { EN_BREACHES_MAX = 64 };

/* A rule that is broken. rule is one of the words of EN_SESSION_RULES. */
struct en_breach {
    const char *rule, *field, *text;
};

struct en_breaches {
    struct en_breach items[EN_BREACHES_MAX];
    size_t count; /* beyond the room only counted */
};

/* rule and field are kept, not copied. */
void en_breach_add(struct en_breaches *b, const char *rule, const char *field, struct en_arena *a,
                   const char *format, ...) EN_PRINTF(5, 6);

/* "stock-unknown", "stock-expired" ..., with a sentence each; ended by a NULL name. */
struct en_session_rule {
    const char *name, *meaning;
};
extern const struct en_session_rule EN_SESSION_RULES[];

/* A vial, ampoule or prepared syringe that is given of. */
struct en_vial {
    const char *field;        /* where it is named, for messages */
    const char *stock;        /* id of stocks.tsv; NULL: it says none */
    bool is_prepared;         /* a syringe drawn up of other vials, each of which is asked about */
    bool is_usable;           /* known to the clinic, and neither withdrawn nor entered in error */
    bool has_lot, has_serial; /* its batch's number; an identifier of its own */
    int64_t expiry_us;        /* last microsecond of it; INT64_MIN unknown */
    size_t other_patients;    /* who were given of it, besides this patient */
};

/* May it be given until given_us (the last microsecond that the record allows)? */
void en_session_check_vial(const struct en_knowledge *k, const struct en_vial *vial,
                           int64_t given_us, struct en_arena *a, struct en_breaches *out);

/* mg of an anaesthetic that is recorded as given, between low_us and high_us. */
struct en_session_dose {
    const char *drug; /* component of stocks.tsv */
    double mg;        /* NAN unknown */
    int64_t low_us, high_us;
};

/* Every span of the window (limit la.sum_window) in which the doses may lie together, against the
 * patient's maxima and the limit of the load. */
EN_MUST_USE enum en_status en_session_check_doses(const struct en_care *care,
                                                  const struct en_case *c,
                                                  const struct en_session_dose *doses, size_t count,
                                                  struct en_arena *a, struct en_breaches *out,
                                                  struct en_err *err);

/* Where a total stands: within its limit, near it, over it; or nobody knows. */
enum en_standing { EN_STANDING_FINE, EN_STANDING_NEAR, EN_STANDING_OVER, EN_STANDING_UNKNOWN };

/* "fine", "near", "over", "unknown". */
const char *en_standing_text(enum en_standing s);

/* What is given, or about to be given, in one session. */
struct en_session_given {
    const struct en_session_dose *doses; /* of the patient, also of other sessions around it */
    size_t dose_count;
    double volume_ml, dextrose_g; /* of this session; NAN unknown */
};

/* Running totals against the limits of this patient. */
struct en_session_totals {
    double volume_ml, volume_limit_ml;
    double dextrose_g, dextrose_warn_g; /* a warning, no limit */
    struct en_dose_line *lines;         /* one per anaesthetic, shape [line_count] */
    size_t line_count;
    double load, load_limit; /* sum of fractions; NAN unknown */
    bool needs_double_check; /* the load asks for an independent check */
    enum en_standing volume, dextrose, anaesthetic;
};

/* What the latest dose's window holds. Whether a dose is allowed says en_session_check_doses, and
 * en_session_check_volume. */
EN_MUST_USE enum en_status en_session_sum(const struct en_care *care, const struct en_case *c,
                                          const struct en_session_given *given, struct en_arena *a,
                                          struct en_session_totals *out, struct en_err *err);

/* All sites of a session together against the limit volume.session_max. */
void en_session_check_volume(const struct en_knowledge *k, double volume_ml, struct en_arena *a,
                             struct en_breaches *out);

/* What a signature rests on. */
struct en_signing {
    const struct en_practitioner *signer; /* NULL: the account has none */
    const char *regions;                  /* list of those that were treated; "" unknown */
    const char *guidance;                 /* list: "US; LM" of those used; NULL unknown */
    size_t administrations;               /* that are part of it */
    bool has_consent;                     /* active, of this patient, for treatment, today */
    /* Answers by row of checklist.tsv. EN_UNKNOWN: not answered. NULL: there is none. */
    const enum en_truth *checklist;
    double assessment_age_h; /* of the newest one; NAN: there is none */
    bool assessment_allows;  /* its verdict */
    bool assessment_fits;    /* it was made for the sites, or the problem, that were treated */
    bool has_changed_since;  /* a fact that it rests on, or one that came */
};

/* Why this licence allows no signature on that day; NULL: it does. */
const char *en_licence_fault(const struct en_practitioner *o, en_day today);

void en_session_check_signing(const struct en_care *care, const struct en_signing *signing,
                              struct en_arena *a, struct en_breaches *out);

/* What the approval of a plan rests on. */
struct en_approving {
    const struct en_practitioner *signer; /* NULL: the account has none */
    const char *regions, *guidance;       /* lists over the planned sites; "" unknown */
    double verdict_age_h;                 /* of the one that the plan was made with; NAN: none */
    bool verdict_allows;                  /* asked again now, with the same choices */
    bool has_changed_since;               /* a fact that it rests on, or one that came */
    bool was_altered;                     /* the plan, after it was made */
    bool is_overdue;                      /* its first session would lie before today */
};

void en_session_check_approving(const struct en_care *care, const struct en_approving *s,
                                struct en_arena *a, struct en_breaches *out);
