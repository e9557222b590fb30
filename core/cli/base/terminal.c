/* Reads from and writes to the terminal. */
#include "terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

uint32_t terminal_width(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

uint32_t terminal_height(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        return size.ws_row;
    return 24;
}

Terminal terminal_probe(void) {
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    Terminal terminal = {
        .out_is_tty = isatty(STDOUT_FILENO),
        .in_is_tty = isatty(STDIN_FILENO),
    };
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool is_dumb = !term || strcmp(term, "dumb") == 0;
    terminal.color = terminal.out_is_tty && !is_dumb && !(no_color && no_color[0]);
    terminal.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    return terminal;
}

#define PARAGRAPH_MOST 96
#define PEER_COLUMNS   78 /* of Terraform and OpenTofu, if the output is no terminal */

/* The window may have been resized since the last call. */
RenderStyle terminal_style(const Terminal *terminal) {
    uint32_t width = terminal->out_is_tty ? terminal_width() : 0;
    uint32_t inner = width > 20 ? width - 4 : 0; /* inside of a frame */
    if (inner > PARAGRAPH_MOST)
        inner = PARAGRAPH_MOST;
    return (RenderStyle){
        .peer = terminal->peer,
        .in_automation = terminal->in_automation,
        .columns = terminal->out_is_tty ? width : PEER_COLUMNS,
        .color = terminal->color,
        .unicode = terminal->unicode,
        .width = width,
        .paragraph = terminal->out_is_tty ? inner : terminal->paragraph,
        .show_sensitive = terminal->show_sensitive,
        .details = terminal->details,
    };
}

Str terminal_branch(const Terminal *terminal, bool is_last) {
    if (terminal->unicode)
        return is_last ? STR("└── ") : STR("├── ");
    return is_last ? STR("`-- ") : STR("|-- ");
}

Str terminal_margin(const Terminal *terminal, bool is_last) {
    if (is_last)
        return STR("    ");
    return terminal->unicode ? STR("│   ") : STR("|   ");
}

/* The first failed write. The process has one standard output. */
static struct {
    const char *what;
    int error;
} failure;

void terminal_fail(const char *what, int error) {
    if (!failure.error) {
        failure.what = what;
        failure.error = error;
    }
}

static void terminal_check_out(bool is_written) {
    int error = is_written ? 0 : errno;
    if (fflush(stdout) != 0 && !error)
        error = errno;
    if (error)
        terminal_fail("Standard output", error);
}

void terminal_out(Str text) {
    errno = EIO;
    terminal_check_out(fwrite(text.ptr, 1, text.len, stdout) == text.len);
}

/* A closed pipe (EPIPE) is not reported: its reader wanted no more output. */
bool terminal_finish(void) {
    terminal_check_out(!ferror(stdout));
    if (!failure.error)
        return true;
    if (failure.error != EPIPE)
        (void)fprintf(stderr,
                      "\n"
                      "Error: %s could not be written\n"
                      "\n"
                      "%s. The printed output is incomplete. The command itself completed, and its "
                      "changes are in effect.\n",
                      failure.what, strerror(failure.error));
    return false;
}

void terminal_err(Str text) {
    (void)fflush(stdout);
    (void)fwrite(text.ptr, 1, text.len, stderr);
    (void)fflush(stderr);
}

void terminal_print(const char *format, ...) {
    va_list args;
    va_start(args, format);
    errno = EIO;
    terminal_check_out(vfprintf(stdout, format, args) >= 0);
    va_end(args);
}

bool terminal_read_line(Str *out, Arena *arena) {
    char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, stdin);
    bool ok = length >= 0;
    if (ok && length > 0 && line[length - 1] == '\n')
        length--;
    *out = ok ? str_clone((Str){line, (size_t)length}, arena) : STR_EMPTY;
    free(line);
    return ok;
}

/* Standard input has no buffer, so poll sees all input. */
static bool wait_for_input(const CancelToken *cancel) {
    struct pollfd polled[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = cancel_fd(cancel), .events = POLLIN},
    };
    if (cancel_level(cancel) != CANCEL_NONE)
        return false;
    while (poll(polled, ARRAY_COUNT(polled), -1) < 0 && errno == EINTR)
        continue;
    return polled[1].revents == 0;
}

TerminalAnswer terminal_ask(Str *out, const CancelToken *cancel, Arena *arena) {
    if (!wait_for_input(cancel))
        return ANSWER_CANCELLED;
    if (terminal_read_line(out, arena))
        return ANSWER_GIVEN;
    return cancel_level(cancel) == CANCEL_NONE ? ANSWER_END : ANSWER_CANCELLED;
}

Str terminal_read_all(Arena *arena) {
    StrBuf text = strbuf_new(arena);
    char piece[4096];
    for (size_t size; (size = fread(piece, 1, sizeof piece, stdin)) > 0;)
        strbuf_add(&text, (Str){piece, size});
    return strbuf_str(&text);
}

bool terminal_read_secret(Str *out, Arena *arena) {
    struct termios old;
    bool is_tty = tcgetattr(STDIN_FILENO, &old) == 0;
    if (is_tty) {
        struct termios quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool ok = terminal_read_line(out, arena);
    if (is_tty) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        terminal_out(STR("\n"));
    }
    return ok;
}
