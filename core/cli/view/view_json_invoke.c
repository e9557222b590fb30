/* view_json_invoke: an invocation is requested by the user or triggered by the change of an object.
 */
#include "view_json_line.h"

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

void view_json_invoke_planned(const Cli *cli, const Plan *plan) {
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

void view_json_invoke_event(const Cli *cli, const WalkEvent *event) {
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
