/* Functions of all views: count operations, and show each diagnostic once, similar ones merged. */
#include "view.h"
#include "engine.h"
#include "log.h"
#include "utf8.h"

static bool peer_is_name_char(char c) {
    return isalnum((unsigned char)c) || strchr("_-./", c);
}

/* Returns whether the word at `at` is the name of the program: "loam" in a path, an address or a
 * file name is none. */
static bool peer_is_word(Str text, size_t at, size_t end) {
    bool is_free = at == 0 || !peer_is_name_char(text.ptr[at - 1]);
    bool is_last = end >= text.len || !peer_is_name_char(text.ptr[end]);
    bool ends_sentence = end < text.len && text.ptr[end] == '.' &&
                         (end + 1 == text.len || isspace((unsigned char)text.ptr[end + 1]));
    return is_free && (is_last || ends_sentence);
}

/* A command stands behind a quotation mark or on an indented line. */
static bool is_command(Str text, size_t at, size_t end) {
    bool is_quoted = at > 0 && text.ptr[at - 1] == '"';
    bool is_indented = at > 1 && text.ptr[at - 1] == ' ' && text.ptr[at - 2] == ' ';
    bool has_word = end + 1 < text.len && text.ptr[end] == ' ' &&
                    (islower((unsigned char)text.ptr[end + 1]) || text.ptr[end + 1] == '-');
    return has_word && (is_quoted || is_indented);
}

/* Returns the text with the peer's name in the place of the word "loam": its command in commands
 * ("terraform plan"), else its title. Returns other texts as they are. Tools recognize the
 * sentences around plans and errors, and their advice must name a command that the user has. */
static Str view_peer_words(const Cli *cli, Str text, Arena *arena) {
    const RenderPeer *peer = cli_name(cli)->peer;
    Str name = STR("loam");
    size_t at = peer ? str_find(text, name, 0) : SIZE_MAX, from = 0;
    if (at == SIZE_MAX)
        return text;
    StrBuf out = strbuf_new(arena);
    for (; at != SIZE_MAX; at = str_find(text, name, at + name.len)) {
        size_t end = at + name.len;
        if (!peer_is_word(text, at, end))
            continue;
        strbuf_add(&out, str_slice(text, from, at));
        strbuf_add_cstr(&out, is_command(text, at, end) ? peer->command : peer->title);
        from = end;
    }
    strbuf_add(&out, str_after(text, from));
    return strbuf_str(&out);
}

View *view_new(Cli *cli, const ViewType *type, void *self) {
    View *view = arena_new(cli->arena, View);
    *view = (View){.type = type, .cli = cli, .self = self};
    return view;
}

void view_count(View *view, Action action) {
    switch (action) {
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE:
    case ACTION_CREATE: view->done.create++; break;
    case ACTION_UPDATE: view->done.update++; break;
    case ACTION_DELETE: view->done.delete ++; break;
    case ACTION_READ: view->done.read++; break;
    case ACTION_FORGET: view->done.forget++; break;
    case ACTION_NO_OP: break;
    }
}

void view_count_invocation(View *view, bool failed) {
    view->done.invoke++;
    view->done.invoke_failed += failed;
}

Str view_invoked(PlanCounts done, Arena *arena) {
    if (done.invoke == 0)
        return STR_EMPTY;
    Str failed =
        done.invoke_failed > 0 ? str_format(arena, ", %u failed", done.invoke_failed) : STR_EMPTY;
    return str_format(arena, ". Actions: %u invoked%.*s", done.invoke, STR_ARG(failed));
}

Str view_summary(const View *view, Arena *arena) {
    PlanCounts done = view->done;
    bool counts_forgotten = cli_name(view->cli)->is_tofu && done.forget > 0;
    Str forgotten = counts_forgotten ? str_format(arena, ", %u forgotten", done.forget) : STR_EMPTY;
    Str imported = done.import > 0 ? str_format(arena, "%u imported, ", done.import) : STR_EMPTY;
    Str invoked = view_invoked(done, arena);
    return str_format(arena, "%.*s%u added, %u changed, %u destroyed%.*s%.*s", STR_ARG(imported),
                      done.create, done.update, done.delete, STR_ARG(forgotten), STR_ARG(invoked));
}

Str view_generated(const View *view, Str path, Arena *arena) {
    return str_format(
        arena,
        "\n%s has generated configuration and written it to %.*s. Please review the configuration "
        "and edit it as necessary before adding it to version control.",
        cli_name(view->cli)->title, STR_ARG(path));
}

/* Similar diagnostics, merged into one for people. */
typedef struct ViewGroup {
    Diag diag;   /* its detail ends with the number of merged diagnostics */
    size_t more; /* number of diagnostics merged into `diag` */
} ViewGroup;

typedef VEC(ViewGroup) ViewGroups;

/* Several instances of a block may report the same error. */
bool view_is_repeated(const Diags *diags, size_t i) {
    const Diag *diag = &diags->items[i];
    if (diag->is_of_element || diag->is_of_walk)
        return false;
    for (size_t j = i > 200 ? i - 200 : 0; j < i; j++) {
        const Diag *other = &diags->items[j];
        if (other->severity == diag->severity && str_equal(other->summary, diag->summary) &&
            str_equal(other->detail, diag->detail) && str_equal(other->address, diag->address) &&
            other->range.source == diag->range.source && other->range.start == diag->range.start) {
            return true;
        }
    }
    return false;
}

static bool view_is_hidden(const ViewGrouping *grouping, const Diag *diag) {
    return diag->is_deprecation && (grouping->hides_deprecations ||
                                    (grouping->hides_remote_deprecations && diag->is_remote));
}

/* Diagnostics without a place may be about different things under one summary. Each failed check
 * block is reported: its message is the only text about it. */
static bool may_consolidate(const ViewGrouping *grouping, const Diag *diag) {
    bool wanted = diag->severity == DIAG_ERROR ? grouping->consolidates_errors
                                               : grouping->consolidates_warnings;
    return wanted && diag->range.source && !engine_is_of_check(diag);
}

static ViewGroup *view_find_like(ViewGroups *groups, const Diag *diag) {
    vec_each(groups, group) {
        if (group->diag.severity == diag->severity && group->diag.range.source &&
            str_equal(group->diag.summary, diag->summary))
            return group;
    }
    return NULL;
}

static void view_add_summary(ViewGroup *group, Arena *arena) {
    if (group->more == 0)
        return;
    const char *what = group->diag.severity == DIAG_ERROR ? "error" : "warning";
    Str more = group->more == 1
                   ? str_format(arena, "(and one more similar %s elsewhere)", what)
                   : str_format(arena, "(and %zu more similar %ss elsewhere)", group->more, what);
    Str parts[] = {group->diag.detail, more};
    bool has_detail = group->diag.detail.len > 0;
    group->diag.detail = has_detail ? str_join(parts, 2, STR("\n\n"), arena) : more;
}

/* Collects the diagnostics from index `from` on. Omits repetitions of earlier ones. */
static void collect_groups(const View *view, const Diags *diags, size_t from,
                           const ViewGrouping *grouping, ViewGroups *out, Arena *arena) {
    for (size_t i = from; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        bool is_consequence = diag->follows && view->type->groups && !cli_name(view->cli)->peer;
        if (view_is_repeated(diags, i) || view_is_hidden(grouping, diag) || is_consequence)
            continue;
        Diag shown = *diag;
        shown.detail = view_peer_words(view->cli, diag->detail, arena);
        shown.summary = view_peer_words(view->cli, diag->summary, arena);
        /* The peers' warnings about several blocks have no place. */
        if (cli_name(view->cli)->peer && diag->severity == DIAG_WARNING &&
            diag->subject == DIAG_RELATION)
            shown.range = NO_RANGE;
        ViewGroup *like = may_consolidate(grouping, &shown) ? view_find_like(out, &shown) : NULL;
        if (like)
            like->more++;
        else
            vec_push(arena, out, (ViewGroup){.diag = shown});
    }
    vec_each(out, group) {
        view_add_summary(group, arena);
    }
}

static void view_add_place(const ViewGroup *group, StrBuf *out) {
    SourceRange range = source_range_resolve(group->diag.range);
    if (!range.source)
        return;
    SourcePos pos = source_text_position(range.source, range.start);
    strbuf_add_format(out, "  on %.*s line %u", STR_ARG(range.source->path), pos.line);
    if (group->more > 0)
        strbuf_add_format(out, " (and %zu more)", group->more);
    strbuf_add_char(out, '\n');
}

/* Returns the summaries of the warnings as a list, with a hint how `program` shows them in full;
 * empty if there are none. */
static Str summarize(const ViewGroups *groups, Str program, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(groups, group) {
        if (group->diag.severity != DIAG_WARNING)
            continue;
        strbuf_add_cstr(&out, out.len == 0 ? "\nWarnings:\n\n" : "");
        strbuf_add_format(&out, "- %.*s\n", STR_ARG(group->diag.summary));
        view_add_place(group, &out);
    }
    if (out.len > 0)
        strbuf_add_format(&out,
                          "\nTo see the full warning notes, run %.*s without -compact-warnings.\n",
                          STR_ARG(program));
    return strbuf_str(&out);
}

#define DETAIL_MAX 300 /* bytes of a detail that the log shows */

/* Logs the diagnostics that are shown next. */
static void log_diags(const View *view, const Diags *diags) {
    for (size_t i = view->shown; i < diags->count; i++) {
        const Diag *diag = &diags->items[i];
        SourceRange range = source_range_resolve(diag->range);
        SourcePos pos =
            range.source ? source_text_position(range.source, range.start) : (SourcePos){0};
        Str detail = str_slice(diag->detail, 0, DETAIL_MAX);
        log_debug("diagnostic",
                  log_cstr("severity", diag->severity == DIAG_ERROR ? "error" : "warning"),
                  log_text("summary", diag->summary), log_text("address", diag->address),
                  log_text("path", diag->path), log_text("checked", diag->checked),
                  log_text("detail", str_slice(detail, 0, utf8_valid_prefix(detail))),
                  log_text("file", range.source ? range.source->path : STR_EMPTY),
                  log_number("line", pos.line));
    }
}

void view_show_diags(View *view, const Diags *diags) {
    if (log_enabled(LOG_DEBUG))
        log_diags(view, diags);
    if (view->type->diags) {
        view->type->diags(view, diags);
        return;
    }
    SCOPED(ArenaRef) scratch = arena_open("diagnostics");
    ViewGrouping grouping = view->grouping;
    ViewGroups groups = {0};
    if (!view->type->groups)
        grouping.compacts_warnings = grouping.consolidates_warnings = grouping.consolidates_errors =
            false;
    collect_groups(view, diags, view->shown, &grouping, &groups, scratch);
    view->shown = diags->count;
    bool compacts = grouping.compacts_warnings && !diags_has_errors(diags);
    vec_each(&groups, group) {
        if (!compacts)
            view->type->diag(view, &group->diag);
    }
    if (!compacts)
        return;
    Str text = summarize(&groups, str_from_cstr(cli_name(view->cli)->name), scratch);
    if (text.len > 0)
        view->type->note(view, str_slice(text, 0, text.len - 1));
}

void view_show_groups(View *view, const Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("diagnostics");
    ViewGroups groups = {0};
    collect_groups(view, diags, 0, &view->grouping, &groups, scratch);
    vec_each(&groups, group) {
        view->type->diag(view, &group->diag);
    }
}

void view_finish(View *view, const Diags *diags) {
    view_show_diags(view, diags);
    view->type->finish(view, diags);
}
