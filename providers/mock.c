#include "mock.h"
#include "convert.h"
#include "digest.h"
#include "log.h"
#include "resource_type.h"

#define TEXT_LENGTH 8

typedef struct Filling {
    const Mock *mock;
    bool fills_unknown; /* true: fill unknown values; false: null ones */
    StrBuf path;        /* of the attribute; generated strings depend on it */
    Arena *arena;
    Diags *diags;
    bool ok;
} Filling;

static Value mock_fill_object(Filling *filling, const Schema *schema, Value object, Value values);

static Value made_up_text(Filling *filling) {
    Str digest = digest_hex(DIGEST_SHA256, strbuf_str(&filling->path), filling->arena);
    return value_from_str(str_slice(digest, 0, TEXT_LENGTH));
}

static Value mock_make_up(Filling *filling, const Type *type);

static Value make_up_object(Filling *filling, const Type *type) {
    Value *items = arena_new_array(filling->arena, Value, type->count);
    size_t length = filling->path.len;
    for (size_t i = 0; i < type->count; i++) {
        strbuf_add_format(&filling->path, ".%.*s", STR_ARG(type->names[i]));
        items[i] = mock_make_up(filling, type_at(type, i));
        filling->path.len = length;
    }
    return value_object_of(type, items);
}

static Value mock_make_up(Filling *filling, const Type *type) {
    switch (type->kind) {
    case KIND_STRING: return made_up_text(filling);
    case KIND_NUMBER: return value_int(0);
    case KIND_BOOL: return value_bool(false);
    case KIND_LIST: return value_list(type->element, NULL, 0, filling->arena);
    case KIND_SET: return value_set(type->element, NULL, 0, filling->arena);
    case KIND_MAP: return value_map(type->element, NULL, NULL, 0, filling->arena);
    case KIND_OBJECT: return make_up_object(filling, type);
    case KIND_TUPLE:
    case KIND_DYNAMIC: break;
    }
    return value_null(type);
}

/* Adds generated values for the missing attributes of a partly given object. */
static Value mock_complete(Filling *filling, Value given, const Type *type) {
    bool is_object =
        type->kind == KIND_OBJECT && value_is_present(given) && type_is_mapping(given.type);
    if (!is_object)
        return given;
    Str *names = arena_new_array(filling->arena, Str, type->count);
    Value *items = arena_new_array(filling->arena, Value, type->count);
    for (size_t i = 0; i < type->count; i++) {
        Value item;
        names[i] = type->names[i];
        items[i] = value_find(given, names[i], &item)
                       ? mock_complete(filling, item, type_at(type, i))
                       : mock_make_up(filling, type_at(type, i));
    }
    return value_object(names, items, type->count, filling->arena);
}

static Value use_given(Filling *filling, const char *name, Value given, const Type *type) {
    Value value;
    ConvertError error = {0};
    if (convert_value(mock_complete(filling, given, type), type, &value, &error, filling->arena))
        return value;
    Str wanted = type_friendly_name(type, filling->arena);
    diags_error(filling->diags, NO_RANGE, "Failed to compute attribute",
                "The value that %.*s sets for \"%s\" does not match the type of this attribute, "
                "%.*s: %.*s.",
                STR_ARG(filling->mock->place), name, STR_ARG(wanted), STR_ARG(error.message));
    filling->ok = false;
    return mock_make_up(filling, type);
}

static Value mock_fill_nested(Filling *filling, const Schema *schema, Nesting nesting, Value value,
                              Value values) {
    if (!value_is_present(value))
        return value;
    if (nesting == NEST_SINGLE)
        return mock_fill_object(filling, schema, value, values);
    Value *items = arena_new_array(filling->arena, Value, value.count);
    size_t length = filling->path.len;
    for (size_t i = 0; i < value.count; i++) {
        strbuf_add_format(&filling->path, "[%zu]", i);
        items[i] = mock_fill_object(filling, schema, value_at(value, i), values);
        filling->path.len = length;
    }
    return value_with_items(value, items, filling->arena);
}

static Value mock_fill_member(Filling *filling, SchemaMember member, Value at, Value values) {
    const Attribute *attribute = member.attribute;
    Value given = value_null(&TYPE_DYNAMIC);
    bool is_given = value_find(values, member.name, &given);
    bool is_open = filling->fills_unknown ? !value_is_known(at) : value_is_null(at);
    if (attribute)
        log_debug("mock attribute", log_cstr("name", attribute->name),
                  log_number("given", is_given), log_number("open", is_open));
    if (attribute && (attribute->flags & COMPUTED) && is_open) {
        const Type *type = attribute_implied_type(attribute);
        return is_given ? use_given(filling, attribute->name, given, type)
                        : mock_make_up(filling, type);
    }
    return member.nested ? mock_fill_nested(filling, member.nested, member.nesting, at, given) : at;
}

static Value mock_fill_object(Filling *filling, const Schema *schema, Value object, Value values) {
    if (!value_is_present(object))
        return object;
    Value *items = arena_new_array(filling->arena, Value, object.count);
    size_t length = filling->path.len;
    for (size_t i = 0; i < object.count; i++) {
        Str name = value_key_at(object, i);
        SchemaMember member;
        items[i] = value_at(object, i);
        strbuf_add_format(&filling->path, ".%.*s", STR_ARG(name));
        if (schema_find_member(schema, name, &member))
            items[i] = mock_fill_member(filling, member, items[i], values);
        filling->path.len = length;
    }
    return value_with_items(object, items, filling->arena);
}

static bool mock_fill(const Mock *mock, const Call *call, bool fills_unknown, Value object,
                      Value *out, Diags *diags) {
    Filling filling = {
        .mock = mock,
        .fills_unknown = fills_unknown,
        .path = strbuf_new(call->arena),
        .arena = call->arena,
        .diags = diags,
        .ok = true,
    };
    strbuf_add(&filling.path, call->address);
    *out = mock_fill_object(&filling, &mock->type->schema, object, mock->values);
    return filling.ok;
}

bool mock_plan(const Mock *mock, const Call *call, const PlanRequest *request,
               PlanResponse *response, Diags *diags) {
    resource_type_prepare_plan(call, request, response);
    response->requires_replace = (Paths){0};
    if (value_is_present(request->prior)) {
        response->planned = request->proposed;
        return true;
    }
    return !mock->during_plan ||
           mock_fill(mock, call, true, response->planned, &response->planned, diags);
}

bool mock_apply(const Mock *mock, const Call *call, const ApplyRequest *request,
                ApplyResponse *response, Diags *diags) {
    *response = (ApplyResponse){.state = request->planned, .private_data = request->private_data};
    return value_is_present(request->prior) ||
           mock_fill(mock, call, true, request->planned, &response->state, diags);
}

bool mock_read_data(const Mock *mock, const Call *call, const DataReadRequest *request,
                    DataReadResponse *response, Diags *diags) {
    *response = (DataReadResponse){.state = request->config};
    return mock_fill(mock, call, false, request->config, &response->state, diags);
}
