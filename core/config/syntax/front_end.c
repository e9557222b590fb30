/* The tables of file suffixes: configuration files, test files, mock data files, query files. */
#include "front_end.h"

#include "body_file.h"
#include "directory_file.h"
#include "log.h"

static const FrontEnd configuration[] = {
    {".loam.yaml", body_yaml_parse, false, NULL}, {".loam.json", body_json_parse, false, NULL},
    {".tofu.json", body_json_parse, false, NULL}, {".tf.json", body_json_parse, false, NULL},
    {".tofu", body_hcl_parse, true, NULL},        {".tf", body_hcl_parse, true, NULL},
    {".loam.yml", NULL, false, ".loam.yaml"},
};

static const FrontEnd tests[] = {
    {".loamtest.yaml", body_yaml_parse, false, NULL},
    {".loamtest.json", body_json_parse, false, NULL},
    {".tofutest.json", body_json_parse, false, NULL},
    {".tftest.json", body_json_parse, false, NULL},
    {".tofutest.hcl", body_hcl_parse, true, NULL},
    {".tftest.hcl", body_hcl_parse, true, NULL},
    {".loamtest.yml", NULL, false, ".loamtest.yaml"},
};

static const FrontEnd mock_data[] = {
    {".loammock.yaml", body_yaml_parse, false, NULL},
    {".loammock.json", body_json_parse, false, NULL},
    {".tofumock.json", body_json_parse, false, NULL},
    {".tfmock.json", body_json_parse, false, NULL},
    {".tofumock.hcl", body_hcl_parse, true, NULL},
    {".tfmock.hcl", body_hcl_parse, true, NULL},
    {".loammock.yml", NULL, false, ".loammock.yaml"},
};

static const FrontEnd queries[] = {
    {".loamquery.yaml", body_yaml_parse, false, NULL},
    {".loamquery.json", body_json_parse, false, NULL},
    {".tfquery.json", body_json_parse, false, NULL},
    {".tfquery.hcl", body_hcl_parse, true, NULL},
    {".loamquery.yml", NULL, false, ".loamquery.yaml"},
};

static const struct {
    const FrontEnd *rows;
    size_t count;
    const char *unsupported;
    const char *unread;
} uses[] = {
    [FRONT_END_CONFIGURATION] = {configuration, ARRAY_COUNT(configuration),
                                 "Unsupported configuration file",
                                 "Failed to read a configuration file"},
    [FRONT_END_TEST] = {tests, ARRAY_COUNT(tests), "Unsupported test file",
                        "Failed to read a test file"},
    [FRONT_END_MOCK_DATA] = {mock_data, ARRAY_COUNT(mock_data), "Unsupported file of mock data",
                             "Failed to read a file of mock data"},
    [FRONT_END_QUERY] = {queries, ARRAY_COUNT(queries), "Unsupported query file",
                         "Failed to read a query file"},
};

const FrontEnd *front_end_find(FrontEndUse use, Str name) {
    if (!name.len || name.ptr[0] == '.' || name.ptr[0] == '#' || str_ends_with(name, STR("~")))
        return NULL;
    for (size_t i = 0; i < uses[use].count; i++)
        if (str_ends_with(name, str_from_cstr(uses[use].rows[i].suffix)))
            return &uses[use].rows[i];
    return NULL;
}

bool front_end_is_configuration(Str name) {
    const FrontEnd *front_end = front_end_find(FRONT_END_CONFIGURATION, name);
    return front_end && front_end->parse;
}

void front_end_index(FrontEndDirectory *directory, Arena *arena) {
    directory->names = map_new(arena);
    vec_each(&directory->entries, entry) {
        if (entry->kind != DISK_DIRECTORY && front_end_find(directory->use, entry->name))
            map_set(&directory->names, entry->name, entry);
    }
}

/* Returns whether the directory has an x.tofu… file that takes precedence over this x.tf… file. */
static bool is_shadowed(const FrontEndDirectory *directory, Str name, const FrontEnd *front_end,
                        Arena *arena) {
    Str suffix = str_from_cstr(front_end->suffix);
    if (!str_starts_with(suffix, STR(".tf")))
        return false;
    Str other =
        str_format(arena, "%.*s.tofu%.*s", STR_ARG(str_slice(name, 0, name.len - suffix.len)),
                   STR_ARG(str_after(suffix, strlen(".tf"))));
    return map_has(&directory->names, other);
}

static bool end_read_bytes(const FrontEndDirectory *directory, const DiskEntry *entry,
                           FrontEndFile *out, Arena *arena, Diags *diags) {
    DirectoryFile listed = {out->path, entry->kind, uses[directory->use].unread};
    Str bytes;
    if (!out->front_end->parse)
        return diags_fail(diags, NO_RANGE, uses[directory->use].unsupported,
                          "%.*s: the name of such a YAML file must end in \"%s\".",
                          STR_ARG(out->path), out->front_end->meant);
    if (!directory_file_read(directory->disk, &listed, &bytes, arena, diags))
        return false;
    out->source = source_text_new(out->path, bytes, arena);
    log_debug("file read", log_text("path", out->path), log_number("bytes", (int64_t)bytes.len));
    return true;
}

bool front_end_read(const FrontEndDirectory *directory, const DiskEntry *entry, FrontEndFile *out,
                    Arena *arena, Diags *diags) {
    const FrontEnd *front_end = front_end_find(directory->use, entry->name);
    *out = (FrontEndFile){0};
    if (!front_end || entry->kind == DISK_DIRECTORY ||
        is_shadowed(directory, entry->name, front_end, arena))
        return true;
    out->front_end = front_end;
    out->use = directory->use;
    out->path = disk_clean(disk_join(directory->path, entry->name, arena), arena);
    return end_read_bytes(directory, entry, out, arena, diags) &&
           body_file_parse(front_end->parse, out->source, directory->functions, &out->body, arena,
                           diags);
}

bool front_end_is_empty_dir(const Disk *disk, Str dir) {
    SCOPED(ArenaRef) arena = arena_open("list directory");
    DiskEntries entries = {0};
    if (disk->list(disk->self, dir, &entries, arena) < 0)
        return true;
    vec_each(&entries, entry) {
        if (entry->kind != DISK_DIRECTORY && front_end_find(FRONT_END_CONFIGURATION, entry->name))
            return false;
    }
    return true;
}
