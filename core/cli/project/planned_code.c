/* planned_code: looks at each file of the plan, then for new ones beside them.
 *
 * The code of a plan is a SHA-256 of lines "CONTENT PATH", sorted by path, each with a NUL at its
 * end. So that another checkout gives the same, paths below the root module's directory are
 * relative to it, and paths below the data directory begin with ".loam/". */
#include "dependency_lock.h"
#include "digest.h"
#include "file_reads.h"
#include "front_end.h"
#include "module_lock.h"
#include "module_manifest.h"
#include "plan_options.h"

#include <errno.h>

#define SHOWN_MAX      10
#define CONTENT_PREFIX "sha256:"

typedef struct Comparing {
    const Disk *disk;
    const FunctionTable *functions;
    Map planned;     /* path → PlanFileSource */
    Map directories; /* of the planned files */
    StrVec changed;  /* "main.tf (changed)" */
    Arena *arena;
} Comparing;

static void code_add(Comparing *comparing, Str path, const char *what) {
    vec_push(comparing->arena, &comparing->changed,
             str_format(comparing->arena, "%.*s (%s)", STR_ARG(path), what));
}

static Str content_of(Str bytes, Arena *arena) {
    return str_concat(STR(CONTENT_PREFIX), digest_hex(DIGEST_SHA256, bytes, arena), arena);
}

static void code_compare(Comparing *comparing, const PlanFileSource *source) {
    Str bytes;
    int status =
        comparing->disk->read_file(comparing->disk->self, source->path, &bytes, comparing->arena);
    if (status == -ENOENT || status == -ENOTDIR)
        code_add(comparing, source->path, "missing");
    else if (status < 0 || !str_equal(bytes, source->bytes))
        code_add(comparing, source->path, "changed");
}

/* Returns whether a load of the directory reads the entry: no other file takes precedence. */
static bool is_read(const FrontEndDirectory *directory, const DiskEntry *entry, Arena *arena) {
    FrontEndFile file = {0};
    Diags ignored = diags_new(arena);
    return !front_end_read(directory, entry, &file, arena, &ignored) || file.source;
}

/* Adds the configuration files of the directory that the plan lacks. */
static void find_new(Comparing *comparing, Str path) {
    Arena *arena = comparing->arena;
    FrontEndDirectory directory = {
        .use = FRONT_END_CONFIGURATION,
        .disk = comparing->disk,
        .path = path,
        .functions = comparing->functions,
    };
    if (comparing->disk->list(comparing->disk->self, path, &directory.entries, arena) < 0)
        return;
    front_end_index(&directory, arena);
    vec_each(&directory.entries, entry) {
        Str name = disk_clean(disk_join(path, entry->name, arena), arena);
        if (entry->kind != DISK_DIRECTORY && front_end_is_configuration(entry->name) &&
            !map_has(&comparing->planned, name) && is_read(&directory, entry, arena))
            code_add(comparing, name, "new");
    }
}

static Str code_names_of(const Comparing *comparing) {
    const StrVec *changed = &comparing->changed;
    size_t shown = changed->count < SHOWN_MAX ? changed->count : SHOWN_MAX;
    Str names = str_join(changed->items, shown, STR(", "), comparing->arena);
    if (shown == changed->count)
        return names;
    return str_format(comparing->arena, "%.*s and %zu more", STR_ARG(names),
                      changed->count - shown);
}

/* Compares the other files of the plan's code. A device or a pipe is not read. */
static void compare_file(Comparing *comparing, const PlanFile *file) {
    const Disk *disk = comparing->disk;
    DiskStat stat;
    Str bytes;
    bool exists = disk->stat(disk->self, file->path, &stat) == 0;
    if (exists == str_equal(file->content, STR("missing")))
        code_add(comparing, file->path, exists ? "new" : "missing");
    else if (str_starts_with(file->content, STR(CONTENT_PREFIX)) && stat.kind == DISK_FILE &&
             (disk->read_file(disk->self, file->path, &bytes, comparing->arena) < 0 ||
              !str_equal(content_of(bytes, comparing->arena), file->content)))
        code_add(comparing, file->path, "changed");
}

/* Returns the path relative to the directory, if it is below it. */
static Str path_below(Str path, Str directory, Str prefix, Arena *arena) {
    size_t len = directory.len;
    bool is_below =
        len && str_starts_with(path, directory) && path.len > len && path.ptr[len] == '/';
    return is_below ? str_concat(prefix, str_after(path, len + 1), arena) : path;
}

typedef struct Code {
    Map files; /* path as in the code → Str *: content */
    Str root;  /* the root module's directory; empty: unknown */
    Str data;
    Arena *arena;
} Code;

static Str code_path(const Code *code, Str path) {
    path = path_below(disk_clean(path, code->arena), code->root, STR_EMPTY, code->arena);
    return path_below(path, code->data, STR(".loam/"), code->arena);
}

static void code_count(Code *code, Str path, Str content) {
    Str *kept = arena_new(code->arena, Str);
    *kept = content;
    if (!str_equal(path, STR(CODE_OVERRIDE)))
        map_set(&code->files, path, kept);
}

static int compare_entries(const void *a, const void *b) {
    return str_compare(((const MapEntry *)a)->key, ((const MapEntry *)b)->key);
}

static Str code_digest(const Code *code) {
    size_t count = code->files.count;
    MapEntry *sorted = arena_new_array(code->arena, MapEntry, count);
    if (count > 0) {
        memcpy(sorted, code->files.entries, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, compare_entries);
    }
    Digest *digest = digest_open(DIGEST_SHA256);
    for (size_t i = 0; i < count; i++) {
        digest_update(digest, *(const Str *)sorted[i].value);
        digest_update(digest, STR(" "));
        digest_update(digest, sorted[i].key);
        digest_update(digest, (Str){"", 1});
    }
    return str_concat(STR(CONTENT_PREFIX), digest_finish(digest, code->arena), code->arena);
}

static int compare_files(const void *a, const void *b) {
    return str_compare(((const PlanFile *)a)->path, ((const PlanFile *)b)->path);
}

static void note_lock_files(const Project *project, Arena *arena) {
    static const char *const names[] = {DEPENDENCY_LOCK_NAME, MODULE_LOCK_NAME};
    const Disk *disk = project->cli->io.disk;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str name = str_from_cstr(names[i]), bytes;
        if (disk->read_file(disk->self, name, &bytes, arena) == 0)
            file_reads_add(project->reads, name, bytes);
    }
}

void planned_code_note(const Project *project, Plan *plan, const PlanFileSources *sources) {
    Arena *arena = project->cli->arena;
    const Disk *disk = project->cli->io.disk;
    Code code = {.files = map_new(arena), .arena = arena};
    if (disk->real_path(disk->self, STR("."), &code.root, arena) < 0)
        code.root = STR_EMPTY;
    code.data = code_path(&code, project->cli->data_directory);
    note_lock_files(project, arena);
    Map found = file_reads_found(project->reads);
    map_each(&found, entry) {
        PlanFile file = {code_path(&code, entry->key), *(const Str *)entry->value};
        code_count(&code, file.path, file.content);
        file.path = path_below(disk_clean(entry->key, arena), code.root, STR_EMPTY, arena);
        vec_push(arena, &plan->files, file);
    }
    if (plan->files.count > 1)
        qsort(plan->files.items, plan->files.count, sizeof(PlanFile), compare_files);
    vec_each(sources, source) {
        code_count(&code, code_path(&code, source->path), content_of(source->bytes, arena));
    }
    plan->code = code_digest(&code);
}

bool planned_code_check(Project *project, const PlanInput *input) {
    bool is_strict = option_flag(project->arguments, "require-same-code");
    const PlanFileSources *sources = input->sources;
    Arena *arena = project->cli->arena;
    Comparing comparing = {
        .disk = project->cli->io.disk,
        .functions = project->cli->functions,
        .planned = map_new(arena),
        .directories = map_new(arena),
        .arena = arena,
    };
    Str manifest = module_manifest_path(project->cli->data_directory, arena);
    vec_each(sources, source) {
        if (str_equal(source->path, manifest))
            continue;
        map_set(&comparing.planned, disk_clean(source->path, arena), source);
        map_set(&comparing.directories, disk_directory_of(source->path), source);
        code_compare(&comparing, source);
    }
    map_each(&comparing.directories, entry) {
        find_new(&comparing, entry->key);
    }
    for (size_t i = 0; is_strict && i < input->plan->files.count; i++)
        compare_file(&comparing, &input->plan->files.items[i]);
    if (comparing.changed.count == 0)
        return true;
    Str names = code_names_of(&comparing);
    if (is_strict)
        return diags_fail(project->diags, NO_RANGE, "Configuration differs from the saved plan",
                          "These files are not those of the plan: %.*s. Check out the code of the "
                          "plan, make a new plan, or remove -require-same-code.",
                          STR_ARG(names));
    if (cli_name(project->cli)->peer && !option_flag(project->arguments, "json"))
        return true; /* the texts are those of the peers */
    /* The events of -json are those of Terraform, which does not compare the files. */
    if (option_flag(project->arguments, "json"))
        terminal_err(str_format(comparing.arena,
                                "Warning: Configuration differs from the saved plan. The apply "
                                "uses the copies in the plan. These files differ: %.*s.\n",
                                STR_ARG(names)));
    else
        diags_warning(project->diags, NO_RANGE, "Configuration differs from the saved plan",
                      "The apply uses the copies in the plan. These files differ from them: %.*s.",
                      STR_ARG(names));
    return true;
}
