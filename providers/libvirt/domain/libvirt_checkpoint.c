/* libvirt_checkpoint: a point in time of a machine's disks, from which an incremental backup
 * starts. Deletion removes the bitmaps of changed blocks and does not change the machine. */
#include "domain_moment.h"
#include "libvirt_types.h"
#include "object_builder.h"
#include "timeouts.h"
#include "xml_text.h"

/* clang-format off */
static const Attribute checkpoint_attributes[] = {
    {"domain_id", &TYPE_STRING, REQUIRED | FORCES_NEW, "The `id` of a running libvirt_domain, or the name of a machine."},
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the checkpoint.", .binding = XML("name")},
    {"description", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Description of the checkpoint.", .binding = XML("description")},
    {"parent", &TYPE_STRING, COMPUTED, "Name of the parent checkpoint; null if none.", .binding = XML("parent/name")},
    {"created_at", &TYPE_NUMBER, COMPUTED, "Time of the checkpoint in seconds since 1970.", .binding = XML("creationTime")},
    {"id", &TYPE_STRING, COMPUTED, "Machine UUID and checkpoint name, separated by a slash."},
};
/* clang-format on */

static void *checkpoint_create(virDomainPtr domain, Value, const char *text) {
    return virDomainCheckpointCreateXML(domain, text, 0);
}

DOMAIN_MOMENT_CALLS(checkpoint, DomainCheckpoint)

static const DomainMoment checkpoint_kind = {
    DOMAIN_MOMENT_ROW(checkpoint),
    .rows = {checkpoint_attributes, ARRAY_COUNT(checkpoint_attributes)},
    .create = checkpoint_create,
};

static const Block checkpoint_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_checkpoint = {
    .name = "libvirt_checkpoint",
    .schema = {SCHEMA_ATTRIBUTES(checkpoint_attributes), SCHEMA_BLOCKS(checkpoint_blocks),
               .text_check = xml_text_check,
               .description = "A checkpoint of a running virtual machine, from which an "
                              "incremental backup of its qcow2 disks can start."},
    .payload = &checkpoint_kind,
    DOMAIN_MOMENT_SLOTS,
    .import_id =
        "MACHINE/NAME, with the UUID or name of the machine and the name of the checkpoint",
};
