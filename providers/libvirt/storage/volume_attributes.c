/* volume_attributes: the schema of libvirt_volume. */
#include "volume_attributes.h"

#include "byte_size.h"

static Str check_size(Value value, Arena *arena) {
    uint64_t bytes = 0;
    if (byte_size_parse(value_text(value), &bytes) && bytes > 0)
        return STR_EMPTY;
    return str_format(arena,
                      "A size must be a number of bytes, or a number with a unit: 512M, 20G, 1T.");
}

static Str attributes_check_url(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_starts_with(text, STR("http://")) || str_starts_with(text, STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an address with http:// or https://.");
}

static Str attributes_check_checksum(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_short = str_starts_with(text, STR("sha256:")) && text.len == 7 + 64;
    bool is_long = str_starts_with(text, STR("sha512:")) && text.len == 7 + 128;
    if (is_short || is_long)
        return STR_EMPTY;
    return str_format(arena,
                      "A checksum must be sha256: or sha512: and lower-case hexadecimal digits.");
}

/* clang-format off */
static const Attribute base_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of the base volume."},
    {"path", &TYPE_STRING, OPTIONAL,
     "Path of the backing file on the host, if no libvirt_volume manages it."},
    {"format", &TYPE_STRING, OPTIONAL,
     "Image format of the base (default: the format of the base volume).",
     .one_of = "raw qcow2"},
};

static const ArgumentRule base_rules[] = {{RULE_EXACTLY_ONE, {"volume_id", "path"}}};

static const Attribute volume_source_attributes[] = {
    {"path", &TYPE_STRING, OPTIONAL, "Path of the image, a local file."},
    {"url", &TYPE_STRING, OPTIONAL,
     "URL of the image, with http or https. The image is downloaded once and cached in the provider's image_cache_dir; images in gzip, xz, zstd or bzip2 are decompressed.",
     .check = attributes_check_url},
    {"checksum", &TYPE_STRING, OPTIONAL,
     "Expected digest of the image: sha256:… or sha512:…. Required with a url. For a compressed image, the digest of the compressed file.",
     .check = attributes_check_checksum},
};

static const ArgumentRule source_rules[] = {
    {RULE_EXACTLY_ONE, {"path", "url"}},
    {RULE_REQUIRED_WITH, {"url", "checksum"}},
};

static const Attribute volume_permissions_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL | FORCES_NEW, "File mode, such as 0600.", .binding = XML("mode")},
    {"owner", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Numeric user ID of the file's owner.", .binding = XML("owner")},
    {"group", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Numeric group ID of the file.", .binding = XML("group")},
    {"label", &TYPE_STRING, OPTIONAL | FORCES_NEW, "SELinux label of the file.", .binding = XML("label")},
};

static const Attribute encryption_attributes[] = {
    {"format", &TYPE_STRING, REQUIRED | FORCES_NEW, "Format of the encryption.", .one_of = "luks qcow", .binding = XML("@format")},
    {"secret", &TYPE_STRING, REQUIRED | FORCES_NEW, "UUID of the libvirt_secret that contains the passphrase.",
     .binding = &(const XmlBinding){.path = "secret[@type='passphrase']/@uuid", .absent = "*"}},
};

const Attribute volume_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique in the pool."},
    {"pool", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Name of the pool (default: the provider's default_pool)."},
    {"size", &TYPE_STRING, OPTIONAL,
     "Size of the disk, in bytes or with a unit such as 20G (default: the size of the base or source). A volume grows in place, even while a guest uses it.",
     .check = check_size},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Image format: raw or qcow2 (default: the format of the source, or qcow2 without a source).",
     .one_of = "raw qcow2"},
    {"base", NULL, OPTIONAL | FORCES_NEW,
     "Backing image that the volume overlays or copies.",
     .nested = NESTED_WITH(NEST_SINGLE, base_attributes, base_rules)},
    {"mode", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "How the base is used: overlay stores only differences from the base (default), copy makes a full copy, reflink makes a copy that shares blocks (btrfs and xfs).",
     .one_of = "overlay copy reflink"},
    {"preallocation", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "Storage to allocate when the volume is created: off (default), metadata (qcow2 only) or full (all blocks).",
     .one_of = "off metadata full"},
    {"permissions", NULL, OPTIONAL, "Permissions of the file (default: chosen by libvirt).",
     .nested = NESTED(NEST_SINGLE, volume_permissions_attributes), .binding = XML("target/permissions")},
    {"encryption", NULL, OPTIONAL, "Encryption of the volume's content.",
     .nested = NESTED(NEST_SINGLE, encryption_attributes), .binding = XML("target/encryption")},
    {"compat", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Compatibility level of qcow2 (default 1.1).", .one_of = "0.10 1.1",
     .binding = &(const XmlBinding){.path = "target/compat", .absent = "0.10"}},
    {"nocow", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether copy-on-write is off for a file on btrfs.",
     .binding = XML_AS("target/nocow", XML_PRESENT)},
    {"cluster_size", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Cluster size of qcow2 in bytes.", .binding = XML("target/clusterSize")},
    {"lazy_refcounts", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether qcow2 updates reference counts lazily.",
     .binding = XML_AS("target/features/lazy_refcounts", XML_PRESENT)},
    {"source", NULL, OPTIONAL,
     "Image to upload. If the content of the image changes, the volume is replaced; another path with the same content changes nothing.",
     .nested = NESTED_WITH(NEST_SINGLE, volume_source_attributes, source_rules)},
    {"source_digest", &TYPE_STRING, COMPUTED, "Digest of the uploaded image."},
    {"id", &TYPE_STRING, COMPUTED, "Key of the volume, unique on the host."},
    {"path", &TYPE_STRING, COMPUTED, "Path of the volume on the host."},
    {"capacity", &TYPE_NUMBER, COMPUTED | CHANGES_ON_UPDATE, "Virtual size in bytes, as the guest sees it."},
};

const ArgumentRule volume_rules[] = {
    {RULE_CONFLICTS, {"base", "source"}},
    {RULE_AT_LEAST_ONE, {"size", "base", "source"}},
    {RULE_REQUIRED_WITH, {"mode", "base"}},
};
/* clang-format on */
