/* A file is a node with its durable content beside the current one; names point at nodes, and a
 * list holds the changes of names since the last sync of their directory. */
#include "faulty_disk.h"
#include "map.h"

#include <errno.h>

#define PIECE 16 /* bytes that are kept, lost or garbled together */

typedef struct Node {
    VEC(char) now;
    VEC(char) durable;
    intptr_t locked_by;
} Node;

/* A name started to refer to a node (NULL: to nothing). */
typedef struct NameChange {
    Str path;
    Node *node;
} NameChange;

typedef struct Handle {
    Node *node; /* NULL: closed */
} Handle;

struct FaultyDisk {
    Arena *arena;
    Map names;         /* path → Node; NULL when removed */
    Map durable_names; /* the same, as after a loss of power */
    VEC(NameChange) changes;
    VEC(Handle) handles;
    Fault fault;
    uint64_t left;
    uint64_t operations;
    uint64_t random;
    bool is_dead;
};

static uint64_t random_next(FaultyDisk *disk) {
    disk->random ^= disk->random << 13;
    disk->random ^= disk->random >> 7;
    disk->random ^= disk->random << 17;
    return disk->random;
}

/* Negative errno if the fault occurs now; *half: part of the operation is done anyway. */
static int step(FaultyDisk *disk, bool *half) {
    *half = false;
    if (disk->is_dead)
        return -EIO;
    disk->operations++;
    if (disk->fault == FAULT_NONE || disk->left-- > 0)
        return 0;
    *half = random_next(disk) % 2;
    disk->is_dead = disk->fault != FAULT_ERROR;
    if (disk->fault == FAULT_ERROR)
        disk->fault = FAULT_NONE;
    return -EIO;
}

static int step_whole(FaultyDisk *disk) {
    bool half;
    return step(disk, &half);
}

static Node *find(FaultyDisk *disk, Str path) {
    return map_find(&disk->names, path);
}

static void set_name(FaultyDisk *disk, Str path, Node *node) {
    path = str_clone(path, disk->arena);
    map_set(&disk->names, path, node);
    NameChange change = {path, node};
    vec_push(disk->arena, &disk->changes, change);
}

static void resize(FaultyDisk *disk, Node *node, size_t size) {
    vec_reserve(disk->arena, &node->now, size);
    if (size > node->now.count)
        memset(node->now.items + node->now.count, 0, size - node->now.count);
    node->now.count = size;
}

static void put(FaultyDisk *disk, Node *node, size_t offset, Str bytes) {
    if (offset + bytes.len > node->now.count)
        resize(disk, node, offset + bytes.len);
    if (bytes.len)
        memcpy(node->now.items + offset, bytes.ptr, bytes.len);
}

static void make_durable(FaultyDisk *disk, Node *node) {
    node->durable.count = 0;
    vec_reserve(disk->arena, &node->durable, node->now.count);
    if (node->now.count)
        memcpy(node->durable.items, node->now.items, node->now.count);
    node->durable.count = node->now.count;
}

static int faulty_read_file(void *self, Str path, Str *out, Arena *arena) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (error)
        return error;
    Node *node = find(disk, path);
    if (!node)
        return -ENOENT;
    *out = str_clone((Str){node->now.items, node->now.count}, arena);
    return 0;
}

static void sync_names(FaultyDisk *disk, Str directory) {
    size_t kept = 0;
    vec_each(&disk->changes, change) {
        if (str_equal(disk_directory_of(change->path), directory)) {
            map_set(&disk->durable_names, change->path, change->node);
        } else {
            disk->changes.items[kept++] = *change;
        }
    }
    disk->changes.count = kept;
}

/* In the steps of the real disk; the fault may occur at each. */
static int faulty_write_file(void *self, Str path, Str bytes, uint32_t mode) {
    (void)mode;
    FaultyDisk *disk = self;
    Str temporary = str_format(disk->arena, "%.*s.tmp", STR_ARG(path));
    int error = step_whole(disk);
    if (error)
        return error;
    Node *node = arena_new(disk->arena, Node);
    set_name(disk, temporary, node);
    bool half;
    error = step(disk, &half);
    put(disk, node, 0, error ? str_slice(bytes, 0, half ? bytes.len / 2 : 0) : bytes);
    if (!error)
        error = step_whole(disk);
    if (!error) {
        make_durable(disk, node);
        error = step_whole(disk);
    }
    if (error) {
        if (!disk->is_dead)
            set_name(disk, temporary, NULL);
        return error;
    }
    set_name(disk, temporary, NULL);
    set_name(disk, path, node);
    error = step_whole(disk);
    if (!error)
        sync_names(disk, disk_directory_of(path));
    return error;
}

static int faulty_stat(void *self, Str path, DiskStat *out) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (error)
        return error;
    Node *node = find(disk, path);
    if (!node)
        return -ENOENT;
    *out = (DiskStat){.kind = DISK_FILE, .size = node->now.count, .mode = 0600};
    return 0;
}

static int faulty_list(void *self, Str path, DiskEntries *out, Arena *arena) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (error)
        return error;
    DiskEntries entries = {0};
    map_each(&disk->names, entry) {
        if (!entry->value || !str_equal(disk_directory_of(entry->key), path))
            continue;
        DiskEntry found = {disk_name_of(entry->key), DISK_FILE};
        vec_push(arena, &entries, found);
    }
    *out = entries;
    return 0;
}

static int faulty_make_directories(void *self, Str, uint32_t mode) {
    (void)mode;
    return step_whole(self);
}

static int faulty_remove(void *self, Str path) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (error)
        return error;
    if (!find(disk, path))
        return -ENOENT;
    set_name(disk, path, NULL);
    return 0;
}

static int faulty_rename(void *self, Str from, Str to) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    Node *node = find(disk, from);
    if (error)
        return error;
    if (!node)
        return -ENOENT;
    set_name(disk, from, NULL);
    set_name(disk, to, node);
    return 0;
}

static int faulty_chmod(void *self, Str, uint32_t mode) {
    (void)mode;
    return step_whole(self);
}

static int faulty_sync_directory(void *self, Str path) {
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (!error)
        sync_names(disk, path);
    return error;
}

static int faulty_open(void *self, Str path, unsigned flags, uint32_t mode, DiskFile *out) {
    (void)mode;
    FaultyDisk *disk = self;
    int error = step_whole(disk);
    if (error)
        return error;
    Node *node = find(disk, path);
    if (!node && !(flags & DISK_CREATE))
        return -ENOENT;
    if (node && (flags & DISK_EXCLUSIVE))
        return -EEXIST;
    if (!node) {
        node = arena_new(disk->arena, Node);
        set_name(disk, path, node);
    }
    if (flags & DISK_TRUNCATE)
        resize(disk, node, 0);
    Handle handle = {node};
    vec_push(disk->arena, &disk->handles, handle);
    out->handle = (intptr_t)disk->handles.count;
    return 0;
}

static Node *node_of(FaultyDisk *disk, DiskFile file) {
    CHECK(file.handle > 0 && (size_t)file.handle <= disk->handles.count);
    Node *node = disk->handles.items[file.handle - 1].node;
    CHECK(node || disk->is_dead);
    return node;
}

static int faulty_read(void *self, DiskFile file, uint64_t offset, void *out, size_t size,
                       size_t *got) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    int error = step_whole(disk);
    if (error)
        return error;
    Str bytes = str_slice((Str){node->now.items, node->now.count}, offset, offset + size);
    *got = bytes.len;
    if (bytes.len)
        memcpy(out, bytes.ptr, bytes.len);
    return 0;
}

static int faulty_write(void *self, DiskFile file, uint64_t offset, Str bytes) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    bool was_dead = disk->is_dead;
    bool half;
    int error = step(disk, &half);
    if (!was_dead)
        put(disk, node, offset, error ? str_slice(bytes, 0, half ? bytes.len / 2 : 0) : bytes);
    return error;
}

static int faulty_append(void *self, DiskFile file, Str bytes) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    return faulty_write(self, file, node ? node->now.count : 0, bytes);
}

static int faulty_truncate(void *self, DiskFile file, uint64_t size) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    int error = step_whole(disk);
    if (!error)
        resize(disk, node, size);
    return error;
}

static int faulty_sync(void *self, DiskFile file) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    int error = step_whole(disk);
    if (!error)
        make_durable(disk, node);
    return error;
}

static int faulty_size(void *self, DiskFile file, uint64_t *out) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    int error = step_whole(disk);
    if (!error)
        *out = node->now.count;
    return error;
}

static int faulty_lock(void *self, DiskFile file, pid_t *holder_pid) {
    FaultyDisk *disk = self;
    Node *node = node_of(disk, file);
    int error = step_whole(disk);
    if (error)
        return error;
    if (node->locked_by && node->locked_by != file.handle) {
        if (holder_pid)
            *holder_pid = 0;
        return -EAGAIN;
    }
    node->locked_by = file.handle;
    return 0;
}

static bool faulty_is_at(void *self, DiskFile file, Str path) {
    FaultyDisk *disk = self;
    return disk->is_dead || node_of(disk, file) == find(disk, path);
}

static void faulty_close(void *self, DiskFile file) {
    FaultyDisk *disk = self;
    if (!file.handle || disk->is_dead)
        return;
    Node *node = node_of(disk, file);
    if (node->locked_by == file.handle)
        node->locked_by = 0;
    disk->handles.items[file.handle - 1].node = NULL;
}

static void garble(FaultyDisk *disk, Node *node) {
    VEC(char) before = {0};
    vec_reserve(disk->arena, &before, node->durable.count);
    if (node->durable.count)
        memcpy(before.items, node->durable.items, node->durable.count);
    before.count = node->durable.count;
    size_t most = node->now.count > before.count ? node->now.count : before.count;
    size_t least = node->now.count < before.count ? node->now.count : before.count;
    size_t size = least + (most > least ? random_next(disk) % (most - least + 1) : 0);
    if (random_next(disk) % 2)
        size = node->now.count;
    uint64_t choice = 0;
    resize(disk, node, size);
    for (size_t i = 0; i < size; i++) {
        if (i % PIECE == 0)
            choice = random_next(disk) % 4;
        bool same = i < before.count && before.items[i] == node->now.items[i];
        if (same || choice == 0)
            continue;
        char old = i < before.count ? before.items[i] : '\0';
        node->now.items[i] = choice == 1 ? (char)random_next(disk) : old;
    }
}

static void restore_content(FaultyDisk *disk, Node *node) {
    if (disk->fault == FAULT_GARBLE) {
        garble(disk, node);
    } else {
        resize(disk, node, 0);
        put(disk, node, 0, (Str){node->durable.items, node->durable.count});
    }
    make_durable(disk, node);
}

static void restore_names(FaultyDisk *disk) {
    size_t kept = 0;
    if (disk->fault == FAULT_GARBLE)
        kept = random_next(disk) % (disk->changes.count + 1);
    for (size_t i = 0; i < kept; i++)
        map_set(&disk->durable_names, disk->changes.items[i].path, disk->changes.items[i].node);
    disk->names = map_new(disk->arena);
    map_each(&disk->durable_names, entry) {
        map_set(&disk->names, entry->key, entry->value);
    }
    disk->changes.count = 0;
}

void faulty_disk_restart(FaultyDisk *disk) {
    if (disk->is_dead && disk->fault != FAULT_KILL) {
        restore_names(disk);
        map_each(&disk->names, entry) {
            if (entry->value)
                restore_content(disk, entry->value);
        }
    }
    map_each(&disk->names, entry) {
        if (entry->value)
            ((Node *)entry->value)->locked_by = 0;
    }
    disk->handles.count = 0;
    disk->is_dead = false;
    disk->fault = FAULT_NONE;
}

void faulty_disk_arm(FaultyDisk *disk, Fault fault, uint64_t after, uint64_t seed) {
    disk->fault = fault;
    disk->left = after;
    disk->operations = 0;
    disk->random = seed * 0x9E3779B97F4A7C15ULL + 1;
}

bool faulty_disk_is_dead(const FaultyDisk *disk) {
    return disk->is_dead;
}

uint64_t faulty_disk_operations(const FaultyDisk *disk) {
    return disk->operations;
}

FaultyDisk *faulty_disk_new(Arena *arena) {
    FaultyDisk *disk = arena_new(arena, FaultyDisk);
    disk->arena = arena;
    disk->names = map_new(arena);
    disk->durable_names = map_new(arena);
    return disk;
}

Disk faulty_disk_as_disk(FaultyDisk *disk) {
    return (Disk){
        .self = disk,
        .read_file = faulty_read_file,
        .write_file = faulty_write_file,
        .stat = faulty_stat,
        .list = faulty_list,
        .make_directories = faulty_make_directories,
        .remove = faulty_remove,
        .rename = faulty_rename,
        .chmod = faulty_chmod,
        .sync_directory = faulty_sync_directory,
        .open = faulty_open,
        .read = faulty_read,
        .write = faulty_write,
        .append = faulty_append,
        .truncate = faulty_truncate,
        .sync = faulty_sync,
        .size = faulty_size,
        .lock = faulty_lock,
        .is_at = faulty_is_at,
        .close = faulty_close,
    };
}
