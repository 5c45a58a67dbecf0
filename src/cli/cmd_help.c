/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_help: the command list, made from the tables that the program itself uses. */
#include "cli/cli.h"

#include "base/text.h"

#include <string.h>

const struct en_option EN_OPTIONS_HELP[] = {
    {"markdown", NULL, "all commands with all options, as docs/commands.md"},
    {NULL, NULL, NULL},
};

enum { HELP_WIDTH = 80 };

/* Text wrapped at the width of a terminal; the first line begins at column `at`. */
static void print_wrapped(FILE *out, int at, int indent, const char *text)
{
    while (*text != '\0') {
        const int size = (int)strcspn(text, " ");

        if (at > indent && at + 1 + size > HELP_WIDTH) {
            (void)fprintf(out, "\n");
            at = 0;
        }
        if (at < indent) {
            (void)fprintf(out, "%*s", indent - at, "");
            at = indent;
        }
        at += fprintf(out, "%s%.*s", at > indent ? " " : "", size, text);
        text += size;
        text += strspn(text, " ");
    }
    (void)fprintf(out, "\n");
}

static void print_options(FILE *out, const struct en_option *options, const char *bullet)
{
    for (const struct en_option *o = options; o->name != NULL; o++) {
        char left[64];

        (void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->value == NULL ? "" : " ",
                       o->value == NULL ? "" : o->value);
        if (bullet[0] == '-') {
            (void)fprintf(out, "- `%s`: %s\n", left, o->help);
        } else {
            print_wrapped(out, fprintf(out, "  %-22s", left), 25, o->help);
        }
    }
}

static void print_markdown(FILE *out)
{
    (void)fprintf(
        out, "# The commands\n\nMade by `make docs` from the tables of the program.\n\n"
             "Exit status: 0 done; 1 could not be done; 2 the input is wrong (problems on\n"
             "standard error, an OperationOutcome on standard output, nothing written);\n"
             "3 done, and the answer is that no injection may be planned now.\n"
             "`--knowledge DIR` before the command reads the clinical tables from a folder.\n");
    for (const struct en_command *c = EN_COMMANDS; c->name != NULL; c++) {
        (void)fprintf(out, "\n## enthesis %s%s%s\n\n%s.\n\n", c->name, c->words == NULL ? "" : " ",
                      c->words == NULL ? "" : c->words, c->help);
        print_options(out, c->options, "-");
    }
}

static void print_list(FILE *out)
{
    (void)fprintf(out,
                  "Enthesis plans prolotherapy: is it suitable, what and where, how much, how\n"
                  "often, what to expect, and is it working.\n\n"
                  "usage: enthesis [--knowledge DIR] COMMAND ...\n\n");
    for (const struct en_command *c = EN_COMMANDS; c->name != NULL; c++) {
        if (c->words == NULL) {
            (void)fprintf(out, "  %s\n", c->name);
        } else {
            (void)fprintf(out, "  %-10s %s\n", c->name, c->words);
        }
        print_wrapped(out, 0, 13, c->help);
    }
    (void)fprintf(out, "\n`enthesis help COMMAND` lists its options. First steps:\n"
                       "  enthesis case new --condition oa_knee --side right > case.json\n"
                       "  enthesis plan case.json --pdf papers\n");
}

enum en_status en_cmd_help(struct en_cli *cli, const struct en_arguments *args, struct en_err *err)
{
    if (en_given(args, "markdown") != NULL) {
        print_markdown(cli->out);
        return EN_OK;
    }
    if (args->word_count == 0) {
        print_list(cli->out);
        return EN_OK;
    }
    for (const struct en_command *c = EN_COMMANDS; c->name != NULL; c++) {
        if (en_text_equal(c->name, args->words[0])) {
            (void)fprintf(cli->out, "usage: enthesis %s%s%s\n\n", c->name,
                          c->words == NULL ? "" : " ", c->words == NULL ? "" : c->words);
            print_wrapped(cli->out, 0, 0, c->help);
            (void)fprintf(cli->out, "\n");
            print_options(cli->out, c->options, " ");
            return EN_OK;
        }
    }
    return en_fail(err, EN_EINVAL, "no command \"%s\"; `enthesis help` lists them", args->words[0]);
}
