/* domain_attributes_device: other devices: Trusted Platform Module, watchdog, random numbers,
 * devices of the host. */
#include "domain_attributes_nested.h"

/* clang-format off */
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
/* clang-format on */

const NestedObject domain_attributes_tpm = {
    NESTED_TABLE(NEST_SINGLE, tpm_attributes),
};

const NestedObject domain_attributes_watchdog = {
    NESTED_TABLE(NEST_SINGLE, watchdog_attributes),
};

const NestedObject domain_attributes_rng = {
    NESTED_TABLE(NEST_LIST, rng_attributes),
};

const NestedObject domain_attributes_panic = {
    NESTED_TABLE(NEST_LIST, panic_attributes),
};

const NestedObject domain_attributes_shmem = {
    NESTED_TABLE(NEST_LIST, shmem_attributes),
};

const NestedObject domain_attributes_iommu = {
    NESTED_TABLE(NEST_SINGLE, iommu_attributes),
};

const NestedObject domain_attributes_hostdev = {
    NESTED_TABLE(NEST_LIST, hostdev_attributes),
};
