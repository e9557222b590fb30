/* kubeadm_document: converts attribute names to field names and writes YAML. */
#include "kubeadm_document.h"
#include "field_name.h"
#include "object_builder.h"
#include "yaml_text.h"

static Value document_convert(Value v, Arena *arena);

static Value convert_object(Value v, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < v.count; i++) {
        Value item = value_at(v, i);
        if (value_is_present(item))
            object_builder_put(&builder, field_name_of_attribute(value_key_at(v, i), arena),
                               document_convert(item, arena));
    }
    return object_builder_value(&builder);
}

static Value convert_list(Value v, Arena *arena) {
    Value *items = arena_new_array(arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++)
        items[i] = document_convert(value_at(v, i), arena);
    return value_tuple(items, v.count, arena);
}

/* Keys of maps are kept, because they are not names of attributes: feature gates, for example. */
static Value document_convert(Value v, Arena *arena) {
    if (v.type->kind == KIND_OBJECT)
        return convert_object(v, arena);
    if (v.type->kind == KIND_LIST || v.type->kind == KIND_TUPLE)
        return convert_list(v, arena);
    return v;
}

Value kubeadm_document_fields(Value object, Arena *arena) {
    return convert_object(object, arena);
}

void kubeadm_document_add(StrBuf *out, const char *api_version, const char *kind, Value fields,
                          Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("apiVersion"), value_from_cstr(api_version));
    object_builder_put(&builder, STR("kind"), value_from_cstr(kind));
    for (size_t i = 0; value_is_present(fields) && i < fields.count; i++)
        object_builder_put(&builder, value_key_at(fields, i), value_at(fields, i));
    if (out->len)
        strbuf_add_cstr(out, "---\n");
    Str text = yaml_text_of(object_builder_value(&builder), arena);
    strbuf_add(out, text);
    if (!str_ends_with(text, STR("\n")))
        strbuf_add_char(out, '\n');
}
