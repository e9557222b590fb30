/* planned_code: looks at each file of the plan, then for new ones beside them. */
#include "front_end.h"
#include "module_manifest.h"
#include "plan_options.h"

#include <errno.h>

#define SHOWN_MAX 10

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

bool planned_code_check(Project *project, const PlanFileSources *sources) {
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
    if (comparing.changed.count == 0)
        return true;
    Str names = code_names_of(&comparing);
    if (option_flag(project->arguments, "require-same-code"))
        return diags_fail(project->diags, NO_RANGE, "Configuration differs from the saved plan",
                          "These files are not those of the plan: %.*s. Check out the code of the "
                          "plan, make a new plan, or remove -require-same-code.",
                          STR_ARG(names));
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
