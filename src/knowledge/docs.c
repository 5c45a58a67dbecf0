/* SPDX-License-Identifier: Apache-2.0
 * knowledge/docs: docs/knowledge.md, out of the schema that the loader uses. A test compares the
 * stored file with this text, so the two cannot drift apart. */
#include "base/buf.h"
#include "base/text.h"
#include "knowledge/describe.h"
#include "knowledge/tables.h"

#include <string.h>

enum { COLUMNS = 100 };

static const char INTRODUCTION[] =
    "# The knowledge tables\n"
    "\n"
    "Every clinical number, rule and text that Enthesis uses stands in `knowledge/*.tsv`, one row\n"
    "one value, each with its source, its grade, whether it was read in that source, and who\n"
    "approved it. The tables are part of the binary; `enthesis --knowledge DIR` reads them from a\n"
    "folder instead. `enthesis knowledge check` lists every fault with file and line;\n"
    "`enthesis knowledge show ID` prints a row for people. This page is generated\n"
    "(`enthesis knowledge docs`).\n"
    "\n"
    "## Format\n"
    "\n"
    "- UTF-8 with LF line ends, one tab between cells, no quotes, no tab or line feed in a cell.\n"
    "- The first line holds the column names, in any order. A line that begins with `#` is a\n"
    "  comment. Empty lines are refused.\n"
    "- An empty cell means \"not given\". Items of a list are separated by `; `.\n"
    "- An id is up to 64 of `A-Z a-z 0-9 _ . -`, unique in its table, and never changes its "
    "meaning.\n"
    "- `schema.tsv` describes every column and drives the loader: `table`, `column`, `type`, "
    "`unit`,\n"
    "  `required`, `refers_to`, `meaning`. A table, a column or a reference that it does not know "
    "is\n"
    "  refused, as is a number without a unit.\n"
    "- A folder must have every table and column of the binary's own tables, and every row of\n"
    "  `facts`, `limits` and `policies`, which the program asks for by id. It may have more rows.\n"
    "\n"
    "| type | cell |\n"
    "|---|---|\n"
    "| `id` | an id; with *refers to* that of another table |\n"
    "| `text` | any text |\n"
    "| `number` | a decimal number such as `12.5`; its unit is fixed by the column or stands in"
    " another one |\n"
    "| `integer` | a whole number |\n"
    "| `bool` | `yes` or `no` |\n"
    "| `date` | `YYYY-MM-DD` |\n"
    "| `list` | items separated by `; ` |\n"
    "| `expr` | an expression, see below |\n"
    "| `enum` | one of the words listed |\n"
    "\n"
    "Every table except `schema` and `sources` ends with four common columns:\n"
    "\n";

static const char LANGUAGE[] =
    "## Expressions\n"
    "\n"
    "A condition is written over the facts of `facts.tsv`:\n"
    "\n"
    "    (med_vka or known(inr)) and site_class == \"P\" and inr > 3.0\n"
    "\n"
    "    expr := and {\"or\" and}\n"
    "    and  := not {\"and\" not}\n"
    "    not  := \"not\" not | cmp\n"
    "    cmp  := sum [(\"==\" | \"!=\" | \"<\" | \"<=\" | \">\" | \">=\") sum]\n"
    "          | name \"in\" \"(\" word {\",\" word} \")\"\n"
    "    sum  := term {(\"+\" | \"-\") term}\n"
    "    term := prim {(\"*\" | \"/\") prim}\n"
    "    prim := [\"-\"] number [unit] | word | \"true\" | \"false\" | name\n"
    "          | (\"known\" | \"age_days\") \"(\" name \")\" | \"(\" expr \")\"\n"
    "\n"
    "- A `name` is the id of a fact. A bool fact stands alone; a code fact is compared with a "
    "`word`\n"
    "  in double quotes, one of its `values`; a number fact with a number of the same unit.\n"
    "- A `unit` stands in single quotes behind its number, `13.9 'mmol/L'`, and is obligatory "
    "where\n"
    "  the fact's unit is not `1`. Sums need equal units; numbers are multiplied and divided by\n"
    "  numbers without unit; a ratio of equal units has none.\n"
    "- `known(x)` is true or false, never unknown. `age_days(x)` is the number of days since the "
    "day\n"
    "  that a date fact names, or since another fact was measured.\n"
    "- The logic has three values (Kleene). A fact that is not known is unknown, and so is one "
    "that\n"
    "  is older than its `max_age_days`, that has a maximum age but no date, or that is dated "
    "after\n"
    "  today. Unknown spreads unless the known part decides: `false and unknown` is false,\n"
    "  `true or unknown` is true. A comparison with something unknown is unknown, and so is the\n"
    "  outcome of a division by zero.\n"
    "- The loader checks names, kinds, units and words, and says at which character it stumbles.\n"
    "  Parentheses and `not` nest up to 32 deep; an expression has up to 256 operands and "
    "operators.\n"
    "\n"
    "## Tables\n";

/* One sentence per table: what its rows are. */
static const struct {
    const char *table, *purpose;
} PURPOSES[] = {
    {"sources", "What the rows of all other tables cite."},
    {"facts", "What can be known about a case; the names that expressions use."},
    {"units", "Accepted units and how they are converted."},
    {"rules", "Contraindications, suitability, dose, review and triage rules."},
    {"tiers", "The conditions of each rule and what follows; the gravest that is true counts."},
    {"conditions", "What may be treated, with the evidence for and against."},
    {"condition_sites", "Which sites belong to a condition."},
    {"drugs", "Names of drugs and the classes that rules ask for."},
    {"allergens", "Names of allergens and the facts that they answer."},
    {"aliases", "Other names of the treatment, for search."},
    {"atlas", "The injection sites."},
    {"stocks", "What stands on the shelf: ampoules, vials, bags."},
    {"substances", "Molar masses for the osmolarity of a mix."},
    {"proliferants", "Other substances that were injected as prolotherapy, and their status."},
    {"recipes", "Published solutions; they are test vectors of the mixing arithmetic."},
    {"la_limits", "Maximum doses of local anaesthetics by jurisdiction."},
    {"la_factors", "Reasons to lower the maximum dose of local anaesthetics."},
    {"limits", "Single numbers that the program asks for by id."},
    {"site_limits", "Which of these numbers limits the volume of a site in a joint."},
    {"policies", "Switches of the clinic."},
    {"schedules", "Session profiles, published and default."},
    {"placement", "How often a needle reaches its target, by structure and guidance."},
    {"checklist", "What is done and recorded around an injection."},
    {"aftercare", "What the patient is told to do afterwards."},
    {"instruments", "Outcome measures, their direction, important differences and licences."},
    {"instrument_sets", "Which measures are used for which region."},
    {"movements", "Movements that an examination measures in degrees, with their usual range."},
    {"ae_codes", "Kinds of harm."},
    {"ae_rates", "How often harm was reported, with denominators."},
    {"rehab", "Phases of rehabilitation."},
    {"rehab_regions", "What rehabilitation adds for a region or condition."},
    {"lifestyle", "General advice."},
    {"coverage", "Positions of payers."},
    {"codes", "Codes of conditions and procedures."},
    {"costs", "Lines of a cost estimate; the clinic fills in amounts."},
    {"emergencies", "Cards for emergencies in the treatment room."},
    {"alternatives", "What can be done instead."},
    {"banned_phrases", "Words that no document for patients may hold."},
    {"texts", "Blocks of the consent form and the leaflet."},
    {"contradictions", "Where the original documents disagree, and what was decided."},
    {"requirements", "What the original documents ask for, and what answers each."},
    {"trials", "Published studies from which the model is calibrated, and others to show."},
    {"trial_arms", "What the arms of these studies were given, as the program simulates it."},
    {"trial_results", "What they reported, brought to common scales."},
    {"population", "Defaults of virtual populations."},
    {"posterior", "What calibration learned: one particle a row. Computed, not signed."},
    {"posterior_info", "What the calibration rests on, and what it weighs each hypothesis."},
    {"posterior_steps", "The steps from the prior to the posterior."},
    {"posterior_wide", "What calibration with wider priors learned, for comparison."},
    {"stopping_rules", "Rules for ending a course that are compared with each other."},
    {"early_signals", "Early signs of an answer that are compared with each other."},
};

const char *en_table_purpose(const char *table)
{
    for (size_t i = 0; i < EN_COUNT(PURPOSES); i++) {
        if (strcmp(PURPOSES[i].table, table) == 0) {
            return PURPOSES[i].purpose;
        }
    }
    return "";
}

/* Text inside a table of the page, where a bar would end the cell. */
static void add_escaped(struct en_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|') {
            en_buf_add(out, "\\");
        }
        en_buf_add_bytes(out, text, 1);
    }
}

static void add_column(struct en_buf *out, const struct en_column *c)
{
    static const char COLUMN[] = "column:";

    en_buf_print(out, "| `%s` | %s | ", c->name, c->type == EN_COLUMN_ENUM ? "enum" : c->type_text);
    if (en_text_starts(c->unit, COLUMN)) {
        en_buf_print(out, "in `%s`", c->unit + strlen(COLUMN));
    } else if (c->unit[0] != '\0') {
        en_buf_print(out, "`%s`", c->unit);
    }
    en_buf_print(out, " | %s | ", c->is_required ? "yes" : "");
    if (c->refers_to[0] != '\0') {
        en_buf_print(out, "`%s`", c->refers_to);
    }
    en_buf_add(out, " | ");
    add_escaped(out, c->meaning);
    for (const char *word = c->values; *word != '\0';) {
        const size_t size = strcspn(word, "|");

        en_buf_print(out, "%s`%.*s`", word == c->values ? "; one of " : " ", (int)size, word);
        word += size + (word[size] == '|');
    }
    en_buf_add(out, " |\n");
}

/* The columns of a table; either its common ones or its own. */
static void add_columns(struct en_buf *out, const struct en_table_data *t, bool is_common)
{
    en_buf_add(out, "| column | type | unit | required | refers to | meaning |\n"
                    "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < t->rule_count; i++) {
        if (t->rules[i].is_common == is_common) {
            add_column(out, &t->rules[i]);
        }
    }
}

static void add_common(struct en_buf *out, const struct en_knowledge *k)
{
    static const char *const GRADES[] = {"A", "B", "C", "D", "N", "L", "G", "E"};
    static const char *const VERIFIED[] = {"yes", "partly", "no"};

    for (size_t i = 1; i < k->table_count; i++) {
        if (strcmp(k->tables[i].table.name, "sources") != 0) {
            add_columns(out, &k->tables[i], true);
            break;
        }
    }
    en_buf_add(out, "\n| grade | meaning |\n|---|---|\n");
    for (size_t i = 0; i < EN_COUNT(GRADES); i++) {
        en_buf_print(out, "| %s | %s |\n", GRADES[i], en_grade_meaning(GRADES[i]));
    }
    en_buf_add(out, "\n| verified | meaning |\n|---|---|\n");
    for (size_t i = 0; i < EN_COUNT(VERIFIED); i++) {
        en_buf_print(out, "| %s | %s |\n", VERIFIED[i], en_verified_meaning(VERIFIED[i]));
    }
    en_buf_add(out, "\n");
}

void en_knowledge_docs(const struct en_knowledge *k, struct en_buf *out)
{
    en_buf_add(out, INTRODUCTION);
    add_common(out, k);
    en_buf_add(out, LANGUAGE);
    for (size_t i = 1; i < k->table_count; i++) {
        const struct en_table_data *t = &k->tables[i];
        const char *purpose = en_table_purpose(t->table.name);

        en_buf_print(out, "\n### %s\n\n", t->table.name);
        if (purpose[0] != '\0') {
            en_buf_wrap(out, purpose, 0, 0, COLUMNS);
            en_buf_add(out, "\n");
        }
        add_columns(out, t, false);
    }
}
