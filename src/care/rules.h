/* SPDX-License-Identifier: Apache-2.0
 * care/rules: what the rules say about a case and a plan, and the verdict.
 *
 * Unknown is not "no": a rule that cannot be decided is a finding of its own, with the facts that
 * stand in its way. Results live in the arena handed in. Pure, thread-safe. */
#pragma once

#include "care/case.h"

struct en_plan;
struct en_plan_site;

/* Gravest first. */
enum en_severity { EN_STOP, EN_DEFER, EN_CAUTION, EN_INFO, EN_SEVERITY_COUNT };
const char *en_severity_text(enum en_severity s);

/* One input that a rule used. */
struct en_input {
    const char *fact; /* id */
    struct en_fact value;
    bool is_stale; /* known, but older than its maximum age */
};

/* A tier that is true (fired) or unknown. */
struct en_finding {
    const struct en_row *rule, *tier; /* rows of rules.tsv and tiers.tsv */
    enum en_severity severity;
    bool is_unknown;
    bool has_override;       /* false: one of the nine without override */
    const char *sites;       /* list of atlas ids it concerns, "" for the whole case */
    struct en_input *inputs; /* facts named by the tier, shape [input_count] */
    size_t input_count;
    const char *const *missing; /* fact ids in the way, shape [missing_count] */
    size_t missing_count;
};

/* What to ask or measure next: unknown facts, those that decide the gravest rules first. */
struct en_question {
    const struct en_row *fact; /* row of facts.tsv: its `question` */
    enum en_severity severity; /* gravest tier that waits for it */
    bool is_stale;
    en_day as_of; /* of the stale value */
};

enum en_verdict {
    EN_VERDICT_SUITABLE,
    EN_VERDICT_CAUTION,
    EN_VERDICT_DEFER,
    EN_VERDICT_UNDECIDED,
    EN_VERDICT_NOT_SUITABLE
};
const char *en_verdict_text(enum en_verdict v);

struct en_assessment {
    enum en_verdict verdict;
    struct en_finding *findings; /* fired, then unknown; gravest first */
    struct en_question *questions;
    const struct en_row *condition; /* evidence for and against stand in it; NULL unknown */
    size_t finding_count, fired_count, question_count;
    size_t rule_count; /* rules looked at */
    bool has_stop_without_override;
};

/* Judge the case for this plan (its sites and doses); plan NULL judges the case alone, and rules
 * about sites are unknown. Never fails on missing facts: those are the result. */
EN_MUST_USE enum en_status en_assess(const struct en_care *care, const struct en_case *c,
                                     const struct en_plan *plan, struct en_arena *a,
                                     struct en_assessment *out, struct en_err *err);

/* All facts with the derived ones filled in (docs/case.md): shape [rows of facts.tsv]. plan and
 * site may be NULL; then facts about them are unknown. Used by assess, review and the forecast. */
EN_MUST_USE enum en_status en_derive_facts(const struct en_care *care, const struct en_case *c,
                                           const struct en_plan *plan,
                                           const struct en_plan_site *site, struct en_arena *a,
                                           struct en_fact **out, struct en_err *err);
