/* foreign_output: recognizes lines of hclog in JSON, lines with a level in brackets, and stack
 * traces. */
#include "foreign_output.h"

#include "json.h"

typedef struct LevelName {
    const char *bracket;
    const char *name;
    LogLevel level;
} LevelName;

static const LevelName level_names[] = {
    {"[TRACE]", "trace", LOG_TRACE}, {"[DEBUG]", "debug", LOG_DEBUG}, {"[INFO]", "info", LOG_INFO},
    {"[WARN]", "warn", LOG_WARN},    {"[ERROR]", "error", LOG_ERROR},
};

static LogLevel level_of_name(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(level_names); i++) {
        if (str_equal_cstr(name, level_names[i].name))
            return level_names[i].level;
    }
    return LOG_DEBUG;
}

/* Returns the level in "[LEVEL] message" or "TIME [LEVEL] message". */
static LogLevel level_of_bracket(Str line) {
    for (size_t i = 0; i < ARRAY_COUNT(level_names); i++) {
        if (str_find(str_slice(line, 0, 64), str_from_cstr(level_names[i].bracket), 0) != SIZE_MAX)
            return level_names[i].level;
    }
    return LOG_OFF;
}

static bool log_json(const ForeignOutput *output, Str line) {
    if (!str_starts_with(line, STR("{")))
        return false;
    SCOPED(ArenaRef) scratch = arena_open("provider output");
    Value object;
    if (!json_parse_any(line, &object, NULL, NULL, scratch))
        return false;
    LogLevel level = level_of_name(value_text_at(object, STR("@level")));
    log_event(level, "provider output", log_text("provider", output->name),
              log_text("message", value_text_at(object, STR("@message"))),
              log_text("module", value_text_at(object, STR("@module"))));
    return true;
}

static void output_append(char *buffer, size_t size, size_t *length, Str text) {
    Str part = str_slice(text, 0, size - *length);
    memcpy(buffer + *length, part.ptr, part.len);
    *length += part.len;
}

/* Stores a line in `last`. If it does not fit, it replaces all earlier lines. */
static void keep_last(ForeignOutput *output, Str line) {
    if (output->last_length + line.len + 1 > sizeof output->last)
        output->last_length = 0;
    output_append(output->last, sizeof output->last - 1, &output->last_length, line);
    output_append(output->last, sizeof output->last, &output->last_length, STR("\n"));
}

static void output_end_line(ForeignOutput *output) {
    Str line = {output->line, output->length};
    output->length = 0;
    if (line.len == 0 || log_json(output, line))
        return;
    LogLevel level = level_of_bracket(line);
    bool begins_crash =
        str_starts_with(line, STR("panic: ")) || str_starts_with(line, STR("fatal error: "));
    output->is_crashed = output->is_crashed || begins_crash;
    if (output->is_crashed && level == LOG_OFF) {
        output_append(output->crash, sizeof output->crash, &output->crash_length, line);
        output_append(output->crash, sizeof output->crash, &output->crash_length, STR("\n"));
    } else if (level == LOG_OFF) {
        keep_last(output, line);
    }
    log_event(level == LOG_OFF ? LOG_DEBUG : level, "provider output",
              log_text("provider", output->name), log_text("message", line));
}

void foreign_output_add(ForeignOutput *output, Str piece) {
    while (piece.len > 0) {
        size_t end = str_find_char(piece, '\n', 0);
        Str part = str_slice(piece, 0, end);
        output_append(output->line, sizeof output->line, &output->length, part);
        if (end == SIZE_MAX)
            return;
        output_end_line(output);
        piece = str_after(piece, end + 1);
    }
}

Str foreign_output_text(const ForeignOutput *output) {
    if (output->crash_length > 0)
        return (Str){output->crash, output->crash_length};
    return (Str){output->last, output->last_length};
}
