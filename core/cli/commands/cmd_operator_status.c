/* loam operator status: Stacks of the cluster. */
#include "command_table.h"
#include "kube_list.h"
#include "kube_object.h"
#include "stack_plan.h"
#include "utf8.h"

#define STATUS_COLUMNS 8
#define MESSAGE_LEAST  40 /* columns */

/* As kstatus has it, so that scripts and GitOps engines agree. */
typedef enum Standing { STANDING_READY, STANDING_FAILED, STANDING_WAITING } Standing;

static const char *const standing_names[] = {"ready", "failed", "waiting"};

static const char viewer_right[] =
    "The role loam-viewer has this right. If you have it in one namespace, use -namespace.";

typedef struct StackRow {
    Value stack;
    Standing standing;
    Str ready;  /* "True", "False", "Unknown" */
    Str reason; /* of Ready */
    Str message;
} StackRow;

typedef VEC(StackRow) StackRows;

/* Reading. */

static bool has_condition(Value stack, const char *type, Value *out) {
    Value conditions = kube_object_list(stack, "status", "conditions");
    for (size_t i = 0; i < conditions.count; i++) {
        *out = value_at(conditions, i);
        if (str_equal_cstr(kube_object_text(*out, "", "type"), type))
            return true;
    }
    return false;
}

static bool is_true(Value stack, const char *type) {
    Value condition;
    return has_condition(stack, type, &condition) &&
           str_equal_cstr(kube_object_text(condition, "", "status"), "True");
}

static Standing standing_of(Value stack, Str ready) {
    bool is_current = kube_object_int(stack, "metadata", "generation") ==
                      kube_object_int(stack, "status", "observedGeneration");
    if (!is_current)
        return STANDING_WAITING;
    if (is_true(stack, "Stalled"))
        return STANDING_FAILED;
    return str_equal_cstr(ready, "True") ? STANDING_READY : STANDING_WAITING;
}

static StackRow row_of(const StackAccess *access, Value stack) {
    StackRow row = {.stack = stack, .ready = STR("Unknown"), .reason = STR("Pending")};
    Value condition;
    if (has_condition(stack, "Ready", &condition)) {
        row.ready = stack_access_text(access, condition, "", "status");
        row.reason = stack_access_text(access, condition, "", "reason");
        row.message = stack_access_text(access, condition, "", "message");
    }
    row.standing = standing_of(stack, row.ready);
    return row;
}

static KubeOutcome list_in(StackAccess *access, Str namespace, KubeList *list,
                           KubeResponse *response) {
    KubeListRequest request = {.ref = {&stack_access_stacks, namespace}};
    return kube_list_read(&access->call, &request, list, response, access->diags);
}

/* A user of one namespace may not list those of all. */
static bool list_stacks(StackAccess *access, Str namespace, StackRows *out) {
    Str own = access->target.namespace.len > 0 ? access->target.namespace : STR("default");
    KubeList list;
    KubeResponse response;
    KubeOutcome outcome = list_in(access, namespace, &list, &response);
    if (outcome != KUBE_DONE && namespace.len == 0 && response.code == 403) {
        KubeResponse second;
        if (list_in(access, own, &list, &second) == KUBE_DONE) {
            outcome = KUBE_DONE;
            diags_warning(access->diags, NO_RANGE, "Only one namespace is shown",
                          "You may not list the Stacks of all namespaces, so these are those of "
                          "\"%.*s\". For another one, use -namespace.",
                          STR_ARG(own));
        }
    }
    if (outcome != KUBE_DONE)
        return stack_access_fail(
            access,
            &(StackRequest){"Stacks not listed", {&stack_access_stacks, namespace}, viewer_right},
            &response);
    vec_each(&list.items, item)
        vec_push(access->cli->arena, out, row_of(access, *item));
    return true;
}

/* The table. */

static Str dash(Str text) {
    return text.len > 0 ? text : STR("-");
}

static Str lanes_of(const StackAccess *access, Value stack) {
    Value lanes = kube_object_list(stack, "spec", "lanes");
    StrVec names = {0};
    for (size_t i = 0; i < lanes.count; i++) {
        if (value_at(lanes, i).type->kind == KIND_STRING)
            vec_push(access->cli->arena, &names,
                     utf8_one_line(value_text(value_at(lanes, i)), access->cli->arena));
    }
    return str_join(names.items, names.count, STR(","), access->cli->arena);
}

static Str run_of(const StackAccess *access, Value stack) {
    Str current = stack_access_text(access, stack, "status", "currentRun");
    return current.len > 0 ? current : stack_access_text(access, stack, "status.lastRun", "name");
}

static bool is_suspended(Value stack) {
    return kube_object_is_true(stack, "spec", "suspend");
}

static Str title_of(const StackAccess *access, Value stack) {
    return str_format(access->cli->arena, "%.*s/%.*s",
                      STR_ARG(stack_access_text(access, stack, "metadata", "namespace")),
                      STR_ARG(stack_access_text(access, stack, "metadata", "name")));
}

static Str number_text(const StackAccess *access, int64_t number) {
    return number == 0 ? STR("-") : str_format(access->cli->arena, "%lld", (long long)number);
}

static void status_cells(const StackAccess *access, const StackRow *row, Str *out) {
    Arena *arena = access->cli->arena;
    Value stack = row->stack;
    out[0] = title_of(access, stack);
    out[1] = str_from_cstr(standing_names[row->standing]);
    out[2] =
        is_suspended(stack) ? str_concat(row->reason, STR(" (suspended)"), arena) : row->reason;
    out[3] = dash(run_of(access, stack));
    out[4] = stack_plan_counts(stack, "status.plan.changes", arena);
    out[5] = number_text(access, kube_object_int(stack, "status.drift", "count"));
    out[6] = dash(lanes_of(access, stack));
    out[7] = stack_access_age(stack_access_time(access, stack, "metadata", "creationTimestamp"),
                              cli_now_ms(access->cli), arena);
}

static const char *color_of(const StackAccess *access, Standing standing) {
    static const char *const colors[] = {"\033[32m", "\033[31m", "\033[33m"};
    return access->cli->terminal.color ? colors[standing] : "";
}

static void add_cells(StrBuf *out, const Str *cells, const size_t *widths, const char *color) {
    const char *reset = color[0] ? "\033[0m" : "";
    for (size_t i = 0; i < STATUS_COLUMNS; i++) {
        size_t taken = utf8_display_width(cells[i]);
        strbuf_add_format(out, "%s%.*s%s", i == 1 ? color : "", STR_ARG(cells[i]),
                          i == 1 ? reset : "");
        if (i + 1 < STATUS_COLUMNS)
            strbuf_add_repeat(out, ' ', (taken < widths[i] ? widths[i] - taken : 0) + 2);
    }
    strbuf_add_char(out, '\n');
}

/* Why a Stack is not ready, on a line of its own. */
static void add_message(const StackAccess *access, StrBuf *out, const StackRow *row) {
    bool is_wide = !access->cli->terminal.out_is_tty;
    size_t width = is_wide ? SIZE_MAX : terminal_width();
    Str message = row->message;
    if (row->standing == STANDING_READY || message.len == 0)
        return;
    if (!is_wide && width >= MESSAGE_LEAST)
        message = utf8_shorten(message, width - 3, access->cli->arena);
    strbuf_add_format(out, "  %.*s\n", STR_ARG(message));
}

static void print_table(const StackAccess *access, const StackRows *rows) {
    static const char *const titles[STATUS_COLUMNS] = {"STACK",   "STATUS", "REASON", "RUN",
                                                       "CHANGES", "DRIFT",  "LANE",   "AGE"};
    StrBuf out = strbuf_new(access->cli->arena);
    size_t widths[STATUS_COLUMNS];
    Str cells[STATUS_COLUMNS];
    for (size_t i = 0; i < STATUS_COLUMNS; i++)
        widths[i] = strlen(titles[i]);
    vec_each(rows, row) {
        status_cells(access, row, cells);
        for (size_t i = 0; i < STATUS_COLUMNS; i++) {
            size_t width = utf8_display_width(cells[i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    for (size_t i = 0; i < STATUS_COLUMNS; i++)
        cells[i] = str_from_cstr(titles[i]);
    add_cells(&out, cells, widths, "");
    vec_each(rows, row) {
        status_cells(access, row, cells);
        add_cells(&out, cells, widths, color_of(access, row->standing));
        add_message(access, &out, row);
    }
    terminal_out(strbuf_str(&out));
}

/* One Stack. */

static void add_field(StrBuf *out, const char *name, Str text) {
    if (text.len > 0)
        strbuf_add_format(out, "  %-10s %.*s\n", name, STR_ARG(text));
}

static Str drift_text(const StackAccess *access, Value stack) {
    Arena *arena = access->cli->arena;
    Value addresses = kube_object_list(stack, "status.drift", "addresses");
    int64_t count = kube_object_int(stack, "status.drift", "count");
    StrBuf out = strbuf_new(arena);
    if (count == 0)
        return STR_EMPTY;
    strbuf_add_format(&out, "%lld object%s", (long long)count, count == 1 ? "" : "s");
    for (size_t i = 0; i < addresses.count; i++) {
        if (value_at(addresses, i).type->kind == KIND_STRING)
            strbuf_add_format(&out, "%s%.*s", i == 0 ? ": " : ", ",
                              STR_ARG(utf8_one_line(value_text(value_at(addresses, i)), arena)));
    }
    return strbuf_str(&out);
}

static Str last_run_text(const StackAccess *access, Value stack) {
    int64_t finished_ms = stack_access_time(access, stack, "status.lastRun", "finishedAt");
    if (finished_ms == 0)
        return STR_EMPTY;
    return str_format(
        access->cli->arena, "%.*s: %.*s, %.*s ago",
        STR_ARG(stack_access_text(access, stack, "status.lastRun", "name")),
        STR_ARG(stack_access_text(access, stack, "status.lastRun", "result")),
        STR_ARG(stack_access_age(finished_ms, cli_now_ms(access->cli), access->cli->arena)));
}

static Str plan_text(const StackAccess *access, Value stack) {
    Arena *arena = access->cli->arena;
    int64_t expires_ms = stack_access_time(access, stack, "status.plan", "expiresAt");
    Str digest = stack_access_text(access, stack, "status.plan", "digest");
    Str counts = stack_plan_counts(stack, "status.plan.changes", arena);
    if (digest.len == 0)
        return STR_EMPTY;
    if (expires_ms == 0)
        return counts;
    return str_format(arena, "%.*s, expires in %.*s", STR_ARG(counts),
                      STR_ARG(stack_access_age(cli_now_ms(access->cli), expires_ms, arena)));
}

static void add_hints(const StackAccess *access, const StackRow *row, StrBuf *out) {
    Str title = access->title;
    bool is_pending = str_equal_cstr(row->reason, "ApprovalRequired") ||
                      str_equal_cstr(row->reason, "ReviewRequired");
    if (is_suspended(row->stack))
        strbuf_add_format(out,
                          "\nIt is suspended. To let its Runs start again:\n"
                          "  loam operator resume %.*s\n",
                          STR_ARG(title));
    else if (is_pending)
        strbuf_add_format(out,
                          "\nTo read the plan, and to approve it:\n"
                          "  loam operator show %.*s\n  loam operator approve %.*s\n",
                          STR_ARG(title), STR_ARG(title));
    else if (row->standing == STANDING_FAILED)
        strbuf_add_format(out,
                          "\nTo read why, and to try again:\n"
                          "  loam operator logs %.*s\n  loam operator reconcile %.*s\n",
                          STR_ARG(title), STR_ARG(title));
}

static void print_one_stack(const StackAccess *access, const StackRow *row) {
    StrBuf out = strbuf_new(access->cli->arena);
    const char *color = color_of(access, row->standing), *reset = color[0] ? "\033[0m" : "";
    Value stack = row->stack;
    Str applied = stack_access_text(access, stack, "status", "lastAppliedRevision");
    Str attempted = stack_access_text(access, stack, "status", "lastAttemptedRevision");
    strbuf_add_format(&out, "Stack %.*s: %s%s%s, %.*s%s\n", STR_ARG(access->title), color,
                      standing_names[row->standing], reset, STR_ARG(row->reason),
                      is_suspended(stack) ? " (suspended)" : "");
    if (row->message.len > 0)
        strbuf_add_format(&out, "  %.*s\n", STR_ARG(row->message));
    strbuf_add_char(&out, '\n');
    add_field(&out, "Run", stack_access_text(access, stack, "status", "currentRun"));
    add_field(&out, "Plan", plan_text(access, stack));
    add_field(&out, "Applied", applied);
    add_field(&out, "Attempted", str_equal(attempted, applied) ? STR_EMPTY : attempted);
    add_field(&out, "Drift", drift_text(access, stack));
    add_field(&out, "Lanes", lanes_of(access, stack));
    add_field(&out, "Last run", last_run_text(access, stack));
    add_hints(access, row, &out);
    terminal_out(strbuf_str(&out));
}

/* JSON. */

static void add_text_member(JsonWriter *writer, const StackAccess *access, const char *key,
                            Value stack, const char *path, const char *last) {
    json_key_string(writer, key, stack_access_text(access, stack, path, last));
}

static void add_plan_json(JsonWriter *writer, const StackAccess *access, Value stack) {
    static const char *const names[] = {"add", "change", "destroy", "replace", "import", "forget"};
    json_key_object(writer, "plan");
    add_text_member(writer, access, "run", stack, "status.plan", "run");
    add_text_member(writer, access, "digest", stack, "status.plan", "digest");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        json_key_int(writer, names[i], kube_object_int(stack, "status.plan.changes", names[i]));
    json_key_bool(writer, "verified", kube_object_is_true(stack, "status.plan", "verified"));
    add_text_member(writer, access, "expires", stack, "status.plan", "expiresAt");
    json_object_end(writer);
}

static void add_stack_json(JsonWriter *writer, const StackAccess *access, const StackRow *row) {
    Value stack = row->stack;
    Value lanes = kube_object_list(stack, "spec", "lanes");
    json_object_start(writer);
    add_text_member(writer, access, "namespace", stack, "metadata", "namespace");
    add_text_member(writer, access, "name", stack, "metadata", "name");
    json_key_string(writer, "status", str_from_cstr(standing_names[row->standing]));
    json_key_string(writer, "ready", row->ready);
    json_key_string(writer, "reason", row->reason);
    json_key_string(writer, "message", row->message);
    json_key_bool(writer, "suspended", is_suspended(stack));
    json_key_string(writer, "run", run_of(access, stack));
    add_plan_json(writer, access, stack);
    json_key_int(writer, "drift", kube_object_int(stack, "status.drift", "count"));
    json_key_array(writer, "lanes");
    for (size_t i = 0; i < lanes.count; i++) {
        if (value_at(lanes, i).type->kind == KIND_STRING)
            json_write_string(writer,
                              utf8_one_line(value_text(value_at(lanes, i)), access->cli->arena));
    }
    json_array_end(writer);
    add_text_member(writer, access, "applied_revision", stack, "status", "lastAppliedRevision");
    add_text_member(writer, access, "created", stack, "metadata", "creationTimestamp");
    json_object_end(writer);
}

static void print_json(const StackAccess *access, const StackRows *rows) {
    StrBuf out = strbuf_new(access->cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 2);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    json_key_array(&writer, "stacks");
    vec_each(rows, row)
        add_stack_json(&writer, access, row);
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&out, '\n');
    terminal_out(strbuf_str(&out));
}

/* The command. */

static int exit_status(const StackRows *rows) {
    int status = 0;
    vec_each(rows, row) {
        if (row->standing == STANDING_FAILED)
            return 1;
        if (row->standing == STANDING_WAITING)
            status = 2;
    }
    return status;
}

static bool read_rows(StackAccess *access, Cli *cli, const Arguments *arguments, StackRows *rows,
                      Diags *diags) {
    Str namespace = option_text(arguments, "namespace");
    Value stack;
    if (arguments->positionals.count == 0)
        return stack_access_open(access, cli, arguments, diags) &&
               list_stacks(access, namespace, rows);
    if (!stack_access_begin(access, cli, arguments, diags, &stack))
        return false;
    vec_push(cli->arena, rows, row_of(access, stack));
    return true;
}

static int operator_run_status(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    StackRows rows = {0};
    if (!read_rows(&access, cli, arguments, &rows, diags))
        return 1;
    if (option_flag(arguments, "json"))
        print_json(&access, &rows);
    else if (arguments->positionals.count > 0)
        print_one_stack(&access, &rows.items[0]);
    else if (rows.count == 0)
        terminal_print("There is no Stack.\n");
    else
        print_table(&access, &rows);
    return exit_status(&rows);
}

static const Option status_options[] = {
    {"namespace", OPTION_TEXT, "NAME", "Only the Stacks of this namespace (default: of all)."},
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static const CommandStatus operator_statuses[] = {
    {1, "A Stack failed: a person must act."},
    {2, "No Stack failed, and one is not ready yet: it works, waits for a person, or retries."},
    {0},
};

const Command cmd_operator_status = {
    .name = "status",
    .summary = "Show Stacks and their Runs",
    .usage = "[options] [NAMESPACE/STACK]",
    .about = "Shows the Stacks of a cluster: whether they are ready, their Runs, the changes of a "
             "plan that waits, drift, lanes and age. With a Stack, shows it in detail. Changes "
             "nothing.",
    .example = "loam operator status\nloam operator status prod/network",
    .statuses = operator_statuses,
    .groups = {OPTION_GROUP(status_options), &stack_access_options, &option_view},
    .most_positionals = 1,
    .run = operator_run_status,
};
