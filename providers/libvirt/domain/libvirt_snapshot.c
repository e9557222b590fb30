/* libvirt_snapshot: a snapshot of a machine, identified by the machine's UUID and the snapshot's
 * name. Deletion removes the stored state and does not change the machine. */
#include "domain_moment.h"
#include "libvirt_types.h"
#include "object_builder.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute snapshot_attributes[] = {
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

static void *libvirt_snapshot_create(virDomainPtr domain, Value planned, const char *text) {
    unsigned flags = object_bool(planned, "disk_only", false)
                         ? VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY | VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC
                         : 0;
    if (object_bool(planned, "quiesce", false))
        flags |= VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE;
    return virDomainSnapshotCreateXML(domain, text, flags);
}

DOMAIN_MOMENT_CALLS(snapshot, DomainSnapshot)

static const DomainMoment snapshot_kind = {
    DOMAIN_MOMENT_ROW(snapshot),
    .rows = {snapshot_attributes, ARRAY_COUNT(snapshot_attributes)},
    .create = libvirt_snapshot_create,
};

static const Block snapshot_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_snapshot = {
    .name = "libvirt_snapshot",
    .schema = {SCHEMA_ATTRIBUTES(snapshot_attributes), SCHEMA_BLOCKS(snapshot_blocks),
               .text_check = xml_text_check, .description = "A snapshot of a virtual machine."},
    .payload = &snapshot_kind,
    DOMAIN_MOMENT_SLOTS,
    .import_id = "MACHINE/NAME, with the UUID or name of the machine and the name of the snapshot",
};
