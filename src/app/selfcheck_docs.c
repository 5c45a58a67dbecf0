/* SPDX-License-Identifier: Apache-2.0
 * app/selfcheck_docs: the section of docs/validation.md on the posterior of one person. */
#include "app/selfcheck.h"

#include "base/text.h"

#include <math.h>

/* Chance below which the check speaks of a failure, and the same of a standard normal number. */
static const double RARE = 0.001, RARE_Z = 3.2905;

static const char HEAD[] = "\n## The posterior of one person\n\n";

static const char HOW[] =
    "`enthesis validate self` puts the calculation of a person's posterior to the test. It does "
    "not\n"
    "test the model: persons and reports come from the model itself. The table behind it is\n"
    "[selfcheck.tsv](selfcheck.tsv); the method is in\n"
    "[note 0006](notes/0006-individual-posterior.md).\n"
    "\n"
    "Persons are drawn from the population of the stored posterior (hypothesis by its weight, a\n"
    "condition with data or one without, facts known or not). Their reports are simulated: 2 to "
    "16,\n"
    "on irregular days, of pain, pain and function, or laxity too, with sessions and without, one\n"
    "person in four with errors a third as large. The truth is then ranked within the posterior "
    "that\n"
    "follows. Ranks are even when it is right; chi-square has 19 degrees of freedom, *chance* is "
    "how\n"
    "often it is larger then.\n"
    "\n";

struct view {
    const struct en_selfcheck_rows *rows;
    struct en_buf *out;
};

static double find(const struct view *v, const char *kind, const char *id, const char *quantity)
{
    for (size_t i = 0; i < v->rows->count; i++) {
        const struct en_selfcheck_row *r = &v->rows->rows[i];

        if (en_text_equal(r->kind, kind) && en_text_equal(r->id, id) &&
            en_text_equal(r->quantity, quantity)) {
            return r->value;
        }
    }
    return NAN;
}

static double setting(const struct view *v, const char *quantity)
{
    return find(v, "setting", "self", quantity);
}

/* Whether this row begins one of its kind. */
static bool begins(const struct view *v, size_t i, const char *kind)
{
    const struct en_selfcheck_row *r = &v->rows->rows[i];

    return en_text_equal(r->kind, kind) &&
           (i == 0 || !en_text_equal(r->kind, r[-1].kind) || !en_text_equal(r->id, r[-1].id));
}

static void put_bars(const struct view *v, const char *id)
{
    const double persons = setting(v, "persons");
    char quantity[16];

    for (int b = 0; b < EN_SELFCHECK_BINS; b++) {
        (void)snprintf(quantity, sizeof quantity, "bin_%d", b);
        en_buf_add(v->out,
                   en_selfcheck_bar(find(v, "rank", id, quantity), persons / EN_SELFCHECK_BINS));
    }
}

static void put_ranks(const struct view *v)
{
    en_buf_add(v->out, "| quantity | ranks | chi-square | chance | in 50 % | in 90 % |\n"
                       "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < v->rows->count; i++) {
        const struct en_selfcheck_row *r = &v->rows->rows[i];

        if (!begins(v, i, "rank")) {
            continue;
        }
        en_buf_print(v->out, "| %s | `", r->title);
        put_bars(v, r->id);
        en_buf_print(v->out, "` | %.1f | %.3f | %.1f %% | %.1f %% |\n",
                     find(v, "rank", r->id, "chi_square"), find(v, "rank", r->id, "chance"),
                     100.0 * find(v, "rank", r->id, "in_50"),
                     100.0 * find(v, "rank", r->id, "in_90"));
    }
}

/* Whether a share of persons is one of p but for chance. */
static bool is_share(const struct view *v, const char *quantity, double p)
{
    const double share = find(v, "rank", "score", quantity), n = setting(v, "persons");

    return fabs(share - p) <= RARE_Z * sqrt(p * (1.0 - p) / n) + 0.5 / n;
}

/* In words, whichever way it went. */
static void put_verdict(const struct view *v)
{
    const double confidence = setting(v, "confidence");
    bool is_even = true;

    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        is_even = is_even && find(v, "rank", EN_QUANTITY_IDS[k], "chance") > RARE;
    }
    en_buf_print(
        v->out,
        "\n%.0f persons, %.0f draws of each hypothesis; in %.0f at least one posterior was "
        "refined.\nRanks even (each chance above 0.001): %s. The next score lies in the "
        "middle half of what is\nforecast as often as chance allows: %s; in the middle "
        "90 %%: %s.\n",
        setting(v, "persons"), setting(v, "draws"), setting(v, "refined"),
        is_even ? "met" : "**missed**", is_share(v, "in_50", 0.5) ? "met" : "**missed**",
        is_share(v, "in_90", 0.9) ? "met" : "**missed**");
    en_buf_print(
        v->out,
        "\nThe error of a simulated score is Student's t with 4 degrees of freedom, as the "
        "posterior takes it;\nthat of a forecast is normal with the same SD. The last row "
        "shows scores with a normal error. Both\nends of a printed band belong to it, and "
        "many scores stand at an end of the scale: the printed bands\nhold %.1f %% and "
        "%.1f %%.\n",
        100.0 * setting(v, "band_50"), 100.0 * setting(v, "band_90"));
    en_buf_print(
        v->out,
        "\n| weight of a hypothesis | times | true | by the weights |\n|---|---|---|---|\n");
    for (size_t i = 0; i < v->rows->count; i++) {
        const struct en_selfcheck_row *r = &v->rows->rows[i];

        if (begins(v, i, "weight") && find(v, "weight", r->id, "count") > 0.0) {
            en_buf_print(v->out, "| %s | %.0f | %.0f | %.1f ± %.1f |\n", r->title,
                         find(v, "weight", r->id, "count"), find(v, "weight", r->id, "is_true"),
                         find(v, "weight", r->id, "expected"), find(v, "weight", r->id, "sd"));
        }
    }
    en_buf_print(v->out, "\nAll weights together promise %.1f SD more than they keep: %s.\n",
                 confidence, fabs(confidence) < RARE_Z ? "right but for chance" : "**wrong**");
}

static void put_case(const struct view *v, const struct en_selfcheck_row *r)
{
    const double repeats = setting(v, "repeats");
    const double spread = find(v, "case", r->id, "evidence_sd");
    const double error = find(v, "case", r->id, "evidence_error");

    en_buf_print(
        v->out,
        "| %s | H%.0f | %.0f | %.1f | %.1f | %.1f | %.2f | %.2f | %.2f | %.2f | %.2f ± %.2f |\n",
        r->title, find(v, "case", r->id, "hypothesis"), find(v, "case", r->id, "effective"),
        find(v, "case", r->id, "stages"), find(v, "case", r->id, "drift"),
        find(v, "case", r->id, "largest_off"), find(v, "case", r->id, "mean_square"),
        find(v, "case", r->id, "bias_nrs"), find(v, "case", r->id, "mean_error"),
        find(v, "case", r->id, "quantile_error"),
        find(v, "case", r->id, "evidence_mean") - find(v, "case", r->id, "evidence"),
        sqrt(error * error + spread * spread / repeats));
}

static void put_cases(const struct view *v)
{
    bool has_any = false;

    for (size_t i = 0; i < v->rows->count; i++) {
        if (!begins(v, i, "case")) {
            continue;
        }
        if (!has_any) {
            has_any = true;
            en_buf_print(
                v->out,
                "\n### Beside long chains\n\n"
                "Made-up follow-ups, easy and hard, each under one hypothesis: %.0f chains of %.0f "
                "steps of\nrandom-walk Metropolis on the exact posterior, from draws of the "
                "population, against %.0f runs of\nthe posterior with %.0f patients. *effective* "
                "patients of the population (below 100: refined, in so\nmany *stages*). *drift* of "
                "the chains from the third quarter of their steps to the last, largest of\nthe "
                "quantities, in standard errors (below 3 but for chance). *off*: largest "
                "difference "
                "of mean, SD, 5,\n50 and 95 %% of nine quantities, in standard errors of the "
                "difference; *square*: mean of their squares,\n1 to 1.4 by chance. *NRS*: largest "
                "difference of expected pain and gain. *means*, *quantiles*: error\nof a single "
                "run, root mean square, in SDs of the posterior. *evidence*: log evidence less "
                "that "
                "of a\npopulation of %.0f.\n\n"
                "| case | | effective | stages | drift | off | square | NRS | means | quantiles | "
                "evidence "
                "|\n|---|---|---|---|---|---|---|---|---|---|---|\n",
                setting(v, "chains"), setting(v, "steps"), setting(v, "repeats"),
                setting(v, "patients"), setting(v, "population"));
        }
        put_case(v, &v->rows->rows[i]);
    }
}

void en_selfcheck_docs(const struct en_selfcheck_rows *rows, struct en_buf *out)
{
    const struct view v = {rows, out};

    en_buf_add(out, HEAD);
    if (rows->count == 0) {
        en_buf_add(out, "Not done yet: `enthesis validate self --out docs/selfcheck.tsv`.\n");
        return;
    }
    en_buf_add(out, HOW);
    put_ranks(&v);
    put_verdict(&v);
    put_cases(&v);
}
