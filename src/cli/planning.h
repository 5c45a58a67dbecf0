/* SPDX-License-Identifier: Apache-2.0
 * cli/planning: what the commands that plan a case share: their options and files. */
#pragma once

#include "cli/cli.h"
#include "report/report.h"

/* Rows of a table of options: what the plan is made of. */
#define EN_PLANNING_OPTIONS                                                                        \
    {"target", "N", "which problem of the case, 1 is the first"},                                  \
        {"sites", "LIST", "sites of the atlas chosen by the clinician, \"KNE-01; KNE-02\""},       \
        {"schedule", "ID", "schedule profile; default: the condition's"},                          \
        {"sessions", "N", "number of sessions; default: the profile's"},                           \
        {"interval", "DAYS", "days between sessions; default: the profile's"},                     \
        {"dextrose", "PERCENT", "at each site within its range; default: the atlas'"},             \
        {"volume-scale", "X", "volume over the atlas', at each site within its range"},            \
        {"start", "DAY", "day of the first session; default: the day of the decision"},            \
        {"dates", "DAYS", "days of all sessions, \"2026-03-02; 2026-03-30\", instead of these"},   \
        {"guidance", "MODALITY", "LM, US, FL or CT where the site allows it"},                     \
        {"anaesthetic", "NAME", "anaesthetic of the mix, or none; default: the policy's"},         \
        {"bleb-mg", "MG", "anaesthetic in skin blebs, per session"},                               \
        {"block-mg", "MG", "anaesthetic in nerve blocks, per session"},                            \
        {"stocks", "LIST", "stocks at hand; default: all of the usual ones"},                      \
        {"patients", "N", "virtual patients of the forecast; default 2000"},                       \
        {"seed", "N", "seed of the forecast; default 1"},                                          \
        {"threads", "N", "threads of the forecast; default: one per processor"},                   \
    {                                                                                              \
        "colour", NULL, "colours even where the output is no terminal"                             \
    }

/* Those options. EN_EINVAL names the option. */
EN_MUST_USE enum en_status en_planning_read(struct en_cli *cli, const struct en_arguments *args,
                                            const struct en_case *c, struct en_plan_request *out,
                                            struct en_err *err);

/* The answer for the printers, which decide what of it the verdict lets them print. */
struct en_report en_planning_report(const struct en_cli *cli, const struct en_plan_answer *answer);

/* Write a document, or the chart of pain as --svg and --png say. A chart that the verdict does not
 * allow is not written, with a line on err_out. */
EN_MUST_USE enum en_status en_planning_paper(struct en_cli *cli, const struct en_report *r,
                                             enum en_paper paper, const char *path,
                                             struct en_err *err);
EN_MUST_USE enum en_status en_planning_charts(struct en_cli *cli, const struct en_arguments *args,
                                              const struct en_report *r, struct en_err *err);

/* Why a mix cannot be made: the reader of a verdict would otherwise look for it in the patient. */
void en_planning_say_refusals(struct en_cli *cli, const struct en_plan *plan);
