/* Parses and compares versions: up to three numbers and a pre-release suffix; build metadata is
 * ignored. */
#include "version_constraint.h"

#include "prerelease.h"
#include "vec.h"

typedef struct Version {
    uint64_t parts[3];
    size_t count; /* number of parts given */
    Str pre;
} Version;

static bool parse_version(Str text, Version *out) {
    Version version = {0};
    size_t plus = str_find_char(text, '+', 0);
    text = str_slice(text, 0, plus);
    size_t dash = str_find_char(text, '-', 0);
    if (dash != SIZE_MAX)
        version.pre = str_after(text, dash + 1);
    Str numbers = str_slice(text, 0, dash);
    if (str_starts_with(numbers, STR("v")))
        numbers = str_after(numbers, 1);
    for (Str field; str_next_field(&numbers, '.', &field); version.count++)
        if (version.count >= 3 || !str_to_uint64(field, &version.parts[version.count]))
            return false;
    *out = version;
    return version.count > 0;
}

static int constraint_compare(const Version *a, const Version *b) {
    for (size_t i = 0; i < 3; i++)
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    return prerelease_compare(a->pre, b->pre);
}

/* ~> 1.2.3: at least that version, and only the last given number may be greater. */
static bool is_within_pessimistic(const Version *version, const Version *wanted) {
    if (constraint_compare(version, wanted) < 0)
        return false;
    for (size_t i = 0; i + 1 < wanted->count; i++)
        if (version->parts[i] != wanted->parts[i])
            return false;
    return true;
}

static bool satisfies(const Version *version, Str operator, const Version * wanted) {
    int order = constraint_compare(version, wanted);
    if (version->pre.len && !wanted->pre.len)
        return str_equal_cstr(operator, "!=");
    if (str_equal_cstr(operator, "~>"))
        return is_within_pessimistic(version, wanted);
    if (str_equal_cstr(operator, ">="))
        return order >= 0;
    if (str_equal_cstr(operator, "<="))
        return order <= 0;
    if (str_equal_cstr(operator, ">"))
        return order > 0;
    if (str_equal_cstr(operator, "<"))
        return order < 0;
    return (order == 0) != str_equal_cstr(operator, "!=");
}

static Str read_operator(Str *text) {
    static const char *const operators[] = {"~>", ">=", "<=", "!=", ">", "<", "="};
    for (size_t i = 0; i < ARRAY_COUNT(operators); i++) {
        Str operator= str_from_cstr(operators[i]);
        if (str_starts_with(*text, operator)) {
            *text = str_trim(str_after(*text, operator.len));
            return operator;
        }
    }
    return STR("=");
}

bool version_constraint_check(Str constraint, Str version, bool *is_satisfied) {
    Version ours;
    bool result = true;
    if (!parse_version(version, &ours) || !str_trim(constraint).len)
        return false;
    for (Str field; str_next_field(&constraint, ',', &field);) {
        Version wanted;
        Str text = str_trim(field);
        Str operator= read_operator(&text);
        if (!parse_version(text, &wanted))
            return false;
        result &= satisfies(&ours, operator, & wanted);
    }
    *is_satisfied = result;
    return true;
}

/* Returns whether one of the constraints names exactly this version. */
static bool names_exactly(Str constraint, const Version *version) {
    for (Str field; str_next_field(&constraint, ',', &field);) {
        Version wanted;
        Str text = str_trim(field);
        Str operator= read_operator(&text);
        if (str_equal_cstr(operator, "=") && parse_version(text, &wanted) &&
            constraint_compare(version, &wanted) == 0)
            return true;
    }
    return false;
}

bool version_constraint_selects(Str constraint, Str version, bool *is_selected) {
    Version ours;
    bool result = true;
    if (!parse_version(version, &ours))
        return false;
    if (constraint.len && !version_constraint_check(constraint, version, &result))
        return false;
    *is_selected = result && (!ours.pre.len || names_exactly(constraint, &ours));
    return true;
}

int version_constraint_compare(Str a, Str b) {
    Version x;
    Version y;
    bool is_version = parse_version(a, &x);
    bool is_other_version = parse_version(b, &y);
    if (!is_version || !is_other_version)
        return is_version - is_other_version;
    return constraint_compare(&x, &y);
}

/* The order of operators with the same version in lock files; "~>" precedes with three numbers. */
static int rank_of(Str operator, size_t count) {
    static const char *const order[] = {">", ">=", "=", "~>", "", "<=", "<", "!="};
    for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
        if (str_equal_cstr(operator, order[i]))
            return (int)i + (i == 3 && count < 3);
    }
    return 0;
}

typedef struct Term {
    Version version;
    Str operator;
    Str text;
} Term;

static int compare_terms(const void *a, const void *b) {
    const Term *x = a;
    const Term *y = b;
    int order = constraint_compare(&x->version, &y->version);
    return order ? order
                 : rank_of(x->operator, x->version.count) - rank_of(y->operator, y->version.count);
}

static Str term_text(const Term *term, Arena *arena) {
    const Version *version = &term->version;
    bool is_equal = str_equal_cstr(term->operator, "=");
    StrBuf text = strbuf_new(arena);
    if (!is_equal)
        strbuf_add_format(&text, "%.*s ", STR_ARG(term->operator));
    size_t shown = str_equal_cstr(term->operator, "~>") && version->count < 3 ? 2 : 3;
    for (size_t i = 0; i < shown; i++)
        strbuf_add_format(&text, "%s%llu", i ? "." : "", (unsigned long long)version->parts[i]);
    if (version->pre.len)
        strbuf_add_format(&text, "-%.*s", STR_ARG(version->pre));
    return strbuf_str(&text);
}

Str version_constraint_normal(Str constraint, Arena *arena) {
    VEC(Term) terms = {0};
    StrVec texts = {0};
    Str rest = constraint;
    for (Str field; str_next_field(&rest, ',', &field);) {
        Term term = {0};
        Str text = str_trim(field);
        term.operator= read_operator(&text);
        if (!parse_version(text, &term.version))
            return constraint;
        vec_push(arena, &terms, term);
    }
    if (terms.count)
        qsort(terms.items, terms.count, sizeof *terms.items, compare_terms);
    vec_each(&terms, term) {
        Str text = term_text(term, arena);
        if (!str_is_among(text, texts.items, texts.count))
            vec_push(arena, &texts, text);
    }
    return str_join(texts.items, texts.count, STR(", "), arena);
}

bool version_constraint_is_version(Str text) {
    Version version;
    return parse_version(text, &version) && version.count == 3 && text.ptr[0] != 'v' &&
           str_has_only(text, ".-+");
}
