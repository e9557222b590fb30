/* render_text_body: the object of a change, and the parts behind it. */
#include "render_text_body.h"
#include "str_quote.h"

void render_text_body_object(RenderPen *pen, ResourceAddr address, Action action,
                             const RenderDiffInput *input, RenderLook look) {
    const RenderDiff *diff = render_diff_body(input, pen->scratch);
    static const char *const KINDS[] = {[MODE_MANAGED] = "resource",
                                        [MODE_DATA] = "data",
                                        [MODE_EPHEMERAL] = "ephemeral",
                                        [MODE_ACTION] = "action",
                                        [MODE_LIST] = "list"};
    render_pen_symbol(pen, action);
    render_pen_format(pen, "%s \"%.*s\" \"%.*s\" ", KINDS[address.mode], STR_ARG(address.type),
                      STR_ARG(address.name));
    RenderPen inner = *pen;
    inner.hide_symbols |= action == ACTION_FORGET && render_style_is_opentofu(pen->style);
    render_text_diff(&inner, diff, 0, look);
    render_pen_text(pen, "\n");
}

static const RenderDiff *diff_part(const RenderPen *pen, const PartChange *part) {
    const RenderStyle *style = &pen->style;
    bool is_hidden = value_is_secret(part->before) || value_is_secret(part->after);
    if (is_hidden && !style->show_sensitive) {
        bool had = !value_is_null(part->before);
        bool has = !value_is_null(part->after);
        return render_diff_value(had ? &part->before : NULL, has ? &part->after : NULL, *style,
                                 pen->scratch);
    }
    RenderDiffInput input = {
        .before = part->before,
        .after = part->after,
        .replace_paths = &part->replace_paths,
        .notes = part->notes.items,
        .note_count = part->notes.count,
        .show_sensitive = style->show_sensitive,
        .secrets = style->secrets,
    };
    return render_diff_body(&input, pen->scratch);
}

/* An object with more changed parts than this is summarised with DETAILS_SHORT. */
enum { PARTS_MOST = 10 };

/* Adds one part of the instance. */
static void text_body_add_part(RenderPen *pen, const PartChange *part, bool has_content) {
    vec_each(&part->notes, note) {
        if (note->path.count == 0) /* about the whole object */
            render_pen_format(pen, "      # (%.*s)\n", STR_ARG(note->text));
    }
    render_pen_line(pen, 1, part->action);
    Str title = str_quote(part->title, pen->scratch);
    render_pen_format(pen, "object %.*s", STR_ARG(title));
    if (has_content) {
        render_pen_text(pen, " ");
        render_text_diff(pen, diff_part(pen, part), 1, (RenderLook){0});
    }
    render_pen_text(pen, "\n");
}

static void text_body_add_parts(RenderPen *pen, const ResourceChange *change) {
    bool is_short = pen->style.details != DETAILS_FULL && change->parts.count > PARTS_MOST;
    vec_each(&change->parts, part) {
        text_body_add_part(pen, part, !is_short);
    }
    if (is_short)
        render_pen_format(pen, "      # (the contents of %zu objects are hidden: -details=full)\n",
                          change->parts.count);
    if (change->has_unknown_parts)
        render_pen_text(pen, "      # (more objects are known after apply)\n");
}

void render_text_body_invocation(RenderPen *pen, const ActionInvocation *invocation) {
    RenderPen own = *pen;
    own.hide_symbols = true;
    ResourceAddr action = invocation->action;
    Value none = value_null(invocation->config.type);
    RenderDiffInput input = {
        .schema = invocation->schema,
        .before = none,
        .after = invocation->config,
        .show_sensitive = pen->style.show_sensitive,
        .secrets = pen->style.secrets,
    };
    render_pen_format(&own, "    # %.*s\n    action \"%.*s\" \"%.*s\" {\n",
                      STR_ARG(resource_addr_to_str(action, pen->scratch)), STR_ARG(action.type),
                      STR_ARG(action.name));
    if (value_is_present(invocation->config)) {
        render_pen_text(&own, "        config ");
        render_text_diff(&own, render_diff_body(&input, pen->scratch), 2, (RenderLook){0});
        render_pen_text(&own, "\n");
    }
    render_pen_text(&own, "    }\n");
}

static void add_invocations(RenderPen *pen, const ResourceChange *change, bool is_before) {
    bool is_first = true;
    vec_each(&change->invocations, invocation) {
        if (invoke_event_is_before(invocation->event) != is_before)
            continue;
        if (is_first)
            render_pen_ink(pen, INK_BOLD,
                           is_before
                               ? "\n    # Actions to be invoked before this change, in order:\n"
                               : "\n    # Actions to be invoked after this change, in order:\n");
        is_first = false;
        render_text_body_invocation(pen, invocation);
    }
}

void render_text_body(const ResourceChange *change, RenderStyle style, StrBuf *out,
                      Arena *scratch) {
    RenderPen pen = {.out = out, .scratch = scratch, .style = style};
    RenderDiffInput input = {
        .schema = change->schema,
        .before = change->before,
        .after = change->action == ACTION_FORGET ? change->before : change->after,
        .replace_paths = &change->replace_paths,
        .notes = change->notes.items,
        .note_count = change->notes.count,
        .peer = style.peer,
        .hide_parts = change->parts.count > 0,
        .show_sensitive = style.show_sensitive,
        .secrets = style.secrets,
    };
    bool is_import = change->action == ACTION_NO_OP && import_source_is_known(&change->import);
    bool is_whole = change->action == ACTION_FORGET && !(style.peer && style.peer->is_terraform);
    RenderLook look = {.show_unchanged = is_whole || is_import};
    render_text_body_object(&pen, change->address, change->action, &input, look);
    if (change->parts.count > 0 || change->has_unknown_parts)
        text_body_add_parts(&pen, change);
    add_invocations(&pen, change, true);
    add_invocations(&pen, change, false);
}
