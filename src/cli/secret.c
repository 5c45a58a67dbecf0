/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/secret.h"

#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A line without its end. */
static enum en_status read_line(FILE *in, const char *what, char out[EN_SECRET_MAX],
                                struct en_err *err)
{
    if (fgets(out, EN_SECRET_MAX, in) == NULL) {
        return en_fail(err, EN_EINVAL, "%s: nothing was entered", what);
    }
    const size_t size = strcspn(out, "\r\n");

    if (out[size] == '\0' && size == EN_SECRET_MAX - 1) {
        return en_fail(err, EN_EINVAL, "%s: longer than %d bytes", what, EN_SECRET_MAX - 2);
    }
    out[size] = '\0';
    return size == 0 ? en_fail(err, EN_EINVAL, "%s: must not be empty", what) : EN_OK;
}

static enum en_status from_file(const char *file, const char *what, char out[EN_SECRET_MAX],
                                struct en_err *err)
{
    FILE *in = fopen(file, "re");

    if (in == NULL) {
        return en_fail(err, EN_ENOTFOUND, "%s: the file %s cannot be read", what, file);
    }
    const enum en_status st = read_line(in, what, out, err);

    (void)fclose(in);
    return st;
}

static enum en_status ask(struct en_cli *cli, const char *prompt, char out[EN_SECRET_MAX],
                          struct en_err *err)
{
    const int fd = fileno(cli->in);
    struct termios before, silent;
    const bool is_terminal = fd >= 0 && isatty(fd) != 0 && tcgetattr(fd, &before) == 0;

    if (is_terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        (void)fprintf(cli->err_out, "%s: ", prompt);
        (void)fflush(cli->err_out);
        (void)tcsetattr(fd, TCSAFLUSH, &silent);
    }
    const enum en_status st = read_line(cli->in, prompt, out, err);

    if (is_terminal) {
        (void)tcsetattr(fd, TCSAFLUSH, &before);
        (void)fputc('\n', cli->err_out);
    }
    return st;
}

enum en_status en_cli_secret(struct en_cli *cli, const char *what, const char *file, bool is_new,
                             char out[EN_SECRET_MAX], struct en_err *err)
{
    char again[EN_SECRET_MAX], prompt[64];

    if (file != NULL) {
        return from_file(file, what, out, err);
    }
    EN_TRY(ask(cli, what, out, err));
    const int fd = fileno(cli->in);

    if (!is_new || fd < 0 || isatty(fd) == 0) {
        return EN_OK;
    }
    (void)snprintf(prompt, sizeof prompt, "%s, once more", what);
    enum en_status st = ask(cli, prompt, again, err);

    if (st == EN_OK && strcmp(again, out) != 0) {
        st = en_fail(err, EN_EINVAL, "%s: the two entries differ", what);
    }
    en_secret_wipe(again);
    return st;
}

void en_secret_wipe(char secret[EN_SECRET_MAX])
{
    sodium_memzero(secret, EN_SECRET_MAX);
}
