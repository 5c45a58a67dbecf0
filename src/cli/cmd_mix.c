/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_mix: from stocks to a syringe. */
#include "cli/cli.h"

#include "base/limits.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

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

static const char *const DRUGS[] = {"lidocaine", "bupivacaine", "ropivacaine", "mepivacaine",
                                    "procaine"};

static enum en_status read_anaesthetic(const struct en_arguments *args, struct en_mix_request *rq,
                                       struct en_err *err)
{
    for (size_t i = 0; i < EN_COUNT(DRUGS); i++) {
        if (en_given(args, DRUGS[i]) == NULL) {
            continue;
        }
        if (rq->anaesthetic != NULL) {
            return en_fail(err, EN_EINVAL,
                           "one anaesthetic in a syringe: labels advise against mixing them");
        }
        rq->anaesthetic = DRUGS[i];
        EN_TRY(en_given_number(args, DRUGS[i], 0.0, 10.0, &rq->anaesthetic_percent, err));
    }
    return EN_OK;
}

static enum en_status read_request(const struct en_arguments *args, struct en_mix_request *rq,
                                   struct en_dose_patient *patient, struct en_err *err)
{
    long long age = -1;

    *rq = (struct en_mix_request){.dextrose_percent = NAN, .volume_ml = NAN};
    *patient = (struct en_dose_patient){.weight_kg = NAN, .height_cm = NAN};
    EN_TRY(en_given_number(args, "dextrose", 0.0, 100.0, &rq->dextrose_percent, err));
    EN_TRY(en_given_number(args, "volume", 0.0, 1000.0, &rq->volume_ml, err));
    if (!(rq->dextrose_percent >= 0.0) || !(rq->volume_ml > 0.0)) {
        return en_fail(err, EN_EINVAL,
                       "say what to mix, for example: enthesis mix --dextrose 15 --lidocaine 0.2 "
                       "--volume 10");
    }
    EN_TRY(read_anaesthetic(args, rq, err));
    EN_TRY(en_given_number(args, "bleb-mg", 0.0, 10000.0, &rq->bleb_mg, err));
    EN_TRY(en_given_number(args, "block-mg", 0.0, 10000.0, &rq->block_mg, err));
    EN_TRY(en_given_number(args, "weight", 1.0, 500.0, &patient->weight_kg, err));
    EN_TRY(en_given_number(args, "height", 30.0, 250.0, &patient->height_cm, err));
    EN_TRY(en_given_integer(args, "age", 0, 130, &age, err));
    patient->age_years = (int)age;
    patient->sex = en_given(args, "sex");
    patient->jurisdiction = en_given(args, "jurisdiction");
    rq->diluent = en_given(args, "diluent");
    rq->stocks = en_given(args, "stocks");
    rq->technique = en_given(args, "technique");
    rq->site_class = en_given(args, "site-class");
    return EN_OK;
}

/* SAFETY: an option that chooses limits is one of the words that limits exist for; a slip of the
 * keyboard must not leave the mix without its limit. */
static enum en_status check_word(const struct en_cli *cli, const char *option, const char *value,
                                 const char *fact, struct en_err *err)
{
    const struct en_row *row = en_row_find(cli->app.knowledge, "facts", fact);
    const char *values = row == NULL ? "" : en_cell(row, "values");

    return value == NULL || en_list_has(values, value)
               ? EN_OK
               : en_fail(err, EN_EINVAL, "--%s needs one of: %s", option, values);
}

/* Set a fact of the patient from text, by its type in facts.tsv. */
static enum en_status set_fact(struct en_cli *cli, struct en_fact *facts, const char *id,
                               const char *value, struct en_err *err)
{
    const struct en_row *row = en_row_find(cli->app.knowledge, "facts", id);
    const char *type = row == NULL ? "" : en_cell(row, "type");
    struct en_fact fact = {.as_of = cli->app.today, .origin = "option"};

    if (en_text_equal(type, "bool") &&
        (en_text_equal(value, "yes") || en_text_equal(value, "no"))) {
        fact.kind = EN_FACT_BOOL;
        fact.truth = en_text_equal(value, "yes");
    } else if (en_text_equal(type, "code") && en_list_has(en_cell(row, "values"), value)) {
        fact.kind = EN_FACT_CODE;
        fact.code = value;
    } else if (en_text_equal(type, "number") && en_text_number(value, &fact.number)) {
        fact.kind = EN_FACT_NUMBER;
    } else {
        return en_fail(err, EN_EINVAL, "\"%s\" is no fact, or \"%s\" none of its values", id,
                       value);
    }
    facts[en_fact_index(cli->app.knowledge, id)] = fact;
    return EN_OK;
}

/* "id=value" of a --fact option. */
static enum en_status read_fact(struct en_cli *cli, struct en_fact *facts, const char *text,
                                struct en_err *err)
{
    const char *equals = strchr(text, '=');
    const char *id =
        equals == NULL ? NULL : en_arena_copy(cli->arena, text, (size_t)(equals - text));

    if (id == NULL) {
        return en_fail(err, EN_EINVAL, "--fact needs ID=VALUE, for example liver_disease=none");
    }
    return set_fact(cli, facts, id, equals + 1, err);
}

/* --fact options, and what the other options say of the patient. */
static enum en_status read_facts(struct en_cli *cli, const struct en_arguments *args,
                                 struct en_dose_patient *patient, struct en_err *err)
{
    static const struct {
        const char *option, *fact;
    } SAME[] = {{"weight", "weight"}, {"height", "height"}, {"age", "age_years"}, {"sex", "sex"}};
    const size_t count = en_table_get(cli->app.knowledge, "facts")->row_count;
    struct en_fact *facts = EN_NEW(cli->arena, struct en_fact, count);
    enum en_status st = EN_OK;

    if (facts == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the facts");
    }
    for (size_t i = 0; st == EN_OK && i < EN_COUNT(SAME); i++) {
        const char *value = en_given(args, SAME[i].option);

        st = value == NULL ? EN_OK : set_fact(cli, facts, SAME[i].fact, value, err);
    }
    for (size_t i = 0; st == EN_OK && i < args->all_count; i++) {
        if (en_text_equal(args->options[args->all[i].option].name, "fact")) {
            st = read_fact(cli, facts, args->all[i].value, err);
        }
    }
    patient->facts = facts;
    return st;
}

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
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    struct en_mix_request request;
    struct en_dose_patient patient;
    struct en_mix mix;

    if (args->word_count > 0) {
        return en_fail(err, EN_EINVAL, "\"%s\" is no option: write --NAME VALUE", args->words[0]);
    }
    EN_TRY(read_request(args, &request, &patient, err));
    EN_TRY(check_word(cli, "technique", request.technique, "site_kind", err));
    EN_TRY(check_word(cli, "site-class", request.site_class, "site_class", err));
    EN_TRY(read_facts(cli, args, &patient, err));
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
