/* render_text: the text of a plan: drift, changes, counts and outputs. */
#include "render_text.h"
#include "render_group.h"
#include "render_peer.h"
#include "render_secret.h"
#include "render_text_body.h"
#include "render_title.h"

#include <stdlib.h>

typedef struct CountRow {
    Action action;
    const char *word;
    Str type;
    uint32_t count;
} CountRow;

typedef VEC(CountRow) CountRows;

static int counts_compare_rows(const void *a, const void *b) {
    const CountRow *left = a, *right = b;
    int order = (left->action > right->action) - (left->action < right->action);
    order = order ? order : strcmp(left->word, right->word);
    return order ? order : str_compare(left->type, right->type);
}

static const char *word_of(const ResourceChange *change) {
    if (change->action != ACTION_NO_OP)
        return action_name(change->action);
    return change->previous.type.len > 0 ? "move" : "import";
}

static CountRow *counts_row_of(CountRows *rows, const ResourceChange *change, Arena *scratch) {
    const char *word = word_of(change);
    Str type =
        str_concat(resource_mode_prefix(change->address.mode), change->address.type, scratch);
    vec_each(rows, row) {
        if (row->action == change->action && row->word == word && str_equal(row->type, type))
            return row;
    }
    vec_push(scratch, rows, ((CountRow){change->action, word, type, 0}));
    return &rows->items[rows->count - 1];
}

/* -details=summary: a line for each action on each type, with the number of changes. */
static void render_counts(RenderPen *pen, const Plan *plan) {
    CountRows rows = {0};
    int widest = 0;
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change))
            counts_row_of(&rows, change, pen->scratch)->count++;
    }
    if (rows.count > 1)
        qsort(rows.items, rows.count, sizeof *rows.items, counts_compare_rows);
    vec_each(&rows, row) {
        int width = (int)strlen(row->word);
        widest = width > widest ? width : widest;
    }
    vec_each(&rows, row) {
        render_pen_symbol(pen, row->action);
        render_pen_format(pen, "%-*s %4u  %.*s\n", widest, row->word, row->count,
                          STR_ARG(row->type));
    }
}

#define PIECE_SIZE 65536

/* Passes the text to `piece`, if set and if the text is long enough. */
static void hand_over(RenderPen *pen, size_t enough) {
    if (!pen->piece || pen->out->len < enough)
        return;
    pen->piece(strbuf_str(pen->out));
    pen->out->len = 0;
}

void render_text_change(const ResourceChange *change, RenderStyle style, StrBuf *out,
                        Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style};
    render_title_reasons(&pen, change);
    render_text_body(change, style, out, scratch);
}

/* "  # (spec.replicas: changed by kubectl-edit (Update), 2026-01-02T03:04:05Z)": a line per changed
 * field with a known owner. */
static void text_owners_title(RenderPen *pen, const Drift *drift) {
    vec_each(&drift->fields, field) {
        if (field->manager.len == 0)
            continue;
        Str path = str_after(path_to_str(field->path, pen->scratch), 1);
        render_pen_format(pen, "  # (%.*s: changed by %.*s%s%.*s)\n", STR_ARG(path),
                          STR_ARG(field->manager), field->since.len ? ", " : "",
                          STR_ARG(field->since));
    }
}

static void add_drift_body(RenderPen *pen, const RenderDrift *drift) {
    RenderDiffInput input = {
        .schema = drift->drift.schema,
        .before = drift->drift.before,
        .after = drift->drift.after,
        .peer = pen->style.peer,
        .show_sensitive = pen->style.show_sensitive,
        .secrets = pen->style.secrets,
    };
    RenderLook look = {.is_extract = drift->is_extract};
    text_owners_title(pen, &drift->drift);
    render_text_body_object(pen, drift->drift.address, drift->drift.action, &input, look);
}

void render_text_drift(const RenderDrift *drift, RenderStyle style, StrBuf *out, Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style};
    add_drift_body(&pen, drift);
}

static void text_add_drift(RenderPen *pen, const RenderDrift *drift) {
    if (pen->style.details >= DETAILS_TITLES) {
        render_title_drift(pen, &drift->drift);
        text_owners_title(pen, &drift->drift);
        return;
    }
    render_pen_text(pen, "\n");
    render_title_drift(pen, &drift->drift);
    add_drift_body(pen, drift);
}

static bool add_all_drift(RenderPen *pen, const Plan *plan) {
    RenderDrifts shown = render_drift_find(plan, pen->scratch);
    if (shown.count == 0)
        return false;
    if (pen->style.peer) {
        render_peer_drift_begin(pen);
    } else {
        render_pen_text(pen, "\n");
        render_pen_ink(pen, INK_BOLD, "Note: Objects have changed outside of loam");
        render_pen_text(pen, "\n"
                             "\n"
                             "Since the last apply, these objects have changed outside of loam:\n");
    }
    SCOPED(ArenaRef) scratch = arena_open("drift text");
    RenderPen one = *pen;
    one.scratch = scratch;
    vec_each(&shown, drift) {
        text_add_drift(&one, drift);
        hand_over(pen, PIECE_SIZE);
        arena_reset(scratch);
    }
    if (pen->style.peer)
        render_peer_drift_end(pen, plan->mode);
    return true;
}

typedef struct TextLegendRow {
    Action action;
    const char *text;
} TextLegendRow;

static const TextLegendRow text_legend[] = {
    {ACTION_CREATE, "create"},
    {ACTION_UPDATE, "update in-place"},
    {ACTION_DELETE, "destroy"},
    {ACTION_DELETE_THEN_CREATE, "destroy and then create replacement"},
    {ACTION_CREATE_THEN_DELETE, "create replacement and then destroy"},
    {ACTION_READ, "read (data resources)"},
    {ACTION_FORGET, "forget: stop managing, do not destroy"},
    {ACTION_FORGET_THEN_CREATE, "forget and then create replacement"},
};

static bool plan_has_action(const Plan *plan, Action action) {
    vec_each(&plan->changes, change) {
        if (change->action == action && plan_is_shown(change))
            return true;
        vec_each(&change->parts, part) {
            if (part->action == action)
                return true;
        }
    }
    return false;
}

static void add_legend(RenderPen *pen, const Plan *plan) {
    if (pen->style.peer) {
        render_peer_legend(pen, plan);
        return;
    }
    render_pen_text(pen, "\n"
                         "The actions are shown with these symbols:\n");
    for (size_t i = 0; i < ARRAY_COUNT(text_legend); i++) {
        if (!plan_has_action(plan, text_legend[i].action))
            continue;
        render_pen_symbol(pen, text_legend[i].action);
        render_pen_format(pen, "%s\n", text_legend[i].text);
    }
}

static size_t text_count_shown(const Plan *plan, bool *has_actions) {
    size_t count = 0;
    vec_each(&plan->changes, change) {
        if (!plan_is_shown(change))
            continue;
        count++;
        *has_actions = *has_actions || change->action != ACTION_NO_OP;
    }
    return count;
}

static void add_intent(RenderPen *pen, const Plan *plan) {
    if (pen->style.peer) {
        render_peer_intent(pen, plan);
        render_pen_text(pen, "\n");
        return;
    }
    render_pen_text(pen, plan->errored
                             ? "\n"
                               "loam planned these actions before it encountered an error:\n"
                               "\n"
                             : "\nloam will take these actions:\n\n");
}

static void text_peer_summary(RenderPen *pen, const Plan *plan) {
    PlanCounts counts = plan_count(plan);
    render_pen_ink(pen, INK_BOLD, "Plan:");
    render_pen_format(pen, " %.*s", STR_ARG(plan_summary(plan, pen->scratch)));
    if (!pen->style.peer->is_terraform && counts.forget > 0)
        render_pen_format(pen, ", %u to forget", counts.forget);
    render_pen_text(pen, ".\n");
}

static void text_add_summary(RenderPen *pen, const Plan *plan) {
    if (pen->style.peer) {
        text_peer_summary(pen, plan);
        return;
    }
    render_pen_ink(pen, INK_BOLD, "Plan:");
    render_pen_format(pen, " %.*s.\n", STR_ARG(plan_summary(plan, pen->scratch)));
    uint32_t forgotten = plan_count(plan).forget;
    if (forgotten > 0)
        render_pen_format(pen, "%u object%s will be forgotten, and not destroyed.\n", forgotten,
                          forgotten == 1 ? "" : "s");
}

static void text_add_group(RenderPen *pen, const RenderGroup *group) {
    render_title_change(pen, group->first);
    render_title_reasons(pen, group->first);
    render_title_others(pen, group->changes.items, group->changes.count);
    if (pen->style.details == DETAILS_TITLES)
        return;
    render_group_text(group, pen->style, pen->out, pen->scratch);
    render_pen_text(pen, "\n");
}

static size_t text_add_changes(RenderPen *pen, const Plan *plan) {
    bool has_actions = false;
    size_t count = text_count_shown(plan, &has_actions);
    if (count == 0)
        return 0;
    if (pen->style.details == DETAILS_SUMMARY) {
        add_intent(pen, plan);
        render_counts(pen, plan);
        render_pen_text(pen,
                        "\n-details=titles lists the objects, -details=full all arguments.\n\n");
        text_add_summary(pen, plan);
        return count;
    }
    if (has_actions)
        add_legend(pen, plan);
    add_intent(pen, plan);
    RenderGroups groups = render_group_find(plan, pen->style, pen->scratch);
    SCOPED(ArenaRef) scratch = arena_open("group text");
    RenderPen one = *pen;
    one.scratch = scratch;
    vec_each(&groups, group) {
        text_add_group(&one, *group);
        hand_over(pen, PIECE_SIZE);
        arena_reset(scratch);
    }
    if (pen->style.details == DETAILS_TITLES)
        render_pen_text(pen, "\nOnly titles are shown; -details=full shows all arguments.\n\n");
    text_add_summary(pen, plan);
    return count;
}

/* Returns true if a deferred change of the module call is listed. */
static bool is_shown_within(const Plan *plan, Str block) {
    SCOPED(ArenaRef) scratch = arena_open("deferred block");
    vec_each(&plan->deferred, deferred) {
        Str module = module_addr_to_str(deferred->change.address.module, scratch);
        if (str_starts_with(module, block) && plan_is_shown(&deferred->change))
            return true;
    }
    return false;
}

/* Lists the changes that wait for a later plan. Returns their number. */
static size_t text_add_deferred(RenderPen *pen, const Plan *plan) {
    size_t count = 0;
    SCOPED(ArenaRef) scratch = arena_open("deferred text");
    RenderPen one = *pen;
    one.scratch = scratch;
    vec_each(&plan->deferred, deferred) {
        if (!plan_is_shown(&deferred->change))
            continue;
        if (count++ == 0)
            render_pen_text(pen, "\nThese changes are deferred to a later plan:\n");
        render_pen_text(pen, "\n");
        render_title_deferred(&one, deferred);
        if (one.style.details < DETAILS_TITLES)
            render_text_body(&deferred->change, one.style, one.out, scratch);
        hand_over(pen, PIECE_SIZE);
        arena_reset(scratch);
    }
    vec_each(&plan->deferred_blocks, block) {
        if (is_shown_within(plan, *block))
            continue;
        if (count++ == 0)
            render_pen_text(pen, "\nThese changes are deferred to a later plan:\n");
        render_title_deferred_block(pen, *block);
    }
    return count;
}

/* Says how to make the rest of the changes. */
static void add_next_step(RenderPen *pen, const Plan *plan) {
    if (!plan_has_deferrals(plan) || plan->errored)
        return;
    render_pen_text(pen,
                    plan_is_applyable(plan)
                        ? "\nThis plan is partial: after it is applied, plan and apply again to "
                          "make the deferred changes.\n"
                        : "\nThis plan has deferred changes, but no change that can be applied "
                          "now.\n");
}

static const RenderDiff *diff_output(RenderPen *pen, const OutputChange *output) {
    uint8_t marks = output->sensitive ? MARK_SENSITIVE : 0;
    Value before = value_with_marks(output->before, marks);
    Value after = value_with_marks(output->after, marks);
    bool had = !value_is_null(before);
    bool has = !value_is_null(after);
    return render_diff_value(had ? &before : NULL, has ? &after : NULL, pen->style, pen->scratch);
}

/* For loam, an output changes too if only its type or its marks do. */
static Action text_output_action(const RenderPen *pen, const OutputChange *output,
                                 const RenderDiff *diff) {
    if (pen->style.peer)
        return diff->action;
    if (value_is_known(output->after) && value_is_null(output->after))
        return ACTION_DELETE;
    return output->action == ACTION_CREATE || output->action == ACTION_DELETE ? output->action
                                                                              : ACTION_UPDATE;
}

/* The peers do not show a difference that their JSON does not have: of types and marks. */
static bool text_shows_output(RenderPen *pen, const OutputChange *output) {
    return output->action != ACTION_NO_OP &&
           (!pen->style.peer || diff_output(pen, output)->action != ACTION_NO_OP);
}

static size_t text_count_outputs(RenderPen *pen, const Plan *plan) {
    size_t count = 0;
    vec_each(&plan->outputs, output) {
        count += text_shows_output(pen, output);
    }
    return count;
}

static void text_add_output(RenderPen *pen, const OutputChange *output, size_t widest) {
    const RenderDiff *diff = diff_output(pen, output);
    render_pen_symbol(pen, text_output_action(pen, output, diff));
    if (pen->style.details == DETAILS_SUMMARY) {
        render_pen_format(pen, "%.*s\n", STR_ARG(output->name));
        return;
    }
    render_text_name(pen, output->name, widest);
    render_pen_text(pen, " = ");
    render_text_diff(pen, diff, 0, (RenderLook){0});
    render_pen_text(pen, "\n");
}

void render_text_output(const OutputChange *output, RenderStyle style, StrBuf *out,
                        Arena *scratch) {
    text_add_output(&(RenderPen){.out = out, .scratch = scratch, .style = style}, output, 0);
}

static size_t text_add_outputs(RenderPen *pen, const Plan *plan) {
    size_t count = text_count_outputs(pen, plan);
    if (count == 0)
        return 0;
    size_t widest = 0;
    vec_each(&plan->outputs, output) {
        size_t width = render_text_name_width(pen, output->name);
        /* The peers leave room for those that they do not show. */
        if (width > widest && (pen->style.peer || text_shows_output(pen, output)))
            widest = width;
    }
    render_pen_text(pen, "\nChanges to Outputs:\n");
    SCOPED(ArenaRef) scratch = arena_open("output text");
    RenderPen one = *pen;
    one.scratch = scratch;
    vec_each(&plan->outputs, output) {
        if (!text_shows_output(&one, output))
            continue;
        text_add_output(&one, output, widest);
        hand_over(pen, PIECE_SIZE);
        arena_reset(scratch);
    }
    return count;
}

static void text_add_no_changes(RenderPen *pen, const Plan *plan) {
    static const char *const WHY[] = {
        [PLAN_NORMAL] = "Your infrastructure matches the configuration.",
        [PLAN_DESTROY] = "No objects need to be destroyed.",
        [PLAN_REFRESH_ONLY] = "Your infrastructure still matches the configuration.",
    };
    render_pen_text(pen, "\n");
    render_pen_ink(pen, INK_GREEN, plan->only_reports ? "No drift." : "No changes.");
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_BOLD,
                   plan->only_reports ? "No managed field has changed outside of loam."
                                      : WHY[plan->mode]);
    render_pen_text(pen, "\n");
}

static void add_refresh_note(RenderPen *pen, const Plan *plan) {
    if (plan->only_reports) {
        render_pen_text(pen, "\n"
                             "To undo these changes, run \"loam apply\". To record them in the "
                             "state, run\n\"loam apply -refresh-only\".\n");
        return;
    }
    render_pen_text(
        pen,
        "\n"
        "This is a refresh-only plan: loam will not undo these changes. Applying it records the\n"
        "real values in the state.\n");
}

static void text_add_requested(RenderPen *pen, const Plan *plan) {
    if (plan->invocations.count == 0)
        return;
    render_pen_text(pen, "\nloam will invoke these actions:\n\n");
    vec_each(&plan->invocations, invocation) {
        Str address = resource_addr_to_str(invocation->action, pen->scratch);
        Str caller = resource_addr_to_str(invocation->caller, pen->scratch);
        bool has_caller = invocation->caller.type.len > 0;
        render_pen_format(pen, "  # %.*s will be invoked%s%.*s%s\n", STR_ARG(address),
                          has_caller ? " (called from " : "", has_caller ? (int)caller.len : 0,
                          caller.ptr, has_caller ? ")" : "");
        render_text_body_invocation(pen, invocation);
        render_pen_text(pen, "\n");
    }
    text_add_summary(pen, plan);
}

/* The parts of the plan in the order of the peers. Deferrals and invocations are loam's alone. */
static void add_peer_plan(RenderPen *pen, const Plan *plan) {
    bool has_drift = add_all_drift(pen, plan);
    bool has_actions = false, has_outputs = text_count_outputs(pen, plan) > 0;
    size_t shown = text_count_shown(plan, &has_actions) + plan->invocations.count;
    bool is_empty = shown == 0 && !has_outputs && !plan_has_deferrals(plan);
    if (is_empty)
        render_peer_no_changes(pen, plan, has_drift);
    else if (has_drift)
        render_peer_rule(pen);
    (void)text_add_deferred(pen, plan);
    (void)text_add_changes(pen, plan);
    text_add_requested(pen, plan);
    (void)text_add_outputs(pen, plan);
    if (has_outputs && !has_actions)
        render_peer_only_outputs(pen);
    add_next_step(pen, plan);
}

static void add_plan(RenderPen *pen, const Plan *plan) {
    if (pen->style.peer) {
        add_peer_plan(pen, plan);
        return;
    }
    bool has_drift = add_all_drift(pen, plan);
    size_t deferred = text_add_deferred(pen, plan);
    size_t changes = text_add_changes(pen, plan) + plan->invocations.count;
    text_add_requested(pen, plan);
    if (plan->mode == PLAN_REFRESH_ONLY && has_drift)
        add_refresh_note(pen, plan);
    size_t outputs = text_add_outputs(pen, plan);
    if (changes == 0 && outputs > 0 && plan->mode == PLAN_NORMAL && plan_is_applyable(plan)) {
        render_pen_text(pen, "\nApplying this plan saves these output values in the state; it "
                             "changes no real infrastructure.\n");
    }
    if (changes + outputs + deferred == 0 && !has_drift && !plan->errored)
        text_add_no_changes(pen, plan);
    add_next_step(pen, plan);
}

void render_text_plan(const Plan *plan, RenderStyle style, StrBuf *out, Arena *scratch) {
    style.secrets = render_secret_of_plan(plan, scratch);
    add_plan(&(RenderPen){.out = out, .scratch = scratch, .style = style}, plan);
}

void render_text_plan_in_pieces(const Plan *plan, RenderStyle style, RenderPiece *piece,
                                Arena *scratch) {
    SCOPED(ArenaRef) written = arena_open("piece of a plan"); /* grows in place */
    StrBuf text = strbuf_new(written);
    style.secrets = render_secret_of_plan(plan, scratch);
    RenderPen pen = {.out = &text, .piece = piece, .scratch = scratch, .style = style};
    add_plan(&pen, plan);
    hand_over(&pen, 1);
}

void render_text_nested(Value value, RenderStyle style, StrBuf *out, Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style, .hide_symbols = true};
    const RenderDiff *diff = render_diff_typed(&value, style, scratch);
    render_text_diff(&pen, diff, 0, (RenderLook){.show_unchanged = true});
}

void render_text_object(const RenderObject *object, RenderStyle style, StrBuf *out,
                        Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style, .hide_symbols = true};
    Str who = resource_addr_to_str(object->address, scratch);
    render_pen_format(&pen, "# %.*s:%s%.*s\n", STR_ARG(who), object->note.len ? " " : "",
                      STR_ARG(object->note));
    RenderDiffInput input = {
        .schema = object->schema,
        .before = object->value,
        .after = object->value,
        .peer = style.peer,
        .show_sensitive = style.show_sensitive,
        .secrets = style.secrets,
    };
    render_text_body_object(&pen, object->address, ACTION_NO_OP, &input,
                            (RenderLook){.show_unchanged = true});
}
