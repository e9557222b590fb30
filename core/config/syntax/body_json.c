/* Splits JSON text into tokens ("pieces") and parses them; continues after an error. */
#include "body_node.h"

#include "json_reader.h"

typedef enum PieceKind {
    PIECE_ODD, /* an invalid character; scanning stops after it */
    PIECE_END,
    PIECE_BRACE_OPEN,
    PIECE_BRACE_CLOSE,
    PIECE_BRACKET_OPEN,
    PIECE_BRACKET_CLOSE,
    PIECE_COMMA,
    PIECE_COLON,
    PIECE_EQUALS,
    PIECE_STRING,  /* ends at the closing quote or at the end of the line */
    PIECE_NUMBER,  /* any sequence of characters that numbers consist of */
    PIECE_KEYWORD, /* letters */
} PieceKind;

typedef struct Piece {
    PieceKind kind;
    uint32_t start;
    uint32_t end;
    bool is_plain; /* a string that is closed and only of ASCII without escapes */
} Piece;

typedef struct JsonFile {
    const SourceText *source;
    Piece next;
    uint32_t depth;
    size_t value_count;
    bool is_too_large;
    bool is_over; /* nesting or size limit exceeded: stop scanning, report no more errors */
    Arena *arena;
    Diags *diags;
} JsonFile;

static const BodyNode *body_json_read_value(JsonFile *file);

/* The kind of a piece that begins with the character. */
static const uint8_t piece_kinds[256] = {
    ['{'] = PIECE_BRACE_OPEN,      ['}'] = PIECE_BRACE_CLOSE,     ['['] = PIECE_BRACKET_OPEN,
    [']'] = PIECE_BRACKET_CLOSE,   [','] = PIECE_COMMA,           [':'] = PIECE_COLON,
    ['='] = PIECE_EQUALS,          ['"'] = PIECE_STRING,          ['0' ... '9'] = PIECE_NUMBER,
    ['-'] = PIECE_NUMBER,          ['+'] = PIECE_NUMBER,          ['.'] = PIECE_NUMBER,
    ['a' ... 'z'] = PIECE_KEYWORD, ['A' ... 'Z'] = PIECE_KEYWORD,
};

static PieceKind piece_kind(const char *at) {
    return (PieceKind)piece_kinds[(unsigned char)*at];
}

/* The bytes of a string that are not plain: quotes, escapes, control characters, beyond ASCII. */
static const bool is_special[256] = {
    [0 ... 0x1f] = true,
    ['"'] = true,
    ['\\'] = true,
    [0x80 ... 0xff] = true,
};

/* Ends at a control character, so an unclosed string costs only the rest of its line. */
static Piece scan_string(const char *ptr, uint32_t start, uint32_t end) {
    uint32_t at = start + 1;
    while (at < end && !is_special[(unsigned char)ptr[at]])
        at++;
    bool is_plain = at < end && ptr[at] == '"';
    for (; at < end && (unsigned char)ptr[at] >= 0x20 && ptr[at] != '"'; at++)
        if (ptr[at] == '\\' && at + 1 < end && (unsigned char)ptr[at + 1] >= 0x20)
            at++;
    bool is_closed = at < end && ptr[at] == '"';
    return (Piece){PIECE_STRING, start, at + is_closed, is_plain};
}

static Piece scan(const JsonFile *file, uint32_t at) {
    const char *ptr = file->source->bytes.ptr;
    uint32_t len = (uint32_t)file->source->bytes.len;
    while (at < len && (ptr[at] == ' ' || ptr[at] == '\n' || ptr[at] == '\r' || ptr[at] == '\t'))
        at++;
    if (at >= len || file->is_over)
        return (Piece){PIECE_END, at, at, false};
    PieceKind kind = piece_kind(&ptr[at]);
    uint32_t end = at + 1;
    if (kind == PIECE_STRING)
        return scan_string(ptr, at, len);
    if (kind == PIECE_KEYWORD)
        while (end < len && (piece_kind(&ptr[end]) == PIECE_KEYWORD || ptr[end] == '_'))
            end++;
    if (kind == PIECE_NUMBER)
        while (end < len &&
               (piece_kind(&ptr[end]) == PIECE_NUMBER || ptr[end] == 'e' || ptr[end] == 'E'))
            end++;
    return (Piece){kind, at, end, false};
}

/* Consumes and returns the next piece; after PIECE_ODD only PIECE_END follows. */
static Piece body_json_take(JsonFile *file) {
    Piece taken = file->next;
    if (taken.kind == PIECE_ODD)
        file->next = (Piece){PIECE_END, taken.end, taken.end, false};
    else if (taken.kind != PIECE_END)
        file->next = scan(file, taken.end);
    return taken;
}

static Str piece_text(const JsonFile *file, Piece piece) {
    return str_slice(file->source->bytes, piece.start, piece.end);
}

static SourceRange piece_range(const JsonFile *file, Piece piece) {
    return (SourceRange){file->source, piece.start, piece.end};
}

static BodyNode *new_json_node(const JsonFile *file, BodyNodeKind kind, Piece piece) {
    BodyNode *node = arena_new(file->arena, BodyNode);
    node->kind = kind;
    node->start = piece.start;
    node->end = piece.end;
    node->weight = 1;
    return node;
}

static const BodyNode *bad_node(const JsonFile *file, Piece piece) {
    return new_json_node(file, BODY_NODE_BAD, piece);
}

/* Reports an error at `at`; JSON output has it at `place`, as Terraform does. */
static bool report_noticed(JsonFile *file, Piece at, Piece place, const char *summary,
                           const char *detail) {
    if (!file->is_over)
        diags_error(file->diags, piece_range(file, at), summary, "%s", detail)->noticed =
            piece_range(file, place);
    return false;
}

static bool body_json_tell(JsonFile *file, Piece at, const char *summary, const char *detail) {
    return report_noticed(file, at, at, summary, detail);
}

/* Returns advice about an unexpected piece, or NULL if none is known. */
static const char *hint(const JsonFile *file, Piece piece) {
    Str text = piece_text(file, piece);
    if (piece.kind == PIECE_EQUALS)
        return "JSON requires a colon between a name and its value, not an equals sign.";
    if (piece.kind == PIECE_COMMA)
        return "This comma is not allowed here. Remove it, or add the element before it.";
    if (piece.kind != PIECE_ODD)
        return NULL;
    if (str_equal_cstr(text, "/") || str_equal_cstr(text, "#"))
        return "JSON has no comments. In blocks, use a member named \"//\" instead.";
    if (str_equal_cstr(text, "'") || str_equal_cstr(text, "`"))
        return "JSON strings require double quotes.";
    return "This character is not allowed outside of JSON strings. loam did not check the rest of "
           "the file.";
}

static const char *or_hint(const JsonFile *file, Piece piece, const char *otherwise) {
    const char *known = hint(file, piece);
    return known ? known : otherwise;
}

static const BodyNode *text_node(JsonFile *file, BodyNodeKind kind, Piece piece, Str text) {
    BodyNode *node = new_json_node(file, kind, piece);
    node->text = text;
    return node;
}

/* Reports an invalid string. JSON output has the position after the error, as in Terraform. */
static const BodyNode *report_string(JsonFile *file, Piece piece, const JsonReader *reader) {
    uint32_t at = piece.start + (uint32_t)reader->start;
    const char *detail =
        "This string has no closing quote on its line. In a string, write a line break as \"\\n"
        "\" and a tab as \"\\t\".";
    Piece mistake = piece;
    Piece behind = {PIECE_STRING, at, at + 1, false};
    if (at < piece.end) {
        Str text = str_format(file->arena,
                              "This string cannot be read: %s. Write a backslash as \"\\\\\".",
                              reader->error);
        detail = str_to_cstr(text, file->arena);
        mistake = behind;
        behind = (Piece){PIECE_STRING, at + 1, at + 2, false};
    }
    report_noticed(file, mistake, behind, "Invalid JSON string", detail);
    return bad_node(file, piece);
}

static const BodyNode *body_json_read_string(JsonFile *file) {
    Piece piece = body_json_take(file);
    if (piece.is_plain)
        return text_node(file, BODY_NODE_STRING, piece,
                         str_slice(file->source->bytes, piece.start + 1, piece.end - 1));
    JsonReader reader = json_reader_new(piece_text(file, piece), file->arena);
    if (json_next(&reader) != JSON_STRING)
        return report_string(file, piece, &reader);
    return text_node(file, BODY_NODE_STRING, piece, reader.text);
}

static const BodyNode *body_json_read_number(JsonFile *file) {
    Piece piece = body_json_take(file);
    JsonReader reader = json_reader_new(piece_text(file, piece), file->arena);
    if (json_next(&reader) == JSON_NUMBER && json_next(&reader) == JSON_END)
        return text_node(file, BODY_NODE_NUMBER, piece, piece_text(file, piece));
    body_json_tell(
        file, piece, "Invalid JSON number",
        "A number must have decimal digits, on both sides of a decimal point, and no plus sign or "
        "leading zero.");
    return bad_node(file, piece);
}

static const BodyNode *report_keyword(JsonFile *file, Piece piece) {
    static const char *const keywords[] = {"true", "false", "null"};
    Str names[ARRAY_COUNT(keywords)];
    for (size_t i = 0; i < ARRAY_COUNT(keywords); i++)
        names[i] = str_from_cstr(keywords[i]);
    Str text = piece_text(file, piece);
    Str meant = str_did_you_mean(text, names, ARRAY_COUNT(names), file->arena);
    if (!meant.len)
        meant = STR(" Names and texts require double quotes.");
    Str detail = str_format(file->arena, "The keywords of JSON are true, false and null.%.*s",
                            STR_ARG(meant));
    body_json_tell(file, piece, "Invalid JSON keyword", str_to_cstr(detail, file->arena));
    return bad_node(file, piece);
}

static const BodyNode *body_json_read_keyword(JsonFile *file) {
    Piece piece = body_json_take(file);
    Str text = piece_text(file, piece);
    bool is_true = str_equal_cstr(text, "true");
    if (!is_true && !str_equal_cstr(text, "false") && !str_equal_cstr(text, "null"))
        return report_keyword(file, piece);
    bool is_null = str_equal_cstr(text, "null");
    BodyNode *node = new_json_node(file, is_null ? BODY_NODE_NULL : BODY_NODE_BOOL, piece);
    node->boolean = is_true;
    return node;
}

/* Skips from an unexpected piece to after the next closing bracket of this kind. A nested pair
 * of brackets on the way also ends the skip. */
static void skip_to_close(JsonFile *file, PieceKind open, PieceKind close) {
    uint32_t depth = 1;
    for (;;) {
        Piece piece = body_json_take(file);
        if (piece.kind == open)
            depth++;
        if (piece.kind == PIECE_END || (piece.kind == close && --depth <= 1))
            return;
    }
}

static void skip_object(JsonFile *file) {
    skip_to_close(file, PIECE_BRACE_OPEN, PIECE_BRACE_CLOSE);
}

static bool report_colon(JsonFile *file) {
    Piece piece = file->next;
    const char *detail = "A name must be followed by a colon and a value.";
    skip_object(file);
    return body_json_tell(file, piece, "Missing colon", or_hint(file, piece, detail));
}

/* Reports an unexpected piece after an object member. */
static bool report_member_end(JsonFile *file, Piece open) {
    Piece piece = file->next;
    if (piece.kind == PIECE_END)
        return body_json_tell(file, open, "Unclosed object", "This object has no closing brace.");
    if (piece.kind == PIECE_BRACKET_CLOSE) {
        (void)body_json_take(file);
        return report_noticed(file, piece, file->next, "Mismatched bracket",
                              "An object must end with a brace, not with a bracket.");
    }
    skip_object(file);
    return report_noticed(file, piece, file->next, "Missing comma",
                          or_hint(file, piece,
                                  "Members of an object must be separated by commas. The comma "
                                  "before this member is missing."));
}

static bool body_json_read_member(JsonFile *file, Piece open, BodyNode *object) {
    bool is_name = file->next.kind == PIECE_STRING;
    const BodyNode *key = is_name ? body_json_read_string(file) : body_json_read_value(file);
    if (key->kind != BODY_NODE_STRING)
        return body_json_tell(file, (Piece){PIECE_STRING, key->start, key->end, false},
                              "Invalid member name",
                              "The name of an object member must be a string in double quotes.");
    if (file->next.kind != PIECE_COLON)
        return report_colon(file);
    (void)body_json_take(file);
    BodyNodeMember member = {key, body_json_read_value(file)};
    vec_push(file->arena, &object->members, member);
    if (file->next.kind == PIECE_BRACE_CLOSE)
        return true;
    if (file->next.kind != PIECE_COMMA)
        return report_member_end(file, open);
    Piece comma = body_json_take(file);
    if (file->next.kind != PIECE_BRACE_CLOSE)
        return true;
    return body_json_tell(file, comma, "Trailing comma in object",
                          "JSON does not allow a comma after the last member of an object.");
}

static const BodyNode *body_json_read_object(JsonFile *file) {
    Piece open = body_json_take(file);
    BodyNode *node = new_json_node(file, BODY_NODE_OBJECT, open);
    while (file->next.kind != PIECE_BRACE_CLOSE)
        if (!body_json_read_member(file, open, node))
            return bad_node(file, open);
    node->end = body_json_take(file).end;
    return node;
}

/* Reports an unexpected piece after an array item. */
static bool report_item_end(JsonFile *file, Piece open) {
    Piece piece = file->next;
    const char *comma =
        "Items of an array must be separated by commas. The comma before this item is missing.";
    if (piece.kind == PIECE_END)
        return body_json_tell(file, open, "Unclosed array", "This array has no closing bracket.");
    skip_to_close(file, PIECE_BRACKET_OPEN, PIECE_BRACKET_CLOSE);
    if (piece.kind == PIECE_COLON)
        return report_noticed(
            file, piece, file->next, "Invalid array item",
            "The items of an array have no names. For named members, use an object in braces.");
    if (piece.kind == PIECE_BRACE_CLOSE)
        return report_noticed(file, piece, file->next, "Mismatched brace",
                              "An array must end with a bracket, not with a brace.");
    return report_noticed(file, piece, file->next, "Missing comma", or_hint(file, piece, comma));
}

static bool body_json_read_item(JsonFile *file, Piece open, BodyNode *array) {
    vec_push(file->arena, &array->items, body_json_read_value(file));
    if (file->next.kind == PIECE_BRACKET_CLOSE)
        return true;
    if (file->next.kind != PIECE_COMMA)
        return report_item_end(file, open);
    Piece comma = body_json_take(file);
    if (file->next.kind != PIECE_BRACKET_CLOSE)
        return true;
    return body_json_tell(file, comma, "Trailing comma in array",
                          "JSON does not allow a comma after the last item of an array.");
}

static const BodyNode *body_json_read_array(JsonFile *file) {
    Piece open = body_json_take(file);
    BodyNode *node = new_json_node(file, BODY_NODE_ARRAY, open);
    while (file->next.kind != PIECE_BRACKET_CLOSE)
        if (!body_json_read_item(file, open, node))
            return bad_node(file, open);
    node->end = body_json_take(file).end;
    return node;
}

/* Reports a piece that cannot start a value; does not consume it. */
static const BodyNode *body_json_report_start(JsonFile *file) {
    Piece piece = file->next;
    if (piece.kind == PIECE_END)
        body_json_tell(file, piece, "Missing value", "The text ends before the value is complete.");
    else if (piece.kind == PIECE_BRACE_CLOSE || piece.kind == PIECE_BRACKET_CLOSE)
        body_json_tell(file, piece, "Missing value", "A value is missing before this character.");
    else
        body_json_tell(
            file, piece, "Invalid start of value",
            or_hint(file, piece,
                    "A value must be an object, an array, a string in double quotes, a number, "
                    "true, false or null."));
    return bad_node(file, piece);
}

static const BodyNode *body_json_give_up(JsonFile *file, const char *summary, const char *detail) {
    Piece piece = file->next;
    body_json_tell(file, piece, summary, detail);
    file->is_over = true;
    file->next = (Piece){PIECE_END, piece.start, piece.start, false};
    return bad_node(file, piece);
}

static const BodyNode *body_json_read_value(JsonFile *file) {
    bool is_object = file->next.kind == PIECE_BRACE_OPEN;
    bool is_inner = is_object || file->next.kind == PIECE_BRACKET_OPEN;
    if (is_inner && file->depth >= JSON_DEPTH_MAX)
        return body_json_give_up(file, "Too deep JSON document",
                                 "Brackets are nested more than 256 levels deep here.");
    if (++file->value_count > BODY_NODES_MAX) {
        file->is_too_large = true;
        return body_json_give_up(
            file, "Too large JSON document",
            str_to_cstr(
                str_format(file->arena, "This document has more than %d values.", BODY_NODES_MAX),
                file->arena));
    }
    if (is_inner) {
        file->depth++;
        const BodyNode *node = is_object ? body_json_read_object(file) : body_json_read_array(file);
        file->depth--;
        return node;
    }
    switch ((int)file->next.kind) {
    case PIECE_STRING: return body_json_read_string(file);
    case PIECE_NUMBER: return body_json_read_number(file);
    case PIECE_KEYWORD: return body_json_read_keyword(file);
    default: return body_json_report_start(file);
    }
}

static const BodyNode *body_json_read_file(JsonFile *file) {
    size_t before = file->diags->error_count;
    file->next = scan(file, 0);
    const BodyNode *root = body_json_read_value(file);
    if (file->diags->error_count == before && file->next.kind != PIECE_END)
        body_json_tell(file, file->next, "Text after the value",
                       "A JSON file must contain one value, which ends before this text.");
    return root;
}

const BodyNode *body_json_read(const SourceText *source, Arena *arena, Diags *diags) {
    JsonFile file = {.source = source, .arena = arena, .diags = diags};
    return body_json_read_file(&file);
}

bool body_json_parse(const SourceText *source, const FunctionTable *functions, const Body **out,
                     Arena *arena, Diags *diags) {
    JsonFile file = {.source = source, .arena = arena, .diags = diags};
    size_t before = diags->count;
    const BodyNode *root = body_json_read_file(&file);
    size_t syntax_errors = diags->count - before;
    if (file.is_too_large)
        return false;
    BodyNodeFile origin = {source, BODY_SYNTAX_JSON, functions};
    bool ok = body_from_node(root, origin, out, arena, diags);
    for (size_t i = before + syntax_errors; syntax_errors && i < diags->count; i++)
        diags->items[i].follows = true;
    return ok && !syntax_errors;
}
