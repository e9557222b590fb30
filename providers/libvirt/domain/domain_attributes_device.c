/* domain_attributes_device: TPM, watchdog, random number generator, panic device, shared memory,
 * IOMMU, assigned host devices. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute tpm_attributes[] = {
    {"model", &TYPE_STRING, OPTIONAL, "Model of the TPM device: tpm-tis, tpm-crb, tpm-spapr or tpm-spapr-proxy.",
     .one_of = "tpm-tis tpm-crb tpm-spapr tpm-spapr-proxy", .binding = XML_KIND("@model")},
    {"backend_type", &TYPE_STRING, REQUIRED, "Backend of the TPM: emulator, passthrough or external.",
     .one_of = "emulator passthrough external", .binding = XML("backend/@type")},
    {"backend_version", &TYPE_STRING, OPTIONAL, "TPM version that the emulator provides: 1.2 or 2.0.",
     .one_of = "1.2 2.0", .binding = XML("backend/@version")},
    {"backend_device_path", &TYPE_STRING, OPTIONAL, "Path of the host's TPM device, for the backend passthrough.",
     .binding = XML("backend/device/@path")},
    {"backend_encryption_secret", &TYPE_STRING, OPTIONAL, "UUID of the libvirt_secret that encrypts the emulator's state.",
     .binding = XML("backend/encryption/@secret")},
    {"backend_persistent_state", &TYPE_BOOL, OPTIONAL, "Whether the emulator's state is kept when the machine is removed.",
     .binding = XML("backend/@persistent_state")},
};

static const Attribute watchdog_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "i6300esb ib700 diag288", .binding = XML_KIND("@model")},
    {"action", &TYPE_STRING, OPTIONAL, "Action when the guest hangs.",
     .one_of = "reset shutdown poweroff pause none dump inject-nmi", .binding = XML("@action")},
};

static const Attribute rng_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device: virtio, virtio-transitional or virtio-non-transitional.",
     .one_of = "virtio virtio-transitional virtio-non-transitional", .binding = XML_KIND("@model")},
    {"backend_model", &TYPE_STRING, REQUIRED, "Backend: random (a device of the host), builtin (QEMU's generator) or egd.",
     .one_of = "random builtin egd", .binding = XML("backend/@model")},
    {"source", &TYPE_STRING, OPTIONAL, "Path of the host's device for the backend random, such as /dev/urandom.",
     .binding = XML("backend")},
    {"rate_bytes", &TYPE_NUMBER, OPTIONAL, "Maximum number of bytes that the guest may read in a period.",
     .binding = XML("rate/@bytes")},
    {"rate_period", &TYPE_NUMBER, OPTIONAL, "Period of rate_bytes in milliseconds.",
     .binding = XML("rate/@period")},
};

static const Attribute panic_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "isa pseries hyperv s390 pvpanic", .binding = XML_KIND("@model")},
};

static const Attribute shmem_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the shared memory on the host.",
     .binding = XML("@name")},
    {"model", &TYPE_STRING, OPTIONAL, "Model of the device: ivshmem-plain or ivshmem-doorbell.",
     .one_of = "ivshmem-plain ivshmem-doorbell", .binding = XML_RESETTING("model/@type", "size msi address")},
    {"size", &TYPE_NUMBER, OPTIONAL, "Size in MiB, a power of two.",
     .binding = XML_AS("size", XML_MIB)},
    {"server", &TYPE_STRING, OPTIONAL, "Path of the ivshmem server's socket, for the model ivshmem-doorbell.",
     .binding = XML("server/@path")},
    {"role", &TYPE_STRING, OPTIONAL, "Role in a migration: master migrates the memory with the guest, peer does not.",
     .one_of = "master peer", .binding = XML("@role")},
};

static const Attribute iommu_attributes[] = {
    {"model", &TYPE_STRING, REQUIRED, "Model of the device.",
     .one_of = "intel smmuv3 virtio", .binding = XML_KIND("@model")},
    {"intremap", &TYPE_BOOL, OPTIONAL, "Whether the IOMMU remaps interrupts.",
     .binding = XML_AS("driver/@intremap", XML_ON_OFF)},
    {"caching_mode", &TYPE_BOOL, OPTIONAL, "Whether caching mode is on, which assigned host devices require (intel).",
     .binding = XML_AS("driver/@caching_mode", XML_ON_OFF)},
    {"iotlb", &TYPE_BOOL, OPTIONAL, "Whether the host caches address translations (IOTLB).",
     .binding = XML_AS("driver/@iotlb", XML_ON_OFF)},
};

static const Attribute hostdev_address_attributes[] = {
    {"uuid", &TYPE_STRING, OPTIONAL, "UUID of a mediated device.",
     .binding = XML("@uuid")},
    {"domain", &TYPE_NUMBER, OPTIONAL, "PCI domain.",
     .binding = XML("@domain")},
    {"bus", &TYPE_NUMBER, OPTIONAL, "Number of the PCI bus, USB bus or SCSI channel.",
     .binding = XML("@bus")},
    {"slot", &TYPE_NUMBER, OPTIONAL, "PCI slot.",
     .binding = XML("@slot")},
    {"function", &TYPE_NUMBER, OPTIONAL, "PCI function.",
     .binding = XML("@function")},
    {"device", &TYPE_NUMBER, OPTIONAL, "Number of the USB device on its bus.",
     .binding = XML("@device")},
    {"target", &TYPE_NUMBER, OPTIONAL, "Number of the SCSI target.",
     .binding = XML("@target")},
    {"unit", &TYPE_NUMBER, OPTIONAL, "Number of the SCSI unit (LUN).",
     .binding = XML("@unit")},
};

static const Attribute hostdev_attributes[] = {
    {"type", &TYPE_STRING, REQUIRED, "Type of the device: pci, usb, scsi or mdev (a mediated device).",
     .one_of = "pci usb scsi mdev", .binding = XML_KIND("@type")},
    {"managed", &TYPE_BOOL, OPTIONAL, "Whether libvirt detaches the device from its host driver before the guest uses it.",
     .binding = XML("@managed")},
    {"model", &TYPE_STRING, OPTIONAL, "Model of a mediated device: vfio-pci, vfio-ccw or vfio-ap.",
     .one_of = "vfio-pci vfio-ccw vfio-ap", .binding = XML("@model")},
    {"driver", &TYPE_STRING, OPTIONAL, "Driver that assigns a PCI device: vfio.",
     .one_of = "vfio", .binding = XML("driver/@name")},
    {"vendor", &TYPE_STRING, OPTIONAL, "Vendor ID of a USB device, such as 0x1234.",
     .binding = XML("source/vendor/@id")},
    {"product", &TYPE_STRING, OPTIONAL, "Product ID of a USB device, such as 0x1234.",
     .binding = XML("source/product/@id")},
    {"adapter", &TYPE_STRING, OPTIONAL, "Adapter of a SCSI device, such as scsi_host0.",
     .binding = XML("source/adapter/@name")},
    {"address", NULL, OPTIONAL,
     "Address of the device on the host.",
     .nested = NESTED(NEST_SINGLE, hostdev_address_attributes),
     .binding = XML("source/address")},
    {"boot_order", &TYPE_NUMBER, OPTIONAL, "Position of the device in the boot order, from 1.",
     .binding = XML("boot/@order")},
    {"rom_bar", &TYPE_BOOL, OPTIONAL, "Whether the device's ROM is visible to the guest.",
     .binding = XML_AS("rom/@bar", XML_ON_OFF)},
    {"rom_file", &TYPE_STRING, OPTIONAL, "Path of the ROM file on the host.",
     .binding = XML("rom/@file")},
};
/* clang-format on */

const NestedObject domain_attributes_tpm = {NESTED_OBJECT(NEST_SINGLE, tpm_attributes)};
const NestedObject domain_attributes_watchdog = {NESTED_OBJECT(NEST_SINGLE, watchdog_attributes)};
const NestedObject domain_attributes_rng = {NESTED_OBJECT(NEST_LIST, rng_attributes)};
const NestedObject domain_attributes_panic = {NESTED_OBJECT(NEST_LIST, panic_attributes)};
const NestedObject domain_attributes_shmem = {NESTED_OBJECT(NEST_LIST, shmem_attributes)};
const NestedObject domain_attributes_iommu = {NESTED_OBJECT(NEST_SINGLE, iommu_attributes)};
const NestedObject domain_attributes_hostdev = {NESTED_OBJECT(NEST_LIST, hostdev_attributes)};
