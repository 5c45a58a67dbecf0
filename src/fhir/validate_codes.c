/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fhir/validate_inside.h"

#include <ctype.h>
#include <string.h>

/* Codes that follow a grammar */

/* Letters, digits and the signs of RFC 6838. */
static size_t mime_name(const char *text)
{
    size_t size = 0;

    while (isalnum((unsigned char)text[size]) ||
           (text[size] != '\0' && strchr("!#$&-^_.+", text[size]) != NULL)) {
        size++;
    }
    return size;
}

/* "type/subtype" with parameters behind ';'; the short names of FHIR's formats. */
static bool is_mime(const char *code)
{
    static const char *const SHORT[] = {"json", "xml", "ttl", "mixed"};
    const size_t type = mime_name(code);

    for (size_t i = 0; i < EN_COUNT(SHORT); i++) {
        if (strcmp(SHORT[i], code) == 0) {
            return true;
        }
    }
    if (type == 0 || code[type] != '/') {
        return false;
    }
    const char *rest = code + type + 1;
    const size_t subtype = mime_name(rest);

    rest += subtype;
    rest += strspn(rest, " ");
    return subtype > 0 && (*rest == '\0' || *rest == ';');
}

/* BCP 47: "en", "en-US", "zh-Hans-CN": parts of 1 to 8 letters and digits, the first of letters. */
static bool is_language(const char *code)
{
    size_t part = 0;
    bool is_first = true;

    for (const char *p = code;; p++) {
        if (*p == '-' || *p == '\0') {
            if (part == 0 || part > 8) {
                return false;
            }
            is_first = false;
            part = 0;
            if (*p == '\0') {
                return true;
            }
        } else if (is_first ? isalpha((unsigned char)*p) : isalnum((unsigned char)*p)) {
            part++;
        } else {
            return false;
        }
    }
}

static bool is_currency(const char *code)
{
    return isupper((unsigned char)code[0]) && isupper((unsigned char)code[1]) &&
           isupper((unsigned char)code[2]) && code[3] == '\0';
}

static const struct grammar {
    const char *binding, *system;
    bool (*fits)(const char *code);
    const char *problem;
} GRAMMARS[] = {
    {"*mime", "urn:ietf:bcp:13", is_mime, "must be a media type such as text/plain"},
    {"*language", "urn:ietf:bcp:47", is_language, "must be a language such as en or en-US"},
    {"*currency", "urn:iso:std:iso:4217", is_currency, "must be a currency such as EUR"},
};

static const struct grammar *grammar_of(const struct en_r4_element *e)
{
    for (size_t i = 0; e->binding[0] == '*' && i < EN_COUNT(GRAMMARS); i++) {
        if (strcmp(GRAMMARS[i].binding, e->binding) == 0) {
            return &GRAMMARS[i];
        }
    }
    return NULL;
}

void en_check_code(struct en_walk *w, const struct en_r4_element *e, const char *code)
{
    const struct grammar *g = grammar_of(e);

    if (g != NULL && !g->fits(code)) {
        EN_REPORT(w, "code-invalid", "%s", g->problem);
    } else if (e->codes != NULL && !en_r4_codes_have(w->r4, e->codes, NULL, code)) {
        EN_REPORT(w, "code-invalid", "is not a code of the value set %s", e->binding);
    }
}

/* Codings */

/* HL7 froze its own systems with R4; the other ones grow, and so a code may be newer than the
 * table. */
static void check_known_system(struct en_walk *w, const char *system, const char *code)
{
    static const char FROZEN[] = "http://hl7.org/fhir/", SETS[] = "http://hl7.org/fhir/ValueSet/";
    const struct en_r4_codes *codes = en_r4_codes_find(w->r4, system);

    if (en_text_starts(system, SETS)) {
        EN_REPORT(w, "value", "names a value set in place of a code system");
    } else if (codes == NULL || code == NULL || en_r4_codes_have(w->r4, codes, NULL, code)) {
        return;
    } else if (en_text_starts(system, FROZEN)) {
        EN_REPORT(w, "code-invalid", "has a code that is none of its system");
    } else {
        EN_WARN(w, "code-invalid", "has a code that its system did not have in R4");
    }
}

static void check_coding(struct en_walk *w, const struct en_r4_element *e,
                         struct json_object *coding)
{
    const char *code = en_json_text(coding, "code"), *system = en_json_text(coding, "system");
    const struct grammar *g = grammar_of(e);

    if (system == NULL) {
        return;
    }
    if (!en_is_absolute(system)) {
        EN_REPORT(w, "value", "the system of a coding must be an absolute URI");
        return;
    }
    check_known_system(w, system, code);
    if (g != NULL && code != NULL && strcmp(g->system, system) == 0 && !g->fits(code)) {
        EN_REPORT(w, "code-invalid", "%s", g->problem);
    }
}

static bool coding_fits(struct en_walk *w, const struct en_r4_codes *set,
                        struct json_object *coding)
{
    const char *code = en_json_text(coding, "code"), *system = en_json_text(coding, "system");

    return code != NULL && system != NULL && en_r4_codes_have(w->r4, set, system, code);
}

/* A Coding or CodeableConcept with a required binding needs one coding of the set. */
void en_check_concept(struct en_walk *w, const struct en_r4_member *m, struct json_object *value)
{
    const struct en_r4_codes *set = m->element->codes;
    struct json_object *codings = en_json_get(value, "coding");
    bool fits = set == NULL;

    if (strcmp(m->type, "Coding") == 0) {
        check_coding(w, m->element, value);
        fits = fits || coding_fits(w, set, value);
    } else if (strcmp(m->type, "CodeableConcept") == 0) {
        for (size_t i = 0; i < en_json_count(codings) && !fits; i++) {
            fits = coding_fits(w, set, en_json_at(codings, i));
        }
    } else {
        return;
    }
    if (!fits) {
        EN_REPORT(w, "code-invalid", "needs a coding (system and code) of the value set %s",
                  m->element->binding);
    }
}
