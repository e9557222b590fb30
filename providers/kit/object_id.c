/* object_id: name-based UUIDs. */
#include "object_id.h"

#include "object_builder.h"
#include "uuid.h"

/* The UUID namespace of all objects that loam creates. */
static const Str name_space = STR_CONST("6ad0a4d8-5f4e-5c1b-9d0b-4a3b2f6c7e10");

Str object_id_uuid(const Call *call) {
    Str name = str_format(call->arena, "%.*s\n%.*s\n%llu", STR_ARG(call->lineage),
                          STR_ARG(call->address), (unsigned long long)call->generation);
    return uuid_v5(name_space, name, call->arena);
}

bool object_id_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                      Diags *diags) {
    (void)request, (void)diags;
    response->marker = object_id_uuid(call);
    return true;
}

bool object_id_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                      Diags *diags) {
    if (request->id.len == 0)
        return diags_fail(diags, NO_RANGE, "Empty import ID", "The ID of the object is required.");
    response->state = object_with_text(response->state, "id", request->id, call->arena);
    return true;
}
