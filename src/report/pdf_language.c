/* SPDX-License-Identifier: Apache-2.0 */
#include "report/pdf_language.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* The number behind the last occurrence of key in text, -1 when there is none. Text of a PDF holds
 * NUL bytes, so the search runs over its tail only, which is plain. */
static long long number_after(const char *text, const char *key)
{
    const char *hit = NULL;
    char digits[16] = {0};
    long long value = -1;

    for (const char *p = strstr(text, key); p != NULL; p = strstr(p + 1, key)) {
        hit = p + strlen(key);
    }
    if (hit == NULL) {
        return -1;
    }
    hit += strspn(hit, " \n\r");
    const size_t size = strspn(hit, "0123456789");

    if (size == 0 || size >= sizeof digits) {
        return -1;
    }
    memcpy(digits, hit, size);
    return en_text_integer(digits, 0, INT32_MAX, &value) ? value : -1;
}

/* The part between "trailer" and the end, ended by NUL; NULL when it is not there. */
static const char *find_trailer(const struct en_buf *pdf)
{
    static const char KEY[] = "trailer";

    for (size_t i = pdf->size; i-- > 0;) {
        if (pdf->bytes[i] == 't' && pdf->size - i >= sizeof KEY - 1 &&
            memcmp(pdf->bytes + i, KEY, sizeof KEY - 1) == 0) {
            return pdf->bytes + i;
        }
    }
    return NULL;
}

/* The dictionary of an object without its closing ">>"; *size is 0 when it is not found. */
static const char *find_catalog(const struct en_buf *pdf, long long object, size_t *size)
{
    struct en_buf key = EN_BUF(64);
    const char *found = NULL, *end;

    *size = 0;
    en_buf_print(&key, "\n%lld 0 obj\n", object);
    const char *hit = memmem(pdf->bytes, pdf->size, en_buf_text(&key), key.size);

    if (hit != NULL && key.status == EN_OK) {
        found = hit + key.size;
        end = strstr(found, "endobj");
        while (end != NULL && end > found && *end != '>') {
            end--;
        }
        if (end != NULL && end > found + 1 && end[-1] == '>') {
            *size = (size_t)(end - 1 - found);
        }
    }
    en_buf_free(&key);
    return found;
}

enum en_status en_pdf_set_language(const struct en_buf *pdf, const char *language,
                                   struct en_buf *out, struct en_err *err)
{
    const char *trailer = pdf->bytes == NULL ? NULL : find_trailer(pdf);

    if (trailer == NULL) {
        return en_fail(err, EN_EBUG, "a drawn PDF has no trailer");
    }
    const long long root = number_after(trailer, "/Root"), count = number_after(trailer, "/Size");
    const long long info = number_after(trailer, "/Info"), last = number_after(trailer, "startxref");
    size_t size = 0;
    const char *catalog = root < 0 ? NULL : find_catalog(pdf, root, &size);

    if (size == 0 || count < 0 || info < 0 || last < 0) {
        return en_fail(err, EN_EBUG, "a drawn PDF has an unknown structure");
    }
    en_buf_add_bytes(out, pdf->bytes, pdf->size);
    const size_t object = out->size;

    en_buf_print(out, "%lld 0 obj\n", root);
    en_buf_add_bytes(out, catalog, size);
    en_buf_print(out, "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n",
                 language);
    const size_t xref = out->size;

    en_buf_print(out, "xref\n%lld 1\n%010zu 00000 n \n", root, object);
    en_buf_print(out,
                 "trailer\n<< /Size %lld\n   /Root %lld 0 R\n   /Info %lld 0 R\n   /Prev %lld\n>>\n"
                 "startxref\n%zu\n%%%%EOF\n",
                 count, root, info, last, xref);
    return en_buf_check(out, "the document", err);
}
