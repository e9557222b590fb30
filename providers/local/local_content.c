/* local_content: the digests of a local file. */
#include "local_content.h"

#include "base64.h"
#include "digest.h"
#include "hex.h"

void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Str sha1 = digest_hex(DIGEST_SHA1, bytes, arena);
    Str sha256 = digest_bytes(DIGEST_SHA256, bytes, arena);
    Str sha512 = digest_bytes(DIGEST_SHA512, bytes, arena);
    const struct {
        const char *name;
        Str text;
    } rows[] = {
        {"id", sha1},
        {"content_md5", digest_hex(DIGEST_MD5, bytes, arena)},
        {"content_sha1", sha1},
        {"content_sha256", hex_encode(sha256, arena)},
        {"content_base64sha256", base64_encode(sha256, arena)},
        {"content_sha512", hex_encode(sha512, arena)},
        {"content_base64sha512", base64_encode(sha512, arena)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        object_builder_set(builder, rows[i].name, value_from_str(rows[i].text));
    }
}
