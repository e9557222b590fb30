/* Reads and writes the manifest; ignores unknown properties of its entries. */
#include "module_manifest.h"

#include "json.h"

#include <errno.h>

Str module_manifest_path(Str data_directory, Arena *arena) {
    return disk_join(data_directory, STR("modules/modules.json"), arena);
}

static bool report_manifest(Str path, const char *why, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Failed to read the installed-modules manifest",
                      "%.*s: %s. To rewrite it, run \"loam init\".", STR_ARG(path), why);
}

static bool manifest_read_entry(Value object, ModuleManifest *manifest, Arena *arena) {
    ModuleEntry *entry = arena_new(arena, ModuleEntry);
    if (!value_find_text(object, STR("Key"), &entry->key) ||
        !value_find_text(object, STR("Source"), &entry->source) ||
        !value_find_text(object, STR("Dir"), &entry->directory))
        return false;
    if (entry->key.len == 0)
        return true; /* the root module is not installed */
    (void)value_find_text(object, STR("Version"), &entry->version);
    map_set(&manifest->entries, entry->key, entry);
    return true;
}

static bool manifest_read_entries(Value root, ModuleManifest *manifest, Arena *arena) {
    Value list;
    if (!value_find_tuple(root, STR("Modules"), &list))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!manifest_read_entry(value_at(list, i), manifest, arena))
            return false;
    return true;
}

bool module_manifest_read(const Io *io, Str data_directory, ModuleManifest *out, Arena *arena,
                          Diags *diags) {
    Str path = module_manifest_path(data_directory, arena);
    ModuleManifest manifest = {.entries = map_new(arena)};
    Str bytes;
    Value root;
    const char *why;
    size_t offset;
    int status = io->disk->read_file(io->disk->self, path, &bytes, arena);
    if (status == -ENOENT || status == -ENOTDIR) {
        *out = manifest;
        return true;
    }
    if (status < 0)
        return report_manifest(path, strerror(-status), diags);
    if (!json_parse_any(bytes, &root, &why, &offset, arena))
        return report_manifest(path, why, diags);
    if (!manifest_read_entries(root, &manifest, arena))
        return report_manifest(path, "its structure is invalid", diags);
    *out = manifest;
    return true;
}

static void manifest_write_entry(JsonWriter *writer, const ModuleEntry *entry) {
    json_object_start(writer);
    json_key_string(writer, "Key", entry->key);
    json_key_string(writer, "Source", entry->source);
    if (entry->version.len)
        json_key_string(writer, "Version", entry->version);
    json_key_string(writer, "Dir", entry->directory);
    json_object_end(writer);
}

/* Programs that read the file expect an entry of the root module. */
static Str manifest_to_json(const ModuleManifest *manifest, Arena *arena) {
    static const ModuleEntry root = {.directory = STR_CONST(".")};
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    json_writer_init(writer, &buf, 0);
    json_object_start(writer);
    json_key_array(writer, "Modules");
    manifest_write_entry(writer, &root);
    map_each(&manifest->entries, item) {
        manifest_write_entry(writer, item->value);
    }
    json_array_end(writer);
    json_object_end(writer);
    strbuf_add_char(&buf, '\n');
    return strbuf_str(&buf);
}

bool module_manifest_write(const Io *io, Str data_directory, const ModuleManifest *manifest,
                           Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("module manifest");
    const Disk *disk = io->disk;
    Str path = module_manifest_path(data_directory, arena);
    int status = disk->make_directories(disk->self, disk_directory_of(path), 0777);
    if (status >= 0)
        status = disk->write_file(disk->self, path, manifest_to_json(manifest, arena), 0666);
    if (status >= 0)
        return true;
    return diags_fail(diags, NO_RANGE, "Failed to write the installed-modules manifest",
                      "\"%.*s\" could not be written: %s. %s", STR_ARG(path), strerror(-status),
                      disk_data_hint(status));
}
