/* Gathers names of providers from resources, provider blocks and required_providers. */
#include "provider_needs.h"
#include "config_test.h"
#include "provider_address.h"
#include "utf8.h"
#include "version_constraint.h"

typedef struct NeedsReader {
    ForeignPrograms *programs;
    ProviderNeeds *out;
    bool ok;
    Arena *arena;
    Diags *diags;
} NeedsReader;

static ProviderNeed *find_need(const ProviderNeeds *needs, Str address) {
    vec_each(needs, need) {
        if (str_equal(need->address, address))
            return need;
    }
    return NULL;
}

static void needs_add(NeedsReader *reader, Str name, Str constraints, SourceRange range) {
    Arena *arena = reader->arena;
    Str address = foreign_programs_address(reader->programs, name, arena);
    ProviderNeed *need = find_need(reader->out, address);
    if (!need) {
        need = vec_add(arena, reader->out);
        *need = (ProviderNeed){.address = address, .name = name, .range = range};
        reader->ok &= foreign_programs_answer(reader->programs, name, &need->answer, reader->diags);
    }
    if (constraints.len)
        need->constraints =
            need->constraints.len
                ? str_format(arena, "%.*s, %.*s", STR_ARG(need->constraints), STR_ARG(constraints))
                : constraints;
}

static void add_ref(NeedsReader *reader, const Module *module, ProviderRef ref, Str constraints) {
    const ProviderRequirement *requirement = map_find(&module->requirements, ref.name);
    Str name = requirement && requirement->source.len ? requirement->source : ref.name;
    needs_add(reader, name, constraints, ref.range);
}

/* An import without a resource block needs a provider, too: a plan may generate the block. */
static void needs_add_import(NeedsReader *reader, const Module *module, const Import *import) {
    const ResourceAddr *to = &import->to.target.resource;
    ProviderRef ref = import->provider;
    if (ref.name.len == 0) {
        size_t end = str_find_char(to->type, '_', 0);
        if (to->module ||
            map_find(&module->resources, resource_addr_to_config_str(*to, reader->arena)))
            return;
        ref.name = str_slice(to->type, 0, end);
        ref.range = import->to.range;
    }
    add_ref(reader, module, ref, STR_EMPTY);
}

static void needs_add_module(NeedsReader *reader, const Module *module) {
    map_each(&module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        needs_add(reader, requirement->source.len ? requirement->source : requirement->name,
                  requirement->version, requirement->range);
    }
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        add_ref(reader, module, resource->provider, STR_EMPTY);
    }
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        add_ref(reader, module, (ProviderRef){.name = config->name, .range = config->range},
                config->version);
    }
    vec_each(&module->imports, import) {
        needs_add_import(reader, module, import);
    }
}

static void needs_add_tree(NeedsReader *reader, const Module *module) {
    needs_add_module(reader, module);
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            needs_add_tree(reader, call->module);
    }
}

/* Adds the modules that only test runs load. As in Terraform, provider blocks of test files need
 * nothing by themselves. */
static void add_tests(NeedsReader *reader, const Config *config) {
    for (size_t i = 0; config->tests && i < config->tests->files.count; i++) {
        vec_each(&config->tests->files.items[i]->runs, run) {
            if ((*run)->config)
                needs_add_tree(reader, (*run)->config->root);
        }
    }
}

static int compare_needs(const void *a, const void *b) {
    return str_compare(((const ProviderNeed *)a)->address, ((const ProviderNeed *)b)->address);
}

static bool needs_finish(NeedsReader *reader) {
    ProviderNeeds *needs = reader->out;
    vec_each(needs, need) {
        need->constraints = version_constraint_normal(need->constraints, reader->arena);
    }
    if (needs->count)
        qsort(needs->items, needs->count, sizeof *needs->items, compare_needs);
    return reader->ok;
}

bool provider_needs_of_module(ForeignPrograms *programs, const Module *module, ProviderNeeds *out,
                              Arena *arena, Diags *diags) {
    NeedsReader reader = {
        .programs = programs, .out = out, .ok = true, .arena = arena, .diags = diags};
    needs_add_module(&reader, module);
    return needs_finish(&reader);
}

bool provider_needs_of(ForeignPrograms *programs, const Config *config, const State *state,
                       ProviderNeeds *out, Arena *arena, Diags *diags) {
    NeedsReader reader = {
        .programs = programs, .out = out, .ok = true, .arena = arena, .diags = diags};
    StrVec addresses = {0};
    if (config) {
        needs_add_tree(&reader, config->root);
        add_tests(&reader, config);
    }
    if (state)
        required_providers_of_state(state, &addresses, arena);
    vec_each(&addresses, address) {
        needs_add(&reader, *address, STR_EMPTY, NO_RANGE);
    }
    return needs_finish(&reader);
}

typedef struct RootNeeds {
    ForeignPrograms *programs;
    const Config *config;
    bool is_read;
    ProviderNeeds needs;
} RootNeeds;

static Str constraints_of(void *payload, Str address, Arena *arena) {
    RootNeeds *root = payload;
    Diags ignored = diags_new(arena);
    if (!root->is_read &&
        !provider_needs_of(root->programs, root->config, NULL, &root->needs, arena, &ignored))
        return STR_EMPTY;
    root->is_read = true;
    const ProviderNeed *need = find_need(&root->needs, address);
    return need ? need->constraints : STR_EMPTY;
}

/* Adds the addresses that required_providers has with their hosts. */
static void add_explicit(const Module *module, StrVec *out, Arena *arena) {
    map_each(&module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        Str host, namespace, type;
        provider_address_split(requirement->source, &host, &namespace, &type);
        if (type.len)
            vec_push(arena, out, utf8_lower(requirement->source, arena));
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            add_explicit(call->module, out, arena);
    }
}

void provider_needs_constrain(ForeignPrograms *programs, const Config *config, Arena *arena) {
    RootNeeds *needs = arena_new(arena, RootNeeds);
    StrVec explicit = {0};
    add_explicit(config->root, &explicit, arena);
    foreign_programs_set_explicit(programs, explicit);
    *needs = (RootNeeds){.programs = programs, .config = config};
    foreign_programs_set_constraints(programs, constraints_of, needs);
}
