/* render_title: the comment lines above a change: object, action and reason. */
#include "render_title.h"

#include "utf8.h"

static void add_comment(RenderPen *pen, Str text) {
    render_pen_format(pen, "  # %.*s\n", STR_ARG(text));
}

/* "  # ADDRESS" in bold, then the action. */
static void title_add_title(RenderPen *pen, Str who, const char *before, const char *verb,
                            RenderInk ink) {
    Str lead = str_format(pen->scratch, "  # %.*s", STR_ARG(who));
    render_pen_ink(pen, INK_BOLD, str_to_cstr(lead, pen->scratch));
    render_pen_text(pen, before);
    render_pen_ink(pen, ink, verb);
    render_pen_text(pen, "\n");
}

static void add_replace_title(RenderPen *pen, const ResourceChange *change, Str who) {
    bool is_terraform = pen->style.peer && pen->style.peer->is_terraform;
    const char *before = " ", *verb = "must be replaced";
    if (change->reason == REASON_REPLACE_BECAUSE_TAINTED) {
        before = is_terraform ? " is tainted, so must be " : " is tainted, so it must be ";
        verb = "replaced";
    } else if (change->reason == REASON_REPLACE_BY_REQUEST) {
        before = " will be ";
        verb = "replaced, as requested";
    } else if (change->reason == REASON_REPLACE_BY_TRIGGERS) {
        before = " will be ";
        verb = "replaced due to changes in replace_triggered_by";
    }
    title_add_title(pen, who, before, verb, INK_BOLD_RED);
}

static void add_moved_title(RenderPen *pen, ResourceAddr previous, Str who) {
    Str from = resource_addr_to_str(previous, pen->scratch);
    Str both = str_format(pen->scratch, "%.*s has moved to %.*s", STR_ARG(from), STR_ARG(who));
    title_add_title(pen, both, "", "", INK_BOLD);
}

static void title_forget_peer(RenderPen *pen, Str who) {
    bool is_deposed = str_ends_with(who, STR(")"));
    bool is_terraform = pen->style.peer->is_terraform;
    Str lead = str_format(pen->scratch, "%s# %.*s", is_terraform ? " " : "  ", STR_ARG(who));
    render_pen_ink(pen, INK_BOLD, str_to_cstr(lead, pen->scratch));
    if (!is_terraform)
        render_pen_text(pen, " will be removed from the OpenTofu state ");
    else if (is_deposed)
        render_pen_text(pen, " will be removed from Terraform state, but ");
    else
        render_pen_text(pen, " will no longer be managed by Terraform, but ");
    render_pen_ink(pen, INK_BOLD_RED,
                   is_terraform ? "will not be destroyed" : "but will not be destroyed");
    render_pen_text(pen, "\n");
}

static void add_forget_reasons(RenderPen *pen, const ResourceChange *change) {
    const char *margin = pen->style.peer->is_terraform ? " " : "  ";
    if (change->deposed.len)
        render_pen_format(
            pen, "%s# (left over from a partially-failed replacement of this instance)\n", margin);
    if (pen->style.peer->is_terraform)
        render_pen_text(pen, " # (destroy = false is set in the configuration)\n");
}

static void add_move(RenderPen *pen, const ResourceChange *change) {
    if (plan_has_moved(change) && change->action != ACTION_NO_OP)
        render_pen_format(pen, "  # (moved from %.*s)\n",
                          STR_ARG(resource_addr_to_str(change->previous, pen->scratch)));
}

static void peer_add_origin(RenderPen *pen, const ResourceChange *change) {
    const ImportSource *import = &change->import;
    add_move(pen, change);
    if (change->action == ACTION_NO_OP && pen->style.peer->is_terraform)
        return;
    if (import->id.len > 0)
        render_pen_format(pen, "  # (imported from \"%.*s\")\n", STR_ARG(import->id));
    else if (import_source_is_known(import))
        render_pen_format(pen, "  # (imported by the identity %.*s)\n",
                          STR_ARG(import_source_text(import, pen->scratch)));
    else if (import->is_unknown)
        render_pen_text(pen, "  # (will be imported first)\n");
    if ((import->id.len > 0 || import_source_is_known(import)) &&
        action_is_replace(change->action)) {
        render_pen_text(pen, "  # ");
        render_pen_ink(pen, INK_YELLOW, "Warning: this will destroy the imported resource");
        render_pen_text(pen, "\n");
    }
}

/* The comment lines between the title and the object; `reason` without parentheses, or empty. */
static void title_peer_reasons(RenderPen *pen, const ResourceChange *change, Str reason) {
    if (change->action == ACTION_FORGET) {
        add_forget_reasons(pen, change);
        add_move(pen, change);
        return;
    }
    if (change->generated_config.len > 0 && change->action == ACTION_NO_OP)
        render_pen_text(pen, "  # (config will be generated)\n");
    if (reason.len)
        render_pen_format(pen, "  # (%.*s)\n", STR_ARG(reason));
    vec_each(&change->notes, note) {
        if (note->path.count == 0) /* about the whole object */
            render_pen_format(pen, "  # (%.*s)\n", STR_ARG(note->text));
    }
    if (change->deposed.len)
        render_pen_text(pen,
                        "  # (left over from a partially-failed replacement of this instance)\n");
    peer_add_origin(pen, change);
}

static void add_change_title(RenderPen *pen, const ResourceChange *change, Str who) {
    switch (change->action) {
    case ACTION_NO_OP:
        if (change->previous.type.len > 0)
            add_moved_title(pen, change->previous, who);
        else
            title_add_title(pen, who, " will be imported", "", INK_BOLD);
        return;
    case ACTION_CREATE: title_add_title(pen, who, " will be created", "", INK_BOLD); return;
    case ACTION_READ: title_add_title(pen, who, " will be read during apply", "", INK_BOLD); return;
    case ACTION_UPDATE:
        title_add_title(pen, who, " will be updated in-place", "", INK_BOLD);
        return;
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE: add_replace_title(pen, change, who); return;
    case ACTION_DELETE: title_add_title(pen, who, " will be ", "destroyed", INK_BOLD_RED); return;
    case ACTION_FORGET:
        if (pen->style.peer)
            title_forget_peer(pen, who);
        else
            title_add_title(pen, who,
                            " will no longer be managed by loam, but will not be destroyed", "",
                            INK_BOLD);
        return;
    }
}

static Str moved_text(const RenderPen *pen, const ResourceChange *change, Str block) {
    if (!pen->style.peer)
        return str_format(pen->scratch,
                          "because %.*s, to which it was moved, is not in configuration",
                          STR_ARG(block));
    return str_format(pen->scratch, "because %.*s was moved to %.*s, which is not in configuration",
                      STR_ARG(resource_addr_to_str(change->previous, pen->scratch)),
                      STR_ARG(resource_addr_to_str(change->address, pen->scratch)));
}

static Str reason_text(const RenderPen *pen, const ResourceChange *change) {
    Arena *arena = pen->scratch;
    ResourceAddr block = change->address;
    block.key = KEY_ABSENT;
    if (pen->style.peer && change->reason == REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG)
        block.module = NULL; /* the peers omit it */
    Str who = resource_addr_to_str(block, arena);
    Str key = address_key_to_str(change->address.key, arena);
    Str module = module_addr_to_str(change->address.module, arena);
    switch (change->reason) {
    case REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG:
        return str_format(arena, "because %.*s is not in configuration", STR_ARG(who));
    case REASON_DELETE_BECAUSE_NO_MODULE:
        return str_format(arena, "because %.*s is not in configuration", STR_ARG(module));
    case REASON_DELETE_BECAUSE_NO_MOVE_TARGET: return moved_text(pen, change, who);
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
    case REASON_READ_BECAUSE_DEFERRED: return STR("could not be read while planning");
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

void render_title_reasons(RenderPen *pen, const ResourceChange *change) {
    if (pen->style.peer) {
        title_peer_reasons(pen, change, reason_text(pen, change));
        return;
    }
    Str reason = reason_text(pen, change);
    const ImportSource *import = &change->import;
    if (import->id.len > 0)
        render_pen_format(pen, "  # (imported from \"%.*s\")\n", STR_ARG(import->id));
    else if (import_source_is_known(import))
        add_comment(pen, str_format(pen->scratch, "(imported by the identity %.*s)",
                                    STR_ARG(import_source_text(import, pen->scratch))));
    if (import->is_unknown)
        add_comment(pen, STR("(imported by an id that is not known yet)"));
    if (change->generated_config.len > 0)
        add_comment(pen, STR("(config will be generated)"));
    if (reason.len)
        render_pen_format(pen, "  # (%.*s)\n", STR_ARG(reason));
    vec_each(&change->notes, note) {
        if (note->path.count == 0) /* about the whole object */
            render_pen_format(pen, "  # (%.*s)\n", STR_ARG(note->text));
    }
    if (change->deposed.len)
        add_comment(pen, STR("(left over from a partially-failed replacement of this instance)"));
    if (plan_has_moved(change) && change->action != ACTION_NO_OP) {
        Str from = resource_addr_to_str(change->previous, pen->scratch);
        render_pen_format(pen, "  # (moved from %.*s)\n", STR_ARG(from));
    }
}

#define OTHERS_WIDTH 96

/* Writes comment lines, broken between words. */
typedef struct Others {
    RenderPen *pen;
    size_t column;
} Others;

static void title_add_word(Others *others, Str word, bool is_last) {
    size_t width = utf8_display_width(word) + 1;
    if (others->column > 0 && others->column + width + 1 > OTHERS_WIDTH) {
        render_pen_text(others->pen, "\n");
        others->column = 0;
    }
    render_pen_text(others->pen, others->column == 0 ? "  #   " : " ");
    others->column += others->column == 0 ? 6 : 1;
    render_pen_str(others->pen, word);
    render_pen_text(others->pen, is_last ? "\n" : ",");
    others->column += width;
}

/* Returns the number of instances from `at` on with consecutive indexes of one block. */
static size_t run_length(const ResourceChange *const *changes, size_t count, size_t at) {
    size_t length = 1;
    for (; at + length < count; length++) {
        ResourceAddr last = changes[at + length - 1]->address;
        ResourceAddr next = changes[at + length]->address;
        if (last.key.kind != KEY_INT || next.key.kind != KEY_INT ||
            next.key.index != last.key.index + 1 || !module_addr_equal(last.module, next.module))
            break;
    }
    return length;
}

void render_title_others(RenderPen *pen, const ResourceChange *const *changes, size_t count) {
    if (count < 2)
        return;
    render_pen_format(pen, "  # and the same for %zu more:\n", count - 1);
    Others others = {.pen = pen};
    for (size_t at = 1; at < count;) {
        size_t length = run_length(changes, count, at);
        size_t end = at + length;
        Str word = resource_addr_to_str(changes[at]->address, pen->scratch);
        if (length > 2) {
            Str last = address_key_to_str(changes[end - 1]->address.key, pen->scratch);
            word = str_format(pen->scratch, "%.*s to %.*s", STR_ARG(word), STR_ARG(last));
        } else {
            end = at + 1;
        }
        title_add_word(&others, word, end == count);
        at = end;
    }
}

static Str who_of(const ResourceChange *change, Arena *arena) {
    Str who = resource_addr_to_str(change->address, arena);
    if (change->deposed.len == 0)
        return who;
    return str_format(arena, "%.*s (deposed object %.*s)", STR_ARG(who), STR_ARG(change->deposed));
}

void render_title_change(RenderPen *pen, const ResourceChange *change) {
    add_change_title(pen, change, who_of(change, pen->scratch));
}

void render_title_deferred(RenderPen *pen, const DeferredChange *deferred) {
    title_add_title(pen, who_of(&deferred->change, pen->scratch), " is ", "deferred", INK_BOLD);
    render_pen_format(pen, "  # (%s)\n", deferral_reason(deferred->deferral));
    render_title_reasons(pen, &deferred->change);
}

void render_title_deferred_block(RenderPen *pen, Str address) {
    render_pen_text(pen, "\n");
    title_add_title(pen, address, " is ", "deferred", INK_BOLD);
}

void render_title_drift(RenderPen *pen, const Drift *drift) {
    Str who = resource_addr_to_str(drift->address, pen->scratch);
    bool is_gone = drift->action == ACTION_DELETE;
    if (drift->action == ACTION_NO_OP)
        add_moved_title(pen, drift->previous, who);
    else
        title_add_title(pen, who, is_gone ? " has been deleted" : " has changed", "", INK_BOLD);
}

/* The line without "  # " and without its newline. */
static Str bare(const StrBuf *line) {
    return str_slice(strbuf_str(line), 4, line->len - 1);
}

Str render_title_of_change(const ResourceChange *change, Arena *arena) {
    StrBuf line = strbuf_new(arena);
    RenderPen pen = {.out = &line, .scratch = arena};
    render_title_change(&pen, change);
    return bare(&line);
}

Str render_title_of_drift(const Drift *drift, Arena *arena) {
    StrBuf line = strbuf_new(arena);
    RenderPen pen = {.out = &line, .scratch = arena};
    render_title_drift(&pen, drift);
    return bare(&line);
}
