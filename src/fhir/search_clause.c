/* SPDX-License-Identifier: Apache-2.0
 * One parameter of a query with its values. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/search_inside.h"
#include "fhir/search_value.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { ID_MAX = 64, PARTS_MAX = 3, LIKELY_EDITS = 2 };

/* A name cut into its parts: "subject:Patient.name". */
struct name {
    const char *base, *modifier, *chain; /* NULL: none */
};

/* What a value is read with. */
struct reading {
    struct en_search_reader *r;
    const struct en_search_clause *clause;
    const char *name; /* as written, for messages */
    const char *in_type;
};

static const char *const PREFIXES[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};

static const char *copy(struct en_search_reader *r, const char *text, size_t size)
{
    const char *out = en_arena_copy(r->a, text, size);

    r->is_full = r->is_full || out == NULL;
    return out == NULL ? "" : out;
}

/* What a function over the arena gave; "" when the arena is full. */
static const char *kept(struct en_search_reader *r, const char *text)
{
    r->is_full = r->is_full || text == NULL;
    return text == NULL ? "" : text;
}

const char *en_search_nearest(const struct en_search_reader *r, const char *type, const char *name)
{
    size_t count, best = LIKELY_EDITS + 1;
    const struct en_search_param *p = en_search_params_of(r->params, type, &count);
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        const size_t edits = en_text_distance(p[i].name, name);

        if (edits < best && strcmp(p[i].name, EN_SEARCH_COMPARTMENT) != 0) {
            best = edits;
            nearest = p[i].name;
        }
    }
    return nearest;
}

/* Pieces */

/* The end of the piece that starts here: the first `mark` that no backslash stands before. */
static size_t piece_size(const char *text, char mark)
{
    size_t size = 0;

    while (text[size] != '\0' && text[size] != mark) {
        size += text[size] == '\\' && text[size + 1] != '\0' ? 2 : 1;
    }
    return size;
}

/* Without the backslashes of "\,", "\|", "\$" and "\\". */
static const char *unescape(struct en_search_reader *r, const char *text, size_t size)
{
    char *out = EN_NEW(r->a, char, size + 1), *to = out;

    for (size_t i = 0; out != NULL && i < size; i++) {
        i += text[i] == '\\' && i + 1 < size && strchr(",|$\\", text[i + 1]) != NULL ? 1 : 0;
        *to++ = text[i];
    }
    return kept(r, out);
}

/* Cut at "|": how many parts; more than PARTS_MAX counts one more. */
static size_t parts_of(struct en_search_reader *r, const char *text, const char *parts[PARTS_MAX])
{
    size_t count = 0;

    for (;;) {
        const size_t size = piece_size(text, '|');

        if (count == PARTS_MAX) {
            return PARTS_MAX + 1;
        }
        parts[count++] = unescape(r, text, size);
        if (text[size] == '\0') {
            return count;
        }
        text += size + 1;
    }
}

static bool is_id(const char *text)
{
    const size_t size = strlen(text);
    size_t good = 0;

    while (isalnum((unsigned char)text[good]) || text[good] == '-' || text[good] == '.') {
        good++;
    }
    return size > 0 && size <= ID_MAX && good == size;
}

/* Values, by kind. Each fills *v, or refuses. */

/* Whether all values of the parameter are phone numbers and addresses of e-mail. */
static bool is_contact(const struct en_search_param *p)
{
    for (const char *at = p->paths; (at = strchr(at, ':')) != NULL; at++) {
        if (!en_text_starts(at, ":ContactPoint")) {
            return false;
        }
    }
    return true;
}

static bool token(const struct reading *g, const char *text, struct en_search_value *v)
{
    const char *parts[PARTS_MAX];
    const size_t count = parts_of(g->r, text, parts);
    const char *code = count == 1 ? parts[0] : parts[1];

    if (count > 2 || (count == 2 && parts[0][0] == '\0' && code[0] == '\0')) {
        return en_search_refuse(g->r, "value", g->name,
                                "takes a code, or system|code, |code or system|; write a '|' that "
                                "belongs to it as \\|");
    }
    if (is_contact(g->clause->param)) {
        code = kept(g->r, en_search_lower(code, g->r->a));
    }
    v->any_system = count == 1;
    v->system = kept(g->r, en_search_key_text(count == 1 ? "" : parts[0], g->r->a));
    v->code = kept(g->r, en_search_key_text(code, g->r->a));
    return true;
}

static bool string(const struct reading *g, const char *text, struct en_search_value *v)
{
    const char *written = unescape(g->r, text, strlen(text));
    const char *folded = kept(g->r, en_search_fold(written, g->r->a));

    v->code = folded;
    v->text = kept(g->r, en_search_key_text(written, g->r->a));
    if (g->clause->modifier == EN_MODIFIER_EXACT) {
        v->code = kept(g->r, en_search_cut(folded, g->r->a));
        return true;
    }
    if (folded[0] == '\0' && !g->r->is_full) {
        return en_search_refuse(g->r, "value", g->name, "needs a letter or digit to look for");
    }
    if (strlen(folded) > EN_SEARCH_TEXT_MAX) {
        return en_search_refuse(g->r, "too-long", g->name,
                                "takes at most %d bytes of text, or :exact with all of it",
                                EN_SEARCH_TEXT_MAX);
    }
    return true;
}

static bool reference(const struct reading *g, const char *text, struct en_search_value *v)
{
    const char *whole = unescape(g->r, text, strlen(text)), *type, *id, *target;
    const char *targets = g->clause->param->targets;

    v->system = g->in_type;
    if (is_id(whole)) {
        v->code = whole;
        return true;
    }
    if (!en_search_reference(whole, g->r->a, &type, &id, &target)) {
        return en_search_refuse(g->r, "value", g->name, "takes an id, Type/id or an absolute URL");
    }
    if (type[0] != '\0' && !en_search_is_target(targets, type)) {
        return en_search_refuse(g->r, "value", g->name, "refers to: %s", targets);
    }
    if (g->in_type[0] != '\0' && strcmp(type, g->in_type) != 0) {
        return en_search_refuse(g->r, "value", g->name,
                                "names a type: its values are ids of that type");
    }
    v->system = type;
    v->code = kept(g->r, id);
    return true;
}

/* "ge2020" -> EN_GE and "2020". A value without a prefix is EN_EQ. */
static const char *prefix(const char *text, enum en_search_prefix *out)
{
    *out = EN_EQ;
    for (size_t i = 0; i < EN_COUNT(PREFIXES); i++) {
        if (en_text_starts(text, PREFIXES[i])) {
            *out = (enum en_search_prefix)i;
            return text + 2;
        }
    }
    return text;
}

static bool date(const struct reading *g, const char *text, struct en_search_value *v)
{
    char *day = en_arena_copy(g->r->a, prefix(text, &v->prefix), SIZE_MAX);

    /* The '+' of a time zone, sent without its percent code, came as a space. */
    for (char *space; day != NULL && (space = strchr(day, ' ')) != NULL;) {
        *space = '+';
    }
    g->r->is_full = g->r->is_full || day == NULL;
    if (!g->r->is_full && !en_instant_span(day, &v->low_us, &v->high_us)) {
        return en_search_refuse(g->r, "value", g->name,
                                "takes a date as YYYY, YYYY-MM, YYYY-MM-DD or with a time, and "
                                "before it eq, ne, gt, lt, ge, le, sa, eb or ap");
    }
    return true;
}

static bool number(const struct reading *g, const char *text, struct en_search_value *v)
{
    if (!en_search_number(prefix(text, &v->prefix), &v->number, &v->low, &v->high)) {
        return en_search_refuse(g->r, "value", g->name,
                                "takes a number, and before it eq, ne, gt, lt, ge, le, sa, eb or "
                                "ap");
    }
    return true;
}

static bool quantity(const struct reading *g, const char *text, struct en_search_value *v)
{
    const char *parts[PARTS_MAX];
    const size_t count = parts_of(g->r, text, parts);

    if ((count != 1 && count != 3) || (count == 3 && parts[2][0] == '\0')) {
        return en_search_refuse(g->r, "value", g->name,
                                "takes number, number|system|unit or number||unit");
    }
    v->any_system = count == 1 || parts[1][0] == '\0';
    v->system = count == 1 ? "" : kept(g->r, en_search_key_text(parts[1], g->r->a));
    v->code = count == 1 ? "" : kept(g->r, en_search_key_text(parts[2], g->r->a));
    return number(g, parts[0], v);
}

static bool uri(const struct reading *g, const char *text, struct en_search_value *v)
{
    v->code = kept(g->r, en_search_key_text(unescape(g->r, text, strlen(text)), g->r->a));
    return true;
}

static bool own_id(const struct reading *g, const char *text, struct en_search_value *v)
{
    if (!is_id(text)) {
        return en_search_refuse(g->r, "value", g->name,
                                "takes ids: up to 64 letters, digits, '-' and '.'");
    }
    v->code = copy(g->r, text, SIZE_MAX);
    return true;
}

/* By enum en_search_kind. */
static bool (*const READERS[])(const struct reading *, const char *, struct en_search_value *) = {
    token, string, reference, date, number, quantity, uri, own_id, date};

static bool read_values(const struct reading *g, const char *text, struct en_search_clause *out)
{
    size_t count = 1;

    for (const char *p = text; p[piece_size(p, ',')] != '\0'; p += piece_size(p, ',') + 1) {
        count++;
    }
    if (count > EN_SEARCH_VALUES_MAX) {
        return en_search_refuse(g->r, "too-costly", g->name, "takes at most %d values",
                                EN_SEARCH_VALUES_MAX);
    }
    out->values = EN_NEW(g->r->a, struct en_search_value, count);
    g->r->is_full = g->r->is_full || out->values == NULL;
    while (!g->r->is_full && out->value_count < count) {
        const size_t size = piece_size(text, ',');
        const char *piece = copy(g->r, text, size);
        struct en_search_value *v = &out->values[out->value_count++];

        *v = (struct en_search_value){.system = "", .code = "", .text = ""};
        if (size == 0) {
            return en_search_refuse(g->r, "value", g->name, "has an empty value");
        }
        if (!READERS[out->param->kind](g, piece, v)) {
            return false;
        }
        text += size + (out->value_count < count ? 1 : 0);
    }
    return !g->r->is_full;
}

/* Names */

static struct name cut_name(struct en_search_reader *r, const char *text)
{
    const char *dot = strchr(text, '.');
    const size_t size = dot == NULL ? strlen(text) : (size_t)(dot - text);
    const char *colon = memchr(text, ':', size);
    const size_t base = colon == NULL ? size : (size_t)(colon - text);

    return (struct name){
        .base = copy(r, text, base),
        .modifier = colon == NULL ? NULL : copy(r, colon + 1, size - base - 1),
        .chain = dot == NULL ? NULL : dot + 1,
    };
}

static const char *modifiers_of(enum en_search_kind kind)
{
    static const char *const LISTS[] = {":not, :missing",
                                        ":exact, :contains, :missing",
                                        ":missing, :Type (as in :Patient)",
                                        ":missing",
                                        ":missing",
                                        ":missing",
                                        ":missing",
                                        "none",
                                        "none"};

    return LISTS[kind];
}

/* The modifier of a clause; a type's name for references becomes *in_type. */
static bool read_modifier(struct en_search_reader *r, const char *whole, const char *text,
                          struct en_search_clause *out, const char **in_type)
{
    static const struct {
        const char *name;
        enum en_search_modifier modifier;
        unsigned kinds;
    } MODIFIERS[] = {
        {"exact", EN_MODIFIER_EXACT, 1U << EN_SEARCH_STRING},
        {"contains", EN_MODIFIER_CONTAINS, 1U << EN_SEARCH_STRING},
        {"not", EN_MODIFIER_NOT, 1U << EN_SEARCH_TOKEN},
        {"missing", EN_MODIFIER_MISSING, ~(1U << EN_SEARCH_ID | 1U << EN_SEARCH_UPDATED)},
    };
    const enum en_search_kind kind = out->param->kind;

    *in_type = "";
    for (size_t i = 0; i < EN_COUNT(MODIFIERS); i++) {
        if (strcmp(MODIFIERS[i].name, text) == 0 && (MODIFIERS[i].kinds >> kind & 1U) != 0) {
            out->modifier = MODIFIERS[i].modifier;
            return true;
        }
    }
    if (kind == EN_SEARCH_REFERENCE && isupper((unsigned char)text[0])) {
        if (!en_search_is_target(out->param->targets, text)) {
            return en_search_refuse(r, "value", whole, "refers to: %s", out->param->targets);
        }
        out->modifier = EN_MODIFIER_IN_TYPE;
        *in_type = text;
        return true;
    }
    return en_search_refuse(r, "not-supported", whole,
                            "has a modifier that is not supported; of this kind are: %s",
                            modifiers_of(kind));
}

/* The type that the chain goes to: the one named, or the only target that has the parameter. */
static const char *chain_type(struct en_search_reader *r, const struct en_search_clause *outer,
                              const char *in_type, const char *base)
{
    const char *only = NULL;

    if (in_type[0] != '\0') {
        return in_type;
    }
    for (size_t i = 0; i < r->params->type_count; i++) {
        const char *type = r->params->types[i];

        if (!en_search_is_target(outer->param->targets, type) ||
            en_search_param_find(r->params, type, base) == NULL) {
            continue;
        }
        if (only != NULL) {
            return NULL;
        }
        only = type;
    }
    return only;
}

static bool read_one(struct en_search_reader *r, const char *type, const char *whole,
                     const char *name, const char *value, struct en_search_clause *out);

static bool read_chain(struct en_search_reader *r, const char *whole, const char *chain,
                       const char *value, const char *in_type, struct en_search_clause *out)
{
    struct en_search_clause *inner = EN_NEW(r->a, struct en_search_clause, 1);
    const size_t base = strcspn(chain, ":");

    if (out->param->kind != EN_SEARCH_REFERENCE ||
        (out->modifier != EN_MODIFIER_NONE && out->modifier != EN_MODIFIER_IN_TYPE)) {
        return en_search_refuse(r, "not-supported", whole,
                                "cannot be chained: only references can");
    }
    if (strchr(chain, '.') != NULL) {
        return en_search_refuse(
            r, "not-supported", whole,
            "is chained twice; one step is supported, as in patient.identifier");
    }
    const char *type = chain_type(r, out, in_type, copy(r, chain, base));

    if (type == NULL) {
        return en_search_refuse(r, "not-supported", whole,
                                "does not tell which type the last name belongs to, or none has "
                                "it: name the type, as in subject:Patient.name");
    }
    out->chain = inner;
    r->is_full = r->is_full || inner == NULL;
    return !r->is_full && read_one(r, type, whole, chain, value, inner);
}

static bool unknown(struct en_search_reader *r, const char *type, const char *whole,
                    const char *base)
{
    const char *near = en_search_nearest(r, type, base);

    if (near == NULL) {
        return en_search_refuse(r, "not-supported", whole,
                                "is no search parameter of %s; /metadata lists those it has", type);
    }
    return en_search_refuse(r, "not-supported", whole,
                            "is no search parameter of %s; did you mean %s?", type, near);
}

/* One clause, of the query or at the end of a chain. */
static bool read_one(struct en_search_reader *r, const char *type, const char *whole,
                     const char *name, const char *value, struct en_search_clause *out)
{
    const struct name n = cut_name(r, name);
    const char *in_type = "";

    *out = (struct en_search_clause){0};
    if (r->is_full) {
        return false;
    }
    out->param = en_search_param_find(r->params, type, n.base);
    if (out->param == NULL || strcmp(n.base, EN_SEARCH_COMPARTMENT) == 0) {
        return unknown(r, type, whole, n.base);
    }
    if (n.modifier != NULL && !read_modifier(r, whole, n.modifier, out, &in_type)) {
        return false;
    }
    if (n.chain != NULL) {
        return read_chain(r, whole, n.chain, value, in_type, out);
    }
    if (out->modifier == EN_MODIFIER_MISSING) {
        out->is_missing = strcmp(value, "true") == 0;
        out->values = EN_NEW(r->a, struct en_search_value, 1);
        out->value_count = out->values == NULL ? 0 : 1;
        r->is_full = r->is_full || out->values == NULL;
        return !r->is_full && (out->is_missing || strcmp(value, "false") == 0 ||
                               en_search_refuse(r, "value", whole, "is either true or false"));
    }
    const struct reading g = {r, out, whole, in_type};

    return read_values(&g, value, out);
}

bool en_search_read_clause(struct en_search_reader *r, const char *name, const char *value,
                           bool *is_used)
{
    struct en_search_query *q = r->out;
    const char *base = copy(r, name, strcspn(name, ":."));

    *is_used = en_search_param_find(r->params, r->type, base) != NULL;
    if (!*is_used && r->is_lenient) {
        en_issue_add(r->issues, r->a, EN_ISSUE_WARNING, "not-supported", r->type,
                     "an unknown search parameter was left out, as handling=lenient asks");
        return true;
    }
    if (q->clause_count == EN_SEARCH_CLAUSES_MAX) {
        return en_search_refuse(r, "too-costly", name, "is one too many: %d are taken",
                                EN_SEARCH_CLAUSES_MAX);
    }
    if (!read_one(r, r->type, name, name, value, &q->clauses[q->clause_count])) {
        return false;
    }
    q->clause_count++;
    return true;
}
