/* log: debug lines on stderr, one line each, key=value, silent unless asked (LOAM_LOG, TF_LOG).
 * Values reach text only through value_display, which masks what is sensitive. Any thread. */
#pragma once

#include "vec.h"

typedef enum LogLevel { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE } LogLevel;

void log_set_level(LogLevel level);
/* Appends to a file instead of stderr; false when it cannot be opened. */
MUST_USE bool log_set_path(const char *path);
/* Texts that no line is to hold; they live until the level is LOG_OFF again. NULL: none. */
void log_hide(const StrVec *secrets);
/* `text` with each of the secrets replaced by "(sensitive value)", the longest first; one of up to
 * three bytes where it stands alone: as a part of a word it says nothing. */
Str log_scrub(Str text, const StrVec *secrets, Arena *arena);
bool log_enabled(LogLevel level);
void log_write(LogLevel level, const char *format, ...) PRINTF_LIKE(2, 3);

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
#define log_trace(...) log_write(LOG_TRACE, __VA_ARGS__)
