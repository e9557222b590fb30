/* data_source: empty results, missing objects, and results read from XML. */
#include "data_source.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "nested_list.h"

ObjectBuilder data_source_begin(const DataReadRequest *request, const Schema *schema,
                                Arena *arena) {
    ObjectBuilder builder = object_builder_of(request->config, arena);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Value now = object_builder_get(&builder, attribute->name);
        if (!(attribute->flags & (OPTIONAL | REQUIRED)) && !value_is_known(now))
            object_builder_set(&builder, attribute->name, value_null(now.type));
    }
    return builder;
}

bool data_source_missing(const Call *call, const DataReadRequest *request,
                         DataReadResponse *response, const char *noun, Str name, Diags *diags) {
    bool is_gone = libvirt_error_is_gone(libvirt_error_code());
    if (!is_gone || !object_bool(request->config, "optional", false))
        return libvirt_error_add(call, diags, "No %s \"%.*s\"", noun, STR_ARG(name));
    ObjectBuilder builder = data_source_begin(request, &call->type->schema, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

bool data_source_read_xml(const Call *call, char *text, XmlRows rows, ObjectBuilder *builder,
                          Diags *diags) {
    SCOPED(XmlDoc) doc = {0};
    if (!text)
        return libvirt_error_add(call, diags, "Cannot read the description");
    Value xml = value_from_str(str_clone(str_from_cstr(text), call->arena));
    if (!xml_take(text, &doc))
        return libvirt_error_say(call, diags, STR("Cannot read the description"),
                                 STR("libvirt returned a text that is not XML."));
    object_builder_set(builder, "xml", xml);
    xml_map_read(rows, value_null(builder->type), xml_root(&doc), true, builder, call->arena);
    return true;
}

static bool source_read_object(const Call *call, const DataReadRequest *request, void *found,
                               DataReadResponse *response, Diags *diags) {
    const DataObject *object = call->type->payload;
    char uuid[VIR_UUID_STRING_BUFLEN];
    ObjectBuilder builder = data_source_begin(request, &call->type->schema, call->arena);
    if (!data_source_read_xml(call, object->kind->describe(found, 0), object->rows, &builder,
                              diags))
        return false;
    if (object->kind->uuid_of(found, uuid) == 0)
        object_builder_set_copy(&builder, "id", uuid, call->arena);
    object_builder_set_copy(&builder, "name", object->kind->name_of(found), call->arena);
    object->fill(found, &builder, call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

bool data_source_object(const Call *call, const DataReadRequest *request,
                        DataReadResponse *response, Diags *diags) {
    const LibvirtKind *kind = ((const DataObject *)call->type->payload)->kind;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str id = object_text(request->config, "id", STR_EMPTY);
    Str name = object_text(request->config, "name", id);
    void *found = id.len ? kind->by_uuid(connection, str_to_cstr(id, call->arena))
                         : kind->by_name(connection, str_to_cstr(name, call->arena));
    if (!found)
        return data_source_missing(call, request, response, kind->noun, name, diags);
    bool is_read = source_read_object(call, request, found, response, diags);
    (void)kind->release(found);
    return is_read;
}

static Value source_item_of(const DataList *list, void *handle, const Type *type, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    ObjectBuilder builder = object_builder_null(type, arena);
    if (xml_take(list->kind->describe(handle, 0), &doc))
        xml_map_read(list->rows, value_null(type), xml_root(&doc), true, &builder, arena);
    if (list->fill)
        list->fill(handle, &builder, arena);
    return object_builder_value(&builder);
}

static int source_compare_names(const void *a, const void *b) {
    return str_compare(object_text(*(const Value *)a, "name", STR_EMPTY),
                       object_text(*(const Value *)b, "name", STR_EMPTY));
}

bool data_source_list(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                      Diags *diags) {
    const DataList *list = call->type->payload;
    Arena *arena = call->arena;
    SCOPED(virConnectPtr) connection = NULL;
    void **handles = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    int count =
        list->kind->list(connection, list->flags ? list->flags(request->config) : 0, &handles);
    if (count < 0)
        return libvirt_error_add(call, diags, "Cannot list the %s of the host", list->noun);
    ObjectBuilder builder = data_source_begin(request, &call->type->schema, arena);
    const Type *type = object_attribute_type(builder.type, list->attribute);
    ValueVec values = {0};
    for (int i = 0; i < count; i++) {
        vec_push(arena, &values, source_item_of(list, handles[i], type->element, arena));
        (void)list->kind->release(handles[i]);
    }
    free(handles);
    if (values.count)
        qsort(values.items, values.count, sizeof(*values.items), source_compare_names);
    object_builder_set(&builder, list->attribute, nested_list_value(type, &values, arena));
    response->state = object_builder_value(&builder);
    return true;
}
