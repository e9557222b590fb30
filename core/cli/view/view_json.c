/* The stream of events: one JSON object a line, written as each event happens. */
#include "render_json.h"
#include "thread.h"
#include "view_diag.h"
#include "view_json_line.h"
#include "view_listing.h"
#include "view_test.h"

#include <pthread.h>

#define UI_VERSION "1.2"

/* A running operation; the ticker reports those that take long. */
typedef struct JsonRunning {
    Str address;
    ResourceAddr resource;
    Action action;
    const char *operation; /* of an ephemeral resource; else NULL */
    int64_t started_ms;
    int64_t noted_ms;
    struct JsonRunning *next;
} JsonRunning;

typedef struct Stream {
    Cli *cli;
    View *view;
    Hooks hooks;
    pthread_mutex_t mutex; /* guards the members below, and the order of lines */
    pthread_cond_t wake;
    Thread *ticker;
    Arena *arena; /* of the walk */
    JsonRunning *running;
    bool is_closing;
} Stream;

/* An invocation is requested by the user or triggered by the change of an object. */

static void write_planned_trigger(JsonWriter *writer, const ActionInvocation *invocation,
                                  Arena *scratch) {
    json_key_object(writer, "lifecycle_trigger");
    view_json_line_resource(writer, "triggering_resource", invocation->caller, scratch);
    json_key_string(writer, "triggering_event",
                    str_from_cstr(invoke_event_name(invocation->event)));
    json_key_int(writer, "action_trigger_block_index", invocation->trigger);
    json_key_int(writer, "actions_list_index", invocation->index);
    json_key_string(writer, "on_failure",
                    str_from_cstr(invoke_failure_name(invocation->on_failure)));
    json_object_end(writer);
}

static void invoke_write_planned(const Cli *cli, const ActionInvocation *invocation) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    ResourceAddr local = invocation->action;
    local.module = NULL;
    Str message = str_format(scratch, "planned action invocation: %.*s",
                             STR_ARG(resource_addr_to_str(local, scratch)));
    view_json_line_begin(&line, "planned_action_invocation", "info", "%.*s", STR_ARG(message));
    json_key_object(&line.writer, "invocation");
    view_json_line_resource(&line.writer, "action_addr", invocation->action, scratch);
    if (invocation->is_requested) {
        json_key_object(&line.writer, "action_trigger");
        json_object_end(&line.writer);
    } else {
        write_planned_trigger(&line.writer, invocation, scratch);
    }
    json_object_end(&line.writer);
}

/* The lines about actions, as Terraform 1.17 writes them. */
/* Writes a line for each planned invocation. */
static void view_json_invoke_planned(const Cli *cli, const Plan *plan) {
    vec_each(&plan->invocations, invocation) {
        invoke_write_planned(cli, invocation);
    }
    vec_each(&plan->changes, change) {
        vec_each(&change->invocations, invocation) {
            invoke_write_planned(cli, invocation);
        }
    }
}

static void invoke_write_trigger(JsonWriter *writer, const ActionInvocation *invocation,
                                 Arena *scratch) {
    json_key(writer, invocation->is_requested ? STR("invoke") : STR("lifecycle"));
    json_object_start(writer);
    if (!invocation->is_requested) {
        view_json_line_resource(writer, "resource", invocation->caller, scratch);
        json_key_int(writer, "trigger_index", invocation->trigger);
        json_key_int(writer, "actions_index", invocation->index);
        json_key_string(writer, "trigger_event",
                        str_from_cstr(invoke_event_name(invocation->event)));
        json_key_string(writer, "on_failure",
                        str_from_cstr(invoke_failure_name(invocation->on_failure)));
    }
    json_object_end(writer);
}

/* "ADDRESS (0): " before the message of a triggered invocation. */
static Str caller_prefix(const ActionInvocation *invocation, Arena *scratch) {
    if (invocation->is_requested)
        return STR_EMPTY;
    return str_format(scratch,
                      "%.*s (%u): ", STR_ARG(resource_addr_to_str(invocation->caller, scratch)),
                      invocation->trigger);
}

static Str invoke_message_of(const WalkEvent *event, Arena *scratch) {
    const ActionInvocation *invocation = event->invocation;
    Str prefix = caller_prefix(invocation, scratch);
    Str action = resource_addr_to_str(invocation->action, scratch);
    if (event->kind == EVENT_INVOKE_START && !invocation->is_requested) {
        Str caller = resource_addr_to_str(invocation->caller, scratch);
        return str_format(scratch, "%.*s.trigger[%u]: Action started: %.*s", STR_ARG(caller),
                          invocation->trigger, STR_ARG(action));
    }
    if (event->kind == EVENT_INVOKE_PROGRESS)
        return str_format(scratch, "%.*s%.*s - %.*s", STR_ARG(prefix), STR_ARG(action),
                          STR_ARG(event->text));
    const char *what = event->kind == EVENT_INVOKE_START ? "started"
                       : event->failed                   ? "errored"
                                                         : "complete";
    return str_format(scratch, "%.*sAction %s: %.*s%s%.*s", STR_ARG(prefix), what, STR_ARG(action),
                      event->failed ? " - " : "", event->failed ? (int)event->text.len : 0,
                      event->text.ptr);
}

/* Writes the line of an EVENT_INVOKE_…. */
static void view_json_invoke_event(const Cli *cli, const WalkEvent *event) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    const char *type = event->kind == EVENT_INVOKE_START      ? "action_start"
                       : event->kind == EVENT_INVOKE_PROGRESS ? "action_progress"
                       : event->failed                        ? "action_errored"
                                                              : "action_complete";
    view_json_line_begin(&line, type, "info", "%.*s",
                         STR_ARG(invoke_message_of(event, line.scratch)));
    json_key_object(&line.writer, "hook");
    view_json_line_resource(&line.writer, "action", event->invocation->action, line.scratch);
    if (event->kind == EVENT_INVOKE_PROGRESS)
        json_key_string(&line.writer, "message", event->text);
    if (event->kind == EVENT_INVOKE_END && event->failed)
        json_key_string(&line.writer, "error", event->text);
    invoke_write_trigger(&line.writer, event->invocation, line.scratch);
    json_object_end(&line.writer);
}

/* These names are shorter than those in plans. */
static const char *reason_name(ActionReason reason) {
    if (reason == REASON_REPLACE_BECAUSE_TAINTED)
        return "tainted";
    if (reason == REASON_REPLACE_BY_REQUEST)
        return "requested";
    if (reason == REASON_REPLACE_BY_TRIGGERS)
        return "replace_triggered_by";
    if (reason == REASON_REPLACE_BECAUSE_CANNOT_UPDATE)
        return "cannot_update";
    return action_reason_name(reason);
}

/* The data of an event about a planned change or drift. */
typedef struct ChangeEvent {
    ResourceAddr address;
    ResourceAddr previous;
    const char *action;
    ActionReason reason;
    const ImportSource *import; /* NULL: none */
    Str generated_config;
} ChangeEvent;

static void view_json_write_change(JsonWriter *writer, const ChangeEvent *event, Arena *scratch) {
    json_key_object(writer, "change");
    view_json_line_resource(writer, "resource", event->address, scratch);
    if (event->previous.type.len > 0)
        view_json_line_resource(writer, "previous_resource", event->previous, scratch);
    json_key_string(writer, "action", str_from_cstr(event->action));
    if (event->reason != REASON_NONE)
        json_key_string(writer, "reason", str_from_cstr(reason_name(event->reason)));
    if (event->import && import_source_is_known(event->import)) {
        json_key_object(writer, "importing");
        if (event->import->id.len > 0)
            json_key_string(writer, "id", event->import->id);
        json_object_end(writer);
    }
    if (event->generated_config.len > 0)
        json_key_string(writer, "generated_config", event->generated_config);
    json_object_end(writer);
}

/* Writes the changed fields with their owners; omits them if the provider knows no owners. */
static void view_json_write_fields(JsonWriter *writer, const DriftFields *fields, Arena *scratch) {
    if (fields->count == 0)
        return;
    json_key_array(writer, "fields");
    vec_each(fields, field) {
        json_object_start(writer);
        render_json_drift_field(writer, field, scratch);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void view_json_write_drift(const Cli *cli, const Drift *drift) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    const char *action = drift->action == ACTION_NO_OP ? "move" : action_name(drift->action);
    Str address = resource_addr_to_str(drift->address, scratch);
    view_json_line_begin(&line, "resource_drift", "info", "%.*s: Drift detected (%s)",
                         STR_ARG(address), action);
    ChangeEvent event = {.address = drift->address, .previous = drift->previous, .action = action};
    view_json_write_change(&line.writer, &event, scratch);
    if (!cli_name(cli)->is_other)
        view_json_write_fields(&line.writer, &drift->fields, scratch);
}

static void write_planned_change(const Cli *cli, const ResourceChange *change) {
    bool has_moved = change->previous.type.len > 0;
    bool is_import = import_source_is_known(&change->import);
    bool is_data_delete = change->address.mode == MODE_DATA && change->action == ACTION_DELETE;
    if ((change->action == ACTION_NO_OP && !has_moved && !is_import) || is_data_delete)
        return;
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    Arena *scratch = line.scratch;
    const char *action = change->action != ACTION_NO_OP ? action_name(change->action)
                         : is_import                    ? "import"
                                                        : "move";
    Str address = resource_addr_to_str(change->address, scratch);
    view_json_line_begin(&line, "planned_change", "info", "%.*s: Plan to %s", STR_ARG(address),
                         action);
    ChangeEvent event = {
        .address = change->address,
        .previous = change->previous,
        .action = action,
        .reason = change->reason,
        .import = &change->import,
        .generated_config = change->generated_config,
    };
    view_json_write_change(&line.writer, &event, scratch);
}

static void write_summary(const Cli *cli, PlanCounts counts, const char *operation, Str message) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    view_json_line_begin(&line, "change_summary", "info", "%.*s", STR_ARG(message));
    json_key_object(&line.writer, "changes");
    json_key_int(&line.writer, "add", counts.create);
    json_key_int(&line.writer, "change", counts.update);
    if (cli_name(cli)->is_tofu)
        json_key_int(&line.writer, "forget", counts.forget);
    json_key_int(&line.writer, "import", counts.import);
    json_key_int(&line.writer, "remove", counts.delete);
    if (counts.invoke > 0) {
        json_key_int(&line.writer, "action_invocation", counts.invoke);
        json_key_int(&line.writer, "action_fail", counts.invoke_failed);
    }
    json_key_string(&line.writer, "operation", str_from_cstr(operation));
    json_object_end(&line.writer);
}

static void begin_outputs(ViewJsonLine *line, size_t count) {
    view_json_line_begin(line, "outputs", "info", "Outputs: %zu", count);
    json_key_object(&line->writer, "outputs");
}

static void view_json_write_planned_outputs(const Cli *cli, const Plan *plan) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    begin_outputs(&line, plan->outputs.count);
    vec_each(&plan->outputs, output) {
        json_key(&line.writer, output->name);
        json_object_start(&line.writer);
        json_key_bool(&line.writer, "sensitive", output->sensitive);
        json_key_string(&line.writer, "action", str_from_cstr(action_name(output->action)));
        json_object_end(&line.writer);
    }
    json_object_end(&line.writer);
}

/* A change that only moves an object is not reported again when its plan is applied. */
static void view_json_saved_plan(View *view, const Plan *plan) {
    vec_each(&plan->changes, change) {
        if (change->action != ACTION_NO_OP)
            write_planned_change(view->cli, change);
    }
}

static void view_json_show_plan(View *view, const Plan *plan) {
    Cli *cli = view->cli;
    SCOPED(ArenaRef) scratch = arena_open("plan");
    vec_each(&plan->drift, drift) {
        view_json_write_drift(cli, drift);
    }
    vec_each(&plan->changes, change) {
        write_planned_change(cli, change);
    }
    view_json_invoke_planned(cli, plan);
    PlanCounts counts = plan_count(plan);
    bool counts_forgotten = cli_name(cli)->is_tofu && counts.forget > 0;
    Str forgotten =
        counts_forgotten ? str_format(scratch, ", %u to forget", counts.forget) : STR_EMPTY;
    write_summary(cli, counts, "plan",
                  str_format(scratch, "Plan: %.*s%.*s.", STR_ARG(plan_summary(plan, scratch)),
                             STR_ARG(forgotten)));
    if (plan->outputs.count > 0)
        view_json_write_planned_outputs(cli, plan);
}

static void view_json_write_outputs(const Cli *cli, const State *state) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    begin_outputs(&line, state->outputs.count);
    map_each(&state->outputs, entry) {
        const StateOutput *output = entry->value;
        json_key(&line.writer, entry->key);
        json_object_start(&line.writer);
        json_key_bool(&line.writer, "sensitive", output->sensitive);
        json_key(&line.writer, STR("type"));
        json_write_type(&line.writer, output->value.type);
        if (!output->sensitive) {
            json_key(&line.writer, STR("value"));
            json_write_value(&line.writer, output->value);
        }
        json_object_end(&line.writer);
    }
    json_object_end(&line.writer);
}

static void view_json_applied(View *view, const State *state) {
    Cli *cli = view->cli;
    SCOPED(ArenaRef) scratch = arena_open("summary");
    PlanCounts counts = view->done;
    Str invoked = view_invoked(counts, scratch);
    if (view->is_destroy) {
        write_summary(cli, counts, "destroy",
                      str_format(scratch, "Destroy complete! Resources: %u destroyed%.*s.",
                                 counts.delete, STR_ARG(invoked)));
        return;
    }
    if (!view->is_refresh)
        write_summary(cli, counts, "apply",
                      str_format(scratch, "Apply complete! Resources: %.*s.",
                                 STR_ARG(view_summary(view, scratch))));
    view_json_write_outputs(cli, state);
}

typedef struct HookLine {
    const char *type;
    ResourceAddr resource;
    const char *action; /* NULL: a refresh */
    Str id;             /* empty: none */
    int64_t elapsed_ms; /* negative: omitted */
    Str provisioner;    /* only with `type` and `resource`; empty: none */
    const Str *output;
} HookLine;

static void write_hook(const Stream *stream, const HookLine *hook, Str message) {
    SCOPED(ViewJsonLine) line = view_json_line_open(stream->cli);
    view_json_line_begin(&line, hook->type, "info", "%.*s", STR_ARG(message));
    json_key_object(&line.writer, "hook");
    view_json_line_resource(&line.writer, "resource", hook->resource, line.scratch);
    if (hook->action)
        json_key_string(&line.writer, "action", str_from_cstr(hook->action));
    if (hook->provisioner.len > 0)
        json_key_string(&line.writer, "provisioner", hook->provisioner);
    if (hook->output)
        json_key_string(&line.writer, "output", *hook->output);
    if (hook->id.len > 0) {
        json_key_string(&line.writer, "id_key", STR("id"));
        json_key_string(&line.writer, "id_value", hook->id);
    }
    if (hook->elapsed_ms >= 0)
        json_key_int(&line.writer, "elapsed_seconds", hook->elapsed_ms / 1000);
    json_object_end(&line.writer);
}

static Str view_json_id_suffix(Str id, Arena *scratch) {
    return id.len > 0 ? str_format(scratch, " [id=%.*s]", STR_ARG(id)) : STR_EMPTY;
}

static int64_t view_json_monotonic_ms(const Stream *stream) {
    const Clock *clock = stream->cli->io.clock;
    return clock->monotonic_ms(clock->self);
}

static void write_progress(Stream *stream) {
    int64_t now = view_json_monotonic_ms(stream);
    for (JsonRunning *running = stream->running; running; running = running->next) {
        if (now - running->noted_ms < VIEW_NOTE_EVERY_MS)
            continue;
        running->noted_ms = now;
        SCOPED(ArenaRef) scratch = arena_open("line");
        const char *operation = running->operation;
        HookLine hook = {operation ? "ephemeral_op_progress" : "apply_progress", running->resource,
                         operation ? operation : action_name(running->action)};
        hook.elapsed_ms = now - running->started_ms;
        Str elapsed = clock_format_elapsed(hook.elapsed_ms, scratch);
        const char *doing =
            operation ? action_verbs_operating(operation) : action_verbs_doing(running->action);
        write_hook(stream, &hook,
                   str_format(scratch, "%.*s: Still %c%s... [%.*s elapsed]",
                              STR_ARG(running->address), (char)tolower((unsigned char)doing[0]),
                              doing + 1, STR_ARG(elapsed)));
    }
}

static void view_json_tick(void *payload) {
    Stream *stream = payload;
    LOCKED(&stream->mutex);
    while (!stream->is_closing) {
        thread_wait(&stream->wake, &stream->mutex, VIEW_LOOK_EVERY_MS);
        if (!stream->is_closing)
            write_progress(stream);
    }
}

static void add_running(Stream *stream, const WalkEvent *event) {
    JsonRunning *running = arena_new(stream->arena, JsonRunning);
    running->address = str_clone(event->address, stream->arena);
    running->resource = resource_addr_clone(event->resource, stream->arena);
    running->action = event->action;
    running->operation = event->operation;
    running->started_ms = running->noted_ms = view_json_monotonic_ms(stream);
    running->next = stream->running;
    stream->running = running;
    if (!stream->ticker)
        stream->ticker = thread_start(THREAD_TICKER, view_json_tick, stream);
}

static void remove_running(Stream *stream, const WalkEvent *event) {
    for (JsonRunning **at = &stream->running; *at; at = &(*at)->next) {
        if (str_equal((*at)->address, event->address)) {
            *at = (*at)->next;
            return;
        }
    }
}

/* Messages of this stream use the verb "Refreshing" for a read. */
static Action verb_action(Action action) {
    return action == ACTION_READ ? ACTION_NO_OP : action;
}

static void view_json_start_apply(Stream *stream, const WalkEvent *event, Arena *scratch) {
    HookLine hook = {"apply_start", event->resource, action_name(event->action), event->id, -1};
    Str id = view_json_id_suffix(event->id, scratch);
    add_running(stream, event);
    write_hook(stream, &hook,
               str_format(scratch, "%.*s: %s...%.*s", STR_ARG(event->address),
                          action_verbs_doing(verb_action(event->action)), STR_ARG(id)));
}

static void view_json_end_apply(Stream *stream, const WalkEvent *event, Arena *scratch) {
    bool has_no_id =
        event->failed || event->action == ACTION_DELETE || event->action == ACTION_FORGET;
    HookLine hook = {event->failed ? "apply_errored" : "apply_complete", event->resource,
                     action_name(event->action), has_no_id ? STR_EMPTY : event->id,
                     event->elapsed_ms};
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    Str id = view_json_id_suffix(hook.id, scratch);
    remove_running(stream, event);
    if (!event->failed)
        view_count(stream->view, event->action);
    write_hook(stream, &hook,
               str_format(scratch, "%.*s: %s %s after %.*s%.*s", STR_ARG(event->address),
                          action_verbs_done(verb_action(event->action)),
                          event->failed ? "errored" : "complete", STR_ARG(elapsed), STR_ARG(id)));
}

/* In this stream a read of a data source is an operation, unlike a refresh. */
static void view_json_refresh(Stream *stream, const WalkEvent *event, Arena *scratch) {
    bool starts = event->kind == EVENT_REFRESH_START;
    HookLine hook = {starts ? "refresh_start" : "refresh_complete", event->resource, NULL,
                     event->id, -1};
    Str id = view_json_id_suffix(event->id, scratch);
    if (event->action != ACTION_READ)
        write_hook(stream, &hook,
                   str_format(scratch, "%.*s: %s%.*s", STR_ARG(event->address),
                              starts ? "Refreshing state..." : "Refresh complete", STR_ARG(id)));
    else if (starts)
        view_json_start_apply(stream, event, scratch);
    else
        view_json_end_apply(stream, event, scratch);
}

static void view_json_start_ephemeral(Stream *stream, const WalkEvent *event, Arena *scratch) {
    HookLine hook = {"ephemeral_op_start", event->resource, event->operation, STR_EMPTY, -1};
    add_running(stream, event);
    write_hook(stream, &hook,
               str_format(scratch, "%.*s: %s...", STR_ARG(event->address),
                          action_verbs_operating(event->operation)));
}

static void view_json_end_ephemeral(Stream *stream, const WalkEvent *event, Arena *scratch) {
    HookLine hook = {event->failed ? "ephemeral_op_errored" : "ephemeral_op_complete",
                     event->resource, event->operation, STR_EMPTY, event->elapsed_ms};
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    remove_running(stream, event);
    write_hook(stream, &hook,
               str_format(scratch, "%.*s: %s %s after %.*s", STR_ARG(event->address),
                          action_verbs_operating(event->operation),
                          event->failed ? "errored" : "complete", STR_ARG(elapsed)));
}

static void view_json_provision(Stream *stream, const WalkEvent *event, Arena *scratch) {
    HookLine hook = {
        .resource = event->resource, .elapsed_ms = -1, .provisioner = event->provisioner};
    Str message;
    if (event->kind == EVENT_PROVISION_START) {
        hook.type = "provision_start";
        message = str_format(scratch, "%.*s: Provisioning with '%.*s'...", STR_ARG(event->address),
                             STR_ARG(event->provisioner));
    } else if (event->kind == EVENT_PROVISION_OUTPUT) {
        hook.type = "provision_progress";
        hook.output = &event->text;
        message = str_format(scratch, "%.*s: (%.*s): %.*s", STR_ARG(event->address),
                             STR_ARG(event->provisioner), STR_ARG(event->text));
    } else {
        hook.type = event->failed ? "provision_errored" : "provision_complete";
        message = str_format(scratch, "%.*s: (%.*s) Provisioning %s", STR_ARG(event->address),
                             STR_ARG(event->provisioner), event->failed ? "errored" : "complete");
    }
    write_hook(stream, &hook, message);
}

static void view_json_on_event(void *self, const WalkEvent *event) {
    Stream *stream = self;
    SCOPED(ArenaRef) scratch = arena_open("line");
    LOCKED(&stream->mutex);
    switch (event->kind) {
    case EVENT_REFRESH_START:
    case EVENT_REFRESH_END: view_json_refresh(stream, event, scratch); break;
    case EVENT_APPLY_START: view_json_start_apply(stream, event, scratch); break;
    case EVENT_APPLY_END: view_json_end_apply(stream, event, scratch); break;
    case EVENT_PROVISION_START:
    case EVENT_PROVISION_OUTPUT:
    case EVENT_PROVISION_END: view_json_provision(stream, event, scratch); break;
    case EVENT_OPERATION_START: view_json_start_ephemeral(stream, event, scratch); break;
    case EVENT_OPERATION_END: view_json_end_ephemeral(stream, event, scratch); break;
    case EVENT_INVOKE_START:
    case EVENT_INVOKE_PROGRESS: view_json_invoke_event(stream->cli, event); break;
    case EVENT_INVOKE_END:
        view_count_invocation(stream->view, event->failed);
        view_json_invoke_event(stream->cli, event);
        break;
    case EVENT_LIST_START:
    case EVENT_LIST_FOUND:
    case EVENT_LIST_END: view_listing_json_event(stream->cli, event); break;
    /* The stream has no such events: its progress lines come from the ticker. */
    case EVENT_REFRESH_PROGRESS:
    case EVENT_APPLY_PROGRESS:
    case EVENT_CALL_START:
    case EVENT_CALL_END:
    case EVENT_INSTANCE_END:
    case EVENT_APPLY_TOTAL: break;
    }
}

static const Hooks *view_json_walk_begin(View *view) {
    Stream *stream = view->self;
    view->done = (PlanCounts){0};
    stream->arena = arena_open("stream");
    stream->running = NULL;
    stream->is_closing = false;
    stream->ticker = NULL;
    return &stream->hooks;
}

static void view_json_walk_end(View *view) {
    Stream *stream = view->self;
    pthread_mutex_lock(&stream->mutex);
    stream->is_closing = true;
    pthread_cond_signal(&stream->wake);
    pthread_mutex_unlock(&stream->mutex);
    if (stream->ticker)
        thread_join(stream->ticker);
    arena_close(stream->arena);
}

static void view_json_note(View *view, Str text) {
    SCOPED(ViewJsonLine) line = view_json_line_open(view->cli);
    view_json_line_begin(&line, "log", "info", "%.*s", STR_ARG(text));
}

static void view_json_step(View *view, const char *code, Str text, bool for_people) {
    (void)for_people;
    SCOPED(ViewJsonLine) line = view_json_line_open(view->cli);
    view_json_line_begin(&line, "init_output", "info", "%.*s", STR_ARG(text));
    json_key_string(&line.writer, "message_code", str_from_cstr(code));
}

static void write_stored_plan(const Cli *cli, Str path, Str digest) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    view_json_line_begin(&line, "plan_saved", "info", "Saved the plan to %.*s (%.*s)",
                         STR_ARG(path), STR_ARG(digest));
    json_key_object(&line.writer, "plan");
    json_key_string(&line.writer, "path", path);
    json_key_string(&line.writer, "digest", digest);
    json_object_end(&line.writer);
}

static void view_json_plan_hint(View *view, Str path, Str digest, Str generated) {
    if (digest.len > 0)
        write_stored_plan(view->cli, path, digest);
    if (generated.len == 0)
        return;
    SCOPED(ArenaRef) scratch = arena_open("hint");
    view_json_note(view, view_generated(view, generated, scratch));
}

/* Only a person can decline. */
static void view_json_cancelled(View *, PlanMode) {
}

static void view_json_valid(View *view, const ValidReport *report) {
    (void)report; /* the document of `validate -json` has it */
    view_json_note(view, STR("The configuration is valid."));
}

static void view_json_searched(View *, const Listings *listings) {
    (void)listings; /* the events have reported them */
}

static void write_diag(View *view, const Diag *diag) {
    SCOPED(ViewJsonLine) line = view_json_line_open(view->cli);
    bool is_error = diag->severity == DIAG_ERROR;
    view_json_line_begin(&line, "diagnostic", is_error ? "error" : "warn", "%s: %.*s",
                         is_error ? "Error" : "Warning", STR_ARG(diag->summary));
    json_key(&line.writer, STR("diagnostic"));
    view_diag_write_json(diag, view->cli->functions, &line.writer);
}

static void view_json_finish(View *, const Diags *) {
}

static void view_json_write_version(const Cli *cli) {
    SCOPED(ViewJsonLine) line = view_json_line_open(cli);
    const CliName *name = cli_name(cli);
    Str version = name->is_other ? str_from_cstr(name->version) : cli->version;
    view_json_line_begin(&line, "version", "info", "%s %.*s", name->title, STR_ARG(version));
    json_key_string(&line.writer, name->version_key, str_from_cstr(name->version));
    if (!name->is_other)
        json_key_string(&line.writer, "loam", cli->version);
    json_key_string(&line.writer, "ui", STR(UI_VERSION));
}

static const ViewType json_stream = {
    .walk_begin = view_json_walk_begin,
    .walk_end = view_json_walk_end,
    .note = view_json_note,
    .step = view_json_step,
    .plan = view_json_show_plan,
    .saved_plan = view_json_saved_plan,
    .plan_hint = view_json_plan_hint,
    .applied = view_json_applied,
    .cancelled = view_json_cancelled,
    .valid = view_json_valid,
    .searched = view_json_searched,
    .diag = write_diag,
    .finish = view_json_finish,
    .tests = view_test_json,
};

View *view_json_open(Cli *cli) {
    Stream *stream = arena_new(cli->arena, Stream);
    stream->cli = cli;
    stream->hooks = (Hooks){stream, view_json_on_event};
    pthread_mutex_init(&stream->mutex, NULL);
    pthread_cond_init(&stream->wake, NULL);
    View *view = view_new(cli, &json_stream, stream);
    stream->view = view;
    view_json_write_version(cli);
    return view;
}
