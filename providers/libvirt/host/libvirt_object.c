/* libvirt_object: creates, finds, reads, imports and recovers objects with a UUID and a name. */
#include "libvirt_object.h"

#include "adoption.h"
#include "foreign_state.h"
#include "libvirt_client.h"
#include "libvirt_identity.h"
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

static const LibvirtObject *object_of(const Call *call) {
    return call->type->payload;
}

static const LibvirtKind *kind_of(const Call *call) {
    return object_of(call)->kind;
}

static void *find_by_name(const Call *call, virConnectPtr connection, Str name) {
    const LibvirtObject *object = object_of(call);
    const char *text = str_to_cstr(name, call->arena);
    return object->by_name ? object->by_name(connection, text)
                           : object->kind->by_name(connection, text);
}

static void *find_by_uuid(const Call *call, Str uuid, bool *is_gone, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    *is_gone = false;
    if (!libvirt_client_connect(call, &connection, diags))
        return NULL;
    void *handle = kind_of(call)->by_uuid(connection, str_to_cstr(uuid, call->arena));
    if (handle)
        return handle;
    *is_gone = libvirt_error_is_gone(libvirt_error_code());
    if (!*is_gone)
        libvirt_error_add(call, diags, "Cannot find the %s", kind_of(call)->noun);
    return NULL;
}

static void *find_late(const Call *call, Str uuid, bool *is_gone, Diags *diags) {
    unsigned attempt = 0;
    for (;;) {
        void *handle = find_by_uuid(call, uuid, is_gone, diags);
        if (handle || !*is_gone || !libvirt_client_wait_for_late(call, &attempt))
            return handle;
    }
}

void *libvirt_object_find(const Call *call, Value state, bool *is_gone, Diags *diags) {
    return find_by_uuid(call, object_text(state, "id", STR_EMPTY), is_gone, diags);
}

void *libvirt_object_get(const Call *call, Value state, Diags *diags) {
    bool is_gone = false;
    void *handle = libvirt_object_find(call, state, &is_gone, diags);
    if (is_gone)
        libvirt_error_say(call, diags,
                          str_format(call->arena, "The %s \"%.*s\" no longer exists",
                                     kind_of(call)->noun,
                                     STR_ARG(object_text(state, "name", STR_EMPTY))),
                          STR("It existed when the plan was made. Make a new plan."));
    return handle;
}

static Value object_with_uuid(const LibvirtKind *kind, void *handle, Value planned, Arena *arena) {
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    ObjectBuilder builder = object_builder_of(planned, arena);
    if (kind->uuid_of(handle, uuid) == 0)
        object_builder_set_copy(&builder, "id", uuid, arena);
    return object_builder_value(&builder);
}

bool libvirt_object_answer(const Call *call, void *handle, Value planned, bool is_done,
                           ApplyResponse *response, Diags *diags) {
    Value actual = planned;
    if (!object_of(call)->read(call, handle, &actual, diags)) {
        /* A new object exists even if it cannot be read. */
        if (!object_has(planned, "id"))
            response->state = object_with_uuid(kind_of(call), handle, planned, call->arena);
        return false;
    }
    response->state = is_done ? object_fill(planned, actual, call->arena) : actual;
    return is_done;
}

bool libvirt_object_add_define_error(const Call *call, const FailedDefine *failed,
                                     ApplyResponse *response, Diags *diags) {
    Str name = object_text(failed->planned, "name", STR_EMPTY);
    response->in_doubt = virConnectIsAlive(failed->connection) != 1;
    char other_uuid[VIR_UUID_STRING_BUFLEN] = "";
    Str unique =
        object_of(call)->name_of ? object_of(call)->name_of(failed->planned, call->arena) : name;
    void *other = find_by_name(call, failed->connection, unique);
    bool is_taken = other && kind_of(call)->uuid_of(other, other_uuid) == 0 &&
                    !str_equal_cstr(failed->uuid, other_uuid);
    if (other)
        (void)kind_of(call)->release(other);
    const char *kind = call->type->name + sizeof("libvirt_") - 1;
    if (is_taken)
        return add_taken_error(call, kind, name, str_from_cstr(other_uuid), diags);
    return libvirt_error_add_this(call, &failed->error, diags, "Cannot define the %s \"%.*s\"",
                                  kind_of(call)->noun, STR_ARG(name));
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

static bool libvirt_object_resolve(const Call *call, virConnectPtr connection, Value *planned,
                                   Diags *diags) {
    const LibvirtObject *object = object_of(call);
    return !object->resolve || object->resolve(call, connection, planned, diags);
}

/* Sets *prior to the state of the existing object that the creation adopts; to null if there is
 * none or adopt_existing is not set. */
static bool find_existing(const Call *call, virConnectPtr connection, Value planned, Value *prior,
                          Diags *diags) {
    *prior = value_null(planned.type);
    if (!schema_find_attribute(&call->type->schema, STR("adopt_existing")) ||
        !object_bool(planned, "adopt_existing", false))
        return true;
    Str name = object_text(planned, "name", STR_EMPTY);
    void *handle = find_by_name(call, connection, name);
    if (!handle)
        return true;
    *prior = planned;
    bool is_read = libvirt_object_resolve(call, connection, prior, diags) &&
                   object_of(call)->read(call, handle, prior, diags);
    (void)kind_of(call)->release(handle);
    if (is_read)
        *prior = without_unplanned(*prior, planned, call->arena);
    return is_read;
}

bool libvirt_object_plan_adoption(const Call *call, const PlanRequest *request,
                                  PlanResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    Value planned = response->planned;
    SCOPED(virConnectPtr) connection = NULL;
    Value prior = value_null(planned.type);
    if (value_is_present(request->prior) || !object_bool(planned, "adopt_existing", false) ||
        !call->client)
        return true;
    if (!libvirt_client_connect(call, &connection, diags) ||
        !find_existing(call, connection, planned, &prior, diags))
        return false;
    if (!value_is_present(prior))
        return true;
    StrVec names = {0};
    const Schema *schema = &call->type->schema;
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (value_is_wholly_known(object_attribute(planned, schema->attributes[i].name)) &&
            object_differs(prior, planned, schema->attributes[i].name))
            vec_push(arena, &names, str_from_cstr(schema->attributes[i].name));
    Str changes = str_join(names.items, names.count, STR(", "), arena);
    Path path = path_attribute((Path){0}, STR("adopt_existing"), arena);
    Str id = object_text(prior, "id", STR_EMPTY);
    plan_note(response, path,
              names.count ? str_format(arena, "adopts the %s %.*s and changes its %.*s",
                                       kind_of(call)->noun, STR_ARG(id), STR_ARG(changes))
                          : str_format(arena, "adopts the %s %.*s unchanged", kind_of(call)->noun,
                                       STR_ARG(id)),
              arena);
    return true;
}

bool libvirt_object_adopt(const Call *call, virConnectPtr connection, const ApplyRequest *request,
                          ApplyResponse *response, bool *is_adopted, Diags *diags) {
    ApplyRequest update = *request;
    if (!find_existing(call, connection, request->planned, &update.prior, diags))
        return false;
    *is_adopted = value_is_present(update.prior);
    if (*is_adopted)
        update.planned = object_fill(request->planned, update.prior, call->arena);
    if (!*is_adopted)
        return true;
    bool is_done = ((const ResourceType *)call->type)->update(call, &update, response, diags);
    /* Like an imported object, it keeps unset arguments. */
    response->private_data = adoption_begin(response->private_data, call->arena);
    return is_done;
}

bool libvirt_object_read(const Call *call, const ReadRequest *, ReadResponse *response,
                         Diags *diags) {
    bool is_gone = false;
    Value *state = &response->state;
    if (!object_has(*state, "name"))
        /* an upgraded state of another provider has no name */
        response->private_data = adoption_begin(response->private_data, call->arena);
    void *handle = libvirt_object_find(call, *state, &is_gone, diags);
    if (!handle) {
        *state = is_gone ? value_null(state->type) : *state;
        return is_gone;
    }
    bool is_read = object_of(call)->read(call, handle, state, diags);
    (void)kind_of(call)->release(handle);
    return is_read;
}

bool libvirt_object_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                           Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    response->private_data = adoption_begin(response->private_data, call->arena);
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    void *handle = kind_of(call)->by_uuid(connection, str_to_cstr(request->id, call->arena));
    if (!handle)
        handle = find_by_name(call, connection, request->id);
    if (!handle)
        return libvirt_error_add(call, diags, "No %s \"%.*s\"", kind_of(call)->noun,
                                 STR_ARG(request->id));
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    response->state = object_builder_value(&builder);
    bool is_read = object_of(call)->read(call, handle, &response->state, diags);
    (void)kind_of(call)->release(handle);
    return is_read;
}

bool libvirt_object_recover(const Call *call, const RecoverRequest *request,
                            RecoverResponse *response, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    bool is_gone = false;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    void *handle = find_late(call, request->marker, &is_gone, diags);
    if (!handle)
        return is_gone;
    Value found = request->planned;
    bool is_adopted = libvirt_object_resolve(call, connection, &found, diags) &&
                      object_of(call)->read(call, handle, &found, diags);
    (void)kind_of(call)->release(handle);
    if (!is_adopted)
        return false;
    response->state = found;
    response->outcome = RECOVER_COMPLETE;
    return true;
}

bool libvirt_object_upgrade(const Call *call, const UpgradeRequest *request,
                            UpgradeResponse *response, Diags *) {
    return foreign_state_upgrade(call, request, response, object_of(call)->own);
}

static bool libvirt_object_run(const Call *call, void *handle, Value planned, Diags *diags) {
    const LibvirtObject *object = object_of(call);
    return !object->run || object->run(call, handle, planned, diags);
}

bool libvirt_object_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    const LibvirtObject *object = object_of(call);
    SCOPED(virConnectPtr) connection = NULL;
    Value planned = request->planned;
    Str uuid = libvirt_identity_of(call, request);
    bool is_adopted = false;
    if (!libvirt_client_connect(call, &connection, diags) ||
        !libvirt_object_adopt(call, connection, request, response, &is_adopted, diags))
        return false;
    if (is_adopted)
        return true;
    void *handle = object->define(connection, object->describe(call, planned, uuid));
    if (!handle) {
        FailedDefine failed = {connection, planned, uuid, libvirt_error_last(call->arena)};
        if (object->define_hint)
            failed.error.hint = object->define_hint(&failed.error);
        return libvirt_object_add_define_error(call, &failed, response, diags);
    }
    bool is_done = (!object->prepare || object->prepare(call, handle, planned, diags)) &&
                   libvirt_object_run(call, handle, planned, diags);
    is_done = libvirt_object_answer(call, handle, planned, is_done, response, diags);
    (void)object->kind->release(handle);
    return is_done;
}

bool libvirt_object_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    const LibvirtObject *object = object_of(call);
    void *handle = libvirt_object_get(call, request->prior, diags);
    if (!handle)
        return false;
    bool is_done = object->change(call, handle, request->prior, request->planned, diags) &&
                   libvirt_object_run(call, handle, request->planned, diags);
    is_done = libvirt_object_answer(call, handle, request->planned, is_done, response, diags);
    (void)object->kind->release(handle);
    return is_done;
}

bool libvirt_object_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                           Diags *diags) {
    bool is_gone = false;
    void *handle = libvirt_object_find(call, request->prior, &is_gone, diags);
    if (!handle)
        return is_gone;
    bool is_removed = object_of(call)->remove(call, handle, request->prior, diags);
    (void)kind_of(call)->release(handle);
    return is_removed;
}
