/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_mix: from stocks to a syringe. */
#include "cli/cli.h"

#include "base/limits.h"

#include <math.h>

const struct en_option EN_OPTIONS_MIX[] = {
    {"dextrose", "PERCENT", "final dextrose, % w/v"},
    {"volume", "ML", "volume to prepare"},
    {"lidocaine", "PERCENT", "final lidocaine, %"},
    {"bupivacaine", "PERCENT", "final bupivacaine, %"},
    {"ropivacaine", "PERCENT", "final ropivacaine, %"},
    {"mepivacaine", "PERCENT", "final mepivacaine, %"},
    {"procaine", "PERCENT", "final procaine, %"},
    {"diluent", "STOCK", "diluent; default: the policy's"},
    {"stocks", "LIST", "stocks at hand, \"dextrose_50; lidocaine_2; sterile_water\""},
    {"technique", "KIND", "joint_space, perineural, ...: limits of that technique"},
    {"site-class", "CLASS", "P, D or N: limits of that class"},
    {"bleb-mg", "MG", "the same anaesthetic given as skin blebs"},
    {"block-mg", "MG", "the same anaesthetic given as a block"},
    {"weight", "KG", "the patient's weight"},
    {"height", "CM", "the patient's height"},
    {"age", "YEARS", "the patient's age"},
    {"sex", "SEX", "female or male"},
    {"fact", "ID=VALUE",
     "about the patient, may be repeated: liver_disease=none, heart_failure=no"},
    {"jurisdiction", "CODE", "us, uk, ...: whose maximum doses; default: the strictest"},
    {NULL, NULL, NULL},
};

static void print_dose(struct en_buf *out, const struct en_mix *mix)
{
    const struct en_dose_line *d = &mix->dose;

    if (d->drug == NULL || d->limit == NULL) {
        return; /* nothing of it in the syringe */
    }
    if (isnan(d->fraction)) {
        en_buf_print(out,
                     "%-18s %.1f mg in all; the maximum is unknown without --weight and --height\n",
                     d->drug, d->mg);
        return;
    }
    en_buf_print(out, "%-18s %.1f mg of at most %.0f mg: load %.2f%s%s\n", d->drug, d->mg,
                 d->max_mg, d->fraction, d->factor < 1.0 ? ", reduced: " : "",
                 d->factor < 1.0 ? d->factor_reason : "");
}

static void print_mix(struct en_buf *out, const struct en_mix *mix)
{
    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_mix_part *p = &mix->parts[i];

        en_buf_print(
            out, "%7.1f mL  %s%s\n", p->ml, en_cell(p->stock, "title"),
            en_cell_bool(p->stock, "single_dose") ? "  (single dose: one vial, one patient)" : "");
    }
    en_buf_print(out, "%7.1f mL  in all\n\n", mix->volume_ml);
    en_buf_print(out, "%-18s %.4g %% (%+.1f %% of what was asked)\n", "dextrose",
                 mix->dextrose_percent, mix->dextrose_deviation * 100.0);
    if (mix->dose.drug != NULL) {
        en_buf_print(out, "%-18s %.4g %% (%+.1f %% of what was asked), %.1f mg in the mix\n",
                     mix->dose.drug, mix->anaesthetic_percent, mix->anaesthetic_deviation * 100.0,
                     mix->anaesthetic_mg);
    }
    en_buf_print(out, "%-18s %.0f mOsm/L\n", "osmolarity", mix->osmolarity_mosm_per_l);
    en_buf_print(out, "%-18s %.2f g\n", "dextrose", mix->dextrose_g);
    print_dose(out, mix);
}

enum en_status en_cmd_mix(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    const struct en_care care = {cli->app.knowledge, cli->app.today};
    const struct en_asked asked = en_given_asked(args);
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_mix_request request;
    struct en_dose_patient patient;
    struct en_mix mix;

    if (args->word_count > 0) {
        return en_fail(err, EN_EINVAL, "\"%s\" is no option: write --NAME VALUE", args->words[0]);
    }
    EN_TRY(en_asked_mix(&cli->app, &asked, cli->arena, &request, &patient, err));
    EN_TRY(en_mix_compute(&care, &request, &patient, cli->arena, &mix, err));
    if (mix.is_possible) {
        print_mix(&out, &mix);
    } else {
        en_buf_print(&out, "Not possible: %s\n", mix.refusal);
        if (mix.nearest != NULL) {
            en_buf_print(&out, "Nearest possible: %s\n", mix.nearest);
        }
        cli->exit_status = EN_EXIT_BLOCKED;
    }
    for (size_t i = 0; i < mix.alternative_count; i++) {
        en_buf_print(&out, "Instead: %s\n", mix.alternatives[i]);
    }
    for (size_t i = 0; i < mix.warning_count; i++) {
        en_buf_print(&out, "Caution: %s\n", mix.warnings[i]);
    }
    return en_cli_flush(cli, &out, EN_OK, err);
}
