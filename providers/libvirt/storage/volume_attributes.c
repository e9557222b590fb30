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

static Str check_url(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_starts_with(text, STR("http://")) || str_starts_with(text, STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an address with http:// or https://.");
}

static Str check_checksum(Value value, Arena *arena) {
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
     "Path of the base file on the host, if it is not a volume of loam."},
    {"format", &TYPE_STRING, OPTIONAL,
     "Format of the base (default: detected from the volume).",
     .one_of = "raw qcow2"},
};

static const ArgumentRule base_rules[] = {{RULE_EXACTLY_ONE, {"volume_id", "path"}}};

static const Attribute source_attributes[] = {
    {"path", &TYPE_STRING, OPTIONAL, "Path of the image, a local file."},
    {"url", &TYPE_STRING, OPTIONAL,
     "Address of the image, with http or https. It is downloaded once and kept in the provider's image_cache_dir; gzip, xz, zstd and bzip2 are decompressed.",
     .check = check_url},
    {"checksum", &TYPE_STRING, OPTIONAL,
     "Required digest of the image: sha256:… or sha512:…. Required for a url; of a compressed image it is that of the compressed file.",
     .check = check_checksum},
};

static const ArgumentRule source_rules[] = {
    {RULE_EXACTLY_ONE, {"path", "url"}},
    {RULE_REQUIRED_WITH, {"url", "checksum"}},
};

static const Attribute permissions_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Mode of the file, as 0600.", .binding = XML("mode")},
    {"owner", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "User of the file.", .binding = XML("owner")},
    {"group", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Group of the file.", .binding = XML("group")},
    {"label", &TYPE_STRING, OPTIONAL | FORCES_NEW, "SELinux label of the file.", .binding = XML("label")},
};

static const Attribute encryption_attributes[] = {
    {"format", &TYPE_STRING, REQUIRED | FORCES_NEW, "Format of the encryption.", .one_of = "luks qcow", .binding = XML("@format")},
    {"secret", &TYPE_STRING, REQUIRED | FORCES_NEW, "UUID of the host's secret with the passphrase.",
     .binding = &(const XmlBinding){.path = "secret[@type='passphrase']/@uuid", .absent = "*"}},
};

const Attribute volume_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique in the pool."},
    {"pool", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Name of the pool (default: the provider's default_pool)."},
    {"size", &TYPE_STRING, OPTIONAL,
     "Size of the disk, in bytes or with a unit (20G) (default: that of the base or the source). It grows in place, also with a running guest.",
     .check = check_size},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "raw or qcow2 (default: that of the source, else qcow2).",
     .one_of = "raw qcow2"},
    {"base", NULL, OPTIONAL | FORCES_NEW,
     "Base of the volume, which it overlays or copies.",
     .nested = NESTED_WITH(NEST_SINGLE, base_attributes, base_rules)},
    {"mode", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "With a base: overlay, which stores only the differences (default); copy; or reflink, a copy that shares its blocks on btrfs and xfs.",
     .one_of = "overlay copy reflink"},
    {"preallocation", &TYPE_STRING, OPTIONAL | FORCES_NEW,
     "Whether metadata (of qcow2) or all blocks are allocated at once (default off).",
     .one_of = "off metadata full"},
    {"permissions", NULL, OPTIONAL, "Permissions of the file (default: chosen by the host).",
     .nested = NESTED(NEST_SINGLE, permissions_attributes), .binding = XML("target/permissions")},
    {"encryption", NULL, OPTIONAL, "Encryption of the content.",
     .nested = NESTED(NEST_SINGLE, encryption_attributes), .binding = XML("target/encryption")},
    {"compat", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Version of the format qcow2 (default 1.1).", .one_of = "0.10 1.1",
     .binding = &(const XmlBinding){.path = "target/compat", .absent = "0.10"}},
    {"nocow", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether a file on btrfs has no copy on write.",
     .binding = XML_AS("target/nocow", XML_PRESENT)},
    {"cluster_size", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "Size of a cluster of qcow2 in bytes.", .binding = XML("target/clusterSize")},
    {"lazy_refcounts", &TYPE_BOOL, OPTIONAL | FORCES_NEW, "Whether qcow2 delays the update of reference counts.",
     .binding = XML_AS("target/features/lazy_refcounts", XML_PRESENT)},
    {"source", NULL, OPTIONAL,
     "Image to upload. Another content replaces the volume; another path to the same content does not.",
     .nested = NESTED_WITH(NEST_SINGLE, source_attributes, source_rules)},
    {"source_digest", &TYPE_STRING, COMPUTED, "Digest of the uploaded image."},
    {"id", &TYPE_STRING, COMPUTED, "Key of the volume, unique on the host."},
    {"path", &TYPE_STRING, COMPUTED, "Path of the volume on the host."},
    {"capacity", &TYPE_NUMBER, COMPUTED | CHANGES_ON_UPDATE, "Size in bytes, as a guest sees it."},
};

const ArgumentRule volume_rules[] = {
    {RULE_CONFLICTS, {"base", "source"}},
    {RULE_AT_LEAST_ONE, {"size", "base", "source"}},
    {RULE_REQUIRED_WITH, {"mode", "base"}},
};
/* clang-format on */
