/* Decodes action blocks. An action is a Resource without lifecycle; the provider's schema applies
 * to its `config` block. */
#include "config_block.h"

#include "config_newer.h"
#include "config_read.h"

static const BodyAttributeSchema action_attributes[] = {
    {"count", false, BODY_EXPRESSION, CONFIG_EXPR(Resource, count)},
    {"for_each", false, BODY_EXPRESSION},
    {"provider", false, BODY_NAME},
};
static const BodyBlockSchema action_blocks[] = {
    {"config", 0},
};
static const BodySchema action_schema = {BODY_ATTRIBUTES(action_attributes),
                                         BODY_BLOCKS(action_blocks)};

bool config_action_read_config(ConfigLoading *loading, const BodyBlock *block,
                               const BodyContent *content, const BodySchema *own,
                               const Body **out) {
    const BodyBlock *config;
    BodyContent ignored;
    bool ok = config_read_only_block(content, "config", &config);
    if (config) {
        *out = config->body;
        return ok;
    }
    return body_content(block->body, own, &ignored, out, loading->arena, loading->diags) && ok;
}

bool config_action_check_repetition(const BodyContent *content) {
    const BodyAttribute *for_each = body_content_find(content, "for_each");
    if (!for_each || !body_content_find(content, "count"))
        return true;
    return diags_fail(content->diags, for_each->name_range,
                      "Invalid combination of \"count\" and \"for_each\"",
                      "\"count\" and \"for_each\" cannot be combined. Use one of them to set the "
                      "number of instances.");
}

static bool action_decode(ConfigLoading *loading, const BodyBlock *block) {
    Arena *arena = loading->arena;
    BodyContent content;
    Resource *action = config_resource_new(block, MODE_ACTION, arena);
    config_newer_add(loading->config, NEWER_ACTION, block->range, arena);
    bool ok = config_block_read(loading, block->body, &action_schema, &content, NULL, action);
    action->for_each = config_read_for_each(block, &content);
    ok = ok && config_action_read_config(loading, block, &content, &action_schema, &action->body);
    ok &= config_resource_read_provider(loading, &content, action);
    ok &= config_action_check_repetition(&content);
    if (ok)
        map_put(arena, &loading->module->resources, config_resource_key(MODE_ACTION, block, arena),
                action);
    return ok;
}

const ConfigBlock config_action = {
    .name = "action",
    .labels = 2,
    .noun = "action",
    .label_nouns = {"action type", "action name"},
    .decode = action_decode,
};

/* Triggers. */

static const BodyAttributeSchema trigger_attributes[] = {
    {"events", true, BODY_CODE},
    {"actions", true, BODY_CODE},
    {"condition", false, BODY_EXPRESSION},
    {"on_failure", false, BODY_CODE},
};
static const BodySchema trigger_schema = {BODY_ATTRIBUTES(trigger_attributes)};

/* Returns the list in `expr`; NULL, after an error, if it is absent, no list or empty. */
static const Expr *config_action_read_list(const BodyContent *content, const char *name,
                                           const char *empty, SourceRange range) {
    const Expr *list = config_read_expr(content, name);
    Diags *diags = content->diags;
    if (!list)
        return NULL; /* reported as missing */
    if (list->kind != EXPR_TUPLE) {
        diags_error(diags, list->range, "Invalid action_trigger argument",
                    "\"%s\" must be a list in brackets [ ].", name);
        return NULL;
    }
    if (list->as.parts.count > 0)
        return list;
    diags_error(diags, range, empty,
                "An action_trigger block requires at least one element in \"%s\".", name);
    return NULL;
}

static Str keyword_of(const Expr *expr) {
    const Traversal *word = config_read_traversal(expr);
    return word && word->step_count == 0 ? word->root : STR_EMPTY;
}

static bool config_action_has_event(const ActionTrigger *trigger, InvokeEvent event) {
    vec_each(&trigger->events, known) {
        if (*known == event)
            return true;
    }
    return false;
}

static bool config_action_read_event(const Expr *expr, ActionTrigger *out, Arena *arena,
                                     Diags *diags) {
    InvokeEvent event;
    Str word = keyword_of(expr);
    if (!invoke_event_parse(word, &event)) {
        Str summary = str_format(arena, "Invalid \"event\" value %.*s", STR_ARG(word));
        return diags_fail(
            diags, expr->range, str_to_cstr(summary, arena),
            "The events are before_create, after_create, before_update, after_update, "
            "before_destroy and after_destroy.");
    }
    if (config_action_has_event(out, event)) {
        Str summary = str_format(arena, "Duplicate \"%.*s\" event", STR_ARG(word));
        return diags_fail(diags, expr->range, str_to_cstr(summary, arena),
                          "The block already has this event.");
    }
    vec_push(arena, &out->events, event);
    return true;
}

static bool read_events(const BodyContent *content, ActionTrigger *out) {
    const Expr *list =
        config_action_read_list(content, "events", "No events specified", out->range);
    bool ok = list != NULL;
    for (size_t i = 0; list && i < list->as.parts.count; i++)
        ok &=
            config_action_read_event(list->as.parts.items[i], out, content->arena, content->diags);
    return ok;
}

static bool check_action(const Expr *expr, Diags *diags) {
    Traversal *root = config_read_reference_root(expr);
    Reference reference;
    if (root && !reference_from_traversal(root, &reference, diags))
        return false;
    if (root && reference.kind == REFERENCE_MODULE)
        return diags_fail(diags, expr->range, "Invalid reference to action outside this module",
                          "A trigger can only invoke actions of its own module.");
    if (root && reference.kind == REFERENCE_RESOURCE && reference.mode == MODE_ACTION)
        return true;
    return diags_fail(
        diags, expr->range, "Invalid action argument inside action_triggers",
        "Each element of \"actions\" must be a reference to an action of this module, "
        "as in action.TYPE.NAME. A key may be count.index or each.key.");
}

static bool read_actions(const BodyContent *content, ActionTrigger *out) {
    const Expr *list =
        config_action_read_list(content, "actions", "No actions specified", out->range);
    bool ok = list != NULL;
    for (size_t i = 0; list && i < list->as.parts.count; i++) {
        const Expr *item = list->as.parts.items[i];
        ok = ok && check_action(item, content->diags);
        vec_push(content->arena, &out->actions, item);
    }
    return ok;
}

static bool read_failure(const BodyContent *content, ActionTrigger *out) {
    const Expr *expr = config_read_expr(content, "on_failure");
    if (!expr || invoke_failure_parse(keyword_of(expr), &out->on_failure))
        return true;
    out->on_failure = INVOKE_HALTS;
    return diags_fail(content->diags, expr->range, "Invalid \"on_failure\" keyword",
                      "\"on_failure\" must be one of the keywords halt, taint and continue.");
}

static void config_action_look_for_self(Traversal *traversal, void *payload) {
    bool *is_found = payload;
    *is_found |= str_equal_cstr(traversal->root, "self");
}

/* The object of a before_create event does not exist yet, and a destruction evaluates nothing. */
static bool check_condition(const ActionTrigger *trigger, Diags *diags) {
    bool refers_to_self = false;
    bool ok = true;
    if (!trigger->condition)
        return true;
    expr_each_traversal(trigger->condition, config_action_look_for_self, &refers_to_self);
    vec_each(&trigger->events, event) {
        if (*event == INVOKE_BEFORE_CREATE && refers_to_self)
            ok = diags_fail(diags, trigger->condition->range,
                            "Reference to self in before_create condition",
                            "Before the object is created, its values may not be known.");
        if (invoke_event_is_destroy(*event))
            ok = diags_fail(
                diags, trigger->condition->range, "Condition on destroy action",
                "A trigger with before_destroy or after_destroy takes no condition, because "
                "a destruction evaluates no expressions.");
    }
    return ok;
}

static bool read_trigger(const BodyBlock *block, ActionTrigger *out, Arena *arena, Diags *diags) {
    BodyContent content;
    *out = (ActionTrigger){.range = block->range};
    bool ok = body_content(block->body, &trigger_schema, &content, NULL, arena, diags);
    out->condition = config_read_optional(&content, "condition");
    ok &= read_events(&content, out);
    ok &= read_actions(&content, out);
    ok &= read_failure(&content, out);
    return check_condition(out, diags) && ok;
}

bool config_action_read_triggers(const BodyContent *content, Lifecycle *out) {
    Arena *arena = content->arena;
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (str_equal_cstr(block->type, "action_trigger"))
            ok &= read_trigger(block, vec_add(arena, &out->action_triggers), arena, content->diags);
    }
    return ok;
}
