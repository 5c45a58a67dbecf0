/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/xhtml.h"

#include "base/limits.h"
#include "base/status.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_SIZE = 16 };

/* The lists of txt-1, and those attributes of XML itself that an element may carry. */
static const char *const ELEMENTS[] = {
    "a",   "abbr",     "acronym", "b",     "big",  "blockquote", "br",  "caption", "cite",  "code",
    "col", "colgroup", "dd",      "dfn",   "div",  "dl",         "dt",  "em",      "h1",    "h2",
    "h3",  "h4",       "h5",      "h6",    "hr",   "i",          "img", "li",      "ol",    "p",
    "pre", "q",        "samp",    "small", "span", "strong",     "sub", "sup",     "table", "tbody",
    "td",  "tfoot",    "th",      "thead", "tr",   "tt",         "ul",  "var",
};
static const char *const ATTRIBUTES[] = {
    "abbr",       "accesskey",   "align",       "alt",        "axis",   "bgcolor", "border",
    "cellhalign", "cellpadding", "cellspacing", "cellvalign", "char",   "charoff", "charset",
    "cite",       "class",       "colspan",     "compact",    "coords", "dir",     "frame",
    "headers",    "height",      "href",        "hreflang",   "hspace", "id",      "lang",
    "longdesc",   "name",        "nowrap",      "rel",        "rev",    "rowspan", "rules",
    "scope",      "shape",       "span",        "src",        "start",  "style",   "summary",
    "tabindex",   "title",       "type",        "valign",     "value",  "vspace",  "width",
    "xml:lang",   "xmlns",
};
static const char NAMESPACE[] = "http://www.w3.org/1999/xhtml";

struct reader {
    const char *at, *end;
    char open[EN_XHTML_DEPTH_MAX][NAME_MAX_SIZE];
    int depth;
    bool has_content;
    const char *key, *problem;
};

static bool refuse(struct reader *r, const char *key, const char *problem)
{
    r->key = key;
    r->problem = problem;
    return false;
}

static bool is_listed(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && is_space(*r->at)) {
        r->at++;
    }
}

static bool is_name_letter(char c)
{
    return isalnum((unsigned char)c) || c == ':' || c == '-' || c == '_' || c == '.';
}

/* False when there is no name, or one longer than any that is allowed. */
static bool name(struct reader *r, char out[NAME_MAX_SIZE])
{
    size_t size = 0;

    while (r->at < r->end && is_name_letter(*r->at)) {
        if (size + 1 == NAME_MAX_SIZE) {
            return false;
        }
        out[size++] = *r->at++;
    }
    out[size] = '\0';
    return size > 0;
}

/* Behind '&'. XML alone, without a document type, knows these and numbers. */
static bool entity(struct reader *r)
{
    static const char *const NAMES[] = {"amp;", "lt;", "gt;", "quot;", "apos;"};
    const size_t left = (size_t)(r->end - r->at);

    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        const size_t size = strlen(NAMES[i]);

        if (left >= size && memcmp(r->at, NAMES[i], size) == 0) {
            r->at += size;
            return true;
        }
    }
    if (left > 1 && *r->at == '#') {
        const bool is_hex = r->at[1] == 'x';
        const char *from = r->at + (is_hex ? 2 : 1), *p = from;

        while (p < r->end && p < from + 7 &&
               (is_hex ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p))) {
            p++;
        }
        if (p > from && p < r->end && *p == ';') {
            r->at = p + 1;
            return true;
        }
    }
    return refuse(r, "", "has an & that is none of &amp; &lt; &gt; &quot; &apos; or &#number;");
}

/* An address that a page would run instead of showing it. A space or control character in front
 * does not keep a browser from it. */
static bool is_active_address(const char *value, size_t size)
{
    static const char *const SCHEMES[] = {"javascript:", "vbscript:", "data:text"};
    char plain[16] = "";
    size_t count = 0;

    for (size_t i = 0; i < size && strchr(":/?#", value[i]) == NULL; i++) {
        if (value[i] == '&') {
            return true; /* "&#106;avascript:" is the same to a browser */
        }
    }
    for (size_t i = 0; i < size && count + 1 < sizeof plain; i++) {
        if ((unsigned char)value[i] > ' ') {
            plain[count++] = value[i];
        }
    }
    for (size_t i = 0; i < EN_COUNT(SCHEMES); i++) {
        if (strncasecmp(plain, SCHEMES[i], strlen(SCHEMES[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool value_is_safe(struct reader *r, const char *attribute, const char *value, size_t size)
{
    if (strcmp(attribute, "xmlns") == 0 &&
        (size != sizeof NAMESPACE - 1 || memcmp(value, NAMESPACE, size) != 0)) {
        return refuse(r, "txt-1", "must have the namespace http://www.w3.org/1999/xhtml");
    }
    if ((strcmp(attribute, "href") == 0 || strcmp(attribute, "src") == 0) &&
        is_active_address(value, size)) {
        return refuse(r, "txt-1", "must not have addresses that run something");
    }
    return true;
}

/* name="value" */
static bool attribute(struct reader *r, bool *has_source)
{
    char attribute_name[NAME_MAX_SIZE];

    if (!name(r, attribute_name) || !is_listed(ATTRIBUTES, EN_COUNT(ATTRIBUTES), attribute_name)) {
        return refuse(r, "txt-1", "has an attribute that is not allowed in a narrative");
    }
    skip_space(r);
    if (r->at == r->end || *r->at != '=') {
        return refuse(r, "", "has an attribute without a value");
    }
    r->at++;
    skip_space(r);
    if (r->at == r->end || (*r->at != '"' && *r->at != '\'')) {
        return refuse(r, "", "has an attribute whose value is not in quotes");
    }
    const char quote = *r->at++;
    const char *from = r->at;

    while (r->at < r->end && *r->at != quote && *r->at != '<') {
        if (*r->at == '&') {
            r->at++;
            if (!entity(r)) {
                return false;
            }
        } else {
            r->at++;
        }
    }
    if (r->at == r->end || *r->at != quote) {
        return refuse(r, "", "has an attribute whose value has no end");
    }
    *has_source = *has_source || (strcmp(attribute_name, "src") == 0 && r->at > from);
    return value_is_safe(r, attribute_name, from, (size_t)(r->at++ - from));
}

/* Behind "</". */
static bool end_tag(struct reader *r)
{
    char tag[NAME_MAX_SIZE];
    const bool has_name = name(r, tag);

    skip_space(r);
    if (!has_name || r->depth == 0 || strcmp(r->open[r->depth - 1], tag) != 0 || r->at == r->end ||
        *r->at != '>') {
        return refuse(r, "", "is not well-formed: an end tag does not fit");
    }
    r->at++;
    r->depth--;
    return true;
}

/* Behind '<'. */
static bool start_tag(struct reader *r)
{
    char tag[NAME_MAX_SIZE];
    bool has_source = false;

    if (!name(r, tag) || !is_listed(ELEMENTS, EN_COUNT(ELEMENTS), tag)) {
        return refuse(r, "txt-1", "has an element that is not allowed in a narrative");
    }
    if (r->depth == 0 && strcmp(tag, "div") != 0) {
        return refuse(r, "txt-1", "must be one <div>");
    }
    for (;;) {
        const bool has_space = r->at < r->end && is_space(*r->at);

        skip_space(r);
        if (r->at == r->end) {
            return refuse(r, "", "is not well-formed: a tag has no end");
        }
        if (*r->at == '>') {
            r->at++;
            break;
        }
        if (*r->at == '/' && r->end - r->at > 1 && r->at[1] == '>') {
            r->at += 2;
            r->has_content = r->has_content || (has_source && strcmp(tag, "img") == 0);
            return true;
        }
        if (!has_space) {
            return refuse(r, "", "is not well-formed: a space is missing in a tag");
        }
        if (!attribute(r, &has_source)) {
            return false;
        }
    }
    if (r->depth == EN_XHTML_DEPTH_MAX) {
        return refuse(r, "", "is nested too deeply");
    }
    r->has_content = r->has_content || (has_source && strcmp(tag, "img") == 0);
    memcpy(r->open[r->depth++], tag, sizeof tag);
    return true;
}

/* Behind "<!". A browser of old runs what stands in <!--[if ...]>. */
static bool comment(struct reader *r)
{
    const size_t left = (size_t)(r->end - r->at);
    const char *end =
        left < 2 || memcmp(r->at, "--", 2) != 0 ? NULL : memmem(r->at + 2, left - 2, "--", 2);

    if (end == NULL || end + 2 == r->end || end[2] != '>' || r->at[2] == '[') {
        return refuse(r, "txt-1", "has a declaration or a comment that is not plain");
    }
    r->at = end + 3;
    return true;
}

/* One tag, comment, entity or letter. */
static bool piece(struct reader *r)
{
    const char c = *r->at++;

    if (c == '<') {
        if (r->at < r->end && *r->at == '/') {
            r->at++;
            return end_tag(r);
        }
        if (r->at < r->end && *r->at == '!') {
            r->at++;
            return comment(r);
        }
        return start_tag(r);
    }
    if (c == '&') {
        r->has_content = true;
        return entity(r);
    }
    if ((unsigned char)c < ' ' && !is_space(c)) {
        return refuse(r, "", "has a control character");
    }
    r->has_content = r->has_content || !is_space(c);
    return true;
}

const char *en_xhtml_problem(const char *text, size_t size, const char **key)
{
    struct reader r = {.at = text, .end = text + size, .key = ""};

    skip_space(&r);
    *key = "txt-1";
    if (r.at == r.end || *r.at != '<') {
        return "must be one <div>";
    }
    while (piece(&r) && r.depth > 0 && r.at < r.end) {
        /* up to the end of the <div> */
    }
    *key = r.key;
    if (r.problem != NULL) {
        return r.problem;
    }
    skip_space(&r);
    if (r.depth > 0 || r.at < r.end) {
        return "is not well-formed: it must end with the end of its <div>";
    }
    if (!r.has_content) {
        *key = "txt-2";
        return "must not be empty: there is nothing to read in it";
    }
    return NULL;
}
