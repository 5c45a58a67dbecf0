/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_model: the healing model for other programs and for readers. */
#include "cli/cli.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "base/text.h"
#include "heal/heal.h"

const struct en_option EN_OPTIONS_MODEL[] = {
    {NULL, NULL, NULL},
};

/* What a word prints: a file made from the description of the model, or the table of numbers. */
static const struct {
    const char *word, *file;
} WORDS[] = {
    {"sbml", "healing.sbml"},
    {"equations", "equations.md"},
    {"parameters", NULL},
};

static void print_file(const char *name, struct en_buf *out)
{
    for (const struct en_embedded *f = EN_MODEL_FILES; f->name != NULL; f++) {
        if (en_text_equal(f->name, name)) {
            en_buf_add_bytes(out, f->bytes, f->size);
        }
    }
}

/* enthesis model sbml | equations | parameters */
enum en_status en_cmd_model(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);

    for (size_t i = 0; args->word_count == 1 && i < EN_COUNT(WORDS); i++) {
        if (!en_text_equal(args->words[0], WORDS[i].word)) {
            continue;
        }
        if (WORDS[i].file != NULL) {
            print_file(WORDS[i].file, &text);
        } else {
            en_parameters_print(&text);
        }
        return en_cli_flush(cli, &text, EN_OK, err);
    }
    return en_fail(err, EN_EINVAL, "usage: enthesis model sbml | equations | parameters");
}
