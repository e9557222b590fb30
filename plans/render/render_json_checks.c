/* render_json_checks: converts check_results, which hold addresses as text, to the `checks` of a
 * document, which split them into parts. */
#include "render_json_state.h"

/* "module.m[0].check.c" → "module.m[0]" and "c"; a name has no dots. */
static void split_named(Str address, Str kind, Str *module, Str *name) {
    size_t dot = str_rfind_char(address, '.');
    *name = dot == SIZE_MAX ? address : str_after(address, dot + 1);
    size_t tail = kind.len + 1 + name->len;
    *module = address.len > tail ? str_slice(address, 0, address.len - tail - 1) : STR_EMPTY;
}

static bool json_checks_parse_resource(Str address, ResourceAddr *out, Arena *scratch) {
    Diags ignored = diags_new(scratch);
    return address_parse_resource(address, out, scratch, &ignored);
}

static void json_checks_write_resource(JsonWriter *writer, Str address, Arena *scratch) {
    ResourceAddr resource;
    if (!json_checks_parse_resource(address, &resource, scratch))
        return;
    Str module = module_addr_to_str(resource.module, scratch);
    json_key_string(writer, "mode", resource.mode == MODE_DATA ? STR("data") : STR("managed"));
    if (module.len > 0)
        json_key_string(writer, "module", module);
    json_key_string(writer, "name", resource.name);
    json_key_string(writer, "type", resource.type);
}

static void json_checks_write_address(JsonWriter *writer, Str kind, Str address, Arena *scratch) {
    json_key_object(writer, "address");
    bool is_output = str_equal(kind, STR("output"));
    json_key_string(writer, "kind", is_output ? STR("output_value") : kind);
    if (str_equal(kind, STR("resource"))) {
        json_checks_write_resource(writer, address, scratch);
    } else {
        Str module, name;
        split_named(address, kind, &module, &name);
        if (module.len > 0)
            json_key_string(writer, "module", module);
        json_key_string(writer, "name", name);
    }
    json_key_string(writer, "to_display", address);
    json_object_end(writer);
}

static void write_instance_address(JsonWriter *writer, Str kind, Str address, Arena *scratch) {
    Str module = STR_EMPTY, name;
    InstanceKey key = KEY_ABSENT;
    ResourceAddr resource;
    if (!str_equal(kind, STR("resource"))) {
        split_named(address, kind, &module, &name);
    } else if (json_checks_parse_resource(address, &resource, scratch)) {
        module = module_addr_to_str(resource.module, scratch);
        key = resource.key;
    }
    json_key_object(writer, "address");
    if (key.kind != KEY_NONE) {
        json_key(writer, STR("instance_key"));
        json_write_value(writer, address_key_to_value(key));
    }
    if (module.len > 0)
        json_key_string(writer, "module", module);
    json_key_string(writer, "to_display", address);
    json_object_end(writer);
}

static int json_checks_compare_blocks(const void *a, const void *b) {
    return str_compare(value_text_at(*(const Value *)a, STR("config_addr")),
                       value_text_at(*(const Value *)b, STR("config_addr")));
}

static int json_checks_compare_objects(const void *a, const void *b) {
    return str_compare(value_text_at(*(const Value *)a, STR("object_addr")),
                       value_text_at(*(const Value *)b, STR("object_addr")));
}

/* Returns the elements of a tuple in the order of their addresses, as Terraform prints them. */
static Value *json_checks_in_order(Value tuple, int (*compare)(const void *, const void *),
                                   Arena *scratch) {
    Value *rows = arena_new_array(scratch, Value, tuple.count + 1);
    for (size_t i = 0; i < tuple.count; i++)
        rows[i] = value_at(tuple, i);
    qsort(rows, tuple.count, sizeof(*rows), compare);
    return rows;
}

static void write_problems(JsonWriter *writer, Value messages) {
    if (messages.count == 0)
        return;
    json_key_array(writer, "problems");
    for (size_t i = 0; i < messages.count; i++) {
        json_object_start(writer);
        json_key(writer, STR("message"));
        json_write_value(writer, value_at(messages, i));
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void json_checks_write_instance(JsonWriter *writer, Str kind, Value object, Arena *scratch) {
    json_object_start(writer);
    write_instance_address(writer, kind, value_text_at(object, STR("object_addr")), scratch);
    write_problems(writer, value_tuple_at(object, STR("failure_messages")));
    json_key_string(writer, "status", value_text_at(object, STR("status")));
    json_object_end(writer);
}

/* A check without instances has no such member, as in Terraform. */
static void json_checks_write_instances(JsonWriter *writer, Str kind, Value objects,
                                        Arena *scratch) {
    if (objects.count == 0)
        return;
    Value *rows = json_checks_in_order(objects, json_checks_compare_objects, scratch);
    json_key_array(writer, "instances");
    for (size_t i = 0; i < objects.count; i++)
        json_checks_write_instance(writer, kind, rows[i], scratch);
    json_array_end(writer);
}

static void json_checks_write_check(JsonWriter *writer, Value result, Arena *scratch) {
    Str kind = value_text_at(result, STR("object_kind"));
    json_object_start(writer);
    json_checks_write_address(writer, kind, value_text_at(result, STR("config_addr")), scratch);
    json_checks_write_instances(writer, kind, value_tuple_at(result, STR("objects")), scratch);
    json_key_string(writer, "status", value_text_at(result, STR("status")));
    json_object_end(writer);
}

void render_json_checks(JsonWriter *writer, Str check_results, Arena *scratch) {
    Value results;
    const char *error;
    size_t offset;
    if (check_results.len == 0 ||
        !json_parse_any(check_results, &results, &error, &offset, scratch) ||
        !value_is_present(results) || results.type->kind != KIND_TUPLE || results.count == 0)
        return;
    Value *rows = json_checks_in_order(results, json_checks_compare_blocks, scratch);
    json_key_array(writer, "checks");
    for (size_t i = 0; i < results.count; i++)
        json_checks_write_check(writer, rows[i], scratch);
    json_array_end(writer);
}
