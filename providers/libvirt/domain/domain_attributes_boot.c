/* domain_attributes_boot: firmware, its settings and its data for the guest. */
#include "domain_attributes_nested.h"

/* clang-format off */
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
/* clang-format on */

const NestedObject domain_attributes_boot_menu = {
    NESTED_TABLE(NEST_SINGLE, boot_menu_attributes),
};

const NestedObject domain_attributes_bios = {
    NESTED_TABLE(NEST_SINGLE, bios_attributes),
};

const NestedObject domain_attributes_firmware = {
    NESTED_TABLE(NEST_SINGLE, firmware_attributes),
};

const NestedObject domain_attributes_smbios = {
    NESTED_TABLE(NEST_SINGLE, smbios_attributes),
};

const NestedObject domain_attributes_fw_cfg = {
    NESTED_TABLE(NEST_LIST, fw_cfg_attributes),
};
