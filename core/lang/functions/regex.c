/* regex: matches regular expressions with RE2's syntax and meaning by PCRE2. */
#include "functions.h"
#include "regex_rewrite.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct Regex {
    pcre2_code *code;
    pcre2_match_context *context; /* NULL: the default */
    RegexRewrite rewrite;
    Str *names; /* of the captures; empty: unnamed */
    size_t capture_count;
    bool has_names;
    bool has_unnamed;
} Regex;

static void regex_release(Regex *regex) {
    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->context);
}
SCOPED_TYPE(Regex, regex_release);

/* Callout at the end of a loop's round: only the first round may be empty. Its text is the number
 * of the group that holds the start of the loop. */
static int regex_end_round(pcre2_callout_block *callout, void *payload) {
    (void)payload;
    uint64_t group = 0;
    Str text = {(const char *)callout->callout_string, callout->callout_string_length};
    CHECK(str_to_uint64(text, &group));
    const PCRE2_SIZE *places = callout->offset_vector;
    size_t loop_start = places[2 * group];
    size_t round_start = places[2 * group + 2];
    bool is_allowed = callout->current_position != round_start || round_start == loop_start;
    return is_allowed ? 0 : 1;
}

static void regex_read_names(Regex *regex) {
    regex->names = regex->rewrite.names.items;
    regex->capture_count = regex->rewrite.names.count;
    for (size_t i = 0; i < regex->capture_count; i++) {
        if (regex->names[i].len)
            regex->has_names = true;
        else
            regex->has_unnamed = true;
    }
}

static pcre2_code *regex_compile_rewritten(const RegexRewrite *rewrite, Str *error, Arena *arena) {
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    int code = 0;
    PCRE2_SIZE offset = 0;
    /* PCRE2 makes a repetition possessive if it finds no other way to match. It assumes that
     * callouts never fail. */
    if (rewrite->has_callouts)
        options |= PCRE2_NO_AUTO_POSSESS;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    CHECK(context);
    pcre2_set_parens_nest_limit(context, UINT32_MAX);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)rewrite->pattern.ptr, rewrite->pattern.len,
                                         options, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (!compiled) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(code, message, sizeof(message));
        *error = str_format(arena, "invalid regexp pattern: %s", (char *)message);
    }
    return compiled;
}

static bool regex_compile(Str pattern, Regex *out, Str *error, Arena *arena) {
    Str fault;
    if (!regex_rewrite(pattern, &out->rewrite, &fault, arena)) {
        *error = str_format(arena, "invalid regexp pattern: %.*s", STR_ARG(fault));
        return false;
    }
    out->code = regex_compile_rewritten(&out->rewrite, error, arena);
    if (!out->code)
        return false;
    if (out->rewrite.has_callouts) {
        out->context = pcre2_match_context_create(NULL);
        CHECK(out->context);
        pcre2_set_callout(out->context, regex_end_round, NULL);
    }
    regex_read_names(out);
    return true;
}

/* Returns 1 if found, 0 if not; -1 after setting *error. */
static int regex_match(
    const Regex *regex, Str text, size_t from, pcre2_match_data *data, Str *error) {
    int count = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from,
                            from ? PCRE2_NO_UTF_CHECK : 0, data, regex->context);
    if (count > 0)
        return 1;
    if (count == PCRE2_ERROR_NOMATCH)
        return 0;
    *error = STR("the pattern takes too long for this text; simplify it");
    return -1;
}

/* Gets the text of a capture, from 1 on; 0 is the whole match. Returns false if the capture took no
 * part. */
static bool regex_capture(
    const Regex *regex, pcre2_match_data *data, Str text, size_t capture, Str *out) {
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
    if (capture == 0) {
        *out = str_slice(text, places[0], places[1]);
        return true;
    }
    const RegexGroupVec *groups = &regex->rewrite.groups[capture - 1];
    PCRE2_SIZE start = PCRE2_UNSET;
    PCRE2_SIZE end = 0;
    /* If several groups belong to one capture, the latest that matched is the rightmost. */
    vec_each(groups, it) {
        PCRE2_SIZE group_start = places[(size_t)*it * 2];
        PCRE2_SIZE group_end = places[(size_t)*it * 2 + 1];
        if (group_start == PCRE2_UNSET || (start != PCRE2_UNSET && group_start < start) ||
            (group_start == start && group_end < end))
            continue;
        start = group_start;
        end = group_end;
    }
    if (start != PCRE2_UNSET)
        *out = str_slice(text, start, end);
    return start != PCRE2_UNSET;
}

static Value regex_group(
    const Regex *regex, pcre2_match_data *data, Str text, size_t capture, Arena *arena) {
    Str part;
    return regex_capture(regex, data, text, capture, &part) ? value_string(part, arena)
                                                            : value_null(&TYPE_STRING);
}

static Value regex_result(const Regex *regex, pcre2_match_data *data, Str text, Arena *arena) {
    size_t count = regex->capture_count;
    if (count == 0)
        return regex_group(regex, data, text, 0, arena);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = regex_group(regex, data, text, i + 1, arena);
    if (!regex->has_names)
        return value_tuple(items, count, arena);
    Str *names = arena_new_array(arena, Str, count);
    memcpy(names, regex->names, count * sizeof(Str));
    return value_object(names, items, count, arena);
}

static const Type *regex_type(const Regex *regex, Arena *arena) {
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

/* Finds the next match; returns as regex_match does. */
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
        if (!function_spend(call, 1 + regex.capture_count, 0, error)) {
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

/* Returns the first capture of that name or number that took part; empty if none. */
static Str find_group(const Regex *regex, pcre2_match_data *data, Str text, Str name) {
    uint64_t number = 0;
    bool is_number = str_to_uint64(name, &number);
    for (size_t i = 0; i <= regex->capture_count; i++) {
        bool is_it = is_number ? i == number : i && str_equal(regex->names[i - 1], name);
        Str part;
        if (is_it && regex_capture(regex, data, text, i, &part))
            return part;
    }
    return STR_EMPTY;
}

/* Adds a part of the replacement and charges the budget, because many replacements may produce too
 * much text. */
static bool add_part(const FunctionCall *call, Str part, StrBuf *out, Str *error) {
    if (!function_spend(call, 0, part.len, error))
        return false;
    strbuf_add(out, part);
    return true;
}

/* Expands $1, ${name}, $name and $$ in the replacement. */
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
        .description = "The string with each occurrence replaced; a search string in slashes is a regular expression.",
        .example = "replace(\"1 + 2 + 3\", \"+\", \"-\") = \"1 - 2 - 3\"",
    },
};
/* clang-format on */

const FunctionFamily functions_regex = {regex_functions, ARRAY_COUNT(regex_functions)};
