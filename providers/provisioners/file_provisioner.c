/* file: copies a file, a text or a directory to another machine. */
#include "machine.h"
#include "object_builder.h"
#include "provisioners.h"

static const Attribute file_attributes[] = {
    {"source", &TYPE_STRING, OPTIONAL, "Local file or directory."},
    {"content", &TYPE_STRING, OPTIONAL | ANY_TEXT, "Content of the file."},
    {"destination", &TYPE_STRING, REQUIRED, "Destination path on the machine."},
};

static const char file_summary[] = "file provisioner error";

static bool file_provisioner_explain(Str path, int error, Diags *diags) {
    return diags_fail(diags, NO_RANGE, file_summary, "\"%.*s\" cannot be read: %s.", STR_ARG(path),
                      strerror(-error));
}

static bool file_provisioner_copy_file(SshLink *link, Str from, Str to, uint32_t mode,
                                       Diags *diags) {
    const Disk *disk = link->call->io->disk;
    Str content;
    int error = disk->read_file(disk->self, from, &content, link->call->arena);
    if (error)
        return file_provisioner_explain(from, error, diags);
    return machine_upload(link, to, disk_name_of(from), mode, content, diags);
}

static bool file_provisioner_make_directory(SshLink *link, Str path, Diags *diags) {
    Str command = ssh_client_script("mkdir -p -- \"$1\"", &path, 1, link->call->arena);
    return machine_run(link, command, STR_EMPTY, NULL, file_summary, diags);
}

typedef struct Copy {
    Str from;
    Str to;
} Copy;

typedef VEC(Copy) Copies;

/* Creates the remote directory and copies its files; adds its subdirectories to `waiting`. */
static bool copy_directory(SshLink *link, Copy directory, Copies *waiting, Diags *diags) {
    const Disk *disk = link->call->io->disk;
    Arena *arena = link->call->arena;
    DiskEntries entries = {0};
    int error = disk->list(disk->self, directory.from, &entries, arena);
    if (error)
        return file_provisioner_explain(directory.from, error, diags);
    if (!file_provisioner_make_directory(link, directory.to, diags))
        return false;
    vec_each(&entries, entry) {
        Copy inner = {disk_join(directory.from, entry->name, arena),
                      disk_join(directory.to, entry->name, arena)};
        DiskStat stat = {0};
        if (entry->kind == DISK_DIRECTORY)
            vec_push(arena, waiting, inner);
        else if ((error = disk->stat(disk->self, inner.from, &stat)) != 0)
            return file_provisioner_explain(inner.from, error, diags);
        else if (!file_provisioner_copy_file(link, inner.from, inner.to, stat.mode, diags))
            return false;
    }
    return true;
}

/* "dir/" copies the contents, "dir" the directory itself. */
static bool copy_tree(SshLink *link, Str source, Str destination, Diags *diags) {
    Arena *arena = link->call->arena;
    bool is_inside = str_ends_with(source, STR("/"));
    Str name = disk_name_of(disk_clean(source, arena));
    Copies waiting = {0};
    Copy all = {source, is_inside ? destination : disk_join(destination, name, arena)};
    vec_push(arena, &waiting, all);
    for (size_t i = 0; i < waiting.count; i++) {
        if (!copy_directory(link, waiting.items[i], &waiting, diags))
            return false;
    }
    return true;
}

static bool file_run(const ProvisionCall *call, Value config, Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (!machine_link(call, &link, diags))
        return false;
    Str destination = object_text(config, "destination", STR_EMPTY);
    Value content = object_attribute(config, "content");
    if (value_is_present(content))
        return machine_upload(&link, destination, STR("content"), 0644, value_text(content), diags);
    Str source = object_text(config, "source", STR_EMPTY);
    const Disk *disk = call->call.io->disk;
    DiskStat stat;
    int error = disk->stat(disk->self, source, &stat);
    if (error)
        return file_provisioner_explain(source, error, diags);
    return stat.kind == DISK_DIRECTORY
               ? copy_tree(&link, source, destination, diags)
               : file_provisioner_copy_file(&link, source, destination, stat.mode, diags);
}

static const char *const file_one_of[] = {"source", "content", NULL};

const ProvisionerType file_provisioner = {
    .name = "file",
    .schema = {SCHEMA_ATTRIBUTES(file_attributes),
               .description = "Copies a file or a directory to another machine."},
    .one_of = file_one_of,
    .run = file_run,
};
