/* loam state mv */
#include "command.h"
#include "environment.h"
#include "statefile.h"
#include "str_quote.h"

static const Option mv_options[] = {
    {"dry-run", OPTION_FLAG, NULL, "Show the moves without making them."},
    {"backup-out", OPTION_OUTPUT, "PATH",
     "Backup file for the file of -state-out; - for no backup."},
};

static const ModuleAddr *move_module(const ModuleAddr *module, const AddressTarget *from,
                                     const AddressTarget *to, Arena *arena) {
    if (module_addr_equal(module, from->module))
        return to->module;
    if (!module)
        return NULL;
    const ModuleAddr *parent = move_module(module->parent, from, to, arena);
    return module_addr_child(parent, module->name, module->key, arena);
}

static bool mv_check_pair(const AddressTarget *from, const AddressTarget *to, Diags *diags) {
    if (from->is_resource != to->is_resource)
        return diags_fail(diags, NO_RANGE, "Invalid state move request",
                          "Both addresses must be resources, or both must be modules.");
    if (!from->is_resource)
        return true;
    if (from->resource.mode == to->resource.mode &&
        str_equal(from->resource.type, to->resource.type))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Invalid state move request",
        "The resource types differ, so the target cannot use the state of the source.");
}

/* An address without a key names the instance without a key. If there is none, it names the whole
 * resource. */
static bool mv_is_whole_resource(const State *state, const AddressTarget *target) {
    if (!target->is_resource || target->resource.key.kind != KEY_NONE)
        return false;
    const StateResource *resource = state_find_resource(state, target->resource);
    if (!resource)
        return false;
    vec_each(&resource->instances, instance) {
        if (instance->key.kind == KEY_NONE)
            return false;
    }
    return true;
}

static bool mv_has_module(const State *state, const ModuleAddr *module, Arena *arena) {
    StateResources resources = {0};
    state_sorted_resources(state, &resources, arena);
    vec_each(&resources, resource) {
        if (module_addr_equal((*resource)->address.module, module))
            return true;
    }
    return false;
}

static Str target_text(const AddressTarget *target, Arena *arena) {
    return target->is_resource ? resource_addr_to_str(target->resource, arena)
                               : module_addr_to_str(target->module, arena);
}

/* The peers write the quotes of keys as escapes. */
static Str shown_target(const Cli *cli, const AddressTarget *target) {
    Str text = target_text(target, cli->arena);
    return cli_name(cli)->peer ? str_quote(text, cli->arena)
                               : str_format(cli->arena, "\"%.*s\"", STR_ARG(text));
}

/* A whole resource or module can only move to an unused address: its instances keep their keys, or
 * their addresses within the module. */
static bool check_room(const State *state, const AddressTarget *from, const AddressTarget *to,
                       Arena *arena, Diags *diags) {
    const char *noun = from->is_resource ? "resource" : "module";
    bool is_whole = !from->is_resource || mv_is_whole_resource(state, from);
    if (!is_whole)
        return true;
    if (from->is_resource && to->resource.key.kind != KEY_NONE)
        return diags_fail(
            diags, NO_RANGE, "Invalid target address",
            "Cannot move to %.*s: the source is a resource with all its instances, and the target "
            "is one instance. Give the address of one instance of the source.",
            STR_ARG(target_text(to, arena)));
    bool is_there = from->is_resource ? state_find_resource(state, to->resource) != NULL
                                      : mv_has_module(state, to->module, arena);
    if (is_there)
        diags_error(diags, NO_RANGE, "Invalid target address",
                    "Cannot move to %.*s: the state already has a %s there.",
                    STR_ARG(target_text(to, arena)), noun);
    return !is_there;
}

static bool mv_is_taken(const State *state, ResourceAddr address, Arena *arena, Diags *diags) {
    const StateInstance *instance = state_find_instance(state, address);
    if (!instance || (!instance->current && !instance->pending && instance->deposed.count == 0))
        return false;
    diags_error(diags, NO_RANGE, "Invalid target address",
                "Cannot move to %.*s: the state already has an object there.",
                STR_ARG(resource_addr_to_str(address, arena)));
    return true;
}

typedef struct Move {
    const StateResource *resource;
    const StateInstance *instance;
    ResourceAddr to;
} Move;

typedef VEC(Move) Moves;

static void collect_moves(const State *state, const AddressTarget *from, const AddressTarget *to,
                          Moves *out, Arena *arena) {
    StateResources resources = {0};
    bool is_whole = mv_is_whole_resource(state, from);
    state_sorted_resources(state, &resources, arena);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            ResourceAddr address = (*resource)->address;
            address.key = instance->key;
            if (!address_target_matches(from, address))
                continue;
            if (from->is_resource && from->resource.key.kind == KEY_NONE && !is_whole &&
                instance->key.kind != KEY_NONE)
                continue;
            ResourceAddr moved = address;
            if (from->is_resource) {
                moved = to->resource;
                if (is_whole)
                    moved.key = instance->key;
            } else {
                moved.module = move_module(address.module, from, to, arena);
            }
            vec_push(arena, out, (Move){*resource, instance, moved});
        }
    }
}

static void carry_in(State *state, const Move *move) {
    StateInstance *instance = state_add_instance(state, move->to);
    StateResource *resource = state_find_resource(state, move->to);
    resource->provider_config = move->resource->provider_config;
    instance->current = move->instance->current;
    instance->deposed.items = move->instance->deposed.items;
    instance->deposed.count = move->instance->deposed.count;
    instance->deposed.capacity = move->instance->deposed.count;
    instance->pending = move->instance->pending;
    instance->provider_key = move->instance->provider_key;
}

static bool mv_read_targets(const Arguments *arguments, AddressTarget *from, AddressTarget *to,
                            Arena *arena, Diags *diags) {
    const Str *words = arguments->positionals.items;
    return address_parse_target(words[0], from, arena, diags) &&
           address_parse_target(words[1], to, arena, diags) && mv_check_pair(from, to, diags);
}

/* `there` is the state that receives the objects: the same one, or that of -state-out. */
static bool find_moves(const Project *project, const State *there, const AddressTarget *from,
                       const AddressTarget *to, Moves *out, Diags *diags) {
    const State *state = project->state;
    Arena *arena = project->cli->arena;
    collect_moves(state, from, to, out, arena);
    if (out->count == 0) {
        project_refuse_address(project, "Invalid source address", target_text(from, arena), diags);
        return false;
    }
    if (!check_room(there, from, to, arena, diags))
        return false;
    vec_each(out, move) {
        if (mv_is_taken(there, move->to, arena, diags))
            return false;
    }
    return true;
}

static bool mentions(const StateObject *object, const Map *moved) {
    for (size_t i = 0; object && i < object->dependency_count; i++) {
        if (map_has(moved, object->dependencies[i]))
            return true;
    }
    return false;
}

/* Objects that depend on a moved object lose their whole list of dependencies, as in Terraform. The
 * next plan records it again. */
static void drop_dependencies(State *state, const Map *moved, Arena *arena) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (!mentions(instance->current, moved))
                continue;
            StateObject *object = arena_new(arena, StateObject);
            *object = *instance->current;
            object->dependencies = NULL;
            object->dependency_count = 0;
            instance->current = object;
        }
    }
}

/* Writes `state` to where it was read from, after project_write_state has written another one to
 * -state-out. */
static bool write_source(Project *project, State *state) {
    const Cli *cli = project->cli;
    Backend *backend = project->backend;
    Journal *journal;
    if (!journal_open(backend->journal, cli->io.clock, state, &journal, cli->arena, project->diags))
        return false;
    WorkingState *working = working_state_open(state, backend, journal, &cli->io, cli->arena);
    bool ok = working_state_checkpoint(working, project->diags);
    (void)working_state_close(working);
    journal_close(journal);
    return ok;
}

/* With -state-out, both files have the objects before the source drops them: a crash loses none. */
static bool write_moved(Project *project, const State *there, const Moves *moves) {
    Arena *arena = project->cli->arena;
    bool is_same = there == project->state;
    State *state = state_clone(project->state, arena);
    State *target = is_same ? state : state_clone(there, arena);
    Map moved = map_new(arena);
    vec_each(moves, move) {
        ResourceAddr source = move->resource->address;
        map_set(&moved, resource_addr_to_config_str(source, arena), state);
        source.key = move->instance->key;
        state_empty_instance(state, source);
        carry_in(target, move);
    }
    state_compact(state);
    drop_dependencies(state, &moved, arena);
    return project_write_state(project, target) && (is_same || write_source(project, state));
}

/* Reads the state at -state-out. Without that option, *out is the project's state. */
static bool read_out(Project *project, State **out) {
    Arena *arena = project->cli->arena;
    Backend *backend = project->out;
    const Disk *aside = project->is_locked ? project->cli->io.disk : NULL;
    Str text;
    bool found;
    *out = project->state;
    return backend == project->backend ||
           (backend_read(backend, &text, arena, project->diags) &&
            statefile_decode(backend->path, text, out, arena, project->diags) &&
            journal_replay(backend->journal, aside, *out, &found, arena, project->diags));
}

static int mv_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    bool dry_run = option_flag(arguments, "dry-run");
    AddressTarget from, to;
    Moves moves = {0};
    State *there;
    SCOPED(Project)
    project = {.options.out_backup_option = "backup-out", .options.dates_backup = true};
    if (!mv_read_targets(arguments, &from, &to, cli->arena, diags) ||
        !project_open_state_only(&project, cli, arguments, dry_run ? LOCK_NONE : LOCK_STATE_MV,
                                 diags) ||
        !project_check_has_state(&project) || !read_out(&project, &there) ||
        !find_moves(&project, there, &from, &to, &moves, diags) ||
        (!dry_run && !environment_approve_change(&project)))
        return 1;
    terminal_print("%s %.*s to %.*s\n", dry_run ? "Would move" : "Move",
                   STR_ARG(shown_target(cli, &from)), STR_ARG(shown_target(cli, &to)));
    if (dry_run)
        return 0;
    if (!write_moved(&project, there, &moves))
        return 1;
    /* Counts the requested move, not its instances. */
    terminal_print("Successfully moved 1 object(s).\n");
    return 0;
}

const Command cmd_state_mv = {
    .name = "mv",
    .alias = "move",
    .summary = "Move an object to another address",
    .usage = "[options] FROM TO",
    .about = "Moves a resource, an instance or a whole module to another address in the state, for "
             "example after renaming it in the configuration. With -state-out, moves it to that "
             "state file, which is created if needed.",
    .example = "loam state mv libvirt_domain.web libvirt_domain.front",
    .groups = {OPTION_GROUP(mv_options), &option_variables, &option_state, &option_environment,
               &option_change, &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .missing = "state mv requires two addresses: source and target.",
    .run = mv_run,
};
