/* libvirt_object: finds, reads, imports and recovers objects with a UUID and a name. */
#include "libvirt_object.h"

#include "adoption.h"
#include "libvirt_client.h"
#include "nested_list.h"
#include "object_builder.h"

/* Adds the error that the name is used by an object that loam did not create. Always returns
 * false. */
static bool add_taken_error(const Call *call, const char *kind, Str name, Str uuid, Diags *diags) {
    return libvirt_error_say(
        call, diags, str_format(call->arena, "The %s \"%.*s\" already exists", kind, STR_ARG(name)),
        str_format(call->arena,
                   "The host has a %s of this name, with the UUID %.*s, which loam did not create. "
                   "It was not changed. Choose another name, set adopt_existing, or remove it on "
                   "the host.",
                   kind, STR_ARG(uuid)));
}

static void *find_by_uuid(const LibvirtObject *object, const Call *call, Str uuid, bool *is_gone,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    *is_gone = false;
    if (!libvirt_client_connect(call, &connection, diags))
        return NULL;
    void *handle = object->by_uuid(connection, str_to_cstr(uuid, call->arena));
    if (handle)
        return handle;
    *is_gone = libvirt_error_is_gone(libvirt_error_code());
    if (!*is_gone)
        libvirt_error_add(call, diags, "Cannot find the %s", object->noun);
    return NULL;
}

static void *find_late(const LibvirtObject *object, const Call *call, Str uuid, bool *is_gone,
                       Diags *diags) {
    unsigned attempt = 0;
    for (;;) {
        void *handle = find_by_uuid(object, call, uuid, is_gone, diags);
        if (handle || !*is_gone || !libvirt_client_wait_for_late(call, &attempt))
            return handle;
    }
}

void *libvirt_object_find(const LibvirtObject *object, const Call *call, Value state, bool *is_gone,
                          Diags *diags) {
    return find_by_uuid(object, call, object_text(state, "id", STR_EMPTY), is_gone, diags);
}

void *libvirt_object_get(const LibvirtObject *object, const Call *call, Value state, Diags *diags) {
    bool is_gone = false;
    void *handle = libvirt_object_find(object, call, state, &is_gone, diags);
    if (is_gone)
        libvirt_error_say(call, diags,
                          str_format(call->arena, "The %s \"%.*s\" no longer exists", object->noun,
                                     STR_ARG(object_text(state, "name", STR_EMPTY))),
                          STR("It existed when the plan was made. Make a new plan."));
    return handle;
}

static Value object_with_uuid(const LibvirtObject *object, void *handle, Value planned,
                              Arena *arena) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    ObjectBuilder builder = object_builder_of(planned, arena);
    if (object->uuid_of(handle, uuid) == 0)
        object_builder_set_copy(&builder, "id", uuid, arena);
    return object_builder_value(&builder);
}

bool libvirt_object_answer(const LibvirtObject *object, const Call *call, void *handle,
                           Value planned, bool is_done, ApplyResponse *response, Diags *diags) {
    Value actual = planned;
    if (!object->read(call, handle, &actual, diags)) {
        /* A new object exists even if it cannot be read. */
        if (!object_has(planned, "id"))
            response->state = object_with_uuid(object, handle, planned, call->arena);
        return false;
    }
    response->state = is_done ? object_fill(planned, actual, call->arena) : actual;
    return is_done;
}

bool libvirt_object_add_define_error(const LibvirtObject *object, const Call *call,
                                     virConnectPtr connection, Value planned, Str uuid,
                                     const LibvirtError *error, ApplyResponse *response,
                                     Diags *diags) {
    Str name = object_text(planned, "name", STR_EMPTY);
    response->in_doubt = virConnectIsAlive(connection) != 1;
    char other_uuid[VIR_UUID_STRING_BUFLEN] = "";
    Str unique = object->name_of ? object->name_of(planned, call->arena) : name;
    void *other = object->by_name(connection, str_to_cstr(unique, call->arena));
    bool is_taken =
        other && object->uuid_of(other, other_uuid) == 0 && !str_equal_cstr(uuid, other_uuid);
    if (other)
        (void)object->release(other);
    const char *kind = object->type->name + sizeof("libvirt_") - 1;
    if (is_taken)
        return add_taken_error(call, kind, name, str_from_cstr(other_uuid), diags);
    return libvirt_error_add_this(call, error, diags, "Cannot define the %s \"%.*s\"", object->noun,
                                  STR_ARG(name));
}

/* Returns `prior` with null for each attribute that is null in `planned`, so that an update keeps
 * the values of the host. */
static Value without_unplanned(Value prior, Value planned, Arena *arena) {
    ObjectBuilder builder = object_builder_of(prior, arena);
    for (size_t i = 0; i < planned.count; i++)
        if (value_is_null(value_at(planned, i)))
            builder.items[i] = value_at(planned, i);
    return object_builder_value(&builder);
}

/* Sets *prior to the state of the existing object that the creation adopts; to null if there is
 * none or adopt_existing is not set. */
static bool find_existing(const LibvirtObject *object, const Call *call, virConnectPtr connection,
                          Value planned, Value *prior, Diags *diags) {
    *prior = value_null(planned.type);
    if (!object_bool(planned, "adopt_existing", false))
        return true;
    Str name = object_text(planned, "name", STR_EMPTY);
    void *handle = object->by_name(connection, str_to_cstr(name, call->arena));
    if (!handle)
        return true;
    *prior = planned;
    bool is_read = (!object->resolve || object->resolve(call, connection, prior, diags)) &&
                   object->read(call, handle, prior, diags);
    (void)object->release(handle);
    if (is_read)
        *prior = without_unplanned(*prior, planned, call->arena);
    return is_read;
}

bool libvirt_object_plan_adoption(const LibvirtObject *object, const Call *call,
                                  const PlanRequest *request, PlanResponse *response,
                                  Diags *diags) {
    Arena *arena = call->arena;
    Value planned = response->planned;
    SCOPED(virConnectPtr) connection = NULL;
    Value prior = value_null(planned.type);
    if (value_is_present(request->prior) || !object_bool(planned, "adopt_existing", false) ||
        !call->client)
        return true;
    if (!libvirt_client_connect(call, &connection, diags) ||
        !find_existing(object, call, connection, planned, &prior, diags))
        return false;
    if (!value_is_present(prior))
        return true;
    StrVec names = {0};
    const Schema *schema = &object->type->schema;
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (value_is_wholly_known(object_attribute(planned, schema->attributes[i].name)) &&
            object_differs(prior, planned, schema->attributes[i].name))
            vec_push(arena, &names, str_from_cstr(schema->attributes[i].name));
    Str changes = str_join(names.items, names.count, STR(", "), arena);
    Path path = path_attribute((Path){0}, STR("adopt_existing"), arena);
    Str id = object_text(prior, "id", STR_EMPTY);
    plan_note(response, path,
              names.count
                  ? str_format(arena, "adopts the %s %.*s and changes its %.*s", object->noun,
                               STR_ARG(id), STR_ARG(changes))
                  : str_format(arena, "adopts the %s %.*s unchanged", object->noun, STR_ARG(id)),
              arena);
    return true;
}

bool libvirt_object_adopt(const LibvirtObject *object, const Call *call, virConnectPtr connection,
                          const ApplyRequest *request, ApplyResponse *response, bool *is_adopted,
                          Diags *diags) {
    ApplyRequest update = *request;
    if (!find_existing(object, call, connection, request->planned, &update.prior, diags))
        return false;
    *is_adopted = value_is_present(update.prior);
    if (*is_adopted)
        update.planned = object_fill(request->planned, update.prior, call->arena);
    if (!*is_adopted)
        return true;
    bool is_done = object->type->update(call, &update, response, diags);
    /* Like an imported object, it keeps unset arguments. */
    response->private_data = adoption_begin(response->private_data, call->arena);
    return is_done;
}

bool libvirt_object_read(const LibvirtObject *object, const Call *call, ReadResponse *response,
                         Diags *diags) {
    bool is_gone = false;
    Value *state = &response->state;
    if (!object_has(*state, "name"))
        /* an upgraded state of another provider has no name */
        response->private_data = adoption_begin(response->private_data, call->arena);
    void *handle = libvirt_object_find(object, call, *state, &is_gone, diags);
    if (!handle) {
        *state = is_gone ? value_null(state->type) : *state;
        return is_gone;
    }
    bool is_read = object->read(call, handle, state, diags);
    (void)object->release(handle);
    return is_read;
}

bool libvirt_object_import(const LibvirtObject *object, const Call *call, Str id, Value *state,
                           Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    const char *text = str_to_cstr(id, call->arena);
    void *handle = object->by_uuid(connection, text);
    if (!handle)
        handle = object->by_name(connection, text);
    if (!handle)
        return libvirt_error_add(call, diags, "No %s \"%.*s\"", object->noun, STR_ARG(id));
    ObjectBuilder builder = object_builder_empty(&object->type->schema, call->arena);
    *state = object_builder_value(&builder);
    bool is_read = object->read(call, handle, state, diags);
    (void)object->release(handle);
    return is_read;
}

static bool object_adopt(const LibvirtObject *object, const Call *call, virConnectPtr connection,
                         void *handle, Value *found, Diags *diags) {
    return (!object->resolve || object->resolve(call, connection, found, diags)) &&
           object->read(call, handle, found, diags);
}

bool libvirt_object_recover(const LibvirtObject *object, const Call *call,
                            const RecoverRequest *request, RecoverResponse *response,
                            Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    bool is_gone = false;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    void *handle = find_late(object, call, request->marker, &is_gone, diags);
    if (!handle)
        return is_gone;
    Value found = request->planned;
    bool is_adopted = object_adopt(object, call, connection, handle, &found, diags);
    (void)object->release(handle);
    if (!is_adopted)
        return false;
    response->state = found;
    response->outcome = RECOVER_COMPLETE;
    return true;
}
