/* address_parse: splits text into steps (names and bracketed keys) and builds an address from them.
 * The text comes from a command line, a state file or a moved block. Errors quote it and say which
 * part is wrong. */
#include "address.h"
#include "utf8.h"

typedef struct Step {
    bool is_key;
    Str name;
    InstanceKey key;
} Step;

typedef struct Parser {
    Str text;
    size_t at;
    VEC(Step) steps;
    size_t next; /* index of the next step */
    bool allows_unknown_keys;
    Arena *arena;
    Diags *diags;
} Parser;

PRINTF_LIKE(2, 3) static bool address_parse_fail(Parser *parser, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str reason = str_vformat(parser->arena, format, args);
    va_end(args);
    return diags_fail(parser->diags, NO_RANGE, "Invalid address", "In the address \"%.*s\", %.*s",
                      STR_ARG(parser->text), STR_ARG(reason));
}

static void address_parse_skip_blanks(Parser *parser) {
    while (parser->at < parser->text.len && parser->text.ptr[parser->at] == ' ')
        parser->at++;
}

static bool at_char(const Parser *parser, char c) {
    return parser->at < parser->text.len && parser->text.ptr[parser->at] == c;
}

static Str scan_identifier(Parser *parser) {
    size_t start = parser->at;
    while (parser->at < parser->text.len) {
        size_t width;
        uint32_t c = utf8_decode(parser->text, parser->at, &width);
        bool first = parser->at == start;
        bool fits = c == '_' || (first ? utf8_is_id_start(c) : c == '-' || utf8_is_id_continue(c));
        if (!fits)
            break;
        parser->at += width;
    }
    return str_slice(parser->text, start, parser->at);
}

static bool scan_integer(Parser *parser, InstanceKey *out) {
    size_t start = parser->at;
    while (parser->at < parser->text.len && parser->text.ptr[parser->at] >= '0' &&
           parser->text.ptr[parser->at] <= '9') {
        parser->at++;
    }
    Str digits = str_slice(parser->text, start, parser->at);
    out->kind = KEY_INT;
    if (at_char(parser, '.'))
        return address_parse_fail(parser, "an instance key is a fraction; it must be an integer.");
    if (!str_to_int64(digits, &out->index)) {
        return address_parse_fail(parser, "the instance key %.*s is too large.", STR_ARG(digits));
    }
    return true;
}

static bool scan_codepoint(Parser *parser, size_t digits, StrBuf *buf) {
    uint32_t codepoint = 0;
    for (size_t i = 0; i < digits; i++, parser->at++) {
        int c = parser->at < parser->text.len ? (unsigned char)parser->text.ptr[parser->at] : 0;
        if (!isxdigit(c))
            return address_parse_fail(parser, "an escape needs %zu hexadecimal digits.", digits);
        int low = c | 0x20;
        codepoint = codepoint << 4 | (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
    }
    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF)) {
        return address_parse_fail(parser, "an escape is invalid.");
    }
    utf8_add(buf, codepoint);
    return true;
}

/* Reads one escape; the parser is after the backslash. */
static bool scan_escape(Parser *parser, StrBuf *buf) {
    char c = parser->at < parser->text.len ? parser->text.ptr[parser->at++] : '\0';
    switch (c) {
    case 'n': strbuf_add_char(buf, '\n'); return true;
    case 'r': strbuf_add_char(buf, '\r'); return true;
    case 't': strbuf_add_char(buf, '\t'); return true;
    case '"':
    case '\\': strbuf_add_char(buf, c); return true;
    case 'u': return scan_codepoint(parser, 4, buf);
    case 'U': return scan_codepoint(parser, 8, buf);
    default:
        return address_parse_fail(
            parser, "a backslash must be followed by one of n, r, t, u, U, \\ and \".");
    }
}

/* "$" and "%" before "{" would begin a template; doubled, they stand for themselves. */
static bool scan_dollar_or_percent(Parser *parser, StrBuf *buf) {
    Str rest = str_after(parser->text, parser->at);
    char c = rest.ptr[0];
    if (rest.len >= 3 && rest.ptr[1] == c && rest.ptr[2] == '{') {
        strbuf_add(buf, str_slice(rest, 1, 3));
        parser->at += 3;
        return true;
    }
    if (rest.len >= 2 && rest.ptr[1] == '{') {
        return address_parse_fail(
            parser,
            "an instance key contains a template; only literal text is allowed (write "
            "%c%c{ for the characters themselves).",
            c, c);
    }
    strbuf_add_char(buf, c);
    parser->at++;
    return true;
}

static bool scan_string(Parser *parser, InstanceKey *out) {
    StrBuf buf = strbuf_new(parser->arena);
    parser->at++;
    while (!at_char(parser, '"')) {
        if (parser->at >= parser->text.len) {
            return address_parse_fail(parser, "the closing quote of an instance key is missing.");
        }
        char c = parser->text.ptr[parser->at];
        if (c == '\\') {
            parser->at++;
            if (!scan_escape(parser, &buf))
                return false;
        } else if (c == '$' || c == '%') {
            if (!scan_dollar_or_percent(parser, &buf))
                return false;
        } else {
            strbuf_add_char(&buf, c);
            parser->at++;
        }
    }
    parser->at++;
    *out = (InstanceKey){.kind = KEY_STRING, .text = utf8_nfc(strbuf_str(&buf), parser->arena)};
    return true;
}

static bool scan_key(Parser *parser) {
    Step step = {.is_key = true};
    parser->at++;
    address_parse_skip_blanks(parser);
    char c = parser->at < parser->text.len ? parser->text.ptr[parser->at] : '\0';
    bool fine = false;
    if (c == '"') {
        fine = scan_string(parser, &step.key);
    } else if (c >= '0' && c <= '9') {
        fine = scan_integer(parser, &step.key);
    } else if (c == '*' && parser->allows_unknown_keys) {
        step.key.kind = KEY_UNKNOWN;
        parser->at++;
        fine = true;
    } else if (c == '*') {
        return address_parse_fail(
            parser,
            "[*] does not select a single instance. To select all instances, remove the brackets.");
    } else {
        return address_parse_fail(
            parser, "the brackets must contain an integer or a text in double quotes. (A shell "
                    "removes double quotes unless the whole address is in single quotes.)");
    }
    if (!fine)
        return false;
    address_parse_skip_blanks(parser);
    if (!at_char(parser, ']'))
        return address_parse_fail(parser, "the closing bracket of an instance key is missing.");
    parser->at++;
    vec_push(parser->arena, &parser->steps, step);
    return true;
}

static bool scan_name(Parser *parser) {
    address_parse_skip_blanks(parser);
    Step step = {.name = scan_identifier(parser)};
    if (step.name.len > 0) {
        vec_push(parser->arena, &parser->steps, step);
        return true;
    }
    if (parser->at >= parser->text.len) {
        const char *where =
            parser->steps.count > 0 ? "a name is missing at the end." : "there is no name.";
        return address_parse_fail(parser, "%s", where);
    }
    size_t width;
    utf8_decode(parser->text, parser->at, &width);
    return address_parse_fail(
        parser, "a name is expected instead of \"%.*s\". Write instance keys in square brackets.",
        STR_ARG(str_slice(parser->text, parser->at, parser->at + width)));
}

static bool scan_steps(Parser *parser) {
    if (!scan_name(parser))
        return false;
    for (address_parse_skip_blanks(parser); parser->at < parser->text.len;
         address_parse_skip_blanks(parser)) {
        size_t width = 1;
        if (at_char(parser, '[')) {
            if (!scan_key(parser))
                return false;
        } else if (at_char(parser, '.')) {
            parser->at++;
            if (!scan_name(parser))
                return false;
        } else {
            utf8_decode(parser->text, parser->at, &width);
            Str found = str_slice(parser->text, parser->at, parser->at + width);
            return address_parse_fail(parser, "\"%.*s\" cannot follow a name.", STR_ARG(found));
        }
    }
    return true;
}

static const Step *address_parse_peek(const Parser *parser) {
    return parser->next < parser->steps.count ? &parser->steps.items[parser->next] : NULL;
}

static bool next_is_name(const Parser *parser, Str name) {
    const Step *step = address_parse_peek(parser);
    return step && !step->is_key && str_equal(step->name, name);
}

/* Reads a name step. If there is none, adds an error that names the missing part. */
static bool address_parse_read_name(Parser *parser, const char *what, Str *out) {
    const Step *step = address_parse_peek(parser);
    if (!step)
        return address_parse_fail(parser, "%s is missing at the end.", what);
    if (step->is_key) {
        Str key = address_key_to_str(step->key, parser->arena);
        return address_parse_fail(parser, "the instance key %.*s stands where %s should be.",
                                  STR_ARG(key), what);
    }
    *out = step->name;
    parser->next++;
    return true;
}

static InstanceKey address_parse_read_key(Parser *parser) {
    const Step *step = address_parse_peek(parser);
    if (!step || !step->is_key)
        return KEY_ABSENT;
    parser->next++;
    return step->key;
}

static bool address_parse_read_modules(Parser *parser, const ModuleAddr **out) {
    const ModuleAddr *module = NULL;
    while (next_is_name(parser, STR("module"))) {
        Str name = STR_EMPTY;
        parser->next++;
        if (!address_parse_read_name(parser, "the name of a module call after \"module.\"", &name))
            return false;
        InstanceKey key = address_parse_read_key(parser);
        module = module_addr_child(module, name, key, parser->arena);
    }
    *out = module;
    return true;
}

static ResourceMode address_parse_read_mode(Parser *parser) {
    bool is_data = next_is_name(parser, STR("data"));
    if (!is_data && !next_is_name(parser, STR("ephemeral")))
        return MODE_MANAGED;
    parser->next++;
    return is_data ? MODE_DATA : MODE_EPHEMERAL;
}

/* Rejects reserved first names, which address no resource. After "resource." such a name is a
 * resource type. */
static bool address_parse_report_reserved(Parser *parser) {
    static const char *const reserved[] = {"count",     "each", "local",    "path", "self",
                                           "terraform", "var",  "template", "lazy", "arg"};
    for (size_t i = 0; i < ARRAY_COUNT(reserved); i++) {
        if (next_is_name(parser, str_from_cstr(reserved[i])))
            return address_parse_fail(
                parser,
                "\"%s\" is not a resource type. The address of a resource is its type and "
                "its name, such as terraform_data.a; for a type of that name, write "
                "\"resource.\" before it.",
                reserved[i]);
    }
    return true;
}

/* Reads type, name and key; they end the address. `type` and `noun` are for messages. */
static bool read_rest(Parser *parser, const char *type, const char *noun, ResourceAddr *out) {
    if (!address_parse_read_name(parser, type, &out->type))
        return false;
    Str name = str_format(parser->arena, "the %s's name after its type", noun);
    if (!address_parse_read_name(parser, str_to_cstr(name, parser->arena), &out->name))
        return false;
    out->key = address_parse_read_key(parser);
    const Step *extra = address_parse_peek(parser);
    if (!extra)
        return true;
    if (extra->is_key)
        return address_parse_fail(parser, "the %s has more than one instance key.", noun);
    return address_parse_fail(
        parser,
        "\"%.*s\" is not allowed: the address of %s %s ends with its name or its instance "
        "key.",
        STR_ARG(extra->name), noun[0] == 'a' ? "an" : "a", noun);
}

static bool address_parse_read_resource(Parser *parser, const ModuleAddr *module,
                                        ResourceAddr *out) {
    if (next_is_name(parser, STR("resource")))
        parser->next++;
    else if (!address_parse_report_reserved(parser))
        return false;
    ResourceAddr resource = {.module = module, .mode = address_parse_read_mode(parser)};
    const char *type = resource.mode == MODE_MANAGED ? "a resource type"
                       : resource.mode == MODE_DATA  ? "the type of a data source"
                                                     : "the type of an ephemeral resource";
    if (!read_rest(parser, type, "resource", &resource))
        return false;
    *out = resource;
    return true;
}

static bool parser_start(Parser *parser, Str text, bool allows_unknown_keys, Arena *arena,
                         Diags *diags) {
    *parser = (Parser){.text = str_clone(str_trim(text), arena),
                       .allows_unknown_keys = allows_unknown_keys,
                       .arena = arena,
                       .diags = diags};
    if (parser->text.len > 0)
        return scan_steps(parser);
    return diags_fail(diags, NO_RANGE, "Invalid address", "The address is empty.");
}

bool address_parse_target(Str text, AddressTarget *out, Arena *arena, Diags *diags) {
    Parser parser;
    AddressTarget target = {0};
    if (!parser_start(&parser, text, false, arena, diags))
        return false;
    if (!address_parse_read_modules(&parser, &target.module))
        return false;
    target.is_resource = address_parse_peek(&parser) != NULL;
    if (target.is_resource &&
        !address_parse_read_resource(&parser, target.module, &target.resource))
        return false;
    *out = target;
    return true;
}

static bool address_parse_any_resource(Str text, bool allows_unknown_keys, ResourceAddr *out,
                                       Arena *arena, Diags *diags) {
    Parser parser;
    const ModuleAddr *module = NULL;
    if (!parser_start(&parser, text, allows_unknown_keys, arena, diags))
        return false;
    if (!address_parse_read_modules(&parser, &module))
        return false;
    if (!address_parse_peek(&parser))
        return address_parse_fail(&parser,
                                  "the address is that of a module; a resource in it is required.");
    return address_parse_read_resource(&parser, module, out);
}

bool address_parse_resource(Str text, ResourceAddr *out, Arena *arena, Diags *diags) {
    return address_parse_any_resource(text, false, out, arena, diags);
}

bool address_parse_planned(Str text, ResourceAddr *out, Arena *arena, Diags *diags) {
    return address_parse_any_resource(text, true, out, arena, diags);
}

bool address_parse_action(Str text, ResourceAddr *out, Arena *arena, Diags *diags) {
    Parser parser;
    ResourceAddr action = {.mode = MODE_ACTION};
    if (!parser_start(&parser, text, false, arena, diags) ||
        !address_parse_read_modules(&parser, &action.module))
        return false;
    if (!next_is_name(&parser, STR("action")))
        return address_parse_fail(
            &parser, "the address of an action starts with \"action.\", after its module.");
    parser.next++;
    if (!read_rest(&parser, "an action type", "action", &action))
        return false;
    *out = action;
    return true;
}
