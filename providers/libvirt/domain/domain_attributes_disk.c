/* domain_attributes_disk: disks, shared directories, and I/O limits. */
#include "domain_attributes_nested.h"

#include "domain_schema.h"
#include "url.h"

static Str attributes_disk_check_url(Value value, Arena *) {
    Url url;
    if (!url_parse(value_text(value), &url) ||
        (!str_equal(url.scheme, STR("http")) && !str_equal(url.scheme, STR("https"))))
        return STR("The value must be an address with http:// or https://.");
    if (url_host_name(&url).len == 0)
        return STR("The value must name a host.");
    return url.userinfo.len ? STR("The value must not have a user or password.") : STR_EMPTY;
}

/* clang-format off */
static const Attribute block_size_attributes[] = {
    {"logical", &TYPE_NUMBER, OPTIONAL, "Logical block size in bytes.",
     .binding = XML("@logical_block_size")},
    {"physical", &TYPE_NUMBER, OPTIONAL, "Physical block size in bytes.",
     .binding = XML("@physical_block_size")},
};

static const Attribute iotune_attributes[] = {
    {"total_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Limit of bytes per second, read and written.",
     .binding = XML_CHANGING("total_bytes_sec", XML_LIVE)},
    {"read_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Limit of bytes read per second.",
     .binding = XML_CHANGING("read_bytes_sec", XML_LIVE)},
    {"write_bytes_sec", &TYPE_NUMBER, OPTIONAL, "Limit of bytes written per second.",
     .binding = XML_CHANGING("write_bytes_sec", XML_LIVE)},
    {"total_iops_sec", &TYPE_NUMBER, OPTIONAL, "Limit of I/O operations per second.",
     .binding = XML_CHANGING("total_iops_sec", XML_LIVE)},
    {"read_iops_sec", &TYPE_NUMBER, OPTIONAL, "Limit of read operations per second.",
     .binding = XML_CHANGING("read_iops_sec", XML_LIVE)},
    {"write_iops_sec", &TYPE_NUMBER, OPTIONAL, "Limit of write operations per second.",
     .binding = XML_CHANGING("write_iops_sec", XML_LIVE)},
    {"total_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of bytes per second during a burst.",
     .binding = XML_CHANGING("total_bytes_sec_max", XML_LIVE)},
    {"read_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of bytes read per second during a burst.",
     .binding = XML_CHANGING("read_bytes_sec_max", XML_LIVE)},
    {"write_bytes_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of bytes written per second during a burst.",
     .binding = XML_CHANGING("write_bytes_sec_max", XML_LIVE)},
    {"total_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of I/O operations per second during a burst.",
     .binding = XML_CHANGING("total_iops_sec_max", XML_LIVE)},
    {"read_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of read operations per second during a burst.",
     .binding = XML_CHANGING("read_iops_sec_max", XML_LIVE)},
    {"write_iops_sec_max", &TYPE_NUMBER, OPTIONAL, "Limit of write operations per second during a burst.",
     .binding = XML_CHANGING("write_iops_sec_max", XML_LIVE)},
    {"size_iops_sec", &TYPE_NUMBER, OPTIONAL, "Size of one operation in bytes; a larger one counts as several.",
     .binding = XML_CHANGING("size_iops_sec", XML_LIVE)},
    {"group_name", &TYPE_STRING, OPTIONAL, "Name of a group of disks that share the limits.",
     .binding = XML_CHANGING("group_name", XML_LIVE)},
};

static const Attribute disk_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_volume."},
    {"file", &TYPE_STRING, OPTIONAL,
     "Path of an image file on the host; set it instead of volume_id.",
     .check = domain_schema_check_path},
    {"block_device", &TYPE_STRING, OPTIONAL,
     "Path of a block device on the host; set it instead of volume_id.",
     .check = domain_schema_check_path},
    {"url", &TYPE_STRING, OPTIONAL,
     "URL of an image that QEMU reads over http or https; set it instead of volume_id.",
     .check = attributes_disk_check_url},
    {"device", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Device type: disk, cdrom, floppy, or lun (a block device that accepts SCSI commands of the guest).",
     .default_json = "\"disk\"", .one_of = "disk cdrom floppy lun"},
    {"bus", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Bus of the device: virtio, scsi, sata, ide, fdc or usb (default: sata for a cdrom, fdc for a floppy, virtio otherwise).",
     .one_of = "virtio scsi sata ide fdc usb"},
    {"target", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Target name of the device (default: vda, vdb, … in the order of the list). The name identifies the disk: a disk that keeps its name stays attached."},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Image format (default: the format of the volume)."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the disk is read-only for the guest."},
    {"serial", &TYPE_STRING, OPTIONAL, "Serial number; the guest finds the disk at /dev/disk/by-id/virtio-SERIAL."},
    {"wwn", &TYPE_STRING, OPTIONAL, "World Wide Name (WWN) of the disk: 16 hexadecimal digits.", .binding = XML("wwn")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor of the disk, as the guest sees it.", .binding = XML("vendor")},
    {"product", &TYPE_STRING, OPTIONAL, "Product name of the disk, as the guest sees it.", .binding = XML("product")},
    {"cache", &TYPE_STRING, OPTIONAL, "Cache mode of the host.",
     .one_of = "default none writethrough writeback directsync unsafe", .binding = XML("driver/@cache")},
    {"io", &TYPE_STRING, OPTIONAL, "I/O mode on the host: threads, native or io_uring.",
     .one_of = "threads native io_uring", .binding = XML("driver/@io")},
    {"discard", &TYPE_STRING, OPTIONAL, "What happens to discard (TRIM) requests of the guest: unmap frees the space on the host, ignore drops them (default for a new disk: unmap).",
     .one_of = "unmap ignore", .binding = XML("driver/@discard")},
    {"detect_zeroes", &TYPE_STRING, OPTIONAL, "Whether writes of zeros are detected: off, on, or unmap, which also frees their space.",
     .one_of = "off on unmap", .binding = XML("driver/@detect_zeroes")},
    {"copy_on_read", &TYPE_BOOL, OPTIONAL, "Whether data that the guest reads from the backing image is copied into the disk.",
     .binding = XML_AS("driver/@copy_on_read", XML_ON_OFF)},
    {"error_policy", &TYPE_STRING, OPTIONAL, "Action on a write error: stop, report, ignore or enospace.",
     .one_of = "stop report ignore enospace", .binding = XML("driver/@error_policy")},
    {"rerror_policy", &TYPE_STRING, OPTIONAL, "Action on a read error: stop, report or ignore.",
     .one_of = "stop report ignore", .binding = XML("driver/@rerror_policy")},
    {"iothread", &TYPE_NUMBER, OPTIONAL, "Number of the I/O thread that serves the disk.", .binding = XML("driver/@iothread")},
    {"queues", &TYPE_NUMBER, OPTIONAL, "Number of queues of a virtio disk.", .binding = XML("driver/@queues")},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the disk in the boot order, from 1.", .binding = XML("boot/@order")},
    {"shareable", &TYPE_BOOL, OPTIONAL, "Whether several machines may use the disk at once.",
     .binding = XML_AS("shareable", XML_PRESENT)},
    {"startup_policy", &TYPE_STRING, OPTIONAL, "What happens if the image of a cdrom or floppy is missing: mandatory and requisite fail the start, optional starts without the image.",
     .one_of = "mandatory requisite optional", .binding = XML("source/@startupPolicy")},
    {"snapshot", &TYPE_STRING, OPTIONAL, "How a snapshot of the machine includes the disk: internal, external or no.",
     .one_of = "internal external no", .binding = XML("@snapshot")},
    {"removable", &TYPE_BOOL, OPTIONAL, "Whether a USB disk is reported to the guest as removable.",
     .binding = XML_AS("target/@removable", XML_ON_OFF)},
    {"rotation_rate", &TYPE_NUMBER, OPTIONAL, "Rotation rate of a SCSI, IDE or SATA disk in revolutions per minute; 1 for a solid state disk.",
     .binding = XML("target/@rotation_rate")},
    {"block_size", NULL, OPTIONAL, "Block sizes that the guest sees.",
     .nested = NESTED(NEST_SINGLE, block_size_attributes), .binding = XML("blockio")},
    {"iotune", NULL, OPTIONAL, "I/O limits of the disk. Changes are live.",
     .nested = NESTED(NEST_SINGLE, iotune_attributes), .binding = XML_CHANGING("iotune", XML_LIVE)},
};

/* domain_plan_validate rejects a disk without any of these, unless it is a cdrom or floppy. */
static const ArgumentRule disk_rules[] = {{RULE_CONFLICTS, {"volume_id", "file", "block_device", "url"}}};

static const Attribute filesystem_attributes[] = {
    {"source", &TYPE_STRING, REQUIRED, "Path of the directory on the host.", .check = domain_schema_check_path},
    {"target", &TYPE_STRING, REQUIRED, "Mount point in a container, or mount tag in a guest."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the directory is read-only for the machine."},
    {"accessmode", &TYPE_STRING, OPTIONAL, "How file ownership is handled: passthrough, mapped (default for a virtual machine) or squash.",
     .one_of = "passthrough mapped squash", .binding = XML("@accessmode")},
    {"driver", &TYPE_STRING, OPTIONAL, "Driver: path (9p), handle, or virtiofs, which requires memory_backing with shared access.",
     .one_of = "path virtiofs handle", .binding = XML_KIND("driver/@type")},
    {"queue", &TYPE_NUMBER, OPTIONAL, "Queue size of virtiofs.", .binding = XML("driver/@queue")},
    {"wrpolicy", &TYPE_STRING, OPTIONAL, "Write policy of 9p: immediate flushes written data at once.",
     .one_of = "immediate", .binding = XML("driver/@wrpolicy")},
    {"multidevs", &TYPE_STRING, OPTIONAL, "How 9p handles a directory that spans several devices: default, remap, forbid or warn.",
     .one_of = "default remap forbid warn", .binding = XML("@multidevs")},
    {"fmode", &TYPE_STRING, OPTIONAL, "File mode of new files, for the accessmode mapped, such as 0600.", .binding = XML("@fmode")},
    {"dmode", &TYPE_STRING, OPTIONAL, "File mode of new directories, for the accessmode mapped, such as 0700.", .binding = XML("@dmode")},
    {"binary", &TYPE_STRING, OPTIONAL, "Path of the virtiofsd program.", .binding = XML("binary/@path")},
    {"cache", &TYPE_STRING, OPTIONAL, "Cache mode of virtiofs.",
     .one_of = "none always", .binding = XML("binary/cache/@mode")},
};

static const Attribute blkiotune_attributes[] = {
    {"weight", &TYPE_NUMBER, OPTIONAL, "I/O weight of the machine, from 100 to 1000.",
     .binding = XML("weight")},
};
/* clang-format on */

const NestedObject domain_attributes_disk = {
    NESTED_OBJECT(NEST_LIST, disk_attributes, SCHEMA_RULES(disk_rules))};
const NestedObject domain_attributes_filesystem = {NESTED_OBJECT(NEST_LIST, filesystem_attributes)};
const NestedObject domain_attributes_blkiotune = {NESTED_OBJECT(NEST_SINGLE, blkiotune_attributes)};
