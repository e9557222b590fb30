/* loam env list, loam env diff; env promote has a file of its own; other subcommands of "env" are
 * those of workspace */
#include "backends.h"
#include "command_table.h"
#include "decode.h"
#include "environment_side.h"
#include "eval.h"
#include "json.h"
#include "log.h"
#include "project.h"
#include "render_secret.h"
#include "static_eval.h"
#include "utf8.h"

#define ENV_SHOWN_BYTES 60 /* longest printed text of a value */

/* Lists the differences between two environments: values of variables, arguments of backend and
 * providers, and planned changes. Values keep their marks, and repetitions of a secret of either
 * plan are marked: the caller hides both values of a difference if one is secret. Two unknown
 * values count as equal. Omits attributes that only the provider decides. */

typedef struct EnvironmentDifference {
    const char *section; /* such as "variables" */
    Str name;            /* of the variable, the provider or the resource */
    Str path;            /* inside it: ".input.size"; empty: the whole */
    bool has[2];
    Value values[2]; /* with marks; null for a resource that one side lacks */
} EnvironmentDifference;

typedef VEC(EnvironmentDifference) EnvironmentDifferences;

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

/* Loads both environments, plans their changes without a lock, and compares them. */
static bool environment_diff(const Cli *cli, const Arguments *arguments, const Str names[2],
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

static const Option env_list_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static void env_list_text(Cli *cli, const Map *environments) {
    size_t width = 0;
    map_each(environments, entry) {
        width = entry->key.len > width ? entry->key.len : width;
    }
    map_each(environments, entry) {
        const Environment *environment = entry->value;
        bool is_chosen = str_equal(cli->environment, environment->name);
        Str place = environment->backend
                        ? STR("with backend settings")
                        : str_format(cli->arena, "in the workspace of the same name");
        terminal_print("%s %-*.*s  state %.*s%s\n", is_chosen ? "*" : " ", (int)width,
                       STR_ARG(entry->key), STR_ARG(place),
                       environment->is_protected ? ", protected" : "");
    }
}

static void list_json(Cli *cli, const Map *environments) {
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_array(&writer, "environments");
    map_each(environments, entry) {
        const Environment *environment = entry->value;
        json_object_start(&writer);
        json_key_string(&writer, "name", environment->name);
        json_key_bool(&writer, "protected", environment->is_protected);
        json_key_bool(&writer, "selected", str_equal(cli->environment, environment->name));
        json_key_bool(&writer, "has_backend", environment->backend != NULL);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

/* Lists all environments, even if one is selected. */
static int env_run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.may_be_empty = true};
    Cli any = *cli;
    any.environment = STR_EMPTY;
    if (!project_load(&project, &any, arguments, NULL, diags))
        return 1;
    const Map *environments = &project.config->root->environments;
    if (environments->count == 0 && !option_flag(arguments, "json"))
        return cmd_workspace.subcommands.rows[0]->run(&any, arguments, diags);
    if (option_flag(arguments, "json"))
        list_json(cli, environments);
    else
        env_list_text(cli, environments);
    return 0;
}

static const Command cmd_env_list = {
    .name = "list",
    .summary = "List the environments",
    .usage = "[options]",
    .about = "Lists the environments that the root module declares, the location of each state, "
             "and which are protected. A star marks the selected one (-env or LOAM_ENV). If the "
             "configuration declares no environments, lists the workspaces.",
    .example = "loam env list",
    .groups = {OPTION_GROUP(env_list_options), &option_variables, &option_environment,
               &option_view},
    .run = env_run_list,
};

static const Option diff_options[] = {
    {"refresh", OPTION_FLAG, NULL, "Refresh from real objects first (default false)."},
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
    {"detailed-exitcode", OPTION_FLAG, NULL, "Exit with status 2 if there are differences."},
};

static Str env_label_of(const EnvironmentDifference *difference, Arena *arena) {
    return str_concat(difference->name, difference->path, arena);
}

/* A value that is a secret on one side is hidden on both: the other side has the same kind of
 * value, often the same text. */
static bool env_is_secret(const EnvironmentDifference *difference) {
    return ((value_marks_deep(difference->values[0]) | value_marks_deep(difference->values[1])) &
            MARKS_SECRET) != 0;
}

/* A resource that one side lacks has no value to show. */
static bool env_is_whole_resource(const EnvironmentDifference *difference) {
    return strcmp(difference->section, "resources") == 0 && difference->path.len == 0;
}

static Str cell_of(const EnvironmentDifference *difference, size_t side, Arena *arena) {
    if (!difference->has[side])
        return STR("-");
    if (env_is_whole_resource(difference))
        return STR("exists");
    return env_is_secret(difference)
               ? STR("(sensitive value)")
               : value_display(difference->values[side], ENV_SHOWN_BYTES, arena);
}

static void env_add_cell(StrBuf *out, Str text, size_t width) {
    size_t taken = utf8_display_width(text);
    strbuf_add(out, text);
    strbuf_add_repeat(out, ' ', (taken < width ? width - taken : 0) + 2);
}

static void env_add_row(StrBuf *out, Str label, Str a, Str b, const size_t widths[2]) {
    strbuf_add_cstr(out, "  ");
    env_add_cell(out, label, widths[0]);
    env_add_cell(out, a, widths[1]);
    strbuf_add(out, b);
    strbuf_add_char(out, '\n');
}

static void widen(size_t *width, Str text) {
    size_t own = utf8_display_width(text);
    *width = own > *width ? own : *width;
}

/* Shows both environments side by side. */
static Str diff_to_text(const EnvironmentDifferences *differences, const Str names[2],
                        Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t widths[2] = {0, utf8_display_width(names[0])};
    const char *section = "";
    vec_each(differences, difference) {
        widen(&widths[0], env_label_of(difference, arena));
        widen(&widths[1], cell_of(difference, 0, arena));
    }
    vec_each(differences, difference) {
        if (strcmp(section, difference->section) != 0) {
            section = difference->section;
            strbuf_add_format(&out, "%s%c%s:\n", out.len ? "\n" : "",
                              (char)toupper((unsigned char)section[0]), section + 1);
            env_add_row(&out, STR_EMPTY, names[0], names[1], widths);
        }
        env_add_row(&out, env_label_of(difference, arena), cell_of(difference, 0, arena),
                    cell_of(difference, 1, arena), widths);
    }
    return strbuf_str(&out);
}

/* Adds an array of the names for which `is_listed` is true. */
static void write_names(JsonWriter *writer, Str key, const Str names[2], const bool is_listed[2]) {
    json_key(writer, key);
    json_array_start(writer);
    for (size_t i = 0; i < 2; i++) {
        if (is_listed[i])
            json_write_string(writer, names[i]);
    }
    json_array_end(writer);
}

static void env_write_values(JsonWriter *writer, const EnvironmentDifference *difference,
                             const Str names[2]) {
    json_key_object(writer, "values");
    for (size_t i = 0; i < 2; i++) {
        if (!difference->has[i] || !value_is_wholly_known(difference->values[i]))
            continue;
        json_key(writer, names[i]);
        json_write_value(writer, difference->values[i]);
    }
    json_object_end(writer);
}

static void write_difference(JsonWriter *writer, const EnvironmentDifference *difference,
                             const Str names[2]) {
    json_object_start(writer);
    json_key_string(writer, "section", str_from_cstr(difference->section));
    json_key_string(writer, "name", difference->name);
    if (difference->path.len > 0)
        json_key_string(writer, "path", str_after(difference->path, 1));
    write_names(writer, STR("present_in"), names, difference->has);
    json_key_bool(writer, "sensitive", env_is_secret(difference));
    if (!env_is_secret(difference) && !env_is_whole_resource(difference))
        env_write_values(writer, difference, names);
    json_object_end(writer);
}

static Str diff_to_json(const EnvironmentDifferences *differences, const Str names[2],
                        Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    const bool both[2] = {true, true};
    json_writer_init(&writer, &out, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    write_names(&writer, STR("environments"), names, both);
    json_key_array(&writer, "differences");
    vec_each(differences, difference) {
        write_difference(&writer, difference, names);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&out, '\n');
    return strbuf_str(&out);
}

static int run_diff(Cli *cli, const Arguments *arguments, Diags *diags) {
    EnvironmentDifferences differences = {0};
    const Str *names = arguments->positionals.items;
    if (!environment_diff(cli, arguments, names, &differences, diags))
        return 1;
    if (option_flag(arguments, "json"))
        terminal_out(diff_to_json(&differences, names, cli->arena));
    else if (differences.count > 0)
        terminal_out(diff_to_text(&differences, names, cli->arena));
    else
        terminal_print("%.*s and %.*s do not differ.\n", STR_ARG(names[0]), STR_ARG(names[1]));
    return differences.count > 0 && option_flag(arguments, "detailed-exitcode") ? 2 : 0;
}

static const CommandStatus diff_statuses[] = {
    {2, "With -detailed-exitcode, the environments differ."}, {0}};

static const Command cmd_env_diff = {
    .name = "diff",
    .summary = "Compare two environments",
    .usage = "[options] A B",
    .about =
        "Shows the differences between two environments side by side: variable values, backend and "
        "provider settings, and planned changes. Sensitive values stay hidden. The command "
        "acquires no lock and changes nothing; it reads real objects only with -refresh.",
    .statuses = diff_statuses,
    .example = "loam env diff -detailed-exitcode staging production",
    .groups = {OPTION_GROUP(diff_options), &option_variables, &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .missing = "env diff requires the names of two environments. To list them, run \"loam env "
               "list\".",
    .run = run_diff,
};

static const Command *const env_subcommands[] = {&cmd_env_list, &cmd_env_diff, &cmd_env_promote};

/* Terraform's old name of "workspace" is "env". */
static const Command *redirect(const Cli *cli, const StrVec *words) {
    if (cli_name(cli)->is_other)
        return &cmd_workspace;
    Str next = words->count > 1 ? words->items[1] : STR_EMPTY;
    bool is_workspace =
        !command_find(&cmd_env.subcommands, next) && command_find(&cmd_workspace.subcommands, next);
    return is_workspace ? &cmd_workspace : NULL;
}

const Command cmd_env = {
    .name = "env",
    .summary = "Manage the environments of the configuration",
    .usage = "<command> [options] [arguments]",
    .about = "An environment is a deployment of the configuration, with its own variable values, "
             "settings and state. Select one with -env or LOAM_ENV.",
    .example = "loam env diff staging production",
    COMMAND_SUBCOMMANDS(env_subcommands),
    .redirect = redirect,
};
