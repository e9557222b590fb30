/* Walks the directory tree of a package. */
#include "module_tree.h"

#include "base64.h"
#include "file_digest.h"
#include "hex.h"
#include "vec.h"

#include <errno.h>

#define DEPTH_LIMIT 64

typedef struct TreeFile {
    Str name; /* path relative to the package's root */
    Str link; /* link target; ptr NULL: a regular file */
} TreeFile;

typedef struct Tree {
    const Disk *disk;
    Str root;
    TreeKind kind;
    const TreeOpenFile *open; /* NULL: none */
    bool removes_git;         /* false: .git of a module is skipped */
    Arena *arena;
    VEC(TreeFile) files;
} Tree;

static int tree_walk(Tree *tree, Str directory, int depth);

static int tree_visit(Tree *tree, Str directory, const DiskEntry *entry, int depth) {
    const Disk *disk = tree->disk;
    TreeFile file = {.name = disk_join(directory, entry->name, tree->arena)};
    Str path = disk_join(tree->root, file.name, tree->arena);
    if (tree->kind == TREE_MODULE && str_equal(entry->name, STR(".git")))
        return tree->removes_git ? disk_remove_tree(disk, path) : 0;
    int status = disk->read_link(disk->self, path, &file.link, tree->arena);
    if (status != 0 && status != -EINVAL)
        return status;
    if (status != 0 && entry->kind == DISK_DIRECTORY)
        return tree_walk(tree, file.name, depth + 1);
    if (status != 0 && entry->kind == DISK_OTHER)
        return -ENOTSUP;
    vec_push(tree->arena, &tree->files, file);
    return 0;
}

static int tree_walk(Tree *tree, Str directory, int depth) {
    DiskEntries entries = {0};
    Str path = disk_join(tree->root, directory, tree->arena);
    if (depth > DEPTH_LIMIT)
        return -ELOOP;
    int status = tree->disk->list(tree->disk->self, path, &entries, tree->arena);
    vec_each(&entries, entry) {
        if (status == 0)
            status = tree_visit(tree, directory, entry, depth);
    }
    return status;
}

static bool tree_is_within(Str path, Str root) {
    return str_equal(path, root) ||
           (str_starts_with(path, root) && path.len > root.len && path.ptr[root.len] == '/');
}

/* Returns whether a link leads out of the package. For a broken link only its target text
 * counts. */
static bool leads_out(const Tree *tree, const TreeFile *file, Str real_root, Arena *arena) {
    const Disk *disk = tree->disk;
    Str real;
    if (str_starts_with(file->link, STR("/")))
        return true;
    Str text = disk_clean(disk_join(disk_directory_of(file->name), file->link, arena), arena);
    if (str_equal(text, STR("..")) || str_starts_with(text, STR("../")))
        return true;
    Str path = disk_join(tree->root, file->name, arena);
    int status = disk->real_path(disk->self, path, &real, arena);
    return status == 0 ? !tree_is_within(real, real_root) : status != -ENOENT;
}

bool module_tree_check(const Io *io, Str directory, TreeKind kind, Str shown, SourceRange range,
                       Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("module tree");
    Tree tree = {.disk = io->disk,
                 .root = directory,
                 .kind = kind,
                 .removes_git = kind == TREE_MODULE,
                 .arena = scratch};
    Str real_root = STR_EMPTY;
    int status = tree_walk(&tree, STR_EMPTY, 0);
    if (status == 0)
        status = io->disk->real_path(io->disk->self, directory, &real_root, scratch);
    if (status != 0)
        return diags_fail(
            diags, range, "Package not usable",
            status == -ENOTSUP
                ? "The package \"%.*s\" contains an entry that is not a file, directory or link%s."
                : "The package \"%.*s\" cannot be read: %s.",
            STR_ARG(shown), status == -ENOTSUP ? "" : strerror(-status));
    vec_each(&tree.files, file) {
        if (!file->link.ptr || !leads_out(&tree, file, real_root, scratch))
            continue;
        return diags_fail(diags, range, "Link leads out of the package",
                          "In the package \"%.*s\", the link \"%.*s\" leads to \"%.*s\", which is "
                          "outside the package. loam does not follow it.",
                          STR_ARG(shown), STR_ARG(file->name), STR_ARG(file->link));
    }
    return true;
}

static int tree_compare_files(const void *a, const void *b) {
    return str_compare(((const TreeFile *)a)->name, ((const TreeFile *)b)->name);
}

static int tree_add_file(const Tree *tree, const TreeFile *file, Digest *sums) {
    SCOPED(ArenaRef) scratch = arena_open("module file");
    Str sum;
    int status = 0;
    if (file->link.ptr && tree->kind == TREE_MODULE)
        sum = digest_hex(DIGEST_SHA256, file->link, scratch);
    else if (tree->open && str_equal(file->name, tree->open->name))
        status = file_digest_open(tree->disk, tree->open->file, DIGEST_SHA256, &sum, scratch);
    else
        status = file_digest(tree->disk, disk_join(tree->root, file->name, scratch), DIGEST_SHA256,
                             &sum, scratch);
    if (status == 0)
        digest_update(sums, str_format(scratch, "%.*s  %.*s\n", STR_ARG(sum), STR_ARG(file->name)));
    return status;
}

int module_tree_digest(const Io *io, Str directory, TreeKind kind, const TreeOpenFile *open,
                       Str *out, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("module digest");
    Tree tree = {.disk = io->disk, .root = directory, .kind = kind, .open = open, .arena = scratch};
    int status = tree_walk(&tree, STR_EMPTY, 0);
    if (status != 0)
        return status;
    if (tree.files.count)
        qsort(tree.files.items, tree.files.count, sizeof *tree.files.items, tree_compare_files);
    Digest *sums = digest_open(DIGEST_SHA256);
    vec_each(&tree.files, file) {
        if (status == 0)
            status = tree_add_file(&tree, file, sums);
    }
    Str raw;
    bool ok = hex_decode(digest_finish(sums, scratch), &raw, scratch);
    CHECK(ok);
    if (status == 0)
        *out = str_concat(STR("h1:"), base64_encode(raw, scratch), arena);
    return status;
}

static int tree_copy_file(const Tree *tree, const TreeFile *file, Str to) {
    SCOPED(ArenaRef) scratch = arena_open("module file");
    const Disk *disk = tree->disk;
    Str from = disk_join(tree->root, file->name, scratch);
    Str path = disk_join(to, file->name, scratch);
    Str content;
    DiskStat stat;
    int status = disk->make_directories(disk->self, disk_directory_of(path), 0777);
    if (status != 0)
        return status;
    if (file->link.ptr)
        return disk->link(disk->self, file->link, path);
    if (disk_exists(disk, path))
        return -EEXIST;
    status = disk->stat(disk->self, from, &stat);
    if (status == 0)
        status = disk->read_file(disk->self, from, &content, scratch);
    if (status == 0)
        status = disk->write_file(disk->self, path, content, stat.mode);
    return status;
}

static bool tree_is_hidden(Str name) {
    return str_starts_with(name, STR(".")) || str_find(name, STR("/."), 0) != SIZE_MAX;
}

int module_tree_copy(const Io *io, Str directory, Str to, Str *at, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("module copy");
    Tree tree = {.disk = io->disk, .root = directory, .arena = scratch};
    int status = tree_walk(&tree, STR_EMPTY, 0);
    *at = directory;
    vec_each(&tree.files, file) {
        if (status != 0 || tree_is_hidden(file->name))
            continue;
        status = tree_copy_file(&tree, file, to);
        *at = str_clone(file->name, arena);
    }
    return status;
}
