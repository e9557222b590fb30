/* What goes on, while it goes on. */
#include "view_progress.h"
#include "thread.h"
#include "utf8.h"
#include "wording.h"

#include <pthread.h>

typedef struct Running {
    Str address;
    const char *doing; /* Creating */
    bool is_refresh;
    int64_t started_ms;
    int64_t told_ms; /* plain lines: when "still …" was last said */
    uint64_t done, total;
    char what[64];
    struct Running *next;
} Running;

struct ProgressView {
    Cli *cli;
    View *owner;
    Arena *arena;
    Hooks hooks;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    Thread *ticker;
    bool is_live;
    bool is_closing;
    Running *running; /* oldest first */
    size_t total;
    size_t ended;
    size_t drawn; /* live lines on the screen */
};

static int64_t now_ms(const ProgressView *view) {
    const Clock *clock = view->cli->io.clock;
    return clock->monotonic_ms(clock->self);
}

/* -- live lines -----------------------------------------------------------------------------------
 */

static void add_amount(StrBuf *out, uint64_t done, uint64_t total) {
    if (total >= 1 << 20) {
        strbuf_add_format(out, " %.1f/%.1f MiB", (double)done / 1048576, (double)total / 1048576);
    } else if (total > 0) {
        strbuf_add_format(out, " %llu/%llu", (unsigned long long)done, (unsigned long long)total);
    }
}

static void add_bar(StrBuf *out, size_t done, size_t total, bool unicode) {
    size_t width = 24;
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

static Str cut(Str line, uint32_t width) {
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

static Str running_line(const ProgressView *view, const Running *running, Arena *scratch) {
    static const char *const frames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
    int64_t elapsed = now_ms(view) - running->started_ms;
    StrBuf line = strbuf_new(scratch);
    bool unicode = view->cli->terminal.unicode;
    const char *mark = unicode ? frames[(elapsed / 120) % (int64_t)ARRAY_COUNT(frames)] : "*";
    strbuf_add_format(&line, "  %s %.*s: %s", mark, STR_ARG(running->address),
                      running->is_refresh ? "Refreshing" : running->doing);
    if (running->what[0])
        strbuf_add_format(&line, ", %s", running->what);
    add_amount(&line, running->done, running->total);
    strbuf_add_format(&line, " [%.*s]", STR_ARG(clock_format_elapsed(elapsed, scratch)));
    if (running->total > 0) {
        strbuf_add_char(&line, ' ');
        add_bar(&line, (size_t)(running->done * 1000 / running->total), 1000, unicode);
    }
    return strbuf_str(&line);
}

static void erase(ProgressView *view, StrBuf *out) {
    if (view->drawn > 0)
        strbuf_add_format(out, "\033[%zuA\r\033[J", view->drawn);
    view->drawn = 0;
}

static void draw(ProgressView *view, StrBuf *out, Arena *scratch) {
    uint32_t width = terminal_width();
    size_t count = 0, hidden = 0;
    for (const Running *running = view->running; running; running = running->next) {
        if (count == 12) {
            hidden++;
            continue;
        }
        strbuf_add(out, cut(running_line(view, running, scratch), width));
        strbuf_add_char(out, '\n');
        count++;
    }
    if (hidden > 0) {
        strbuf_add_format(out, "    and %zu more\n", hidden);
        count++;
    }
    if (view->total > 0) {
        strbuf_add_cstr(out, "  ");
        add_bar(out, view->ended, view->total, view->cli->terminal.unicode);
        strbuf_add_format(out, " %zu of %zu\n", view->ended, view->total);
        count++;
    }
    view->drawn = count;
}

/* One line that stays, above the live ones. */
static void say(ProgressView *view, Str line) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    StrBuf out = strbuf_new(scratch);
    if (view->is_live)
        erase(view, &out);
    strbuf_add(&out, line);
    strbuf_add_char(&out, '\n');
    if (view->is_live)
        draw(view, &out, scratch);
    terminal_out(strbuf_str(&out));
}

static void redraw(ProgressView *view) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    StrBuf out = strbuf_new(scratch);
    erase(view, &out);
    draw(view, &out, scratch);
    if (out.len > 0)
        terminal_out(strbuf_str(&out));
}

static void say_still(ProgressView *view) {
    SCOPED(ArenaRef) scratch = arena_open("progress");
    int64_t now = now_ms(view);
    for (Running *running = view->running; running; running = running->next) {
        if (running->is_refresh || now - running->told_ms < 10000)
            continue;
        running->told_ms = now;
        StrBuf line = strbuf_new(scratch);
        const char *verb = running->doing;
        strbuf_add_format(&line, "%.*s: Still %c%s...", STR_ARG(running->address),
                          (char)tolower((unsigned char)verb[0]), verb + 1);
        if (running->what[0])
            strbuf_add_format(&line, " %s", running->what);
        add_amount(&line, running->done, running->total);
        Str elapsed = clock_format_elapsed(now - running->started_ms, scratch);
        strbuf_add_format(&line, " [%.*s elapsed]", STR_ARG(elapsed));
        say(view, strbuf_str(&line));
    }
}

static void tick(void *payload) {
    ProgressView *view = payload;
    pthread_mutex_lock(&view->mutex);
    while (!view->is_closing) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += view->is_live ? 120000000L : 500000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&view->wake, &view->mutex, &until);
        if (view->is_closing)
            break;
        if (view->is_live)
            redraw(view);
        else
            say_still(view);
    }
    pthread_mutex_unlock(&view->mutex);
}

/* -- hooks ----------------------------------------------------------------------------------------
 */

static Running *begin(ProgressView *view, const HookEvent *event, bool is_refresh) {
    Running *running = arena_new(view->arena, Running);
    running->address = str_clone(event->address, view->arena);
    running->doing =
        event->operation ? wording_operating(event->operation) : wording_doing(event->action);
    running->is_refresh = is_refresh;
    running->started_ms = running->told_ms = now_ms(view);
    Running **at = &view->running;
    while (*at) {
        at = &(*at)->next;
    }
    *at = running;
    if (!view->ticker)
        view->ticker = thread_start(THREAD_TICKER, tick, view);
    return running;
}

static void finish(ProgressView *view, const HookEvent *event, bool is_refresh) {
    for (Running **at = &view->running; *at; at = &(*at)->next) {
        if ((*at)->is_refresh != is_refresh || !str_equal((*at)->address, event->address))
            continue;
        *at = (*at)->next;
        return;
    }
}

static Str id_suffix(const HookEvent *event, Arena *scratch) {
    if (event->id.len == 0)
        return STR_EMPTY;
    return str_format(scratch, " [id=%.*s]", STR_ARG(event->id));
}

static void on_refresh_start(void *self, const HookEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    begin(view, event, true);
    Str id = id_suffix(event, scratch);
    if (!view->is_live) {
        const char *verb = event->action == ACTION_READ ? "Reading..." : "Refreshing state...";
        say(view, str_format(scratch, "%.*s: %s%.*s", STR_ARG(event->address), verb, STR_ARG(id)));
    }
    pthread_mutex_unlock(&view->mutex);
}

static void on_refresh_end(void *self, const HookEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    finish(view, event, true);
    if (event->action == ACTION_READ) {
        Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
        say(view, str_format(scratch, "%.*s: Read complete after %.*s", STR_ARG(event->address),
                             STR_ARG(elapsed)));
    }
    pthread_mutex_unlock(&view->mutex);
}

static void on_apply_start(void *self, const HookEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    begin(view, event, false);
    Str id = id_suffix(event, scratch);
    if (!view->is_live) {
        say(view, str_format(scratch, "%.*s: %s...%.*s", STR_ARG(event->address),
                             wording_doing(event->action), STR_ARG(id)));
    }
    pthread_mutex_unlock(&view->mutex);
}

static void on_apply_progress(
    void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what) {
    ProgressView *view = self;
    pthread_mutex_lock(&view->mutex);
    for (Running *running = view->running; running; running = running->next) {
        if (running->is_refresh || !str_equal(running->address, event->address))
            continue;
        running->done = done;
        running->total = total;
        snprintf(running->what, sizeof running->what, "%.*s", STR_ARG(what));
        break;
    }
    pthread_mutex_unlock(&view->mutex);
}

static void on_apply_end(void *self, const HookEvent *event, bool failed) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    finish(view, event, false);
    view->ended++;
    if (!failed)
        view_count(view->owner, event->action);
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    Str id = id_suffix(event, scratch);
    const char *color = view->cli->terminal.color ? (failed ? "\033[31m" : "\033[32m") : "";
    const char *reset = view->cli->terminal.color ? "\033[0m" : "";
    say(view, str_format(scratch, "%s%.*s: %s %s after %.*s%.*s%s", color, STR_ARG(event->address),
                         wording_done(event->action), failed ? "failed" : "complete",
                         STR_ARG(elapsed), STR_ARG(id), reset));
    pthread_mutex_unlock(&view->mutex);
}

static void on_ephemeral_start(void *self, const HookEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    const Running *running = begin(view, event, false);
    if (!view->is_live)
        say(view, str_format(scratch, "%.*s: %s...", STR_ARG(event->address), running->doing));
    pthread_mutex_unlock(&view->mutex);
}

static void on_ephemeral_end(void *self, const HookEvent *event, bool failed) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    finish(view, event, false);
    Str elapsed = clock_format_elapsed(event->elapsed_ms, scratch);
    say(view, str_format(scratch, "%.*s: %s %s after %.*s", STR_ARG(event->address),
                         wording_operating(event->operation), failed ? "failed" : "complete",
                         STR_ARG(elapsed)));
    pthread_mutex_unlock(&view->mutex);
}

static void on_provision_start(void *self, const HookEvent *event) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    say(view, str_format(scratch, "%.*s: Provisioning with '%.*s'...", STR_ARG(event->address),
                         STR_ARG(event->provisioner)));
    pthread_mutex_unlock(&view->mutex);
}

static void on_provision_output(void *self, const HookEvent *event, Str line) {
    ProgressView *view = self;
    SCOPED(ArenaRef) scratch = arena_open("progress");
    pthread_mutex_lock(&view->mutex);
    say(view, str_format(scratch, "%.*s (%.*s): %.*s", STR_ARG(event->address),
                         STR_ARG(event->provisioner), STR_ARG(line)));
    pthread_mutex_unlock(&view->mutex);
}

static void on_apply_total(void *self, size_t count) {
    ProgressView *view = self;
    pthread_mutex_lock(&view->mutex);
    view->total = count;
    pthread_mutex_unlock(&view->mutex);
}

ProgressView *view_progress_open(View *owner) {
    Cli *cli = owner->cli;
    ProgressView *view = arena_new(cli->arena, ProgressView);
    view->cli = cli;
    view->owner = owner;
    view->arena = arena_open("progress");
    view->is_live = cli->terminal.out_is_tty && cli->terminal.color;
    pthread_mutex_init(&view->mutex, NULL);
    pthread_cond_init(&view->wake, NULL);
    view->hooks = (Hooks){
        .self = view,
        .refresh_start = on_refresh_start,
        .refresh_end = on_refresh_end,
        .apply_start = on_apply_start,
        .apply_progress = on_apply_progress,
        .apply_end = on_apply_end,
        .ephemeral_start = on_ephemeral_start,
        .ephemeral_end = on_ephemeral_end,
        .provision_start = on_provision_start,
        .provision_output = on_provision_output,
        .apply_total = on_apply_total,
    };
    return view;
}

const Hooks *view_progress_hooks(ProgressView *view) {
    return &view->hooks;
}

void view_progress_close(ProgressView *view) {
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
}
