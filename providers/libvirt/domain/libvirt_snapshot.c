/* libvirt_snapshot: a snapshot of a machine, identified by the machine's UUID and the snapshot's
 * name. Deletion removes the stored state and does not change the machine. */
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_types.h"
#include "object_builder.h"
#include "timeouts.h"
#include "xml_map.h"

LIBVIRT_HANDLE(virDomainSnapshotPtr, virDomainSnapshotFree);

/* clang-format off */
static const Attribute attributes[] = {
    {"domain_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a libvirt_domain, or the name of a machine."},
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the snapshot.", .binding = XML("name")},
    {"description", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Description of the snapshot.", .binding = XML("description")},
    {"disk_only", &TYPE_BOOL, OPTIONAL | FORCES_NEW,
     "Whether the snapshot contains only the disks. The memory of a running machine is not saved, and its disks continue in new files."},
    {"quiesce", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether the guest agent freezes the guest's file systems during the snapshot. Requires disk_only."},
    {"state", &TYPE_STRING, COMPUTED, "State of the machine in the snapshot: running, shutoff or disk-snapshot.", .binding = XML("state")},
    {"parent", &TYPE_STRING, COMPUTED, "Name of the parent snapshot; null if none.", .binding = XML("parent/name")},
    {"created_at", &TYPE_NUMBER, COMPUTED, "Time of the snapshot in seconds since 1970.", .binding = XML("creationTime")},
    {"id", &TYPE_STRING, COMPUTED, "Machine UUID and snapshot name, separated by a slash."},
};
/* clang-format on */

static const XmlRows rows = {attributes, ARRAY_COUNT(attributes)};

static virDomainPtr find_machine(virConnectPtr connection, Str id, Arena *arena) {
    const char *text = str_to_cstr(id, arena);
    virDomainPtr domain = virDomainLookupByUUIDString(connection, text);
    return domain ? domain : virDomainLookupByName(connection, text);
}

static virDomainSnapshotPtr find_snapshot(virDomainPtr domain, Value state, Arena *arena) {
    return virDomainSnapshotLookupByName(
        domain, str_to_cstr(object_text(state, "name", STR_EMPTY), arena), 0);
}

static bool fill(const Call *call,
                 virDomainPtr domain,
                 virDomainSnapshotPtr snapshot,
                 bool is_import,
                 Value *state,
                 Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    if (!xml_take(virDomainSnapshotGetXMLDesc(snapshot, 0), &doc))
        return libvirt_error_add(call, diags, "Cannot read the snapshot");
    (void)virDomainGetUUIDString(domain, uuid);
    ObjectBuilder builder = object_builder_of(*state, arena);
    xml_map_read(rows, *state, xml_root(&doc), is_import, &builder, arena);
    object_builder_set_text(&builder, "id",
                            str_format(arena, "%s/%s", uuid, virDomainSnapshotGetName(snapshot)),
                            arena);
    *state = object_builder_value(&builder);
    return true;
}

static bool snapshot_create(const Call *call,
                            const ApplyRequest *request,
                            ApplyResponse *response,
                            Diags *diags) {
    Arena *arena = call->arena;
    Value planned = request->planned;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str id = object_text(planned, "domain_id", STR_EMPTY);
    SCOPED(virDomainPtr) domain = find_machine(connection, id, arena);
    if (!domain)
        return libvirt_error_add(call, diags, "No machine \"%.*s\"", STR_ARG(id));
    SCOPED(XmlDoc) doc = xml_new("domainsnapshot");
    xml_add_text(xml_root(&doc), "name", object_text(planned, "name", STR_EMPTY));
    if (object_has(planned, "description"))
        xml_add_text(xml_root(&doc), "description", object_text(planned, "description", STR_EMPTY));
    unsigned flags = object_bool(planned, "disk_only", false)
                         ? VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY | VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC
                         : 0;
    if (object_bool(planned, "quiesce", false))
        flags |= VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE;
    call_progress(call, 0, 0, "saving");
    SCOPED(virDomainSnapshotPtr)
    snapshot = virDomainSnapshotCreateXML(domain, xml_print(&doc, arena), flags);
    if (!snapshot)
        return libvirt_error_add(call, diags, "Cannot make the snapshot \"%.*s\"",
                                 STR_ARG(object_text(planned, "name", STR_EMPTY)));
    response->state = planned;
    return fill(call, domain, snapshot, false, &response->state, diags);
}

/* Only the block "timeouts" changes in place, and it has no effect on the host. */
static bool snapshot_update(const Call *call,
                            const ApplyRequest *request,
                            ApplyResponse *response,
                            Diags *diags) {
    (void)call;
    (void)diags;
    response->state = request->planned;
    return true;
}

static bool snapshot_delete(const Call *call,
                            const DeleteRequest *request,
                            DeleteResponse *response,
                            Diags *diags) {
    (void)response;
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str id = object_text(request->prior, "domain_id", STR_EMPTY);
    SCOPED(virDomainPtr) domain = find_machine(connection, id, call->arena);
    if (!domain && libvirt_error_is_gone(libvirt_error_code()))
        return true;
    SCOPED(virDomainSnapshotPtr)
    snapshot = domain ? find_snapshot(domain, request->prior, call->arena) : NULL;
    if (domain && !snapshot && libvirt_error_code() == VIR_ERR_NO_DOMAIN_SNAPSHOT)
        return true;
    return (snapshot && virDomainSnapshotDelete(snapshot, 0) == 0) ||
           libvirt_error_add(call, diags, "Cannot delete the snapshot \"%.*s\"",
                             STR_ARG(object_text(request->prior, "name", STR_EMPTY)));
}

/* Sets *state to null if the machine or its snapshot does not exist. */
static bool read_state(const Call *call, bool is_import, Value *state, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virDomainPtr)
    domain = find_machine(connection, object_text(*state, "domain_id", STR_EMPTY), call->arena);
    bool is_gone = !domain && libvirt_error_is_gone(libvirt_error_code());
    SCOPED(virDomainSnapshotPtr)
    snapshot = domain ? find_snapshot(domain, *state, call->arena) : NULL;
    is_gone |= domain && !snapshot && libvirt_error_code() == VIR_ERR_NO_DOMAIN_SNAPSHOT;
    if (is_gone) {
        *state = value_null(state->type);
        return true;
    }
    if (!snapshot)
        return libvirt_error_add(call, diags, "Cannot find the snapshot");
    return fill(call, domain, snapshot, is_import, state, diags);
}

static bool snapshot_read(const Call *call,
                          const ReadRequest *request,
                          ReadResponse *response,
                          Diags *diags) {
    (void)request;
    return read_state(call, false, &response->state, diags);
}

static bool snapshot_import(const Call *call,
                            const ImportRequest *request,
                            ImportResponse *response,
                            Diags *diags) {
    Str id = request->id;
    size_t slash = str_find_char(id, '/', 0);
    if (slash == SIZE_MAX)
        return libvirt_error_say(call, diags, STR("Invalid import ID"),
                                 STR("The ID must be MACHINE/SNAPSHOT."));
    ObjectBuilder builder = object_builder_empty(&libvirt_snapshot.schema, call->arena);
    object_builder_set_text(&builder, "domain_id", str_slice(id, 0, slash), call->arena);
    object_builder_set_text(&builder, "name", str_slice(id, slash + 1, id.len), call->arena);
    response->state = object_builder_value(&builder);
    if (!read_state(call, true, &response->state, diags))
        return false;
    return !value_is_null(response->state) ||
           libvirt_error_say(call, diags, STR("Snapshot not found"), STR_EMPTY);
}

static bool snapshot_limits(const Call *call,
                            const LimitsRequest *request,
                            LimitsResponse *response,
                            Diags *diags) {
    (void)diags;
    if (value_is_present(request->object))
        libvirt_identity_limit(call, "libvirt_domain",
                               object_text(request->object, "domain_id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}

/* Completes an interrupted creation if a snapshot of this name exists. */
static bool snapshot_recover(const Call *call,
                             const RecoverRequest *request,
                             RecoverResponse *response,
                             Diags *diags) {
    Value state = request->planned;
    if (!read_state(call, false, &state, diags))
        return false;
    if (value_is_null(state))
        return true;
    response->state = state;
    response->outcome = RECOVER_COMPLETE;
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_snapshot = {
    .name = "libvirt_snapshot",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
               .description = "A snapshot of a virtual machine."},
    .create = snapshot_create,
    .update = snapshot_update,
    .delete = snapshot_delete,
    .read = snapshot_read,
    .import = snapshot_import,
    .recovery = RECOVERY_FINDS,
    .recover = snapshot_recover,
    .limits = snapshot_limits,
};
