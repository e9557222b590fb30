/* render_legacy: the attributes and blocks that the old SDK did not have. */
#include "render_legacy.h"

static bool legacy_lacks(const Type *type) {
    if (type->has_dynamic || type->kind == KIND_TUPLE || type->kind == KIND_OBJECT)
        return true;
    const Type *element = type_is_collection(type) ? type->element : NULL;
    return element && type_is_collection(element) && !type_is_primitive(element->element);
}

bool render_legacy_schema(const Schema *schema) {
    for (size_t i = 0; i < schema->block_count; i++) {
        if (schema->blocks[i].nesting == NEST_MAP || schema->blocks[i].is_group)
            return false;
    }
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (schema->attributes[i].nested || legacy_lacks(schema->attributes[i].type))
            return false;
    }
    return true;
}
