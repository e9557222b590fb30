/* schema_drive: checks the objects of manifests whose kind a definition of the same manifests, or
 * an OpenAPI document of a server, describes. The arguments are such documents. Each line of
 * standard input is a file or a directory; the answer is a line {"objects": 9, "checked": 7,
 * "errors":
 * [{"place": "…", "path": "…", "text": "…", "object": …}]}. */
#include "definitions.h"
#include "disk.h"
#include "json.h"
#include "manifest_files.h"
#include "object_key.h"

#include <stdio.h>

typedef struct Driving {
    VEC(Value) documents;
    Definitions *definitions;
    size_t checked;
    JsonWriter *writer;
} Driving;

static bool find_schema(const Driving *driving, const ObjectKey *key, KubeSchema *out,
                        Arena *arena) {
    if (definitions_find(driving->definitions, key->group, key->version, key->kind, out, arena))
        return true;
    vec_each(&driving->documents, document) {
        if (kube_schema_of_document(*document, key->group, key->version, key->kind, out))
            return true;
    }
    return false;
}

static void check_object(Driving *driving, const ManifestObject *one, Arena *arena) {
    ObjectKey key = object_key_of(one->object);
    KubeSchema schema;
    if (!find_schema(driving, &key, &schema, arena))
        return;
    driving->checked++;
    KubeSchemaErrors errors = kube_schema_check(&schema, one->object, arena);
    vec_each(&errors, error) {
        Str place = manifest_text_place(one, error->path, arena);
        json_object_start(driving->writer);
        json_key_string(driving->writer, "place", place);
        json_key_string(driving->writer, "path", path_to_str(error->path, arena));
        json_key_string(driving->writer, "text", error->text);
        json_key(driving->writer, STR("object"));
        json_write_value(driving->writer, one->object);
        json_object_end(driving->writer);
    }
}

static void check_path(Driving *driving, const Io *io, Str path) {
    SCOPED(ArenaRef) arena = arena_open("manifests");
    Call call = {.io = io, .arena = arena};
    Diags diags = diags_new(arena);
    ManifestObjects objects = {0};
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    (void)!manifest_files_read(&call, NO_PATH, path, &objects, &diags);
    json_writer_init(&writer, &out, 0);
    driving->writer = &writer;
    driving->checked = 0;
    driving->definitions = definitions_open(STR_EMPTY);
    vec_each(&objects, one)
        definitions_add(driving->definitions, one->object, arena);
    json_object_start(&writer);
    json_key(&writer, STR("errors"));
    json_array_start(&writer);
    vec_each(&objects, one)
        check_object(driving, one, arena);
    json_array_end(&writer);
    json_key_int(&writer, "checked", (int64_t)driving->checked);
    json_key_int(&writer, "objects", (int64_t)objects.count);
    json_object_end(&writer);
    definitions_close(driving->definitions);
    printf("%.*s\n", STR_ARG(strbuf_str(&out)));
    fflush(stdout);
}

static bool read_document(Driving *driving, Str path, Arena *arena) {
    Str text;
    Value document;
    const char *error;
    size_t offset;
    if (disk_real.read_file(disk_real.self, path, &text, arena) != 0 ||
        !json_parse_any(text, &document, &error, &offset, arena))
        return false;
    vec_push(arena, &driving->documents, document);
    return true;
}

int main(int argc, char **argv) {
    SCOPED(ArenaRef) arena = arena_open("documents");
    Io io = io_real();
    Driving driving = {0};
    char line[4096];
    for (int i = 1; i < argc; i++) {
        if (!read_document(&driving, str_from_cstr(argv[i]), arena)) {
            fprintf(stderr, "schema_drive: %s is not a JSON document\n", argv[i]);
            return 1;
        }
    }
    while (fgets(line, sizeof line, stdin))
        check_path(&driving, &io, str_trim(str_from_cstr(line)));
    return 0;
}
