#include "runner_message.h"

#include "utf8.h"

#define ERRORS_MAX  5
#define ERROR_MAX   512  /* bytes of the text of an error */
#define PLACE_MAX   256  /* of its address, and of its place */
#define SUMMARY_MAX 2048 /* of Markdown */

/* In place: the kubelet reads the file that it has mounted. If it cannot be written, the result is
 * lost, which the operator expects of any pod. */
static void overwrite(const Runner *runner, Str text) {
    const Disk *disk = runner->io->disk;
    DiskFile file;
    if (disk->open(disk->self, STR(POD_MESSAGE), DISK_WRITE | DISK_CREATE | DISK_TRUNCATE, 0644,
                   &file) != 0)
        return;
    (void)disk->append(disk->self, file, text);
    disk->close(disk->self, file);
}

/* Kubernetes keeps 4,096 bytes, and an escape can take six of them: what matters least goes
 * first. */
void runner_message_write(const Runner *runner, RunResult *result) {
    Str text;
    result->version = 1;
    result->summary = utf8_shorten(result->summary, SUMMARY_MAX, runner->arena);
    for (;;) {
        text = record_to_json(&run_result_record, result, 0, runner->arena);
        if (text.len <= RUN_RESULT_MAX)
            break;
        if (result->summary.len > 0)
            result->summary = STR_EMPTY;
        else if (result->drift.addresses.count > 0)
            result->drift.addresses.count /= 2;
        else if (result->kinds.count > 0)
            result->kinds.count /= 2;
        else if (result->errors.count > 1)
            result->errors.count--;
        else if (result->output_names.count > 0)
            result->output_names.count /= 2;
        else
            result->errors.count = 0;
    }
    overwrite(runner, text);
}

static void add_error(const Runner *runner, RunResult *result, RunError error) {
    error.summary = utf8_shorten(error.summary, ERROR_MAX, runner->arena);
    error.address = utf8_shorten(error.address, PLACE_MAX, runner->arena);
    error.place = utf8_shorten(error.place, PLACE_MAX, runner->arena);
    if (result->errors.count < ERRORS_MAX)
        vec_push(runner->arena, &result->errors, error);
}

int runner_message_fail(const Runner *runner, int status, Str summary, Str detail) {
    RunResult result = {0};
    const char *end = str_ends_with(detail, STR(".")) ? "" : ".";
    Str text = str_format(runner->arena, "%.*s: %.*s%s", STR_ARG(summary), STR_ARG(detail), end);
    dprintf(2, "%.*s\n", STR_ARG(text));
    add_error(runner, &result, (RunError){.summary = text});
    runner_message_write(runner, &result);
    return status;
}

/* {"type":"diagnostic","diagnostic":{"severity":"error","summary":…,"detail":…,"address":…,
 * "range":{"filename":…,"start":{"line":…}}}} */

typedef struct EventDiagnostic {
    Str severity;
    Str summary;
    Str detail;
    Str address;
    struct EventRange {
        Str file;
        struct EventPlace {
            uint32_t line;
        } start;
    } range;
} EventDiagnostic;

typedef struct RunnerEvent {
    EventDiagnostic diagnostic;
} RunnerEvent;

typedef struct EventRange EventRange;
typedef struct EventPlace EventPlace;

static const RecordRow place_rows[] = {
    ROW_UINT32(EventPlace, "line", line),
};
static const Record place_record = RECORD(EventPlace, place_rows);

static const RecordRow range_rows[] = {
    ROW_TEXT(EventRange, "filename", file),
    ROW_OBJECT(EventRange, "start", start, EventPlace, place_record),
};
static const Record range_record = RECORD(EventRange, range_rows);

static const RecordRow diagnostic_rows[] = {
    ROW_TEXT(EventDiagnostic, "severity", severity),
    ROW_TEXT(EventDiagnostic, "summary", summary),
    ROW_TEXT(EventDiagnostic, "detail", detail),
    ROW_TEXT(EventDiagnostic, "address", address),
    ROW_OBJECT(EventDiagnostic, "range", range, EventRange, range_record),
};
static const Record diagnostic_record = RECORD(EventDiagnostic, diagnostic_rows);

static const RecordRow event_rows[] = {
    ROW_OBJECT(RunnerEvent, "diagnostic", diagnostic, EventDiagnostic, diagnostic_record),
};
static const Record event_record = RECORD(RunnerEvent, event_rows);

static void add_event(const Runner *runner, RunResult *result, Str line) {
    RunnerEvent event = {0};
    const EventDiagnostic *diagnostic = &event.diagnostic;
    const char *why;
    RunError error;
    if (!record_from_json(line, &event_record, &event, &why, runner->arena) ||
        !str_equal_cstr(diagnostic->severity, "error"))
        return;
    error.summary = diagnostic->detail.len == 0
                        ? diagnostic->summary
                        : str_format(runner->arena, "%.*s: %.*s", STR_ARG(diagnostic->summary),
                                     STR_ARG(utf8_one_line(diagnostic->detail, runner->arena)));
    error.address = diagnostic->address;
    error.place = diagnostic->range.file.len == 0
                      ? STR_EMPTY
                      : str_format(runner->arena, "%.*s:%u", STR_ARG(diagnostic->range.file),
                                   diagnostic->range.start.line);
    add_error(runner, result, error);
}

int runner_message_events(const Runner *runner, int status, Str events) {
    RunResult result = {0};
    Str line;
    while (str_next_field(&events, '\n', &line))
        add_event(runner, &result, line);
    runner_message_write(runner, &result);
    return status;
}
