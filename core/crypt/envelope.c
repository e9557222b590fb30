/* What lies around everything that is persisted. */
#include "envelope.h"
#include "json.h"

bool envelope_is_sealed(Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("envelope");
    JsonReader reader = json_reader_new(bytes, scratch);
    if (json_next(&reader) != JSON_OBJECT_START)
        return false;
    /* The state's own documents begin with "version", so a plain one is told by its first key. */
    while (json_next(&reader) == JSON_KEY) {
        if (str_equal(reader.text, STR("encrypted_data")))
            return true;
        if (str_equal(reader.text, STR("version")))
            return false;
        Str skipped;
        if (!json_skip(&reader, json_next(&reader), &skipped))
            return false;
    }
    return false;
}

bool envelope_open(Str name, Str bytes, Str *out, Diags *diags) {
    if (!envelope_is_sealed(bytes)) {
        *out = bytes;
        return true;
    }
    diags_error(diags, NO_RANGE, "Encrypted content",
                "%.*s is encrypted, and this loam holds no keys. Decrypt it with the tool that "
                "wrote it: set "
                "the method \"unencrypted\" with the old one as fallback, and apply once.",
                STR_ARG(name));
    return false;
}
