/* foreign_state: reduces a state of dmacvicar/libvirt to the identity of its object. */
#include "foreign_state.h"

#include "json.h"
#include "object_builder.h"

/* Returns the UUID of a machine, network or pool, or the key of a volume. Version 0.9 stores a UUID
 * in "uuid" and a number in "id"; version 0.8 has only "id". */
static Str foreign_state_identity_of(Value stored) {
    Str uuid = value_text_at(stored, STR("uuid"));
    return uuid.len ? uuid : value_text_at(stored, STR("id"));
}

static void set_base(ObjectBuilder *builder, Value stored, Arena *arena) {
    const Type *type = object_attribute_type(builder->type, "base");
    Str key = value_text_at(stored, STR("base_volume_id"));
    Value backing;
    if (!key.len && value_find_present(stored, STR("backing_store"), &backing))
        key = value_text_at(backing, STR("path"));
    if (!key.len)
        return;
    ObjectBuilder base = object_builder_null(type, arena);
    object_builder_set_text(&base, "volume_id", key, arena);
    object_builder_set(builder, "base", object_builder_value(&base));
}

static void set_upgraded(UpgradeResponse *response, ObjectBuilder *builder, const Schema *schema,
                         Arena *arena) {
    response->upgraded =
        json_typed_text(object_builder_value(builder), schema_implied_type(schema), arena);
}

bool foreign_state_upgrade(const Call *call, const UpgradeRequest *request,
                           UpgradeResponse *response, const char *own) {
    Arena *arena = call->arena;
    Value stored;
    Value ignored;
    if (!json_parse_object(request->stored, &stored, arena) ||
        value_find(stored, str_from_cstr(own), &ignored) || !foreign_state_identity_of(stored).len)
        return true;
    ObjectBuilder builder = object_builder_empty(&call->type->schema, arena);
    object_builder_set_text(&builder, "id", foreign_state_identity_of(stored), arena);
    size_t index = 0;
    if (type_find_attribute(builder.type, STR("source_digest"), &index)) {
        object_builder_set_optional(&builder, "pool", value_text_at(stored, STR("pool")), arena);
        object_builder_set_text(&builder, "size", STR("0"), arena);
        set_base(&builder, stored, arena);
    }
    set_upgraded(response, &builder, &call->type->schema, arena);
    return true;
}

bool foreign_state_upgrade_seed(const Call *call, const UpgradeRequest *request,
                                UpgradeResponse *response, Diags *) {
    Arena *arena = call->arena;
    Value stored;
    Value ignored;
    if (!json_parse_object(request->stored, &stored, arena) ||
        value_find(stored, STR("volume_id"), &ignored))
        return true;
    Str id = value_text_at(stored, STR("id"));
    size_t end = str_find_char(id, ';', 0);
    ObjectBuilder builder = object_builder_empty(&call->type->schema, arena);
    object_builder_set_text(&builder, "id", STR_EMPTY, arena);
    object_builder_set_text(&builder, "volume_id",
                            end == SIZE_MAX ? STR_EMPTY : str_slice(id, 0, end), arena);
    object_builder_set_text(&builder, "name", value_text_at(stored, STR("name")), arena);
    object_builder_set_text(&builder, "pool", value_text_at(stored, STR("pool")), arena);
    object_builder_set_text(&builder, "kind", STR("iso"), arena);
    set_upgraded(response, &builder, &call->type->schema, arena);
    return true;
}
