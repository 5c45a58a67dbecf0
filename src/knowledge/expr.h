/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr: rule conditions in three-valued logic (Kleene).
 *
 * A condition is text such as `med_vka and site_class == "P" and inr > 3.0`. It is parsed and
 * type-checked once, against facts.tsv, and then evaluated over facts. The grammar stands in
 * docs/knowledge.md. Unknown facts give unknown, unless the known part already decides. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "knowledge/knowledge.h"

enum en_truth { EN_FALSE, EN_TRUE, EN_UNKNOWN };

enum en_fact_kind { EN_FACT_UNKNOWN, EN_FACT_BOOL, EN_FACT_NUMBER, EN_FACT_CODE, EN_FACT_DATE };

/* One fact of a case. Zeroed means unknown. */
struct en_fact {
    enum en_fact_kind kind;
    bool truth;         /* EN_FACT_BOOL */
    double number;      /* EN_FACT_NUMBER, in the unit of facts.tsv */
    const char *code;   /* EN_FACT_CODE */
    en_day date;        /* EN_FACT_DATE */
    en_day as_of;       /* when it was measured or said; EN_DAY_UNKNOWN when not told (not 0) */
    const char *origin; /* where it comes from: a FHIRPath, or "derived: how"; no patient data */
};

/* What an expression sees: all facts by index (en_fact_index), and the day of the decision. */
struct en_fact_view {
    const struct en_knowledge *knowledge;
    const struct en_fact *facts; /* shape [row count of facts.tsv] */
    en_day today;
};

/* Parse and check. On failure *out is NULL and err says what and at which character. */
EN_MUST_USE enum en_status en_expr_parse(const struct en_knowledge *k, struct en_arena *a,
                                         const char *text, struct en_expr **out,
                                         struct en_err *err);

/* Evaluate. Facts of another kind than facts.tsv says, numbers that are not finite, codes without
 * text and dates EN_DAY_UNKNOWN are unknown; so is what en_fact_seen calls stale. */
enum en_truth en_expr_truth(const struct en_expr *e, const struct en_fact_view *view);

/* The fact as an expression sees it: unknown (kind EN_FACT_UNKNOWN) when it is not known or not of
 * the right day: older than its maximum age, without a day though it has a maximum age, or dated
 * after today. *is_stale (may be NULL) is true just when the day is the reason. */
struct en_fact en_fact_seen(const struct en_fact_view *view, size_t index, bool *is_stale);

/* Indices of the facts that the expression names, in order of first appearance, each once, also
 * inside known(). Shape of *out: [returned], as long as the expression lives. */
size_t en_expr_inputs(const struct en_expr *e, const size_t **out);

/* Those unknown facts of a result EN_UNKNOWN that stand in its way: facts in parts that are already
 * decided by Kleene's rules are left out, each stands once. 0 for a decided result. Shape of out:
 * [capacity]. Returns the number written. */
size_t en_expr_missing(const struct en_expr *e, const struct en_fact_view *view, size_t *out,
                       size_t capacity);

/* The text it was parsed from. */
const char *en_expr_text(const struct en_expr *e);
