/* served_message: one function for all requests, and one for all responses. */
#include "served_message.h"

#include "log.h"
#include "msgpack_write.h"
#include "wire.h"

#define SERVICE "/tfplugin6.Provider/"

bool served_message_method(Str path, ProtocolMethod *out) {
    if (!str_starts_with(path, STR(SERVICE)))
        return false;
    for (int i = 0; i <= PROTOCOL_CALL_FUNCTION; i++) {
        const char *name = protocol_method_fields((ProtocolMethod)i)->name;
        if (!str_equal_cstr(str_after(path, sizeof SERVICE - 1), name))
            continue;
        *out = (ProtocolMethod)i;
        return true;
    }
    return false;
}

/* Requests. */

static Str stored_json(Str raw_state) {
    enum { JSON = 1 };
    WireReader reader = wire_reader_new(raw_state);
    WireField field;
    Str json = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == JSON)
            json = field.bytes;
    }
    return json;
}

static void served_message_read_field(const ProtocolFields *fields, const WireField *field,
                                      ServedRequest *out, Arena *arena) {
    const struct {
        uint32_t number;
        Str *text;
    } texts[] = {
        {fields->type_name, &out->type_name},
        {fields->config, &out->config},
        {fields->prior, &out->prior},
        {fields->proposed, &out->proposed},
        {fields->planned, &out->planned},
        {fields->private_data, &out->private_data},
        {fields->id, &out->id},
        {fields->source_address, &out->source_address},
        {fields->source_type, &out->source_type},
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        if (field->number == texts[i].number)
            *texts[i].text = field->bytes;
    }
    if (field->number == fields->version)
        out->version = (int64_t)field->value;
    else if (field->number == fields->raw_state)
        out->stored = stored_json(field->bytes);
    else if (field->number == fields->arguments)
        vec_push(arena, &out->arguments, field->bytes);
}

bool served_message_request(ProtocolMethod method, Str bytes, ServedRequest *out, Arena *arena) {
    const ProtocolFields *fields = protocol_method_fields(method);
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    *out = (ServedRequest){0};
    while (wire_next(&reader, &field))
        served_message_read_field(fields, &field, out, arena);
    return !reader.is_bad;
}

/* Responses. */

static void served_message_put_value(StrBuf *out, uint32_t number, Value v, const Type *type) {
    enum { MSGPACK = 1 };
    size_t message = wire_begin(out, number);
    size_t bytes = wire_begin(out, MSGPACK);
    msgpack_write(out, v, type);
    wire_end(out, bytes);
    wire_end(out, message);
}

static void put_index(StrBuf *out, Value key) {
    enum { KEY_TEXT = 2, KEY_NUMBER = 3 };
    int64_t index = 0;
    if (key.type->kind == KIND_STRING) {
        size_t text = wire_begin(out, KEY_TEXT);
        strbuf_add(out, value_text(key));
        wire_end(out, text);
    } else if (value_to_int(key, &index)) {
        size_t start = out->len;
        wire_put_varint(out, KEY_NUMBER, (uint64_t)index);
        if (out->len == start) { /* 0 is omitted, but the step must be present */
            strbuf_add_char(out, KEY_NUMBER << 3);
            strbuf_add_char(out, 0);
        }
    }
}

/* Elements of sets have no encoding: the path ends at the set. */
static void put_path(StrBuf *out, uint32_t number, Path path) {
    enum { STEPS = 1, ATTRIBUTE = 1 };
    if (path.count == 0)
        return;
    size_t message = wire_begin(out, number);
    for (size_t i = 0; i < path.count; i++) {
        const PathStep *step = &path.steps[i];
        bool is_key = step->is_index && value_is_present(step->key) &&
                      (step->key.type->kind == KIND_STRING || step->key.type->kind == KIND_NUMBER);
        if (step->is_index && !is_key)
            break;
        size_t encoded = wire_begin(out, STEPS);
        if (step->is_index)
            put_index(out, step->key);
        else
            wire_put_bytes(out, ATTRIBUTE, step->name);
        wire_end(out, encoded);
    }
    wire_end(out, message);
}

static Str message_clean(Str text, const StrVec *secrets, Arena *arena) {
    return secrets ? log_scrub(text, secrets, arena) : text;
}

static void put_diagnostic(StrBuf *out, uint32_t number, const Diag *diag, const StrVec *secrets,
                           Arena *arena) {
    enum { SEVERITY = 1, SUMMARY = 2, DETAIL = 3, ATTRIBUTE = 4, ERROR = 1, WARNING = 2 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, SEVERITY, diag->severity == DIAG_ERROR ? ERROR : WARNING);
    wire_put_bytes(out, SUMMARY, message_clean(diag->summary, secrets, arena));
    wire_put_bytes(out, DETAIL, message_clean(diag->detail, secrets, arena));
    put_path(out, ATTRIBUTE, path_parse(diag->path, arena));
    wire_end(out, message);
}

static void put_timestamp(StrBuf *out, uint32_t number, int64_t ms) {
    enum { SECONDS = 1, NANOS = 2 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, SECONDS, (uint64_t)(ms / 1000));
    wire_put_varint(out, NANOS, (uint64_t)(ms % 1000 * 1000000));
    wire_end(out, message);
}

static void put_imported(StrBuf *out, uint32_t number, const ServedResponse *response) {
    enum { TYPE_NAME = 1, STATE = 2, PRIVATE = 3 };
    size_t message = wire_begin(out, number);
    wire_put_bytes(out, TYPE_NAME, response->type_name);
    served_message_put_value(out, STATE, response->state, response->type);
    wire_put_bytes(out, PRIVATE, response->private_data);
    wire_end(out, message);
}

static void put_error(StrBuf *out, uint32_t number, const ServedResponse *response) {
    enum { TEXT = 1, ARGUMENT = 2 };
    size_t message = wire_begin(out, number);
    wire_put_bytes(out, TEXT, response->error);
    if (response->error_argument == 0) { /* 0 is omitted, but differs from none */
        strbuf_add_char(out, ARGUMENT << 3);
        strbuf_add_char(out, 0);
    } else if (response->error_argument != SIZE_MAX) {
        wire_put_varint(out, ARGUMENT, response->error_argument);
    }
    wire_end(out, message);
}

Str served_message_response(ProtocolMethod method, const ServedResponse *response,
                            const Diags *diags, const StrVec *secrets, Arena *arena) {
    const ProtocolFields *fields = protocol_method_fields(method);
    StrBuf out = strbuf_new(arena);
    if (response->has_error) {
        put_error(&out, fields->error, response);
        return strbuf_str(&out);
    }
    vec_each(diags, diag) {
        if (fields->diagnostics)
            put_diagnostic(&out, fields->diagnostics, diag, secrets, arena);
    }
    if (response->is_import) {
        put_imported(&out, fields->imported, response);
        return strbuf_str(&out);
    }
    if (response->has_state && fields->state)
        served_message_put_value(&out, fields->state, response->state, response->type);
    if (fields->new_private)
        wire_put_bytes(&out, fields->new_private, response->private_data);
    vec_each(&response->replaces, path) {
        put_path(&out, fields->replaces, *path);
    }
    if (fields->is_legacy)
        wire_put_varint(&out, fields->is_legacy, response->is_legacy);
    if (response->has_renew_at)
        put_timestamp(&out, fields->renew_at, response->renew_at_ms);
    return strbuf_str(&out);
}
