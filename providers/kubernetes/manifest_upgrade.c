/* manifest_upgrade: blocks are lists there, the object has a null for each field of its schema, and
 * the manifest of an imported object is null. */
#include "manifest_upgrade.h"

#include "json.h"
#include "object_body.h"
#include "object_view.h"
#include "upgrade_object.h"

/* Returns the value of a dynamic attribute; null if there is none. */
static Value dynamic_value(Value stored, const char *name) {
    Value attribute, value;
    return value_find_present(stored, str_from_cstr(name), &attribute) &&
                   value_find_present(attribute, STR("value"), &value)
               ? value
               : value_null(&TYPE_DYNAMIC);
}

static Value block_of(Value stored, const char *name) {
    Value list = value_tuple_at(stored, str_from_cstr(name));
    return value_is_present(list) && list.count ? value_at(list, 0) : value_null(&TYPE_DYNAMIC);
}

/* The deprecated attribute wait_for has the fields that belong to the block. */
static Value manifest_upgrade_wait_of(Value stored, Arena *arena) {
    Value wait_for, fields;
    Value wait = block_of(stored, "wait");
    if (value_is_present(wait) || !value_find_present(stored, STR("wait_for"), &wait_for) ||
        !value_find_present(wait_for, STR("fields"), &fields))
        return wait;
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("condition"), value_tuple(NULL, 0, arena));
    object_builder_put(&builder, STR("fields"), fields);
    return object_builder_value(&builder);
}

static void write_member(JsonWriter *writer, const char *name, Value value) {
    json_key(writer, str_from_cstr(name));
    json_write_value(writer, value);
}

static void manifest_upgrade_write_dynamic(JsonWriter *writer, const char *name, Value value) {
    json_key(writer, str_from_cstr(name));
    json_write_typed(writer, value, &TYPE_DYNAMIC);
}

/* Returns the stored object in our form, without defaults. */
static Str manifest_upgrade_converted(Value stored, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Value computed;
    Value object = object_body_without_nulls(dynamic_value(stored, "object"), arena);
    Value manifest = dynamic_value(stored, "manifest");
    if (!value_is_present(manifest) && value_is_present(object))
        manifest = object_view_manifest(object, arena);
    if (!value_find(stored, STR("computed_fields"), &computed))
        computed = value_null(&TYPE_DYNAMIC);
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    write_member(&writer, "computed_fields", computed);
    write_member(&writer, "field_manager", block_of(stored, "field_manager"));
    manifest_upgrade_write_dynamic(&writer, "manifest", manifest);
    manifest_upgrade_write_dynamic(&writer, "object", object);
    write_member(&writer, "timeouts", block_of(stored, "timeouts"));
    write_member(&writer, "wait", manifest_upgrade_wait_of(stored, arena));
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool manifest_upgrade(const Call *call, const UpgradeRequest *request, UpgradeResponse *response,
                      Diags *) {
    Arena *arena = call->arena;
    UpgradeRequest made = *request;
    ObjectBuilder builder;
    Value stored;
    if (request->version != MANIFEST_UPGRADE_HASHICORP ||
        !json_parse_object(request->stored, &stored, arena))
        return true;
    made.stored = manifest_upgrade_converted(stored, arena);
    if (!upgrade_object_begin(call, &made, &builder))
        return true;
    Value object =
        schema_apply_defaults(&call->type->schema, object_builder_value(&builder), arena);
    builder = object_builder_of(object, arena);
    upgrade_object_end(call, &builder, response);
    return true;
}
