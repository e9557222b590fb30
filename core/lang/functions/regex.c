/* regex: regular expressions, by PCRE2, held to what a linear-time engine can do: no back
 * references, no look-around. */
#include "functions.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct Regex {
    pcre2_code *code;
    uint32_t group_count;
    Str *names; /* of the groups from 1 on; empty: unnamed */
    bool has_names;
    bool has_unnamed;
} Regex;

static void regex_release(Regex *regex) {
    pcre2_code_free(regex->code);
}
SCOPED_TYPE(Regex, regex_release);

/* What follows "(?" in constructs that need backtracking. */
static bool is_lookaround(Str rest) {
    static const char *const forms[] = {"(?=", "(?!", "(?<=", "(?<!", "(?>",
                                        "(?|", "(?#", "(?R",  "(?("};
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
        if (str_starts_with(rest, str_from_cstr(forms[i])))
            return true;
    return false;
}

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

/* \x41 or \x{41} */
static bool is_hex_escape(Str rest) {
    return rest.len > 2 &&
           (rest.ptr[2] == '{' || (rest.len > 3 && isxdigit((unsigned char)rest.ptr[2]) &&
                                   isxdigit((unsigned char)rest.ptr[3])));
}

/* Of the text from a backslash on: an escape that this language does not have. */
static bool is_foreign_escape(Str rest) {
    char c = rest.len > 1 ? rest.ptr[1] : '\0';
    if ((unsigned char)c >= 0x80)
        return true;
    if (c == 'p' || c == 'P')
        return str_find_char(str_slice(rest, 0, str_find_char(rest, '}', 0)), '&', 0) != SIZE_MAX;
    if (c == 'x')
        return !is_hex_escape(rest);
    if (isdigit((unsigned char)c))
        return c != '0' && !(is_octal(c) && rest.len > 2 && is_octal(rest.ptr[2]));
    return strchr("GKRXZkgceohHNV", c) != NULL && c != '\0';
}

/* {1001}: more than 1000 repetitions are refused. */
static bool is_repetition_too_long(Str rest) {
    size_t at = 1;
    uint64_t number = 0;
    while (at < rest.len && (isdigit((unsigned char)rest.ptr[at]) || rest.ptr[at] == ',')) {
        number = rest.ptr[at] == ',' ? 0 : number * 10 + (uint64_t)(rest.ptr[at] - '0');
        if (number > 1000)
            break;
        at++;
    }
    return number > 1000;
}

/* Up to a flag in (?imsU-imsU) that is none here; 0: there is no such. */
static size_t foreign_flag(Str rest) {
    size_t at = 2;
    if (!str_starts_with(rest, STR("(?")))
        return 0;
    while (at < rest.len && strchr("imsU-", rest.ptr[at]))
        at++;
    return at < rest.len && isalpha((unsigned char)rest.ptr[at]) && rest.ptr[at] != 'P' ? at + 1
                                                                                        : 0;
}

/* Does a {2,3} end here? */
static bool is_repetition_end(Str pattern, size_t at) {
    if (pattern.ptr[at] != '}')
        return false;
    size_t start = at;
    while (start > 0 &&
           (isdigit((unsigned char)pattern.ptr[start - 1]) || pattern.ptr[start - 1] == ','))
        start--;
    return start < at && start > 0 && pattern.ptr[start - 1] == '{';
}

/* The part of the pattern that this language does not have; empty: none. */
static Str regex_foreign_part(Str pattern) {
    bool in_class = false;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        char next = i + 1 < pattern.len ? pattern.ptr[i + 1] : '\0';
        if (c == '\\') {
            if (is_foreign_escape(str_after(pattern, i)))
                return str_slice(pattern, i, i + 2);
            i++;
        } else if (in_class) {
            if (c == ']')
                in_class = false;
        } else if (c == '[') {
            in_class = true;
            if (next == '^')
                i++;
            if (i + 1 < pattern.len && pattern.ptr[i + 1] == ']')
                i++;
        } else if (c == '{' && is_repetition_too_long(str_after(pattern, i))) {
            return str_after(pattern, i);
        } else if (foreign_flag(str_after(pattern, i))) {
            return str_slice(pattern, i, i + foreign_flag(str_after(pattern, i)));
        } else if (is_lookaround(str_after(pattern, i))) {
            return str_slice(pattern, i,
                             i + (str_starts_with(str_after(pattern, i), STR("(?<")) ? 4 : 3));
        } else if (next == '+' &&
                   (c == '*' || c == '+' || c == '?' || is_repetition_end(pattern, i))) {
            return str_slice(pattern, i, i + 2);
        }
    }
    return STR_EMPTY;
}

/* Where a part of a character class that is a class itself ends, such as \d or [:alpha:]; 0: it is
 * none. */
static size_t nested_class_end(Str pattern, size_t at) {
    Str rest = str_after(pattern, at);
    if (str_starts_with(rest, STR("[:"))) {
        size_t end = str_find(pattern, STR(":]"), at);
        return end == SIZE_MAX ? 0 : end + 2;
    }
    bool is_escape = rest.len > 1 && rest.ptr[0] == '\\' && strchr("dDwWsS", rest.ptr[1]);
    return is_escape ? at + 2 : 0;
}

/* In [\w-.] the hyphen is a hyphen: PCRE2 has to be told. */
static Str regex_settle_hyphens(Str pattern, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    bool in_class = false;
    for (size_t i = 0; i < pattern.len; i++) {
        size_t end = in_class ? nested_class_end(pattern, i) : 0;
        if (end) {
            strbuf_add(&out, str_slice(pattern, i, end));
            bool is_hyphen =
                end + 1 < pattern.len && pattern.ptr[end] == '-' && pattern.ptr[end + 1] != ']';
            if (is_hyphen)
                strbuf_add_cstr(&out, "\\-");
            i = is_hyphen ? end : end - 1;
            continue;
        }
        char c = pattern.ptr[i];
        strbuf_add_char(&out, c);
        if (c == '\\' && i + 1 < pattern.len) {
            strbuf_add_char(&out, pattern.ptr[++i]);
        } else if (!in_class && c == '[') {
            in_class = true;
            if (i + 1 < pattern.len && pattern.ptr[i + 1] == '^')
                strbuf_add_char(&out, pattern.ptr[++i]);
            if (i + 1 < pattern.len && pattern.ptr[i + 1] == ']')
                strbuf_add_char(&out, pattern.ptr[++i]);
        } else if (c == ']') {
            in_class = false;
        }
    }
    return strbuf_str(&out);
}

static void regex_read_names(Regex *regex, Arena *arena) {
    uint32_t count = 0;
    uint32_t size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &regex->group_count);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &table);
    regex->names = arena_new_array(arena, Str, regex->group_count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = table + (size_t)i * size;
        size_t group = (size_t)entry[0] << 8 | entry[1];
        regex->names[group] = str_clone(str_from_cstr((const char *)entry + 2), arena);
    }
    regex->has_names = count > 0;
    regex->has_unnamed = count < regex->group_count;
}

static bool regex_compile(Str pattern, Regex *out, Str *error, Arena *arena) {
    Str foreign = regex_foreign_part(pattern);
    if (foreign.len) {
        *error = str_format(arena, "invalid regexp pattern: invalid or unsupported syntax in %.*s",
                            STR_ARG(foreign));
        return false;
    }
    pattern = regex_settle_hyphens(pattern, arena);
    int code = 0;
    PCRE2_SIZE offset = 0;
    uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES;
    out->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &offset, NULL);
    if (!out->code) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(code, message, sizeof(message));
        *error =
            str_format(arena, "invalid regexp pattern: %s, at byte %zu", (char *)message, offset);
        return false;
    }
    regex_read_names(out, arena);
    return true;
}

/* 1: found, 0: not, -1: *error is set. */
static int regex_match(
    const Regex *regex, Str text, size_t from, pcre2_match_data *data, Str *error) {
    int count = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from,
                            from ? PCRE2_NO_UTF_CHECK : 0, data, NULL);
    if (count > 0)
        return 1;
    if (count == PCRE2_ERROR_NOMATCH)
        return 0;
    *error = STR("the pattern takes too long on this text; make it simpler");
    return -1;
}

static Value regex_group(pcre2_match_data *data, Str text, size_t group, Arena *arena) {
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
    if (places[2 * group] == PCRE2_UNSET)
        return value_null(&TYPE_STRING);
    return value_string(str_slice(text, places[2 * group], places[2 * group + 1]), arena);
}

static Value regex_result(const Regex *regex, pcre2_match_data *data, Str text, Arena *arena) {
    size_t count = regex->group_count;
    if (count == 0)
        return regex_group(data, text, 0, arena);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = regex_group(data, text, i + 1, arena);
    if (!regex->has_names)
        return value_tuple(items, count, arena);
    Str *names = arena_new_array(arena, Str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = regex->names[i + 1];
    return value_object(names, items, count, arena);
}

static const Type *regex_type(const Regex *regex, Arena *arena) {
    size_t count = regex->group_count;
    if (count == 0)
        return &TYPE_STRING;
    if (!regex->has_names)
        return type_tuple_of(&TYPE_STRING, count, arena);
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = &TYPE_STRING;
    return type_object(&regex->names[1], types, NULL, count, arena);
}

static bool regex_prepare(FunctionCall *call, Regex *regex, Str *error) {
    call->failed_argument = 0;
    if (!regex_compile(function_text(call, 0), regex, error, call->arena))
        return false;
    if (regex->has_names && regex->has_unnamed)
        return function_fail(
            call, 0, error,
            "invalid regexp pattern: cannot mix both named and unnamed capture groups");
    call->failed_argument = SIZE_MAX;
    return true;
}

static bool run_result_type(FunctionCall *call, const Type **out, bool is_list, Str *error) {
    SCOPED(Regex) regex = {0};
    *out = &TYPE_DYNAMIC;
    if (value_is_known(call->arguments[0])) {
        if (!regex_prepare(call, &regex, error))
            return false;
        *out = regex_type(&regex, call->arena);
    }
    if (is_list)
        *out = type_list(*out, call->arena);
    return true;
}

static bool regex_result_type(FunctionCall *call, const Type **out, Str *error) {
    return run_result_type(call, out, false, error);
}

static bool regexall_result_type(FunctionCall *call, const Type **out, Str *error) {
    return run_result_type(call, out, true, error);
}

static bool regex_first(FunctionCall *call, Value *out, Str *error) {
    SCOPED(Regex) regex = {0};
    Str text = function_text(call, 1);
    if (!regex_prepare(call, &regex, error))
        return false;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex.code, NULL);
    int found = regex_match(&regex, text, 0, data, error);
    if (found > 0)
        *out = regex_result(&regex, data, text, call->arena);
    pcre2_match_data_free(data);
    if (found == 0)
        return function_fail(call, SIZE_MAX, error,
                             "pattern did not match any part of the given string");
    return found > 0;
}

/* Where to look for the next match: an empty one moves on by a character, and one that is empty
 * right behind the last match does not count. */
typedef struct RegexWalk {
    size_t from;
    size_t last_end;
    bool has_last;
} RegexWalk;

static size_t next_character(Str text, size_t at) {
    at++;
    while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* As regex_match, for one match after the other. */
static int regex_walk(
    const Regex *regex, Str text, RegexWalk *walk, pcre2_match_data *data, Str *error) {
    while (walk->from <= text.len) {
        int found = regex_match(regex, text, walk->from, data, error);
        if (found <= 0)
            return found;
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
        bool is_empty = places[0] == places[1];
        bool counts = !is_empty || !walk->has_last || places[0] != walk->last_end;
        walk->from = is_empty ? next_character(text, places[1]) : places[1];
        walk->last_end = places[1];
        walk->has_last = true;
        if (counts)
            return 1;
    }
    return 0;
}

static bool regex_all(FunctionCall *call, Value *out, Str *error) {
    SCOPED(Regex) regex = {0};
    Str text = function_text(call, 1);
    ValueVec items = {0};
    RegexWalk walk = {0};
    int found = 0;
    if (!regex_prepare(call, &regex, error))
        return false;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex.code, NULL);
    while ((found = regex_walk(&regex, text, &walk, data, error)) > 0) {
        if (!function_spend(call, 1 + regex.group_count, 0, error)) {
            found = -1;
            break;
        }
        Value item = regex_result(&regex, data, text, call->arena);
        vec_push(call->arena, &items, item);
    }
    pcre2_match_data_free(data);
    *out = value_list(regex_type(&regex, call->arena), items.items, items.count, call->arena);
    return found == 0 && function_spend(call, 0, text.len, error);
}

static size_t name_length(Str text, size_t at) {
    size_t end = at;
    while (end < text.len && (isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '_'))
        end++;
    return end - at;
}

static Str find_group(const Regex *regex, pcre2_match_data *data, Str text, Str name) {
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
    uint64_t number = 0;
    bool is_number = str_to_uint64(name, &number);
    for (size_t i = 0; i <= regex->group_count; i++) {
        if (is_number ? i != number : !regex->names[i].len || !str_equal(regex->names[i], name))
            continue;
        return places[2 * i] == PCRE2_UNSET ? STR_EMPTY
                                            : str_slice(text, places[2 * i], places[2 * i + 1]);
    }
    return STR_EMPTY;
}

/* Part of the text that replaces; many of them make more than there is room for. */
static bool add_part(const FunctionCall *call, Str part, StrBuf *out, Str *error) {
    if (!function_spend(call, 0, part.len, error))
        return false;
    strbuf_add(out, part);
    return true;
}

/* $1, ${name}, $name, $$ in the replacement. */
static bool add_replacement(const FunctionCall *call,
                            const Regex *regex,
                            pcre2_match_data *data,
                            Str text,
                            Str with,
                            StrBuf *out,
                            Str *error) {
    size_t at = 0;
    size_t dollar;
    while ((dollar = str_find_char(with, '$', at)) != SIZE_MAX) {
        char next = dollar + 1 < with.len ? with.ptr[dollar + 1] : '\0';
        bool braced = next == '{';
        size_t start = dollar + 1 + braced;
        size_t length = name_length(with, start);
        bool closes = !braced || (start + length < with.len && with.ptr[start + length] == '}');
        Str part = STR("$");
        Str before = str_slice(with, at, dollar);
        at = dollar + 1 + (next == '$');
        if (next != '$' && length && closes) {
            part = find_group(regex, data, text, str_slice(with, start, start + length));
            at = start + length + braced;
        }
        if (!add_part(call, before, out, error) || !add_part(call, part, out, error))
            return false;
    }
    return add_part(call, str_after(with, at), out, error);
}

static bool regex_replace_all(
    FunctionCall *call, Str text, Str pattern, Str with, Value *out, Str *error) {
    SCOPED(Regex) regex = {0};
    StrBuf buf = strbuf_new(call->arena);
    RegexWalk walk = {0};
    size_t copied = 0;
    int found = 0;
    if (!regex_compile(pattern, &regex, error, call->arena))
        return false;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex.code, NULL);
    while ((found = regex_walk(&regex, text, &walk, data, error)) > 0) {
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
        strbuf_add(&buf, str_slice(text, copied, places[0]));
        copied = places[1];
        if (!add_replacement(call, &regex, data, text, with, &buf, error)) {
            found = -1;
            break;
        }
    }
    pcre2_match_data_free(data);
    strbuf_add(&buf, str_after(text, copied));
    *out = value_string(strbuf_str(&buf), call->arena);
    return found == 0 && function_spend(call, 0, text.len, error);
}

static Str replace_plain(const FunctionCall *call, Str text, Str old, Str with) {
    StrBuf buf = strbuf_new(call->arena);
    size_t at = 0;
    while (at <= text.len) {
        size_t found = old.len ? str_find(text, old, at) : at;
        if (found == SIZE_MAX)
            break;
        size_t end = old.len ? found + old.len : next_character(text, found);
        strbuf_add(&buf, str_slice(text, at, found));
        strbuf_add(&buf, with);
        if (!old.len)
            strbuf_add(&buf, str_slice(text, found, end));
        at = end;
    }
    if (at < text.len)
        strbuf_add(&buf, str_after(text, at));
    return strbuf_str(&buf);
}

/* "/…/" is a regular expression. */
static bool regex_replace(FunctionCall *call, Value *out, Str *error) {
    Str text = function_text(call, 0);
    Str old = function_text(call, 1);
    Str with = function_text(call, 2);
    if (old.len > 1 && old.ptr[0] == '/' && old.ptr[old.len - 1] == '/')
        return regex_replace_all(call, text, str_slice(old, 1, old.len - 1), with, out, error);
    size_t pieces = old.len ? text.len / old.len : text.len + 1;
    if (!function_spend(call, 0, text.len + pieces * with.len, error))
        return false;
    *out = value_string(replace_plain(call, text, old, with), call->arena);
    return true;
}

/* clang-format off */
static const Function regex_functions[] = {
    {
        .name = "regex",
        PARAMETERS({"pattern", &TYPE_STRING}, {"string", &TYPE_STRING}),
        .result_type = regex_result_type,
        .run = regex_first,
        .description = "The first match of a regular expression: the text, or its capture groups.",
        .example = "regex(\"[a-z]+\", \"53453453.345345aaabbbccc23454\") = \"aaabbbccc\"",
    },
    {
        .name = "regexall",
        PARAMETERS({"pattern", &TYPE_STRING}, {"string", &TYPE_STRING}),
        .result_type = regexall_result_type,
        .run = regex_all,
        .description = "All matches of a regular expression, as a list.",
        .example = "regexall(\"[a-z]+\", \"1234abcd5678efgh9\") = tolist([\"abcd\", \"efgh\"])",
    },
    {
        .name = "replace",
        PARAMETERS({"str", &TYPE_STRING}, {"substr", &TYPE_STRING}, {"replace", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = regex_replace,
        .description = "The string with each occurrence replaced; a search text in slashes is a "
                       "regular expression.",
        .example = "replace(\"1 + 2 + 3\", \"+\", \"-\") = \"1 - 2 - 3\"",
    },
};
/* clang-format on */

const FunctionFamily functions_regex = {regex_functions, ARRAY_COUNT(regex_functions)};
