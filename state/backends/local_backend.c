/* local_backend: the state in a file on this machine; loam, OpenTofu and Terraform share its lock.
 *
 *    lock    fcntl write lock on the whole state file, with the holder's info in
 *            .NAME.lock.info; if locking created the file and the file is still empty,
 *            unlocking removes it
 *    write   makes the new content durable in NAME.next, writes the file in place, syncs it,
 *            removes NAME.next; a rename would lose the lock that the other programs hold on
 *            the file
 *    read    prefers NAME.next if the file is empty or invalid, or if both have one lineage and
 *            the file's serial is not higher: a file torn between two states can be valid
 *    backup  NAME.backup has the state before this run, written once, before the first write
 *            that differs; NAME.SECONDS.backup that before a state command. The name of the
 *            latter changes with the time, so it is written as NAME.backup.next, which the next
 *            run finds if this one dies, and renamed */
#include "backends.h"
#include "journal_store.h"
#include "json_reader.h"
#include "log.h"

#include <errno.h>

#define FILE_MODE      0600
#define DIRECTORY_MODE 0700

typedef struct Local {
    Backend backend;
    const Disk *disk;
    const Clock *clock;
    Arena *arena;
    Str path;
    Str next_path;
    Str next_backup_path;
    Str lock_path;
    DiskFile file;     /* the locked file; handle 0: not locked */
    bool created_file; /* locking created the file, perhaps in an earlier run that died */
    bool has_backup;   /* the backup was written, or the state was empty */
} Local;

static bool local_backend_report(Diags *diags, const char *summary, Str path, int error,
                                 const char *hint) {
    return diags_fail(diags, NO_RANGE, summary, "\"%.*s\": %s. %s", STR_ARG(path), strerror(-error),
                      disk_hint(error, hint));
}

/* Members that decide between the file and NAME.next; an encrypted state has both in plain text. */
typedef struct Head {
    bool is_whole; /* the text is complete JSON */
    Str lineage;
    uint64_t serial;
} Head;

static Head local_backend_read_head(Str text, Arena *arena) {
    Head head = {0};
    JsonReader reader = json_reader_new(text, arena);
    JsonToken token = json_next(&reader);
    if (token != JSON_OBJECT_START)
        return (Head){0};
    while ((token = json_next(&reader)) == JSON_KEY) {
        Str key = reader.text;
        Str skipped;
        token = json_next(&reader);
        if (token == JSON_STRING && str_equal(key, STR("lineage"))) {
            if (!reader.is_ascii)
                return (Head){0};
            head.lineage = reader.text;
        }
        bool is_serial = token == JSON_NUMBER && str_equal(key, STR("serial"));
        if (is_serial && !str_to_uint64(reader.text, &head.serial))
            return (Head){0};
        if (!json_skip(&reader, token, &skipped))
            return (Head){0};
    }
    head.is_whole = token == JSON_OBJECT_END && json_next(&reader) == JSON_END;
    return head;
}

/* Returns whether NAME.next wins over the file. While NAME.next exists, the file may be a valid
 * mixture of old and new content, with the serial of either. The file wins only if another program
 * wrote it later, or if it has another lineage. */
static bool copy_counts(Str text, Str copy) {
    SCOPED(ArenaRef) scratch = arena_open("state copy");
    Head of_copy = local_backend_read_head(copy, scratch);
    if (!of_copy.is_whole)
        return false;
    if (str_trim(text).len == 0)
        return true;
    Head of_file = local_backend_read_head(text, scratch);
    if (!of_file.is_whole)
        return true;
    return str_equal(of_file.lineage, of_copy.lineage) && of_copy.serial >= of_file.serial;
}

/* Reads a file; a missing file is empty. */
static int local_backend_read_text(Local *local, Str path, Str *out, Arena *arena) {
    int error = local->disk->read_file(local->disk->self, path, out, arena);
    if (error != -ENOENT)
        return error;
    *out = STR_EMPTY;
    return 0;
}

static int write_in_place(Local *local, DiskFile file, Str bytes) {
    const Disk *disk = local->disk;
    int error = disk->write(disk->self, file, 0, bytes);
    if (!error)
        error = disk->truncate(disk->self, file, bytes.len);
    return error ? error : disk->sync(disk->self, file);
}

/* Restores the file from NAME.next and removes NAME.next. Without the lock, nothing is changed. */
static int repair(Local *local, Str copy) {
    const Disk *disk = local->disk;
    if (!local->file.handle)
        return 0;
    int error = write_in_place(local, local->file, copy);
    return error ? error : disk->remove(disk->self, local->next_path);
}

static bool local_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Local *local = backend->self;
    Str text;
    Str copy;
    int error = local_backend_read_text(local, local->path, &text, arena);
    if (error)
        return local_backend_report(diags, "Failed to read the state", local->path, error,
                                    "Check the permissions of the file.");
    error = local_backend_read_text(local, local->next_path, &copy, arena);
    if (error)
        return local_backend_report(diags, "Failed to read the state", local->next_path, error,
                                    "It may be the newest state, so loam must be able to read it.");
    *out = text;
    if (copy.len == 0)
        return true;
    if (!copy_counts(text, copy)) {
        if (local->file.handle)
            (void)local->disk->remove(local->disk->self, local->next_path);
        return true;
    }
    log_debug("state recovered", log_text("path", local->path), log_text("copy", local->next_path));
    error = repair(local, copy);
    if (error)
        return local_backend_report(
            diags, "Failed to repair the state", local->path, error,
            "The complete newest state is beside it, in the copy whose name ends in \".next\".");
    *out = copy;
    return true;
}

/* Returns whether the file is NAME.SECONDS.backup: the state before a state command. */
static bool is_dated_backup(const Local *local, Str file) {
    static const Str end = STR_CONST(".backup");
    Str name = disk_name_of(local->path);
    uint64_t seconds;
    return file.len > name.len + 1 + end.len && str_starts_with(file, name) &&
           file.ptr[name.len] == '.' && str_ends_with(file, end) &&
           str_to_uint64(str_slice(file, name.len + 1, file.len - end.len), &seconds);
}

static int write_backup(Local *local, Str path, Str bytes) {
    const Disk *disk = local->disk;
    bool is_dated = is_dated_backup(local, disk_name_of(path));
    Str place = is_dated ? local->next_backup_path : path;
    int error = disk->write_file(disk->self, place, bytes, FILE_MODE);
    if (!error && is_dated)
        error = disk->rename(disk->self, place, path);
    if (!error && is_dated)
        error = disk->sync_directory(disk->self, disk_directory_of(path));
    return error;
}

/* Writes the state from before this run to the backup, before the first write that differs. */
static bool back_up(Local *local, Str bytes, Diags *diags) {
    Str path = local->backend.backup_path;
    if (local->has_backup || path.len == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("state backup");
    Str before;
    if (!local_read(&local->backend, &before, scratch, diags))
        return false;
    if (str_equal(before, bytes))
        return true;
    if (before.len > 0 && local->backend.backup_bytes.ptr)
        before = local->backend.backup_bytes;
    if (before.len > 0) {
        int error = write_backup(local, path, before);
        if (error)
            return local_backend_report(diags, "Failed to write the backup of the state", path,
                                        error, "The state was not changed.");
    }
    local->has_backup = true;
    return true;
}

/* Removes access of group and others, since the state holds secrets. */
static int restrict_mode(Local *local) {
    DiskStat stat;
    int error = local->disk->stat(local->disk->self, local->path, &stat);
    if (error || (stat.mode & 077) == 0)
        return error;
    return local->disk->chmod(local->disk->self, local->path, FILE_MODE);
}

/* Creates a missing directory with its parents; returns -ELOOP if a part of a relative path is a
 * symbolic link, because links of a project must not lead files of loam elsewhere. */
static int local_backend_make_directory(const Disk *disk, Str directory) {
    SCOPED(ArenaRef) scratch = arena_open("directory of states");
    Str target;
    for (Str at = directory; at.ptr[0] != '/' && !str_equal(at, STR("."));
         at = disk_directory_of(at)) {
        if (disk->read_link(disk->self, at, &target, scratch) == 0)
            return -ELOOP;
    }
    return disk->make_directories(disk->self, directory, DIRECTORY_MODE);
}

static int local_backend_open_state(Local *local, DiskFile *out) {
    const Disk *disk = local->disk;
    /* The state may be a link, as in Terraform, but no file is created through one. */
    int error = disk->open(disk->self, local->path, DISK_READ | DISK_WRITE, FILE_MODE, out);
    if (error != -ENOENT)
        return error;
    error = local_backend_make_directory(disk, disk_directory_of(local->path));
    return error ? error
                 : disk->open(disk->self, local->path, DISK_READ | DISK_WRITE | DISK_CREATE,
                              FILE_MODE, out);
}

static int write_both(Local *local, DiskFile file, Str bytes) {
    const Disk *disk = local->disk;
    int error = disk->write_file(disk->self, local->next_path, bytes, FILE_MODE);
    if (!error)
        error = restrict_mode(local);
    if (!error)
        error = write_in_place(local, file, bytes);
    return error ? error : disk->remove(disk->self, local->next_path);
}

/* An unlocking holder deletes an empty state file, as other programs may at any time. Then the
 * acquired lock is on a deleted file. */
static bool is_still_there(const Local *local) {
    return local->disk->is_at(local->disk->self, local->file, local->path);
}

/* Leaves a replaced state file alone: another program may need it, and the journal holds this run's
 * changes. */
static bool report_replaced(const Local *local, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "State file replaced while locked",
                      "\"%.*s\" was removed or replaced while this command held its lock. The "
                      "present file was not changed. Every program that writes a state must hold "
                      "its lock: find the one that did not.",
                      STR_ARG(local->path));
}

static bool local_write(Backend *backend, Str bytes, Diags *diags) {
    Local *local = backend->self;
    const Disk *disk = local->disk;
    DiskFile file = local->file;
    int error = 0;
    if (file.handle && !is_still_there(local))
        return report_replaced(local, diags);
    if (!back_up(local, bytes, diags))
        return false;
    if (!file.handle)
        error = local_backend_open_state(local, &file);
    if (!error)
        error = write_both(local, file, bytes);
    if (!error && local->file.handle && !is_still_there(local))
        return report_replaced(local, diags);
    if (!local->file.handle && file.handle)
        disk->close(disk->self, file);
    if (!error)
        return true;
    return local_backend_report(diags, "Failed to write the state", local->path, error,
                                "Free space or repair the disk.");
}

static void local_backend_read_holder(Local *local, LockInfo *out, Arena *arena) {
    Str text;
    int error = local->disk->read_file(local->disk->self, local->lock_path, &text, arena);
    if (error || !state_lock_from_json(text, out, arena))
        *out = (LockInfo){.path = local->path};
}

static int local_backend_try_lock(Local *local, pid_t *pid) {
    const Disk *disk = local->disk;
    for (;;) {
        DiskFile file = {0};
        bool existed = disk_exists(disk, local->path);
        int error = local_backend_open_state(local, &file);
        if (error)
            return error;
        error = disk->lock(disk->self, file, pid);
        if (!error && disk->is_at(disk->self, file, local->path)) {
            local->file = file;
            local->created_file = !existed;
            return 0;
        }
        disk->close(disk->self, file);
        if (error)
            return error;
    }
}

/* Cleans up after a holder that died. The kernel released its lock, but its lock info remains. So
 * may an empty state file that locking created, and a partial NAME.next with secrets. */
static void clean_up_dead_holder(Local *local, Arena *arena) {
    const Disk *disk = local->disk;
    const Str paths[] = {local->next_path, local->next_backup_path, local->backend.backup_path,
                         local->backend.journal->name};
    uint64_t size = 1;
    log_debug("lock of a dead process taken over", log_text("path", local->path));
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        if (paths[i].len)
            (void)disk->remove(disk->self, disk_temporary_of(paths[i], arena));
    }
    (void)disk->remove(disk->self, local->next_backup_path);
    if (disk->size(disk->self, local->file, &size) == 0 && size == 0)
        local->created_file = true;
}

static int write_info(Local *local, const LockInfo *info) {
    SCOPED(ArenaRef) scratch = arena_open("lock info");
    if (disk_exists(local->disk, local->lock_path))
        clean_up_dead_holder(local, scratch);
    return local->disk->write_file(local->disk->self, local->lock_path,
                                   state_lock_to_json(info, scratch), FILE_MODE);
}

/* Closes the lock. A later unlock must do nothing: it would delete the lock info of another program
 * that has created the file again. */
static void discard_lock(Local *local) {
    local->disk->close(local->disk->self, local->file);
    local->file = (DiskFile){0};
    local->created_file = false;
}

static void local_backend_release(Local *local) {
    const Disk *disk = local->disk;
    uint64_t size = 1;
    (void)disk->remove(disk->self, local->lock_path);
    if (local->created_file && is_still_there(local) &&
        disk->size(disk->self, local->file, &size) == 0 && size == 0)
        (void)disk->remove(disk->self, local->path);
    discard_lock(local);
}

static bool report_lock(Local *local, int error, Diags *diags) {
    return local_backend_report(
        diags, "Error acquiring the state lock", local->path, error,
        "Check the permissions of the state's directory. To plan without the lock, add "
        "-lock=false.");
}

static LockResult local_backend_attempt(void *self, LockInfo *holder, pid_t *pid, Arena *arena,
                                        Diags *diags) {
    Local *local = self;
    int error = local_backend_try_lock(local, pid);
    if (error == -EAGAIN) {
        local_backend_read_holder(local, holder, arena);
        return LOCK_HELD;
    }
    if (!error)
        return LOCK_ACQUIRED;
    (void)report_lock(local, error, diags);
    return LOCK_FAILED;
}

static bool local_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                       const CancelToken *cancel, Diags *diags) {
    Local *local = backend->self;
    CHECK(!local->file.handle);
    LockAttempt trying = {local, local_backend_attempt, backend->waiting, backend->waiting_payload,
                          LOCK_ENDS_WITH_PROCESS};
    if (!state_lock_acquire(&trying, local->clock, timeout_ms, cancel, diags))
        return false;
    int error = write_info(local, info);
    if (!error)
        return true;
    local_backend_release(local);
    return report_lock(local, error, diags);
}

static bool local_unlock(Backend *backend, Diags *) {
    Local *local = backend->self;
    if (local->file.handle)
        local_backend_release(local);
    return true;
}

static void local_close(Backend *backend) {
    Local *local = backend->self;
    backend->journal->close(backend->journal);
    if (local->file.handle)
        local_backend_release(local);
}

static Str beside(Str path, const char *before, const char *behind, Arena *arena) {
    Str name = disk_name_of(path);
    Str directory = str_slice(path, 0, (size_t)(name.ptr - path.ptr));
    return str_format(arena, "%.*s%s%.*s%s", STR_ARG(directory), before, STR_ARG(name), behind);
}

static void add_dated_backups(const Local *local, StrVec *out, Arena *arena) {
    DiskEntries entries = {0};
    Str directory = disk_directory_of(local->path);
    if (local->disk->list(local->disk->self, directory, &entries, arena) != 0)
        return; /* the removal reports it */
    vec_each(&entries, entry) {
        if (is_dated_backup(local, entry->name))
            vec_push(arena, out, disk_join(directory, entry->name, arena));
    }
}

/* Returns the files of the state, in the order in which they are removed. A temporary file is left
 * by a run that died. */
static StrVec own_files(const Local *local, Arena *arena) {
    const Str copies[] = {
        local->next_path,
        beside(local->path, "", ".journal", arena),
        beside(local->path, "", ".backup", arena),
        local->next_backup_path,
    };
    StrVec files = {0};
    for (size_t i = 0; i < ARRAY_COUNT(copies); i++) {
        vec_push(arena, &files, disk_temporary_of(copies[i], arena));
        vec_push(arena, &files, copies[i]);
    }
    add_dated_backups(local, &files, arena);
    vec_push(arena, &files, disk_temporary_of(local->lock_path, arena));
    vec_push(arena, &files, local->lock_path);
    vec_push(arena, &files, local->path);
    return files;
}

/* Returns false, with an error, if the directory contains anything but these files. */
static bool check_only(const Local *local, const StrVec *files, Arena *arena, Diags *diags) {
    DiskEntries entries = {0};
    Str directory = disk_directory_of(local->path);
    if (local->disk->list(local->disk->self, directory, &entries, arena) != 0)
        return true; /* the removal reports it */
    vec_each(&entries, entry) {
        bool is_own = false;
        vec_each(files, file) {
            is_own |= str_equal(entry->name, disk_name_of(*file));
        }
        if (is_own)
            continue;
        return diags_fail(diags, NO_RANGE, "Cannot delete the workspace",
                          "\"%.*s\" contains \"%.*s\", which is no part of the state, so nothing "
                          "was removed. Move or remove it first.",
                          STR_ARG(directory), STR_ARG(entry->name));
    }
    return true;
}

/* Deletes the files of the state, then their directory. If another file is in the directory, fails
 * before it deletes anything. */
static bool local_remove(Backend *backend, Diags *diags) {
    Local *local = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    StrVec files = own_files(local, scratch);
    int error = 0;
    if (local->file.handle && !is_still_there(local))
        return report_replaced(local, diags);
    if (!check_only(local, &files, scratch, diags))
        return false;
    vec_push(scratch, &files, disk_directory_of(local->path));
    for (size_t i = 0; i < files.count && (error == 0 || error == -ENOENT); i++)
        error = local->disk->remove(local->disk->self, files.items[i]);
    if (local->file.handle && !is_still_there(local))
        discard_lock(local);
    if (error == 0 || error == -ENOENT)
        return true;
    return diags_fail(diags, NO_RANGE, "Cannot delete the workspace",
                      "\"%.*s\" could not be removed with its files: %s.",
                      STR_ARG(disk_directory_of(local->path)), strerror(-error));
}

static Str setting(Value config, const char *name, Str otherwise) {
    Str text;
    bool is_given = value_find_text(config, str_from_cstr(name), &text) && text.len > 0;
    return is_given ? text : otherwise;
}

static Str local_backend_path_of(Value config, Str workspace, Arena *arena) {
    if (workspace.len == 0 || str_equal(workspace, STR("default")))
        return str_clone(setting(config, "path", STR("terraform.tfstate")), arena);
    Str directory = setting(config, "workspace_dir", STR("terraform.tfstate.d"));
    directory = disk_join(directory, workspace, arena);
    return str_clone(disk_join(directory, STR("terraform.tfstate"), arena), arena);
}

/* Rejects anything but a file: reading a pipe that this program holds open would block. */
static bool check_is_file(const Disk *disk, Str path, Diags *diags) {
    DiskStat stat;
    if (disk->stat(disk->self, path, &stat) != 0 || stat.kind == DISK_FILE)
        return true;
    return diags_fail(diags, NO_RANGE, "State path is not a file",
                      "\"%.*s\" is %s, but a state, its journal and its lock must be files. Remove "
                      "it, or use another path.",
                      STR_ARG(path),
                      stat.kind == DISK_DIRECTORY ? "a directory" : "a pipe, a socket or a device");
}

static bool local_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                       Diags *diags) {
    Local *local = arena_new(arena, Local);
    local->disk = io->disk;
    local->clock = io->clock;
    local->arena = arena;
    local->path = local_backend_path_of(config, workspace, arena);
    local->next_path = beside(local->path, "", ".next", arena);
    local->next_backup_path = beside(local->path, "", ".backup.next", arena);
    local->lock_path = beside(local->path, ".", ".lock.info", arena);
    local->backend = (Backend){
        .type = &local_backend,
        .self = local,
        .path = local->path,
        .journal = journal_file_new(io->disk, beside(local->path, "", ".journal", arena), arena),
        .has_marks = true,
        .backup_path = beside(local->path, "", ".backup", arena),
        .lock = local_lock,
        .unlock = local_unlock,
        .read = local_read,
        .write = local_write,
        .remove = local_remove,
        .close = local_close,
    };
    *out = &local->backend;
    return check_is_file(io->disk, local->path, diags) &&
           check_is_file(io->disk, local->next_path, diags) &&
           check_is_file(io->disk, local->lock_path, diags) &&
           check_is_file(io->disk, local->backend.journal->name, diags);
}

static bool local_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    DiskEntries entries = {0};
    Str directory = setting(config, "workspace_dir", STR("terraform.tfstate.d"));
    int error = io->disk->list(io->disk->self, directory, &entries, arena);
    if (error && error != -ENOENT)
        return diags_fail(diags, NO_RANGE, "Cannot list the workspaces",
                          "The directory \"%.*s\" could not be read: %s.", STR_ARG(directory),
                          strerror(-error));
    vec_each(&entries, entry) {
        if (entry->kind == DISK_DIRECTORY && !str_equal(entry->name, STR("default")))
            vec_push(arena, out, entry->name);
    }
    return true;
}

static bool local_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Str directory = disk_directory_of(local_backend_path_of(config, workspace, scratch));
    int error = local_backend_make_directory(io->disk, directory);
    if (error == 0)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Cannot create the workspace",
        "The directory \"%.*s\" could not be created: %s. %s", STR_ARG(directory), strerror(-error),
        error == -ELOOP ? "A part of it is a symbolic link, and loam creates nothing through a "
                          "link of the project. Remove the link, or set \"workspace_dir\" of the "
                          "backend \"local\" to its target."
                        : disk_hint(error, "Check the permissions of its parent directory."));
}

static const Attribute local_attributes[] = {
    {"path", &TYPE_STRING, OPTIONAL, "Path of the state file (default \"terraform.tfstate\")."},
    {"workspace_dir", &TYPE_STRING, OPTIONAL, "Directory for the states of other workspaces."},
};

const BackendType local_backend = {
    .name = "local",
    .about = "Terraform and OpenTofu use the same file and the same lock, so you can use either "
             "program with the same state. The journal (`.journal`) and the backup of the previous "
             "state (`.backup`) are beside the file.",
    .schema = {SCHEMA_ATTRIBUTES(local_attributes),
               .description = "Stores the state in a local file."},
    .open = local_open,
    .list = local_list,
    .make = local_make,
};
