/* domain_attributes_boot: firmware, boot menu, SMBIOS and fw_cfg. */
#include "domain_attributes_nested.h"

/* clang-format off */
static const Attribute boot_menu_attributes[] = {
    {"enabled", &TYPE_BOOL, OPTIONAL, "Whether the firmware shows a boot menu.",
     .binding = XML("os/bootmenu/@enable")},
    {"timeout", &TYPE_NUMBER, OPTIONAL, "Time that the menu is shown, in milliseconds.",
     .binding = XML("os/bootmenu/@timeout")},
};

static const Attribute bios_attributes[] = {
    {"use_serial", &TYPE_BOOL, OPTIONAL, "Whether the BIOS writes its output to the serial port.",
     .binding = XML("os/bios/@useserial")},
    {"reboot_timeout", &TYPE_NUMBER, OPTIONAL, "Time in milliseconds after which the BIOS reboots if no boot device is found; -1 to never reboot.",
     .binding = XML("os/bios/@rebootTimeout")},
};

static const Attribute firmware_attributes[] = {
    {"type", &TYPE_STRING, OPTIONAL, "Type of the firmware that libvirt selects: efi or bios.",
     .one_of = "efi bios", .binding = XML("os/@firmware")},
    {"secure_boot", &TYPE_BOOL, OPTIONAL, "Whether the selected firmware has Secure Boot.",
     .binding = XML("os/firmware/feature[@name='secure-boot']/@enabled")},
    {"enrolled_keys", &TYPE_BOOL, OPTIONAL, "Whether the selected firmware has enrolled Secure Boot keys.",
     .binding = XML("os/firmware/feature[@name='enrolled-keys']/@enabled")},
    {"loader", &TYPE_STRING, OPTIONAL, "Path of the firmware image on the host; set it instead of type.",
     .binding = XML("os/loader")},
    {"loader_type", &TYPE_STRING, OPTIONAL, "How the firmware image is mapped: rom or pflash.",
     .one_of = "rom pflash", .binding = XML("os/loader/@type")},
    {"loader_readonly", &TYPE_BOOL, OPTIONAL, "Whether the firmware image is read-only for the guest.",
     .binding = XML("os/loader/@readonly")},
    {"loader_secure", &TYPE_BOOL, OPTIONAL, "Whether the firmware supports Secure Boot and requires SMM.",
     .binding = XML("os/loader/@secure")},
    {"nvram", &TYPE_STRING, OPTIONAL, "Path on the host of the file with the machine's UEFI variables (NVRAM).",
     .binding = XML("os/nvram")},
    {"nvram_template", &TYPE_STRING, OPTIONAL, "Path on the host of the UEFI variables that a new machine starts with.",
     .binding = XML("os/nvram/@template")},
};

static const Attribute smbios_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "Source of the data: emulate (the hypervisor), host, or sysinfo (the maps below).",
     .one_of = "emulate host sysinfo", .binding = XML("os/smbios/@mode")},
    {"bios", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the BIOS: vendor, version, date, release.",
     .binding = XML_AS("sysinfo[@type='smbios']/bios/entry", XML_ENTRIES)},
    {"system", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the system: manufacturer, product, version, serial, uuid, sku, family.",
     .binding = XML_AS("sysinfo[@type='smbios']/system/entry", XML_ENTRIES)},
    {"base_board", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the board: manufacturer, product, version, serial, asset, location.",
     .binding = XML_AS("sysinfo[@type='smbios']/baseBoard/entry", XML_ENTRIES)},
    {"chassis", &TYPE_MAP_OF_STRING, OPTIONAL, "Entries of the chassis: manufacturer, version, serial, asset, sku.",
     .binding = XML_AS("sysinfo[@type='smbios']/chassis/entry", XML_ENTRIES)},
    {"oem_strings", &TYPE_LIST_OF_STRING, OPTIONAL, "OEM strings.",
     .binding = XML("sysinfo[@type='smbios']/oemStrings/entry")},
};

static const Attribute fw_cfg_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the entry, which should begin with opt/.",
     .binding = XML("@name")},
    {"value", &TYPE_STRING, OPTIONAL, "Text of the entry.",
     .binding = XML(".")},
    {"file", &TYPE_STRING, OPTIONAL, "Path on the host of the file with the entry's content.",
     .binding = XML("@file")},
};
/* clang-format on */

const NestedObject domain_attributes_boot_menu = {NESTED_OBJECT(NEST_SINGLE, boot_menu_attributes)};
const NestedObject domain_attributes_bios = {NESTED_OBJECT(NEST_SINGLE, bios_attributes)};
const NestedObject domain_attributes_firmware = {NESTED_OBJECT(NEST_SINGLE, firmware_attributes)};
const NestedObject domain_attributes_smbios = {NESTED_OBJECT(NEST_SINGLE, smbios_attributes)};
const NestedObject domain_attributes_fw_cfg = {NESTED_OBJECT(NEST_LIST, fw_cfg_attributes)};
