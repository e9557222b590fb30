/* journal_file: appends lines to a file; the first sync also syncs the directory. */
#include "journal_store.h"
#include "problem.h"

#include <errno.h>

#define JOURNAL_FILE_MODE      0600
#define JOURNAL_DIRECTORY_MODE 0700

typedef struct JournalFile {
    JournalStore store;
    const Disk *disk;
    DiskFile file; /* handle 0: not opened */
    uint64_t size;
    bool directory_is_synced;
    int broken; /* negative errno of a failed append that may have left a partial line; 0: none */
} JournalFile;

static bool succeeds(int error, Str *problem, Arena *arena) {
    if (error)
        *problem = str_clone(str_from_cstr(strerror(-error)), arena);
    return error == 0;
}

static bool journal_file_read(JournalStore *store, Str *out, bool *found, Str *problem,
                              Arena *arena) {
    const JournalFile *journal = store->self;
    DiskStat stat;
    if (journal->disk->stat(journal->disk->self, store->name, &stat) == 0 && stat.kind != DISK_FILE)
        return problem_text(problem, "it is not a file");
    int error = journal->disk->read_file(journal->disk->self, store->name, out, arena);
    *found = error == 0;
    if (error == -ENOENT) {
        *out = STR_EMPTY;
        return true;
    }
    return succeeds(error, problem, arena);
}

static void file_close(JournalStore *store) {
    JournalFile *journal = store->self;
    if (journal->file.handle)
        journal->disk->close(journal->disk->self, journal->file);
    journal->file = (DiskFile){0};
}

static int file_make_directory(const JournalFile *journal) {
    const Disk *disk = journal->disk;
    return disk->make_directories(disk->self, disk_directory_of(journal->store.name),
                                  JOURNAL_DIRECTORY_MODE);
}

static int file_open_file(JournalFile *journal) {
    const Disk *disk = journal->disk;
    unsigned flags = DISK_READ | DISK_WRITE | DISK_APPEND | DISK_CREATE;
    int error =
        disk->open(disk->self, journal->store.name, flags, JOURNAL_FILE_MODE, &journal->file);
    if (error == -ENOENT) {
        error = file_make_directory(journal);
        if (!error)
            error = disk->open(disk->self, journal->store.name, flags, JOURNAL_FILE_MODE,
                               &journal->file);
    }
    if (error)
        return error;
    error = disk->size(disk->self, journal->file, &journal->size);
    if (error)
        file_close(&journal->store);
    journal->broken = 0;
    return error;
}

/* Removes a partial line after a failed append, since it would corrupt the next line. */
static int file_append_bytes(JournalFile *journal, Str bytes) {
    const Disk *disk = journal->disk;
    int error = disk->append(disk->self, journal->file, bytes);
    if (!error)
        journal->size += bytes.len;
    else if (disk->truncate(disk->self, journal->file, journal->size) != 0)
        journal->broken = error;
    return error;
}

static bool file_append(JournalStore *store, Str lines, Str *problem, Arena *arena) {
    JournalFile *journal = store->self;
    int error = journal->broken;
    if (!error && !journal->file.handle)
        error = file_open_file(journal);
    if (!error)
        error = file_append_bytes(journal, lines);
    return succeeds(error, problem, arena);
}

static bool file_sync(JournalStore *store, Str *problem, Arena *arena) {
    JournalFile *journal = store->self;
    const Disk *disk = journal->disk;
    int error = disk->sync(disk->self, journal->file);
    if (!error && !journal->directory_is_synced) {
        error = disk->sync_directory(disk->self, disk_directory_of(store->name));
        journal->directory_is_synced = error == 0;
    }
    return succeeds(error, problem, arena);
}

static bool file_replace(JournalStore *store, Str text, Str *problem, Arena *arena) {
    JournalFile *journal = store->self;
    const Disk *disk = journal->disk;
    int error = disk->write_file(disk->self, store->name, text, JOURNAL_FILE_MODE);
    if (error == -ENOENT && file_make_directory(journal) == 0)
        error = disk->write_file(disk->self, store->name, text, JOURNAL_FILE_MODE);
    if (!error) {
        file_close(store);
        journal->broken = 0;
        journal->directory_is_synced = true;
    }
    return succeeds(error, problem, arena);
}

static bool file_remove(JournalStore *store, Str *problem, Arena *arena) {
    JournalFile *journal = store->self;
    const Disk *disk = journal->disk;
    file_close(store);
    int error = disk->remove(disk->self, store->name);
    if (error == -ENOENT)
        error = 0;
    if (!error)
        error = disk->sync_directory(disk->self, disk_directory_of(store->name));
    if (!error) {
        journal->broken = 0;
        journal->directory_is_synced = false;
    }
    return succeeds(error, problem, arena);
}

JournalStore *journal_file_new(const Disk *disk, Str path, Arena *arena) {
    JournalFile *journal = arena_new(arena, JournalFile);
    journal->disk = disk;
    journal->store = (JournalStore){
        .self = journal,
        .name = str_clone(path, arena),
        .read = journal_file_read,
        .append = file_append,
        .sync = file_sync,
        .replace = file_replace,
        .remove = file_remove,
        .close = file_close,
    };
    return &journal->store;
}
