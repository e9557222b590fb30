/* log: one line per event of a run, for debugging. Silent unless LOAM_LOG (or TF_LOG) sets a level.
 * Any thread may write; a line is one write(2).
 *
 *     log_debug("state written", log_text("path", path), log_number("bytes", text.len),
 *               log_took(began));
 *
 *     2026-05-04T12:00:00.123Z level=debug state written path=terraform.tfstate bytes=180 ms=2
 *     {"@level":"debug","@message":"state written","@timestamp":"…","path":"terraform.tfstate",…}
 *
 * The message names the event in two or three words and has no "="; facts are fields. Fields are
 * evaluated only if the level is enabled; empty texts are omitted. Secrets of log_hide and of the
 * thread's LogContext are replaced in field values, but not in the message and the address. */
#pragma once

#include "vec.h"

#include <stdatomic.h>

typedef enum LogLevel { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE } LogLevel;
typedef enum LogFormat { LOG_FORMAT_TEXT, LOG_FORMAT_JSON } LogFormat;

typedef struct LogField {
    const char *key;
    Str text; /* ptr NULL: the field is the number */
    int64_t number;
} LogField;
typedef VEC(LogField) LogFields;

LogField log_text(const char *key, Str text);
LogField log_cstr(const char *key, const char *text);
LogField log_number(const char *key, int64_t number);
/* Returns the field "ms": the time since log_clock_ms returned `began_ms`. */
LogField log_took(int64_t began_ms);

void log_set_level(LogLevel level);
void log_set_format(LogFormat format);
/* Appends to a file instead of stderr; returns false if it cannot be opened. */
MUST_USE bool log_set_path(const char *path);
/* The work of a thread. Its log lines get the field "address", and hide these secrets too. */
typedef struct LogContext {
    Str address;                 /* empty: none */
    const StrVec *secrets;       /* NULL: none */
    const StrVec *other_secrets; /* NULL: none */
} LogContext;

/* Sets the context of this thread and returns the previous one. The texts of both must live as long
 * as they are set. */
LogContext log_swap_context(LogContext context);
/* Hides these texts in every field, and in log_scrub_known. They must live as long as threads log
 * or call it; the next call replaces them. NULL: none. */
void log_hide(const StrVec *secrets);
/* Returns `text` with each secret replaced by "(sensitive value)", longest first. A secret of up to
 * three bytes is replaced only as a whole word, because such a short text occurs in many words by
 * chance. */
Str log_scrub(Str text, const StrVec *secrets, Arena *arena);
/* Whether a header, a parameter or a variable of this name may hold a secret: a signature, a token,
 * a password. */
bool log_is_secret_name(Str name);
/* Returns `text` without the secrets that a line of this thread's log hides. For output of programs
 * that a message quotes. */
Str log_scrub_known(Str text, Arena *arena);
/* Private to this header: the level that log_set_level has set. */
extern _Atomic int log_level_now;
/* Inline, and expected to be false: code of single instances calls it several times. */
static inline bool log_enabled(LogLevel level) {
    int enabled = atomic_load_explicit(&log_level_now, memory_order_relaxed);
    return __builtin_expect(level != LOG_OFF && (int)level <= enabled, false);
}
/* Returns a monotonic time in milliseconds. */
int64_t log_monotonic_ms(void);
/* Same; 0 unless debug is enabled. */
static inline int64_t log_clock_ms(void) {
    return log_enabled(LOG_DEBUG) ? log_monotonic_ms() : 0;
}
/* Writes one line. `fields` ends with a field without a key. The macros below check the level. */
void log_write(LogLevel level, const char *message, const LogField *fields);

#define log_event(level, message, ...)                                                             \
    do {                                                                                           \
        if (log_enabled(level))                                                                    \
            log_write(level, message, (const LogField[]){__VA_ARGS__ __VA_OPT__(, ){0}});          \
    } while (0)
#define log_debug(...) log_event(LOG_DEBUG, __VA_ARGS__)
#define log_trace(...) log_event(LOG_TRACE, __VA_ARGS__)
