/* regex: functions that search by regular expressions. */
#include "functions.h"
#include "regex_program.h"

enum { ALL_MATCHES = 1 }; /* the option of regexall */

static Value regex_group(const RegexProgram *regex, Str text, size_t capture, Arena *arena) {
    Str part;
    return regex_program_capture(regex, text, capture, &part) ? value_string(part, arena)
                                                              : value_null(&TYPE_STRING);
}

static Value regex_result(const RegexProgram *regex, Str text, Arena *arena) {
    size_t count = regex->capture_count;
    if (count == 0)
        return regex_group(regex, text, 0, arena);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = regex_group(regex, text, i + 1, arena);
    if (!regex->has_names)
        return value_tuple(items, count, arena);
    Str *names = arena_new_array(arena, Str, count);
    memcpy(names, regex->names, count * sizeof(Str));
    return value_object(names, items, count, arena);
}

static const Type *regex_type(const RegexProgram *regex, Arena *arena) {
    size_t count = regex->capture_count;
    if (count == 0)
        return &TYPE_STRING;
    if (!regex->has_names)
        return type_tuple_of(&TYPE_STRING, count, arena);
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        types[i] = &TYPE_STRING;
    return type_object(regex->names, types, NULL, count, arena);
}

static bool regex_prepare(FunctionCall *call, RegexProgram *regex, Str *error) {
    call->failed_argument = 0;
    if (!regex_program_compile(function_text(call, 0), regex, error, call->arena))
        return false;
    if (regex->has_names && regex->has_unnamed)
        return function_fail(
            call, 0, error,
            "invalid regexp pattern: cannot mix both named and unnamed capture groups");
    call->failed_argument = SIZE_MAX;
    return true;
}

static bool regex_result_type(FunctionCall *call, const Type **out, Str *error) {
    SCOPED(RegexProgram) regex = {0};
    *out = &TYPE_DYNAMIC;
    if (value_is_known(call->arguments[0])) {
        if (!regex_prepare(call, &regex, error))
            return false;
        *out = regex_type(&regex, call->arena);
    }
    if (call->function->option == ALL_MATCHES)
        *out = type_list(*out, call->arena);
    return true;
}

static bool regex_first(FunctionCall *call, Value *out, Str *error) {
    SCOPED(RegexProgram) regex = {0};
    Str text = function_text(call, 1);
    if (!regex_prepare(call, &regex, error))
        return false;
    RegexResult found = regex_program_search(&regex, text, 0, error);
    if (found == REGEX_FOUND)
        *out = regex_result(&regex, text, call->arena);
    if (found == REGEX_NOT_FOUND)
        return function_fail(call, SIZE_MAX, error,
                             "pattern did not match any part of the given string");
    return found == REGEX_FOUND;
}

/* The position of the next search. An empty match advances it by one character; an empty match
 * directly after the previous match does not count. */
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

/* Finds the next match; returns as regex_program_search does. */
static RegexResult regex_walk(RegexProgram *regex, Str text, RegexWalk *walk, Str *error) {
    while (walk->from <= text.len) {
        RegexResult found = regex_program_search(regex, text, walk->from, error);
        if (found != REGEX_FOUND)
            return found;
        bool is_empty = regex->start == regex->end;
        bool counts = !is_empty || !walk->has_last || regex->start != walk->last_end;
        walk->from = is_empty ? next_character(text, regex->end) : regex->end;
        walk->last_end = regex->end;
        walk->has_last = true;
        if (counts)
            return REGEX_FOUND;
    }
    return REGEX_NOT_FOUND;
}

static bool regex_all(FunctionCall *call, Value *out, Str *error) {
    SCOPED(RegexProgram) regex = {0};
    Str text = function_text(call, 1);
    ValueVec items = {0};
    RegexWalk walk = {0};
    RegexResult found;
    if (!regex_prepare(call, &regex, error))
        return false;
    while ((found = regex_walk(&regex, text, &walk, error)) == REGEX_FOUND) {
        if (!function_spend(call, 1 + regex.capture_count, 0, error)) {
            found = REGEX_FAILED;
            break;
        }
        Value item = regex_result(&regex, text, call->arena);
        vec_push(call->arena, &items, item);
    }
    *out = value_list(regex_type(&regex, call->arena), items.items, items.count, call->arena);
    return found == REGEX_NOT_FOUND && function_spend(call, 0, text.len, error);
}

static size_t name_length(Str text, size_t at) {
    size_t end = at;
    while (end < text.len && (isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '_'))
        end++;
    return end - at;
}

/* Returns the first capture of that name or number that took part; empty if none. */
static Str regex_find_group(const RegexProgram *regex, Str text, Str name) {
    uint64_t number = 0;
    bool is_number = str_to_uint64(name, &number);
    for (size_t i = 0; i <= regex->capture_count; i++) {
        bool is_it = is_number ? i == number : i && str_equal(regex->names[i - 1], name);
        Str part;
        if (is_it && regex_program_capture(regex, text, i, &part))
            return part;
    }
    return STR_EMPTY;
}

/* Adds a part of the replacement and charges the budget, because many replacements may produce too
 * much text. */
static bool regex_add_part(const FunctionCall *call, Str part, StrBuf *out, Str *error) {
    if (!function_spend(call, 0, part.len, error))
        return false;
    strbuf_add(out, part);
    return true;
}

/* Expands $1, ${name}, $name and $$ in the replacement. */
static bool add_replacement(const FunctionCall *call, const RegexProgram *regex, Str text, Str with,
                            StrBuf *out, Str *error) {
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
            part = regex_find_group(regex, text, str_slice(with, start, start + length));
            at = start + length + braced;
        }
        if (!regex_add_part(call, before, out, error) || !regex_add_part(call, part, out, error))
            return false;
    }
    return regex_add_part(call, str_after(with, at), out, error);
}

static bool regex_replace_all(FunctionCall *call, Str text, Str pattern, Str with, Value *out,
                              Str *error) {
    SCOPED(RegexProgram) regex = {0};
    StrBuf buf = strbuf_new(call->arena);
    RegexWalk walk = {0};
    size_t copied = 0;
    RegexResult found;
    if (!regex_program_compile(pattern, &regex, error, call->arena))
        return false;
    while ((found = regex_walk(&regex, text, &walk, error)) == REGEX_FOUND) {
        strbuf_add(&buf, str_slice(text, copied, regex.start));
        copied = regex.end;
        if (!add_replacement(call, &regex, text, with, &buf, error)) {
            found = REGEX_FAILED;
            break;
        }
    }
    strbuf_add(&buf, str_after(text, copied));
    *out = value_string(strbuf_str(&buf), call->arena);
    return found == REGEX_NOT_FOUND && function_spend(call, 0, text.len, error);
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

/* "/…/" means a regular expression. */
static bool regex_replace(FunctionCall *call, Value *out, Str *error) {
    Str text = function_text(call, 0);
    Str old = function_text(call, 1);
    Str with = function_text(call, 2);
    if (old.len > 1 && old.ptr[0] == '/' && old.ptr[old.len - 1] == '/')
        return regex_replace_all(call, text, str_slice(old, 1, old.len - 1), with, out, error);
    size_t pieces = old.len ? text.len / old.len : text.len + 1;
    if (!function_spend(call, 0, text.len + pieces * with.len, error))
        return false;
    return function_give(value_string(replace_plain(call, text, old, with), call->arena), out);
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
        .result_type = regex_result_type,
        .run = regex_all,
        .option = ALL_MATCHES,
        .description = "All matches of a regular expression, as a list.",
        .example = "regexall(\"[a-z]+\", \"1234abcd5678efgh9\") = tolist([\"abcd\", \"efgh\"])",
    },
    {
        .name = "replace",
        PARAMETERS({"str", &TYPE_STRING}, {"substr", &TYPE_STRING}, {"replace", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = regex_replace,
        .description = "The string with each occurrence replaced; a search string in slashes is a regular expression.",
        .example = "replace(\"1 + 2 + 3\", \"+\", \"-\") = \"1 - 2 - 3\"",
    },
};
/* clang-format on */

const FunctionFamily functions_regex = {regex_functions, ARRAY_COUNT(regex_functions)};
