/* list_type: checks each object that a list type finds. */
#include "list_type.h"

#include "object_type.h"

typedef struct Checked {
    const ResourceType *resource;
    const Call *call;
    const ListRequest *request;
    const ListSink *sink;
    int64_t count;
    const char *fault; /* of an invalid object; NULL: none */
} Checked;

/* Returns the fault of an object, as the end of a sentence; NULL if it has none. */
static const char *fault_of(const Checked *checked, const ListedObject *found) {
    const Type *identity = schema_implied_type(checked->resource->identity);
    const Type *object = schema_implied_type(&checked->resource->schema);
    if (!value_is_present(found->identity))
        return "without an identity";
    if (!type_equal(found->identity.type, identity) || !value_is_wholly_known(found->identity))
        return "with an invalid identity";
    if (!found->object.type || value_is_null(found->object))
        return NULL;
    if (!type_equal(found->object.type, object) || !value_is_wholly_known(found->object))
        return "that is invalid";
    return NULL;
}

static bool list_type_add(void *payload, const ListedObject *found) {
    Checked *checked = payload;
    if (checked->fault || checked->count >= checked->request->limit ||
        call_is_cancelled(checked->call))
        return false;
    checked->fault = fault_of(checked, found);
    if (checked->fault)
        return false;
    checked->count++;
    return checked->sink->add(checked->sink->payload, found) &&
           checked->count < checked->request->limit;
}

bool list_type_list(const ListType *type, const ResourceType *resource, const Call *call,
                    const ListRequest *request, const ListSink *sink, Diags *diags) {
    Checked checked = {.resource = resource, .call = call, .request = request, .sink = sink};
    ListSink checking = {list_type_add, &checked};
    size_t before = diags->error_count;
    if (request->limit <= 0)
        return true;
    bool is_ok = type->list(call, request, &checking, diags);
    if (checked.fault)
        diags_error(diags, NO_RANGE, "Provider produced invalid list",
                    "The provider %s listed an object of the type %s %s. This is a mistake in the "
                    "provider; please report it to its developers.",
                    call->provider->address, type->name, checked.fault);
    return object_type_check_result(is_ok, type->name, "List", before, diags);
}
