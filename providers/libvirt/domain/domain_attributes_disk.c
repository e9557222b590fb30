/* domain_attributes_disk: disks, directories of the host, and limits of their input and output. */
#include "domain_attributes_nested.h"

#include "domain_schema.h"

static Str check_url(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("http://")) ||
        str_starts_with(value_text(value), STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an address with http:// or https://.");
}

/* clang-format off */
static const Attribute block_size_attributes[] = {
    {"logical", &TYPE_NUMBER, OPTIONAL, "Size of a logical block.",
     .binding = XML("@logical_block_size")},
    {"physical", &TYPE_NUMBER, OPTIONAL, "Size of a physical block.",
     .binding = XML("@physical_block_size")},
};

static const Attribute iotune_attributes[] = {
    {"total_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Bytes per second.",
     .binding = XML_CHANGING("total_bytes_sec", XML_LIVE)},
    {"read_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Bytes read per second.",
     .binding = XML_CHANGING("read_bytes_sec", XML_LIVE)},
    {"write_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Bytes written per second.",
     .binding = XML_CHANGING("write_bytes_sec", XML_LIVE)},
    {"total_iops_sec", &TYPE_NUMBER, OPTIONAL, "Operations per second.",
     .binding = XML_CHANGING("total_iops_sec", XML_LIVE)},
    {"read_iops_sec", &TYPE_NUMBER, OPTIONAL, "Read operations per second.",
     .binding = XML_CHANGING("read_iops_sec", XML_LIVE)},
    {"write_iops_sec", &TYPE_NUMBER, OPTIONAL, "Write operations per second.",
     .binding = XML_CHANGING("write_iops_sec", XML_LIVE)},
    {"total_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Bytes per second of a burst.",
     .binding = XML_CHANGING("total_bytes_sec_max", XML_LIVE)},
    {"read_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Bytes read per second of a burst.",
     .binding = XML_CHANGING("read_bytes_sec_max", XML_LIVE)},
    {"write_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Bytes written per second of a burst.",
     .binding = XML_CHANGING("write_bytes_sec_max", XML_LIVE)},
    {"total_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Operations per second of a burst.",
     .binding = XML_CHANGING("total_iops_sec_max", XML_LIVE)},
    {"read_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Read operations per second of a burst.",
     .binding = XML_CHANGING("read_iops_sec_max", XML_LIVE)},
    {"write_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Write operations per second of a burst.",
     .binding = XML_CHANGING("write_iops_sec_max", XML_LIVE)},
    {"size_iops_sec", &TYPE_NUMBER, OPTIONAL, "Size of one operation in bytes; a larger one counts as several.",
     .binding = XML_CHANGING("size_iops_sec", XML_LIVE)},
    {"group_name", &TYPE_STRING, OPTIONAL, "Name of a group of disks that share the limits.",
     .binding = XML_CHANGING("group_name", XML_LIVE)},
};

static const Attribute disk_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_volume."},
    {"file", &TYPE_STRING, OPTIONAL,
     "Path of a file on the host, instead of a volume.",
     .check = domain_schema_check_path},
    {"block_device", &TYPE_STRING, OPTIONAL,
     "Path of a block device of the host, instead of a volume.",
     .check = domain_schema_check_path},
    {"url", &TYPE_STRING, OPTIONAL,
     "Address of an image that QEMU reads over http or https, instead of a volume.",
     .check = check_url},
    {"device", &TYPE_STRING, OPTIONAL | COMPUTED,
     "disk, cdrom, floppy, or lun (a block device with its SCSI commands).",
     .default_json = "\"disk\"", .one_of = "disk cdrom floppy lun"},
    {"bus", &TYPE_STRING, OPTIONAL | COMPUTED,
     "virtio, scsi, sata, ide, fdc or usb (default: virtio, or sata for a cdrom, fdc for a floppy).",
     .one_of = "virtio scsi sata ide fdc usb"},
    {"target", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Name of the device (default: vda, vdb, … in the order of the list). The name identifies the disk: a disk that keeps its name stays attached."},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Format of the image (default: detected from the volume)."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the guest can only read the disk."},
    {"serial", &TYPE_STRING, OPTIONAL, "Serial number; the guest finds the disk at /dev/disk/by-id/virtio-SERIAL."},
    {"wwn", &TYPE_STRING, OPTIONAL, "World wide name of the disk, 16 hexadecimal digits.", .binding = XML("wwn")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor of the disk, as the guest sees it.", .binding = XML("vendor")},
    {"product", &TYPE_STRING, OPTIONAL, "Product name of the disk, as the guest sees it.", .binding = XML("product")},
    {"cache", &TYPE_STRING, OPTIONAL, "Cache mode of the host.",
     .one_of = "default none writethrough writeback directsync unsafe", .binding = XML("driver/@cache")},
    {"io", &TYPE_STRING, OPTIONAL, "Kind of input and output.",
     .one_of = "threads native io_uring", .binding = XML("driver/@io")},
    {"discard", &TYPE_STRING, OPTIONAL, "Whether discards of the guest free space on the host (default unmap for a new disk).",
     .one_of = "unmap ignore", .binding = XML("driver/@discard")},
    {"detect_zeroes", &TYPE_STRING, OPTIONAL, "Whether written zeros are detected: off, on, or unmap to free their space.",
     .one_of = "off on unmap", .binding = XML("driver/@detect_zeroes")},
    {"copy_on_read", &TYPE_BOOL, OPTIONAL, "Whether data read from a base is copied into the disk.",
     .binding = XML_AS("driver/@copy_on_read", XML_ON_OFF)},
    {"error_policy", &TYPE_STRING, OPTIONAL, "Reaction to a write error.",
     .one_of = "stop report ignore enospace", .binding = XML("driver/@error_policy")},
    {"rerror_policy", &TYPE_STRING, OPTIONAL, "Reaction to a read error.",
     .one_of = "stop report ignore", .binding = XML("driver/@rerror_policy")},
    {"iothread", &TYPE_NUMBER, OPTIONAL, "Number of the I/O thread that serves the disk.", .binding = XML("driver/@iothread")},
    {"queues", &TYPE_NUMBER, OPTIONAL, "Number of queues of a virtio disk.", .binding = XML("driver/@queues")},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the disk in the boot order, from 1.", .binding = XML("boot/@order")},
    {"shareable", &TYPE_BOOL, OPTIONAL, "Whether several machines may use the disk at once.",
     .binding = XML_AS("shareable", XML_PRESENT)},
    {"startup_policy", &TYPE_STRING, OPTIONAL, "Treatment of a missing source of a drive.",
     .one_of = "mandatory requisite optional", .binding = XML("source/@startupPolicy")},
    {"snapshot", &TYPE_STRING, OPTIONAL, "How a snapshot of the machine treats the disk.",
     .one_of = "internal external no", .binding = XML("@snapshot")},
    {"removable", &TYPE_BOOL, OPTIONAL, "Whether a USB disk is reported as removable.",
     .binding = XML_AS("target/@removable", XML_ON_OFF)},
    {"rotation_rate", &TYPE_NUMBER, OPTIONAL, "Rotations per minute of a SCSI, IDE or SATA disk; 1 for a solid state disk.",
     .binding = XML("target/@rotation_rate")},
    {"block_size", NULL, OPTIONAL, "Sizes of the disk's blocks, in bytes.",
     .nested = NESTED(NEST_SINGLE, block_size_attributes), .binding = XML("blockio")},
    {"iotune", NULL, OPTIONAL, "Limits of input and output. Changes are live.",
     .nested = NESTED(NEST_SINGLE, iotune_attributes), .binding = XML_CHANGING("iotune", XML_LIVE)},
};

/* Only a cdrom may have neither, which domain_plan_validate checks. */
static const ArgumentRule disk_rules[] = {{RULE_CONFLICTS, {"volume_id", "file", "block_device", "url"}}};

static const Attribute filesystem_attributes[] = {
    {"source", &TYPE_STRING, REQUIRED, "Directory on the host.", .check = domain_schema_check_path},
    {"target", &TYPE_STRING, REQUIRED, "Mount point in a container, or mount tag in a guest."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the machine can only read the directory."},
    {"accessmode", &TYPE_STRING, OPTIONAL, "Owners of files: passthrough, mapped (default of a virtual machine) or squash.",
     .one_of = "passthrough mapped squash", .binding = XML("@accessmode")},
    {"driver", &TYPE_STRING, OPTIONAL, "path (9p), or virtiofs, which needs shared memory_backing.",
     .one_of = "path virtiofs handle", .binding = XML_KIND("driver/@type")},
    {"queue", &TYPE_NUMBER, OPTIONAL, "Queue size of virtiofs.", .binding = XML("driver/@queue")},
    {"wrpolicy", &TYPE_STRING, OPTIONAL, "With immediate, written data is flushed at once.",
     .one_of = "immediate", .binding = XML("driver/@wrpolicy")},
    {"multidevs", &TYPE_STRING, OPTIONAL, "Treatment of a directory that spans devices, with 9p.",
     .one_of = "default remap forbid warn", .binding = XML("@multidevs")},
    {"fmode", &TYPE_STRING, OPTIONAL, "Mode of new files with mapped owners, as 0600.", .binding = XML("@fmode")},
    {"dmode", &TYPE_STRING, OPTIONAL, "Mode of new directories with mapped owners, as 0700.", .binding = XML("@dmode")},
    {"binary", &TYPE_STRING, OPTIONAL, "Path of the virtiofsd program.", .binding = XML("binary/@path")},
    {"cache", &TYPE_STRING, OPTIONAL, "Cache mode of virtiofs.",
     .one_of = "none always", .binding = XML("binary/cache/@mode")},
};

static const Attribute blkiotune_attributes[] = {
    {"weight", &TYPE_NUMBER, OPTIONAL, "Weight of the machine, 100 to 1000.",
     .binding = XML("weight")},
};
/* clang-format on */

const NestedObject domain_attributes_disk = {
    NESTED_TABLE(NEST_LIST, disk_attributes),
    .rules = disk_rules,
    .rule_count = ARRAY_COUNT(disk_rules),
};

const NestedObject domain_attributes_filesystem = {
    NESTED_TABLE(NEST_LIST, filesystem_attributes),
};

const NestedObject domain_attributes_blkiotune = {
    NESTED_TABLE(NEST_SINGLE, blkiotune_attributes),
};
