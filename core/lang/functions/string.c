/* string: functions on strings. Lengths and offsets count grapheme clusters. */
#include "functions.h"

#include "utf8.h"

/* Maps each letter to a single capital. The sharp s has none and stays. */
static bool string_upper(FunctionCall *call, Value *out, Str *) {
    static const Str sharp_s = STR_CONST("\xc3\x9f");
    Str rest = function_text(call, 0);
    StrBuf buf = strbuf_new(call->arena);
    for (size_t at; (at = str_find(rest, sharp_s, 0)) != SIZE_MAX;) {
        strbuf_add(&buf, utf8_upper(str_slice(rest, 0, at), call->arena));
        strbuf_add(&buf, sharp_s);
        rest = str_after(rest, at + sharp_s.len);
    }
    strbuf_add(&buf, utf8_upper(rest, call->arena));
    return function_give_text(call, strbuf_str(&buf), out);
}

static bool string_lower(FunctionCall *call, Value *out, Str *) {
    return function_give_text(call, utf8_lower(function_text(call, 0), call->arena), out);
}

/* Returns true for characters between words. */
static bool is_separator(uint32_t c) {
    if (c < 0x80)
        return !(isalnum((int)c) || c == '_');
    return utf8_is_space(c);
}

static bool string_title(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    StrBuf buf = strbuf_new(call->arena);
    bool begins_word = true;
    size_t width = 0;
    for (size_t at = 0; at < text.len; at += width) {
        uint32_t c = utf8_decode(text, at, &width);
        utf8_add(&buf, begins_word ? utf8_to_title(c) : c);
        begins_word = is_separator(c);
    }
    return function_give_text(call, strbuf_str(&buf), out);
}

static bool string_chomp(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return function_give_text(call, text, out);
}

static bool string_starts_with(FunctionCall *call, Value *out, Str *) {
    const Value *text = &call->arguments[0];
    Str prefix;
    if (!value_is_known(call->arguments[1]))
        return function_give(function_unknown(call, &TYPE_BOOL), out);
    prefix = function_text(call, 1);
    if (value_is_known(*text))
        return function_give(value_bool(str_starts_with(value_text(*text), prefix)), out);
    /* The known prefix of an unknown string may decide. */
    Str known = text->as.refinement ? text->as.refinement->prefix : STR_EMPTY;
    return function_give(prefix.len <= known.len ? value_bool(str_starts_with(known, prefix))
                                                 : function_unknown(call, &TYPE_BOOL),
                         out);
}

static bool string_ends_with(FunctionCall *call, Value *out, Str *) {
    return function_give(value_bool(str_ends_with(function_text(call, 0), function_text(call, 1))),
                         out);
}

static bool string_contains(FunctionCall *call, Value *out, Str *) {
    return function_give(
        value_bool(str_find(function_text(call, 0), function_text(call, 1), 0) != SIZE_MAX), out);
}

static bool string_indent(FunctionCall *call, Value *out, Str *error) {
    int64_t spaces = 0;
    Str text = function_text(call, 1);
    if (!value_to_int(call->arguments[0], &spaces))
        return function_fail(call, 0, error, "an integer is required");
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    if (spaces < 0)
        return function_fail(call, 0, error, "the number of spaces must not be negative");
    if (lines && (spaces > 1 << 20 || !function_spend(call, 0, lines * (size_t)spaces, error)))
        return function_fail(call, 0, error, "the result would have too much text");
    StrBuf buf = strbuf_new(call->arena);
    for (size_t i = 0; i < text.len; i++) {
        strbuf_add_char(&buf, text.ptr[i]);
        if (text.ptr[i] == '\n')
            strbuf_add_repeat(&buf, ' ', (size_t)spaces);
    }
    return function_give_text(call, strbuf_str(&buf), out);
}

static bool join_list(FunctionCall *call, size_t argument, StrBuf *buf, bool *is_first,
                      Str *error) {
    Str separator = function_text(call, 0);
    Value list = call->arguments[argument];
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_null(item))
            return function_fail(
                call, argument, error,
                "element %zu of list %zu is null; remove nulls, for example with compact", i,
                argument - 1);
        if (!*is_first)
            strbuf_add(buf, separator);
        strbuf_add(buf, value_text(item));
        *is_first = false;
        if (!function_spend(call, 0, separator.len + item.count, error))
            return false;
    }
    return true;
}

static bool string_join(FunctionCall *call, Value *out, Str *error) {
    StrBuf buf = strbuf_new(call->arena);
    bool is_first = true;
    if (call->count < 2)
        return function_fail(call, SIZE_MAX, error, "at least one list is required");
    for (size_t i = 1; i < call->count; i++) {
        if (!value_is_wholly_known(call->arguments[i]))
            return function_give(function_unknown(call, &TYPE_STRING), out);
    }
    for (size_t i = 1; i < call->count; i++)
        if (!join_list(call, i, &buf, &is_first, error))
            return false;
    return function_give_text(call, strbuf_str(&buf), out);
}

/* Returns the next piece of the text, up to the separator; one character if the separator is
 * empty. */
static Str split_next(Str *rest, Str separator, bool *is_last) {
    size_t width = 0;
    size_t end = separator.len ? str_find(*rest, separator, 0) : SIZE_MAX;
    if (!separator.len && rest->len) {
        utf8_decode(*rest, 0, &width);
        end = width < rest->len ? width : SIZE_MAX;
    }
    *is_last = end == SIZE_MAX;
    Str piece = *is_last ? *rest : str_slice(*rest, 0, end);
    *rest = *is_last ? STR_EMPTY : str_after(*rest, end + separator.len);
    return piece;
}

static bool string_split(FunctionCall *call, Value *out, Str *error) {
    Str separator = function_text(call, 0);
    Str rest = function_text(call, 1);
    ValueVec pieces = {0};
    bool is_last = !separator.len && !rest.len;
    if (!function_spend(call, rest.len, rest.len, error))
        return false;
    while (!is_last) {
        Str piece = split_next(&rest, separator, &is_last);
        vec_push(call->arena, &pieces, value_string(piece, call->arena));
    }
    return function_give(value_list(&TYPE_STRING, pieces.items, pieces.count, call->arena), out);
}

static bool string_reverse(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    char *reversed = arena_alloc(call->arena, text.len);
    size_t end = 0;
    for (size_t at = 0; at < text.len; at = end) {
        end = utf8_grapheme_end(text, at);
        memcpy(reversed + text.len - end, text.ptr + at, end - at);
    }
    return function_give_text(call, (Str){reversed, text.len}, out);
}

/* Returns the offset after `count` graphemes, or the length of the text if it has fewer. */
static size_t grapheme_offset(Str text, size_t from, int64_t count) {
    while (count-- > 0 && from < text.len)
        from = utf8_grapheme_end(text, from);
    return from;
}

static bool string_substr(FunctionCall *call, Value *out, Str *error) {
    Str text = function_text(call, 0);
    int64_t offset = 0;
    int64_t length = 0;
    if (!value_to_int(call->arguments[1], &offset))
        return function_fail(call, 1, error, "an integer is required");
    if (!value_to_int(call->arguments[2], &length))
        return function_fail(call, 2, error, "an integer is required");
    bool is_from_end = offset < 0;
    if (is_from_end)
        offset += (int64_t)utf8_grapheme_count(text);
    size_t start = grapheme_offset(text, 0, offset);
    /* As in Terraform, an offset from the end with length 0 also returns the whole rest. */
    bool takes_rest = length < 0 || (is_from_end && length == 0);
    size_t end = takes_rest ? text.len : grapheme_offset(text, start, length);
    return function_give_text(call, str_slice(text, start, end), out);
}

static bool is_trimmed(const FunctionCall *call, uint32_t c) {
    size_t width = 0;
    if (call->count == 1)
        return utf8_is_space(c);
    Str cutset = function_text(call, 1);
    for (size_t at = 0; at < cutset.len; at += width)
        if (utf8_decode(cutset, at, &width) == c)
            return true;
    return false;
}

/* Removes the characters of the second argument at both ends, or white space without one. */
static bool string_trim(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    size_t width = 0;
    while (text.len && is_trimmed(call, utf8_decode(text, 0, &width)))
        text = str_after(text, width);
    while (text.len) {
        size_t start = text.len - 1;
        while (start > 0 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        if (!is_trimmed(call, utf8_decode(text, start, &width)))
            break;
        text.len = start;
    }
    return function_give_text(call, text, out);
}

static bool string_trim_prefix(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    Str prefix = function_text(call, 1);
    return function_give_text(
        call, str_starts_with(text, prefix) ? str_after(text, prefix.len) : text, out);
}

static bool string_trim_suffix(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    Str suffix = function_text(call, 1);
    if (str_ends_with(text, suffix))
        text.len -= suffix.len;
    return function_give_text(call, text, out);
}

/* clang-format off */
static const Function string_functions[] = {
    {
        .name = "chomp",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_chomp,
        .description = "The string without the newlines at its end.",
        .example = "chomp(\"hello\\n\") = \"hello\"",
    },
    {
        .name = "endswith",
        PARAMETERS({"str", &TYPE_STRING}, {"suffix", &TYPE_STRING}),
        .type = &TYPE_BOOL,
        .run = string_ends_with,
        .description = "Whether the string ends with the suffix.",
        .example = "endswith(\"hello world\", \"world\") = true",
    },
    {
        .name = "indent",
        PARAMETERS({"spaces", &TYPE_NUMBER, 0,
                    "Number of spaces before each line except the first."},
                   {"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_indent,
        .description = "The string with spaces added before each line except the first.",
        .example = "indent(2, \"a\\nb\") = \"a\\n  b\"",
    },
    {
        .name = "join",
        PARAMETERS({"separator", &TYPE_STRING, 0, "Separator between the elements."}),
        VARIADIC({"lists", &TYPE_LIST_OF_STRING, 0, "Lists of strings, which are concatenated."}),
        .type = &TYPE_STRING,
        .run = string_join,
        .description = "All elements of the lists as one string, with a separator between them.",
        .example = "join(\"-\", [\"a\", \"b\"]) = \"a-b\"",
    },
    {
        .name = "lower",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_lower,
        .description = "The string in lower case.",
        .example = "lower(\"HELLO\") = \"hello\"",
    },
    {
        .name = "split",
        PARAMETERS({"separator", &TYPE_STRING}, {"str", &TYPE_STRING}),
        .type = &TYPE_LIST_OF_STRING,
        .run = string_split,
        .description = "The parts of the string between the separators.",
        .example = "split(\",\", \"a,b\") = tolist([\"a\", \"b\"])",
    },
    {
        .name = "startswith",
        PARAMETERS({"str", &TYPE_STRING, PARAMETER_UNKNOWN}, {"prefix", &TYPE_STRING}),
        .type = &TYPE_BOOL,
        .run = string_starts_with,
        .description = "Whether the string begins with the prefix.",
        .example = "startswith(\"hello world\", \"hello\") = true",
    },
    {
        .name = "strcontains",
        .can_be_null = true,
        PARAMETERS({"str", &TYPE_STRING}, {"substr", &TYPE_STRING}),
        .type = &TYPE_BOOL,
        .run = string_contains,
        .description = "Whether the string contains the other string.",
        .example = "strcontains(\"hello\", \"ell\") = true",
    },
    {
        .name = "strrev",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_reverse,
        .description = "The characters of the string in reverse order.",
        .example = "strrev(\"hello\") = \"olleh\"",
    },
    {
        .name = "substr",
        PARAMETERS({"str", &TYPE_STRING},
                   {"offset", &TYPE_NUMBER, 0,
                    "Offset in characters; a negative one counts from the end."},
                   {"length", &TYPE_NUMBER, 0, "Length in characters; -1: all remaining."}),
        .type = &TYPE_STRING,
        .run = string_substr,
        .description = "Characters of the string from an offset on; a negative offset counts from the end, and the length -1 means all remaining.",
        .example = "substr(\"hello\", 1, 3) = \"ell\"",
    },
    {
        .name = "title",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_title,
        .description = "The string with the first letter of each word in title case.",
        .example = "title(\"hello world\") = \"Hello World\"",
    },
    {
        .name = "trim",
        PARAMETERS({"str", &TYPE_STRING},
                   {"cutset", &TYPE_STRING, 0, "Characters to remove."}),
        .type = &TYPE_STRING,
        .run = string_trim,
        .description = "The string without the given characters at both ends.",
        .example = "trim(\"?!hello?!\", \"!?\") = \"hello\"",
    },
    {
        .name = "trimprefix",
        PARAMETERS({"str", &TYPE_STRING}, {"prefix", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_trim_prefix,
        .description = "The string without the prefix, if it has one.",
        .example = "trimprefix(\"helloworld\", \"hello\") = \"world\"",
    },
    {
        .name = "trimspace",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_trim,
        .description = "The string without white space at both ends.",
        .example = "trimspace(\"  hello\\n\") = \"hello\"",
    },
    {
        .name = "trimsuffix",
        PARAMETERS({"str", &TYPE_STRING}, {"suffix", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_trim_suffix,
        .description = "The string without the suffix, if it has one.",
        .example = "trimsuffix(\"helloworld\", \"world\") = \"hello\"",
    },
    {
        .name = "upper",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = string_upper,
        .description = "The string in upper case.",
        .example = "upper(\"hello\") = \"HELLO\"",
    },
};
/* clang-format on */

const FunctionFamily functions_string = {string_functions, ARRAY_COUNT(string_functions)};
