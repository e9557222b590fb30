/* manifest_drive: reads the manifests whose paths are the lines of standard input. Writes a line
 * for each: {"objects": [{"object": …, "line": 1}], "errors": ["…"]}. */
#include "json.h"
#include "manifest_files.h"

static void write_result(const ManifestObjects *objects, const Diags *diags, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    json_key(&writer, STR("objects"));
    json_array_start(&writer);
    vec_each(objects, object) {
        json_object_start(&writer);
        json_key(&writer, STR("object"));
        json_write_value(&writer, object->object);
        json_key_string(&writer, "place", manifest_text_place(object, NO_PATH, arena));
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_key(&writer, STR("errors"));
    json_array_start(&writer);
    for (size_t i = 0; i < diags->count; i++)
        json_write_string(&writer, diags->items[i].detail);
    json_array_end(&writer);
    json_object_end(&writer);
    printf("%.*s\n", STR_ARG(strbuf_str(&out)));
    fflush(stdout);
}

int main(void) {
    Io io = io_real();
    char line[4096];
    while (fgets(line, sizeof(line), stdin)) {
        SCOPED(ArenaRef) arena = arena_open("manifest");
        Call call = {.io = &io, .arena = arena};
        Diags diags = diags_new(arena);
        ManifestObjects objects = {0};
        Str path = str_trim(str_from_cstr(line));
        bool is_good = manifest_files_read(&call, NO_PATH, path, &objects, &diags);
        if (is_good == diags_has_errors(&diags))
            return 1;
        write_result(&objects, &diags, arena);
    }
    return 0;
}
