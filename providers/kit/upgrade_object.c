/* upgrade_object: converts stored JSON text to an object and back. */
#include "upgrade_object.h"

#include "json.h"

bool upgrade_object_begin(const Call *call, const UpgradeRequest *request, ObjectBuilder *builder) {
    JsonReader reader = json_reader_new(request->stored, call->arena);
    const Type *type = schema_implied_type(&call->type->schema);
    const char *error;
    Value object;
    if (!json_read_typed(&reader, json_next(&reader), type, &object, &error, call->arena) ||
        value_is_null(object))
        return false;
    *builder = object_builder_of(object, call->arena);
    return true;
}

void upgrade_object_end(const Call *call, ObjectBuilder *builder, UpgradeResponse *response) {
    response->upgraded = json_typed_text(object_builder_value(builder),
                                         schema_implied_type(&call->type->schema), call->arena);
}
