/* render_peer: texts of Terraform 1.11 and OpenTofu 1.12. */
#include "render_peer.h"

#include "utf8.h"

static const char *peer_title_of(const RenderPen *pen) {
    return pen->style.peer->title;
}

/* The peers do not break inside of a word, and drop the space at a break. */
static void add_wrapped_line(RenderPen *pen, Str line) {
    size_t column = 0;
    Str word;
    if (line.len > 0 && line.ptr[0] == ' ') {
        render_pen_str(pen, line);
        return;
    }
    while (str_next_field(&line, ' ', &word)) {
        size_t width = utf8_display_width(word);
        bool is_full = column + 1 + width >= pen->style.columns;
        if (column > 0)
            render_pen_text(pen, is_full ? "\n" : " ");
        column = column > 0 && !is_full ? column + 1 + width : width;
        render_pen_str(pen, word);
    }
}

void render_peer_wrapped(RenderPen *pen, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str text = str_vformat(pen->scratch, format, args);
    va_end(args);
    Str line;
    bool is_first = true;
    while (str_next_field(&text, '\n', &line)) {
        render_pen_text(pen, is_first ? "" : "\n");
        add_wrapped_line(pen, line);
        is_first = false;
    }
}

void render_peer_rule(RenderPen *pen) {
    StrBuf rule = strbuf_new(pen->scratch);
    for (uint32_t i = 1; i < pen->style.columns; i++)
        strbuf_add_cstr(&rule, "─");
    render_pen_text(pen, "\n");
    render_pen_ink(pen, INK_GRAY, str_to_cstr(strbuf_str(&rule), pen->scratch));
    render_pen_text(pen, "\n");
}

void render_peer_drift_begin(RenderPen *pen) {
    Str title = str_format(pen->scratch, "Objects have changed outside of %s", peer_title_of(pen));
    render_pen_text(pen, "\n");
    render_pen_ink(pen, INK_CYAN, "Note:");
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_BOLD, str_to_cstr(title, pen->scratch));
    render_pen_text(pen, "\n\n");
    render_peer_wrapped(pen,
                        "%s detected the following changes made outside of %s since the last \"%s "
                        "apply\" which may have affected this plan:\n",
                        peer_title_of(pen), peer_title_of(pen), pen->style.peer->command);
}

void render_peer_drift_end(RenderPen *pen, PlanMode mode) {
    render_pen_text(pen, "\n\n");
    if (mode == PLAN_REFRESH_ONLY)
        render_peer_wrapped(
            pen,
            "This is a refresh-only plan, so %s will not take any actions to undo these. If you "
            "were expecting these changes then you can apply this plan to record the updated "
            "values in the %s state without changing any remote objects.\n",
            peer_title_of(pen), peer_title_of(pen));
    else
        render_peer_wrapped(
            pen, "Unless you have made equivalent changes to your configuration, or ignored the "
                 "relevant attributes using ignore_changes, the following plan may include actions "
                 "to undo or respond to these changes.\n");
}

typedef struct PeerLegendRow {
    Action action;
    const char *text;
    const char *opentofu; /* NULL: the same */
} PeerLegendRow;

static const PeerLegendRow peer_legend[] = {
    {ACTION_CREATE, "create", NULL},
    {ACTION_UPDATE, "update in-place", "update in-place (current -> planned)"},
    {ACTION_DELETE, "destroy", NULL},
    {ACTION_DELETE_THEN_CREATE, "destroy and then create replacement", NULL},
    {ACTION_CREATE_THEN_DELETE, "create replacement and then destroy", NULL},
    {ACTION_READ, "read (data resources)", NULL},
    {ACTION_FORGET_THEN_CREATE, NULL, "forget and then create replacement"},
    {ACTION_FORGET, NULL, "forget"},
};

static bool has_action(const Plan *plan, Action action) {
    vec_each(&plan->changes, change) {
        if (change->action == action && plan_is_shown(change))
            return true;
    }
    return false;
}

static bool has_actions(const Plan *plan) {
    vec_each(&plan->changes, change) {
        if (change->action != ACTION_NO_OP && plan_is_shown(change))
            return true;
    }
    return false;
}

void render_peer_legend(RenderPen *pen, const Plan *plan) {
    if (!has_actions(plan))
        return;
    render_pen_text(pen, "\n");
    render_peer_wrapped(pen,
                        "%s used the selected providers to generate the following execution plan. "
                        "Resource actions are indicated with the following symbols:\n",
                        peer_title_of(pen));
    for (size_t i = 0; i < ARRAY_COUNT(peer_legend); i++) {
        const PeerLegendRow *row = &peer_legend[i];
        bool is_own = !pen->style.peer->is_terraform && row->opentofu;
        const char *text = is_own ? row->opentofu : row->text;
        if (!text || !has_action(plan, row->action))
            continue;
        render_pen_symbol(pen, row->action);
        render_pen_format(pen, "%s\n", text);
    }
}

void render_peer_intent(RenderPen *pen, const Plan *plan) {
    render_pen_format(pen, "\n%s %s:\n", peer_title_of(pen),
                      plan->errored
                          ? "planned the following actions, but then encountered a problem"
                          : "will perform the following actions");
}

/* The heads of a plan without changes, and the paragraph below. */
static void peer_add_no_changes(RenderPen *pen, const char *head) {
    render_pen_text(pen, "\n");
    render_pen_ink(pen, INK_GREEN, "No changes.");
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_BOLD, head);
    render_pen_text(pen, "\n\n");
}

/* The drift is no change of the configuration. */
static void add_only_drift(RenderPen *pen, const Plan *plan) {
    const char *known = pen->style.peer->is_terraform ? "applies" : "matches";
    if (plan_is_applyable(plan)) {
        render_peer_wrapped(pen,
                            "Your configuration already %s the changes detected above, so "
                            "applying this plan will only update the state to include the changes "
                            "detected above and won't change any real infrastructure.\n",
                            known);
        return;
    }
    Str command = str_format(pen->scratch, ":\n  %s apply -refresh-only", pen->style.peer->command);
    render_peer_wrapped(
        pen,
        "Your configuration already %s the changes detected above. If you'd like to update the %s "
        "state to match, create and apply a refresh-only plan%.*s\n",
        known, peer_title_of(pen), STR_ARG(pen->style.in_automation ? STR(".") : command));
}

void render_peer_no_changes(RenderPen *pen, const Plan *plan, bool has_drift) {
    if (plan->mode == PLAN_REFRESH_ONLY && has_drift && !plan->errored)
        return;
    if (has_drift)
        render_peer_rule(pen);
    if (plan->errored) {
        Str why = str_format(pen->scratch, "%s encountered an error while generating this plan.",
                             peer_title_of(pen));
        render_pen_text(pen, "\n");
        render_pen_ink(pen, INK_BOLD_RED, "Planning failed.");
        render_pen_text(pen, " ");
        render_pen_ink(pen, INK_BOLD, str_to_cstr(why, pen->scratch));
        render_pen_text(pen, "\n\n");
        return;
    }
    switch (plan->mode) {
    case PLAN_REFRESH_ONLY:
        peer_add_no_changes(pen, "Your infrastructure still matches the configuration.");
        render_peer_wrapped(pen,
                            "%s has checked that the real remote objects still match the result of "
                            "your most recent changes, and found no differences.\n",
                            peer_title_of(pen));
        return;
    case PLAN_DESTROY:
        peer_add_no_changes(pen, "No objects need to be destroyed.");
        render_peer_wrapped(pen,
                            "Either you have not created any objects yet or the existing objects "
                            "were already deleted outside of %s.\n",
                            peer_title_of(pen));
        return;
    case PLAN_NORMAL: break;
    }
    peer_add_no_changes(pen, "Your infrastructure matches the configuration.");
    if (has_drift)
        add_only_drift(pen, plan);
    else
        render_peer_wrapped(pen,
                            "%s has compared your real infrastructure against your configuration "
                            "and found no differences, so no changes are needed.\n",
                            peer_title_of(pen));
}

void render_peer_only_outputs(RenderPen *pen) {
    render_pen_text(pen, "\n");
    render_peer_wrapped(pen,
                        "You can apply this plan to save these new output values to the %s state, "
                        "without changing any real infrastructure.\n",
                        peer_title_of(pen));
}
