/* protocol_message: encodes and decodes each field by its number in the row of the method. */
#include "protocol_message.h"

#include "json.h"
#include "msgpack_read.h"
#include "msgpack_write.h"
#include "wire.h"

/* The release of Terraform that loam is compatible with. Providers write it into their user agents,
 * and may reject releases that they do not support. */
#define TERRAFORM_VERSION STR("1.11.4")

enum { DYNAMIC_MSGPACK = 1, DYNAMIC_JSON = 2 };
enum { IDENTITY_DATA = 1 }; /* of ResourceIdentityData */
enum { CAPABILITY_DEFERRAL = 1, CAPABILITY_WRITE_ONLY = 2 };

static void message_put_value(StrBuf *out, uint32_t number, Value v, const Type *type) {
    if (number == 0 || !v.type)
        return;
    size_t message = wire_begin(out, number);
    size_t bytes = wire_begin(out, DYNAMIC_MSGPACK);
    msgpack_write(out, v, type);
    wire_end(out, bytes);
    wire_end(out, message);
}

static void message_put_text(StrBuf *out, uint32_t number, Str text) {
    if (number != 0)
        wire_put_bytes(out, number, text);
}

static void put_stored(StrBuf *out, uint32_t number, Str json) {
    if (number == 0)
        return;
    size_t state = wire_begin(out, number);
    wire_put_bytes(out, 1, json);
    wire_end(out, state);
}

/* An identity is in a message of its own. */
static void put_identity(StrBuf *out, uint32_t number, Value identity, const Type *type) {
    if (number == 0 || value_is_null(identity))
        return;
    size_t message = wire_begin(out, number);
    message_put_value(out, IDENTITY_DATA, identity, type);
    wire_end(out, message);
}

static void message_put_capabilities(StrBuf *out, uint32_t number, bool allows_deferral) {
    if (number == 0)
        return;
    size_t message = wire_begin(out, number);
    if (allows_deferral)
        wire_put_varint(out, CAPABILITY_DEFERRAL, true);
    wire_put_varint(out, CAPABILITY_WRITE_ONLY, true);
    wire_end(out, message);
}

Str protocol_message_request(ProtocolMethod method, const ProtocolRequest *request, Arena *arena) {
    const ProtocolFields *fields = protocol_method_fields(method);
    StrBuf out = strbuf_new(arena);
    message_put_text(&out, fields->terraform_version, TERRAFORM_VERSION);
    message_put_text(&out, fields->type_name, str_from_cstr(request->type_name));
    message_put_text(&out, fields->id, request->id);
    message_put_text(&out, fields->source_address, request->source_address);
    message_put_text(&out, fields->source_type, request->source_type);
    message_put_value(&out, fields->config, request->config, request->type);
    message_put_value(&out, fields->prior, request->prior, request->type);
    message_put_value(&out, fields->proposed, request->proposed, request->type);
    message_put_value(&out, fields->planned, request->planned, request->type);
    message_put_text(&out, fields->private_data, request->private_data);
    if (request->meta_type)
        message_put_value(&out, fields->provider_meta, request->meta, request->meta_type);
    message_put_capabilities(&out, fields->capabilities, request->allows_deferral);
    if (fields->version)
        wire_put_varint(&out, fields->version, (uint64_t)request->version);
    if (fields->includes_objects)
        wire_put_varint(&out, fields->includes_objects, request->includes_objects);
    if (fields->limit)
        wire_put_varint(&out, fields->limit, (uint64_t)request->limit);
    put_stored(&out, fields->raw_state, request->stored);
    put_identity(&out, fields->identity, request->identity, request->identity_type);
    if (request->stored_identity.len > 0) {
        put_stored(&out, fields->stored_identity, request->stored_identity);
        if (fields->identity_version)
            wire_put_varint(&out, fields->identity_version, (uint64_t)request->identity_version);
    }
    for (size_t i = 0; i < request->argument_count; i++)
        message_put_value(&out, fields->arguments, request->arguments[i],
                          request->argument_types[i]);
    return strbuf_str(&out);
}

/* Responses. */

/* Decodes an AttributePath, up to the first damaged step. */
static Path protocol_message_path(Str bytes, Arena *arena) {
    enum { STEPS = 1, ATTRIBUTE = 1, KEY_TEXT = 2, KEY_NUMBER = 3 };
    Path path = {0};
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    while (wire_next(&reader, &field) && field.number == STEPS) {
        WireReader inner = wire_reader_new(field.bytes);
        WireField step;
        if (!wire_next(&inner, &step))
            break;
        if (step.number == ATTRIBUTE)
            path = path_attribute(path, value_text(value_string(step.bytes, arena)), arena);
        else if (step.number == KEY_TEXT)
            path = path_index(path, value_string(step.bytes, arena), arena);
        else if (step.number == KEY_NUMBER)
            path = path_index(path, value_int((int64_t)step.value), arena);
    }
    return path;
}

static Str clean_text(Str bytes, Arena *arena) {
    return value_text(value_string(bytes, arena));
}

static void protocol_message_diagnostic(Str bytes, Arena *arena, Diags *diags) {
    enum { SEVERITY = 1, SUMMARY = 2, DETAIL = 3, ATTRIBUTE = 4, SEVERITY_WARNING = 2 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Path path = {0};
    Str summary = STR_EMPTY, detail = STR_EMPTY;
    bool is_warning = false;
    while (wire_next(&reader, &field)) {
        switch (field.number) {
        case SEVERITY: is_warning = field.value == SEVERITY_WARNING; break;
        case SUMMARY: summary = clean_text(field.bytes, arena); break;
        case DETAIL: detail = clean_text(field.bytes, arena); break;
        case ATTRIBUTE: path = protocol_message_path(field.bytes, arena); break;
        default: break;
        }
    }
    const char *title = summary.len ? str_to_cstr(summary, arena) : "Provider error";
    Diag *diag = is_warning ? diags_warning(diags, NO_RANGE, title, "%.*s", STR_ARG(detail))
                            : diags_error(diags, NO_RANGE, title, "%.*s", STR_ARG(detail));
    diag->is_of_walk = is_warning;
    if (path.count > 0)
        diag->path = path_to_str(path, diags->arena);
}

bool protocol_message_value(Str dynamic, const Type *type, Value *out, Str *error, Arena *arena) {
    WireReader reader = wire_reader_new(dynamic);
    WireField field;
    Str msgpack = STR_EMPTY, json = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == DYNAMIC_MSGPACK)
            msgpack = field.bytes;
        else if (field.number == DYNAMIC_JSON)
            json = field.bytes;
    }
    if (msgpack.len)
        return msgpack_read(msgpack, type, out, error, arena);
    *error = STR("the value is missing");
    if (json.len == 0)
        return false;
    JsonReader text = json_reader_new(json, arena);
    const char *problem = NULL;
    if (json_read_typed(&text, json_next(&text), type, out, &problem, arena))
        return true;
    *error = str_clone(str_from_cstr(problem), arena);
    return false;
}

static int64_t read_timestamp(Str bytes) {
    enum { SECONDS = 1, NANOS = 2 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    int64_t ms = 0;
    while (wire_next(&reader, &field)) {
        int64_t value = (int64_t)field.value;
        if (field.number == SECONDS && value > INT64_MIN / 2000 && value < INT64_MAX / 2000)
            ms += value * 1000;
        else if (field.number == NANOS)
            ms += value / 1000000 % 1000;
    }
    return ms;
}

static void message_read_identity(Str bytes, ProtocolResponse *out) {
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    while (wire_next(&reader, &field)) {
        if (field.number == IDENTITY_DATA) {
            out->has_identity = true;
            out->identity = field.bytes;
        }
    }
}

static void read_imported(Str bytes, ProtocolResponse *out) {
    enum { TYPE_NAME = 1, STATE = 2, PRIVATE = 3, IDENTITY = 4 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    if (out->imported_count++ > 0)
        return;
    while (wire_next(&reader, &field)) {
        switch (field.number) {
        case TYPE_NAME: out->imported_type = field.bytes; break;
        case STATE:
            out->has_state = true;
            out->state = field.bytes;
            break;
        case PRIVATE: out->private_data = field.bytes; break;
        case IDENTITY: message_read_identity(field.bytes, out); break;
        default: break;
        }
    }
}

static void read_function_error(Str bytes, ProtocolResponse *out, Arena *arena) {
    enum { TEXT = 1, ARGUMENT = 2 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    out->has_error = true;
    while (wire_next(&reader, &field)) {
        if (field.number == TEXT)
            out->error = clean_text(field.bytes, arena);
        else if (field.number == ARGUMENT)
            out->error_argument = (size_t)field.value;
    }
}

static void read_deferred(Str bytes, ProtocolResponse *out) {
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    out->is_deferred = true;
    while (wire_next(&reader, &field)) {
        if (field.number == 1)
            out->deferred_reason = field.value;
    }
}

static Str read_progress(Str bytes, Arena *arena) {
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str text = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == 1)
            text = clean_text(field.bytes, arena);
    }
    return text;
}

static void read_completed(Str bytes, Arena *arena, Diags *diags) {
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    while (wire_next(&reader, &field)) {
        if (field.number == 1)
            protocol_message_diagnostic(field.bytes, arena, diags);
    }
}

static void message_read_field(const ProtocolFields *fields, const WireField *field,
                               ProtocolResponse *out, Arena *arena, Diags *diags) {
    uint32_t number = field->number;
    if (number == fields->diagnostics) {
        protocol_message_diagnostic(field->bytes, arena, diags);
    } else if (number == fields->state) {
        out->has_state = true;
        out->state = field->bytes;
    } else if (number == fields->new_private) {
        out->private_data = field->bytes;
    } else if (number == fields->new_identity) {
        message_read_identity(field->bytes, out);
    } else if (number == fields->deferred) {
        read_deferred(field->bytes, out);
    } else if (number == fields->is_legacy) {
        out->is_legacy = field->value != 0;
    } else if (number == fields->replaces) {
        vec_push(arena, &out->replaces, protocol_message_path(field->bytes, arena));
    } else if (number == fields->renew_at) {
        out->has_renew_at = true;
        out->renew_at_ms = read_timestamp(field->bytes);
    } else if (number == fields->imported) {
        read_imported(field->bytes, out);
    } else if (number == fields->error) {
        read_function_error(field->bytes, out, arena);
    } else if (number == fields->progress) {
        out->has_progress = true;
        out->progress = read_progress(field->bytes, arena);
    } else if (number == fields->display_name) {
        out->display_name = clean_text(field->bytes, arena);
    } else if (number == fields->completed) {
        out->is_completed = true;
        read_completed(field->bytes, arena, diags);
    }
}

bool protocol_message_response(ProtocolMethod method, Str bytes, ProtocolResponse *out,
                               Arena *arena, Diags *diags) {
    const ProtocolFields *fields = protocol_method_fields(method);
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    *out = (ProtocolResponse){.error_argument = SIZE_MAX};
    while (wire_next(&reader, &field))
        message_read_field(fields, &field, out, arena, diags);
    if (!reader.is_bad)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid response of a provider",
                      "The response to %s is damaged. This is a mistake in the provider; please "
                      "report it to its developers.",
                      fields->name);
}
