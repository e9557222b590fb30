/* domain_attributes: the schema of libvirt_domain. A row with a binding needs no other code:
 * xml_map writes, reads and compares it. */
#include "domain_attributes.h"

#include "duration.h"
#include "port_attributes.h"
#include "xml_map.h"
#include "xml_merge.h"

static Str check_positive(Value value, Arena *arena) {
    int64_t number = 0;
    if (value_to_int(value, &number) && number > 0)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer above zero.");
}

static Str check_mac(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_mac = text.len == 17;
    for (size_t i = 0; is_mac && i < text.len; i++)
        is_mac = i % 3 == 2 ? text.ptr[i] == ':' : isxdigit((unsigned char)text.ptr[i]) != 0;
    if (is_mac)
        return STR_EMPTY;
    return str_format(arena, "The value must be a MAC address, such as 52:54:00:12:34:56.");
}

static Str check_absolute(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("/")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an absolute path on the host.");
}

static Str check_url(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("http://")) ||
        str_starts_with(value_text(value), STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an address with http:// or https://.");
}

/* The channel of the guest agent belongs to qemu_agent. */
static bool is_agent_channel(xmlNodePtr node) {
    return xml_find(node, "target[@name='org.qemu.guest_agent.0']") != NULL;
}

/* libvirt describes the first serial port again as a console. */
static bool is_serial_console(xmlNodePtr node) {
    return xml_find(node, "target[@type='serial']") != NULL;
}

/* Every x86 machine has these. */
static bool is_ps2(xmlNodePtr node) {
    return xml_find(node, "self::*[@bus='ps2']") != NULL;
}

/* This entry belongs to coreos_ignition. */
static bool is_ignition(xmlNodePtr node) {
    return xml_find(node, "self::*[@name='opt/com.coreos/config']") != NULL;
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

static const Attribute direct_attributes[] = {
    {"dev", &TYPE_STRING, REQUIRED, "Network device of the host.",
     .binding = XML("source/@dev")},
    {"mode", &TYPE_STRING, REQUIRED, "bridge, private, vepa or passthrough.",
     .one_of = "bridge private vepa passthrough", .binding = XML("source/@mode")},
};

static const Attribute port_range_attributes[] = {
    {"start", &TYPE_NUMBER, REQUIRED, "First port of the host.",
     .binding = XML("@start")},
    {"end", &TYPE_NUMBER, OPTIONAL, "Last port of the host (default: start).",
     .binding = XML("@end")},
    {"to", &TYPE_NUMBER, OPTIONAL, "First port of the guest (default: start).",
     .binding = XML("@to")},
};

static const Attribute port_forward_attributes[] = {
    {"proto", &TYPE_STRING, REQUIRED, "tcp or udp.",
     .one_of = "tcp udp", .binding = XML("@proto")},
    {"address", &TYPE_STRING, OPTIONAL, "Address of the host (default: all).",
     .binding = XML("@address")},
    {"dev", &TYPE_STRING, OPTIONAL, "Network device of the host (default: all).",
     .binding = XML("@dev")},
    {"ranges", NULL, OPTIONAL,
     "Forwarded ports.",
     .nested = NESTED(NEST_LIST, port_range_attributes),
     .binding = XML("range")},
};

static const Attribute user_attributes[] = {
    {"backend", &TYPE_STRING, OPTIONAL, "passt (default: the built-in network of QEMU).",
     .one_of = "passt", .binding = XML("backend/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "Log of passt.",
     .binding = XML("backend/@logFile")},
    {"dev", &TYPE_STRING, OPTIONAL, "Device whose addresses passt gives to the guest.",
     .binding = XML("source/@dev")},
    {"port_forwards", NULL, OPTIONAL,
     "Ports of the host that passt forwards to the guest.",
     .nested = NESTED(NEST_LIST, port_forward_attributes),
     .binding = XML("portForward")},
};

static const Attribute vhostuser_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED, "Path of the socket.",
     .binding = XML("source/@path")},
    {"mode", &TYPE_STRING, REQUIRED, "Whether the machine listens (server) or connects (client).",
     .one_of = "server client", .binding = XML("source/@mode")},
};

static const Attribute rom_attributes[] = {
    {"bar", &TYPE_BOOL, OPTIONAL, "Whether the guest sees the ROM.",
     .binding = XML_AS("@bar", XML_ON_OFF)},
    {"file", &TYPE_STRING, OPTIONAL, "Path of the ROM on the host.",
     .binding = XML("@file")},
};

static const Attribute topology_attributes[] = {
    {"sockets", &TYPE_NUMBER, REQUIRED, "Number of sockets.",
     .binding = XML("@sockets")},
    {"dies", &TYPE_NUMBER, OPTIONAL, "Number of dies of a socket.",
     .binding = XML("@dies")},
    {"cores", &TYPE_NUMBER, REQUIRED, "Number of cores of a die.",
     .binding = XML("@cores")},
    {"threads", &TYPE_NUMBER, REQUIRED, "Number of threads of a core.",
     .binding = XML("@threads")},
};

static const Attribute cpu_cache_attributes[] = {
    {"level", &TYPE_NUMBER, OPTIONAL, "Level of the cache.",
     .binding = XML("@level")},
    {"mode", &TYPE_STRING, REQUIRED, "Origin of the description.",
     .one_of = "emulate passthrough disable", .binding = XML("@mode")},
};

static const Attribute maxphysaddr_attributes[] = {
    {"mode", &TYPE_STRING, REQUIRED, "Origin of the size.",
     .one_of = "emulate passthrough", .binding = XML("@mode")},
    {"bits", &TYPE_NUMBER, OPTIONAL, "Number of bits, with mode emulate.",
     .binding = XML("@bits")},
};

static const Attribute cpu_feature_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the feature.",
     .binding = XML("@name")},
    {"policy", &TYPE_STRING, REQUIRED, "Whether the guest has the feature.",
     .one_of = "force require optional disable forbid", .binding = XML("@policy")},
};

static const Attribute numa_distance_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "Number of the other cell.",
     .binding = XML("@id")},
    {"value", &TYPE_NUMBER, REQUIRED, "Distance, 10 to 254.",
     .binding = XML("@value")},
};

static const Attribute numa_cell_attributes[] = {
    {"id", &TYPE_NUMBER, REQUIRED, "Number of the cell.",
     .binding = XML("@id")},
    {"cpus", &TYPE_STRING, OPTIONAL, "Processors, as 0-3,^1.",
     .binding = XML("@cpus")},
    {"memory", &TYPE_NUMBER, REQUIRED, "Memory in MiB.",
     .binding = XML_AS("@memory", XML_MIB)},
    {"mem_access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("@memAccess")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML("@discard")},
    {"distances", NULL, OPTIONAL,
     "Distances to other cells.",
     .nested = NESTED(NEST_LIST, numa_distance_attributes),
     .binding = XML("distances/sibling")},
};

static const Attribute disk_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_volume."},
    {"file", &TYPE_STRING, OPTIONAL,
     "Path of a file on the host, instead of a volume.",
     .check = check_absolute},
    {"block_device", &TYPE_STRING, OPTIONAL,
     "Path of a block device of the host, instead of a volume.",
     .check = check_absolute},
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

static const Attribute filter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of a libvirt_nwfilter."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of the filter's variables, as lists."},
};

static const Attribute interface_attributes[] = {
    {"network_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_network."},
    {"network", &TYPE_STRING, OPTIONAL, "Name of a network, instead of network_id."},
    {"bridge", &TYPE_STRING, OPTIONAL, "Bridge of the host, instead of a network."},
    {"direct", NULL, OPTIONAL, "Network device of the host, instead of a network (macvtap).",
     .nested = NESTED(NEST_SINGLE, direct_attributes)},
    {"user", NULL, OPTIONAL, "Network of the user without rights on the host, instead of a network.",
     .nested = NESTED(NEST_SINGLE, user_attributes)},
    {"vhostuser", NULL, OPTIONAL, "Socket of a switch in user space, instead of a network.",
     .nested = NESTED(NEST_SINGLE, vhostuser_attributes)},
    {"mac", &TYPE_STRING, OPTIONAL | COMPUTED,
     "MAC address (default: a stable address derived from the configuration).",
     .check = check_mac},
    {"model", &TYPE_STRING, OPTIONAL | COMPUTED, "Model of the card.", .default_json = "\"virtio\""},
    {"addresses", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Addresses that the machine configures itself (with its seed); they are known before it exists."},
    {"filter", NULL, OPTIONAL,
     "Packet filter of the interface. Changes are live.",
     .nested = NESTED(NEST_SINGLE, filter_attributes)},
    {"wait_for_ip", &TYPE_BOOL, OPTIONAL, "Whether creation waits until the interface has an address."},
    {"portgroup", &TYPE_STRING, OPTIONAL, "Port group of the network.", .binding = XML("source/@portgroup")},
    {"target_dev", &TYPE_STRING, OPTIONAL, "Name of the device on the host (default: chosen by the host).",
     .binding = XML("target/@dev")},
    {"mtu", &TYPE_NUMBER, OPTIONAL, "Maximum packet size (MTU) in bytes.", .binding = XML("mtu/@size")},
    {"driver", &TYPE_STRING, OPTIONAL, "Part of the host that moves the packets.",
     .one_of = "qemu vhost", .binding = XML("driver/@name")},
    {"queues", &TYPE_NUMBER, OPTIONAL, "Number of queues of a virtio card.", .binding = XML("driver/@queues")},
    {"link", &TYPE_STRING, OPTIONAL, "State of the link. Changes are live.",
     .one_of = "up down", .binding = XML_CHANGING("link/@state", XML_LIVE)},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the card in the boot order, from 1.", .binding = XML("boot/@order")},
    {"port_isolated", &TYPE_BOOL, OPTIONAL, "Whether the interface cannot reach other isolated ones of its bridge.",
     .binding = XML("port/@isolated")},
    {"vlan", NULL, OPTIONAL, "VLANs of the interface, on Open vSwitch and SR-IOV.",
     .nested = NESTED(NEST_SINGLE, vlan_attributes), .binding = XML("vlan")},
    {"virtualport", NULL, OPTIONAL, "Port on Open vSwitch or a switch with IEEE 802.1Qbg or Qbh.",
     .nested = NESTED(NEST_SINGLE, virtualport_attributes), .binding = XML("virtualport")},
    {"bandwidth", NULL, OPTIONAL, "Limits of traffic. Changes are live.",
     .nested = NESTED(NEST_SINGLE, bandwidth_attributes), .binding = XML_CHANGING("bandwidth", XML_LIVE)},
    {"rom", NULL, OPTIONAL, "Boot ROM of the card.",
     .nested = NESTED(NEST_SINGLE, rom_attributes), .binding = XML("rom")},
};

static const ArgumentRule interface_rules[] = {
    {RULE_EXACTLY_ONE, {"network_id", "network", "bridge", "direct", "user", "vhostuser"}},
};

static const Attribute filesystem_attributes[] = {
    {"source", &TYPE_STRING, REQUIRED, "Directory on the host.", .check = check_absolute},
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

static const Attribute cpu_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "host-passthrough, host-model, maximum or custom."},
    {"model", &TYPE_STRING, OPTIONAL, "Name of a CPU model, with mode custom."},
    {"match", &TYPE_STRING, OPTIONAL, "How the host must match the model.",
     .one_of = "minimum exact strict", .binding = XML("@match")},
    {"check", &TYPE_STRING, OPTIONAL, "How the CPU is checked before a start.",
     .one_of = "none partial full", .binding = XML("@check")},
    {"migratable", &TYPE_BOOL, OPTIONAL, "Whether features that prevent a migration are removed.",
     .binding = XML_AS("@migratable", XML_ON_OFF)},
    {"fallback", &TYPE_STRING, OPTIONAL, "Whether a similar model is allowed, if QEMU lacks this one.",
     .one_of = "allow forbid", .binding = XML("model/@fallback")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor of the host's CPU.", .binding = XML("vendor")},
    {"topology", NULL, OPTIONAL, "Sockets, cores and threads; their product is vcpu_max.",
     .nested = NESTED(NEST_SINGLE, topology_attributes), .binding = XML("topology")},
    {"cache", NULL, OPTIONAL, "Cache that the guest sees.",
     .nested = NESTED(NEST_SINGLE, cpu_cache_attributes), .binding = XML("cache")},
    {"maxphysaddr", NULL, OPTIONAL, "Size of physical addresses.",
     .nested = NESTED(NEST_SINGLE, maxphysaddr_attributes), .binding = XML("maxphysaddr")},
    {"feature", NULL, OPTIONAL, "Features that differ from the model.",
     .nested = NESTED(NEST_LIST, cpu_feature_attributes), .binding = XML_KEYED("feature", "name", XML_AT_START)},
    {"numa_cell", NULL, OPTIONAL, "NUMA cells; their memory adds up to memory_max.",
     .nested = NESTED(NEST_LIST, numa_cell_attributes), .binding = XML_KEYED("numa/cell", "id", XML_AT_START)},
};

static const Attribute console_attributes[] = {
    {"log_file", &TYPE_STRING, REQUIRED,
     "File on the host that records the output of the first console.",
     .check = check_absolute},
};

static const Attribute wait_attributes[] = {
    {"ip", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Source of the addresses: lease, agent, arp, any, or none to skip the wait.",
     .default_json = "\"any\"", .one_of = "lease agent arp any none"},
    {"timeout", &TYPE_STRING, OPTIONAL,
     "Maximum duration (default 5m, or 30m for machines without KVM).",
     .check = duration_check},
};

static const Attribute shutdown_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Shutdown method: acpi or agent.",
     .default_json = "\"acpi\"", .one_of = "acpi agent"},
    {"timeout", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Duration after which the machine is switched off.",
     .default_json = "\"60s\"", .check = duration_check},
};

static const Attribute firmware_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL, "efi or bios: the host selects the firmware.",
     .one_of = "efi bios", .binding = XML("os/@firmware")},
    {"secure_boot", &TYPE_BOOL, OPTIONAL, "Whether the selected firmware has Secure Boot.",
     .binding = XML("os/firmware/feature[@name='secure-boot']/@enabled")},
    {"enrolled_keys", &TYPE_BOOL, OPTIONAL, "Whether the selected firmware has keys of vendors.",
     .binding = XML("os/firmware/feature[@name='enrolled-keys']/@enabled")},
    {"loader", &TYPE_STRING, OPTIONAL, "Path of the firmware on the host, instead of type.",
     .binding = XML("os/loader")},
    {"loader_type", &TYPE_STRING, OPTIONAL, "rom or pflash.",
     .one_of = "rom pflash", .binding = XML("os/loader/@type")},
    {"loader_readonly", &TYPE_BOOL, OPTIONAL, "Whether the guest can only read the firmware.",
     .binding = XML("os/loader/@readonly")},
    {"loader_secure", &TYPE_BOOL, OPTIONAL, "Whether the firmware needs SMM.",
     .binding = XML("os/loader/@secure")},
    {"nvram", &TYPE_STRING, OPTIONAL, "Path of the machine's firmware variables on the host.",
     .binding = XML("os/nvram")},
    {"nvram_template", &TYPE_STRING, OPTIONAL, "Path of the variables that a new machine copies.",
     .binding = XML("os/nvram/@template")},
};

static const Attribute tpm_attributes[] = {
    {"model", &TYPE_STRING, OPTIONAL, "Device that the guest sees.",
     .one_of = "tpm-tis tpm-crb tpm-spapr tpm-spapr-proxy", .binding = XML_KIND("@model")},
    {"backend_type", &TYPE_STRING, REQUIRED, "emulator, passthrough or external.",
     .one_of = "emulator passthrough external", .binding = XML("backend/@type")},
    {"backend_version", &TYPE_STRING, OPTIONAL, "Version of the emulator.",
     .one_of = "1.2 2.0", .binding = XML("backend/@version")},
    {"backend_device_path", &TYPE_STRING, OPTIONAL, "Device of the host, with passthrough.",
     .binding = XML("backend/device/@path")},
    {"backend_encryption_secret", &TYPE_STRING, OPTIONAL, "UUID of the secret that encrypts the emulator's state.",
     .binding = XML("backend/encryption/@secret")},
    {"backend_persistent_state", &TYPE_BOOL, OPTIONAL, "Whether a removal keeps the emulator's state.",
     .binding = XML("backend/@persistent_state")},
};

static const Attribute vcpupin_attributes[] = {
    {"vcpu", &TYPE_NUMBER, REQUIRED, "Number of the processor.",
     .binding = XML("@vcpu")},
    {"cpuset", &TYPE_STRING, REQUIRED, "Processors of the host, as 0-3,^1.",
     .binding = XML_CHANGING("@cpuset", XML_LIVE)},
};

static const Attribute iothreadpin_attributes[] = {
    {"iothread", &TYPE_NUMBER, REQUIRED, "Number of the I/O thread.",
     .binding = XML("@iothread")},
    {"cpuset", &TYPE_STRING, REQUIRED, "Processors of the host, as 0-3,^1.",
     .binding = XML("@cpuset")},
};

static const Attribute cputune_attributes[] = {
    {"shares", &TYPE_NUMBER, OPTIONAL, "Weight of the machine's processors.",
     .binding = XML_CHANGING("shares", XML_LIVE)},
    {"period", &TYPE_NUMBER, OPTIONAL, "Period of quota in microseconds.",
     .binding = XML_CHANGING("period", XML_LIVE)},
    {"quota", &TYPE_NUMBER, OPTIONAL, "Time of each processor in a period, in microseconds; -1: no limit.",
     .binding = XML_CHANGING("quota", XML_LIVE)},
    {"global_period", &TYPE_NUMBER, OPTIONAL, "Period of global_quota in microseconds.",
     .binding = XML_CHANGING("global_period", XML_LIVE)},
    {"global_quota", &TYPE_NUMBER, OPTIONAL, "Time of the whole machine in a period, in microseconds.",
     .binding = XML_CHANGING("global_quota", XML_LIVE)},
    {"emulator_period", &TYPE_NUMBER, OPTIONAL, "Period of emulator_quota in microseconds.",
     .binding = XML_CHANGING("emulator_period", XML_LIVE)},
    {"emulator_quota", &TYPE_NUMBER, OPTIONAL, "Time of the emulator in a period, in microseconds.",
     .binding = XML_CHANGING("emulator_quota", XML_LIVE)},
    {"iothread_period", &TYPE_NUMBER, OPTIONAL, "Period of iothread_quota in microseconds.",
     .binding = XML_CHANGING("iothread_period", XML_LIVE)},
    {"iothread_quota", &TYPE_NUMBER, OPTIONAL, "Time of each I/O thread in a period, in microseconds.",
     .binding = XML_CHANGING("iothread_quota", XML_LIVE)},
    {"emulatorpin", &TYPE_STRING, OPTIONAL, "Processors of the host for the emulator.",
     .binding = XML("emulatorpin/@cpuset")},
    {"vcpupin", NULL, OPTIONAL,
     "Processors of the host for each processor. Changes are live.",
     .nested = NESTED(NEST_LIST, vcpupin_attributes),
     .binding = XML_KEYED("vcpupin", "vcpu", XML_AT_START)},
    {"iothreadpin", NULL, OPTIONAL,
     "Processors of the host for each I/O thread.",
     .nested = NESTED(NEST_LIST, iothreadpin_attributes),
     .binding = XML_KEYED("iothreadpin", "iothread", XML_AT_START)},
};

static const Attribute memnode_attributes[] = {
    {"cellid", &TYPE_NUMBER, REQUIRED, "Number of the cell.",
     .binding = XML("@cellid")},
    {"mode", &TYPE_STRING, REQUIRED, "Kind of the binding.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("@mode")},
    {"nodeset", &TYPE_STRING, REQUIRED, "Nodes of the host.",
     .binding = XML("@nodeset")},
};

static const Attribute numatune_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Kind of the binding.",
     .one_of = "strict preferred interleave restrictive", .binding = XML("memory/@mode")},
    {"nodeset", &TYPE_STRING, OPTIONAL, "Nodes of the host.",
     .binding = XML("memory/@nodeset")},
    {"placement", &TYPE_STRING, OPTIONAL, "Whether nodes are given (static) or chosen (auto).",
     .one_of = "static auto", .binding = &(const XmlBinding){.path = "memory/@placement", .absent = "static"}},
    {"memnode", NULL, OPTIONAL,
     "Binding of single cells.",
     .nested = NESTED(NEST_LIST, memnode_attributes),
     .binding = XML_KEYED("memnode", "cellid", XML_AT_START)},
};

static const Attribute memtune_attributes[] = {
    {"hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum memory of the machine's processes in MiB.",
     .binding = XML_AS_CHANGING("hard_limit", XML_MIB, XML_LIVE)},
    {"soft_limit", &TYPE_NUMBER, OPTIONAL, "Memory in MiB that the host enforces when memory is short.",
     .binding = XML_AS_CHANGING("soft_limit", XML_MIB, XML_LIVE)},
    {"swap_hard_limit", &TYPE_NUMBER, OPTIONAL, "Maximum of memory and swap in MiB.",
     .binding = XML_AS_CHANGING("swap_hard_limit", XML_MIB, XML_LIVE)},
};

static const Attribute blkiotune_attributes[] = {
    {"weight", &TYPE_NUMBER, OPTIONAL, "Weight of the machine, 100 to 1000.",
     .binding = XML("weight")},
};

static const Attribute memory_backing_attributes[] = {
    {"hugepages", &TYPE_BOOL, OPTIONAL, "Whether the memory is in huge pages.",
     .binding = XML_AS("hugepages", XML_PRESENT)},
    {"hugepage_size", &TYPE_NUMBER, OPTIONAL, "Size of a huge page in KiB.",
     .binding = XML("hugepages/page/@size")},
    {"nosharepages", &TYPE_BOOL, OPTIONAL, "Whether equal pages of machines are kept apart.",
     .binding = XML_AS("nosharepages", XML_PRESENT)},
    {"locked", &TYPE_BOOL, OPTIONAL, "Whether the memory is never swapped.",
     .binding = XML_AS("locked", XML_PRESENT)},
    {"source", &TYPE_STRING, OPTIONAL, "Origin of the memory.",
     .one_of = "file anonymous memfd", .binding = XML("source/@type")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("access/@mode")},
    {"allocation", &TYPE_STRING, OPTIONAL, "When the memory is allocated.",
     .one_of = "immediate ondemand", .binding = XML("allocation/@mode")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML_AS("discard", XML_PRESENT)},
};

static const Attribute features_attributes[] = {
    {"acpi", &TYPE_BOOL, OPTIONAL, "Whether the machine has ACPI (default for x86).",
     .binding = XML_AS("acpi", XML_PRESENT)},
    {"apic", &TYPE_BOOL, OPTIONAL, "Whether the machine has APIC (default for x86).",
     .binding = XML_AS("apic!", XML_PRESENT)},
    {"pae", &TYPE_BOOL, OPTIONAL, "Whether a 32-bit guest addresses more than 4 GiB.",
     .binding = XML_AS("pae", XML_PRESENT)},
    {"hap", &TYPE_BOOL, OPTIONAL, "Whether nested page tables are used.",
     .binding = XML_AS("hap/@state", XML_ON_OFF)},
    {"kvm_hidden", &TYPE_BOOL, OPTIONAL, "Whether the guest cannot detect KVM.",
     .binding = XML_AS("kvm/hidden/@state", XML_ON_OFF)},
    {"vmport", &TYPE_BOOL, OPTIONAL, "Whether the machine has the VMware port.",
     .binding = XML_AS("vmport/@state", XML_ON_OFF)},
    {"smm", &TYPE_BOOL, OPTIONAL, "Whether the machine has System Management Mode.",
     .binding = XML_AS("smm/@state", XML_ON_OFF)},
    {"pmu", &TYPE_BOOL, OPTIONAL, "Whether the guest sees performance counters.",
     .binding = XML_AS("pmu/@state", XML_ON_OFF)},
    {"vmcoreinfo", &TYPE_BOOL, OPTIONAL, "Whether the guest gives details for a crash dump.",
     .binding = XML_AS("vmcoreinfo/@state", XML_ON_OFF)},
    {"ioapic", &TYPE_STRING, OPTIONAL, "Part that emulates the I/O APIC.",
     .one_of = "kvm qemu", .binding = XML("ioapic/@driver")},
    {"privnet", &TYPE_BOOL, OPTIONAL, "Whether a container without interfaces has its own network.",
     .binding = XML_AS("privnet", XML_PRESENT)},
    {"hyperv", &TYPE_MAP_OF_STRING, OPTIONAL, "Enlightenments for Windows and their states: {relaxed = \"on\"}.",
     .binding = XML_AS("hyperv", XML_STATES)},
    {"capabilities_policy", &TYPE_STRING, OPTIONAL, "Capabilities of a container: default, allow all, or deny all.",
     .one_of = "default allow deny", .binding = &(const XmlBinding){.path = "capabilities/@policy", .absent = "default"}},
    {"capabilities", &TYPE_MAP_OF_STRING, OPTIONAL, "States of single capabilities of a container: {mknod = \"on\"}.",
     .binding = XML_AS("capabilities", XML_STATES)},
};

static const Attribute timer_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the timer.",
     .one_of = "platform hpet kvmclock hypervclock pit rtc tsc armvtimer", .binding = XML("@name")},
    {"present", &TYPE_BOOL, OPTIONAL, "Whether the guest has the timer.",
     .binding = XML("@present")},
    {"tickpolicy", &TYPE_STRING, OPTIONAL, "Treatment of missed ticks.",
     .one_of = "delay catchup merge discard", .binding = XML("@tickpolicy")},
    {"track", &TYPE_STRING, OPTIONAL, "What the timer tracks.",
     .one_of = "boot guest wall realtime", .binding = XML("@track")},
    {"frequency", &TYPE_NUMBER, OPTIONAL, "Frequency of the timer tsc in Hz.",
     .binding = XML("@frequency")},
    {"mode", &TYPE_STRING, OPTIONAL, "Mode of the timer tsc.",
     .one_of = "auto native emulate paravirt smpsafe", .binding = XML("@mode")},
};

static const Attribute clock_attributes[] = {
    {"offset", &TYPE_STRING, REQUIRED, "Clock that the guest sees.",
     .one_of = "utc localtime timezone variable absolute", .binding = XML("@offset")},
    {"timezone", &TYPE_STRING, OPTIONAL, "Time zone, with offset timezone.",
     .binding = XML("@timezone")},
    {"adjustment", &TYPE_STRING, OPTIONAL, "Difference to basis in seconds, with offset variable.",
     .binding = XML("@adjustment")},
    {"basis", &TYPE_STRING, OPTIONAL, "utc or localtime, with offset variable.",
     .one_of = "utc localtime", .binding = XML("@basis")},
    {"timers", NULL, OPTIONAL,
     "Timers of the machine.",
     .nested = NESTED(NEST_LIST, timer_attributes),
     .binding = XML_KEYED("timer", "name", XML_AT_START)},
};

static const Attribute pm_attributes[] = {
    {"suspend_to_mem", &TYPE_BOOL, OPTIONAL, "Whether the guest can sleep in memory.",
     .binding = XML("suspend-to-mem/@enabled")},
    {"suspend_to_disk", &TYPE_BOOL, OPTIONAL, "Whether the guest can sleep on disk.",
     .binding = XML("suspend-to-disk/@enabled")},
};

static const Attribute boot_menu_attributes[] = {
    {"enabled", &TYPE_BOOL, OPTIONAL, "Whether the firmware shows a menu.",
     .binding = XML("os/bootmenu/@enable")},
    {"timeout", &TYPE_NUMBER, OPTIONAL, "Duration of the menu in milliseconds.",
     .binding = XML("os/bootmenu/@timeout")},
};

static const Attribute bios_attributes[] = {
    {"use_serial", &TYPE_BOOL, OPTIONAL, "Whether the BIOS writes to the serial port.",
     .binding = XML("os/bios/@useserial")},
    {"reboot_timeout", &TYPE_NUMBER, OPTIONAL, "Milliseconds until a reboot without a boot device; -1: never.",
     .binding = XML("os/bios/@rebootTimeout")},
};

static const Attribute smbios_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Origin of the data: emulate, host, or sysinfo for the maps below.",
     .one_of = "emulate host sysinfo", .binding = XML("os/smbios/@mode")},
    {"bios", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the BIOS: vendor, version, date, release.",
     .binding = XML_AS("sysinfo[@type='smbios']/bios/entry", XML_ENTRIES)},
    {"system", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the system: manufacturer, product, version, serial, uuid, sku, family.",
     .binding = XML_AS("sysinfo[@type='smbios']/system/entry", XML_ENTRIES)},
    {"base_board", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the board: manufacturer, product, version, serial, asset, location.",
     .binding = XML_AS("sysinfo[@type='smbios']/baseBoard/entry", XML_ENTRIES)},
    {"chassis", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the case: manufacturer, version, serial, asset, sku.",
     .binding = XML_AS("sysinfo[@type='smbios']/chassis/entry", XML_ENTRIES)},
    {"oem_strings", &TYPE_LIST_OF_STRING, OPTIONAL, "Strings of the vendor.",
     .binding = XML("sysinfo[@type='smbios']/oemStrings/entry")},
};

static const Attribute fw_cfg_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the entry, opt/….",
     .binding = XML("@name")},
    {"value", &TYPE_STRING, OPTIONAL, "Text of the entry.",
     .binding = XML(".")},
    {"file", &TYPE_STRING, OPTIONAL, "Path of the content on the host.",
     .binding = XML("@file")},
};

static const Attribute graphics_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "vnc, spice, sdl, dbus or egl-headless.",
     .one_of = "vnc spice sdl dbus egl-headless rdp desktop", .binding = XML("@type")},
    {"autoport", &TYPE_BOOL, OPTIONAL, "Whether the host chooses the port (default true).",
     .binding = XML("@autoport")},
    {"port", &TYPE_NUMBER, OPTIONAL, "Port, without autoport.",
     .binding = XML("@port")},
    {"tls_port", &TYPE_NUMBER, OPTIONAL, "Port with TLS of spice.",
     .binding = XML("@tlsPort")},
    {"websocket", &TYPE_NUMBER, OPTIONAL, "Port for web sockets; -1: chosen by the host.",
     .binding = XML("@websocket")},
    {"listen_type", &TYPE_STRING, OPTIONAL, "address, network, socket or none.",
     .one_of = "address network socket none", .binding = XML("listen/@type")},
    {"listen_address", &TYPE_STRING, OPTIONAL, "Address to listen on. Another one needs a restart.",
     .binding = XML("listen/@address")},
    {"listen_network", &TYPE_STRING, OPTIONAL, "Network to listen on.",
     .binding = XML("listen/@network")},
    {"listen_socket", &TYPE_STRING, OPTIONAL, "Path of a socket to listen on.",
     .binding = XML("listen/@socket")},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password. Changes are live.",
     .binding = XML_CHANGING("@passwd", XML_LIVE)},
    {"password_valid_to", &TYPE_STRING, OPTIONAL, "End of the password's validity, as 2030-01-02T15:30:00. Changes are live.",
     .binding = XML_CHANGING("@passwdValidTo", XML_LIVE)},
    {"keymap", &TYPE_STRING, OPTIONAL, "Layout of the keyboard, as de.",
     .binding = XML("@keymap")},
    {"share_policy", &TYPE_STRING, OPTIONAL, "Whether several viewers share the screen.",
     .one_of = "allow-exclusive force-shared ignore", .binding = XML("@sharePolicy")},
    {"gl", &TYPE_BOOL, OPTIONAL, "Whether spice uses OpenGL.",
     .binding = XML("gl/@enable")},
    {"image_compression", &TYPE_STRING, OPTIONAL, "Compression of images by spice.",
     .one_of = "auto_glz auto_lz quic glz lz off", .binding = XML("image/@compression")},
    {"clipboard", &TYPE_BOOL, OPTIONAL, "Whether spice shares the clipboard.",
     .binding = XML("clipboard/@copypaste")},
    {"filetransfer", &TYPE_BOOL, OPTIONAL, "Whether spice transfers files.",
     .binding = XML("filetransfer/@enable")},
};

static const Attribute video_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Model of the card.",
     .one_of = "bochs cirrus none qxl ramfb vga virtio vmvga xen", .binding = XML_RESETTING("model/@type", "model address driver")},
    {"vram", &TYPE_NUMBER, OPTIONAL, "Video memory in KiB.",
     .binding = XML("model/@vram")},
    {"ram", &TYPE_NUMBER, OPTIONAL, "Memory of qxl in KiB.",
     .binding = XML("model/@ram")},
    {"vgamem", &TYPE_NUMBER, OPTIONAL, "Frame buffer of qxl in KiB.",
     .binding = XML("model/@vgamem")},
    {"heads", &TYPE_NUMBER, OPTIONAL, "Number of screens.",
     .binding = XML("model/@heads")},
    {"primary", &TYPE_BOOL, OPTIONAL, "Whether this is the first card.",
     .binding = XML("model/@primary")},
    {"accel3d", &TYPE_BOOL, OPTIONAL, "Whether virtio accelerates OpenGL.",
     .binding = XML("model/acceleration/@accel3d")},
};

static const Attribute sound_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the card.",
     .one_of = "sb16 es1370 pcspk ac97 ich6 ich9 usb ich7", .binding = XML_KIND("@model")},
};

static const Attribute input_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Kind of the device.",
     .one_of = "tablet mouse keyboard passthrough evdev", .binding = XML("@type")},
    {"bus", &TYPE_STRING, OPTIONAL, "usb or virtio; every x86 machine has a mouse and a keyboard on ps2.",
     .one_of = "usb virtio", .binding = XML_KIND("@bus")},
    {"model", &TYPE_STRING, OPTIONAL, "Model of a virtio device.", .binding = XML("@model")},
    {"source_evdev", &TYPE_STRING, OPTIONAL, "Device of the host, for passthrough.", .binding = XML("source/@evdev")},
    {"source_dev", &TYPE_STRING, OPTIONAL, "Device of the host, for evdev.", .binding = XML("source/@dev")},
};

static const Attribute watchdog_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "i6300esb ib700 diag288", .binding = XML_KIND("@model")},
    {"action", &TYPE_STRING, OPTIONAL, "Reaction to a hanging guest.",
     .one_of = "reset shutdown poweroff pause none dump inject-nmi", .binding = XML("@action")},
};

static const Attribute rng_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "virtio (default), virtio-transitional or virtio-non-transitional.",
     .one_of = "virtio virtio-transitional virtio-non-transitional", .binding = XML_KIND("@model")},
    {"backend_model", &TYPE_STRING, REQUIRED, "random: a device of the host; builtin: of QEMU.",
     .one_of = "random builtin egd", .binding = XML("backend/@model")},
    {"source", &TYPE_STRING, OPTIONAL, "Device of the host, as /dev/urandom.",
     .binding = XML("backend")},
    {"rate_bytes", &TYPE_NUMBER, OPTIONAL, "Maximum number of bytes in a period.",
     .binding = XML("rate/@bytes")},
    {"rate_period", &TYPE_NUMBER, OPTIONAL, "Period in milliseconds.",
     .binding = XML("rate/@period")},
};

static const Attribute vsock_attributes[] = {
    {"model", &TYPE_STRING, OPTIONAL, "virtio.",
     .one_of = "virtio virtio-transitional virtio-non-transitional", .binding = XML_KIND("@model")},
    {"cid_auto", &TYPE_BOOL, OPTIONAL, "Whether the host chooses the address.",
     .binding = XML("cid/@auto")},
    {"cid", &TYPE_NUMBER, OPTIONAL, "Address of the guest, from 3.",
     .binding = XML("cid/@address")},
};

static const Attribute serial_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "Kind of the port.",
     .one_of = "isa-serial usb-serial pci-serial spapr-vio-serial system-serial sclp-serial isa-debug", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute parallel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Number of the port.",
     .binding = XML("target/@port")},
};

static const Attribute consoles_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "Kind of the console.",
     .one_of = "virtio sclp sclplm xen lxc", .binding = XML("target/@type")},
};

static const Attribute channel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pty, file, dev, pipe, tcp, udp, unix, null, stdio, vc or spicevmc.",
     .one_of = "pty file dev pipe tcp udp unix null stdio vc spicevmc spiceport", .binding = XML("@type")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the file, device or socket.",
     .binding = XML("source/@path")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"protocol", &TYPE_STRING, OPTIONAL, "raw, telnet, telnets or tls.",
     .one_of = "raw telnet telnets tls", .binding = XML("protocol/@type")},
    {"log_file", &TYPE_STRING, OPTIONAL, "File on the host that records the output.",
     .binding = XML("log/@file")},
    {"log_append", &TYPE_BOOL, OPTIONAL, "Whether a start keeps the recorded output.",
     .binding = XML_AS("log/@append", XML_ON_OFF)},
    {"target_type", &TYPE_STRING, OPTIONAL, "virtio, guestfwd or xen.",
     .one_of = "virtio guestfwd xen", .binding = XML_RESETTING("target/@type", "target/model address")},
    {"target_name", &TYPE_STRING, OPTIONAL, "Name of the channel in the guest.",
     .binding = XML("target/@name")},
    {"target_address", &TYPE_STRING, OPTIONAL, "Address of guestfwd in the guest.",
     .binding = XML("target/@address")},
    {"target_port", &TYPE_NUMBER, OPTIONAL, "Port of guestfwd in the guest.",
     .binding = XML("target/@port")},
};

static const Attribute redirdev_attributes[] = {
    {"bus", &TYPE_STRING, REQUIRED, "usb.",
     .one_of = "usb", .binding = XML_KIND("@bus")},
    {"type", &TYPE_STRING, REQUIRED, "spicevmc, tcp or unix.",
     .one_of = "spicevmc tcp unix", .binding = XML("@type")},
    {"source_mode", &TYPE_STRING, OPTIONAL, "Whether a socket listens (bind) or connects.",
     .one_of = "bind connect", .binding = XML("source/@mode")},
    {"source_host", &TYPE_STRING, OPTIONAL, "Address of the other end.",
     .binding = XML("source/@host")},
    {"source_service", &TYPE_STRING, OPTIONAL, "Port of the other end.",
     .binding = XML("source/@service")},
    {"source_path", &TYPE_STRING, OPTIONAL, "Path of the socket.",
     .binding = XML("source/@path")},
};

static const Attribute panic_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "isa pseries hyperv s390 pvpanic", .binding = XML_KIND("@model")},
};

static const Attribute shmem_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the memory on the host.",
     .binding = XML("@name")},
    {"model", &TYPE_STRING, OPTIONAL, "ivshmem-plain or ivshmem-doorbell.",
     .one_of = "ivshmem-plain ivshmem-doorbell", .binding = XML_RESETTING("model/@type", "size msi address")},
    {"size", &TYPE_NUMBER, OPTIONAL, "Size in MiB, a power of two.",
     .binding = XML_AS("size", XML_MIB)},
    {"server", &TYPE_STRING, OPTIONAL, "Socket of the server that shares the memory, with ivshmem-doorbell.",
     .binding = XML("server/@path")},
    {"role", &TYPE_STRING, OPTIONAL, "Whether the memory moves with a migration.",
     .one_of = "master peer", .binding = XML("@role")},
};

static const Attribute iommu_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "intel smmuv3 virtio", .binding = XML_KIND("@model")},
    {"intremap", &TYPE_BOOL, OPTIONAL, "Whether interrupts are remapped.",
     .binding = XML_AS("driver/@intremap", XML_ON_OFF)},
    {"caching_mode", &TYPE_BOOL, OPTIONAL, "Whether the guest announces its mappings.",
     .binding = XML_AS("driver/@caching_mode", XML_ON_OFF)},
    {"iotlb", &TYPE_BOOL, OPTIONAL, "Whether the host caches mappings.",
     .binding = XML_AS("driver/@iotlb", XML_ON_OFF)},
};

static const Attribute hostdev_address_attributes[] = {
    {"uuid", &TYPE_STRING, OPTIONAL, "UUID of a mediated device.",
     .binding = XML("@uuid")},
    {"domain", &TYPE_NUMBER, OPTIONAL, "PCI domain.",
     .binding = XML("@domain")},
    {"bus", &TYPE_NUMBER, OPTIONAL, "PCI or USB bus, or SCSI channel.",
     .binding = XML("@bus")},
    {"slot", &TYPE_NUMBER, OPTIONAL, "PCI slot.",
     .binding = XML("@slot")},
    {"function", &TYPE_NUMBER, OPTIONAL, "PCI function.",
     .binding = XML("@function")},
    {"device", &TYPE_NUMBER, OPTIONAL, "USB device.",
     .binding = XML("@device")},
    {"target", &TYPE_NUMBER, OPTIONAL, "SCSI target.",
     .binding = XML("@target")},
    {"unit", &TYPE_NUMBER, OPTIONAL, "SCSI unit.",
     .binding = XML("@unit")},
};

static const Attribute hostdev_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "pci, usb, scsi or mdev.",
     .one_of = "pci usb scsi mdev", .binding = XML_KIND("@type")},
    {"managed", &TYPE_BOOL, OPTIONAL, "Whether the host's driver is detached at the start.",
     .binding = XML("@managed")},
    {"model", &TYPE_STRING, OPTIONAL, "Kind of a mediated device.",
     .one_of = "vfio-pci vfio-ccw vfio-ap", .binding = XML("@model")},
    {"driver", &TYPE_STRING, OPTIONAL, "Driver of a PCI device.",
     .one_of = "vfio", .binding = XML("driver/@name")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor of a USB device, as 0x1234.",
     .binding = XML("source/vendor/@id")},
    {"product", &TYPE_STRING, OPTIONAL, "Product of a USB device, as 0x1234.",
     .binding = XML("source/product/@id")},
    {"adapter", &TYPE_STRING, OPTIONAL, "Adapter of a SCSI device, as scsi_host0.",
     .binding = XML("source/adapter/@name")},
    {"address", NULL, OPTIONAL,
     "Address of the device on the host.",
     .nested = NESTED(NEST_SINGLE, hostdev_address_attributes),
     .binding = XML("source/address")},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the device in the boot order, from 1.",
     .binding = XML("boot/@order")},
    {"rom_bar", &TYPE_BOOL, OPTIONAL, "Whether the guest sees the ROM.",
     .binding = XML_AS("rom/@bar", XML_ON_OFF)},
    {"rom_file", &TYPE_STRING, OPTIONAL, "Path of the ROM on the host.",
     .binding = XML("rom/@file")},
};

static const Attribute memory_device_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "dimm, virtio-mem or virtio-pmem.",
     .one_of = "dimm nvdimm virtio-mem virtio-pmem", .binding = XML_KIND("@model")},
    {"size", &TYPE_NUMBER, REQUIRED, "Size in MiB.",
     .binding = XML_AS("target/size", XML_MIB)},
    {"node", &TYPE_NUMBER, OPTIONAL, "NUMA cell of the memory.",
     .binding = XML("target/node")},
    {"access", &TYPE_STRING, OPTIONAL, "Whether the memory is shared with processes of the host.",
     .one_of = "shared private", .binding = XML("@access")},
    {"discard", &TYPE_BOOL, OPTIONAL, "Whether the memory is discarded after the machine stops.",
     .binding = XML("@discard")},
    {"pagesize", &TYPE_NUMBER, OPTIONAL, "Size of a page of the host in KiB.",
     .binding = XML("source/pagesize")},
    {"path", &TYPE_STRING, OPTIONAL, "File of a persistent memory.",
     .binding = XML("source/path")},
};

static const Attribute seclabel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "dynamic, static or none.",
     .one_of = "dynamic static none", .binding = XML("@type")},
    {"model", &TYPE_STRING, OPTIONAL, "selinux, apparmor or dac.",
     .binding = XML("@model")},
    {"relabel", &TYPE_BOOL, OPTIONAL, "Whether the host changes owners of images.",
     .binding = XML("@relabel")},
    {"label", &TYPE_STRING, OPTIONAL, "Label of the machine.",
     .binding = XML("label")},
    {"baselabel", &TYPE_STRING, OPTIONAL, "Base of a dynamic label.",
     .binding = XML("baselabel")},
};

static const Attribute id_range_attributes[] = {
    {"start", &TYPE_NUMBER, REQUIRED, "First number in the container.",
     .binding = XML("@start")},
    {"target", &TYPE_NUMBER, REQUIRED, "First number on the host.",
     .binding = XML("@target")},
    {"size", &TYPE_NUMBER, REQUIRED, "Length of the range.",
     .binding = XML("@count")},
};

static const Attribute idmap_attributes[] = {
    {"uid", NULL, OPTIONAL,
     "Users.",
     .nested = NESTED(NEST_LIST, id_range_attributes),
     .binding = XML("uid")},
    {"gid", NULL, OPTIONAL,
     "Groups.",
     .nested = NESTED(NEST_LIST, id_range_attributes),
     .binding = XML("gid")},
};

static const Attribute max_memory_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Maximum memory with plugged memory devices, in MiB.",
     .binding = XML_AS("maxMemory", XML_MIB)},
    {"slots", &TYPE_NUMBER, REQUIRED, "Number of slots.",
     .binding = XML("maxMemory/@slots")},
};

const Attribute domain_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "kvm, qemu (emulated) or lxc (a container) (default: from the provider's uri and accel).",
     .one_of = "kvm qemu lxc test"},
    {"arch", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "CPU architecture (default: the host's)."},
    {"machine", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Machine type of the board (default q35)."},
    {"memory", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Memory in MiB. Changes up to memory_max are live, with the balloon.",
     .default_json = "512", .check = check_positive},
    {"memory_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum memory in MiB without a restart (default: memory).",
     .check = check_positive},
    {"vcpu", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Number of processors. Increases up to vcpu_max are live, except on an emulated machine, which is restarted.",
     .default_json = "1", .check = check_positive},
    {"vcpu_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum number of processors without a restart (default: vcpu).",
     .check = check_positive},
    {"cpu", NULL, OPTIONAL,
     "CPU that the guest sees (default: host-passthrough, or maximum without KVM).",
     .nested = NESTED(NEST_SINGLE, cpu_attributes)},
    {"kernel", &TYPE_STRING, OPTIONAL,
     "Kernel to boot directly: a file on the host (the path of a volume).",
     .check = check_absolute},
    {"initrd", &TYPE_STRING, OPTIONAL, "Initial RAM disk of the kernel.", .check = check_absolute},
    {"cmdline", &TYPE_STRING, OPTIONAL, "Kernel command line."},
    {"init", &TYPE_STRING, OPTIONAL,
     "First program of a container (default /sbin/init).",
     .check = check_absolute},
    {"init_args", &TYPE_LIST_OF_STRING, OPTIONAL, "Arguments of the first program."},
    {"title", &TYPE_STRING, OPTIONAL, "Title of the machine, one line."},
    {"description", &TYPE_STRING, OPTIONAL, "Description of the machine."},
    {"disk", NULL, OPTIONAL,
     "Disks. They are attached and detached live.",
     .nested = NESTED_WITH(NEST_LIST, disk_attributes, disk_rules)},
    {"cloudinit", &TYPE_STRING, OPTIONAL,
     "The `volume_id` of a libvirt_cloudinit_disk. A new seed is read at the next start."},
    {"network_interface", NULL, OPTIONAL,
     "Network interfaces. They are attached and detached live.",
     .nested = NESTED_WITH(NEST_LIST, interface_attributes, interface_rules)},
    {"filesystem", NULL, OPTIONAL,
     "Directories of the host. The root of a container has the target /.",
     .nested = NESTED(NEST_LIST, filesystem_attributes)},
    {"console", NULL, OPTIONAL,
     "First serial console.",
     .nested = NESTED(NEST_SINGLE, console_attributes)},
    {"emulator", &TYPE_STRING, OPTIONAL, "Path of the emulator on the host (default: chosen by the host).",
     .check = check_absolute, .binding = XML("devices/emulator")},
    {"on_poweroff", &TYPE_STRING, OPTIONAL, "Reaction to a shutdown by the guest. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart", .binding = XML_CHANGING("on_poweroff", XML_LATER)},
    {"on_reboot", &TYPE_STRING, OPTIONAL, "Reaction to a reboot by the guest. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart", .binding = XML_CHANGING("on_reboot", XML_LATER)},
    {"on_crash", &TYPE_STRING, OPTIONAL, "Reaction to a crash of the guest. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart coredump-destroy coredump-restart", .binding = XML_CHANGING("on_crash", XML_LATER)},
    {"boot_order", &TYPE_LIST_OF_STRING, OPTIONAL, "Kinds of devices to boot from, in their order: hd, cdrom, network, fd. Devices may have a boot_order instead.",
     .binding = XML("os/boot/@dev")},
    {"boot_menu", NULL, OPTIONAL,
     "Menu of the firmware.",
     .nested = NESTED(NEST_SINGLE, boot_menu_attributes),
     .binding = XML(".")},
    {"bios", NULL, OPTIONAL,
     "Settings of the BIOS.",
     .nested = NESTED(NEST_SINGLE, bios_attributes),
     .binding = XML(".")},
    {"firmware", NULL, OPTIONAL,
     "Firmware (default: BIOS).",
     .nested = NESTED(NEST_SINGLE, firmware_attributes),
     .binding = XML(".")},
    {"tpm", NULL, OPTIONAL,
     "Trusted Platform Module.",
     .nested = NESTED(NEST_SINGLE, tpm_attributes),
     .binding = XML("devices/tpm")},
    {"smbios", NULL, OPTIONAL,
     "Data of the board for the guest.",
     .nested = NESTED(NEST_SINGLE, smbios_attributes),
     .binding = XML(".")},
    {"fw_cfg", NULL, OPTIONAL,
     "Entries of the firmware's configuration for the guest.",
     .nested = NESTED(NEST_LIST, fw_cfg_attributes),
     .binding = &(const XmlBinding){.path = "sysinfo[@type='fwcfg']/entry", .change = XML_AT_START, .skips = is_ignition}},
    {"coreos_ignition", &TYPE_STRING, OPTIONAL, "Path on the host of the Ignition file of the guest.",
     .check = check_absolute, .binding = XML("sysinfo[@type='fwcfg']/entry[@name='opt/com.coreos/config']/@file")},
    {"iothreads", &TYPE_NUMBER, OPTIONAL, "Number of I/O threads.",
     .binding = XML("iothreads")},
    {"cputune", NULL, OPTIONAL,
     "Shares, limits and places of the processors. Shares and limits change live.",
     .nested = NESTED(NEST_SINGLE, cputune_attributes),
     .binding = XML("cputune")},
    {"numatune", NULL, OPTIONAL,
     "Nodes of the host for the memory.",
     .nested = NESTED(NEST_SINGLE, numatune_attributes),
     .binding = XML("numatune")},
    {"memtune", NULL, OPTIONAL,
     "Limits of the host for the memory. Changes are live.",
     .nested = NESTED(NEST_SINGLE, memtune_attributes),
     .binding = XML_CHANGING("memtune", XML_LIVE)},
    {"blkiotune", NULL, OPTIONAL,
     "Share of input and output.",
     .nested = NESTED(NEST_SINGLE, blkiotune_attributes),
     .binding = XML("blkiotune")},
    {"memory_backing", NULL, OPTIONAL,
     "Kind of the memory on the host.",
     .nested = NESTED(NEST_SINGLE, memory_backing_attributes),
     .binding = XML("memoryBacking")},
    {"max_memory", NULL, OPTIONAL,
     "Reserve for memory devices; needs a numa_cell.",
     .nested = NESTED(NEST_SINGLE, max_memory_attributes),
     .binding = XML(".")},
    {"memory_device", NULL, OPTIONAL,
     "Memory devices. They are plugged live.",
     .nested = NESTED(NEST_LIST, memory_device_attributes),
     .binding = XML_CHANGING("devices/memory", XML_LIVE)},
    {"features", NULL, OPTIONAL,
     "Features of the machine.",
     .nested = NESTED(NEST_SINGLE, features_attributes),
     .binding = XML("features")},
    {"clock", NULL, OPTIONAL,
     "Clock of the machine.",
     .nested = NESTED(NEST_SINGLE, clock_attributes),
     .binding = XML("clock")},
    {"pm", NULL, OPTIONAL,
     "Sleep states of the guest.",
     .nested = NESTED(NEST_SINGLE, pm_attributes),
     .binding = XML("pm")},
    {"idmap", NULL, OPTIONAL,
     "Users and groups of a container on the host.",
     .nested = NESTED(NEST_SINGLE, idmap_attributes),
     .binding = XML("idmap")},
    {"partition", &TYPE_STRING, OPTIONAL, "Control group of the machine on the host, as /machine.",
     .binding = XML("resource/partition")},
    {"seclabel", NULL, OPTIONAL,
     "Security labels.",
     .nested = NESTED(NEST_LIST, seclabel_attributes),
     .binding = XML("seclabel")},
    {"graphics", NULL, OPTIONAL,
     "Screens over the network.",
     .nested = NESTED(NEST_LIST, graphics_attributes),
     .binding = XML("devices/graphics")},
    {"video", NULL, OPTIONAL,
     "Video cards.",
     .nested = NESTED(NEST_LIST, video_attributes),
     .binding = XML("devices/video")},
    {"sound", NULL, OPTIONAL,
     "Sound cards.",
     .nested = NESTED(NEST_LIST, sound_attributes),
     .binding = XML("devices/sound")},
    {"input", NULL, OPTIONAL,
     "Input devices.",
     .nested = NESTED(NEST_LIST, input_attributes),
     .binding = &(const XmlBinding){.path = "devices/input", .change = XML_AT_START, .skips = is_ps2}},
    {"watchdog", NULL, OPTIONAL,
     "Device that detects a hanging guest.",
     .nested = NESTED(NEST_SINGLE, watchdog_attributes),
     .binding = XML("devices/watchdog")},
    {"rng", NULL, OPTIONAL,
     "Sources of random numbers. They are plugged live.",
     .nested = NESTED(NEST_LIST, rng_attributes),
     .binding = XML_CHANGING("devices/rng", XML_LIVE)},
    {"vsock", NULL, OPTIONAL,
     "Socket between guest and host.",
     .nested = NESTED(NEST_SINGLE, vsock_attributes),
     .binding = XML("devices/vsock")},
    {"serial", NULL, OPTIONAL,
     "Serial ports, instead of \"console\".",
     .nested = NESTED(NEST_LIST, serial_attributes),
     .binding = XML("devices/serial")},
    {"parallel", NULL, OPTIONAL,
     "Parallel ports.",
     .nested = NESTED(NEST_LIST, parallel_attributes),
     .binding = XML("devices/parallel")},
    {"consoles", NULL, OPTIONAL,
     "Consoles beside the serial ports.",
     .nested = NESTED(NEST_LIST, consoles_attributes),
     .binding = &(const XmlBinding){.path = "devices/console", .change = XML_AT_START, .skips = is_serial_console}},
    {"channel", NULL, OPTIONAL,
     "Channels between guest and host. They are plugged live.",
     .nested = NESTED(NEST_LIST, channel_attributes),
     .binding = &(const XmlBinding){.path = "devices/channel", .change = XML_LIVE, .skips = is_agent_channel}},
    {"redirdev", NULL, OPTIONAL,
     "USB devices of a viewer.",
     .nested = NESTED(NEST_LIST, redirdev_attributes),
     .binding = XML("devices/redirdev")},
    {"panic", NULL, OPTIONAL,
     "Devices by which a guest reports a crash.",
     .nested = NESTED(NEST_LIST, panic_attributes),
     .binding = XML("devices/panic")},
    {"shmem", NULL, OPTIONAL,
     "Memory shared with other machines.",
     .nested = NESTED(NEST_LIST, shmem_attributes),
     .binding = XML("devices/shmem")},
    {"iommu", NULL, OPTIONAL,
     "Device that maps the memory of other devices.",
     .nested = NESTED(NEST_SINGLE, iommu_attributes),
     .binding = XML("devices/iommu")},
    {"hostdev", NULL, OPTIONAL,
     "Devices of the host for the guest alone. They are plugged live.",
     .nested = NESTED(NEST_LIST, hostdev_attributes),
     .binding = XML_CHANGING("devices/hostdev[@mode='subsystem']", XML_LIVE)},
    {"qemu_commandline", &TYPE_LIST_OF_STRING, OPTIONAL, "Additional arguments of QEMU, without support by libvirt.",
     .binding = XML("qemu:commandline/qemu:arg/@value")},
    {"balloon", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a balloon, which changes memory live.",
     .default_json = "true"},
    {"qemu_agent", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a channel for a guest agent.",
     .default_json = "false"},
    {"running", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine is running.",
     .default_json = "true"},
    {"autostart", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine starts with the host.",
     .default_json = "false"},
    {"wait", NULL, OPTIONAL,
     "Condition that a start waits for.",
     .nested = NESTED(NEST_SINGLE, wait_attributes)},
    {"shutdown", NULL, OPTIONAL,
     "How the machine is shut down before it is switched off.",
     .nested = NESTED(NEST_SINGLE, shutdown_attributes)},
    {"update_policy", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Policy for changes that need a restart: reboot_if_needed restarts the machine, never_reboot applies them at its next start, live_only rejects them.",
     .default_json = "\"reboot_if_needed\"", .one_of = "reboot_if_needed never_reboot live_only"},
    XML_MERGE_ROW,
    {"adopt_existing", &TYPE_BOOL, OPTIONAL,
     "Whether a creation takes over an object of the host with this name instead of failing. The plan lists its changes."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the machine."},
    {"interface_addresses", &TYPE_MAP_OF_STRING_LISTS, COMPUTED, "Addresses of each interface, by its MAC address."},
    {"ip_addresses", &TYPE_LIST_OF_STRING, COMPUTED,
     "Addresses: those of the configuration, else the leases of the host's networks."},
};
/* clang-format on */

XmlRows domain_attributes_of(const char *name) {
    size_t i = 0;
    while (strcmp(domain_attributes[i].name, name) != 0)
        CHECK(++i < DOMAIN_ATTRIBUTE_COUNT);
    return xml_map_rows(domain_attributes[i].nested);
}
