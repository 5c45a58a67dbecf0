/* SPDX-License-Identifier: Apache-2.0
 * judge KIND: what the program says about files of public test suites, for conformance.mjs.
 *
 * Reads one path a line from standard input and writes one line of JSON for each:
 *   validate  {"valid":bool,"us":microseconds,"issues":["path: code: text"...]}
 *   json      {"valid":bool} of the gate and the parser behind it
 *   patch     {"results":[[true, document] or [false]...]} of a list of {doc, patch} */
#include "base/limits.h"
#include "fhir/json.h"
#include "fhir/patch.h"
#include "fhir/r4.h"
#include "fhir/validate.h"

#include <string.h>
#include <time.h>

static struct en_arena tables = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static double now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct json_object *issue_lines(struct en_arena *a, const struct en_issues *issues)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < issues->count; i++) {
        const struct en_issue *issue = &issues->items[i];
        const char *line =
            issue->severity != EN_ISSUE_ERROR
                ? NULL
                : en_arena_print(a, "%s: %s: %s", issue->path, issue->code, issue->text);

        if (line != NULL) {
            (void)json_object_array_add(list, json_object_new_string(line));
        }
    }
    return list;
}

static struct json_object *judge_validity(struct en_arena *a, const struct en_buf *b)
{
    struct json_object *answer = json_object_new_object(), *root = NULL;
    struct en_issues issues = {0};
    double start = now_us();

    if (en_json_read(en_buf_text(b), b->size, a, &root, &issues, NULL) == EN_OK) {
        start = now_us();
        en_r4_validate(&r4, root, a, &issues);
    }
    const double end = now_us();

    (void)json_object_object_add(answer, "valid", json_object_new_boolean(issues.error_count == 0));
    (void)json_object_object_add(answer, "us", json_object_new_double(end - start));
    (void)json_object_object_add(answer, "issues", issue_lines(a, &issues));
    json_object_put(root);
    return answer;
}

static struct json_object *judge_json(struct en_arena *a, const struct en_buf *b)
{
    struct json_object *answer = json_object_new_object(), *root = NULL;
    struct en_issues issues = {0};
    const bool valid = en_json_read(en_buf_text(b), b->size, a, &root, &issues, NULL) == EN_OK;

    (void)json_object_object_add(answer, "valid", json_object_new_boolean(valid));
    json_object_put(root);
    return answer;
}

/* One {doc, patch}. */
static struct json_object *apply_patch(struct en_arena *a, struct json_object *one)
{
    struct json_object *document = json_object_get(en_json_get(one, "doc"));
    struct json_object *result = json_object_new_array();
    struct en_issues issues = {0};
    const enum en_status st = en_json_patch(&document, en_json_get(one, "patch"), a, &issues, NULL);

    (void)json_object_array_add(result, json_object_new_boolean(st == EN_OK));
    if (st == EN_OK) {
        (void)json_object_array_add(result, json_object_get(document));
    }
    json_object_put(document);
    return result;
}

static struct json_object *judge_patch(struct en_arena *a, const struct en_buf *b)
{
    struct json_object *answer = json_object_new_object(), *root = NULL;
    struct json_object *results = json_object_new_array();
    struct en_issues issues = {0};

    if (en_json_read(en_buf_text(b), b->size, a, &root, &issues, NULL) == EN_OK) {
        for (size_t i = 0; i < en_json_count(root); i++) {
            (void)json_object_array_add(results, apply_patch(a, en_json_at(root, i)));
        }
    }
    (void)json_object_object_add(answer, "results", results);
    json_object_put(root);
    return answer;
}

static const struct kind {
    const char *name;
    struct json_object *(*judge)(struct en_arena *a, const struct en_buf *b);
} KINDS[] = {{"validate", judge_validity}, {"json", judge_json}, {"patch", judge_patch}};

static int judge_file(const struct kind *kind, const char *path)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf b = EN_BUF(64 << 20);
    struct en_err err = {""};
    int status = 1;

    if (en_buf_read_file(&b, path, &err) == EN_OK) {
        struct json_object *answer = kind->judge(&a, &b);

        (void)printf("%s\n", json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN));
        json_object_put(answer);
        status = 0;
    } else {
        (void)fprintf(stderr, "%s\n", err.text);
    }
    en_buf_free(&b);
    en_arena_free(&a);
    return status;
}

int main(int argc, char **argv)
{
    char line[4096];
    struct en_err err = {""};

    if (en_r4_load(&tables, &r4, &err) != EN_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; argc == 2 && i < EN_COUNT(KINDS); i++) {
        if (strcmp(KINDS[i].name, argv[1]) != 0) {
            continue;
        }
        while (fgets(line, sizeof line, stdin) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            if (judge_file(&KINDS[i], line) != 0) {
                return 1;
            }
        }
        en_arena_free(&tables);
        return 0;
    }
    (void)fprintf(stderr, "usage: judge validate|json|patch <paths\n");
    return 2;
}
