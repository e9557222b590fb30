/* domain_attributes: the schema of libvirt_domain. xml_map compares each row that has a binding; it
 * writes and reads the row unless the binding is XML_BY_HAND. */
#include "domain_attributes.h"

#include "domain_attributes_nested.h"
#include "domain_schema.h"
#include "duration.h"
#include "xml_merge.h"

static Str attributes_check_positive(Value value, Arena *arena) {
    int64_t number = 0;
    if (value_to_int(value, &number) && number > 0)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer above zero.");
}

/* Rejects the digest of a seed: dmacvicar/libvirt takes the "id" of a seed here. */
static Str check_seed(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_digest = text.len == 64;
    for (size_t i = 0; is_digest && i < text.len; i++)
        is_digest = isxdigit((unsigned char)text.ptr[i]) != 0;
    if (!is_digest)
        return STR_EMPTY;
    return str_format(arena, "The value is the \"id\" of a libvirt_cloudinit_disk, which is a "
                             "digest. Use its \"volume_id\".");
}

/* The channel of the guest agent belongs to the argument qemu_agent. */
static bool is_agent_channel(xmlNodePtr node) {
    return xml_find(node, "target[@name='org.qemu.guest_agent.0']") != NULL;
}

/* libvirt lists the first serial port a second time, as a <console>. */
static bool is_serial_console(xmlNodePtr node) {
    return xml_find(node, "target[@type='serial']") != NULL;
}

/* Every x86 machine has a PS/2 mouse and keyboard, which cannot be configured. */
static bool is_ps2(xmlNodePtr node) {
    return xml_find(node, "self::*[@bus='ps2']") != NULL;
}

/* This entry belongs to the argument coreos_ignition. */
static bool is_ignition(xmlNodePtr node) {
    return xml_find(node, "self::*[@name='opt/com.coreos/config']") != NULL;
}

/* clang-format off */
static const Attribute console_attributes[] = {
    {"log_file", &TYPE_STRING, REQUIRED,
     "File on the host that records the output of the first console.",
     .check = domain_schema_check_path},
};

static const Attribute wait_attributes[] = {
    {"ip", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Source of the addresses: lease, agent, arp, any, or none to skip the wait.",
     .default_json = "\"any\"", .one_of = "lease agent arp any none"},
    {"timeout", &TYPE_STRING, OPTIONAL,
     "Maximum time to wait, such as 5m (default 5m, or 30m for machines without KVM).",
     .check = duration_check},
};

static const Attribute shutdown_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Shutdown method: acpi or agent.",
     .default_json = "\"acpi\"", .one_of = "acpi agent"},
    {"timeout", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Time after which the machine is powered off forcibly.",
     .default_json = "\"60s\"", .check = duration_check},
};

static const Attribute features_attributes[] = {
    {"acpi", &TYPE_BOOL, OPTIONAL, "Whether the machine has ACPI (default for x86).",
     .binding = XML_AS("acpi", XML_PRESENT)},
    {"apic", &TYPE_BOOL, OPTIONAL, "Whether the machine has an APIC (default for x86).",
     .binding = XML_AS("apic!", XML_PRESENT)},
    {"pae", &TYPE_BOOL, OPTIONAL, "Whether a 32-bit guest can address more than 4 GiB (PAE).",
     .binding = XML_AS("pae", XML_PRESENT)},
    {"hap", &TYPE_BOOL, OPTIONAL, "Whether hardware-assisted paging (nested page tables) is used.",
     .binding = XML_AS("hap/@state", XML_ON_OFF)},
    {"kvm_hidden", &TYPE_BOOL, OPTIONAL, "Whether KVM is hidden from the guest.",
     .binding = XML_AS("kvm/hidden/@state", XML_ON_OFF)},
    {"vmport", &TYPE_BOOL, OPTIONAL, "Whether the VMware I/O port is emulated.",
     .binding = XML_AS("vmport/@state", XML_ON_OFF)},
    {"smm", &TYPE_BOOL, OPTIONAL, "Whether the machine has System Management Mode (SMM).",
     .binding = XML_AS("smm/@state", XML_ON_OFF)},
    {"pmu", &TYPE_BOOL, OPTIONAL, "Whether the guest has a performance monitoring unit (PMU).",
     .binding = XML_AS("pmu/@state", XML_ON_OFF)},
    {"vmcoreinfo", &TYPE_BOOL, OPTIONAL, "Whether the guest kernel can store details for a crash dump in a vmcoreinfo device.",
     .binding = XML_AS("vmcoreinfo/@state", XML_ON_OFF)},
    {"ioapic", &TYPE_STRING, OPTIONAL, "Driver that emulates the I/O APIC: kvm or qemu.",
     .one_of = "kvm qemu", .binding = XML("ioapic/@driver")},
    {"privnet", &TYPE_BOOL, OPTIONAL, "Whether a container without interfaces has a private network namespace.",
     .binding = XML_AS("privnet", XML_PRESENT)},
    {"hyperv", &TYPE_MAP_OF_STRING, OPTIONAL, "Hyper-V enlightenments for Windows guests and their states, such as {relaxed = \"on\"}.",
     .binding = XML_AS("hyperv", XML_STATES)},
    {"capabilities_policy", &TYPE_STRING, OPTIONAL, "Policy for the capabilities of a container: default, allow (all) or deny (all).",
     .one_of = "default allow deny", .binding = &(const XmlBinding){.path = "capabilities/@policy", .absent = "default"}},
    {"capabilities", &TYPE_MAP_OF_STRING, OPTIONAL, "States of single capabilities of a container, such as {mknod = \"on\"}.",
     .binding = XML_AS("capabilities", XML_STATES)},
};

static const Attribute timer_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the timer.",
     .one_of = "platform hpet kvmclock hypervclock pit rtc tsc armvtimer", .binding = XML("@name")},
    {"present", &TYPE_BOOL, OPTIONAL, "Whether the guest has the timer.",
     .binding = XML("@present")},
    {"tickpolicy", &TYPE_STRING, OPTIONAL, "Policy for ticks that the guest missed: delay, catchup, merge or discard.",
     .one_of = "delay catchup merge discard", .binding = XML("@tickpolicy")},
    {"track", &TYPE_STRING, OPTIONAL, "Clock that the timer tracks: boot, guest, wall or realtime.",
     .one_of = "boot guest wall realtime", .binding = XML("@track")},
    {"frequency", &TYPE_NUMBER, OPTIONAL, "Frequency of the timer tsc in Hz.",
     .binding = XML("@frequency")},
    {"mode", &TYPE_STRING, OPTIONAL, "Mode of the timer tsc.",
     .one_of = "auto native emulate paravirt smpsafe", .binding = XML("@mode")},
};

static const Attribute clock_attributes[] = {
    {"offset", &TYPE_STRING, REQUIRED, "How the guest's clock is set: utc, localtime, timezone, variable or absolute.",
     .one_of = "utc localtime timezone variable absolute", .binding = XML("@offset")},
    {"timezone", &TYPE_STRING, OPTIONAL, "Time zone of the clock, for the offset timezone.",
     .binding = XML("@timezone")},
    {"adjustment", &TYPE_STRING, OPTIONAL, "Difference from the basis in seconds, for the offset variable.",
     .binding = XML("@adjustment")},
    {"basis", &TYPE_STRING, OPTIONAL, "Basis of the adjustment: utc or localtime, for the offset variable.",
     .one_of = "utc localtime", .binding = XML("@basis")},
    {"timers", NULL, OPTIONAL,
     "Timers of the machine.",
     .nested = NESTED(NEST_LIST, timer_attributes),
     .binding = XML_KEYED("timer", "name", XML_AT_START)},
};

static const Attribute pm_attributes[] = {
    {"suspend_to_mem", &TYPE_BOOL, OPTIONAL, "Whether the guest can suspend to memory (S3).",
     .binding = XML("suspend-to-mem/@enabled")},
    {"suspend_to_disk", &TYPE_BOOL, OPTIONAL, "Whether the guest can suspend to disk (S4).",
     .binding = XML("suspend-to-disk/@enabled")},
};

static const Attribute seclabel_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Type of the security label: dynamic, static or none.",
     .one_of = "dynamic static none", .binding = XML("@type")},
    {"model", &TYPE_STRING, OPTIONAL, "Security model: selinux, apparmor or dac.",
     .binding = XML("@model")},
    {"relabel", &TYPE_BOOL, OPTIONAL, "Whether libvirt relabels the machine's files and devices.",
     .binding = XML("@relabel")},
    {"label", &TYPE_STRING, OPTIONAL, "Security label of the machine, for the type static.",
     .binding = XML("label")},
    {"baselabel", &TYPE_STRING, OPTIONAL, "Base label of a dynamic label.",
     .binding = XML("baselabel")},
};

static const Attribute id_range_attributes[] = {
    {"start", &TYPE_NUMBER, REQUIRED, "First ID in the container.",
     .binding = XML("@start")},
    {"target", &TYPE_NUMBER, REQUIRED, "First ID on the host.",
     .binding = XML("@target")},
    {"size", &TYPE_NUMBER, REQUIRED, "Number of IDs in the range.",
     .binding = XML("@count")},
};

static const Attribute idmap_attributes[] = {
    {"uid", NULL, OPTIONAL,
     "Mapping of user IDs.",
     .nested = NESTED(NEST_LIST, id_range_attributes),
     .binding = XML("uid")},
    {"gid", NULL, OPTIONAL,
     "Mapping of group IDs.",
     .nested = NESTED(NEST_LIST, id_range_attributes),
     .binding = XML("gid")},
};

const Attribute domain_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Domain type: kvm, qemu (emulation) or lxc (a container). Default: derived from the provider's uri and accel.",
     .one_of = "kvm qemu lxc test"},
    {"arch", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "CPU architecture (default: the host's)."},
    {"machine", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Machine type (default q35)."},
    {"memory", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Memory in MiB. Changes up to memory_max are live, by the memory balloon.",
     .default_json = "512", .check = attributes_check_positive,
     .binding = XML_BY_HAND(XML_LIVE)},
    {"memory_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum memory in MiB that the machine can have without a restart (default: memory).",
     .check = attributes_check_positive,
     .binding = XML_BY_HAND(XML_LATER)},
    {"vcpu", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Number of virtual CPUs. Increases up to vcpu_max are live, except on an emulated machine, which is restarted.",
     .default_json = "1", .check = attributes_check_positive,
     .binding = XML_BY_HAND(XML_LIVE)},
    {"vcpu_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum number of virtual CPUs that the machine can have without a restart (default: vcpu).",
     .check = attributes_check_positive,
     .binding = XML_BY_HAND(XML_LATER)},
    {"cpu", NULL, OPTIONAL,
     "CPU model and features of the guest (default mode: host-passthrough, or maximum without KVM).",
     .nested = &domain_attributes_cpu,
     .binding = XML_BY_HAND(XML_AT_START)},
    {"kernel", &TYPE_STRING, OPTIONAL,
     "Path on the host of the kernel to boot directly, such as the path of a volume.",
     .check = domain_schema_check_path,
     .binding = XML_BY_HAND(XML_AT_START)},
    {"initrd", &TYPE_STRING, OPTIONAL, "Path on the host of the kernel's initial RAM disk.", .check = domain_schema_check_path, .binding = XML_BY_HAND(XML_AT_START)},
    {"cmdline", &TYPE_STRING, OPTIONAL, "Kernel command line.", .binding = XML_BY_HAND(XML_AT_START)},
    {"init", &TYPE_STRING, OPTIONAL,
     "Path of the container's init program (default /sbin/init).",
     .check = domain_schema_check_path,
     .binding = XML_BY_HAND(XML_AT_START)},
    {"init_args", &TYPE_LIST_OF_STRING, OPTIONAL, "Arguments of the init program.", .binding = XML_BY_HAND(XML_AT_START)},
    {"title", &TYPE_STRING, OPTIONAL, "Short title of the machine, in one line.", .binding = XML_BY_HAND(XML_LIVE)},
    {"description", &TYPE_STRING, OPTIONAL, "Description of the machine.", .binding = XML_BY_HAND(XML_LIVE)},
    {"disk", NULL, OPTIONAL,
     "Disk devices. Disks are attached and detached live.",
     .nested = &domain_attributes_disk,
     .binding = XML_BY_HAND(XML_LIVE)},
    {"cloudinit", &TYPE_STRING, OPTIONAL,
     "The `volume_id` of a libvirt_cloudinit_disk. A new seed is read at the next start.",
     .check = check_seed,
     .binding = XML_BY_HAND(XML_LATER)},
    {"network_interface", NULL, OPTIONAL,
     "Network interfaces. Interfaces are attached and detached live.",
     .nested = &domain_attributes_network_interface,
     .binding = XML_BY_HAND(XML_LIVE)},
    {"filesystem", NULL, OPTIONAL,
     "Directories of the host that the machine shares. The root of a container has the target /.",
     .nested = &domain_attributes_filesystem,
     .binding = XML_BY_HAND(XML_AT_START)},
    {"console", NULL, OPTIONAL,
     "Log of the first serial console.",
     .nested = NESTED(NEST_SINGLE, console_attributes),
     .binding = XML_BY_HAND(XML_AT_START)},
    {"emulator", &TYPE_STRING, OPTIONAL, "Path of the emulator on the host (default: chosen by libvirt).",
     .check = domain_schema_check_path, .binding = XML("devices/emulator")},
    {"on_poweroff", &TYPE_STRING, OPTIONAL, "Action when the guest powers off. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart", .binding = XML_CHANGING("on_poweroff", XML_LATER)},
    {"on_reboot", &TYPE_STRING, OPTIONAL, "Action when the guest reboots. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart", .binding = XML_CHANGING("on_reboot", XML_LATER)},
    {"on_crash", &TYPE_STRING, OPTIONAL, "Action when the guest crashes. Changes take effect at the next start.",
     .one_of = "destroy restart preserve rename-restart coredump-destroy coredump-restart", .binding = XML_CHANGING("on_crash", XML_LATER)},
    {"boot_order", &TYPE_LIST_OF_STRING, OPTIONAL, "Types of devices to boot from, in order: hd, cdrom, network, fd. Alternatively, single devices can have a boot_order.",
     .binding = XML("os/boot/@dev")},
    {"boot_menu", NULL, OPTIONAL,
     "Boot menu of the firmware.",
     .nested = &domain_attributes_boot_menu,
     .binding = XML(".")},
    {"bios", NULL, OPTIONAL,
     "Settings of the BIOS.",
     .nested = &domain_attributes_bios,
     .binding = XML(".")},
    {"firmware", NULL, OPTIONAL,
     "Firmware of the machine (default: BIOS).",
     .nested = &domain_attributes_firmware,
     .binding = XML(".")},
    {"tpm", NULL, OPTIONAL,
     "Trusted Platform Module (TPM).",
     .nested = &domain_attributes_tpm,
     .binding = XML("devices/tpm")},
    {"smbios", NULL, OPTIONAL,
     "SMBIOS data that the guest sees.",
     .nested = &domain_attributes_smbios,
     .binding = XML(".")},
    {"fw_cfg", NULL, OPTIONAL,
     "Entries of QEMU's firmware configuration device (fw_cfg) for the guest.",
     .nested = &domain_attributes_fw_cfg,
     .binding = &(const XmlBinding){.path = "sysinfo[@type='fwcfg']/entry", .change = XML_AT_START, .skips = is_ignition}},
    {"coreos_ignition", &TYPE_STRING, OPTIONAL, "Path on the host of the Ignition configuration for Fedora CoreOS and similar guests.",
     .check = domain_schema_check_path, .binding = XML("sysinfo[@type='fwcfg']/entry[@name='opt/com.coreos/config']/@file")},
    {"iothreads", &TYPE_NUMBER, OPTIONAL, "Number of I/O threads.",
     .binding = XML("iothreads")},
    {"cputune", NULL, OPTIONAL,
     "CPU shares, limits and pinning. Changes of shares and limits are live.",
     .nested = &domain_attributes_cputune,
     .binding = XML("cputune")},
    {"numatune", NULL, OPTIONAL,
     "Placement of the memory on NUMA nodes of the host.",
     .nested = &domain_attributes_numatune,
     .binding = XML("numatune")},
    {"memtune", NULL, OPTIONAL,
     "Limits of the memory that the machine's processes use on the host. Changes are live.",
     .nested = &domain_attributes_memtune,
     .binding = XML_CHANGING("memtune", XML_LIVE)},
    {"blkiotune", NULL, OPTIONAL,
     "Weight of the machine's block I/O.",
     .nested = &domain_attributes_blkiotune,
     .binding = XML("blkiotune")},
    {"memory_backing", NULL, OPTIONAL,
     "How the host provides the memory: huge pages, sharing, locking, allocation.",
     .nested = &domain_attributes_memory_backing,
     .binding = XML("memoryBacking")},
    {"max_memory", NULL, OPTIONAL,
     "Upper limit for the memory with memory devices. Requires a numa_cell.",
     .nested = &domain_attributes_max_memory,
     .binding = XML(".")},
    {"memory_device", NULL, OPTIONAL,
     "Memory devices. Devices are attached and detached live.",
     .nested = &domain_attributes_memory_device,
     .binding = XML_CHANGING("devices/memory", XML_LIVE)},
    {"features", NULL, OPTIONAL,
     "Hypervisor features of the machine.",
     .nested = NESTED(NEST_SINGLE, features_attributes),
     .binding = XML("features")},
    {"clock", NULL, OPTIONAL,
     "Clock of the machine.",
     .nested = NESTED(NEST_SINGLE, clock_attributes),
     .binding = XML("clock")},
    {"pm", NULL, OPTIONAL,
     "Suspend states that the guest can use.",
     .nested = NESTED(NEST_SINGLE, pm_attributes),
     .binding = XML("pm")},
    {"idmap", NULL, OPTIONAL,
     "Mapping of a container's user and group IDs to those of the host.",
     .nested = NESTED(NEST_SINGLE, idmap_attributes),
     .binding = XML("idmap")},
    {"partition", &TYPE_STRING, OPTIONAL, "Resource partition (control group) of the machine on the host, such as /machine.",
     .binding = XML("resource/partition")},
    {"seclabel", NULL, OPTIONAL,
     "Security labels.",
     .nested = NESTED(NEST_LIST, seclabel_attributes),
     .binding = XML("seclabel")},
    {"graphics", NULL, OPTIONAL,
     "Graphical displays, such as VNC and SPICE.",
     .nested = &domain_attributes_graphics,
     .binding = XML("devices/graphics")},
    {"video", NULL, OPTIONAL,
     "Video devices.",
     .nested = &domain_attributes_video,
     .binding = XML("devices/video")},
    {"sound", NULL, OPTIONAL,
     "Sound devices.",
     .nested = &domain_attributes_sound,
     .binding = XML("devices/sound")},
    {"input", NULL, OPTIONAL,
     "Input devices.",
     .nested = &domain_attributes_input,
     .binding = &(const XmlBinding){.path = "devices/input", .change = XML_AT_START, .skips = is_ps2}},
    {"watchdog", NULL, OPTIONAL,
     "Watchdog device, which acts when the guest hangs.",
     .nested = &domain_attributes_watchdog,
     .binding = XML("devices/watchdog")},
    {"rng", NULL, OPTIONAL,
     "Random number generators. Devices are attached and detached live.",
     .nested = &domain_attributes_rng,
     .binding = XML_CHANGING("devices/rng", XML_LIVE)},
    {"vsock", NULL, OPTIONAL,
     "Socket device for connections between guest and host (vsock).",
     .nested = &domain_attributes_vsock,
     .binding = XML("devices/vsock")},
    {"serial", NULL, OPTIONAL,
     "Serial ports; set them instead of \"console\".",
     .nested = &domain_attributes_serial,
     .binding = XML("devices/serial")},
    {"parallel", NULL, OPTIONAL,
     "Parallel ports.",
     .nested = &domain_attributes_parallel,
     .binding = XML("devices/parallel")},
    {"consoles", NULL, OPTIONAL,
     "Consoles in addition to the serial ports.",
     .nested = &domain_attributes_consoles,
     .binding = &(const XmlBinding){.path = "devices/console", .change = XML_AT_START, .skips = is_serial_console}},
    {"channel", NULL, OPTIONAL,
     "Channels between guest and host. Devices are attached and detached live.",
     .nested = &domain_attributes_channel,
     .binding = &(const XmlBinding){.path = "devices/channel", .change = XML_LIVE, .skips = is_agent_channel}},
    {"redirdev", NULL, OPTIONAL,
     "USB redirection devices, which pass USB devices of a viewer to the guest.",
     .nested = &domain_attributes_redirdev,
     .binding = XML("devices/redirdev")},
    {"panic", NULL, OPTIONAL,
     "Panic devices, by which a guest reports a crash to the host.",
     .nested = &domain_attributes_panic,
     .binding = XML("devices/panic")},
    {"shmem", NULL, OPTIONAL,
     "Shared memory devices (ivshmem).",
     .nested = &domain_attributes_shmem,
     .binding = XML("devices/shmem")},
    {"iommu", NULL, OPTIONAL,
     "Virtual IOMMU of the machine.",
     .nested = &domain_attributes_iommu,
     .binding = XML("devices/iommu")},
    {"hostdev", NULL, OPTIONAL,
     "Devices of the host that are assigned to the guest. Devices are attached and detached live.",
     .nested = &domain_attributes_hostdev,
     .binding = XML_CHANGING("devices/hostdev[@mode='subsystem']", XML_LIVE)},
    {"qemu_commandline", &TYPE_LIST_OF_STRING, OPTIONAL, "Additional QEMU arguments. libvirt passes them on unchecked and does not support them.",
     .binding = XML("qemu:commandline/qemu:arg/@value")},
    {"balloon", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a memory balloon, by which memory changes live.",
     .default_json = "true",
     .binding = XML_BY_HAND(XML_AT_START)},
    {"qemu_agent", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a channel for a guest agent.",
     .default_json = "false",
     .binding = XML_BY_HAND(XML_AT_START)},
    {"running", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine is running.",
     .default_json = "true"},
    {"autostart", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine starts with the host.",
     .default_json = "false"},
    {"wait", NULL, OPTIONAL,
     "What a start of the machine waits for.",
     .nested = NESTED(NEST_SINGLE, wait_attributes)},
    {"shutdown", NULL, OPTIONAL,
     "How the machine is shut down before it is powered off forcibly.",
     .nested = NESTED(NEST_SINGLE, shutdown_attributes)},
    {"update_policy", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Policy for changes that need a restart: reboot_if_needed restarts the machine, never_reboot applies them at its next start, live_only rejects them.",
     .default_json = "\"reboot_if_needed\"", .one_of = "reboot_if_needed never_reboot live_only"},
    XML_MERGE_ROW,
    {"adopt_existing", &TYPE_BOOL, OPTIONAL,
     "Whether to adopt an existing object of this name instead of failing. The plan lists the changes to the adopted object."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the machine."},
    {"interface_addresses", &TYPE_MAP_OF_STRING_LISTS, COMPUTED, "IP addresses of each interface, by MAC address."},
    {"ip_addresses", &TYPE_LIST_OF_STRING, COMPUTED,
     "IP addresses of the machine: those of the configuration, otherwise those that the wait or the DHCP leases found."},
};
/* clang-format on */

XmlRows domain_attributes_of(const char *name) {
    return xml_map_nested((XmlRows){domain_attributes, DOMAIN_ATTRIBUTE_COUNT}, name);
}
