/* json_reader: reads JSON tokens with a state machine; `expect` holds which tokens may follow. */
#include "json_reader.h"

#include "utf8.h"

typedef enum Expect {
    EXPECT_VALUE,        /* after a key, after a comma in an array, or at the start */
    EXPECT_VALUE_OR_END, /* after [ */
    EXPECT_KEY_OR_END,   /* after { */
    EXPECT_COMMA_OR_END, /* after a value in brackets */
    EXPECT_NOTHING,      /* after the whole value */
} Expect;

JsonReader json_reader_new(Str bytes, Arena *arena) {
    return (JsonReader){.bytes = bytes, .arena = arena, .expect = EXPECT_VALUE};
}

static JsonToken bad(JsonReader *reader, size_t at, Str message) {
    reader->error = str_to_cstr(message, reader->arena);
    reader->start = at;
    reader->end = at;
    reader->at = at;
    return JSON_BAD;
}

/* Returns the character at `at` as error messages quote it. */
static Str show_character(const JsonReader *reader, size_t at) {
    size_t width = 1;
    uint32_t c = utf8_decode(reader->bytes, at, &width);
    switch (c) {
    case '\n': return STR("\\n");
    case '\r': return STR("\\r");
    case '\t': return STR("\\t");
    case '\\': return STR("\\\\");
    case '\'': return STR("\\'");
    default: break;
    }
    Str shown = str_slice(reader->bytes, at, at + width);
    if (c >= 0x20 && c != 0x7F && c != 0xFFFD)
        return shown;
    return str_format(reader->arena, "\\x%02x", (unsigned)(unsigned char)shown.ptr[0]);
}

/* Sets the error "invalid character 'x' <where>", or the error for an unexpected end of text. */
static JsonToken bad_character(JsonReader *reader, size_t at, const char *where) {
    if (at >= reader->bytes.len) {
        return bad(reader, reader->bytes.len, STR("unexpected end of JSON input"));
    }
    Str shown = show_character(reader, at);
    return bad(reader, at,
               str_format(reader->arena, "invalid character '%.*s' %s", STR_ARG(shown), where));
}

static int byte_at(const JsonReader *reader, size_t at) {
    return at < reader->bytes.len ? (unsigned char)reader->bytes.ptr[at] : -1;
}

static void reader_skip_blanks(JsonReader *reader) {
    const char *ptr = reader->bytes.ptr;
    size_t at = reader->at;
    while (at < reader->bytes.len &&
           (ptr[at] == ' ' || ptr[at] == '\n' || ptr[at] == '\r' || ptr[at] == '\t')) {
        at++;
    }
    reader->at = at;
}

/* Returns whether the innermost open bracket, of which there must be one, is that of an object. */
static bool in_object(const JsonReader *reader) {
    uint32_t top = reader->depth - 1;
    return (reader->stack[top / 8] >> (top % 8) & 1) != 0;
}

static JsonToken reader_finish(JsonReader *reader, JsonToken token, size_t end) {
    reader->at = end;
    reader->end = end;
    reader->expect = reader->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
    return token;
}

static JsonToken reader_open_bracket(JsonReader *reader, bool is_object) {
    if (reader->depth >= JSON_DEPTH_MAX)
        return bad(reader, reader->at, STR("brackets are nested more than 256 levels deep"));
    uint8_t *byte = &reader->stack[reader->depth / 8];
    uint8_t bit = (uint8_t)(1U << (reader->depth % 8));
    *byte = (uint8_t)(is_object ? *byte | bit : *byte & ~bit);
    reader->depth++;
    reader->at++;
    reader->end = reader->at;
    reader->expect = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return is_object ? JSON_OBJECT_START : JSON_ARRAY_START;
}

static JsonToken reader_close_bracket(JsonReader *reader) {
    JsonToken token = in_object(reader) ? JSON_OBJECT_END : JSON_ARRAY_END;
    reader->depth--;
    return reader_finish(reader, token, reader->at + 1);
}

static JsonToken read_literal(JsonReader *reader, const char *literal, JsonToken token) {
    size_t length = strlen(literal);
    for (size_t i = 1; i < length; i++) {
        if (byte_at(reader, reader->at + i) == literal[i])
            continue;
        Str where =
            str_format(reader->arena, "in literal %s (expecting '%c')", literal, literal[i]);
        return bad_character(reader, reader->at + i, str_to_cstr(where, reader->arena));
    }
    return reader_finish(reader, token, reader->at + length);
}

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

static size_t skip_digits(const JsonReader *reader, size_t at) {
    while (is_digit(byte_at(reader, at)))
        at++;
    return at;
}

static JsonToken reader_read_number(JsonReader *reader) {
    size_t at = reader->at;
    if (byte_at(reader, at) == '-')
        at++;
    if (!is_digit(byte_at(reader, at)))
        return bad_character(reader, at, "in numeric literal");
    at = byte_at(reader, at) == '0' ? at + 1 : skip_digits(reader, at);
    if (byte_at(reader, at) == '.') {
        at++;
        if (!is_digit(byte_at(reader, at))) {
            return bad_character(reader, at, "after decimal point in numeric literal");
        }
        at = skip_digits(reader, at);
    }
    if ((byte_at(reader, at) | 0x20) == 'e') {
        at++;
        if (byte_at(reader, at) == '+' || byte_at(reader, at) == '-')
            at++;
        if (!is_digit(byte_at(reader, at))) {
            return bad_character(reader, at, "in exponent of numeric literal");
        }
        at = skip_digits(reader, at);
    }
    reader->text = str_slice(reader->bytes, reader->at, at);
    return reader_finish(reader, JSON_NUMBER, at);
}

#define ONES  0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

/* Returns a word with a high bit set if any of its eight bytes is a quote, a backslash, a control
 * character or not ASCII. The caller then scans that word byte by byte. */
static uint64_t special_bytes(uint64_t word) {
    uint64_t quote = word ^ (ONES * '"');
    uint64_t backslash = word ^ (ONES * '\\');
    uint64_t found = (quote - ONES) | (backslash - ONES) | (word - ONES * 0x20) | word;
    return found & HIGHS;
}

/* Returns the first position from `at` on of a quote, backslash or control character, or the end.
 * Clears *ascii if it passes a byte that is not ASCII. */
static size_t skip_plain(const JsonReader *reader, size_t at, bool *ascii) {
    const unsigned char *ptr = (const unsigned char *)reader->bytes.ptr;
    size_t len = reader->bytes.len;
    while (at < len) {
        uint64_t word = 0;
        while (at + sizeof(word) <= len) {
            memcpy(&word, ptr + at, sizeof(word));
            if (special_bytes(word))
                break;
            at += sizeof(word);
        }
        size_t stop = at + sizeof(word) < len ? at + sizeof(word) : len;
        for (; at < stop; at++) {
            if (ptr[at] == '"' || ptr[at] == '\\' || ptr[at] < 0x20)
                return at;
            if (ptr[at] >= 0x80)
                *ascii = false;
        }
    }
    return at;
}

/* Reads four hexadecimal digits; on failure returns false after setting the error. */
static bool read_hex(JsonReader *reader, size_t at, uint32_t *out) {
    *out = 0;
    for (size_t i = at; i < at + 4; i++) {
        int c = byte_at(reader, i);
        if (!isxdigit(c)) { /* -1, the end, is EOF */
            bad_character(reader, i, "in \\u hexadecimal character escape");
            return false;
        }
        *out = *out << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return true;
}

/* Reads \uXXXX; *at is at the "u". An unpaired surrogate becomes U+FFFD, as in utf8_add. */
static bool read_unicode_escape(JsonReader *reader, size_t *at, StrBuf *buf) {
    uint32_t high, low;
    if (!read_hex(reader, *at + 1, &high))
        return false;
    *at += 5;
    if (high < 0xD800 || high > 0xDBFF || byte_at(reader, *at) != '\\' ||
        byte_at(reader, *at + 1) != 'u') {
        utf8_add(buf, high);
        return true;
    }
    if (!read_hex(reader, *at + 2, &low))
        return false;
    bool is_pair = low >= 0xDC00 && low <= 0xDFFF;
    utf8_add(buf, is_pair ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : high);
    if (is_pair)
        *at += 6;
    return true;
}

/* Reads one escape; *at is after the backslash. */
static bool reader_read_escape(JsonReader *reader, size_t *at, StrBuf *buf) {
    char plain = '\0';
    switch (byte_at(reader, *at)) {
    case '"': plain = '"'; break;
    case '\\': plain = '\\'; break;
    case '/': plain = '/'; break;
    case 'b': plain = '\b'; break;
    case 'f': plain = '\f'; break;
    case 'n': plain = '\n'; break;
    case 'r': plain = '\r'; break;
    case 't': plain = '\t'; break;
    case 'u': return read_unicode_escape(reader, at, buf);
    default: bad_character(reader, *at, "in string escape code"); return false;
    }
    strbuf_add_char(buf, plain);
    (*at)++;
    return true;
}

/* Reads a string that contains escapes. All text from `start` to *at is free of escapes. */
static bool read_escaped(JsonReader *reader, size_t start, size_t *at) {
    StrBuf buf = strbuf_new(reader->arena);
    for (;;) {
        strbuf_add(&buf, str_slice(reader->bytes, start, *at));
        if (byte_at(reader, *at) == '"')
            break;
        if (byte_at(reader, *at) != '\\') {
            bad_character(reader, *at, "in string literal");
            return false;
        }
        (*at)++;
        if (!reader_read_escape(reader, at, &buf))
            return false;
        start = *at;
        *at = skip_plain(reader, start, &reader->is_ascii);
    }
    reader->text = strbuf_str(&buf);
    for (size_t i = 0; i < buf.len && reader->is_ascii; i++) {
        reader->is_ascii = (unsigned char)buf.ptr[i] < 0x80;
    }
    return true;
}

/* Replaces each byte that is not valid UTF-8 with U+FFFD. */
static Str mend_utf8(Str text, Arena *arena) {
    size_t valid = utf8_valid_prefix(text);
    if (valid == text.len)
        return text;
    StrBuf buf = strbuf_new(arena);
    while (text.len > 0) {
        strbuf_add(&buf, str_slice(text, 0, valid));
        text = str_after(text, valid);
        if (text.len == 0)
            break;
        utf8_add(&buf, 0xFFFD);
        text = str_after(text, 1);
        valid = utf8_valid_prefix(text);
    }
    return strbuf_str(&buf);
}

/* Reads a string; the reader is at the opening quote. Sets *end after the closing quote. */
static bool reader_read_string(JsonReader *reader, size_t *end) {
    size_t start = reader->at + 1;
    reader->is_ascii = true;
    size_t at = skip_plain(reader, start, &reader->is_ascii);
    if (byte_at(reader, at) == '"') {
        reader->text = (Str){reader->bytes.ptr + start, at - start};
    } else if (!read_escaped(reader, start, &at)) {
        return false;
    }
    if (!reader->is_ascii)
        reader->text = mend_utf8(reader->text, reader->arena);
    *end = at + 1;
    return true;
}

static JsonToken reader_read_value(JsonReader *reader) {
    size_t end;
    int c = byte_at(reader, reader->at);
    switch (c) {
    case '{': return reader_open_bracket(reader, true);
    case '[': return reader_open_bracket(reader, false);
    case '"':
        return reader_read_string(reader, &end) ? reader_finish(reader, JSON_STRING, end)
                                                : JSON_BAD;
    case 't': return read_literal(reader, "true", JSON_TRUE);
    case 'f': return read_literal(reader, "false", JSON_FALSE);
    case 'n': return read_literal(reader, "null", JSON_NULL);
    default: break;
    }
    if (c == '-' || is_digit(c))
        return reader_read_number(reader);
    return bad_character(reader, reader->at, "looking for beginning of value");
}

/* Reads a key and its colon. */
static JsonToken reader_read_key(JsonReader *reader) {
    size_t end;
    if (byte_at(reader, reader->at) != '"') {
        return bad_character(reader, reader->at, "looking for beginning of object key string");
    }
    if (!reader_read_string(reader, &end))
        return JSON_BAD;
    reader->at = end;
    reader_skip_blanks(reader);
    if (byte_at(reader, reader->at) != ':') {
        return bad_character(reader, reader->at, "after object key");
    }
    reader->at++;
    reader->end = end;
    reader->expect = EXPECT_VALUE;
    return JSON_KEY;
}

static JsonToken read_behind_value(JsonReader *reader) {
    int c = byte_at(reader, reader->at);
    bool object = in_object(reader);
    if (c == (object ? '}' : ']'))
        return reader_close_bracket(reader);
    if (c != ',') {
        const char *where = object ? "after object key:value pair" : "after array element";
        return bad_character(reader, reader->at, where);
    }
    reader->at++;
    reader_skip_blanks(reader);
    reader->start = reader->at;
    return object ? reader_read_key(reader) : reader_read_value(reader);
}

JsonToken json_next(JsonReader *reader) {
    if (reader->error)
        return JSON_BAD;
    reader_skip_blanks(reader);
    reader->start = reader->at;
    switch ((Expect)reader->expect) {
    case EXPECT_VALUE: return reader_read_value(reader);
    case EXPECT_VALUE_OR_END:
        return byte_at(reader, reader->at) == ']' ? reader_close_bracket(reader)
                                                  : reader_read_value(reader);
    case EXPECT_KEY_OR_END:
        return byte_at(reader, reader->at) == '}' ? reader_close_bracket(reader)
                                                  : reader_read_key(reader);
    case EXPECT_COMMA_OR_END: return read_behind_value(reader);
    case EXPECT_NOTHING: break;
    }
    if (reader->at < reader->bytes.len) {
        return bad_character(reader, reader->at, "after top-level value");
    }
    reader->end = reader->at;
    return JSON_END;
}

JsonToken json_peek(JsonReader *reader) {
    JsonReader ahead = *reader;
    return json_next(&ahead);
}

bool json_skip(JsonReader *reader, JsonToken token, Str *out) {
    size_t start = reader->start;
    uint32_t depth = reader->depth;
    if (token == JSON_OBJECT_START || token == JSON_ARRAY_START) {
        while (reader->depth >= depth && token != JSON_BAD)
            token = json_next(reader);
    }
    if (token == JSON_BAD)
        return false;
    *out = str_slice(reader->bytes, start, reader->end);
    return true;
}

bool json_next_member(JsonReader *reader, Str *key, Str *value) {
    if (json_next(reader) != JSON_KEY)
        return false;
    *key = reader->text;
    return json_skip(reader, json_next(reader), value);
}
