/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/issue.h"

#include "base/limits.h"
#include "fhir/writer.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

static void path_add(struct en_path *p, const char *text)
{
    const size_t length = strlen(text), room = sizeof p->text - 1 - p->size;

    if (length <= room) {
        memcpy(p->text + p->size, text, length + 1);
        p->size += length;
    }
}

/* FHIR's names: letters and digits, a leading "_" for the sibling of a primitive. Anything else may
 * be a value put in the wrong place. */
static bool is_plain_name(const char *name)
{
    size_t i = name[0] == '_' ? 1 : 0;
    const size_t start = i;

    while (isalnum((unsigned char)name[i])) {
        i++;
    }
    return name[i] == '\0' && i > start && i <= 64;
}

size_t en_path_push(struct en_path *p, const char *name)
{
    const size_t before = p->size;

    if (p->size > 0) {
        path_add(p, ".");
    }
    path_add(p, is_plain_name(name) ? name : "(unnamed)");
    return before;
}

size_t en_path_push_index(struct en_path *p, size_t index)
{
    const size_t before = p->size;
    char text[32];

    (void)snprintf(text, sizeof text, "[%zu]", index);
    path_add(p, text);
    return before;
}

void en_path_pop(struct en_path *p, size_t size)
{
    p->size = size;
    p->text[size] = '\0';
}

void en_issue_add(struct en_issues *issues, struct en_arena *a, enum en_issue_severity severity,
                  const char *code, const char *path, const char *format, ...)
{
    struct en_err text;
    va_list args;

    issues->error_count += severity == EN_ISSUE_ERROR ? 1 : 0;
    if (issues->items == NULL) {
        issues->items = EN_NEW(a, struct en_issue, EN_ISSUES_MAX);
    }
    /* Warnings leave room for errors. */
    if (issues->items == NULL ||
        issues->count >= (severity == EN_ISSUE_ERROR ? EN_ISSUES_MAX : EN_ISSUES_MAX / 2)) {
        issues->was_cut = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    const char *path_copy = en_arena_copy(a, path, SIZE_MAX);
    const char *text_copy = en_arena_copy(a, text.text, SIZE_MAX);

    if (path_copy == NULL || text_copy == NULL) {
        issues->was_cut = true;
        return;
    }
    issues->items[issues->count++] = (struct en_issue){severity, code, path_copy, text_copy};
}

static const char *severity_code(enum en_issue_severity severity)
{
    static const char *const CODES[] = {"error", "warning", "information"};

    return CODES[severity];
}

static void write_issue(struct en_writer *w, const struct en_issue *issue)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "severity", severity_code(issue->severity));
    en_write_text(w, "code", issue->code);
    en_write_open(w, "details", '{');
    en_write_text(w, "text", issue->text);
    en_write_close(w);
    if (issue->path[0] != '\0') {
        en_write_open(w, "expression", '[');
        en_write_text(w, NULL, issue->path);
        en_write_close(w);
    }
    en_write_close(w);
}

enum en_status en_fhir_outcome(const struct en_issues *issues, struct en_buf *json,
                               struct en_err *err)
{
    struct en_writer w = EN_WRITER(json);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "OperationOutcome");
    en_write_open(&w, "issue", '[');
    for (size_t i = 0; i < issues->count; i++) {
        write_issue(&w, &issues->items[i]);
    }
    if (issues->was_cut) {
        write_issue(&w, &(struct en_issue){EN_ISSUE_WARNING, "too-costly", "",
                                           "There are more problems than are listed here. Correct "
                                           "these first."});
    }
    if (issues->count == 0 && !issues->was_cut) {
        write_issue(&w, &(struct en_issue){EN_ISSUE_INFORMATION, "informational", "",
                                           "No problem was found."});
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the outcome", err);
}
