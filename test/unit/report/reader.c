/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include <assert.h>
#include <ctype.h>
#include <fcntl.h>
#include <locale.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

/* Run pdftotext on two open files. */
static void run_reader(int in, int out, int page)
{
    char first[16], last[16];
    char *const all[] = {"pdftotext", "-layout", "-", "-", NULL};
    char *const one[] = {"pdftotext", "-layout", "-f", first, "-l", last, "-", "-", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;

    (void)snprintf(first, sizeof first, "%d", page);
    (void)snprintf(last, sizeof last, "%d", page);
    assert(posix_spawn_file_actions_init(&actions) == 0);
    assert(posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) == 0);
    assert(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) == 0);
    const int reason =
        posix_spawnp(&pid, "pdftotext", &actions, NULL, page > 0 ? one : all, environ);

    (void)posix_spawn_file_actions_destroy(&actions);
    if (reason != 0) {
        (void)fprintf(stderr, "pdftotext is needed (poppler-utils): %s\n", strerrordesc_np(reason));
    }
    assert(reason == 0);
    assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void reader_pdf(const struct en_buf *pdf, int page, bool is_joined, struct en_buf *text)
{
    FILE *in = tmpfile(), *out = tmpfile();
    bool is_blank = false;
    int c;

    assert(in != NULL && out != NULL);
    assert(fwrite(pdf->bytes, 1, pdf->size, in) == pdf->size && fflush(in) == 0);
    rewind(in);
    run_reader(fileno(in), fileno(out), page);
    rewind(out);
    *text = EN_BUF(1 << 22);
    while ((c = fgetc(out)) != EOF) {
        const char byte = (char)c;
        const bool is_gap = is_joined && (c == '\n' || c == ' ' || c == '\f');

        if (is_gap && !is_blank) {
            en_buf_add(text, " ");
        } else if (!is_gap) {
            en_buf_add_bytes(text, &byte, 1);
        }
        is_blank = is_gap;
    }
    assert(text->status == EN_OK);
    (void)fclose(in);
    (void)fclose(out);
}

int reader_columns(const char *text)
{
    mbstate_t state = {0};
    int widest = 0, columns = 0;

    const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    const locale_t before = uselocale(utf8);

    assert(utf8 != (locale_t)0);
    for (const char *p = text; *p != '\0';) {
        wchar_t c;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the state is local. */
        const size_t size = mbrtowc(&c, p, strlen(p), &state);

        assert(size > 0 && size < (size_t)-2); /* valid UTF-8 */
        columns = c == L'\n' ? 0 : columns + wcwidth(c);
        widest = columns > widest ? columns : widest;
        p += size;
    }
    (void)uselocale(before);
    freelocale(utf8);
    return widest;
}

enum { DEPTH_MAX = 64, NAME_MAX_XML = 32 };

/* One tag, "<" to ">"; false when it closes what is not open or holds an odd quote. */
static bool take_tag(const char *tag, size_t size, char open[][NAME_MAX_XML], size_t *depth)
{
    const char *name = tag + (tag[1] == '/' ? 2 : 1);
    const size_t length = strcspn(name, " \n\t/>");
    size_t quotes = 0;

    for (size_t i = 0; i < size; i++) {
        quotes += tag[i] == '"' ? 1 : 0;
    }
    if (quotes % 2 != 0 || length == 0 || length >= NAME_MAX_XML) {
        return false;
    }
    if (tag[1] == '/') {
        return *depth > 0 && strncmp(open[--*depth], name, length) == 0 &&
               open[*depth][length] == '\0';
    }
    if (tag[1] != '?' && tag[size - 2] != '/') {
        if (*depth >= DEPTH_MAX) {
            return false;
        }
        memcpy(open[*depth], name, length);
        open[(*depth)++][length] = '\0';
    }
    return true;
}

bool reader_is_xml(const char *text)
{
    char open[DEPTH_MAX][NAME_MAX_XML];
    size_t depth = 0;

    for (const char *p = strchr(text, '<'); p != NULL; p = strchr(p, '<')) {
        const char *end = strchr(p, '>');

        if (end == NULL || !take_tag(p, (size_t)(end - p) + 1, open, &depth)) {
            return false;
        }
        p = end;
    }
    return depth == 0 && strstr(text, "<svg") != NULL;
}

bool reader_has_nan(const char *text)
{
    static const char *const WORDS[] = {"nan", "inf", "-nan", "NaN", "(null)"};

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        for (const char *p = strstr(text, WORDS[i]); p != NULL; p = strstr(p + 1, WORDS[i])) {
            const bool starts = p == text || isalpha((unsigned char)p[-1]) == 0;

            if (starts && isalpha((unsigned char)p[strlen(WORDS[i])]) == 0) {
                return true;
            }
        }
    }
    return false;
}

size_t reader_count(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *p = strstr(text, part); p != NULL; p = strstr(p + 1, part)) {
        count++;
    }
    return count;
}
