/* domain_moment: creates, reads, imports and deletes snapshots and checkpoints. */
#include "domain_moment.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_kind.h"
#include "object_builder.h"
#include "plan_check.h"

static void *find_moment(const DomainMoment *kind, virDomainPtr domain, Value state, Arena *arena) {
    return kind->lookup(domain, str_to_cstr(object_text(state, "name", STR_EMPTY), arena));
}

static bool moment_fill(const Call *call, virDomainPtr domain, void *moment, bool is_import,
                        Value *state, Diags *diags) {
    const DomainMoment *kind = call->type->payload;
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    if (!xml_take(kind->describe(moment), &doc))
        return libvirt_error_add(call, diags, "Cannot read the %s", kind->noun);
    (void)virDomainGetUUIDString(domain, uuid);
    ObjectBuilder builder = object_builder_of(*state, arena);
    xml_map_read(kind->rows, *state, xml_root(&doc), is_import, &builder, arena);
    object_builder_set_text(&builder, "id", str_format(arena, "%s/%s", uuid, kind->name_of(moment)),
                            arena);
    *state = object_builder_value(&builder);
    return true;
}

bool domain_moment_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    const DomainMoment *kind = call->type->payload;
    Arena *arena = call->arena;
    Value planned = request->planned;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str id = object_text(planned, "domain_id", STR_EMPTY);
    SCOPED(virDomainPtr) domain = libvirt_kind_find(&libvirt_kind_machine, connection, id, arena);
    if (!domain)
        return libvirt_error_add(call, diags, "No machine \"%.*s\"", STR_ARG(id));
    SCOPED(XmlDoc) doc = xml_new(kind->element);
    xml_map_edit(kind->rows, value_null(planned.type), planned, xml_root(&doc), arena);
    call_progress(call, 0, 0, "saving");
    void *moment = kind->create(domain, planned, xml_print(&doc, arena));
    if (!moment)
        return libvirt_error_add(call, diags, "Cannot make the %s \"%.*s\"", kind->noun,
                                 STR_ARG(object_text(planned, "name", STR_EMPTY)));
    response->state = planned;
    bool is_filled = moment_fill(call, domain, moment, false, &response->state, diags);
    (void)kind->release(moment);
    return is_filled;
}

bool domain_moment_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                          Diags *diags) {
    const DomainMoment *kind = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str id = object_text(request->prior, "domain_id", STR_EMPTY);
    SCOPED(virDomainPtr)
    domain = libvirt_kind_find(&libvirt_kind_machine, connection, id, call->arena);
    void *moment = domain ? find_moment(kind, domain, request->prior, call->arena) : NULL;
    if (!moment && libvirt_error_is_gone(libvirt_error_code()))
        return true;
    bool is_deleted = moment && kind->remove(moment) == 0;
    if (!is_deleted)
        libvirt_error_add(call, diags, "Cannot delete the %s \"%.*s\"", kind->noun,
                          STR_ARG(object_text(request->prior, "name", STR_EMPTY)));
    if (moment)
        (void)kind->release(moment);
    return is_deleted;
}

/* Sets *state to null if the machine or its moment does not exist. */
static bool read_moment(const Call *call, bool is_import, Value *state, Diags *diags) {
    const DomainMoment *kind = call->type->payload;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virDomainPtr)
    domain = libvirt_kind_find(&libvirt_kind_machine, connection,
                               object_text(*state, "domain_id", STR_EMPTY), call->arena);
    void *moment = domain ? find_moment(kind, domain, *state, call->arena) : NULL;
    if (!moment && libvirt_error_is_gone(libvirt_error_code())) {
        *state = value_null(state->type);
        return true;
    }
    if (!moment)
        return libvirt_error_add(call, diags, "Cannot find the %s", kind->noun);
    bool is_read = moment_fill(call, domain, moment, is_import, state, diags);
    (void)kind->release(moment);
    return is_read;
}

bool domain_moment_read(const Call *call, const ReadRequest *, ReadResponse *response,
                        Diags *diags) {
    return read_moment(call, false, &response->state, diags);
}

bool domain_moment_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    const DomainMoment *kind = call->type->payload;
    Str id = request->id;
    size_t slash = str_find_char(id, '/', 0);
    if (slash == SIZE_MAX)
        return libvirt_error_say(call, diags, STR("Invalid import ID"),
                                 str_format(call->arena,
                                            "The ID must be MACHINE/NAME, with the name of the %s.",
                                            kind->noun));
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    object_builder_set_text(&builder, "domain_id", str_slice(id, 0, slash), call->arena);
    object_builder_set_text(&builder, "name", str_slice(id, slash + 1, id.len), call->arena);
    response->state = object_builder_value(&builder);
    if (!read_moment(call, true, &response->state, diags))
        return false;
    return !value_is_null(response->state) ||
           libvirt_error_say(call, diags,
                             str_format(call->arena, "No %s \"%.*s\"", kind->noun, STR_ARG(id)),
                             STR_EMPTY);
}

bool domain_moment_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    return plan_check_one(call, request, response, "machine", "domain_id", diags);
}

bool domain_moment_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                          Diags *) {
    response->state = request->planned;
    return true;
}

bool domain_moment_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                          Diags *) {
    if (value_is_present(request->object))
        libvirt_identity_limit(call, "libvirt_domain",
                               object_text(request->object, "domain_id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}

bool domain_moment_recover(const Call *call, const RecoverRequest *request,
                           RecoverResponse *response, Diags *diags) {
    Value state = request->planned;
    if (!read_moment(call, false, &state, diags))
        return false;
    if (value_is_null(state))
        return true;
    response->state = state;
    response->outcome = RECOVER_COMPLETE;
    return true;
}
