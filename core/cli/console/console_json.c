/* Reads requests and writes responses as JSON. Values that JSON cannot represent become objects
 * with keys that begin with a dollar sign: $type, $value, $number, $unknown, $sensitive. */
#include "console.h"

#include "arithmetic.h"
#include "eval.h"
#include "json.h"
#include "parser.h"
#include "type_constraint.h"

typedef struct Wrapper {
    const Type *type;
    Str value; /* raw JSON; empty: none */
    Str number;
    bool is_unknown;
    bool is_sensitive;
} Wrapper;

static bool console_json_read_value(Str raw, const Type *type, Value *out, Arena *arena);

static bool console_json_read_number(Str text, Value *out, Arena *arena) {
    const Number *number = NULL;
    if (!number_from_text(text, &number, arena))
        return false;
    *out = value_from_number(number);
    return true;
}

static bool console_json_read_bool(JsonReader *reader, bool *out) {
    JsonToken token = json_next(reader);
    *out = token == JSON_TRUE;
    return token == JSON_TRUE || token == JSON_FALSE;
}

static bool read_wrapper_field(JsonReader *reader, Str key, Wrapper *wrapper, Arena *arena) {
    if (str_equal(key, STR("$type")))
        return json_read_type(reader, json_next(reader), &wrapper->type, arena);
    if (str_equal(key, STR("$value")))
        return json_skip(reader, json_next(reader), &wrapper->value);
    if (str_equal(key, STR("$unknown")))
        return console_json_read_bool(reader, &wrapper->is_unknown);
    if (str_equal(key, STR("$sensitive")))
        return console_json_read_bool(reader, &wrapper->is_sensitive);
    if (!str_equal(key, STR("$number")) || json_next(reader) != JSON_STRING)
        return false;
    wrapper->number = str_clone(reader->text, arena);
    return true;
}

static bool read_wrapped(const Wrapper *wrapper, const Type *type, Value *out, Arena *arena) {
    if (wrapper->type)
        type = wrapper->type;
    if (wrapper->is_unknown) {
        *out = value_unknown(type ? type : &TYPE_DYNAMIC);
    } else if (wrapper->number.len) {
        if (!console_json_read_number(wrapper->number, out, arena))
            return false;
    } else if (!wrapper->value.len || !console_json_read_value(wrapper->value, type, out, arena)) {
        return false;
    }
    if (wrapper->is_sensitive)
        *out = value_with_marks(*out, MARK_SENSITIVE);
    return true;
}

typedef struct RawMembers {
    StrVec names;
    StrVec raw;
} RawMembers;

static const Type *member_type(const Type *type, Str name) {
    size_t index;
    if (!type)
        return NULL;
    if (type->kind == KIND_MAP)
        return type->element;
    if (type->kind == KIND_OBJECT && type_find_attribute(type, name, &index))
        return type_at(type, index);
    return NULL;
}

static bool console_json_read_members(const RawMembers *members, const Type *type, Value *out,
                                      Arena *arena) {
    size_t count = members->names.count;
    Value *items = arena_new_array(arena, Value, count);
    Str *names = arena_new_array(arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = value_text(value_string(members->names.items[i], arena));
        if (!console_json_read_value(members->raw.items[i], member_type(type, names[i]), &items[i],
                                     arena))
            return false;
    }
    *out = type && type->kind == KIND_MAP ? value_map(type->element, names, items, count, arena)
                                          : value_object(names, items, count, arena);
    return true;
}

static bool console_json_read_object(JsonReader *reader, const Type *type, Value *out,
                                     Arena *arena) {
    Wrapper wrapper = {0};
    RawMembers members = {0};
    bool is_wrapper = false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        Str key = str_clone(reader->text, arena);
        if (str_starts_with(key, STR("$"))) {
            is_wrapper = true;
            if (!read_wrapper_field(reader, key, &wrapper, arena))
                return false;
            continue;
        }
        Str raw;
        if (!json_skip(reader, json_next(reader), &raw))
            return false;
        vec_push(arena, &members.names, key);
        vec_push(arena, &members.raw, raw);
    }
    if (token != JSON_OBJECT_END || (is_wrapper && members.names.count))
        return false;
    return is_wrapper ? read_wrapped(&wrapper, type, out, arena)
                      : console_json_read_members(&members, type, out, arena);
}

static const Type *item_type(const Type *type, size_t i) {
    if (!type)
        return NULL;
    if (type->kind == KIND_LIST || type->kind == KIND_SET)
        return type->element;
    return type->kind == KIND_TUPLE && i < type->count ? type_at(type, i) : NULL;
}

static bool console_json_read_array(JsonReader *reader, const Type *type, Value *out,
                                    Arena *arena) {
    ValueVec items = {0};
    JsonToken token;
    while ((token = json_next(reader)) != JSON_ARRAY_END) {
        Str raw;
        Value item;
        if (token == JSON_BAD || token == JSON_END || !json_skip(reader, token, &raw) ||
            !console_json_read_value(raw, item_type(type, items.count), &item, arena))
            return false;
        vec_push(arena, &items, item);
    }
    if (type && type->kind == KIND_LIST)
        *out = value_list(type->element, items.items, items.count, arena);
    else if (type && type->kind == KIND_SET)
        *out = value_set(type->element, items.items, items.count, arena);
    else
        *out = value_tuple(items.items, items.count, arena);
    return true;
}

static bool console_json_read_value(Str raw, const Type *type, Value *out, Arena *arena) {
    JsonReader reader = json_reader_new(raw, arena);
    switch (json_next(&reader)) {
    case JSON_OBJECT_START: return console_json_read_object(&reader, type, out, arena);
    case JSON_ARRAY_START: return console_json_read_array(&reader, type, out, arena);
    case JSON_STRING: *out = value_string(reader.text, arena); return true;
    case JSON_NUMBER: return console_json_read_number(reader.text, out, arena);
    case JSON_TRUE: *out = value_bool(true); return true;
    case JSON_FALSE: *out = value_bool(false); return true;
    case JSON_NULL: *out = value_null(type ? type : &TYPE_DYNAMIC); return true;
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_KEY:
    case JSON_BAD: return false;
    }
    return false;
}

static void console_json_write_value(JsonWriter *writer, Value v, Arena *arena);

static void write_wrapped(JsonWriter *writer, Value v, Arena *arena) {
    json_object_start(writer);
    if (value_has_mark(v, MARK_SENSITIVE))
        json_key_bool(writer, "$sensitive", true);
    if (value_is_known(v)) {
        json_key(writer, STR("$value"));
        console_json_write_value(writer, value_without_marks(v), arena);
    } else {
        json_key(writer, STR("$type"));
        json_write_type(writer, v.type);
        json_key_bool(writer, "$unknown", true);
    }
    json_object_end(writer);
}

/* Returns true if the nearest double has the same shortest text. */
static bool is_double_text(Value number, Str text, Arena *arena) {
    if (text.len >= 40 || !arithmetic_is_finite(number))
        return false;
    const Number *rounded = number_from_double(value_to_double(number), arena);
    return str_equal(number_to_text(rounded, arena), text);
}

static void console_json_write_number(JsonWriter *writer, Value number, Arena *arena) {
    int64_t integer = 0;
    const int64_t exact = INT64_C(1) << 49;
    if (value_to_int(number, &integer) && integer > -exact && integer < exact) {
        json_int(writer, integer);
        return;
    }
    Str text = value_number_text(number, arena);
    if (is_double_text(number, text, arena)) {
        json_raw(writer, text);
        return;
    }
    json_object_start(writer);
    json_key_string(writer, "$number", text);
    json_object_end(writer);
}

static void write_items(JsonWriter *writer, Value v, Arena *arena) {
    size_t count = v.type->kind == KIND_TUPLE ? v.type->count : v.count;
    json_array_start(writer);
    for (size_t i = 0; i < count; i++)
        console_json_write_value(writer, value_at(v, i), arena);
    json_array_end(writer);
}

static void console_json_write_members(JsonWriter *writer, Value v, Arena *arena) {
    bool is_object = v.type->kind == KIND_OBJECT;
    size_t count = is_object ? v.type->count : v.count;
    json_object_start(writer);
    for (size_t i = 0; i < count; i++) {
        json_key(writer, is_object ? v.type->names[i] : value_key_at(v, i));
        console_json_write_value(writer, value_at(v, i), arena);
    }
    json_object_end(writer);
}

static void console_json_write_value(JsonWriter *writer, Value v, Arena *arena) {
    if (!value_is_known(v) || value_has_mark(v, MARK_SENSITIVE)) {
        write_wrapped(writer, v, arena);
        return;
    }
    if (value_is_null(v)) {
        json_write_null(writer);
        return;
    }
    switch (v.type->kind) {
    case KIND_BOOL: json_bool(writer, v.as.boolean); return;
    case KIND_NUMBER: console_json_write_number(writer, v, arena); return;
    case KIND_STRING: json_write_string(writer, value_text(v)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: write_items(writer, v, arena); return;
    case KIND_MAP:
    case KIND_OBJECT: console_json_write_members(writer, v, arena); return;
    case KIND_DYNAMIC: json_write_null(writer); return;
    }
}

typedef struct Request {
    Str id; /* raw JSON */
    Str expr;
    Str template;
    Str type_expr;
    Value value;
    uint32_t forms; /* number of expr, template and convert */
    bool is_template;
    bool is_convert;
    bool has_variables;
    Map variables;
} Request;

static bool request_convert(JsonReader *reader, Request *request, Arena *arena) {
    bool has_type = false;
    bool has_value = false;
    if (json_next(reader) != JSON_OBJECT_START)
        return false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (str_equal(reader->text, STR("type_expr"))) {
            has_type = json_next(reader) == JSON_STRING;
            if (!has_type)
                return false;
            request->type_expr = str_clone(reader->text, arena);
        } else if (str_equal(reader->text, STR("value"))) {
            Str raw;
            has_value = json_skip(reader, json_next(reader), &raw) &&
                        console_json_read_value(raw, NULL, &request->value, arena);
            if (!has_value)
                return false;
        } else {
            return false;
        }
    }
    return token == JSON_OBJECT_END && has_type && has_value;
}

static bool request_variables(JsonReader *reader, Request *request, Arena *arena) {
    request->has_variables = true;
    request->variables = map_new(arena);
    if (json_next(reader) != JSON_OBJECT_START)
        return false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        Str name = value_text(value_string(reader->text, arena));
        Value *value = arena_new(arena, Value);
        Str raw;
        if (!json_skip(reader, json_next(reader), &raw) ||
            !console_json_read_value(raw, NULL, value, arena))
            return false;
        map_set(&request->variables, name, value);
    }
    return token == JSON_OBJECT_END;
}

static bool request_text(JsonReader *reader, Str *out, Arena *arena) {
    if (json_next(reader) != JSON_STRING)
        return false;
    *out = str_clone(reader->text, arena);
    return true;
}

static bool request_field(JsonReader *reader, Request *request, Arena *arena) {
    Str key = str_clone(reader->text, arena);
    if (str_equal(key, STR("id")))
        return json_peek(reader) == JSON_STRING &&
               json_skip(reader, json_next(reader), &request->id);
    if (str_equal(key, STR("vars")))
        return request_variables(reader, request, arena);
    request->forms++;
    if (str_equal(key, STR("expr")))
        return request_text(reader, &request->expr, arena);
    request->is_template = str_equal(key, STR("template"));
    if (request->is_template)
        return request_text(reader, &request->template, arena);
    request->is_convert = str_equal(key, STR("convert"));
    return request->is_convert && request_convert(reader, request, arena);
}

static bool request_read(Str line, Request *request, Arena *arena) {
    JsonReader reader = json_reader_new(line, arena);
    if (json_next(&reader) != JSON_OBJECT_START)
        return false;
    JsonToken token;
    while ((token = json_next(&reader)) == JSON_KEY)
        if (!request_field(&reader, request, arena))
            return false;
    return token == JSON_OBJECT_END && json_next(&reader) == JSON_END && request->forms == 1;
}

/* Finds the id of an invalid request, for the error response. */
static void request_find_id(Str line, Request *request, Arena *arena) {
    JsonReader reader = json_reader_new(line, arena);
    if (json_next(&reader) != JSON_OBJECT_START)
        return;
    while (!request->id.len && json_next(&reader) == JSON_KEY) {
        bool is_id = str_equal(reader.text, STR("id")) && json_peek(&reader) == JSON_STRING;
        Str raw;
        if (!json_skip(&reader, json_next(&reader), &raw))
            return;
        if (is_id)
            request->id = raw;
    }
}

static bool answer_convert(const Request *request, const Scope *scope, Value *out, Arena *arena,
                           Diags *diags) {
    const SourceText *source = source_text_new(STR("<type>"), request->type_expr, arena);
    TypeConstraint constraint;
    ConvertError error;
    if (!type_constraint_parse(source, scope->functions, &constraint, arena, diags))
        return false;
    if (type_constraint_apply(constraint, request->value, out, &error, arena))
        return true;
    Str path = path_to_str(error.path, arena);
    Diag *diag = diags_error(diags, NO_RANGE, "Invalid value", "%.*s.", STR_ARG(error.message));
    diag->path = path;
    return false;
}

static bool answer_value(const Request *request, const Scope *scope, Value *out, Arena *arena,
                         Diags *diags) {
    Scope own = *scope;
    const Expr *expr = NULL;
    if (request->is_convert)
        return answer_convert(request, scope, out, arena, diags);
    if (request->has_variables || !own.lookup) {
        Map *names = arena_new(arena, Map);
        *names = request->has_variables ? request->variables : map_new(arena);
        Scope of_map = scope_from_map(names, scope->functions);
        own.self = of_map.self;
        own.lookup = of_map.lookup;
    }
    bool is_parsed;
    if (request->is_template) {
        const SourceText *source = source_text_new(STR("<template>"), request->template, arena);
        is_parsed = parser_parse_template(source, own.functions, &expr, arena, diags);
    } else {
        const SourceText *source = source_text_new(STR("<expression>"), request->expr, arena);
        is_parsed = parser_parse_expression(source, own.functions, &expr, arena, diags);
    }
    return is_parsed && eval_expr(expr, &own, out, arena, diags);
}

static void console_json_write_position(JsonWriter *writer, const char *key, SourceRange range,
                                        uint32_t offset) {
    SourcePos position = source_text_position(range.source, offset);
    json_key_object(writer, key);
    json_key_int(writer, "line", position.line);
    json_key_int(writer, "column", position.column);
    json_key_int(writer, "byte", position.byte);
    json_object_end(writer);
}

/* Writes "summary: detail", one line per error. */
static void write_errors(JsonWriter *writer, const Diags *diags, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    SourceRange range = NO_RANGE;
    for (size_t i = 0; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        if (diag->severity != DIAG_ERROR)
            continue;
        if (buf.len)
            strbuf_add_char(&buf, '\n');
        strbuf_add(&buf, diag->summary);
        if (diag->path.len)
            strbuf_add_format(&buf, " (at %.*s)", STR_ARG(diag->path));
        if (diag->detail.len)
            strbuf_add_format(&buf, ": %.*s", STR_ARG(diag->detail));
        if (!range.source)
            range = source_range_resolve(diag->range);
    }
    json_key_string(writer, "error", strbuf_str(&buf));
    if (!range.source)
        return;
    json_key_object(writer, "range");
    console_json_write_position(writer, "start", range, range.start);
    console_json_write_position(writer, "end", range, range.end);
    json_object_end(writer);
}

static void write_success(JsonWriter *writer, Value value, Arena *arena) {
    Value bare = value_without_marks(value);
    if (value_is_known(value)) {
        json_key(writer, STR("value"));
        console_json_write_value(writer, bare, arena);
    } else {
        json_key_bool(writer, "unknown", true);
    }
    json_key(writer, STR("type"));
    json_write_type(writer, value.type);
    if (value_has_mark(value, MARK_SENSITIVE))
        json_key_bool(writer, "sensitive", true);
    bool is_partial =
        value_is_known(value) && (!value_is_wholly_known(value) || value_marks_deep(bare));
    if (is_partial)
        json_key_bool(writer, "partial", true);
}

/* JSON has no infinities, and the protocol has no wrapper for them. */
static bool holds_infinity(Value v) {
    if (!value_is_present(v))
        return false;
    if (v.type->kind == KIND_NUMBER)
        return !arithmetic_is_finite(v);
    for (size_t i = 0; v.type->kind >= KIND_LIST && i < v.count; i++)
        if (holds_infinity(value_at(v, i)))
            return true;
    return false;
}

Str console_json_answer(Str line, const Scope *scope, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    Diags diags = diags_new(arena);
    Request request = {0};
    Value value;
    json_writer_init(writer, &buf, 0);
    bool is_request = request_read(line, &request, arena);
    if (!is_request) {
        request_find_id(line, &request, arena);
        diags_error(&diags, NO_RANGE, "Invalid request",
                    "A request must be a JSON object with an \"id\", exactly one of \"expr\", "
                    "\"template\" and \"convert\", and optionally \"vars\".");
    }
    bool is_good = is_request && answer_value(&request, scope, &value, arena, &diags);
    json_object_start(writer);
    json_key(writer, STR("id"));
    json_raw(writer, request.id.len ? request.id : STR("null"));
    if (is_good && holds_infinity(value))
        json_key_string(writer, "bad", STR("inf"));
    else if (is_good)
        write_success(writer, value, arena);
    else
        write_errors(writer, &diags, arena);
    json_object_end(writer);
    return strbuf_str(&buf);
}
