/* Debug lines. One write(2) a line, so that lines of several threads do not mix. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#define SHORT_MAX 3 /* bytes */

static _Atomic int log_level = LOG_OFF;
static _Atomic int log_file = STDERR_FILENO;
static const StrVec *_Atomic log_secrets = NULL;

static const char *const level_names[] = {
    [LOG_OFF] = "off",   [LOG_ERROR] = "error", [LOG_WARN] = "warn",
    [LOG_INFO] = "info", [LOG_DEBUG] = "debug", [LOG_TRACE] = "trace",
};
static_assert(ARRAY_COUNT(level_names) == LOG_TRACE + 1, "a name for each level");

void log_set_level(LogLevel level) {
    atomic_store(&log_level, (int)level);
}

bool log_set_path(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    int old = atomic_exchange(&log_file, file);
    if (old != STDERR_FILENO)
        close(old);
    return true;
}

void log_hide(const StrVec *secrets) {
    atomic_store(&log_secrets, secrets);
}

bool log_enabled(LogLevel level) {
    return level != LOG_OFF && (int)level <= atomic_load(&log_level);
}

static bool is_word(Str text, size_t at) {
    return at < text.len && isalnum((unsigned char)text.ptr[at]);
}

static bool is_at(Str text, size_t at, Str secret) {
    if (secret.len == 0 || secret.len > text.len - at)
        return false;
    if (memcmp(text.ptr + at, secret.ptr, secret.len) != 0)
        return false;
    bool is_short = secret.len <= SHORT_MAX;
    return !is_short || (!is_word(text, at + secret.len) && (at == 0 || !is_word(text, at - 1)));
}

/* Length of the longest secret at this place; 0: none. */
static size_t secret_at(Str text, size_t at, const StrVec *secrets) {
    size_t longest = 0;
    vec_each(secrets, secret) {
        if (secret->len > longest && is_at(text, at, *secret))
            longest = secret->len;
    }
    return longest;
}

Str log_scrub(Str text, const StrVec *secrets, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t done = 0;
    for (size_t at = 0; at < text.len;) {
        size_t len = secret_at(text, at, secrets);
        if (len == 0) {
            at++;
            continue;
        }
        strbuf_add(&out, str_slice(text, done, at));
        strbuf_add_cstr(&out, "(sensitive value)");
        done = at += len;
    }
    if (done == 0)
        return text;
    strbuf_add(&out, str_after(text, done));
    return strbuf_str(&out);
}

static Str scrubbed(Str text, Arena *scratch) {
    const StrVec *secrets = atomic_load(&log_secrets);
    return secrets ? log_scrub(text, secrets, scratch) : text;
}

static void add_time(StrBuf *line) {
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strbuf_add_format(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", parts.tm_year + 1900,
                      parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                      now.tv_nsec / 1000000);
}

/* A text with newlines stays one line. */
static void add_flat(StrBuf *line, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            strbuf_add_cstr(line, "\\n");
        } else {
            strbuf_add_char(line, text.ptr[i]);
        }
    }
}

static void write_whole(int file, Str line) {
    while (line.len) {
        ssize_t wrote = write(file, line.ptr, line.len);
        if (wrote < 0 && errno != EINTR)
            return; /* a log that cannot be written stops nobody */
        if (wrote > 0)
            line = str_after(line, (size_t)wrote);
    }
}

void log_write(LogLevel level, const char *format, ...) {
    if (!log_enabled(level))
        return;
    int saved_errno = errno;
    SCOPED(ArenaRef) scratch = arena_open("log");
    va_list args;
    va_start(args, format);
    Str text = str_vformat(scratch, format, args);
    va_end(args);
    StrBuf line = strbuf_new(scratch);
    add_time(&line);
    strbuf_add_format(&line, " level=%s ", level_names[level]);
    add_flat(&line, scrubbed(text, scratch));
    strbuf_add_char(&line, '\n');
    write_whole(atomic_load(&log_file), strbuf_str(&line));
    errno = saved_errno;
}
