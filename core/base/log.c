/* Writes lines of the log, as text or as JSON. */
#include "log.h"

#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <strings.h>
#include <unistd.h>

#define SHORT_MAX 3 /* bytes of a secret that is only replaced as a whole word */

_Atomic int log_level_now = LOG_OFF;
static _Atomic int log_format = LOG_FORMAT_TEXT;
static _Atomic int log_file = STDERR_FILENO;
static const StrVec *_Atomic log_secrets = NULL;
static _Thread_local LogContext log_context = {0};

static const char *const level_names[] = {
    [LOG_OFF] = "off",   [LOG_ERROR] = "error", [LOG_WARN] = "warn",
    [LOG_INFO] = "info", [LOG_DEBUG] = "debug", [LOG_TRACE] = "trace",
};
static_assert(ARRAY_COUNT(level_names) == LOG_TRACE + 1, "a name for each level");

void log_set_level(LogLevel level) {
    atomic_store(&log_level_now, (int)level);
}

void log_set_format(LogFormat format) {
    atomic_store(&log_format, (int)format);
}

/* Links of the system, such as /dev/stderr, lead to open files. */
static bool log_is_device(const char *path) {
    return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

bool log_set_path(const char *path) {
    int flags = log_is_device(path) ? 0 : O_CREAT | O_NOFOLLOW;
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0600);
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

LogContext log_swap_context(LogContext context) {
    LogContext before = log_context;
    log_context = context;
    return before;
}

LogField log_text(const char *key, Str text) {
    return (LogField){.key = key, .text = text.ptr ? text : STR("")};
}

LogField log_cstr(const char *key, const char *text) {
    return log_text(key, str_from_cstr(text ? text : ""));
}

LogField log_number(const char *key, int64_t number) {
    return (LogField){.key = key, .number = number};
}

int64_t log_monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

LogField log_took(int64_t began_ms) {
    return log_number("ms", log_clock_ms() - began_ms);
}

static bool log_is_word(Str text, size_t at) {
    return at < text.len && isalnum((unsigned char)text.ptr[at]);
}

static bool is_at(Str text, size_t at, Str secret) {
    if (secret.len == 0 || secret.len > text.len - at)
        return false;
    if (memcmp(text.ptr + at, secret.ptr, secret.len) != 0)
        return false;
    bool is_short = secret.len <= SHORT_MAX;
    return !is_short ||
           (!log_is_word(text, at + secret.len) && (at == 0 || !log_is_word(text, at - 1)));
}

/* Returns the length of the longest secret at this place; 0 if none. */
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

static bool contains_word(Str text, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= text.len; i++) {
        if (strncasecmp(text.ptr + i, word, length) == 0)
            return true;
    }
    return false;
}

bool log_is_secret_name(Str name) {
    static const char *const words[] = {"token", "secret", "pass", "sig",
                                        "key",   "auth",   "cred", "cookie"};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (contains_word(name, words[i]))
            return true;
    }
    return false;
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

/* Adds the text in quotes, with the escapes of JSON; an invalid byte becomes U+FFFD. */
static void log_add_quoted(StrBuf *line, Str text) {
    strbuf_add_char(line, '"');
    size_t width = 0;
    for (size_t i = 0; i < text.len; i += width) {
        uint32_t c = utf8_decode(text, i, &width);
        if (c == '"' || c == '\\')
            strbuf_add_format(line, "\\%c", (char)c);
        else if (c == '\n')
            strbuf_add_cstr(line, "\\n");
        else if (c < ' ' || c == 0x7f || c == 0xfffd || utf8_is_bidi_control(c))
            strbuf_add_format(line, "\\u%04x", c);
        else
            strbuf_add(line, str_slice(text, i, i + width));
    }
    strbuf_add_char(line, '"');
}

/* A text is quoted if it could look like several fields, or holds bytes other than printable
 * ASCII. */
static bool log_needs_quotes(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\')
            return true;
    }
    return false;
}

static void add_text_line(StrBuf *line, LogLevel level, Str message, const LogFields *fields) {
    add_time(line);
    strbuf_add_format(line, " level=%s %.*s", level_names[level], STR_ARG(message));
    vec_each(fields, field) {
        strbuf_add_format(line, " %s=", field->key);
        if (!field->text.ptr)
            strbuf_add_format(line, "%" PRId64, field->number);
        else if (log_needs_quotes(field->text))
            log_add_quoted(line, field->text);
        else
            strbuf_add(line, field->text);
    }
}

static void add_json_line(StrBuf *line, LogLevel level, Str message, const LogFields *fields) {
    strbuf_add_format(line, "{\"@level\":\"%s\",\"@message\":", level_names[level]);
    log_add_quoted(line, message);
    strbuf_add_cstr(line, ",\"@timestamp\":\"");
    add_time(line);
    strbuf_add_char(line, '"');
    vec_each(fields, field) {
        strbuf_add_format(line, ",\"%s\":", field->key);
        if (field->text.ptr)
            log_add_quoted(line, field->text);
        else
            strbuf_add_format(line, "%" PRId64, field->number);
    }
    strbuf_add_char(line, '}');
}

static void log_gather(StrVec *all, const StrVec *secrets, Arena *scratch) {
    for (size_t i = 0; secrets && i < secrets->count; i++)
        vec_push(scratch, all, secrets->items[i]);
}

/* A number that is a secret as a whole is hidden too. */
static LogField scrub(LogField field, const StrVec *secrets, Arena *scratch) {
    if (secrets->count == 0)
        return field;
    bool is_text = field.text.ptr != NULL;
    Str text = is_text ? field.text : str_format(scratch, "%" PRId64, field.number);
    Str scrubbed = log_scrub(text, secrets, scratch);
    return is_text || !str_equal(text, scrubbed) ? log_text(field.key, scrubbed) : field;
}

static StrVec known_secrets(Arena *scratch) {
    StrVec secrets = {0};
    log_gather(&secrets, atomic_load(&log_secrets), scratch);
    log_gather(&secrets, log_context.secrets, scratch);
    log_gather(&secrets, log_context.other_secrets, scratch);
    return secrets;
}

Str log_scrub_known(Str text, Arena *arena) {
    StrVec secrets = known_secrets(arena);
    return log_scrub(text, &secrets, arena);
}

/* Returns the fields with secrets replaced, after the address of the context. */
static LogFields log_complete(const LogField *fields, Arena *scratch) {
    StrVec secrets = known_secrets(scratch);
    LogFields line = {0};
    if (log_context.address.len > 0)
        vec_push(scratch, &line, log_text("address", log_context.address));
    for (; fields->key; fields++) {
        bool is_empty = fields->text.ptr && fields->text.len == 0;
        if (!is_empty)
            vec_push(scratch, &line, scrub(*fields, &secrets, scratch));
    }
    return line;
}

static void log_write_whole(int file, Str line) {
    while (line.len) {
        ssize_t wrote = write(file, line.ptr, line.len);
        if (wrote < 0 && errno != EINTR)
            return; /* a failed write must not fail the run */
        if (wrote > 0)
            line = str_after(line, (size_t)wrote);
    }
}

void log_write(LogLevel level, const char *message, const LogField *fields) {
    int saved_errno = errno;
    SCOPED(ArenaRef) scratch = arena_open("log");
    StrBuf line = strbuf_new(scratch);
    Str text = str_from_cstr(message);
    LogFields all = log_complete(fields, scratch);
    if (atomic_load(&log_format) == LOG_FORMAT_JSON)
        add_json_line(&line, level, text, &all);
    else
        add_text_line(&line, level, text, &all);
    strbuf_add_char(&line, '\n');
    log_write_whole(atomic_load(&log_file), strbuf_str(&line));
    errno = saved_errno;
}
