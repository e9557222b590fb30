/* Reads modes from options, and addresses from options and from files. */
#include "plan_options.h"

typedef struct Selection {
    Project *project;
    PlanOptions *out;
    Arena *arena;
    Diags *diags;
} Selection;

typedef bool AddAddress(Selection *selection, Str text);

static bool add_address(Selection *selection, Str text, AddressTargetVec *targets, StrVec *texts) {
    AddressTarget target;
    if (!address_parse_target(text, &target, selection->arena, selection->diags))
        return false;
    vec_push(selection->arena, targets, target);
    vec_push(selection->arena, texts, text);
    return true;
}

static bool add_target(Selection *selection, Str text) {
    return add_address(selection, text, &selection->out->targets, &selection->out->target_texts);
}

static bool add_exclude(Selection *selection, Str text) {
    return add_address(selection, text, &selection->out->excludes, &selection->out->exclude_texts);
}

static bool add_replace(Selection *selection, Str text) {
    Diags ignored = diags_new(selection->arena);
    ResourceAddr address;
    if (!address_parse_resource(text, &address, selection->arena, &ignored))
        return diags_fail(selection->diags, NO_RANGE, "Invalid address to force replacement",
                          "-replace requires the address of one resource instance, such as "
                          "libvirt_domain.node[0]. \"%.*s\" is not one.",
                          STR_ARG(text));
    if (address.mode != MODE_MANAGED)
        return diags_fail(selection->diags, NO_RANGE, "Invalid address to force replacement",
                          "Only managed resources can be replaced. \"%.*s\" is not one.",
                          STR_ARG(text));
    vec_push(selection->arena, &selection->out->replace, address);
    return true;
}

/* A # within quotes is part of a key. */
static Str without_comment(Str line) {
    bool is_quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        if (is_quoted && line.ptr[i] == '\\')
            i++;
        else if (line.ptr[i] == '"')
            is_quoted = !is_quoted;
        else if (line.ptr[i] == '#' && !is_quoted)
            return str_slice(line, 0, i);
    }
    return line;
}

/* Errors in an address point at its place in the file. */
static bool options_add_line(Selection *selection, const SourceText *source, Str line,
                             AddAddress *add) {
    Str text = str_trim(without_comment(line));
    if (text.len == 0)
        return true;
    size_t before = selection->diags->count;
    bool ok = add(selection, text);
    uint32_t start = (uint32_t)(text.ptr - source->bytes.ptr);
    SourceRange range = {source, start, start + (uint32_t)text.len};
    for (size_t i = before; i < selection->diags->count; i++)
        selection->diags->items[i].range = range;
    return ok;
}

static bool options_add_file(Selection *selection, Str path, AddAddress *add) {
    Str bytes;
    if (!project_read_file(selection->project->cli, path, "Address file not readable", &bytes,
                           selection->diags))
        return false;
    const SourceText *source = source_text_new(path, bytes, selection->arena);
    if (str_starts_with(bytes, STR("\xef\xbb\xbf"))) /* byte order mark of some editors */
        bytes = str_slice(bytes, 3, bytes.len);
    bool ok = true;
    Str line;
    while (str_next_field(&bytes, '\n', &line))
        ok = options_add_line(selection, source, line, add) && ok;
    return ok;
}

static const struct {
    const char *option;
    AddAddress *add;
    bool is_file;
} plan_option_rows[] = {
    {"target", add_target, false},   {"target-file", add_target, true},
    {"exclude", add_exclude, false}, {"exclude-file", add_exclude, true},
    {"replace", add_replace, false},
};

static bool add_option(Selection *selection, const OptionValue *value) {
    for (size_t i = 0; i < ARRAY_COUNT(plan_option_rows); i++) {
        if (strcmp(value->option->name, plan_option_rows[i].option) != 0)
            continue;
        return plan_option_rows[i].is_file
                   ? options_add_file(selection, value->text, plan_option_rows[i].add)
                   : plan_option_rows[i].add(selection, value->text);
    }
    return true;
}

static bool read_selection(Project *project, PlanOptions *out) {
    Selection selection = {project, out, project->cli->arena, project->diags};
    bool ok = true;
    vec_each(&project->arguments->options, value) {
        ok = add_option(&selection, value) && ok;
    }
    if (!ok || out->targets.count == 0 || out->excludes.count == 0)
        return ok;
    return diags_fail(project->diags, NO_RANGE, "Invalid combination of options",
                      "-target and -exclude cannot be combined. Choose one.");
}

/* An invocation changes no object, so its plan is refresh-only. */
static bool read_invoke(Project *project, PlanOptions *out) {
    Str text = option_text(project->arguments, "invoke");
    if (!text.ptr)
        return true;
    ResourceAddr *action = arena_new(project->cli->arena, ResourceAddr);
    if (out->mode != PLAN_NORMAL || out->replace.count > 0 || out->excludes.count > 0)
        return diags_fail(project->diags, NO_RANGE, "Incompatible plan mode options",
                          "-invoke changes no object, so -destroy, -refresh-only, -replace and "
                          "-exclude cannot be combined with it.");
    if (!address_parse_action(text, action, project->cli->arena, project->diags))
        return false;
    out->invoke = action;
    out->mode = PLAN_REFRESH_ONLY;
    return true;
}

bool plan_options_read(Project *project, PlanOptions *out) {
    const Arguments *arguments = project->arguments;
    *out = (PlanOptions){
        .skip_refresh = !option_flag(arguments, "refresh"),
        .allows_deferral = option_flag(arguments, "allow-deferral"),
        .is_full_refresh = str_equal_cstr(option_text(arguments, "refresh"), "full"),
        .skips_check_warnings =
            option_is_given(arguments, "auto-approve") && option_flag(arguments, "auto-approve"),
        .variables = &project->variables,
    };
    bool destroy = option_flag(arguments, "destroy");
    bool refresh_only = option_flag(arguments, "refresh-only");
    if (destroy && refresh_only)
        return diags_fail(project->diags, NO_RANGE, "Incompatible plan mode options",
                          "-destroy and -refresh-only cannot be combined.");
    if (refresh_only && out->skip_refresh)
        return diags_fail(project->diags, NO_RANGE, "Incompatible refresh options",
                          "-refresh-only requires a refresh. Remove -refresh=false.");
    out->mode = destroy ? PLAN_DESTROY : refresh_only ? PLAN_REFRESH_ONLY : PLAN_NORMAL;
    return read_selection(project, out) && read_invoke(project, out);
}

bool plan_options_restore(Project *project, const Plan *plan, PlanOptions *out) {
    Selection selection = {project, out, project->cli->arena, project->diags};
    bool ok = true;
    vec_each(&plan->targets, text) {
        ok = add_target(&selection, *text) && ok;
    }
    vec_each(&plan->excludes, text) {
        ok = add_exclude(&selection, *text) && ok;
    }
    return ok;
}
