/* A plan as people read it: what was found changed, what will be done, and the sums. */
#include "render_text.h"

#include "render_text_diff.h"
#include "render_text_string.h"

/* -- comments above a change -------------------------------------------------------------- */

static void add_comment(RenderPen *pen, Str text) {
    render_pen_format(pen, "  # %.*s\n", STR_ARG(text));
}

/* "  # ADDRESS" in bold, then what happens. */
static void add_title(
    RenderPen *pen, Str who, const char *before, const char *verb, RenderInk ink) {
    Str lead = str_format(pen->scratch, "  # %.*s", STR_ARG(who));
    render_pen_ink(pen, INK_BOLD, str_to_cstr(lead, pen->scratch));
    render_pen_text(pen, before);
    render_pen_ink(pen, ink, verb);
    render_pen_text(pen, "\n");
}

static bool has_moved(const ResourceChange *change) {
    return change->previous.type.len && !resource_addr_equal(change->previous, change->address);
}

static void add_replace_title(RenderPen *pen, const ResourceChange *change, Str who) {
    switch (change->reason) {
    case REASON_REPLACE_BECAUSE_TAINTED:
        add_title(pen, who, " is tainted, so it ", "must be replaced", INK_BOLD_RED);
        return;
    case REASON_REPLACE_BY_REQUEST:
        add_title(pen, who, " will be ", "replaced, as requested", INK_BOLD_RED);
        return;
    case REASON_REPLACE_BY_TRIGGERS:
        add_title(pen, who, " will be ", "replaced due to changes in replace_triggered_by",
                  INK_BOLD_RED);
        return;
    case REASON_NONE:
    case REASON_REPLACE_BECAUSE_CANNOT_UPDATE:
    case REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG:
    case REASON_DELETE_BECAUSE_WRONG_REPETITION:
    case REASON_DELETE_BECAUSE_COUNT_INDEX:
    case REASON_DELETE_BECAUSE_EACH_KEY:
    case REASON_DELETE_BECAUSE_ENABLED_FALSE:
    case REASON_DELETE_BECAUSE_NO_MODULE:
    case REASON_DELETE_BECAUSE_NO_MOVE_TARGET:
    case REASON_READ_BECAUSE_CONFIG_UNKNOWN:
    case REASON_READ_BECAUSE_DEPENDENCY_PENDING:
    case REASON_READ_BECAUSE_CHECK_NESTED:
    case REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE:
    case REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG: break;
    }
    add_title(pen, who, " ", "must be replaced", INK_BOLD_RED);
}

static void add_moved_title(RenderPen *pen, ResourceAddr previous, Str who) {
    Str from = resource_addr_to_str(previous, pen->scratch);
    Str both = str_format(pen->scratch, "%.*s has moved to %.*s", STR_ARG(from), STR_ARG(who));
    add_title(pen, both, "", "", INK_BOLD);
}

static void add_change_title(RenderPen *pen, const ResourceChange *change, Str who) {
    switch (change->action) {
    case ACTION_NO_OP:
        if (change->previous.type.len > 0)
            add_moved_title(pen, change->previous, who);
        else
            add_title(pen, who, " will be imported", "", INK_BOLD);
        return;
    case ACTION_CREATE: add_title(pen, who, " will be created", "", INK_BOLD); return;
    case ACTION_READ: add_title(pen, who, " will be read during apply", "", INK_BOLD); return;
    case ACTION_UPDATE: add_title(pen, who, " will be updated in-place", "", INK_BOLD); return;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE: add_replace_title(pen, change, who); return;
    case ACTION_DELETE: add_title(pen, who, " will be ", "destroyed", INK_BOLD_RED); return;
    case ACTION_FORGET:
        add_title(pen, who, " will no longer be managed by loam, but will not be destroyed", "",
                  INK_BOLD);
        return;
    }
}

static Str reason_text(const ResourceChange *change, Arena *arena) {
    ResourceAddr block = change->address;
    block.key = KEY_ABSENT;
    Str who = resource_addr_to_str(block, arena);
    Str key = address_key_to_str(change->address.key, arena);
    Str module = module_addr_to_str(change->address.module, arena);
    switch (change->reason) {
    case REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG:
        return str_format(arena, "because %.*s is not in configuration", STR_ARG(who));
    case REASON_DELETE_BECAUSE_NO_MODULE:
        return str_format(arena, "because %.*s is not in configuration", STR_ARG(module));
    case REASON_DELETE_BECAUSE_NO_MOVE_TARGET:
        return str_format(arena, "because %.*s, to which it was moved, is not in configuration",
                          STR_ARG(who));
    case REASON_DELETE_BECAUSE_WRONG_REPETITION:
        if (change->address.key.kind == KEY_NONE)
            return str_format(arena, "because resource uses count or for_each");
        return str_format(arena, "because resource does not use %s",
                          change->address.key.kind == KEY_INT ? "count" : "for_each");
    case REASON_DELETE_BECAUSE_COUNT_INDEX:
        return str_format(arena, "because index %.*s is out of range for count", STR_ARG(key));
    case REASON_DELETE_BECAUSE_EACH_KEY:
        return str_format(arena, "because key %.*s is not in for_each map", STR_ARG(key));
    case REASON_DELETE_BECAUSE_ENABLED_FALSE: return STR("because enabled is false");
    case REASON_READ_BECAUSE_CONFIG_UNKNOWN: return STR("config refers to values not yet known");
    case REASON_READ_BECAUSE_DEPENDENCY_PENDING:
        return STR("depends on a resource or a module with changes pending");
    case REASON_READ_BECAUSE_CHECK_NESTED:
        return STR("config will be reloaded to verify a check block");
    case REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE:
        return STR("because its lifecycle had \"destroy = false\" when it was last applied");
    case REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG:
        return STR("because its lifecycle has \"destroy = false\"");
    case REASON_NONE:
    case REASON_REPLACE_BECAUSE_TAINTED:
    case REASON_REPLACE_BY_REQUEST:
    case REASON_REPLACE_BY_TRIGGERS:
    case REASON_REPLACE_BECAUSE_CANNOT_UPDATE: break;
    }
    return STR_EMPTY;
}

static void add_reason(RenderPen *pen, const ResourceChange *change) {
    Str reason = reason_text(change, pen->scratch);
    if (change->import_id.len > 0)
        render_pen_format(pen, "  # (imported from \"%.*s\")\n", STR_ARG(change->import_id));
    if (reason.len)
        render_pen_format(pen, "  # (%.*s)\n", STR_ARG(reason));
    if (change->deposed.len)
        add_comment(pen, STR("(left over from a partially-failed replacement of this instance)"));
    if (has_moved(change) && change->action != ACTION_NO_OP) {
        Str from = resource_addr_to_str(change->previous, pen->scratch);
        render_pen_format(pen, "  # (moved from %.*s)\n", STR_ARG(from));
    }
}

/* -- one object --------------------------------------------------------------------------- */

static void add_object(RenderPen *pen,
                       ResourceAddr address,
                       Action action,
                       const RenderDiffInput *input,
                       RenderLook look) {
    const RenderDiff *diff = render_diff_body(input, pen->scratch);
    static const char *const KINDS[] = {
        [MODE_MANAGED] = "resource", [MODE_DATA] = "data", [MODE_EPHEMERAL] = "ephemeral"};
    render_pen_symbol(pen, action);
    render_pen_format(pen, "%s \"%.*s\" \"%.*s\" ", KINDS[address.mode], STR_ARG(address.type),
                      STR_ARG(address.name));
    render_text_diff(pen, diff, 0, look);
    render_pen_text(pen, "\n");
}

static void add_change(RenderPen *pen, const ResourceChange *change) {
    Str who = resource_addr_to_str(change->address, pen->scratch);
    if (change->deposed.len) {
        who = str_format(pen->scratch, "%.*s (deposed object %.*s)", STR_ARG(who),
                         STR_ARG(change->deposed));
    }
    add_change_title(pen, change, who);
    add_reason(pen, change);
    RenderDiffInput input = {
        .schema = change->schema,
        .before = change->before,
        .after = change->action == ACTION_FORGET ? change->before : change->after,
        .replace_paths = &change->replace_paths,
        .notes = change->notes.items,
        .note_count = change->notes.count,
        .show_sensitive = pen->style.show_sensitive,
    };
    bool is_import = change->action == ACTION_NO_OP && change->import_id.len > 0;
    RenderLook look = {.show_unchanged = change->action == ACTION_FORGET || is_import};
    add_object(pen, change->address, change->action, &input, look);
    render_pen_text(pen, "\n");
}

/* -- drift -------------------------------------------------------------------------------- */

/* In a plan that changes things, only what those changes start from is worth reading. */
static bool shows_drift(const Plan *plan, const Drift *drift) {
    if (plan->mode == PLAN_REFRESH_ONLY)
        return true;
    const ResourceChange *change = plan_find(plan, drift->address, STR_EMPTY);
    return change && change->action != ACTION_NO_OP;
}

static void add_drift(RenderPen *pen, const Drift *drift) {
    Str who = resource_addr_to_str(drift->address, pen->scratch);
    bool is_gone = drift->action == ACTION_DELETE;
    if (drift->action == ACTION_NO_OP)
        add_moved_title(pen, drift->previous, who);
    else
        add_title(pen, who, is_gone ? " has been deleted" : " has changed", "", INK_BOLD);
    RenderDiffInput input = {
        .schema = drift->schema,
        .before = drift->before,
        .after = drift->after,
        .show_sensitive = pen->style.show_sensitive,
    };
    add_object(pen, drift->address, drift->action, &input, (RenderLook){0});
    render_pen_text(pen, "\n");
}

static bool add_all_drift(RenderPen *pen, const Plan *plan) {
    bool any = false;
    vec_each(&plan->drift, drift) {
        if (!shows_drift(plan, drift))
            continue;
        if (!any) {
            render_pen_text(pen, "\n");
            render_pen_ink(pen, INK_BOLD, "Note: Objects have changed outside of loam");
            render_pen_text(pen, "\n\nSince the last apply, these objects have changed without "
                                 "loam's doing:\n\n");
        }
        any = true;
        add_drift(pen, drift);
    }
    return any;
}

/* -- legend and changes ------------------------------------------------------------------- */

static bool is_shown(const ResourceChange *change) {
    if (change->address.mode == MODE_DATA && change->action != ACTION_READ)
        return false;
    return change->action != ACTION_NO_OP || has_moved(change) || change->import_id.len > 0;
}

typedef struct LegendRow {
    Action action;
    const char *text;
} LegendRow;

static const LegendRow LEGEND[] = {
    {ACTION_CREATE,             "create"                               },
    {ACTION_UPDATE,             "update in-place"                      },
    {ACTION_DELETE,             "destroy"                              },
    {ACTION_DELETE_THEN_CREATE, "destroy and then create replacement"  },
    {ACTION_CREATE_THEN_DELETE, "create replacement and then destroy"  },
    {ACTION_READ,               "read (data resources)"                },
    {ACTION_FORGET,             "forget: stop managing, do not destroy"},
    {ACTION_FORGET_THEN_CREATE, "forget and then create replacement"   },
};

static bool plan_has_action(const Plan *plan, Action action) {
    vec_each(&plan->changes, change) {
        if (change->action == action && is_shown(change))
            return true;
    }
    return false;
}

static void add_legend(RenderPen *pen, const Plan *plan) {
    render_pen_text(pen, "\nWhat will be done to each object is shown by these symbols:\n");
    for (size_t i = 0; i < ARRAY_COUNT(LEGEND); i++) {
        if (!plan_has_action(plan, LEGEND[i].action))
            continue;
        render_pen_symbol(pen, LEGEND[i].action);
        render_pen_format(pen, "%s\n", LEGEND[i].text);
    }
}

static size_t count_shown(const Plan *plan, bool *has_actions) {
    size_t count = 0;
    vec_each(&plan->changes, change) {
        if (!is_shown(change))
            continue;
        count++;
        *has_actions = *has_actions || change->action != ACTION_NO_OP;
    }
    return count;
}

static void add_summary(RenderPen *pen, const Plan *plan) {
    render_pen_ink(pen, INK_BOLD, "Plan:");
    render_pen_format(pen, " %.*s.\n", STR_ARG(plan_summary(plan, pen->scratch)));
    uint32_t forgotten = plan_count(plan).forget;
    if (forgotten > 0)
        render_pen_format(pen, "%u object%s will be forgotten, and not destroyed.\n", forgotten,
                          forgotten == 1 ? "" : "s");
}

static size_t add_changes(RenderPen *pen, const Plan *plan) {
    bool has_actions = false;
    size_t count = count_shown(plan, &has_actions);
    if (count == 0)
        return 0;
    if (has_actions)
        add_legend(pen, plan);
    render_pen_text(pen, plan->errored ? "\nloam planned these actions before it met an error:\n\n"
                                       : "\nloam will take these actions:\n\n");
    vec_each(&plan->changes, change) {
        if (is_shown(change))
            add_change(pen, change);
    }
    add_summary(pen, plan);
    return count;
}

/* -- outputs ------------------------------------------------------------------------------ */

static const RenderDiff *diff_output(RenderPen *pen, const OutputChange *output) {
    uint8_t marks = output->sensitive ? MARK_SENSITIVE : 0;
    Value before = value_with_marks(output->before, marks);
    Value after = value_with_marks(output->after, marks);
    bool had = !value_is_null(before);
    bool has = !value_is_null(after);
    return render_diff_value(had ? &before : NULL, has ? &after : NULL, pen->style.show_sensitive,
                             pen->scratch);
}

static Action output_action(const OutputChange *output) {
    return output->action == ACTION_CREATE || output->action == ACTION_DELETE ? output->action
                                                                              : ACTION_UPDATE;
}

static size_t add_outputs(RenderPen *pen, const Plan *plan) {
    size_t widest = 0;
    size_t count = 0;
    vec_each(&plan->outputs, output) {
        if (output->action == ACTION_NO_OP)
            continue;
        widest = output->name.len > widest ? output->name.len : widest;
        count++;
    }
    if (count == 0)
        return 0;
    render_pen_text(pen, "\nChanges to Outputs:\n");
    vec_each(&plan->outputs, output) {
        if (output->action == ACTION_NO_OP)
            continue;
        render_pen_symbol(pen, output_action(output));
        render_pen_format(pen, "%-*.*s = ", (int)widest, STR_ARG(output->name));
        render_text_diff(pen, diff_output(pen, output), 0, (RenderLook){0});
        render_pen_text(pen, "\n");
    }
    return count;
}

/* -- whole plans -------------------------------------------------------------------------- */

static void add_no_changes(RenderPen *pen, const Plan *plan) {
    static const char *const WHY[] = {
        [PLAN_NORMAL] = "Your infrastructure matches the configuration.",
        [PLAN_DESTROY] = "No objects need to be destroyed.",
        [PLAN_REFRESH_ONLY] = "Your infrastructure still matches the configuration.",
    };
    render_pen_text(pen, "\n");
    render_pen_ink(pen, INK_GREEN, "No changes.");
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_BOLD, WHY[plan->mode]);
    render_pen_text(pen, "\n");
}

static void add_refresh_note(RenderPen *pen) {
    render_pen_text(pen, "\nThis is a refresh-only plan: nothing will be done to undo these "
                         "changes. Applying it\nrecords what was found in the state.\n");
}

void render_text_plan(const Plan *plan, RenderStyle style, StrBuf *out, Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style};
    bool has_drift = add_all_drift(&pen, plan);
    size_t changes = add_changes(&pen, plan);
    if (plan->mode == PLAN_REFRESH_ONLY && has_drift)
        add_refresh_note(&pen);
    size_t outputs = add_outputs(&pen, plan);
    if (changes == 0 && outputs > 0 && plan->mode == PLAN_NORMAL) {
        render_pen_text(&pen, "\nApplying this plan saves these output values in the state; it "
                              "changes no real infrastructure.\n");
    }
    if (changes == 0 && outputs == 0 && !has_drift && !plan->errored)
        add_no_changes(&pen, plan);
}

void render_text_object(ResourceAddr address,
                        Str note,
                        Value object,
                        const Schema *schema,
                        RenderStyle style,
                        StrBuf *out,
                        Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style, .hide_symbols = true};
    Str who = resource_addr_to_str(address, scratch);
    render_pen_format(&pen, "# %.*s:%s%.*s\n", STR_ARG(who), note.len ? " " : "", STR_ARG(note));
    RenderDiffInput input = {
        .schema = schema,
        .before = object,
        .after = object,
        .show_sensitive = style.show_sensitive,
    };
    add_object(&pen, address, ACTION_NO_OP, &input, (RenderLook){.show_unchanged = true});
}
