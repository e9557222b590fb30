/* domain_console: reads the console of a machine. */
#include "domain_console.h"

#define KEPT_BYTES  ((size_t)64 << 10)
#define SHOWN_LINES 20

DomainConsole domain_console_open(virDomainPtr domain, Arena *arena) {
    DomainConsole console = {.output = strbuf_new(arena), .arena = arena};
    console.stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (console.stream && virDomainOpenConsole(domain, NULL, console.stream, 0) < 0) {
        (void)virStreamFree(console.stream);
        console.stream = NULL;
    }
    virResetLastError();
    return console;
}

/* Drops all but the last bytes. */
static void shorten(DomainConsole *console) {
    Str all = strbuf_str(&console->output);
    if (all.len < 2 * KEPT_BYTES)
        return;
    StrBuf kept = strbuf_new(console->arena);
    strbuf_add(&kept, str_slice(all, all.len - KEPT_BYTES, all.len));
    console->output = kept;
}

void domain_console_drain(DomainConsole *console) {
    char piece[4096];
    int count = 0;
    while (console->stream && (count = virStreamRecv(console->stream, piece, sizeof(piece))) > 0) {
        strbuf_add(&console->output, (Str){piece, (size_t)count});
        shorten(console);
    }
    virResetLastError();
}

/* Returns the text without control characters and escape sequences of terminals. */
static Str printable(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\033') {
            while (i + 1 < text.len && !isalpha((unsigned char)text.ptr[i + 1]))
                i++;
            i++;
        } else if (c == '\n' || (c >= ' ' && c < 127)) {
            strbuf_add_char(&out, (char)c);
        }
    }
    return strbuf_str(&out);
}

Str domain_console_tail(const DomainConsole *console, Arena *arena) {
    Str text = str_trim(printable(strbuf_str(&console->output), arena));
    size_t start = text.len;
    for (unsigned lines = 0; start > 0 && lines < SHOWN_LINES; start--)
        lines += text.ptr[start - 1] == '\n';
    if (start > 0)
        start++;
    return str_slice(text, start, text.len);
}

void domain_console_release(DomainConsole *console) {
    if (!console->stream)
        return;
    (void)virStreamAbort(console->stream);
    (void)virStreamFree(console->stream);
    console->stream = NULL;
}
