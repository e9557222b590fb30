/* encoding: functions for base64, character sets and URLs. */
#include "functions.h"

#include "base64.h"
#include "gzip.h"
#include "hex.h"
#include "str_quote.h"
#include "utf8.h"

#include <errno.h>
#include <iconv.h>

typedef struct Charset {
    Str name;          /* canonical name of IANA */
    const char *iconv; /* name in iconv */
} Charset;

/* `name`: canonical name, for errors. `iconv`: name in iconv. `aliases`: all names in lower case,
 * separated by spaces. */
typedef struct Row {
    const char *name;
    const char *iconv;
    const char *aliases;
} Row;

/* clang-format off */
static const Row charsets[] = {
    {"Big5", "BIG5", "big5 csbig5"},
    {"EUC-KR", "EUC-KR", "cseuckr euc-kr"},
    {"Extended_UNIX_Code_Packed_Format_for_Japanese", "EUC-JP", "cseucpkdfmtjapanese euc-jp extended_unix_code_packed_format_for_japanese"},
    {"GB18030", "GB18030", "csgb18030 gb18030"},
    {"GBK", "GBK", "cp936 csgbk gbk ms936 windows-936"},
    {"IBM00858", "CP858", "ccsid00858 cp00858 csibm00858 ibm00858 pc-multilingual-850+euro"},
    {"IBM01140", "IBM1140", "ccsid01140 cp01140 csibm01140 ebcdic-us-37+euro ibm01140"},
    {"IBM037", "IBM037", "cp037 csibm037 ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-us ebcdic-cp-wt ibm037"},
    {"IBM1047", "IBM1047", "csibm1047 ibm-1047 ibm1047"},
    {"IBM437", "IBM437", "437 cp437 cspc8codepage437 ibm437"},
    {"IBM850", "IBM850", "850 cp850 cspc850multilingual ibm850"},
    {"IBM852", "IBM852", "852 cp852 cspcp852 ibm852"},
    {"IBM855", "IBM855", "855 cp855 csibm855 ibm855"},
    {"IBM860", "IBM860", "860 cp860 csibm860 ibm860"},
    {"IBM862", "IBM862", "862 cp862 cspc862latinhebrew ibm862"},
    {"IBM863", "IBM863", "863 cp863 csibm863 ibm863"},
    {"IBM865", "IBM865", "865 cp865 csibm865 ibm865"},
    {"IBM866", "IBM866", "866 cp866 csibm866 ibm866"},
    {"ISO-2022-JP", "ISO-2022-JP", "csiso2022jp iso-2022-jp"},
    {"ISO-8859-10", "ISO-8859-10", "csisolatin6 iso-8859-10 iso-ir-157 iso_8859-10:1992 l6 latin6"},
    {"ISO-8859-13", "ISO-8859-13", "csiso885913 iso-8859-13"},
    {"ISO-8859-14", "ISO-8859-14", "csiso885914 iso-8859-14 iso-celtic iso-ir-199 iso_8859-14 iso_8859-14:1998 l8 latin8"},
    {"ISO-8859-15", "ISO-8859-15", "csiso885915 iso-8859-15 iso_8859-15 latin-9"},
    {"ISO-8859-16", "ISO-8859-16", "csiso885916 iso-8859-16 iso-ir-226 iso_8859-16 iso_8859-16:2001 l10 latin10"},
    {"ISO_8859-1:1987", "ISO-8859-1", "cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso_8859-1 iso_8859-1:1987 l1 latin1"},
    {"ISO_8859-2:1987", "ISO-8859-2", "csisolatin2 iso-8859-2 iso-ir-101 iso_8859-2 iso_8859-2:1987 l2 latin2"},
    {"ISO_8859-3:1988", "ISO-8859-3", "csisolatin3 iso-8859-3 iso-ir-109 iso_8859-3 iso_8859-3:1988 l3 latin3"},
    {"ISO_8859-4:1988", "ISO-8859-4", "csisolatin4 iso-8859-4 iso-ir-110 iso_8859-4 iso_8859-4:1988 l4 latin4"},
    {"ISO_8859-5:1988", "ISO-8859-5", "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso_8859-5 iso_8859-5:1988"},
    {"ISO_8859-6-E", "ISO-8859-6", "csiso88596e iso-8859-6-e iso_8859-6-e"},
    {"ISO_8859-6-I", "ISO-8859-6", "csiso88596i iso-8859-6-i iso_8859-6-i"},
    {"ISO_8859-6:1987", "ISO-8859-6", "arabic asmo-708 csisolatinarabic ecma-114 iso-8859-6 iso-ir-127 iso_8859-6 iso_8859-6:1987"},
    {"ISO_8859-7:1987", "ISO-8859-7", "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso_8859-7 iso_8859-7:1987"},
    {"ISO_8859-8-E", "ISO-8859-8", "csiso88598e iso-8859-8-e iso_8859-8-e"},
    {"ISO_8859-8-I", "ISO-8859-8", "csiso88598i iso-8859-8-i iso_8859-8-i"},
    {"ISO_8859-8:1988", "ISO-8859-8", "csisolatinhebrew hebrew iso-8859-8 iso-ir-138 iso_8859-8 iso_8859-8:1988"},
    {"ISO_8859-9:1989", "ISO-8859-9", "csisolatin5 iso-8859-9 iso-ir-148 iso_8859-9 iso_8859-9:1989 l5 latin5"},
    {"KOI8-R", "KOI8-R", "cskoi8r koi8-r"},
    {"KOI8-U", "KOI8-U", "cskoi8u koi8-u"},
    {"Shift_JIS", "SHIFT_JIS", "csshiftjis ms_kanji shift_jis"},
    {"US-ASCII", "US-ASCII", "ansi_x3.4-1968 ansi_x3.4-1986 cp367 csascii ibm367 iso-ir-6 iso646-us iso_646.irv:1991 us us-ascii"},
    {"UTF-16", "UTF-16BE", "csutf16 utf-16"},
    {"UTF-16BE", "UTF-16BE", "csutf16be utf-16be"},
    {"UTF-16LE", "UTF-16LE", "csutf16le utf-16le"},
    {"UTF-8", "UTF-8", "csutf8 utf-8"},
    {"macintosh", "MACINTOSH", "csmacintosh mac macintosh"},
    {"windows-1250", "CP1250", "cswindows1250 windows-1250"},
    {"windows-1251", "CP1251", "cswindows1251 windows-1251"},
    {"windows-1252", "CP1252", "cswindows1252 windows-1252"},
    {"windows-1253", "CP1253", "cswindows1253 windows-1253"},
    {"windows-1254", "CP1254", "cswindows1254 windows-1254"},
    {"windows-1255", "CP1255", "cswindows1255 windows-1255"},
    {"windows-1256", "CP1256", "cswindows1256 windows-1256"},
    {"windows-1257", "CP1257", "cswindows1257 windows-1257"},
    {"windows-1258", "CP1258", "cswindows1258 windows-1258"},
    {"windows-874", "CP874", "cswindows874 windows-874"},
};
/* clang-format on */

static bool has_alias(const char *aliases, Str name) {
    Str rest = str_from_cstr(aliases);
    while (rest.len) {
        size_t end = str_find_char(rest, ' ', 0);
        end = end == SIZE_MAX ? rest.len : end;
        if (str_equal(str_slice(rest, 0, end), name))
            return true;
        rest = str_after(rest, end < rest.len ? end + 1 : end);
    }
    return false;
}

/* Returns false if no character set has that name. */
static bool find_charset(Str name, Charset *out, Arena *arena) {
    Str small = utf8_lower(str_trim(name), arena);
    for (size_t i = 0; i < ARRAY_COUNT(charsets); i++) {
        if (!small.len || !has_alias(charsets[i].aliases, small))
            continue;
        *out = (Charset){str_from_cstr(charsets[i].name), charsets[i].iconv};
        return true;
    }
    return false;
}

static bool is_base64_symbol(char c) {
    return isalnum((unsigned char)c) || c == '+' || c == '/';
}

/* Decodes base64 and ignores line breaks. On failure *offset is the first invalid character, or
 * 0. */
static bool encoding_base64_bytes(Str text, Str *out, size_t *offset, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    *offset = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n' || c == '\r')
            continue;
        if (!is_base64_symbol(c) && c != '=') {
            *offset = i;
            return false;
        }
        strbuf_add_char(&buf, c);
    }
    if (buf.len == 0) {
        *out = STR_EMPTY;
        return true;
    }
    return base64_decode(strbuf_str(&buf), out, arena);
}

static bool encoding_base64decode(FunctionCall *call, Value *out, Str *error) {
    Str bytes;
    size_t offset = 0;
    if (!encoding_base64_bytes(function_text(call, 0), &bytes, &offset, call->arena))
        return function_fail(call, 0, error, "failed to decode base64 data \"%.*s\"",
                             STR_ARG(function_text(call, 0)));
    if (utf8_valid_prefix(bytes) != bytes.len)
        return function_fail(call, 0, error,
                             "the result of decoding the provided string is not valid UTF-8");
    return function_give_text(call, bytes, out);
}

static bool encoding_base64encode(FunctionCall *call, Value *out, Str *) {
    return function_give_text(call, base64_encode(function_text(call, 0), call->arena), out);
}

static bool encoding_base64gzip(FunctionCall *call, Value *out, Str *error) {
    Str text = function_text(call, 0);
    if (text.len > GZIP_CONTENT_MAX)
        return function_fail(call, 0, error, "the text cannot be compressed");
    Str packed = gzip_pack(text, call->arena);
    return function_give_text(call, base64_encode(packed, call->arena), out);
}

typedef struct Unpacking {
    FunctionCall *call;
    StrBuf text;
    Str *error;
    bool fits; /* in the budget of the evaluation */
} Unpacking;

static bool add_unpacked(void *self, Str piece) {
    Unpacking *unpacking = self;
    unpacking->fits = function_spend(unpacking->call, 0, piece.len, unpacking->error);
    strbuf_add(&unpacking->text, piece);
    return unpacking->fits;
}

static bool encoding_base64gunzip(FunctionCall *call, Value *out, Str *error) {
    Str packed;
    size_t offset = 0;
    Unpacking unpacking = {call, strbuf_new(call->arena), error, true};
    if (!encoding_base64_bytes(function_text(call, 0), &packed, &offset, call->arena))
        return function_fail(call, 0, error, "failed to decode base64 data");
    if (!gzip_unpack_to(packed, add_unpacked, &unpacking))
        return unpacking.fits &&
               function_fail(call, 0, error, "failed to decompress: no complete gzip data");
    Str plain = strbuf_str(&unpacking.text);
    if (utf8_valid_prefix(plain) != plain.len)
        return function_fail(call, 0, error,
                             "the result of decoding the provided string is not valid UTF-8");
    return function_give_text(call, plain, out);
}

typedef struct Converter {
    iconv_t handle;
    Charset charset;
    bool is_open;
} Converter;

static void converter_release(Converter *converter) {
    if (converter->is_open)
        iconv_close(converter->handle);
}
SCOPED_TYPE(Converter, converter_release);

static bool converter_open(FunctionCall *call, bool decodes, Converter *out, Str *error) {
    Str name = function_text(call, 1);
    if (find_charset(name, &out->charset, call->arena)) {
        const char *iconv_name = out->charset.iconv;
        out->handle = decodes ? iconv_open("UTF-8", iconv_name) : iconv_open(iconv_name, "UTF-8");
        out->is_open = out->handle != (iconv_t)-1;
    }
    return out->is_open ||
           function_fail(call, 1, error,
                         "\"%.*s\" is not a supported IANA encoding name or alias in this "
                         "version of loam",
                         STR_ARG(name));
}

/* Returns false if the text is invalid in its character set, or the target lacks a character. */
static bool converter_run(const Converter *converter, Str text, StrBuf *out) {
    char chunk[1024];
    char *in = (char *)(uintptr_t)text.ptr;
    size_t left = text.len;
    bool flushes = false;
    for (;;) {
        char *to = chunk;
        size_t room = sizeof(chunk);
        size_t result = iconv(converter->handle, flushes ? NULL : &in, &left, &to, &room);
        strbuf_add(out, (Str){chunk, sizeof(chunk) - room});
        if (result == (size_t)-1 && errno != E2BIG)
            return false;
        if (result == (size_t)-1)
            continue;
        if (result > 0 && !flushes)
            return false; /* iconv substituted a character */
        if (flushes)
            return true;
        flushes = true;
    }
}

static bool is_utf16(const Converter *converter) {
    return str_equal(converter->charset.name, STR("UTF-16"));
}

static bool encoding_textencodebase64(FunctionCall *call, Value *out, Str *error) {
    SCOPED(Converter) converter = {0};
    StrBuf bytes = strbuf_new(call->arena);
    if (!converter_open(call, false, &converter, error))
        return false;
    if (is_utf16(&converter))
        strbuf_add(&bytes, STR("\xfe\xff"));
    if (!converter_run(&converter, function_text(call, 0), &bytes))
        return function_fail(
            call, 0, error,
            "the given string contains characters that cannot be represented in %.*s",
            STR_ARG(converter.charset.name));
    return function_give_text(call, base64_encode(strbuf_str(&bytes), call->arena), out);
}

static bool encoding_textdecodebase64(FunctionCall *call, Value *out, Str *error) {
    SCOPED(Converter) converter = {0};
    StrBuf text = strbuf_new(call->arena);
    Str bytes;
    size_t offset = 0;
    if (!converter_open(call, true, &converter, error))
        return false;
    if (!encoding_base64_bytes(function_text(call, 0), &bytes, &offset, call->arena))
        return function_fail(call, 0, error,
                             "the given value is has an invalid base64 symbol at offset %zu",
                             offset);
    if (is_utf16(&converter) && str_starts_with(bytes, STR("\xfe\xff")))
        bytes = str_after(bytes, 2);
    if (!converter_run(&converter, bytes, &text))
        return function_fail(call, 0, error,
                             "the given string contains symbols that are not defined for %.*s",
                             STR_ARG(converter.charset.name));
    return function_give_text(call, strbuf_str(&text), out);
}

static bool encoding_urlencode(FunctionCall *call, Value *out, Str *) {
    Str text = function_text(call, 0);
    StrBuf buf = strbuf_new(call->arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = c < 0x80 && (isalnum(c) || (c && strchr("-_.~", c)));
        if (is_plain)
            strbuf_add_char(&buf, (char)c);
        else if (c == ' ')
            strbuf_add_char(&buf, '+');
        else
            strbuf_add_format(&buf, "%%%02X", c);
    }
    return function_give_text(call, strbuf_str(&buf), out);
}

static bool encoding_urldecode(FunctionCall *call, Value *out, Str *error) {
    Str text = function_text(call, 0);
    StrBuf buf = strbuf_new(call->arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c != '%') {
            strbuf_add_char(&buf, c == '+' ? ' ' : c);
            continue;
        }
        Str byte;
        Str digits = str_slice(text, i + 1, i + 3);
        if (digits.len < 2 || !hex_decode(digits, &byte, call->arena))
            return function_fail(call, 0, error, "failed to decode URL: invalid URL escape %.*s",
                                 STR_ARG(str_quote(str_slice(text, i, i + 3), call->arena)));
        strbuf_add(&buf, byte);
        i += 2;
    }
    return function_give_text(call, strbuf_str(&buf), out);
}

/* clang-format off */
static const Function encoding_functions[] = {
    {
        .name = "base64decode", .blames_call = true,
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_base64decode,
        .description = "The text that is encoded in base64.",
        .example = "base64decode(\"SGVsbG8=\") = \"Hello\"",
    },
    {
        .name = "base64encode",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_base64encode,
        .description = "The bytes of the string in base64.",
        .example = "base64encode(\"Hello\") = \"SGVsbG8=\"",
    },
    {
        .name = "base64gunzip", .blames_call = true,
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_base64gunzip,
        .description = "The text of gzip data in base64.",
        .example = "base64gunzip(base64gzip(\"a\")) = \"a\"",
    },
    {
        .name = "base64gzip",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_base64gzip,
        .description = "The string compressed by gzip, in base64.",
        .example = "startswith(base64gzip(\"a\"), \"H4sI\") = true",
    },
    {
        .name = "textdecodebase64",
        PARAMETERS({"source", &TYPE_STRING}, {"encoding", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_textdecodebase64,
        .description = "The text of base64 data in the given character set.",
        .example = "textdecodebase64(\"SABpAA==\", \"UTF-16LE\") = \"Hi\"",
    },
    {
        .name = "textencodebase64",
        PARAMETERS({"string", &TYPE_STRING}, {"encoding", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_textencodebase64,
        .description = "The string in the given character set, in base64.",
        .example = "textencodebase64(\"Hi\", \"UTF-16LE\") = \"SABpAA==\"",
    },
    {
        .name = "urldecode",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_urldecode,
        .description = "The text with %XX escapes and plus signs of a URL query decoded.",
        .example = "urldecode(\"a+b%21\") = \"a b!\"",
    },
    {
        .name = "urlencode",
        PARAMETERS({"str", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = encoding_urlencode,
        .description = "The string, escaped for a URL query.",
        .example = "urlencode(\"a b!\") = \"a+b%21\"",
    },
};
/* clang-format on */

const FunctionFamily functions_encoding = {encoding_functions, ARRAY_COUNT(encoding_functions)};
