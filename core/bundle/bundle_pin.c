/* bundle_pin: parses the digest and the public key. */
#include "bundle_reader.h"

static bool pin_read_key(const Disk *disk, Str text, MinisignKey *out, Arena *arena, Diags *diags) {
    Str problem, content;
    if (minisign_read_key(text, out, &problem, arena))
        return true;
    int error = disk->read_file(disk->self, text, &content, arena);
    if (!error && minisign_read_key(content, out, &problem, arena))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Invalid public key", "\"%.*s\": %.*s.", STR_ARG(text),
        STR_ARG(
            error
                ? STR("it is neither the line of a public key of minisign nor the path of its file")
                : problem));
}

bool bundle_pin_read(const Disk *disk, Str digest, Str public_key, BundlePin *out, Arena *arena,
                     Diags *diags) {
    *out = (BundlePin){.digest = STR_EMPTY};
    if (digest.len && !bundle_read_digest(digest, &out->digest, arena))
        return diags_fail(diags, NO_RANGE, "Invalid digest",
                          "\"%.*s\" is not the SHA-256 digest of a bundle: \"sha256:\" and 64 "
                          "hexadecimal digits.",
                          STR_ARG(digest));
    if (!public_key.len)
        return true;
    MinisignKey *key = arena_new(arena, MinisignKey);
    out->key = key;
    return pin_read_key(disk, public_key, key, arena, diags);
}
