/* loam state plans */
#include "command.h"
#include "project.h"
#include "stored_plan.h"

static const Option plans_options[] = {
    {"delete", OPTION_TEXT, "NAME", "Delete the stored plan of this name; may be repeated."},
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static bool delete_named(const NamedObjects *store, const Arguments *arguments, Diags *diags) {
    bool ok = true;
    vec_each(&arguments->options, value) {
        if (strcmp(value->option->name, "delete") != 0)
            continue;
        Str prefix = STR(PLAN_STORE_PREFIX);
        Str name = str_after(value->text, str_starts_with(value->text, prefix) ? prefix.len : 0);
        ok = plan_store_check_name(name, diags) && plan_store_delete(store, name, diags) && ok;
    }
    return ok;
}

static void state_plans_print_json(const StoredPlans *plans, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_array(&writer, "plans");
    vec_each(plans, plan) {
        json_object_start(&writer);
        json_key_string(&writer, "name", plan->name);
        json_key_bool(&writer, "complete", plan->digest.len > 0);
        if (plan->digest.len > 0) {
            json_key_string(&writer, "digest", plan->digest);
            json_key(&writer, STR("size"));
            json_uint(&writer, plan->size);
            json_key_string(&writer, "created", clock_format_rfc3339(plan->created_ms, arena));
            json_key_string(&writer, "lineage", plan->lineage);
            json_key(&writer, STR("serial"));
            json_uint(&writer, plan->serial);
        }
        json_object_end(&writer);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

static void state_plans_print_table(const StoredPlans *plans, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    size_t width = strlen("Name");
    vec_each(plans, plan) {
        width = plan->name.len > width ? plan->name.len : width;
    }
    strbuf_add_format(&text, "%-*s  %-20s  %6s  %9s  %s\n", (int)width, "Name", "Created", "Serial",
                      "Bytes", "Digest");
    vec_each(plans, plan) {
        strbuf_add_format(&text, "%-*.*s  ", (int)width, STR_ARG(plan->name));
        if (plan->digest.len == 0)
            strbuf_add_cstr(&text, "(incomplete)\n");
        else
            strbuf_add_format(&text, "%.*s  %6llu  %9llu  %.*s\n",
                              STR_ARG(clock_format_rfc3339(plan->created_ms, arena)),
                              (unsigned long long)plan->serial, (unsigned long long)plan->size,
                              STR_ARG(plan->digest));
    }
    terminal_out(strbuf_str(&text));
}

static int state_plans_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options = {.ignores_versions = true, .is_single = true}};
    const NamedObjects *store;
    StoredPlans plans = {0};
    if (!project_load_any(&project, cli, arguments, diags) || !project_open_backend(&project) ||
        !stored_plan_find_store(&project, &store))
        return 1;
    if (option_is_given(arguments, "delete"))
        return delete_named(store, arguments, diags) ? 0 : 1;
    if (!plan_store_list(store, &plans, cli->arena, diags))
        return 1;
    if (option_flag(arguments, "json"))
        state_plans_print_json(&plans, cli->arena);
    else if (plans.count > 0)
        state_plans_print_table(&plans, cli->arena);
    else
        terminal_print("No plans are stored with this state.\n");
    return 0;
}

const Command cmd_state_plans = {
    .name = "plans",
    .summary = "List the plans that are stored with the state",
    .usage = "[options]",
    .about = "Lists the plans that \"loam plan -out=state:NAME\" has stored in the backend of the "
             "state, with their digests and the serials of the states they were made for. The "
             "plan \"last\" is the stored plan that was applied last. An incomplete plan remains "
             "from an interrupted write. Plans stay until you delete them.",
    .example = "loam state plans -delete=run-42",
    .groups = {OPTION_GROUP(plans_options), &option_variables, &option_environment, &option_view},
    .run = state_plans_run,
};
