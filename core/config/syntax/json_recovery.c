/* Splits JSON text into tokens ("pieces") and parses them with error recovery. */
#include "json_recovery.h"

#include "json_reader.h"

typedef enum PieceKind {
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
    PIECE_ODD,     /* an invalid character; scanning stops after it */
} PieceKind;

typedef struct Piece {
    PieceKind kind;
    uint32_t start;
    uint32_t end;
} Piece;

typedef struct Recovery {
    const SourceText *source;
    Piece next;
    uint32_t depth;
    size_t value_count;
    bool is_over; /* nesting or size limit exceeded: stop scanning, report no more errors */
    Arena *arena;
    Diags *diags;
} Recovery;

static const BodyNode *recovery_read_value(Recovery *recovery);

static PieceKind punctuation(char c) {
    static const struct {
        char c;
        PieceKind kind;
    } marks[] = {
        {'{', PIECE_BRACE_OPEN},    {'}', PIECE_BRACE_CLOSE}, {'[', PIECE_BRACKET_OPEN},
        {']', PIECE_BRACKET_CLOSE}, {',', PIECE_COMMA},       {':', PIECE_COLON},
        {'=', PIECE_EQUALS},
    };
    for (size_t i = 0; i < ARRAY_COUNT(marks); i++)
        if (marks[i].c == c)
            return marks[i].kind;
    return PIECE_ODD;
}

static bool recovery_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_of_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_of_keyword(char c) {
    return is_letter(c) || c == '_';
}

static uint32_t skip_while(Str bytes, uint32_t at, bool (*fits)(char)) {
    while (at < bytes.len && fits(bytes.ptr[at]))
        at++;
    return at;
}

/* Ends at a control character, so an unclosed string costs only the rest of its line. */
static uint32_t skip_string(Str bytes, uint32_t at) {
    bool is_escaped = false;
    for (at++; at < bytes.len && (unsigned char)bytes.ptr[at] >= 0x20; at++) {
        char c = bytes.ptr[at];
        if (c == '"' && !is_escaped)
            return at + 1;
        is_escaped = c == '\\' && !is_escaped;
    }
    return at;
}

static Piece scan(const Recovery *recovery, uint32_t at) {
    Str bytes = recovery->source->bytes;
    at = skip_while(bytes, at, recovery_is_blank);
    if (at >= bytes.len || recovery->is_over)
        return (Piece){PIECE_END, at, at};
    char c = bytes.ptr[at];
    if (c == '"')
        return (Piece){PIECE_STRING, at, skip_string(bytes, at)};
    if (is_letter(c))
        return (Piece){PIECE_KEYWORD, at, skip_while(bytes, at, is_of_keyword)};
    if (is_of_number(c))
        return (Piece){PIECE_NUMBER, at, skip_while(bytes, at, is_of_number)};
    return (Piece){punctuation(c), at, at + 1};
}

/* Consumes and returns the next piece; after PIECE_ODD only PIECE_END follows. */
static Piece recovery_take(Recovery *recovery) {
    Piece taken = recovery->next;
    if (taken.kind == PIECE_ODD)
        recovery->next = (Piece){PIECE_END, taken.end, taken.end};
    else if (taken.kind != PIECE_END)
        recovery->next = scan(recovery, taken.end);
    return taken;
}

static Str piece_text(const Recovery *recovery, Piece piece) {
    return str_slice(recovery->source->bytes, piece.start, piece.end);
}

static SourceRange piece_range(const Recovery *recovery, Piece piece) {
    return (SourceRange){recovery->source, piece.start, piece.end};
}

static const BodyNode *bad_node(const Recovery *recovery, Piece start) {
    BodyNode *node = arena_new(recovery->arena, BodyNode);
    *node = (BodyNode){
        .kind = BODY_NODE_BAD,
        .start = start.start,
        .end = start.end,
        .weight = 1,
    };
    return node;
}

/* Reports an error at `at`; JSON output has it at `place`, as Terraform does. */
static void report_noticed(Recovery *recovery, Piece at, Piece place, const char *summary,
                           const char *detail) {
    if (recovery->is_over)
        return;
    Diag *diag = diags_error(recovery->diags, piece_range(recovery, at), summary, "%s", detail);
    diag->noticed = piece_range(recovery, place);
}

static void recovery_tell(Recovery *recovery, Piece at, const char *summary, const char *detail) {
    report_noticed(recovery, at, at, summary, detail);
}

/* Returns advice about an unexpected piece, or NULL if none is known. */
static const char *hint(const Recovery *recovery, Piece piece) {
    Str text = piece_text(recovery, piece);
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

static const char *or_hint(const Recovery *recovery, Piece piece, const char *otherwise) {
    const char *known = hint(recovery, piece);
    return known ? known : otherwise;
}

static const BodyNode *scalar_node(Recovery *recovery, BodyNodeKind kind, Piece piece, Str text) {
    BodyNode *node = arena_new(recovery->arena, BodyNode);
    *node = (BodyNode){.kind = kind, .start = piece.start, .end = piece.end, .weight = 1};
    node->text = text;
    return node;
}

/* Reports an invalid string. JSON output has the position after the error, as in Terraform. */
static const BodyNode *report_string(Recovery *recovery, Piece piece, const JsonReader *reader) {
    uint32_t at = piece.start + (uint32_t)reader->start;
    const char *detail =
        "This string has no closing quote on its line. In a string, write a line break as \"\\n"
        "\" and a tab as \"\\t\".";
    Piece mistake = piece;
    Piece behind = {PIECE_STRING, at, at + 1};
    if (at < piece.end) {
        Str text = str_format(recovery->arena,
                              "This string cannot be read: %s. Write a backslash as \"\\\\\".",
                              reader->error);
        detail = str_to_cstr(text, recovery->arena);
        mistake = behind;
        behind = (Piece){PIECE_STRING, at + 1, at + 2};
    }
    report_noticed(recovery, mistake, behind, "Invalid JSON string", detail);
    return bad_node(recovery, piece);
}

static const BodyNode *recovery_read_string(Recovery *recovery) {
    Piece piece = recovery_take(recovery);
    JsonReader reader = json_reader_new(piece_text(recovery, piece), recovery->arena);
    if (json_next(&reader) != JSON_STRING)
        return report_string(recovery, piece, &reader);
    return scalar_node(recovery, BODY_NODE_STRING, piece, reader.text);
}

static const BodyNode *recovery_read_number(Recovery *recovery) {
    Piece piece = recovery_take(recovery);
    JsonReader reader = json_reader_new(piece_text(recovery, piece), recovery->arena);
    if (json_next(&reader) == JSON_NUMBER && json_next(&reader) == JSON_END)
        return scalar_node(recovery, BODY_NODE_NUMBER, piece, piece_text(recovery, piece));
    recovery_tell(
        recovery, piece, "Invalid JSON number",
        "A number must have decimal digits, on both sides of a decimal point, and no plus sign or "
        "leading zero.");
    return bad_node(recovery, piece);
}

static const BodyNode *report_keyword(Recovery *recovery, Piece piece) {
    static const char *const keywords[] = {"true", "false", "null"};
    Str names[ARRAY_COUNT(keywords)];
    for (size_t i = 0; i < ARRAY_COUNT(keywords); i++)
        names[i] = str_from_cstr(keywords[i]);
    Str text = piece_text(recovery, piece);
    Str meant = str_did_you_mean(text, names, ARRAY_COUNT(names), recovery->arena);
    if (!meant.len)
        meant = STR(" Names and texts require double quotes.");
    Str detail = str_format(recovery->arena, "The keywords of JSON are true, false and null.%.*s",
                            STR_ARG(meant));
    recovery_tell(recovery, piece, "Invalid JSON keyword", str_to_cstr(detail, recovery->arena));
    return bad_node(recovery, piece);
}

static const BodyNode *recovery_read_keyword(Recovery *recovery) {
    Piece piece = recovery_take(recovery);
    Str text = piece_text(recovery, piece);
    bool is_true = str_equal_cstr(text, "true");
    if (!is_true && !str_equal_cstr(text, "false") && !str_equal_cstr(text, "null"))
        return report_keyword(recovery, piece);
    bool is_null = str_equal_cstr(text, "null");
    BodyNode *node = arena_new(recovery->arena, BodyNode);
    *node = (BodyNode){
        .kind = is_null ? BODY_NODE_NULL : BODY_NODE_BOOL,
        .boolean = is_true,
        .start = piece.start,
        .end = piece.end,
        .weight = 1,
    };
    return node;
}

/* Skips from an unexpected piece to after the next closing bracket of this kind. A nested pair
 * of brackets on the way also ends the skip. */
static void skip_to_close(Recovery *recovery, PieceKind open, PieceKind close) {
    uint32_t depth = 1;
    for (;;) {
        Piece piece = recovery_take(recovery);
        if (piece.kind == open)
            depth++;
        if (piece.kind == PIECE_END || (piece.kind == close && --depth <= 1))
            return;
    }
}

static void skip_object(Recovery *recovery) {
    skip_to_close(recovery, PIECE_BRACE_OPEN, PIECE_BRACE_CLOSE);
}

static void skip_array(Recovery *recovery) {
    skip_to_close(recovery, PIECE_BRACKET_OPEN, PIECE_BRACKET_CLOSE);
}

static bool report_colon(Recovery *recovery) {
    Piece piece = recovery->next;
    const char *detail = "A name must be followed by a colon and a value.";
    skip_object(recovery);
    recovery_tell(recovery, piece, "Missing colon", or_hint(recovery, piece, detail));
    return false;
}

/* Reports an unexpected piece after an object member. */
static bool report_member_end(Recovery *recovery, Piece open) {
    Piece piece = recovery->next;
    if (piece.kind == PIECE_END) {
        recovery_tell(recovery, open, "Unclosed object", "This object has no closing brace.");
    } else if (piece.kind == PIECE_BRACKET_CLOSE) {
        (void)recovery_take(recovery);
        report_noticed(recovery, piece, recovery->next, "Mismatched bracket",
                       "An object must end with a brace, not with a bracket.");
    } else {
        skip_object(recovery);
        report_noticed(recovery, piece, recovery->next, "Missing comma",
                       or_hint(recovery, piece,
                               "Members of an object must be separated by commas. The comma before "
                               "this member is missing."));
    }
    return false;
}

static bool recovery_read_member(Recovery *recovery, Piece open, BodyNode *object) {
    const BodyNode *key = recovery_read_value(recovery);
    if (key->kind != BODY_NODE_STRING) {
        recovery_tell(recovery, (Piece){PIECE_STRING, key->start, key->end}, "Invalid member name",
                      "The name of an object member must be a string in double quotes.");
        return false;
    }
    if (recovery->next.kind != PIECE_COLON)
        return report_colon(recovery);
    (void)recovery_take(recovery);
    BodyNodeMember member = {key, recovery_read_value(recovery)};
    vec_push(recovery->arena, &object->members, member);
    if (recovery->next.kind == PIECE_BRACE_CLOSE)
        return true;
    if (recovery->next.kind != PIECE_COMMA)
        return report_member_end(recovery, open);
    Piece comma = recovery_take(recovery);
    if (recovery->next.kind != PIECE_BRACE_CLOSE)
        return true;
    recovery_tell(recovery, comma, "Trailing comma in object",
                  "JSON does not allow a comma after the last member of an object.");
    return false;
}

static const BodyNode *recovery_read_object(Recovery *recovery) {
    Piece open = recovery_take(recovery);
    BodyNode *node = arena_new(recovery->arena, BodyNode);
    *node = (BodyNode){.kind = BODY_NODE_OBJECT, .start = open.start, .weight = 1};
    while (recovery->next.kind != PIECE_BRACE_CLOSE)
        if (!recovery_read_member(recovery, open, node))
            return bad_node(recovery, open);
    node->end = recovery_take(recovery).end;
    return node;
}

/* Reports an unexpected piece after an array item. */
static bool report_item_end(Recovery *recovery, Piece open) {
    Piece piece = recovery->next;
    const char *comma =
        "Items of an array must be separated by commas. The comma before this item is missing.";
    if (piece.kind == PIECE_END) {
        recovery_tell(recovery, open, "Unclosed array", "This array has no closing bracket.");
        return false;
    }
    skip_array(recovery);
    if (piece.kind == PIECE_COLON)
        report_noticed(
            recovery, piece, recovery->next, "Invalid array item",
            "The items of an array have no names. For named members, use an object in braces.");
    else if (piece.kind == PIECE_BRACE_CLOSE)
        report_noticed(recovery, piece, recovery->next, "Mismatched brace",
                       "An array must end with a bracket, not with a brace.");
    else
        report_noticed(recovery, piece, recovery->next, "Missing comma",
                       or_hint(recovery, piece, comma));
    return false;
}

static bool recovery_read_item(Recovery *recovery, Piece open, BodyNode *array) {
    vec_push(recovery->arena, &array->items, recovery_read_value(recovery));
    if (recovery->next.kind == PIECE_BRACKET_CLOSE)
        return true;
    if (recovery->next.kind != PIECE_COMMA)
        return report_item_end(recovery, open);
    Piece comma = recovery_take(recovery);
    if (recovery->next.kind != PIECE_BRACKET_CLOSE)
        return true;
    recovery_tell(recovery, comma, "Trailing comma in array",
                  "JSON does not allow a comma after the last item of an array.");
    return false;
}

static const BodyNode *recovery_read_array(Recovery *recovery) {
    Piece open = recovery_take(recovery);
    BodyNode *node = arena_new(recovery->arena, BodyNode);
    *node = (BodyNode){.kind = BODY_NODE_ARRAY, .start = open.start, .weight = 1};
    while (recovery->next.kind != PIECE_BRACKET_CLOSE)
        if (!recovery_read_item(recovery, open, node))
            return bad_node(recovery, open);
    node->end = recovery_take(recovery).end;
    return node;
}

/* Reports a piece that cannot start a value; does not consume it. */
static const BodyNode *recovery_report_start(Recovery *recovery) {
    Piece piece = recovery->next;
    if (piece.kind == PIECE_END)
        recovery_tell(recovery, piece, "Missing value",
                      "The text ends before the value is complete.");
    else if (piece.kind == PIECE_BRACE_CLOSE || piece.kind == PIECE_BRACKET_CLOSE)
        recovery_tell(recovery, piece, "Missing value",
                      "A value is missing before this character.");
    else
        recovery_tell(
            recovery, piece, "Invalid start of value",
            or_hint(recovery, piece,
                    "A value must be an object, an array, a string in double quotes, a number, "
                    "true, false or null."));
    return bad_node(recovery, piece);
}

static const BodyNode *recovery_give_up(Recovery *recovery, const char *summary,
                                        const char *detail) {
    Piece piece = recovery->next;
    recovery_tell(recovery, piece, summary, detail);
    recovery->is_over = true;
    recovery->next = (Piece){PIECE_END, piece.start, piece.start};
    return bad_node(recovery, piece);
}

static const BodyNode *recovery_read_value(Recovery *recovery) {
    const BodyNode *node = NULL;
    if (recovery->depth >= JSON_DEPTH_MAX)
        return recovery_give_up(recovery, "Too deep JSON document",
                                "Brackets are nested more than 256 levels deep here.");
    if (++recovery->value_count > BODY_NODES_MAX)
        return recovery_give_up(recovery, "Too large JSON document",
                                "This document exceeds the maximum number of values in a file.");
    recovery->depth++;
    switch ((int)recovery->next.kind) {
    case PIECE_BRACE_OPEN: node = recovery_read_object(recovery); break;
    case PIECE_BRACKET_OPEN: node = recovery_read_array(recovery); break;
    case PIECE_STRING: node = recovery_read_string(recovery); break;
    case PIECE_NUMBER: node = recovery_read_number(recovery); break;
    case PIECE_KEYWORD: node = recovery_read_keyword(recovery); break;
    default: node = recovery_report_start(recovery); break;
    }
    recovery->depth--;
    return node;
}

const BodyNode *json_recovery_read(const SourceText *source, Arena *arena, Diags *diags) {
    Recovery recovery = {.source = source, .arena = arena, .diags = diags};
    size_t before = diags->error_count;
    recovery.next = scan(&recovery, 0);
    const BodyNode *root = recovery_read_value(&recovery);
    if (diags->error_count == before)
        recovery_tell(&recovery, recovery.next, "Text after the value",
                      "A JSON file must contain one value, which ends before this text.");
    return root;
}
