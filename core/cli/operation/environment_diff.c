/* Compares two environments. */
#include "environment_diff.h"
#include "backends.h"
#include "decode.h"
#include "environment_side.h"
#include "eval.h"
#include "json.h"
#include "log.h"
#include "render_secret.h"
#include "static_eval.h"
#include "utf8.h"

typedef struct Comparing {
    const EnvironmentSide *sides[2];
    EnvironmentDifferences *out;
    Map secrets; /* secret texts of both plans, as of render_secret.h */
    Arena *arena;
    Diags *diags;
} Comparing;

static void compare_marked(Comparing *comparing, const char *section, Str name, Str path,
                           const Value *a, const Value *b);

static const Value *environment_diff_member_of(Value value, Str name, Value *storage) {
    return value_find(value, name, storage) ? storage : NULL;
}

static void environment_diff_compare_members(Comparing *comparing, const char *section, Str name,
                                             Str path, Value a, Value b) {
    Map names = map_new(comparing->arena);
    Value sides[2] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < sides[i].count; j++)
            map_set(&names, value_key_at(sides[i], j), comparing);
    }
    map_each(&names, entry) {
        Value left, right;
        Str inner = str_format(comparing->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(entry->key));
        compare_marked(comparing, section, name, inner,
                       environment_diff_member_of(a, entry->key, &left),
                       environment_diff_member_of(b, entry->key, &right));
    }
}

static bool environment_diff_has_members(const Value *value) {
    return value && value_is_present(*value) && !value_is_secret(*value) &&
           type_is_mapping(value->type);
}

/* Compares objects and maps member by member, other values as a whole. */
static void compare_marked(Comparing *comparing, const char *section, Str name, Str path,
                           const Value *a, const Value *b) {
    if (a && b ? value_equal(*a, *b) : a == b)
        return;
    if (environment_diff_has_members(a) && environment_diff_has_members(b)) {
        environment_diff_compare_members(comparing, section, name, path, *a, *b);
        return;
    }
    EnvironmentDifference difference = {.section = section, .name = name, .path = path};
    const Value *sides[2] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        difference.has[i] = sides[i] != NULL;
        difference.values[i] = sides[i] ? *sides[i] : value_null(&TYPE_DYNAMIC);
    }
    vec_push(comparing->arena, comparing->out, difference);
}

/* Compares two values; NULL: absent. Repetitions of secrets are marked first. */
static void environment_diff_compare_values(Comparing *comparing, const char *section, Str name,
                                            Str path, const Value *a, const Value *b) {
    const Value *sides[2] = {a, b};
    Value marked[2];
    for (size_t i = 0; i < 2; i++) {
        if (sides[i])
            marked[i] = render_secret_mark(&comparing->secrets, *sides[i], comparing->arena);
        sides[i] = sides[i] ? &marked[i] : NULL;
    }
    compare_marked(comparing, section, name, path, sides[0], sides[1]);
}

static bool variable_of(const EnvironmentSide *side, Str name, Value *out, Arena *arena,
                        Diags *diags) {
    const Variable *variable = map_find(&side->project.config->root->variables, name);
    const InputValue *given = map_find(&side->project.variables, name);
    SourceRange range = given ? given->range : variable->range;
    return input_convert(variable, given ? &given->value : NULL, range, out, arena, diags);
}

static bool environment_diff_compare_variables(Comparing *comparing) {
    bool ok = true;
    map_each(&comparing->sides[0]->project.config->root->variables, entry) {
        Value values[2];
        bool both = true;
        for (size_t i = 0; i < 2; i++)
            both &= variable_of(comparing->sides[i], entry->key, &values[i], comparing->arena,
                                comparing->diags);
        if (both)
            environment_diff_compare_values(comparing, "variables", entry->key, STR_EMPTY,
                                            &values[0], &values[1]);
        ok &= both;
    }
    return ok;
}

/* The arguments in one side's block: name → Value. */
typedef struct Settings {
    const Schema *schema;
    StaticEval *statics;
    const Module *module;
    Map values;
    Arena *arena;
} Settings;

/* Omits arguments whose values are not known before the plan. */
static void environment_diff_add_setting(void *self, const char *name, const Expr *expr) {
    Settings *settings = self;
    Diags ignored = diags_new(settings->arena);
    Value *value = arena_new(settings->arena, Value);
    const Attribute *attribute = schema_find_attribute(settings->schema, str_from_cstr(name));
    bool is_secret = attribute && (attribute->flags & SENSITIVE);
    const Scope *scope = static_eval_scope(settings->statics, settings->module, settings->arena);
    if (!eval_expr(expr, scope, value, settings->arena, &ignored))
        return;
    if (is_secret || (value_marks_deep(*value) & MARKS_SECRET))
        *value = value_with_marks(*value, MARK_SENSITIVE);
    map_set(&settings->values, str_from_cstr(name), value);
}

static void skip_blocks(void *, const DecodedGroup *) {
}

static Map environment_diff_read_settings(Comparing *comparing, size_t side, const Body *body,
                                          const Schema *schema) {
    const Config *config = comparing->sides[side]->project.config;
    Settings settings = {
        .schema = schema,
        .statics = config->statics,
        .module = config->root,
        .values = map_new(comparing->arena),
        .arena = comparing->arena,
    };
    DecodedVisitor visitor = {&settings, environment_diff_add_setting, skip_blocks};
    Diags ignored = diags_new(comparing->arena);
    const Decoded *decoded = NULL;
    /* A missing required argument is no error here: its value may come from elsewhere. */
    if (body && schema && !decode_body(body, schema, &decoded, comparing->arena, &ignored))
        log_debug("incomplete settings", log_number("side", (int64_t)side));
    if (decoded)
        decode_visit(decoded, &visitor, comparing->arena);
    return settings.values;
}

static void compare_settings(Comparing *comparing, const char *section, Str name, const Map *a,
                             const Map *b) {
    Map names = map_new(comparing->arena);
    map_each(a, entry) {
        map_set(&names, entry->key, comparing);
    }
    map_each(b, entry) {
        map_set(&names, entry->key, comparing);
    }
    map_each(&names, entry) {
        Str path = str_format(comparing->arena, ".%.*s", STR_ARG(entry->key));
        environment_diff_compare_values(comparing, section, name, path, map_find(a, entry->key),
                                        map_find(b, entry->key));
    }
}

/* Returns the block's arguments, overridden by those of the environment. */
static Map backend_settings(Comparing *comparing, size_t side, const BackendConfig *block,
                            const Schema *schema) {
    const Environment *environment = comparing->sides[side]->project.config->environment;
    Map out = environment_diff_read_settings(comparing, side, block ? block->body : NULL, schema);
    Map own = environment_diff_read_settings(comparing, side, environment->backend, schema);
    map_each(&own, entry) {
        map_set(&out, entry->key, entry->value);
    }
    return out;
}

static void compare_backends(Comparing *comparing) {
    Map values[2];
    Value places[2];
    Str name = STR_EMPTY;
    for (size_t i = 0; i < 2; i++) {
        const BackendConfig *config = comparing->sides[i]->project.config->root->backend;
        name = config ? config->type : STR("local");
        const BackendType *type = backends_find(name);
        values[i] = backend_settings(comparing, i, config, type ? &type->schema : NULL);
        places[i] = value_string(comparing->sides[i]->cli.workspace, comparing->arena);
    }
    environment_diff_compare_values(comparing, "backend", STR("workspace"), STR_EMPTY, &places[0],
                                    &places[1]);
    compare_settings(comparing, "backend", name, &values[0], &values[1]);
}

static const Schema *provider_schema(const EnvironmentSide *side, const ProviderConfig *config,
                                     Diags *ignored) {
    const Module *root = side->project.config->root;
    const ProviderRequirement *requirement = map_find(&root->requirements, config->name);
    Str name = requirement && requirement->source.len ? requirement->source : config->name;
    const Provider *provider;
    bool found = registry_find(side->cli.registry, name, &provider, config->range, ignored);
    return found ? &provider->schema : NULL;
}

static Map provider_settings(Comparing *comparing, size_t side, Str key) {
    Diags ignored = diags_new(comparing->arena);
    const EnvironmentSide *of = comparing->sides[side];
    const ProviderConfig *config = map_find(&of->project.config->root->providers, key);
    return environment_diff_read_settings(comparing, side, config ? config->body : NULL,
                                          config ? provider_schema(of, config, &ignored) : NULL);
}

static void compare_providers(Comparing *comparing) {
    Map keys = map_new(comparing->arena);
    for (size_t i = 0; i < 2; i++) {
        map_each(&comparing->sides[i]->project.config->root->providers, entry) {
            map_set(&keys, entry->key, comparing);
        }
    }
    map_each(&keys, entry) {
        Map a = provider_settings(comparing, 0, entry->key);
        Map b = provider_settings(comparing, 1, entry->key);
        compare_settings(comparing, "providers", entry->key, &a, &b);
    }
}

static bool will_be(const ResourceChange *change) {
    bool is_current = change->deposed.len == 0 && change->address.mode == MODE_MANAGED;
    return is_current && change->action != ACTION_DELETE && change->action != ACTION_FORGET;
}

static Map index_changes(const Plan *plan, Arena *arena) {
    Map out = map_new(arena);
    vec_each(&plan->changes, change) {
        if (will_be(change))
            map_set(&out, resource_addr_to_str(change->address, arena), change);
    }
    return out;
}

/* Values such as ids differ between any two environments. */
static bool is_decided_by_provider(const Schema *schema, Str name) {
    const Attribute *attribute = schema ? schema_find_attribute(schema, name) : NULL;
    return attribute && (attribute->flags & COMPUTED) && !(attribute->flags & REQUIRED) &&
           !(attribute->flags & OPTIONAL);
}

static void environment_diff_compare_objects(Comparing *comparing, Str address,
                                             const ResourceChange *a, const ResourceChange *b) {
    bool comparable = value_is_present(a->after) && value_is_present(b->after);
    for (size_t i = 0; comparable && i < a->after.type->count; i++) {
        Str name = a->after.type->names[i];
        Value left = value_at(a->after, i), right;
        if (is_decided_by_provider(a->schema, name) || !value_find(b->after, name, &right))
            continue;
        bool is_open = !value_is_known(left) && !value_is_known(right);
        if (!is_open)
            environment_diff_compare_values(comparing, "resources", address,
                                            str_format(comparing->arena, ".%.*s", STR_ARG(name)),
                                            &left, &right);
    }
}

static void compare_plans(Comparing *comparing) {
    Map changes[2];
    Map addresses = map_new(comparing->arena);
    for (size_t i = 0; i < 2; i++) {
        changes[i] = index_changes(comparing->sides[i]->result.plan, comparing->arena);
        map_each(&changes[i], entry) {
            map_set(&addresses, entry->key, comparing);
        }
    }
    map_each(&addresses, entry) {
        const ResourceChange *a = map_find(&changes[0], entry->key);
        const ResourceChange *b = map_find(&changes[1], entry->key);
        if (a && b) {
            environment_diff_compare_objects(comparing, entry->key, a, b);
            continue;
        }
        EnvironmentDifference difference = {.section = "resources", .name = entry->key};
        difference.has[0] = a != NULL;
        difference.has[1] = b != NULL;
        difference.values[0] = difference.values[1] = value_null(&TYPE_DYNAMIC);
        vec_push(comparing->arena, comparing->out, difference);
    }
}

static void environment_diff_collect_secrets(Comparing *comparing) {
    comparing->secrets = map_new(comparing->arena);
    for (size_t i = 0; i < 2; i++) {
        const Map *secrets =
            render_secret_of_plan(comparing->sides[i]->result.plan, comparing->arena);
        map_each(secrets, entry) {
            map_set(&comparing->secrets, entry->key, comparing);
        }
    }
}

bool environment_diff(const Cli *cli, const Arguments *arguments, const Str names[2],
                      EnvironmentDifferences *out, Diags *diags) {
    SCOPED(EnvironmentSide) a = {0};
    SCOPED(EnvironmentSide) b = {0};
    Comparing comparing = {
        .sides = {&a, &b},
        .out = out,
        .arena = cli->arena,
        .diags = diags,
    };
    bool should_refresh = option_flag(arguments, "refresh");
    if (!environment_side_open(&a, cli, arguments, names[0], should_refresh, diags) ||
        !environment_side_open(&b, cli, arguments, names[1], should_refresh, diags))
        return false;
    environment_diff_collect_secrets(&comparing);
    if (!environment_diff_compare_variables(&comparing))
        return false;
    compare_backends(&comparing);
    compare_providers(&comparing);
    compare_plans(&comparing);
    return true;
}
