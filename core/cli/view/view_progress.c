/* Shows the progress of a walk. Live lines are erased before each write and drawn again after
 * it. */
#include "signals.h"
#include "thread.h"
#include "utf8.h"
#include "view.h"
#include "view_listing.h"

#include <pthread.h>

#define DRAWN_MAX       40 /* live lines of operations */
#define REDRAW_EVERY_MS 120
#define MIB             1048576

typedef struct ProgressRunning {
    Str address; /* the bytes of `name` */
    StrBuf name;
    const char *doing; /* Creating, Refreshing */
    bool is_refresh;
    int64_t started_ms;
    int64_t noted_ms; /* plain lines: time of the last "still …" line */
    uint64_t done, total;
    StrBuf what;  /* "waiting for an address" */
    size_t width; /* of a list: columns of its identities so far */
    struct ProgressRunning *next;
} ProgressRunning;

typedef struct ProgressView {
    Cli *cli;
    View *owner;
    Arena *arena;
    Hooks hooks;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    Thread *ticker;
    bool is_live;
    bool is_closing;
    ProgressRunning *running; /* oldest first */
    ProgressRunning *spare;   /* ended operations, reused */
    size_t total;
    size_t ended;
    int64_t began_ms;
    size_t drawn;                 /* live lines on the screen */
    size_t widths[DRAWN_MAX + 2]; /* of the live lines, in columns */
} ProgressView;

static int64_t progress_now_ms(const ProgressView *view) {
    const Clock *clock = view->cli->io.clock;
    return clock->monotonic_ms(clock->self);
}

static void progress_add_amount(StrBuf *out, uint64_t done, uint64_t total) {
    if (total >= MIB) {
        strbuf_add_format(out, " %.1f/%.1f MiB", (double)done / MIB, (double)total / MIB);
    } else if (total > 0) {
        strbuf_add_format(out, " %llu/%llu", (unsigned long long)done, (unsigned long long)total);
    }
}

static void progress_add_bar(StrBuf *out, size_t done, size_t total, size_t width, bool unicode) {
    size_t full = total ? done * width / total : 0;
    strbuf_add_char(out, '[');
    for (size_t i = 0; i < width; i++) {
        if (i < full)
            strbuf_add_cstr(out, unicode ? "█" : "#");
        else
            strbuf_add_cstr(out, unicode ? "·" : ".");
    }
    strbuf_add_char(out, ']');
}

/* Cuts a line before the last column: terminals differ in whether a full line wraps. */
static Str progress_cut(Str line, uint32_t width) {
    size_t at = 0, columns = 0;
    while (at < line.len) {
        size_t end = utf8_grapheme_end(line, at);
        columns += utf8_display_width(str_slice(line, at, end));
        if (columns >= width)
            break;
        at = end;
    }
    return str_slice(line, 0, at);
}

/* Keeps the end: the end of an address distinguishes it from others. */
static Str cut_start(Str text, size_t width, bool unicode, Arena *scratch) {
    const char *mark = unicode ? "…" : "...";
    size_t mark_width = unicode ? 1 : 3;
    size_t columns = utf8_display_width(text);
    if (columns <= width)
        return text;
    size_t at = 0;
    while (at < text.len && columns + mark_width > width) {
        size_t end = utf8_grapheme_end(text, at);
        columns -= utf8_display_width(str_slice(text, at, end));
        at = end;
    }
    return str_format(scratch, "%s%.*s", mark, STR_ARG(str_after(text, at)));
}

/* Keeps the beginning. */
static Str cut_end(Str text, size_t width, bool unicode, Arena *scratch) {
    const char *mark = unicode ? "…" : "...";
    size_t mark_width = unicode ? 1 : 3;
    if (utf8_display_width(text) <= width || width <= mark_width)
        return progress_cut(text, (uint32_t)width + 1);
    Str start = progress_cut(text, (uint32_t)(width - mark_width + 1));
    return str_format(scratch, "%.*s%s", STR_ARG(start), mark);
}

#define ADDRESS_MIN 12 /* least columns of an address */
#define BAR_WIDTH   24
#define MARGIN      5 /* columns before the address, and an empty last column */

/* Adds ", waiting for an address", cut so that the clock and a third of the width for the address
 * still fit. */
static void add_what(const ProgressView *view, const ProgressRunning *running, size_t used,
                     uint32_t width, StrBuf *tail, Arena *scratch) {
    size_t address = utf8_display_width(running->address);
    size_t kept = MARGIN + used + (address < width / 3 ? address : width / 3) + 2;
    if (running->what.len == 0 || kept + 4 > width)
        return;
    Str what =
        cut_end(strbuf_str(&running->what), width - kept, view->cli->terminal.unicode, scratch);
    strbuf_add_format(tail, ", %.*s", STR_ARG(what));
}

/* The text after the address; with a bar only if both fit. */
static Str running_tail(const ProgressView *view, const ProgressRunning *running, uint32_t width,
                        Arena *scratch) {
    int64_t elapsed = progress_now_ms(view) - running->started_ms;
    StrBuf end = strbuf_new(scratch), tail = strbuf_new(scratch);
    progress_add_amount(&end, running->done, running->total);
    strbuf_add_format(&end, " [%.*s]", STR_ARG(clock_format_elapsed(elapsed, scratch)));
    strbuf_add_format(&tail, ": %s", running->doing);
    add_what(view, running, tail.len + end.len, width, &tail, scratch);
    strbuf_add(&tail, strbuf_str(&end));
    size_t used = utf8_display_width(strbuf_str(&tail)) + utf8_display_width(running->address);
    if (running->total > 0 && used + BAR_WIDTH + 8 < width) {
        strbuf_add_char(&tail, ' ');
        progress_add_bar(&tail, (size_t)(running->done * 1000 / running->total), 1000, BAR_WIDTH,
                         view->cli->terminal.unicode);
    }
    return strbuf_str(&tail);
}

static Str running_line(const ProgressView *view, const ProgressRunning *running, uint32_t width,
                        Arena *scratch) {
    static const char *const frames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
    int64_t elapsed = progress_now_ms(view) - running->started_ms;
    bool unicode = view->cli->terminal.unicode;
    const char *mark = unicode ? frames[(elapsed / 120) % (int64_t)ARRAY_COUNT(frames)] : "*";
    Str tail = running_tail(view, running, width, scratch);
    size_t used = utf8_display_width(tail) + MARGIN;
    size_t room = used + ADDRESS_MIN < width ? width - used : ADDRESS_MIN;
    Str address = cut_start(running->address, room, unicode, scratch);
    return str_format(scratch, "  %s %.*s%.*s", mark, STR_ARG(address), STR_ARG(tail));
}

static Str total_line(const ProgressView *view, uint32_t width, Arena *scratch) {
    StrBuf line = strbuf_new(scratch);
    Str elapsed = clock_format_elapsed(progress_now_ms(view) - view->began_ms, scratch);
    Str text =
        str_format(scratch, " %zu of %zu [%.*s]", view->ended, view->total, STR_ARG(elapsed));
    size_t used = text.len + 6;
    size_t room = width > used ? width - used : 0;
    strbuf_add_cstr(&line, "  ");
    progress_add_bar(&line, view->ended, view->total, room < BAR_WIDTH ? room : BAR_WIDTH,
                     view->cli->terminal.unicode);
    strbuf_add(&line, text);
    return strbuf_str(&line);
}

/* If the window became narrower, one live line fills several rows. */
static void erase(ProgressView *view, StrBuf *out) {
    uint32_t width = terminal_width();
    size_t rows = 0;
    for (size_t i = 0; i < view->drawn; i++)
        rows += view->widths[i] > width ? (view->widths[i] + width - 1) / width : 1;
    if (rows > 0)
        strbuf_add_format(out, "\033[%zuA\r\033[J", rows);
    view->drawn = 0;
}

static void draw_line(ProgressView *view, StrBuf *out, Str line, uint32_t width) {
    line = progress_cut(line, width);
    strbuf_add(out, line);
    strbuf_add_char(out, '\n');
    view->widths[view->drawn++] = utf8_display_width(line);
}

/* Draws a line for each running operation, as many as fit into the window. */
static void progress_draw(ProgressView *view, StrBuf *out, Arena *scratch) {
    uint32_t width = terminal_width();
    uint32_t height = terminal_height();
    size_t room = height > 6 ? height - 4 : 2;
    size_t shown = 0, hidden = 0;
    room = room < DRAWN_MAX ? room : DRAWN_MAX;
    for (const ProgressRunning *running = view->running; running; running = running->next) {
        if (shown == room) {
            hidden++;
            continue;
        }
        draw_line(view, out, running_line(view, running, width, scratch), width);
        shown++;
    }
    if (hidden > 0)
        draw_line(view, out, str_format(scratch, "    and %zu more", hidden), width);
    if (view->total > 0)
        draw_line(view, out, total_line(view, width, scratch), width);
}

/* Writes permanent lines above the live lines. */
static void progress_show(ProgressView *view, Str lines) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    StrBuf out = strbuf_new(scratch);
    if (view->is_live)
        erase(view, &out);
    strbuf_add(&out, lines);
    if (view->is_live)
        progress_draw(view, &out, scratch);
    terminal_out(strbuf_str(&out));
}

/* Writes one line of progress, with its newline. */
static void PRINTF_LIKE(2, 3) progress_say(ProgressView *view, const char *format, ...) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    va_list args;
    va_start(args, format);
    if (!view->owner->is_concise)
        progress_show(view, str_vformat(scratch, format, args));
    va_end(args);
}

static void redraw(ProgressView *view) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    StrBuf out = strbuf_new(scratch);
    erase(view, &out);
    progress_draw(view, &out, scratch);
    if (out.len > 0)
        terminal_out(strbuf_str(&out));
}

static void say_still(ProgressView *view) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    int64_t now = progress_now_ms(view);
    for (ProgressRunning *running = view->running; running; running = running->next) {
        if (now - running->noted_ms < VIEW_NOTE_EVERY_MS)
            continue;
        running->noted_ms = now;
        StrBuf line = strbuf_new(scratch);
        const char *verb = running->doing;
        strbuf_add_format(&line, "%.*s: Still %c%s...", STR_ARG(running->address),
                          (char)tolower((unsigned char)verb[0]), verb + 1);
        if (running->what.len > 0)
            strbuf_add_format(&line, " %.*s", STR_ARG(strbuf_str(&running->what)));
        progress_add_amount(&line, running->done, running->total);
        Str elapsed = clock_format_elapsed(now - running->started_ms, scratch);
        strbuf_add_format(&line, " [%.*s elapsed]", STR_ARG(elapsed));
        progress_say(view, "%.*s\n", STR_ARG(strbuf_str(&line)));
    }
}

static void progress_tick(void *payload) {
    ProgressView *view = payload;
    LOCKED(&view->mutex);
    while (!view->is_closing) {
        thread_wait(&view->wake, &view->mutex,
                    view->is_live ? REDRAW_EVERY_MS : VIEW_LOOK_EVERY_MS);
        if (view->is_closing)
            break;
        if (view->is_live)
            redraw(view);
        else
            say_still(view);
    }
}

static ProgressRunning *reuse_spare(ProgressView *view) {
    ProgressRunning *running = view->spare;
    if (!running) {
        running = arena_new(view->arena, ProgressRunning);
        running->name = strbuf_new(view->arena);
        running->what = strbuf_new(view->arena);
        return running;
    }
    view->spare = running->next;
    *running = (ProgressRunning){.name = running->name, .what = running->what};
    running->name.len = running->what.len = 0;
    return running;
}

static ProgressRunning *progress_begin(ProgressView *view, const WalkEvent *event,
                                       bool is_refresh) {
    ProgressRunning *running = reuse_spare(view);
    strbuf_add(&running->name, event->address);
    running->address = strbuf_str(&running->name);
    running->doing = event->operation ? action_verbs_operating(event->operation)
                                      : action_verbs_doing(event->action);
    running->is_refresh = is_refresh;
    running->started_ms = running->noted_ms = progress_now_ms(view);
    ProgressRunning **at = &view->running;
    while (*at)
        at = &(*at)->next;
    *at = running;
    if (!view->ticker)
        view->ticker = thread_start(THREAD_TICKER, progress_tick, view);
    return running;
}

static void progress_finish(ProgressView *view, const WalkEvent *event, bool is_refresh) {
    for (ProgressRunning **at = &view->running; *at; at = &(*at)->next) {
        if ((*at)->is_refresh != is_refresh || !str_equal((*at)->address, event->address))
            continue;
        ProgressRunning *ended = *at;
        *at = ended->next;
        ended->next = view->spare;
        view->spare = ended;
        return;
    }
}

static Str progress_id_suffix(const WalkEvent *event, Arena *scratch) {
    if (event->id.len == 0)
        return STR_EMPTY;
    return str_format(scratch, " [id=%.*s]", STR_ARG(event->id));
}

/* As a peer writes it, with the ID of a deposed object. */
static Str progress_address_of(const ProgressView *view, const WalkEvent *event, Arena *scratch) {
    if (event->deposed.len == 0 || !cli_name(view->cli)->peer)
        return event->address;
    return str_format(scratch, "%.*s (deposed object %.*s)", STR_ARG(event->address),
                      STR_ARG(event->deposed));
}

static void progress_start_refresh(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    progress_begin(view, event, true);
    if (view->is_live)
        return;
    const char *verb = event->action == ACTION_READ ? "Reading..." : "Refreshing state...";
    Str id = progress_id_suffix(event, scratch);
    if (event->is_import && cli_name(view->cli)->peer)
        progress_say(view, "%.*s: Preparing import...%.*s\n", STR_ARG(event->address), STR_ARG(id));
    progress_say(view, "%.*s: %s%.*s\n", STR_ARG(progress_address_of(view, event, scratch)), verb,
                 STR_ARG(id));
}

static void progress_end_refresh(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    progress_finish(view, event, true);
    if (event->action != ACTION_READ)
        return;
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    const char *what = event->is_deferred  ? "Left to the apply"
                       : event->is_waiting ? "Left to a later plan"
                                           : "Read complete";
    progress_say(view, "%.*s: %s after %.*s%.*s\n", STR_ARG(event->address), what, STR_ARG(elapsed),
                 STR_ARG(progress_id_suffix(event, scratch)));
}

static void progress_start_apply(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    progress_begin(view, event, false);
    if (view->is_live)
        return;
    Str id = progress_id_suffix(event, scratch);
    Str address = progress_address_of(view, event, scratch);
    progress_say(view, "%.*s: %s...%.*s\n", STR_ARG(address), action_verbs_doing(event->action),
                 STR_ARG(id));
}

static void progress_end_apply(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    progress_finish(view, event, false);
    view->ended++;
    if (!event->failed)
        view_count(view->owner, event->action);
    else if (cli_name(view->cli)->peer)
        return; /* the error follows */
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    Str id = event->action == ACTION_DELETE ? STR_EMPTY : progress_id_suffix(event, scratch);
    bool has_color = view->cli->terminal.color;
    const char *color = has_color ? (event->failed ? "\033[31m" : "\033[32m") : "";
    progress_say(view, "%s%.*s: %s %s after %.*s%.*s%s\n", color, STR_ARG(event->address),
                 action_verbs_done(event->action), event->failed ? "failed" : "complete",
                 STR_ARG(elapsed), STR_ARG(id), has_color ? "\033[0m" : "");
}

static void note_progress(ProgressView *view, const WalkEvent *event, bool is_refresh) {
    for (ProgressRunning *running = view->running; running; running = running->next) {
        if (running->is_refresh != is_refresh || !str_equal(running->address, event->address))
            continue;
        running->done = event->done;
        running->total = event->total;
        running->what.len = 0;
        strbuf_add(&running->what, event->text);
        break;
    }
}

static void progress_start_ephemeral(ProgressView *view, const WalkEvent *event) {
    const ProgressRunning *running = progress_begin(view, event, false);
    if (!view->is_live)
        progress_say(view, "%.*s: %s...\n", STR_ARG(event->address), running->doing);
}

static void progress_end_ephemeral(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    progress_finish(view, event, false);
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    progress_say(view, "%.*s: %s %s after %.*s\n", STR_ARG(event->address),
                 action_verbs_operating(event->operation), event->failed ? "failed" : "complete",
                 STR_ARG(elapsed));
}

static void say_output(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    static const char *const marks[] = {
        [MARK_SENSITIVE] = "sensitive",
        [MARK_EPHEMERAL] = "ephemeral",
        [MARKS_SECRET] = "sensitive, ephemeral",
    };
    Str text = event->text;
    if (event->hidden && cli_name(view->cli)->peer)
        text = str_format(scratch, "(output suppressed due to %s value in config)",
                          marks[event->hidden]);
    progress_say(view, "%.*s (%.*s): %.*s\n", STR_ARG(event->address), STR_ARG(event->provisioner),
                 STR_ARG(text));
}

static void start_invocation(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    const ActionInvocation *invocation = event->invocation;
    Str caller = STR_EMPTY;
    progress_begin(view, event, false);
    if (view->is_live)
        return;
    if (invocation->caller.type.len > 0)
        caller = str_format(scratch, " (called from %.*s)",
                            STR_ARG(resource_addr_to_str(invocation->caller, scratch)));
    progress_say(view, "%.*s: Invoking...%.*s\n", STR_ARG(event->address), STR_ARG(caller));
}

static void end_invocation(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    bool has_color = view->cli->terminal.color;
    const char *color = !has_color ? "" : event->failed ? "\033[31m" : "\033[32m";
    progress_finish(view, event, false);
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    progress_say(view, "%s%.*s: Invocation %s after %.*s%s\n", color, STR_ARG(event->address),
                 event->failed ? "failed" : "complete", STR_ARG(elapsed),
                 has_color ? "\033[0m" : "");
}

/* Live: shows each object when it is found, as wide as the widest so far. */
static void show_found(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    const Listing *listing = event->listing;
    StrBuf row = strbuf_new(scratch);
    ProgressRunning *running = view->running;
    while (running && !str_equal(running->address, event->address))
        running = running->next;
    if (!view->is_live || !running)
        return;
    size_t last = listing->entries.count - 1;
    Listing newest = *listing;
    newest.entries.items += last;
    newest.entries.count = 1;
    size_t width = view_listing_width(&newest, scratch);
    running->width = width > running->width ? width : running->width;
    running->done = listing->entries.count;
    running->what.len = 0;
    strbuf_add_format(&running->what, "%zu found", listing->entries.count);
    view_listing_add_row(&row, listing, last, running->width, scratch);
    progress_show(view, strbuf_str(&row));
}

/* Elsewhere the rows of a list stand together, in one width. */
static void end_list(ProgressView *view, const WalkEvent *event, Arena *scratch) {
    const Listing *listing = event->listing;
    StrBuf rows = strbuf_new(scratch);
    size_t width = view->is_live ? 0 : view_listing_width(listing, scratch);
    progress_finish(view, event, false);
    for (size_t i = 0; !view->is_live && i < listing->entries.count; i++)
        view_listing_add_row(&rows, listing, i, width, scratch);
    if (listing->entries.count == 0)
        return;
    strbuf_add_char(&rows, '\n');
    progress_show(view, strbuf_str(&rows));
}

static void progress_on_event(void *self, const WalkEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    LOCKED(&view->mutex);
    switch (event->kind) {
    case EVENT_REFRESH_START: progress_start_refresh(view, event, scratch); break;
    case EVENT_REFRESH_PROGRESS: note_progress(view, event, true); break;
    case EVENT_REFRESH_END: progress_end_refresh(view, event, scratch); break;
    case EVENT_APPLY_START: progress_start_apply(view, event, scratch); break;
    case EVENT_APPLY_PROGRESS: note_progress(view, event, false); break;
    case EVENT_APPLY_END: progress_end_apply(view, event, scratch); break;
    case EVENT_PROVISION_START:
        progress_say(view, "%.*s: Provisioning with '%.*s'...\n", STR_ARG(event->address),
                     STR_ARG(event->provisioner));
        break;
    case EVENT_PROVISION_OUTPUT: say_output(view, event, scratch); break;
    case EVENT_PROVISION_END: break; /* the end of the operation follows */
    case EVENT_OPERATION_START: progress_start_ephemeral(view, event); break;
    case EVENT_OPERATION_END: progress_end_ephemeral(view, event, scratch); break;
    case EVENT_INVOKE_START: start_invocation(view, event, scratch); break;
    case EVENT_INVOKE_PROGRESS:
        progress_say(view, "%.*s: %.*s\n", STR_ARG(event->address), STR_ARG(event->text));
        break;
    case EVENT_INVOKE_END:
        view_count_invocation(view->owner, event->failed);
        end_invocation(view, event, scratch);
        break;
    case EVENT_LIST_START: progress_begin(view, event, false); break;
    case EVENT_LIST_FOUND: show_found(view, event, scratch); break;
    case EVENT_LIST_END: end_list(view, event, scratch); break;
    case EVENT_CALL_START:
    case EVENT_CALL_END:
    case EVENT_INSTANCE_END: break;
    case EVENT_APPLY_TOTAL: view->total = event->total; break;
    }
}

/* Writes the message of a signal handler above the live lines; erasing them removes "^C" too. */
static void progress_speak(void *self, Str text) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    StrBuf before = strbuf_new(scratch), behind = strbuf_new(scratch);
    LOCKED(&view->mutex);
    erase(view, &before);
    terminal_out(strbuf_str(&before));
    terminal_err(text);
    progress_draw(view, &behind, scratch);
    terminal_out(strbuf_str(&behind));
}

/* The peers name the imports of a plan when its apply begins. */
static void say_imports(ProgressView *view, const Plan *plan) {
    SCOPED(ArenaRef) scratch = arena_open("imports");
    vec_each(&plan->changes, change) {
        if (!import_source_is_known(&change->import))
            continue;
        Str address = resource_addr_to_str(change->address, scratch);
        Str id = import_source_text(&change->import, scratch);
        progress_say(view, "%.*s: Importing... [id=%.*s]\n", STR_ARG(address), STR_ARG(id));
        progress_say(view, "%.*s: Import complete [id=%.*s]\n", STR_ARG(address), STR_ARG(id));
    }
}

const Hooks *view_progress_begin(View *owner) {
    Cli *cli = owner->cli;
    ProgressView *view = arena_new(cli->arena, ProgressView);
    view->cli = cli;
    view->owner = owner;
    view->arena = arena_open("progress");
    view->is_live = cli->terminal.out_is_tty && cli->terminal.color && !owner->is_concise;
    view->began_ms = progress_now_ms(view);
    pthread_mutex_init(&view->mutex, NULL);
    pthread_cond_init(&view->wake, NULL);
    view->hooks = (Hooks){view, progress_on_event};
    if (view->is_live)
        signals_set_speaker(cli->signals, progress_speak, view);
    owner->self = view;
    owner->done = (PlanCounts){0};
    if (owner->planned && cli_name(cli)->peer)
        say_imports(view, owner->planned);
    owner->planned = NULL;
    return &view->hooks;
}

void view_progress_end(View *owner) {
    ProgressView *view = owner->self;
    if (view->is_live)
        signals_set_speaker(view->cli->signals, NULL, NULL);
    pthread_mutex_lock(&view->mutex);
    view->is_closing = true;
    pthread_cond_signal(&view->wake);
    if (view->is_live) {
        SCOPED(ArenaRef) scratch = arena_open("progress");
        StrBuf out = strbuf_new(scratch);
        erase(view, &out);
        terminal_out(strbuf_str(&out));
    }
    pthread_mutex_unlock(&view->mutex);
    if (view->ticker)
        thread_join(view->ticker);
    pthread_cond_destroy(&view->wake);
    pthread_mutex_destroy(&view->mutex);
    arena_close(view->arena);
    owner->self = NULL;
}
